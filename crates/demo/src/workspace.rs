//! What one workspace knows and remembers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    access::Access,
    catalogue::{ADMIN, AMARA, CloudKind, Entry, JONAS, Nature, PRIYA, Principal, User},
    compute::{Cluster, clusters_of},
    faults::{Fault, Refusal},
    jobs::{Job, jobs_of},
    oidc::{Authority, Caller, Realm},
    privileges::Privileges,
    token_store::{Days, Earlier, Tokens},
    unity_catalog::{Catalog, catalogs_of},
    warehouses::{Warehouse, warehouses_of},
};
use brickpass_core::{connection::AuthKind, hex};

const REQUESTS_KEPT: usize = 1000;

/// Of the token that is handed out: how long ago it was made, and how long it is valid still.
const AGE: SignedDuration = SignedDuration::from_hours(60 * 24);
const LEFT: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) struct Workspace {
    pub(super) name: String,
    pub(super) id: u64,
    pub(super) cloud: CloudKind,
    pub(super) nature: Nature,
    /// `http://127.0.0.1:port`
    pub(super) origin: String,
    /// Added to every answer.
    pub(super) latency: Duration,
    pub(super) clusters: Vec<Cluster>,
    pub(super) warehouses: Vec<Warehouse>,
    pub(super) jobs: Vec<Job>,
    pub(super) catalogs: Vec<Catalog>,
    /// The most clusters on one page, whatever `page_size` asks for.
    pub(super) page_cap: usize,
    pub(super) authority: Arc<Authority>,
    /// The one that is handed out.
    token: String,
    tokens: Mutex<Tokens>,
    access: Mutex<Access>,
    privileges: Mutex<Privileges>,
    /// Makes page tokens that nobody can guess and that no other workspace takes.
    page_key: Uuid,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    fault: Option<Fault>,
    requests: VecDeque<String>,
    /// An unstable workspace refuses every other call.
    just_refused: bool,
    /// The answer to the next POST does not arrive.
    lose_answer: bool,
}

/// What an admin finds besides the tokens of `user`. `job`: a service principal that has one.
fn of_others(user: User, job: Option<String>) -> Vec<Earlier> {
    let [first, second] = match user {
        PRIYA => [JONAS, AMARA],
        JONAS => [AMARA, PRIYA],
        _ => [PRIYA, JONAS],
    }
    .map(Principal::User);
    let earlier = |owner: &Principal, comment, made, ends, used| Earlier { owner: owner.clone(), comment, made: Days(made), ends, used };
    let mut all = vec![
        earlier(&first, "Power BI gateway", 412, None, Some(Days(78))),
        earlier(&second, "dbt on my laptop", 21, Some(Days(69)), Some(Days(1))),
        earlier(&second, "Trying out the API", 47, Some(Days(43)), None),
    ];
    all.extend(job.map(|client_id| {
        earlier(&Principal::ServicePrincipal { client_id }, "Export to the data mart", 203, Some(Days(162)), Some(Days(0)))
    }));
    all
}

impl Workspace {
    pub(super) fn new(entry: &Entry, origin: String, authority: Arc<Authority>, latency: Duration, now: Timestamp) -> Self {
        let mut tokens = Tokens::new(entry.maximum_token_days);
        let created_at = now.checked_sub(AGE).unwrap_or(now);
        let expires_at = match entry.nature {
            Nature::TokenExpired => Some(now),
            _ => entry.token_expires.then(|| now.checked_add(LEFT).unwrap_or(now)),
        };
        let token = tokens.put(Principal::User(entry.user), "Brickpass", created_at, expires_at);
        let signs_in_itself = entry.place.as_ref().is_some_and(|place| place.auth == AuthKind::ServicePrincipal);
        let job = (!signs_in_itself).then(|| authority.service_principal().client_id.clone());
        for earlier in of_others(entry.user, job) {
            tokens.put_of_others(earlier, now);
        }
        Self {
            name: entry.name.clone(),
            id: entry.workspace_id,
            cloud: entry.cloud,
            nature: entry.nature,
            origin,
            latency,
            clusters: clusters_of(entry, now),
            warehouses: warehouses_of(entry),
            jobs: jobs_of(entry, now),
            catalogs: catalogs_of(entry, now),
            page_cap: entry.page_cap,
            authority,
            token,
            tokens: Mutex::new(tokens),
            access: Mutex::default(),
            privileges: Mutex::default(),
            page_key: Uuid::new_v4(),
            memory: Mutex::default(),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who may do what with clusters, SQL warehouses and jobs.
    pub(super) fn access(&self) -> MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who may do what with catalogs and schemas.
    pub(super) fn privileges(&self) -> MutexGuard<'_, Privileges> {
        self.privileges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who the personal access token belongs to.
    pub(super) fn owner_of(&self, token: &str) -> Option<Caller> {
        let (principal, scopes) = self.tokens().opens(token, Timestamp::now())?;
        Some(Caller { principal, realm: Realm::Workspace(self.id), scopes })
    }

    /// Whoever the token came from: the API opens to this caller.
    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        self.owner_of(token).or_else(|| self.authority.caller(token, Realm::Workspace(self.id)))
    }

    /// The service principal with that application id.
    pub(super) fn service_principal(&self, application_id: &str) -> Option<Principal> {
        let known = self.authority.service_principal().client_id == application_id;
        known.then(|| Principal::ServicePrincipal { client_id: application_id.to_owned() })
    }

    pub(super) fn has_admin(&self, principal: &Principal) -> bool {
        let admin = || *principal == Principal::User(ADMIN) || self.authority.principals().is_admin(principal, self.id);
        self.nature != Nature::NoPermission && admin()
    }

    pub(super) fn lose_next_answer(&self) {
        self.memory().lose_answer = true;
    }

    pub(super) fn loses_this_answer(&self) -> bool {
        std::mem::take(&mut self.memory().lose_answer)
    }

    pub(super) fn set_fault(&self, fault: Option<Fault>) {
        self.memory().fault = fault;
    }

    /// What goes wrong with the call that has just come in; counts it.
    pub(super) fn next_refusal(&self) -> Option<Refusal> {
        let mut memory = self.memory();
        if let Some(fault) = memory.fault.take() {
            let (refusal, left) = fault.commit();
            memory.fault = left;
            return Some(refusal);
        }
        if self.nature == Nature::Unstable {
            memory.just_refused = !memory.just_refused;
            if memory.just_refused {
                return Some(Refusal::RateLimited { retry_after: Duration::from_secs(1) });
            }
        }
        None
    }

    pub(super) fn remember(&self, request: String) {
        let mut memory = self.memory();
        if memory.requests.len() == REQUESTS_KEPT {
            memory.requests.pop_front();
        }
        memory.requests.push_back(request);
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.memory().requests.iter().cloned().collect()
    }

    /// The opaque token of the page of that list that begins at `offset`.
    pub(super) fn page_token(&self, list: &str, offset: usize) -> String {
        let digest = Sha256::new().chain_update(self.page_key.as_bytes()).chain_update(list).chain_update(offset.to_be_bytes()).finalize();
        hex(digest.get(..20).unwrap_or_default())
    }

    /// Where the page of that token begins, in a list of that length.
    pub(super) fn page_offset(&self, list: &str, token: &str, length: usize) -> Option<usize> {
        (0..=length).find(|&offset| self.page_token(list, offset) == token)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
