//! The administrator's state, without a window.

use secrecy::ExposeSecret as _;

use super::*;
use crate::ui::{
    admin::{NewSecret, RevokeTokensOfUsers, TokensOff},
    fake_engine::admin::{FakeAdmin, SECRET_VALUE, principal},
    fake_engine::{account, connection, unauthorized},
    state::{Dialog, tests::Desk},
    widgets::TableRows as _,
};
use brickpass_core::{connection::AuthKind, failure::Code};
use brickpass_databricks::rest::{Securable, WorkspaceRole};
use brickpass_engine::RevokedTokens;

fn desk() -> Desk {
    let mut desk = Desk::with(&[connection("Sales", |_| {})]);
    desk.engine.0.borrow_mut().admin_data = FakeAdmin::furnished();
    desk.run(|state, _| state.show_page(Page::Administration));
    desk
}

fn with_principal() -> Desk {
    let mut desk = desk();
    desk.run(|state, _| state.admin.show_section(AdminSection::ServicePrincipals, &state.connections));
    open_principal(&mut desk);
    desk
}

fn open_principal(desk: &mut Desk) {
    let id = desk.shown();
    desk.run(|state, _| state.admin.open_principal(id, "11", &state.connections, &state.tests));
}

fn with_fresh_secret() -> Desk {
    let mut desk = with_principal();
    create_secret(&mut desk);
    desk
}

fn create_secret(desk: &mut Desk) {
    desk.run(|state, _| state.admin.ask_for_new_secret(&state.connections));
    desk.run(|state, _| state.dialogs.find_mut::<NewSecret>().unwrap().create(&mut state.admin));
}

fn fresh_secret(desk: &Desk) -> Option<&FreshSecret> {
    desk.state.dialogs.find()
}

/// Presses a button of the open dialog, which closes if the button returns output.
fn press<D: Dialog>(desk: &mut Desk, button: impl FnOnce(&mut D, &mut State) -> Option<Output>) {
    desk.run(|state, _| {
        let mut dialog = state.dialogs.remove::<D>().unwrap();
        let output = button(&mut dialog, state);
        if output.is_none() {
            state.dialogs.show(*dialog);
        }
        output
    });
}

#[test]
fn only_the_newest_question_is_answered() {
    let mut asked = Asked::default();
    asked.asked(RunId(1));
    asked.asked(RunId(2));
    assert!(!asked.answered(RunId(1), Ok(7)) && asked.value().is_none() && asked.waits());
    assert!(asked.answered(RunId(2), Ok(8)));
    assert!(!asked.answered(RunId(2), Ok(9)));
    assert_eq!((asked.value(), asked.waits()), (Some(&8), false));
}

#[test]
fn what_was_known_of_another_address_is_forgotten_before_it_is_asked_anew() {
    let mut desk = desk();
    assert_eq!(desk.state.admin.shown(&desk.state.connections).unwrap().tokens.table_model.row_count(), 3);
    desk.edit(|draft| draft.base_url = "https://adb-9999999999999999.9.azuredatabricks.net".to_owned());
    desk.run(|state, _| state.save());
    desk.run(|state, _| state.show_page(Page::Connection));
    desk.engine.0.borrow_mut().admin_data.slow = vec!["ListUsersTokens"];
    desk.run(|state, _| state.show_page(Page::Administration));
    let admin_data = desk.state.admin.shown(&desk.state.connections).unwrap();
    assert!(!admin_data.tokens.is_known() && admin_data.tokens.table_model.row_count() == 0, "no token of the other workspace");
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut desk = desk();
    let id = desk.shown();
    let revoked = RevokedTokens { revoked: vec!["u1".to_owned()], failed: Vec::new() };
    desk.state.admin.users_tokens_listed(unrequested(id, Vec::new()));
    desk.run(|state, _| state.admin.rules_changed(unrequested(id, TokenRules::default())));
    desk.run(|state, _| state.admin.users_tokens_revoked(unrequested(id, revoked)));
    let admin_data = desk.state.admin.shown(&desk.state.connections).unwrap();
    assert_eq!((admin_data.tokens.table_model.row_count(), admin_data.rules.value().unwrap().enabled), (3, Some(true)));
}

fn unrequested<T>(id: ConnectionId, answer: T) -> Answer<T> {
    Answer { id, run: RunId::next(), outcome: Ok(answer), in_view: true }
}

#[test]
fn the_new_secret_goes_into_the_form_and_nowhere_else() {
    let mut desk = with_fresh_secret();
    assert_eq!(fresh_secret(&desk).unwrap().new.value.expose_secret(), SECRET_VALUE);
    assert!(!format!("{:?}", desk.state).contains(SECRET_VALUE));
    let former = desk.shown();
    press(&mut desk, |fresh: &mut FreshSecret, state| fresh.connect(&state.connections));
    assert!(fresh_secret(&desk).is_none() && desk.shown() != former);
    let form = desk.state.connections.shown_form().unwrap();
    assert_eq!((form.draft.secret.expose(), form.draft.auth), (SECRET_VALUE, AuthKind::ServicePrincipal));
    assert!(form.is_new() && form.is_unsaved());
    assert!(!format!("{:?}", desk.state).contains(SECRET_VALUE));
    // Selecting something else does not lose it.
    desk.run(|state, _| state.connections.select(former));
    assert_eq!(desk.state.connections.list.unsaved_count(), 1);
}

#[test]
fn a_secret_that_is_made_or_not_kept_holds_the_window_up() {
    let mut desk = with_principal();
    desk.engine.0.borrow_mut().admin_data.slow = vec!["CreateOAuthSecret"];
    create_secret(&mut desk);
    assert!(!desk.state.ask_to_close() && fresh_secret(&desk).is_none());
    desk.state.dialogs.close();
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    assert!(!desk.state.ask_to_close() && fresh_secret(&desk).unwrap().leaving);
    desk.state.dialogs.find_mut::<FreshSecret>().unwrap().keep();
    desk.run(|state, _| state.dialogs.find::<FreshSecret>().unwrap().copy());
    press(&mut desk, |fresh: &mut FreshSecret, _| fresh.leave());
    assert!(fresh_secret(&desk).is_none(), "copied: nothing is lost");
    assert!(desk.state.ask_to_close());
}

#[test]
fn of_several_new_secrets_the_one_that_would_be_lost_is_asked_about_in_front() {
    let mut desk = with_fresh_secret();
    create_secret(&mut desk);
    let copied = fresh_secret(&desk).unwrap().new.secret.id.clone();
    desk.run(|state, _| state.dialogs.find::<FreshSecret>().unwrap().copy());
    desk.run(|state, _| state.admin.switch_tokens(false, &state.connections));
    assert!(desk.state.dialogs.find::<TokensOff>().is_some());
    assert!(!desk.state.ask_to_close() && desk.state.dialogs.find::<TokensOff>().is_none());
    let asked = fresh_secret(&desk).unwrap();
    assert!(asked.leaving && asked.new.secret.id != copied && desk.state.dialogs.is_on_top(asked.name()));
    press(&mut desk, |fresh: &mut FreshSecret, _| fresh.leave());
    assert!(desk.state.view.may_close() && fresh_secret(&desk).unwrap().new.secret.id == copied, "what is copied holds nothing up");
}

#[test]
fn a_connection_that_is_deleted_meanwhile_takes_no_secret_with_it() {
    let mut desk = with_principal();
    desk.engine.0.borrow_mut().admin_data.slow = vec!["CreateOAuthSecret"];
    create_secret(&mut desk);
    desk.state.dialogs.close();
    let id = desk.shown();
    desk.run(|state, now| state.delete(&[id], now));
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    assert!(fresh_secret(&desk).is_some());
    press(&mut desk, |fresh: &mut FreshSecret, state| fresh.connect(&state.connections));
    assert!(fresh_secret(&desk).is_some(), "there is no connection to be made like another, so the value stays");
}

#[test]
fn nothing_is_revoked_or_switched_off_before_the_name_is_typed() {
    let mut desk = Desk::with(&[crate::ui::fake_engine::production("Sales")]);
    desk.engine.0.borrow_mut().admin_data = FakeAdmin::furnished();
    desk.run(|state, _| state.show_page(Page::Administration));
    desk.state.admin.shown_mut(&desk.state.connections).unwrap().tokens.table_model.tick_all();
    desk.run(|state, _| state.admin.ask_to_revoke_tokens(&state.view, &state.connections));
    press(&mut desk, |dialog: &mut RevokeTokensOfUsers, state| dialog.revoke(&mut state.admin));
    assert!(desk.state.dialogs.is_open() && desk.engine.0.borrow().admin_data.tokens.len() == 3);
    desk.state.dialogs.close();
    desk.run(|state, _| state.admin.switch_tokens(false, &state.connections));
    press(&mut desk, |dialog: &mut TokensOff, state| dialog.switch_off(&mut state.admin));
    assert_eq!(desk.engine.0.borrow().admin_data.rules.enabled, Some(true));
    "Sales".clone_into(&mut desk.state.dialogs.find_mut::<TokensOff>().unwrap().confirm.typed);
    press(&mut desk, |dialog: &mut TokensOff, state| dialog.switch_off(&mut state.admin));
    assert_eq!(desk.engine.0.borrow().admin_data.rules.enabled, Some(false));
}

#[test]
fn another_object_forgets_what_the_former_was_to_be_granted() {
    let mut desk = with_principal();
    desk.run(|state, _| state.admin.choose_kind(Securable::Cluster, &state.connections));
    let objects =
        desk.state.admin.shown(&desk.state.connections).unwrap().detail.as_ref().unwrap().grants.objects.table_model.records().to_vec();
    desk.run(|state, _| state.admin.choose_object(&objects[0], &state.connections));
    desk.engine.0.borrow_mut().admin_data.slow = vec!["Grant"];
    desk.run(|state, _| state.admin.grant(&state.connections));
    desk.run(|state, _| state.admin.choose_object(&objects[1], &state.connections));
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    let grants = &desk.state.admin.shown(&desk.state.connections).unwrap().detail.as_ref().unwrap().grants;
    assert_eq!(grants.object.as_ref(), Some(&objects[1]));
    assert_eq!(grants.has.value(), Some(&None), "what the first has is not told of the second");
}

#[test]
fn workspaces_to_join_that_cannot_be_listed_say_why() {
    let mut desk = Desk::with(&[account("Account")]);
    desk.engine.0.borrow_mut().admin_data.principals = vec![principal(11, "loader")];
    desk.engine.0.borrow_mut().workspaces = Err(unauthorized());
    desk.run(|state, _| state.show_page(Page::Administration));
    open_principal(&mut desk);
    let joining = &desk.state.admin.shown(&desk.state.connections).unwrap().detail.as_ref().unwrap().joining;
    assert_eq!(joining.workspaces.failure().map(|failure| failure.code), Some(Code::Unauthorized));
    assert_eq!(joining.role, WorkspaceRole::User, "the lesser role unless another is chosen");
}
