use std::sync::Arc;

use super::*;
use crate::atomic_file::faults::{Fault, FaultyDisk};

impl Disk for Arc<FaultyDisk> {
    fn write(&self, file: &mut fs::File, bytes: &[u8]) -> io::Result<()> {
        self.as_ref().write(file, bytes)
    }

    fn sync(&self, file: &fs::File) -> io::Result<()> {
        self.as_ref().sync(file)
    }

    fn rename(&self, temp: tempfile::NamedTempFile, target: &Path) -> io::Result<fs::File> {
        self.as_ref().rename(temp, target)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.as_ref().sync_folder(folder)
    }
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(place.home()).unwrap();
        place
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn path(&self) -> PathBuf {
        self.home().join(".databrickscfg")
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn file(&self) -> ExternalFile {
        ExternalFile::new(self.path(), &self.state())
    }

    fn on(&self, disk: &Arc<FaultyDisk>) -> ExternalFile {
        ExternalFile::on(Box::new(Arc::clone(disk)), self.path(), &self.state())
    }

    /// As another program writes it.
    fn put(&self, bytes: &[u8]) {
        Self::put_at(&self.path(), bytes);
    }

    fn put_at(path: &Path, bytes: &[u8]) {
        io::Write::write_all(&mut fs::File::create(path).unwrap(), bytes).unwrap();
        set_mode(path, 0o600);
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn change(&self, bytes: &[u8]) -> Result<(), Failure> {
        let file = self.file();
        file.replace(file.read()?.digest(), bytes, KeepBackup::Yes).map(drop)
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777
}

#[test]
fn cf_18_each_change_is_taken_back_to_the_exact_bytes_before_it() {
    let place = Place::new();
    let states: [&[u8]; 4] = [b"\xef\xbb\xbf[a]\r\nhost = x \r\n", b"", b"[b]\n\n\n", b"[c]"];
    place.put(states[0]);
    for state in &states[1..] {
        place.change(state).unwrap();
    }
    for state in states[..3].iter().rev() {
        assert!(place.file().has_backup(&place.file().read().unwrap()));
        place.file().restore().unwrap();
        assert_eq!(place.bytes(), *state);
    }
    assert!(!place.file().has_backup(&place.file().read().unwrap()));
    assert_eq!(place.file().restore().unwrap_err().code, Code::InvalidInput);
}

#[test]
fn cf_18_a_file_that_was_not_there_is_not_there_again() {
    let place = Place::new();
    place.change(b"[a]\n").unwrap();
    assert_eq!(place.bytes(), b"[a]\n");
    place.file().restore().unwrap();
    assert!(!place.path().exists());
}

#[test]
fn cf_18_what_another_program_changed_since_is_never_undone() {
    let place = Place::new();
    place.put(b"old");
    place.change(b"ours").unwrap();
    place.put(b"theirs");
    assert!(!place.file().has_backup(&place.file().read().unwrap()));
    let failure = place.file().restore().unwrap_err();
    assert_eq!(failure.code, Code::Conflict);
    assert_eq!(place.bytes(), b"theirs");
    // The message names the file that holds the earlier state.
    let kept = failure.fix.split(' ').find(|word| word.contains(".bak")).unwrap().trim_end_matches('.');
    assert_eq!(fs::read(kept).unwrap(), b"old");
}

#[test]
fn a_file_that_changed_since_it_was_read_is_left_alone() {
    let place = Place::new();
    place.put(b"read");
    let read = place.file().read().unwrap().digest();
    place.put(b"changed");
    assert_eq!(place.file().replace(read, b"ours", KeepBackup::Yes).unwrap_err().code, Code::Conflict);
    assert_eq!(place.bytes(), b"changed");
    fs::remove_file(place.path()).unwrap();
    assert_eq!(place.file().replace(read, b"ours", KeepBackup::Yes).unwrap_err().code, Code::Conflict);
    assert!(!place.path().exists());
}

#[test]
fn an_empty_file_is_not_a_missing_one() {
    let place = Place::new();
    let missing = place.file().read().unwrap().digest();
    place.put(b"");
    assert_eq!(place.file().replace(missing, b"ours", KeepBackup::Yes).unwrap_err().code, Code::Conflict);
}

#[test]
fn five_states_are_kept_and_a_change_that_takes_secrets_away_keeps_none() {
    let place = Place::new();
    place.put(b"token 0");
    for number in 1..=8 {
        place.change(format!("token {number}").as_bytes()).unwrap();
    }
    assert_eq!(place.file().backups().len(), BACKUPS);
    let file = place.file();
    file.replace(file.read().unwrap().digest(), b"none", KeepBackup::No).unwrap();
    assert!(file.backups().is_empty());
    assert!(!file.has_backup(&file.read().unwrap()));
    for entry in fs::read_dir(&file.backups).unwrap() {
        assert!(!String::from_utf8_lossy(&fs::read(entry.unwrap().path()).unwrap()).contains("token"));
    }
}

#[test]
fn a_full_disk_at_any_byte_leaves_the_old_file_and_no_trace() {
    let place = Place::new();
    place.put(b"the old content");
    let next = b"what was to be written";
    let disk = Arc::new(FaultyDisk::with_room(0));
    let file = place.on(&disk);
    let read = file.read().unwrap().digest();
    for room in 0..(15 + next.len()) {
        disk.set_room(room);
        let failure = file.replace(read, next, KeepBackup::Yes).unwrap_err();
        assert!(failure.why.contains("disk is full"), "{failure}");
        assert_eq!(place.bytes(), b"the old content");
        assert!(file.backups().is_empty());
    }
    disk.set_room(15 + next.len());
    file.replace(read, next, KeepBackup::Yes).unwrap();
    assert_eq!(place.bytes(), next);
    assert_eq!(crate::atomic_file::faults::names_in(&place.home()), [".databrickscfg"]);
}

#[test]
fn whatever_step_fails_the_file_is_the_old_one_or_the_new_one() {
    for fault in [Fault::Sync, Fault::Rename, Fault::SyncFolder] {
        let place = Place::new();
        place.put(b"old");
        let file = place.on(&Arc::new(FaultyDisk::failing_at(fault)));
        let outcome = file.replace(file.read().unwrap().digest(), b"new", KeepBackup::Yes);
        assert_eq!(place.bytes(), if outcome.is_ok() { b"new" } else { b"old" }, "{fault:?}");
        assert_eq!(outcome.is_ok(), fault == Fault::SyncFolder);
    }
}

/// A program that is killed between two steps leaves what those steps had done.
#[test]
fn killed_after_the_backup_the_file_is_as_before_and_nothing_is_undone() {
    let place = Place::new();
    place.put(b"one");
    place.change(b"two").unwrap();
    let now = place.file().read().unwrap();
    place.file().lock.parent().map(fs::create_dir_all);
    place.file().keep(&now, b"three", false).unwrap();
    assert_eq!(place.bytes(), b"two");
    place.file().restore().unwrap();
    assert_eq!(place.bytes(), b"one", "the change that never came is passed over");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    fn linked(folder_mode: u32) -> (Place, PathBuf) {
        let place = Place::new();
        let dotfiles = place.dir.path().join("dotfiles");
        fs::create_dir(&dotfiles).unwrap();
        let real = dotfiles.join("databrickscfg");
        Place::put_at(&real, b"old");
        symlink(&real, place.path()).unwrap();
        set_mode(&dotfiles, folder_mode);
        (place, real)
    }

    #[test]
    fn cf_14_the_file_behind_a_link_is_changed_and_the_link_stays() {
        let (place, real) = linked(0o755);
        let target = place.file().read().unwrap().target.unwrap();
        assert_eq!(target, real.canonicalize().unwrap());
        place.change(b"new").unwrap();
        assert!(place.path().symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(mode(&real), 0o600);
        place.file().restore().unwrap();
        assert!(place.path().symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"old");
    }

    #[test]
    fn cf_15_a_link_to_where_others_write_is_refused() {
        for folder in [0o777, 0o1777] {
            let (place, real) = linked(folder);
            assert_eq!(place.file().read().err().unwrap().code, Code::FileUnsafe);
            assert_eq!(place.change(b"new").unwrap_err().code, Code::FileUnsafe);
            assert_eq!(fs::read(&real).unwrap(), b"old");
        }
        let (place, real) = linked(0o755);
        for writable in [0o666, 0o620] {
            set_mode(&real, writable);
            assert_eq!(place.change(b"new").unwrap_err().code, Code::FileUnsafe);
        }
    }

    /// A group of one's own is nobody else; it has the number of its user.
    #[test]
    fn cf_15_a_link_to_where_a_group_writes_is_refused() {
        let (place, real) = linked(0o775);
        place.change(b"own").unwrap();
        let folder = real.parent().unwrap();
        // Only root, or a member of it, may give a folder to a group.
        let groups = std::process::Command::new("id").arg("-G").output().unwrap();
        let groups = String::from_utf8(groups.stdout).unwrap();
        let me = std::os::unix::fs::MetadataExt::uid(&fs::metadata(folder).unwrap());
        let others = groups.split_whitespace().map(|group| group.parse().unwrap()).chain([65534]).filter(|group| ![0, me].contains(group));
        if others.into_iter().any(|group| std::os::unix::fs::chown(folder, None, Some(group)).is_ok()) {
            let failure = place.change(b"new").unwrap_err();
            assert_eq!((failure.code, fs::read(&real).unwrap().as_slice()), (Code::FileUnsafe, &b"own"[..]), "{failure}");
            assert!(failure.why.contains("a group"), "{failure}");
            set_mode(folder, 0o755);
            place.change(b"new").unwrap();
        }
    }

    #[test]
    fn secrets_that_would_stay_under_another_name_of_the_file_are_not_called_moved() {
        let place = Place::new();
        place.put(b"token = x");
        let twin = place.dir.path().join("twin");
        fs::hard_link(place.path(), &twin).unwrap();
        let file = place.file();
        let now = file.read().unwrap();
        assert!(now.twin);
        let failure = file.replace(now.digest(), b"none", KeepBackup::No).unwrap_err();
        assert_eq!((failure.code, fs::read(place.path()).unwrap().as_slice()), (Code::FileUnsafe, &b"token = x"[..]), "{failure}");
        // Any other change is one of this name alone.
        file.replace(now.digest(), b"token = x\nhost = y", KeepBackup::Yes).unwrap();
        assert_eq!(fs::read(&twin).unwrap(), b"token = x");
        let now = file.read().unwrap();
        assert!(!now.twin);
        file.replace(now.digest(), b"none", KeepBackup::No).unwrap();
    }

    #[test]
    fn cf_15_a_link_into_a_folder_of_another_user_is_refused() {
        let place = Place::new();
        // Of root for everybody else, of nobody for root.
        let folder = place.dir.path().join("theirs");
        fs::create_dir(&folder).unwrap();
        let real = folder.join("databrickscfg");
        Place::put_at(&real, b"old");
        symlink(&real, place.path()).unwrap();
        if std::os::unix::fs::chown(&folder, Some(65534), None).is_err() {
            // Only root may give a folder away; then a file of root's serves.
            fs::remove_file(place.path()).unwrap();
            symlink("/etc/passwd", place.path()).unwrap();
        }
        let failure = place.file().read().err().unwrap();
        assert_eq!(failure.code, Code::FileUnsafe);
        assert!(failure.why.contains("another user"), "{failure}");
    }

    #[test]
    fn a_link_that_leads_nowhere_is_refused() {
        let place = Place::new();
        symlink(place.dir.path().join("gone"), place.path()).unwrap();
        assert_eq!(place.change(b"new").unwrap_err().code, Code::FileUnsafe);
        assert!(!place.dir.path().join("gone").exists());
    }

    #[test]
    fn cf_17_a_file_that_others_may_read_is_told_and_saved_for_its_owner_alone() {
        let place = Place::new();
        place.put(b"token = x\n");
        set_mode(&place.path(), 0o644);
        assert!(place.file().read().unwrap().exposed);
        place.change(b"host = x\n").unwrap();
        assert!(!place.file().read().unwrap().exposed);
        assert_eq!(mode(&place.path()), 0o600);
        for backup in place.file().backups() {
            assert_eq!(mode(&backup.path), 0o600);
        }
    }
}

#[test]
fn a_file_that_is_no_such_file_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path()).unwrap();
    assert_eq!(place.file().read().err().unwrap().code, Code::FileUnsafe);
    fs::remove_dir(place.path()).unwrap();
    place.put(&vec![b'#'; usize::try_from(LIMIT).unwrap() + 1]);
    let failure = place.file().read().err().unwrap();
    assert_eq!((failure.code, failure.why.as_str()), (Code::TooLarge, "The limit for a profile file is 4 MiB."));
}

#[test]
fn what_a_killed_write_left_behind_goes_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = ExternalFile::new(folder.path().join("cfg"), &folder.path().join("state"));
    let replace = |bytes: &[u8]| drop(file.replace(file.read().unwrap().digest(), bytes, KeepBackup::Yes).unwrap());
    replace(b"one");
    let left = |place: &Path, name: &str, hours: u64| {
        let path = place.join(name);
        let written = fs::File::create(&path).unwrap();
        written.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
        path
    };
    let old = [left(folder.path(), ".brickpass-old.tmp", 2), left(&file.backups, ".brickpass-old.tmp", 2)];
    let stay = [left(folder.path(), ".brickpass-now.tmp", 0), left(folder.path(), "theirs.tmp", 2)];
    replace(b"two");
    assert!(old.iter().all(|path| !path.exists()) && stay.iter().all(|path| path.exists()));
}

#[test]
fn a_state_that_is_kept_for_good_outlives_every_later_change_until_it_is_let_go() {
    let place = Place::new();
    place.put(b"token 0");
    let file = place.file();
    let kept = file.replace(file.read().unwrap().digest(), b"0", KeepBackup::Lasting).unwrap().unwrap();
    for number in 1..=8 {
        place.change(format!("token {number}").as_bytes()).unwrap();
    }
    file.replace(file.read().unwrap().digest(), b"none", KeepBackup::No).unwrap();
    assert_eq!((file.all_lasting(), file.lasting(&kept).unwrap().as_slice()), (vec![kept.clone()], &b"token 0"[..]));
    // It is not the state before the last change, and no way back.
    assert!(!file.has_backup(&file.read().unwrap()));
    file.let_go(&kept);
    assert!(!kept.exists() && file.lasting(&kept).is_none());
}

#[cfg(unix)]
#[test]
fn the_null_device_is_an_empty_file_that_takes_nothing() {
    let place = Place::new();
    let file = ExternalFile::new("/dev/null".into(), &place.state());
    let now = file.read().unwrap();
    assert!(now.bytes.is_empty() && !now.exists);
    let failure = file.replace(now.digest(), b"x", KeepBackup::Yes).unwrap_err();
    assert!(failure.what.contains("/dev/null") && failure.fix.contains("DATABRICKS_CONFIG_FILE"), "{failure}");
    assert!(file.backups().is_empty());
}
