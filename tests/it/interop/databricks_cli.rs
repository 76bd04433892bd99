//! The Databricks CLI, built from its Go module: it reads, lists and changes the file that Brickpass wrote, Brickpass reads what it wrote, and it
//! works with a token of Brickpass. With `auth_type = databricks-cli` it looks for sign-ins of its own alone (its `libs/auth/credentials.go`): it
//! never starts the program of `databricks_cli_path`. So it gets the token from the keyring, within `brickpass exec`, or by the environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{PROFILES, Stage, Table, Way, builds::Build, clients::Prepared};
use crate::{
    credential::Desk,
    support::{Finished, keyring::Keyring},
};

const NAME: &str = "Databricks CLI";

const BUILD: Build = Build {
    module: "cli",
    package: ".",
    program: "databricks",
    version: Some("github.com/databricks/cli/internal/build.buildVersion"),
    of: "github.com/databricks/cli",
};

pub fn checks(stage: &Stage, table: &mut Table) {
    let name = format!("{NAME} {}", BUILD.version());
    let program = match BUILD.made() {
        Ok(program) => program,
        Err(Prepared::Skipped(why)) => return table.skipped(&name, &why),
        Err(Prepared::Broken(why)) => return table.add(&name, "building it", &Err(why)),
        Err(Prepared::Ready(_)) => unreachable!("a build is a program"),
    };
    let it = Cli { stage, program };
    for way in &stage.ways {
        table.add(&name, &format!("{}, brickpass token", way.label), &it.works_with_a_token_of(way));
        table.add(&name, &format!("{}, brickpass exec", way.label), &it.works_within_exec(way));
    }
    table.add(&name, "reads our profiles", &it.lists_our_profiles());
    table.add(&name, "tells where a profile's values come from", &it.describes_our_profile());
    table.add(&name, "changes our file, and we read it", &it.changes_our_file());
    published(&name, &it.program, table);
}

/// Where the vault is the system's keyring, a published profile is all that it needs.
fn published(name: &str, program: &Path, table: &mut Table) {
    if let Some(why) = Keyring::missing() {
        return table.skipped(&format!("{name}, published profile"), &why);
    }
    let stage = Stage::set(Desk::with_keyring(), &PROFILES);
    let it = Cli { stage: &stage, program: program.to_owned() };
    for way in &stage.ways {
        table.add(name, &format!("{}, published profile", way.label), &it.works_with_the_profile_of(way));
    }
    table.add(name, "finds our profiles valid", &it.finds_our_profiles_valid());
    stage.assert_no_secret_lies_about();
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
        self.stage.run(&mut self.command(arguments))
    }

    /// As a person would write it: `DATABRICKS_TOKEN=$(brickpass token NAME) databricks ...`.
    fn works_with_a_token_of(&self, way: &Way) -> Result<(), String> {
        let token = self.stage.desk.done(&["token", way.profile], "").stdout;
        self.looks(way, |arguments| {
            let mut command = self.command(arguments);
            command.env("DATABRICKS_HOST", self.stage.desk.host()).env("DATABRICKS_TOKEN", token.trim());
            command
        })
    }

    fn works_within_exec(&self, way: &Way) -> Result<(), String> {
        self.looks(way, |arguments| {
            let within = [&["exec", way.profile, "--", self.program.to_str().unwrap()], arguments].concat();
            self.stage.desk.vaulted(self.stage.desk.home.brickpass(within))
        })
    }

    fn works_with_the_profile_of(&self, way: &Way) -> Result<(), String> {
        let with_profile = |arguments: &[&str]| {
            let mut command = self.stage.at(&self.program, way.profile);
            command.args(arguments);
            command
        };
        self.looks(way, with_profile)?;
        let described = answer(&self.stage.run(&mut with_profile(&["auth", "describe", "-o", "json"])))?;
        is("status", &described["status"], &json!("success"))?;
        is("user", &described["username"], &json!(way.user))?;
        is("auth type", &described["details"]["auth_type"], &json!("databricks-cli"))
    }

    /// It has asked the workspace with each of them.
    fn finds_our_profiles_valid(&self) -> Result<(), String> {
        let mut command = self.stage.at(&self.program, "");
        command.args(["auth", "profiles", "-o", "json"]).env_remove("DATABRICKS_CONFIG_PROFILE");
        let listed = answer(&self.stage.run(&mut command))?;
        let valid: Vec<Value> = listed["profiles"].as_array().into_iter().flatten().map(|it| json!([it["name"], it["valid"]])).collect();
        let ours: Vec<Value> = self.stage.ways.iter().map(|way| json!([way.profile, true])).collect();
        is("profiles", &json!(valid), &json!(ours))
    }

    /// Whom it sees, and which clusters.
    fn looks(&self, way: &Way, command: impl Fn(&[&str]) -> Command) -> Result<(), String> {
        let ask = |arguments: &[&str]| answer(&self.stage.run(&mut command(arguments)));
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
