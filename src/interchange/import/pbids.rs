//! Power BI's data source file (`.pbids`): address and HTTP path, never a secret.

use serde_json::Value;

use super::{Found, FoundConnection, Kind, json};
use crate::failure::Failure;

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Pbids);
    let document = json::parse(Kind::Pbids, text)?;
    for connection in document.get("connections").and_then(Value::as_array).into_iter().flatten().take(super::MOST + 1) {
        let details = connection.get("details");
        let protocol = details.and_then(|details| json::scalar(details.get("protocol"))).unwrap_or_default();
        if !protocol.starts_with("databricks") {
            found.ignore("protocol", "not a connection to Databricks");
            continue;
        }
        let address = details.and_then(|details| details.get("address"));
        let mut made = FoundConnection::at("");
        made.host(json::given(address.and_then(|address| address.get("host"))).as_ref(), "host");
        "Power BI".clone_into(&mut made.place);
        made.settle_level();
        made.remark("Power BI asks how to sign in itself; here it will sign in through the browser.");
        if address.is_some_and(|address| address.get("path").is_some()) {
            found.ignore("path", "a connection names no compute; it is chosen when the connection is handed over");
        }
        found.connections.push(made);
    }
    Ok(found)
}
