//! Tableau's data sources and workbooks (`.tds`, `.twb`): XML with a connection of the class `databricks`. They hold no secret.

use quick_xml::{Reader, XmlVersion, events::Event};

use super::{Found, FoundConnection, Kind, damaged, found::Given, text::position};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "tableau",
    label: "Tableau data source",
    phrase: "Tableau data source",
    read: |text, _| read(text),
    nothing: "It contains no connection of the class databricks.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Tableau);
    let mut reader = Reader::from_str(text);
    loop {
        let event = reader.read_event().map_err(|_| {
            let (line, _) = position(text, usize::try_from(reader.error_position()).unwrap_or_default());
            damaged(Kind::Tableau, format!("Line {line}: this is not valid XML."))
        })?;
        match event {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == b"connection" => {
                let value = |name: &str| {
                    let attribute = element.try_get_attribute(name).ok()??;
                    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
                };
                if value("class").is_some_and(|class| class.starts_with("databricks")) {
                    let mut made = FoundConnection::at("");
                    made.host(value("server").as_deref().map(Given::text).as_ref(), "server");
                    made.settle_level();
                    made.remark("Tableau asks for the sign-in itself; in Brickpass, browser sign-in is used.");
                    found.push(made);
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}
