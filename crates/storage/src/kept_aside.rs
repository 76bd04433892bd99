//! Files that were damaged or out of place and were kept: a person may still need them, and only a person can say that they are done with.

use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAside {
    pub path: PathBuf,
    pub what: WhatIsKept,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatIsKept {
    /// A list of connections that could not be read.
    Connections,
    Settings,
    /// An encrypted file of secrets that did not open, or its backup.
    Vault,
    /// Something that Brickpass remembers by itself.
    Memory,
}

/// In the order of their names. What cannot be listed is not there.
#[must_use]
pub fn kept_aside(config_dir: &Path, state_dir: &Path) -> Vec<KeptAside> {
    let mut found: Vec<KeptAside> = [config_dir, state_dir]
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some(KeptAside { what: what(entry.file_name().to_str()?)?, path: entry.path() }))
        .collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found.dedup();
    found
}

fn what(name: &str) -> Option<WhatIsKept> {
    let vault = |rest: &str| {
        let rest = rest.strip_prefix(".bak").unwrap_or(rest);
        [".corrupt", ".former"]
            .iter()
            .filter_map(|suffix| rest.strip_prefix(suffix))
            .any(|number| number.is_empty() || number.starts_with('-'))
    };
    match name {
        "settings.corrupt.json" => Some(WhatIsKept::Settings),
        _ if name.starts_with("connections.corrupt-") => Some(WhatIsKept::Connections),
        _ if name.strip_prefix("vault.age").is_some_and(vault) => Some(WhatIsKept::Vault),
        _ if name.ends_with(".corrupt.json") => Some(WhatIsKept::Memory),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ns_14_what_was_kept_aside_is_known_by_its_name() {
        for (name, kept) in [
            ("connections.corrupt-20260821T134632Z.json", Some(WhatIsKept::Connections)),
            ("connections.corrupt-20260821T134632Z-2.json", Some(WhatIsKept::Connections)),
            ("settings.corrupt.json", Some(WhatIsKept::Settings)),
            ("cli_tokens.corrupt.json", Some(WhatIsKept::Memory)),
            ("vault.age.corrupt", Some(WhatIsKept::Vault)),
            ("vault.age.corrupt-2", Some(WhatIsKept::Vault)),
            ("vault.age.former", Some(WhatIsKept::Vault)),
            ("vault.age.bak.former-3", Some(WhatIsKept::Vault)),
            ("vault.age", None),
            ("vault.age.bak", None),
            ("vault.age.stale.json", None),
            ("connections.json", None),
            ("settings.json", None),
        ] {
            assert_eq!(what(name), kept, "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("settings.corrupt.json")).unwrap();
        assert_eq!(kept_aside(folder.path(), &folder.path().join("none")), []);
    }
}
