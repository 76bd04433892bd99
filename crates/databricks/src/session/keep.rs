//! Stores and loads sign-ins. If the vault does not store one, it stays in memory and storing is retried, because the previous refresh token is
//! already invalid.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Inner, blocking, record::Record, seat::Seat, words};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_storage::{SecretKey, Vault, VaultError};

/// Each wait before another attempt to store is three times the previous one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Sign-ins that are not in the vault.
#[derive(Default)]
pub(super) struct Keeper {
    memory: Mutex<Memory>,
    /// Serializes writes, even if the first caller no longer waits: an older token never overwrites a newer one.
    writing: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Memory {
    /// Logins for connections that are not saved yet.
    held: HashMap<ConnectionId, Record>,
    unsaved: HashMap<ConnectionId, Unsaved>,
    offering: HashSet<ConnectionId>,
}

#[derive(Clone)]
struct Unsaved {
    record: Record,
    over: Over,
    /// It is in the fallback store, where it survives this process.
    in_refuge: bool,
}

/// What a sign-in may replace in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// The user has just signed in.
    Anything,
    /// Only the used token it came from: the user may have signed in again, or out, in the meantime.
    Only([u8; 32]),
}

impl Keeper {
    /// Returns the previous one.
    pub(super) fn hold(&self, id: ConnectionId, record: Record) -> Option<Record> {
        self.memory().held.insert(id, record)
    }

    /// Takes a sign-in to store in the vault. From here on it is the current one.
    pub(super) fn entrust(&self, id: ConnectionId, record: Record, over: Over) {
        let mut memory = self.memory();
        let over = match (over, memory.unsaved.get(&id)) {
            (Over::Only(used), _) if memory.held.get(&id).is_some_and(|held| held.digest() == used) => {
                memory.held.insert(id, record);
                return;
            }
            // A second rotation before the first was stored: it replaces what the first would have replaced.
            (Over::Only(used), Some(unsaved)) if unsaved.record.digest() == used => unsaved.over,
            // The user has signed in again while this one was being renewed.
            (Over::Only(_), Some(unsaved)) if unsaved.over == Over::Anything && unsaved.record.is_for_the_place_of(&record) => return,
            (over, _) => over,
        };
        memory.unsaved.insert(id, Unsaved { record, over, in_refuge: false });
    }

    /// Whether the same sign-in is here because it is not in the vault: then its access token stays with it.
    fn update(&self, id: ConnectionId, newer: &Record) -> bool {
        let mut guard = self.memory();
        let memory = &mut *guard;
        let unsaved = memory.unsaved.get_mut(&id).map(|unsaved| &mut unsaved.record);
        match memory.held.get_mut(&id).into_iter().chain(unsaved).find(|record| record.digest() == newer.digest()) {
            Some(record) => {
                record.access.clone_from(&newer.access);
                true
            }
            None => false,
        }
    }

    /// Marks a held sign-in for storing: its connection is now saved.
    pub(super) fn settle(&self, id: ConnectionId) {
        let held = self.memory().held.remove(&id);
        if let Some(record) = held {
            self.entrust(id, record, Over::Anything);
        }
    }

    /// Drops an invalid token; returns the token it came from, which it would have replaced in the vault.
    pub(super) fn bury(&self, id: ConnectionId, dead: [u8; 32]) -> Option<[u8; 32]> {
        let mut memory = self.memory();
        memory.held.retain(|held, record| *held != id || record.digest() != dead);
        let unsaved = memory.unsaved.get(&id).filter(|unsaved| unsaved.record.digest() == dead)?.over;
        memory.unsaved.remove(&id);
        match unsaved {
            Over::Anything => None,
            Over::Only(used) => Some(used),
        }
    }

    /// Returns what was only here.
    pub(super) fn forget(&self, id: ConnectionId) -> Vec<Record> {
        let mut memory = self.memory();
        let unsaved = memory.unsaved.remove(&id).map(|unsaved| unsaved.record);
        memory.held.remove(&id).into_iter().chain(unsaved).collect()
    }

    /// Lost when the program ends.
    pub(super) fn unsaved(&self) -> Vec<ConnectionId> {
        self.memory().unsaved.iter().filter(|(_, unsaved)| !unsaved.in_refuge).map(|(id, _)| *id).collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The sign-in with a refresh token that may be sent where this seat signs in and is not known to be invalid.
    pub(super) async fn record(&self, seat: &Seat) -> Result<Record, Failure> {
        let usable = |record: &Record| record.is_for(&seat.grounds) && !seat.is_dead(record.digest());
        let in_memory = {
            let memory = self.keeper.memory();
            let unsaved = memory.unsaved.get(&seat.id).map(|unsaved| &unsaved.record);
            memory.held.get(&seat.id).into_iter().chain(unsaved).find(|record| usable(record)).cloned()
        };
        let record = match in_memory {
            Some(record) => record,
            None => self.stored_record(seat).await?,
        };
        seat.set_ends(!record.renews());
        if record.renews() || record.access.as_ref().is_some_and(|access| access.valid(self.now()).is_some()) {
            return Ok(record);
        }
        Err(words::passed())
    }

    /// If its refresh token is known to be invalid, it is returned without it, while its access token is valid.
    async fn stored_record(&self, seat: &Seat) -> Result<Record, Failure> {
        let stored = self.stored(seat.id).await?.ok_or_else(words::never_signed_in)?;
        let record = Record::read(&stored).ok_or_else(words::unreadable)?;
        if !record.is_for(&seat.grounds) {
            return Err(words::signed_in_elsewhere());
        }
        if !self.is_refused(seat, &record).await {
            return Ok(record);
        }
        seat.set_ends(true);
        let lasts = record.access.as_ref().is_some_and(|access| access.valid(self.now()).is_some());
        if lasts { Ok(record.without_renewal()) } else { Err(words::ended()) }
    }

    pub(super) async fn stored(&self, id: ConnectionId) -> Result<Option<SecretString>, Failure> {
        let vault = (self.around.vault)();
        blocking(move || vault.get(&key(id))).await?.map_err(|error| error.failure())
    }

    /// Stores the pending sign-in by `deadline`; otherwise it stays in memory and storing is retried. The failure is only reported: the sign-in
    /// is in use either way. Called under the refresh lock. Returns the replaced sign-in, like [`Inner::store`].
    pub(super) async fn keep(self: &Arc<Self>, id: ConnectionId, deadline: Instant) -> Result<Option<Record>, Failure> {
        let stored = timeout_at(deadline, self.store(id)).await.unwrap_or_else(|_| Err(words::vault_too_slow()));
        if stored.is_err() {
            brickpass_logging::warn!("the vault did not take a sign-in", connection = id, outcome = stored);
            self.offer_again(id);
        }
        stored
    }

    /// Stores the access token of a sign-in with an unchanged refresh token, for other processes. Best effort: nothing is lost if it fails. Called
    /// under the refresh lock.
    pub(super) async fn keep_access(&self, id: ConnectionId, record: Record, deadline: Instant) {
        if self.keeper.update(id, &record) {
            return;
        }
        let stored = async {
            let turn = Arc::clone(&self.keeper.writing).lock_owned().await;
            let (vault, over) = ((self.around.vault)(), Over::Only(record.digest()));
            let put = blocking(move || {
                let _turn = turn;
                let text = record.write();
                Unsaved { record, over, in_refuge: false }.put_if_due(&vault, &key(id), &text).map(drop)
            });
            put.await
        };
        let _ = timeout_at(deadline, stored).await;
    }

    /// One attempt to store an unsaved sign-in. Returns the sign-in it replaced, if that was a different one.
    async fn store(&self, id: ConnectionId) -> Result<Option<Record>, Failure> {
        let turn = Arc::clone(&self.keeper.writing).lock_owned().await;
        let Some(unsaved) = self.keeper.memory().unsaved.get(&id).cloned() else { return Ok(None) };
        let (vault, digest) = ((self.around.vault)(), unsaved.record.digest());
        let outcome = blocking(move || {
            let _turn = turn;
            unsaved.put(&vault, &key(id))
        })
        .await?;
        let mut memory = self.keeper.memory();
        let Some(unsaved) = memory.unsaved.get_mut(&id).filter(|unsaved| unsaved.record.digest() == digest) else { return Ok(None) };
        match outcome {
            Ok(former) => {
                memory.unsaved.remove(&id);
                Ok(former)
            }
            Err(NotStored { failure, in_refuge }) => {
                unsaved.in_refuge = in_refuge;
                Err(failure)
            }
        }
    }

    /// Under the refresh lock, so that the vault does not change between the check and the write. `false`: there was nothing to store. A replaced
    /// sign-in is revoked at its server.
    pub(super) async fn store_now(&self, id: ConnectionId) -> Result<bool, Failure> {
        if !self.keeper.memory().unsaved.contains_key(&id) {
            return Ok(false);
        }
        let former = {
            let _lock = self.lock(id, self.around.patience).await?.ok_or_else(words::busy)?;
            self.store(id).await?
        };
        if let Some(former) = former {
            self.revoke(&former).await;
        }
        Ok(true)
    }

    pub(super) async fn delete(&self, id: ConnectionId) -> Result<(), Failure> {
        let turn = Arc::clone(&self.keeper.writing).lock_owned().await;
        let vault = (self.around.vault)();
        let deleted = blocking(move || {
            let _turn = turn;
            vault.delete(key(id).id())
        });
        deleted.await?.map_err(|error| error.failure())
    }

    /// In the background, until it is stored or the program ends.
    pub(super) fn offer_again(self: &Arc<Self>, id: ConnectionId) {
        if !self.keeper.memory().offering.insert(id) {
            return;
        }
        let inner = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut wait = FIRST_WAIT;
            loop {
                sleep(wait).await;
                wait = (wait * 3).min(LONGEST_WAIT);
                let Some(inner) = inner.upgrade() else { return };
                if let Ok(true) = inner.store_now(id).await {
                    (inner.around.changed)(id);
                }
                let mut memory = inner.keeper.memory();
                if !memory.unsaved.contains_key(&id) {
                    memory.offering.remove(&id);
                    return;
                }
            }
        });
    }
}

struct NotStored {
    failure: Failure,
    in_refuge: bool,
}

impl Unsaved {
    fn put(&self, vault: &Vault, key: &SecretKey) -> Result<Option<Record>, NotStored> {
        let text = self.record.write();
        self.put_if_due(vault, key, &text).map_err(|error| {
            let in_refuge = vault.put_in_refuge(key, &text).is_ok();
            NotStored { failure: error.failure(), in_refuge }
        })
    }

    /// Returns the other sign-in that this one replaced.
    fn put_if_due(&self, vault: &Vault, key: &SecretKey, text: &SecretString) -> Result<Option<Record>, VaultError> {
        let former = match self.over {
            // An unreadable one is replaced too.
            Over::Anything => vault.get(key).ok().flatten().as_ref().and_then(Record::read),
            Over::Only(used) => {
                let stored = vault.get(key)?.as_ref().and_then(Record::read).map(|record| record.digest());
                if stored != Some(used) && stored != Some(self.record.digest()) {
                    // The user has signed in again, or out: that takes precedence.
                    return Ok(None);
                }
                None
            }
        };
        vault.put(key, text)?;
        Ok(former.filter(|former| former.digest() != self.record.digest()))
    }
}

pub(super) fn key(id: ConnectionId) -> SecretKey {
    SecretKey::sign_in(id)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::{
        super::grounds::{Grounds, tests::browser},
        *,
    };

    fn record(token: &str, changes: serde_json::Value) -> Record {
        Record::new(
            Some(token.into()),
            None,
            &Grounds::of(&browser(changes)).unwrap(),
            "ada@example.com".into(),
            jiff::Timestamp::UNIX_EPOCH,
        )
    }

    fn here(token: &str) -> Record {
        record(token, json!({}))
    }

    fn elsewhere(token: &str) -> Record {
        record(token, json!({"base_url": "https://adb-1.2.azuredatabricks.net"}))
    }

    fn after(used: &str) -> Over {
        Over::Only(here(used).digest())
    }

    fn counts(keeper: &Keeper, id: ConnectionId) -> Option<(String, Over)> {
        let memory = keeper.memory();
        memory.unsaved.get(&id).map(|unsaved| (unsaved.record.refresh_token.as_ref().unwrap().expose_secret().to_owned(), unsaved.over))
    }

    #[test]
    fn rf_04_rotations_that_were_not_stored_replace_what_the_first_would_have() {
        let (keeper, id) = (Keeper::default(), ConnectionId::random());
        keeper.entrust(id, here("second"), after("first"));
        keeper.entrust(id, here("third"), after("second"));
        assert_eq!(counts(&keeper, id), Some(("third".into(), after("first"))));
        assert_eq!(keeper.bury(id, here("second").digest()), None, "that one is gone already");
        assert_eq!(keeper.bury(id, here("third").digest()), Some(here("first").digest()));
        assert_eq!(counts(&keeper, id), None);
    }

    #[test]
    fn a_renewal_that_began_before_a_sign_in_does_not_replace_it() {
        let (keeper, id) = (Keeper::default(), ConnectionId::random());
        keeper.entrust(id, here("new"), Over::Anything);
        keeper.entrust(id, here("old, rotated"), after("old"));
        assert_eq!(counts(&keeper, id), Some(("new".into(), Over::Anything)));
        keeper.entrust(id, here("new, rotated"), after("new"));
        assert_eq!(counts(&keeper, id), Some(("new, rotated".into(), Over::Anything)));
        // One of another place is in nobody's way.
        keeper.entrust(id, elsewhere("there, rotated"), Over::Only(elsewhere("there").digest()));
        assert_eq!(counts(&keeper, id).unwrap().0, "there, rotated");
    }

    #[test]
    fn what_is_held_stays_held_while_it_is_renewed() {
        let (keeper, id) = (Keeper::default(), ConnectionId::random());
        assert!(keeper.hold(id, here("held")).is_none());
        keeper.entrust(id, here("held, rotated"), after("held"));
        assert_eq!((counts(&keeper, id), keeper.unsaved()), (None, vec![]));
        keeper.settle(id);
        assert_eq!((counts(&keeper, id), keeper.unsaved()), (Some(("held, rotated".into(), Over::Anything)), vec![id]));
    }
}
