//! What all rows of the form share: the ID of a field, its border, and the remarks below it.

use egui::{Id, Response, Ui};

use crate::ui::{
    icons::Icon,
    state::Editing,
    theme::Tone,
    widgets::{TextField, form_row, remark},
};
use brickpass_core::connection::{ConnectionId, Draft, Field, SecretKind, Severity};

/// Each connection has its own fields, so that undo in one never restores the text of another.
pub fn field_id(id: ConnectionId, field: Field) -> Id {
    Id::unique(("form field", id, field))
}

pub fn secret_id(id: ConnectionId, kind: SecretKind) -> Id {
    Id::unique(("secret field", id, kind))
}

pub fn tone(form: &Editing, field: Field) -> Option<Tone> {
    match form.remark(field)?.severity {
        Severity::Note => None,
        Severity::Warning => Some(Tone::Warning),
        Severity::Error => Some(Tone::Error),
    }
}

/// The remarks about a field. Returns whether there are any.
pub fn say(ui: &mut Ui, form: &Editing, field: Field) -> bool {
    let mut said = false;
    for one in form.remarks(field) {
        remark(ui, one.severity, &one.text);
        said = true;
    }
    said
}

/// Once the person has left a field, its errors are shown.
pub fn note(form: &mut Editing, field: Field, response: &Response) {
    if response.lost_focus() {
        form.touch(field);
    }
}

/// The form was asked to show this field.
pub fn take_focus(ui: &Ui, focus: &mut Option<Field>, field: Field, response: &Response, id: Id) {
    if *focus == Some(field) {
        *focus = None;
        ui.memory_mut(|memory| memory.request_focus(id));
        response.scroll_to_me(Some(egui::Align::Center));
    }
}

/// A row with a text field.
pub struct TextRow<'a> {
    pub field: Field,
    pub label: &'a str,
    pub hint: &'a str,
    pub suffix: &'a str,
    pub width: Option<f32>,
    pub rows: usize,
    pub limit: usize,
    pub leading: Option<Icon>,
}

impl<'a> TextRow<'a> {
    pub fn new(field: Field, label: &'a str, hint: &'a str) -> Self {
        Self { field, label, hint, suffix: "", width: None, rows: 1, limit: 1_000, leading: None }
    }

    pub fn show(
        self,
        ui: &mut Ui,
        form: &mut Editing,
        focus: &mut Option<Field>,
        text: fn(&mut Draft) -> &mut String,
        below: impl FnOnce(&mut Ui, &mut Editing, &Response),
    ) {
        form_row(ui, self.label, |ui| {
            let response = self.field_alone(ui, form, focus, text);
            say(ui, form, self.field);
            below(ui, form, &response);
        });
    }

    pub fn field_alone(&self, ui: &mut Ui, form: &mut Editing, focus: &mut Option<Field>, text: fn(&mut Draft) -> &mut String) -> Response {
        let id = field_id(form.draft.id, self.field);
        let tone = tone(form, self.field);
        let mut field = TextField::new(text(&mut form.draft), self.label)
            .hint(self.hint)
            .suffix(self.suffix)
            .rows(self.rows)
            .limit(self.limit)
            .tone(tone)
            .id(id);
        if let Some(width) = self.width {
            field = field.width(width);
        }
        if let Some(icon) = self.leading {
            field = field.leading(icon);
        }
        let response = field.show(ui);
        note(form, self.field, &response);
        take_focus(ui, focus, self.field, &response, id);
        response
    }
}
