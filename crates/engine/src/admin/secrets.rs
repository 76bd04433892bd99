//! OAuth secrets of a service principal.

use std::time::Duration;

use super::{api, messages};
use crate::{
    activity::{self, Done},
    api_context::{ApiContext, directory, look},
    request::{Context, Order, Recorder, Request, called_off},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{NewOAuthSecret, OAuthSecret};
use brickpass_storage::AuditAction;

/// Lists the OAuth secrets of a service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOAuthSecrets {
    pub id: ConnectionId,
    /// Its number in SCIM.
    pub principal_id: String,
}

impl Request for ListOAuthSecrets {
    type Answer = Vec<OAuthSecret>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<OAuthSecret>, Failure> {
        let mut api = api(&context, self.id, messages::anywhere).await?;
        list(&mut api, &self.principal_id).await.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

/// Creates an OAuth secret of a service principal, once. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateOAuthSecret {
    pub id: ConnectionId,
    /// Its number in SCIM.
    pub principal_id: String,
    /// `None`: as long as the service allows.
    pub lifetime: Option<Duration>,
}

impl Request for CreateOAuthSecret {
    type Answer = NewOAuthSecret;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<NewOAuthSecret> {
        let (done, principal_id) = (Done::new(self.id, AuditAction::SecretCreated), self.principal_id.clone());
        Box::new(move |outcome| {
            let made = outcome.as_ref().ok().map(|made| made.secret.id.as_str());
            vec![done.with(activity::ids(&[Some(&principal_id), made])).ended(outcome)]
        })
    }

    async fn run(self, context: Context) -> Result<NewOAuthSecret, Failure> {
        let mut api = api(&context, self.id, messages::anywhere).await?;
        let created = create(&context, &mut api, &self.principal_id, self.lifetime).await;
        created.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

/// Deletes an OAuth secret of a service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteOAuthSecret {
    pub id: ConnectionId,
    /// Its number in SCIM.
    pub principal_id: String,
    pub secret_id: String,
}

impl Request for DeleteOAuthSecret {
    type Answer = ();

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<()> {
        let done = Done::new(self.id, AuditAction::SecretDeleted).with(activity::ids(&[Some(&self.principal_id), Some(&self.secret_id)]));
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let mut api = api(&context, self.id, messages::anywhere).await?;
        let deleted = delete(&mut api, &self.principal_id, &self.secret_id).await;
        deleted.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

async fn list(api: &mut ApiContext, principal: &str) -> Result<Vec<OAuthSecret>, Failure> {
    let account = api.account_id();
    let account = account.as_ref();
    let listed = api.ask(|client, call| async move { client.oauth_secrets(directory(account), principal, &call).await });
    listed.await.map_err(|error| error.failure)
}

/// Sent once. If the result is unknown, the list is compared with the previous one.
async fn create(context: &Context, api: &mut ApiContext, principal: &str, lifetime: Option<Duration>) -> Result<NewOAuthSecret, Failure> {
    let before = context.unless_cancelled(async {
        // A secret has no comment that identifies its creator: a new one is ours only if no other process here creates one.
        let alone = context.shared.creating_secrets.lock().await;
        Ok((alone, list(api, principal).await?))
    });
    let (_alone, before) = before.await?;
    let before: Vec<String> = before.into_iter().map(|secret| secret.id).collect();
    let account = api.account_id();
    let account = account.as_ref();
    let made = api.ask(|client, call| async move { client.create_oauth_secret(directory(account), principal, lifetime, &call).await });
    match made.await {
        Ok(new) if context.has_no_taker() => {
            // Best effort: the result is not reported.
            let _ = delete(api, principal, &new.secret.id).await;
            Err(called_off())
        }
        Ok(new) => Ok(new),
        Err(error) if error.may_have_been_acted_on() => Err(look_after(api, principal, &before, error.failure).await),
        Err(error) => Err(error.failure),
    }
}

/// Deletes the secret whose value was lost. Secrets that others created in the meantime are not touched.
async fn look_after(api: &mut ApiContext, principal: &str, before: &[String], lost: Failure) -> Failure {
    let looking = &*api;
    let seen = look(|| {
        let mut api = looking.clone();
        async move {
            let mut appeared = list(&mut api, principal).await?;
            appeared.retain(|secret| !before.contains(&secret.id));
            Ok((!appeared.is_empty()).then_some(appeared))
        }
    });
    match seen.await.map(Option::unwrap_or_default) {
        Err(unseen) => messages::nobody_knows(
            lost,
            &unseen,
            "Check the secrets of this service principal later, and delete any that you do not recognize.",
        ),
        Ok(appeared) => match appeared.as_slice() {
            [] => messages::not_changed(lost, "The list of secrets shows no new secret."),
            [ours] => {
                let left = delete(api, principal, &ours.id).await.err();
                messages::secret_lost(lost, &ours.id, left.as_ref())
            }
            several => messages::several_secrets(lost, several),
        },
    }
}

/// Sent again if the answer was lost: a missing secret is not an error.
async fn delete(api: &mut ApiContext, principal: &str, secret: &str) -> Result<(), Failure> {
    let account = api.account_id();
    let account = account.as_ref();
    let deleted =
        api.ask_again(|client, call| async move { client.delete_oauth_secret(directory(account), principal, secret, &call).await });
    deleted.await.map_err(|error| error.failure)
}
