//! OAuth secrets of a service principal.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::{ask::Aids, words};
use crate::{
    reach::{Reach, directory, look},
    running::called_off,
};
use brickpass_core::failure::Failure;
use brickpass_databricks::rest::{NewOAuthSecret, OAuthSecret};

/// A secret has no comment that would say who made it: only as long as nobody else here makes one is the one that appears ours.
pub(super) type OneAtATime = Arc<Mutex<()>>;

pub(super) async fn list(reach: &mut Reach, principal: &str) -> Result<Vec<OAuthSecret>, Failure> {
    let account = reach.account_id();
    let account = account.as_ref();
    let listed = reach.ask(|client, call| async move { client.oauth_secrets(directory(account), principal, &call).await });
    listed.await.map_err(|error| error.failure)
}

/// Asked for once. When nobody can say what became of that, the list is compared with the one from before.
pub(super) async fn create(reach: &mut Reach, principal: &str, lifetime: Option<Duration>, aids: &Aids) -> Result<NewOAuthSecret, Failure> {
    let _alone = aids.secrets.lock().await;
    let before: Vec<String> = list(reach, principal).await?.into_iter().map(|secret| secret.id).collect();
    let account = reach.account_id();
    let account = account.as_ref();
    let made = reach.ask(|client, call| async move { client.create_oauth_secret(directory(account), principal, lifetime, &call).await });
    match made.await {
        Ok(new) if aids.deserted.yes() => {
            // Best effort: whether it was deleted, nobody hears.
            let _ = delete(reach, principal, &new.secret.id).await;
            Err(called_off())
        }
        Ok(new) => Ok(new),
        Err(error) if error.may_have_been_acted_on() => Err(look_after(reach, principal, &before, error.failure).await),
        Err(error) => Err(error.failure),
    }
}

/// A value that was lost on the way is of no use to anybody. What somebody else made in the meantime is theirs.
async fn look_after(reach: &mut Reach, principal: &str, before: &[String], lost: Failure) -> Failure {
    let looking = &*reach;
    let seen = look(|| {
        let mut reach = looking.clone();
        async move {
            let mut appeared = list(&mut reach, principal).await?;
            appeared.retain(|secret| !before.contains(&secret.id));
            Ok((!appeared.is_empty()).then_some(appeared))
        }
    });
    match seen.await.map(Option::unwrap_or_default) {
        Err(unseen) => {
            words::nobody_knows(lost, &unseen, "Look at the secrets of this service principal later: delete one that you do not know.")
        }
        Ok(appeared) => match appeared.as_slice() {
            [] => words::not_changed(lost, "The list of secrets shows no new one."),
            [ours] => {
                let left = delete(reach, principal, &ours.id).await.err();
                words::secret_lost(lost, &ours.id, left.as_ref())
            }
            several => words::several_secrets(lost, several),
        },
    }
}

/// Asked for once more when the answer was lost: a secret that is gone is no error.
pub(super) async fn delete(reach: &mut Reach, principal: &str, secret: &str) -> Result<(), Failure> {
    let account = reach.account_id();
    let account = account.as_ref();
    let deleted =
        reach.ask_again(|client, call| async move { client.delete_oauth_secret(directory(account), principal, secret, &call).await });
    deleted.await.map_err(|error| error.failure)
}
