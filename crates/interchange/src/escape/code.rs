//! Literals of programming and configuration languages, with their quotation marks.

use std::fmt::Write as _;

use super::{Quoted, Unwritable, visible};

/// Between double quotation marks, `\` and `"` behind a backslash; `more` says what else is written otherwise.
fn double_quoted(value: &str, more: impl Fn(&mut String, char) -> bool) -> Result<Quoted, Unwritable> {
    let value = visible(value)?;
    let mut literal = String::with_capacity(value.len() + 16);
    literal.push('"');
    for c in value.chars() {
        match c {
            '\\' => literal.push_str(r"\\"),
            '"' => literal.push_str("\\\""),
            c if more(&mut literal, c) => {}
            c => literal.push(c),
        }
    }
    literal.push('"');
    Ok(Quoted::new(literal))
}

/// # Errors
/// It holds what cannot be seen.
pub fn python(value: &str) -> Result<Quoted, Unwritable> {
    double_quoted(value, |_, _| false)
}

/// An interpreted string literal; a raw one could not hold a backquote.
///
/// # Errors
/// It holds what cannot be seen.
pub fn go(value: &str) -> Result<Quoted, Unwritable> {
    double_quoted(value, |_, _| false)
}

/// # Errors
/// It holds what cannot be seen.
pub fn rust(value: &str) -> Result<Quoted, Unwritable> {
    double_quoted(value, |_, _| false)
}

/// Beyond ASCII as `\u` and four hexadecimal digits: compilers older than version 18 read files in the encoding of the computer.
///
/// # Errors
/// It holds what cannot be seen, or is longer than a constant may be.
pub fn java(value: &str) -> Result<Quoted, Unwritable> {
    if value.len() > 65_000 {
        return Err(Unwritable::TooLong("Java"));
    }
    double_quoted(value, |literal, c| {
        if c.is_ascii() {
            return false;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // A String takes everything.
            let _ = write!(literal, "\\u{unit:04x}");
        }
        true
    })
}

/// Also within a page: `<` is written so that no element ends.
///
/// # Errors
/// It holds what cannot be seen.
pub fn javascript(value: &str) -> Result<Quoted, Unwritable> {
    double_quoted(value, |literal, c| {
        let ends_a_script = c == '<';
        if ends_a_script {
            literal.push_str(r"\x3c");
        }
        ends_a_script
    })
}

/// A quoted template of Terraform's language, in which `${` and `%{` would begin something.
/// Source: HCL native syntax specification, "Template Expressions".
///
/// # Errors
/// It holds what cannot be seen.
pub fn hcl(value: &str) -> Result<Quoted, Unwritable> {
    let value = visible(value)?;
    let mut literal = String::with_capacity(value.len() + 16);
    literal.push('"');
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => literal.push_str(r"\\"),
            '"' => literal.push_str("\\\""),
            '$' | '%' if chars.peek() == Some(&'{') => {
                literal.push(c);
                literal.push(c);
            }
            // `$${` is itself the way to write `${`: what stands before such a pair is written so that it cannot join it.
            '$' | '%' if chars.peek() == Some(&c) => {
                let _ = write!(literal, "\\u{:04x}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    Ok(Quoted::new(literal))
}

/// # Errors
/// It holds what cannot be seen.
pub fn bicep(value: &str) -> Result<Quoted, Unwritable> {
    let escaped = visible(value)?.replace('\\', r"\\").replace('\'', r"\'").replace("${", r"\${");
    Ok(Quoted::new(format!("'{escaped}'")))
}

/// A text literal of Power Query's language, in which `#(` begins an escape.
///
/// # Errors
/// It holds what cannot be seen.
pub fn power_query(value: &str) -> Result<Quoted, Unwritable> {
    let escaped = visible(value)?.replace("#(", "#(#)(").replace('"', "\"\"");
    Ok(Quoted::new(format!("\"{escaped}\"")))
}
