//! The activity log: who did what, written by a thread of its own.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use tokio::sync::oneshot;

use crate::blocking::crashed;
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{NewToken, redact};
use brickpass_storage::{Activity, ActivityEntry, AuditAction, Snapshot};

/// What was done to which connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// `None`: of all connections.
    id: Option<ConnectionId>,
    what: AuditAction,
    failed: Option<Code>,
    detail: Option<String>,
}

impl Done {
    pub(crate) fn new(id: impl Into<Option<ConnectionId>>, what: AuditAction) -> Self {
        Self { id: id.into(), what, failed: None, detail: None }
    }

    pub(crate) fn failed(self, failure: &Failure) -> Self {
        Self { failed: Some(failure.code), ..self }
    }

    pub(crate) fn with(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }

    /// It failed, if the outcome is a failure.
    pub(crate) fn ended<T>(self, outcome: &Result<T, Failure>) -> Self {
        match outcome {
            Ok(_) => self,
            Err(failure) => self.failed(failure),
        }
    }
}

enum Note {
    /// What the connections are called now.
    Names(Vec<(ConnectionId, String)>),
    Done(Timestamp, Vec<Done>),
    Read(Reply<Vec<ActivityEntry>>),
    Export {
        id: Option<ConnectionId>,
        to: PathBuf,
        reply: Reply<()>,
    },
    Flush(mpsc::Sender<()>),
}

type Reply<T> = oneshot::Sender<Result<T, Failure>>;

/// The way to the thread that writes the log.
#[derive(Clone)]
pub(crate) struct ActivityLog(Option<mpsc::Sender<Note>>);

impl ActivityLog {
    /// `added` is called with what is recorded, once the log has been read. Without a thread (the system gives no more) nothing is recorded, and
    /// all else goes on.
    pub(crate) fn start(state_dir: &Path, added: impl Fn(Vec<ActivityEntry>) + Send + 'static) -> Self {
        let (notes, inbox) = mpsc::channel();
        let writer = LogWriter { log: Activity::new(state_dir), added: Box::new(added), names: HashMap::new(), watched: false };
        let thread = std::thread::Builder::new().name("activity".to_owned()).spawn(move || writer.work(&inbox));
        Self(thread.is_ok().then_some(notes))
    }

    /// What connections are called from now on. Never blocks.
    pub(crate) fn name(&self, snapshot: &Snapshot) {
        if let Some(notes) = &self.0 {
            let names = snapshot.entries.iter().map(|entry| (entry.connection.id, entry.connection.name.as_str().to_owned()));
            // If the writer has stopped, nothing more is recorded; the work continues.
            let _ = notes.send(Note::Names(names.collect()));
        }
    }

    /// Never blocks.
    pub(crate) fn copied(&self, id: ConnectionId, kind: SecretKind) {
        self.record(vec![Done::new(id, AuditAction::Copied).with(Some(kind.word().to_owned()))]);
    }

    /// Never blocks.
    pub(crate) fn record(&self, done: Vec<Done>) {
        if let Some(notes) = self.0.as_ref().filter(|_| !done.is_empty()) {
            let _ = notes.send(Note::Done(Timestamp::now(), done));
        }
    }

    /// The newest first, after all that was seen so far is recorded.
    pub(super) async fn read(&self) -> Result<Vec<ActivityEntry>, Failure> {
        self.question(Note::Read).await
    }

    pub(super) async fn export(&self, id: Option<ConnectionId>, to: PathBuf) -> Result<(), Failure> {
        self.question(|reply| Note::Export { id, to, reply }).await
    }

    async fn question<T>(&self, note: impl FnOnce(Reply<T>) -> Note) -> Result<T, Failure> {
        let Some(notes) = &self.0 else { return Err(crashed()) };
        let (reply, answer) = oneshot::channel();
        // If the writer has died, so has the reply.
        let _ = notes.send(note(reply));
        answer.await.unwrap_or_else(|_| Err(crashed()))
    }

    /// Waits until what was seen is written, `limit` at most. Blocks.
    pub(crate) fn flush(&self, limit: Duration) {
        let Some(notes) = &self.0 else { return };
        let (flushed, done) = mpsc::channel();
        if notes.send(Note::Flush(flushed)).is_ok() {
            let _ = done.recv_timeout(limit);
        }
    }
}

/// The only reader and writer of the log, so that what is reported of it is complete and nothing is reported twice.
struct LogWriter {
    log: Activity,
    added: Box<dyn Fn(Vec<ActivityEntry>) + Send>,
    names: HashMap<ConnectionId, String>,
    /// The log has been read: what follows is reported.
    watched: bool,
}

impl LogWriter {
    /// Ends with the last [`ActivityLog`].
    fn work(mut self, inbox: &mpsc::Receiver<Note>) {
        while let Ok(note) = inbox.recv() {
            match note {
                // Names of removed connections are kept: their removal is reported after the list without them.
                Note::Names(now) => self.names.extend(now),
                Note::Done(at, done) => {
                    let entries = done.into_iter().map(|done| self.entry(at, done)).collect();
                    self.record(entries);
                }
                Note::Read(reply) => {
                    self.watched = true;
                    // The caller may be gone; also below.
                    let _ = reply.send(self.log.load().map(|entries| entries.into_iter().rev().collect()));
                }
                Note::Export { id, to, reply } => {
                    let _ = reply.send(self.export(id, &to));
                }
                Note::Flush(flushed) => {
                    let _ = flushed.send(());
                }
            }
        }
    }

    fn entry(&self, at: Timestamp, done: Done) -> ActivityEntry {
        let name = done.id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_default();
        ActivityEntry { at, connection: done.id, name, what: done.what, failed: done.failed, detail: done.detail }
    }

    /// A full disk is no reason to disturb anybody's work: that entry is missing, nothing else.
    fn record(&self, entries: Vec<ActivityEntry>) {
        if self.log.record(&entries).is_ok() && self.watched {
            (self.added)(entries);
        }
    }

    fn export(&self, id: Option<ConnectionId>, to: &Path) -> Result<(), Failure> {
        let exported = self.log.load().and_then(|mut entries| {
            entries.retain(|entry| id.is_none() || entry.connection == id);
            Activity::export(&entries, to)
        });
        let name = id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_default();
        let failed = exported.as_ref().err().map(|failure| failure.code);
        self.record(vec![ActivityEntry {
            at: Timestamp::now(),
            connection: id,
            name,
            what: AuditAction::ActivityExported,
            failed,
            detail: None,
        }]);
        exported
    }
}

/// Those that have the form of an ID (or are our own words).
pub(crate) fn ids(parts: &[Option<&str>]) -> Option<String> {
    let fits = |part: &&str| {
        let known = (1..=128).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        known && redact::plain(part) == **part
    };
    Some(parts.iter().flatten().copied().filter(fits).collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty())
}

/// An e-mail address or a service principal's application ID. Any other server text is not written to the file.
pub(crate) fn user(name: &str) -> Option<String> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+' | '\'');
    let (before, after) = name.split_once('@').unwrap_or((name, "x"));
    let shaped = name.contains('@') && !before.is_empty() && !after.is_empty() && !after.contains('@') && before.chars().count() <= 64;
    let known = uuid::Uuid::try_parse(name).is_ok() || shaped && name.len() <= 254 && name.chars().all(fits);
    (known && redact::plain(name) == name).then(|| name.to_owned())
}

/// Letters and digits as the service gives them, never the token itself.
pub(crate) fn token_id(id: &str) -> Option<String> {
    let known = (1..=128).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (known && redact::plain(id) == id).then(|| id.to_owned())
}

pub(crate) fn id_of(new: &NewToken) -> Option<String> {
    token_id(&new.token.id).filter(|id| id != new.value.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The log, and the other end of what it reports.
    fn activity_log(dir: &Path) -> (ActivityLog, mpsc::Receiver<Vec<ActivityEntry>>) {
        let (sender, added) = mpsc::channel();
        (ActivityLog::start(dir, move |entries| sender.send(entries).unwrap_or_default()), added)
    }

    fn failure() -> Failure {
        Failure::new(Code::Internal, "", "", "")
    }

    #[test]
    fn users_are_known_by_their_address_or_application_and_nothing_else_is_written() {
        for name in ["you@example.com", "o'brien.x+y@eu.example.com", "ærlig@example.dk", "6f0a4f5c-5bd1-4b64-9c4b-0c6b1f4b3a52"] {
            assert_eq!(user(name).as_deref(), Some(name));
        }
        let dapi = format!("dapi{}", "0123456789abcdef".repeat(2));
        let strange =
            ["", "you", "a@b@c", "@", "a@", "you@example.com\n{}", "a b@c", &dapi, &format!("{dapi}@example.com"), &format!("x@{dapi}")];
        for name in strange {
            assert_eq!(user(name), None, "{name}");
        }
        assert_eq!(user(&format!("{}@example.com", "x".repeat(65))), None);
    }

    #[test]
    fn a_token_is_named_by_its_id_and_never_by_its_value() {
        let id = "0123456789abcdef".repeat(4);
        assert_eq!(token_id(&id), Some(id));
        for strange in ["", "a b", "a\n", "dapi0123456789abcdef0123456789abcdef", &"0".repeat(129)] {
            assert_eq!(token_id(strange), None, "{strange}");
        }
    }

    #[test]
    fn what_was_seen_is_written_under_the_name_that_it_had() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _added) = activity_log(dir.path());
        let id = ConnectionId::random();
        log.record(vec![Done::new(id, AuditAction::Save)]);
        log.record(Vec::new());
        log.flush(Duration::from_secs(10));
        let log = Activity::new(dir.path()).load().unwrap();
        assert_eq!((log.len(), log[0].connection, log[0].what, log[0].failed), (1, Some(id), AuditAction::Save, None));
    }

    #[test]
    fn what_failed_is_written_for_each_connection_that_it_was_about() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _added) = activity_log(dir.path());
        let ids = [ConnectionId::random(), ConnectionId::random()];
        log.record(ids.iter().map(|id| Done::new(*id, AuditAction::Remove).failed(&failure())).collect());
        log.record(vec![Done::new(ids[0], AuditAction::SignOut).failed(&failure())]);
        log.flush(Duration::from_secs(10));
        let log = Activity::new(dir.path()).load().unwrap();
        let told: Vec<_> = log.iter().map(|entry| (entry.connection, entry.what, entry.failed)).collect();
        let failed = Some(Code::Internal);
        assert_eq!(
            told,
            [
                (Some(ids[0]), AuditAction::Remove, failed),
                (Some(ids[1]), AuditAction::Remove, failed),
                (Some(ids[0]), AuditAction::SignOut, failed)
            ]
        );
    }

    #[tokio::test]
    async fn who_has_read_the_log_is_told_what_follows_once_and_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let (log, added) = activity_log(dir.path());
        let ids = [ConnectionId::random(), ConnectionId::random(), ConnectionId::random()];
        log.record(vec![Done::new(ids[0], AuditAction::SignOut)]);
        log.record(vec![Done::new(ids[1], AuditAction::SignOut)]);
        let read = log.read().await.unwrap();
        assert_eq!(read.iter().map(|entry| entry.connection).collect::<Vec<_>>(), [Some(ids[1]), Some(ids[0])], "the newest first");
        assert!(added.try_recv().is_err(), "nothing was told before");
        log.record(vec![Done::new(ids[2], AuditAction::SignOut)]);
        log.flush(Duration::from_secs(10));
        let followed = added.try_recv().expect("what follows is reported");
        assert_eq!(followed.iter().map(|entry| entry.connection).collect::<Vec<_>>(), [Some(ids[2])]);
        assert!(added.try_recv().is_err());
    }

    #[tokio::test]
    async fn an_export_is_of_one_connection_or_all_and_is_recorded_itself() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _added) = activity_log(dir.path());
        let id = ConnectionId::random();
        log.record(vec![Done::new(id, AuditAction::SignOut)]);
        log.record(vec![Done::new(ConnectionId::random(), AuditAction::SignOut)]);
        let lines = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap().lines().count();
        for (of, name, exported) in [(Some(id), "one", true), (None, "all", true), (None, "one", false)] {
            let outcome = log.export(of, dir.path().join(name)).await;
            assert_eq!((outcome.is_ok(), dir.path().join(name).exists()), (exported, true));
        }
        assert_eq!((lines("one"), lines("all")), (1, 3), "what is there is never replaced");
        let log = Activity::new(dir.path()).load().unwrap();
        let told: Vec<_> = log[2..].iter().map(|entry| (entry.connection, entry.what, entry.failed)).collect();
        let what = AuditAction::ActivityExported;
        assert_eq!(told, [(Some(id), what, None), (None, what, None), (None, what, Some(Code::FileUnwritable))]);
    }

    #[test]
    fn a_disk_that_takes_nothing_disturbs_nobody() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("activity.jsonl")).unwrap();
        let (log, _added) = activity_log(dir.path());
        log.record(vec![Done::new(ConnectionId::random(), AuditAction::SignOut)]);
        log.flush(Duration::from_secs(10));
    }
}
