//! The window closes, or the person calls it off, in the middle.

use std::time::{Duration, Instant};

use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{Ask, AuditAction, Continuation, Event, GetTokenRules, ListUsersTokens, RevokeUsersTokens};

use super::{Desk, SECRETS, elsewhere, secret_for};

#[test]
fn a_secret_that_nobody_waits_for_any_more_is_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    // The window is closed meanwhile.
    let seen = desk.net.slow(Duration::from_millis(300), |request| request.starts_with("POST") && request.contains(SECRETS));
    let _pending = desk.pending(secret_for(sales, &id));
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
    let _pending = desk.pending(RevokeUsersTokens { id: sales, token_ids: others.clone() });
    seen.recv().unwrap();
    desk.finish();
    let left = elsewhere(&desk.workspace, async |client, call| client.users_tokens(None, &call).await.unwrap());
    assert!(!left.iter().any(|it| others.contains(&it.token.id)), "all of them");
    assert_eq!(desk.actions().into_iter().filter(|it| it.0 == AuditAction::UsersTokenRevoked && it.1.is_none()).count(), others.len());
}

#[test]
fn reading_is_called_off_at_any_time_and_nobody_waits_for_it_at_the_end() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let seen = desk.net.slow(Duration::from_secs(4), |_| true);
    let began = Instant::now();
    let ask = Ask::new(ListUsersTokens { id: sales }, |outcome| Continuation(Box::new(outcome.map(drop))));
    let (ask, handle) = ask.cancellable();
    desk.send(ask);
    seen.recv().unwrap();
    drop(handle);
    let outcome = desk.until(|event| if let Event::Answer(Continuation(outcome)) = event { Some(outcome) } else { None });
    let outcome = *outcome.downcast::<Result<(), Failure>>().unwrap();
    assert_eq!(outcome.unwrap_err().code, Code::Cancelled);
    let _pending = desk.pending(GetTokenRules { id: sales });
    seen.recv().unwrap();
    desk.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
