//! When a request is made again, and how long it waits before.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Request,
    header::{HeaderMap, RETRY_AFTER},
};
use tokio::time::{Instant, sleep};

use super::{Answer, ApiError, Http};
use brickpass_core::{connection::BaseUrl, failure::Code};

/// Of one call, the first included.
const TRIES: u32 = 3;

const FIRST_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(8);

/// However long a service asks for, nobody waits longer.
const MAX_RETRY_AFTER: i64 = 60;

/// In seconds. Whoever asks for longer has a clock, or an intent, of their own.
const DAY: i64 = 24 * 60 * 60;

/// One call with its retries: when it has to be over, and who wants to know how it goes.
pub struct Call<'a> {
    pub deadline: Instant,
    /// Before a retry that has to wait a second or more; the number of seconds.
    pub waiting: &'a (dyn Fn(u64) + Send + Sync),
    /// The status says that the request is accepted; its body is still to come.
    pub accepted: &'a (dyn Fn() + Send + Sync),
}

impl Call<'_> {
    /// A call that reports no waits.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, waiting: &|_| (), accepted: &|| () }
    }
}

/// A GET, made again when that may help. `request` makes it for each try; `refusal` is what an answer means that is not taken.
///
/// # Errors
/// The request cannot be made, or no answer was taken by the call's deadline.
pub(crate) async fn get(
    http: &Http,
    most: usize,
    base_url: &BaseUrl,
    request: impl Fn() -> Result<Request, ApiError>,
    call: &Call<'_>,
    refusal: impl Fn(&Answer) -> Option<ApiError>,
) -> Result<Answer, ApiError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let attempt = brickpass_logging::span!("attempt", number = tries);
        let (error, asked) = match attempt.around(http.send_for(most, base_url, request()?, call.deadline, call.accepted)).await {
            Ok(answer) => match refusal(&answer) {
                None => return Ok(answer),
                Some(error) => (error, asked(&answer.headers, Timestamp::now())),
            },
            Err(error) => (error, None),
        };
        let wait = asked.unwrap_or_else(|| backoff(tries));
        // Another wait would only hide the reason that is already known.
        if tries >= TRIES || !may_help(&error) || Instant::now() + wait >= call.deadline {
            return Err(error);
        }
        brickpass_logging::warn!("trying again", code = error, wait = wait);
        if wait >= Duration::from_secs(1) {
            (call.waiting)(wait.as_secs_f64().ceil() as u64);
        }
        sleep(wait).await;
    }
}

/// Whether another try may end better. Only reading requests are made, so that repeating one changes nothing.
fn may_help(error: &ApiError) -> bool {
    match error.status {
        Some(status) => matches!(status, 429 | 500 | 502 | 503 | 504),
        None => matches!(error.failure.code, Code::Refused | Code::Reset | Code::Unreachable | Code::ConnectTimeout),
    }
}

/// The wait after the given number of tries: doubling, with jitter, so that many clients do not return at once.
pub(crate) fn backoff(tries: u32) -> Duration {
    let longest = FIRST_DELAY.saturating_mul(1 << tries.saturating_sub(1).min(8)).min(MAX_DELAY);
    longest.mul_f64(fastrand::f64().mul_add(0.5, 0.5))
}

/// What the service asks for in `Retry-After`, 0 to 60 s; nothing when it is neither a number of seconds nor a date.
fn asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    asked_in_full(headers, now).map(|wait| wait.min(Duration::from_secs(MAX_RETRY_AFTER.unsigned_abs())))
}

/// The same, however long: for those who do not wait meanwhile. A day at most.
pub(crate) fn asked_in_full(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than fit is a long time as well.
        text.parse::<i64>().unwrap_or(DAY)
    } else {
        date(text)?.duration_since(now).as_secs_f64().ceil() as i64
    };
    Some(Duration::from_secs(seconds.clamp(0, DAY).unsigned_abs()))
}

/// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(value: &str) -> Option<u64> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        asked(&headers, date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap()).map(|wait| wait.as_secs())
    }

    #[test]
    fn ht_16_a_wait_is_read_clamped_or_ignored() {
        assert_eq!(asks("2"), Some(2));
        assert_eq!(asks("0"), Some(0));
        assert_eq!(asks("999999"), Some(60));
        assert_eq!(asks("99999999999999999999999999"), Some(60));
        assert_eq!(asks("Sun, 06 Nov 1994 08:49:49 GMT"), Some(12));
        assert_eq!(asks("Sun, 06 Nov 1994 09:49:37 GMT"), Some(60));
        assert_eq!(asks("Sun, 06 Nov 1994 07:49:37 GMT"), Some(0));
        let headers = HeaderMap::from_iter([(RETRY_AFTER, "3600".parse().unwrap())]);
        assert_eq!(asked_in_full(&headers, Timestamp::UNIX_EPOCH), Some(Duration::from_hours(1)));
        for garbage in ["-5", "soon", "1.5", "", "+3", "Sun, 99 Nov 1994"] {
            assert_eq!(asks(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn waits_grow_but_stay_short() {
        for _ in 0..100 {
            assert!((250..=500).contains(&backoff(1).as_millis()));
            assert!((500..=1000).contains(&backoff(2).as_millis()));
            assert!(backoff(30) <= MAX_DELAY);
        }
    }
}
