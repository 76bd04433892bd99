//! The engine against the embedded demo workspaces: saved is saved, late answers are told apart, nothing waits for ever.

use std::{
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{BaseUrl, Connection, ConnectionId, EnteredFor, Reviewed, SecretKind, Status, Timeout},
    failure::{Code, Failure},
};
use brickpass_databricks::check;
use brickpass_demo::{Demo, DemoOptions};
use brickpass_engine::{
    Ask, Continuation, DescribeSecret, Event, Places, ProbeVault, Progress, Purge, Remove, Restore, RevealSecret, Save, SaveSettings,
    Start, StoredSecret, TestConnection, TestResult, UnlockVault,
};
use brickpass_storage::{Settings, VaultHome, VaultStatus};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{
    Home, comes,
    desk::{self, by_token, form, in_memory},
    on_demo::workspace,
    run, skip,
};

type Desk = desk::Desk;

fn on_demo(demo: &Demo, name: &str) -> Reviewed {
    let found = workspace(demo, name);
    form(name, by_token(&found.base_url, &found.token))
}

fn tests(connection: Connection, secret: Option<SecretString>) -> TestConnection {
    TestConnection { connection: Box::new(connection), secret, progress: Progress::ignored() }
}

#[test]
fn unsaved_edits_are_tested_and_a_save_of_the_same_keeps_the_result() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let mut desk = Desk::new();
    let form = on_demo(&demo, "Sales lakehouse");
    let secret = form.secret.as_ref().map(|(_, secret)| secret.clone());
    let report = desk.test_with(&form.connection, secret);
    assert!(report.ok(), "{report:?}");

    let _saving = desk.pending(Save { reviewed: Box::new(form), base: None });
    let kept = desk.until(|event| if let Event::History(changes) = event { Some(changes) } else { None });
    assert_eq!(kept[0].1.as_ref().map(|last| last.state), Some(Status::Ok));
}

#[test]
fn a_saved_token_is_described_and_revealed_on_request_only() {
    let mut desk = Desk::new();
    let token = format!("dapi{}", "0123456789abcdef".repeat(2));
    let connection = desk.save(form("A", by_token("https://adb-1.2.azuredatabricks.net", &token)));
    let kind = SecretKind::PersonalAccessToken;
    let stored = desk.ask(DescribeSecret { id: connection.id, kind }).unwrap();
    let entered_for = EnteredFor::of(&connection, kind);
    assert_eq!(stored, StoredSecret::Stored { length: 36, last_four: "cdef".to_owned(), entered_for });
    let revealed = desk.ask(RevealSecret { id: connection.id, kind });
    assert!(!format!("{revealed:?}").contains(&token), "{revealed:?}");
    assert_eq!(revealed.unwrap().unwrap().expose_secret(), token);
}

#[test]
fn a_removal_that_is_undone_keeps_its_secret_and_one_that_is_purged_does_not() {
    let mut desk = Desk::new();
    let connection = desk.save(form("A", by_token("https://adb-1.2.azuredatabricks.net", "dapi0123456789")));
    let kind = SecretKind::PersonalAccessToken;
    let described = |desk: &mut Desk| desk.ask(DescribeSecret { id: connection.id, kind }).unwrap();

    let entries = desk.ask(Remove { ids: vec![connection.id] }).unwrap();
    let restoring = desk.pending(Restore { entries });
    // Too late: the undo was first.
    desk.ask(Purge { ids: vec![connection.id], revoke: Vec::new() }).unwrap();
    desk.answer(restoring).unwrap();
    assert!(matches!(described(&mut desk), StoredSecret::Stored { .. }));

    desk.remove(connection.id);
    assert_eq!(described(&mut desk), StoredSecret::Missing);
}

#[test]
fn saves_that_were_asked_for_are_done_before_the_engine_ends() {
    let mut desk = Desk::new();
    let saving: Vec<_> = (0..20)
        .map(|number| {
            let form = form(&format!("C{number}"), by_token("https://adb-1.2.azuredatabricks.net", "dapi0123456789"));
            desk.pending(Save { reviewed: Box::new(form), base: None })
        })
        .collect();
    desk.again(in_memory);
    drop(saving);
    let _reading = desk.pending(Start);
    let snapshot = desk.until(|event| if let Event::Library(snapshot) = event { Some(snapshot) } else { None });
    assert_eq!(snapshot.entries.len(), 20);
}

#[test]
fn changing_the_place_of_secrets_moves_them() {
    let places = |home: &Home| Places::new(home.config_dir(), home.state_dir());
    let mut desk = Desk::idle(Home::new(), (), places);
    let file = |vault| Settings { vault, ..Settings::default() };
    // From the default keyring, which holds nothing, to this session only, and on to a file.
    desk.ask(SaveSettings { settings: file(VaultHome::Memory), passphrase: None }).unwrap();
    while desk.try_next_event().is_some() {}
    let connection = desk.save(form("A", by_token("https://adb-1.2.azuredatabricks.net", "dapi0123456789")));
    let saved = desk.ask(SaveSettings { settings: file(VaultHome::File), passphrase: Some("correct horse".to_owned().into()) });
    assert_eq!(saved.unwrap().moved_secrets, 1);
    let status = desk.until(|event| if let Event::Vault { status, .. } = event { Some(status) } else { None });
    assert!(matches!(status, VaultStatus::Ready { .. }), "{status:?}");

    desk.again(places);
    let (home, status) = desk.ask(UnlockVault { passphrase: "correct horse".to_owned().into() }).unwrap();
    assert!(home == VaultHome::File && matches!(status, VaultStatus::Ready { .. }), "{status:?}");
    let stored = desk.ask(DescribeSecret { id: connection.id, kind: SecretKind::PersonalAccessToken }).unwrap();
    assert!(matches!(stored, StoredSecret::Stored { length: 14, .. }), "{stored:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_can_get_away_from_a_keyring_that_is_not_there() {
    // In a process of its own, without the session bus that this one may have.
    let home = Home::new();
    let mut add = home.brickpass(["add", "A", "--base-url", "https://adb-1.2.azuredatabricks.net"]);
    assert_eq!(run(&mut add, b"", crate::support::LIMIT).code, Some(0));

    let mut desk = Desk::idle(home, (), |home| Places::new(home.config_dir(), home.state_dir()));
    let (_, status) = desk.ask(ProbeVault).unwrap();
    if matches!(status, VaultStatus::Ready { .. }) {
        skip("a_person_can_get_away_from_a_keyring_that_is_not_there", "this session has a keyring");
        return;
    }
    let settings = Settings { vault: VaultHome::File, ..Settings::default() };
    desk.ask(SaveSettings { settings, passphrase: Some("correct horse".to_owned().into()) }).unwrap();
    let status = desk.until(|event| match event {
        Event::Vault { home: VaultHome::File, status } => Some(status),
        _ => None,
    });
    assert!(matches!(status, VaultStatus::Ready { .. }), "{status:?}");
    assert!(desk.home.config_dir().join("vault.age").exists(), "the passphrase that was chosen is kept by its file");
}

#[test]
fn an_address_that_nobody_confirmed_gets_no_token() {
    let mut desk = Desk::new();
    let mut form = form("A", by_token("https://adb-1.2.azuredatabricks.net", "dapi0123456789"));
    form.connection.base_url = BaseUrl::read("https://databricks.invalid").unwrap().base_url;
    let secret = form.secret.clone().map(|(_, secret)| secret);
    let begun = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&begun);
    let progress = Progress::new(move |_| {
        noted.store(true, Ordering::SeqCst);
        Continuation(Box::new(()))
    });
    let tested = desk.ask(TestConnection { connection: Box::new(form.connection), secret, progress }).unwrap();
    assert_eq!(tested.report.failure.unwrap().code, Code::InvalidInput);
    assert!(!begun.load(Ordering::SeqCst), "no step was begun");
}

/// Accepts connections on loopback and never answers; counts how many signed requests are open at once.
fn silent_server() -> (u16, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let most = Arc::new(Mutex::new(0));
    let open = Arc::new(Mutex::new(0_usize));
    let counted = Arc::clone(&most);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (open, counted) = (Arc::clone(&open), Arc::clone(&counted));
            thread::spawn(move || {
                use std::io::Read as _;
                let mut stream = stream;
                let (mut head, mut some) = (Vec::new(), [0; 512]);
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut some) {
                        Ok(count) if count > 0 => head.extend_from_slice(&some[..count]),
                        _ => return,
                    }
                }
                // The probes of a test come and go; its signed request is what counts.
                if !String::from_utf8_lossy(&head).to_lowercase().contains("authorization:") {
                    while stream.read(&mut some).unwrap_or(0) > 0 {}
                    return;
                }
                let now = {
                    let mut open = open.lock().unwrap();
                    *open += 1;
                    *open
                };
                let mut most = counted.lock().unwrap();
                *most = (*most).max(now);
                drop(most);
                while stream.read(&mut some).unwrap_or(0) > 0 {}
                *open.lock().unwrap() -= 1;
            });
        }
    });
    (port, most)
}

#[test]
fn ht_28_a_hundred_tests_at_once_run_eight_at_a_time_and_each_gets_its_answer() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let (port, most) = silent_server();
    let mut desk = Desk::new();
    let good = on_demo(&demo, "Sales lakehouse");
    let mut asked = Vec::new();
    for number in 0..100 {
        let hangs = number % 2 == 1 && number < 40;
        let mut form = if hangs { form("Silent", by_token(&format!("http://127.0.0.1:{port}"), "dapi0123456789")) } else { good.clone() };
        form.connection.id = ConnectionId::random();
        form.connection.timeout = Timeout::try_from(if hangs { 1 } else { 30 }).unwrap();
        let secret = form.secret.clone().map(|(_, secret)| secret);
        asked.push((number, !hangs, desk.pending(tests(form.connection, secret))));
    }
    for (number, good, pending) in asked {
        let report = desk.answer(pending).unwrap().report;
        assert_eq!(report.ok(), good, "{number}: {report:?}");
        assert!(report.ok() || report.failure.as_ref().unwrap().code == Code::ReadTimeout, "{report:?}");
    }
    let most = *most.lock().unwrap();
    assert!((1..=8).contains(&most), "{most} at once");
}

#[test]
fn sr_11_workspaces_on_different_hosts_are_tested_side_by_side() {
    let servers: Vec<_> = (0..24).map(|_| silent_server()).collect();
    let desk = Desk::new();
    let ask = |(number, (port, _)): (usize, &(u16, _))| {
        let mut form = form(&format!("Silent {number}"), by_token(&format!("http://127.0.0.1:{port}"), "dapi0123456789"));
        form.connection.timeout = Timeout::try_from(120).unwrap();
        desk.pending(tests(form.connection, form.secret.map(|(_, secret)| secret)))
    };
    let _pending: Vec<_> = servers.iter().enumerate().map(ask).collect();
    comes("every one of them is asked while none has answered", || servers.iter().all(|(_, most)| *most.lock().unwrap() == 1));
}

#[test]
fn ht_29_a_cancelled_test_ends_at_once_and_a_newer_run_has_its_own_answer() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let (port, _) = silent_server();
    let mut desk = Desk::new();
    let silent = form("Silent", by_token(&format!("http://127.0.0.1:{port}"), "dapi0123456789"));
    let secret = |form: &Reviewed| form.secret.clone().map(|(_, secret)| secret);
    let progress = Progress::new(|step| Continuation(Box::new(step)));
    let request = TestConnection { connection: Box::new(silent.connection.clone()), secret: secret(&silent), progress };
    let (ask, cancel) = Ask::new(request, |outcome| Continuation(Box::new(outcome))).cancellable();
    desk.send(ask);
    let news = |event| if let Event::Answer(Continuation(news)) = event { Some(news) } else { None };
    desk.until(|event| news(event)?.downcast::<check::Progress>().ok());
    let cancelled = Instant::now();
    drop(cancel);
    let mut newer = on_demo(&demo, "Sales lakehouse");
    newer.connection.id = silent.connection.id;
    let outcome = desk.until(|event| news(event)?.downcast::<Result<TestResult, Failure>>().ok());
    assert!(cancelled.elapsed() < Duration::from_secs(10), "{:?}", cancelled.elapsed());
    assert_eq!(outcome.unwrap_err().code, Code::Cancelled);

    let report = desk.test_with(&newer.connection, secret(&newer));
    assert!(report.ok(), "{report:?}");
}
