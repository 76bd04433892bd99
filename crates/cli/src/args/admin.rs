//! The arguments of `sp` and `admin`.

use std::time::Duration;

use clap::ValueEnum;

use super::values::{self, Maximum, Target};
use brickpass_databricks::rest::Entitlement;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Sp {
    /// List the service principals
    List { name: String },
    /// Create a service principal
    Create {
        name: String,
        #[arg(value_name = "PRINCIPAL_NAME")]
        principal_name: String,
    },
    /// OAuth secrets of a service principal
    #[command(subcommand)]
    Secret(SpSecret),
    /// Add a service principal of the account to a workspace
    AddToWorkspace {
        /// A connection to the account
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        /// The workspace's numeric ID
        #[arg(long = "workspace", value_name = "ID")]
        workspace_id: String,
        /// As a workspace admin
        #[arg(long)]
        admin: bool,
    },
    /// Grant or remove an entitlement in the workspace
    Entitle {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        #[arg(value_enum)]
        entitlement: EntitlementWord,
        /// Remove the entitlement
        #[arg(long)]
        remove: bool,
    },
    /// Grant a permission on a cluster, SQL warehouse, job or schema
    Grant {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        /// cluster:ID, warehouse:ID, job:ID or schema:CATALOG.SCHEMA
        #[arg(long, value_name = "OBJECT", value_parser = values::object)]
        on: Target,
        /// For example can-restart or can-use; on a schema read, write or create
        permission: String,
    },
    /// Create an OAuth secret and add a connection that signs in with it; the secret goes directly into the vault
    Connect {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        /// The name of the new connection
        new_name: String,
        /// How long the secret is valid: 90d, 12h, 30m
        #[arg(long, value_name = "L", default_value = "90d", value_parser = values::lifetime)]
        lifetime: Duration,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum SpSecret {
    /// Create a secret and print its value to stdout, once
    Create {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        /// How long it is valid: 90d, 12h, 30m
        #[arg(long, value_name = "L", default_value = "90d", value_parser = values::lifetime)]
        lifetime: Duration,
    },
    /// List the secrets, newest first; never their values
    List {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
    },
    /// Delete a secret; anything using it stops working immediately
    Delete {
        name: String,
        /// Its application ID, its number, or its name if that is unique
        principal: String,
        #[arg(value_name = "ID")]
        secret_id: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum EntitlementWord {
    WorkspaceAccess,
    DatabricksSqlAccess,
    AllowClusterCreate,
}

impl From<EntitlementWord> for Entitlement {
    fn from(word: EntitlementWord) -> Self {
        match word {
            EntitlementWord::WorkspaceAccess => Self::WorkspaceAccess,
            EntitlementWord::DatabricksSqlAccess => Self::DatabricksSqlAccess,
            EntitlementWord::AllowClusterCreate => Self::AllowClusterCreate,
        }
    }
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Admin {
    /// Personal access tokens of all users of the workspace
    #[command(subcommand)]
    Tokens(AdminTokens),
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AdminTokens {
    /// Show whether tokens are allowed in the workspace, and their maximum lifetime
    Status { name: String },
    /// Allow tokens
    Enable { name: String },
    /// Disable tokens; anything using one stops working immediately
    Disable {
        name: String,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Set the maximum lifetime of new tokens
    Maximum {
        name: String,
        /// A number of days, or none for Databricks' own limit
        #[arg(value_parser = values::maximum)]
        days: Maximum,
    },
    /// List all users' tokens, newest first; never their values
    List {
        name: String,
        /// Only tokens of this user or service principal
        #[arg(long, value_name = "U")]
        owner: Option<String>,
    },
    /// Revoke tokens of any user; anything using them stops working immediately
    Revoke {
        name: String,
        #[arg(required = true, value_name = "ID")]
        token_ids: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Args;
    use super::*;

    #[test]
    fn entitlements_are_called_as_the_service_calls_them() {
        for word in EntitlementWord::value_variants() {
            assert_eq!(word.to_possible_value().unwrap().get_name(), Entitlement::from(*word).word());
        }
        assert_eq!(EntitlementWord::value_variants().len(), Entitlement::ALL.len());
    }

    #[test]
    fn a_maximum_is_days_or_none_and_an_object_is_a_kind_and_an_id() {
        let parses = |words: &[&str]| Args::try_parse_from([&["brickpass"], words].concat()).is_ok();
        assert!(parses(&["admin", "tokens", "maximum", "Sales", "90"]) && parses(&["admin", "tokens", "maximum", "Sales", "none"]));
        for days in ["0", "-1", "731", "9.5", "all", ""] {
            assert!(!parses(&["admin", "tokens", "maximum", "Sales", days]), "{days}");
        }
        let grant = |on| parses(&["sp", "grant", "Sales", "ci", "--on", on, "CAN_USE"]);
        assert!(grant("cluster:0618-101010-abc") && grant("warehouse:1f") && grant("job:12") && grant("schema:main.sales"));
        for on in ["", "cluster", "cluster:", "table:a.b.c", "schema:sales", "schema:.sales", "schema:main.", "schema:a.b.c"] {
            assert!(!grant(on), "{on}");
        }
        assert!(!parses(&["admin", "tokens", "revoke", "Sales"]) && !parses(&["sp", "add-to-workspace", "Group", "ci"]));
    }
}
