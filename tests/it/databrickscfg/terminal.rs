//! Profiles on the command line.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use super::{FILE, HOST, TOKEN, put};
use crate::support::{Finished, Home, run};

const LIMIT: Duration = Duration::from_secs(60);

/// The command line in a home with one connection, its secret in the encrypted file.
struct Terminal {
    home: Home,
}

impl Terminal {
    fn new() -> Self {
        let terminal = Self { home: Home::new() };
        let added = terminal.run(&["add", "Sales", "--base-url", HOST, "--token-stdin"], &format!("{TOKEN}\n"));
        assert_eq!(added.code, Some(0), "{added:?}");
        terminal
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.brickpass(arguments);
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse");
        command
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Finished {
        run(&mut self.command(arguments), stdin.as_bytes(), LIMIT)
    }

    fn path(&self) -> PathBuf {
        self.home.path().join(".databrickscfg")
    }
}

#[test]
fn a_connection_is_published_listed_and_taken_out_in_a_terminal() {
    let terminal = Terminal::new();
    put(&terminal.path(), FILE);
    let text = || fs::read_to_string(terminal.path()).unwrap();

    let shown = terminal.run(&["publish", "Sales", "--dry-run"], "");
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("- token      = \u{2022}") || shown.stdout.contains("- token      = ***"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("dapi-old") && shown.stdout.contains("+ auth_type"), "{}", shown.stdout);
    // Nobody is there who could agree.
    let asked = terminal.run(&["publish", "Sales"], "y\n");
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert_eq!(text(), FILE);

    let done = terminal.run(&["publish", "Sales", "--yes", "--default", "--json"], "");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.json()["applied"], true);
    assert!(text().contains("default_profile = sales") && !text().contains("dapi-old"));
    let listed = terminal.run(&["profiles", "--json"], "").json();
    let sales = listed["profiles"].as_array().unwrap().iter().find(|it| it["profile"] == "sales").unwrap().clone();
    assert_eq!((&sales["connection"], &sales["drift"], &sales["default"]), (&"Sales".into(), &"same".into(), &true.into()), "{listed:#}");
    assert!(!terminal.run(&["profiles"], "").stdout.contains("dapi-"));

    assert_eq!(terminal.run(&["profiles", "default", "other", "--yes"], "").code, Some(0));
    assert!(text().contains("default_profile = other"));
    assert_eq!(terminal.run(&["profiles", "default", "nowhere", "--yes"], "").code, Some(3));
    assert_eq!(terminal.run(&["profiles", "restore"], "").code, Some(0));
    assert_eq!(terminal.run(&["profiles", "restore"], "").code, Some(0));
    assert_eq!(text(), FILE);

    let elsewhere = terminal.home.path().join("elsewhere.cfg");
    let place = elsewhere.to_str().unwrap();
    assert_eq!(terminal.run(&["publish", "Sales", "--profile", "x", "--yes", "--config-file", place], "").code, Some(0));
    assert!(fs::read_to_string(&elsewhere).unwrap().starts_with("[x]\n"));
    assert_eq!(terminal.run(&["unpublish", "Sales", "--yes", "--config-file", place], "").code, Some(0));
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "");
    assert_eq!(terminal.run(&["unpublish", "Sales", "--yes"], "").code, Some(2));
    assert_eq!(text(), FILE);
}

#[test]
fn secrets_leave_the_file_in_a_terminal() {
    let terminal = Terminal::new();
    put(&terminal.path(), &format!("[a]\nhost = {HOST}\ntoken = {TOKEN}\n"));
    let listed = terminal.run(&["profiles"], "");
    assert!(listed.stdout.contains("token") && !listed.stdout.contains(TOKEN), "{listed:?}");
    let moved = terminal.run(&["profiles", "move-secrets", "a", "--yes"], "");
    assert_eq!(moved.code, Some(0), "{moved:?}");
    for (path, bytes) in terminal.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(TOKEN), "{}", path.display());
    }
}

/// Killed at any moment, the file is the old one or the new one, and the next change goes through.
#[test]
fn a_publication_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let terminal = Terminal::new();
    let new = {
        put(&terminal.path(), FILE);
        let done = terminal.run(&["publish", "Sales", "--yes"], "");
        assert_eq!(done.code, Some(0), "{done:?}");
        (fs::read_to_string(terminal.path()).unwrap(), done.took)
    };
    let (new, took) = new;
    for step in 0..24 {
        put(&terminal.path(), FILE);
        let mut child = terminal.command(&["publish", "Sales", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * step / 20);
        let _ = child.kill();
        let _ = child.wait();
        let left = fs::read_to_string(terminal.path()).unwrap();
        assert!(left == FILE || left == new, "after step {step}: {left}");
    }
    put(&terminal.path(), FILE);
    assert_eq!(terminal.run(&["publish", "Sales", "--yes"], "").code, Some(0));
    assert_eq!(fs::read_to_string(terminal.path()).unwrap(), new);
}
