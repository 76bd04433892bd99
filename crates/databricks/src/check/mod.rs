//! Test connection: the steps, their timings, the cause of a failure in words, the fix that is offered.

mod credential;
mod hints;
mod probe;
mod report;

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use jiff::tz::TimeZone;
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

pub use self::credential::Credential;
pub use self::credential::explained;
use self::report::state_of;
pub use self::report::{Progress, Report, Step, StepReport};
use crate::{
    oauth::AccessToken,
    rest::{AccountWorkspace, ApiError, Call, Client, Cluster, ClusterState, Http, Me, Route, ways_to_sign_in},
};
use brickpass_core::{
    connection::{Connection, Level, Status},
    counted,
    failure::{Code, Failure, Remedy},
};

/// What a host says of itself is only nice to know.
const DISCOVERY_LIMIT: Duration = Duration::from_secs(5);

/// How long this computer may take to say which certificates and proxies it uses.
const PREPARATION_LIMIT: Duration = Duration::from_secs(30);

/// How long a proxy is asked which ways to sign in it offers, after it has refused a request.
const WAYS_LIMIT: Duration = Duration::from_secs(3);

/// Runs the test; bounded by the connection's timeout; dropping the future cancels it and closes its sockets.
pub async fn run(connection: &Connection, credential: Credential, http: &Http, progress: &(dyn Fn(Progress) + Send + Sync)) -> Report {
    let began = Instant::now();
    let mut run = Run {
        connection,
        credential,
        http,
        progress,
        began,
        deadline: began + connection.timeout.duration(),
        replaced: false,
        report: Report::empty(Status::Ok),
    };
    let span = brickpass_logging::span!("test", connection = connection.id);
    if let Err(failure) = span.around(run.all()).await {
        run.report.state = state_of(failure.code);
        run.report.failure = Some(failure);
    }
    run.report.duration = run.began.elapsed();
    span.run(|| brickpass_logging::info!("tested", failure = run.report.failure, time = run.report.duration));
    run.report
}

struct Run<'a> {
    connection: &'a Connection,
    credential: Credential,
    http: &'a Http,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    began: Instant,
    deadline: Instant,
    /// The token was replaced by another one after a refusal.
    replaced: bool,
    report: Report,
}

/// What the first signed request brings: it shows at once that the token is accepted.
enum First {
    Me(Me),
    Workspaces(Vec<AccountWorkspace>),
}

impl Run<'_> {
    async fn all(&mut self) -> Result<(), Failure> {
        let connection = self.connection;
        // The first test of a session reads the system's certificates and proxies. The workspace has its time from then on.
        let began = Instant::now();
        let route = match timeout_at(began + PREPARATION_LIMIT, self.http.route(&connection.base_url)).await {
            Ok(route) => route.map_err(of_api),
            Err(_) => Err(not_prepared()),
        };
        self.began = Instant::now();
        self.deadline += self.began - began;
        (self.progress)(Progress::Planned(planned(connection, route.as_ref().unwrap_or(&Route::Direct))));
        let route = route?;
        let extra = self.http.ca_file().filter(|_| connection.base_url.is_https());
        self.report.hints.extend(extra.map(hints::extra_authorities));
        match &route {
            Route::Direct => self.way().await?,
            Route::Proxy(proxy) => self.report.hints.push(hints::by_proxy(proxy)),
        }
        if let Err(failure) = self.discover().await {
            return Err(self.with_ways_of(&route, failure).await);
        }
        match self.sign_in().await? {
            (token, First::Me(me)) => {
                self.learn(me);
                self.list(&token).await
            }
            (_, First::Workspaces(workspaces)) => {
                self.report.workspaces = Some(workspaces);
                Ok(())
            }
        }
    }

    fn client(&self, token: SecretString) -> Client {
        let connection = self.connection;
        // A request at account level is never routed to a workspace.
        let workspace_id = connection.workspace_id.clone().filter(|_| connection.level == Level::Workspace);
        Client::new(self.http.clone(), connection.base_url.clone(), workspace_id, token, connection.timeout.duration())
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

    /// What a proxy that wants a sign-in offers for it: a user and a password in `HTTPS_PROXY` help with some ways only.
    async fn with_ways_of(&self, route: &Route, failure: Failure) -> Failure {
        match route {
            Route::Proxy(proxy) if failure.code == Code::ProxyAuth => {
                let limit = self.deadline.saturating_duration_since(Instant::now()).min(WAYS_LIMIT);
                hints::of_proxy_sign_in(&ways_to_sign_in(proxy, &self.connection.base_url, limit).await, failure)
            }
            _ => failure,
        }
    }

    /// Many workspaces do not have it, and nothing depends on it. But where no answer can come at all, the test ends here: every other request
    /// would go the same way.
    async fn discover(&mut self) -> Result<(), Failure> {
        let began = self.start(Step::Discovery);
        let now = Instant::now();
        let limit = (self.deadline.saturating_duration_since(now) / 3).min(DISCOVERY_LIMIT);
        // Anybody may ask: there is no token in this client.
        let detail = match self.client(SecretString::default()).host_config(&Call::until(now + limit)).await {
            Ok(found) => [found.cloud, found.host_type].into_iter().flatten().filter(|word| is_known(word)).collect::<Vec<_>>().join(", "),
            Err(ApiError { status: Some(_), .. }) => "Not supported by this host".to_owned(),
            Err(error) if no_answer_can_come(error.failure.code) => return self.finish(Step::Discovery, began, None, Err(error.failure)),
            Err(error) => error.failure.what,
        };
        self.end(step(Step::Discovery, true, began, self.began.elapsed(), Some(detail).filter(|detail| !detail.is_empty())));
        Ok(())
    }

    /// Authentication begins with getting the token and ends with the status of the first answer; the next step ends with its body.
    async fn sign_in(&mut self) -> Result<(AccessToken, First), Failure> {
        let authentication = self.start(Step::Authentication);
        let mut token = match self.token().await {
            Ok(token) => token,
            Err(failure) => return self.finish(Step::Authentication, authentication, None, Err(failure)),
        };
        let accepted: OnceLock<StepReport> = OnceLock::new();
        let mut outcome = self.first(&token, authentication, &accepted).await;
        if let Some(newer) = self.newer_after(&outcome, &token).await {
            outcome = match newer {
                Ok(newer) => {
                    token = newer;
                    self.first(&token, authentication, &accepted).await
                }
                Err(failure) => Err(failure),
            };
        }
        let outcome = outcome.map_err(|failure| explained(failure, self.connection));
        self.report.hints.extend(token.expiry_assumed.then(hints::expiry_assumed));
        let account = matches!(self.connection.level, Level::Account { .. });
        if account {
            self.report.user = token.subject();
        }
        // Who is known, but is no admin, has signed in all the same.
        if account && outcome.as_ref().is_err_and(|failure| failure.code == Code::Forbidden) {
            let _ = accepted.set(self.accept(&token, authentication));
        }
        match accepted.into_inner() {
            Some(done) => {
                let next = done.started + done.duration;
                self.report.steps.push(done);
                let detail = match &outcome {
                    Ok(First::Me(me)) => Some(me.user_name.clone()),
                    Ok(First::Workspaces(workspaces)) => Some(counted(workspaces.len(), "workspace", "workspaces")),
                    Err(_) => None,
                };
                self.finish(self.after_authentication(), next, detail, outcome)
            }
            None => self.finish(Step::Authentication, authentication, None, outcome),
        }
        .map(|first| (token, first))
    }

    /// Another token after a refusal, once in a test: whatever the API says to that one is the answer.
    async fn newer_after<T>(&mut self, outcome: &Result<T, Failure>, refused: &AccessToken) -> Option<Result<AccessToken, Failure>> {
        if self.replaced || !outcome.as_ref().is_err_and(|failure| failure.code == Code::Unauthorized) {
            return None;
        }
        self.replaced = true;
        self.in_time(self.credential.replace(refused)).await.unwrap_or_else(|failure| Some(Err(failure)))
    }

    /// The token, in time. What the vault asks a person does not count against the time that the workspace has.
    async fn token(&mut self) -> Result<AccessToken, Failure> {
        let began = Instant::now();
        if self.credential.is_local() {
            let token = self.credential.token(self.connection).await;
            self.deadline += began.elapsed();
            return token;
        }
        self.in_time(self.credential.token(self.connection)).await?
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        timeout_at(self.deadline, work).await.map_err(|_| no_token_in_time())
    }

    async fn first(&self, token: &AccessToken, authentication: Duration, accepted: &OnceLock<StepReport>) -> Result<First, Failure> {
        let client = self.client(token.secret.clone());
        let on_accepted = || {
            // A retry is accepted once more.
            if accepted.get().is_none() {
                let _ = accepted.set(self.accept(token, authentication));
            }
        };
        let waiting = |seconds| (self.progress)(Progress::Waiting { seconds });
        let call = Call { deadline: self.deadline, waiting: &waiting, accepted: &on_accepted };
        let first = match &self.connection.level {
            Level::Workspace => client.me_within(&call).await.map(First::Me),
            Level::Account { account_id } => client.account_workspaces(account_id, &call).await.map(First::Workspaces),
        };
        first.map_err(of_api)
    }

    /// The end of authentication, told at once.
    fn accept(&self, token: &AccessToken, authentication: Duration) -> StepReport {
        let detail = credential::detail(self.connection.auth.kind(), token.expires_at, self.credential.renews(), &TimeZone::system());
        let done = step(Step::Authentication, true, authentication, self.began.elapsed(), Some(detail));
        log(&done);
        (self.progress)(Progress::StepFinished(done.clone()));
        (self.progress)(Progress::StepStarted(self.after_authentication()));
        done
    }

    fn after_authentication(&self) -> Step {
        match self.connection.level {
            Level::Workspace => Step::Identity,
            Level::Account { .. } => Step::Workspaces,
        }
    }

    fn learn(&mut self, me: Me) {
        self.report.hints.extend(me.clock_ahead_seconds.and_then(hints::clock));
        self.report.hints.extend(me.workspace_id.as_deref().and_then(|id| hints::other_workspace(self.connection, id)));
        self.report.user = Some(me.user_name);
        self.report.workspace_id = me.workspace_id;
    }

    async fn list(&mut self, token: &AccessToken) -> Result<(), Failure> {
        let began = self.start(Step::Clusters);
        let mut outcome = self.clusters(token).await;
        // It may have ended since the step before.
        if let Some(newer) = self.newer_after(&outcome, token).await {
            outcome = match newer {
                Ok(newer) => self.clusters(&newer).await,
                Err(failure) => Err(failure),
            };
        }
        // Who has limited the token knows that it does not list clusters: the connection works as it was meant to.
        if let Err(failure) = &outcome
            && failure.code == Code::MissingScope
        {
            let detail = format!("Not listed. {}", failure.why);
            self.end(step(Step::Clusters, true, began, self.began.elapsed(), Some(detail)));
            self.report.hints.push(hints::no_scope_for_clusters(&failure.why));
            return Ok(());
        }
        let outcome = outcome.map_err(|failure| no_list(explained(failure, self.connection)));
        let detail = outcome.as_ref().ok().map(|clusters| counted_clusters(clusters));
        self.report.clusters = Some(self.finish(Step::Clusters, began, detail, outcome)?);
        Ok(())
    }

    async fn clusters(&self, token: &AccessToken) -> Result<Vec<Cluster>, Failure> {
        let waiting = |seconds| (self.progress)(Progress::Waiting { seconds });
        let call = Call { deadline: self.deadline, waiting: &waiting, accepted: &|| () };
        self.client(token.secret.clone()).clusters_within(&call).await.map_err(of_api)
    }

    fn start(&self, step: Step) -> Duration {
        brickpass_logging::trace!("test step started", step = step);
        (self.progress)(Progress::StepStarted(step));
        self.began.elapsed()
    }

    fn finish<T>(&mut self, which: Step, began: Duration, detail: Option<String>, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.end(step(which, outcome.is_ok(), began, self.began.elapsed(), detail));
        outcome
    }

    fn end(&mut self, done: StepReport) {
        log(&done);
        self.report.steps.push(done.clone());
        (self.progress)(Progress::StepFinished(done));
    }
}

/// Without the detail, which may name a user.
fn log(done: &StepReport) {
    brickpass_logging::debug!("test step ended", step = done.step, ok = done.ok, time = done.duration);
}

fn not_prepared() -> Failure {
    Failure::new(
        Code::ConnectTimeout,
        "The test did not start.",
        format!("Reading this computer's certificates and proxy settings took more than {} s.", PREPARATION_LIMIT.as_secs()),
        "Close other programs, then try again.",
    )
    .with_remedy(Remedy::TryAgain)
}

/// The steps of a test on this way: behind a proxy the name and the handshake are not ours to measure.
fn planned(connection: &Connection, route: &Route) -> Vec<Step> {
    let direct = *route == Route::Direct;
    let way = [
        (Step::Dns, direct && probe::address(&connection.base_url).is_none()),
        (Step::Tcp, direct),
        (Step::Tls, direct && connection.base_url.is_https()),
    ];
    let signed: &[Step] = match connection.level {
        Level::Workspace => &[Step::Identity, Step::Clusters],
        Level::Account { .. } => &[Step::Workspaces],
    };
    let always = [Step::Discovery, Step::Authentication];
    way.into_iter().filter(|(_, taken)| *taken).map(|(step, _)| step).chain(always).chain(signed.iter().copied()).collect()
}

fn step(step: Step, ok: bool, started: Duration, ended: Duration, detail: Option<String>) -> StepReport {
    StepReport { step, ok, started, duration: ended.saturating_sub(started), detail }
}

fn these(addresses: &[SocketAddr]) -> String {
    let first = addresses.first().map(|address| address.ip().to_string()).unwrap_or_default();
    if addresses.len() > 1 { format!("{first} and {} more", addresses.len() - 1) } else { first }
}

/// The way to the host is closed, whatever is asked of it.
fn no_answer_can_come(code: Code) -> bool {
    use Code::{Dns, ProxyAuth, ProxySetting, ProxyUnreachable, Refused, Tls, TlsExpired, TlsNotYetValid, TlsUnknownIssuer, TlsWrongHost};
    matches!(
        code,
        ProxyAuth | ProxySetting | ProxyUnreachable | Dns | Refused | Tls | TlsExpired | TlsNotYetValid | TlsUnknownIssuer | TlsWrongHost
    )
}

/// The words by which a host describes itself. Others are not shown: a host may say anything, also what it heard in a request before.
fn is_known(word: &str) -> bool {
    ["aws", "azure", "gcp", "workspace", "account", "unified"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn counted_clusters(clusters: &[Cluster]) -> String {
    let running = clusters.iter().filter(|cluster| cluster.state == ClusterState::Running).count();
    format!("{}, {running} running", counted(clusters.len(), "cluster", "clusters"))
}

fn of_api(error: ApiError) -> Failure {
    error.failure
}

/// Who may sign in but not list clusters is told which of the two it was.
fn no_list(mut failure: Failure) -> Failure {
    if failure.code == Code::Forbidden {
        "You are signed in, but you are not allowed to list clusters.".clone_into(&mut failure.what);
    }
    failure
}

fn no_token_in_time() -> Failure {
    Failure::new(
        Code::ReadTimeout,
        "Getting an access token took too long.",
        "The authorization server or the vault did not answer before the timeout.",
        "Try again, or increase the timeout.",
    )
    .with_remedy(Remedy::EditTimeout)
}
