//! Who is given a token: a plain function from the bytes of a request's head.
//!
//! The order is that of trust: whether it is a request to us at all, then the key, and only then words that explain.

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::reply::Reply;
use brickpass_core::connection::BaseUrl;
use brickpass_databricks::oauth::loopback::HEADER_LINES;

pub(super) struct Expected {
    pub(super) port: u16,
    /// The path without its slash.
    pub(super) key: SecretString,
    /// The origin that the tokens are for.
    pub(super) host: String,
}

/// The one version there is.
const VERSION: &[u8] = b"1";

/// # Errors
/// The answer instead of a token.
pub(super) fn judge(head: &[u8], expected: &Expected) -> Result<(), Reply> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LINES];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Reply::HeadersTooLarge),
        Ok(httparse::Status::Partial) | Err(_) => return Err(Reply::Malformed),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else { return Err(Reply::Malformed) };
    let values = |name: &'static str| {
        request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.trim_ascii())
    };
    let only = |name: &'static str| {
        let mut values = values(name);
        values.next().filter(|_| values.next().is_none())
    };
    // Another name that leads here is DNS rebinding.
    if !only("host").is_some_and(|host| is_ours(host, expected.port)) {
        return Err(Reply::Misdirected);
    }
    // Tools never send requests from a web page.
    if values("origin").chain(values("sec-fetch-site")).next().is_some() {
        return Err(Reply::Forbidden);
    }
    let key = target.strip_prefix('/').unwrap_or_default();
    if !bool::from(key.as_bytes().ct_eq(expected.key.expose_secret().as_bytes())) {
        return Err(Reply::NotFound);
    }
    if method != "GET" {
        return Err(Reply::MethodNotAllowed);
    }
    if values("content-length").any(|length| length != b"0") || values("transfer-encoding").next().is_some() {
        return Err(Reply::Malformed);
    }
    if only("x-databricks-metadata-version") != Some(VERSION) {
        return Err(Reply::OtherVersion);
    }
    match only("x-databricks-host").and_then(origin) {
        Some(host) if host == expected.host => Ok(()),
        _ => Err(Reply::OtherHost),
    }
}

fn is_ours(host: &[u8], port: u16) -> bool {
    ["127.0.0.1", "localhost"].iter().any(|name| host.eq_ignore_ascii_case(format!("{name}:{port}").as_bytes()))
}

/// With or without scheme, as the SDKs take a host.
fn origin(host: &[u8]) -> Option<String> {
    let host = std::str::from_utf8(host).ok()?;
    let with_scheme = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
    BaseUrl::read(&with_scheme).ok().map(|read| read.base_url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "k3y-of-32-bytes_AAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";

    fn expected() -> Expected {
        Expected { port: 4321, key: KEY.into(), host: HOST.to_owned() }
    }

    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<(), Reply> {
        let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        judge(format!("{method} {target} HTTP/1.1\r\n{}\r\n", lines.concat()).as_bytes(), &expected())
    }

    /// What a tool sends, with one header in another way, or none of it, or one more.
    fn with(name: &str, value: Option<&str>) -> Result<(), Reply> {
        let usual = [("Host", "127.0.0.1:4321"), ("X-Databricks-Metadata-Version", "1"), ("X-Databricks-Host", HOST)];
        let others = usual.into_iter().filter(|(usual, _)| !usual.eq_ignore_ascii_case(name));
        let headers: Vec<_> = others.chain(value.map(|value| (name, value))).collect();
        request("GET", &format!("/{KEY}"), &headers)
    }

    fn usual(method: &str, target: &str) -> Result<(), Reply> {
        let headers = [("Host", "127.0.0.1:4321"), ("X-Databricks-Metadata-Version", "1"), ("X-Databricks-Host", HOST)];
        request(method, target, &headers)
    }

    #[test]
    fn what_the_sdks_send_is_heard() {
        assert!(usual("GET", &format!("/{KEY}")).is_ok());
        assert!(with("host", Some("localhost:4321")).is_ok() && with("HOST", Some("LocalHost:4321")).is_ok());
        for host in [&format!("{HOST}/"), &format!("{HOST}:443"), HOST.trim_start_matches("https://"), &HOST.to_uppercase()] {
            assert!(with("X-Databricks-Host", Some(host)).is_ok(), "{host}");
        }
        assert!(with("User-Agent", Some("databricks-sdk-py/0.1")).is_ok());
        assert!(with("content-length", Some("0")).is_ok());
    }

    #[test]
    fn without_the_key_there_is_nothing_here() {
        let absolute = format!("http://127.0.0.1:4321/{KEY}");
        let shorter = &KEY[..KEY.len() - 1];
        let other = KEY.to_lowercase();
        for target in
            ["/", "//", "*", &format!("/{shorter}"), &format!("/{KEY}/"), &format!("/{KEY}?a"), &format!("/{other}"), &absolute, KEY]
        {
            assert!(matches!(usual("GET", target), Err(Reply::NotFound)), "{target}");
        }
        // Nor does anything else say more to whoever has no key.
        assert!(matches!(usual("POST", "/"), Err(Reply::NotFound)));
        assert!(matches!(request("GET", "/", &[("Host", "127.0.0.1:4321")]), Err(Reply::NotFound)));
    }

    #[test]
    fn it_is_asked_with_get_and_nothing_else() {
        for method in ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get", "CONNECT"] {
            assert!(matches!(usual(method, &format!("/{KEY}")), Err(Reply::MethodNotAllowed)), "{method}");
        }
        for (name, value) in [("Content-Length", "5"), ("Transfer-Encoding", "chunked")] {
            assert!(matches!(with(name, Some(value)), Err(Reply::Malformed)), "{name}");
        }
    }

    #[test]
    fn another_name_that_leads_here_is_not_ours() {
        for host in
            ["evil.example", "evil.example:4321", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:4321", "[::1]:4321", "", "0:4321"]
        {
            assert!(matches!(with("Host", Some(host)), Err(Reply::Misdirected)), "{host}");
        }
        assert!(matches!(with("Host", None), Err(Reply::Misdirected)));
        let two = [("Host", "127.0.0.1:4321"), ("Host", "evil.example")];
        assert!(matches!(request("GET", &format!("/{KEY}"), &two), Err(Reply::Misdirected)));
    }

    #[test]
    fn a_web_page_is_told_nothing_even_with_the_key() {
        for (name, value) in [("Origin", "http://127.0.0.1:4321"), ("Origin", "null"), ("Sec-Fetch-Site", "none")] {
            assert!(matches!(with(name, Some(value)), Err(Reply::Forbidden)), "{name}");
        }
    }

    #[test]
    fn the_version_of_the_protocol_and_the_host_are_required() {
        for version in [None, Some(""), Some("2"), Some("1.0"), Some("01")] {
            assert!(matches!(with("X-Databricks-Metadata-Version", version), Err(Reply::OtherVersion)), "{version:?}");
        }
        let hosts = [
            "",
            "https://adb-1234567890123456.8.azuredatabricks.net",
            "http://adb-1234567890123456.7.azuredatabricks.net",
            "https://adb-1234567890123456.7.azuredatabricks.net.evil.example",
            "https://adb-1234567890123456.7.azuredatabricks.net@evil.example",
            "https://adb-1234567890123456.7.azuredatabricks.net:8443",
            "adb-1234567890123456.7.azuredatabricks.net\u{E9}",
        ];
        for host in hosts {
            assert!(matches!(with("X-Databricks-Host", Some(host)), Err(Reply::OtherHost)), "{host}");
        }
        assert!(matches!(with("X-Databricks-Host", None), Err(Reply::OtherHost)));
        let two = [
            ("Host", "127.0.0.1:4321"),
            ("X-Databricks-Metadata-Version", "1"),
            ("X-Databricks-Host", HOST),
            ("X-Databricks-Host", "https://evil.example"),
        ];
        assert!(matches!(request("GET", &format!("/{KEY}"), &two), Err(Reply::OtherHost)), "nobody guesses which of two counts");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for head in [&b""[..], b"\x16\x03\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"] {
            assert!(matches!(judge(head, &expected()), Err(Reply::Malformed)), "{}", head.escape_ascii());
        }
    }
}
