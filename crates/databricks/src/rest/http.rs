//! The HTTP client under all requests: TLS trust, proxy, limits.

use std::{path::PathBuf, sync::Arc, time::Duration};

use reqwest::{Request, Response};
use rustls::ClientConfig;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::OnceCell,
    task::JoinSet,
};

use super::{
    ApiError,
    proxy::{Proxies, ProxyVariables, Route},
    redact::plain,
    tls,
};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

/// No server that is alive needs longer to take a connection.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses stays open: it remembers its last request's head, and with it the token. What belongs together comes
/// within fractions of a second; one handshake more after a pause is not felt.
const IDLE_LIMIT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// Certificate authorities to trust besides the system's: a PEM file.
    pub ca_file: Option<PathBuf>,
    /// What the environment says of proxies.
    pub proxy: ProxyVariables,
}

/// Cheap to clone; builds the underlying clients on first use (it reads the system's certificates).
#[derive(Clone)]
pub struct Http {
    settings: Arc<HttpSettings>,
    /// Empty until it could be built: what is wrong with a machine may be put right while the program runs.
    parts: Arc<OnceCell<Parts>>,
}

struct Parts {
    tls: Arc<ClientConfig>,
    proxies: Proxies,
    direct: reqwest::Client,
    proxied: reqwest::Client,
    threads: Threads,
}

/// What sends one request.
pub(super) struct Sender {
    client: reqwest::Client,
    threads: Handle,
}

/// The threads that read what servers send. A server that says `100 Continue` for ever is read without a pause: on the threads of the callers
/// nothing would look at the clock meanwhile, and no time limit would hold.
struct Threads(Option<Runtime>);

const THREADS: usize = 2;

impl Http {
    #[must_use]
    pub fn new(settings: HttpSettings) -> Self {
        Self { settings: Arc::new(settings), parts: Arc::default() }
    }

    /// What sends requests to this address, and how they get there.
    pub(super) async fn sender(&self, base_url: &BaseUrl) -> Result<(Sender, Route), ApiError> {
        let parts = self.parts().await?;
        let route = parts.proxies.route(base_url).map_err(ApiError::before_an_answer)?;
        let client = if route == Route::Direct { &parts.direct } else { &parts.proxied };
        let threads = parts.threads.handle().ok_or_else(|| ApiError::before_an_answer(broken("its threads have stopped")))?;
        Ok((Sender { client: client.clone(), threads }, route))
    }

    /// How `base_url` is reached: directly, or through which proxy.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn route(&self, base_url: &BaseUrl) -> Result<Route, ApiError> {
        self.parts().await?.proxies.route(base_url).map_err(ApiError::before_an_answer)
    }

    /// The certificate authorities that are trusted besides the system's.
    pub(crate) fn ca_file(&self) -> Option<&std::path::Path> {
        self.settings.ca_file.as_deref()
    }

    /// What the requests themselves use: a handshake of its own tells the same as theirs.
    pub(crate) async fn tls(&self) -> Result<Arc<ClientConfig>, ApiError> {
        Ok(Arc::clone(&self.parts().await?.tls))
    }

    async fn parts(&self) -> Result<&Parts, ApiError> {
        let settings = Arc::clone(&self.settings);
        let build = || async move {
            // Reading hundreds of certificates takes its time on a slow disk.
            tokio::task::spawn_blocking(move || Parts::build(&settings)).await.map_err(|error| broken(&error.to_string()))?
        };
        self.parts.get_or_try_init(build).await.map_err(ApiError::before_an_answer)
    }
}

impl Parts {
    fn build(settings: &HttpSettings) -> Result<Self, Failure> {
        let tls = tls::config(settings.ca_file.as_deref())?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                // A redirect is an answer that is told, never followed: the token goes to one origin.
                .redirect(reqwest::redirect::Policy::none())
                // Retries are counted and told by the client of the API.
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(CONNECT_LIMIT)
                .pool_idle_timeout(IDLE_LIMIT)
                .user_agent(user_agent())
        };
        let proxies = Proxies::new(&settings.proxy);
        let unusable = |error: reqwest::Error| broken(&error.to_string());
        Ok(Self {
            direct: builder().no_proxy().build().map_err(unusable)?,
            proxied: proxies.apply(builder()).and_then(reqwest::ClientBuilder::build).map_err(unusable)?,
            proxies,
            tls: Arc::new(tls),
            threads: Threads::start().map_err(|error| broken(&error.to_string()))?,
        })
    }
}

impl Sender {
    /// The head of the answer. The request ends when this is dropped.
    ///
    /// # Errors
    /// Outer: this program failed; inner: the request did.
    pub(super) async fn send(&self, request: Request) -> Result<reqwest::Result<Response>, ApiError> {
        let client = self.client.clone();
        let mut asked = JoinSet::new();
        asked.spawn_on(async move { client.execute(request).await }, &self.threads);
        let ended = || ApiError::before_an_answer(broken("the request was stopped"));
        asked.join_next().await.and_then(Result::ok).ok_or_else(ended)
    }
}

impl Threads {
    fn start() -> std::io::Result<Self> {
        Builder::new_multi_thread().worker_threads(THREADS).enable_all().thread_name("http").build().map(|runtime| Self(Some(runtime)))
    }

    fn handle(&self) -> Option<Handle> {
        self.0.as_ref().map(|runtime| runtime.handle().clone())
    }
}

/// Responses that are still being read are dropped, not awaited.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Name, version and platform: nothing about the person or the computer.
fn user_agent() -> String {
    format!("brickpass/{} {}/{}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}

fn broken(error: &str) -> Failure {
    Failure::new(
        Code::Internal,
        "Brickpass cannot make requests on this computer.",
        "The system's network settings could not be read.",
        "Check the system's proxy settings, then try again.",
    )
    .with_details(plain(error))
    .with_remedy(Remedy::TryAgain)
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("settings", &self.settings).finish_non_exhaustive()
    }
}
