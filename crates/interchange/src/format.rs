//! What a format is: what it asks for, and how it is made. The registry of all of them is [`super::export`].

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::no_secret;

use brickpass_core::{
    connection::{AuthMethod, Connection},
    failure::{Code, Failure},
};

/// What is handed over.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub connection: &'a Connection,
    /// Only when the person asked for it to stand in the export, and never a token of a browser sign-in.
    pub secret: Option<&'a SecretString>,
    /// What the connection is called in `.databrickscfg`: see [`ProfileName::of`](super::databrickscfg::ProfileName::of).
    pub profile: &'a str,
    /// The program that gives tokens to Databricks' tools: its whole path.
    pub helper: &'a str,
}

/// Where a format belongs in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Databricks' own tools: CLI, SDKs, Connect, VS Code.
    Databricks,
    /// Data Factory, Airflow, dbt, Power BI...
    Integration,
    /// SQL connectors, JDBC, ODBC.
    Sql,
    /// Shells, Terraform, GitHub, Kubernetes.
    Deployment,
    /// curl, Postman, Bruno, Insomnia.
    Http,
    /// Inventories of connections.
    Inventory,
}

/// What may be chosen from the live workspace instead of being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pick {
    Cluster,
    /// Gives the HTTP path of a SQL warehouse, `/sql/1.0/warehouses/<id>`.
    HttpPath,
    NodeType,
    RuntimeVersion,
    InstancePool,
    Policy,
    Catalog,
    /// Within the catalog that was chosen.
    Schema,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// Word and label of each choice; the first is the default.
    Choice(&'static [(&'static str, &'static str)]),
    Pick(Pick),
    /// Several of something, one a line.
    Lines,
    /// `yes` or empty.
    Flag,
}

/// Something that a format wants to know besides the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub id: &'static str,
    pub label: &'static str,
    pub kind: FieldKind,
    /// What it is when the person says nothing; empty: nothing.
    pub default: &'static str,
    pub required: bool,
    /// Shown only when another field has one of these values: its id and the values.
    pub when: Option<(&'static str, &'static [&'static str])>,
    /// Few people need it: the window folds it away, behind the others.
    pub rare: bool,
    /// One line of help.
    pub hint: &'static str,
}

impl Field {
    /// A text that may be left empty.
    #[must_use]
    pub const fn text(id: &'static str, label: &'static str) -> Self {
        Self { id, label, kind: FieldKind::Text, default: "", required: false, when: None, rare: false, hint: "" }
    }

    #[must_use]
    pub const fn choice(id: &'static str, label: &'static str, choices: &'static [(&'static str, &'static str)]) -> Self {
        Self { kind: FieldKind::Choice(choices), ..Self::text(id, label) }
    }

    #[must_use]
    pub const fn pick(id: &'static str, label: &'static str, pick: Pick) -> Self {
        Self { kind: FieldKind::Pick(pick), ..Self::text(id, label) }
    }

    #[must_use]
    pub const fn flag(id: &'static str, label: &'static str) -> Self {
        Self { kind: FieldKind::Flag, ..Self::text(id, label) }
    }

    /// As `text`, of several lines.
    #[must_use]
    pub const fn lines(id: &'static str, label: &'static str) -> Self {
        Self { kind: FieldKind::Lines, ..Self::text(id, label) }
    }

    #[must_use]
    pub const fn rare(self) -> Self {
        Self { rare: true, ..self }
    }

    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    #[must_use]
    pub const fn when(self, field: &'static str, values: &'static [&'static str]) -> Self {
        Self { when: Some((field, values)), ..self }
    }

    #[must_use]
    pub const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

/// What the person answered, by the ids of fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.insert(field.to_owned(), value.into());
    }

    /// Trimmed; `None` when nothing was said and nothing is the default.
    #[must_use]
    pub fn get(&self, field: &Field) -> Option<&str> {
        let said = self.0.get(field.id).map(|value| value.trim()).filter(|value| !value.is_empty());
        said.or(Some(field.default)).filter(|value| !value.is_empty())
    }

    /// As `get`; of a choice, the first one when nothing is said.
    #[must_use]
    pub fn chosen(&self, field: &Field) -> Option<&str> {
        let first = if let FieldKind::Choice(choices) = field.kind { choices.first().map(|(word, _)| *word) } else { None };
        self.get(field).or(first)
    }

    #[must_use]
    pub fn is_set(&self, field: &Field) -> bool {
        self.get(field).is_some()
    }
}

/// One format of another tool.
pub struct Format {
    /// A word for the command line: `databrickscfg`, `env-sh`.
    pub id: &'static str,
    pub title: &'static str,
    pub group: Group,
    /// The secret can stand in it when the person asks for that; where it goes, in words for the warning.
    pub takes_secret: Option<&'static str>,
    pub fields: &'static [Field],
    /// Plain: no I/O, no clock. Every value that a person or a server wrote goes through one of the functions of [`super::escape`].
    pub make: fn(&Subject<'_>, &Answers) -> Result<Document, Failure>,
}

impl Format {
    /// These answers, and beside them each other choice of each field, one at a time: every form that the format has.
    #[must_use]
    pub fn forms(&self, answers: &Answers) -> Vec<Answers> {
        let mut all = vec![answers.clone()];
        for field in self.fields {
            if let FieldKind::Choice(choices) = field.kind {
                all.extend(choices.iter().skip(1).map(|(word, _)| {
                    let mut other = answers.clone();
                    other.set(field.id, *word);
                    other
                }));
            }
        }
        all
    }

    /// The export, once the answers are looked at: no unknown field, no choice that does not exist, nothing missing. An answer to a field that is
    /// not shown counts for nothing.
    ///
    /// # Errors
    /// An answer that the format cannot take; a value that it cannot write; a secret in what is to hold none.
    pub fn write(&self, subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
        let mut document = self.write_with([subject.connection], answers, |counting| (self.make)(subject, counting))?;
        document.notes.extend(lost_scopes(subject.connection, &document));
        Ok(document)
    }

    /// As `write`, for what is about all connections.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn write_with<'a>(
        &self,
        connections: impl IntoIterator<Item = &'a Connection>,
        answers: &Answers,
        make: impl FnOnce(&Answers) -> Result<Document, Failure>,
    ) -> Result<Document, Failure> {
        let mut counting = Answers::default();
        for id in answers.0.keys() {
            if !self.fields.iter().any(|field| field.id == id) {
                return Err(self.unknown_field(id));
            }
        }
        for field in self.fields {
            if !self.asks_for(field, &|other| answers.chosen(other)) {
                continue;
            }
            match (answers.chosen(field), field.kind) {
                (Some(value), FieldKind::Choice(choices)) if !choices.iter().any(|(word, _)| *word == value) => {
                    return Err(no_such_choice(field, choices));
                }
                (Some(value), FieldKind::Flag) if value != "yes" => return Err(no_such_choice(field, &[("yes", "")])),
                (Some(value), _) => counting.set(field.id, value),
                (None, _) if field.required => return Err(missing(field)),
                (None, _) => {}
            }
        }
        let document = make(&counting).map(|document| Document { format: self.id, ..document })?;
        if !document.contains_secret {
            let texts: Vec<&str> = document.files.iter().map(|file| file.text.expose_secret()).collect();
            no_secret::checked(&texts.join("\n"), connections)?;
        }
        Ok(document)
    }

    /// Whether a field is to be shown, as the ones before it are answered. One that depends on a hidden field is hidden too.
    pub fn asks_for<'a>(&self, field: &Field, answer: &dyn Fn(&'static Field) -> Option<&'a str>) -> bool {
        let Some((id, values)) = field.when else { return true };
        let other = self.fields.iter().take_while(|other| other.id != field.id).find(|other| other.id == id);
        other.is_some_and(|other| answer(other).is_some_and(|value| values.contains(&value)) && self.asks_for(other, answer))
    }

    fn unknown_field(&self, id: &str) -> Failure {
        let known: Vec<&str> = self.fields.iter().map(|field| field.id).collect();
        Failure::new(
            Code::InvalidInput,
            format!("This format has no field \"{}\".", id.escape_debug()),
            if known.is_empty() { "It has no fields.".to_owned() } else { format!("Its fields are {}.", known.join(", ")) },
            "Omit it, or use one of these.",
        )
    }
}

/// A program that signs in by client ID and secret gets all rights of the service principal when it is not told the scopes.
fn lost_scopes(connection: &Connection, document: &Document) -> Option<String> {
    let AuthMethod::ServicePrincipal { client_id, scopes: Some(scopes), .. } = &connection.auth else { return None };
    let signs_in = || document.files.iter().any(|file| file.text.expose_secret().contains(client_id.as_str()));
    (!document.limits_scopes && signs_in()).then(|| {
        format!(
            "This format cannot contain scopes. Brickpass requests only \"{}\", but a program that signs in with this client ID and \
             secret gets all permissions of the service principal.",
            scopes.spelled()
        )
    })
}

fn no_such_choice(field: &Field, choices: &[(&str, &str)]) -> Failure {
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    Failure::new(
        Code::InvalidInput,
        format!("The value of \"{}\" is not valid.", field.label),
        format!("The valid values are: {}.", words.join(", ")),
        "Choose one of these.",
    )
}

/// An answer that a format cannot do without.
#[must_use]
pub fn missing(field: &Field) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("\"{}\" is missing.", field.label),
        "This format needs it.",
        if field.hint.is_empty() { "Fill it in.".to_owned() } else { format!("Fill it in. {}.", field.hint) },
    )
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Format").field(&self.id).finish()
    }
}

/// What comes out.
#[derive(Clone)]
pub struct Document {
    /// The id of the format that it is in; [`Format::write`] says so.
    pub format: &'static str,
    /// At least one. The first is shown first.
    pub files: Vec<DocumentFile>,
    pub contains_secret: bool,
    /// The scopes of the connection stand beside its client ID.
    pub limits_scopes: bool,
    /// Worth knowing, in sentences: a state file that keeps the token, what was left out and why.
    pub notes: Vec<String>,
    /// What to do with it, one or two sentences.
    pub next: &'static str,
}

#[derive(Clone)]
pub struct DocumentFile {
    /// A relative name without folders of anybody else's making: see rule X-14.
    pub name: String,
    pub text: SecretString,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.files.iter().map(|file| &file.name).collect();
        f.debug_struct("Document")
            .field("format", &self.format)
            .field("files", &names)
            .field("contains_secret", &self.contains_secret)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::export::FORMATS;

    use super::*;

    #[test]
    fn a_field_depends_on_a_choice_before_it() {
        for format in FORMATS {
            for (at, field) in format.fields.iter().enumerate() {
                let Some((id, values)) = field.when else { continue };
                let other =
                    format.fields[..at].iter().find(|other| other.id == id).unwrap_or_else(|| panic!("{} of {}", field.id, format.id));
                let FieldKind::Choice(choices) = other.kind else { panic!("{id} of {}", format.id) };
                assert!(values.iter().all(|value| choices.iter().any(|(word, _)| word == value)), "{} of {}", field.id, format.id);
            }
        }
    }
}
