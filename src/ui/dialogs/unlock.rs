//! *Unlock*: asks for the passphrase of the encrypted file, sets the first one, or starts a new vault if it is forgotten.

use egui::{Id, Key, Response, Ui};

use super::{buttons, focus_first, new_passphrase, parts::label, say};
use crate::ui::{
    act::Act,
    state::{Dialog, Dialogs, Notice, Output, RunId, Secrets, State, Then, ask},
    text,
    widgets::{Button, SecretField, forget_secret_field, remark, select_secret},
};
use brickpass_core::{
    connection::{ConnectionId, Severity, TypedSecret},
    failure::Failure,
};
use brickpass_engine::{Recover, Recovery, UnlockVault};
use brickpass_storage::{VaultStatus, weak_passphrase};

#[derive(Debug)]
pub struct Unlock {
    place: String,
    /// The passphrase is set for the first time.
    new: bool,
    /// The passphrase is forgotten: a new vault replaces this one, which is kept.
    anew: bool,
    passphrase: TypedSecret,
    again: TypedSecret,
    run: Option<RunId>,
    failure: Option<Failure>,
    /// The passphrase was just rejected: the person types it again next.
    retype: bool,
    /// The connection that is saved once the vault is unlocked.
    pub then_save: Option<ConnectionId>,
}

#[derive(Clone, Copy)]
enum Answer {
    Unlock,
    StartAnew(bool),
    Cancel,
}

impl Unlock {
    pub fn new(secrets: &Secrets, then_save: Option<ConnectionId>) -> Self {
        let (place, new) = match secrets.vault.value() {
            Some((_, VaultStatus::Locked { place, new })) => (place.clone(), *new),
            _ => (text::ENCRYPTED_FILE.to_owned(), false),
        };
        let (passphrase, again) = Default::default();
        Self { place, new, anew: false, passphrase, again, run: None, failure: None, retype: false, then_save }
    }

    /// Whether the passphrase can be tried.
    fn may_unlock(&self) -> bool {
        if self.run.is_some() {
            return false;
        }
        if self.new || self.anew {
            weak_passphrase(self.passphrase.expose()).is_none() && self.passphrase == self.again
        } else {
            !self.passphrase.is_empty()
        }
    }

    fn unlock(&mut self) -> Output {
        if !self.may_unlock() {
            return Output::none();
        }
        let run = RunId::next();
        (self.run, self.failure) = (Some(run), None);
        let passphrase = self.passphrase.to_secret();
        if self.anew {
            return ask(Recover(Recovery::NewVault { passphrase }), move |state, outcome, _| match outcome {
                Ok(done) => Self::ended(&mut state.dialogs, run, None).and(Notice::Done(done)),
                Err(failure) => Self::ended(&mut state.dialogs, run, Some(failure)),
            })
            .into();
        }
        ask(UnlockVault { passphrase }, move |state, outcome, _| Self::ended(&mut state.dialogs, run, outcome.err())).into()
    }

    /// The vault's new status, which arrives before the answer, has closed the dialog if it is unlocked.
    fn ended(dialogs: &mut Dialogs, run: RunId, failure: Option<Failure>) -> Output {
        let Some(dialog) = dialogs.find_mut::<Self>().filter(|dialog| dialog.run == Some(run)) else {
            return failure.map(Notice::Failure).into();
        };
        dialog.run = None;
        dialog.retype = failure.is_some();
        dialog.failure = failure;
        Output::none()
    }

    /// *Start a new vault*, or back to the passphrase of the existing one. The input was meant for the other dialog.
    fn start_anew(&mut self, yes: bool) {
        if !self.new && self.run.is_none() {
            self.anew = yes;
            (self.passphrase, self.again, self.failure) = Default::default();
        }
    }

    /// Returns whether Enter was pressed in the last field.
    fn passphrases(&mut self, ui: &mut Ui, act: &Act) -> bool {
        let entered = |ui: &Ui, last: &Response| last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if self.new || self.anew {
            let last = new_passphrase(ui, (&mut self.passphrase, passphrase_id()), (&mut self.again, again_id()), act);
            return entered(ui, &last);
        }
        label(ui, text::PASSPHRASE);
        let only = SecretField::new(&mut self.passphrase, text::PASSPHRASE).id(passphrase_id()).show(ui, act.seconds()).response;
        // Checked before the focus returns: a focused field has not lost the focus.
        let entered = entered(ui, &only);
        focus_first(ui, &only);
        entered
    }

    fn buttons(&self, ui: &mut Ui, entered: bool) -> Option<Answer> {
        let (waiting, may_unlock) = (self.run.is_some(), self.may_unlock());
        let cancel = (Button::ghost(text::CANCEL), Answer::Cancel);
        if self.anew {
            let words = if waiting { text::CREATING_VAULT } else { text::CREATE_VAULT };
            let back = (Button::ghost(text::BACK).enabled(!waiting), Answer::StartAnew(false));
            return buttons(ui, [cancel, back, (Button::danger(words).busy(waiting).enabled(may_unlock), Answer::Unlock)]);
        }
        let forgotten = !self.new && Button::ghost(text::FORGOTTEN_PASSPHRASE).enabled(!waiting).show(ui).clicked();
        let words = match (waiting, self.new) {
            (true, _) => text::UNLOCKING,
            (false, true) => text::SET_PASSPHRASE,
            (false, false) => text::UNLOCK_NOW,
        };
        let unlock = Button::primary(words).busy(waiting).enabled(may_unlock);
        let answer = buttons(ui, [cancel, (unlock, Answer::Unlock)]).or((entered && may_unlock).then_some(Answer::Unlock));
        answer.or(forgotten.then_some(Answer::StartAnew(true)))
    }
}

impl Dialog for Unlock {
    fn name(&self) -> &'static str {
        "unlock dialog"
    }

    fn title(&self, _: &State) -> String {
        let title = match (self.new, self.anew) {
            (true, _) => text::NEW_PASSPHRASE_TITLE,
            (false, true) => text::NEW_VAULT_TITLE,
            (false, false) => text::UNLOCK_TITLE,
        };
        title.to_owned()
    }

    fn contents(&mut self, ui: &mut Ui, _: &mut State, act: &mut Act) -> Then {
        if self.anew {
            remark(ui, Severity::Warning, text::GIVES_UP);
        } else {
            say(ui, &text::passphrase_of(&self.place, self.new));
        }
        if std::mem::take(&mut self.retype) {
            select_secret(ui.ctx(), passphrase_id(), &self.passphrase);
        }
        let entered = self.passphrases(ui, act);
        if let Some(failure) = &self.failure {
            remark(ui, Severity::Error, &text::short_failure(failure));
        }
        match self.buttons(ui, entered) {
            None => return Then::Stay,
            Some(Answer::Cancel) => return Then::Close,
            Some(Answer::Unlock) => act.send(self.unlock()),
            Some(Answer::StartAnew(yes)) => {
                // The fields now belong to another passphrase.
                self.secret_fields().into_iter().for_each(|field| forget_secret_field(ui.ctx(), field));
                self.start_anew(yes);
            }
        }
        ui.ctx().request_repaint();
        Then::Stay
    }

    fn secret_fields(&self) -> Vec<Id> {
        vec![passphrase_id(), again_id()]
    }
}

fn passphrase_id() -> Id {
    Id::unique("unlock passphrase")
}

fn again_id() -> Id {
    Id::unique("unlock passphrase again")
}

#[cfg(test)]
impl Unlock {
    /// Types a passphrase and tries it.
    pub fn try_passphrase(&mut self, words: &str) -> Output {
        self.passphrase = words.into();
        self.unlock()
    }

    /// What was wrong with the last passphrase.
    pub fn refusal(&self) -> Option<&Failure> {
        self.failure.as_ref().filter(|_| self.run.is_none())
    }
}
