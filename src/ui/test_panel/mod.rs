//! A test and its result: the steps on a time axis, the user, the clusters, or the failure.

mod clusters;
mod failed;
mod steps;
mod workspaces;

use egui::{Color32, Role, Sense, Ui, Vec2, WidgetInfo, accesskit::Live};

pub use failed::{failure_details, failure_lines, failure_told, lines as failure_words, remedy_button};
pub use steps::rule;

use super::{
    act::Act,
    fonts,
    icons::Icon,
    login,
    state::{Finished, Later, Running, State, still_says_something},
    text,
    theme::{self, Tone},
    widgets::{Button, card, paragraph, spinner, truncated_label},
};
use brickpass_core::{
    connection::{ConnectionId, LevelKind},
    failure::Code,
};
use brickpass_databricks::check::Report;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let place = ui.scope(|ui| panel(ui, state, act)).response.rect;
    if let Some(asked_for) = state.view.show_test.take()
        && (asked_for || ui.clip_rect().intersects(place))
    {
        ui.scroll_to_rect(place.expand(16.0), None);
    }
}

fn panel(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    let signing_in =
        state.sign_ins.attempt_for(id, &state.connections).is_some_and(|attempt| attempt.runs() || state.tests.running(id).is_none());
    if signing_in && login::show(ui, state, act, id) {
        return;
    }
    let tests = std::mem::take(&mut state.tests);
    if let Some(running) = tests.running(id) {
        let cancelled = card(ui, None, |ui| {
            ui.set_width(ui.available_width());
            running_test(ui, running, act)
        });
        state.tests = tests;
        if cancelled.inner {
            state.tests.cancel_these(&state.connections.selection.all());
        }
        return;
    }
    if let Some(finished) = tests.finished(id) {
        let failed = finished.report.failure.as_ref();
        let tone = failed.filter(|failure| failure.code != Code::Cancelled && failure.code != Code::Unsupported).map(|_| Tone::Error);
        card(ui, tone, |ui| {
            ui.set_width(ui.available_width());
            match failed {
                Some(_) => failed::show(ui, finished, state, act),
                None => connected(ui, finished, state),
            }
            if edited_since(finished, state) {
                ui.add_space(8.0);
                paragraph(ui, text::EDITED_SINCE, fonts::regular(12.0), theme::of(ui).weak);
            }
        });
    } else {
        card(ui, None, |ui| {
            ui.set_width(ui.available_width());
            not_yet(ui, state, id);
        });
    }
    state.tests = tests;
}

/// A line as wide as the panel, with an icon.
pub fn title(ui: &mut Ui, icon: Option<(Icon, Color32)>, words: &str) {
    ui.spacing_mut().interact_size.y = 24.0;
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        if let Some((icon, colour)) = icon {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(16.0), Sense::hover());
            icon.paint(ui.painter(), rect.center(), 16.0, colour);
        } else {
            spinner(ui, words);
        }
        let colour = theme::of(ui).text;
        let room = ui.available_width();
        let said = truncated_label(ui, words, fonts::semibold(16.0), colour, room);
        if icon.is_some() {
            // Screen readers announce the result, wherever the focus is.
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
        }
    });
}

/// A quiet line, parts of which are strong.
pub fn strong_line(ui: &mut Ui, parts: &[(&str, bool)]) {
    let palette = theme::of(ui);
    let mut job = egui::text::LayoutJob::default();
    for (words, strong) in parts {
        let (font, colour) = if *strong { (fonts::medium(14.0), palette.text) } else { (fonts::regular(14.0), palette.weak) };
        job.append(words, 0.0, egui::text::TextFormat { line_height: Some(20.0), ..egui::text::TextFormat::simple(font, colour) });
    }
    job.wrap.max_width = ui.available_width();
    let all: String = parts.iter().map(|(words, _)| *words).collect();
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size().max(egui::vec2(1.0, 20.0)), Sense::hover());
    ui.painter().galley(rect.min, galley, palette.weak);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &all));
}

fn running_test(ui: &mut Ui, running: &Running, act: &Act) -> bool {
    let palette = theme::of(ui);
    let Some(begun) = running.begun_at else {
        title(ui, None, text::WAITING);
        ui.add_space(4.0);
        paragraph(ui, text::WAITING_WHY, fonts::regular(14.0), palette.weak);
        ui.add_space(8.0);
        return Button::secondary(text::CANCEL).icon(Icon::Stop).show(ui).clicked();
    };
    let seconds = act.now.duration_since(begun).as_secs();
    title(ui, None, &format!("{}, {}", text::TESTING, text::elapsed(seconds)));
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(250));
    if let Some((wait, since)) = running.waiting {
        let left = i64::try_from(wait).unwrap_or(i64::MAX).saturating_sub(act.now.duration_since(since).as_secs());
        strong_line(ui, &[(&text::waiting_for(left), false)]);
    } else {
        strong_line(ui, &[(&text::of_timeout(running.tested.timeout.seconds()), false)]);
    }
    ui.add_space(8.0);
    steps::running(ui, running, act.now);
    ui.add_space(8.0);
    Button::secondary(text::CANCEL).icon(Icon::Stop).show(ui).clicked()
}

fn connected(ui: &mut Ui, finished: &Finished, state: &mut State) {
    let id = finished.tested.id;
    let palette = theme::of(ui);
    let report = &finished.report;
    title(ui, Some((Icon::Ok, palette.ok)), &text::connected_in(report.duration));
    who(ui, report);
    ui.add_space(8.0);
    steps::finished(ui, &finished.planned, report);
    hints(ui, report);
    if let Some(list) = &report.clusters {
        ui.add_space(8.0);
        steps::rule(ui);
        clusters::show(ui, list, id);
    }
    if let Some(list) = &report.workspaces {
        ui.add_space(8.0);
        steps::rule(ui);
        workspaces::show(ui, list, id);
        if state.connections.can_add_workspaces(id) && !list.is_empty() {
            ui.add_space(8.0);
            if Button::secondary(text::ADD_WORKSPACES).icon(Icon::Plus).show(ui).clicked() {
                state.view.later = Some(Later::AddWorkspaces);
            }
        }
    }
}

/// On one line if it fits.
fn who(ui: &mut Ui, report: &Report) {
    let user = report.user.as_deref().unwrap_or(text::SOMEBODY);
    let counted = match (&report.clusters, &report.workspaces) {
        (Some(all), _) => text::clusters(all.len(), clusters::running(all)),
        (None, Some(all)) => text::workspaces(all.len()),
        (None, None) => {
            strong_line(ui, &[("as ", false), (user, true)]);
            return;
        }
    };
    let width = |words: String, font| ui.painter().layout_no_wrap(words, font, Color32::PLACEHOLDER).size().x;
    let whole = width(format!("as , {counted}"), fonts::regular(14.0)) + width(user.to_owned(), fonts::medium(14.0));
    if whole <= ui.available_width() {
        strong_line(ui, &[("as ", false), (user, true), (&format!(", {counted}"), false)]);
    } else {
        strong_line(ui, &[("as ", false), (user, true)]);
        strong_line(ui, &[(&counted, false)]);
    }
}

fn hints(ui: &mut Ui, report: &Report) {
    if report.hints.is_empty() {
        return;
    }
    ui.add_space(8.0);
    steps::rule(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    for hint in &report.hints {
        paragraph(ui, hint, fonts::regular(12.0), theme::of(ui).weak);
    }
}

fn not_yet(ui: &mut Ui, state: &State, id: ConnectionId) {
    let palette = theme::of(ui);
    if let Some(last) = state.connections.last_test(id) {
        let (icon, tone, _) = super::widgets::status_look(last.state);
        title(ui, Some((icon, palette.tone(tone))), &text::last_result(last));
    } else {
        title(ui, Some((Icon::Untested, palette.weak)), text::NOT_TESTED_YET);
    }
    ui.add_space(4.0);
    let account = state.connections.shown_form().is_some_and(|form| form.draft.level == LevelKind::Account);
    let why = if account { text::NOT_TESTED_WHY_ACCOUNT } else { text::NOT_TESTED_WHY };
    paragraph(ui, why, fonts::regular(14.0), palette.weak);
}

/// The form was edited after the test.
fn edited_since(finished: &Finished, state: &State) -> bool {
    let Some(form) = state.connections.shown_form() else { return false };
    match &form.review().result {
        Some(reviewed) => !still_says_something(finished, &reviewed.connection, reviewed.secret.is_some()),
        None => form.is_unsaved() && !finished.typed_secret,
    }
}
