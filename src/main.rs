//! `brickpass`: no subcommand opens the window, a subcommand works without a display.

use std::{alloc::System, process::ExitCode};

use brickpass_cli::{self as cli, Prepared, Task};
use brickpass_core::failure::{Code, Failure};
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every freed byte, so that copies of a secret in a library's buffers (parsers, protocols) are wiped with the buffer.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cli::quiet_panics();
    cli::keep_memory_private();
    match cli::task() {
        Task::Done(code) => code,
        Task::Window(opening) => match opening.prepare().and_then(|prepared| open_window(&prepared)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => cli::tell_failure(&failure, false),
        },
    }
}

#[cfg(feature = "window")]
fn open_window(prepared: &Prepared) -> Result<(), Failure> {
    use brickpass::ui::{self, Launch};
    use brickpass_storage::{SettingsFile, WindowFile};

    let places = prepared.places.clone();
    let window = WindowFile::new(&places.state_dir).load();
    // The window reports problems with the settings once it is open.
    let theme = SettingsFile::new(&places.config_dir).load().0.theme;
    let title = if prepared.is_demo() { "Brickpass (demo)" } else { "Brickpass" }.to_owned();
    ui::run(Launch { places, title, theme, window }).map_err(|error| {
        Failure::new(
            Code::Unsupported,
            "The window could not be opened.",
            "There is no desktop session, or its graphics cannot show a window.",
            "Run Brickpass in a desktop session. Without one, use a subcommand (brickpass --help).",
        )
        .with_details(error.to_string())
    })
}

#[cfg(not(feature = "window"))]
fn open_window(_: &Prepared) -> Result<(), Failure> {
    Err(Failure::new(
        Code::Unsupported,
        "This build of Brickpass has no window.",
        "It was built for servers and containers.",
        "Use a subcommand (brickpass --help), or install the build with the window.",
    ))
}
