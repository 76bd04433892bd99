//! Values in a line for a shell: each is read back as exactly what it is, or refused. Nothing in between.

use brickpass_core::connection::{Unfit, unfit};

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

/// Why a value cannot stand in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unquotable {
    #[error("it contains {0}")]
    Unfit(Unfit),
    #[error("cmd.exe has no way to write {0}")]
    Sign(char),
    #[error("it ends with a backslash, which would take the quotation mark after it along")]
    TrailingBackslash,
    #[error("{shell} passes {what} on to a program in different ways, depending on its version", shell = "PowerShell")]
    Argument { what: &'static str },
    #[error("it has more characters than cmd.exe reads")]
    TooLong,
}

/// What cmd.exe reads at once, with room for the rest of the line.
const LONGEST_FOR_CMD: usize = 8_000;

impl Shell {
    /// A word of the shell's own language. What a person cannot see has no place in a line that they are to run.
    ///
    /// # Errors
    /// There is no way to write it safely.
    pub fn quote(self, value: &str) -> Result<String, Unquotable> {
        if let Some(hidden) = unfit(value) {
            return Err(Unquotable::Unfit(hidden));
        }
        Ok(match self {
            Self::Posix => format!("'{}'", value.replace('\'', r"'\''")),
            Self::Fish => format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'")),
            Self::PowerShell => in_powershell(value),
            Self::Cmd => in_cmd(value)?,
        })
    }

    /// An argument of a program: bare when that is the same everywhere, else quoted.
    ///
    /// # Errors
    /// There is no way to write it safely, or the shell would not pass it on as it is.
    pub fn argument(self, value: &str) -> Result<String, Unquotable> {
        if is_plain(value) {
            return Ok(value.to_owned());
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
                return Err(Unquotable::Argument { what });
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

/// Also the typographic quotation marks end a string there (`CharExtensions.IsSingleQuote` of `PowerShell`).
fn in_powershell(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for c in value.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

/// Inside of double quotation marks, only these and variables have a meaning; `!` has one under delayed expansion.
fn in_cmd(value: &str) -> Result<String, Unquotable> {
    if let Some(sign) = value.chars().find(|c| matches!(c, '"' | '%' | '!')) {
        return Err(Unquotable::Sign(sign));
    }
    if value.ends_with('\\') {
        return Err(Unquotable::TrailingBackslash);
    }
    if value.len() > LONGEST_FOR_CMD {
        return Err(Unquotable::TooLong);
    }
    Ok(format!("\"{value}\""))
}

/// A line that is being written. Only words of this program go in as they are; everything else is quoted on its way.
#[derive(Debug)]
pub struct Line {
    shell: Shell,
    text: String,
}

impl Line {
    #[must_use]
    pub fn new(shell: Shell) -> Self {
        Self { shell, text: String::new() }
    }

    #[must_use]
    pub fn words(mut self, words: &'static str) -> Self {
        self.text.push_str(words);
        self
    }

    /// # Errors
    /// [`Shell::argument`]
    pub fn argument(mut self, value: &str) -> Result<Self, Unquotable> {
        self.text.push_str(&self.shell.argument(value)?);
        Ok(self)
    }

    /// # Errors
    /// [`Shell::quote`]
    pub fn quoted(mut self, value: &str) -> Result<Self, Unquotable> {
        self.text.push_str(&self.shell.quote(value)?);
        Ok(self)
    }

    /// A line for the same shell goes in as a part of this one.
    #[must_use]
    pub fn part(mut self, part: &Self) -> Self {
        debug_assert_eq!(self.shell, part.shell, "quoted for another shell");
        self.text.push_str(&part.text);
        self
    }

    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            assert_eq!(shell.quote(value).unwrap(), quoted);
        }
    }

    #[test]
    fn ex_04_cmd_refuses_what_it_would_change() {
        for (value, why) in [
            ("%PATH%", Unquotable::Sign('%')),
            ("!x!", Unquotable::Sign('!')),
            ("a\"b", Unquotable::Sign('"')),
            (r"a\", Unquotable::TrailingBackslash),
            ("a\nb", Unquotable::Unfit(Unfit::LineBreak)),
        ] {
            assert_eq!(Shell::Cmd.quote(value), Err(why), "{value:?}");
        }
        assert_eq!(Shell::Cmd.quote(&"x".repeat(9_000)), Err(Unquotable::TooLong));
    }

    #[test]
    fn what_cannot_be_seen_is_refused_in_every_shell() {
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell, Shell::Cmd] {
            for value in ["a\0", "a\nb", "a\r", "\u{1b}[31m", "a\u{202E}b", "a\u{200B}b"] {
                assert!(matches!(shell.quote(value), Err(Unquotable::Unfit(_))), "{shell:?} {value:?}");
            }
        }
    }

    #[test]
    fn a_plain_word_is_bare_and_powershell_passes_only_what_every_version_does() {
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell, Shell::Cmd] {
            assert_eq!(shell.argument("ada/sales-etl.v2").unwrap(), "ada/sales-etl.v2");
            for other in ["-rf", "1e3", "=ls", "~", "a b", "a;b", "a*"] {
                assert_ne!(shell.argument(other).unwrap(), other, "{shell:?}");
            }
        }
        for value in ["", "a\"b", r"a b\"] {
            assert!(matches!(Shell::PowerShell.argument(value), Err(Unquotable::Argument { .. })), "{value:?}");
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
                prop_assert_eq!(read(shell, &shell.quote(&value).unwrap()), Some(value.clone()));
            }
        }

        #[test]
        fn ex_04_what_cmd_takes_has_nothing_that_it_acts_upon(value in "\\PC{0,40}") {
            if let Ok(quoted) = Shell::Cmd.quote(&value) {
                let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                prop_assert_eq!(inner, Some(value.as_str()));
                prop_assert!(!value.contains(['"', '%', '!', '\r', '\n', '\0']) && !value.ends_with('\\'));
            }
        }
    }
}
