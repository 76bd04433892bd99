//! What a person reads when something fails: what happened, why, what to do. Every layer converts its errors to this type at its edge.

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
    /// The custom certificate-authority file cannot be used.
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
    /// The token is limited to scopes that do not include the one for this part of the API.
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
    /// The user has reached the limit.
    TokenQuota,
    /// Disabled in the workspace.
    TokensDisabled,
    /// The user has no permission to use them.
    TokensNotAllowed,
    /// The workspace does not allow a lifetime this long.
    TokenLifetime,
    /// The workspace does not know one of the requested scopes.
    TokenScope,
    // Service principals
    /// Only part of the request was done.
    PartlyDone,
    /// The account or workspace has reached its limit.
    PrincipalQuota,
    /// The service principal has reached its limit of OAuth secrets.
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
    /// There is no sign-in, or it has expired: only the user can start a new one.
    SignInNeeded,
    /// The person declined in the browser.
    SignInDeclined,
    /// The person did not sign in in time.
    SignInTimeout,
    /// Every port that could receive the browser's answer is in use.
    PortsTaken,
    /// The host has no OAuth.
    OauthUnsupported,
    /// The authorization server refuses: wrong client ID or secret, redirect URI not registered, scope not allowed.
    OauthRefused,
    /// The authorization server broke the protocol.
    OauthProtocol,
    /// Another window or program has been renewing this sign-in for too long.
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
    /// The encrypted file exists but cannot be opened: not safe to use, not readable, or from another version.
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
    /// Writing a secret there would put it under version control.
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
        Self::new(Code::Internal, "Something went wrong in Brickpass.", why, "Try again. If it happens again, please report it.")
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
