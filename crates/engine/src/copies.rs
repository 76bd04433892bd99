//! Secrets on the clipboard: from the window, or straight from the vault.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;

use super::{
    Event, StoredSecret,
    shared::{Shared, blocking, stored_secret},
};
use crate::clipboard::{Board, Clipboard, News};
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::Deed;

/// What *Keep 30 s more* adds.
const LONGER: Duration = Duration::from_secs(30);

/// For the last look at the clipboard: whoever owns it by then may be slow to say what is on it.
const LAST_CLEAR: Duration = Duration::from_secs(5);

pub(super) struct Copies {
    shared: Arc<Shared>,
    clipboard: Arc<Mutex<Clipboard>>,
}

impl Copies {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let outbox = shared.outbox.clone();
        let open = shared.places.clipboard.unwrap_or(no_clipboard);
        let clipboard = Clipboard::new(open, move |news| outbox.send(event(news)));
        Self { shared, clipboard: Arc::new(Mutex::new(clipboard)) }
    }

    pub(super) fn copy(&self, secret: SecretString, what: String) {
        copy(&self.shared, &self.clipboard, secret, what, || {});
    }

    pub(super) fn copy_stored(&self, id: ConnectionId, kind: SecretKind) {
        let (shared, clipboard) = (Arc::clone(&self.shared), Arc::clone(&self.clipboard));
        let what = match kind {
            SecretKind::PersonalAccessToken => "access token",
            SecretKind::ClientSecret => "client secret",
            SecretKind::RefreshToken | SecretKind::AccessToken => return shared.fail(a_sign_in_stays()),
        };
        tokio::spawn(async move {
            match stored_secret(&shared, id, kind).await {
                Ok(Ok(Some(secret))) => {
                    let outbox = shared.outbox.clone();
                    copy(&shared, &clipboard, secret, what.to_owned(), move || outbox.copied(id, kind));
                }
                Ok(Ok(None)) => shared.outbox.send(Event::SecretDescribed { id, kind, stored: StoredSecret::Missing }),
                Ok(Err(failure)) | Err(failure) => shared.fail_at(Deed::Copied, vec![id], failure),
            }
        });
    }

    pub(super) fn clear(&self) {
        lock(&self.clipboard).clear();
    }

    pub(super) fn keep_longer(&self) {
        lock(&self.clipboard).keep_longer(LONGER);
    }

    /// Takes off what is still ours.
    pub(super) async fn finish(self) {
        let Some(thread) = lock(&self.clipboard).end() else { return };
        // A panic of the thread has nobody left to hear of it.
        let _ = tokio::time::timeout(LAST_CLEAR, blocking(move || thread.join())).await;
    }
}

fn copy(shared: &Shared, clipboard: &Mutex<Clipboard>, secret: SecretString, what: String, copied: impl FnOnce() + Send + 'static) {
    lock(clipboard).copy(secret, what, shared.current().settings.clipboard_seconds.duration(), copied);
}

fn lock(clipboard: &Mutex<Clipboard>) -> MutexGuard<'_, Clipboard> {
    clipboard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn event(news: News) -> Event {
    match news {
        News::Holds { what, until, guaranteed } => Event::ClipboardHolds { what, until, guaranteed },
        News::Cleared { taken_over } => Event::ClipboardCleared { taken_over },
        News::NotCleared(failure) => Event::ClipboardNotCleared { failure },
        News::Failed(failure) => Event::Failed { about: None, failure },
    }
}

fn no_clipboard() -> Result<Box<dyn Board>, Failure> {
    Err(Failure::new(
        Code::Unsupported,
        "There is no clipboard.",
        "This program runs without a window.",
        "Copy it in the window, or print it: brickpass token NAME.",
    ))
}

fn a_sign_in_stays() -> Failure {
    Failure::new(
        Code::Unsupported,
        "Nothing was copied.",
        "A sign-in is not copied: used in two places, it would end in both.",
        "Sign in where you need it.",
    )
}
