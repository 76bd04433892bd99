//! What each family of tools makes of the address: the same text is an address to one of them and none to another.

use url::form_urlencoded;

use super::{
    Family, Problem,
    go_url::{Url, is_format, quote},
};

/// An address as one of the tools has it in the end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// What was written, where the tool refuses it or would make another address of it.
    pub(super) value: String,
    /// Carried by the query of a pasted address.
    pub(super) workspace_id: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) problem: Option<Problem>,
}

/// `written`: the text of the source. `source`: in words, for what to do about it.
pub(super) fn read(family: Family, written: &str, source: &str) -> Host {
    let mut host = match family {
        Family::Cli | Family::Go => go(family, written),
        Family::Python => python(written),
        Family::Java => java(written),
    };
    if host.problem.is_none() {
        host.problem = impossible(&host.value).map(Problem::ours);
    }
    if let Some(problem) = &mut host.problem
        && let Some(cure) = cure(written, source)
    {
        problem.fix.get_or_insert(cure);
    }
    host.value = without_user(&host.value);
    host
}

/// `scheme://host[:port]` for a comparison, whatever the letters; what cannot be read is compared as it is.
#[must_use]
pub fn origin(written: &str) -> String {
    let parsed = |text: &str| url::Url::parse(text).ok().filter(url::Url::has_host);
    let written = written.trim();
    let with_scheme = if written.contains("://") { written.to_owned() } else { format!("https://{written}") };
    parsed(&with_scheme).map_or_else(|| written.to_owned(), |url| url.origin().ascii_serialization())
}

/// As the CLI compares the host of a bundle with that of a profile (`libs/databrickscfg/host.go`).
pub(super) fn normalized_by_the_cli(written: &str) -> String {
    match Url::parse(written) {
        Ok(url) if !url.scheme.is_empty() && !url.host.is_empty() => url.origin(),
        _ => written.to_owned(),
    }
}

fn plain(value: String) -> Host {
    Host { value, workspace_id: None, account_id: None, problem: None }
}

fn refused(written: &str, problem: Problem) -> Host {
    Host { problem: Some(problem), ..plain(written.to_owned()) }
}

/// `fixHostIfNeeded` in `config/config.go`.
fn go(family: Family, written: &str) -> Host {
    let parsed = Url::parse(written).and_then(|url| {
        // Without a scheme the host is taken for a path.
        if url.host.is_empty() { Url::parse(&format!("https://{written}")).map(|url| (url, true)) } else { Ok((url, false)) }
    });
    let (url, completed) = match parsed {
        Ok(parsed) => parsed,
        Err(words) => return refused(written, Problem::theirs(without_user(&words))),
    };
    if url.hostname().is_empty() {
        return refused(written, Problem::theirs("no host configured"));
    }
    if completed && written.split(['/', '?', '#']).next().is_some_and(|start| start.ends_with(':')) {
        let words = format!("The address {} has no host. Go would use {} as the host.", quote(written), quote(&url.origin()));
        return refused(written, Problem::ours(words));
    }
    let mut host = plain(url.origin());
    let get = |name: &str| {
        let mut pairs = form_urlencoded::parse(url.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let number = |name: &str| get(name).filter(|value| value.parse::<i64>().is_ok());
    host.workspace_id = if family == Family::Cli {
        // `libs/auth/hostparams.go`: one that is there and no number ends the search.
        if get("o").is_some() { number("o") } else { get("w").or_else(|| number("workspace_id")) }
    } else {
        get("w").or_else(|| number("o")).or_else(|| number("workspace_id"))
    };
    host.account_id = get("a").or_else(|| get("account_id"));
    if !matches!(url.scheme.as_str(), "http" | "https") {
        host.problem = Some(Problem::theirs(format!("unsupported protocol scheme {}", quote(&url.scheme))));
    }
    host
}

/// `_fix_host_if_needed` in `databricks/sdk/_base_client.py`, and what `requests` says of it.
fn python(written: &str) -> Host {
    let completed = if written.contains("://") { written.to_owned() } else { format!("https://{written}") };
    let text = completed.trim_start_matches(|c: char| c <= ' ').replace(['\t', '\n', '\r'], "");
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme)).map(str::to_ascii_lowercase);
    let Some(scheme) = scheme else {
        let words = format!("No connection adapters were found for '{}/api/2.0/...'", text.trim_end_matches('/'));
        return refused(text.trim_end_matches('/'), Problem::theirs(without_user(&words)));
    };
    let rest = text.get(scheme.len() + 1..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix("//") else { return refused(written, no_host(written)) };
    let (authority, behind) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    if authority.is_empty() && behind.starts_with("//") {
        return plain(format!("{scheme}:{behind}"));
    }
    let open = (authority.contains('['), authority.contains(']'));
    if open.0 != open.1 {
        return refused(written, Problem::theirs("Invalid IPv6 URL"));
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = match host.rsplit_once(']') {
        Some((_, behind)) => behind.strip_prefix(':').unwrap_or_default(),
        None => host.split_once(':').map_or("", |(_, port)| port),
    };
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return refused(written, Problem::theirs(format!("Port could not be cast to integer value as '{port}'")));
    }
    if !port.is_empty() && port.parse::<u16>().is_err() {
        return refused(written, Problem::theirs("Port out of range 0-65535"));
    }
    // It cuts at the first colon, wherever that is.
    let authority = if port == "443" { authority.split(':').next().unwrap_or_default() } else { authority };
    if host.is_empty() {
        return refused(written, no_host(written));
    }
    let at = behind.find(['?', '#']).unwrap_or(behind.len());
    let (path, query) = behind.split_at(at);
    let mut host = plain(format!("{scheme}://{authority}{}{query}", path.trim_end_matches('/')));
    if !matches!(scheme.as_str(), "http" | "https") {
        host.problem = Some(Problem::theirs(format!("No connection adapters were found for '{}/api/2.0/...'", without_user(&host.value))));
    } else if !query.trim_matches(['?', '#']).is_empty() {
        host.problem = Some(Problem::ours(format!(
            "Python uses this address unchanged and appends the paths of its requests: {}/api/2.0/...",
            without_user(&host.value)
        )));
    }
    host
}

/// Whether `java.net.URL` takes the host: brackets around an IPv6 address are closed, and there is no control character.
fn java_reads(authority: &str) -> bool {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let closed = |rest: &str| rest.split_once(']').is_some_and(|(_, behind)| behind.is_empty() || behind.starts_with(':'));
    host.strip_prefix('[').is_none_or(closed) && !host.chars().any(|c| c.is_ascii_control())
}

/// `fixHostIfNeeded` in `ConfigLoader.java`: what `java.net.URL` cannot read is taken for the name of a host.
fn java(written: &str) -> Host {
    let text = written.trim_matches(|c: char| c <= ' ');
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let known = scheme.as_deref().filter(|scheme| matches!(*scheme, "http" | "https" | "ftp" | "file" | "jar" | "mailto"));
    let Some((scheme, rest)) = known.and_then(|scheme| Some((scheme, text.get(scheme.len() + 1..)?))) else {
        let value = format!("https://{written}");
        return if written.contains("://") || written.starts_with('/') {
            let words = format!("Java cannot read this address and would use {value:?} instead.");
            refused(written, Problem::ours(without_user(&words)))
        } else {
            plain(value)
        };
    };
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default()).unwrap_or_default();
    if authority.is_empty() {
        return refused(written, no_host(written));
    }
    let port = authority.rsplit_once(']').map_or(authority, |(_, behind)| behind).rsplit_once(':').map_or("", |(_, port)| port);
    if !port.bytes().all(|byte| byte.is_ascii_digit()) || !java_reads(authority) {
        let value = format!("https://{}", without_user(written));
        let words = format!("Java cannot read this address and would use {value:?} instead.");
        return refused(written, Problem::ours(words));
    }
    let mut host = plain(format!("{scheme}://{authority}"));
    if !matches!(scheme, "http" | "https") {
        host.problem = Some(Problem::ours(format!("Java sends no requests over {scheme}.")));
    }
    host
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn no_host(written: &str) -> Problem {
    Problem::ours(format!("The address {} has no host.", quote(&without_user(written))))
}

/// A tool takes it, and no request can ever arrive there.
fn impossible(value: &str) -> Option<String> {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let unfit = decoded.chars().find(|c| {
        let fits = c.is_ascii_alphanumeric() || "-._:[]".contains(*c) || (!c.is_ascii() && !c.is_control() && !c.is_whitespace());
        !fits || is_format(*c)
    });
    let port = decoded.rsplit_once(']').map_or(&*decoded, |(_, behind)| behind).rsplit_once(':').map_or("", |(_, port)| port);
    let Some(unfit) = unfit else {
        return (!port.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("The port {port} is not a number."));
    };
    Some(match unfit {
        ' ' => "A host name cannot contain a space.".to_owned(),
        c if c.is_ascii_graphic() => format!("A host name cannot contain {c}."),
        c => format!("A host name cannot contain the invisible character U+{:04X}.", u32::from(c)),
    })
}

/// What a person has to do, where the text tells.
fn cure(written: &str, source: &str) -> Option<String> {
    let quotes: &[char] = &['"', '\''];
    if written.starts_with(quotes) || written.ends_with(quotes) {
        return Some(format!("The quotation marks are part of the value. Remove them from {source}."));
    }
    if written.contains('$') {
        return Some(format!("The variable in {source} was not replaced. Enter the address itself."));
    }
    if written.trim().len() != written.len() {
        return Some(format!("Remove the space around the address in {source}."));
    }
    if written.contains('{') || written.contains('<') {
        return Some(format!("This is a placeholder. Enter your workspace URL in {source}."));
    }
    if !written.contains("://") {
        return Some(format!("Enter the full address in {source}, starting with https://."));
    }
    None
}

/// An address may carry a user and a password.
fn without_user(text: &str) -> String {
    let Some((before, behind)) = text.split_once("//") else { return text.to_owned() };
    let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
    let (authority, rest) = behind.split_at(end);
    let rest = without_user(rest);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{before}//***@{host}{rest}"),
        None => format!("{before}//{authority}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(family: Family, written: &str) -> (String, Option<String>) {
        let host = read(family, written, "DATABRICKS_HOST");
        (host.value, host.problem.map(|problem| problem.words))
    }

    #[test]
    fn no_tool_gets_an_address_that_nobody_wrote() {
        for family in Family::ALL {
            for written in ["https://", "\"https://x.net\"", "https://h cloud", "h:abc", "https://$x", "${VAR}", "https:///x"] {
                let (value, problem) = value(family, written);
                assert!(problem.is_some(), "{family}: {written} is {value}");
                assert!(!value.contains("https://https"), "{family}: {written} is {value}");
            }
        }
    }

    #[test]
    fn each_family_reads_an_address_in_its_own_way() {
        let pasted = "https://dbc-1.cloud.databricks.com/?autoLogin=true&o=42";
        let go = read(Family::Go, pasted, "x");
        assert_eq!((go.value.as_str(), go.workspace_id.as_deref(), go.problem), ("https://dbc-1.cloud.databricks.com", Some("42"), None));
        let python = read(Family::Python, pasted, "x");
        assert_eq!(python.value, "https://dbc-1.cloud.databricks.com?autoLogin=true&o=42");
        assert!(python.problem.unwrap().words.contains("appends the paths"));
        assert_eq!(value(Family::Java, pasted), ("https://dbc-1.cloud.databricks.com".to_owned(), None));

        let blank = " https://h.net";
        assert!(value(Family::Go, blank).1.unwrap().contains("first path segment in URL cannot contain colon"));
        assert_eq!(value(Family::Python, blank), ("https://h.net".to_owned(), None));
        assert_eq!(value(Family::Java, blank), ("https://h.net".to_owned(), None));

        let bare = "127.0.0.1:8080";
        assert!(value(Family::Cli, bare).1.is_some());
        assert_eq!(value(Family::Python, bare), (format!("https://{bare}"), None));
        assert_eq!(value(Family::Java, bare), (format!("https://{bare}"), None));
        for unread in ["https://[::1", "https://[::1]x", "https://h\u{b}x", "https://h:abc"] {
            let words = value(Family::Java, unread).1.unwrap();
            assert!(words.contains(&format!("would use {:?}", format!("https://{unread}"))), "{words}");
        }
        assert_eq!(value(Family::Java, "https://u@[::1]:80"), ("https://***@[::1]:80".to_owned(), None));
        assert_eq!(value(Family::Go, "HTTPS://ADB-1.Example.NET").0, "https://ADB-1.Example.NET");
        assert_eq!(value(Family::Python, "h.net:443/").0, "https://h.net");
    }

    #[test]
    fn what_to_do_follows_from_what_was_written() {
        let fix = |written: &str| read(Family::Go, written, "DATABRICKS_HOST").problem.and_then(|it| it.fix).unwrap_or_default();
        assert!(fix("\"https://x.net\"").starts_with("The quotation marks are part of the value."));
        assert!(fix("https://$host").contains("The variable in DATABRICKS_HOST was not replaced"));
        assert!(fix(" https://x.net").contains("space"));
        assert!(fix("127.0.0.1:8080").contains("starting with https://"));
        assert!(fix("https://{workspace}.net").contains("placeholder"));
    }

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        for family in Family::ALL {
            for written in
                ["https://u:geheim@h.net", "https://u:geheim@h net", "ftp://u:geheim@h", "\"https://u:geheim@h\"", "//u:geheim@h"]
            {
                let host = read(family, written, "x");
                assert!(!format!("{host:?}").contains("geheim"), "{family}: {host:?}");
            }
        }
    }

    #[test]
    fn the_cli_prefers_the_older_query() {
        let both = "https://h.net/?w=abc&o=7";
        assert_eq!(read(Family::Go, both, "x").workspace_id.as_deref(), Some("abc"));
        assert_eq!(read(Family::Cli, both, "x").workspace_id.as_deref(), Some("7"));
    }
}
