//! Notes about a sign-in, shared between processes: that the server asked for a pause, that the last request failed a moment ago, that the
//! sign-in expires and is not renewed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use super::{Inner, blocking, messages, record::Record, token_state::TokenState};
use crate::oauth::{OAuthError, Trouble};
use brickpass_core::{failure::Failure, hex};
use brickpass_storage::{End, EndWhy, SignInNote};

/// The longest pause that a server can ask for.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(24);

/// A pause of at most this length is waited for if the caller's time limit allows it.
const SHORT_REST: Duration = Duration::from_secs(5);

/// The minimum time for a request after a wait.
const ROOM: Duration = Duration::from_secs(2);

impl Inner {
    pub(super) async fn noted(&self, token_state: &TokenState) -> Option<SignInNote> {
        let (notes, id, origin) = (self.notes.clone(), token_state.id, token_state.origin());
        blocking(move || notes.load(id, &origin)).await.ok().flatten()
    }

    pub(super) async fn note(&self, token_state: &TokenState, change: impl Fn(&mut SignInNote) + Send + 'static) {
        let (notes, id, origin) = (self.notes.clone(), token_state.id, token_state.origin());
        let _ = blocking(move || notes.change(id, &origin, change)).await;
    }

    /// Whether the server is known to refuse the refresh token of this record.
    pub(super) async fn is_refused(&self, token_state: &TokenState, record: &Record) -> bool {
        if token_state.is_dead(record.digest()) {
            return true;
        }
        let ends = self.noted(token_state).await.and_then(|note| note.ends);
        record.renews() && ends.is_some_and(|end| end.why == EndWhy::Refused { digest: hex(&record.digest()) })
    }

    /// The server refuses the refresh token with this digest. `until`: the end of the access token that came with it.
    pub(super) async fn note_refused(&self, token_state: &TokenState, refresh_token: [u8; 32], until: Option<Timestamp>) {
        let end = End { at: until.unwrap_or_else(|| self.now()), why: EndWhy::Refused { digest: hex(&refresh_token) } };
        self.note(token_state, move |note| note.ends = Some(end.clone())).await;
    }

    /// A sign-in has started: notes about the previous one are deleted.
    pub(super) async fn note_begun(&self, token_state: &TokenState, record: &Record) {
        let at = record.access.as_ref().map(super::cached_token::CachedToken::expires_at).filter(|_| !record.renews());
        let ends = at.map(|at| End { at, why: EndWhy::NoRefreshToken });
        self.note(token_state, move |note| *note = SignInNote { origin: note.origin.clone(), ends: ends.clone(), ..SignInNote::default() })
            .await;
    }

    /// The failure to return during the server's pause; `None`: a request is allowed now or in a moment.
    pub(super) async fn rests(&self, token_state: &TokenState) -> Option<OAuthError> {
        let wait = self.rest_left(token_state).await?;
        (wait > SHORT_REST).then(|| messages::asked_to_wait(wait))
    }

    async fn rest_left(&self, token_state: &TokenState) -> Option<Duration> {
        let until = self.noted(token_state).await?.not_before?;
        // If the clock was set back, a pause looks longer than a server can ask for.
        let left = until.duration_since(self.now());
        Duration::try_from(left)
            .ok()
            .filter(|left| !left.is_zero() && SignedDuration::try_from(*left).is_ok_and(|left| left <= LONGEST_REST))
    }

    /// The failure of another process since `began`, while this one waited.
    pub(super) async fn failed_since(&self, token_state: &TokenState, began: Timestamp) -> Option<Failure> {
        let (at, failure) = self.noted(token_state).await?.failed?;
        (began <= at && at <= self.now()).then_some(failure)
    }

    /// Requests tokens under the lock between processes. All processes respect the server's pause; a short pause is waited for once. Any other
    /// failure is noted for the processes that wait for the lock.
    pub(super) async fn ask<T, F: Future<Output = Result<T, OAuthError>>>(
        &self,
        token_state: &TokenState,
        deadline: Instant,
        request: impl Fn() -> F,
    ) -> Result<T, OAuthError> {
        if let Some(wait) = self.rest_left(token_state).await {
            if !fits(wait, deadline) {
                return Err(messages::asked_to_wait(wait));
            }
            sleep(wait).await;
        }
        let mut outcome = request().await;
        if let Err(OAuthError { trouble: Trouble::NotNow { retry_after: Some(wait) }, .. }) = outcome {
            self.note_rest(token_state, wait).await;
            if fits(wait, deadline) {
                sleep(wait).await;
                outcome = request().await;
            }
        }
        match &outcome {
            Ok(_) => self.note(token_state, |note| (note.not_before, note.ends, note.failed) = (None, None, None)).await,
            Err(error) => match error.trouble {
                Trouble::NotNow { retry_after: Some(wait) } => self.note_rest(token_state, wait).await,
                // Records that it has expired.
                Trouble::InvalidGrant => {}
                _ => {
                    let failed = (self.now(), Failure { details: None, ..error.failure.clone() });
                    self.note(token_state, move |note| note.failed = Some(failed.clone())).await;
                }
            },
        }
        outcome
    }

    async fn note_rest(&self, token_state: &TokenState, wait: Duration) {
        let wait = SignedDuration::try_from(wait).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        let until = self.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        self.note(token_state, move |note| note.not_before = Some(until)).await;
    }
}

fn fits(wait: Duration, deadline: Instant) -> bool {
    wait <= SHORT_REST && Instant::now() + wait + ROOM <= deadline
}
