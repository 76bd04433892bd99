//! The arguments of `send-to`, `export`, `import`, `backup` and `effective`.

use clap::ValueEnum;

use super::Terminal;
use brickpass_engine::Family;
use brickpass_interchange::{import::Kind, send_to::Destination};

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::SEND_TO)]
pub(crate) struct SendTo {
    /// A connection that signs in with a personal access token
    pub(crate) name: String,
    /// The secret store
    #[arg(long, value_enum)]
    pub(crate) destination: Store,
    /// The Azure Key Vault
    #[arg(long, value_name = "V")]
    pub(crate) vault_name: Option<String>,
    /// The name of the secret, or the key of a GitLab variable
    #[arg(long, value_name = "N")]
    pub(crate) secret_name: Option<String>,
    /// The repository: OWNER/REPOSITORY for GitHub, GROUP/PROJECT for GitLab
    #[arg(long, value_name = "R")]
    pub(crate) repo: Option<String>,
    /// The Google Cloud project
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<String>,
    /// The Databricks secret scope
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// The key in a Databricks scope or a Kubernetes secret
    #[arg(long, value_name = "K")]
    pub(crate) key: Option<String>,
    /// The profile of the Databricks CLI
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// The Kubernetes namespace
    #[arg(long, value_name = "N")]
    pub(crate) namespace: Option<String>,
    /// The secret does not exist yet (AWS, Google)
    #[arg(long)]
    pub(crate) create: bool,
    /// The shell that runs the command; default: PowerShell on Windows, sh elsewhere
    #[arg(long, value_enum)]
    pub(crate) shell: Option<Terminal>,
    /// Take the token from the clipboard instead of the connection
    #[arg(long)]
    pub(crate) clipboard: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::EXPORT)]
pub(crate) struct Export {
    /// The connection; not needed for a list of all connections (inventory-csv, inventory-json)
    pub(crate) name: Option<String>,
    /// The format; --formats lists all of them
    #[arg(long, short, value_name = "F", required_unless_present = "formats")]
    pub(crate) format: Option<String>,
    /// List the formats and their fields
    #[arg(long, conflicts_with_all = ["name", "set", "output", "include_secrets"])]
    pub(crate) formats: bool,
    /// A field of the format; repeat a field to give it several lines
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// Write it to a new file that only you can read; several files go into a new folder
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<std::path::PathBuf>,
    /// Include the token or client secret; never a browser sign-in
    #[arg(long)]
    pub(crate) include_secrets: bool,
    /// Write a secret even though the file is in a git work tree
    #[arg(long, requires = "output")]
    pub(crate) in_work_tree: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::IMPORT)]
pub(crate) struct Import {
    /// The file, or - for stdin
    #[arg(conflicts_with_all = ["databrickscfg", "environment"])]
    pub(crate) file: Option<String>,
    /// The file type; detected by default
    #[arg(long, value_name = "K", value_parser = Kind::ALL.map(Kind::word))]
    pub(crate) kind: Option<String>,
    /// Import the profiles of Databricks' own tools; default: the file that the Databricks CLI uses
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["environment", "kind"])]
    #[expect(clippy::option_option, reason = "the option, and the file that may follow it")]
    pub(crate) databrickscfg: Option<Option<std::path::PathBuf>>,
    /// Import the DATABRICKS_* variables of this environment
    #[arg(long, conflicts_with = "kind")]
    pub(crate) environment: bool,
    /// The file is a Brickpass backup
    #[arg(long, requires = "file", conflicts_with = "kind")]
    pub(crate) backup: bool,
    /// Read the passphrase of the backup from stdin
    #[arg(long, requires = "backup")]
    pub(crate) passphrase_stdin: bool,
    /// Only show what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Replace existing connections with the same address, workspace and identity, or the same address and name.
    /// Their name, folder, tags and environment stay. A connection with the same name at another address is never
    /// replaced: both are kept
    #[arg(long, conflicts_with = "keep_both")]
    pub(crate) replace: bool,
    /// Keep both if a connection already exists
    #[arg(long)]
    pub(crate) keep_both: bool,
    /// Only the entry with this name in the file (a profile, a target); repeat for several
    #[arg(long, value_name = "PLACE")]
    pub(crate) only: Vec<String>,
    /// The folder for them, for example Sales/Nightly
    #[arg(long, value_name = "F")]
    pub(crate) folder: Option<String>,
    /// The environment of new connections: dev, test, prod, a custom word, or not-set; default: as in the file
    #[arg(long, value_name = "E")]
    pub(crate) set_environment: Option<String>,
    /// A tag for new connections; repeat for several
    #[arg(long = "tag", value_name = "T")]
    pub(crate) tags: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// A new file; an existing file is never replaced
    pub(crate) file: std::path::PathBuf,
    /// Write JSON without secrets, which you can keep in git
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub(crate) without_secrets: bool,
    /// Read the passphrase from stdin
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EFFECTIVE_CODES)]
pub(crate) struct Effective {
    /// The tool: each one reads the environment and files in its own way [default: cli in the folder of a bundle, else go]
    #[arg(long = "as", value_name = "TOOL")]
    pub(crate) family: Option<Tool>,
    /// With this profile
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// In this folder, which may be part of a bundle
    #[arg(long, value_name = "D", default_value = ".")]
    pub(crate) directory: std::path::PathBuf,
    /// With this target of the bundle, as for the Databricks CLI
    #[arg(long, short, value_name = "T")]
    pub(crate) target: Option<String>,
}

const EFFECTIVE_CODES: &str = "Exit code 0: the tool has everything it needs to sign in, as far as can be checked without a server. 1: the tool would fail. \
6: it depends on something Brickpass cannot check: a sign-in of the Databricks CLI or Azure CLI, a metadata service, a locked vault.";

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Tool {
    /// The Databricks CLI, the only one that reads bundles
    Cli,
    /// The SDK for Go, and Terraform
    Go,
    /// The SDK for Python, mlflow, Databricks Connect
    Python,
    /// The SDK for Java
    Java,
}

impl From<Tool> for Family {
    fn from(tool: Tool) -> Self {
        match tool {
            Tool::Cli => Self::Cli,
            Tool::Go => Self::Go,
            Tool::Python => Self::Python,
            Tool::Java => Self::Java,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Store {
    AzureKeyVault,
    Github,
    Gitlab,
    Aws,
    Google,
    Databricks,
    Kubernetes,
}

impl From<Store> for Destination {
    fn from(store: Store) -> Self {
        match store {
            Store::AzureKeyVault => Self::AzureKeyVault,
            Store::Github => Self::GitHub,
            Store::Gitlab => Self::GitLab,
            Store::Aws => Self::Aws,
            Store::Google => Self::Google,
            Store::Databricks => Self::Databricks,
            Store::Kubernetes => Self::Kubernetes,
        }
    }
}
