//! *Verify*: which user the installed tools sign in as with a published profile, and whether Brickpass sees the same one.
//!
//! No shell, a time limit, and of the environment everything but the variables of Databricks' tools, which would win over the profile.

mod program;
mod tools;

use std::sync::Arc;

use super::{
    api_context::ApiContext,
    blocking::blocking,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{ConnectionId, Level},
    failure::{Code, Failure},
};
use program::ToolEnvironment;

/// Runs the receiving tools' own resolution of a published profile, where they are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyProfile {
    pub id: ConnectionId,
    pub profile: String,
}

/// An installed tool that signs in as the same user as Brickpass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// `Databricks CLI 1.13.0`, `databricks-sdk 0.156.0 (Python)`.
    pub tool: String,
    pub user: String,
}

impl Request for VerifyProfile {
    /// One for each tool.
    type Answer = Vec<Result<Verification, Failure>>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Self::Answer, Failure> {
        verify(&context.shared, self.id, &self.profile).await
    }
}

/// The user that a tool signs in as, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    /// With its version.
    tool: String,
    user: String,
    host: String,
}

async fn verify(shared: &Arc<Shared>, id: ConnectionId, profile: &str) -> Result<Vec<Result<Verification, Failure>>, Failure> {
    let mut api = ApiContext::of(shared, id, of_a_workspace).await?;
    let me = api.ask(|client, call| async move { client.me_within(&call).await }).await;
    let ours = me.map_err(|error| api.explained(error.failure))?.user_name;
    let host = api.connection.base_url.origin();
    let asked = tools::ALL.map(|tool| {
        let environment = ToolEnvironment::of(&shared.places, profile);
        let (profile, ours, host) = (profile.to_owned(), ours.clone(), host.clone());
        blocking(move || judged(tool(&environment, &profile)?, &ours, &host))
    });
    let [cli, python] = asked;
    let (cli, python) = tokio::join!(cli, python);
    Ok([cli, python].into_iter().map(Result::flatten).collect())
}

fn of_a_workspace(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(Failure::new(
            Code::Unsupported,
            "The tools were not started.",
            "They can only show the user they sign in as in a workspace, and this connection is for an account.",
            "Verify a connection to one of its workspaces.",
        )),
    }
}

/// The same user in the same place, or it is not verified.
fn judged(seen: Seen, ours: &str, host: &str) -> Result<Verification, Failure> {
    let Seen { tool, user, host: theirs } = seen;
    let differs = |why: String| {
        Err(Failure::new(
            Code::Conflict,
            format!("{tool} does not sign in like this connection."),
            why,
            "To see which setting takes effect: brickpass effective. Or publish the connection again.",
        ))
    };
    if theirs.trim_end_matches('/') != host {
        return differs(format!("It connects to {theirs}, the connection to {host}."));
    }
    if user != ours {
        return differs(format!("It signs in as {user}, the connection as {ours}."));
    }
    Ok(Verification { tool, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(user: &str, host: &str) -> Seen {
        Seen { tool: "Tool 1".to_owned(), user: user.to_owned(), host: host.to_owned() }
    }

    #[test]
    fn the_same_user_in_the_same_place_is_verified_and_nothing_else_is() {
        let judge = |user, host| judged(seen(user, host), "a@example.com", "https://a.example.com");
        assert_eq!(
            judge("a@example.com", "https://a.example.com/"),
            Ok(Verification { tool: "Tool 1".to_owned(), user: "a@example.com".to_owned() })
        );
        assert!(judge("b@example.com", "https://a.example.com").unwrap_err().why.contains("b@example.com"));
        assert!(judge("a@example.com", "https://b.example.com").unwrap_err().why.contains("https://b.example.com"));
    }
}
