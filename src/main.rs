//! `brickpass`: no subcommand opens the window, a subcommand works without a display.

use std::process::ExitCode;

use brickpass::{
    cli::{self, Task},
    ui,
};

fn main() -> ExitCode {
    match cli::task() {
        Task::Done(code) => code,
        Task::Window(opening) => match opening.prepare().and_then(|prepared| ui::run(prepared.places.clone()).map(|()| drop(prepared))) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => cli::tell_failure(&failure, false),
        },
    }
}
