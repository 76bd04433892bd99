//! Manifests of Kubernetes: secrets and maps of settings, and the environment of what runs there.

use std::rc::Rc;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Found, Kind,
    found::Given,
    settings::{self, Block},
    tree::{self, Node},
    variables::{Variables, by_any_name, variable_of},
};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "kubernetes",
    label: "Kubernetes manifest",
    phrase: "Kubernetes manifest",
    read: |text, _| read(text),
    nothing: "It contains no Secret, ConfigMap or environment with a workspace URL, such as DATABRICKS_HOST.",
};

/// Whether a document of YAML or JSON is a manifest.
pub(super) fn is_ours(document: &Node) -> bool {
    document.get_text("apiVersion").is_some() && document.get_text("kind").is_some()
}

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Kubernetes);
    let mut blocks = Vec::new();
    for document in tree::parse(Kind::Kubernetes, text)? {
        let items = document.get("items").filter(|_| document.get_text("kind") == Some("List")).map(|items| items.items());
        for manifest in items.unwrap_or(std::slice::from_ref(&document)) {
            blocks.extend(manifest_blocks(manifest));
        }
    }
    settings::take(blocks, &mut found);
    Ok(found)
}

fn manifest_blocks(manifest: &Rc<Node>) -> Vec<Block> {
    let place = manifest.get("metadata").and_then(|metadata| metadata.get_text("name")).unwrap_or_default().to_owned();
    match manifest.get_text("kind") {
        Some("Secret") => {
            let mut variables = entries(manifest.get("data"), |text| decoded(&text));
            variables.extend(entries(manifest.get("stringData"), |text| Given::text(&text)));
            vec![Block { place, variables }]
        }
        Some("ConfigMap") => vec![Block { place, variables: entries(manifest.get("data"), |text| Given::text(&text)) }],
        _ => {
            let mut blocks = settings::blocks(manifest);
            for block in &mut blocks {
                block.place.clone_from(&place);
            }
            blocks
        }
    }
}

/// A secret's keys are the names of variables, or plain ones (`host`, `token`).
fn entries(node: Option<&Rc<Node>>, value: impl Fn(String) -> Given) -> Variables {
    let entries = node.map(|node| node.entries()).unwrap_or_default();
    let said = entries.into_iter().filter_map(|(key, node)| {
        let name = if key.chars().any(|c| c.is_ascii_uppercase()) { key } else { by_any_name(key).and_then(variable_of).unwrap_or(key) };
        Some((name.to_owned(), value(node.text()?.to_owned())))
    });
    said.collect()
}

fn decoded(text: &str) -> Given {
    let plain: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(plain).ok().map(zeroize::Zeroizing::new);
    match bytes.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok()) {
        Some(text) => Given::text(text),
        None => Given::Elsewhere("it is not base64 text".to_owned()),
    }
}
