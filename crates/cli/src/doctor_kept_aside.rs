//! What Brickpass kept of damaged files: nothing is wrong any more, and only a person can say that it is done with.

use std::path::Path;

use super::finding::Finding;
use brickpass_storage::{WhatIsKept, kept_aside};

pub(super) fn findings(config_dir: &Path, state_dir: &Path) -> impl Iterator<Item = Finding> {
    kept_aside(config_dir, state_dir).into_iter().map(|kept| {
        let (what, first) = match kept.what {
            WhatIsKept::Connections => ("a connections file that could not be read", "Look there for missing connections. "),
            WhatIsKept::Settings => ("settings that could not be read", ""),
            WhatIsKept::Vault => ("an encrypted vault file that was replaced", "Its own passphrase still opens it. "),
            WhatIsKept::Memory => ("a Brickpass state file that could not be read", ""),
        };
        Finding {
            check: "Kept aside",
            ok: true,
            detail: format!("{} is {what}.", kept.path.display()),
            fix: Some(format!("{first}Brickpass no longer uses it. Delete it when you no longer need it.")),
        }
    })
}
