//! A secret on a real clipboard, which programs of others read and write: of X11 (Xvfb, xclip) and of Wayland (sway, wl-clipboard).
//!
//! The promises re-execute this test binary inside a display of the test's own; what runs there are the ignored tests in `inside`.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{self, Home, Running};
use brickpass_engine::{ClearClipboard, CopySecret, CopyStored, KeepClipboard};

#[test]
fn se_08_x11_a_copied_secret_is_marked_and_taken_off_when_its_time_is_up() {
    on_x11("se_08_x11_cleared", "marked_and_cleared");
}

#[test]
fn se_08_x11_what_others_have_copied_in_between_is_left_alone() {
    on_x11("se_08_x11_left_alone", "left_alone");
}

#[test]
fn se_08_x11_the_engine_copies_from_the_vault_and_leaves_nothing_behind() {
    on_x11("se_08_x11_engine", "by_the_engine");
}

#[test]
fn se_08_wayland_a_copied_secret_is_marked_and_taken_off_when_its_time_is_up() {
    on_wayland("se_08_wayland_cleared", "marked_and_cleared");
}

#[test]
fn se_08_wayland_what_others_have_copied_in_between_is_left_alone() {
    on_wayland("se_08_wayland_left_alone", "left_alone");
}

#[test]
fn se_08_wayland_the_engine_copies_from_the_vault_and_leaves_nothing_behind() {
    on_wayland("se_08_wayland_engine", "by_the_engine");
}

#[test]
fn without_a_display_a_copy_is_refused_and_says_so() {
    let home = Home::new();
    inside_passes(home.command(std::env::current_exe().unwrap()), "without_a_display");
    let mut command = home.command(std::env::current_exe().unwrap());
    command.env("DISPLAY", ":4711").env("WAYLAND_DISPLAY", "wayland-4711");
    inside_passes(command, "without_a_display");
}

fn on_x11(test: &str, inner: &str) {
    if let Some(tool) = support::missing_tool(&["Xvfb", "xclip"]) {
        return support::skip(test, &format!("{tool} is not installed"));
    }
    let home = Home::new();
    let mut server = home.command("Xvfb");
    server.args(["-displayfd", "1", "-screen", "0", "320x240x24", "-nolisten", "tcp", "-noreset"]);
    let mut server = Server(server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
    if number.trim().is_empty() {
        return support::skip(test, "Xvfb does not start here");
    }
    let mut command = home.command(std::env::current_exe().unwrap());
    command.env("DISPLAY", format!(":{}", number.trim()));
    inside_passes(command, inner);
}

/// Told to end, so that it takes its socket and its lock away.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&self.0), rustix::process::Signal::TERM);
        if support::wait(&mut self.0, Duration::from_secs(5)).is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

fn on_wayland(test: &str, inner: &str) {
    if let Some(tool) = support::missing_tool(&["sway", "wl-copy", "wl-paste", "unshare"]) {
        return support::skip(test, &format!("{tool} is not installed"));
    }
    let home = Home::new();
    let (settings, log) = (home.path().join("sway"), home.path().join("sway.log"));
    fs::write(&settings, "xwayland disable\n").unwrap();
    let compositor = if rustix::process::geteuid().is_root() {
        // It does not start for root; the socket is ours all the same.
        let mut command = home.command("unshare");
        command.args(["--user", "--map-user=1000", "--map-group=1000", "sway"]);
        command
    } else {
        home.command("sway")
    };
    let _compositor = start_headless(compositor, &settings, &log);
    let Some(socket) = socket_in(&home.runtime_dir()) else {
        return support::skip(test, &format!("sway does not start here: {}", fs::read_to_string(log).unwrap_or_default()));
    };
    let mut command = home.command(std::env::current_exe().unwrap());
    command.env("WAYLAND_DISPLAY", socket);
    inside_passes(command, inner);
}

fn start_headless(mut compositor: Command, settings: &Path, log: &Path) -> Running {
    let log = fs::File::create(log).unwrap();
    compositor.arg("-c").arg(settings);
    compositor.env("WLR_BACKENDS", "headless").env("WLR_RENDERER", "pixman").env("WLR_LIBINPUT_NO_DEVICES", "1");
    Running(compositor.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
}

/// The name of the compositor's socket, as soon as it listens.
fn socket_in(runtime: &Path) -> Option<String> {
    let until = Instant::now() + Duration::from_mins(1);
    while Instant::now() < until {
        let names = fs::read_dir(runtime).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        if let Some(name) = names.into_iter().find(|name| name.starts_with("wayland-") && !name.ends_with("lock")) {
            return Some(name);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

fn inside_passes(mut command: Command, inner: &str) {
    command.env(support::INSIDE, "1");
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("clipboard::inside::{inner}")]);
    let finished = support::run(&mut command, b"", support::LIMIT);
    let said = format!("{}\n{}", finished.stdout, finished.stderr);
    assert!(finished.code == Some(0) && said.contains("1 passed"), "{said}");
}

/// What runs within the session.
mod inside {
    use std::sync::mpsc::{self, Receiver};

    use brickpass_core::{
        connection::{Connection, ConnectionId, SecretKind},
        failure::Failure,
    };
    use brickpass_engine::{
        Engine, Event, Events, Places,
        clipboard::{Clipboard, News},
    };
    use brickpass_storage::{Activity, AuditAction, Library, SecretKey, Vault, VaultConfig, VaultHome};

    use serde_json::json;

    use super::*;

    /// In place of half a minute.
    const SHORT: Duration = Duration::from_secs(2);
    const RECIPE: &str = "two eggs, flour, milk";

    fn token() -> String {
        format!("dapi{}", "0123456789abcdef".repeat(2))
    }

    fn wayland() -> bool {
        std::env::var_os("WAYLAND_DISPLAY").is_some()
    }

    /// What another program gets to read; `None`: there is nothing.
    fn read(target: Option<&str>) -> Option<String> {
        let mut command = if wayland() {
            let mut command = Command::new("wl-paste");
            command.arg("--no-newline").args(target.map(|target| format!("--type={target}")));
            command
        } else {
            let mut command = Command::new("xclip");
            command.args(["-selection", "clipboard", "-o"]).args(target.iter().flat_map(|target| ["-t", target]));
            command
        };
        content(&mut command)
    }

    fn content(command: &mut Command) -> Option<String> {
        let finished = support::run(command, b"", support::LIMIT);
        (finished.code == Some(0)).then_some(finished.stdout).filter(|text| !text.is_empty())
    }

    fn read_primary() -> Option<String> {
        if wayland() {
            content(Command::new("wl-paste").arg("--primary"))
        } else {
            content(Command::new("xclip").args(["-selection", "primary", "-o"]))
        }
    }

    fn offered() -> String {
        if wayland() { content(Command::new("wl-paste").arg("--list-types")).unwrap() } else { read(Some("TARGETS")).unwrap() }
    }

    /// Another program copies; it stays behind to serve what it copied, until its display ends.
    fn write(text: &str) {
        let (program, arguments): (_, &[_]) = if wayland() { ("wl-copy", &[]) } else { ("xclip", &["-selection", "clipboard", "-i"]) };
        let mut command = Command::new(program);
        command.args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        eventually(|| read(None).as_deref() == Some(text));
    }

    /// What was asked of the display server is done a moment later.
    fn eventually(mut holds: impl FnMut() -> bool) {
        let until = Instant::now() + Duration::from_mins(1);
        while !holds() {
            assert!(Instant::now() < until, "it does not come to pass");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn clipboard() -> (Clipboard, Receiver<News>) {
        let (sender, news) = mpsc::channel();
        (Clipboard::new(brickpass::desktop::open_clipboard, move |told| sender.send(told).unwrap()), news)
    }

    fn copied() -> (Clipboard, Receiver<News>) {
        let (mut clipboard, news) = clipboard();
        clipboard.copy(token().into(), "access token".to_owned(), SHORT, || {});
        let told = news.recv_timeout(Duration::from_mins(1)).unwrap();
        assert!(matches!(&told, News::Holds { what, guaranteed: true, .. } if what == "access token"), "{told:?}");
        assert!(!format!("{told:?}").contains("dapi"));
        (clipboard, news)
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn marked_and_cleared() {
        support::only_inside();
        let (_clipboard, news) = copied();
        eventually(|| read(None) == Some(token()));
        assert!(offered().lines().any(|target| target == "x-kde-passwordManagerHint"), "{}", offered());
        assert!(!offered().contains("SAVE_TARGETS"), "no manager is asked to keep it");
        assert_eq!(read(Some("x-kde-passwordManagerHint")).as_deref(), Some("secret"));
        assert_eq!(read_primary(), None);
        let told = news.recv_timeout(SHORT * 2).unwrap();
        assert!(matches!(told, News::Cleared { taken_over: false }), "{told:?}");
        eventually(|| read(None).is_none());
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn left_alone() {
        support::only_inside();
        let (mut clipboard, news) = copied();
        write(RECIPE);
        let told = news.recv_timeout(SHORT * 2).unwrap();
        assert!(matches!(told, News::Cleared { taken_over: true }), "{told:?}");
        assert_eq!(read(None).as_deref(), Some(RECIPE));

        // The same when the program ends.
        clipboard.copy(token().into(), "access token".to_owned(), SHORT, || {});
        assert!(matches!(news.recv_timeout(SHORT).unwrap(), News::Holds { .. }));
        write(RECIPE);
        clipboard.end().unwrap().join().unwrap();
        assert_eq!(read(None).as_deref(), Some(RECIPE));
        clipboard.copy(token().into(), "access token".to_owned(), SHORT, || {});
        assert_eq!(read(None).as_deref(), Some(RECIPE), "after the end nothing is copied");
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn by_the_engine() {
        support::only_inside();
        let home = Home::new();
        let kind = SecretKind::ClientSecret;
        let auth = json!({"type": "service-principal", "client_id": "11111111-2222-3333-4444-555555555555"});
        let (connection, engine, mut events) = engine(&home, kind, &auth);

        engine.ask(CopySecret { secret: token().into(), what: "access token".to_owned() }).wait().unwrap();
        let (what, first) = holds(&mut events);
        assert_eq!(what, "access token");
        eventually(|| read(None) == Some(token()));
        engine.ask(KeepClipboard).wait().unwrap();
        assert_eq!(holds(&mut events).1, first + jiff::SignedDuration::from_secs(30));
        engine.ask(ClearClipboard).wait().unwrap();
        assert!(matches!(events.wait().unwrap(), Event::ClipboardCleared { taken_over: false }));
        eventually(|| read(None).is_none());

        engine.ask(CopyStored { id: connection, kind }).wait().unwrap();
        assert_eq!(holds(&mut events).0, "client secret");
        eventually(|| read(None) == Some(token()));
        assert!(engine.ask(CopyStored { id: connection, kind: SecretKind::RefreshToken }).wait().is_err(), "a sign-in is not copied");
        engine.finish();
        assert_eq!(read(None), None, "it is gone before the program is");
        assert_eq!(actions(&home), [AuditAction::Copied]);
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn without_a_display() {
        support::only_inside();
        let home = Home::new();
        let kind = SecretKind::PersonalAccessToken;
        let (connection, engine, mut events) = engine(&home, kind, &json!({"type": "pat"}));
        engine.ask(CopyStored { id: connection, kind }).wait().unwrap();
        let Event::Failed(Failure { what, why, .. }) = events.wait().unwrap() else { panic!("it cannot have been copied") };
        assert_eq!(what, "Nothing was copied.");
        assert!(why.contains("no display"), "{why}");
        engine.finish();
        assert_eq!(actions(&home), [], "what did not happen is not recorded");
    }

    /// What the activity log says.
    fn actions(home: &Home) -> Vec<AuditAction> {
        Activity::new(&home.state_dir()).load().unwrap().into_iter().map(|entry| entry.what).collect()
    }

    /// A saved connection with a stored secret of this kind.
    fn engine(home: &Home, kind: SecretKind, auth: &serde_json::Value) -> (ConnectionId, Engine, Events) {
        let connection: Connection = serde_json::from_value(json!({
            "id": ConnectionId::random(), "name": "Sales", "base_url": "https://adb-1.2.azuredatabricks.net", "timeout_seconds": 30,
            "auth": auth, "level": "workspace", "environment": "dev",
        }))
        .unwrap();
        Library::new(&home.config_dir(), &home.state_dir()).save(connection.clone(), None).unwrap();
        let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: home.config_dir().join("vault.age"), passphrase: None });
        vault.put(&SecretKey::of(&connection, kind), &token().into()).unwrap();
        let places = Places {
            vault: Some(vault),
            clipboard: Some(brickpass::desktop::open_clipboard),
            ..Places::new(home.config_dir(), home.state_dir())
        };
        let (engine, events) = Engine::start(places, || {}).unwrap();
        (connection.id, engine, events)
    }

    fn holds(events: &mut Events) -> (String, jiff::Timestamp) {
        match events.wait().unwrap() {
            Event::ClipboardHolds { what, until, guaranteed: true } => (what, until),
            event => panic!("{event:?}"),
        }
    }
}
