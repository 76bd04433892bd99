//! A request, together with what the window makes of its answer.

use jiff::Timestamp;

use super::State;
use brickpass_core::failure::Failure;
use brickpass_engine::{Ask, CancelHandle, Command, Continuation, Request};

/// What follows from an answer: it is carried by the engine and run by [`State::apply`].
pub struct Follow(Box<Apply>);

type Apply = dyn FnOnce(&mut State, Timestamp) -> Vec<Command> + Send;

/// Asks; `then` is run with the answer, however it ends.
pub fn ask<R: Request>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> Vec<Command> + Send + 'static,
) -> Command {
    Command::Ask(asked(request, then))
}

/// As [`ask`]; dropping the handle cancels the request.
pub fn ask_cancellable<R: Request>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> Vec<Command> + Send + 'static,
) -> (Command, CancelHandle) {
    let (ask, handle) = asked(request, then).cancellable();
    (Command::Ask(ask), handle)
}

fn asked<R: Request>(
    request: R,
    then: impl FnOnce(&mut State, Result<R::Answer, Failure>, Timestamp) -> Vec<Command> + Send + 'static,
) -> Ask {
    Ask::new(request, |outcome| Continuation(Box::new(Follow(Box::new(move |state, now| then(state, outcome, now))))))
}

/// Asks for something whose success needs no words, or is broadcast; a failure is shown.
pub fn ask_quietly<R: Request>(request: R) -> Command {
    ask(request, |state, outcome, _| {
        if let Err(failure) = outcome {
            state.failed(failure);
        }
        Vec::new()
    })
}

impl State {
    pub(super) fn answered(&mut self, Continuation(follow): Continuation, now: Timestamp) -> Vec<Command> {
        // The window asks by the functions above, so nothing else comes back to it.
        follow.downcast::<Follow>().map(|follow| (follow.0)(self, now)).unwrap_or_default()
    }
}
