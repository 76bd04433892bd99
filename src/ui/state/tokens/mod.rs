//! Personal access tokens: the list, the dialogs, the results. A late event of an older run is ignored.

mod dialogs;
mod outcome;
mod send_to;
mod table;

use std::collections::HashMap;

pub use dialogs::{Fresh, GenerateToken, Lifetime, RevokeTokens, RotateToken};
use jiff::Timestamp;
pub use outcome::removed_tokens_revoked;
pub use send_to::SendTo;
pub use table::{Column, Listed, TokenTable};

use super::{Connections, Dialog, Go, NameToType, Output, Page, RunId, View, ask};
use crate::ui::{text, widgets::TableRows as _};
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Level},
    failure::Failure,
};
use brickpass_databricks::rest::Token;
use brickpass_engine::{Ask, ListTokens, TokenNote};
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
    /// What was last typed in *Copy to a secret store*.
    last_order: Option<Order>,
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
    fn are_being_made(&self) -> bool {
        self.work.values().any(|work| work.generating.is_some() || work.rotating.is_some())
    }

    /// An operation begins: the last one's failure is no longer shown.
    fn begin(&mut self, id: ConnectionId) -> &mut Work {
        self.troubles.remove(&id);
        self.work.entry(id).or_default()
    }

    /// Lists the tokens of the shown connection. Also *Refresh*.
    pub fn ask_for_tokens(&mut self, connections: &Connections) -> Output {
        connections.shown_with_tokens().map(|id| self.ask_for_tokens_of(id)).into()
    }

    pub(in crate::ui::state) fn ask_for_tokens_of(&mut self, id: ConnectionId) -> Ask {
        self.tables.entry(id).or_default().asked();
        ask(ListTokens { id }, move |state, outcome, _| {
            let more = state.expiry.listed(id, outcome.is_ok(), &mut state.tokens);
            state.tokens.listed(id, outcome);
            more
        })
    }

    pub fn can_generate(&self, connections: &Connections) -> bool {
        connections.shown_with_tokens().is_some_and(|id| !self.generating(id))
    }

    pub fn ask_to_generate(&self, connections: &Connections) -> Output {
        let Some(id) = connections.shown_with_tokens().filter(|id| !self.generating(*id)) else { return Output::none() };
        let longest = self.table(id).and_then(TokenTable::longest_days);
        in_front_of_tab(GenerateToken::new(id, self.usual_comment.clone(), longest))
    }

    /// The connection uses a personal access token, and its replacement can be saved.
    pub fn can_rotate(&self, connections: &Connections) -> bool {
        connections.shown_with_tokens().is_some_and(|id| self.can_rotate_of(id, connections))
    }

    pub(in crate::ui::state) fn can_rotate_of(&self, id: ConnectionId, connections: &Connections) -> bool {
        connections.uses_token(id) && !self.rotating(id)
    }

    pub fn ask_to_rotate(&self, connections: &Connections) -> Output {
        connections.shown_with_tokens().map(|id| self.ask_to_rotate_of(id, connections)).into()
    }

    /// Asks for a connection that is shown, or about to be.
    pub(in crate::ui::state) fn ask_to_rotate_of(&self, id: ConnectionId, connections: &Connections) -> Output {
        if connections.tokens_of(id) != TokensOf::Workspace || !self.can_rotate_of(id, connections) {
            return Output::none();
        }
        let table = self.table(id);
        // Until the list is loaded, what was noted when the token was created is used.
        let old = table.and_then(TokenTable::in_use).cloned().or_else(|| self.notes.get(&id).map(token_of));
        let longest = table.and_then(TokenTable::longest_days);
        in_front_of_tab(RotateToken::new(id, old.as_ref(), self.usual_comment.clone(), longest))
    }

    /// Some tokens are ticked in the tab.
    pub fn can_revoke(&self, view: &View, connections: &Connections) -> bool {
        let ticked = |id: ConnectionId| self.table(id).is_some_and(|table| table.table_model.ticked_count() > 0);
        view.page == Page::Tokens && connections.shown_with_tokens().is_some_and(|id| ticked(id) && !self.revoking(id))
    }

    /// Asks to revoke the ticked tokens.
    pub fn ask_to_revoke(&self, view: &View, connections: &Connections) -> Output {
        let Some(id) = connections.shown_with_tokens().filter(|_| self.can_revoke(view, connections)) else { return Output::none() };
        let tokens = self.table(id).map(TokenTable::chosen).unwrap_or_default();
        self.ask_to_revoke_these(id, tokens, connections)
    }

    /// Asks to revoke the ticked tokens, or the one at the cursor.
    pub fn revoke_at_cursor(&self, view: &View, connections: &Connections) -> Output {
        if self.can_revoke(view, connections) {
            return self.ask_to_revoke(view, connections);
        }
        let table = connections.selection.shown().and_then(|id| self.table(id));
        table.map(|table| self.ask_to_revoke_row(table.table_model.cursor_row(), connections)).into()
    }

    /// Asks to revoke the token of one row.
    pub fn ask_to_revoke_row(&self, row: usize, connections: &Connections) -> Output {
        let Some(id) = connections.shown_with_tokens().filter(|id| !self.revoking(*id)) else { return Output::none() };
        let token = self.table(id).and_then(|table| table.table_model.row(row)).map(|row| row.token.clone());
        self.ask_to_revoke_these(id, token.into_iter().collect(), connections)
    }

    fn ask_to_revoke_these(&self, id: ConnectionId, tokens: Vec<Token>, connections: &Connections) -> Output {
        let connection = connections.entry(id).map(|entry| &entry.connection);
        let Some(connection) = connection.filter(|_| !tokens.is_empty()) else { return Output::none() };
        let expected = NameToType::of(connection);
        let in_use = self.table(id).is_some_and(|table| tokens.iter().any(|token| table.is_in_use(&token.id)));
        let mut output = Output::none();
        output.open(RevokeTokens { id, tokens, in_use, expected, typed: String::new() });
        output
    }

    /// The remaining days of the token that the connection uses, if known.
    pub fn days_left(&self, id: ConnectionId, now: Timestamp) -> Option<i64> {
        let listed = || self.table(id)?.in_use()?.expires_at;
        let until = self.notes.get(&id).and_then(|note| note.expires_at).or_else(listed)?;
        Some(text::tokens::whole_days(until, now))
    }
}

/// Opens a dialog about the tokens in the tab.
fn in_front_of_tab(dialog: impl Dialog) -> Output {
    let mut output = Output::from(Go::Page(Page::Tokens));
    output.open(dialog);
    output
}

impl Connections {
    pub fn tokens_of(&self, id: ConnectionId) -> TokensOf {
        match self.entry(id).map(|entry| &entry.connection.level) {
            None => TokensOf::NotSaved,
            Some(Level::Account { .. }) => TokensOf::Account,
            Some(Level::Workspace) => TokensOf::Workspace,
        }
    }

    /// The connection signs in with a personal access token.
    fn uses_token(&self, id: ConnectionId) -> bool {
        self.entry(id).is_some_and(|entry| entry.connection.auth.kind() == AuthKind::PersonalAccessToken)
    }

    /// The shown connection, if its workspace lists tokens.
    fn shown_with_tokens(&self) -> Option<ConnectionId> {
        self.selection.shown().filter(|id| self.selection.count() == 1 && self.tokens_of(*id) == TokensOf::Workspace)
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
