//! Sign-ins through the browser: what runs, what the last one brought, who is signed in. A late event of an older run finds nobody.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::{Notice, Remote, State};
use crate::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId, ConnectionName, Draft, Field, LevelKind, Status},
    engine::{Command, Found, RunId, SignIn, SignInPlace, SignInStep, SignedIn},
    failure::{Code, Failure},
    storage::VaultStatus,
    ui::text,
};

/// After so long without an answer, the browser is probably on another computer.
pub const LONELY: SignedDuration = SignedDuration::from_secs(30);

/// One sign-in, from the click to its end.
#[derive(Debug)]
pub struct Attempt {
    pub run: RunId,
    pub owner: Connection,
    pub place: SignInPlace,
    pub stage: Stage,
    /// What the person may do by hand, for as long as the listener waits.
    pub door: Option<Door>,
    /// So many answers bore a wrong key.
    pub wrong_keys: usize,
}

/// Where the browser's answer is awaited.
#[derive(Debug)]
pub struct Door {
    pub address: SecretString,
    pub port: u16,
    pub since: Timestamp,
    pub until: Timestamp,
    pub browser_opened: bool,
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

    /// Nobody has answered for so long that a hint is due, and when it is if it is not yet.
    pub fn is_lonely(&self, now: Timestamp) -> bool {
        let waited = self.door.as_ref().map(|door| now.duration_since(door.since));
        matches!(self.stage, Stage::Waiting) && self.wrong_keys == 0 && waited.is_some_and(|waited| waited >= LONELY)
    }

    /// The host whose sign-in page the browser shows; `None` while the person has yet to choose one there.
    pub fn host(&self) -> Option<&str> {
        (self.place == SignInPlace::Here).then(|| self.owner.base_url.host())
    }
}

#[derive(Debug, Default)]
pub struct SignIns {
    /// By the connection that holds the sign-in.
    attempts: HashMap<ConnectionId, Attempt>,
    described: HashMap<ConnectionId, Remote<Option<SignIn>>>,
    /// Signs in as soon as this form is saved.
    after_save: Option<ConnectionId>,
    /// Renewed sign-ins that are lost when the program ends.
    unsaved: Vec<ConnectionId>,
    unsaved_failure: Option<Failure>,
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

    fn end(&mut self, owner: ConnectionId) -> Option<Command> {
        let attempt = self.attempts.remove(&owner)?;
        attempt.runs().then_some(Command::CancelSignIn { run: attempt.run })
    }
}

impl State {
    /// The connection that holds the sign-in of this one, by what is typed.
    pub fn sign_in_owner(&self, id: ConnectionId) -> ConnectionId {
        let typed = self.form(id).map(|form| form.draft.shared_sign_in());
        let saved = || {
            let entry = self.entry(id)?;
            let all = self.library().value()?.entries.iter().map(|entry| &entry.connection);
            Some(entry.connection.owner_among(all).id)
        };
        match typed {
            Some(shared) => shared,
            None => saved(),
        }
        .unwrap_or(id)
    }

    /// The sign-in that is shown beside this connection: running, or ended last.
    pub fn attempt(&self, id: ConnectionId) -> Option<&Attempt> {
        self.sign_ins.attempt(self.sign_in_owner(id))
    }

    /// Who is signed in for this connection; `None` while that is not known.
    pub fn signed_in(&self, id: ConnectionId) -> Option<&Option<SignIn>> {
        self.sign_ins.described(self.sign_in_owner(id))?.value()
    }

    /// Signs in through the browser, as far as this connection goes.
    pub fn uses_browser(&self, id: ConnectionId) -> bool {
        match self.form(id) {
            Some(form) => form.draft.auth == AuthKind::Browser,
            None => self.entry(id).is_some_and(|entry| entry.connection.auth.kind() == AuthKind::Browser),
        }
    }

    /// *Sign in* is what this connection needs next.
    pub fn wants_sign_in(&self, id: ConnectionId) -> bool {
        let attempt = self.attempt(id);
        let running_or_done = attempt.is_some_and(|attempt| attempt.runs() || matches!(attempt.stage, Stage::Done(_)));
        let refused = self.last_test(id).is_some_and(|last| last.state == Status::SignIn)
            || self.tests.finished(id).is_some_and(|finished| finished.report.state == Status::SignIn);
        let nobody = matches!(self.signed_in(id), Some(None)) && self.entry(id).is_some();
        self.uses_browser(id) && !running_or_done && (refused || nobody)
    }

    /// *Sign in* for a connection of the list, whatever is shown.
    pub fn sign_in_to(&mut self, id: ConnectionId) -> Vec<Command> {
        let mut commands = if self.selection.shown() == Some(id) { Vec::new() } else { self.select(id) };
        commands.extend(self.sign_in());
        commands
    }

    /// Signs in with what is typed: it is saved first, since a sign-in belongs to a connection.
    pub fn sign_in(&mut self) -> Vec<Command> {
        let Some(id) = self.selection.shown().filter(|id| self.uses_browser(*id)) else { return Vec::new() };
        if self.form(id).is_none_or(|form| !form.is_new() && !form.is_unsaved() && !form.is_saving()) {
            return self.begin_sign_in(id);
        }
        if self.form(id).is_some_and(super::Editing::is_saving) {
            self.sign_ins.after_save = Some(id);
            return Vec::new();
        }
        let commands = self.save_of(id);
        self.sign_ins.after_save = (!commands.is_empty()).then_some(id);
        commands
    }

    pub(super) fn sign_in_after_save(&mut self, id: ConnectionId) -> Vec<Command> {
        if self.sign_ins.after_save.take_if(|waiting| *waiting == id).is_some() { self.begin_sign_in(id) } else { Vec::new() }
    }

    pub(super) fn no_sign_in_after_save(&mut self, id: ConnectionId) {
        self.sign_ins.after_save.take_if(|waiting| *waiting == id);
    }

    fn begin_sign_in(&mut self, id: ConnectionId) -> Vec<Command> {
        let owner = self.sign_in_owner(id);
        let Some(owner) = self.entry(owner).map(|entry| entry.connection.clone()) else { return Vec::new() };
        self.begin_at(owner, SignInPlace::Here, id)
    }

    /// *I do not know my workspace's address*: Databricks asks the person which one they mean.
    pub fn sign_in_anywhere(&mut self) -> Vec<Command> {
        let Some(form) = self.shown_form() else { return Vec::new() };
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
        match review.result {
            Some(reviewed) => self.begin_at(reviewed.connection, SignInPlace::Anywhere { level }, id),
            None => {
                self.focus = review.remarks.iter().find(|remark| remark.severity == crate::connection::Severity::Error).map(|it| it.field);
                Vec::new()
            }
        }
    }

    fn begin_at(&mut self, owner: Connection, place: SignInPlace, shown: ConnectionId) -> Vec<Command> {
        let mut commands: Vec<Command> = self.tests.forget(shown).map(|run| Command::Cancel { run }).into_iter().collect();
        commands.extend(self.sign_ins.end(owner.id));
        let run = self.tests.new_run();
        let attempt = Attempt { run, owner: owner.clone(), place, stage: Stage::Starting, door: None, wrong_keys: 0 };
        self.sign_ins.attempts.insert(owner.id, attempt);
        self.show_test = Some(true);
        self.counts = None;
        commands.push(Command::SignIn { run, owner: Box::new(owner), place, open_browser: true });
        commands
    }

    pub fn sign_in_progress(&mut self, run: RunId, id: ConnectionId, step: SignInStep, now: Timestamp) {
        let Some(attempt) = self.sign_ins.of_run(run, id) else { return };
        let asks = matches!(step, SignInStep::ConfirmHost { .. } | SignInStep::OtherUser { .. });
        attempt.stage = match step {
            SignInStep::CheckingVault => Stage::CheckingVault,
            SignInStep::Discovering => Stage::Discovering,
            SignInStep::Waiting { address, port, until, browser_opened } => {
                attempt.door = Some(Door { address, port, since: now, until, browser_opened });
                Stage::Waiting
            }
            SignInStep::WrongKey { count } => {
                attempt.wrong_keys = count;
                return;
            }
            SignInStep::Exchanging => Stage::Exchanging,
            SignInStep::ConfirmHost { host } => Stage::ConfirmHost { host },
            SignInStep::OtherUser { stored, new } => Stage::OtherUser { stored, new },
        };
        if !matches!(attempt.stage, Stage::Waiting) {
            // The address has been used: nobody is to open it once more.
            attempt.door = None;
        }
        if asks && self.selection.shown().is_some_and(|shown| self.sign_in_owner(shown) == id) {
            self.show_test = Some(true);
        }
    }

    pub fn sign_in_finished(&mut self, run: RunId, id: ConnectionId, outcome: Result<SignedIn, Failure>) -> Vec<Command> {
        let Some(attempt) = self.sign_ins.of_run(run, id) else { return Vec::new() };
        attempt.door = None;
        let place = attempt.place;
        match outcome {
            Err(failure) if failure.code == Code::Cancelled => {
                self.sign_ins.attempts.remove(&id);
            }
            Err(failure) => attempt.stage = Stage::Failed(failure),
            Ok(signed_in) => {
                let found = signed_in.found.clone();
                let sign_in = signed_in.sign_in.clone();
                attempt.stage = Stage::Done(signed_in);
                self.sign_ins.described.insert(id, Remote::Ready(Some(sign_in)));
                if let Some(found) = found {
                    self.take_over(id, &found, place);
                }
                self.nobody_refused(id);
            }
        }
        if self.selection.shown().is_some_and(|shown| self.sign_in_owner(shown) == id) {
            self.show_test = Some(false);
        }
        Vec::new()
    }

    /// Tests that ended with *Sign in* before say nothing about the new sign-in.
    fn nobody_refused(&mut self, owner: ConnectionId) {
        let users: Vec<ConnectionId> = self.users_of(owner).collect();
        for id in users {
            if self.tests.finished(id).is_some_and(|finished| finished.report.state == Status::SignIn) {
                self.tests.forget(id);
            }
        }
        self.counts = None;
    }

    /// The connections that use the sign-in of `owner`, itself among them.
    fn users_of(&self, owner: ConnectionId) -> impl Iterator<Item = ConnectionId> {
        let entries = self.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let shares = entries.iter().filter(move |entry| entry.connection.sign_in_of == Some(owner));
        shares.map(|entry| entry.connection.id).chain([owner])
    }

    /// What the person did not know goes into the form; what they typed stays.
    fn take_over(&mut self, id: ConnectionId, found: &Found, place: SignInPlace) {
        let Some(mut form) = self.forms.remove(&id) else { return };
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
        if self.selection.shown() == Some(id) {
            self.focus = Some(Field::Name);
        }
    }

    /// Yes or no to the question that a sign-in asks.
    pub fn answer_sign_in(&mut self, owner: ConnectionId, yes: bool) -> Vec<Command> {
        let Some(attempt) = self.sign_ins.attempts.get_mut(&owner) else { return Vec::new() };
        if !matches!(attempt.stage, Stage::ConfirmHost { .. } | Stage::OtherUser { .. }) {
            return Vec::new();
        }
        attempt.stage = Stage::Answered { yes };
        vec![Command::AnswerSignIn { run: attempt.run, yes }]
    }

    /// Ends a sign-in at once, whatever the engine is still doing about it.
    pub fn cancel_sign_in(&mut self, owner: ConnectionId) -> Vec<Command> {
        self.counts = None;
        self.sign_ins.end(owner).into_iter().collect()
    }

    pub fn cancel_all_sign_ins(&mut self) -> Vec<Command> {
        let running: Vec<ConnectionId> = self.sign_ins.attempts.iter().filter(|(_, attempt)| attempt.runs()).map(|(id, _)| *id).collect();
        running.into_iter().flat_map(|id| self.cancel_sign_in(id)).collect()
    }

    pub fn sign_ins_running(&self) -> usize {
        self.sign_ins.attempts.values().filter(|attempt| attempt.runs()).count()
    }

    /// A new test takes the place of what the last sign-in said.
    pub(super) fn end_of_sign_in_seen(&mut self, id: ConnectionId) {
        let owner = self.sign_in_owner(id);
        if self.sign_ins.attempt(owner).is_some_and(|attempt| !attempt.runs()) {
            self.sign_ins.attempts.remove(&owner);
        }
    }

    pub(super) fn forget_sign_in(&mut self, id: ConnectionId) -> Option<Command> {
        self.sign_ins.described.remove(&id);
        self.no_sign_in_after_save(id);
        self.sign_ins.end(id)
    }

    /// Opens the sign-in page in the browser once more.
    pub fn open_sign_in_again(&self, owner: ConnectionId) -> Vec<Command> {
        use secrecy::ExposeSecret as _;
        let door = self.sign_ins.attempt(owner).and_then(|attempt| attempt.door.as_ref());
        door.map(|door| Command::OpenInBrowser { url: door.address.expose_secret().to_owned() }).into_iter().collect()
    }

    /// Ends the sign-in of the connection that is shown.
    pub fn sign_out(&mut self) -> Vec<Command> {
        let Some(id) = self.selection.shown().filter(|id| self.can_sign_out(*id)) else { return Vec::new() };
        let mut commands: Vec<Command> = self.sign_ins.end(id).into_iter().collect();
        commands.push(Command::SignOut { id });
        commands
    }

    /// Signing out ends the sign-in for all that use it: it is offered where it is held.
    pub fn can_sign_out(&self, id: ConnectionId) -> bool {
        self.uses_browser(id) && self.sign_in_owner(id) == id && matches!(self.signed_in(id), Some(Some(_)))
    }

    /// Everybody who used the sign-in hears of it; it is told once, where it was held.
    pub fn signed_out(&mut self, id: ConnectionId) {
        if self.sign_in_owner(id) != id {
            return;
        }
        self.sign_ins.described.insert(id, Remote::Ready(None));
        if self.sign_ins.attempt(id).is_some_and(|attempt| !attempt.runs()) {
            self.sign_ins.attempts.remove(&id);
        }
        self.notices.push(Notice::Done(text::signed_out(self.name_of(id))));
    }

    pub fn sign_in_described(&mut self, id: ConnectionId, outcome: Result<Option<SignIn>, Failure>) {
        if self.sign_in_owner(id) != id {
            return;
        }
        let known = self.sign_ins.described.entry(id).or_default();
        match outcome {
            Ok(sign_in) => *known = Remote::Ready(sign_in),
            Err(failure) => known.failed(failure),
        }
    }

    /// Asks who is signed in, once, when a connection is shown that signs in through the browser.
    pub(super) fn describe_sign_in(&mut self, id: ConnectionId) -> Vec<Command> {
        let owner = self.sign_in_owner(id);
        let locked = matches!(self.vault.value(), Some((_, VaultStatus::Locked { .. })));
        if locked || !self.uses_browser(id) || !self.entry_of.contains_key(&owner) {
            return Vec::new();
        }
        let known = self.sign_ins.described.entry(owner).or_default();
        if *known != Remote::NotAsked {
            return Vec::new();
        }
        known.asked();
        vec![Command::DescribeSignIn { id: owner }]
    }

    /// What the vault holds may be another now. What is held for a connection that is not saved is in no vault.
    pub(super) fn forget_described(&mut self, only: Option<ConnectionId>) {
        let saved = |id: &ConnectionId| self.entry_of.contains_key(id);
        self.sign_ins.described.retain(|id, _| !saved(id) || only.is_some_and(|only| only != *id));
    }

    /// Uses the sign-in of an account no longer.
    pub fn use_own_sign_in(&mut self) -> Vec<Command> {
        if let Some(form) = self.shown_form_mut() {
            form.draft.sign_in_of = None;
        }
        self.judge_shown();
        self.auth_changed()
    }

    /// Sign-ins that the vault did not take: the window does not close on them without a word.
    pub fn sign_ins_unsaved(&mut self, ids: Vec<ConnectionId>, failure: Option<Failure>) {
        let new = ids.iter().any(|id| !self.sign_ins.unsaved.contains(id));
        let all_stored = ids.is_empty();
        self.sign_ins.unsaved = ids;
        self.sign_ins.unsaved_failure.clone_from(&failure);
        if all_stored {
            if matches!(self.dialog, Some(super::Dialog::SignInsUnsaved { .. })) {
                self.dialog = None;
                self.closing = super::Closing::Now;
            }
            return;
        }
        if let Some(super::Dialog::SignInsUnsaved { waiting }) = &mut self.dialog {
            *waiting = false;
        } else if new {
            self.notices.extend(failure.map(Notice::Failure));
        }
    }

    pub fn store_sign_ins(&mut self) -> Vec<Command> {
        let Some(super::Dialog::SignInsUnsaved { waiting }) = &mut self.dialog else { return Vec::new() };
        *waiting = true;
        vec![Command::StoreSignIns]
    }
}
