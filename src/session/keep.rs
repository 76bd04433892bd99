//! Getting a sign-in into the vault and out of it. What the vault does not take stays in memory and is offered to it again and again: the
//! token before it is worth nothing any more.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout_at};

use super::{Inner, blocking, record::Record, seat::Seat, words};
use crate::{
    connection::{ConnectionId, SecretKind},
    failure::Failure,
    storage::{SecretKey, Vault},
};

/// Each wait before the vault is offered a token again is three times the one before.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Sign-ins that are not in the vault.
#[derive(Default)]
pub(super) struct Keeper {
    memory: Mutex<Memory>,
    /// One write after the other, also when nobody waits for the first any more: an older token never lands on a newer one.
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
    /// It lies where it survives this process, though not where it belongs.
    in_refuge: bool,
}

/// What a sign-in may replace in the vault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// A person has just signed in.
    Anything,
    /// The used token by which it was got, and nothing else: somebody may have signed in anew, or out, in the meantime.
    Only([u8; 32]),
}

impl Keeper {
    /// `None`: a sign-in that is not to stay takes the place of one that was held.
    pub(super) fn hold(&self, id: ConnectionId, record: Option<Record>) {
        let mut memory = self.memory();
        memory.held.remove(&id);
        memory.held.extend(record.map(|record| (id, record)));
    }

    /// What was held is to be stored: its connection is saved now.
    pub(super) fn settle(&self, id: ConnectionId) {
        let mut memory = self.memory();
        if let Some(record) = memory.held.remove(&id) {
            memory.unsaved.insert(id, Unsaved { record, over: Over::Anything, in_refuge: false });
        }
    }

    pub(super) fn forget(&self, id: ConnectionId) {
        let mut memory = self.memory();
        memory.held.remove(&id);
        memory.unsaved.remove(&id);
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
    /// The sign-in whose refresh token may be sent where this seat signs in, and is not known to be worth nothing.
    pub(super) async fn record(&self, seat: &Seat) -> Result<Record, Failure> {
        let usable = |record: &Record| record.is_for(&seat.grounds) && !seat.is_dead(record.digest());
        let used = {
            let memory = self.keeper.memory();
            let unsaved = memory.unsaved.get(&seat.id);
            if let Some(record) = memory.held.get(&seat.id).into_iter().chain(unsaved.map(|unsaved| &unsaved.record)).find(|it| usable(it))
            {
                return Ok(record.clone());
            }
            unsaved.map(|unsaved| unsaved.over)
        };
        let stored = self.stored(seat.id).await?.ok_or_else(words::never_signed_in)?;
        let record = Record::read(&stored).ok_or_else(words::unreadable)?;
        match record.digest() {
            _ if !record.is_for(&seat.grounds) => Err(words::signed_in_elsewhere()),
            digest if seat.is_dead(digest) || used == Some(Over::Only(digest)) => Err(words::ended()),
            _ => Ok(record),
        }
    }

    pub(super) async fn stored(&self, id: ConnectionId) -> Result<Option<secrecy::SecretString>, Failure> {
        let vault = (self.around.vault)();
        blocking(move || vault.get(key(id))).await?.map_err(|error| error.failure())
    }

    /// Takes a sign-in over: into the vault until `deadline`, else into memory, from where it is offered again. The failure is for telling;
    /// the sign-in is in use either way. Called under the refresh lock.
    pub(super) async fn keep(self: &Arc<Self>, id: ConnectionId, record: Record, over: Over, deadline: Instant) -> Result<(), Failure> {
        {
            let mut memory = self.keeper.memory();
            if over != Over::Anything
                && let Some(held) = memory.held.get_mut(&id).filter(|held| over == Over::Only(held.digest()))
            {
                *held = record;
                return Ok(());
            }
            // A second rotation before the first was stored still replaces what is in the vault.
            let over = match (over, memory.unsaved.get(&id)) {
                (Over::Only(used), Some(unsaved)) if unsaved.record.digest() == used => unsaved.over,
                _ => over,
            };
            memory.unsaved.insert(id, Unsaved { record, over, in_refuge: false });
        }
        let stored = timeout_at(deadline, self.store(id, false)).await.unwrap_or_else(|_| Err(words::vault_too_slow()));
        if stored.is_err() {
            self.offer_again(id);
        }
        stored
    }

    /// One try to bring an unsaved sign-in into the vault.
    async fn store(&self, id: ConnectionId, compare: bool) -> Result<(), Failure> {
        let turn = Arc::clone(&self.keeper.writing).lock_owned().await;
        let Some(unsaved) = self.keeper.memory().unsaved.get(&id).cloned() else { return Ok(()) };
        let (vault, digest) = ((self.around.vault)(), unsaved.record.digest());
        let outcome = blocking(move || {
            let _turn = turn;
            unsaved.put(&vault, key(id), compare)
        })
        .await?;
        let mut memory = self.keeper.memory();
        let Some(unsaved) = memory.unsaved.get_mut(&id).filter(|unsaved| unsaved.record.digest() == digest) else { return Ok(()) };
        match outcome {
            Ok(()) => {
                memory.unsaved.remove(&id);
                Ok(())
            }
            Err(NotStored { failure, in_refuge }) => {
                unsaved.in_refuge = in_refuge;
                Err(failure)
            }
        }
    }

    /// Under the refresh lock, so that what lies in the vault does not change between the look at it and the write.
    pub(super) async fn store_now(&self, id: ConnectionId) -> Result<(), Failure> {
        if !self.keeper.memory().unsaved.contains_key(&id) {
            return Ok(());
        }
        let _lock = self.lock(id, self.around.patience).await?.ok_or_else(words::busy)?;
        self.store(id, true).await
    }

    pub(super) async fn delete(&self, id: ConnectionId) -> Result<(), Failure> {
        let turn = Arc::clone(&self.keeper.writing).lock_owned().await;
        let vault = (self.around.vault)();
        let deleted = blocking(move || {
            let _turn = turn;
            vault.delete(key(id))
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
                let stored = {
                    let there = inner.keeper.memory().unsaved.contains_key(&id);
                    there && inner.store_now(id).await.is_ok()
                };
                if stored {
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
    fn put(&self, vault: &Vault, key: SecretKey, compare: bool) -> Result<(), NotStored> {
        let not_stored = |failure| NotStored { failure, in_refuge: self.in_refuge };
        if compare && let Over::Only(used) = self.over {
            let stored = vault.get(key).map_err(|error| not_stored(error.failure()))?;
            let digest = stored.as_ref().and_then(Record::read).map(|record| record.digest());
            if digest != Some(used) && digest != Some(self.record.digest()) {
                // Somebody has signed in anew, or out: theirs is the last word.
                return Ok(());
            }
        }
        let text = self.record.write();
        vault.put(key, &text).map_err(|error| {
            let in_refuge = vault.put_in_refuge(key, &text).is_ok();
            NotStored { failure: error.failure(), in_refuge }
        })
    }
}

pub(super) fn key(id: ConnectionId) -> SecretKey {
    SecretKey { connection: id, kind: SecretKind::RefreshToken }
}
