//! The state of the window. Events and the person's intents change it; both are plain functions that return output.

mod account;
mod activity;
mod admin;
mod ask;
mod clipboard;
mod closing;
mod conflict;
mod connections;
mod deleting;
mod deletion;
mod dialogs;
mod editing;
mod events;
mod expiry;
mod export;
mod intents;
mod list;
mod looking;
mod name_to_type;
mod output;
mod page;
mod preferences;
mod remote;
mod removal;
mod saving;
mod secrets;
mod selection;
mod signed_in;
mod signing_in;
#[cfg(test)]
mod signing_in_tests;
mod table_model;
mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod vault;
mod view;

pub use account::{AddWorkspaces, Offer, OfferStanding};
pub use activity::{ActivityLog, Line};
pub use admin::{Admin, AdminData, AdminSection, AdminTroubleKind, MAXIMUM_DAYS, PrincipalColumn, UserColumn};
pub use ask::{RunId, ask, ask_cancellable, ask_quietly, refresh, start};
pub use clipboard::Copied;
pub use closing::CloseWindow;
pub use conflict::{Conflict, RemovedElsewhere};
pub use connections::{Connections, Counts};
pub use deletion::{Deletion, Doomed, HeldSecret, TokenThere};
pub use dialogs::{Dialog, Dialogs, Then};
pub use editing::Editing;
pub use expiry::{Asked, Asking, Expiry, Month, Span, Summary};
pub use export::{Export, ExportModel, FormRow, FormValue, Hidden, Intent, Profiles, Publishing, Tool};
pub use list::{ITEM_HEIGHT, Item, List, Row, Section};
pub use name_to_type::NameToType;
pub use output::{Go, Output};
pub use page::Page;
pub use preferences::{Preferences, Zone};
pub use remote::{Asked as AskedOf, Remote};
pub use removal::{Removal, UNDO};
pub use secrets::Secrets;
pub use selection::Selection;
pub use signed_in::{SignInsUnsaved, SignOut};
pub use signing_in::{Attempt, CALLBACK_HINT_DELAY, Paste, PendingCallback, SignIns, Stage};
pub use table_model::{Record, TableModel};
pub use testing::{Finished, Running, Tests, same_target};
pub use tokens::{
    Column, Fresh, GenerateToken, Lifetime, Listed, RevokeTokens, RotateToken, SendTo, Tokens, TokensOf, TroubleKind,
    removed_tokens_revoked,
};
pub use vault::probe_vault;
use view::Closing;
pub use view::{Later, Notice, View};

use brickpass_core::{
    connection::{Connection, ConnectionId, LastTest},
    failure::Code,
};
use brickpass_storage::{Settings, WindowMemory};

/// The window's models, each with its own state, and the reactions that span several of them.
#[derive(Debug, Default)]
pub struct State {
    pub connections: Connections,
    pub secrets: Secrets,
    pub preferences: Preferences,
    pub view: View,
    pub dialogs: Dialogs,
    pub tests: Tests,
    pub sign_ins: SignIns,
    pub tokens: Tokens,
    pub export: Export,
    pub admin: Admin,
    pub activity: ActivityLog,
    /// The place *Expiring*.
    pub expiry: Expiry,
}

/// The state of one connection as its row shows it.
#[derive(Debug, Clone, Copy)]
pub enum RowStatus<'a> {
    Untested,
    /// Requested, but not started yet.
    Waiting,
    Testing(&'a Running),
    Known(&'a LastTest),
    /// The last test could not run.
    Broken,
}

impl State {
    /// Before the first event of the engine.
    pub fn new(settings: Settings, window: WindowMemory) -> Self {
        Self { preferences: Preferences { settings, window, ..Preferences::default() }, ..Self::default() }
    }
}

impl Tests {
    /// The state of one connection as its row shows it.
    pub fn status<'a>(&'a self, id: ConnectionId, connections: &'a Connections) -> RowStatus<'a> {
        if let Some(running) = self.running(id) {
            return if running.begun_at.is_some() { RowStatus::Testing(running) } else { RowStatus::Waiting };
        }
        if let Some(finished) = self.finished(id)
            && finished.report.failure.as_ref().is_some_and(|failure| failure.code == Code::Internal)
        {
            return RowStatus::Broken;
        }
        // An unsaved connection has only results of this window.
        let here = || self.finished(id).filter(|_| !connections.entry_of.contains_key(&id))?.last.as_ref();
        connections.history.get(&id).or_else(here).map_or(RowStatus::Untested, RowStatus::Known)
    }
}

/// The result for a tested form says nothing about a form with other input.
pub fn still_says_something(finished: &Finished, now: &Connection, secret_typed: bool) -> bool {
    same_target(&finished.tested, now) && (!secret_typed || finished.typed_secret)
}
