//! Signed-in users, shared sign-ins, signing out, and sign-ins that are not saved.

use super::{Closing, Dialog, Notice, Remote, State, ask};
use crate::ui::text;
use brickpass_core::{
    connection::{AuthKind, ConnectionId, Status},
    failure::Failure,
};
use brickpass_engine::{Ask, DescribeSignIn, Revocation, SignIn, SignOut, SignedOut, StoreSignIns, UnsavedSignIns};
use brickpass_storage::VaultStatus;

impl State {
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

    /// The signed-in user of this connection; `None` while unknown.
    pub fn signed_in(&self, id: ConnectionId) -> Option<&Option<SignIn>> {
        self.sign_ins.described(self.sign_in_owner(id))?.value()
    }

    /// Whether this connection uses browser sign-in.
    pub fn uses_browser(&self, id: ConnectionId) -> bool {
        match self.form(id) {
            Some(form) => form.draft.auth == AuthKind::Browser,
            None => self.entry(id).is_some_and(|entry| entry.connection.auth.kind() == AuthKind::Browser),
        }
    }

    /// *Sign in* is what this connection needs next.
    pub fn wants_sign_in(&self, id: ConnectionId) -> bool {
        // It is already offered next to a failed sign-in.
        let begun = self.attempt(id).is_some();
        let refused = self.last_test(id).is_some_and(|last| last.state == Status::SignIn)
            || self.tests.finished(id).is_some_and(|finished| finished.report.state == Status::SignIn);
        let nobody = matches!(self.signed_in(id), Some(None)) && self.entry(id).is_some();
        self.uses_browser(id) && !begun && (refused || nobody)
    }

    /// The connections that use the sign-in of `owner`, including itself.
    pub(super) fn users_of(&self, owner: ConnectionId) -> impl Iterator<Item = ConnectionId> {
        let entries = self.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let shares = entries.iter().filter(move |entry| entry.connection.sign_in_of == Some(owner));
        shares.map(|entry| entry.connection.id).chain([owner])
    }

    /// Signs out the shown connection.
    pub fn sign_out(&mut self) -> Vec<Ask> {
        let Some(id) = self.selection.shown().filter(|id| self.can_sign_out(*id)) else { return Vec::new() };
        self.sign_ins.end(id);
        vec![ask(SignOut { id }, |state, outcome, _| {
            match outcome {
                Ok(SignedOut { users, revocation }) => users.into_iter().for_each(|user| state.signed_out(user, revocation.clone())),
                Err(failure) => state.notices.push(Notice::Failure(failure)),
            }
            Vec::new()
        })]
    }

    /// Like [`State::sign_out`] for a key, which may be pressed by accident: asks first, with the name.
    pub fn ask_to_sign_out(&mut self) {
        if let Some(id) = self.selection.shown().filter(|id| self.selection.count() == 1 && self.can_sign_out(*id)) {
            self.dialog = Some(Dialog::SignOut { id });
        }
    }

    pub fn sign_out_confirmed(&mut self) -> Vec<Ask> {
        match self.dialog.take() {
            Some(Dialog::SignOut { id }) if self.selection.shown() == Some(id) => self.sign_out(),
            _ => Vec::new(),
        }
    }

    /// Signing out ends the sign-in for all connections that use it, so it is offered only where it is held.
    pub fn can_sign_out(&self, id: ConnectionId) -> bool {
        self.uses_browser(id) && self.entry(id).is_some() && self.sign_in_owner(id) == id && matches!(self.signed_in(id), Some(Some(_)))
    }

    /// Updates all connections that used the sign-in; reports it once, where it was held.
    pub(super) fn signed_out(&mut self, id: ConnectionId, revocation: Revocation) {
        if self.sign_in_owner(id) != id {
            return;
        }
        self.sign_ins.described.insert(id, Remote::Ready(None));
        if self.sign_ins.attempt(id).is_some_and(|attempt| !attempt.runs()) {
            self.sign_ins.attempts.remove(&id);
        }
        self.notices.push(match revocation {
            Revocation::Failed(failure) => Notice::Failure(failure),
            Revocation::Revoked | Revocation::NotOffered => Notice::Done(text::signed_out(self.name_of(id))),
        });
    }

    pub(super) fn sign_in_described(&mut self, id: ConnectionId, outcome: Result<Option<SignIn>, Failure>) {
        if self.sign_in_owner(id) != id {
            return;
        }
        let known = self.sign_ins.described.entry(id).or_default();
        match outcome {
            Ok(sign_in) => *known = Remote::Ready(sign_in),
            Err(failure) => known.failed(failure),
        }
    }

    /// Requests the signed-in user once when a connection with browser sign-in is shown.
    pub(super) fn describe_sign_in(&mut self, id: ConnectionId) -> Vec<Ask> {
        let owner = self.sign_in_owner(id);
        let locked = matches!(self.vault.value(), Some((_, VaultStatus::Locked { .. })));
        if locked || !self.uses_browser(id) || !self.entry_of.contains_key(&owner) {
            return Vec::new();
        }
        let known = self.sign_ins.described.entry(owner).or_default();
        if *known != Remote::NotAsked {
            return Vec::new();
        }
        known.asked();
        vec![ask(DescribeSignIn { id: owner }, move |state, outcome, _| {
            state.sign_in_described(owner, outcome);
            Vec::new()
        })]
    }

    /// The vault's content may have changed. An unsaved connection has nothing in the vault.
    pub(super) fn forget_described(&mut self, only: Option<ConnectionId>) {
        let saved = |id: &ConnectionId| self.entry_of.contains_key(id);
        self.sign_ins.described.retain(|id, _| !saved(id) || only.is_some_and(|only| only != *id));
    }

    /// Stops using the sign-in of an account.
    pub fn use_own_sign_in(&mut self) -> Vec<Ask> {
        if let Some(form) = self.shown_form_mut() {
            form.draft.sign_in_of = None;
        }
        self.judge_shown();
        self.auth_changed()
    }

    /// Sign-ins that the vault did not save: the window asks before it closes.
    pub(super) fn sign_ins_unsaved(&mut self, ids: Vec<ConnectionId>, failure: Option<Failure>) {
        let new = ids.iter().any(|id| !self.sign_ins.unsaved.contains(id));
        let all_stored = ids.is_empty();
        self.sign_ins.unsaved = ids;
        self.sign_ins.unsaved_failure.clone_from(&failure);
        if all_stored {
            if matches!(self.dialog, Some(Dialog::SignInsUnsaved { .. })) {
                self.dialog = None;
                self.closing = Closing::Now;
            }
            return;
        }
        if let Some(Dialog::SignInsUnsaved { waiting }) = &mut self.dialog {
            *waiting = false;
        } else if new {
            self.notices.extend(failure.map(Notice::Failure));
        }
    }

    pub fn store_sign_ins(&mut self) -> Vec<Ask> {
        let Some(Dialog::SignInsUnsaved { waiting }) = &mut self.dialog else { return Vec::new() };
        *waiting = true;
        vec![ask(StoreSignIns, |state, outcome, _| {
            match outcome {
                Ok(UnsavedSignIns { ids, failure }) => state.sign_ins_unsaved(ids, failure),
                Err(failure) => state.sign_ins_unsaved(state.sign_ins.unsaved.clone(), Some(failure)),
            }
            Vec::new()
        })]
    }
}
