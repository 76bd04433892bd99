//! The engine's thread: its runtime, and the loop that hands each command to the part that does it.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{
    Command, Event, Places, activity, cli_tokens, lane, owner, reminders,
    request::RunningRequests,
    saves,
    shared::{Outbox, Shared, blocking},
    signing_in, testing,
};
use brickpass_core::failure::{Code, Failure};

/// How long saves may take after the window has closed.
const LAST_SAVES: Duration = Duration::from_secs(150);

/// A renewal's own limit is 28 s.
const LAST_RENEWALS: Duration = Duration::from_secs(30);

/// A rotation is five requests of at most half a minute each, and its answers are seldom lost. So it is with what an administrator changes.
const LAST_TOKENS: Duration = Duration::from_secs(180);

/// A keyring's limit is 3 s an operation; a renewal goes on below.
const LAST_CLI_TOKENS: Duration = Duration::from_secs(15);

/// The record of what was done last.
const LAST_DEEDS: Duration = Duration::from_secs(3);

/// The body of the engine's thread.
pub(super) fn run(places: Places, inbox: mpsc::UnboundedReceiver<Command>, outbox: Outbox) {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("engine-worker").build() {
        Ok(runtime) => {
            runtime.block_on(serve(places, inbox, outbox));
            // A keyring that waits for an answer of the person's must not hold the program open.
            runtime.shutdown_background();
        }
        Err(error) => outbox.send(Event::Failed {
            about: None,
            failure: Failure::new(
                Code::Internal,
                "Brickpass cannot start its worker threads.",
                format!("The system says: {error}."),
                "Close other programs and start Brickpass again.",
            ),
        }),
    }
}

async fn serve(places: Places, mut inbox: mpsc::UnboundedReceiver<Command>, outbox: Outbox) {
    let (changed, to_tell) = mpsc::unbounded_channel();
    let observer = activity::Observer::start(&places.state_dir, outbox.clone());
    let (bell, cli_bell) = (outbox.bell.clone(), outbox.cli_bell.clone());
    let (shared, settings_problem) = Shared::new(places, outbox.observed(observer.clone()), changed);
    let shared = Arc::new(shared);
    tokio::spawn(owner::watch(Arc::clone(&shared), to_tell, cli_bell.clone()));
    tokio::spawn(cli_tokens::watch(Arc::clone(&shared), cli_bell.clone()));
    tokio::spawn(reminders::watch(Arc::clone(&shared), bell));
    let mut sign_ins = signing_in::SignIns::new(Arc::clone(&shared));
    let mut tests = testing::Tests::new(Arc::clone(&shared));
    let (lane, jobs) = mpsc::unbounded_channel();
    let lane_done = tokio::spawn(lane::run(Arc::clone(&shared), settings_problem, jobs));
    let mut requests = RunningRequests::new(Arc::clone(&shared), lane.downgrade());
    // Who stops the engine by a command still listens; who drops its handle does not.
    let mut deserted = true;

    while let Some(command) = inbox.recv().await {
        match command {
            Command::Ask(ask) => requests.start(ask),
            Command::Test { run, connection, secret } => tests.start(run, *connection, secret),
            Command::Cancel { run } => {
                tests.cancel(run);
            }
            Command::CancelSave { id } => {
                if shared.saves.cancel(id) {
                    shared.outbox.send(Event::SaveFailed { id, failure: saves::cancelled(), theirs: None });
                }
            }
            Command::SignIn { run, owner, place, open_browser } => sign_ins.start(run, *owner, place, open_browser),
            Command::AnswerSignIn { run, yes } => sign_ins.answer(run, yes),
            Command::CancelSignIn { run } => sign_ins.cancel(run),
            Command::PasteSignIn { run, address } => sign_ins.paste(run, address),
            Command::Stop => {
                deserted = false;
                break;
            }
            stored => {
                if let Command::Save { reviewed, .. } = &stored {
                    shared.saves.begin(reviewed.connection.id);
                }
                // The lane lives as long as its sender, which is ours.
                let _ = lane.send(lane::Job::Command(stored));
            }
        }
    }
    tests.cancel_all();
    sign_ins.cancel_all();
    // First of all, and whatever the rest waits for: it cannot be cleared when the program is gone.
    shared.copies.finish().await;
    // Before the lane ends: a token that has been made is stored on it.
    let _ = tokio::time::timeout(LAST_TOKENS, requests.finish(deserted)).await;
    drop(lane);
    // What was asked to be saved is saved before the program ends.
    let _ = tokio::time::timeout(LAST_SAVES, lane_done).await;
    // What has just been changed decides about the entries of the Databricks CLI.
    let _ = tokio::time::timeout(LAST_CLI_TOKENS, cli_tokens::settle(&shared, &cli_bell)).await;
    // A renewal that is cut off would leave a refresh token in the vault that has been used.
    let _ = tokio::time::timeout(LAST_RENEWALS, shared.sessions.landed()).await;
    let _ = blocking(move || observer.flush(LAST_DEEDS)).await;
}
