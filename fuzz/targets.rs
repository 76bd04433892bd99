// What is fuzzed: one function a target, from bytes to a panic when a promise does not hold. The fuzzer and `tests/it/fuzz_corpus.rs` share it.

use std::{cell::RefCell, fs, path::Path};

use brickpass_core::connection::{BaseUrl, Connection, ConnectionId};
use brickpass_databricks::oauth::loopback::{Callback, Expected, answer_in};
use brickpass_interchange::{
    databrickscfg::{Edit, File, ProfileName},
    import,
};
use brickpass_storage::{Library, Mode, SecretKey, Vault, VaultConfig, VaultHome};
use secrecy::{ExposeSecret as _, SecretString};

/// From bytes to a panic, when a promise does not hold.
pub type Target = fn(&[u8]);

/// By the name of the target's folder in `fuzz/corpus`.
pub const ALL: [(&str, Target); 6] = [
    ("base_url", base_url),
    ("connections", connections),
    ("databrickscfg", databrickscfg),
    ("import", import),
    ("redirect_head", redirect_head),
    ("vault_file", vault_file),
];

/// An address that is accepted is one that every reader takes for the same host, and reading it again changes nothing.
pub fn base_url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(pasted) = BaseUrl::read(text) else { return };
    let address = pasted.base_url.as_str();
    assert!(!pasted.base_url.host().contains(['@', '\\', '/', '%', ' ']), "{address}");
    let again = BaseUrl::read(address).unwrap_or_else(|error| panic!("{address} is not read again: {error}"));
    assert_eq!(again.base_url, pasted.base_url);
    assert_eq!(again.base_url.as_str(), address);
}

/// The list of connections: whatever the file holds, a save adds one connection and loses none.
pub fn connections(bytes: &[u8]) {
    in_a_folder(|folder| {
        let library = Library::new(&folder.join("config"), &folder.join("state"));
        write(library.path(), bytes);
        let Ok(before) = library.load() else { return };
        if before.mode != Mode::Writable {
            return;
        }
        let ids: Vec<ConnectionId> = before.entries.iter().map(|entry| entry.connection.id).collect();
        let new = connection("Added by the fuzzer");
        let id = new.id;
        let Ok(after) = library.save(new, None) else { return };
        let kept: Vec<ConnectionId> = after.entries.iter().map(|entry| entry.connection.id).filter(|kept| *kept != id).collect();
        assert_eq!(ids.len(), kept.len());
        assert!(ids.iter().all(|id| kept.contains(id)), "a connection is gone");
        assert_eq!(library.load().map(|read| read.entries.len()).ok(), Some(ids.len() + 1));
    });
}

/// The file of profiles: publishing changes the one profile and leaves all others as they were.
pub fn databrickscfg(bytes: &[u8]) {
    let Ok(file) = File::read(bytes) else { return };
    let _ = (file.remarks(), file.default_profile(), file.secrets().count());
    let Ok(profile) = ProfileName::parse("published-by-the-fuzzer") else { return };
    let keys = vec![("host", "https://adb-1.1.azuredatabricks.net".to_owned()), ("auth_type", "databricks-cli".to_owned())];
    let Ok(changed) = file.changed(&Edit::Put { profile: profile.clone(), keys }) else { return };
    let values = |file: &File| -> Vec<(String, Vec<(String, String)>)> {
        let keys = |profile: &brickpass_interchange::databrickscfg::Profile<'_>| {
            profile.keys().map(|(key, value)| (key.to_owned(), value.expose_secret().to_owned())).collect()
        };
        file.profiles().iter().filter(|other| other.name != profile.as_str()).map(|other| (other.name.to_owned(), keys(other))).collect()
    };
    assert_eq!(values(&file), values(&changed.file), "publishing changed another profile");
    assert_eq!(changed.file.profile(profile.as_str()).and_then(|profile| profile.get("auth_type")), Some("databricks-cli"));
}

/// Whatever a file of another tool holds, each reader ends with connections or a reason.
pub fn import(bytes: &[u8]) {
    for kind in import::Kind::ALL {
        let _ = import::read(kind, bytes);
    }
    let _ = import::read_as(None, None, bytes);
    let _ = import::read_backup(bytes);
}

/// No request without the key is an answer, and no answer holds what cannot be a code.
pub fn redirect_head(bytes: &[u8]) {
    let key = "the-key-of-this-login";
    let expected = Expected { state: key.into(), issuer: Some("https://adb-1.1.azuredatabricks.net/oidc".to_owned()), iss_required: false };
    let Some(answer) = answer_in(bytes, 8020, &expected) else { return };
    // A server ignores empty lines before a request (RFC 9112, section 2.2).
    let request = bytes.iter().position(|byte| !b"\r\n".contains(byte)).map_or(&[][..], |start| &bytes[start..]);
    assert!(request.starts_with(b"GET "), "only a GET is an answer");
    if let Ok(Callback::Code { code, .. }) = answer {
        assert!(!code.expose_secret().is_empty() && code.expose_secret().bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
    }
    let other = Expected { state: "another-key".into(), ..expected };
    assert!(answer_in(bytes, 8020, &other).is_none(), "an answer without the key was taken");
}

/// The encrypted file: opened or refused, and a refused one is left as it was.
pub fn vault_file(bytes: &[u8]) {
    in_a_folder(|folder| {
        let path = folder.join("vault.age");
        write(&path, bytes);
        let passphrase = Some(SecretString::from("passphrase of the fuzzer"));
        let vault = Vault::without_work(VaultConfig { home: VaultHome::File, file: path.clone(), passphrase });
        let key = SecretKey::principals_token(ConnectionId::random());
        if vault.get(&key).is_err() {
            let _ = vault.put(&key, &"another secret".into());
            assert_eq!(fs::read(&path).ok().as_deref(), Some(bytes), "a file that cannot be opened was changed");
        }
    });
}

fn connection(name: &str) -> Connection {
    let record = serde_json::json!({
        "id": ConnectionId::random(), "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
        "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "dev"
    });
    serde_json::from_value(record).expect("a connection")
}

fn write(path: &Path, bytes: &[u8]) {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path).expect("the folder can be written"), bytes).expect("the folder can be written");
}

/// One folder for all runs of a thread, emptied before each; in memory where the system has such a place.
fn in_a_folder(run: impl FnOnce(&Path)) {
    thread_local! {
        static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
    }
    FOLDER.with_borrow_mut(|folder| {
        let memory = Path::new("/dev/shm");
        let new = || if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.get_or_insert_with(|| new().expect("a temporary folder"));
        for inside in fs::read_dir(folder.path()).expect("a folder").flatten() {
            let _ = fs::remove_dir_all(inside.path()).or_else(|_| fs::remove_file(inside.path()));
        }
        for name in ["config", "state"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        run(folder.path());
    });
}
