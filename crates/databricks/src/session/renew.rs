//! Gets a new access token: one that another process has just fetched, or else with the refresh token, under the lock between processes, or
//! with a client secret.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

use super::{
    Inner, blocking,
    cached_token::{CachedToken, PrincipalsToken},
    issuance::{Grant, digest},
    messages,
    pending_store::ReplacePolicy,
    record::Record,
    token_state::{TokenState, same},
};
use crate::oauth::{self, AccessToken, Endpoints, OAuthError, Target, Trouble};
use brickpass_core::{
    connection::{ClientId, ConnectionId, EnteredFor, OAuthApp, Scopes, SecretKind},
    failure::{Code, Failure},
};
use brickpass_logging::Loggable;
use brickpass_storage::{RefreshLock, SecretId, SecretKey};

/// The lock is held no longer than other processes wait for it.
pub(super) const HOLD: Duration = Duration::from_secs(28);
/// The part of it for the server; the rest is for storing the tokens.
const SERVER: Duration = Duration::from_secs(20);
/// The limit for a request while no other process waits.
pub(super) const UNHURRIED: Duration = Duration::from_secs(30);
/// Other processes may renew one after the other before us: while that continues, waiting makes sense.
const ROUNDS: usize = 4;

/// Why there is no new token, and how long the server asks to wait.
struct NoToken {
    failure: Failure,
    rest: Option<Duration>,
}

struct Fetched {
    token: AccessToken,
    issued_at: Timestamp,
    /// Digest of the client secret that it was issued for.
    secret: Option<[u8; 32]>,
}

impl Inner {
    /// The work of a flight. `refused` is the token that the API has just refused; `limit` is the total time for a service principal.
    pub(super) async fn renew(
        self: Arc<Self>,
        token_state: Arc<TokenState>,
        refused: Option<AccessToken>,
        limit: Duration,
    ) -> Result<AccessToken, Failure> {
        // The previous flight may have finished between the check of the token state and the start of this one.
        if let Some(answer) = token_state.at_hand(self.now(), refused.as_ref()) {
            return answer;
        }
        let fetched = match &token_state.issuance.grant {
            Grant::Browser(app) => self.by_refresh_token(&token_state, app, refused.as_ref()).await,
            Grant::ServicePrincipal { client_id, scopes } => {
                self.by_client_secret(&token_state, client_id, scopes.as_ref(), refused.as_ref(), limit).await
            }
        };
        let now = self.now();
        brickpass_logging::info!("fetched an access token", connection = token_state.id, again = refused.is_some(), outcome = fetched);
        match fetched {
            Ok(Fetched { token, issued_at, secret }) => {
                token_state.remember(&token, secret, refused.is_some(), issued_at);
                (self.around.changed)(token_state.id);
                Ok(token)
            }
            Err(NoToken { failure, rest }) => {
                let failure = match rest.and_then(|rest| SignedDuration::try_from(rest).ok()) {
                    Some(rest) => token_state.rest(rest, failure, now),
                    None => failure,
                };
                let ended = failure.code == Code::SignInNeeded;
                let answer = token_state.failed(failure, now, refused.as_ref());
                if ended {
                    (self.around.changed)(token_state.id);
                }
                answer
            }
        }
    }

    async fn by_client_secret(
        &self,
        token_state: &TokenState,
        client_id: &ClientId,
        scopes: Option<&Scopes>,
        refused: Option<&AccessToken>,
        limit: Duration,
    ) -> Result<Fetched, NoToken> {
        let secret = self.client_secret(token_state, client_id).await?;
        let secret_digest = digest(&secret);
        token_state.secret_is(secret_digest);
        if let Some(fetched) = self.principals_token(token_state, secret_digest, refused).await {
            return Ok(fetched);
        }
        // The vault's time does not count: the user may be typing a password.
        let (began, deadline) = (self.now(), Instant::now() + limit);
        if let Some(rests) = self.rests(token_state).await {
            return Err(rests.into());
        }
        let endpoints = self.endpoints(token_state, deadline).await?;
        // Without locks, two simultaneous requests do no harm here.
        let lock_timeout = self.around.lock_timeout.min(deadline.saturating_duration_since(Instant::now()));
        let lock = self.lock(token_state.id, lock_timeout).await;
        if let Some(fetched) = self.principals_token(token_state, secret_digest, refused).await {
            return Ok(fetched);
        }
        if let Some(failure) = self.failed_since(token_state, began).await {
            return Err(failure.into());
        }
        let _lock = match lock {
            Ok(None) => return Err(messages::principal_busy().into()),
            Ok(Some(lock)) => Some(lock),
            Err(_) => None,
        };
        let locked_at = Instant::now();
        let http = (self.around.http)();
        let request = || oauth::client_credentials(&http, &endpoints, client_id, scopes, &secret, self.now(), deadline);
        let tokens = self.ask(token_state, deadline, request).await?;
        let (token, issued_at) = (tokens.access, self.now());
        if let Some(cached) = CachedToken::of(&token, issued_at) {
            let text = PrincipalsToken::new(&token_state.issuance, secret_digest, cached).write();
            // If it cannot be stored, only a convenience for other processes is lost.
            let (vault, key) = ((self.around.vault)(), principals_key(token_state.id));
            let _ = timeout_at(locked_at + HOLD, blocking(move || vault.put(&key, &text))).await;
        }
        Ok(Fetched { token, issued_at, secret: Some(secret_digest) })
    }

    async fn client_secret(&self, token_state: &TokenState, client_id: &ClientId) -> Result<SecretString, Failure> {
        let id = SecretId { connection: token_state.id, kind: SecretKind::ClientSecret };
        let (vault, key) =
            ((self.around.vault)(), SecretKey::new(id, EnteredFor::principal(&token_state.issuance.target.base_url, client_id)));
        blocking(move || vault.get(&key)).await?.map_err(|error| error.failure())?.ok_or_else(messages::no_client_secret)
    }

    /// A token that another process got with the same secret; an unreadable one is fetched again.
    async fn principals_token(&self, token_state: &TokenState, secret_digest: [u8; 32], refused: Option<&AccessToken>) -> Option<Fetched> {
        let (vault, key) = ((self.around.vault)(), principals_key(token_state.id));
        let stored = blocking(move || vault.get(&key)).await.ok()?.ok()??;
        let cached = PrincipalsToken::read(&stored, &token_state.issuance, secret_digest)?.cached;
        let token = usable(token_state, &cached, refused, self.now())?;
        brickpass_logging::debug!("access token from the vault", connection = token_state.id);
        Some(Fetched { token, issued_at: cached.issued_at, secret: Some(secret_digest) })
    }

    pub(super) async fn delete_principals_token(&self, id: ConnectionId) -> Result<(), Failure> {
        let (vault, key) = ((self.around.vault)(), principals_key(id));
        blocking(move || vault.delete(key.id())).await?.map_err(|error| error.failure())
    }

    async fn by_refresh_token(
        self: &Arc<Self>,
        token_state: &TokenState,
        app: &OAuthApp,
        refused: Option<&AccessToken>,
    ) -> Result<Fetched, NoToken> {
        // Slow steps (the keyring's password, discovery) come before the lock.
        let record = self.record(token_state).await?;
        if let Some(fetched) = self.shared(token_state, &record, refused) {
            return Ok(fetched);
        }
        if !record.renews() {
            return Err(messages::passed().into());
        }
        let began = self.now();
        if let Some(cached) = &record.access
            && let Some(token) = cached.valid(began).filter(|token| refused.is_none_or(|refused| !same(token, refused)))
        {
            token_state.fall_back_on(token, cached.issued_at);
        }
        if let Some(rests) = self.rests(token_state).await {
            return Err(rests.into());
        }
        let mut seen = record.digest();
        let endpoints = self.endpoints(token_state, Instant::now() + UNHURRIED).await?;
        for _ in 0..ROUNDS {
            if let Some(_lock) = self.lock(token_state.id, self.around.lock_timeout).await? {
                return self.under_the_lock(token_state, app, &endpoints, refused, began).await;
            }
            let now_stored = self.record(token_state).await?.digest();
            if now_stored == seen {
                break;
            }
            seen = now_stored;
        }
        Err(messages::busy().into())
    }

    /// A valid token that needs no request.
    pub(super) async fn at_hand(&self, token_state: &TokenState) -> Result<Option<AccessToken>, Failure> {
        if let Some(token) = token_state.valid(self.now()) {
            return Ok(Some(token));
        }
        let fetched = match &token_state.issuance.grant {
            Grant::Browser(_) => self.shared(token_state, &self.record(token_state).await?, None),
            Grant::ServicePrincipal { client_id, .. } => {
                let secret_digest = digest(&self.client_secret(token_state, client_id).await?);
                self.principals_token(token_state, secret_digest, None).await
            }
        };
        Ok(fetched.map(|fetched| fetched.token))
    }

    /// A token that another process already has; for a sign-in without renewal, the existing one until it expires.
    fn shared(&self, token_state: &TokenState, record: &Record, refused: Option<&AccessToken>) -> Option<Fetched> {
        let (cached, now) = (record.access.as_ref()?, self.now());
        let token = if record.renews() { cached.good(now) } else { cached.valid(now) };
        let token = news(token_state, cached, token?, refused)?;
        brickpass_logging::debug!("access token from the vault", connection = token_state.id);
        Some(Fetched { token, issued_at: cached.issued_at, secret: None })
    }

    async fn under_the_lock(
        self: &Arc<Self>,
        token_state: &TokenState,
        app: &OAuthApp,
        endpoints: &Endpoints,
        refused: Option<&AccessToken>,
        began: Timestamp,
    ) -> Result<Fetched, NoToken> {
        let taken = Instant::now();
        let http = (self.around.http)();
        let mut reason: Option<Failure> = None;
        // An invalid token is skipped when the record is read again: if another process or the user has stored a newer one, that is tried once.
        for _ in 0..2 {
            // Never the one read before the lock: another process may have used it.
            let record = timeout_at(taken + SERVER, self.record(token_state)).await.unwrap_or_else(|_| Err(messages::vault_too_slow()));
            let record = record.map_err(|failure| because(failure, reason.take()))?;
            if let Some(fetched) = self.shared(token_state, &record, refused) {
                return Ok(fetched);
            }
            let Some(refresh_token) = &record.refresh_token else { break };
            if let Some(failure) = self.failed_since(token_state, began).await {
                return Err(failure.into());
            }
            let deadline = taken + SERVER;
            match self.ask(token_state, deadline, || oauth::refresh(&http, endpoints, app, refresh_token, self.now(), deadline)).await {
                Ok(tokens) => {
                    let issued_at = self.now();
                    let rotated = tokens.refresh.is_some();
                    brickpass_logging::debug!("renewed the sign-in", connection = token_state.id, rotated = rotated);
                    let renewed = record.renewed(tokens.refresh, CachedToken::of(&tokens.access, issued_at));
                    if rotated {
                        self.pending.enqueue(token_state.id, renewed, ReplacePolicy::Only(record.digest()));
                        // `unsaved` reports what could not be stored; the token is valid anyway.
                        let _ = self.keep(token_state.id, taken + HOLD).await;
                    } else {
                        self.keep_access(token_state.id, renewed, taken + HOLD).await;
                    }
                    return Ok(Fetched { token: tokens.access, issued_at, secret: None });
                }
                Err(error) if error.trouble == Trouble::InvalidGrant => {
                    token_state.set_dead(record.digest());
                    let used = self.pending.discard(token_state.id, record.digest());
                    if let Some(used) = used {
                        token_state.set_dead(used);
                    }
                    let lasts = record.access.as_ref().filter(|access| access.valid(self.now()).is_some());
                    self.note_refused(token_state, used.unwrap_or_else(|| record.digest()), lasts.map(CachedToken::expires_at)).await;
                    reason = Some(error.failure);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(because(messages::ended(), reason).into())
    }

    pub(super) async fn endpoints(&self, token_state: &TokenState, deadline: Instant) -> Result<Endpoints, OAuthError> {
        if let Some(endpoints) = token_state.endpoints(self.now()) {
            return Ok(endpoints);
        }
        let endpoints = oauth::discover(&(self.around.http)(), &token_state.issuance.target, deadline).await?;
        token_state.set_endpoints(&endpoints, self.now());
        Ok(endpoints)
    }

    /// The lock between processes; `None`: another one still holds it.
    pub(super) async fn lock(&self, id: ConnectionId, lock_timeout: Duration) -> Result<Option<RefreshLock>, Failure> {
        let state_dir = self.around.state_dir.clone();
        blocking(move || RefreshLock::acquire(&state_dir, id, lock_timeout)).await?
    }

    pub(super) async fn by_typed_secret(
        &self,
        target: &Target,
        client_id: &ClientId,
        scopes: Option<&Scopes>,
        secret: &SecretString,
        limit: Duration,
    ) -> Result<AccessToken, OAuthError> {
        let (http, deadline) = ((self.around.http)(), Instant::now() + limit);
        let endpoints = oauth::discover(&http, target, deadline).await?;
        Ok(oauth::client_credentials(&http, &endpoints, client_id, scopes, secret, self.now(), deadline).await?.access)
    }
}

fn principals_key(id: ConnectionId) -> SecretKey {
    SecretKey::principals_token(id)
}

/// A cached token that is valid and newer than the refused one.
fn usable(token_state: &TokenState, cached: &CachedToken, refused: Option<&AccessToken>, now: Timestamp) -> Option<AccessToken> {
    news(token_state, cached, cached.good(now)?, refused)
}

fn news(token_state: &TokenState, cached: &CachedToken, token: AccessToken, refused: Option<&AccessToken>) -> Option<AccessToken> {
    let another = refused.is_none_or(|refused| !same(&token, refused));
    (another && token_state.is_newer(cached.issued_at, refused)).then_some(token)
}

/// The server's message about the refresh token is more specific than "the sign-in has expired".
fn because(failure: Failure, reason: Option<Failure>) -> Failure {
    let Some(reason) = reason else { return failure };
    let details = reason.details.clone().or_else(|| failure.details.clone());
    // The usual cause has a better message elsewhere.
    if reason.code != Code::SignInNeeded || reason.what == failure.what {
        Failure { details, ..reason }
    } else {
        Failure { details, ..failure }
    }
}

/// The code of its failure.
impl Loggable for NoToken {
    fn log(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.failure.log(f)
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
