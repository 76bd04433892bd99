//! What a sign-in is good for besides tests: a token for the command line, the workspaces of an account; and its end.

use std::sync::Arc;

use super::{
    Event,
    owner::{self, Owned, confirmed, owned},
    reach::Reach,
    shared::{Shared, crashed},
};
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Level},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::{rest::AccountWorkspace, session::Farewell};
use brickpass_storage::Deed;

/// Runs `work` in a task of its own and tells its end, also if it crashes.
fn answer<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    event: impl FnOnce(Result<T, Failure>) -> Event + Send + 'static,
) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let outcome = tokio::spawn(work).await.unwrap_or_else(|_| Err(crashed()));
        // Before the answer: a program that has it may end.
        owner::tell_unsaved(&shared);
        shared.tell_of_vault();
        shared.outbox.send(event(outcome));
    });
}

pub(super) fn access_token(shared: &Arc<Shared>, id: ConnectionId, anew: bool) {
    let asked = Arc::clone(shared);
    answer(
        shared,
        async move {
            let Owned { owner, .. } = may_use(&asked, id).await?;
            if anew { asked.sessions.renew(&owner).await } else { asked.sessions.access_token(&owner).await }
        },
        move |outcome| Event::AccessToken { id, outcome },
    );
}

pub(super) fn list_workspaces(shared: &Arc<Shared>, id: ConnectionId) {
    let asked = Arc::clone(shared);
    answer(shared, async move { workspaces(&asked, id).await }, move |outcome| Event::Workspaces { id, outcome });
}

pub(super) fn store_sign_ins(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let sessions = shared.sessions.clone();
        let stored = tokio::spawn(async move { sessions.store_unsaved(None).await }).await;
        owner::tell_unsaved_with(&shared, stored.unwrap_or_else(|_| Err(crashed())).err());
    });
}

/// Ends the sign-in that this connection uses, for everybody who uses it.
pub(super) fn sign_out(shared: &Arc<Shared>, id: ConnectionId) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let asked = Arc::clone(&shared);
        let ended = tokio::spawn(async move {
            let Owned { owner, users, .. } = owned(&asked, id).await?;
            let farewell = asked.sessions.sign_out(&owner).await?;
            if owner.auth.kind() == AuthKind::Browser {
                owner::everybody_has_to_sign_in(&asked, users.clone()).await;
            }
            Ok((users, farewell))
        });
        let outcome: Result<(Vec<ConnectionId>, Farewell), Failure> = ended.await.unwrap_or_else(|_| Err(crashed()));
        owner::tell_unsaved(&shared);
        match outcome {
            Ok((users, farewell)) => {
                for &user in &users {
                    shared.outbox.send(Event::SignInDescribed { id: user, outcome: Ok(None) });
                }
                for user in users {
                    shared.outbox.send(Event::SignedOut { id: user, farewell: farewell.clone() });
                }
            }
            Err(failure) => shared.fail_at(Deed::SignOut, vec![id], failure),
        }
    });
}

/// A saved connection whose token may be had and may be sent to its address.
pub(super) async fn may_use(shared: &Arc<Shared>, id: ConnectionId) -> Result<Owned, Failure> {
    let found = owned(shared, id).await?;
    confirmed(&found.connection)?;
    confirmed(&found.owner)?;
    Ok(found)
}

async fn workspaces(shared: &Arc<Shared>, id: ConnectionId) -> Result<Vec<AccountWorkspace>, Failure> {
    let owner = may_use(shared, id).await?.owner.id;
    let allowed = |level: &Level| if matches!(level, Level::Account { .. }) { Ok(()) } else { Err(no_account()) };
    let mut reach = Reach::of(shared, owner, allowed).await?;
    let Some(account) = reach.account_id() else { return Err(no_account()) };
    let account = &account;
    let listed = reach.ask(|client, call| async move { client.account_workspaces(account, &call).await }).await;
    listed.map_err(|error| reach.explained(error.failure))
}

fn no_account() -> Failure {
    Failure::new(
        Code::Unsupported,
        "This connection reaches no account.",
        "It is to a single workspace, with a sign-in of its own.",
        "Add a connection at account level first; its workspaces can be listed.",
    )
    .with_remedy(Remedy::EditBaseUrl)
}
