//! The sockets: accepts on both families, reads heads in parallel, sends replies. Decides nothing.
//!
//! One task per connection, all in a [`JoinSet`]: dropping the server closes every socket.

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
    head::{self, Fault, Head},
    judge,
    page::Page,
};

const HEAD: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(2);
/// How long the other side may take to close first.
const GRACE: Duration = Duration::from_millis(250);
const DRAIN: Duration = Duration::from_secs(1);
/// More than a browser ever sends after a head that has no body.
const DRAIN_BYTES: u64 = 64 * 1024;
/// How long the last page is available.
const DONE: Duration = Duration::from_secs(10);
/// The pause after a failed accept: most likely there are no descriptors left.
const PAUSE: Duration = Duration::from_millis(20);

/// The reply: one per connection, which is then closed.
pub trait Reply: From<Fault> + Send + 'static {
    /// Status line, headers, body.
    fn response(&self) -> Zeroizing<String>;
}

pub struct Server<R> {
    port: u16,
    /// The maximum at once; the oldest connection without a complete head is dropped for a new one.
    most: usize,
    listeners: Vec<TcpListener>,
    connections: JoinSet<()>,
    /// Oldest first.
    slots: VecDeque<Slot>,
    asks: mpsc::Receiver<Ask<R>>,
    ask: mpsc::Sender<Ask<R>>,
}

struct Slot {
    task: AbortHandle,
    /// It has not sent a complete head.
    idle: bool,
}

/// A complete head that needs a reply.
pub struct Ask<R> {
    pub head: Zeroizing<Vec<u8>>,
    task: tokio::task::Id,
    reply: oneshot::Sender<R>,
}

impl<R> Ask<R> {
    pub fn answer(self, reply: R) {
        // If the other side hung up, the reply is not needed.
        let _ = self.reply.send(reply);
    }
}

impl<R: Reply> Server<R> {
    /// For so many connections at once. Runs on tokio.
    ///
    /// # Errors
    /// The sockets cannot be watched.
    pub fn new(bound: Bound, most: usize) -> io::Result<Self> {
        let (ask, asks) = mpsc::channel(most);
        Ok(Self {
            port: bound.port,
            most,
            listeners: bound.listeners.into_iter().map(TcpListener::from_std).collect::<io::Result<_>>()?,
            connections: JoinSet::new(),
            slots: VecDeque::with_capacity(most),
            asks,
            ask,
        })
    }

    /// Serves until a complete head arrives.
    pub async fn next(&mut self) -> Ask<R> {
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
        if self.slots.len() >= self.most {
            let oldest = self.slots.iter().position(|slot| slot.idle).unwrap_or_default();
            if let Some(slot) = self.slots.remove(oldest) {
                slot.task.abort();
            }
        }
        let task = self.connections.spawn(serve(stream, self.ask.clone()));
        self.slots.push_back(Slot { task, idle: true });
        // A flood of connections must not drop this one before its data is read.
        tokio::task::yield_now().await;
    }

    /// Closes the port after sending the pending replies.
    pub async fn end(self) {
        let Self { listeners, mut connections, slots, .. } = self;
        drop(listeners);
        slots.iter().filter(|slot| slot.idle).for_each(|slot| slot.task.abort());
        let _ = timeout(WRITE + DRAIN + GRACE, async { while connections.join_next().await.is_some() {} }).await;
    }
}

impl Server<Page> {
    /// Serves the last page once, or waits ten seconds for a request for it; then closes the port.
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
}

/// The first connection of either family.
async fn accept(listeners: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    std::future::poll_fn(|context| {
        listeners.iter().map(|listener| listener.poll_accept(context)).find(std::task::Poll::is_ready).unwrap_or(std::task::Poll::Pending)
    })
    .await
}

/// One connection, one reply.
async fn serve<R: Reply>(mut stream: TcpStream, asks: mpsc::Sender<Ask<R>>) {
    // Until a reply is sent, closing resets the connection: remains of unwanted connections do not keep the port busy.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    let Ok(Ok(head)) = timeout(HEAD, head::read(&mut stream)).await else { return };
    let reply = match head {
        Head::Closed => return,
        Head::Refused(fault) => fault.into(),
        Head::Whole(head) => {
            let (send, reply) = oneshot::channel();
            if asks.send(Ask { head, task: tokio::task::id(), reply: send }).await.is_err() {
                return;
            }
            match reply.await {
                Ok(reply) => reply,
                Err(_) => return,
            }
        }
    };
    if let Ok(Ok(())) = timeout(WRITE, stream.write_all(reply.response().as_bytes())).await {
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
