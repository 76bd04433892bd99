//! What the last test found, kept with the connection that was tested.

use crate::{
    event::Event,
    shared::Shared,
    testing::{Subject, Tested},
};
use brickpass_core::connection::{ConnectionId, LastTest};

/// The result of a test stays with a connection that is saved as it was tested; any other edit makes it untested.
pub(super) fn keep_result(shared: &Shared, id: ConnectionId, saved: &Subject) {
    let mut tested = shared.tested();
    let last: Option<LastTest> = match tested.get(&id) {
        Some(Tested { subject, last }) if subject == saved => Some(last.clone()),
        Some(Tested { subject, last }) if subject.clone().stored() == *saved => Some(last.clone()),
        _ => None,
    };
    if let Some(last) = &last {
        tested.insert(id, Tested { subject: saved.clone().stored(), last: last.clone() });
    }
    drop(tested);
    shared.history.record(&[(id, last.clone())]);
    shared.outbox.send(Event::History(vec![(id, last)]));
}
