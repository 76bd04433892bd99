//! Two people changed one connection: what can be brought together without asking, and what cannot.

use super::{Connection, Field};

/// What is changed, and chosen, as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "a variant without docs is the field of that name")]
pub enum Part {
    Name,
    /// With its confirmation, the workspace ID, the level and the account: they say where requests go.
    Address,
    Timeout,
    /// The way to sign in, with its client and its scopes, and whose sign-in it is.
    SignIn,
    Environment,
    Tags,
    /// A field that is plain text.
    Text(Field),
    Pinned,
}

impl Part {
    /// In the order of the form.
    pub fn all() -> impl Iterator<Item = Self> {
        let texts = Field::plain().map(|(spec, _)| Self::Text(spec.field));
        [Self::Name, Self::Address, Self::Timeout, Self::SignIn, Self::Environment, Self::Tags]
            .into_iter()
            .chain(texts)
            .chain([Self::Pinned])
    }

    /// Whether two connections differ in this part.
    #[must_use]
    pub fn differs(self, a: &Connection, b: &Connection) -> bool {
        match self {
            Self::Name => a.name != b.name,
            Self::Address => {
                (&a.base_url, a.address_confirmed, &a.workspace_id, &a.level)
                    != (&b.base_url, b.address_confirmed, &b.workspace_id, &b.level)
            }
            Self::Timeout => a.timeout != b.timeout,
            Self::SignIn => (&a.auth, a.sign_in_of) != (&b.auth, b.sign_in_of),
            Self::Environment => a.environment != b.environment,
            Self::Tags => a.tags != b.tags,
            Self::Text(field) => field.spec().plain().is_some_and(|text| (text.kept.get)(a) != (text.kept.get)(b)),
            Self::Pinned => a.pinned != b.pinned,
        }
    }

    /// Takes this part over from another connection.
    pub fn copy(self, from: &Connection, to: &mut Connection) {
        match self {
            Self::Name => to.name.clone_from(&from.name),
            Self::Address => {
                to.base_url.clone_from(&from.base_url);
                to.address_confirmed = from.address_confirmed;
                to.workspace_id.clone_from(&from.workspace_id);
                to.level.clone_from(&from.level);
            }
            Self::Timeout => to.timeout = from.timeout,
            Self::SignIn => {
                to.auth.clone_from(&from.auth);
                to.sign_in_of = from.sign_in_of;
            }
            Self::Environment => to.environment.clone_from(&from.environment),
            Self::Tags => to.tags.clone_from(&from.tags),
            Self::Text(field) => {
                if let Some(text) = field.spec().plain() {
                    text.kept.copy(from, to);
                }
            }
            Self::Pinned => to.pinned = from.pinned,
        }
    }

    /// Decides where a secret is sent.
    fn directs_secret(self) -> bool {
        matches!(self, Self::Address | Self::SignIn)
    }
}

/// Two versions of a connection, merged as far as possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Mine, with what only the others changed.
    pub merged: Connection,
    /// What only the others changed.
    pub taken: Vec<Part>,
    /// Changed on both sides, and not alike: the person has to choose. `merged` holds mine.
    pub clashes: Vec<Part>,
}

impl Merge {
    /// Nobody knows what both were made from: whatever differs is asked about.
    #[must_use]
    pub fn without_base(mine: &Connection, theirs: &Connection) -> Self {
        let clashes = Part::all().filter(|part| part.differs(mine, theirs)).collect();
        Self { merged: mine.clone(), taken: Vec::new(), clashes }
    }
}

/// Brings two versions of a connection together that were both made from `base`. `secret_typed`: mine brings a secret along, which was typed
/// for the address and the way to sign in that I saw. So address, way to sign in and secret are never mixed from both sides without a
/// question.
#[must_use]
pub fn merge(base: &Connection, mine: &Connection, theirs: &Connection, secret_typed: bool) -> Merge {
    let directs = |part: &Part| part.directs_secret();
    let i_redirect = secret_typed || Part::all().filter(directs).any(|part| part.differs(base, mine));
    let they_redirect = Part::all().filter(directs).any(|part| part.differs(base, theirs));
    let mut merge = Merge { merged: mine.clone(), taken: Vec::new(), clashes: Vec::new() };
    for part in Part::all().filter(|part| part.differs(mine, theirs)) {
        let together = part.directs_secret() && i_redirect && they_redirect;
        match (part.differs(base, mine), part.differs(base, theirs)) {
            (true, false) if !together => {}
            (false, true) if !together => {
                part.copy(theirs, &mut merge.merged);
                merge.taken.push(part);
            }
            _ => merge.clashes.push(part),
        }
    }
    merge
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::{AuthKind, Draft};

    fn edited(base: &Connection, change: impl FnOnce(&mut Draft)) -> Connection {
        let mut draft = Draft::from_connection(base);
        change(&mut draft);
        draft.review(&|_| false).result.expect("a valid form").connection
    }

    fn base() -> Connection {
        let mut draft = Draft::new(crate::connection::ConnectionId::random());
        draft.name = "Sales".into();
        draft.base_url = "https://dbc-1.cloud.databricks.com".into();
        draft.review(&|_| false).result.expect("a valid form").connection
    }

    #[test]
    fn wn_11_what_one_side_changed_is_merged_without_a_question() {
        let base = base();
        let mine = edited(&base, |draft| draft.description = "mine".into());
        let theirs = edited(&base, |draft| {
            draft.name = "Sales EMEA".into();
            draft.folder = "EMEA".into();
        });
        let merge = merge(&base, &mine, &theirs, false);
        assert!(merge.clashes.is_empty());
        assert_eq!(merge.taken, [Part::Name, Part::Text(Field::Folder)]);
        assert_eq!(
            (merge.merged.name.as_str(), merge.merged.folder.as_str(), merge.merged.description.as_str()),
            ("Sales EMEA", "EMEA", "mine")
        );
    }

    #[test]
    fn wn_11_what_both_changed_is_asked_for_unless_they_agree() {
        let base = base();
        let mine = edited(&base, |draft| {
            draft.name = "Mine".into();
            draft.folder = "EMEA".into();
            draft.timeout = "60".into();
        });
        let theirs = edited(&base, |draft| {
            draft.name = "Theirs".into();
            draft.folder = "EMEA".into();
            draft.tags = vec!["eu".into()];
        });
        let merge = merge(&base, &mine, &theirs, false);
        assert_eq!((merge.clashes.as_slice(), merge.taken.as_slice()), ([Part::Name].as_slice(), [Part::Tags].as_slice()));
        assert_eq!((merge.merged.name.as_str(), merge.merged.timeout.seconds()), ("Mine", 60));
    }

    #[test]
    fn wn_11_a_secret_never_follows_an_address_that_somebody_else_typed() {
        let base = base();
        let moved = edited(&base, |draft| draft.base_url = "https://dbc-2.cloud.databricks.com".into());
        assert_eq!(merge(&base, &base, &moved, true).clashes, [Part::Address], "I typed a token for the address that I saw");
        assert!(merge(&base, &base, &moved, false).clashes.is_empty());
        let signs_in = edited(&base, |draft| draft.auth = AuthKind::Browser);
        assert_eq!(merge(&base, &signs_in, &moved, false).clashes, [Part::Address, Part::SignIn]);
        assert_eq!(merge(&base, &moved, &signs_in, false).clashes, [Part::Address, Part::SignIn]);
    }

    #[test]
    fn every_part_of_a_connection_is_compared_and_taken() {
        let base = base();
        let other = edited(&base, |draft| {
            draft.name = "Other".into();
            draft.base_url = "https://accounts.cloud.databricks.com".into();
            draft.level = crate::connection::LevelKind::Account;
            draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".into();
            draft.timeout = "5".into();
            draft.auth = AuthKind::Browser;
            draft.environment = crate::connection::EnvironmentKind::Test;
            draft.tags = vec!["a".into()];
            for (_, text) in Field::plain() {
                *(text.typed.get_mut)(draft) = "B".into();
            }
            draft.pinned = true;
        });
        let mut made = base.clone();
        for part in Part::all() {
            assert!(part.differs(&made, &other), "{part:?}");
            part.copy(&other, &mut made);
            assert!(!part.differs(&made, &other), "{part:?}");
        }
        assert_eq!(made, other);
    }
}
