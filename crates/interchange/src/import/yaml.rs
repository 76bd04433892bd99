//! YAML as a tree that is never multiplied: an alias points at what it names, however often it is used.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::tree::Node;

/// Deeper than any file of connections.
const DEEPEST: usize = 64;

/// Where it is damaged (line and column, from 1), and why.
pub(super) struct Damage {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) why: &'static str,
}

/// A map or a list that is being read.
struct Open {
    anchor: usize,
    /// The key that waits for its value.
    key: Option<String>,
    content: Content,
    /// How many levels lie below it, those behind aliases too: a chain of aliases must not become a tower.
    height: usize,
}

enum Content {
    /// The entries, and their keys.
    Map(Vec<(String, Rc<Node>)>, HashSet<String>),
    List(Vec<Rc<Node>>),
}

impl Open {
    fn new(anchor: usize, content: Content) -> Self {
        Self { anchor, key: None, content, height: 0 }
    }
}

/// All documents; those without anything in them are left out.
pub(super) fn documents(text: &str) -> Result<Vec<Rc<Node>>, Damage> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Rc<Node>, usize)> = HashMap::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| damage(error.marker().line(), error.marker().col(), "this is not valid YAML"))?;
        let here = |why| damage(span.start.line(), span.start.col(), why);
        let (node, anchor, height) = match event {
            // A tag of its own (`!Ref`, `!vault`) says that the text only leads to the value.
            Event::Scalar(_, _, anchor, Some(tag)) if !tag.is_yaml_core_schema() && tag.handle.starts_with('!') => {
                (Rc::new(Node::Scalar(format!("{{{{ !{} }}}}", tag.suffix), false)), anchor, 0)
            }
            Event::Scalar(text, style, anchor, _) => (Rc::new(Node::Scalar(text.into_owned(), style == ScalarStyle::Plain)), anchor, 0),
            Event::Alias(anchor) => {
                let (node, height) = anchors.get(&anchor).ok_or_else(|| here("an alias refers to itself, or to nothing"))?;
                (Rc::clone(node), 0, *height)
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open::new(anchor, Content::Map(Vec::new(), HashSet::new())));
                continue;
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open::new(anchor, Content::List(Vec::new())));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open { anchor, content: Content::Map(entries, _), height, .. }) => (Rc::new(Node::Map(entries)), anchor, height + 1),
                Some(Open { anchor, content: Content::List(items), height, .. }) => (Rc::new(Node::List(items)), anchor, height + 1),
                None => continue,
            },
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::StreamEnd => continue,
        };
        if open.len() + height > DEEPEST {
            return Err(here("this is nested too deeply"));
        }
        if anchor > 0 {
            anchors.insert(anchor, (Rc::clone(&node), height));
        }
        let Some(parent) = open.last_mut() else {
            // An empty document is a text without anything in it.
            if !matches!(&*node, Node::Scalar(text, true) if text.is_empty()) {
                documents.push(node);
            }
            continue;
        };
        parent.height = parent.height.max(height);
        match &mut parent.content {
            Content::List(items) => items.push(node),
            Content::Map(entries, keys) => match parent.key.take() {
                Some(key) => entries.push((key, node)),
                None => match &*node {
                    Node::Scalar(key, _) if !keys.insert(key.clone()) && key != "<<" => return Err(here("this key appears twice")),
                    Node::Scalar(key, _) => parent.key = Some(key.clone()),
                    Node::List(_) | Node::Map(_) => return Err(here("a key is not text")),
                },
            },
        }
    }
    Ok(documents)
}

/// The parser counts columns from 0.
fn damage(line: usize, column: usize, why: &'static str) -> Damage {
    Damage { line, column: column + 1, why }
}
