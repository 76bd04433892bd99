//! The *Tokens* tab: the user's personal access tokens in this workspace, and their actions.

mod dialogs;
mod fresh;
mod send_to;
#[cfg(test)]
mod send_to_tests;
mod table;
#[cfg(test)]
mod tests;

use egui::{Id, Ui};

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::{State, TokensOf, TroubleKind},
    test_panel::{failure_words, remedy_button, title},
    text::{self, tokens as words},
    theme::{self, Tone},
    widgets::{Button, TableRows as _, asking_for_rows, card, no_rows, paragraph, push_right, refresh_button, table_filter},
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Failure, Remedy},
};

/// Below this page width, the filter has its own line.
const NARROW: f32 = 600.0;

pub fn table_id() -> Id {
    Id::unique("tokens table")
}

/// The part that stays visible while the rows scroll.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    ui.spacing_mut().item_spacing.y = 8.0;
    match state.connections.tokens_of(id) {
        TokensOf::NotSaved => {
            paragraph(ui, words::NOT_SAVED, fonts::regular(14.0), theme::of(ui).weak);
            return;
        }
        TokensOf::Account => {
            paragraph(ui, words::ACCOUNT, fonts::regular(14.0), theme::of(ui).weak);
            return;
        }
        TokensOf::Workspace => {}
    }
    toolbar(ui, state, act, id);
    trouble(ui, state, act, id);
    list_failure(ui, state, act, id);
    if state.tokens.table(id).is_some_and(|table| table.table_model.row_count() > 0) {
        table::header(ui, state, id);
    }
}

/// The rows, and a note about all of them.
pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown().filter(|id| state.connections.tokens_of(*id) == TokensOf::Workspace) else { return };
    let weak = theme::of(ui).weak;
    let Some(table) = state.tokens.table(id) else { return };
    if table.list().value().is_none() {
        if table.list().failure().is_none() {
            asking_for_rows(ui, words::ASKING);
        }
        return;
    }
    let (shown, all) = (table.table_model.row_count(), table.table_model.records().len());
    let idle = table.idle_count(act.now);
    if all == 0 {
        no_rows(ui, words::NONE);
    } else if shown == 0 {
        no_rows(ui, words::NO_MATCH);
    } else {
        table::rows(ui, state, act, id);
    }
    ui.add_space(12.0);
    let count = if all == 0 { String::new() } else { format!("{} ", words::count(shown, all)) };
    paragraph(ui, &format!("{count}{}", words::auto_revoked(idle)), fonts::regular(12.0), weak);
}

fn toolbar(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let narrow = ui.available_width() < NARROW;
    if narrow {
        ui.horizontal(|ui| {
            let room = ui.available_width() - theme::CONTROL_HEIGHT - ui.spacing().item_spacing.x;
            filter(ui, state, id, room);
            refresh(ui, state, act);
        });
        ui.horizontal_wrapped(|ui| buttons(ui, state, act, id, true));
    } else {
        ui.horizontal(|ui| {
            filter(ui, state, id, 260.0_f32.min(ui.available_width() * 0.3));
            refresh(ui, state, act);
            buttons(ui, state, act, id, false);
        });
    }
}

fn filter(ui: &mut Ui, state: &mut State, id: ConnectionId, width: f32) {
    let Some(table) = state.tokens.table_mut(id) else { return };
    let mut sought = table.table_model.filter().to_owned();
    table_filter(ui, &mut sought, Id::unique(("filter tokens", id)), words::FILTER, words::FILTER, width, table_id());
    table.table_model.set_filter(sought);
}

fn refresh(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let id = state.connections.selection.shown();
    let waits = id.and_then(|id| state.tokens.table(id)).is_some_and(|table| table.is_asking() && table.list().value().is_some());
    if refresh_button(ui, waits, words::ASKING, words::REFRESH) {
        act.send(state.tokens.ask_for_tokens(&state.connections));
    }
}

/// On the right; while rows are ticked, their actions replace the other buttons.
fn buttons(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, narrow: bool) {
    let chosen = state.tokens.table(id).map_or(0, |table| table.table_model.ticked_count());
    let gap = ui.spacing().item_spacing.x;
    if chosen > 0 {
        let none = Button::ghost(words::SELECT_NONE);
        let revoke_words = words::revoke(chosen);
        let revoking = state.tokens.revoking(id);
        let revoke = if revoking {
            Button::danger(words::REVOKING).busy(true).enabled(false)
        } else {
            Button::danger(&revoke_words).icon(Icon::Trash)
        };
        push_right(ui, none.width(ui) + gap + revoke.width(ui), narrow);
        if none.show(ui).clicked()
            && let Some(table) = state.tokens.table_mut(id)
        {
            table.table_model.tick_none();
        }
        if revoke.show(ui).clicked() {
            act.send(state.tokens.ask_to_revoke(&state.view, &state.connections));
        }
        return;
    }
    let (rotating, generating) = (state.tokens.rotating(id), state.tokens.generating(id));
    let rotates = rotating || state.tokens.can_rotate(&state.connections);
    let rotate_words = if rotating {
        words::ROTATING
    } else if narrow {
        words::ROTATE_SHORT
    } else {
        words::ROTATE
    };
    let rotate = Button::secondary(rotate_words).busy(rotating).enabled(!rotating);
    let generate = if generating {
        Button::primary(words::GENERATING).busy(true).enabled(false)
    } else {
        Button::primary(words::GENERATE).icon(Icon::Plus)
    };
    push_right(ui, generate.width(ui) + if rotates { rotate.width(ui) + gap } else { 0.0 }, narrow);
    if rotates && rotate.show(ui).clicked() {
        act.send(state.tokens.ask_to_rotate(&state.connections));
    }
    if generate.show(ui).clicked() {
        act.send(state.tokens.ask_to_generate(&state.connections));
    }
}

fn trouble(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let Some(trouble) = state.tokens.trouble(id).cloned() else { return };
    let palette = theme::of(ui);
    let (tone, icon) = match trouble.kind {
        TroubleKind::OldRemains => (Tone::Warning, (Icon::Attention, palette.warning)),
        _ => (Tone::Error, (Icon::Failed, palette.error)),
    };
    card(ui, Some(tone), |ui| {
        ui.set_width(ui.available_width());
        title(ui, Some(icon), &words::trouble(trouble.kind));
        failure_words(ui, &trouble.failure);
        ui.horizontal(|ui| {
            if leads_elsewhere(&trouble.failure) {
                remedy_button(ui, &trouble.failure, state, act, false);
            }
            if Button::secondary(words::DISMISS).show(ui).clicked() {
                state.tokens.trouble_seen(id);
            }
        });
    });
}

fn list_failure(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let Some(failure) = state.tokens.table(id).and_then(|table| table.list().failure()).cloned() else { return };
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        let icon = (Icon::Failed, theme::of(ui).error);
        title(ui, Some(icon), words::LIST_FAILED);
        failure_words(ui, &failure);
        if leads_elsewhere(&failure) {
            remedy_button(ui, &failure, state, act, true);
        } else if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
            act.send(state.tokens.ask_for_tokens(&state.connections));
        }
    });
}

/// The remedy is something other than trying again.
pub(super) fn leads_elsewhere(failure: &Failure) -> bool {
    failure.remedy.is_some_and(|remedy| !matches!(remedy, Remedy::TryAgain | Remedy::Reload))
}
