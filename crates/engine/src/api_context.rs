//! Authenticated access to a workspace or account: the only way to send anything except a test.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    owner::{Owned, confirmed, may_use},
    shared::Shared,
};
use brickpass_core::{
    connection::{AccountId, Connection, ConnectionId, Level},
    failure::{Code, Failure},
};
use brickpass_databricks::{
    check,
    oauth::AccessToken,
    rest::{ApiError, Call, Client, Directory},
};

/// Of one call, whatever the connection allows: who has begun a change is waited for at the end of the program.
const MAX_CALL: Duration = Duration::from_secs(30);

/// A request that got no answer may still be on its way through a proxy: what it may have changed is looked at after each of these.
const RECHECK_DELAYS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

#[derive(Clone)]
pub(super) struct ApiContext {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
    /// The owner of the sign-in; often the same connection.
    owner: Connection,
    token: AccessToken,
}

impl ApiContext {
    /// No sign-in if the request is not available at this level.
    pub(super) async fn of(
        shared: &Arc<Shared>,
        id: ConnectionId,
        allowed: impl FnOnce(&Level) -> Result<(), Failure> + Send,
    ) -> Result<Self, Failure> {
        let Owned { connection, owner, .. } = may_use(shared, id).await?;
        allowed(&connection.level)?;
        let token = shared.sessions.access_token(&owner).await?;
        Ok(Self { shared: Arc::clone(shared), connection, owner, token })
    }

    /// Of a connection that was removed: the token is all that is left of its sign-in.
    pub(super) fn off_the_list(shared: &Arc<Shared>, connection: Connection, token: AccessToken) -> Result<Self, Failure> {
        confirmed(&connection)?;
        Ok(Self { shared: Arc::clone(shared), owner: connection.clone(), connection, token })
    }

    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }

    /// The same place with another token of the same user.
    pub(super) fn with(&self, token: AccessToken) -> Self {
        Self { token, ..self.clone() }
    }

    pub(super) fn client(&self) -> Client {
        let connection = &self.connection;
        let http = self.shared.current().http;
        Client::new(http, connection.base_url.clone(), connection.workspace_id.clone(), self.token.secret.clone(), self.limit())
    }

    pub(super) fn limit(&self) -> Duration {
        self.connection.timeout.duration().min(MAX_CALL)
    }

    pub(super) fn call(&self) -> Call<'static> {
        Call::until(Instant::now() + self.limit())
    }

    pub(super) fn account_id(&self) -> Option<AccountId> {
        if let Level::Account { account_id } = &self.connection.level { Some(account_id.clone()) } else { None }
    }

    /// A sign-in that is refused is renewed once; a refusal has changed nothing there.
    async fn renewed(&mut self, refused: &Failure) -> bool {
        if refused.code != Code::Unauthorized {
            return false;
        }
        match self.shared.sessions.replace(&self.owner, &self.token).await {
            Ok(newer) => {
                self.token = newer;
                true
            }
            Err(_) => false,
        }
    }

    /// Sent once, and again only with a renewed sign-in after the old one was refused.
    pub(super) async fn ask<T, A: Future<Output = Result<T, ApiError>>>(
        &mut self,
        request: impl Fn(Client, Call<'static>) -> A,
    ) -> Result<T, ApiError> {
        match request(self.client(), self.call()).await {
            Err(error) if self.renewed(&error.failure).await => request(self.client(), self.call()).await,
            answered => answered,
        }
    }

    /// For idempotent requests (a deletion, or setting a state): sent again if the answer was lost.
    pub(super) async fn ask_again<A: Future<Output = Result<(), ApiError>>>(
        &mut self,
        request: impl Fn(Client, Call<'static>) -> A,
    ) -> Result<(), ApiError> {
        match self.ask(&request).await {
            Err(error) if error.may_have_been_acted_on() => request(self.client(), self.call()).await.map_err(|_| error),
            answered => answered,
        }
    }

    pub(super) fn explained(&self, failure: Failure) -> Failure {
        check::explained(failure, &self.connection)
    }
}

/// The workspace or account of the service principals.
pub(super) fn directory(account_id: Option<&AccountId>) -> Directory<'_> {
    account_id.map_or(Directory::Workspace, Directory::Account)
}

/// After a lost answer, checks until `see` finds the request's effect. `None`: there is none. An error: the check failed.
pub(super) async fn look<T, L: Future<Output = Result<Option<T>, Failure>>>(see: impl Fn() -> L) -> Result<Option<T>, Failure> {
    let mut seen = Ok(None);
    for wait in RECHECK_DELAYS {
        sleep(wait).await;
        seen = see().await;
        if let Ok(Some(_)) = seen {
            break;
        }
    }
    seen
}
