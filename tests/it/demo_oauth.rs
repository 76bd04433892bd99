//! The demo's authorization server is as strict as the real one is known to be, and each of its faults shows.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use brickpass::demo::{Demo, DemoOptions, OAuthFault};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::browser;

const CLIENT: &str = "databricks-cli";
const REDIRECT: &str = "http://localhost:8020";
const STATE: &str = "a state & <more>";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ME: &str = "/api/2.0/preview/scim/v2/Me";
const CLUSTERS: &str = "/api/2.1/clusters/list";
const SALES: &str = "Sales lakehouse";

/// A demo with one application's view of it: an authorization server, and what a person does there.
struct Site {
    demo: Demo,
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

impl Site {
    fn new() -> Self {
        Self { demo: Demo::start(&DemoOptions::default()).unwrap() }
    }

    fn workspace(&self, name: &str) -> String {
        self.demo.workspaces().iter().find(|it| it.name == name).unwrap().base_url.clone()
    }

    /// The issuer of a workspace.
    fn issuer(&self, name: &str) -> String {
        format!("{}/oidc", self.workspace(name))
    }

    fn account_issuer(&self) -> String {
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
        let (status, tokens) = exchange(issuer, &self.code(issuer), &[]).await;
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

/// A client of its own, so that these tests judge the server and not Brickpass's client.
fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
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

#[tokio::test]
async fn signing_in_gives_tokens_that_open_this_workspace_as_this_user() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let answer = site.allowed(&issuer, &[]);
    assert_eq!((answer.host_str(), answer.port(), answer.path()), (Some("localhost"), Some(8020), "/"));
    assert_eq!(of(&answer, "state").as_deref(), Some(STATE), "passed through as it came");
    assert_eq!(of(&answer, "iss"), Some(issuer.clone()));
    let (status, tokens) = exchange(&issuer, &of(&answer, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!((text(&tokens, "token_type"), &tokens["expires_in"]), ("Bearer", &json!(3600)));
    assert_eq!(text(&tokens, "scope"), "all-apis offline_access");
    assert!(tokens["refresh_token"].is_string());
    let token = text(&tokens, "access_token");
    assert_eq!(text(&get(&origin, ME, token).await.1, "userName"), site.priya().0);
    assert_eq!(get(&origin, CLUSTERS, token).await.0, 200);
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!((text(&payload, "sub"), text(&payload, "iss")), (site.priya().0.as_str(), issuer.as_str()));
    assert_eq!(payload["exp"].as_i64().unwrap() - payload["iat"].as_i64().unwrap(), 3600);
    assert_eq!(site.demo.authorization().exchanges(), 1);
}

#[tokio::test]
async fn the_metadata_says_where_everything_is_and_that_answers_name_their_issuer() {
    let site = Site::new();
    for issuer in [site.issuer(SALES), site.account_issuer()] {
        let (status, metadata) =
            answer(client().get(format!("{issuer}/.well-known/oauth-authorization-server")).send().await.unwrap()).await;
        assert_eq!(status, 200);
        assert_eq!(text(&metadata, "issuer"), issuer);
        for (key, path) in [("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("revocation_endpoint", "revoke")] {
            assert_eq!(text(&metadata, key), format!("{issuer}/v1/{path}"));
        }
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], json!(true));
    }
}

#[tokio::test]
async fn refresh_tokens_are_good_for_one_use_and_a_second_use_ends_the_family() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let first = site.tokens(&issuer).await;
    let (status, second) = refresh(&issuer, text(&first, "refresh_token"), &[]).await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(get(&origin, ME, text(&second, "access_token")).await.0, 200);
    let (status, body) = refresh(&issuer, text(&first, "refresh_token"), &[]).await;
    assert_eq!(
        (status.as_u16(), text(&body, "error"), text(&body, "error_description")),
        (401, "invalid_request", "Refresh token is invalid")
    );
    assert_eq!(refresh(&issuer, text(&second, "refresh_token"), &[]).await.0, 401, "the newest one ended too");
    assert_eq!(get(&origin, ME, text(&second, "access_token")).await.0, 403, "and every access token");
    let authorization = site.demo.authorization();
    assert_eq!((authorization.refreshes(), authorization.reuses()), (1, 1));
}

#[tokio::test]
async fn a_service_principal_gets_tokens_by_basic_and_by_body() {
    let site = Site::new();
    let principal = site.demo.service_principal();
    let (id, secret) = (principal.client_id.as_str(), principal.client_secret.as_str());
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let wanted = vec![("grant_type", "client_credentials"), ("scope", "all-apis")];
    let token_url = format!("{issuer}/v1/token");
    let by_basic = client().post(&token_url).basic_auth(id, Some(secret)).form(&wanted).send().await.unwrap();
    let by_body = post(&issuer, &changed(wanted.clone(), &[("client_id", Some(id)), ("client_secret", Some(secret))])).await;
    for response in [by_basic, by_body] {
        let (status, tokens) = answer(response).await;
        assert_eq!(status, 200, "{tokens}");
        assert_eq!(tokens.get("refresh_token"), None);
        assert_eq!(text(&get(&origin, ME, text(&tokens, "access_token")).await.1, "userName"), id);
    }
    for (id, secret) in [(id, "wrong"), ("wrong", secret), (id, "")] {
        let refused = client().post(&token_url).basic_auth(id, Some(secret)).form(&wanted).send().await.unwrap();
        assert!(refused.headers().contains_key(header::WWW_AUTHENTICATE));
        let (status, body) = answer(refused).await;
        assert_eq!((status.as_u16(), text(&body, "error")), (401, "invalid_client"));
        assert!(!body.to_string().contains("dose"), "{body}");
    }
    assert_eq!(site.demo.authorization().client_credentials(), 2);
}
