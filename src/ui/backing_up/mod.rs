//! *Back up connections*: the path of the file and its passphrase.

#[cfg(test)]
mod tests;

use egui::{Context, Id, ScrollArea, Ui};

use super::{
    act::Act,
    dialogs::{buttons, new_passphrase, say},
    fonts,
    icons::Icon,
    save_as::SaveAnswer,
    state::{BackUp, Dialog, State},
    test_panel::title,
    text::backup as words,
    theme,
    widgets::{Button, forget_secret_field, modal, paragraph, remark, return_focus},
};
use brickpass_core::connection::Severity;

const WIDTH: f32 = 520.0;

#[derive(Clone, Copy)]
enum Answer {
    BackUp,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(Dialog::BackUp(mut dialog)) = state.dialog.take() else { return };
    let id = Id::unique("back up dialog");
    let shown = modal(ctx, id, words::TITLE, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if dialog.done.is_some() { done(ui, &dialog) } else { asked(ui, &mut dialog, act) }
    });
    let is_over = dialog.done.is_some();
    state.dialog = Some(Dialog::BackUp(dialog));
    let answer = shown.inner.or(shown.closed.then_some(Answer::Close));
    match answer {
        Some(Answer::BackUp) => act.send(state.back_up()),
        Some(Answer::Close) => state.dialog = None,
        None => {}
    }
    if is_over || state.dialog.is_none() {
        forget_secret_field(ctx, passphrase_id());
        forget_secret_field(ctx, again_id());
    }
    if state.dialog.is_none() {
        return_focus(ctx, id);
    }
    if answer.is_some() {
        ctx.request_repaint();
    }
}

fn asked(ui: &mut Ui, dialog: &mut BackUp, act: &Act) -> Option<Answer> {
    let fits = dialog.has_passphrase();
    let BackUp { save, passphrase, again, .. } = dialog;
    let answer = save.show_with(ui, fits, |ui| {
        say(ui, words::WHY);
        new_passphrase(ui, (passphrase, passphrase_id()), (again, again_id()), act);
    })?;
    Some(match answer {
        SaveAnswer::Save => Answer::BackUp,
        SaveAnswer::Cancel => Answer::Close,
    })
}

fn done(ui: &mut Ui, dialog: &BackUp) -> Option<Answer> {
    let (to, backup) = dialog.done.as_ref()?;
    let palette = theme::of(ui);
    title(ui, Some((Icon::Ok, palette.ok)), &words::holds(backup));
    ScrollArea::vertical().id_salt("backed up").max_height(160.0).auto_shrink([false, true]).show(ui, |ui| {
        paragraph(ui, &words::lies_in(to), fonts::regular(14.0), palette.text);
        paragraph(ui, words::HOW_BACK, fonts::regular(14.0), palette.weak);
        for left_out in words::left_out(backup) {
            remark(ui, Severity::Warning, &left_out);
        }
        if backup.sign_ins > 0 {
            remark(ui, Severity::Note, &words::sign_ins(backup.sign_ins));
        }
    });
    buttons(ui, [(Button::primary(words::DONE), Answer::Close)])
}

fn passphrase_id() -> Id {
    Id::unique("passphrase of a new backup")
}

fn again_id() -> Id {
    Id::unique("passphrase of a new backup again")
}
