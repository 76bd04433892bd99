//! The Databricks CLI reads nothing but its own entries of the keyring: those of published profiles are kept in step, and what the CLI put
//! there by itself is left alone.
#![cfg(target_os = "linux")]

use std::fs;

use brickpass_demo::OAuthFault;
use serde_json::{Value, json};

use crate::{
    credential::Desk,
    support::{Home, comes, keyring::Keyring, run, skip, terminal::LIMIT},
};

const SERVICE: &str = "databricks-cli";

/// `None`, and said: there is no keyring to be had here.
fn desk(test: &str) -> Option<Desk> {
    if let Some(missing) = Keyring::missing() {
        skip(test, &missing);
        return None;
    }
    Some(Desk::with_keyring())
}

impl Desk {
    fn keys(&self) -> &Keyring {
        self.keyring.as_ref().unwrap()
    }

    fn entry(&self, profile: &str) -> Option<Value> {
        self.keys().entry(&self.home, SERVICE, profile).map(|text| serde_json::from_str(&text).unwrap())
    }

    fn token_of(&self, profile: &str) -> Option<String> {
        self.entry(profile).map(|entry| entry["token"]["access_token"].as_str().unwrap().to_owned())
    }

    fn publish(&self, name: &str) -> String {
        self.done(&["publish", name, "--yes"], "").stderr
    }
}

fn no_file_holds(home: &Home, secret: &str) {
    for (path, bytes) in home.files() {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a secret lies in {}", path.display());
    }
}

#[test]
fn a_published_token_serves_the_databricks_cli_until_it_is_unpublished() {
    let Some(desk) = desk("a_published_token_serves_the_databricks_cli_until_it_is_unpublished") else { return };
    let token = desk.demo.workspaces()[0].token.clone();
    desk.add_pat("sales");
    assert_eq!(desk.entry("sales"), None, "nothing is handed over before somebody says so");
    let said = desk.publish("sales");
    assert!(said.contains("The Databricks CLI can use the profile"), "{said}");
    assert_eq!(
        desk.entry("sales").unwrap(),
        json!({ "token": { "access_token": token, "token_type": "Bearer" }, "written_by": "brickpass" })
    );
    no_file_holds(&desk.home, &token);
    let examined = || desk.done(&["doctor"], "").stdout;
    assert!(examined().contains("has tokens of 1 profile"), "{}", examined());

    let said = desk.done(&["unpublish", "sales", "--yes"], "").stderr;
    assert!(!said.contains("Databricks CLI"), "{said}");
    assert_eq!(desk.entry("sales"), None);
}

#[test]
fn a_rotated_token_reaches_the_databricks_cli_and_a_removed_connection_leaves_nothing() {
    let Some(desk) = desk("a_rotated_token_reaches_the_databricks_cli_and_a_removed_connection_leaves_nothing") else { return };
    desk.add_pat("sales");
    desk.publish("sales");
    let before = desk.token_of("sales").unwrap();
    desk.done(&["pat", "rotate", "sales"], "");
    let after = desk.token_of("sales").unwrap();
    assert_ne!(before, after);
    assert_eq!(desk.done(&["token", "sales"], "").stdout.trim(), after);
    assert!(desk.entry("sales").unwrap()["token"]["expiry"].is_string(), "the end of a token that was made here is known");
    desk.done(&["remove", "sales"], "");
    assert_eq!(desk.entry("sales"), None);
}

#[test]
fn a_sign_in_gives_its_access_token_alone_follows_its_renewals_and_ends_with_it() {
    let Some(desk) = desk("a_sign_in_gives_its_access_token_alone_follows_its_renewals_and_ends_with_it") else { return };
    desk.add_browser("person");
    desk.log_in("person");
    let said = desk.publish("person");
    assert!(said.contains("brickpass exec works at any time"), "{said}");
    let entry = desk.entry("person").unwrap();
    assert!(entry["token"]["expiry"].is_string() && entry["token"].get("refresh_token").is_none(), "{entry}");
    let first = desk.token_of("person").unwrap();
    assert_eq!(desk.done(&["token", "person"], "").stdout.trim(), first);

    desk.done(&["token", "person", "--renew"], "");
    let second = desk.token_of("person").unwrap();
    assert_ne!(first, second);

    // Ends are told to the second.
    let told = jiff::Timestamp::now().as_second();
    comes("the next second", || jiff::Timestamp::now().as_second() > told + 1);
    let renewed = desk.credential(&["auth", "token", "--profile", "person", "--force-refresh"]);
    assert_eq!(renewed.code, Some(0), "{renewed:?}");
    let third = desk.token_of("person").unwrap();
    assert_ne!(second, third);
    assert_eq!(renewed.json()["access_token"], third.as_str());
    for token in [&first, &second, &third] {
        no_file_holds(&desk.home, token);
    }

    desk.done(&["logout", "person"], "");
    assert_eq!(desk.entry("person"), None, "whoever has signed out here is signed out there");
    desk.log_in("person");
    assert!(desk.entry("person").is_some(), "and in again");
}

#[test]
fn a_sign_in_of_the_databricks_cli_itself_is_never_touched() {
    let Some(desk) = desk("a_sign_in_of_the_databricks_cli_itself_is_never_touched") else { return };
    let theirs = r#"{"token":{"access_token":"theirs","token_type":"Bearer","refresh_token":"r","expiry":"2099-01-01T00:00:00Z"}}"#;
    desk.add_pat("sales");
    desk.keys().put(&desk.home, SERVICE, "sales", theirs);
    let said = desk.publish("sales");
    assert!(said.contains("has its own sign-in for the profile sales"), "{said}");
    let there = || desk.keys().entry(&desk.home, SERVICE, "sales");
    assert_eq!(there().as_deref(), Some(theirs));
    desk.done(&["unpublish", "sales", "--yes"], "");
    assert_eq!(there().as_deref(), Some(theirs));

    // Ours, until `databricks auth login` takes its place.
    desk.done(&["publish", "sales", "--profile", "mine", "--yes"], "");
    assert!(desk.token_of("mine").is_some());
    desk.keys().put(&desk.home, SERVICE, "mine", theirs);
    desk.done(&["pat", "rotate", "sales"], "");
    desk.done(&["remove", "sales"], "");
    assert_eq!(desk.keys().entry(&desk.home, SERVICE, "mine").as_deref(), Some(theirs));
}

#[test]
fn pb_24_a_sign_in_of_the_databricks_clis_own_is_never_orphaned() {
    let file = |desk: &Desk| fs::read_to_string(desk.home.path().join(".databrickscfg")).unwrap();
    // In its plain file, which needs no keyring.
    let desk_of_file = Desk::new();
    desk_of_file.add_pat("sales");
    desk_of_file.publish("sales");
    let cache = desk_of_file.home.path().join(".databricks");
    fs::create_dir(&cache).unwrap();
    fs::write(cache.join("token-cache.json"), r#"{"version":1,"tokens":{"sales":{"access_token":"theirs"}}}"#).unwrap();
    let said = desk_of_file.done(&["unpublish", "sales", "--yes"], "").stderr;
    assert!(said.contains("databricks auth logout --profile sales"), "{said}");
    let left = file(&desk_of_file);
    assert!(left.contains("[sales]\nhost ") && left.contains("databricks-cli") && !left.contains("databricks_cli_path"), "{left}");

    let Some(desk) = desk("pb_24_a_sign_in_of_the_databricks_clis_own_is_never_orphaned") else { return };
    let theirs = r#"{"token":{"access_token":"theirs","token_type":"Bearer","refresh_token":"r","expiry":"2099-01-01T00:00:00Z"}}"#;
    desk.add_pat("sales");
    desk.publish("sales");
    desk.keys().put(&desk.home, SERVICE, "sales", theirs);
    desk.done(&["remove", "sales"], "");
    let left = file(&desk);
    assert!(left.contains("[sales]\nhost ") && !left.contains("databricks_cli_path"), "{left}");
    assert_eq!(desk.keys().entry(&desk.home, SERVICE, "sales").as_deref(), Some(theirs));
}

#[test]
fn who_wants_none_or_keeps_secrets_elsewhere_gives_none() {
    let Some(desk) = desk("who_wants_none_or_keeps_secrets_elsewhere_gives_none") else { return };
    desk.add_pat("sales");
    desk.publish("sales");
    assert!(desk.entry("sales").is_some());

    let file = desk.home.path().join(".databrickscfg");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n[__settings__]\nauth_storage = plaintext\n")).unwrap();
    let said = desk.publish("sales");
    assert!(said.contains("is set to store tokens in a plain file"), "{said}");
    assert_eq!(desk.entry("sales"), None);
    fs::write(&file, format!("{text}\n[__settings__]\nauth_storage = bogus\n")).unwrap();
    let said = desk.publish("sales");
    assert!(said.contains("fails on every command") && said.contains("neither plaintext nor secure"), "{said}");
    assert_eq!(desk.entry("sales"), None);
    fs::write(&file, &text).unwrap();
    desk.publish("sales");
    assert!(desk.entry("sales").is_some());

    let settings = desk.home.config_dir().join("settings.json");
    fs::write(&settings, r#"{"serve_databricks_cli": false}"#).unwrap();
    let said = desk.publish("sales");
    assert!(said.contains("turned off"), "{said}");
    assert_eq!(desk.entry("sales"), None);
    fs::remove_file(&settings).unwrap();

    let elsewhere = Desk::new();
    elsewhere.add_pat("sales");
    let said = elsewhere.publish("sales");
    assert!(said.contains("your secrets are stored elsewhere"), "{said}");
    assert!(!elsewhere.home.state_dir().join("cli_tokens.json").exists());
}

#[test]
fn a_profile_that_leads_elsewhere_by_now_has_no_token() {
    let Some(desk) = desk("a_profile_that_leads_elsewhere_by_now_has_no_token") else { return };
    desk.add_pat("sales");
    desk.publish("sales");
    let file = desk.home.path().join(".databrickscfg");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(&desk.host(), "https://evil.example.com")).unwrap();
    desk.done(&["pat", "rotate", "sales"], "");
    assert_eq!(desk.entry("sales"), None, "the CLI sends it to whichever host stands in the file");
}

#[test]
fn bd_16_a_host_edited_or_a_section_deleted_by_hand_costs_the_cli_its_token_with_the_next_command() {
    let Some(desk) = desk("bd_16_a_host_edited_or_a_section_deleted_by_hand_costs_the_cli_its_token_with_the_next_command") else { return };
    desk.add_pat("sales");
    let file = desk.home.path().join(".databrickscfg");
    for command in [["list"].as_slice(), &["profiles"], &["doctor"], &["test", "sales"]] {
        desk.done(&["publish", "sales", "--yes"], "");
        let published = fs::read_to_string(&file).unwrap();
        assert!(desk.entry("sales").is_some());
        run(&mut desk.vaulted(desk.home.brickpass(command)), b"", LIMIT);
        assert!(desk.entry("sales").is_some(), "{command:?}: nothing has changed");
        for edited in [published.replace(&desk.host(), "https://evil.example.com"), String::new()] {
            fs::write(&file, &published).unwrap();
            desk.done(&["publish", "sales", "--yes"], "");
            fs::write(&file, &edited).unwrap();
            // What it says of the file is its own business.
            run(&mut desk.vaulted(desk.home.brickpass(command)), b"", LIMIT);
            assert_eq!(desk.entry("sales"), None, "{command:?}: {edited}");
        }
        fs::write(&file, &published).unwrap();
        desk.done(&["unpublish", "sales", "--yes"], "");
    }
}

#[test]
fn pb_25_a_cli_that_was_signed_out_is_signed_in_again_with_a_word() {
    let Some(desk) = desk("pb_25_a_cli_that_was_signed_out_is_signed_in_again_with_a_word") else { return };
    desk.add_pat("sales");
    desk.publish("sales");
    let again = "was signed out of the profile sales. Brickpass has given it a token again";
    let change = |text: &str| desk.done(&["edit", "sales", "--description", text], "").stderr;
    assert!(!change("one").contains(again));
    // As `databricks auth logout` leaves it.
    desk.keys().clear(&desk.home, SERVICE, "sales");
    for _ in 0..2 {
        let listed = desk.done(&["profiles"], "").stderr;
        assert!(listed.contains("was signed out of the profile sales.") && !listed.contains(again), "{listed}");
        assert_eq!(desk.done(&["profiles", "--json"], "").json()["profiles"][0]["cli_signed_out"], true);
    }
    assert_eq!(desk.entry("sales"), None, "to look does not sign in");
    let said = change("two");
    assert!(said.contains(again) && said.contains("brickpass unpublish --profile \"sales\""), "{said}");
    assert!(desk.entry("sales").is_some());
    assert!(!change("three").contains(again), "it is said once");
    assert!(!desk.done(&["profiles"], "").stderr.contains("signed out"));

    desk.keys().clear(&desk.home, SERVICE, "sales");
    desk.done(&["unpublish", "--profile", "sales", "--yes"], "");
    assert!(!change("four").contains(again));
    assert_eq!(desk.entry("sales"), None);
}

#[test]
fn an_address_that_nobody_has_confirmed_gets_no_token_and_loses_the_one_that_it_had() {
    let Some(desk) = desk("an_address_that_nobody_has_confirmed_gets_no_token_and_loses_the_one_that_it_had") else { return };
    desk.done(&["add", "custom", "--base-url", "https://databricks.example.com", "--trust-address", "--token-stdin"], "dapi-mine");
    desk.publish("custom");
    assert_eq!(desk.token_of("custom").as_deref(), Some("dapi-mine"));
    let path = desk.home.config_dir().join("connections.json");
    let mut file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(file["connections"][0].as_object_mut().unwrap().remove("address_confirmed").is_some());
    fs::write(&path, file.to_string()).unwrap();
    // Whatever is saved next, all entries are settled.
    desk.add_pat("sales");
    assert_eq!(desk.entry("custom"), None);
    desk.publish("custom");
    assert_eq!(desk.entry("custom"), None);
}

#[test]
fn a_sign_in_that_fails_is_told_and_the_profile_is_published_all_the_same() {
    let Some(desk) = desk("a_sign_in_that_fails_is_told_and_the_profile_is_published_all_the_same") else { return };
    desk.add_principal("robot", 0);
    // No token, no entry: and the profile is published all the same.
    desk.demo.authorization().set_fault(OAuthFault::InvalidGrant);
    let said = desk.publish("robot");
    assert!(said.contains("The Databricks CLI has no valid token for the profile robot"), "{said}");
    assert_eq!(desk.entry("robot"), None);
    desk.demo.authorization().clear_fault();
    desk.publish("robot");
    assert!(desk.token_of("robot").is_some());
}
