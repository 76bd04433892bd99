//! The tokens of removed connections, ended at Databricks as well: looked up before their secrets are deleted, revoked afterwards.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
    sync::Arc,
    time::Duration,
};

use secrecy::SecretString;
use tokio::time::timeout;

use super::{account::Account, interrupted, messages};
use crate::{blocking::crashed, shared::Shared};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::{SecretKey, TokenNote};

/// A slow workspace delays neither a removal nor closing the window.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why removing a connection cannot revoke its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRevocable {
    /// It signs in otherwise.
    NoToken,
    /// Brickpass did not create the token, so it does not know its ID.
    NotKnown,
    /// Connections that stay sign in with it, too.
    UsedBy(Vec<String>),
}

impl NotRevocable {
    #[must_use]
    pub fn failure(&self, connection: &Connection) -> Failure {
        messages::not_revocable(self, connection.name.as_str())
    }
}

/// The token that can be revoked when this connection is removed and `stay` remain.
///
/// # Errors
/// See [`NotRevocable`].
pub fn revocable_token<'a, S: BuildHasher>(
    connection: &Connection,
    stay: impl IntoIterator<Item = &'a Connection>,
    notes: &'a HashMap<ConnectionId, TokenNote, S>,
) -> Result<&'a TokenNote, NotRevocable> {
    let note_of = |connection: &Connection| notes.get(&connection.id).filter(|note| note.is_for(&connection.base_url));
    if connection.auth.kind() != AuthKind::PersonalAccessToken {
        return Err(NotRevocable::NoToken);
    }
    let note = note_of(connection).ok_or(NotRevocable::NotKnown)?;
    let uses_it = |other: &&Connection| {
        other.id != connection.id
            && other.auth.kind() == AuthKind::PersonalAccessToken
            && note_of(other).is_some_and(|theirs| theirs.token_id == note.token_id)
    };
    let users: Vec<String> = stay.into_iter().filter(uses_it).map(|other| other.name.as_str().to_owned()).collect();
    if users.is_empty() { Ok(note) } else { Err(NotRevocable::UsedBy(users)) }
}

/// A removed connection, and what is needed to revoke its token.
pub(crate) struct Parting {
    connection: Connection,
    note: Option<TokenNote>,
    secret: Result<SecretString, Failure>,
}

impl Parting {
    /// Before the secret is deleted. Blocks.
    pub(crate) fn of<'a>(shared: &Shared, connection: Connection, stay: impl IntoIterator<Item = &'a Connection>) -> Self {
        let notes = shared.token_notes.load();
        let stay: Vec<Connection> = stay.into_iter().cloned().collect();
        let (note, secret) = match revocable_token(&connection, &stay, &notes) {
            Err(why) => (notes.get(&connection.id).cloned(), Err(why.failure(&connection))),
            Ok(note) => {
                let stored = shared.vault().get(&SecretKey::of(&connection, SecretKind::PersonalAccessToken));
                let secret = stored.map_err(|error| error.failure()).and_then(|stored| stored.ok_or_else(messages::none_is_stored));
                (Some(note.clone()), secret)
            }
        };
        Self { connection, note, secret }
    }

    async fn revoke(self, shared: &Arc<Shared>) -> Parted {
        let Self { connection, note, secret } = self;
        let (asked, gone) = (Arc::clone(shared), connection.clone());
        let token_id = note.as_ref().map(|note| note.token_id.clone()).unwrap_or_default();
        let id = token_id.clone();
        let revoking = tokio::spawn(async move {
            let mut account = Account::parting(&asked, gone, secret?)?;
            match timeout(REVOKE_TIMEOUT, account.revoke(&id)).await {
                Ok(Err(failure)) if failure.code == Code::Unauthorized => Ok(()), // It is not valid any more.
                Ok(outcome) => outcome,
                Err(_) => Err(messages::no_answer_in_time()),
            }
        });
        let outcome = revoking.await.unwrap_or_else(|_| Err(crashed()));
        if outcome.is_ok() {
            interrupted::revoked(shared, connection.id, std::slice::from_ref(&token_id)).await;
        }
        Parted { connection, note, token_id, outcome }
    }
}

/// What became of one.
pub(super) struct Parted {
    pub(super) connection: Connection,
    pub(super) note: Option<TokenNote>,
    token_id: String,
    pub(super) outcome: Result<(), Failure>,
}

/// The tokens of removed connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemovedTokens {
    /// The connections, each with the id of the token that was revoked.
    pub revoked: Vec<(ConnectionId, String)>,
    /// The connections whose tokens are still valid.
    pub left: Vec<ConnectionId>,
    /// Why, and what to do, in one for all.
    pub failure: Option<Failure>,
}

/// All at once, and only of those in `deleted`, whose secrets are deleted now: else a connection that comes back would be without its token.
pub(crate) async fn revoke_removed(shared: &Arc<Shared>, partings: Vec<Parting>, deleted: &[ConnectionId]) -> RemovedTokens {
    let (gone, kept): (Vec<_>, Vec<_>) = partings.into_iter().partition(|parting| deleted.contains(&parting.connection.id));
    let mut working = tokio::task::JoinSet::new();
    for parting in gone {
        let shared = Arc::clone(shared);
        working.spawn(async move { parting.revoke(&shared).await });
    }
    let mut all: Vec<Parted> = kept.into_iter().map(Parting::kept).collect();
    all.extend(working.join_all().await);
    all.sort_by(|one, other| one.connection.name.as_str().cmp(other.connection.name.as_str()));
    let (mut revoked, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|parted| parted.outcome.is_ok());
    // Connections that shared a token have ended one and the same.
    let mut seen = HashSet::new();
    revoked.retain(|parted| seen.insert((parted.connection.base_url.origin(), parted.token_id.clone())));
    RemovedTokens {
        revoked: revoked.into_iter().map(|parted| (parted.connection.id, parted.token_id)).collect(),
        left: left.iter().map(|parted| parted.connection.id).collect(),
        failure: messages::left_valid(&left),
    }
}

impl Parting {
    /// Its secret could not be deleted, so its token is not revoked either.
    fn kept(self) -> Parted {
        let token_id = self.note.as_ref().map(|note| note.token_id.clone()).unwrap_or_default();
        let outcome = Err(self.secret.err().unwrap_or_else(messages::secret_stays));
        Parted { connection: self.connection, note: self.note, token_id, outcome }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::connection;

    fn note(id: &str) -> TokenNote {
        let origin = "https://adb-1.2.azuredatabricks.net".to_owned();
        TokenNote { token_id: id.to_owned(), origin, comment: String::new(), expires_at: None }
    }

    #[test]
    fn wn_14_only_a_known_token_that_no_connection_that_stays_uses_can_be_revoked() {
        let [sales, copy, pasted] = ["Sales", "Copy", "Pasted"].map(|name| connection(name, |_| {}));
        let moved = connection("Moved", |draft| "https://adb-1.3.azuredatabricks.net".clone_into(&mut draft.base_url));
        let browser = connection("Browser", |draft| draft.auth = AuthKind::Browser);
        let notes: HashMap<_, _> = [&sales, &copy, &moved, &browser].into_iter().map(|it| (it.id, note("1"))).collect();
        let found =
            |of: &Connection, stay: &[&Connection]| revocable_token(of, stay.iter().copied(), &notes).map(|note| note.token_id.clone());
        assert_eq!(found(&sales, &[&pasted, &moved, &browser]), Ok("1".to_owned()));
        assert_eq!(found(&sales, &[&sales]), Ok("1".to_owned()), "its own use is none that stays");
        assert_eq!(found(&sales, &[&copy]), Err(NotRevocable::UsedBy(vec!["Copy".to_owned()])));
        assert_eq!(found(&pasted, &[]), Err(NotRevocable::NotKnown));
        assert_eq!(found(&moved, &[]), Err(NotRevocable::NotKnown), "it is for another address");
        assert_eq!(found(&browser, &[]), Err(NotRevocable::NoToken));
    }
}
