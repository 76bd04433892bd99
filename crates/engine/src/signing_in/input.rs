//! What the person says while a sign-in runs.

use secrecy::SecretString;
use tokio::sync::mpsc;

/// Kept by the asker. It reaches the sign-in for as long as that runs.
#[derive(Debug, Clone)]
pub struct SignInControl {
    answers: mpsc::UnboundedSender<bool>,
    pasted: mpsc::UnboundedSender<SecretString>,
}

impl SignInControl {
    /// Yes or no to `SignInStep::ConfirmHost` or `SignInStep::OtherUser`. Never blocks.
    pub fn answer(&self, yes: bool) {
        // After its end, a sign-in takes no answers.
        let _ = self.answers.send(yes);
    }

    /// The address that the browser ended on, where it could not come back by itself. Judged as an answer of the browser is. Never blocks.
    pub fn paste(&self, address: SecretString) {
        // A sign-in that has had its answer takes no other.
        let _ = self.pasted.send(address);
    }
}

/// The sign-in's end of a [`SignInControl`].
#[derive(Debug)]
pub struct SignInInput {
    answers: mpsc::UnboundedReceiver<bool>,
    /// Until the browser's answer.
    pasted: Option<mpsc::UnboundedReceiver<SecretString>>,
}

impl SignInInput {
    #[must_use]
    pub fn new() -> (SignInControl, Self) {
        let (answers, asked) = mpsc::unbounded_channel();
        let (pasted, addresses) = mpsc::unbounded_channel();
        (SignInControl { answers, pasted }, Self { answers: asked, pasted: Some(addresses) })
    }

    /// The next answer; `None`: there will be none.
    pub(super) async fn answer(&mut self) -> Option<bool> {
        self.answers.recv().await
    }

    /// An answer that is there already.
    pub fn try_answer(&mut self) -> Option<bool> {
        self.answers.try_recv().ok()
    }

    /// An address that is there already.
    pub fn try_pasted(&mut self) -> Option<SecretString> {
        self.pasted.as_mut()?.try_recv().ok()
    }

    pub(super) fn take_pasted(&mut self) -> Option<mpsc::UnboundedReceiver<SecretString>> {
        self.pasted.take()
    }
}
