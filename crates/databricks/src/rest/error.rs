//! The one error of the REST API, and the words for a workspace that does not answer.

use std::error::Error;

use super::{
    cause::{self, Phase},
    proxy::Route,
    redact::plain,
};
use brickpass_core::{
    connection::{BaseUrl, HostKind},
    failure::{Code, Failure, Remedy},
};

#[derive(Debug, Clone, thiserror::Error)]
#[error("{failure}")]
pub struct ApiError {
    pub failure: Failure,
    /// HTTP status, when an answer came.
    pub status: Option<u16>,
    pub(super) reason: Reason,
    /// Bytes of the request may have left this computer.
    pub(super) sent: bool,
}

/// The `error_code` of a refusal, where something depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    QuotaExceeded,
    FeatureDisabled,
    InvalidParameterValue,
    ResourceDoesNotExist,
    PrincipalDoesNotExist,
    Other,
}

impl Reason {
    pub(super) fn of(error_code: &str) -> Self {
        match error_code {
            "QUOTA_EXCEEDED" => Self::QuotaExceeded,
            "FEATURE_DISABLED" => Self::FeatureDisabled,
            "INVALID_PARAMETER_VALUE" => Self::InvalidParameterValue,
            "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" => Self::ResourceDoesNotExist,
            "PRINCIPAL_DOES_NOT_EXIST" => Self::PrincipalDoesNotExist,
            _ => Self::Other,
        }
    }
}

impl ApiError {
    /// The request was not sent.
    pub(super) fn before_an_answer(failure: Failure) -> Self {
        Self { failure, status: None, reason: Reason::Other, sent: false }
    }

    /// The request was answered, and not as it should be.
    pub(super) fn answered(failure: Failure, status: u16) -> Self {
        Self { failure, status: Some(status), reason: Reason::Other, sent: true }
    }

    /// Whether the service may have done what it was asked for, though nothing says so: the request went out and no whole answer came back, or
    /// one that says neither yes nor no. Whoever asked for a change looks before asking again.
    #[must_use]
    pub fn may_have_been_acted_on(&self) -> bool {
        match self.status {
            None => self.sent,
            // A gateway answers so too, for a service that is still at work.
            Some(status) => matches!(status, 200..=299 | 408 | 500..),
        }
    }

    /// A request that got no whole answer.
    pub(super) fn lost(error: &reqwest::Error, base_url: &BaseUrl, route: &Route) -> Self {
        let details = plain(&cause::innermost(error));
        let code = cause::of_request(error);
        let failure = match route {
            Route::Proxy(proxy) if error.is_connect() => by_proxy(code, error, proxy).unwrap_or_else(|| unreachable(code, base_url)),
            _ => unreachable(code, base_url),
        };
        // A connection is whole, its handshake included, before anything is written to it.
        let sent = !(error.is_connect() || error.is_dns() || error.is_builder());
        Self { sent, ..Self::before_an_answer(failure.with_details(details)) }
    }

    /// The call's time is up: it is unknown what was sent by then.
    pub(super) fn too_late(base_url: &BaseUrl, route: &Route) -> Self {
        let mut failure = timed_out(base_url, Phase::Answer);
        if let Route::Proxy(proxy) = route {
            failure.why = format!("No complete answer came through the proxy {proxy} before the timeout.");
        }
        Self { sent: true, ..Self::before_an_answer(failure) }
    }
}

/// Why a step below HTTP failed.
pub(crate) fn no_way(error: &(dyn Error + 'static), phase: Phase, base_url: &BaseUrl) -> Failure {
    unreachable(cause::of(error, phase), base_url).with_details(plain(&cause::innermost(error)))
}

/// Why a step below HTTP, or the whole, took too long.
pub(crate) fn timed_out(base_url: &BaseUrl, phase: Phase) -> Failure {
    unreachable(cause::timeout(phase), base_url)
}

/// An answer that came whole, as far as HTTP can tell, and is cut short or damaged inside.
pub(crate) fn unreadable(base_url: &BaseUrl) -> Failure {
    unreachable(Code::Protocol, base_url)
}

/// reqwest's proxy errors have no public type, so their text decides.
fn by_proxy(code: Code, error: &reqwest::Error, proxy: &str) -> Option<Failure> {
    let words = cause::innermost(error);
    if words.contains("proxy authorization required") {
        return Some(proxy_sign_in(Some(proxy)));
    }
    if words.contains("tunnel error") || words.starts_with("SOCKS") {
        let failure = Failure::new(
            Code::ProxyUnreachable,
            "The proxy refused the connection to the workspace.",
            format!("{proxy} does not allow this address, or cannot reach it."),
            "Ask your network team to allow the address, or add it to NO_PROXY.",
        );
        return Some(failure.with_remedy(Remedy::OpenNetworkSettings));
    }
    let reached = !matches!(code, Code::Dns | Code::Refused | Code::Unreachable | Code::ConnectTimeout | Code::Reset);
    (!reached).then(|| {
        Failure::new(
            Code::ProxyUnreachable,
            "The proxy does not answer.",
            format!("The system is set to use {proxy}, but it cannot be reached."),
            "Check the system's proxy settings or HTTPS_PROXY. You may need to connect to a VPN.",
        )
        .with_remedy(Remedy::OpenNetworkSettings)
    })
}

pub(super) fn proxy_sign_in(proxy: Option<&str>) -> Failure {
    let asks = proxy.map_or_else(|| "The proxy".to_owned(), str::to_owned);
    Failure::new(
        Code::ProxyAuth,
        "The proxy requires a sign-in.",
        format!("{asks} requires a user name and password, or does not accept the ones that were sent."),
        "Set HTTPS_PROXY to http://user:password@host:port, or ask your network team.",
    )
    .with_remedy(Remedy::OpenNetworkSettings)
}

/// What is at this address, as a person calls it.
pub(super) fn place(base_url: &BaseUrl) -> &'static str {
    if base_url.kind() == HostKind::AccountConsole { "account console" } else { "workspace" }
}

/// The words for each way not to reach a workspace.
fn unreachable(code: Code, base_url: &BaseUrl) -> Failure {
    let host = plain(base_url.host());
    let port = base_url.port();
    let (what, why, fix, remedy): (&str, String, &str, Remedy) = match code {
        Code::Dns => (
            "The workspace was not found.",
            format!("{host} is not a known host name."),
            "Check the base URL for typos, or connect to your VPN.",
            Remedy::EditBaseUrl,
        ),
        Code::Refused => (
            "The connection was refused.",
            format!("{host} is online, but does not accept connections on port {port}."),
            "Check the base URL, and whether a firewall or VPN blocks the connection.",
            Remedy::EditBaseUrl,
        ),
        Code::ConnectTimeout => (
            "The workspace cannot be reached.",
            format!("{host} did not accept a connection in time. A firewall may be blocking it."),
            "Check your network or VPN, then try again.",
            Remedy::TryAgain,
        ),
        Code::ReadTimeout => (
            "The workspace did not answer in time.",
            format!("{host} accepted the connection, but its answer was not complete before the timeout."),
            "Try again, or increase the timeout.",
            Remedy::EditTimeout,
        ),
        Code::Reset => (
            "The connection was interrupted.",
            format!("{host}, or a device on the network path, closed the connection."),
            "Try again. If it keeps happening, ask your network team about firewalls.",
            Remedy::TryAgain,
        ),
        Code::TlsUnknownIssuer => (
            "The server's certificate is not trusted.",
            format!(
                "{host} uses a certificate from an authority that this computer does not trust. Company networks sometimes replace certificates."
            ),
            "Choose your company's certificate authority in the settings, or ask your network team.",
            Remedy::OpenNetworkSettings,
        ),
        Code::TlsExpired => (
            "The server's certificate has expired.",
            format!("The certificate of {host} has expired, or this computer's clock is wrong."),
            "Check this computer's date. If it is correct, contact the server's administrator.",
            Remedy::TryAgain,
        ),
        Code::TlsNotYetValid => (
            "The server's certificate is not valid yet.",
            format!("The certificate of {host} becomes valid in the future. This computer's clock is probably behind."),
            "Set this computer's date and time, then try again.",
            Remedy::TryAgain,
        ),
        Code::TlsWrongHost => (
            "The certificate belongs to another server.",
            format!("The server that answered for {host} has a certificate for a different name."),
            "Check the base URL. If it is correct, do not continue and ask your network team.",
            Remedy::EditBaseUrl,
        ),
        Code::TlsProtocol => (
            "The TLS handshake failed.",
            format!("{host} does not support TLS 1.2 or 1.3 on port {port}."),
            "Check the base URL. A proxy or an outdated server may be the cause.",
            Remedy::EditBaseUrl,
        ),
        Code::Tls => (
            "The secure connection failed.",
            format!("The certificate of {host} or the TLS handshake is invalid."),
            "Try again. If it keeps happening, ask your network team.",
            Remedy::TryAgain,
        ),
        Code::TooLarge => (
            "The answer is too large.",
            format!("{host} sent more data than Brickpass accepts."),
            "Check that the base URL is a workspace or account URL.",
            Remedy::EditBaseUrl,
        ),
        Code::Protocol => (
            "The answer could not be read.",
            format!("{host} sent an answer that is incomplete or not valid HTTP."),
            "Try again. A proxy may be damaging the answers.",
            Remedy::TryAgain,
        ),
        _ => (
            "The workspace cannot be reached.",
            format!("{host} is unreachable from this network."),
            "Check your network or VPN, then try again.",
            Remedy::TryAgain,
        ),
    };
    Failure::new(code, what.replace("workspace", place(base_url)), why, fix).with_remedy(remedy)
}

/// The answer has more than `most` bytes.
pub(super) fn too_large(base_url: &BaseUrl, status: u16, most: usize) -> ApiError {
    let mut failure = unreachable(Code::TooLarge, base_url);
    failure.why = format!("{} sent more than {} MiB, the limit for one answer.", base_url.host(), most / (1024 * 1024));
    ApiError::answered(failure, status)
}
