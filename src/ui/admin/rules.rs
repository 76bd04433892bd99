//! Whether personal access tokens are allowed, and their maximum lifetime.

use egui::{Align, Layout, Ui};

use super::{asking, failed, words};
use crate::ui::{
    act::Act,
    fonts,
    state::{MAXIMUM_DAYS, State},
    theme,
    widgets::{Select, card, paragraph, select_option, spinner, switch, truncated_label},
};
use brickpass_core::failure::Failure;
use brickpass_databricks::rest::TokenRules;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(admin_data) = state.admin.shown(&state.connections) else { return };
    let (rules, waits) = (admin_data.rules.value().copied(), admin_data.is_ruling());
    let failure: Option<Failure> = admin_data.rules.failure().cloned();
    if let Some(failure) = failure {
        if failed(ui, state, act, words::RULES_FAILED, &failure) {
            act.send(state.admin.load(&state.connections));
        }
        return;
    }
    let Some(rules) = rules else {
        asking(ui, words::ASKING_RULES);
        return;
    };
    card(ui, None, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 10.0;
        enabled(ui, state, act, rules, waits);
        maximum(ui, state, act, rules, waits);
    });
}

/// Text on the left, the control on the right.
fn line(ui: &mut Ui, width: f32, title: &str, below: &str, add_control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let room = ui.available_width() - width - 12.0;
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 0.0;
            truncated_label(ui, title, fonts::medium(14.0), theme::of(ui).text, room);
            paragraph(ui, below, fonts::regular(12.0), theme::of(ui).weak);
        });
        ui.with_layout(Layout::right_to_left(Align::Center), add_control);
    });
}

fn enabled(ui: &mut Ui, state: &mut State, act: &mut Act, rules: TokenRules, waits: bool) {
    let told = match rules.enabled {
        _ if waits => words::CHANGING,
        Some(true) => words::ALLOWED,
        Some(false) => words::NOT_ALLOWED,
        None => words::UNSET,
    };
    let on = rules.enabled.unwrap_or(true);
    line(ui, 48.0, words::ENABLED_ROW, told, |ui| {
        if waits {
            spinner(ui, words::CHANGING);
        } else if switch(ui, on, true, words::ENABLED_ROW).clicked() {
            act.send(state.admin.switch_tokens(!on, &state.connections));
        }
    });
}

fn maximum(ui: &mut Ui, state: &mut State, act: &mut Act, rules: TokenRules, waits: bool) {
    const WIDTH: f32 = 144.0;
    let shown = words::maximum(rules.maximum_days);
    line(ui, WIDTH, words::MAXIMUM_ROW, words::MAXIMUM_WHY, |ui| {
        ui.add_enabled_ui(!waits, |ui| {
            Select::new(words::MAXIMUM_ROW, &shown).width(WIDTH).show(ui, |ui| {
                for days in MAXIMUM_DAYS.into_iter().map(Some).chain([None]) {
                    if select_option(ui, rules.maximum_days == days, &words::maximum(days), None).clicked() {
                        act.send(state.admin.set_maximum_days(days, &state.connections));
                    }
                }
            });
        });
    });
}
