//! Answers of the fake engine to an administrator.

use std::collections::HashMap;

use jiff::civil::date;

use super::{Inner, at, token};
use brickpass_core::{
    connection::ClientId,
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{
    Entitlement, NewOAuthSecret, OAuthSecret, Object, Permission, Securable, ServicePrincipal, TokenRules, UserToken, WorkspaceRole,
};
use brickpass_engine::{
    AddToWorkspace, Ask, CreateOAuthSecret, CreateServicePrincipal, DeleteOAuthSecret, GetPermission, GetTokenRules, GrantPermission,
    ListCatalogs, ListOAuthSecrets, ListObjects, ListServicePrincipals, ListUsersTokens, Request, RevokeUsersTokens, RevokedTokens,
    SetEntitlement, SetMaximumDays, SetTokensEnabled,
};

/// The value of every secret created here.
pub const SECRET_VALUE: &str = "dose0123456789abcdef0123456789abcdef7e57";

/// The names of all administrator requests.
pub const REQUESTS: [&str; 16] = [
    "GetTokenRules",
    "SetTokensEnabled",
    "SetMaximumDays",
    "ListUsersTokens",
    "RevokeUsersTokens",
    "ListServicePrincipals",
    "CreateServicePrincipal",
    "AddToWorkspace",
    "SetEntitlement",
    "ListOAuthSecrets",
    "CreateOAuthSecret",
    "DeleteOAuthSecret",
    "ListCatalogs",
    "ListObjects",
    "GetPermission",
    "GrantPermission",
];

/// The contents of a workspace or an account.
#[derive(Default)]
pub struct FakeAdmin {
    pub rules: TokenRules,
    pub tokens: Vec<UserToken>,
    pub principals: Vec<ServicePrincipal>,
    pub secrets: HashMap<String, Vec<OAuthSecret>>,
    pub objects: Vec<Object>,
    /// By object.
    pub permissions: HashMap<String, Permission>,
    pub joined: Vec<(String, String, WorkspaceRole)>,
    /// The results of requests whose text begins with this.
    pub failures: Vec<(&'static str, Failure)>,
    pub irrevocable: Vec<String>,
    /// Requests whose text begins with this are answered only when the test says so.
    pub slow: Vec<&'static str>,
    pub held: Vec<Ask>,
}

/// The service's answer to a user who is not an administrator.
pub fn forbidden() -> Failure {
    Failure::new(Code::Forbidden, "You may not see this.", "Only workspace admins may.", "Ask an admin of this workspace.")
}

pub fn principal(number: u32, name: &str) -> ServicePrincipal {
    let client_id = ClientId::parse(&format!("{number:08}-0000-4000-8000-000000000000")).unwrap();
    ServicePrincipal { id: number.to_string(), client_id, name: name.to_owned(), active: true, entitlements: Vec::new() }
}

pub fn users_token(id: &str, owner: &str, comment: &str, created: i64, expires: Option<i64>) -> UserToken {
    let mut token = token(id, comment, created, expires);
    token.last_used = (created % 2 == 0).then(|| date(2026, 9, 20));
    UserToken { token, owner: owner.to_owned() }
}

pub fn secret(id: &str, expires: i64) -> OAuthSecret {
    OAuthSecret {
        id: id.to_owned(),
        created_at: Some(at(-86_400 * 10)),
        expires_at: Some(at(86_400 * expires)),
        status: "ACTIVE".to_owned(),
    }
}

pub fn object(kind: Securable, id: &str, name: &str) -> Object {
    Object { kind, id: id.to_owned(), name: name.to_owned() }
}

impl FakeAdmin {
    /// A workspace with some of everything.
    pub fn furnished() -> Self {
        let mut nightly = principal(11, "nightly-etl");
        nightly.entitlements = vec![Entitlement::WorkspaceAccess];
        Self {
            rules: TokenRules { enabled: Some(true), maximum_days: Some(90) },
            tokens: vec![
                users_token("u1", "ada@example.com", "laptop", -30, Some(23)),
                users_token("u2", "grace@example.com", "old notebook", -265, None),
                users_token("u3", "grace@example.com", "Power BI", -80, Some(3)),
            ],
            principals: vec![nightly, ServicePrincipal { active: false, ..principal(12, "ci-pipeline") }],
            secrets: HashMap::from([("11".to_owned(), vec![secret("s1", 5)])]),
            objects: vec![
                object(Securable::Cluster, "0101-1", "adhoc"),
                object(Securable::Cluster, "0101-2", "nightly"),
                object(Securable::Job, "77", "load sales"),
                object(Securable::SqlWarehouse, "w1", "Starter"),
                object(Securable::Schema, "main.sales", "sales"),
            ],
            ..Self::default()
        }
    }

    fn set_tokens_enabled(&mut self, request: SetTokensEnabled) -> TokenRules {
        self.rules.enabled = Some(request.enabled);
        self.rules
    }

    fn set_maximum_days(&mut self, request: SetMaximumDays) -> TokenRules {
        self.rules.maximum_days = request.days;
        self.rules
    }

    fn revoke_users_tokens(&mut self, request: RevokeUsersTokens) -> RevokedTokens {
        let (kept, revoked): (Vec<String>, Vec<String>) = request.token_ids.into_iter().partition(|id| self.irrevocable.contains(id));
        self.tokens.retain(|token| !revoked.contains(&token.token.id));
        RevokedTokens { revoked, failed: kept.into_iter().map(|id| (id, forbidden())).collect() }
    }

    fn create_principal(&mut self, request: &CreateServicePrincipal) -> ServicePrincipal {
        let made = principal(100 + u32::try_from(self.principals.len()).unwrap(), &request.name);
        self.principals.push(made.clone());
        made
    }

    fn set_entitlement(&mut self, request: &SetEntitlement) {
        let known = self.principals.iter_mut().find(|known| known.id == request.principal_id).unwrap();
        known.entitlements.retain(|has| *has != request.entitlement);
        if request.granted {
            known.entitlements.push(request.entitlement);
        }
    }

    fn create_secret(&mut self, request: CreateOAuthSecret) -> NewOAuthSecret {
        let all = self.secrets.entry(request.principal_id).or_default();
        let days = i64::try_from(request.lifetime.unwrap().as_secs() / 86_400).unwrap();
        let made = OAuthSecret { created_at: Some(at(0)), ..secret(&format!("new{}", all.len()), days) };
        all.insert(0, made.clone());
        NewOAuthSecret { value: SECRET_VALUE.into(), secret: made }
    }

    fn objects_of(&self, request: &ListObjects) -> Vec<Object> {
        let of_kind = self.objects.iter().filter(|object| object.kind == request.kind);
        of_kind.filter(|object| request.catalog.as_ref().is_none_or(|catalog| object.id.starts_with(catalog))).cloned().collect()
    }
}

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_admin(&mut self, ask: Ask) -> Option<Ask> {
        let words = format!("{ask:?}");
        if self.admin_data.slow.iter().any(|start| words.starts_with(start)) {
            self.admin_data.held.push(ask);
            return None;
        }
        let ask = self.at_office(ask, |admin_data, _: GetTokenRules| admin_data.rules)?;
        let ask = self.at_office(ask, FakeAdmin::set_tokens_enabled)?;
        let ask = self.at_office(ask, FakeAdmin::set_maximum_days)?;
        let ask = self.at_office(ask, |admin_data, _: ListUsersTokens| admin_data.tokens.clone())?;
        let ask = self.at_office(ask, FakeAdmin::revoke_users_tokens)?;
        let ask = self.at_office(ask, |admin_data, _: ListServicePrincipals| admin_data.principals.clone())?;
        let ask = self.at_office(ask, |admin_data, request: CreateServicePrincipal| admin_data.create_principal(&request))?;
        let ask = self.at_office(ask, |admin_data, AddToWorkspace { principal_id, workspace_id, role, .. }| {
            admin_data.joined.push((principal_id, workspace_id, role));
        })?;
        let ask = self.at_office(ask, |admin_data, request: SetEntitlement| admin_data.set_entitlement(&request))?;
        let ask = self.at_office(ask, |admin_data, ListOAuthSecrets { principal_id, .. }| {
            admin_data.secrets.get(&principal_id).cloned().unwrap_or_default()
        })?;
        let ask = self.at_office(ask, FakeAdmin::create_secret)?;
        let ask = self.at_office(ask, |admin_data, DeleteOAuthSecret { principal_id, secret_id, .. }| {
            admin_data.secrets.entry(principal_id).or_default().retain(|known| known.id != secret_id);
        })?;
        let ask = self.at_office(ask, |_, _: ListCatalogs| vec!["main".to_owned(), "samples".to_owned()])?;
        let ask = self.at_office(ask, |admin_data, request: ListObjects| admin_data.objects_of(&request))?;
        let ask = self.at_office(ask, |admin_data, request: GetPermission| admin_data.permissions.get(&request.object.id).copied())?;
        self.at_office(ask, |admin_data, request: GrantPermission| {
            admin_data.permissions.insert(request.object.id, request.permission);
        })
    }

    /// Whether a request of this type is set to fail.
    fn at_office<R: Request>(&mut self, ask: Ask, answer: impl FnOnce(&mut FakeAdmin, R) -> R::Answer) -> Option<Ask> {
        self.on(ask, |inner, request: R| {
            let words = format!("{request:?}");
            match inner.admin_data.failures.iter().find(|(start, _)| words.starts_with(start)) {
                Some((_, failure)) => Err(failure.clone()),
                None => Ok(answer(&mut inner.admin_data, request)),
            }
        })
    }

    /// Answers the held requests.
    pub fn answer_held(&mut self) {
        self.admin_data.slow.clear();
        for ask in std::mem::take(&mut self.admin_data.held) {
            let unanswered = self.answer_admin(ask);
            assert!(unanswered.is_none(), "an administrator does not ask for {unanswered:?}");
        }
    }
}
