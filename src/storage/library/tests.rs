#![allow(clippy::disallowed_methods, reason = "a test damages files")]

use std::{fs, thread, time::Instant};

use serde_json::{Value, json};

use super::*;
use crate::{
    failure::Code,
    storage::atomic_file::faults::{Fault, FaultyDisk, names_in},
};

struct Place {
    dir: tempfile::TempDir,
    library: Library,
}

impl std::ops::Deref for Place {
    type Target = Library;
    fn deref(&self) -> &Library {
        &self.library
    }
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::new(&dir.path().join("config"), &dir.path().join("state"));
        fs::create_dir(dir.path().join("config")).unwrap();
        Self { dir, library }
    }

    fn with(bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.write(bytes);
        place
    }

    fn write(&self, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(), bytes).unwrap();
    }

    /// Another Brickpass on the same files.
    fn another(&self) -> Library {
        self.on(RealDisk)
    }

    fn on(&self, disk: impl Disk + 'static) -> Library {
        Library::on_disk(&self.dir.path().join("config"), &self.dir.path().join("state"), Arc::new(disk))
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes()).unwrap()
    }

    fn corrupt_files(&self) -> Vec<Vec<u8>> {
        let folder = self.dir.path().join("config");
        names_in(&folder).iter().filter(|name| name.contains("corrupt")).map(|name| fs::read(folder.join(name)).unwrap()).collect()
    }
}

fn raw(name: &str) -> Value {
    json!({
        "id": ConnectionId::random(), "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
        "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "dev"
    })
}

fn connection(name: &str) -> Connection {
    serde_json::from_value(raw(name)).unwrap()
}

fn described(entry: &Entry, description: &str) -> Connection {
    Connection { description: description.into(), ..entry.connection.clone() }
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries.iter().map(|entry| entry.connection.name.as_str()).collect()
}

fn code(result: Result<Snapshot, LibraryError>) -> Code {
    result.unwrap_err().failure().code
}

#[test]
fn connections_come_back_as_saved() {
    let place = Place::new();
    assert_eq!(place.load().unwrap().entries, []);
    let mut full = raw("Sales – nightly");
    full.as_object_mut().unwrap().extend([
        ("description".to_owned(), json!("line\n\"two\"")),
        ("workspace_id".to_owned(), json!("1234567890123456")),
        ("tags".to_owned(), json!(["etl", "Ærlig"])),
        ("folder".to_owned(), json!("Sales/Nightly")),
        ("pinned".to_owned(), json!(true)),
        ("environment".to_owned(), json!("staging")),
        ("auth".to_owned(), json!({"type": "service-principal", "client_id": "b1e4c6c2-0000-4000-8000-000000000001"})),
    ]);
    let full: Connection = serde_json::from_value(full).unwrap();
    place.save(full.clone(), None).unwrap();
    let snapshot = place.save(connection("Other"), None).unwrap();
    assert_eq!(snapshot, place.another().load().unwrap());
    assert_eq!(snapshot.entries[0], Entry { connection: full, revision: Revision(1) });
    assert_eq!((snapshot.mode, snapshot.notices), (Mode::Writable, vec![]));
}

#[test]
fn the_file_reads_well_and_its_keys_stand_in_a_fixed_order() {
    let place = Place::new();
    let mut connection = connection("Sales");
    connection.id = "8a5e0a4e-1111-4222-8333-944444444444".parse().unwrap();
    place.save(connection, None).unwrap();
    let expected = r#"{
  "version": 1,
  "connections": [
    {
      "id": "8a5e0a4e-1111-4222-8333-944444444444",
      "name": "Sales",
      "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
      "timeout_seconds": 30,
      "auth": {
        "type": "pat"
      },
      "level": "workspace",
      "environment": "dev",
      "revision": 1
    }
  ]
}
"#;
    assert_eq!(String::from_utf8(place.bytes()).unwrap(), expected);
}

#[test]
fn cf_01_a_file_of_a_newer_version_is_shown_and_never_written() {
    let text = json!({"version": 99, "connections": [raw("Sales"), {"shape": "unknown"}], "groups": []}).to_string();
    let place = Place::with(&text);
    let snapshot = place.load().unwrap();
    assert_eq!(names(&snapshot), ["Sales"]);
    assert!(matches!(&snapshot.mode, Mode::ReadOnly(why) if why.contains("newer version")));
    let entry = snapshot.entries[0].clone();
    assert_eq!(code(place.save(connection("New"), None)), Code::ReadOnly);
    assert_eq!(code(place.save(described(&entry, "x"), Some(entry.revision))), Code::ReadOnly);
    assert_eq!(place.may_save(&connection("New"), None).unwrap_err().failure().code, Code::ReadOnly);
    assert_eq!(code(place.remove(&[entry.connection.id])), Code::ReadOnly);
    assert_eq!(code(place.bury(&[entry.connection.id])), Code::ReadOnly);
    assert_eq!(code(place.restore(vec![entry])), Code::ReadOnly);
    assert_eq!(code(place.add_all(vec![connection("New")])), Code::ReadOnly);
    assert_eq!(place.bytes(), text.as_bytes());
    assert!(!place.changed_outside());
}

#[test]
fn cf_01_a_file_of_a_later_minor_version_is_written_with_its_version_kept() {
    let place = Place::with(json!({"version": 1.2, "connections": []}).to_string());
    place.save(connection("Sales"), None).unwrap();
    assert_eq!(place.json()["version"], 1.2);
}

/// What CF-03 names, and its neighbours.
fn damages() -> Vec<Vec<u8>> {
    let good = json!({"version": 1, "connections": [raw("Sales")]}).to_string();
    let mut garbage: Vec<u8> = (0..=255).cycle().take(3000).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut garbage);
    vec![
        vec![],
        vec![0; 4096],
        garbage,
        b"\xff\xfe\x00\xd8\x01\x02\x03".to_vec(),
        b"\xef\xbb\xbf\xff".to_vec(),
        good.as_bytes()[..good.len() - 9].to_vec(),
        [good.as_bytes(), b"}"].concat(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"{\"version\": 1, \"connections\": {}}".to_vec(),
        b"{\"version\": 1, \"connections\": [], \"connections\": []}".to_vec(),
    ]
}

#[test]
fn cf_03_a_damaged_file_without_a_backup_is_told_and_stays_as_it_is() {
    for damaged in damages() {
        let place = Place::with(&damaged);
        let failure = place.load().unwrap_err().failure();
        assert_eq!(failure.code, Code::FileUnreadable);
        assert!(failure.what.contains(place.path().to_str().unwrap()), "{failure}");
        assert_eq!(code(place.save(connection("New"), None)), Code::FileUnreadable);
        assert!(place.may_save(&connection("New"), None).is_err());
        assert_eq!(place.bytes(), damaged, "{failure}");

        let snapshot = place.start_anew().unwrap();
        assert_eq!(snapshot.entries, []);
        assert_eq!(place.corrupt_files(), [damaged]);
        place.save(connection("New"), None).unwrap();
    }
}

#[test]
fn cf_03_a_damaged_file_is_set_aside_and_the_latest_good_backup_takes_its_place() {
    for damaged in damages() {
        for through_save in [false, true] {
            let place = Place::new();
            place.save(connection("One"), None).unwrap();
            place.save(connection("Two"), None).unwrap();
            place.write(&damaged);
            let snapshot = if through_save {
                place.may_save(&connection("Three"), None).unwrap();
                place.save(connection("Three"), None).unwrap()
            } else {
                place.load().unwrap()
            };
            assert_eq!(names(&snapshot), if through_save { vec!["One", "Three"] } else { vec!["One"] }, "the state before the last save");
            assert!(snapshot.notices[0].contains("damaged") && snapshot.notices[0].contains("corrupt-"), "{:?}", snapshot.notices);
            assert_eq!(place.corrupt_files(), std::slice::from_ref(&damaged));
            assert_eq!(place.load().unwrap().notices, [""; 0], "told once");
        }
    }
}

#[test]
fn cf_03_a_damaged_backup_is_passed_over() {
    let place = Place::new();
    for name in ["One", "Two", "Three"] {
        place.save(connection(name), None).unwrap();
    }
    fs::write(place.dir.path().join("state/backups/connections-1.json"), [0; 100]).unwrap();
    place.write([0; 100]);
    assert_eq!(names(&place.load().unwrap()), ["One"]);
}

#[test]
fn cf_03_a_file_in_another_encoding_is_read_and_its_bytes_are_kept_as_the_backup() {
    let text = json!({"version": 1, "connections": [raw("Ærlig")]}).to_string();
    let little: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big, [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
        let place = Place::with(&bytes);
        let snapshot = place.load().unwrap();
        assert_eq!((names(&snapshot), snapshot.notices.len()), (vec!["Ærlig"], 1));
        assert_eq!(place.bytes(), bytes);
        place.save(connection("Other"), None).unwrap();
        assert_eq!(place.json()["connections"][0]["name"], "Ærlig");
        assert_eq!(fs::read(&place.backups()[0].path).unwrap(), bytes);
    }
}

#[test]
fn cf_04_keys_and_connections_that_this_version_does_not_know_survive_every_save() {
    let mut known = raw("Sales");
    known["colour"] = json!({"hue": 200});
    known["auth"]["hint"] = json!("kept");
    let mut future = raw("From the future");
    future["auth"] = json!({"type": "quantum", "entangled_with": [1, 2]});
    let mut odd = raw("Odd address");
    odd["base_url"] = json!("ftp://[");
    let place = Place::with(
        serde_json::to_string_pretty(&json!({
            "version": 1, "connections": [known, future, odd, "not even an object"], "removed": ["not an id"], "groups": {"a": [1]}
        }))
        .unwrap(),
    );
    let snapshot = place.load().unwrap();
    assert_eq!(names(&snapshot), ["Sales"]);
    assert_eq!(snapshot.notices.len(), 3, "{:?}", snapshot.notices);
    assert!(snapshot.notices[0].contains("From the future") && snapshot.notices[0].contains("authentication type"));
    assert!(snapshot.notices[1].contains("Odd address") && snapshot.notices[1].contains("address"));

    let entry = snapshot.entries[0].clone();
    let snapshot = place.save(described(&entry, "edited"), Some(entry.revision)).unwrap();
    place.save(connection("Another"), None).unwrap();
    let check = |what: &str| {
        let json = place.json();
        let list = json["connections"].as_array().unwrap();
        let find = |name: &str| list.iter().find(|connection| connection["name"] == name).unwrap();
        assert_eq!(find("Sales")["colour"], json!({"hue": 200}), "{what}");
        assert_eq!(find("Sales")["auth"]["hint"], "kept", "{what}");
        assert_eq!(find("Sales")["description"], "edited", "{what}");
        assert_eq!(*find("From the future"), future, "{what}");
        assert_eq!(*find("Odd address"), odd, "{what}");
        assert!(list.contains(&json!("not even an object")), "{what}");
        assert_eq!((&json["groups"], &json["removed"][0]), (&json!({"a": [1]}), &json!("not an id")), "{what}");
    };
    check("saved");
    place.remove(&[entry.connection.id]).unwrap();
    place.restore(vec![snapshot.entries[0].clone()]).unwrap();
    check("removed and brought back");
    // The name of a connection that cannot be shown is taken all the same; nor can it be overwritten.
    assert_eq!(code(place.save(connection("from THE future"), None)), Code::InvalidInput);
    let mut same_id = connection("New");
    same_id.id = serde_json::from_value(future["id"].clone()).unwrap();
    assert_eq!(code(place.save(same_id, None)), Code::Conflict);
}

#[test]
fn cf_04_a_key_that_was_cleared_does_not_come_back_as_an_unknown_one() {
    let place = Place::new();
    let mut first = connection("Sales");
    first.workspace_id = Some("1234567890123456".into());
    first.description = "old".into();
    let entry = place.save(first.clone(), None).unwrap().entries[0].clone();
    first.workspace_id = None;
    first.description = String::new();
    place.save(first, Some(entry.revision)).unwrap();
    let json = place.json();
    assert_eq!((&json["connections"][0]["workspace_id"], &json["connections"][0]["description"]), (&Value::Null, &Value::Null));
}

#[test]
fn cf_05_of_duplicate_ids_and_names_both_are_kept_and_told() {
    let (one, mut twin, other) = (raw("Sales"), raw("Sales"), raw("Sales (2)"));
    twin["id"] = one["id"].clone();
    let place = Place::with(json!({"version": 1, "connections": [one, twin, other]}).to_string());
    let before = place.bytes();
    let snapshot = place.load().unwrap();
    assert_eq!(names(&snapshot), ["Sales", "Sales (3)", "Sales (2)"]);
    assert_eq!(snapshot.notices.len(), 2, "{:?}", snapshot.notices);
    let ids: std::collections::HashSet<_> = snapshot.entries.iter().map(|entry| entry.connection.id).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(place.load().unwrap(), snapshot, "the same on every reading");
    assert_eq!(place.bytes(), before, "reading writes nothing");

    let twin = &snapshot.entries[1];
    let saved = place.save(described(twin, "mine"), Some(twin.revision)).unwrap();
    assert_eq!(names(&saved), names(&snapshot));
    let again = place.load().unwrap();
    assert_eq!((names(&again), again.notices.len()), (names(&snapshot), 0), "mended for good");
}

#[test]
fn cf_06_a_file_of_6_mib_or_nested_ten_thousand_deep_is_refused_at_once() {
    let deep = |prefix: &str, suffix: &str| format!("{prefix}{}{}{suffix}", "[".repeat(10_000), "]".repeat(10_000));
    for (text, code_expected) in [
        (format!("{{\"version\": 1, \"connections\": [], \"x\": \"{}\"}}", "y".repeat(6 * 1024 * 1024)), Code::TooLarge),
        (deep("{\"version\": 1, \"connections\": [], \"x\": ", "}"), Code::FileUnreadable),
        (deep("{\"version\": 1, \"connections\": [{\"x\": ", "}]}"), Code::FileUnreadable),
        (deep("", ""), Code::FileUnreadable),
    ] {
        let place = Place::with(&text);
        let start = Instant::now();
        assert_eq!(code(place.load()), code_expected);
        assert_eq!(code(place.save(connection("New"), None)), code_expected);
        assert!(start.elapsed().as_millis() < 500, "took {:?}", start.elapsed());
        assert_eq!(place.bytes(), text.as_bytes());
    }
}

#[test]
fn cf_08_a_missing_config_folder_is_an_empty_list_and_is_made_with_the_first_save() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::new(&dir.path().join("not/there"), &dir.path().join("nor/this"));
    assert_eq!((library.load().unwrap().entries, library.load().unwrap().mode), (vec![], Mode::Writable));
    assert!(!dir.path().join("not").exists());
    library.save(connection("Sales"), None).unwrap();
    assert_eq!(names(&library.load().unwrap()), ["Sales"]);
}

#[test]
fn cf_08_a_file_where_the_config_folder_should_be_is_told_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config");
    fs::write(&config, "mine").unwrap();
    let library = Library::new(&config, &dir.path().join("state"));
    for error in [library.load().unwrap_err(), library.save(connection("Sales"), None).unwrap_err()] {
        let failure = error.failure();
        assert!(failure.what.contains(config.to_str().unwrap()), "{failure}");
        assert!(failure.why.contains("folder is needed") && failure.fix.contains("BRICKPASS_CONFIG_DIR"), "{failure}");
    }
    assert_eq!(fs::read(&config).unwrap(), b"mine");
}

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
    assert_eq!(names(&place.load().unwrap()), ["One"]);
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
        assert_eq!(names(&snapshot), ["One"], "the backup is shown");
        assert_eq!(place.bytes(), [0; 50]);
    }
    assert_eq!(names(&place.load().unwrap()), ["One"]);
    assert_eq!(place.corrupt_files(), [vec![0; 50]]);
}

#[test]
fn st_23_a_removed_connection_leaves_a_tombstone_until_its_secrets_are_gone() {
    let place = Place::new();
    place.add_all(vec![connection("One"), connection("Two")]).unwrap();
    let entries = place.load().unwrap().entries;
    let gone = entries[0].connection.id;
    let snapshot = place.remove(&[gone, ConnectionId::random()]).unwrap();
    assert_eq!((names(&snapshot), &snapshot.tombstones), (vec!["Two"], &vec![gone]));
    // The keyring refused: the tombstone outlives the program, and the purge is tried again.
    assert_eq!(place.another().load().unwrap().tombstones, [gone]);
    let other = place.another();
    assert_eq!(other.bury(&[gone]).unwrap().tombstones, []);
    assert_eq!(place.load().unwrap().tombstones, []);
    assert_eq!(place.json().get("removed"), None);
}

#[test]
fn st_23_the_secrets_of_a_connection_that_is_back_are_never_up_for_purging() {
    let place = Place::new();
    let id = place.save(connection("One"), None).unwrap().entries[0].connection.id;
    let entries = place.load().unwrap().entries;
    place.remove(&[id]).unwrap();
    let snapshot = place.another().restore(entries.clone()).unwrap();
    assert_eq!((names(&snapshot), &snapshot.tombstones), (vec!["One"], &vec![]));
    assert_eq!(place.restore(entries).unwrap().entries.len(), 1, "undo twice is undo once");
    // Whatever the file says.
    let mut json = place.json();
    json["removed"] = json!([id]);
    place.write(json.to_string());
    assert_eq!(place.load().unwrap().tombstones, []);
}

#[test]
fn undo_finds_its_name_taken_and_takes_the_next() {
    let place = Place::new();
    let entry = place.save(connection("Sales"), None).unwrap().entries[0].clone();
    place.remove(&[entry.connection.id]).unwrap();
    place.save(connection("sales"), None).unwrap();
    let snapshot = place.restore(vec![entry]).unwrap();
    assert_eq!(names(&snapshot), ["sales", "Sales (2)"]);
    assert!(snapshot.notices[0].contains("taken"));
}

#[test]
fn st_24_names_that_look_alike_or_odd_do_not_collide() {
    let odd = ["A", "a", "a.b", "a/b", "../../x", "CON", "🦊", "${x}", "é", "e\u{301}"];
    let place = Place::with(json!({"version": 1, "connections": odd.map(raw)}).to_string());
    let snapshot = place.load().unwrap();
    assert_eq!(names(&snapshot), odd);
    for entry in &snapshot.entries {
        place.save(described(entry, entry.connection.name.as_str()), Some(entry.revision)).unwrap();
    }
    for entry in place.load().unwrap().entries {
        assert_eq!(entry.connection.description, entry.connection.name.as_str());
    }
    assert_eq!(code(place.save(connection("B/ö"), None).and(place.save(connection("b/Ö"), None))), Code::InvalidInput);
}

#[test]
fn st_25_two_windows_that_edit_different_connections_both_win() {
    let place = Place::new();
    let snapshot = place.add_all(vec![connection("One"), connection("Two")]).unwrap();
    let other = place.another();
    let theirs = other.load().unwrap();
    place.save(described(&snapshot.entries[0], "by the first window"), Some(snapshot.entries[0].revision)).unwrap();
    assert!(other.changed_outside() && !place.changed_outside());
    let merged = other.save(described(&theirs.entries[1], "by the second window"), Some(theirs.entries[1].revision)).unwrap();
    let descriptions: Vec<_> = merged.entries.iter().map(|entry| entry.connection.description.as_str()).collect();
    assert_eq!(descriptions, ["by the first window", "by the second window"]);
    assert!(place.changed_outside() && !other.changed_outside());
    assert_eq!(place.load().unwrap(), merged);
}

#[test]
fn st_25_eight_windows_that_save_at_once_lose_nothing() {
    let place = Place::new();
    thread::scope(|scope| {
        for window in 0..8 {
            let library = place.another();
            scope.spawn(move || {
                for number in 0..10 {
                    library.save(connection(&format!("Window {window} number {number}")), None).unwrap();
                }
            });
        }
    });
    assert_eq!(place.load().unwrap().entries.len(), 80);
}

#[test]
fn st_26_the_same_connection_edited_twice_is_a_conflict_and_nothing_is_lost() {
    let place = Place::new();
    let entry = place.save(connection("Sales"), None).unwrap().entries[0].clone();
    let theirs = place.another().save(described(&entry, "theirs"), Some(entry.revision)).unwrap().entries[0].clone();
    let mine = described(&entry, "mine");
    for error in [place.save(mine.clone(), Some(entry.revision)).unwrap_err(), place.may_save(&mine, Some(entry.revision)).unwrap_err()] {
        assert_eq!(error.failure().code, Code::Conflict);
        let LibraryError::Conflict { theirs: found } = error else { panic!("{error}") };
        assert_eq!(*found.unwrap(), theirs);
    }
    assert_eq!(place.load().unwrap().entries, std::slice::from_ref(&theirs));
    // The person has seen it and saves all the same.
    assert_eq!(place.save(mine, Some(theirs.revision)).unwrap().entries[0].connection.description, "mine");
}

#[test]
fn st_26_a_connection_that_was_removed_meanwhile_is_a_conflict() {
    let place = Place::new();
    let entry = place.save(connection("Sales"), None).unwrap().entries[0].clone();
    place.another().remove(&[entry.connection.id]).unwrap();
    let error = place.save(described(&entry, "mine"), Some(entry.revision)).unwrap_err();
    assert!(matches!(error, LibraryError::Conflict { theirs: None }));
    // As a new one it can be saved; its tombstone goes, so that its secrets stay.
    let snapshot = place.save(entry.connection, None).unwrap();
    assert_eq!((snapshot.entries.len(), snapshot.tombstones), (1, vec![]));
}

#[test]
fn many_are_added_all_or_none() {
    let place = Place::new();
    place.save(connection("Sales"), None).unwrap();
    let before = place.bytes();
    assert_eq!(code(place.add_all(vec![connection("New"), connection("SALES")])), Code::InvalidInput);
    let twice = connection("Twice");
    let same_id = Connection { name: connection("Other name").name, ..twice.clone() };
    assert_eq!(code(place.add_all(vec![twice, same_id])), Code::Conflict);
    assert_eq!(place.bytes(), before);
}

#[test]
fn ten_thousand_connections_fit_and_load_quickly() {
    let place = Place::new();
    let many: Vec<Connection> = (0..10_000)
        .map(|number| Connection {
            description: format!("Nightly job number {number} of the sales team"),
            workspace_id: Some(format!("{:016}", 1_000_000 + number)),
            tags: vec!["etl".into(), "nightly".into()],
            folder: format!("Team {}/Nightly", number % 40),
            ..connection(&format!("Sales warehouse {number}"))
        })
        .collect();
    place.add_all(many).unwrap();
    let size = place.bytes().len() as u64;
    assert!(size < LIMIT * 9 / 10, "{size} bytes");
    let start = Instant::now();
    let snapshot = place.load().unwrap();
    let took = start.elapsed();
    assert_eq!(snapshot.entries.len(), 10_000);
    let entry = snapshot.entries[5000].clone();
    let start = Instant::now();
    place.save(described(&entry, "edited"), Some(entry.revision)).unwrap();
    println!("{size} bytes, loaded in {took:?}, saved in {:?}", start.elapsed());
    assert!(took.as_secs() < 5, "{took:?}");
    let text = String::from_utf8(place.bytes()).unwrap();
    assert!(text.lines().count() > 10_000, "still a line for each");
    // A list that could not be read again is not written.
    let before = place.bytes();
    let too_many = (0..8000).map(|number| connection(&format!("One too many {number}"))).collect();
    assert_eq!(code(place.add_all(too_many)), Code::TooLarge);
    assert_eq!(place.bytes(), before);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_change_the_file(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let place = Place::with(&bytes);
        let _ = place.load();
        proptest::prop_assert_eq!(place.bytes(), bytes);
    }

    #[test]
    fn a_good_file_with_a_few_bytes_changed_is_read_or_refused_and_never_changed(
        edits in proptest::collection::vec((0..600_usize, proptest::prelude::any::<u8>()), 0..4)
    ) {
        let mut bytes = json!({"version": 1, "connections": [raw("One"), raw("Two")], "removed": [ConnectionId::random()]}).to_string().into_bytes();
        for (at, byte) in edits {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let place = Place::with(&bytes);
        if let Ok(snapshot) = place.load() {
            proptest::prop_assert_eq!(place.bytes(), bytes);
            if snapshot.mode == Mode::Writable {
                let before: Vec<_> = snapshot.entries.iter().map(|entry| entry.connection.clone()).collect();
                let saved = place.save(connection("Three"), None).unwrap();
                let after: Vec<_> = saved.entries.iter().take(before.len()).map(|entry| entry.connection.clone()).collect();
                proptest::prop_assert_eq!(before, after);
                proptest::prop_assert_eq!(place.load().unwrap().entries, saved.entries);
            }
        }
    }
}
