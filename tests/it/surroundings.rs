//! What the computer around Brickpass makes impossible is told before it is tried: `doctor` looks where the commands would fail.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use serde_json::Value;

use crate::support::{
    self, BRICKPASS, Home, run,
    terminal::{LIMIT, Terminal, with_vault},
};

const NOBODY: u32 = 65534;

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The findings of `doctor --json`, whatever its exit code.
fn doctor(command: &mut Command) -> Value {
    let finished = run(command.args(["doctor", "--json"]), b"", LIMIT);
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

fn finding<'a>(doctor: &'a Value, check: &str) -> &'a Value {
    doctor["checks"].as_array().unwrap().iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}: {doctor:#}"))
}

/// A home that belongs to nobody, as root sees it; `None`: this is not root.
fn home_of_nobody() -> Option<Home> {
    let home = Home::new();
    std::os::unix::fs::chown(home.path(), Some(NOBODY), Some(NOBODY)).is_ok().then_some(home)
}

/// As that user would be asked, with the platform's own folders.
fn in_home_of(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command(BRICKPASS);
    command.args(arguments);
    for variable in ["BRICKPASS_CONFIG_DIR", "BRICKPASS_STATE_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env_remove(variable);
    }
    with_vault(&mut command);
    command
}

#[test]
fn sr_07_root_makes_nothing_in_the_home_of_somebody_else() {
    let Some(home) = home_of_nobody() else {
        return support::skip("sr_07", "only root can give a folder to somebody else");
    };
    let before: Vec<_> = home.files().into_iter().map(|(path, _)| path).collect();
    let add = ["add", "A", "--base-url", "https://adb-1234567890123456.7.azuredatabricks.net", "--token-stdin"];
    for arguments in [&add[..], &["list"], &["doctor"], &["token", "A"], &["test", "--all"]] {
        let finished = run(&mut in_home_of(&home, arguments), b"dapi0123456789abcdef0123456789abcdef", LIMIT);
        assert_eq!(finished.code, Some(1), "{arguments:?}: {finished:?}");
        let said = finished.stdout + &finished.stderr;
        assert!(said.contains("does not run as root in a folder owned by") && said.contains("without sudo"), "{arguments:?}: {said}");
        assert!(!said.contains("chown") && !said.to_lowercase().contains("remove"), "nothing that locks the owner out is advised: {said}");
    }
    let after: Vec<_> = home.files().into_iter().map(|(path, _)| path).collect();
    assert_eq!(before, after);
    assert!(!home.path().join(".config").exists() && !home.path().join(".local").exists());

    // Folders of its own are named: root works in them.
    let own = Home::new();
    let mut command = in_home_of(&home, &["list"]);
    command.env("BRICKPASS_CONFIG_DIR", own.config_dir()).env("BRICKPASS_STATE_DIR", own.state_dir());
    assert_eq!(run(&mut command, b"", LIMIT).code, Some(0));
}

#[test]
fn sr_07_a_list_that_belongs_to_somebody_else_is_left_to_them() {
    let terminal = Terminal::with(());
    terminal.add_token("A", "http://127.0.0.1:9", "dapi0123456789abcdef0123456789abcdef");
    let list = terminal.home.config_dir().join("connections.json");
    if std::os::unix::fs::chown(&list, Some(NOBODY), None).is_err() {
        return support::skip("sr_07 (a file of another user)", "only root can give a file to somebody else");
    }
    let said = terminal.brickpass(&["list"]);
    assert_ne!(said.code, Some(0));
    assert!(said.stderr.contains("Run Brickpass as") && !said.stderr.contains("chown") && !said.stderr.contains("emove it"), "{said:?}");
}

/// In a folder that may not be written, also for root.
fn without_powers(home: &Home) -> Option<Command> {
    let powerless = ["--bounding-set=-all", "--inh-caps=-all"];
    if fs::File::create(home.config_dir().join("probe")).is_err() {
        return Some(home.command(BRICKPASS));
    }
    let _ = fs::remove_file(home.config_dir().join("probe"));
    works(Command::new("setpriv").args(powerless).arg("true")).then(|| {
        let mut command = home.command("setpriv");
        command.args(powerless).arg(BRICKPASS);
        command
    })
}

#[test]
fn sr_08_the_doctor_sees_folders_that_cannot_be_written() {
    let home = Home::new();
    for folder in [home.config_dir(), home.state_dir()] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    }
    let Some(mut command) = without_powers(&home) else {
        return support::skip("sr_08", "runs as root, and setpriv cannot give root's powers away");
    };
    let found = doctor(with_vault(&mut command));
    assert_eq!(found["ok"], false);
    for (check, folder) in [("Configuration folder", home.config_dir()), ("State folder", home.state_dir())] {
        let finding = finding(&found, check);
        assert_eq!(finding["ok"], false, "{finding}");
        assert!(finding["detail"].as_str().unwrap().contains(folder.to_str().unwrap()), "{finding}");
        assert!(finding["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{finding}");
    }
    for folder in [home.config_dir(), home.state_dir()] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn sr_08_the_doctor_sees_folders_that_cannot_be_made() {
    let home = Home::new();
    let mut command = home.command(BRICKPASS);
    let file = home.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let nowhere = file.join("brickpass");
    command.env("BRICKPASS_CONFIG_DIR", &nowhere).env("BRICKPASS_STATE_DIR", &nowhere);
    let found = doctor(with_vault(&mut command));
    assert_eq!((&found["ok"], &finding(&found, "Configuration folder")["ok"]), (&false.into(), &false.into()), "{found:#}");
    assert_eq!(finding(&found, "State folder")["ok"], false, "{found:#}");
}

#[cfg(target_os = "linux")]
#[test]
fn sr_08_the_doctor_sees_a_full_disk() {
    let home = Home::new();
    let namespace: &[&str] = if works(Command::new("unshare").args(["-m", "true"])) { &["-m"] } else { &["-r", "-m"] };
    let mount =
        "mount -t tmpfs -o size=16k,mode=700 none \"$BRICKPASS_STATE_DIR\" && { cat /dev/zero >\"$BRICKPASS_STATE_DIR/full\" || true; }";
    let mut probe = home.command("unshare");
    if !works(probe.args(namespace).args(["sh", "-c", mount])) {
        return support::skip("sr_08 (full disk)", "this system lets the test make no mount of its own");
    }
    let mut command = home.command("unshare");
    command.args(namespace).args(["sh", "-c", &format!("{mount} 2>/dev/null; exec \"$0\" \"$@\""), BRICKPASS]);
    let found = doctor(with_vault(&mut command));
    let state = finding(&found, "State folder");
    assert!(state["ok"] == false && state["detail"].as_str().unwrap().contains("The disk is full"), "{state}");
    assert_eq!(finding(&found, "Configuration folder")["ok"], true, "{found:#}");
}

#[test]
fn sr_09_the_doctor_sees_a_file_of_profiles_that_no_tool_can_read() {
    let terminal = Terminal::with(());
    let file = terminal.home.path().join(".databrickscfg");
    let state = |text: &[u8]| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let found = doctor(&mut terminal.command(&[]));
        finding(&found, "Profiles of Databricks' tools").clone()
    };
    assert_eq!(state(b"[dev]\nhost = https://adb-1.1.azuredatabricks.net\n")["ok"], true);
    let utf16: Vec<u8> = "\u{feff}[dev]\r\nhost = x\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for broken in [utf16, b"[dev]\nno delimiter here\n".to_vec(), b"[dev]\nhost = \xff\n".to_vec()] {
        let finding = state(&broken);
        assert_eq!(finding["ok"], false, "{finding}");
        assert!(finding["detail"].as_str().unwrap().contains(file.to_str().unwrap()), "the file is named: {finding}");
    }
}

#[test]
fn sr_10_whoever_can_read_what_is_sent_is_named() {
    let terminal = Terminal::with(());
    let found = doctor(&mut terminal.command(&[]));
    assert_eq!(finding(&found, "Certificate authorities")["detail"], "only those of the system");

    let authority = rcgen::generate_simple_self_signed(vec!["authority.example".to_owned()]).unwrap().cert.pem();
    let file = terminal.home.path().join("authorities.pem");
    fs::write(&file, authority).unwrap();
    let with = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = terminal.command(arguments);
        command.env("SSL_CERT_FILE", &file).envs(variables.iter().copied());
        command
    };
    let proxy = [("HTTPS_PROXY", "http://user:hunter2-secret@127.0.0.1:9")];
    let found = doctor(&mut with(&[], &proxy));
    for (check, words) in [
        ("Certificate authorities", file.to_str().unwrap()),
        ("Certificate authorities", "SSL_CERT_FILE"),
        ("Proxy", "HTTPS_PROXY: 127.0.0.1:9"),
    ] {
        assert!(finding(&found, check)["detail"].as_str().unwrap().contains(words), "{check}: {found:#}");
    }
    assert!(!found.to_string().contains("hunter2"));
    let unreadable = doctor(&mut with(&[], &[("HTTPS_PROXY", "htp://127.0.0.1:9")]));
    assert_eq!(finding(&unreadable, "Proxy")["ok"], false);
    let other = doctor(&mut with(&[], &[("HTTP_PROXY", "http://127.0.0.1:9")]));
    assert!(finding(&other, "Proxy")["detail"].as_str().unwrap().contains("HTTP_PROXY is set, but"), "{other:#}");

    // The result of a test says so, too, whatever it is.
    terminal.done_fed(
        &["add", "S", "--base-url", "https://127.0.0.1:9", "--timeout", "5", "--token-stdin"],
        "dapi0123456789abcdef0123456789abcdef",
    );
    let tested = run(&mut with(&["test", "S", "--json"], &[]), b"", LIMIT).json();
    assert!(tested["results"][0]["hints"].to_string().contains(file.to_str().unwrap()), "{tested:#}");
}

#[test]
fn ns_14_the_doctor_names_what_was_kept_aside_and_is_well() {
    let desk = Terminal::with(());
    desk.done(&["list"]);
    let before = desk.brickpass(&["doctor"]);
    assert!(!before.stdout.contains("Kept aside"), "{}", before.stdout);
    let (list, settings) =
        (desk.home.config_dir().join("connections.corrupt-20260821T134632Z.json"), desk.home.config_dir().join("settings.corrupt.json"));
    fs::write(&list, "{").unwrap();
    fs::write(&settings, "{").unwrap();
    let told = desk.brickpass(&["doctor"]).stdout;
    for path in [list, settings] {
        let line = told.lines().skip_while(|line| !line.contains(&path.display().to_string())).take(2).collect::<Vec<_>>().join(" ");
        assert!(line.contains("ok ") && line.contains("could not be read") && line.contains("Delete it when"), "{told}");
    }
}
