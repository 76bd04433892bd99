//! Replaces a token. Until the last step the old one works, and is stored or can be stored again.

use std::{sync::Arc, time::Duration};

use super::{
    account::{Account, NotMade},
    interrupted::{self, UnderWay},
    list::in_use,
    mark::{self, Mark},
    messages, notes,
};
use crate::{
    activity::{self, Done},
    blocking::blocking,
    connections::{Former, NotStored, StoreToken},
    owner,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::{NewToken, Token, TokenRequest};
use brickpass_storage::{AuditAction, RefreshLock, TokenNote};

/// Two that replace the same token would each revoke what the other has just stored.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// Replaces the token that this connection signs in with: a new one is made, tried with a real call, stored, and only then is the old one
/// revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateToken {
    pub id: ConnectionId,
    pub token: TokenRequest,
}

/// What a rotation left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    pub token: Token,
    /// Why the old token is still valid: it could not be revoked, or it is unknown.
    pub old_remains: Option<Failure>,
}

impl Request for RotateToken {
    type Answer = Rotated;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<Rotated> {
        let done = Done::new(self.id, AuditAction::TokenRotated);
        Box::new(|outcome| {
            let token = outcome.as_ref().ok().and_then(|rotated| activity::token_id(&rotated.token.id));
            vec![done.with(token).ended(outcome)]
        })
    }

    async fn run(self, context: Context) -> Result<Rotated, Failure> {
        let account = context.unless_cancelled(Account::of(&context.shared, self.id)).await?;
        let rotated = rotate(account, self.token, |token| token.store(&context)).await;
        context.shared.outbox.wake_cli_tokens();
        rotated
    }
}

async fn rotate<S: Future<Output = Result<(), NotStored>>>(
    account: Account,
    request: TokenRequest,
    store: impl FnOnce(StoreToken) -> S,
) -> Result<Rotated, Failure> {
    let mut old = account;
    let id = old.connection().id;
    if old.connection().auth.kind() != AuthKind::PersonalAccessToken {
        return Err(messages::not_by_token());
    }
    let _alone = alone(old.shared(), id).await?;
    let finished = interrupted::finish(&mut old).await;
    old.shared().tell_attention(finished);
    let known = in_use(old.shared(), old.connection()).await;
    let scopes = scopes(&mut old, request.scopes, known.as_ref()).await.map_err(messages::not_replaced)?;
    let request = TokenRequest { comment: comment(&request.comment, known.as_ref()), scopes, ..request };

    let mark = Mark::random();
    let former_id = known.map(|note| note.token_id);
    let under_way = UnderWay::begin(old.shared(), id, &mark, former_id).await.map_err(messages::not_replaced)?;
    let new = match old.make(&request, &mark).await {
        Ok(new) => new,
        Err(NotMade { failure, may_be_there: true }) => return Err(failure),
        Err(NotMade { failure, .. }) => {
            under_way.end().await;
            return Err(failure);
        }
    };
    let under_way = under_way.made(&new).await?;
    let fresh = old.with(&new);
    if let Err(failure) = fresh.opens().await {
        return Err(undone(&mut old, &new, failure, under_way).await);
    }
    let former = Some(Former { secret: old.token().secret.clone(), origin: old.connection().base_url.origin() });
    // Once more, now that it is certain which token created the new one.
    let known = in_use(old.shared(), old.connection()).await;
    match store(StoreToken { id, new: new.clone(), former }).await {
        Ok(()) => {}
        Err(NotStored { failure, uncertain: true, .. }) => return Err(messages::both_remain(failure, &new.token)),
        Err(NotStored { failure, .. }) => return Err(undone(&mut old, &new, failure, under_way).await),
    }
    let under_way = under_way.stored().await?;
    let old_remains = match end(fresh, known).await {
        Ok(remains) => {
            under_way.end().await;
            remains
        }
        // Reported now and at the next start.
        Err(failure) => Some(failure),
    };
    Ok(Rotated { token: new.token, old_remains })
}

async fn alone(shared: &Arc<Shared>, id: ConnectionId) -> Result<RefreshLock, Failure> {
    let folder = shared.places.state_dir.clone();
    blocking(move || RefreshLock::acquire(&folder, id, LOCK_TIMEOUT)).await??.ok_or_else(messages::being_replaced)
}

/// The user's choice, or else the old token's scopes: a new token never allows more by accident. The scopes of a token that Brickpass did not
/// create are unknown.
async fn scopes(old: &mut Account, asked: Vec<String>, known: Option<&TokenNote>) -> Result<Vec<String>, Failure> {
    match known.filter(|_| asked.is_empty()) {
        None => Ok(asked),
        Some(note) => {
            Ok(old.list().await?.into_iter().find(|token| token.id == note.token_id).map(|token| token.scopes).unwrap_or_default())
        }
    }
}

/// The user's choice, or else the old token's comment.
fn comment(asked: &str, known: Option<&TokenNote>) -> String {
    let candidates = [mark::without(asked), known.map_or("", |note| mark::without(&note.comment))];
    let named = candidates.into_iter().find(|comment| !comment.is_empty());
    named.map_or_else(mark::default_comment, str::to_owned)
}

/// Revokes the new token with the old one, which still works.
async fn undone(old: &mut Account, new: &NewToken, failure: Failure, under_way: UnderWay) -> Failure {
    match old.revoke(&new.token.id).await {
        Ok(()) => {
            under_way.end().await;
            messages::not_replaced(failure)
        }
        Err(revoking) => messages::not_replaced_and_left(failure, &new.token, &revoking),
    }
}

/// The last step: revokes the old token, unless another connection uses it or it is unknown. Returns why it stays.
///
/// # Errors
/// It was to go, and is still there.
async fn end(mut fresh: Account, known: Option<TokenNote>) -> Result<Option<Failure>, Failure> {
    let Some(TokenNote { token_id: old, .. }) = known else { return Ok(Some(messages::old_is_not_known())) };
    let shared = Arc::clone(fresh.shared());
    let others = notes::users(&shared, &fresh.connection().base_url, std::slice::from_ref(&old)).await;
    let names = owner::names(&shared, &others).await?;
    if !names.is_empty() {
        return Ok(Some(messages::old_is_used_by(&names.join(", "), &old)));
    }
    fresh.revoke(&old).await.map(|()| None).map_err(|failure| messages::old_was_not_revoked(failure, &old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_token_keeps_its_comment() {
        let note = |comment: &str| TokenNote { token_id: "1".into(), origin: String::new(), comment: comment.into(), expires_at: None };
        assert_eq!(comment("", Some(&note("CI [bp-1a2b3c4d]"))), "CI");
        assert_eq!(comment("Nightly [bp-1a2b3c4d]", Some(&note("CI"))), "Nightly");
        assert_eq!(comment(" ", None), mark::default_comment());
    }
}
