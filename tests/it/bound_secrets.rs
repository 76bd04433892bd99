//! A stored secret goes to the address it was entered for and nowhere else, whoever edited the list of connections.

use std::fs;

use brickpass_core::{
    connection::{Draft, SecretKind},
    failure::Code,
};
use brickpass_engine::{CopyStored, DescribeSecret, Remove, Restore, RevealSecret, Save, SaveOutcome, StoredSecret};
use brickpass_storage::Library;
use serde_json::{Value, json};

use crate::support::{
    Finished, Home,
    desk::{self, by_token, form},
    fault_server::{self, FaultServer},
    run,
    terminal::{LIMIT, Terminal},
};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const OTHER: &str = "https://adb-9999999999999999.9.azuredatabricks.net";
const PAT: &str = "dapi0123456789abcdef0123456789abcdef";
const ROBOT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT_SECRET: &str = "dose0123456789abcdef0123456789abcdef";

/// Any user of this computer may listen here. It says yes to everything and writes down what it hears.
fn listener() -> FaultServer {
    FaultServer::start(|path, _| {
        let body = if path.contains("token") {
            json!({"access_token": "evil", "token_type": "Bearer", "expires_in": 3600})
        } else {
            json!({"userName": "a@b", "clusters": [], "oidc_endpoint": "http://127.0.0.1/oidc"})
        };
        fault_server::json("200 OK", &body.to_string())
    })
}

fn heard_no_secret(listener: &FaultServer) {
    let heard = [listener.requests(), listener.forms()].concat().join("\n").to_lowercase();
    assert!(!heard.contains("authorization") && !heard.contains("secret"), "{heard}");
}

fn with_token() -> Terminal {
    let terminal = Terminal::with(());
    terminal.add_token("Sales", HOST, PAT);
    terminal
}

fn with_client_secret(base_url: &str) -> Terminal {
    let terminal = Terminal::with(());
    let arguments = ["add", "Sales", "--base-url", base_url, "--auth", "service-principal", "--client-id", ROBOT, "--client-secret-stdin"];
    terminal.done_fed(&arguments, CLIENT_SECRET);
    terminal
}

/// As another program of the same user edits it.
fn by_hand(terminal: &Terminal, change: impl FnOnce(&mut Value)) {
    let path = terminal.home.config_dir().join("connections.json");
    let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut document["connections"][0]);
    fs::write(&path, document.to_string()).unwrap();
}

fn said(finished: &Finished) -> String {
    format!("{}{}", finished.stdout, finished.stderr)
}

/// Every way in which the command line uses a stored secret is refused, with the reason; nothing is shown as stored.
fn is_not_used(terminal: &Terminal, entered_for: &str) {
    is_not_used_as(terminal, entered_for, entered_for);
}

fn is_not_used_as(terminal: &Terminal, entered_for: &str, shown_as: &str) {
    let export = terminal.home.path().join("export.env");
    let export = export.to_str().unwrap();
    let uses: [&[&str]; 4] = [
        &["test", "Sales"],
        &["token", "Sales"],
        &["exec", "Sales", "--", "env"],
        &["export", "Sales", "--format", "dotenv", "--include-secrets", "--output", export],
    ];
    for arguments in uses {
        let finished = terminal.brickpass(arguments);
        let said = said(&finished);
        assert_ne!(finished.code, Some(0), "{arguments:?}: {said}");
        assert!(!said.contains(PAT) && !said.contains(CLIENT_SECRET), "{arguments:?}");
        // A test of an address that nobody serves does not get as far as the secret.
        let unreachable = arguments[0] == "test" && said.contains("DNS");
        assert!(unreachable || said.contains(&format!("was entered for {entered_for}")), "{arguments:?}: {said}");
    }
    assert!(!fs::exists(export).unwrap());
    let mut credential = terminal.program(env!("CARGO_BIN_EXE_brickpass-credential"));
    let given = run(credential.args(["auth", "token", "--profile", "sales"]), b"", LIMIT);
    assert!(given.code != Some(0) && !said(&given).contains(PAT), "{}", said(&given));
    let shown = said(&terminal.done(&["show", "Sales"]));
    assert!(shown.contains(&format!("Entered for {shown_as}, not used")) && !shown.contains("Stored in"), "{shown}");
}

fn is_used_again(terminal: &Terminal) {
    assert_eq!(terminal.done(&["token", "Sales"]).stdout.trim(), PAT);
    assert!(said(&terminal.done(&["show", "Sales"])).contains("Stored in"));
}

#[test]
fn bd_04_an_address_that_was_edited_on_the_command_line_does_not_get_the_stored_token() {
    let (terminal, listener) = (with_token(), listener());
    for elsewhere in [listener.base_url().as_str(), OTHER] {
        terminal.done(&["edit", "Sales", "--base-url", elsewhere]);
        is_not_used(&terminal, HOST);
    }
    heard_no_secret(&listener);
    terminal.done(&["edit", "Sales", "--base-url", HOST]);
    is_used_again(&terminal);
}

#[test]
fn bd_19_an_address_that_is_put_back_has_its_secret_again_and_says_so() {
    let terminal = with_token();
    let there = terminal.done(&["edit", "Sales", "--base-url", OTHER]);
    assert!(there.stderr.contains(&format!("A token for {HOST} is not used at the new address.")), "{there:?}");
    let on = terminal.done(&["edit", "Sales", "--base-url", "https://adb-1111111111111111.1.azuredatabricks.net"]);
    assert!(on.stderr.contains(&format!("A token for {HOST} is not used")), "entered for neither: {on:?}");
    let back = terminal.done(&["edit", "Sales", "--base-url", HOST]);
    assert!(back.stderr.contains("The stored token is for this address and is used.") && !back.stderr.contains("not used"), "{back:?}");
    assert!(back.stderr.contains("Its environment (not set) is unchanged.") || back.stderr.contains("is unchanged."), "{back:?}");
}

#[test]
fn bd_05_an_address_that_was_edited_by_hand_does_not_get_the_stored_token() {
    let (terminal, listener) = (with_token(), listener());
    for elsewhere in [listener.base_url().as_str(), OTHER, "https://evil.example"] {
        by_hand(&terminal, |sales| {
            sales["base_url"] = json!(elsewhere);
            sales["address_confirmed"] = json!(true);
        });
        is_not_used(&terminal, HOST);
    }
    heard_no_secret(&listener);
    by_hand(&terminal, |sales| sales["base_url"] = json!(HOST));
    is_used_again(&terminal);
}

#[test]
fn bd_05_two_addresses_on_this_computer_are_two_addresses() {
    let (terminal, mine, other) = (Terminal::with(()), listener(), listener());
    terminal.add_token("Sales", &mine.base_url(), PAT);
    by_hand(&terminal, |sales| sales["base_url"] = json!(other.base_url()));
    is_not_used(&terminal, &mine.base_url());
    heard_no_secret(&other);
}

#[test]
fn bd_06_a_client_secret_goes_to_no_other_address_and_for_no_other_service_principal() {
    let (terminal, listener) = (with_client_secret(HOST), listener());
    by_hand(&terminal, |sales| sales["base_url"] = json!(listener.base_url()));
    is_not_used_as(&terminal, HOST, &format!("{HOST} (service principal {ROBOT})"));
    heard_no_secret(&listener);

    let terminal = with_client_secret(&listener.base_url());
    by_hand(&terminal, |sales| sales["auth"]["client_id"] = json!("99999999-2222-3333-4444-555555555555"));
    let shown_as = format!("{} (service principal {ROBOT})", listener.base_url());
    is_not_used_as(&terminal, &format!("the service principal {ROBOT}"), &shown_as);
    heard_no_secret(&listener);
}

#[test]
fn bd_07_a_token_that_is_entered_again_belongs_to_the_new_address() {
    let terminal = with_token();
    terminal.done_fed(&["edit", "Sales", "--base-url", OTHER, "--token-stdin"], PAT);
    is_used_again(&terminal);
    by_hand(&terminal, |sales| sales["base_url"] = json!(HOST));
    is_not_used(&terminal, OTHER);
}

#[test]
fn bd_08_a_backup_leaves_out_what_was_entered_for_another_address_and_says_so() {
    let terminal = with_token();
    terminal.add_token("Finance", OTHER, PAT);
    by_hand(&terminal, |first| first["base_url"] = json!("https://adb-5555555555555555.5.azuredatabricks.net"));
    let backup = terminal.home.path().join("backup.age");
    let backup = backup.to_str().unwrap();
    let told = terminal.done_fed(&["backup", backup, "--passphrase-stdin"], "correct horse battery");
    assert!(told.stdout.contains("1 secret"), "{told:?}");
    assert!(told.stderr.contains("was entered for"), "{told:?}");

    let elsewhere = Terminal::with(());
    elsewhere.done_fed(&["import", "--backup", backup, "--passphrase-stdin"], "correct horse battery");
    let tokens: Vec<Finished> = ["Sales", "Finance"].iter().map(|name| elsewhere.brickpass(&["token", name])).collect();
    assert_eq!(tokens.iter().filter(|token| token.stdout.trim() == PAT).count(), 1);
    assert!(tokens.iter().any(|token| said(token).contains("The vault does not contain one")), "{tokens:?}");
}

#[test]
fn bd_09_testing_an_edited_form_never_sends_the_stored_token_to_another_address() {
    let listener = listener();
    let mut desk = desk::Desk::<()>::start(Home::new(), (), desk::in_memory);
    let sales = desk.save(form("Sales", by_token(HOST, PAT)));
    let mut draft = Draft::from_connection(&sales);
    draft.base_url = listener.base_url();
    let edited = draft.review(&|_| false).result.unwrap().connection;
    let report = desk.test_with(&edited, None);
    let failure = report.failure.unwrap();
    assert_eq!(failure.code, Code::NoSecret, "{failure}");
    assert!(failure.what.contains(HOST) && failure.what.contains(&listener.base_url()), "{failure}");
    heard_no_secret(&listener);

    // Saved without a token: the window is told for what the stored one was entered, and gets it in no way.
    let reviewed = Box::new(draft.review(&|_| false).result.unwrap());
    let saved = desk.ask(Save { reviewed, base: Some(brickpass_storage::Revision(1)) }).unwrap();
    assert_eq!(saved, SaveOutcome::Saved);
    let (id, kind) = (sales.id, SecretKind::PersonalAccessToken);
    let stored = desk.ask(DescribeSecret { id, kind }).unwrap();
    let StoredSecret::Stored { entered_for: Some(entered_for), .. } = stored else { panic!("{stored:?}") };
    assert_eq!(entered_for.origin, HOST);
    for failure in [desk.ask(RevealSecret { id, kind }).unwrap_err(), desk.ask(CopyStored { id, kind }).unwrap_err()] {
        assert!(failure.what.contains(HOST), "{failure}");
    }
}

#[test]
fn bd_20_a_save_that_meets_a_change_puts_back_nothing_that_another_window_has_replaced() {
    let mut desk = desk::Desk::<()>::start(Home::new(), (), desk::in_memory);
    let sales = desk.save(form("Sales", by_token(HOST, PAT)));
    let library = Library::new(&desk.home.config_dir(), &desk.home.state_dir());
    // Another window is between its secret and its connection.
    let theirs = library.lock_secrets().unwrap();
    let mut draft = Draft::from_connection(&sales);
    draft.secret = "dapi99998888777766665555444433332222".into();
    let reviewed = Box::new(draft.review(&|_| false).result.unwrap());
    let saving = desk.pending(Save { reviewed, base: Some(brickpass_storage::Revision(1)) });
    let changed = brickpass_core::connection::Connection { description: "theirs".to_owned(), ..sales.clone() };
    library.save(changed, Some(brickpass_storage::Revision(1))).unwrap();
    drop(theirs);
    let outcome = desk.answer(saving).unwrap();
    assert!(matches!(outcome, SaveOutcome::Conflict { .. }), "{outcome:?}");
    let stored = desk.ask(RevealSecret { id: sales.id, kind: SecretKind::PersonalAccessToken }).unwrap().unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&stored), PAT);
}

#[test]
fn bd_10_a_copy_and_an_undone_removal_keep_what_the_secret_was_entered_for() {
    let mut desk = desk::Desk::<()>::start(Home::new(), (), desk::in_memory);
    let sales = desk.save(form("Sales", by_token(HOST, PAT)));
    let mut copy = Draft::from_connection(&sales);
    copy.id = brickpass_core::connection::ConnectionId::random();
    copy.name = "Copy".to_owned();
    copy.base_url = OTHER.to_owned();
    let copy = copy.review(&|_| false).result.unwrap().connection;
    desk.duplicate(sales.id, &copy);
    let failure = desk.ask(RevealSecret { id: copy.id, kind: SecretKind::PersonalAccessToken }).unwrap_err();
    assert!(failure.what.contains(HOST), "{failure}");

    let entries = desk.ask(Remove { ids: vec![sales.id] }).unwrap();
    desk.ask(Restore { entries }).unwrap();
    assert!(desk.ask(RevealSecret { id: sales.id, kind: SecretKind::PersonalAccessToken }).unwrap().is_some());
}
