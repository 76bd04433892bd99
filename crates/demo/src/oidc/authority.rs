//! What all endpoints of the authorization server share: hosts, people, applications, logins under way, tokens, faults, records.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    Realm, access_token,
    grants::{Bond, Caller, Grant, Grants, Invalid, Proof, Redeemed},
    logins::{Flow, Logins},
};
use crate::{
    DemoServicePrincipal, DemoUser, OAuthFault,
    catalogue::{Principal, SERVICE_PRINCIPAL, USERS, User},
    principals::Principals,
};
use brickpass_core::connection::OAuthApp;

const ACCESS_LIFETIME: Duration = Duration::from_hours(1);
const REQUESTS_KEPT: usize = 1000;
/// Source: the redirect addresses that Databricks has registered for its public client.
const REGISTERED_PORTS: std::ops::RangeInclusive<u16> = 8020..=8040;

/// A host that has this authorization server.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) realm: Realm,
    pub(crate) name: String,
    /// `http://127.0.0.1:port`
    pub(crate) origin: String,
}

pub(crate) struct Authority {
    hosts: Vec<Host>,
    users: Vec<(User, DemoUser)>,
    service_principal: DemoServicePrincipal,
    principals: Mutex<Principals>,
    memory: Mutex<Memory>,
}

struct Memory {
    /// Public clients with their redirect addresses.
    applications: HashMap<String, Vec<String>>,
    logins: Logins,
    grants: Grants,
    access_lifetime: Duration,
    fault: Option<OAuthFault>,
    requests: VecDeque<String>,
    presented: Vec<String>,
    counts: Counts,
    /// The answer to the next change at account level does not arrive.
    lose_answer: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) exchanges: usize,
    pub(crate) refreshes: usize,
    pub(crate) reuses: usize,
    pub(crate) client_credentials: usize,
}

/// What the token endpoint gives.
pub(super) struct Issued {
    pub(super) access_token: String,
    pub(super) lifetime: Duration,
    pub(super) scopes: Vec<String>,
    pub(super) refresh_token: Option<String>,
}

/// A right to tokens, as a request claims it.
pub(super) enum Claim<'a> {
    Code { code: &'a str, proof: Proof<'a> },
    Refresh { token: &'a str, client_id: &'a str, realm: Realm, scopes: Option<Vec<String>> },
    ClientCredentials(Grant),
}

impl Authority {
    pub(crate) fn new(hosts: Vec<Host>) -> Self {
        let password = || format!("demo-{:08x}", fastrand::u32(..));
        let registered = REGISTERED_PORTS.map(redirect_uri).collect();
        let service_principal =
            DemoServicePrincipal { client_id: Uuid::new_v4().to_string(), client_secret: format!("dose{}", Uuid::new_v4().simple()) };
        let DemoServicePrincipal { client_id, client_secret } = &service_principal;
        let workspaces: Vec<_> = hosts.iter().filter_map(|host| host.realm.workspace()).collect();
        let principals = Principals::new(&workspaces, SERVICE_PRINCIPAL, client_id, client_secret, Timestamp::now());
        Self {
            hosts,
            users: USERS.map(|user| (user, DemoUser { name: user.user_name(), password: password() })).to_vec(),
            service_principal,
            principals: Mutex::new(principals),
            memory: Mutex::new(Memory {
                applications: HashMap::from([(OAuthApp::DATABRICKS_CLI.to_owned(), registered)]),
                logins: Logins::default(),
                grants: Grants::default(),
                access_lifetime: ACCESS_LIFETIME,
                fault: None,
                requests: VecDeque::new(),
                presented: Vec::new(),
                counts: Counts::default(),
                lose_answer: false,
            }),
        }
    }

    // Hosts

    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(super) fn host(&self, realm: Realm) -> Option<&Host> {
        self.hosts.iter().find(|host| host.realm == realm)
    }

    pub(crate) fn origin(&self, realm: Realm) -> &str {
        self.host(realm).map_or("", |host| host.origin.as_str())
    }

    pub(super) fn issuer(&self, realm: Realm) -> String {
        format!("{}{}", self.origin(realm), realm.prefix())
    }

    // People and applications

    pub(crate) fn users(&self) -> Vec<DemoUser> {
        self.users.iter().map(|(_, user)| user.clone()).collect()
    }

    pub(crate) fn service_principal(&self) -> &DemoServicePrincipal {
        &self.service_principal
    }

    pub(super) fn user(&self, name: &str, password: &str) -> Option<User> {
        let (user, known) = self.users.iter().find(|(_, known)| known.name.eq_ignore_ascii_case(name.trim()))?;
        bool::from(known.password.as_bytes().ct_eq(password.as_bytes())).then_some(*user)
    }

    pub(super) fn is_service_principal(&self, id: &str, secret: &str, realm: Realm) -> bool {
        self.principals().signs_in(id, secret, realm, Timestamp::now())
    }

    pub(crate) fn principals(&self) -> MutexGuard<'_, Principals> {
        self.principals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The redirect addresses of a public client; `None` where there is no such client.
    pub(super) fn redirects_of(&self, client_id: &str) -> Option<Vec<String>> {
        self.memory().applications.get(client_id).cloned()
    }

    pub(crate) fn register(&self, client_id: &str, redirect_uri: String) {
        self.memory().applications.entry(client_id.to_owned()).or_default().push(redirect_uri);
    }

    // Logins under way

    /// The ticket of the next step.
    pub(super) fn keep(&self, flow: Flow) -> String {
        self.memory().logins.keep(flow, Instant::now())
    }

    pub(super) fn take(&self, ticket: &str) -> Option<Flow> {
        self.memory().logins.take(ticket, Instant::now())
    }

    // Codes and tokens

    pub(super) fn issue_code(&self, grant: Grant, bond: Bond) -> String {
        self.memory().grants.issue_code(grant, bond, Instant::now())
    }

    /// All of it at once: whoever asks a second time at the same moment is second.
    pub(super) fn issue(&self, claim: Claim<'_>) -> Result<Issued, Invalid> {
        let now = Instant::now();
        let mut memory = self.memory();
        let memory = &mut *memory;
        let mut redeemed = match claim {
            Claim::Code { code, proof } => memory.grants.redeem_code(code, &proof, now).inspect(|_| memory.counts.exchanges += 1)?,
            Claim::Refresh { token, client_id, realm, scopes } => {
                let redeemed = memory.grants.redeem_refresh(token, (client_id, realm), scopes, now);
                memory.counts.refreshes += usize::from(redeemed.is_ok());
                memory.counts.reuses += usize::from(redeemed == Err(Invalid::Reused));
                redeemed?
            }
            Claim::ClientCredentials(grant) => {
                memory.counts.client_credentials += 1;
                Redeemed::directly(grant)
            }
        };
        let stays = matches!(redeemed.grant.principal, Principal::User(_)) && redeemed.grant.scopes.iter().any(|it| it == "offline_access");
        if let Some(OAuthFault::FewerScopes(fewer)) = &memory.fault {
            redeemed.grant.scopes = fewer.split(' ').map(str::to_owned).collect();
        }
        let lifetime = memory.access_lifetime;
        let access_token = access_token::shaped(&redeemed.grant, &self.issuer(redeemed.grant.realm), lifetime, Timestamp::now());
        memory.grants.issue_access(&redeemed, access_token.clone(), lifetime, now);
        let refresh_token = stays.then(|| memory.grants.issue_refresh(&redeemed, now));
        Ok(Issued { access_token, lifetime, scopes: redeemed.grant.scopes, refresh_token })
    }

    pub(crate) fn caller(&self, token: &str, realm: Realm) -> Option<Caller> {
        let caller = self.memory().grants.caller(token, realm, Instant::now())?;
        // A token of the account opens only the workspaces that its service principal may enter.
        self.principals().admits(&caller.principal, realm).then_some(caller)
    }

    pub(super) fn revoke(&self, token: &str, client_id: &str) {
        self.memory().grants.revoke(token, client_id);
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.memory().grants.tokens()
    }

    pub(crate) fn expire_accesses(&self) {
        self.memory().grants.expire_accesses(Instant::now());
    }

    pub(crate) fn expire_codes(&self) {
        self.memory().grants.expire_codes(Instant::now());
    }

    pub(crate) fn forget_refreshes(&self) {
        self.memory().grants.forget_refreshes();
    }

    pub(crate) fn set_access_lifetime(&self, lifetime: Duration) {
        self.memory().access_lifetime = lifetime;
    }

    // Faults

    pub(crate) fn set_fault(&self, fault: Option<OAuthFault>) {
        self.memory().fault = fault;
    }

    pub(super) fn fault(&self) -> Option<OAuthFault> {
        self.memory().fault.clone()
    }

    /// The fault of the token request that has just come in; counts it.
    pub(super) fn token_fault(&self) -> Option<OAuthFault> {
        let mut memory = self.memory();
        let (now, left) = memory.fault.take()?.commit();
        memory.fault = left;
        now
    }

    /// What the browser's answer says instead of a code.
    pub(super) fn answer_fault(&self) -> Option<(String, String)> {
        match &self.memory().fault {
            Some(OAuthFault::Error { error, description }) => Some((error.clone(), description.clone())),
            _ => None,
        }
    }

    pub(super) fn iss_of_answer(&self, realm: Realm) -> Option<String> {
        match &self.memory().fault {
            Some(OAuthFault::Iss(other)) => other.clone(),
            Some(OAuthFault::NoIss) => None,
            _ => Some(self.issuer(realm)),
        }
    }

    pub(crate) fn lose_next_answer(&self) {
        self.memory().lose_answer = true;
    }

    pub(crate) fn loses_this_answer(&self) -> bool {
        std::mem::take(&mut self.memory().lose_answer)
    }

    // Records

    pub(crate) fn remember(&self, request: String) {
        let mut memory = self.memory();
        if memory.requests.len() == REQUESTS_KEPT {
            memory.requests.pop_front();
        }
        memory.requests.push_back(request);
    }

    /// A secret that a request to the token endpoint carried.
    pub(super) fn remember_presented(&self, secret: &str) {
        self.memory().presented.push(secret.to_owned());
    }

    pub(crate) fn presented(&self) -> Vec<String> {
        self.memory().presented.clone()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.memory().requests.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.memory().counts
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No slash at its end: registered addresses are compared letter by letter.
pub(crate) fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}")
}
