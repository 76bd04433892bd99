//! Test connection against a server that misbehaves: which step fails, and how soon.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{Connection, SecretKind, Status},
    failure::Code,
};
use brickpass_databricks::{
    check::{self, Credential, Progress, Report, Step},
    rest::{Http, HttpSettings},
    session::{SessionDeps, Sessions},
};
use brickpass_storage::{SecretKey, Vault, VaultConfig, VaultHome};
use secrecy::SecretString;

use crate::support::{
    Home, comes,
    desk::{by_token, form},
    fault_server::{Act, FaultServer, answer, json},
};

const ME: &str = r#"{"id":"1","userName":"you@example.com"}"#;

fn connection(base_url: &str, seconds: u64) -> Connection {
    form("Faulty", |draft| {
        by_token(base_url, "canary-token-0123456789")(draft);
        draft.timeout = seconds.to_string();
    })
    .connection
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn test(base_url: &str, seconds: u64) -> (Report, Vec<Step>) {
    let planned = Mutex::new(Vec::new());
    let note = |progress| {
        if let Progress::Planned(steps) = progress {
            *planned.lock().unwrap() = steps;
        }
    };
    let runtime = runtime();
    let token = SecretString::from("canary-token-0123456789");
    let report =
        runtime.block_on(check::run(&connection(base_url, seconds), Credential::Token(token), &Http::new(HttpSettings::default()), &note));
    runtime.shutdown_background();
    (report, planned.into_inner().unwrap())
}

fn healthy(path: &str) -> Act {
    match path {
        "/api/2.0/preview/scim/v2/Me" => json("200 OK", ME),
        "/api/2.1/clusters/list" => json("200 OK", r#"{"clusters":[{"cluster_id":"1","cluster_name":"a","state":"RUNNING"}]}"#),
        _ => json("404 Not Found", "{}"),
    }
}

#[test]
fn a_healthy_workspace_passes_every_planned_step_in_order() {
    let server = FaultServer::start(|path, _| healthy(path));
    let (report, planned) = test(&server.base_url(), 5);
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    assert_eq!(report.steps.iter().map(|step| step.step).collect::<Vec<_>>(), planned);
    assert!(report.steps.windows(2).all(|pair| pair[1].started >= pair[0].started + pair[0].duration));
    assert_eq!((report.user.as_deref(), report.clusters.map(|all| all.len())), (Some("you@example.com"), Some(1)));
}

#[test]
fn discovery_carries_no_token() {
    let server = FaultServer::start(|path, _| healthy(path));
    let _ = test(&server.base_url(), 5);
    let discovery: Vec<_> = server.requests().into_iter().filter(|head| head.contains("/.well-known/")).collect();
    assert!(!discovery.is_empty());
    assert!(discovery.iter().all(|head| !head.contains("canary")));
}

#[test]
fn a_refused_token_asks_to_sign_in() {
    let server = FaultServer::start(|_, _| json("401 Unauthorized", "{}"));
    let (report, _) = test(&server.base_url(), 5);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::SignIn, Code::Unauthorized));
    let last = report.steps.last().unwrap();
    assert_eq!((last.step, last.ok), (Step::Authentication, false));
    assert_eq!(server.requests_for("/api/2.1/clusters/list"), 0);
}

#[test]
fn without_permission_for_clusters_the_person_is_still_named() {
    let server = FaultServer::start(|path, _| if path.contains("clusters") { json("403 Forbidden", "{}") } else { healthy(path) });
    let (report, _) = test(&server.base_url(), 5);
    assert_eq!((report.state, report.user.as_deref()), (Status::NoPermission, Some("you@example.com")));
}

#[test]
fn sr_01_a_token_that_is_limited_on_purpose_tests_ok_and_the_missing_scope_is_named() {
    let limited = r#"{"error_code":"PERMISSION_DENIED","message":"token lacks required scopes: clusters"}"#;
    let server = FaultServer::start(move |path, _| if path.contains("clusters") { json("403 Forbidden", limited) } else { healthy(path) });
    let (report, _) = test(&server.base_url(), 5);
    assert_eq!((report.state, &report.failure, &report.clusters), (Status::Ok, &None, &None));
    assert!(report.hints.iter().any(|hint| hint.contains("cannot list clusters") && hint.contains("the scope clusters")), "{report:?}");

    // Without the scope that says who one is, nothing is known of it.
    let none = r#"{"error_code":"PERMISSION_DENIED","message":"token lacks required scopes: scim"}"#;
    let server = FaultServer::start(move |path, _| if path.contains("/api/") { json("403 Forbidden", none) } else { healthy(path) });
    let failure = test(&server.base_url(), 5).0.failure.unwrap();
    assert_eq!(failure.code, Code::MissingScope);
    assert!(failure.why.contains("the scope scim"), "{failure}");
}

/// Refusals of the API, and the words that have to be in what a person reads.
#[test]
fn sr_02_the_cause_is_named_by_what_the_server_said() {
    let html = |status: &str, title: &str| {
        answer(status, "Content-Type: text/html\r\n", &format!("<html><head><title>{title}</title></head><body></body></html>"))
    };
    let cases: Vec<(Act, Code, &str)> = vec![
        (html("400 Bad Request", "HTTP 400: wrong audience (1 wanted, 2 given)"), Code::Unauthorized, "issued for another service"),
        (html("401 Unauthorized", "Wrong audience"), Code::Unauthorized, "issued for another service"),
        (
            json("403 Forbidden", r#"{"error_code":403,"message":"Invalid access to Org: 1234567890123456"}"#),
            Code::Forbidden,
            "not a member of this workspace",
        ),
        (html("200 OK", "Databricks - Sign In"), Code::NotApi, "Private Link"),
        (html("200 OK", "Welcome to our hotel"), Code::NotApi, "The network may require you to sign in first"),
    ];
    for (act, code, words) in cases {
        let server = FaultServer::start(move |path, _| if path.contains("/api/") { act.clone() } else { healthy(path) });
        let failure = test(&server.base_url(), 5).0.failure.unwrap();
        assert_eq!(failure.code, code, "{words}");
        assert!(failure.to_string().contains(words), "{words}: {failure}");
        assert!(!failure.to_string().contains("You are signed in"), "{failure}");
    }
}

/// A listener whose queue is full: the system answers no further request for a connection (Linux).
#[cfg(target_os = "linux")]
#[test]
fn ht_03_a_blackhole_is_given_up_at_the_configured_time() {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    // The queue's length is the system's: 128 in the standard library, 4096 at most.
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        queued.push(stream);
        if queued.len() > 900 {
            return crate::support::skip("ht_03", "the system's queue of connections is too long to fill");
        }
    }
    let began = Instant::now();
    let (report, _) = test(&format!("http://{address}"), 2);
    let took = began.elapsed().as_millis();
    assert_eq!((report.state, report.failure.unwrap().code), (Status::Unreachable, Code::ConnectTimeout));
    assert!((1800..8000).contains(&took), "{took} ms: not before its time, and not only at the limit of every connection");
}

#[test]
fn ht_04_silence_ends_at_the_timeout() {
    let server = FaultServer::start(|_, _| Act::Silence);
    let began = Instant::now();
    let (report, _) = test(&server.base_url(), 2);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::Unreachable, Code::ReadTimeout));
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn ht_16_the_wait_is_told() {
    let server = FaultServer::start(|path, before| match healthy(path) {
        _ if path.ends_with("/Me") && before == 0 => answer("429 Too Many Requests", "Retry-After: 2\r\n", "{}"),
        act => act,
    });
    let waits = Mutex::new(Vec::new());
    let note = |progress| {
        if let Progress::Waiting { seconds } = progress {
            waits.lock().unwrap().push(seconds);
        }
    };
    let token = SecretString::from("canary-token-0123456789");
    let report = runtime().block_on(check::run(
        &connection(&server.base_url(), 9),
        Credential::Token(token),
        &Http::new(HttpSettings::default()),
        &note,
    ));
    assert_eq!(report.state, Status::Ok);
    assert_eq!(waits.into_inner().unwrap(), [2]);
}

#[test]
fn ht_16_nobody_waits_longer_than_a_minute() {
    let server = FaultServer::start(|_, _| answer("429 Too Many Requests", "Retry-After: 999999\r\n", "{}"));
    let (tell, told) = std::sync::mpsc::channel();
    let note = move |progress| {
        if let Progress::Waiting { seconds } = progress {
            tell.send(seconds).unwrap();
        }
    };
    runtime().block_on(async {
        let (connection, http) = (connection(&server.base_url(), 90), Http::new(HttpSettings::default()));
        let running = check::run(&connection, Credential::Token(SecretString::from("canary-token-0123456789")), &http, &note);
        assert!(tokio::time::timeout(Duration::from_secs(1), running).await.is_err(), "it waits");
    });
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [60]);
}

const ACCOUNT: &str = "12345678-1234-1234-1234-123456789012";

fn account_test(server: &FaultServer) -> Report {
    let mut account = connection(&server.base_url(), 5);
    account.workspace_id = Some("7".to_owned());
    account.level = serde_json::from_str(&format!(r#"{{"account":{{"account_id":"{ACCOUNT}"}}}}"#)).unwrap();
    let http = Http::new(HttpSettings::default());
    let token = Credential::Token(SecretString::from("canary-token-0123456789"));
    runtime().block_on(check::run(&account, token, &http, &|_| ()))
}

#[test]
fn at_account_level_the_workspaces_are_what_is_listed() {
    let list = r#"[{"workspace_id":2,"workspace_name":"b","deployment_name":"127.0.0.1:4002","aws_region":"eu-west-1","workspace_status":"RUNNING"},
        {"workspace_id":1,"workspace_name":"A\u202e","deployment_name":"evil.example","pricing_tier":"X","workspace_status":null}]"#;
    let path = format!("/api/2.0/accounts/{ACCOUNT}/workspaces");
    let server = FaultServer::start(move |asked, _| if asked == path { json("200 OK", list) } else { json("404 Not Found", "{}") });
    let report = account_test(&server);
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    let steps: Vec<_> = report.steps.iter().map(|step| (step.step, step.ok, step.detail.as_deref())).collect();
    assert_eq!(steps[2..], [(Step::Authentication, true, Some("Personal access token")), (Step::Workspaces, true, Some("2 workspaces"))]);
    let found: Vec<_> =
        report.workspaces.unwrap().into_iter().map(|it| (it.name, it.id, it.base_url.map(|url| url.origin()), it.region)).collect();
    let expected = [("A", "1", None, None), ("b", "2", Some("http://127.0.0.1:4002"), Some("eu-west-1"))]
        .map(|(name, id, base_url, region)| (name.to_owned(), id.to_owned(), base_url.map(str::to_owned), region.map(str::to_owned)));
    assert_eq!(found, expected);
    assert_eq!(report.clusters, None);
    assert!(server.requests().iter().all(|head| !head.to_lowercase().contains("x-databricks-workspace-id")), "not routed to a workspace");
    assert_eq!(server.requests_for("/api/2.0/preview/scim/v2/Me"), 0);
}

#[test]
fn who_is_no_account_admin_has_signed_in_all_the_same() {
    let server = FaultServer::start(|_, _| json("403 Forbidden", r#"{"error_code":"PERMISSION_DENIED","message":"no"}"#));
    let report = account_test(&server);
    let steps: Vec<_> = report.steps.iter().map(|step| (step.step, step.ok)).collect();
    assert_eq!(steps[2..], [(Step::Authentication, true), (Step::Workspaces, false)]);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code), (Status::NoPermission, Code::Forbidden));
    assert!(failure.what.contains("not an account admin"), "{failure}");
}

#[test]
fn an_account_that_is_not_there_is_not_called_a_workspace() {
    let server = FaultServer::start(|_, _| json("404 Not Found", "{}"));
    let report = account_test(&server);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code), (Status::Unreachable, Code::NotFound));
    assert!(failure.what.contains("Account"), "{failure}");
}

#[test]
fn the_answer_of_another_workspace_is_hinted_at() {
    let server = FaultServer::start(|path, _| match healthy(path) {
        _ if path.ends_with("/Me") => answer("200 OK", "Content-Type: application/json\r\nX-Databricks-Org-Id: 42\r\n", ME),
        act => act,
    });
    let mut connection = connection(&server.base_url(), 5);
    connection.workspace_id = Some("7".to_owned());
    let token = SecretString::from("canary-token-0123456789");
    let report = runtime().block_on(check::run(&connection, Credential::Token(token), &Http::new(HttpSettings::default()), &|_| ()));
    assert_eq!((report.state, report.workspace_id.as_deref()), (Status::Ok, Some("42")));
    assert_eq!(report.hints, ["This address answered as workspace 42, not 7."]);
}

#[test]
fn an_answer_that_repeats_the_token_cannot_carry_it_anywhere() {
    let canary = "canary-token-0123456789";
    let echo = format!(
        r#"{{"error_code":"{canary}","message":"{canary}","userName":"Bearer {canary}","displayName":"{canary}",
        "clusters":[{{"cluster_id":"{canary}","cluster_name":"{canary}","state":"{canary}"}}],"host_type":"{canary}"}}"#
    );
    for status in ["200 OK", "400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Oops"] {
        let echo = echo.clone();
        let server = FaultServer::start(move |_, _| {
            answer(status, &format!("Content-Type: application/json\r\nLocation: https://{canary}.example/{canary}\r\n"), &echo)
        });
        let seen = Mutex::new(Vec::new());
        let note = |progress: Progress| seen.lock().unwrap().push(progress);
        let token = SecretString::from(canary);
        let report = runtime().block_on(check::run(
            &connection(&server.base_url(), 5),
            Credential::Token(token),
            &Http::new(HttpSettings::default()),
            &note,
        ));
        let told = format!("{report:?} {:?}", seen.into_inner().unwrap());
        assert!(!told.contains(canary), "{status}: {told}");
    }
}

#[test]
fn ht_29_a_cancelled_test_lets_go() {
    let server = FaultServer::start(|_, _| Act::Silence);
    let connection = connection(&server.base_url(), 30);
    runtime().block_on(async {
        let http = Http::new(HttpSettings::default());
        let running = check::run(&connection, Credential::Token(SecretString::from("canary-token-0123456789")), &http, &|_| ());
        let begun = async {
            while server.requests().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = running => panic!("nobody answers it"),
            () = begun => {}
        }
        // Long before its own time is over.
        tokio::task::block_in_place(|| comes("its socket is closed", || server.open() == 0));
    });
}

#[test]
fn ht_30_a_wrong_clock_is_hinted_at() {
    let date = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(600)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = format!("Date: {date}\r\nContent-Type: application/json\r\n");
    let server = FaultServer::start(move |path, _| if path.ends_with("/Me") { answer("200 OK", &headers, ME) } else { healthy(path) });
    let (report, _) = test(&server.base_url(), 5);
    assert!(report.hints.iter().any(|hint| hint.contains("clock")), "{:?}", report.hints);
}

/// A workspace that is its own authorization server for one service principal; `clusters` answers the list, by how many requests came before.
fn with_oauth(clusters: impl Fn(usize) -> Act + Send + Sync + 'static) -> FaultServer {
    let origin: Arc<OnceLock<String>> = Arc::default();
    let own = Arc::clone(&origin);
    let server = FaultServer::start(move |path, before| {
        let origin = own.get().unwrap();
        match path {
            "/oidc/.well-known/oauth-authorization-server" => json(
                "200 OK",
                &format!(
                    r#"{{"issuer":"{origin}/oidc","authorization_endpoint":"{origin}/oidc/v1/authorize","token_endpoint":"{origin}/oidc/v1/token",
                    "code_challenge_methods_supported":["S256"]}}"#
                ),
            ),
            "/oidc/v1/token" => {
                json("200 OK", &format!(r#"{{"access_token":"canary-access-token-{before}","token_type":"Bearer","expires_in":3600}}"#))
            }
            "/api/2.1/clusters/list" => clusters(before),
            path => healthy(path),
        }
    });
    origin.set(server.base_url()).unwrap();
    server
}

fn test_stored(server: &FaultServer, home: &Home) -> Report {
    let mut connection = connection(&server.base_url(), 5);
    connection.auth = serde_json::from_str(r#"{"type":"service-principal","client_id":"11111111-2222-3333-4444-555555555555"}"#).unwrap();
    let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: home.config_dir().join("vault.age"), passphrase: None });
    vault.put(&SecretKey::of(&connection, SecretKind::ClientSecret), &SecretString::from("canary-client-secret")).unwrap();
    let http = Http::new(HttpSettings::default());
    let for_sessions = http.clone();
    let sessions = Sessions::new(SessionDeps {
        vault: Box::new(move || vault.clone()),
        http: Box::new(move || for_sessions.clone()),
        clock: Box::new(jiff::Timestamp::now),
        state_dir: home.state_dir(),
        lock_timeout: SessionDeps::LOCK_TIMEOUT,
        changed: Box::new(|_| {}),
    });
    let credential = Credential::Stored { owner: Box::new(connection.clone()), sessions };
    runtime().block_on(check::run(&connection, credential, &http, &|_| ()))
}

#[test]
fn a_token_that_ends_in_the_middle_of_a_test_is_replaced() {
    let server = with_oauth(|before| if before == 0 { json("401 Unauthorized", "{}") } else { healthy("/api/2.1/clusters/list") });
    let report = test_stored(&server, &Home::new());
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    assert_eq!(server.requests_for("/oidc/v1/token"), 2);
}

#[test]
fn rf_12_in_a_test_a_token_is_replaced_once() {
    let server = with_oauth(|_| json("401 Unauthorized", "{}"));
    let report = test_stored(&server, &Home::new());
    assert_eq!((server.requests_for("/oidc/v1/token"), server.requests_for("/api/2.1/clusters/list")), (2, 2));
    let failure = report.failure.as_ref().unwrap();
    assert_eq!((report.state, failure.code), (Status::SignIn, Code::Unauthorized));
    assert!(failure.what.contains("service principal"), "{failure}");
    assert!(!format!("{report:?}").contains("canary"), "{report:?}");
}
