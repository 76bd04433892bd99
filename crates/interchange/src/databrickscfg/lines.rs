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
    /// Its name.
    Section(Piece),
    Entry(Entry),
}

/// A part of the file's text: a file of thousands of profiles is taken apart without a copy of it.
pub(super) enum Piece {
    There(Range<usize>),
    /// It stands nowhere as it is read.
    Made(Zeroizing<String>),
}

impl Piece {
    /// `text`: that of the whole file.
    pub(super) fn of<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::There(place) => text.get(place.clone()).unwrap_or_default(),
            Self::Made(made) => made,
        }
    }

    fn moved(&mut self, by: usize) {
        if let Self::There(place) = self {
            *place = place.start + by..place.end + by;
        }
    }
}

pub(super) struct Entry {
    pub(super) key: Piece,
    pub(super) value: Piece,
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
    let mut found = Vec::with_capacity(text.bytes().filter(|byte| *byte == b'\n').count() + 1);
    let mut at = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    if at > 0 {
        found.push(Line { bytes: 0..at, number: 0, kind: Kind::Blank });
    }
    let mut number = 1;
    let mut counted = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (mut kind, length) = line(rest).map_err(|why| Unreadable { line: number, why })?;
        match &mut kind {
            Kind::Section(name) => {
                counted = 0;
                name.moved(at);
            }
            Kind::Entry(entry) => {
                entry.key.moved(at);
                entry.value.moved(at);
                // Go numbers them.
                if entry.key.of(text) == "-" {
                    counted += 1;
                    entry.key = Piece::Made(Zeroizing::new(format!("#{counted}")));
                }
            }
            Kind::Blank | Kind::Comment => {}
        }
        found.push(Line { bytes: at..at + length, number, kind });
        number += rest.get(..length).unwrap_or_default().matches('\n').count();
        at += length;
    }
    Ok(found)
}

/// Where a part of a text stands in it.
fn place(part: &str, text: &str) -> Piece {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Piece::There(start..start + part.len())
}

/// What the text begins with, and how many bytes of it that is; places are counted from its begin.
fn line(rest: &str) -> Result<(Kind, usize), &'static str> {
    let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let whole = rest.get(..length).unwrap_or_default();
    let text = whole.trim();
    Ok(match text.chars().next() {
        None => (Kind::Blank, length),
        Some('#' | ';') => (Kind::Comment, length),
        Some('[') => {
            let end = text.rfind(']').ok_or("a section that is not closed")?;
            let name = text.get(1..end).filter(|name| !name.is_empty()).ok_or("a section without a name")?;
            (Kind::Section(place(name, rest)), length)
        }
        Some(_) => return entry(rest, length).map(|(entry, length)| (Kind::Entry(entry), length)),
    })
}

fn entry(rest: &str, first: usize) -> Result<(Entry, usize), &'static str> {
    let whole = rest.get(..first).unwrap_or_default();
    let indent = whole.len() - whole.trim_start().len();
    let body = whole.get(indent..).unwrap_or_default();
    // A key in quotes may hold a delimiter.
    let quote = match body {
        _ if body.starts_with("\"\"\"") && body.len() > 6 => "\"\"\"",
        _ if body.starts_with('"') => "\"",
        _ if body.starts_with('`') => "`",
        _ => "",
    };
    let (key, after) = if quote.is_empty() {
        let end = body.find(['=', ':']).ok_or("a line that is neither a section nor a key with a value")?;
        (body.get(..end).unwrap_or_default(), indent + end)
    } else {
        let inside = body.get(quote.len()..).unwrap_or_default();
        let end = inside.find(quote).ok_or("a key whose quotation mark is not closed")?;
        (inside.get(..end).unwrap_or_default(), indent + end + 2 * quote.len())
    };
    let key = key.trim();
    let tail = whole.get(after..).unwrap_or_default();
    let delimiter = after + tail.find(['=', ':']).ok_or("a key without a value")?;
    let colon = whole.get(delimiter..).is_some_and(|it| it.starts_with(':'));
    let from = delimiter + 1;
    let value = whole.get(from..).unwrap_or_default();
    // Of an empty value nothing is passed over but what stands before the line break.
    let begin = if value.trim().is_empty() { value.trim_start_matches([' ', '\t']) } else { value.trim_start() };
    let start = from + (value.len() - begin.len());
    let (read, length) = read_value(rest, start, first)?;
    let Value { text, end, comment, quoted, only_go } = read;
    if key.is_empty() {
        return Err("a value without a key");
    }
    let written = Written { quoted, only_go, colon };
    Ok((Entry { key: place(key, rest), value: text, place: start..end, comment, written }, length))
}

struct Value {
    text: Piece,
    end: usize,
    comment: Option<Range<usize>>,
    quoted: bool,
    only_go: bool,
}

/// `start`: where the value begins; `first`: where the first line ends. Gives the value and where the last of its lines ends.
fn read_value(rest: &str, start: usize, first: usize) -> Result<(Value, usize), &'static str> {
    let first_line = rest.get(start..first).unwrap_or_default();
    let fence = match first_line {
        _ if first_line.starts_with("\"\"\"") && first_line.len() > 3 => "\"\"\"",
        _ if first_line.starts_with('`') => "`",
        _ => "",
    };
    if !fence.is_empty() {
        let inside = start + fence.len();
        let (close, length) = fence_end(rest, inside, first, fence).ok_or("a value whose quotation mark is not closed")?;
        let text = Piece::There(inside..close);
        return Ok((Value { text, end: close + fence.len(), comment: None, quoted: false, only_go: true }, length));
    }
    let trimmed = first_line.trim_end();
    if trimmed.ends_with('\\') {
        return Ok(continued(rest, start, first));
    }
    // The sign counts only behind a blank, and `#` before `;`.
    let sign = trimmed.find(" #").or_else(|| trimmed.find(" ;"));
    let text = sign.map_or(trimmed, |at| trimmed.get(..at).unwrap_or_default()).trim_end();
    let comment = sign.map(|at| start + at + 1..start + trimmed.len());
    let quoted = ['"', '\''].iter().any(|quote| {
        let inside = text.strip_prefix(*quote).and_then(|text| text.strip_suffix(*quote));
        inside.is_some_and(|inside| !inside.contains(*quote))
    });
    let value = if quoted { text.get(1..text.len() - 1).unwrap_or_default() } else { text };
    Ok((Value { text: place(value, rest), end: start + text.len(), comment, quoted, only_go: false }, first))
}

/// Where the quotation mark stands that ends a value, and where its line ends. The last one of a line counts; in a further line, one with a
/// backslash at the end of the line behind it does not.
fn fence_end(rest: &str, inside: usize, first: usize, fence: &str) -> Option<(usize, usize)> {
    if let Some(close) = rest.get(inside..first)?.rfind(fence) {
        return Some((inside + close, first));
    }
    let mut from = first;
    while from < rest.len() {
        let length = rest.get(from..)?.find('\n').map_or(rest.len(), |at| from + at + 1);
        let line = rest.get(from..length)?;
        if let Some(close) = line.rfind(fence)
            && !line.get(close + fence.len()..)?.trim().ends_with('\\')
        {
            return Some((from + close, length));
        }
        from = length;
    }
    None
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
                return (Value { text: Piece::Made(text), end, comment: None, quoted: false, only_go: true }, length);
            }
        }
    }
}
