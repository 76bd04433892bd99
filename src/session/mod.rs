//! A valid access token for a connection, whoever asks, however many ask at once.
//!
//! In this process: one refresh in flight for each sign-in, everybody else waits for it. Across processes: a lock, and the refresh token is
//! read again under it. Refresh tokens and client secrets lie in the vault, access tokens in memory only.

mod record;

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;

pub use record::SignIn;

use crate::{
    connection::{Connection, ConnectionId},
    databricks::Http,
    failure::Failure,
    oauth::{AccessToken, Tokens},
    storage::Vault,
};

/// What sessions need from the outside. Asked for each time, since settings may change the vault and the network.
pub struct Surroundings {
    pub vault: Box<dyn Fn() -> Vault + Send + Sync>,
    pub http: Box<dyn Fn() -> Http + Send + Sync>,
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where the locks between processes lie.
    pub state_dir: PathBuf,
    /// How long to wait for another process that is renewing the same sign-in.
    pub patience: Duration,
}

impl Surroundings {
    pub const PATIENCE: Duration = Duration::from_secs(30);
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

struct Inner {
    _surroundings: Surroundings,
}

impl Sessions {
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        Self { inner: Arc::new(Inner { _surroundings: surroundings }) }
    }

    /// A token that is valid now: the stored personal access token, or an OAuth token with more than five minutes left where possible.
    /// `owner` is the connection that holds the sign-in (see `Connection::sign_in_of`).
    ///
    /// # Errors
    /// `NoSecret`, `SignInNeeded` (never signed in, ended, or for another address), `RefreshBusy`, the vault, the network.
    pub async fn access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let _ = (owner, &self.inner);
        todo!()
    }

    /// After the API refused `rejected` (401): another token, if there is a newer one or one can be had. Once a token, never in a loop.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn replace(&self, owner: &Connection, rejected: &AccessToken) -> Result<AccessToken, Failure> {
        let _ = (owner, rejected);
        todo!()
    }

    /// A token for a client secret that is typed and not stored: nothing of it is kept.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn try_client_secret(&self, connection: &Connection, secret: &SecretString) -> Result<AccessToken, Failure> {
        let _ = (connection, secret);
        todo!()
    }

    /// Takes over what a login brought, and stores it.
    ///
    /// # Errors
    /// The vault; the tokens are then kept in memory and stored by `store_unsaved`.
    pub async fn signed_in(&self, owner: &Connection, user: String, tokens: Tokens) -> Result<(), Failure> {
        let _ = (owner, user, tokens);
        todo!()
    }

    /// Holds what a login brought for a connection that is not saved yet: in memory, until `store_unsaved`.
    pub fn hold(&self, owner: &Connection, user: String, tokens: Tokens) {
        let _ = (owner, user, tokens);
        todo!()
    }

    /// Who is signed in, by what the vault holds; `None`: nobody, or for another address or OAuth application.
    ///
    /// # Errors
    /// The vault.
    pub async fn signed_in_as(&self, owner: &Connection) -> Result<Option<SignIn>, Failure> {
        let _ = owner;
        todo!()
    }

    /// When the access token in memory ends.
    #[must_use]
    pub fn expires_at(&self, owner: ConnectionId) -> Option<Timestamp> {
        let _ = owner;
        todo!()
    }

    /// Revokes where the server offers it, deletes the stored sign-in, forgets the tokens.
    ///
    /// # Errors
    /// The vault. That the server could not be told is no error.
    pub async fn sign_out(&self, owner: &Connection) -> Result<(), Failure> {
        let _ = owner;
        todo!()
    }

    /// Forgets what is in memory: the connection was removed, or its secret replaced.
    pub fn forget(&self, owner: ConnectionId) {
        let _ = owner;
        todo!()
    }

    /// Sign-ins that are in memory only because the vault did not take them: they are lost when the program ends.
    #[must_use]
    pub fn unsaved(&self) -> Vec<ConnectionId> {
        todo!()
    }

    /// Tries again to store them.
    ///
    /// # Errors
    /// The vault still does not take them.
    pub async fn store_unsaved(&self, only: Option<ConnectionId>) -> Result<(), Failure> {
        let _ = only;
        todo!()
    }
}
