//! Values of files, addresses and connection strings.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Quoted, Unwritable, trimmed, visible, without};

/// # Errors
/// It holds what cannot be seen.
pub fn json(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(serde_json::Value::from(visible(value)?).to_string()))
}

/// Always in double quotation marks, with JSON's escapes, so that no `yes` or `1e3` is taken for something else.
///
/// # Errors
/// It holds what cannot be seen.
pub fn yaml(value: &str) -> Result<Quoted, Unwritable> {
    json(value)
}

/// For a file that Jinja goes over before it is used (dbt).
///
/// # Errors
/// What cannot be seen, or the begin of a template.
pub fn yaml_jinja(value: &str) -> Result<Quoted, Unwritable> {
    yaml(without(value, &["{{", "{%", "{#"], "dbt")?)
}

/// A key of a mapping, which may have 1,024 characters (YAML 1.2, section 7.4.2), for a file that Jinja goes over.
///
/// # Errors
/// As [`yaml_jinja`]; too long.
pub fn yaml_key_jinja(value: &str) -> Result<Quoted, Unwritable> {
    let key = yaml_jinja(value)?;
    if key.expose().chars().count() > 1000 { Err(Unwritable::TooLong("YAML")) } else { Ok(key) }
}

/// For a file in which `${{` begins an expression (GitHub Actions).
///
/// # Errors
/// What cannot be seen, or the begin of an expression.
pub fn yaml_workflow(value: &str) -> Result<Quoted, Unwritable> {
    yaml(without(value, &["${{"], "GitHub Actions")?)
}

/// Fit for a program that goes over the texts of its files for templates: Nunjucks, Postman, Bruno, Insomnia.
///
/// # Errors
/// What cannot be seen, or the begin of a template.
pub fn no_template(value: &str) -> Result<&str, Unwritable> {
    without(visible(value)?, &["{{", "{%", "{#", "${"], "the program")
}

/// For a YAML file whose texts the program goes over for templates (Insomnia, bundles).
///
/// # Errors
/// As [`no_template`].
pub fn yaml_template(value: &str) -> Result<Quoted, Unwritable> {
    yaml(no_template(value)?)
}

/// Everything but the unreserved characters (RFC 3986, section 2.3) as `%XX`.
///
/// # Errors
/// It holds what cannot be seen.
pub fn percent(value: &str) -> Result<Quoted, Unwritable> {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    Ok(Quoted::new(utf8_percent_encode(visible(value)?, RESERVED).to_string()))
}

/// Of a `.env` file, as the libraries of that name read it: python-dotenv expands `${NAME}` also between single quotation marks, and
/// dotenv-expand `$NAME`; a backslash means different things to each.
///
/// # Errors
/// What cannot be seen, `'`, `$`, or a backslash that is read otherwise somewhere.
pub fn dotenv(value: &str) -> Result<Quoted, Unwritable> {
    let value = visible(value)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte)) {
        return Ok(Quoted::new(value.to_owned()));
    }
    let value = without(value, &["'", "$", r"\\", "`"], "a .env file's reader")?;
    if value.ends_with('\\') {
        return Err(Unwritable::Backslash("a .env file's reader"));
    }
    Ok(Quoted::new(format!("'{value}'")))
}

/// Of a file for `docker run --env-file`, which takes the rest of the line as it is; written so that Compose, Podman and systemd read the same.
///
/// # Errors
/// What cannot be seen, quotation marks, backslashes, `$`, `#`, blanks at the ends.
pub fn env_file(value: &str) -> Result<Quoted, Unwritable> {
    const READERS: &str = "one of Docker, Compose and systemd";
    let value = without(trimmed(value, READERS)?, &["'", "\"", "\\", "$", "#", "`"], READERS)?;
    Ok(Quoted::new(value.to_owned()))
}

/// Of `.databrickscfg`, as Go, Python and Java all read it.
///
/// # Errors
/// What cannot be seen, quotation marks, backslashes, `#`, `;`, `%`, `$`, backquotes, blanks at the ends; empty.
pub fn ini(value: &str) -> Result<Quoted, Unwritable> {
    const READERS: &str = "one of Databricks' tools";
    if value.is_empty() {
        return Err(Unwritable::Empty);
    }
    let value = without(trimmed(value, READERS)?, &["'", "\"", "\\", "#", ";", "%", "$", "`", ","], READERS)?;
    // Java's reader takes `a = b` apart at either of these.
    if value.starts_with(['=', ':', '[']) {
        return Err(Unwritable::Sign { sign: "= or : or [ at the start", reader: READERS });
    }
    Ok(Quoted::new(value.to_owned()))
}

/// Of a JDBC URL of Databricks, whose driver splits at `;` and `=` and knows no way around that.
/// Source: databricks-jdbc, `DatabricksConnectionContext.parse`.
///
/// # Errors
/// What cannot be seen, `;`, `=`, braces, blanks at the ends; empty.
pub fn jdbc(value: &str) -> Result<Quoted, Unwritable> {
    const READER: &str = "the JDBC driver";
    if value.is_empty() {
        return Err(Unwritable::Empty);
    }
    Ok(Quoted::new(without(trimmed(value, READER)?, &[";", "=", "{", "}"], READER)?.to_owned()))
}

/// Of a key in `odbc.ini`, which knows no quotation marks.
///
/// # Errors
/// What cannot be seen, `;`, `#`, blanks at the ends, over 1,000 bytes; empty.
pub fn odbc_ini(value: &str) -> Result<Quoted, Unwritable> {
    const READER: &str = "odbc.ini";
    if value.is_empty() {
        return Err(Unwritable::Empty);
    }
    // unixODBC: INI_MAX_PROPERTY_VALUE.
    if value.len() >= 1000 {
        return Err(Unwritable::TooLong(READER));
    }
    Ok(Quoted::new(without(trimmed(value, READER)?, &[";", "#"], READER)?.to_owned()))
}

/// Of an ODBC connection string: in braces where it is more than a word, `}` twice.
///
/// # Errors
/// It holds what cannot be seen.
pub fn connection_string(value: &str) -> Result<Quoted, Unwritable> {
    let value = visible(value)?;
    let is_word = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:-".contains(&byte));
    Ok(Quoted::new(if is_word { value.to_owned() } else { format!("{{{}}}", value.replace('}', "}}")) }))
}

/// One of several values that `|` separates (`DBeaver`).
///
/// # Errors
/// What cannot be seen, `|`, blanks at the ends; empty.
pub fn pair(value: &str) -> Result<Quoted, Unwritable> {
    if value.is_empty() {
        return Err(Unwritable::Empty);
    }
    Ok(Quoted::new(without(trimmed(value, "the program")?, &["|"], "the program")?.to_owned()))
}

/// RFC 4180, always in quotation marks.
///
/// # Errors
/// It holds what cannot be seen.
pub fn csv_cell(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(format!("\"{}\"", visible(value)?.replace('"', "\"\""))))
}

/// As [`csv_cell`], with `'` before what a spreadsheet would compute.
///
/// # Errors
/// It holds what cannot be seen.
pub fn csv_formula(value: &str) -> Result<Quoted, Unwritable> {
    let computes = value.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']);
    if computes { csv_cell(&format!("'{value}")) } else { csv_cell(value) }
}

/// A text of Data Factory, where `@` begins an expression; it goes into JSON afterwards.
#[must_use]
pub fn data_factory_text(value: &str) -> Cow<'_, str> {
    let inner = if value.contains("@{") { Cow::Owned(value.replace("@{", "@@{")) } else { Cow::Borrowed(value) };
    // The one at the beginning is doubled already when a brace is behind it.
    if value.starts_with('@') && !value.starts_with("@{") { Cow::Owned(format!("@{inner}")) } else { inner }
}

/// A text of an ARM template, where `[` at the beginning and `]` at the end make an expression; it goes into JSON afterwards. With `[` alone,
/// readers disagree: such a text stands as a literal within an expression.
#[must_use]
pub fn arm_text(value: &str) -> Cow<'_, str> {
    if !value.starts_with('[') {
        return Cow::Borrowed(value);
    }
    Cow::Owned(if value.ends_with(']') { format!("[{value}") } else { format!("['{}']", value.replace('\'', "''")) })
}

/// An address that was read and written again, as the only thing on its place: nothing in it but what an address has (RFC 3986).
///
/// # Errors
/// Anything else, of which a [`brickpass_core::connection::BaseUrl`] has nothing.
pub fn address(value: &str) -> Result<Quoted, Unwritable> {
    const SIGNS: &[u8] = b"-._~:/?[]@&=+%,";
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || SIGNS.contains(&byte)) {
        return Ok(Quoted::new(value.to_owned()));
    }
    Err(Unwritable::Sign { sign: "characters that are not allowed in an address", reader: "the program" })
}

/// Of a header of HTTP: visible ASCII, as all readers take it (RFC 9110, section 5.5).
///
/// # Errors
/// Anything else.
pub fn header(value: &str) -> Result<Quoted, Unwritable> {
    let value = trimmed(value, "the server")?;
    if value.is_ascii() {
        return Ok(Quoted::new(value.to_owned()));
    }
    Err(Unwritable::Sign { sign: "letters beyond ASCII", reader: "the server" })
}

/// A line that was put together elsewhere, value by value, in the grammar of its reader.
///
/// # Errors
/// It is more than one line, or holds what cannot be seen.
pub fn line(value: &str) -> Result<Quoted, Unwritable> {
    Ok(Quoted::new(visible(value)?.to_owned()))
}
