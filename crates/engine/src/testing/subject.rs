//! What a test was about, to tell whether its result still holds.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use brickpass_core::connection::{AuthMethod, BaseUrl, Connection, ConnectionId, LastTest, Level};

/// What a finished test was about: a save of the same keeps the result, a save of anything else makes the connection untested.
#[derive(Clone, PartialEq)]
pub(crate) struct Subject {
    pub(super) base_url: BaseUrl,
    workspace_id: Option<String>,
    pub(super) auth: AuthMethod,
    level: Level,
    sign_in_of: Option<ConnectionId>,
    /// A digest of the secret that was typed; `None` when the stored one was used.
    pub(super) typed: Option<[u8; 32]>,
}

impl Subject {
    pub(crate) fn new(connection: &Connection, typed: Option<&SecretString>) -> Self {
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
    pub(crate) fn stored(mut self) -> Self {
        self.typed = None;
        self
    }
}

pub(crate) struct Tested {
    pub(crate) subject: Subject,
    pub(crate) last: LastTest,
}
