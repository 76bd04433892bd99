//! The *Export* tab: the tool, what it gets, and which user it signs in as.

mod diff;
mod fields;
mod form;
mod format;
mod include;
mod preview;
mod profile;
mod save;
#[cfg(test)]
mod tests;
mod tools;
mod verification;

use egui::{Align, Id, Margin, Rect, ScrollArea, Ui, UiBuilder, vec2};

pub use include::IncludeSecret;
pub use save::SaveExport;

use super::{
    act::Act,
    dialogs::Unlock,
    fonts,
    icons::Icon,
    state::{Later, State, Tool},
    text::{self, export as words},
    theme,
    widgets::{Button, paragraph, remark},
};
use brickpass_core::connection::Severity;
use brickpass_storage::VaultStatus;

/// From this page width on, the list of tools is next to the chosen tool.
pub const WIDE: f32 = 760.0;
const LIST: f32 = 232.0;
const GAP: f32 = 24.0;

/// The tools on the left, the chosen one on the right; each scrolls separately.
pub fn beside(ui: &mut Ui, state: &mut State, act: &mut Act, side: i8) {
    let whole = ui.available_rect_before_wrap();
    let side = f32::from(side);
    let top = whole.top() + 16.0;
    let left = Rect::from_min_size(egui::pos2(whole.left() + side, top), vec2(LIST, (whole.bottom() - top).max(1.0)));
    let right = Rect::from_min_max(egui::pos2(left.right() + GAP, top), whole.max);
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        if state.connections.exportable().is_some() {
            tools::beside(ui, state, act);
        }
    });
    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
        let id = (words::TOOLS, state.connections.selection.shown(), state.export.title(state.export.tool()));
        ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
            let margin = Margin { left: 0, right: side as i8, top: 0, bottom: 24 };
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(840.0));
                chosen(ui, state, act);
            });
        });
    });
}

/// Stays visible while the rest scrolls, if the list has no room next to it.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    if state.connections.exportable().is_none() {
        return;
    }
    let choosing = state.export.choosing;
    let shown = if choosing {
        tools::filter(ui, state, act)
    } else {
        let button = Button::secondary(words::ALL_TOOLS).icon(Icon::CaretDown).show(ui);
        if button.clicked() {
            state.export.choosing = true;
            ui.ctx().request_repaint();
        }
        button
    };
    let id = Id::unique("tools were being chosen");
    let before = ui.data_mut(|data| {
        let before = data.get_temp::<bool>(id).unwrap_or(choosing);
        data.insert_temp(id, choosing);
        before
    });
    if before != choosing {
        // From here on, either the list or the chosen tool takes the page.
        ui.scroll_to_rect(shown.rect.expand(8.0), Some(Align::TOP));
        shown.request_focus();
        ui.ctx().request_repaint();
    }
    ui.add_space(12.0);
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if state.connections.exportable().is_some() && state.export.choosing {
        tools::list(ui, state, act, false);
    } else {
        chosen(ui, state, act);
    }
}

fn chosen(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    let palette = theme::of(ui);
    if state.connections.exportable().is_none() {
        paragraph(ui, words::NOT_SAVED, fonts::regular(14.0), palette.weak);
        return;
    }
    let tool = state.export.tool();
    paragraph(ui, state.export.title(tool), fonts::semibold(20.0), palette.text);
    in_the_way(ui, state, tool);
    match tool {
        Tool::Profile => profile::show(ui, state, act),
        Tool::Form => form::show(ui, state, act),
        Tool::Format(_) => format::show(ui, state, act),
    }
}

/// What prevents a tool from working, and the remedy.
fn in_the_way(ui: &mut Ui, state: &mut State, tool: Tool) {
    let Some(id) = state.connections.selection.shown() else { return };
    if state.connections.is_unsaved(id) {
        remark(ui, Severity::Warning, words::UNSAVED);
    }
    if state.connections.reaches_account() && tool.is_format() {
        remark(ui, Severity::Warning, words::ACCOUNT);
    }
    if matches!(state.secrets.vault.value(), Some((_, VaultStatus::Locked { .. }))) {
        remark(ui, Severity::Warning, words::LOCKED);
        if Button::secondary(words::UNLOCK).icon(Icon::Lock).show(ui).clicked() {
            state.dialogs.show(Unlock::new(&state.secrets, None));
        }
    } else if state.sign_ins.is_next(id, &state.connections, &state.tests) {
        remark(ui, Severity::Warning, words::SIGNED_OUT);
        // The button in the head has the same words.
        if Button::secondary(text::SIGN_IN).icon(Icon::SignIn).show(ui).clicked() {
            state.view.later = Some(Later::SignIn);
        }
    }
}
