//! What keys and palette entries do.

use egui::{Context, ViewportCommand};

use super::{
    act::Act,
    admin,
    backing_up::BackUp,
    diagnostics::ShowDiagnostics,
    effective::ShowEffective,
    importing::Importing,
    palette::CommandPalette,
    settings::SettingsDialog,
    shortcuts::{Action, ShortcutSheet},
    sidebar,
    state::{Page, SignOut, State, Tokens, Tool},
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
        Action::New => act.send(state.connections.new_connection()),
        Action::Save => act.send(state.save()),
        Action::Duplicate => act.send(state.connections.duplicate()),
        // The key works only in these three places; elsewhere the action was chosen from the palette.
        Action::Delete if ctx.memory(|memory| memory.has_focus(tokens::table_id())) => {
            act.send(state.tokens.revoke_at_cursor(&state.view, &state.connections));
        }
        Action::Delete if ctx.memory(|memory| memory.has_focus(admin::table_id())) => {
            act.send(state.admin.ask_to_revoke_at_cursor(&state.view, &state.connections));
        }
        Action::Delete if ctx.memory(|memory| memory.has_focus(sidebar::list_id())) => {
            act.send(state.delete(&state.connections.selected_rows(), act.now));
        }
        Action::Delete => act.send(state.delete(&state.connections.selection.all(), act.now)),
        Action::Undo => act.send(state.undo()),
        Action::Rename => state.view.focus = Some(Field::Name),
        Action::TogglePin => {
            if let Some(id) = state.connections.selection.shown() {
                act.send(state.connections.toggle_pinned(id));
            }
        }
        Action::Test => act.send(state.test()),
        Action::TestAll => act.send(state.tests.start_these(&state.connections.saved_ids(), &state.connections, &mut state.sign_ins)),
        Action::CancelTest => {
            state.tests.cancel_all();
            state.sign_ins.cancel_all();
        }
        Action::SignIn => act.send(state.sign_in()),
        Action::SignOut => {
            if let Some(dialog) = SignOut::of_shown(&state.connections, &state.sign_ins) {
                state.dialogs.show(dialog);
            }
        }
        Action::AddWorkspaces => {
            if let Some(id) = state.connections.selection.shown() {
                act.send(state.connections.ask_for_workspaces(id, &state.tests));
            }
        }
        Action::CopyAddress => {
            if let Some(origin) = state.connections.shown_form().and_then(|form| form.pasted()).map(|pasted| pasted.base_url.origin()) {
                Act::copy(ctx, state, origin);
            }
        }
        Action::OpenWorkspace => act.send(state.connections.open_in_browser()),
        Action::RevealSecret => reveal(state, act),
        Action::CopySecret => act.send(state.secrets.copy_stored(&state.connections)),
        Action::Tokens => act.send(state.show_page(Page::Tokens)),
        Action::GenerateToken => act.send(state.tokens.ask_to_generate(&state.connections)),
        Action::RotateToken if state.expiry.is_open() => {
            act.send(state.expiry.rotate(state.expiry.cursor(), &state.tokens, &state.connections));
        }
        Action::RotateToken => act.send(state.tokens.ask_to_rotate(&state.connections)),
        Action::SendToken => act.send(state.tokens.send_stored(&state.connections, &state.dialogs)),
        Action::RevokeTokens if state.admin.can_revoke_tokens(&state.view, &state.connections) => {
            act.send(state.admin.ask_to_revoke_tokens(&state.view, &state.connections));
        }
        Action::RevokeTokens => act.send(state.tokens.ask_to_revoke(&state.view, &state.connections)),
        Action::Export => act.send(state.export.show(None, state.view.page(), &state.connections)),
        Action::CopyAsForm => act.send(state.export.show(Some(Tool::Form), state.view.page(), &state.connections)),
        Action::Activity => act.send(state.show_page(Page::Activity)),
        Action::AllActivity => act.send(state.activity.show_all_connections(&state.connections)),
        Action::CopyDiagnostics => act.send(ShowDiagnostics::open()),
        Action::Administration => act.send(state.show_page(Page::Administration)),
        Action::NewPrincipal => act.send(state.admin.ask_for_new_principal(&state.view, &state.connections)),
        Action::Import => act.send(Importing::open(&state.connections, &state.export.profiles)),
        Action::BackUp => state.dialogs.show(BackUp::new(&state.preferences, act.now)),
        Action::Effective => act.send(ShowEffective::open(&state.preferences)),
        Action::Expiring => state.expiry.toggle(&state.connections),
        Action::CommandPalette => state.dialogs.show(CommandPalette::default()),
        Action::Find => ctx.memory_mut(|memory| memory.request_focus(sidebar::filter_id())),
        Action::Refresh => {
            act.send(refresh());
            act.send(probe_vault());
            match state.view.page() {
                Page::Tokens => act.send(state.tokens.ask_for_tokens(&state.connections)),
                Page::Export => act.send(state.export.load(&state.connections)),
                Page::Administration => act.send(state.admin.load(&state.connections)),
                Page::Connection | Page::Activity => {}
            }
        }
        Action::Settings => state.dialogs.show(SettingsDialog::new(&state.preferences.settings, state.secrets.home())),
        Action::Shortcuts => state.dialogs.show(ShortcutSheet),
        Action::Pinned(number) => act.send(state.connections.select_pinned(usize::from(number).saturating_sub(1))),
        Action::Close | Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
    }
    ctx.request_repaint();
}

fn reveal(state: &mut State, act: &mut Act) {
    if state.secrets.revealed_anywhere().is_some() {
        state.secrets.hide_secret();
    } else {
        act.send(state.secrets.reveal_stored(&state.connections));
    }
}

/// Whether an action is available now: the palette offers no others.
pub fn makes_sense(state: &State, action: Action) -> bool {
    let shown = state.connections.selection.shown();
    let any = state.connections.library().value().is_some_and(|snapshot| !snapshot.entries.is_empty());
    match action {
        Action::Save => state.connections.shown_form().is_some_and(|form| form.is_unsaved() || form.is_new()),
        Action::Duplicate | Action::Delete | Action::Rename | Action::TogglePin | Action::Test => shown.is_some(),
        Action::CopyAddress | Action::OpenWorkspace => state.connections.shown_form().is_some_and(|form| form.pasted().is_some()),
        Action::RevealSecret => state
            .connections
            .shown_form()
            .is_some_and(|form| form.draft.secret_kind().is_some_and(|kind| state.secrets.stored_secret(form.draft.id, kind).is_some())),
        Action::CopySecret => state.secrets.can_copy_stored(&state.connections),
        Action::Tokens => shown.is_some() && state.connections.selection.count() == 1 && state.view.page() != Page::Tokens,
        Action::Activity => {
            shown.is_some()
                && state.connections.selection.count() == 1
                && !state.activity.is_shown(&state.connections.selection, state.view.page())
        }
        Action::Export => state.connections.exportable().is_some() && state.view.page() != Page::Export,
        Action::CopyAsForm => state.connections.exportable().is_some(),
        Action::GenerateToken => state.tokens.can_generate(&state.connections),
        Action::RotateToken if state.expiry.is_open() => state.expiry.can_rotate(state.expiry.cursor(), &state.tokens, &state.connections),
        Action::RotateToken => state.tokens.can_rotate(&state.connections),
        Action::Expiring => state.connections.can_open_overview(),
        Action::SendToken => Tokens::can_send(&state.connections, &state.dialogs),
        Action::RevokeTokens => {
            state.tokens.can_revoke(&state.view, &state.connections) || state.admin.can_revoke_tokens(&state.view, &state.connections)
        }
        Action::Administration => state.connections.administered().is_some() && state.view.page() != Page::Administration,
        Action::NewPrincipal => state.connections.can_create_principal(),
        Action::Undo => state.connections.can_undo(),
        Action::TestAll | Action::Find | Action::BackUp => any,
        Action::CancelTest => state.tests.running_count() > 0 || state.sign_ins.sign_ins_running() > 0,
        Action::SignIn => shown.is_some_and(|id| state.connections.uses_browser(id)),
        Action::SignOut => {
            state.connections.selection.count() == 1 && shown.is_some_and(|id| state.sign_ins.can_sign_out(id, &state.connections))
        }
        Action::AddWorkspaces => shown.is_some_and(|id| state.connections.can_add_workspaces(id)),
        Action::Pinned(number) => state.connections.list.pinned().nth(usize::from(number).saturating_sub(1)).is_some(),
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
