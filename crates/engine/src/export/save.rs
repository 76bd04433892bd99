//! The files that an export is written to.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;

use super::{ExportOf, ExportPlace};
use crate::{
    activity::Done,
    blocking::{blocking, crashed},
    request::{Context, Order, Recorder, Request},
};
use brickpass_core::failure::{Code, Failure};
use brickpass_interchange::format::{Document, DocumentFile};
use brickpass_storage::{AuditAction, safe_for_secrets, write_new, write_new_folder};

/// Writes an export that was shown, readable only by its owner. The answer: the files.
#[derive(Debug, Clone)]
pub struct SaveExport {
    pub of: ExportOf,
    pub document: Box<Document>,
    pub place: ExportPlace,
}

impl Request for SaveExport {
    type Answer = Vec<PathBuf>;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<Vec<PathBuf>> {
        let done = Done::new(self.of.only(), AuditAction::ExportSaved).with(Some(self.document.format.to_owned()));
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, _: Context) -> Result<Vec<PathBuf>, Failure> {
        let Self { document, place, .. } = self;
        blocking(move || saved(&document, &place)).await?
    }
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

/// A file name in the folder, never above it. Any other name is an error of the format.
fn fit(file: &DocumentFile) -> Result<&str, Failure> {
    let parts = file.name.split('/');
    let all_fit = parts.into_iter().all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']));
    if all_fit { Ok(&file.name) } else { Err(crashed()) }
}

/// The folder above `to` that git keeps track of. Looked for as git does, without running it.
fn work_tree(to: &Path) -> Option<PathBuf> {
    // The resolved path, because a link may point into a work tree.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).ok()?;
    folder.ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned)
}

fn in_a_work_tree(tree: &Path) -> Failure {
    Failure::new(
        Code::InWorkTree,
        "The file was not written because it contains a secret.",
        format!("{} is under version control, where committed content stays readable permanently.", tree.display()),
        "Choose another folder, or confirm that it may be saved there.",
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
    fn what_is_written_is_recorded_and_so_is_what_could_not_be() {
        let id = brickpass_core::connection::ConnectionId::random();
        let save = || SaveExport { of: ExportOf::One(id), document: document(false, &["x"]).into(), place: place("x".into(), false) };
        let done = || Done::new(id, AuditAction::ExportSaved).with(Some("env-sh".to_owned()));
        assert_eq!(save().recorder()(&Ok(Vec::new())), [done()]);
        let failure = in_a_work_tree(Path::new("tree"));
        assert_eq!(save().recorder()(&Err(failure.clone())), [done().failed(&failure)]);
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
