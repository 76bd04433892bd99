//! Databricks' bundles (`databricks.yml`): each target is a connection. Variables of a bundle are told, never looked up.

use super::{
    Found, Kind,
    attributes::{Attributes, named},
    found::Given,
    tree::{self, Node},
};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "bundle",
    label: "Databricks bundle",
    phrase: "Databricks bundle",
    read,
    nothing: "It contains no target that has a workspace with a host or profile.",
};

/// Whether a document of YAML is a bundle, or a part of one.
pub(super) fn is_ours(document: &Node) -> bool {
    let has_map = |key: &str| document.get(key).is_some_and(|node| node.is_map());
    let targets = ["targets", "environments"]
        .iter()
        .any(|key| document.get(key).is_some_and(|targets| targets.entries().iter().any(|(_, target)| target.get("workspace").is_some())));
    has_map("bundle") || targets
}

pub(super) fn read(text: &str, mut found: Found) -> Result<Found, Failure> {
    for document in tree::parse(Kind::Bundle, text)? {
        let name = document.get("bundle").and_then(|bundle| bundle.get_text("name")).unwrap_or("bundle").to_owned();
        let common = document.get("workspace");
        let mut targets = Vec::new();
        for key in ["targets", "environments"] {
            targets.extend(document.get(key).map(|targets| targets.entries()).unwrap_or_default());
        }
        for (target, node) in &targets {
            let place = format!("{name}/{target}");
            let workspace = node.get("workspace");
            if found.wants(&place) && (workspace.is_some() || common.is_some()) {
                let mut made = attributes(&[common, workspace]).into_connection(&place);
                if node.get_text("default") == Some("true") {
                    made.remark("The bundle's default target.");
                }
                found.push(made);
            }
        }
        if targets.is_empty() && common.is_some() {
            found.push(attributes(&[common]).into_connection(&name));
        }
    }
    Ok(found)
}

/// What the later ones say counts.
fn attributes(workspaces: &[Option<&std::rc::Rc<Node>>]) -> Attributes {
    let mut attributes = Attributes::new();
    for (key, value) in workspaces.iter().flatten().flat_map(|workspace| workspace.entries()) {
        if let (Some(attribute), Some(text)) = (named(key), value.text()) {
            attributes.set(attribute, key, Given::text(text));
        }
    }
    attributes
}
