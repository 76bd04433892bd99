//! Tests of connections: at most 64 at a time and eight at one host, each cancellable, each with its own answer whatever happens to it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::{sync::Semaphore, task::AbortHandle};

use super::{
    Event, RunId,
    owner::{self, confirmed, owner_of},
    shared::{Shared, blocking, crashed},
    tokens,
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, BaseUrl, Connection, ConnectionId, LastTest, Level, Status},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::check::{self, Credential, Report};

/// Courtesy towards one host: more tests of it wait for their turn.
const AT_ONE_HOST: usize = 8;
/// A test mostly waits for its host, so many hosts are asked side by side. The rest is a matter of sockets and memory.
const AT_ONCE: usize = 64;

/// What a finished test was about: a save of the same keeps the result, a save of anything else makes the connection untested.
#[derive(Clone, PartialEq)]
pub(super) struct Subject {
    base_url: BaseUrl,
    workspace_id: Option<String>,
    auth: AuthMethod,
    level: Level,
    sign_in_of: Option<ConnectionId>,
    /// A digest of the secret that was typed; `None` when the stored one was used.
    typed: Option<[u8; 32]>,
}

impl Subject {
    pub(super) fn new(connection: &Connection, typed: Option<&SecretString>) -> Self {
        Self {
            base_url: connection.base_url.clone(),
            workspace_id: connection.workspace_id.clone(),
            auth: connection.auth.clone(),
            level: connection.level.clone(),
            sign_in_of: connection.sign_in_of,
            typed: typed.map(|secret| Sha256::digest(secret.expose_secret().as_bytes()).into()),
        }
    }

    /// Once it is saved, what was typed is what is stored.
    pub(super) fn stored(mut self) -> Self {
        self.typed = None;
        self
    }
}

pub(super) struct Tested {
    pub(super) subject: Subject,
    pub(super) last: LastTest,
}

pub(super) struct Tests {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    /// By origin.
    of_hosts: HashMap<String, Arc<Semaphore>>,
    running: HashMap<RunId, AbortHandle>,
}

impl Tests {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, permits: Arc::new(Semaphore::new(AT_ONCE)), of_hosts: HashMap::new(), running: HashMap::new() }
    }

    pub(super) fn start(&mut self, run: RunId, connection: Connection, typed: Option<SecretString>) {
        self.running.retain(|_, handle| !handle.is_finished());
        let shared = Arc::clone(&self.shared);
        let permits = Arc::clone(&self.permits);
        let of_host = self.of_hosts.entry(connection.base_url.origin()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONE_HOST)));
        let of_host = Arc::clone(of_host);
        let id = connection.id;
        let subject = Subject::new(&connection, typed.as_ref());
        let test = tokio::spawn(async move {
            // The semaphores are never closed. The host's comes first: who waits for a host takes no place from another.
            let _of_host = of_host.acquire_owned().await;
            let _permit = permits.acquire_owned().await;
            test(&shared, run, &connection, typed).await
        });
        self.running.insert(run, test.abort_handle());

        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let report = match test.await {
                Ok(report) => report,
                Err(end) if end.is_cancelled() => cancelled(),
                Err(_) => Report::not_begun(Status::Untested, crashed()),
            };
            finish(&shared, run, id, subject, report).await;
        });
    }

    pub(super) fn cancel(&mut self, run: RunId) {
        if let Some(handle) = self.running.remove(&run) {
            handle.abort();
        }
    }

    pub(super) fn cancel_all(&mut self) {
        for (_, handle) in self.running.drain() {
            handle.abort();
        }
    }
}

async fn test(shared: &Arc<Shared>, run: RunId, connection: &Connection, typed: Option<SecretString>) -> Report {
    let credential = match credential(shared, connection, typed).await {
        Ok(credential) => credential,
        Err(failure) => return Report::not_begun(Status::Untested, failure),
    };
    let id = connection.id;
    let outbox = shared.outbox.clone();
    let report =
        check::run(connection, credential, &shared.current().http, &move |progress| outbox.send(Event::TestProgress { run, id, progress }))
            .await;
    owner::tell_unsaved(shared);
    report
}

/// What is typed stands above what is stored; a connection that uses an account's sign-in has nothing of its own.
async fn credential(shared: &Arc<Shared>, connection: &Connection, typed: Option<SecretString>) -> Result<Credential, Failure> {
    confirmed(connection)?;
    let sessions = shared.sessions.clone();
    Ok(match (typed, connection.auth.kind()) {
        (Some(token), AuthKind::PersonalAccessToken) => Credential::Token(token),
        (Some(secret), AuthKind::ServicePrincipal) => Credential::ClientSecret { secret, sessions },
        _ => {
            let owner = owner_of(shared, connection).await?;
            confirmed(&owner)?;
            Credential::Stored { owner: Box::new(owner), sessions }
        }
    })
}

/// Keeps the result with the connection when it was tested as it is stored, and tells the window in any case.
async fn finish(shared: &Arc<Shared>, run: RunId, id: ConnectionId, subject: Subject, mut report: Report) {
    let tested_at = Timestamp::now();
    if report.state == Status::Ok
        && let Some(days) = days_left(shared, id, &subject, tested_at).await
    {
        report.state = Status::Expiring;
        report.hints.push(expires(days));
    }
    let answered = report.failure.as_ref().is_none_or(|failure| failure.code != Code::Cancelled);
    if answered && report.state != Status::Untested {
        let last = LastTest { state: report.state, tested_at, duration_ms: millis(report.duration) };
        shared.tested().insert(id, Tested { subject: subject.clone(), last: last.clone() });
        let keeper = Arc::clone(shared);
        let kept = blocking(move || {
            let stored = keeper.library.load().ok()?;
            let same = stored.entries.iter().any(|entry| entry.connection.id == id && Subject::new(&entry.connection, None) == subject);
            same.then(|| keeper.history.record(&[(id, Some(last.clone()))])).map(|()| last)
        });
        if let Ok(Some(last)) = kept.await {
            shared.outbox.send(Event::History(vec![(id, Some(last))]));
        }
    }
    shared.outbox.send(Event::TestFinished { run, id, tested_at, report: Box::new(report) });
}

/// Until the stored token ends, as far as is known, and only when there are few left.
async fn days_left(shared: &Arc<Shared>, id: ConnectionId, subject: &Subject, now: Timestamp) -> Option<i64> {
    if subject.typed.is_some() || subject.auth.kind() != AuthKind::PersonalAccessToken {
        return None;
    }
    let reader = Arc::clone(shared);
    let note = blocking(move || reader.token_notes.load().remove(&id)).await.ok()??;
    tokens::expiring(&note, now).filter(|_| note.is_for(&subject.base_url))
}

fn expires(days: i64) -> String {
    let when = match days {
        0 => "today or tomorrow".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    format!("The token expires {when}. Rotate it before that.")
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn cancelled() -> Report {
    Report::not_begun(
        Status::Untested,
        Failure::new(Code::Cancelled, "The test was cancelled.", "You stopped it before it had an answer.", "Test again when you like.")
            .with_remedy(Remedy::TryAgain),
    )
}
