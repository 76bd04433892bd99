//! Personal access tokens: listed, made, used, revoked, rotated. What has begun to change something in the workspace is brought to its end,
//! whatever becomes of the window.

mod account;
mod interrupted;
mod list;
mod make;
mod mark;
mod notes;
mod removed;
mod rotate;
mod words;

use tokio::sync::{mpsc, oneshot};

pub use self::{
    interrupted::interrupted_token_changes,
    list::{ListTokens, RevokeTokens, RevokedTokens, TokenList},
    make::{GenerateToken, UseToken},
    mark::{default_comment, without as comment_without_mark},
    removed::{NotRevocable, revocable_token},
    rotate::{RotateToken, Rotated},
};
pub(super) use self::{
    list::{gone, in_use},
    notes::{expiring, tell as tell_notes, with_ends},
    removed::{Parting, revoke_removed},
    words::accounts_have_none,
};
use super::lane::{Job, NotStored, StoreToken};

/// In its turn among everything else that is stored.
fn store(lane: &mpsc::WeakUnboundedSender<Job>, token: StoreToken) -> impl Future<Output = Result<(), NotStored>> + Send + use<> {
    let (answer, answered) = oneshot::channel();
    if let Some(lane) = lane.upgrade() {
        // A lane that has ended drops it, which is an answer.
        let _ = lane.send(Job::StoreToken(Box::new(token), answer));
    }
    async move { answered.await.unwrap_or_else(|_| Err(NotStored::crashed())) }
}
