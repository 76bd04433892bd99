//! While a sign-in waits, what is typed or pasted at the terminal does not show, and nothing of it is left for the shell: an address with a code
//! would be run as commands and kept in the history.

/// Until this is dropped, or [`restore`] is called, the terminal does not echo.
pub(super) struct QuietTerminal(());

impl QuietTerminal {
    /// `None`: nobody types at a terminal here, or this program is in the background.
    pub(super) fn begin() -> Option<Self> {
        system::quiet().then_some(Self(()))
    }
}

impl Drop for QuietTerminal {
    fn drop(&mut self) {
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
    };

    use rustix::{
        process::getpgrp,
        termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr},
    };

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

    pub(super) fn restore() {
        let former = FORMER.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(former) = former {
            let _ = tcsetattr(stdin(), OptionalActions::Flush, &former);
        }
    }
}

#[cfg(not(unix))]
mod system {
    pub(super) fn quiet() -> bool {
        false
    }

    pub(super) fn restore() {}
}
