//! The token endpoint: who gets tokens, what they open, and when they end.

use std::time::Duration;

use reqwest::header;
use serde_json::json;
use url::Url;

use super::{CLIENT, CLUSTERS, ME, Pairs, REDIRECT, SALES, Site, VERIFIER, answer, changed, exchange, get, of, post, refresh, text};
use crate::support::{client, on_demo::workspace};

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
    for name in [SALES, "Finance lakehouse"] {
        let id = site.demo.workspace(name).unwrap().workspace_id();
        let response = ask(token, Some(id.clone())).await;
        assert_eq!((response.status().as_u16(), response.headers()["x-databricks-org-id"].to_str().unwrap()), (200, id.as_str()));
        let own = workspace(&site.demo, name);
        assert_eq!(ask(&own.token, Some(id)).await.status(), 200, "a personal access token of that workspace does as well");
    }
    for unknown in [None, Some("1".to_owned())] {
        let page = ask(token, unknown).await;
        assert!(page.status() == 200 && page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    }
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
