//! *Expiring tokens*: the expiry dates of the tokens of all connections: a strip of months, and the tokens below it, soonest first.

mod rows;
mod strip;
#[cfg(test)]
mod tests;

use egui::{Frame, Id, Key, Margin, Modifiers, ScrollArea, Ui};

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::State,
    text::expiry as words,
    theme,
    widgets::{Button, icon_button, paragraph, spinner, truncated_label},
};
use brickpass_core::connection::Severity;

/// Below this width, *Refresh from all workspaces* has a line of its own.
const NARROW: f32 = 560.0;
/// Below this height, the head scrolls with the rows.
const SHORT: f32 = 420.0;

/// Has the focus while the keyboard is in the rows.
pub fn list_id() -> Id {
    Id::unique("expiry list")
}

/// Replaces the page of the shown connection.
pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    egui::CentralPanel::no_frame().frame(Frame::new().fill(palette.window)).show(ui, |ui| {
        let whole = ui.available_rect_before_wrap();
        let side = if whole.width() < 480.0 { 16 } else { 24 };
        let margin = Margin { left: side, right: side, top: 20, bottom: 12 };
        let short = whole.height() < SHORT;
        if !short {
            Frame::new().inner_margin(margin).show(ui, |ui| head(ui, state, act));
        }
        ScrollArea::vertical().id_salt("expiry").auto_shrink(false).show(ui, |ui| {
            if short {
                Frame::new().inner_margin(margin).show(ui, |ui| head(ui, state, act));
            }
            let margin = Margin { top: 0, bottom: 24, ..margin };
            Frame::new().inner_margin(margin).show(ui, |ui| below(ui, state, act));
        });
    });
    // A dialog in front is closed first.
    let in_front = state.dialogs.is_open() || ui.ctx().text_edit_focused();
    if !in_front && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        state.expiry.close();
        ui.ctx().request_repaint();
    }
}

fn head(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    let narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        let gap = ui.spacing().item_spacing.x;
        let right = theme::CONTROL_HEIGHT + if narrow { 0.0 } else { asking_width(ui, state) + gap };
        let room = (ui.available_width() - right - gap).max(40.0);
        truncated_label(ui, words::TITLE, fonts::semibold(20.0), theme::of(ui).text, room);
        ui.add_space((ui.available_width() - right).max(0.0));
        if !narrow {
            asking(ui, state, act);
        }
        if icon_button(ui, Icon::Close, words::CLOSE).clicked() {
            state.expiry.close();
            ui.ctx().request_repaint();
        }
    });
    if narrow {
        ui.horizontal(|ui| asking(ui, state, act));
    }
    match state.expiry.asked_for_expiry() {
        None => {
            paragraph(ui, words::ASK_WHY, fonts::regular(12.0), theme::of(ui).weak);
        }
        Some(asked) => match words::asked(asked) {
            None => {
                paragraph(ui, words::ALL_ASKED, fonts::regular(12.0), theme::of(ui).weak);
            }
            Some(said) => {
                super::widgets::remark(ui, Severity::Warning, &said);
            }
        },
    }
    ui.add_space(4.0);
    strip::show(ui, state);
}

fn ask_button<'a>() -> Button<'a> {
    Button::secondary(words::ASK_ALL).icon(Icon::Refresh)
}

/// Wide enough not to move while the numbers grow.
const PROGRESS: f32 = 96.0;

fn asking_width(ui: &Ui, state: &State) -> f32 {
    if state.expiry.asking_for_expiry().is_some() {
        PROGRESS + Button::secondary(words::STOP).width(ui) + 20.0 + 2.0 * ui.spacing().item_spacing.x
    } else {
        ask_button().width(ui)
    }
}

fn asking(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(progress) = state.expiry.asking_for_expiry().map(words::progress) else {
        if ask_button().show(ui).clicked() {
            act.send(state.expiry.ask_all_for_tokens(&state.connections, &mut state.tokens));
        }
        return;
    };
    spinner(ui, words::ASKING);
    ui.scope(|ui| {
        ui.set_width(PROGRESS);
        truncated_label(ui, &progress, fonts::regular(14.0), theme::of(ui).text, PROGRESS);
    });
    if Button::secondary(words::STOP).show(ui).clicked() {
        state.expiry.stop_asking_for_tokens();
    }
}

fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let calendar = state.expiry.calendar();
    let nothing_near = calendar.summary.expired == 0 && calendar.months.iter().all(|month| month.count == 0);
    if nothing_near {
        paragraph(ui, words::EMPTY, fonts::regular(14.0), theme::of(ui).weak);
    }
    if !state.expiry.tokens().is_empty() {
        rows::show(ui, state, act);
    }
}
