//! The engine against the embedded demo workspaces: saved is saved, late answers are told apart, nothing waits for ever.

use std::{
    collections::{HashMap, HashSet},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use brickpass::{
    connection::{Connection, ConnectionId, Draft, Reviewed, Status},
    demo::{Demo, DemoOptions},
    engine::{Command, Engine, Event, Events, Places, RunId, StoredSecret},
    failure::Code,
    storage::{Settings, Vault, VaultConfig, VaultHome, VaultStatus},
};
use secrecy::ExposeSecret as _;

use crate::support::Home;

struct Desk {
    home: Home,
    engine: Engine,
    events: Events,
}

impl Desk {
    fn new() -> Self {
        Self::in_home(Home::new(), VaultHome::Memory)
    }

    fn in_home(home: Home, vault: VaultHome) -> Self {
        let vault = Vault::new(VaultConfig { home: vault, file: home.config_dir().join("vault.age"), passphrase: None });
        let places = Places { vault: Some(vault), ..Places::new(home.config_dir(), home.state_dir()) };
        let (engine, events) = Engine::start(places, || {}).unwrap();
        let mut desk = Self { home, engine, events };
        desk.engine.send(Command::Start);
        desk.until(|event| matches!(event, Event::History(_)).then_some(()));
        desk
    }

    fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.events.wait().expect("the engine lives")) {
                return found;
            }
        }
    }

    fn save(&mut self, reviewed: Reviewed) -> Connection {
        let connection = reviewed.connection.clone();
        self.engine.send(Command::Save { reviewed: Box::new(reviewed), base: None });
        self.until(|event| match event {
            Event::Saved { id } => (id == connection.id).then_some(()),
            Event::SaveFailed { failure, .. } => panic!("{failure}"),
            _ => None,
        });
        connection
    }
}

fn reviewed(name: &str, base_url: &str, token: &str) -> Reviewed {
    let mut draft = Draft::new(ConnectionId::random());
    name.clone_into(&mut draft.name);
    base_url.clone_into(&mut draft.base_url);
    draft.secret = token.into();
    draft.review(&|_| false).result.expect("a valid form")
}

fn on_demo(demo: &Demo, workspace: &str) -> Reviewed {
    let found = demo.workspaces().iter().find(|it| it.name == workspace).unwrap();
    reviewed(workspace, &found.base_url, &found.token)
}

#[test]
fn unsaved_edits_are_tested_and_a_save_of_the_same_keeps_the_result() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let mut desk = Desk::new();
    let form = on_demo(&demo, "Sales lakehouse");
    let secret = form.secret.as_ref().map(|(_, secret)| secret.clone());
    desk.engine.send(Command::Test { run: RunId(1), connection: Box::new(form.connection.clone()), secret });
    let report = desk.until(|event| if let Event::TestFinished { report, .. } = event { Some(report) } else { None });
    assert!(report.ok(), "{report:?}");

    desk.engine.send(Command::Save { reviewed: Box::new(form), base: None });
    let kept = desk.until(|event| if let Event::History(changes) = event { Some(changes) } else { None });
    assert_eq!(kept[0].1.as_ref().map(|last| last.state), Some(Status::Ok));
}

#[test]
fn a_saved_token_is_described_and_revealed_on_request_only() {
    let mut desk = Desk::new();
    let token = format!("dapi{}", "0123456789abcdef".repeat(2));
    let connection = desk.save(reviewed("A", "https://adb-1.2.azuredatabricks.net", &token));
    let kind = brickpass::connection::SecretKind::PersonalAccessToken;
    desk.engine.send(Command::DescribeSecret { id: connection.id, kind });
    let stored = desk.until(|event| if let Event::SecretDescribed { stored, .. } = event { Some(stored) } else { None });
    assert_eq!(stored, StoredSecret::Stored { length: 36, last_four: "cdef".to_owned() });
    desk.engine.send(Command::RevealSecret { id: connection.id, kind });
    let event = desk.until(|event| matches!(event, Event::SecretRevealed { .. }).then_some(event));
    assert!(!format!("{event:?}").contains(&token), "{event:?}");
    let Event::SecretRevealed { secret, .. } = event else { unreachable!() };
    assert_eq!(secret.expose_secret(), token);
}

#[test]
fn a_removal_that_is_undone_keeps_its_secret_and_one_that_is_purged_does_not() {
    let mut desk = Desk::new();
    let connection = desk.save(reviewed("A", "https://adb-1.2.azuredatabricks.net", "dapi0123456789"));
    let kind = brickpass::connection::SecretKind::PersonalAccessToken;
    let described = |desk: &mut Desk| {
        desk.engine.send(Command::DescribeSecret { id: connection.id, kind });
        desk.until(|event| if let Event::SecretDescribed { stored, .. } = event { Some(stored) } else { None })
    };

    desk.engine.send(Command::Remove { ids: vec![connection.id] });
    let entries = desk.until(|event| if let Event::Removed { entries } = event { Some(entries) } else { None });
    desk.engine.send(Command::Restore { entries });
    // Too late: the undo was first.
    desk.engine.send(Command::Purge { ids: vec![connection.id] });
    desk.until(|event| matches!(event, Event::Purged { .. }).then_some(()));
    assert!(matches!(described(&mut desk), StoredSecret::Stored { .. }));

    desk.engine.send(Command::Remove { ids: vec![connection.id] });
    desk.engine.send(Command::Purge { ids: vec![connection.id] });
    desk.until(|event| matches!(event, Event::Purged { .. }).then_some(()));
    assert_eq!(described(&mut desk), StoredSecret::Missing);
}

#[test]
fn saves_that_were_asked_for_are_done_before_the_engine_ends() {
    let desk = Desk::new();
    for number in 0..20 {
        let form = reviewed(&format!("C{number}"), "https://adb-1.2.azuredatabricks.net", "dapi0123456789");
        desk.engine.send(Command::Save { reviewed: Box::new(form), base: None });
    }
    let Desk { home, engine, .. } = desk;
    engine.finish();
    let mut again = Desk::in_home(home, VaultHome::Memory);
    again.engine.send(Command::Start);
    let snapshot = again.until(|event| if let Event::Library(snapshot) = event { Some(snapshot) } else { None });
    assert_eq!(snapshot.entries.len(), 20);
}

#[test]
fn changing_the_place_of_secrets_moves_them() {
    let home = Home::new();
    let places = Places::new(home.config_dir(), home.state_dir());
    let file = |vault| Settings { vault, ..Settings::default() };
    let (engine, events) = Engine::start(places, || {}).unwrap();
    let mut desk = Desk { home, engine, events };
    // From the default keyring, which holds nothing, to this session only, and on to a file.
    desk.engine.send(Command::SaveSettings { settings: file(VaultHome::Memory), passphrase: None });
    let moved = desk.until(|event| match event {
        Event::SettingsSaved { .. } => Some(true),
        Event::Failed { failure, .. } => panic!("{failure}"),
        _ => None,
    });
    assert!(moved);
    let connection = desk.save(reviewed("A", "https://adb-1.2.azuredatabricks.net", "dapi0123456789"));
    desk.engine.send(Command::SaveSettings { settings: file(VaultHome::File), passphrase: Some("correct horse".to_owned().into()) });
    let moved = desk.until(|event| match event {
        Event::SettingsSaved { moved_secrets, .. } => Some(moved_secrets),
        Event::Failed { failure, .. } => panic!("{failure}"),
        _ => None,
    });
    assert_eq!(moved, 1);
    let status = desk.until(|event| if let Event::Vault { status, .. } = event { Some(status) } else { None });
    assert!(matches!(status, VaultStatus::Ready { .. }), "{status:?}");

    let Desk { home, engine, .. } = desk;
    engine.finish();
    let places = Places::new(home.config_dir(), home.state_dir());
    let (engine, events) = Engine::start(places, || {}).unwrap();
    let mut desk = Desk { home, engine, events };
    desk.engine.send(Command::UnlockVault { passphrase: "correct horse".to_owned().into() });
    desk.engine.send(Command::DescribeSecret { id: connection.id, kind: brickpass::connection::SecretKind::PersonalAccessToken });
    let mut stored = Vec::new();
    while stored.len() < 2 {
        match desk.events.wait().unwrap() {
            Event::Vault { .. } => {
                // Unlocked now: ask again, the first answer may have come before.
                desk.engine
                    .send(Command::DescribeSecret { id: connection.id, kind: brickpass::connection::SecretKind::PersonalAccessToken });
            }
            Event::SecretDescribed { stored: found, .. } => stored.push(found),
            _ => {}
        }
    }
    assert!(matches!(stored[1], StoredSecret::Stored { length: 14, .. }), "{stored:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_can_get_away_from_a_keyring_that_is_not_there() {
    // In a process of its own, without the session bus that this one may have.
    let desk_without_bus = crate::support::Home::new();
    let mut add = desk_without_bus.brickpass(["add", "A", "--base-url", "https://adb-1.2.azuredatabricks.net"]);
    assert_eq!(crate::support::run(&mut add, b"", Duration::from_secs(20)).code, Some(0));

    let places = Places::new(desk_without_bus.config_dir(), desk_without_bus.state_dir());
    let (engine, events) = Engine::start(places, || {}).unwrap();
    let mut desk = Desk { home: desk_without_bus, engine, events };
    desk.engine.send(Command::ProbeVault);
    let status = desk.until(|event| if let Event::Vault { status, .. } = event { Some(status) } else { None });
    if matches!(status, VaultStatus::Ready { .. }) {
        crate::support::skip("a_person_can_get_away_from_a_keyring_that_is_not_there", "this session has a keyring");
        return;
    }
    let settings = Settings { vault: VaultHome::File, ..Settings::default() };
    desk.engine.send(Command::SaveSettings { settings, passphrase: Some("correct horse".to_owned().into()) });
    let status = desk.until(|event| match event {
        Event::Vault { home: VaultHome::File, status } => Some(status),
        Event::Failed { failure, .. } => panic!("{failure}"),
        _ => None,
    });
    assert!(matches!(status, VaultStatus::Ready { .. }), "{status:?}");
    assert!(desk.home.config_dir().join("vault.age").exists(), "the passphrase that was chosen is kept by its file");
}

#[test]
fn an_address_that_nobody_confirmed_gets_no_token() {
    let mut desk = Desk::new();
    let mut form = reviewed("A", "https://adb-1.2.azuredatabricks.net", "dapi0123456789");
    form.connection.base_url = brickpass::connection::BaseUrl::read("https://databricks.invalid").unwrap().base_url;
    let secret = form.secret.clone().map(|(_, secret)| secret);
    desk.engine.send(Command::Test { run: RunId(1), connection: Box::new(form.connection), secret });
    let report = desk.until(|event| match event {
        Event::TestProgress { progress, .. } => panic!("{progress:?}"),
        Event::TestFinished { report, .. } => Some(report),
        _ => None,
    });
    assert_eq!(report.failure.unwrap().code, Code::InvalidInput);
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
    let mut expected = HashMap::new();
    for number in 0..100 {
        let hangs = number % 2 == 1 && number < 40;
        let mut form = if hangs { reviewed("Silent", &format!("http://127.0.0.1:{port}"), "dapi0123456789") } else { good.clone() };
        form.connection.id = ConnectionId::random();
        form.connection.timeout = brickpass::connection::Timeout::try_from(if hangs { 1 } else { 30 }).unwrap();
        expected.insert(RunId(number), !hangs);
        let secret = form.secret.clone().map(|(_, secret)| secret);
        desk.engine.send(Command::Test { run: RunId(number), connection: Box::new(form.connection), secret });
    }
    let mut answered = HashSet::new();
    while answered.len() < 100 {
        let (run, report) =
            desk.until(|event| if let Event::TestFinished { run, report, .. } = event { Some((run, report)) } else { None });
        assert!(answered.insert(run), "one answer each");
        assert_eq!(report.ok(), expected[&run], "{run:?}: {report:?}");
        assert!(report.ok() || report.failure.as_ref().unwrap().code == Code::ReadTimeout, "{report:?}");
    }
    let most = *most.lock().unwrap();
    assert!((1..=8).contains(&most), "{most} at once");
}

#[test]
fn ht_29_a_cancelled_test_ends_at_once_and_a_newer_run_has_its_own_answer() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let (port, _) = silent_server();
    let mut desk = Desk::new();
    let silent = reviewed("Silent", &format!("http://127.0.0.1:{port}"), "dapi0123456789");
    let secret = |form: &Reviewed| form.secret.clone().map(|(_, secret)| secret);
    desk.engine.send(Command::Test { run: RunId(1), connection: Box::new(silent.connection.clone()), secret: secret(&silent) });
    desk.until(|event| matches!(event, Event::TestProgress { .. }).then_some(()));
    let cancelled = Instant::now();
    desk.engine.send(Command::Cancel { run: RunId(1) });
    let mut newer = on_demo(&demo, "Sales lakehouse");
    newer.connection.id = silent.connection.id;
    let form = newer.clone();
    let (run, report) = desk.until(|event| if let Event::TestFinished { run, report, .. } = event { Some((run, report)) } else { None });
    assert!(cancelled.elapsed() < Duration::from_millis(200), "{:?}", cancelled.elapsed());
    assert_eq!((run, report.failure.unwrap().code), (RunId(1), Code::Cancelled));

    desk.engine.send(Command::Test { run: RunId(2), connection: Box::new(form.connection.clone()), secret: secret(&form) });
    let (run, report) = desk.until(|event| if let Event::TestFinished { run, report, .. } = event { Some((run, report)) } else { None });
    assert_eq!((run, report.ok()), (RunId(2), true), "{report:?}");
}
