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

#[test]
fn sg_03_an_imported_profile_signs_in_with_its_own_scopes() {
    let desk = Desk::new();
    let base_url = desk.base_url(SALES);
    let file = desk.home.path().join("least.cfg");
    let other = "[other]\nhost = https://adb-1.2.azuredatabricks.net\nauth_type = databricks-cli\ndatabricks_cli_path = /opt/databricks\n";
    std::fs::write(&file, format!("[least]\nhost = {base_url}\nauth_type = databricks-cli\nscopes = sql,clusters\n{other}")).unwrap();
    let done = desk.done(&["import", "--databrickscfg", file.to_str().unwrap(), "--only", "least"]);
    assert!(!done.stderr.contains("scopes") && !done.stderr.contains("databricks_cli_path"), "{done:?}");
    assert_eq!(desk.json(&["show", "least"])["scopes"], "sql clusters offline_access");
    let mut waiting = desk.begin(&["least"]);
    let address = waiting.opened();
    assert!(address.contains("scope=sql+clusters+offline_access"), "{address}");
}

#[test]
fn sg_05_an_address_of_an_account_leads_to_the_account_or_says_how() {
    let desk = Desk::new();
    let id = "12345678-90ab-cdef-1234-567890abcdef";
    let add =
        |name: &str, url: &str, rest: &[&str]| desk.brickpass(&[&["add", name, "--base-url", url, "--auth", "browser"], rest].concat());
    let console = "https://accounts.cloud.databricks.com";
    let without = add("a", &format!("{console}/login"), &[]);
    assert!(without.code == Some(2) && without.stderr.contains("--account-id"), "{without:?}");
    assert!(!without.stderr.contains("choose the account level"), "{without:?}");
    let empty = add("a", console, &["--account-id", ""]);
    assert!(empty.code == Some(2) && empty.stderr.contains("--account-id is empty"), "{empty:?}");
    let pasted = add("a", &format!("{console}/login?account_id={id}"), &[]);
    assert_eq!(pasted.code, Some(0), "{pasted:?}");
    assert_eq!(
        (desk.json(&["show", "a"])["account_id"].as_str(), desk.json(&["show", "a"])["level"].as_str()),
        (Some(id), Some("account"))
    );
    let unified = add("u", &format!("https://acme.databricks.com/?account_id={id}"), &[]);
    assert!(unified.code == Some(0) && unified.stderr.contains(&format!("--account-id {id}")), "{unified:?}");
}

#[test]
fn sg_06_a_discovery_host_that_is_not_databricks_needs_a_confirmation() {
    let desk = Desk::new();
    let login = |more: &[&str]| {
        let mut command = desk.command(&[&["login", "--find", "Found", "--no-browser"], more].concat());
        run(command.env("DATABRICKS_DISCOVERY_HOST", "https://evil.example"), b"", LIMIT)
    };
    let refused = login(&[]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("DATABRICKS_DISCOVERY_HOST") && !refused.stderr.contains("destination_url"), "{refused:?}");
}

#[test]
fn sg_07_output_that_cannot_be_written_is_no_success() {
    let desk = Desk::new();
    desk.add("Sales");
    for arguments in [&["list"][..], &["list", "--json"], &["show", "Sales"], &["completions", "bash"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = desk.command(arguments).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.code() == Some(1) && told.contains("could not be written"), "{arguments:?}: {told}");
    }
}

#[test]
fn sg_08_manifests_on_stdout_are_one_stream_of_yaml() {
    let desk = Desk::new();
    desk.add_token("Token", &desk.base_url(SALES), "dapi0123456789abcdef0123456789abcdef");
    let printed = desk.done(&["export", "Token", "-f", "kubernetes"]).stdout;
    assert!(!printed.contains("==>"), "{printed}");
    let documents: Vec<&str> = printed.split("---\n").skip(1).collect();
    let kinds: Vec<_> = documents.iter().map(|text| text.lines().filter(|line| line.starts_with("kind: ")).count()).collect();
    assert_eq!((printed.starts_with("---\n"), kinds), (true, vec![1, 1]), "{printed}");
}

#[test]
fn sg_25_an_option_of_another_way_to_sign_in_is_refused_and_changes_nothing() {
    let terminal = crate::support::terminal::Terminal::with(());
    let host = "https://adb-1234567890123456.7.azuredatabricks.net";
    terminal.add_token("Sales", host, "dapi-sales");
    let before = terminal.json(&["show", "Sales"]);
    for (option, value) in [("--redirect-port", "8037"), ("--scopes", "sql"), ("--client-id", "11111111-2222-3333-4444-555555555555")] {
        let refused = terminal.brickpass(&["edit", "Sales", "--description", "x", option, value]);
        assert!(refused.code == Some(2) && refused.stderr.contains(&format!("does not use {option}")), "{refused:?}");
        let adding = ["add", "New", "--base-url", host, "--auth", "pat", option, value];
        assert_eq!(terminal.brickpass(&adding).code, Some(2), "{option}");
    }
    assert_eq!(terminal.json(&["show", "Sales"]), before);
    let robot = ["add", "Robot", "--base-url", host, "--auth", "service-principal", "--client-id", "11111111-2222-3333-4444-555555555555"];
    assert_eq!(terminal.brickpass(&[robot.as_slice(), &["--redirect-port", "8037"]].concat()).code, Some(2));
    terminal.done(&robot);
    terminal.done(&["edit", "Robot", "--auth", "browser", "--redirect-port", "8037"]);
}

#[test]
fn sg_21_a_service_principals_scopes_are_imported_used_and_published() {
    let desk = Desk::new();
    let (base_url, principal) = (desk.base_url(SALES), desk.demo.service_principal());
    let file = desk.home.path().join("least.cfg");
    let (id, secret) = (principal.client_id, principal.client_secret);
    let section = format!("[robot]\nhost = {base_url}\nclient_id = {id}\nclient_secret = {secret}\nscopes = sql, clusters\n");
    std::fs::write(&file, section).unwrap();
    let done = desk.done(&["import", "--databrickscfg", file.to_str().unwrap()]);
    assert!(!done.stderr.contains("scopes"), "{done:?}");
    assert_eq!(desk.json(&["show", "robot"])["scopes"], "sql clusters");
    let asked = || desk.demo.authorization().requests().iter().filter(|request| request.contains("client_credentials")).count();
    let limited = desk.done(&["token", "robot"]).stdout;
    assert_eq!(desk.done(&["token", "robot"]).stdout, limited);
    assert_eq!(asked(), 1);
    // Another limit is another token, also for another process.
    desk.done(&["edit", "robot", "--scopes", "sql"]);
    assert_ne!(desk.done(&["token", "robot"]).stdout, limited);
    assert_eq!(asked(), 2);
    desk.done(&["publish", "robot", "--yes"]);
    let published = std::fs::read_to_string(desk.home.path().join(".databrickscfg")).unwrap();
    assert!(published.lines().any(|line| line.split_whitespace().eq(["scopes", "=", "sql"])), "{published}");
    assert!(!published.contains("client_secret"), "{published}");
    desk.done(&["edit", "robot", "--scopes", ""]);
    assert!(desk.json(&["show", "robot"]).get("scopes").is_none());
    assert_ne!(desk.done(&["token", "robot"]).stdout, limited);
}
