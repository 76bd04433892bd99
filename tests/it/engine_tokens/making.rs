//! Tokens are made, used, and revoked; none is left that nobody knows.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use brickpass_core::{
    connection::{AuthKind, Status},
    failure::Code,
};
use brickpass_databricks::rest::TokenRequest;
use brickpass_engine::{Event, GenerateToken};
use secrecy::ExposeSecret as _;

use super::{CREATE, DELETE, Desk, LIST, request};
use crate::support::between::Way;

#[test]
fn a_token_is_made_listed_used_and_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.list(connection.id);
    assert_eq!((before.tokens.len(), before.in_use), (1, None), "pasted: nobody knows which one it is");

    let new = desk.generate(connection.id, "CI, nightly", 30).unwrap();
    assert!(new.token.comment.starts_with("CI, nightly [bp-"), "{:?}", new.token);
    assert!(desk.handle.accepts(new.value.expose_secret()));
    assert_eq!(desk.stored(connection.id).as_ref(), Some(&desk.workspace.token), "nothing is stored by making it");

    desk.adopt(connection.id, &new).unwrap();
    assert_eq!(desk.stored(connection.id).as_deref(), Some(new.value.expose_secret()));
    let list = desk.list(connection.id);
    assert_eq!((list.tokens[0].id.as_str(), list.tokens.len()), (new.token.id.as_str(), 2), "newest first");
    assert_eq!(list.in_use.as_ref(), Some(&new.token.id));
    let (_, note) = desk.remembered(connection.id);
    assert_eq!(note.unwrap().expires_at, new.token.expires_at);

    assert_eq!(desk.test(&connection).0, Status::Ok);
    let other = list.tokens[1].id.clone();
    // The one that is used goes last: it revokes the other.
    let (revoked, failed) = desk.revoke(connection.id, &[&new.token.id, &other]);
    assert_eq!((revoked, failed.len()), (vec![other, new.token.id], 0));
    assert!(desk.ids().is_empty());
    let (tested, note) = desk.remembered(connection.id);
    assert_eq!((tested.unwrap().state, note), (Status::SignIn, None), "whoever uses it has to sign in");
}

#[test]
fn a_connection_that_signed_in_otherwise_signs_in_with_the_token_that_it_uses() {
    let mut desk = Desk::new();
    let source = desk.connection();
    let new = desk.generate(source.id, "", 30).unwrap();
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    desk.adopt(browser.id, &new).unwrap();
    let mut library = None;
    while let Some(event) = desk.try_next_event() {
        library = if let Event::Library(snapshot) = event { Some(snapshot) } else { library };
    }
    let saved = library.unwrap().entries.iter().find(|it| it.connection.id == browser.id).unwrap().connection.clone();
    assert_eq!(saved.auth.kind(), AuthKind::PersonalAccessToken);
    assert_eq!(desk.test(&saved).0, Status::Ok);
    assert_eq!(desk.list(browser.id).in_use, Some(new.token.id));
}

#[test]
fn ot_17_a_token_whose_value_was_lost_on_the_way_is_found_by_its_mark_and_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.handle.lose_next_answer();
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    assert!(failure.what.contains("lost in transit. Brickpass has revoked it"), "{failure}");
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before), "asked for once, and nothing is left");
}

#[test]
fn ot_17_a_lost_token_that_cannot_be_revoked_is_named() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.net.script(|request, _| match request {
        CREATE => Way::LostBack,
        DELETE => Way::LostThere,
        _ => Way::Through,
    });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    let left: Vec<String> = desk.ids().difference(&before).cloned().collect();
    assert_eq!((desk.net.count(CREATE), left.len()), (1, 1));
    assert!(failure.fix.contains(&left[0]), "{failure}");
}

#[test]
fn ot_17_a_request_that_never_arrived_made_nothing_and_a_list_that_cannot_be_read_says_nothing() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.net.script(|request, _| if request == CREATE { Way::LostThere } else { Way::Through });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.ids()), ("No token was created.", before));

    let body = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&body);
    desk.net.script(move |request, body| match request {
        CREATE => {
            body.clone_into(&mut noted.lock().unwrap());
            Way::LostBack
        }
        LIST => Way::Refused(403),
        _ => Way::Through,
    });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    let asked: serde_json::Value = serde_json::from_str(&body.lock().unwrap()).unwrap();
    let mark = asked["comment"].as_str().unwrap().trim_start_matches("CI ").to_owned();
    assert!(failure.what.contains("It is unknown whether") && failure.fix.contains(&mark), "{failure} {mark}");
    assert_eq!(desk.net.count(CREATE), 2, "once each");
}

#[test]
fn ot_18_a_token_that_the_vault_does_not_take_stays_with_whoever_asked_and_nothing_else_changes() {
    let mut desk = Desk::new();
    let (connection, first) = desk.known();
    assert_eq!(desk.test(&connection).0, Status::Ok);
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    let new = desk.generate(connection.id, "CI", 30).unwrap();
    let (list, before) = (fs::read(desk.home.config_dir().join("connections.json")).unwrap(), desk.remembered(connection.id));
    desk.vault_refuses();
    for id in [connection.id, browser.id] {
        let failure = desk.adopt(id, &new).unwrap_err();
        assert!(!failure.fix.is_empty() && !failure.to_string().contains(new.value.expose_secret()), "{failure}");
    }
    assert_eq!((desk.stored(connection.id).as_deref(), desk.stored(browser.id)), (Some(first.value.expose_secret()), None));
    assert_eq!(fs::read(desk.home.config_dir().join("connections.json")).unwrap(), list);
    assert_eq!(desk.remembered(connection.id), before);
    assert_eq!(desk.list(connection.id).in_use, Some(first.token.id));
    // Offered once more, it is taken.
    fs::remove_dir(desk.lock()).unwrap();
    desk.adopt(connection.id, &new).unwrap();
    assert_eq!(desk.stored(connection.id).as_deref(), Some(new.value.expose_secret()));
}

#[test]
fn a_token_that_nobody_waits_for_any_more_is_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    let has_arrived = desk.net.slow(Duration::from_millis(200), |request| request == CREATE);
    let pending = desk.pending(GenerateToken { id: connection.id, token: request("", 90) });
    has_arrived.recv_timeout(Duration::from_mins(1)).unwrap();
    desk.finish();
    assert_eq!(desk.answer(pending).unwrap_err().code, Code::Cancelled);
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before));
}

#[test]
fn what_is_called_off_in_time_asks_nothing_of_the_workspace() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    drop(desk.pending(GenerateToken { id: connection.id, token: request("", 90) }));
    desk.finish();
    // The request may have been sent before the drop. Then the token is made, and revoked because its value has no taker.
    let made = desk.net.count(CREATE);
    assert!(made <= 1);
    assert_eq!(desk.ids(), before, "{made} made");
}

#[test]
fn scopes_that_the_workspace_does_not_know_are_told_and_nothing_is_left() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    let unknown = TokenRequest { scopes: vec!["everything".to_owned()], ..request("CI", 30) };
    let failure = desk.ask(GenerateToken { id: connection.id, token: unknown }).unwrap_err();
    assert_eq!((failure.code, desk.ids()), (Code::TokenScope, before));
}
