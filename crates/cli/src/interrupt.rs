//! Ctrl+C, and being asked to end: nothing is left half done. A refresh token that the server has just replaced would be lost with the process.

use std::{
    process::{self, ExitCode},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::runtime::runtime;
use brickpass_engine::{Engine, Stopper};

/// As shells report a program that Ctrl+C has ended.
const INTERRUPTED: u8 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Held while something must not be cut off, though the engine has ended.
static UNFINISHED: Mutex<()> = Mutex::new(());

/// Held while several things that the engine does belong together.
static TOGETHER: Mutex<()> = Mutex::new(());

/// Until this is dropped, the first Ctrl+C does not end the program: a secret is on its way that can be printed once.
pub(super) fn unfinished() -> MutexGuard<'static, ()> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Until this is dropped, the first Ctrl+C does not end the engine either: of what has begun, the first step alone would be of no use.
pub(super) fn together() -> MutexGuard<'static, ()> {
    TOGETHER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the first Ctrl+C (or SIGTERM) brings the engine to its end and then ends the program; the second one does not wait.
pub(super) fn mind(engine: &Engine) {
    let Some(stopper) = engine.stopper() else { return };
    thread::spawn(move || {
        let Ok(runtime) = runtime() else { return };
        runtime.block_on(async {
            if asked_to_end().await {
                ASKED.store(true, Ordering::Relaxed);
                tokio::select! {
                    true = ended(stopper) => {}
                    _ = asked_to_end() => {}
                }
                process::exit(INTERRUPTED.into());
            }
        });
    });
}

/// Whether it is ours to end the program.
async fn ended(stopper: Stopper) -> bool {
    let released = |guard: fn() -> MutexGuard<'static, ()>| tokio::task::spawn_blocking(move || drop(guard()));
    released(together).await.is_ok() && stopper.stop().await && released(unfinished).await.is_ok()
}

/// How the program ends: a command that was cut short tells of that, whatever it came to.
pub(super) fn code(of_command: ExitCode) -> ExitCode {
    if ASKED.load(Ordering::Relaxed) { ExitCode::from(INTERRUPTED) } else { of_command }
}

#[cfg(unix)]
pub(super) async fn asked_to_end() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else { return false };
    tokio::select! {
        heard = interrupt.recv() => heard.is_some(),
        heard = terminate.recv() => heard.is_some(),
    }
}

#[cfg(not(unix))]
pub(super) async fn asked_to_end() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}
