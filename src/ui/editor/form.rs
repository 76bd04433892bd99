//! The form: the rows that the authentication type needs, and the buttons below them.

use std::time::Duration;

use egui::{Id, Ui};

use super::{
    auth_rows,
    fields::{TextRow, field_id, note, say, take_focus},
    sign_in_rows,
};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Editing, State},
    test_panel, text,
    theme::{self, Tone},
    widgets::{Button, Select, card, checkbox, form_row, form_row_without_label, paragraph, remark, select_option, tags_field},
};
use brickpass_core::{
    connection::{ConnectionId, EnvironmentKind, Field, HostKind, LevelKind, Severity},
    failure::Failure,
};

const TIMEOUT_WIDTH: f32 = 120.0;
const CHOICE_WIDTH: f32 = 200.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if let Some(reason) = state.connections.read_only().map(str::to_owned) {
        remark(ui, Severity::Warning, &reason);
        ui.add_space(8.0);
    }
    let mut focus = state.view.focus.take();
    let auth_before = state.connections.shown_form().map(|form| form.draft.auth);
    let anywhere = sign_in_rows::anywhere(state);
    let elsewhere = changed_elsewhere(state);
    let mut anywhere_asked = false;
    if let Some(form) = state.connections.shown_form_mut() {
        if let Some(words) = elsewhere {
            remark(ui, Severity::Warning, words);
            ui.add_space(8.0);
        }
        anywhere_asked = about(ui, form, &mut focus, anywhere);
    }
    if anywhere_asked {
        act.send(state.sign_ins.begin_anywhere(&state.connections, &mut state.tests));
    }
    if let Some(form) = state.connections.shown_form_mut() {
        reach(ui, form, &mut focus);
    }
    auth_rows::show(ui, state, act, &mut focus);
    if let Some(form) = state.connections.shown_form_mut() {
        filing(ui, form, &mut focus);
    }
    if state.connections.shown_form().map(|form| form.draft.auth) != auth_before {
        act.send(state.auth_changed());
    }
    state.connections.judge_shown();
    buttons(ui, state, act);
}

/// The notice while another program or window has changed the connection that is edited here.
fn changed_elsewhere(state: &State) -> Option<&'static str> {
    let form = state.connections.shown_form().filter(|form| form.changed_outside)?;
    Some(if state.connections.entry(form.draft.id).is_some() { text::CHANGED_OUTSIDE } else { text::REMOVED_OUTSIDE })
}

/// Returns whether to sign in without an address, which `anywhere` offers.
fn about(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>, anywhere: Option<&str>) -> bool {
    let mut asked = false;
    TextRow::new(Field::Name, text::NAME, text::NAME_HINT).show(ui, form, focus, |draft| &mut draft.name, |_, _, _| {});
    let cloud = form.pasted().and_then(|pasted| pasted.base_url.cloud()).map_or("", brickpass_core::connection::Cloud::label);
    TextRow { suffix: cloud, limit: 20_000, ..TextRow::new(Field::BaseUrl, text::BASE_URL, text::BASE_URL_HINT) }.show(
        ui,
        form,
        focus,
        |draft| &mut draft.base_url,
        |ui, form, response| {
            if response.lost_focus() {
                form.tidy_address();
            }
            confirmation(ui, form);
            workspace(ui, form);
            asked = anywhere.is_some_and(|words| sign_in_rows::anywhere_button(ui, words));
        },
    );
    asked
}

/// How the address is interpreted.
fn reach(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>) {
    if needs_workspace_id(form) {
        TextRow::new(Field::WorkspaceId, text::WORKSPACE_ID, text::WORKSPACE_ID_HINT).show(
            ui,
            form,
            focus,
            |draft| &mut draft.workspace_id,
            |_, _, _| {},
        );
    }
    TextRow { suffix: text::SECONDS, width: Some(TIMEOUT_WIDTH), limit: 12, ..TextRow::new(Field::Timeout, text::TIMEOUT, "30") }.show(
        ui,
        form,
        focus,
        |draft| &mut draft.timeout,
        |_, _, _| {},
    );
}

/// An address outside Databricks' domains is used only after the box is ticked.
fn confirmation(ui: &mut Ui, form: &mut Editing) {
    let Some(origin) = form.review().confirm_origin.clone() else { return };
    let mut confirmed = form.draft.confirmed_origin.as_ref() == Some(&origin);
    if checkbox(ui, &mut confirmed, &text::confirm(&origin)).changed() {
        form.draft.confirmed_origin = confirmed.then_some(origin);
    }
}

/// One host serves several workspaces, or there is a remark about the ID.
fn needs_workspace_id(form: &Editing) -> bool {
    let unified = form.pasted().is_some_and(|pasted| pasted.base_url.kind() == HostKind::Unified);
    (unified && form.draft.level == LevelKind::Workspace) || form.remark(Field::WorkspaceId).is_some()
}

fn workspace(ui: &mut Ui, form: &Editing) {
    if needs_workspace_id(form) {
        return;
    }
    let typed = form.draft.workspace_id.trim();
    let id = form.pasted().and_then(|pasted| pasted.workspace_id.as_deref()).or((!typed.is_empty()).then_some(typed));
    if let Some(id) = id
        && form.remark(Field::BaseUrl).is_none_or(|remark| remark.severity == Severity::Note && !remark.text.contains(id))
    {
        remark(ui, Severity::Note, &text::workspace(id));
    }
}

/// Environment, tags and folder.
fn filing(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>) {
    form_row(ui, text::ENVIRONMENT, |ui| {
        environment(ui, form, focus);
        say(ui, form, Field::Environment);
    });
    form_row(ui, text::TAGS, |ui| {
        let mut typing = std::mem::take(&mut form.typing_tag);
        let response = tags_field(ui, &mut form.draft.tags, &mut typing);
        form.typing_tag = typing;
        note(form, Field::Tags, &response);
        take_focus(ui, focus, Field::Tags, &response, response.id);
        say(ui, form, Field::Tags);
    });
    for (spec, plain) in Field::plain() {
        // More can be typed than is saved, so that the form can say so.
        let row = TextRow { rows: plain.rows, limit: plain.most * 5, ..TextRow::new(spec.field, spec.label, spec.hint) };
        row.show(ui, form, focus, plain.typed.get_mut, |_, _, _| {});
    }
}

fn environment(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>) {
    let chosen = form.draft.environment;
    let id = field_id(form.draft.id, Field::Environment).with("choice");
    ui.horizontal_wrapped(|ui| {
        let badge = badge_of(chosen);
        let mut select = Select::new(text::ENVIRONMENT, chosen.label()).width(CHOICE_WIDTH).id(id);
        if let Some(badge) = &badge {
            select = select.badge(badge);
        }
        let (response, picked) = select.show(ui, |ui| {
            EnvironmentKind::ALL.into_iter().filter(|kind| select_option(ui, *kind == chosen, kind.label(), None).clicked()).last()
        });
        if let Some(kind) = picked.flatten() {
            form.draft.environment = kind;
        }
        if chosen == EnvironmentKind::Own {
            let row = TextRow {
                width: Some(ui.available_width().clamp(80.0, 160.0)),
                limit: 60,
                ..TextRow::new(Field::Environment, text::OWN_ENVIRONMENT, text::OWN_HINT)
            };
            row.field_alone(ui, form, focus, |draft| &mut draft.own_environment);
        } else {
            take_focus(ui, focus, Field::Environment, &response, id);
            if chosen == EnvironmentKind::NotSet {
                paragraph(ui, text::NOT_SET_HINT, fonts::regular(12.0), theme::of(ui).weak);
            }
        }
    });
}

fn badge_of(kind: EnvironmentKind) -> Option<brickpass_core::connection::Environment> {
    use brickpass_core::connection::Environment;
    match kind {
        EnvironmentKind::Development => Some(Environment::Development),
        EnvironmentKind::Test => Some(Environment::Test),
        EnvironmentKind::Production => Some(Environment::Production),
        EnvironmentKind::NotSet | EnvironmentKind::Own => None,
    }
}

/// An account console or a unified host: the person must choose the level.
pub fn needs_level(form: &Editing) -> bool {
    let account_host = form.pasted().is_some_and(|pasted| matches!(pasted.base_url.kind(), HostKind::AccountConsole | HostKind::Unified));
    account_host || form.draft.level == LevelKind::Account
}

fn buttons(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(form) = state.connections.shown_form() else { return };
    let (unsaved, new, saving, failure) = (form.is_unsaved(), form.is_new(), form.is_saving(), form.failure.clone());
    let id = form.draft.id;
    let testing = state.tests.running(id).is_some();
    let can_save = (unsaved || new) && !saving && state.connections.read_only().is_none();
    form_row_without_label(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let long = saves_for_long(ui, id, saving, act);
            let words = match (saving, long) {
                (false, _) => text::SAVE,
                (true, false) => text::SAVING,
                (true, true) => text::CANCEL_SAVE,
            };
            if Button::primary(words).busy(saving).enabled(can_save || long).show(ui).clicked() {
                if long {
                    act.send(state.cancel_save());
                } else {
                    act.send(state.save());
                }
            }
            let test =
                if testing { Button::secondary(text::CANCEL_TEST).busy(true) } else { Button::secondary(text::TEST).icon(Icon::Test) };
            if test.show(ui).clicked() {
                if testing {
                    state.tests.cancel_these(&state.connections.selection.all());
                } else {
                    act.send(state.test());
                }
            }
            if unsaved && !saving {
                ui.add_space(4.0);
                paragraph(ui, text::UNSAVED_CHANGES, fonts::regular(12.0), theme::of(ui).weak);
            }
        });
        if let Some(failure) = &failure {
            ui.add_space(8.0);
            not_saved(ui, failure, state, act);
        }
    });
}

/// A save that takes longer than this can be cancelled. Before that, the button would only flicker.
const LONG_SAVE: f64 = 2.0;

/// Whether this form has been saving for a while.
fn saves_for_long(ui: &Ui, form: ConnectionId, saving: bool, act: &Act) -> bool {
    let id = Id::unique(("saving since", form));
    if !saving {
        ui.data_mut(|data| data.remove::<f64>(id));
        return false;
    }
    let now = act.seconds();
    let since = ui.data_mut(|data| *data.get_temp_mut_or(id, now));
    let left = LONG_SAVE - (now - since);
    if left > 0.0 {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(left.min(LONG_SAVE)));
    }
    left <= 0.0
}

fn not_saved(ui: &mut Ui, failure: &Failure, state: &mut State, act: &mut Act) {
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        test_panel::failure_lines(ui, failure);
        test_panel::remedy_button(ui, failure, state, act, false);
    });
}
