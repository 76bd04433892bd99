//! Every format that a connection can be written in. One file a format; this is the list of all of them.

mod databrickscfg;
mod env;
pub(crate) mod parts;

use super::format::Format;

/// In the order in which they are offered within their group.
pub const FORMATS: &[&Format] =
    &[&databrickscfg::DATABRICKSCFG, &env::SH, &env::FISH, &env::POWERSHELL, &env::CMD, &env::DOTENV, &env::DOCKER];

/// The format of that word.
#[must_use]
pub fn find(id: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.id == id)
}
