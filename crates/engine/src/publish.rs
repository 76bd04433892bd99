//! Profiles of `.databrickscfg`: which there are, what publishing a connection would change, and the change itself. The file belongs to other
//! programs: it is read again under its lock before every change, backed up, replaced whole, and keeps every byte that was not asked about.

mod apply;
mod helper_place;
mod known;
mod list;
mod now;
mod plan;
mod replaced;
mod secrets;
mod state;
mod unpublish;

pub use self::{
    apply::{Applied, ApplyPlan, ForgetProfile, KeepProfile, RestoreProfiles},
    known::{Drift, Orphan},
    list::{ListProfiles, ProfileLine, ProfilesFile},
    plan::{Plan, PlanEdit, PlanPublish},
    replaced::Replaced,
    unpublish::{TakenOut, Unpublish},
};
pub(super) use self::{
    now::{of_file, published_as, stands_for_another, tell_published},
    state::Publishing,
};
