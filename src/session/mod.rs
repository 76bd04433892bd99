//! A valid access token for a connection, whoever asks, however many ask at once.
//!
//! In this process: one refresh in flight for each sign-in, everybody else waits for it. Across processes: a lock, and the refresh token is
//! read again under it. Refresh tokens and client secrets lie in the vault, and so does the current access token: programs that start, ask once
//! and end would otherwise renew and rotate at each start.

mod flight;
mod grounds;
mod keep;
mod kept;
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
use tokio::time::{Instant, timeout};

use grounds::{Grant, Grounds};
use keep::{Keeper, Over};
use kept::Kept;
use record::Record;
pub use record::SignIn;
use renew::HOLD;
use seat::{Seat, same};

use crate::{
    connection::{Connection, ConnectionId, SecretKind},
    databricks::Http,
    failure::{Code, Failure},
    oauth::{self, AccessToken, Tokens},
    storage::{SecretKey, Vault},
};

/// A server that is slow to revoke a sign-in does not keep a person from signing out.
const FAREWELL: Duration = Duration::from_secs(5);

/// While a token is good for minutes, nobody waits longer for a better one.
const AHEAD_PATIENCE: Duration = Duration::from_secs(5);

/// What sessions need from the outside. Asked for each time, since settings may change the vault and the network.
pub struct Surroundings {
    pub vault: Box<dyn Fn() -> Vault + Send + Sync>,
    pub http: Box<dyn Fn() -> Http + Send + Sync>,
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where the locks between processes lie.
    pub state_dir: PathBuf,
    /// How long to wait for another process that is renewing the same sign-in.
    pub patience: Duration,
    /// Called after a sign-in was begun, renewed, ended, stored, or could not be stored. On any thread; it must not block.
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
}

impl Sessions {
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        Self { inner: Arc::new(Inner { around: surroundings, seats: Mutex::default(), keeper: Keeper::default() }) }
    }

    /// A token that is valid now: the stored personal access token, or an OAuth token with more than five minutes left where possible.
    /// `owner` is the connection that holds the sign-in (see `Connection::sign_in_of`).
    ///
    /// # Errors
    /// `NoSecret`, `SignInNeeded` (never signed in, ended, or for another address), `RefreshBusy`, the vault, the network.
    pub async fn access_token(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        match Grounds::of(owner) {
            None => self.inner.personal_access_token(owner.id).await,
            Some(grounds) => self.fetch(self.inner.seat(owner.id, grounds), None).await,
        }
    }

    /// After the API refused `rejected` (401): another token, if there is a newer one or one can be had. Once a token, never in a loop.
    ///
    /// # Errors
    /// `Unauthorized` if a renewal has just been in vain; as `access_token`.
    pub async fn replace(&self, owner: &Connection, rejected: &AccessToken) -> Result<AccessToken, Failure> {
        let Some(grounds) = Grounds::of(owner) else {
            let stored = self.inner.personal_access_token(owner.id).await?;
            return if same(&stored, rejected) { Err(words::token_refused()) } else { Ok(stored) };
        };
        self.fetch(self.inner.seat(owner.id, grounds), Some(rejected)).await
    }

    /// Another token than the one that is stored at this moment, as if the API had refused that one. Whoever asks for the same meanwhile, also in
    /// another process, brings it for all.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn renew(&self, owner: &Connection) -> Result<AccessToken, Failure> {
        let Some(grounds) = Grounds::of(owner) else { return self.access_token(owner).await };
        // What this process or another one has at hand, without the server; else what comes is new in any case.
        match self.inner.at_hand(&self.inner.seat(owner.id, grounds)).await? {
            Some(known) => self.replace(owner, &known).await,
            None => self.access_token(owner).await,
        }
    }

    /// A token for a client secret that is typed and not stored: nothing of it is kept.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn try_client_secret(&self, connection: &Connection, secret: &SecretString) -> Result<AccessToken, Failure> {
        match Grounds::of(connection) {
            Some(Grounds { target, grant: Grant::ServicePrincipal(client_id) }) => {
                self.inner.by_typed_secret(&target, &client_id, secret).await.map_err(|error| error.failure)
            }
            _ => Err(words::no_service_principal()),
        }
    }

    /// Takes over what a login brought, and stores it.
    ///
    /// # Errors
    /// The vault; the tokens are then kept in memory and stored by `store_unsaved`.
    pub async fn signed_in(&self, owner: &Connection, user: String, tokens: Tokens) -> Result<(), Failure> {
        let inner = &self.inner;
        let record = inner.begin(owner, user, tokens);
        let stays = record.is_some();
        // At once, and not only under the lock: whoever asks meanwhile is answered by the new sign-in.
        inner.keeper.forget(owner.id);
        if let Some(record) = record {
            inner.keeper.entrust(owner.id, record, Over::Anything);
        }
        // Somebody who is renewing the former sign-in is waited for, so that what they store does not land on this one.
        let _lock = inner.lock(owner.id, inner.around.patience).await;
        let stored = if stays {
            inner.keep(owner.id, Instant::now() + HOLD).await
        } else {
            // Nothing of the former one stays either.
            inner.delete(owner.id).await
        };
        (inner.around.changed)(owner.id);
        stored
    }

    /// Holds what a login brought for a connection that is not saved yet: in memory, until `store_unsaved`.
    pub fn hold(&self, owner: &Connection, user: String, tokens: Tokens) {
        let record = self.inner.begin(owner, user, tokens);
        self.inner.keeper.hold(owner.id, record);
        (self.inner.around.changed)(owner.id);
    }

    /// Who is signed in, by what the vault holds; `None`: nobody, or for another address or OAuth application, or it has ended.
    ///
    /// # Errors
    /// The vault.
    pub async fn signed_in_as(&self, owner: &Connection) -> Result<Option<SignIn>, Failure> {
        let Some(grounds @ Grounds { grant: Grant::Browser(_), .. }) = Grounds::of(owner) else { return Ok(None) };
        let seat = self.inner.seat_to_look_at(owner.id, grounds);
        let expires_at = seat.expires_at();
        if let Some((user, since)) = seat.passing(self.inner.now()) {
            return Ok(Some(SignIn { user, since, expires_at, renews: false }));
        }
        match self.inner.record(&seat).await {
            Ok(record) => Ok(Some(SignIn { user: record.user, since: record.signed_in_at, expires_at, renews: true })),
            Err(failure) if failure.code == Code::SignInNeeded => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// When the access token in memory ends.
    #[must_use]
    pub fn expires_at(&self, owner: ConnectionId) -> Option<Timestamp> {
        self.inner.seats().get(&owner)?.expires_at()
    }

    /// Revokes where the server offers it, deletes the stored sign-in, forgets the tokens.
    ///
    /// # Errors
    /// The vault. That the server could not be told is no error.
    pub async fn sign_out(&self, owner: &Connection) -> Result<(), Failure> {
        let inner = &self.inner;
        match Grounds::of(owner) {
            Some(grounds @ Grounds { grant: Grant::Browser(_), .. }) => {
                // Somebody who is renewing it is waited for, so that nothing is stored after it was deleted.
                let _lock = inner.lock(owner.id, inner.around.patience).await;
                let seat = inner.seat_to_look_at(owner.id, grounds);
                let _ = timeout(FAREWELL, inner.revoke(&seat)).await;
                self.forget(owner.id);
                inner.delete(owner.id).await?;
            }
            Some(Grounds { grant: Grant::ServicePrincipal(_), .. }) => {
                let _lock = inner.lock(owner.id, inner.around.patience).await;
                inner.delete_principals_token(owner.id).await?;
            }
            None => {}
        }
        self.forget(owner.id);
        (inner.around.changed)(owner.id);
        Ok(())
    }

    /// Forgets what is in memory: the connection was removed, or its secret replaced.
    pub fn forget(&self, owner: ConnectionId) {
        self.inner.seats().remove(&owner);
        self.inner.keeper.forget(owner);
    }

    /// Sign-ins that are in memory only because the vault did not take them: they are lost when the program ends.
    #[must_use]
    pub fn unsaved(&self) -> Vec<ConnectionId> {
        self.inner.keeper.unsaved()
    }

    /// Tries again to store them. Named alone, also one that is held is stored: its connection is saved now.
    ///
    /// # Errors
    /// The vault still does not take them.
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

    /// Returns when no renewal is under way. Who ends the program in the middle of one may lose the token that it brings.
    pub async fn landed(&self) {
        let seats: Vec<_> = self.inner.seats().values().map(Arc::clone).collect();
        for seat in seats {
            seat.flight.landed().await;
        }
    }

    async fn fetch(&self, seat: Arc<Seat>, refused: Option<&AccessToken>) -> Result<AccessToken, Failure> {
        if let Some(answer) = seat.at_hand(self.inner.now(), refused) {
            return answer;
        }
        // A flight that began before the refusal may bring the very token that was refused.
        for _ in 0..2 {
            let (inner, passenger, rejected) = (Arc::clone(&self.inner), Arc::clone(&seat), refused.cloned());
            let flight = seat.flight.join(|| inner.renew(passenger, rejected));
            let landed = match seat.valid(self.inner.now()).filter(|_| refused.is_none()) {
                // It goes on without us.
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

    /// That of the connection as it is now; what was in memory for one that says something else is forgotten.
    fn seat(&self, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
        let mut seats = self.seats();
        let seat = seat_among(&seats, id, grounds);
        seats.insert(id, Arc::clone(&seat));
        seat
    }

    /// Who only looks changes nothing: a draft that is being edited does not cost the saved connection its token.
    fn seat_to_look_at(&self, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
        seat_among(&self.seats(), id, grounds)
    }

    /// A fresh seat with what a login brought; what of it is to be kept.
    fn begin(&self, owner: &Connection, user: String, tokens: Tokens) -> Option<Record> {
        let (grounds, now) = (Grounds::of(owner)?, self.now());
        let seat = Arc::new(Seat::new(owner.id, grounds));
        seat.remember(&tokens.access, None, false, now);
        if tokens.refresh.is_none() {
            seat.set_passing(user.clone(), now);
        }
        let record =
            tokens.refresh.map(|refresh_token| Record::new(refresh_token, Kept::of(&tokens.access, now), &seat.grounds, user, now));
        self.seats().insert(owner.id, seat);
        record
    }

    async fn personal_access_token(&self, id: ConnectionId) -> Result<AccessToken, Failure> {
        let (vault, key) = ((self.around.vault)(), SecretKey { connection: id, kind: SecretKind::PersonalAccessToken });
        let secret = blocking(move || vault.get(key)).await?.map_err(|error| error.failure())?.ok_or_else(words::no_token)?;
        Ok(AccessToken { secret, expires_at: None, expiry_assumed: false })
    }

    async fn revoke(&self, seat: &Seat) {
        let Grant::Browser(app) = &seat.grounds.grant else { return };
        let Ok(record) = self.record(seat).await else { return };
        if let Ok(endpoints) = self.endpoints(seat).await {
            let _ = oauth::revoke(&(self.around.http)(), &endpoints, app, &record.refresh_token, Instant::now() + FAREWELL).await;
        }
    }
}

fn seat_among(seats: &HashMap<ConnectionId, Arc<Seat>>, id: ConnectionId, grounds: Grounds) -> Arc<Seat> {
    let known = seats.get(&id).filter(|seat| seat.grounds == grounds).map(Arc::clone);
    known.unwrap_or_else(|| Arc::new(Seat::new(id, grounds)))
}

/// The vault and the lock block: off the async threads; a panic in them becomes a failure instead of silence.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| words::crashed())
}
