//! `brickpass-credential auth token` as a whole process, on tokens that are good: what every start of an SDK costs. Beside it the Databricks CLI, when
//! there is one (`databricks` on PATH, or what `BRICKPASS_BENCH_CLI` names), on a cached token of its own: in the same keyring, and in its plain file.

use std::{
    env, fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::{
    Line,
    databricks_cli::databricks_cli,
    median, milliseconds,
    tokens::{Bus, Home},
};

const CREDENTIAL: &str = env!("CARGO_BIN_EXE_brickpass-credential");
const ROUNDS: usize = 21;
/// Long after either program has its answer.
const AT_REST: Duration = Duration::from_millis(1500);
/// Of the Databricks CLI's time and memory.
const SHARE: f64 = 0.2;

struct Cost {
    time: Duration,
    memory_kib: u64,
}

pub fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    let mut costs = Vec::new();
    let file = Home::new("file", None);
    costs.push(measure(&file, "file", &mut lines));
    let bus = Bus::start();
    match &bus {
        Ok(bus) => costs.push(measure(&Home::new("keyring", Some(bus.address.clone())), "keyring", &mut lines)),
        Err(reason) => lines.push(Line::plain("credential, keyring", format!("skipped: {reason}"))),
    }
    match databricks_cli() {
        Some(cli) => {
            lines.extend(beside(&cli, &file, &costs));
            if let (Ok(bus), Some(ours)) = (&bus, costs.get(1)) {
                lines.extend(in_one_keyring(&cli, &file, bus, ours));
            }
        }
        None => lines.push(Line::plain("Databricks CLI, auth token, cached", "skipped: not found (make interop builds it)")),
    }
    lines
}

/// That of a browser sign-in is the one to compare: the Databricks CLI has no others.
fn measure(home: &Home, vault: &str, lines: &mut Vec<Line>) -> Cost {
    let mut last = None;
    for (what, profile) in
        [("version", None), ("PAT", Some("pat")), ("principal, cached", Some("principal")), ("browser, cached", Some("browser"))]
    {
        let command = || {
            let arguments = profile.map_or_else(|| vec!["version"], |profile| vec!["auth", "token", "--profile", profile]);
            home.command_of(Path::new(CREDENTIAL), &arguments)
        };
        // The first may fetch.
        time(command());
        let before = home.token_requests();
        let cost = cost(&command);
        assert_eq!(home.token_requests(), before, "{what}: nobody asks the server for what is there");
        lines.push(Line::plain(format!("credential, {what} ({vault})"), in_words(&cost)));
        last = Some(cost);
    }
    last.expect("four were measured")
}

fn beside(cli: &Path, home: &Home, ours: &[Cost]) -> Vec<Line> {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("[browser]\nhost = {}\nauth_type = databricks-cli\n", home.host());
    fs::write(folder.path().join(".databrickscfg"), config).unwrap();
    fs::create_dir(folder.path().join(".databricks")).unwrap();
    let token = r#"{"version":1,"tokens":{"browser":{"access_token":"cached","token_type":"Bearer","refresh_token":"r","expiry":"2099-01-01T00:00:00Z"}}}"#;
    fs::write(folder.path().join(".databricks/token-cache.json"), token).unwrap();
    let theirs = cost(&|| cached_by(cli, folder.path(), "plaintext"));
    let mut lines = vec![Line::plain("Databricks CLI, auth token, cached (plain file)", in_words(&theirs))];
    for (ours, vault) in ours.iter().zip(["file", "keyring"]) {
        let time = ours.time.as_secs_f64() / theirs.time.as_secs_f64();
        let memory = ours.memory_kib as f64 / theirs.memory_kib as f64;
        let measured = format!("{:.0} %, memory {:.0} %", time * 100.0, memory * 100.0);
        let what = format!("credential ({vault}), of the CLI (plain file)");
        // Neither is the same store. That of a file derives its key, which takes its time on purpose.
        lines.push(Line::plain(what, measured));
    }
    lines
}

/// The Databricks CLI, which keeps tokens as `storage` says.
fn cached_by(cli: &Path, home: &Path, storage: &str) -> Command {
    let mut command = Command::new(cli);
    command.args(["auth", "token", "--profile", "browser"]).env_clear().env("HOME", home).env("DATABRICKS_AUTH_STORAGE", storage);
    command
}

/// The Databricks CLI on an entry of its own (service `databricks-cli`, the profile as user name) in the keyring that ours was read from.
fn in_one_keyring(cli: &Path, home: &Home, bus: &Bus, ours: &Cost) -> Vec<Line> {
    const WHAT: &str = "Databricks CLI, auth token, cached (keyring)";
    let folder = tempfile::tempdir().unwrap();
    let config = format!("[browser]\nhost = {}\nauth_type = databricks-cli\n", home.host());
    fs::write(folder.path().join(".databrickscfg"), config).unwrap();
    let entry = r#"{"token":{"access_token":"cached","token_type":"Bearer","refresh_token":"r","expiry":"2099-01-01T00:00:00Z"}}"#;
    let store = Command::new("secret-tool")
        .args(["store", "--label=Databricks CLI", "service", "databricks-cli", "username", "browser"])
        .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut store) = store else { return vec![Line::plain(WHAT, "skipped: secret-tool is not installed")] };
    store.stdin.take().unwrap().write_all(entry.as_bytes()).unwrap();
    assert!(store.wait().unwrap().success(), "secret-tool store");
    let theirs = cost(&|| {
        let mut command = cached_by(cli, folder.path(), "secure");
        command.env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
        command
    });
    let time = ours.time.as_secs_f64() / theirs.time.as_secs_f64();
    let memory = ours.memory_kib as f64 / theirs.memory_kib as f64;
    let measured = format!("{:.0} %, memory {:.0} %", time * 100.0, memory * 100.0);
    vec![
        Line::plain(WHAT, in_words(&theirs)),
        Line::held("credential, of the Databricks CLI (keyring, both)", measured, "<= 20 %", time <= SHARE && memory <= SHARE),
    ]
}

fn in_words(cost: &Cost) -> String {
    format!("{}, {:.1} MiB", milliseconds(cost.time), cost.memory_kib as f64 / 1024.0)
}

fn cost(command: &dyn Fn() -> Command) -> Cost {
    Cost { time: median((0..ROUNDS).map(|_| time(command())).collect()), memory_kib: peak(command()) }
}

fn time(mut command: Command) -> Duration {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let took = began.elapsed();
    assert!(output.status.success() && !output.stdout.is_empty(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

/// The most memory that it had, in KiB. It is held at its last step, the answer, by an output that has no room.
fn peak(mut command: Command) -> u64 {
    let (_reader, mut writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(&[0; 4096]).is_ok() {}
    fcntl_setfl(&writer, flags).unwrap();
    let mut child = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(AT_REST);
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("still there, with an answer in hand");
    let most = most.trim().trim_end_matches(" kB").parse().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    most
}
