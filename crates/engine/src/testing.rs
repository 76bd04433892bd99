//! Tests of connections, side by side, each cancellable.

mod subject;
mod turns;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;

pub(super) use self::{
    subject::{Subject, Tested},
    turns::TestTurns,
};
use super::{
    activity::{self, Done},
    blocking::blocking,
    event::Event,
    owner::{confirmed, owner_of},
    request::{Context, Order, Progress, Recorder, Request},
    shared::Shared,
    tokens,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, LastTest, Status},
    failure::Failure,
};
use brickpass_databricks::check::{self, Credential, Report};
use brickpass_storage::AuditAction;

/// Tests what is given, saved or not.
#[derive(Debug)]
pub struct TestConnection {
    pub connection: Box<Connection>,
    /// The one that was typed; `None`: the stored one is used.
    pub secret: Option<SecretString>,
    pub progress: Progress<check::Progress>,
}

#[derive(Debug)]
pub struct TestResult {
    pub tested_at: Timestamp,
    pub report: Report,
}

impl Request for TestConnection {
    type Answer = TestResult;

    const ORDER: Order = Order::Question;

    fn recorder(&self) -> Recorder<TestResult> {
        let test = Done::new(self.connection.id, AuditAction::Test);
        Box::new(|outcome| match outcome {
            Ok(TestResult { report, .. }) => {
                let test = test.with(report.user.as_deref().and_then(activity::user));
                vec![if let Some(failure) = &report.failure { test.failed(failure) } else { test }]
            }
            Err(failure) => vec![test.failed(failure)],
        })
    }

    async fn run(self, context: Context) -> Result<TestResult, Failure> {
        let reporter = context.reporter(self.progress);
        let (shared, connection) = (context.shared, self.connection);
        let subject = Subject::new(&connection, self.secret.as_ref());
        let turn = shared.test_turns.next(connection.base_url.origin()).await;
        let report = test(&shared, &connection, self.secret, &reporter).await;
        drop(turn);
        Ok(finish(&shared, connection.id, subject, report).await)
    }
}

async fn test(
    shared: &Arc<Shared>,
    connection: &Connection,
    typed: Option<SecretString>,
    report: &(impl Fn(check::Progress) + Send + Sync),
) -> Report {
    let credential = match credential(shared, connection, typed).await {
        Ok(credential) => credential,
        Err(failure) => return Report::not_begun(Status::Untested, failure),
    };
    check::run(connection, credential, &shared.current().http, report).await
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

/// Keeps the result with the connection when it was tested as it is stored.
async fn finish(shared: &Arc<Shared>, id: ConnectionId, subject: Subject, mut report: Report) -> TestResult {
    let tested_at = Timestamp::now();
    if report.state == Status::Ok
        && let Some(days) = days_left(shared, id, &subject, tested_at).await
    {
        report.state = Status::Expiring;
        report.hints.push(expires(days));
    }
    if report.state != Status::Untested {
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
    TestResult { tested_at, report }
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
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    format!("The token expires {when}. Rotate it before then.")
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
