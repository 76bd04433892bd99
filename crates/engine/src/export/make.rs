//! Creates an export for the preview.

use std::sync::Arc;

use super::{ExportOf, ExportRequest};
use crate::{
    activity::Done,
    blocking::blocking,
    owner::{self, Owned},
    publish::{published_as, stands_for_another},
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, SecretKind},
    failure::{Code, Failure, Remedy},
};
use brickpass_interchange::{
    databrickscfg::ProfileName,
    export,
    format::{Document, Format, Subject},
};
use brickpass_storage::{AuditAction, SecretKey};

/// An export as it would be. The secret is fetched from the vault only when it is to stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub of: ExportOf,
    pub request: ExportRequest,
}

impl Request for Export {
    type Answer = Document;

    const ORDER: Order = Order::Question;

    fn recorder(&self) -> Recorder<Document> {
        let of = self.of.only();
        // Only an export with a secret in it is recorded.
        Box::new(move |outcome| match outcome {
            Ok(document) if document.contains_secret => vec![Done::new(of, AuditAction::Exported).with(Some(document.format.to_owned()))],
            _ => Vec::new(),
        })
    }

    async fn run(self, context: Context) -> Result<Document, Failure> {
        made(&context.shared, self.of, &self.request).await
    }
}

async fn made(shared: &Arc<Shared>, of: ExportOf, request: &ExportRequest) -> Result<Document, Failure> {
    let format = export::find(&request.format).ok_or_else(|| no_such_format(&request.format))?;
    if let Some(make_all) = export::of_all(format) {
        return of_all(shared, of.only(), format, make_all, request).await;
    }
    let ExportOf::One(id) = of else { return Err(of_one_alone(format)) };
    let found = owner::owned(shared, id).await?;
    let secret = if request.include_secret && format.takes_secret.is_some() { Some(secret_of(shared, &found).await?) } else { None };
    let Owned { connection, owner, .. } = found;
    // The client ID belongs to its secret: both are the account's if the account's sign-in is used.
    let connection = Connection { auth: owner.auth, ..connection };
    let (worker, asked) = (Arc::clone(shared), connection.clone());
    let (profile, other) = blocking(move || profile_of(&worker, &asked)).await?;
    let subject = Subject { connection: &connection, secret: secret.as_ref(), profile: &profile, helper: &shared.places.helper };
    let mut document = format.write(&subject, &request.answers)?;
    if let Some(other) = other.filter(|_| document.notes.iter().any(|note| note == export::NEEDS_PROFILE)) {
        return Err(not_its_profile(&profile, &other));
    }
    if request.include_secret && format.takes_secret.is_none() {
        document.notes.push("This format cannot contain a secret, so none was included.".to_owned());
    }
    Ok(document)
}

/// Its profile name in the file, which may differ from the default name; and if the default name is used by something else, by what.
fn profile_of(shared: &Shared, connection: &Connection) -> (String, Option<String>) {
    if let Some(profile) = published_as(shared, connection.id) {
        return (profile, None);
    }
    let usual = ProfileName::of(&connection.name).as_str().to_owned();
    let other = stands_for_another(shared, connection, &usual);
    (usual, other)
}

/// The tool would work in another workspace, or as another user.
fn not_its_profile(profile: &str, other: &str) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("The profile \"{profile}\" does not belong to this connection."),
        format!("This export refers to a profile, and this name is already in use. {other}"),
        "Publish the connection under a different name first, then export it again.",
    )
}

/// A list of all connections, or of a single one.
async fn of_all(
    shared: &Arc<Shared>,
    only: Option<ConnectionId>,
    format: &Format,
    make_all: export::MakeAll,
    request: &ExportRequest,
) -> Result<Document, Failure> {
    let reader = Arc::clone(shared);
    let (snapshot, history, notes) = blocking(move || (reader.library.load(), reader.history.load(), reader.token_notes.load())).await?;
    let snapshot = snapshot.map_err(|error| error.failure())?;
    let asked = snapshot.entries.iter().filter(|entry| only.is_none_or(|id| entry.connection.id == id));
    let listed = asked.map(|entry| {
        let connection = &entry.connection;
        let note = notes.get(&connection.id).filter(|note| note.is_for(&connection.base_url));
        export::Listed { connection, last: history.get(&connection.id), expires: note.and_then(|note| note.expires_at) }
    });
    let listed: Vec<_> = listed.collect();
    format.write_with(listed.iter().map(|one| one.connection), &request.answers, |answers| make_all(&listed, answers))
}

/// What the person wants to see in the export. It leaves the vault only for that.
async fn secret_of(shared: &Arc<Shared>, found: &Owned) -> Result<secrecy::SecretString, Failure> {
    let kind = match found.owner.auth.kind() {
        AuthKind::Browser => return Err(export::no_token_of_a_person()),
        AuthKind::PersonalAccessToken => SecretKind::PersonalAccessToken,
        AuthKind::ServicePrincipal => SecretKind::ClientSecret,
    };
    // Another tool would send it there without a question.
    owner::confirmed(&found.connection)?;
    owner::confirmed(&found.owner)?;
    let (vault, key) = (shared.vault(), SecretKey::of(&found.owner, kind));
    let stored = blocking(move || vault.get(&key)).await?.map_err(|error| error.failure())?;
    stored.ok_or_else(|| {
        Failure::new(
            Code::NoSecret,
            "There is no secret to include in the export.",
            "None is stored for this connection.",
            "Enter it in the form, or export without the secret.",
        )
        .with_remedy(Remedy::ReplaceSecret)
    })
}

fn of_one_alone(format: &Format) -> Failure {
    Failure::new(
        Code::InvalidInput,
        "Nothing was exported.",
        format!("\"{}\" exports one connection, and none was chosen.", format.id),
        "Choose a connection. Only inventories work without one.",
    )
}

fn no_such_format(word: &str) -> Failure {
    let known: Vec<&str> = export::FORMATS.iter().map(|format: &&Format| format.id).collect();
    Failure::new(
        Code::InvalidInput,
        format!("Unknown export format \"{}\".", word.escape_debug()),
        format!("The formats are {}.", known.join(", ")),
        "Choose one of these.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_interchange::format::Answers;

    #[test]
    fn only_an_export_with_a_secret_in_it_is_recorded() {
        let id = ConnectionId::random();
        let request = ExportRequest { format: "env-sh".to_owned(), answers: Answers::default(), include_secret: true };
        let document = |contains_secret| Document {
            format: "env-sh",
            files: Vec::new(),
            contains_secret,
            limits_scopes: false,
            notes: Vec::new(),
            next: "",
        };
        let recorded = |of, outcome| Export { of, request: request.clone() }.recorder()(&outcome);
        let exported = |id: Option<ConnectionId>| vec![Done::new(id, AuditAction::Exported).with(Some("env-sh".to_owned()))];
        assert_eq!(recorded(ExportOf::One(id), Ok(document(true))), exported(Some(id)));
        assert_eq!(recorded(ExportOf::All { at: Some(id) }, Ok(document(true))), exported(None));
        assert_eq!(recorded(ExportOf::One(id), Ok(document(false))), []);
        assert_eq!(recorded(ExportOf::One(id), Err(no_such_format("env-sh"))), []);
    }
}
