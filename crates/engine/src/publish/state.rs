//! What the engine remembers of publications while it runs.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

use brickpass_core::failure::Failure;
use brickpass_interchange::databrickscfg::{DiffLine, Edit, File};
use brickpass_storage::{Publication, Publications};

/// What the engine knows of publications while it runs.
pub(crate) struct Publishing {
    pub(super) publications: Publications,
    /// The state before a change that took secrets off the disk: they are in the vault, and no backup on the disk holds them.
    kept: Mutex<Option<Kept>>,
    /// The file that was taken apart last, by the digest of its bytes: it is looked at several times for one change.
    apart: Mutex<Option<([u8; 32], Arc<File>)>>,
    /// What the change that was planned last makes of it.
    planned: Mutex<Option<Planned>>,
}

struct Planned {
    before: [u8; 32],
    edit: Edit,
    after: File,
}

pub(super) struct Kept {
    pub(super) path: PathBuf,
    /// What the change made of the file.
    pub(super) after: [u8; 32],
    pub(super) before: Zeroizing<Vec<u8>>,
}

impl Publishing {
    pub(crate) fn new(state_dir: &Path) -> Self {
        Self { publications: Publications::new(state_dir), kept: Mutex::default(), apart: Mutex::default(), planned: Mutex::default() }
    }

    /// Newest last.
    pub(crate) fn publications(&self) -> Vec<Publication> {
        self.publications.load()
    }

    /// As `File::read`, without the work where these bytes were read before.
    pub(crate) fn read(&self, digest: [u8; 32], bytes: &[u8]) -> Result<Arc<File>, Failure> {
        let known = self.apart().as_ref().filter(|(of, _)| *of == digest).map(|(_, file)| Arc::clone(file));
        match known {
            Some(file) => Ok(file),
            None => File::read(bytes).map(|file| self.is_apart(digest, file)),
        }
    }

    pub(super) fn is_apart(&self, digest: [u8; 32], file: File) -> Arc<File> {
        let file = Arc::new(file);
        *self.apart() = Some((digest, Arc::clone(&file)));
        file
    }

    /// What the edit makes of the file, shown; it is kept for the moment in which it is agreed to.
    pub(super) fn plan(&self, digest: [u8; 32], file: &File, edit: &Edit) -> Result<Vec<DiffLine>, Failure> {
        let changed = file.changed(edit)?;
        *self.planned() = Some(Planned { before: digest, edit: edit.clone(), after: changed.file });
        Ok(changed.diff)
    }

    /// What the edit makes of the file, without the work where just that was planned.
    pub(super) fn after(&self, digest: [u8; 32], file: &File, edit: &Edit) -> Result<File, Failure> {
        let planned = self.planned().take().filter(|planned| planned.before == digest && planned.edit == *edit);
        planned.map_or_else(|| Ok(file.changed(edit)?.file), |planned| Ok(planned.after))
    }

    fn planned(&self) -> MutexGuard<'_, Option<Planned>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apart(&self) -> MutexGuard<'_, Option<([u8; 32], Arc<File>)>> {
        self.apart.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
