//! Bicep, as the ARM template that it stands for: its resources and the defaults of its parameters.

use serde_json::{Map, Value, json};

use super::braces::{self, Item, Token};

/// The template; `Err`: the line of what is never closed, or nested too deep.
pub(super) fn template(text: &str) -> Result<Value, usize> {
    let tokens = tokens(text)?;
    let items = braces::items(&tokens).ok_or(1_usize)?;
    let mut parameters = Map::new();
    for item in &items {
        // `param name string = 'default'`
        if let [word, name, ..] = item.head.as_slice()
            && word == "param"
        {
            parameters.insert(name.clone(), json!({ "defaultValue": item.branch.as_template() }));
        }
    }
    let mut resources = Vec::new();
    for item in &items {
        collect(item, &parameters, &mut resources);
    }
    Ok(json!({ "parameters": parameters, "resources": resources }))
}

/// A resource, and those that are declared within it.
fn collect(item: &Item, parameters: &Map<String, Value>, resources: &mut Vec<Value>) {
    if item.head.first().is_some_and(|word| word == "resource") {
        let mut resource = item.branch.as_template();
        name_parameters(&mut resource, parameters);
        resources.push(resource);
    }
    for inner in item.branch.items() {
        collect(inner, parameters, resources);
    }
}

/// What is the name of a parameter alone becomes ARM's way to say so.
fn name_parameters(value: &mut Value, parameters: &Map<String, Value>) {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let Some(name) = name.filter(|name| parameters.contains_key(*name)) {
                *text = format!("[parameters('{name}')]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| name_parameters(item, parameters)),
        Value::Object(members) => members.values_mut().for_each(|member| name_parameters(member, parameters)),
        _ => {}
    }
}

/// Whether a text declares a linked service.
pub(super) fn is_ours(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("resource ") && line.to_ascii_lowercase().contains("linkedservices@"))
        || (text.contains("'AzureDatabricks") && text.contains("resource "))
}

fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text.get(..text.len() - rest.len()).unwrap_or_default().matches('\n').count() + 1;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or_else(|| line(rest))?.1;
        } else if let Some(inner) = rest.strip_prefix("'''") {
            let (text, behind) = inner.split_once("'''").ok_or_else(|| line(rest))?;
            tokens.push(Token::Text(text.to_owned()));
            rest = behind;
        } else if let Some(inner) = rest.strip_prefix('\'') {
            let (token, behind) = quoted(inner).ok_or_else(|| line(rest))?;
            tokens.push(token);
            rest = behind;
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
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

/// The text behind an opening quotation mark. `None`: never closed.
fn quoted(inner: &str) -> Option<(Token, &str)> {
    let mut text = String::new();
    let mut template = false;
    let mut depth = 0_usize;
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if depth == 0 => {
                let token = if template { Token::Template } else { Token::Text(text) };
                return Some((token, inner.get(at + 1..).unwrap_or_default()));
            }
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                c => text.push(c),
            },
            '\n' if depth == 0 => return None,
            '$' if inner.get(at + 1..).is_some_and(|rest| rest.starts_with('{')) => {
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
