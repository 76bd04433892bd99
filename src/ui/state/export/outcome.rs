//! The answers to the requests of the *Export* tab.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Export;
use crate::ui::state::{Connections, RunId};
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

impl Export {
    pub(super) fn preview_loaded(&mut self, run: RunId, id: ConnectionId, outcome: Result<Document, Failure>, connections: &Connections) {
        let Some(model) = self.models.get_mut(&id) else { return };
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
            let stand_in = self.with_stand_in(id, connections);
            self.model_mut(id).stand_in = stand_in;
        }
        let model = self.model_mut(id);
        if let Some(files) = model.preview().value().map(|document| document.files.len()) {
            model.file = model.file.min(files.saturating_sub(1));
        }
    }

    /// The same export as the one with the secret, created here, where the secret is not known.
    fn with_stand_in(&self, id: ConnectionId, connections: &Connections) -> Option<Document> {
        let (connection, format) = (&connections.entry(id)?.connection, self.format()?);
        let answers = self.model(id)?.request(format, true).answers;
        let (secret, profile) = (SecretString::from(STAND_IN), ProfileName::of(&connection.name));
        let subject = Subject { connection, secret: Some(&secret), profile: profile.as_str(), helper: "" };
        // If it is rejected, the export without the secret is used.
        format.write(&subject, &answers).ok()
    }

    pub fn saved(&mut self, of: ExportOf, paths: Vec<PathBuf>) {
        if let Some(id) = of.at() {
            self.model_mut(id).saved = Some(paths);
        }
    }
}
