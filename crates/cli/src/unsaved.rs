//! The end of a command that may have renewed a sign-in: what the vault did not take is tried again, told, and never lost in silence.

use std::{process::ExitCode, thread, time::Duration};

use super::{
    output::{note, tell_failure},
    session::Session,
    terminal,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{StoreSignIns, UnsavedSignIns};

/// The pauses between the tries when nobody is there to be asked: a busy keyring or a full disk is often well again a moment later.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];

impl Session {
    /// The outcome of a command, after everything that was renewed on its way is stored; not a success if something stays lost.
    pub(super) fn settle(&mut self, outcome: Result<ExitCode, Failure>) -> Result<ExitCode, Failure> {
        while self.try_next().is_some() {}
        if self.unsaved.is_empty() {
            return outcome;
        }
        for pause in PAUSES {
            thread::sleep(pause);
            if self.store_sign_ins()? {
                return outcome;
            }
        }
        note(format_args!("The vault could not store the sign-in of {}. If you quit now, it is lost.", self.unsaved_names()));
        while terminal::attended() && terminal::yes("Try again?") {
            if self.store_sign_ins()? {
                note("It is now stored.");
                return outcome;
            }
        }
        if let Err(failure) = outcome {
            let _ = tell_failure(&failure, false);
        }
        Err(lost(&self.unsaved_names(), self.unsaved_why.take()))
    }

    /// Whether all of them are stored now.
    fn store_sign_ins(&mut self) -> Result<bool, Failure> {
        let UnsavedSignIns { ids, failure } = self.ask(StoreSignIns)?;
        (self.unsaved, self.unsaved_why) = (ids, failure);
        Ok(self.unsaved.is_empty())
    }

    fn unsaved_names(&self) -> String {
        let name = |id| self.by_id(id).map_or_else(|| "an unsaved connection".to_owned(), |it| it.name.as_str().to_owned());
        self.unsaved.iter().map(|id| name(*id)).collect::<Vec<_>>().join(", ")
    }
}

fn lost(names: &str, why: Option<Failure>) -> Failure {
    let why = why.map_or_else(|| "The vault could not store it.".to_owned(), |failure| format!("{} {}", failure.what, failure.why));
    Failure::new(
        Code::VaultUnavailable,
        format!("The sign-in of {names} could not be stored and is lost."),
        why,
        format!("Fix the vault (brickpass doctor shows how), then sign in again: brickpass login \"{names}\""),
    )
}
