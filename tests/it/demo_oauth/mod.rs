//! The demo's authorization server is as strict as the real one is known to be, and each of its faults shows.

mod pages;
mod tokens;
mod tools;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use brickpass_demo::{Demo, DemoOptions};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{browser, client, on_demo::workspace};

const CLIENT: &str = "databricks-cli";
const REDIRECT: &str = "http://localhost:8020";
const STATE: &str = "a state & <more>";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ME: &str = "/api/2.0/preview/scim/v2/Me";
const CLUSTERS: &str = "/api/2.1/clusters/list";
const SALES: &str = "Sales lakehouse";

/// A demo with one application's view of it: an authorization server, and what a person does there.
pub struct Site {
    pub demo: Demo,
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

impl Site {
    pub fn new() -> Self {
        Self { demo: Demo::start(&DemoOptions::default()).unwrap() }
    }

    fn workspace(&self, name: &str) -> String {
        workspace(&self.demo, name).base_url.clone()
    }

    /// The issuer of a workspace.
    pub fn issuer(&self, name: &str) -> String {
        format!("{}/oidc", self.workspace(name))
    }

    pub fn account_issuer(&self) -> String {
        let account = self.demo.account();
        format!("{}/oidc/accounts/{}", account.base_url, account.account_id)
    }

    /// Priya's name and password.
    fn priya(&self) -> (String, String) {
        let user = self.demo.users().remove(0);
        (user.name, user.password)
    }

    /// Signed in and allowed: where the browser is sent.
    fn allowed(&self, issuer: &str, change: &[(&str, Option<&str>)]) -> Url {
        let (name, password) = self.priya();
        browser::consent(&address(issuer, change), &name, &password).unwrap().parse().unwrap()
    }

    fn code(&self, issuer: &str) -> String {
        of(&self.allowed(issuer, &[]), "code").unwrap()
    }

    async fn tokens(&self, issuer: &str) -> Value {
        self.tokens_for(issuer, "all-apis offline_access").await
    }

    /// What signing in and allowing `scope` gives.
    pub async fn tokens_for(&self, issuer: &str, scope: &str) -> Value {
        let code = of(&self.allowed(issuer, &[("scope", Some(scope))]), "code").unwrap();
        let (status, tokens) = exchange(issuer, &code, &[]).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }
}

/// An authorization request as it should be, but for `change`: another value, or none.
fn address(issuer: &str, change: &[(&str, Option<&str>)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let right = vec![
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "all-apis offline_access"),
        ("state", STATE),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    Url::parse_with_params(&format!("{issuer}/v1/authorize"), changed(right, change)).unwrap().into()
}

fn changed<'a>(mut right: Pairs<'a>, change: &[(&'a str, Option<&'a str>)]) -> Pairs<'a> {
    for (name, value) in change {
        right.retain(|(known, _)| known != name);
        right.extend(value.map(|value| (*name, value)));
    }
    right
}

fn of(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

async fn post(issuer: &str, form: &Pairs<'_>) -> Response {
    client().post(format!("{issuer}/v1/token")).form(form).send().await.unwrap()
}

async fn answer(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

async fn exchange(issuer: &str, code: &str, change: &[(&str, Option<&str>)]) -> (StatusCode, Value) {
    let right = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    answer(post(issuer, &changed(right, change)).await).await
}

async fn refresh(issuer: &str, token: &str, change: &[(&str, Option<&str>)]) -> (StatusCode, Value) {
    let right = vec![("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", token)];
    answer(post(issuer, &changed(right, change)).await).await
}

async fn get(origin: &str, path: &str, token: &str) -> (StatusCode, Value) {
    answer(client().get(format!("{origin}{path}")).bearer_auth(token).send().await.unwrap()).await
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// What the page says when a request is refused to the person's face.
fn refused(issuer: &str, change: &[(&str, Option<&str>)]) -> String {
    let page = browser::visit(&address(issuer, change));
    assert_eq!((page.status, page.header("location")), (400, None), "{change:?}: {}", page.body);
    assert_eq!(page.heading(), "This sign-in cannot continue");
    page.body
}
