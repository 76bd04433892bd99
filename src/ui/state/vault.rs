//! The vault, and the secrets in it.

use super::{Connections, Notice, Output, Remote, Secrets, SignIns, State, ask, ask_quietly};
use crate::ui::dialogs::Unlock;
use brickpass_core::{
    connection::{ConnectionId, EnteredFor, SecretKind},
    failure::{Code, Failure},
};
use brickpass_engine::{Ask, CopyStored, DescribeSecret, ProbeVault, RevealSecret, StoredSecret};
use brickpass_storage::{VaultHome, VaultStatus};

/// The result is broadcast.
pub fn probe_vault() -> Ask {
    ask_quietly(ProbeVault)
}

impl State {
    /// The status of the vault is known or has changed.
    pub(super) fn vault_event(&mut self, home: VaultHome, status: VaultStatus) -> Output {
        let ready = matches!(status, VaultStatus::Ready { .. });
        // At the start of the window: nothing works before the vault is unlocked.
        let begins_locked = self.secrets.vault.value().is_none() && matches!(status, VaultStatus::Locked { new: false, .. });
        self.secrets.set_vault(home, status);
        self.sign_ins.forget_described(None, &self.connections);
        let mut output = self.connections.selection.shown().map(|id| self.describe(id)).unwrap_or_default();
        if begins_locked && !self.dialogs.is_open() {
            self.dialogs.show(Unlock::new(&self.secrets, None));
        }
        if ready
            && let Some(unlock) = self.dialogs.remove::<Unlock>()
            && let Some(id) = unlock.then_save
        {
            output.extend(self.save_of(id));
        }
        output
    }
}

impl Secrets {
    fn set_vault(&mut self, home: VaultHome, status: VaultStatus) {
        self.vault_file_exists |= home == VaultHome::File && matches!(status, VaultStatus::Ready { .. });
        self.vault = Remote::Ready((home, status));
        self.stored.clear();
    }

    /// Asks for the passphrase of the encrypted file. A keyring asks for its own password when it is read.
    pub fn unlock(&self) -> Output {
        if matches!(self.vault.value(), Some((VaultHome::Keyring, VaultStatus::Ready { .. } | VaultStatus::Unavailable(_)))) {
            return probe_vault().into();
        }
        let mut output = Output::none();
        output.open(Unlock::new(self, None));
        output
    }

    /// Whether the storage of this connection's secret or sign-in is locked, so that nothing is known about it.
    pub fn is_locked(&self, id: ConnectionId, connections: &Connections, sign_ins: &SignIns) -> bool {
        let locked = |failure: &Failure| failure.code == Code::VaultLocked;
        let vault = match self.vault.value() {
            Some((_, VaultStatus::Locked { new, .. })) => !new,
            Some((_, VaultStatus::Unavailable(failure))) => locked(failure),
            Some((_, VaultStatus::Ready { .. } | VaultStatus::Lost { .. })) | None => false,
        };
        let kind = connections.form(id).and_then(|form| form.draft.secret_kind());
        let secret = kind.and_then(|kind| self.stored_secret(id, kind));
        let sign_in = sign_ins.described(connections.sign_in_owner(id)).and_then(|described| described.failure());
        vault || matches!(secret, Some(StoredSecret::Unavailable(failure)) if locked(failure)) || sign_in.is_some_and(locked)
    }

    /// A secret is stored, but it was entered for another address or service principal than the form (or the list) says now: it is not
    /// used, and counts as missing. Returns what it was entered for, in words.
    pub fn entered_elsewhere(&self, id: ConnectionId, kind: SecretKind, connections: &Connections) -> Option<String> {
        let Some(StoredSecret::Stored { entered_for, .. }) = self.stored_secret(id, kind) else { return None };
        let Some(entered_for) = entered_for else { return EnteredFor::binds(kind).then(|| "another address".to_owned()) };
        let fits = match (connections.form(id), connections.entry(id)) {
            (Some(form), _) => entered_for.fits_draft(&form.draft),
            (None, Some(entry)) => EnteredFor::of(&entry.connection, kind).as_ref() == Some(entered_for),
            (None, None) => true,
        };
        (!fits).then(|| entered_for.to_string())
    }

    /// The stored secret of the shown form, if it is used for what the form says.
    fn of_shown_form(&self, connections: &Connections) -> Option<(ConnectionId, SecretKind)> {
        let form = connections.shown_form()?;
        let (id, kind) = (form.draft.id, form.draft.secret_kind()?);
        let stored = matches!(self.stored_secret(id, kind), Some(StoredSecret::Stored { .. }));
        (stored && self.entered_elsewhere(id, kind, connections).is_none()).then_some((id, kind))
    }

    pub fn reveal_stored(&self, connections: &Connections) -> Output {
        let Some((id, kind)) = self.of_shown_form(connections) else { return Output::none() };
        ask(RevealSecret { id, kind }, move |state, outcome, now| match outcome {
            Ok(Some(secret)) => {
                if state.connections.selection.shown() == Some(id) {
                    state.secrets.revealed = Some((id, kind, secret, now));
                }
                Output::none()
            }
            Ok(None) => {
                state.secrets.secret_described(id, kind, StoredSecret::Missing);
                Output::none()
            }
            Err(failure) => Notice::Failure(failure).into(),
        })
        .into()
    }

    /// The stored secret of the shown form, which can be copied while nothing is typed.
    fn copyable(&self, connections: &Connections) -> Option<(ConnectionId, SecretKind)> {
        connections.shown_form().filter(|form| form.draft.secret.is_empty()).and_then(|_| self.of_shown_form(connections))
    }

    pub fn can_copy_stored(&self, connections: &Connections) -> bool {
        self.copyable(connections).is_some()
    }

    /// Copies the stored secret of the shown form; the secret itself never reaches the window.
    pub fn copy_stored(&self, connections: &Connections) -> Output {
        self.copyable(connections).map(|(id, kind)| Self::copy_stored_secret(id, kind)).into()
    }

    pub fn copy_stored_secret(id: ConnectionId, kind: SecretKind) -> Ask {
        ask(CopyStored { id, kind }, move |state, outcome, _| match outcome {
            Ok(true) => Output::none(),
            Ok(false) => {
                state.secrets.secret_described(id, kind, StoredSecret::Missing);
                Output::none()
            }
            Err(failure) => Notice::Failure(failure).into(),
        })
    }

    pub(super) fn describe_secret(id: ConnectionId, kind: SecretKind) -> Ask {
        ask(DescribeSecret { id, kind }, move |state, outcome, _| {
            state.secrets.secret_described(id, kind, outcome.unwrap_or_else(StoredSecret::Unavailable));
        })
    }

    pub fn secret_described(&mut self, id: ConnectionId, kind: SecretKind, stored: StoredSecret) {
        self.stored.insert((id, kind), Remote::Ready(stored));
    }
}
