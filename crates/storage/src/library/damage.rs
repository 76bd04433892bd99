//! What makes a connections file unreadable, and turning its bytes into text where that can be done.

/// Deeper nesting than any version of the file has; a parser is not to be led down further.
const DEPTH: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    Empty,
    /// What a power cut leaves behind on some file systems.
    Zeros,
    NotText,
    NotJson {
        line: usize,
        column: usize,
    },
    TooDeep,
    NotOurs(&'static str),
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("It is empty"),
            Self::Zeros => f.write_str("It contains only zeros, as after a power failure"),
            Self::NotText => f.write_str("It is not text"),
            Self::NotJson { line, column } => write!(f, "It is cut off or invalid at line {line}, column {column}"),
            Self::TooDeep => f.write_str("It is nested deeper than any connections file"),
            Self::NotOurs(why) => f.write_str(why),
        }
    }
}

impl Damage {
    /// Only where it is: the parser's own words may quote what stands there.
    pub(super) fn of(error: &serde_json::Error) -> Self {
        if error.is_data() {
            Self::NotOurs("It is not a connections file")
        } else {
            Self::NotJson { line: error.line(), column: error.column() }
        }
    }
}

/// The text, and whether it was in an encoding that we read but do not write (UTF-16, or with a byte order mark).
pub(super) fn decode(bytes: &[u8]) -> Result<(String, bool), Damage> {
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(Damage::Zeros);
    }
    let utf16 = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, rest) = rest.as_chunks::<2>();
        let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| read(*pair))).collect();
        text.ok().filter(|_| rest.is_empty()).map(|text| (text, true)).ok_or(Damage::NotText)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok((String::from_utf8(rest.to_vec()).map_err(|_| Damage::NotText)?, true)),
        _ => Ok((String::from_utf8(bytes.to_vec()).map_err(|_| Damage::NotText)?, false)),
    }
}

pub(super) fn check_depth(text: &str) -> Result<(), Damage> {
    let mut depth = 0_usize;
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Damage::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}
