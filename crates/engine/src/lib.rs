//! The one place where work is started: requests in, answers and events out, on the tokio runtime.

mod accounts;
mod activity;
mod admin;
mod api_context;
mod backup;
mod blocking;
mod cli_tokens;
pub mod clipboard;
mod connections;
mod copies;
mod desktop;
pub mod diagnostics;
mod effective;
mod event;
mod export;
#[cfg(test)]
mod fixtures;
mod importing;
mod metadata_service;
mod outbox;
mod owner;
mod places;
mod preflight;
mod publish;
mod recover;
mod reminders;
mod request;
mod secrets;
mod serve;
mod shared;
mod signing_in;
mod testing;
mod token_provider;
mod tokens;
mod vault;
mod verify;
mod writer;

use std::{sync::Arc, thread::JoinHandle};

use tokio::sync::mpsc;

pub use accounts::{AddWorkspaces, GetAccessToken, ListWorkspaces, SignOut, SignedOut, StoreSignIns, UnsavedSignIns};
pub use activity::{ExportActivity, ReadActivity};
pub use admin::{
    AddToWorkspace, CreateOAuthSecret, CreateServicePrincipal, DeleteOAuthSecret, GetPermission, GetTokenRules, GrantPermission,
    ListCatalogs, ListOAuthSecrets, ListObjects, ListServicePrincipals, ListUsersTokens, RevokeUsersTokens, SetEntitlement, SetMaximumDays,
    SetTokensEnabled,
};
pub use backup::{BackedUp, Backup, SaveInventory};
pub use brickpass_databricks::{
    oauth::AccessToken,
    session::{Revocation, SignIn},
};
pub use brickpass_storage::{ActivityEntry, AuditAction, TokenNote};
pub use cli_tokens::{CliToken, CliTokenState, CliTokensOff, off_by_storage};
pub use connections::{
    Duplicate, Import, ImportUndone, Imported, Purge, Purged, Refresh, Remove, Restore, Save, SaveOutcome, Start, UndoImport,
};
pub use desktop::{OpenDemo, OpenInBrowser, RememberWindow};
pub use diagnostics::{Diagnose, Diagnostics, SaveDiagnostics};
pub use effective::{Attribute, Effective, Family, FindEffective, Problem, Source, Speaker, Verdict};
pub use event::{Continuation, Event};
pub use export::{Export, ExportOf, ExportPlace, ExportRequest, ListOffers, Offer, SaveExport};
pub use importing::{Chosen, ExistingMatch, ImportId, ImportSource, NotImported, Preview, PreviewRow, ReadImport};
pub use metadata_service::{MetadataService, TokensOfOne};
pub use owner::DescribeSignIn;
pub use places::{Around, OpenUrl, Places};
pub use preflight::{REGISTERED_PORTS, clock_is_past, free_ports};
pub use publish::{
    Applied, ApplyPlan, Drift, ForgetProfile, KeepProfile, ListProfiles, Orphan, Plan, PlanEdit, PlanPublish, ProfileLine, ProfilesFile,
    Replaced, RestoreProfiles, TakenOut, Unpublish,
};
pub use recover::{Recover, Recovery};
pub use reminders::{Answered, ExpiringToken, Notification, Notify, Reminder, ReminderChoice, Shown, days_left, expiring_tokens};
pub use request::{Ask, CancelHandle, Canceller, Context, Order, Pending, Progress, Request, Then};
pub use secrets::{ClearClipboard, CopySecret, CopyStored, DescribeSecret, KeepClipboard, RevealSecret, StoredSecret};
use serve::Message;
pub use signing_in::{Found, SignInControl, SignInInput, SignInPlace, SignInStep, SignInWithBrowser, SignedIn};
pub use testing::{TestConnection, TestResult};
pub use token_provider::{ProfilesPlace, TokenProvider};
pub use tokens::{
    GenerateToken, ListTokens, NotRevocable, RemovedTokens, RevokeTokens, RevokedTokens, RotateToken, Rotated, TokenList, UseToken,
    comment_without_mark, default_comment, interrupted_token_changes, revocable_token,
};
pub use vault::{DeleteUnknownSecrets, ExamineVault, ProbeVault, SaveSettings, SettingsSaved, UnlockVault, VaultExamination};
pub use verify::{Verification, VerifyProfile};

/// The handle that the window and the command line hold.
pub struct Engine {
    messages: Option<mpsc::UnboundedSender<Message>>,
    thread: Option<JoinHandle<()>>,
}

/// Ends an engine from elsewhere than where its handle is.
pub struct Stopper(mpsc::WeakUnboundedSender<Message>);

impl Stopper {
    /// Returns when the engine has ended; what it was asked to save is saved, a sign-in that was being renewed is stored. False: it is ending
    /// already, and who ended it waits for that.
    pub async fn stop(self) -> bool {
        let Some(messages) = self.0.upgrade() else { return false };
        let _ = messages.send(Message::Stop);
        messages.closed().await;
        true
    }
}

/// The other end: what happened, in order.
pub struct Events {
    receiver: mpsc::UnboundedReceiver<Event>,
}

impl Engine {
    /// Starts the thread that owns the runtime; returns at once. `wake` is called after each event (the window asks for a repaint).
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(places: Places, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<(Self, Events)> {
        let (messages, inbox) = mpsc::unbounded_channel();
        let (events, receiver) = mpsc::unbounded_channel();
        let thread =
            std::thread::Builder::new().name("engine".to_owned()).spawn(move || serve::run(places, inbox, events, Arc::new(wake)))?;
        Ok((Self { messages: Some(messages), thread: Some(thread) }, Events { receiver }))
    }

    /// Never blocks; the answer comes as [`Event::Answer`]. After `finish` nothing more is taken.
    pub fn send(&self, ask: Ask) {
        if let Some(messages) = &self.messages {
            // The engine only ends when this handle is dropped; a send that fails means that it died, which its last event has told.
            let _ = messages.send(Message::Ask(ask));
        }
    }

    /// Never blocks; the answer is waited for where it is wanted.
    pub fn ask<R: Request>(&self, request: R) -> Pending<R::Answer> {
        let (ask, pending) = Ask::pending(request);
        self.send(ask);
        pending
    }

    /// `None` after `finish`.
    #[must_use]
    pub fn stopper(&self) -> Option<Stopper> {
        self.messages.as_ref().map(|messages| Stopper(messages.downgrade()))
    }

    /// Cancels the tests that run, waits for the saves that were asked for, then returns.
    pub fn finish(mut self) {
        self.stop();
    }

    /// As `finish`; the handle stays, and takes nothing more.
    pub fn stop(&mut self) {
        drop(self.messages.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the engine's thread has nobody left to hear of it.
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Events {
    /// The next event that is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }

    /// Waits for the next event; `None` when the engine has ended.
    pub fn wait(&mut self) -> Option<Event> {
        self.receiver.blocking_recv()
    }
}
