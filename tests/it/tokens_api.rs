//! Personal access tokens through the client: what is asked, what is read, and what is known when no answer comes.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};

use brickpass_core::failure::Code;
use brickpass_databricks::rest::{ApiError, Call, Client, NewToken, Token, TokenRequest};
use brickpass_demo::{Demo, DemoHandle, DemoOptions};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{
    self,
    fault_server::{Act, FaultServer, answer, json as json_answer},
    on_demo::{databricks, workspace},
};

const LIST: &str = "/api/2.0/token/list";
const CREATE: &str = "/api/2.0/token/create";
const DELETE: &str = "/api/2.0/token/delete";
/// Not in the shape of a real token: only its value can give it away.
const CANARY: &str = "canary-token-0123456789";
const MADE: &str = "dapicafe0123456789cafe0123456789cafe";
const ID: &str = "5715498424f15ee0213be729257b53fc35a47d5953e3bdfd8ed22a0b93b339f4";

struct Caller {
    client: Client,
    timeout: Duration,
}

impl Caller {
    fn of(base_url: &str, token: &str) -> Self {
        Self { client: databricks(base_url, token), timeout: Duration::from_secs(8) }
    }

    fn at(server: &FaultServer) -> Self {
        Self::of(&server.base_url(), CANARY)
    }

    fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    fn run<T>(&self, ask: impl AsyncFnOnce(&Client, &Call<'_>) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { ask(&self.client, &Call::until(tokio::time::Instant::now() + self.timeout)).await })
    }

    fn tokens(&self) -> Result<Vec<Token>, ApiError> {
        self.run(async |client, call| client.tokens(call).await)
    }

    fn create(&self, comment: &str, seconds: Option<u64>) -> Result<NewToken, ApiError> {
        let request = TokenRequest { comment: comment.to_owned(), lifetime: seconds.map(Duration::from_secs), scopes: Vec::new() };
        self.run(async |client, call| client.create_token(&request, call).await)
    }

    fn revoke(&self, id: &str) -> Result<(), ApiError> {
        self.run(async |client, call| client.revoke_token(id, call).await)
    }

    fn longest(&self) -> Option<u32> {
        self.run(async |client, call| client.token_rules(call).await.ok()?.maximum_days)
    }
}

fn always(act: Act) -> FaultServer {
    FaultServer::start(move |_, _| act.clone())
}

fn made(value: &str, info: &Value) -> Act {
    json_answer("200 OK", &json!({ "token_value": value, "token_info": info, "of_tomorrow": [] }).to_string())
}

fn info() -> Value {
    json!({ "token_id": ID, "comment": "laptop", "creation_time": 1_700_000_000_123_i64, "expiry_time": 1_700_086_400_123_i64, "scopes": ["all-apis"] })
}

/// A demo with one workspace, and its admin's token.
fn demo(name: &str) -> (Demo, DemoHandle, Caller) {
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let workspace = workspace(&demo, name).clone();
    let handle = demo.workspace(name).unwrap();
    (demo, handle, Caller::of(&workspace.base_url, &workspace.token))
}

#[test]
fn a_token_is_asked_for_in_seconds_and_read_in_milliseconds() {
    let server = always(made(MADE, &info()));
    let new = Caller::at(&server).create("laptop", Some(86_400)).unwrap();
    assert_eq!(new.value.expose_secret(), MADE);
    assert_eq!((new.token.id.as_str(), new.token.comment.as_str()), (ID, "laptop"));
    assert_eq!(new.token.created_at, Some(Timestamp::from_millisecond(1_700_000_000_123).unwrap()));
    assert_eq!(new.token.expires_at, Some(Timestamp::from_millisecond(1_700_086_400_123).unwrap()));
    assert!(!format!("{new:?}").contains(MADE));
    let head = server.requests()[0].to_lowercase();
    assert!(head.starts_with(&format!("post {CREATE} http/1.1")), "{head}");
    assert!(head.contains("content-type: application/json") && head.contains(&format!("authorization: bearer {CANARY}")), "{head}");
    assert_eq!(serde_json::from_str::<Value>(&server.forms()[0]).unwrap(), json!({ "comment": "laptop", "lifetime_seconds": 86400 }));
}

#[test]
fn without_a_lifetime_the_workspace_chooses() {
    let server = always(made(MADE, &info()));
    Caller::at(&server).create("", None).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&server.forms()[0]).unwrap(), json!({ "comment": "" }));
}

#[test]
fn a_list_says_which_tokens_never_expire_and_bears_what_is_missing() {
    let infos = json!({ "token_infos": [
        { "token_id": "a1", "comment": "old", "creation_time": 1_700_000_000_000_i64, "expiry_time": -1, "autoscope_state": {} },
        { "token_id": "b2", "comment": null, "creation_time": null, "expiry_time": null },
        { "token_id": "c3", "expiry_time": i64::MAX },
        { "token_id": "../../delete", "comment": "no request could name it" },
    ], "of_tomorrow": true });
    let tokens = Caller::at(&always(json_answer("200 OK", &infos.to_string()))).tokens().unwrap();
    let seen: Vec<_> = tokens.iter().map(|token| (token.id.as_str(), token.comment.as_str(), token.expires_at)).collect();
    assert_eq!(seen, [("a1", "old", None), ("b2", "", None), ("c3", "", Some(Timestamp::MAX))]);
    assert_eq!((tokens[0].created_at.is_some(), tokens[1].created_at), (true, None));
}

#[test]
fn a_workspace_without_tokens_lists_none() {
    for body in ["{}", r#"{"token_infos":null}"#, r#"{"token_infos":[]}"#] {
        assert_eq!(Caller::at(&always(json_answer("200 OK", body))).tokens().unwrap(), [], "{body}");
    }
}

#[test]
fn a_comment_is_one_line_without_secrets() {
    let comment = format!("a\n\u{202E}b {CANARY} {MADE} \u{1B}[31m{}", "x".repeat(5000));
    let listed = json!({ "token_infos": [{ "token_id": "a1", "comment": comment }] });
    let token = Caller::at(&always(json_answer("200 OK", &listed.to_string()))).tokens().unwrap().remove(0);
    assert!(token.comment.starts_with("a b *** *** [31mxxx"), "{}", token.comment);
    assert!(token.comment.chars().count() <= 300);
}

#[test]
fn a_comment_that_holds_the_new_value_does_not_show_it() {
    let value = "no-known-shape-of-a-token";
    let new = Caller::at(&always(made(value, &json!({ "token_id": "a1", "comment": format!("my {value}") })))).create("", None).unwrap();
    assert_eq!(new.token.comment, "my ***");
}

#[test]
fn ot_05_a_value_that_could_break_a_header_is_no_token() {
    for value in ["", "dapi\r\nX-Injected: yes", "dapi 1", "dapi\u{e9}", &"x".repeat(70_000)] {
        let server = always(made(value, &info()));
        let error = Caller::at(&server).create("", None).unwrap_err();
        assert_eq!((error.failure.code, error.may_have_been_acted_on()), (Code::NotApi, true), "{value:?}");
        assert_eq!(server.requests_for(CREATE), 1);
    }
}

#[test]
fn ot_17_a_request_whose_answer_is_lost_is_not_made_again_and_says_so() {
    let half = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"token_value\":\"{MADE}");
    let acts = [
        ("nothing came", Act::Send(Vec::new())),
        ("reset", Act::Reset(Vec::new())),
        ("half a head", Act::Reset(b"HTTP/1.1 200 OK\r\nConte".to_vec())),
        ("half a body", Act::Reset(half.clone().into_bytes())),
        ("half a body, then an orderly end", Act::Send(half.into_bytes())),
        ("silence", Act::Silence),
        ("not HTTP", Act::Send(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
        ("not JSON", json_answer("200 OK", "{")),
        ("a value, and no token", json_answer("200 OK", &json!({ "token_value": MADE }).to_string())),
        ("a web page", answer("200 OK", "Content-Type: text/html\r\n", "<html><title>Sign in</title></html>")),
        ("a flood", Act::Flood(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 65_536])),
        ("a gateway's 502", json_answer("502 Bad Gateway", "{}")),
        ("a gateway's 504", json_answer("504 Gateway Timeout", "{}")),
        ("500", json_answer("500 Internal Server Error", r#"{"error_code":"INTERNAL_ERROR","message":"unexpected"}"#)),
    ];
    for (what, act) in acts {
        let server = always(act);
        let error = Caller::at(&server).within(Duration::from_secs(1)).create("laptop", None).unwrap_err();
        assert!(error.may_have_been_acted_on(), "{what}: {error:?}");
        assert_eq!(server.requests_for(CREATE), 1, "{what}");
        let told = format!("{error} {error:?} {}", serde_json::to_string(&error.failure).unwrap());
        assert!(!told.contains(CANARY) && !told.contains(MADE), "{what}: {told}");
    }
}

#[test]
fn ot_17_a_kept_connection_that_ends_in_the_middle_is_no_reason_to_ask_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, requests) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for (connection, stream) in listener.incoming().flatten().enumerate() {
            let seen = seen.clone();
            std::thread::spawn(move || {
                let mut lines = BufReader::new(&stream).lines();
                while let Some(Ok(first)) = lines.next() {
                    seen.send((connection, first.clone())).unwrap();
                    if first.starts_with("POST") {
                        // Its head was read, so it has arrived.
                        return;
                    }
                    lines.by_ref().take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
                    (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}").unwrap();
                }
            });
        }
    });
    let request = TokenRequest { comment: "laptop".to_owned(), lifetime: None, scopes: Vec::new() };
    let error = Caller::of(&base_url, CANARY).run(async |client, call| {
        client.tokens(call).await.unwrap();
        client.create_token(&request, call).await.unwrap_err()
    });
    assert!(error.may_have_been_acted_on(), "{error:?}");
    let requests: Vec<_> = requests.try_iter().collect();
    assert_eq!(requests, [(0, format!("GET {LIST} HTTP/1.1")), (0, format!("POST {CREATE} HTTP/1.1"))]);
}

#[test]
fn what_was_surely_not_sent_or_was_refused_may_be_asked_again() {
    // Answers a TLS client in plain text: the handshake fails.
    let no_tls = TcpListener::bind("127.0.0.1:0").unwrap();
    let plain_port = no_tls.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = no_tls.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    for (base_url, code) in [
        ("https://no-such-workspace.invalid".to_owned(), Code::Dns),
        (format!("http://127.0.0.1:{}", support::free_port()), Code::Refused),
        (format!("https://127.0.0.1:{plain_port}"), Code::TlsProtocol),
    ] {
        let error = Caller::of(&base_url, CANARY).create("", None).unwrap_err();
        assert_eq!((error.failure.code, error.may_have_been_acted_on(), error.status), (code, false, None), "{base_url}");
    }
    for status in ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "409 Conflict", "429 Too Many Requests"] {
        let server = always(json_answer(status, r#"{"error_code":"ANY","message":"no"}"#));
        let error = Caller::at(&server).create("", None).unwrap_err();
        assert!(!error.may_have_been_acted_on(), "{status}");
        assert_eq!(server.requests_for(CREATE), 1, "{status}");
    }
}

#[test]
fn a_redirect_takes_the_request_nowhere() {
    let elsewhere = always(made(MADE, &info()));
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("Location: {}{CREATE}\r\n", elsewhere.base_url());
        let error = Caller::at(&always(answer(status, &location, ""))).create("", None).unwrap_err();
        assert_eq!((error.failure.code, error.may_have_been_acted_on()), (Code::Redirect, false), "{status}");
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn reading_is_tried_again() {
    let server = FaultServer::start(|_, before| match before {
        0 => json_answer("503 Service Unavailable", "{}"),
        _ => json_answer("200 OK", &json!({ "token_infos": [info()] }).to_string()),
    });
    assert_eq!(Caller::at(&server).tokens().unwrap().len(), 1);
    assert_eq!(server.requests_for(LIST), 2);
}

#[test]
fn a_token_that_is_gone_is_revoked() {
    let gone = json!({ "error_code": "RESOURCE_DOES_NOT_EXIST", "message": format!("Token with ID {ID} does not exist.") });
    let server = always(json_answer("404 Not Found", &gone.to_string()));
    Caller::at(&server).revoke(ID).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&server.forms()[0]).unwrap(), json!({ "token_id": ID }));
    let other = always(json_answer("404 Not Found", r#"{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}"#));
    assert_eq!(Caller::at(&other).revoke(ID).unwrap_err().failure.code, Code::NotFound);
    let portal = always(answer("200 OK", "Content-Type: text/html\r\n", "<html><title>Sign in</title></html>"));
    assert_eq!(Caller::at(&portal).revoke(ID).unwrap_err().failure.code, Code::NotApi);
    assert_eq!(other.requests_for(DELETE) + portal.requests_for(DELETE), 2);
}

#[test]
fn the_maximum_lifetime_is_text_or_null_or_nobodys_business() {
    let read = |act: Act| Caller::at(&always(act)).longest();
    assert_eq!(read(json_answer("200 OK", r#"{"maxTokenLifetimeDays":"90"}"#)), Some(90));
    for body in [
        r#"{"maxTokenLifetimeDays":null}"#,
        r#"{"maxTokenLifetimeDays":"0"}"#,
        r#"{"maxTokenLifetimeDays":"-1"}"#,
        r#"{"maxTokenLifetimeDays":""}"#,
        r#"{"maxTokenLifetimeDays":"many"}"#,
        "{}",
        "[]",
    ] {
        assert_eq!(read(json_answer("200 OK", body)), None, "{body}");
    }
    assert_eq!(read(json_answer("403 Forbidden", r#"{"error_code":"PERMISSION_DENIED","message":"Admins only"}"#)), None);
}

#[test]
fn a_token_of_the_demo_is_made_used_listed_and_revoked() {
    let (demo, handle, caller) = demo("Finance lakehouse");
    let new = caller.create("laptop", Some(3600)).unwrap();
    let value = new.value.expose_secret();
    assert!(handle.accepts(value));
    let lives = new.token.expires_at.unwrap().duration_since(new.token.created_at.unwrap());
    assert_eq!(lives.as_secs(), 3600);
    let base_url = &workspace(&demo, "Finance lakehouse").base_url;
    let with_it = Caller::of(base_url, value);
    assert_eq!(with_it.run(async |client, _| client.me().await).unwrap().user_name, "priya.raman@example.com");
    assert!(with_it.tokens().unwrap().contains(&new.token));
    assert_eq!(caller.tokens().unwrap().len(), 2, "the token of the workspace itself is there too");
    caller.revoke(&new.token.id).unwrap();
    caller.revoke(&new.token.id).unwrap();
    assert!(!handle.accepts(value));
    assert_eq!(with_it.tokens().unwrap_err().failure.code, Code::Unauthorized);
}

#[test]
fn every_refusal_of_the_demo_has_words_of_its_own() {
    let (_demo, handle, caller) = demo("Finance lakehouse");
    assert_eq!(caller.longest(), Some(365));
    let code = |result: Result<NewToken, ApiError>| {
        let error = result.unwrap_err();
        assert!(!error.may_have_been_acted_on(), "{error:?}");
        error.failure.code
    };
    assert_eq!(code(caller.create("", Some(366 * 86_400))), Code::TokenLifetime);
    assert_eq!(code(caller.create("", Some(0))), Code::TokenLifetime);
    handle.set_token_quota(1);
    assert_eq!(code(caller.create("", None)), Code::TokenQuota);
    assert_eq!(handle.tokens().len(), 1);
}

#[test]
fn tokens_that_nobody_may_use_are_explained_to_who_signed_in_otherwise() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let nightly = workspace(&demo, "Nightly jobs");
    let handle = demo.workspace("Nightly jobs").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(support::service_principal_token(&demo, &nightly.base_url));
    let caller = Caller::of(&nightly.base_url, &token);
    assert_eq!(caller.tokens().unwrap(), []);
    let new = caller.create("job", None).unwrap();
    let with_it = Caller::of(&nightly.base_url, new.value.expose_secret());
    for code in [Code::TokensDisabled, Code::TokensNotAllowed] {
        handle.set_tokens_enabled(code != Code::TokensDisabled);
        handle.set_tokens_permitted(code != Code::TokensNotAllowed);
        assert_eq!(caller.tokens().unwrap_err().failure.code, code);
        assert_eq!(caller.create("", None).unwrap_err().failure.code, code);
        assert_eq!(with_it.tokens().unwrap_err().failure.code, Code::Unauthorized);
    }
}

#[test]
fn ot_17_the_demo_loses_an_answer_after_it_has_made_the_token() {
    let (_demo, handle, caller) = demo("Sales lakehouse");
    handle.lose_next_answer();
    let error = caller.create("laptop 8f3a", None).unwrap_err();
    assert!(error.may_have_been_acted_on(), "{error:?}");
    let asked = handle.requests().iter().filter(|request| request.contains("/token/create")).count();
    assert_eq!(asked, 1);
    let made: Vec<_> = caller.tokens().unwrap().into_iter().filter(|token| token.comment == "laptop 8f3a").collect();
    assert_eq!(made.len(), 1);
    caller.create("laptop", None).unwrap();
}
