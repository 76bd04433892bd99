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
    catalogue::{ADMIN, CloudKind, Entry, Nature, Principal},
    compute::{Cluster, clusters_of},
    faults::{Fault, Refusal},
    oidc::{Authority, Caller, Realm},
    tokens::Tokens,
};

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
    /// The most clusters on one page, whatever `page_size` asks for.
    pub(super) page_cap: usize,
    pub(super) authority: Arc<Authority>,
    /// The one that is handed out.
    token: String,
    tokens: Mutex<Tokens>,
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

impl Workspace {
    pub(super) fn new(entry: &Entry, origin: String, authority: Arc<Authority>, latency: Duration, now: Timestamp) -> Self {
        let mut tokens = Tokens::new(entry.maximum_token_days);
        let created_at = now.checked_sub(AGE).unwrap_or(now);
        let expires_at = match entry.nature {
            Nature::TokenExpired => Some(now),
            _ => entry.token_expires.then(|| now.checked_add(LEFT).unwrap_or(now)),
        };
        let token = tokens.put(Principal::User(entry.user), "Brickpass", created_at, expires_at);
        Self {
            name: entry.name.clone(),
            id: entry.workspace_id,
            cloud: entry.cloud,
            nature: entry.nature,
            origin,
            latency,
            clusters: clusters_of(entry, now),
            page_cap: entry.page_cap,
            authority,
            token,
            tokens: Mutex::new(tokens),
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

    /// Who the personal access token belongs to.
    pub(super) fn owner_of(&self, token: &str) -> Option<Caller> {
        let principal = self.tokens().owner(token, Timestamp::now())?;
        Some(Caller { principal, realm: Realm::Workspace(self.id), scopes: vec!["all-apis".to_owned()] })
    }

    /// Whoever the token came from: the API opens to this caller.
    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        self.owner_of(token).or_else(|| self.authority.caller(token, Realm::Workspace(self.id)))
    }

    pub(super) fn has_admin(&self, principal: &Principal) -> bool {
        self.nature != Nature::NoPermission && *principal == Principal::User(ADMIN)
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

    /// The opaque token of the page that begins with the cluster at `offset`.
    pub(super) fn page_token(&self, offset: usize) -> String {
        use std::fmt::Write as _;
        let digest = Sha256::new().chain_update(self.page_key.as_bytes()).chain_update(offset.to_be_bytes()).finalize();
        digest.iter().take(20).fold(String::with_capacity(40), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
    }

    /// Where the page of that token begins.
    pub(super) fn page_offset(&self, token: &str) -> Option<usize> {
        (0..=self.clusters.len()).find(|&offset| self.page_token(offset) == token)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
