//! All users' tokens, and whether tokens are allowed.

use super::*;

#[test]
fn the_tab_tells_the_rules_and_everybodys_tokens_when_it_is_opened_and_not_before() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    assert_eq!(asked(&engine), 0);
    tab(&mut window, &engine, "Administration");
    assert!(shows(&window, "Allowed in this workspace"));
    assert!(window.query_by_label("Maximum lifetime: 90 days").is_some());
    assert_eq!(rows(&window), ["ada@example.com, laptop", "grace@example.com, Power BI", "grace@example.com, old notebook"]);
    assert!(shows(&window, "ada@example.com, laptop, created 22 Aug 2026, expires in 23 days, last used yesterday"));
    assert!(shows(&window, "last used Unknown"));
    assert!(shows(&window, "3 tokens."));
    let once = asked(&engine);
    assert_eq!(once, 2);
    click(&mut window, &engine, "Refresh");
    assert_eq!(asked(&engine), 2 * once);
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
    type_into(&mut window, &engine, Role::TextInput, "Filter all users' tokens", "grace bi");
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
    assert!(shows(&window, "Switch off personal access tokens?") && shows(&window, "stops working immediately"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(engine.0.borrow().admin_data.rules.enabled, Some(true), "what destroys is never the default");
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().admin_data.rules.enabled, Some(false));
    assert!(shows(&window, "Not allowed in this workspace"));
    switch(&mut window);
    assert_eq!(engine.0.borrow().admin_data.rules.enabled, Some(true));
    assert!(!shows(&window, "Not allowed"));
}

#[test]
fn production_asks_for_the_name_before_tokens_are_switched_off_or_revoked() {
    let engine = engine(&[production("Sales")]);
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::Switch, "Personal access tokens").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().admin_data.rules.enabled, Some(true));
    type_into(&mut window, &engine, Role::TextInput, "Production connection. Type Sales to confirm", "Sales");
    click(&mut window, &engine, "Switch off");
    assert_eq!(engine.0.borrow().admin_data.rules.enabled, Some(false));
    click(&mut window, &engine, "Revoke laptop of ada@example.com");
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.0.borrow().admin_data.tokens.len(), 3);
    type_into(&mut window, &engine, Role::TextInput, "Production connection. Type Sales to confirm", "Sales");
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.0.borrow().admin_data.tokens.len(), 2);
}

#[test]
fn the_maximum_lifetime_is_chosen_and_a_refusal_is_told_and_changes_nothing() {
    let engine = sales();
    let mut window = opened(&engine);
    choose(&mut window, &engine, "Maximum lifetime: 90 days", "365 days");
    assert_eq!(engine.0.borrow().admin_data.rules.maximum_days, Some(365));
    choose(&mut window, &engine, "Maximum lifetime: 365 days", "No maximum");
    assert_eq!(engine.0.borrow().admin_data.rules.maximum_days, None);
    engine.0.borrow_mut().admin_data.failures = vec![("SetMaximumDays", forbidden())];
    choose(&mut window, &engine, "Maximum lifetime: No maximum", "30 days");
    assert!(shows(&window, "The setting was not changed") && shows(&window, "Only workspace admins may."));
    assert!(window.query_by_label("Maximum lifetime: No maximum").is_some());
    click(&mut window, &engine, "Dismiss");
    assert!(!shows(&window, "The setting was not changed"));
}

#[test]
fn ticked_tokens_are_revoked_after_a_question_that_names_their_owners() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.irrevocable = vec!["u2".to_owned()];
    let mut window = opened(&engine);
    tick(&mut window, &engine, "Select all tokens shown");
    click(&mut window, &engine, "Revoke 3 tokens...");
    assert!(shows(&window, "Revoke 3 tokens?") && shows(&window, "Owners: ada@example.com, grace@example.com"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().admin_data.tokens.len(), 3);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    click(&mut window, &engine, "Revoke");
    assert_eq!(rows(&window), ["grace@example.com, old notebook"]);
    assert!(shows(&window, "Revoked 2 tokens") && shows(&window, "1 token was not revoked"));
}

#[test]
fn delete_revokes_the_row_that_the_keyboard_is_at() {
    let engine = sales();
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::TextInput, "Filter all users' tokens").focus();
    window.run_steps(2);
    for press in [Key::ArrowDown, Key::ArrowDown, Key::Delete] {
        key(&mut window, &engine, Modifiers::NONE, press);
    }
    assert!(shows(&window, "Revoke 1 token?") && shows(&window, "Owner: grace@example.com"));
}

#[test]
fn who_is_no_administrator_is_told_once_and_sees_no_empty_table() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.failures =
        vec![("GetTokenRules", forbidden()), ("ListUsersTokens", forbidden()), ("ListServicePrincipals", forbidden())];
    let mut window = opened(&engine);
    for words in ["You may not see this.", "Only workspace admins may.", "Ask an admin of this workspace.", "add you to the group"] {
        assert_eq!(window.query_all_by_label_contains(words).count(), 1, "{words}");
    }
    assert!(!shows(&window, "Sort by Owner") && !shows(&window, "Filter all users' tokens") && !shows(&window, "Loading"));
    principals(&mut window, &engine);
    assert_eq!(window.query_all_by_label_contains("Only workspace admins may.").count(), 1);
    assert!(!shows(&window, "New service principal...") && !shows(&window, "Filter service principals"));
}

#[test]
fn what_could_not_be_asked_says_why_and_is_asked_again() {
    let engine = sales();
    let down = Failure::new(Code::ServerError, "The workspace does not answer as it should.", "It has an error.", "Try again in a minute.");
    engine.0.borrow_mut().admin_data.failures = vec![("ListUsersTokens", down)];
    let mut window = opened(&engine);
    assert!(shows(&window, "Could not load tokens") && shows(&window, "Try again in a minute."));
    assert!(shows(&window, "Allowed in this workspace"));
    engine.0.borrow_mut().admin_data.failures.clear();
    click(&mut window, &engine, "Try again");
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn late_answers_of_older_runs_change_nothing() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.slow = vec!["ListUsersTokens"];
    let mut window = opened(&engine);
    assert!(shows(&window, "Loading all users' tokens"));
    engine.0.borrow_mut().admin_data.slow.clear();
    key(&mut window, &engine, Modifiers::NONE, Key::F5);
    assert_eq!(rows(&window).len(), 3);
    engine.0.borrow_mut().admin_data.tokens.clear();
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert_eq!(rows(&window).len(), 3, "the older question is answered last");
}

#[test]
fn a_thousand_tokens_draw_only_the_rows_in_view_and_sort_and_filter_without_a_stall() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.tokens = (0..1000)
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
    type_into(&mut window, &engine, Role::TextInput, "Filter all users' tokens", "user099");
    assert_eq!(rows(&window)[0], "user099@example.com, Job 0099");
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    key(&mut window, &engine, Modifiers::NONE, Key::Space);
    assert_eq!(rows(&window).last().map(String::as_str), Some("user099@example.com, Job 0999"), "the keyboard brings its row into view");
    assert!(shows(&window, "Revoke 1 token..."));
}
