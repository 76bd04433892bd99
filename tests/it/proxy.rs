//! Proxies of the environment: explained when they are in the way, left aside where they do not apply, their password never shown.
//! The environment belongs to a process, so each test asks the built program.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::{
    fault_server::{FaultServer, json},
    free_port, run,
    terminal::Terminal,
};

const LIMIT: Duration = Duration::from_mins(3);
const TOKEN: &str = "dapi0123456789abcdef0123456789abcdef";
/// In base64, as it goes to the proxy: `dXNlcjpodW50ZXIyLXNlY3JldA==`.
const PASSWORD: &str = "hunter2-secret";
/// Nothing on any network answers for it.
const NOWHERE: &str = "https://adb-1234567890123456.7.azuredatabricks.invalid";

/// Gives every connection the same answer; keeps what it was asked.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let asked = Arc::clone(&proxy.asked);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (mut head, mut some) = (Vec::new(), [0; 1024]);
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut some) {
                        Ok(count) if count > 0 => head.extend_from_slice(&some[..count]),
                        _ => break,
                    }
                }
                asked.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
            }
        });
        proxy
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// The result of a test of `base_url` with these variables set.
fn test(base_url: &str, variables: &[(&str, &str)]) -> Value {
    let terminal = Terminal::with(());
    let command = |arguments: &[&str]| {
        let mut command = terminal.command(arguments);
        command.envs(variables.iter().copied());
        command
    };
    let added = run(
        &mut command(&["add", "A", "--base-url", base_url, "--timeout", "5", "--trust-address", "--token-stdin"]),
        TOKEN.as_bytes(),
        LIMIT,
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    let words = run(&mut command(&["test", "A"]), b"", LIMIT);
    let tested = run(&mut command(&["test", "--json", "A"]), b"", LIMIT);
    for said in [&words.stdout, &words.stderr, &tested.stdout, &tested.stderr] {
        assert!(!said.contains(PASSWORD) && !said.contains(TOKEN), "a secret is told: {said}");
        assert!(!said.contains("dXNlcjpo"), "a secret is told in base64: {said}");
    }
    for (file, bytes) in terminal.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(PASSWORD), "{}", file.display());
    }
    tested.json()["results"][0].clone()
}

fn code(result: &Value) -> &str {
    result["error"]["code"].as_str().unwrap_or_else(|| panic!("{result:#}"))
}

fn steps(result: &Value) -> Vec<&str> {
    result["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect()
}

fn with_password(port: u16) -> String {
    format!("http://user:{PASSWORD}@127.0.0.1:{port}")
}

#[test]
fn ht_23_a_proxy_that_asks_to_sign_in_is_explained() {
    let proxy = Proxy::answering("407 Proxy Authentication Required");
    let result = test(NOWHERE, &[("HTTPS_PROXY", &with_password(proxy.port))]);
    assert_eq!((code(&result), result["state"].as_str()), ("proxy-auth", Some("unreachable")));
    let asked = proxy.asked();
    assert!(asked[0].starts_with("CONNECT adb-1234567890123456.7.azuredatabricks.invalid:443 "), "{asked:?}");
    // Beside the requests the proxy is asked once, without user and password, which ways to sign in it offers.
    let (requests, questions): (Vec<_>, Vec<_>) = asked.iter().partition(|head| head.contains("user-agent: brickpass"));
    assert!(requests.iter().all(|head| head.to_lowercase().contains("proxy-authorization: basic ")), "{asked:?}");
    assert!(!requests.is_empty() && questions.len() <= requests.len(), "{asked:?}");
    assert!(asked.iter().all(|head| !head.contains(TOKEN)), "{asked:?}");
    assert!(!steps(&result).iter().any(|step| ["dns", "tcp", "tls"].contains(step)), "{result:#}");
    assert!(result["hints"][0].as_str().unwrap().contains(&format!("the proxy 127.0.0.1:{}", proxy.port)), "{result:#}");
}

#[test]
fn ht_23_a_proxy_that_is_down_is_told_from_a_workspace_that_is() {
    let result = test(NOWHERE, &[("https_proxy", &with_password(free_port()))]);
    assert_eq!((code(&result), result["state"].as_str()), ("proxy-unreachable", Some("unreachable")));
}

#[test]
fn ht_23_a_proxy_that_refuses_the_address_is_explained() {
    for status in ["403 Forbidden", "502 Bad Gateway"] {
        let proxy = Proxy::answering(status);
        let result = test(NOWHERE, &[("ALL_PROXY", &with_password(proxy.port))]);
        assert_eq!(code(&result), "proxy-unreachable", "{status}");
        assert!(result["error"]["what"].as_str().unwrap().contains("refused the connection"), "{result:#}");
    }
}

#[test]
fn ht_24_no_proxy_is_used_for_what_no_proxy_names() {
    let proxy = Proxy::answering("502 Bad Gateway");
    for exempt in [".azuredatabricks.invalid", "other.example, adb-1234567890123456.7.azuredatabricks.invalid", "*"] {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &with_password(proxy.port)), ("NO_PROXY", exempt)]);
        assert_eq!((code(&result), steps(&result)), ("dns", vec!["dns"]), "{exempt}");
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn ht_24_this_computer_is_never_asked_through_a_proxy() {
    let proxy = Proxy::answering("502 Bad Gateway");
    let server = FaultServer::start(|path, _| match path {
        "/api/2.0/preview/scim/v2/Me" => json("200 OK", r#"{"userName":"you@example.com"}"#),
        _ => json("200 OK", "{}"),
    });
    let address = with_password(proxy.port);
    let result = test(&server.base_url(), &[("HTTP_PROXY", &address), ("HTTPS_PROXY", &address), ("ALL_PROXY", &address)]);
    assert_eq!(result["ok"], true, "{result:#}");
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn sr_03_a_proxy_setting_that_cannot_be_read_stops_the_request_and_shows_nothing_of_its_password() {
    let proxy = Proxy::answering("502 Bad Gateway");
    for strange in [
        format!("https//127.0.0.1:{}", proxy.port),
        format!("htp://127.0.0.1:{}", proxy.port),
        format!("\"http://127.0.0.1:{}\"", proxy.port),
        format!("http://user:4711#{PASSWORD}@127.0.0.1:{}", proxy.port),
        format!("http://user:4711/{PASSWORD}@127.0.0.1:{}", proxy.port),
        format!("http://{PASSWORD}:47?11@127.0.0.1:{}", proxy.port),
    ] {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &strange)]);
        assert_eq!((code(&result), result["state"].as_str()), ("proxy-setting", Some("unreachable")), "{strange}");
        assert!(result["error"]["what"].as_str().unwrap().starts_with("HTTPS_PROXY does not contain"), "{result:#}");
        assert!(!result.to_string().contains("4711"), "a part of the password is told: {result:#}");
        assert_eq!(result["steps"].as_array().map(Vec::len), Some(0), "nothing was tried: {result:#}");
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn sr_04_a_proxy_that_offers_nothing_but_what_cannot_be_used_is_told_as_that() {
    let proxy = Proxy::answering("407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM");
    let result = test(NOWHERE, &[("HTTPS_PROXY", &format!("http://127.0.0.1:{}", proxy.port))]);
    assert_eq!(code(&result), "proxy-auth");
    let (why, fix) = (result["error"]["why"].as_str().unwrap(), result["error"]["fix"].as_str().unwrap());
    assert!(why.contains("Negotiate, NTLM") && fix.contains("px or cntlm") && !fix.contains("user:password"), "{result:#}");
    // No step says ok beside a failure.
    assert!(result["steps"].as_array().unwrap().iter().all(|step| step["ok"] == false), "{result:#}");

    let basic = Proxy::answering("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"");
    let result = test(NOWHERE, &[("HTTPS_PROXY", &format!("http://127.0.0.1:{}", basic.port))]);
    assert!(result["error"]["fix"].as_str().unwrap().contains("user:password@host"), "{result:#}");
}

#[test]
fn sr_05_no_proxy_is_read_as_go_reads_it() {
    let proxy = Proxy::answering("502 Bad Gateway");
    for exempt in ["*.azuredatabricks.invalid", "azuredatabricks.invalid:443"] {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &with_password(proxy.port)), ("NO_PROXY", exempt)]);
        assert_eq!((code(&result), steps(&result)), ("dns", vec!["dns"]), "{exempt}");
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
    for not_exempt in ["*.adb-1234567890123456.7.azuredatabricks.invalid", "azuredatabricks.invalid:8443"] {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &with_password(proxy.port)), ("NO_PROXY", not_exempt)]);
        assert_eq!(code(&result), "proxy-unreachable", "{not_exempt}");
    }
}

/// The least of RFC 1928: no sign-in, one request, the answer that the host cannot be reached.
#[test]
fn sr_06_a_socks_proxy_is_spoken_to() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let seen = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut some = [0; 512];
            let Ok(greeting) = stream.read(&mut some) else { continue };
            if greeting == 0 || some[0] != 5 || stream.write_all(&[5, 0]).is_err() {
                continue;
            }
            let count = stream.read(&mut some).unwrap_or_default();
            seen.lock().unwrap().push(some[..count].to_vec());
            let _ = stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]);
        }
    });
    let result = test(NOWHERE, &[("ALL_PROXY", &format!("socks5h://127.0.0.1:{port}"))]);
    assert_eq!(code(&result), "proxy-unreachable");
    assert!(result["error"]["what"].as_str().unwrap().contains("refused the connection"), "{result:#}");
    let asked = asked.lock().unwrap();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.windows(9).any(|part| part == b"adb-12345")), "{asked:?}");
}

/// `test` looks through everything that was said and written for the password.
#[test]
fn se_13_the_password_of_a_proxy_is_in_no_error_of_any_kind() {
    let down = Proxy { port: free_port(), asked: Arc::default() };
    let answers = [
        "407 Proxy Authentication Required",
        "403 Forbidden",
        "\u{1}\u{2} garbage \r\n\r\n",
        "200 OK",
        "302 Found\r\nLocation: http://e",
        "999",
    ];
    let up = answers.map(Proxy::answering);
    for proxy in up.iter().chain([&down]) {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &with_password(proxy.port))]);
        assert_eq!((result["ok"].as_bool(), result["state"].as_str()), (Some(false), Some("unreachable")), "{result:#}");
    }
    // None of these is an address; each is told, or left aside, without the password.
    for strange in
        ["http://user:{}@127.0.0.1:99999", "http://user:{}@[::bad]:1", "user:{}@", "socks9://user:{}@127.0.0.1:1", "http://user:{}@"]
    {
        let result = test(NOWHERE, &[("HTTPS_PROXY", &strange.replace("{}", PASSWORD))]);
        assert_eq!(result["ok"], false, "{result:#}");
    }
}

#[test]
fn se_13_neither_the_doctor_nor_a_login_shows_the_password_of_a_proxy() {
    let proxy = Proxy::answering("407 Proxy Authentication Required");
    let address = with_password(proxy.port);
    let terminal = Terminal::with(());
    let command = |arguments: &[&str]| {
        let mut command = terminal.command(arguments);
        command.env("HTTPS_PROXY", &address).env("RUST_LOG", "trace");
        command
    };
    let added =
        run(&mut command(&["add", "B", "--base-url", NOWHERE, "--trust-address", "--auth", "browser", "--timeout", "5"]), b"", LIMIT);
    assert_eq!(added.code, Some(0), "{added:?}");
    for arguments in [
        &["login", "B", "--no-browser"][..],
        &["login", "B", "--no-browser", "--json"],
        &["token", "B"],
        &["doctor"],
        &["doctor", "--json"],
    ] {
        let said = run(&mut command(arguments), b"", LIMIT);
        crate::support::traces::none_in(&[("the password", PASSWORD)], &arguments.join(" "), (said.stdout + &said.stderr).as_bytes());
    }
    assert!(!proxy.asked().is_empty(), "the login went to the proxy");
    for (file, bytes) in terminal.home.files() {
        crate::support::traces::none_in(&[("the password", PASSWORD)], &file.display().to_string(), &bytes);
    }
}
