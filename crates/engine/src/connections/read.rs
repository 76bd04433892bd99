//! What is stored is read: at the start, and again when another program has changed it.

use std::{
    sync::{Arc, PoisonError},
    time::SystemTime,
};

use jiff::Timestamp;

use super::{interrupted::finish_interrupted_saves, list::broadcast, remove::purge_what_was_left};
use crate::{
    blocking::blocking,
    event::Event,
    publish::tell_published,
    request::{Context, Order, Request},
    shared::{Current, Shared},
    tokens::{interrupted_token_changes, tell_notes, with_ends},
};
use brickpass_core::failure::Failure;
use brickpass_storage::{FirstAddresses, SignInNotes};

/// Reads settings, connections and history, which are broadcast; then finishes what a killed process left half-way. The vault is asked by
/// [`crate::ProbeVault`], since that may show a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start;

impl Request for Start {
    type Answer = ();

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<(), Failure> {
        let shared = context.shared;
        let worker = Arc::clone(&shared);
        let read = blocking(move || start(&worker)).await;
        shared.tell_of_vault();
        let worker = Arc::clone(&shared);
        let finished = blocking(move || finish_interrupted_saves(&worker)).await;
        purge_what_was_left(&shared);
        read.and(finished)
    }
}

/// Reads the list again if another program has changed it. `brickpass test` in a terminal changes the history alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refresh;

impl Request for Refresh {
    type Answer = ();

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<(), Failure> {
        blocking(move || refresh(&context.shared)).await
    }
}

fn start(shared: &Shared) {
    shared.library.sweep(SystemTime::now());
    // Before anything is edited: secrets of older versions belong to the addresses that the connections have now.
    FirstAddresses::new(&shared.places.config_dir, &shared.places.state_dir).write_once();
    let Current { settings, .. } = shared.current();
    shared.outbox.send(Event::Settings {
        settings,
        window: shared.window_file.load(),
        vault_from_environment: shared.places.vault.is_some(),
        vault_file_exists: shared.places.vault_file().exists(),
        problem: shared.settings_problem.lock().unwrap_or_else(PoisonError::into_inner).take(),
    });
    let lost = shared.vault().lost().map(|lost| lost.failure().to_string());
    let tokens = shared.library.load().map(|snapshot| interrupted_token_changes(&shared.places.state_dir, &snapshot)).unwrap_or_default();
    shared.tell_attention(lost.into_iter().chain(tokens).collect());
    tell_published(shared);
    read(shared);
}

fn refresh(shared: &Shared) {
    if shared.library.changed_outside() {
        read(shared);
    } else {
        tell_history(shared);
    }
}

fn read(shared: &Shared) {
    match shared.library.load() {
        Ok(snapshot) => {
            broadcast(shared, snapshot);
            tell_history(shared);
        }
        Err(error) => shared.outbox.send(Event::LibraryFailed(error.failure())),
    }
}

fn tell_history(shared: &Shared) {
    tell_notes(shared);
    shared.outbox.send(Event::SignInNotes(SignInNotes::new(&shared.places.state_dir).load_all()));
    let history = with_ends(shared, shared.history.load(), Timestamp::now());
    let history = history.into_iter().map(|(id, last)| (id, Some(last)));
    shared.outbox.send(Event::History(history.collect()));
}
