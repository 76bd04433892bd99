//! The window closes, or the person calls it off, in the middle.

use std::time::{Duration, Instant};

use brickpass_core::failure::Code;
use brickpass_engine::{AdminRequest, Command, Deed, RunId};

use super::{Desk, SECRETS, elsewhere, secret_for};

#[test]
fn a_secret_that_nobody_waits_for_any_more_is_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    // The window is closed meanwhile.
    let seen = desk.net.slow(Duration::from_millis(300), |request| request.starts_with("POST") && request.contains(SECRETS));
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
    let seen = desk.net.slow(Duration::from_millis(100), |request| request.starts_with("DELETE"));
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
    let seen = desk.net.slow(Duration::from_secs(4), |_| true);
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
