//! *Move secrets out of this file*: replaces the secrets of profiles that are now in the vault with a reference. A separate step,
//! shown as a diff first, and undone with one click.

use crate::ui::state::RunId;
use crate::ui::state::{Dialog, Notice, State, ask::ask};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{Applied, ApplyPlan, Ask, Plan, PlanEdit, ProfilesFile, RestoreProfiles};
use brickpass_interchange::databrickscfg::Edit;

#[derive(Debug)]
pub struct Moving {
    pub profiles: Vec<(ConnectionId, String)>,
    pub stage: MovingStage,
    pub failure: Option<Failure>,
    /// The number of profiles in the confirmed change.
    pub moved: usize,
}

#[derive(Debug)]
pub enum MovingStage {
    /// The change is being planned.
    Planning(RunId),
    Planned(Box<Plan>),
    Applying {
        run: RunId,
        plan: Box<Plan>,
    },
    Moved,
    Undoing,
    Undone,
    /// It could not be planned.
    Failed,
}

impl Moving {
    /// Waits for the engine.
    pub fn waits(&self) -> bool {
        match self.stage {
            MovingStage::Planning(_) | MovingStage::Applying { .. } | MovingStage::Undoing => true,
            MovingStage::Planned(_) | MovingStage::Moved | MovingStage::Undone | MovingStage::Failed => false,
        }
    }

    fn run(&self) -> Option<RunId> {
        match self.stage {
            MovingStage::Planning(run) | MovingStage::Applying { run, .. } => Some(run),
            _ => None,
        }
    }
}

impl State {
    /// From the result of an import: shows the change. Nothing is written.
    pub fn ask_to_move_secrets(&mut self, profiles: Vec<(ConnectionId, String)>) -> Vec<Ask> {
        if profiles.is_empty() {
            return Vec::new();
        }
        self.dialog = Some(Dialog::MoveSecrets(Box::new(Moving { profiles, stage: MovingStage::Failed, failure: None, moved: 0 })));
        self.plan_moving()
    }

    /// Plans the change, again if it was planned before.
    pub fn plan_moving(&mut self) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::MoveSecrets(moving)) = &mut self.dialog else { return Vec::new() };
        if moving.waits() {
            return Vec::new();
        }
        moving.failure = None;
        moving.stage = MovingStage::Planning(run);
        let without = |(id, profile): &(ConnectionId, String)| (Some(*id), Edit::RemoveKeys { profile: profile.clone(), keys: Vec::new() });
        let edit = Edit::Several(moving.profiles.iter().map(without).collect());
        vec![ask(PlanEdit { edit }, move |state, outcome, _| state.moving_planned(run, outcome))]
    }

    pub fn move_secrets(&mut self) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::MoveSecrets(moving)) = &mut self.dialog else { return Vec::new() };
        match std::mem::replace(&mut moving.stage, MovingStage::Failed) {
            MovingStage::Planned(plan) => {
                moving.moved = plan.edit.published();
                moving.stage = MovingStage::Applying { run, plan: plan.clone() };
                vec![ask(ApplyPlan { plan: *plan }, move |state, outcome, _| state.moving_applied(run, outcome))]
            }
            other => {
                moving.stage = other;
                Vec::new()
            }
        }
    }

    /// Restores the previous file.
    pub fn undo_moving(&mut self) -> Vec<Ask> {
        let Some(Dialog::MoveSecrets(moving)) = &mut self.dialog else { return Vec::new() };
        if !matches!(moving.stage, MovingStage::Moved) {
            return Vec::new();
        }
        moving.failure = None;
        moving.stage = MovingStage::Undoing;
        vec![ask(RestoreProfiles, |state, outcome, _| state.moving_undone(outcome))]
    }

    /// The dialog, if it requested this.
    fn moving(&mut self, run: RunId) -> Option<&mut Moving> {
        match &mut self.dialog {
            Some(Dialog::MoveSecrets(moving)) if moving.run() == Some(run) => Some(moving),
            _ => None,
        }
    }

    fn moving_planned(&mut self, run: RunId, outcome: Result<Plan, Failure>) -> Vec<Ask> {
        let Some(moving) = self.moving(run) else { return Vec::new() };
        match outcome {
            Ok(plan) => moving.stage = MovingStage::Planned(Box::new(plan)),
            Err(failure) => {
                moving.stage = MovingStage::Failed;
                moving.failure = Some(failure);
            }
        }
        Vec::new()
    }

    fn moving_applied(&mut self, run: RunId, outcome: Result<Applied, Failure>) -> Vec<Ask> {
        let Applied { file, not_remembered } = match outcome {
            Ok(applied) => applied,
            Err(failure) => {
                match self.moving(run) {
                    Some(moving) => (moving.stage, moving.failure) = (MovingStage::Failed, Some(failure)),
                    None => self.notices.push(Notice::Failure(failure)),
                }
                return Vec::new();
            }
        };
        if let Some(moving) = self.moving(run) {
            moving.stage = MovingStage::Moved;
        }
        self.notices.extend(not_remembered.map(Notice::Failure));
        self.profiles_came(Ok(file))
    }

    fn moving_undone(&mut self, outcome: Result<ProfilesFile, Failure>) -> Vec<Ask> {
        if let Some(Dialog::MoveSecrets(moving)) = &mut self.dialog
            && matches!(moving.stage, MovingStage::Undoing)
        {
            (moving.stage, moving.failure) = match &outcome {
                Ok(_) => (MovingStage::Undone, None),
                Err(failure) => (MovingStage::Moved, Some(failure.clone())),
            };
        } else {
            self.notices.extend(outcome.as_ref().err().cloned().map(Notice::Failure));
        }
        self.profiles_came(outcome)
    }
}
