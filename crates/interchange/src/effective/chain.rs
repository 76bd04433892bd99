//! Which way to sign in a tool takes: the chain of each SDK, as far as it can be told without asking anybody.
//!
//! Sources: `config/auth_default.go` and `config/auth_*.go` (Go), `credentials_provider.py` (Python), `DefaultCredentialsProvider.java` (Java).

use super::{
    Family, Problem,
    surroundings::{Program, Surroundings, TokenFile},
};
use brickpass_core::connection::Cloud;

/// What is known to be set.
pub(super) struct Set<'a> {
    pub(super) family: Family,
    /// Whether an attribute has a value.
    pub(super) has: &'a dyn Fn(&str) -> bool,
    /// The value of an attribute that is no secret.
    pub(super) get: &'a dyn Fn(&str) -> Option<&'a str>,
    /// Where the host is, as far as the tool knows.
    pub(super) cloud: Option<Cloud>,
    /// What the address of the metadata service names as its host. It is a secret.
    pub(super) metadata_host: Option<String>,
    pub(super) around: &'a dyn Surroundings,
}

#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) way: Option<String>,
    pub(super) problem: Option<Problem>,
    /// Whether there will be credentials, somebody else decides: who.
    pub(super) depends_on: Option<String>,
    pub(super) note: Option<String>,
}

/// What comes of one way.
enum Outcome {
    /// Everything that it needs is here.
    Works,
    /// Somebody has to be asked: whom.
    Depends(String),
    NotConfigured,
    /// In the words of the tool.
    Fails(String),
}

const DOCUMENTATION: &str = "https://docs.databricks.com/en/dev-tools/auth.html#databricks-client-unified-authentication";

/// Asks a program, or its own store, which has its own mind.
pub const CLI: &str = "databricks-cli";

const GO: &[&str] = &[
    "pat",
    "basic",
    "oauth-m2m",
    CLI,
    "metadata-service",
    "github-oidc",
    "azure-devops-oidc",
    "env-oidc",
    "file-oidc",
    "github-oidc-azure",
    "azure-msi",
    "azure-client-secret",
    "azure-cli",
    "google-credentials",
    "google-id",
];

const PYTHON: &[&str] = &[
    "pat",
    "basic",
    "metadata-service",
    "oauth-m2m",
    "env-oidc",
    "file-oidc",
    "github-oidc",
    "azure-client-secret",
    "github-oidc-azure",
    "azure-cli",
    "azure-devops-oidc",
    "external-browser",
    CLI,
    "runtime-oauth",
    "runtime",
    "google-credentials",
    "google-id",
    "model-serving",
];

const JAVA: &[&str] = &[
    "pat",
    "basic",
    "oauth-m2m",
    "env-oidc",
    "file-oidc",
    "github-oidc",
    "azure-devops-oidc",
    "github-oidc-azure",
    "azure-msi",
    "azure-client-secret",
    "azure-cli",
    "external-browser",
    CLI,
    "runtime",
    "google-credentials",
    "google-id",
];

/// Ways that need nothing of their own: without `auth_type` they are tried and prove nothing.
const WITHOUT_EVIDENCE: [&str; 5] = [CLI, "azure-cli", "runtime", "runtime-oauth", "model-serving"];

impl Family {
    fn ways(self) -> &'static [&'static str] {
        match self {
            Self::Cli | Self::Go => GO,
            Self::Python => PYTHON,
            Self::Java => JAVA,
        }
    }
}

pub(super) fn choose(set: &Set<'_>, auth_type: Option<&str>) -> Chosen {
    match auth_type {
        Some(way) => named(set, way),
        None => first(set),
    }
}

fn named(set: &Set<'_>, name: &str) -> Chosen {
    let way = Some(name.to_owned());
    let Some(known) = set.family.ways().iter().find(|way| **way == name) else {
        let problem = if set.family.is_go() {
            let quoted = super::go_url::quote(name);
            Problem::theirs(format!(
                "default auth: auth type {quoted} not found, please check {DOCUMENTATION} for a list of supported auth types"
            ))
        } else {
            nothing_fits(set.family)
        };
        let others: Vec<String> = Family::ALL.into_iter().filter(|family| family.ways().contains(&name)).map(|it| it.to_string()).collect();
        let fix = match others.as_slice() {
            [] => "Use a valid auth_type, for example pat, oauth-m2m or databricks-cli.".to_owned(),
            others => format!("Only {} supports auth_type {name}. Use another one for the other tools.", others.join(" and ")),
        };
        return Chosen { way, problem: Some(problem.fixed_by(fix)), ..Chosen::default() };
    };
    match outcome(set, known, true) {
        Outcome::Works => Chosen { way, ..Chosen::default() },
        Outcome::Depends(who) => Chosen { way, depends_on: Some(who), ..Chosen::default() },
        Outcome::NotConfigured if set.family.is_go() => {
            Chosen { way, problem: Some(Problem::theirs(format!("{name} auth: not configured"))), ..Chosen::default() }
        }
        Outcome::NotConfigured => Chosen { way, problem: Some(nothing_fits(set.family)), ..Chosen::default() },
        Outcome::Fails(why) if set.family.is_go() => {
            Chosen { way, problem: Some(Problem::theirs(format!("default auth: {why}"))), ..Chosen::default() }
        }
        Outcome::Fails(why) => Chosen { way, problem: Some(Problem::theirs(format!("default auth: {name}: {why}"))), ..Chosen::default() },
    }
}

/// The ways in their order: one that works ends it, as does one that has something set and asks somebody.
fn first(set: &Set<'_>) -> Chosen {
    let mut asked: Option<(&str, String)> = None;
    for way in set.family.ways() {
        match outcome(set, way, false) {
            Outcome::Works => {
                let note = asked.map(|(before, who)| format!("Before {way}, {} tries {before}, and uses it if {who} answers.", set.family));
                return Chosen { way: Some((*way).to_owned()), note, ..Chosen::default() };
            }
            Outcome::Depends(who) if WITHOUT_EVIDENCE.contains(way) => asked = asked.or(Some((way, who))),
            Outcome::Depends(who) => {
                let note = asked.map(|(before, who)| format!("Before {way}, {} tries {before}, and uses it if {who} answers.", set.family));
                return Chosen { way: Some((*way).to_owned()), depends_on: Some(who), note, problem: None };
            }
            Outcome::Fails(why) if !set.family.is_go() => {
                let problem = Problem::theirs(format!("default auth: {way}: {why}"));
                return Chosen { way: Some((*way).to_owned()), problem: Some(problem), ..Chosen::default() };
            }
            Outcome::NotConfigured | Outcome::Fails(_) => {}
        }
    }
    match asked {
        Some((way, who)) => {
            let note = "No authentication is configured. An existing sign-in is used if there is one.".to_owned();
            Chosen { way: Some(way.to_owned()), depends_on: Some(who), note: Some(note), problem: None }
        }
        None => Chosen { problem: Some(nothing_fits(set.family)), ..Chosen::default() },
    }
}

fn nothing_fits(family: Family) -> Problem {
    let end = if family == Family::Python { "." } else { "" };
    Problem::theirs(format!(
        "default auth: cannot configure default credentials, please check {DOCUMENTATION} to configure credentials for your preferred \
         authentication method{end}"
    ))
}

/// `named`: it was asked for, so that what it lacks is told.
fn outcome(set: &Set<'_>, way: &str, named: bool) -> Outcome {
    let all = |names: &[&str]| names.iter().all(|name| (set.has)(name));
    let works_with = |names: &[&str]| if all(names) { Outcome::Works } else { Outcome::NotConfigured };
    let go = set.family.is_go();
    let azure = set.cloud == Some(Cloud::Azure);
    match way {
        "pat" if go && !all(&["host"]) => Outcome::Fails("host is required for PAT authentication".to_owned()),
        "pat" if go && !all(&["token"]) => Outcome::Fails("token is required".to_owned()),
        "pat" => works_with(&["host", "token"]),
        "basic" => works_with(&["host", "username", "password"]),
        "oauth-m2m" if !all(&["client_id", "client_secret"]) => Outcome::NotConfigured,
        "oauth-m2m" if go && !all(&["host"]) => Outcome::Fails("oidc: no host is configured".to_owned()),
        "oauth-m2m" => works_with(&["host"]),
        CLI => databricks_cli(set),
        "metadata-service" => metadata_service(set),
        "env-oidc" | "file-oidc" | "github-oidc" | "azure-devops-oidc" => federated(set, way),
        "github-oidc-azure" => github_for_azure(set, azure),
        "azure-msi" => {
            let wanted = azure && (set.get)("azure_use_msi") == Some("true") && (all(&["host"]) || all(&["azure_workspace_resource_id"]));
            if wanted { Outcome::Depends("the Azure machine's identity service".to_owned()) } else { Outcome::NotConfigured }
        }
        "azure-client-secret" if set.family == Family::Python => works_with(&["azure_client_id", "azure_client_secret"]),
        "azure-client-secret" if !azure => Outcome::NotConfigured,
        "azure-client-secret" => works_with(&["azure_client_id", "azure_client_secret", "azure_tenant_id"]),
        "azure-cli" if azure && set.around.program("az") != Program::Missing => Outcome::Depends("the Azure CLI".to_owned()),
        "external-browser" if named && all(&["host"]) => Outcome::Depends("your sign-in in the browser".to_owned()),
        "google-credentials" if set.cloud == Some(Cloud::Gcp) && all(&["host", "google_credentials"]) => {
            Outcome::Depends("Google".to_owned())
        }
        "google-id" if set.cloud == Some(Cloud::Gcp) && all(&["host", "google_service_account"]) => Outcome::Depends("Google".to_owned()),
        "runtime" | "runtime-oauth" | "model-serving" if named => Outcome::Depends("the Databricks runtime".to_owned()),
        _ => Outcome::NotConfigured,
    }
}

fn databricks_cli(set: &Set<'_>) -> Outcome {
    let missing = |words: &str| if set.family.is_go() { Outcome::Fails(words.to_owned()) } else { Outcome::NotConfigured };
    if !(set.has)("host") {
        return missing("host is required");
    }
    if set.family == Family::Cli {
        return Outcome::Depends("the Databricks CLI's own sign-in".to_owned());
    }
    let program = (set.get)("databricks_cli_path").unwrap_or("databricks");
    match set.around.program(program) {
        Program::Missing => missing("databricks CLI not found"),
        Program::TooSmall(_) if set.family.is_go() => missing("legacy databricks CLI detected; upgrade to >= 0.100.0"),
        Program::TooSmall(path) | Program::There(path) => Outcome::Depends(path.display().to_string()),
    }
}

fn metadata_service(set: &Set<'_>) -> Outcome {
    if !(set.has)("host") || !(set.has)("metadata_service_url") {
        return Outcome::NotConfigured;
    }
    match set.metadata_host.as_deref() {
        Some("localhost" | "127.0.0.1") => Outcome::Depends("the metadata service on this computer".to_owned()),
        None => Outcome::Depends("the metadata service".to_owned()),
        Some(_) => Outcome::Fails("only localhost URLs are allowed".to_owned()),
    }
}

/// A token of somebody else's is exchanged for one of Databricks.
fn federated(set: &Set<'_>, way: &str) -> Outcome {
    let go = set.family.is_go();
    // Only Go says what is missing; Python and Java go on.
    let lacks = |words: String| if go { Outcome::Fails(words) } else { Outcome::NotConfigured };
    if way == "azure-devops-oidc"
        && let Some(words) = without_azure_devops(set)
    {
        return lacks(words);
    }
    if !(set.has)("host") {
        return lacks("missing Host".to_owned());
    }
    if set.family == Family::Python && matches!(way, "github-oidc" | "azure-devops-oidc") && !(set.has)("client_id") {
        return Outcome::NotConfigured;
    }
    let missing = match way {
        "env-oidc" => {
            let variable = (set.get)("oidc_token_env").unwrap_or("DATABRICKS_OIDC_TOKEN");
            (!set.around.is_set(variable)).then(|| format!("missing env var {}", super::go_url::quote(variable)))
        }
        "file-oidc" => without_token_file(set),
        "azure-devops-oidc" => None,
        _ => {
            let has = |name: &str, variable: &str| {
                if set.family == Family::Python { set.around.is_set(variable) } else { (set.has)(name) }
            };
            if !has("actions_id_token_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL") {
                Some("missing ActionsIDTokenRequestURL".to_owned())
            } else if !has("actions_id_token_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN") {
                Some("missing ActionsIDTokenRequestToken".to_owned())
            } else {
                None
            }
        }
    };
    missing.map_or(Outcome::Works, lacks)
}

fn without_token_file(set: &Set<'_>) -> Option<String> {
    let Some(path) = (set.get)("databricks_id_token_filepath").or_else(|| (set.get)("oidc_token_filepath")) else {
        return Some("missing path".to_owned());
    };
    let quoted = super::go_url::quote(path);
    match set.around.token_file(path) {
        TokenFile::There => None,
        TokenFile::Missing => Some(format!("file {quoted} does not exist")),
        TokenFile::Empty => Some(format!("file {quoted} is empty")),
        TokenFile::Unreadable(why) => Some(format!("read {path}: {why}")),
    }
}

fn without_azure_devops(set: &Set<'_>) -> Option<String> {
    if !set.around.is_set("SYSTEM_ACCESSTOKEN") {
        let words = "SYSTEM_ACCESSTOKEN env var not found, if calling from Azure DevOps Pipeline, please set this env var following \
                     https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables?view=azure-devops&tabs=yaml#systemaccesstoken";
        return Some(words.to_owned());
    }
    let needed = ["SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "SYSTEM_PLANID", "SYSTEM_JOBID", "SYSTEM_TEAMPROJECTID", "SYSTEM_HOSTTYPE"];
    let missing = needed.into_iter().find(|name| !set.around.is_set(name))?;
    Some(format!("not calling from Azure DevOps Pipeline: missing env var {missing}"))
}

fn github_for_azure(set: &Set<'_>, azure: bool) -> Outcome {
    let has = |name: &str| (set.has)(name);
    let ready = if set.family == Family::Python {
        has("host") && has("azure_client_id") && set.around.is_set("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    } else {
        let needed = ["host", "azure_client_id", "azure_tenant_id", "actions_id_token_request_url", "actions_id_token_request_token"];
        azure && needed.into_iter().all(has)
    };
    if ready { Outcome::Works } else { Outcome::NotConfigured }
}
