//! Accounts: their sign-in, and the workspaces that share it.

use super::*;

#[test]
fn a_connection_of_an_account_signs_in_with_it_until_told_otherwise() {
    let (account, workspace) = family();
    let engine = FakeEngine::with(&[workspace.clone(), account.clone()]);
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    let mut window = open(&engine, SIZE);
    let output = window.state_mut().state.connections.select(workspace.id);
    window.state_mut().follow(output);
    settle(&mut window, &engine);
    assert!(shows(&window, "Uses the sign-in of All of us"));
    assert!(shows(&window, "priya@example.com"));
    assert!(window.query_by_label("Sign out").is_none(), "it would sign out all the others too");
    click(&mut window, &engine, "Sign in again");
    assert_eq!(engine.0.borrow().sign_ins[0].request.owner.id, account.id, "the account's connection signs in");
    click(&mut window, &engine, "Cancel sign-in");
    click(&mut window, &engine, "Use a separate sign-in");
    assert!(shows(&window, "Not signed in"));
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries.iter().all(|entry| entry.connection.sign_in_of.is_none()));
}

/// An account's connection and one that uses its sign-in.
fn family() -> (Connection, Connection) {
    let account = account("All of us");
    let base_url = BaseUrl::read("https://adb-7.7.azuredatabricks.net").unwrap().base_url;
    let workspace = Connection::of_workspace(&account, "Sales", base_url, "7".to_owned()).unwrap();
    (account, workspace)
}

fn workspace_of_account(number: usize) -> AccountWorkspace {
    AccountWorkspace {
        id: number.to_string(),
        name: format!("Workspace {number:04}"),
        base_url: Some(BaseUrl::read(&format!("https://adb-{number}.7.azuredatabricks.net")).unwrap().base_url),
        region: Some(if number.is_multiple_of(2) { "westeurope" } else { "eastus" }.to_owned()),
        status: "RUNNING".to_owned(),
    }
}

fn with_workspaces(count: usize) -> (FakeEngine, Connection, Window) {
    let (account, workspace) = family();
    let engine = FakeEngine::with(&[account.clone(), workspace]);
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    engine.0.borrow_mut().workspaces = Ok((1..=count).map(workspace_of_account).collect());
    let mut window = open(&engine, SIZE);
    let output = window.state_mut().state.connections.select(account.id);
    window.state_mut().follow(output);
    settle(&mut window, &engine);
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    (engine, account, window)
}

#[test]
fn workspaces_of_an_account_become_connections_that_share_its_sign_in() {
    let (engine, account, mut window) = with_workspaces(12);
    assert!(shows(&window, "Workspace 0001, adb-1.7.azuredatabricks.net, eastus, running"));
    let there = window.get_by_label_contains("Workspace 0007, Already added (Sales)");
    assert!(there.accesskit_node().is_disabled(), "what is there already is not added twice");
    click(&mut window, &engine, "Select all shown");
    assert!(window.query_by_label("Add 11 workspaces").is_some());
    click(&mut window, &engine, "Select all shown");
    type_into(&mut window, &engine, Role::TextInput, "Filter workspaces", "westeurope");
    assert!(!shows(&window, "Workspace 0001"));
    click(&mut window, &engine, "Select all shown");
    window.get_by_label_contains("Workspace 0002").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Add 5 workspaces");
    assert!(!window.state().state.dialogs.is_open());
    assert!(shows(&window, "Added 5 workspaces"));
    let inner = engine.0.borrow();
    let added: Vec<&Connection> =
        inner.entries.iter().map(|entry| &entry.connection).filter(|it| it.name.as_str().starts_with("Work")).collect();
    let names: Vec<&str> = added.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Workspace 0004", "Workspace 0006", "Workspace 0008", "Workspace 0010", "Workspace 0012"]);
    assert!(added.iter().all(|it| it.uses_sign_in_of(&account) && it.level == Level::Workspace));
    assert!(added.iter().all(|it| it.environment == account.environment), "filed where the account is");
    let shown: ConnectionId = window.state().state.connections.selection.shown().unwrap();
    assert_eq!(shown, added[0].id, "the first of them is shown");
}

#[test]
fn a_thousand_workspaces_are_listed_by_drawing_those_in_view() {
    let (engine, _, mut window) = with_workspaces(1_000);
    let rows = window.query_all_by_label_contains("azuredatabricks.net, ").count();
    assert!(rows <= 16, "{rows}");
    click(&mut window, &engine, "Select all shown");
    assert!(window.query_by_label("Add 999 workspaces").is_some());
    let rows = window.query_all_by_label_contains("azuredatabricks.net, ").count();
    assert!(rows <= 16, "{rows}");
}

#[test]
fn what_cannot_be_listed_or_added_is_told_in_the_dialog_and_escape_closes_it() {
    let (engine, _, mut window) = with_workspaces(2);
    engine.0.borrow_mut().save_failure = Some(Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space."));
    click(&mut window, &engine, "Select all shown");
    click(&mut window, &engine, "Add 2 workspaces");
    assert!(shows(&window, "The disk is full."));
    assert!(window.state().state.dialogs.find::<AddWorkspaces>().is_some());
    assert!(window.query_by_label("Add 2 workspaces").is_some(), "what was ticked stays ticked");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open());

    engine.0.borrow_mut().workspaces = Err(Failure::new(Code::Forbidden, "Only account admins may list workspaces.", "", "Ask one."));
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    assert!(shows(&window, "Only account admins may list workspaces."));
    engine.0.borrow_mut().workspaces = Ok(vec![workspace_of_account(1)]);
    click(&mut window, &engine, "Try again");
    assert!(shows(&window, "Workspace 0001"));
}

#[test]
fn the_test_of_an_account_lists_its_workspaces() {
    let account = account("All of us");
    let engine = FakeEngine::with(std::slice::from_ref(&account));
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    engine.0.borrow_mut().tests_answer = false;
    let mut window = open(&engine, SIZE);
    window.get_all_by_label("Test connection").next().unwrap().click();
    settle(&mut window, &engine);
    let workspaces = Some((1..=40).map(workspace_of_account).collect());
    let report = brickpass_databricks::check::Report { clusters: None, workspaces, ..ok_report() };
    engine.test_ends(report);
    settle(&mut window, &engine);
    assert!(shows(&window, "you@example.com, 40 workspaces"));
    assert!(shows(&window, "Workspace 0001, eastus, running"));
    window.get_by_label("Add workspaces from this account").click();
    settle(&mut window, &engine);
    assert_eq!(engine.sent("ListWorkspaces"), 0, "what the test has just found is not asked for again");
    assert!(shows(&window, "Select all shown"));
}

#[test]
fn wn_07_workspaces_are_filed_as_the_dialog_says_and_as_the_account_is_by_default() {
    let account = connection("All of us", |draft| {
        draft.auth = AuthKind::Browser;
        draft.level = LevelKind::Account;
        draft.base_url = "https://accounts.azuredatabricks.net".to_owned();
        draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
        draft.environment = EnvironmentKind::Production;
        draft.folder = "Acme".to_owned();
    });
    let engine = FakeEngine::with(std::slice::from_ref(&account));
    engine.0.borrow_mut().workspaces = Ok((1..=2).map(workspace_of_account).collect());
    let mut window = open(&engine, SIZE);
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    assert!(window.query_by_label("Environment for new ones: Production").is_some());
    window.get_by_label_contains("Workspace 0001").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Add 1 workspace");
    let filed = |engine: &FakeEngine, name: &str| {
        let inner = engine.0.borrow();
        let made = inner.entries.iter().map(|entry| &entry.connection).find(|it| it.name.as_str() == name).unwrap().clone();
        (made.environment, made.folder, made.tags)
    };
    assert_eq!(filed(&engine, "Workspace 0001"), (Environment::Production, "Acme".to_owned(), vec![]));

    let output = window.state_mut().state.connections.select(account.id);

    window.state_mut().follow(output);
    settle(&mut window, &engine);
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    click(&mut window, &engine, "Environment for new ones: Production");
    click(&mut window, &engine, "Not set");
    type_into(&mut window, &engine, Role::TextInput, "Folder for new ones", "/EU");
    window.get_by_label_contains("Workspace 0002").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Add 1 workspace");
    assert_eq!(filed(&engine, "Workspace 0002"), (Environment::NotSet, "Acme/EU".to_owned(), vec![]));
}
