//! A `.databrickscfg` of 10,000 profiles of which one is changed: `brickpass publish` as a whole process beside the Databricks CLI that rewrites the same
//! file (`auth switch`), in turn, and our part of it without a process around it.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use brickpass_interchange::databrickscfg::{Edit, File, ProfileName};

use super::{Line, databricks_cli::databricks_cli, median, milliseconds};

const BRICKPASS: &str = env!("CARGO_BIN_EXE_brickpass");
const PROFILES: usize = 10_000;
const ROUNDS: usize = 11;
/// Of the Databricks CLI's time.
const SHARE: f64 = 0.2;

pub fn lines() -> Vec<Line> {
    let text = text();
    let inside = inside(&text);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profiles.cfg");
    fs::write(&file, &text).unwrap();
    ran(ours(folder.path(), &file).args(["add", "sales", "--auth", "browser", "--base-url", "https://adb-1.2.azuredatabricks.net"]));
    let cli = databricks_cli();
    let (mut publishing, mut switching) = (Vec::new(), Vec::new());
    // In turn, so that both have the same neighbours; to another profile each time, so that there is something to change.
    for round in 0..ROUNDS {
        fs::write(&file, &text).unwrap();
        let profile = format!("p{}", PROFILES / 2 + round);
        publishing.push(ran(ours(folder.path(), &file).args(["publish", "sales", "--yes", "--profile", &profile])));
        let written = fs::read_to_string(&file).unwrap();
        assert!(written.contains("databricks_cli_path"), "it is published");
        if let Some(cli) = &cli {
            fs::write(&file, &text).unwrap();
            let mut switch = Command::new(cli);
            switch.env_clear().env("HOME", folder.path()).env("DATABRICKS_CONFIG_FILE", &file);
            switching.push(ran(switch.args(["auth", "switch", "--profile", &profile])));
        }
    }
    let publish = median(publishing);
    let mut lines = vec![Line::plain("profile of 10,000, read, changed, shown", milliseconds(inside))];
    lines.push(Line::plain("profile of 10,000, publish", milliseconds(publish)));
    if switching.is_empty() {
        lines.push(Line::plain("Databricks CLI, auth switch", "skipped: not found (make interop builds it)"));
        return lines;
    }
    let switch = median(switching);
    lines.push(Line::plain("Databricks CLI, auth switch", milliseconds(switch)));
    let share = |time: Duration| time.as_secs_f64() / switch.as_secs_f64();
    for (what, time) in [("profile of 10,000, publish, of the CLI", publish), ("profile of 10,000, inside, of the CLI", inside)] {
        lines.push(Line::held(what, format!("{:.0} %", share(time) * 100.0), "<= 20 %", share(time) <= SHARE));
    }
    lines
}

fn text() -> String {
    (0..PROFILES).fold(String::new(), |mut text, number| {
        let address = 1_000_000_000_000_000 + number;
        let _ = write!(
            text,
            "[p{number}]\nhost  = https://adb-{address}.{}.azuredatabricks.net\ntoken = not-a-token-{number}\n\n",
            number % 20
        );
        text
    })
}

/// Reading, one change with its diff, and reading the outcome.
fn inside(text: &str) -> Duration {
    let keys = vec![("host", "https://adb-1.2.azuredatabricks.net".to_owned()), ("auth_type", "databricks-cli".to_owned())];
    let edit = Edit::Put { profile: ProfileName::parse("p5000").unwrap(), keys };
    let one = || {
        let began = Instant::now();
        let changed = File::read(text.as_bytes()).unwrap().changed(&edit).unwrap();
        assert!(!changed.diff.is_empty());
        began.elapsed()
    };
    median((0..ROUNDS).map(|_| one()).collect())
}

fn ours(folder: &Path, file: &Path) -> Command {
    let mut command = Command::new(BRICKPASS);
    command
        .env_clear()
        .env("HOME", folder)
        .env("BRICKPASS_CONFIG_DIR", folder.join("config"))
        .env("BRICKPASS_STATE_DIR", folder.join("state"))
        .env("BRICKPASS_VAULT", "file")
        .env("BRICKPASS_VAULT_PASSPHRASE", "for measuring only")
        .env("DATABRICKS_CONFIG_FILE", file);
    command
}

fn ran(command: &mut Command) -> Duration {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let took = began.elapsed();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}
