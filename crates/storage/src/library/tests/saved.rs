//! What is saved, and how it stands in the file.

use super::*;

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
    assert_eq!(code(place.drop_tombstones(&[entry.connection.id])), Code::ReadOnly);
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
