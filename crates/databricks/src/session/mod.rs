//! A valid access token for a connection, for any number of simultaneous callers.
//!
//! In this process: one refresh in flight per sign-in; all other callers wait for it. Across processes: a lock, under which the refresh token is
//! read again. Refresh tokens, client secrets and the current access token are in the vault: otherwise short-lived programs would renew and
//! rotate at every start.

mod flight;
mod grounds;
mod keep;
mod kept;
mod noted;
mod record;
mod renew;
mod seat;
mod words;

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

use grounds::{Grant, Grounds};
use keep::{Keeper, Over};
use kept::Kept;
use record::Record;
pub use record::SignIn;
use renew::HOLD;
use seat::{Seat, same};

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
const FAREWELL: Duration = Duration::from_secs(5);

/// While the current token is valid for minutes, callers wait no longer than this for a new one.
const AHEAD_PATIENCE: Duration = Duration::from_secs(5);

/// The external dependencies of sessions. Requested each time, because settings may change the vault and the network.
pub struct Surroundings {
    pub vault: Box<dyn Fn() -> Vault + Send + Sync>,
    pub http: Box<dyn Fn() -> Http + Send + Sync>,
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// The folder of the locks between processes.
    pub state_dir: PathBuf,
    /// How long to wait for another process that is renewing the same sign-in.
    pub patience: Duration,
    /// Called after a sign-in was started, renewed, ended, stored, or could not be stored. On any thread; it must not block.
    pub changed: Box<dyn Fn(ConnectionId) + Send + Sync>,
}

impl Surroundings {
    pub const PATIENCE: Duration = Duration::from_secs(30);
}

/// Cheap to clone. Its futures need a tokio runtime.
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

struct Inner {
    around: Surroundings,
    seats: Mutex<HashMap<ConnectionId, Arc<Seat>>>,
    keeper: Keeper,
    notes: SignInNotes,
}

/// The server's answer to the revocation of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    /// It revoked the sign-in, or there was none.
    Revoked,
    /// It does not support revocation: the sign-in stays valid there until it expires.
    NotOffered,
    /// The request failed: the sign-in may still be valid there.
    Failed(Failure),
}

impl Sessions {
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let notes = SignInNotes::new(&surroundings.state_dir);
        Self { inner: Arc::new(Inner { around: surroundings, seats: Mutex::default(), keeper: Keeper::default(), notes }) }
    }

    /// A token that is valid now: the stored personal access token, or an OAuth token with more than five minutes left where possible.
    /// `owner` is the connection that holds the sign-in (see `Connection::sign_in_of`).
    ///
    /// # Errors
    /// `NoSecret` (also: entered for another address), `SignInNeeded` (never signed in, expired, or for another address), `RefreshBusy`, the vault, the network.
    pub async fn access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        match Grounds::of(owner) {
            None => self.inner.personal_access_token(owner).await,
            Some(grounds) => self.fetch(self.inner.seat(owner.id, grounds), None, owner.timeout.duration()).await,
        }
    }

    /// After the API refused `rejected` (401): a newer token, if there is one or one can be fetched. Once per token, never in a loop.
    ///
    /// # Errors
    /// `Unauthorized` if a renewal has just not helped; otherwise like `access_token`.
    pub async fn replace(&self, owner: &Connection, rejected: &AccessToken) -> Result<AccessToken, Failure> {
        let Some(grounds) = Grounds::of(owner) else {
            let stored = self.inner.personal_access_token(owner).await?;
            return if same(&stored, rejected) { Err(words::token_refused()) } else { Ok(stored) };
        };
        self.fetch(self.inner.seat(owner.id, grounds), Some(rejected), owner.timeout.duration()).await
    }

    /// A new token instead of the stored one, as if the API had refused that one. Simultaneous callers, also in other processes, share one request.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn renew(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let Some(grounds) = Grounds::of(owner) else { return self.access_token(owner).await };
        // The token that this or another process already has, without a request; otherwise the result is new anyway.
        match self.inner.at_hand(&self.inner.seat(owner.id, grounds)).await? {
            Some(known) => self.replace(owner, &known).await,
            None => self.access_token(owner).await,
        }
    }

    /// A token for a typed client secret that is not stored: nothing is cached.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn try_client_secret(&self, connection: &Connection, secret: &SecretString) -> Result<AccessToken, Failure> {
        match Grounds::of(connection) {
            Some(Grounds { target, grant: Grant::ServicePrincipal { client_id, scopes } }) => {
                let limit = connection.timeout.duration();
                let asked = self.inner.by_typed_secret(&target, &client_id, scopes.as_ref(), secret, limit).await;
                asked.map_err(|error| error.failure)
            }
            _ => Err(words::no_service_principal()),
        }
    }

    /// Takes the tokens of a login and stores them. The sign-ins they replace are then revoked at their server; returns the server's answer.
    ///
    /// # Errors
    /// The vault; the tokens then stay in memory and are stored by `store_unsaved`.
    pub async fn signed_in(&self, owner: &Connection, user: String, tokens: Tokens) -> Result<Farewell, Failure> {
        let inner = &self.inner;
        let Some((seat, record)) = inner.begin(owner, user, tokens) else { return Ok(Farewell::Revoked) };
        let new = record.digest();
        inner.note_begun(&seat, &record).await;
        // Immediately, not only under the lock: callers in the meantime get the new sign-in.
        let mut replaced = inner.keeper.forget(owner.id);
        inner.keeper.entrust(owner.id, record, Over::Anything);
        let stored = {
            // Waits for a renewal of the old sign-in, so that its result does not overwrite this one.
            let _lock = inner.lock(owner.id, inner.around.patience).await;
            inner.keep(owner.id, Instant::now() + HOLD).await
        };
        (inner.around.changed)(owner.id);
        replaced.extend(stored?);
        replaced.retain(|former| former.digest() != new);
        Ok(inner.revoke_all(replaced).await)
    }

    /// Holds the tokens of a login for a connection that is not saved yet: in memory, until `store_unsaved`.
    pub async fn hold(&self, owner: &Connection, user: String, tokens: Tokens) {
        let Some((_, record)) = self.inner.begin(owner, user, tokens) else { return };
        let former = self.inner.keeper.hold(owner.id, record);
        (self.inner.around.changed)(owner.id);
        self.inner.revoke_all(former.into_iter().collect()).await;
    }

    /// Who is signed in, according to the vault; `None`: no sign-in, or for another address or OAuth application, or expired.
    ///
    /// # Errors
    /// The vault.
    pub async fn signed_in_as(&self, owner: &Connection) -> Result<Option<SignIn>, Failure> {
        let Some(grounds @ Grounds { grant: Grant::Browser(_), .. }) = Grounds::of(owner) else { return Ok(None) };
        let seat = self.inner.seat_to_look_at(owner.id, grounds);
        match self.inner.record(&seat).await {
            Ok(record) => {
                let renews = record.renews();
                let stored = || record.access.as_ref().map(Kept::expires_at).filter(|_| !renews);
                let expires_at = seat.expires_at().or_else(stored);
                Ok(Some(SignIn { user: record.user, since: record.signed_in_at, expires_at, renews }))
            }
            Err(failure) if failure.code == Code::SignInNeeded => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// When the access token in memory expires.
    #[must_use]
    pub fn expires_at(&self, owner: ConnectionId) -> Option<Timestamp> {
        self.inner.seats().get(&owner)?.expires_at()
    }

    /// Whether the sign-in, as far as it was used here, renews automatically; if not, it expires with its access token.
    #[must_use]
    pub fn renews(&self, owner: ConnectionId) -> bool {
        self.inner.seats().get(&owner).is_none_or(|seat| !seat.ends())
    }

    /// Revokes the sign-in if the server supports it, deletes the stored sign-in and the tokens. Returns the server's answer.
    ///
    /// # Errors
    /// The vault.
    pub async fn sign_out(&self, owner: &Connection) -> Result<Farewell, Failure> {
        let inner = &self.inner;
        let mut farewell = Farewell::Revoked;
        match Grounds::of(owner) {
            Some(grounds @ Grounds { grant: Grant::Browser(_), .. }) => {
                // Waits for a renewal, so that nothing is stored after the deletion.
                let _lock = inner.lock(owner.id, inner.around.patience).await;
                let seat = inner.seat_to_look_at(owner.id, grounds);
                // Also one that was for another address, or that has expired here: it may still be valid at the server.
                let mut records = inner.keeper.forget(owner.id);
                records.extend(inner.stored(owner.id).await.ok().flatten().as_ref().and_then(Record::read));
                farewell = inner.revoke_all(records).await;
                self.forget(owner.id);
                inner.note(&seat, |note| (note.not_before, note.ends, note.failed) = (None, None, None)).await;
                inner.delete(owner.id).await?;
            }
            Some(Grounds { grant: Grant::ServicePrincipal { .. }, .. }) => {
                let _lock = inner.lock(owner.id, inner.around.patience).await;
                inner.delete_principals_token(owner.id).await?;
            }
            None => {}
        }
        self.forget(owner.id);
        (inner.around.changed)(owner.id);
        Ok(farewell)
    }

    /// Revokes the sign-ins of removed connections at their servers, given the vault's records under `SecretKind::RefreshToken`. All at once, within
    /// a few seconds.
    pub async fn revoke_removed(&self, stored: Vec<SecretString>) -> Farewell {
        self.inner.revoke_all(stored.iter().filter_map(Record::read).collect()).await
    }

    /// Forgets what is in memory: the connection was removed, or its secret replaced.
    pub fn forget(&self, owner: ConnectionId) {
        self.inner.seats().remove(&owner);
        self.inner.keeper.forget(owner);
    }

    /// Like `forget`, and also deletes its notes in files. Blocks.
    pub fn remove(&self, owner: ConnectionId) {
        self.forget(owner);
        self.inner.notes.forget(owner);
    }

    /// Sign-ins that are only in memory because the vault could not store them: they are lost when the program ends.
    #[must_use]
    pub fn unsaved(&self) -> Vec<ConnectionId> {
        self.inner.keeper.unsaved()
    }

    /// Tries again to store them. If one is given, it is stored even if it was held: its connection is now saved.
    ///
    /// # Errors
    /// The vault still cannot store them.
    pub async fn store_unsaved(&self, only: Option<ConnectionId>) -> Result<(), Failure> {
        if let Some(id) = only {
            self.inner.keeper.settle(id);
        }
        let mut outcome = Ok(());
        for id in only.map_or_else(|| self.unsaved(), |id| vec![id]) {
            match self.inner.store_now(id).await {
                Ok(true) => (self.inner.around.changed)(id),
                Ok(false) => {}
                Err(failure) => {
                    self.inner.offer_again(id);
                    outcome = Err(failure);
                }
            }
        }
        outcome
    }

    /// Returns when no renewal is running. Exiting during one may lose its token.
    pub async fn landed(&self) {
        let seats: Vec<_> = self.inner.seats().values().map(Arc::clone).collect();
        for seat in seats {
            seat.flight.landed().await;
        }
    }

    async fn fetch(&self, seat: Arc<Seat>, refused: Option<&AccessToken>, limit: Duration) -> Result<AccessToken, Failure> {
        if let Some(answer) = seat.at_hand(self.inner.now(), refused) {
            brickpass_logging::debug!("access token from memory", connection = seat.id, outcome = answer);
            return answer;
        }
        // A flight that started before the refusal may return the refused token.
        for _ in 0..2 {
            let (inner, passenger, rejected) = (Arc::clone(&self.inner), Arc::clone(&seat), refused.cloned());
            let flight = seat.flight.join(|| inner.renew(passenger, rejected, limit));
            let landed = match seat.valid(self.inner.now()).filter(|_| refused.is_none()) {
                // It continues without us.
                Some(valid) => timeout(AHEAD_PATIENCE, flight).await.unwrap_or(Some(Ok(valid))),
                None => flight.await,
            };
            match (landed.unwrap_or_else(|| Err(words::crashed())), refused) {
                (Ok(token), Some(refused)) if same(&token, refused) => {}
                (landed, _) => return landed,
            }
        }
        Err(words::refused_again())
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seat of the connection as it is now; state for a different version of the connection is dropped.
    fn seat(&self, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
        let mut seats = self.seats();
        let seat = seat_among(&seats, id, grounds);
        seats.insert(id, Arc::clone(&seat));
        seat
    }

    /// Read-only: a draft that is being edited does not drop the saved connection's token.
    fn seat_to_look_at(&self, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
        seat_among(&self.seats(), id, grounds)
    }

    /// A new seat with a login's tokens, and what to store of them.
    fn begin(&self, owner: &Connection, user: String, tokens: Tokens) -> Option<(Arc<Seat>, Record)> {
        let (grounds, now) = (Grounds::of(owner)?, self.now());
        let seat = Arc::new(Seat::new(owner.id, grounds));
        seat.remember(&tokens.access, None, false, now);
        let record = Record::new(tokens.refresh, Kept::of(&tokens.access, now), &seat.grounds, user, now);
        seat.set_ends(!record.renews());
        self.seats().insert(owner.id, Arc::clone(&seat));
        Some((seat, record))
    }

    async fn personal_access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let (vault, key) = ((self.around.vault)(), SecretKey::of(owner, SecretKind::PersonalAccessToken));
        let secret = blocking(move || vault.get(&key)).await?.map_err(|error| error.failure())?.ok_or_else(words::no_token)?;
        Ok(AccessToken { secret, expires_at: None, expiry_assumed: false })
    }

    /// Revokes a sign-in at the server that issued it.
    async fn revoke(&self, record: &Record) -> Farewell {
        revoke((self.around.http)(), record).await
    }

    /// All at once. Returns any failure.
    async fn revoke_all(&self, records: Vec<Record>) -> Farewell {
        let mut running = JoinSet::new();
        for record in records {
            let http = (self.around.http)();
            running.spawn(async move { revoke(http, &record).await });
        }
        let mut worst = Farewell::Revoked;
        while let Some(ended) = running.join_next().await {
            match ended.unwrap_or_else(|_| Farewell::Failed(words::crashed())) {
                failed @ Farewell::Failed(_) => worst = failed,
                Farewell::NotOffered if worst == Farewell::Revoked => worst = Farewell::NotOffered,
                Farewell::NotOffered | Farewell::Revoked => {}
            }
        }
        worst
    }
}

async fn revoke(http: Http, record: &Record) -> Farewell {
    let (Some(refresh_token), Some((target, app))) = (&record.refresh_token, record.issued_by()) else { return Farewell::Revoked };
    let deadline = Instant::now() + FAREWELL;
    let telling = async {
        let endpoints = oauth::discover(&http, &target, deadline).await?;
        oauth::revoke(&http, &endpoints, &app, refresh_token, deadline).await
    };
    match timeout(FAREWELL, telling).await {
        Ok(Ok(true)) => Farewell::Revoked,
        Ok(Ok(false)) => Farewell::NotOffered,
        Ok(Err(error)) => Farewell::Failed(words::not_told(&target.base_url, &error.failure)),
        Err(_) => Farewell::Failed(words::not_told_in_time(&target.base_url)),
    }
}

fn seat_among(seats: &HashMap<ConnectionId, Arc<Seat>>, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
    let known = seats.get(&id).filter(|seat| seat.grounds == grounds).map(Arc::clone);
    known.unwrap_or_else(|| Arc::new(Seat::new(id, grounds)))
}

/// The vault and the lock block, so they run off the async threads; a panic in them becomes a failure.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.run(work)).await.map_err(|_| words::crashed())
}
