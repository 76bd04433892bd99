//! Answers of the fake engine about the Databricks CLI's file: that of the export, if there is one, otherwise that of the
//! imports.

use super::{Inner, import::planned};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{
    Applied, ApplyPlan, Ask, Drift, ForgetProfile, KeepProfile, ListProfiles, Plan, PlanEdit, PlanPublish, ProfileLine, ProfilesFile,
    RestoreProfiles, TakenOut, Unpublish,
};
use brickpass_interchange::databrickscfg::{Edit, ProfileName};

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_profiles(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, ListProfiles| inner.profiles_file())?;
        let ask = self.on(ask, Self::plan_publish)?;
        let ask = self.on(ask, Self::plan_edit)?;
        let ask = self.on(ask, Self::apply_plan)?;
        let ask = self.on(ask, Self::keep_profile)?;
        let ask = self.on(ask, Self::forget_profile)?;
        let ask = self.on(ask, Self::restore_profiles)?;
        self.on(ask, |_, Unpublish { .. }| Ok(TakenOut { profiles: vec!["sales".to_owned()], ..TakenOut::default() }))
    }

    fn profiles_file(&self) -> Result<ProfilesFile, Failure> {
        if !self.tools.has_file {
            return Ok(self.around.file());
        }
        self.tools.read_failure.clone().map_or_else(|| Ok(self.tools.file.clone()), Err)
    }

    fn plan_publish(&mut self, PlanPublish { id, profile }: PlanPublish) -> Result<Plan, Failure> {
        if !self.tools.has_file {
            // Names of profiles are validated elsewhere.
            return Ok(planned(Edit::RemoveKeys { profile, keys: vec!["token".to_owned()] }, Some(id)));
        }
        let profile = ProfileName::parse(&profile).unwrap();
        let plan = self.tools.plan(Edit::Put { profile, keys: Vec::new() }, Some(id));
        self.tools.plan_failure.clone().map_or(Ok(plan), Err)
    }

    fn plan_edit(&mut self, PlanEdit { edit }: PlanEdit) -> Result<Plan, Failure> {
        Ok(if self.tools.has_file { self.tools.plan(edit, None) } else { planned(self.around.stood_for(edit), None) })
    }

    fn apply_plan(&mut self, ApplyPlan { plan }: ApplyPlan) -> Result<Applied, Failure> {
        if self.tools.has_file {
            if let Some(failure) = self.tools.apply_failure.take() {
                return Err(failure);
            }
            self.tools.apply(&plan);
            return Ok(Applied { file: self.tools.file.clone(), not_remembered: None });
        }
        if std::mem::take(&mut self.around.changes_meanwhile) {
            return Err(Failure::new(Code::Conflict, "The file was changed meanwhile.", "Another program.", "Look again."));
        }
        self.around.before = Some(self.around.profiles.clone());
        self.around.moved(&plan.edit);
        Ok(Applied { file: self.around.file(), not_remembered: None })
    }

    fn keep_profile(&mut self, KeepProfile { profile }: KeepProfile) -> Result<ProfilesFile, Failure> {
        self.each_line(&profile, |line| line.published = line.published.map(|(id, _)| (id, Drift::Same)));
        self.profiles_file()
    }

    fn forget_profile(&mut self, ForgetProfile { profile }: ForgetProfile) -> Result<ProfilesFile, Failure> {
        self.each_line(&profile, |line| line.published = None);
        self.profiles_file()
    }

    fn each_line(&mut self, profile: &str, change: impl FnMut(&mut ProfileLine)) {
        self.tools.file.profiles.iter_mut().filter(|line| line.name == profile).for_each(change);
    }

    fn restore_profiles(&mut self, _: RestoreProfiles) -> Result<ProfilesFile, Failure> {
        if self.tools.has_file {
            self.tools.file = self.tools.before.take().unwrap_or_else(|| self.tools.file.clone());
        } else if let Some(before) = self.around.before.take() {
            self.around.profiles = before;
        }
        self.profiles_file()
    }
}
