//! *Send to*: the form behind the command that hands a token to another store of secrets. It holds no secret.

use super::super::State;
use brickpass_core::connection::{AuthKind, ConnectionId};
use brickpass_engine::Ask;
use brickpass_interchange::send_to::{Destination, Order, Platform, Source};

#[derive(Debug)]
pub struct SendTo {
    pub order: Order,
    /// What the command could take the token from.
    pub sources: Vec<Source>,
    /// The first step is done.
    pub command_copied: bool,
    /// The second one too: after the first, whose command took the place of a token that was there before.
    pub token_copied: bool,
}

impl State {
    pub fn send_to(&self) -> Option<&SendTo> {
        self.tokens.send_to.as_deref()
    }

    pub fn send_to_mut(&mut self) -> Option<&mut SendTo> {
        self.tokens.send_to.as_deref_mut()
    }

    /// The fresh token: from the clipboard, or from the connection as soon as that uses it.
    pub fn send_fresh_token(&mut self) {
        let Some(fresh) = self.tokens.fresh().filter(|fresh| !fresh.using) else { return };
        let (id, used) = (fresh.id, fresh.used);
        let stored = self.stored_token_of(id).filter(|_| used);
        let sources = stored.into_iter().chain([Source::Clipboard]).collect();
        if let Some(fresh) = self.tokens.fresh_mut() {
            fresh.revealed_at = None;
        }
        self.open_send_to(sources);
    }

    /// The token that the connection signs in with can be asked for by the command.
    pub fn can_send_token(&self) -> bool {
        self.shown_with_tokens().is_some_and(|id| self.stored_token_of(id).is_some()) && self.tokens.fresh().is_none()
    }

    pub fn send_stored_token(&mut self) {
        let Some(id) = self.shown_with_tokens().filter(|_| self.can_send_token()) else { return };
        let sources = self.stored_token_of(id).into_iter().collect();
        self.open_send_to(sources);
    }

    fn stored_token_of(&self, id: ConnectionId) -> Option<Source> {
        let connection = &self.entry(id)?.connection;
        let named = || Source::Connection { name: connection.name.as_str().to_owned(), id: connection.id.to_string() };
        (connection.auth.kind() == AuthKind::PersonalAccessToken).then(named)
    }

    /// What was typed the last time stands there again, as long as the window is open.
    fn open_send_to(&mut self, sources: Vec<Source>) {
        let Some(source) = sources.first().cloned() else { return };
        let platform = Platform::here();
        let last = self.tokens.last_order.take();
        let mut order = last.unwrap_or_else(|| Order::new(Destination::AzureKeyVault, platform.usual_terminal(), platform, source.clone()));
        order.source = source;
        self.tokens.send_to = Some(Box::new(SendTo { order, sources, command_copied: false, token_copied: false }));
    }

    /// Back to the fresh token, or to the tab.
    pub fn leave_send_to(&mut self) {
        if let Some(send_to) = self.tokens.send_to.take() {
            self.tokens.last_order = Some(send_to.order);
        }
    }

    /// The second step, when the clipboard is what the command reads.
    pub fn copy_token_to_send(&mut self) -> Vec<Ask> {
        let Some(send_to) = self.send_to_mut().filter(|send_to| send_to.order.source == Source::Clipboard) else { return Vec::new() };
        send_to.token_copied = true;
        self.copy_fresh_token()
    }
}
