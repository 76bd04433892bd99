//! A linked service before it is written in any form.

use secrecy::ExposeSecret as _;

use super::{AUTH, CREDENTIAL, FACTORY, NAME, PRODUCT, RUNTIME, SECRET_NAME, SECRET_VERSION, VAULT, WORKSPACE, rules};
use crate::{
    escape::{Unwritable, data_factory_text},
    export::parts::{inline, token_only},
    format::{Answers, Field, Subject},
};
use brickpass_core::{
    connection::{AuthKind, Connection},
    failure::{Code, Failure},
};

/// A part of a document that is written as JSON, in ARM, in Bicep and in HCL alike.
pub(in crate::export) enum Node {
    /// Nothing in it is read as an expression of Data Factory.
    Text(String),
    Object(Vec<(&'static str, Node)>),
    /// As an object, of names that a person chose.
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
    /// Where the token stands, or the parameter that brings it.
    Token,
}

/// How it signs in: one of these.
pub(in crate::export) enum Auth {
    KeyVault { store: String, secret: String, version: Option<String> },
    SystemAssigned { workspace: String },
    UserAssigned { workspace: String, credential: String },
    Token(String),
}

/// What it runs on: one of these.
pub(in crate::export) enum Compute {
    Existing(String),
    Job {
        version: String,
        node_type: String,
        driver: Option<String>,
        workers: (u32, Option<u32>),
        settings: Settings,
    },
    Pool {
        pool: String,
        version: String,
        workers: u32,
        settings: Settings,
    },
    /// Of `AzureDatabricksDeltaLake`, which may have none.
    Reading(Option<String>),
}

/// What a new cluster can be told besides.
pub(in crate::export) struct Settings {
    pub(super) policy: Option<String>,
    pub(super) access_mode: Option<String>,
    pub(super) spark_conf: Vec<(String, String)>,
    pub(super) spark_env: Vec<(String, String)>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) init_scripts: Vec<String>,
    pub(super) log_destination: Option<String>,
}

impl Settings {
    pub(super) fn is_empty(&self) -> bool {
        self.nodes().is_empty()
    }

    fn nodes(&self) -> Vec<(&'static str, Node)> {
        let given = |key, value: &Option<String>| value.as_ref().map(|value| (key, text(value)));
        let maps =
            [("newClusterSparkConf", &self.spark_conf), ("newClusterSparkEnvVars", &self.spark_env), ("newClusterCustomTags", &self.tags)];
        let maps = maps.into_iter().filter(|(_, pairs)| !pairs.is_empty()).map(|(key, pairs)| (key, map(pairs)));
        let scripts = Some(&self.init_scripts).filter(|scripts| !scripts.is_empty());
        let all = maps.chain(scripts.map(|scripts| ("newClusterInitScripts", list(scripts))));
        all.chain(given("newClusterLogDestination", &self.log_destination))
            .chain(given("policyId", &self.policy))
            .chain(given("dataSecurityMode", &self.access_mode))
            .collect()
    }
}

pub(in crate::export) struct Service {
    /// Of Data Factory's own: `AzureDatabricks`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) domain: String,
    pub(super) auth: Auth,
    pub(super) compute: Compute,
    pub(super) runtime: Option<String>,
    pub(super) factory: Option<String>,
    pub(super) synapse: bool,
    pub(super) notes: Vec<String>,
}

impl Service {
    pub(in crate::export) fn read(kind: &'static str, subject: &Subject<'_>, answers: &Answers, compute: Compute) -> Result<Self, Failure> {
        let connection = subject.connection;
        let mut notes = Vec::new();
        let given = |field: &Field| answers.get(field).unwrap_or_default();
        Ok(Self {
            kind,
            name: match answers.get(&NAME) {
                Some(name) => rules::linked_service_name(&NAME, name)?,
                None => default_name(connection),
            },
            description: connection.description.clone(),
            domain: connection.base_url.origin(),
            auth: auth(subject, answers, &given, &mut notes)?,
            compute,
            runtime: answers.get(&RUNTIME).map(|name| rules::named(&RUNTIME, name, 3, 63)).transpose()?,
            factory: answers.get(&FACTORY).map(|name| rules::factory(&FACTORY, name)).transpose()?,
            synapse: answers.chosen(&PRODUCT) == Some("synapse"),
            notes,
        })
    }

    pub(super) fn token(&self) -> Option<&str> {
        if let Auth::Token(token) = &self.auth { Some(token) } else { None }
    }

    /// The value of `properties`.
    pub(super) fn properties(&self) -> Node {
        let mut properties = vec![("type", Node::Text(self.kind.to_owned()))];
        if !self.description.is_empty() {
            properties.push(("description", Node::Text(self.description.clone())));
        }
        if let Some(name) = &self.runtime {
            properties.push(("connectVia", reference(name, "IntegrationRuntimeReference")));
        }
        properties.push(("typeProperties", self.type_properties()));
        Node::Object(properties)
    }

    pub(super) fn type_properties(&self) -> Node {
        let mut all = vec![("domain", text(&self.domain))];
        match &self.auth {
            Auth::KeyVault { store, secret, version } => {
                let mut token = vec![
                    ("type", text("AzureKeyVaultSecret")),
                    ("store", reference(store, "LinkedServiceReference")),
                    ("secretName", text(secret)),
                ];
                token.extend(version.as_ref().map(|version| ("secretVersion", text(version))));
                all.push(("accessToken", Node::Object(token)));
            }
            Auth::Token(_) => all.push(("accessToken", Node::Object(vec![("type", text("SecureString")), ("value", Node::Token)]))),
            Auth::SystemAssigned { workspace } => {
                if !self.reads() {
                    all.push(("authentication", text("MSI")));
                }
                all.push(("workspaceResourceId", text(workspace)));
            }
            Auth::UserAssigned { workspace, credential } => {
                if !self.reads() {
                    all.push(("authentication", text("MSI")));
                }
                all.push(("workspaceResourceId", text(workspace)));
                all.push(("credential", reference(credential, "CredentialReference")));
            }
        }
        self.compute(&mut all);
        Node::Object(all)
    }

    /// `AzureDatabricksDeltaLake` has no property `authentication`.
    fn reads(&self) -> bool {
        matches!(self.compute, Compute::Reading(_))
    }

    fn compute(&self, all: &mut Vec<(&'static str, Node)>) {
        match &self.compute {
            Compute::Existing(cluster) => all.push(("existingClusterId", text(cluster))),
            Compute::Reading(cluster) => all.extend(cluster.as_ref().map(|cluster| ("clusterId", text(cluster)))),
            Compute::Job { version, node_type, driver, workers: (least, most), settings } => {
                let workers = most.map_or_else(|| least.to_string(), |most| format!("{least}:{most}"));
                all.extend([
                    ("newClusterVersion", text(version)),
                    // A text, and in the singular.
                    ("newClusterNumOfWorker", text(&workers)),
                    ("newClusterNodeType", text(node_type)),
                ]);
                all.extend(driver.as_ref().map(|driver| ("newClusterDriverNodeType", text(driver))));
                all.extend(settings.nodes());
            }
            Compute::Pool { pool, version, workers, settings } => {
                all.extend([
                    ("instancePoolId", text(pool)),
                    ("newClusterVersion", text(version)),
                    ("newClusterNumOfWorker", text(&workers.to_string())),
                ]);
                all.extend(settings.nodes());
            }
        }
    }
}

/// A value that Data Factory looks at for an expression.
fn text(value: &str) -> Node {
    Node::Text(data_factory_text(value).into_owned())
}

pub(super) fn map(pairs: &[(String, String)]) -> Node {
    Node::Map(pairs.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}

pub(super) fn list(values: &[String]) -> Node {
    Node::List(values.iter().map(|value| text(value)).collect())
}

fn reference(name: &str, kind: &'static str) -> Node {
    Node::Object(vec![("referenceName", Node::Text(name.to_owned())), ("type", Node::Text(kind.to_owned()))])
}

/// One that is always taken.
fn default_name(connection: &Connection) -> String {
    format!("LS_{}", connection.name.file_stem().replace(['.', '-'], "_"))
}

fn auth<'a>(
    subject: &Subject<'_>,
    answers: &'a Answers,
    given: &impl Fn(&Field) -> &'a str,
    notes: &mut Vec<String>,
) -> Result<Auth, Failure> {
    let chosen = answers.chosen(&AUTH);
    if matches!(chosen, Some("managed-identity" | "user-assigned")) {
        if subject.secret.is_some() {
            notes.push("A managed identity needs no secret, so these files contain none.".to_owned());
        }
        notes.push(
            "Give the managed identity the role Contributor on the workspace in Azure, or add it to the workspace as a service principal."
                .to_owned(),
        );
        let workspace = rules::workspace(&WORKSPACE, given(&WORKSPACE))?;
        if chosen == Some("managed-identity") {
            return Ok(Auth::SystemAssigned { workspace });
        }
        return Ok(Auth::UserAssigned { workspace, credential: rules::linked_service_name(&CREDENTIAL, given(&CREDENTIAL))? });
    }
    if subject.connection.auth.kind() == AuthKind::ServicePrincipal {
        return Err(Failure::new(
            Code::Unsupported,
            "A linked service cannot sign in with a Databricks client secret.",
            "It supports personal access tokens and managed identities, and this connection signs in as a service principal.",
            "Choose a managed identity here, or a connection with a personal access token.",
        ));
    }
    if let Some(inline) = inline(subject)? {
        let token = token_only(&inline, "The linked service")?.expose_secret();
        // No token has it, and Data Factory would compute it.
        if data_factory_text(token) != token {
            return Err(Unwritable::Sign { sign: "@", reader: "Data Factory" }.of("The token").into());
        }
        return Ok(Auth::Token(token.to_owned()));
    }
    let secret = rules::vault_secret(&SECRET_NAME, given(&SECRET_NAME))?;
    notes.push(format!(
        "The secret {secret} in the vault must contain a personal access token, and the service needs permission to read it."
    ));
    if subject.connection.auth.kind() == AuthKind::Browser {
        notes.push("The service cannot use your browser sign-in. Create a token for it, or choose a managed identity.".to_owned());
    }
    let version = answers.get(&SECRET_VERSION).map(|version| rules::vault_secret(&SECRET_VERSION, version)).transpose()?;
    Ok(Auth::KeyVault { store: rules::linked_service_name(&VAULT, given(&VAULT))?, secret, version })
}
