//! The answers to token requests.

use super::{Fresh, GenerateToken, RotateToken, SendTo, Tokens, Trouble, TroubleKind};
use crate::ui::{
    state::{Connections, Dialogs, Notice, Output, Page, RunId, State, View},
    text,
};
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::Failure,
};
use brickpass_databricks::rest::NewToken;
use brickpass_engine::{RemovedTokens, RevokedTokens, Rotated, TokenList};

/// The results for the tokens of removed connections.
pub fn removed_tokens_revoked(RemovedTokens { revoked, failure, .. }: RemovedTokens) -> Output {
    let revoked = (!revoked.is_empty()).then(|| Notice::Done(text::tokens::revoked(revoked.len())));
    Output::from(revoked).and(failure.map(Notice::Failure))
}

impl Tokens {
    pub(super) fn listed(&mut self, id: ConnectionId, outcome: Result<TokenList, Failure>) {
        let Some(table) = self.table_mut(id) else { return };
        match outcome {
            Ok(list) => table.loaded(list),
            Err(failure) => table.failed(failure),
        }
    }

    /// `in_view`: the connection's tokens are shown.
    pub fn generated(
        &mut self,
        run: RunId,
        id: ConnectionId,
        outcome: Result<NewToken, Failure>,
        dialogs: &mut Dialogs,
        in_view: bool,
    ) -> Output {
        let known = |new: &NewToken| dialogs.all().any(|fresh: &Fresh| fresh.new.token.id == new.token.id);
        match (self.work.get_mut(&id).filter(|work| work.generating == Some(run)), &outcome) {
            (Some(work), _) => work.generating = None,
            // A value is never dropped, even if nothing waits for it any more.
            (None, Ok(new)) if !known(new) => {}
            (None, _) => return Output::none(),
        }
        let dialog = dialogs.find_mut().filter(|dialog: &&mut GenerateToken| dialog.run == Some(run));
        match (outcome, dialog) {
            (Ok(new), dialog) => {
                if dialog.is_some() {
                    dialogs.remove::<GenerateToken>();
                }
                dialogs.queue(Fresh::new(id, new));
                self.list_again(id, in_view)
            }
            (Err(failure), Some(dialog)) => {
                dialog.failed(failure);
                Output::none()
            }
            (Err(failure), None) => self.met(TroubleKind::Generate, id, failure, in_view),
        }
    }

    pub(super) fn revoked(&mut self, id: ConnectionId, outcome: Result<RevokedTokens, Failure>, in_view: bool) -> Output {
        let (revoked, failed) = match outcome {
            Ok(RevokedTokens { revoked, failed }) => (revoked, failed),
            Err(failure) => (Vec::new(), vec![(String::new(), failure)]),
        };
        if let Some(work) = self.work.get_mut(&id) {
            work.revoking = false;
        }
        if let Some(table) = self.tables.get_mut(&id) {
            table.revoked(&revoked);
        }
        let mut output = Output::none();
        if !revoked.is_empty() {
            output.notice(Notice::Done(text::tokens::revoked(revoked.len())));
        }
        let count = failed.len();
        if let Some((_, failure)) = failed.into_iter().next() {
            output.extend(self.met(TroubleKind::Revoke(count), id, failure, in_view));
        }
        output.and(self.list_again(id, in_view))
    }

    /// A list that is not in view is loaded when its tab is opened.
    fn list_again(&mut self, id: ConnectionId, in_view: bool) -> Output {
        in_view.then(|| self.ask_for_tokens_of(id)).into()
    }

    /// A failure is shown in its place; if that is not visible, also as a toast.
    fn met(&mut self, kind: TroubleKind, id: ConnectionId, failure: Failure, in_view: bool) -> Output {
        let toast = (!in_view).then(|| Notice::Failure(failure.clone()));
        self.troubles.insert(id, Trouble { kind, failure });
        toast.into()
    }

    pub(in crate::ui::state) fn forget(&mut self, id: ConnectionId) {
        self.tables.remove(&id);
        self.troubles.remove(&id);
    }
}

impl View {
    pub(super) fn shows_tokens_of(&self, id: ConnectionId, connections: &Connections) -> bool {
        self.page == Page::Tokens && connections.shown_with_tokens() == Some(id)
    }
}

impl State {
    pub(super) fn token_used(&mut self, id: ConnectionId, outcome: Result<(), Failure>) -> Output {
        self.expiry.changed();
        let Some(fresh) = self.dialogs.all_mut().find(|fresh: &&mut Fresh| fresh.id == id && fresh.using) else { return Output::none() };
        fresh.using = false;
        if let Err(failure) = outcome {
            fresh.failure = Some(failure);
            return Output::none();
        }
        fresh.used = true;
        if let Some(table) = self.tokens.tables.get_mut(&id) {
            table.now_in_use(&fresh.new.token);
        }
        self.token_stored(id)
    }

    pub fn token_rotated(&mut self, run: RunId, id: ConnectionId, outcome: Result<Rotated, Failure>) -> Output {
        self.expiry.changed();
        let Some(work) = self.tokens.work.get_mut(&id).filter(|work| work.rotating == Some(run)) else { return Output::none() };
        work.rotating = None;
        let in_view = self.view.shows_tokens_of(id, &self.connections);
        let dialog = self.dialogs.find_mut().filter(|dialog: &&mut RotateToken| dialog.run == Some(run));
        match (outcome, dialog) {
            (Ok(Rotated { token, old_remains }), dialog) => {
                if dialog.is_some() {
                    self.dialogs.remove::<RotateToken>();
                }
                if let Some(table) = self.tokens.tables.get_mut(&id) {
                    table.now_in_use(&token);
                }
                let words = text::tokens::rotated(self.connections.name_of(id), old_remains.is_none());
                let trouble = old_remains.map(|failure| self.tokens.met(TroubleKind::OldRemains, id, failure, in_view));
                Output::from(Notice::Done(words)).and(trouble).and(self.token_stored(id))
            }
            (Err(failure), Some(dialog)) => {
                dialog.failed(failure);
                self.tokens.list_again(id, in_view)
            }
            (Err(failure), None) => {
                let trouble = self.tokens.met(TroubleKind::Rotate, id, failure, in_view);
                trouble.and(self.tokens.list_again(id, in_view))
            }
        }
    }

    /// The vault now has another token for the connection.
    fn token_stored(&mut self, id: ConnectionId) -> Output {
        self.secrets.stored.remove(&(id, SecretKind::PersonalAccessToken));
        self.secrets.revealed = self.secrets.revealed.take().filter(|(of, ..)| *of != id);
        let described = if self.connections.selection.shown() == Some(id) { self.describe(id) } else { Output::none() };
        let in_view = self.view.shows_tokens_of(id, &self.connections);
        described.and(self.tokens.list_again(id, in_view))
    }

    /// Keeps the window open if a value would be lost. Returns whether one would.
    pub(in crate::ui::state) fn held_up_by_token(&mut self) -> bool {
        if self.tokens.are_being_made() {
            self.view.notices.push(Notice::Info(text::tokens::BEING_MADE.to_owned()));
            return true;
        }
        // A dialog in front must not hide the question.
        let Some(fresh) = self.dialogs.bring_to_front(|fresh: &Fresh| !fresh.is_safe()) else { return false };
        fresh.ask_before_leaving();
        fresh.closes_window = true;
        if let Some(send_to) = self.dialogs.remove::<SendTo>() {
            self.tokens.keep_order(send_to.order);
        }
        true
    }
}
