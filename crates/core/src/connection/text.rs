//! Characters that have no place in what a person reads: nobody can see them, and some make other text lie.

use std::fmt;

/// A character that does not belong in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// A line feed, carriage return or separator of lines.
    LineBreak,
    /// C0, C1, DEL.
    Control,
    /// Turns the direction of what follows (CVE-2021-42574).
    Direction,
    /// A character without a shape, or one that changes the direction of the text.
    Invisible,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LineBreak => "a line break",
            Self::Control => "a control character",
            Self::Direction => "a character that changes the text direction",
            Self::Invisible => "an invisible character",
        })
    }
}

/// The first character that cannot be seen.
pub fn unfit(text: &str) -> Option<Unfit> {
    judged(text).find_map(|(_, unfit)| unfit)
}

/// The text with `with` in place of each character that cannot be seen, line breaks included. This is how text of others is shown.
#[must_use]
pub fn replace_unfit(text: &str, with: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    for (c, unfit) in judged(text) {
        if unfit.is_none() { replaced.push(c) } else { replaced.push_str(with) }
    }
    replaced
}

/// Text of others as one line that may be shown: nothing in it is invisible, and what looks like a secret is masked.
#[must_use]
pub fn presentable(text: &str) -> String {
    super::without_secrets(&replace_unfit(text, " ").split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Each character, and why it cannot be shown.
fn judged(text: &str) -> impl Iterator<Item = (char, Option<Unfit>)> {
    let mut before = None;
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let joins =
            matches!(c, '\u{200C}' | '\u{200D}') && before.is_some_and(may_be_joined) && chars.peek().copied().is_some_and(may_be_joined);
        let unfit = if joins { None } else { alone(c) };
        before = unfit.is_none().then_some(c);
        Some((c, unfit))
    })
}

/// Whatever is around it.
fn alone(c: char) -> Option<Unfit> {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(Unfit::LineBreak),
        c if c.is_control() => Some(Unfit::Control),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' => Some(Unfit::Direction),
        c if is_zero_width(c) || is_blank(c) => Some(Unfit::Invisible),
        _ => None,
    }
}

/// Joiners hold emoji, Arabic and Indic letters together. Between Latin letters they are but a way to make two names that look the same.
fn may_be_joined(c: char) -> bool {
    c >= '\u{600}' && alone(c).is_none()
}

/// Zero width space, non-joiner, joiner, word joiner, byte order mark, soft hyphen.
pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// Fillers, invisible operators, annotations, tags, variation selectors (but those of emoji), what is not a character.
fn is_blank(c: char) -> bool {
    matches!(c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2061}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0D}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// A text out of a file that anybody may have edited, without what makes it lie on the screen.
pub(super) fn visible(text: &str) -> String {
    let kept = |(c, unfit): (char, Option<Unfit>)| (unfit.is_none() || matches!(c, '\n' | '\t')).then_some(c);
    judged(text).filter_map(kept).collect()
}

/// What was given and cannot be used, in quotation marks for a message: the beginning of it, as it can be seen, and not what stands before an `@`,
/// which may be a password, nor a secret of Databricks.
pub fn quoted(text: &str) -> String {
    const MAX_CHARS: usize = 80;
    let text = super::secrets_starred(text);
    let (hidden, shown) = text.rsplit_once('@').map_or(("", text.as_str()), |(_, behind)| ("\u{2026}@", behind));
    let begin: String = shown.chars().take(MAX_CHARS).collect();
    let rest = if begin.len() < shown.len() { "\u{2026}" } else { "" };
    format!("\"{hidden}{}{rest}\"", begin.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_quoted_without_a_password_and_never_at_length() {
        for (text, shown) in [
            ("a b", "\"a b\""),
            ("https://me:hunter2@evil.example/", "\"\u{2026}@evil.example/\""),
            ("a@hunter2@b", "\"\u{2026}@b\""),
            ("\u{1b}[31m\n\"", "\"\\u{1b}[31m\\n\\\"\""),
            ("x/dapi0123456789abcdef0123456789abcdef/y", "\"x/***/y\""),
        ] {
            assert_eq!(quoted(text), shown);
        }
        assert_eq!(quoted(&"x".repeat(100_000)).chars().count(), 83);
    }

    #[test]
    fn what_cannot_be_seen_is_found() {
        for (text, found) in [
            ("a\u{200B}b", Unfit::Invisible),
            ("Sa\u{200D}les", Unfit::Invisible),
            ("a\u{2062}b", Unfit::Invisible),
            ("\u{3164}", Unfit::Invisible),
            ("a\u{E0041}", Unfit::Invisible),
            ("a\u{FE01}", Unfit::Invisible),
            ("a\u{202E}b", Unfit::Direction),
            ("a\u{85}b", Unfit::Control),
            ("a\u{2028}b", Unfit::LineBreak),
        ] {
            assert_eq!(unfit(text), Some(found), "{text:?}");
        }
        // A family, a heart, a Persian word with a non-joiner, Norwegian.
        for fine in ["\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{2764}\u{FE0F}", "\u{645}\u{6CC}\u{200C}\u{62E}", "Ærlig Øl"] {
            assert_eq!(unfit(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn a_text_out_of_a_file_loses_only_what_lies() {
        assert_eq!(visible("two\n\tlines"), "two\n\tlines");
        assert_eq!(visible("a\u{202E}b\u{7}c"), "abc");
    }

    #[test]
    fn what_is_left_after_a_replacement_is_fit() {
        let family = "\u{1F468}\u{200D}\u{1F469}";
        assert_eq!(replace_unfit(&format!("a\n\u{202E}b\u{AD}\u{61C}\u{FFF9}\u{E0041} {family}"), ""), format!("ab {family}"));
        for (text, shown) in [
            ("\u{645}\u{202E}\u{200D}\u{645}", "\u{645}??\u{645}"),
            ("\u{645}\u{200D}\u{202E}\u{645}", "\u{645}??\u{645}"),
            ("\u{645}\u{200D}\u{200C}\u{645}", "\u{645}??\u{645}"),
            ("a\tb\r\n", "a?b??"),
        ] {
            assert_eq!(replace_unfit(text, "?"), shown, "{text:?}");
            assert_eq!(unfit(&replace_unfit(text, "")), None, "{text:?}");
        }
    }
}
