//! What an authorization server may do wrong, and what becomes of it: no secret goes astray, nothing hangs, and the person is told.

mod answers;
mod discovery;
mod grants;
mod login;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use brickpass_core::connection::{BaseUrl, ClientId, OAuthApp};
use brickpass_databricks::{
    oauth::{Answer, Endpoints, Login, OAuthError, Place, Target, Tokens, client_credentials, loopback::Ports, refresh},
    rest::{Http, HttpSettings},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::support::{
    browser,
    fault_server::{Act, FaultServer, json},
};

// Not in the shape of real secrets: only their value can give them away.
const CODE: &str = "canary-code/+=";
const REFRESH: &str = "canary-refresh/+=";
const SECRET: &str = "canary-secret/+=: ";
const TOKENS: &str = r#"{"access_token":"canary-access","token_type":"Bearer","expires_in":3600,"refresh_token":"canary-next","scope":"all-apis offline_access"}"#;
const METADATA: &str = "/oidc/.well-known/oauth-authorization-server";
const TOKEN: &str = "/oidc/v1/token";
const LIMIT: Duration = Duration::from_secs(8);
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn http() -> Http {
    Http::new(HttpSettings::default())
}

fn deadline() -> tokio::time::Instant {
    tokio::time::Instant::now() + LIMIT
}

fn base_url(text: &str) -> BaseUrl {
    BaseUrl::read_discovery_host(text).unwrap()
}

/// An authorization server in order, but for what `wrong` does; it is given the path, the number of earlier requests, and the own address.
fn server(wrong: impl Fn(&str, usize, &str) -> Option<Act> + Send + Sync + 'static) -> FaultServer {
    let address = Arc::new(OnceLock::<String>::new());
    let known = Arc::clone(&address);
    let server = FaultServer::start(move |path, before| {
        let own = known.wait();
        wrong(path, before, own).unwrap_or_else(|| match path {
            METADATA => json("200 OK", &metadata(own, "")),
            TOKEN => json("200 OK", TOKENS),
            _ => json("404 Not Found", "{}"),
        })
    });
    address.set(server.base_url()).unwrap();
    server
}

/// Whose token endpoint does this.
fn tokens_by(act: impl Fn(usize) -> Act + Send + Sync + 'static) -> FaultServer {
    server(move |path, before, _| (path == TOKEN).then(|| act(before)))
}

/// Whose metadata have this instead, or besides.
fn metadata_with(rest: &'static str) -> FaultServer {
    server(move |path, _, own| (path == METADATA).then(|| json("200 OK", &metadata(own, rest))))
}

/// The last of repeated keys would be an error to some readers: what `rest` names is left out.
fn metadata(own: &str, rest: &str) -> String {
    let rest = rest.replace("OWN", own);
    let usual = [
        ("issuer", format!("\"{own}/oidc\"")),
        ("authorization_endpoint", format!("\"{own}/oidc/v1/authorize\"")),
        ("token_endpoint", format!("\"{own}/oidc/v1/token\"")),
        ("revocation_endpoint", format!("\"{own}/oidc/v1/revoke\"")),
        ("code_challenge_methods_supported", "[\"S256\"]".to_owned()),
    ];
    let mut fields: Vec<String> =
        usual.into_iter().filter(|(key, _)| !rest.contains(key)).map(|(key, value)| format!("\"{key}\":{value}")).collect();
    fields.extend((!rest.is_empty()).then_some(rest));
    format!("{{{}}}", fields.join(","))
}

fn endpoints(server: &FaultServer) -> Endpoints {
    let at = |path: &str| format!("{}{path}", server.base_url()).parse().unwrap();
    Endpoints {
        issuer: format!("{}/oidc", server.base_url()),
        authorization: at("/oidc/v1/authorize"),
        token: at(TOKEN),
        revocation: Some(at("/oidc/v1/revoke")),
        iss_promised: false,
    }
}

fn place(server: &FaultServer) -> Place {
    Place::At(Target { base_url: base_url(&server.base_url()), account_id: None })
}

async fn begun(place: Place) -> Result<Login, OAuthError> {
    Login::begin(&http(), place, &OAuthApp::default(), &Ports::only(0), LIMIT).await
}

/// The parameters of the authorization request.
fn parameter(login: &Login, name: &str) -> String {
    let address: Url = login.address().expose_secret().parse().unwrap();
    address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// The browser is sent back with `parameters` and the right state.
async fn comes_back(login: Login, parameters: &[(&str, &str)]) -> Result<Answer, OAuthError> {
    let mut address: Url = parameter(&login, "redirect_uri").parse().unwrap();
    address.query_pairs_mut().extend_pairs(parameters).append_pair("state", &parameter(&login, "state"));
    let visit = tokio::task::spawn_blocking(move || browser::visit(address.as_str()));
    let answer = login.answer(LIMIT, &|_| ()).await;
    visit.await.unwrap();
    answer
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    Code,
    Refresh,
    ClientCredentials,
}

const GRANTS: [Grant; 3] = [Grant::Code, Grant::Refresh, Grant::ClientCredentials];

/// One way to tokens from its beginning to its end. An error tells no secret, neither ours nor the server's.
fn ask(server: &FaultServer, grant: Grant) -> Result<Tokens, OAuthError> {
    let (endpoints, http) = (endpoints(server), http());
    let result = wait(async {
        match grant {
            Grant::Code => {
                let login = begun(place(server)).await.unwrap();
                let answer = comes_back(login, &[("code", CODE)]).await.unwrap();
                answer.exchange(&http, NOW, LIMIT).await
            }
            Grant::Refresh => refresh(&http, &endpoints, &OAuthApp::default(), &REFRESH.into(), NOW, deadline()).await,
            Grant::ClientCredentials => {
                let id = ClientId::parse("service-principal").unwrap();
                client_credentials(&http, &endpoints, &id, None, &SecretString::from(SECRET), NOW, deadline()).await
            }
        }
    });
    if let Err(error) = &result {
        no_secret_in(error, server);
    }
    result
}

fn no_secret_in(error: &OAuthError, server: &FaultServer) {
    let told = format!("{error} {error:?} {}", serde_json::to_string(&error.failure).unwrap());
    assert!(!told.contains("canary"), "{told}");
    for form in server.forms() {
        for (name, value) in url::form_urlencoded::parse(form.as_bytes()) {
            let public = ["grant_type", "client_id", "redirect_uri", "scope", "token_type_hint"].contains(&name.as_ref());
            assert!(public || !told.contains(value.as_ref()), "{name} in {told}");
        }
    }
}

fn refused(server: &FaultServer, grant: Grant) -> OAuthError {
    ask(server, grant).map(|_| ()).expect_err("tokens of a broken server")
}
