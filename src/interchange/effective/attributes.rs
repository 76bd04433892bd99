//! The attributes of the SDKs' configuration, in the order of their declaration (Go SDK `config/config.go`).

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Yes,
    Number,
    List,
}

pub(super) struct Known {
    pub(super) name: &'static str,
    /// Empty: in a file alone.
    pub(super) variable: &'static str,
    /// Two groups at once are one too many. Empty: of none.
    pub(super) group: &'static str,
    /// The ways to sign in that use it; empty: every one.
    pub(super) ways: &'static [&'static str],
    pub(super) secret: bool,
    pub(super) kind: Kind,
}

const fn plain(name: &'static str, variable: &'static str) -> Known {
    Known { name, variable, group: "", ways: &[], secret: false, kind: Kind::Text }
}

const fn of(group: &'static str, ways: &'static [&'static str], name: &'static str, variable: &'static str) -> Known {
    Known { name, variable, group, ways, secret: false, kind: Kind::Text }
}

const fn secret(mut it: Known) -> Known {
    it.secret = true;
    it
}

const fn kind(kind: Kind, mut it: Known) -> Known {
    it.kind = kind;
    it
}

pub(super) const PROFILE: &str = "DATABRICKS_CONFIG_PROFILE";
pub(super) const CONFIG_FILE: &str = "DATABRICKS_CONFIG_FILE";
/// The target of a bundle that is meant.
pub const TARGET: &str = "DATABRICKS_BUNDLE_TARGET";

const AZURE: &[&str] = &["azure-cli", "azure-msi", "azure-client-secret", "github-oidc-azure"];

pub(super) const KNOWN: &[Known] = &[
    plain("host", "DATABRICKS_HOST"),
    plain("cluster_id", "DATABRICKS_CLUSTER_ID"),
    plain("warehouse_id", "DATABRICKS_WAREHOUSE_ID"),
    plain("serverless_compute_id", "DATABRICKS_SERVERLESS_COMPUTE_ID"),
    secret(of("metadata-service", &["metadata-service"], "metadata_service_url", "DATABRICKS_METADATA_SERVICE_URL")),
    plain("account_id", "DATABRICKS_ACCOUNT_ID"),
    plain("workspace_id", "DATABRICKS_WORKSPACE_ID"),
    secret(of("pat", &["pat"], "token", "DATABRICKS_TOKEN")),
    of("basic", &["basic"], "username", "DATABRICKS_USERNAME"),
    secret(of("basic", &["basic"], "password", "DATABRICKS_PASSWORD")),
    kind(Kind::Number, plain("oauth_callback_port", "DATABRICKS_OAUTH_CALLBACK_PORT")),
    of("google", &["google-id"], "google_service_account", "DATABRICKS_GOOGLE_SERVICE_ACCOUNT"),
    secret(of("google", &["google-credentials"], "google_credentials", "GOOGLE_CREDENTIALS")),
    of("azure", &["azure-cli", "azure-msi"], "azure_workspace_resource_id", "DATABRICKS_AZURE_RESOURCE_ID"),
    kind(Kind::Yes, of("azure", &["azure-msi"], "azure_use_msi", "ARM_USE_MSI")),
    secret(of("azure", &["azure-client-secret"], "azure_client_secret", "ARM_CLIENT_SECRET")),
    of("azure", &["azure-client-secret", "azure-msi"], "azure_client_id", "ARM_CLIENT_ID"),
    of("azure", &["azure-cli", "azure-client-secret"], "azure_tenant_id", "ARM_TENANT_ID"),
    plain("actions_id_token_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    secret(plain("actions_id_token_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")),
    plain("azure_environment", "ARM_ENVIRONMENT"),
    of("azure", AZURE, "azure_login_app_id", "DATABRICKS_AZURE_LOGIN_APP_ID"),
    of("oauth", &["oauth-m2m"], "client_id", "DATABRICKS_CLIENT_ID"),
    secret(of("oauth", &["oauth-m2m"], "client_secret", "DATABRICKS_CLIENT_SECRET")),
    kind(Kind::List, plain("scopes", "")),
    kind(Kind::Yes, plain("disable_oauth_refresh_token", "DATABRICKS_DISABLE_OAUTH_REFRESH_TOKEN")),
    of("", &["databricks-cli"], "databricks_cli_path", "DATABRICKS_CLI_PATH"),
    plain("auth_type", "DATABRICKS_AUTH_TYPE"),
    of("file-oidc", &["file-oidc"], "databricks_id_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH"),
    of("env-oidc", &["env-oidc"], "oidc_token_env", "DATABRICKS_OIDC_TOKEN_ENV"),
    kind(Kind::Yes, plain("skip_verify", "")),
    kind(Kind::Number, plain("http_timeout_seconds", "")),
    kind(Kind::Number, plain("debug_truncate_bytes", "DATABRICKS_DEBUG_TRUNCATE_BYTES")),
    kind(Kind::Yes, plain("debug_headers", "DATABRICKS_DEBUG_HEADERS")),
    kind(Kind::Number, plain("rate_limit", "DATABRICKS_RATE_LIMIT")),
    kind(Kind::Number, plain("retry_timeout_seconds", "")),
    plain("cloud", "DATABRICKS_CLOUD"),
    plain("audience", "DATABRICKS_TOKEN_AUDIENCE"),
    plain("discovery_url", "DATABRICKS_DISCOVERY_URL"),
];

/// Every variable that the resolution looks at.
pub fn variables() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|it| it.variable).filter(|name| !name.is_empty()).chain([PROFILE, CONFIG_FILE, TARGET])
}

impl Known {
    /// The value as the SDK keeps it; `None` for the value that it takes for none (`false`, `0`).
    ///
    /// # Errors
    /// In the words of Go.
    pub(super) fn read(&self, text: &str) -> Result<Option<String>, String> {
        let wrong = |function: &str| format!("strconv.{function}: parsing \"{}\": invalid syntax", text.escape_debug());
        match self.kind {
            Kind::Text => Ok(Some(text.to_owned())),
            Kind::Yes => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Some("true".to_owned())),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(None),
                _ => Err(wrong("ParseBool")),
            },
            Kind::Number => {
                let number: i64 = text.parse().map_err(|_| wrong("Atoi"))?;
                Ok(Some(number).filter(|number| *number != 0).map(|number| number.to_string()))
            }
            Kind::List => {
                let mut parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
                parts.sort_unstable();
                parts.dedup();
                Ok(Some(parts.join(",")).filter(|joined| !joined.is_empty()))
            }
        }
    }

    /// Whether that way to sign in looks at it.
    pub(super) fn serves(&self, way: &str) -> bool {
        self.ways.is_empty() || self.ways.contains(&way)
    }
}
