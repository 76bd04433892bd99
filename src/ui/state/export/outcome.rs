//! The answers to the requests of the *Export* tab.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::ui::state::RunId;
use crate::ui::{
    state::{Dialog, Notice, State},
    text::export as words,
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::ExportOf;
use brickpass_interchange::{
    databrickscfg::ProfileName,
    format::{Document, Subject},
};

/// Replaces the secret in an export that is created for comparison.
pub(super) const STAND_IN: &str = "not0a0secret0but0as0long0as0one0";

impl State {
    pub(super) fn export_made(&mut self, run: RunId, id: ConnectionId, outcome: Result<Document, Failure>) {
        let Some(model) = self.export.handovers.get_mut(&id) else { return };
        let waited = model.plain.is_run(run) || model.with_secret.is_run(run);
        if !waited {
            return;
        }
        if let Err(failure) = &outcome
            && failure.code == Code::VaultLocked
        {
            // What needs no vault stays visible.
            model.revealed_at = None;
        }
        if model.plain.is_run(run) {
            model.plain.answered(run, outcome);
        } else {
            model.with_secret.answered(run, outcome);
            let stand_in = self.export_with_a_stand_in(id);
            self.export.handover_mut(id).stand_in = stand_in;
        }
        let model = self.export.handover_mut(id);
        if let Some(files) = model.preview().value().map(|document| document.files.len()) {
            model.file = model.file.min(files.saturating_sub(1));
        }
    }

    /// The same export as the one with the secret, created here, where the secret is not known.
    fn export_with_a_stand_in(&self, id: ConnectionId) -> Option<Document> {
        let (connection, format) = (&self.entry(id)?.connection, self.export.format()?);
        let answers = self.export.model(id)?.request(format, true).answers;
        let (secret, profile) = (SecretString::from(STAND_IN), ProfileName::of(&connection.name));
        let subject = Subject { connection, secret: Some(&secret), profile: profile.as_str(), helper: "" };
        // If it is rejected, the export without the secret is used.
        format.write(&subject, &answers).ok()
    }

    pub(super) fn export_saved(&mut self, run: RunId, of: ExportOf, outcome: Result<Vec<PathBuf>, Failure>) {
        let mine = matches!(&self.dialog, Some(Dialog::SaveExport(dialog)) if dialog.run == Some(run));
        match outcome {
            Ok(paths) => {
                self.used_format();
                if mine {
                    self.dialog = None;
                }
                self.notices.push(Notice::Done(words::saved(&paths)));
                if let Some(id) = of.at() {
                    self.export.handover_mut(id).saved = Some(paths);
                }
            }
            Err(failure) => match &mut self.dialog {
                Some(Dialog::SaveExport(dialog)) if mine => {
                    dialog.work_tree = failure.code == Code::InWorkTree;
                    dialog.save.failed(failure);
                }
                _ => self.notices.push(Notice::Failure(failure)),
            },
        }
    }
}
