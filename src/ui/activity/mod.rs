//! The *Activity* tab: who did what and when.

mod export;
mod rows;
#[cfg(test)]
mod tests;

use egui::{Frame, Id, Margin, ScrollArea, Ui};

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::State,
    test_panel::{failure_words, title},
    text::{self, activity as words},
    theme::{self, Tone},
    widgets::{Button, asking_for_rows, card, checkbox, no_rows, paragraph, push_right, refresh_button, table_filter, truncated_label},
};
use export::ExportActivity;

/// Below this page width, the filter has its own line.
const NARROW: f32 = 600.0;

pub fn list_id() -> Id {
    Id::unique("activity list")
}

/// The part that stays visible while the rest scrolls.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    let zone = state.preferences.zone.0.clone();
    let shown = state.connections.selection.shown().filter(|_| !state.activity.is_alone(&state.connections.selection));
    state.activity.sift(shown, &zone);
    toolbar(ui, state, act);
    if let Some(failure) = state.activity.failure().cloned() {
        card(ui, Some(Tone::Error), |ui| {
            ui.set_width(ui.available_width());
            title(ui, Some((Icon::Failed, theme::of(ui).error)), words::FAILED);
            failure_words(ui, &failure);
            if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
                act.send(state.activity.load());
            }
        });
    }
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let weak = theme::of(ui).weak;
    if !state.activity.is_known() {
        if state.activity.failure().is_none() {
            asking_for_rows(ui, words::READING);
        }
        return;
    }
    let (shown, all) = state.activity.counts();
    if all == 0 {
        let none = if state.activity.connection(&state.connections.selection).is_some() { words::NONE } else { words::NONE_AT_ALL };
        no_rows(ui, none);
        return;
    }
    if shown == 0 {
        no_rows(ui, words::NO_MATCH);
    } else {
        rows::show(ui, state, act);
    }
    ui.add_space(12.0);
    paragraph(ui, &format!("{} {}", words::count(shown, all), words::KEPT), fonts::regular(12.0), weak);
}

/// The activity of all connections, on its own page.
pub fn alone(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let side = if ui.available_width() < 480.0 { 16 } else { 24 };
    let margin = Margin { left: side, right: side, top: 20, bottom: 12 };
    ui.spacing_mut().item_spacing.y = 0.0;
    Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.horizontal(|ui| {
            let back = Button::ghost(words::BACK);
            let room = ui.available_width() - back.width(ui) - 8.0;
            let name = truncated_label(ui, words::TITLE_ALL, fonts::semibold(20.0), theme::of(ui).text, room);
            ui.add_space((room - name.rect.width()).max(0.0));
            if back.show(ui).clicked() {
                state.activity.leave();
            }
        });
        ui.add_space(16.0);
        above(ui, state, act);
    });
    ScrollArea::vertical().id_salt("all activity").auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { top: 0, bottom: 24, ..margin }).show(ui, |ui| below(ui, state, act));
    });
}

fn toolbar(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let narrow = ui.available_width() < NARROW;
    if narrow {
        ui.horizontal(|ui| {
            let room = ui.available_width() - theme::CONTROL_HEIGHT - ui.spacing().item_spacing.x;
            filter(ui, state, room);
            refresh(ui, state, act);
        });
        ui.horizontal(|ui| others(ui, state, act));
    } else {
        ui.horizontal(|ui| {
            filter(ui, state, 260.0_f32.min(ui.available_width() * 0.35));
            refresh(ui, state, act);
            others(ui, state, act);
        });
    }
}

fn filter(ui: &mut Ui, state: &mut State, width: f32) {
    let mut sought = state.activity.filter().to_owned();
    table_filter(ui, &mut sought, Id::unique("filter activity"), words::FILTER, words::FILTER, width, list_id());
    state.activity.set_filter(sought);
}

fn refresh(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let waits = state.activity.is_loading() && state.activity.is_known();
    if refresh_button(ui, waits, words::READING, words::REFRESH) {
        act.send(state.activity.load());
    }
}

/// The switch to all connections, and the buttons on the right.
fn others(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if !state.activity.is_alone(&state.connections.selection) {
        let mut all = state.activity.of_all();
        ui.add_space(4.0);
        if checkbox(ui, &mut all, words::ALL).changed() {
            state.activity.show_all(all);
        }
    }
    let (_, entries) = state.activity.counts();
    let export = Button::secondary(words::EXPORT).enabled(entries > 0);
    push_right(ui, export.width(ui), false);
    if export.show(ui).clicked() {
        let id = state.activity.connection(&state.connections.selection);
        state.dialogs.show(ExportActivity::new(id, &state.preferences, act.now));
    }
}
