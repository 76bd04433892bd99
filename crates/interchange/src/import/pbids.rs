//! Power BI: its data source file (`.pbids`), and queries in its own language (`.pq`). They hold an address and an HTTP path, never a secret.

use serde_json::Value;

use super::{Found, FoundConnection, Kind, found::Given, json};
use brickpass_core::failure::Failure;

/// The functions that open Databricks, each with the host as its first argument.
const FUNCTIONS: [&str; 6] = [
    "Databricks.Catalogs(",
    "Databricks.Query(",
    "Databricks.Contents(",
    "DatabricksMultiCloud.Catalogs(",
    "DatabricksMultiCloud.Query(",
    "DatabricksMultiCloud.Contents(",
];

pub(super) const READER: super::Reader = super::Reader {
    word: "pbids",
    label: "Power BI",
    phrase: "Power BI",
    read: |text, _| read(text),
    nothing: "It contains no Databricks connection.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Pbids);
    if !text.trim_start().starts_with('{') {
        queries(text).for_each(|host| found.push(connection(Some(&host))));
        return Ok(found);
    }
    let document = json::parse(Kind::Pbids, text)?;
    for source in document.get("connections").and_then(Value::as_array).into_iter().flatten() {
        let details = source.get("details");
        let protocol = details.and_then(|details| json::scalar(details.get("protocol"))).unwrap_or_default();
        if !protocol.starts_with("databricks") {
            found.ignore("protocol", "not a connection to Databricks");
            continue;
        }
        let address = details.and_then(|details| details.get("address"));
        let mut made = connection(json::given(address.and_then(|address| address.get("host"))).as_ref());
        if address.is_some_and(|address| address.get("path").is_some()) {
            made.ignore("path", "connections contain no compute; choose it when you export");
        }
        found.push(made);
    }
    Ok(found)
}

/// Whether a text is a query that opens Databricks.
pub(super) fn is_query(text: &str) -> bool {
    FUNCTIONS.iter().any(|function| text.contains(function))
}

/// What stands for the host in each call, a text or the name of a parameter.
fn queries(text: &str) -> impl Iterator<Item = Given> {
    FUNCTIONS.iter().flat_map(move |function| text.split(function).skip(1)).map(|rest| {
        let rest = rest.trim_start();
        match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((host, _)) => Given::text(host),
            None => Given::Elsewhere("the query gets it from a parameter".to_owned()),
        }
    })
}

fn connection(host: Option<&Given>) -> FoundConnection {
    let mut made = FoundConnection::at("");
    made.host(host, "host");
    "Power BI".clone_into(&mut made.place);
    made.settle_level();
    made.remark("Power BI asks for the sign-in itself; in Brickpass, browser sign-in is used.");
    made
}
