//! The workspace that a connection reaches, signed in to, and the one way in which a token is made there.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{mark::Mark, words};
use crate::{
    connection::{Connection, ConnectionId, Level},
    databricks::{Call, NewToken, Token, TokenRequest},
    engine::{
        reach::{Reach, look},
        shared::Shared,
    },
    failure::Failure,
    oauth::AccessToken,
};

/// The list does not wait longer for what is good to know.
const WORTH_KNOWING: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) struct Account(Reach);

impl Account {
    pub(super) async fn of(shared: &Arc<Shared>, id: ConnectionId) -> Result<Self, Failure> {
        let allowed = |level: &Level| if matches!(level, Level::Account { .. }) { Err(words::accounts_have_none()) } else { Ok(()) };
        Reach::of(shared, id, allowed).await.map(Self)
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.0.connection
    }

    pub(super) fn token(&self) -> &AccessToken {
        self.0.token()
    }

    /// The same place with another token of the same user.
    pub(super) fn with(&self, new: &NewToken) -> Self {
        Self(self.0.with(AccessToken { secret: new.value.clone(), expires_at: new.token.expires_at, expiry_assumed: false }))
    }

    pub(super) async fn list(&mut self) -> Result<Vec<Token>, Failure> {
        let listed = self.0.ask(|client, call| async move { client.tokens(&call).await }).await;
        listed.map_err(|error| self.0.explained(error.failure))
    }

    pub(super) async fn longest_days(&self) -> Option<u32> {
        let until = Instant::now() + self.0.limit().min(WORTH_KNOWING);
        self.0.client().token_rules(&Call::until(until)).await.ok()?.maximum_days
    }

    /// Asked for once more when the answer was lost: a token that is gone is no error.
    pub(super) async fn revoke(&mut self, token_id: &str) -> Result<(), Failure> {
        let revoked = self.0.ask_again(|client, call| async move { client.revoke_token(token_id, &call).await }).await;
        revoked.map_err(|error| self.0.explained(error.failure))
    }

    /// Does the token open the workspace? With this one alone: another would say nothing about it.
    pub(super) async fn opens(&self) -> Result<(), Failure> {
        self.0.client().me_within(&self.0.call()).await.map(drop).map_err(|error| error.failure)
    }

    /// Asked for once. When nobody can say what became of that, the list of tokens is looked at for the mark in the comment: a value that was
    /// lost on the way is of no use to anybody, so its token is revoked.
    pub(super) async fn make(&mut self, request: &TokenRequest) -> Result<NewToken, Failure> {
        let mark = Mark::random();
        let request = TokenRequest { comment: mark.on(&request.comment), ..request.clone() };
        let asked = &request;
        match self.0.ask(|client, call| async move { client.create_token(asked, &call).await }).await {
            Ok(new) => Ok(new),
            Err(error) if error.may_have_been_acted_on() => Err(self.reconcile(&mark, error.failure).await),
            Err(error) => Err(self.0.explained(error.failure)),
        }
    }

    async fn reconcile(&mut self, mark: &Mark, lost: Failure) -> Failure {
        let account = &*self;
        let seen = look(|| {
            let mut account = account.clone();
            async move {
                let made: Vec<Token> = account.list().await?.into_iter().filter(|token| mark.is_on(&token.comment)).collect();
                Ok((!made.is_empty()).then_some(made))
            }
        });
        match seen.await {
            Ok(Some(made)) => self.withdraw(made, lost).await,
            Ok(None) => words::nothing_was_made(lost),
            Err(unseen) => words::nobody_knows(lost, &unseen, mark),
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
