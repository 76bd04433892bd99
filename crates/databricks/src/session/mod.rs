//! A valid access token for a connection, for any number of simultaneous callers.
//!
//! In this process: one refresh in flight per sign-in; all other callers wait for it. Across processes: a lock, under which the refresh token is
//! read again. Refresh tokens, client secrets and the current access token are in the vault: otherwise short-lived programs would renew and
//! rotate at every start.

mod cached_token;
mod issuance;
mod messages;
mod noted;
mod pending_store;
mod record;
mod renew;
mod single_flight;
mod token_state;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use cached_token::CachedToken;
use issuance::{Grant, IssuanceKey};
use pending_store::{PendingStore, ReplacePolicy};
use record::Record;
pub use record::SignIn;
use renew::HOLD;
use token_state::{TokenState, same};

use crate::{
    oauth::{self, AccessToken, Tokens},
    rest::Http,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_logging::Span;
use brickpass_storage::{SecretKey, SignInNotes, Vault};

/// A server that is slow to revoke a sign-in does not block signing out.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(5);

/// While the current token is valid for minutes, callers wait no longer than this for a new one.
const AHEAD_PATIENCE: Duration = Duration::from_secs(5);

/// The external dependencies of sessions. Requested each time, because settings may change the vault and the network.
pub struct SessionDeps {
    pub vault: Box<dyn Fn() -> Vault + Send + Sync>,
    pub http: Box<dyn Fn() -> Http + Send + Sync>,
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// The folder of the locks between processes.
    pub state_dir: PathBuf,
    /// How long to wait for another process that is renewing the same sign-in.
    pub lock_timeout: Duration,
    /// Called after a sign-in was started, renewed, ended, stored, or could not be stored. On any thread; it must not block.
    pub changed: Box<dyn Fn(ConnectionId) + Send + Sync>,
}

impl SessionDeps {
    pub const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
}

/// Cheap to clone. Its futures need a tokio runtime.
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

struct Inner {
    around: SessionDeps,
    token_states: Mutex<HashMap<ConnectionId, Arc<TokenState>>>,
    pending: PendingStore,
    notes: SignInNotes,
}

/// The server's answer to the revocation of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// It revoked the sign-in, or there was none.
    Revoked,
    /// It does not support revocation: the sign-in stays valid there until it expires.
    NotOffered,
    /// The request failed: the sign-in may still be valid there.
    Failed(Failure),
}

impl Sessions {
    #[must_use]
    pub fn new(deps: SessionDeps) -> Self {
        let notes = SignInNotes::new(&deps.state_dir);
        Self { inner: Arc::new(Inner { around: deps, token_states: Mutex::default(), pending: PendingStore::default(), notes }) }
    }

    /// A token that is valid now: the stored personal access token, or an OAuth token with more than five minutes left where possible.
    /// `owner` is the connection that holds the sign-in (see `Connection::sign_in_of`).
    ///
    /// # Errors
    /// `NoSecret` (also: entered for another address), `SignInNeeded` (never signed in, expired, or for another address), `RefreshBusy`, the vault, the network.
    pub async fn access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        match IssuanceKey::of(owner) {
            None => self.inner.personal_access_token(owner).await,
            Some(issuance) => self.fetch(self.inner.token_state(owner.id, issuance), None, owner.timeout.duration()).await,
        }
    }

    /// After the API refused `rejected` (401): a newer token, if there is one or one can be fetched. Once per token, never in a loop.
    ///
    /// # Errors
    /// `Unauthorized` if a renewal has just not helped; otherwise like `access_token`.
    pub async fn replace(&self, owner: &Connection, rejected: &AccessToken) -> Result<AccessToken, Failure> {
        let Some(issuance) = IssuanceKey::of(owner) else {
            let stored = self.inner.personal_access_token(owner).await?;
            return if same(&stored, rejected) { Err(messages::token_refused()) } else { Ok(stored) };
        };
        self.fetch(self.inner.token_state(owner.id, issuance), Some(rejected), owner.timeout.duration()).await
    }

    /// A new token instead of the stored one, as if the API had refused that one. Simultaneous callers, also in other processes, share one request.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn renew(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let Some(issuance) = IssuanceKey::of(owner) else { return self.access_token(owner).await };
        // The token that this or another process already has, without a request; otherwise the result is new anyway.
        match self.inner.at_hand(&self.inner.token_state(owner.id, issuance)).await? {
            Some(known) => self.replace(owner, &known).await,
            None => self.access_token(owner).await,
        }
    }

    /// A token for a typed client secret that is not stored: nothing is cached.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn try_client_secret(&self, connection: &Connection, secret: &SecretString) -> Result<AccessToken, Failure> {
        match IssuanceKey::of(connection) {
            Some(IssuanceKey { target, grant: Grant::ServicePrincipal { client_id, scopes } }) => {
                let limit = connection.timeout.duration();
                let asked = self.inner.by_typed_secret(&target, &client_id, scopes.as_ref(), secret, limit).await;
                asked.map_err(|error| error.failure)
            }
            _ => Err(messages::no_service_principal()),
        }
    }

    /// Takes the tokens of a login and stores them. The sign-ins they replace are then revoked at their server; returns the server's answer.
    ///
    /// # Errors
    /// The vault; the tokens then stay in memory and are stored by `store_unsaved`.
    pub async fn signed_in(&self, owner: &Connection, user: String, tokens: Tokens) -> Result<Revocation, Failure> {
        let inner = &self.inner;
        let Some((token_state, record)) = inner.begin(owner, user, tokens) else { return Ok(Revocation::Revoked) };
        let new = record.digest();
        inner.note_begun(&token_state, &record).await;
        // Immediately, not only under the lock: callers in the meantime get the new sign-in.
        let mut replaced = inner.pending.forget(owner.id);
        inner.pending.enqueue(owner.id, record, ReplacePolicy::Anything);
        let stored = {
            // Waits for a renewal of the old sign-in, so that its result does not overwrite this one.
            let _lock = inner.lock(owner.id, inner.around.lock_timeout).await;
            inner.keep(owner.id, Instant::now() + HOLD).await
        };
        (inner.around.changed)(owner.id);
        replaced.extend(stored?);
        replaced.retain(|former| former.digest() != new);
        Ok(inner.revoke_all(replaced).await)
    }

    /// Holds the tokens of a login for a connection that is not saved yet: in memory, until `store_unsaved`.
    pub async fn stage(&self, owner: &Connection, user: String, tokens: Tokens) {
        let Some((_, record)) = self.inner.begin(owner, user, tokens) else { return };
        let former = self.inner.pending.stage(owner.id, record);
        (self.inner.around.changed)(owner.id);
        self.inner.revoke_all(former.into_iter().collect()).await;
    }

    /// Who is signed in, according to the vault; `None`: no sign-in, or for another address or OAuth application, or expired.
    ///
    /// # Errors
    /// The vault.
    pub async fn signed_in_as(&self, owner: &Connection) -> Result<Option<SignIn>, Failure> {
        let Some(issuance @ IssuanceKey { grant: Grant::Browser(_), .. }) = IssuanceKey::of(owner) else { return Ok(None) };
        let token_state = self.inner.token_state_to_look_at(owner.id, issuance);
        match self.inner.record(&token_state).await {
            Ok(record) => {
                let renews = record.renews();
                let stored = || record.access.as_ref().map(CachedToken::expires_at).filter(|_| !renews);
                let expires_at = token_state.expires_at().or_else(stored);
                Ok(Some(SignIn { user: record.user, since: record.signed_in_at, expires_at, renews }))
            }
            Err(failure) if failure.code == Code::SignInNeeded => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// When the access token in memory expires.
    #[must_use]
    pub fn expires_at(&self, owner: ConnectionId) -> Option<Timestamp> {
        self.inner.token_states().get(&owner)?.expires_at()
    }

    /// Whether the sign-in, as far as it was used here, renews automatically; if not, it expires with its access token.
    #[must_use]
    pub fn renews(&self, owner: ConnectionId) -> bool {
        self.inner.token_states().get(&owner).is_none_or(|token_state| !token_state.ends())
    }

    /// Revokes the sign-in if the server supports it, deletes the stored sign-in and the tokens. Returns the server's answer.
    ///
    /// # Errors
    /// The vault.
    pub async fn sign_out(&self, owner: &Connection) -> Result<Revocation, Failure> {
        let inner = &self.inner;
        let mut revocation = Revocation::Revoked;
        match IssuanceKey::of(owner) {
            Some(issuance @ IssuanceKey { grant: Grant::Browser(_), .. }) => {
                // Waits for a renewal, so that nothing is stored after the deletion.
                let _lock = inner.lock(owner.id, inner.around.lock_timeout).await;
                let token_state = inner.token_state_to_look_at(owner.id, issuance);
                // Also one that was for another address, or that has expired here: it may still be valid at the server.
                let mut records = inner.pending.forget(owner.id);
                records.extend(inner.stored(owner.id).await.ok().flatten().as_ref().and_then(Record::read));
                revocation = inner.revoke_all(records).await;
                self.forget(owner.id);
                inner.note(&token_state, |note| (note.not_before, note.ends, note.failed) = (None, None, None)).await;
                inner.delete(owner.id).await?;
            }
            Some(IssuanceKey { grant: Grant::ServicePrincipal { .. }, .. }) => {
                let _lock = inner.lock(owner.id, inner.around.lock_timeout).await;
                inner.delete_principals_token(owner.id).await?;
            }
            None => {}
        }
        self.forget(owner.id);
        (inner.around.changed)(owner.id);
        Ok(revocation)
    }

    /// Revokes the sign-ins of removed connections at their servers, given the vault's records under `SecretKind::RefreshToken`. All at once, within
    /// a few seconds.
    pub async fn revoke_removed(&self, stored: Vec<SecretString>) -> Revocation {
        self.inner.revoke_all(stored.iter().filter_map(Record::read).collect()).await
    }

    /// Forgets what is in memory: the connection was removed, or its secret replaced.
    pub fn forget(&self, owner: ConnectionId) {
        self.inner.token_states().remove(&owner);
        self.inner.pending.forget(owner);
    }

    /// Like `forget`, and also deletes its notes in files. Blocks.
    pub fn remove(&self, owner: ConnectionId) {
        self.forget(owner);
        self.inner.notes.forget(owner);
    }

    /// Sign-ins that are only in memory because the vault could not store them: they are lost when the program ends.
    #[must_use]
    pub fn unsaved(&self) -> Vec<ConnectionId> {
        self.inner.pending.unsaved()
    }

    /// Tries again to store them. If one is given, it is stored even if it was held: its connection is now saved.
    ///
    /// # Errors
    /// The vault still cannot store them.
    pub async fn store_unsaved(&self, only: Option<ConnectionId>) -> Result<(), Failure> {
        if let Some(id) = only {
            self.inner.pending.commit(id);
        }
        let mut outcome = Ok(());
        for id in only.map_or_else(|| self.unsaved(), |id| vec![id]) {
            match self.inner.store_now(id).await {
                Ok(true) => (self.inner.around.changed)(id),
                Ok(false) => {}
                Err(failure) => {
                    self.inner.retry(id);
                    outcome = Err(failure);
                }
            }
        }
        outcome
    }

    /// Returns when no renewal is running. Exiting during one may lose its token.
    pub async fn drained(&self) {
        let token_states: Vec<_> = self.inner.token_states().values().map(Arc::clone).collect();
        for token_state in token_states {
            token_state.single_flight.drained().await;
        }
    }

    async fn fetch(&self, token_state: Arc<TokenState>, refused: Option<&AccessToken>, limit: Duration) -> Result<AccessToken, Failure> {
        if let Some(answer) = token_state.at_hand(self.inner.now(), refused) {
            brickpass_logging::debug!("access token from memory", connection = token_state.id, outcome = answer);
            return answer;
        }
        // A flight that started before the refusal may return the refused token.
        for _ in 0..2 {
            let (inner, passenger, rejected) = (Arc::clone(&self.inner), Arc::clone(&token_state), refused.cloned());
            let single_flight = token_state.single_flight.join(|| inner.renew(passenger, rejected, limit));
            let drained = match token_state.valid(self.inner.now()).filter(|_| refused.is_none()) {
                // It continues without us.
                Some(valid) => timeout(AHEAD_PATIENCE, single_flight).await.unwrap_or(Some(Ok(valid))),
                None => single_flight.await,
            };
            match (drained.unwrap_or_else(|| Err(messages::crashed())), refused) {
                (Ok(token), Some(refused)) if same(&token, refused) => {}
                (drained, _) => return drained,
            }
        }
        Err(messages::refused_again())
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    fn token_states(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<TokenState>>> {
        self.token_states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token state of the connection as it is now; state for a different version of the connection is dropped.
    fn token_state(&self, id: ConnectionId, issuance: IssuanceKey) -> Arc<TokenState> {
        let mut token_states = self.token_states();
        let token_state = token_state_among(&token_states, id, issuance);
        token_states.insert(id, Arc::clone(&token_state));
        token_state
    }

    /// Read-only: a draft that is being edited does not drop the saved connection's token.
    fn token_state_to_look_at(&self, id: ConnectionId, issuance: IssuanceKey) -> Arc<TokenState> {
        token_state_among(&self.token_states(), id, issuance)
    }

    /// A new token state with a login's tokens, and what to store of them.
    fn begin(&self, owner: &Connection, user: String, tokens: Tokens) -> Option<(Arc<TokenState>, Record)> {
        let (issuance, now) = (IssuanceKey::of(owner)?, self.now());
        let token_state = Arc::new(TokenState::new(owner.id, issuance));
        token_state.remember(&tokens.access, None, false, now);
        let record = Record::new(tokens.refresh, CachedToken::of(&tokens.access, now), &token_state.issuance, user, now);
        token_state.set_ends(!record.renews());
        self.token_states().insert(owner.id, Arc::clone(&token_state));
        Some((token_state, record))
    }

    async fn personal_access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let (vault, key) = ((self.around.vault)(), SecretKey::of(owner, SecretKind::PersonalAccessToken));
        let secret = blocking(move || vault.get(&key)).await?.map_err(|error| error.failure())?.ok_or_else(messages::no_token)?;
        Ok(AccessToken { secret, expires_at: None, expiry_assumed: false })
    }

    /// Revokes a sign-in at the server that issued it.
    async fn revoke(&self, record: &Record) -> Revocation {
        revoke((self.around.http)(), record).await
    }

    /// All at once. Returns any failure.
    async fn revoke_all(&self, records: Vec<Record>) -> Revocation {
        let mut running = JoinSet::new();
        for record in records {
            let http = (self.around.http)();
            running.spawn(async move { revoke(http, &record).await });
        }
        let mut worst = Revocation::Revoked;
        while let Some(ended) = running.join_next().await {
            match ended.unwrap_or_else(|_| Revocation::Failed(messages::crashed())) {
                failed @ Revocation::Failed(_) => worst = failed,
                Revocation::NotOffered if worst == Revocation::Revoked => worst = Revocation::NotOffered,
                Revocation::NotOffered | Revocation::Revoked => {}
            }
        }
        worst
    }
}

async fn revoke(http: Http, record: &Record) -> Revocation {
    let (Some(refresh_token), Some((target, app))) = (&record.refresh_token, record.issued_by()) else { return Revocation::Revoked };
    let deadline = Instant::now() + REVOKE_TIMEOUT;
    let telling = async {
        let endpoints = oauth::discover(&http, &target, deadline).await?;
        oauth::revoke(&http, &endpoints, &app, refresh_token, deadline).await
    };
    match timeout(REVOKE_TIMEOUT, telling).await {
        Ok(Ok(true)) => Revocation::Revoked,
        Ok(Ok(false)) => Revocation::NotOffered,
        Ok(Err(error)) => Revocation::Failed(messages::not_told(&target.base_url, &error.failure)),
        Err(_) => Revocation::Failed(messages::not_told_in_time(&target.base_url)),
    }
}

fn token_state_among(token_states: &HashMap<ConnectionId, Arc<TokenState>>, id: ConnectionId, issuance: IssuanceKey) -> Arc<TokenState> {
    let known = token_states.get(&id).filter(|token_state| token_state.issuance == issuance).map(Arc::clone);
    known.unwrap_or_else(|| Arc::new(TokenState::new(id, issuance)))
}

/// The vault and the lock block, so they run off the async threads; a panic in them becomes a failure.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.run(work)).await.map_err(|_| messages::crashed())
}
