use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::ui::{
    icons::Icon,
    testing::window,
    theme::{self, Tone},
};
use brickpass_core::connection::{Environment, Severity, Status};

#[test]
fn buttons_are_found_by_their_words_and_disabled_ones_do_nothing() {
    let mut harness = window([600.0, 200.0], (0, 0), |ui, clicks| {
        clicks.0 += i32::from(Button::primary("Save").show(ui).clicked());
        clicks.1 += i32::from(Button::danger("Delete").icon(Icon::Trash).enabled(false).show(ui).clicked());
        icon_button(ui, Icon::Settings, "Settings");
    });
    harness.get_by_role_and_label(Role::Button, "Save").click();
    harness.get_by_role_and_label(Role::Button, "Delete").click();
    harness.run();
    assert_eq!(**harness.state(), (1, 0));
    harness.get_by_role_and_label(Role::Button, "Settings");
}

#[test]
fn controls_are_as_high_as_they_should_be() {
    let harness = window([600.0, 300.0], String::new(), |ui, text| {
        Button::secondary("Test").show(ui);
        Button::ghost("Details").small().show(ui);
        TextField::new(text, "Name").show(ui);
        Select::new("Kind", "One").show(ui, |_| {});
    });
    for label in ["Test", "Kind: One"] {
        assert!((harness.get_by_label(label).rect().height() - theme::CONTROL_HEIGHT).abs() < 0.1, "{label}");
    }
    let field = harness.get_by_role_and_label(Role::TextInput, "Name").rect();
    assert!((field.height() - theme::CONTROL_HEIGHT).abs() < 0.1, "{field}");
    assert!(harness.get_by_label("Details").rect().height() >= 24.0, "a target for the pointer");
}

#[test]
fn a_text_field_takes_what_is_typed_and_bears_its_name() {
    let mut harness = window([600.0, 200.0], String::new(), |ui, text| {
        TextField::new(text, "Base URL").hint("Paste it").suffix("Azure").leading(Icon::Search).tone(Some(Tone::Error)).show(ui);
    });
    harness.get_by_role_and_label(Role::TextInput, "Base URL").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Base URL").type_text("https://a");
    harness.run();
    assert_eq!(**harness.state(), "https://a");
}

#[test]
fn a_select_says_its_value_and_is_worked_with_the_keyboard() {
    let mut harness = window([600.0, 300.0], "One", |ui, chosen| {
        let shown = *chosen;
        Select::new("Kind", shown).show(ui, |ui| {
            for title in ["One", "Two"] {
                if select_option(ui, shown == title, title, Some("Explained")).clicked() {
                    *chosen = title;
                }
            }
        });
    });
    harness.get_by_role_and_label(Role::ComboBox, "Kind: One").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(**harness.state(), "Two");
    assert!(harness.get_by_role_and_label(Role::ComboBox, "Kind: Two").is_focused(), "the focus is back");
    assert!(harness.query_by_role(Role::ListBoxOption).is_none(), "the list is closed");
}

#[test]
fn a_menu_opens_and_its_items_work() {
    let mut harness = window([600.0, 300.0], false, |ui, deleted| {
        menu_button(ui, "More actions", |ui| {
            menu_item(ui, Icon::Copy, "Duplicate", "Ctrl+D", Tone::Neutral);
            menu_separator(ui);
            *deleted |= menu_item(ui, Icon::Trash, "Delete", "Del", Tone::Error).clicked();
        });
    });
    harness.get_by_role_and_label(Role::Button, "More actions").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Delete").click();
    harness.run();
    assert!(**harness.state());
    assert!(harness.query_by_role(Role::MenuItem).is_none());
}

#[test]
fn tabs_turn_by_click_and_arrow_key() {
    let mut harness = window([600.0, 100.0], 0_usize, |ui, index| {
        tabs(ui, index, &["Connection", "Tokens", "Export"]);
    });
    harness.get_by_role_and_label(Role::Tab, "Export").click();
    harness.run();
    assert_eq!(**harness.state(), 2);
    harness.get_by_role_and_label(Role::Tab, "Export").focus();
    harness.run();
    harness.key_press(Key::ArrowLeft);
    harness.run();
    assert_eq!(**harness.state(), 1);
    harness.key_press(Key::ArrowRight);
    harness.run();
}

#[test]
fn a_checkbox_is_ticked_by_its_words() {
    let mut harness = window([600.0, 100.0], false, |ui, ticked| {
        checkbox(ui, ticked, "I know this address");
    });
    harness.get_by_role_and_label(Role::CheckBox, "I know this address").click();
    harness.run();
    assert!(**harness.state());
}

#[test]
fn tags_come_with_enter_or_comma_and_go_with_backspace_or_their_cross() {
    let mut harness = window([500.0, 200.0], (Vec::<String>::new(), String::new()), |ui, state| {
        tags_field(ui, &mut state.0, &mut state.1);
    });
    harness.get_by_role_and_label(Role::TextInput, "Tags").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Tags").type_text("sales");
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Tags").type_text("eu-west, Sales, x,");
    harness.run();
    assert_eq!(harness.state().0, ["sales", "eu-west", "x"]);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Tags").is_focused());
    harness.key_press(Key::Backspace);
    harness.run();
    assert_eq!(harness.state().0, ["sales", "eu-west"]);
    harness.get_by_label("Remove tag sales").click();
    harness.run();
    assert_eq!(harness.state().0, ["eu-west"]);
}

#[test]
fn many_tags_wrap_and_stay_inside_the_field() {
    let tags: Vec<String> = (0..30).map(|number| format!("tag number {number}")).collect();
    let harness = window([420.0, 600.0], (tags, String::new()), |ui, state| {
        tags_field(ui, &mut state.0, &mut state.1);
    });
    for number in 0..30 {
        let chip = harness.get_by_label(&format!("tag number {number}")).rect();
        assert!(chip.right() <= 420.0 && chip.left() >= 0.0, "{chip}");
    }
}

#[test]
fn escape_closes_a_dialog_and_the_focus_returns_to_what_opened_it() {
    let mut harness = window([800.0, 600.0], false, |ui, open| {
        if Button::secondary("Open").show(ui).clicked() {
            *open = true;
        }
        if *open && modal(ui.ctx(), egui::Id::unique("dialog"), "A question", 400.0, |ui| Button::primary("Yes").show(ui)).closed {
            *open = false;
        }
    });
    harness.get_by_role_and_label(Role::Button, "Open").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.query_by_label("Yes").is_some());
    assert!(harness.query_by_role_and_label(Role::Dialog, "A question").is_some(), "a screen reader says what has opened");
    harness.key_press(Key::Tab);
    harness.run();
    assert!(!harness.get_by_role_and_label(Role::Button, "Open").is_focused());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!**harness.state());
    assert!(harness.get_by_role_and_label(Role::Button, "Open").is_focused());
}

#[test]
fn a_click_beside_a_dialog_does_not_lose_what_was_typed() {
    let mut harness = window([800.0, 600.0], true, |ui, open| {
        *open &= !modal(ui.ctx(), egui::Id::unique("dialog"), "A question", 400.0, |_| {}).closed;
    });
    let corner = egui::pos2(10.0, 590.0);
    harness.drag_at(corner);
    harness.drop_at(corner);
    harness.run();
    assert!(**harness.state());
    harness.get_by_role_and_label(Role::Button, "Close").click();
    harness.run();
    assert!(!**harness.state());
}

#[test]
fn labels_stand_above_their_fields_when_narrow() {
    let place = |width: f32| {
        let harness = window([width, 200.0], String::new(), |ui, text| {
            form_row(ui, "Name", |ui| TextField::new(text, "Name").show(ui));
        });
        harness.get_by_role_and_label(Role::TextInput, "Name").rect()
    };
    let (wide, narrow) = (place(700.0), place(480.0));
    assert!(wide.left() >= 152.0);
    assert!(narrow.left() < 20.0 && narrow.top() > wide.top());
    assert!(narrow.right() <= 480.0);
}

#[test]
fn a_remark_is_words_that_a_screen_reader_finds() {
    let harness = window([600.0, 100.0], (), |ui, ()| {
        remark(ui, Severity::Error, "This is not an address");
    });
    harness.get_by_label("This is not an address");
}

#[test]
fn a_cut_name_is_whole_for_screen_readers() {
    let long = "A name that is far too long for its place";
    let harness = window([600.0, 100.0], (), |ui, ()| {
        let palette = theme::of(ui);
        let response =
            truncated_label(ui, "A name that is far too long for its place", crate::ui::fonts::regular(14.0), palette.text, 100.0);
        assert!(response.rect.width() <= 100.0);
    });
    harness.get_by_label(long);
}

#[test]
fn shapes_of_states_differ() {
    let all = [Status::Untested, Status::Ok, Status::Expiring, Status::SignIn, Status::NoPermission, Status::Unreachable];
    let shapes: std::collections::HashSet<_> = all.into_iter().map(|status| status_look(status).0).collect();
    assert_eq!(shapes.len(), all.len());
}

#[test]
fn nothing_repaints_by_itself_but_a_spinner() {
    let mut still = window([900.0, 700.0], (String::from("text"), vec![String::from("tag")], 0), |ui, state| {
        TextField::new(&mut state.0, "Name").show(ui);
        tags_field(ui, &mut state.1, &mut String::new());
        tabs(ui, &mut state.2, &["One", "Two"]);
        environment_badge(ui, &Environment::Production);
        status_icon(ui, Status::Ok, false);
        timeline_bar(ui, 0.1, 0.5, Tone::Accent);
        Button::primary("Save").show(ui);
    });
    still.get_by_role_and_label(Role::TextInput, "Name").focus();
    still.run();
    still.step();
    let delay = |output: &egui::FullOutput| output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
    assert_eq!(delay(still.output()), std::time::Duration::MAX, "a focused field does not blink either");

    let mut testing = window([100.0, 100.0], false, |ui, on| {
        if *on {
            status_icon(ui, Status::Ok, true);
        }
    });
    testing.ctx.all_styles_mut(|style| style.animation_time = 0.1);
    **testing.state_mut() = true;
    testing.run_steps(3);
    let busy = delay(testing.output());
    assert!(busy > std::time::Duration::ZERO && busy < std::time::Duration::from_millis(100), "{busy:?}");
}

#[test]
fn the_keyboard_reaches_every_control_in_reading_order() {
    let mut harness = window([600.0, 400.0], (String::new(), false), |ui, state| {
        TextField::new(&mut state.0, "First").show(ui);
        Select::new("Second", "x").show(ui, |_| {});
        checkbox(ui, &mut state.1, "Third");
        Button::primary("Fourth").show(ui);
    });
    for (role, label) in [(Role::TextInput, "First"), (Role::ComboBox, "Second: x"), (Role::CheckBox, "Third"), (Role::Button, "Fourth")] {
        harness.key_press(Key::Tab);
        harness.run();
        assert!(harness.get_by_role_and_label(role, label).is_focused(), "{label}");
    }
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    harness.run();
    assert!(harness.get_by_role_and_label(Role::CheckBox, "Third").is_focused());
}
