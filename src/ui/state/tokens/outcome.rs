//! The answers to token requests.

use super::{Fresh, Page, Trouble, TroubleKind};
use crate::ui::state::RunId;
use crate::ui::{
    state::{Dialog, Notice, State},
    text,
};
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::Failure,
};
use brickpass_databricks::rest::NewToken;
use brickpass_engine::{Ask, RemovedTokens, RevokedTokens, Rotated, TokenList};

impl State {
    /// The results for the tokens of removed connections.
    pub(in crate::ui::state) fn removed_tokens_revoked(&mut self, RemovedTokens { revoked, failure, .. }: RemovedTokens) {
        self.notices.extend((!revoked.is_empty()).then(|| Notice::Done(text::tokens::revoked(revoked.len()))));
        self.notices.extend(failure.map(Notice::Failure));
    }

    pub(super) fn tokens_listed(&mut self, id: ConnectionId, outcome: Result<TokenList, Failure>) -> Vec<Ask> {
        let commands = self.expiry_asked(id, outcome.is_ok());
        if let Some(table) = self.tokens.table_mut(id) {
            match outcome {
                Ok(list) => table.came(list),
                Err(failure) => table.failed(failure),
            }
        }
        commands
    }

    pub fn token_generated(&mut self, run: RunId, id: ConnectionId, outcome: Result<NewToken, Failure>) -> Vec<Ask> {
        let awaited = self.tokens.work.get_mut(&id).filter(|work| work.generating == Some(run));
        match (awaited, &outcome) {
            (Some(work), _) => work.generating = None,
            // A value is never dropped, even if nothing waits for it any more.
            (None, Ok(new)) if !self.tokens.fresh.iter().any(|fresh| fresh.new.token.id == new.token.id) => {}
            (None, _) => return Vec::new(),
        }
        let dialog = match &mut self.dialog {
            Some(Dialog::GenerateToken(dialog)) if dialog.run == Some(run) => Some(dialog),
            _ => None,
        };
        match (outcome, dialog) {
            (Ok(new), dialog) => {
                if dialog.is_some() {
                    self.dialog = None;
                }
                self.tokens.fresh.push_back(Fresh::new(id, new));
                self.list_again(id)
            }
            (Err(failure), Some(dialog)) => {
                dialog.run = None;
                dialog.failure = Some(failure);
                Vec::new()
            }
            (Err(failure), None) => {
                self.token_trouble(id, TroubleKind::Generate, failure);
                Vec::new()
            }
        }
    }

    pub(super) fn token_used(&mut self, id: ConnectionId, outcome: Result<(), Failure>) -> Vec<Ask> {
        self.expiry.changed();
        let Some(fresh) = self.tokens.fresh.iter_mut().find(|fresh| fresh.id == id && fresh.using) else { return Vec::new() };
        fresh.using = false;
        if let Err(failure) = outcome {
            fresh.failure = Some(failure);
            return Vec::new();
        }
        fresh.used = true;
        let token = fresh.new.token.clone();
        if let Some(table) = self.tokens.tables.get_mut(&id) {
            table.now_in_use(&token);
        }
        self.token_stored(id)
    }

    /// The vault now has another token for the connection.
    fn token_stored(&mut self, id: ConnectionId) -> Vec<Ask> {
        self.secrets.remove(&(id, SecretKind::PersonalAccessToken));
        self.revealed = self.revealed.take().filter(|(of, ..)| *of != id);
        let mut commands = if self.selection.shown() == Some(id) { self.describe(id) } else { Vec::new() };
        commands.extend(self.list_again(id));
        commands
    }

    pub(super) fn tokens_revoked(&mut self, id: ConnectionId, outcome: Result<RevokedTokens, Failure>) -> Vec<Ask> {
        self.expiry.changed();
        let (revoked, failed) = match outcome {
            Ok(RevokedTokens { revoked, failed }) => (revoked, failed),
            Err(failure) => (Vec::new(), vec![(String::new(), failure)]),
        };
        if let Some(work) = self.tokens.work.get_mut(&id) {
            work.revoking = false;
        }
        if let Some(table) = self.tokens.tables.get_mut(&id) {
            table.revoked(&revoked);
        }
        if !revoked.is_empty() {
            self.notices.push(Notice::Done(text::tokens::revoked(revoked.len())));
        }
        let count = failed.len();
        if let Some((_, failure)) = failed.into_iter().next() {
            self.token_trouble(id, TroubleKind::Revoke(count), failure);
        }
        self.list_again(id)
    }

    pub fn token_rotated(&mut self, run: RunId, id: ConnectionId, outcome: Result<Rotated, Failure>) -> Vec<Ask> {
        self.expiry.changed();
        let Some(work) = self.tokens.work.get_mut(&id).filter(|work| work.rotating == Some(run)) else { return Vec::new() };
        work.rotating = None;
        let in_dialog = matches!(&self.dialog, Some(Dialog::RotateToken(dialog)) if dialog.run == Some(run));
        match outcome {
            Ok(Rotated { token, old_remains }) => {
                if in_dialog {
                    self.dialog = None;
                }
                if let Some(table) = self.tokens.tables.get_mut(&id) {
                    table.now_in_use(&token);
                }
                let words = text::tokens::rotated(self.name_of(id), old_remains.is_none());
                self.notices.push(Notice::Done(words));
                if let Some(failure) = old_remains {
                    self.token_trouble(id, TroubleKind::OldRemains, failure);
                }
                self.token_stored(id)
            }
            Err(failure) => {
                if let Some(Dialog::RotateToken(dialog)) = self.dialog.as_mut().filter(|_| in_dialog) {
                    dialog.run = None;
                    dialog.failure = Some(failure);
                } else {
                    self.token_trouble(id, TroubleKind::Rotate, failure);
                }
                self.list_again(id)
            }
        }
    }

    /// Shown in its place; if that is not visible, also as a toast.
    fn token_trouble(&mut self, id: ConnectionId, kind: TroubleKind, failure: Failure) {
        if self.selection.shown() != Some(id) || self.page() != Page::Tokens {
            self.notices.push(Notice::Failure(failure.clone()));
        }
        self.tokens.troubles.insert(id, Trouble { kind, failure });
    }

    /// Keeps the window open if a value would be lost. Returns whether one would.
    pub(in crate::ui::state) fn held_up_by_token(&mut self) -> bool {
        if self.tokens.are_being_made() {
            self.notices.push(Notice::Info(text::tokens::BEING_MADE.to_owned()));
            return true;
        }
        let Some(at) = self.tokens.fresh.iter().position(|fresh| !fresh.is_safe()) else { return false };
        self.tokens.fresh.swap(0, at);
        if let Some(fresh) = self.tokens.fresh.front_mut() {
            fresh.leaving = true;
            fresh.revealed_at = None;
        }
        self.tokens.close_afterwards = true;
        // A dialog in front must not hide the question.
        self.dialog = None;
        true
    }

    pub(in crate::ui::state) fn forget_tokens(&mut self, id: ConnectionId) {
        self.tokens.tables.remove(&id);
        self.tokens.troubles.remove(&id);
        self.expiry.changed();
    }
}
