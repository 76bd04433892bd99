//! The vault, the secrets in it, and the settings about its place.

use jiff::Timestamp;
use secrecy::SecretString;

use super::{Dialog, Notice, Remote, SettingsWait, State, ask, ask_quietly};
use crate::ui::text;
use brickpass_core::connection::{ConnectionId, SecretKind};
use brickpass_engine::{
    Ask, CopyStored, DescribeSecret, ProbeVault, Recover, Recovery, RevealSecret, SaveSettings, SettingsSaved, StoredSecret, UnlockVault,
};
use brickpass_storage::{Settings, VaultHome, VaultStatus};

/// The result is broadcast.
pub fn probe_vault() -> Ask {
    ask_quietly(ProbeVault)
}

fn recover(recovery: Recovery) -> Ask {
    ask(Recover(recovery), |state, outcome, _| {
        match outcome {
            Ok(done) => state.notices.push(Notice::Done(done)),
            Err(failure) => state.failed(failure),
        }
        Vec::new()
    })
}

impl State {
    /// Asks for the passphrase of the encrypted file. A keyring asks for its own password when it is read.
    pub fn unlock_vault(&mut self) -> Vec<Ask> {
        if matches!(self.vault.value(), Some((VaultHome::Keyring, VaultStatus::Ready { .. } | VaultStatus::Unavailable(_)))) {
            return vec![probe_vault()];
        }
        self.ask_to_unlock(None);
        Vec::new()
    }

    pub fn unlock(&mut self) -> Vec<Ask> {
        if !self.dialog.as_ref().is_some_and(Dialog::may_unlock) {
            return Vec::new();
        }
        let Some(Dialog::Unlock { anew, passphrase, waiting, failure, .. }) = &mut self.dialog else { return Vec::new() };
        *waiting = true;
        *failure = None;
        let passphrase = passphrase.to_secret();
        vec![if *anew { recover(Recovery::NewVault { passphrase }) } else { ask_quietly(UnlockVault { passphrase }) }]
    }

    /// *Start a new vault*, or back to the passphrase of the existing one. The input was meant for the other dialog.
    pub fn start_anew(&mut self, yes: bool) {
        if let Some(Dialog::Unlock { new: false, anew, passphrase, again, waiting: false, failure, .. }) = &mut self.dialog {
            *anew = yes;
            (*passphrase, *again, *failure) = Default::default();
        }
    }

    pub fn save_settings(&mut self, settings: Settings, passphrase: Option<SecretString>) -> Vec<Ask> {
        self.settings_wait = if settings.theme == self.settings.theme { SettingsWait::Save } else { SettingsWait::Theme };
        self.settings_problem = None;
        if self.settings_wait == SettingsWait::Theme {
            self.settings.theme = settings.theme;
        }
        vec![ask(SaveSettings { settings, passphrase }, |state, outcome, _| {
            match outcome {
                Ok(saved) => state.settings_saved(saved),
                Err(failure) => state.failed(failure),
            }
            Vec::new()
        })]
    }

    pub fn unlock_from_settings(&mut self, passphrase: SecretString) -> Vec<Ask> {
        self.settings_wait = SettingsWait::Unlock;
        self.settings_problem = None;
        vec![ask_quietly(UnlockVault { passphrase })]
    }

    pub fn recover_from_settings(&mut self, recovery: Recovery) -> Vec<Ask> {
        self.settings_wait = SettingsWait::Unlock;
        self.settings_problem = None;
        vec![recover(recovery)]
    }

    fn settings_saved(&mut self, SettingsSaved { settings, moved_secrets }: SettingsSaved) {
        self.settings = settings;
        let waited = std::mem::take(&mut self.settings_wait);
        if waited == SettingsWait::Save && matches!(self.dialog, Some(Dialog::Settings)) {
            self.dialog = None;
        }
        if moved_secrets > 0 {
            self.notices.push(Notice::Done(text::moved_secrets(moved_secrets)));
        }
    }

    pub(super) fn vault_came(&mut self, home: VaultHome, status: VaultStatus) -> Vec<Ask> {
        let ready = matches!(status, VaultStatus::Ready { .. });
        // At the start of the window: nothing works before the vault is unlocked.
        let begins_locked = self.vault.value().is_none() && matches!(status, VaultStatus::Locked { new: false, .. });
        self.vault_file_exists |= ready && home == VaultHome::File;
        if self.settings_wait == SettingsWait::Unlock {
            self.settings_wait = SettingsWait::Nothing;
        }
        self.vault = Remote::Ready((home, status));
        self.secrets.clear();
        self.forget_described(None);
        let mut commands = self.selection.shown().map(|id| self.describe(id)).unwrap_or_default();
        if begins_locked && self.dialog.is_none() {
            self.ask_to_unlock(None);
        }
        if ready
            && matches!(self.dialog, Some(Dialog::Unlock { .. }))
            && let Some(Dialog::Unlock { then_save, .. }) = self.dialog.take()
            && let Some(id) = then_save
        {
            commands.extend(self.save_of(id));
        }
        commands
    }

    pub(super) fn describe_secret(id: ConnectionId, kind: SecretKind) -> Ask {
        ask(DescribeSecret { id, kind }, move |state, outcome, _| {
            state.secret_described(id, kind, outcome.unwrap_or_else(StoredSecret::Unavailable));
            Vec::new()
        })
    }

    pub(super) fn reveal_secret(id: ConnectionId, kind: SecretKind) -> Ask {
        ask(RevealSecret { id, kind }, move |state, outcome, now| {
            match outcome {
                Ok(Some(secret)) => state.secret_revealed(id, kind, secret, now),
                Ok(None) => state.secret_described(id, kind, StoredSecret::Missing),
                Err(failure) => state.failed(failure),
            }
            Vec::new()
        })
    }

    pub fn copy_stored_secret(id: ConnectionId, kind: SecretKind) -> Ask {
        ask(CopyStored { id, kind }, move |state, outcome, _| {
            match outcome {
                Ok(true) => {}
                Ok(false) => state.secret_described(id, kind, StoredSecret::Missing),
                Err(failure) => state.failed(failure),
            }
            Vec::new()
        })
    }

    pub fn secret_described(&mut self, id: ConnectionId, kind: SecretKind, stored: StoredSecret) {
        self.secrets.insert((id, kind), Remote::Ready(stored));
    }

    fn secret_revealed(&mut self, id: ConnectionId, kind: SecretKind, secret: SecretString, now: Timestamp) {
        self.revealed = Some((id, kind, secret, now)).filter(|_| self.selection.shown() == Some(id)).or(self.revealed.take());
    }
}
