//! What is said when Brickpass itself made a mistake: where, and nothing of what it was working on.

use std::{io::Write as _, panic, thread};

/// The message of a panic may hold any value of the program, a secret among them (`unwrap` prints what it found). So only the place in the
/// source is told, which is what a report needs. The thread's name is one of ours.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let at = info.location().map_or_else(|| "an unknown location".to_owned(), ToString::to_string);
        let thread = thread::current();
        let name = thread.name().unwrap_or("unnamed");
        // Who closed stderr hears nothing; a second panic in here would end the program.
        let _ = writeln!(
            std::io::stderr(),
            "Something went wrong in Brickpass at {at} (thread {name}).\nDetails are hidden because they may contain a secret. Please report this location."
        );
    }));
}

/// No core dumps with secrets in them; in a release build no debugger of the same user's either. Where the system refuses, nothing else changes.
#[cfg(target_os = "linux")]
pub fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..getrlimit(Resource::Core) });
    if !cfg!(debug_assertions) {
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn keep_memory_private() {}
