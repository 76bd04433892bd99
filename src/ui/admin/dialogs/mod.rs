//! The dialogs of the *Administration* tab, each in a file of its own, and what they share.

mod delete_secret;
mod fresh_secret;
mod new_principal;
mod new_secret;
mod revoke;
mod tokens_off;

use egui::{Id, Ui};

pub use delete_secret::DeleteSecret;
pub use fresh_secret::FreshSecret;
pub use new_principal::NewPrincipal;
pub use new_secret::NewSecret;
pub use revoke::RevokeTokensOfUsers;
pub use tokens_off::TokensOff;

use super::words;
use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, say},
    state::{Connections, NameToType, Output, RunId, Then},
    text,
    widgets::{Button, TextField},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};

const WIDTH: f32 = 560.0;

/// The confirmation of something that cannot be undone; for production, the name must be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub id: ConnectionId,
    expected: Option<NameToType>,
    pub typed: String,
}

impl Confirm {
    fn new(id: ConnectionId, connections: &Connections) -> Self {
        let expected = connections.entry(id).and_then(|entry| NameToType::of(&entry.connection));
        Self { id, expected, typed: String::new() }
    }

    fn given(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }

    /// The field for the name.
    fn field(&mut self, ui: &mut Ui) {
        let Some(expected) = &self.expected else { return };
        let label = words::type_to_confirm(expected);
        say(ui, &label);
        let field = TextField::new(&mut self.typed, &label).id(Id::unique("name of production")).show(ui);
        focus_first(ui, &field);
    }

    /// *Cancel*, and the button that does it.
    fn buttons(&self, ui: &mut Ui, act: &mut Act, button: Button<'_>, press: impl FnOnce() -> Option<Output>) -> Then {
        match buttons(ui, [(Button::ghost(text::CANCEL), false), (button.enabled(self.given()), true)]) {
            None => Then::Stay,
            Some(false) => Then::Close,
            Some(true) => press().map_or(Then::Stay, |output| {
                act.send(output);
                Then::Close
            }),
        }
    }
}

/// The request of a dialog that creates something, and why the last one failed.
#[derive(Debug, Default)]
struct Creation {
    run: Option<RunId>,
    failure: Option<Failure>,
}

impl Creation {
    fn waits(&self) -> bool {
        self.run.is_some()
    }

    fn is(&self, run: RunId) -> bool {
        self.run == Some(run)
    }

    fn begin(&mut self) -> RunId {
        let run = RunId::next();
        *self = Self { run: Some(run), failure: None };
        run
    }

    fn failed(&mut self, failure: Failure) {
        *self = Self { run: None, failure: Some(failure) };
    }

    /// *Cancel* and *Create*; `ready`: it can be created. Returns whether *Create* was pressed.
    fn buttons(&self, ui: &mut Ui, ready: bool, entered: bool) -> Option<bool> {
        let waits = self.waits();
        let ready = ready && !waits;
        let create = Button::primary(if waits { words::CREATING } else { words::CREATE }).busy(waits).enabled(ready);
        let pressed = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), false), (create, true)]);
        pressed.or((entered && ready).then_some(true))
    }
}
