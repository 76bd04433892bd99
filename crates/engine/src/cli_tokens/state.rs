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
    /// The CLI is set to store its tokens in a plain file.
    PlainFile,
    /// The CLI is set to a storage that it does not support, and refuses to run.
    UnknownPlace,
}

impl CliTokenState {
    /// Whether the Databricks CLI can use the profile, too, in words.
    #[must_use]
    pub fn words(&self, profile: &str) -> String {
        match self {
            Self::Serves { until: None } => {
                format!("The Databricks CLI can use the profile {profile} too: its token is in the system keyring.")
            }
            Self::Serves { until: Some(_) } => format!(
                "The Databricks CLI can use the profile {profile} too, while Brickpass is open and for up to an hour after: its token is in \
                 the system keyring. brickpass exec works at any time."
            ),
            Self::ItsOwn => format!("The Databricks CLI has its own sign-in for the profile {profile} and keeps using it."),
            Self::SignedOut => format!(
                "The Databricks CLI was signed out of the profile {profile}. It gets a token again when a connection or token next changes. {}",
                keep_it_signed_out(profile)
            ),
            Self::Off(CliTokensOff::Setting) => "The Databricks CLI gets no tokens: this is turned off in the settings.".to_owned(),
            Self::Off(CliTokensOff::NoKeyring) => {
                "The Databricks CLI needs the system keyring, and your secrets are stored elsewhere. Use brickpass exec instead.".to_owned()
            }
            Self::Off(CliTokensOff::PlainFile) => {
                "The Databricks CLI is set to store tokens in a plain file, so it gets none. Use brickpass exec instead.".to_owned()
            }
            Self::Off(CliTokensOff::UnknownPlace) => UNKNOWN_PLACE.to_owned(),
            Self::Failed(failure) => format!("The Databricks CLI has no valid token for the profile {profile}: {}", failure.what),
        }
    }

    /// When the CLI's token expired.
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
