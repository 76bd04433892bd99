//! A home for each test.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::BRICKPASS;

/// A home of one's own, gone with the value: nothing that a test does reaches the person's own files, keyring or display.
pub struct Home {
    root: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("brickpass-test-").tempdir().unwrap();
        let home = Self { root };
        for folder in [home.path().to_owned(), home.config_dir(), home.state_dir(), home.runtime_dir(), home.temporary_dir()] {
            fs::create_dir_all(&folder).unwrap();
            make_private(&folder);
        }
        home
    }

    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// `BRICKPASS_CONFIG_DIR` of [`Home::brickpass`].
    pub fn config_dir(&self) -> PathBuf {
        self.path().join("config/brickpass")
    }

    /// `BRICKPASS_STATE_DIR` of [`Home::brickpass`].
    pub fn state_dir(&self) -> PathBuf {
        self.path().join("state/brickpass")
    }

    pub fn runtime_dir(&self) -> PathBuf {
        self.path().join("run")
    }

    pub fn temporary_dir(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// The program in this home, with nothing of the surrounding environment but `PATH`.
    pub fn brickpass<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.command(BRICKPASS);
        command.args(arguments);
        command
    }

    /// Any program in this home, with nothing of the surrounding environment but `PATH`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("LANG", "C.UTF-8")
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.runtime_dir())
            // What a killed program leaves in the folder of temporary files goes with this home.
            .env("TMPDIR", self.temporary_dir())
            .env("BRICKPASS_CONFIG_DIR", self.config_dir())
            .env("BRICKPASS_STATE_DIR", self.state_dir())
            .current_dir(self.path());
        command
    }

    /// Every file below this home with its bytes: to look for what must not be there.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    found.push((entry.path(), fs::read(entry.path()).unwrap()));
                }
            }
        }
        found
    }
}

/// Only the owner may look into it, as an operating system makes a person's own folders.
#[cfg(unix)]
fn make_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_folder: &Path) {}

#[cfg(unix)]
#[test]
fn a_home_sees_nothing_of_the_surrounding_environment() {
    let home = Home::new();
    let seen = super::run(&mut home.command("env"), b"", crate::support::LIMIT).stdout;
    assert!(seen.lines().any(|line| line == format!("HOME={}", home.path().display())), "{seen}");
    assert!(!seen.contains("CARGO"), "{seen}");
}
