//! The bar at the bottom: the number of connections in each state, and what is running.

use std::time::Duration;

use egui::{CornerRadius, Frame, Margin, Panel, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use jiff::SignedDuration;

use super::{
    act::Act,
    fonts,
    icons::Icon,
    shortcuts::Action,
    state::{Counts, State},
    text,
    theme::{self, Palette, Tone},
    widgets::{Button, Tip as _, elided, spinner, truncated_label},
};
use crate::ui::state::ask_quietly;
use brickpass_engine::{ClearClipboard, KeepClipboard};

const HEIGHT: f32 = 28.0;

/// Below this window height, the form needs the room.
const LOWEST: f32 = 300.0;

/// The width of *Clear now* and *+30 s*, which must be seen whatever is said before them.
const CLIPBOARD_BUTTONS: f32 = 190.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if ui.available_height() < LOWEST && state.secrets.copied().is_none() {
        return;
    }
    let palette = theme::of(ui);
    let frame = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(12, 2));
    Panel::bottom("status bar").exact_size(HEIGHT).resizable(false).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let running = state.tests.running_count();
            if running > 1 {
                spinner(ui, text::TESTING);
                say(ui, &text::testing(state.tests.ended_in_batch, state.tests.ended_in_batch + running), palette.text);
                if Button::ghost(text::CANCEL_ALL).small().show(ui).clicked() {
                    state.tests.cancel_all();
                }
            }
            clipboard(ui, state, act);
            expiry(ui, state);
            let counts = state.connections.counts();
            for (words, tone) in words(counts) {
                say(ui, &words, colour(palette, tone));
            }
        });
    });
}

/// The expiring tokens; opens their page.
fn expiry(ui: &mut Ui, state: &mut State) {
    let Some((words, tone)) = text::expiry::summary(state.expiry.calendar().summary) else { return };
    let palette = theme::of(ui);
    let galley = elided(ui.painter(), &words, fonts::regular(12.0), colour(palette, tone), ui.available_width() - 40.0);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 34.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &words));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), palette.hover);
    }
    Icon::Expiring.paint(ui.painter(), pos2(rect.left() + 14.0, rect.center().y), 14.0, colour(palette, tone));
    let at = pos2(rect.left() + 26.0, (rect.center().y - galley.size().y / 2.0).floor());
    ui.painter().galley(at, galley, colour(palette, tone));
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, 6);
    }
    if response.tip(Action::Expiring.tooltip(ui.ctx())).clicked() {
        state.expiry.toggle(&state.connections);
        ui.ctx().request_repaint();
    }
}

/// The secret on the clipboard and the remaining time.
fn clipboard(ui: &mut Ui, state: &State, act: &mut Act) {
    let Some(copied) = state.secrets.copied() else { return };
    let left = copied.left(act.now);
    let room = (ui.available_width() - CLIPBOARD_BUTTONS).max(40.0);
    let words = text::on_the_clipboard(&copied.what, copied.seconds_left(act.now), copied.guaranteed);
    truncated_label(ui, &words, fonts::regular(12.0), theme::of(ui).text, room);
    if Button::ghost(text::CLEAR_NOW).small().show(ui).clicked() {
        act.send(ask_quietly(ClearClipboard));
    }
    if Button::ghost(text::KEEP_LONGER).small().show(ui).clicked() {
        act.send(ask_quietly(KeepClipboard));
    }
    let until_it_changes =
        if left.subsec_nanos() > 0 { left - SignedDuration::from_secs(left.as_secs()) } else { SignedDuration::from_secs(1) };
    ui.ctx().request_repaint_after(Duration::try_from(until_it_changes).unwrap_or_default());
}

fn say(ui: &mut Ui, words: &str, colour: egui::Color32) {
    let room = ui.available_width();
    if room > 40.0 {
        truncated_label(ui, words, fonts::regular(12.0), colour, room);
    }
}

fn colour(palette: &Palette, tone: Tone) -> egui::Color32 {
    if tone == Tone::Neutral { palette.weak } else { palette.tone(tone) }
}

fn words(counts: Counts) -> Vec<(String, Tone)> {
    if counts.all == 0 {
        return vec![(text::NO_CONNECTIONS.to_owned(), Tone::Neutral)];
    }
    let some = |count: usize, words: String, tone| (count > 0).then_some((words, tone));
    [
        Some((text::connections(counts.all), Tone::Neutral)),
        some(counts.ok, format!("{} {}", counts.ok, text::OK), Tone::Ok),
        some(counts.sign_in, text::needs_sign_in(counts.sign_in), Tone::Warning),
        some(counts.expiring, text::expiring(counts.expiring), Tone::Warning),
        some(counts.no_permission, text::without_permission(counts.no_permission), Tone::Error),
        some(counts.unreachable, text::unreachable(counts.unreachable), Tone::Error),
        some(counts.untested, text::untested(counts.untested), Tone::Neutral),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_states_that_occur_are_counted_in_words() {
        let counts = Counts { all: 4, ok: 3, sign_in: 1, ..Counts::default() };
        let said: Vec<String> = words(counts).into_iter().map(|(words, _)| words).collect();
        assert_eq!(said, ["4 connections", "3 OK", "1 not signed in"]);
        assert_eq!(words(Counts::default()).len(), 1);
    }
}
