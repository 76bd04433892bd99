//! A server on loopback that misbehaves as it is told: silence, drips, resets, broken bodies, floods, plain or with TLS.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What is done with one request.
#[derive(Clone)]
pub enum Act {
    /// The bytes as they are, then the end of the connection.
    Send(Vec<u8>),
    /// Nothing, until the other side gives up.
    Silence,
    /// One byte a second.
    Drip(Vec<u8>),
    /// The bytes, then a reset instead of an orderly end.
    Reset(Vec<u8>),
    /// The bytes, then this one over and over, until the other side has had enough.
    Flood(Vec<u8>, Vec<u8>),
}

type Script = dyn Fn(&str, usize) -> Act + Send + Sync;

pub struct FaultServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    forms: Arc<Mutex<Vec<String>>>,
    open: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl FaultServer {
    /// `script` is given the path and how many requests for that path came before.
    pub fn start(script: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::serve(None, Arc::new(script))
    }

    pub fn start_tls(tls: rustls::ServerConfig, script: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::serve(Some(Arc::new(tls)), Arc::new(script))
    }

    fn serve(tls: Option<Arc<rustls::ServerConfig>>, script: Arc<Script>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            forms: Arc::default(),
            open: Arc::default(),
            stop: Arc::default(),
        };
        let (seen, forms) = (Arc::clone(&server.seen), Arc::clone(&server.forms));
        let (open, stop) = (Arc::clone(&server.open), Arc::clone(&server.stop));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (tls, script, open) = (tls.clone(), Arc::clone(&script), Arc::clone(&open));
                let (seen, forms) = (Arc::clone(&seen), Arc::clone(&forms));
                thread::spawn(move || {
                    open.fetch_add(1, Ordering::SeqCst);
                    // An error here is the other side's leaving, which many of these promises are about.
                    let _ = match tls {
                        None => converse(&mut &stream, &stream, &*script, &seen, &forms),
                        Some(tls) => rustls::ServerConnection::new(tls).map_err(std::io::Error::other).and_then(|connection| {
                            let raw = stream.try_clone()?;
                            converse(&mut rustls::StreamOwned::new(connection, raw), &stream, &*script, &seen, &forms)
                        }),
                    };
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// The bodies of all requests that had one and were not reset.
    pub fn forms(&self) -> Vec<String> {
        self.forms.lock().unwrap().clone()
    }

    pub fn requests_for(&self, path: &str) -> usize {
        self.requests().iter().filter(|head| path_of(head) == path).count()
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn converse(
    stream: &mut (impl Read + Write),
    raw: &TcpStream,
    script: &Script,
    seen: &Mutex<Vec<String>>,
    forms: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    // The last byte stays unread: closing over it makes the system send a reset.
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = path_of(&head).to_owned();
    let length = length_of(&head);
    let before = {
        let mut seen = seen.lock().unwrap();
        let before = seen.iter().filter(|earlier| path_of(earlier) == path).count();
        seen.push(head);
        before
    };
    let act = script(&path, before);
    if let Act::Reset(bytes) = act {
        stream.write_all(&bytes)?;
        stream.flush()?;
        // The client should have what came before the reset.
        thread::sleep(Duration::from_millis(50));
        return Ok(());
    }
    stream.read_exact(&mut [0])?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    if length > 0 {
        forms.lock().unwrap().push(String::from_utf8_lossy(&body).into_owned());
    }
    match act {
        Act::Send(bytes) => stream.write_all(&bytes)?,
        Act::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte])?;
                stream.flush()?;
                thread::sleep(Duration::from_secs(1));
            }
        }
        Act::Flood(start, again) => {
            stream.write_all(&start)?;
            loop {
                stream.write_all(&again)?;
            }
        }
        Act::Silence => while stream.read(&mut [0; 64])? > 0 {},
        Act::Reset(_) => {}
    }
    stream.flush()?;
    raw.shutdown(Shutdown::Write)
}

/// The path of a request's first line, without its query.
fn path_of(head: &str) -> &str {
    head.split_whitespace().nth(1).unwrap_or_default().split('?').next().unwrap_or_default()
}

fn length_of(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|it| it.trim().to_owned()));
    length.map_or(0, |length| length.parse().unwrap())
}

/// A whole answer that ends the connection.
pub fn answer(status: &str, headers: &str, body: &str) -> Act {
    Act::Send(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes())
}

pub fn json(status: &str, body: &str) -> Act {
    answer(status, "Content-Type: application/json\r\n", body)
}
