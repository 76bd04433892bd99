//! The attributes of Databricks' own configuration (`host`, `token`, `auth_type`...), which profiles, variables and Terraform share: what they mean
//! for a connection. Source: the Go SDK's `config/config.go`.

use super::{FoundConnection, found::Given, text::shown};
use brickpass_core::connection::{AuthKind, LevelKind, Scopes};

/// An attribute, the key by which it was given, and its value. Of two with one name the last counts.
pub(super) struct Attributes(Vec<(&'static str, String, Given)>);

/// Every attribute that Databricks' tools know, with its variable where it has one.
const KNOWN: [(&str, &str); 43] = [
    ("host", "DATABRICKS_HOST"),
    ("cluster_id", "DATABRICKS_CLUSTER_ID"),
    ("warehouse_id", "DATABRICKS_WAREHOUSE_ID"),
    ("serverless_compute_id", "DATABRICKS_SERVERLESS_COMPUTE_ID"),
    ("metadata_service_url", "DATABRICKS_METADATA_SERVICE_URL"),
    ("account_id", "DATABRICKS_ACCOUNT_ID"),
    ("workspace_id", "DATABRICKS_WORKSPACE_ID"),
    // Of the SDKs and the Databricks CLI until 2026, which wrote it into profiles.
    ("experimental_is_unified_host", "DATABRICKS_EXPERIMENTAL_IS_UNIFIED_HOST"),
    ("token", "DATABRICKS_TOKEN"),
    ("username", "DATABRICKS_USERNAME"),
    ("password", "DATABRICKS_PASSWORD"),
    ("profile", "DATABRICKS_CONFIG_PROFILE"),
    ("config_file", "DATABRICKS_CONFIG_FILE"),
    ("oauth_callback_port", "DATABRICKS_OAUTH_CALLBACK_PORT"),
    ("google_service_account", "DATABRICKS_GOOGLE_SERVICE_ACCOUNT"),
    ("google_credentials", "GOOGLE_CREDENTIALS"),
    ("azure_workspace_resource_id", "DATABRICKS_AZURE_RESOURCE_ID"),
    ("azure_use_msi", "ARM_USE_MSI"),
    ("azure_client_secret", "ARM_CLIENT_SECRET"),
    ("azure_client_id", "ARM_CLIENT_ID"),
    ("azure_tenant_id", "ARM_TENANT_ID"),
    ("azure_environment", "ARM_ENVIRONMENT"),
    ("azure_login_app_id", "DATABRICKS_AZURE_LOGIN_APP_ID"),
    ("client_id", "DATABRICKS_CLIENT_ID"),
    ("client_secret", "DATABRICKS_CLIENT_SECRET"),
    ("scopes", ""),
    ("disable_oauth_refresh_token", "DATABRICKS_DISABLE_OAUTH_REFRESH_TOKEN"),
    ("databricks_cli_path", "DATABRICKS_CLI_PATH"),
    ("auth_type", "DATABRICKS_AUTH_TYPE"),
    ("databricks_id_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH"),
    ("oidc_token_env", "DATABRICKS_OIDC_TOKEN_ENV"),
    ("skip_verify", ""),
    ("http_timeout_seconds", ""),
    ("debug_truncate_bytes", "DATABRICKS_DEBUG_TRUNCATE_BYTES"),
    ("debug_headers", "DATABRICKS_DEBUG_HEADERS"),
    ("rate_limit", "DATABRICKS_RATE_LIMIT"),
    ("retry_timeout_seconds", ""),
    ("cloud", "DATABRICKS_CLOUD"),
    ("audience", "DATABRICKS_TOKEN_AUDIENCE"),
    ("discovery_url", "DATABRICKS_DISCOVERY_URL"),
    ("insecure", ""),
    ("actions_id_token_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    ("actions_id_token_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
];

/// The attribute of that name, in the spelling of this table.
pub(super) fn named(key: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(name, _)| *name == key).map(|(name, _)| *name)
}

/// The variable that sets an attribute.
pub(super) fn variable_of(attribute: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(name, variable)| *name == attribute && !variable.is_empty()).map(|(_, variable)| *variable)
}

/// The attribute that a variable of the environment sets.
pub(super) fn of_variable(variable: &str) -> Option<&'static str> {
    // What the SQL connectors' own documentation has people set.
    match variable {
        "DATABRICKS_SERVER_HOSTNAME" => return Some("host"),
        "DATABRICKS_ACCESS_TOKEN" => return Some("token"),
        _ => {}
    }
    KNOWN.iter().find(|(_, known)| !known.is_empty() && *known == variable).map(|(name, _)| *name)
}

/// The identities that Brickpass cannot use, each by the attributes that only it has.
const ELSEWHERE: [(&[&str], &str); 3] = [
    (&["azure_client_secret", "azure_client_id", "azure_tenant_id", "azure_use_msi", "azure_workspace_resource_id"], ENTRA),
    (&["google_service_account", "google_credentials"], "a Google identity"),
    (&["metadata_service_url"], "tokens of another program on that computer (metadata-service)"),
];

/// As all readers call it.
pub(super) const ENTRA: &str = "Microsoft Entra ID";

impl Attributes {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    #[expect(clippy::needless_pass_by_value, reason = "the attributes keep the value, or what it refers to")]
    pub(super) fn set(&mut self, name: &'static str, key: &str, value: Given) {
        self.0.retain(|(known, ..)| *known != name);
        self.0.push((name, key.to_owned(), value.resolved()));
    }

    /// Somebody may have `ARM_CLIENT_ID` set for other reasons.
    pub(super) fn names_databricks(&self) -> bool {
        ["host", "token", "profile", "account_id"].iter().any(|name| self.has(name))
    }

    fn given(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|(known, ..)| *known == name).map(|(_, _, value)| value)
    }

    /// An empty one is none.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given(name).is_some_and(|value| matches!(value, Given::Elsewhere(_)) || value.literal().is_some())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.given(name)?.literal()
    }

    fn key(&self, name: &'static str) -> &str {
        self.0.iter().find(|(known, ..)| *known == name).map_or(name, |(_, key, _)| key)
    }

    /// The connection that they describe.
    pub(super) fn into_connection(self, place: &str) -> FoundConnection {
        let mut made = FoundConnection::at(place);
        if !self.has("host") && self.has("profile") {
            made.refuse("It refers to a profile in .databrickscfg: import that file.");
        }
        self.sign_in(&mut made);
        for (field, name) in [
            (&mut made.draft.account_id, "account_id"),
            // `none` was the CLI's word for the level of an account.
            (&mut made.draft.workspace_id, "workspace_id"),
            (&mut made.draft.timeout, "http_timeout_seconds"),
        ] {
            if let Some(value) = self.text(name).filter(|value| *value != "none") {
                value.clone_into(field);
            }
        }
        made.host(self.given("host"), self.key("host"));
        made.settle_level();
        if made.draft.level == LevelKind::Account && made.draft.account_id.is_empty() {
            made.refuse(match self.given("account_id") {
                Some(Given::Elsewhere(place)) => {
                    format!("It is for an account, but the account ID (account_id) is not in the file: {place}.")
                }
                Some(Given::Text(_)) => format!("It is for an account, but the account ID ({}) is empty.", self.key("account_id")),
                None => "It is for an account, but has no account ID (account_id).".to_owned(),
            });
        }
        self.tell_of_the_rest(&mut made);
        made
    }

    fn sign_in(&self, made: &mut FoundConnection) {
        if let Some(Given::Elsewhere(place)) = self.given("auth_type") {
            return made.refuse(format!("Its authentication is not in the file: {place}."));
        }
        match self.text("auth_type") {
            Some("pat") => made.token(self.given("token")),
            Some("oauth-m2m") => self.principal(made),
            Some("databricks-cli") => {
                // The CLI signs in as its own application.
                made.browser();
                self.scopes(made);
            }
            Some("external-browser") => {
                self.app(made);
            }
            Some("basic") => made.user_and_password(self.given("username"), self.given("password")),
            Some(other) => match other.split('-').next() {
                Some("azure") => self.through_browser(made, &format!("{ENTRA} ({})", shown(other))),
                Some("google") => self.through_browser(made, ELSEWHERE[1].1),
                Some("metadata") => self.through_browser(made, ELSEWHERE[2].1),
                Some("github" | "env" | "file") => self.through_browser(made, "a token of the job it runs in"),
                _ => made.refuse("Brickpass does not support its authentication type (auth_type)."),
            },
            None => self.sign_in_by_default(made),
        }
    }

    /// As the SDKs do it: whatever is there says how, and two ways are one too many.
    fn sign_in_by_default(&self, made: &mut FoundConnection) {
        let elsewhere = ELSEWHERE.iter().find(|(names, _)| names.iter().any(|name| self.has(name)));
        let decides = elsewhere.is_some_and(|(names, _)| self.decides(names)) || self.has("password");
        let (token, principal) = (self.has("token"), self.has("client_secret"));
        if usize::from(token) + usize::from(principal) + usize::from(decides) > 1 {
            return made
                .refuse("It contains several authentication types, which Databricks' own tools reject too. Keep one, or set auth_type.");
        }
        match elsewhere {
            _ if token => made.token(self.given("token")),
            _ if principal => self.principal(made),
            _ if self.has("password") || self.has("username") => made.user_and_password(self.given("username"), self.given("password")),
            Some((_, identity)) => self.through_browser(made, identity),
            None => {
                self.app(made);
                made.remark("No authentication in the file; browser sign-in is used.");
            }
        }
    }

    /// Ids alone are no way to sign in beside a token: they say which workspace, or which tenant.
    fn decides(&self, names: &[&str]) -> bool {
        let decisive = ["azure_client_secret", "azure_use_msi", "google_credentials", "google_service_account", "metadata_service_url"];
        names.iter().any(|name| decisive.contains(name) && self.has(name) && self.text(name) != Some("false"))
    }

    fn through_browser(&self, made: &mut FoundConnection, identity: &str) {
        made.through_browser(identity);
        self.scopes(made);
    }

    fn app(&self, made: &mut FoundConnection) {
        made.browser();
        for (field, name) in [(&mut made.draft.client_id, "client_id"), (&mut made.draft.redirect_port, "oauth_callback_port")] {
            if let Some(value) = self.text(name) {
                value.clone_into(field);
            }
        }
        self.scopes(made);
    }

    /// What a sign-in asks for, and no more. As the SDKs do, `offline_access` is added unless that is switched off.
    fn scopes(&self, made: &mut FoundConnection) {
        if let Some(Given::Elsewhere(place)) = self.given("scopes") {
            return made.refuse(format!("Its scopes are not in the file: {place}."));
        }
        let renews = !self.is_on("disable_oauth_refresh_token");
        made.draft.scopes = match (self.named_scopes(), renews) {
            (None, true) => return,
            (None, false) => Scopes::ALL_APIS.to_owned(),
            (Some(scopes), _) => match Scopes::parse(scopes) {
                Ok(scopes) if renews && !scopes.stays_signed_in() => format!("{} {}", scopes.spelled(), Scopes::OFFLINE_ACCESS),
                Ok(scopes) => scopes.spelled(),
                // The form says what is wrong with them.
                Err(_) => scopes.to_owned(),
            },
        };
    }

    fn named_scopes(&self) -> Option<&str> {
        self.text("scopes").map(|scopes| scopes.trim_matches([',', ' '])).filter(|scopes| !scopes.is_empty())
    }

    fn principal(&self, made: &mut FoundConnection) {
        made.principal(self.given("client_id"), self.given("client_secret"));
        if let Some(Given::Elsewhere(place)) = self.given("scopes") {
            return made.refuse(format!("Its scopes are not in the file: {place}."));
        }
        // As the SDKs do: a service principal that names none asks for all. The form says what is wrong with them.
        if let Some(scopes) = self.named_scopes() {
            made.draft.scopes = match Scopes::parse(scopes) {
                Ok(scopes) => scopes.of_a_principal().map(|scopes| scopes.spelled()).unwrap_or_default(),
                Err(_) => scopes.to_owned(),
            };
        }
    }

    /// As Go reads a switch.
    fn is_on(&self, name: &str) -> bool {
        matches!(self.text(name), Some("1" | "t" | "T" | "true" | "True" | "TRUE"))
    }

    fn tell_of_the_rest(&self, made: &mut FoundConnection) {
        let browser = made.draft.auth == AuthKind::Browser && made.refused.is_none();
        let is_app = browser && self.text("auth_type").is_none_or(|auth| auth == "external-browser");
        for (name, key, value) in &self.0 {
            let on = !matches!(value.literal(), None | Some("false" | "False" | "FALSE" | "0"));
            match *name {
                "skip_verify" | "insecure" if on => {
                    let why = "it turns off the check of the server's certificate and is never imported";
                    made.ignore(key, why);
                    made.remark(format!("Insecure setting in the file: {key}. {}.", capital(why)));
                }
                "username" | "password" if made.draft.auth == AuthKind::PersonalAccessToken => {}
                "host" | "token" | "account_id" | "workspace_id" | "auth_type" | "client_id" | "client_secret" | "http_timeout_seconds" => {
                }
                "scopes" | "disable_oauth_refresh_token" if browser => {}
                "scopes" if made.draft.auth == AuthKind::ServicePrincipal => {}
                "oauth_callback_port" if is_app => {}
                "experimental_is_unified_host" => made.ignore(key, "Brickpass detects the type of host"),
                "cluster_id" | "warehouse_id" | "serverless_compute_id" => {
                    made.ignore(key, "connections contain no compute; choose it when you export");
                }
                "username" | "password" => made.ignore(key, "Databricks no longer accepts user names and passwords"),
                "databricks_cli_path" => made.ignore(key, "it refers to a program; an import never starts programs"),
                "discovery_url" => made.ignore(key, "Brickpass gets this from the workspace"),
                "profile" | "config_file" => made.ignore(key, "it refers to another file; import that file"),
                other if ELSEWHERE.iter().any(|(names, _)| names.contains(&other)) => {
                    made.ignore(key, "an authentication type that Brickpass does not support");
                }
                _ => made.ignore(key, "a setting of other tools"),
            }
        }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
