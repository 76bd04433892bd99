//! A desk whose connections are published in the `.databrickscfg` of its home.

use std::{fs, path::PathBuf};

use brickpass_core::{
    connection::{Connection, Draft},
    failure::Failure,
};
use brickpass_engine::{ActivityEntry, ApplyPlan, Drift, ListProfiles, Places, Plan, PlanEdit, PlanPublish, ProfilesFile, ReadActivity};
use brickpass_interchange::databrickscfg::Edit;

use super::{HELPER, HOST, TOKEN, put};
use crate::support::{
    Home,
    desk::{self, World, by_token, form, in_memory},
};

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

    pub fn list(&mut self) -> ProfilesFile {
        self.ask(ListProfiles).unwrap()
    }

    pub fn drift(&mut self, profile: &str) -> Option<Drift> {
        self.list().profiles.iter().find(|line| line.name == profile)?.published.map(|(_, drift)| drift)
    }

    pub fn plan_publish(&mut self, connection: &Connection, profile: &str) -> Result<Plan, Failure> {
        self.ask(PlanPublish { id: connection.id, profile: profile.into() })
    }

    /// As somebody who agrees to whatever the change replaces.
    pub fn apply(&mut self, mut plan: Plan) -> Result<ProfilesFile, Failure> {
        plan.agreed = true;
        self.apply_unasked(plan)
    }

    pub fn apply_unasked(&mut self, plan: Plan) -> Result<ProfilesFile, Failure> {
        let applied = self.ask(ApplyPlan { plan })?;
        applied.not_remembered.map_or(Ok(applied.file), Err)
    }

    pub fn publish(&mut self, connection: &Connection, profile: &str) -> ProfilesFile {
        let plan = self.plan_publish(connection, profile).unwrap();
        self.apply(plan).unwrap()
    }

    pub fn unpublish(&mut self, profile: &str) -> Plan {
        let plan = self.ask(PlanEdit { edit: Edit::Remove { profile: profile.into(), former: None } }).unwrap();
        self.apply_unasked(plan.clone()).unwrap();
        plan
    }

    pub fn edit(&mut self, edit: Edit) -> Result<ProfilesFile, Failure> {
        let plan = self.ask(PlanEdit { edit })?;
        self.apply(plan)
    }

    pub fn activity(&mut self) -> Vec<ActivityEntry> {
        self.ask(ReadActivity).unwrap()
    }
}
