//! The engine's clipboard: opened with the first secret, cleared at the end.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;

use super::{blocking::blocking, event::Event, outbox::Outbox};
use crate::clipboard::{Board, Clipboard, News, OpenClipboard};
use brickpass_core::failure::{Code, Failure};

/// What *Keep 30 s more* adds.
const LONGER: Duration = Duration::from_secs(30);

/// The limit for the last check of the clipboard: its owner may be slow to answer.
const LAST_CLEAR: Duration = Duration::from_secs(5);

pub(super) struct Copies(Mutex<Clipboard>);

impl Copies {
    pub(super) fn new(open: Option<OpenClipboard>, outbox: Outbox) -> Self {
        Self(Mutex::new(Clipboard::new(open.unwrap_or(no_clipboard), move |news| outbox.send(event(news)))))
    }

    /// `copied` is called once it is on the clipboard.
    pub(super) fn copy(&self, secret: SecretString, what: String, time: Duration, copied: impl FnOnce() + Send + 'static) {
        self.clipboard().copy(secret, what, time, copied);
    }

    pub(super) fn clear(&self) {
        self.clipboard().clear();
    }

    pub(super) fn keep_longer(&self) {
        self.clipboard().keep_longer(LONGER);
    }

    /// Clears what is still ours.
    pub(super) async fn finish(&self) {
        let Some(thread) = self.clipboard().end() else { return };
        // A panic of the thread can no longer be reported.
        let _ = tokio::time::timeout(LAST_CLEAR, blocking(move || thread.join())).await;
    }

    fn clipboard(&self) -> MutexGuard<'_, Clipboard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event(news: News) -> Event {
    match news {
        News::Holds { what, until, guaranteed } => Event::ClipboardHolds { what, until, guaranteed },
        News::Cleared { taken_over } => Event::ClipboardCleared { taken_over },
        News::NotCleared(failure) => Event::ClipboardNotCleared { failure },
        News::Failed(failure) => Event::Failed(failure),
    }
}

fn no_clipboard() -> Result<Box<dyn Board>, Failure> {
    Err(Failure::new(
        Code::Unsupported,
        "No clipboard is available.",
        "This program runs without a window.",
        "Copy it in the window, or print it: brickpass token NAME.",
    ))
}
