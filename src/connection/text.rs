//! Characters that have no place in what a person reads: nobody can see them, and some make other text lie.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    LineBreak,
    /// C0, C1, DEL.
    Control,
    /// Turns the direction of what follows (CVE-2021-42574).
    Direction,
    Invisible,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LineBreak => "a line break",
            Self::Control => "a control character",
            Self::Direction => "a character that turns the direction of text",
            Self::Invisible => "an invisible character",
        })
    }
}

/// The first character that cannot be seen.
pub(super) fn unfit(text: &str) -> Option<Unfit> {
    text.chars().find_map(|c| match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(Unfit::LineBreak),
        c if c.is_control() => Some(Unfit::Control),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' => Some(Unfit::Direction),
        // The zero-width joiner holds emoji and Indic letters together; it is let through.
        c if is_zero_width(c) && c != '\u{200D}' && c != '\u{200C}' => Some(Unfit::Invisible),
        _ => None,
    })
}

/// Zero width space, non-joiner, joiner, word joiner, byte order mark, soft hyphen.
pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}
