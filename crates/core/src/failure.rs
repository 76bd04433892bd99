//! What a person is told when something fails: what happened, why, what to do. Every layer's error turns into one at the edge.

use serde::{Deserialize, Serialize};

use crate::connection::presentable;

/// The fixed word of a failure, the same in the window, in `--json` and in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    // The network
    /// The host name has no address.
    Dns,
    /// The computer is there, and nothing listens on the port.
    Refused,
    /// There is no route to the address.
    Unreachable,
    /// No TCP connection in time.
    ConnectTimeout,
    /// No whole answer in time.
    ReadTimeout,
    /// The connection was closed before the answer was complete.
    Reset,
    /// The certificate is from an authority that this computer does not trust.
    TlsUnknownIssuer,
    /// The certificate has expired.
    TlsExpired,
    /// The certificate is not valid yet.
    TlsNotYetValid,
    /// The certificate is for another host name.
    TlsWrongHost,
    /// No common version or cipher; often not TLS at all.
    TlsProtocol,
    /// Any other failure of the handshake.
    Tls,
    /// A certificate-authority file of the person's own cannot be used.
    CaFile,
    /// The proxy requires a sign-in (407).
    ProxyAuth,
    /// The proxy does not answer, or refuses the way to the host.
    ProxyUnreachable,
    /// A variable or setting that should name a proxy does not.
    ProxySetting,
    // The answer
    /// The credential is not accepted (401).
    Unauthorized,
    /// Signed in, but not allowed (403).
    Forbidden,
    /// The token is limited to scopes, and the one for this part of the API is not among them.
    MissingScope,
    /// An IP access list does not contain this network.
    IpBlocked,
    /// The address has no such workspace or API (404).
    NotFound,
    /// Too many requests (429).
    RateLimited,
    /// The server has a problem (5xx).
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
    /// The workspace takes connections only through Private Link.
    PrivateLink,
    /// The server redirects; redirects are not followed.
    Redirect,
    /// What answered is not the Databricks API.
    NotApi,
    /// The answer is not valid HTTP.
    Protocol,
    /// An answer or a file is larger than any valid one.
    TooLarge,
    // Signing in
    /// There is no sign-in, or it has ended: only the person can begin a new one.
    SignInNeeded,
    /// The person declined in the browser.
    SignInDeclined,
    /// The person did not sign in in time.
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
    /// Nothing is stored, or it was entered for another address.
    NoSecret,
    /// The encrypted file needs its passphrase, or the keyring is locked.
    VaultLocked,
    /// The encrypted file that holds the secrets is missing.
    VaultLost,
    /// There is no keyring.
    VaultUnavailable,
    /// The keyring does not answer in time.
    VaultBusy,
    /// The passphrase does not open the encrypted file.
    WrongPassphrase,
    /// What is stored cannot be read.
    SecretDamaged,
    /// The encrypted file is there and is not opened: not safe to use, not readable, or not one of this version.
    VaultUnusable,
    // Files
    /// A file cannot be read.
    FileUnreadable,
    /// A file cannot be written.
    FileUnwritable,
    /// A file is a link, or others can write to it.
    FileUnsafe,
    /// The disk is read-only.
    ReadOnly,
    /// Something else changed the same thing, or contradicts it.
    Conflict,
    /// A secret was to be written where version control would keep it.
    InWorkTree,
    // The rest
    /// What was entered is not valid.
    InvalidInput,
    /// No connection has this name or ID.
    NoSuchConnection,
    /// The person or the end of the program stopped it.
    Cancelled,
    /// This build or system cannot do it.
    Unsupported,
    /// Brickpass made a mistake.
    Internal,
}

/// What a button beside the failure can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Edit the address.
    EditBaseUrl,
    /// Edit the timeout.
    EditTimeout,
    /// Enter another secret.
    ReplaceSecret,
    /// Sign in through the browser.
    SignIn,
    /// Open the settings for proxy and certificates.
    OpenNetworkSettings,
    /// Open the settings for the vault.
    OpenVaultSettings,
    /// Enter the passphrase.
    UnlockVault,
    /// Do the same again.
    TryAgain,
    /// Read the file again.
    Reload,
}

/// Three short lines, and what another side said behind *Details*, as [`Failure::with_details`] leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The same for every failure of this kind.
    pub code: Code,
    /// What happened: one sentence.
    pub what: String,
    /// The cause, as far as known: one or two sentences.
    pub why: String,
    /// What to do: one or two sentences.
    pub fix: String,
    /// What another side said, cleaned: see [`Failure::with_details`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// What a button offers; the fix says it as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

impl Failure {
    /// Without details and without a remedy.
    pub fn new(code: Code, what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, what: what.into(), why: why.into(), fix: fix.into(), details: None, remedy: None }
    }

    /// A defect of Brickpass.
    pub fn mistake(why: impl Into<String>) -> Self {
        Self::new(Code::Internal, "Brickpass made a mistake while doing this.", why, "Try again, and report it if it happens again.")
    }

    /// The same with what a button can do.
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
