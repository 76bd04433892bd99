//! Over real sockets.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use secrecy::ExposeSecret as _;

use super::*;

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";

/// A service whose tokens are numbered, on a thread of its own; closed when dropped.
struct Served {
    port: u16,
    path: String,
    told: Arc<Mutex<Vec<Code>>>,
    given: Arc<AtomicUsize>,
    fails: Arc<Mutex<Option<Code>>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Served {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let service = runtime.block_on(async { MetadataService::open(HOST.to_owned()).unwrap() });
        let url = service.url();
        let path = url.expose_secret().strip_prefix(&format!("http://127.0.0.1:{}", service.port)).unwrap().to_owned();
        let (given, told, fails) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
        let (port, counter, heard, broken) = (service.port, Arc::clone(&given), Arc::clone(&told), Arc::clone(&fails));
        let token = move || {
            let (number, broken) = (counter.fetch_add(1, Ordering::Relaxed), *broken.lock().unwrap());
            async move {
                match broken {
                    Some(code) => Err(Failure::new(code, "No token.", "It has ended.", "Sign in again in Brickpass.")),
                    None => Ok(AccessToken { secret: format!("token-{number}").into(), expires_at: None, expiry_assumed: false }),
                }
            }
        };
        runtime.spawn(service.serve(token, move |failure| heard.lock().unwrap().push(failure.code)));
        Self { port, path, told, given, fails, runtime: Some(runtime) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        stream
    }

    fn send(&self, text: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        let mut part = [0; 2048];
        // As tools do, not to the end of the connection; whoever is cut off has heard what there was to hear.
        while !is_whole(&answer) {
            match stream.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(length) => answer.push_str(std::str::from_utf8(&part[..length]).unwrap()),
            }
        }
        answer
    }

    fn usual(&self) -> String {
        let Self { port, path, .. } = self;
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Databricks-Metadata-Version: 1\r\nX-Databricks-Host: {HOST}\r\n\r\n")
    }
}

fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    body.len() >= length.parse().unwrap()
}

impl Drop for Served {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

#[test]
fn the_key_has_256_bits_and_is_another_one_each_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _guard = runtime.enter();
    let keys: Vec<_> = (0..2).map(|_| MetadataService::open(HOST.to_owned()).unwrap().expected.key.expose_secret().to_owned()).collect();
    assert_ne!(keys[0], keys[1]);
    // base64url, 32 bytes.
    assert!(keys.iter().all(|key| key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))));
}

#[test]
fn ten_thousand_requests_are_answered_and_no_wrong_one_gets_a_token() {
    let served = Served::new();
    let wrong = served.usual().replace(&served.path, "/wrong");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..625 {
                    let right = served.send(&served.usual());
                    assert!(right.starts_with("HTTP/1.1 200 OK") && right.contains("\"access_token\":\"token-"), "{right}");
                    assert!(served.send(&wrong).starts_with("HTTP/1.1 404 Not Found"));
                }
            });
        }
    });
    assert_eq!(served.given.load(Ordering::Relaxed), 5000);
}

#[test]
fn who_is_slow_or_says_nothing_keeps_nobody_else_waiting() {
    let served = Served::new();
    // More than are taken at once.
    let mut silent: Vec<_> = (0..CONNECTIONS + 50).map(|_| served.connect()).collect();
    assert!(served.send(&served.usual()).starts_with("HTTP/1.1 200 OK"));
    // The last of them is still there, and is cut off after 5 s.
    let last = silent.last_mut().unwrap();
    last.set_nonblocking(true).unwrap();
    assert_eq!(last.read(&mut [0; 16]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    last.set_nonblocking(false).unwrap();
    let _ = last.write_all(b"GET ");
    assert!(matches!(last.read(&mut [0; 16]), Ok(0) | Err(_)));
}

#[test]
fn what_is_too_large_is_cut_off() {
    let served = Served::new();
    assert!(served.send(&format!("GET /{} HTTP/1.1\r\n", "x".repeat(9000))).starts_with("HTTP/1.1 414 "));
    let headers = "A: b\r\n".repeat(100);
    assert!(served.send(&format!("GET {} HTTP/1.1\r\n{headers}\r\n", served.path)).starts_with("HTTP/1.1 431 "));
    assert_eq!(served.given.load(Ordering::Relaxed), 0);
}

#[test]
fn a_reason_is_told_once_until_it_is_another_one() {
    let served = Served::new();
    let set = |code| *served.fails.lock().unwrap() = code;
    set(Some(Code::SignInNeeded));
    for _ in 0..3 {
        let answer = served.send(&served.usual());
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("Sign in again in Brickpass."), "{answer}");
    }
    set(Some(Code::Dns));
    served.send(&served.usual());
    set(None);
    served.send(&served.usual());
    set(Some(Code::Dns));
    served.send(&served.usual());
    assert_eq!(*served.told.lock().unwrap(), [Code::SignInNeeded, Code::Dns, Code::Dns]);
}

#[test]
fn after_its_end_the_port_is_closed() {
    let served = Served::new();
    let port = served.port;
    assert!(served.send(&served.usual()).starts_with("HTTP/1.1 200"));
    drop(served);
    let until = Instant::now() + Duration::from_mins(1);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
        assert!(Instant::now() < until, "somebody still listens");
        std::thread::sleep(Duration::from_millis(5));
    }
}
