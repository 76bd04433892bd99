//! The arguments for `.databrickscfg`.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::PUBLISH)]
pub(crate) struct Publish {
    /// The connection
    pub(crate) name: String,
    /// The name of the profile; default: derived from the connection's name
    #[arg(long, short, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// Make it the default profile
    #[arg(long)]
    pub(crate) default: bool,
    /// Replace a profile with this name that Brickpass did not publish, even if it is for another workspace or has the only copy of a secret
    #[arg(long)]
    pub(crate) replace_profile: bool,
    #[command(flatten)]
    pub(crate) change: ChangeOfProfiles,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Unpublish {
    /// The connection; all its profiles unless --profile is given
    #[arg(required_unless_present = "profile")]
    pub(crate) name: Option<String>,
    /// The profile to remove; its connection may already be removed
    #[arg(long, short, value_name = "P")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) change: ChangeOfProfiles,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ChangeOfProfiles {
    #[command(flatten)]
    pub(crate) place: ProfilesPlace,
    /// Only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProfilesPlace {
    /// Use this file instead of `DATABRICKS_CONFIG_FILE` or `~/.databrickscfg`
    #[arg(long, value_name = "F")]
    pub(crate) config_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Profiles {
    #[command(flatten)]
    pub(crate) place: ProfilesPlace,
    #[command(subcommand)]
    pub(crate) what: Option<ProfilesDo>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ProfilesDo {
    /// Make a profile the default profile
    Default {
        profile: String,
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Replace the secrets in profiles with references to the connections that have the same secrets
    MoveSecrets {
        #[arg(required_unless_present = "all", value_name = "PROFILE")]
        profiles: Vec<String>,
        /// In every profile; secrets that no connection has stay
        #[arg(long, conflicts_with = "profiles")]
        all: bool,
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Keep the file's version of a profile
    Keep {
        profile: String,
        #[command(flatten)]
        place: ProfilesPlace,
    },
    /// Stop tracking changes of a profile; the file is not changed
    Forget {
        profile: String,
        #[command(flatten)]
        place: ProfilesPlace,
    },
    /// Remove every profile of Brickpass whose connection was removed
    Clean {
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Restore the file as it was before Brickpass's last change
    Restore {
        #[command(flatten)]
        place: ProfilesPlace,
    },
}
