//! What unit tests of this crate share.

use brickpass_core::connection::{Connection, ConnectionId, Draft};

/// A valid connection to one Azure workspace, with a change to its form.
pub(crate) fn connection(name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    name.clone_into(&mut draft.name);
    "https://adb-1.2.azuredatabricks.net".clone_into(&mut draft.base_url);
    change(&mut draft);
    draft.review(&|_| false).result.unwrap().connection
}
