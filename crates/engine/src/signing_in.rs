//! Sign-ins through the browser: each in a task of its own, cancellable, with its own answer whatever happens to it.

mod attempt;

use std::{collections::HashMap, sync::Arc};

use secrecy::SecretString;
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinHandle},
};

use self::attempt::Attempt;
use super::{
    Event, RunId, SignInPlace, SignedIn,
    owner::{self, owned},
    shared::{Shared, crashed},
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::{Code, Failure, Remedy},
};

/// All that run. Those of one connection replace each other; others run beside each other.
pub(super) struct SignIns {
    shared: Arc<Shared>,
    running: HashMap<RunId, Running>,
}

struct Running {
    owner: ConnectionId,
    work: AbortHandle,
    answers: mpsc::UnboundedSender<bool>,
    pasted: mpsc::UnboundedSender<SecretString>,
    ended: JoinHandle<()>,
}

impl SignIns {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, running: HashMap::new() }
    }

    pub(super) fn start(&mut self, run: RunId, connection: Connection, place: SignInPlace, open_browser: bool) {
        self.running.retain(|_, it| !it.ended.is_finished());
        let (id, owner) = (connection.id, connection.sign_in_of.unwrap_or(connection.id));
        let former: Vec<JoinHandle<()>> = self.running.extract_if(|_, it| it.owner == owner).map(|(_, it)| it.stop()).collect();
        let (answers, asked) = mpsc::unbounded_channel();
        let (pasted, addresses) = mpsc::unbounded_channel();
        let attempt =
            Attempt { shared: Arc::clone(&self.shared), run, id, connection, place, open_browser, answers: asked, pasted: Some(addresses) };
        let work = tokio::spawn(async move {
            for former in former {
                // Its port may be the only one: it is free once that attempt has ended.
                let _ = former.await;
            }
            attempt.work().await
        });
        let handle = work.abort_handle();
        let shared = Arc::clone(&self.shared);
        let ended = tokio::spawn(async move {
            let outcome = match work.await {
                Ok(outcome) => outcome,
                Err(end) if end.is_cancelled() => Err(cancelled()),
                Err(_) => Err(crashed()),
            };
            finish(&shared, run, id, outcome).await;
        });
        self.running.insert(run, Running { owner, work: handle, answers, pasted, ended });
    }

    pub(super) fn answer(&self, run: RunId, yes: bool) {
        if let Some(running) = self.running.get(&run) {
            // An attempt that has ended asks nothing any more.
            let _ = running.answers.send(yes);
        }
    }

    pub(super) fn paste(&self, run: RunId, address: SecretString) {
        if let Some(running) = self.running.get(&run) {
            // An attempt that has had its answer takes no other.
            let _ = running.pasted.send(address);
        }
    }

    pub(super) fn cancel(&mut self, run: RunId) {
        if let Some(running) = self.running.get(&run) {
            running.work.abort();
        }
    }

    pub(super) fn cancel_all(&mut self) {
        for (_, running) in self.running.drain() {
            running.work.abort();
        }
    }
}

impl Running {
    fn stop(self) -> JoinHandle<()> {
        self.work.abort();
        self.ended
    }
}

/// Everybody who uses the sign-in hears of it, then whoever asked for it.
async fn finish(shared: &Arc<Shared>, run: RunId, id: ConnectionId, outcome: Result<(SignedIn, bool), Failure>) {
    if let Ok((signed_in, true)) = &outcome
        && let Ok(found) = owned(shared, id).await
    {
        owner::nobody_has_to_sign_in(shared, found.users.clone()).await;
        for user in found.users {
            shared.outbox.send(Event::SignInDescribed { id: user, outcome: Ok(Some(signed_in.sign_in.clone())) });
        }
    }
    owner::tell_unsaved(shared);
    shared.outbox.send(Event::SignInFinished { run, id, outcome: outcome.map(|(signed_in, _)| signed_in) });
}

fn cancelled() -> Failure {
    Failure::new(
        Code::Cancelled,
        "The sign-in was cancelled.",
        "You stopped it before it was complete, or began another one.",
        "Sign in again when you like.",
    )
    .with_remedy(Remedy::SignIn)
}
