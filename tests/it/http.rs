//! What the network does to a request, and what the person is told.

use std::time::{Duration, Instant};

use brickpass_core::{connection::BaseUrl, failure::Code};
use brickpass_databricks::rest::{ApiError, Client, Http, HttpSettings, Me};
use secrecy::SecretString;

use crate::support::{
    comes,
    fault_server::{Act, FaultServer, answer, json},
};

const ME: &str = r#"{"id":"1","userName":"you@example.com","displayName":"You"}"#;
/// Not in the shape of a real token: only its value can give it away.
const CANARY: &str = "canary-token-0123456789";

fn ask(base_url: &str, timeout: Duration) -> Result<Me, ApiError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let base_url = BaseUrl::read(base_url).unwrap().base_url;
    let client = Client::new(Http::new(HttpSettings::default()), base_url, None, SecretString::from(CANARY), timeout);
    let result = runtime.block_on(client.me());
    if let Err(error) = &result {
        let told = format!("{error} {error:?} {}", serde_json::to_string(&error.failure).unwrap());
        assert!(!told.contains(CANARY), "a failure tells the token: {told}");
    }
    runtime.shutdown_background();
    result
}

fn code(base_url: &str, seconds: u64) -> Code {
    ask(base_url, Duration::from_secs(seconds)).unwrap_err().failure.code
}

fn always(act: Act) -> FaultServer {
    FaultServer::start(move |_, _| act.clone())
}

fn told(status: &str, body: &str) -> brickpass_core::failure::Failure {
    ask(&always(json(status, body)).base_url(), Duration::from_secs(5)).unwrap_err().failure
}

#[test]
fn ht_01_a_name_that_does_not_exist() {
    let began = Instant::now();
    assert_eq!(code("https://no-such-workspace.invalid", 30), Code::Dns);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn ht_02_a_refused_connection() {
    assert_eq!(code(&format!("http://127.0.0.1:{}", crate::support::free_port()), 5), Code::Refused);
}

#[test]
fn ht_31_interim_answers_without_end_do_not_stretch_the_limit() {
    let server = always(Act::Flood(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".repeat(4000)));
    let began = Instant::now();
    assert_eq!(code(&server.base_url(), 1), Code::ReadTimeout);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    comes("and they are not read for ever", || server.open() == 0);
}

#[test]
fn ht_04_accepted_then_silence() {
    let began = Instant::now();
    assert_eq!(code(&always(Act::Silence).base_url(), 1), Code::ReadTimeout);
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn ht_05_a_drip_does_not_outlast_the_timeout() {
    let began = Instant::now();
    let drip = always(Act::Drip(format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{ME}").into_bytes()));
    assert_eq!(code(&drip.base_url(), 2), Code::ReadTimeout);
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn ht_06_a_reset_is_tried_at_most_three_times() {
    for start in ["HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"] {
        let server = always(Act::Reset(start.as_bytes().to_vec()));
        assert_eq!(code(&server.base_url(), 8), Code::Reset, "{start}");
        assert!((2..=3).contains(&server.requests().len()), "{} requests", server.requests().len());
    }
}

#[test]
fn ht_07_a_broken_body() {
    for rest in ["Content-Length: 500\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"] {
        let server = always(Act::Send(format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}").into_bytes()));
        assert_eq!(code(&server.base_url(), 8), Code::Protocol, "{rest}");
    }
}

#[cfg(target_os = "linux")]
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn ht_08_a_flood_is_cut_and_costs_no_memory() {
    const ALONE: &str = "BRICKPASS_TEST_ALONE";
    // Memory is the process's: the promise is measured in one where no other test runs.
    if std::env::var_os(ALONE).is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", "http::ht_08_a_flood_is_cut_and_costs_no_memory", "--nocapture"]).env(ALONE, "1");
        let done = crate::support::run(&mut alone, b"", Duration::from_secs(60));
        assert!(done.code == Some(0) && done.stdout.contains("1 passed"), "{}\n{}", done.stdout, done.stderr);
        return;
    }
    let _ = told("401 Unauthorized", "{}");
    let before = resident_kib();
    let start = |header: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{header}").into_bytes();
    let body = always(Act::Flood(start("Content-Length: 1073741824\r\n\r\n"), vec![b' '; 65536]));
    assert_eq!(code(&body.base_url(), 8), Code::TooLarge);
    let unannounced = always(Act::Flood(start("Connection: close\r\n\r\n"), vec![b' '; 65536]));
    assert_eq!(code(&unannounced.base_url(), 8), Code::TooLarge);
    let headers = always(Act::Flood(start(""), b"X-More: more and more and more\r\n".to_vec()));
    assert_eq!(code(&headers.base_url(), 8), Code::TooLarge);
    let error = always(Act::Flood(b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n".to_vec(), vec![b'<'; 65536]));
    assert_eq!(code(&error.base_url(), 8), Code::Unauthorized);
    // Nothing is asked for compressed, so nothing is unpacked: what begins like gzip is no JSON.
    let mut packed = start("Content-Encoding: gzip\r\nContent-Length: 10000\r\n\r\n");
    packed.extend([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
    packed.extend([0; 9990]);
    let bomb = always(Act::Send(packed));
    assert_eq!(code(&bomb.base_url(), 8), Code::NotApi);
    assert!(bomb.requests().iter().all(|head| !head.to_lowercase().contains("accept-encoding")));
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "grew by {grown} KiB");
}

#[test]
fn ht_09_a_web_page_is_not_the_api() {
    let page = answer("200 OK", "Content-Type: text/html\r\n", "<html><title>Hotel Wi-Fi</title></html>");
    assert_eq!(code(&always(page).base_url(), 5), Code::NotApi);
}

#[test]
fn ht_11_a_redirect_is_never_followed() {
    let other = always(json("200 OK", ME));
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = always(answer(status, &format!("Location: {}/x?token=1\r\n", other.base_url()), ""));
        assert_eq!(code(&server.base_url(), 5), Code::Redirect, "{status}");
        assert!(server.requests()[0].contains(CANARY), "the workspace itself gets the token");
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[test]
fn ht_12_private_link_is_named() {
    for (query, expected) in [
        ("error=private-link-validation-error", Code::PrivateLink),
        ("error=private-link-validation-error:1234567890123456", Code::PrivateLink),
        ("error=private-link-validation-error%3A1234567890123456&x=y", Code::PrivateLink),
        ("error=private-link-validation-errors", Code::Redirect),
        ("next=private-link-validation-error", Code::Redirect),
    ] {
        let server = always(answer("302 Found", &format!("Location: /login.html?{query}\r\n"), ""));
        assert_eq!(code(&server.base_url(), 5), expected, "{query}");
    }
}

#[test]
fn ht_14_three_reasons_for_403_are_three_explanations() {
    let token = told("403 Forbidden", r#"{"error_code":"403","message":"Invalid access token."}"#);
    let address = told(
        "403 Forbidden",
        r#"{"error_code":"PERMISSION_DENIED","message":"Source IP address: 192.0.2.7 is blocked by Databricks IP ACL for workspace: 123"}"#,
    );
    let entitlement = told(
        "403 Forbidden",
        r#"{"error_code":"PERMISSION_DENIED","message":"This API is disabled for users without the workspace-access entitlement."}"#,
    );
    assert_eq!([token.code, address.code, entitlement.code], [Code::Unauthorized, Code::IpBlocked, Code::Forbidden]);
    assert!(token.what != address.what && address.what != entitlement.what && token.what != entitlement.what);
}

#[test]
fn ht_15_not_found_is_explained() {
    let failure = told("404 Not Found", r#"{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}"#);
    assert_eq!(failure.code, Code::NotFound);
}

#[test]
fn ht_16_waits_as_long_as_it_is_asked() {
    for (header, least, most) in [("2", 2000, 8000), ("garbage", 0, 8000), ("-5", 0, 8000)] {
        let headers = format!("Retry-After: {header}\r\nContent-Type: application/json\r\n");
        let server = FaultServer::start(
            move |_, before| if before == 0 { answer("429 Too Many Requests", &headers, "{}") } else { json("200 OK", ME) },
        );
        let began = Instant::now();
        assert_eq!(ask(&server.base_url(), Duration::from_secs(9)).unwrap().user_name, "you@example.com");
        let took = began.elapsed().as_millis();
        assert!((least..most).contains(&took), "{header}: {took} ms");
    }
}

#[test]
fn ht_16_waits_until_the_date_it_is_given() {
    let server = FaultServer::start(|_, before| {
        let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
        let headers = format!("Retry-After: {}\r\nContent-Type: application/json\r\n", then.strftime("%a, %d %b %Y %H:%M:%S GMT"));
        if before == 0 { answer("429 Too Many Requests", &headers, "{}") } else { json("200 OK", ME) }
    });
    let began = Instant::now();
    assert_eq!(ask(&server.base_url(), Duration::from_secs(9)).unwrap().user_name, "you@example.com");
    let took = began.elapsed().as_millis();
    assert!((1800..9000).contains(&took), "{took} ms");
}

#[test]
fn ht_16_never_waits_beyond_the_timeout() {
    let server = always(answer("429 Too Many Requests", "Retry-After: 999999\r\nContent-Type: application/json\r\n", "{}"));
    let began = Instant::now();
    assert_eq!(code(&server.base_url(), 2), Code::RateLimited);
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn ht_17_a_passing_trouble_is_ridden_out() {
    for status in ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"] {
        let server = FaultServer::start(move |_, before| if before < 2 { json(status, "{}") } else { json("200 OK", ME) });
        assert_eq!(ask(&server.base_url(), Duration::from_secs(9)).unwrap().user_name, "you@example.com", "{status}");
    }
}

#[test]
fn ht_18_gives_up_after_three_tries() {
    let server = always(json("503 Service Unavailable", "{}"));
    assert_eq!(code(&server.base_url(), 9), Code::ServerError);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn ht_30_the_servers_clock_is_compared() {
    let ahead = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(600);
    let date = ahead.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let server = always(answer("200 OK", &format!("Date: {date}\r\nContent-Type: application/scim+json\r\n"), ME));
    let skew = ask(&server.base_url(), Duration::from_secs(5)).unwrap().clock_ahead_seconds.unwrap();
    assert!((595..=605).contains(&skew), "{skew}");
}

#[test]
fn an_answer_that_repeats_the_token_does_not_tell_it() {
    let failure = told("400 Bad Request", &format!(r#"{{"error_code":"X","message":"bad header Bearer {CANARY}"}}"#));
    assert!(!format!("{failure:?}").contains(CANARY));
}

#[test]
fn a_dropped_call_closes_its_socket() {
    let server = always(Act::Silence);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let client = Client::new(
        Http::new(HttpSettings::default()),
        BaseUrl::read(&server.base_url()).unwrap().base_url,
        None,
        SecretString::from(CANARY),
        Duration::from_mins(10),
    );
    let call = runtime.spawn(async move { client.me().await });
    comes("the call has begun", || server.requests().len() == 1);
    call.abort();
    comes("its socket is closed", || server.open() == 0);
}
