//! What is set about signing in, and what the doctor says of it.

use serde_json::Value;

use super::{Desk, SALES};
use crate::support::{
    Home, free_port, run,
    terminal::{self, LIMIT, Terminal},
};

#[test]
fn a_demo_gives_tokens_of_the_lifetime_that_is_asked_for() {
    let home = Home::new();
    let (announced, _demo) = terminal::demo(&home, &["--token-lifetime", "120"]);
    let desk = Terminal::at(home, ());
    let principal = &announced["service_principal"];
    let (base_url, client_id) = (announced["workspaces"][0]["base_url"].as_str().unwrap(), principal["client_id"].as_str().unwrap());
    let how = ["--auth", "service-principal", "--client-id", client_id, "--client-secret-stdin"];
    desk.done_fed(&[&["add", "Robot", "--base-url", base_url], &how[..]].concat(), principal["client_secret"].as_str().unwrap());
    let token = desk.json(&["token", "Robot"]);
    let end: jiff::Timestamp = token["expires_at"].as_str().unwrap().parse().unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((60..=120).contains(&left), "{left} s");
}

#[test]
fn doctor_looks_at_what_signing_in_needs() {
    let desk = Desk::new();
    desk.add("Sales");
    let checks = desk.brickpass(&["doctor", "--json"]).json();
    let check = |name: &str| -> Value {
        let all = checks["checks"].as_array().unwrap();
        all.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}: {checks:#}")).clone()
    };
    assert!(check("Browser")["detail"].as_str().unwrap().contains("xdg-open"), "{checks:#}");
    assert!(check("Sign-in ports")["detail"].as_str().unwrap().contains("8020 to 8040"), "{checks:#}");
    assert_eq!(check("Clock")["ok"], true);
    let helper = check("Credential helper");
    assert!(helper["ok"] == true && helper["detail"].as_str().unwrap().ends_with("/brickpass-credential"), "{helper}");

    let port = free_port();
    let held = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let busy = run(desk.command(&["doctor"]).env("DATABRICKS_OAUTH_CALLBACK_PORT", port.to_string()), b"", LIMIT);
    assert_eq!(busy.code, Some(1), "{busy:?}");
    assert!(busy.stdout.contains(&port.to_string()) && busy.stdout.contains("--redirect-port"), "{busy:?}");
    drop(held);
}

#[test]
fn scopes_and_port_are_kept_and_shown() {
    let desk = Desk::new();
    let base_url = desk.base_url(SALES);
    desk.done(&[
        "add",
        "Own",
        "--base-url",
        &base_url,
        "--auth",
        "browser",
        "--client-id",
        "my-app",
        "--scopes",
        "sql offline_access",
        "--redirect-port",
        "9000",
    ]);
    let shown = desk.json(&["show", "Own"]);
    assert_eq!((shown["scopes"].as_str(), shown["redirect_port"].as_u64()), (Some("sql offline_access"), Some(9000)), "{shown:#}");
    let edited = desk.json(&["edit", "Own", "--scopes", "", "--redirect-port", ""]);
    assert!(edited.get("scopes").is_none() && edited.get("redirect_port").is_none(), "{edited:#}");
    assert_eq!(desk.brickpass(&["edit", "Own", "--redirect-port", "80"]).code, Some(2));
}
