//! What has begun and has not come to its end: a note before the first step of a change of several steps, removed after the last one. What a
//! killed process leaves is found at the next start. No secret is in it.
//!
//! One file a change, `unfinished/<id>.json` in the state folder. Whoever works on it holds its lock, which the kernel lets go of if the process
//! dies: so a change that another process is making is never taken for one that was cut off.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::atomic_file::{self, FileError, LEFTOVER_AGE, Lock, RealDisk};
use brickpass_core::{connection::ConnectionId, failure::Failure, hex};

/// None of these files comes near it.
const LIMIT: u64 = 1024 * 1024;

/// A change of several steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Begun {
    /// Secrets are stored before the entries of their connections.
    Save {
        /// Not on the list before.
        new: Vec<ConnectionId>,
        changed: Vec<ConnectionId>,
    },
    Token(TokenChange),
}

/// A personal access token is made and takes the place of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenChange {
    pub connection: ConnectionId,
    /// The mark at the end of the new token's comment.
    pub mark: String,
    /// The id of the token that is to be revoked last, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The id of the new token, as soon as there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Tells whether the stored token is the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// The connection signs in with the new one.
    #[serde(default)]
    pub stored: bool,
}

/// A part of a salted digest: enough to recognise a random token, and nothing to find it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    salt: String,
    digest: String,
}

impl Fingerprint {
    #[must_use]
    pub fn of(secret: &SecretString) -> Self {
        let salt = Uuid::new_v4().to_string();
        Self { digest: digest(&salt, secret), salt }
    }

    #[must_use]
    pub fn fits(&self, secret: &SecretString) -> bool {
        self.digest == digest(&self.salt, secret)
    }
}

fn digest(salt: &str, secret: &SecretString) -> String {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update(secret.expose_secret().as_bytes());
    hex(hash.finalize().get(..8).unwrap_or_default())
}

#[derive(Serialize, Deserialize)]
struct Note {
    version: u64,
    since: Timestamp,
    begun: Begun,
}

/// A change that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    id: String,
    pub since: Timestamp,
    pub begun: Begun,
}

pub struct Journal {
    folder: PathBuf,
}

/// A change under way. What is dropped without [`Unfinished::end`] is left over.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    since: Timestamp,
    _lock: Lock,
}

impl Journal {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("unfinished") }
    }

    /// Before the first step.
    ///
    /// # Errors
    /// The note cannot be written: then nothing should begin of which nobody would know.
    pub fn begin(&self, since: Timestamp, begun: &Begun) -> Result<Unfinished, Failure> {
        let path = self.path(&Uuid::new_v4().to_string());
        let lock = Lock::acquire(&path, Duration::ZERO).map_err(|error| error.failure())?;
        let unfinished = Unfinished { path, since, _lock: lock };
        unfinished.note(begun).inspect_err(|_| unfinished.remove()).map(|()| unfinished)
    }

    /// What processes that are gone have left, oldest first.
    #[must_use]
    pub fn left_over(&self) -> Vec<LeftOver> {
        self.remove_old_locks();
        let mut left: Vec<LeftOver> = self
            .ids()
            .filter_map(|id| {
                let path = self.path(&id);
                // Where there are no locks, a change that is under way cannot be told from one that was cut off.
                let _lock = Lock::acquire(&path, Duration::ZERO).ok().filter(Lock::is_held)?;
                let Some(Note { since, begun, .. }) = read(&path) else {
                    // It has come to its end in between.
                    if !path.exists() {
                        remove_lock(&path);
                    }
                    return None;
                };
                Some(LeftOver { id, since, begun })
            })
            .collect();
        left.sort_by(|one, other| one.since.cmp(&other.since).then_with(|| one.id.cmp(&other.id)));
        left
    }

    /// A process that was killed before it wrote its note has left a lock, perhaps with a temporary file. A young lock may be about to be
    /// locked.
    fn remove_old_locks(&self) {
        atomic_file::sweep(&self.folder, SystemTime::now());
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".json.lock")).filter(|id| Uuid::try_parse(id).is_ok()) else {
                continue;
            };
            let old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok().map(|age| age > LEFTOVER_AGE);
            let path = self.path(id);
            if !path.exists() && old() == Some(true) && Lock::acquire(&path, Duration::ZERO).is_ok_and(|lock| lock.is_held()) {
                remove_lock(&path);
            }
        }
    }

    /// The connections that are being saved, or were when a process was killed: their secrets may be stored before their entries.
    #[must_use]
    pub fn being_saved(&self) -> HashSet<ConnectionId> {
        let connections = |note: Note| match note.begun {
            Begun::Save { new, changed } => [new, changed].concat(),
            Begun::Token(change) => vec![change.connection],
        };
        self.ids().filter_map(|id| read(&self.path(&id))).flat_map(connections).collect()
    }

    /// Something more is known of a change that was cut off.
    pub fn learn(&self, left: &LeftOver, begun: &Begun) {
        let path = self.path(&left.id);
        let Ok(_lock) = Lock::acquire(&path, Duration::ZERO) else { return };
        if path.exists() {
            // What is not noted is found out again.
            let _ = write(&path, left.since, begun);
        }
    }

    /// It is finished, or needs no finishing any more.
    pub fn settle(&self, left: &LeftOver) {
        let path = self.path(&left.id);
        let Ok(_lock) = Lock::acquire(&path, Duration::ZERO) else { return };
        remove(&path);
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn ids(&self) -> impl Iterator<Item = String> + use<> {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| name.strip_suffix(".json").filter(|id| Uuid::try_parse(id).is_ok()).map(str::to_owned))
    }
}

impl Unfinished {
    /// A step further.
    ///
    /// # Errors
    /// The note cannot be written; the former one is still there.
    pub fn note(&self, begun: &Begun) -> Result<(), Failure> {
        write(&self.path, self.since, begun).map_err(|error| error.failure())
    }

    /// After the last step.
    pub fn end(self) {
        self.remove();
    }

    fn remove(&self) {
        remove(&self.path);
    }
}

fn write(path: &Path, since: Timestamp, begun: &Begun) -> Result<(), FileError> {
    let note = Note { version: 1, since, begun: begun.clone() };
    let bytes = serde_json::to_vec_pretty(&note).map_err(|error| FileError::io("write", path, error.into()))?;
    atomic_file::write(&RealDisk, path, &bytes).map(drop)
}

fn read(path: &Path) -> Option<Note> {
    let contents = atomic_file::read(path, LIMIT).ok()??;
    serde_json::from_slice(&contents.bytes).ok()
}

/// Both under the lock. A note that cannot be removed is told once more, and does no harm.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
    remove_lock(path);
}

fn remove_lock(path: &Path) {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    let _ = fs::remove_file(PathBuf::from(lock));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save() -> Begun {
        Begun::Save { new: vec![ConnectionId::random()], changed: vec![ConnectionId::random()] }
    }

    fn files(dir: &Path) -> usize {
        fs::read_dir(dir.join("unfinished")).map_or(0, Iterator::count)
    }

    #[test]
    fn vl_04_what_is_under_way_is_not_left_over_and_what_was_cut_off_is_until_it_is_settled() {
        let dir = tempfile::tempdir().unwrap();
        let (journal, other) = (Journal::new(dir.path()), Journal::new(dir.path()));
        assert_eq!(journal.left_over(), []);
        let (first, second) = (save(), save());
        let unfinished = journal.begin(Timestamp::UNIX_EPOCH, &first).unwrap();
        assert_eq!((other.left_over(), other.being_saved().len()), (vec![], 2));
        unfinished.note(&second).unwrap();
        drop(unfinished);
        let left = other.left_over();
        assert_eq!((left.len(), &left[0].begun, left[0].since), (1, &second, Timestamp::UNIX_EPOCH));
        other.learn(&left[0], &first);
        assert_eq!(journal.left_over()[0].begun, first);
        journal.settle(&left[0]);
        assert_eq!((other.left_over(), files(dir.path())), (vec![], 0), "and nothing is left of it");
        journal.begin(Timestamp::UNIX_EPOCH, &first).unwrap().end();
        assert_eq!((other.left_over(), files(dir.path())), (vec![], 0));
    }

    #[test]
    fn vl_04_the_lock_of_a_process_that_was_killed_before_its_note_goes_after_an_hour() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::new(dir.path());
        let path = journal.path(&Uuid::new_v4().to_string());
        drop(Lock::acquire(&path, Duration::ZERO).unwrap());
        assert_eq!((journal.left_over(), files(dir.path())), (vec![], 1), "it may be about to be locked");
        let lock = fs::File::options().write(true).open(path.with_extension("json.lock")).unwrap();
        lock.set_modified(SystemTime::now() - 2 * LEFTOVER_AGE).unwrap();
        lock.lock().unwrap();
        assert_eq!((journal.left_over(), files(dir.path())), (vec![], 1), "it is locked");
        drop(lock);
        assert_eq!((journal.left_over(), files(dir.path())), (vec![], 0));
    }

    #[cfg(unix)]
    #[test]
    fn vl_04_a_note_is_for_its_owner_alone_and_holds_no_secret() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let secret = SecretString::from("dapi0123456789abcdef0123456789abcdef");
        let fingerprint = Fingerprint::of(&secret);
        assert!(fingerprint.fits(&secret) && !fingerprint.fits(&"another".into()) && fingerprint != Fingerprint::of(&secret));
        let change = TokenChange {
            connection: ConnectionId::random(),
            mark: " [bp-1a2b3c4d]".into(),
            old: Some("1".into()),
            new: None,
            fingerprint: Some(fingerprint),
            stored: false,
        };
        let unfinished = Journal::new(dir.path()).begin(Timestamp::UNIX_EPOCH, &Begun::Token(change)).unwrap();
        assert_eq!(unfinished.path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(unfinished.path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!fs::read_to_string(&unfinished.path).unwrap().contains("dapi"));
    }

    #[test]
    fn vl_04_where_no_note_can_be_written_nothing_begins() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("state");
        fs::File::create(&file).unwrap();
        assert!(Journal::new(&file).begin(Timestamp::UNIX_EPOCH, &save()).is_err());
        assert_eq!(Journal::new(&file).left_over(), []);
    }
}
