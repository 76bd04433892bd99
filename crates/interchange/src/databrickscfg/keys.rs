//! The keys of a profile: their order, which of them are secrets, which of them are a way to sign in.
//!
//! Source: databricks-sdk-go `config/config.go` (v0.175), whose order of declaration is the order in which the Databricks CLI writes.

use std::borrow::Cow;

/// As the CLI writes them. A key that is not among them stands behind them.
const ORDER: [&str; 43] = [
    "host",
    "cluster_id",
    "warehouse_id",
    "serverless_compute_id",
    "metadata_service_url",
    "account_id",
    "workspace_id",
    "token",
    "username",
    "password",
    "oauth_callback_port",
    "google_service_account",
    "google_credentials",
    "azure_workspace_resource_id",
    "azure_use_msi",
    "azure_client_secret",
    "azure_client_id",
    "azure_tenant_id",
    "actions_id_token_request_url",
    "actions_id_token_request_token",
    "azure_environment",
    "azure_login_app_id",
    "client_id",
    "client_secret",
    "scopes",
    "disable_oauth_refresh_token",
    "databricks_cli_path",
    "auth_type",
    "databricks_id_token_filepath",
    "oidc_token_filepath",
    "oidc_token_env",
    "skip_verify",
    "http_timeout_seconds",
    "debug_truncate_bytes",
    "debug_headers",
    "rate_limit",
    "retry_timeout_seconds",
    "cloud",
    "audience",
    "token_audience",
    "discovery_url",
    "disable_async_token_refresh",
    "experimental_is_unified_host",
];

/// Values that open something. The last three are ours to be careful with: no SDK reads them today, but people write them.
const SECRETS: [&str; 9] = [
    "token",
    "password",
    "client_secret",
    "azure_client_secret",
    "google_credentials",
    "metadata_service_url",
    "actions_id_token_request_token",
    "refresh_token",
    "access_token",
];

/// The keys that are a way to sign in, or belong to one: what the CLI's `auth login` takes out before it writes its own, and how the way is chosen.
/// What only goes with them (`audience`, `disable_oauth_refresh_token`, the CLI's `experimental_is_unified_host`) stays.
const SIGN_IN: [&str; 22] = [
    "token",
    "username",
    "password",
    "client_id",
    "client_secret",
    "scopes",
    "metadata_service_url",
    "google_service_account",
    "google_credentials",
    "azure_workspace_resource_id",
    "azure_use_msi",
    "azure_client_secret",
    "azure_client_id",
    "azure_tenant_id",
    "azure_login_app_id",
    "actions_id_token_request_url",
    "actions_id_token_request_token",
    "databricks_id_token_filepath",
    "oidc_token_filepath",
    "oidc_token_env",
    "auth_type",
    "databricks_cli_path",
];

/// `token`, `password`, `client_secret`, `azure_client_secret`, `google_credentials`, `metadata_service_url`...
#[must_use]
pub fn is_secret(key: &str) -> bool {
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// Whether a key that looks like nothing known may hold a secret, so that its value is not shown either: `my_token`, `db-password`.
pub(super) fn may_be_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let known = ORDER.contains(&key.as_str());
    is_secret(&key)
        || (!known && ["token", "secret", "password", "passwd", "credential", "key", "pat"].iter().any(|word| key.contains(word)))
}

/// A way to sign in, or a part of one: at most one way stands in a section (rule C-9).
pub(super) fn is_sign_in(key: &str) -> bool {
    SIGN_IN.contains(&key)
}

/// Where a profile leads, or how it signs in: what publishing is about. All else in a section is the person's own. In capitals too: Python reads
/// them, and publishing takes them out.
#[must_use]
pub fn decides(key: &str) -> bool {
    let key = small(key);
    matches!(&*key, "host" | "account_id" | "workspace_id") || is_sign_in(&key)
}

/// In small letters, as Python reads it; most keys are written so.
pub(super) fn small(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) { Cow::Borrowed(key) } else { Cow::Owned(key.to_lowercase()) }
}

/// Where the CLI would write it.
pub(super) fn place(key: &str) -> usize {
    ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_a_secret_however_it_is_written() {
        for key in ["token", "TOKEN", "password", "client_secret", "azure_client_secret", "google_credentials", "metadata_service_url"] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["host", "client_id", "auth_type", "databricks_cli_path", "username", "token_audience"] {
            assert!(!is_secret(key) && !may_be_secret(key), "{key}");
        }
        assert!(may_be_secret("my_token") && may_be_secret("db-Password") && !may_be_secret("team"));
    }

    #[test]
    fn every_secret_is_a_way_to_sign_in() {
        for key in SECRETS.iter().take(7) {
            assert!(is_sign_in(key), "{key}");
        }
        assert!(!is_sign_in("cluster_id") && !is_sign_in("warehouse_id") && !is_sign_in("azure_environment") && !is_sign_in("team"));
    }

    #[test]
    fn no_key_stands_twice() {
        for (index, key) in ORDER.iter().enumerate() {
            assert_eq!(place(key), index);
        }
    }
}
