//! `brickpass effective` beside the SDK for Go, which it follows: the same environment and file, the same values, the same words when they clash.

use std::{fs, process::Command};

use serde_json::Value;

use super::{
    LIMIT, Table,
    clients::{self, Prepared},
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
