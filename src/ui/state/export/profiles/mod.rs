//! The window's state of `.databrickscfg`: profiles, drift, planned changes, and whether the tools see the same user.

mod outcome;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::ui::state::{Output, Remote, RunId, ask, ask_cancellable, remote::Asked};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{
    ApplyPlan, Ask, CliToken, CliTokenState, Drift, ForgetProfile, KeepProfile, ListProfiles, Plan, PlanEdit, PlanPublish, ProfileLine,
    ProfilesFile, Replaced, Request, RestoreProfiles, Verification, VerifyProfile,
};
use brickpass_interchange::databrickscfg::{DiffKind, Edit, ProfileName};

/// The delay after the last key before the change for typed text is planned.
const PAUSE: SignedDuration = SignedDuration::from_millis(300);

/// The purpose of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Intent {
    #[default]
    Publish,
    /// *Set as default profile*.
    Default,
    /// Removes the profile from the file.
    Unpublish,
}

#[derive(Debug, Default)]
pub struct Profiles {
    /// The profiles of connections, whether or not the file was read.
    pub(in crate::ui::state) published: Vec<(ConnectionId, String)>,
    file: Remote<ProfilesFile>,
    publishing: HashMap<ConnectionId, Publishing>,
    cli_tokens: Vec<CliToken>,
    /// Only one change at a time, for all connections.
    applying: Option<(RunId, ConnectionId, Intent)>,
    /// The last change is being undone.
    restoring: bool,
}

/// The publication of one connection.
#[derive(Debug, Default)]
pub struct Publishing {
    /// As typed; empty until the default name is known.
    name: String,
    typed: bool,
    intent: Intent,
    plan: Asked<Plan>,
    due: Option<Timestamp>,
    pub trouble: Option<Failure>,
    verification: Asked<Vec<Result<Verification, Failure>>>,
    /// The person has confirmed that a profile that Brickpass did not write is replaced.
    pub agreed: bool,
}

impl Publishing {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn intent(&self) -> Intent {
        self.intent
    }

    /// The planned change.
    pub fn plan(&self) -> &Asked<Plan> {
        &self.plan
    }

    /// The planned change for the typed name, if it changes anything.
    pub fn change(&self) -> Option<&Plan> {
        let plan = self.plan.value().filter(|_| self.due.is_none() && !self.plan.waits() && self.plan.failure().is_none())?;
        plan.diff.iter().any(|line| matches!(line.kind, DiffKind::Added | DiffKind::Removed)).then_some(plan)
    }

    /// What the change would replace, if anything.
    pub fn replaces(&self) -> &[Replaced] {
        self.change().map(|plan| plan.replaces.as_slice()).unwrap_or_default()
    }

    /// Whether the change can be made: replacing anything needs a confirmation.
    pub fn is_ready(&self) -> bool {
        self.change().is_some() && (self.agreed || self.replaces().is_empty())
    }

    /// The file already contains the change.
    pub fn is_there_already(&self) -> bool {
        self.plan.value().is_some() && self.change().is_none() && self.due.is_none() && !self.plan.waits() && self.plan.failure().is_none()
    }

    pub fn verification(&self) -> &Asked<Vec<Result<Verification, Failure>>> {
        &self.verification
    }

    /// Why the typed name is no valid profile name.
    pub fn unfit(&self) -> Option<String> {
        ProfileName::parse(self.name.trim()).err()
    }
}

impl Profiles {
    pub fn file(&self) -> &Remote<ProfilesFile> {
        &self.file
    }

    /// The Databricks CLI's file, if it exists and has profiles.
    pub fn cli_file(&self) -> Option<&ProfilesFile> {
        self.file.value().filter(|file| !file.profiles.is_empty())
    }

    /// A verification is void once the profile has changed.
    fn replace_file(&mut self, file: ProfilesFile) {
        let drift = |profiles: &Self| -> HashMap<ConnectionId, Option<Drift>> {
            profiles.publishing.keys().map(|id| (*id, profiles.published(*id).map(|(_, drift)| drift))).collect()
        };
        let before = drift(self);
        self.file = Remote::Ready(file);
        let after = drift(self);
        for (id, publishing) in &mut self.publishing {
            if before.get(id) != after.get(id) && !publishing.verification.waits() {
                publishing.verification = Asked::default();
            }
        }
    }

    /// The profiles of these connections.
    pub fn names_of(&self, ids: &[ConnectionId]) -> Vec<String> {
        self.published.iter().filter(|(id, _)| ids.contains(id)).map(|(_, name)| name.clone()).collect()
    }

    /// The file has not been requested yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self.file, Remote::NotAsked)
    }

    pub fn publishing(&self, id: ConnectionId) -> Option<&Publishing> {
        self.publishing.get(&id)
    }

    pub fn publishing_mut(&mut self, id: ConnectionId) -> Option<&mut Publishing> {
        self.publishing.get_mut(&id)
    }

    /// A change is being written or undone.
    pub fn is_changing(&self) -> bool {
        self.applying.is_some() || self.restoring
    }

    pub fn is_restoring(&self) -> bool {
        self.restoring
    }

    /// The connection's profile and its drift. If there are several, the one with the typed name.
    pub fn published(&self, id: ConnectionId) -> Option<(&ProfileLine, Drift)> {
        let typed = self.publishing(id).map_or("", |publishing| publishing.name.trim());
        self.all_published(id).find(|(line, _)| line.name == typed).or_else(|| self.all_published(id).next())
    }

    /// It can be published under several names.
    pub fn all_published(&self, id: ConnectionId) -> impl Iterator<Item = (&ProfileLine, Drift)> {
        let lines = self.file.value().map(|file| file.profiles.as_slice()).unwrap_or_default();
        lines.iter().filter_map(move |line| line.published.filter(|(of, _)| *of == id).map(|(_, drift)| (line, drift)))
    }

    /// The profile's tokens in the Databricks CLI's keyring entries.
    pub fn cli_token(&self, id: ConnectionId) -> Option<&CliTokenState> {
        self.cli_tokens.iter().find(|token| token.connection == id).map(|token| &token.state)
    }

    /// There is another profile of this name, which publishing would replace.
    pub fn other_of_name(&self, id: ConnectionId, name: &str) -> Option<&ProfileLine> {
        let lines = &self.file.value()?.profiles;
        lines.iter().find(|line| line.name == name && line.published.is_none_or(|(of, _)| of != id))
    }
}

impl Profiles {
    /// Reads the file.
    pub fn list() -> Ask {
        ask(ListProfiles, |state, outcome, _| state.export.profiles_loaded(outcome, &state.connections, state.view.page()))
    }

    /// Reads the file, then plans the publication.
    pub(super) fn load(&mut self, id: ConnectionId) -> Output {
        self.publishing.entry(id).or_default();
        self.file.asked();
        Self::list().into()
    }

    pub fn type_name(&mut self, id: ConnectionId, name: String, now: Timestamp) {
        let publishing = self.publishing.entry(id).or_default();
        if publishing.name != name {
            publishing.name = name;
            publishing.typed = true;
            publishing.intent = Intent::Publish;
            publishing.trouble = None;
            publishing.agreed = false;
            publishing.due = Some(now + PAUSE);
        }
    }

    pub(super) fn tick(&mut self, id: ConnectionId, now: Timestamp) -> Output {
        let due = self.next_tick(id).is_some_and(|due| due <= now);
        if due { self.plan_publishing(id) } else { Output::none() }
    }

    pub(super) fn next_tick(&self, id: ConnectionId) -> Option<Timestamp> {
        self.publishing(id)?.due
    }

    /// *Set as default profile*, *Unpublish*: the change is shown first.
    pub fn plan_for(&mut self, id: ConnectionId, intent: Intent) -> Output {
        let Some(publishing) = self.publishing.get_mut(&id) else { return Output::none() };
        publishing.trouble = None;
        publishing.plan = Asked::default();
        self.plan(id, intent)
    }

    /// Back to the planned publication.
    pub fn leave_plan(&mut self, id: ConnectionId) -> Output {
        if let Some(publishing) = self.publishing.get_mut(&id) {
            publishing.plan = Asked::default();
        }
        self.plan_publishing(id)
    }

    /// Plans the publication for the current file and name.
    fn plan_publishing(&mut self, id: ConnectionId) -> Output {
        let run = RunId::next();
        let Some(publishing) = self.publishing.get_mut(&id) else { return Output::none() };
        publishing.due = None;
        publishing.intent = Intent::Publish;
        if publishing.unfit().is_some() {
            publishing.plan = Asked::default();
            return Output::none();
        }
        publishing.plan.asked(run);
        let request = PlanPublish { id, profile: publishing.name.trim().to_owned() };
        ask(request, move |state, outcome, _| state.export.profiles.planned(id, run, outcome)).into()
    }

    fn plan(&mut self, id: ConnectionId, intent: Intent) -> Output {
        let Some(profile) = self.published(id).map(|(line, _)| line.name.clone()) else { return self.plan_publishing(id) };
        let edit = match intent {
            Intent::Publish => return self.plan_publishing(id),
            Intent::Default => Edit::Default { profile },
            Intent::Unpublish => Edit::Remove { profile, former: None },
        };
        let run = RunId::next();
        let Some(publishing) = self.publishing.get_mut(&id) else { return Output::none() };
        publishing.intent = intent;
        publishing.due = None;
        publishing.plan.asked(run);
        ask(PlanEdit { edit }, move |state, outcome, _| state.export.profiles.planned(id, run, outcome)).into()
    }

    /// Makes exactly the change that is shown.
    pub fn apply(&mut self, id: ConnectionId) -> Output {
        if self.is_changing() {
            return Output::none();
        }
        let run = RunId::next();
        let Some(publishing) = self.publishing.get_mut(&id) else { return Output::none() };
        let Some(mut plan) = publishing.change().cloned().filter(|_| publishing.is_ready()) else { return Output::none() };
        plan.agreed = std::mem::take(&mut publishing.agreed);
        publishing.trouble = None;
        publishing.verification = Asked::default();
        self.applying = Some((run, id, publishing.intent));
        ask(ApplyPlan { plan }, move |state, outcome, _| state.export.plan_applied(run, outcome, &state.connections, state.view.page()))
            .into()
    }

    /// *Undo*.
    pub fn restore(&mut self) -> Output {
        if self.is_changing() || !self.file.value().is_some_and(|file| file.backup) {
            return Output::none();
        }
        self.restoring = true;
        ask(RestoreProfiles, |state, outcome, _| state.export.profiles_restored(outcome, &state.connections, state.view.page())).into()
    }

    /// *Keep file version*: accepts the changes that another program made.
    pub fn keep_file_version(&self, id: ConnectionId) -> Output {
        self.settle(id, |profile| KeepProfile { profile })
    }

    /// *Stop tracking*: the section no longer belongs to a connection.
    pub fn stop_tracking(&self, id: ConnectionId) -> Output {
        self.settle(id, |profile| ForgetProfile { profile })
    }

    fn settle<R: Request<Answer = ProfilesFile>>(&self, id: ConnectionId, request: impl FnOnce(String) -> R) -> Output {
        let Some(profile) = self.published(id).map(|(line, _)| line.name.clone()) else { return Output::none() };
        ask(request(profile), |state, outcome, _| state.export.profiles_loaded(outcome, &state.connections, state.view.page())).into()
    }

    /// *Verify*.
    pub fn verify(&mut self, id: ConnectionId) -> Output {
        let Some(profile) = self.published(id).map(|(line, _)| line.name.clone()) else { return Output::none() };
        let run = RunId::next();
        let Some(publishing) = self.publishing.get_mut(&id) else { return Output::none() };
        if publishing.verification.waits() {
            return Output::none();
        }
        let (request, cancel) =
            ask_cancellable(VerifyProfile { id, profile }, move |state, outcome, _| state.export.profiles.verified(run, id, outcome));
        publishing.verification = Asked::default();
        publishing.verification.asked_cancellable(run, cancel);
        request.into()
    }

    /// The person stops waiting for the tools.
    pub fn cancel_verification(&mut self, id: ConnectionId) {
        if let Some(publishing) = self.publishing.get_mut(&id) {
            publishing.verification.cancel();
        }
    }

    pub(super) fn forget(&mut self, id: ConnectionId) {
        self.publishing.remove(&id);
    }
}
