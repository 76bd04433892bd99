//! *Copy to a secret store*: the form for the command that puts a token into a secret store. It contains no secret.

use super::super::State;
use brickpass_core::connection::{AuthKind, ConnectionId};
use brickpass_engine::Ask;
use brickpass_interchange::send_to::{Destination, Order, Platform, Source};

#[derive(Debug)]
pub struct SendTo {
    pub order: Order,
    /// The possible sources of the token.
    pub sources: Vec<Source>,
    /// The first step is done.
    pub command_copied: bool,
    /// The second step is done: the token was copied after the command, which replaces it on the clipboard.
    pub token_copied: bool,
}

impl State {
    pub fn send_to(&self) -> Option<&SendTo> {
        self.tokens.send_to.as_deref()
    }

    pub fn send_to_mut(&mut self) -> Option<&mut SendTo> {
        self.tokens.send_to.as_deref_mut()
    }

    /// A new token: from the clipboard, or from the connection as soon as it uses the token.
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

    /// The command can get the token that the connection uses.
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

    /// The last input is kept for as long as the window is open.
    fn open_send_to(&mut self, sources: Vec<Source>) {
        let Some(source) = sources.first().cloned() else { return };
        let platform = Platform::here();
        let last = self.tokens.last_order.take();
        let mut order = last.unwrap_or_else(|| Order::new(Destination::AzureKeyVault, platform.usual_terminal(), platform, source.clone()));
        order.source = source;
        self.tokens.send_to = Some(Box::new(SendTo { order, sources, command_copied: false, token_copied: false }));
    }

    /// Back to the new token, or to the tab.
    pub fn leave_send_to(&mut self) {
        if let Some(send_to) = self.tokens.send_to.take() {
            self.tokens.last_order = Some(send_to.order);
        }
    }

    /// The second step, if the command reads the clipboard.
    pub fn copy_token_to_send(&mut self) -> Vec<Ask> {
        let Some(send_to) = self.send_to_mut().filter(|send_to| send_to.order.source == Source::Clipboard) else { return Vec::new() };
        send_to.token_copied = true;
        self.copy_fresh_token()
    }
}
