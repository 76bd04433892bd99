//! Opening the person's browser, with nothing of ours in it but the address.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::Path,
    process::Command,
};
#[cfg(unix)]
use std::{
    io,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

#[cfg(unix)]
use brickpass_storage::PASSPHRASE_VARIABLES;

/// An opener that fails (no browser is installed) does so at once; one that succeeds may stay for as long as the browser.
#[cfg(unix)]
const VERDICT: Duration = Duration::from_secs(1);

/// Tries `named` and the desktop's openers in turn.
///
/// # Errors
/// None of them is there, or each one fails.
#[cfg(unix)]
pub(super) fn open(named: Option<&Path>, address: &str) -> io::Result<()> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    let named = named.map(|program| {
        let mut command = Command::new(program);
        command.arg(address);
        command
    });
    for mut opener in named.into_iter().chain(open::commands(address)) {
        match start(&mut opener).and_then(verdict) {
            Ok(()) => return Ok(()),
            // That a later one is not there says less than that an earlier one failed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(not(unix))]
pub(super) fn open(_named: Option<&Path>, address: &str) -> std::io::Result<()> {
    open::that_detached(address)
}

/// The program that would open a web address.
pub(super) fn opener() -> Option<OsString> {
    // What would be run, not run.
    let openers = open::commands("https://login.databricks.com");
    openers.iter().map(Command::get_program).find(|program| exists(program)).map(OsStr::to_owned)
}

fn exists(program: &OsStr) -> bool {
    let there = |path: &Path| path.is_file() || path.with_extension("exe").is_file();
    let named = Path::new(program);
    if named.components().count() > 1 {
        return there(named);
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| there(&folder.join(named)))
}

/// The browser inherits the environment, but not the vault's passphrase; and Ctrl+C in this terminal is not for it.
#[cfg(unix)]
fn start(opener: &mut Command) -> io::Result<Child> {
    use std::os::unix::process::CommandExt as _;
    for name in PASSPHRASE_VARIABLES {
        opener.env_remove(name);
    }
    opener.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn()
}

#[cfg(unix)]
fn verdict(mut opener: Child) -> io::Result<()> {
    let until = Instant::now() + VERDICT;
    while Instant::now() < until {
        match opener.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(status.to_string())),
            None => thread::sleep(Duration::from_millis(10)),
        }
    }
    // Waited for, so that it leaves no zombie behind.
    thread::spawn(move || opener.wait());
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn outcome(program: &str, argument: &str) -> io::Result<()> {
        start(Command::new(program).arg(argument)).and_then(verdict)
    }

    #[test]
    fn an_opener_that_fails_is_not_taken_for_a_browser() {
        assert!(outcome("true", "").is_ok());
        assert!(outcome("false", "").is_err());
        assert_eq!(outcome("no-such-opener-of-anybody", "").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn an_opener_that_stays_is_one_that_works() {
        let began = Instant::now();
        assert!(outcome("sleep", "60").is_ok());
        assert!(began.elapsed() < Duration::from_secs(50));
    }
}
