//! What keys and palette entries do.

use egui::{Context, ViewportCommand};

use super::{
    act::Act,
    admin, overview,
    shortcuts::Action,
    sidebar,
    state::{Dialog, Page, State, Tool},
    tokens,
};
use crate::ui::state::probe_vault;
use crate::ui::state::refresh;
use brickpass_core::connection::Field;

pub fn perform(ctx: &Context, state: &mut State, act: &mut Act, action: Action) {
    if matches!(action, Action::Save | Action::Rename | Action::Test | Action::RevealSecret | Action::AllActivity) {
        // Their result is visible in the connection.
        state.expiry.close();
    }
    match action {
        Action::New => act.send(state.new_connection()),
        Action::Save => act.send(state.save()),
        Action::Duplicate => act.send(state.duplicate()),
        // The key works only in these three places; elsewhere the action was chosen from the palette.
        Action::Delete if ctx.memory(|memory| memory.has_focus(tokens::table_id())) => state.revoke_at_cursor(),
        Action::Delete if ctx.memory(|memory| memory.has_focus(admin::table_id())) => state.revoke_users_at_cursor(),
        Action::Delete if ctx.memory(|memory| memory.has_focus(sidebar::list_id())) => act.send(state.delete_in_list(act.now)),
        Action::Delete => act.send(state.delete(&state.selection.all(), act.now)),
        Action::Undo => act.send(state.undo()),
        Action::Rename => state.focus = Some(Field::Name),
        Action::TogglePin => {
            if let Some(id) = state.selection.shown() {
                act.send(state.toggle_pinned(id));
            }
        }
        Action::Test => act.send(state.test()),
        Action::TestAll => act.send(state.test_all()),
        Action::CancelTest => {
            state.cancel_all_tests();
            state.cancel_all_sign_ins();
        }
        Action::SignIn => act.send(state.sign_in()),
        Action::SignOut => state.ask_to_sign_out(),
        Action::AddWorkspaces => {
            if let Some(id) = state.selection.shown() {
                act.send(state.ask_for_workspaces(id));
            }
        }
        Action::CopyAddress => {
            if let Some(origin) = state.shown_form().and_then(|form| form.pasted()).map(|pasted| pasted.base_url.origin()) {
                Act::copy(ctx, state, origin);
            }
        }
        Action::OpenWorkspace => act.send(state.open_in_browser()),
        Action::RevealSecret => reveal(state, act),
        Action::CopySecret => act.send(state.copy_stored()),
        Action::Tokens => act.send(state.show_page(Page::Tokens)),
        Action::GenerateToken => act.send(state.ask_to_generate()),
        Action::RotateToken if state.expiry.is_open() => overview::rotate(state, act),
        Action::RotateToken => act.send(state.ask_to_rotate()),
        Action::SendToken => state.send_stored_token(),
        Action::RevokeTokens if state.can_revoke_users_tokens() => state.ask_to_revoke_users_tokens(),
        Action::RevokeTokens => state.ask_to_revoke(),
        Action::Export => act.send(state.show_export(None)),
        Action::CopyAsForm => act.send(state.show_export(Some(Tool::Form))),
        Action::Activity => act.send(state.show_page(Page::Activity)),
        Action::AllActivity => act.send(state.show_all_activity()),
        Action::CopyDiagnostics => act.send(state.diagnose()),
        Action::Administration => act.send(state.show_page(Page::Administration)),
        Action::NewPrincipal => act.send(state.ask_for_new_principal()),
        Action::Import => act.send(state.ask_to_import()),
        Action::BackUp => state.ask_to_back_up(act.now),
        Action::Effective => act.send(state.ask_for_effective()),
        Action::Expiring => state.toggle_overview(),
        Action::CommandPalette => state.dialog = Some(Dialog::Palette),
        Action::Find => ctx.memory_mut(|memory| memory.request_focus(sidebar::filter_id())),
        Action::Refresh => {
            act.send([refresh(), probe_vault()]);
            match state.page() {
                Page::Tokens => act.send(state.ask_for_tokens()),
                Page::Export => act.send(state.ask_for_export()),
                Page::Administration => act.send(state.ask_for_administration()),
                Page::Connection | Page::Activity => {}
            }
        }
        Action::Settings => state.dialog = Some(Dialog::Settings),
        Action::Shortcuts => state.dialog = Some(Dialog::Shortcuts),
        Action::Pinned(number) => act.send(state.select_pinned(usize::from(number).saturating_sub(1))),
        Action::Close | Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
    }
    ctx.request_repaint();
}

fn reveal(state: &mut State, act: &mut Act) {
    if state.revealed_anywhere().is_some() {
        state.hide_secret();
    } else {
        act.send(state.reveal_stored());
    }
}

/// Whether an action is available now: the palette offers no others.
pub fn makes_sense(state: &State, action: Action) -> bool {
    let shown = state.selection.shown();
    let any = state.library().value().is_some_and(|snapshot| !snapshot.entries.is_empty());
    match action {
        Action::Save => state.shown_form().is_some_and(|form| form.is_unsaved() || form.is_new()),
        Action::Duplicate | Action::Delete | Action::Rename | Action::TogglePin | Action::Test => shown.is_some(),
        Action::CopyAddress | Action::OpenWorkspace => state.shown_form().is_some_and(|form| form.pasted().is_some()),
        Action::RevealSecret => state
            .shown_form()
            .is_some_and(|form| form.draft.secret_kind().is_some_and(|kind| state.stored_secret(form.draft.id, kind).is_some())),
        Action::CopySecret => state.can_copy_stored(),
        Action::Tokens => shown.is_some() && state.selection.count() == 1 && state.page() != Page::Tokens,
        Action::Activity => shown.is_some() && state.selection.count() == 1 && !state.shows_activity(),
        Action::Export => state.handed_over().is_some() && state.page() != Page::Export,
        Action::CopyAsForm => state.handed_over().is_some(),
        Action::GenerateToken => state.can_generate(),
        Action::RotateToken if state.expiry.is_open() => state.can_rotate_expiring(state.expiry.cursor()),
        Action::RotateToken => state.can_rotate(),
        Action::Expiring => state.can_open_overview(),
        Action::SendToken => state.can_send_token(),
        Action::RevokeTokens => state.can_revoke() || state.can_revoke_users_tokens(),
        Action::Administration => state.administered().is_some() && state.page() != Page::Administration,
        Action::NewPrincipal => state.can_create_principal(),
        Action::Undo => state.can_undo(),
        Action::TestAll | Action::Find | Action::BackUp => any,
        Action::CancelTest => state.tests.running_count() > 0 || state.sign_ins_running() > 0,
        Action::SignIn => shown.is_some_and(|id| state.uses_browser(id)),
        Action::SignOut => state.selection.count() == 1 && shown.is_some_and(|id| state.can_sign_out(id)),
        Action::AddWorkspaces => shown.is_some_and(|id| state.can_add_workspaces(id)),
        Action::Pinned(number) => state.list.pinned().nth(usize::from(number).saturating_sub(1)).is_some(),
        Action::New
        | Action::Import
        | Action::Effective
        | Action::AllActivity
        | Action::CopyDiagnostics
        | Action::CommandPalette
        | Action::Refresh
        | Action::Settings
        | Action::Shortcuts
        | Action::Close
        | Action::Quit => true,
    }
}
