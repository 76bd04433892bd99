#![allow(clippy::disallowed_methods, reason = "a test puts things where they do not belong")]

use std::time::{Duration, Instant, SystemTime};

use super::{
    faults::{Fault, FaultyDisk, names_in},
    *,
};
use brickpass_core::failure::Code;

const OLD: &[u8] = b"{\"state\": \"old\"}\n";
const NEW: &[u8] = b"{\"state\": \"new, and a little longer than the one before\"}\n";

#[test]
fn st_15_a_full_disk_at_any_byte_keeps_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.json");
    for room in 0..NEW.len() {
        write(&RealDisk, &path, OLD).unwrap();
        let error = write(&FaultyDisk::with_room(room), &path, NEW).unwrap_err();
        let failure = error.failure();
        assert!(failure.why.contains("full") && failure.what.contains(path.to_str().unwrap()), "{failure}");
        assert_eq!(std::fs::read(&path).unwrap(), OLD, "room for {room} bytes");
        assert_eq!(names_in(dir.path()), ["data.json"], "room for {room} bytes");
    }
    write(&FaultyDisk::with_room(NEW.len()), &path, NEW).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), NEW);
}

#[test]
fn st_15_whatever_step_fails_the_file_is_whole_and_no_temporary_file_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.json");
    for (fault, code) in [(Fault::Sync, Code::FileUnwritable), (Fault::Rename, Code::FileUnwritable)] {
        write(&RealDisk, &path, OLD).unwrap();
        let error = write(&FaultyDisk::failing_at(fault), &path, NEW).unwrap_err();
        assert_eq!(error.failure().code, code, "{fault:?}");
        assert_eq!(std::fs::read(&path).unwrap(), OLD, "{fault:?}");
        assert_eq!(names_in(dir.path()), ["data.json"], "{fault:?}");
    }
    // By then the new file is in place and whole.
    write(&FaultyDisk::failing_at(Fault::SyncFolder), &path, NEW).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), NEW);
}

#[test]
fn st_15_leftovers_of_a_crash_are_swept_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let hours_ago = SystemTime::now() - Duration::from_hours(2);
    for (name, age) in [
        (".brickpass-AbCd01234567.tmp", Some(hours_ago)),
        (".brickpass-InProgress12.tmp", None),
        (".other-AbCd01234567.tmp", Some(hours_ago)),
        ("connections.json", Some(hours_ago)),
    ] {
        let file = std::fs::File::create(dir.path().join(name)).unwrap();
        if let Some(age) = age {
            file.set_modified(age).unwrap();
        }
    }
    sweep(dir.path(), SystemTime::now());
    assert_eq!(names_in(dir.path()), [".brickpass-InProgress12.tmp", ".other-AbCd01234567.tmp", "connections.json"]);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.json");
    std::fs::write(&path, [b'x'; 11]).unwrap();
    assert!(matches!(read(&path, 10), Err(FileError::TooLarge { .. })));
    assert_eq!(read(&path, 11).unwrap().unwrap().bytes.len(), 11);
    assert!(read(&dir.path().join("missing"), 10).unwrap().is_none());
}

#[test]
fn a_second_writer_waits_and_then_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.json");
    let held = Lock::acquire(&path, LOCK_TIMEOUT).unwrap();
    let error = Lock::acquire(&path, Duration::from_millis(40)).unwrap_err();
    assert!(matches!(error, FileError::Busy { .. }), "{error}");
    drop(held);
    Lock::acquire(&path, Duration::ZERO).unwrap();
}

#[cfg(unix)]
mod unix {
    use std::{
        os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
        path::PathBuf,
        sync::mpsc,
        thread,
    };

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.symlink_metadata().unwrap().mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Runs what must not wait for anybody.
    fn at_once<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(work()));
        receiver.recv_timeout(Duration::from_mins(1)).expect("it hangs")
    }

    #[test]
    fn st_10_files_and_folders_are_for_their_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/data.json");
        let _lock = Lock::acquire(&path, LOCK_TIMEOUT).unwrap();
        write(&RealDisk, &path, NEW).unwrap();
        assert_eq!([mode(&dir.path().join("a")), mode(&dir.path().join("a/b"))], [0o700, 0o700]);
        assert_eq!([mode(&path), mode(&dir.path().join("a/b/data.json.lock"))], [0o600, 0o600]);
        // One that others could read becomes the owner's alone with the next write.
        chmod(&path, 0o644);
        write(&RealDisk, &path, OLD).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn st_11_a_link_is_refused_and_what_it_points_to_is_untouched() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("sensitive");
        std::fs::write(&target, OLD).unwrap();
        let path = dir.path().join("data.json");
        for points_to in [&target, &dir.path().join("nowhere")] {
            let _ = std::fs::remove_file(&path);
            symlink(points_to, &path).unwrap();
            assert_eq!(read(&path, 100).unwrap_err().failure().code, Code::FileUnsafe);
            assert_eq!(write(&RealDisk, &path, NEW).unwrap_err().failure().code, Code::FileUnsafe);
            assert_eq!(std::fs::read_link(&path).unwrap(), **points_to);
        }
        assert_eq!(std::fs::read(&target).unwrap(), OLD);
        // Nor is a lock taken through a link.
        symlink(&target, dir.path().join("other.json.lock")).unwrap();
        assert!(matches!(Lock::acquire(&dir.path().join("other.json"), LOCK_TIMEOUT), Err(FileError::Unsafe { .. })));
    }

    #[test]
    fn st_12_a_pipe_a_folder_or_a_device_is_refused_without_a_hang() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let folder = dir.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [pipe.clone(), folder, socket, PathBuf::from("/dev/null"), PathBuf::from("/dev/zero")] {
            let shown = path.display().to_string();
            let reading = path.clone();
            let read = at_once(move || read(&reading, 100).map(drop));
            assert!(matches!(read, Err(FileError::Unsafe { .. })), "{shown}: {read:?}");
            if !path.starts_with("/dev") {
                let written = at_once(move || write(&RealDisk, &path, NEW).map(drop));
                assert!(matches!(written, Err(FileError::Unsafe { .. })), "{shown}: {written:?}");
            }
        }
        assert!(std::os::unix::fs::FileTypeExt::is_fifo(&pipe.symlink_metadata().unwrap().file_type()));
    }

    #[test]
    fn st_13_a_file_that_others_may_write_is_refused_with_the_fix() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data.json");
        std::fs::write(&path, OLD).unwrap();
        for bad in [0o666, 0o620, 0o602] {
            chmod(&path, bad);
            let failure = read(&path, 100).unwrap_err().failure();
            assert_eq!(failure.code, Code::FileUnsafe);
            assert!(failure.fix.contains("chmod 600"), "{failure}");
            assert!(matches!(write(&RealDisk, &path, NEW), Err(FileError::Unsafe { .. })));
            assert_eq!(std::fs::read(&path).unwrap(), OLD);
        }
        chmod(&path, 0o600);
        write(&RealDisk, &path, NEW).unwrap();
    }

    #[test]
    fn st_13_a_file_of_another_user_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join("data.json");
        std::fs::write(&mine, OLD).unwrap();
        let theirs = if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&mine, Some(65534), None).unwrap();
            mine
        } else {
            // Root's, readable by everybody, on every Unix.
            PathBuf::from("/etc/passwd")
        };
        let failure = read(&theirs, 1024 * 1024).unwrap_err().failure();
        assert_eq!(failure.code, Code::FileUnsafe);
        assert!(failure.why.contains("another user"), "{failure}");
        assert!(matches!(write(&RealDisk, &theirs, NEW), Err(FileError::Unsafe { .. })));
    }

    #[test]
    fn st_13_a_folder_in_which_everybody_may_replace_files_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("open");
        std::fs::create_dir(&folder).unwrap();
        chmod(&folder, 0o777);
        assert!(matches!(write(&RealDisk, &folder.join("data.json"), NEW), Err(FileError::Unsafe { .. })));
        chmod(&folder, 0o1777);
        write(&RealDisk, &folder.join("data.json"), NEW).unwrap();
    }
}

#[test]
fn the_lock_does_not_keep_a_writer_longer_than_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.json");
    let _held = Lock::acquire(&path, LOCK_TIMEOUT).unwrap();
    let start = Instant::now();
    assert!(Lock::acquire(&path, Duration::from_millis(60)).is_err());
    assert!((Duration::from_millis(60)..Duration::from_secs(30)).contains(&start.elapsed()), "{:?}", start.elapsed());
}
