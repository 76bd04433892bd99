//! The head of the form: name, environment, state, address, and actions.

use egui::{Color32, Ui};

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    sidebar,
    state::{RowStatus, State},
    text, theme,
    widgets::{
        Button, badge_size, environment_badge, environment_word, icon_button, icon_button_colored, menu_button, menu_item, menu_separator,
        paint_spinner, status_look, truncated_label,
    },
};
use brickpass_core::connection::{ConnectionId, Status};

/// Below this width, the state has its own line.
const NARROW: f32 = 620.0;

/// Below this width, *Test connection* is an icon.
const TINY: f32 = 400.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    let palette = theme::of(ui);
    let narrow = ui.available_width() < NARROW;
    let environment = state.connections.environment_of(id).into_owned();
    let said = row_status(ui, state, act, id);
    let tiny = ui.available_width() < TINY;
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        let test = if tiny { 32.0 } else { test_button(state, id).width(ui) };
        let status = if narrow { 0.0 } else { said.width(ui) + 12.0 };
        let sign_in = state.sign_ins.is_next(id, &state.connections, &state.tests);
        let gap = ui.spacing().item_spacing.x;
        let sign_in_width = match (sign_in, tiny) {
            (false, _) => 0.0,
            (true, true) => 32.0 + gap,
            (true, false) => sign_in_button().width(ui) + gap,
        };
        let right = sign_in_width + test + 8.0 + 32.0 + status;
        let badge = badge_size(ui.painter(), &environment_word(&environment)).x + 10.0;
        let room = (ui.available_width() - right - badge - 16.0).max(40.0);
        let name = state.connections.name_of(id).to_owned();
        truncated_label(ui, &name, fonts::semibold(20.0), palette.text, room);
        environment_badge(ui, &environment);
        ui.add_space((ui.available_width() - right).max(0.0));
        if !narrow {
            said.show(ui);
            ui.add_space(4.0);
        }
        if sign_in {
            let pressed = if tiny { icon_button(ui, Icon::SignIn, text::SIGN_IN).clicked() } else { sign_in_button().show(ui).clicked() };
            if pressed {
                act.send(state.sign_in());
            }
        }
        let pressed = if tiny { tiny_test_button(ui, state, id) } else { test_button(state, id).show(ui).clicked() };
        if pressed {
            if state.tests.running(id).is_some() {
                state.tests.cancel_these(&state.connections.selection.all());
            } else {
                act.send(state.test());
            }
        }
        menu_button(ui, text::MORE, |ui| more(ui, state, act, id));
    });
    address(ui, state, act);
    if narrow {
        said.show(ui);
    }
}

fn tiny_test_button(ui: &mut Ui, state: &State, id: ConnectionId) -> bool {
    let (icon, words) = if state.tests.running(id).is_some() { (Icon::Stop, text::CANCEL_TEST) } else { (Icon::Test, text::TEST) };
    icon_button(ui, icon, words).clicked()
}

fn sign_in_button() -> Button<'static> {
    Button::secondary(text::SIGN_IN).icon(Icon::SignIn)
}

fn test_button<'a>(state: &State, id: ConnectionId) -> Button<'a> {
    if state.tests.running(id).is_some() {
        Button::secondary(text::CANCEL_TEST).busy(true)
    } else {
        Button::secondary(text::TEST).icon(Icon::Test)
    }
}

fn address(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().interact_size.y = 24.0;
    let palette = theme::of(ui);
    let Some(origin) = state.connections.shown_form().and_then(|form| form.pasted()).map(|pasted| pasted.base_url.origin()) else {
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            truncated_label(ui, text::NO_ADDRESS, fonts::regular(14.0), palette.weak, ui.available_width());
        });
        return;
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let room = ui.available_width() - 2.0 * 24.0 - 16.0;
        truncated_label(ui, &origin, fonts::regular(14.0), palette.weak, room);
        ui.add_space(4.0);
        if icon_button_colored(ui, Icon::Copy, text::COPY_ADDRESS, 24.0, None).clicked() {
            Act::copy(ui.ctx(), state, origin.clone());
        }
        if icon_button_colored(ui, Icon::OpenInBrowser, text::OPEN, 24.0, None).clicked() {
            act.send(state.connections.open_in_browser());
        }
    });
}

fn more(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    if state.connections.is_unsaved(id) && state.connections.form(id).is_some_and(|form| !form.is_new()) {
        if menu_item(ui, Icon::Undo, text::REVERT, "", theme::Tone::Neutral).clicked() {
            state.connections.revert();
        }
        menu_separator(ui);
    }
    sidebar::connection_menu(ui, state, act, id);
}

/// A shape, words, and their color.
struct Said {
    words: String,
    icon: Option<(Icon, Color32)>,
    colour: Color32,
}

impl Said {
    fn width(&self, ui: &Ui) -> f32 {
        let words = ui.painter().layout_no_wrap(self.words.clone(), fonts::regular(14.0), Color32::PLACEHOLDER);
        words.size().x + 22.0
    }

    fn show(&self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(16.0), egui::Sense::hover());
            match self.icon {
                Some((icon, colour)) => icon.paint(ui.painter(), rect.center(), 16.0, colour),
                None => paint_spinner(ui, rect.center(), 14.0, theme::of(ui).accent),
            }
            truncated_label(ui, &self.words, fonts::regular(14.0), self.colour, ui.available_width().max(40.0));
        });
    }
}

fn row_status(ui: &Ui, state: &State, act: &Act, id: ConnectionId) -> Said {
    let palette = theme::of(ui);
    let plain = |status: Status, words: String| {
        let (icon, tone, _) = status_look(status);
        let colour = if tone == theme::Tone::Neutral { palette.weak } else { palette.tone(tone) };
        Said { words, icon: Some((icon, colour)), colour }
    };
    match state.tests.status(id, &state.connections) {
        RowStatus::Waiting => Said { words: text::WAITING.to_owned(), icon: None, colour: palette.weak },
        RowStatus::Testing(running) => {
            let step = running.current.map_or(text::TESTING, |(step, _)| step.label());
            Said { words: step.to_owned(), icon: None, colour: palette.weak }
        }
        RowStatus::Broken => Said { words: text::TEST_BROKEN.to_owned(), icon: Some((Icon::Failed, palette.error)), colour: palette.error },
        _ => match of_last_test(ui, state, act, id) {
            Some((status, words)) => plain(status, words),
            None => plain(Status::Untested, text::NOT_TESTED.to_owned()),
        },
    }
}

/// The last test in this window (of typed or saved values), or the stored result.
fn of_last_test(ui: &Ui, state: &State, act: &Act, id: ConnectionId) -> Option<(Status, String)> {
    let here = state.tests.finished(id).and_then(|finished| finished.last.as_ref());
    let last = here.or_else(|| state.connections.last_test(id))?;
    let (ago, changes_in) = text::ago(last.tested_at, act.now);
    ui.ctx().request_repaint_after(changes_in);
    Some((last.state, text::head_state(last, &ago, state.tokens.days_left(id, act.now))))
}
