//! Saves that a killed process left half-way: secrets are stored before the entries of their connections.

use jiff::Timestamp;

use crate::shared::Shared;
use brickpass_core::connection::ConnectionId;
use brickpass_storage::{Begun, LeftOver, SecretId, Unfinished};

/// Before secrets of these connections are stored; `true`: one that is not on the list yet. A save does not fail for want of a note.
pub(super) fn saving(shared: &Shared, connections: impl IntoIterator<Item = (ConnectionId, bool)>) -> Option<Unfinished> {
    let (new, changed): (Vec<_>, Vec<_>) = connections.into_iter().partition(|(_, new)| *new);
    let ids = |them: Vec<(ConnectionId, bool)>| them.into_iter().map(|(id, _)| id).collect();
    shared.journal.begin(Timestamp::now(), &Begun::Save { new: ids(new), changed: ids(changed) }).ok()
}

/// The entries are written, or everything is as it was; `uncertain`: perhaps it is not.
pub(super) fn saved(saving: Option<Unfinished>, uncertain: bool) {
    if !uncertain && let Some(saving) = saving {
        saving.end();
    }
}

/// Deletes the secrets whose entries were never written, and tells what may be half saved. What cannot be done now stays noted.
pub(crate) fn finish_interrupted_saves(shared: &Shared) {
    let words = shared.journal.left_over().into_iter().filter_map(|left| one(shared, &left)).collect();
    shared.tell_attention(words);
}

fn one(shared: &Shared, left: &LeftOver) -> Option<String> {
    let Begun::Save { new, changed } = &left.begun else { return None };
    let listed = shared.library.ids().ok()?;
    let orphans = new.iter().filter(|id| !listed.contains(id));
    let keys: Vec<SecretId> = orphans.flat_map(|connection| SecretId::all_of(*connection)).collect();
    if !keys.is_empty() {
        shared.vault().delete_all(&keys).ok()?;
    }
    shared.journal.settle(left);
    let day = left.since.strftime("%Y-%m-%d %H:%M UTC");
    let entries = shared.library.load().map(|snapshot| snapshot.entries).unwrap_or_default();
    let half: Vec<&str> =
        entries.iter().filter(|entry| changed.contains(&entry.connection.id)).map(|entry| entry.connection.name.as_str()).collect();
    if !half.is_empty() {
        let names = half.join(", ");
        return Some(format!(
            "A save on {day} was interrupted. The secret of {names} may be newer than the other fields: check it and save again."
        ));
    }
    (!keys.is_empty()).then(|| format!("A save on {day} was interrupted. Secrets that no connection uses were deleted."))
}
