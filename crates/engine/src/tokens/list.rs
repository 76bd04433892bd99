//! What tokens there are, and the end of some.

use std::sync::Arc;

use super::{account::Account, interrupted, notes};
use crate::{TokenList, owner, shared::Shared};
use brickpass_core::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId},
    failure::Failure,
};
use brickpass_storage::TokenNote;

/// Newest first.
pub(super) async fn tokens(shared: &Arc<Shared>, id: ConnectionId) -> Result<TokenList, Failure> {
    let mut account = Account::of(shared, id).await?;
    let known = account.known_to_admins();
    let (tokens, known) = tokio::join!(account.list(), known);
    let mut tokens = tokens?;
    let mut known = if known.unauthorized { account.known_to_admins().await } else { known };
    for token in &mut tokens {
        token.last_used = known.last_used.remove(&token.id).or(token.last_used);
    }
    tokens.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
    let noted = in_use(shared, account.connection()).await.map(|note| note.token_id);
    let in_use = noted.filter(|id| tokens.iter().any(|token| token.id == *id));
    let left_over = interrupted::left_among(shared, id, &tokens).await;
    Ok(TokenList { tokens, in_use, left_over, longest_days: known.longest_days })
}

/// What is known of the token that this connection signs in with.
pub(crate) async fn in_use(shared: &Arc<Shared>, connection: &Connection) -> Option<TokenNote> {
    if connection.auth.kind() != AuthKind::PersonalAccessToken {
        return None;
    }
    let note = notes::all(shared).await.remove(&connection.id)?;
    note.is_for(&connection.base_url).then_some(note)
}

type Revoked = (Vec<String>, Vec<(String, Failure)>);

/// One after the other; the token by which the others are revoked comes last.
pub(super) async fn revoke(shared: &Arc<Shared>, id: ConnectionId, mut token_ids: Vec<String>) -> Revoked {
    let mut account = match Account::of(shared, id).await {
        Ok(account) => account,
        Err(failure) => return (Vec::new(), token_ids.into_iter().map(|token_id| (token_id, failure.clone())).collect()),
    };
    let own = in_use(shared, account.connection()).await.map(|note| note.token_id);
    token_ids.sort_by_key(|token_id| own.as_ref() == Some(token_id));
    token_ids.dedup();
    let (mut revoked, mut failed) = (Vec::new(), Vec::new());
    for token_id in token_ids {
        match account.revoke(&token_id).await {
            Ok(()) => revoked.push(token_id),
            Err(failure) => failed.push((token_id, failure)),
        }
    }
    interrupted::revoked(shared, id, &revoked).await;
    gone(shared, &account.connection().base_url, &revoked).await;
    (revoked, failed)
}

/// Not one connection alone: a copy of it signs in with the same token.
pub(crate) async fn gone(shared: &Arc<Shared>, base_url: &BaseUrl, token_ids: &[String]) {
    let ended = notes::users(shared, base_url, token_ids).await;
    if !ended.is_empty() {
        notes::forget(shared, ended.clone()).await;
        owner::everybody_has_to_sign_in(shared, ended).await;
    }
}
