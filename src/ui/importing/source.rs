//! The source of an import.

use egui::{Id, Key, Ui};

use super::{Answer, Importing, Stage, failed, quiet, waits};
use crate::ui::{
    act::Act,
    choose::Chooser,
    dialogs::{buttons, focus_first, no_focus},
    state::{Profiles, Remote},
    text::{self, importing as words},
    widgets::{Button, SecretField, Select, remark, segments, select_option},
};
use brickpass_core::connection::Severity;

/// Below this width the sources are a list.
const NARROW: f32 = 510.0;
const LINES: usize = 8;
const LINE: f32 = 20.0;
/// The height around the box for pasted text.
const REST: f32 = 52.0;

/// The source of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    DatabricksCli,
    File,
    Pasted,
    Environment,
    Backup,
}

impl Source {
    const ALL: [Self; 5] = [Self::DatabricksCli, Self::File, Self::Pasted, Self::Environment, Self::Backup];
}

pub fn pasted_id() -> Id {
    Id::unique("pasted connections")
}

pub fn passphrase_id() -> Id {
    Id::unique("passphrase of a backup")
}

pub fn show(ui: &mut Ui, dialog: &mut Importing, profiles: &Profiles, act: &Act) -> Option<Answer> {
    let reads = matches!(dialog.stage, Stage::Reading(_));
    let entered = ui
        .add_enabled_ui(!reads, |ui| {
            quiet(ui, words::WHY);
            ui.add_space(4.0);
            places(ui, dialog);
            ui.add_space(4.0);
            let lines = if ui.ctx().content_rect().height() < 560.0 { LINES / 2 } else { LINES };
            // The same height for every source, so that the choices do not move under the pointer.
            let top = ui.cursor().top();
            let entered = match dialog.source {
                Source::DatabricksCli => databricks_cli(ui, profiles),
                Source::File => {
                    let entered = path(ui, &mut dialog.file, Id::unique("import path"), words::FILE);
                    remark(ui, Severity::Note, words::FILE_HINT);
                    remark(ui, Severity::Note, words::DROP);
                    entered
                }
                Source::Pasted => {
                    let shown = SecretField::new(&mut dialog.pasted, words::PASTED)
                        .hint(words::PASTED_HINT)
                        .rows(lines)
                        .id(pasted_id())
                        .show(ui, act.seconds());
                    focus_first(ui, &shown.response);
                    if dialog.is_full() {
                        remark(ui, Severity::Error, words::FULL);
                    }
                    remark(ui, Severity::Note, words::PASTED_WHY);
                    false
                }
                Source::Environment => {
                    quiet(ui, words::ENVIRONMENT_WHY);
                    enter(ui)
                }
                Source::Backup => {
                    path(ui, &mut dialog.backup, Id::unique("backup path"), words::BACKUP_FILE);
                    quiet(ui, words::PASSPHRASE);
                    let field = SecretField::new(&mut dialog.passphrase, words::PASSPHRASE).id(passphrase_id()).show(ui, act.seconds());
                    field.response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
                }
            };
            let used = ui.cursor().top() - top;
            ui.add_space((LINE * lines as f32 + REST - used).max(0.0));
            entered
        })
        .inner;
    if let Some(failure) = &dialog.failure {
        failed(ui, failure);
    }
    dialog.forget_failure_of_another();
    let may_read = dialog.may_read() && (dialog.source != Source::Pasted || !dialog.is_full());
    let (leave, means) = if reads { (text::CANCEL, Answer::Back) } else { (text::CANCEL, Answer::Close) };
    let read = Button::primary(if reads { words::READING } else { words::READ }).busy(reads).enabled(may_read);
    let answer = buttons(ui, [(Button::ghost(leave), means), (read, Answer::Read)]);
    answer.or((entered && may_read).then_some(Answer::Read))
}

fn places(ui: &mut Ui, dialog: &mut Importing) {
    let before = dialog.source;
    let mut at = Source::ALL.iter().position(|source| *source == before).unwrap_or_default();
    if ui.available_width() < NARROW {
        Select::new(words::TITLE, words::source(before)).show(ui, |ui| {
            for (index, source) in Source::ALL.into_iter().enumerate() {
                if select_option(ui, index == at, words::source(source), None).clicked() {
                    at = index;
                }
            }
        });
    } else {
        segments(ui, &mut at, &Source::ALL.map(words::source));
    }
    if let Some(source) = Source::ALL.get(at).filter(|source| **source != before) {
        dialog.source = *source;
        dialog.failure = None;
    }
}

/// Enter, for sources without a field.
fn enter(ui: &Ui) -> bool {
    no_focus(ui) && ui.input(|input| input.key_pressed(Key::Enter))
}

fn databricks_cli(ui: &mut Ui, profiles: &Profiles) -> bool {
    match (profiles.cli_file(), profiles.file()) {
        (Some(file), _) => {
            quiet(ui, &words::profiles_found(file.profiles.len(), &file.path.display().to_string()));
        }
        (None, Remote::NotAsked | Remote::Pending { .. }) => waits(ui, words::LOOKING),
        (None, known) => match known.failure() {
            Some(failure) => failed(ui, failure),
            None => quiet(ui, words::NO_CLI_FILE),
        },
    }
    enter(ui)
}

/// Returns whether Enter was pressed in it.
fn path(ui: &mut Ui, place: &mut Chooser, id: Id, label: &str) -> bool {
    quiet(ui, label);
    let wrong = !place.is_empty() && place.target().is_none();
    let chosen = place.show(ui, id, label, None);
    focus_first(ui, &chosen.field);
    if wrong {
        remark(ui, Severity::Error, words::WHOLE_PATH);
    }
    chosen.field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}
