//! An account and its workspaces, and an address that is found in the browser.

use std::{
    io::{Read as _, Write as _},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use super::{Desk, SALES, token};
use crate::support::{BRICKPASS, browser, comes, missing_tool, skip, terminal::LIMIT, wait};

/// Signs in without knowing the address and chooses `place` there, with a terminal to answer the question.
fn find(desk: &Desk, arguments: &str, place: &str, answer: &str) -> (Option<i32>, String) {
    let port = desk.port();
    let mut command = desk.program("script");
    command.args(["-qec", &format!("'{BRICKPASS}' login --find --port {port} {arguments}"), "/dev/null"]);
    command.env("DATABRICKS_DISCOVERY_HOST", desk.demo.account().base_url).stdin(Stdio::piped());
    let mut waiting = desk.waits(port, &mut command);
    let mut stdin = waiting.child.stdin.take().unwrap();
    let address = waiting.opened();
    let user = desk.user(0);
    browser::visit(&browser::consent_at(&address, &user.name, &user.password, place).unwrap());
    // What is typed before the question is thrown away.
    let screen: Arc<Mutex<Vec<u8>>> = Arc::default();
    let (mut output, shown) = (waiting.child.stdout.take().unwrap(), Arc::clone(&screen));
    let reader = thread::spawn(move || {
        let mut some = [0; 1024];
        while let Ok(count) = output.read(&mut some)
            && count > 0
        {
            shown.lock().unwrap().extend_from_slice(&some[..count]);
        }
    });
    let text = || String::from_utf8_lossy(&screen.lock().unwrap()).into_owned();
    comes("the question", || text().contains("[y/N]"));
    stdin.write_all(answer.as_bytes()).unwrap();
    let ended = wait(&mut waiting.child, LIMIT).expect("the login came to an end");
    drop(stdin);
    reader.join().unwrap();
    (ended.code(), text())
}

#[test]
fn an_account_shares_its_sign_in_with_the_workspaces_that_are_added_from_it() {
    let desk = Desk::new();
    desk.add_account("Group");
    desk.logged_in("Group");
    let tested = desk.json(&["test", "Group"]);
    let total = tested["results"][0]["workspaces"]["total"].as_u64().unwrap();
    assert!(total > 0 && tested["results"][0].get("clusters").is_none(), "{tested:#}");

    let listed = desk.json(&["workspaces", "Group"]);
    let workspaces = listed["workspaces"].as_array().unwrap();
    assert_eq!(workspaces.len() as u64, total);
    let sales = workspaces.iter().find(|it| it["name"] == SALES).unwrap_or_else(|| panic!("{listed:#}"));
    assert_eq!(sales["base_url"], desk.base_url(SALES).as_str());

    let added = desk.done(&["workspaces", "Group", "--add", sales["id"].as_str().unwrap(), "--folder", "EU", "--json"]).json();
    let connection = &added["added"][0];
    assert_eq!((connection["sign_in_of"].as_str(), connection["folder"].as_str()), (Some("Group"), Some("EU")), "{added:#}");
    let name = connection["name"].as_str().unwrap();
    desk.done(&["test", name]);
    token(&desk.done(&["token", name]));
    let again = desk.done(&["workspaces", "Group", "--add", sales["id"].as_str().unwrap(), "--json"]).json();
    assert_eq!(again["added"], serde_json::json!([]), "it is there already");

    let login = desk.login(&[name], &desk.user(0));
    assert_eq!(login.code, Some(0), "{login:?}");
    assert!(login.stderr.contains("uses the sign-in of Group"), "{login:?}");
    assert_eq!(desk.brickpass(&["workspaces", "Group", "--add", "99"]).code, Some(3));
    assert_eq!(desk.brickpass(&["workspaces", name]).code, Some(2), "a workspace has no list of workspaces");

    let all = desk.json(&["workspaces", "Group", "--add", "all"]);
    assert!(!all["added"].as_array().unwrap().is_empty());
    let out = desk.done(&["logout", name]);
    assert!(out.stderr.contains("Group"), "whose sign-in it was: {out:?}");
    assert_eq!(desk.brickpass(&["token", "Group"]).code, Some(1));
}

#[test]
fn a_person_who_does_not_know_the_address_finds_it_and_confirms_it() {
    if let Some(tool) = missing_tool(&["script"]) {
        return skip("a_person_who_does_not_know_the_address_finds_it_and_confirms_it", &format!("{tool} is not there"));
    }
    if !Command::new("script").args(["-qec", "true", "/dev/null"]).stdout(Stdio::null()).status().unwrap().success() {
        return skip("a_person_who_does_not_know_the_address_finds_it_and_confirms_it", "this system gives no pseudo-terminals");
    }
    let desk = Desk::new();
    let (code, screen) = find(&desk, "Refused", SALES, "n\n");
    assert_eq!(code, Some(1), "{screen}");
    assert!(screen.contains(&desk.base_url(SALES)), "the host is shown before the code goes there: {screen}");
    assert_eq!(desk.demo.authorization().exchanges(), 0);

    let (code, screen) = find(&desk, "Found", SALES, "y\n");
    assert_eq!(code, Some(0), "{screen}");
    let shown = desk.json(&["show", "Found"]);
    assert_eq!((shown["base_url"].as_str(), shown["auth"].as_str()), (Some(desk.base_url(SALES).as_str()), Some("browser")), "{shown:#}");
    desk.done(&["test", "Found"]);
    assert_eq!(desk.json(&["list"])["connections"].as_array().unwrap().len(), 1);

    let (code, screen) = find(&desk, "--account --json", "Acme account", "y\n");
    assert_eq!(code, Some(0), "{screen}");
    let account = desk.demo.account();
    let host = account.base_url.strip_prefix("http://").unwrap().split(':').next().unwrap();
    let shown = desk.json(&["show", host]);
    assert_eq!((shown["level"].as_str(), shown["account_id"].as_str()), (Some("account"), Some(account.account_id.as_str())), "{shown:#}");
    desk.done(&["workspaces", host]);
}

#[test]
fn without_a_terminal_nobody_confirms_a_host() {
    let desk = Desk::new();
    let port = desk.port();
    let mut login = desk.command(&["login", "--find", "Found", "--yes", "--port", &port.to_string()]);
    login.env("DATABRICKS_DISCOVERY_HOST", desk.demo.account().base_url).stdin(Stdio::null());
    let mut waiting = desk.waits(port, &mut login);
    let user = desk.user(0);
    browser::visit(&browser::consent_at(&waiting.opened(), &user.name, &user.password, SALES).unwrap());
    let refused = waiting.end();
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 0, "the code was sent to a host that nobody confirmed");
    let kept = desk.json(&["list"]);
    assert_eq!(kept["connections"], serde_json::json!([]));
}
