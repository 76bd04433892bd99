//! One format: its fields, its preview, and where it goes.

use egui::Ui;

use super::{IncludeSecret, SaveExport, fields, preview};
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
    let (Some(id), Some(format)) = (state.connections.selection.shown(), state.export.format()) else { return };
    ui.add_space(4.0);
    fields::show(ui, state, act, format);
    secret_tick(ui, state, id);
    let model = state.export.model_mut(id);
    if let Some(field) = model.missing(format) {
        preview::placeholder(ui, &words::missing(field.label));
        return;
    }
    if model.preview().failure().is_some() {
        return refused(ui, state, act, id);
    }
    if model.preview().value().is_none() {
        ui.horizontal(|ui| {
            spinner(ui, words::MAKING);
            paragraph(ui, words::MAKING, fonts::regular(14.0), theme::of(ui).weak);
        });
        return;
    }
    buttons(ui, state, act, id);
    saved(ui, state, id);
    preview::show(ui, state, act, id);
    next_steps(ui, state, act, id);
}

/// Offered if the format has a place for it and the connection has a long-lived secret.
fn secret_tick(ui: &mut Ui, state: &mut State, id: ConnectionId) {
    if state.export.format().is_none_or(|format| format.takes_secret.is_none()) {
        return;
    }
    if !state.connections.has_secret_to_include() {
        remark(ui, Severity::Note, words::NO_STORED_SECRET);
        return;
    }
    let mut ticked = state.export.model_mut(id).includes_secret();
    if checkbox(ui, &mut ticked, words::INCLUDE).changed() {
        if !ticked {
            state.export.exclude_secret(id);
        } else if let Some(dialog) = IncludeSecret::new(&state.export, &state.connections) {
            state.dialogs.show(dialog);
        }
    }
    ui.add_space(4.0);
}

/// Three lines, and the variant that works.
fn refused(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let model = state.export.model_mut(id);
    let (Some(failure), with_secret) = (model.preview().failure().cloned(), model.includes_secret()) else { return };
    let waits = model.preview().waits();
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        title(ui, Some((Icon::Failed, theme::of(ui).error)), words::FAILED);
        failure_words(ui, &failure);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if with_secret && Button::primary(words::LEAVE_OUT).show(ui).clicked() {
                state.export.exclude_secret(id);
            }
            if leads_elsewhere(&failure) {
                remedy_button(ui, &failure, state, act, !with_secret);
            } else if !matches!(failure.code, Code::InvalidInput | Code::Unsupported)
                && Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).busy(waits).show(ui).clicked()
            {
                act.send(state.export.load(&state.connections));
            }
        });
    });
}

fn buttons(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let palette = theme::of(ui);
    let ready = state.export.current_document(id).is_some();
    let secret = state.export.model(id).and_then(|model| model.preview().value());
    let secret = secret.is_some_and(|document| document.contains_secret);
    ui.horizontal_wrapped(|ui| {
        if Button::primary(words::COPY).icon(Icon::Copy).enabled(ready).show(ui).clicked() {
            state.export.remember_format(&mut state.preferences);
            if secret {
                act.send(state.export.copy_with_secret(id));
            } else if let Some(words) = preview::plain_words(state, id) {
                Act::copy(ui.ctx(), state, words);
            }
        }
        if Button::secondary(words::SAVE_AS).enabled(ready).show(ui).clicked()
            && let Some(dialog) = SaveExport::new(id, &state.export, &state.preferences)
        {
            state.dialogs.show(dialog);
        }
        if secret {
            preview::reveal_button(ui, state, act, id);
        }
        ui.add_space(4.0);
        if secret {
            badge(ui, words::WITH_SECRET, palette.warning);
        } else {
            badge(ui, words::NO_SECRET, palette.ok);
        }
    });
}

fn saved(ui: &mut Ui, state: &State, id: ConnectionId) {
    let palette = theme::of(ui);
    if let Some(paths) = state.export.model(id).and_then(ExportModel::saved) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
            Icon::Ok.paint(ui.painter(), rect.center(), 16.0, palette.ok);
            paragraph(ui, &words::saved(paths), fonts::regular(14.0), palette.text);
        });
    }
}

/// With notes.
fn next_steps(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let palette = theme::of(ui);
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
    let known = state.export.profiles.published(id).map(|(line, drift)| (line.name.clone(), drift));
    ui.horizontal_wrapped(|ui| {
        if let Some((name, Drift::Same)) = known {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
            Icon::Ok.paint(ui.painter(), rect.center(), 16.0, palette.ok);
            paragraph(ui, &words::published_as(&name), fonts::regular(14.0), palette.text);
            return;
        }
        if Button::secondary(words::PUBLISH_FIRST).show(ui).clicked() {
            act.send(state.export.choose(Tool::Profile, &state.connections));
            ui.ctx().request_repaint();
        }
        remark(ui, Severity::Note, note);
    });
}
