//! Runs an external program to its end or to the time limit.

use std::{
    io::{self, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::Places;

/// An interpreter's first start after a boot takes a while; a tool that prompts for a password never ends.
pub(super) const LIMIT: Duration = Duration::from_secs(90);

/// Longer answers are none of these tools'.
const MAX_OUTPUT_BYTES: u64 = 1024 * 1024;

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What a program is started with.
pub(super) struct ToolEnvironment {
    /// Variables that it does not get.
    without: Vec<String>,
    with: Vec<(&'static str, String)>,
    /// A folder without files that it would read.
    folder: PathBuf,
}

#[derive(Debug)]
pub(super) enum Ended {
    /// By itself.
    Ran {
        good: bool,
        stdout: String,
        stderr: String,
    },
    Missing,
    TooLate,
    Failed(io::Error),
}

impl ToolEnvironment {
    pub(super) fn of(places: &Places, profile: &str) -> Self {
        let file = places.databrickscfg.as_ref().map(|path| ("DATABRICKS_CONFIG_FILE", path.display().to_string()));
        let with = [("DATABRICKS_CONFIG_PROFILE", profile.to_owned())].into_iter().chain(file).collect();
        Self { without: places.variables.iter().map(|(name, _)| name.clone()).collect(), with, folder: places.state_dir.clone() }
    }

    /// `program` is searched on the PATH; its output is captured, and its input is empty.
    pub(super) fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Ended {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // The passphrase of the vault stays: the tool starts `brickpass-credential`, which needs it as it does in the person's own terminal.
        for name in &self.without {
            command.env_remove(name);
        }
        command.envs(self.with.iter().map(|(name, value)| (name, value)));
        if self.folder.is_dir() {
            command.current_dir(&self.folder);
        }
        match command.spawn() {
            Ok(child) => finish(child, Instant::now() + limit),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ended::Missing,
            Err(error) => Ended::Failed(error),
        }
    }
}

fn finish(mut child: Child, until: Instant) -> Ended {
    let stdout = read(child.stdout.take());
    let stderr = read(child.stderr.take());
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => thread::sleep(POLL_INTERVAL),
            Ok(None) => {
                // It may have ended this moment.
                let _ = child.kill();
                let _ = child.wait();
                return Ended::TooLate;
            }
            Err(error) => return Ended::Failed(error),
        }
    };
    // A program that it started may hold the pipe open; the output until then is used.
    let text = |from: mpsc::Receiver<String>| from.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
    Ended::Ran { good: status.success(), stdout: text(stdout), stderr: text(stderr) }
}

fn read(from: Option<impl io::Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            // What was read before a failure counts too.
            let _ = from.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
        }
        // After the limit there is no receiver.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn environment() -> ToolEnvironment {
        ToolEnvironment { without: vec!["PATH_OF_NOBODY".to_owned()], with: vec![("GIVEN", "yes".to_owned())], folder: PathBuf::from("/") }
    }

    #[test]
    fn what_is_missing_what_hangs_and_what_answers_are_told_apart() {
        let run = |program: &str, arguments: &[&str]| environment().run(program, arguments, Duration::from_millis(500));
        assert!(matches!(run("no-such-program-of-anybody", &[]), Ended::Missing));
        assert!(matches!(run("sleep", &["60"]), Ended::TooLate));
        let Ended::Ran { good, stdout, .. } = environment().run("env", &[], LIMIT) else { panic!() };
        assert!(good && stdout.lines().any(|line| line == "GIVEN=yes"), "{stdout}");
        assert!(matches!(environment().run("false", &[], LIMIT), Ended::Ran { good: false, .. }));
    }

    #[test]
    fn variables_that_would_win_over_the_profile_are_left_out() {
        let places = Places {
            variables: vec![("HOME".to_owned(), "x".to_owned().into())],
            databrickscfg: Some(PathBuf::from("/tmp/cfg")),
            ..Places::new(PathBuf::from("/"), PathBuf::from("/"))
        };
        let Ended::Ran { stdout, .. } = ToolEnvironment::of(&places, "sales").run("env", &[], LIMIT) else { panic!() };
        let has = |line: &str| stdout.lines().any(|it| it == line);
        assert!(has("DATABRICKS_CONFIG_PROFILE=sales") && has("DATABRICKS_CONFIG_FILE=/tmp/cfg"), "{stdout}");
        assert!(!stdout.lines().any(|line| line.starts_with("HOME=")), "{stdout}");
    }
}
