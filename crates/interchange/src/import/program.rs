//! Programs, scripts and other texts that name a workspace: a host that is given a text (`server_hostname="..."`, `const host = "..."`), a call of
//! curl with its token, else each address of Databricks in it. Nothing is run.

use std::collections::HashSet;

use super::{
    Found, FoundConnection, Kind,
    attributes::Attributes,
    found::Given,
    variables::{by_any_name, is_databricks},
};
use brickpass_core::connection::BaseUrl;

/// More texts than this are looked at in no program.
const MAX_STRINGS: usize = 100_000;

const BEARER: &str = "authorization: bearer ";

pub(super) const READER: super::Reader = super::Reader {
    word: "program",
    label: "Program or script",
    phrase: "program or script",
    read: |text, _| Ok(read(text)),
    nothing: "It contains no Databricks address.",
};

/// Whether a text names a workspace.
pub(super) fn is_ours(text: &str) -> bool {
    !read(text).connections.is_empty()
}

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new(Kind::Program);
    if let Some(made) = assigned(text) {
        found.push(made);
        return found;
    }
    let token = bearer(text);
    let mut hosts = HashSet::new();
    for word in text.split(|c: char| c.is_whitespace() || "\"'`()<>[]{}|,;=".contains(c)).take(MAX_STRINGS) {
        let word = word.trim_end_matches(['.', ':', '\\']);
        let is_address = word.contains('.') && (word.contains("://") || !word.contains(['@', ':']));
        if !is_address || !is_databricks(&Given::text(word)) {
            continue;
        }
        let Ok(pasted) = BaseUrl::read(word) else { continue };
        if hosts.insert(pasted.base_url.origin()) {
            found.push(of_address(word, token.as_ref()));
        }
    }
    // One token does not belong to several.
    if let (Some(_), [_, _, ..]) = (&token, found.connections.as_slice()) {
        for made in &mut found.connections {
            made.secret = None;
            made.remark("It is unclear which address the token belongs to. Enter it after the import.");
        }
    }
    found
}

fn of_address(address: &str, token: Option<&Given>) -> FoundConnection {
    let mut made = FoundConnection::at("");
    match token {
        Some(token) => made.token(Some(token)),
        None => made.remark("Only the address was found; browser sign-in is used."),
    }
    made.host(Some(&Given::text(address)), "address");
    made.settle_level();
    made
}

/// What curl sends, with or without its quotation marks.
fn bearer(text: &str) -> Option<Given> {
    let at = text.to_ascii_lowercase().find(BEARER)?;
    let rest = text.get(at + BEARER.len()..)?;
    let token = rest.split(|c: char| c.is_whitespace() || "\"'`".contains(c)).next().unwrap_or_default();
    // `&` is what sed puts in, `-` what curl reads from its input.
    let made = token.trim_matches(['&', '/', '-', '@']).is_empty() || token.contains("$(");
    Some(if made { Given::Elsewhere("it is computed when the command runs".to_owned()) } else { Given::text(token) })
}

/// The texts that names of a connection are given, when there is a host of Databricks among them.
fn assigned(text: &str) -> Option<FoundConnection> {
    let mut attributes = Attributes::new();
    for (name, value) in assignments(text).take(MAX_STRINGS) {
        if let Some(attribute) = by_any_name(name).filter(|attribute| ["host", "token", "client_id", "client_secret"].contains(attribute)) {
            let given = Given::text(value);
            if attribute == "host" && (!is_databricks(&given) || attributes.has("host")) {
                continue;
            }
            attributes.set(attribute, name, given);
        }
    }
    if !attributes.has("token")
        && let Some(token) = bearer(text)
    {
        attributes.set("token", "Authorization", token);
    }
    attributes.has("host").then(|| attributes.into_connection(""))
}

/// `name = "text"`, `name: "text"`, `"name": "text"`, `name="text"`.
fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(['=', ':']).filter_map(move |(at, sign)| {
        let rest = text.get(at + sign.len()..)?.trim_start_matches([' ', '\t']);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let value = rest.get(1..)?.split([quote, '\n']).next()?;
        let before = text.get(..at)?.trim_end_matches([' ', '\t']).trim_end_matches(['"', '\'']);
        let from = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |end| end + 1);
        let name = before.get(from..).filter(|name| !name.is_empty() && name.len() < 64)?;
        Some((name, value))
    })
}
