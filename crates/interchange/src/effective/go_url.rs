//! Addresses as Go's `net/url` parses and writes them, as far as the SDK for Go uses them: scheme, host and query. Errors are in Go's words.

use std::{fmt::Write as _, net::Ipv6Addr};

#[derive(Default, PartialEq, Eq)]
pub(super) struct Url {
    /// In small letters; empty: none.
    pub(super) scheme: String,
    /// With the port, unescaped.
    pub(super) host: Vec<u8>,
    pub(super) query: String,
}

impl std::fmt::Debug for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}?{}", self.scheme, String::from_utf8_lossy(&self.host), self.query)
    }
}

/// As `strconv.Quote` writes it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            ' ' => quoted.push(' '),
            c if c.is_control() && c.is_ascii() => drop(write!(quoted, "\\x{:02x}", u32::from(c))),
            c if c.is_control() || c.is_whitespace() || is_format(c) => match u32::from(c) {
                code @ 0..=0xffff => drop(write!(quoted, "\\u{code:04x}")),
                code => drop(write!(quoted, "\\U{code:08x}")),
            },
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that nobody sees.
pub(super) fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

impl Url {
    /// # Errors
    /// As Go says it: `parse "127.0.0.1:8080": first path segment in URL cannot contain colon`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
        let parsed = parse(url).map_err(|why| format!("parse {}: {why}", quote(url)))?;
        unescape(fragment, Part::Path).map_err(|why| format!("parse {}: {why}", quote(text)))?;
        Ok(parsed)
    }

    /// The host without its port.
    pub(super) fn hostname(&self) -> &[u8] {
        match self.host.iter().rposition(|byte| *byte == b':') {
            Some(colon) if is_port(self.host.get(colon..).unwrap_or_default()) => self.host.get(..colon).unwrap_or_default(),
            _ => &self.host,
        }
    }

    /// `scheme://host[:port]`.
    pub(super) fn origin(&self) -> String {
        let mut text = if self.scheme.is_empty() { String::new() } else { format!("{}:", self.scheme) };
        text.push_str("//");
        for byte in &self.host {
            if may_stand_in_a_host(*byte) {
                text.push(char::from(*byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    }
}

fn parse(text: &str) -> Result<Url, String> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == "*" {
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    query.clone_into(&mut url.query);
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            return Ok(url);
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let mut path = rest;
    if let Some(after) = rest.strip_prefix("//").filter(|_| !url.scheme.is_empty() || !rest.starts_with("///")) {
        let (authority, behind) = after.find('/').map_or((after, ""), |at| after.split_at(at));
        url.host = host_of(authority)?;
        path = behind;
    }
    unescape(path, Part::Path)?;
    Ok(url)
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Ok(("", text))
}

fn host_of(authority: &str) -> Result<Vec<u8>, String> {
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let read = host_and_port(host)?;
    if let Some(user) = user {
        let may_stand = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(may_stand) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        unescape(user, Part::Path)?;
    }
    Ok(read)
}

fn host_and_port(host: &str) -> Result<Vec<u8>, String> {
    match host.rfind('[') {
        Some(0) => {
            let close = host.rfind(']').ok_or("missing ']' in host")?;
            let port = host.get(close + 1..).unwrap_or_default();
            check_port(port)?;
            let address = host.get(1..close).unwrap_or_default();
            let without_zone = address.split_once("%25").map_or(address, |(address, _)| address);
            if without_zone.parse::<Ipv6Addr>().is_err() {
                return Err(format!("invalid host: ParseAddr({}): unable to parse IP", quote(address)));
            }
            return unescape(host, Part::Host);
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    if let Some(colon) = host.rfind(':') {
        check_port(host.get(colon..).unwrap_or_default())?;
    }
    unescape(host, Part::Host)
}

fn check_port(port: &str) -> Result<(), String> {
    if port.is_empty() || is_port(port.as_bytes()) { Ok(()) } else { Err(format!("invalid port {} after host", quote(port))) }
}

fn is_port(text: &[u8]) -> bool {
    text.split_first().is_some_and(|(colon, digits)| *colon == b':' && digits.iter().all(u8::is_ascii_digit))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Host,
    Path,
}

fn may_stand_in_a_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if byte == b'%' {
            let digits = bytes.get(at + 1..at + 3).and_then(|pair| Some((hex(*pair.first()?)?, hex(*pair.get(1)?)?)));
            let shown = || String::from_utf8_lossy(bytes.get(at..bytes.len().min(at + 3)).unwrap_or_default()).into_owned();
            let Some((high, low)) = digits else { return Err(format!("invalid URL escape {}", quote(&shown()))) };
            // In a host, only what is not ASCII may be written so.
            if part == Part::Host && high < 8 && (high, low) != (2, 5) {
                return Err(format!("invalid URL escape {}", quote(&shown())));
            }
            read.push(high << 4 | low);
            at += 3;
            continue;
        }
        if part == Part::Host && byte.is_ascii() && !may_stand_in_a_host(byte) {
            return Err(format!("invalid character {} in host name", quote(&char::from(byte).to_string())));
        }
        read.push(byte);
        at += 1;
    }
    Ok(read)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_go_reads_them() {
        for (text, origin) in [
            ("https://h.net/x?o=1", "https://h.net"),
            ("HTTPS://ADB-1.Example", "https://ADB-1.Example"),
            ("https://u:p@h:443", "https://h:443"),
            ("https://h\u{2028}x", "https://h%E2%80%A8x"),
            ("//h", "//h"),
            ("https://[::1]:8", "https://[::1]:8"),
            ("https://\"x", "https://\"x"),
        ] {
            assert_eq!(Url::parse(text).unwrap().origin(), origin, "{text}");
        }
        for hostless in ["h.net", "h:abc", "https:h", "*", "?o=1", "https:/h"] {
            assert!(Url::parse(hostless).unwrap().host.is_empty(), "{hostless}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (text, words) in [
            ("127.0.0.1:8080", "parse \"127.0.0.1:8080\": first path segment in URL cannot contain colon"),
            ("https://h cloud", "parse \"https://h cloud\": invalid character \" \" in host name"),
            ("https://h:abc", "parse \"https://h:abc\": invalid port \":abc\" after host"),
            ("https://h/%zz", "parse \"https://h/%zz\": invalid URL escape \"%zz\""),
            ("https://h\u{b}x", "parse \"https://h\\vx\": net/url: invalid control character in URL"),
            ("https://h%20x", "parse \"https://h%20x\": invalid URL escape \"%20\""),
            ("https://[::1", "parse \"https://[::1\": missing ']' in host"),
            (":x", "parse \":x\": missing protocol scheme"),
            ("https://a:b:c", "parse \"https://a:b:c\": invalid port \":c\" after host"),
        ] {
            assert_eq!(Url::parse(text).unwrap_err(), words);
        }
    }

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        assert_eq!(quote("a\"b\\c\u{b}\u{1}\u{2028}\u{200b}ü"), "\"a\\\"b\\\\c\\v\\x01\\u2028\\u200bü\"");
    }
}
