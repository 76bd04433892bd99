//! `.databrickscfg` through the engine and the command line: what is published, what stays as it was, and what its other readers make of it.

mod desk;
mod giving_back;
mod publishing;
mod readers;
mod secrets;
mod terminal;

use std::{fs, io::Write as _, path::Path};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
/// Of [`HOST`].
const WORKSPACE: &str = "1234567890123456";
const TOKEN: &str = "dapi0123456789abcdef0123456789abcdef";
const HELPER: &str = "/opt/brickpass/brickpass-credential";

/// Of a person who has worked on it.
const FILE: &str = "; mine\r\n[DEFAULT]\r\n\r\n# the old one\r\n  [sales]  ; here\r\nhost       = https://old.cloud.databricks.com\r\n; a token\r\ntoken      = dapi-old\r\nteam       = \u{e6}rlig\r\ncluster_id = 1-2\r\n\r\n[other]\r\ntoken=dapi-other # why\r\nhost : https://other.cloud.databricks.com\r\n\r\n[__settings__]\r\ndefault_profile = other\r\nauth_storage = secure\r\n";

/// As another program writes it.
fn put(path: &Path, text: &str) {
    fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    set_mode(path, 0o600);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}
