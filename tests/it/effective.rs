//! `brickpass effective`: what Databricks' tools would use here, without a secret, and with the exit code that tells whether it works.

use std::{fs, time::Duration};

use serde_json::json;

use crate::support::{Finished, Home, run};

const FILE: &str = "[sales]\nhost = https://adb-1.2.azuredatabricks.net\ntoken = dapi-planted\n\n[two]\nhost = https://x.cloud.databricks.com\ntoken = dapi-planted\nclient_id = c\n";

fn effective(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
    fs::write(home.path().join(".databrickscfg"), FILE).unwrap();
    let mut command = home.brickpass([&["effective"], arguments].concat());
    run(command.env("BRICKPASS_VAULT", "memory").envs(variables.iter().copied()), b"", crate::support::LIMIT)
}

#[test]
fn each_value_says_where_it_comes_from_and_what_loses_against_it() {
    let home = Home::new();
    let added = run(&mut home.brickpass(["add", "Sales", "--base-url", "https://adb-1.2.azuredatabricks.net"]), b"", crate::support::LIMIT);
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
    assert!(read.stdout.contains("DATABRICKS_TOKEN in the environment") && read.stdout.contains("overrides [sales] at line 1"), "{read:?}");
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

const QUOTED: &str = "\"https://adb-1.2.azuredatabricks.net\"";

#[test]
fn ev_26_the_exit_code_tells_what_works_what_fails_and_what_nobody_here_knows() {
    let home = Home::new();
    let host = ("DATABRICKS_HOST", "https://adb-1.2.azuredatabricks.net");
    let code = |variables: &[(&str, &str)], arguments: &[&str]| effective(&home, variables, arguments).code;
    assert_eq!(code(&[host, ("DATABRICKS_TOKEN", "t")], &[]), Some(0));
    assert_eq!(code(&[host, ("DATABRICKS_AUTH_TYPE", "pat")], &[]), Some(1));
    assert_eq!(
        code(&[host, ("DATABRICKS_CLIENT_ID", "c"), ("DATABRICKS_AUTH_TYPE", "env-oidc"), ("DATABRICKS_OIDC_TOKEN", "jwt")], &[]),
        Some(0)
    );
    let service = [host, ("DATABRICKS_METADATA_SERVICE_URL", "http://localhost:1/k"), ("DATABRICKS_AUTH_TYPE", "metadata-service")];
    assert_eq!(code(&service, &[]), Some(6));
    let document = effective(&home, &service, &["--json"]).json();
    assert_eq!((&document["verdict"], &document["as"]), (&json!("unknown"), &json!("go")));
    assert!(document["depends_on"].as_str().unwrap().contains("metadata service"));
    // A way that the family does not have.
    assert_eq!(code(&service, &["--as", "java"]), Some(1));
    let help = run(&mut home.brickpass(["effective", "--help"]), b"", crate::support::LIMIT);
    assert!(help.stdout.contains("Exit code 0") && help.stdout.contains("6:"), "{help:?}");
}

#[test]
fn ev_27_our_own_words_are_never_said_to_be_those_of_a_tool() {
    let home = Home::new();
    let quoted = effective(&home, &[("DATABRICKS_HOST", QUOTED), ("DATABRICKS_TOKEN", "t")], &[]);
    assert_eq!(quoted.code, Some(1), "{quoted:?}");
    assert!(quoted.stdout.contains(&format!("host       {QUOTED}")), "the value as it is: {quoted:?}");
    assert!(quoted.stderr.contains("Message from the SDK for Go: parse \"\\\"https://adb-1.2"), "{quoted:?}");
    assert!(quoted.stderr.contains("The quotation marks are part of the value. Remove them from DATABRICKS_HOST."), "{quoted:?}");
    fs::write(home.path().join("broken"), "[sales]\nhost = https://h.net\nno delimiter\n").unwrap();
    let path = home.path().join("broken");
    let broken = effective(&home, &[("DATABRICKS_CONFIG_FILE", path.to_str().unwrap())], &["--profile", "sales"]);
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(
        !broken.stderr.contains("Message from ") && broken.stderr.contains("Line 3") && broken.stderr.contains(path.to_str().unwrap()),
        "{broken:?}"
    );
}

#[test]
fn the_view_of_python_tells_what_go_does_not_see() {
    let home = Home::new();
    let twice = home.path().join("twice");
    fs::write(&twice, "[sales]\nhost = https://h.net\ntoken = t\n[q]\nx = 1\n[q]\n").unwrap();
    let variables = [("DATABRICKS_CONFIG_FILE", twice.to_str().unwrap())];
    let python = effective(&home, &variables, &["--as", "python", "--profile", "sales"]);
    assert_eq!(python.code, Some(1), "{python:?}");
    assert!(python.stderr.contains("[line  6]: section 'q' already exists"), "{python:?}");
    let go = effective(&home, &variables, &["--profile", "sales"]);
    assert_eq!(go.code, Some(0), "{go:?}");
    assert!(go.stderr.contains("The SDK for Python fails here"), "{go:?}");
}

#[test]
fn a_published_profile_is_judged_as_brickpass_will_answer() {
    let home = Home::new();
    let done = |arguments: &[&str], input: &str| {
        let mut command = home.brickpass(arguments);
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse battery staple");
        let ran = run(&mut command, input.as_bytes(), Duration::from_secs(60));
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    };
    done(
        &["add", "Sales", "--base-url", "https://adb-1.2.azuredatabricks.net", "--auth", "pat", "--token-stdin"],
        &format!("dapi{}", "0".repeat(32)),
    );
    done(&["publish", "Sales", "--profile", "sales", "--yes"], "");
    let ask = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = home.brickpass([&["effective", "--profile", "sales"], arguments].concat());
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse battery staple");
        run(command.envs(variables.iter().copied()), b"", Duration::from_secs(60))
    };
    let fine = ask(&[], &[]);
    assert_eq!(fine.code, Some(0), "{fine:?}");
    for family in ["go", "python", "java"] {
        let past = ask(&[("DATABRICKS_CLI_PATH", "/usr/local/bin/databricks")], &["--as", family]);
        assert_eq!(past.code, Some(1), "{past:?}");
        assert!(past.stderr.contains("/usr/local/bin/databricks") && past.stderr.contains("brickpass exec \"Sales\""), "{past:?}");
    }
    let away = ask(&[("DATABRICKS_HOST", "https://evil.example")], &[]);
    assert!(away.code == Some(1) && away.stderr.contains("Brickpass refuses tokens"), "{away:?}");
    // The list without it, and the profile still there.
    let written = fs::read_to_string(home.path().join(".databrickscfg")).unwrap();
    done(&["remove", "Sales"], "");
    fs::write(home.path().join(".databrickscfg"), written).unwrap();
    let orphan = ask(&[], &[]);
    assert_eq!(orphan.code, Some(1), "{orphan:?}");
    assert!(orphan.stderr.contains("brickpass publish NAME --profile sales"), "{orphan:?}");
}
