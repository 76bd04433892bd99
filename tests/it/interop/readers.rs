//! Every export, read back by the program for which it is meant, as its maker publishes it: the score over all hostile values.

use crate::{export, support::skip};

#[test]
#[ignore = "installs readers from their registries, which takes minutes the first time: make interop"]
fn every_export_is_read_back_exactly_or_was_refused() {
    let table = export::read_back::table();
    for (reader, why) in &table.missing {
        skip(&format!("interop: {reader}"), why);
    }
    // One piece: other tests print too.
    print!("\n{}", table.text);
    assert!(table.wrong.is_empty(), "{} wrong:\n{}\n{}", table.wrong.len(), table.wrong.join("\n"), table.text);
}
