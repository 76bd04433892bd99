#![allow(clippy::disallowed_methods, reason = "a test puts files where they do not belong")]

use std::{path::Path, sync::atomic::Ordering};

use super::{scripted::ScriptedStore, *};
use crate::{Library, atomic_file::faults::names_in};
use brickpass_core::{
    connection::{Connection, ConnectionId, EnteredFor, SecretKind},
    failure::Code,
};

fn vault(home: VaultHome, dir: &Path, keyring: &Arc<ScriptedStore>, passphrase: Option<&str>) -> Vault {
    let config = VaultConfig { home, file: dir.join("vault.age"), passphrase: passphrase.map(SecretString::from) };
    Vault::with(config, Arc::clone(keyring) as Arc<dyn Store>, Arc::clone(keyring) as Arc<dyn Store>, || "the test keyring".into())
}

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const ELSEWHERE: &str = "https://adb-1.2.azuredatabricks.net";

fn connection(base_url: &str) -> Connection {
    serde_json::from_value(serde_json::json!({
        "id": ConnectionId::random(), "name": "Sales", "base_url": base_url, "timeout_seconds": 30,
        "auth": {"type": "pat"}, "level": "workspace", "environment": "dev",
    }))
    .unwrap()
}

fn at(connection: &Connection, base_url: &str) -> Connection {
    Connection { base_url: brickpass_core::connection::BaseUrl::read(base_url).unwrap().base_url, ..connection.clone() }
}

fn token(connection: &Connection) -> SecretKey {
    SecretKey::of(connection, SecretKind::PersonalAccessToken)
}

fn key() -> SecretKey {
    token(&connection(HOST))
}

/// Among many, and by itself.
fn got(vault: &Vault, wanted: &SecretKey) -> Option<String> {
    let plain = |secret: Option<SecretString>| secret.map(|secret| secret.expose_secret().to_owned());
    let many = vault.get_all(&[key(), wanted.clone(), key()]).unwrap();
    let [None, among_many, None]: [Option<String>; 3] =
        many.into_iter().map(|one| plain(one.unwrap())).collect::<Vec<_>>().try_into().unwrap()
    else {
        panic!("what was never stored is there")
    };
    assert_eq!(plain(vault.get(wanted).unwrap()), among_many);
    among_many
}

fn ids(keys: &[SecretKey]) -> Vec<SecretId> {
    keys.iter().map(SecretKey::id).collect()
}

fn write_into(store: &dyn Store, key: &SecretKey, generation: u64, secret: &str) {
    let id = key.id();
    chunks::write(store, &[(id.account(), id.label(), VersionedSecret::of(key, &secret.into(), generation))]).unwrap();
}

#[test]
fn every_home_keeps_what_it_is_given() {
    let dir = tempfile::tempdir().unwrap();
    for home in [VaultHome::Keyring, VaultHome::File, VaultHome::Memory] {
        let keyring = Arc::new(ScriptedStore::new());
        let vault = vault(home, dir.path(), &keyring, Some("right horse"));
        let (one, other) = (key(), key());
        assert_eq!(got(&vault, &one), None);
        vault.delete(one.id()).unwrap();
        vault.put(&one, &"first".into()).unwrap();
        vault.put(&one, &"second".into()).unwrap();
        vault.put(&other, &"x".repeat(20_000).into()).unwrap();
        assert_eq!((got(&vault, &one), got(&vault, &other)), (Some("second".into()), Some("x".repeat(20_000))), "{home:?}");
        assert!(matches!(vault.probe(), VaultStatus::Ready { .. }), "{home:?}");
        vault.delete(one.id()).unwrap();
        assert_eq!((got(&vault, &one), got(&vault, &other)), (None, Some("x".repeat(20_000))), "{home:?}");
        assert_eq!(keyring.entries.lock().unwrap().is_empty(), home != VaultHome::Keyring);
    }
}

#[test]
fn st_05_a_locked_keyring_can_be_tried_again_and_nothing_goes_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, Some("a passphrase is at hand"));
    let key = key();
    vault.put(&key, &"old".into()).unwrap();
    for trouble in
        [(|| VaultError::KeyringLocked) as fn() -> VaultError, || VaultError::Busy, || VaultError::Unavailable(NoKeyring::NoService)]
    {
        keyring.fails(Some(trouble));
        assert_eq!(vault.get(&key).unwrap_err().to_string(), trouble().to_string());
        assert_eq!(vault.put(&key, &"new".into()).unwrap_err().to_string(), trouble().to_string());
        assert_eq!(vault.probe(), VaultStatus::Unavailable(trouble().failure()));
        assert_eq!(vault.home(), VaultHome::Keyring);
        assert_eq!(names_in(dir.path()), [""; 0], "no file was made behind the person's back");
        keyring.fails(None);
        assert_eq!(got(&vault, &key), Some("old".into()), "the prompt was answered this time");
    }
    assert_eq!(VaultError::Busy.failure().code, Code::VaultBusy, "busy is not unavailable");
}

#[test]
fn st_08_a_write_that_fails_after_a_good_probe_keeps_the_old_secret() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore { spare_probes: true, ..ScriptedStore::new() });
    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    let key = key();
    vault.put(&key, &"old".into()).unwrap();
    keyring.fails(Some(|| VaultError::Unavailable(NoKeyring::Other("disk full".into()))));
    assert_eq!(vault.probe(), VaultStatus::Ready { place: "the test keyring".into() });
    assert_eq!(vault.put(&key, &"new".into()).unwrap_err().failure().code, Code::VaultUnavailable);
    keyring.fails(None);
    assert_eq!(got(&vault, &key), Some("old".into()));
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
    write_into(&*keyring, &newer_in_file, 5, "stale");
    write_into(&file.inner.file, &newer_in_file, 9, "fresh");
    write_into(&*keyring, &newer_in_keyring, 9, "fresh");
    write_into(&file.inner.file, &newer_in_keyring, 5, "stale");
    write_into(&file.inner.file, &only_in_file, 1, "fresh");

    let vault = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    for key in &[newer_in_file, newer_in_keyring, only_in_file] {
        assert_eq!(got(&vault, key), Some("fresh".into()));
        assert_eq!(chunks::read(&*keyring, &key.id().account()).unwrap().unwrap().secret.expose_secret(), "fresh", "it came home");
        assert!(chunks::read(&vault.inner.file, &key.id().account()).unwrap().is_none(), "and is nowhere else");
    }
}

#[test]
fn st_09_what_the_keyring_got_while_the_file_was_locked_wins_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let (changed, unchanged) = (key(), key());
    let file = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    file.put(&changed, &"stale".into()).unwrap();
    file.put(&unchanged, &"fresh".into()).unwrap();
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0, "a file user never meets the keyring");

    vault(VaultHome::Keyring, dir.path(), &keyring, None).put(&changed, &"fresh".into()).unwrap();

    let file = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    keyring.touched.store(0, Ordering::SeqCst);
    assert_eq!(got(&file, &unchanged), Some("fresh".into()));
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0);
    keyring.fails(Some(|| VaultError::KeyringLocked));
    assert!(file.get(&changed).is_err(), "a secret that is known to be outdated is not used");
    keyring.fails(None);
    assert_eq!(got(&file, &changed), Some("fresh".into()));
    assert_eq!(keyring.accounts(), [""; 0], "the keyring's copy came home");
    keyring.touched.store(0, Ordering::SeqCst);
    assert_eq!(got(&file, &changed), Some("fresh".into()));
    assert_eq!(keyring.touched.load(Ordering::SeqCst), 0, "asked once");
}

#[test]
fn st_24_entries_go_by_id_so_that_no_two_connections_share_one() {
    let id = ConnectionId::random();
    let mut accounts = Vec::new();
    for kind in SecretKind::ALL {
        for connection in [id, ConnectionId::random()] {
            let key = SecretId { connection, kind };
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
        from.put(key, &format!("secret {at} {}", "x".repeat(at * 300)).into()).unwrap();
    }
    let to = vault(VaultHome::File, dir.path(), &keyring, Some("right horse"));
    assert_eq!(from.move_to(&to, &ids(&keys)).unwrap(), 15);
    assert_eq!(keyring.accounts(), [""; 0]);
    for (at, key) in keys.iter().enumerate() {
        assert_eq!(got(&to, key), (at < 15).then(|| format!("secret {at} {}", "x".repeat(at * 300))));
    }
    assert_eq!(to.move_to(&from, &ids(&keys)).unwrap(), 15);
    assert_eq!(got(&from, &keys[3]), Some(format!("secret 3 {}", "x".repeat(900))));
    assert_eq!(got(&to, &keys[3]), None);
}

#[test]
fn a_move_that_fails_leaves_every_secret_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    for changes in 0..6 {
        let keyring = Arc::new(ScriptedStore::new());
        let from = vault(VaultHome::Memory, dir.path(), &Arc::new(ScriptedStore::new()), None);
        let to = vault(VaultHome::Keyring, dir.path(), &keyring, None);
        let keys = [key(), key()];
        for key in &keys {
            from.put(key, &"y".repeat(5000).into()).unwrap();
        }
        keyring.dies_after(Some(changes));
        assert!(from.move_to(&to, &ids(&keys)).is_err(), "{changes}");
        for key in &keys {
            assert_eq!(got(&from, key), Some("y".repeat(5000)), "{changes}");
        }
    }
    // Into a locked file: refused before anything is touched.
    let keyring = Arc::new(ScriptedStore::new());
    let from = vault(VaultHome::Keyring, dir.path(), &keyring, None);
    let key = key();
    from.put(&key, &"kept".into()).unwrap();
    let to = vault(VaultHome::File, dir.path(), &keyring, None);
    assert!(matches!(from.move_to(&to, &[key.id()]), Err(VaultError::Locked)));
    assert_eq!(got(&from, &key), Some("kept".into()));
    assert_eq!(from.move_to(&from.clone(), &[key.id()]).unwrap(), 0, "to itself");
    assert_eq!(got(&from, &key), Some("kept".into()));
}

#[test]
fn a_file_vault_says_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let file = vault(VaultHome::File, dir.path(), &keyring, None);
    assert!(matches!(file.probe(), VaultStatus::Locked { new: true, .. }));
    assert!(matches!(file.get(&key()), Err(VaultError::Locked)));
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
        elsewhere(Some(ELSEWHERE), SecretKind::PersonalAccessToken),
        elsewhere(None, SecretKind::ClientSecret),
        VaultError::FileDamaged { path: path.clone(), backup: true },
        VaultError::FileDamaged { path: path.clone(), backup: false },
        VaultError::TooMuchWork { path: path.clone() },
        VaultError::WeakPassphrase { why: "It is short." },
        VaultError::Lost { path: path.clone(), backup: true },
        VaultError::Lost { path: path.clone(), backup: false },
        VaultError::ExternalFile { path: path.clone(), why: "It is odd.", backup: true },
        VaultError::ExternalFile { path: path.clone(), why: "It is odd.", backup: false },
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
    locked.put(&key, &"used".into()).unwrap();
    assert!(matches!(locked.put_in_fallback(&key, &"rotated".into()), Err(VaultError::Locked)), "no file is made behind the person's back");

    let open = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    open.unlock("right horse".into()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    keyring.fails(Some(|| VaultError::Busy));
    open.put_in_fallback(&key, &"rotated".into()).unwrap();
    keyring.fails(None);
    // Another process that has the passphrase, too.
    let next = vault(VaultHome::Keyring, dir.path(), &keyring, Some("right horse"));
    assert_eq!(got(&next, &key).unwrap(), "rotated");
    assert_eq!(got(&locked, &key).unwrap(), "rotated", "and it is back in the keyring");
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
    let many: Vec<(SecretKey, SecretString)> = (0..100).map(|at| (key(), format!("dapi{at}").into())).collect();
    vault.put_all(&many).unwrap();
    let stored = |vault: &Vault| many.iter().filter(|(key, _)| vault.get(key).unwrap().is_some()).count();
    assert_eq!(stored(&vault), 100);
    assert_eq!(vault.get(&many[42].0).unwrap().unwrap().expose_secret(), "dapi42");

    let stranger = Vault::without_work(config("wrong horse"));
    assert!(stranger.put_all(&[(many[0].0.clone(), "other".to_owned().into())]).is_err());
    assert!(stranger.delete_all(&[many[0].0.id()]).is_err());
    assert_eq!(vault.get(&many[0].0).unwrap().unwrap().expose_secret(), "dapi0");

    let gone: Vec<SecretId> = many.iter().take(99).map(|(key, _)| key.id()).collect();
    vault.delete_all(&gone).unwrap();
    assert_eq!(stored(&vault), 1);
}

fn elsewhere(entered_for: Option<&str>, kind: SecretKind) -> VaultError {
    let place = |origin: &str| EnteredFor { origin: origin.to_owned(), client_id: None };
    VaultError::EnteredElsewhere { kind, entered_for: entered_for.map(place), wanted: place(HOST) }
}

#[test]
fn bd_01_a_secret_is_given_for_the_address_it_was_entered_for_and_no_other_in_every_home() {
    let dir = tempfile::tempdir().unwrap();
    for home in [VaultHome::Keyring, VaultHome::File, VaultHome::Memory] {
        let vault = vault(home, dir.path(), &Arc::new(ScriptedStore::new()), Some("right horse"));
        for secret in ["dapi-short".to_owned(), "x".repeat(20_000)] {
            let sales = connection(HOST);
            vault.put(&token(&sales), &secret.clone().into()).unwrap();
            assert_eq!(got(&vault, &token(&sales)), Some(secret.clone()));
            for moved in [ELSEWHERE, "http://127.0.0.1:4000", &format!("{HOST}:8443")] {
                let moved = token(&at(&sales, moved));
                let refused = vault.get(&moved).unwrap_err();
                assert!(matches!(&refused, VaultError::EnteredElsewhere { .. }), "{home:?}: {refused}");
                assert!(refused.failure().what.contains(HOST), "{}", refused.failure());
                assert!(matches!(vault.get_all(&[moved]).unwrap()[0], Err(VaultError::EnteredElsewhere { .. })), "{home:?}");
            }
            assert_eq!(got(&vault, &token(&sales)), Some(secret), "the address was put back");
        }
    }
}

#[test]
fn bd_01_a_client_secret_is_given_for_its_service_principal_alone() {
    let dir = tempfile::tempdir().unwrap();
    let vault = vault(VaultHome::Memory, dir.path(), &Arc::new(ScriptedStore::new()), None);
    let robot = |client_id: &str, of: &Connection| -> Connection {
        let auth = serde_json::from_value(serde_json::json!({"type": "service-principal", "client_id": client_id})).unwrap();
        Connection { auth, ..of.clone() }
    };
    let of = |connection: &Connection| SecretKey::of(connection, SecretKind::ClientSecret);
    let sales = robot("11111111-2222-3333-4444-555555555555", &connection(HOST));
    vault.put(&of(&sales), &"dose1".into()).unwrap();
    assert!(vault.get(&of(&robot("11111111-2222-3333-4444-55555555555A", &sales))).is_err());
    assert!(vault.get(&of(&at(&sales, ELSEWHERE))).is_err());
    assert_eq!(vault.get(&of(&sales)).unwrap().unwrap().expose_secret(), "dose1");
}

#[test]
fn bd_02_a_binding_survives_moves_copies_and_being_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let keyring = Arc::new(ScriptedStore::new());
    let (from, to) =
        (vault(VaultHome::Keyring, dir.path(), &keyring, None), vault(VaultHome::File, dir.path(), &keyring, Some("right horse")));
    let (sales, other) = (connection(HOST), connection(ELSEWHERE));
    from.put(&token(&sales), &"dapi1".into()).unwrap();
    from.move_to(&to, &[token(&sales).id()]).unwrap();
    to.copy(token(&sales).id(), token(&other).id()).unwrap();
    assert_eq!(got(&to, &token(&sales)), Some("dapi1".into()));
    assert!(to.get(&token(&other)).is_err(), "the copy belongs where the original does");
    assert_eq!(got(&to, &token(&at(&other, HOST))), Some("dapi1".into()));
    assert_eq!(to.describe(token(&other).id()).unwrap().unwrap().entered_for.unwrap().origin, HOST);

    let former = to.former(token(&sales).id()).unwrap();
    to.put(&token(&at(&sales, ELSEWHERE)), &"dapi2".into()).unwrap();
    assert!(to.get(&token(&sales)).is_err());
    to.put_back(token(&sales).id(), &former).unwrap();
    assert_eq!(got(&to, &token(&sales)), Some("dapi1".into()));
    let nothing = to.former(key().id()).unwrap();
    to.put_back(token(&sales).id(), &nothing).unwrap();
    assert_eq!(got(&to, &token(&sales)), None);
}

/// As a version before this one stored it.
fn store_unbound(store: &dyn Store, key: &SecretKey, secret: &str) {
    let id = key.id();
    chunks::write(store, &[(id.account(), id.label(), VersionedSecret { generation: 1, entered_for: None, secret: secret.into() })])
        .unwrap();
}

#[test]
fn bd_03_a_secret_of_an_older_version_belongs_to_the_address_its_connection_had_at_the_first_start() {
    for home in [VaultHome::Keyring, VaultHome::File, VaultHome::Memory] {
        let dir = tempfile::tempdir().unwrap();
        let addresses = || FirstAddresses::new(&dir.path().join("config"), &dir.path().join("state"));
        let library = Library::new(&dir.path().join("config"), &dir.path().join("state"));
        let vault = vault(home, dir.path(), &Arc::new(ScriptedStore::new()), Some("right horse"));
        let (sales, long, robot) = (connection(HOST), connection(HOST), connection(HOST));
        let named = |connection: &Connection, name: &str| Connection {
            name: brickpass_core::connection::ConnectionName::parse(name).unwrap(),
            ..connection.clone()
        };
        let (long, robot) = (named(&long, "Long"), named(&robot, "Robot"));
        library.add_all(vec![sales.clone(), long.clone(), robot.clone()]).unwrap();
        for (connection, secret) in [(&sales, "dapi1".to_owned()), (&long, "x".repeat(9000)), (&robot, "dapi3".to_owned())] {
            store_unbound(vault.inner.store(), &token(connection), &secret);
        }
        assert!(vault.get(&token(&sales)).is_err(), "nobody says where it belongs");
        addresses().write_once();
        // Moved before its secret was looked at for the first time.
        let moved = at(&sales, ELSEWHERE);
        library.save(moved.clone(), Some(crate::Revision(1))).unwrap();

        let vault = vault.with_first_addresses(Arc::new(addresses()));
        assert!(vault.get(&token(&moved)).is_err(), "{home:?}");
        assert_eq!(got(&vault, &token(&sales)), Some("dapi1".into()), "{home:?}");
        assert_eq!(got(&vault, &token(&long)), Some("x".repeat(9000)), "{home:?}");
        assert_eq!(got(&vault, &token(&robot)), Some("dapi3".into()), "{home:?}");
        // And it is written into the record.
        std::fs::remove_dir_all(dir.path().join("state")).unwrap();
        for connection in [&sales, &long, &robot] {
            let versioned = chunks::read(vault.inner.store(), &token(connection).id().account()).unwrap().unwrap();
            assert_eq!((versioned.entered_for.unwrap().origin.as_str(), versioned.generation), (HOST, 1), "{home:?}");
        }
        assert!(vault.get(&token(&moved)).is_err(), "{home:?}");
    }
}

#[test]
fn bd_03_binding_an_older_secret_never_overwrites_a_newer_one() {
    let dir = tempfile::tempdir().unwrap();
    for home in [VaultHome::Keyring, VaultHome::File] {
        let vault = vault(home, dir.path(), &Arc::new(ScriptedStore::new()), Some("right horse"));
        let sales = connection(HOST);
        store_unbound(vault.inner.store(), &token(&sales), "old");
        let id = token(&sales).id();
        let seen = (id.account(), id.label(), 1, EnteredFor::of(&sales, SecretKind::PersonalAccessToken).unwrap());
        // Between the look and the write another program stores a newer one.
        vault.put(&token(&at(&sales, ELSEWHERE)), &"new".into()).unwrap();
        chunks::bind(vault.inner.store(), &[seen]).unwrap();
        assert_eq!(got(&vault, &token(&at(&sales, ELSEWHERE))), Some("new".into()), "{home:?}");
    }
}
