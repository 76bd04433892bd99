//! What a server says may be shown only after this: no secret, no control character, no more than a few lines.

use secrecy::{ExposeSecret as _, SecretString};

use brickpass_core::connection::{MASK, presentable};

/// Characters of a server's message that are shown.
const LIMIT: usize = 500;

/// What another side wrote, fit for the screen: one line, capped, without `secrets` and without anything that looks like a secret.
pub fn shown(text: &str, secrets: &[&SecretString]) -> String {
    let hide = |text: String, secret: &str| if secret.is_empty() { text } else { text.replace(secret, MASK) };
    plain(&secrets.iter().fold(text.to_owned(), |text, secret| hide(text, secret.expose_secret())))
}

/// As [`shown`], for text of a request that carries no secret.
pub fn plain(text: &str) -> String {
    capped(&presentable(text), LIMIT)
}

pub fn capped(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['\u{2026}']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "dapi0123456789abcdef0123456789abcdef";

    #[test]
    fn neither_the_own_token_nor_anything_like_one_is_shown() {
        let own = SecretString::from("a-token-of-no-known-shape");
        let text = format!(
            "Bad a-token-of-no-known-shape, {TOKEN}, token={TOKEN}-2; Bearer abc.def; Authorization: Basic dXNlcjpwYXNz eyJhbGciOiJSUzI1NiJ9.e30.c2ln end"
        );
        let shown = shown(&text, &[&own]);
        assert_eq!(shown, "Bad ***, ***, token=***; Bearer ***; Authorization: Basic *** *** end");
    }

    #[test]
    fn words_stay_words() {
        let text = "A dose of dapi: the api/2.0/clusters of adb-1234567890123456.7.azuredatabricks.net";
        assert_eq!(plain(text), text);
    }

    #[test]
    fn what_could_disturb_the_screen_is_gone() {
        assert_eq!(plain("a\u{1B}[31m\r\n\tb\u{202E}c\0d"), "a [31m b c d");
        let long = plain(&"\u{1F9F1}".repeat(5000));
        assert_eq!(long.chars().count(), LIMIT);
    }
}
