//! The engine's thread: its runtime, and the loop that starts what it is asked for.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{
    blocking::blocking,
    cli_tokens,
    event::Event,
    outbox::Outbox,
    owner,
    places::Places,
    reminders,
    request::{Ask, RunningRequests},
    shared::Shared,
    writer,
};
use brickpass_core::failure::{Code, Failure};

pub(super) enum Message {
    Ask(Ask),
    /// Ends the engine as dropping its handle does: what can be cancelled is, saves and renewals are brought to their end.
    Stop,
}

/// How long saves may take after the window has closed.
const LAST_SAVES: Duration = Duration::from_secs(150);

/// A renewal's own limit is 28 s.
const LAST_RENEWALS: Duration = Duration::from_secs(30);

/// A rotation is five requests of at most half a minute each, and its answers are seldom lost. So it is with what an administrator changes.
const LAST_TOKENS: Duration = Duration::from_secs(180);

/// A keyring's limit is 3 s an operation; a renewal goes on below.
const LAST_CLI_TOKENS: Duration = Duration::from_secs(15);

/// The record of what was done last.
const LAST_ENTRIES: Duration = Duration::from_secs(3);

/// The body of the engine's thread.
pub(super) fn run(
    places: Places,
    inbox: mpsc::UnboundedReceiver<Message>,
    events: mpsc::UnboundedSender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
) {
    let outbox = Outbox::start(&places.state_dir, events, wake);
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("engine-worker").build() {
        Ok(runtime) => {
            runtime.block_on(serve(places, inbox, outbox));
            // A keyring that waits for an answer of the person's must not hold the program open.
            runtime.shutdown_background();
        }
        Err(error) => outbox.send(Event::Failed(Failure::new(
            Code::Internal,
            "Brickpass cannot start its worker threads.",
            format!("Operating system error: {error}."),
            "Close other programs, then start Brickpass again.",
        ))),
    }
}

async fn serve(places: Places, mut inbox: mpsc::UnboundedReceiver<Message>, outbox: Outbox) {
    let (changed, sign_in_changes) = mpsc::unbounded_channel();
    let (log, cli_tokens_signal) = (outbox.log().clone(), outbox.cli_tokens_signal());
    let shared = Arc::new(Shared::new(places, outbox, changed));
    tokio::spawn(owner::watch(Arc::clone(&shared), sign_in_changes, cli_tokens_signal.clone()));
    tokio::spawn(cli_tokens::watch(Arc::clone(&shared), cli_tokens_signal.clone()));
    tokio::spawn(reminders::watch(Arc::clone(&shared), shared.outbox.reminders_signal()));
    let of_writes = Arc::clone(&shared);
    let (open_queue, writer, working) = writer::queue(move || of_writes.tell_of_vault());
    let worked_off = tokio::spawn(working);
    let mut requests = RunningRequests::new(Arc::clone(&shared), writer);
    // Who stops the engine by a message still listens; who drops its handle does not.
    let mut deserted = true;

    while let Some(message) = inbox.recv().await {
        match message {
            Message::Ask(ask) => requests.start(ask),
            Message::Stop => {
                deserted = false;
                break;
            }
        }
    }
    requests.cancel(deserted);
    // Before the rest, and whatever the rest waits for: it cannot be cleared when the program is gone.
    shared.copies.finish().await;
    // Before the queue ends: a token that has been made is stored in it.
    let _ = tokio::time::timeout(LAST_TOKENS, requests.finished()).await;
    drop(open_queue);
    // What was asked to be saved is saved before the program ends.
    let _ = tokio::time::timeout(LAST_SAVES, worked_off).await;
    // What has just been changed decides about the entries of the Databricks CLI.
    let _ = tokio::time::timeout(LAST_CLI_TOKENS, cli_tokens::settle(&shared, &cli_tokens_signal)).await;
    // A renewal that is cut off would leave a refresh token in the vault that has been used.
    let _ = tokio::time::timeout(LAST_RENEWALS, shared.sessions.drained()).await;
    let _ = blocking(move || log.flush(LAST_ENTRIES)).await;
}
