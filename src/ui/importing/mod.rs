//! *Import*: the source, the connections to import, the result. Also *Move secrets out of this file*, which may follow.

mod choosing;
mod done;
mod moving;
mod rows;
mod source;
#[cfg(test)]
mod tests;

use egui::{Context, Id, Ui};

pub use moving::show as move_secrets;

use super::{
    act::Act,
    fonts,
    state::{Dialog, ImportStage as Stage, Importing, State},
    test_panel::failure_lines,
    text::importing as words,
    theme::{self, Tone},
    widgets::{card, forget_secret_field, modal, paragraph, return_focus, spinner},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::Ask;

const WIDTH: f32 = 600.0;
/// With the table of connections to import.
const WIDE: f32 = 960.0;

enum Answer {
    Read,
    Back,
    Import,
    NotReplace,
    Undo,
    MoveSecrets(Vec<(ConnectionId, String)>),
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(Dialog::Import(mut dialog)) = state.dialog.take() else { return };
    let id = Id::unique("import dialog");
    let title = match &dialog.stage {
        Stage::Choosing { table, confirm: true } => {
            words::replace_title(&table.replaced().map(|existing| existing.name.as_str()).collect::<Vec<_>>())
        }
        _ => words::TITLE.to_owned(),
    };
    let width = if matches!(dialog.stage, Stage::Choosing { confirm: false, .. } | Stage::Saving { .. }) { WIDE } else { WIDTH };
    let shown = modal(ctx, id, &title, width, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog, state, act)
    });
    let answer = shown.inner.or(shown.closed.then_some(Answer::Close));
    // The dialog waits for a running save, whose result says what was imported.
    let may_close = !matches!(dialog.stage, Stage::Saving { .. });
    state.dialog = Some(Dialog::Import(dialog));
    if std::mem::take(&mut state.wipe_import) {
        forget(ctx);
    }
    match answer {
        None => return,
        Some(Answer::Read) => act.send(state.read_import()),
        Some(Answer::Back) => {
            if let Some(Dialog::Import(dialog)) = &mut state.dialog {
                dialog.back();
            }
        }
        Some(Answer::Import) => act.send(state.import()),
        Some(Answer::NotReplace) => state.not_replace(),
        Some(Answer::Undo) => act.send(state.undo_import()),
        Some(Answer::MoveSecrets(profiles)) => {
            forget(ctx);
            return_focus(ctx, id);
            act.send(state.ask_to_move_secrets(profiles));
        }
        Some(Answer::Close) if may_close => {
            state.dialog = None;
            forget(ctx);
            return_focus(ctx, id);
        }
        Some(Answer::Close) => {}
    }
    ctx.request_repaint();
}

/// Wipes pasted and typed text from the fields.
fn forget(ctx: &Context) {
    forget_secret_field(ctx, source::pasted_id());
    forget_secret_field(ctx, source::passphrase_id());
}

fn contents(ui: &mut Ui, dialog: &mut Importing, state: &State, act: &Act) -> Option<Answer> {
    if let Some(failure) = dialog.failure.as_ref().filter(|_| matches!(dialog.stage, Stage::Choosing { .. } | Stage::Done(_))) {
        failed(ui, failure);
    }
    match &mut dialog.stage {
        Stage::Asking | Stage::Reading(_) => source::show(ui, dialog, state, act),
        Stage::Choosing { table, confirm: true } => choosing::confirm(ui, table),
        Stage::Choosing { table, .. } => choosing::show(ui, table, false),
        Stage::Saving { table, .. } => choosing::show(ui, table, true),
        Stage::Done(came) => done::show(ui, came, state),
    }
}

fn quiet(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

fn waits(ui: &mut Ui, words: &str) {
    ui.horizontal(|ui| {
        spinner(ui, words);
        quiet(ui, words);
    });
}

fn failed(ui: &mut Ui, failure: &Failure) {
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        failure_lines(ui, failure);
    });
}

/// Imports the first of the files that were dropped onto the window.
pub fn dropped(ctx: &Context, state: &mut State) -> Vec<Ask> {
    let first = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files).into_iter().next());
    first.map(|file| state.import_file(file.path())).unwrap_or_default()
}
