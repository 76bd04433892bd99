//! The rows of browser sign-in: the signed-in user and the OAuth application.

use egui::{Id, Ui};

use super::{auth_rows::locked, fields::TextRow};
use crate::ui::state::probe_vault;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Editing, State},
    text, theme,
    widgets::{Button, Tip as _, form_row, form_row_without_label, outdented, paragraph, remark},
};
use brickpass_core::connection::{AuthKind, ConnectionId, Draft, Field, LevelKind, Severity};

const PORT_WIDTH: f32 = 120.0;

/// The signed-in user, and the buttons.
pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let owner = state.connections.sign_in_owner(id);
    let browser = state.connections.uses_browser(id);
    form_row(ui, text::SIGN_IN_ROW, |ui| {
        ui.add_space(6.0);
        if owner != id {
            with_another(ui, state, owner);
        }
        if browser {
            who(ui, state, act, owner);
        }
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if browser {
                buttons(ui, state, act, id);
            }
            if owner != id && Button::ghost(text::OWN_SIGN_IN).show(ui).clicked() {
                state.connections.use_own_sign_in();
                act.send(state.auth_changed());
            }
        });
    });
}

fn with_another(ui: &mut Ui, state: &State, owner: ConnectionId) {
    if state.connections.entry(owner).is_some() {
        paragraph(ui, &text::signs_in_with(state.connections.name_of(owner)), fonts::regular(14.0), theme::of(ui).text);
    } else {
        remark(ui, Severity::Warning, text::ACCOUNT_GONE);
    }
}

fn who(ui: &mut Ui, state: &mut State, act: &mut Act, owner: ConnectionId) {
    let palette = theme::of(ui);
    if state.secrets.is_locked(owner, &state.connections, &state.sign_ins) {
        return locked(ui, state, act);
    }
    let described = state.sign_ins.described(owner);
    if let Some(failure) = described.and_then(|described| described.failure()) {
        remark(ui, Severity::Warning, &text::short_failure(failure));
        if Button::ghost(text::TRY_AGAIN).small().show(ui).clicked() {
            act.send(probe_vault());
        }
        return;
    }
    match described.map(|described| described.value()) {
        Some(Some(Some(sign_in))) => {
            paragraph(ui, &sign_in.user, fonts::medium(14.0), palette.text);
            remark(ui, Severity::Note, &text::valid_until(sign_in, act.now, &state.preferences.zone.0));
            if let Some(left) = sign_in.expires_at.map(|until| until.duration_since(act.now)).filter(jiff::SignedDuration::is_positive) {
                // The words change when the token expires.
                ui.ctx().request_repaint_after(left.unsigned_abs());
            }
        }
        Some(None) => {
            paragraph(ui, text::LOOKING_WHO, fonts::regular(14.0), palette.weak);
        }
        Some(Some(None)) | None => {
            paragraph(ui, text::NOT_SIGNED_IN, fonts::regular(14.0), palette.weak);
        }
    }
}

fn buttons(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let owner = state.connections.sign_in_owner(id);
    if state.sign_ins.attempt_for(id, &state.connections).is_some_and(crate::ui::state::Attempt::runs) {
        if Button::secondary(text::CANCEL_SIGN_IN).icon(Icon::Stop).show(ui).clicked() {
            state.sign_ins.cancel(owner);
        }
        return;
    }
    let has_user = matches!(state.sign_ins.signed_in(id, &state.connections), Some(Some(_)));
    let reachable =
        state.connections.form(id).is_some_and(|form| !form.is_saving()) && (owner == id || state.connections.entry(owner).is_some());
    let button = if has_user { Button::secondary(text::SIGN_IN_AGAIN) } else { Button::primary(text::SIGN_IN) };
    let saves = state.connections.form(id).is_some_and(|form| form.is_new() || form.is_unsaved());
    let mut button = button.icon(Icon::SignIn).enabled(reachable).show(ui);
    if saves {
        button = button.tip(text::SAVES_FIRST);
    }
    if button.clicked() {
        act.send(state.sign_in());
    }
    if state.sign_ins.can_sign_out(id, &state.connections) && Button::ghost(text::SIGN_OUT).show(ui).clicked() {
        act.send(state.sign_ins.sign_out(&state.connections));
    }
    if saves && !has_user {
        remark(ui, Severity::Note, text::SAVES_FIRST);
    }
}

/// The label of the button for a person who does not know the address of a new connection; `None` if it is of no use here.
pub fn anywhere(state: &State) -> Option<&'static str> {
    let form = state.connections.shown_form()?;
    let draft = &form.draft;
    let offered = form.is_new() && draft.auth == AuthKind::Browser && draft.base_url.trim().is_empty() && draft.sign_in_of.is_none();
    let running = state.sign_ins.attempt_for(draft.id, &state.connections).is_some_and(crate::ui::state::Attempt::runs);
    let words = if draft.level == LevelKind::Account { text::DO_NOT_KNOW_ACCOUNT } else { text::DO_NOT_KNOW_ADDRESS };
    (offered && !running).then_some(words)
}

pub fn anywhere_button(ui: &mut Ui, words: &str) -> bool {
    outdented(ui, |ui| Button::ghost(words).icon(Icon::Help).small().show(ui).clicked())
}

/// The OAuth application: collapsed, since most people never need their own.
pub fn application(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>) {
    let set = [&form.draft.client_id, &form.draft.scopes, &form.draft.redirect_port].iter().any(|typed| !typed.trim().is_empty());
    let id = Id::unique(("OAuth application", form.draft.id));
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false) || set;
    form_row_without_label(ui, |ui| {
        let caret = if open { Icon::CaretDown } else { Icon::CaretRight };
        let pressed = outdented(ui, |ui| Button::ghost(text::APP_PART).icon(caret).small().show(ui).clicked());
        if pressed {
            open = !open || set;
            ui.data_mut(|data| data.insert_temp(id, open));
        }
    });
    if !open {
        return;
    }
    form_row_without_label(ui, |ui| remark(ui, Severity::Note, &text::own_application(&form.draft.redirect_port)));
    let client_id: fn(&mut Draft) -> &mut String = |draft| &mut draft.client_id;
    TextRow::new(Field::ClientId, text::CLIENT_ID, text::APP_CLIENT_HINT).show(ui, form, focus, client_id, |_, _, _| {});
    TextRow::new(Field::Scopes, text::SCOPES, text::SCOPES_HINT).show(ui, form, focus, |draft| &mut draft.scopes, |_, _, _| {});
    TextRow { width: Some(PORT_WIDTH), limit: 12, ..TextRow::new(Field::RedirectPort, text::REDIRECT_PORT, text::REDIRECT_PORT_HINT) }
        .show(ui, form, focus, |draft| &mut draft.redirect_port, |_, _, _| {});
}
