//! The answers: a token, the reason why there is none, or a constant.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::json;
use zeroize::Zeroizing;

use brickpass_core::failure::{Code, Failure};
use brickpass_databricks::oauth::{
    AccessToken,
    loopback::{self, Fault},
};

/// How long a tool may keep a token without asking again, at most. Asking costs it a request to this computer, and after that time at the latest
/// it has noticed that the token was rotated, or that somebody has signed out. Python takes a token for ended 40 s before its time.
const STAYS: SignedDuration = SignedDuration::from_mins(2);

#[derive(Debug)]
pub(super) enum Reply {
    Token {
        token: AccessToken,
        /// Unix time, s.
        expires_on: i64,
    },
    /// There is none.
    Failed(Failure),
    /// The key is correct, so the problem may be reported.
    OtherVersion,
    OtherHost,
    MethodNotAllowed,
    NotFound,
    Forbidden,
    Malformed,
    LineTooLong,
    Misdirected,
    HeadersTooLarge,
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Malformed => Self::Malformed,
            Fault::LineTooLong => Self::LineTooLong,
            Fault::HeadersTooLarge => Self::HeadersTooLarge,
        }
    }
}

impl Reply {
    pub(super) fn token(token: AccessToken, now: Timestamp) -> Self {
        let ask_again = now.saturating_add(STAYS).unwrap_or(now);
        let expires_on = token.expires_at.map_or(ask_again, |end| end.min(ask_again)).as_second();
        Self::Token { token, expires_on }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Token { .. } => "200 OK",
            Self::Failed(failure) => match failure.code {
                Code::SignInNeeded | Code::NoSecret | Code::Unauthorized => "401 Unauthorized",
                _ => "503 Service Unavailable",
            },
            Self::OtherVersion | Self::Malformed => "400 Bad Request",
            Self::OtherHost | Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::Forbidden => "403 Forbidden",
            Self::LineTooLong => "414 URI Too Long",
            Self::Misdirected => "421 Misdirected Request",
            Self::HeadersTooLarge => "431 Request Header Fields Too Large",
        }
    }

    fn body(&self) -> Zeroizing<String> {
        // As in RFC 6749, section 5.2: Go shows all of it, and Python fails if it is not JSON.
        let error = |error: &str, words: &str| Zeroizing::new(json!({ "error": error, "error_description": words }).to_string());
        match self {
            Self::Token { token, expires_on } => {
                // By hand, so that the only copy is the one that is wiped. Its characters are those of a header: JSON escapes two of them.
                let secret = token.secret.expose_secret();
                let mut body = Zeroizing::new(String::with_capacity(2 * secret.len() + 96));
                body.push_str("{\"access_token\":\"");
                for char in secret.chars() {
                    if matches!(char, '"' | '\\') {
                        body.push('\\');
                    }
                    body.push(char);
                }
                body.push_str("\",\"token_type\":\"Bearer\",\"expires_on\":");
                body.push_str(&expires_on.to_string());
                body.push('}');
                body
            }
            Self::Failed(failure) => error("no_token", &format!("{} {} {}", failure.what, failure.why, failure.fix)),
            Self::OtherVersion => error("unsupported_version", "Brickpass supports version 1 of this protocol."),
            Self::OtherHost => error("other_host", "Brickpass provides tokens here for a connection to a different host."),
            Self::MethodNotAllowed => error("method_not_allowed", "Use GET."),
            Self::NotFound | Self::Forbidden | Self::Malformed | Self::LineTooLong | Self::Misdirected | Self::HeadersTooLarge => {
                Zeroizing::new(String::new())
            }
        }
    }
}

impl loopback::Reply for Reply {
    fn response(&self) -> Zeroizing<String> {
        let (status, body) = (self.status(), self.body());
        let allow = if matches!(self, Self::MethodNotAllowed) { "Allow: GET\r\n" } else { "" };
        let head = format!(
            "HTTP/1.1 {status}\r\n\
             {allow}\
             Content-Type: application/json\r\n\
             Content-Length: {}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             \r\n",
            body.len()
        );
        let mut response = Zeroizing::new(String::with_capacity(head.len() + body.len()));
        response.push_str(&head);
        response.push_str(&body);
        response
    }
}

#[cfg(test)]
mod tests {
    use loopback::Reply as _;
    use serde_json::Value;

    use super::*;

    fn answered(reply: &Reply) -> (String, Value) {
        let response = reply.response();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
        (head.to_owned(), serde_json::from_str(body).unwrap_or_default())
    }

    fn token(secret: &str, expires_at: Option<i64>) -> AccessToken {
        let expires_at = expires_at.map(|second| Timestamp::from_second(second).unwrap());
        AccessToken { secret: secret.into(), expires_at, expiry_assumed: false }
    }

    #[test]
    fn a_token_is_asked_for_again_in_two_minutes_or_at_its_end() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        for (end, told) in [(None, 1_000_120), (Some(1_003_600), 1_000_120), (Some(1_000_050), 1_000_050)] {
            let (head, body) = answered(&Reply::token(token("dapi\"a\\b", end), now));
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("\r\nCache-Control: no-store\r\n"), "{head}");
            assert_eq!(body, json!({ "access_token": "dapi\"a\\b", "token_type": "Bearer", "expires_on": told }));
        }
    }

    #[test]
    fn who_is_refused_hears_why_and_what_to_do() {
        let failure = Failure::new(Code::SignInNeeded, "Nobody is signed in.", "It has ended.", "Sign in again in Brickpass.");
        let (head, body) = answered(&Reply::Failed(failure));
        assert!(head.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{head}");
        assert_eq!(body["error_description"], "Nobody is signed in. It has ended. Sign in again in Brickpass.");
        let (head, _) = answered(&Reply::Failed(Failure::new(Code::Dns, "a", "b", "c")));
        assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    }

    #[test]
    fn nobody_may_read_it_from_another_origin_and_no_token_is_in_debug() {
        let constant =
            [Reply::NotFound, Reply::Forbidden, Reply::Malformed, Reply::LineTooLong, Reply::Misdirected, Reply::HeadersTooLarge];
        for reply in &constant {
            assert!(reply.response().ends_with("\r\n\r\n"), "{reply:?} says nothing to whoever has no key");
        }
        for reply in constant.into_iter().chain([Reply::token(token("very-secret", None), Timestamp::UNIX_EPOCH), Reply::OtherHost]) {
            assert!(!reply.response().to_lowercase().contains("access-control-"), "{reply:?}");
            assert!(!format!("{reply:?}").contains("very-secret"), "{reply:?}");
        }
    }
}
