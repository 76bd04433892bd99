//! Settings in JSON, YAML or TOML, wherever they name a workspace: `.databricks/project.json`, the environments of Compose files, workflows, apps,
//! editors and MCP servers, `terraform.tfvars.json`, Streamlit's secrets, environments of Insomnia and `OpenCollection`.

use std::{collections::HashSet, rc::Rc};

use secrecy::ExposeSecret as _;

use super::{
    Found, FoundConnection, Kind,
    found::Given,
    reference::reference,
    tree::{self, Node},
    variables::{self, Variables, by_any_name, is_databricks},
};
use brickpass_core::failure::Failure;

/// Keys that only say what kind of thing stands below them.
const STRUCTURE: [&str; 23] = [
    "env",
    "environment",
    "environments",
    "variables",
    "variable",
    "vars",
    "data",
    "stringdata",
    "values",
    "settings",
    "secrets",
    "connections",
    "args",
    "build",
    "config",
    "resources",
    "with",
    "spec",
    "template",
    "containers",
    "defaults",
    "jobs",
    "steps",
];

pub(super) const READER: super::Reader = super::Reader {
    word: "settings",
    label: "Settings in JSON, YAML or TOML",
    phrase: "settings",
    read: |text, _| read(text),
    nothing: "It contains no variable or setting with a workspace URL, such as DATABRICKS_HOST. If it refers to a profile, import .databrickscfg, which contains the address.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    read_as(Kind::Settings, text)
}

/// As `read`, of a kind whose files are settings.
pub(super) fn read_as(kind: Kind, text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(kind);
    let documents = tree::parse(kind, text)?;
    let blocks = documents.iter().flat_map(blocks).collect();
    take(blocks, &mut found);
    Ok(found)
}

/// Whether one of the documents names a workspace or a connection in some setting.
pub(super) fn names_a_workspace(documents: &[Rc<Node>]) -> bool {
    documents.iter().flat_map(blocks).any(|block| block.has_address())
}

/// Settings that stand together.
pub(super) struct Block {
    pub(super) place: String,
    pub(super) variables: Variables,
}

impl Block {
    fn has_address(&self) -> bool {
        self.variables.iter().any(|(name, value)| {
            let literal = value.literal();
            name.starts_with("AIRFLOW_CONN_")
                || literal.is_some_and(|text| super::connect::is_url(text) || super::jdbc::is_url(text))
                || (variables::is_host(name) && literal.is_some())
        })
    }
}

/// The blocks that settings of Databricks stand in, with the names by which variables know them.
pub(super) fn blocks(document: &Rc<Node>) -> Vec<Block> {
    let mut blocks = Vec::new();
    tree::walk(document, &mut |path, node| {
        let about_databricks = path.iter().any(|key| key.to_ascii_lowercase().contains("databricks"));
        let pairs = pairs(node);
        let about_databricks = about_databricks || (path.is_empty() && pairs.iter().any(|(name, _)| is_telling(name)));
        let variables = with_known_names(pairs, about_databricks);
        if !variables.is_empty() {
            blocks.push(Block { place: place(path), variables });
        }
    });
    blocks
}

/// The last key that is a name.
fn place(path: &[&str]) -> String {
    let is_name = |key: &&&str| {
        let plain = key.to_ascii_lowercase();
        !STRUCTURE.contains(&plain.as_str()) && !plain.starts_with("terminal.")
    };
    path.iter().rev().find(is_name).map(|key| (*key).to_owned()).unwrap_or_default()
}

/// The entries of a map; of a list, its `NAME=value` and `{name: NAME, value: value}`.
fn pairs(node: &Node) -> Variables {
    match node {
        Node::Map(_) => {
            let scalar = |(key, node): (&str, &Rc<Node>)| matches!(&**node, Node::Scalar(..)).then(|| (key.to_owned(), given(node)));
            node.entries().into_iter().filter_map(scalar).collect()
        }
        Node::List(items) => items.iter().filter_map(|item| pair(item)).collect(),
        Node::Scalar(..) => Vec::new(),
    }
}

fn pair(item: &Node) -> Option<(String, Given)> {
    if let Some(text) = item.text() {
        let (name, value) = text.split_once('=')?;
        return Some((name.trim().to_owned(), Given::text(value)));
    }
    let name = ["name", "key"].into_iter().find_map(|key| item.get_text(key))?;
    let value = match item.get("value") {
        Some(value) if matches!(**value, Node::Scalar(..)) => given(value),
        // `valueFrom: {secretKeyRef: ...}`, `secret: true`
        None if item.get("valueFrom").is_some() || item.get("value_from").is_some() => {
            Given::Elsewhere("it comes from a secret of the cluster".to_owned())
        }
        None if item.get_text("secret") == Some("true") => Given::text(""),
        Some(_) | None => return None,
    };
    Some((name.to_owned(), value))
}

fn given(node: &Node) -> Given {
    Given::text(node.text().unwrap_or_default())
}

/// Variables keep their names. Plain keys (`host`, `token`) become those that they mean, where their host is one of Databricks, or where all around
/// is about Databricks and it is an address.
fn with_known_names(pairs: Variables, about_databricks: bool) -> Variables {
    let fits = |value: &Given| {
        let literal = value.literal();
        is_databricks(value) || (about_databricks && literal.is_some_and(|text| reference(text).is_some() || text.starts_with("http")))
    };
    let plain = pairs.iter().any(|(name, value)| !variables::is_known(name) && by_any_name(name) == Some("host") && fits(value));
    let said = |(name, value): (String, Given)| {
        if variables::is_known(&name) {
            return Some((name, value));
        }
        if value.literal().is_some_and(|text| super::jdbc::is_url(text) || super::connect::is_url(text)) {
            return Some((name, value));
        }
        let attribute = by_any_name(&name).filter(|_| plain)?;
        Some((variables::variable_of(attribute)?.to_owned(), value))
    };
    pairs.into_iter().filter_map(said).collect()
}

/// Whether a setting of this name is one of Databricks' tools, so that those beside it are, too.
fn is_telling(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    plain.contains("databricks")
        || ["authtype", "auth_type", "cluster_id", "org_id", "http_path", "workspacepath"].contains(&plain.as_str())
}

/// Each block that has an address is a connection of its own. Of a single one, whatever stands in other blocks belongs to it, such as the token of a
/// step whose job names the address.
pub(super) fn take(blocks: Vec<Block>, found: &mut Found) {
    let (mut with, without): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(Block::has_address);
    match with.as_mut_slice() {
        [] => {
            for block in without {
                variables::connections(&block.place, block.variables, found);
            }
        }
        [one] => {
            let known: HashSet<String> = one.variables.iter().map(|(name, _)| name.clone()).collect();
            one.variables.extend(without.into_iter().flat_map(|block| block.variables).filter(|(name, _)| !known.contains(name)));
        }
        _ => {}
    }
    for block in with {
        variables::connections(&block.place, block.variables, found);
    }
    leave_out_repeated(found);
}

/// A workflow says the same in each of its steps.
fn leave_out_repeated(found: &mut Found) {
    let mut seen = HashSet::new();
    found.connections.retain(|made| {
        let FoundConnection { draft, secret, refused, .. } = made;
        let secret = secret.as_ref().map(|(_, secret)| secret.expose_secret().to_owned());
        refused.is_some() || seen.insert((draft.base_url.clone(), draft.auth, draft.client_id.clone(), draft.account_id.clone(), secret))
    });
}
