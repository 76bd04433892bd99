//! Stores and loads sign-ins. If the vault does not store one, it stays in memory and storing is retried, because the previous refresh token is
//! already invalid.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Inner, blocking, messages, record::Record, token_state::TokenState};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_storage::{SecretKey, Vault, VaultError};

/// Each wait before another attempt to store is three times the previous one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Sign-ins that are not in the vault.
#[derive(Default)]
pub(super) struct PendingStore {
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
    over: ReplacePolicy,
    /// It is in the fallback store, where it survives this process.
    in_fallback: bool,
}

/// What a sign-in may replace in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplacePolicy {
    /// The user has just signed in.
    Anything,
    /// Only the used token it came from: the user may have signed in again, or out, in the meantime.
    Only([u8; 32]),
}

impl PendingStore {
    /// Returns the previous one.
    pub(super) fn stage(&self, id: ConnectionId, record: Record) -> Option<Record> {
        self.memory().held.insert(id, record)
    }

    /// Takes a sign-in to store in the vault. From here on it is the current one.
    pub(super) fn enqueue(&self, id: ConnectionId, record: Record, over: ReplacePolicy) {
        let mut memory = self.memory();
        let over = match (over, memory.unsaved.get(&id)) {
            (ReplacePolicy::Only(used), _) if memory.held.get(&id).is_some_and(|held| held.digest() == used) => {
                memory.held.insert(id, record);
                return;
            }
            // A second rotation before the first was stored: it replaces what the first would have replaced.
            (ReplacePolicy::Only(used), Some(unsaved)) if unsaved.record.digest() == used => unsaved.over,
            // The user has signed in again while this one was being renewed.
            (ReplacePolicy::Only(_), Some(unsaved))
                if unsaved.over == ReplacePolicy::Anything && unsaved.record.is_for_the_place_of(&record) =>
            {
                return;
            }
            (over, _) => over,
        };
        memory.unsaved.insert(id, Unsaved { record, over, in_fallback: false });
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
    pub(super) fn commit(&self, id: ConnectionId) {
        let held = self.memory().held.remove(&id);
        if let Some(record) = held {
            self.enqueue(id, record, ReplacePolicy::Anything);
        }
    }

    /// Drops an invalid token; returns the token it came from, which it would have replaced in the vault.
    pub(super) fn discard(&self, id: ConnectionId, dead: [u8; 32]) -> Option<[u8; 32]> {
        let mut memory = self.memory();
        memory.held.retain(|held, record| *held != id || record.digest() != dead);
        let unsaved = memory.unsaved.get(&id).filter(|unsaved| unsaved.record.digest() == dead)?.over;
        memory.unsaved.remove(&id);
        match unsaved {
            ReplacePolicy::Anything => None,
            ReplacePolicy::Only(used) => Some(used),
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
        self.memory().unsaved.iter().filter(|(_, unsaved)| !unsaved.in_fallback).map(|(id, _)| *id).collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The sign-in with a refresh token that may be sent where this token state signs in and is not known to be invalid.
    pub(super) async fn record(&self, token_state: &TokenState) -> Result<Record, Failure> {
        let usable = |record: &Record| record.is_for(&token_state.issuance) && !token_state.is_dead(record.digest());
        let in_memory = {
            let memory = self.pending.memory();
            let unsaved = memory.unsaved.get(&token_state.id).map(|unsaved| &unsaved.record);
            memory.held.get(&token_state.id).into_iter().chain(unsaved).find(|record| usable(record)).cloned()
        };
        let record = match in_memory {
            Some(record) => record,
            None => self.stored_record(token_state).await?,
        };
        token_state.set_ends(!record.renews());
        if record.renews() || record.access.as_ref().is_some_and(|access| access.valid(self.now()).is_some()) {
            return Ok(record);
        }
        Err(messages::passed())
    }

    /// If its refresh token is known to be invalid, it is returned without it, while its access token is valid.
    async fn stored_record(&self, token_state: &TokenState) -> Result<Record, Failure> {
        let stored = self.stored(token_state.id).await?.ok_or_else(messages::never_signed_in)?;
        let record = Record::read(&stored).ok_or_else(messages::unreadable)?;
        if !record.is_for(&token_state.issuance) {
            return Err(messages::signed_in_elsewhere());
        }
        if !self.is_refused(token_state, &record).await {
            return Ok(record);
        }
        token_state.set_ends(true);
        let lasts = record.access.as_ref().is_some_and(|access| access.valid(self.now()).is_some());
        if lasts { Ok(record.without_renewal()) } else { Err(messages::ended()) }
    }

    pub(super) async fn stored(&self, id: ConnectionId) -> Result<Option<SecretString>, Failure> {
        let vault = (self.around.vault)();
        blocking(move || vault.get(&key(id))).await?.map_err(|error| error.failure())
    }

    /// Stores the pending sign-in by `deadline`; otherwise it stays in memory and storing is retried. The failure is only reported: the sign-in
    /// is in use either way. Called under the refresh lock. Returns the replaced sign-in, like [`Inner::store`].
    pub(super) async fn keep(self: &Arc<Self>, id: ConnectionId, deadline: Instant) -> Result<Option<Record>, Failure> {
        let stored = timeout_at(deadline, self.store(id)).await.unwrap_or_else(|_| Err(messages::vault_too_slow()));
        if stored.is_err() {
            brickpass_logging::warn!("the vault did not take a sign-in", connection = id, outcome = stored);
            self.retry(id);
        }
        stored
    }

    /// Stores the access token of a sign-in with an unchanged refresh token, for other processes. Best effort: nothing is lost if it fails. Called
    /// under the refresh lock.
    pub(super) async fn keep_access(&self, id: ConnectionId, record: Record, deadline: Instant) {
        if self.pending.update(id, &record) {
            return;
        }
        let stored = async {
            let turn = Arc::clone(&self.pending.writing).lock_owned().await;
            let (vault, over) = ((self.around.vault)(), ReplacePolicy::Only(record.digest()));
            let put = blocking(move || {
                let _turn = turn;
                let text = record.write();
                Unsaved { record, over, in_fallback: false }.put_if_due(&vault, &key(id), &text).map(drop)
            });
            put.await
        };
        let _ = timeout_at(deadline, stored).await;
    }

    /// One attempt to store an unsaved sign-in. Returns the sign-in it replaced, if that was a different one.
    async fn store(&self, id: ConnectionId) -> Result<Option<Record>, Failure> {
        let turn = Arc::clone(&self.pending.writing).lock_owned().await;
        let Some(unsaved) = self.pending.memory().unsaved.get(&id).cloned() else { return Ok(None) };
        let (vault, digest) = ((self.around.vault)(), unsaved.record.digest());
        let outcome = blocking(move || {
            let _turn = turn;
            unsaved.put(&vault, &key(id))
        })
        .await?;
        let mut memory = self.pending.memory();
        let Some(unsaved) = memory.unsaved.get_mut(&id).filter(|unsaved| unsaved.record.digest() == digest) else { return Ok(None) };
        match outcome {
            Ok(former) => {
                memory.unsaved.remove(&id);
                Ok(former)
            }
            Err(NotStored { failure, in_fallback }) => {
                unsaved.in_fallback = in_fallback;
                Err(failure)
            }
        }
    }

    /// Under the refresh lock, so that the vault does not change between the check and the write. `false`: there was nothing to store. A replaced
    /// sign-in is revoked at its server.
    pub(super) async fn store_now(&self, id: ConnectionId) -> Result<bool, Failure> {
        if !self.pending.memory().unsaved.contains_key(&id) {
            return Ok(false);
        }
        let former = {
            let _lock = self.lock(id, self.around.lock_timeout).await?.ok_or_else(messages::busy)?;
            self.store(id).await?
        };
        if let Some(former) = former {
            self.revoke(&former).await;
        }
        Ok(true)
    }

    pub(super) async fn delete(&self, id: ConnectionId) -> Result<(), Failure> {
        let turn = Arc::clone(&self.pending.writing).lock_owned().await;
        let vault = (self.around.vault)();
        let deleted = blocking(move || {
            let _turn = turn;
            vault.delete(key(id).id())
        });
        deleted.await?.map_err(|error| error.failure())
    }

    /// In the background, until it is stored or the program ends.
    pub(super) fn retry(self: &Arc<Self>, id: ConnectionId) {
        if !self.pending.memory().offering.insert(id) {
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
                let mut memory = inner.pending.memory();
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
    in_fallback: bool,
}

impl Unsaved {
    fn put(&self, vault: &Vault, key: &SecretKey) -> Result<Option<Record>, NotStored> {
        let text = self.record.write();
        self.put_if_due(vault, key, &text).map_err(|error| {
            let in_fallback = vault.put_in_fallback(key, &text).is_ok();
            NotStored { failure: error.failure(), in_fallback }
        })
    }

    /// Returns the other sign-in that this one replaced.
    fn put_if_due(&self, vault: &Vault, key: &SecretKey, text: &SecretString) -> Result<Option<Record>, VaultError> {
        let former = match self.over {
            // An unreadable one is replaced too.
            ReplacePolicy::Anything => vault.get(key).ok().flatten().as_ref().and_then(Record::read),
            ReplacePolicy::Only(used) => {
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
        super::issuance::{IssuanceKey, tests::browser},
        *,
    };

    fn record(token: &str, changes: serde_json::Value) -> Record {
        Record::new(
            Some(token.into()),
            None,
            &IssuanceKey::of(&browser(changes)).unwrap(),
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

    fn after(used: &str) -> ReplacePolicy {
        ReplacePolicy::Only(here(used).digest())
    }

    fn counts(pending: &PendingStore, id: ConnectionId) -> Option<(String, ReplacePolicy)> {
        let memory = pending.memory();
        memory.unsaved.get(&id).map(|unsaved| (unsaved.record.refresh_token.as_ref().unwrap().expose_secret().to_owned(), unsaved.over))
    }

    #[test]
    fn rf_04_rotations_that_were_not_stored_replace_what_the_first_would_have() {
        let (pending, id) = (PendingStore::default(), ConnectionId::random());
        pending.enqueue(id, here("second"), after("first"));
        pending.enqueue(id, here("third"), after("second"));
        assert_eq!(counts(&pending, id), Some(("third".into(), after("first"))));
        assert_eq!(pending.discard(id, here("second").digest()), None, "that one is gone already");
        assert_eq!(pending.discard(id, here("third").digest()), Some(here("first").digest()));
        assert_eq!(counts(&pending, id), None);
    }

    #[test]
    fn a_renewal_that_began_before_a_sign_in_does_not_replace_it() {
        let (pending, id) = (PendingStore::default(), ConnectionId::random());
        pending.enqueue(id, here("new"), ReplacePolicy::Anything);
        pending.enqueue(id, here("old, rotated"), after("old"));
        assert_eq!(counts(&pending, id), Some(("new".into(), ReplacePolicy::Anything)));
        pending.enqueue(id, here("new, rotated"), after("new"));
        assert_eq!(counts(&pending, id), Some(("new, rotated".into(), ReplacePolicy::Anything)));
        // One of another place does not interfere.
        pending.enqueue(id, elsewhere("there, rotated"), ReplacePolicy::Only(elsewhere("there").digest()));
        assert_eq!(counts(&pending, id).unwrap().0, "there, rotated");
    }

    #[test]
    fn what_is_held_stays_held_while_it_is_renewed() {
        let (pending, id) = (PendingStore::default(), ConnectionId::random());
        assert!(pending.stage(id, here("held")).is_none());
        pending.enqueue(id, here("held, rotated"), after("held"));
        assert_eq!((counts(&pending, id), pending.unsaved()), (None, vec![]));
        pending.commit(id);
        assert_eq!((counts(&pending, id), pending.unsaved()), (Some(("held, rotated".into(), ReplacePolicy::Anything)), vec![id]));
    }
}
