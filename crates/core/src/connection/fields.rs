//! What there is to know about a field of a connection. The table, with one entry per field, is in `table.rs`.

mod table;

pub use table::Field;

use super::{Connection, Draft, text};

/// A field, under all its names.
pub struct FieldSpec {
    /// The field itself.
    pub field: Field,
    /// The key of a connection in JSON that holds it; `None`: the vault does.
    pub key: Option<&'static str>,
    /// Of its row.
    pub label: &'static str,
    /// In a sentence.
    pub word: &'static str,
    /// In its row while it is empty.
    pub hint: &'static str,
    /// Titles of its column in a table of connections, where only letters and digits count. The first one is Brickpass' own.
    pub titles: &'static [&'static str],
    /// On the command line.
    pub option: Option<CliOption>,
    /// How it is typed and kept.
    pub kind: FieldKind,
}

/// An option of `add` and `edit` that takes a value.
pub struct CliOption {
    /// Without the dashes.
    pub long: &'static str,
    /// Stands for the value in the help.
    pub value: &'static str,
    /// What the help says, without a period.
    pub help: &'static str,
    /// Can be given several times.
    pub repeats: bool,
}

/// How a field is typed and kept.
pub enum FieldKind {
    /// Kept as it was typed.
    Plain(PlainText),
    /// Typed as a text, and kept as something else.
    Typed(Access<Draft>),
    /// Chosen, made of several parts, or secret.
    Other,
}

/// A field that is text, and nothing but text.
pub struct PlainText {
    /// In the form, as typed.
    pub typed: Access<Draft>,
    /// In the connection, tidied.
    pub kept: Access<Connection>,
    /// Characters; a longer text is refused.
    pub most: usize,
    /// Lines of its row. With one line, a line break is refused.
    pub rows: usize,
    /// What is kept of what was typed.
    pub tidy: fn(&str) -> String,
    /// Is said of a text that is refused, instead of the reason.
    pub refusal: Option<&'static str>,
    /// The filter of the list looks into it.
    pub searched: bool,
    /// A connection that is made after another one gets it: a workspace of an account, a service principal of a workspace.
    pub inherited: bool,
}

/// A text of a form or of a connection: to be read, and to be changed.
pub struct Access<T> {
    /// The text.
    pub get: fn(&T) -> &str,
    /// The text, to be changed.
    pub get_mut: fn(&mut T) -> &mut String,
}

impl Field {
    /// The fields that are text, and nothing but text.
    pub fn plain() -> impl Iterator<Item = (&'static FieldSpec, &'static PlainText)> {
        Self::ALL.into_iter().filter_map(|field| Some((field.spec(), field.spec().plain()?)))
    }

    /// In a sentence.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.spec().word
    }

    /// The verb behind [`Self::word`].
    #[must_use]
    pub const fn contains(self) -> &'static str {
        match self {
            Self::Scopes | Self::Tags => "contain",
            _ => "contains",
        }
    }
}

impl FieldSpec {
    /// What a field that is plain text has in addition; `None` for the others.
    #[must_use]
    pub const fn plain(&self) -> Option<&PlainText> {
        if let FieldKind::Plain(text) = &self.kind { Some(text) } else { None }
    }

    /// What is typed as text.
    #[must_use]
    pub const fn typed(&self) -> Option<&Access<Draft>> {
        match &self.kind {
            FieldKind::Plain(text) => Some(&text.typed),
            FieldKind::Typed(typed) => Some(typed),
            FieldKind::Other => None,
        }
    }

    /// The title of its column in a table of connections that Brickpass writes; empty for a field that has none.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        if let [title, ..] = self.titles { title } else { "" }
    }
}

impl PlainText {
    /// What is kept of what was typed.
    ///
    /// # Errors
    /// It is too long, or contains a character that cannot be seen.
    pub(super) fn read(&self, word: &str, typed: &str) -> Result<String, String> {
        let kept = (self.tidy)(typed);
        let seen = if self.rows > 1 { text::unfit(&kept.replace(['\n', '\t'], " ")) } else { text::unfit(&kept) };
        let wrong = match seen {
            _ if kept.chars().count() > self.most => format!("Use at most {} characters", grouped(self.most)),
            Some(unfit) => format!("The {word} contains {unfit}; remove it"),
            None => return Ok(kept),
        };
        Err(self.refusal.map_or(wrong, str::to_owned))
    }
}

impl<T> Access<T> {
    /// Takes the text over from another one.
    pub fn copy(&self, from: &T, to: &mut T) {
        (self.get)(from).clone_into((self.get_mut)(to));
    }
}

impl CliOption {
    const fn once(long: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { long, value, help, repeats: false }
    }
}

/// `2,000`
fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::ConnectionId;

    /// Keys that are not filled in by hand.
    const NOT_FILLED_IN: [&str; 4] = ["id", "address_confirmed", "sign_in_of", "pinned"];

    fn connection() -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = "Sales".into();
        draft.base_url = "https://dbc-1.cloud.databricks.com".into();
        draft.review(&|_| false).result.unwrap().connection
    }

    #[test]
    fn every_key_of_a_connection_is_in_the_table() {
        for key in Connection::keys() {
            let in_table = Field::ALL.iter().any(|field| field.spec().key == Some(*key));
            assert!(in_table != NOT_FILLED_IN.contains(key), "{key} needs an entry in the table");
        }
        for field in Field::ALL {
            assert_eq!(field.spec().field, field);
            assert!(field.spec().key.is_none_or(|key| Connection::keys().contains(&key)), "{field:?}");
        }
    }

    #[test]
    fn no_two_fields_have_one_name() {
        let names: [fn(&FieldSpec) -> Vec<&'static str>; 4] = [
            |spec| vec![spec.label],
            |spec| vec![spec.word],
            |spec| spec.titles.to_vec(),
            |spec| spec.option.iter().map(|option| option.long).collect(),
        ];
        for names in names {
            let mut all: Vec<&str> = Field::ALL.iter().flat_map(|field| names(field.spec())).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{all:?}");
        }
    }

    #[test]
    fn a_plain_text_is_typed_kept_and_written_under_its_own_key() {
        for (spec, text) in Field::plain() {
            let mut draft = Draft::from_connection(&connection());
            *(text.typed.get_mut)(&mut draft) = "  kept ".to_owned();
            let made = draft.review(&|_| false).result.unwrap().connection;
            assert_eq!((text.kept.get)(&made), "kept", "{:?}", spec.field);
            let key = spec.key.unwrap();
            assert_eq!((key, spec.title()), (spec.title(), key), "one name in JSON and in tables");
            assert_eq!(serde_json::to_value(&made).unwrap()[key], "kept");
            assert_eq!((text.typed.get)(&Draft::from_connection(&made)), "kept");
            let differing = Field::plain().filter(|(_, other)| (other.kept.get)(&made) == "kept").count();
            assert_eq!(differing, 1, "{:?} shares its text", spec.field);
            draft.clear(spec.field);
            assert_eq!((text.typed.get)(&draft), "");
        }
    }

    #[test]
    fn a_text_that_is_too_long_or_cannot_be_seen_is_refused() {
        let read = |field: Field, typed: &str| field.spec().plain().unwrap().read(field.word(), typed);
        assert_eq!(read(Field::Description, " a\r\nb\tc ").unwrap(), "a\nb\tc");
        assert_eq!(read(Field::Description, &"x".repeat(2_001)).unwrap_err(), "Use at most 2,000 characters");
        assert_eq!(read(Field::Description, "a\u{7}").unwrap_err(), "The description contains a control character; remove it");
        assert_eq!(read(Field::Folder, " Sales // Nightly ").unwrap(), "Sales/Nightly");
        for wrong in ["x".repeat(201), "a\nb".to_owned()] {
            assert_eq!(read(Field::Folder, &wrong).unwrap_err(), "A folder can have at most 200 characters, for example Sales/Nightly");
        }
    }
}
