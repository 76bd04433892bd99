//! The tokens of everybody in a workspace.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::task::JoinSet;

use super::{api, messages};
use crate::{
    api_context::ApiContext,
    blocking::crashed,
    request::{Context, Order, Recorder, Request},
    tokens::{self, RevokedTokens},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::UserToken;
use brickpass_storage::AuditAction;

const AT_ONCE: usize = 4;

/// Lists the tokens of all users of a workspace, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListUsersTokens {
    pub id: ConnectionId,
}

impl Request for ListUsersTokens {
    type Answer = Vec<UserToken>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<UserToken>, Failure> {
        let mut api = api(&context, self.id, messages::where_tokens_exist).await?;
        list(&mut api).await.map_err(|failure| messages::explained(failure, &api))
    }
}

/// Revokes tokens of any user in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeUsersTokens {
    pub id: ConnectionId,
    pub token_ids: Vec<String>,
}

impl Request for RevokeUsersTokens {
    type Answer = RevokedTokens;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<RevokedTokens> {
        RevokedTokens::recorder(self.id, AuditAction::UsersTokenRevoked, self.token_ids.clone())
    }

    async fn run(self, context: Context) -> Result<RevokedTokens, Failure> {
        let api = api(&context, self.id, messages::where_tokens_exist).await?;
        Ok(revoke(&api, &self.token_ids).await)
    }
}

async fn list(api: &mut ApiContext) -> Result<Vec<UserToken>, Failure> {
    let listed = api.ask(|client, call| async move { client.users_tokens(None, &call).await }).await;
    let mut all = listed.map_err(|error| error.failure)?;
    all.sort_by(|one, other| other.token.created_at.cmp(&one.token.created_at).then_with(|| one.token.id.cmp(&other.token.id)));
    Ok(all)
}

/// Several at once; the token that authorizes the revocations is last.
async fn revoke(api: &ApiContext, token_ids: &[String]) -> RevokedTokens {
    let own = tokens::in_use(&api.shared, &api.connection).await.map(|note| note.token_id);
    let (last, mut first): (Vec<String>, Vec<String>) = token_ids.iter().cloned().partition(|id| own.as_ref() == Some(id));
    first.sort_unstable();
    first.dedup();
    let mut ended = revoke_all(api, first).await;
    ended.extend(revoke_all(api, last.into_iter().take(1).collect()).await);
    let (mut revoked, mut failed) = (Vec::new(), Vec::new());
    // In the order of the request.
    ended.sort_by_key(|(id, _)| token_ids.iter().position(|asked| asked == id));
    for (id, outcome) in ended {
        match outcome {
            Ok(()) => revoked.push(id),
            Err(failure) => failed.push((id, messages::explained_by_name(failure, api))),
        }
    }
    tokens::gone(&api.shared, &api.connection.base_url, &revoked).await;
    RevokedTokens { revoked, failed }
}

/// Each of them, regardless of the others.
async fn revoke_all(api: &ApiContext, token_ids: Vec<String>) -> Vec<(String, Result<(), Failure>)> {
    let queue = Arc::new(Mutex::new(VecDeque::from(token_ids.clone())));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE.min(token_ids.len()) {
        let (mut api, queue) = (api.clone(), Arc::clone(&queue));
        workers.spawn(async move {
            let mut done = Vec::new();
            while let Some(id) = next(&queue) {
                let asked = id.as_str();
                let revoked = api.ask_again(|client, call| async move { client.revoke_users_token(asked, &call).await }).await;
                done.push((id, revoked.map_err(|error| error.failure)));
            }
            done
        });
    }
    let mut ended = Vec::new();
    while let Some(worker) = workers.join_next().await {
        ended.extend(worker.into_iter().flatten());
    }
    // What a worker that crashed has left.
    let left: Vec<String> = token_ids.into_iter().filter(|id| !ended.iter().any(|(done, _)| done == id)).collect();
    ended.extend(left.into_iter().map(|id| (id, Err(crashed()))));
    ended
}

fn next(queue: &Mutex<VecDeque<String>>) -> Option<String> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}
