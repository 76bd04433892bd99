//! Deleting, undo, and what is new.

use super::*;
use crate::ui::dialogs::Unlock;

#[test]
fn deleting_can_be_undone_for_half_a_minute_and_then_the_secret_goes() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "unsaved words".into());
    desk.run(|state, now| state.delete(&[id], now));
    assert_eq!(desk.names(), ["beta", "Gamma"]);
    assert!(matches!(desk.state.view.notices.last(), Some(Notice::Removed { .. })));
    desk.run(|state, _| state.undo());
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
    assert_eq!(desk.shown(), id);
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, "unsaved words");
    assert!(!desk.state.connections.can_undo());

    desk.run(|state, now| state.delete(&[id], now));
    desk.now = at(29);
    desk.run(State::tick);
    assert_eq!(desk.engine.sent("Purge"), 0);
    desk.now = at(30);
    desk.run(State::tick);
    assert_eq!(desk.engine.sent("Purge"), 1);
    desk.run(|state, _| state.undo());
    assert_eq!(desk.engine.sent("Restore"), 1, "too late");
}

#[test]
fn undo_before_the_engine_has_answered_still_brings_it_back() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    let now = desk.now;
    let mut output = desk.state.delete(&[id], now);
    output.extend(desk.state.undo());
    desk.send(output);
    desk.settle();
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
    assert!(!desk.state.connections.can_undo());
}

#[test]
fn when_deleting_fails_unsaved_edits_come_back() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "unsaved words".into());
    let now = desk.now;
    let _never_done = desk.state.delete(&[id], now);
    desk.now = at(31);
    desk.run(State::tick);
    desk.run(|state, _| state.connections.select(id));
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, "unsaved words");
    assert_eq!(desk.engine.sent("Purge"), 0);
}

#[test]
fn production_is_deleted_only_after_its_name_was_typed() {
    let mut desk = Desk::with(&[production("Sales lakehouse"), connection("Other", |_| {})]);
    let id = desk.engine.0.borrow().entries[0].connection.id;
    desk.run(|state, now| state.delete(&[id], now));
    desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
    assert_eq!(desk.engine.sent("Remove"), 0);
    desk.run(|state, now| state.delete(&[id], now));
    let Some(deletion) = desk.state.dialogs.find_mut::<Deletion>() else { panic!() };
    deletion.typed = "Sales lakehouse".into();
    desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
    assert_eq!(desk.names(), ["Other"]);
}

/// The open dialog, with what would be deleted.
fn asked(desk: &Desk) -> Vec<(String, Option<HeldSecret>)> {
    let Some(deletion) = desk.state.dialogs.find::<Deletion>() else { return Vec::new() };
    deletion.connections.iter().map(|one| (one.name.clone(), one.secret.clone())).collect()
}

fn store(desk: &Desk, id: ConnectionId) {
    desk.engine.0.borrow_mut().secrets.insert((id, SecretKind::PersonalAccessToken), "dapi1234567890abcdef".into());
}

#[test]
fn wn_03_a_connection_with_a_secret_or_a_sign_in_asks_before_it_is_deleted() {
    let mut desk = Desk::with(&[connection("Alpha", |_| {}), connection("Beta", |_| {}), browser("Gamma"), browser("Delta")]);
    let id =
        |desk: &Desk, name: &str| desk.engine.0.borrow().entries.iter().find(|e| e.connection.name.as_str() == name).unwrap().connection.id;
    let (alpha, beta, gamma, delta) = (id(&desk, "Alpha"), id(&desk, "Beta"), id(&desk, "Gamma"), id(&desk, "Delta"));
    store(&desk, beta);
    desk.engine.0.borrow_mut().signed_in.insert(gamma, sign_in("ada@example.com"));
    let token = |certain| Some(HeldSecret::AccessToken { certain });
    for (which, held) in [(beta, token(true)), (gamma, Some(HeldSecret::SignIn { user: Some("ada@example.com".into()) }))] {
        desk.run(|state, _| state.connections.select(which));
        desk.run(|state, now| state.delete(&[which], now));
        assert_eq!(asked(&desk), [(desk.state.connections.name_of(which).to_owned(), held)]);
        assert_eq!(desk.engine.sent("Remove"), 0);
        desk.state.dialogs.close();
    }
    for nothing_stored in [alpha, delta] {
        desk.run(|state, _| state.connections.select(nothing_stored));
        desk.run(|state, now| state.delete(&[nothing_stored], now));
        assert!(!desk.state.dialogs.is_open());
    }
    assert_eq!(desk.names(), ["Beta", "Gamma"], "what holds nothing goes at once, with an undo");
    desk.run(|state, now| state.delete(&[beta, gamma], now));
    assert_eq!(asked(&desk).len(), 2);
    desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
    assert!(desk.names().is_empty());
    desk.run(|state, _| state.undo());
    assert_eq!(desk.names(), ["Beta", "Gamma"]);
}

#[test]
fn wn_03_what_the_vault_has_not_told_counts_as_stored_and_so_does_what_is_typed() {
    let mut desk = Desk::with(&three());
    let last = desk.state.connections.list.shown().last().unwrap();
    desk.run(|state, now| state.delete(&[last], now));
    assert_eq!(asked(&desk), [("Gamma".to_owned(), Some(HeldSecret::AccessToken { certain: false }))], "never shown, so never asked for");
    desk.state.dialogs.close();
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    let new = desk.shown();
    desk.run(|state, now| state.delete(&[new], now));
    assert_eq!(asked(&desk), [("New connection".to_owned(), Some(HeldSecret::AccessToken { certain: true }))]);
}

#[test]
fn wn_03_deleting_an_account_names_those_who_sign_in_with_it() {
    let account = account("Acme");
    let sales = Connection { sign_in_of: Some(account.id), level: brickpass_core::connection::Level::Workspace, ..browser("Sales") };
    let mut desk = Desk::with(&[account.clone(), sales.clone()]);
    desk.run(|state, _| state.connections.select(sales.id));
    desk.run(|state, now| state.delete(&[sales.id], now));
    assert!(!desk.state.dialogs.is_open(), "the sign-in is the account's and stays");
    desk.run(|state, _| state.undo());
    desk.run(|state, _| state.connections.select(account.id));
    desk.run(|state, now| state.delete(&[account.id], now));
    let Some(deletion) = desk.state.dialogs.find::<Deletion>() else { panic!("{:?}", desk.state.dialogs) };
    assert_eq!(deletion.connections[0].users, ["Sales"]);
}

#[test]
fn duplicating_selects_the_copy_under_a_free_name() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.connections.duplicate());
    desk.run(|state, _| state.connections.select_end(false, false));
    desk.run(|state, _| state.connections.duplicate());
    assert_eq!(desk.names(), ["Alpha", "Alpha (2)", "Alpha (3)", "beta", "Gamma"]);
    assert_eq!(desk.state.connections.name_of(desk.shown()), "Alpha (3)");
}

#[test]
fn pinning_saves_at_once_and_leaves_edits_alone() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "being typed".into());
    desk.run(|state, _| state.connections.toggle_pinned(id));
    assert!(desk.state.connections.entry(id).unwrap().connection.pinned);
    let form = desk.state.connections.shown_form().unwrap();
    assert!(form.is_unsaved() && !form.changed_outside);
    desk.run(|state, _| state.save());
    assert!(!desk.state.dialogs.is_open(), "no conflict with oneself");
    let saved = &desk.state.connections.entry(id).unwrap().connection;
    assert!(saved.pinned && saved.description == "being typed");
}

#[test]
fn a_new_connection_is_in_the_list_before_it_is_saved_and_only_once() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.connections.new_connection());
    let id = desk.shown();
    desk.run(|state, _| state.connections.new_connection());
    assert_eq!(desk.shown(), id, "an untouched one is used again");
    assert_eq!(desk.names()[0], "New connection");
    desk.edit(|draft| {
        draft.name = "Fresh".into();
        draft.base_url = "adb-5.6.azuredatabricks.net".into();
    });
    desk.run(|state, _| state.connections.select_end(true, false));
    assert_eq!(desk.names(), ["Fresh", "Alpha", "beta", "Gamma"], "typed things stay");
    desk.run(|state, _| state.connections.select(id));
    desk.run(|state, _| state.save());
    assert_eq!(desk.names(), ["Alpha", "beta", "Fresh", "Gamma"]);
    assert_eq!(desk.shown(), id);
}

#[test]
fn an_untouched_new_connection_goes_when_another_is_selected() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.connections.new_connection());
    desk.run(|state, _| state.connections.select_end(true, false));
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
}

#[test]
fn two_connections_may_not_bear_one_name() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.name = "BETA".into());
    assert!(desk.state.connections.shown_form().unwrap().review().result.is_none());
    desk.edit(|draft| draft.name = "Alpha".into());
    assert!(desk.state.connections.shown_form().unwrap().review().result.is_some(), "its own name is free");
}

#[test]
fn a_locked_vault_asks_for_the_passphrase_and_then_saves() {
    let mut desk = Desk::with(&three());
    {
        let mut inner = desk.engine.0.borrow_mut();
        inner.vault = Some(VaultStatus::Locked { place: "the encrypted file".into(), new: false });
        inner.save_failure = Some(Failure::new(Code::VaultLocked, "Locked.", "", "Unlock it."));
    }
    desk.send(crate::ui::state::probe_vault());
    desk.settle();
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    desk.run(|state, _| state.save());
    let try_passphrase = |desk: &mut Desk, words: &str| {
        desk.run(|state, _| state.dialogs.find_mut::<Unlock>().unwrap().try_passphrase(words));
    };
    try_passphrase(&mut desk, "wrong");
    assert!(desk.state.dialogs.find::<Unlock>().unwrap().refusal().is_some());
    desk.engine.0.borrow_mut().save_failure = None;
    try_passphrase(&mut desk, "open sesame");
    assert!(!desk.state.dialogs.is_open());
    assert!(!desk.state.connections.is_unsaved(desk.shown()), "the save that was waiting is done");
}

#[test]
fn pb_09_deleting_a_published_connection_asks_and_unpublishes_it_once_it_is_gone_for_good() {
    for (ticked, undone) in [(true, false), (false, false), (true, true)] {
        let mut desk = Desk::with(&three());
        let id = desk.shown();
        desk.state.apply(Event::Published(vec![(id, "sales".to_owned())]), desk.now);
        desk.run(|state, now| state.delete(&[id], now));
        let Some(deletion) = desk.state.dialogs.find_mut::<Deletion>() else { panic!("no dialog is open") };
        assert_eq!((deletion.published.as_slice(), deletion.unpublish), (&["sales".to_owned()][..], true));
        deletion.unpublish = ticked;
        desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
        assert_eq!((desk.engine.sent("Remove"), desk.engine.sent("Unpublish")), (1, 0), "it can be undone");
        if undone {
            desk.run(|state, _| state.undo());
        }
        desk.now = at(31);
        desk.run(State::tick);
        assert_eq!(desk.engine.sent("Unpublish"), usize::from(ticked && !undone));
        assert_eq!(desk.engine.sent("Purge"), usize::from(!undone));
    }
    // Closing the window does not undo it.
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.state.apply(Event::Published(vec![(id, "sales".to_owned())]), desk.now);
    desk.run(|state, now| state.delete(&[id], now));
    desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
    desk.run(|state, _| state.leave());
    assert_eq!((desk.engine.sent("Unpublish"), desk.engine.sent("Purge")), (1, 1));
}

/// What the engine knows about the token of a connection.
fn known(desk: &mut Desk, of: &Connection, token_id: &str) {
    let note = brickpass_engine::TokenNote {
        token_id: token_id.to_owned(),
        origin: of.base_url.origin(),
        comment: "CI".to_owned(),
        expires_at: None,
    };
    desk.state.apply(Event::TokenNotes(vec![(of.id, Some(note))]), desk.now);
    store(desk, of.id);
    // The vault's earlier answer is requested again.
    desk.run(|_, _| crate::ui::state::probe_vault());
}

#[test]
fn wn_14_a_known_token_is_revoked_only_when_that_is_chosen_and_the_deletion_is_final() {
    let all = three();
    let (alpha, beta) = (all[0].clone(), all[1].clone());
    let opened = |ids: &[ConnectionId]| {
        let mut desk = Desk::with(&all);
        known(&mut desk, &alpha, "1");
        known(&mut desk, &beta, "2");
        desk.run(|state, now| state.delete(ids, now));
        desk
    };
    let revoked = |desk: &Desk| desk.engine.0.borrow().revoked_when_purged.clone();
    for (ticked, undone) in [(false, false), (true, false), (true, true)] {
        let mut desk = opened(&[alpha.id]);
        let Some(deletion) = desk.state.dialogs.find_mut::<Deletion>() else { panic!("no dialog is open") };
        assert!(!deletion.revoke && deletion.revocable().count() == 1, "it is off by default");
        deletion.revoke = ticked;
        desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
        desk.now = at(29);
        desk.run(State::tick);
        if undone {
            desk.run(|state, _| state.undo());
        }
        assert_eq!(desk.engine.sent("Purge"), 0, "it can be undone");
        desk.now = at(31);
        desk.run(State::tick);
        let expected: &[&str] = if ticked && !undone { &["Alpha"] } else { &[] };
        assert_eq!(revoked(&desk), expected, "{ticked} {undone}");
    }
    // One check box for all with known tokens, even if the window closes first.
    let ids: Vec<ConnectionId> = all.iter().map(|connection| connection.id).collect();
    let mut desk = opened(&ids);
    let Some(deletion) = desk.state.dialogs.find_mut::<Deletion>() else { panic!("no dialog is open") };
    assert_eq!(deletion.revocable().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Alpha", "beta"]);
    deletion.revoke = true;
    desk.answer(|deletion: &Deletion, state, now| state.delete_confirmed(deletion, now));
    desk.run(|state, _| state.leave());
    assert_eq!(revoked(&desk), ["Alpha", "beta"]);
}

#[test]
fn wn_14_a_token_that_is_not_known_or_used_elsewhere_is_not_offered_for_revoking() {
    let all = three();
    let mut desk = Desk::with(&all);
    known(&mut desk, &all[0], "1");
    known(&mut desk, &all[1], "1");
    let there = |desk: &mut Desk, ids: &[ConnectionId]| {
        desk.run(|state, now| state.delete(ids, now));
        let Some(deletion) = desk.state.dialogs.remove::<Deletion>() else { panic!("no dialog is open") };
        deletion.connections.into_iter().map(|one| one.token).collect::<Vec<_>>()
    };
    assert_eq!(there(&mut desk, &[all[0].id]), [TokenThere::UsedBy(vec!["beta".to_owned()])]);
    assert_eq!(there(&mut desk, &[all[0].id, all[1].id]), [TokenThere::Revocable, TokenThere::Revocable], "both go");
    assert_eq!(there(&mut desk, &[all[2].id]), [TokenThere::Stays]);
}

#[test]
fn wn_14_a_token_that_could_not_be_revoked_is_told_with_what_to_do() {
    let mut desk = Desk::with(&three());
    let failure = Failure::new(Code::ReadTimeout, "The token of \"Alpha\" was not revoked.", "", "Revoke it.");
    let id = desk.shown();
    desk.engine.0.borrow_mut().removed_tokens =
        brickpass_engine::RemovedTokens { revoked: vec![(id, "1".into())], left: Vec::new(), failure: Some(failure.clone()) };
    desk.run(|state, now| state.delete(&[id], now));
    desk.run(|state, _| state.leave());
    let told = &desk.state.view.notices;
    assert!(told.iter().any(|notice| matches!(notice, Notice::Done(words) if words == "Revoked 1 token")), "{told:?}");
    assert!(told.iter().any(|notice| matches!(notice, Notice::Failure(told) if *told == failure)), "{told:?}");
}
