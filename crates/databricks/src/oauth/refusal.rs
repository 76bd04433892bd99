//! The failures for an authorization server's errors (RFC 6749, sections 4.1.2.1 and 5.2).

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};

use super::{OAuthError, Trouble, tokens::Unfit};
use crate::rest::{
    Answer,
    redact::{capped, shown},
    retry,
};
use brickpass_core::{
    connection::{BaseUrl, Cloud},
    failure::{Code, Failure, Remedy},
};

/// The type of the request: the same error has different meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    Code,
    Refresh,
    ClientCredentials,
    Revocation,
}

/// The maximum lengths of an error code and a description that are shown, in characters.
const WORD_LIMIT: usize = 64;
const DESCRIPTION_LIMIT: usize = 300;

#[derive(Deserialize)]
struct Said {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

/// An answer of the token endpoint with any status but 2xx. `secrets` are those of the request.
pub(super) fn read(request: Request, answer: &Answer, base_url: &BaseUrl, secrets: &[&SecretString], now: Timestamp) -> OAuthError {
    let status = answer.status.as_u16();
    let by_status = || {
        let mut failure = answer.refusal(base_url, secrets).failure;
        // What is no JSON may be part of anything, also of an answer with tokens.
        if serde_json::from_slice::<IgnoredAny>(&answer.body).is_err() {
            failure.details = Some(format!("HTTP {status}"));
        }
        failure
    };
    match status {
        429 | 503 => {
            return OAuthError {
                trouble: Trouble::NotNow { retry_after: retry::asked_in_full(&answer.headers, now) },
                failure: by_status(),
            };
        }
        500..=599 => return OAuthError::unknown(by_status()),
        300..=399 | 407 => return OAuthError::refused(by_status()),
        _ => {}
    }
    let Ok(said) = serde_json::from_slice::<Said>(&answer.body) else {
        return match (status, request) {
            (401, Request::ClientCredentials) => invalid_client(request),
            (400 | 401, _) => OAuthError::refused(Failure { details: by_status().details, ..unexplained().failure }),
            (403, _) if by_status().code == Code::Forbidden => {
                OAuthError::refused(Failure { details: by_status().details, ..kept_out().failure })
            }
            _ => OAuthError::refused(by_status()),
        };
    };
    let description = shown(&said.error_description.unwrap_or_default(), secrets);
    let mut error = meaning(request, &said.error, &description);
    if error.trouble == Trouble::InvalidClient && request == Request::ClientCredentials && base_url.cloud() == Some(Cloud::Azure) {
        error
            .failure
            .why
            .push_str(" A client ID and secret created in Microsoft Entra ID do not work here: use an OAuth secret created in Databricks.");
    }
    let mut details = format!("HTTP {status}, {}", word(&said.error, secrets));
    if !description.is_empty() {
        details = format!("{details}: {}", capped(&description, DESCRIPTION_LIMIT));
    }
    OAuthError { failure: error.failure.with_details(details), ..error }
}

fn meaning(request: Request, error: &str, description: &str) -> OAuthError {
    match (error, request) {
        ("invalid_grant", Request::Code) => OAuthError {
            trouble: Trouble::InvalidGrant,
            failure: Failure::new(
                Code::OauthRefused,
                "The sign-in was not completed.",
                "The authorization code has expired or was already used.",
                "Sign in again.",
            )
            .with_remedy(Remedy::SignIn),
        },
        ("invalid_grant", Request::Refresh) => ended(),
        // What Databricks sends instead of `invalid_grant`.
        ("invalid_request", Request::Refresh) if description.to_ascii_lowercase().contains("refresh token is invalid") => ended(),
        // The identity provider behind Databricks requires user interaction (OpenID Connect Core, section 3.1.2.6).
        ("interaction_required" | "login_required" | "consent_required" | "account_selection_required", Request::Refresh) => {
            person_wanted()
        }
        ("invalid_client", _) => invalid_client(request),
        ("unauthorized_client", _) => OAuthError::refused(Failure::new(
            Code::OauthRefused,
            "This authentication type is not allowed.",
            "The server does not allow this client ID to get tokens this way.",
            "Check the client ID, or ask an account admin.",
        )),
        ("invalid_scope", _) => OAuthError::refused(scopes_not_allowed()),
        ("temporarily_unavailable", _) => OAuthError { trouble: Trouble::NotNow { retry_after: None }, failure: unavailable() },
        ("server_error", _) => OAuthError::unknown(unavailable()),
        _ => unexplained(),
    }
}

/// The error in the browser's redirect. Both parameters are untrusted.
pub(super) fn of_browser(error: &str, description: Option<&str>, secrets: &[&SecretString]) -> OAuthError {
    let failure = match error {
        "access_denied" => Failure::new(
            Code::SignInDeclined,
            "The sign-in was declined.",
            "You declined it in the browser, or an administrator's policy blocked it.",
            "Sign in again, or ask an account admin whether you have access.",
        )
        .with_remedy(Remedy::SignIn),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => Failure::new(
            Code::OauthRefused,
            "The sign-in was not completed.",
            "The sign-in page still needs your input.",
            "Sign in again, and complete every step on the page.",
        )
        .with_remedy(Remedy::SignIn),
        "temporarily_unavailable" | "server_error" => unavailable(),
        "invalid_scope" => scopes_not_allowed(),
        "unauthorized_client" => Failure::new(
            Code::OauthRefused,
            "The OAuth application is not allowed to sign users in.",
            "Its client ID is not registered in the account, or is not enabled.",
            "Check the client ID of the OAuth application, or ask an account admin.",
        ),
        _ => unexplained().failure,
    };
    let mut details = word(error, secrets);
    if let Some(description) = description.map(|text| capped(&shown(text, secrets), DESCRIPTION_LIMIT)).filter(|text| !text.is_empty()) {
        details = format!("{details}: {description}");
    }
    OAuthError::refused(failure.with_details(details))
}

/// A success that is not a token response.
pub(super) fn not_oauth(answer: &Answer) -> OAuthError {
    if answer.is_web_page() { OAuthError::unknown(answer.not_the_api(&[]).failure) } else { no_tokens() }
}

/// A success without readable tokens.
pub(super) fn no_tokens() -> OAuthError {
    broken("Its answer contains no tokens.")
}

/// Tokens that must not be used.
pub(super) fn unfit(why: Unfit) -> OAuthError {
    broken(match why {
        Unfit::TokenType => "It returned a type of token that the Databricks API does not accept.",
        Unfit::AccessToken => "Its access token is empty or contains invalid characters.",
        Unfit::RefreshToken => "Its refresh token contains invalid characters.",
    })
}

/// Its answer is unusable, whatever it did with the request.
fn broken(why: &str) -> OAuthError {
    OAuthError::unknown(
        Failure::new(
            Code::OauthProtocol,
            "The server's sign-in does not work like that of Databricks.",
            why,
            "Check that the base URL is your workspace or account URL.",
        )
        .with_remedy(Remedy::EditBaseUrl),
    )
}

fn invalid_client(request: Request) -> OAuthError {
    let failure = if request == Request::ClientCredentials {
        Failure::new(
            Code::OauthRefused,
            "The client ID or the secret is wrong.",
            "The secret may have expired or been deleted, or the service principal is not in this workspace or account.",
            "Check the client ID. If it is correct, generate a new secret for the service principal.",
        )
        .with_remedy(Remedy::ReplaceSecret)
    } else {
        Failure::new(
            Code::OauthRefused,
            "Unknown OAuth application.",
            "No OAuth application with this client ID is registered for this workspace or account.",
            "Check the client ID of the OAuth application, or ask an account admin.",
        )
    };
    OAuthError { trouble: Trouble::InvalidClient, failure }
}

/// Refused before the request was evaluated: no user is signed in yet, so it is not a missing permission.
fn kept_out() -> OAuthError {
    OAuthError::refused(Failure::new(
        Code::IpBlocked,
        "The server blocks sign-ins from your network.",
        "It refused the token request without a reason. Your IP address may not be on the account's access list, or a proxy blocked the request.",
        "Connect to your company's VPN, or ask an account admin whether your address is allowed.",
    ))
}

fn ended() -> OAuthError {
    OAuthError {
        trouble: Trouble::InvalidGrant,
        failure: Failure::new(Code::SignInNeeded, "Your sign-in has expired.", "It is too old, or it was revoked.", "Sign in again.")
            .with_remedy(Remedy::SignIn),
    }
}

/// This refresh token is unusable until the user signs in again.
fn person_wanted() -> OAuthError {
    let failure = Failure::new(
        Code::SignInNeeded,
        "You need to sign in again.",
        "Your organization requires it, for example to confirm a second factor or to accept new terms.",
        "Sign in again, and complete every step on the page.",
    );
    OAuthError { trouble: Trouble::InvalidGrant, failure: failure.with_remedy(Remedy::SignIn) }
}

fn unavailable() -> Failure {
    Failure::new(
        Code::ServerError,
        "Signing in is currently unavailable.",
        "The server reported an internal problem.",
        "Wait a moment, then try again.",
    )
    .with_remedy(Remedy::TryAgain)
}

fn scopes_not_allowed() -> Failure {
    Failure::new(
        Code::OauthRefused,
        "The scopes are not allowed.",
        "The OAuth application is not allowed to request all scopes of this connection.",
        "Change the scopes of the connection, or ask an account admin to allow them.",
    )
}

fn unexplained() -> OAuthError {
    OAuthError::refused(Failure::new(
        Code::OauthRefused,
        "The server refused the sign-in.",
        "Brickpass does not recognize the reason. See the details for the server's message.",
        "Check the settings of the connection, or ask an account admin.",
    ))
}

/// An error code in the form of RFC 6749; anything else is not shown.
fn word(error: &str, secrets: &[&SecretString]) -> String {
    let fits = !error.is_empty() && error.bytes().all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'));
    if fits { capped(&shown(error, secrets), WORD_LIMIT) } else { "an error without a valid name".to_owned() }
}

#[cfg(test)]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};
    use zeroize::Zeroizing;

    use super::*;

    fn refusal(request: Request, status: u16, body: &str) -> OAuthError {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, "999".parse().unwrap())]),
            body: Zeroizing::new(body.as_bytes().to_vec()),
        };
        let base_url = BaseUrl::read("https://adb-1.2.azuredatabricks.net").unwrap().base_url;
        read(request, &answer, &base_url, &[&"canary".into()], Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn ot_09_a_code_that_is_worth_nothing_any_more() {
        let error = refusal(Request::Code, 400, r#"{"error":"invalid_grant","error_description":"no canary"}"#);
        assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidGrant, Code::OauthRefused));
        assert_eq!(
            error.to_string(),
            "The sign-in was not completed. The authorization code has expired or was already used. Sign in again."
        );
        assert_eq!(error.failure.details.as_deref(), Some("HTTP 400, invalid_grant: no ***"));
        assert_eq!(error.failure.remedy, Some(Remedy::SignIn));
    }

    #[test]
    fn a_refresh_token_that_is_worth_nothing_is_told_in_both_wordings() {
        let both = [
            (400, r#"{"error":"invalid_grant"}"#),
            (401, r#"{"error":"invalid_request","error_description":"Refresh token is invalid"}"#),
            (400, r#"{"error":"invalid_request","error_description":"Refresh Token is invalid, x"}"#),
        ];
        for (status, body) in both {
            let error = refusal(Request::Refresh, status, body);
            assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidGrant, Code::SignInNeeded), "{body}");
        }
        for error in ["interaction_required", "login_required", "consent_required"] {
            let body = format!(r#"{{"error":"{error}","error_description":"AADSTS50076: second factor wanted"}}"#);
            let told = refusal(Request::Refresh, 400, &body);
            assert_eq!((told.trouble, told.failure.code), (Trouble::InvalidGrant, Code::SignInNeeded), "{error}");
            assert!(told.failure.why.contains("Your organization requires it") && told.failure.remedy == Some(Remedy::SignIn), "{told}");
            assert_eq!(refusal(Request::ClientCredentials, 400, &body).trouble, Trouble::Refused, "no person signs in there: {error}");
        }
        let other = r#"{"error":"invalid_request","error_description":"Refresh token is missing"}"#;
        assert_eq!(refusal(Request::Refresh, 400, other).trouble, Trouble::Refused);
        assert_eq!(refusal(Request::Code, 400, both[1].1).trouble, Trouble::Refused);
    }

    #[test]
    fn ot_10_a_wrong_secret_is_told_from_everything_else() {
        for (status, body) in [(401, r#"{"error":"invalid_client"}"#), (400, r#"{"error":"invalid_client"}"#), (401, "no JSON")] {
            let error = refusal(Request::ClientCredentials, status, body);
            assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidClient, Code::OauthRefused), "{body}");
            assert!(error.to_string().starts_with("The client ID or the secret is wrong."));
            assert_eq!(error.failure.remedy, Some(Remedy::ReplaceSecret));
        }
        let browser = refusal(Request::Code, 401, r#"{"error":"invalid_client"}"#);
        assert!(browser.to_string().starts_with("Unknown OAuth application."));
    }

    #[test]
    fn a_busy_server_is_left_alone_for_a_while() {
        for status in [429, 503] {
            let error = refusal(Request::Refresh, status, r#"{"error":"invalid_grant"}"#);
            assert_eq!(error.trouble, Trouble::NotNow { retry_after: Some(std::time::Duration::from_secs(999)) });
        }
        let error = refusal(Request::Refresh, 400, r#"{"error":"temporarily_unavailable"}"#);
        assert_eq!(error.trouble, Trouble::NotNow { retry_after: None });
    }

    #[test]
    fn a_broken_server_leaves_the_outcome_open() {
        for status in [500, 502, 504] {
            let error = refusal(Request::Refresh, status, r#"{"error":"invalid_grant"}"#);
            assert_eq!((error.trouble, error.failure.code), (Trouble::Unknown, Code::ServerError));
            assert!(error.may_pass());
        }
    }

    #[test]
    fn other_refusals_are_no_invitation_to_try_again() {
        for (status, body) in [
            (400, r#"{"error":"unsupported_grant_type"}"#),
            (400, r#"{"error":"invalid_scope"}"#),
            (401, "{}"),
            (400, ""),
            (403, r#"{"error_code":"403","message":"blocked by Databricks IP ACL"}"#),
            (404, ""),
            (302, ""),
            (407, ""),
        ] {
            let error = refusal(Request::Refresh, status, body);
            assert_eq!(error.trouble, Trouble::Refused, "{status} {body}");
            assert!(!error.may_pass());
        }
    }

    #[test]
    fn what_the_browser_brings_is_mapped_capped_and_cleaned() {
        let code = |error: &str| of_browser(error, None, &[]).failure.code;
        assert_eq!(code("access_denied"), Code::SignInDeclined);
        assert_eq!(code("server_error"), Code::ServerError);
        for error in ["login_required", "invalid_scope", "unauthorized_client", "invalid_request", "whatever", ""] {
            assert_eq!(code(error), Code::OauthRefused, "{error}");
        }
        let long = format!("<script>alert(1)</script>\u{1B}[31m\u{202E}canary{}", "x".repeat(900));
        let error = of_browser("nobody\u{202E}knows", Some(&long), &[&"canary".into()]);
        let details = error.failure.details.unwrap();
        assert!(details.starts_with("an error without a valid name: <script>alert(1)</script> [31m ***x"), "{details}");
        assert!(details.chars().count() <= 340);
        assert!(of_browser(&"e".repeat(900), None, &[]).failure.details.unwrap().chars().count() <= 64);
    }

    proptest::proptest! {
        #[test]
        fn no_server_can_make_us_tell_a_secret(
            (before, after) in (".{0,30}", ".{0,30}"),
            status in proptest::sample::select(vec![300_u16, 400, 401, 403, 404, 407, 418, 429, 500, 503]),
            key in proptest::sample::select(vec!["error", "error_description", "message", "detail", "error_code", "access_token"]),
            plain in proptest::bool::ANY,
        ) {
            let echo = format!("{before}canary{after}");
            let body = if plain { echo.clone() } else { serde_json::json!({ "error": "x", key: echo }).to_string() };
            for request in [Request::Code, Request::Refresh, Request::ClientCredentials, Request::Revocation] {
                let told = format!("{:?}", refusal(request, status, &body));
                proptest::prop_assert!(!told.contains("canary"), "{}", told);
            }
            let told = format!("{:?}", of_browser(&echo, Some(&echo), &[&"canary".into()]));
            proptest::prop_assert!(!told.contains("canary"), "{}", told);
        }
    }
}
