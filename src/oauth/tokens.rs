//! What a token endpoint gives (RFC 6749, section 5.1), judged.

use jiff::Timestamp;
use secrecy::SecretString;

/// A token that opens the API, and how long it does. Lives in memory only.
#[derive(Clone)]
pub struct AccessToken {
    pub secret: SecretString,
    /// `None`: a personal access token, whose end the service does not tell.
    pub expires_at: Option<Timestamp>,
    /// The server did not say how long it is valid; an hour was assumed.
    pub expiry_assumed: bool,
}

pub struct Tokens {
    pub access: AccessToken,
    pub refresh: Option<SecretString>,
    /// The scopes that were asked for and not granted.
    pub scopes_missing: Vec<String>,
}

impl AccessToken {
    /// Whose token it is, by its own `sub` claim (RFC 7519); for display, and only of a token that came straight from the token endpoint.
    /// `None` for tokens that are no JWT.
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        todo!()
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("access", &self.access).finish_non_exhaustive()
    }
}
