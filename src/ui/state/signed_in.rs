//! Signed-in users, shared sign-ins, signing out, and sign-ins that are not saved.

use super::{Closing, Connections, Notice, Output, Remote, SignIns, State, Tests, ask};
use crate::ui::text;
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Status},
    failure::Failure,
};
use brickpass_engine::{DescribeSignIn, Revocation, SignIn, SignedOut, StoreSignIns, UnsavedSignIns};

/// A key requested the end of this connection's sign-in: the dialog asks first, with the name.
#[derive(Debug)]
pub struct SignOut {
    pub id: ConnectionId,
}

impl SignOut {
    /// For the shown connection, if it holds a sign-in.
    pub fn of_shown(connections: &Connections, sign_ins: &SignIns) -> Option<Self> {
        let selection = &connections.selection;
        let id = selection.shown().filter(|id| selection.count() == 1 && sign_ins.can_sign_out(*id, connections))?;
        Some(Self { id })
    }
}

/// The window is about to close while renewed sign-ins are not saved; `waiting`: saving is tried again.
#[derive(Debug)]
pub struct SignInsUnsaved {
    pub waiting: bool,
}

impl SignInsUnsaved {
    pub fn store(&mut self) -> Output {
        self.waiting = true;
        ask(StoreSignIns, |state, outcome, _| match outcome {
            Ok(UnsavedSignIns { ids, failure }) => state.sign_ins_unsaved(ids, failure),
            Err(failure) => state.sign_ins_unsaved(state.sign_ins.unsaved.clone(), Some(failure)),
        })
        .into()
    }
}

impl SignIns {
    /// The signed-in user of this connection; `None` while unknown.
    pub fn signed_in(&self, id: ConnectionId, connections: &Connections) -> Option<&Option<SignIn>> {
        self.described(connections.sign_in_owner(id))?.value()
    }

    /// *Sign in* is what this connection needs next.
    pub fn is_next(&self, id: ConnectionId, connections: &Connections, tests: &Tests) -> bool {
        // It is already offered next to a failed sign-in.
        let begun = self.attempt_for(id, connections).is_some();
        let refused = connections.last_test(id).is_some_and(|last| last.state == Status::SignIn)
            || tests.finished(id).is_some_and(|finished| finished.report.state == Status::SignIn);
        let no_user = matches!(self.signed_in(id, connections), Some(None)) && connections.entry(id).is_some();
        connections.uses_browser(id) && !begun && (refused || no_user)
    }

    /// Signing out ends the sign-in for all connections that use it, so it is offered only where it is held.
    pub fn can_sign_out(&self, id: ConnectionId, connections: &Connections) -> bool {
        connections.uses_browser(id)
            && connections.entry(id).is_some()
            && connections.sign_in_owner(id) == id
            && matches!(self.signed_in(id, connections), Some(Some(_)))
    }

    /// Signs out the shown connection.
    pub fn sign_out(&mut self, connections: &Connections) -> Output {
        let Some(id) = connections.selection.shown().filter(|id| self.can_sign_out(*id, connections)) else { return Output::none() };
        self.end(id);
        ask(brickpass_engine::SignOut { id }, |state, outcome, _| match outcome {
            Ok(SignedOut { users, revocation }) => {
                let all = users.into_iter();
                all.map(|user| state.sign_ins.signed_out(user, revocation.clone(), &state.connections)).collect()
            }
            Err(failure) => Output::from(Notice::Failure(failure)),
        })
        .into()
    }

    /// Updates all connections that used the sign-in; reports it once, where it was held.
    pub(super) fn signed_out(&mut self, id: ConnectionId, revocation: Revocation, connections: &Connections) -> Output {
        if connections.sign_in_owner(id) != id {
            return Output::none();
        }
        self.described.insert(id, Remote::Ready(None));
        if self.attempt(id).is_some_and(|attempt| !attempt.runs()) {
            self.attempts.remove(&id);
        }
        match revocation {
            Revocation::Failed(failure) => Notice::Failure(failure),
            Revocation::Revoked | Revocation::NotOffered => Notice::Done(text::signed_out(connections.name_of(id))),
        }
        .into()
    }

    /// Loads the signed-in user once when a connection with browser sign-in is shown.
    pub(super) fn describe(&mut self, id: ConnectionId, connections: &Connections) -> Output {
        let owner = connections.sign_in_owner(id);
        if !connections.uses_browser(id) || !connections.entry_of.contains_key(&owner) {
            return Output::none();
        }
        let known = self.described.entry(owner).or_default();
        if *known != Remote::NotAsked {
            return Output::none();
        }
        known.asked();
        ask(DescribeSignIn { id: owner }, move |state, outcome, _| state.sign_ins.loaded(owner, outcome, &state.connections)).into()
    }

    pub(super) fn loaded(&mut self, id: ConnectionId, outcome: Result<Option<SignIn>, Failure>, connections: &Connections) {
        if connections.sign_in_owner(id) != id {
            return;
        }
        let known = self.described.entry(id).or_default();
        match outcome {
            Ok(sign_in) => *known = Remote::Ready(sign_in),
            Err(failure) => known.failed(failure),
        }
    }

    /// The vault's content may have changed. An unsaved connection has nothing in the vault.
    pub(super) fn forget_described(&mut self, only: Option<ConnectionId>, connections: &Connections) {
        let saved = |id: &ConnectionId| connections.entry_of.contains_key(id);
        self.described.retain(|id, _| !saved(id) || only.is_some_and(|only| only != *id));
    }
}

impl State {
    /// Sign-ins that the vault did not save: the window asks before it closes.
    pub(super) fn sign_ins_unsaved(&mut self, ids: Vec<ConnectionId>, failure: Option<Failure>) -> Output {
        let new = ids.iter().any(|id| !self.sign_ins.unsaved.contains(id));
        let all_stored = ids.is_empty();
        self.sign_ins.unsaved = ids;
        self.sign_ins.unsaved_failure.clone_from(&failure);
        if all_stored {
            if self.dialogs.remove::<SignInsUnsaved>().is_some() {
                self.view.closing = Closing::Now;
            }
            return Output::none();
        }
        match self.dialogs.find_mut::<SignInsUnsaved>() {
            Some(dialog) => {
                dialog.waiting = false;
                Output::none()
            }
            None => failure.filter(|_| new).map(Notice::Failure).into(),
        }
    }
}

impl Connections {
    /// The connection that holds the sign-in of this one, according to the form.
    pub fn sign_in_owner(&self, id: ConnectionId) -> ConnectionId {
        let typed = self.form(id).map(|form| form.draft.shared_sign_in());
        let saved = || {
            let entry = self.entry(id)?;
            let all = self.library().value()?.entries.iter().map(|entry| &entry.connection);
            Some(entry.connection.owner_among(all).id)
        };
        match typed {
            Some(shared) => shared,
            None => saved(),
        }
        .unwrap_or(id)
    }

    /// Whether this connection uses browser sign-in.
    pub fn uses_browser(&self, id: ConnectionId) -> bool {
        match self.form(id) {
            Some(form) => form.draft.auth == AuthKind::Browser,
            None => self.entry(id).is_some_and(|entry| entry.connection.auth.kind() == AuthKind::Browser),
        }
    }

    /// The connections that use the sign-in of `owner`, including itself.
    pub(super) fn users_of(&self, owner: ConnectionId) -> impl Iterator<Item = ConnectionId> {
        let entries = self.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let shares = entries.iter().filter(move |entry| entry.connection.sign_in_of == Some(owner));
        shares.map(|entry| entry.connection.id).chain([owner])
    }

    /// Stops using the sign-in of an account.
    pub fn use_own_sign_in(&mut self) {
        if let Some(form) = self.shown_form_mut() {
            form.draft.sign_in_of = None;
        }
        self.judge_shown();
    }
}
