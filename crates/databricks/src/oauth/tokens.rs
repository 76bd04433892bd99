//! The validated response of a token endpoint (RFC 6749, section 5.1).

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use oauth2::{RefreshToken, Scope, TokenResponse, basic::BasicTokenType};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::rest::redact::{capped, plain};
use brickpass_core::connection::Scopes;

/// The default lifetime, which RFC 6749, section 5.1, leaves open: Databricks' default unless an admin changes it.
const ASSUMED: f64 = 3600.0;

/// The limits in seconds: a shorter lifetime would cause a renewal with every request, a longer one is not plausible.
const MIN_LIFETIME: f64 = 60.0;
const MAX_LIFETIME: f64 = 24.0 * 3600.0;

/// The maximum length of a token in bytes: servers do not accept larger headers.
const TOKEN_LIMIT: usize = 64 * 1024;

const SUBJECT_LIMIT: usize = 200;

/// A token for the API, and its expiry.
#[derive(Clone)]
pub struct AccessToken {
    pub secret: SecretString,
    /// `None`: a personal access token, because the service does not return its expiry.
    pub expires_at: Option<Timestamp>,
    /// The server did not say how long it is valid; one hour was assumed.
    pub expiry_assumed: bool,
}

pub struct Tokens {
    pub access: AccessToken,
    pub refresh: Option<SecretString>,
    /// The scopes that were requested but not granted.
    pub scopes_missing: Vec<String>,
}

impl AccessToken {
    /// Whose token it is, by its own `sub` claim (RFC 7519); for display, and only of a token that came straight from the token endpoint.
    /// `None` for tokens that are no JWT.
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        let mut parts = self.secret.expose_secret().split('.');
        let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let claims = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
        let claims: Claims = serde_json::from_slice(&claims).ok()?;
        Some(capped(&plain(&claims.sub), SUBJECT_LIMIT)).filter(|sub| !sub.is_empty())
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// Why the token endpoint's answer is not used. Contains nothing of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    TokenType,
    AccessToken,
    RefreshToken,
}

/// A token response as it came: read leniently where servers differ, judged by [`Granted::judged`].
pub(super) struct Granted {
    access: oauth2::AccessToken,
    token_type: BasicTokenType,
    lifetime: Lifetime,
    refresh: Option<RefreshToken>,
    scopes: Option<Vec<Scope>>,
}

impl Granted {
    /// `asked` are the requested scopes; `renewing`: there is already a refresh token, which is kept if the answer has none.
    pub(super) fn judged(self, asked: &Scopes, renewing: bool, now: Timestamp) -> Result<Tokens, Unfit> {
        let missing = self.missing(asked, renewing);
        let access = SecretString::from(self.access.into_secret());
        let refresh = self.refresh.map(|token| SecretString::from(token.into_secret()));
        if self.token_type != BasicTokenType::Bearer {
            return Err(Unfit::TokenType);
        }
        if !fits_header(&access) {
            return Err(Unfit::AccessToken);
        }
        if refresh.as_ref().is_some_and(|token| !fits_header(token)) {
            return Err(Unfit::RefreshToken);
        }
        let valid_for = SignedDuration::from_secs_f64(self.lifetime.seconds);
        let expires_at = now.checked_add(valid_for).unwrap_or(Timestamp::MAX);
        let access = AccessToken { secret: access, expires_at: Some(expires_at), expiry_assumed: self.lifetime.assumed };
        Ok(Tokens { access, refresh, scopes_missing: missing })
    }

    fn missing(&self, asked: &Scopes, renewing: bool) -> Vec<String> {
        let granted = |scope: &str| match &self.scopes {
            // Only a refresh token shows that the sign-in renews automatically.
            _ if scope == Scopes::OFFLINE_ACCESS => renewing || self.refresh.is_some(),
            Some(granted) => granted.iter().any(|known| known.as_str() == scope),
            // RFC 6749, section 5.1: all requested scopes.
            None => true,
        };
        asked.iter().filter(|scope| !granted(scope)).map(str::to_owned).collect()
    }
}

/// Not empty, and only characters that are valid in a header: visible ASCII.
fn fits_header(token: &SecretString) -> bool {
    let token = token.expose_secret();
    (1..=TOKEN_LIMIT).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[derive(Clone, Copy)]
struct Lifetime {
    seconds: f64,
    assumed: bool,
}

impl Lifetime {
    /// A number, or a number in a string; anything else counts as missing.
    fn read(said: &Value) -> Self {
        let seconds = match said {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match seconds.filter(|seconds: &f64| !seconds.is_nan()) {
            Some(seconds) => Self { seconds: seconds.clamp(MIN_LIFETIME, MAX_LIFETIME), assumed: false },
            None => Self { seconds: ASSUMED, assumed: true },
        }
    }
}

#[derive(Deserialize)]
struct Wire {
    access_token: oauth2::AccessToken,
    token_type: String,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default)]
    scope: Option<String>,
}

impl<'de> Deserialize<'de> for Granted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The original error may quote a token.
        let wire = Wire::deserialize(deserializer).map_err(|_| D::Error::custom("not a token response"))?;
        let bearer = wire.token_type.eq_ignore_ascii_case("bearer");
        Ok(Self {
            access: wire.access_token,
            token_type: if bearer { BasicTokenType::Bearer } else { BasicTokenType::Extension(String::new()) },
            lifetime: Lifetime::read(&wire.expires_in),
            refresh: wire.refresh_token.filter(|token| !token.secret().is_empty()),
            scopes: wire.scope.map(|scopes| scopes.split_whitespace().map(|scope| Scope::new(scope.to_owned())).collect()),
        })
    }
}

/// Required by [`TokenResponse`]; never used, because this type does not write tokens anywhere.
impl Serialize for Granted {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("tokens are not written"))
    }
}

impl TokenResponse for Granted {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        (!self.lifetime.assumed).then(|| Duration::from_secs_f64(self.lifetime.seconds))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scopes.as_ref()
    }
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Granted").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("access", &self.access).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn read(json: &str) -> Granted {
        serde_json::from_str(json).unwrap()
    }

    fn judged(json: &str) -> Result<Tokens, Unfit> {
        read(json).judged(&Scopes::default(), false, NOW)
    }

    fn lifetime(expires_in: &str) -> (i64, bool) {
        let access = judged(&format!(r#"{{"access_token":"a","token_type":"Bearer"{expires_in}}}"#)).unwrap().access;
        (access.expires_at.unwrap().as_second(), access.expiry_assumed)
    }

    #[test]
    fn ot_03_a_lifetime_is_read_clamped_or_assumed() {
        assert_eq!(lifetime(""), (3600, true));
        for (said, seconds) in
            [("1800", 1800), ("\"3600\"", 3600), ("\" 90 \"", 90), ("90.5", 90), ("\"1e99\"", 86_400), ("\"inf\"", 86_400)]
        {
            assert_eq!(lifetime(&format!(",\"expires_in\":{said}")), (seconds, false), "{said}");
        }
        for (said, seconds) in [("-1", 60), ("0", 60), ("\"-5\"", 60), ("1e99", 86_400), ("18446744073709551615", 86_400)] {
            assert_eq!(lifetime(&format!(",\"expires_in\":{said}")), (seconds, false), "{said}");
        }
        for said in ["null", "\"\"", "\"soon\"", "true", "[1]", "{}", "\"NaN\""] {
            assert_eq!(lifetime(&format!(",\"expires_in\":{said}")), (3600, true), "{said}");
        }
    }

    #[test]
    fn an_expiry_beyond_the_calendar_is_no_panic() {
        let granted = read(r#"{"access_token":"a","token_type":"bearer"}"#);
        assert_eq!(granted.judged(&Scopes::default(), true, Timestamp::MAX).unwrap().access.expires_at, Some(Timestamp::MAX));
    }

    #[test]
    fn ot_04_only_bearer_tokens_are_taken() {
        for kind in ["bearer", "BEARER", "Bearer"] {
            assert!(judged(&format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#)).is_ok());
        }
        for kind in ["mac", "", "bearer2", "DPoP"] {
            assert_eq!(judged(&format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#)).unwrap_err(), Unfit::TokenType);
        }
        assert!(serde_json::from_str::<Granted>(r#"{"access_token":"a"}"#).is_err());
    }

    #[test]
    fn ot_05_a_token_that_is_no_header_is_refused() {
        for token in ["", " ", "a b", "a\\r\\nX-Evil: 1", "a\\n", "\\u00e6", "a\\u0000", "a\\u007f", &"x".repeat(TOKEN_LIMIT + 1)] {
            let access = judged(&format!(r#"{{"access_token":"{token}","token_type":"bearer"}}"#));
            assert_eq!(access.unwrap_err(), Unfit::AccessToken, "{token}");
            if !token.is_empty() {
                let refresh = judged(&format!(r#"{{"access_token":"a","token_type":"bearer","refresh_token":"{token}"}}"#));
                assert_eq!(refresh.unwrap_err(), Unfit::RefreshToken, "{token}");
            }
        }
        for none in ["\"\"", "null"] {
            assert!(judged(&format!(r#"{{"access_token":"a","token_type":"bearer","refresh_token":{none}}}"#)).unwrap().refresh.is_none());
        }
    }

    #[test]
    fn ot_14_scopes_that_were_not_granted_are_told() {
        let missing = |rest: &str, renewing| {
            let granted = read(&format!(r#"{{"access_token":"a","token_type":"bearer"{rest}}}"#));
            granted.judged(&Scopes::parse("sql clusters offline_access").unwrap(), renewing, NOW).unwrap().scopes_missing
        };
        assert_eq!(missing(r#","refresh_token":"r""#, false), [""; 0]);
        assert_eq!(missing(r#","refresh_token":"r","scope":"sql""#, false), ["clusters"]);
        assert_eq!(missing(r#","scope":" clusters  sql offline_access ""#, false), ["offline_access"]);
        assert_eq!(missing(r#","scope":"sql clusters""#, true), [""; 0]);
        assert_eq!(missing(r#","scope":null"#, true), [""; 0]);
    }

    #[test]
    fn the_subject_is_read_from_a_signed_token_and_from_nothing_else() {
        let subject = |payload: &[u8]| {
            let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(payload));
            AccessToken { secret: SecretString::from(token), expires_at: None, expiry_assumed: false }.subject()
        };
        assert_eq!(subject(br#"{"sub":"you@example.com","aud":1}"#).as_deref(), Some("you@example.com"));
        assert_eq!(subject("{\"sub\":\"a\u{202E}b\\u0000c\"}".as_bytes()).as_deref(), Some("a b c"));
        assert_eq!(subject(format!("{{\"sub\":\"{}\"}}", "x".repeat(9000)).as_bytes()).unwrap().chars().count(), SUBJECT_LIMIT);
        for payload in [&br#"{"sub":1}"#[..], b"{}", b"no", b"\xff", br#"{"sub":" "}"#] {
            assert_eq!(subject(payload), None);
        }
        for token in ["dapi0123", "a.b", "a.b.c.d", "..", "a.%%.c"] {
            assert_eq!(AccessToken { secret: token.into(), expires_at: None, expiry_assumed: false }.subject(), None, "{token}");
        }
    }

    #[test]
    fn no_token_is_in_any_debug_or_in_an_error_of_reading() {
        let json = r#"{"access_token":"canary-access","token_type":"bearer","refresh_token":"canary-refresh"}"#;
        let granted = read(json);
        let mut told = vec![format!("{granted:?} {:?}", serde_json::to_string(&granted))];
        let tokens = granted.judged(&Scopes::default(), false, NOW).unwrap();
        told.push(format!("{tokens:?} {:?}", tokens.access));
        for broken in [
            r#"{"access_token":"a","refresh_token":["canary"]}"#,
            r#"["canary"]"#,
            r#"{"access_token":"a","token_type":"b","scope":{"canary":1}}"#,
        ] {
            told.push(serde_json::from_str::<Granted>(broken).unwrap_err().to_string());
        }
        assert!(!told.concat().contains("canary"), "{told:?}");
    }
}
