//! The token state of one sign-in in memory, and when to renew its token. An edited connection gets a new token state.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use super::{issuance::IssuanceKey, messages, single_flight::SingleFlight};
use crate::oauth::{AccessToken, Endpoints};
use brickpass_core::{connection::ConnectionId, failure::Failure};

/// A token is renewed when it has less than this time left.
const RENEWAL_MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// Random spread, so that windows opened together do not all renew in the same second.
const JITTER_SECONDS: i64 = 30;
/// A token with a shorter lifetime than this is renewed at half its lifetime.
const SHORT: SignedDuration = SignedDuration::from_mins(10);
/// If the clock was set back by more than this, a token looks younger than it is.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The pause after a failed early renewal.
const REST: SignedDuration = SignedDuration::from_mins(1);
/// If the replacement of a refused token is also refused within this time, the token is not the cause.
const JUST: SignedDuration = SignedDuration::from_mins(5);
/// The longest pause that a server can ask for.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(24);
/// How long discovered endpoints are cached.
const ENDPOINTS_STAY: SignedDuration = SignedDuration::from_hours(1);

pub(super) struct TokenState {
    pub(super) id: ConnectionId,
    pub(super) issuance: IssuanceKey,
    pub(super) single_flight: SingleFlight<Result<AccessToken, Failure>>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    issued: Option<Issued>,
    /// It does not renew automatically, or no longer does.
    ends: bool,
    endpoints: Option<(Endpoints, Timestamp)>,
    /// The server asked for no requests before this time.
    not_before: Option<(Timestamp, Failure)>,
    /// No early renewal before this time.
    not_ahead_before: Option<Timestamp>,
    /// The refresh tokens that the server rejected as invalid.
    dead: HashSet<[u8; 32]>,
}

struct Issued {
    token: AccessToken,
    at: Timestamp,
    renew_at: Timestamp,
    /// Digest of the client secret that it was issued for.
    secret: Option<[u8; 32]>,
    instead_of_refused: bool,
}

impl TokenState {
    pub(super) fn new(id: ConnectionId, issuance: IssuanceKey) -> Self {
        Self { id, issuance, single_flight: SingleFlight::default(), memory: Mutex::default() }
    }

    /// The answer that needs no request; `None`: a token must be fetched. `refused` is a token that the API has just refused.
    pub(super) fn at_hand(&self, now: Timestamp, refused: Option<&AccessToken>) -> Option<Result<AccessToken, Failure>> {
        let memory = self.memory();
        let valid = memory.issued.as_ref().filter(|issued| issued.is_valid(now));
        if let Some(refused) = refused
            && let Some(issued) = valid.filter(|issued| same(&issued.token, refused))
        {
            let in_vain = issued.instead_of_refused && now.duration_since(issued.at) < JUST;
            return if in_vain { Some(Err(messages::refused_again())) } else { memory.rests(now).map(Err) };
        }
        if let Some(issued) = valid {
            let rests = memory.not_ahead_before.is_some_and(|until| now < until) || memory.rests(now).is_some();
            return (rests || issued.is_fresh(now)).then(|| Ok(issued.token.clone()));
        }
        memory.rests(now).map(Err)
    }

    /// The current token, even if it is due for renewal.
    pub(super) fn valid(&self, now: Timestamp) -> Option<AccessToken> {
        self.memory().issued.as_ref().filter(|issued| issued.is_valid(now)).map(|issued| issued.token.clone())
    }

    /// Is a token that another process got at `issued_at` newer than the `refused` one?
    pub(super) fn is_newer(&self, issued_at: Timestamp, refused: Option<&AccessToken>) -> bool {
        let Some(refused) = refused else { return true };
        let memory = self.memory();
        memory.issued.as_ref().filter(|issued| same(&issued.token, refused)).is_none_or(|issued| issued.at <= issued_at)
    }

    pub(super) fn remember(&self, token: &AccessToken, secret: Option<[u8; 32]>, instead_of_refused: bool, now: Timestamp) {
        let jitter = SignedDuration::from_secs(fastrand::i64(-JITTER_SECONDS..=JITTER_SECONDS));
        let mut memory = self.memory();
        memory.issued = Some(Issued { renew_at: renew_at(token, now, jitter), token: token.clone(), at: now, secret, instead_of_refused });
        memory.not_before = None;
        memory.not_ahead_before = None;
    }

    /// A token from another process, used while it is valid if no newer one is available.
    pub(super) fn fall_back_on(&self, token: AccessToken, issued_at: Timestamp) {
        let mut memory = self.memory();
        if memory.issued.is_none() {
            let renew_at = renew_at(&token, issued_at, SignedDuration::ZERO);
            memory.issued = Some(Issued { token, at: issued_at, renew_at, secret: None, instead_of_refused: false });
        }
    }

    /// A renewal has failed: keeps the token that is still valid, and requests no other one within the next minute unless the API has refused
    /// it.
    pub(super) fn failed(&self, failure: Failure, now: Timestamp, refused: Option<&AccessToken>) -> Result<AccessToken, Failure> {
        let mut memory = self.memory();
        if refused.is_some_and(|refused| memory.issued.as_ref().is_some_and(|issued| same(&issued.token, refused))) {
            memory.issued = None;
        }
        let Some(token) = memory.issued.as_ref().filter(|issued| issued.is_valid(now)).map(|issued| issued.token.clone()) else {
            return Err(failure);
        };
        memory.not_ahead_before = Some(later(now, REST));
        Ok(token)
    }

    /// Drops what was issued for a different secret than the stored one.
    pub(super) fn secret_is(&self, digest: [u8; 32]) {
        let mut memory = self.memory();
        if memory.issued.as_ref().is_some_and(|issued| issued.secret != Some(digest)) {
            memory.issued = None;
        }
    }

    /// The server asks for a pause of this length.
    pub(super) fn rest(&self, wait: SignedDuration, failure: Failure, now: Timestamp) -> Failure {
        let mut memory = self.memory();
        memory.not_before = Some((later(now, wait.min(LONGEST_REST)), failure.clone()));
        memory.rests(now).unwrap_or(failure)
    }

    pub(super) fn endpoints(&self, now: Timestamp) -> Option<Endpoints> {
        let memory = self.memory();
        let (endpoints, at) = memory.endpoints.as_ref()?;
        (now.duration_since(*at).abs() < ENDPOINTS_STAY).then(|| endpoints.clone())
    }

    pub(super) fn set_endpoints(&self, endpoints: &Endpoints, now: Timestamp) {
        self.memory().endpoints = Some((endpoints.clone(), now));
    }

    pub(super) fn is_dead(&self, refresh_token: [u8; 32]) -> bool {
        self.memory().dead.contains(&refresh_token)
    }

    pub(super) fn set_dead(&self, refresh_token: [u8; 32]) {
        self.memory().dead.insert(refresh_token);
    }

    pub(super) fn set_ends(&self, ends: bool) {
        self.memory().ends = ends;
    }

    pub(super) fn ends(&self) -> bool {
        self.memory().ends
    }

    pub(super) fn origin(&self) -> String {
        self.issuance.target.base_url.origin()
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        self.memory().issued.as_ref()?.token.expires_at
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn rests(&self, now: Timestamp) -> Option<Failure> {
        let (until, failure) = self.not_before.as_ref()?;
        (now < *until).then(|| messages::not_now(failure, *until, now))
    }
}

impl Issued {
    fn is_valid(&self, now: Timestamp) -> bool {
        self.token.expires_at.is_none_or(|end| now < end)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        is_fresh(self.at, self.renew_at, now)
    }
}

pub(super) fn same(one: &AccessToken, other: &AccessToken) -> bool {
    one.secret.expose_secret() == other.secret.expose_secret()
}

pub(super) fn is_fresh(issued_at: Timestamp, renew_at: Timestamp, now: Timestamp) -> bool {
    now < renew_at && issued_at.duration_since(now) < CLOCK_TOLERANCE
}

pub(super) fn renew_at(token: &AccessToken, now: Timestamp, jitter: SignedDuration) -> Timestamp {
    let Some(end) = token.expires_at else { return Timestamp::MAX };
    let life = end.duration_since(now);
    if life < SHORT { later(now, life / 2) } else { later(end, jitter - RENEWAL_MARGIN) }
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::issuance::tests::browser, *};
    use brickpass_core::failure::Code;

    fn at(minutes: i64) -> Timestamp {
        "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    fn token(secret: &str, end: Timestamp) -> AccessToken {
        AccessToken { secret: secret.into(), expires_at: Some(end), expiry_assumed: false }
    }

    fn token_state() -> TokenState {
        TokenState::new(ConnectionId::random(), IssuanceKey::of(&browser(serde_json::json!({}))).unwrap())
    }

    fn given(token_state: &TokenState, now: Timestamp) -> Option<String> {
        token_state.at_hand(now, None).map(|token| token.unwrap().secret.expose_secret().to_owned())
    }

    fn trouble() -> Failure {
        Failure::new(Code::Refused, "a", "b", "c")
    }

    #[test]
    fn a_token_is_renewed_five_minutes_ahead_give_or_take_half_a_minute() {
        let hour = token("hour", at(60));
        for jitter in [-30, 0, 30] {
            assert_eq!(renew_at(&hour, at(0), SignedDuration::from_secs(jitter)), at(55) + SignedDuration::from_secs(jitter));
        }
        assert_eq!(renew_at(&token("short", at(8)), at(0), SignedDuration::from_secs(30)), at(4), "half its life");
    }

    #[test]
    fn rf_10_the_wall_clock_decides_also_after_a_suspend() {
        let token_state = token_state();
        assert!(given(&token_state, at(0)).is_none());
        token_state.remember(&token("one", at(60)), None, false, at(0));
        assert_eq!(given(&token_state, at(54)).unwrap(), "one");
        assert!(given(&token_state, at(56)).is_none(), "it is time to renew it");
        assert!(given(&token_state, at(500)).is_none(), "the laptop slept over its end");
        assert!(given(&token_state, at(-20)).is_none(), "the clock was set back: its age is unknown");
    }

    #[test]
    fn a_renewal_that_failed_ahead_of_time_keeps_the_token_and_rests_a_minute() {
        let token_state = token_state();
        token_state.remember(&token("one", at(60)), None, false, at(0));
        assert_eq!(token_state.failed(trouble(), at(56), None).unwrap().secret.expose_secret(), "one");
        assert_eq!(given(&token_state, at(56)).unwrap(), "one");
        assert!(given(&token_state, at(57)).is_none(), "and is tried again");
        assert_eq!(token_state.failed(trouble(), at(60), None).unwrap_err().code, Code::Refused);
        assert!(given(&token_state, at(60)).is_none(), "an expired token is not used, however recently a renewal failed");
    }

    #[test]
    fn rf_11_who_was_told_to_wait_waits_and_says_until_when() {
        let token_state = token_state();
        assert_eq!(token_state.rest(SignedDuration::from_hours(1), trouble(), at(0)).code, Code::Refused);
        let failure = token_state.at_hand(at(59), None).unwrap().unwrap_err();
        assert!(failure.fix.contains("in 1 minute"), "{failure}");
        assert!(token_state.at_hand(at(60), None).is_none());
        // A valid token is worth more than a reason why there is no newer one.
        token_state.remember(&token("one", at(180)), None, false, at(60));
        token_state.rest(SignedDuration::from_hours(1), trouble(), at(176));
        assert_eq!(given(&token_state, at(177)).unwrap(), "one");
        assert!(token_state.at_hand(at(181), None).unwrap().is_err());
    }

    #[test]
    fn rf_12_a_refused_token_is_replaced_once() {
        let token_state = token_state();
        let [one, two] = [token("one", at(60)), token("two", at(61))];
        token_state.remember(&one, None, false, at(0));
        assert!(token_state.at_hand(at(1), Some(&one)).is_none(), "the first refusal is worth a renewal");
        token_state.remember(&two, None, true, at(1));
        assert_eq!(token_state.at_hand(at(1), Some(&one)).unwrap().unwrap().secret.expose_secret(), "two", "a late refusal of the old one");
        assert_eq!(token_state.at_hand(at(2), Some(&two)).unwrap().unwrap_err().code, Code::Unauthorized);
        assert!(token_state.at_hand(at(30), Some(&two)).is_none(), "it has worked for a while: its refusal is news");
        // A refused token that could not be replaced is not handed out again.
        assert!(token_state.failed(trouble(), at(30), Some(&two)).is_err());
        assert!(token_state.at_hand(at(30), None).is_none());
    }

    #[test]
    fn a_token_of_another_secret_is_not_used() {
        let token_state = token_state();
        token_state.remember(&token("one", at(60)), Some([1; 32]), false, at(0));
        token_state.secret_is([1; 32]);
        assert!(given(&token_state, at(1)).is_some());
        token_state.secret_is([2; 32]);
        assert!(given(&token_state, at(1)).is_none());
    }
}
