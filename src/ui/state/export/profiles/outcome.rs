//! The state of the file, and the results of its changes.

use super::{Intent, Profiles};
use crate::ui::{
    state::{Connections, Export, Notice, Output, Page, Remote, RunId, Tool},
    text::export as words,
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{Applied, Event, Plan, ProfilesFile, TakenOut, Verification};
use brickpass_interchange::databrickscfg::ProfileName;

impl Export {
    /// The connection whose profile the window shows.
    fn shown_profile(&self, connections: &Connections, page: Page) -> Option<ConnectionId> {
        let shown = page == Page::Export && self.tool == Tool::Profile;
        connections.exportable().filter(|_| shown).map(|connection| connection.id)
    }

    /// If they are visible, and no change is running.
    pub fn reload_shown_profiles(&mut self, connections: &Connections, page: Page) -> Output {
        let shown = self.shown_profile(connections, page).filter(|_| !self.profiles.is_changing());
        shown.map(|id| self.profiles.load(id)).unwrap_or_default()
    }

    pub fn profiles_loaded(&mut self, outcome: Result<ProfilesFile, Failure>, connections: &Connections, page: Page) -> Output {
        match outcome {
            Ok(file) => {
                self.profiles.replace_file(file);
                self.follow_file(connections, page)
            }
            Err(failure) => {
                self.profiles.file.failed(failure);
                Output::none()
            }
        }
    }

    pub(super) fn profiles_restored(&mut self, outcome: Result<ProfilesFile, Failure>, connections: &Connections, page: Page) -> Output {
        self.profiles.restoring = false;
        match outcome {
            Ok(file) => {
                self.profiles.replace_file(file);
                Output::from(Notice::Done(words::RESTORED.to_owned())).and(self.follow_file(connections, page))
            }
            Err(failure) => match connections.exportable().map(|connection| connection.id) {
                Some(id) => self.profile_failed(id, failure, connections, page),
                None => Notice::Failure(failure).into(),
            },
        }
    }

    /// Default names follow the file; the change is planned again.
    fn follow_file(&mut self, connections: &Connections, page: Page) -> Output {
        let Some((id, usual)) = connections.exportable().map(|connection| (connection.id, ProfileName::of(&connection.name))) else {
            return Output::none();
        };
        let published = self.profiles.published(id).map(|(line, _)| line.name.clone());
        let publishing = self.profiles.publishing.entry(id).or_default();
        if !publishing.typed {
            publishing.name = published.unwrap_or_else(|| usual.as_str().to_owned());
        }
        // An open confirmation is shown again for the current file.
        let intent = publishing.intent;
        if self.shown_profile(connections, page) == Some(id) { self.profiles.plan(id, intent) } else { Output::none() }
    }

    pub(super) fn plan_applied(&mut self, run: RunId, outcome: Result<Applied, Failure>, connections: &Connections, page: Page) -> Output {
        let Some((_, id, intent)) = self.profiles.applying.take_if(|(applying, ..)| *applying == run) else { return Output::none() };
        let name = self.profiles.publishing(id).map(|publishing| publishing.name.trim().to_owned()).unwrap_or_default();
        match outcome {
            Ok(Applied { file, not_remembered }) => {
                self.profiles.file = Remote::Ready(file);
                let mut output = Output::from(not_remembered.map(Notice::Failure));
                output.notice(Notice::Done(match intent {
                    Intent::Publish => words::published_as(&name),
                    Intent::Default => words::is_default_now(&name),
                    Intent::Unpublish => words::unpublished(&name),
                }));
                if let Some(publishing) = self.profiles.publishing.get_mut(&id) {
                    publishing.typed = false;
                    publishing.intent = Intent::Publish;
                }
                output.and(self.follow_file(connections, page))
            }
            Err(failure) => {
                let changed = failure.code == Code::Conflict;
                let output = self.profile_failed(id, failure, connections, page);
                // It is shown again in its current state.
                if changed { output.and(self.profiles.load(id)) } else { output }
            }
        }
    }

    /// Shown in its place if that is visible, otherwise as a toast.
    fn profile_failed(&mut self, id: ConnectionId, failure: Failure, connections: &Connections, page: Page) -> Output {
        let notice = (self.shown_profile(connections, page) != Some(id)).then(|| Notice::Failure(failure.clone()));
        self.profiles.publishing.entry(id).or_default().trouble = Some(failure);
        notice.into()
    }
}

impl Profiles {
    /// Events that no request asked for.
    pub(in crate::ui::state) fn profiles_event(&mut self, event: Event) {
        match event {
            Event::Published(published) => self.published = published,
            Event::CliTokens { tokens, .. } => self.cli_tokens = tokens,
            _ => {}
        }
    }

    /// The profiles of connections that were deleted.
    pub(in crate::ui::state) fn unpublished(&self, outcome: Result<TakenOut, Failure>) -> Output {
        match outcome {
            Ok(TakenOut { profiles, notes, not_remembered }) => {
                let mut output = Output::from(not_remembered.map(Notice::Failure));
                if !profiles.is_empty() {
                    output.notice(Notice::Done(words::taken_out(&profiles, &notes)));
                }
                if !self.is_unknown() {
                    output.request(Self::list());
                }
                output
            }
            Err(failure) => Notice::Failure(failure).into(),
        }
    }

    pub(super) fn planned(&mut self, id: ConnectionId, run: RunId, outcome: Result<Plan, Failure>) {
        if let Some(publishing) = self.publishing.get_mut(&id)
            && publishing.plan.answered(run, outcome)
        {
            // What is shown now has not been confirmed.
            publishing.agreed = false;
        }
    }

    pub(super) fn verified(&mut self, run: RunId, id: ConnectionId, outcome: Result<Vec<Result<Verification, Failure>>, Failure>) {
        if let Some(publishing) = self.publishing.get_mut(&id) {
            publishing.verification.answered(run, outcome);
        }
    }
}
