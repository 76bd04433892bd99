//! What an import takes for a connection that is there already, and what it says of that: nothing is lost, moved or reported wrongly.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Finished, terminal::Terminal};

const HOST: &str = "https://adb-1111111111111111.1.azuredatabricks.net";
const OTHER: &str = "https://adb-2222222222222222.2.azuredatabricks.net";
const PAT: &str = "dapi11111111111111111111111111111111";
const OTHER_PAT: &str = "dapi22222222222222222222222222222222";

fn env_file(host: &str, token: &str) -> String {
    format!("DATABRICKS_HOST={host}\nDATABRICKS_TOKEN={token}\n")
}

fn import(terminal: &Terminal, text: &str, options: &[&str]) -> Finished {
    terminal.fed(&[&["import", "-"], options].concat(), text)
}

/// Of each connection its name and address, by name.
fn listed(terminal: &Terminal) -> Vec<(String, String)> {
    let list = terminal.json(&["list"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all: Vec<(String, String)> =
        list["connections"].as_array().unwrap().iter().map(|it| (text(&it["name"]), text(&it["base_url"]))).collect();
    all.sort();
    all
}

fn token(terminal: &Terminal, name: &str) -> String {
    terminal.done(&["token", name]).stdout.trim().to_owned()
}

#[test]
fn bd_11_two_env_files_of_two_workspaces_are_two_connections_named_after_their_hosts() {
    let terminal = Terminal::with(());
    for (host, token) in [(HOST, PAT), (OTHER, OTHER_PAT)] {
        let added = import(&terminal, &env_file(host, token), &["--kind", "env"]);
        assert!(added.code == Some(0) && added.stdout.contains("Added"), "{added:?}");
    }
    let named = |host: &str| (host.trim_start_matches("https://").to_owned(), host.to_owned());
    assert_eq!(listed(&terminal), [named(HOST), named(OTHER)]);
    assert_eq!(token(&terminal, &named(OTHER).0), OTHER_PAT);
}

#[test]
fn bd_11_an_equal_name_at_another_address_keeps_both_also_with_replace() {
    let service = |host: &str| {
        json!({"name": "AzureDatabricks1", "properties": {"type": "AzureDatabricks",
            "typeProperties": {"domain": host, "existingClusterId": "0101-1", "encryptedCredential": "x"}}})
        .to_string()
    };
    let terminal = Terminal::with(());
    import(&terminal, &service(HOST), &[]);
    let second = import(&terminal, &service(OTHER), &["--replace"]);
    assert!(second.code == Some(0) && second.stdout.contains("Added"), "{second:?}");
    assert!(second.stderr.contains(&format!("{HOST} already has this name")), "{second:?}");
    let both = [("AzureDatabricks1".to_owned(), HOST.to_owned()), ("AzureDatabricks1 (adb-2222222222222222)".to_owned(), OTHER.to_owned())];
    assert_eq!(listed(&terminal), both);
    assert_eq!(import(&terminal, &service(OTHER), &[]).code, Some(1), "it is there already by now, under its other name");
    assert_eq!(listed(&terminal), both);
}

#[test]
fn bd_11_a_file_of_somebody_else_does_not_move_a_connection_of_the_same_name() {
    let elsewhere = "http://127.0.0.1:4999";
    let files = [
        ("databrickscfg", format!("[Sales]\nhost = {elsewhere}\nauth_type = pat\n")),
        ("csv", format!("name,base_url,auth\nSales,{elsewhere},pat\n")),
    ];
    for (kind, text) in files {
        let terminal = Terminal::with(());
        terminal.add_token("Sales", HOST, PAT);
        let added = import(&terminal, &text, &["--kind", kind, "--replace"]);
        assert!(added.stdout.contains("Added Sales (127.0.0.1"), "{kind}: {added:?}");
        assert!(listed(&terminal).contains(&("Sales".to_owned(), HOST.to_owned())), "{kind}");
        assert_eq!(token(&terminal, "Sales"), PAT);
        let new = listed(&terminal).into_iter().find(|(_, at)| at == elsewhere).unwrap().0;
        let given = terminal.brickpass(&["token", &new]);
        assert!(given.code != Some(0) && !given.stdout.contains(PAT), "{kind}: {given:?}");
    }
}

#[test]
fn bd_12_another_token_at_the_same_address_is_not_there_already() {
    let terminal = Terminal::with(());
    import(&terminal, &env_file(HOST, PAT), &["--kind", "env"]);
    let again = import(&terminal, &env_file(HOST, PAT), &["--kind", "env"]);
    assert!(again.stdout.contains("already exists"), "the same token: {again:?}");
    let other = import(&terminal, &env_file(HOST, OTHER_PAT), &["--kind", "env"]);
    assert!(other.code == Some(0) && other.stdout.contains("Added"), "{other:?}");
    let mut tokens: Vec<String> = listed(&terminal).iter().map(|(name, _)| token(&terminal, name)).collect();
    tokens.sort();
    assert_eq!(tokens, [PAT, OTHER_PAT]);
}

#[test]
fn bd_12_a_rotated_token_of_a_profile_replaces_the_former_one_where_that_is_asked_for() {
    let terminal = Terminal::with(());
    let profile = |token: &str| format!("[sales]\nhost = {HOST}\ntoken = {token}\n");
    import(&terminal, &profile(PAT), &[]);
    let replaced = import(&terminal, &profile(OTHER_PAT), &["--replace"]);
    assert!(replaced.stdout.contains("Replaced sales") && replaced.stdout.contains("with its secret"), "{replaced:?}");
    assert_eq!((listed(&terminal).len(), token(&terminal, "sales").as_str()), (1, OTHER_PAT));
}

#[test]
fn bd_13_an_import_that_took_nothing_is_no_success_and_says_why() {
    let terminal = Terminal::with(());
    import(&terminal, &env_file(HOST, PAT), &["--kind", "env"]);
    let nothing = import(&terminal, &env_file(HOST, PAT), &["--kind", "env"]);
    assert_eq!(nothing.code, Some(1), "{nothing:?}");
    assert!(nothing.stderr.contains("Nothing was imported: all connections already exist"), "{nothing:?}");
    let json = import(&terminal, &env_file(HOST, PAT), &["--kind", "env", "--json"]);
    assert_eq!(json.code, Some(1));
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(document["rows"][0]["status"], "skipped");
    assert!(document["nothing_imported"].as_str().unwrap().contains("already"), "{document}");
}

#[test]
fn bd_14_two_rows_that_replace_one_connection_are_each_reported_as_they_went() {
    let terminal = Terminal::with(());
    terminal.done_fed(
        &["add", "Robot", "--base-url", HOST, "--auth", "service-principal", "--client-id", ROBOT, "--client-secret-stdin"],
        "dose0",
    );
    let profile = |name: &str, secret: &str| format!("[{name}]\nhost = {HOST}\nclient_id = {ROBOT}\nclient_secret = {secret}\n");
    let two = format!("{}{}", profile("a", "dose11111111111111111111111111111111"), profile("b", "dose22222222222222222222222222222222"));
    let told = import(&terminal, &two, &["--kind", "databrickscfg", "--replace"]);
    assert_ne!(told.code, Some(0), "{told:?}");
    assert_eq!(told.stdout.matches("Replaced Robot").count(), 1, "{told:?}");
    assert_eq!(told.stdout.matches("Failed: Robot").count(), 1, "{told:?}");
    assert!(told.stdout.find("Replaced") < told.stdout.find("Failed"), "the first of them took its place: {told:?}");
    assert!(told.stderr.contains("Another row of this import replaces the same connection"), "{told:?}");
    assert!(!told.stderr.contains("changed elsewhere"), "{told:?}");
    let exported = terminal.done(&["export", "Robot", "--format", "databrickscfg", "--include-secrets"]);
    assert!(exported.stdout.contains("dose1111"), "the row that is told as replaced is the one that is stored");
}

#[test]
fn bd_18_an_import_that_replaces_a_connection_at_its_address_says_that_its_secret_stays() {
    let terminal = Terminal::with(());
    let host = "https://acme.cloud.databricks.com";
    terminal.done_fed(&["add", "Sales", "--base-url", host, "--token-stdin"], PAT);
    let row = |host: &str| format!("[Sales]\nhost = {host}\nauth_type = pat\n");
    let replaced = import(&terminal, &row(host), &["--kind", "databrickscfg", "--replace"]);
    assert!(replaced.code == Some(0) && replaced.stdout.contains("Replaced Sales"), "{replaced:?}");
    assert!(replaced.stderr.contains("If it replaces \"Sales\", the stored secret is kept. Otherwise enter it."), "{replaced:?}");
    assert_eq!(terminal.done(&["token", "Sales"]).stdout.trim(), PAT);
    let elsewhere = import(&terminal, &row("https://other.cloud.databricks.com"), &["--kind", "databrickscfg", "--replace"]);
    assert!(elsewhere.stderr.contains("Enter it after the import.") && !elsewhere.stderr.contains("is kept"), "{elsewhere:?}");
}

const ROBOT: &str = "11111111-2222-3333-4444-555555555555";

#[test]
fn bd_15_a_workspace_id_does_not_go_along_to_another_address() {
    let terminal = Terminal::with(());
    let add =
        ["add", "Sales", "--base-url", "https://acme.cloud.databricks.com", "--workspace-id", "1111111111111111", "--environment", "prod"];
    terminal.done_fed(&[add.as_slice(), &["--token-stdin"]].concat(), PAT);
    let moved = terminal.done(&["edit", "Sales", "--base-url", "https://dbc-036d5b6e-7140.cloud.databricks.com"]);
    let shown = terminal.json(&["list"]);
    assert!(shown["connections"][0].get("workspace_id").is_none(), "{shown}");
    for words in ["1111111111111111", "is not used at the new address", "environment"] {
        assert!(moved.stderr.contains(words), "{moved:?}");
    }
    let back = ["edit", "Sales", "--base-url", "https://acme.cloud.databricks.com", "--workspace-id", "1111111111111111"];
    terminal.done(&back);
    assert_eq!(terminal.json(&["list"])["connections"][0]["workspace_id"], "1111111111111111");
    // Named for the new address, it is meant.
    terminal.done(&["edit", "Sales", "--base-url", "https://dbc-036d5b6e-7140.cloud.databricks.com", "--workspace-id", "1111111111111111"]);
    assert_eq!(terminal.json(&["list"])["connections"][0]["workspace_id"], "1111111111111111");
}

#[test]
fn bd_15_a_profile_whose_host_changed_comes_in_without_the_former_workspace_id() {
    let terminal = Terminal::with(());
    let file = terminal.home.path().join("profiles.cfg");
    let profile = |host: &str, id: &str| fs::write(&file, format!("[sales]\nhost = {host}\n{id}token = {PAT}\n")).unwrap();
    profile("https://acme.cloud.databricks.com", "workspace_id = 1111111111111111\n");
    terminal.done(&["import", file.to_str().unwrap(), "--kind", "databrickscfg"]);
    profile("https://dbc-036d5b6e-7140.cloud.databricks.com", "");
    terminal.done(&["import", file.to_str().unwrap(), "--kind", "databrickscfg", "--replace"]);
    let list = terminal.json(&["list"]);
    for connection in list["connections"].as_array().unwrap() {
        let moved = connection["base_url"].as_str().unwrap().contains("dbc-036d5b6e");
        assert_eq!(connection.get("workspace_id").is_none(), moved, "{list}");
    }
}
