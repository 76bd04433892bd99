//! Where connections belong that are added many at once: environment, folder and tags, typed once for all of them.

use super::{Connection, ConnectionId, Draft, Environment, EnvironmentKind, Field, Remark, Severity};

/// As it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filing {
    /// `None`: each connection keeps its own.
    pub environment: Option<EnvironmentKind>,
    /// The word when `environment` is `Own`.
    pub own_environment: String,
    /// A path such as `Sales/Nightly`; may be empty.
    pub folder: String,
    /// May be empty.
    pub tags: Vec<String>,
}

/// A valid [`Filing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    environment: Option<Environment>,
    folder: String,
    tags: Vec<String>,
}

impl Filing {
    /// Where this connection belongs.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        let draft = Draft::from_connection(connection);
        Self { environment: Some(draft.environment), own_environment: draft.own_environment, folder: draft.folder, tags: draft.tags }
    }

    /// `word`: `prod`, `not-set`, a word of one's own.
    pub fn set_environment(&mut self, word: &str) {
        let environment = Environment::from(word.trim().to_owned());
        self.environment = Some(environment.kind());
        self.own_environment = if let Environment::Own(word) = environment { word } else { String::new() };
    }

    /// By the rules of the form.
    ///
    /// # Errors
    /// What is wrong with the first field that is.
    pub fn judge(&self) -> Result<Filed, Remark> {
        let mut draft = Draft::new(ConnectionId::random());
        draft.environment = self.environment.unwrap_or_default();
        draft.own_environment.clone_from(&self.own_environment);
        draft.folder.clone_from(&self.folder);
        draft.tags.clone_from(&self.tags);
        // Whatever else a form needs.
        "Any".clone_into(&mut draft.name);
        "https://dbc-1.cloud.databricks.com".clone_into(&mut draft.base_url);
        let review = draft.review(&|_| false);
        let fields = [Field::Environment, Field::Folder, Field::Tags];
        let wrong = || fields.into_iter().find_map(|field| review.worst(field).filter(|remark| remark.severity == Severity::Error));
        match review.result.as_ref().map(|reviewed| &reviewed.connection) {
            Some(made) => Ok(Filed {
                environment: self.environment.map(|_| made.environment.clone()),
                folder: made.folder.clone(),
                tags: made.tags.clone(),
            }),
            None => Err(wrong().cloned().unwrap_or(Remark {
                field: Field::Folder,
                severity: Severity::Error,
                text: "Check the environment, the folder and the tags".to_owned(),
            })),
        }
    }
}

impl Filed {
    /// The connection belongs there, wherever it belonged before.
    pub fn replace(&self, connection: &mut Connection) {
        if let Some(environment) = &self.environment {
            connection.environment.clone_from(environment);
        }
        connection.folder.clone_from(&self.folder);
        connection.tags.clone_from(&self.tags);
    }

    /// As [`Filed::replace`], but what was left empty stays as it is, and tags are added.
    pub fn lay_over(&self, connection: &mut Connection) {
        if let Some(environment) = &self.environment {
            connection.environment.clone_from(environment);
        }
        if !self.folder.is_empty() {
            connection.folder.clone_from(&self.folder);
        }
        for tag in &self.tags {
            if !connection.tags.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
                connection.tags.push(tag.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = "Sales".into();
        draft.base_url = "https://dbc-1.cloud.databricks.com".into();
        draft.folder = "Old".into();
        draft.tags = vec!["EU".into()];
        draft.environment = EnvironmentKind::Test;
        draft.review(&|_| false).result.unwrap().connection
    }

    #[test]
    fn what_is_typed_once_is_filed_as_the_form_would() {
        let mut filing = Filing { folder: " Sales // Nightly ".into(), tags: vec![" eu ".into(), "gold".into()], ..Filing::default() };
        let mut filed = connection();
        filing.judge().unwrap().lay_over(&mut filed);
        assert_eq!((filed.folder.as_str(), filed.environment.word()), ("Sales/Nightly", "test"));
        assert_eq!(filed.tags, ["EU", "gold"]);

        filing.set_environment("prod");
        let mut filed = connection();
        filing.judge().unwrap().replace(&mut filed);
        assert_eq!((filed.environment, filed.tags), (Environment::Production, vec!["eu".to_owned(), "gold".to_owned()]));

        let same = connection();
        let mut again = same.clone();
        Filing::of(&same).judge().unwrap().replace(&mut again);
        assert_eq!(again, same);
    }

    #[test]
    fn what_is_wrong_is_said_of_its_field() {
        let wrong = |filing: Filing| filing.judge().unwrap_err().field;
        assert_eq!(wrong(Filing { environment: Some(EnvironmentKind::Own), ..Filing::default() }), Field::Environment);
        assert_eq!(wrong(Filing { folder: "x".repeat(201), ..Filing::default() }), Field::Folder);
        assert_eq!(wrong(Filing { tags: vec!["x".repeat(41)], ..Filing::default() }), Field::Tags);
    }
}
