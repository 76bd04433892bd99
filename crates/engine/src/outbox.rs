//! Where events go, and what is recorded of them.

use std::{path::Path, sync::Arc};

use tokio::sync::mpsc;

use super::{
    activity::{ActivityLog, Done},
    cli_tokens::CliTokensSignal,
    event::Event,
    reminders::RemindersSignal,
};
use brickpass_core::connection::{ConnectionId, SecretKind};

/// Sends events to the window or the command line, and wakes the parts of the engine that depend on them.
#[derive(Clone)]
pub(super) struct Outbox {
    listener: Listener,
    log: ActivityLog,
    reminders: RemindersSignal,
    cli_tokens: CliTokensSignal,
}

#[derive(Clone)]
struct Listener {
    events: mpsc::UnboundedSender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Listener {
    fn send(&self, event: Event) {
        // Only while the program ends is there no listener any more.
        let _ = self.events.send(event);
        (self.wake)();
    }
}

impl Outbox {
    pub(super) fn start(state_dir: &Path, events: mpsc::UnboundedSender<Event>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let listener = Listener { events, wake };
        let of_log = listener.clone();
        let log = ActivityLog::start(state_dir, move |entries| of_log.send(Event::ActivityAdded(entries)));
        Self { listener, log, reminders: RemindersSignal::default(), cli_tokens: CliTokensSignal::default() }
    }

    pub(super) fn send(&self, event: Event) {
        if let Event::Library(snapshot) = &event {
            self.log.name(snapshot);
        }
        self.reminders.observe(&event);
        self.listener.send(event);
    }

    pub(super) fn log(&self) -> &ActivityLog {
        &self.log
    }

    /// A stored secret is on the clipboard.
    pub(super) fn copied(&self, id: ConnectionId, kind: SecretKind) {
        self.log.copied(id, kind);
    }

    pub(super) fn record(&self, done: Vec<Done>) {
        self.log.record(done);
    }

    /// What decides about reminders has changed.
    pub(super) fn wake_reminders(&self) {
        self.reminders.raise();
    }

    /// What Databricks' tools are given may have to change.
    pub(super) fn wake_cli_tokens(&self) {
        self.cli_tokens.raise();
    }

    pub(super) fn reminders_signal(&self) -> RemindersSignal {
        self.reminders.clone()
    }

    pub(super) fn cli_tokens_signal(&self) -> CliTokensSignal {
        self.cli_tokens.clone()
    }
}
