//! The words for `.databrickscfg`.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = super::examples::PUBLISH)]
pub(crate) struct Publish {
    /// The connection
    pub(crate) name: String,
    /// What the profile is called; made from the connection's name unless given
    #[arg(long, short, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// Make it the profile that tools use when none is named
    #[arg(long)]
    pub(crate) default: bool,
    /// Replace a profile of this name that Brickpass did not publish, even if it leads elsewhere or holds the only copy of a secret
    #[arg(long)]
    pub(crate) replace_profile: bool,
    #[command(flatten)]
    pub(crate) change: ChangeOfProfiles,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Unpublish {
    /// The connection; all its profiles, unless one is named
    #[arg(required_unless_present = "profile")]
    pub(crate) name: Option<String>,
    /// The profile, also one whose connection was removed; of several that the connection was published as, this one
    #[arg(long, short, value_name = "P")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) change: ChangeOfProfiles,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ChangeOfProfiles {
    #[command(flatten)]
    pub(crate) place: ProfilesPlace,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProfilesPlace {
    /// Another file than `DATABRICKS_CONFIG_FILE` or `~/.databrickscfg`
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
    /// Make a profile the one that tools use when none is named
    Default {
        profile: String,
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Take the secrets of profiles out of the file; references to the connections that hold the same ones take their place
    MoveSecrets {
        #[arg(required_unless_present = "all", value_name = "PROFILE")]
        profiles: Vec<String>,
        /// Of every profile that holds one; those that no connection holds stay
        #[arg(long, conflicts_with = "profiles")]
        all: bool,
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Take what stands in the section now as what was published
    Keep {
        profile: String,
        #[command(flatten)]
        place: ProfilesPlace,
    },
    /// Leave the section as it is and compare it with its connection no longer
    Forget {
        profile: String,
        #[command(flatten)]
        place: ProfilesPlace,
    },
    /// Take out every profile that asks Brickpass and gets no answer, since its connection was removed
    Clean {
        #[command(flatten)]
        change: ChangeOfProfiles,
    },
    /// Go back to the file as it was before the last change of Brickpass
    Restore {
        #[command(flatten)]
        place: ProfilesPlace,
    },
}
