//! YAML as a tree that is never multiplied: an alias points at what it names, however often it stands there.

use std::{collections::HashMap, rc::Rc};

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Deeper than any file of connections.
const DEEPEST: usize = 64;

#[derive(Debug)]
pub(super) enum Node {
    /// The text, and whether it stood there without quotation marks.
    Scalar(String, bool),
    List,
    Map(Vec<(String, Rc<Self>)>),
}

/// Where it is damaged (line and column, from 1), and why.
pub(super) struct Damage {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) why: &'static str,
}

impl Node {
    /// The entries of a map, those that it merges (`<<`) behind its own.
    pub(super) fn entries(&self) -> Vec<(&str, &Rc<Self>)> {
        let Self::Map(entries) = self else { return Vec::new() };
        let own = entries.iter().filter(|(key, _)| key != "<<").map(|(key, node)| (key.as_str(), node));
        let merged = entries
            .iter()
            .filter(|(key, _)| key == "<<")
            .filter_map(|(_, node)| if let Self::Map(entries) = &**node { Some(entries) } else { None });
        let mut all: Vec<(&str, &Rc<Self>)> = own.collect();
        for (key, node) in merged.flatten().filter(|(key, _)| key != "<<") {
            if !all.iter().any(|(known, _)| known == key) {
                all.push((key, node));
            }
        }
        all
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
}

/// A map or a list that is being read.
struct Open {
    anchor: usize,
    /// The key that waits for its value.
    key: Option<String>,
    entries: Option<Vec<(String, Rc<Node>)>>,
    /// How many levels lie below it, those behind aliases too: a chain of aliases must not become a tower.
    height: usize,
}

/// The first document.
pub(super) fn read(text: &str) -> Result<Option<Rc<Node>>, Damage> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Rc<Node>, usize)> = HashMap::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| damage(error.marker().line(), error.marker().col(), "this is no YAML"))?;
        let here = |why| damage(span.start.line(), span.start.col(), why);
        let (node, anchor, height) = match event {
            Event::Scalar(text, style, anchor, _) => (Rc::new(Node::Scalar(text.into_owned(), style == ScalarStyle::Plain)), anchor, 0),
            Event::Alias(anchor) => {
                let (node, height) = anchors.get(&anchor).ok_or_else(|| here("an alias names what it stands in, or nothing"))?;
                (Rc::clone(node), 0, *height)
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open { anchor, key: None, entries: Some(Vec::new()), height: 0 });
                continue;
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open { anchor, key: None, entries: None, height: 0 });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open { anchor, entries: Some(entries), height, .. }) => (Rc::new(Node::Map(entries)), anchor, height + 1),
                Some(Open { anchor, entries: None, height, .. }) => (Rc::new(Node::List), anchor, height + 1),
                None => continue,
            },
            Event::DocumentEnd | Event::StreamEnd => return Ok(None),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        if open.len() + height > DEEPEST {
            return Err(here("this is nested too deep"));
        }
        if anchor > 0 {
            anchors.insert(anchor, (Rc::clone(&node), height));
        }
        let Some(parent) = open.last_mut() else { return Ok(Some(node)) };
        parent.height = parent.height.max(height);
        let Some(entries) = &mut parent.entries else { continue };
        match parent.key.take() {
            Some(key) => entries.push((key, node)),
            None => match &*node {
                Node::Scalar(key, _) if entries.iter().any(|(known, _)| known == key) && key != "<<" => {
                    return Err(here("this key stands there twice"));
                }
                Node::Scalar(key, _) => parent.key = Some(key.clone()),
                Node::List | Node::Map(_) => return Err(here("a key is no text")),
            },
        }
    }
    Ok(None)
}

/// The parser counts columns from 0.
fn damage(line: usize, column: usize, why: &'static str) -> Damage {
    Damage { line, column: column + 1, why }
}
