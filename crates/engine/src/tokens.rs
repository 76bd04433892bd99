//! Personal access tokens: listed, made, used, revoked, rotated. What has begun to change something in the workspace is brought to its end,
//! whatever becomes of the window.

mod account;
mod interrupted;
mod list;
mod mark;
mod notes;
mod removed;
mod rotate;
mod words;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

pub use self::interrupted::interrupted_token_changes;
pub use self::mark::{default_comment, without as comment_without_mark};
pub use self::removed::{NotRevocable, revocable_token};
use self::{account::Account, interrupted::UnderWay, mark::Mark};
pub(super) use self::{
    list::{gone, in_use},
    notes::{expiring, tell as tell_notes, with_ends},
    removed::{Parting, revoke_removed},
    words::accounts_have_none,
};
use super::{
    Event, RunId,
    lane::{Job, NotStored, StoreToken},
    running::{Cancelled, Running, called_off},
    shared::Shared,
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{NewToken, TokenRequest};

/// All that run.
pub(super) struct Tokens {
    shared: Arc<Shared>,
    lane: mpsc::UnboundedSender<Job>,
    running: Running,
}

impl Tokens {
    pub(super) fn new(shared: Arc<Shared>, lane: mpsc::UnboundedSender<Job>) -> Self {
        Self { running: Running::new(Arc::clone(&shared)), shared, lane }
    }

    pub(super) fn list(&mut self, id: ConnectionId) {
        let shared = Arc::clone(&self.shared);
        self.running.aside(async move { list::tokens(&shared, id).await }, move |outcome| Event::Tokens { id, outcome });
    }

    pub(super) fn generate(&mut self, run: RunId, id: ConnectionId, request: TokenRequest) {
        let (shared, deserted) = (Arc::clone(&self.shared), self.running.deserted());
        let work = |cancelled: Cancelled| async move {
            let mut account = cancelled.or(Account::of(&shared, id)).await?;
            let mark = Mark::random();
            let under_way = UnderWay::begin(&shared, id, &mark, None).await?;
            let new = match account.make(&request, &mark).await {
                Ok(new) => new,
                Err(not_made) => {
                    if !not_made.may_be_there {
                        under_way.end().await;
                    }
                    return Err(not_made.failure);
                }
            };
            if deserted.yes() {
                // Nobody hears whether it was revoked, but at the next start.
                if account.revoke(&new.token.id).await.is_ok() {
                    under_way.end().await;
                }
                return Err(called_off());
            }
            under_way.end().await;
            Ok(new)
        };
        self.running.start(run, work, move |outcome| Event::TokenGenerated { run, id, outcome });
    }

    pub(super) fn adopt(&mut self, id: ConnectionId, new: NewToken) {
        let (shared, lane) = (Arc::clone(&self.shared), self.lane.downgrade());
        let work = async move {
            let under_way = UnderWay::adopting(&shared, id, &new).await?;
            match store(&lane, StoreToken { id, new, former: None }).await {
                Err(NotStored { failure, uncertain: true, .. }) => Err(failure),
                // Who asked has the value, and decides what becomes of the token.
                outcome => {
                    under_way.end().await;
                    outcome.map_err(|not_stored| not_stored.failure)
                }
            }
        };
        self.running.hold(work, move |outcome| Event::TokenUsed { id, outcome });
    }

    pub(super) fn revoke(&mut self, id: ConnectionId, token_ids: Vec<String>) {
        let shared = Arc::clone(&self.shared);
        let asked = token_ids.clone();
        let work = async move { Ok(list::revoke(&shared, id, token_ids).await) };
        self.running.hold(work, move |outcome| {
            let (revoked, failed) = outcome.unwrap_or_else(|failure: Failure| {
                let failed = asked.into_iter().map(|token_id| (token_id, failure.clone()));
                (Vec::new(), failed.collect())
            });
            Event::TokensRevoked { id, revoked, failed }
        });
    }

    pub(super) fn rotate(&mut self, run: RunId, id: ConnectionId, request: TokenRequest) {
        let (shared, lane) = (Arc::clone(&self.shared), self.lane.downgrade());
        let work = |cancelled: Cancelled| async move {
            let account = cancelled.or(Account::of(&shared, id)).await?;
            rotate::rotate(account, request, |token| store(&lane, token)).await
        };
        self.running.start(run, work, move |outcome| Event::TokenRotated { run, id, outcome });
    }

    pub(super) fn cancel(&mut self, run: RunId) {
        self.running.cancel(run);
    }

    /// See [`Running::landed`].
    pub(super) async fn landed(self, deserted: bool) {
        self.running.landed(deserted).await;
    }
}

/// In its turn among everything else that is stored.
fn store(lane: &mpsc::WeakUnboundedSender<Job>, token: StoreToken) -> impl Future<Output = Result<(), NotStored>> + Send + use<> {
    let (answer, answered) = oneshot::channel();
    if let Some(lane) = lane.upgrade() {
        // A lane that has ended drops it, which is an answer.
        let _ = lane.send(Job::StoreToken(Box::new(token), answer));
    }
    async move { answered.await.unwrap_or_else(|_| Err(NotStored::crashed())) }
}
