//! Listing and revoking tokens.

use std::sync::Arc;

use jiff::Timestamp;

use super::{account::Account, interrupted, notes};
use crate::{
    activity::{self, Done},
    owner,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::Token;
use brickpass_storage::{AuditAction, TokenNote};

/// Lists the personal access tokens of the connection's user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListTokens {
    pub id: ConnectionId,
}

impl Request for ListTokens {
    type Answer = TokenList;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<TokenList, Failure> {
        tokens(&context.shared, self.id).await
    }
}

/// The tokens of a user, and the rules for new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenList {
    pub tokens: Vec<Token>,
    /// This connection's token, if Brickpass created it.
    pub in_use: Option<String>,
    /// Tokens that an interrupted rotation left: valid, and not signed in with by this connection.
    pub left_over: Vec<String>,
    /// The maximum lifetime in the workspace, in days, if the user can see it.
    pub longest_days: Option<u32>,
}

impl TokenList {
    /// Whether the workspace returned last-used days: then a token without one was never used.
    #[must_use]
    pub fn tells_last_use(&self) -> bool {
        self.tokens.iter().any(|token| token.last_used.is_some())
    }

    /// When Databricks will revoke that token because it is unused, if the workspace returns last-used days.
    #[must_use]
    pub fn lapse_of(&self, token_id: &str, now: Timestamp) -> Option<Timestamp> {
        self.tokens.iter().find(|token| self.tells_last_use() && token.id == token_id)?.lapses_at(now)
    }
}

/// Newest first.
async fn tokens(shared: &Arc<Shared>, id: ConnectionId) -> Result<TokenList, Failure> {
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

/// The note about this connection's token.
pub(crate) async fn in_use(shared: &Arc<Shared>, connection: &Connection) -> Option<TokenNote> {
    if connection.auth.kind() != AuthKind::PersonalAccessToken {
        return None;
    }
    let note = notes::all(shared).await.remove(&connection.id)?;
    note.is_for(&connection.base_url).then_some(note)
}

/// Revokes tokens of the user that this connection signs in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeTokens {
    pub id: ConnectionId,
    pub token_ids: Vec<String>,
}

/// The IDs of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedTokens {
    pub revoked: Vec<String>,
    pub failed: Vec<(String, Failure)>,
}

impl RevokedTokens {
    /// What the activity log gets: an entry for each token, with its ID.
    pub(crate) fn recorder(id: ConnectionId, what: AuditAction, token_ids: Vec<String>) -> Recorder<Self> {
        let one = move |token: &String| Done::new(id, what).with(activity::token_id(token));
        Box::new(move |outcome| match outcome {
            Ok(Self { revoked, failed }) => {
                let left = failed.iter().map(|(token, failure)| one(token).failed(failure));
                revoked.iter().map(one).chain(left).collect()
            }
            Err(failure) => token_ids.iter().map(|token| one(token).failed(failure)).collect(),
        })
    }
}

impl Request for RevokeTokens {
    type Answer = RevokedTokens;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<RevokedTokens> {
        RevokedTokens::recorder(self.id, AuditAction::TokenRevoked, self.token_ids.clone())
    }

    async fn run(self, context: Context) -> Result<RevokedTokens, Failure> {
        Ok(revoke(&context.shared, self.id, self.token_ids).await)
    }
}

/// One after the other; the token that authorizes the revocations is last.
async fn revoke(shared: &Arc<Shared>, id: ConnectionId, mut token_ids: Vec<String>) -> RevokedTokens {
    let mut account = match Account::of(shared, id).await {
        Ok(account) => account,
        Err(failure) => {
            let failed = token_ids.into_iter().map(|token_id| (token_id, failure.clone())).collect();
            return RevokedTokens { revoked: Vec::new(), failed };
        }
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
    RevokedTokens { revoked, failed }
}

/// All connections with this token: a copy of a connection uses the same one.
pub(crate) async fn gone(shared: &Arc<Shared>, base_url: &BaseUrl, token_ids: &[String]) {
    let ended = notes::users(shared, base_url, token_ids).await;
    if !ended.is_empty() {
        notes::forget(shared, ended.clone()).await;
        owner::everybody_has_to_sign_in(shared, ended).await;
    }
}
