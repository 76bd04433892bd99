//! Saving, and changes made elsewhere meanwhile.

use super::*;
use crate::ui::state::refresh;

#[test]
fn what_is_typed_stays_with_its_connection_when_another_is_selected() {
    let mut desk = Desk::with(&three());
    let first = desk.shown();
    desk.edit(|draft| {
        draft.description = "half a sentence".into();
        draft.secret = "dapi-typed".into();
    });
    desk.run(|state, _| state.connections.select_neighbour(1, false));
    assert_ne!(desk.shown(), first);
    assert!(desk.state.connections.is_unsaved(first));
    desk.run(|state, _| state.connections.select(first));
    let form = desk.state.connections.shown_form().unwrap();
    assert_eq!(form.draft.description, "half a sentence");
    assert_eq!(form.draft.secret.expose(), "dapi-typed");
}

#[test]
fn saving_keeps_the_secret_until_the_engine_says_saved_and_then_clears_it() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    let output = desk.state.save();
    assert!(desk.state.connections.shown_form().unwrap().is_saving());
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.secret.expose(), "dapi1234567890abcdef");
    desk.send(output);
    desk.settle();
    let form = desk.state.connections.shown_form().unwrap();
    assert!(form.draft.secret.is_empty() && !form.is_unsaved() && !form.is_saving());
    assert_eq!(desk.state.view.wipe, [desk.shown()]);
    let stored = desk.state.secrets.stored_secret(desk.shown(), SecretKind::PersonalAccessToken);
    let Some(StoredSecret::Stored { length, last_four, .. }) = stored else { panic!("{stored:?}") };
    assert_eq!((*length, last_four.as_str()), (20, "cdef"));
}

#[test]
fn what_is_typed_while_a_save_runs_is_not_lost() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "first".into());
    let output = desk.state.save();
    desk.edit(|draft| draft.description = "first and second".into());
    desk.send(output);
    desk.settle();
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, "first and second");
    assert!(desk.state.connections.is_unsaved(desk.shown()));
    desk.run(|state, _| state.save());
    assert!(!desk.state.connections.is_unsaved(desk.shown()), "the second save has the new revision as its base");
    assert!(!desk.state.dialogs.is_open());
}

#[test]
fn a_failed_save_loses_nothing_and_can_be_tried_again() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().save_failure = Some(Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space."));
    desk.edit(|draft| draft.secret = "dapi-typed-1234".into());
    desk.run(|state, _| state.save());
    let form = desk.state.connections.shown_form().unwrap();
    assert_eq!(form.draft.secret.expose(), "dapi-typed-1234");
    assert!(form.failure.is_some() && !form.is_saving());
    desk.engine.0.borrow_mut().save_failure = None;
    desk.run(|state, _| state.try_again());
    assert!(desk.state.connections.shown_form().unwrap().failure.is_none());
    assert!(!desk.state.connections.is_unsaved(desk.shown()));
}

#[test]
fn ui_02_a_save_that_crashes_is_shown_and_not_saving_for_ever() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "typed".into());
    desk.engine.0.borrow_mut().save_failure = Some(Failure::new(Code::Internal, "A mistake.", "", "Try again."));
    desk.run(|state, _| state.save());
    let form = desk.state.connections.shown_form().unwrap();
    assert!(!form.is_saving() && form.failure.is_some());
    assert_eq!(form.draft.description, "typed");
}

/// Changes the shown connection from elsewhere.
fn changed_elsewhere(desk: &mut Desk, change: impl FnOnce(&mut Connection)) {
    let id = desk.shown();
    {
        let mut inner = desk.engine.0.borrow_mut();
        let entry = inner.entries.iter_mut().find(|entry| entry.connection.id == id).unwrap();
        change(&mut entry.connection);
        entry.revision = Revision(7);
    }
    desk.send(refresh());
    desk.settle();
}

#[test]
fn a_change_elsewhere_asks_which_version_to_keep() {
    for keep_mine in [true, false] {
        let mut desk = Desk::with(&three());
        let id = desk.shown();
        desk.edit(|draft| draft.description = "mine".into());
        changed_elsewhere(&mut desk, |theirs| theirs.description = "theirs".into());
        let form = desk.state.connections.shown_form().unwrap();
        assert!(form.changed_outside);
        assert_eq!(form.draft.description, "mine", "the draft stays");
        desk.run(|state, _| state.save());
        let Some(conflict) = desk.state.dialogs.find_mut::<Conflict>() else { panic!("{:?}", desk.state.dialogs) };
        conflict.choose_all(keep_mine);
        desk.answer(|conflict: &Conflict, state, _| state.save_choices(conflict));
        let expected = if keep_mine { "mine" } else { "theirs" };
        assert_eq!(desk.state.connections.entry(id).unwrap().connection.description, expected);
        assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, expected);
        assert!(!desk.state.connections.is_unsaved(id) && !desk.state.dialogs.is_open());
        assert!(desk.state.connections.shown_form().unwrap().failure.is_none(), "one notice, not two");
    }
}

#[test]
fn wn_11_changes_of_other_fields_are_merged_without_a_question() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| {
        draft.description = "mine".into();
        draft.secret = "dapi1234567890abcdef".into();
    });
    changed_elsewhere(&mut desk, |theirs| theirs.folder = "EMEA".into());
    desk.run(|state, _| state.save());
    assert!(!desk.state.dialogs.is_open());
    let saved = &desk.state.connections.entry(id).unwrap().connection;
    assert_eq!((saved.description.as_str(), saved.folder.as_str()), ("mine", "EMEA"));
    assert!(desk.engine.0.borrow().secrets.contains_key(&(id, SecretKind::PersonalAccessToken)), "the typed secret, too");
    assert!(!desk.state.connections.is_unsaved(id));
    assert!(
        desk.state.view.notices.contains(&Notice::Info("Merged with changes made elsewhere: Folder".to_owned())),
        "{:?}",
        desk.state.view.notices
    );
}

#[test]
fn wn_11_of_fields_that_both_changed_each_is_chosen() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| {
        draft.name = "Mine".into();
        draft.description = "mine".into();
        draft.timeout = "60".into();
    });
    changed_elsewhere(&mut desk, |theirs| {
        theirs.description = "theirs".into();
        theirs.name = brickpass_core::connection::ConnectionName::parse("Theirs").unwrap();
        theirs.tags = vec!["eu".into()];
    });
    desk.run(|state, _| state.save());
    let Some(conflict) = desk.state.dialogs.find_mut::<Conflict>() else { panic!() };
    assert_eq!(
        conflict.choices,
        [
            (brickpass_core::connection::Part::Name, true),
            (brickpass_core::connection::Part::Text(brickpass_core::connection::Field::Description), true)
        ]
    );
    conflict.choose(brickpass_core::connection::Part::Name, false);
    desk.answer(|conflict: &Conflict, state, _| state.save_choices(conflict));
    let saved = &desk.state.connections.entry(id).unwrap().connection;
    let (timeout, tags) = (saved.timeout.seconds(), saved.tags.len());
    assert_eq!((saved.name.as_str(), saved.description.as_str(), timeout, tags), ("Theirs", "mine", 60, 1));
}

#[test]
fn wn_11_who_cancels_the_question_keeps_what_was_typed_and_can_save_again() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "mine".into());
    changed_elsewhere(&mut desk, |theirs| theirs.description = "theirs".into());
    desk.run(|state, _| state.save());
    desk.state.dialogs.close();
    let form = desk.state.connections.shown_form().unwrap();
    assert!(desk.state.connections.is_unsaved(id) && !form.is_saving() && form.draft.description == "mine");
    desk.run(|state, _| state.save());
    assert!(desk.state.dialogs.find::<Conflict>().is_some());
}

#[test]
fn wn_11_the_form_behind_the_question_says_what_is_stored() {
    let mut desk = Desk::with(&three());
    let (id, kind) = (desk.shown(), SecretKind::PersonalAccessToken);
    desk.engine.0.borrow_mut().secrets.insert((id, kind), "dapi1234567890abcdef".to_owned().into());
    desk.edit(|draft| draft.description = "mine".into());
    changed_elsewhere(&mut desk, |theirs| theirs.description = "theirs".into());
    desk.run(|state, _| state.save());
    assert!(desk.state.dialogs.find::<Conflict>().is_some());
    assert!(
        matches!(desk.state.secrets.stored_secret(id, kind), Some(StoredSecret::Stored { .. })),
        "{:?}",
        desk.state.secrets.stored_secret(id, kind)
    );
}

#[test]
fn a_connection_deleted_elsewhere_while_edited_can_be_added_again() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "mine".into());
    desk.engine.0.borrow_mut().entries.retain(|entry| entry.connection.id != id);
    desk.send(refresh());
    desk.settle();
    assert_eq!(desk.shown(), id, "the edits are still shown");
    desk.run(|state, _| state.save());
    assert!(desk.state.dialogs.find::<RemovedElsewhere>().is_some(), "{:?}", desk.state.dialogs);
    desk.answer(|removed: &RemovedElsewhere, state, _| state.add_again(removed));
    assert_eq!(desk.state.connections.entry(id).unwrap().connection.description, "mine");
}

#[test]
fn wn_12_a_token_that_was_deleted_with_the_connection_is_said_to_be_gone_and_asked_for() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.engine.0.borrow_mut().secrets.insert((id, SecretKind::PersonalAccessToken), "dapi1234567890abcdef".into());
    desk.send(crate::ui::state::probe_vault());
    desk.settle();
    assert!(desk.state.secrets.stored_secret(id, SecretKind::PersonalAccessToken).is_some());
    desk.edit(|draft| draft.description = "mine".into());
    {
        let mut inner = desk.engine.0.borrow_mut();
        inner.entries.retain(|entry| entry.connection.id != id);
        inner.secrets.clear();
    }
    desk.send(refresh());
    desk.settle();
    assert!(desk.state.secrets.stored_secret(id, SecretKind::PersonalAccessToken).is_none(), "the form does not say that it is stored");
    desk.run(|state, _| state.save());
    assert!(matches!(
        desk.state.dialogs.find(),
        Some(RemovedElsewhere { lost: Some(brickpass_core::connection::AuthKind::PersonalAccessToken), .. })
    ));
    desk.answer(|removed: &RemovedElsewhere, state, _| state.add_again(removed));
    assert_eq!(desk.state.view.focus, Some(brickpass_core::connection::Field::Secret));
    assert!(desk.state.connections.entry(id).is_some());

    // With the token already typed, its loss is not reported.
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    desk.engine.0.borrow_mut().entries.retain(|entry| entry.connection.id != id);
    desk.send(refresh());
    desk.settle();
    desk.run(|state, _| state.save());
    assert!(matches!(desk.state.dialogs.find(), Some(RemovedElsewhere { lost: None, .. })));
    desk.answer(|removed: &RemovedElsewhere, state, _| state.connections.let_go(removed.id));
    assert!(desk.state.connections.form(id).is_none());
}

#[test]
fn a_form_without_edits_follows_changes_from_elsewhere() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.engine.0.borrow_mut().entries[0].connection.description = "theirs".into();
    desk.send(refresh());
    desk.settle();
    assert_eq!(desk.shown(), id);
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, "theirs");
}
