//! Repeats a token request once if its answer was lost or the server failed, because both are often temporary.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::OAuthError;
use crate::rest::retry;

/// How long after the first request a server that rotates refresh tokens usually still accepts the same one.
const GRACE: Duration = Duration::from_secs(10);

/// # Errors
/// Of the last request.
pub(super) async fn repeated<T, F: Future<Output = Result<T, OAuthError>>>(
    deadline: Instant,
    request: impl Fn() -> F,
) -> Result<T, OAuthError> {
    let began = Instant::now();
    let error = match request().await {
        Err(error) if error.may_pass() => error,
        decided => return decided,
    };
    let wait = retry::backoff(1);
    let again_at = Instant::now() + wait;
    if again_at >= deadline || again_at > began + GRACE {
        return Err(error);
    }
    brickpass_logging::warn!("trying again", code = error, wait = wait);
    sleep(wait).await;
    request().await
}
