//! What is fast, beside its yardstick, in one run: `make bench`. Prints a table and writes nothing.
//!
//! Outside: the built program against the least window that eframe can open, started in turn. Inside: the window's own drawing without a
//! display, and the file of connections, at 100 and at 10,000 connections, so that growth shows. Tokens: a table of 1,000, as many callers at
//! the moment when one ends, and `brickpass token` as a whole process. Credential: `brickpass-credential` as SDKs start it. Profiles: one change in a
//! `.databrickscfg` of 10,000, beside the Databricks CLI. `cargo bench -- inside`
//! (or `outside`, `tokens`, `credential`, `profiles`) measures one of them alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement may fail loudly"
)]
#![cfg_attr(not(target_os = "linux"), allow(unused_imports, dead_code, reason = "what is for what can only be measured on Linux"))]

#[cfg(target_os = "linux")]
mod credential;
#[path = "../../tests/databricks_cli.rs"]
mod databricks_cli;
mod inside;
#[cfg(target_os = "linux")]
mod outside;
mod profiles;
mod token_table;
mod tokens;

use std::{alloc::System, process::ExitCode, time::Duration};

use brickpass_core::connection::Connection;
use serde_json::json;
use zeroizing_alloc::ZeroAlloc;

/// What is measured in this process pays for it as the program does.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// One line of the table.
struct Line {
    what: String,
    measured: String,
    /// What it is held against, and whether it holds.
    target: Option<(String, bool)>,
}

impl Line {
    fn plain(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), measured: measured.into(), target: None }
    }

    fn held(what: impl Into<String>, measured: impl Into<String>, target: impl Into<String>, holds: bool) -> Self {
        Self { what: what.into(), measured: measured.into(), target: Some((target.into(), holds)) }
    }
}

fn main() -> ExitCode {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{cores} cores, {} {}, medians\n", std::env::consts::OS, std::env::consts::ARCH);
    let mut lines = Vec::new();
    let named: Vec<String> = std::env::args()
        .filter(|argument| ["inside", "outside", "tokens", "credential", "profiles"].contains(&argument.as_str()))
        .collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    #[cfg(target_os = "linux")]
    if wanted("outside") {
        match outside::lines() {
            Ok(found) => lines.extend(found),
            Err(reason) => lines.push(Line::plain("start, memory, idle", format!("skipped: {reason}"))),
        }
    }
    if wanted("inside") {
        lines.extend(inside::lines());
    }
    if wanted("tokens") {
        lines.extend(token_table::lines());
        lines.extend(tokens::at_expiry());
        #[cfg(target_os = "linux")]
        lines.extend(tokens::whole_process());
    }

    #[cfg(target_os = "linux")]
    if wanted("credential") {
        lines.extend(credential::lines());
    }

    if wanted("profiles") {
        lines.extend(profiles::lines());
    }

    let mut all_hold = true;
    println!("{:<58} {:>24}   {:<16} verdict", "what", "measured", "target");
    for Line { what, measured, target } in lines {
        let (target, verdict) = match target {
            Some((target, true)) => (target, "holds"),
            Some((target, false)) => {
                all_hold = false;
                (target, "DOES NOT HOLD")
            }
            None => (String::new(), ""),
        };
        println!("{what:<58} {measured:>24}   {target:<16} {verdict}");
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn median(mut values: Vec<Duration>) -> Duration {
    values.sort_unstable();
    values[values.len() / 2]
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

/// As many as asked for, in folders, with tags, as a person who has thousands would have them.
fn connections(count: usize) -> Vec<Connection> {
    let environments = ["dev", "test", "prod"];
    (0..count)
        .map(|number| {
            serde_json::from_value(json!({
                "id": format!("8a5e0a4e-1111-4222-8333-{number:012}"),
                "name": format!("Workspace {number} of the {} team", ["sales", "finance", "operations", "research"][number % 4]),
                "description": "Nightly models; ask the data platform",
                "base_url": format!("https://adb-{}.{}.azuredatabricks.net", 1_000_000_000_000_000_u64 + number as u64, number % 20),
                "timeout_seconds": 30,
                "auth": {"type": "pat"},
                "level": "workspace",
                "environment": environments[number % 3],
                "tags": ["nightly", "eu-west"],
                "folder": format!("Team {}/Area {}", number % 12, number % 5),
                "pinned": number % 1000 == 0,
            }))
            .expect("a connection as the file keeps it")
        })
        .collect()
}
