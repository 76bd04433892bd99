//! A Secret Service for programs that a test starts: GNOME Keyring on a D-Bus session of its own, unlocked, in a home of the test's.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Home, Running, missing_tool, run};

const LIMIT: Duration = Duration::from_mins(3);
const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";

pub struct Keyring {
    address: String,
    _service: Running,
    _bus: Running,
}

impl Keyring {
    /// What is missing for it, in words.
    pub fn missing() -> Option<String> {
        let tool = missing_tool(&["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"]);
        tool.map(|tool| format!("{tool} is not installed"))
    }

    pub fn start(home: &Home) -> Self {
        let config = bus_config(home);
        let mut bus = home.command("dbus-daemon");
        bus.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile", "--print-address"]);
        let mut bus = Running(bus.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        let mut address = String::new();
        BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "no bus");

        let mut service = home.command("gnome-keyring-daemon");
        service.args(["--foreground", "--unlock", "--components=secrets"]).env(BUS, &address);
        let mut service = Running(service.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        service.0.stdin.take().unwrap().write_all(b"test-password").unwrap();
        let keyring = Self { address, _service: service, _bus: bus };
        let until = Instant::now() + LIMIT;
        let there = || {
            let mut asked = keyring.opens(home.command("dbus-send"));
            asked.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
            asked.args(["org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"]);
            run(&mut asked, b"", LIMIT).code == Some(0)
        };
        while !there() {
            assert!(Instant::now() < until, "the keyring does not start");
            thread::sleep(Duration::from_millis(20));
        }
        keyring
    }

    /// The program finds this keyring, and Brickpass keeps its secrets there.
    pub fn opens(&self, mut command: Command) -> Command {
        command.env(BUS, &self.address).env("BRICKPASS_VAULT", "keyring");
        command
    }

    /// What stands in an entry.
    pub fn entry(&self, home: &Home, service: &str, user: &str) -> Option<String> {
        let mut asked = self.opens(home.command("secret-tool"));
        let found = run(asked.args(["lookup", "service", service, "username", user]), b"", LIMIT);
        (found.code == Some(0)).then_some(found.stdout)
    }

    /// Makes or replaces an entry, as another program would.
    pub fn put(&self, home: &Home, service: &str, user: &str, secret: &str) {
        let mut asked = self.opens(home.command("secret-tool"));
        asked.args(["store", "--label", "another program's", "service", service, "username", user]);
        let stored = run(&mut asked, secret.as_bytes(), LIMIT);
        assert_eq!(stored.code, Some(0), "{stored:?}");
    }

    /// Takes an entry away, as another program would.
    pub fn clear(&self, home: &Home, service: &str, user: &str) {
        let mut asked = self.opens(home.command("secret-tool"));
        let cleared = run(asked.args(["clear", "service", service, "username", user]), b"", LIMIT);
        assert_eq!(cleared.code, Some(0), "{cleared:?}");
    }
}

/// Of a bus that starts no services by itself.
pub fn bus_config(home: &Home) -> PathBuf {
    let config = home.path().join("bus.conf");
    fs::write(
        &config,
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>\
         <auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
    )
    .unwrap();
    config
}
