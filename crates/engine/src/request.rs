//! A request: one thing that the engine can be asked to do, with the type of its answer.

use std::{
    any::Any,
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task,
    time::Instant,
};

use tokio::{sync::oneshot, task::JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    activity::Done,
    blocking::crashed,
    event::{Continuation, Event},
    shared::Shared,
    writer::Writer,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_logging::{Loggable, Span};

/// What the engine can be asked to do.
pub trait Request: fmt::Debug + Send + Sized + 'static {
    type Answer: fmt::Debug + Send + 'static;

    const ORDER: Order;

    /// What the activity log gets once the outcome is known.
    fn recorder(&self) -> Recorder<Self::Answer> {
        Box::new(|_| Vec::new())
    }

    /// # Errors
    /// For the person who asked.
    fn run(self, context: Context) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// Makes of an outcome what the activity log gets: which connections, what was done to them, how it ended.
pub(crate) type Recorder<A> = Box<dyn FnOnce(&Result<A, Failure>) -> Vec<Done> + Send>;

/// How a request runs, and how it ends when its answer is no longer wanted or the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Beside everything else; it changes nothing, and is dropped.
    Question,
    /// Beside everything else; it changes something elsewhere. It is dropped only where it waits in `Context::unless_cancelled`, and
    /// otherwise brought to its end.
    Change,
    /// In the queue of everything that writes to disk or to the vault; brought to its end.
    Write,
}

impl Loggable for Order {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Question => "question",
            Self::Change => "change",
            Self::Write => "write",
        })
    }
}

/// The next request's number in the log.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A request's type without its module, for the log.
fn name<R>() -> &'static str {
    let path = std::any::type_name::<R>();
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

/// What a request runs with.
pub struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    deserted: Deserted,
    cancelled: Cancelled,
}

/// The window is closed.
#[derive(Clone, Default)]
struct Deserted(Arc<AtomicBool>);

impl Deserted {
    fn set(&self, deserted: bool) {
        self.0.store(deserted, Ordering::Relaxed);
    }

    fn yes(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// By the asker, or because the program ends.
#[derive(Clone)]
struct Cancelled {
    asker: CancellationToken,
    program: CancellationToken,
}

impl Context {
    /// What `work` comes to, unless it is cancelled before.
    pub(crate) async fn unless_cancelled<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.until_cancelled(work).await.unwrap_or_else(|| Err(called_off()))
    }

    /// As [`Context::unless_cancelled`]; `None` when it was cancelled before.
    pub(crate) async fn until_cancelled<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.cancelled.or(work).await
    }

    /// Whether the asker has cancelled it, for work that blocks.
    pub(crate) fn is_cancelled(&self) -> impl Fn() -> bool + Send + use<> {
        let asker = self.cancelled.asker.clone();
        move || asker.is_cancelled()
    }

    /// Whether a secret's value would have no taker: the asker has gone, or the window is closed.
    pub(crate) fn has_no_taker(&self) -> bool {
        self.deserted.yes() || self.cancelled.asker.is_cancelled()
    }

    /// For the steps of this request: each is carried to the asker, in its place among all events.
    pub(crate) fn reporter<P>(&self, progress: Progress<P>) -> impl Fn(P) + Send + Sync + use<P> {
        let outbox = self.shared.outbox.clone();
        move |step| {
            if let Some(continuation) = progress.of(step) {
                outbox.send(Event::Answer(continuation));
            }
        }
    }
}

impl Cancelled {
    async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.asker.cancelled() => None,
            () = self.program.cancelled() => None,
            outcome = work => Some(outcome),
        }
    }
}

/// Also the outcome when a value was made after the asker had gone: the value is revoked again.
pub(super) fn called_off() -> Failure {
    Failure::new(Code::Cancelled, "Nothing was done.", "You cancelled before a request was sent.", "Try again.")
}

/// An answer that is on its way. Dropping it cancels the request, as far as its [`Order`] allows.
#[must_use = "an answer that is dropped cancels its request"]
pub struct Pending<A> {
    answer: oneshot::Receiver<Result<A, Failure>>,
    _cancel: DropGuard,
}

impl<A> Pending<A> {
    /// Blocks until the answer is there.
    ///
    /// # Errors
    /// Those of the request; the engine is not running any more.
    pub fn wait(self) -> Result<A, Failure> {
        self.answer.blocking_recv().unwrap_or_else(|_| Err(ended()))
    }
}

impl<A> Future for Pending<A> {
    type Output = Result<A, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(ended())))
    }
}

fn ended() -> Failure {
    Failure::new(
        Code::Internal,
        "Brickpass stopped before this was finished.",
        "Its engine is no longer running.",
        "Start Brickpass again.",
    )
}

/// Cancels its request when it is dropped.
#[derive(Debug)]
pub struct CancelHandle {
    _cancel: DropGuard,
}

/// Cancels its request when it is asked to; dropping it changes nothing.
#[derive(Debug, Clone)]
pub struct Canceller(CancellationToken);

impl Canceller {
    pub fn cancel(&self) {
        self.0.cancel();
    }

    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// What the asker makes of each step of a request that is under way.
pub struct Progress<P>(Option<Box<Step<P>>>);

type Step<P> = dyn Fn(P) -> Continuation + Send + Sync;

impl<P> Progress<P> {
    /// Each step comes as [`Event::Answer`], before the answer.
    pub fn new(then: impl Fn(P) -> Continuation + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(then)))
    }

    /// The asker waits for the answer alone.
    #[must_use]
    pub fn ignored() -> Self {
        Self(None)
    }

    /// What is carried to the asker.
    #[must_use]
    pub fn of(&self, step: P) -> Option<Continuation> {
        self.0.as_ref().map(|then| then(step))
    }
}

impl<P> fmt::Debug for Progress<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress" } else { "Progress(ignored)" })
    }
}

/// Makes of an answer what is carried to the window.
pub type Then<A> = Box<dyn FnOnce(Result<A, Failure>) -> Continuation + Send>;

/// A request whose answer comes as [`Event::Answer`], in its place among all other events.
pub struct Ask(Box<dyn Erased>);

impl Ask {
    pub fn new<R: Request>(request: R, then: impl FnOnce(Result<R::Answer, Failure>) -> Continuation + Send + 'static) -> Self {
        Self(Box::new(Envelope { request, reply: Reply::Window(Box::new(then)), cancel: CancellationToken::new() }))
    }

    /// The request, and what cancels it.
    #[must_use]
    pub fn cancellable(self) -> (Self, CancelHandle) {
        let handle = CancelHandle { _cancel: self.0.cancel().clone().drop_guard() };
        (self, handle)
    }

    /// What cancels the request, for an asker that may also leave it alone.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller(self.0.cancel().clone())
    }

    /// The answer is not wanted any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancel().is_cancelled()
    }

    /// The request, if it is of this type.
    #[must_use]
    pub fn of<R: Request>(&self) -> Option<&R> {
        let request: &dyn Any = self.0.request();
        request.downcast_ref()
    }

    /// The request and what takes its answer, for a test that answers in place of the engine; `None` if it is of another type.
    #[must_use]
    pub fn open<R: Request>(self) -> Option<(R, Then<R::Answer>)> {
        let any: Box<dyn Any> = self.0;
        let Envelope { request, reply, .. } = *any.downcast::<Envelope<R>>().ok()?;
        let Reply::Window(then) = reply else { return None };
        Some((request, then))
    }

    /// The same request for one who waits.
    pub(crate) fn pending<R: Request>(request: R) -> (Self, Pending<R::Answer>) {
        let cancel = CancellationToken::new();
        let (reply, answer) = oneshot::channel();
        let pending = Pending { answer, _cancel: cancel.clone().drop_guard() };
        (Self(Box::new(Envelope { request, reply: Reply::Asker(reply), cancel })), pending)
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.request().fmt(f)
    }
}

struct Envelope<R: Request> {
    request: R,
    reply: Reply<R::Answer>,
    cancel: CancellationToken,
}

enum Reply<A> {
    Asker(oneshot::Sender<Result<A, Failure>>),
    Window(Then<A>),
}

/// An [`Envelope`] of any type.
trait Erased: Any + Send {
    fn request(&self) -> &dyn RequestInfo;
    fn cancel(&self) -> &CancellationToken;
    fn order(&self) -> Order;
    fn run(self: Box<Self>, requests: Requests) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// What can be seen of a request of any type.
trait RequestInfo: Any + fmt::Debug {}

impl<R: Request> RequestInfo for R {}

impl<R: Request> Erased for Envelope<R> {
    fn request(&self) -> &dyn RequestInfo {
        &self.request
    }

    fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    fn order(&self) -> Order {
        R::ORDER
    }

    fn run(self: Box<Self>, requests: Requests) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let span = brickpass_logging::span!("request", name = name::<R>(), number = NUMBER.fetch_add(1, Ordering::Relaxed));
        Box::pin(span.around(async move {
            let began = Instant::now();
            brickpass_logging::trace!("started", order = R::ORDER);
            let Self { request, reply, cancel } = *self;
            let Requests { shared, writer, deserted, program } = requests;
            let recorder = request.recorder();
            let cancelled = Cancelled { asker: cancel, program };
            let context = Context { shared: Arc::clone(&shared), writer, deserted, cancelled: cancelled.clone() };
            let work = async move {
                match R::ORDER {
                    Order::Question => cancelled.or(request.run(context)).await.unwrap_or_else(|| Err(called_off())),
                    Order::Change | Order::Write => request.run(context).await,
                }
            };
            // In a task of its own: what crashes there fails this request alone.
            let outcome = tokio::spawn(Span::current().around(work)).await.unwrap_or_else(|_| Err(crashed()));
            if outcome.is_ok() {
                brickpass_logging::info!("answered", outcome = outcome, time = began.elapsed());
            } else {
                brickpass_logging::warn!("failed", outcome = outcome, time = began.elapsed());
            }
            shared.outbox.record(recorder(&outcome));
            shared.tell_unsaved();
            match reply {
                // An asker that has gone does not want it any more.
                Reply::Asker(reply) => drop(reply.send(outcome)),
                Reply::Window(then) => shared.outbox.send(Event::Answer(then(outcome))),
            }
        }))
    }
}

/// Runs requests as their [`Order`] says.
#[derive(Clone)]
pub(crate) struct Requests {
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    deserted: Deserted,
    program: CancellationToken,
}

/// The changes that are under way.
pub(crate) struct RunningRequests {
    requests: Requests,
    changes: JoinSet<()>,
}

impl RunningRequests {
    pub(crate) fn new(shared: Arc<Shared>, writer: Writer) -> Self {
        let requests = Requests { shared, writer, deserted: Deserted::default(), program: CancellationToken::new() };
        Self { requests, changes: JoinSet::new() }
    }

    pub(crate) fn start(&mut self, Ask(ask): Ask) {
        while self.changes.try_join_next().is_some() {}
        match ask.order() {
            Order::Question => drop(tokio::spawn(ask.run(self.requests.clone()))),
            Order::Change => drop(self.changes.spawn(ask.run(self.requests.clone()))),
            Order::Write => self.requests.writer.put(ask.run(self.requests.clone())),
        }
    }

    /// Cancels what has not begun. `deserted`: the asker is gone as well.
    pub(crate) fn cancel(&self, deserted: bool) {
        self.requests.deserted.set(deserted);
        self.requests.program.cancel();
    }

    /// Returns when all changes have come to their end.
    pub(crate) async fn finished(mut self) {
        while self.changes.join_next().await.is_some() {}
    }
}
