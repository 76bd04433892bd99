//! Secrets in entries of limited size (Windows: 2560 bytes).
//!
//! What fits is one entry, `{"v":1,"generation":N,"entered_for":{"origin":"https://..."},"secret":"..."}`. What does not fit is cut into chunk entries under a new generation, and
//! the entry itself becomes a manifest that is written last: until then a reader sees the old value whole. A note of the generations in
//! flight is written first, so that whoever comes next clears away what a crash left behind.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{
    SecretKey, VaultError,
    store::{Bytes, Item, Store, WipedText},
};
use brickpass_core::{connection::EnteredFor, hex};

/// A manifest that claims more is damaged: it would be a secret of megabytes.
const MAX_CHUNKS: usize = 2000;

/// Nobody writes so often that a reader is overtaken again and again.
const MAX_READS: usize = 5;

/// A secret, the number that tells which of two is the newer, also across homes, and what it was entered for.
#[derive(Clone)]
pub(crate) struct VersionedSecret {
    pub(crate) generation: u64,
    /// `None`: stored by an older version, or what a sign-in brought.
    pub(crate) entered_for: Option<EnteredFor>,
    pub(crate) secret: SecretString,
}

impl VersionedSecret {
    pub(super) fn of(key: &SecretKey, secret: &SecretString, generation: u64) -> Self {
        Self { generation, entered_for: key.wanted_for().cloned(), secret: secret.clone() }
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    v: u32,
    generation: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entered_for: Option<EnteredFor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<WipedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    chunks: usize,
    length: usize,
    sha256: String,
}

/// Generations whose chunks may lie about, and how many chunks each has.
type Note = BTreeMap<u64, usize>;

/// # Errors
/// `SecretDamaged` unless every part is there and unchanged; what the store says.
pub(crate) fn read(store: &dyn Store, account: &str) -> Result<Option<VersionedSecret>, VaultError> {
    let mut damaged = None;
    for _ in 0..MAX_READS {
        let Some(bytes) = store.get(account)? else { return Ok(None) };
        let envelope = decode(&bytes).ok_or(VaultError::SecretDamaged)?;
        let Envelope { generation, entered_for, .. } = envelope;
        let secret = match (envelope.secret, envelope.manifest) {
            (Some(secret), None) => Ok(SecretString::from(secret.0.as_str())),
            (None, Some(manifest)) => join(store, account, generation, &manifest),
            _ => Err(VaultError::SecretDamaged),
        };
        match secret {
            // Perhaps another process has just put a newer one in its place, and the chunks that the manifest named are gone.
            Err(VaultError::SecretDamaged) if damaged != Some(generation) => damaged = Some(generation),
            outcome => return outcome.map(|secret| Some(VersionedSecret { generation, entered_for, secret })),
        }
    }
    Err(VaultError::SecretDamaged)
}

/// As `read` for each of them, with one reading where the home can do that.
///
/// # Errors
/// What the store says; inside: as `read`.
pub(crate) fn read_all(store: &dyn Store, accounts: &[String]) -> Result<Vec<Result<Option<VersionedSecret>, VaultError>>, VaultError> {
    let found = store.get_all(accounts)?;
    let one = |(account, bytes): (&String, Option<Bytes>)| {
        let Some(bytes) = bytes else { return Ok(None) };
        match decode(&bytes) {
            Some(Envelope { generation, entered_for, secret: Some(secret), manifest: None, .. }) => {
                Ok(Some(VersionedSecret { generation, entered_for, secret: SecretString::from(secret.0.as_str()) }))
            }
            _ => read(store, account),
        }
    };
    Ok(accounts.iter().zip(found).map(one).collect())
}

/// The generation of what is stored, if it can be told.
pub(crate) fn generation(store: &dyn Store, account: &str) -> Result<Option<u64>, VaultError> {
    Ok(current(store, account)?.map(|envelope| envelope.generation))
}

/// Writes each secret with a generation above the one that is there and not below its own.
///
/// # Errors
/// What the store says. Each secret is then the old one or the new one, whole.
pub(crate) fn write(store: &dyn Store, secrets: &[(String, String, VersionedSecret)]) -> Result<(), VaultError> {
    let limit = store.entry_limit();
    let mut whole = Vec::new();
    for (account, label, versioned) in secrets {
        let old = current(store, account)?;
        let generation = old.as_ref().map_or(versioned.generation, |old| versioned.generation.max(old.generation.saturating_add(1)));
        let item = |account: String, bytes| Item { account, label: label.clone(), bytes };
        let secret = versioned.secret.expose_secret();
        let envelope =
            |secret, manifest| encode(&Envelope { v: 1, generation, entered_for: versioned.entered_for.clone(), secret, manifest });
        let plain = envelope(Some(WipedText(Zeroizing::new(secret.to_owned()))), None);
        let in_flight = clear_leftovers(store, account, old.as_ref(), limit)?;
        if plain.len() <= limit && in_flight.is_empty() {
            whole.push(item(account.clone(), plain));
            continue;
        }
        let mut note = in_flight;
        let chunks: Vec<Item> = if plain.len() <= limit {
            Vec::new()
        } else {
            let parts = secret.as_bytes().chunks(limit).enumerate();
            parts.map(|(at, part)| item(chunk_account(account, generation, at), Zeroizing::new(part.to_vec()))).collect()
        };
        let entry = if chunks.is_empty() {
            plain
        } else {
            note.insert(generation, chunks.len());
            let manifest = Manifest { chunks: chunks.len(), length: secret.len(), sha256: digest(secret.as_bytes()) };
            envelope(None, Some(manifest))
        };
        store.put(&[item(note_account(account), encode(&note))])?;
        for chunk in &chunks {
            store.put(std::slice::from_ref(chunk))?;
        }
        store.put(&[item(account.clone(), entry)])?;
        note.remove(&generation);
        // The new secret is in place: what cannot be cleared now is cleared by the next write, which finds the note.
        if delete_chunks(store, account, &note).is_ok() {
            let _ = store.delete(&[note_account(account)]);
        }
    }
    if whole.is_empty() { Ok(()) } else { store.put(&whole) }
}

/// Notes what each of these secrets was entered for, unless it has been replaced since it had this generation. The secrets stay as they are.
///
/// # Errors
/// What the store says. Each is then bound or not.
pub(crate) fn bind(store: &dyn Store, bindings: &[(String, String, u64, EnteredFor)]) -> Result<(), VaultError> {
    let mut replaced = Vec::new();
    for (account, label, generation, entered_for) in bindings {
        let Some(before) = store.get(account)? else { continue };
        let Some(envelope) = decode(&before).filter(|envelope| envelope.generation == *generation && envelope.entered_for.is_none()) else {
            continue;
        };
        let bytes = encode(&Envelope { entered_for: Some(entered_for.clone()), ..envelope });
        // A secret that just fits its entry stays unbound there: it is bound again at each look, to the same address.
        if bytes.len() <= store.entry_limit() {
            replaced.push((before, Item { account: account.clone(), label: label.clone(), bytes }));
        }
    }
    if replaced.is_empty() { Ok(()) } else { store.replace(replaced) }
}

/// # Errors
/// What the store says; calling it again finishes the work.
pub(crate) fn erase(store: &dyn Store, accounts: &[String]) -> Result<(), VaultError> {
    let limit = store.entry_limit();
    let mut whole = Vec::new();
    for account in accounts {
        let old = current(store, account)?;
        let note = clear_leftovers(store, account, old.as_ref(), limit)?;
        if note.is_empty() {
            whole.push(account.clone());
            continue;
        }
        let label = "Brickpass: being deleted".to_owned();
        store.put(&[Item { account: note_account(account), label, bytes: encode(&note) }])?;
        store.delete(std::slice::from_ref(account))?;
        delete_chunks(store, account, &note)?;
        store.delete(&[note_account(account)])?;
    }
    if whole.is_empty() { Ok(()) } else { store.delete(&whole) }
}

/// Deletes the chunks of writes that were cut off; answers with the chunks of the secret that is there.
fn clear_leftovers(store: &dyn Store, account: &str, current: Option<&Envelope>, limit: usize) -> Result<Note, VaultError> {
    let in_use: Note = current
        .and_then(|envelope| envelope.manifest.as_ref().map(|manifest| (envelope.generation, manifest.chunks.min(MAX_CHUNKS))))
        .into_iter()
        .collect();
    if limit == usize::MAX {
        return Ok(in_use);
    }
    if let Some(bytes) = store.get(&note_account(account))? {
        let mut leftovers: Note = serde_json::from_slice(&bytes).unwrap_or_default();
        leftovers.retain(|generation, chunks| !in_use.contains_key(generation) && *chunks <= MAX_CHUNKS);
        delete_chunks(store, account, &leftovers)?;
        store.delete(&[note_account(account)])?;
    }
    Ok(in_use)
}

fn delete_chunks(store: &dyn Store, account: &str, note: &Note) -> Result<(), VaultError> {
    let accounts: Vec<String> =
        note.iter().flat_map(|(generation, chunks)| (0..*chunks).map(|at| chunk_account(account, *generation, at))).collect();
    if accounts.is_empty() { Ok(()) } else { store.delete(&accounts) }
}

fn join(store: &dyn Store, account: &str, generation: u64, manifest: &Manifest) -> Result<SecretString, VaultError> {
    if manifest.chunks > MAX_CHUNKS {
        return Err(VaultError::SecretDamaged);
    }
    let mut whole = Zeroizing::new(Vec::new());
    for at in 0..manifest.chunks {
        let part = store.get(&chunk_account(account, generation, at))?.ok_or(VaultError::SecretDamaged)?;
        whole.extend_from_slice(&part);
    }
    if whole.len() != manifest.length || digest(&whole) != manifest.sha256 {
        return Err(VaultError::SecretDamaged);
    }
    std::str::from_utf8(&whole).map(SecretString::from).map_err(|_| VaultError::SecretDamaged)
}

fn current(store: &dyn Store, account: &str) -> Result<Option<Envelope>, VaultError> {
    Ok(store.get(account)?.and_then(|bytes| decode(&bytes)))
}

fn decode(bytes: &[u8]) -> Option<Envelope> {
    serde_json::from_slice(bytes).ok().filter(|envelope: &Envelope| envelope.v == 1)
}

fn encode(value: &impl Serialize) -> Bytes {
    // Maps with string or number keys and strings: there is nothing in them that JSON cannot say.
    super::store::to_wiped_json(value).unwrap_or_default()
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn chunk_account(account: &str, generation: u64, at: usize) -> String {
    format!("{account}/{generation}/c{at}")
}

fn note_account(account: &str) -> String {
    format!("{account}/pending")
}

#[cfg(test)]
mod tests;
