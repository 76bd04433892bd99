//! Terraform: `terraform.tfvars`, and `provider "databricks"` blocks. Literals only: an expression is told, never evaluated.

use super::{
    Found, Kind,
    attributes::{Attributes, named},
    damaged,
    found::Given,
};
use crate::failure::Failure;

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    /// A text without anything to be put into it.
    Text(String),
    /// A text that is put together, or one over several lines.
    Template,
    Sign(char),
    LineEnd,
}

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Tfvars);
    let tokens = tokens(text).map_err(|line| damaged(Kind::Tfvars, format!("The text or comment in line {line} is never closed.")))?;
    let (mut at, mut depth) = (0_usize, 0_usize);
    let mut variables = Attributes::new();
    let mut provider: Option<(String, Attributes)> = None;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Word(word) if depth == 0 && word == "provider" => {
                if matches!(tokens.get(at + 1), Some(Token::Text(name)) if name == "databricks") {
                    provider = Some(("databricks".to_owned(), Attributes::new()));
                }
            }
            Token::Word(key) if matches!(tokens.get(at + 1), Some(Token::Sign('='))) => {
                let value = value(tokens.get(at + 2..).unwrap_or_default());
                match (&mut provider, depth) {
                    (Some((name, attributes)), 1) => {
                        if key == "alias" {
                            name.replace_range(.., value.literal().unwrap_or("databricks"));
                        } else if let Some(attribute) = named(key) {
                            attributes.set(attribute, key, value);
                        } else {
                            found.ignore(key, "a setting of other tools");
                        }
                    }
                    (None, 0) => match variable(key) {
                        Some(attribute) => variables.set(attribute, key, value),
                        None => found.ignore(key, "not a part of a connection"),
                    },
                    _ => {}
                }
                at += 1;
            }
            Token::Sign('{' | '[' | '(') => depth += 1,
            Token::Sign('}' | ']' | ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some((name, attributes)) = provider.take()
                {
                    let connection = attributes.into_connection(&name);
                    found.connections.push(connection);
                }
            }
            _ => {}
        }
        at += 1;
    }
    if variables.names_databricks() {
        let connection = variables.into_connection("terraform");
        found.connections.push(connection);
    }
    Ok(found)
}

/// The names that variables for the provider usually have.
fn variable(name: &str) -> Option<&'static str> {
    match name.strip_prefix("databricks_").unwrap_or(name) {
        "workspace_url" | "workspace_host" | "url" => Some("host"),
        "access_token" | "pat" => Some("token"),
        name => named(name),
    }
}

fn value(rest: &[Token]) -> Given {
    let alone = matches!(rest.get(1), None | Some(Token::LineEnd | Token::Sign('}' | ',')));
    match rest.first() {
        Some(Token::Text(text)) if alone => Given::text(text),
        Some(Token::Word(word)) if alone && (["true", "false"].contains(&word.as_str()) || word.bytes().all(|b| b.is_ascii_digit())) => {
            Given::text(word)
        }
        Some(Token::Word(word)) if alone && word == "null" => Given::text(""),
        _ => Given::Elsewhere("it is an expression of Terraform".to_owned()),
    }
}

/// `Err`: the line of what is never closed.
fn tokens(text: &str) -> Result<Vec<Token>, usize> {
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
