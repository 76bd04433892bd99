//! Variables that a program is started with, or a file of them. Nothing is expanded and nothing is run: what would be is told as "has to be typed".

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{
    Found, Kind, damaged,
    found::Given,
    reference::reference,
    variables::{self, Variables},
};
use brickpass_core::{connection::without_quotes, failure::Failure};

/// What the connection is called for want of a name.
const PLACE: &str = "Environment";

pub(super) const READER: super::Reader = super::Reader {
    word: "env",
    label: "Environment variables",
    phrase: "environment variables",
    read: |text, _| read(text),
    nothing: "None of the Databricks variables is set, such as DATABRICKS_HOST.",
};

pub(super) fn of_variables(variables: Vec<(String, SecretString)>) -> Found {
    collect(variables.into_iter().map(|(name, value)| (name, Given::Text(unquoted(value)))).collect())
}

/// `docker run --env-file` and some pipelines leave the quotation marks of a `.env` file in the value.
fn unquoted(value: SecretString) -> SecretString {
    match without_quotes(value.expose_secret().trim()) {
        Some(inner) => SecretString::from(inner.to_owned()),
        None => value,
    }
}

/// Lines of sh, fish, PowerShell, cmd and of `.env` files.
pub(super) fn read(text: &str) -> Result<Found, Failure> {
    Ok(collect(lines(text, Kind::Environment)?.into_iter().map(|(_, name, value)| (name, value)).collect()))
}

/// The variables that lines set, each with the number of its line. What sets nothing is passed over, and so is what cannot be read of variables
/// that are not asked for here.
pub(super) fn lines(text: &str, kind: Kind) -> Result<Vec<(usize, String, Given)>, Failure> {
    let mut variables = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || ["#", "::", "REM ", "rem ", "//"].iter().any(|sign| line.starts_with(sign)) {
            continue;
        }
        let mut read = assignment(line);
        if read.is_err() {
            let Some((name, quote)) = unclosed(line) else { continue };
            if !variables::is_known(name) {
                continue;
            }
            // A value of several lines, such as JSON.
            let mut whole = Zeroizing::new(line.to_owned());
            for (_, more) in lines.by_ref() {
                whole.extend(["\n", more]);
                if more.contains(quote) {
                    break;
                }
            }
            read = assignment(&whole);
        }
        match read {
            Ok(Some((name, value))) => variables.push((at + 1, name, value)),
            Ok(None) => {}
            Err(why) => return Err(damaged(kind, format!("Line {}: {why}.", at + 1))),
        }
    }
    Ok(variables)
}

/// The name of a variable, and the quotation mark of its value that is not closed in the line.
fn unclosed(line: &str) -> Option<(&str, char)> {
    let (before, value) = line.split_once('=')?;
    let name = before.rsplit([' ', ':', '"']).next()?;
    value.chars().find(|c| matches!(c, '\'' | '"')).map(|quote| (name, quote))
}

fn collect(variables: Variables) -> Found {
    let mut found = Found::new(Kind::Environment);
    variables::connections(PLACE, variables, &mut found);
    found
}

/// `None`: a line that sets nothing (a command, `unset`).
fn assignment(line: &str) -> Result<Option<(String, Given)>, &'static str> {
    if let Some(rest) = line.strip_prefix("$env:").or_else(|| line.strip_prefix("$Env:")) {
        let Some((name, value)) = rest.split_once('=') else { return Ok(None) };
        return Ok(variable(name).zip(Some(powershell(value.trim())?)));
    }
    if let Some(rest) = line.strip_prefix("set ").or_else(|| line.strip_prefix("SET ")) {
        return fish(rest).or_else(|| cmd(rest).map(Ok)).transpose();
    }
    let rest = ["export ", "declare -x ", "ENV ", "ARG "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line).trim_start();
    let Some((name, value)) = rest.split_once('=') else { return Ok(None) };
    let Some(name) = variable(name) else { return Ok(None) };
    Ok(Some((name, sh(value)?)))
}

fn variable(name: &str) -> Option<String> {
    let name = name.trim_end();
    let fits =
        !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| name.to_owned())
}

fn made_when_used() -> Given {
    Given::Elsewhere("it is computed when it is used, and nothing of that is run here".to_owned())
}

/// Quoted pieces and bare ones, until a space or a comment. `$` and backticks are only literal inside of single quotes.
fn sh(value: &str) -> Result<Given, &'static str> {
    let mut kept = Zeroizing::new(String::with_capacity(value.len()));
    let mut chars = value.trim_start().chars().peekable();
    let mut expands = false;
    while let Some(c) = chars.next() {
        match c {
            '\'' => loop {
                match chars.next().ok_or(UNCLOSED)? {
                    '\'' => break,
                    c => kept.push(c),
                }
            },
            '"' => loop {
                match chars.next().ok_or(UNCLOSED)? {
                    '"' => break,
                    '\\' => match chars.next().ok_or(UNCLOSED)? {
                        c @ ('"' | '\\' | '$' | '`') => kept.push(c),
                        c => kept.extend(['\\', c]),
                    },
                    c => {
                        expands |= matches!(c, '$' | '`');
                        kept.push(c);
                    }
                }
            },
            '\\' => kept.extend(chars.next()),
            // A comment, or the next command.
            // A URL of a driver in a file that no shell reads.
            ';' if ["sc://", "jdbc:"].iter().any(|scheme| kept.starts_with(scheme)) => kept.push(c),
            c if c.is_whitespace() || c == ';' => {
                let rest: String = chars.collect();
                if rest.trim_start().is_empty() || rest.trim_start().starts_with(['#', '&', '|', ';']) || c == ';' {
                    break;
                }
                // Docker's files and systemd's take a value with spaces as it is.
                kept.push(c);
                expands |= rest.contains(['$', '`']);
                let until = rest.find(" #").unwrap_or(rest.len());
                kept.push_str(rest.get(..until).unwrap_or(&rest).trim_end());
                break;
            }
            c => {
                expands |= matches!(c, '$' | '`');
                kept.push(c);
            }
        }
    }
    Ok(if expands { reference(&kept).map_or_else(made_when_used, Given::Elsewhere) } else { Given::text(&kept) })
}

const UNCLOSED: &str = "A quotation mark is not closed";

/// `set -gx NAME 'value'`; `None` when it is not fish's `set`.
fn fish(rest: &str) -> Option<Result<(String, Given), &'static str>> {
    let mut rest = rest.trim_start();
    let mut is_fish = false;
    while let Some((option, behind)) = rest.strip_prefix('-').and_then(|option| option.split_once(' ')) {
        if !option.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
            return None;
        }
        (rest, is_fish) = (behind.trim_start(), true);
    }
    let (name, value) = rest.split_once(' ').filter(|_| is_fish)?;
    Some(fish_value(value).map(|value| (name.to_owned(), value)))
}

/// As in sh, but `\'` and `\\` inside of single quotes stand for the characters.
fn fish_value(value: &str) -> Result<Given, &'static str> {
    let Some(inner) = value.trim().strip_prefix('\'') else {
        let given = sh(value)?;
        return Ok(if given.literal().is_some_and(|text| text.contains('(')) { made_when_used() } else { given });
    };
    let mut kept = Zeroizing::new(String::with_capacity(inner.len()));
    let mut chars = inner.chars().peekable();
    loop {
        match chars.next().ok_or(UNCLOSED)? {
            '\'' => return Ok(Given::text(&kept)),
            '\\' => match chars.next().ok_or(UNCLOSED)? {
                c @ ('\'' | '\\') => kept.push(c),
                c => kept.extend(['\\', c]),
            },
            c => kept.push(c),
        }
    }
}

/// `set "NAME=value"` and `set NAME=value`; a `%` doubled is one.
fn cmd(rest: &str) -> Option<(String, Given)> {
    let rest = rest.trim();
    let rest = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest);
    let (name, value) = rest.split_once('=')?;
    let literal = value.replace("%%", "");
    let value = if literal.contains('%') { made_when_used() } else { Given::text(&value.replace("%%", "%")) };
    Some((variable(name)?, value))
}

/// Single quotes of all kinds, doubled inside; double quotes without what would be expanded.
fn powershell(value: &str) -> Result<Given, &'static str> {
    let is_single = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
    let mut chars = value.chars().peekable();
    match chars.next() {
        Some(quote) if is_single(quote) => {
            let mut kept = Zeroizing::new(String::with_capacity(value.len()));
            loop {
                match chars.next().ok_or(UNCLOSED)? {
                    c if is_single(c) && chars.next_if(|next| is_single(*next)).is_some() => kept.push(c),
                    c if is_single(c) => return Ok(Given::text(&kept)),
                    c => kept.push(c),
                }
            }
        }
        Some('"') => {
            let (inner, _) = value.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or(UNCLOSED)?;
            Ok(if inner.contains(['$', '`']) { made_when_used() } else { Given::text(inner) })
        }
        _ => Ok(made_when_used()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> Option<(String, Option<String>)> {
        assignment(line).unwrap().map(|(name, value)| (name, value.literal().map(str::to_owned)))
    }

    #[test]
    fn a_value_is_read_as_its_shell_would_and_nothing_is_expanded() {
        for (line, expected) in [
            ("A=b", Some("b")),
            ("export A='b'", Some("b")),
            (r"export A='it'\''s'", Some("it's")),
            (r#"A="b \"c\" \$d""#, Some(r#"b "c" $d"#)),
            ("A=b # why", Some("b")),
            ("A=b#c", Some("b#c")),
            ("A='b' && export A", Some("b")),
            ("A=\"$(brickpass token x)\" && export A", None),
            ("A='b # c' # why", Some("b # c")),
            ("A=$(touch pwned)", None),
            ("A=\"$(touch pwned)\"", None),
            ("A=`id`", None),
            ("A='$(touch pwned)'", Some("$(touch pwned)")),
            ("A=$HOME/x", None),
            ("A=", None),
            ("A=b c d", Some("b c d")),
            ("set -gx A 'b\\'c'", Some("b'c")),
            ("set -gx A (brickpass token x)", None),
            ("$env:A = 'b''c'", Some("b'c")),
            ("$env:A = \"b\"", Some("b")),
            ("$env:A = (brickpass token x)", None),
            ("set \"A=b%%c\"", Some("b%c")),
            ("set A=%B%", None),
        ] {
            assert_eq!(value(line), Some(("A".to_owned(), expected.map(str::to_owned))), "{line}");
        }
        assert_eq!(value("unset A"), None);
        assert_eq!(value("1A=b"), None);
        assert!(assignment("A='b").is_err());
    }
}
