//! What stands in the file that this version does not expect.

use super::*;

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
