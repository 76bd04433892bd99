//! What a workspace's admins have decided about personal access tokens.

use super::words;
use crate::reach::{Reach, look};
use brickpass_core::failure::Failure;
use brickpass_databricks::rest::TokenRules;

#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
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

pub(super) async fn read(reach: &mut Reach) -> Result<TokenRules, Failure> {
    reach.ask(|client, call| async move { client.token_rules(&call).await }).await.map_err(|error| error.failure)
}

/// The rules as they are after it. Read before it, too: who switches tokens off and signs in with one cannot read them any more.
pub(super) async fn change(reach: &mut Reach, change: Change) -> Result<TokenRules, Failure> {
    let wanted = change.on(read(reach).await?);
    let asked = reach.ask(|client, call| async move {
        match change {
            Change::Enabled(enabled) => client.set_tokens_enabled(enabled, &call).await,
            Change::MaximumDays(days) => client.set_maximum_token_days(days, &call).await,
        }
    });
    match asked.await {
        Ok(()) => Ok(read(reach).await.unwrap_or(wanted)),
        Err(error) if error.may_have_been_acted_on() => look_after(reach, change, error.failure).await,
        Err(error) => Err(error.failure),
    }
}

async fn look_after(reach: &Reach, change: Change, lost: Failure) -> Result<TokenRules, Failure> {
    let seen = look(|| {
        let mut reach = reach.clone();
        async move { read(&mut reach).await.map(|rules| (rules == change.on(rules)).then_some(rules)) }
    });
    match seen.await {
        Ok(Some(rules)) => Ok(rules),
        Ok(None) => Err(words::not_changed(lost, "The workspace has the former setting.")),
        Err(unseen) => Err(words::nobody_knows(lost, &unseen, "Look at the setting again later.")),
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
