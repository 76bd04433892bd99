//! The demo's authorization server is as strict as the real one is known to be, and each of its faults shows.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use brickpass::demo::{Demo, DemoOptions, OAuthFault};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{self, browser, client};

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
        self.demo.workspaces().iter().find(|it| it.name == name).unwrap().base_url.clone()
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

/// What the page says when a request is refused to the person's face.
fn refused(issuer: &str, change: &[(&str, Option<&str>)]) -> String {
    let page = browser::visit(&address(issuer, change));
    assert_eq!((page.status, page.header("location")), (400, None), "{change:?}: {}", page.body);
    assert_eq!(page.heading(), "This sign-in cannot go on");
    page.body
}

/// The error that a request is sent back with.
fn returned(issuer: &str, change: &[(&str, Option<&str>)]) -> String {
    let page = browser::visit(&address(issuer, change));
    assert_eq!(page.status, 302, "{change:?}: {}", page.body);
    let back: Url = page.header("location").unwrap().parse().unwrap();
    assert_eq!(
        (back.port(), of(&back, "state").as_deref(), of(&back, "iss").as_deref()),
        (Some(8020), Some(STATE), Some(issuer)),
        "{back}"
    );
    assert_eq!(of(&back, "code"), None, "{back}");
    of(&back, "error").unwrap()
}

#[test]
fn a_redirect_address_is_compared_letter_by_letter_and_a_wrong_one_is_never_visited() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    for wrong in [
        "http://localhost:8020/",
        "http://127.0.0.1:8020",
        "http://localhost:8019",
        "http://localhost:8041",
        "http://LOCALHOST:8020",
        "https://localhost:8020",
        "http://localhost:8020?x=1",
        "http://localhost:8020@evil.example",
        "https://evil.example/",
    ] {
        let page = refused(&issuer, &[("redirect_uri", Some(wrong))]);
        assert!(page.contains("not registered for OAuth application &#39;databricks-cli&#39;"), "{page}");
    }
    refused(&issuer, &[("redirect_uri", None)]);
    refused(&issuer, &[("client_id", None)]);
    assert!(refused(&issuer, &[("client_id", Some("nobody"))]).contains("not available in Databricks account"));
    for port in [8020, 8033, 8040] {
        let page = browser::visit(&address(&issuer, &[("redirect_uri", Some(&format!("http://localhost:{port}")))]));
        assert_eq!((page.status, page.heading()), (200, format!("Sign in to {SALES}")));
    }
    let own = "http://localhost:51234";
    refused(&issuer, &[("redirect_uri", Some(own))]);
    site.demo.authorization().register_redirect_port(51234);
    assert_eq!(site.allowed(&issuer, &[("redirect_uri", Some(own))]).port(), Some(51234));
    refused(&issuer, &[("client_id", Some("my-app")), ("redirect_uri", Some(own))]);
    site.demo.authorization().register_application("my-app", 51234);
    assert!(of(&site.allowed(&issuer, &[("client_id", Some("my-app")), ("redirect_uri", Some(own))]), "code").is_some());
}

#[test]
fn a_request_that_lacks_what_it_needs_goes_back_to_the_application_with_state_and_issuer() {
    let site = Site::new();
    for issuer in [site.issuer(SALES), site.account_issuer()] {
        for (change, error) in [
            (("code_challenge", None), "invalid_request"),
            (("code_challenge", Some("short")), "invalid_request"),
            (("code_challenge_method", None), "invalid_request"),
            (("code_challenge_method", Some("plain")), "invalid_request"),
            (("response_type", Some("token")), "unsupported_response_type"),
            (("response_type", None), "unsupported_response_type"),
            (("scope", None), "invalid_scope"),
            (("scope", Some("all-apis everything")), "invalid_scope"),
        ] {
            assert_eq!(returned(&issuer, &[change]), error, "{change:?}");
        }
    }
    let page = browser::visit(&format!("{}&state=again", address(&site.issuer(SALES), &[])));
    assert_eq!(page.status, 400, "a parameter that comes twice is trusted neither time");
}

#[test]
fn nothing_of_a_request_becomes_markup_or_a_header() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let markup = "\"><script>alert(1)</script>\r\nX-Injected: 1";
    for name in ["client_id", "redirect_uri"] {
        let page = browser::visit(&address(&issuer, &[(name, Some(markup))]));
        assert!(!page.body.contains("<script") && page.header("x-injected").is_none(), "{}", page.body);
    }
    let back = site.allowed(&issuer, &[("state", Some(markup))]);
    assert_eq!(of(&back, "state").as_deref(), Some(markup));
    let page = browser::visit(&address(&issuer, &[]));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!((page.header("referrer-policy"), page.header("x-frame-options")), (Some("no-referrer"), Some("DENY")));
    assert_eq!(page.header("set-cookie"), None, "a login leaves nothing in the browser");
    assert!(!page.body.contains("<script") && !page.body.contains("http"), "no scripts, nothing from elsewhere: {}", page.body);
    let name = browser::consent(&address(&issuer, &[]), "<img src=x>", "x").unwrap_err();
    assert!(name.starts_with("401 "), "{name}");
}

#[test]
fn a_wrong_password_is_told_and_declining_is_an_answer() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let (name, password) = site.priya();
    for (name, password) in [(name.as_str(), "wrong"), ("nobody", password.as_str()), ("", "")] {
        let told = browser::consent(&address(&issuer, &[]), name, password).unwrap_err();
        assert!(told.contains("The user name or the password is wrong"), "{told}");
    }
    let declined: Url = browser::decline(&address(&issuer, &[]), &name, &password).unwrap().parse().unwrap();
    let said = ["error", "state", "iss", "code"].map(|key| of(&declined, key));
    assert_eq!(said, [Some("access_denied".to_owned()), Some(STATE.to_owned()), Some(issuer), None]);
}

#[tokio::test]
async fn each_step_of_a_login_is_taken_once() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let (name, password) = site.priya();
    let page = browser::visit(&address(&issuer, &[])).body;
    let ticket = page.split_once("name=\"ticket\" value=\"").unwrap().1.split('"').next().unwrap();
    let post = async |path: &str, form: &[(&str, &str)]| {
        let answer = client().post(format!("{}{path}", site.workspace(SALES))).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let skipped = post("/oidc/consent", &[("ticket", ticket), ("decision", "allow")]).await;
    assert_eq!(skipped.0, 400, "nobody has signed in: {}", skipped.1);
    let known = [("ticket", ticket), ("username", &name), ("password", &password)];
    assert_eq!(post("/oidc/login", &known).await.0, 400, "and the ticket is spent");
    assert_eq!(post("/oidc/login", &[("username", &name), ("password", &password)]).await.0, 400);
}

#[tokio::test]
async fn a_code_is_good_once_within_a_minute_and_for_whom_it_was_given() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    for change in [
        ("code_verifier", Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")),
        ("redirect_uri", Some("http://localhost:8021")),
        ("code", Some("invented")),
    ] {
        let (status, body) = exchange(&issuer, &site.code(&issuer), &[change]).await;
        assert_eq!((status.as_u16(), text(&body, "error")), (400, "invalid_grant"), "{change:?}");
    }
    for change in [("code_verifier", None), ("code_verifier", Some("short")), ("redirect_uri", None), ("code", None), ("grant_type", None)]
    {
        let (status, body) = exchange(&issuer, &site.code(&issuer), &[change]).await;
        assert_eq!((status.as_u16(), text(&body, "error")), (400, "invalid_request"), "{change:?}");
    }
    for change in [("client_id", Some("nobody")), ("client_id", None), ("client_secret", Some("x"))] {
        let (status, body) = exchange(&issuer, &site.code(&issuer), &[change]).await;
        assert_eq!((status.as_u16(), text(&body, "error")), (401, "invalid_client"), "{change:?}");
    }
    let elsewhere = exchange(&site.issuer("Finance lakehouse"), &site.code(&issuer), &[]).await;
    assert_eq!((elsewhere.0.as_u16(), text(&elsewhere.1, "error")), (400, "invalid_grant"), "another workspace's code");

    let late = site.code(&issuer);
    site.demo.authorization().expire_codes();
    assert_eq!(exchange(&issuer, &late, &[]).await.0, 400);

    let code = site.code(&issuer);
    let tokens = exchange(&issuer, &code, &[]).await.1;
    assert_eq!(get(&origin, ME, text(&tokens, "access_token")).await.0, 200);
    assert_eq!(exchange(&issuer, &code, &[]).await.0, 400);
    assert_eq!(get(&origin, ME, text(&tokens, "access_token")).await.0, 403, "a code that came twice takes back what it gave");
    assert_eq!(refresh(&issuer, text(&tokens, "refresh_token"), &[]).await.0, 401);
}

#[tokio::test]
async fn the_token_endpoint_reads_a_form_in_the_body_and_nothing_else() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let url = format!("{issuer}/v1/token");
    let code = site.code(&issuer);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let in_query = client().post(Url::parse_with_params(&url, form).unwrap()).form(&form).send().await.unwrap();
    let as_json = client().post(&url).json(&json!({ "grant_type": "authorization_code" })).send().await.unwrap();
    let twice = post(&issuer, &[form.as_slice(), &[("code", "x")]].concat()).await;
    for wrong in [in_query, as_json, twice] {
        let (status, body) = answer(wrong).await;
        assert_eq!((status.as_u16(), text(&body, "error")), (400, "invalid_request"), "{body}");
    }
    assert_eq!(client().get(&url).send().await.unwrap().status(), 404);
    let (status, body) = answer(post(&issuer, &vec![("grant_type", "password"), ("client_id", CLIENT)]).await).await;
    assert_eq!((status.as_u16(), text(&body, "error")), (400, "unsupported_grant_type"));
    assert_eq!(exchange(&issuer, &code, &[]).await.0, 200, "none of these has spent the code");
}

#[tokio::test]
async fn scopes_are_what_was_asked_for_and_they_bind() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let code = of(&site.allowed(&issuer, &[("scope", Some("sql"))]), "code").unwrap();
    let (_, tokens) = exchange(&issuer, &code, &[]).await;
    assert_eq!((text(&tokens, "scope"), tokens.get("refresh_token")), ("sql", None), "without offline_access it does not renew itself");
    let token = text(&tokens, "access_token");
    assert_eq!(get(&origin, ME, token).await.0, 200);
    let (status, body) = get(&origin, CLUSTERS, token).await;
    assert_eq!(status, 403);
    assert!(text(&body, "message").starts_with("Provided OAuth token does not have required scopes: clusters"), "{body}");
    let full = site.tokens(&issuer).await;
    let (status, body) = refresh(&issuer, text(&full, "refresh_token"), &[("scope", Some("sql"))]).await;
    assert_eq!((status.as_u16(), text(&body, "error")), (400, "invalid_scope"));
    let (status, fewer) = refresh(&issuer, text(&full, "refresh_token"), &[("scope", Some("all-apis"))]).await;
    assert_eq!((status.as_u16(), text(&fewer, "scope")), (200, "all-apis"));
}

#[tokio::test]
async fn a_token_opens_its_own_workspace_and_one_of_the_account_opens_all() {
    let site = Site::new();
    let (sales, finance) = (site.workspace(SALES), site.workspace("Finance lakehouse"));
    let account = site.demo.account();
    let list = format!("/api/2.0/accounts/{}/workspaces", account.account_id);
    let of_sales = site.tokens(&site.issuer(SALES)).await;
    let token = text(&of_sales, "access_token");
    assert_eq!(get(&sales, ME, token).await.0, 200);
    assert_eq!(get(&finance, ME, token).await.0, 403);
    assert_eq!(get(&account.base_url, &list, token).await.0, 403);
    assert_eq!(refresh(&site.issuer("Finance lakehouse"), text(&of_sales, "refresh_token"), &[]).await.0, 401);

    let of_account = site.tokens(&site.account_issuer()).await;
    let token = text(&of_account, "access_token");
    for origin in [&sales, &finance] {
        assert_eq!(text(&get(origin, ME, token).await.1, "userName"), site.priya().0);
    }
    let (status, listed) = get(&account.base_url, &list, token).await;
    assert_eq!(status, 200);
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), site.demo.workspaces().len());
    for (found, workspace) in listed.iter().zip(site.demo.workspaces()) {
        assert_eq!(text(found, "workspace_name"), workspace.name);
        assert_eq!(format!("http://{}", text(found, "deployment_name")), workspace.base_url);
        assert_eq!(found["workspace_id"].to_string(), site.demo.workspace(&workspace.name).unwrap().workspace_id());
        assert_eq!(text(found, "workspace_status"), "RUNNING");
    }
    let other = "/api/2.0/accounts/00000000-0000-0000-0000-000000000000/workspaces";
    assert_eq!(get(&account.base_url, other, token).await.0, 404);

    let (_, scope) = get(&sales, "/api/2.0/tokens/introspect", token).await;
    let scope = &scope["principal_context"]["authentication_scope"];
    assert_eq!(text(scope, "account_id"), account.account_id);
    assert_eq!(scope["workspace_id"].to_string(), site.demo.workspace(SALES).unwrap().workspace_id());
    let (_, config) = answer(client().get(format!("{}/.well-known/databricks-config", account.base_url)).send().await.unwrap()).await;
    assert_eq!(text(&config, "host_type"), "account");
    assert_eq!(text(&config, "oidc_endpoint"), format!("{}/oidc/accounts/{{account_id}}", account.base_url));
}

#[tokio::test]
async fn a_unified_host_serves_the_account_and_every_workspace_that_a_header_names() {
    let site = Site::new();
    let unified = site.demo.unified();
    let (_, config) = answer(client().get(format!("{}/.well-known/databricks-config", unified.base_url)).send().await.unwrap()).await;
    let issuer = format!("{}/oidc/accounts/{}", unified.base_url, unified.account_id);
    assert_eq!((text(&config, "host_type"), text(&config, "oidc_endpoint")), ("unified", issuer.as_str()));
    let back = site.allowed(&issuer, &[]);
    assert_eq!(of(&back, "iss"), Some(issuer.clone()));
    let (status, tokens) = exchange(&issuer, &of(&back, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    let token = text(&tokens, "access_token");
    let (status, listed) = get(&unified.base_url, &format!("/api/2.0/accounts/{}/workspaces", unified.account_id), token).await;
    assert_eq!((status.as_u16(), listed.as_array().map(Vec::len)), (200, Some(site.demo.workspaces().len())));
    let ask = async |token: &str, workspace: Option<String>| {
        let request = client().get(format!("{}{ME}", unified.base_url)).bearer_auth(token);
        let request = match workspace {
            Some(id) => request.header("X-Databricks-Workspace-Id", id),
            None => request,
        };
        request.send().await.unwrap()
    };
    for workspace in [SALES, "Finance lakehouse"] {
        let id = site.demo.workspace(workspace).unwrap().workspace_id();
        let response = ask(token, Some(id.clone())).await;
        assert_eq!((response.status().as_u16(), response.headers()["x-databricks-org-id"].to_str().unwrap()), (200, id.as_str()));
        let own = site.demo.workspaces().iter().find(|it| it.name == workspace).unwrap();
        assert_eq!(ask(&own.token, Some(id)).await.status(), 200, "a personal access token of that workspace does as well");
    }
    for unknown in [None, Some("1".to_owned())] {
        let page = ask(token, unknown).await;
        assert!(page.status() == 200 && page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn another_person_signs_in_as_another_person() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let jonas = site.demo.users().remove(1);
    let back: Url = browser::consent(&address(&issuer, &[]), &jonas.name, &jonas.password).unwrap().parse().unwrap();
    let (_, tokens) = exchange(&issuer, &of(&back, "code").unwrap(), &[]).await;
    assert_eq!(text(&get(&origin, ME, text(&tokens, "access_token")).await.1, "userName"), jonas.name);
}

#[tokio::test]
async fn who_does_not_know_the_address_signs_in_at_the_account_and_chooses() {
    let site = Site::new();
    let (name, password) = site.priya();
    let begin = |target: &str| {
        let request: Url = address(&site.issuer(SALES), &[]).parse().unwrap();
        let destination = format!("/oidc/v1/authorize?{}", request.query().unwrap());
        let mut at = Url::parse_with_params(&site.demo.account().base_url, [("destination_url", destination)]).unwrap();
        if !target.is_empty() {
            at.query_pairs_mut().append_pair("target", target);
        }
        String::from(at)
    };
    let back: Url = browser::consent_at(&begin(""), &name, &password, "Finance lakehouse").unwrap().parse().unwrap();
    let issuer = site.issuer("Finance lakehouse");
    assert_eq!((of(&back, "iss"), of(&back, "state").as_deref()), (Some(issuer.clone()), Some(STATE)));
    let (status, tokens) = exchange(&issuer, &of(&back, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(get(&site.workspace("Finance lakehouse"), ME, text(&tokens, "access_token")).await.0, 200);

    let back: Url = browser::consent_at(&begin("ACCOUNT"), &name, &password, "Acme account").unwrap().parse().unwrap();
    assert_eq!(of(&back, "iss"), Some(site.account_issuer()));
    assert_eq!(exchange(&site.account_issuer(), &of(&back, "code").unwrap(), &[]).await.0, 200);

    assert!(browser::consent_at(&begin(""), &name, &password, "Acme account").is_err(), "a workspace was asked for");
    let account = site.demo.account().base_url;
    for wrong in ["https://evil.example/oidc/v1/authorize?x=1", "//evil.example", "/other?x=1"] {
        let at = Url::parse_with_params(&account, [("destination_url", wrong)]).unwrap();
        assert_eq!(browser::visit(at.as_str()).status, 400, "{wrong}");
    }
    assert_eq!(browser::visit(&account).heading(), "Demo account");
}

#[tokio::test]
async fn access_tokens_end_with_their_lifetime_and_refreshing_goes_on() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let authorization = site.demo.authorization();
    authorization.set_access_token_lifetime(Duration::from_secs(120));
    let tokens = site.tokens(&issuer).await;
    assert_eq!(tokens["expires_in"], json!(120));
    authorization.expire_access_tokens();
    let (status, body) = get(&origin, ME, text(&tokens, "access_token")).await;
    assert_eq!((status.as_u16(), body["error_code"].as_i64()), (403, Some(403)));
    authorization.set_access_token_lifetime(Duration::ZERO);
    let (status, renewed) = refresh(&issuer, text(&tokens, "refresh_token"), &[]).await;
    assert_eq!((status.as_u16(), &renewed["expires_in"]), (200, &json!(0)));
    assert_eq!(get(&origin, ME, text(&renewed, "access_token")).await.0, 403, "its time was over at once");
    authorization.revoke_all();
    assert_eq!(refresh(&issuer, text(&renewed, "refresh_token"), &[]).await.0, 401);
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let tokens = site.tokens(&issuer).await;
    let revoke = async |form: Pairs<'_>| client().post(format!("{issuer}/v1/revoke")).form(&form).send().await.unwrap().status().as_u16();
    let token = text(&tokens, "refresh_token");
    assert_eq!(revoke(vec![("token", token)]).await, 401, "who asks?");
    assert_eq!(revoke(vec![("token", "unknown"), ("client_id", CLIENT)]).await, 200);
    assert_eq!(get(&origin, ME, text(&tokens, "access_token")).await.0, 200);
    assert_eq!(revoke(vec![("token", token), ("client_id", CLIENT)]).await, 200);
    assert_eq!(refresh(&issuer, token, &[]).await.0, 401);
    assert_eq!(get(&origin, ME, text(&tokens, "access_token")).await.0, 403);
}

#[tokio::test]
async fn every_fault_of_the_token_endpoint_shows_and_can_be_switched_off() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let authorization = site.demo.authorization();
    let principal = site.demo.service_principal();
    let wanted = vec![
        ("grant_type", "client_credentials"),
        ("scope", "all-apis sql"),
        ("client_id", principal.client_id.as_str()),
        ("client_secret", principal.client_secret.as_str()),
    ];
    let spoiled = async |fault: OAuthFault| {
        authorization.set_fault(fault);
        post(&issuer, &wanted).await
    };

    let html = spoiled(OAuthFault::HtmlTokens).await;
    assert!(html.status() == 200 && html.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    for (text, written) in [(Some("\"3600\""), json!("3600")), (Some("-1"), json!(-1)), (Some("null"), Value::Null)] {
        assert_eq!(answer(spoiled(OAuthFault::ExpiresIn(text)).await).await.1["expires_in"], written);
    }
    assert!(spoiled(OAuthFault::ExpiresIn(Some("1e99"))).await.text().await.unwrap().contains("\"expires_in\":1e99"));
    assert_eq!(answer(spoiled(OAuthFault::ExpiresIn(None)).await).await.1.get("expires_in"), None);
    assert_eq!(text(&answer(spoiled(OAuthFault::TokenType("mac")).await).await.1, "token_type"), "mac");
    let broken = answer(spoiled(OAuthFault::AccessTokenWithLineBreak).await).await.1;
    assert!(text(&broken, "access_token").contains("\r\n"));
    assert_eq!(spoiled(OAuthFault::HugeAnswer(3 << 20)).await.bytes().await.unwrap().len(), 3 << 20);
    let moved = spoiled(OAuthFault::RedirectTokens("http://127.0.0.1:9/x".into())).await;
    assert_eq!((moved.status().as_u16(), moved.headers()[header::LOCATION].to_str().unwrap()), (302, "http://127.0.0.1:9/x"));
    let invalid = answer(spoiled(OAuthFault::InvalidGrant).await).await;
    assert_eq!((invalid.0.as_u16(), text(&invalid.1, "error")), (400, "invalid_grant"));
    let limited = spoiled(OAuthFault::RateLimited { retry_after: Duration::from_secs(3600), times: 1 }).await;
    assert_eq!((limited.status().as_u16(), limited.headers()[header::RETRY_AFTER].to_str().unwrap()), (429, "3600"));
    assert_eq!(post(&issuer, &wanted).await.status(), 200, "once");
    assert_eq!(spoiled(OAuthFault::Unavailable { times: 1 }).await.status(), 503);
    assert_eq!(post(&issuer, &wanted).await.status(), 200, "once");
    assert_eq!(text(&answer(spoiled(OAuthFault::FewerScopes("sql")).await).await.1, "scope"), "sql");
    let begun = std::time::Instant::now();
    assert_eq!(spoiled(OAuthFault::SlowTokens(Duration::from_millis(80))).await.status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(80));

    let given = authorization.client_credentials();
    let cut = spoiled(OAuthFault::CutAnswer { times: 1 }).await;
    assert!(cut.status() == 200 && cut.bytes().await.is_err(), "it breaks off");
    assert_eq!(authorization.client_credentials(), given + 1, "the server has acted all the same");
    let (status, tokens) = answer(post(&issuer, &wanted).await).await;
    assert_eq!(status, 200);
    assert_eq!(get(&origin, ME, text(&tokens, "access_token")).await.0, 200);

    authorization.set_fault(OAuthFault::HtmlTokens);
    authorization.clear_fault();
    assert_eq!(answer(post(&issuer, &wanted).await).await.0, 200);
}

#[tokio::test]
async fn every_fault_of_metadata_and_of_the_browser_s_answer_shows() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let authorization = site.demo.authorization();
    let metadata = async |fault: OAuthFault| {
        authorization.set_fault(fault);
        answer(client().get(format!("{issuer}/.well-known/oauth-authorization-server")).send().await.unwrap()).await.1
    };
    assert_eq!(metadata(OAuthFault::NoS256).await["code_challenge_methods_supported"], json!(["plain"]));
    assert_eq!(text(&metadata(OAuthFault::OtherIssuer("https://evil.example/oidc".into())).await, "issuer"), "https://evil.example/oidc");
    let moved = metadata(OAuthFault::TokenEndpointAt("evil.example".into())).await;
    assert_eq!(text(&moved, "token_endpoint"), "https://evil.example/oidc/v1/token");
    authorization.set_fault(OAuthFault::NoMetadata);
    assert_eq!(client().get(format!("{issuer}/.well-known/oauth-authorization-server")).send().await.unwrap().status(), 404);

    authorization.set_fault(OAuthFault::Iss(None));
    assert_eq!(of(&site.allowed(&issuer, &[]), "iss"), None);
    authorization.set_fault(OAuthFault::Iss(Some("https://evil.example".into())));
    assert_eq!(of(&site.allowed(&issuer, &[]), "iss").as_deref(), Some("https://evil.example"));
    authorization.set_fault(OAuthFault::Error { error: "server_error".into(), description: "<b>sorry</b>".into() });
    let back = site.allowed(&issuer, &[]);
    let said = ["error", "error_description", "code"].map(|key| of(&back, key));
    assert_eq!(said, [Some("server_error".to_owned()), Some("<b>sorry</b>".to_owned()), None]);
}

#[tokio::test]
async fn requests_are_on_record_without_their_secrets() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let tokens = site.tokens(&issuer).await;
    refresh(&issuer, text(&tokens, "refresh_token"), &[]).await;
    let seen = site.demo.authorization().requests();
    assert_eq!(
        seen,
        [
            "GET /oidc/v1/authorize",
            "POST /oidc/login",
            "POST /oidc/consent",
            "POST /oidc/v1/token authorization_code",
            "POST /oidc/v1/token refresh_token"
        ]
    );
    let of_workspace = site.demo.workspace(SALES).unwrap().requests();
    assert!(of_workspace.iter().all(|request| !request.contains("state=")), "{of_workspace:?}");
}

#[test]
fn the_official_python_sdk_signs_in_as_service_principal_and_in_the_browser() {
    const TEST: &str = "the_official_python_sdk_signs_in_as_service_principal_and_in_the_browser";
    if let Some(tool) = support::missing_tool(&["sh", "env", "python3"]) {
        return support::skip(TEST, &format!("{tool} is not installed"));
    }
    let site = Site::new();
    let ran = support::interop("sign_in.py", &site.demo.announcement());
    if ran.code == Some(77) {
        return support::skip(TEST, ran.stdout.lines().last().unwrap_or_default().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let ways: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let clusters = json!(site.demo.workspace("Nightly jobs").unwrap().cluster_ids());
    let workspaces: Value = site.demo.workspaces().iter().map(|it| it.name.clone()).collect();
    let (principal, person) = (site.demo.service_principal().client_id, site.priya().0);
    for (way, (name, user, seen)) in ways.iter().zip([
        ("m2m workspace", &principal, &clusters),
        ("m2m account", &principal, &workspaces),
        ("browser workspace", &person, &clusters),
        ("browser account", &person, &workspaces),
        ("m2m unified", &principal, &clusters),
    ]) {
        assert_eq!((text(way, "way"), text(way, "user"), &way["seen"]), (name, user.as_str(), seen));
    }
    assert_eq!(ways.len(), 5);
    let authorization = site.demo.authorization();
    assert_eq!((authorization.exchanges(), authorization.reuses()), (2, 0), "{ways:?}");
}
