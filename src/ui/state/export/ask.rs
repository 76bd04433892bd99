//! What the person does on the *Export* tab, and the requests that follow.

use jiff::Timestamp;

use super::{Export, PAUSE};
use crate::ui::{
    state::{Connections, Output, RunId, ask, ask_quietly},
    text::export as words,
};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{CopySecret, ExportOf};
use brickpass_interchange::{
    export,
    format::{Document, Field, FieldKind, Format},
};

/// An export of all connections is requested from the page of one of them.
fn export_of(format: &'static Format, id: ConnectionId) -> ExportOf {
    if export::of_all(format).is_some() { ExportOf::All { at: Some(id) } } else { ExportOf::One(id) }
}

impl Export {
    /// What the chosen tool exports from the page of this connection.
    pub fn subject(&self, id: ConnectionId) -> ExportOf {
        self.format().map_or(ExportOf::One(id), |format| export_of(format, id))
    }

    /// A field was edited. Typed text is sent after the typing delay.
    pub fn answer(&mut self, id: ConnectionId, field: &'static Field, value: String, now: Timestamp) {
        let Some(format) = self.format() else { return };
        let model = self.model_mut(id);
        if model.typed(format, field) == value {
            return;
        }
        let typed = matches!(field.kind, FieldKind::Text | FieldKind::Pick(_) | FieldKind::Lines);
        model.answers.entry(format.id).or_default().insert(field.id, value);
        model.saved = None;
        // For the older answers.
        model.revealed_at = None;
        model.due = Some(if typed { now + PAUSE } else { now });
    }

    /// Sends what was typed once the typing delay is over.
    pub fn tick(&mut self, connections: &Connections, now: Timestamp) -> Output {
        let Some(id) = connections.exportable().map(|connection| connection.id) else { return Output::none() };
        let due = self.model(id).and_then(|model| model.due).is_some_and(|due| due <= now);
        let preview = if due { self.load_preview(id) } else { Output::none() };
        preview.and(self.profiles.tick(id, now))
    }

    /// When [`Self::tick`] has something to do next.
    pub fn next_tick(&self, connections: &Connections) -> Option<Timestamp> {
        let id = connections.exportable()?.id;
        let preview = self.model(id).and_then(|model| model.due);
        preview.into_iter().chain(self.profiles.next_tick(id)).min()
    }

    pub(super) fn load_preview(&mut self, id: ConnectionId) -> Output {
        let Some(format) = self.format() else { return Output::none() };
        let (plain, with_secret) = (RunId::next(), RunId::next());
        let model = self.model_mut(id);
        model.due = None;
        if model.missing(format).is_some() {
            (model.plain, model.with_secret) = Default::default();
            model.revealed_at = None;
            return Output::none();
        }
        model.plain.asked(plain);
        let export = |run, request| {
            ask(brickpass_engine::Export { of: export_of(format, id), request }, move |state, outcome, _| {
                state.export.preview_loaded(run, id, outcome, &state.connections);
            })
        };
        let mut output = Output::from(export(plain, model.request(format, false)));
        if model.include_secret {
            model.with_secret.asked(with_secret);
            output.request(export(with_secret, model.request(format, true)));
        }
        output
    }

    /// The person has confirmed it.
    pub fn include_secret(&mut self, id: ConnectionId) -> Output {
        self.model_mut(id).include_secret = true;
        self.load_preview(id)
    }

    pub fn exclude_secret(&mut self, id: ConnectionId) {
        self.model_mut(id).hide();
    }

    pub fn reveal(&mut self, id: ConnectionId, now: Timestamp) {
        let model = self.model_mut(id);
        if model.is_current() && model.include_secret {
            model.revealed_at = Some(now);
        }
    }

    pub fn hide(&mut self, id: ConnectionId) {
        self.model_mut(id).revealed_at = None;
    }

    /// What a button copies or saves: for the current input, never for older input.
    pub fn current_document(&self, id: ConnectionId) -> Option<&Document> {
        self.model(id).filter(|model| model.is_current()).and_then(|model| model.preview().value())
    }

    /// A file with the secret is copied like a secret, by the engine; one without is copied by the window.
    pub fn copy_with_secret(&self, id: ConnectionId) -> Output {
        let Some(document) = self.current_document(id).filter(|document| document.contains_secret) else { return Output::none() };
        let at = self.model(id).map_or(0, |model| model.file);
        let Some(file) = document.files.get(at).or(document.files.first()) else { return Output::none() };
        ask_quietly(CopySecret { secret: file.text.clone(), what: words::COPIED_WHAT.to_owned() }).into()
    }
}
