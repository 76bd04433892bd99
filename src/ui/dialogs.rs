//! The dialogs of the state, except the panels with their own modules (settings, palette, shortcuts).

mod conflict;
mod delete;

use egui::{Context, Id, Key, Ui};

use super::{
    act::Act,
    fonts,
    state::{Dialog, State},
    text, theme,
    widgets::{Button, SecretField, forget_secret_field, modal, paragraph, remark, return_focus, select_secret},
};
use brickpass_core::connection::{Severity, TypedSecret};
use brickpass_engine::AuditAction;

const WIDTH: f32 = 480.0;

#[derive(Clone, Copy)]
enum Answer {
    SaveAndClose,
    CloseWithoutSaving,
    Delete,
    SignOut,
    KeepMine,
    TakeTheirs,
    SaveChoices,
    AddAgain,
    LetGo,
    Unlock,
    StartAnew(bool),
    StoreSignIns,
    QuitAnyway,
    Cancel,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(mut dialog) = state.dialog.take() else { return };
    let id = dialog_id(&dialog);
    let unsaved = Unsaved::of(state);
    let changed_at = match &dialog {
        Dialog::Conflict(conflict) => state.changed_elsewhere_at(conflict.id, AuditAction::Save),
        Dialog::Removed { id, .. } => state.changed_elsewhere_at(*id, AuditAction::Remove),
        _ => None,
    };
    let when = conflict::ago(ctx, changed_at, act.now);
    let shown = modal(ctx, id, &title(&dialog, state), WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog, &unsaved, when.as_deref(), act)
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
        Answer::SignOut => act.send(state.sign_out_confirmed()),
        Answer::KeepMine | Answer::TakeTheirs => {
            if let Some(Dialog::Conflict(conflict)) = &mut state.dialog {
                conflict.choose_all(matches!(answer, Answer::KeepMine));
            }
            act.send(state.save_choices());
        }
        Answer::SaveChoices => act.send(state.save_choices()),
        Answer::AddAgain => act.send(state.add_again()),
        Answer::LetGo => act.send(state.let_go()),
        Answer::Unlock => act.send(state.unlock()),
        Answer::StartAnew(yes) => {
            // The fields now belong to another passphrase.
            forget_secret_field(ctx, passphrase_id());
            forget_secret_field(ctx, again_id());
            state.start_anew(yes);
        }
        Answer::StoreSignIns => act.send(state.store_sign_ins()),
        Answer::QuitAnyway => state.quit_anyway(),
        Answer::Cancel => state.dialog = None,
    }
    ctx.request_repaint();
}

fn dialog_id(dialog: &Dialog) -> Id {
    Id::unique(match dialog {
        Dialog::Close { .. } => "close dialog",
        Dialog::Delete(_) => "delete dialog",
        Dialog::SignOut { .. } => "sign-out dialog",
        Dialog::Conflict(_) => "conflict dialog",
        Dialog::Removed { .. } => "removed dialog",
        Dialog::Unlock { .. } => "unlock dialog",
        Dialog::SignInsUnsaved { .. } => "unsaved sign-ins dialog",
        _ => "a dialog that others draw",
    })
}

fn title(dialog: &Dialog, state: &State) -> String {
    match dialog {
        Dialog::Close { .. } => text::CLOSE_TITLE.to_owned(),
        Dialog::Delete(deletion) => delete::title(deletion),
        Dialog::SignOut { id } => text::sign_out_title(state.name_of(*id)),
        Dialog::Conflict(_) => text::CONFLICT_TITLE.to_owned(),
        Dialog::Removed { .. } => text::REMOVED_TITLE.to_owned(),
        Dialog::Unlock { new: true, .. } => text::NEW_PASSPHRASE_TITLE.to_owned(),
        Dialog::Unlock { anew: true, .. } => text::NEW_VAULT_TITLE.to_owned(),
        Dialog::Unlock { .. } => text::UNLOCK_TITLE.to_owned(),
        Dialog::SignInsUnsaved { .. } => text::SIGN_INS_UNSAVED_TITLE.to_owned(),
        _ => String::new(),
    }
}

/// The names and the failure in the dialog about renewed sign-ins.
struct Unsaved {
    names: Vec<String>,
    failure: Option<String>,
}

impl Unsaved {
    fn of(state: &State) -> Self {
        Self {
            names: state.sign_ins.unsaved().iter().map(|id| state.name_of(*id).to_owned()).collect(),
            failure: state.sign_ins.unsaved_failure().map(text::short_failure),
        }
    }
}

fn contents(ui: &mut Ui, dialog: &mut Dialog, unsaved: &Unsaved, when: Option<&str>, act: &Act) -> Option<Answer> {
    let may_unlock = dialog.may_unlock();
    let cancel = (Button::ghost(text::CANCEL), Answer::Cancel);
    match dialog {
        Dialog::Close { unsaved } => {
            let names: Vec<&str> = unsaved.iter().map(|(_, name)| name.as_str()).collect();
            say(ui, &text::close_body(&names));
            let enter = no_focus(ui) && ui.input(|input| input.key_pressed(Key::Enter));
            let discard = (Button::danger(text::DISCARD), Answer::CloseWithoutSaving);
            let answer = buttons(ui, [cancel, discard, (Button::primary(text::SAVE_AND_CLOSE), Answer::SaveAndClose)]);
            answer.or(enter.then_some(Answer::SaveAndClose))
        }
        Dialog::Delete(deletion) => delete::contents(ui, deletion),
        Dialog::SignOut { .. } => {
            say(ui, text::SIGN_OUT_BODY);
            cautious_buttons(ui, [cancel, (Button::danger(text::SIGN_OUT), Answer::SignOut)])
        }
        Dialog::Conflict(dialog) => conflict::contents(ui, dialog, when),
        Dialog::Removed { name, lost, .. } => conflict::removed(ui, name, *lost, when),
        Dialog::Unlock { place, new, anew, passphrase, again, waiting, failure, retype, .. } => {
            if *anew {
                remark(ui, Severity::Warning, text::GIVES_UP);
            } else {
                say(ui, &text::passphrase_of(place, *new));
            }
            if std::mem::take(retype) {
                select_secret(ui.ctx(), passphrase_id(), passphrase);
            }
            let entered = passphrases(ui, *new || *anew, passphrase, again, act);
            if let Some(failure) = failure {
                remark(ui, Severity::Error, &text::short_failure(failure));
            }
            if *anew {
                let words = if *waiting { text::CREATING_VAULT } else { text::CREATE_VAULT };
                let back = (Button::ghost(text::BACK).enabled(!*waiting), Answer::StartAnew(false));
                return buttons(ui, [cancel, back, (Button::danger(words).busy(*waiting).enabled(may_unlock), Answer::Unlock)]);
            }
            let forgotten = !*new && Button::ghost(text::FORGOTTEN_PASSPHRASE).enabled(!*waiting).show(ui).clicked();
            let words = match (*waiting, *new) {
                (true, _) => text::UNLOCKING,
                (false, true) => text::SET_PASSPHRASE,
                (false, false) => text::UNLOCK_NOW,
            };
            let unlock = Button::primary(words).busy(*waiting).enabled(may_unlock);
            let answer = buttons(ui, [cancel, (unlock, Answer::Unlock)]).or((entered && may_unlock).then_some(Answer::Unlock));
            answer.or(forgotten.then_some(Answer::StartAnew(true)))
        }
        Dialog::SignInsUnsaved { waiting } => {
            say(ui, &text::sign_ins_unsaved(&unsaved.names));
            if let Some(failure) = &unsaved.failure {
                remark(ui, Severity::Error, failure);
            }
            let enter = no_focus(ui) && ui.input(|input| input.key_pressed(Key::Enter)) && !*waiting;
            let quit = (Button::danger(text::QUIT_ANYWAY), Answer::QuitAnyway);
            let again = (Button::primary(text::TRY_AGAIN).busy(*waiting).enabled(!*waiting), Answer::StoreSignIns);
            buttons(ui, [cancel, quit, again]).or(enter.then_some(Answer::StoreSignIns))
        }
        _ => Some(Answer::Cancel),
    }
}

/// Returns whether Enter was pressed in the last field.
fn passphrases(ui: &mut Ui, new: bool, passphrase: &mut TypedSecret, again: &mut TypedSecret, act: &Act) -> bool {
    let entered = |ui: &Ui, last: &egui::Response| last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if new {
        let last = new_passphrase(ui, (passphrase, passphrase_id()), (again, again_id()), act);
        return entered(ui, &last);
    }
    label(ui, text::PASSPHRASE);
    let only = SecretField::new(passphrase, text::PASSPHRASE).id(passphrase_id()).show(ui, act.seconds()).response;
    // Checked before the focus returns: a focused field has not lost the focus.
    let entered = entered(ui, &only);
    focus_first(ui, &only);
    entered
}

/// The passphrase, twice. Returns the second field.
pub(super) fn new_passphrase(ui: &mut Ui, first: (&mut TypedSecret, Id), second: (&mut TypedSecret, Id), act: &Act) -> egui::Response {
    let ((passphrase, id), (again, again_id)) = (first, second);
    label(ui, text::PASSPHRASE);
    let first = SecretField::new(passphrase, text::PASSPHRASE).hint(text::PASSPHRASE_HINT).id(id).show(ui, act.seconds());
    focus_first(ui, &first.response);
    if let Some(why) = brickpass_storage::weak_passphrase(passphrase.expose()).filter(|_| !passphrase.is_empty()) {
        remark(ui, Severity::Warning, why);
    }
    label(ui, text::PASSPHRASE_AGAIN);
    let last = SecretField::new(again, text::PASSPHRASE_AGAIN).id(again_id).show(ui, act.seconds()).response;
    if !again.is_empty() && again != passphrase {
        remark(ui, Severity::Error, text::PASSPHRASES_DIFFER);
    }
    last
}

fn passphrase_id() -> Id {
    Id::unique("unlock passphrase")
}

fn again_id() -> Id {
    Id::unique("unlock passphrase again")
}

pub(super) fn say(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).text);
}

fn label(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

/// Focuses the field if nothing else in the dialog has the focus.
pub(super) fn focus_first(ui: &Ui, field: &egui::Response) {
    if no_focus(ui) {
        field.request_focus();
    }
}

pub(super) fn no_focus(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none())
}

/// Right-aligned, stacked if narrow; the focus moves from left to right.
pub(super) fn buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, false)
}

/// Like [`buttons`], for a question without a field: the first button, which changes nothing, has the focus.
fn cautious_buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, true)
}

fn placed<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>, mut focus_one: bool) -> Option<A> {
    ui.add_space(8.0);
    let choices: Vec<(Button<'a>, A)> = choices.into_iter().collect();
    let gap = ui.spacing().item_spacing.x;
    let width: f32 = choices.iter().map(|(button, _)| button.width(ui) + gap).sum::<f32>() - gap;
    let mut answer = None;
    ui.horizontal_wrapped(|ui| {
        ui.add_space((ui.available_width() - width).max(0.0));
        for (button, means) in choices {
            let shown = button.show(ui);
            if std::mem::take(&mut focus_one) {
                focus_first(ui, &shown);
            }
            if shown.clicked() {
                answer = Some(means);
            }
        }
    });
    answer
}
