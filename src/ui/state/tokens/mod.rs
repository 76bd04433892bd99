//! Personal access tokens: the list, the dialogs, the results. A late event of an older run is ignored.

mod dialogs;
mod outcome;
mod send_to;
mod table;

use std::collections::{HashMap, VecDeque};

pub use dialogs::{Fresh, GenerateToken, Lifetime, RevokeTokens, RotateToken};
use jiff::Timestamp;
pub use send_to::SendTo;
pub use table::{Column, Listed, TokenTable};

use super::{Copied, Dialog, NameToType, Page, State, ask, ask_quietly};
use crate::ui::state::RunId;
use crate::ui::{text, widgets::TableRows as _};
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Level},
    failure::Failure,
};
use brickpass_databricks::rest::Token;
use brickpass_engine::{Ask, CopySecret, ListTokens, TokenNote, UseToken};
use brickpass_interchange::send_to::Order;

/// A failed token operation, shown in three lines.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub kind: TroubleKind,
    pub failure: Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    Generate,
    Rotate,
    /// The number of tokens that could not be revoked.
    Revoke(usize),
    /// The token was rotated, but the old one is still active.
    OldRemains,
}

/// The running requests of one connection.
#[derive(Debug, Default)]
struct Work {
    generating: Option<RunId>,
    rotating: Option<RunId>,
    revoking: bool,
}

#[derive(Debug, Default)]
pub struct Tokens {
    tables: HashMap<ConnectionId, TokenTable>,
    work: HashMap<ConnectionId, Work>,
    troubles: HashMap<ConnectionId, Trouble>,
    /// What is known about the tokens that connections use.
    notes: HashMap<ConnectionId, TokenNote>,
    /// Not part of any dialog, so that no other event replaces them.
    fresh: VecDeque<Fresh>,
    send_to: Option<Box<SendTo>>,
    last_order: Option<Order>,
    /// The window was about to close when a new token kept it open.
    close_afterwards: bool,
    /// The default comment of a new token.
    pub usual_comment: String,
}

/// Whether a connection has a table of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokensOf {
    Workspace,
    /// Personal access tokens do not exist at account level.
    Account,
    NotSaved,
}

impl Tokens {
    pub fn table(&self, id: ConnectionId) -> Option<&TokenTable> {
        self.tables.get(&id)
    }

    pub fn table_mut(&mut self, id: ConnectionId) -> Option<&mut TokenTable> {
        self.tables.get_mut(&id)
    }

    pub(in crate::ui::state) fn note(&mut self, changes: Vec<(ConnectionId, Option<TokenNote>)>) {
        for (id, note) in changes {
            match note {
                Some(note) => self.notes.insert(id, note),
                None => self.notes.remove(&id),
            };
        }
    }

    /// What is known about the tokens that connections use.
    pub fn notes(&self) -> &HashMap<ConnectionId, TokenNote> {
        &self.notes
    }

    pub fn trouble(&self, id: ConnectionId) -> Option<&Trouble> {
        self.troubles.get(&id)
    }

    pub fn trouble_seen(&mut self, id: ConnectionId) {
        self.troubles.remove(&id);
    }

    pub fn generating(&self, id: ConnectionId) -> bool {
        self.work.get(&id).is_some_and(|work| work.generating.is_some())
    }

    pub fn rotating(&self, id: ConnectionId) -> bool {
        self.work.get(&id).is_some_and(|work| work.rotating.is_some())
    }

    pub fn revoking(&self, id: ConnectionId) -> bool {
        self.work.get(&id).is_some_and(|work| work.revoking)
    }

    /// A token is being created or rotated: its value would be lost if the window closed now.
    pub(super) fn are_being_made(&self) -> bool {
        self.work.values().any(|work| work.generating.is_some() || work.rotating.is_some())
    }

    pub fn fresh(&self) -> Option<&Fresh> {
        self.fresh.front()
    }

    pub fn fresh_mut(&mut self) -> Option<&mut Fresh> {
        self.fresh.front_mut()
    }
}

impl State {
    pub fn tokens_of(&self, id: ConnectionId) -> TokensOf {
        match self.entry(id).map(|entry| &entry.connection.level) {
            None => TokensOf::NotSaved,
            Some(Level::Account { .. }) => TokensOf::Account,
            Some(Level::Workspace) => TokensOf::Workspace,
        }
    }

    fn shown_with_tokens(&self) -> Option<ConnectionId> {
        self.selection.shown().filter(|id| self.selection.count() == 1 && self.tokens_of(*id) == TokensOf::Workspace)
    }

    /// Also *Refresh*.
    pub fn ask_for_tokens(&mut self) -> Vec<Ask> {
        let Some(id) = self.shown_with_tokens() else { return Vec::new() };
        vec![self.ask_for_tokens_of(id)]
    }

    pub(in crate::ui::state) fn ask_for_tokens_of(&mut self, id: ConnectionId) -> Ask {
        self.tokens.tables.entry(id).or_default().asked();
        ask(ListTokens { id }, move |state, outcome, _| state.tokens_listed(id, outcome))
    }

    fn list_again(&mut self, id: ConnectionId) -> Vec<Ask> {
        let shown = self.page() == Page::Tokens && self.selection.shown() == Some(id);
        if shown { self.ask_for_tokens() } else { Vec::new() }
    }

    pub fn can_generate(&self) -> bool {
        self.shown_with_tokens().is_some_and(|id| !self.tokens.generating(id))
    }

    pub fn ask_to_generate(&mut self) -> Vec<Ask> {
        let Some(id) = self.shown_with_tokens().filter(|_| self.can_generate()) else { return Vec::new() };
        let commands = self.show_page(Page::Tokens);
        let longest = self.tokens.table(id).and_then(TokenTable::longest_days);
        let comment = self.tokens.usual_comment.clone();
        self.dialog = Some(Dialog::GenerateToken(Box::new(GenerateToken::new(id, comment, longest))));
        commands
    }

    pub fn generate_token(&mut self) -> Vec<Ask> {
        let Some(Dialog::GenerateToken(dialog)) = &mut self.dialog else { return Vec::new() };
        let Some(request) = dialog.request().filter(|_| dialog.may_generate()) else { return Vec::new() };
        let run = self.tests.new_run();
        let id = dialog.id;
        dialog.run = Some(run);
        dialog.failure = None;
        self.tokens.troubles.remove(&id);
        self.tokens.work.entry(id).or_default().generating = Some(run);
        vec![ask(brickpass_engine::GenerateToken { id, token: request }, move |state, outcome, _| state.token_generated(run, id, outcome))]
    }

    /// The connection uses a personal access token, and its replacement can be saved.
    pub fn can_rotate(&self) -> bool {
        self.shown_with_tokens().is_some_and(|id| self.can_rotate_of(id))
    }

    pub(in crate::ui::state) fn can_rotate_of(&self, id: ConnectionId) -> bool {
        let token = self.entry(id).is_some_and(|entry| entry.connection.auth.kind() == AuthKind::PersonalAccessToken);
        token && !self.tokens.rotating(id)
    }

    pub fn ask_to_rotate(&mut self) -> Vec<Ask> {
        let Some(id) = self.shown_with_tokens().filter(|_| self.can_rotate()) else { return Vec::new() };
        let commands = self.show_page(Page::Tokens);
        let table = self.tokens.table(id);
        let comment = self.tokens.usual_comment.clone();
        // Until the list is loaded, what was noted when the token was created is used.
        let old = table.and_then(TokenTable::in_use).cloned().or_else(|| self.tokens.notes.get(&id).map(token_of));
        let dialog = RotateToken::new(id, old.as_ref(), comment, table.and_then(TokenTable::longest_days));
        self.dialog = Some(Dialog::RotateToken(Box::new(dialog)));
        commands
    }

    pub fn rotate_token(&mut self) -> Vec<Ask> {
        let Some(Dialog::RotateToken(dialog)) = &mut self.dialog else { return Vec::new() };
        if dialog.waits() {
            return Vec::new();
        }
        let run = self.tests.new_run();
        let id = dialog.id;
        dialog.run = Some(run);
        dialog.failure = None;
        self.tokens.troubles.remove(&id);
        self.tokens.work.entry(id).or_default().rotating = Some(run);
        let token = dialog.request.clone();
        vec![ask(brickpass_engine::RotateToken { id, token }, move |state, outcome, _| state.token_rotated(run, id, outcome))]
    }

    pub fn can_revoke(&self) -> bool {
        let ticked = |id: ConnectionId| self.tokens.table(id).is_some_and(|table| table.table_model.ticked_count() > 0);
        self.page() == Page::Tokens && self.shown_with_tokens().is_some_and(|id| ticked(id) && !self.tokens.revoking(id))
    }

    /// Asks to revoke the ticked tokens.
    pub fn ask_to_revoke(&mut self) {
        let Some(id) = self.shown_with_tokens().filter(|_| self.can_revoke()) else { return };
        let tokens = self.tokens.table(id).map(TokenTable::chosen).unwrap_or_default();
        self.ask_to_revoke_these(id, tokens);
    }

    /// Asks to revoke the ticked tokens, or the one at the cursor.
    pub fn revoke_at_cursor(&mut self) {
        if self.can_revoke() {
            self.ask_to_revoke();
        } else if let Some(row) = self.selection.shown().and_then(|id| self.tokens.table(id)).map(|table| table.table_model.cursor_row()) {
            self.ask_to_revoke_row(row);
        }
    }

    /// Asks to revoke the token of one row.
    pub fn ask_to_revoke_row(&mut self, row: usize) {
        let Some(id) = self.shown_with_tokens().filter(|id| !self.tokens.revoking(*id)) else { return };
        let token = self.tokens.table(id).and_then(|table| table.table_model.row(row)).map(|row| row.token.clone());
        self.ask_to_revoke_these(id, token.into_iter().collect());
    }

    fn ask_to_revoke_these(&mut self, id: ConnectionId, tokens: Vec<brickpass_databricks::rest::Token>) {
        let Some(connection) = self.entry(id).map(|entry| &entry.connection).filter(|_| !tokens.is_empty()) else { return };
        let expected = NameToType::of(connection);
        let in_use = self.tokens.table(id).is_some_and(|table| tokens.iter().any(|token| table.is_in_use(&token.id)));
        self.dialog = Some(Dialog::RevokeTokens(Box::new(RevokeTokens { id, tokens, in_use, expected, typed: String::new() })));
    }

    pub fn revoke_tokens(&mut self) -> Vec<Ask> {
        if !matches!(&self.dialog, Some(Dialog::RevokeTokens(dialog)) if dialog.may_revoke()) {
            return Vec::new();
        }
        let Some(Dialog::RevokeTokens(dialog)) = self.dialog.take() else { return Vec::new() };
        self.tokens.troubles.remove(&dialog.id);
        self.tokens.work.entry(dialog.id).or_default().revoking = true;
        let token_ids = dialog.tokens.into_iter().map(|token| token.id).collect();
        let id = dialog.id;
        vec![ask(brickpass_engine::RevokeTokens { id, token_ids }, move |state, outcome, _| state.tokens_revoked(id, outcome))]
    }

    /// Uses the new token in its connection.
    pub fn use_fresh_token(&mut self) -> Vec<Ask> {
        let Some(fresh) = self.tokens.fresh.front_mut().filter(|fresh| !fresh.using && !fresh.used) else { return Vec::new() };
        fresh.using = true;
        fresh.leaving = false;
        fresh.failure = None;
        let (id, new) = (fresh.id, fresh.new.clone());
        vec![ask(UseToken { id, new }, move |state, outcome, _| state.token_used(id, outcome))]
    }

    /// Its connection still exists and can be saved.
    pub fn can_use_fresh_token(&self) -> bool {
        self.tokens.fresh().is_some_and(|fresh| self.entry(fresh.id).is_some()) && self.read_only().is_none()
    }

    pub fn copy_fresh_token(&self) -> Vec<Ask> {
        let copy = |fresh: &Fresh| CopySecret { secret: fresh.new.value.clone(), what: text::tokens::NEW_ON_CLIPBOARD.to_owned() };
        self.tokens.fresh().map(copy).map(ask_quietly).into_iter().collect()
    }

    /// The clipboard while the new token is on it.
    pub fn fresh_token_on_clipboard(&self) -> Option<&Copied> {
        let copied = self.tokens.fresh().is_some_and(|fresh| fresh.copied);
        self.copied().filter(|held| copied && held.what == text::tokens::NEW_ON_CLIPBOARD)
    }

    /// The token is on the clipboard.
    pub(super) fn fresh_token_copied(&mut self, what: &str) {
        if let Some(fresh) = self.tokens.fresh.front_mut().filter(|_| what == text::tokens::NEW_ON_CLIPBOARD) {
            fresh.copied = true;
        }
    }

    /// *Done*, or closing it in another way; asks once if the value would be lost.
    pub fn leave_fresh_token(&mut self) {
        let Some(fresh) = self.tokens.fresh.front_mut() else { return };
        if fresh.using {
            return;
        }
        if !fresh.is_safe() && !fresh.leaving {
            fresh.leaving = true;
            fresh.revealed_at = None;
            return;
        }
        self.tokens.fresh.pop_front();
        if std::mem::take(&mut self.tokens.close_afterwards) {
            self.ask_to_close();
        }
    }

    /// *Go back*: the value stays visible.
    pub fn keep_fresh_token(&mut self) {
        self.tokens.close_afterwards = false;
        if let Some(fresh) = self.tokens.fresh.front_mut() {
            fresh.leaving = false;
        }
    }

    /// The remaining days of the token that the connection uses, if known.
    pub fn days_left(&self, id: ConnectionId, now: Timestamp) -> Option<i64> {
        let listed = || self.tokens.table(id)?.in_use()?.expires_at;
        let until = self.tokens.notes.get(&id).and_then(|note| note.expires_at).or_else(listed)?;
        Some(text::tokens::whole_days(until, now))
    }
}

fn token_of(note: &TokenNote) -> Token {
    Token {
        id: note.token_id.clone(),
        comment: note.comment.clone(),
        created_at: None,
        expires_at: note.expires_at,
        last_used: None,
        scopes: Vec::new(),
    }
}
