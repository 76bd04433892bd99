//! Answers of the fake engine about the vault, its secrets, the clipboard and the settings.

use super::*;

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_vault(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, ProbeVault| Ok(inner.tell_vault()))?;
        let ask = self.on(ask, Self::unlock_vault)?;
        let ask = self.on(ask, Self::recover)?;
        let ask = self.on(ask, |inner, SaveSettings { settings, .. }| {
            inner.settings = settings.clone();
            Ok(SettingsSaved { settings, moved_secrets: 0 })
        })?;
        let ask = self.on(ask, |inner, DescribeSecret { id, kind }| Ok(inner.stored(id, kind)))?;
        let ask = self.on(ask, |inner, RevealSecret { id, kind }| Ok(inner.secrets.get(&(id, kind)).cloned()))?;
        let ask = self.on(ask, |inner, RememberWindow(memory)| {
            inner.window = memory;
            Ok(())
        })?;
        let ask = self.on(ask, |_, OpenInBrowser { .. }| Ok(()))?;
        let ask = self.on(ask, |_, OpenDemo| Ok(()))?;
        self.answer_copying(ask)
    }

    fn answer_copying(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, CopySecret { what, .. }| {
            inner.hold(what);
            Ok(())
        })?;
        let ask = self.on(ask, |inner, CopyStored { id, kind }| {
            let stored = inner.secrets.contains_key(&(id, kind));
            if stored {
                inner.hold(if kind == SecretKind::ClientSecret { "client secret" } else { "access token" }.to_owned());
            }
            Ok(stored)
        })?;
        let ask = self.on(ask, |inner, ClearClipboard| {
            inner.holds = None;
            inner.events.push_back(Event::ClipboardCleared { taken_over: false });
            Ok(())
        })?;
        self.on(ask, |inner, KeepClipboard| {
            if let Some((what, until)) = inner.holds.take() {
                inner.hold_until(what, until + 30);
            }
            Ok(())
        })
    }

    pub(super) fn tell_vault(&mut self) -> (VaultHome, VaultStatus) {
        let status = self.vault.clone().unwrap_or(VaultStatus::Ready { place: "GNOME Keyring".to_owned() });
        self.events.push_back(Event::Vault { home: VaultHome::Keyring, status: status.clone() });
        (VaultHome::Keyring, status)
    }

    fn unlock_vault(&mut self, UnlockVault { passphrase }: UnlockVault) -> Result<(VaultHome, VaultStatus), Failure> {
        if passphrase.expose_secret() != "open sesame" {
            return Err(Failure::new(Code::WrongPassphrase, "That is not the passphrase.", "", "Try again."));
        }
        self.vault = Some(VaultStatus::Ready { place: "the encrypted file".to_owned() });
        Ok(self.tell_vault())
    }

    fn recover(&mut self, Recover(recovery): Recover) -> Result<String, Failure> {
        if matches!(recovery, Recovery::NewVault { .. }) {
            self.vault = Some(VaultStatus::Ready { place: "the encrypted file".to_owned() });
            self.secrets.clear();
            self.tell_vault();
        }
        Ok("A new vault was created.".to_owned())
    }

    fn stored(&self, id: ConnectionId, kind: SecretKind) -> StoredSecret {
        match self.secrets.get(&(id, kind)) {
            None => StoredSecret::Missing,
            Some(secret) => {
                let text = secret.expose_secret();
                let length = text.chars().count();
                let last_four = text.chars().skip(length.saturating_sub(4)).collect();
                StoredSecret::Stored { length, last_four, entered_for: self.entered_for(id, kind) }
            }
        }
    }

    fn hold(&mut self, what: String) {
        self.hold_until(what, 30);
    }

    fn hold_until(&mut self, what: String, seconds: i64) {
        self.holds = Some((what.clone(), seconds));
        self.events.push_back(Event::ClipboardHolds { what, until: at(seconds), guaranteed: true });
    }
}
