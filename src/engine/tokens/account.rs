//! The workspace that a connection reaches, signed in to, and the one way in which a token is made there.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{mark::Mark, words};
use crate::{
    check,
    connection::{Connection, Level},
    databricks::{Call, Client, NewToken, Token, TokenRequest},
    engine::{accounts::may_use, owner::Owned, shared::Shared},
    failure::{Code, Failure},
    oauth::AccessToken,
};

/// Of one call, whatever the connection allows: who has begun a change is waited for at the end of the program.
const LONGEST_CALL: Duration = Duration::from_secs(30);

/// The list does not wait longer for what is good to know.
const WORTH_KNOWING: Duration = Duration::from_secs(5);

/// A request that got no answer may still be on its way through a proxy: the list is looked at after each of these.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

pub(super) struct Account {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
    /// Holds the sign-in; often the same.
    owner: Connection,
    token: AccessToken,
}

impl Account {
    pub(super) async fn of(shared: &Arc<Shared>, id: crate::connection::ConnectionId) -> Result<Self, Failure> {
        let Owned { connection, owner, .. } = may_use(shared, id).await?;
        if matches!(connection.level, Level::Account { .. }) {
            return Err(words::accounts_have_none());
        }
        let token = shared.sessions.access_token(&owner).await?;
        Ok(Self { shared: Arc::clone(shared), connection, owner, token })
    }

    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }

    /// The same place with another token of the same user.
    pub(super) fn with(&self, new: &NewToken) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            connection: self.connection.clone(),
            owner: self.owner.clone(),
            token: AccessToken { secret: new.value.clone(), expires_at: new.token.expires_at, expiry_assumed: false },
        }
    }

    fn client(&self) -> Client {
        let connection = &self.connection;
        let http = self.shared.current().http;
        Client::new(http, connection.base_url.clone(), connection.workspace_id.clone(), self.token.secret.clone(), self.limit())
    }

    fn limit(&self) -> Duration {
        self.connection.timeout.duration().min(LONGEST_CALL)
    }

    fn call(&self) -> Call<'static> {
        Call::until(Instant::now() + self.limit())
    }

    /// A sign-in that the workspace refuses is renewed once; a refusal has changed nothing there.
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

    pub(super) fn explained(&self, failure: Failure) -> Failure {
        check::explained(failure, &self.connection)
    }

    pub(super) async fn list(&mut self) -> Result<Vec<Token>, Failure> {
        let listed = match self.client().tokens(&self.call()).await {
            Err(error) if self.renewed(&error.failure).await => self.client().tokens(&self.call()).await,
            listed => listed,
        };
        listed.map_err(|error| self.explained(error.failure))
    }

    pub(super) async fn longest_days(&self) -> Option<u32> {
        let until = Instant::now() + self.limit().min(WORTH_KNOWING);
        self.client().token_rules(&Call::until(until)).await.ok()?.maximum_days
    }

    /// Asked for once more when the answer was lost: a token that is gone is no error.
    pub(super) async fn revoke(&mut self, token_id: &str) -> Result<(), Failure> {
        let revoked = match self.client().revoke_token(token_id, &self.call()).await {
            Err(error) if self.renewed(&error.failure).await => self.client().revoke_token(token_id, &self.call()).await,
            Err(error) if error.may_have_been_acted_on() => {
                let again = self.client().revoke_token(token_id, &self.call()).await;
                again.map_err(|_| error)
            }
            revoked => revoked,
        };
        revoked.map_err(|error| self.explained(error.failure))
    }

    /// Does the token open the workspace? With this one alone: another would say nothing about it.
    pub(super) async fn opens(&self) -> Result<(), Failure> {
        self.client().me_within(&self.call()).await.map(drop).map_err(|error| error.failure)
    }

    /// Asked for once. When nobody can say what became of that, the list of tokens is looked at for the mark in the comment: a value that was
    /// lost on the way is of no use to anybody, so its token is revoked.
    pub(super) async fn make(&mut self, request: &TokenRequest) -> Result<NewToken, Failure> {
        let mark = Mark::random();
        let request = TokenRequest { comment: mark.on(&request.comment), lifetime: request.lifetime, scopes: request.scopes.clone() };
        let made = match self.client().create_token(&request, &self.call()).await {
            Err(error) if self.renewed(&error.failure).await => self.client().create_token(&request, &self.call()).await,
            made => made,
        };
        match made {
            Ok(new) => Ok(new),
            Err(error) if error.may_have_been_acted_on() => Err(self.reconcile(&mark, error.failure).await),
            Err(error) => Err(self.explained(error.failure)),
        }
    }

    async fn reconcile(&mut self, mark: &Mark, lost: Failure) -> Failure {
        let mut unseen = None;
        for wait in LOOKS {
            sleep(wait).await;
            match self.list().await {
                Ok(tokens) => {
                    let made: Vec<Token> = tokens.into_iter().filter(|token| mark.is_on(&token.comment)).collect();
                    if !made.is_empty() {
                        return self.withdraw(made, lost).await;
                    }
                    unseen = None;
                }
                Err(failure) => unseen = Some(failure),
            }
        }
        match unseen {
            None => words::nothing_was_made(lost),
            Some(unseen) => words::nobody_knows(lost, &unseen, mark),
        }
    }

    async fn withdraw(&mut self, made: Vec<Token>, lost: Failure) -> Failure {
        let mut left = Vec::new();
        for token in made {
            if let Err(failure) = self.revoke(&token.id).await {
                left.push((token, failure));
            }
        }
        words::made_and_lost(lost, &left)
    }
}
