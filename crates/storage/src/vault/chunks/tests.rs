use secrecy::ExposeSecret as _;

use std::collections::BTreeMap;

use super::{super::scripted::ScriptedStore, *};

type Damage = fn(&mut BTreeMap<String, Bytes>);

const ACCOUNT: &str = "v1/8a5e0a4e-0000-4000-8000-000000000001/pat";

fn text(length: usize, seed: char) -> String {
    (0..length).map(|at| if at % 97 == 0 { seed } else { char::from(b'a' + u8::try_from(at % 26).unwrap()) }).collect()
}

fn put(store: &dyn Store, secret: &str) -> Result<(), VaultError> {
    write(store, &[(ACCOUNT.into(), "label".into(), VersionedSecret { generation: 1, entered_for: None, secret: secret.into() })])
}

fn got(store: &dyn Store) -> Option<String> {
    read(store, ACCOUNT).unwrap().map(|versioned| versioned.secret.expose_secret().to_owned())
}

#[test]
fn st_01_long_secrets_come_back_exactly_although_entries_are_small() {
    let store = ScriptedStore::new();
    for length in [0, 1, 36, 2300, 2399, 2400, 2401, 3000, 5000, 20_000, 250_000] {
        for secret in [text(length, 'x'), "é\"\\\n".repeat(length / 5)] {
            put(&store, &secret).unwrap();
            assert_eq!(got(&store), Some(secret));
        }
    }
    put(&store, "short").unwrap();
    assert_eq!(store.accounts(), [ACCOUNT], "the chunks of longer secrets are gone");
    put(&store, &text(5000, 'x')).unwrap();
    erase(&store, &[ACCOUNT.into()]).unwrap();
    assert_eq!(store.accounts(), [""; 0], "nothing of a deleted secret is left");
}

#[test]
fn st_02_a_crash_after_any_write_leaves_the_old_or_the_new_secret_and_no_litter() {
    let lengths = [40, 5000, 20_000];
    for (old_length, new_length) in lengths.into_iter().flat_map(|old| lengths.map(|new| (old, new))) {
        let (old, new) = (text(old_length, 'O'), text(new_length, 'N'));
        for changes in 0.. {
            let store = ScriptedStore::new();
            put(&store, &old).unwrap();
            store.dies_after(Some(changes));
            let result = put(&store, &new);
            store.dies_after(None);
            let after = got(&store).unwrap();
            assert!(after == old || after == new, "a mixture after {changes} changes");
            assert!(result.is_err() || after == new, "said to be stored, and is not");
            // The next program finds and clears what the dead one left.
            put(&store, "next").unwrap();
            assert_eq!(store.accounts(), [ACCOUNT], "after {changes} changes of {old_length} to {new_length}");
            if result.is_ok() && changes > 30 {
                break;
            }
        }
    }
}

#[test]
fn st_02_a_crash_while_deleting_can_be_finished() {
    for changes in 0..20 {
        let store = ScriptedStore::new();
        put(&store, &text(20_000, 'x')).unwrap();
        store.dies_after(Some(changes));
        let _ = erase(&store, &[ACCOUNT.into()]);
        store.dies_after(None);
        assert!(got(&store).is_none_or(|secret| secret == text(20_000, 'x')));
        erase(&store, &[ACCOUNT.into()]).unwrap();
        assert_eq!(store.accounts(), [""; 0], "after {changes} changes");
    }
}

#[test]
fn st_03_a_damaged_secret_is_told_and_the_others_are_fine() {
    let fresh = || {
        let store = ScriptedStore::new();
        put(&store, &text(5000, 'x')).unwrap();
        write(
            &store,
            &[("v1/other/pat".into(), String::new(), VersionedSecret { generation: 1, entered_for: None, secret: "fine".into() })],
        )
        .unwrap();
        store
    };
    let damages: [(&str, Damage); 7] = [
        ("a chunk is missing", |entries| entries.retain(|account, _| !account.ends_with("/c1"))),
        ("a chunk was changed", |entries| {
            entries.iter_mut().find(|(account, _)| account.ends_with("/c1")).unwrap().1[5] ^= 1;
        }),
        ("a chunk is cut short", |entries| {
            entries.iter_mut().find(|(account, _)| account.ends_with("/c2")).unwrap().1.pop();
        }),
        ("the manifest is garbage", |entries| drop(entries.insert(ACCOUNT.into(), Zeroizing::new(b"\xff\x00garbage".to_vec())))),
        ("the manifest is empty", |entries| drop(entries.insert(ACCOUNT.into(), Zeroizing::new(Vec::new())))),
        ("the manifest claims a million chunks", |entries| {
            let manifest = br#"{"v":1,"generation":1,"manifest":{"chunks":1000000,"length":5,"sha256":""}}"#;
            entries.insert(ACCOUNT.into(), Zeroizing::new(manifest.to_vec()));
        }),
        ("the manifest says neither", |entries| {
            entries.insert(ACCOUNT.into(), Zeroizing::new(br#"{"v":1,"generation":1}"#.to_vec()));
        }),
    ];
    for (what, damage) in damages {
        let store = fresh();
        damage(&mut store.entries.lock().unwrap());
        let error = read(&store, ACCOUNT).err().unwrap_or_else(|| panic!("{what}: not noticed"));
        assert!(matches!(error, VaultError::SecretDamaged), "{what}: {error}");
        assert!(error.failure().fix.contains("Enter the secret again"));
        assert_eq!(read(&store, "v1/other/pat").unwrap().unwrap().secret.expose_secret(), "fine", "{what}");
        put(&store, "entered again").unwrap();
        assert_eq!(got(&store), Some("entered again".into()), "{what}");
    }
}

#[test]
fn the_generation_always_grows() {
    let store = ScriptedStore::new();
    for _ in 0..3 {
        put(&store, "x").unwrap();
    }
    assert_eq!(generation(&store, ACCOUNT).unwrap(), Some(3));
}

/// Another process writes while this one is between the manifest and its chunks.
struct Overtaken {
    store: ScriptedStore,
    times: std::sync::atomic::AtomicUsize,
}

impl Store for Overtaken {
    fn entry_limit(&self) -> usize {
        self.store.entry_limit()
    }

    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError> {
        use std::sync::atomic::Ordering::SeqCst;
        if account.ends_with("/c0") && self.times.fetch_update(SeqCst, SeqCst, |times| times.checked_sub(1)).is_ok() {
            put(&self.store, &text(5000, 'N'))?;
        }
        self.store.get(account)
    }

    fn put(&self, items: &[Item]) -> Result<(), VaultError> {
        self.store.put(items)
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        self.store.delete(accounts)
    }
}

#[test]
fn a_reader_that_another_process_overtakes_reads_what_that_has_written() {
    let overtaken = |times| {
        let store = ScriptedStore::new();
        put(&store, &text(5000, 'O')).unwrap();
        Overtaken { store, times: std::sync::atomic::AtomicUsize::new(times) }
    };
    for times in 1..=3 {
        assert_eq!(got(&overtaken(times)), Some(text(5000, 'N')), "{times}");
    }
    assert!(matches!(read(&overtaken(usize::MAX), ACCOUNT), Err(VaultError::SecretDamaged)), "it gives up in the end");
}
