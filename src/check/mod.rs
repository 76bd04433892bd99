//! Test connection: the steps, their timings, the cause of a failure in words, the fix that is offered.

use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;

use crate::{
    connection::{Connection, Status},
    databricks::{Client, Cluster, Http},
    failure::Failure,
};

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
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    pub step: Step,
    pub ok: bool,
    /// When it began, counted from the start of the test.
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
    pub failure: Option<Failure>,
    /// Worth knowing although the test may be OK: clock skew, workspace id differs from the one in the form, proxy used.
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

/// Runs the test; bounded by the connection's timeout; dropping the future cancels it and closes its sockets.
pub async fn run(connection: &Connection, token: SecretString, http: &Http, progress: &(dyn Fn(Progress) + Send + Sync)) -> Report {
    let began = std::time::Instant::now();
    let client =
        Client::new(http.clone(), connection.base_url.clone(), connection.workspace_id.clone(), token, connection.timeout.duration());
    progress(Progress::Planned(vec![Step::Identity, Step::Clusters]));
    let mut report = Report::not_begun(Status::Ok, crate::failure::Failure::new(crate::failure::Code::Internal, "", "", ""));
    report.failure = None;
    let finish = |report: &mut Report, step, started: Duration, ok| {
        let done = StepReport { step, ok, started, duration: began.elapsed() - started, detail: None };
        report.steps.push(done.clone());
        progress(Progress::StepFinished(done));
    };
    progress(Progress::StepStarted(Step::Identity));
    match client.me().await {
        Ok(me) => {
            finish(&mut report, Step::Identity, Duration::ZERO, true);
            report.user = Some(me.user_name);
            report.workspace_id = me.workspace_id;
            let started = began.elapsed();
            progress(Progress::StepStarted(Step::Clusters));
            match client.clusters().await {
                Ok(clusters) => {
                    finish(&mut report, Step::Clusters, started, true);
                    report.clusters = Some(clusters);
                }
                Err(error) => {
                    finish(&mut report, Step::Clusters, started, false);
                    report.state = Status::NoPermission;
                    report.failure = Some(error.failure);
                }
            }
        }
        Err(error) => {
            finish(&mut report, Step::Identity, Duration::ZERO, false);
            report.state = if error.status.is_some() { Status::SignIn } else { Status::Unreachable };
            report.failure = Some(error.failure);
        }
    }
    report.duration = began.elapsed();
    report
}

impl Report {
    #[must_use]
    pub fn ok(&self) -> bool {
        self.failure.is_none()
    }

    /// A test that could not even begin (no secret, vault locked).
    #[must_use]
    pub fn not_begun(state: Status, failure: Failure) -> Self {
        Self {
            state,
            duration: Duration::ZERO,
            steps: Vec::new(),
            user: None,
            workspace_id: None,
            clusters: None,
            failure: Some(failure),
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
        }
    }
}
