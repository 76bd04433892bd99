//! `brickpass effective` beside the SDK for Go, which it follows: the same environment and file, the same values, the same words when they clash.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use brickpass_interchange::effective::{
    Effective, Family, Given, Profiles, Program, Source, Speaker, Surroundings, TokenFile, Variables, Verdict, resolve, variables,
};
use serde_json::Value;

use super::{
    LIMIT, Table,
    clients::{self, Prepared},
    go_cases::Case as Vector,
    oracle,
};
use crate::support::{Home, run};

const NAME: &str = "brickpass effective";
const SAME: [&str; 6] = ["host", "workspace_id", "account_id", "cluster_id", "client_id", "auth_type"];

const FILE: &str = "; profiles
[DEFAULT]
host = https://default.cloud.databricks.com/?o=42
cluster_id = c-default

[both]
host = https://both.cloud.databricks.com
token = t
client_id = x
client_secret = y

[azure]
host = adb-1.2.azuredatabricks.net
azure_client_id = x
azure_use_msi = T

[odd]
host = 'https://odd.cloud.databricks.com/path?a=acc&w=ws-1' # why
cluster_id = \"a#b\"
azure_use_msi = perhaps

[empty]
";

struct Case {
    file: String,
    variables: &'static [(&'static str, &'static str)],
    profile: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let with = |settings: &str| format!("{FILE}\n[__settings__]\n{settings}\n");
    let case = |variables, profile| Case { file: FILE.to_owned(), variables, profile };
    vec![
        case(&[], None),
        case(&[], Some("both")),
        case(&[], Some("azure")),
        case(&[], Some("odd")),
        case(&[], Some("empty")),
        case(&[], Some("nowhere")),
        case(&[], Some("__settings__")),
        case(&[("DATABRICKS_HOST", "https://env.cloud.databricks.com")], None),
        case(&[("DATABRICKS_HOST", "https://env.cloud.databricks.com/?workspace_id=7")], Some("azure")),
        case(&[("DATABRICKS_TOKEN", "t")], None),
        case(&[("DATABRICKS_TOKEN", "t")], Some("azure")),
        case(&[("DATABRICKS_AUTH_TYPE", "pat")], Some("both")),
        case(&[("DATABRICKS_CLUSTER_ID", "c-env")], None),
        case(&[("DATABRICKS_CONFIG_PROFILE", "azure")], None),
        case(&[("DATABRICKS_CONFIG_PROFILE", "azure")], Some("both")),
        case(&[("DATABRICKS_RATE_LIMIT", "many")], None),
        case(&[("ARM_USE_MSI", "true"), ("DATABRICKS_CLIENT_ID", "c")], None),
        Case { file: with("default_profile = azure"), variables: &[], profile: None },
        Case { file: with("default_profile = nowhere"), variables: &[], profile: None },
        Case { file: with("default_profile ="), variables: &[], profile: None },
        Case { file: String::new(), variables: &[], profile: None },
        Case { file: String::new(), variables: &[], profile: Some("azure") },
    ]
}

pub fn checks(table: &mut Table) {
    // Never what an earlier run has built: Go itself says whether that is still of these sources and versions.
    let program = match clients::SDK_FOR_GO.made() {
        Ok(program) => program,
        Err(Prepared::Skipped(why)) => return table.skipped(NAME, &format!("the SDK for Go is not here to compare with: {why}")),
        Err(Prepared::Broken(why)) => return table.add(NAME, "building the SDK for Go", &Err(why)),
        Err(Prepared::Ready(_)) => unreachable!("a build is a program"),
    };
    let home = Home::new();
    let differences: Vec<String> = cases().iter().filter_map(|case| difference(&home, &program, case)).collect();
    let outcome = if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) };
    table.add(NAME, &format!("as the SDK for Go in {} cases", cases().len()), &outcome);
    let (count, outcome) = vectors(&program);
    table.add(NAME, &format!("as the SDK for Go in {count} combinations"), &outcome);
}

/// All of them in one process of the SDK, which signs in at servers that say yes.
pub fn vectors(program: &Path) -> (usize, Result<(), String>) {
    let ask = |home: &Path, cases: &[Vector]| {
        let input = cases.iter().map(|case| case.to_json().to_string()).collect::<Vec<_>>().join("\n");
        run(Command::new(program).arg("cases").arg(home).env_clear(), input.as_bytes(), LIMIT)
    };
    oracle::compared(ask, wrong)
}

/// What stands around a case: no program, the files that are there, the variables of the case.
struct Around<'a>(&'a Vector);

impl Surroundings for Around<'_> {
    fn program(&self, _: &str) -> Program {
        Program::Missing
    }

    fn token_file(&self, path: &str) -> TokenFile {
        match fs::metadata(path) {
            Ok(found) if found.len() == 0 => TokenFile::Empty,
            Ok(_) => TokenFile::There,
            Err(_) => TokenFile::Missing,
        }
    }

    fn is_set(&self, variable: &str) -> bool {
        self.0.variables.get(variable).is_some_and(|value| !value.is_empty())
    }
}

/// What we make of a case.
pub fn view(family: Family, path: &Path, case: &Vector) -> Effective {
    let read = variables().filter_map(|name| Some((name.to_owned(), case.variables.get(name)?.clone().into())));
    resolve(&Given {
        family,
        variables: &read.collect::<Variables>(),
        config_file: PathBuf::from(path),
        profiles: Profiles::read(family, path, case.file.as_bytes()),
        profile: case.profile,
        bundle: None,
        target_named: false,
        around: &Around(case),
    })
}

/// A difference without a reason, or a reason without a difference.
fn wrong(path: &Path, case: &Vector, go: &Value) -> Option<String> {
    let found = compare(&view(Family::Go, path, case), go);
    match (case.reason, found) {
        (None, Some(difference)) => Some(format!("{}: {difference}", case.about())),
        (Some(reason), None) => Some(format!("{}: no difference any more ({reason})", case.about())),
        _ => None,
    }
}

fn compare(ours: &Effective, go: &Value) -> Option<String> {
    let theirs = go["problem"].as_str().unwrap_or_default();
    let unread = theirs.starts_with("resolve: cannot parse config file");
    match (ours.verdict(), &ours.problem) {
        (Verdict::Works, _) if !theirs.is_empty() => return Some(format!("it says {theirs:?}, and it works to us")),
        (Verdict::Fails, Some(problem)) if theirs.is_empty() => return Some(format!("it works, and we say {:?}", problem.words)),
        (Verdict::Fails, Some(problem)) if problem.by == Speaker::Tool && !theirs.starts_with(&problem.words) => {
            return Some(format!("it says {theirs:?}, we say {:?}", problem.words));
        }
        (Verdict::Fails, Some(problem)) if problem.by == Speaker::Brickpass && !unread => {
            return Some(format!("it says {theirs:?}, we say {:?}", problem.words));
        }
        // Nobody answers here, so that Go goes on to the next way, or fails.
        (Verdict::Unknown, _) if theirs.is_empty() && go["auth_type"].as_str() != ours.auth_type.as_deref() => {
            return Some(format!("it signs in with {}, and we wait for {:?}", go["auth_type"], ours.depends_on));
        }
        (Verdict::Works, _) if go["auth_type"].as_str() != ours.auth_type.as_deref() => {
            return Some(format!("it signs in with {}, we with {:?}", go["auth_type"], ours.auth_type));
        }
        _ => {}
    }
    // What it writes back itself, and what is said by other parts of the answer.
    let apart: &[&str] = match theirs {
        // Who fails while reading has read only a part.
        it if it.starts_with("resolve: ") => return None,
        // It ends before the address and the scopes are put in order.
        it if it.starts_with("validate: ") => &["auth_type", "profile", "config_file", "host", "scopes"],
        _ => &["auth_type", "profile", "config_file"],
    };
    values(ours, &go["attributes"], apart)
}

fn values(ours: &Effective, theirs: &Value, apart: &[&str]) -> Option<String> {
    let theirs = theirs.as_object().unwrap();
    let missing = theirs.keys().find(|name| !apart.contains(&name.as_str()) && ours.attribute(name).is_none());
    if let Some(name) = missing {
        return Some(format!("only it has {name}: {}", theirs[name]));
    }
    ours.attributes.iter().filter(|it| !apart.contains(&it.name)).find_map(|it| {
        let Some(their) = theirs.get(it.name) else { return Some(format!("only we have {}", it.name)) };
        let value = it.value.as_deref().unwrap_or("***");
        if their["value"] != value {
            return Some(format!("{} is {} to it, {value:?} to us", it.name, their["value"]));
        }
        let source = match &it.source {
            Source::Environment(name) => name.as_str(),
            Source::Profile { .. } => "config file",
            _ => "",
        };
        // What it takes out of the query of an address has no source to it.
        let told = their["source"].as_str().filter(|told| !told.is_empty() && *told != "dynamic configuration");
        told.filter(|told| *told != source).map(|told| format!("{} comes from {told:?} to it, from {source:?} to us", it.name))
    })
}

fn difference(home: &Home, program: &std::path::Path, case: &Case) -> Option<String> {
    fs::write(home.path().join(".databrickscfg"), &case.file).unwrap();
    let around = |mut command: Command| {
        let ran = run(command.envs(case.variables.iter().copied()), b"", LIMIT);
        serde_json::from_str::<Value>(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    };
    let mut go = home.command(program);
    go.arg("resolve").args(case.profile);
    let mut ours = home.brickpass(["effective", "--json"]);
    ours.args(case.profile.map(|profile| format!("--profile={profile}")));
    let (go, ours) = (around(go), around(ours));
    let about = format!("{:?} {:?}", case.profile, case.variables);
    // What is told only when somebody signs in comes after this.
    let problem = ours["problem"].as_str().filter(|words| words.starts_with("resolve: ") || words.starts_with("validate: "));
    match (go["problem"].as_str(), problem) {
        (Some(theirs), Some(ours)) if theirs.starts_with(ours) => None,
        (None, None) => SAME.iter().find_map(|name| {
            let (theirs, ours) = (go[name].as_str().unwrap_or_default(), ours["attributes"][name]["value"].as_str().unwrap_or_default());
            (theirs != ours).then(|| format!("{about}: {name} is {theirs:?} to it, {ours:?} to us"))
        }),
        (theirs, ours) => Some(format!("{about}: it says {theirs:?}, we say {ours:?}")),
    }
}
