//! Bytes -> text, and what is refused at sight.

use std::borrow::Cow;

use super::LARGEST;
use brickpass_core::{
    connection::{replace_unfit, without_secrets},
    failure::{Code, Failure},
};

/// The text of a file, and how it was written down.
pub(super) struct Read<'a> {
    pub(super) text: Cow<'a, str>,
    /// Windows PowerShell writes UTF-16, which few other programs read.
    pub(super) utf_16: bool,
}

/// The text without its byte order mark.
pub(super) fn of(bytes: &[u8]) -> Result<Read<'_>, Failure> {
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    if let Some((what, fix)) = foreign(bytes) {
        return Err(Failure::new(Code::Unsupported, "Nothing was imported.", what, fix));
    }
    let wide = match bytes {
        [0xFF, 0xFE, rest @ ..] => Some(utf_16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Some(utf_16(rest, u16::from_be_bytes)?),
        // Without a mark: every other byte of plain text is zero.
        [first, 0, _, 0, ..] if *first != 0 => Some(utf_16(bytes, u16::from_le_bytes)?),
        [0, first, 0, _, ..] if *first != 0 => Some(utf_16(bytes, u16::from_be_bytes)?),
        _ => None,
    };
    let read = if let Some(text) = wide {
        Read { text: Cow::Owned(text), utf_16: true }
    } else {
        let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(rest).map_err(|error| not_utf_8(rest, error.valid_up_to()))?;
        Read { text: Cow::Borrowed(text), utf_16: false }
    };
    if read.text.contains('\0') { Err(not_text()) } else { Ok(read) }
}

/// Most often a text in one of the old encodings of Windows.
fn not_utf_8(bytes: &[u8], at: usize) -> Failure {
    let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    Failure::new(
        Code::InvalidInput,
        "Nothing was imported.",
        format!("It is not UTF-8 text: line {line} contains a character in another encoding, such as ANSI (Windows-1252)."),
        "Save it as UTF-8 in an editor and import it again, or choose another file.",
    )
}

pub(super) fn too_large() -> Failure {
    Failure::new(
        Code::TooLarge,
        "Nothing was imported.",
        "It is larger than 1 MiB, the limit for imports.",
        "Choose the file that contains the connections.",
    )
}

fn not_text() -> Failure {
    Failure::new(Code::InvalidInput, "Nothing was imported.", "It is not text.", "Choose another file, or save this one as UTF-8 text.")
}

/// Known by the first bytes: what is inside is never looked at.
fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let archive = [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08", b"\x1F\x8B", b"7z\xBC\xAF\x27\x1C", b"BZh", b"\xFD7zXZ\0", b"Rar!"];
    if archive.iter().any(|start| bytes.starts_with(start)) {
        return Some((
            "This is an archive, such as a zip file. Brickpass does not open archives.",
            "Unpack it, then import the file in it.",
        ));
    }
    is_encrypted(bytes).then_some(("This is an encrypted file.", "If it is a Brickpass backup, import it as a backup with its passphrase."))
}

/// The first line of <https://age-encryption.org/v1>.
pub(super) fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/v1\n")
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Failure> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(not_text());
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>().map_err(|_| not_text())
}

/// A key or a name out of a file, fit to be shown: one line, visible characters, not endless, and without a secret in it.
pub(super) fn shown(key: &str) -> String {
    const MAX_CHARS: usize = 80;
    // Before it is cut: what is left of a token is not known as one.
    let key = without_secrets(key);
    let visible = replace_unfit(key.trim(), "?");
    if visible.chars().count() > MAX_CHARS { format!("{}\u{2026}", visible.chars().take(MAX_CHARS).collect::<String>()) } else { visible }
}

/// Line and column of a byte, both counted from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}
