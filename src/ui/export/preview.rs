//! The preview of an export. A secret in it is shown as dots until the person reveals it. The revealed text is only drawn: no widget
//! stores it and no screen reader reads it.

use std::time::Duration;

use egui::{Color32, CornerRadius, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, text::LayoutJob, vec2};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{ExportModel, Hidden, State},
    text::export as words,
    theme,
    widgets::{Button, REVEAL_SECONDS, code_box, remark, segments},
};
use brickpass_core::connection::{ConnectionId, Severity};

/// The maximum number of lines in a preview.
const MAX_LINES: usize = 300;

/// A placeholder until the text is known.
pub fn placeholder(ui: &mut Ui, words: &str) {
    code_box(ui, words::PREVIEW, words, true);
}

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let model = state.export.model_mut(id);
    let Some(document) = model.preview().value() else { return };
    let (count, secret) = (document.files.len(), document.contains_secret);
    let names: Vec<String> = document.files.iter().map(|file| file.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut at = model.file.min(count.saturating_sub(1));
    if count > 1 {
        egui::ScrollArea::horizontal().id_salt("files").show(ui, |ui| segments(ui, &mut at, &names));
        model.file = at;
    }
    if secret { with_secret(ui, state, act, id, at) } else { without(ui, state, id, at) }
}

fn without(ui: &mut Ui, state: &State, id: ConnectionId, at: usize) {
    let document = state.export.model(id).and_then(|model| model.preview().value());
    let Some(file) = document.and_then(|document| document.files.get(at)) else { return };
    let (shown, more) = capped(file.text.expose_secret().trim_end());
    code_box(ui, &format!("{}, {}", words::PREVIEW, file.name), shown, false);
    and_more(ui, more);
}

fn with_secret(ui: &mut Ui, state: &mut State, act: &Act, id: ConnectionId, at: usize) {
    let model = state.export.model_mut(id);
    let left = is_revealed(ui, model, act.now);
    let revealed = left.is_some();
    if model.revealed_at().is_some() && !revealed {
        state.export.hide(id);
    }
    if revealed {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(left.unwrap_or(0.0).clamp(0.0, REVEAL_SECONDS)));
    }
    let Some(model) = state.export.model(id) else { return };
    let Some(file) = model.preview().value().and_then(|document| document.files.get(at)) else { return };
    let (text, more) = capped(file.text.expose_secret().trim_end());
    if revealed {
        drawn(ui, &format!("{}, {}, {}", words::PREVIEW, file.name, words::SHOWN_SAID), text);
    } else {
        let plain = model.without_secret(&file.name);
        let shown = Hidden::by(plain).text(text);
        code_box(ui, &format!("{}, {}, {}", words::PREVIEW, file.name, words::HIDDEN_SAID), &shown, false);
    }
    and_more(ui, more);
}

/// Whether the secret is readable now: for a limited time, and only while the window has the focus.
fn is_revealed(ui: &Ui, model: &ExportModel, now: Timestamp) -> Option<f64> {
    let left = REVEAL_SECONDS - now.duration_since(model.revealed_at()?).as_secs_f64();
    (left > 0.0 && ui.input(|input| input.focused)).then_some(left)
}

pub fn reveal_button(ui: &mut Ui, state: &mut State, act: &Act, id: ConnectionId) {
    let current = state.export.current_document(id).is_some();
    let revealed = state.export.model(id).is_some_and(|model| is_revealed(ui, model, act.now).is_some());
    let (icon, name) = if revealed { (Icon::EyeSlash, words::HIDE) } else { (Icon::Eye, words::REVEAL) };
    if Button::ghost(name).icon(icon).enabled(revealed || current).show(ui).clicked() {
        if revealed {
            state.export.hide(id);
        } else {
            state.export.reveal(id, act.now);
        }
        ui.ctx().request_repaint();
    }
}

/// Only the first lines: laying out a long export would cost time in every frame.
fn capped(text: &str) -> (&str, usize) {
    let Some((at, _)) = text.match_indices('\n').nth(MAX_LINES - 1) else { return (text, 0) };
    let (shown, rest) = text.split_at(at);
    (shown, rest.lines().count().saturating_sub(1))
}

fn and_more(ui: &mut Ui, lines: usize) {
    if lines > 0 {
        remark(ui, Severity::Note, &words::more_lines(lines));
    }
}

/// Like [`code_box`], but the text is only drawn.
fn drawn(ui: &mut Ui, accessible_label: &str, text: &str) {
    const PADDING: f32 = 12.0;
    let palette = theme::of(ui);
    let width = ui.available_width().max(96.0);
    let mut job = LayoutJob::simple(text.to_owned(), fonts::monospace(12.5), Color32::PLACEHOLDER, width - 2.0 * PADDING);
    for section in &mut job.sections {
        section.format.line_height = Some(20.0);
    }
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y + 2.0 * PADDING), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, accessible_label));
    ui.painter().rect(rect, CornerRadius::same(theme::RADIUS), palette.window, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    ui.painter().galley(rect.min + vec2(PADDING, PADDING), galley, palette.text);
}

/// The shown file, if none of the files contains a secret.
pub fn plain_words(state: &State, id: ConnectionId) -> Option<String> {
    let model = state.export.model(id)?;
    let document = state.export.current_document(id).filter(|document| !document.contains_secret)?;
    let file = document.files.get(model.file).or(document.files.first())?;
    Some(file.text.expose_secret().to_owned())
}
