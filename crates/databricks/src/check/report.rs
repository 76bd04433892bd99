//! The result of a test, and its progress.

use std::time::Duration;

use serde::Serialize;

use crate::rest::{AccountWorkspace, Cluster};
use brickpass_core::{
    connection::Status,
    failure::{Code, Failure},
};
use brickpass_logging::Loggable;

/// Top-down. A failed step leaves the later ones skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    Dns,
    Tcp,
    Tls,
    Discovery,
    Authentication,
    Identity,
    Clusters,
    /// At account level, in place of identity and clusters.
    Workspaces,
}

impl Loggable for Step {
    fn log(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    pub step: Step,
    pub ok: bool,
    /// Its start, counted from the start of the test.
    pub started: Duration,
    pub duration: Duration,
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub state: Status,
    pub duration: Duration,
    /// The steps that ran, in order; those of `planned` that are missing were skipped.
    pub steps: Vec<StepReport>,
    pub user: Option<String>,
    pub workspace_id: Option<String>,
    pub clusters: Option<Vec<Cluster>>,
    /// At account level.
    pub workspaces: Option<Vec<AccountWorkspace>>,
    pub failure: Option<Failure>,
    /// Hints, even if the test is OK: clock skew, a workspace ID that differs from the form, a proxy.
    pub hints: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The steps that this test will take, known at its start.
    Planned(Vec<Step>),
    StepStarted(Step),
    StepFinished(StepReport),
    /// The service asked to wait before a retry.
    Waiting {
        seconds: u64,
    },
}

impl Report {
    #[must_use]
    pub fn ok(&self) -> bool {
        self.failure.is_none()
    }

    /// A test that could not start (no secret, vault locked).
    #[must_use]
    pub fn not_begun(state: Status, failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::empty(state) }
    }

    pub(super) fn empty(state: Status) -> Self {
        Self {
            state,
            duration: Duration::ZERO,
            steps: Vec::new(),
            user: None,
            workspace_id: None,
            clusters: None,
            workspaces: None,
            failure: None,
            hints: Vec::new(),
        }
    }
}

impl Step {
    /// As the window names it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Dns => "DNS",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Discovery => "Discovery",
            Self::Authentication => "Authentication",
            Self::Identity => "Identity",
            Self::Clusters => "Clusters",
            Self::Workspaces => "Workspaces",
        }
    }
}

/// The state of a connection whose test ended with this failure.
pub(super) fn state_of(code: Code) -> Status {
    match code {
        Code::Unauthorized | Code::NoSecret | Code::InvalidInput | Code::SignInNeeded | Code::OauthRefused => Status::SignIn,
        Code::Forbidden | Code::MissingScope | Code::IpBlocked => Status::NoPermission,
        // This says nothing about the connection.
        Code::Cancelled
        | Code::Unsupported
        | Code::Internal
        | Code::RefreshBusy
        | Code::VaultLocked
        | Code::VaultUnavailable
        | Code::VaultBusy
        | Code::WrongPassphrase
        | Code::SecretDamaged
        | Code::VaultUnusable
        | Code::FileUnreadable
        | Code::FileUnwritable
        | Code::FileUnsafe
        | Code::ReadOnly => Status::Untested,
        _ => Status::Unreachable,
    }
}
