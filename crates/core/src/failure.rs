//! What a person is told when something fails: what happened, why, what to do. Every layer's error turns into one at the edge.

use serde::{Deserialize, Serialize};

use crate::connection::presentable;

/// The fixed word of a failure, the same in the window, in `--json` and in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    // The network
    Dns,
    Refused,
    Unreachable,
    ConnectTimeout,
    ReadTimeout,
    Reset,
    TlsUnknownIssuer,
    TlsExpired,
    TlsNotYetValid,
    TlsWrongHost,
    TlsProtocol,
    Tls,
    /// A certificate-authority file of the person's own cannot be used.
    CaFile,
    ProxyAuth,
    ProxyUnreachable,
    /// A variable or setting that should name a proxy does not.
    ProxySetting,
    // The answer
    Unauthorized,
    Forbidden,
    /// The token is limited to scopes, and the one for this part of the API is not among them.
    MissingScope,
    IpBlocked,
    NotFound,
    RateLimited,
    ServerError,
    // Personal access tokens
    /// The user has as many as one may have.
    TokenQuota,
    /// The workspace has switched them off.
    TokensDisabled,
    /// The user may not have any.
    TokensNotAllowed,
    /// The workspace does not allow one that lives as long.
    TokenLifetime,
    /// The workspace does not know one of the scopes that a token was to be limited to.
    TokenScope,
    // Service principals
    /// Only a part of what was asked for was done.
    PartlyDone,
    /// There are as many as there may be.
    PrincipalQuota,
    /// The service principal has as many OAuth secrets as it may have.
    SecretQuota,
    PrivateLink,
    Redirect,
    NotApi,
    Protocol,
    TooLarge,
    // Signing in
    /// There is no sign-in, or it has ended: only the person can begin a new one.
    SignInNeeded,
    SignInDeclined,
    SignInTimeout,
    /// Every port that may receive the browser's answer is taken.
    PortsTaken,
    /// The host has no OAuth.
    OauthUnsupported,
    /// The authorization server says no: wrong client id or secret, redirect URI not registered, scope not allowed.
    OauthRefused,
    /// The authorization server says what it must not say.
    OauthProtocol,
    /// Another window or program is renewing this sign-in and does not come to an end.
    RefreshBusy,
    // The vault
    NoSecret,
    VaultLocked,
    /// The encrypted file that holds the secrets is missing.
    VaultLost,
    VaultUnavailable,
    VaultBusy,
    WrongPassphrase,
    SecretDamaged,
    /// The encrypted file is there and is not opened: not safe to use, not readable, or not one of this version.
    VaultUnusable,
    // Files
    FileUnreadable,
    FileUnwritable,
    FileUnsafe,
    ReadOnly,
    Conflict,
    /// A secret was to be written where version control would keep it.
    InWorkTree,
    // The rest
    InvalidInput,
    NoSuchConnection,
    Cancelled,
    Unsupported,
    Internal,
}

/// What a button beside the failure can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    EditBaseUrl,
    EditTimeout,
    ReplaceSecret,
    SignIn,
    OpenNetworkSettings,
    OpenVaultSettings,
    UnlockVault,
    TryAgain,
    Reload,
}

/// Three short lines, and what another side said behind *Details*, as [`Failure::with_details`] leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: Code,
    pub what: String,
    pub why: String,
    pub fix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

impl Failure {
    pub fn new(code: Code, what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, what: what.into(), why: why.into(), fix: fix.into(), details: None, remedy: None }
    }

    /// A defect of Brickpass.
    pub fn mistake(why: impl Into<String>) -> Self {
        Self::new(Code::Internal, "Brickpass made a mistake while doing this.", why, "Try again, and report it if it happens again.")
    }

    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Shows what another side said as [`presentable`] leaves it.
    #[must_use]
    pub fn with_details(mut self, details: impl AsRef<str>) -> Self {
        self.details = Some(presentable(details.as_ref()));
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.what, self.why, self.fix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_one_line_without_secrets_whoever_gives_them() {
        let said = "denied\u{202E}\r\n\u{1B}[31mdapi0123456789abcdef0123456789abcdef";
        assert_eq!(Failure::mistake("").with_details(said).details.unwrap(), "denied [***");
    }
}
