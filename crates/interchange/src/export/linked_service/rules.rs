//! What Azure takes as a name, so that nobody finds out at the deployment.

use crate::format::Field;
use brickpass_core::{
    connection::{Cloud, Connection, unfit},
    failure::{Code, Failure},
};

fn refused(field: &Field, why: &'static str, fix: &'static str) -> Failure {
    Failure::new(Code::InvalidInput, format!("Azure does not accept this \"{}\".", field.label), why, fix)
}

/// # Errors
/// A workspace on another cloud, which no linked service connects to.
pub(in crate::export) fn azure_only(connection: &Connection) -> Result<(), Failure> {
    match connection.base_url.cloud() {
        Some(Cloud::Aws | Cloud::Gcp) => Err(Failure::new(
            Code::Unsupported,
            "This linked service needs an Azure Databricks workspace.",
            "The connection's workspace is on another cloud.",
            "Choose a connection to a workspace on Azure.",
        )),
        _ => Ok(()),
    }
}

/// `^[A-Za-z0-9_][^<>*#.%&:\\+?/]*$`, 260 at most, and nothing that cannot be seen.
pub(super) fn linked_service_name(field: &Field, name: &str) -> Result<String, Failure> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let fits = !name.contains(['<', '>', '*', '#', '.', '%', '&', ':', '\\', '+', '?', '/']) && unfit(name).is_none();
    if begins && fits && name.chars().count() <= 260 {
        return Ok(name.to_owned());
    }
    Err(refused(
        field,
        "A name starts with a letter, digit or _, contains none of < > * # . % & : \\ + ? /, and has at most 260 characters.",
        "Choose a name such as LS_Databricks.",
    ))
}

/// Letters, digits, `-` and `_`, between `least` and `most`.
pub(super) fn named(field: &Field, name: &str, least: usize, most: usize) -> Result<String, Failure> {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits && (least..=most).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(name.to_owned());
    }
    Err(refused(field, "It contains only letters, digits, - and _, and starts with a letter or digit.", "Copy it from the Azure portal."))
}

/// `^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$`, 3 to 63.
pub(super) fn factory(field: &Field, name: &str) -> Result<String, Failure> {
    let parts = name.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if parts && (3..=63).contains(&name.len()) {
        return Ok(name.to_owned());
    }
    Err(refused(
        field,
        "A data factory's name has 3 to 63 letters, digits and single hyphens, and starts and ends with a letter or digit.",
        "Copy it from the Azure portal.",
    ))
}

/// `^[A-Za-z0-9-]{1,127}$`
pub(super) fn vault_secret(field: &Field, name: &str) -> Result<String, Failure> {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits && (1..=127).contains(&name.len()) {
        return Ok(name.to_owned());
    }
    Err(refused(field, "In Azure Key Vault it can have at most 127 letters, digits and hyphens.", "Choose one such as databricks-token."))
}

/// What the workspace calls its node types, runtimes, pools and policies.
pub(super) fn id(field: &Field, id: &str) -> Result<String, Failure> {
    let fits = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if fits && (1..=200).contains(&id.len()) {
        return Ok(id.to_owned());
    }
    Err(Failure::new(
        Code::InvalidInput,
        format!("\"{}\" is not a valid ID.", field.label),
        "An ID contains only letters, digits and - _ .",
        "Choose one from the list.",
    ))
}

/// `/subscriptions/…/resourceGroups/…/providers/Microsoft.Databricks/workspaces/…`
pub(super) fn workspace(field: &Field, typed: &str) -> Result<String, Failure> {
    let part = |text: &str| {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')');
        (1..=90).contains(&text.chars().count()) && text.chars().all(fits) && !text.ends_with('.')
    };
    let parts: Vec<&str> = typed.trim_end_matches('/').split('/').collect();
    if let ["", subscriptions, subscription, groups, group, providers, provider, workspaces, workspace] = parts.as_slice() {
        let words = [(subscriptions, "subscriptions"), (groups, "resourceGroups"), (providers, "providers"), (workspaces, "workspaces")];
        let named = words.iter().all(|(word, expected)| word.eq_ignore_ascii_case(expected));
        if named && provider.eq_ignore_ascii_case("Microsoft.Databricks") && [subscription, group, workspace].iter().all(|text| part(text))
        {
            return Ok(parts.join("/"));
        }
    }
    Err(refused(
        field,
        "A resource ID looks like /subscriptions/.../resourceGroups/.../providers/Microsoft.Databricks/workspaces/...",
        "Copy it from the workspace's page in the Azure portal, under JSON View.",
    ))
}

/// `2`, or `1:8`: the least and the most.
pub(super) fn workers(typed: &str) -> Result<(u32, Option<u32>), Failure> {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=100_000).contains(number));
    let read = match typed.split_once(':') {
        None => number(typed).map(|count| (count, None)),
        Some((least, most)) => {
            number(least).zip(number(most)).filter(|(least, most)| least <= most).map(|(least, most)| (least, Some(most)))
        }
    };
    read.ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            "The number of workers is not valid.",
            "Data Factory accepts a number, or minimum and maximum with a colon between them.",
            "Enter 2, or 1:8.",
        )
    })
}
