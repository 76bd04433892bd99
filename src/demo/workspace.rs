//! What one workspace knows and remembers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    catalogue::{CloudKind, Entry, Nature, Principal, User},
    compute::{Cluster, clusters_of},
    faults::{Fault, Refusal},
    oidc::{Authority, Caller, Realm},
};

const REQUESTS_KEPT: usize = 1000;

pub(super) struct Workspace {
    pub(super) name: String,
    pub(super) id: u64,
    pub(super) cloud: CloudKind,
    pub(super) nature: Nature,
    pub(super) user: User,
    /// `http://127.0.0.1:port`
    pub(super) origin: String,
    /// Added to every answer.
    pub(super) latency: Duration,
    pub(super) clusters: Vec<Cluster>,
    /// The most clusters on one page, whatever `page_size` asks for.
    pub(super) page_cap: usize,
    pub(super) authority: Arc<Authority>,
    token: String,
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
}

impl Workspace {
    pub(super) fn new(entry: &Entry, origin: String, authority: Arc<Authority>, latency: Duration, now: Timestamp) -> Self {
        Self {
            name: entry.name.clone(),
            id: entry.workspace_id,
            cloud: entry.cloud,
            nature: entry.nature,
            user: entry.user,
            origin,
            latency,
            clusters: clusters_of(entry, now),
            page_cap: entry.page_cap,
            authority,
            token: format!("dapi{}", Uuid::new_v4().simple()),
            page_key: Uuid::new_v4(),
            memory: Mutex::default(),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Who the personal access token that is handed out belongs to.
    pub(super) fn owner_of(&self, token: &str) -> Option<Caller> {
        let accepted = token == self.token && self.nature != Nature::TokenExpired;
        let (principal, realm) = (Principal::User(self.user), Realm::Workspace(self.id));
        accepted.then(|| Caller { principal, realm, scopes: vec!["all-apis".to_owned()] })
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
