//! The *Administration* tab: token rules, all users' tokens, service principals.

mod dialogs;
mod grants;
mod principal;
mod principals;
mod rules;
#[cfg(test)]
mod tests;
mod users_tokens;

use egui::Ui;

pub use dialogs::{DeleteSecret, FreshSecret, NewPrincipal, NewSecret, RevokeTokensOfUsers, TokensOff};
pub use users_tokens::table_id;

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::{AdminSection, State, TokensOf},
    test_panel::{failure_words, remedy_button, title},
    text::{self, admin as words},
    theme::{self, Tone},
    tokens::leads_elsewhere,
    widgets::{Button, card, paragraph, push_right, refresh_button, segments, spinner, table_filter as filter},
};
use brickpass_core::failure::{Code, Failure};

/// Below this page width, the filter has its own line.
const NARROW: f32 = 600.0;

/// The part that stays visible while the rest scrolls.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    ui.spacing_mut().item_spacing.y = 8.0;
    match state.connections.tokens_of(id) {
        TokensOf::NotSaved => {
            quiet(ui, words::NOT_SAVED);
            return;
        }
        TokensOf::Account => {}
        TokensOf::Workspace => {
            let mut at =
                AdminSection::ALL.iter().position(|section| *section == state.admin.section(&state.connections)).unwrap_or_default();
            if segments(ui, &mut at, &AdminSection::ALL.map(words::section))
                && let Some(section) = AdminSection::ALL.get(at)
            {
                act.send(state.admin.show_section(*section, &state.connections));
            }
            ui.add_space(4.0);
        }
    }
    trouble(ui, state, act);
    match state.admin.section(&state.connections) {
        AdminSection::Tokens => users_tokens::above(ui, state, act),
        AdminSection::ServicePrincipals if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.detail.is_some()) => {
            principal::above(ui, state, act);
        }
        AdminSection::ServicePrincipals => principals::above(ui, state, act),
    }
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if state.connections.administered().is_none() {
        return;
    }
    match state.admin.section(&state.connections) {
        AdminSection::Tokens => users_tokens::below(ui, state, act),
        AdminSection::ServicePrincipals if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.detail.is_some()) => {
            principal::below(ui, state, act);
        }
        AdminSection::ServicePrincipals => principals::below(ui, state, act),
    }
}

fn quiet(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

fn asking(ui: &mut Ui, words: &str) {
    ui.horizontal(|ui| {
        spinner(ui, words);
        quiet(ui, words);
    });
}

/// The change that failed.
fn trouble(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(trouble) = state.admin.shown(&state.connections).and_then(|admin_data| admin_data.trouble.clone()) else { return };
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        let icon = (Icon::Failed, theme::of(ui).error);
        title(ui, Some(icon), &words::trouble(trouble.kind));
        failure_words(ui, &trouble.failure);
        ui.horizontal(|ui| {
            if leads_elsewhere(&trouble.failure) {
                remedy_button(ui, &trouble.failure, state, act, false);
            }
            if Button::secondary(words::DISMISS).show(ui).clicked()
                && let Some(admin_data) = state.admin.shown_mut(&state.connections)
            {
                admin_data.trouble = None;
            }
        });
    });
}

/// The failed load: three lines, and for non-administrators whom to contact. Returns whether to try again.
fn failed(ui: &mut Ui, state: &mut State, act: &mut Act, headline: &str, failure: &Failure) -> bool {
    let forbidden = failure.code == Code::Forbidden;
    let account = state.connections.selection.shown().is_some_and(|id| state.connections.tokens_of(id) == TokensOf::Account);
    let palette = theme::of(ui);
    let (tone, icon) =
        if forbidden { (None, (Icon::NoPermission, palette.warning)) } else { (Some(Tone::Error), (Icon::Failed, palette.error)) };
    card(ui, tone, |ui| {
        ui.set_width(ui.available_width());
        title(ui, Some(icon), if forbidden { words::NOT_ADMIN } else { headline });
        failure_words(ui, failure);
        if forbidden {
            quiet(ui, if account { words::ASK_ADMIN_ACCOUNT } else { words::ASK_ADMIN_WORKSPACE });
        }
        ui.add_space(4.0);
        if leads_elsewhere(failure) {
            remedy_button(ui, failure, state, act, true);
            return false;
        }
        Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked()
    })
    .inner
}

fn refresh(ui: &mut Ui, state: &mut State, act: &mut Act, waits: bool, asking: &str) {
    if refresh_button(ui, waits, asking, words::REFRESH) {
        act.send(state.admin.load(&state.connections));
    }
}
