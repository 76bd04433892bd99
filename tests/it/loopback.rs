//! The redirect listener on real sockets: whatever comes, it goes on waiting, and takes the one right answer.
//!
//! Every case ends with a good callback that is taken, unless the case itself ends the login.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use brickpass::oauth::loopback::{Broken, Callback, Expected, Listener, Ports, PortsTaken};
use secrecy::ExposeSecret as _;
use tokio::{runtime::Runtime, task::JoinHandle};

use crate::support;

pub const STATE: &str = "c3RhdGUtb2Ytb25lLWxvZ2lu";
pub const CODE: &str = "code-of-one-login";
pub const LIMIT: Duration = Duration::from_secs(10);

/// A login that waits, on a port of its own.
pub struct Waiting {
    pub port: u16,
    pub wrong_keys: Arc<AtomicUsize>,
    pub answer: JoinHandle<Result<Callback, Broken>>,
    pub runtime: Runtime,
}

pub fn expected() -> Expected {
    Expected { state: STATE.into(), issuer: None, iss_required: false }
}

pub fn wait() -> Waiting {
    wait_for(expected())
}

pub fn wait_for(expected: Expected) -> Waiting {
    wait_on(Listener::bind(&Ports::only(0)).unwrap(), expected)
}

pub fn wait_on(listener: Listener, expected: Expected) -> Waiting {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let wrong_keys = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wrong_keys);
    let port = listener.port();
    let answer = runtime.spawn(async move { listener.answer(expected, &move |count| counted.store(count, Ordering::SeqCst)).await });
    Waiting { port, wrong_keys, answer, runtime }
}

impl Waiting {
    pub fn connect(&self) -> TcpStream {
        connect(self.port)
    }

    /// A request for `target` with the right `Host`, and what came back.
    pub fn get(&self, target: &str) -> String {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port))
    }

    pub fn send(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // It may be refused before it is sent to its end.
        let _ = stream.write_all(request.as_ref());
        response(&mut stream)
    }

    pub fn good(&self) -> String {
        self.get(&format!("/?code={CODE}&state={STATE}"))
    }

    pub fn end(self) -> Result<Callback, Broken> {
        self.runtime.block_on(async { tokio::time::timeout(LIMIT, self.answer).await }).expect("the login ends").unwrap()
    }

    /// The login still takes the one right answer.
    pub fn still_waits(self) {
        assert!(!self.answer.is_finished(), "it waits no more");
        let response = self.good();
        assert!(response.starts_with("HTTP/1.1 303 "), "{response}");
        let code = code_of(self.end());
        assert_eq!(code, CODE);
    }
}

pub fn code_of(result: Result<Callback, Broken>) -> String {
    match result {
        Ok(Callback::Code { code, .. }) => code.expose_secret().to_owned(),
        other => panic!("no code: {other:?}"),
    }
}

pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// As a browser reads it: to the end that `Content-Length` says, then it closes. Empty when the connection was cut.
pub fn response(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && head.lines().any(|line| line == format!("Content-Length: {}", body.len()))
        {
            break;
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

pub fn refused(port: u16) -> bool {
    [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))]
        .iter()
        .all(|address| TcpStream::connect_timeout(address, LIMIT).is_err())
}

pub fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    // Less than the ten seconds after which the last page goes by itself.
    let limit = Duration::from_secs(7);
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The addresses on which somebody listens at `port`, as the kernel lists them.
#[cfg(target_os = "linux")]
fn listening(port: u16) -> BTreeSet<String> {
    const LISTEN: &str = "0A";
    let table = |name: &str| fs::read_to_string(name).unwrap_or_default();
    let suffix = format!(":{port:04X}");
    format!("{}\n{}", table("/proc/net/tcp"), table("/proc/net/tcp6"))
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|columns| columns.get(3) == Some(&LISTEN))
        .filter_map(|columns| columns.get(1)?.strip_suffix(&suffix).map(str::to_owned))
        .collect()
}

/// How this machine is reached from outside. Sends nothing: connecting a datagram socket only chooses the way.
fn outside_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// That many ports that nobody held a moment ago.
fn free_ports(number: usize) -> Vec<u16> {
    let held: Vec<_> = (0..number).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    held.iter().map(|it| it.local_addr().unwrap().port()).collect()
}

fn error_of(result: Result<Callback, Broken>) -> (String, Option<String>) {
    match result {
        Ok(Callback::Error { error, description }) => (error, description),
        other => panic!("no error: {other:?}"),
    }
}

#[test]
fn lb_01_it_listens_on_loopback_alone() {
    let waiting = wait();
    #[cfg(target_os = "linux")]
    {
        let mut expected = BTreeSet::from(["0100007F".to_owned()]);
        if has_ipv6() {
            expected.insert("00000000000000000000000001000000".to_owned());
        }
        assert_eq!(listening(waiting.port), expected);
        // The whole of 127/8 is this machine, but it was not asked for.
        assert!(TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 2], waiting.port)), LIMIT).is_err());
    }
    match outside_address() {
        Some(ip) => assert!(TcpStream::connect_timeout(&SocketAddr::new(ip, waiting.port), LIMIT).is_err(), "{ip} is answered"),
        None => support::skip("LB-01 (from outside)", "this machine has no address but loopback"),
    }
    waiting.still_waits();
}

#[test]
fn lb_02_the_right_callback_is_taken_once_and_the_port_is_closed() {
    let waiting = wait();
    let port = waiting.port;
    let answer = waiting.good();
    assert_eq!(status(&answer), 303);
    assert!(answer.contains("\r\nLocation: /done\r\n"), "{answer}");
    let done = waiting.get("/done");
    assert!(status(&done) == 200 && done.contains("Return to Brickpass"), "{done}");
    soon("the port is closed after the last page", || refused(port));
    let callback = waiting.end();
    assert!(!format!("{callback:?}").contains(CODE), "{callback:?}");
    assert_eq!(code_of(callback), CODE);
}

#[test]
fn lb_03_a_wrong_state_is_answered_and_counted_and_then_the_right_one_is_taken() {
    let waiting = wait();
    let wrong = waiting.get("/?code=evil&state=wrong");
    assert_eq!(status(&wrong), 400);
    assert!(!wrong.contains("evil") && !wrong.contains("wrong") && !wrong.contains(STATE), "{wrong}");
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 1);
    waiting.still_waits();
}

#[test]
fn lb_04_a_code_without_a_state_is_a_wrong_key() {
    let waiting = wait();
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}"))), 400);
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}&state="))), 400);
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 2);
    waiting.still_waits();
}

#[test]
fn nineteen_wrong_keys_are_borne_and_the_twentieth_ends_the_login() {
    let waiting = wait();
    for _ in 0..19 {
        assert_eq!(status(&waiting.get("/?code=evil&state=guess")), 400);
    }
    waiting.still_waits();

    let waiting = wait();
    for _ in 0..20 {
        assert_eq!(status(&waiting.get("/?error=access_denied&state=guess")), 400, "the last one is answered too");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 20);
    let port = waiting.port;
    soon("the port is closed", || refused(port));
    assert_eq!(waiting.end().unwrap_err(), Broken::TooManyWrongKeys);
}

#[test]
fn lb_06_a_declined_login_ends_at_once_and_the_port_is_closed() {
    let waiting = wait();
    let port = waiting.port;
    assert_eq!(status(&waiting.get(&format!("/?error=access_denied&state={STATE}"))), 303);
    assert_eq!(status(&waiting.get("/done")), 200);
    soon("the port is closed", || refused(port));
    assert_eq!(error_of(waiting.end()), ("access_denied".into(), None));
}

#[test]
fn lb_07_markup_in_a_description_never_comes_back() {
    let waiting = wait();
    let answer = waiting.get(&format!("/?error=server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={STATE}"));
    let pages = format!("{answer}{}", waiting.get("/done"));
    assert!(!pages.contains("script") && !pages.contains("alert") && !pages.contains("server_error"), "{pages}");
    let (_, description) = error_of(waiting.end());
    assert_eq!(description.unwrap(), "<script>alert(1)</script>", "plain text, for whoever shows it as that");

    let waiting = wait();
    waiting.get(&format!("/?error=server_error&error_description={}&state={STATE}", "long+".repeat(1000)));
    assert_eq!(error_of(waiting.end()).1.unwrap().chars().count(), 299, "300, and the space at the end goes");
}

#[test]
fn lb_08_control_and_bidi_characters_are_taken_out_of_a_description() {
    let waiting = wait();
    let answer = waiting.get(&format!("/?error=x&error_description=a%3C/script%3E%22%27%E2%80%AEb%1B%5B31mc&state={STATE}"));
    assert!(!answer.contains("31m") && !answer.contains("</script>") && answer.is_ascii(), "{answer}");
    assert_eq!(error_of(waiting.end()).1.unwrap(), "a</script>\"'b[31mc");
}

#[test]
fn lb_09_a_favicon_is_not_found_and_nothing_else_happens() {
    let waiting = wait();
    assert_eq!(status(&waiting.get("/favicon.ico")), 404);
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_16_every_name_of_this_machine_is_accepted() {
    for host in ["LOCALHOST", "localhost", "[::1]", "127.0.0.1"] {
        let waiting = wait();
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: {host}:{}\r\n\r\n", waiting.port);
        assert_eq!(status(&waiting.send(request)), 303, "{host}");
        assert_eq!(code_of(waiting.end()), CODE);
    }
}

#[test]
fn both_families_are_served() {
    if !has_ipv6() {
        return support::skip("both_families_are_served", "there is no IPv6");
    }
    let waiting = wait();
    let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, waiting.port)).unwrap();
    write!(stream, "GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", waiting.port).unwrap();
    assert_eq!(status(&response(&mut stream)), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn another_host_is_misdirected() {
    let waiting = wait();
    for host in ["Host: evil.example", "Host: localhost", "X: y"] {
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\n{host}\r\n\r\n");
        assert_eq!(status(&waiting.send(request)), 421, "{host}");
    }
    waiting.still_waits();
}

#[test]
fn lb_17_a_post_is_not_heard() {
    let waiting = wait();
    let body = format!("code={CODE}&state={STATE}");
    let head =
        format!("Host: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}", waiting.port, body.len());
    assert_eq!(status(&waiting.send(format!("POST / HTTP/1.1\r\n{head}\r\n\r\n{body}"))), 405);
    assert_eq!(status(&waiting.send(format!("POST /?{body} HTTP/1.1\r\n{head}\r\n\r\n{body}"))), 405);
    waiting.still_waits();
}

#[test]
fn lb_18_other_methods_are_not_heard_and_get_no_cors_headers() {
    let waiting = wait();
    for method in ["HEAD", "OPTIONS", "PUT", "CONNECT", "DELETE", "PATCH", "TRACE"] {
        let target = if method == "CONNECT" { format!("localhost:{}", waiting.port) } else { format!("/?code={CODE}&state={STATE}") };
        let preflight =
            "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true";
        let answer = waiting.send(format!("{method} {target} HTTP/1.1\r\nHost: localhost:{}\r\n{preflight}\r\n\r\n", waiting.port));
        assert_eq!(status(&answer), 405, "{method}");
        assert!(!answer.to_lowercase().contains("access-control") && answer.contains("\r\nAllow: GET\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "no body, which an answer to HEAD must not have");
    }
    waiting.still_waits();
}

#[test]
fn lb_19_another_path_does_not_use_up_the_state() {
    let waiting = wait();
    for path in ["/x", "//", "/done", "/index.html", "/..", "/%2F"] {
        let answer = waiting.get(&format!("{path}?code={CODE}&state={STATE}"));
        assert!(status(&answer) == 404 && answer.ends_with("\r\n\r\n"), "{path}: {answer}");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_22_code_and_error_together_end_the_login() {
    for rest in ["code=a&error=access_denied", "x=y"] {
        let waiting = wait();
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&{rest}"))), 303);
        assert_eq!(waiting.end().unwrap_err(), Broken::Protocol, "{rest}");
    }
}

#[test]
fn lb_24_what_cannot_be_a_code_is_no_code() {
    let (four, long) = ("x".repeat(5000), "x".repeat(10 * 1024));
    for code in ["", "%C3%A6", "%F0%9F%A7%B1", &four] {
        let waiting = wait();
        waiting.get(&format!("/?state={STATE}&code={code}"));
        assert_eq!(waiting.end().unwrap_err(), Broken::Protocol, "{code}");
    }
    let waiting = wait();
    for (code, expected) in [("a%00b", 400), ("a%0Ab", 400), ("a%0Db", 400), ("a\0b", 400), ("a\u{E6}b", 400), (&long, 414)] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={code}"))), expected, "{code}");
    }
    waiting.still_waits();
}

#[test]
fn lb_25_broken_encodings_are_refused() {
    let waiting = wait();
    for text in ["%zz", "%", "%4", "%C0%AF", "%E0%80%AF", "%FF%FE", "%ED%A0%80", "%u0041"] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={text}"))), 400, "{text}");
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={CODE}&other={text}"))), 400, "{text}");
    }
    waiting.still_waits();
}

#[test]
fn what_comes_twice_is_refused() {
    let waiting = wait();
    for twice in ["code=b", "%63ode=b", &format!("state={STATE}"), "state=", "iss=a&iss=a", "error=&error="] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={CODE}&{twice}"))), 400, "{twice}");
    }
    waiting.still_waits();
}

#[test]
fn lb_27_a_replay_is_told_that_the_answer_was_given() {
    let waiting = wait();
    let port = waiting.port;
    assert_eq!(status(&waiting.good()), 303);
    for _ in 0..3 {
        let replay = waiting.good();
        assert_eq!(status(&replay), 410);
        assert!(replay.contains("already given") && !replay.contains(CODE), "{replay}");
    }
    assert_eq!(status(&waiting.get("/favicon.ico")), 404);
    assert_eq!(status(&waiting.get("/done")), 200, "a replay does not use up the last page");
    soon("the port is closed after it", || refused(port));
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn lb_28_another_issuer_is_refused() {
    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), ..expected() });
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}&state={STATE}&iss=https%3A%2F%2Fevil.example%2Foidc"))), 303);
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer);

    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), iss_required: true, ..expected() });
    waiting.good();
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer, "announced, and missing");
}

#[test]
fn lb_30_a_missing_issuer_that_was_not_announced_is_accepted_and_seen() {
    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), ..expected() });
    waiting.good();
    let Ok(Callback::Code { iss, .. }) = waiting.end() else { panic!("no code") };
    assert_eq!(iss, None);
}

#[test]
fn lb_31_requests_that_a_page_makes_are_forbidden() {
    let waiting = wait();
    for header in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
        "Sec-Fetch-Dest: image",
    ] {
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n{header}\r\n\r\n", waiting.port);
        let answer = waiting.send(request);
        assert!(status(&answer) == 403 && !answer.to_lowercase().contains("access-control"), "{header}: {answer}");
    }
    waiting.still_waits();
}

#[test]
fn lb_36_a_port_that_is_busy_on_ipv4_is_passed_over() {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port();
    let listener = Listener::bind(&Ports::of([vec![port], free_ports(3)].concat())).unwrap();
    assert_ne!(listener.port(), port);
    assert_eq!(listener.redirect_uri(), format!("http://localhost:{}", listener.port()));
    wait_on(listener, expected()).still_waits();

    let everywhere = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = everywhere.local_addr().unwrap().port();
    assert!(Listener::bind(&Ports::only(port)).is_err(), "held on every interface");
}

#[test]
fn lb_37_a_port_that_is_busy_on_ipv6_alone_is_passed_over_on_both() {
    if !has_ipv6() {
        return support::skip("LB-37", "there is no IPv6");
    }
    let busy = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port();
    assert_eq!(Listener::bind(&Ports::only(port)).unwrap_err(), PortsTaken(Ports::only(port)));
    let listener = Listener::bind(&Ports::of([vec![port], free_ports(3)].concat())).unwrap();
    assert_ne!(listener.port(), port);
    wait_on(listener, expected()).still_waits();
}

#[test]
fn lb_38_when_every_port_is_busy_the_error_names_the_range() {
    let busy: Vec<_> = (0..21).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    let ports = Ports::of(busy.iter().map(|it| it.local_addr().unwrap().port()).collect());
    let PortsTaken(named) = Listener::bind(&ports).unwrap_err();
    assert_eq!(named, ports);
    // The real ports may be busy or free at this moment.
    match Listener::bind(&Ports::registered()) {
        Ok(listener) => assert!((8020..=8040).contains(&listener.port())),
        Err(taken) => assert_eq!(taken.to_string(), "no port of 8020 to 8040 is free on 127.0.0.1 and ::1"),
    }
}

#[test]
fn lb_40_when_the_time_is_over_the_port_is_closed() {
    let closed = |_| {
        let listener = Listener::bind(&Ports::only(0)).unwrap();
        let port = listener.port();
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let over = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(1), listener.answer(expected(), &|_| {})).await });
        assert!(over.is_err());
        soon("the port is closed", || refused(port));
        began.elapsed()
    };
    // The best of three: what is measured is the listener, not how busy the machine is.
    let best = (0..3).map(closed).min().unwrap();
    assert!(best <= Duration::from_millis(1200), "{best:?}");
}

#[test]
fn lb_41_a_cancelled_login_closes_every_socket_within_200_ms() {
    let closed = |_| {
        let waiting = wait();
        let (mut silent, mut halfway) = (waiting.connect(), waiting.connect());
        halfway.write_all(b"GET /?code=").unwrap();
        let answered = waiting.connect();
        // Whoever was accepted before this answer came back is being served.
        assert_eq!(status(&waiting.get("/favicon.ico")), 404);
        let began = Instant::now();
        waiting.answer.abort();
        soon("the port is closed", || refused(waiting.port));
        for stream in [&mut silent, &mut halfway] {
            assert!(matches!(stream.read(&mut [0; 16]), Ok(0) | Err(_)), "a connection outlived the login");
        }
        let took = began.elapsed();
        drop(answered);
        took
    };
    // The best of five: what is measured is the listener, not how busy the machine is.
    let best = (0..5).map(closed).min().unwrap();
    assert!(best <= Duration::from_millis(200), "{best:?}");
}

#[test]
fn a_listener_that_is_dropped_before_it_was_asked_is_closed() {
    let listener = Listener::bind(&Ports::only(0)).unwrap();
    let port = listener.port();
    let early = connect(port);
    drop(listener);
    assert!(refused(port));
    drop(early);
}

#[test]
fn who_came_before_it_was_asked_is_served() {
    let listener = Listener::bind(&Ports::only(0)).unwrap();
    let mut early = connect(listener.port());
    write!(early, "GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", listener.port()).unwrap();
    let waiting = wait_on(listener, expected());
    assert_eq!(status(&response(&mut early)), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn the_same_port_serves_the_next_login_at_once() {
    // Below the ports that the system hands out by itself: another test's connection would hold it.
    let port = std::iter::repeat_with(|| fastrand::u16(20_000..32_000)).find(|&port| Listener::bind(&Ports::only(port)).is_ok()).unwrap();
    for round in 0..3 {
        let listener = Listener::bind(&Ports::only(port)).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let waiting = wait_on(listener, expected());
        let (silent, _) = (waiting.connect(), waiting.get("/favicon.ico"));
        waiting.good();
        waiting.get("/done");
        soon("the port is closed", || refused(port));
        assert_eq!(code_of(waiting.end()), CODE);
        drop(silent);

        // Cancelled, with a browser that has connected ahead.
        let listener = Listener::bind(&Ports::only(port)).unwrap_or_else(|error| panic!("round {round}, second: {error}"));
        let waiting = wait_on(listener, expected());
        let (silent, _) = (waiting.connect(), waiting.get("/favicon.ico"));
        waiting.answer.abort();
        soon("the port is closed", || refused(port));
        drop((waiting, silent));
    }
}

#[test]
fn lb_43_a_callback_for_one_login_is_a_wrong_key_at_another() {
    let (first, second) = (wait(), wait_for(Expected { state: "c3RhdGUtb2YtdGhlLW90aGVy".into(), ..expected() }));
    assert_ne!(first.port, second.port);
    assert_eq!(status(&second.good()), 400, "the state of the first");
    assert_eq!((first.wrong_keys.load(Ordering::SeqCst), second.wrong_keys.load(Ordering::SeqCst)), (0, 1));
    assert_eq!(status(&second.get("/?code=other&state=c3RhdGUtb2YtdGhlLW90aGVy")), 303);
    assert_eq!(code_of(second.end()), "other");
    first.still_waits();
}

/// One response of each kind that a request can bring about, with its status.
fn one_of_each() -> Vec<(u16, String)> {
    let waiting = wait();
    let port = waiting.port;
    let good = format!("/?code={CODE}&state={STATE}");
    let host = format!("Host: localhost:{port}");
    let mut responses = vec![
        waiting.get("/"),
        waiting.get("/?code=evil-code&state=evil-state"),
        waiting.send(format!("GET {good} HTTP/1.1\r\n{host}\r\nOrigin: null\r\n\r\n")),
        waiting.get("/nothing"),
        waiting.send(format!("POST {good} HTTP/1.1\r\n{host}\r\n\r\n")),
        waiting.send(format!("GET /?{} HTTP/1.1\r\n", "x".repeat(9000))),
        waiting.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        waiting.send(format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(65))),
        waiting.get(&good),
        waiting.get(&good),
        waiting.get("/done"),
    ];
    assert_eq!(code_of(waiting.end()), CODE);
    responses.drain(..).map(|response| (status(&response), response)).collect()
}

#[test]
fn lb_44_every_response_carries_the_headers_that_keep_it_harmless() {
    let responses = one_of_each();
    let statuses: Vec<u16> = responses.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [400, 400, 403, 404, 405, 414, 421, 431, 303, 410, 200]);
    for (status, response) in responses {
        let head = response.split_once("\r\n\r\n").unwrap().0;
        for header in [
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "X-Frame-Options: DENY",
            "Connection: close",
            "Content-Type: text/html; charset=utf-8",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
        ] {
            assert!(head.lines().any(|line| line == header), "{status}: {header}");
        }
        let policy = head.lines().find_map(|line| line.strip_prefix("Content-Security-Policy: ")).unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{status}: {policy}");
        assert!(policy.ends_with("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{status}: {policy}");
        let lower = head.to_lowercase();
        assert!(!lower.contains("set-cookie") && !lower.contains("access-control"), "{status}: {head}");
    }
}

#[test]
fn lb_45_no_page_fetches_anything_or_repeats_what_came() {
    for (status, response) in one_of_each() {
        let body = response.split_once("\r\n\r\n").unwrap().1;
        assert!(body.len() < 8 * 1024);
        for outside in ["http:", "https:", "//", "url(", "src=", "href=", "<script"] {
            assert!(!body.contains(outside), "{status}: {outside}");
        }
        for secret in [CODE, STATE, "evil-code", "evil-state"] {
            assert!(!response.contains(secret), "{status}: {response}");
        }
    }
}

#[test]
fn lb_48_without_a_known_issuer_the_one_that_answers_is_named_and_must_be() {
    let waiting = wait_for(Expected { iss_required: true, ..expected() });
    waiting.get(&format!("/?code={CODE}&state={STATE}&iss=https%3A%2F%2Fevil.example"));
    let Ok(Callback::Code { iss, .. }) = waiting.end() else { panic!("no code") };
    assert_eq!(iss.as_deref(), Some("https://evil.example"), "whether it is trusted is not the listener's to say");

    let waiting = wait_for(Expected { iss_required: true, ..expected() });
    waiting.good();
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer);
}

#[test]
fn lb_49_line_breaks_in_a_parameter_reach_no_header() {
    let waiting = wait();
    let neutral = waiting.get("/");
    for state in [STATE, "wrong"] {
        let answer = waiting.get(&format!("/?error=x%0d%0aX-Injected:%201%0d%0a%0d%0a%3Cb%3E&state={state}"));
        assert_eq!(answer, neutral, "byte by byte the constant page");
    }
    waiting.still_waits();
}

#[test]
fn lb_50_a_stranger_learns_nothing() {
    let waiting = wait();
    for target in ["/", "/?", "/?a=b"] {
        let answer = waiting.get(target);
        assert_eq!(status(&answer), 400);
        for told in [STATE, "authorize", "challenge", "client_id", "Location"] {
            assert!(!answer.contains(told), "{answer}");
        }
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0, "looking is not answering");
    waiting.still_waits();
}
