//! Personal access tokens: listed, made, used, revoked, rotated. What has begun to change something in the workspace is brought to its end,
//! whatever becomes of the window.

mod account;
mod list;
mod mark;
mod notes;
mod rotate;
mod words;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use self::account::Account;
pub use self::mark::{default_comment, without as comment_without_mark};
pub(super) use self::{
    notes::{expiring, tell as tell_notes, with_ends},
    words::accounts_have_none,
};
use super::{
    Event, RunId,
    lane::{Job, NotStored, StoreToken},
    shared::{Shared, crashed},
};
use crate::{
    connection::ConnectionId,
    databricks::{NewToken, TokenRequest},
    failure::Failure,
};

/// All that run.
pub(super) struct Tokens {
    shared: Arc<Shared>,
    lane: mpsc::UnboundedSender<Job>,
    running: Vec<Running>,
    /// The window is closed: nobody takes a token's value any more.
    deserted: Arc<AtomicBool>,
}

struct Running {
    run: Option<RunId>,
    cancel: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

/// Resolves when the person has called it off. Asked for until the first request that changes something is sent, and never after.
type Cancelled = oneshot::Receiver<()>;

impl Tokens {
    pub(super) fn new(shared: Arc<Shared>, lane: mpsc::UnboundedSender<Job>) -> Self {
        Self { shared, lane, running: Vec::new(), deserted: Arc::default() }
    }

    pub(super) fn list(&mut self, id: ConnectionId) {
        let shared = Arc::clone(&self.shared);
        // It changes nothing: nobody waits for it.
        drop(self.spawn(async move { list::tokens(&shared, id).await }, move |outcome| Event::Tokens { id, outcome }));
    }

    pub(super) fn generate(&mut self, run: RunId, id: ConnectionId, request: TokenRequest) {
        let (shared, (cancel, cancelled)) = (Arc::clone(&self.shared), oneshot::channel());
        let deserted = Arc::clone(&self.deserted);
        let work = async move {
            let mut account = begin(&shared, id, cancelled).await?;
            let new = account.make(&request).await?;
            if deserted.load(Ordering::Relaxed) {
                // Best effort: whether it was revoked, nobody hears.
                let _ = account.revoke(&new.token.id).await;
                return Err(words::cancelled());
            }
            Ok(new)
        };
        let ended = self.spawn(work, move |outcome| Event::TokenGenerated { run, id, outcome });
        self.running.push(Running { run: Some(run), cancel: Some(cancel), ended });
    }

    pub(super) fn adopt(&mut self, id: ConnectionId, new: NewToken) {
        let stored = store(&self.lane.downgrade(), StoreToken { id, new, former: None });
        let work = async move { stored.await.map_err(|not_stored| not_stored.failure) };
        let ended = self.spawn(work, move |outcome| Event::TokenUsed { id, outcome });
        self.running.push(Running { run: None, cancel: None, ended });
    }

    pub(super) fn revoke(&mut self, id: ConnectionId, token_ids: Vec<String>) {
        let shared = Arc::clone(&self.shared);
        let asked = token_ids.clone();
        let work = async move { Ok(list::revoke(&shared, id, token_ids).await) };
        let ended = self.spawn(work, move |outcome| {
            let (revoked, failed) = outcome.unwrap_or_else(|failure: Failure| {
                let failed = asked.into_iter().map(|token_id| (token_id, failure.clone()));
                (Vec::new(), failed.collect())
            });
            Event::TokensRevoked { id, revoked, failed }
        });
        self.running.push(Running { run: None, cancel: None, ended });
    }

    pub(super) fn rotate(&mut self, run: RunId, id: ConnectionId, request: TokenRequest) {
        let (shared, (cancel, cancelled)) = (Arc::clone(&self.shared), oneshot::channel());
        let lane = self.lane.downgrade();
        let work = async move {
            let account = begin(&shared, id, cancelled).await?;
            rotate::rotate(account, request, |token| store(&lane, token)).await
        };
        let ended = self.spawn(work, move |outcome| Event::TokenRotated { run, id, outcome });
        self.running.push(Running { run: Some(run), cancel: Some(cancel), ended });
    }

    /// Runs `work` in a task of its own and tells its end, also if it crashes.
    fn spawn<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
        event: impl FnOnce(Result<T, Failure>) -> Event + Send + 'static,
    ) -> JoinHandle<()> {
        self.running.retain(|it| !it.ended.is_finished());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let outcome = tokio::spawn(work).await.unwrap_or_else(|_| Err(crashed()));
            super::owner::tell_unsaved(&shared);
            shared.outbox.send(event(outcome));
        })
    }

    /// Nothing happens to what has sent its first request.
    pub(super) fn cancel(&mut self, run: RunId) {
        for running in self.running.iter_mut().filter(|it| it.run == Some(run)) {
            running.stop();
        }
    }

    /// Calls off what has not begun; returns when everything else has come to its end. `deserted`: nobody hears of it any more.
    pub(super) async fn landed(mut self, deserted: bool) {
        self.deserted.store(deserted, Ordering::Relaxed);
        self.running.iter_mut().for_each(Running::stop);
        for running in self.running {
            // A crash has been told.
            let _ = running.ended.await;
        }
    }
}

impl Running {
    fn stop(&mut self) {
        if let Some(cancel) = self.cancel.take() {
            // It may have ended.
            let _ = cancel.send(());
        }
    }
}

/// With whom the workspace is talked to; up to here, it can be called off.
async fn begin(shared: &Arc<Shared>, id: ConnectionId, cancelled: Cancelled) -> Result<Account, Failure> {
    tokio::select! {
        biased;
        Ok(()) = cancelled => Err(words::cancelled()),
        account = Account::of(shared, id) => account,
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
