//! Authentication: only the rows that the chosen type needs.

use egui::Ui;

use super::{
    fields::{TextRow, field_id, note, say, secret_id, take_focus, tone},
    form::needs_level,
    sign_in_rows,
};
use crate::ui::state::probe_vault;
use crate::ui::{
    act::Act,
    icons::Icon,
    settings::SettingsDialog,
    state::{Editing, Finished, State, still_says_something},
    text, theme,
    widgets::{Button, SecretField, Select, form_row, remark, revealed_secret, select_option},
};
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Field, LevelKind, SecretKind, Severity},
    failure::Code,
};
use brickpass_engine::StoredSecret;
use brickpass_storage::{VaultHome, VaultStatus};

/// The number of dots for a stored secret, whatever its length.
const DOTS: usize = 24;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, focus: &mut Option<Field>) {
    let Some(form) = state.connections.shown_form_mut() else { return };
    form_row(ui, text::AUTH, |ui| auth_type(ui, form, focus));
    if needs_level(form) {
        form_row(ui, text::LEVEL, |ui| level(ui, form));
    }
    if form.draft.level == LevelKind::Account {
        TextRow::new(Field::AccountId, text::ACCOUNT_ID, text::ACCOUNT_HINT).show(
            ui,
            form,
            focus,
            |draft| &mut draft.account_id,
            |_, _, _| {},
        );
    }
    let shared = form.draft.shared_sign_in().is_some();
    if form.draft.auth == AuthKind::ServicePrincipal && !shared {
        TextRow::new(Field::ClientId, text::CLIENT_ID, text::CLIENT_HINT).show(ui, form, focus, |draft| &mut draft.client_id, |_, _, _| {});
        TextRow::new(Field::Scopes, text::SCOPES, text::PRINCIPALS_SCOPES_HINT).show(
            ui,
            form,
            focus,
            |draft| &mut draft.scopes,
            |_, _, _| {},
        );
    }
    let (id, auth) = (form.draft.id, form.draft.auth);
    if shared || auth == AuthKind::Browser {
        sign_in_rows::show(ui, state, act, id);
    }
    let Some(form) = state.connections.shown_form_mut() else { return };
    if auth == AuthKind::Browser && !shared {
        sign_in_rows::application(ui, form, focus);
    }
    if let Some(kind) = form.draft.secret_kind() {
        let label = if kind == SecretKind::PersonalAccessToken { text::TOKEN } else { text::CLIENT_SECRET };
        form_row(ui, label, |ui| secret(ui, state, act, focus, (id, kind), label));
    }
}

fn auth_type(ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>) {
    let chosen = form.draft.auth;
    let id = field_id(form.draft.id, Field::Auth);
    let cloud = form.pasted().and_then(|pasted| pasted.base_url.cloud());
    let choices = AuthKind::choices(form.draft.level, cloud);
    let (response, picked) = Select::new(text::AUTH, chosen.label()).id(id).tone(tone(form, Field::Auth)).show(ui, |ui| {
        let mut picked = None;
        for (kind, explanation) in choices {
            if select_option(ui, kind == chosen, kind.label(), Some(explanation)).clicked() {
                picked = Some(kind);
            }
        }
        picked
    });
    if let Some(kind) = picked.flatten() {
        form.draft.auth = kind;
    }
    take_focus(ui, focus, Field::Auth, &response, id);
    say(ui, form, Field::Auth);
}

fn level(ui: &mut Ui, form: &mut Editing) {
    let chosen = form.draft.level == LevelKind::Account;
    let (_, picked) = Select::new(text::LEVEL, text::level(chosen)).width(200.0).show(ui, |ui| {
        let mut picked = None;
        for account in [false, true] {
            if select_option(ui, account == chosen, text::level(account), Some(text::level_explained(account))).clicked() {
                picked = Some(account);
            }
        }
        picked
    });
    if let Some(account) = picked.flatten() {
        form.draft.level = if account { LevelKind::Account } else { LevelKind::Workspace };
    }
}

fn secret(ui: &mut Ui, state: &mut State, act: &mut Act, focus: &mut Option<Field>, (id, kind): (ConnectionId, SecretKind), label: &str) {
    if let Some((secret, since)) = state.secrets.revealed(id, kind) {
        let clicked = revealed_secret(ui, secret, label, since.as_millisecond() as f64 / 1000.0, act.seconds());
        if clicked.copy_clicked {
            act.send(state.secrets.copy_stored(&state.connections));
        }
        if clicked.hide {
            state.secrets.hide_secret();
        }
        where_stored(ui, state, act, id, kind);
        return;
    }
    let stored = match state.secrets.stored_secret(id, kind) {
        Some(StoredSecret::Stored { last_four, .. }) if state.secrets.entered_elsewhere(id, kind, &state.connections).is_none() => {
            Some(format!("{}{last_four}", "\u{2022}".repeat(DOTS)))
        }
        _ => None,
    };
    let rejected = state.tests.finished(id).is_some_and(|finished| rejects_secret(finished, state.connections.shown_form()));
    let empty_hint = match kind {
        _ if state.secrets.is_locked(id, &state.connections, &state.sign_ins) => text::LOCKED_HINT,
        SecretKind::PersonalAccessToken => text::TOKEN_HINT,
        _ => text::SECRET_HINT,
    };
    let field_id = secret_id(id, kind);
    let Some(form) = state.connections.shown_form_mut() else { return };
    let tone = if rejected { Some(theme::Tone::Error) } else { tone(form, Field::Secret) };
    let shown = SecretField::new(&mut form.draft.secret, label)
        .hint(stored.as_deref().unwrap_or(empty_hint))
        .stored(stored.is_some())
        .tone(tone)
        .id(field_id)
        .show(ui, act.seconds());
    note(form, Field::Secret, &shown.response);
    take_focus(ui, focus, Field::Secret, &shown.response, field_id);
    let said = say(ui, form, Field::Secret);
    if rejected && !said {
        let words = if kind == SecretKind::ClientSecret { text::SECRET_REJECTED } else { text::TOKEN_REJECTED };
        remark(ui, Severity::Error, words);
    }
    if shown.reveal_clicked {
        act.send(state.secrets.reveal_stored(&state.connections));
    }
    if shown.copy_clicked {
        act.send(state.secrets.copy_stored(&state.connections));
    }
    // Only one line below the field at a time, so that the rows below do not move.
    if !said && !rejected {
        where_stored(ui, state, act, id, kind);
    }
}

/// The last test found that this very secret is rejected.
fn rejects_secret(finished: &Finished, form: Option<&Editing>) -> bool {
    let refused = |code| match code {
        Code::Unauthorized => true,
        Code::OauthRefused => finished.tested.auth.kind() == AuthKind::ServicePrincipal,
        _ => false,
    };
    let unauthorized = finished.report.failure.as_ref().is_some_and(|failure| refused(failure.code));
    unauthorized
        && form.is_some_and(|form| match &form.review().result {
            Some(reviewed) => still_says_something(finished, &reviewed.connection, reviewed.secret.is_some()),
            None => false,
        })
}

/// A line that always says where the secret is or will be stored.
fn where_stored(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, kind: SecretKind) {
    let typed = state.connections.shown_form().is_some_and(|form| !form.draft.secret.is_empty());
    let stored = state.secrets.stored_secret(id, kind).cloned();
    if state.secrets.is_locked(id, &state.connections, &state.sign_ins) {
        return locked(ui, state, act);
    }
    let elsewhere =
        state.secrets.entered_elsewhere(id, kind, &state.connections).map(|entered_for| text::entered_elsewhere(kind, &entered_for));
    match (state.secrets.vault.value().cloned(), stored) {
        (Some((_, VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. })), _)
        | (_, Some(StoredSecret::Unavailable(failure))) => {
            remark(ui, Severity::Warning, &text::short_failure(&failure));
            ui.horizontal_wrapped(|ui| {
                if Button::secondary(text::OPEN_SETTINGS).small().show(ui).clicked() {
                    state.dialogs.show(SettingsDialog::new(&state.preferences.settings, state.secrets.home()));
                }
                if Button::ghost(text::TRY_AGAIN).small().show(ui).clicked() {
                    act.send(probe_vault());
                }
            });
        }
        (Some((_, VaultStatus::Ready { .. })), Some(StoredSecret::Stored { .. })) if !typed && elsewhere.is_some() => {
            remark(ui, Severity::Warning, &elsewhere.unwrap_or_default());
        }
        (Some((home, VaultStatus::Ready { place })), Some(StoredSecret::Stored { .. })) => {
            let words = if typed { text::will_be_replaced_in(home, &place) } else { text::stored_in(home, &place) };
            remark(ui, Severity::Note, &words);
        }
        (Some((home, VaultStatus::Ready { place } | VaultStatus::Locked { place, .. })), _) => {
            remark(ui, Severity::Note, &text::will_be_stored_in(home, &place));
        }
        (None, _) => {
            remark(ui, Severity::Note, text::CHECKING_VAULT);
        }
    }
}

/// Replaces a secret or a sign-in while the vault is locked.
pub(super) fn locked(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let words = match state.secrets.vault.value() {
        Some((_, VaultStatus::Locked { place, .. })) => text::locked(place),
        Some((VaultHome::Keyring, _)) => text::KEYRING_LOCKED.to_owned(),
        Some((_, VaultStatus::Ready { place })) => text::locked(place),
        Some((_, VaultStatus::Unavailable(_) | VaultStatus::Lost { .. })) | None => text::locked(text::ENCRYPTED_FILE),
    };
    ui.horizontal_wrapped(|ui| {
        if Button::secondary(text::UNLOCK).icon(Icon::Lock).small().show(ui).clicked() {
            act.send(state.secrets.unlock());
        }
        remark(ui, Severity::Note, &words);
    });
}
