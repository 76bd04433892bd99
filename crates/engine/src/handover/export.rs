//! An export, made to be looked at; and the writing of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::ExposeSecret as _;

use super::{ExportOf, ExportPlace, ExportRequest};
use crate::{
    Event, RunId,
    owner::{self, Owned},
    publish::{published_as, stands_for_another},
    shared::{Shared, blocking, crashed},
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, SecretKind},
    failure::{Code, Failure, Remedy},
};
use brickpass_interchange::{
    databrickscfg::ProfileName,
    export,
    format::{Document, DocumentFile, Format, Subject},
};
use brickpass_storage::{SecretKey, safe_for_secrets, write_new, write_new_folder};

pub(crate) fn export(shared: &Arc<Shared>, run: RunId, of: ExportOf, request: ExportRequest) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let asked = Arc::clone(&shared);
        let making = tokio::spawn(async move { made(&asked, of, &request).await });
        let outcome = making.await.unwrap_or_else(|_| Err(crashed()));
        shared.outbox.send(Event::Exported { run, of, outcome });
    });
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
    // The client ID goes with its secret: both are the account's where the account's sign-in is used.
    let connection = Connection { auth: owner.auth, ..connection };
    let (worker, asked) = (Arc::clone(shared), connection.clone());
    let (profile, other) = blocking(move || profile_of(&worker, &asked)).await?;
    let subject = Subject { connection: &connection, secret: secret.as_ref(), profile: &profile, helper: &shared.places.helper };
    let mut document = format.write(&subject, &request.answers)?;
    if let Some(other) = other.filter(|_| document.notes.iter().any(|note| note == export::NEEDS_PROFILE)) {
        return Err(not_its_profile(&profile, &other));
    }
    if request.include_secret && format.takes_secret.is_none() {
        document.notes.push("This format has no place for a secret; it stands nowhere in it.".to_owned());
    }
    Ok(document)
}

/// The name that it has in the file, which may be another than the usual one; and of the usual one, what else it stands for there.
fn profile_of(shared: &Shared, connection: &Connection) -> (String, Option<String>) {
    if let Some(profile) = published_as(shared, connection.id) {
        return (profile, None);
    }
    let usual = ProfileName::of(&connection.name).as_str().to_owned();
    let other = stands_for_another(shared, connection, &usual);
    (usual, other)
}

/// The tool would work in another workspace, or as somebody else.
fn not_its_profile(profile: &str, other: &str) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("The profile \"{profile}\" is not that of this connection."),
        format!("This export names a profile, and this one is taken. {other}"),
        "Publish the connection under a name of its own first, then export it again.",
    )
}

/// A list of all connections, or of one alone.
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
            "There is no secret to put into the export.",
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
        format!("\"{}\" is about one connection, and none is named.", format.id),
        "Choose the connection; only inventories go without one.",
    )
}

fn no_such_format(word: &str) -> Failure {
    let known: Vec<&str> = export::FORMATS.iter().map(|format: &&Format| format.id).collect();
    Failure::new(
        Code::InvalidInput,
        format!("There is no export format \"{}\".", word.escape_debug()),
        format!("Brickpass knows {}.", known.join(", ")),
        "Choose one of these.",
    )
}

pub(crate) fn save(shared: &Arc<Shared>, run: RunId, of: ExportOf, document: Document, place: ExportPlace) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let format = document.format;
        let outcome = blocking(move || saved(&document, &place)).await.unwrap_or_else(Err);
        shared.outbox.send(Event::ExportSaved { run, of, format, outcome });
    });
}

/// One file where it is wanted; several in a new folder of that name, all or none.
fn saved(document: &Document, place: &ExportPlace) -> Result<Vec<PathBuf>, Failure> {
    if document.contains_secret
        && !place.in_work_tree
        && let Some(tree) = work_tree(&place.to)
    {
        return Err(in_a_work_tree(&tree));
    }
    if document.contains_secret {
        safe_for_secrets(&place.to)?;
    }
    match document.files.as_slice() {
        [] => Ok(Vec::new()),
        [only] => {
            write_new(&place.to, only.text.expose_secret().as_bytes())?;
            Ok(vec![place.to.clone()])
        }
        several => {
            let mut files = Vec::new();
            for file in several {
                files.push((fit(file)?, file.text.expose_secret().as_bytes()));
            }
            write_new_folder(&place.to, &files)
        }
    }
}

/// The name of a file within the folder, and of nothing above it. A format that makes another one is wrong.
fn fit(file: &DocumentFile) -> Result<&str, Failure> {
    let parts = file.name.split('/');
    let all_fit = parts.into_iter().all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']));
    if all_fit { Ok(&file.name) } else { Err(crashed()) }
}

/// The folder above `to` that git keeps track of. Looked for as git does, without running it.
fn work_tree(to: &Path) -> Option<PathBuf> {
    // As it really lies, for a link may lead into one.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).ok()?;
    folder.ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned)
}

fn in_a_work_tree(tree: &Path) -> Failure {
    Failure::new(
        Code::InWorkTree,
        "The file was not written, since it holds a secret.",
        format!("{} is under version control, and what is committed there stays readable for good.", tree.display()),
        "Choose another folder, or say that it may lie there.",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn document(contains_secret: bool, names: &[&str]) -> Document {
        let file = |name: &&str| DocumentFile { name: (*name).to_owned(), text: "text".to_owned().into() };
        Document {
            format: "env-sh",
            files: names.iter().map(file).collect(),
            contains_secret,
            limits_scopes: false,
            notes: Vec::new(),
            next: "",
        }
    }

    fn place(to: PathBuf, in_work_tree: bool) -> ExportPlace {
        ExportPlace { to, in_work_tree }
    }

    #[test]
    fn ex_22_a_secret_is_not_written_into_a_git_work_tree_unless_the_person_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("repository/src/deep");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir(dir.path().join("repository/.git")).unwrap();
        let to = deep.join("x.env");
        let refused = saved(&document(true, &["x.env"]), &place(to.clone(), false)).unwrap_err();
        assert_eq!(refused.code, Code::InWorkTree);
        assert!(refused.why.contains("repository") && !to.exists());
        assert_eq!(saved(&document(false, &["x.env"]), &place(to.clone(), false)).unwrap(), std::slice::from_ref(&to));
        fs::remove_file(&to).unwrap();
        saved(&document(true, &["x.env"]), &place(to.clone(), true)).unwrap();
        // A work tree of `git worktree` has a file of that name.
        fs::remove_dir(dir.path().join("repository/.git")).unwrap();
        fs::File::create(dir.path().join("repository/.git")).unwrap();
        assert!(saved(&document(true, &["y.env"]), &place(deep.join("y.env"), false)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn ex_22_what_is_written_belongs_to_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let one = saved(&document(true, &["x"]), &place(dir.path().join("one"), false)).unwrap();
        assert_eq!(mode(&one[0]), 0o600);
        let several = saved(&document(true, &["main.tf", "deeper/x.json"]), &place(dir.path().join("several"), false)).unwrap();
        assert_eq!(several, [dir.path().join("several/main.tf"), dir.path().join("several/deeper/x.json")]);
        assert!(several.iter().all(|path| mode(path) == 0o600));
        assert_eq!((mode(&dir.path().join("several")), mode(&dir.path().join("several/deeper"))), (0o700, 0o700));
        // Through a link into a work tree.
        fs::create_dir_all(dir.path().join("tree/.git")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("tree"), dir.path().join("link")).unwrap();
        assert_eq!(saved(&document(true, &["x"]), &place(dir.path().join("link/x"), false)).unwrap_err().code, Code::InWorkTree);
    }

    #[test]
    fn ex_22_nothing_is_replaced_and_nothing_leaves_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("there");
        fs::create_dir(&there).unwrap();
        assert!(saved(&document(false, &["a", "b"]), &place(there.clone(), false)).is_err());
        assert_eq!(fs::read_dir(&there).unwrap().count(), 0);
        for name in ["../a", "/a", "a/../../b", "", "a//b", "c:\\x"] {
            assert!(saved(&document(false, &["ok", name]), &place(dir.path().join("new"), false)).is_err(), "{name}");
            assert!(!dir.path().join("new").exists());
        }
    }
}
