use egui::{Event, Key, Modifiers, Role, accesskit};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::*;
use crate::ui::testing::{Window, window};

struct Shown {
    secret: TypedSecret,
    stored: bool,
    now: f64,
    reveal_clicked: bool,
    id: Option<Id>,
}

const TYPED: &str = "dapi-canary-value";

fn field(typed: &str) -> Harness<'static, Window<Shown>> {
    let state = Shown { secret: TypedSecret::from(typed), stored: false, now: 100.0, reveal_clicked: false, id: None };
    window([400.0, 100.0], state, |ui, shown| {
        let field = SecretField::new(&mut shown.secret, "Access token").hint("Paste it here").stored(shown.stored);
        let response = field.show(ui, shown.now);
        shown.id = Some(response.response.id);
        shown.reveal_clicked |= response.reveal_clicked;
    })
}

fn type_in(harness: &mut Harness<'static, Window<Shown>>, text: &str) {
    harness.get_by_role_and_label(Role::PasswordInput, "Access token").focus();
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, "Access token").type_text(text);
    harness.run();
}

fn click(harness: &mut Harness<'static, Window<Shown>>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run_steps(3);
}

/// Whether the field shows anything other than dots: all dots share one glyph.
fn is_shown(harness: &Harness<'static, Window<Shown>>) -> bool {
    fn pictures(shape: &egui::Shape, out: &mut std::collections::HashSet<[u16; 2]>) {
        match shape {
            egui::Shape::Text(text) if text.galley.text().contains(DOT) => {
                out.extend(text.galley.rows.iter().flat_map(|row| &row.glyphs).map(|glyph| glyph.uv_rect.min));
            }
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| pictures(shape, out)),
            _ => {}
        }
    }
    let mut out = std::collections::HashSet::new();
    harness.output().shapes.iter().for_each(|clipped| pictures(&clipped.shape, &mut out));
    // A dot may have one glyph for each of four subpixel positions.
    out.len() > 4
}

/// Every text that egui would draw or send to a screen reader.
fn everything_said(harness: &Harness<'static, Window<Shown>>) -> String {
    fn texts(shape: &egui::Shape, out: &mut String) {
        match shape {
            egui::Shape::Text(text) => out.push_str(text.galley.text()),
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, out)),
            _ => {}
        }
    }
    let mut out = String::new();
    for clipped in &harness.output().shapes {
        texts(&clipped.shape, &mut out);
    }
    out + &spoken(harness)
}

fn spoken(harness: &Harness<'static, Window<Shown>>) -> String {
    format!("{:?}", harness.root())
        + &harness.query_all_by(|_| true).filter_map(|node| node.value().or_else(|| accesskit_text(&node))).collect::<String>()
}

fn accesskit_text(node: &egui_kittest::Node<'_>) -> Option<String> {
    use egui_kittest::kittest::NodeT as _;
    let _: accesskit::Role = node.accesskit_node().role();
    node.accesskit_node().label()
}

#[test]
fn what_is_typed_reaches_the_secret_and_shows_as_dots() {
    let mut harness = field("");
    type_in(&mut harness, TYPED);
    assert_eq!(harness.state().secret.expose(), TYPED);
    let said = everything_said(&harness);
    assert!(said.contains("•••"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn editing_in_the_middle_hits_the_right_characters() {
    let mut harness = field("");
    type_in(&mut harness, "aβcd");
    for key in [Key::ArrowLeft, Key::ArrowLeft, Key::Backspace] {
        harness.key_press(key);
        harness.run();
    }
    harness.event(Event::Text("X".into()));
    harness.run();
    assert_eq!(harness.state().secret.expose(), "aXcd");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(Event::Paste("new".into()));
    harness.run();
    assert_eq!(harness.state().secret.expose(), "new");
}

#[test]
fn a_screen_reader_may_set_the_whole_value() {
    let mut harness = field("old");
    harness.get_by_role_and_label(Role::PasswordInput, "Access token").set_text_value_accesskit("replaced");
    harness.run();
    assert_eq!(harness.state().secret.expose(), "replaced");
}

#[test]
fn undo_neither_brings_back_a_secret_nor_damages_it() {
    let mut harness = field("");
    type_in(&mut harness, TYPED);
    for _ in 0..5 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
        harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        harness.run();
    }
    assert_eq!(harness.state().secret.expose(), TYPED);
}

#[test]
fn egui_keeps_no_history_of_it_masked_or_revealed() {
    let mut harness = field("");
    type_in(&mut harness, TYPED);
    click(&mut harness, "Show Access token");
    type_in(&mut harness, "more");
    let id = harness.state().id.unwrap();
    let state = TextEditState::load(&harness.ctx, id).unwrap();
    assert!(!format!("{:?}", state.undoer()).contains("canary"));
    assert!(!state.undoer().has_undo(&(egui::text_selection::CCursorRange::default(), String::new())));
}

#[test]
fn nothing_is_left_when_the_field_closes() {
    let mut harness = field(TYPED);
    click(&mut harness, "Show Access token");
    let id = harness.state().id.unwrap();
    forget_secret_field(&harness.ctx, id);
    assert!(TextEditState::load(&harness.ctx, id).is_none());
    harness.run_steps(2);
    assert!(!is_shown(&harness));
}

#[test]
fn the_eye_shows_it_for_twenty_seconds_but_not_to_screen_readers() {
    let mut harness = field(TYPED);
    assert!(!is_shown(&harness));
    click(&mut harness, "Show Access token");
    assert!(is_shown(&harness));
    assert!(!everything_said(&harness).contains("canary"), "{}", everything_said(&harness));
    harness.state_mut().now = 119.9;
    harness.run_steps(2);
    assert!(is_shown(&harness));
    harness.state_mut().now = 120.0;
    harness.run_steps(2);
    assert!(!is_shown(&harness));
    assert!(harness.query_by_label("Show Access token").is_some());
}

#[test]
fn it_hides_again_when_the_window_is_no_longer_looked_at() {
    let mut harness = field(TYPED);
    click(&mut harness, "Show Access token");
    harness.input_mut().focused = false;
    harness.event(Event::WindowFocused(false));
    harness.run_steps(2);
    harness.input_mut().focused = true;
    harness.event(Event::WindowFocused(true));
    harness.run_steps(2);
    assert!(!is_shown(&harness));
}

#[test]
fn the_eye_of_an_empty_field_asks_for_the_stored_secret() {
    let mut harness = field("");
    assert!(harness.query_by_label("Show Access token").is_none(), "nothing to show");
    harness.state_mut().stored = true;
    harness.run();
    click(&mut harness, "Show Access token");
    assert!(harness.state().reveal_clicked);
}

#[test]
fn a_huge_paste_is_cut_and_never_moves_the_secret() {
    let mut harness = field("");
    let before = harness.state_mut().secret.expose_mut().as_ptr();
    harness.get_by_role_and_label(Role::PasswordInput, "Access token").focus();
    harness.run();
    harness.event(Event::Paste("€".repeat(1_000_000)));
    harness.run();
    let secret = &mut harness.state_mut().secret;
    assert!(secret.expose().len() <= 8 * 1024);
    assert_eq!(secret.expose_mut().as_ptr(), before);
}

#[test]
fn a_revealed_stored_secret_goes_at_a_click_or_after_twenty_seconds_and_only_its_button_copies_it() {
    struct Revealed {
        now: f64,
        gone: bool,
        copied: bool,
    }
    let mut harness = window([400.0, 100.0], Revealed { now: 5.0, gone: false, copied: false }, |ui, shown| {
        let secret = SecretString::from(TYPED.to_owned());
        let clicked = revealed_secret(ui, &secret, "Access token", 0.0, shown.now);
        shown.gone |= clicked.hide;
        shown.copied |= clicked.copy_clicked;
    });
    harness.event(Event::Copy);
    harness.run_steps(2);
    assert!(!harness.state().gone && !harness.state().copied);
    harness.get_by_label("Copy Access token").click();
    harness.run_steps(2);
    assert!(!harness.state().gone && harness.state().copied);
    assert!(harness.output().platform_output.commands.is_empty(), "the window's own clipboard never gets it");
    harness.get_by_label("Hide Access token").click();
    harness.run_steps(2);
    assert!(harness.state().gone);
    harness.state_mut().gone = false;
    harness.state_mut().now = 20.0;
    harness.run_steps(2);
    assert!(harness.state().gone);
}
