//! The command: started, waited for, told of what is told to us.

use std::{ffi::OsString, io, process::ExitStatus};

use tokio::process::{Child, Command};

use super::surroundings::Surroundings;

/// As shells say it.
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Why it was not started.
#[derive(Debug)]
pub(super) struct Unstarted {
    pub(super) words: String,
    pub(super) code: i32,
}

/// # Errors
/// There is no such program, or it cannot be started.
pub(super) fn start(words: &[OsString], surroundings: &Surroundings) -> Result<Child, Unstarted> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Unstarted { words: "No command was given.".to_owned(), code: NOT_FOUND });
    };
    let mut command = Command::new(program);
    command.args(arguments);
    surroundings.give_to(&mut command);
    command.spawn().map_err(|error| unstarted(&program.to_string_lossy(), &error))
}

fn unstarted(program: &str, error: &io::Error) -> Unstarted {
    let program = program.escape_debug();
    match error.kind() {
        io::ErrorKind::NotFound => Unstarted {
            words: format!("The command \"{program}\" was not found.\nIt is not on the PATH.\nCheck the spelling, or enter its full path."),
            code: NOT_FOUND,
        },
        _ => Unstarted {
            words: format!(
                "The command \"{program}\" cannot be started.\nOperating system error: {error}.\nCheck that it is a program and that you have permission to run it."
            ),
            code: NOT_EXECUTABLE,
        },
    }
}

/// Waits until it ends, whatever signals arrive meanwhile: Ctrl+C and Ctrl+\ reach it from the terminal too, and signals that only we get are
/// passed on.
///
/// # Errors
/// The operating system does not report the end.
pub(super) async fn wait(mut child: Child, signals: &mut Signals) -> io::Result<i32> {
    loop {
        tokio::select! {
            ended = child.wait() => return ended.map(code_of),
            heard = signals.next() => pass_on(&child, heard),
        }
    }
}

/// As shells tell of it: its own code, or 128 and the number of the signal that ended it.
fn code_of(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return signal.saturating_add(128);
    }
    status.code().unwrap_or(1)
}

use signals::pass_on;
pub(super) use signals::{Signals, as_code};

#[cfg(unix)]
mod signals {
    use std::io;

    use rustix::process::{Pid, Signal as Number, kill_process};
    use tokio::{
        process::Child,
        signal::unix::{Signal, SignalKind, signal},
    };

    pub(in crate::exec) struct Signals {
        interrupt: Signal,
        quit: Signal,
        terminate: Signal,
        hang_up: Signal,
    }

    pub(in crate::exec) struct Heard(Number);

    /// When nothing was started yet.
    pub(in crate::exec) fn as_code(Heard(signal): Heard) -> i32 {
        signal.as_raw().saturating_add(128)
    }

    impl Signals {
        /// From now on none of them ends this process.
        ///
        /// # Errors
        /// The system does not let them be heard.
        pub(in crate::exec) fn mind() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
            })
        }

        pub(in crate::exec) async fn next(&mut self) -> Heard {
            tokio::select! {
                _ = self.interrupt.recv() => Heard(Number::INT),
                _ = self.quit.recv() => Heard(Number::QUIT),
                _ = self.terminate.recv() => Heard(Number::TERM),
                _ = self.hang_up.recv() => Heard(Number::HUP),
            }
        }
    }

    pub(in crate::exec) fn pass_on(child: &Child, Heard(signal): Heard) {
        // The terminal tells everybody in its foreground of these. Told twice, Terraform would leave its state behind half written.
        if [Number::INT, Number::QUIT].contains(&signal) {
            return;
        }
        // Only while it has not been waited for is the number its own.
        if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;

    use tokio::process::Child;

    /// Ctrl+C, which the console tells everybody.
    pub(in crate::exec) struct Signals;

    pub(in crate::exec) struct Heard;

    /// When nothing was started yet.
    pub(in crate::exec) fn as_code(_: Heard) -> i32 {
        130
    }

    impl Signals {
        #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
        pub(in crate::exec) fn mind() -> io::Result<Self> {
            Ok(Self)
        }

        pub(in crate::exec) async fn next(&mut self) -> Heard {
            // After the first call it never ends this process any more.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Heard
        }
    }

    pub(in crate::exec) fn pass_on(_: &Child, _: Heard) {}
}
