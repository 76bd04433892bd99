//! What JSON, YAML and TOML have in common: a tree of maps, lists and texts. Branches may be shared, so that an alias of YAML multiplies nothing.

use std::{collections::HashSet, rc::Rc};

use serde_json::Value;

use super::{Kind, damaged, json, yaml};
use brickpass_core::failure::Failure;

/// A tree that is made into JSON may have this many nodes, those behind aliases counted each time.
const MAX_NODES: usize = 200_000;

pub(super) enum Node {
    /// The text, and whether it was written without quotation marks.
    Scalar(String, bool),
    List(Vec<Rc<Self>>),
    Map(Vec<(String, Rc<Self>)>),
}

impl Node {
    /// The entries of a map, those that it merges (`<<`) behind its own.
    pub(super) fn entries(&self) -> Vec<(&str, &Rc<Self>)> {
        let Self::Map(entries) = self else { return Vec::new() };
        let merged: Vec<&Rc<Self>> = entries.iter().filter(|(key, _)| key == "<<").map(|(_, node)| node).collect();
        let mut all: Vec<(&str, &Rc<Self>)> =
            entries.iter().filter(|(key, _)| key != "<<").map(|(key, node)| (key.as_str(), node)).collect();
        if merged.is_empty() {
            return all;
        }
        let mut known: HashSet<&str> = all.iter().map(|(key, _)| *key).collect();
        for source in merged.into_iter().flat_map(|node| node.merged()) {
            let Self::Map(entries) = &**source else { continue };
            all.extend(entries.iter().filter(|(key, _)| key != "<<" && known.insert(key)).map(|(key, node)| (key.as_str(), node)));
        }
        all
    }

    /// A merge names a map, or a list of maps.
    fn merged(self: &Rc<Self>) -> Vec<&Rc<Self>> {
        match &**self {
            Self::List(maps) => maps.iter().collect(),
            Self::Map(_) | Self::Scalar(..) => vec![self],
        }
    }

    pub(super) fn items(&self) -> &[Rc<Self>] {
        if let Self::List(items) = self { items } else { &[] }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Rc<Self>> {
        self.entries().into_iter().find(|(known, _)| *known == key).map(|(_, node)| node)
    }

    /// `null` without quotation marks is none.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text, plain) if !(*plain && ["null", "~", "Null", "NULL", ""].contains(&text.as_str())) => Some(text),
            _ => None,
        }
    }

    pub(super) fn get_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// As JSON; `None` when aliases would make it endless.
    pub(super) fn as_json(&self) -> Option<Value> {
        let mut left = MAX_NODES;
        self.counted(&mut left)
    }

    fn counted(&self, left: &mut usize) -> Option<Value> {
        *left = left.checked_sub(1)?;
        Some(match self {
            Self::Scalar(text, true) if ["true", "false"].contains(&text.as_str()) => Value::Bool(text == "true"),
            Self::Scalar(..) => self.text().map_or(Value::Null, |text| Value::String(text.to_owned())),
            Self::List(items) => Value::Array(items.iter().map(|item| item.counted(left)).collect::<Option<_>>()?),
            Self::Map(_) => {
                let entries = self.entries().into_iter().map(|(key, node)| Some((key.to_owned(), node.counted(left)?)));
                Value::Object(entries.collect::<Option<_>>()?)
            }
        })
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Scalar(String::new(), true),
            Value::String(text) => Self::Scalar(text.clone(), false),
            Value::Bool(flag) => Self::Scalar(flag.to_string(), true),
            Value::Number(number) => Self::Scalar(number.to_string(), true),
            Value::Array(items) => Self::List(items.iter().map(|item| Rc::new(Self::from(item))).collect()),
            Value::Object(entries) => Self::Map(entries.iter().map(|(key, value)| (key.clone(), Rc::new(Self::from(value)))).collect()),
        }
    }
}

impl From<&toml::Value> for Node {
    fn from(value: &toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Scalar(text.clone(), false),
            toml::Value::Array(items) => Self::List(items.iter().map(|item| Rc::new(Self::from(item))).collect()),
            toml::Value::Table(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.clone(), Rc::new(Self::from(value)))).collect())
            }
            toml::Value::Integer(number) => Self::Scalar(number.to_string(), true),
            toml::Value::Float(number) => Self::Scalar(number.to_string(), true),
            toml::Value::Boolean(flag) => Self::Scalar(flag.to_string(), true),
            toml::Value::Datetime(time) => Self::Scalar(time.to_string(), true),
        }
    }
}

/// The documents of a text in JSON, TOML or YAML, whichever it is.
///
/// # Errors
/// It is none of them: where, without a value of it.
pub(super) fn parse(kind: Kind, text: &str) -> Result<Vec<Rc<Node>>, Failure> {
    let start = text.trim_start();
    if start.starts_with('{') || start.starts_with("//") || start.starts_with("/*") {
        return json::lenient(kind, text).map(|document| vec![Rc::new(Node::from(&document))]);
    }
    if start.starts_with('[')
        && let Ok(document) = serde_json::from_str::<Value>(text)
    {
        return Ok(vec![Rc::new(Node::from(&document))]);
    }
    if let Some(document) = toml_of(text) {
        return Ok(vec![Rc::new(document)]);
    }
    yaml::documents(text).map_err(|damage| damaged(kind, format!("Line {}, column {}: {}.", damage.line, damage.column, damage.why)))
}

/// A text in TOML, when it is one with anything in it.
pub(super) fn toml_of(text: &str) -> Option<Node> {
    let table: toml::Table = text.parse().ok()?;
    (!table.is_empty()).then(|| Node::from(&toml::Value::Table(table)))
}

/// Calls `visit` for each node with the keys that lead to it; a node that several aliases name comes once.
pub(super) fn walk<'a>(root: &'a Rc<Node>, visit: &mut dyn FnMut(&[&'a str], &'a Rc<Node>)) {
    step(root, &mut Vec::new(), &mut HashSet::new(), visit);
}

fn step<'a>(node: &'a Rc<Node>, path: &mut Vec<&'a str>, seen: &mut HashSet<*const Node>, visit: &mut dyn FnMut(&[&'a str], &'a Rc<Node>)) {
    if !seen.insert(Rc::as_ptr(node)) {
        return;
    }
    visit(path, node);
    for (key, child) in node.entries() {
        path.push(key);
        step(child, path, seen, visit);
        path.pop();
    }
    for item in node.items() {
        step(item, path, seen, visit);
    }
}
