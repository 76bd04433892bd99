//! The Databricks CLI, built from its Go module: it reads, lists and changes the file that Brickpass wrote, Brickpass reads what it wrote, and it
//! works with a token of Brickpass. With `auth_type = databricks-cli` it looks for sign-ins of its own alone (its `libs/auth/credentials.go`): it
//! never starts the program of `databricks_cli_path`, so that it gets the token by the environment.

use std::{fs, path::PathBuf, process::Command};

use serde_json::{Value, json};

use super::{LIMIT, Stage, Table, Way, builds::Build, clients::Prepared};
use crate::support::{Finished, run};

const NAME: &str = "Databricks CLI";

const BUILD: Build = Build { module: "cli", package: ".", program: "databricks", flags: "-X github.com/databricks/cli/internal/build.buildVersion=1.10.0" };

pub fn checks(stage: &Stage, table: &mut Table) {
    let name = format!("{NAME} {}", BUILD.version_of("github.com/databricks/cli"));
    let program = match BUILD.made() {
        Ok(program) => program,
        Err(Prepared::Skipped(why)) => return table.skipped(&name, &why),
        Err(Prepared::Broken(why)) => return table.add(&name, "building it", &Err(why)),
        Err(Prepared::Ready(_)) => unreachable!("a build is a program"),
    };
    let it = Cli { stage, program };
    for way in &stage.ways {
        table.add(&name, way.label, &it.works_with_a_token_of(way));
    }
    table.add(&name, "reads our profiles", &it.lists_our_profiles());
    table.add(&name, "tells where a profile's values come from", &it.describes_our_profile());
    table.add(&name, "changes our file, and we read it", &it.changes_our_file());
}

struct Cli<'a> {
    stage: &'a Stage,
    program: PathBuf,
}

impl Cli<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.stage.at(&self.program, "");
        command.args(arguments).env_remove("DATABRICKS_CONFIG_PROFILE").env("DATABRICKS_AUTH_STORAGE", "plaintext");
        command
    }

    fn plain(&self, arguments: &[&str]) -> Finished {
        run(&mut self.command(arguments), b"", LIMIT)
    }

    /// As a person would write it: `DATABRICKS_TOKEN=$(brickpass token NAME) databricks ...`.
    fn works_with_a_token_of(&self, way: &Way) -> Result<(), String> {
        let token = self.stage.desk.done(&["token", way.profile], "").stdout;
        let ask = |arguments: &[&str]| {
            let mut command = self.command(arguments);
            command.env("DATABRICKS_HOST", self.stage.desk.host()).env("DATABRICKS_TOKEN", token.trim());
            answer(&run(&mut command, b"", LIMIT))
        };
        let me = ask(&["current-user", "me", "-o", "json"])?;
        is("user", &me["userName"], &json!(way.user))?;
        let clusters = ask(&["clusters", "list", "-o", "json"])?;
        let ids: Vec<&Value> = clusters.as_array().into_iter().flatten().map(|it| &it["cluster_id"]).collect();
        is("clusters", &json!(ids), &json!(self.stage.clusters))
    }

    fn lists_our_profiles(&self) -> Result<(), String> {
        let listed = answer(&self.plain(&["auth", "profiles", "--skip-validate", "-o", "json"]))?;
        let profiles: Vec<&Value> = listed["profiles"].as_array().into_iter().flatten().collect();
        let names: Vec<&Value> = profiles.iter().map(|it| &it["name"]).collect();
        let ours: Vec<&str> = self.stage.ways.iter().map(|it| it.profile).collect();
        is("profiles", &json!(names), &json!(ours))?;
        profiles.iter().try_for_each(|it| is("host", &it["host"], &json!(self.stage.desk.host())))
    }

    /// It says that it is not signed in itself, and from where it has read the rest.
    fn describes_our_profile(&self) -> Result<(), String> {
        let way = &self.stage.ways[0];
        let described = self.plain(&["auth", "describe", "--profile", way.profile, "-o", "json"]);
        let described: Value = serde_json::from_str(&described.stdout).map_err(|error| format!("{error}: {described:?}"))?;
        let at = |path: &str| described.pointer(path).cloned().unwrap_or_default();
        is("auth type", &at("/details/configuration/auth_type/value"), &json!("databricks-cli"))?;
        is("host", &at("/details/configuration/host/value"), &json!(self.stage.desk.host()))?;
        let file = self.stage.desk.home.path().join(".databrickscfg");
        is("source", &at("/details/configuration/host/source/name"), &json!(file))
    }

    /// Its own commands rewrite the whole file; all profiles are as they were, and ours says the same of them.
    fn changes_our_file(&self) -> Result<(), String> {
        let chosen = self.stage.ways[1].profile;
        let switched = self.plain(&["auth", "switch", "--profile", chosen]);
        if switched.code != Some(0) {
            return Err(format!("auth switch: {}", switched.stderr.trim()));
        }
        let text = fs::read_to_string(self.stage.desk.home.path().join(".databrickscfg")).map_err(|error| error.to_string())?;
        if !text.contains("[__settings__]") {
            return Err("auth switch wrote nothing".to_owned());
        }
        self.lists_our_profiles()?;
        let ours = self.stage.desk.done(&["effective", "--json"], "").json();
        is("profile", &ours["profile"], &json!(chosen))?;
        is("host", &ours["attributes"]["host"]["value"], &json!(self.stage.desk.host()))?;
        is("connection", &ours["connection"], &json!(chosen))
    }
}

fn answer(ran: &Finished) -> Result<Value, String> {
    if ran.code != Some(0) {
        return Err(format!("exit code {:?}: {}", ran.code, ran.stderr.trim()));
    }
    serde_json::from_str(&ran.stdout).map_err(|error| format!("not JSON: {error}"))
}

fn is(what: &str, seen: &Value, wanted: &Value) -> Result<(), String> {
    if seen == wanted { Ok(()) } else { Err(format!("{what}: {seen}, not {wanted}")) }
}
