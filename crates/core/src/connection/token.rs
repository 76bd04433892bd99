//! What was typed, pasted or imported for a secret -> the secret, and what kind it looks like; or why it is none. No message ever repeats it.

mod jwt;
mod placeholder;
mod scan;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::SecretKind;
pub use placeholder::is_example_host;
pub use scan::{MASK, contains_secret, secrets_starred, without_secrets};

/// Longer than any secret that a Databricks cloud gives out, in bytes.
const MAX_BYTES: usize = 32 * 1024;

/// Where a known kind of secret begins, and an abbreviated one too.
const MARKED: [&str; 6] = ["dapi", "dose", "dkea", "doau", "dapr", "dsapi"];

/// A guess by the look of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `dapi` and hexadecimal digits, or `dkea`.
    PersonalAccessToken,
    /// `dose` and hexadecimal digits: the OAuth secret of a service principal.
    OAuthSecret,
    /// `doau` and hexadecimal digits: it renews a sign-in through the browser.
    RefreshToken,
    /// Three parts with dots between: an OAuth access token, gone within the hour.
    Jwt,
    /// None of these: it may still be a secret.
    Unknown,
}

/// Why something is not taken for a secret: what it looks like, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretError {
    /// Nothing but spaces, or quotation marks with nothing between them.
    Blank,
    /// More than 32 KiB.
    TooLong,
    /// A URL.
    Address,
    /// The path of a file.
    Path,
    /// The word `Bearer` with nothing behind it.
    OnlyBearer,
    /// Stars or dots in place of the secret.
    Masked,
    /// An example, such as `<your token>`.
    Placeholder,
    /// A variable, or the place of a secret in another store. Nothing is expanded or fetched.
    Reference,
    /// A whole line, such as `DATABRICKS_TOKEN=dapi…`.
    Assignment,
    /// A quotation mark at one end only.
    Quote,
    /// A space or line break inside.
    Space,
    /// A character that no secret has.
    Unfit,
    /// A secret of another kind than the one that was asked for.
    OtherKind {
        /// What it was taken for.
        looks_like: Shape,
        /// What was asked for.
        wanted: SecretKind,
    },
    /// A signed token that was issued for this service.
    OtherService(&'static str),
}

impl SecretError {
    /// What it looks like, in words that follow "This" or "The access token there".
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Blank => "is empty".to_owned(),
            Self::TooLong => "is too long".to_owned(),
            Self::Address => "looks like a web address".to_owned(),
            Self::Path => "looks like a path".to_owned(),
            Self::OnlyBearer => "is only the word Bearer".to_owned(),
            Self::Masked => "is masked".to_owned(),
            Self::Placeholder => "looks like a placeholder".to_owned(),
            Self::Reference => "refers to a variable or another secret store".to_owned(),
            Self::Assignment => "looks like a whole line with name and value".to_owned(),
            Self::Quote => "has a quotation mark at one end".to_owned(),
            Self::Space => "has a space or line break inside".to_owned(),
            Self::Unfit => "contains characters that a secret cannot have".to_owned(),
            Self::OtherKind { looks_like, wanted } => format!("looks like {}, not {}", looks_like.label(), wanted.label()),
            Self::OtherService(service) => format!("is a token for {service}, not for Databricks"),
        }
    }

    /// What to do, in words that follow a semicolon.
    #[must_use]
    pub fn cure(&self) -> &'static str {
        match self {
            Self::Blank => "enter the secret",
            Self::TooLong => "paste the secret alone",
            Self::Address => "paste the secret here and the address into Base URL",
            Self::Path => "enter the secret itself",
            Self::OnlyBearer => "paste the token after it too",
            Self::Masked => "copy the secret from where it was generated",
            Self::Placeholder => "enter the real secret",
            Self::Reference => "enter the value itself, because references are not expanded here",
            Self::Assignment => "paste the value alone",
            Self::Quote => "paste the secret without quotation marks",
            Self::Space => "copy the secret again in one piece",
            Self::Unfit => "copy it again",
            Self::OtherKind { wanted, looks_like } => match (wanted, looks_like) {
                (_, Shape::RefreshToken) => "sign in through the browser instead",
                (SecretKind::ClientSecret, _) => "enter the service principal's OAuth secret",
                (_, Shape::OAuthSecret) => "choose Service principal, or enter a token",
                _ => "enter an access token",
            },
            Self::OtherService(_) => "get one for Databricks (resource 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d of Entra ID)",
        }
    }
}

impl std::fmt::Display for SecretError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "This {}; {}", self.what(), self.cure())
    }
}

impl std::error::Error for SecretError {}

impl Shape {
    fn label(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "a personal access token",
            Self::OAuthSecret => "the OAuth secret of a service principal",
            Self::RefreshToken => "an OAuth refresh token",
            Self::Jwt => "an OAuth access token",
            Self::Unknown => "something else",
        }
    }
}

/// A cleaned secret.
#[derive(Debug)]
pub struct ReadSecret {
    /// Without spaces, quotation marks and `Bearer` around it.
    pub secret: SecretString,
    /// What was cleaned away.
    pub notes: Vec<&'static str>,
    /// It is taken, but look at it.
    pub doubts: Vec<String>,
}

/// Judges what was given for a secret of that kind: the one judgement for the form, the command line and imports. `None` when nothing was given at
/// all. What has an unusual shape is taken, with a doubt: shapes change, and a real secret must not be locked out.
///
/// # Errors
/// It is no secret, or one of another kind: says why without repeating it.
pub fn read_secret(kind: SecretKind, given: &str) -> Result<Option<ReadSecret>, SecretError> {
    if given.len() > MAX_BYTES {
        return Err(SecretError::TooLong);
    }
    let mut notes = Vec::new();
    let mut secret = trimmed(given);
    if given.is_empty() {
        return Ok(None);
    }
    if secret.len() != given.len() {
        notes.push("Spaces and line breaks around it were removed");
    }
    loop {
        if let Some(inner) = without_quotes(secret) {
            secret = trimmed(inner);
            notes.push("The quotation marks around it were removed");
        } else if let Some(rest) = secret.get(..7).filter(|start| start.eq_ignore_ascii_case("bearer ")).and_then(|_| secret.get(7..)) {
            secret = trimmed(rest);
            notes.push("The word Bearer before it was removed");
        } else {
            break;
        }
    }
    if secret.is_empty() {
        return Err(SecretError::Blank);
    }
    if secret.eq_ignore_ascii_case("bearer") {
        return Err(SecretError::OnlyBearer);
    }
    let shape = shape(secret);
    if shape == Shape::Unknown
        && let Some(why) = placeholder::not_a_secret(secret)
    {
        return Err(why);
    }
    if secret.starts_with(is_quote) || secret.ends_with(is_quote) {
        return Err(SecretError::Quote);
    }
    if secret.chars().any(char::is_whitespace) {
        return Err(SecretError::Space);
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SecretError::Unfit);
    }
    let doubts = doubts(kind, secret, shape)?;
    Ok(Some(ReadSecret { secret: SecretString::from(secret.to_owned()), notes, doubts }))
}

/// Is there nothing to read: no character, or only such as nobody sees?
pub(super) fn is_blank(given: &str) -> bool {
    trimmed(given).is_empty()
}

fn trimmed(given: &str) -> &str {
    given.trim_matches(|c: char| c.is_whitespace() || super::text::is_zero_width(c))
}

fn is_quote(c: char) -> bool {
    QUOTES.iter().any(|(open, close)| *open == c || *close == c)
}

const QUOTES: [(char, char); 6] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201C}', '\u{201D}'), ('\u{2018}', '\u{2019}'), ('\u{AB}', '\u{BB}')];

/// `None` when there is no pair of quotation marks around it.
#[must_use]
pub fn without_quotes(text: &str) -> Option<&str> {
    QUOTES.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// # Errors
/// A secret of another kind, or for another service.
fn doubts(kind: SecretKind, secret: &str, shape: Shape) -> Result<Vec<String>, SecretError> {
    let other = Err(SecretError::OtherKind { looks_like: shape, wanted: kind });
    match (kind, shape) {
        (SecretKind::ClientSecret, Shape::PersonalAccessToken | Shape::RefreshToken)
        | (SecretKind::PersonalAccessToken, Shape::OAuthSecret | Shape::RefreshToken) => return other,
        _ => {}
    }
    let mut doubts = Vec::new();
    match (kind, shape) {
        (SecretKind::PersonalAccessToken, Shape::Jwt) => {
            let claims = jwt::claims(secret).unwrap_or_default();
            if let Some(service) = claims.other_service {
                return Err(SecretError::OtherService(service));
            }
            doubts.push(match claims.ends {
                Some(end) => format!("This looks like an OAuth access token, which expires at {}", utc_minute(end)),
                None => "This looks like an OAuth access token, which expires within the hour".to_owned(),
            });
        }
        (SecretKind::ClientSecret, Shape::Jwt) => doubts.push("This looks like an OAuth access token, not a client secret".to_owned()),
        (SecretKind::PersonalAccessToken, Shape::Unknown) => doubts.push(match secret.strip_prefix("dapi").map(str::len) {
            Some(length) => {
                format!("A personal access token is dapi and 32 characters; this one has {length}. Check that you copied all of it")
            }
            None => "This does not look like a personal access token (dapi and 32 characters); check that you copied the token".to_owned(),
        }),
        (SecretKind::ClientSecret, Shape::Unknown) => doubts.push(if is_entra_secret(secret) {
            "This looks like a secret created in Entra ID; Databricks accepts only OAuth secrets created in Databricks".to_owned()
        } else {
            "This does not look like an OAuth secret (dose and 32 characters); check that you copied the secret and not its ID".to_owned()
        }),
        _ => {}
    }
    Ok(doubts)
}

/// `abc8Q~…`: three characters, a digit, `Q~`, and 31 or more.
fn is_entra_secret(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    (37..=44).contains(&bytes.len()) && bytes.get(3).is_some_and(u8::is_ascii_digit) && bytes.get(4..6) == Some(b"Q~".as_slice())
}

/// When a signed token ends by its own word; `None` for other secrets.
#[must_use]
pub fn end_of(secret: &SecretString) -> Option<Timestamp> {
    let secret = secret.expose_secret();
    jwt::is_jwt(secret).then(|| jwt::claims(secret)).flatten()?.ends
}

/// `2026-11-30 14:05 UTC`
fn utc_minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A secret of Databricks, pasted where none belongs.
pub fn looks_like_a_secret(text: &str) -> bool {
    shape(text) != Shape::Unknown || contains_secret(text)
}

fn shape(secret: &str) -> Shape {
    let hexadecimal = |rest: &str| {
        let digits = scan::hexadecimal_digits(rest);
        let behind = rest.get(digits..).unwrap_or_default();
        // `-2` behind it, of Azure.
        let numbered =
            behind.strip_prefix('-').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        digits == scan::TOKEN_DIGITS && (behind.is_empty() || numbered)
    };
    if secret.strip_prefix("dapi").is_some_and(hexadecimal)
        || secret.strip_prefix("dkea").is_some_and(|rest| rest.len() >= scan::TOKEN_DIGITS)
    {
        return Shape::PersonalAccessToken;
    }
    if secret.strip_prefix("dose").is_some_and(hexadecimal) {
        return Shape::OAuthSecret;
    }
    if secret
        .strip_prefix("doau")
        .is_some_and(|rest| rest.len() >= 16 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    {
        return Shape::RefreshToken;
    }
    if jwt::is_jwt(secret) { Shape::Jwt } else { Shape::Unknown }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn pat() -> String {
        format!("dapi{}", "0123456789abcdef".repeat(2))
    }

    fn read(typed: &str) -> ReadSecret {
        read_secret(SecretKind::PersonalAccessToken, typed).unwrap().unwrap()
    }

    fn refused(kind: SecretKind, typed: &str) -> SecretError {
        read_secret(kind, typed).unwrap_err()
    }

    #[test]
    fn ht_25_a_trailing_newline_is_trimmed_with_a_notice() {
        let found = read(&format!("  {}\r\n", pat()));
        assert_eq!((found.secret.expose_secret(), found.notes.len()), (pat().as_str(), 1));
    }

    #[test]
    fn hv_17_bearer_is_stripped_and_everything_else_is_refused() {
        let found = read(&format!("Bearer {}", pat()));
        assert_eq!((found.secret.expose_secret(), shape(&pat()), found.notes.len()), (pat().as_str(), Shape::PersonalAccessToken, 1));
        let refused = |typed: &str| refused(SecretKind::PersonalAccessToken, typed);
        assert_eq!(refused("dapi 12"), SecretError::Space);
        assert_eq!(refused("dapi1\n2"), SecretError::Space);
        assert_eq!(refused("https://adb-1.2.azuredatabricks.net"), SecretError::Address);
        assert_eq!(refused("dapi\u{0}"), SecretError::Unfit);
        assert_eq!(refused("dapi\u{e9}"), SecretError::Unfit);
        assert_eq!(refused("Bearer "), SecretError::OnlyBearer);
        assert_eq!(refused("**********"), SecretError::Masked);
        assert_eq!(refused("\u{2022}\u{2022}\u{2022}\u{2022}"), SecretError::Masked);
        assert_eq!(refused(&"k".repeat(MAX_BYTES + 1)), SecretError::TooLong);
        assert!(read_secret(SecretKind::PersonalAccessToken, &"k".repeat(20_000)).is_ok());
        assert!(read_secret(SecretKind::PersonalAccessToken, "").unwrap().is_none());
    }

    #[test]
    fn shapes_are_guessed() {
        assert_eq!(shape(&format!("{}-3", pat())), Shape::PersonalAccessToken);
        assert_eq!(shape(&pat().replace("dapi", "dose")), Shape::OAuthSecret);
        assert_eq!(shape(&pat().replace("dapi", "doau")), Shape::RefreshToken);
        assert_eq!(shape("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0"), Shape::Jwt);
        assert_eq!(shape("something-else"), Shape::Unknown);
    }

    #[test]
    fn ns_01_nothing_and_quotation_marks_alone_are_no_secret() {
        for blank in [" \n", "\r\n", "\t", "\u{200B}", "\"\"", "''", "\" \"", "\u{FEFF}\n"] {
            assert_eq!(refused(SecretKind::PersonalAccessToken, blank), SecretError::Blank, "{blank:?}");
        }
        assert!(is_blank("\u{FEFF} \n") && is_blank("") && !is_blank("a"));
    }

    #[test]
    fn ns_01_quotation_marks_around_a_secret_are_removed_with_a_note() {
        for quoted in [
            format!("\"{}\"", pat()),
            format!("'{}'\n", pat()),
            format!("\u{201C}{}\u{201D}", pat()),
            format!("`{}`", pat()),
            format!("\"Bearer {}\"", pat()),
            format!("'\"{}\"'", pat()),
        ] {
            let found = read(&quoted);
            assert_eq!(found.secret.expose_secret(), pat(), "{quoted}");
            assert!(found.notes.iter().any(|note| note.contains("quotation marks")), "{quoted}");
        }
        for half in [format!("\"{}", pat()), format!("{}'", pat()), format!("\"{}\",", pat()), format!("\"{}'", pat())] {
            assert_eq!(refused(SecretKind::PersonalAccessToken, &half), SecretError::Quote, "{half}");
        }
    }

    #[test]
    fn ns_04_a_secret_of_another_kind_is_refused_with_both_kinds_named() {
        let (token, secret, refresh) = (pat(), pat().replace("dapi", "dose"), pat().replace("dapi", "doau"));
        let (pat_kind, client) = (SecretKind::PersonalAccessToken, SecretKind::ClientSecret);
        for (kind, typed, shape, words) in [
            (pat_kind, &secret, Shape::OAuthSecret, "This looks like the OAuth secret of a service principal, not a personal access token"),
            (pat_kind, &refresh, Shape::RefreshToken, "This looks like an OAuth refresh token, not a personal access token"),
            (client, &token, Shape::PersonalAccessToken, "This looks like a personal access token, not a client secret"),
            (client, &refresh, Shape::RefreshToken, "This looks like an OAuth refresh token, not a client secret"),
        ] {
            let why = refused(kind, typed);
            assert_eq!(why, SecretError::OtherKind { looks_like: shape, wanted: kind });
            assert!(why.to_string().starts_with(words) && !why.to_string().contains(typed.as_str()), "{why}");
        }
        assert!(read_secret(client, &secret).unwrap().unwrap().doubts.is_empty());
    }

    #[test]
    fn ns_05_a_signed_token_for_another_service_is_refused_and_its_end_is_told() {
        let jwt = |claims: serde_json::Value| jwt::jwt_of(&claims);
        let wrong = jwt(serde_json::json!({"aud": "https://management.core.windows.net/", "exp": 1_700_000_000}));
        assert_eq!(refused(SecretKind::PersonalAccessToken, &wrong), SecretError::OtherService("Azure Resource Manager"));
        let right = jwt(serde_json::json!({"aud": "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d", "exp": 1_700_000_000}));
        let found = read(&right);
        assert!(found.doubts[0].contains("expires at 2023-11-14 22:13 UTC"), "{:?}", found.doubts);
        assert_eq!(end_of(&found.secret).map(Timestamp::as_second), Some(1_700_000_000));
        assert_eq!(end_of(&SecretString::from(pat())), None);
    }

    #[test]
    fn ns_02_an_unusual_secret_is_taken_with_a_doubt() {
        let (pat_kind, client) = (SecretKind::PersonalAccessToken, SecretKind::ClientSecret);
        for (kind, typed, word) in [
            (pat_kind, "dapi0123456789abcdef", "this one has 16"),
            (pat_kind, "tok_live_0123456789", "does not look like"),
            (client, "abc8Q~abcdefGHIJKLmnopqrSTUVWXyz0123456", "Entra ID"),
            (client, "12345678-90ab-cdef-1234-567890abcdef", "and not its ID"),
        ] {
            let found = read_secret(kind, typed).unwrap().unwrap();
            assert_eq!(found.secret.expose_secret(), typed);
            assert!(found.doubts[0].contains(word), "{:?}", found.doubts);
        }
        assert!(read(&pat()).doubts.is_empty());
    }
}
