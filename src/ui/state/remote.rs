//! A value that is loaded on request.

use crate::ui::state::RunId;
use brickpass_core::failure::Failure;
use brickpass_engine::CancelHandle;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Remote<T> {
    #[default]
    NotAsked,
    Pending {
        previous: Option<T>,
    },
    Ready(T),
    Failed {
        failure: Failure,
        previous: Option<T>,
    },
}

impl<T> Remote<T> {
    /// The newest known value, also while a newer one is loading.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::NotAsked => None,
            Self::Pending { previous } | Self::Failed { previous, .. } => previous.as_ref(),
            Self::Ready(value) => Some(value),
        }
    }

    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            _ => None,
        }
    }

    pub fn asked(&mut self) {
        *self = Self::Pending { previous: std::mem::take(self).into_value() };
    }

    pub fn failed(&mut self, failure: Failure) {
        *self = Self::Failed { failure, previous: std::mem::take(self).into_value() };
    }

    fn into_value(self) -> Option<T> {
        match self {
            Self::NotAsked => None,
            Self::Pending { previous } | Self::Failed { previous, .. } => previous,
            Self::Ready(value) => Some(value),
        }
    }
}

/// A requested value. Only the answer to the newest request counts.
#[derive(Debug)]
pub struct Asked<T> {
    remote: Remote<T>,
    run: Option<RunId>,
    cancel: Option<CancelHandle>,
}

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Self { remote: Remote::NotAsked, run: None, cancel: None }
    }
}

impl<T> Asked<T> {
    pub fn value(&self) -> Option<&T> {
        self.remote.value()
    }

    pub fn failure(&self) -> Option<&Failure> {
        self.remote.failure()
    }

    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    /// Waits for this run.
    pub(in crate::ui::state) fn is_run(&self, run: RunId) -> bool {
        self.run == Some(run)
    }

    /// Starts waiting for this run.
    pub fn asked(&mut self, run: RunId) {
        self.run = Some(run);
        self.cancel = None;
        self.remote.asked();
    }

    /// Like `asked`; the request is cancelled when its answer is no longer needed.
    pub(in crate::ui::state) fn asked_cancellable(&mut self, run: RunId, cancel: CancelHandle) {
        self.asked(run);
        self.cancel = Some(cancel);
    }

    /// Whether this is the awaited run.
    pub fn answered(&mut self, run: RunId, outcome: Result<T, Failure>) -> bool {
        if self.run != Some(run) {
            return false;
        }
        self.run = None;
        self.cancel = None;
        match outcome {
            Ok(value) => self.remote = Remote::Ready(value),
            Err(failure) => self.remote.failed(failure),
        }
        true
    }

    /// Stops waiting; the previous value stays.
    pub(in crate::ui::state) fn cancel(&mut self) {
        self.cancel = None;
        if self.run.take().is_some() {
            self.remote = std::mem::take(&mut self.remote).into_value().map_or(Remote::NotAsked, Remote::Ready);
        }
    }

    /// The value is known from another source, while an answer may still be on its way.
    pub(in crate::ui::state) fn set(&mut self, value: T) {
        self.remote = Remote::Ready(value);
    }

    /// The value is known from another source: a pending answer is older.
    pub(in crate::ui::state) fn replace(&mut self, value: T) {
        *self = Self { remote: Remote::Ready(value), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::failure::Code;

    #[test]
    fn the_last_value_stays_while_a_new_one_is_asked_for_and_when_that_fails() {
        let mut remote = Remote::Ready(7);
        remote.asked();
        assert!(matches!(remote, Remote::Pending { .. }));
        assert_eq!(remote.value(), Some(&7));
        remote.failed(Failure::new(Code::Dns, "a", "b", "c"));
        assert_eq!(remote.value(), Some(&7));
        assert!(remote.failure().is_some());
    }
}
