//! The line that runs a tool as a connection, as the shells read it that are here.

use std::process::Command;

use brickpass_core::connection::AuthKind;

use super::{Asked, LIMIT};
use crate::support::{hostile_values, run, skip, tool_exists};

/// Writes its arguments, each in a line, in the place of the program.
const STAND_INS: [(&str, &str); 2] =
    [("sh", "brickpass() { printf '%s\\n' \"$@\"; }\n"), ("fish", "function brickpass; printf '%s\\n' $argv; end\n")];

#[test]
fn ex_01_the_line_that_is_copied_names_its_connection_whatever_it_is_called() {
    for (shell, stand_in) in STAND_INS {
        if !tool_exists(shell) {
            skip("ex_01_the_line_that_is_copied_names_its_connection_whatever_it_is_called", &format!("{shell} is not installed"));
            continue;
        }
        let mut read = 0;
        for asked in hostile_values().into_iter().filter_map(|(_, value)| Asked::of(AuthKind::Browser).name(&value)) {
            let document = asked.clone().set("shell", shell).write("exec").unwrap();
            let line = super::score::files(&document).remove(0).1;
            let seen = run(Command::new(shell).args(["-c", &format!("{stand_in}{line}")]), b"", LIMIT);
            let (id, name) = (asked.connection.id.to_string(), asked.connection.name.as_str());
            let called = if name.starts_with('-') { &id } else { name };
            let words: Vec<_> = seen.stdout.lines().collect();
            assert_eq!(words, ["exec", called, "--", "databricks", "current-user", "me"], "{shell}: {line} {seen:?}");
            read += 1;
        }
        assert!(read > 10, "{shell}: {read}");
    }
}
