//! dbt's `profiles.yml`: each target of the type `databricks` is a connection. What dbt fills in when it runs (`env_var`) has to be typed.

use std::rc::Rc;

use super::{
    Found, FoundConnection, Kind, damaged,
    found::Given,
    text::shown,
    yaml::{self, Damage, Node},
};
use crate::failure::Failure;

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Dbt);
    let document =
        yaml::read(text).map_err(|Damage { line, column, why }| damaged(Kind::Dbt, format!("Line {line}, column {column}: {why}.")))?;
    let Some(document) = document else { return Ok(found) };
    for (profile, node) in document.entries() {
        let Some(outputs) = node.get("outputs") else {
            // Settings of dbt itself, or a part that others point at.
            if profile != "config" && !profile.starts_with('.') {
                found.ignore(profile, "it has no outputs");
            }
            continue;
        };
        let default = node.get("target").and_then(|target| target.text());
        for (target, output) in outputs.entries().into_iter().take(super::MOST + 1) {
            if output.get("type").and_then(|kind| kind.text()) != Some("databricks") {
                found.ignore(&format!("{profile}.{target}"), "not of the type databricks");
                continue;
            }
            let mut made = self::target(&format!("{profile}/{target}"), output, &mut found);
            if default == Some(target) {
                made.remark("dbt's default target.");
            }
            found.connections.push(made);
        }
    }
    Ok(found)
}

fn given(node: Option<&Rc<Node>>) -> Option<Given> {
    let text = node?.text()?;
    Some(if ["{{", "{%", "{#"].iter().any(|sign| text.contains(sign)) {
        Given::Elsewhere(
            variable(text).map_or_else(
                || "dbt fills it in when it runs".to_owned(),
                |name| format!("dbt takes it from the variable {}", shown(name)),
            ),
        )
    } else {
        Given::text(text)
    })
}

/// The name in `{{ env_var('NAME') }}`.
fn variable(text: &str) -> Option<&str> {
    let rest = text.split_once("env_var(")?.1.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (name, _) = rest.get(1..)?.split_once(quote)?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

fn target(place: &str, output: &Node, found: &mut Found) -> FoundConnection {
    let mut made = FoundConnection::at(place);
    let key = |name: &str| given(output.get(name));
    let (client_id, secret, token) = (key("client_id"), key("client_secret"), key("token"));
    match output.get("auth_type").and_then(|auth| auth.text()) {
        _ if key("azure_client_id").is_some() || key("azure_client_secret").is_some() => {
            made.refuse("It signs in with Microsoft Entra ID, which Brickpass cannot.");
        }
        Some("oauth") if secret.is_some() => made.principal(client_id.as_ref(), secret.as_ref()),
        Some("oauth") => {
            made.browser();
            for (field, value) in [(&mut made.draft.client_id, client_id), (&mut made.draft.scopes, None)] {
                if let Some(value) = value.as_ref().and_then(Given::literal) {
                    value.clone_into(field);
                }
            }
        }
        None | Some("token") => made.token(token.as_ref()),
        Some(_) => made.refuse("Brickpass does not know its way to sign in (auth_type)."),
    }
    made.host(key("host").as_ref(), "host");
    made.settle_level();
    for (name, _) in output.entries() {
        match name {
            "type" | "host" | "token" | "auth_type" | "client_id" | "client_secret" => {}
            "http_path" | "compute" => found.ignore(name, "a connection names no compute; it is chosen when the connection is handed over"),
            "catalog" | "schema" | "database" => {
                found.ignore(name, "a connection names no catalog or schema; they are chosen when the connection is handed over");
            }
            "azure_client_id" | "azure_client_secret" => found.ignore(name, "a way to sign in that Brickpass has not"),
            _ => found.ignore(name, "a setting of dbt"),
        }
    }
    made
}
