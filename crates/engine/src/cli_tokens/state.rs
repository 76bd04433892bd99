//! What the Databricks CLI has of a published profile, and how that is said.

use jiff::Timestamp;

use brickpass_core::{connection::ConnectionId, failure::Failure};

/// What the Databricks CLI has of one published profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliToken {
    pub profile: String,
    pub connection: ConnectionId,
    pub state: CliTokenState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CliTokenState {
    /// The connection's token, until then if it ends.
    Serves { until: Option<Timestamp> },
    /// The CLI has signed in under this name by itself, and goes on with that.
    ItsOwn,
    /// What it was given is gone, as after `databricks auth logout`. It comes back with the next change.
    SignedOut,
    /// Nothing, and that is as it should be.
    Off(CliTokensOff),
    /// Nothing new, or nothing at all.
    Failed(Failure),
}

/// Why the CLI is given no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CliTokensOff {
    /// The person does not want it.
    Setting,
    /// Secrets are kept elsewhere than in the system's keyring.
    NoKeyring,
    /// The CLI was told to keep its tokens elsewhere, which is in a plain file.
    PlainFile,
    /// The CLI was told to keep its tokens at a place that it does not know, and refuses to run.
    UnknownPlace,
}

impl CliTokenState {
    /// Whether the Databricks CLI can use the profile, too, in words.
    #[must_use]
    pub fn words(&self, profile: &str) -> String {
        match self {
            Self::Serves { until: None } => {
                format!("The Databricks CLI uses the profile {profile}, too: its token is in your system's keyring.")
            }
            Self::Serves { until: Some(_) } => format!(
                "The Databricks CLI uses the profile {profile}, too, while Brickpass is open and for up to an hour after: its token is in your \
                 system's keyring. brickpass exec works at any time."
            ),
            Self::ItsOwn => format!("The Databricks CLI has signed in under the name {profile} by itself and goes on with that."),
            Self::SignedOut => format!(
                "The Databricks CLI was signed out of the profile {profile}. It gets its token again with the next change of a connection or a token. {}",
                keep_it_signed_out(profile)
            ),
            Self::Off(CliTokensOff::Setting) => "The Databricks CLI gets no tokens: that is switched off in the settings.".to_owned(),
            Self::Off(CliTokensOff::NoKeyring) => {
                "The Databricks CLI reads tokens from the system's keyring alone, and your secrets are kept elsewhere. Use brickpass exec for it."
                    .to_owned()
            }
            Self::Off(CliTokensOff::PlainFile) => {
                "The Databricks CLI was told to keep its tokens in a plain file, so it gets none. Use brickpass exec for it.".to_owned()
            }
            Self::Off(CliTokensOff::UnknownPlace) => UNKNOWN_PLACE.to_owned(),
            Self::Failed(failure) => format!("The Databricks CLI has no valid token for the profile {profile}: {}", failure.what),
        }
    }

    /// When the token that the CLI was given has ended.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Serves { until } => until.filter(|until| *until <= now),
            Self::ItsOwn | Self::SignedOut | Self::Off(_) | Self::Failed(_) => None,
        }
    }
}

const UNKNOWN_PLACE: &str = "The Databricks CLI fails on every command: auth_storage in [__settings__], or DATABRICKS_AUTH_STORAGE, \
    is neither plaintext nor secure. Remove it, or set it to secure.";

pub(super) fn keep_it_signed_out(profile: &str) -> String {
    format!("To keep it signed out: brickpass unpublish --profile \"{profile}\"")
}
