//! *Prove it*: the tools that are installed here are asked whom they sign in as with a published profile, and whether it is whom Brickpass sees.
//!
//! No shell, a time limit, and of the environment everything but the variables of Databricks' tools, which would win over the profile.

mod program;
mod tools;

use std::sync::Arc;

use super::{
    Event, Proof, RunId,
    reach::Reach,
    running::{Cancelled, Running},
    shared::{Shared, blocking},
};
use brickpass_core::{
    connection::{ConnectionId, Level},
    failure::{Code, Failure},
};
use program::Surroundings;

/// Whom a tool signs in as, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    /// With its version.
    tool: String,
    user: String,
    host: String,
}

pub(super) fn prove(shared: &Arc<Shared>, running: &mut Running, run: RunId, id: ConnectionId, profile: String) {
    let shared = Arc::clone(shared);
    let asked = |cancelled: Cancelled| async move { cancelled.or(work(&shared, id, &profile)).await };
    running.start(run, asked, move |outcome| Event::Proved { run, id, outcome });
}

async fn work(shared: &Arc<Shared>, id: ConnectionId, profile: &str) -> Result<Vec<Result<Proof, Failure>>, Failure> {
    let mut reach = Reach::of(shared, id, of_a_workspace).await?;
    let me = reach.ask(|client, call| async move { client.me_within(&call).await }).await;
    let ours = me.map_err(|error| reach.explained(error.failure))?.user_name;
    let host = reach.connection.base_url.origin();
    let asked = tools::ALL.map(|tool| {
        let surroundings = Surroundings::of(&shared.places, profile);
        let (profile, ours, host) = (profile.to_owned(), ours.clone(), host.clone());
        blocking(move || judged(tool(&surroundings, &profile)?, &ours, &host))
    });
    let [cli, python] = asked;
    let (cli, python) = tokio::join!(cli, python);
    Ok([cli, python].into_iter().map(|asked| asked.and_then(|proof| proof)).collect())
}

fn of_a_workspace(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(Failure::new(
            Code::Unsupported,
            "The tools were not asked.",
            "They tell whom they sign in as in a workspace, and this connection is to an account.",
            "Prove a connection to one of its workspaces.",
        )),
    }
}

/// The same user in the same place, or it is no proof.
fn judged(seen: Seen, ours: &str, host: &str) -> Result<Proof, Failure> {
    let Seen { tool, user, host: theirs } = seen;
    let differs = |why: String| {
        Err(Failure::new(
            Code::Conflict,
            format!("{tool} does not sign in as this connection does."),
            why,
            "See which of its settings wins in: brickpass effective. Or publish the connection again.",
        ))
    };
    if theirs.trim_end_matches('/') != host {
        return differs(format!("It goes to {theirs}, the connection to {host}."));
    }
    if user != ours {
        return differs(format!("It is {user} there, the connection is {ours}."));
    }
    Ok(Proof { tool, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(user: &str, host: &str) -> Seen {
        Seen { tool: "Tool 1".to_owned(), user: user.to_owned(), host: host.to_owned() }
    }

    #[test]
    fn the_same_user_in_the_same_place_is_a_proof_and_nothing_else_is() {
        let judge = |user, host| judged(seen(user, host), "a@example.com", "https://a.example.com");
        assert_eq!(
            judge("a@example.com", "https://a.example.com/"),
            Ok(Proof { tool: "Tool 1".to_owned(), user: "a@example.com".to_owned() })
        );
        assert!(judge("b@example.com", "https://a.example.com").unwrap_err().why.contains("b@example.com"));
        assert!(judge("a@example.com", "https://b.example.com").unwrap_err().why.contains("https://b.example.com"));
    }
}
