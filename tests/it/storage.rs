//! Files as the operating system sees them: modes under a careless umask, folders that cannot be written.
//!
//! The promises re-execute this test binary; the ignored tests in it run with another umask or without root's powers.
#![cfg(unix)]

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Command, time::Duration};

use brickpass_core::{
    connection::{Connection, ConnectionId, LastTest, Status},
    failure::Code,
};
use brickpass_storage::{History, Library, Mode, Settings, SettingsFile, Vault, VaultConfig, VaultHome, WindowFile, WindowMemory};
use serde_json::json;

use crate::support::{self, Home};

fn connection(name: &str) -> Connection {
    serde_json::from_value(json!({
        "id": ConnectionId::random(), "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
        "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "dev"
    }))
    .unwrap()
}

fn place(name: &str) -> std::path::PathBuf {
    support::only_inside();
    std::env::var_os(name).unwrap().into()
}

fn inner(test: &str) -> [String; 5] {
    ["--ignored", "--exact", "--nocapture", "--test-threads=1", test].map(str::to_owned)
}

fn passed(command: &mut Command) {
    let finished = support::run(command.env(support::INSIDE, "1"), b"", Duration::from_mins(1));
    let said = format!("{}\n{}", finished.stdout, finished.stderr);
    assert!(finished.code == Some(0) && said.contains("1 passed"), "{said}");
}

#[test]
fn st_10_under_umask_000_no_file_is_ever_open_to_others() {
    let home = Home::new();
    for folder in [home.config_dir(), home.state_dir()] {
        std::fs::remove_dir(folder).unwrap();
    }
    let trace = home.path().join("trace");
    let traced = support::tool_exists("strace") && works(Command::new("strace").args(["-o", "/dev/null", "true"]));
    let mut command = home.command("sh");
    let calls = "strace -f -qq -s 300 -e trace=open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat -o trace";
    command.args(["-c", &format!("umask 000; exec {} \"$0\" \"$@\"", if traced { calls } else { "" })]);
    command.arg(std::env::current_exe().unwrap()).args(inner("storage::writes_every_file"));
    passed(&mut command);

    let mut checked = 0;
    for folder in [home.config_dir(), home.state_dir()] {
        checked += check_modes(&folder);
    }
    assert!(checked >= 10, "only {checked} files and folders");
    if !traced {
        return support::skip("st_10 (at every moment)", "strace is not installed or may not trace; modes were checked at the end");
    }
    let trace = std::fs::read_to_string(trace).unwrap();
    let ours = |line: &&str| line.contains("/brickpass/") || line.contains("/brickpass\"");
    let made: Vec<&str> = trace.lines().filter(ours).filter(|line| line.contains("O_CREAT") || line.contains("mkdir")).collect();
    assert!(made.len() > 10, "{trace}");
    for line in made {
        let private = if line.contains("mkdir") { line.contains(", 0700)") } else { line.contains(", 0600)") };
        assert!(private, "made open to others: {line}");
    }
    assert!(!trace.lines().filter(ours).any(|line| line.contains("chmod")), "made private only after it was made");
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn check_modes(path: &Path) -> usize {
    let metadata = path.symlink_metadata().unwrap();
    let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
    assert_eq!(metadata.permissions().mode() & 0o7777, expected, "{}", path.display());
    let below = if metadata.is_dir() { std::fs::read_dir(path).unwrap().map(|entry| check_modes(&entry.unwrap().path())).sum() } else { 0 };
    below + 1
}

#[test]
#[ignore = "runs in a child with its own umask"]
fn writes_every_file() {
    let (config, state) = (place("BRICKPASS_CONFIG_DIR"), place("BRICKPASS_STATE_DIR"));
    let library = Library::new(&config, &state);
    library.save(connection("One"), None).unwrap();
    let id = library.save(connection("Two"), None).unwrap().entries[0].connection.id;
    SettingsFile::new(&config).save(&Settings::default()).unwrap();
    WindowFile::new(&state).save(&WindowMemory::default());
    let tested = LastTest { state: Status::Ok, tested_at: jiff::Timestamp::UNIX_EPOCH, duration_ms: 1 };
    History::new(&state).record(&[(id, Some(tested))]);
    let vault = Vault::new(VaultConfig { home: VaultHome::File, file: config.join("vault.age"), passphrase: Some("right horse".into()) });
    for secret in ["one", "two"] {
        vault.put(&support::token_key(id, "https://adb-1.2.azuredatabricks.net"), &secret.into()).unwrap();
    }
    assert!(config.join("vault.age.bak").exists());
}

#[test]
fn st_16_a_folder_that_may_not_be_written_is_told_with_its_path_and_the_list_is_still_shown() {
    let home = Home::new();
    let library = Library::new(&home.config_dir(), &home.state_dir());
    library.save(connection("Sales"), None).unwrap();
    std::fs::set_permissions(home.config_dir(), std::fs::Permissions::from_mode(0o500)).unwrap();
    let before = std::fs::read(library.path()).unwrap();
    // Root writes where it likes, unless it has given its powers away.
    let mut command = if std::fs::File::create(home.config_dir().join("probe")).is_ok() {
        std::fs::remove_file(home.config_dir().join("probe")).unwrap();
        let powerless = ["--bounding-set=-all", "--inh-caps=-all"];
        if !works(Command::new("setpriv").args(powerless).arg("true")) {
            return support::skip("st_16", "runs as root, and setpriv cannot give root's powers away");
        }
        let mut command = home.command("setpriv");
        command.args(powerless).arg(std::env::current_exe().unwrap());
        command
    } else {
        home.command(std::env::current_exe().unwrap())
    };
    passed(command.args(inner("storage::may_not_write")));
    std::fs::set_permissions(home.config_dir(), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(std::fs::read(library.path()).unwrap(), before);
    library.save(connection("Later"), None).unwrap();
}

#[test]
#[ignore = "runs in a child without root's powers"]
fn may_not_write() {
    let (config, state) = (place("BRICKPASS_CONFIG_DIR"), place("BRICKPASS_STATE_DIR"));
    let library = Library::new(&config, &state);
    let snapshot = library.load().unwrap();
    assert_eq!(snapshot.entries.len(), 1, "still shown");
    let Mode::ReadOnly(reason) = &snapshot.mode else { panic!("{:?}", snapshot.mode) };
    assert!(reason.contains(config.to_str().unwrap()), "{reason}");
    let failures = [
        library.save(connection("New"), None).unwrap_err().failure(),
        library.may_save(&connection("New"), None).unwrap_err().failure(),
        library.remove(&[snapshot.entries[0].connection.id]).unwrap_err().failure(),
        SettingsFile::new(&config).save(&Settings::default()).unwrap_err(),
    ];
    for failure in failures {
        assert_eq!(failure.code, Code::FileUnwritable, "{failure}");
        assert!(failure.what.contains(config.to_str().unwrap()) && failure.why.contains("permission"), "{failure}");
    }
    let vault = Vault::new(VaultConfig { home: VaultHome::File, file: config.join("vault.age"), passphrase: Some("right horse".into()) });
    let key = support::token_key(ConnectionId::random(), "https://adb-1.2.azuredatabricks.net");
    assert_eq!(vault.put(&key, &"secret".into()).unwrap_err().failure().code, Code::FileUnwritable);
}

#[cfg(target_os = "linux")]
#[test]
fn st_16_a_read_only_disk_is_told_as_that() {
    let home = Home::new();
    let library = Library::new(&home.config_dir(), &home.state_dir());
    library.save(connection("Sales"), None).unwrap();
    // A mount of the test's own, gone with its process.
    let mount = "mount --bind \"$BRICKPASS_CONFIG_DIR\" \"$BRICKPASS_CONFIG_DIR\" && mount -o remount,bind,ro \"$BRICKPASS_CONFIG_DIR\"";
    let namespace: &[&str] = if works(Command::new("unshare").args(["-m", "true"])) { &["-m"] } else { &["-r", "-m"] };
    let mut probe = home.command("unshare");
    if !works(probe.args(namespace).args(["sh", "-c", mount])) {
        return support::skip("st_16 (read-only disk)", "this system lets the test make no mount of its own");
    }
    let mut command = home.command("unshare");
    command.args(namespace).args(["sh", "-c", &format!("{mount} && exec \"$0\" \"$@\"")]);
    passed(command.arg(std::env::current_exe().unwrap()).args(inner("storage::on_a_read_only_disk")));
}

#[test]
#[ignore = "runs in a child with a read-only mount"]
fn on_a_read_only_disk() {
    let (config, state) = (place("BRICKPASS_CONFIG_DIR"), place("BRICKPASS_STATE_DIR"));
    let library = Library::new(&config, &state);
    let snapshot = library.load().unwrap();
    assert_eq!(snapshot.entries.len(), 1);
    assert!(matches!(&snapshot.mode, Mode::ReadOnly(reason) if reason.contains("read-only")), "{:?}", snapshot.mode);
    let failure = library.save(connection("New"), None).unwrap_err().failure();
    assert_eq!(failure.code, Code::ReadOnly, "{failure}");
    assert!(failure.what.contains(config.to_str().unwrap()), "{failure}");
    assert_eq!(library.load().unwrap().entries, snapshot.entries);
}
