//! What was pasted into a secret field -> the secret, and what kind it looks like. No message ever repeats it.

use secrecy::SecretString;

/// Longer than any secret that a Databricks cloud gives out, in bytes.
const LONGEST: usize = 32 * 1024;

/// A guess by the look of it: a hint, never a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `dapi` and hexadecimal digits, or `dkea`.
    PersonalAccessToken,
    /// `dose` and hexadecimal digits: the OAuth secret of a service principal.
    OAuthSecret,
    /// Three parts with dots between: an OAuth access token, gone within the hour.
    Jwt,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    #[error("This is too long; paste the secret alone")]
    TooLong,
    #[error("This looks like a web address; paste the secret here and the address into Base URL")]
    Address,
    #[error("This is only the word Bearer; paste the token behind it too")]
    OnlyBearer,
    #[error("This is a masked placeholder, not the secret; copy the secret where it was generated")]
    Masked,
    #[error("There is a space or line break inside; copy the secret again, as one piece")]
    Space,
    #[error("There are characters inside that no secret has; copy it again")]
    Unfit,
}

/// A cleaned secret; `None` when nothing was typed.
#[derive(Debug)]
pub(super) struct Read {
    pub secret: SecretString,
    pub shape: Shape,
    pub notes: Vec<&'static str>,
}

/// # Errors
/// Says what is wrong without repeating what was typed.
pub(super) fn read_secret(typed: &str) -> Result<Option<Read>, TokenError> {
    if typed.len() > LONGEST {
        return Err(TokenError::TooLong);
    }
    let mut notes = Vec::new();
    let mut secret = typed.trim_matches(|c: char| c.is_whitespace() || super::text::is_zero_width(c));
    if secret.is_empty() {
        return Ok(None);
    }
    if secret.len() != typed.len() {
        notes.push("Spaces and line breaks around it were removed");
    }
    if let Some(rest) = secret.get(..7).filter(|start| start.eq_ignore_ascii_case("bearer ")).and_then(|_| secret.get(7..)) {
        secret = rest.trim_start();
        notes.push("The word Bearer in front was removed");
    }
    if secret.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::OnlyBearer);
    }
    if secret.chars().all(|c| matches!(c, '*' | '\u{2022}' | '\u{25CF}' | '\u{2026}')) {
        return Err(TokenError::Masked);
    }
    if secret.contains("://") {
        return Err(TokenError::Address);
    }
    if secret.chars().any(char::is_whitespace) {
        return Err(TokenError::Space);
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenError::Unfit);
    }
    Ok(Some(Read { shape: shape(secret), secret: SecretString::from(secret.to_owned()), notes }))
}

/// A secret of Databricks, pasted where none belongs.
pub(crate) fn looks_like_a_secret(text: &str) -> bool {
    shape(text) != Shape::Unknown
}

/// A text that somebody else wrote, fit to be shown: whatever in it looks like a secret of Databricks is stars, and so is what stands before the host
/// of an address.
#[must_use]
pub(crate) fn without_secrets(text: &str) -> String {
    const STARS: &str = "***";
    // Most texts have neither, and there are thousands of them.
    if !text.contains('@') && !MARKS.iter().any(|mark| text.contains(mark)) {
        return text.to_owned();
    }
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+');
    let hidden = |text: &str| {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (word, behind) = rest.split_at(rest.find(|c| !belongs(c)).unwrap_or(rest.len()));
            shown.push_str(if holds_a_secret(word) { STARS } else { word });
            let (between, next) = behind.split_at(behind.find(belongs).unwrap_or(behind.len()));
            shown.push_str(between);
            rest = next;
        }
        shown
    };
    let mut pieces = text.split("://");
    let mut shown = hidden(pieces.next().unwrap_or_default());
    for piece in pieces {
        shown.push_str("://");
        let (authority, tail) = piece.split_at(piece.find(|c: char| c.is_whitespace() || "/?#".contains(c)).unwrap_or(piece.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => shown.extend([STARS, "@", &hidden(host)]),
            None => shown.push_str(&hidden(authority)),
        }
        shown.push_str(&hidden(tail));
    }
    shown
}

/// How the secrets of Databricks begin: personal access tokens, client secrets, OAuth refresh tokens, signed tokens.
const MARKS: [&str; 7] = ["dapi", "dose", "dkea", "doau", "dapr", "dsapi", "eyJ"];

/// A value after one of the marks is a secret from this length on, so that words such as `dose` stay.
const SECRET_LENGTH: usize = 16;

/// Whether a word of a text is a secret of Databricks, or ends with one.
pub(crate) fn holds_a_secret(word: &str) -> bool {
    MARKS.iter().any(|mark| word.match_indices(mark).any(|(at, _)| word.len() - at >= SECRET_LENGTH && fits_secret(word, at)))
}

/// `mark` begins the word or follows a sign, as in `token.dapi…` or `/dapi…`.
fn fits_secret(word: &str, at: usize) -> bool {
    !word.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

fn shape(secret: &str) -> Shape {
    let hexadecimal = |rest: &str| rest.len() >= 32 && rest.bytes().take(32).all(|byte| byte.is_ascii_hexdigit());
    if secret.strip_prefix("dapi").is_some_and(hexadecimal) || secret.starts_with("dkea") {
        return Shape::PersonalAccessToken;
    }
    if secret.strip_prefix("dose").is_some_and(hexadecimal) {
        return Shape::OAuthSecret;
    }
    let parts: Vec<&str> = secret.split('.').collect();
    if secret.starts_with("eyJ") && parts.len() == 3 && parts.iter().all(|part| part.len() > 4) { Shape::Jwt } else { Shape::Unknown }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn pat() -> String {
        format!("dapi{}", "0123456789abcdef".repeat(2))
    }

    fn read(typed: &str) -> Read {
        read_secret(typed).unwrap().unwrap()
    }

    #[test]
    fn what_looks_like_a_secret_is_stars_wherever_it_stands() {
        let (token, jwt) = (pat(), format!("eyJ{0}.{0}.{0}", "abcdef"));
        for (text, shown) in [
            (format!("# {token} was the old one"), "# *** was the old one"),
            (format!("host = https://a.example?t={token}&x"), "host = https://a.example?t=***&x"),
            (format!("x=\"{jwt}\""), "x=\"***\""),
            ("# refresh doau0123456789abcdef".to_owned(), "# refresh ***"),
            ("host = https://me:hunter2@a.example/x@y".to_owned(), "host = https://***@a.example/x@y"),
            ("https://a://b:hunter2@c".to_owned(), "https://a://***@c"),
            ("; mail me@example.com: dapi, eyJ, \u{e9}".to_owned(), "; mail me@example.com: dapi, eyJ, \u{e9}"),
            (String::new(), ""),
        ] {
            assert_eq!(without_secrets(&text), shown);
        }
    }

    #[test]
    fn ht_25_a_trailing_newline_is_trimmed_with_a_notice() {
        let found = read(&format!("  {}\r\n", pat()));
        assert_eq!((found.secret.expose_secret(), found.notes.len()), (pat().as_str(), 1));
    }

    #[test]
    fn hv_17_bearer_is_stripped_and_everything_else_is_refused() {
        let found = read(&format!("Bearer {}", pat()));
        assert_eq!((found.secret.expose_secret(), found.shape, found.notes.len()), (pat().as_str(), Shape::PersonalAccessToken, 1));
        assert_eq!(read_secret("dapi 12").unwrap_err(), TokenError::Space);
        assert_eq!(read_secret("dapi1\n2").unwrap_err(), TokenError::Space);
        assert_eq!(read_secret("https://adb-1.2.azuredatabricks.net").unwrap_err(), TokenError::Address);
        assert_eq!(read_secret("dapi\u{0}").unwrap_err(), TokenError::Unfit);
        assert_eq!(read_secret("dapi\u{e9}").unwrap_err(), TokenError::Unfit);
        assert_eq!(read_secret("Bearer ").unwrap_err(), TokenError::OnlyBearer);
        assert_eq!(read_secret("**********").unwrap_err(), TokenError::Masked);
        assert_eq!(read_secret("\u{2022}\u{2022}\u{2022}\u{2022}").unwrap_err(), TokenError::Masked);
        assert_eq!(read_secret(&"x".repeat(LONGEST + 1)).unwrap_err(), TokenError::TooLong);
        assert!(read_secret(&"x".repeat(20_000)).is_ok());
        assert!(read_secret(" \n").unwrap().is_none());
    }

    #[test]
    fn shapes_are_guessed() {
        assert_eq!(read(&format!("{}-3", pat())).shape, Shape::PersonalAccessToken);
        assert_eq!(read(&pat().replace("dapi", "dose")).shape, Shape::OAuthSecret);
        assert_eq!(read("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0").shape, Shape::Jwt);
        assert_eq!(read("something-else").shape, Shape::Unknown);
    }
}
