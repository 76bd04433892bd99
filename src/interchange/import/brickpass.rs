//! Our own JSON: see [`crate::interchange::backup`].

use super::{Found, Kind, json};
use crate::{failure::Failure, interchange::backup};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    backup::found(json::parse(Kind::Brickpass, text)?)
}
