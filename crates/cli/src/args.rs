//! The words of the command line.

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
    /// Open the window on the embedded demo workspaces, with a throw-away configuration
    #[arg(long)]
    pub(super) demo: bool,
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Read the passphrase of the encrypted file of secrets from the first line of this file
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
    /// Change fields of a connection; what is not named stays
    Edit(Edit),
    /// Remove connections and their stored secrets
    Remove {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// Leave the profiles that they were published as in .databrickscfg
        #[arg(long)]
        keep_profile: bool,
        /// Revoke their personal access tokens at Databricks, too; only those that Brickpass made are known to it
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
        /// Every connection, side by side
        #[arg(long)]
        all: bool,
    },
    /// Sign in through the browser
    Login(Login),
    /// End a sign-in and forget its tokens
    Logout { name: String },
    /// Print a valid access token on stdout, renewed if need be
    Token {
        /// The connection
        name: String,
        /// Another token than the stored one, even if that is still good
        #[arg(long)]
        renew: bool,
    },
    /// Run a Databricks tool as a connection: it gets tokens from Brickpass for as long as it runs
    Exec(Exec),
    /// Personal access tokens of the user that a connection signs in as
    #[command(subcommand)]
    Pat(Pat),
    /// Print the command that hands the token of a connection to another store of secrets; the command holds no secret
    SendTo(SendTo),
    /// Write a connection in the format of another tool; it holds no secret unless you ask for that
    Export(Export),
    /// Make a connection a profile of .databrickscfg that every Databricks tool can use; no secret is written
    Publish(Publish),
    /// Take the profile of a connection out of .databrickscfg
    Unpublish(Unpublish),
    /// What stands in .databrickscfg: profiles, secrets in plain text, what was changed since it was published
    Profiles(Profiles),
    /// Add connections out of another tool's file: .databrickscfg, environment files, dbt, JDBC, ODBC, Terraform, Data Factory and more
    Import(Import),
    /// Write all connections and their secrets to a new file that only a passphrase opens
    Backup(Backup),
    /// Service principals of a workspace or an account, their OAuth secrets and permissions
    #[command(subcommand)]
    Sp(Sp),
    /// What only workspace admins may do
    #[command(subcommand)]
    Admin(Admin),
    /// List the workspaces of an account, and add connections that use its sign-in
    Workspaces(Workspaces),
    /// Who did what when: sign-ins, tests, saves, secrets that were shown; never a secret
    Activity(Activity),
    /// What somebody who helps may see, as JSON: counts and fixed words, no names, no addresses, no secrets
    Diagnostics {
        /// Write it to a new file instead
        #[arg(long, value_name = "FILE")]
        output: Option<std::path::PathBuf>,
    },
    /// Which configuration Databricks' tools would use here, and where each value comes from; never a secret
    Effective(Effective),
    /// Check the vault, the files and what signing in needs, and say how to mend what is wrong
    Doctor {
        /// First delete what the encrypted file holds for connections that are neither on the list nor being removed
        #[arg(long)]
        delete_unknown_secrets: bool,
    },
    /// Bring back the newest good backup of a lost or damaged file; what is replaced is kept
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
    /// The encrypted file of secrets instead of the connections file
    #[arg(long)]
    pub(super) vault: bool,
    /// Give up the secrets in the encrypted file and begin with a new one; the former file is kept
    #[arg(long)]
    pub(super) new_vault: bool,
    /// Begin with an empty list of connections
    #[arg(long)]
    pub(super) empty: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// As it shall stand in the list
    pub(super) name: String,
    /// The workspace's address, as copied from the browser
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
    /// Use this address although it is not a Databricks domain
    #[arg(long)]
    pub(super) trust_address: bool,
    /// How to sign in
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
    /// The connection; with --find, the name of the one that is added
    #[arg(required_unless_present = "find")]
    pub(super) name: Option<String>,
    /// Only show the address, to be opened by hand in a browser on this computer
    #[arg(long)]
    pub(super) no_browser: bool,
    /// For a browser on another computer: only show the address, then read the address that the browser ends on, from the terminal without echo or
    /// from stdin
    #[arg(long)]
    pub(super) paste: bool,
    /// Receive the browser's answer on this port, which must be registered with the OAuth application
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1024..))]
    pub(super) port: Option<u16>,
    /// Yes to the question whether another user may take the place of the one who is signed in
    #[arg(long)]
    pub(super) yes: bool,
    /// Without knowing the address: the sign-in page asks which workspace is meant, and a connection to it is added
    #[arg(long)]
    pub(super) find: bool,
    /// With --find: an account instead of a workspace
    #[arg(long, requires = "find")]
    pub(super) account: bool,
    /// With --find: use the host in `DATABRICKS_DISCOVERY_HOST` although it is not one of Databricks
    #[arg(long, requires = "find")]
    pub(super) trust_address: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Pat {
    /// Make a token and print its value on stdout, once
    Create(PatCreate),
    /// List the tokens, newest first; never their values
    List { name: String },
    /// Which tokens expire soon or have expired, over all connections; exit code 0 also when there are some
    Expiring(PatExpiring),
    /// Revoke tokens: whatever uses them is signed out
    Revoke {
        name: String,
        #[arg(required = true, value_name = "ID")]
        token_ids: Vec<String>,
    },
    /// Put a new token in the place of the one that the connection signs in with, and revoke that one
    Rotate(PatRotate),
}

#[derive(Debug, clap::Args)]
pub(super) struct PatCreate {
    pub(super) name: String,
    /// What it is for; "Brickpass on" and the name of this computer when empty
    #[arg(long, value_name = "C")]
    pub(super) comment: Option<String>,
    /// How long it is valid: 90d, 12h, 30m
    #[arg(long, value_name = "L", default_value = "90d", value_parser = values::lifetime)]
    pub(super) lifetime: Duration,
    /// What it may do, such as sql or clusters; everything that you may do when nothing is said
    #[arg(long = "scope", value_name = "S", num_args = 1.., value_parser = values::scopes)]
    pub(super) scopes: Vec<Scopes>,
    /// The connection signs in with it from now on
    #[arg(long = "use")]
    pub(super) use_it: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PatExpiring {
    /// Within so many days
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(..=3650))]
    pub(super) days: u16,
    /// Ask every workspace, eight at a time, so that tokens that Brickpass did not make are among them
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
    /// Add connections to these workspaces: their IDs, or the word all for every running one
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(super) add: Vec<String>,
    /// The folder of the connections that are added; else that of the account's connection
    #[arg(long, value_name = "F", requires = "add")]
    pub(super) folder: Option<String>,
    /// Their environment: dev, test, prod, a word of your own, or not-set; else that of the account's connection
    #[arg(long, value_name = "E", requires = "add")]
    pub(super) environment: Option<String>,
    /// Their tags, repeated for several; else those of the account's connection
    #[arg(long = "tag", value_name = "T", requires = "add")]
    pub(super) tags: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Activity {
    /// Only of this connection, which may be gone from the list
    pub(super) name: Option<String>,
    /// Only the last so many
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Write it to a new file instead, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(super) export: Option<std::path::PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// The first workspace's port, the next ones follow; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,
    /// Added to every answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(super) latency: u64,
    /// How many healthy workspaces
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
