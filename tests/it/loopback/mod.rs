//! The redirect listener on real sockets: whatever comes, it goes on waiting, and takes the one right answer.
//!
//! Every case ends with a good callback that is taken, unless the case itself ends the login.

mod callback;
mod pages;
mod requests;
mod sockets;

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use brickpass_databricks::oauth::loopback::{Broken, Callback, Expected, Listener, Ports};
use secrecy::ExposeSecret as _;
use tokio::{runtime::Runtime, task::JoinHandle};

pub const STATE: &str = "c3RhdGUtb2Ytb25lLWxvZ2lu";
pub const CODE: &str = "code-of-one-login";
pub const LIMIT: Duration = Duration::from_mins(3);

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

fn error_of(result: Result<Callback, Broken>) -> (String, Option<String>) {
    match result {
        Ok(Callback::Error { error, description }) => (error, description),
        other => panic!("no error: {other:?}"),
    }
}
