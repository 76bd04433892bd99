//! The administrator's state, without a window.

use secrecy::ExposeSecret as _;

use super::*;
use crate::ui::{
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
    desk.run(|state, _| state.show_section(AdminSection::ServicePrincipals));
    desk.run(|state, _| state.open_principal("11"));
    desk
}

fn with_fresh_secret() -> Desk {
    let mut desk = with_principal();
    desk.state.ask_for_new_secret();
    desk.run(|state, _| state.answer_admin_dialog());
    desk
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
    assert_eq!(desk.state.admin_data().unwrap().tokens.table_model.row_count(), 3);
    desk.edit(|draft| draft.base_url = "https://adb-9999999999999999.9.azuredatabricks.net".to_owned());
    desk.run(|state, _| state.save());
    desk.run(|state, _| state.show_page(Page::Connection));
    desk.engine.0.borrow_mut().admin_data.slow = vec!["ListUsersTokens"];
    desk.run(|state, _| state.show_page(Page::Administration));
    let admin_data = desk.state.admin_data().unwrap();
    assert!(!admin_data.tokens.is_known() && admin_data.tokens.table_model.row_count() == 0, "no token of the other workspace");
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut desk = desk();
    let id = desk.shown();
    desk.state.users_tokens_listed(RunId(999), id, Ok(Vec::new()));
    desk.state.ruled(RunId(999), id, Ok(TokenRules::default()));
    desk.state.users_tokens_revoked(RunId(999), id, Ok(RevokedTokens { revoked: vec!["u1".to_owned()], failed: Vec::new() }));
    let admin_data = desk.state.admin_data().unwrap();
    assert_eq!((admin_data.tokens.table_model.row_count(), admin_data.rules.value().unwrap().enabled), (3, Some(true)));
}

#[test]
fn the_new_secret_goes_into_the_form_and_nowhere_else() {
    let mut desk = with_fresh_secret();
    assert_eq!(desk.state.fresh_secret().unwrap().new.value.expose_secret(), SECRET_VALUE);
    assert!(!format!("{:?}", desk.state).contains(SECRET_VALUE));
    let former = desk.shown();
    desk.run(|state, _| state.connect_with_fresh_secret());
    assert!(desk.state.fresh_secret().is_none() && desk.shown() != former);
    let form = desk.state.shown_form().unwrap();
    assert_eq!((form.draft.secret.expose(), form.draft.auth), (SECRET_VALUE, AuthKind::ServicePrincipal));
    assert!(form.is_new() && form.is_unsaved());
    assert!(!format!("{:?}", desk.state).contains(SECRET_VALUE));
    // Selecting something else does not lose it.
    desk.run(|state, _| state.select(former));
    assert_eq!(desk.state.list.unsaved_count(), 1);
}

#[test]
fn a_secret_that_is_made_or_not_kept_holds_the_window_up() {
    let mut desk = with_principal();
    desk.engine.0.borrow_mut().admin_data.slow = vec!["CreateOAuthSecret"];
    desk.state.ask_for_new_secret();
    desk.run(|state, _| state.answer_admin_dialog());
    assert!(!desk.state.ask_to_close() && desk.state.fresh_secret().is_none());
    desk.state.dialog = None;
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    assert!(!desk.state.ask_to_close() && desk.state.fresh_secret().unwrap().leaving);
    desk.state.keep_fresh_secret();
    desk.run(|state, _| state.copy_fresh_secret());
    desk.state.leave_fresh_secret();
    assert!(desk.state.fresh_secret().is_none(), "copied: nothing is lost");
    assert!(desk.state.ask_to_close());
}

#[test]
fn a_connection_that_is_deleted_meanwhile_takes_no_secret_with_it() {
    let mut desk = with_principal();
    desk.engine.0.borrow_mut().admin_data.slow = vec!["CreateOAuthSecret"];
    desk.state.ask_for_new_secret();
    desk.run(|state, _| state.answer_admin_dialog());
    desk.state.dialog = None;
    let id = desk.shown();
    desk.run(|state, now| state.delete(&[id], now));
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    assert!(desk.state.fresh_secret().is_some());
    desk.run(|state, _| state.connect_with_fresh_secret());
    assert!(desk.state.fresh_secret().is_some(), "there is no connection to be made like another, so the value stays");
}

#[test]
fn nothing_is_revoked_or_switched_off_before_the_name_is_typed() {
    let mut desk = Desk::with(&[crate::ui::fake_engine::production("Sales")]);
    desk.engine.0.borrow_mut().admin_data = FakeAdmin::furnished();
    desk.run(|state, _| state.show_page(Page::Administration));
    desk.state.admin_data_mut().unwrap().tokens.table_model.tick_all();
    desk.state.ask_to_revoke_users_tokens();
    desk.run(|state, _| state.answer_admin_dialog());
    assert!(desk.state.dialog.is_some() && desk.engine.0.borrow().admin_data.tokens.len() == 3);
    desk.state.dialog = None;
    desk.run(|state, _| state.switch_tokens(false));
    desk.run(|state, _| state.answer_admin_dialog());
    assert_eq!(desk.engine.0.borrow().admin_data.rules.enabled, Some(true));
    let Some(Dialog::Admin(dialog)) = &mut desk.state.dialog else { panic!() };
    let AdminDialog::TokensOff(confirm) = &mut **dialog else { panic!() };
    "Sales".clone_into(&mut confirm.typed);
    desk.run(|state, _| state.answer_admin_dialog());
    assert_eq!(desk.engine.0.borrow().admin_data.rules.enabled, Some(false));
}

#[test]
fn another_object_forgets_what_the_former_was_to_be_granted() {
    let mut desk = with_principal();
    desk.run(|state, _| state.choose_kind(Securable::Cluster));
    let objects = desk.state.admin_data().unwrap().detail.as_ref().unwrap().grants.objects.table_model.records().to_vec();
    desk.run(|state, _| state.choose_object(&objects[0]));
    desk.engine.0.borrow_mut().admin_data.slow = vec!["Grant"];
    desk.run(|state, _| state.grant());
    desk.run(|state, _| state.choose_object(&objects[1]));
    desk.engine.0.borrow_mut().answer_held();
    desk.settle();
    let grants = &desk.state.admin_data().unwrap().detail.as_ref().unwrap().grants;
    assert_eq!(grants.object.as_ref(), Some(&objects[1]));
    assert_eq!(grants.has.value(), Some(&None), "what the first has is not told of the second");
}

#[test]
fn workspaces_to_join_that_cannot_be_listed_say_why() {
    let mut desk = Desk::with(&[account("Account")]);
    desk.engine.0.borrow_mut().admin_data.principals = vec![principal(11, "loader")];
    desk.engine.0.borrow_mut().workspaces = Err(unauthorized());
    desk.run(|state, _| state.show_page(Page::Administration));
    desk.run(|state, _| state.open_principal("11"));
    let joining = &desk.state.admin_data().unwrap().detail.as_ref().unwrap().joining;
    assert_eq!(joining.workspaces.failure().map(|failure| failure.code), Some(Code::Unauthorized));
    assert_eq!(joining.role, WorkspaceRole::User, "the lesser role unless another is chosen");
}
