//! The window closes, or the person calls it off, in the middle.

use std::{
    thread,
    time::{Duration, Instant},
};

use brickpass::{
    engine::{AdminRequest, Command, Deed, RunId},
    failure::Code,
};

use super::{Desk, SECRETS, elsewhere, secret_for};
use crate::support::between::Way;

#[test]
fn a_secret_that_nobody_waits_for_any_more_is_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |method, path| {
        if method == "POST" && path.contains(SECRETS) {
            arrived.send(()).unwrap();
            // The window is closed meanwhile.
            thread::sleep(Duration::from_millis(300));
        }
        Way::Through
    });
    desk.send(Command::Admin { run: RunId(7), id: sales, request: secret_for(&id) });
    seen.recv().unwrap();
    desk.finish();
    assert_eq!((desk.count("POST", SECRETS), desk.there(&id)), (1, before));
}

#[test]
fn what_has_begun_is_brought_to_its_end_when_the_window_closes() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let all = desk.everybodys(sales);
    let others: Vec<String> = all.into_iter().filter(|it| it.owner != desk.workspace.user).map(|it| it.token.id).collect();
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |method, _| {
        if method == "DELETE" {
            let _ = arrived.send(());
            thread::sleep(Duration::from_millis(100));
        }
        Way::Through
    });
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::RevokeUsersTokens { token_ids: others.clone() } });
    seen.recv().unwrap();
    desk.finish();
    let left = elsewhere(&desk.workspace, async |client, call| client.users_tokens(None, &call).await.unwrap());
    assert!(!left.iter().any(|it| others.contains(&it.token.id)), "all of them");
    assert_eq!(desk.deeds().into_iter().filter(|it| it.0 == Deed::UsersTokenRevoked && it.1.is_none()).count(), others.len());
}

#[test]
fn reading_is_called_off_at_any_time_and_nobody_waits_for_it_at_the_end() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |_, _| {
        let _ = arrived.send(());
        thread::sleep(Duration::from_secs(4));
        Way::Through
    });
    let began = Instant::now();
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::UsersTokens });
    seen.recv().unwrap();
    desk.send(Command::Cancel { run: RunId(7) });
    assert_eq!(desk.answered(&AdminRequest::UsersTokens).unwrap_err().code, Code::Cancelled);
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::TokenRules });
    seen.recv().unwrap();
    desk.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
