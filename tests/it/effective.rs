//! `brickpass effective`: what Databricks' tools would use here, without a secret, and with the exit code that tells whether it works.

use std::{fs, time::Duration};

use serde_json::json;

use crate::support::{Finished, Home, run};

const FILE: &str = "[sales]\nhost = https://adb-1.2.azuredatabricks.net\ntoken = dapi-planted\n\n[two]\nhost = https://x.cloud.databricks.com\ntoken = dapi-planted\nclient_id = c\n";

fn effective(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
    fs::write(home.path().join(".databrickscfg"), FILE).unwrap();
    let mut command = home.brickpass([&["effective"], arguments].concat());
    run(command.env("BRICKPASS_VAULT", "memory").envs(variables.iter().copied()), b"", Duration::from_secs(30))
}

#[test]
fn each_value_says_where_it_comes_from_and_what_loses_against_it() {
    let home = Home::new();
    let added =
        run(&mut home.brickpass(["add", "Sales", "--base-url", "https://adb-1.2.azuredatabricks.net"]), b"", Duration::from_secs(30));
    assert_eq!(added.code, Some(0), "{added:?}");
    let variables = [("DATABRICKS_CONFIG_PROFILE", "sales"), ("DATABRICKS_TOKEN", "dapi-planted-too")];
    let found = effective(&home, &variables, &["--json"]);
    assert_eq!(found.code, Some(0), "{found:?}");
    let document = found.json();
    assert_eq!((&document["profile"], &document["auth_type"], &document["connection"]), (&json!("sales"), &json!("pat"), &json!("Sales")));
    let profile = json!({"type": "profile", "name": "sales", "line": 1});
    assert_eq!(document["attributes"]["host"]["source"], profile);
    let token =
        json!({"secret": true, "source": {"type": "environment", "name": "DATABRICKS_TOKEN"}, "shadowed": [profile], "unused": false});
    assert_eq!(document["attributes"]["token"], token);
    let read = effective(&home, &variables, &[]);
    assert!(read.stdout.contains("DATABRICKS_TOKEN in the environment") && read.stdout.contains("wins over [sales] at line 1"), "{read:?}");
    for ran in [found, read] {
        assert!(!format!("{ran:?}").contains("planted"), "{ran:?}");
    }
}

#[test]
fn what_would_not_work_is_told_in_the_words_of_the_tools() {
    let home = Home::new();
    let found = effective(&home, &[], &["--profile", "two", "--json"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert_eq!(found.json()["problem"], "validate: more than one authorization method configured: oauth and pat");
    let path = home.path().join(".databrickscfg");
    let missing = effective(&home, &[], &["--profile", "nowhere"]);
    assert!(missing.stderr.contains(&format!("resolve: {} has no nowhere profile configured", path.display())), "{missing:?}");
}

#[test]
fn a_bundle_of_the_folder_counts_and_a_folder_that_is_none_is_refused() {
    let home = Home::new();
    let folder = home.path().join("bundle");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("databricks.yml"), "targets:\n  dev:\n    default: true\n    workspace:\n      profile: sales\n").unwrap();
    let inner = folder.join("src");
    let document = effective(&home, &[], &["--json", "--directory", inner.to_str().unwrap()]).json();
    assert_eq!((&document["profile"], &document["attributes"]["profile"]["source"]["type"]), (&json!("sales"), &json!("bundle")));
    assert_eq!(effective(&home, &[], &["--directory", "/nowhere/at/all"]).code, Some(2));
}
