//! *Include the secret*: confirmed before the secret is fetched.

use egui::{Id, Ui};

use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, say, scrolled},
    state::{Connections, Dialog, Export, NameToType, Output, State, Then},
    text::{self, export as words},
    widgets::{Button, TextField, remark},
};
use brickpass_core::connection::{ConnectionId, Severity};

#[derive(Debug)]
pub struct IncludeSecret {
    id: ConnectionId,
    /// The tool that gets it.
    title: &'static str,
    /// Where the secret will be written.
    pub(in crate::ui) place: &'static str,
    /// The text to type first: the name of a production connection.
    expected: Option<NameToType>,
    pub(in crate::ui) typed: String,
}

impl IncludeSecret {
    /// `None`: the format has no place for a secret, or the connection has none to include.
    pub fn new(export: &Export, connections: &Connections) -> Option<Self> {
        let connection = connections.exportable().filter(|_| connections.has_secret_to_include())?;
        let format = export.format()?;
        let place = format.takes_secret?;
        Some(Self { id: connection.id, title: format.title, place, expected: NameToType::of(connection), typed: String::new() })
    }

    fn may_include(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }

    /// `None`: the name must be typed first.
    pub(in crate::ui) fn include(&self, export: &mut Export) -> Option<Output> {
        self.may_include().then(|| export.include_secret(self.id))
    }
}

impl Dialog for IncludeSecret {
    fn name(&self) -> &'static str {
        "include secret dialog"
    }

    fn title(&self, _: &State) -> String {
        words::INCLUDE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        520.0
    }

    /// The safe answer is the default.
    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        scrolled(ui, |ui| {
            say(ui, &words::include_body(self.title, self.place));
            remark(ui, Severity::Warning, words::INCLUDE_WHY);
            if let Some(expected) = &self.expected {
                let label = words::type_to_include(expected);
                say(ui, &label);
                let field = TextField::new(&mut self.typed, &label).id(Id::unique("include secret name")).show(ui);
                focus_first(ui, &field);
            }
        });
        let include = Button::danger(words::INCLUDE_NOW).enabled(self.may_include());
        match buttons(ui, [(Button::ghost(text::CANCEL), false), (include, true)]) {
            None => Then::Stay,
            Some(false) => Then::Close,
            Some(true) => match self.include(&mut state.export) {
                Some(output) => {
                    act.send(output);
                    Then::Close
                }
                None => Then::Stay,
            },
        }
    }
}
