//! What the fake engine answers an administrator.

use std::collections::HashMap;

use jiff::civil::date;

use super::{Inner, at, token};
use brickpass_core::{
    connection::{ClientId, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{
    Entitlement, NewOAuthSecret, OAuthSecret, Object, Permission, Securable, ServicePrincipal, TokenRules, UserToken, WorkspaceRole,
};
use brickpass_engine::{AdminAnswer, AdminRequest, Event, RunId};

/// What every secret is worth that is made here.
pub const SECRET_VALUE: &str = "dose0123456789abcdef0123456789abcdef7e57";

/// A workspace, or an account, from within.
#[derive(Default)]
pub struct FakeOffice {
    pub rules: TokenRules,
    pub tokens: Vec<UserToken>,
    pub principals: Vec<ServicePrincipal>,
    pub secrets: HashMap<String, Vec<OAuthSecret>>,
    pub objects: Vec<Object>,
    /// By object.
    pub permissions: HashMap<String, Permission>,
    pub joined: Vec<(String, String, WorkspaceRole)>,
    /// What requests come to whose words begin like this.
    pub failures: Vec<(&'static str, Failure)>,
    pub irrevocable: Vec<String>,
    /// Requests whose words begin like this are answered only when told to.
    pub slow: Vec<&'static str>,
    pub held: Vec<(RunId, ConnectionId, AdminRequest)>,
}

/// The answer of a service to somebody who is no administrator.
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

impl FakeOffice {
    /// A workspace with something of everything.
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

    fn answer(&mut self, request: &AdminRequest) -> Result<AdminAnswer, Failure> {
        let words = format!("{request:?}");
        if let Some((_, failure)) = self.failures.iter().find(|(start, _)| words.starts_with(start)) {
            return Err(failure.clone());
        }
        Ok(match request {
            AdminRequest::TokenRules => AdminAnswer::TokenRules(self.rules),
            AdminRequest::SetTokensEnabled(enabled) => {
                self.rules.enabled = Some(*enabled);
                AdminAnswer::TokenRules(self.rules)
            }
            AdminRequest::SetMaximumDays(days) => {
                self.rules.maximum_days = *days;
                AdminAnswer::TokenRules(self.rules)
            }
            AdminRequest::UsersTokens => AdminAnswer::UsersTokens(self.tokens.clone()),
            AdminRequest::RevokeUsersTokens { token_ids } => {
                let (kept, revoked): (Vec<String>, Vec<String>) = token_ids.iter().cloned().partition(|id| self.irrevocable.contains(id));
                self.tokens.retain(|token| !revoked.contains(&token.token.id));
                AdminAnswer::UsersTokensRevoked { revoked, failed: kept.into_iter().map(|id| (id, forbidden())).collect() }
            }
            AdminRequest::ServicePrincipals => AdminAnswer::ServicePrincipals(self.principals.clone()),
            AdminRequest::CreateServicePrincipal { name } => {
                let made = principal(100 + u32::try_from(self.principals.len()).unwrap(), name);
                self.principals.push(made.clone());
                AdminAnswer::ServicePrincipalCreated(made)
            }
            AdminRequest::AddToWorkspace { principal_id, workspace_id, role } => {
                self.joined.push((principal_id.clone(), workspace_id.clone(), *role));
                AdminAnswer::Done
            }
            AdminRequest::SetEntitlement { principal_id, entitlement, granted } => {
                let known = self.principals.iter_mut().find(|known| known.id == *principal_id).unwrap();
                known.entitlements.retain(|has| has != entitlement);
                if *granted {
                    known.entitlements.push(*entitlement);
                }
                AdminAnswer::Done
            }
            AdminRequest::Secrets { principal_id } => AdminAnswer::Secrets(self.secrets.get(principal_id).cloned().unwrap_or_default()),
            AdminRequest::CreateSecret { principal_id, lifetime } => {
                let all = self.secrets.entry(principal_id.clone()).or_default();
                let days = i64::try_from(lifetime.unwrap().as_secs() / 86_400).unwrap();
                let made = OAuthSecret { created_at: Some(at(0)), ..secret(&format!("new{}", all.len()), days) };
                all.insert(0, made.clone());
                AdminAnswer::SecretCreated(NewOAuthSecret { value: SECRET_VALUE.into(), secret: made })
            }
            AdminRequest::DeleteSecret { principal_id, secret_id } => {
                self.secrets.entry(principal_id.clone()).or_default().retain(|known| known.id != *secret_id);
                AdminAnswer::Done
            }
            AdminRequest::Catalogs => AdminAnswer::Catalogs(vec!["main".to_owned(), "samples".to_owned()]),
            AdminRequest::Objects { kind, catalog } => AdminAnswer::Objects(
                self.objects
                    .iter()
                    .filter(|object| object.kind == *kind && catalog.as_ref().is_none_or(|catalog| object.id.starts_with(catalog)))
                    .cloned()
                    .collect(),
            ),
            AdminRequest::Permission { object, .. } => AdminAnswer::Permission(self.permissions.get(&object.id).copied()),
            AdminRequest::Grant { object, permission, .. } => {
                self.permissions.insert(object.id.clone(), *permission);
                AdminAnswer::Done
            }
        })
    }
}

impl Inner {
    pub fn answer_admin(&mut self, run: RunId, id: ConnectionId, request: AdminRequest) {
        let words = format!("{request:?}");
        if self.office.slow.iter().any(|start| words.starts_with(start)) {
            self.office.held.push((run, id, request));
            return;
        }
        let outcome = self.office.answer(&request);
        self.events.push_back(Event::Admin { run, id, request, outcome });
    }

    /// What was held back is answered now.
    pub fn answer_held(&mut self) {
        self.office.slow.clear();
        for (run, id, request) in std::mem::take(&mut self.office.held) {
            self.answer_admin(run, id, request);
        }
    }
}
