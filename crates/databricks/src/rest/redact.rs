//! What a server says may be shown only after this: no secret, no control character, no more than a few lines.

use secrecy::{ExposeSecret as _, SecretString};

use brickpass_core::connection::holds_a_secret;

/// Characters of a server's message that are shown.
const LIMIT: usize = 500;

const HIDDEN: &str = "[hidden]";

/// What another side wrote, fit for the screen: one line, capped, without `secrets` and without anything that looks like a secret.
pub fn shown(text: &str, secrets: &[&SecretString]) -> String {
    let hide = |text: String, secret: &str| if secret.is_empty() { text } else { text.replace(secret, HIDDEN) };
    plain(&secrets.iter().fold(text.to_owned(), |text, secret| hide(text, secret.expose_secret())))
}

/// As [`shown`], for text of a request that carries no secret.
pub fn plain(text: &str) -> String {
    capped(&without_secrets(&one_line(text)), LIMIT)
}

pub fn capped(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['\u{2026}']).collect()
}

/// Control characters and those that reorder text become spaces.
fn one_line(text: &str) -> String {
    let fit = |c: char| {
        let turns =
            matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
        if c.is_control() || turns { ' ' } else { c }
    };
    text.chars().map(fit).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let mut after_bearer = false;
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            let secret = after_bearer || holds_a_secret(&word);
            after_bearer = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
            out.push_str(if secret { HIDDEN } else { &word });
            word.clear();
        } else if c != ' ' && c != ':' {
            after_bearer = false;
        }
        out.push(c);
    }
    out.pop();
    out
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
        assert_eq!(shown, "Bad [hidden], [hidden], token=[hidden]; Bearer [hidden]; Authorization: Basic [hidden] [hidden] end");
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
