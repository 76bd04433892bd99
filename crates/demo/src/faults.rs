//! What a workspace can be told to get wrong.

use std::time::Duration;

/// A fault of the REST API of one workspace; discovery and pages stay as they are, except for `Latency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 401, as if the request had come without a credential.
    Unauthorized,
    /// 403 `Invalid access token.`, as for a token that has expired, was revoked or never was.
    InvalidToken,
    /// 403 `PERMISSION_DENIED`: known, but without the entitlement.
    NoPermission,
    /// 403 by the workspace's IP access list.
    IpAccessList,
    /// 429 with `Retry-After` (whole seconds) for the next `times` calls.
    RateLimited { retry_after: Duration, times: u32 },
    /// 503 for the next `times` calls.
    Unavailable { times: u32 },
    /// Every answer comes that much later.
    Latency(Duration),
    /// 200 with the HTML login page instead of JSON, as an address answers that is no workspace's own.
    HtmlLogin,
}

/// A fault of the authorization server; which requests it spoils stands beside each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OAuthFault {
    /// The token endpoint: 200 with an HTML page.
    HtmlTokens,
    /// The token endpoint: `expires_in` is this JSON text, or missing.
    ExpiresIn(Option<&'static str>),
    /// The token endpoint: `token_type` is this word.
    TokenType(&'static str),
    /// The token endpoint: an access token with CR and LF in it.
    AccessTokenWithLineBreak,
    /// The token endpoint: an answer of this many bytes.
    HugeAnswer(usize),
    /// The token endpoint: the connection is reset in the middle of the answer, for the next `times` requests; the server has acted on them.
    CutAnswer { times: u32 },
    /// The token endpoint: 302 to this address.
    RedirectTokens(String),
    /// The token endpoint: 400 `invalid_grant`.
    InvalidGrant,
    /// The token endpoint: 429 with `Retry-After` (whole seconds) for the next `times` requests.
    RateLimited { retry_after: Duration, times: u32 },
    /// The token endpoint: 503 for the next `times` requests.
    Unavailable { times: u32 },
    /// The token endpoint: fewer scopes than were asked for, and says so.
    FewerScopes(&'static str),
    /// The token endpoint answers that much later.
    SlowTokens(Duration),
    /// Metadata: `code_challenge_methods_supported` without S256.
    NoS256,
    /// Metadata: another issuer.
    OtherIssuer(String),
    /// Metadata: the token endpoint lies on this host.
    TokenEndpointAt(String),
    /// Metadata: 404.
    NoMetadata,
    /// The browser's answer: `iss` is this, or missing.
    Iss(Option<String>),
    /// An older server: no `iss` in the browser's answer, and no promise of it in the metadata.
    NoIss,
    /// The browser's answer: `error` and `error_description`.
    Error { error: String, description: String },
}

/// What a fault makes of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    Unauthorized,
    InvalidToken,
    NoPermission,
    IpAccessList,
    RateLimited {
        retry_after: Duration,
    },
    Unavailable,
    HtmlLogin,
    /// Refuses nothing.
    Late(Duration),
    None,
}

impl Fault {
    /// What becomes of one call, and what is left of the fault after it.
    pub(super) fn commit(self) -> (Refusal, Option<Self>) {
        match self {
            Self::RateLimited { times: 0, .. } | Self::Unavailable { times: 0 } => (Refusal::None, None),
            Self::RateLimited { retry_after, times } => {
                (Refusal::RateLimited { retry_after }, Some(Self::RateLimited { retry_after, times: times - 1 }))
            }
            Self::Unavailable { times } => (Refusal::Unavailable, Some(Self::Unavailable { times: times - 1 })),
            Self::Unauthorized => (Refusal::Unauthorized, Some(Self::Unauthorized)),
            Self::InvalidToken => (Refusal::InvalidToken, Some(Self::InvalidToken)),
            Self::NoPermission => (Refusal::NoPermission, Some(Self::NoPermission)),
            Self::IpAccessList => (Refusal::IpAccessList, Some(Self::IpAccessList)),
            Self::Latency(late) => (Refusal::Late(late), Some(Self::Latency(late))),
            Self::HtmlLogin => (Refusal::HtmlLogin, Some(Self::HtmlLogin)),
        }
    }
}

impl OAuthFault {
    /// What becomes of one token request, and what is left of the fault after it. Faults of other answers stay as they are.
    pub(super) fn commit(self) -> (Option<Self>, Option<Self>) {
        let left = match &self {
            Self::CutAnswer { times: 0 } | Self::RateLimited { times: 0, .. } | Self::Unavailable { times: 0 } => return (None, None),
            Self::CutAnswer { times } => Self::CutAnswer { times: times - 1 },
            Self::RateLimited { retry_after, times } => Self::RateLimited { retry_after: *retry_after, times: times - 1 },
            Self::Unavailable { times } => Self::Unavailable { times: times - 1 },
            other => other.clone(),
        };
        (Some(self), Some(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_with_a_number_ends_after_that_many_calls() {
        let (first, left) = Fault::Unavailable { times: 2 }.commit();
        let (second, left) = left.unwrap().commit();
        let (third, left) = left.unwrap().commit();
        assert_eq!((first, second, third, left), (Refusal::Unavailable, Refusal::Unavailable, Refusal::None, None));
    }

    #[test]
    fn a_fault_of_tokens_with_a_number_ends_after_that_many_requests() {
        let (first, left) = OAuthFault::CutAnswer { times: 1 }.commit();
        assert_eq!(first, Some(OAuthFault::CutAnswer { times: 1 }));
        assert_eq!(left.unwrap().commit(), (None, None));
        assert_eq!(OAuthFault::NoS256.commit(), (Some(OAuthFault::NoS256), Some(OAuthFault::NoS256)));
    }

    #[test]
    fn a_fault_without_a_number_stays() {
        assert_eq!(Fault::IpAccessList.commit(), (Refusal::IpAccessList, Some(Fault::IpAccessList)));
    }
}
