//! Browser sign-ins: the running ones, the last result, the signed-in user. A late event of an older run is ignored.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::{
    Connections, Go, Output, Remote, State, Tests,
    ask::{RunId, ask_cancellable, ask_quietly, progress},
};
use crate::ui::text;
use brickpass_core::{
    connection::{BaseUrl, Connection, ConnectionId, ConnectionName, Draft, Field, LevelKind, Severity, TypedSecret},
    failure::{Code, Failure},
};
use brickpass_engine::{
    CancelHandle, Found, OpenInBrowser, SignIn, SignInControl, SignInInput, SignInPlace, SignInStep, SignInWithBrowser, SignedIn,
};

/// After this long without an answer, the browser is probably on another computer.
pub const CALLBACK_HINT_DELAY: SignedDuration = SignedDuration::from_secs(30);

/// One sign-in, from the click to its end.
#[derive(Debug)]
pub struct Attempt {
    pub run: RunId,
    pub owner: Connection,
    pub place: SignInPlace,
    pub stage: Stage,
    /// Manual steps, available while the listener waits.
    pub callback: Option<PendingCallback>,
    /// Open while the person pastes the address from the browser.
    pub paste: Option<Paste>,
    /// The number of answers with a wrong `state`.
    pub wrong_keys: usize,
    /// Receives the person's answer.
    control: SignInControl,
    /// Dropping it cancels the sign-in.
    _cancel: CancelHandle,
}

/// Where the browser's answer is awaited.
#[derive(Debug)]
pub struct PendingCallback {
    pub address: SecretString,
    pub port: u16,
    pub since: Timestamp,
    pub until: Timestamp,
    pub browser_opened: bool,
}

/// The address from a browser that cannot return by itself. It contains a code, so it is treated as a secret.
#[derive(Debug, Default)]
pub struct Paste {
    pub address: TypedSecret,
    /// The last address was rejected; `true`: it belongs to another sign-in.
    pub refused: Option<bool>,
}

#[derive(Debug)]
pub enum Stage {
    Starting,
    CheckingVault,
    Discovering,
    Waiting,
    Exchanging,
    ConfirmHost {
        host: BaseUrl,
    },
    OtherUser {
        stored: String,
        new: String,
    },
    /// The question was answered.
    Answered {
        yes: bool,
    },
    Done(SignedIn),
    Failed(Failure),
}

impl Attempt {
    pub fn runs(&self) -> bool {
        !matches!(self.stage, Stage::Done(_) | Stage::Failed(_))
    }

    /// There was no answer for so long that a hint is shown.
    pub fn is_callback_overdue(&self, now: Timestamp) -> bool {
        let waited = self.callback.as_ref().map(|callback| now.duration_since(callback.since));
        matches!(self.stage, Stage::Waiting) && self.wrong_keys == 0 && waited.is_some_and(|waited| waited >= CALLBACK_HINT_DELAY)
    }

    /// The host of the sign-in page in the browser; `None` if the person chooses one there.
    pub fn host(&self) -> Option<&str> {
        (self.place == SignInPlace::Here).then(|| self.owner.base_url.host())
    }
}

#[derive(Debug, Default)]
pub struct SignIns {
    /// By the connection that holds the sign-in.
    pub(super) attempts: HashMap<ConnectionId, Attempt>,
    pub(super) described: HashMap<ConnectionId, Remote<Option<SignIn>>>,
    /// Signs in as soon as this form is saved.
    after_save: Option<ConnectionId>,
    /// Renewed sign-ins that are lost when the program ends.
    pub(super) unsaved: Vec<ConnectionId>,
    pub(super) unsaved_failure: Option<Failure>,
}

impl SignIns {
    pub fn attempt(&self, owner: ConnectionId) -> Option<&Attempt> {
        self.attempts.get(&owner)
    }

    pub fn described(&self, owner: ConnectionId) -> Option<&Remote<Option<SignIn>>> {
        self.described.get(&owner)
    }

    pub fn unsaved(&self) -> &[ConnectionId] {
        &self.unsaved
    }

    pub fn unsaved_failure(&self) -> Option<&Failure> {
        self.unsaved_failure.as_ref()
    }

    fn of_run(&mut self, run: RunId, id: ConnectionId) -> Option<&mut Attempt> {
        self.attempts.get_mut(&id).filter(|attempt| attempt.run == run && attempt.runs())
    }

    /// Cancels a running one.
    pub(super) fn end(&mut self, owner: ConnectionId) {
        self.attempts.remove(&owner);
    }
}

impl State {
    /// *Sign in* for a connection in the list, even if it is not shown.
    pub fn sign_in_to(&mut self, id: ConnectionId) -> Output {
        let connections = &mut self.connections;
        let shown = if connections.selection.shown() == Some(id) { Output::none() } else { connections.select(id) };
        shown.and(self.sign_in())
    }

    /// Signs in with the form's input: it is saved first, since a sign-in belongs to a saved connection.
    pub fn sign_in(&mut self) -> Output {
        let Some(id) = self.connections.selection.shown().filter(|id| self.connections.uses_browser(*id)) else { return Output::none() };
        if self.connections.form(id).is_none_or(|form| !form.is_new() && !form.is_unsaved() && !form.is_saving()) {
            return self.sign_ins.begin(id, &self.connections, &mut self.tests);
        }
        if self.connections.form(id).is_some_and(super::Editing::is_saving) {
            self.sign_ins.after_save = Some(id);
            return Output::none();
        }
        let output = self.save_of(id);
        self.sign_ins.after_save = (!output.requests().is_empty()).then_some(id);
        output
    }
}

impl SignIns {
    /// The sign-in that is shown for this connection: the running one, or the last one.
    pub fn attempt_for(&self, id: ConnectionId, connections: &Connections) -> Option<&Attempt> {
        self.attempt(connections.sign_in_owner(id))
    }

    /// The connection is saved: signs in if that was waiting for it.
    pub(super) fn after_save(&mut self, id: ConnectionId, connections: &Connections, tests: &mut Tests) -> Output {
        if self.after_save.take_if(|waiting| *waiting == id).is_some() { self.begin(id, connections, tests) } else { Output::none() }
    }

    fn begin(&mut self, id: ConnectionId, connections: &Connections, tests: &mut Tests) -> Output {
        let owner = connections.sign_in_owner(id);
        let Some(owner) = connections.entry(owner).map(|entry| entry.connection.clone()) else { return Output::none() };
        self.begin_at(owner, SignInPlace::Here, id, tests)
    }

    /// *I don't know my workspace URL*: Databricks asks the person which one they mean.
    pub fn begin_anywhere(&mut self, connections: &Connections, tests: &mut Tests) -> Output {
        let Some(form) = connections.shown_form() else { return Output::none() };
        let (id, level) = (form.draft.id, form.draft.level);
        let stand_in = Draft {
            name: text::NEW_CONNECTION.to_owned(),
            base_url: text::ANYWHERE.to_owned(),
            confirmed_origin: None,
            workspace_id: String::new(),
            account_id: String::new(),
            level: LevelKind::Workspace,
            sign_in_of: None,
            ..form.draft.clone()
        };
        let review = stand_in.review(&|_| false);
        if let Some(reviewed) = review.result {
            let owner = Connection { base_url: BaseUrl::discovery_host(), ..reviewed.connection };
            return self.begin_at(owner, SignInPlace::Anywhere { level }, id, tests);
        }
        Go::Focus(review.remarks.iter().find(|remark| remark.severity == Severity::Error).map(|remark| remark.field)).into()
    }

    fn begin_at(&mut self, owner: Connection, place: SignInPlace, shown: ConnectionId, tests: &mut Tests) -> Output {
        tests.forget(shown);
        let (run, id) = (RunId::next(), owner.id);
        let (control, input) = SignInInput::new();
        let progress = progress(move |state, step, now| state.sign_ins.progress(run, id, step, now, &state.connections));
        let request = SignInWithBrowser { owner: Box::new(owner.clone()), place, open_browser: true, progress, input };
        let (ask, cancel) = ask_cancellable(request, move |state, outcome, _| {
            state.sign_ins.finished(run, id, outcome, &mut state.connections, &mut state.tests)
        });
        let attempt =
            Attempt { run, owner, place, stage: Stage::Starting, callback: None, paste: None, wrong_keys: 0, control, _cancel: cancel };
        self.attempts.insert(id, attempt);
        Output::from(ask).and(Go::ShowTest(true))
    }

    pub fn progress(&mut self, run: RunId, id: ConnectionId, step: SignInStep, now: Timestamp, connections: &Connections) -> Output {
        let Some(attempt) = self.of_run(run, id) else { return Output::none() };
        let asks = matches!(step, SignInStep::ConfirmHost { .. } | SignInStep::OtherUser { .. });
        attempt.stage = match step {
            SignInStep::CheckingVault => Stage::CheckingVault,
            SignInStep::Discovering => Stage::Discovering,
            SignInStep::Waiting { address, port, until, browser_opened } => {
                attempt.callback = Some(PendingCallback { address, port, since: now, until, browser_opened });
                Stage::Waiting
            }
            SignInStep::WrongKey { count } => {
                attempt.wrong_keys = count;
                return Output::none();
            }
            SignInStep::PasteRefused { other } => {
                if let Some(paste) = &mut attempt.paste {
                    paste.refused = Some(other);
                }
                return Output::none();
            }
            SignInStep::Exchanging => Stage::Exchanging,
            SignInStep::ConfirmHost { host } => Stage::ConfirmHost { host },
            SignInStep::OtherUser { stored, new } => Stage::OtherUser { stored, new },
        };
        if !matches!(attempt.stage, Stage::Waiting) {
            // The address has been used and cannot be opened again.
            attempt.callback = None;
            attempt.paste = None;
        }
        // Scrolls to a question; after other changes, keeps the visible part in view.
        connections.shows_sign_in_of(id).then_some(Go::ShowTest(asks)).into()
    }

    pub fn finished(
        &mut self,
        run: RunId,
        id: ConnectionId,
        outcome: Result<SignedIn, Failure>,
        connections: &mut Connections,
        tests: &mut Tests,
    ) -> Output {
        let Some(attempt) = self.of_run(run, id) else { return Output::none() };
        attempt.callback = None;
        attempt.paste = None;
        let place = attempt.place;
        let mut output = Output::none();
        match outcome {
            Err(failure) if failure.code == Code::Cancelled => {
                self.attempts.remove(&id);
            }
            Err(failure) => attempt.stage = Stage::Failed(failure),
            Ok(signed_in) => {
                let found = signed_in.found.clone();
                let sign_in = signed_in.sign_in.clone();
                attempt.stage = Stage::Done(signed_in);
                self.described.insert(id, Remote::Ready(Some(sign_in)));
                output.extend(found.map(|found| connections.take_over(id, &found, place)));
                // Earlier tests that ended with *Sign in* say nothing about the new sign-in.
                for user in connections.users_of(id) {
                    tests.forget_rejected_sign_in(user);
                }
            }
        }
        output.and(connections.shows_sign_in_of(id).then_some(Go::ShowTest(false)))
    }

    /// Ends a sign-in at once, whatever the engine is still doing.
    pub fn cancel(&mut self, owner: ConnectionId) {
        self.end(owner);
    }

    pub fn cancel_all(&mut self) {
        self.attempts.retain(|_, attempt| !attempt.runs());
    }

    /// A new test replaces the result of the last sign-in.
    pub(super) fn forget_result(&mut self, id: ConnectionId, connections: &Connections) {
        let owner = connections.sign_in_owner(id);
        if self.attempt(owner).is_some_and(|attempt| !attempt.runs()) {
            self.attempts.remove(&owner);
        }
    }
}

impl Connections {
    /// The shown connection uses the sign-in that this one holds.
    fn shows_sign_in_of(&self, owner: ConnectionId) -> bool {
        self.selection.shown().is_some_and(|shown| self.sign_in_owner(shown) == owner)
    }

    /// Fills unknown values into the form; typed ones stay.
    fn take_over(&mut self, id: ConnectionId, found: &Found, place: SignInPlace) -> Output {
        let Some(mut form) = self.forms.remove(&id) else { return Output::none() };
        let draft = &mut form.draft;
        draft.base_url = found.base_url.origin();
        if let SignInPlace::Anywhere { level } = place {
            draft.level = level;
        }
        draft.workspace_id = found.workspace_id.clone().unwrap_or_default();
        if let Some(account) = &found.account_id {
            account.as_str().clone_into(&mut draft.account_id);
        }
        if draft.name.trim().is_empty()
            && let Ok(name) = ConnectionName::parse(found.base_url.host())
        {
            let taken = |name: &str| self.name_taken(id, name);
            let name = if taken(name.as_str()) { name.copy_of(&taken) } else { name };
            name.as_str().clone_into(&mut draft.name);
        }
        form.judge(true, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
        (self.selection.shown() == Some(id)).then_some(Go::Focus(Some(Field::Name))).into()
    }
}

impl SignIns {
    pub(super) fn no_sign_in_after_save(&mut self, id: ConnectionId) {
        self.after_save.take_if(|waiting| *waiting == id);
    }

    /// Answers a question of a sign-in with yes or no.
    pub fn answer_sign_in(&mut self, owner: ConnectionId, yes: bool) {
        let Some(attempt) = self.attempts.get_mut(&owner) else { return };
        if matches!(attempt.stage, Stage::ConfirmHost { .. } | Stage::OtherUser { .. }) {
            attempt.stage = Stage::Answered { yes };
            attempt.control.answer(yes);
        }
    }

    pub fn sign_ins_running(&self) -> usize {
        self.attempts.values().filter(|attempt| attempt.runs()).count()
    }

    pub(super) fn forget_sign_in(&mut self, id: ConnectionId) {
        self.described.remove(&id);
        self.no_sign_in_after_save(id);
        self.end(id);
    }

    /// Opens the field for the address from the browser.
    pub fn ask_to_paste(&mut self, owner: ConnectionId) {
        if let Some(attempt) = self.attempts.get_mut(&owner).filter(|attempt| matches!(attempt.stage, Stage::Waiting)) {
            attempt.paste.get_or_insert_default();
        }
    }

    /// The pasted text; the view takes it while it draws, and returns it with `put_paste`.
    pub fn take_paste(&mut self, owner: ConnectionId) -> Option<Paste> {
        self.attempts.get_mut(&owner)?.paste.take()
    }

    pub fn put_paste(&mut self, owner: ConnectionId, paste: Option<Paste>) {
        if let Some(attempt) = self.attempts.get_mut(&owner) {
            attempt.paste = paste;
        }
    }

    /// Validated like the browser's own answer; the field is cleared for another try.
    pub fn paste_address(&mut self, owner: ConnectionId) {
        let Some(attempt) = self.attempts.get_mut(&owner) else { return };
        let Some(paste) = attempt.paste.as_mut().filter(|paste| !paste.address.is_empty()) else { return };
        let address = std::mem::take(&mut paste.address).to_secret();
        paste.refused = None;
        attempt.control.paste(address);
    }

    /// Opens the sign-in page in the browser again.
    pub fn open_sign_in_again(&self, owner: ConnectionId) -> Output {
        let callback = self.attempt(owner).and_then(|attempt| attempt.callback.as_ref());
        callback.map(|callback| ask_quietly(OpenInBrowser { address: callback.address.clone() })).into_iter().collect()
    }
}
