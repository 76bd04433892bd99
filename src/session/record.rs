//! A sign-in as the vault keeps it (under `SecretKind::RefreshToken`): the refresh token, whose it is, and where alone it may be sent.

use jiff::Timestamp;

/// What may be shown of a stored sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub user: String,
    /// When the person signed in.
    pub since: Timestamp,
    /// When the access token in memory ends, if there is one.
    pub expires_at: Option<Timestamp>,
    /// It renews itself (there is a refresh token).
    pub renews: bool,
}
