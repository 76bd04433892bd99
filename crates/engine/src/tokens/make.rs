//! Creates a token once, and uses it in its connection if the user wants that.

use super::{account::Account, interrupted::UnderWay, mark::Mark};
use crate::{
    activity::{self, Done},
    connections::{NotStored, StoreToken},
    request::{Context, Order, Recorder, Request, called_off},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{NewToken, TokenRequest};
use brickpass_storage::AuditAction;

/// Creates a personal access token, once. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateToken {
    pub id: ConnectionId,
    pub token: TokenRequest,
}

impl Request for GenerateToken {
    type Answer = NewToken;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<NewToken> {
        let done = Done::new(self.id, AuditAction::TokenGenerated);
        Box::new(|outcome| vec![done.with(outcome.as_ref().ok().and_then(activity::id_of)).ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<NewToken, Failure> {
        let Self { id, token } = self;
        let mut account = context.unless_cancelled(Account::of(&context.shared, id)).await?;
        let mark = Mark::random();
        let under_way = UnderWay::begin(&context.shared, id, &mark, None).await?;
        let new = match account.make(&token, &mark).await {
            Ok(new) => new,
            Err(not_made) => {
                if !not_made.may_be_there {
                    under_way.end().await;
                }
                return Err(not_made.failure);
            }
        };
        if context.has_no_taker() {
            // Whether it was revoked is reported at the next start.
            if account.revoke(&new.token.id).await.is_ok() {
                under_way.end().await;
            }
            return Err(called_off());
        }
        under_way.end().await;
        Ok(new)
    }
}

/// Uses this token in the connection: it is stored first, then the connection is saved with it. After a failure the caller still has the
/// value.
#[derive(Debug)]
pub struct UseToken {
    pub id: ConnectionId,
    pub new: Box<NewToken>,
}

impl Request for UseToken {
    type Answer = ();

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<()> {
        let done = Done::new(self.id, AuditAction::TokenUsed);
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let Self { id, new } = self;
        let under_way = UnderWay::adopting(&context.shared, id, &new).await?;
        let token = StoreToken { id, new: *new, former: None };
        let outcome = match token.store(&context).await {
            Err(NotStored { failure, uncertain: true, .. }) => Err(failure),
            // The caller has the value and decides what to do with the token.
            outcome => {
                under_way.end().await;
                outcome.map_err(|not_stored| not_stored.failure)
            }
        };
        context.shared.outbox.wake_cli_tokens();
        outcome
    }
}
