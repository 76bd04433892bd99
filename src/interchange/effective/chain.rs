//! Which way to sign in is used: the Go SDK's chain (`config/auth_default.go`), as far as it can be told without asking anybody.

use crate::connection::Cloud;

/// What is known to be set.
pub(super) struct Set<'a> {
    pub(super) has: &'a dyn Fn(&str) -> bool,
    /// Where the host is, as far as its name tells.
    pub(super) cloud: Option<Cloud>,
}

pub(super) struct Chosen {
    pub(super) way: Option<String>,
    /// In the words of the SDK.
    pub(super) problem: Option<String>,
    pub(super) note: Option<String>,
}

const DOCUMENTATION: &str = "https://docs.databricks.com/en/dev-tools/auth.html#databricks-client-unified-authentication";

/// A way to sign in, and what the SDK wants before it tries it.
struct Way {
    name: &'static str,
    needs: &'static [&'static str],
    cloud: Option<Cloud>,
}

const fn way(name: &'static str, needs: &'static [&'static str]) -> Way {
    Way { name, needs, cloud: None }
}

const fn within(cloud: Cloud, mut it: Way) -> Way {
    it.cloud = Some(cloud);
    it
}

/// In the order in which they are tried.
const WAYS: [Way; 15] = [
    way("pat", &["host", "token"]),
    way("basic", &["host", "username", "password"]),
    way("oauth-m2m", &["host", "client_id", "client_secret"]),
    way(CLI, &["host"]),
    way("metadata-service", &["host", "metadata_service_url"]),
    way("github-oidc", &["host", "actions_id_token_request_url", "actions_id_token_request_token"]),
    way("azure-devops-oidc", &["host"]),
    way("env-oidc", &["host", "oidc_token_env"]),
    way("file-oidc", &["host", "databricks_id_token_filepath"]),
    within(
        Cloud::Azure,
        way(
            "github-oidc-azure",
            &["host", "azure_client_id", "azure_tenant_id", "actions_id_token_request_url", "actions_id_token_request_token"],
        ),
    ),
    within(Cloud::Azure, way("azure-msi", &["azure_use_msi"])),
    within(Cloud::Azure, way("azure-client-secret", &["azure_client_id", "azure_client_secret", "azure_tenant_id"])),
    within(Cloud::Azure, way("azure-cli", &[])),
    within(Cloud::Gcp, way("google-credentials", &["host", "google_credentials"])),
    within(Cloud::Gcp, way("google-id", &["host", "google_service_account"])),
];

/// Asks a program, which has its own mind; whether it succeeds is known only then.
const CLI: &str = "databricks-cli";

/// Nobody asks the program where one of these is complete.
const BEFORE_CLI: [&str; 3] = ["pat", "basic", "oauth-m2m"];

/// Only the Python SDK knows these.
const PYTHON: [&str; 4] = ["external-browser", "runtime", "runtime-oauth", "model-serving-user-credentials"];

pub(super) fn choose(set: &Set<'_>, auth_type: Option<&str>) -> Chosen {
    match auth_type {
        Some(way) => named(set, way),
        None => first(set),
    }
}

fn named(set: &Set<'_>, name: &str) -> Chosen {
    let chosen = |problem, note| Chosen { way: Some(name.to_owned()), problem, note };
    match WAYS.iter().find(|way| way.name == name) {
        Some(way) if way.is_complete(set) => chosen(None, None),
        Some(way) if !(set.has)("host") && [CLI, "pat"].contains(&way.name) => {
            let purpose = if way.name == CLI { "" } else { " for PAT authentication" };
            chosen(Some(format!("{name} auth: host is required{purpose}")), None)
        }
        Some(_) => chosen(Some(format!("{name} auth: not configured")), None),
        None if PYTHON.contains(&name) => {
            chosen(None, Some(format!("Only the Python SDK knows auth_type {name}; the CLI, Go, Java and Terraform refuse it.")))
        }
        None => chosen(
            Some(format!(
                "default auth: auth type \"{}\" not found, please check {DOCUMENTATION} for a list of supported auth types",
                name.escape_debug()
            )),
            None,
        ),
    }
}

/// Evidence is something that is set for this way and no other: a host alone is none.
fn first(set: &Set<'_>) -> Chosen {
    let is_evident = |way: &&Way| way.needs.iter().any(|name| *name != "host") && way.is_complete(set);
    let chosen = |way: &str, note| Chosen { way: Some(way.to_owned()), problem: None, note };
    let host = (set.has)("host");
    match WAYS.iter().find(is_evident) {
        Some(way) if host && !BEFORE_CLI.contains(&way.name) => chosen(
            way.name,
            Some(format!("Before {}, Go and Java ask the Databricks CLI, and use its sign-in if there is one for this address.", way.name)),
        ),
        Some(way) => chosen(way.name, None),
        None if host => {
            let else_azure = if set.cloud == Some(Cloud::Azure) { ", else that of the Azure CLI" } else { "" };
            let note = format!(
                "Nothing says how to sign in: the sign-in of the Databricks CLI for this address is used, if there is one{else_azure}."
            );
            chosen(CLI, Some(note))
        }
        None => Chosen {
            way: None,
            problem: Some(format!(
                "default auth: cannot configure default credentials, please check {DOCUMENTATION} to configure credentials for your \
                 preferred authentication method"
            )),
            note: None,
        },
    }
}

impl Way {
    fn is_complete(&self, set: &Set<'_>) -> bool {
        self.cloud.is_none_or(|cloud| set.cloud == Some(cloud)) && self.needs.iter().all(|name| (set.has)(name))
    }
}
