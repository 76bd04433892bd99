#![allow(clippy::disallowed_methods, reason = "a test damages files")]

use std::fs;

use super::{
    tests::{got, item, quick, unlocked},
    *,
};

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("vault.age") && Path::new(name).extension().is_none_or(|end| end != "lock"));
    names.sort();
    names
}

/// With a state folder, as every installation has one.
fn remembering(dir: &Path) -> EncryptedFile {
    quick(dir).remembered_in(Some(&dir.join("state")))
}

fn open_remembering(dir: &Path) -> EncryptedFile {
    let file = remembering(dir);
    file.unlock("right horse".into()).unwrap();
    file
}

#[test]
fn vl_01_a_file_that_is_missing_beside_its_backup_is_lost_and_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    unlocked(dir.path()).put(&[item("a", "1")]).unwrap();
    fs::remove_file(dir.path().join("vault.age")).unwrap();
    let backup = fs::read(dir.path().join("vault.age.bak")).unwrap();

    let lost = |error: VaultError| matches!(error, VaultError::Lost { backup: true, .. });
    let mut typo = quick(dir.path());
    typo.state.get_mut().unwrap().offered = Some("a typing error".into());
    for _ in 0..2 {
        assert!(lost(typo.get("a").unwrap_err()));
        assert!(lost(typo.put(&[item("b", "2")]).unwrap_err()));
        assert!(lost(typo.delete(&["a".into()]).unwrap_err()));
        assert!(lost(typo.check().unwrap_err()));
        assert!(lost(typo.unlock("right horse".into()).unwrap_err()));
    }
    assert!(lost(quick(dir.path()).delete(&["a".into()]).unwrap_err()), "also without a passphrase");
    let failure = typo.lost().unwrap().failure();
    assert!(failure.code == brickpass_core::failure::Code::VaultLost && failure.fix.contains("brickpass restore --vault"), "{failure}");
    assert_eq!(names(dir.path()), ["vault.age.bak"], "nothing was made");
    assert_eq!(fs::read(dir.path().join("vault.age.bak")).unwrap(), backup, "and the last copy is as it was");

    assert!(matches!(typo.restore_backup("a typing error".into()), Err(VaultError::WrongPassphrase)));
    typo.restore_backup("right horse".into()).unwrap();
    assert_eq!(got(&typo, "a"), Some("1".into()), "what was saved last");
}

#[test]
fn vl_01_a_file_that_is_gone_with_its_backup_is_known_to_be_lost() {
    let dir = tempfile::tempdir().unwrap();
    let file = open_remembering(dir.path());
    file.put(&[item("a", "1")]).unwrap();
    for name in names(dir.path()) {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    for file in [file, remembering(dir.path())] {
        assert!(matches!(file.unlock("right horse".into()), Err(VaultError::Lost { backup: false, .. })));
    }
    assert!(matches!(remembering(dir.path()).restore_backup("right horse".into()), Err(VaultError::Lost { backup: false, .. })));
    assert!(names(dir.path()).is_empty());
}

#[test]
fn vl_01_what_held_no_secret_is_not_lost() {
    let dir = tempfile::tempdir().unwrap();
    let file = open_remembering(dir.path());
    fs::remove_file(file.path()).unwrap();
    assert!(file.lost().is_none(), "it was never used");
    open_remembering(dir.path()).put(&[item("a", "1")]).unwrap();
    assert!(quick(&dir.path().join("elsewhere")).lost().is_none(), "a place of its own");
    let emptied = open_remembering(dir.path());
    emptied.delete(&["a".into()]).unwrap();
    for name in names(dir.path()) {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    open_remembering(dir.path());
}

#[test]
fn vl_01_who_begins_anew_says_so_and_the_former_file_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    open_remembering(dir.path()).put(&[item("a", "1")]).unwrap();
    let former = fs::read(dir.path().join("vault.age")).unwrap();
    let file = remembering(dir.path());
    assert!(matches!(file.begin_anew("short".into()), Err(VaultError::WeakPassphrase { .. })));
    assert_eq!(names(dir.path()), ["vault.age", "vault.age.bak"]);
    let kept = file.begin_anew("another horse".into()).unwrap();
    assert_eq!(kept, [dir.path().join("vault.age.former"), dir.path().join("vault.age.bak.former")]);
    assert_eq!(fs::read(&kept[0]).unwrap(), former);
    assert_eq!(got(&file, "a"), None);
    file.put(&[item("b", "2")]).unwrap();
    assert_eq!(
        file.begin_anew("a third horse".into()).unwrap(),
        [dir.path().join("vault.age.former-2"), dir.path().join("vault.age.bak.former-2")]
    );
    assert!(remembering(dir.path()).unlock("a third horse".into()).is_ok());
    assert_eq!(file.take_notices(), [], "what the person has done is not news");
    // And of a lost one, whose backup is not overwritten either.
    fs::remove_file(dir.path().join("vault.age")).unwrap();
    fs::copy(&kept[0], dir.path().join("vault.age.bak")).unwrap();
    let kept = remembering(dir.path()).begin_anew("a fourth horse".into()).unwrap();
    assert_eq!(fs::read(&kept[0]).unwrap(), former);
}

#[test]
fn vl_06_an_older_copy_is_noticed_once_and_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    let file = open_remembering(dir.path());
    file.put(&[item("a", "1")]).unwrap();
    let older = fs::read(file.path()).unwrap();
    file.put(&[item("a", "2")]).unwrap();
    file.put(&[item("a", "3")]).unwrap();
    let reader = open_remembering(dir.path());
    assert_eq!((reader.take_notices(), reader.saves_behind()), (vec![], None));
    fs::write(file.path(), &older).unwrap();
    assert_eq!(got(&reader, "a"), Some("1".into()), "nobody is locked out");
    assert_eq!(reader.take_notices(), [VaultNotice::Older { path: file.path().to_owned(), saves: 2 }]);
    assert_eq!(reader.take_notices(), []);
    let later = open_remembering(dir.path());
    assert_eq!((later.take_notices(), later.saves_behind()), (vec![], Some(2)), "told once, and known for as long as it is so");
    later.put(&[item("a", "4")]).unwrap();
    later.put(&[item("a", "5")]).unwrap();
    assert_eq!(open_remembering(dir.path()).saves_behind(), None);
}

#[test]
fn vl_06_a_copy_without_a_count_and_another_vault_are_noticed_and_a_restore_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let file = open_remembering(dir.path());
    // As Brickpass wrote it before it counted.
    let uncounted = file.encrypt(&Secrets::default(), &"right horse".into()).unwrap().bytes().to_vec();
    file.put(&[item("a", "1")]).unwrap();
    let good = fs::read(file.path()).unwrap();
    fs::write(file.path(), &uncounted).unwrap();
    let reader = open_remembering(dir.path());
    assert!(matches!(*reader.take_notices(), [VaultNotice::Older { .. }]));

    reader.restore_backup("right horse".into()).unwrap();
    assert_eq!(fs::read(file.path()).unwrap(), good);
    assert_eq!(got(&reader, "a"), Some("1".into()));
    assert_eq!((reader.take_notices(), reader.saves_behind()), (vec![], None), "a restore is known");

    let elsewhere = tempfile::tempdir().unwrap();
    unlocked(elsewhere.path()).put(&[item("a", "theirs")]).unwrap();
    fs::copy(elsewhere.path().join("vault.age"), file.path()).unwrap();
    let reader = open_remembering(dir.path());
    assert_eq!(reader.take_notices(), [VaultNotice::Another { path: file.path().to_owned() }]);
    assert_eq!(open_remembering(dir.path()).take_notices(), []);
}

#[test]
fn vl_06_a_file_from_before_the_count_opens_without_a_word() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    let uncounted = file.encrypt(&Secrets::default(), &"right horse".into()).unwrap().bytes().to_vec();
    fs::write(file.path(), uncounted).unwrap();
    for _ in 0..3 {
        let file = open_remembering(dir.path());
        file.put(&[item("a", "1")]).unwrap();
        assert_eq!(file.take_notices(), []);
    }
}

#[test]
fn vl_02_a_header_that_would_keep_a_processor_busy_for_days_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault.age");
    let start = std::time::Instant::now();
    let stanzas = "-> x y\nAAAA\n".repeat(15 * 1024 * 1024 / 12);
    let lines = format!("-> scrypt c2FsdHNhbHRzYWx0c2FsdA 16\n{}", format!("{}\n", "A".repeat(64)).repeat(20_000));
    for header in [stanzas, lines] {
        fs::write(&path, format!("age-encryption.org/v1\n{header}--- x\n")).unwrap();
        let error = quick(dir.path()).unlock("right horse".into()).unwrap_err();
        assert!(matches!(error, VaultError::ExternalFile { .. }), "{error}");
        assert!(open_sealed(fs::read(&path).unwrap(), &"right horse".into()).is_err());
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    fs::write(&path, "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n").unwrap();
    let failure = quick(dir.path()).unlock("right horse".into()).unwrap_err().failure();
    assert!(failure.why.contains("armor"), "{failure}");
}

#[test]
fn vl_05_new_files_cost_what_is_advised_today_and_older_ones_are_upgraded_when_they_are_saved() {
    let dir = tempfile::tempdir().unwrap();
    let file = unlocked(dir.path());
    let work = |file: &EncryptedFile| {
        let bytes = fs::read(file.path()).unwrap();
        let header = String::from_utf8_lossy(&bytes[..100]).into_owned();
        header.lines().nth(1).unwrap().rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(work(&file), "2", "as a file of an earlier version");
    let mut today = EncryptedFile::new(file.path().to_owned(), None);
    assert_eq!(today.work_factor, 17);
    today.work_factor = 3;
    today.unlock("right horse".into()).unwrap();
    today.put(&[item("a", "1")]).unwrap();
    assert_eq!((work(&today), got(&file, "a")), ("3".to_owned(), Some("1".into())));
}

#[test]
fn vl_05_a_weak_passphrase_begins_nothing_and_opens_what_it_opened_before() {
    let dir = tempfile::tempdir().unwrap();
    let file = quick(dir.path());
    assert!(matches!(file.unlock("x".into()), Err(VaultError::WeakPassphrase { .. })));
    let mut offered = quick(dir.path());
    offered.state.get_mut().unwrap().offered = Some("aaaaaaaaaa".into());
    assert!(matches!(offered.put(&[item("a", "1")]), Err(VaultError::WeakPassphrase { .. })));
    assert!(names(dir.path()).is_empty());
    fs::write(file.path(), file.encrypt(&Secrets::default(), &"x".into()).unwrap().bytes()).unwrap();
    file.unlock("x".into()).unwrap();
    file.put(&[item("a", "1")]).unwrap();
    assert_eq!(got(&file, "a"), Some("1".into()));
}

#[test]
fn vl_05_a_first_file_is_told_when_nobody_typed_its_passphrase() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = quick(dir.path());
    file.state.get_mut().unwrap().offered = Some("right horse".into());
    file.put(&[item("a", "1")]).unwrap();
    file.put(&[item("a", "2")]).unwrap();
    assert_eq!(file.take_notices(), [VaultNotice::Created { path: file.path().to_owned() }]);
}

#[test]
fn vl_05_the_passphrase_is_asked_for_when_it_is_needed_and_a_source_that_fails_is_told() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let dir = tempfile::tempdir().unwrap();
    unlocked(dir.path()).put(&[item("a", "1")]).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let file = quick(dir.path()).asking(Some(Arc::new(move || match count.fetch_add(1, Ordering::SeqCst) {
        0 => Err(brickpass_core::failure::Failure::new(brickpass_core::failure::Code::FileUnreadable, "what", "why", "fix")),
        _ => Ok(Some("right horse".into())),
    })));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert!(matches!(file.get("a"), Err(VaultError::NoPassphrase(_))));
    assert_eq!(got(&file, "a"), Some("1".into()));
    assert_eq!(got(&file, "a"), Some("1".into()));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
