//! Sign-ins through the browser.

mod attempt;
mod input;
mod step;
mod turns;

use std::sync::Arc;

use self::attempt::{Attempt, cancelled};
pub(super) use self::turns::SignInTurns;
pub use self::{
    input::{SignInControl, SignInInput},
    step::{Found, SignInPlace, SignInStep, SignedIn},
};
use super::{
    activity::{self, Done},
    event::Event,
    owner::{self, owned},
    request::{Context, Order, Progress, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_storage::AuditAction;

/// Signs in through the browser. Sign-ins of one connection replace each other.
#[derive(Debug)]
pub struct SignInWithBrowser {
    /// The connection that holds the sign-in.
    pub owner: Box<Connection>,
    pub place: SignInPlace,
    /// Off for `brickpass login --no-browser`: the address is only reported.
    pub open_browser: bool,
    pub progress: Progress<SignInStep>,
    pub input: SignInInput,
}

impl Request for SignInWithBrowser {
    type Answer = SignedIn;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<SignedIn> {
        let sign_in = Done::new(self.owner.id, AuditAction::SignIn);
        Box::new(|outcome| {
            vec![sign_in.with(outcome.as_ref().ok().and_then(|signed_in| activity::user(&signed_in.sign_in.user))).ended(outcome)]
        })
    }

    async fn run(self, context: Context) -> Result<SignedIn, Failure> {
        let Self { owner: connection, place, open_browser, progress, input } = self;
        let (id, shared) = (connection.id, Arc::clone(&context.shared));
        let turn = shared.sign_in_turns.next(connection.sign_in_of.unwrap_or(id));
        let report = context.reporter(progress);
        let attempt =
            Attempt { shared: Arc::clone(&shared), report: Box::new(report), connection: *connection, place, open_browser, input };
        let work = async {
            let _alone = turn.alone.lock().await;
            attempt.work().await
        };
        let outcome = tokio::select! {
            biased;
            () = turn.replaced.cancelled() => None,
            outcome = context.until_cancelled(work) => outcome,
        };
        let outcome = outcome.unwrap_or_else(|| Err(cancelled()));
        if let Ok((signed_in, true)) = &outcome {
            describe_to_users(&shared, id, signed_in).await;
        }
        shared.outbox.wake_cli_tokens();
        outcome.map(|(signed_in, _)| signed_in)
    }
}

/// All that use the sign-in get to know it.
async fn describe_to_users(shared: &Arc<Shared>, id: ConnectionId, signed_in: &SignedIn) {
    let Ok(found) = owned(shared, id).await else { return };
    owner::nobody_has_to_sign_in(shared, found.users.clone()).await;
    for user in found.users {
        shared.outbox.send(Event::SignInDescribed { id: user, outcome: Ok(Some(signed_in.sign_in.clone())) });
    }
}
