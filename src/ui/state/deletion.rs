//! A deletion before it happens: what is deleted with a connection, and what the person must confirm.

use super::{NameToType, State};
use crate::ui::state::Connections;
use crate::ui::text;
use brickpass_core::connection::{AuthMethod, Care, Connection, ConnectionId, SecretKind};
use brickpass_engine::{NotRevocable, StoredSecret, revocable_token};

/// A deletion that waits for the person's answer.
#[derive(Debug)]
pub struct Deletion {
    pub connections: Vec<Doomed>,
    /// The text to type first; `None`: pressing the button is enough.
    pub expected: Option<NameToType>,
    pub typed: String,
    /// The profiles that they are published as.
    pub published: Vec<String>,
    /// They are also removed from `.databrickscfg`.
    pub unpublish: bool,
    /// Known tokens are also revoked in Databricks.
    pub revoke: bool,
}

/// A connection to delete, and what is deleted from this computer with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    pub id: ConnectionId,
    pub name: String,
    pub secret: Option<HeldSecret>,
    /// Why its name must be typed first.
    pub care: Option<Care>,
    /// Names of remaining connections that use its sign-in.
    pub users: Vec<String>,
    pub token: TokenThere,
}

/// What can happen to its token in Databricks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenThere {
    Revocable,
    /// It stays valid: these remaining connections also use it.
    UsedBy(Vec<String>),
    /// There is none, or it is not known which one it is.
    Stays,
}

/// What the vault stores for a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldSecret {
    /// `certain`: the vault has confirmed it; otherwise it has not been asked or is locked.
    AccessToken {
        certain: bool,
    },
    ClientSecret {
        certain: bool,
    },
    /// The user, if the vault has named one.
    SignIn {
        user: Option<String>,
    },
}

impl Deletion {
    /// Whether the deletion would lose more than *Duplicate* or typing can restore, or something that tools use.
    pub fn asks(&self) -> bool {
        self.expected.is_some()
            || !self.published.is_empty()
            || self.connections.iter().any(|one| one.secret.is_some() || !one.users.is_empty())
    }

    pub fn ids(&self) -> Vec<ConnectionId> {
        self.connections.iter().map(|one| one.id).collect()
    }

    /// The connections whose tokens can be revoked.
    pub fn revocable(&self) -> impl Iterator<Item = &Doomed> {
        self.connections.iter().filter(|one| one.token == TokenThere::Revocable)
    }

    /// The connections whose tokens will be revoked.
    pub fn to_revoke(&self) -> Vec<ConnectionId> {
        self.revocable().filter(|_| self.revoke).map(|one| one.id).collect()
    }

    pub fn may_go_on(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }
}

impl Deletion {
    pub(super) fn of(ids: &[ConnectionId], state: &State) -> Self {
        let connections: Vec<Doomed> = ids.iter().map(|id| Doomed::new(*id, ids, state)).collect();
        let production = connections.iter().any(|one| one.care == Some(Care::Production));
        let care = if production { Some(Care::Production) } else { connections.iter().find_map(|one| one.care) };
        let expected = match connections.as_slice() {
            // The saved name, not the typed one.
            [one] => state.connections.entry(one.id).and_then(|entry| NameToType::of(&entry.connection)),
            _ => care.map(|care| NameToType { name: text::DELETE_WORD.to_owned(), care }),
        };
        Self { connections, expected, typed: String::new(), published: state.export.profiles.names_of(ids), unpublish: true, revoke: false }
    }
}

impl Doomed {
    fn new(id: ConnectionId, among: &[ConnectionId], state: &State) -> Self {
        let saved = state.connections.entry(id).map(|entry| &entry.connection);
        let stays = |entry: &&brickpass_storage::Entry| entry.connection.sign_in_of == Some(id) && !among.contains(&entry.connection.id);
        let all = state.connections.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let users = all.iter().filter(stays);
        let remain = all.iter().map(|entry| &entry.connection).filter(|connection| !among.contains(&connection.id));
        let token = match saved.map(|connection| revocable_token(connection, remain, state.tokens.notes())) {
            Some(Ok(_)) => TokenThere::Revocable,
            Some(Err(NotRevocable::UsedBy(names))) => TokenThere::UsedBy(names),
            Some(Err(NotRevocable::NoToken | NotRevocable::NotKnown)) | None => TokenThere::Stays,
        };
        Self {
            id,
            name: state.connections.name_of(id).to_owned(),
            secret: state.connections.typed_secret(id).or_else(|| HeldSecret::of(saved?, state)),
            care: saved.and_then(|connection| connection.environment.care()),
            users: users.map(|entry| entry.connection.name.as_str().to_owned()).collect(),
            token,
        }
    }
}

impl HeldSecret {
    fn of(connection: &Connection, state: &State) -> Option<Self> {
        let id = connection.id;
        let all = state.connections.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        if connection.owner_among(all.iter().map(|entry| &entry.connection)).id != id {
            // It uses the sign-in of an account's connection, which keeps it.
            return None;
        }
        // `None`: nothing is stored.
        let certain = |kind| match state.secrets.stored_secret(id, kind) {
            Some(StoredSecret::Missing) => None,
            Some(StoredSecret::Stored { .. }) => Some(true),
            Some(StoredSecret::Unavailable(_)) | None => Some(false),
        };
        match &connection.auth {
            AuthMethod::PersonalAccessToken => certain(SecretKind::PersonalAccessToken).map(|certain| HeldSecret::AccessToken { certain }),
            AuthMethod::ServicePrincipal { .. } => certain(SecretKind::ClientSecret).map(|certain| HeldSecret::ClientSecret { certain }),
            AuthMethod::Browser(_) => match state.sign_ins.described(id).and_then(|described| described.value()) {
                Some(None) => None,
                Some(Some(sign_in)) => Some(HeldSecret::SignIn { user: Some(sign_in.user.clone()) }),
                None => Some(HeldSecret::SignIn { user: None }),
            },
        }
    }
}

impl Connections {
    /// A typed, unsaved secret. Databricks shows a new client secret only once.
    fn typed_secret(&self, id: ConnectionId) -> Option<HeldSecret> {
        let draft = &self.form(id)?.draft;
        match draft.secret_kind().filter(|_| !draft.secret.is_empty())? {
            SecretKind::ClientSecret => Some(HeldSecret::ClientSecret { certain: true }),
            _ => Some(HeldSecret::AccessToken { certain: true }),
        }
    }
}
