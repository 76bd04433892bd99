//! Authenticated access to a connection's workspace, and the only way to create a token there.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::civil::Date;
use secrecy::SecretString;
use tokio::time::Instant;

use super::{mark::Mark, messages};
use crate::{
    api_context::{ApiContext, look},
    shared::Shared,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Level},
    failure::{Code, Failure},
};
use brickpass_databricks::{
    oauth::AccessToken,
    rest::{ApiError, Call, NewToken, Token, TokenRequest},
};

/// The list waits no longer than this for optional information.
const WORTH_KNOWING: Duration = Duration::from_secs(5);

/// Information about their own tokens that only admins get.
#[derive(Debug, Default)]
pub(super) struct KnownToAdmins {
    pub(super) longest_days: Option<u32>,
    /// By the token's id.
    pub(super) last_used: HashMap<String, Date>,
    /// The sign-in was refused: it may have been renewed meanwhile.
    pub(super) unauthorized: bool,
}

#[derive(Clone)]
pub(super) struct Account(ApiContext);

/// The value of the requested token was not received.
pub(super) struct NotMade {
    pub(super) failure: Failure,
    /// The token may still exist.
    pub(super) may_be_there: bool,
}

impl Account {
    pub(super) async fn of(shared: &Arc<Shared>, id: ConnectionId) -> Result<Self, Failure> {
        let allowed = |level: &Level| if matches!(level, Level::Account { .. }) { Err(messages::accounts_have_none()) } else { Ok(()) };
        ApiContext::of(shared, id, allowed).await.map(Self)
    }

    /// That of a connection that is off the list. No other sign-in serves for this token.
    pub(super) fn parting(shared: &Arc<Shared>, connection: Connection, secret: SecretString) -> Result<Self, Failure> {
        ApiContext::off_the_list(shared, connection, AccessToken { secret, expires_at: None, expiry_assumed: false }).map(Self)
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

    /// With the token of this moment; silent when the user is no admin, or the answers take too long.
    pub(super) fn known_to_admins(&self) -> impl Future<Output = KnownToAdmins> + Send + use<> {
        let (client, call) = (self.0.client(), Call::until(Instant::now() + self.0.limit().min(WORTH_KNOWING)));
        async move {
            let (rules, me) = tokio::join!(client.token_rules(&call), client.me_within(&call));
            let refused = |error: &ApiError| error.failure.code == Code::Unauthorized;
            let unauthorized = rules.as_ref().is_err_and(refused) || me.as_ref().is_err_and(refused);
            let longest_days = rules.as_ref().ok().and_then(|rules| rules.maximum_days);
            // Who may not read the rules may not read this either.
            let last_used = match (rules, me) {
                (Ok(_), Ok(me)) => client.users_tokens(Some(&me.user_name), &call).await.unwrap_or_default(),
                _ => Vec::new(),
            };
            let last_used = last_used.into_iter().filter_map(|it| Some((it.token.id, it.token.last_used?))).collect();
            KnownToAdmins { longest_days, last_used, unauthorized }
        }
    }

    /// Sent again if the answer was lost: a missing token is not an error.
    pub(super) async fn revoke(&mut self, token_id: &str) -> Result<(), Failure> {
        let revoked = self.0.ask_again(|client, call| async move { client.revoke_token(token_id, &call).await }).await;
        revoked.map_err(|error| self.0.explained(error.failure))
    }

    /// Does the token work in the workspace? Only this token is used, because another one would prove nothing.
    pub(super) async fn opens(&self) -> Result<(), Failure> {
        self.0.client().me_within(&self.0.call()).await.map(drop).map_err(|error| error.failure)
    }

    /// Sent once, with this mark in its comment. If the result is unknown, the list of tokens is searched for the mark: a token whose value was
    /// lost is revoked.
    pub(super) async fn make(&mut self, request: &TokenRequest, mark: &Mark) -> Result<NewToken, NotMade> {
        let request = TokenRequest { comment: mark.on(&request.comment), ..request.clone() };
        let asked = &request;
        match self.0.ask(|client, call| async move { client.create_token(asked, &call).await }).await {
            Ok(new) => Ok(new),
            Err(error) if error.may_have_been_acted_on() => Err(self.reconcile(mark, error.failure).await),
            Err(error) => Err(NotMade { failure: self.0.explained(error.failure), may_be_there: false }),
        }
    }

    async fn reconcile(&mut self, mark: &Mark, lost: Failure) -> NotMade {
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
            Ok(None) => NotMade { failure: messages::nothing_was_made(lost), may_be_there: false },
            Err(unseen) => NotMade { failure: messages::nobody_knows(lost, &unseen, mark), may_be_there: true },
        }
    }

    async fn withdraw(&mut self, made: Vec<Token>, lost: Failure) -> NotMade {
        let mut left = Vec::new();
        for token in made {
            if let Err(failure) = self.revoke(&token.id).await {
                left.push((token, failure));
            }
        }
        NotMade { failure: messages::made_and_lost(lost, &left), may_be_there: !left.is_empty() }
    }
}
