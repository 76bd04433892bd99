//! *Connection details* of a SQL warehouse as copied from its page: the lines *Server hostname*, *Port* and *HTTP path*.

use super::{Found, FoundConnection, Kind, found::Given};

const HOST: &str = "server hostname";

pub(super) const READER: super::Reader = super::Reader {
    word: "sql-warehouse",
    label: "Connection details of a SQL warehouse",
    phrase: "connection details of a SQL warehouse",
    read: |text, _| Ok(read(text)),
    nothing: "It has no line Server hostname with a host.",
};

/// Whether a text has such lines.
pub(super) fn is_ours(text: &str) -> bool {
    hosts(text).next().is_some()
}

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new(Kind::Warehouse);
    for host in hosts(text) {
        let mut made = FoundConnection::at("");
        made.host(Some(&Given::text(host)), "Server hostname");
        made.settle_level();
        made.remark("No authentication in the file; browser sign-in is used.");
        made.ignore("HTTP path", "connections contain no compute; choose it when you export");
        found.push(made);
    }
    found
}

/// Behind the label, or in the next line.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let labels: Vec<usize> = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|line| behind(line).is_some())).collect();
    labels.into_iter().filter_map(move |at| {
        let same = behind(lines.get(at)?)?;
        let host = if same.is_empty() { lines.get(at + 1)? } else { same };
        (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
    })
}

fn behind(line: &str) -> Option<&str> {
    let label = line.get(..HOST.len()).filter(|label| label.eq_ignore_ascii_case(HOST))?;
    let rest = line.get(label.len()..)?;
    let is_end = rest.is_empty() || rest.starts_with([' ', '\t', ':', '=']);
    is_end.then(|| rest.trim_start_matches([' ', '\t', ':', '=']).trim().trim_matches(['"', '\'']))
}
