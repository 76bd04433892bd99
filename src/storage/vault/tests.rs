#![allow(clippy::disallowed_methods, reason = "a test puts files where they do not belong")]

use std::{path::Path, sync::atomic::Ordering};

use super::{scripted::ScriptedStore, *};
use crate::{failure::Code, storage::atomic_file::faults::names_in};

fn vault(home: VaultHome, dir: &Path, keyring: &Arc<ScriptedStore>, passphrase: Option<&str>) -> Vault {
    let config = VaultConfig { home, file: dir.join("vault.age"), passphrase: passphrase.map(SecretString::from) };
    Vault::with(config, Arc::clone(keyring) as Arc<dyn Store>, Arc::clone(keyring) as Arc<dyn Store>, || "the test keyring".into())
}

fn key() -> SecretKey {
    SecretKey { connection: ConnectionId::random(), kind: SecretKind::PersonalAccessToken }
}

/// Among many, and by itself.
fn got(vault: &Vault, wanted: SecretKey) -> Option<String> {
    let plain = |secret: Option<SecretString>| secret.map(|secret| secret.expose_secret().to_owned());
    let many = vault.get_all(&[key(), wanted, key()]).unwrap();
    let [None, among_many, None]: [Option<String>; 3] =
        many.into_iter().map(|one| plain(one.unwrap())).collect::<Vec<_>>().try_into().unwrap()
    else {
        panic!("what was never stored is there")
    };
    assert_eq!(plain(vault.get(wanted).unwrap()), among_many);
    among_many
}

fn write_into(store: &dyn Store, key: SecretKey, generation: u64, secret: &str) {
    chunks::write(store, &[(key.account(), key.label(), Sealed { generation, secret: secret.into() })]).unwrap();
}

#[test]
fn every_home_keeps_what_it_is_given() {
    let dir = tempfile::tempdir().unwrap();
    for home in [VaultHome::Keyring, VaultHome::File, VaultHome::Memory] {
        let keyring = Arc::new(ScriptedStore::new());
        let vault = vault(home, dir.path(), &keyring, Some("right horse"));
        let (one, other) = (key(), key());
        assert_eq!(got(&vault, one), None);
        vault.delete(one).unwrap();
        vault.put(one, &"first".into()).unwrap();
        vault.put(one, &"second".into()).unwrap();
        vault.put(other, &"x".repeat(20_000).into()).unwrap();
        assert_eq!((got(&vault, one), got(&vault, other)), (Some("second".into()), Some("x".repeat(20_000))), "{home:?}");
        assert!(matches!(vault.probe(), VaultStatus::Ready { .. }), "{home:?}");
        vault.delete(one).unwrap();
        assert_eq!((got(&vault, one), got(&vault, other)), (None, Some("x".repeat(20_000))), "{home:?}");
        assert_eq!(keyring.entries.lock().unwrap().is_empty(), home != VaultHome::Keyring);
    }
}

#[test]
fn st_05_a_locked_keyring_can_be_tried_again_and_nothing_goes_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, Some("a passphrase is at hand"));
    let key = key();
    vault.put(key, &"old".into()).unwrap();
    for trouble in
        [(|| VaultError::KeyringLocked) as fn() -> VaultError, || VaultError::Busy, || VaultError::Unavailable(NoKeyring::NoService)]
    {
        keyring.fails(Some(trouble));
        assert_eq!(vault.get(key).unwrap_err().to_string(), trouble().to_string());
        assert_eq!(vault.put(key, &"new".into()).unwrap_err().to_string(), trouble().to_string());
        assert_eq!(vault.probe(), VaultStatus::Unavailable(trouble().failure()));
        assert_eq!(vault.home(), VaultHome::Keyring);
        assert_eq!(names_in(dir.path()), [""; 0], "no file was made behind the person's back");
        keyring.fails(None);
        assert_eq!(got(&vault, key), Some("old".into()), "the prompt was answered this time");
    }
    assert_eq!(VaultError::Busy.failure().code, Code::VaultBusy, "busy is not unavailable");
}

#[test]
fn st_08_a_write_that_fails_after_a_good_probe_keeps_the_old_secret() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore { spare_probes: true, ..ScriptedStore::new() });
    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    let key = key();
    vault.put(key, &"old".into()).unwrap();
    keyring.fails(Some(|| VaultError::Unavailable(NoKeyring::Other("disk full".into()))));
    assert_eq!(vault.probe(), VaultStatus::Ready { place: "the test keyring".into() });
    assert_eq!(vault.put(key, &"new".into()).unwrap_err().failure().code, Code::VaultUnavailable);
    keyring.fails(None);
    assert_eq!(got(&vault, key), Some("old".into()));
    assert_eq!(names_in(dir.path()), [""; 0], "not stored elsewhere instead");
}

#[test]
fn st_08_a_probe_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    assert!(matches!(vault.probe(), VaultStatus::Ready { .. }));
    assert_eq!(keyring.accounts(), [""; 0]);
}

#[test]
fn st_09_of_a_stale_keyring_entry_and_a_newer_file_entry_the_newer_wins_and_the_stale_one_goes() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let (newer_in_file, newer_in_keyring, only_in_file) = (key(), key(), key());
    let file = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    file.unlock("right horse".into()).unwrap();
    write_into(&*keyring, newer_in_file, 5, "stale");
    write_into(&file.inner.file, newer_in_file, 9, "fresh");
    write_into(&*keyring, newer_in_keyring, 9, "fresh");
    write_into(&file.inner.file, newer_in_keyring, 5, "stale");
    write_into(&file.inner.file, only_in_file, 1, "fresh");

    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    for key in [newer_in_file, newer_in_keyring, only_in_file] {
        assert_eq!(got(&vault, key), Some("fresh".into()));
        assert_eq!(chunks::read(&*keyring, &key.account()).unwrap().unwrap().secret.expose_secret(), "fresh", "it came home");
        assert!(chunks::read(&vault.inner.file, &key.account()).unwrap().is_none(), "and is nowhere else");
    }
}

#[test]
fn st_09_what_the_keyring_got_while_the_file_was_locked_wins_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let (changed, unchanged) = (key(), key());
    let file = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    file.put(changed, &"stale".into()).unwrap();
    file.put(unchanged, &"fresh".into()).unwrap();
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0, "a file user never meets the keyring");

    vault(VaultHome::Keyring, dir.path(), &keyring, None).put(changed, &"fresh".into()).unwrap();

    let file = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    keyring.touched.store(0, Ordering::SeqCst);
    assert_eq!(got(&file, unchanged), Some("fresh".into()));
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0);
    keyring.fails(Some(|| VaultError::KeyringLocked));
    assert!(file.get(changed).is_err(), "a secret that is known to be outdated is not used");
    keyring.fails(None);
    assert_eq!(got(&file, changed), Some("fresh".into()));
    assert_eq!(keyring.accounts(), [""; 0], "the keyring's copy came home");
    keyring.touched.store(0, Ordering::SeqCst);
    assert_eq!(got(&file, changed), Some("fresh".into()));
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0, "asked once");
}

#[test]
fn st_24_entries_go_by_id_so_that_no_two_connections_share_one() {
    let id = ConnectionId::random();
    let mut accounts = Vec::new();
    for kind in SecretKind::ALL {
        for connection in [id, ConnectionId::random()] {
            let key = SecretKey { connection, kind };
            assert!(key.label().starts_with("Brickpass: "));
            assert!(key.account().is_ascii() && key.account() == key.account().to_lowercase(), "the same on keyrings that ignore case");
            accounts.push(key.account());
        }
    }
    let mut different = accounts.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), accounts.len());
    assert_eq!(accounts[0], format!("v1/{id}/pat"), "never changes: it is on people's disks");
}

#[test]
fn moving_takes_every_secret_along_in_one_go() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let from = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    let keys: Vec<SecretKey> = (0..20).map(|_| key()).collect();
    for (at, key) in keys.iter().enumerate().take(15) {
        from.put(*key, &format!("secret {at} {}", "x".repeat(at * 300)).into()).unwrap();
    }
    let to = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    assert_eq!(from.move_to(&to, &keys).unwrap(), 15);
    assert_eq!(keyring.accounts(), [""; 0]);
    for (at, key) in keys.iter().enumerate() {
        assert_eq!(got(&to, *key), (at < 15).then(|| format!("secret {at} {}", "x".repeat(at * 300))));
    }
    assert_eq!(to.move_to(&from, &keys).unwrap(), 15);
    assert_eq!(got(&from, keys[3]), Some(format!("secret 3 {}", "x".repeat(900))));
    assert_eq!(got(&to, keys[3]), None);
}

#[test]
fn a_move_that_fails_leaves_every_secret_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    for changes in 0..6 {
        let keyring = Arc::new(ScriptedStore::new());
        let from = vault(VaultHome::Memory, dir.path(), &Arc::new(ScriptedStore::new()), None);
        let to = vault(VaultHome::Keyring, dir.path(), &keyring, None);
        let keys = [key(), key()];
        for key in keys {
            from.put(key, &"y".repeat(5000).into()).unwrap();
        }
        keyring.dies_after(Some(changes));
        assert!(from.move_to(&to, &keys).is_err(), "{changes}");
        for key in keys {
            assert_eq!(got(&from, key), Some("y".repeat(5000)), "{changes}");
        }
    }
    // Into a locked file: refused before anything is touched.
    let keyring = Arc::new(ScriptedStore::new());
    let from = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    let key = key();
    from.put(key, &"kept".into()).unwrap();
    let to = vault(VaultHome::File, dir.path(), &keyring, None);
    assert!(matches!(from.move_to(&to, &[key]), Err(VaultError::Locked)));
    assert_eq!(got(&from, key), Some("kept".into()));
    assert_eq!(from.move_to(&from.clone(), &[key]).unwrap(), 0, "to itself");
    assert_eq!(got(&from, key), Some("kept".into()));
}

#[test]
fn a_file_vault_says_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let file = vault(VaultHome::File, dir.path(), &keyring, None);
    assert!(matches!(file.probe(), VaultStatus::Locked { new: true, .. }));
    assert!(matches!(file.get(key()), Err(VaultError::Locked)));
    assert_eq!(names_in(dir.path()), [""; 0]);
    file.unlock("right horse".into()).unwrap();
    assert!(matches!(file.probe(), VaultStatus::Ready { .. }));
    let again = vault(VaultHome::File, dir.path(), &keyring, None);
    assert!(matches!(again.probe(), VaultStatus::Locked { new: false, .. }));
}

#[test]
fn every_error_says_what_why_and_what_to_do_and_nothing_secret() {
    let path = PathBuf::from("/home/ada/vault.age");
    let errors = [
        VaultError::Locked,
        VaultError::KeyringLocked,
        VaultError::Unavailable(NoKeyring::NoSession),
        VaultError::Unavailable(NoKeyring::NoService),
        VaultError::Unavailable(NoKeyring::NoCollection),
        VaultError::Unavailable(NoKeyring::Other("odd".into())),
        VaultError::Busy,
        VaultError::WrongPassphrase,
        VaultError::EmptyPassphrase,
        VaultError::SecretDamaged,
        VaultError::FileDamaged { path: path.clone(), backup: true },
        VaultError::FileDamaged { path: path.clone(), backup: false },
        VaultError::TooMuchWork { path: path.clone() },
        VaultError::WeakPassphrase { why: "It is short." },
        VaultError::Lost { path: path.clone(), backup: true },
        VaultError::Lost { path: path.clone(), backup: false },
        VaultError::ForeignFile { path: path.clone(), why: "It is odd.", backup: true },
        VaultError::ForeignFile { path: path.clone(), why: "It is odd.", backup: false },
        VaultError::Newer { path },
    ];
    for error in errors {
        let failure = error.failure();
        for sentence in [&failure.what, &failure.why, &failure.fix] {
            assert!(
                sentence.ends_with('.') && sentence.chars().next().is_some_and(char::is_uppercase) && !sentence.contains('\u{2014}'),
                "{sentence}"
            );
        }
    }
}

#[test]
fn rf_04_what_the_keyring_does_not_take_lies_in_the_open_encrypted_file_and_wins_later() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let key = key();
    let locked = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    locked.put(key, &"used".into()).unwrap();
    assert!(matches!(locked.put_in_refuge(key, &"rotated".into()), Err(VaultError::Locked)), "no file is made behind the person's back");

    let open = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    open.unlock("right horse".into()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    keyring.fails(Some(|| VaultError::Busy));
    open.put_in_refuge(key, &"rotated".into()).unwrap();
    keyring.fails(None);
    // Another process that has the passphrase, too.
    let next = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    assert_eq!(got(&next, key).unwrap(), "rotated");
    assert_eq!(got(&locked, key).unwrap(), "rotated", "and it is back in the keyring");
}

#[test]
fn many_secrets_are_all_there_or_none_and_go_together() {
    let dir = tempfile::tempdir().unwrap();
    let config = |passphrase: &str| VaultConfig {
        home: VaultHome::File,
        file: dir.path().join("vault.age"),
        passphrase: Some(passphrase.to_owned().into()),
    };
    let vault = Vault::without_work(config("correct horse"));
    let many: Vec<(SecretKey, SecretString)> = (0..100)
        .map(|at| (SecretKey { connection: ConnectionId::random(), kind: SecretKind::PersonalAccessToken }, format!("dapi{at}").into()))
        .collect();
    vault.put_all(&many).unwrap();
    let stored = |vault: &Vault| many.iter().filter(|(key, _)| vault.get(*key).unwrap().is_some()).count();
    assert_eq!(stored(&vault), 100);
    assert_eq!(vault.get(many[42].0).unwrap().unwrap().expose_secret(), "dapi42");

    let stranger = Vault::without_work(config("wrong horse"));
    assert!(stranger.put_all(&[(many[0].0, "other".to_owned().into())]).is_err());
    assert!(stranger.delete_all(&[many[0].0]).is_err());
    assert_eq!(vault.get(many[0].0).unwrap().unwrap().expose_secret(), "dapi0");

    let keys: Vec<SecretKey> = many.iter().take(99).map(|(key, _)| *key).collect();
    vault.delete_all(&keys).unwrap();
    assert_eq!(stored(&vault), 1);
}
