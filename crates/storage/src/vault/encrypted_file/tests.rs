#![allow(clippy::disallowed_methods, reason = "a test damages files")]

use std::{cell::RefCell, fs};

use super::*;
use crate::atomic_file::faults::FaultyDisk;
use brickpass_core::failure::Code;

thread_local! {
    static PAUSES: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn quick(dir: &Path) -> EncryptedFile {
    let mut file = EncryptedFile::new(dir.join("vault.age"), None);
    file.work_factor = 2;
    file.pause = |pause| PAUSES.with_borrow_mut(|pauses| pauses.push(pause));
    file
}

pub(super) fn unlocked(dir: &Path) -> EncryptedFile {
    let file = quick(dir);
    file.unlock("right horse".into()).unwrap();
    file
}

pub(super) fn item(account: &str, text: &str) -> Item {
    Item { account: account.into(), label: String::new(), bytes: Zeroizing::new(text.as_bytes().to_vec()) }
}

pub(super) fn got(file: &EncryptedFile, account: &str) -> Option<String> {
    file.get(account).unwrap().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn what_is_put_is_there_after_a_restart_and_nowhere_readable() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    file.put(&[item("a", "canary-1"), item("b", "canary-2")]).unwrap();
    file.delete(&["b".into(), "never there".into()]).unwrap();
    let again = unlocked(dir.path());
    assert_eq!((got(&again, "a"), got(&again, "b")), (Some("canary-1".into()), None));
    for entry in fs::read_dir(dir.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
    }
    // What was deleted is not in the backup either.
    fs::copy(dir.path().join("vault.age.bak"), dir.path().join("vault.age")).unwrap();
    assert_eq!(got(&unlocked(dir.path()), "b"), None);
}

#[test]
fn what_another_brickpass_puts_is_seen_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (unlocked(dir.path()), unlocked(dir.path()));
    one.put(&[item("a", "1")]).unwrap();
    assert_eq!(got(&other, "a"), Some("1".into()));
    other.put(&[item("b", "2")]).unwrap();
    one.put(&[item("c", "3")]).unwrap();
    assert_eq!((got(&other, "a"), got(&other, "b"), got(&other, "c")), (Some("1".into()), Some("2".into()), Some("3".into())));
}

#[test]
fn st_19_a_wrong_passphrase_waits_longer_each_time_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    unlocked(dir.path()).put(&[item("a", "1")]).unwrap();
    let before = fs::read(dir.path().join("vault.age")).unwrap();
    let file = quick(dir.path());
    PAUSES.take();
    for guess in ["wrong", "Right horse", "right horse ", ""] {
        let error = file.unlock(guess.into()).unwrap_err();
        assert_eq!(error.failure().code, Code::WrongPassphrase, "{guess:?}");
        assert!(matches!(file.get("a"), Err(VaultError::Locked)));
        assert!(matches!(file.put(&[item("a", "2")]), Err(VaultError::Locked)));
    }
    let pauses = PAUSES.take();
    assert!(pauses.len() == 4 && pauses.is_sorted_by(|earlier, later| earlier < later), "{pauses:?}");
    assert_eq!(fs::read(dir.path().join("vault.age")).unwrap(), before);
    file.unlock("right horse".into()).unwrap();
    assert_eq!(got(&file, "a"), Some("1".into()));
}

#[test]
fn a_wrong_passphrase_from_the_environment_is_tried_once() {
    let dir = tempfile::tempdir().unwrap();
    unlocked(dir.path()).put(&[item("a", "1")]).unwrap();
    let mut file = quick(dir.path());
    file.state.get_mut().unwrap().offered = Some("wrong".into());
    PAUSES.take();
    for _ in 0..3 {
        assert!(matches!(file.get("a"), Err(VaultError::WrongPassphrase)));
    }
    assert_eq!(PAUSES.take().len(), 1);
    file.unlock("right horse".into()).unwrap();
    assert_eq!(got(&file, "a"), Some("1".into()));
}

#[test]
fn a_new_file_needs_a_passphrase_that_says_something() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(quick(dir.path()).unlock("".into()), Err(VaultError::EmptyPassphrase)));
    assert!(!dir.path().join("vault.age").exists());
    assert!(matches!(quick(dir.path()).put(&[item("a", "1")]), Err(VaultError::Locked)));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "a locked vault makes no files");
}

#[test]
fn st_20_a_flipped_bit_anywhere_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    file.put(&[item("a", "1")]).unwrap();
    let good = fs::read(file.path()).unwrap();
    let identity = identity(&"right horse".into());
    assert!(file.decrypt_as(good.clone(), &identity).is_ok());
    let mut bytes = good.clone();
    for at in 0..good.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            let result = file.decrypt_as(bytes.clone(), &identity);
            assert!(result.is_err(), "bit {bit} of byte {at} of {} went unnoticed", good.len());
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn st_21_a_file_that_asks_for_gigabytes_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    let good = fs::read(file.path()).unwrap();
    let at = good.windows(3).position(|window| window == b" 2\n").unwrap();
    for work in ["19", "22", "31", "63"] {
        let mut bytes = good.clone();
        bytes.splice(at + 1..at + 2, work.bytes());
        fs::write(file.path(), &bytes).unwrap();
        // 2^63 would never end.
        let error = quick(dir.path()).unlock("right horse".into()).unwrap_err();
        assert!(matches!(error, VaultError::TooMuchWork { .. }), "2^{work}: {error}");
        assert_eq!(fs::read(file.path()).unwrap(), bytes);
    }
}

#[test]
fn st_22_a_truncated_file_is_an_error_and_the_backup_brings_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    file.put(&[item("a", "1")]).unwrap();
    file.put(&[item("b", "2")]).unwrap();
    let good = fs::read(file.path()).unwrap();
    let identity = identity(&"right horse".into());
    for length in 0..good.len() {
        assert!(file.decrypt_as(good[..length].to_vec(), &identity).is_err(), "{length} of {} bytes", good.len());
    }
    let cut = &good[..good.len() - 20];
    fs::write(file.path(), cut).unwrap();
    let error = quick(dir.path()).unlock("right horse".into()).unwrap_err();
    assert!(matches!(error, VaultError::FileDamaged { backup: true, .. }), "{error}");
    assert!(error.failure().fix.contains("backup"));
    assert!(matches!(file.put(&[item("c", "3")]), Err(VaultError::FileDamaged { .. })), "a damaged file is not overwritten");
    assert_eq!(fs::read(file.path()).unwrap(), cut);

    let file = quick(dir.path());
    assert!(matches!(file.restore_backup("wrong".into()), Err(VaultError::WrongPassphrase)));
    assert_eq!(fs::read(file.path()).unwrap(), cut);
    file.restore_backup("right horse".into()).unwrap();
    assert_eq!((got(&file, "a"), got(&file, "b")), (Some("1".into()), Some("2".into())), "the state of the last save");
    assert_eq!(fs::read(dir.path().join("vault.age.corrupt")).unwrap(), cut);
}

#[test]
fn an_empty_file_is_damaged_and_never_taken_for_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::File::create(dir.path().join("vault.age")).unwrap();
    assert!(matches!(quick(dir.path()).unlock("right horse".into()), Err(VaultError::FileDamaged { backup: false, .. })));
}

#[test]
fn st_15_a_full_disk_at_any_byte_keeps_every_secret() {
    let dir = tempfile::tempdir().unwrap();
    unlocked(dir.path()).put(&[item("a", "1")]).unwrap();
    let size = usize::try_from(fs::metadata(dir.path().join("vault.age")).unwrap().len()).unwrap();
    let disk = Arc::new(FaultyDisk::with_room(0));
    let mut file = quick(dir.path());
    file.disk = Arc::clone(&disk) as Arc<dyn Disk>;
    file.unlock("right horse".into()).unwrap();
    for room in (0..2 * size).step_by(7) {
        disk.set_room(room);
        let error = file.put(&[item("a", "2")]).unwrap_err();
        assert!(error.failure().why.contains("full"));
        assert_eq!(got(&file, "a"), Some("1".into()), "room for {room} bytes");
        assert_eq!(got(&unlocked(dir.path()), "a"), Some("1".into()), "room for {room} bytes");
    }
    disk.set_room(usize::MAX);
    file.put(&[item("a", "2")]).unwrap();
    assert_eq!(got(&file, "a"), Some("2".into()));
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    let newer = Secrets { version: 2, ..Secrets::default() };
    let bytes = file.encrypt(&newer, &"right horse".into()).unwrap().bytes().to_vec();
    fs::write(file.path(), &bytes).unwrap();
    let file = quick(dir.path());
    assert!(matches!(file.unlock("right horse".into()), Err(VaultError::Newer { .. })));
    assert_eq!(fs::read(file.path()).unwrap(), bytes);
}

#[test]
fn keys_of_another_version_survive_a_save() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    let mut secrets = Secrets::default();
    secrets.unknown.insert("note".into(), "kept".into());
    fs::write(file.path(), file.encrypt(&secrets, &"right horse".into()).unwrap().bytes()).unwrap();
    file.put(&[item("a", "1")]).unwrap();
    let again = unlocked(dir.path());
    assert_eq!(again.contents(&again.state()).unwrap().unknown["note"], "kept");
}

#[test]
fn a_file_that_is_open_is_read_without_the_passphrase_and_a_new_state_of_it_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (unlocked(dir.path()), unlocked(dir.path()));
    one.put(&[item("a", "1")]).unwrap();
    let passphrase: SecretString = "right horse".into();
    let stale = one.encrypt(&Secrets::default(), &passphrase).unwrap();
    assert_eq!(one.parse(&stale.plain().unwrap()).unwrap().entries.len(), 0);
    other.put(&[item("a", "2")]).unwrap();
    assert_eq!(got(&one, "a"), Some("2".into()), "the key of the state before does not hide the new one");
    fs::remove_file(one.path()).unwrap();
    assert!(matches!(one.get("a"), Err(VaultError::Lost { backup: true, .. })), "nor does it stand in for a file that is gone");
    assert!(matches!(other.put(&[item("a", "3")]), Err(VaultError::Lost { backup: true, .. })));
    fs::copy(one.backup_path(), one.path()).unwrap();
    other.put(&[item("a", "3")]).unwrap();
    assert_eq!((got(&one, "a"), got(&other, "a")), (Some("3".into()), Some("3".into())));
}
