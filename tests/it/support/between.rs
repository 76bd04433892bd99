//! A host between a client and a server that hands everything on, but for what the script wants otherwise.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Through,
    /// It never arrives, and the connection ends.
    LostThere,
    /// It arrives and is acted on; the answer is lost.
    LostBack,
    /// Answered here, with this status.
    Refused(u16),
}

type Script = dyn Fn(&str, &str) -> Way + Send + Sync;

pub struct Between {
    port: u16,
    stop: Arc<AtomicBool>,
    script: Arc<Mutex<Arc<Script>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Between {
    /// `script` is given `POST /api/2.0/token/create` and the body, before the request goes on.
    pub fn start(server: &str, script: impl Fn(&str, &str) -> Way + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let script: Arc<Mutex<Arc<Script>>> = Arc::new(Mutex::new(Arc::new(script)));
        let between = Self { port: listener.local_addr().unwrap().port(), stop: Arc::default(), script, seen: Arc::default() };
        let (stop, script, seen) = (Arc::clone(&between.stop), Arc::clone(&between.script), Arc::clone(&between.seen));
        let way = move |request: &str, body: &str| {
            seen.lock().unwrap().push(request.to_owned());
            // Not under the lock: what one request waits for may be another one.
            let script = Arc::clone(&script.lock().unwrap());
            script(request, body)
        };
        let way: Arc<Script> = Arc::new(way);
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (way, server) = (Arc::clone(&way), server.clone());
                thread::spawn(move || hand_on(&stream, &server, &*way));
            }
        });
        between
    }

    /// Everything goes through until [`Between::script`] wants it otherwise.
    pub fn through(server: &str) -> Self {
        Self::start(server, |_, _| Way::Through)
    }

    /// From now on.
    pub fn script(&self, script: impl Fn(&str, &str) -> Way + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// From now on, each of these requests is told when it arrives, and takes so long.
    pub fn slow(&self, takes: Duration, these: impl Fn(&str) -> bool + Send + Sync + 'static) -> mpsc::Receiver<()> {
        let (arrived, arrivals) = mpsc::channel();
        self.script(move |request, _| {
            if these(request) {
                // The test may have seen enough.
                let _ = arrived.send(());
                thread::sleep(takes);
            }
            Way::Through
        });
        arrivals
    }

    /// `POST /api/2.0/token/create` of each request, in their order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How often this was asked for.
    pub fn count(&self, request: &str) -> usize {
        self.seen().iter().filter(|seen| *seen == request).count()
    }

    pub fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// One request a connection. An error is the other side's leaving.
fn hand_on(client: &TcpStream, server: &str, script: &Script) -> Option<()> {
    let mut reader = BufReader::new(client);
    let mut head: Vec<String> = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let value = |name: &str| head.iter().find_map(|line| line.split_once(':').filter(|it| it.0.eq_ignore_ascii_case(name)));
    let length = value("content-length").map_or(0, |it| it.1.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let request: Vec<&str> = head.first()?.split(' ').take(2).collect();
    let way = script(&request.join(" "), &String::from_utf8_lossy(&body));
    let mut client = client;
    match way {
        Way::LostThere => return Some(()),
        Way::Refused(status) => {
            let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
            return client.write_all(answer.as_bytes()).ok();
        }
        Way::Through | Way::LostBack => {}
    }
    let mut onward = TcpStream::connect(server).ok()?;
    head.retain(|line| !line.to_lowercase().starts_with("connection:"));
    head.push("Connection: close\r\n\r\n".to_owned());
    let text = head.join("\r\n");
    onward.write_all(text.as_bytes()).ok()?;
    onward.write_all(&body).ok()?;
    let mut answer = Vec::new();
    onward.read_to_end(&mut answer).ok()?;
    if way == Way::Through { client.write_all(&answer).ok() } else { Some(()) }
}
