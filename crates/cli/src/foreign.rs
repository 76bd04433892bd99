//! What a file of another program holds, as it is shown: a secret in it is stars wherever it stands, also as the name of a section or as a key.

use brickpass_core::connection::{secrets_starred, unfit};
use serde_json::Value;

/// For a terminal: its control characters do nothing there.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in secrets_starred(text).chars() {
        let mut one = [0; 4];
        if c != '\t' && unfit(c.encode_utf8(&mut one)).is_some() {
            clean.extend(c.escape_unicode());
        } else {
            clean.push(c);
        }
    }
    clean
}

/// For `--json`: every text of the document, its keys as well.
pub(super) fn document(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(secrets_starred(&text)),
        Value::Array(values) => values.into_iter().map(document).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (secrets_starred(&key), document(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAT: &str = "dapi0123456789abcdef0123456789abcdef";

    #[test]
    fn what_another_program_wrote_does_nothing_to_the_terminal_and_shows_no_secret() {
        assert_eq!(clean("a\u{1b}[31m\u{202e}b\tæ"), "a\\u{1b}[31m\\u{202e}b\tæ");
        assert_eq!(clean(&format!("[{PAT}]\u{1b}")), "[***]\\u{1b}");
        let shown = document(json!({ "a": [PAT, 1, null], PAT: { "b": format!("at {PAT}, twice {PAT}") } }));
        assert_eq!(shown, json!({ "a": ["***", 1, null], "***": { "b": "at ***, twice ***" } }));
    }
}
