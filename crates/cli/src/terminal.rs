//! Waiting for several things at once: the engine's events, Ctrl+C, a line that is typed at the terminal.

use std::{
    cell::Cell,
    io::{BufRead as _, IsTerminal as _, Read as _, Write as _},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{interrupt::asked_to_end, quiet_terminal, quiet_terminal::QuietTerminal, runtime::runtime, session::Session};
use brickpass_engine::Event;

/// What came first.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub(super) enum Input {
    Event(Event),
    /// Ctrl+C.
    Interrupt,
    /// A line that was typed, or given on stdin; `None`: there is no more.
    Line(Option<SecretString>),
    /// A line typed without a prompt.
    Typed(SecretString),
    /// Nothing within the time.
    Timeout,
    /// The engine stopped.
    Ended,
}

enum Signal {
    Event,
    Ended,
    Interrupt,
    Line(Option<SecretString>),
    Typed(SecretString),
}

pub(super) struct Inputs {
    sender: Sender<Signal>,
    receiver: Receiver<Signal>,
    /// Somebody waits for a line already.
    reads: Cell<bool>,
}

/// Lives as long as the engine that calls it.
struct Wake(Sender<Signal>);

impl Drop for Wake {
    fn drop(&mut self) {
        let _ = self.0.send(Signal::Ended);
    }
}

/// An address with a code is never as long. Bytes.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Longer than anything that is waited for here.
const MAX_WAIT: Duration = Duration::from_hours(1);

impl Inputs {
    pub(super) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver, reads: Cell::new(false) }
    }

    /// For the engine, which calls it after each event.
    pub(super) fn wake(&self) -> impl Fn() + Send + Sync + 'static + use<> {
        let wake = Wake(self.sender.clone());
        move || {
            let _ = wake.0.send(Signal::Event);
        }
    }

    /// From now on the first Ctrl+C (or SIGTERM) is heard here; the second one ends the program, for somebody who will not wait.
    pub(super) fn listen_for_interrupt(&self) {
        let sender = self.sender.clone();
        thread::spawn(move || {
            let Ok(runtime) = runtime() else { return };
            runtime.block_on(async {
                if asked_to_end().await {
                    let _ = sender.send(Signal::Interrupt);
                    if asked_to_end().await {
                        quiet_terminal::restore();
                        std::process::exit(1);
                    }
                }
            });
        });
    }

    /// The line that follows is heard later.
    pub(super) fn ask(&self, question: &str) {
        prompt(question);
        if self.reads.replace(true) {
            return;
        }
        let sender = self.sender.clone();
        thread::spawn(move || {
            let mut line = Zeroizing::new(String::with_capacity(MAX_LINE_BYTES));
            let read = std::io::stdin().lock().take(MAX_LINE_BYTES as u64).read_line(&mut line);
            let line = matches!(read, Ok(1..)).then(|| SecretString::from(line.trim()));
            let _ = sender.send(Signal::Line(line));
        });
    }

    /// What is typed while the terminal is quiet is heard from now on.
    pub(super) fn hear_typed(&self, quiet: &QuietTerminal) {
        let sender = self.sender.clone();
        quiet.hear_lines(move |line| drop(sender.send(Signal::Typed(line))));
    }

    /// Waits until something happens, at most until then.
    pub(super) fn next(&self, session: &mut Session, until: Option<Instant>) -> Input {
        let until = until.unwrap_or_else(|| Instant::now() + MAX_WAIT);
        loop {
            if let Some(event) = session.try_next() {
                return Input::Event(event);
            }
            match self.receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Signal::Event) => {}
                Ok(Signal::Interrupt) => return Input::Interrupt,
                Ok(Signal::Line(line)) => {
                    self.reads.set(false);
                    return Input::Line(line);
                }
                Ok(Signal::Typed(line)) => return Input::Typed(line),
                // Its last words were sent before.
                Ok(Signal::Ended) => return session.try_next().map_or(Input::Ended, Input::Event),
                Err(RecvTimeoutError::Timeout) => return Input::Timeout,
                Err(RecvTimeoutError::Disconnected) => return Input::Ended,
            }
        }
    }
}

/// Somebody is there who can read a question and type an answer.
pub(super) fn attended() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks at the terminal; anything but a clear yes is a no.
pub(super) fn yes(question: &str) -> bool {
    prompt(&format!("{question} [y/N] "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && is_yes(&line)
}

fn prompt(words: &str) {
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "{words}").and_then(|()| stderr.flush());
}

pub(super) fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&line.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_engine::Places;

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes(" YES \r\n"));
        assert!(["", "\n", "n\n", "yeah\n", "yes please\n", "1\n"].iter().all(|line| !is_yes(line)));
    }

    #[test]
    fn silence_is_heard_in_time_and_the_end_of_the_engine_too() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs::new();
        let mut session = Session::open_at(Places::new(folder.path().join("config"), folder.path().join("state")), inputs.wake()).unwrap();
        let began = Instant::now();
        while !matches!(inputs.next(&mut session, Some(began + Duration::from_millis(200))), Input::Timeout) {}
        assert!(began.elapsed() >= Duration::from_millis(200));

        let _ = inputs.sender.send(Signal::Interrupt);
        assert!(matches!(inputs.next(&mut session, None), Input::Interrupt));
        let other = Inputs::new();
        drop(Session::open_at(Places::new(folder.path().join("config"), folder.path().join("state")), other.wake()).unwrap());
        let mut ended = false;
        while let Ok(signal) = other.receiver.recv_timeout(Duration::from_secs(10)) {
            ended |= matches!(signal, Signal::Ended);
            if ended {
                break;
            }
        }
        assert!(ended);
    }
}
