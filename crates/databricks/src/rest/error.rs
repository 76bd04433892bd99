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

    /// The time of the whole call is over: what had been sent by then, nobody knows.
    pub(super) fn too_late(base_url: &BaseUrl, route: &Route) -> Self {
        let mut failure = timed_out(base_url, Phase::Answer);
        if let Route::Proxy(proxy) = route {
            failure.why = format!("No whole answer came through the proxy {proxy} before the timeout.");
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

/// Its errors have no public type: their words are all there is.
fn by_proxy(code: Code, error: &reqwest::Error, proxy: &str) -> Option<Failure> {
    let words = cause::innermost(error);
    if words.contains("proxy authorization required") {
        return Some(proxy_sign_in(Some(proxy)));
    }
    if words.contains("tunnel error") || words.starts_with("SOCKS") {
        let failure = Failure::new(
            Code::ProxyUnreachable,
            "The proxy does not connect to the workspace.",
            format!("{proxy} refuses this address, or cannot reach it."),
            "Ask your network team to allow the address, or add it to NO_PROXY.",
        );
        return Some(failure.with_remedy(Remedy::OpenNetworkSettings));
    }
    let reached = !matches!(code, Code::Dns | Code::Refused | Code::Unreachable | Code::ConnectTimeout | Code::Reset);
    (!reached).then(|| {
        Failure::new(
            Code::ProxyUnreachable,
            "The proxy does not answer.",
            format!("The system says to use {proxy}, but nothing can be reached there."),
            "Check the proxy settings of the system or HTTPS_PROXY. A VPN may have to be on.",
        )
        .with_remedy(Remedy::OpenNetworkSettings)
    })
}

pub(super) fn proxy_sign_in(proxy: Option<&str>) -> Failure {
    let asks = proxy.map_or_else(|| "The proxy".to_owned(), str::to_owned);
    Failure::new(
        Code::ProxyAuth,
        "The proxy asks you to sign in.",
        format!("{asks} wants a user and a password, or does not accept the ones it was given."),
        "Put them into HTTPS_PROXY as http://user:password@host:port, or ask your network team.",
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
            format!("No computer is known by the name {host}."),
            "Check the base URL for a typing mistake. Some workspaces are known only inside a VPN.",
            Remedy::EditBaseUrl,
        ),
        Code::Refused => (
            "The connection was refused.",
            format!("{host} is there, but nothing takes connections on port {port}."),
            "Check the base URL, and whether a firewall or VPN is in the way.",
            Remedy::EditBaseUrl,
        ),
        Code::ConnectTimeout => (
            "The workspace cannot be reached.",
            format!("{host} did not take a connection in time. A firewall may be dropping it."),
            "Check your network or VPN, then try again.",
            Remedy::TryAgain,
        ),
        Code::ReadTimeout => (
            "The workspace did not answer in time.",
            format!("{host} took the connection, but its answer was not complete before the timeout."),
            "Try again, or allow more time.",
            Remedy::EditTimeout,
        ),
        Code::Reset => (
            "The connection was cut.",
            format!("{host}, or something on the way to it, ended the connection."),
            "Try again. If it keeps happening, ask your network team about a firewall.",
            Remedy::TryAgain,
        ),
        Code::TlsUnknownIssuer => (
            "The certificate of the server is not trusted.",
            format!(
                "{host} shows a certificate from an authority that this computer does not know. A company network may replace certificates."
            ),
            "Choose your company's certificate authority in the settings, or ask your network team.",
            Remedy::OpenNetworkSettings,
        ),
        Code::TlsExpired => (
            "The certificate of the server has expired.",
            format!("The certificate of {host} is past its last day, or the clock of this computer is wrong."),
            "Check the date of this computer. If it is right, tell who runs the server.",
            Remedy::TryAgain,
        ),
        Code::TlsNotYetValid => (
            "The certificate of the server is not valid yet.",
            format!("The certificate of {host} begins in the future. The clock of this computer is probably behind."),
            "Set the date and time of this computer, then try again.",
            Remedy::TryAgain,
        ),
        Code::TlsWrongHost => (
            "The certificate belongs to another server.",
            format!("The server that answers for {host} shows a certificate for a different name."),
            "Check the base URL. Do not go on if it is right, and ask your network team.",
            Remedy::EditBaseUrl,
        ),
        Code::TlsProtocol => (
            "No secure connection could be agreed on.",
            format!("{host} does not speak TLS 1.2 or 1.3 on port {port}."),
            "Check the base URL. A proxy or an outdated server may be in between.",
            Remedy::EditBaseUrl,
        ),
        Code::Tls => (
            "The secure connection failed.",
            format!("The certificate or the handshake of {host} is not in order."),
            "Try again. If it keeps happening, ask your network team.",
            Remedy::TryAgain,
        ),
        Code::TooLarge => (
            "The answer is too large.",
            format!("{host} sent more than Brickpass reads."),
            "Check that the base URL is the address of a workspace or account.",
            Remedy::EditBaseUrl,
        ),
        Code::Protocol => (
            "The answer could not be read.",
            format!("{host} sent an answer that is cut short or not proper HTTP."),
            "Try again. A proxy in between may be damaging answers.",
            Remedy::TryAgain,
        ),
        _ => (
            "The workspace cannot be reached.",
            format!("There is no way through the network to {host}."),
            "Check your network or VPN, then try again.",
            Remedy::TryAgain,
        ),
    };
    Failure::new(code, what.replace("workspace", place(base_url)), why, fix).with_remedy(remedy)
}

/// The answer has more than `most` bytes.
pub(super) fn too_large(base_url: &BaseUrl, status: u16, most: usize) -> ApiError {
    let mut failure = unreachable(Code::TooLarge, base_url);
    failure.why = format!("{} sent more than {} MiB, and Brickpass reads no more of one answer.", base_url.host(), most / (1024 * 1024));
    ApiError::answered(failure, status)
}
