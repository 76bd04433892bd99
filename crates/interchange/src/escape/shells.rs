//! Lines that a shell runs, and files that curl reads.

use super::{Quoted, Unwritable, visible};
use crate::shell::{Shell, Unquotable};

fn in_shell(shell: Shell, value: &str) -> Result<Quoted, Unwritable> {
    shell.quote(value).map(Quoted::new).map_err(|error| match error {
        Unquotable::Unfit(hidden) => Unwritable::Unfit(hidden),
        Unquotable::Sign('"') => Unwritable::Sign { sign: "\"", reader: "cmd.exe" },
        Unquotable::Sign('%') => Unwritable::Sign { sign: "%", reader: "cmd.exe" },
        Unquotable::Sign(_) => Unwritable::Sign { sign: "!", reader: "cmd.exe" },
        Unquotable::TrailingBackslash => Unwritable::Backslash("cmd.exe"),
        Unquotable::Argument { what } => Unwritable::Sign { sign: what, reader: "PowerShell" },
        Unquotable::TooLong => Unwritable::TooLong("cmd.exe"),
    })
}

/// A word of sh, bash, dash, zsh.
///
/// # Errors
/// It holds what cannot be seen.
pub fn posix(value: &str) -> Result<Quoted, Unwritable> {
    in_shell(Shell::Posix, value)
}

/// # Errors
/// It holds what cannot be seen.
pub fn fish(value: &str) -> Result<Quoted, Unwritable> {
    in_shell(Shell::Fish, value)
}

/// # Errors
/// It holds what cannot be seen.
pub fn powershell(value: &str) -> Result<Quoted, Unwritable> {
    in_shell(Shell::PowerShell, value)
}

/// For a file: Windows `PowerShell` 5.1 reads one without a mark at its beginning in the encoding of the computer.
///
/// # Errors
/// It holds what cannot be seen, or letters beyond ASCII.
pub fn powershell_ascii(value: &str) -> Result<Quoted, Unwritable> {
    let quoted = powershell(value)?;
    if value.is_ascii() { Ok(quoted) } else { Err(Unwritable::Sign { sign: "letters beyond ASCII", reader: "Windows PowerShell" }) }
}

/// A word of cmd.exe, in double quotation marks.
///
/// # Errors
/// It holds what cannot be seen, `"`, `%`, `!`, or a backslash at its end.
pub fn cmd(value: &str) -> Result<Quoted, Unwritable> {
    in_shell(Shell::Cmd, value)
}

/// What stands behind `set "NAME=` and before the closing mark, at the prompt and in a batch file alike.
///
/// # Errors
/// As [`cmd`]; empty (which would unset the variable).
pub fn batch(value: &str) -> Result<Quoted, Unwritable> {
    if value.is_empty() {
        return Err(Unwritable::Empty);
    }
    cmd(value)?;
    Ok(Quoted::new(value.to_owned()))
}

/// A value of a file for `curl --config`, in double quotation marks. Source: curl's manual, `-K, --config`.
///
/// # Errors
/// It holds what cannot be seen.
pub fn curl(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(format!("\"{}\"", visible(value)?.replace('\\', r"\\").replace('"', "\\\""))))
}
