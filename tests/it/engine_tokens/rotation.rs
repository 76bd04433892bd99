//! A token is replaced: at every moment there is one that works.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Status},
    failure::Code,
};
use brickpass_databricks::rest::TokenRequest;
use brickpass_engine::{GenerateToken, RotateToken, Rotated};
use secrecy::ExposeSecret as _;

use super::{CREATE, DELETE, Desk, LIST, ME, request};
use crate::support::between::Way;

/// What a rotation under a fault comes to.
enum End {
    /// The new token is used, the old one is gone.
    Rotated,
    /// The new one is used; the old one is there, and that is told.
    OldRemains,
    /// The old one is used, and is the only one.
    Kept,
    /// The old one is used; the new one is there, and that is told.
    NewRemains,
}

#[test]
fn a_rotation_leaves_one_token_that_works_whatever_fails_and_tells_of_every_other() {
    type Fault = fn(&str) -> Way;
    let rows: [(&str, Fault, bool, End); 11] = [
        ("nothing", |_| Way::Through, false, End::Rotated),
        ("create: refused", |it| if it == CREATE { Way::Refused(400) } else { Way::Through }, false, End::Kept),
        ("create: never arrives", |it| if it == CREATE { Way::LostThere } else { Way::Through }, false, End::Kept),
        ("create: answer lost", |it| if it == CREATE { Way::LostBack } else { Way::Through }, false, End::Kept),
        (
            "create: answer lost, not revoked",
            |it| match it {
                CREATE => Way::LostBack,
                DELETE => Way::Refused(403),
                _ => Way::Through,
            },
            false,
            End::NewRemains,
        ),
        ("verify: refused", |it| if it == ME { Way::Refused(403) } else { Way::Through }, false, End::Kept),
        (
            "verify: refused, not revoked",
            |it| match it {
                ME => Way::Refused(403),
                DELETE => Way::LostThere,
                _ => Way::Through,
            },
            false,
            End::NewRemains,
        ),
        ("store: refused", |_| Way::Through, true, End::Kept),
        ("store: refused, not revoked", |it| if it == DELETE { Way::Refused(500) } else { Way::Through }, true, End::NewRemains),
        ("revoke: never arrives", |it| if it == DELETE { Way::LostThere } else { Way::Through }, false, End::OldRemains),
        ("revoke: answer lost, twice", |it| if it == DELETE { Way::LostBack } else { Way::Through }, false, End::Rotated),
    ];
    for (name, fault, vault_refuses, end) in rows {
        let mut desk = Desk::new();
        let (connection, old) = desk.known();
        let (before, old_value) = (desk.ids(), old.value.expose_secret().to_owned());
        let (vault, handle) = (desk.vault.clone(), desk.handle.clone());
        let (id, key) = (connection.id, crate::support::token_key(connection.id, &desk.net.base_url()));
        // Is there a moment without a token that works?
        let broken: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&broken);
        desk.net.script(move |request, _| {
            let now = vault.get(&key).ok().flatten();
            if !now.is_some_and(|token| handle.accepts(token.expose_secret())) {
                noted.lock().unwrap().push(format!("at {request}"));
            }
            fault(request)
        });
        if vault_refuses {
            desk.vault_refuses();
        }
        let outcome = desk.rotate(id, 90);

        assert_eq!(*broken.lock().unwrap(), [""; 0], "{name}: a moment without a working token");
        assert_eq!(desk.net.count(CREATE), 2, "{name}: asked for once");
        let now = desk.stored(id).unwrap();
        assert!(desk.handle.accepts(&now), "{name}: what is stored works");
        let left: Vec<String> = desk.ids().symmetric_difference(&before).cloned().collect();
        let kept = now == old_value;
        match (end, &outcome) {
            (End::Rotated, Ok(Rotated { token, old_remains })) => {
                // A lost answer leaves a doubt, which is told.
                assert!(old_remains.is_none() || name.contains("lost"), "{name}: {old_remains:?}");
                assert!(!kept && !desk.handle.accepts(&old_value) && left.contains(&token.id) && left.len() == 2, "{name}: {left:?}");
                assert!(token.comment.starts_with("CI [bp-"), "{name}: {token:?}");
                assert_eq!(desk.list(id).in_use, Some(token.id.clone()), "{name}");
            }
            (End::OldRemains, Ok(Rotated { token, old_remains: Some(why) })) => {
                assert!(!kept && desk.handle.accepts(&old_value) && left == [token.id.clone()], "{name}: {left:?}");
                assert!(why.fix.contains(&old.token.id), "{name}: {why}");
            }
            (End::Kept, Err(failure)) => {
                assert!(kept && left.is_empty(), "{name}: {failure} {left:?}");
                assert_eq!(desk.list(id).in_use, Some(old.token.id.clone()), "{name}");
            }
            (End::NewRemains, Err(failure)) => {
                assert!(kept && left.len() == 1 && failure.fix.contains(&left[0]), "{name}: {failure} {left:?}");
            }
            (_, outcome) => panic!("{name}: {outcome:?}"),
        }
    }
}

#[test]
fn a_token_that_was_pasted_is_replaced_and_told_to_be_still_valid() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let rotated = desk.rotate(connection.id, 90).unwrap();
    assert!(rotated.old_remains.unwrap().why.contains("did not create it"));
    assert!(rotated.token.comment.starts_with("Brickpass"), "{:?}", rotated.token);
    assert!(desk.handle.accepts(&desk.workspace.token));
    assert_eq!(desk.list(connection.id).in_use, Some(rotated.token.id));
}

#[test]
fn a_token_that_another_connection_uses_is_not_revoked_by_a_rotation() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let copy = Connection { id: ConnectionId::random(), name: connection.name.copy_of(&|_| false), ..connection.clone() };
    desk.duplicate(connection.id, &copy);
    let why = desk.rotate(connection.id, 90).unwrap().old_remains.unwrap();
    assert!(why.why.contains(copy.name.as_str()) && why.fix.contains(&old.token.id), "{why}");
    assert_eq!(desk.test(&copy).0, Status::Ok);
}

#[test]
fn what_signs_in_otherwise_has_no_token_to_rotate() {
    let mut desk = Desk::new();
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    assert_eq!(desk.rotate(browser.id, 1).unwrap_err().code, Code::SignInNeeded);
}

#[test]
fn a_rotation_that_has_begun_is_brought_to_its_end_when_the_program_ends() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let has_arrived = desk.net.slow(Duration::from_millis(200), |request| request == CREATE);
    let pending = desk.pending(RotateToken { id: connection.id, token: request("", 90) });
    has_arrived.recv_timeout(Duration::from_mins(1)).unwrap();
    // Too late for this.
    drop(pending);
    desk.finish();
    let now = desk.stored(connection.id).unwrap();
    assert!(desk.handle.accepts(&now) && now != old.value.expose_secret());
    assert!(!desk.handle.accepts(old.value.expose_secret()), "the last step, too");
}

#[test]
fn a_rotation_keeps_what_the_token_was_limited_to_unless_the_person_says_otherwise() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let scopes = |scopes: &[&str]| scopes.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>();
    let limited = TokenRequest { scopes: scopes(&["authentication", "clusters"]), ..request("CI", 30) };
    let new = desk.ask(GenerateToken { id: connection.id, token: limited.clone() }).unwrap();
    assert_eq!(new.token.scopes, limited.scopes);
    desk.adopt(connection.id, &new).unwrap();
    let rotated = desk.rotate(connection.id, 30).unwrap();
    assert_eq!((rotated.token.scopes, rotated.old_remains), (limited.scopes, None));

    let wider = TokenRequest { scopes: scopes(&["all-apis"]), ..request("", 30) };
    let rotated = desk.ask(RotateToken { id: connection.id, token: wider });
    assert_eq!(rotated.unwrap().token.limits(), None);
}

#[test]
fn a_rotation_that_cannot_learn_the_limits_of_the_old_token_changes_nothing() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let before = desk.ids();
    desk.net.script(|request, _| if request == LIST { Way::Refused(403) } else { Way::Through });
    let failure = desk.rotate(connection.id, 90).unwrap_err();
    assert!(failure.what.contains("The old token is still active"), "{failure}");
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before), "a token without limits would have taken its place");
    assert_eq!(desk.stored(connection.id).as_deref(), Some(old.value.expose_secret()));
}
