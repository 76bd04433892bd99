//! The arguments of the command line.

mod admin;
mod examples;
mod exec;
mod fields;
mod hand_over;
mod profiles;
pub(super) mod values;

use std::time::Duration;

use clap::{Parser, ValueEnum};

pub(super) use self::{
    admin::{Admin, AdminTokens, Sp, SpSecret},
    exec::Exec,
    fields::Given,
    hand_over::{Backup, Effective, Export, Import, SendTo},
    profiles::{ChangeOfProfiles, Profiles, ProfilesDo, ProfilesPlace, Publish, Unpublish},
};
use brickpass_core::connection::{AuthKind, Scopes};

/// All your Databricks connections in one window. Without a subcommand, the window opens.
#[derive(Debug, Parser)]
#[command(name = "brickpass", version, about, max_term_width = 100)]
pub(super) struct Args {
    /// Open the window with the embedded demo workspaces and a temporary configuration
    #[arg(long)]
    pub(super) demo: bool,
    /// Print one JSON document to stdout
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Read the passphrase of the encrypted vault file from the first line of this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) vault_passphrase_file: Option<std::path::PathBuf>,
    /// Log on stderr what is done, never a secret; twice: in detail
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    #[command(subcommand)]
    pub(super) subcommand: Option<Subcommand>,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Subcommand {
    /// Add a connection
    Add(Add),
    /// Change fields of a connection; other fields stay the same
    Edit(Edit),
    /// Remove connections and their stored secrets
    Remove {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// Keep their published profiles in .databrickscfg
        #[arg(long)]
        keep_profile: bool,
        /// Also revoke their personal access tokens at Databricks; only works for tokens created by Brickpass
        #[arg(long)]
        revoke_token: bool,
    },
    /// Copy a connection, with its stored secret, under a new name
    Duplicate { name: String, new_name: String },
    /// List the connections
    List,
    /// Show one connection (never its secret)
    Show { name: String },
    /// Test connections; exit code 0 only if all are OK
    Test {
        #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
        names: Vec<String>,
        /// Test every connection, in parallel
        #[arg(long)]
        all: bool,
    },
    /// Sign in through the browser
    Login(Login),
    /// Sign out and delete the tokens
    Logout { name: String },
    /// Print a valid access token to stdout, renewed if needed
    Token {
        /// The connection
        name: String,
        /// Get a new token even if the stored one is still valid
        #[arg(long)]
        renew: bool,
    },
    /// Run a Databricks tool as a connection: it gets tokens from Brickpass while it runs
    Exec(Exec),
    /// Personal access tokens of the user that a connection signs in as
    #[command(subcommand)]
    Pat(Pat),
    /// Print the command that copies a connection's token to another secret store; the command contains no secret
    SendTo(SendTo),
    /// Export a connection in the format of another tool; without its secret unless you ask for it
    Export(Export),
    /// Publish a connection as a profile in .databrickscfg that every Databricks tool can use; no secret is written
    Publish(Publish),
    /// Remove a connection's profile from .databrickscfg
    Unpublish(Unpublish),
    /// Show what .databrickscfg contains: profiles, secrets in plain text, changes since publishing
    Profiles(Profiles),
    /// Add connections from another tool's file: .databrickscfg, environment files, dbt, JDBC, ODBC, Terraform, Data Factory and more
    Import(Import),
    /// Write all connections and their secrets to a new file, encrypted with a passphrase
    Backup(Backup),
    /// Service principals of a workspace or an account, their OAuth secrets and permissions
    #[command(subcommand)]
    Sp(Sp),
    /// Tasks that need a workspace admin
    #[command(subcommand)]
    Admin(Admin),
    /// List the workspaces of an account, and add connections that use its sign-in
    Workspaces(Workspaces),
    /// Show the activity log: sign-ins, tests, saves, secrets that were shown; never a secret
    Activity(Activity),
    /// Print diagnostics for support as JSON: counts and versions only, no names, addresses or secrets
    Diagnostics {
        /// Write them to a new file instead
        #[arg(long, value_name = "FILE")]
        output: Option<std::path::PathBuf>,
    },
    /// Show which settings Databricks' tools would use in a folder, and the source of each; never a secret
    Effective(Effective),
    /// Check the vault, the files and the requirements for signing in, and show how to fix problems
    Doctor {
        /// First delete the secrets in the encrypted vault file that belong to no connection
        #[arg(long)]
        delete_unknown_secrets: bool,
    },
    /// Restore the newest usable backup of a lost or damaged file; the replaced file is kept
    Restore(Restore),
    /// Serve the embedded demo workspaces until stopped; the first line on stdout is JSON
    Demo(Demo),
    /// Print completions for a shell
    #[command(after_help = "For example: brickpass completions bash > ~/.local/share/bash-completion/completions/brickpass")]
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Restore {
    /// Restore the encrypted vault file instead of the connections file
    #[arg(long)]
    pub(super) vault: bool,
    /// Give up the secrets in the encrypted vault file and start a new one; the old file is kept
    #[arg(long)]
    pub(super) new_vault: bool,
    /// Start with an empty list of connections
    #[arg(long)]
    pub(super) empty: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// The name in the list
    pub(super) name: String,
    /// The workspace URL, as copied from the browser
    #[arg(long, value_name = "URL")]
    pub(super) base_url: String,
    #[command(flatten)]
    pub(super) fields: Fields,
}

#[derive(Debug, clap::Args)]
pub(super) struct Edit {
    pub(super) name: String,
    /// The new name
    #[arg(long = "name", value_name = "NEW")]
    pub(super) new_name: Option<String>,
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    #[command(flatten)]
    pub(super) fields: Fields,
}

#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// Use this address even though it is not a Databricks domain
    #[arg(long)]
    pub(super) trust_address: bool,
    /// The authentication type
    #[arg(long, value_enum)]
    pub(super) auth: Option<Auth>,
    #[command(flatten)]
    pub(super) given: Given,
    /// Read the personal access token from stdin
    #[arg(long, conflicts_with = "client_secret_stdin")]
    pub(super) token_stdin: bool,
    /// Read the client secret from stdin
    #[arg(long)]
    pub(super) client_secret_stdin: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Login {
    /// The connection; with --find, the name of the new connection
    #[arg(required_unless_present = "find")]
    pub(super) name: Option<String>,
    /// Only show the address, to open by hand in a browser on this computer
    #[arg(long)]
    pub(super) no_browser: bool,
    /// For a browser on another computer: only show the address, then read the address of the browser's last page from the terminal (without
    /// echo) or from stdin
    #[arg(long)]
    pub(super) paste: bool,
    /// Receive the browser's answer on this port, which must be registered with the OAuth application
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1024..))]
    pub(super) port: Option<u16>,
    /// Switch to another user without asking
    #[arg(long)]
    pub(super) yes: bool,
    /// Choose the workspace on the sign-in page, and add a connection to it; for when you don't know its URL
    #[arg(long)]
    pub(super) find: bool,
    /// With --find: choose an account instead of a workspace
    #[arg(long, requires = "find")]
    pub(super) account: bool,
    /// With --find: use the host in `DATABRICKS_DISCOVERY_HOST` even though it is not a Databricks host
    #[arg(long, requires = "find")]
    pub(super) trust_address: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Pat {
    /// Generate a token and print its value to stdout, once
    Create(PatCreate),
    /// List the tokens, newest first; never their values
    List { name: String },
    /// List tokens of all connections that expire soon or have expired; exit code 0 even if there are some
    Expiring(PatExpiring),
    /// Revoke tokens; anything using them stops working immediately
    Revoke {
        name: String,
        #[arg(required = true, value_name = "ID")]
        token_ids: Vec<String>,
    },
    /// Replace the connection's token with a new one, and revoke the old token
    Rotate(PatRotate),
}

#[derive(Debug, clap::Args)]
pub(super) struct PatCreate {
    pub(super) name: String,
    /// What it is for; default: "Brickpass on" and the name of this computer
    #[arg(long, value_name = "C")]
    pub(super) comment: Option<String>,
    /// How long it is valid: 90d, 12h, 30m
    #[arg(long, value_name = "L", default_value = "90d", value_parser = values::lifetime)]
    pub(super) lifetime: Duration,
    /// Restrict it to these scopes, for example sql or clusters; default: full access
    #[arg(long = "scope", value_name = "S", num_args = 1.., value_parser = values::scopes)]
    pub(super) scopes: Vec<Scopes>,
    /// Use it as the connection's token
    #[arg(long = "use")]
    pub(super) use_it: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PatExpiring {
    /// Expiring within this many days
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(..=3650))]
    pub(super) days: u16,
    /// Refresh from every workspace, eight at a time, to include tokens that Brickpass did not create
    #[arg(long)]
    pub(super) ask: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PatRotate {
    pub(super) name: String,
    /// How long the new token is valid: 90d, 12h, 30m
    #[arg(long, value_name = "L", default_value = "90d", value_parser = values::lifetime)]
    pub(super) lifetime: Duration,
}

#[derive(Debug, clap::Args)]
pub(super) struct Workspaces {
    /// A connection to the account
    pub(super) name: String,
    /// Add connections to these workspaces: their IDs, or the word all for every running workspace
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(super) add: Vec<String>,
    /// The folder of the new connections; default: that of the account's connection
    #[arg(long, value_name = "F", requires = "add")]
    pub(super) folder: Option<String>,
    /// Their environment: dev, test, prod, a custom word, or not-set; default: that of the account's connection
    #[arg(long, value_name = "E", requires = "add")]
    pub(super) environment: Option<String>,
    /// A tag for them; repeat for several. Default: those of the account's connection
    #[arg(long = "tag", value_name = "T", requires = "add")]
    pub(super) tags: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Activity {
    /// Only entries of this connection, which may no longer be in the list
    pub(super) name: Option<String>,
    /// Only the last N entries
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Write it to a new file instead, one JSON object per line
    #[arg(long, value_name = "FILE")]
    pub(super) export: Option<std::path::PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// The first workspace's port; the others follow. 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,
    /// A delay for every answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(super) latency: u64,
    /// The number of healthy workspaces
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(super) workspaces: u16,
    /// How long an access token is valid, in seconds
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) token_lifetime: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Auth {
    Pat,
    Browser,
    ServicePrincipal,
}

impl From<Auth> for AuthKind {
    fn from(auth: Auth) -> Self {
        match auth {
            Auth::Pat => Self::PersonalAccessToken,
            Auth::Browser => Self::Browser,
            Auth::ServicePrincipal => Self::ServicePrincipal,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Terminal {
    Sh,
    Powershell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_words_do_not_contradict_each_other() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_token_is_never_an_argument() {
        assert!(Args::try_parse_from(["brickpass", "add", "x", "--base-url", "h", "--token", "dapi"]).is_err());
    }

    #[test]
    fn a_login_names_a_connection_unless_it_finds_one() {
        let parse = |words: &[&str]| Args::try_parse_from([&["brickpass", "login"], words].concat()).is_ok();
        assert!(parse(&["Sales"]) && parse(&["--find"]) && parse(&["--find", "--account", "Group"]));
        assert!(
            !parse(&[]) && !parse(&["Sales", "--account"]) && !parse(&["Sales", "--port", "80"]) && !parse(&["Sales", "--port", "70000"])
        );
    }

    #[test]
    fn workspaces_to_add_are_named_one_by_one_or_all() {
        let Some(Subcommand::Workspaces(given)) =
            Args::try_parse_from(["brickpass", "workspaces", "Group", "--add", "12", "34", "--folder", "EU"]).unwrap().subcommand
        else {
            panic!("another subcommand")
        };
        assert_eq!(given.add, ["12", "34"]);
        assert!(Args::try_parse_from(["brickpass", "workspaces", "Group", "--folder", "EU"]).is_err());
    }

    #[test]
    fn auth_words_are_those_of_json() {
        for auth in Auth::value_variants() {
            assert_eq!(auth.to_possible_value().unwrap().get_name(), AuthKind::from(*auth).word());
        }
    }
}
