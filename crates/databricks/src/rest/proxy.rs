//! Which proxy requests go through: what the environment says, read strictly. A setting that cannot be read stops the request: going direct would
//! send a token on a way that somebody has ruled out.

use std::time::Duration;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use url::Url;

use super::{exempt::Exempt, redact::plain};
use brickpass_core::{
    connection::{BaseUrl, HostKind},
    failure::{Code, Failure, Remedy},
};

/// The variables of the environment that name proxies. Their values may hold a password.
#[derive(Debug, Clone, Default)]
pub struct ProxyVariables {
    /// For https: the first that is set of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY`, `all_proxy`. Every workspace is reached over https.
    pub https: Option<ProxyVariable>,
    /// `HTTP_PROXY` or `http_proxy`: of no use here, but often meant for all.
    pub http: Option<&'static str>,
    /// `NO_PROXY` or `no_proxy`.
    pub no_proxy: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ProxyVariable {
    pub name: &'static str,
    pub value: SecretString,
}

impl ProxyVariables {
    /// From the value of a variable; `None`: it is not set. An empty one counts as not set.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&'static str| value(name).filter(|value| !value.trim().is_empty()).map(|value| (*name, value));
        // A program that a web server starts gets the headers of its request as HTTP_*: none of it is a setting.
        if value("REQUEST_METHOD").is_some() {
            return Self::default();
        }
        Self {
            https: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
                .iter()
                .find_map(set)
                .map(|(name, value)| ProxyVariable { name, value: value.into() }),
            http: ["HTTP_PROXY", "http_proxy"].iter().find_map(set).map(|(name, _)| name),
            no_proxy: ["NO_PROXY", "no_proxy"].iter().find_map(set).map(|(_, value)| value),
        }
    }

    /// In words, without user and password: `HTTPS_PROXY: proxy.example.com:3128`. `None`: no variable is set.
    ///
    /// # Errors
    /// The variable is not the address of a proxy.
    pub fn described(&self) -> Result<Option<String>, Failure> {
        self.https.as_ref().map(|variable| Ok(format!("{}: {}", variable.name, named(&address(variable)?)))).transpose()
    }

    /// The variable that is set although it changes nothing for https.
    #[must_use]
    pub fn only_http(&self) -> Option<&'static str> {
        self.http.filter(|_| self.https.is_none())
    }
}

/// How requests get to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Direct,
    /// Host and port of the proxy, without its user and password.
    Proxy(String),
}

pub(super) struct Proxies {
    way: Way,
    exempt: Exempt,
}

enum Way {
    Named(Box<Url>),
    Unreadable(Box<Failure>),
    /// No variable is set: what the system's own settings say, where it has any.
    System(Box<Matcher>),
}

impl Proxies {
    pub(super) fn new(variables: &ProxyVariables) -> Self {
        let way = match variables.https.as_ref().map(address) {
            Some(Ok(address)) => Way::Named(Box::new(address)),
            Some(Err(failure)) => Way::Unreadable(Box::new(failure)),
            None => Way::System(Box::new(Matcher::from_system())),
        };
        Self { way, exempt: Exempt::read(variables.no_proxy.as_deref().unwrap_or_default()) }
    }

    /// # Errors
    /// A proxy was asked for, and nobody knows which.
    pub(super) fn route(&self, base_url: &BaseUrl) -> Result<Route, Failure> {
        if base_url.kind() == HostKind::Loopback || self.exempt.contains(base_url.host(), base_url.port()) {
            return Ok(Route::Direct);
        }
        match &self.way {
            Way::Named(address) => Ok(Route::Proxy(named(address))),
            Way::Unreadable(failure) => Err(Failure::clone(failure)),
            Way::System(matcher) => {
                let target = base_url.as_str().parse::<Uri>().ok();
                let proxy = target.and_then(|target| matcher.intercept(&target));
                Ok(proxy.map_or(Route::Direct, |proxy| Route::Proxy(without_user(proxy.uri()))))
            }
        }
    }

    /// For the client of the requests that [`Proxies::route`] sends through a proxy.
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder> {
        match &self.way {
            Way::Named(address) => Ok(builder.no_proxy().proxy(reqwest::Proxy::all(address.as_str())?)),
            Way::Unreadable(_) => Ok(builder.no_proxy()),
            Way::System(_) => Ok(builder),
        }
    }
}

const KINDS: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// What curl and Go take for the address of a proxy, and nothing that only looks like one.
fn address(variable: &ProxyVariable) -> Result<Url, Failure> {
    let text = variable.value.expose_secret().trim();
    if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
        return Err(unreadable(variable.name, "Its value contains quotation marks.", "Set it without quotation marks."));
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    // The password ends at the last @; a / ? or # before it would end the address there.
    if rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(['/', '?', '#', '\\'])) {
        return Err(unreadable(
            variable.name,
            "The user name or password contains a character that is not allowed in an address.",
            "In the user name and password, write / as %2F, ? as %3F, # as %23, : as %3A and @ as %40.",
        ));
    }
    if !KINDS.contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err(unreadable(variable.name, "Its proxy type is not supported.", EXAMPLE));
    }
    let address = Url::parse(&format!("{scheme}://{rest}")).ok();
    let bare = |address: &Url| matches!(address.path(), "" | "/") && address.query().is_none() && address.fragment().is_none();
    address
        .filter(|address| address.host_str().is_some_and(|host| !host.is_empty()) && bare(address))
        .ok_or_else(|| unreadable(variable.name, "Its value is not an address.", EXAMPLE))
}

const EXAMPLE: &str = "Set it to an address, for example http://proxy.example.com:3128, or remove it.";

fn unreadable(variable: &str, why: &str, fix: &str) -> Failure {
    Failure::new(
        Code::ProxySetting,
        format!("{variable} does not contain a valid proxy address."),
        format!("{why} Nothing was sent, because your network may forbid requests that bypass the proxy."),
        fix,
    )
    .with_remedy(Remedy::OpenNetworkSettings)
}

fn named(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    plain(&address.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn without_user(proxy: &Uri) -> String {
    let host = proxy.host().unwrap_or_default();
    plain(&proxy.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// The schemes that a proxy offers to sign in with, from its answer to `CONNECT`: "Basic", "Negotiate", "NTLM"... Empty: it could not be asked.
/// `proxy` is host and port of one that is spoken to over http.
pub async fn ways_to_sign_in(proxy: &str, target: &BaseUrl, limit: Duration) -> Vec<String> {
    timeout(limit, asked(proxy, target)).await.ok().and_then(Result::ok).unwrap_or_default()
}

async fn asked(proxy: &str, target: &BaseUrl) -> std::io::Result<Vec<String>> {
    let mut stream = TcpStream::connect(proxy).await?;
    let at = format!("{}:{}", target.host(), target.port());
    stream.write_all(format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    while head.len() < ANSWER && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(schemes(&head))
}

/// An answer to `CONNECT` has a few headers.
const ANSWER: usize = 16 * 1024;

fn schemes(head: &[u8]) -> Vec<String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut answer = httparse::Response::new(&mut headers);
    if answer.parse(head).is_err() || answer.code != Some(407) {
        return Vec::new();
    }
    let offers = answer.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("proxy-authenticate"));
    let scheme = |value: &[u8]| {
        let text = String::from_utf8_lossy(value);
        text.split([' ', ',']).next().filter(|word| !word.is_empty() && word.len() <= 20).map(plain)
    };
    let mut found: Vec<String> = offers.filter_map(|header| scheme(header.value)).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_offers_is_read_from_its_headers() {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM TlRM\r\n\
                    Proxy-Authenticate: Basic realm=\"x, y\"\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(schemes(head.as_bytes()), ["Negotiate", "NTLM", "Basic"]);
        assert_eq!(schemes(b"HTTP/1.1 200 OK\r\nProxy-Authenticate: Basic\r\n\r\n"), Vec::<String>::new());
        assert_eq!(schemes(b"garbage"), Vec::<String>::new());
    }

    const WORKSPACE: &str = "https://adb-1234567890123456.7.azuredatabricks.net";

    fn variables(set: &[(&str, &str)]) -> ProxyVariables {
        ProxyVariables::read(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn route(set: &[(&str, &str)]) -> Result<Route, Failure> {
        let base_url = BaseUrl::read(WORKSPACE).unwrap().base_url;
        Proxies::new(&variables(set)).route(&base_url)
    }

    fn proxy(text: &str) -> Route {
        Route::Proxy(text.to_owned())
    }

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let one = ("HTTPS_PROXY", "http://one:1");
        assert_eq!(route(&[("all_proxy", "http://four:4"), ("https_proxy", "http://two:2"), one]), Ok(proxy("one:1")));
        assert_eq!(route(&[("HTTPS_PROXY", " "), ("ALL_PROXY", "three:3")]), Ok(proxy("three:3")));
        assert_eq!(route(&[one, ("REQUEST_METHOD", "GET")]), Ok(Route::Direct));
        assert_eq!(variables(&[("http_proxy", "http://x")]).only_http(), Some("http_proxy"));
        assert_eq!(variables(&[("http_proxy", "http://x"), one]).only_http(), None);
    }

    #[test]
    fn every_kind_of_proxy_and_every_way_to_write_it_is_read() {
        for (text, named) in [
            ("http://p.example:3128", "p.example:3128"),
            ("p.example:3128/", "p.example:3128"),
            ("HTTP://p.example", "p.example:80"),
            ("https://p.example", "p.example:443"),
            ("socks5://127.0.0.1:1080", "127.0.0.1:1080"),
            ("socks5h://[::1]:1080", "[::1]:1080"),
            ("http://u%40corp:p%3Aw%2Fd%231@p.example:8080", "p.example:8080"),
            ("corp\u{5c}user:x@p.example:8080", ""),
        ] {
            let read = route(&[("HTTPS_PROXY", text)]);
            if named.is_empty() { assert!(read.is_err(), "{text}: {read:?}") } else { assert_eq!(read, Ok(proxy(named)), "{text}") }
        }
    }

    #[test]
    fn a_setting_that_cannot_be_read_stops_the_request_and_shows_no_part_of_its_password() {
        for (text, why) in [
            ("https//127.0.0.1:18300", "not an address"),
            ("htp://127.0.0.1:18300", "proxy type"),
            ("\"http://127.0.0.1:18300\"", "quotation marks"),
            ("'http://user:geheim@127.0.0.1:18300'", "quotation marks"),
            ("http://user:4711#geheim@127.0.0.1:18300", "not allowed in an address"),
            ("http://user:4711/geheim@127.0.0.1:18300", "not allowed in an address"),
            ("http://user:4711?geheim@127.0.0.1:18300", "not allowed in an address"),
            ("user:47/geheim@127.0.0.1", "not allowed in an address"),
            ("http://", "not an address"),
            ("http://127.0.0.1:99999", "not an address"),
            ("http://127.0.0.1:18300/path", "not an address"),
            ("http://127.0.0.1:18300?x=geheim", "not an address"),
            ("ftp://geheim", "proxy type"),
            ("http://two words", "not an address"),
        ] {
            let failure = route(&[("https_proxy", text)]).expect_err(text);
            assert_eq!(failure.code, Code::ProxySetting, "{text}");
            assert!(failure.why.contains(why) && failure.what.starts_with("https_proxy "), "{text}: {failure}");
            assert!(!format!("{failure:?}").contains("geheim") && !format!("{failure:?}").contains("4711"), "{failure:?}");
            assert!(variables(&[("HTTPS_PROXY", text)]).described().is_err());
        }
        assert!(!format!("{:?}", variables(&[("HTTPS_PROXY", "http://u:geheim@p")])).contains("geheim"));
    }

    #[test]
    fn what_is_described_has_neither_user_nor_password() {
        let described = |text| variables(&[("ALL_PROXY", text)]).described().unwrap();
        assert_eq!(described("http://user:geheim@p.example:8080").as_deref(), Some("ALL_PROXY: p.example:8080"));
        assert_eq!(variables(&[]).described(), Ok(None));
    }

    #[test]
    fn an_exempt_host_and_this_computer_go_direct_even_if_the_proxy_cannot_be_read() {
        for proxy in ["http://p.example:1", "htp://p"] {
            let exempt = [("HTTPS_PROXY", proxy), ("NO_PROXY", "*.azuredatabricks.net")];
            assert_eq!(route(&exempt), Ok(Route::Direct));
            let here = BaseUrl::read("http://127.0.0.1:8080").unwrap().base_url;
            assert_eq!(Proxies::new(&variables(&[("HTTPS_PROXY", proxy)])).route(&here), Ok(Route::Direct));
        }
    }
}
