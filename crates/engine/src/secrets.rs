//! Stored secrets: described, revealed, put on the clipboard.

use std::sync::Arc;

use secrecy::SecretString;

use super::{
    activity::Done,
    blocking::blocking,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{ConnectionId, EnteredFor, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::{AuditAction, SecretDescription, SecretId, SecretKey};

/// Gets whether a secret is stored, and its last four characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescribeSecret {
    pub id: ConnectionId,
    pub kind: SecretKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredSecret {
    /// Length in characters and the last four of them (none if it is shorter than 12).
    Stored {
        length: usize,
        last_four: String,
        /// It is used for nothing else. `None`: unknown, so it is not used at all.
        entered_for: Option<EnteredFor>,
    },
    Missing,
    Unavailable(Failure),
}

impl Request for DescribeSecret {
    type Answer = StoredSecret;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<StoredSecret, Failure> {
        let Self { id, kind } = self;
        let vault = context.shared.vault();
        Ok(match blocking(move || vault.describe(SecretId { connection: id, kind })).await? {
            Ok(Some(SecretDescription { length, last_four, entered_for })) => StoredSecret::Stored { length, last_four, entered_for },
            Ok(None) => StoredSecret::Missing,
            Err(error) => StoredSecret::Unavailable(error.failure()),
        })
    }
}

/// Gets a stored secret. `None`: none is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevealSecret {
    pub id: ConnectionId,
    pub kind: SecretKind,
}

impl Request for RevealSecret {
    type Answer = Option<SecretString>;

    const ORDER: Order = Order::Question;

    fn recorder(&self) -> Recorder<Option<SecretString>> {
        let Self { id, kind } = *self;
        Box::new(move |outcome| match outcome {
            Ok(None) => Vec::new(),
            Ok(Some(_)) => vec![Done::new(id, AuditAction::Reveal).with(Some(kind.word().to_owned()))],
            Err(failure) => vec![Done::new(id, AuditAction::Reveal).failed(failure)],
        })
    }

    async fn run(self, context: Context) -> Result<Option<SecretString>, Failure> {
        stored_secret(&context.shared, self.id, self.kind).await
    }
}

/// Puts a secret on the clipboard, marked as one, and takes it off again after the time that the settings name. What is on the clipboard is
/// broadcast.
#[derive(Debug)]
pub struct CopySecret {
    pub secret: SecretString,
    /// What it is, for the person: "access token".
    pub what: String,
}

impl Request for CopySecret {
    type Answer = ();

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<(), Failure> {
        context.shared.copies.copy(self.secret, self.what, context.shared.clipboard_time(), || {});
        Ok(())
    }
}

/// As [`CopySecret`], straight from the vault. `false`: none is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyStored {
    pub id: ConnectionId,
    pub kind: SecretKind,
}

impl Request for CopyStored {
    type Answer = bool;

    const ORDER: Order = Order::Question;

    fn recorder(&self) -> Recorder<bool> {
        let done = Done::new(self.id, AuditAction::Copied);
        // Once it is on the clipboard, that is recorded.
        let failed = move |failure: &Failure| (failure.code != Code::Unsupported).then(|| done.failed(failure));
        Box::new(|outcome| outcome.as_ref().err().and_then(failed).into_iter().collect())
    }

    async fn run(self, context: Context) -> Result<bool, Failure> {
        let Self { id, kind } = self;
        let what = match kind {
            SecretKind::PersonalAccessToken => "access token",
            SecretKind::ClientSecret => "client secret",
            SecretKind::RefreshToken | SecretKind::AccessToken => return Err(a_sign_in_stays()),
        };
        let shared = context.shared;
        let Some(secret) = stored_secret(&shared, id, kind).await? else { return Ok(false) };
        let outbox = shared.outbox.clone();
        shared.copies.copy(secret, what.to_owned(), shared.clipboard_time(), move || outbox.copied(id, kind));
        Ok(true)
    }
}

/// Clears the copied secret from the clipboard early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearClipboard;

impl Request for ClearClipboard {
    type Answer = ();

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<(), Failure> {
        context.shared.copies.clear();
        Ok(())
    }
}

/// Leaves the copied secret on the clipboard for 30 s more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepClipboard;

impl Request for KeepClipboard {
    type Answer = ();

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<(), Failure> {
        context.shared.copies.keep_longer();
        Ok(())
    }
}

/// The secret of a saved connection, if it was entered for what the connection is now.
async fn stored_secret(shared: &Arc<Shared>, id: ConnectionId, kind: SecretKind) -> Result<Option<SecretString>, Failure> {
    let shared = Arc::clone(shared);
    blocking(move || {
        let entries = shared.library.load().map_err(|error| error.failure())?.entries;
        let Some(entry) = entries.iter().find(|entry| entry.connection.id == id) else { return Ok(None) };
        shared.vault().get(&SecretKey::of(&entry.connection, kind)).map_err(|error| error.failure())
    })
    .await?
}

fn a_sign_in_stays() -> Failure {
    Failure::new(
        Code::Unsupported,
        "Nothing was copied.",
        "A sign-in cannot be copied: using it in two places would end it in both.",
        "Sign in separately where you need it.",
    )
}
