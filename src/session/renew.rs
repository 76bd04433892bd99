//! Fetching another access token: by the refresh token, under the lock that keeps other processes out, or by a client secret.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

use super::{
    Inner, blocking,
    grounds::{Grant, digest},
    keep::Over,
    seat::Seat,
    words,
};
use crate::{
    connection::{ClientId, ConnectionId, OAuthApp, SecretKind},
    failure::{Code, Failure},
    oauth::{self, AccessToken, Endpoints, OAuthError, Target, Trouble},
    storage::{RefreshLock, SecretKey},
};

/// Nobody holds the lock longer than the patience of those who wait for it.
pub(super) const HOLD: Duration = Duration::from_secs(28);
/// Of which the server may take this much: the rest is for storing what it gives.
const SERVER: Duration = Duration::from_secs(20);
/// For a server that is asked without anybody waiting behind.
pub(super) const UNHURRIED: Duration = Duration::from_secs(30);
/// Others may renew one after the other in front of us: as long as that goes on, waiting is not in vain.
const ROUNDS: usize = 4;

/// Why there is no other token, and how long the server asks to be left alone.
struct NoToken {
    failure: Failure,
    rest: Option<Duration>,
}

struct Fetched {
    token: AccessToken,
    /// Of the client secret that it was issued for.
    secret: Option<[u8; 32]>,
}

impl Inner {
    /// The work of a flight. `refused` is the token that the API has just refused.
    pub(super) async fn renew(self: Arc<Self>, seat: Arc<Seat>, refused: Option<AccessToken>) -> Result<AccessToken, Failure> {
        // The flight before this one may have landed between the look at the seat and the take-off.
        if let Some(answer) = seat.at_hand(self.now(), refused.as_ref()) {
            return answer;
        }
        let fetched = match &seat.grounds.grant {
            Grant::Browser(app) => self.by_refresh_token(&seat, app).await,
            Grant::ServicePrincipal(client_id) => self.by_client_secret(&seat, client_id).await,
        };
        let now = self.now();
        match fetched {
            Ok(Fetched { token, secret }) => {
                seat.remember(&token, secret, refused.is_some(), now);
                (self.around.changed)(seat.id);
                Ok(token)
            }
            Err(NoToken { failure, rest }) => {
                let failure = match rest.and_then(|rest| SignedDuration::try_from(rest).ok()) {
                    Some(rest) => seat.rest(rest, failure, now),
                    None => failure,
                };
                let ended = failure.code == Code::SignInNeeded;
                let answer = seat.failed(failure, now, refused.as_ref());
                if ended {
                    (self.around.changed)(seat.id);
                }
                answer
            }
        }
    }

    async fn by_client_secret(&self, seat: &Seat, client_id: &ClientId) -> Result<Fetched, NoToken> {
        let (vault, key) = ((self.around.vault)(), SecretKey { connection: seat.id, kind: SecretKind::ClientSecret });
        let secret = blocking(move || vault.get(key)).await?.map_err(|error| error.failure())?.ok_or_else(words::no_client_secret)?;
        let secret_digest = digest(&secret);
        seat.secret_is(secret_digest);
        let endpoints = self.endpoints(seat).await?;
        let deadline = Instant::now() + UNHURRIED;
        let tokens = oauth::client_credentials(&(self.around.http)(), &endpoints, client_id, &secret, self.now(), deadline).await?;
        Ok(Fetched { token: tokens.access, secret: Some(secret_digest) })
    }

    async fn by_refresh_token(self: &Arc<Self>, seat: &Seat, app: &OAuthApp) -> Result<Fetched, NoToken> {
        // What may take long, the keyring's password and discovery, comes before the lock.
        let mut seen = self.record(seat).await?.digest();
        let endpoints = self.endpoints(seat).await?;
        for _ in 0..ROUNDS {
            if let Some(_lock) = self.lock(seat.id, self.around.patience).await? {
                return self.under_the_lock(seat, app, &endpoints).await;
            }
            let now_stored = self.record(seat).await?.digest();
            if now_stored == seen {
                break;
            }
            seen = now_stored;
        }
        Err(words::busy().into())
    }

    async fn under_the_lock(self: &Arc<Self>, seat: &Seat, app: &OAuthApp, endpoints: &Endpoints) -> Result<Fetched, NoToken> {
        let taken = Instant::now();
        let http = (self.around.http)();
        let mut details = None;
        // A token that is worth nothing any more is passed over when the record is read again: if another process, or the person, has stored
        // a newer one, that is tried, once.
        for _ in 0..2 {
            // Never what was read before the lock: another process may have used it up.
            let record = timeout_at(taken + SERVER, self.record(seat)).await.unwrap_or_else(|_| Err(words::vault_too_slow()));
            let record = record.map_err(|failure| Failure { details: details.take().or(failure.details), ..failure })?;
            match oauth::refresh(&http, endpoints, app, &record.refresh_token, self.now(), taken + SERVER).await {
                Ok(tokens) => {
                    if let Some(rotated) = tokens.refresh {
                        self.keeper.entrust(seat.id, record.rotated(rotated), Over::Only(record.digest()));
                        // What it could not store it tells by `unsaved`; the token is good all the same.
                        let _ = self.keep(seat.id, taken + HOLD).await;
                    }
                    return Ok(Fetched { token: tokens.access, secret: None });
                }
                Err(error) if error.trouble == Trouble::InvalidGrant => {
                    seat.set_dead(record.digest());
                    if let Some(used) = self.keeper.bury(seat.id, record.digest()) {
                        seat.set_dead(used);
                    }
                    details = error.failure.details;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure { details, ..words::ended() }.into())
    }

    pub(super) async fn endpoints(&self, seat: &Seat) -> Result<Endpoints, OAuthError> {
        if let Some(endpoints) = seat.endpoints(self.now()) {
            return Ok(endpoints);
        }
        let endpoints = oauth::discover(&(self.around.http)(), &seat.grounds.target, Instant::now() + UNHURRIED).await?;
        seat.set_endpoints(&endpoints, self.now());
        Ok(endpoints)
    }

    /// The lock between processes; `None`: another one still holds it.
    pub(super) async fn lock(&self, id: ConnectionId, patience: Duration) -> Result<Option<RefreshLock>, Failure> {
        let state_dir = self.around.state_dir.clone();
        blocking(move || RefreshLock::acquire(&state_dir, id, patience)).await?
    }

    pub(super) async fn by_typed_secret(
        &self,
        target: &Target,
        client_id: &ClientId,
        secret: &SecretString,
    ) -> Result<AccessToken, OAuthError> {
        let (http, deadline) = ((self.around.http)(), Instant::now() + UNHURRIED);
        let endpoints = oauth::discover(&http, target, deadline).await?;
        Ok(oauth::client_credentials(&http, &endpoints, client_id, secret, self.now(), deadline).await?.access)
    }
}

impl From<Failure> for NoToken {
    fn from(failure: Failure) -> Self {
        Self { failure, rest: None }
    }
}

impl From<OAuthError> for NoToken {
    fn from(error: OAuthError) -> Self {
        let rest = match error.trouble {
            Trouble::NotNow { retry_after } => retry_after,
            Trouble::InvalidGrant | Trouble::InvalidClient | Trouble::Unknown | Trouble::Refused => None,
        };
        Self { failure: error.failure, rest }
    }
}
