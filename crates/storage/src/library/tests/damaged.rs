//! A file that is damaged, and what is put in its place.

use super::*;

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
            assert_eq!(
                names(&snapshot),
                if through_save { vec!["One", "Two", "Three"] } else { vec!["One", "Two"] },
                "the state of the last save"
            );
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
    assert_eq!(names(&place.load().unwrap()), ["One", "Two", "Three"]);
    fs::write(place.dir.path().join("state/backups/connections-latest.json"), [0; 100]).unwrap();
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
