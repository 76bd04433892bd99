//! Secrets of Databricks inside other text: found, to refuse it, or replaced by stars, to show it.

/// How the secrets of Databricks begin: personal access tokens, client secrets, OAuth refresh tokens, signed tokens.
const MARKS: [&str; 7] = ["dapi", "dose", "dkea", "doau", "dapr", "dsapi", JWT];

/// The first letters of a signed token: `{"` in base64.
const JWT: &str = "eyJ";

/// A value after one of the marks is hidden from this length on, so that words such as `dose` stay.
const SECRET_LENGTH: usize = 16;

/// What is shown in place of a secret.
pub const MASK: &str = "***";

/// The word after one of these, in capitals or not, is a credential (RFC 6750, section 2.1; RFC 7617).
const SCHEMES: [&str; 2] = ["bearer", "basic"];

/// Does the text contain a secret of Databricks beyond doubt? Finds less than [`without_secrets`] hides, because a text that contains one is
/// refused: a name such as `dose-response-study` has to pass.
#[must_use]
pub fn contains_secret(text: &str) -> bool {
    MARKS.iter().any(|mark| text.match_indices(mark).any(|(at, _)| is_secret_at(text, at, mark)))
}

fn is_secret_at(text: &str, at: usize, mark: &str) -> bool {
    let behind = text.get(at + mark.len()..).unwrap_or_default();
    if mark == JWT {
        let part = |text: &str| text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
        let head = part(behind);
        let body = behind.get(head..).and_then(|rest| rest.strip_prefix('.')).map_or(0, part);
        return begins_a_word(text, at) && head >= 10 && body >= 10;
    }
    let digits = hexadecimal_digits(behind);
    let letters = behind.bytes().take_while(u8::is_ascii_alphanumeric);
    let mixed = letters.clone().count() >= SECRET_LENGTH && letters.filter(u8::is_ascii_digit).count() >= 4;
    digits >= TOKEN_DIGITS || (begins_a_word(text, at) && (digits >= SECRET_LENGTH || mixed))
}

/// The text with [`MASK`] for every secret that [`contains_secret`] finds, and nothing else changed.
#[must_use]
pub fn secrets_starred(text: &str) -> String {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+');
    let mut found: Vec<usize> =
        MARKS.iter().flat_map(|mark| text.match_indices(mark).filter(|(at, _)| is_secret_at(text, *at, mark)).map(|(at, _)| at)).collect();
    found.sort_unstable();
    let (mut kept, mut done) = (String::with_capacity(text.len()), 0);
    for at in found {
        let Some(before) = text.get(done..at) else { continue };
        kept.push_str(before);
        kept.push_str(MASK);
        done = at + text.get(at..).and_then(|rest| rest.find(|c| !belongs(c)).or(Some(rest.len()))).unwrap_or_default();
    }
    kept.push_str(text.get(done..).unwrap_or_default());
    kept
}

/// Foreign text, fit to be shown: [`MASK`] for whatever looks like a secret of Databricks, for what follows `Bearer` or `Basic`,
/// and for what stands before the host of an address. Hides more than it must.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    let has_scheme = |scheme: &&str| text.as_bytes().windows(scheme.len()).any(|word| word.eq_ignore_ascii_case(scheme.as_bytes()));
    // Most texts have none of these, and there are thousands of them.
    if !text.contains('@') && !MARKS.iter().any(|mark| text.contains(mark)) && !SCHEMES.iter().any(has_scheme) {
        return text.to_owned();
    }
    let mut pieces = text.split("://");
    let mut shown = without_words(pieces.next().unwrap_or_default());
    for piece in pieces {
        shown.push_str("://");
        let (authority, tail) = piece.split_at(piece.find(|c: char| c.is_whitespace() || "/?#".contains(c)).unwrap_or(piece.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => shown.extend([MASK, "@", &without_words(&format!("{host}{tail}"))]),
            None => shown.push_str(&without_words(piece)),
        }
    }
    shown
}

/// As [`without_secrets`], of a text without addresses.
fn without_words(text: &str) -> String {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/');
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut credential = false;
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find(|c| !belongs(c)).unwrap_or(rest.len()));
        let (between, next) = behind.split_at(behind.find(belongs).unwrap_or(behind.len()));
        match if credential { Some(0) } else { secret_in(word) } {
            Some(at) => shown.extend([word.get(..at).unwrap_or_default(), MASK]),
            None => shown.push_str(word),
        }
        shown.push_str(between);
        credential =
            SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme)) && between.chars().skip(1).all(|c| matches!(c, ' ' | ':'));
        rest = next;
    }
    shown
}

/// Where the segment of a word begins that is a secret of Databricks or ends with one.
fn secret_in(word: &str) -> Option<usize> {
    let hides = |mark: &str, at: usize| {
        // What is in base64, as a signed token, may have slashes inside.
        let end = word.get(at..).and_then(|secret| secret.find('/')).filter(|_| mark != JWT).map_or(word.len(), |slash| at + slash);
        (end - at >= SECRET_LENGTH && begins_a_word(word, at)) || is_secret_at(word, at, mark)
    };
    let found = MARKS.iter().flat_map(|mark| word.match_indices(mark).map(|(at, _)| at).filter(|at| hides(mark, *at))).min()?;
    Some(word.get(..found).and_then(|before| before.rfind('/')).map_or(0, |slash| slash + 1))
}

/// Hexadecimal digits behind the mark of a personal access token and of a client secret.
pub(super) const TOKEN_DIGITS: usize = 32;

pub(super) fn hexadecimal_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_hexdigit).count()
}

/// `at` is where the text begins or follows a sign, as in `token.dapi…` or `/dapi…`.
fn begins_a_word(text: &str, at: usize) -> bool {
    !text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pat() -> String {
        format!("dapi{}", "0123456789abcdef".repeat(2))
    }

    #[test]
    fn what_looks_like_a_secret_is_stars_wherever_it_stands() {
        let (token, jwt) = (pat(), format!("eyJ{0}.{0}.{0}", "abcdef"));
        for (text, shown) in [
            (format!("# {token} was the old one"), "# *** was the old one"),
            (format!("host = https://a.example?t={token}&x"), "host = https://a.example?t=***&x"),
            (format!("adb-1.7.az{token};user"), "***;user"),
            (format!("x=\"{jwt}\""), "x=\"***\""),
            ("# refresh doau0123456789abcdef".to_owned(), "# refresh ***"),
            ("host = https://me:hunter2@a.example/x@y".to_owned(), "host = https://***@a.example/x@y"),
            ("https://a://b:hunter2@c".to_owned(), "https://a://***@c"),
            ("; mail me@example.com: dapi, eyJ, \u{e9}".to_owned(), "; mail me@example.com: dapi, eyJ, \u{e9}"),
            (format!("/x/{token}/y {token}/{token}"), "/x/*** ***"),
            (format!("at https://u:p@a.example/{token}: dapi/2.0/clusters/list"), "at https://***@a.example/***: dapi/2.0/clusters/list"),
            ("BEARER: a/b+c==; Basic  x, bearer".to_owned(), "BEARER: ***==; Basic  ***, bearer"),
            (String::new(), ""),
        ] {
            assert_eq!(without_secrets(&text), shown);
        }
    }

    #[test]
    fn a_text_with_a_secret_is_known_and_a_word_that_begins_alike_is_not() {
        let jwt = format!("eyJ{0}.eyJ{0}.{0}", "abcdefghij0123456789");
        for text in [
            pat(),
            format!("az{}", pat()),
            format!("Sales ({})", pat()),
            format!("https://{}.azuredatabricks.net", pat()),
            format!("a_{}", pat().replace("dapi", "dose")),
            format!("token={}-3.", pat()),
            jwt.clone(),
            format!("Authorization: Bearer {jwt}"),
            "doau0123456789abcdef0123".to_owned(),
            format!("{}{}", "\u{e9}", pat()),
        ] {
            assert!(contains_secret(&text), "{text}");
            assert!(!contains_secret(&secrets_starred(&text)), "{text}");
            assert!(without_secrets(&text).contains("***"), "{text}");
        }
        for text in [
            "",
            "dapi",
            "dose-response-study",
            "dapr sidecar of production",
            "doses and responses 2024",
            "daproductionwarehouse1",
            "eyJohn.Smith@example.com",
            "0123456789abcdef0123456789abcdef",
            "https://adb-1234567890123456.7.azuredatabricks.net",
            "\u{e9}dapi\u{e9}",
        ] {
            assert!(!contains_secret(text), "{text}");
            assert_eq!(secrets_starred(text), text);
        }
    }
}
