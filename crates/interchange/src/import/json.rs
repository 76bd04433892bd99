//! Looking into JSON that anybody may have written.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Kind, damaged, found::Given};
use brickpass_core::failure::Failure;

/// # Errors
/// Not JSON: where, without a word of it.
pub(super) fn parse(kind: Kind, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text)
        .map_err(|error| damaged(kind, format!("It is not valid JSON: line {}, column {}.", error.line(), error.column())))
}

/// As `parse`, of the JSON that editors keep their settings in: with comments, and with a comma behind the last entry.
///
/// # Errors
/// As `parse`; places are those of the text as it is.
pub(super) fn lenient(kind: Kind, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).or_else(|_| parse(kind, &without_comments(text)))
}

/// Comments, and commas before a closing bracket, become blanks, so that every place keeps its line and column.
fn without_comments(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    // Where a comma stands that may be the last one.
    let mut comma: Option<usize> = None;
    // What stands before it, blanks aside.
    let mut last = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c == '"' {
            string_length(rest)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            c.len_utf8()
        };
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        let is_comment = c == '/' && piece.len() > 1;
        let before = last;
        if !c.is_whitespace() && !is_comment {
            last = c;
        }
        match c {
            '/' if is_comment => plain.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' })),
            ',' => {
                comma = (!matches!(before, '{' | '[' | ',' | ':')).then_some(plain.len());
                plain.push(c);
            }
            ']' | '}' => {
                if let Some(at) = comma.take() {
                    plain.replace_range(at..=at, " ");
                }
                plain.push(c);
            }
            c => {
                if !c.is_whitespace() {
                    comma = None;
                }
                plain.push_str(piece);
            }
        }
    }
    plain
}

/// The length in bytes of the string that the text begins with, both quotation marks included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A string, or a number as it is written.
pub(super) fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(super) fn given(value: Option<&Value>) -> Option<Given> {
    scalar(value).map(|text| Given::text(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_last_commas_of_an_editors_settings_are_passed_over() {
        let text = "// top\n{\n  /* a */ \"a\": \"x // no comment, ]\", // b\n  \"b\": [1, 2, ],\n}\n";
        let value = lenient(Kind::Settings, text).unwrap();
        assert_eq!(value, serde_json::json!({ "a": "x // no comment, ]", "b": [1, 2] }));
        let failure = lenient(Kind::Settings, "{\n  // é\n  \"a\": x\n}").unwrap_err();
        assert!(failure.why.contains("line 3, column 8"), "{failure}");
        for broken in ["\"", "{\"a", "/*", "{,}", "//"] {
            assert!(lenient(Kind::Settings, broken).is_err(), "{broken}");
        }
    }
}
