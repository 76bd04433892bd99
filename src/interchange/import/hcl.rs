//! The tokens of HCL, the language of Terraform.

use super::braces::Token;

/// `Err`: the line of what is never closed.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text.get(..text.len() - rest.len()).unwrap_or_default().matches('\n').count() + 1;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with('#') || rest.starts_with("//") {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or_else(|| line(rest))?.1;
        } else if c == '"' {
            let (token, behind) = quoted(rest.get(1..).unwrap_or_default()).ok_or_else(|| line(rest))?;
            tokens.push(token);
            rest = behind;
        } else if let Some(heredoc) = rest.strip_prefix("<<") {
            let (first, body) = heredoc.split_once('\n').ok_or_else(|| line(rest))?;
            let mark = first.trim_start_matches('-').trim();
            let mut behind = body;
            loop {
                if behind.is_empty() {
                    return Err(line(rest));
                }
                let (one, next) = behind.split_once('\n').unwrap_or((behind, ""));
                if one.trim() == mark {
                    rest = next;
                    break;
                }
                behind = next;
            }
            tokens.extend([Token::Template, Token::LineEnd]);
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            tokens.push(Token::Word(word.to_owned()));
            rest = behind;
        } else {
            match c {
                '\n' => tokens.push(Token::LineEnd),
                c if c.is_whitespace() => {}
                c => tokens.push(Token::Sign(c)),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(tokens)
}

/// The text behind an opening quotation mark; `$${` and `%%{` are literal. `None`: never closed.
fn quoted(inner: &str) -> Option<(Token, &str)> {
    let mut text = String::new();
    let mut template = false;
    let mut depth = 0_usize;
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let follows = |sign: &str| inner.get(at..).is_some_and(|rest| rest.starts_with(sign));
        match c {
            '"' if depth == 0 => {
                let token = if template { Token::Template } else { Token::Text(text) };
                return Some((token, inner.get(at + 1..).unwrap_or_default()));
            }
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                escaped @ ('u' | 'U') => {
                    let mut digits = String::new();
                    for _ in 0..(if escaped == 'u' { 4 } else { 8 }) {
                        digits.push(chars.next()?.1);
                    }
                    text.push(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?);
                }
                c => text.push(c),
            },
            '\n' if depth == 0 => return None,
            '$' | '%' if depth == 0 && (follows("$${") || follows("%%{")) => {
                text.extend([c, '{']);
                chars.nth(1);
            }
            '$' | '%' if follows("${") || follows("%{") => {
                template = true;
                depth += 1;
                chars.next();
            }
            '}' if depth > 0 => depth -= 1,
            c => text.push(c),
        }
    }
    None
}
