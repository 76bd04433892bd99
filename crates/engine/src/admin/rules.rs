//! What a workspace's admins have decided about personal access tokens.

use super::{api, messages};
use crate::{
    activity::Done,
    api_context::{ApiContext, look},
    request::{Context, Order, Recorder, Request},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::TokenRules;
use brickpass_storage::AuditAction;

/// Gets whether personal access tokens are allowed in a workspace, and their maximum lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetTokenRules {
    pub id: ConnectionId,
}

impl Request for GetTokenRules {
    type Answer = TokenRules;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<TokenRules, Failure> {
        let mut api = api(&context, self.id, messages::where_tokens_exist).await?;
        read(&mut api).await.map_err(|failure| messages::explained(failure, &api))
    }
}

/// Allows personal access tokens in a workspace, or forbids them. The answer: the rules as they are then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetTokensEnabled {
    pub id: ConnectionId,
    pub enabled: bool,
}

impl Request for SetTokensEnabled {
    type Answer = TokenRules;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<TokenRules> {
        let done = Done::new(self.id, if self.enabled { AuditAction::TokensEnabled } else { AuditAction::TokensDisabled });
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<TokenRules, Failure> {
        change(&context, self.id, Change::Enabled(self.enabled)).await
    }
}

/// Limits how long new tokens of a workspace are valid. The answer: the rules as they are then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetMaximumDays {
    pub id: ConnectionId,
    /// `None`: the service's own limit.
    pub days: Option<u32>,
}

impl Request for SetMaximumDays {
    type Answer = TokenRules;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<TokenRules> {
        let days = self.days.map_or_else(|| "no limit".to_owned(), |days| format!("{days} days"));
        let done = Done::new(self.id, AuditAction::TokenMaximumSet).with(Some(days));
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<TokenRules, Failure> {
        change(&context, self.id, Change::MaximumDays(self.days)).await
    }
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Enabled(bool),
    MaximumDays(Option<u32>),
}

impl Change {
    /// The rules as they are when it is done.
    fn on(self, rules: TokenRules) -> TokenRules {
        match self {
            Self::Enabled(enabled) => TokenRules { enabled: Some(enabled), ..rules },
            Self::MaximumDays(maximum_days) => TokenRules { maximum_days, ..rules },
        }
    }
}

async fn read(api: &mut ApiContext) -> Result<TokenRules, Failure> {
    api.ask(|client, call| async move { client.token_rules(&call).await }).await.map_err(|error| error.failure)
}

async fn change(context: &Context, id: ConnectionId, change: Change) -> Result<TokenRules, Failure> {
    let mut api = api(context, id, messages::where_tokens_exist).await?;
    let changed = change_there(context, &mut api, change).await;
    changed.map_err(|failure| messages::explained(failure, &api))
}

/// The rules after the change. Also read before it: a user who disables tokens while using one cannot read them afterwards.
async fn change_there(context: &Context, api: &mut ApiContext, change: Change) -> Result<TokenRules, Failure> {
    let wanted = change.on(context.unless_cancelled(read(api)).await?);
    let asked = api.ask(|client, call| async move {
        match change {
            Change::Enabled(enabled) => client.set_tokens_enabled(enabled, &call).await,
            Change::MaximumDays(days) => client.set_maximum_token_days(days, &call).await,
        }
    });
    match asked.await {
        Ok(()) => Ok(read(api).await.unwrap_or(wanted)),
        Err(error) if error.may_have_been_acted_on() => look_after(api, change, error.failure).await,
        Err(error) => Err(error.failure),
    }
}

async fn look_after(api: &ApiContext, change: Change, lost: Failure) -> Result<TokenRules, Failure> {
    let seen = look(|| {
        let mut api = api.clone();
        async move { read(&mut api).await.map(|rules| (rules == change.on(rules)).then_some(rules)) }
    });
    match seen.await {
        Ok(Some(rules)) => Ok(rules),
        Ok(None) => Err(messages::not_changed(lost, "The workspace still has the old setting.")),
        Err(unseen) => Err(messages::nobody_knows(lost, &unseen, "Check the setting later.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_touches_one_rule() {
        let rules = TokenRules { enabled: Some(true), maximum_days: Some(90) };
        assert_eq!(Change::Enabled(false).on(rules), TokenRules { enabled: Some(false), maximum_days: Some(90) });
        assert_eq!(Change::MaximumDays(None).on(rules), TokenRules { enabled: Some(true), maximum_days: None });
    }
}
