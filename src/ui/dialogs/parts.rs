//! What dialogs have in common: text, focus, buttons, a passphrase, a failure.

use egui::{Align, Event, Id, Key, Rect, ScrollArea, Ui, vec2};

use crate::ui::{
    act::Act,
    fonts,
    state::State,
    test_panel::{failure_lines, remedy_button},
    text,
    theme::{self, Tone},
    tokens::leads_elsewhere,
    widgets::{Button, SecretField, card, paragraph, remark},
};
use brickpass_core::{
    connection::{Severity, TypedSecret},
    failure::Failure,
};

/// The passphrase, twice. Returns the second field.
pub(in crate::ui) fn new_passphrase(
    ui: &mut Ui,
    first: (&mut TypedSecret, Id),
    second: (&mut TypedSecret, Id),
    act: &Act,
) -> egui::Response {
    let ((passphrase, id), (again, again_id)) = (first, second);
    label(ui, text::PASSPHRASE);
    let first = SecretField::new(passphrase, text::PASSPHRASE).hint(text::PASSPHRASE_HINT).id(id).show(ui, act.seconds());
    focus_first(ui, &first.response);
    if let Some(why) = brickpass_storage::weak_passphrase(passphrase.expose()).filter(|_| !passphrase.is_empty()) {
        remark(ui, Severity::Warning, why);
    }
    label(ui, text::PASSPHRASE_AGAIN);
    let last = SecretField::new(again, text::PASSPHRASE_AGAIN).id(again_id).show(ui, act.seconds()).response;
    if !again.is_empty() && again != passphrase {
        remark(ui, Severity::Error, text::PASSPHRASES_DIFFER);
    }
    last
}

pub(in crate::ui) fn say(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).text);
}

pub(super) fn label(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

/// Focuses the field if nothing else in the dialog has the focus.
pub(in crate::ui) fn focus_first(ui: &Ui, field: &egui::Response) {
    if no_focus(ui) {
        field.request_focus();
    }
}

pub(in crate::ui) fn no_focus(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none())
}

/// Only a new key press without a focused widget counts: a key held down since the previous dialog confirms nothing.
pub(in crate::ui) fn enter_pressed(ui: &Ui) -> bool {
    let anew = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, repeat: false, .. });
    no_focus(ui) && ui.input(|input| input.events.iter().any(anew))
}

/// The failure, and its remedy unless that is trying again. Scrolls into view when it appears.
pub(in crate::ui) fn failure_card(ui: &mut Ui, failure: Option<&Failure>, state: &mut State, act: &mut Act) {
    let seen = Id::unique("what went wrong was seen");
    let Some(failure) = failure else { return ui.data_mut(|data| data.remove::<String>(seen)) };
    let top = ui.cursor().min;
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        failure_lines(ui, failure);
        if leads_elsewhere(failure) {
            remedy_button(ui, failure, state, act, false);
        }
    });
    if ui.data(|data| data.get_temp::<String>(seen)).as_ref() != Some(&failure.what) {
        ui.scroll_to_rect(Rect::from_min_max(top, ui.min_rect().max), Some(Align::BOTTOM));
        ui.data_mut(|data| data.insert_temp(seen, failure.what.clone()));
        ui.ctx().request_repaint();
    }
}

/// The buttons below stay visible in a small window.
pub(in crate::ui) fn scrolled(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui)) {
    const BELOW: f32 = 56.0;
    let room = (ui.available_height() - BELOW).max(64.0);
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        // Room for the focus ring.
        ui.add_space(2.0);
        add_contents(ui);
        ui.allocate_space(vec2(0.0, 2.0));
    });
}

/// Right-aligned, stacked if narrow; the focus moves from left to right.
pub(in crate::ui) fn buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, false)
}

/// Like [`buttons`], for a question without a field: the first button, which changes nothing, has the focus.
pub(super) fn cautious_buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, true)
}

fn placed<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>, mut focus_one: bool) -> Option<A> {
    ui.add_space(8.0);
    let choices: Vec<(Button<'a>, A)> = choices.into_iter().collect();
    let gap = ui.spacing().item_spacing.x;
    let width: f32 = choices.iter().map(|(button, _)| button.width(ui) + gap).sum::<f32>() - gap;
    let mut answer = None;
    ui.horizontal_wrapped(|ui| {
        ui.add_space((ui.available_width() - width).max(0.0));
        for (button, means) in choices {
            let shown = button.show(ui);
            if std::mem::take(&mut focus_one) {
                focus_first(ui, &shown);
            }
            if shown.clicked() {
                answer = Some(means);
            }
        }
    });
    answer
}
