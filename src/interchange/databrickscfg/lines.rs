//! The file line by line, in the dialect of ini.v1 (Go), which decides what stands in it. Every byte belongs to exactly one line.

use std::ops::Range;

use zeroize::Zeroizing;

/// One line of the file; a value that goes on makes it several lines of text.
pub(super) struct Line {
    /// Where its bytes are, line break included.
    pub(super) bytes: Range<usize>,
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Blank,
    Comment,
    Section(String),
    Entry(Entry),
}

pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Zeroizing<String>,
    /// Where the value stands, its quotes included; relative to the line.
    pub(super) place: Range<usize>,
    /// A comment behind the value, sign included; relative to the line.
    pub(super) comment: Option<Range<usize>>,
    pub(super) written: Written,
}

/// What other readers may understand otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Written {
    pub(super) quoted: bool,
    /// In backticks, `"""`, or going on after a backslash.
    pub(super) only_go: bool,
    /// `:` instead of `=`.
    pub(super) colon: bool,
}

/// Go refuses the whole file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

/// The mark that some editors put before a text.
pub(super) const BOM: char = '\u{feff}';

pub(super) fn lines(text: &str) -> Result<Vec<Line>, Unreadable> {
    let mut found = Vec::new();
    let mut at = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    if at > 0 {
        found.push(Line { bytes: 0..at, number: 0, kind: Kind::Blank });
    }
    let mut number = 1;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (kind, length) = line(rest).map_err(|why| Unreadable { line: number, why })?;
        found.push(Line { bytes: at..at + length, number, kind });
        number += rest.get(..length).unwrap_or_default().matches('\n').count();
        at += length;
    }
    Ok(found)
}

/// What the text begins with, and how many bytes of it that is.
fn line(rest: &str) -> Result<(Kind, usize), &'static str> {
    let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let whole = rest.get(..length).unwrap_or_default();
    let text = whole.trim();
    Ok(match text.chars().next() {
        None => (Kind::Blank, length),
        Some('#' | ';') => (Kind::Comment, length),
        Some('[') => {
            let end = text.rfind(']').ok_or("a section that is not closed")?;
            (Kind::Section(text.get(1..end).unwrap_or_default().to_owned()), length)
        }
        Some(_) => return entry(rest, length).map(|(entry, length)| (Kind::Entry(entry), length)),
    })
}

fn entry(rest: &str, first: usize) -> Result<(Entry, usize), &'static str> {
    let whole = rest.get(..first).unwrap_or_default();
    let indent = whole.len() - whole.trim_start().len();
    let body = whole.get(indent..).unwrap_or_default();
    // A key in quotes may hold a delimiter.
    let (key, after) = match body.chars().next() {
        Some(quote @ ('"' | '`')) => {
            let end = body.get(1..).and_then(|inside| inside.find(quote)).ok_or("a key whose quotation mark is not closed")?;
            (body.get(1..=end).unwrap_or_default(), indent + end + 2)
        }
        _ => {
            let end = body.find(['=', ':']).ok_or("a line that is neither a section nor a key with a value")?;
            (body.get(..end).unwrap_or_default().trim_end(), indent + end)
        }
    };
    let tail = whole.get(after..).unwrap_or_default();
    let delimiter = after + tail.find(['=', ':']).ok_or("a key without a value")?;
    let colon = whole.get(delimiter..).is_some_and(|it| it.starts_with(':'));
    let from = delimiter + 1;
    let value = whole.get(from..).unwrap_or_default();
    let start = from + (value.len() - value.trim_start_matches([' ', '\t']).len());
    let (read, length) = read_value(rest, start, first)?;
    let Value { text, end, comment, quoted, only_go } = read;
    if key.is_empty() {
        return Err("a value without a key");
    }
    let written = Written { quoted, only_go, colon };
    Ok((Entry { key: key.to_owned(), value: text, place: start..end, comment, written }, length))
}

struct Value {
    text: Zeroizing<String>,
    end: usize,
    comment: Option<Range<usize>>,
    quoted: bool,
    only_go: bool,
}

/// `start`: where the value begins; `first`: where the first line ends. Gives the value and where the last of its lines ends.
fn read_value(rest: &str, start: usize, first: usize) -> Result<(Value, usize), &'static str> {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let first_line = rest.get(start..first).unwrap_or_default();
    for fence in ["\"\"\"", "`"] {
        if let Some(inside) = first_line.starts_with(fence).then(|| rest.get(start + fence.len()..).unwrap_or_default()) {
            let close = inside.find(fence).ok_or("a value whose quotation mark is not closed")?;
            let end = start + fence.len() + close + fence.len();
            let length = rest.get(end..).unwrap_or_default().find('\n').map_or(rest.len(), |at| end + at + 1);
            let text = own(inside.get(..close).unwrap_or_default());
            return Ok((Value { text, end, comment: None, quoted: false, only_go: true }, length));
        }
    }
    let trimmed = first_line.trim_end();
    if trimmed.ends_with('\\') {
        return Ok(continued(rest, start, first));
    }
    // The sign counts only behind a blank, and `#` before `;`.
    let sign = trimmed.find(" #").or_else(|| trimmed.find(" ;"));
    let text = sign.map_or(trimmed, |at| trimmed.get(..at).unwrap_or_default()).trim_end();
    let comment = sign.map(|at| start + at + 1..start + trimmed.len());
    let quoted =
        text.len() >= 2 && [('"', '"'), ('\'', '\'')].iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close));
    let value = if quoted { text.get(1..text.len() - 1).unwrap_or_default() } else { text };
    Ok((Value { text: own(value), end: start + text.len(), comment, quoted, only_go: false }, first))
}

/// A value that ends with a backslash goes on in the next line.
fn continued(rest: &str, start: usize, first: usize) -> (Value, usize) {
    let mut text = Zeroizing::new(String::with_capacity(first));
    let (mut from, mut length) = (start, first);
    loop {
        let part = rest.get(from..length).unwrap_or_default().trim();
        match part.strip_suffix('\\') {
            Some(part) if length < rest.len() => {
                text.push_str(part);
                from = length;
                length = rest.get(from..).unwrap_or_default().find('\n').map_or(rest.len(), |at| from + at + 1);
            }
            other => {
                text.push_str(other.unwrap_or(part));
                let end = length - rest.get(from..length).map_or(0, |line| line.len() - line.trim_end().len());
                return (Value { text, end, comment: None, quoted: false, only_go: true }, length);
            }
        }
    }
}
