//! A failure: what happened, why, what to do, and a button for it.

use std::fmt::Write as _;

use egui::{Id, Sense, Ui, vec2};

use super::{steps, title};
use crate::ui::state::RunId;
use crate::ui::state::refresh;
use crate::ui::{
    act::Act,
    dialogs::Unlock,
    fonts,
    icons::Icon,
    settings::SettingsDialog,
    state::{Finished, Later, State},
    text, theme,
    widgets::{Button, paragraph},
};
use brickpass_core::{
    connection::{AuthKind, Field},
    failure::{Code, Failure, Remedy},
};

pub fn show(ui: &mut Ui, finished: &Finished, state: &mut State, act: &mut Act) {
    let Some(failure) = &finished.report.failure else { return };
    let palette = theme::of(ui);
    let icon = match failure.code {
        Code::Cancelled => (Icon::Skipped, palette.weak),
        Code::Unsupported => (Icon::Info, palette.accent),
        _ => (Icon::Failed, palette.error),
    };
    told(ui, icon, &text::headline(failure.code), failure, state, act);
    if !finished.planned.is_empty() {
        ui.add_space(8.0);
        steps::finished(ui, &finished.planned, &finished.report);
    }
    for hint in &finished.report.hints {
        paragraph(ui, hint, fonts::regular(12.0), palette.weak);
    }
    ui.add_space(4.0);
    steps::rule(ui);
    failure_details(ui, finished.run, failure, state, || report(finished, failure));
}

/// The failure of something other than a test, in this panel.
pub fn failure_told(ui: &mut Ui, headline: &str, failure: &Failure, state: &mut State, act: &mut Act) {
    let icon = (Icon::Failed, theme::of(ui).error);
    told(ui, icon, headline, failure, state, act);
}

fn told(ui: &mut Ui, icon: (Icon, egui::Color32), headline: &str, failure: &Failure, state: &mut State, act: &mut Act) {
    title(ui, Some(icon), headline);
    lines(ui, failure);
    remedy_button(ui, failure, state, act, true);
}

/// The three lines with the button, for a failure outside this panel.
pub fn failure_lines(ui: &mut Ui, failure: &Failure) {
    let palette = theme::of(ui);
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, 20.0), Sense::hover());
        Icon::Failed.paint(ui.painter(), rect.center(), 16.0, palette.error);
        ui.vertical(|ui| lines(ui, failure));
    });
}

/// Only the three lines.
pub fn lines(ui: &mut Ui, failure: &Failure) {
    let palette = theme::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        paragraph(ui, &failure.what, fonts::regular(14.0), palette.text);
        for words in [&failure.why, &failure.fix] {
            if !words.is_empty() {
                paragraph(ui, words, fonts::regular(14.0), palette.weak);
            }
        }
    });
}

/// The button of the failure's remedy. `primary`: it is the main button here.
pub fn remedy_button(ui: &mut Ui, failure: &Failure, state: &mut State, act: &mut Act, primary: bool) {
    let Some(remedy) = failure.remedy else { return };
    ui.add_space(6.0);
    let auth = state.connections.shown_form().map(|form| form.draft.auth);
    // The label fits the authentication type.
    let remedy = match (remedy, auth) {
        (Remedy::ReplaceSecret, Some(AuthKind::Browser)) => Remedy::SignIn,
        (Remedy::SignIn, Some(AuthKind::PersonalAccessToken | AuthKind::ServicePrincipal)) => Remedy::ReplaceSecret,
        (remedy, _) => remedy,
    };
    let words = if auth == Some(AuthKind::ServicePrincipal) && remedy == Remedy::ReplaceSecret {
        text::REPLACE_SECRET
    } else {
        text::remedy(remedy)
    };
    let button = if primary { Button::primary(words) } else { Button::secondary(words) };
    if !button.show(ui).clicked() {
        return;
    }
    match remedy {
        Remedy::SignIn => state.view.later = Some(Later::SignIn),
        Remedy::EditBaseUrl => state.view.focus = Some(Field::BaseUrl),
        Remedy::EditTimeout => state.view.focus = Some(Field::Timeout),
        Remedy::ReplaceSecret => state.view.focus = Some(Field::Secret),
        Remedy::OpenNetworkSettings | Remedy::OpenVaultSettings => {
            state.dialogs.show(SettingsDialog::new(&state.preferences.settings, state.secrets.home()));
        }
        Remedy::UnlockVault => state.dialogs.show(Unlock::new(&state.secrets, None)),
        Remedy::TryAgain => state.view.later = Some(Later::TryAgain),
        Remedy::Reload => act.send(refresh()),
    }
}

/// The server's message, and a report for support.
pub fn failure_details(ui: &mut Ui, run: RunId, failure: &Failure, state: &mut State, report: impl FnOnce() -> String) {
    let id = Id::unique(("details", run));
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if failure.details.is_some() {
            let caret = if open { Icon::CaretDown } else { Icon::CaretRight };
            if Button::ghost(text::DETAILS).icon(caret).small().show(ui).clicked() {
                open = !open;
                ui.data_mut(|data| data.insert_temp(id, open));
            }
        }
        if Button::ghost(text::COPY_REPORT).icon(Icon::Copy).small().show(ui).clicked() {
            Act::copy(ui.ctx(), state, report());
        }
    });
    if open && let Some(details) = &failure.details {
        let palette = theme::of(ui);
        egui::ScrollArea::vertical().id_salt(id).max_height(160.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = egui::RichText::new(details).font(fonts::regular(12.0)).color(palette.weak);
            ui.add(egui::Label::new(words).wrap().selectable(true));
        });
    }
}

/// A report for support. It contains no secret, since no failure does.
fn report(finished: &Finished, failure: &Failure) -> String {
    let connection = &finished.tested;
    let mut out = String::new();
    let _ = writeln!(out, "{} {}", text::APP, env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "{}: {}", text::BASE_URL, connection.base_url);
    let _ = writeln!(out, "{}: {}", text::AUTH, connection.auth.kind().label());
    let _ = writeln!(out, "{}: {} {}", text::TIMEOUT, connection.timeout.seconds(), text::SECONDS);
    let _ = writeln!(out, "{}", finished.tested_at);
    let _ = writeln!(out, "\n{}\n{}\n{}\n", failure.what, failure.why, failure.fix);
    for step in &finished.planned {
        let line = match finished.report.steps.iter().find(|done| done.step == *step) {
            Some(done) => {
                format!("{}: {}, {}", step.label(), if done.ok { text::OK } else { text::STEP_FAILED }, text::took(done.duration))
            }
            None => format!("{}: {}", step.label(), text::STEP_SKIPPED),
        };
        let _ = writeln!(out, "{line}");
    }
    if let Some(details) = &failure.details {
        let _ = writeln!(out, "\n{details}");
    }
    out
}
