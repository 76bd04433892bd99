//! The *Administration* tab as a person uses it: found by role and label, on an engine that keeps everything in memory.

use std::time::Instant;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use secrecy::ExposeSecret as _;

use crate::{
    connection::{AuthKind, AuthMethod, Connection, SecretKind},
    databricks::{Entitlement, Permission, Securable, WorkspaceRole},
    failure::{Code, Failure},
    ui::{
        fake_engine::{FakeEngine, account, connection, production},
        fake_engine_admin::{FakeOffice, SECRET_VALUE, forbidden, object, principal, users_token},
        window_tests::{Window, ask_to_close, click, open, settle, shows, type_into},
    },
};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn engine(connections: &[Connection]) -> FakeEngine {
    let engine = FakeEngine::with(connections);
    engine.0.borrow_mut().office = FakeOffice::furnished();
    engine
}

fn sales() -> FakeEngine {
    engine(&[connection("Sales", |draft| draft.workspace_id = "1234567890123456".to_owned())])
}

fn opened(engine: &FakeEngine) -> Window {
    let mut window = open(engine, SIZE);
    tab(&mut window, engine);
    window
}

fn tab(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::Tab, "Administration").click();
    settle(window, engine);
}

fn principals(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::RadioButton, "Service principals").click();
    settle(window, engine);
}

fn look_at(window: &mut Window, engine: &FakeEngine, name: &str) {
    let row = window.query_all_by_role(Role::ListBoxOption).find(|node| label(node).starts_with(name)).unwrap();
    row.click();
    settle(window, engine);
}

fn at_principal(engine: &FakeEngine) -> Window {
    let mut window = opened(engine);
    principals(&mut window, engine);
    look_at(&mut window, engine, "nightly-etl");
    window
}

fn label(node: &egui_kittest::Node<'_>) -> String {
    node.accesskit_node().label().unwrap_or_default()
}

fn key(window: &mut Window, engine: &FakeEngine, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window, engine);
}

/// The owners and comments in view, from the top down.
fn rows(window: &Window) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = window
        .query_all_by_role(Role::CheckBox)
        .map(|node| (node.rect().top(), label(&node)))
        .filter(|(_, label)| label.contains("last used"))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    rows.into_iter().map(|(_, label)| label.split(", created").next().unwrap_or_default().to_owned()).collect()
}

fn tick(window: &mut Window, engine: &FakeEngine, start: &str) {
    window.query_all_by_role(Role::CheckBox).find(|node| label(node).starts_with(start)).unwrap().click();
    settle(window, engine);
}

fn is_ticked(window: &Window, words: &str) -> bool {
    let node = window.get_by_role_and_label(Role::CheckBox, words);
    node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

/// Chooses from a list that a field opens.
fn choose(window: &mut Window, engine: &FakeEngine, field: &str, option: &str) {
    click(window, engine, field);
    window.get_by_role_and_label(Role::ListBoxOption, option).click();
    settle(window, engine);
}

fn value_is_drawn_nowhere_in_words(window: &Window) -> bool {
    window.query_all(egui_kittest::kittest::by()).all(|node| {
        let node = node.accesskit_node();
        ![node.label(), node.value()].into_iter().flatten().any(|words| words.contains(SECRET_VALUE))
    })
}

#[test]
fn the_tab_tells_the_rules_and_everybodys_tokens_when_it_is_opened_and_not_before() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    assert_eq!(engine.sent("Admin"), 0);
    tab(&mut window, &engine);
    assert!(shows(&window, "Allowed in this workspace"));
    assert!(window.query_by_label("Maximum lifetime: 90 days").is_some());
    assert_eq!(rows(&window), ["ada@example.com, laptop", "grace@example.com, Power BI", "grace@example.com, old notebook"]);
    assert!(shows(&window, "ada@example.com, laptop, created 22 Aug 2026, expires in 23 days, last used yesterday"));
    assert!(shows(&window, "last used Not known"));
    assert!(shows(&window, "3 tokens."));
    let asked = engine.sent("Admin");
    click(&mut window, &engine, "Refresh");
    assert_eq!(engine.sent("Admin"), 2 * asked);
}

#[test]
fn columns_sort_and_the_filter_sifts() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Sort by Comment");
    assert_eq!(rows(&window), ["ada@example.com, laptop", "grace@example.com, old notebook", "grace@example.com, Power BI"]);
    click(&mut window, &engine, "Sort by Expires");
    click(&mut window, &engine, "Sort by Expires, ascending");
    assert_eq!(rows(&window)[0], "grace@example.com, old notebook", "never stands above the rest");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens of all users", "grace bi");
    assert_eq!(rows(&window), ["grace@example.com, Power BI"]);
    assert!(shows(&window, "1 of 3 tokens."));
}

#[test]
fn switching_tokens_off_asks_and_on_does_not() {
    let engine = sales();
    let mut window = opened(&engine);
    let switch = |window: &mut Window| {
        window.get_by_role_and_label(Role::Switch, "Personal access tokens").click();
        settle(window, &engine);
    };
    switch(&mut window);
    assert!(shows(&window, "Switch off personal access tokens?") && shows(&window, "stops working at once"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(engine.0.borrow().office.rules.enabled, Some(true), "what destroys is never the default");
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().office.rules.enabled, Some(false));
    assert!(shows(&window, "Not allowed in this workspace"));
    switch(&mut window);
    assert_eq!(engine.0.borrow().office.rules.enabled, Some(true));
    assert!(!shows(&window, "Not allowed"));
}

#[test]
fn production_asks_for_the_name_before_tokens_are_switched_off_or_revoked() {
    let engine = engine(&[production("Sales")]);
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::Switch, "Personal access tokens").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().office.rules.enabled, Some(true));
    type_into(&mut window, &engine, Role::TextInput, "This is production. Type Sales to go on", "Sales");
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().office.rules.enabled, Some(false));
    click(&mut window, &engine, "Revoke laptop of ada@example.com");
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.0.borrow().office.tokens.len(), 3);
    type_into(&mut window, &engine, Role::TextInput, "This is production. Type Sales to go on", "Sales");
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.0.borrow().office.tokens.len(), 2);
}

#[test]
fn the_maximum_lifetime_is_chosen_and_a_refusal_is_told_and_changes_nothing() {
    let engine = sales();
    let mut window = opened(&engine);
    choose(&mut window, &engine, "Maximum lifetime: 90 days", "365 days");
    assert_eq!(engine.0.borrow().office.rules.maximum_days, Some(365));
    choose(&mut window, &engine, "Maximum lifetime: 365 days", "No maximum");
    assert_eq!(engine.0.borrow().office.rules.maximum_days, None);
    engine.0.borrow_mut().office.failures = vec![("SetMaximumDays", forbidden())];
    choose(&mut window, &engine, "Maximum lifetime: No maximum", "30 days");
    assert!(shows(&window, "The setting was not changed") && shows(&window, "Only workspace admins may."));
    assert!(window.query_by_label("Maximum lifetime: No maximum").is_some());
    click(&mut window, &engine, "Dismiss");
    assert!(!shows(&window, "The setting was not changed"));
}

#[test]
fn ticked_tokens_are_revoked_after_a_question_that_names_their_owners() {
    let engine = sales();
    engine.0.borrow_mut().office.irrevocable = vec!["u2".to_owned()];
    let mut window = opened(&engine);
    tick(&mut window, &engine, "Select all tokens shown");
    click(&mut window, &engine, "Revoke 3 tokens...");
    assert!(shows(&window, "Revoke 3 tokens?") && shows(&window, "Owners: ada@example.com, grace@example.com"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().office.tokens.len(), 3);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    click(&mut window, &engine, "Revoke");
    assert_eq!(rows(&window), ["grace@example.com, old notebook"]);
    assert!(shows(&window, "Revoked 2 tokens") && shows(&window, "1 token was not revoked"));
}

#[test]
fn delete_revokes_the_row_that_the_keyboard_is_at() {
    let engine = sales();
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::TextInput, "Filter tokens of all users").focus();
    window.run_steps(2);
    for press in [Key::ArrowDown, Key::ArrowDown, Key::Delete] {
        key(&mut window, &engine, Modifiers::NONE, press);
    }
    assert!(shows(&window, "Revoke 1 token?") && shows(&window, "Owner: grace@example.com"));
}

#[test]
fn who_is_no_administrator_is_told_once_and_sees_no_empty_table() {
    let engine = sales();
    engine.0.borrow_mut().office.failures =
        vec![("TokenRules", forbidden()), ("UsersTokens", forbidden()), ("ServicePrincipals", forbidden())];
    let mut window = opened(&engine);
    for words in ["You may not see this.", "Only workspace admins may.", "Ask an admin of this workspace.", "add you to the group"] {
        assert_eq!(window.query_all_by_label_contains(words).count(), 1, "{words}");
    }
    assert!(!shows(&window, "Sort by Owner") && !shows(&window, "Filter tokens of all users") && !shows(&window, "Asking"));
    principals(&mut window, &engine);
    assert_eq!(window.query_all_by_label_contains("Only workspace admins may.").count(), 1);
    assert!(!shows(&window, "New service principal...") && !shows(&window, "Filter service principals"));
}

#[test]
fn what_could_not_be_asked_says_why_and_is_asked_again() {
    let engine = sales();
    let down = Failure::new(Code::ServerError, "The workspace does not answer as it should.", "It has an error.", "Try again in a minute.");
    engine.0.borrow_mut().office.failures = vec![("UsersTokens", down)];
    let mut window = opened(&engine);
    assert!(shows(&window, "The tokens could not be listed") && shows(&window, "Try again in a minute."));
    assert!(shows(&window, "Allowed in this workspace"));
    engine.0.borrow_mut().office.failures.clear();
    click(&mut window, &engine, "Try again");
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn late_answers_of_older_runs_change_nothing() {
    let engine = sales();
    engine.0.borrow_mut().office.slow = vec!["UsersTokens"];
    let mut window = opened(&engine);
    assert!(shows(&window, "Asking the workspace for everybody's tokens"));
    engine.0.borrow_mut().office.slow.clear();
    key(&mut window, &engine, Modifiers::NONE, Key::F5);
    assert_eq!(rows(&window).len(), 3);
    engine.0.borrow_mut().office.tokens.clear();
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert_eq!(rows(&window).len(), 3, "the older question is answered last");
}

#[test]
fn a_thousand_tokens_draw_only_the_rows_in_view_and_sort_and_filter_without_a_stall() {
    let engine = sales();
    engine.0.borrow_mut().office.tokens = (0..1000)
        .map(|number| {
            let days = (number * 7919) % 1000;
            users_token(
                &format!("u{number}"),
                &format!("user{:03}@example.com", number % 100),
                &format!("Job {number:04}"),
                -days,
                Some(days),
            )
        })
        .collect();
    let mut window = opened(&engine);
    let drawn = rows(&window).len();
    assert!((5..30).contains(&drawn), "{drawn} rows");
    let before = Instant::now();
    click(&mut window, &engine, "Sort by Comment");
    assert_eq!(rows(&window)[0], "user000@example.com, Job 0000");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens of all users", "user099");
    assert_eq!(rows(&window)[0], "user099@example.com, Job 0099");
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    key(&mut window, &engine, Modifiers::NONE, Key::Space);
    assert_eq!(rows(&window).last().map(String::as_str), Some("user099@example.com, Job 0999"), "the keyboard brings its row into view");
    assert!(shows(&window, "Revoke 1 token..."));
}

#[test]
fn service_principals_are_listed_filtered_and_copied() {
    let engine = sales();
    let mut window = opened(&engine);
    principals(&mut window, &engine);
    assert!(shows(&window, "nightly-etl, 00000011-0000-4000-8000-000000000000, Active"));
    assert!(shows(&window, "ci-pipeline, 00000012-0000-4000-8000-000000000000, Inactive"));
    click(&mut window, &engine, "Copy application ID of ci-pipeline");
    assert!(shows(&window, "Copied"));
    type_into(&mut window, &engine, Role::TextInput, "Filter service principals", "nightly");
    assert!(shows(&window, "1 of 2 service principals.") && !shows(&window, "ci-pipeline, "));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "OAuth secrets"), "opened by the keyboard alone");
    click(&mut window, &engine, "All service principals");
    assert!(shows(&window, "1 of 2 service principals."));
}

#[test]
fn a_new_service_principal_is_created_from_the_keyboard_and_looked_at() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    type_into(&mut window, &engine, Role::TextInput, "Name", "loader");
    engine.0.borrow_mut().office.failures = vec![("CreateServicePrincipal", forbidden())];
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Only workspace admins may."), "told in the dialog, which keeps what was typed");
    engine.0.borrow_mut().office.failures.clear();
    click(&mut window, &engine, "Create");
    assert!(shows(&window, "Created the service principal loader"));
    assert!(shows(&window, "Application ID 00000102-") && shows(&window, "It has no OAuth secret"));
}

#[test]
fn a_new_secret_is_shown_masked_and_copied_by_the_engine() {
    let engine = sales();
    let mut window = at_principal(&engine);
    assert!(shows(&window, "Expires in 5 days"));
    click(&mut window, &engine, "New secret...");
    choose(&mut window, &engine, "Lifetime: 90 days", "180 days");
    click(&mut window, &engine, "Create");
    assert!(shows(&window, "Your new OAuth secret") && shows(&window, "New OAuth secret, hidden: "));
    assert!(shows(&window, "Of nightly-etl, expires 20 March 2027"));
    assert!(value_is_drawn_nowhere_in_words(&window));
    click(&mut window, &engine, "Show New OAuth secret");
    assert!(window.query_by_label("New OAuth secret, shown").is_some());
    assert!(value_is_drawn_nowhere_in_words(&window), "shown in pixels alone");
    click(&mut window, &engine, "Copy");
    assert_eq!(engine.sent("CopySecret"), 1, "the engine copies, never egui");
    assert!(window.query_by_label("Copied, clears in 30 s").is_some());
    click(&mut window, &engine, "Done");
    assert!(!shows(&window, "cannot be shown again") && window.state().state.fresh_secret().is_none());
    assert!(shows(&window, "Expires in 180 days"), "the list knows it");
}

#[test]
fn a_fresh_secret_that_would_be_lost_is_asked_about_once_and_holds_the_window_up() {
    let engine = sales();
    let mut window = at_principal(&engine);
    engine.0.borrow_mut().office.slow = vec!["CreateSecret"];
    click(&mut window, &engine, "New secret...");
    click(&mut window, &engine, "Create");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.may_close() && shows(&window, "An OAuth secret is being made."));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new OAuth secret"), "it comes even if its dialog was closed");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "The secret cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Your new OAuth secret"), "the safe answer is the default");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.may_close() && shows(&window, "The secret cannot be shown again"));
    click(&mut window, &engine, "Leave it");
    assert!(window.state().state.may_close());
}

#[test]
fn a_connection_is_created_with_the_new_secret_in_it() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "New secret...");
    click(&mut window, &engine, "Create");
    click(&mut window, &engine, "Create a connection");
    assert!(window.state().state.fresh_secret().is_none() && !shows(&window, "cannot be shown again"));
    assert!(value_is_drawn_nowhere_in_words(&window));
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("nightly-etl"));
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(shows(&window, "Save your changes before closing?"), "the form is not left without a question");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    click(&mut window, &engine, "Save");
    let entry = engine.0.borrow().entries.iter().find(|entry| entry.connection.name.as_str() == "nightly-etl").cloned().unwrap();
    let AuthMethod::ServicePrincipal { client_id } = &entry.connection.auth else { panic!("{:?}", entry.connection.auth) };
    assert_eq!(client_id.as_str(), "00000011-0000-4000-8000-000000000000");
    assert_eq!(entry.connection.base_url, engine.0.borrow().entries[0].connection.base_url);
    assert_eq!(entry.connection.workspace_id.as_deref(), Some("1234567890123456"));
    let stored = engine.0.borrow().secrets[&(entry.connection.id, SecretKind::ClientSecret)].clone();
    assert_eq!(stored.expose_secret(), SECRET_VALUE);
}

#[test]
fn a_connection_without_a_new_secret_waits_for_one_to_be_typed() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "Create a connection from this service principal");
    let form = window.state().state.shown_form().unwrap();
    assert!(form.is_new() && form.is_unsaved() && form.draft.secret.is_empty());
    assert_eq!((form.draft.auth, form.draft.client_id.as_str()), (AuthKind::ServicePrincipal, "00000011-0000-4000-8000-000000000000"));
}

#[test]
fn a_secret_is_deleted_after_a_question() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "Delete the secret made on 11 Sep 2026");
    assert!(shows(&window, "Delete this OAuth secret?"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().office.secrets["11"].len(), 1);
    click(&mut window, &engine, "Delete the secret made on 11 Sep 2026");
    click(&mut window, &engine, "Delete");
    assert!(engine.0.borrow().office.secrets["11"].is_empty());
    assert!(shows(&window, "It has no OAuth secret") && shows(&window, "The OAuth secret is deleted"));
}

#[test]
fn access_is_ticked_and_a_refusal_takes_the_tick_away() {
    let engine = sales();
    let mut window = at_principal(&engine);
    assert!(is_ticked(&window, "Workspace access") && !is_ticked(&window, "Databricks SQL access"));
    click(&mut window, &engine, "Databricks SQL access");
    assert!(is_ticked(&window, "Databricks SQL access"));
    assert!(engine.0.borrow().office.principals[0].entitlements.contains(&Entitlement::DatabricksSqlAccess));
    tick(&mut window, &engine, "Workspace access");
    assert_eq!(engine.0.borrow().office.principals[0].entitlements, [Entitlement::DatabricksSqlAccess]);
    engine.0.borrow_mut().office.failures = vec![("SetEntitlement", forbidden())];
    click(&mut window, &engine, "Allow cluster creation");
    assert!(shows(&window, "The access was not changed") && !is_ticked(&window, "Allow cluster creation"));
}

#[test]
fn a_permission_is_granted_step_by_step() {
    let engine = sales();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Kind: Choose a kind", "Cluster");
    type_into(&mut window, &engine, Role::TextInput, "Filter clusters", "night");
    assert!(window.query_by_role_and_label(Role::ListBoxOption, "adhoc").is_none());
    window.get_by_role_and_label(Role::ListBoxOption, "nightly").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "It has no permission here yet."));
    choose(&mut window, &engine, "Permission: Can attach to", "Can restart");
    click(&mut window, &engine, "Grant");
    assert_eq!(granted(&engine, "0101-2").map(|permission| permission.word), Some("CAN_RESTART"));
    assert!(shows(&window, "It has: Can restart."));
    assert!(window.get_by_label("Grant").accesskit_node().is_disabled(), "it has that already");
    click(&mut window, &engine, "Choose another");
    assert!(window.query_by_role_and_label(Role::ListBoxOption, "nightly").is_some());
}

fn granted(engine: &FakeEngine, object: &str) -> Option<Permission> {
    engine.0.borrow().office.permissions.get(object).copied()
}

#[test]
fn a_schema_is_found_by_way_of_its_catalog() {
    let engine = sales();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Kind: Choose a kind", "Schema");
    choose(&mut window, &engine, "Catalog: Choose a catalog", "samples");
    assert!(shows(&window, "There are no schemas that you may see."));
    choose(&mut window, &engine, "Catalog: samples", "main");
    window.get_by_role_and_label(Role::ListBoxOption, "sales").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Grant");
    assert_eq!(granted(&engine, "main.sales").map(|permission| permission.word), Some("READ"));
    engine.0.borrow_mut().office.failures = vec![("Grant", forbidden())];
    choose(&mut window, &engine, "Permission: Can read", "Can read and write");
    click(&mut window, &engine, "Grant");
    assert!(shows(&window, "The permission was not granted") && shows(&window, "It has: Can read."));
}

#[test]
fn two_thousand_objects_draw_only_those_in_view() {
    let engine = sales();
    engine.0.borrow_mut().office.objects =
        (0..2000).map(|number| object(Securable::Job, &number.to_string(), &format!("job {number:04}"))).collect();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Kind: Choose a kind", "Job");
    let drawn = window.query_all_by_role(Role::ListBoxOption).count();
    assert!((3..20).contains(&drawn), "{drawn}");
}

#[test]
fn an_account_has_service_principals_alone_and_adds_them_to_workspaces() {
    let engine = engine(&[account("Account")]);
    let workspace = crate::databricks::AccountWorkspace {
        id: "42".to_owned(),
        name: "prod-west".to_owned(),
        base_url: None,
        region: None,
        status: "RUNNING".to_owned(),
    };
    engine.0.borrow_mut().workspaces = Ok(vec![workspace]);
    let mut window = opened(&engine);
    assert!(window.query_by_role_and_label(Role::RadioButton, "Tokens").is_none());
    look_at(&mut window, &engine, "nightly-etl");
    assert!(!shows(&window, "Permissions") && !shows(&window, "Access to this workspace"));
    window.get_by_role_and_label(Role::ListBoxOption, "prod-west").click();
    settle(&mut window, &engine);
    choose(&mut window, &engine, "Role: User", "Admin");
    click(&mut window, &engine, "Add");
    assert_eq!(engine.0.borrow().office.joined, [("11".to_owned(), "42".to_owned(), WorkspaceRole::Admin)]);
    assert!(shows(&window, "It is in prod-west now, as Admin."));
}

#[test]
fn what_is_not_saved_has_no_administration() {
    let engine = engine(&[]);
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Add workspace...");
    tab(&mut window, &engine);
    assert!(shows(&window, "Save this connection first."));
    assert_eq!(engine.sent("Admin"), 0);
}

#[test]
fn answers_for_another_connection_change_nothing_of_this_one() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    engine.0.borrow_mut().office.slow = vec!["ServicePrincipals"];
    let mut window = opened(&engine);
    principals(&mut window, &engine);
    let first = window.state().state.selection.shown().unwrap();
    let other = window.state().state.list.shown().find(|other| *other != first).unwrap();
    let commands = window.state_mut().state.select(other);
    window.state().send(commands);
    tab(&mut window, &engine);
    let held: Vec<_> = {
        let mut inner = engine.0.borrow_mut();
        let (mine, theirs): (Vec<_>, Vec<_>) = std::mem::take(&mut inner.office.held).into_iter().partition(|(_, id, _)| *id == first);
        inner.office.held = mine;
        theirs
    };
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "Asking for the service principals") && !shows(&window, "nightly-etl"));
    engine.0.borrow_mut().office.principals = vec![principal(77, "theirs")];
    engine.0.borrow_mut().office.held = held;
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "theirs, 00000077"));
}

#[test]
fn an_engine_that_breaks_leaves_nothing_waiting() {
    let engine = sales();
    engine.0.borrow_mut().office.slow = vec!["TokenRules", "UsersTokens"];
    let mut window = opened(&engine);
    let failure = Failure::new(Code::Internal, "Brickpass has made a mistake.", "This is a defect.", "Try again.");
    engine.tell(crate::engine::Event::Failed { about: None, failure });
    settle(&mut window, &engine);
    assert!(!shows(&window, "Asking") && shows(&window, "Whether tokens are allowed is not known"));
}

#[test]
fn everything_can_be_reached_at_640x480() {
    let engine = sales();
    let mut window = open(&engine, [640.0, 480.0]);
    tab(&mut window, &engine);
    for label in ["Refresh", "Maximum lifetime: 90 days"] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    principals(&mut window, &engine);
    assert!(window.get_by_label("New...").rect().right() <= 640.0);
    look_at(&mut window, &engine, "nightly-etl");
    for label in ["New secret...", "Create a connection", "Copy application ID", "Delete the secret made on 11 Sep 2026"] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    // The keyboard brings it into view.
    window.get_by_label("New secret...").focus();
    settle(&mut window, &engine);
    assert!(window.get_by_label("New secret...").rect().bottom() <= 480.0);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(engine.0.borrow().office.secrets["11"].len(), 1, "the key that opened the dialog does not answer it");
    click(&mut window, &engine, "Create");
    for label in ["Copy", "Done", "Create a connection", "Show New OAuth secret"] {
        let rect = window.query_all_by_label(label).last().unwrap().rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
}
