//! The end of a sign-in: the signed-in user, or why it failed.

use std::fmt::Write as _;

use egui::Ui;

use crate::ui::state::RunId;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Editing, Later, State},
    test_panel::{failure_details, failure_told, rule, strong_line, title},
    text, theme,
    widgets::{Button, paragraph},
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_engine::SignedIn;

pub fn done(ui: &mut Ui, id: ConnectionId, signed_in: &SignedIn, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    title(ui, Some((Icon::Ok, palette.ok)), text::SIGNED_IN);
    strong_line(ui, &[("as ", false), (&signed_in.sign_in.user, true)]);
    let valid = text::valid_until(&signed_in.sign_in, act.now, &state.preferences.zone.0);
    paragraph(ui, &valid, fonts::regular(14.0), palette.weak);
    let unsaved = state.connections.form(id).is_some_and(Editing::is_new);
    if unsaved {
        paragraph(ui, text::SAVE_TO_KEEP, fonts::regular(14.0), palette.text);
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if unsaved {
            let saving = state.connections.form(id).is_some_and(Editing::is_saving);
            if Button::primary(text::SAVE).busy(saving).enabled(!saving).show(ui).clicked() {
                act.send(state.save());
            }
        } else if Button::primary(text::TEST).icon(Icon::Test).show(ui).clicked() {
            act.send(state.test());
        }
        if state.connections.can_add_workspaces(id) && Button::secondary(text::ADD_WORKSPACES).icon(Icon::Plus).show(ui).clicked() {
            act.send(state.connections.ask_for_workspaces(id, &state.tests));
        }
    });
    if !signed_in.hints.is_empty() {
        ui.add_space(4.0);
        rule(ui);
        ui.spacing_mut().item_spacing.y = 2.0;
        for hint in &signed_in.hints {
            paragraph(ui, hint, fonts::regular(12.0), palette.weak);
        }
    }
}

pub fn failed(ui: &mut Ui, run: RunId, failure: &Failure, report: String, state: &mut State, act: &mut Act) {
    failure_told(ui, &text::sign_in_headline(failure.code), failure, state, act);
    if failure.remedy.is_none() {
        ui.add_space(6.0);
        if Button::primary(text::SIGN_IN_AGAIN).icon(Icon::SignIn).show(ui).clicked() {
            state.view.later = Some(Later::TryAgain);
        }
    }
    ui.add_space(4.0);
    rule(ui);
    failure_details(ui, run, failure, state, || report);
}

/// A report for support. It contains no secret, since no failure does.
pub fn report(connection: &Connection, failure: &Failure) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} {}", text::APP, env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "{}: {}", text::BASE_URL, connection.base_url);
    let _ = writeln!(out, "{}: {}", text::AUTH, connection.auth.kind().label());
    let _ = writeln!(out, "\n{}\n{}\n{}", failure.what, failure.why, failure.fix);
    if let Some(details) = &failure.details {
        let _ = writeln!(out, "\n{details}");
    }
    out
}
