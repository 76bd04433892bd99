//! Addresses as copied from a browser, one a line.

use super::{Found, FoundConnection, Kind, found::Given};
use brickpass_core::connection::BaseUrl;

pub(super) const READER: super::Reader =
    super::Reader { word: "address", label: "Address", phrase: "address", read: |text, _| Ok(read(text)), nothing: super::NO_CONNECTION };

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new(Kind::Address);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(super::MAX_CONNECTIONS + 1) {
        let place = BaseUrl::read(line).map_or_else(|_| "Address".to_owned(), |pasted| pasted.base_url.host().to_owned());
        let mut made = FoundConnection::at(&place);
        made.host(Some(&Given::text(line)), "address");
        made.settle_level();
        made.remark("Browser sign-in is used. You can change this in the form.");
        found.connections.push(made);
    }
    found
}
