//! The secret on the clipboard, and until when.

use jiff::{SignedDuration, Timestamp};

use super::{Fresh, Notice, Output, Secrets, State};
use crate::ui::{admin::FreshSecret, text};
use brickpass_engine::Event;

/// A secret that the engine has copied to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// "access token"
    pub what: String,
    pub until: Timestamp,
    /// It can certainly be cleared again.
    pub guaranteed: bool,
}

impl Copied {
    /// Never below zero: the engine is about to report that it was cleared.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.until.duration_since(now).max(SignedDuration::ZERO)
    }

    /// Rounded up, so that zero appears only at the end.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        let left = self.left(now);
        left.as_secs() + i64::from(left.subsec_nanos() > 0)
    }
}

impl State {
    pub(super) fn clipboard_event(&mut self, event: Event) -> Output {
        if let Event::ClipboardHolds { what, .. } = &event {
            if let Some(fresh) = self.dialogs.find_mut::<Fresh>() {
                fresh.clipboard_holds(what);
            }
            if let Some(fresh) = self.dialogs.find_mut::<FreshSecret>() {
                fresh.clipboard_holds(what);
            }
        }
        self.secrets.clipboard_event(event)
    }
}

impl Secrets {
    pub fn copied(&self) -> Option<&Copied> {
        self.copied.as_ref()
    }

    fn clipboard_event(&mut self, event: Event) -> Output {
        match event {
            Event::ClipboardHolds { what, until, guaranteed } => {
                self.copied = Some(Copied { what, until, guaranteed });
                Output::none()
            }
            Event::ClipboardCleared { taken_over } => {
                let guaranteed = self.copied.take().is_none_or(|copied| copied.guaranteed);
                match (taken_over, guaranteed) {
                    // The person has copied something else and knows it.
                    (true, true) => Output::none(),
                    (false, true) => Notice::Done(text::CLIPBOARD_CLEARED.to_owned()).into(),
                    (_, false) => Notice::Info(text::CLIPBOARD_UNSURE.to_owned()).into(),
                }
            }
            Event::ClipboardNotCleared { failure } => {
                self.copied = None;
                Notice::Failure(failure).into()
            }
            _ => Output::none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::fake_engine::at;
    use brickpass_core::failure::{Code, Failure};

    fn holding(guaranteed: bool) -> State {
        let mut state = State::default();
        state.apply(Event::ClipboardHolds { what: "access token".to_owned(), until: at(30), guaranteed }, at(0));
        state
    }

    #[test]
    fn the_time_that_is_left_is_known_and_never_negative() {
        let state = holding(true);
        let left = |now| state.secrets.copied().unwrap().left(at(now)).as_secs();
        assert_eq!((left(0), left(7), left(31)), (30, 23, 0));
    }

    #[test]
    fn keeping_it_longer_moves_the_end() {
        let mut state = holding(true);
        state.apply(Event::ClipboardHolds { what: "access token".to_owned(), until: at(60), guaranteed: true }, at(5));
        assert_eq!(state.secrets.copied().unwrap().until, at(60));
    }

    #[test]
    fn when_it_is_gone_the_countdown_is_too_and_only_what_is_worth_it_is_told() {
        let told = |guaranteed, taken_over| {
            let mut state = holding(guaranteed);
            state.apply(Event::ClipboardCleared { taken_over }, at(30));
            assert_eq!(state.secrets.copied(), None);
            state.view.notices
        };
        assert_eq!(told(true, false), [Notice::Done(text::CLIPBOARD_CLEARED.to_owned())]);
        assert_eq!(told(true, true), []);
        assert_eq!(told(false, false), [Notice::Info(text::CLIPBOARD_UNSURE.to_owned())]);
        assert_eq!(told(false, true), [Notice::Info(text::CLIPBOARD_UNSURE.to_owned())]);
    }

    #[test]
    fn a_clipboard_that_cannot_be_cleared_is_told() {
        let mut state = holding(true);
        let failure = Failure::new(Code::Unsupported, "The clipboard could not be cleared.", "", "Copy something else.");
        state.apply(Event::ClipboardNotCleared { failure: failure.clone() }, at(30));
        assert_eq!((state.secrets.copied(), state.view.notices.as_slice()), (None, [Notice::Failure(failure)].as_slice()));
    }
}
