//! The credential of a test: how to get a token, and the failure if the token is refused.

use jiff::{Timestamp, tz::TimeZone};
use secrecy::SecretString;

use crate::{oauth::AccessToken, session::Sessions};
use brickpass_core::{
    connection::{AuthKind, Connection, Level},
    failure::{Code, Failure, Remedy},
};

/// The credential of a test.
pub enum Credential {
    /// A typed, unsaved personal access token.
    Token(SecretString),
    /// A typed, unsaved client secret.
    ClientSecret { secret: SecretString, sessions: Sessions },
    /// The stored secret of `owner`: the tested connection, or the one that owns its sign-in.
    Stored { owner: Box<Connection>, sessions: Sessions },
}

impl Credential {
    /// Does the token come only from the vault, where the user may be typing a password, and not from a server?
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Token(_) => true,
            Self::ClientSecret { .. } => false,
            Self::Stored { owner, .. } => owner.auth.kind() == AuthKind::PersonalAccessToken,
        }
    }

    pub(super) async fn token(&self, connection: &Connection) -> Result<AccessToken, Failure> {
        match self {
            Self::Token(secret) => Ok(AccessToken { secret: secret.clone(), expires_at: None, expiry_assumed: false }),
            Self::ClientSecret { secret, sessions } => sessions.try_client_secret(connection, secret).await,
            Self::Stored { owner, sessions } => sessions.access_token(owner).await,
        }
    }

    /// Whether it provides new tokens when this one expires; a personal access token does not.
    pub(super) fn renews(&self) -> bool {
        match self {
            Self::Token(_) | Self::ClientSecret { .. } => true,
            Self::Stored { owner, sessions } => sessions.renews(owner.id),
        }
    }

    /// A new token instead of a refused one, if possible.
    pub(super) async fn replace(&self, rejected: &AccessToken) -> Option<Result<AccessToken, Failure>> {
        match self {
            Self::Stored { owner, sessions } if !self.is_local() => Some(sessions.replace(owner, rejected).await),
            _ => None,
        }
    }
}

/// The line beside the step: `OAuth, access token valid until 15:04`.
pub(super) fn detail(kind: AuthKind, expires_at: Option<Timestamp>, renews: bool, zone: &TimeZone) -> String {
    let word = match kind {
        AuthKind::PersonalAccessToken => return "Personal access token".to_owned(),
        AuthKind::Browser => "OAuth",
        AuthKind::ServicePrincipal => "Service principal",
    };
    match expires_at {
        Some(end) => {
            let then = if renews { "" } else { ", then sign in again" };
            format!("{word}, access token valid until {}{then}", end.to_zoned(zone.clone()).strftime("%H:%M"))
        }
        None => word.to_owned(),
    }
}

/// What the API's answer to the first signed request means for this connection, by its level and authentication type.
pub fn explained(failure: Failure, connection: &Connection) -> Failure {
    let worded = match (&connection.level, failure.code) {
        (_, Code::Unauthorized) => return refused(failure, connection),
        (Level::Account { .. }, Code::Forbidden) => Failure::new(
            Code::Forbidden,
            "You are signed in, but you are not an account admin.",
            "Only account admins can list the workspaces of an account.",
            "Ask an account admin for this role, or add each workspace by its own URL.",
        ),
        (Level::Account { .. }, Code::NotFound) => Failure::new(
            Code::NotFound,
            "Account not found.",
            format!("{} does not have an account with this ID, or is not an account console.", connection.base_url.host()),
            "Check the account ID. It is shown at the top right of the account console.",
        )
        .with_remedy(Remedy::EditBaseUrl),
        _ => return failure,
    };
    Failure { details: failure.details, ..worded }
}

/// In place of the advice to paste another token, which only helps with personal access tokens.
fn refused(failure: Failure, connection: &Connection) -> Failure {
    let (side, there) = match connection.level {
        Level::Workspace => ("workspace", "is added to this workspace"),
        Level::Account { .. } => ("account", "belongs to this account"),
    };
    let worded = match connection.auth.kind() {
        AuthKind::PersonalAccessToken => return failure,
        AuthKind::Browser => Failure::new(
            Code::Unauthorized,
            format!("The {side} does not accept your sign-in."),
            format!("It was revoked, or it is for another {side}."),
            "Sign in again.",
        )
        .with_remedy(Remedy::SignIn),
        AuthKind::ServicePrincipal => Failure::new(
            Code::Unauthorized,
            format!("The {side} does not accept this service principal."),
            format!("The client ID and secret are correct, but the {side} refuses the access token."),
            format!("Check that the service principal {there} and is active, and that the client ID is the right one."),
        )
        .with_remedy(Remedy::ReplaceSecret),
    };
    Failure { details: failure.details, ..worded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_told_in_local_time() {
        let end: Timestamp = "2026-03-01T13:04:59Z".parse().unwrap();
        let oslo = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(detail(AuthKind::Browser, Some(end), true, &oslo), "OAuth, access token valid until 14:04");
        assert_eq!(detail(AuthKind::Browser, Some(end), false, &oslo), "OAuth, access token valid until 14:04, then sign in again");
        assert_eq!(
            detail(AuthKind::ServicePrincipal, Some(end), true, &TimeZone::UTC),
            "Service principal, access token valid until 13:04"
        );
        assert_eq!(detail(AuthKind::PersonalAccessToken, None, true, &oslo), "Personal access token");
    }
}
