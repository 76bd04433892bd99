//! URLs of Spark Connect: `sc://HOST:443/;token=...;x-databricks-cluster-id=...`, one a line. Values are percent-encoded.
//! Source: Apache Spark, `sql/connect/docs/client-connection-string.md`.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::{Found, FoundConnection, Kind, damaged, found::Given, text::position};
use brickpass_core::failure::Failure;

const SCHEME: &str = "sc://";

pub(super) const READER: super::Reader = super::Reader {
    word: "spark-connect",
    label: "Spark Connect URL",
    phrase: "Spark Connect URL",
    read: |text, _| read(text),
    nothing: super::NO_CONNECTION,
};

/// Whether a value is such a URL.
pub(super) fn is_url(text: &str) -> bool {
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Connect);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if !line.trim().is_empty() {
            let connection = url(line.trim()).map_err(|why| {
                let (line, column) = position(text, start);
                damaged(Kind::Connect, format!("Line {line}, column {column}: {why}."))
            })?;
            found.connections.push(connection);
        }
    }
    Ok(found)
}

/// One of them.
///
/// # Errors
/// Why it is none, in words.
pub(super) fn url(url: &str) -> Result<FoundConnection, &'static str> {
    let (scheme, rest) = url.split_at_checked(SCHEME.len()).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err("a Spark Connect URL starts with sc://");
    }
    let (address, parts) = rest.split_once(';').unwrap_or((rest, ""));
    let authority = address.trim_end_matches('/');
    if authority.contains(['/', '?', '#', '@']) {
        return Err("there is more than a slash between the host and the first semicolon");
    }
    let mut made = FoundConnection::at("");
    let mut names = HashSet::new();
    let mut token = None;
    for part in parts.split(';').filter(|part| !part.trim().is_empty()) {
        let (key, value) = part.split_once('=').ok_or("a setting has no = in it")?;
        if key.is_empty() || !names.insert(key) {
            return Err(if key.is_empty() { "a setting has no name" } else { "a setting appears twice" });
        }
        match key {
            "token" => {
                let value = zeroize::Zeroizing::new(percent_decode_str(value).collect::<Vec<u8>>());
                let value = std::str::from_utf8(&value).map_err(|_| "the token is not text")?;
                token = Some(Given::text(value)).filter(|_| !value.is_empty());
            }
            "use_ssl" if value.eq_ignore_ascii_case("false") => {
                made.ignore(key, "a connection is always encrypted");
                made.remark("Insecure setting in the file: use_ssl is off. Brickpass always uses encryption.");
            }
            "use_ssl" => made.ignore(key, "every connection uses it"),
            "x-databricks-cluster-id" => {
                made.ignore(key, "connections contain no compute; choose it when you export");
            }
            _ => made.ignore(key, "not part of a connection; it is never acted upon"),
        }
    }
    if token.is_some() {
        made.token(token.as_ref());
    } else {
        made.browser();
        made.remark("No token in the file; browser sign-in is used.");
    }
    let host = (!authority.is_empty()).then(|| Given::text(&format!("https://{authority}")));
    made.host(host.as_ref(), "Host");
    made.settle_level();
    Ok(made)
}
