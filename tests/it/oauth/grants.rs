//! What each grant sends, and what comes of a request that fails.

use std::time::{Duration, Instant};

use brickpass_core::{
    connection::{ClientId, OAuthApp, Scopes},
    failure::{Code, Remedy},
};
use brickpass_databricks::oauth::{Endpoints, Trouble, client_credentials, refresh, revoke};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{
    GRANTS, Grant, NOW, REFRESH, SECRET, TOKEN, TOKENS, ask, deadline, endpoints, http, no_secret_in, refused, server, tokens_by, wait,
};
use crate::support::fault_server::{Act, FaultServer, answer, json};

// The way it should be

#[test]
fn each_grant_sends_what_its_standard_says_and_nothing_more() {
    let server = tokens_by(|_| json("200 OK", TOKENS));
    for grant in GRANTS {
        let tokens = ask(&server, grant).unwrap();
        assert_eq!(tokens.access.secret.expose_secret(), "canary-access");
        assert_eq!(tokens.access.expires_at.unwrap().as_second(), 3600);
        assert!(!tokens.access.expiry_assumed && tokens.scopes_missing.is_empty());
        assert_eq!(tokens.refresh.unwrap().expose_secret(), "canary-next");
    }
    let forms = server.forms();
    let names = |form: &str| {
        let mut names: Vec<String> = url::form_urlencoded::parse(form.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(names(&forms[0]), "client_id code code_verifier grant_type redirect_uri");
    assert_eq!(names(&forms[1]), "client_id grant_type refresh_token");
    assert_eq!(names(&forms[2]), "grant_type scope");
    let heads: Vec<String> = server.requests().into_iter().filter(|head| head.starts_with("POST")).collect();
    for (head, basic) in heads.iter().zip([false, false, true]) {
        let head = head.to_ascii_lowercase();
        assert_eq!(head.contains("authorization: basic "), basic, "{head}");
        assert!(head.contains("content-type: application/x-www-form-urlencoded") && head.contains("accept: application/json"), "{head}");
        assert!(!head.contains("accept-encoding") && !head.contains("cookie") && !head.contains("canary"), "{head}");
    }
}

#[test]
fn a_sign_in_is_revoked_with_its_refresh_token() {
    let server = server(|path, _, _| (path == "/oidc/v1/revoke").then(|| answer("200 OK", "", "")));
    wait(revoke(&http(), &endpoints(&server), &OAuthApp::default(), &REFRESH.into(), deadline())).unwrap();
    assert_eq!(server.forms(), ["token=canary-refresh%2F%2B%3D&token_type_hint=refresh_token&client_id=databricks-cli"]);
    let without = Endpoints { revocation: None, ..endpoints(&server) };
    wait(revoke(&http(), &without, &OAuthApp::default(), &REFRESH.into(), deadline())).unwrap();
    assert_eq!(server.forms().len(), 1);
    let refuses = tokens_by(|_| json("200 OK", TOKENS));
    let error = wait(revoke(&http(), &endpoints(&refuses), &OAuthApp::default(), &REFRESH.into(), deadline())).unwrap_err();
    no_secret_in(&error, &refuses);
}

#[test]
fn ot_08_a_redirect_of_the_token_endpoint_is_not_followed() {
    let elsewhere = FaultServer::start(|_, _| json("200 OK", TOKENS));
    let target = format!("{}{TOKEN}?canary", elsewhere.base_url());
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let target = target.clone();
        let server = tokens_by(move |_| answer(status, &format!("Location: {target}\r\n"), ""));
        for grant in GRANTS {
            let error = refused(&server, grant);
            assert_eq!((error.failure.code, error.trouble), (Code::Redirect, Trouble::Refused), "{status} {grant:?}");
        }
    }
    assert_eq!(elsewhere.requests(), [""; 0], "something was sent along");
}

#[test]
fn ot_09_a_code_that_is_worth_nothing_asks_for_a_new_sign_in() {
    let server = tokens_by(|_| json("400 Bad Request", r#"{"error":"invalid_grant","error_description":"canary-code/+= has expired"}"#));
    let error = refused(&server, Grant::Code);
    assert_eq!(error.trouble, Trouble::InvalidGrant);
    assert!(error.to_string().contains("The authorization code has expired or was already used. Sign in again."), "{error}");
    assert_eq!(error.failure.remedy, Some(Remedy::SignIn));
    assert_eq!(server.requests_for(TOKEN), 1);
}

#[test]
fn ot_10_a_wrong_secret_is_told_from_an_unreachable_host() {
    let echo = format!(
        r#"{{"error":"invalid_client","error_description":"{} does not fit {}"}}"#,
        SECRET, "Basic c2VydmljZS1wcmluY2lwYWw6Y2FuYXJ5"
    );
    let server = tokens_by(move |_| json("401 Unauthorized", &echo));
    let error = refused(&server, Grant::ClientCredentials);
    assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidClient, Code::OauthRefused));
    assert!(error.to_string().contains("The client ID or the secret is wrong."), "{error}");
    assert_eq!(error.failure.remedy, Some(Remedy::ReplaceSecret));
    let gone: Url = format!("http://127.0.0.1:{}{TOKEN}", crate::support::free_port()).parse().unwrap();
    let unreachable = Endpoints { token: gone, ..endpoints(&server) };
    let id = ClientId::parse("service-principal").unwrap();
    let error = wait(client_credentials(&http(), &unreachable, &id, None, &SECRET.into(), NOW, deadline())).unwrap_err();
    assert_eq!((error.trouble, error.failure.code), (Trouble::Unknown, Code::Refused));
}

// R-7: one more try of a refresh, at most

#[test]
fn a_refresh_that_got_lost_is_sent_once_more_with_the_same_token() {
    for lost in [Act::Reset(b"HTTP/1.1 2".into()), json("500 Internal Server Error", "{}"), json("502 Bad Gateway", "{}")] {
        let server = tokens_by(move |before| if before == 0 { lost.clone() } else { json("200 OK", TOKENS) });
        assert!(ask(&server, Grant::Refresh).is_ok());
        assert_eq!(server.requests_for(TOKEN), 2);
    }
    let broken = tokens_by(|_| json("500 Internal Server Error", "canary"));
    let error = refused(&broken, Grant::Refresh);
    assert_eq!((error.trouble, error.failure.code), (Trouble::Unknown, Code::ServerError));
    assert_eq!(broken.requests_for(TOKEN), 2);
    assert_eq!(broken.forms()[0], broken.forms()[1]);
}

#[test]
fn a_refresh_is_not_repeated_when_the_server_has_decided() {
    for (status, headers, body, trouble) in [
        ("400 Bad Request", "", r#"{"error":"invalid_grant"}"#, Trouble::InvalidGrant),
        ("401 Unauthorized", "", r#"{"error":"invalid_request","error_description":"Refresh token is invalid"}"#, Trouble::InvalidGrant),
        ("429 Too Many Requests", "Retry-After: 7\r\n", "{}", Trouble::NotNow { retry_after: Some(Duration::from_secs(7)) }),
        ("503 Service Unavailable", "Retry-After: 9999999\r\n", "{}", Trouble::NotNow { retry_after: Some(Duration::from_hours(24)) }),
        ("503 Service Unavailable", "", "", Trouble::NotNow { retry_after: None }),
        ("403 Forbidden", "", r#"{"message":"canary-refresh/+="}"#, Trouble::Refused),
        ("404 Not Found", "", r#"{"access_token":"canary-acc"#, Trouble::Refused),
    ] {
        let server = tokens_by(move |_| answer(status, &format!("Content-Type: application/json\r\n{headers}"), body));
        assert_eq!(refused(&server, Grant::Refresh).trouble, trouble, "{status} {body}");
        assert_eq!(server.requests_for(TOKEN), 1, "{status} {body}");
    }
}

#[test]
fn silence_ends_with_the_deadline() {
    let server = tokens_by(|_| Act::Silence);
    let began = Instant::now();
    let at = tokio::time::Instant::now() + Duration::from_secs(1);
    let error = wait(refresh(&http(), &endpoints(&server), &OAuthApp::default(), &REFRESH.into(), NOW, at)).unwrap_err();
    assert_eq!((error.trouble, error.failure.code), (Trouble::Unknown, Code::ReadTimeout));
    assert!(began.elapsed() < Duration::from_secs(15));
    assert_eq!(server.requests_for(TOKEN), 1);
}

#[test]
fn no_secret_is_sent_in_the_open() {
    let http = http();
    for token in [
        "http://adb-1.2.azuredatabricks.net/oidc/v1/token",
        "https://user:pw@adb-1.2.azuredatabricks.net/",
        "https://login.databricks.com/x",
    ] {
        let server = tokens_by(|_| json("200 OK", TOKENS));
        let unsafe_one = Endpoints { token: token.parse().unwrap(), ..endpoints(&server) };
        let error = wait(refresh(&http, &unsafe_one, &OAuthApp::default(), &REFRESH.into(), NOW, deadline())).unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::OauthProtocol), "{token}");
    }
}

#[test]
fn sg_21_a_service_principal_asks_for_its_own_scopes_or_for_all() {
    let server = tokens_by(|_| json("200 OK", TOKENS));
    let id = ClientId::parse("service-principal").unwrap();
    let own = Scopes::parse("sql clusters").unwrap();
    for (scopes, asked) in [(None, "scope=all-apis"), (Some(&own), "scope=sql+clusters")] {
        let _ = wait(client_credentials(&http(), &endpoints(&server), &id, scopes, &SECRET.into(), NOW, deadline()));
        let form = server.forms().pop().unwrap();
        assert!(form.split('&').any(|field| field == asked), "{asked}");
    }
}
