//! Everybody's tokens and the rules about them: what the client asks and reads, and what the demo answers to admins and to nobody else.

use std::time::Duration;

use brickpass_core::failure::Code;
use brickpass_databricks::rest::{ApiError, Call, Client, TokenRequest, TokenRules, UserToken};
use brickpass_demo::{Demo, DemoHandle};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{
    self, client,
    fault_server::{Act, FaultServer, answer, json as json_answer},
    on_demo::{OnDemo, databricks, workspace},
};

const TOKENS: &str = "/api/2.0/token-management/tokens";
const CONF: &str = "/api/2.0/workspace-conf";
const CREATE: &str = "/api/2.0/token/create";
const TIMEOUT: Duration = Duration::from_secs(8);

struct Caller {
    client: Client,
    base_url: String,
    token: String,
}

impl Caller {
    fn of(base_url: &str, token: &str) -> Self {
        Self { client: databricks(base_url, token), base_url: base_url.trim_end_matches('/').to_owned(), token: token.to_owned() }
    }

    fn at(server: &FaultServer) -> Self {
        Self::of(&server.base_url(), "canary-token-0123456789")
    }

    fn run<T>(&self, ask: impl AsyncFnOnce(&Client, &Call<'_>) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { ask(&self.client, &Call::until(tokio::time::Instant::now() + TIMEOUT)).await })
    }

    fn all(&self) -> Result<Vec<UserToken>, ApiError> {
        self.run(async |client, call| client.users_tokens(None, call).await)
    }

    fn of_user(&self, name: &str) -> Vec<UserToken> {
        self.run(async |client, call| client.users_tokens(Some(name), call).await).unwrap()
    }

    fn end(&self, id: &str) -> Result<(), ApiError> {
        self.run(async |client, call| client.revoke_users_token(id, call).await)
    }

    fn rules(&self) -> Result<TokenRules, ApiError> {
        self.run(async |client, call| client.token_rules(call).await)
    }

    fn switch(&self, enabled: bool) -> Result<(), ApiError> {
        self.run(async |client, call| client.set_tokens_enabled(enabled, call).await)
    }

    fn allow(&self, days: Option<u32>) -> Result<(), ApiError> {
        self.run(async |client, call| client.set_maximum_token_days(days, call).await)
    }

    /// Value and id.
    fn create(&self, scopes: &[&str], days: u64) -> Result<(String, String), ApiError> {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let request = TokenRequest { comment: "made here".to_owned(), lifetime: Some(Duration::from_hours(24 * days)), scopes };
        let new = self.run(async |client, call| client.create_token(&request, call).await)?;
        Ok((new.value.expose_secret().to_owned(), new.token.id))
    }

    /// Not by the client under test.
    fn raw(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = client().request(method.parse().unwrap(), format!("{}{path}", self.base_url)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        self.run(async |_, _| {
            let response = request.send().await.unwrap();
            let (status, body) = (response.status().as_u16(), response.text().await.unwrap());
            (status, serde_json::from_str(&body).unwrap_or(Value::Null))
        })
    }
}

struct Site {
    demo: Demo,
    handle: DemoHandle,
    admin: Caller,
}

impl Site {
    fn at(name: &str) -> Self {
        let OnDemo { demo, workspace, handle } = OnDemo::among(2, name);
        Self { admin: Caller::of(&workspace.base_url, &workspace.token), demo, handle }
    }

    fn principal(&self) -> Caller {
        let token = self.admin.run(async |_, _| support::service_principal_token(&self.demo, &self.admin.base_url).await);
        Caller::of(&self.admin.base_url, &token)
    }
}

fn always(act: Act) -> FaultServer {
    FaultServer::start(move |_, _| act.clone())
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

fn not_an_admin(error: &ApiError) -> bool {
    error.failure.code == Code::Forbidden && error.failure.what == "Only workspace admins can see or change this."
}

#[test]
fn a_token_says_whose_it_is_and_the_day_of_its_last_use() {
    let infos = json!({ "token_infos": [
        { "token_id": "a1", "comment": "flow", "creation_time": 1_700_000_000_000_i64, "expiry_time": -1, "last_used_day": 1_700_006_400_000_i64,
          "created_by_id": 7, "created_by_username": "priya@example.com", "owner_id": 7, "workspace_id": 1, "scopes": ["sql"] },
        // An admin made it on behalf of a service principal, of which another token tells the name.
        { "token_id": "b2", "created_by_id": 7, "created_by_username": "priya@example.com", "owner_id": 9 },
        { "token_id": "c3", "created_by_id": 9, "created_by_username": "4b1c-app", "owner_id": 9, "last_used_day": null },
        { "token_id": "d4", "created_by_id": 7, "created_by_username": "priya@example.com", "owner_id": 11 },
        { "token_id": "../x", "created_by_username": "no request could name it" },
    ], "of_tomorrow": {} });
    let server = always(json_answer("200 OK", &infos.to_string()));
    let all = Caller::at(&server).all().unwrap();
    let seen: Vec<_> = all.iter().map(|it| (it.token.id.as_str(), it.owner.as_str(), it.token.last_used)).collect();
    let day = Some("2023-11-15".parse().unwrap());
    assert_eq!(seen, [("a1", "priya@example.com", day), ("b2", "4b1c-app", None), ("c3", "4b1c-app", None), ("d4", "11", None)]);
    assert_eq!((all[0].token.expires_at, all[0].token.limits()), (None, Some(["sql".to_owned()].as_slice())));
    assert!(Caller::at(&always(json_answer("200 OK", "{}"))).all().unwrap().is_empty());
}

#[test]
fn a_user_is_asked_for_by_name_whatever_is_in_the_name() {
    let server = always(json_answer("200 OK", "{}"));
    Caller::at(&server).of_user("a+b c&created_by_id=1@example.com");
    let head = &server.requests()[0];
    assert!(
        head.starts_with("GET /api/2.0/token-management/tokens?created_by_username=a%2Bb+c%26created_by_id%3D1%40example.com "),
        "{head}"
    );
}

#[test]
fn what_changes_something_is_asked_for_once() {
    for lost in [Act::Reset(Vec::new()), Act::Send(Vec::new()), json_answer("503 Service Unavailable", "{}")] {
        let server = always(lost);
        let caller = Caller::at(&server);
        for error in [caller.end("a1"), caller.switch(false), caller.allow(Some(30))].map(Result::unwrap_err) {
            assert!(error.may_have_been_acted_on(), "{error:?}");
        }
        assert_eq!(server.requests().len(), 3);
    }
    let portal = always(answer("200 OK", "Content-Type: text/html\r\n", "<html><title>Sign in</title></html>"));
    for error in [Caller::at(&portal).end("a1"), Caller::at(&portal).switch(true)].map(Result::unwrap_err) {
        assert_eq!(error.failure.code, Code::NotApi, "a page of a portal has changed nothing");
    }
}

#[test]
fn a_request_without_a_body_says_everything_in_its_path() {
    let server = always(json_answer("200 OK", "{}"));
    let caller = Caller::at(&server);
    caller.end("a1").unwrap();
    caller.switch(false).unwrap();
    caller.allow(None).unwrap();
    let (heads, bodies) = (server.requests(), server.forms());
    assert!(heads[0].starts_with("DELETE /api/2.0/token-management/tokens/a1 ") && !heads[0].to_lowercase().contains("content-type"));
    assert!(heads[1].starts_with("PATCH /api/2.0/workspace-conf ") && heads[1].to_lowercase().contains("content-type: application/json"));
    let read = |body: &String| serde_json::from_str::<Value>(body).unwrap();
    let sent: Vec<Value> = bodies.iter().filter(|body| !body.is_empty()).map(read).collect();
    assert_eq!(sent, [json!({ "enableTokensConfig": "false" }), json!({ "maxTokenLifetimeDays": "0" })]);
    for id in ["", "../token/delete", "a?b", "a/b"] {
        assert_eq!(caller.end(id).unwrap_err().failure.code, Code::InvalidInput, "{id}");
    }
    assert_eq!(server.requests().len(), 3, "such an id is not sent");
}

#[test]
fn rules_are_text_or_null() {
    let read = |body: &str| Caller::at(&always(json_answer("200 OK", body))).rules().unwrap();
    let rules = |enabled, maximum_days| TokenRules { enabled, maximum_days };
    assert_eq!(read(r#"{"enableTokensConfig":"true","maxTokenLifetimeDays":"90"}"#), rules(Some(true), Some(90)));
    assert_eq!(read(r#"{"enableTokensConfig":"False","maxTokenLifetimeDays":"0"}"#), rules(Some(false), None));
    assert_eq!(read(r#"{"enableTokensConfig":null,"maxTokenLifetimeDays":""}"#), TokenRules::default());
    assert_eq!(read(r#"{"enableTokensConfig":"perhaps","maxTokenLifetimeDays":90}"#), TokenRules::default());
    assert_eq!(read("{}"), TokenRules::default());
    assert_eq!(Caller::at(&always(json_answer("200 OK", "[]"))).rules().unwrap_err().failure.code, Code::NotApi);
}

#[test]
fn an_admin_finds_the_tokens_of_other_people_and_ends_one() {
    let site = Site::at("Sales lakehouse");
    let all = site.admin.all().unwrap();
    let mut owners: Vec<&str> = all.iter().map(|it| it.owner.as_str()).collect();
    owners.sort_unstable();
    owners.dedup();
    let principal = site.demo.service_principal().client_id;
    let mut expected = ["amara.okafor@example.com", "jonas.lindqvist@example.com", "priya.raman@example.com", principal.as_str()];
    expected.sort_unstable();
    assert_eq!(owners, expected);
    let own: Vec<_> = all.iter().filter(|it| it.owner == "priya.raman@example.com").collect();
    assert_eq!((own.len(), own[0].token.last_used), (1, Some(today())), "this very request used it");
    let now = Timestamp::now();
    assert!(all.iter().any(|it| it.token.last_used.is_none()), "one was never used");
    let old = all.iter().find(|it| it.token.idle_days(now).is_some()).unwrap();
    assert!(old.token.expires_at.is_none() && old.token.unused_days(now).unwrap() >= 60, "{old:?}");

    assert_eq!(site.admin.of_user("jonas.lindqvist@example.com").len(), 1);
    assert!(site.admin.of_user("nobody@example.com").is_empty());
    let jonas = site.admin.raw("GET", &format!("{TOKENS}?created_by_id=7193046281557302"), &Value::Null).1;
    assert_eq!(jonas["token_infos"][0]["created_by_username"], "jonas.lindqvist@example.com");
    assert_eq!(site.admin.raw("GET", &format!("{TOKENS}/{}", old.token.id), &Value::Null).1["token_info"]["token_id"], old.token.id);

    site.admin.end(&old.token.id).unwrap();
    site.admin.end(&old.token.id).unwrap();
    assert_eq!(site.admin.all().unwrap().len(), all.len() - 1);
    let (status, gone) = site.admin.raw("GET", &format!("{TOKENS}/{}", old.token.id), &Value::Null);
    assert_eq!((status, &gone["error_code"]), (404, &json!("RESOURCE_DOES_NOT_EXIST")));
}

#[test]
fn who_is_no_admin_learns_and_changes_nothing_and_is_told_why() {
    let (sales, logistics) = (Site::at("Sales lakehouse"), Site::at("Logistics platform"));
    for caller in [&sales.principal(), &logistics.admin] {
        let errors = [
            caller.all().unwrap_err(),
            caller.end("a1").unwrap_err(),
            caller.rules().unwrap_err(),
            caller.switch(false).unwrap_err(),
            caller.allow(Some(1)).unwrap_err(),
        ];
        for error in errors {
            assert!(not_an_admin(&error) && !error.may_have_been_acted_on(), "{error:?}");
            assert!(error.failure.details.unwrap().contains("PERMISSION_DENIED"));
        }
        let (status, _) = caller.raw("POST", "/api/2.0/token-management/on-behalf-of/tokens", &json!({ "application_id": "x" }));
        assert_eq!(status, 403);
    }
    assert!(sales.handle.accepts(&sales.admin.token) && logistics.handle.accepts(&logistics.admin.token));
}

#[test]
fn a_maximum_lifetime_holds_for_tokens_that_are_made_from_now_on() {
    let site = Site::at("Sales lakehouse");
    let admin = &site.admin;
    assert_eq!(admin.rules().unwrap(), TokenRules { enabled: Some(true), maximum_days: None });
    let (long, _) = admin.create(&[], 100).unwrap();
    admin.allow(Some(30)).unwrap();
    assert_eq!(admin.rules().unwrap().maximum_days, Some(30));
    assert_eq!(admin.create(&[], 31).unwrap_err().failure.code, Code::TokenLifetime);
    admin.create(&[], 30).unwrap();
    assert!(site.handle.accepts(&long), "what was made before stays");
    assert_eq!(admin.allow(Some(731)).unwrap_err().failure.code, Code::InvalidInput);
    admin.allow(None).unwrap();
    assert_eq!(admin.rules().unwrap().maximum_days, None);
    admin.create(&[], 730).unwrap();
    let both = json!({ "maxTokenLifetimeDays": "7", "other": "1" });
    assert_eq!(admin.raw("PATCH", CONF, &both).0, 400);
    assert_eq!(admin.rules().unwrap().maximum_days, None, "all or nothing");
}

#[test]
fn tokens_that_are_switched_off_open_nothing_until_they_are_switched_on() {
    let site = Site::at("Sales lakehouse");
    site.admin.switch(false).unwrap();
    assert!(!site.handle.accepts(&site.admin.token));
    let error = site.admin.rules().unwrap_err();
    assert_eq!(error.failure.code, Code::Unauthorized, "its own token is switched off as well: {error:?}");

    // Somebody who signs in otherwise goes on, and can switch them on again.
    let site = crate::demo_oauth::Site { demo: site.demo };
    let issuer = site.issuer("Sales lakehouse");
    let base_url = workspace(&site.demo, "Sales lakehouse").base_url.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tokens = runtime.block_on(site.tokens_for(&issuer, "all-apis offline_access"));
    let admin = Caller::of(&base_url, tokens["access_token"].as_str().unwrap());
    assert_eq!(admin.rules().unwrap().enabled, Some(false));
    assert_eq!(admin.create(&[], 1).unwrap_err().failure.code, Code::TokensDisabled);
    let principal = json!({ "application_id": site.demo.service_principal().client_id });
    let (status, refused) = admin.raw("POST", "/api/2.0/token-management/on-behalf-of/tokens", &principal);
    assert_eq!((status, &refused["error_code"]), (404, &json!("FEATURE_DISABLED")));
    admin.switch(true).unwrap();
    admin.create(&[], 1).unwrap();
}

#[test]
fn an_admin_makes_a_token_for_a_service_principal() {
    let site = Site::at("Sales lakehouse");
    let principal = site.demo.service_principal().client_id;
    let asked = json!({ "application_id": principal, "comment": "for the job", "lifetime_seconds": 3600, "scopes": ["jobs"] });
    let (status, made) = site.admin.raw("POST", "/api/2.0/token-management/on-behalf-of/tokens", &asked);
    assert_eq!(status, 200, "{made}");
    let info = &made["token_info"];
    assert_eq!((&info["created_by_username"], &info["scopes"]), (&json!("priya.raman@example.com"), &json!(["jobs"])));
    let value = made["token_value"].as_str().unwrap();
    let me = Caller::of(&site.admin.base_url, value).run(async |client, _| client.me().await).unwrap();
    assert_eq!(me.user_name, principal);
    let listed = site.admin.all().unwrap().into_iter().find(|it| it.token.id == info["token_id"].as_str().unwrap()).unwrap();
    assert_eq!(listed.owner, principal, "by the number of its owner");
    let unknown = json!({ "application_id": "nobody", "lifetime_seconds": 3600 });
    let (status, refused) = site.admin.raw("POST", "/api/2.0/token-management/on-behalf-of/tokens", &unknown);
    assert_eq!((status, &refused["error_code"]), (404, &json!("RESOURCE_DOES_NOT_EXIST")));
}

#[test]
fn a_limited_token_opens_what_its_scopes_name_and_nothing_else() {
    let site = Site::at("Sales lakehouse");
    let (value, id) = site.admin.create(&["clusters"], 1).unwrap();
    let limited = Caller::of(&site.admin.base_url, &value);
    limited.run(async |client, _| client.me().await).unwrap();
    assert_eq!(limited.raw("GET", "/api/2.1/clusters/list", &Value::Null).0, 200);
    for error in [limited.all().map(drop), limited.rules().map(drop), limited.create(&[], 1).map(drop)].map(Result::unwrap_err) {
        assert_eq!(error.failure.what, "The token is limited and does not allow this.", "{error:?}");
        assert_eq!(error.failure.code, Code::MissingScope);
    }
    let listed = site.admin.run(async |client, call| client.tokens(call).await).unwrap();
    let told = listed.iter().find(|token| token.id == id).unwrap();
    assert_eq!((told.limits(), told.last_used), (Some(["clusters".to_owned()].as_slice()), None), "its owner is not told of its use");
    let seen = site.admin.all().unwrap().into_iter().find(|it| it.token.id == id).unwrap().token;
    assert_eq!((seen.scopes, seen.last_used), (vec!["clusters".to_owned()], Some(today())));
    let (all, _) = site.admin.create(&["all-apis"], 1).unwrap();
    Caller::of(&site.admin.base_url, &all).create(&["sql", "clusters"], 1).unwrap();
}

#[test]
fn a_scope_that_the_workspace_does_not_know_is_told_and_nothing_is_made() {
    let site = Site::at("Sales lakehouse");
    let error = site.admin.create(&["sql", "everything"], 1).unwrap_err();
    assert_eq!((error.failure.code, error.may_have_been_acted_on()), (Code::TokenScope, false));
    assert!(error.failure.details.as_ref().unwrap().contains("everything"), "{error:?}");
    assert_eq!(site.handle.tokens().len(), 1);
    let server = always(json_answer("200 OK", &json!({ "token_value": "dapi1", "token_info": { "token_id": "a1" } }).to_string()));
    Caller::at(&server).create(&["sql", "unity-catalog"], 1).unwrap();
    let sent: Value = serde_json::from_str(&server.forms()[0]).unwrap();
    assert_eq!((&sent["scopes"], server.requests_for(CREATE)), (&json!(["sql", "unity-catalog"]), 1));
}

#[test]
fn ns_09_a_list_that_is_not_paged_is_read_to_32_mebibytes() {
    let one = |at: u32| {
        json!({
            "token_id": format!("{at:064x}"), "comment": format!("pipeline of team {at}, made by terraform"), "creation_time": 1_700_000_000_000_i64,
            "expiry_time": 1_900_000_000_000_i64, "created_by_id": 1_000_000_000_000_u64 + u64::from(at),
            "created_by_username": format!("somebody.with.a.name.{at}@example.com"), "owner_id": 1_000_000_000_000_u64 + u64::from(at),
            "last_used_day": 1_700_000_000_000_i64, "workspace_id": 1_234_567_890_123_456_u64, "scopes": ["sql", "clusters", "jobs"],
        })
    };
    let body = json!({ "token_infos": (0..5_000).map(one).collect::<Vec<_>>() }).to_string();
    assert!(body.len() > 1024 * 1024);
    let server = always(json_answer("200 OK", &body));
    let caller = Caller::at(&server);
    assert_eq!(caller.all().unwrap().len(), 5_000);
    assert_eq!(caller.run(async |client, call| client.tokens(call).await).unwrap().len(), 5_000);
    let endless = format!("{{\"token_infos\": [], \"more\": \"{}\"}}", "x".repeat(32 * 1024 * 1024));
    let server = always(json_answer("200 OK", &endless));
    let error = Caller::at(&server).all().unwrap_err();
    assert_eq!(error.failure.code, Code::TooLarge);
    assert!(error.failure.why.contains("more than 32 MiB"), "{}", error.failure.why);
}
