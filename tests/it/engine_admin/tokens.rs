//! The rules about tokens, and the tokens of everybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use brickpass_core::failure::Code;
use brickpass_databricks::rest::TokenRules;
use brickpass_engine::{AuditAction, GetTokenRules, SetMaximumDays, SetTokensEnabled};

use super::{Desk, change_of, elsewhere};
use crate::support::between::Way;

const RULES: &str = "/api/2.0/workspace-conf";
const EVERYBODY: &str = "/api/2.0/token-management/tokens";

#[test]
fn the_rules_are_read_again_after_each_change_and_told() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let before = desk.ask(GetTokenRules { id: sales }).unwrap();
    assert_eq!(before.enabled, Some(true));
    let now = desk.ask(SetMaximumDays { id: sales, days: Some(30) }).unwrap();
    assert_eq!(now, TokenRules { enabled: Some(true), maximum_days: Some(30) });
    assert_eq!(desk.ask(SetMaximumDays { id: sales, days: None }).unwrap().maximum_days, None);
    assert_eq!(desk.ask(SetTokensEnabled { id: sales, enabled: true }).unwrap().enabled, Some(true));
    // Whoever signs in with a token cannot read the rules any more then.
    assert_eq!(desk.ask(SetTokensEnabled { id: sales, enabled: false }).unwrap().enabled, Some(false));
    assert!(!desk.handle.accepts(&desk.workspace.token));
    assert_eq!(desk.ask(GetTokenRules { id: sales }).unwrap_err().code, Code::Unauthorized);
    let expected = [
        (AuditAction::TokenMaximumSet, None, "30 days".to_owned()),
        (AuditAction::TokenMaximumSet, None, "no limit".to_owned()),
        (AuditAction::TokensEnabled, None, String::new()),
        (AuditAction::TokensDisabled, None, String::new()),
    ];
    assert_eq!(desk.actions().split_off(1), expected, "what was only looked at is no deed");
}

#[test]
fn a_lost_answer_about_the_rules_is_looked_after_and_never_asked_for_again() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.handle.lose_next_answer();
    assert_eq!(desk.ask(SetMaximumDays { id: sales, days: Some(30) }).unwrap().maximum_days, Some(30));
    assert_eq!(desk.count("PATCH", RULES), 1);

    desk.script(change_of("PATCH", RULES, Way::LostThere));
    let failure = desk.ask(SetMaximumDays { id: sales, days: Some(60) }).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("PATCH", RULES)), ("Nothing was changed.", 1));
}

#[test]
fn rules_that_cannot_be_looked_at_after_a_lost_answer_are_told_to_be_unknown() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let changed = Arc::new(AtomicUsize::new(0));
    desk.script(move |method, path| match method {
        "PATCH" => {
            changed.fetch_add(1, Ordering::SeqCst);
            Way::LostBack
        }
        _ if path.contains(RULES) && changed.load(Ordering::SeqCst) > 0 => Way::Refused(403),
        _ => Way::Through,
    });
    let failure = desk.ask(SetMaximumDays { id: sales, days: Some(60) }).unwrap_err();
    assert!(failure.what.contains("It is unknown whether"), "{failure}");
    assert_eq!(desk.count("PATCH", RULES), 1);
}

#[test]
fn everybodys_tokens_are_revoked_four_at_a_time_and_each_is_told() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let all = desk.everybodys(sales);
    assert!(all.is_sorted_by(|one, other| one.token.created_at >= other.token.created_at), "newest first");
    let others: Vec<String> = all.iter().filter(|it| it.owner != desk.workspace.user).map(|it| it.token.id.clone()).collect();
    assert!(others.len() >= 2 && all.len() > others.len(), "{all:?}");
    let mut mine = Vec::new();
    for number in 0..6 {
        mine.push(elsewhere(&desk.workspace, async |client, call| {
            let request = brickpass_databricks::rest::TokenRequest { comment: format!("{number}"), lifetime: None, scopes: Vec::new() };
            client.create_token(&request, &call).await.unwrap().token.id
        }));
    }
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, noted, refused) = (Arc::clone(&now), Arc::clone(&most), mine[2].clone());
    desk.script(move |method, path| {
        if method != "DELETE" {
            return Way::Through;
        }
        noted.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Until a second one is under way; the last of an odd number has nobody to wait for.
        let until = Instant::now() + Duration::from_secs(2);
        while noted.load(Ordering::SeqCst) < 2 && Instant::now() < until {
            thread::yield_now();
        }
        running.fetch_sub(1, Ordering::SeqCst);
        if path.ends_with(&refused) { Way::Refused(403) } else { Way::Through }
    });
    // One that nobody knows is gone already, and one is named twice.
    let asked = [others.clone(), mine.clone(), vec!["f".repeat(64), mine[0].clone()]].concat();
    let (revoked, failed) = desk.revoke(sales, &asked);
    let expected: Vec<String> = [&others[..], &mine[..2], &mine[3..], &["f".repeat(64)]].concat();
    assert_eq!(revoked, expected, "in the order in which they were asked for");
    assert_eq!((failed.len(), &failed[0].0, failed[0].1.code), (1, &mine[2], Code::Forbidden));
    assert!((2..=4).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    assert_eq!(desk.count("DELETE", EVERYBODY), asked.len() - 1, "the one that is named twice is asked for once");
    desk.script(|_, _| Way::Through);
    let left: Vec<String> = desk.everybodys(sales).into_iter().map(|it| it.token.id).collect();
    assert!(left.contains(&mine[2]) && !left.iter().any(|id| revoked.contains(id)), "{left:?}");
    let actions = desk.actions();
    let told = |failed: Option<Code>| actions.iter().filter(|it| it.0 == AuditAction::UsersTokenRevoked && it.1 == failed).count();
    assert_eq!((told(None), told(Some(Code::Forbidden))), (revoked.len(), 1));
}

#[test]
fn a_lost_answer_to_a_revocation_is_asked_for_once_more() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.everybodys(sales).into_iter().find(|it| it.owner != desk.workspace.user).unwrap().token.id;
    desk.handle.lose_next_answer();
    let (revoked, failed) = desk.revoke(sales, std::slice::from_ref(&id));
    assert_eq!((revoked, failed.len(), desk.count("DELETE", EVERYBODY)), (vec![id], 0, 2));
}
