//! The dialogs that the state asks for, except the panels that have a place of their own (settings, palette, shortcuts).

use egui::{Context, Id, Key, Ui};

use super::{
    act::Act,
    fonts,
    state::{Dialog, State},
    text, theme,
    widgets::{Button, SecretField, TextField, forget_secret_field, modal, paragraph, remark, return_focus},
};
use crate::connection::{Severity, TypedSecret};

const WIDTH: f32 = 480.0;

enum Answer {
    SaveAndClose,
    CloseWithoutSaving,
    Delete,
    KeepMine,
    TakeTheirs,
    Unlock,
    Cancel,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(mut dialog) = state.dialog.take() else { return };
    let id = dialog_id(&dialog);
    let shown = modal(ctx, id, &title(&dialog, state), WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog, act)
    });
    let answer = shown.inner.or(shown.closed.then_some(Answer::Cancel));
    state.dialog = Some(dialog);
    if let Some(answer) = answer {
        answered(ctx, state, act, answer);
    }
    if state.dialog.as_ref().is_none_or(|dialog| dialog_id(dialog) != id) {
        forget_secret_field(ctx, passphrase_id());
        forget_secret_field(ctx, again_id());
        return_focus(ctx, id);
    }
}

fn answered(ctx: &Context, state: &mut State, act: &mut Act, answer: Answer) {
    match answer {
        Answer::SaveAndClose => act.send(state.save_all_and_close()),
        Answer::CloseWithoutSaving => state.discard_and_close(),
        Answer::Delete => act.send(state.delete_confirmed(act.now)),
        Answer::KeepMine => act.send(state.keep_mine()),
        Answer::TakeTheirs => act.send(state.take_theirs()),
        Answer::Unlock => act.send(state.unlock()),
        Answer::Cancel => state.dialog = None,
    }
    ctx.request_repaint();
}

fn dialog_id(dialog: &Dialog) -> Id {
    Id::unique(match dialog {
        Dialog::Close { .. } => "close dialog",
        Dialog::DeleteProduction { .. } => "delete dialog",
        Dialog::Conflict { .. } => "conflict dialog",
        Dialog::Unlock { .. } => "unlock dialog",
        Dialog::Settings => "settings dialog",
        Dialog::Shortcuts => "shortcuts dialog",
        Dialog::Palette => "palette dialog",
    })
}

fn title(dialog: &Dialog, state: &State) -> String {
    match dialog {
        Dialog::Close { .. } => text::CLOSE_TITLE.to_owned(),
        Dialog::DeleteProduction { ids, .. } => match ids.as_slice() {
            [one] => text::delete_title(Some(state.name_of(*one)), 1),
            many => text::delete_title(None, many.len()),
        },
        Dialog::Conflict { theirs: Some(_), .. } => text::CONFLICT_TITLE.to_owned(),
        Dialog::Conflict { theirs: None, .. } => text::REMOVED_TITLE.to_owned(),
        Dialog::Unlock { new: true, .. } => text::NEW_PASSPHRASE_TITLE.to_owned(),
        Dialog::Unlock { .. } => text::UNLOCK_TITLE.to_owned(),
        Dialog::Settings | Dialog::Shortcuts | Dialog::Palette => String::new(),
    }
}

fn contents(ui: &mut Ui, dialog: &mut Dialog, act: &Act) -> Option<Answer> {
    let may_delete = dialog.may_delete();
    let may_unlock = dialog.may_unlock();
    match dialog {
        Dialog::Close { unsaved } => {
            let names: Vec<&str> = unsaved.iter().map(|(_, name)| name.as_str()).collect();
            say(ui, &text::close_body(&names));
            buttons(ui, |ui| {
                let save = Button::primary(text::SAVE_AND_CLOSE).show(ui);
                let enter = no_focus(ui) && ui.input(|input| input.key_pressed(Key::Enter));
                if save.clicked() || enter {
                    return Some(Answer::SaveAndClose);
                }
                if Button::danger(text::DISCARD).show(ui).clicked() {
                    return Some(Answer::CloseWithoutSaving);
                }
                cancel(ui)
            })
        }
        Dialog::DeleteProduction { expected, typed, .. } => {
            say(ui, text::DELETE_BODY);
            let label = text::type_to_delete(expected);
            say(ui, &label);
            let field = TextField::new(typed, &label).id(Id::unique("delete name")).show(ui);
            focus_first(ui, &field);
            buttons(ui, |ui| {
                if let Some(answer) = cancel(ui) {
                    return Some(answer);
                }
                Button::danger(text::DELETE).enabled(may_delete).show(ui).clicked().then_some(Answer::Delete)
            })
        }
        Dialog::Conflict { name, theirs, .. } => {
            say(ui, &text::conflict_body(name, theirs.is_none()));
            buttons(ui, |ui| {
                if Button::secondary(text::KEEP_MINE).show(ui).clicked() {
                    return Some(Answer::KeepMine);
                }
                if Button::secondary(text::TAKE_THEIRS).show(ui).clicked() {
                    return Some(Answer::TakeTheirs);
                }
                cancel(ui)
            })
        }
        Dialog::Unlock { place, new, passphrase, again, waiting, failure, .. } => {
            say(ui, &text::passphrase_of(place, *new));
            let entered = passphrases(ui, *new, passphrase, again, act);
            if let Some(failure) = failure {
                remark(ui, Severity::Error, &text::short_failure(failure));
            }
            buttons(ui, |ui| {
                let words = match (*waiting, *new) {
                    (true, _) => text::UNLOCKING,
                    (false, true) => text::SET_PASSPHRASE,
                    (false, false) => text::UNLOCK_NOW,
                };
                let button = Button::primary(words).busy(*waiting).enabled(may_unlock).show(ui);
                if button.clicked() || (entered && may_unlock) {
                    return Some(Answer::Unlock);
                }
                cancel(ui)
            })
        }
        Dialog::Settings | Dialog::Shortcuts | Dialog::Palette => Some(Answer::Cancel),
    }
}

/// Whether Enter was pressed in the last field.
fn passphrases(ui: &mut Ui, new: bool, passphrase: &mut TypedSecret, again: &mut TypedSecret, act: &Act) -> bool {
    label(ui, text::PASSPHRASE);
    let hint = if new { text::PASSPHRASE_HINT } else { "" };
    let first = SecretField::new(passphrase, text::PASSPHRASE).hint(hint).id(passphrase_id()).show(ui, act.seconds());
    focus_first(ui, &first.response);
    let mut last = first.response;
    if new {
        label(ui, text::PASSPHRASE_AGAIN);
        last = SecretField::new(again, text::PASSPHRASE_AGAIN).id(again_id()).show(ui, act.seconds()).response;
        if !again.is_empty() && again != passphrase {
            remark(ui, Severity::Error, text::PASSPHRASES_DIFFER);
        }
    }
    last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn passphrase_id() -> Id {
    Id::unique("unlock passphrase")
}

fn again_id() -> Id {
    Id::unique("unlock passphrase again")
}

fn say(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).text);
}

fn label(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

/// The field that a person wants to type in has the focus when nothing else of the dialog has it.
fn focus_first(ui: &Ui, field: &egui::Response) {
    if no_focus(ui) {
        field.request_focus();
    }
}

fn no_focus(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none())
}

fn buttons(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui) -> Option<Answer>) -> Option<Answer> {
    ui.add_space(8.0);
    ui.horizontal_wrapped(add_contents).inner
}

fn cancel(ui: &mut Ui) -> Option<Answer> {
    Button::ghost(text::CANCEL).show(ui).clicked().then_some(Answer::Cancel)
}
