//! `brickpass login` and `logout`, from the browser to the exit code.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use brickpass_demo::OAuthFault;

use super::{Desk, token};
use crate::support::{browser, free_port, run, terminal::LIMIT, wait};

#[test]
fn a_person_signs_in_once_and_scripts_have_a_valid_token_from_then_on() {
    let desk = Desk::new();
    desk.add("Sales");
    let user = desk.user(0);
    let done = desk.logged_in("Sales");
    assert_eq!(done.stdout, format!("Signed in as {} (Sales)\n", user.name), "{done:?}");
    assert!(done.stderr.contains("port") && done.stderr.contains("5 minutes"), "{done:?}");
    assert!(!done.stderr.contains("state="), "the address is told only when it is needed: {done:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 1);

    let first = desk.done(&["token", "Sales"]);
    let tested = desk.json(&["test", "Sales"]);
    assert_eq!(tested["results"][0]["user"], user.name.as_str(), "{tested:#}");
    let shown = desk.json(&["show", "Sales"]);
    assert_eq!(shown["sign_in"]["user"], user.name.as_str(), "{shown:#}");

    desk.demo.authorization().expire_access_tokens();
    assert_eq!(token(&desk.done(&["token", "Sales"])), token(&first), "what is stored serves until five minutes before its end");
    let second = desk.done(&["token", "Sales", "--renew"]);
    assert_ne!(token(&first), token(&second));
    desk.done(&["test", "Sales"]);
    assert_eq!(desk.demo.authorization().reuses(), 0, "no refresh token was used twice");
    for output in [&first, &second] {
        assert_eq!(output.stderr, "", "a token is fetched without a word");
    }
}

#[test]
fn a_port_that_is_asked_for_stands_above_the_connections_own() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.done(&["edit", "Sales", "--redirect-port", &free_port().to_string()]);
    desk.logged_in("Sales");
    token(&desk.done(&["token", "Sales"]));
}

#[test]
fn signing_out_ends_it_on_both_sides() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let out = desk.done(&["logout", "Sales"]);
    assert!(out.stdout.starts_with("Signed out "), "{out:?}");
    let refused = desk.brickpass(&["token", "Sales"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert!(refused.stderr.contains("brickpass login \"Sales\""), "{refused:?}");
    let shown = desk.done(&["show", "Sales"]);
    assert!(shown.stdout.contains("Nobody"), "{shown:?}");
    let again = desk.done(&["logout", "Sales"]);
    assert!(again.stdout.starts_with("Not signed in"), "{again:?}");
}

#[test]
fn lb_06_declining_stores_nothing_and_leaves_with_code_1() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales"]);
    let user = desk.user(0);
    browser::visit(&browser::decline(&waiting.opened(), &user.name, &user.password).unwrap());
    let declined = waiting.end();
    assert_eq!((declined.code, declined.stdout.as_str()), (Some(1), ""), "{declined:?}");
    assert!(declined.stderr.contains("declined"), "{declined:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 0);
    assert_eq!(desk.brickpass(&["token", "Sales"]).code, Some(1));
}

#[test]
fn lb_46_without_a_browser_the_address_is_shown_and_waited_for() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales", "--no-browser"]);
    let mut stderr = BufReader::new(waiting.child.stderr.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended without an address");
        if line.starts_with("http") {
            break line.trim().to_owned();
        }
    };
    let user = desk.user(0);
    browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
    assert_eq!(wait(&mut waiting.child, LIMIT).unwrap().code(), Some(0));
    assert!(!desk.bin().join("opened").exists(), "no browser was to be opened");
}

#[test]
fn lb_41_ctrl_c_closes_the_port_at_once_and_leaves_with_code_1() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales"]);
    waiting.opened();
    assert!(waiting.is_open());
    let pressed = Instant::now();
    let killed = Command::new("kill").args(["-INT", &waiting.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    while waiting.is_open() {
        assert!(pressed.elapsed() < Duration::from_secs(2), "the port is still open");
        thread::sleep(Duration::from_millis(5));
    }
    let ended = waiting.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.to_lowercase().contains("cancel"), "{ended:?}");
}

#[test]
fn ot_15_another_user_replaces_the_sign_in_only_after_a_yes() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let (first, second) = (desk.user(0), desk.user(1));
    let kept = desk.login(&["Sales"], &second);
    assert_eq!(kept.code, Some(1), "nobody is there to say yes: {kept:?}");
    assert!(kept.stderr.contains(&first.name) && kept.stderr.contains(&second.name) && kept.stderr.contains("--yes"), "{kept:?}");
    assert_eq!(desk.json(&["show", "Sales"])["sign_in"]["user"], first.name.as_str());
    desk.done(&["token", "Sales"]);

    let replaced = desk.login(&["Sales", "--yes"], &second);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert_eq!(desk.json(&["show", "Sales"])["sign_in"]["user"], second.name.as_str());
}

#[test]
fn a_login_with_json_prints_one_document_without_a_secret() {
    let desk = Desk::new();
    desk.add("Sales");
    let done = desk.login(&["Sales", "--json"], &desk.user(0));
    let document = done.json();
    assert_eq!((document["name"].as_str(), document["user"].as_str()), (Some("Sales"), Some(desk.user(0).name.as_str())), "{document:#}");
    let end: jiff::Timestamp = document["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(end > jiff::Timestamp::now());
    let fields: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let known = ["base_url", "expires_at", "hints", "name", "renews", "since", "user"];
    assert!(fields.iter().all(|field| known.contains(field)), "{fields:?}");

    let token = desk.json(&["token", "Sales"]);
    assert_eq!(token["token_type"], "Bearer");
    assert!(token["access_token"].as_str().is_some_and(|token| token.len() > 20));
    assert!(token["expires_at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert_eq!(token.as_object().unwrap().len(), 3, "{:?}", token.as_object().unwrap().keys());

    let out = desk.json(&["logout", "Sales"]);
    assert_eq!((out["name"].as_str(), out["signed_out"].as_bool()), (Some("Sales"), Some(true)));
}

#[test]
fn no_secret_is_in_a_child_or_in_a_file() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let environment = fs::read_to_string(desk.bin().join("environment")).unwrap();
    assert!(!environment.contains("correct horse"), "the browser inherits the vault's passphrase");
    let token = desk.done(&["token", "Sales"]).stdout.trim().to_owned();
    desk.done(&["test", "Sales"]);
    for (path, bytes) in desk.home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&token), "the token lies in {}", path.display());
        assert!(!text.contains("refresh_token"), "a sign-in lies open in {}", path.display());
    }
    for arguments in [&["show", "Sales"][..], &["show", "Sales", "--json"], &["list", "--json"], &["test", "Sales", "--json"]] {
        let output = desk.brickpass(arguments);
        assert!(!output.stdout.contains(&token) && !output.stderr.contains(&token), "{arguments:?}");
    }
}

#[test]
fn the_environment_names_the_port_and_a_wrong_one_is_refused() {
    let desk = Desk::new();
    desk.add("Sales");
    let port = desk.port();
    let mut login = desk.command(&["login", "Sales"]);
    login.env("DATABRICKS_OAUTH_CALLBACK_PORT", port.to_string()).stdin(Stdio::null());
    let mut waiting = desk.waits(port, &mut login);
    let address = waiting.opened();
    assert!(address.contains(&format!("localhost%3A{port}")), "the redirect URI names another port");
    assert!(waiting.is_open());
    for (variable, value) in [("DATABRICKS_OAUTH_CALLBACK_PORT", "http"), ("DATABRICKS_DISCOVERY_HOST", "http://login.databricks.com")] {
        let refused = run(desk.command(&["list"]).env(variable, value), b"", LIMIT);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(variable), "{refused:?}");
    }
}

#[test]
fn what_the_server_gets_wrong_is_told_and_nothing_is_stored() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.demo.authorization().set_fault(OAuthFault::HtmlTokens);
    let failed = desk.login(&["Sales", "--json"], &desk.user(0));
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.json()["error"]["what"].as_str().unwrap().contains("web page"), "{failed:?}");
    desk.demo.authorization().clear_fault();
    assert_eq!(desk.brickpass(&["token", "Sales"]).code, Some(1));
}

#[test]
fn sg_20_a_browser_whose_path_has_spaces_is_started_with_the_address_alone() {
    let desk = Desk::new();
    desk.add("Sales");
    let folder = desk.bin().join("Program Files");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("the browser");
    // In the place of the desktop's own opener.
    fs::rename(desk.bin().join("xdg-open"), &program).unwrap();
    let path = program.display().to_string();
    for written in [path.clone(), format!("\"{path}\""), path.replace(' ', "\\ ")] {
        let port = desk.port();
        let mut login = desk.command(&["login", "Sales", "--port", &port.to_string()]);
        let mut waiting = desk.waits(port, login.stdin(Stdio::null()).env("BROWSER", &written));
        let address = waiting.opened();
        let user = desk.user(0);
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        let finished = waiting.end();
        assert_eq!(finished.code, Some(0), "{written}: {finished:?}");
    }
}
