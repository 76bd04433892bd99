//! What the demo is for: faults on request, a record of requests, and the official SDK.

use std::time::Duration;

use brickpass_demo::OAuthFault;
use reqwest::header;
use serde_json::{Value, json};

use super::{ME, SALES, Site, answer, get, of, post, refresh, text};
use crate::support::{self, client};

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
