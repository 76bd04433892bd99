//! Changes: of several windows, taken back, and of very many.

use super::*;

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
    assert_eq!(other.drop_tombstones(&[gone]).unwrap().tombstones, []);
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
    assert!(snapshot.notices[0].contains("already in use"));
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
fn ten_thousand_connections_fit() {
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
    let text = String::from_utf8(place.bytes()).unwrap();
    assert!(text.lines().count() > 10_000, "still a line for each");
    // A list that could not be read again is not written.
    let before = place.bytes();
    let too_many = (0..8000).map(|number| connection(&format!("One too many {number}"))).collect();
    assert_eq!(code(place.add_all(too_many)), Code::TooLarge);
    assert_eq!(place.bytes(), before);
}
