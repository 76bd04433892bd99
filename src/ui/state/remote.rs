//! A value that lives elsewhere and has to be asked for.

use crate::failure::Failure;

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
    /// The newest value known, also while a newer one is on its way.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Code;

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
