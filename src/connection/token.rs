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
