//! The tokens of HCL, the language of Terraform.

use super::braces::{self, Language, Quotes, Token};

const HCL: Language = Language {
    hash_begins_comment: true,
    dash_in_words: true,
    quotes: Quotes { mark: '"', placeholders: &["${", "%{"], literal: &["$${", "%%{"] },
    several_lines: heredoc,
};

/// `Err`: the line of what is never closed.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    braces::tokens(text, &HCL)
}

fn heredoc(rest: &str) -> Option<braces::Begun<'_>> {
    let inner = rest.strip_prefix("<<")?;
    Some(end_of_heredoc(inner).map(|behind| (Token::Template, behind)))
}

/// From the end of its last line on.
fn end_of_heredoc(inner: &str) -> Option<&str> {
    let (first, mut behind) = inner.split_once('\n')?;
    let mark = first.trim_start_matches('-').trim();
    while !behind.is_empty() {
        let line = behind.split('\n').next().unwrap_or_default();
        behind = behind.get(line.len()..).unwrap_or_default();
        if line.trim() == mark {
            return Some(behind);
        }
        behind = behind.strip_prefix('\n').unwrap_or(behind);
    }
    None
}
