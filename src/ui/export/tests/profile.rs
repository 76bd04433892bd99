//! Publishing as a profile.

use super::*;

#[test]
fn publishing_shows_the_change_first_then_the_profile_and_can_be_undone() {
    let mut desk = Desk::new(&connection("Sales Lakehouse", |_| {}));
    assert_eq!(desk.window.get_by_role_and_label(Role::TextInput, "Profile").value().as_deref(), Some("sales-lakehouse"));
    for words in ["added: [sales-lakehouse]", "removed: token", "[DEFAULT]", "/home/ada/.databrickscfg"] {
        assert!(desk.shows(words), "{words}");
    }
    assert!(!desk.has("Undo last change") && !desk.has("Verify"));
    desk.click("Publish");
    assert!(desk.has("PUBLISHED") && desk.shows("Published as sales-lakehouse") && !desk.has("Publish"));
    desk.click("Set as default profile...");
    assert!(desk.shows("added: default_profile = sales-lakehouse"));
    desk.click("Set as default profile");
    assert!(desk.has("DEFAULT PROFILE") && !desk.has("Set as default profile..."));
    desk.click("Undo last change");
    assert!(!desk.has("DEFAULT PROFILE"));
}

#[test]
fn unpublishing_shows_what_goes_first_and_takes_the_profile_out() {
    let mut desk = Desk::new(&connection("Sales Lakehouse", |_| {}));
    desk.click("Publish");
    desk.click("Unpublish...");
    assert!(desk.shows("removed: [sales-lakehouse]") && !desk.has("Profile"));
    desk.click("Cancel");
    assert!(desk.has("PUBLISHED") && desk.has("Profile"));
    desk.click("Unpublish...");
    desk.click("Unpublish");
    assert!(!desk.has("PUBLISHED") && desk.has("Publish") && desk.shows("Unpublished sales-lakehouse"));
}

#[test]
fn a_connection_with_two_profiles_shows_each_of_them() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    desk.click("Publish");
    desk.types("Profile", "-2");
    assert!(desk.has("Published as sales"));
    desk.click("Publish again");
    assert!(desk.has("Published as sales-2") && desk.has("Also published as"));
    desk.click("sales");
    desk.seconds.set(desk.seconds.get() + 1);
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("Published as sales") && desk.has("sales-2"));
    desk.click("Unpublish...");
    assert!(desk.shows("removed: [sales]"));
    desk.click("Unpublish");
    assert!(desk.has("Published as sales-2") && !desk.has("Also published as"));
}

#[test]
fn what_somebody_else_writes_into_the_file_is_seen_when_the_window_is_looked_at_again() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
    });
    desk.click("Set as default profile...");
    desk.engine.0.borrow_mut().tools.file.profiles[1] = profile("sales", Some((sales.id, Drift::ChangedThere)));
    desk.looks_away_and_back();
    assert!(desk.has("CHANGED IN THE FILE"));
    assert!(desk.shows("default_profile = sales"), "the question that was open stays");
}

#[test]
fn secrets_in_the_file_have_a_way_out_of_it() {
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles[0].secrets = vec!["token".to_owned()];
    });
    desk.click("Move secrets out of this file...");
    assert!(desk.has("Import connections"));
}

#[test]
fn a_name_that_cannot_be_is_said_at_once_and_one_that_is_taken_too() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    desk.types("Profile", " two");
    assert!(!desk.is_enabled("Publish"));
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles.push(profile("sales", None));
    });
    assert!(desk.shows("A profile sales already exists."));
    desk.types("Profile", "-2");
    assert!(!desk.shows("already exists"));
}

#[test]
fn drift_is_told_and_has_three_ways_out() {
    let drifted = || {
        let sales = connection("Sales", |_| {});
        Desk::with(&sales, SIZE, |engine| {
            engine.0.borrow_mut().tools.file.profiles.push(profile("sales", Some((sales.id, Drift::ChangedThere))));
        })
    };
    for way in ["Publish again", "Keep file version", "Stop tracking"] {
        let mut desk = drifted();
        assert!(desk.has("CHANGED IN THE FILE"));
        desk.click(way);
        assert!(!desk.has("CHANGED IN THE FILE"), "{way}");
        assert_eq!(desk.has("PUBLISHED"), way != "Stop tracking", "{way}");
    }
}

#[test]
fn a_file_that_cannot_be_read_or_changed_is_told_in_three_lines() {
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.read_failure = Some(refused(Code::FileUnreadable));
    });
    assert!(desk.has("Could not read the profiles") && desk.shows("Something is in the way.") && !desk.has("Publish"));
    desk.engine.0.borrow_mut().tools.read_failure = None;
    desk.click("Try again");
    desk.engine.0.borrow_mut().tools.apply_failure = Some(refused(Code::Conflict));
    desk.click("Publish");
    assert!(desk.has("Nothing was changed") && desk.shows("Try another way."));
    desk.click("Dismiss");
    desk.click("Publish");
    assert!(desk.has("PUBLISHED"));
}

#[test]
fn what_others_read_otherwise_and_secrets_in_plain_text_are_told() {
    let desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        let file = &mut engine.0.borrow_mut().tools.file;
        file.remarks.push(Remark { line: 7, words: "Python reads another value here.".to_owned() });
        file.profiles[0].secrets = vec!["token".to_owned()];
        file.exposed = true;
        file.twin = true;
    });
    for words in [
        "Line 7: Python reads another value here.",
        "Profile DEFAULT contains token in plain text.",
        "Other users of this computer can read this file.",
        "This file has a hard link. Changes here do not apply to the linked file.",
    ] {
        assert!(desk.shows(words), "{words}");
    }
}

#[test]
fn the_verification_names_the_tools_and_the_user_they_see() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        let verification = Verification { tool: "Databricks CLI 1.13.0".to_owned(), user: "ada@example.com".to_owned() };
        tools.verification = Ok(vec![Ok(verification), Err(refused(Code::Unauthorized))]);
    });
    desk.click("Verify");
    for words in ["Databricks CLI 1.13.0", "ada@example.com", "SAME USER", "It did not work.", "Try another way."] {
        assert!(desk.shows(words), "{words}");
    }
    desk.engine.0.borrow_mut().tools.verification = Ok(Vec::new());
    desk.click("Verify");
    assert!(desk.shows("No tools found"));
}

#[test]
fn a_verification_of_what_stood_there_before_is_not_shown_of_what_stands_there_now() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        tools.verification = Ok(vec![Ok(Verification { tool: "Databricks CLI 1.13.0".to_owned(), user: "ada@example.com".to_owned() })]);
    });
    desk.click("Verify");
    assert!(desk.has("SAME USER"));
    desk.looks_away_and_back();
    assert!(desk.has("SAME USER"), "nothing has changed");
    desk.engine.0.borrow_mut().tools.file.profiles[1] = profile("sales", Some((sales.id, Drift::ChangedThere)));
    desk.looks_away_and_back();
    assert!(desk.has("CHANGED IN THE FILE") && !desk.has("SAME USER"));
    assert!(desk.shows("if you publish again"), "the file was not edited by another program");
}
