//! The list of tokens.

use super::*;

#[test]
fn the_tab_lists_the_tokens_when_it_is_opened_and_not_before() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    assert_eq!(engine.sent("ListTokens"), 0);
    tab(&mut window, &engine, "Tokens");
    assert_eq!(engine.sent("ListTokens"), 1);
    assert_eq!(rows(&window), ["Brickpass on this laptop", "Data Factory linked service", "old notebook test"]);
    for comment in ["Brickpass on this laptop", "Data Factory linked service"] {
        assert!(shows(&window, &format!("{comment}, {}", row(comment))), "{comment}");
    }
    assert!(shows(&window, "expires never"));
    assert!(shows(&window, "3 tokens. Databricks revokes tokens that are unused for 90 days."));
    click(&mut window, &engine, "Refresh");
    assert_eq!(engine.sent("ListTokens"), 2);
    window.get_by_role_and_label(Role::Tab, "Connection").click();
    settle(&mut window, &engine);
    assert!(window.query_by_label("Refresh").is_none());
    tab(&mut window, &engine, "Tokens");
    assert_eq!(engine.sent("ListTokens"), 3, "each time that the tab is opened");
}

#[test]
fn columns_sort_and_the_filter_sifts() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Sort by Comment");
    click(&mut window, &engine, "Sort by Comment, ascending");
    assert_eq!(rows(&window), ["old notebook test", "Data Factory linked service", "Brickpass on this laptop"]);
    click(&mut window, &engine, "Sort by Expires");
    assert_eq!(rows(&window), ["Data Factory linked service", "Brickpass on this laptop", "old notebook test"]);
    click(&mut window, &engine, "Sort by Used by");
    assert_eq!(rows(&window)[0], "Brickpass on this laptop");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "notebook");
    assert_eq!(rows(&window), ["old notebook test"]);
    assert!(shows(&window, "1 of 3 tokens."));
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "zzz");
    assert!(shows(&window, "No token matches"));
}

#[test]
fn the_last_use_is_shown_and_sorts_where_the_workspace_tells_it() {
    let engine = sales();
    let mut window = opened(&engine);
    assert!(window.query_by_label("Sort by Last used").is_none() && !shows(&window, "last used"));
    let used = |days: i64| Some(at(-days * 86_400).to_zoned(jiff::tz::TimeZone::UTC).date());
    engine.0.borrow_mut().tokens[0].last_used = used(1);
    engine.0.borrow_mut().tokens[1].last_used = used(62);
    click(&mut window, &engine, "Refresh");
    assert!(shows(&window, "expires in 23 days, last used yesterday, used by this connection"));
    assert!(shows(&window, "last used 62 days ago. Unused for 62 days. Databricks revokes it after 90."));
    assert!(shows(&window, "last used never. Unused for 265 days."), "from its making");
    assert!(shows(&window, "2 of yours have been unused for 60 days or more."));
    click(&mut window, &engine, "Sort by Last used");
    assert_eq!(rows(&window), ["old notebook test", "Data Factory linked service", "Brickpass on this laptop"]);
    click(&mut window, &engine, "Sort by Last used, ascending");
    assert_eq!(rows(&window)[0], "Brickpass on this laptop");
    for size in [[1280.0, 800.0], [900.0, 600.0], [640.0, 480.0]] {
        window.set_size(size.into());
        settle(&mut window, &engine);
        let sorts = |node: &egui_kittest::Node<'_>| label(node).starts_with("Sort by");
        for node in window.query_all_by_role(Role::Button).filter(sorts) {
            assert!(node.rect().right() <= size[0], "{} at {size:?}", label(&node));
        }
    }
}

#[test]
fn vl_04_a_token_that_an_interrupted_rotation_left_is_marked_until_it_is_revoked() {
    let engine = sales();
    let left = engine.0.borrow().tokens.iter().find(|token| token.comment == "old notebook test").unwrap().id.clone();
    engine.0.borrow_mut().left_over.push(left);
    let mut window = opened(&engine);
    let marked = |window: &Window| {
        let rows = window.query_all_by_role(Role::CheckBox).map(|node| label(&node));
        rows.filter(|row| row.contains("Left over from an interrupted rotation")).collect::<Vec<_>>()
    };
    let rows = marked(&window);
    assert!(rows.len() == 1 && rows[0].starts_with("old notebook test") && rows[0].ends_with("Revoke it."), "{rows:?}");
    click(&mut window, &engine, "Sort by Used by");
    assert_eq!(self::rows(&window)[..2], ["Brickpass on this laptop", "old notebook test"]);
    for size in [[640.0, 480.0], [900.0, 600.0]] {
        window.set_size(size.into());
        settle(&mut window, &engine);
        assert_eq!(marked(&window).len(), 1, "{size:?}");
    }
}

#[test]
fn a_list_that_cannot_be_had_says_why_and_its_button_leads_there() {
    let engine = sales();
    engine.0.borrow_mut().token_failure = Some(unauthorized());
    let mut window = opened(&engine);
    for words in ["Could not load your tokens", "does not accept this token", "expired or been revoked", "Generate a new one."] {
        assert!(shows(&window, words), "{words}");
    }
    click(&mut window, &engine, "Replace token");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").is_focused(), "in the form");
    let failure = Failure::new(Code::ReadTimeout, "No answer.", "", "Try again.").with_remedy(Remedy::TryAgain);
    engine.0.borrow_mut().token_failure = Some(failure);
    tab(&mut window, &engine, "Tokens");
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Try again");
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn an_account_has_no_tokens_and_a_form_that_is_not_saved_has_none_yet() {
    let engine = engine(&[account("Account")]);
    let mut window = opened(&engine);
    assert!(shows(&window, "Personal access tokens belong to a workspace; an account has none."));
    assert_eq!(engine.sent("ListTokens"), 0);
    assert!(window.query_by_label("Generate token...").is_none());
    click(&mut window, &engine, "New connection");
    tab(&mut window, &engine, "Tokens");
    assert!(shows(&window, "Save this connection first"));
    assert_eq!(engine.sent("ListTokens"), 0);
}

#[test]
fn a_thousand_tokens_draw_only_the_rows_in_view_and_sort_and_filter_without_a_stall() {
    let engine = sales();
    let days = |number: i64| (number * 7919) % 1000;
    engine.0.borrow_mut().tokens =
        (0..1000).map(|number| token(&format!("t{number}"), &format!("Job {number:04}"), -days(number), Some(days(number)))).collect();
    let mut window = opened(&engine);
    let drawn = rows(&window).len();
    assert!((8..30).contains(&drawn), "{drawn} rows");
    assert!(shows(&window, "Generate token..."));
    let before = Instant::now();
    click(&mut window, &engine, "Sort by Comment");
    assert_eq!(rows(&window)[0], "Job 0000");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "99");
    assert_eq!(rows(&window)[0], "Job 0099");
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    assert_eq!(rows(&window).last().map(String::as_str), Some("Job 0999"), "the keyboard brings its row into view");
}

#[test]
fn everything_can_be_reached_at_640x480() {
    let engine = sales();
    let mut window = open(&engine, [640.0, 480.0]);
    tab(&mut window, &engine, "Tokens");
    for label in ["Refresh", "Rotate...", "Generate token..."] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    click(&mut window, &engine, "Generate token...");
    click(&mut window, &engine, "Generate");
    for label in ["Copy", "Done", "Use in this connection", "Show New token"] {
        let rect = window.get_by_label(label).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
}
