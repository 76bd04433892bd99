//! Notes about the tokens of connections, and the connection states that follow from them.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use crate::{blocking::blocking, event::Event, shared::Shared};
use brickpass_core::connection::{BaseUrl, ConnectionId, LastTest, Status};
use brickpass_storage::TokenNote;

pub(super) async fn all(shared: &Arc<Shared>) -> HashMap<ConnectionId, TokenNote> {
    let reader = Arc::clone(shared);
    blocking(move || reader.token_notes.load()).await.unwrap_or_default()
}

/// The connections that use one of these tokens, as far as known.
pub(super) async fn users(shared: &Arc<Shared>, base_url: &BaseUrl, token_ids: &[String]) -> Vec<ConnectionId> {
    let concerned = |note: &TokenNote| note.is_for(base_url) && token_ids.contains(&note.token_id);
    all(shared).await.into_iter().filter(|(_, note)| concerned(note)).map(|(id, _)| id).collect()
}

/// The tokens are gone.
pub(super) async fn forget(shared: &Arc<Shared>, ids: Vec<ConnectionId>) {
    let keeper = Arc::clone(shared);
    let changes: Vec<_> = ids.into_iter().map(|id| (id, None)).collect();
    let forgotten = blocking(move || keeper.token_notes.record(&changes).map(|()| changes));
    // A note about a missing token does no harm: its token cannot be found.
    if let Ok(Ok(changes)) = forgotten.await {
        shared.outbox.send(Event::TokenNotes(changes));
    }
}

/// All notes.
pub(crate) fn tell_notes(shared: &Shared) {
    let notes = shared.token_notes.load().into_iter().map(|(id, note)| (id, Some(note)));
    shared.outbox.send(Event::TokenNotes(notes.collect()));
}

/// Whole days left, if few enough for a warning. `None`: it expires later or never, or its expiry is unknown.
pub(crate) fn expiring(note: &TokenNote, now: Timestamp) -> Option<i64> {
    Status::days_before_warning(note.expires_at?, now)
}

/// A connection's state also changes over time.
pub(crate) fn with_ends(shared: &Shared, mut history: HashMap<ConnectionId, LastTest>, now: Timestamp) -> HashMap<ConnectionId, LastTest> {
    for (id, note) in shared.token_notes.load() {
        if let Some(last) = history.get_mut(&id).filter(|last| last.state == Status::Ok)
            && expiring(&note, now).is_some()
        {
            last.state = Status::Expiring;
        }
    }
    history
}
