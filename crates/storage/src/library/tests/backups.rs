//! Backups, and a disk that is full.

use super::*;

#[test]
fn cf_18_a_backup_brings_back_the_exact_bytes() {
    let text = format!("{{ \"version\":1,\t\"connections\" : [\n{} ] , \"mine\": 1.50 }}\r\n", raw("Sales"));
    let place = Place::with(&text);
    let snapshot = place.save(connection("Other"), None).unwrap();
    let newer = place.bytes();
    let backups = place.backups();
    assert_eq!((backups.len(), backups[0].connections), (1, 1));
    assert!(backups[0].kept_at.is_some());
    assert_eq!(names(&place.restore_backup(&backups[0]).unwrap()), ["Sales"]);
    assert_eq!(place.bytes(), text.as_bytes());
    // And back again: what was replaced is the newest backup now.
    assert_eq!(names(&place.restore_backup(&place.backups()[0]).unwrap()), names(&snapshot));
    assert_eq!(place.bytes(), newer);
}

#[test]
fn a_file_that_is_gone_is_an_empty_list_that_tells_where_the_backup_is() {
    let place = Place::new();
    place.save(connection("One"), None).unwrap();
    place.save(connection("Two"), None).unwrap();
    fs::remove_file(place.path()).unwrap();
    let snapshot = place.load().unwrap();
    assert_eq!((snapshot.entries.len(), snapshot.notices.len()), (0, 1));
    let backup = &place.backups()[0].path;
    assert!(snapshot.notices[0].contains(backup.to_str().unwrap()), "{:?}", snapshot.notices);
    fs::copy(backup, place.path()).unwrap();
    assert_eq!(names(&place.load().unwrap()), ["One", "Two"]);
}

#[test]
fn three_backups_are_kept_for_their_owner_alone() {
    let place = Place::new();
    for number in 0..6 {
        place.save(connection(&format!("Number {number}")), None).unwrap();
    }
    assert_eq!(place.backups().iter().map(|backup| backup.connections).collect::<Vec<_>>(), [5, 4, 3]);
    #[cfg(unix)]
    for backup in place.backups() {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(backup.path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn st_15_a_full_disk_at_any_byte_of_a_save_loses_nothing() {
    let place = Place::new();
    place.save(connection("Other"), None).unwrap();
    let entry = place.save(connection("Sales"), None).unwrap().entries[1].clone();
    let before = place.bytes();
    let backups = place.backups();
    let longest = 3 * before.len();
    let mut refused = 0;
    for room in 0..longest {
        let saved = place.on(FaultyDisk::with_room(room)).save(described(&entry, "edited"), Some(entry.revision));
        if let Err(error) = saved {
            let failure = error.failure();
            assert!(failure.why.contains("full") && failure.what.contains(place.path().to_str().unwrap()), "{failure}");
            assert_eq!(place.bytes(), before, "room for {room} bytes");
            assert!(!backups.is_empty() && place.backups().len() >= backups.len(), "room for {room} bytes");
            refused += 1;
        } else {
            assert_eq!(place.load().unwrap().entries[1].connection.description, "edited");
            place.write(&before);
        }
        let left = names_in(&place.dir.path().join("config"));
        assert_eq!(left, ["connections.json", "connections.json.lock"], "room for {room} bytes");
    }
    assert!(refused > before.len(), "{refused}");
    for fault in [Fault::Sync, Fault::Rename] {
        let error = place.on(FaultyDisk::failing_at(fault)).save(described(&entry, "edited"), Some(entry.revision)).unwrap_err();
        assert_eq!(error.failure().code, Code::FileUnwritable);
        assert_eq!(place.bytes(), before, "{fault:?}");
    }
}

#[test]
fn st_15_a_full_disk_while_a_damaged_file_is_mended_loses_neither() {
    let place = Place::new();
    place.save(connection("One"), None).unwrap();
    place.save(connection("Two"), None).unwrap();
    place.write([0; 50]);
    for room in [0, 30, 49, 50, 200] {
        let snapshot = place.on(FaultyDisk::with_room(room)).load().unwrap();
        assert!(matches!(snapshot.mode, Mode::ReadOnly(_)), "room for {room} bytes");
        assert_eq!(names(&snapshot), ["One", "Two"], "the backup is shown");
        assert_eq!(place.bytes(), [0; 50]);
    }
    assert_eq!(names(&place.load().unwrap()), ["One", "Two"]);
    assert_eq!(place.corrupt_files(), [vec![0; 50]]);
}

#[test]
fn vl_07_the_connection_that_was_saved_last_comes_back_and_no_state_is_pushed_out_by_a_lost_file() {
    let place = Place::new();
    for name in ["One", "Two", "Three"] {
        place.save(connection(name), None).unwrap();
    }
    assert_eq!(place.backups().iter().map(|backup| backup.connections).collect::<Vec<_>>(), [2, 1], "not the state that is there");
    place.write(b"{ half");
    assert_eq!(names(&place.load().unwrap()), ["One", "Two", "Three"]);
    // Lost, and somebody goes on without it: the lost list stays among the backups.
    fs::remove_file(place.path()).unwrap();
    place.save(connection("Four"), None).unwrap();
    let lost = place.backups().into_iter().find(|backup| backup.connections == 3).unwrap();
    assert_eq!(names(&place.restore_backup(&lost).unwrap()), ["One", "Two", "Three"]);
    // So it does when the person begins with an empty list.
    fs::remove_file(place.path()).unwrap();
    place.start_anew().unwrap();
    assert!(place.backups().iter().any(|backup| backup.connections == 3));
    place.write(b"");
    assert_eq!(names(&place.load().unwrap()), [""; 0], "the empty list is the newest state");
}
