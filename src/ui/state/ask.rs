//! A request together with the function that handles its answer.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;

use super::{Notice, Output, State};
use brickpass_core::failure::Failure;
use brickpass_engine::{Ask, CancelHandle, Continuation, Progress, Refresh, Request, Start};

/// The function that handles an answer: carried by the engine, run by [`State::apply`].
pub struct Follow(Box<Apply>);

type Apply = dyn FnOnce(&mut State, Timestamp) -> Output + Send;

/// Sends a request; `then` is run with the answer, whether it succeeded or not.
pub fn ask<R: Request, O: Into<Output>>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> O + Send + 'static,
) -> Ask {
    asked(request, then)
}

/// Like [`ask`]; dropping the handle cancels the request.
pub fn ask_cancellable<R: Request, O: Into<Output>>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> O + Send + 'static,
) -> (Ask, CancelHandle) {
    asked(request, then).cancellable()
}

fn asked<R: Request, O: Into<Output>>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> O + Send + 'static,
) -> Ask {
    Ask::new(request, |outcome| follow(move |state, now| then(state, outcome, now).into()))
}

/// For the steps of a request: `then` is run with each.
pub fn progress<P: Send + 'static, O: Into<Output>>(then: impl Fn(&mut State, P, Timestamp) -> O + Send + Sync + 'static) -> Progress<P> {
    let then = Arc::new(then);
    Progress::new(move |step| {
        let then = Arc::clone(&then);
        follow(move |state, now| then(state, step, now).into())
    })
}

fn follow(apply: impl FnOnce(&mut State, Timestamp) -> Output + Send + 'static) -> Continuation {
    Continuation(Box::new(Follow(Box::new(apply))))
}

/// Sends a request whose success is not shown or is broadcast; a failure is shown.
pub fn ask_quietly<R: Request>(request: R) -> Ask {
    ask(request, |_, outcome, _| outcome.err().map(Notice::Failure))
}

/// The ID of one run of a request: a late answer of an older run never overwrites a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub(in crate::ui) u64);

impl RunId {
    /// A number that no earlier run had.
    pub fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Reads everything that is stored: at the start, and again after a failure.
pub fn start() -> Ask {
    ask_quietly(Start)
}

/// Checks whether another program has changed what is stored.
pub fn refresh() -> Ask {
    ask_quietly(Refresh)
}

impl State {
    pub(super) fn answered(&mut self, Continuation(follow): Continuation, now: Timestamp) -> Output {
        // The window sends requests only through the functions above, so nothing else returns.
        follow.downcast::<Follow>().map(|follow| (follow.0)(self, now)).unwrap_or_default()
    }
}
