//! The system's clipboard for secrets: marked so that histories omit them, and cleared after a while.
//!
//! Public content (addresses, links) uses the window's own clipboard instead, which can do neither.

mod board;
mod keeper;

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;

pub use board::{Board, Gone, Placed};
use keeper::{Keeper, Moment};

use brickpass_core::failure::{Code, Failure};

/// How often it is looked whether the time is up or somebody else has taken over. The steady clock stands still while a computer sleeps, so
/// nothing waits for the deadline in one go.
const LOOK: Duration = Duration::from_millis(500);

/// What has become of a secret that was copied.
#[derive(Debug)]
pub enum News {
    Holds {
        what: String,
        until: Timestamp,
        /// The system guarantees that it can be cleared.
        guaranteed: bool,
    },
    /// It is no longer on the clipboard. `taken_over`: something else is there, which was kept.
    Cleared { taken_over: bool },
    /// It may still be there, and nothing more is done about it.
    NotCleared(Failure),
    /// Nothing was copied; what was there before still is.
    Failed(Failure),
}

enum Order {
    Copy { secret: SecretString, what: String, keep: Duration, copied: Box<dyn FnOnce() + Send> },
    KeepLonger(Duration),
    Clear,
}

/// Opens the clipboard of the desktop that the program runs on; fails where there is none.
pub type OpenClipboard = fn() -> Result<Box<dyn Board>, Failure>;

type Open = dyn Fn() -> Result<Box<dyn Board>, Failure> + Send + Sync;
type Tell = dyn Fn(News) + Send + Sync;

/// The clipboard on a thread of its own, which starts with the first copy: a selection lives only as long as its owner does.
pub struct Clipboard {
    open: Arc<Open>,
    tell: Arc<Tell>,
    thread: Option<(Sender<Order>, JoinHandle<()>)>,
    ended: bool,
}

impl Clipboard {
    /// The clipboard that `open` opens with the first copy.
    #[must_use]
    pub fn new(open: OpenClipboard, tell: impl Fn(News) + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), tell: Arc::new(tell), thread: None, ended: false }
    }

    /// For `keep`, then it is cleared. `what` describes it: "access token". `copied` is called when it is there, before the report.
    pub fn copy(&mut self, secret: SecretString, what: String, keep: Duration, copied: impl FnOnce() + Send + 'static) {
        if self.ended {
            return;
        }
        let Some(order) = self.ask(Order::Copy { secret, what, keep, copied: Box::new(copied) }) else { return };
        // There is no thread yet, or it has died.
        let (sender, orders) = mpsc::channel();
        let (open, tell) = (Arc::clone(&self.open), Arc::clone(&self.tell));
        match thread::Builder::new().name("clipboard".to_owned()).spawn(move || run(&*open, &*tell, &orders)) {
            Ok(thread) => self.thread = Some((sender, thread)),
            Err(error) => return (self.tell)(News::Failed(no_thread(&error))),
        }
        self.ask(order);
    }

    pub fn keep_longer(&self, by: Duration) {
        self.ask(Order::KeepLonger(by));
    }

    pub fn clear(&self) {
        self.ask(Order::Clear);
    }

    /// No more copies. The returned thread clears what is still ours, and ends.
    pub fn end(&mut self) -> Option<JoinHandle<()>> {
        self.ended = true;
        self.thread.take().map(|(_, thread)| thread)
    }

    /// The request, if the thread is gone.
    fn ask(&self, order: Order) -> Option<Order> {
        let Some((orders, _)) = &self.thread else { return Some(order) };
        orders.send(order).err().map(|unsent| unsent.0)
    }
}

fn run(open: &Open, tell: &Tell, orders: &Receiver<Order>) {
    let mut keeper: Option<Keeper> = None;
    loop {
        let next = match &keeper {
            Some(holding) if holding.holds() => orders.recv_timeout(LOOK),
            _ => orders.recv().map_err(RecvTimeoutError::from),
        };
        let now = Moment::now();
        let news = match next {
            Ok(Order::Copy { secret, what, keep, copied }) => Some(match copy(open, &mut keeper, &secret, what, keep, now) {
                Ok(news) => {
                    copied();
                    news
                }
                Err(failure) => News::Failed(failure),
            }),
            Ok(Order::KeepLonger(by)) => keeper.as_mut().and_then(|keeper| keeper.longer(by)),
            Ok(Order::Clear) => keeper.as_mut().and_then(Keeper::clear),
            Err(RecvTimeoutError::Timeout) => keeper.as_mut().and_then(|keeper| keeper.look(now)),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if let Some(news) = news {
            tell(news);
        }
    }
    if let Some(mut keeper) = keeper {
        while keeper.holds() {
            if let Some(news) = keeper.clear() {
                tell(news);
            }
        }
    }
}

fn copy(
    open: &Open,
    keeper: &mut Option<Keeper>,
    secret: &SecretString,
    what: String,
    keep: Duration,
    now: Moment,
) -> Result<News, Failure> {
    let keeper = match keeper {
        Some(keeper) => keeper,
        None => keeper.insert(Keeper::new(open()?)),
    };
    keeper.copy(secret, what, keep, now)
}

fn no_thread(error: &std::io::Error) -> Failure {
    Failure::new(
        Code::Internal,
        "Nothing was copied.",
        format!("The system cannot create another thread: {error}."),
        "Close other programs, then copy it again.",
    )
}
