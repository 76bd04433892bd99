//! Signing in through the browser: authorization code with PKCE (RFC 6749, RFC 7636, RFC 8252).

use std::time::Duration;

use jiff::Timestamp;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout};
use url::Url;

use super::{
    OAuthError, Target, Tokens, discover,
    issuer::Issuer,
    loopback::{Broken, Callback, Expected, Listener, Pasted, Ports, PortsTaken},
    refusal::{self, Request},
    transport::{self, Messages, Post},
};
use crate::rest::Http;
use brickpass_core::{
    connection::{AccountId, BaseUrl, LevelKind, OAuthApp},
    failure::{Code, Failure, Remedy},
};

/// Random bytes of the PKCE verifier (RFC 7636, section 4.1, takes 32 to 96) and of `state` (RFC 6749, section 10.12, takes 16 and more).
const VERIFIER_BYTES: u32 = 64;
const STATE_BYTES: u32 = 32;

/// Where to sign in.
#[derive(Debug, Clone)]
pub enum Place {
    At(Target),
    /// The user does not know the address: `host` (login.databricks.com) asks for the workspace, and the answer's `iss` names it.
    Anywhere {
        host: BaseUrl,
        level: LevelKind,
    },
}

/// A login that is ready for the browser: the listener is bound and accepts. Dropping it closes every socket and deletes state and verifier.
pub struct Login {
    listener: Listener,
    address: SecretString,
    state: SecretString,
    verifier: SecretString,
    app: OAuthApp,
    server: Server,
}

/// The authorization server of a login.
enum Server {
    Known {
        target: Target,
        issuer: String,
        iss_promised: bool,
        token: Url,
    },
    /// Taken from the answer; `asked` is the host where the user chooses the workspace.
    Learnt {
        asked: BaseUrl,
    },
}

impl Login {
    /// Discovers within `limit`, then binds.
    ///
    /// # Errors
    /// See [`super::discover`]; every port is taken.
    pub async fn begin(http: &Http, place: Place, app: &OAuthApp, ports: &Ports, limit: Duration) -> Result<Self, OAuthError> {
        let (authorization, server, detour) = match place {
            Place::At(target) => {
                let found = discover(http, &target, Instant::now() + limit).await?;
                let server = Server::Known { target, issuer: found.issuer, iss_promised: found.iss_promised, token: found.token };
                (found.authorization, server, None)
            }
            Place::Anywhere { host, level } => {
                (host.join("/oidc/v1/authorize"), Server::Learnt { asked: host.clone() }, Some((host, level)))
            }
        };
        let listener = Listener::bind(ports).map_err(|taken| ports_taken(&taken))?;
        let request = Authorization::new(authorization, app, &listener)?;
        let address = match detour {
            None => request.url,
            Some((host, level)) => by_way_of(&host, level, &request.url),
        };
        let address = SecretString::from(String::from(address));
        brickpass_logging::info!("waiting for the browser", port = listener.port());
        Ok(Self { listener, address, state: request.state, verifier: request.verifier, app: app.clone(), server })
    }

    /// The address for the browser. It contains `state`, so it is never logged.
    #[must_use]
    pub fn address(&self) -> &SecretString {
        &self.address
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// Waits for the browser's answer. `wrong_key` is called after an answer with a wrong or missing `state`, with their number so far, for the
    /// first twenty.
    ///
    /// # Errors
    /// Declined, refused, broken protocol, or nothing within `limit`.
    pub async fn answer(self, limit: Duration, wrong_key: &(dyn Fn(usize) + Send + Sync)) -> Result<Answer, OAuthError> {
        self.answer_or_pasted(limit, wrong_key, Pasted::nothing()).await
    }

    /// Like `answer`, or with an address that the user pastes instead: it is judged in the same way.
    ///
    /// # Errors
    /// As `answer`.
    pub async fn answer_or_pasted(
        self,
        limit: Duration,
        wrong_key: &(dyn Fn(usize) + Send + Sync),
        pasted: Pasted<'_>,
    ) -> Result<Answer, OAuthError> {
        let redirect_uri = self.listener.redirect_uri();
        let (issuer, iss_required) = match &self.server {
            Server::Known { issuer, iss_promised, .. } => (Some(issuer.clone()), *iss_promised),
            Server::Learnt { .. } => (None, true),
        };
        let expected = Expected { state: self.state.clone(), issuer, iss_required };
        let callback = timeout(limit, self.listener.answer_or_pasted(expected, wrong_key, pasted))
            .await
            .map_err(|_| timed_out())
            .and_then(|answered| answered.map_err(|why| broken(&why)));
        brickpass_logging::info!("the browser's answer", outcome = callback);
        let callback = callback?;
        let (code, iss) = match callback {
            Callback::Code { code, iss } => (code, iss),
            Callback::Error { error, description } => {
                return Err(refusal::of_browser(&error, description.as_deref(), &[&self.state, &self.verifier]));
            }
        };
        let issuer_named = iss.is_some();
        let (base_url, account_id, token) = match self.server {
            Server::Known { target, token, .. } => (target.base_url, target.account_id, token),
            Server::Learnt { asked } => {
                let issuer = Issuer::read(&iss.unwrap_or_default(), &asked)?;
                (issuer.base_url, issuer.account_id, issuer.token)
            }
        };
        Ok(Answer { base_url, account_id, issuer_named, token, code, verifier: self.verifier, redirect_uri, app: self.app })
    }
}

/// The user has signed in; the code has not been sent anywhere yet.
pub struct Answer {
    base_url: BaseUrl,
    account_id: Option<AccountId>,
    issuer_named: bool,
    token: Url,
    code: SecretString,
    verifier: SecretString,
    redirect_uri: String,
    app: OAuthApp,
}

impl Answer {
    /// Where the code would be sent: known from the start, or taken from the answer's `iss` (then a known Databricks host, and the user confirms
    /// it before `exchange`).
    #[must_use]
    pub fn host(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The account that the issuer names (`/oidc/accounts/<id>`).
    #[must_use]
    pub fn account_id(&self) -> Option<&AccountId> {
        self.account_id.as_ref()
    }

    /// The answer named its server (`iss`, RFC 9207). Servers that do not promise it may omit it.
    #[must_use]
    pub fn issuer_named(&self) -> bool {
        self.issuer_named
    }

    /// # Errors
    /// The server returns no tokens for the code. Never retried: a code is valid for one request.
    pub async fn exchange(self, http: &Http, now: Timestamp, limit: Duration) -> Result<Tokens, OAuthError> {
        let messages = public_client(&self.app, self.redirect_uri)?.set_token_uri(TokenUrl::from_url(self.token.clone()));
        let post = Post { http: http.clone(), asked: Request::Code, deadline: Instant::now() + limit };
        let outcome = messages
            .exchange_code(AuthorizationCode::new(self.code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(self.verifier.expose_secret().to_owned()))
            .request_async(&post)
            .await;
        let tokens = transport::granted(outcome).and_then(|granted| granted.judged(&self.app.scopes(), false, now).map_err(refusal::unfit));
        brickpass_logging::info!("exchanged the code for tokens", outcome = tokens);
        tokens
    }
}

/// An authorization request (RFC 6749, section 4.1.1) and the secrets behind it.
struct Authorization {
    url: Url,
    state: SecretString,
    verifier: SecretString,
}

impl Authorization {
    fn new(endpoint: Url, app: &OAuthApp, listener: &Listener) -> Result<Self, OAuthError> {
        let messages = public_client(app, listener.redirect_uri())?.set_auth_uri(AuthUrl::from_url(endpoint));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256_len(VERIFIER_BYTES);
        let (url, state) = messages
            .authorize_url(|| CsrfToken::new_random_len(STATE_BYTES))
            .set_pkce_challenge(challenge)
            .add_scopes(app.scopes().iter().map(|scope| Scope::new(scope.to_owned())))
            .url();
        let (state, verifier) = (SecretString::from(state.into_secret()), SecretString::from(verifier.into_secret()));
        Ok(Self { url, state, verifier })
    }
}

fn public_client(app: &OAuthApp, redirect_uri: String) -> Result<Messages, OAuthError> {
    let redirect = RedirectUrl::new(redirect_uri).map_err(|_| OAuthError::unsafe_address())?;
    Ok(Messages::new(ClientId::new(app.client_id().to_owned())).set_auth_type(AuthType::RequestBody).set_redirect_uri(redirect))
}

/// The page where the user chooses the workspace or account, which then continues with the request there. Source: the Databricks CLI.
fn by_way_of(host: &BaseUrl, level: LevelKind, request: &Url) -> Url {
    let destination = format!("{}?{}", request.path(), request.query().unwrap_or_default());
    let mut url = host.join("/");
    url.query_pairs_mut().append_pair("destination_url", &destination);
    if level == LevelKind::Account {
        url.query_pairs_mut().append_pair("target", "ACCOUNT");
    }
    url
}

fn ports_taken(PortsTaken(ports): &PortsTaken) -> OAuthError {
    let mut all = ports.iter();
    let (what, why) = match (all.next(), all.next()) {
        (Some(port), None) => (
            format!("Port {port} is in use."),
            "The browser's answer arrives on this port, but another program or another sign-in uses it.".to_owned(),
        ),
        _ => (
            format!("The ports {ports} are all in use."),
            "The browser's answer arrives on one of these ports, but other programs or other sign-ins use them.".to_owned(),
        ),
    };
    OAuthError::refused(
        Failure::new(
            Code::PortsTaken,
            what,
            why,
            "Close the other sign-in, or set a free redirect port in the connection. The OAuth application must have it registered.",
        )
        .with_remedy(Remedy::TryAgain),
    )
}

fn timed_out() -> OAuthError {
    OAuthError::refused(
        Failure::new(
            Code::SignInTimeout,
            "The sign-in timed out.",
            "No answer came from the browser. It may run on another computer, or its page was closed.",
            "Sign in again.",
        )
        .with_remedy(Remedy::SignIn),
    )
}

fn broken(broken: &Broken) -> OAuthError {
    let stopped = "The sign-in was stopped for your safety.";
    let (code, what, why) = match broken {
        Broken::Protocol => (Code::OauthProtocol, stopped, "The browser's answer was damaged, or it did not come from Databricks."),
        Broken::WrongIssuer => {
            (Code::OauthProtocol, stopped, "The browser's answer did not come from the server that the sign-in started with.")
        }
        Broken::Sockets(_) => (
            Code::Internal,
            "The sign-in could not continue.",
            "The operating system no longer lets Brickpass receive the browser's answer.",
        ),
    };
    let failure = Failure::new(code, what, why, "Close pages that you do not recognize, then sign in again.");
    OAuthError::refused(failure.with_remedy(Remedy::SignIn))
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("port", &self.port()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn base_url(text: &str) -> BaseUrl {
        BaseUrl::read_discovery_host(text).unwrap()
    }

    fn authorization(app: &OAuthApp) -> (Authorization, String) {
        let listener = Listener::bind(&Ports::only(0)).unwrap();
        let endpoint = "https://adb-1.2.azuredatabricks.net/oidc/v1/authorize".parse().unwrap();
        (Authorization::new(endpoint, app, &listener).unwrap(), listener.redirect_uri())
    }

    #[test]
    fn the_request_is_that_of_the_registered_client_with_s256() {
        let (request, redirect_uri) = authorization(&OAuthApp::default());
        let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        assert_eq!(
            query.keys().collect::<Vec<_>>(),
            ["client_id", "code_challenge", "code_challenge_method", "redirect_uri", "response_type", "scope", "state"]
        );
        assert_eq!(query["client_id"], "databricks-cli");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["scope"], "all-apis offline_access");
        assert_eq!(query["redirect_uri"], redirect_uri);
        assert!(redirect_uri.starts_with("http://localhost:") && !redirect_uri.ends_with('/'));
        assert_eq!(query["state"], request.state.expose_secret());
        assert_eq!(request.verifier.expose_secret().len(), 86);
        assert!(request.state.expose_secret().len() >= 22);
        assert!(!request.url.as_str().contains(request.verifier.expose_secret()));
    }

    #[test]
    fn no_two_logins_share_a_key() {
        let (one, _) = authorization(&OAuthApp::default());
        let (other, _) = authorization(&OAuthApp::default());
        assert_ne!(one.state.expose_secret(), other.state.expose_secret());
        assert_ne!(one.verifier.expose_secret(), other.verifier.expose_secret());
    }

    #[test]
    fn the_page_that_asks_for_the_workspace_carries_the_request_on() {
        let host = base_url("https://login.databricks.com");
        let request = host.join("/oidc/v1/authorize?client_id=a&scope=b+c&redirect_uri=http%3A%2F%2Flocalhost%3A8020");
        let address = by_way_of(&host, LevelKind::Workspace, &request);
        assert_eq!(
            address.as_str(),
            "https://login.databricks.com/?destination_url=%2Foidc%2Fv1%2Fauthorize%3Fclient_id%3Da%26scope%3Db%2Bc%26redirect_uri%3Dhttp%253A%252F%252Flocalhost%253A8020"
        );
        assert!(by_way_of(&host, LevelKind::Account, &request).as_str().ends_with("&target=ACCOUNT"));
    }

    #[test]
    fn taken_ports_are_named_with_the_setting() {
        let told = |ports: Ports| ports_taken(&PortsTaken(ports)).failure;
        let range = told(Ports::registered());
        assert_eq!(range.code, Code::PortsTaken);
        assert!(range.what.contains("8020 to 8040") && range.fix.contains("redirect port"), "{range}");
        assert!(told(Ports::only(8030)).what.contains("Port 8030 is in use."));
    }

    #[test]
    fn a_login_may_move_between_threads() {
        fn moves<T: Send>(_: impl Future<Output = T> + Send) {}
        async fn whole(http: Http, place: Place) -> Result<Tokens, OAuthError> {
            let limit = Duration::from_secs(1);
            let login = Login::begin(&http, place, &OAuthApp::default(), &Ports::only(0), limit).await?;
            login.answer(limit, &|_| ()).await?.exchange(&http, Timestamp::UNIX_EPOCH, limit).await
        }
        let place = Place::Anywhere { host: base_url("https://login.databricks.com"), level: LevelKind::Workspace };
        moves(whole(Http::new(crate::rest::HttpSettings::default()), place));
    }
}
