//! Whose sign-in a connection uses: its own, or that of an account's connection.

use super::{AuthMethod, BaseUrl, Connection, ConnectionName, Field, HostKind, Level};

impl Connection {
    /// Uses this connection the sign-in of `account`, by its own word and by the rules: an account's connection of the same way to sign in,
    /// whose tokens may be sent to this address.
    #[must_use]
    pub fn uses_sign_in_of(&self, account: &Self) -> bool {
        self.sign_in_of == Some(account.id)
            && self.id != account.id
            && self.level == Level::Workspace
            && matches!(account.level, Level::Account { .. })
            && account.auth != AuthMethod::PersonalAccessToken
            && account.auth.kind() == self.auth.kind()
            && related(&account.base_url, &self.base_url)
    }

    /// The connection that holds the sign-in: the account's if there is one that may be used, else this one. One hop, never more.
    #[must_use]
    pub fn owner_among<'a>(&'a self, all: impl IntoIterator<Item = &'a Self>) -> &'a Self {
        match self.sign_in_of {
            None => self,
            Some(_) => all.into_iter().find(|account| self.uses_sign_in_of(account)).unwrap_or(self),
        }
    }

    /// It was made to work with a token or a client secret of its own, which the vault keeps. A sign-in may never have begun.
    #[must_use]
    pub fn keeps_a_secret(&self) -> bool {
        self.sign_in_of.is_none() && !matches!(self.auth, AuthMethod::Browser(_))
    }

    /// A connection to one workspace of an account, which uses the account's sign-in and is filed where the account is. `None` when the name cannot become a connection's.
    #[must_use]
    pub fn of_workspace(account: &Self, name: &str, base_url: BaseUrl, workspace_id: String) -> Option<Self> {
        let mut made = Self {
            workspace_id: Some(workspace_id),
            timeout: account.timeout,
            sign_in_of: Some(account.id),
            environment: account.environment.clone(),
            tags: account.tags.clone(),
            ..Self::new(ConnectionName::tamed(name)?, base_url, account.auth.clone(), Level::Workspace)
        };
        for (_, text) in Field::plain().filter(|(_, text)| text.inherited) {
            text.kept.copy(account, &mut made);
        }
        Some(made)
    }
}

/// May a token of the account at `account` be sent to `workspace`? Databricks' own hosts of one cloud (a unified host belongs to none), or
/// both on this computer. A host that the person merely confirmed gets its own sign-in.
fn related(account: &BaseUrl, workspace: &BaseUrl) -> bool {
    match (account.kind(), workspace.kind()) {
        (HostKind::Unified, HostKind::Unified) => account == workspace,
        (HostKind::AccountConsole, HostKind::Workspace) => account.cloud() == workspace.cloud(),
        (HostKind::Loopback, HostKind::Loopback)
        | (HostKind::Unified, HostKind::Workspace)
        | (HostKind::AccountConsole, HostKind::Unified) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::{AuthKind, ConnectionId, Draft, Environment, LevelKind};

    fn connection(base_url: &str, level: LevelKind, sign_in_of: Option<&Connection>) -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = "A".into();
        draft.base_url = base_url.into();
        draft.auth = AuthKind::Browser;
        draft.level = level;
        draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".into();
        draft.confirmed_origin = BaseUrl::read(base_url).ok().map(|read| read.base_url.origin());
        let made = draft.review(&|_| false).result.expect("a valid form").connection;
        Connection { sign_in_of: sign_in_of.map(|account| account.id), ..made }
    }

    const CONSOLE: &str = "https://accounts.azuredatabricks.net";
    const WORKSPACE: &str = "https://adb-1.2.azuredatabricks.net";

    #[test]
    fn a_workspace_uses_the_sign_in_of_its_account() {
        let account = connection(CONSOLE, LevelKind::Account, None);
        let workspace = connection(WORKSPACE, LevelKind::Workspace, Some(&account));
        assert_eq!(workspace.owner_among([&workspace, &account]).id, account.id);
        assert_eq!(account.owner_among([&workspace, &account]).id, account.id);
    }

    #[test]
    fn without_an_account_that_may_be_used_a_connection_has_its_own_sign_in() {
        let account = connection(CONSOLE, LevelKind::Account, None);
        let workspace = connection(WORKSPACE, LevelKind::Workspace, Some(&account));
        assert_eq!(workspace.owner_among([]).id, workspace.id, "the account was removed");

        let token = Connection { auth: AuthMethod::PersonalAccessToken, ..workspace.clone() };
        assert_eq!(token.owner_among([&account]).id, token.id, "another way to sign in");

        let other = connection(WORKSPACE, LevelKind::Workspace, None);
        let chained = Connection { sign_in_of: Some(other.id), ..workspace.clone() };
        assert_eq!(chained.owner_among([&account, &other]).id, chained.id, "a workspace lends nothing");

        let own = Connection { sign_in_of: Some(account.id), ..account.clone() };
        assert_eq!(own.owner_among([&own]).id, own.id);
    }

    #[test]
    fn a_token_of_the_account_goes_to_hosts_of_its_cloud_alone() {
        let of = |account: &str, workspace: &str| {
            let account = connection(account, LevelKind::Account, None);
            connection(workspace, LevelKind::Workspace, Some(&account)).uses_sign_in_of(&account)
        };
        assert!(of(CONSOLE, WORKSPACE));
        assert!(of("https://accounts.cloud.databricks.com", "https://dbc-1-2.cloud.databricks.com"));
        assert!(of("https://acme.databricks.com", "https://acme.databricks.com"));
        assert!(of("http://127.0.0.1:4000", "http://127.0.0.1:4001"));
        for elsewhere in [
            "https://dbc-1-2.cloud.databricks.com",
            "https://evil.example",
            "https://xn--bcher-kva.azuredatabricks.net",
            "http://127.0.0.1:4000",
        ] {
            assert!(!of(CONSOLE, elsewhere), "{elsewhere}");
        }
        assert!(!of("https://acme.databricks.com", "https://other.databricks.com"));
        assert!(!of("http://127.0.0.1:4000", WORKSPACE));
    }

    #[test]
    fn a_connection_made_of_a_workspace_signs_in_with_its_account() {
        let account =
            Connection { folder: "Sales".into(), environment: Environment::Production, ..connection(CONSOLE, LevelKind::Account, None) };
        let base_url = account.base_url.deployment("adb-1.2").unwrap();
        let made = Connection::of_workspace(&account, "  [prod]\u{202E} Sales ", base_url, "1".into()).unwrap();
        assert_eq!(made.name.as_str(), "(prod) Sales");
        assert_eq!((made.base_url.as_str(), made.workspace_id.as_deref()), (WORKSPACE, Some("1")));
        assert_eq!((made.folder.as_str(), &made.environment), ("Sales", &Environment::Production));
        assert!(made.uses_sign_in_of(&account) && made.unconfirmed().is_empty());
        let form = Draft::from_connection(&made);
        assert_eq!(form.secret_kind(), None);
        assert_eq!(form.review(&|_| false).result.expect("it can be edited").connection, made);
    }
    #[test]
    fn a_form_that_turns_to_a_token_of_its_own_leaves_the_account() {
        let account = connection(CONSOLE, LevelKind::Account, None);
        let workspace = connection(WORKSPACE, LevelKind::Workspace, Some(&account));
        let mut form = Draft::from_connection(&workspace);
        assert_eq!(form.shared_sign_in(), Some(account.id));
        form.auth = AuthKind::ServicePrincipal;
        form.client_id = "12345678-90ab-cdef-1234-567890abcdef".into();
        assert_eq!(form.secret_kind(), None, "the client secret is the account's");
        form.auth = AuthKind::PersonalAccessToken;
        assert_eq!(form.secret_kind(), Some(crate::connection::SecretKind::PersonalAccessToken));
        assert_eq!(form.review(&|_| false).result.expect("a valid form").connection.sign_in_of, None);
    }
}
