//! Whom tokens were handed to: programs ask for them hundreds of times an hour, so the log gets one line a connection, program and hour.
//!
//! Which were told in this hour lies in a folder of empty files, one each: making one is a single call that only the first of many processes
//! succeeds in. Whoever makes one removes those of other hours.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{Activity, ActivityEntry, AuditAction, atomic_file};
use brickpass_core::connection::{Connection, ConnectionId};

/// Of a program's name; Linux cuts it off earlier.
const MAX_NAME_CHARS: usize = 32;

/// A program that is started under ever new names in one hour fills neither the folder nor the log.
const MAX_ENTRIES: usize = 500;

#[derive(Debug, Clone)]
pub struct HandoutLog {
    folder: PathBuf,
    log: Activity,
}

impl HandoutLog {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("handed-out"), log: Activity::new(state_dir) }
    }

    /// Records it unless that was done in this hour. `program` as the system calls it: whoever starts one can give it any name. A disk that does
    /// not take it keeps nobody from their token.
    pub fn note(&self, connection: &Connection, program: Option<&str>, at: Timestamp) {
        let program = program.map(word).filter(|word| !word.is_empty());
        let hour = at.as_second().div_euclid(60 * 60);
        if !self.is_first(connection.id, program.as_deref().unwrap_or("-"), hour) {
            return;
        }
        let _ = self.log.record(&[ActivityEntry {
            at,
            connection: Some(connection.id),
            name: connection.name.as_str().to_owned(),
            what: AuditAction::HandedOut,
            failed: None,
            detail: program,
        }]);
    }

    fn is_first(&self, connection: ConnectionId, program: &str, hour: i64) -> bool {
        let name = format!("{hour}.{connection}.{program}");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let path = self.folder.join(name);
        let made = options.open(&path).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound if atomic_file::make_folder(&self.folder).is_ok() => options.open(&path),
            _ => Err(error),
        });
        let room = made.is_ok() && self.sweep(hour) <= MAX_ENTRIES;
        if made.is_ok() && !room {
            let _ = fs::remove_file(&path);
        }
        room
    }

    /// How many are of this hour.
    fn sweep(&self, hour: i64) -> usize {
        let now = format!("{hour}.");
        let mut of_now = 0;
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&now) {
                of_now += 1;
            } else {
                let _ = fs::remove_file(entry.path());
            }
        }
        of_now
    }
}

/// The letters that names of programs are made of: it is part of a file's name and shown to people.
fn word(program: &str) -> String {
    program.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+')).take(MAX_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn connection(name: &str) -> Connection {
        serde_json::from_value(json!({
            "id": ConnectionId::random(), "name": name, "base_url": "https://adb-1.2.azuredatabricks.net", "timeout_seconds": 30,
            "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
        }))
        .unwrap()
    }

    fn told(dir: &Path) -> Vec<(String, Option<String>)> {
        let entries = Activity::new(dir).load().unwrap();
        entries.into_iter().filter(|entry| entry.what == AuditAction::HandedOut).map(|entry| (entry.name, entry.detail)).collect()
    }

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn each_connection_program_and_hour_is_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let (handout_log, sales, lab) = (HandoutLog::new(dir.path()), connection("Sales"), connection("Lab"));
        for at in [0, 1, 59] {
            handout_log.note(&sales, Some("python3"), minute(at));
            handout_log.note(&sales, Some("terraform"), minute(at));
            handout_log.note(&lab, None, minute(at));
        }
        handout_log.note(&sales, Some("python3"), minute(60));
        let told = told(dir.path());
        let of = |name: &str, program: &str| (name.to_owned(), Some(program.to_owned()));
        assert_eq!(told, [of("Sales", "python3"), of("Sales", "terraform"), ("Lab".to_owned(), None), of("Sales", "python3")]);
        assert_eq!(fs::read_dir(dir.path().join("handed-out")).unwrap().count(), 1, "what is over is swept");
    }

    #[test]
    fn many_at_once_are_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let (handout_log, sales) = (HandoutLog::new(dir.path()), connection("Sales"));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| handout_log.note(&sales, Some("python3"), minute(0)));
            }
        });
        assert_eq!(told(dir.path()).len(), 1);
    }

    #[test]
    fn a_program_goes_by_a_harmless_name_and_ever_new_ones_fill_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (handout_log, sales) = (HandoutLog::new(dir.path()), connection("Sales"));
        handout_log.note(&sales, Some("../../x\u{1b}[2J y\u{202e}"), minute(0));
        assert_eq!(told(dir.path()), [("Sales".to_owned(), Some("....x2Jy".to_owned()))]);
        for number in 0..MAX_ENTRIES + 50 {
            handout_log.note(&sales, Some(&format!("p{number}")), minute(0));
        }
        assert_eq!(told(dir.path()).len(), MAX_ENTRIES);
        assert_eq!(fs::read_dir(dir.path().join("handed-out")).unwrap().count(), MAX_ENTRIES);
    }

    #[test]
    fn a_disk_that_takes_nothing_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        let not_a_folder = dir.path().join("file");
        fs::File::create(&not_a_folder).unwrap();
        HandoutLog::new(&not_a_folder).note(&connection("Sales"), Some("python3"), minute(0));
    }
}
