//! The redirect listener under attack: noise, slow clients, races, floods. The honest login comes through, and nothing is left behind.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    process::Command,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    loopback::{CODE, LIMIT, STATE, Waiting, code_of, connect, expected, refused, response, soon, status, wait, wait_on},
    support::{self, comes},
};
use brickpass_databricks::oauth::loopback::{Listener, Ports};

/// Closing it cuts the connection off (RST), and leaves nothing behind in the system's tables.
fn cut_on_drop(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut stream = stream;
    match stream.read(&mut [0; 64]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

/// Some may be closed already.
fn write_to_all(streams: &[TcpStream], byte: u8) {
    for mut stream in streams {
        let _ = stream.write_all(&[byte]);
    }
}

/// Before the five seconds are over after which a silent connection would be let go.
fn good_at_once(waiting: Waiting) {
    let began = Instant::now();
    waiting.still_waits();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn lb_10_silent_connections_do_not_keep_the_login_waiting() {
    let waiting = wait();
    let silent: Vec<_> = (0..3).map(|_| waiting.connect()).collect();
    good_at_once(waiting);
    drop(silent);
}

#[test]
fn lb_11_slow_connections_are_capped_and_end_and_the_login_comes_through() {
    let waiting = wait();
    let mut slow: Vec<_> = (0..50).map(|_| waiting.connect()).collect();
    let began = Instant::now();
    soon("only sixteen are kept", || {
        write_to_all(&slow, b'G');
        thread::sleep(Duration::from_millis(20));
        slow.retain(|stream| !is_closed(stream));
        slow.len() <= 16
    });
    assert!(began.elapsed() < Duration::from_secs(4), "the cap holds at once, not after the time limit of five seconds");
    // One byte a second does not keep them alive: the limit is for the whole head.
    let mut bytes = b"ET / HTTP/1.1\r\n".iter();
    while !slow.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "{} are still open", slow.len());
        let byte = *bytes.next().unwrap();
        write_to_all(&slow, byte);
        let next = Instant::now() + Duration::from_secs(1);
        while !slow.is_empty() && Instant::now() < next {
            thread::sleep(Duration::from_millis(20));
            slow.retain(|stream| !is_closed(stream));
        }
    }
    assert!(began.elapsed() > Duration::from_secs(4), "and not before");

    let slow: Vec<_> = (0..50).map(|_| waiting.connect()).collect();
    write_to_all(&slow, b'G');
    good_at_once(waiting);
    drop(slow);
}

#[test]
fn lb_13_too_many_or_too_large_headers_are_refused() {
    let waiting = wait();
    let host = format!("Host: localhost:{}", waiting.port);
    let many = format!("GET / HTTP/1.1\r\n{host}\r\n{}\r\n", "a: b\r\n".repeat(100_000));
    let large = format!("GET / HTTP/1.1\r\n{host}\r\nCookie: {}\r\n\r\n", "x".repeat(1024 * 1024));
    for request in [many, large] {
        // What is left of the request may be cut off, and the response with it: what counts is that it was not heard.
        let answer = waiting.send(request);
        assert!(matches!(status(&answer), 0 | 431), "{answer}");
    }
    let just_too_many = format!("GET / HTTP/1.1\r\n{host}\r\n{}\r\n", "a: b\r\n".repeat(64));
    assert_eq!(status(&waiting.send(just_too_many)), 431);
    waiting.still_waits();
}

#[test]
fn a_browser_with_many_cookies_is_heard() {
    let waiting = wait();
    let cookies = "session=0123456789abcdef; ".repeat(500);
    let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\nCookie: {cookies}\r\n\r\n", waiting.port);
    assert_eq!(status(&waiting.send(request)), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

/// The first message of TLS 1.3, as far as a listener that does not speak it would read.
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x00\xA5\x01\x00\x00\xA1\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F";

fn noise(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let length = random.usize(1..2000);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

#[test]
fn lb_32_noise_is_closed() {
    let waiting = wait();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x12\x04\x00\x00\x00\x00\x00";
    let mut all = vec![CLIENT_HELLO.to_vec(), preface.to_vec(), b"\0".to_vec(), b"\r\n\r\n\r\n".to_vec(), b"SSH-2.0-x\r\n\r\n".to_vec()];
    all.extend((0..200).map(noise));
    for bytes in all {
        let mut stream = waiting.connect();
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let answer = response(&mut stream);
        assert!(matches!(status(&answer), 0 | 400 | 414), "{}: {answer}", bytes.escape_ascii());
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_33_a_request_in_single_bytes_is_judged_as_the_whole() {
    let send_slowly = |waiting: &Waiting, target: &str| {
        let mut stream = waiting.connect();
        stream.set_nodelay(true).unwrap();
        for byte in format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", waiting.port).bytes() {
            stream.write_all(&[byte]).unwrap();
            thread::sleep(Duration::from_millis(10));
        }
        response(&mut stream)
    };
    let waiting = wait();
    for target in ["/", "/x", "/?code=a&state=wrong", "/?code=%zz"] {
        assert_eq!(send_slowly(&waiting, target), waiting.get(target), "{target}");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 2);
    assert_eq!(status(&send_slowly(&waiting, &format!("/?code={CODE}&state={STATE}"))), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn lb_34_a_callback_whose_browser_is_gone_at_once_counts() {
    for _ in 0..50 {
        let waiting = wait();
        let mut stream = waiting.connect();
        cut_on_drop(&stream);
        // In one piece: a second one might not have left when the connection is cut.
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", waiting.port);
        stream.write_all(request.as_bytes()).unwrap();
        drop(stream);
        assert_eq!(code_of(waiting.end()), CODE);
    }
}

#[test]
fn lb_35_a_client_that_is_done_talking_before_it_reads_is_answered() {
    let waiting = wait();
    let half_closed = |request: &str| {
        let mut stream = waiting.connect();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let began = Instant::now();
        let answer = response(&mut stream);
        // To the very end: the connection is closed, not left hanging.
        assert!(matches!(stream.read(&mut [0; 16]), Ok(0) | Err(_)));
        assert!(began.elapsed() < Duration::from_secs(2), "{request}");
        status(&answer)
    };
    let host = format!("Host: localhost:{}\r\n\r\n", waiting.port);
    assert_eq!(half_closed(&format!("GET /x HTTP/1.1\r\n{host}")), 404);
    assert_eq!(half_closed("GET / HT"), 0);
    assert_eq!(half_closed(""), 0);
    assert_eq!(half_closed(&format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\n{host}")), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn who_never_closes_is_closed() {
    let waiting = wait();
    let mut stream = waiting.connect();
    write!(stream, "GET /x HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", waiting.port).unwrap();
    let mut all = String::new();
    let began = Instant::now();
    stream.read_to_string(&mut all).unwrap();
    assert!(status(&all) == 404 && began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    waiting.still_waits();
}

#[test]
fn a_second_request_on_the_same_connection_is_not_heard() {
    let waiting = wait();
    let host = format!("Host: localhost:{}\r\nConnection: keep-alive", waiting.port);
    let mut stream = waiting.connect();
    let both = format!("GET /x HTTP/1.1\r\n{host}\r\n\r\nGET /?code=smuggled&state={STATE} HTTP/1.1\r\n{host}\r\n\r\n");
    stream.write_all(both.as_bytes()).unwrap();
    let mut all = String::new();
    let _ = stream.read_to_string(&mut all);
    assert!(status(&all) == 404 && all.matches("HTTP/1.1").count() == 1, "{all}");
    waiting.still_waits();
}

#[test]
fn lb_51_a_huge_body_is_refused_before_it_is_read() {
    let waiting = wait();
    let mut stream = waiting.connect();
    let length = 1024 * 1024 * 1024_usize;
    write!(stream, "POST /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {length}\r\n\r\n", waiting.port)
        .unwrap();
    assert_eq!(status(&response(&mut stream)), 405, "not a byte of the body was sent yet");
    let piece = vec![b'x'; 64 * 1024];
    let began = Instant::now();
    let mut sent = 0;
    while sent < length && stream.write_all(&piece).is_ok() {
        sent += piece.len();
    }
    assert!(sent < length / 8 && began.elapsed() < Duration::from_secs(5), "{sent} bytes were taken");
    waiting.still_waits();
}

#[test]
fn lb_26_of_two_racing_callbacks_one_counts() {
    let rounds = 1000;
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for round in 0..rounds {
        let listener = Listener::bind(&Ports::only(0)).unwrap();
        let port = listener.port();
        let runtime = runtime();
        let answer = runtime.spawn(async move { listener.answer(expected(), &|_| panic!("a wrong key")).await });
        let start = Barrier::new(2);
        let send = |code: &str| {
            let mut stream = connect(port);
            cut_on_drop(&stream);
            let request = format!("GET /?code={code}&state={STATE} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
            start.wait();
            stream.write_all(request.as_bytes()).unwrap();
            status(&response(&mut stream))
        };
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| send("first"));
            let second = send("second");
            (first.join().unwrap(), second)
        });
        let taken = code_of(runtime.block_on(answer).unwrap());
        match (first, second) {
            (303, 410) => assert_eq!(taken, "first", "round {round}"),
            (410, 303) => assert_eq!(taken, "second", "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[test]
fn the_honest_login_comes_through_a_flood() {
    let waiting = wait();
    let port = waiting.port;
    let (over, came) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while over.load(Ordering::SeqCst) == 0 {
                    if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
                        cut_on_drop(&stream);
                        came.fetch_add(1, Ordering::SeqCst);
                        thread::yield_now();
                    }
                }
            });
        }
        comes("the flood", || came.load(Ordering::SeqCst) > 200);
        let answer = waiting.good();
        over.store(1, Ordering::SeqCst);
        assert_eq!(status(&answer), 303);
    });
    assert_eq!(code_of(waiting.end()), CODE);
}

/// How much this process holds.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Held {
    descriptors: usize,
    threads: usize,
    /// Bytes of resident memory.
    memory: usize,
}

#[cfg(target_os = "linux")]
fn held() -> Held {
    let entries = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    Held { descriptors: entries("/proc/self/fd"), threads: entries("/proc/self/task"), memory: pages * 4096 }
}

/// One connection of the kind that nobody wants, none of which is an answer with a wrong key.
fn garbage(port: u16, number: u64) {
    let mut stream = connect(port);
    cut_on_drop(&stream);
    let host = format!("Host: localhost:{port}");
    let bytes = match number % 10 {
        0 => Vec::new(),
        1 => CLIENT_HELLO.to_vec(),
        2 => format!("GET /x?state={STATE}&code=evil HTTP/1.1\r\n{host}\r\n\r\n").into_bytes(),
        3 => format!("POST /?state={STATE}&code=evil HTTP/1.1\r\n{host}\r\n\r\nbody").into_bytes(),
        4 => format!("GET /?code={} HTTP/1.1\r\n{host}\r\n", "x".repeat(9000)).into_bytes(),
        5 => format!("GET / HTTP/1.1\r\n{host}\r\n{}", "a: b\r\n".repeat(70)).into_bytes(),
        6 => format!("GET /?state={STATE}&code=%zz HTTP/1.1\r\n{host}\r\n\r\n").into_bytes(),
        7 => b"GET /?code=evil HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_vec(),
        8 => b"GET /half".to_vec(),
        _ => noise(number),
    };
    let _ = stream.write_all(&bytes);
    // Some read what they are told, some hang up, some are cut off before.
    if !number.is_multiple_of(3) && !matches!(number % 10, 0 | 8) {
        let _ = stream.shutdown(Shutdown::Write);
        let _ = response(&mut stream);
    }
}

#[cfg(target_os = "linux")]
fn garbage_comes(waiting: &Waiting, connections: u64) {
    let next = std::sync::atomic::AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= connections {
                        break;
                    }
                    garbage(waiting.port, number);
                }
            });
        }
    });
    // A round trip after the last of them: what is left of them is what is waited for.
    assert_eq!(status(&waiting.get("/favicon.ico")), 404);
}

/// `rounds` times `connections` of garbage at one login that waits, which then succeeds.
#[cfg(target_os = "linux")]
fn survives(rounds: u64, connections: u64) {
    let waiting = wait();
    // What is made once and kept: the allocator's arenas, the runtime's own.
    garbage_comes(&waiting, 10_000);
    let mut settled = held();
    let mut since = Instant::now();
    comes("what it holds settles", || {
        let now = held();
        if (now.descriptors, now.threads) != (settled.descriptors, settled.threads) {
            since = Instant::now();
        }
        settled = now;
        since.elapsed() > Duration::from_millis(300)
    });
    for round in 0..rounds {
        garbage_comes(&waiting, connections);
        soon("descriptors and threads are as before", || {
            let now = held();
            now.descriptors <= settled.descriptors && now.threads <= settled.threads
        });
        let now = held();
        eprintln!("round {round}: {now:?}, at first {settled:?}");
        assert!(now.memory <= settled.memory / 20 * 21, "memory: {now:?}, at first {settled:?}");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    let port = waiting.port;
    assert_eq!(status(&waiting.good()), 303);
    assert_eq!(status(&waiting.get("/done")), 200);
    soon("the port is closed", || refused(port));
    assert_eq!(code_of(waiting.end()), CODE);
}

/// In a process of its own, where nobody else's sockets are counted.
fn in_a_child(test: &str, limit: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    // One arena: with several, glibc's memory depends on which of the clients' threads met.
    child.env("MALLOC_ARENA_MAX", "1").env(support::INSIDE, "1").args(["--ignored", "--exact", "--nocapture", "--test-threads=1", test]);
    let ended = support::run(&mut child, b"", limit);
    assert!(ended.code == Some(0) && ended.stdout.contains("1 passed"), "{ended:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn lb_52_ten_thousand_garbage_connections_leave_nothing_behind() {
    in_a_child("loopback_attack::ten_thousand_garbage_connections", Duration::from_secs(120));
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "runs in a child of its own"]
fn ten_thousand_garbage_connections() {
    support::only_inside();
    survives(1, 10_000);
}

/// Run with `MALLOC_ARENA_MAX=1`, as above. As many rounds of ten thousand as `BRICKPASS_SOAK_ROUNDS` says, 100 otherwise.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "runs in the soak"]
fn garbage_for_a_long_time_leaves_nothing_behind() {
    let rounds =
        std::env::var("BRICKPASS_SOAK_ROUNDS").ok().map_or(100, |rounds| rounds.parse().expect("BRICKPASS_SOAK_ROUNDS is a number"));
    survives(rounds, 10_000);
}

/// LB-39 itself: a network namespace without IPv6, in which the same login is done.
#[cfg(target_os = "linux")]
#[test]
fn lb_39_where_ipv6_is_off_it_listens_on_ipv4() {
    let place = "lo=$(command -v ip) && $lo link set lo up && echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec \"$@\"";
    let mut probe = Command::new("unshare");
    probe.args(["-Urn", "--", "sh", "-c", place, "sh", "true"]);
    let works = probe.output().is_ok_and(|output| output.status.success());
    if !works {
        return support::skip("LB-39 (in a network without IPv6)", "unshare or ip does not work here");
    }
    let mut child = Command::new("unshare");
    child.args(["-Urn", "--", "sh", "-c", place, "sh"]).arg(std::env::current_exe().unwrap()).env(support::INSIDE, "1");
    child.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", "loopback_attack::a_login_without_ipv6"]);
    let ended = support::run(&mut child, b"", LIMIT);
    assert!(ended.code == Some(0) && ended.stdout.contains("1 passed"), "{ended:?}");
}

#[test]
#[ignore = "runs in a network without IPv6"]
fn a_login_without_ipv6() {
    support::only_inside();
    assert!(std::net::TcpListener::bind("[::1]:0").is_err(), "there is IPv6");
    let listener = Listener::bind(&Ports::registered()).unwrap();
    assert_eq!(listener.port(), 8020, "the network is empty");
    wait_on(listener, expected()).still_waits();
}
