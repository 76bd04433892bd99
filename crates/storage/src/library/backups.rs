//! Copies of the connections file, byte for byte, in the state directory: the newest state, and the three before it. They hold no secrets: the
//! file is to have none, and a token that was typed into an open field leaves the backups when it leaves the file.

use std::{
    fs, iter,
    path::{Path, PathBuf},
};

use super::{LIMIT, damage, document::Document};
use crate::atomic_file::{self, Disk, FileError};
use brickpass_core::connection::{contains_secret, secrets_starred};

const COUNT: usize = 3;

/// A state of the connections file that can be brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    /// When that copy was made.
    pub kept_at: Option<jiff::Timestamp>,
    pub connections: usize,
}

pub(super) struct Backups {
    folder: PathBuf,
}

impl Backups {
    pub(super) fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("backups") }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("connections-{number}.json"))
    }

    fn latest(&self) -> PathBuf {
        self.folder.join("connections-latest.json")
    }

    /// After a save: the state that was just written. What only this copy held (the file was lost or changed elsewhere) joins the others first.
    pub(super) fn keep_latest(&self, disk: &dyn Disk, before: Option<&[u8]>, bytes: &[u8]) -> Result<(), FileError> {
        if let Ok(Some(former)) = atomic_file::read(&self.latest(), LIMIT)
            && before != Some(&former.bytes)
            && former.bytes != bytes
        {
            self.keep(disk, &former.bytes)?;
        }
        atomic_file::write(disk, &self.latest(), bytes).map(drop)
    }

    /// Keeps these bytes as the newest of the former states; the oldest goes. Not again if the newest says the same.
    pub(super) fn keep(&self, disk: &dyn Disk, bytes: &[u8]) -> Result<(), FileError> {
        if atomic_file::read(&self.path(1), LIMIT).is_ok_and(|newest| newest.is_some_and(|newest| newest.bytes == bytes)) {
            return Ok(());
        }
        // Whole on the disk before the others make room: a full disk costs no backup.
        let newest = self.path(0);
        atomic_file::write(disk, &newest, bytes)?;
        for number in (0..COUNT).rev() {
            let from = self.path(number);
            if from.exists() {
                fs::rename(&from, self.path(number + 1)).map_err(|error| FileError::io("replace", &from, error))?;
            }
        }
        Ok(())
    }

    /// Puts stars in the place of every secret that a field in the open holds there. Best effort: what cannot be read or written stays.
    pub(super) fn star_secrets(&self, disk: &dyn Disk) {
        for path in iter::once(self.latest()).chain((1..=COUNT).map(|number| self.path(number))) {
            let Ok(Some(contents)) = atomic_file::read(&path, LIMIT) else { continue };
            let Ok((text, _)) = damage::decode(&contents.bytes) else { continue };
            if contains_secret(&text) {
                let _ = atomic_file::write(disk, &path, secrets_starred(&text).as_bytes());
            }
        }
    }

    /// Those that can be read, newest first, with their bytes.
    pub(super) fn good(&self) -> impl Iterator<Item = (Backup, Vec<u8>)> {
        iter::once(self.latest()).chain((1..=COUNT).map(|number| self.path(number))).filter_map(|path| {
            let contents = atomic_file::read(&path, LIMIT).ok()??;
            let (text, _) = damage::decode(&contents.bytes).ok()?;
            let connections = Document::parse(&text).ok()?.records.len();
            let kept_at = contents.stamp.modified().and_then(|time| jiff::Timestamp::try_from(time).ok());
            Some((Backup { path, kept_at, connections }, contents.bytes))
        })
    }
}
