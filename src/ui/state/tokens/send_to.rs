//! *Copy to a secret store*: the form for the command that puts a token into a secret store. It contains no secret.

use super::{Fresh, Tokens};
use crate::ui::state::{Connections, Dialogs, Output};
use brickpass_core::connection::ConnectionId;
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

impl SendTo {
    /// `last`: what was typed before. `None`: there is no source.
    fn new(last: Option<Order>, sources: Vec<Source>) -> Option<Self> {
        let source = sources.first()?.clone();
        let platform = Platform::here();
        let mut order = last.unwrap_or_else(|| Order::new(Destination::AzureKeyVault, platform.usual_terminal(), platform, source.clone()));
        order.source = source;
        Some(Self { order, sources, command_copied: false, token_copied: false })
    }

    /// The second step, if the command reads the clipboard.
    pub fn copy_token(&mut self, dialogs: &Dialogs) -> Output {
        if self.order.source != Source::Clipboard {
            return Output::none();
        }
        self.token_copied = true;
        dialogs.find().map(Fresh::copy).into()
    }
}

impl Tokens {
    /// The command can get the token that the connection uses.
    pub fn can_send(connections: &Connections, dialogs: &Dialogs) -> bool {
        connections.shown_with_tokens().is_some_and(|id| connections.stored_token_of(id).is_some()) && dialogs.find::<Fresh>().is_none()
    }

    pub fn send_stored(&self, connections: &Connections, dialogs: &Dialogs) -> Output {
        let Some(id) = connections.shown_with_tokens().filter(|_| Self::can_send(connections, dialogs)) else { return Output::none() };
        self.open_send_to(connections.stored_token_of(id).into_iter().collect())
    }

    pub(super) fn open_send_to(&self, sources: Vec<Source>) -> Output {
        let mut output = Output::none();
        if let Some(dialog) = SendTo::new(self.last_order.clone(), sources) {
            output.open(dialog);
        }
        output
    }

    /// The last input is kept for as long as the window is open.
    pub fn keep_order(&mut self, order: Order) {
        self.last_order = Some(order);
    }
}

impl Connections {
    pub(super) fn stored_token_of(&self, id: ConnectionId) -> Option<Source> {
        let connection = &self.entry(id)?.connection;
        let named = || Source::Connection { name: connection.name.as_str().to_owned(), id: connection.id.to_string() };
        self.uses_token(id).then(named)
    }
}
