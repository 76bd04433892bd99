//! Whether tokens are allowed in a workspace, and all users' tokens.

use std::cmp::Ordering;

use super::{AdminData, AdminDialog, Confirm, RevokeUsersTokens};
use crate::ui::{
    state::{
        Dialog, NameToType, Page, State, TokensOf,
        table_model::{Record, by_words},
    },
    widgets::TableRows as _,
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::{TokenRules, UserToken};
use brickpass_engine::{Ask, ListUsersTokens, Request, SetMaximumDays, SetTokensEnabled};

/// The choices for the maximum lifetime of a token, in days.
pub const MAXIMUM_DAYS: [u32; 5] = [30, 90, 180, 365, 730];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserColumn {
    Owner,
    Comment,
    Created,
    Expires,
    LastUsed,
}

impl Record for UserToken {
    type Column = UserColumn;
    const USUAL: (UserColumn, bool) = (UserColumn::Owner, false);

    fn id(&self) -> &str {
        &self.token.id
    }

    fn sought(&self) -> String {
        format!("{} {} {}", self.owner, self.token.comment, self.token.id)
    }

    fn compare(&self, other: &Self, column: UserColumn) -> Ordering {
        let newest_first = || other.token.created_at.cmp(&self.token.created_at);
        match column {
            UserColumn::Owner => by_words(&self.owner, &other.owner).then_with(newest_first),
            UserColumn::Comment => by_words(&self.token.comment, &other.token.comment),
            UserColumn::Created => self.token.created_at.cmp(&other.token.created_at),
            // Tokens without expiry come after all others.
            UserColumn::Expires => {
                let end = |token: &Self| (token.token.expires_at.is_none(), token.token.expires_at);
                end(self).cmp(&end(other))
            }
            UserColumn::LastUsed => self.token.last_used.cmp(&other.token.last_used),
        }
    }
}

impl State {
    pub(super) fn ask_for_users_tokens(&mut self, id: ConnectionId) -> Vec<Ask> {
        let note = |admin_data: &mut AdminData, run| admin_data.tokens.asked.asked(run);
        self.admin_ask(id, ListUsersTokens { id }, note, move |state, run, outcome| state.users_tokens_listed(run, id, outcome))
    }

    /// Switching them off asks first, since it stops everything that uses one.
    pub fn switch_tokens(&mut self, on: bool) -> Vec<Ask> {
        let Some(id) = self.administered().filter(|_| self.admin_data().is_some_and(|admin_data| !admin_data.is_ruling())) else {
            return Vec::new();
        };
        if on {
            return self.rule(id, SetTokensEnabled { id, enabled: true });
        }
        self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::TokensOff(self.confirm(id)))));
        Vec::new()
    }

    pub fn set_maximum_days(&mut self, days: Option<u32>) -> Vec<Ask> {
        let Some(id) = self.administered() else { return Vec::new() };
        let changes =
            |admin_data: &AdminData| !admin_data.is_ruling() && admin_data.rules.value().is_some_and(|rules| rules.maximum_days != days);
        if self.admin_data().is_some_and(changes) { self.rule(id, SetMaximumDays { id, days }) } else { Vec::new() }
    }

    pub(super) fn rule(&mut self, id: ConnectionId, request: impl Request<Answer = TokenRules>) -> Vec<Ask> {
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            admin_data.pending_rule_change = Some(run);
        };
        self.admin_ask(id, request, note, move |state, run, outcome| state.ruled(run, id, outcome))
    }

    /// The name to type in a confirmation about this connection.
    pub(super) fn confirm(&self, id: ConnectionId) -> Confirm {
        let expected = self.entry(id).and_then(|entry| NameToType::of(&entry.connection));
        Confirm { id, expected, typed: String::new() }
    }

    pub fn can_revoke_users_tokens(&self) -> bool {
        self.page() == Page::Administration
            && self.admin_section() == super::AdminSection::Tokens
            && self.admin_data().is_some_and(|admin_data| admin_data.tokens.table_model.ticked_count() > 0 && !admin_data.is_revoking())
    }

    /// Asks to revoke the ticked tokens.
    pub fn ask_to_revoke_users_tokens(&mut self) {
        if let Some(admin_data) = self.admin_data().filter(|_| self.can_revoke_users_tokens()) {
            let tokens: Vec<UserToken> = admin_data.tokens.table_model.ticked().cloned().collect();
            self.ask_to_revoke_these_of_users(&tokens);
        }
    }

    /// Asks to revoke the token of one row.
    pub fn ask_to_revoke_users_row(&mut self, row: usize) {
        let token = self
            .admin_data()
            .filter(|admin_data| !admin_data.is_revoking())
            .and_then(|admin_data| admin_data.tokens.table_model.row(row))
            .cloned();
        self.ask_to_revoke_these_of_users(token.as_slice());
    }

    /// Asks to revoke the ticked tokens, or the one at the cursor.
    pub fn revoke_users_at_cursor(&mut self) {
        if self.can_revoke_users_tokens() {
            self.ask_to_revoke_users_tokens();
        } else if let Some(row) = self.admin_data().map(|admin_data| admin_data.tokens.table_model.cursor_row()) {
            self.ask_to_revoke_users_row(row);
        }
    }

    fn ask_to_revoke_these_of_users(&mut self, tokens: &[UserToken]) {
        let Some(id) = self.administered().filter(|id| self.tokens_of(*id) == TokensOf::Workspace && !tokens.is_empty()) else { return };
        let confirm = self.confirm(id);
        self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::Revoke(RevokeUsersTokens::new(confirm, tokens)))));
    }
}
