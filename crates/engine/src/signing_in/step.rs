//! Where a sign-in begins, how far it has come, and how it ends well.

use secrecy::SecretString;

use brickpass_core::connection::{AccountId, BaseUrl, LevelKind};
use brickpass_databricks::session::SignIn;

/// Where a sign-in begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInPlace {
    /// At the address of the connection.
    Here,
    /// At login.databricks.com, which asks the person which workspace (or account) they mean. Needs no saved connection: the tokens are
    /// held in memory until a connection of this id is saved.
    Anywhere { level: LevelKind },
}

/// How far a sign-in has come.
#[derive(Debug)]
pub enum SignInStep {
    CheckingVault,
    Discovering,
    /// The browser is open (or could not be opened), the listener waits.
    Waiting {
        /// To be copied into a browser. Not a secret of its own, but it is not logged.
        address: SecretString,
        port: u16,
        until: jiff::Timestamp,
        browser_opened: bool,
    },
    /// An answer had the wrong key; the sign-in goes on.
    WrongKey {
        count: usize,
    },
    /// What was pasted is not the address that this sign-in waits for; it goes on. `other`: it belongs to another sign-in.
    PasteRefused {
        other: bool,
    },
    /// The browser came back; the code is being exchanged, the user being asked for.
    Exchanging,
    /// The person has to say whether this is the host they mean, before the code is sent there.
    ConfirmHost {
        host: BaseUrl,
    },
    /// A different user is signed in now.
    OtherUser {
        stored: String,
        new: String,
    },
}

/// How a sign-in ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub sign_in: SignIn,
    /// Worth knowing: scopes that were not granted, an expiry that was assumed, a vault that did not take it.
    pub hints: Vec<String>,
    /// What the person did not know before (`SignInPlace::Anywhere`).
    pub found: Option<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub base_url: BaseUrl,
    pub account_id: Option<AccountId>,
    pub workspace_id: Option<String>,
}
