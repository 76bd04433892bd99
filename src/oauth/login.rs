//! Signing in through the browser: authorization code with PKCE (RFC 6749, RFC 7636, RFC 8252).

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{OAuthError, Target, Tokens, loopback::Ports};
use crate::{
    connection::{AccountId, BaseUrl, LevelKind, OAuthApp},
    databricks::Http,
};

/// Where to sign in.
#[derive(Debug, Clone)]
pub enum Place {
    At(Target),
    /// The person does not know the address: `host` (login.databricks.com) asks them, and the answer's `iss` tells.
    Anywhere {
        host: BaseUrl,
        level: LevelKind,
    },
}

/// A login that is ready for the browser: the listener is bound and accepts. Dropping it closes every socket and forgets state and verifier.
pub struct Login {}

impl Login {
    /// Discovers, then binds.
    ///
    /// # Errors
    /// See [`super::discover`]; every port is taken.
    pub async fn begin(http: &Http, place: Place, app: &OAuthApp, ports: &Ports, limit: Duration) -> Result<Self, OAuthError> {
        let _ = (http, place, app, ports, limit);
        todo!()
    }

    /// What the browser is to open. It holds `state`, so it is never logged.
    #[must_use]
    pub fn address(&self) -> &SecretString {
        todo!()
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        todo!()
    }

    /// Waits for the browser's answer. `wrong_key` is called after each answer with a wrong or missing `state`, with their number so far.
    ///
    /// # Errors
    /// Declined, refused, broken protocol, or nothing within `limit`.
    pub async fn answer(self, limit: Duration, wrong_key: &(dyn Fn(usize) + Send + Sync)) -> Result<Answer, OAuthError> {
        let _ = (limit, wrong_key);
        todo!()
    }
}

/// The person has signed in; the code is not sent anywhere yet.
pub struct Answer {}

impl Answer {
    /// Where the code would be sent: known from the start, or what the answer's `iss` names (then on the list of Databricks' hosts, and the
    /// person is asked before `exchange`).
    #[must_use]
    pub fn host(&self) -> &BaseUrl {
        todo!()
    }

    /// The account that the issuer names (`/oidc/accounts/<id>`).
    #[must_use]
    pub fn account_id(&self) -> Option<&AccountId> {
        todo!()
    }

    /// # Errors
    /// The server does not give tokens for the code. Never retried: a code is worth one request.
    pub async fn exchange(self, http: &Http, now: Timestamp, limit: Duration) -> Result<Tokens, OAuthError> {
        let _ = (http, now, limit);
        todo!()
    }
}
