//! Which requests the listener accepts at all: method, host, path, and the stated origin.

use super::{head::HEADER_LINES, page::Page};

/// The headers of speculative browser requests (prefetch, prerender, preview). A page can cause them without a click, so none of them is an
/// answer. `Sec-Purpose` is the current name; the others are from older browsers.
const SPECULATIVE: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// The target of an accepted request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// The redirect URI, with its query (without `?`), still encoded.
    Root(&'a str),
    /// The browser's last page.
    Done,
}

/// # Errors
/// The page with which it is refused.
pub(super) fn request(head: &[u8], port: u16) -> Result<Place<'_>, Page> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LINES];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Page::HeadersTooLarge),
        Ok(httparse::Status::Partial) | Err(_) => return Err(Page::Neutral),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else { return Err(Page::Neutral) };
    if method != "GET" {
        return Err(Page::MethodNotAllowed);
    }
    let values = |name: &'static str| {
        request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.trim_ascii())
    };
    let mut hosts = values("host");
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_ours(host, port) => {}
        // A different name for this host means DNS rebinding.
        (Some(_), None) => return Err(Page::Misdirected),
        // RFC 9112, section 3.2: none, or more than one.
        (None, _) | (Some(_), Some(_)) => return Err(Page::Neutral),
    }
    let place = place(target, port)?;
    let has_body = values("content-length").any(|length| length != b"0") || values("transfer-encoding").next().is_some();
    if has_body {
        return Err(Page::Neutral);
    }
    // A page can make the browser fetch, embed or post to us; only the user's navigation is an answer. Browsers that do not send these headers
    // are accepted.
    let foreign = values("origin").next().is_some()
        || values("sec-fetch-mode").any(|mode| mode != b"navigate")
        || values("sec-fetch-dest").any(|destination| destination != b"document");
    let speculative = SPECULATIVE.iter().any(|name| values(name).next().is_some());
    if foreign || speculative {
        return Err(Page::Forbidden);
    }
    Ok(place)
}

fn place(target: &str, port: u16) -> Result<Place<'_>, Page> {
    if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return Err(Page::Neutral);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match without_origin(path, port)? {
        "/" => Ok(Place::Root(query)),
        "/done" => Ok(Place::Done),
        _ => Err(Page::NotFound),
    }
}

/// The path of a target in absolute form (RFC 9112, section 3.2.2), which must name us.
fn without_origin(path: &str, port: u16) -> Result<&str, Page> {
    if path.starts_with('/') {
        return Ok(path);
    }
    let (scheme, rest) = path.split_once("://").ok_or(Page::Neutral)?;
    let authority = rest.split('/').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("http") || !is_ours(authority.as_bytes(), port) {
        return Err(Page::Misdirected);
    }
    Ok(rest.strip_prefix(authority).filter(|path| !path.is_empty()).unwrap_or("/"))
}

fn is_ours(authority: &[u8], port: u16) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| authority.eq_ignore_ascii_case(format!("{name}:{port}").as_bytes()))
}
