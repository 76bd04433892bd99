//! The demo's personal access tokens: real while they last, whoever made them, and refused as Databricks refuses.

use std::collections::HashMap;

use brickpass_databricks::rest::{Call, UserToken};
use brickpass_demo::{Demo, DemoOptions};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    self, client,
    on_demo::{OnDemo, databricks, workspace},
};

const LIST: &str = "/api/2.0/token/list";
const CREATE: &str = "/api/2.0/token/create";
const DELETE: &str = "/api/2.0/token/delete";
const CONF: &str = "/api/2.0/workspace-conf?keys=maxTokenLifetimeDays,enableTokensConfig";
const ME: &str = "/api/2.0/preview/scim/v2/Me";
const DAY: u64 = 86_400;

type Site = OnDemo;

impl Site {
    fn at(name: &str) -> Self {
        Self::among(2, name)
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        answer(client().get(format!("{}{path}", self.workspace.base_url)).bearer_auth(token)).await
    }

    async fn post(&self, path: &str, token: &str, body: impl ToString) -> (u16, Value) {
        answer(client().post(format!("{}{path}", self.workspace.base_url)).bearer_auth(token).body(body.to_string())).await
    }

    /// Value and id of a new token.
    async fn made(&self, by: &str, comment: &str) -> (String, String) {
        let (status, made) = self.post(CREATE, by, json!({ "comment": comment })).await;
        assert_eq!(status, 200, "{made}");
        (made["token_value"].as_str().unwrap().to_owned(), made["token_info"]["token_id"].as_str().unwrap().to_owned())
    }

    async fn comments(&self, token: &str) -> Vec<String> {
        let (status, list) = self.get(LIST, token).await;
        assert_eq!(status, 200, "{list}");
        list["token_infos"].as_array().into_iter().flatten().map(|info| info["comment"].as_str().unwrap().to_owned()).collect()
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error_code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_token_opens_the_api_until_it_is_revoked() {
    let site = Site::at("Sales lakehouse");
    let first = &site.workspace.token;
    let (value, id) = site.made(first, "laptop").await;
    let (_, me) = site.get(ME, &value).await;
    assert_eq!(me["userName"], site.workspace.user);
    assert_eq!(site.comments(&value).await, ["Brickpass", "laptop"]);
    // A token can make another one and end itself.
    let (second, _) = site.made(&value, "second").await;
    assert_eq!(site.post(DELETE, &value, json!({ "token_id": id })).await, (200, json!({})));
    assert_eq!(site.get(ME, &value).await.0, 403);
    assert!(!site.handle.accepts(&value) && site.handle.accepts(&second) && site.handle.accepts(first));
    assert_eq!(code(&site.post(DELETE, &second, json!({ "token_id": id })).await), (404, "RESOURCE_DOES_NOT_EXIST"));
    assert_eq!(site.comments(first).await, ["Brickpass", "second"]);
}

#[tokio::test]
async fn a_token_opens_the_api_until_its_time_is_over() {
    let site = Site::at("Sales lakehouse");
    let (value, id) = site.made(&site.workspace.token, "short").await;
    site.handle.expire_token(&id);
    assert_eq!(site.get(ME, &value).await.0, 403);
    assert_eq!(site.comments(&site.workspace.token).await, ["Brickpass"]);
    assert!(site.handle.tokens().iter().all(|(known, _)| *known != id));
}

#[tokio::test]
async fn a_token_is_for_one_workspace_also_on_the_unified_host() {
    let site = Site::at("Sales lakehouse");
    let (value, _) = site.made(&site.workspace.token, "laptop").await;
    let other = workspace(&site.demo, "Finance lakehouse");
    assert_eq!(answer(client().get(format!("{}{LIST}", other.base_url)).bearer_auth(&value)).await.0, 403);
    let unified = |workspace_id: String| {
        let request = client().get(format!("{}{LIST}", site.demo.unified().base_url)).bearer_auth(&value);
        answer(request.header("X-Databricks-Workspace-Id", workspace_id))
    };
    let (status, list) = unified(site.handle.workspace_id()).await;
    assert_eq!((status, list["token_infos"].as_array().map(Vec::len)), (200, Some(2)));
    assert_eq!(unified(site.demo.workspace("Finance lakehouse").unwrap().workspace_id()).await.0, 403);
}

#[tokio::test]
async fn times_are_milliseconds_and_an_old_token_never_expires() {
    let site = Site::at("Personal sandbox");
    let (_, list) = site.get(LIST, &site.workspace.token).await;
    assert_eq!(list["token_infos"][0]["expiry_time"], -1);
    let before = jiff::Timestamp::now().as_millisecond();
    let (_, made) = site.post(CREATE, &site.workspace.token, json!({ "lifetime_seconds": 60 })).await;
    let info = &made["token_info"];
    let (created, expires) = (info["creation_time"].as_i64().unwrap(), info["expiry_time"].as_i64().unwrap());
    assert!(created >= before && created <= jiff::Timestamp::now().as_millisecond());
    assert_eq!((expires - created, &info["comment"]), (60_000, &json!("")));
}

#[tokio::test]
async fn without_a_lifetime_a_token_lives_as_long_as_the_workspace_allows() {
    for (name, days) in [("Sales lakehouse", 730), ("Finance lakehouse", 365), ("Logistics platform", 90)] {
        let site = Site::at(name);
        let (_, made) = site.post(CREATE, &site.workspace.token, json!({})).await;
        let info = &made["token_info"];
        let lives = info["expiry_time"].as_u64().unwrap() - info["creation_time"].as_u64().unwrap();
        assert_eq!(lives, days * DAY * 1000, "{name}");
        let longest = json!({ "lifetime_seconds": days * DAY });
        assert_eq!(site.post(CREATE, &site.workspace.token, longest).await.0, 200, "{name}");
        let longer = json!({ "lifetime_seconds": days * DAY + 1 });
        assert_eq!(code(&site.post(CREATE, &site.workspace.token, longer).await), (400, "INVALID_PARAMETER_VALUE"), "{name}");
    }
}

#[tokio::test]
async fn senseless_requests_are_refused_and_make_nothing() {
    let site = Site::at("Sales lakehouse");
    let token = &site.workspace.token;
    for (body, expected) in [
        (String::new(), "MALFORMED_REQUEST"),
        ("comment=laptop".to_owned(), "MALFORMED_REQUEST"),
        ("[]".to_owned(), "MALFORMED_REQUEST"),
        (json!({ "comment": 7 }).to_string(), "MALFORMED_REQUEST"),
        (json!({ "lifetime_seconds": "soon" }).to_string(), "MALFORMED_REQUEST"),
        (json!({ "lifetime_seconds": 0 }).to_string(), "INVALID_PARAMETER_VALUE"),
        (json!({ "lifetime_seconds": -1 }).to_string(), "INVALID_PARAMETER_VALUE"),
        (json!({ "lifetime_seconds": u32::MAX }).to_string(), "INVALID_PARAMETER_VALUE"),
        (json!({ "comment": "x".repeat(1001) }).to_string(), "INVALID_PARAMETER_VALUE"),
    ] {
        assert_eq!(code(&site.post(CREATE, token, &body).await), (400, expected), "{body}");
    }
    assert_eq!(code(&site.post(DELETE, token, json!({})).await), (400, "INVALID_PARAMETER_VALUE"));
    assert_eq!(code(&site.get(CREATE, token).await), (404, "ENDPOINT_NOT_FOUND"));
    assert_eq!(site.get(LIST, "dapi00000000000000000000000000000000").await.0, 403);
    assert_eq!(client().get(format!("{}{LIST}", site.workspace.base_url)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.handle.tokens().len(), 1);
    let unknown_field = json!({ "comment": "fine", "of_tomorrow": { "a": [1] } });
    assert_eq!(site.post(CREATE, token, unknown_field).await.0, 200);
}

#[tokio::test]
async fn each_user_has_a_quota_of_valid_tokens() {
    let site = Site::at("Nightly jobs");
    let principal = support::service_principal_token(&site.demo, &site.workspace.base_url).await;
    site.handle.set_token_quota(2);
    let (_, id) = site.made(&site.workspace.token, "second").await;
    let third = site.post(CREATE, &site.workspace.token, json!({})).await;
    assert_eq!(code(&third), (400, "QUOTA_EXCEEDED"));
    site.made(&principal, "of another").await;
    site.handle.expire_token(&id);
    site.made(&site.workspace.token, "third").await;
}

#[tokio::test]
async fn nobody_sees_or_revokes_the_tokens_of_another() {
    let site = Site::at("Nightly jobs");
    let principal = support::service_principal_token(&site.demo, &site.workspace.base_url).await;
    assert_eq!(site.get(LIST, &principal).await, (200, json!({})), "an empty list is left out");
    let (value, id) = site.made(&principal, "job").await;
    assert_eq!(site.comments(&value).await, ["job"]);
    let (_, me) = site.get(ME, &value).await;
    assert_eq!(me["userName"], site.demo.service_principal().client_id);
    assert_eq!(site.comments(&site.workspace.token).await, ["Brickpass"]);
    let foreign = site.post(DELETE, &site.workspace.token, json!({ "token_id": id })).await;
    assert_eq!(code(&foreign), (404, "RESOURCE_DOES_NOT_EXIST"));
    assert!(site.handle.accepts(&value));
}

#[tokio::test]
async fn whoever_signs_in_with_the_browser_has_the_same_tokens() {
    let site = Site::at("Sales lakehouse");
    let browser = crate::demo_oauth::Site { demo: site.demo };
    let issuer = browser.issuer("Sales lakehouse");
    let signed_in = async |scope| browser.tokens_for(&issuer, scope).await["access_token"].as_str().unwrap().to_owned();
    let (all, clusters) = (signed_in("all-apis offline_access").await, signed_in("clusters").await);
    let site = Site { demo: browser.demo, ..site };
    let (value, _) = site.made(&all, "from the browser").await;
    assert_eq!(site.comments(&site.workspace.token).await, ["Brickpass", "from the browser"]);
    assert_eq!(site.comments(&value).await, site.comments(&all).await);
    // Otherwise a token for one API would make one for all.
    for refused in [site.post(CREATE, &clusters, json!({})).await, site.get(LIST, &clusters).await, site.get(CONF, &clusters).await] {
        assert_eq!(refused.0, 403, "{refused:?}");
        assert!(refused.1["message"].as_str().unwrap().contains("required scopes"), "{refused:?}");
    }
    assert_eq!(site.handle.tokens().len(), 2);
}

#[tokio::test]
async fn where_tokens_are_switched_off_none_opens_anything() {
    let site = Site::at("Nightly jobs");
    let principal = support::service_principal_token(&site.demo, &site.workspace.base_url).await;
    let (value, id) = site.made(&principal, "job").await;
    site.handle.set_tokens_enabled(false);
    for token in [&value, &site.workspace.token] {
        assert_eq!(site.get(ME, token).await.0, 403);
    }
    assert_eq!(site.get(ME, &principal).await.0, 200, "OAuth goes on");
    for refused in [
        site.get(LIST, &principal).await,
        site.post(CREATE, &principal, json!({})).await,
        site.post(DELETE, &principal, json!({ "token_id": id })).await,
    ] {
        assert_eq!(code(&refused), (404, "FEATURE_DISABLED"));
    }
    site.handle.set_tokens_enabled(true);
    site.handle.set_tokens_permitted(false);
    assert_eq!(code(&site.get(LIST, &principal).await), (403, "PERMISSION_DENIED"));
    assert_eq!(site.get(ME, &value).await.0, 403);
    site.handle.set_tokens_permitted(true);
    assert_eq!(site.get(ME, &value).await.0, 200);
}

#[tokio::test]
async fn only_admins_may_read_the_configuration_and_its_values_are_text() {
    let finance = Site::at("Finance lakehouse");
    let conf = finance.get(CONF, &finance.workspace.token).await;
    assert_eq!(conf, (200, json!({ "maxTokenLifetimeDays": "365", "enableTokensConfig": "true" })));
    let sales = Site::at("Sales lakehouse");
    assert_eq!(sales.get(CONF, &sales.workspace.token).await.1["maxTokenLifetimeDays"], json!(null));
    let unknown = sales.get("/api/2.0/workspace-conf?keys=maxTokenLifetimeDays,other", &sales.workspace.token).await;
    assert_eq!(code(&unknown), (400, "INVALID_PARAMETER_VALUE"));
    // Jonas is no admin; neither is a service principal.
    let logistics = Site::at("Logistics platform");
    assert_eq!(code(&logistics.get(CONF, &logistics.workspace.token).await), (403, "PERMISSION_DENIED"));
    let principal = support::service_principal_token(&sales.demo, &sales.workspace.base_url).await;
    assert_eq!(code(&sales.get(CONF, &principal).await), (403, "PERMISSION_DENIED"));
}

#[tokio::test]
async fn a_lost_answer_belongs_to_a_request_that_was_acted_on() {
    let site = Site::at("Sales lakehouse");
    site.handle.lose_next_answer();
    assert_eq!(site.get(LIST, &site.workspace.token).await.0, 200, "reading is not concerned");
    let request = client().post(format!("{}{CREATE}", site.workspace.base_url)).bearer_auth(&site.workspace.token);
    let lost = async { request.body(json!({ "comment": "lost" }).to_string()).send().await?.bytes().await };
    assert!(lost.await.is_err());
    assert_eq!(site.comments(&site.workspace.token).await, ["Brickpass", "lost"]);
    site.made(&site.workspace.token, "next").await;
}

#[tokio::test]
async fn the_expired_token_of_a_workspace_is_none_of_its_tokens() {
    let site = Site::at("Marketing reports");
    assert!(!site.handle.accepts(&site.workspace.token));
    assert_eq!(site.handle.tokens(), []);
}

/// What the SDK has read of everybody's tokens is what our client reads.
fn agrees_with_our_client(demo: &Demo, name: &str, seen: &Value) {
    let workspace = workspace(demo, name);
    let client = databricks(&workspace.base_url, &workspace.token);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let call = async { client.users_tokens(None, &Call::until(tokio::time::Instant::now() + std::time::Duration::from_secs(8))).await };
    let mut ours: Vec<_> = runtime.block_on(call).unwrap().into_iter().map(|it| read(&it)).collect();
    let mut theirs = seen.as_array().unwrap().clone();
    assert!(theirs.len() >= 4, "{seen}");
    for tokens in [&mut ours, &mut theirs] {
        tokens.sort_by_key(|token| token["token_id"].to_string());
    }
    assert_eq!(ours, theirs, "{name}");
}

fn read(it: &UserToken) -> Value {
    let day = it.token.last_used.map(|day| day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond());
    let expiry = it.token.expires_at.map_or(-1, jiff::Timestamp::as_millisecond);
    json!({ "token_id": it.token.id, "owner": it.owner, "last_used_day": day, "expiry_time": expiry, "comment": it.token.comment })
}

#[test]
fn the_official_python_sdk_makes_lists_and_revokes_tokens() {
    const TEST: &str = "the_official_python_sdk_makes_lists_and_revokes_tokens";
    if let Some(tool) = support::missing_tool(&["sh", "env", "python3"]) {
        return support::skip(TEST, &format!("{tool} is not installed"));
    }
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let ran = support::interop("tokens.py", &demo.announcement());
    if ran.code == Some(77) {
        return support::skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let seen: HashMap<(String, String), Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|seen| ((seen["name"].as_str().unwrap().to_owned(), seen["who"].as_str().unwrap().to_owned()), seen))
        .collect();
    assert_eq!(seen.len(), demo.workspaces().len() + 1);
    let conf_of = |name: &str| match name {
        "Logistics platform" | "Payroll and people data" => json!("PermissionDenied"),
        "Finance lakehouse" => json!({ "enableTokensConfig": "true", "maxTokenLifetimeDays": "365" }),
        _ => json!({ "enableTokensConfig": "true", "maxTokenLifetimeDays": null }),
    };
    for ((name, who), seen) in &seen {
        if name == "Marketing reports" {
            assert_eq!((&seen["before"], &seen["conf"]), (&json!("PermissionDenied"), &json!("PermissionDenied")), "{seen}");
            continue;
        }
        let (user, conf, before) = if who == "user" {
            let workspace = workspace(&demo, name);
            (workspace.user.clone(), conf_of(name), json!(["Brickpass"]))
        } else {
            (demo.service_principal().client_id, json!("PermissionDenied"), json!([]))
        };
        assert_eq!((&seen["user"], &seen["conf"], &seen["before"]), (&json!(user), &conf, &before), "{seen}");
        assert_eq!((&seen["lifetime"], &seen["after"]), (&json!(3_600_000), &before), "{seen}");
        let refused = [&seen["used_after"], &seen["deleted_again"], &seen["too_long"]].map(|it| it.as_str().unwrap_or_default());
        assert_eq!(refused, ["PermissionDenied", "ResourceDoesNotExist", "InvalidParameterValue"], "{seen}");
        if name == "Streaming staging" {
            continue;
        }
        let refused = [&seen["limited"], &seen["unknown_scope"]].map(|it| it.as_str().unwrap_or_default());
        assert_eq!(refused, ["PermissionDenied", "InvalidParameterValue"], "{seen}");
        if seen["conf"].is_object() {
            assert_eq!((&seen["on_behalf"], &seen["changed"]), (&json!(demo.service_principal().client_id), &json!("7")), "{seen}");
            let refused = [&seen["got_after"], &seen["over_seven_days"], &seen["unfit"]].map(|it| it.as_str().unwrap_or_default());
            assert_eq!(refused, ["ResourceDoesNotExist", "InvalidParameterValue", "InvalidParameterValue"], "{seen}");
            agrees_with_our_client(&demo, name, &seen["everybody"]);
        } else {
            let refused = [&seen["everybody"], &seen["on_behalf"], &seen["changed"]].map(|it| it.as_str().unwrap_or_default());
            assert_eq!(refused, ["PermissionDenied"; 3], "{seen}");
        }
    }
    for workspace in demo.workspaces().iter().filter(|it| it.name != "Marketing reports") {
        assert_eq!(demo.workspace(&workspace.name).unwrap().tokens().len(), 1, "{}", workspace.name);
    }
}
