//! The operating system's keyring: Secret Service, macOS Keychain, Windows Credential Manager.
//!
//! Every operation runs on a thread of its own with a limit: a keyring may show a question that nobody answers. The connection is made on
//! demand and dropped on any error, so that a keyring that was started or unlocked meanwhile is found at the next try.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{
    NoKeyring, VaultError,
    store::{Bytes, Item, Store},
};

const SERVICE: &str = "brickpass";
/// Windows takes 2560 bytes; the rest is room for the envelope.
const ENTRY_LIMIT: usize = 2400;
/// Long enough to find and type the keyring's password.
const PROMPT_TIMEOUT: Duration = Duration::from_mins(2);
pub(crate) const PROBE_PATIENCE: Duration = Duration::from_secs(3);
/// Threads that were given up because the keyring did not answer; with this many, no more are started until one comes back.
const MAX_STUCK_THREADS: usize = 4;

type Connect = fn() -> keyring_core::Result<Arc<CredentialStore>>;

/// One entry, without a connection that stays.
type Glance = fn(service: &str, account: &str) -> Result<Option<Bytes>, Fallback>;

/// Only a connection can tell.
pub(super) struct Fallback;

pub(crate) struct KeyringStore {
    link: Arc<Link>,
    patience: Duration,
}

struct Link {
    /// Whose entries these are.
    service: &'static str,
    connect: Connect,
    glance: Glance,
    connection: Mutex<Option<Arc<CredentialStore>>>,
    stuck: AtomicUsize,
}

impl KeyringStore {
    pub(crate) fn new() -> Self {
        Self::connecting(SERVICE, connect, glance, PROMPT_TIMEOUT)
    }

    /// The entries of another program, for those who will not wait.
    pub(crate) fn of(service: &'static str) -> Self {
        Self::connecting(service, connect, glance, PROBE_PATIENCE)
    }

    fn connecting(service: &'static str, connect: Connect, glance: Glance, patience: Duration) -> Self {
        Self { link: Arc::new(Link { service, connect, glance, connection: Mutex::default(), stuck: AtomicUsize::new(0) }), patience }
    }

    /// The same keyring for those who will not wait.
    pub(crate) fn with_short_timeout(&self) -> Self {
        Self { link: Arc::clone(&self.link), patience: PROBE_PATIENCE }
    }

    fn run<T: Send + 'static>(&self, work: impl Fn(&CredentialStore) -> keyring_core::Result<T> + Send + 'static) -> Result<T, VaultError> {
        self.patiently(move |link| link.with_connection(&work))
    }

    fn patiently<T: Send + 'static>(&self, work: impl FnOnce(&Link) -> keyring_core::Result<T> + Send + 'static) -> Result<T, VaultError> {
        if self.link.stuck.load(Ordering::SeqCst) >= MAX_STUCK_THREADS {
            return Err(VaultError::Busy);
        }
        // Without a buffer: an answer either arrives, or its sender learns that nobody waits any more.
        let (sender, receiver) = mpsc::sync_channel(0);
        let link = Arc::clone(&self.link);
        let work = move || {
            if sender.send(work(&link)).is_err() {
                link.stuck.fetch_sub(1, Ordering::SeqCst);
            }
        };
        thread::Builder::new()
            .name("keyring".into())
            .spawn(work)
            .map_err(|error| VaultError::Unavailable(NoKeyring::Other(error.to_string())))?;
        match receiver.recv_timeout(self.patience) {
            Ok(result) => result.map_err(|error| explain(&error)),
            Err(RecvTimeoutError::Timeout) => {
                // Counted before the receiver goes; the thread keeps the stuck connection to itself.
                self.link.stuck.fetch_add(1, Ordering::SeqCst);
                self.link.forget();
                Err(VaultError::Busy)
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.link.forget();
                Err(VaultError::Unavailable(NoKeyring::Other("the keyring's library stopped".into())))
            }
        }
    }
}

impl Link {
    /// A connection of earlier may have died with the keyring's process: then once more with a new one.
    fn with_connection<T>(&self, work: impl Fn(&CredentialStore) -> keyring_core::Result<T>) -> keyring_core::Result<T> {
        let known = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(store) = known {
            match work(&*store) {
                Err(Error::PlatformFailure(_)) => self.forget(),
                other => return other,
            }
        }
        let store = (self.connect)()?;
        let result = work(&*store);
        if matches!(result, Ok(_) | Err(Error::NoEntry)) {
            *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(store);
        }
        result
    }

    fn is_connected(&self) -> bool {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn forget(&self) {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Store for KeyringStore {
    fn entry_limit(&self) -> usize {
        ENTRY_LIMIT
    }

    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError> {
        let (service, account, searched) = (self.link.service, account.to_owned(), account.to_owned());
        let get = move |store: &CredentialStore| {
            let read = |entry: &Entry| entry.get_secret().map(Zeroizing::new).map(Some);
            match entry(store, service, &account, None).and_then(|entry| read(&entry)) {
                Err(Error::NoEntry) => Ok(None),
                Err(Error::Ambiguous(twins)) => twins.first().map_or(Ok(None), read),
                other => other,
            }
        };
        self.patiently(move |link| {
            let glanced = if link.is_connected() { Err(Fallback) } else { (link.glance)(link.service, &searched) };
            glanced.or_else(|Fallback| link.with_connection(get))
        })
    }

    fn twins(&self, account: &str) -> Result<Vec<Bytes>, VaultError> {
        let (service, account) = (self.link.service, account.to_owned());
        self.run(move |store| {
            let read = |entry: &Entry| entry.get_secret().map(Zeroizing::new);
            match entry(store, service, &account, None).and_then(|entry| read(&entry)) {
                Err(Error::NoEntry) => Ok(Vec::new()),
                Err(Error::Ambiguous(twins)) => twins.iter().map(read).collect(),
                other => other.map(|one| vec![one]),
            }
        })
    }

    fn put(&self, items: &[Item]) -> Result<(), VaultError> {
        for item in items {
            let (service, account, label, bytes) = (self.link.service, item.account.clone(), item.label.clone(), item.bytes.clone());
            self.run(move |store| match entry(store, service, &account, Some(&label))?.set_secret(&bytes) {
                // Two entries of that name, made by hand or by a restored backup: both say the same from now on.
                Err(Error::Ambiguous(twins)) => twins.iter().try_for_each(|twin| twin.set_secret(&bytes)),
                other => other,
            })?;
        }
        Ok(())
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        for account in accounts {
            let (service, account) = (self.link.service, account.clone());
            self.run(move |store| match entry(store, service, &account, None)?.delete_credential() {
                Err(Error::NoEntry) => Ok(()),
                Err(Error::Ambiguous(twins)) => twins.iter().try_for_each(Entry::delete_credential),
                other => other,
            })?;
        }
        Ok(())
    }
}

fn entry(store: &CredentialStore, service: &str, account: &str, label: Option<&str>) -> keyring_core::Result<Entry> {
    let mut modifiers = HashMap::new();
    let target = format!("{service}:{account}");
    if cfg!(target_os = "windows") {
        // This computer only: the default roams with the profile.
        modifiers.insert("persistence", "Local");
        if service != SERVICE {
            // As go-keyring names them.
            modifiers.insert("target", &target);
        }
    } else if let Some(label) = label
        && !cfg!(target_vendor = "apple")
    {
        modifiers.insert("label", label);
    }
    store.build(service, account, Some(&modifiers))
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    zbus_secret_service_keyring_store::Store::new().map(|store| store as Arc<CredentialStore>)
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn glance(service: &str, account: &str) -> Result<Option<Bytes>, Fallback> {
    super::secret_service::read(service, account)
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn glance(_service: &str, _account: &str) -> Result<Option<Bytes>, Fallback> {
    Err(Fallback)
}

#[cfg(target_vendor = "apple")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    apple_native_keyring_store::keychain::Store::new().map(|store| store as Arc<CredentialStore>)
}

#[cfg(windows)]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    windows_native_keyring_store::Store::new().map(|store| store as Arc<CredentialStore>)
}

fn explain(error: &Error) -> VaultError {
    let words = std::iter::successors(std::error::Error::source(error), |error| error.source())
        .fold(error.to_string(), |words, source| format!("{words}: {source}"));
    let says = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
    match error {
        Error::NoStorageAccess(_) if says(&["result not returned"]) => VaultError::Unavailable(NoKeyring::NoCollection),
        Error::NoStorageAccess(_) => VaultError::KeyringLocked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => VaultError::SecretDamaged,
        _ if says(&["org.freedesktop.secrets", "ServiceUnknown", "NameHasNoOwner"]) => VaultError::Unavailable(NoKeyring::NoService),
        _ if cfg!(all(unix, not(target_vendor = "apple")))
            && says(&["Failed to connect to address", "zbus error: I/O error", "no secret service provider or dbus session"]) =>
        {
            VaultError::Unavailable(NoKeyring::NoSession)
        }
        _ => VaultError::Unavailable(NoKeyring::Other(words)),
    }
}

/// Who keeps the secrets, by name.
pub(crate) fn place() -> String {
    if cfg!(target_vendor = "apple") {
        return "macOS Keychain".into();
    }
    if cfg!(windows) {
        return "Windows Credential Manager".into();
    }
    secret_service_name().unwrap_or_else(|| "the system keyring".into())
}

/// The program behind `org.freedesktop.secrets`, asked of the bus; bounded, since a bus may hang.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn secret_service_name() -> Option<String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let ask = move || {
        let process = || {
            let bus = zbus::blocking::Connection::session().ok()?;
            let bus = zbus::blocking::fdo::DBusProxy::new(&bus).ok()?;
            bus.get_connection_unix_process_id("org.freedesktop.secrets".try_into().ok()?).ok()
        };
        let _ = sender.send(process());
    };
    thread::Builder::new().name("keyring-name".into()).spawn(ask).ok()?;
    let process = receiver.recv_timeout(Duration::from_secs(1)).ok()??;
    let program = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    let name = match program.trim() {
        name if name.starts_with("gnome-keyring") => "GNOME Keyring",
        name if name.starts_with("kwallet") || name.starts_with("ksecretd") => "KWallet",
        name if name.starts_with("keepassxc") => "KeePassXC",
        _ => "the Secret Service",
    };
    Some(name.into())
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn secret_service_name() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicBool, time::Instant};

    use super::*;

    static ANSWERS: AtomicBool = AtomicBool::new(false);

    /// A keyring that says nothing until it is allowed to.
    fn hanging() -> keyring_core::Result<Arc<CredentialStore>> {
        while !ANSWERS.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        keyring_core::mock::Store::new().map(|store| store as Arc<CredentialStore>)
    }

    #[test]
    fn st_05_a_keyring_that_hangs_is_busy_and_is_asked_again_later() {
        let store = KeyringStore::connecting(SERVICE, hanging, |_, _| Err(Fallback), Duration::from_millis(40));
        let busy = || assert!(matches!(store.get("v1/x/pat"), Err(VaultError::Busy)));
        for _ in 0..MAX_STUCK_THREADS {
            let start = Instant::now();
            busy();
            assert!(start.elapsed().as_millis() >= 40, "{:?}", start.elapsed());
        }
        busy();
        // No fifth thread waits.
        assert_eq!(store.link.stuck.load(Ordering::SeqCst), MAX_STUCK_THREADS);

        ANSWERS.store(true, Ordering::SeqCst);
        let until = Instant::now() + Duration::from_mins(1);
        while store.link.stuck.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(store.get("v1/x/pat").unwrap().is_none(), "it answers again");
    }

    #[test]
    fn each_cause_has_its_own_words() {
        let platform = |words: &str| explain(&Error::PlatformFailure(words.to_owned().into()));
        let access = |words: &str| explain(&Error::NoStorageAccess(words.to_owned().into()));
        assert!(matches!(access("SS Error: object locked"), VaultError::KeyringLocked));
        assert!(matches!(access("SS error: prompt dismissed"), VaultError::KeyringLocked));
        assert!(matches!(access("SS error: result not returned from SS API"), VaultError::Unavailable(NoKeyring::NoCollection)));
        assert!(matches!(
            platform("zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name is not activatable"),
            VaultError::Unavailable(NoKeyring::NoService)
        ));
        assert!(matches!(platform("Windows error 1312"), VaultError::Unavailable(NoKeyring::Other(words)) if words.contains("1312")));
        assert!(matches!(explain(&Error::BadStoreFormat("odd".into())), VaultError::SecretDamaged));
    }
}
