//! A program that others start as this user: whoever may write its file, or a folder above it, decides what runs.

use std::path::{Path, PathBuf};

/// Somebody else can put another program in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaceable {
    /// The file, or a folder above it.
    pub path: PathBuf,
    pub by: Replacer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacer {
    Everybody,
    /// The members of the group of this number.
    Group(u32),
    /// The user of this number, to whom it belongs.
    User(u32),
}

impl Replaceable {
    /// What is wrong, as a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let path = self.path.display();
        match self.by {
            Replacer::Everybody => {
                format!("Every user of this computer can write to {path} and so replace the program that your tools start.")
            }
            Replacer::Group(group) => {
                format!("The group with ID {group} can write to {path} and so replace the program that your tools start.")
            }
            Replacer::User(user) => {
                format!("{path} belongs to the user with ID {user}, who can replace the program that your tools start.")
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> String {
        let path = self.path.display();
        match self.by {
            Replacer::Everybody => format!("Remove the write permission: chmod o-w '{path}'"),
            Replacer::Group(_) => format!("Unless you trust all its members, remove the write permission: chmod g-w '{path}'"),
            Replacer::User(_) => "Install Brickpass in a folder owned by you or by the system.".to_owned(),
        }
    }
}

/// Who else may replace the program at this path; the worst of all. A path that is not there is nobody's.
#[must_use]
pub fn replaceable(program: &Path) -> Option<Replaceable> {
    #[cfg(unix)]
    return unix::replaceable(program);
    #[cfg(not(unix))]
    {
        // Windows: the folders of programs are closed to all but administrators.
        let _ = program;
        None
    }
}

#[cfg(unix)]
mod unix {
    use std::{fs::Metadata, os::unix::fs::MetadataExt as _, path::Path};

    use super::{Replaceable, Replacer};
    use crate::atomic_file;

    const STICKY: u32 = 0o1000;

    pub(super) fn replaceable(program: &Path) -> Option<Replaceable> {
        let real = program.canonicalize().ok()?;
        let named = std::path::absolute(program).ok()?;
        // A link can be led elsewhere by whoever may write where it lies.
        let found = judged(&real).into_iter().chain(judged(&named));
        found.max_by_key(|found| match found.by {
            Replacer::Everybody => 2,
            Replacer::User(_) => 1,
            Replacer::Group(_) => 0,
        })
    }

    fn judged(path: &Path) -> Vec<Replaceable> {
        let mut found = Vec::new();
        let mut below: Option<Metadata> = None;
        for path in path.ancestors() {
            let Ok(metadata) = path.metadata() else { break };
            // In a sticky folder nobody replaces what belongs to somebody else.
            let kept = metadata.is_dir() && metadata.mode() & STICKY != 0 && below.as_ref().is_some_and(|below| is_trusted(below.uid()));
            let by = if !is_trusted(metadata.uid()) {
                Some(Replacer::User(metadata.uid()))
            } else if atomic_file::everybody_writes(&metadata) && !kept {
                Some(Replacer::Everybody)
            } else {
                atomic_file::group_writes(&metadata).filter(|_| !kept).map(Replacer::Group)
            };
            found.extend(by.map(|by| Replaceable { path: path.to_owned(), by }));
            below = Some(metadata);
        }
        found
    }

    fn is_trusted(user: u32) -> bool {
        user == 0 || user == rustix::process::geteuid().as_raw()
    }

    #[cfg(test)]
    mod tests {
        use std::{
            fs::{self, Permissions},
            os::unix::fs::PermissionsExt as _,
        };

        use super::*;

        #[test]
        fn pb_23_a_program_that_everybody_may_replace_is_seen_wherever_the_gap_is() {
            let dir = tempfile::tempdir().unwrap();
            let folder = dir.path().join("bin");
            let program = folder.join("helper");
            fs::create_dir(&folder).unwrap();
            fs::File::create(&program).unwrap();
            let modes = |above: u32, folder_mode: u32, file: u32| {
                for (path, mode) in [(dir.path(), above), (&folder, folder_mode), (&program, file)] {
                    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
                }
                replaceable(&program).map(|found| (found.path, found.by))
            };
            // The folder for temporary files is everybody's and sticky.
            assert_eq!(modes(0o700, 0o755, 0o755), None);
            assert_eq!(modes(0o700, 0o755, 0o757), Some((program.clone(), Replacer::Everybody)));
            assert_eq!(modes(0o700, 0o777, 0o755), Some((folder.clone(), Replacer::Everybody)));
            assert_eq!(modes(0o777, 0o755, 0o755), Some((dir.path().canonicalize().unwrap(), Replacer::Everybody)));
            assert_eq!(modes(0o1777, 0o755, 0o755), None);
            assert_eq!(replaceable(&folder.join("missing")), None);
            let found = Replaceable { path: folder, by: Replacer::Everybody };
            assert!(found.fix().contains("chmod o-w") && found.words().starts_with("Every user"), "{found:?}");
        }
    }
}
