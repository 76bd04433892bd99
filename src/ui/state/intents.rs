//! Tests, dialogs, closing. Like all of the person's intents, each changes the state at once and returns the commands that take time.

use super::{Attempt, Closing, Dialog, Later, Page, State};
use crate::ui::{
    state::ask::{ask_cancellable, ask_quietly, progress},
    text,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Status},
    failure::{Code, Failure},
};
use brickpass_databricks::check::Report;
use brickpass_engine::{Ask, OpenInBrowser, SignInPlace, StoredSecret, TestConnection, TestResult};
use brickpass_storage::VaultStatus;

impl State {
    /// Tests what is typed, saved or not.
    pub fn test(&mut self) -> Vec<Ask> {
        if self.selection.count() > 1 {
            return self.test_these(&self.selection.all());
        }
        let Some(id) = self.selection.shown() else { return Vec::new() };
        let Some(mut form) = self.forms.remove(&id) else { return Vec::new() };
        let reviewed = form.for_test(text::NEW_CONNECTION, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
        self.show_test = Some(true);
        match reviewed {
            Ok(reviewed) => self.begin_test(reviewed.connection, reviewed.secret.map(|(_, secret)| secret)),
            Err(field) => {
                self.focus = field;
                Vec::new()
            }
        }
    }

    pub fn do_later(&mut self, later: Later) -> Vec<Ask> {
        self.show_page(Page::Connection);
        match later {
            Later::TryAgain => self.try_again(),
            Later::SignIn => {
                let anywhere = |attempt: &Attempt| !attempt.runs() && attempt.place != SignInPlace::Here;
                let again = self.selection.shown().and_then(|id| self.attempt(id)).is_some_and(anywhere);
                if again { self.sign_in_anywhere() } else { self.sign_in() }
            }
            Later::AddWorkspaces => self.selection.shown().map(|id| self.ask_for_workspaces(id)).unwrap_or_default(),
        }
    }

    /// *Try again* next to a failure: repeats a failed save or a failed test.
    pub fn try_again(&mut self) -> Vec<Ask> {
        if self.shown_form().is_some_and(|form| form.failure.is_some()) {
            return self.save();
        }
        let attempt = self.selection.shown().and_then(|id| self.attempt(id)).filter(|attempt| !attempt.runs());
        match attempt.map(|attempt| attempt.place) {
            None => self.test(),
            Some(SignInPlace::Here) => self.sign_in(),
            Some(SignInPlace::Anywhere { .. }) => self.sign_in_anywhere(),
        }
    }

    /// Tests what is saved.
    pub fn test_these(&mut self, ids: &[ConnectionId]) -> Vec<Ask> {
        let saved: Vec<Connection> = ids.iter().filter_map(|id| self.entry(*id)).map(|entry| entry.connection.clone()).collect();
        saved.into_iter().flat_map(|connection| self.begin_test(connection, None)).collect()
    }

    pub fn test_all(&mut self) -> Vec<Ask> {
        let all: Vec<ConnectionId> = self
            .library
            .value()
            .map(|snapshot| snapshot.entries.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.connection.id)
            .collect();
        self.test_these(&all)
    }

    fn begin_test(&mut self, connection: Connection, secret: Option<secrecy::SecretString>) -> Vec<Ask> {
        self.end_of_sign_in_seen(connection.id);
        let (run, id, typed_secret) = (self.tests.new_run(), connection.id, secret.is_some());
        let progress = progress(move |state, step, now| state.tests.progress(run, id, step, now));
        let request = TestConnection { connection: Box::new(connection.clone()), secret, progress };
        let (ask, cancel) = ask_cancellable(request, move |state, outcome, now| {
            let untested = |failure| TestResult { tested_at: now, report: Report::not_begun(Status::Untested, failure) };
            let TestResult { tested_at, report } = outcome.unwrap_or_else(untested);
            state.test_finished(run, id, tested_at, report);
            Vec::new()
        });
        self.tests.begin(run, connection, typed_secret, cancel);
        vec![ask]
    }

    pub fn cancel_test(&mut self) {
        self.selection.all().into_iter().for_each(|id| self.tests.cancel(id));
    }

    pub fn cancel_all_tests(&mut self) {
        self.tests.cancel_all();
    }

    pub fn ask_to_unlock(&mut self, then_save: Option<ConnectionId>) {
        let (place, new) = match self.vault.value() {
            Some((_, VaultStatus::Locked { place, new })) => (place.clone(), *new),
            _ => (text::ENCRYPTED_FILE.to_owned(), false),
        };
        let (passphrase, again) = Default::default();
        self.dialog =
            Some(Dialog::Unlock { place, new, anew: false, passphrase, again, waiting: false, failure: None, retype: false, then_save });
    }

    /// Whether the storage of this connection's secret or sign-in is locked, so that nothing is known about it.
    pub fn is_locked(&self, id: ConnectionId) -> bool {
        let locked = |failure: &Failure| failure.code == Code::VaultLocked;
        let vault = match self.vault.value() {
            Some((_, VaultStatus::Locked { new, .. })) => !new,
            Some((_, VaultStatus::Unavailable(failure))) => locked(failure),
            Some((_, VaultStatus::Ready { .. } | VaultStatus::Lost { .. })) | None => false,
        };
        let kind = self.form(id).and_then(|form| form.draft.secret_kind());
        let secret = kind.and_then(|kind| self.stored_secret(id, kind));
        let sign_in = self.sign_ins.described(self.sign_in_owner(id)).and_then(|described| described.failure());
        vault || matches!(secret, Some(StoredSecret::Unavailable(failure)) if locked(failure)) || sign_in.is_some_and(locked)
    }

    pub fn open_in_browser(&self) -> Vec<Ask> {
        let address =
            self.shown_form().and_then(|form| form.review().result.as_ref()).map(|reviewed| reviewed.connection.base_url.origin());
        address.map(|address| ask_quietly(OpenInBrowser { address: address.into() })).into_iter().collect()
    }

    /// The person closes the window. Returns whether it may close.
    pub fn ask_to_close(&mut self) -> bool {
        if self.closing == Closing::Now {
            return true;
        }
        if self.held_up_by_token() || self.held_up_by_secret() {
            return false;
        }
        let unsaved: Vec<(ConnectionId, String)> =
            self.forms.iter().filter(|(_, form)| form.is_unsaved()).map(|(id, _)| (*id, self.name_of(*id).to_owned())).collect();
        if unsaved.is_empty() {
            return self.close_unless_held_up();
        }
        self.dialog = Some(Dialog::Close { unsaved });
        false
    }

    pub fn save_all_and_close(&mut self) -> Vec<Ask> {
        let Some(Dialog::Close { unsaved }) = self.dialog.take() else { return Vec::new() };
        self.closing = Closing::WhenSaved;
        let mut commands = Vec::new();
        for (id, _) in unsaved {
            if self.closing == Closing::No {
                break;
            }
            commands.extend(self.save_of(id));
        }
        commands
    }

    #[cfg(test)]
    pub fn discard_dialog(&mut self) {
        self.dialog = None;
    }

    pub fn discard_and_close(&mut self) {
        self.dialog = None;
        self.close_unless_held_up();
    }

    /// Keeps the window open if a renewed sign-in is not saved, since the old one is no longer valid. Returns whether it may close.
    pub(super) fn close_unless_held_up(&mut self) -> bool {
        let held_up = !self.sign_ins.unsaved().is_empty();
        if held_up {
            self.closing = Closing::No;
            self.dialog = Some(Dialog::SignInsUnsaved { waiting: false });
        } else {
            self.closing = Closing::Now;
        }
        !held_up
    }

    pub fn quit_anyway(&mut self) {
        self.dialog = None;
        self.closing = Closing::Now;
    }

    /// The window closes: removals can no longer be undone, running tests end.
    pub fn leave(&mut self) -> Vec<Ask> {
        self.cancel_all_tests();
        self.cancel_all_sign_ins();
        super::deleting::gone_for_good(std::mem::take(&mut self.removals))
    }

    /// The authentication type was changed: the secret in the vault may not be known yet.
    pub fn auth_changed(&mut self) -> Vec<Ask> {
        self.revealed = None;
        self.selection.shown().map(|id| self.describe(id)).unwrap_or_default()
    }
}
