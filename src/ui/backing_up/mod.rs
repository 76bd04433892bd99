//! *Back up connections*: all connections with their secrets, in one file that a passphrase opens.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use egui::{Id, ScrollArea, Ui};
use jiff::Timestamp;

use super::{
    act::Act,
    dialogs::{buttons, new_passphrase, say},
    fonts,
    icons::Icon,
    save_as::{SaveAnswer, SaveAs},
    state::{Dialog, Notice, Output, Preferences, RunId, State, Then, ask},
    test_panel::title,
    text::backup as words,
    theme,
    widgets::{Button, forget_secret_field, paragraph, remark},
};
use brickpass_core::{
    connection::{Severity, TypedSecret},
    failure::Failure,
};
use brickpass_engine::{BackedUp, Backup};
use brickpass_storage::weak_passphrase;

#[derive(Debug)]
pub struct BackUp {
    save: SaveAs,
    passphrase: TypedSecret,
    again: TypedSecret,
    run: Option<RunId>,
    /// The path of the backup, and its contents.
    done: Option<(PathBuf, BackedUp)>,
}

impl BackUp {
    pub fn new(preferences: &Preferences, now: Timestamp) -> Self {
        let save = SaveAs::new(preferences.save_folder.as_deref(), &words::file_name(now, &preferences.zone.0));
        Self { save, passphrase: TypedSecret::default(), again: TypedSecret::default(), run: None, done: None }
    }

    /// The passphrase is typed twice, to catch typos.
    fn has_passphrase(&self) -> bool {
        weak_passphrase(self.passphrase.expose()).is_none() && self.passphrase == self.again
    }

    fn back_up(&mut self) -> Output {
        if !self.has_passphrase() {
            return Output::none();
        }
        let Some(to) = self.save.begin() else { return Output::none() };
        let run = RunId::next();
        self.run = Some(run);
        let request = Backup { to: to.clone(), passphrase: self.passphrase.to_secret() };
        ask(request, move |state, outcome, _| match state.dialogs.find_mut::<Self>().filter(|dialog| dialog.run == Some(run)) {
            Some(dialog) => {
                dialog.backed_up(to, outcome);
                Output::none()
            }
            // It was closed.
            None => outcome.map_or_else(Notice::Failure, |backup| Notice::Done(words::holds(&backup))).into(),
        })
        .into()
    }

    fn backed_up(&mut self, to: PathBuf, outcome: Result<BackedUp, Failure>) {
        self.run = None;
        match outcome {
            Ok(backup) => {
                // The file is written: the passphrase is no longer needed.
                (self.passphrase, self.again) = (TypedSecret::default(), TypedSecret::default());
                self.done = Some((to, backup));
            }
            Err(failure) => self.save.failed(failure),
        }
    }
}

impl Dialog for BackUp {
    fn name(&self) -> &'static str {
        "back up dialog"
    }

    fn title(&self, _: &State) -> String {
        words::TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        520.0
    }

    fn contents(&mut self, ui: &mut Ui, _: &mut State, act: &mut Act) -> Then {
        if let Some((to, backup)) = &self.done {
            self.secret_fields().into_iter().for_each(|field| forget_secret_field(ui.ctx(), field));
            return done(ui, to, backup);
        }
        let fits = self.has_passphrase();
        let Self { save, passphrase, again, .. } = self;
        let answer = save.show_with(ui, fits, |ui| {
            say(ui, words::WHY);
            new_passphrase(ui, (passphrase, passphrase_id()), (again, again_id()), act);
        });
        match answer {
            Some(SaveAnswer::Save) => {
                act.send(self.back_up());
                ui.ctx().request_repaint();
                Then::Stay
            }
            Some(SaveAnswer::Cancel) => Then::Close,
            None => Then::Stay,
        }
    }

    fn secret_fields(&self) -> Vec<Id> {
        vec![passphrase_id(), again_id()]
    }
}

fn done(ui: &mut Ui, to: &Path, backup: &BackedUp) -> Then {
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
    buttons(ui, [(Button::primary(words::DONE), Then::Close)]).unwrap_or(Then::Stay)
}

fn passphrase_id() -> Id {
    Id::unique("passphrase of a new backup")
}

fn again_id() -> Id {
    Id::unique("passphrase of a new backup again")
}
