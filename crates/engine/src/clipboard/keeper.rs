//! When to clear a secret from the clipboard. Time is an argument.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    News,
    board::{Board, Gone, Placed},
};
use brickpass_core::failure::Failure;

/// A clipboard that another program has open is free again in a moment.
const ATTEMPTS: u8 = 3;

/// By both clocks: the monotonic one stops while the computer sleeps, the wall clock may be set back.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub wall: Timestamp,
    pub steady: Instant,
}

impl Moment {
    pub fn now() -> Self {
        Self { wall: Timestamp::now(), steady: Instant::now() }
    }

    fn after(self, time: Duration) -> Self {
        Self { wall: self.wall.checked_add(time).unwrap_or(Timestamp::MAX), steady: self.steady + time }
    }

    /// By whichever clock is ahead.
    fn has_come(self, now: Self) -> bool {
        now.wall >= self.wall || now.steady >= self.steady
    }
}

struct Held {
    what: String,
    until: Moment,
    guaranteed: bool,
    failed: u8,
}

/// Puts secrets on a board and clears them when their time is up.
pub struct Keeper {
    board: Box<dyn Board>,
    held: Option<Held>,
}

impl Keeper {
    pub fn new(board: Box<dyn Board>) -> Self {
        Self { board, held: None }
    }

    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// The time restarts with each copy.
    ///
    /// # Errors
    /// The clipboard cannot be used; what was held before still is.
    pub fn copy(&mut self, secret: &SecretString, what: String, keep: Duration, now: Moment) -> Result<News, Failure> {
        let Placed { guaranteed } = self.board.put(secret)?;
        let held = Held { what, until: now.after(keep), guaranteed, failed: 0 };
        let news = told(&held);
        self.held = Some(held);
        Ok(news)
    }

    pub fn longer(&mut self, by: Duration) -> Option<News> {
        let held = self.held.as_mut()?;
        held.until = held.until.after(by);
        Some(told(held))
    }

    /// What is due now.
    pub fn look(&mut self, now: Moment) -> Option<News> {
        let held = self.held.as_ref()?;
        if let Some(gone) = self.board.gone() {
            self.held = None;
            return Some(cleared(gone));
        }
        if held.until.has_come(now) { self.clear() } else { None }
    }

    /// Before its time. `None`: there is nothing to clear, or the next look tries again.
    pub fn clear(&mut self) -> Option<News> {
        let mut held = self.held.take()?;
        match self.board.take_off() {
            Ok(gone) => Some(cleared(gone)),
            Err(failure) if held.failed + 1 >= ATTEMPTS => Some(News::NotCleared(failure)),
            Err(_) => {
                held.failed += 1;
                held.until = Moment { wall: Timestamp::MIN, ..held.until };
                self.held = Some(held);
                None
            }
        }
    }
}

fn told(held: &Held) -> News {
    News::Holds { what: held.what.clone(), until: held.until.wall, guaranteed: held.guaranteed }
}

fn cleared(gone: Gone) -> News {
    News::Cleared { taken_over: gone == Gone::TakenOver }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use secrecy::ExposeSecret as _;

    use super::*;
    use brickpass_core::failure::Code;

    #[derive(Default)]
    struct Content {
        text: Option<String>,
        ours: bool,
        failures: u8,
        seen_gone: Option<Gone>,
    }

    #[derive(Clone, Default)]
    struct Fake(Rc<RefCell<Content>>);

    impl Board for Fake {
        fn put(&mut self, secret: &SecretString) -> Result<Placed, Failure> {
            let mut content = self.0.borrow_mut();
            if content.failures > 0 {
                return Err(broken());
            }
            (content.text, content.ours) = (Some(secret.expose_secret().to_owned()), true);
            Ok(Placed { guaranteed: true })
        }

        fn gone(&mut self) -> Option<Gone> {
            self.0.borrow().seen_gone
        }

        fn take_off(&mut self) -> Result<Gone, Failure> {
            let mut content = self.0.borrow_mut();
            if content.failures > 0 {
                content.failures -= 1;
                return Err(broken());
            }
            if !content.ours {
                return Ok(Gone::TakenOver);
            }
            content.text = None;
            Ok(Gone::Cleared)
        }
    }

    fn broken() -> Failure {
        Failure::new(Code::Unsupported, "a", "b", "c")
    }

    const HALF_A_MINUTE: Duration = Duration::from_secs(30);

    fn holding() -> (Keeper, Fake, Moment) {
        let (board, now) = (Fake::default(), Moment::now());
        let mut keeper = Keeper::new(Box::new(board.clone()));
        let news = keeper.copy(&"s3cret".into(), "access token".to_owned(), HALF_A_MINUTE, now).unwrap();
        assert!(
            matches!(news, News::Holds { what, until, guaranteed: true } if what == "access token" && until == now.after(HALF_A_MINUTE).wall)
        );
        (keeper, board, now)
    }

    #[test]
    fn se_08_a_secret_is_taken_off_when_its_time_is_up_and_not_before() {
        let (mut keeper, board, now) = holding();
        assert!(keeper.look(now.after(Duration::from_secs(29))).is_none());
        assert_eq!(board.0.borrow().text.as_deref(), Some("s3cret"));
        assert!(matches!(keeper.look(now.after(Duration::from_secs(31))), Some(News::Cleared { taken_over: false })));
        assert_eq!(board.0.borrow().text, None);
        assert!(!keeper.holds());
    }

    #[test]
    fn se_08_what_somebody_else_has_copied_is_left_alone() {
        let (mut keeper, board, now) = holding();
        *board.0.borrow_mut() = Content { text: Some("a recipe".to_owned()), ..Content::default() };
        assert!(matches!(keeper.look(now.after(HALF_A_MINUTE)), Some(News::Cleared { taken_over: true })));
        assert_eq!(board.0.borrow().text.as_deref(), Some("a recipe"));
    }

    #[test]
    fn a_take_over_that_is_seen_without_reading_is_told_at_once() {
        let (mut keeper, board, now) = holding();
        board.0.borrow_mut().seen_gone = Some(Gone::TakenOver);
        assert!(matches!(keeper.look(now), Some(News::Cleared { taken_over: true })));
    }

    #[test]
    fn neither_sleep_nor_a_clock_that_is_set_back_keeps_a_secret_longer() {
        let (mut keeper, _, now) = holding();
        let slept = Moment { wall: now.after(HALF_A_MINUTE).wall, steady: now.steady };
        assert!(keeper.look(slept).is_some());
        let (mut keeper, _, now) = holding();
        let set_back = Moment { wall: Timestamp::UNIX_EPOCH, steady: now.after(HALF_A_MINUTE).steady };
        assert!(keeper.look(set_back).is_some());
    }

    #[test]
    fn it_can_be_kept_longer_and_another_copy_begins_anew() {
        let (mut keeper, _, now) = holding();
        assert!(matches!(keeper.longer(HALF_A_MINUTE), Some(News::Holds { until, .. }) if until == now.after(HALF_A_MINUTE * 2).wall));
        assert!(keeper.look(now.after(Duration::from_secs(59))).is_none());
        keeper.copy(&"another".into(), "client secret".to_owned(), HALF_A_MINUTE, now.after(Duration::from_secs(59))).unwrap();
        assert!(keeper.look(now.after(Duration::from_secs(61))).is_none());
        assert!(keeper.look(now.after(Duration::from_secs(90))).is_some());
        assert!(keeper.longer(HALF_A_MINUTE).is_none());
    }

    #[test]
    fn a_busy_clipboard_is_tried_again_and_told_only_when_it_stays_busy() {
        let (mut keeper, board, now) = holding();
        board.0.borrow_mut().failures = 2;
        assert!(keeper.clear().is_none());
        assert!(keeper.look(now).is_none());
        assert!(matches!(keeper.look(now), Some(News::Cleared { taken_over: false })));

        let (mut keeper, board, now) = holding();
        board.0.borrow_mut().failures = 3;
        assert!(keeper.clear().is_none());
        assert!(keeper.look(now).is_none());
        assert!(matches!(keeper.look(now), Some(News::NotCleared(_))));
    }

    #[test]
    fn a_copy_that_fails_changes_nothing() {
        let (mut keeper, board, now) = holding();
        board.0.borrow_mut().failures = 1;
        assert!(keeper.copy(&"another".into(), "client secret".to_owned(), HALF_A_MINUTE, now).is_err());
        board.0.borrow_mut().failures = 0;
        assert!(matches!(keeper.look(now.after(HALF_A_MINUTE)), Some(News::Cleared { .. })));
    }
}
