//! Bicep, as the ARM template that it stands for: its resources and the defaults of its parameters.

use serde_json::{Map, Value, json};

use super::braces::{self, Item, Language, Quotes, Token};

const BICEP: Language = Language {
    hash_begins_comment: false,
    dash_in_words: false,
    quotes: Quotes { mark: '\'', placeholders: &["${"], literal: &[] },
    several_lines,
};

/// The template; `Err`: the line of what is never closed, or nested too deep.
pub(super) fn template(text: &str) -> Result<Value, usize> {
    let tokens = braces::tokens(text, &BICEP)?;
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

/// `'''`: nothing in it is put in or escaped.
fn several_lines(rest: &str) -> Option<braces::Begun<'_>> {
    let inner = rest.strip_prefix("'''")?;
    Some(inner.split_once("'''").map(|(text, behind)| (Token::Text(text.to_owned()), behind)))
}
