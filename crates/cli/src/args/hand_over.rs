//! The words of handing over: to a store of secrets, as an export or a backup, and what comes in.

use clap::ValueEnum;

use super::Terminal;
use brickpass_engine::Family;
use brickpass_interchange::{import::Kind, send_to::Destination};

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::SEND_TO)]
pub(crate) struct SendTo {
    /// A connection that signs in with a personal access token
    pub(crate) name: String,
    /// Where to
    #[arg(long, value_enum)]
    pub(crate) destination: Store,
    /// Of Azure
    #[arg(long, value_name = "V")]
    pub(crate) vault_name: Option<String>,
    /// The name of the secret, or the key of a GitLab variable
    #[arg(long, value_name = "N")]
    pub(crate) secret_name: Option<String>,
    /// Of GitHub, as OWNER/REPOSITORY; of GitLab, as GROUP/PROJECT
    #[arg(long, value_name = "R")]
    pub(crate) repo: Option<String>,
    /// Of Google Cloud
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<String>,
    /// Of Databricks
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// In a Databricks scope or a Kubernetes secret
    #[arg(long, value_name = "K")]
    pub(crate) key: Option<String>,
    /// Of the Databricks command line
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// Of Kubernetes
    #[arg(long, value_name = "N")]
    pub(crate) namespace: Option<String>,
    /// The secret does not exist yet (AWS, Google)
    #[arg(long)]
    pub(crate) create: bool,
    /// Who reads the command; PowerShell on Windows, sh elsewhere
    #[arg(long, value_enum)]
    pub(crate) shell: Option<Terminal>,
    /// Take the token from the clipboard instead of the connection
    #[arg(long)]
    pub(crate) clipboard: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::EXPORT)]
pub(crate) struct Export {
    /// The connection; a list of all connections (inventory-csv, inventory-json) goes without one
    pub(crate) name: Option<String>,
    /// The word of the format; --formats lists them
    #[arg(long, short, value_name = "F", required_unless_present = "formats")]
    pub(crate) format: Option<String>,
    /// List the formats and what each of them asks for
    #[arg(long, conflicts_with_all = ["name", "set", "output", "include_secrets"])]
    pub(crate) formats: bool,
    /// Something that the format asks for; a field of several lines is set once for each
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// Write it to a new file, for its owner alone; several files into a new folder
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<std::path::PathBuf>,
    /// Let the token or the client secret stand in it; never the sign-in of a person
    #[arg(long)]
    pub(crate) include_secrets: bool,
    /// Write a secret although the file lies in a git work tree
    #[arg(long, requires = "output")]
    pub(crate) in_work_tree: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::IMPORT)]
pub(crate) struct Import {
    /// The file, or - for stdin
    #[arg(conflicts_with_all = ["databrickscfg", "environment"])]
    pub(crate) file: Option<String>,
    /// What it is; guessed when nothing is said
    #[arg(long, value_name = "K", value_parser = Kind::ALL.map(Kind::word))]
    pub(crate) kind: Option<String>,
    /// The profiles of Databricks' own tools; where the Databricks CLI looks for them when no file is named
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["environment", "kind"])]
    #[expect(clippy::option_option, reason = "the option, and the file that may follow it")]
    pub(crate) databrickscfg: Option<Option<std::path::PathBuf>>,
    /// The DATABRICKS_* variables of this environment
    #[arg(long, conflicts_with = "kind")]
    pub(crate) environment: bool,
    /// The file is a backup of Brickpass, which its passphrase opens
    #[arg(long, requires = "file", conflicts_with = "kind")]
    pub(crate) backup: bool,
    /// Read the passphrase of the backup from stdin
    #[arg(long, requires = "backup")]
    pub(crate) passphrase_stdin: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Replace connections that are there already: same address, workspace and identity, or same address and name.
    /// Their name, folder, tags and environment stay. A connection of the same name at another address is never
    /// replaced: the new one is added beside it
    #[arg(long, conflicts_with = "keep_both")]
    pub(crate) replace: bool,
    /// Connections that are there already get a sibling
    #[arg(long)]
    pub(crate) keep_both: bool,
    /// Only what the file calls so (a profile, a target); repeat for several
    #[arg(long, value_name = "PLACE")]
    pub(crate) only: Vec<String>,
    /// Put them into this folder, such as Sales/Nightly
    #[arg(long, value_name = "F")]
    pub(crate) folder: Option<String>,
    /// What new ones are for: dev, test, prod, a word of your own, or not-set; else what the file says
    #[arg(long, value_name = "E")]
    pub(crate) set_environment: Option<String>,
    /// A tag for new ones; repeat for several
    #[arg(long = "tag", value_name = "T")]
    pub(crate) tags: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// A new file; one that exists is never replaced
    pub(crate) file: std::path::PathBuf,
    /// JSON without secrets, fit to be kept in git
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub(crate) without_secrets: bool,
    /// Read the passphrase from stdin
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EFFECTIVE_CODES)]
pub(crate) struct Effective {
    /// Whose view: each family of tools reads the environment and the files in its own way [default: cli in the folder of a bundle, else go]
    #[arg(long = "as", value_name = "TOOL")]
    pub(crate) family: Option<Tool>,
    /// As a tool that names this profile would see it
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// As if started in this folder, which may lie in a bundle
    #[arg(long, value_name = "D", default_value = ".")]
    pub(crate) directory: std::path::PathBuf,
    /// With this target of the bundle, as the Databricks CLI takes it
    #[arg(long, short, value_name = "T")]
    pub(crate) target: Option<String>,
}

const EFFECTIVE_CODES: &str = "Exit code 0: all that the tool needs to sign in is here, as far as can be known without asking a server. 1: the tool would fail. \
6: nothing here stands in the way, and somebody else decides: a sign-in of the Databricks CLI or the Azure CLI, a metadata service, a locked vault.";

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
