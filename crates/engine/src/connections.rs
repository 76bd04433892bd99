//! The list of connections with its secrets: read, saved, removed, imported. What writes runs in the queue of writes.

mod import;
mod interrupted;
mod list;
mod not_stored;
mod read;
mod remove;
mod save;
mod test_result;
mod token;

pub use self::{
    import::{Import, ImportUndone, Imported, UndoImport},
    read::{Refresh, Start},
    remove::{Purge, Purged, Remove, Restore},
    save::{Duplicate, Save, SaveOutcome},
};
pub(super) use self::{
    interrupted::finish_interrupted_saves,
    list::broadcast,
    not_stored::NotStored,
    token::{Former, StoreToken},
};
