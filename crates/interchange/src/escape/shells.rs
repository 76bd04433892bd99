//! Words in a line for a shell, each read back as exactly what it is or refused, and files that curl reads.

use super::{Quoted, Unwritable, visible, without};

/// Who reads the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// sh, bash, dash, zsh.
    Posix,
    Fish,
    /// Windows `PowerShell` 5.1 and `PowerShell` 7.
    PowerShell,
    /// At the prompt; a batch file reads `%` otherwise.
    Cmd,
}

/// What cmd.exe reads at once, with room for the rest of the line.
const LONGEST_FOR_CMD: usize = 8_000;

impl Shell {
    /// A word of the shell's own language.
    ///
    /// # Errors
    /// There is no way to write it safely.
    pub fn quote(self, value: &str) -> Result<Quoted, Unwritable> {
        match self {
            Self::Posix => posix(value),
            Self::Fish => fish(value),
            Self::PowerShell => powershell(value),
            Self::Cmd => cmd(value),
        }
    }

    /// An argument of a program: bare when that is the same everywhere, else quoted.
    ///
    /// # Errors
    /// There is no way to write it safely, or the shell would not pass it on as it is.
    pub fn argument(self, value: &str) -> Result<Quoted, Unwritable> {
        if is_plain(value) {
            return Ok(Quoted::new(value.to_owned()));
        }
        if self == Self::PowerShell {
            // Before 7.3 it builds the program's command line without escaping what is inside.
            let what = if value.is_empty() {
                Some("an empty word")
            } else if value.contains('"') {
                Some("a double quotation mark")
            } else if value.ends_with('\\') {
                Some("a backslash at the end")
            } else {
                None
            };
            if let Some(what) = what {
                return Err(Unwritable::Argument { what });
            }
        }
        self.quote(value)
    }
}

/// Letters, digits and what none of the shells looks at, beginning with a letter: no option, number, variable or history.
fn is_plain(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
}

/// A word of sh, bash, dash, zsh.
///
/// # Errors
/// It holds what cannot be seen.
pub fn posix(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(format!("'{}'", visible(value)?.replace('\'', r"'\''"))))
}

/// # Errors
/// It holds what cannot be seen.
pub fn fish(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(format!("'{}'", visible(value)?.replace('\\', r"\\").replace('\'', r"\'"))))
}

/// Also the typographic quotation marks end a string there (`CharExtensions.IsSingleQuote` of `PowerShell`).
///
/// # Errors
/// It holds what cannot be seen.
pub fn powershell(value: &str) -> Result<Quoted, Unwritable> {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for c in visible(value)?.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    Ok(Quoted::new(quoted))
}

/// For a file: Windows `PowerShell` 5.1 reads one without a mark at its beginning in the encoding of the computer.
///
/// # Errors
/// It holds what cannot be seen, or letters beyond ASCII.
pub fn powershell_ascii(value: &str) -> Result<Quoted, Unwritable> {
    let quoted = powershell(value)?;
    if value.is_ascii() { Ok(quoted) } else { Err(Unwritable::Sign { sign: "letters beyond ASCII", reader: "Windows PowerShell" }) }
}

/// A word of cmd.exe, in double quotation marks. Inside of them, only `"`, `%` and variables have a meaning; `!` has one under delayed expansion.
///
/// # Errors
/// It holds what cannot be seen, `"`, `%`, `!`, or a backslash at its end.
pub fn cmd(value: &str) -> Result<Quoted, Unwritable> {
    const READER: &str = "cmd.exe";
    let value = without(visible(value)?, &["\"", "%", "!"], READER)?;
    if value.ends_with('\\') {
        return Err(Unwritable::Backslash(READER));
    }
    if value.len() > LONGEST_FOR_CMD {
        return Err(Unwritable::TooLong(READER));
    }
    Ok(Quoted::new(format!("\"{value}\"")))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use brickpass_core::connection::Unfit;

    #[test]
    fn every_shell_has_its_own_marks() {
        for (shell, value, quoted) in [
            (Shell::Posix, "a'b", r"'a'\''b'"),
            (Shell::Posix, r"a\", r"'a\'"),
            (Shell::Fish, r"a'b\", r"'a\'b\\'"),
            (Shell::PowerShell, "a'b\u{2019}c", "'a''b\u{2019}\u{2019}c'"),
            (Shell::PowerShell, "\u{2018}\u{201A}\u{201B}", "'\u{2018}\u{2018}\u{201A}\u{201A}\u{201B}\u{201B}'"),
            (Shell::PowerShell, "$(touch pwned)", "'$(touch pwned)'"),
            (Shell::Cmd, "a & b | c ^ d", "\"a & b | c ^ d\""),
        ] {
            assert_eq!(shell.quote(value).unwrap().expose(), quoted);
        }
    }

    #[test]
    fn ex_04_cmd_refuses_what_it_would_change() {
        for (value, why) in [
            ("%PATH%", Unwritable::Sign { sign: "%", reader: "cmd.exe" }),
            ("!x!", Unwritable::Sign { sign: "!", reader: "cmd.exe" }),
            ("a\"b", Unwritable::Sign { sign: "\"", reader: "cmd.exe" }),
            (r"a\", Unwritable::Backslash("cmd.exe")),
            ("a\nb", Unwritable::Unfit(Unfit::LineBreak)),
        ] {
            assert_eq!(Shell::Cmd.quote(value).err(), Some(why), "{value:?}");
        }
        assert_eq!(Shell::Cmd.quote(&"x".repeat(9_000)).err(), Some(Unwritable::TooLong("cmd.exe")));
    }

    #[test]
    fn what_cannot_be_seen_is_refused_in_every_shell() {
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell, Shell::Cmd] {
            for value in ["a\0", "a\nb", "a\r", "\u{1b}[31m", "a\u{202E}b", "a\u{200B}b"] {
                assert!(matches!(shell.quote(value), Err(Unwritable::Unfit(_))), "{shell:?} {value:?}");
            }
        }
    }

    #[test]
    fn a_plain_word_is_bare_and_powershell_passes_only_what_every_version_does() {
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell, Shell::Cmd] {
            assert_eq!(shell.argument("ada/sales-etl.v2").unwrap().expose(), "ada/sales-etl.v2");
            for other in ["-rf", "1e3", "=ls", "~", "a b", "a;b", "a*"] {
                assert_ne!(shell.argument(other).unwrap().expose(), other, "{shell:?}");
            }
        }
        for value in ["", "a\"b", r"a b\"] {
            assert!(matches!(Shell::PowerShell.argument(value), Err(Unwritable::Argument { .. })), "{value:?}");
        }
    }

    /// What a single-quoted word of the shell means, by that shell's grammar.
    fn read(shell: Shell, quoted: &str) -> Option<String> {
        let mut chars = quoted.chars().peekable();
        let mut value = String::new();
        let mut inside = false;
        while let Some(c) = chars.next() {
            match (shell, inside, c) {
                (Shell::PowerShell, true, '\'' | '\u{2018}'..='\u{201B}')
                    if matches!(chars.peek(), Some('\'' | '\u{2018}'..='\u{201B}')) =>
                {
                    value.push(c);
                    chars.next();
                }
                (Shell::PowerShell, _, '\'' | '\u{2018}'..='\u{201B}') | (_, _, '\'') => inside = !inside,
                (Shell::Fish, true, '\\') | (Shell::Posix, false, '\\') => value.push(chars.next()?),
                (_, true, c) => value.push(c),
                (_, false, _) => return None,
            }
        }
        (!inside).then_some(value)
    }

    proptest! {
        #[test]
        fn ex_01_ex_02_ex_03_a_quoted_value_is_read_back_exactly(value in "[ -~\u{2018}-\u{201B}ÆØÅæøå🙂]{0,40}") {
            for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell] {
                prop_assert_eq!(read(shell, shell.quote(&value).unwrap().expose()), Some(value.clone()));
            }
        }

        #[test]
        fn ex_04_what_cmd_takes_has_nothing_that_it_acts_upon(value in "\\PC{0,40}") {
            if let Ok(quoted) = Shell::Cmd.quote(&value) {
                let inner = quoted.expose().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                prop_assert_eq!(inner, Some(value.as_str()));
                prop_assert!(!value.contains(['"', '%', '!', '\r', '\n', '\0']) && !value.ends_with('\\'));
            }
        }
    }
}
