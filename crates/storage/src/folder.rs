//! Whether a folder of ours can be used: whose it is, and whether a save in it would succeed.

use std::{io::Write as _, path::Path};

use super::atomic_file::{self, FileError};
use brickpass_core::failure::{Code, Failure};

/// More than any save writes at once, but for a very long list.
const PROBE: usize = 64 * 1024;

/// Root works in a folder of its own alone. What it made in somebody else's home would belong to root, and lock its owner out: of this program, and
/// of every other one whose folders did not exist yet.
///
/// # Errors
/// This process is root, and the folder (or where it would be made) belongs to somebody else.
pub fn refuse_as_root(folder: &Path) -> Result<(), Failure> {
    match owner(folder) {
        Some(owner) if is_root() && owner != 0 => Err(not_as_root(folder, &user(owner))),
        _ => Ok(()),
    }
}

fn not_as_root(folder: &Path, owner: &str) -> Failure {
    Failure::new(
        Code::FileUnsafe,
        format!("Brickpass does not run as root in a folder owned by {owner}."),
        format!("Files that root creates in {} would belong to root, and {owner} could no longer use them.", folder.display()),
        format!(
            "Run it as {owner}, without sudo. To give root its own connections, set HOME, or BRICKPASS_CONFIG_DIR and \
             BRICKPASS_STATE_DIR, to a folder owned by root."
        ),
    )
}

/// Writes a file of 64 KiB and removes it: the permissions, the disk, the room on it and the quota all have to agree. A folder that does not exist yet
/// is not made; then the one above it is asked for its permissions.
///
/// # Errors
/// What a save would say; of the variables that choose folders, `variable` is the one for this folder.
pub fn check_saving(folder: &Path, variable: &str) -> Result<(), Failure> {
    saving(folder).map_err(|error| {
        let failure = error.failure();
        Failure { fix: failure.fix.replace("BRICKPASS_CONFIG_DIR or BRICKPASS_STATE_DIR", variable), ..failure }
    })
}

fn saving(folder: &Path) -> Result<(), FileError> {
    let there = existing(folder);
    let failed = |error: std::io::Error| FileError::io("write in", folder, error);
    if !there.is_dir() {
        return Err(failed(std::io::ErrorKind::NotADirectory.into()));
    }
    if there != folder {
        return atomic_file::writable(there);
    }
    let mut probe = atomic_file::temporary_in(folder).map_err(failed)?;
    probe.write_all(&vec![0; PROBE]).map_err(failed)?;
    probe.as_file().sync_all().map_err(failed)
}

/// The folder itself, or the nearest one above it that is there.
fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.symlink_metadata().is_ok()).unwrap_or(folder)
}

#[cfg(unix)]
fn owner(folder: &Path) -> Option<u32> {
    existing(folder).metadata().ok().map(|found| std::os::unix::fs::MetadataExt::uid(&found))
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn owner(_folder: &Path) -> Option<u32> {
    None
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The name of a user as the system's own list has it, else the number.
pub(super) fn user(id: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&users, id).unwrap_or_else(|| format!("user ID {id}"))
}

/// `name:password:id:...`, a line a user.
fn name_in(users: &str, id: u32) -> Option<String> {
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    fields.into_iter().find_map(|fields| match fields.as_slice() {
        [name, _, number, ..] if number.parse() == Ok(id) => Some((*name).to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_a_save_takes_the_probe_and_is_empty_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        check_saving(folder.path(), "X").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        check_saving(&folder.path().join("not/there/yet"), "X").unwrap();
        assert!(!folder.path().join("not").exists(), "nothing was made");
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::File::create(&file).unwrap();
        let refused = check_saving(&file, "BRICKPASS_STATE_DIR").unwrap_err();
        assert_eq!(refused.code, Code::FileUnwritable);
        assert!(refused.fix.contains("folder with BRICKPASS_STATE_DIR") && !refused.fix.contains("BRICKPASS_CONFIG_DIR"), "{refused}");
        assert!(check_saving(&file.join("below"), "X").is_err());
    }

    #[test]
    fn users_are_named_as_the_system_has_them() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\nalice:x:1000:1000::/home/alice:/bin/sh\n";
        assert_eq!(name_in(users, 1000).as_deref(), Some("alice"));
        assert_eq!(name_in(users, 7), None);
    }
}
