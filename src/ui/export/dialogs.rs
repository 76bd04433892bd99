//! The confirmation before a secret is included, and the path of an export.

use egui::{Context, Id, Ui};

use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, say},
    save_as::SaveAnswer,
    state::{Dialog, IncludeSecret, SaveExport, State},
    text::{self, export as words},
    tokens::scrolled,
    widgets::{Button, TextField, modal, remark, return_focus},
};
use brickpass_core::connection::Severity;

const WIDTH: f32 = 520.0;

#[derive(Clone, Copy)]
enum Answer {
    Include,
    Save,
    SaveInWorkTree,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(mut dialog) = state.dialog.take() else { return };
    let (id, title) = match &dialog {
        Dialog::IncludeSecret(_) => (Id::unique("include secret dialog"), words::INCLUDE_TITLE),
        _ => (Id::unique("save export dialog"), words::SAVE_TITLE),
    };
    let shown = modal(ctx, id, title, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        match &mut dialog {
            Dialog::IncludeSecret(dialog) => include(ui, dialog),
            Dialog::SaveExport(dialog) => save(ui, dialog),
            _ => Some(Answer::Close),
        }
    });
    state.dialog = Some(dialog);
    match shown.inner.or(shown.closed.then_some(Answer::Close)) {
        None => return,
        Some(Answer::Include) => act.send(state.include_secret()),
        Some(Answer::Save) => act.send(state.save_export(false)),
        Some(Answer::SaveInWorkTree) => act.send(state.save_export(true)),
        Some(Answer::Close) => state.dialog = None,
    }
    if state.dialog.is_none() {
        return_focus(ctx, id);
    }
    ctx.request_repaint();
}

/// The safe answer is the default.
fn include(ui: &mut Ui, dialog: &mut IncludeSecret) -> Option<Answer> {
    scrolled(ui, |ui| {
        say(ui, &words::include_body(dialog.title, dialog.place));
        remark(ui, Severity::Warning, words::INCLUDE_WHY);
        if let Some(expected) = &dialog.expected {
            let label = words::type_to_include(expected);
            say(ui, &label);
            let field = TextField::new(&mut dialog.typed, &label).id(Id::unique("include secret name")).show(ui);
            focus_first(ui, &field);
        }
    });
    let include = Button::danger(words::INCLUDE_NOW).enabled(dialog.may_include());
    buttons(ui, [(Button::ghost(text::CANCEL), Answer::Close), (include, Answer::Include)])
}

fn save(ui: &mut Ui, dialog: &mut SaveExport) -> Option<Answer> {
    let mut answer = None;
    if dialog.document.contains_secret {
        remark(ui, Severity::Warning, words::SECRET_INSIDE);
    }
    if dialog.work_tree && Button::danger(words::SAVE_IN_WORK_TREE).show(ui).clicked() {
        answer = Some(Answer::SaveInWorkTree);
    }
    let saved = dialog.save.show(ui).map(|answer| match answer {
        SaveAnswer::Save => Answer::Save,
        SaveAnswer::Cancel => Answer::Close,
    });
    answer.or(saved)
}
