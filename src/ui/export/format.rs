//! One format: its fields, its preview, and where it goes.

use egui::Ui;

use super::{fields, preview};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{ExportModel, State, Tool},
    test_panel::{failure_words, remedy_button, title},
    text::{self, export as words},
    theme::{self, Tone},
    tokens::leads_elsewhere,
    widgets::{Button, badge, card, checkbox, paragraph, remark, spinner},
};
use brickpass_core::{
    connection::{ConnectionId, Severity},
    failure::Code,
};
use brickpass_engine::Drift;
use brickpass_interchange::export::NEEDS_PROFILE;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let (Some(id), Some(format)) = (state.selection.shown(), state.export.format()) else { return };
    ui.add_space(4.0);
    fields::show(ui, state, act, format);
    secret_tick(ui, state);
    let model = state.export.handover_mut(id);
    if let Some(field) = model.missing(format) {
        preview::placeholder(ui, &words::missing(field.label));
        return;
    }
    if model.preview().failure().is_some() {
        return refused(ui, state, act);
    }
    if model.preview().value().is_none() {
        ui.horizontal(|ui| {
            spinner(ui, words::MAKING);
            paragraph(ui, words::MAKING, fonts::regular(14.0), theme::of(ui).weak);
        });
        return;
    }
    buttons(ui, state, act);
    saved(ui, state);
    preview::show(ui, state, act, id);
    told(ui, state, act);
}

/// Offered if the format has a place for it and the connection has a long-lived secret.
fn secret_tick(ui: &mut Ui, state: &mut State) {
    let Some(id) = state.selection.shown() else { return };
    if state.export.format().is_none_or(|format| format.takes_secret.is_none()) {
        return;
    }
    if !state.has_secret_to_include() {
        remark(ui, Severity::Note, words::NO_STORED_SECRET);
        return;
    }
    let mut ticked = state.export.handover_mut(id).includes_secret();
    if checkbox(ui, &mut ticked, words::INCLUDE).changed() {
        state.toggle_secret();
    }
    ui.add_space(4.0);
}

/// Three lines, and the variant that works.
fn refused(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.selection.shown() else { return };
    let model = state.export.handover_mut(id);
    let (Some(failure), with_secret) = (model.preview().failure().cloned(), model.includes_secret()) else { return };
    let waits = model.preview().waits();
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        title(ui, Some((Icon::Failed, theme::of(ui).error)), words::FAILED);
        failure_words(ui, &failure);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if with_secret && Button::primary(words::LEAVE_OUT).show(ui).clicked() {
                state.toggle_secret();
            }
            if leads_elsewhere(&failure) {
                remedy_button(ui, &failure, state, act, !with_secret);
            } else if !matches!(failure.code, Code::InvalidInput | Code::Unsupported)
                && Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).busy(waits).show(ui).clicked()
            {
                act.send(state.ask_for_export());
            }
        });
    });
}

fn buttons(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    let document = state.document_to_hand_on();
    let ready = document.is_some();
    let secret = state.selection.shown().and_then(|id| state.export.model(id)).and_then(|model| model.preview().value());
    let secret = secret.is_some_and(|document| document.contains_secret);
    ui.horizontal_wrapped(|ui| {
        if Button::primary(words::COPY).icon(Icon::Copy).enabled(ready).show(ui).clicked() {
            state.used_format();
            if secret {
                act.send(state.copy_export_with_secret());
            } else if let Some(words) = preview::plain_words(state) {
                Act::copy(ui.ctx(), state, words);
            }
        }
        if Button::secondary(words::SAVE_AS).enabled(ready).show(ui).clicked() {
            state.ask_to_save_export();
        }
        if secret {
            preview::reveal_button(ui, state, act);
        }
        ui.add_space(4.0);
        if secret {
            badge(ui, words::WITH_SECRET, palette.warning);
        } else {
            badge(ui, words::NO_SECRET, palette.ok);
        }
    });
}

fn saved(ui: &mut Ui, state: &State) {
    let palette = theme::of(ui);
    let model = state.selection.shown().and_then(|id| state.export.model(id));
    if let Some(paths) = model.and_then(ExportModel::saved) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
            Icon::Ok.paint(ui.painter(), rect.center(), 16.0, palette.ok);
            paragraph(ui, &words::saved(paths), fonts::regular(14.0), palette.text);
        });
    }
}

/// Next steps and notes.
fn told(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    let Some(id) = state.selection.shown() else { return };
    let Some(document) = state.export.model(id).and_then(|model| model.preview().value()) else { return };
    let (next, mut notes) = (document.next, document.notes.clone());
    let wants_profile = notes.iter().position(|note| note == NEEDS_PROFILE);
    if !next.is_empty() {
        ui.add_space(8.0);
        paragraph(ui, words::NEXT, fonts::medium(14.0), palette.text);
        paragraph(ui, next, fonts::regular(14.0), palette.weak);
    }
    if let Some(at) = wants_profile {
        needs_profile(ui, state, act, id, &notes.remove(at));
    }
    ui.add_space(4.0);
    for note in &notes {
        remark(ui, Severity::Note, note);
    }
}

/// The tool uses the connection's profile: already published, or published with one click.
fn needs_profile(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, note: &str) {
    let palette = theme::of(ui);
    let known = state.profiles.published(id).map(|(line, drift)| (line.name.clone(), drift));
    ui.horizontal_wrapped(|ui| {
        if let Some((name, Drift::Same)) = known {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
            Icon::Ok.paint(ui.painter(), rect.center(), 16.0, palette.ok);
            paragraph(ui, &words::published_as(&name), fonts::regular(14.0), palette.text);
            return;
        }
        if Button::secondary(words::PUBLISH_FIRST).show(ui).clicked() {
            act.send(state.choose_tool(Tool::Profile));
            ui.ctx().request_repaint();
        }
        remark(ui, Severity::Note, note);
    });
}
