//! Test connection: the steps, their timings, the cause of a failure in words, the fix that is offered.

mod hints;
mod probe;
mod report;

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

use self::report::state_of;
pub use self::report::{Progress, Report, Step, StepReport};
use crate::{
    connection::{Connection, Level, Status},
    databricks::{ApiError, Call, Client, Cluster, ClusterState, Http, Me, Phase, Route, timed_out},
    failure::{Code, Failure, Remedy},
    session::Sessions,
};

/// With what a test signs in.
pub enum Credential {
    /// A personal access token that is typed and not saved.
    Token(SecretString),
    /// A client secret that is typed and not saved.
    ClientSecret { secret: SecretString, sessions: Sessions },
    /// What is stored for `owner`: the tested connection, or the one whose sign-in it uses.
    Stored { owner: Box<Connection>, sessions: Sessions },
}

/// What a host says of itself is only nice to know.
const DISCOVERY_LIMIT: Duration = Duration::from_secs(5);

/// Runs the test; bounded by the connection's timeout; dropping the future cancels it and closes its sockets.
pub async fn run(connection: &Connection, credential: Credential, http: &Http, progress: &(dyn Fn(Progress) + Send + Sync)) -> Report {
    let Credential::Token(token) = credential else { todo!() };
    if !matches!(connection.level, Level::Workspace) {
        return Report::not_begun(Status::Untested, account_level());
    }
    let began = Instant::now();
    let mut run =
        Run { connection, http, progress, began, deadline: began + connection.timeout.duration(), report: Report::empty(Status::Ok) };
    if let Err(failure) = run.all(token).await {
        run.report.state = state_of(failure.code);
        run.report.failure = Some(failure);
    }
    run.report.duration = run.began.elapsed();
    run.report
}

struct Run<'a> {
    connection: &'a Connection,
    http: &'a Http,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    began: Instant,
    deadline: Instant,
    report: Report,
}

impl Run<'_> {
    async fn all(&mut self, token: SecretString) -> Result<(), Failure> {
        let connection = self.connection;
        let route = match timeout_at(self.deadline, self.http.route(&connection.base_url)).await {
            Ok(route) => route.map_err(of_api),
            Err(_) => Err(timed_out(&connection.base_url, Phase::Connect)),
        };
        // The first test of a session reads the system's certificates before it begins; that is no part of the way to the workspace.
        self.began = Instant::now();
        (self.progress)(Progress::Planned(planned(connection, route.as_ref().unwrap_or(&Route::Direct))));
        let route = route?;
        match &route {
            Route::Direct => self.way().await?,
            Route::Proxy(proxy) => self.report.hints.push(hints::by_proxy(proxy)),
        }
        let client = Client::new(
            self.http.clone(),
            connection.base_url.clone(),
            connection.workspace_id.clone(),
            token,
            connection.timeout.duration(),
        );
        self.discover(&client).await;
        let me = self.sign_in(&client).await?;
        self.learn(me);
        self.list(&client).await
    }

    /// Is the server there at all, and is it the one that it should be?
    async fn way(&mut self) -> Result<(), Failure> {
        let (base_url, deadline) = (&self.connection.base_url, self.deadline);
        let addresses = if let Some(address) = probe::address(base_url) {
            vec![address]
        } else {
            let began = self.start(Step::Dns);
            let found = probe::lookup(base_url, deadline).await;
            self.finish(Step::Dns, began, found.as_ref().ok().map(|found| these(found)), found)?
        };

        let began = self.start(Step::Tcp);
        let connected = probe::connect(base_url, &addresses, deadline).await;
        let detail = connected.as_ref().ok().map(|(_, address)| address.to_string());
        let (stream, _) = self.finish(Step::Tcp, began, detail, connected)?;

        if base_url.is_https() {
            let tls = self.http.tls().await.map_err(of_api)?;
            let began = self.start(Step::Tls);
            let version = probe::handshake(base_url, tls, stream, deadline).await;
            self.finish(Step::Tls, began, version.as_ref().ok().map(|version| (*version).to_owned()), version)?;
        }
        Ok(())
    }

    /// Best effort: many workspaces do not have it, and nothing depends on it.
    async fn discover(&mut self, client: &Client) {
        let began = self.start(Step::Discovery);
        let now = Instant::now();
        let limit = (self.deadline.saturating_duration_since(now) / 3).min(DISCOVERY_LIMIT);
        let detail = match client.host_config(&Call::until(now + limit)).await {
            Ok(found) => [found.cloud, found.host_type].into_iter().flatten().collect::<Vec<_>>().join(", "),
            Err(ApiError { status: Some(_), .. }) => "Not offered by this host".to_owned(),
            Err(error) => error.failure.what,
        };
        self.end(step(Step::Discovery, true, began, self.began.elapsed(), Some(detail).filter(|detail| !detail.is_empty())));
    }

    /// Authentication ends with the status of the answer, identity with its body.
    async fn sign_in(&mut self, client: &Client) -> Result<Me, Failure> {
        let authentication = self.start(Step::Authentication);
        let (progress, began) = (self.progress, self.began);
        let accepted: OnceLock<StepReport> = OnceLock::new();
        let on_accepted = || {
            let done = step(Step::Authentication, true, authentication, began.elapsed(), Some("Personal access token".to_owned()));
            // A retry is accepted once more.
            if accepted.set(done.clone()).is_ok() {
                progress(Progress::StepFinished(done));
                progress(Progress::StepStarted(Step::Identity));
            }
        };
        let waiting = |seconds| progress(Progress::Waiting { seconds });
        let outcome = client.me_within(&Call { deadline: self.deadline, waiting: &waiting, accepted: &on_accepted }).await.map_err(of_api);
        match accepted.into_inner() {
            Some(done) => {
                let identity = done.started + done.duration;
                self.report.steps.push(done);
                self.finish(Step::Identity, identity, outcome.as_ref().ok().map(|me| me.user_name.clone()), outcome)
            }
            None => self.finish(Step::Authentication, authentication, None, outcome),
        }
    }

    fn learn(&mut self, me: Me) {
        self.report.hints.extend(me.clock_ahead_seconds.and_then(hints::clock));
        self.report.hints.extend(me.workspace_id.as_deref().and_then(|id| hints::other_workspace(self.connection, id)));
        self.report.user = Some(me.user_name);
        self.report.workspace_id = me.workspace_id;
    }

    async fn list(&mut self, client: &Client) -> Result<(), Failure> {
        let began = self.start(Step::Clusters);
        let progress = self.progress;
        let waiting = |seconds| progress(Progress::Waiting { seconds });
        let outcome = client.clusters_within(&Call { deadline: self.deadline, waiting: &waiting, accepted: &|| () }).await;
        let outcome = outcome.map_err(|error| no_list(of_api(error)));
        let detail = outcome.as_ref().ok().map(|clusters| counted(clusters));
        self.report.clusters = Some(self.finish(Step::Clusters, began, detail, outcome)?);
        Ok(())
    }

    fn start(&self, step: Step) -> Duration {
        (self.progress)(Progress::StepStarted(step));
        self.began.elapsed()
    }

    fn finish<T>(&mut self, which: Step, began: Duration, detail: Option<String>, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.end(step(which, outcome.is_ok(), began, self.began.elapsed(), detail));
        outcome
    }

    fn end(&mut self, done: StepReport) {
        self.report.steps.push(done.clone());
        (self.progress)(Progress::StepFinished(done));
    }
}

/// The steps of a test on this way: behind a proxy the name and the handshake are not ours to measure.
fn planned(connection: &Connection, route: &Route) -> Vec<Step> {
    let direct = *route == Route::Direct;
    let way = [
        (Step::Dns, direct && probe::address(&connection.base_url).is_none()),
        (Step::Tcp, direct),
        (Step::Tls, direct && connection.base_url.is_https()),
    ];
    let always = [Step::Discovery, Step::Authentication, Step::Identity, Step::Clusters];
    way.into_iter().filter(|(_, taken)| *taken).map(|(step, _)| step).chain(always).collect()
}

fn step(step: Step, ok: bool, started: Duration, ended: Duration, detail: Option<String>) -> StepReport {
    StepReport { step, ok, started, duration: ended.saturating_sub(started), detail }
}

fn these(addresses: &[SocketAddr]) -> String {
    let first = addresses.first().map(|address| address.ip().to_string()).unwrap_or_default();
    if addresses.len() > 1 { format!("{first} and {} more", addresses.len() - 1) } else { first }
}

fn counted(clusters: &[Cluster]) -> String {
    let running = clusters.iter().filter(|cluster| cluster.state == ClusterState::Running).count();
    let noun = if clusters.len() == 1 { "cluster" } else { "clusters" };
    format!("{} {noun}, {running} running", clusters.len())
}

fn of_api(error: ApiError) -> Failure {
    error.failure
}

/// Who may sign in but not list clusters is told which of the two it was.
fn no_list(mut failure: Failure) -> Failure {
    if failure.code == Code::Forbidden {
        "You are signed in, but are not allowed to list clusters.".clone_into(&mut failure.what);
    }
    failure
}

fn account_level() -> Failure {
    Failure::new(
        Code::Unsupported,
        "Connections to an account cannot be tested yet.",
        "A test lists the clusters of a workspace, and an account has none of its own.",
        "Enter the address of a workspace as base URL, and choose the workspace level.",
    )
    .with_remedy(Remedy::EditBaseUrl)
}
