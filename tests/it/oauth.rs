//! What an authorization server may do wrong, and what becomes of it: no secret goes astray, nothing hangs, and the person is told.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use brickpass::{
    connection::{AccountId, BaseUrl, ClientId, OAuthApp},
    databricks::{Http, HttpSettings},
    failure::{Code, Remedy},
    oauth::{
        Answer, Endpoints, Login, OAuthError, Place, Target, Tokens, Trouble, client_credentials, discover, loopback::Ports, refresh,
        revoke,
    },
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::support::{
    browser,
    fault_server::{Act, FaultServer, answer, json},
};

// Not in the shape of real secrets: only their value can give them away.
const CODE: &str = "canary-code/+=";
const REFRESH: &str = "canary-refresh/+=";
const SECRET: &str = "canary-secret/+=: ";
const TOKENS: &str = r#"{"access_token":"canary-access","token_type":"Bearer","expires_in":3600,"refresh_token":"canary-next","scope":"all-apis offline_access"}"#;
const METADATA: &str = "/oidc/.well-known/oauth-authorization-server";
const TOKEN: &str = "/oidc/v1/token";
const ACCOUNT: &str = "12345678-90ab-cdef-1234-567890abcdef";
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
                client_credentials(&http, &endpoints, &id, &SecretString::from(SECRET), NOW, deadline()).await
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

fn discovered(server: &FaultServer, account_id: Option<&str>) -> Result<Endpoints, OAuthError> {
    let target = Target { base_url: base_url(&server.base_url()), account_id: account_id.map(|id| AccountId::parse(id).unwrap()) };
    wait(discover(&http(), &target, deadline()))
}

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

// The token endpoint

#[test]
fn ot_01_a_web_page_instead_of_tokens() {
    let page = "<!DOCTYPE html><title>Guest Wi-Fi canary-access</title>canary";
    let html = tokens_by(move |_| answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<html><title>Guest Wi-Fi</title>canary"));
    for grant in GRANTS {
        let error = refused(&html, grant);
        assert_eq!(error.failure.code, Code::NotApi, "{grant:?}");
        assert!(error.failure.what.contains("web page"), "{error}");
        assert_eq!(error.failure.details.as_deref(), Some("Title of the page: Guest Wi-Fi"));
    }
    for (kind, body) in
        [("text/plain", TOKENS), ("", TOKENS), ("application/json2", TOKENS), ("application/json", "[]"), ("application/json", "{}")]
    {
        let header = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let other = tokens_by(move |_| answer("200 OK", &header, body));
        assert_eq!(refused(&other, Grant::Refresh).failure.code, Code::OauthProtocol, "{kind} {body}");
    }
    let lying = tokens_by(move |_| json("200 OK", page));
    assert_eq!(refused(&lying, Grant::Refresh).failure.code, Code::OauthProtocol);
    let tolerated = tokens_by(|_| answer("200 OK", "Content-Type: Application/JSON ; charset=UTF-8\r\n", TOKENS));
    assert!(ask(&tolerated, Grant::Code).is_ok());
}

#[test]
fn ot_03_every_kind_of_lifetime_gives_a_usable_one() {
    for (said, seconds, assumed) in [
        ("", 3600, true),
        (",\"expires_in\":\"3600\"", 3600, false),
        (",\"expires_in\":-1", 60, false),
        (",\"expires_in\":1e99", 86_400, false),
        (",\"expires_in\":null", 3600, true),
    ] {
        let server = tokens_by(move |_| json("200 OK", &format!(r#"{{"access_token":"canary","token_type":"bearer"{said}}}"#)));
        let access = ask(&server, Grant::Refresh).unwrap().access;
        assert_eq!((access.expires_at.unwrap().as_second(), access.expiry_assumed), (seconds, assumed), "{said}");
    }
}

#[test]
fn ot_04_a_token_of_another_kind_is_refused() {
    let server = tokens_by(|_| json("200 OK", &TOKENS.replace("Bearer", "mac")));
    for grant in GRANTS {
        assert_eq!(refused(&server, grant).failure.code, Code::OauthProtocol, "{grant:?}");
    }
}

#[test]
fn ot_05_a_token_that_would_add_a_header_is_refused() {
    for bad in ["canary\\r\\nX-Evil: 1", "canary\\n", "canary-\\u00e6", "canary\\u0000", "", "canary x"] {
        for field in ["canary-access", "canary-next"] {
            if bad.is_empty() && field == "canary-next" {
                continue;
            }
            let server = tokens_by(move |_| json("200 OK", &TOKENS.replace(field, bad)));
            assert_eq!(refused(&server, Grant::Refresh).failure.code, Code::OauthProtocol, "{field} {bad}");
        }
    }
}

#[test]
fn ot_06_a_flood_is_stopped_at_a_megabyte() {
    let began = Instant::now();
    let announced = tokens_by(|_| {
        Act::Flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n{".into(), vec![b' '; 4096])
    });
    let endless = tokens_by(|_| Act::Flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{".into(), vec![b' '; 4096]));
    for server in [announced, endless] {
        for grant in GRANTS {
            assert_eq!(refused(&server, grant).failure.code, Code::TooLarge, "{grant:?}");
        }
        assert!(server.wait_until_closed(Duration::from_secs(2)).is_some(), "the connection stays open");
        assert_eq!(server.requests_for(TOKEN), 3, "a flood is asked for once");
    }
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[test]
fn ot_06_a_gzip_bomb_stays_packed() {
    let bomb = gzip_of_zeros(10 * 1024 * 1024);
    assert!(bomb.len() < 100_000);
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    let whole: Vec<u8> = head.into_bytes().into_iter().chain(bomb).collect();
    let server = tokens_by(move |_| Act::Send(whole.clone()));
    for grant in GRANTS {
        assert_eq!(refused(&server, grant).failure.code, Code::OauthProtocol, "{grant:?}");
    }
}

#[test]
fn ot_07_an_answer_that_is_cut_off_may_be_tried_again_and_gives_nothing() {
    let half = &TOKENS[..TOKENS.len() / 2];
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let short = format!("{head}Content-Length: {}\r\n\r\n{half}", TOKENS.len()).into_bytes();
    let reset = Act::Reset(short.clone());
    for (act, codes) in
        [(Act::Send(short), &[Code::Protocol][..]), (reset, &[Code::Reset, Code::Protocol]), (json("200 OK", half), &[Code::Protocol])]
    {
        let server = tokens_by(move |_| act.clone());
        for grant in GRANTS {
            let before = server.requests_for(TOKEN);
            let error = refused(&server, grant);
            assert_eq!(error.trouble, Trouble::Unknown, "{grant:?}");
            assert!(codes.contains(&error.failure.code), "{error:?}");
            assert_eq!(error.failure.remedy, Some(Remedy::TryAgain), "{grant:?}");
            // A code is worth one request; a refresh token may be sent once more.
            let tries = if grant == Grant::Refresh { 2 } else { 1 };
            assert_eq!(server.requests_for(TOKEN) - before, tries, "{grant:?}");
        }
    }
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
    assert!(error.to_string().contains("The code has expired or was used already. Sign in again."), "{error}");
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
    let error = wait(client_credentials(&http(), &unreachable, &id, &SECRET.into(), NOW, deadline())).unwrap_err();
    assert_eq!((error.trouble, error.failure.code), (Trouble::Unknown, Code::Refused));
}

#[test]
fn ot_14_scopes_that_were_not_granted_are_kept_apart() {
    let server = tokens_by(|_| json("200 OK", &TOKENS.replace("all-apis offline_access", "sql")));
    let tokens = ask(&server, Grant::Code).unwrap();
    assert_eq!(tokens.scopes_missing, ["all-apis"]);
    assert_eq!(tokens.access.secret.expose_secret(), "canary-access");
    let no_refresh = tokens_by(|_| json("200 OK", r#"{"access_token":"canary","token_type":"bearer"}"#));
    assert_eq!(ask(&no_refresh, Grant::Code).unwrap().scopes_missing, ["offline_access"]);
    assert_eq!(ask(&no_refresh, Grant::Refresh).unwrap().scopes_missing, [""; 0]);
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
    assert!(began.elapsed() < Duration::from_millis(1500));
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

// Discovery

#[test]
fn a_workspace_says_where_it_signs_people_in() {
    let server = metadata_with(r#""authorization_response_iss_parameter_supported":true"#);
    let found = discovered(&server, None).unwrap();
    assert_eq!(found, Endpoints { iss_promised: true, ..endpoints(&server) });
    assert!(server.requests().iter().all(|head| !head.to_ascii_lowercase().contains("authorization:")));
}

#[test]
fn ot_13_metadata_without_s256_are_refused() {
    for methods in [r#"["plain"]"#, "[]"] {
        let rest: &'static str = format!(r#""code_challenge_methods_supported":{methods}"#).leak();
        let server = metadata_with(rest);
        let error = wait(begun(place(&server))).map(|_| ()).unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::OauthProtocol), "{methods}");
        assert!(error.failure.why.contains("S256"), "{error}");
    }
}

#[test]
fn endpoints_that_could_leak_are_refused() {
    for rest in [
        r#""issuer":"https://evil.example/oidc""#,
        r#""issuer":"OWN/oidc/""#,
        r#""token_endpoint":"https://evil.example/oidc/v1/token""#,
        r#""token_endpoint":"https://accounts.cloud.databricks.com/oidc/v1/token""#,
        r#""token_endpoint":"http://192.0.2.1/oidc/v1/token""#,
        r#""token_endpoint":"http://user@127.0.0.1/oidc/v1/token""#,
        r#""token_endpoint":"OWN/oidc/v1/token#x""#,
        r#""authorization_endpoint":"javascript:alert(1)""#,
        r#""authorization_endpoint":"file:///etc/passwd""#,
        r#""authorization_endpoint":"http://evil.example/oidc/v1/authorize""#,
        r#""revocation_endpoint":"https://evil.example/revoke""#,
    ] {
        let error = discovered(&metadata_with(rest), None).unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::OauthProtocol), "{rest}");
    }
}

#[test]
fn a_host_without_oauth_is_told_from_one_that_is_out_of_order() {
    let none = server(|_, _, _| Some(json("404 Not Found", "{}")));
    assert_eq!(discovered(&none, None).unwrap_err().failure.code, Code::OauthUnsupported);
    let closed = server(|_, _, _| Some(json("401 Unauthorized", "{}")));
    assert_eq!(discovered(&closed, None).unwrap_err().failure.code, Code::OauthUnsupported);
    let page = server(|_, _, _| Some(answer("200 OK", "Content-Type: text/html\r\n", "<html>sign in to the network</html>")));
    assert_eq!(discovered(&page, None).unwrap_err().failure.code, Code::NotApi);
    let odd = server(|_, _, _| Some(json("200 OK", r#"{"issuer":1}"#)));
    assert_eq!(discovered(&odd, None).unwrap_err().failure.code, Code::OauthProtocol);
    let down = server(|_, _, _| Some(json("503 Service Unavailable", "{}")));
    assert_eq!(discovered(&down, None).unwrap_err().failure.code, Code::ServerError);
    assert_eq!(down.requests_for(METADATA), 3);
    let moved = server(|path, _, _| (path == METADATA).then(|| answer("302 Found", "Location: https://evil.example/\r\n", "")));
    assert_eq!(discovered(&moved, None).unwrap_err().failure.code, Code::Redirect);
    let recovers = server(|path, before, _| (path == METADATA && before == 0).then(|| json("503 Service Unavailable", "{}")));
    assert!(discovered(&recovers, None).is_ok());
}

#[test]
fn an_account_has_its_endpoints_whether_it_describes_them_or_not() {
    let path = format!("/oidc/accounts/{ACCOUNT}");
    let silent = server(|_, _, _| None);
    let found = discovered(&silent, Some(ACCOUNT)).unwrap();
    assert_eq!(found.issuer, format!("{}{path}", silent.base_url()));
    assert_eq!(found.authorization.path(), format!("{path}/v1/authorize"));
    assert_eq!(found.token.path(), format!("{path}/v1/token"));
    assert_eq!(found.revocation, None);
    let well_known = format!("{path}/.well-known/oauth-authorization-server");
    assert_eq!(silent.requests_for(&well_known), 1);
    let describes = server(move |asked, _, own| {
        let issuer = format!("{own}{path}");
        let metadata =
            format!(r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/v2/authorize","token_endpoint":"{issuer}/v2/token"}}"#);
        (asked == well_known).then(|| json("200 OK", &metadata))
    });
    assert!(discovered(&describes, Some(ACCOUNT)).unwrap().token.path().ends_with("/v2/token"));
}

#[test]
fn a_unified_host_signs_in_by_its_account() {
    let path = format!("/oidc/accounts/{ACCOUNT}");
    for (endpoint, account, by_account) in [
        (format!("OWN{path}"), ACCOUNT, true),
        ("OWN/oidc/accounts/{account_id}".to_owned(), ACCOUNT, true),
        ("OWN/oidc".to_owned(), ACCOUNT, false),
        (format!("OWN{path}"), "../../evil", false),
    ] {
        let path = path.clone();
        let server = server(move |asked, _, own| {
            let issuer = format!("{own}{path}");
            if asked == "/.well-known/databricks-config" {
                let endpoint = endpoint.replace("OWN", own);
                return Some(json(
                    "200 OK",
                    &format!(r#"{{"host_type":"unified","oidc_endpoint":"{endpoint}","account_id":"{account}"}}"#),
                ));
            }
            let metadata =
                format!(r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/v1/authorize","token_endpoint":"{issuer}/v1/token"}}"#);
            (asked == format!("{path}/.well-known/oauth-authorization-server")).then(|| json("200 OK", &metadata))
        });
        let found = discovered(&server, None).unwrap();
        assert_eq!(found.token.path().contains("/accounts/"), by_account, "{account}");
    }
}

// The login itself

#[test]
fn a_login_begins_only_where_its_answer_can_arrive() {
    let server = metadata_with("");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = wait(Login::begin(&http(), place(&server), &OAuthApp::default(), &Ports::only(port), LIMIT)).map(|_| ()).unwrap_err();
    assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::PortsTaken));
    assert!(error.failure.what.contains(&port.to_string()) && error.failure.fix.contains("redirect port"), "{error}");
    drop(taken);
    let login = wait(Login::begin(&http(), place(&server), &OAuthApp::default(), &Ports::only(port), LIMIT)).unwrap();
    assert_eq!((login.port(), parameter(&login, "redirect_uri")), (port, format!("http://localhost:{port}")));
    let shown = format!("{login:?}");
    assert!(!shown.contains(&parameter(&login, "state")) && !shown.contains("http"), "{shown}");
}

#[test]
fn lb_40_a_login_that_nobody_answers_ends_in_time() {
    let server = metadata_with("");
    let (error, port, took) = wait(async {
        let login = begun(place(&server)).await.unwrap();
        let (port, began) = (login.port(), Instant::now());
        (login.answer(Duration::from_secs(1), &|_| ()).await.unwrap_err(), port, began.elapsed())
    });
    assert_eq!((error.failure.code, error.failure.remedy), (Code::SignInTimeout, Some(Remedy::SignIn)));
    assert!(took < Duration::from_millis(1200), "{took:?}");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is still open");
}

#[test]
fn lb_28_an_answer_of_another_issuer_is_refused_and_no_code_is_sent() {
    for (rest, iss) in [("", Some("https://evil.example/oidc")), (r#""authorization_response_iss_parameter_supported":true"#, None)] {
        let server = metadata_with(rest);
        let mut parameters = vec![("code", CODE)];
        parameters.extend(iss.map(|iss| ("iss", iss)));
        let error = wait(async { comes_back(begun(place(&server)).await.unwrap(), &parameters).await.unwrap_err() });
        assert_eq!(error.failure.code, Code::OauthProtocol, "{iss:?}");
        no_secret_in(&error, &server);
        assert_eq!(server.requests_for(TOKEN), 0);
    }
}

#[test]
fn lb_06_a_person_who_declines_is_told_so() {
    let server = metadata_with("");
    let declined = [("error", "access_denied"), ("error_description", "<script>alert(1)</script> \u{202E}canary")];
    let error = wait(async { comes_back(begun(place(&server)).await.unwrap(), &declined).await.unwrap_err() });
    assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::SignInDeclined));
    let details = error.failure.details.unwrap();
    assert!(details.starts_with("access_denied: <script>") && !details.contains('\u{202E}'), "{details}");
    assert_eq!(server.requests_for(TOKEN), 0);
}

#[test]
fn lb_48_a_code_goes_to_no_server_that_the_answer_merely_names() {
    let stranger = server(|_, _, _| None);
    let iss = format!("{}/oidc", stranger.base_url());
    let login_databricks = || Place::Anywhere { host: BaseUrl::discovery_host(), level: brickpass::connection::LevelKind::Workspace };
    for iss in [iss.as_str(), "https://evil.example", "https://adb-1.2.azuredatabricks.net@evil.example/oidc"] {
        let error = wait(async {
            let login = begun(login_databricks()).await.unwrap();
            let address: Url = login.address().expose_secret().parse().unwrap();
            assert_eq!(address.host_str(), Some("login.databricks.com"));
            let destination = address.query_pairs().find(|(key, _)| key == "destination_url").unwrap().1.into_owned();
            let request = Url::parse("https://x.invalid").unwrap().join(&destination).unwrap();
            let of = |name: &str| request.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
            let mut back: Url = of("redirect_uri").parse().unwrap();
            back.query_pairs_mut().append_pair("code", CODE).append_pair("iss", iss).append_pair("state", &of("state"));
            let visit = tokio::task::spawn_blocking(move || browser::visit(back.as_str()));
            let answer = login.answer(LIMIT, &|_| ()).await;
            visit.await.unwrap();
            answer.unwrap_err()
        });
        assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::OauthProtocol), "{iss}");
    }
    assert_eq!(stranger.requests(), [""; 0]);
}

/// Zeros in one block of fixed Huffman codes (RFC 1951): a literal, then copies of 258 bytes from one byte back.
fn gzip_of_zeros(size: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    let mut code = |value: u16, length: u32| bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    code(0b0011_0000, 8);
    for _ in 0..size / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    let packed = bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum::<u8>());
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff].into_iter().chain(packed).collect()
}
