//! The sockets: accepts on both families, reads heads side by side, sends pages. Decides nothing.
//!
//! One task a connection, all in a [`JoinSet`]: dropping the server closes every socket.

use std::{collections::VecDeque, io, net::SocketAddr, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::{AbortHandle, JoinSet},
    time::{sleep, timeout},
};
use zeroize::Zeroizing;

use super::{
    bind::Bound,
    head::{self, Head},
    judge,
    page::Page,
};

/// At once; the oldest that has sent no whole head makes room.
const CONNECTIONS: usize = 16;
const HEAD: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(2);
/// How long the other side may take to close first.
const GRACE: Duration = Duration::from_millis(250);
const DRAIN: Duration = Duration::from_secs(1);
/// More than a browser ever sends after a head that has no body.
const DRAIN_BYTES: u64 = 64 * 1024;
/// How long the last page is there.
const DONE: Duration = Duration::from_secs(10);
/// After an accept that failed: most likely there are no descriptors left.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Server {
    port: u16,
    listeners: Vec<TcpListener>,
    connections: JoinSet<()>,
    /// Oldest first.
    slots: VecDeque<Slot>,
    asks: mpsc::Receiver<Ask>,
    ask: mpsc::Sender<Ask>,
}

struct Slot {
    task: AbortHandle,
    /// It has not sent a whole head.
    idle: bool,
}

/// A whole head that wants a page.
pub(super) struct Ask {
    pub(super) head: Zeroizing<Vec<u8>>,
    task: tokio::task::Id,
    page: oneshot::Sender<Page>,
}

impl Ask {
    pub(super) fn answer(self, page: Page) {
        // Whoever hung up does not want it any more.
        let _ = self.page.send(page);
    }
}

impl Server {
    /// # Errors
    /// The sockets cannot be watched.
    pub(super) fn new(bound: Bound) -> io::Result<Self> {
        let (ask, asks) = mpsc::channel(CONNECTIONS);
        Ok(Self {
            port: bound.port,
            listeners: bound.listeners.into_iter().map(TcpListener::from_std).collect::<io::Result<_>>()?,
            connections: JoinSet::new(),
            slots: VecDeque::with_capacity(CONNECTIONS),
            asks,
            ask,
        })
    }

    /// Serves until somebody has sent a whole head.
    pub(super) async fn next(&mut self) -> Ask {
        loop {
            tokio::select! {
                biased;
                Some(ask) = self.asks.recv() => {
                    if let Some(slot) = self.slots.iter_mut().find(|slot| slot.task.id() == ask.task) {
                        slot.idle = false;
                    }
                    return ask;
                }
                Some(ended) = self.connections.join_next_with_id() => {
                    let task = match ended {
                        Ok((task, ())) => task,
                        Err(error) => error.id(),
                    };
                    self.slots.retain(|slot| slot.task.id() != task);
                }
                accepted = accept(&self.listeners) => match accepted {
                    Ok((stream, peer)) if peer.ip().to_canonical().is_loopback() => self.admit(stream).await,
                    Ok(_) => {}
                    Err(_) => sleep(PAUSE).await,
                },
            }
        }
    }

    async fn admit(&mut self, stream: TcpStream) {
        if self.slots.len() >= CONNECTIONS {
            let oldest = self.slots.iter().position(|slot| slot.idle).unwrap_or_default();
            if let Some(slot) = self.slots.remove(oldest) {
                slot.task.abort();
            }
        }
        let task = self.connections.spawn(serve(stream, self.ask.clone()));
        self.slots.push_back(Slot { task, idle: true });
        // A flood of connections must not push this one out before what it has sent is read.
        tokio::task::yield_now().await;
    }

    /// Shows the last page once, or waits for ten seconds that somebody wants it; then nobody is at the port any more.
    pub(super) async fn show_done(mut self) {
        let shown = async {
            loop {
                let ask = self.next().await;
                let page = judge::judge_late(&ask.head, self.port);
                ask.answer(page);
                if page == Page::Done {
                    return;
                }
            }
        };
        let _ = timeout(DONE, shown).await;
        self.end().await;
    }

    /// Closes the port, and lets those who were promised a page have it.
    pub(super) async fn end(self) {
        let Self { listeners, mut connections, slots, .. } = self;
        drop(listeners);
        slots.iter().filter(|slot| slot.idle).for_each(|slot| slot.task.abort());
        let _ = timeout(WRITE + DRAIN + GRACE, async { while connections.join_next().await.is_some() {} }).await;
    }
}

/// Whichever family has one first.
async fn accept(listeners: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    std::future::poll_fn(|context| {
        listeners.iter().map(|listener| listener.poll_accept(context)).find(std::task::Poll::is_ready).unwrap_or(std::task::Poll::Pending)
    })
    .await
}

/// One connection, one page.
async fn serve(mut stream: TcpStream, asks: mpsc::Sender<Ask>) {
    // Until a page was sent, closing means cutting it off: no port is kept busy by the remains of a connection that was not wanted.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    let Ok(Ok(head)) = timeout(HEAD, head::read(&mut stream)).await else { return };
    let page = match head {
        Head::Closed => return,
        Head::Refused(fault) => fault.into(),
        Head::Whole(head) => {
            let (send, page) = oneshot::channel();
            if asks.send(Ask { head, task: tokio::task::id(), page: send }).await.is_err() {
                return;
            }
            match page.await {
                Ok(page) => page,
                Err(_) => return,
            }
        }
    };
    if let Ok(Ok(())) = timeout(WRITE, stream.write_all(page.response().as_bytes())).await {
        leave(stream).await;
    }
}

/// Lets the other side close first, so that it, and not our port, is left in TIME-WAIT (RFC 9293, section 3.6): the next login may
/// want the same port at once. Reads on meanwhile, since closing on unread bytes would take the page away from the browser.
async fn leave(mut stream: TcpStream) {
    if timeout(GRACE, drain(&mut stream)).await.is_err() {
        let _ = stream.shutdown().await;
        if timeout(DRAIN, drain(&mut stream)).await.is_err() {
            return;
        }
    }
    let _ = SockRef::from(&stream).set_linger(None);
}

async fn drain(stream: &mut TcpStream) {
    let mut limited = stream.take(DRAIN_BYTES);
    let mut scrap = [0; 4096];
    while !matches!(limited.read(&mut scrap).await, Ok(0) | Err(_)) {}
}
