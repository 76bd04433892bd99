//! The attributes of the tools' configuration, in the order of their declaration in the SDK for Go (`config/config.go`), with those that only Python
//! (`databricks/sdk/config.py`) or Java (`DatabricksConfig.java`) knows.

use super::{Family, go_url::quote};

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
    /// Who reads it.
    families: &'static [Family],
    /// Another variable, looked at when the first is not set.
    alias: &'static str,
}

const EVERYONE: &[Family] = &Family::ALL;
const GO: &[Family] = &[Family::Cli, Family::Go];
const PYTHON: &[Family] = &[Family::Python];
const JAVA: &[Family] = &[Family::Java];
const NOT_JAVA: &[Family] = &[Family::Cli, Family::Go, Family::Python];
const NOT_PYTHON: &[Family] = &[Family::Cli, Family::Go, Family::Java];

const fn plain(name: &'static str, variable: &'static str) -> Known {
    Known { name, variable, group: "", ways: &[], secret: false, kind: Kind::Text, families: EVERYONE, alias: "" }
}

const fn of(group: &'static str, ways: &'static [&'static str], name: &'static str, variable: &'static str) -> Known {
    Known { name, variable, group, ways, secret: false, kind: Kind::Text, families: EVERYONE, alias: "" }
}

const fn secret(mut it: Known) -> Known {
    it.secret = true;
    it
}

const fn kind(kind: Kind, mut it: Known) -> Known {
    it.kind = kind;
    it
}

const fn read_by(families: &'static [Family], mut it: Known) -> Known {
    it.families = families;
    it
}

const fn or(alias: &'static str, mut it: Known) -> Known {
    it.alias = alias;
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
    read_by(NOT_JAVA, plain("warehouse_id", "DATABRICKS_WAREHOUSE_ID")),
    plain("serverless_compute_id", "DATABRICKS_SERVERLESS_COMPUTE_ID"),
    read_by(NOT_JAVA, secret(of("metadata-service", &["metadata-service"], "metadata_service_url", "DATABRICKS_METADATA_SERVICE_URL"))),
    plain("account_id", "DATABRICKS_ACCOUNT_ID"),
    plain("workspace_id", "DATABRICKS_WORKSPACE_ID"),
    secret(of("pat", &["pat"], "token", "DATABRICKS_TOKEN")),
    of("basic", &["basic"], "username", "DATABRICKS_USERNAME"),
    secret(of("basic", &["basic"], "password", "DATABRICKS_PASSWORD")),
    read_by(GO, kind(Kind::Number, plain("oauth_callback_port", "DATABRICKS_OAUTH_CALLBACK_PORT"))),
    of("google", &["google-id"], "google_service_account", "DATABRICKS_GOOGLE_SERVICE_ACCOUNT"),
    secret(of("google", &["google-credentials"], "google_credentials", "GOOGLE_CREDENTIALS")),
    of("azure", &["azure-cli", "azure-msi"], "azure_workspace_resource_id", "DATABRICKS_AZURE_RESOURCE_ID"),
    kind(Kind::Yes, of("azure", &["azure-msi"], "azure_use_msi", "ARM_USE_MSI")),
    secret(of("azure", &["azure-client-secret"], "azure_client_secret", "ARM_CLIENT_SECRET")),
    of("azure", &["azure-client-secret", "azure-msi"], "azure_client_id", "ARM_CLIENT_ID"),
    of("azure", &["azure-cli", "azure-client-secret"], "azure_tenant_id", "ARM_TENANT_ID"),
    read_by(NOT_PYTHON, plain("actions_id_token_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL")),
    read_by(NOT_PYTHON, secret(plain("actions_id_token_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"))),
    plain("azure_environment", "ARM_ENVIRONMENT"),
    read_by(GO, of("azure", AZURE, "azure_login_app_id", "DATABRICKS_AZURE_LOGIN_APP_ID")),
    of("oauth", &["oauth-m2m"], "client_id", "DATABRICKS_CLIENT_ID"),
    secret(of("oauth", &["oauth-m2m"], "client_secret", "DATABRICKS_CLIENT_SECRET")),
    read_by(NOT_JAVA, kind(Kind::List, plain("scopes", ""))),
    // A way to sign in to Java, so that beside a token it is one too many.
    read_by(JAVA, kind(Kind::List, of("oauth", &[], "scopes", ""))),
    read_by(JAVA, of("oauth", &[], "redirect_url", "DATABRICKS_REDIRECT_URL")),
    kind(Kind::Yes, plain("disable_oauth_refresh_token", "DATABRICKS_DISABLE_OAUTH_REFRESH_TOKEN")),
    of("", &["databricks-cli"], "databricks_cli_path", "DATABRICKS_CLI_PATH"),
    plain("auth_type", "DATABRICKS_AUTH_TYPE"),
    read_by(GO, of("file-oidc", &["file-oidc"], "databricks_id_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH")),
    read_by(
        PYTHON,
        or("DATABRICKS_OIDC_TOKEN_FILE", of("file-oidc", &["file-oidc"], "oidc_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH")),
    ),
    read_by(JAVA, of("file-oidc", &["file-oidc"], "oidc_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH")),
    of("env-oidc", &["env-oidc"], "oidc_token_env", "DATABRICKS_OIDC_TOKEN_ENV"),
    kind(Kind::Yes, plain("skip_verify", "")),
    kind(Kind::Number, plain("http_timeout_seconds", "")),
    kind(Kind::Number, plain("debug_truncate_bytes", "DATABRICKS_DEBUG_TRUNCATE_BYTES")),
    kind(Kind::Yes, plain("debug_headers", "DATABRICKS_DEBUG_HEADERS")),
    kind(Kind::Number, plain("rate_limit", "DATABRICKS_RATE_LIMIT")),
    read_by(NOT_JAVA, kind(Kind::Number, plain("retry_timeout_seconds", ""))),
    read_by(NOT_JAVA, plain("cloud", "DATABRICKS_CLOUD")),
    read_by(GO, plain("audience", "DATABRICKS_TOKEN_AUDIENCE")),
    read_by(PYTHON, plain("token_audience", "DATABRICKS_TOKEN_AUDIENCE")),
    read_by(JAVA, plain("token_audience", "TOKEN_AUDIENCE")),
    plain("discovery_url", "DATABRICKS_DISCOVERY_URL"),
];

/// Those that a family of tools reads.
pub(super) fn known_to(family: Family) -> impl Iterator<Item = &'static Known> {
    KNOWN.iter().filter(move |known| known.families.contains(&family))
}

/// Every variable that the resolution looks at.
pub fn variables() -> impl Iterator<Item = &'static str> {
    let own = KNOWN.iter().flat_map(|it| [it.variable, it.alias]).filter(|name| !name.is_empty());
    own.chain([PROFILE, CONFIG_FILE, TARGET])
}

impl Known {
    /// The variables that may hold it, the one that counts first.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'static str> {
        [self.variable, self.alias].into_iter().filter(|name| !name.is_empty())
    }

    /// The value as the tool keeps it; `None` for the value that it takes for none (`false`, `0` in Go).
    ///
    /// # Errors
    /// In the words of the tool.
    pub(super) fn read(&self, family: Family, text: &str) -> Result<Option<String>, String> {
        match family {
            Family::Cli | Family::Go => self.read_by_go(text),
            Family::Python => self.read_by_python(text),
            Family::Java => self.read_by_java(text),
        }
    }

    fn read_by_go(&self, text: &str) -> Result<Option<String>, String> {
        let wrong = |function: &str, why: &str| format!("strconv.{function}: parsing {}: {why}", quote(text));
        match self.kind {
            Kind::Text => Ok(Some(text.to_owned())),
            Kind::Yes => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Some("true".to_owned())),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(None),
                _ => Err(wrong("ParseBool", "invalid syntax")),
            },
            Kind::Number => {
                let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
                let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                let why = if is_number { "value out of range" } else { "invalid syntax" };
                let number: i64 = text.parse().map_err(|_| wrong("Atoi", why))?;
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

    fn read_by_python(&self, text: &str) -> Result<Option<String>, String> {
        match self.kind {
            Kind::Text => Ok(Some(text.to_owned())),
            // `bool("false")` is true.
            Kind::Yes => Ok(Some("true".to_owned())),
            Kind::Number => {
                let trimmed = text.trim();
                let digits = trimmed.replace('_', "");
                let is_number = !trimmed.starts_with('_') && !trimmed.ends_with('_') && !trimmed.contains("__");
                let number = digits.parse::<i128>().ok().filter(|_| is_number);
                // Seconds of a request may have a fraction.
                if self.name == "http_timeout_seconds" {
                    let seconds = number.map(|it| it.to_string()).or_else(|| trimmed.parse::<f64>().ok().map(|it| it.to_string()));
                    return seconds.map(Some).ok_or_else(|| format!("could not convert string to float: '{text}'"));
                }
                number.map(|it| Some(it.to_string())).ok_or_else(|| format!("invalid literal for int() with base 10: '{text}'"))
            }
            Kind::List => {
                let mut parts: Vec<_> = text.split([',', ' ']).filter(|part| !part.is_empty()).collect();
                parts.sort_unstable();
                parts.dedup();
                Ok(Some(parts.join(",")).filter(|joined| !joined.is_empty()))
            }
        }
    }

    fn read_by_java(&self, text: &str) -> Result<Option<String>, String> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        match self.kind {
            Kind::Text => Ok(Some(text.to_owned())),
            // One that is false is set all the same.
            Kind::Yes => Ok(Some(text.eq_ignore_ascii_case("true").to_string())),
            Kind::Number => {
                let number: i32 = text.parse().map_err(|_| format!("For input string: {text:?}"))?;
                Ok(Some(number.to_string()))
            }
            Kind::List => {
                let mut parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
                parts.sort_unstable();
                // A list of nothing is set all the same.
                Ok(Some(parts.join(",")))
            }
        }
    }

    /// Whether that way to sign in looks at it.
    pub(super) fn serves(&self, way: &str) -> bool {
        self.ways.is_empty() || self.ways.contains(&way)
    }
}
