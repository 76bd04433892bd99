//! While a sign-in waits, what is typed or pasted at the terminal does not show, and nothing of it is left for the shell: an address with a code
//! would be run as commands and kept in the history.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

/// Until this is dropped, or [`restore`] is called, the terminal does not echo.
pub(super) struct QuietTerminal {
    /// Held while a line is read, so that none is read after the end.
    ended: Arc<Mutex<bool>>,
}

impl QuietTerminal {
    /// `None`: nobody types at a terminal here, or this program is in the background.
    pub(super) fn begin() -> Option<Self> {
        system::quiet().then(|| Self { ended: Arc::default() })
    }

    /// Each whole line that is typed until this is dropped.
    pub(super) fn hear_lines(&self, hear: impl Fn(SecretString) + Send + 'static) {
        let ended = Arc::clone(&self.ended);
        std::thread::spawn(move || {
            while !*ended.lock().unwrap_or_else(PoisonError::into_inner) {
                std::thread::sleep(system::POLL_INTERVAL);
                let ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(line) = (!*ended).then(system::typed_line).flatten() {
                    hear(line);
                }
            }
        });
    }
}

impl Drop for QuietTerminal {
    fn drop(&mut self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended = true;
        restore();
    }
}

/// The terminal echoes again, and what nobody has read is thrown away. Also for a program that ends without coming back here.
pub(super) fn restore() {
    system::restore();
}

#[cfg(unix)]
mod system {
    use std::{
        io::{IsTerminal as _, stdin},
        sync::{Mutex, PoisonError},
        time::Duration,
    };

    use rustix::{
        io::{ioctl_fionread, read},
        process::getpgrp,
        termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr},
    };

    use secrecy::SecretString;
    use zeroize::Zeroizing;

    /// So often it is looked whether a line was typed.
    pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(100);

    /// Terminals give a line in one piece, and no longer ones.
    const MAX_LINE_BYTES: usize = 4096;

    /// As the terminal was before.
    static FORMER: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) fn quiet() -> bool {
        let stdin = stdin();
        // Who changes the terminal from the background is stopped by the system.
        let ours = stdin.is_terminal() && tcgetpgrp(&stdin).is_ok_and(|group| group == getpgrp());
        let Some(former) = ours.then(|| tcgetattr(&stdin).ok()).flatten() else { return false };
        let mut silent = former.clone();
        // Lines stay lines, and Ctrl+C stays Ctrl+C.
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        let mut kept = FORMER.lock().unwrap_or_else(PoisonError::into_inner);
        if tcsetattr(&stdin, OptionalActions::Flush, &silent).is_err() {
            return false;
        }
        kept.get_or_insert(former);
        true
    }

    /// Never blocks: a terminal that edits lines offers whole ones alone.
    pub(super) fn typed_line() -> Option<SecretString> {
        let stdin = stdin();
        ioctl_fionread(&stdin).is_ok_and(|waiting| waiting > 0).then_some(())?;
        let mut bytes = Zeroizing::new([0; MAX_LINE_BYTES]);
        let length = read(&stdin, &mut *bytes).ok()?;
        let line = std::str::from_utf8(bytes.get(..length)?).ok()?;
        // Without an end it was cut off, by Ctrl+D or by its length.
        line.ends_with('\n').then(|| SecretString::from(line.trim()))
    }

    pub(super) fn restore() {
        let former = FORMER.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(former) = former {
            let _ = tcsetattr(stdin(), OptionalActions::Flush, &former);
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::time::Duration;

    use secrecy::SecretString;

    pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(100);

    pub(super) fn quiet() -> bool {
        false
    }

    pub(super) fn typed_line() -> Option<SecretString> {
        None
    }

    pub(super) fn restore() {}
}
