//! Whether tokens are allowed in a workspace, and all users' tokens.

use std::cmp::Ordering;

use super::{Admin, AdminData, AdminSection};
use crate::ui::{
    admin::{RevokeTokensOfUsers, TokensOff},
    state::{
        Connections, Output, Page, TokensOf, View,
        table_model::{Record, by_words},
    },
    widgets::TableRows as _,
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::{TokenRules, UserToken};
use brickpass_engine::{ListUsersTokens, Request, RevokeUsersTokens, SetMaximumDays, SetTokensEnabled};

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

impl Admin {
    pub(super) fn load_users_tokens(&mut self, id: ConnectionId) -> Output {
        let note = |admin_data: &mut AdminData, run| admin_data.tokens.asked.asked(run);
        self.request(id, ListUsersTokens { id }, note, Self::users_tokens_listed)
    }

    /// Switching them off asks first, since it stops everything that uses one.
    pub fn switch_tokens(&mut self, on: bool, connections: &Connections) -> Output {
        let Some(id) = connections.administered().filter(|_| self.shown(connections).is_some_and(|admin_data| !admin_data.is_ruling()))
        else {
            return Output::none();
        };
        if on {
            return self.change_rules(id, SetTokensEnabled { id, enabled: true });
        }
        let mut output = Output::none();
        output.open(TokensOff::new(id, connections));
        output
    }

    pub fn set_maximum_days(&mut self, days: Option<u32>, connections: &Connections) -> Output {
        let Some(id) = connections.administered() else { return Output::none() };
        let changes =
            |admin_data: &AdminData| !admin_data.is_ruling() && admin_data.rules.value().is_some_and(|rules| rules.maximum_days != days);
        if self.shown(connections).is_some_and(changes) { self.change_rules(id, SetMaximumDays { id, days }) } else { Output::none() }
    }

    pub fn change_rules(&mut self, id: ConnectionId, request: impl Request<Answer = TokenRules>) -> Output {
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            admin_data.pending_rule_change = Some(run);
        };
        self.request(id, request, note, Self::rules_changed)
    }

    pub fn can_revoke_tokens(&self, view: &View, connections: &Connections) -> bool {
        view.page == Page::Administration
            && self.section(connections) == AdminSection::Tokens
            && self
                .shown(connections)
                .is_some_and(|admin_data| admin_data.tokens.table_model.ticked_count() > 0 && !admin_data.is_revoking())
    }

    /// Asks to revoke the ticked tokens.
    pub fn ask_to_revoke_tokens(&self, view: &View, connections: &Connections) -> Output {
        let Some(admin_data) = self.shown(connections).filter(|_| self.can_revoke_tokens(view, connections)) else {
            return Output::none();
        };
        let tokens: Vec<UserToken> = admin_data.tokens.table_model.ticked().cloned().collect();
        ask_to_revoke(&tokens, connections)
    }

    /// Asks to revoke the token of one row.
    pub fn ask_to_revoke_row(&self, row: usize, connections: &Connections) -> Output {
        let shown = self.shown(connections).filter(|admin_data| !admin_data.is_revoking());
        let token = shown.and_then(|admin_data| admin_data.tokens.table_model.row(row));
        ask_to_revoke(token.map(std::slice::from_ref).unwrap_or_default(), connections)
    }

    /// Asks to revoke the ticked tokens, or the one at the cursor.
    pub fn ask_to_revoke_at_cursor(&self, view: &View, connections: &Connections) -> Output {
        if self.can_revoke_tokens(view, connections) {
            return self.ask_to_revoke_tokens(view, connections);
        }
        let row = self.shown(connections).map(|admin_data| admin_data.tokens.table_model.cursor_row());
        row.map(|row| self.ask_to_revoke_row(row, connections)).into()
    }

    pub fn revoke_tokens(&mut self, id: ConnectionId, token_ids: Vec<String>) -> Output {
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            admin_data.revoking = Some(run);
        };
        self.request(id, RevokeUsersTokens { id, token_ids }, note, Self::users_tokens_revoked)
    }
}

fn ask_to_revoke(tokens: &[UserToken], connections: &Connections) -> Output {
    let Some(id) = connections.administered().filter(|id| connections.tokens_of(*id) == TokensOf::Workspace && !tokens.is_empty()) else {
        return Output::none();
    };
    let mut output = Output::none();
    output.open(RevokeTokensOfUsers::new(id, tokens, connections));
    output
}
