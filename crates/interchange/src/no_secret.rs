//! The scan behind every sentence that says "it holds no secret": what is written is searched, and not trusted.

use brickpass_core::{
    connection::{Connection, contains_secret, without_secrets},
    failure::{Code, Failure},
};

/// Does nothing when `text` contains no secret of Databricks.
///
/// # Errors
/// It contains one: names the connection and the field, or the line of the text, and never the secret.
pub fn checked<'a>(text: &str, connections: impl IntoIterator<Item = &'a Connection>) -> Result<(), Failure> {
    if !contains_secret(text) {
        return Ok(());
    }
    let of_a_field = connections.into_iter().find_map(|connection| {
        let field = *connection.fields_with_secret().first()?;
        Some(format!("The {} of \"{}\" {}", field.word(), without_secrets(connection.name.as_str()), field.contains()))
    });
    let where_it_is = of_a_field.unwrap_or_else(|| {
        let line = text.lines().position(contains_secret).map_or(1, |at| at + 1);
        format!("Line {line} would contain")
    });
    Err(Failure::new(
        Code::InvalidInput,
        "Nothing was written.",
        format!("{where_it_is} what looks like a token, and this file must not contain secrets."),
        "Remove the token from that field and try again. If anyone else may have read it, revoke it.",
    ))
}
