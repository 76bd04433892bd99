//! What Brickpass kept of damaged files: nothing is wrong any more, and only a person can say that it is done with.

use std::path::Path;

use super::finding::Finding;
use brickpass_storage::{WhatIsKept, kept_aside};

pub(super) fn findings(config_dir: &Path, state_dir: &Path) -> impl Iterator<Item = Finding> {
    kept_aside(config_dir, state_dir).into_iter().map(|kept| {
        let (what, first) = match kept.what {
            WhatIsKept::Connections => ("a connections file that could not be read", "If connections are missing, look for them there. "),
            WhatIsKept::Settings => ("settings that could not be read", ""),
            WhatIsKept::Vault => ("an encrypted file of secrets that was replaced", "Its own passphrase may still open it. "),
            WhatIsKept::Memory => ("notes of Brickpass that could not be read", ""),
        };
        Finding {
            check: "Kept aside",
            ok: true,
            detail: format!("{} is {what}.", kept.path.display()),
            fix: Some(format!("{first}Brickpass does not use it any more: delete it when you no longer need it.")),
        }
    })
}
