//! The header of an age file, judged before age parses it: age reads a header again after each line, so that a small file could keep a
//! processor busy for days. A file that a passphrase opens has one stanza and less than 200 bytes of header.

/// The end of the header must come within this many bytes.
const LIMIT: usize = 1024;
const VERSION_LINE: &[u8] = b"age-encryption.org/v1\n";
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
const END: &[u8] = b"\n--- ";

/// Why a file is not handed to age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderProblem {
    /// Not an age file, or cut off within its header.
    Damaged,
    /// Text in ASCII armor.
    Armored,
    /// Encrypted for keys, or for more than one recipient.
    OtherRecipients,
    /// The header does not end where that of a passphrase file does.
    TooLong,
}

impl HeaderProblem {
    /// As a sentence that follows the name of the file.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Damaged => "It is not an encrypted file, or its header is damaged.",
            Self::Armored => "It is ASCII-armored (text). Brickpass reads and writes binary age files.",
            Self::OtherRecipients => "It is encrypted for keys or for several recipients, not with one passphrase.",
            Self::TooLong => "Its header is too long for a file with a passphrase.",
        }
    }
}

/// Linear in the first kilobyte, whatever follows.
///
/// # Errors
/// Anything but one scrypt stanza.
pub(super) fn check(bytes: &[u8]) -> Result<(), HeaderProblem> {
    if bytes.trim_ascii_start().starts_with(ARMOR) {
        return Err(HeaderProblem::Armored);
    }
    if !bytes.starts_with(VERSION_LINE) {
        return Err(HeaderProblem::Damaged);
    }
    let start = bytes.get(..LIMIT).unwrap_or(bytes);
    let Some(end) = start.windows(END.len()).position(|window| window == END) else {
        return Err(if bytes.len() > LIMIT { HeaderProblem::TooLong } else { HeaderProblem::Damaged });
    };
    let lines = start.get(VERSION_LINE.len()..end).unwrap_or_default().split(|byte| *byte == b'\n');
    let mut stanzas = lines.filter(|line| line.starts_with(b"-> "));
    match (stanzas.next(), stanzas.next()) {
        (Some(only), None) if only.starts_with(b"-> scrypt ") => Ok(()),
        (None, _) => Err(HeaderProblem::Damaged),
        _ => Err(HeaderProblem::OtherRecipients),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str) -> Vec<u8> {
        format!("age-encryption.org/v1\n{header}").into_bytes()
    }

    #[test]
    fn vl_02_only_one_scrypt_stanza_is_handed_to_age() {
        let scrypt = "-> scrypt c2FsdHNhbHRzYWx0c2FsdA 16\nYm9keQ\n";
        let end = "--- bWFj\nbody";
        assert_eq!(check(&file(&format!("{scrypt}{end}"))), Ok(()));
        assert_eq!(check(&file(&format!("{scrypt}{scrypt}{end}"))), Err(HeaderProblem::OtherRecipients));
        assert_eq!(check(&file(&format!("-> X25519 abc\nYm9keQ\n{end}"))), Err(HeaderProblem::OtherRecipients));
        assert_eq!(check(&file(&format!("{scrypt}-> X25519 abc\nYm9keQ\n{end}"))), Err(HeaderProblem::OtherRecipients));
        assert_eq!(check(&file(end)), Err(HeaderProblem::Damaged));
        assert_eq!(check(&file(scrypt)), Err(HeaderProblem::Damaged));
        assert_eq!(check(b"\n-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"), Err(HeaderProblem::Armored));
        assert_eq!(check(b"age-encryption.org/v2\n"), Err(HeaderProblem::Damaged));
        assert_eq!(check(b""), Err(HeaderProblem::Damaged));
    }
}
