//! The encrypted file is missing: restore its backup, or give up its secrets.

use egui::Ui;

use super::{Asks, SettingsAction, SettingsDialog};
use crate::ui::{
    icons::Icon,
    text,
    widgets::{self, Button, SecretField, remark},
};
use brickpass_core::connection::Severity;
use brickpass_engine::Recovery;

impl SettingsDialog {
    pub(super) fn lost(&mut self, ui: &mut Ui, backup: bool, now: f64) -> Option<SettingsAction> {
        if backup && !self.begins_anew { self.brings_back(ui, now) } else { self.begins_anew(ui, backup, now) }
    }

    fn brings_back(&mut self, ui: &mut Ui, now: f64) -> Option<SettingsAction> {
        ui.add_space(4.0);
        widgets::form_row(ui, text::PASSPHRASE, |ui| {
            SecretField::new(&mut self.passphrase, text::PASSPHRASE)
                .hint("Passphrase of the encrypted file")
                .id(super::passphrase_id())
                .show(ui, now);
        });
        let ready = !self.passphrase.is_empty() && self.run.is_none();
        widgets::form_row_without_label(ui, |ui| {
            let restore = Button::secondary("Restore backup").icon(Icon::Lock).enabled(ready).show(ui).clicked();
            if Button::ghost("Start a new vault").enabled(self.run.is_none()).show(ui).clicked() {
                self.begins_anew = true;
            }
            restore.then(|| SettingsAction::Recover(Recovery::VaultBackup { passphrase: self.passphrase.to_secret() }))
        })
    }

    fn begins_anew(&mut self, ui: &mut Ui, backup: bool, now: f64) -> Option<SettingsAction> {
        remark(ui, Severity::Warning, text::GIVES_UP);
        let asks = Asks { new: true, in_force: false };
        // Only the fields: the button below replaces theirs.
        let _ = self.passphrase_fields(ui, asks, now);
        let ready = self.passphrase_is_fine(asks) && self.run.is_none();
        widgets::form_row_without_label(ui, |ui| {
            let create = Button::danger(text::CREATE_VAULT).enabled(ready).show(ui).clicked();
            if backup && Button::ghost(text::BACK).show(ui).clicked() {
                self.begins_anew = false;
            }
            create.then(|| SettingsAction::Recover(Recovery::NewVault { passphrase: self.passphrase.to_secret() }))
        })
    }
}
