//! The state of the file, and the results of its changes.

use super::Intent;
use crate::ui::state::RunId;
use crate::ui::{
    state::{Notice, Remote, State},
    text::export as words,
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{Applied, Ask, Event, Plan, ProfilesFile, TakenOut, Verification};
use brickpass_interchange::databrickscfg::ProfileName;

impl State {
    /// Events that no request asked for.
    pub(in crate::ui::state) fn profiles_event(&mut self, event: Event) {
        match event {
            Event::Published(published) => self.profiles.published = published,
            Event::CliTokens { tokens, .. } => self.profiles.cli_tokens = tokens,
            _ => {}
        }
    }

    pub(super) fn publishing_planned(&mut self, id: ConnectionId, run: RunId, outcome: Result<Plan, Failure>) -> Vec<Ask> {
        if let Some(publishing) = self.profiles.publishing.get_mut(&id)
            && publishing.plan.answered(run, outcome)
        {
            // What is shown now has not been confirmed.
            publishing.agreed = false;
        }
        Vec::new()
    }

    /// The profiles of connections that were deleted.
    pub(in crate::ui::state) fn unpublished(&mut self, outcome: Result<TakenOut, Failure>) -> Vec<Ask> {
        match outcome {
            Ok(TakenOut { profiles, notes, not_remembered }) => {
                self.notices.extend(not_remembered.map(Notice::Failure));
                if !profiles.is_empty() {
                    self.notices.push(Notice::Done(words::taken_out(&profiles, &notes)));
                }
                if self.profiles.is_unknown() { Vec::new() } else { vec![super::list()] }
            }
            Err(failure) => {
                self.notices.push(Notice::Failure(failure));
                Vec::new()
            }
        }
    }

    pub(in crate::ui::state) fn profiles_came(&mut self, outcome: Result<ProfilesFile, Failure>) -> Vec<Ask> {
        match outcome {
            Ok(file) => {
                self.profiles.now_is(file);
                self.follow_profiles()
            }
            Err(failure) => {
                self.profiles.file.failed(failure);
                Vec::new()
            }
        }
    }

    pub(super) fn profiles_restored(&mut self, outcome: Result<ProfilesFile, Failure>) -> Vec<Ask> {
        self.profiles.restoring = false;
        match outcome {
            Ok(file) => {
                self.profiles.now_is(file);
                self.notices.push(Notice::Done(words::RESTORED.to_owned()));
                self.follow_profiles()
            }
            Err(failure) => {
                self.profiles_trouble(failure);
                Vec::new()
            }
        }
    }

    /// Default names follow the file; the change is planned again.
    fn follow_profiles(&mut self) -> Vec<Ask> {
        let Some((id, usual)) = self.handed_over().map(|connection| (connection.id, ProfileName::of(&connection.name))) else {
            return Vec::new();
        };
        let published = self.profiles.published(id).map(|(line, _)| line.name.clone());
        let publishing = self.profiles.publishing.entry(id).or_default();
        if !publishing.typed {
            publishing.name = published.unwrap_or_else(|| usual.as_str().to_owned());
        }
        // An open confirmation is shown again for the current file.
        let intent = publishing.intent;
        if self.shows_profile_of(id) { self.plan(id, intent) } else { Vec::new() }
    }

    pub(super) fn plan_applied(&mut self, run: RunId, outcome: Result<Applied, Failure>) -> Vec<Ask> {
        let Some((_, id, intent)) = self.profiles.applying.take_if(|(applying, ..)| *applying == run) else { return Vec::new() };
        let name = self.profiles.publishing(id).map(|publishing| publishing.name.trim().to_owned()).unwrap_or_default();
        match outcome {
            Ok(Applied { file, not_remembered }) => {
                self.profiles.file = Remote::Ready(file);
                self.notices.extend(not_remembered.map(Notice::Failure));
                self.notices.push(Notice::Done(match intent {
                    Intent::Publish => words::published_as(&name),
                    Intent::Default => words::is_default_now(&name),
                    Intent::Unpublish => words::unpublished(&name),
                }));
                if let Some(publishing) = self.profiles.publishing.get_mut(&id) {
                    publishing.typed = false;
                    publishing.intent = Intent::Publish;
                }
                self.follow_profiles()
            }
            Err(failure) => {
                let changed = failure.code == Code::Conflict;
                self.trouble_of(id, failure);
                // It is shown again in its current state.
                if changed { self.ask_for_profiles(id) } else { Vec::new() }
            }
        }
    }

    fn profiles_trouble(&mut self, failure: Failure) {
        match self.handed_over().map(|connection| connection.id) {
            Some(id) => self.trouble_of(id, failure),
            None => self.notices.push(Notice::Failure(failure)),
        }
    }

    /// Shown in its place if that is visible, otherwise as a toast.
    fn trouble_of(&mut self, id: ConnectionId, failure: Failure) {
        if !self.shows_profile_of(id) {
            self.notices.push(Notice::Failure(failure.clone()));
        }
        self.profiles.publishing.entry(id).or_default().trouble = Some(failure);
    }

    pub(super) fn profile_verified(&mut self, run: RunId, id: ConnectionId, outcome: Result<Vec<Result<Verification, Failure>>, Failure>) {
        if let Some(publishing) = self.profiles.publishing.get_mut(&id) {
            publishing.verification.answered(run, outcome);
        }
    }
}
