//! What the file is, and what became of its changes.

use super::{Intent, Publishing};
use crate::ui::{
    state::{Notice, Remote, State},
    text::export as words,
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{Command, Event, ProfilesFile, RunId, TakenOut};
use brickpass_interchange::databrickscfg::ProfileName;

impl State {
    pub(in crate::ui::state) fn profiles_event(&mut self, event: Event) -> Vec<Command> {
        match event {
            Event::Profiles(outcome) => self.profiles_came(outcome),
            Event::Published(published) => {
                self.profiles.published = published;
                Vec::new()
            }
            Event::Unpublished { outcome: Ok(taken_out), .. } => self.unpublished(&taken_out),
            Event::Unpublished { outcome: Err(failure), .. } => {
                self.notices.push(Notice::Failure(failure));
                Vec::new()
            }
            Event::CliTokens { tokens, .. } => {
                self.profiles.cli_tokens = tokens;
                Vec::new()
            }
            Event::Planned { run, outcome } => {
                let waiting = self.profiles.publishing.values_mut().find(|publishing| publishing.plan.is_run(run));
                if let Some(publishing) = waiting {
                    publishing.plan.answered(run, outcome);
                    // Of what is shown now, nobody has agreed to anything.
                    publishing.agreed = false;
                }
                Vec::new()
            }
            Event::PlanApplied { run, outcome } => self.plan_applied(run, outcome),
            _ => Vec::new(),
        }
    }

    /// The profiles of connections that were deleted.
    fn unpublished(&mut self, taken_out: &TakenOut) -> Vec<Command> {
        if !taken_out.profiles.is_empty() {
            self.notices.push(Notice::Done(words::taken_out(&taken_out.profiles, &taken_out.notes)));
        }
        if self.profiles.is_unknown() { Vec::new() } else { vec![Command::ListProfiles] }
    }

    fn profiles_came(&mut self, outcome: Result<Box<ProfilesFile>, Failure>) -> Vec<Command> {
        let restored = std::mem::take(&mut self.profiles.restoring);
        match outcome {
            Ok(file) => {
                self.profiles.now_is(file);
                if restored {
                    self.notices.push(Notice::Done(words::RESTORED.to_owned()));
                }
            }
            Err(failure) if restored => {
                self.profiles_trouble(failure);
                return Vec::new();
            }
            Err(failure) => {
                self.profiles.file.failed(failure);
                return Vec::new();
            }
        }
        self.follow_profiles()
    }

    /// Names that nobody typed follow the file; what would change is asked for anew.
    fn follow_profiles(&mut self) -> Vec<Command> {
        let Some((id, usual)) = self.handed_over().map(|connection| (connection.id, ProfileName::of(&connection.name))) else {
            return Vec::new();
        };
        let published = self.profiles.published(id).map(|(line, _)| line.name.clone());
        let publishing = self.profiles.publishing.entry(id).or_default();
        if !publishing.typed {
            publishing.name = published.unwrap_or_else(|| usual.as_str().to_owned());
        }
        // The question that is open is asked again, of the file as it is now.
        let intent = publishing.intent;
        if self.shows_profile_of(id) { self.plan(id, intent) } else { Vec::new() }
    }

    fn plan_applied(&mut self, run: RunId, outcome: Result<Box<ProfilesFile>, Failure>) -> Vec<Command> {
        let Some((_, id, intent)) = self.profiles.applying.take_if(|(applying, ..)| *applying == run) else { return Vec::new() };
        let name = self.profiles.publishing(id).map(|publishing| publishing.name.trim().to_owned()).unwrap_or_default();
        match outcome {
            Ok(file) => {
                self.profiles.file = Remote::Ready(file);
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
                // It is shown again as it is now.
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

    /// In its place where that is in view, else in passing.
    fn trouble_of(&mut self, id: ConnectionId, failure: Failure) {
        if !self.shows_profile_of(id) {
            self.notices.push(Notice::Failure(failure.clone()));
        }
        self.profiles.publishing.entry(id).or_default().trouble = Some(failure);
    }

    pub(in crate::ui::state) fn proved(&mut self, event: Event) {
        if let Event::Proved { run, id, outcome } = event
            && let Some(publishing) = self.profiles.publishing.get_mut(&id)
        {
            publishing.proof.answered(run, outcome);
        }
    }

    pub(in crate::ui::state) fn publishing_crashed(&mut self, failure: &Failure) {
        for Publishing { plan, proof, .. } in self.profiles.publishing.values_mut() {
            plan.crashed(failure);
            proof.crashed(failure);
        }
        if let Some((_, id, _)) = self.profiles.applying.take() {
            self.trouble_of(id, failure.clone());
        }
        self.profiles.restoring = false;
        if matches!(self.profiles.file, Remote::Pending { .. }) {
            self.profiles.file.failed(failure.clone());
        }
    }
}
