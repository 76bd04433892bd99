//! A desk whose connections are published in the `.databrickscfg` of its home.

use std::{fs, path::PathBuf};

use brickpass_core::{
    connection::{Connection, Draft},
    failure::Failure,
};
use brickpass_engine::{ActivityEntry, Command, Drift, Event, Places, Plan, ProfilesFile, RunId};
use brickpass_interchange::databrickscfg::Edit;

use super::{HELPER, HOST, TOKEN, put};
use crate::support::{
    Home,
    desk::{self, World, by_token, form, in_memory},
};

pub const RUN: RunId = RunId(7);

pub struct Profiles;

/// Its tests put secrets into the file themselves, and look after them.
impl World for Profiles {}

pub type Desk = desk::Desk<Profiles>;

impl Desk {
    pub fn new() -> Self {
        Self::start(Home::new(), Profiles, |home| {
            let databrickscfg = Some(home.path().join(".databrickscfg"));
            Places { databrickscfg, helper: HELPER.to_owned(), ..in_memory(home) }
        })
    }

    pub fn path(&self) -> PathBuf {
        self.home.path().join(".databrickscfg")
    }

    /// As another program writes it.
    pub fn put(&self, text: &str) {
        put(&self.path(), text);
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    pub fn saved(&mut self, name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
        self.save(form(name, |draft| {
            by_token(HOST, TOKEN)(draft);
            change(draft);
        }))
    }

    pub fn profiles(&mut self, command: Command) -> Result<Box<ProfilesFile>, Failure> {
        self.send(command);
        self.until(|event| if let Event::Profiles(outcome) = event { Some(outcome) } else { None })
    }

    pub fn list(&mut self) -> ProfilesFile {
        *self.profiles(Command::ListProfiles).unwrap()
    }

    pub fn drift(&mut self, profile: &str) -> Option<Drift> {
        self.list().profiles.iter().find(|line| line.name == profile)?.published.map(|(_, drift)| drift)
    }

    pub fn plan(&mut self, command: Command) -> Result<Box<Plan>, Failure> {
        self.send(command);
        self.until(|event| if let Event::Planned { run: RUN, outcome } = event { Some(outcome) } else { None })
    }

    /// As somebody who agrees to whatever the change replaces.
    pub fn apply(&mut self, mut plan: Box<Plan>) -> Result<Box<ProfilesFile>, Failure> {
        plan.agreed = true;
        self.apply_unasked(plan)
    }

    pub fn apply_unasked(&mut self, plan: Box<Plan>) -> Result<Box<ProfilesFile>, Failure> {
        self.send(Command::ApplyPlan { run: RUN, plan });
        self.until(|event| if let Event::PlanApplied { run: RUN, outcome } = event { Some(outcome) } else { None })
    }

    pub fn publish(&mut self, connection: &Connection, profile: &str) -> ProfilesFile {
        let plan = self.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: profile.into() }).unwrap();
        *self.apply(plan).unwrap()
    }

    pub fn unpublish(&mut self, profile: &str) -> Plan {
        let plan = self.plan(Command::PlanEdit { run: RUN, edit: Edit::Remove { profile: profile.into(), former: None } }).unwrap();
        self.apply_unasked(plan.clone()).unwrap();
        *plan
    }

    pub fn edit(&mut self, edit: Edit) -> Result<Box<ProfilesFile>, Failure> {
        let plan = self.plan(Command::PlanEdit { run: RUN, edit })?;
        self.apply(plan)
    }

    pub fn activity(&mut self) -> Vec<ActivityEntry> {
        self.send(Command::ReadActivity);
        self.until(|event| if let Event::Activity { outcome } = event { Some(outcome.unwrap()) } else { None })
    }
}
