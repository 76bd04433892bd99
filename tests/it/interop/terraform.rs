//! `OpenTofu` with the official provider for Databricks, on what `brickpass export --format terraform` wrote: with the published profile, and with
//! variables, whose secret stands in the environment alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{
    Stage, Table, Way,
    builds::Build,
    clients::{Prepared, last_line, sources},
};
use crate::{credential::Desk, support::Finished};

const PROVIDER: Build = Build {
    module: "terraform/provider",
    package: ".",
    program: "terraform-provider-databricks",
    version: None,
    of: "github.com/databricks/terraform-provider-databricks",
};
const TOFU: Build = Build {
    module: "terraform/tofu",
    package: "github.com/opentofu/opentofu/cmd/tofu",
    program: "tofu",
    version: None,
    of: "github.com/opentofu/opentofu",
};

pub fn checks(stage: &Stage, table: &mut Table) {
    let name = format!("Terraform provider {}", PROVIDER.version());
    let built = PROVIDER.made().and_then(|provider| Ok((provider, TOFU.made()?)));
    let (provider, tofu) = match built {
        Ok(both) => both,
        Err(Prepared::Skipped(why)) => return table.skipped(&name, &why),
        Err(Prepared::Broken(why)) => return table.add(&name, "building it", &Err(why)),
        Err(Prepared::Ready(_)) => unreachable!("a build is a program"),
    };
    for way in &stage.ways {
        // This version asks for a token by the address alone, so a connection with a profile is the only one of its address.
        let alone = Stage::set(Desk::new(), &[way.profile]);
        let [same] = &alone.ways[..] else { continue };
        let by_profile = Terraform::at(&alone, &provider, &tofu).signs_in(same, "profile");
        alone.assert_no_secret_lies_about();
        table.add(&name, &format!("{}, published profile", way.label), &by_profile);
        table.add(&name, &format!("{}, variables", way.label), &Terraform::at(stage, &provider, &tofu).signs_in(way, "variables"));
    }
}

struct Terraform<'a> {
    stage: &'a Stage,
    tofu: &'a Path,
    config: PathBuf,
}

impl<'a> Terraform<'a> {
    /// The registry is not asked: the provider is the one that was built.
    fn at(stage: &'a Stage, provider: &Path, tofu: &'a Path) -> Self {
        let config = stage.desk.home.path().join("tofu.tfrc");
        let folder = provider.parent().unwrap_or(provider).display();
        let built = format!("dev_overrides {{\n \"databricks/databricks\" = \"{folder}\"\n}}\ndirect {{}}");
        fs::write(&config, format!("provider_installation {{\n{built}\n}}\n")).unwrap();
        Self { stage, tofu, config }
    }

    fn signs_in(&self, way: &Way, by: &str) -> Result<(), String> {
        let folder = self.stage.desk.home.path().join(format!("terraform-{by}-{}", way.profile));
        let exported = folder.to_str().unwrap_or_default();
        let set = format!("by={by}");
        self.exports(way, &set, exported);
        fs::copy(sources("terraform").join("main.tf"), folder.join("main.tf")).map_err(|error| error.to_string())?;
        let applied = self.tofu(way, by, &folder, &["apply", "-auto-approve", "-input=false", "-no-color"]);
        if applied.code != Some(0) {
            let error = applied.stderr.lines().find(|line| line.contains("Error")).unwrap_or_default();
            return Err(format!("exit code {:?}: {error} {}", applied.code, last_line(&applied)));
        }
        let said = self.tofu(way, by, &folder, &["output", "-no-color", "-json"]);
        let said: Value = serde_json::from_str(&said.stdout).map_err(|error| format!("{error}: {said:?}"))?;
        let user = &said["user"]["value"];
        if user == way.user.as_str() { Ok(()) } else { Err(format!("signed in as {user}, not as {}", way.user)) }
    }

    /// Several files come into a new folder, one goes into a file.
    fn exports(&self, way: &Way, set: &str, folder: &str) {
        let export = ["export", way.profile, "--format", "terraform", "--set", set, "--output"];
        if set == "by=profile" {
            fs::create_dir(folder).unwrap();
            self.stage.desk.done(&[&export[..], &[&format!("{folder}/databricks.tf")]].concat(), "");
        } else {
            self.stage.desk.done(&[&export[..], &[folder]].concat(), "");
        }
    }

    fn tofu(&self, way: &Way, by: &str, folder: &Path, arguments: &[&str]) -> Finished {
        let mut command: Command = self.stage.at(self.tofu, "");
        command.current_dir(folder).args(arguments).env("TF_CLI_CONFIG_FILE", &self.config).env("CHECKPOINT_DISABLE", "1");
        command.env_remove("DATABRICKS_CONFIG_PROFILE");
        if by == "variables" {
            let desk = &self.stage.desk;
            if way.profile == "robot" {
                command.env("TF_VAR_databricks_client_secret", desk.demo.service_principal().client_secret);
            } else {
                command.env("TF_VAR_databricks_token", desk.done(&["token", way.profile], "").stdout.trim());
            }
        }
        self.stage.run(&mut command)
    }
}
