//! dbt's `profiles.yml`: each target of the type `databricks` is a connection, and so is one of the type `spark` that leads to Databricks. What dbt
//! fills in when it runs (`env_var`) has to be typed.

use std::rc::Rc;

use super::{
    Found, FoundConnection, Kind,
    attributes::ENTRA,
    found::Given,
    tree::{self, Node},
    variables::is_databricks,
};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "dbt",
    label: "dbt profiles",
    phrase: "dbt profiles",
    read,
    nothing: "It contains no target of the type databricks.",
};

/// Whether a document of YAML is a file of profiles.
pub(super) fn is_ours(document: &Node) -> bool {
    document.entries().iter().any(|(_, profile)| profile.get("outputs").is_some_and(|outputs| outputs.is_map()))
}

pub(super) fn read(text: &str, mut found: Found) -> Result<Found, Failure> {
    for document in tree::parse(Kind::Dbt, text)? {
        for (profile, node) in document.entries() {
            let Some(outputs) = node.get("outputs") else {
                // Settings of dbt itself, or a part that others point at.
                if profile != "config" && !profile.starts_with('.') {
                    found.ignore(profile, "it has no outputs");
                }
                continue;
            };
            let default = node.get_text("target");
            for (target, output) in outputs.entries() {
                if !found.wants(&format!("{profile}/{target}")) {
                    continue;
                }
                if !leads_to_databricks(output) {
                    found.ignore(&format!("{profile}.{target}"), "its type is not databricks");
                    continue;
                }
                let mut made = self::target(&format!("{profile}/{target}"), output);
                if default == Some(target) {
                    made.remark("dbt's default target.");
                }
                found.push(made);
            }
        }
    }
    Ok(found)
}

fn leads_to_databricks(output: &Node) -> bool {
    match output.get_text("type") {
        Some("databricks") => true,
        Some("spark") => given(output.get("host")).is_some_and(|host| is_databricks(&host)),
        _ => false,
    }
}

fn given(node: Option<&Rc<Node>>) -> Option<Given> {
    Some(Given::text(node?.text()?).resolved())
}

fn target(place: &str, output: &Node) -> FoundConnection {
    let mut made = FoundConnection::at(place);
    let key = |name: &str| given(output.get(name));
    let (client_id, secret, token) = (key("client_id"), key("client_secret"), key("token"));
    match output.get_text("auth_type") {
        Some(way) if way.starts_with("azure") => made.through_browser(ENTRA),
        _ if key("azure_client_id").is_some() || key("azure_client_secret").is_some() => made.through_browser(ENTRA),
        Some("oauth") if secret.is_some() => made.principal(client_id.as_ref(), secret.as_ref()),
        Some("oauth") => {
            made.browser();
            if let Some(id) = client_id.as_ref().and_then(Given::literal) {
                id.clone_into(&mut made.draft.client_id);
            }
        }
        None | Some("token") => made.token(token.as_ref()),
        Some(_) => made.refuse("Brickpass does not support its authentication type (auth_type)."),
    }
    made.host(key("host").as_ref(), "host");
    made.settle_level();
    for (name, _) in output.entries() {
        match name {
            "type" | "host" | "token" | "auth_type" | "client_id" | "client_secret" => {}
            "http_path" | "compute" | "cluster" | "endpoint" => {
                made.ignore(name, "connections contain no compute; choose it when you export");
            }
            "catalog" | "schema" | "database" => {
                made.ignore(name, "connections contain no catalog or schema; choose them when you export");
            }
            "azure_client_id" | "azure_client_secret" => made.ignore(name, "an authentication type that Brickpass does not support"),
            _ => made.ignore(name, "a dbt setting"),
        }
    }
    made
}
