//! A damaged, missing or unwanted connections file: setting it aside, bringing a backup back, beginning anew.

use std::path::PathBuf;

use super::{Backup, Damage, LIMIT, Library, LibraryError, Mode, Snapshot, document::Document, read_document};
use crate::atomic_file::{self, Contents, LOCK_TIMEOUT, Lock, Stamp};

impl Library {
    /// A missing file is an empty list, and no reason to say nothing of the list that there was.
    pub(super) fn tell_of_backup(&self) -> Option<String> {
        self.backups.good().next().filter(|(backup, _)| backup.connections > 0).map(|(backup, _)| {
            format!(
                "The connections file is missing. A backup with {} connections is at {}. To restore it: brickpass restore",
                backup.connections,
                backup.path.display()
            )
        })
    }

    pub(super) fn load_recovered(&self, why: Damage) -> Result<Snapshot, LibraryError> {
        let lock = Lock::acquire(&self.path, LOCK_TIMEOUT);
        let result = lock.map_err(LibraryError::from).and_then(|_lock| self.recover());
        match result {
            Ok(notice) => self.load_after(vec![notice]),
            Err(LibraryError::File(error)) => {
                // The disk cannot be written: show the backup, change nothing.
                let Some((_, bytes)) = self.backups.good().next() else { return Err(self.damaged(why)) };
                let failure = error.failure();
                let snapshot = read_document(&Contents { bytes, stamp: Stamp::default() }, |document| Ok(document.into_snapshot()))?;
                let reason = format!("The connections file is damaged; this is its backup. {} {}", failure.what, failure.why);
                Ok(Snapshot { mode: Mode::ReadOnly(reason), ..snapshot })
            }
            Err(error) => Err(error),
        }
    }

    /// The states that can be brought back, newest first. Not the one that is there now.
    #[must_use]
    pub fn backups(&self) -> Vec<Backup> {
        let now = atomic_file::read(&self.path, LIMIT).ok().flatten();
        let differs = |bytes: &[u8]| now.as_ref().is_none_or(|now| now.bytes != bytes);
        self.backups.good().filter(|(_, bytes)| differs(bytes)).map(|(backup, _)| backup).collect()
    }

    /// Puts a backup's exact bytes in place of the connections file. What was there becomes the newest backup, or is set aside if damaged.
    ///
    /// # Errors
    /// There is no such backup any more; disk errors with the path.
    pub fn restore_backup(&self, backup: &Backup) -> Result<Snapshot, LibraryError> {
        {
            let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
            let (_, bytes) = self.backups.good().find(|(good, _)| good == backup).ok_or(LibraryError::NoBackup)?;
            let current = atomic_file::read(&self.path, LIMIT)?;
            if let Some(current) = &current {
                match read_document(current, |_| Ok(())) {
                    Ok(()) => self.backups.keep(&*self.disk, &current.bytes)?,
                    Err(_) => drop(self.set_aside(current)?),
                }
            }
            atomic_file::write(&*self.disk, &self.path, &bytes)?;
            let _ = self.backups.keep_latest(&*self.disk, current.as_ref().map(|current| &*current.bytes), &bytes);
        }
        self.load()
    }

    /// Begins with an empty list; a damaged file is set aside first. For the person who has no good backup.
    ///
    /// # Errors
    /// Disk errors with the path.
    pub fn start_anew(&self) -> Result<Snapshot, LibraryError> {
        {
            let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
            if let Some(current) = atomic_file::read(&self.path, LIMIT)? {
                self.set_aside(&current)?;
            }
            let text = Document::empty().render()?;
            atomic_file::write(&*self.disk, &self.path, text.as_bytes())?;
            let _ = self.backups.keep_latest(&*self.disk, None, text.as_bytes());
        }
        self.load()
    }

    /// Under the lock: sets a damaged file aside and puts the latest good backup in its place. At no moment is there no file.
    pub(super) fn recover(&self) -> Result<String, LibraryError> {
        let Some(damaged) = atomic_file::read(&self.path, LIMIT)? else {
            return Ok("The connections file was moved away in the meantime.".into());
        };
        let why = match read_document(&damaged, |_| Ok(())) {
            Ok(()) => return Ok("Another Brickpass process repaired the connections file.".into()),
            Err(LibraryError::Damaged { why, .. }) => why,
            Err(error) => return Err(error),
        };
        let Some((backup, bytes)) = self.backups.good().next() else { return Err(self.damaged(why)) };
        let aside = self.set_aside(&damaged)?;
        atomic_file::write(&*self.disk, &self.path, &bytes)?;
        Ok(format!(
            "The connections file was damaged ({}). The backup with {} connections replaced it; the damaged file is kept as {}.",
            why.to_string().to_lowercase(),
            backup.connections,
            aside.display()
        ))
    }

    /// A byte for byte copy beside the file, named after the time of the damage.
    pub(super) fn set_aside(&self, damaged: &Contents) -> Result<PathBuf, LibraryError> {
        let time = damaged.stamp.modified().and_then(|time| jiff::Timestamp::try_from(time).ok()).unwrap_or_default();
        let time = time.strftime("%Y%m%dT%H%M%SZ");
        let free = |number: u32| {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let path = self.path.with_file_name(format!("connections.corrupt-{time}{number}.json"));
            let usable = match atomic_file::read(&path, LIMIT) {
                Ok(None) => true,
                Ok(Some(there)) => there.bytes == damaged.bytes,
                Err(_) => false,
            };
            usable.then_some(path)
        };
        let path = (1..1000).find_map(free).ok_or(LibraryError::NoBackup)?;
        atomic_file::write(&*self.disk, &path, &damaged.bytes)?;
        Ok(path)
    }

    pub(super) fn damaged(&self, why: Damage) -> LibraryError {
        LibraryError::Damaged { path: self.path.clone(), why, backups: self.backups.folder().to_owned() }
    }
}
