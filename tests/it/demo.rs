//! The embedded Databricks answers as the real one does, over real sockets.

use std::{
    collections::{HashMap, HashSet},
    io::Write,
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use brickpass_core::connection::{AuthKind, Draft, Level, SecretKind, Severity};
use brickpass_demo::{Demo, DemoOptions, DemoWorkspace, Fault};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{self, client, on_demo::workspace as find};

const LIST: &str = "/api/2.1/clusters/list";
const ME: &str = "/api/2.0/preview/scim/v2/Me";
const SALES: &str = "Sales lakehouse";

fn demo() -> Demo {
    Demo::start(&DemoOptions::default()).unwrap()
}

async fn get(workspace: &DemoWorkspace, path: &str) -> Response {
    client().get(format!("{}{path}", workspace.base_url)).bearer_auth(&workspace.token).send().await.unwrap()
}

async fn get_json(workspace: &DemoWorkspace, path: &str) -> (StatusCode, Value) {
    let response = get(workspace, path).await;
    (response.status(), response.json().await.unwrap())
}

fn header_of(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

fn ids(page: &Value) -> Vec<String> {
    page["clusters"].as_array().into_iter().flatten().map(|cluster| cluster["cluster_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_pages_together_list_every_cluster_exactly_once() {
    let demo = demo();
    let sales = find(&demo, SALES);
    for page_size in ["", "page_size=3&", "page_size=100&"] {
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let (status, page) = get_json(sales, &format!("{LIST}?{page_size}page_token={token}")).await;
            assert_eq!(status, 200);
            seen.extend(ids(&page));
            pages += 1;
            page["next_page_token"].as_str().unwrap().clone_into(&mut token);
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, demo.workspace(SALES).unwrap().cluster_ids(), "{page_size}");
        assert_eq!(seen.len(), 27);
        assert!(pages >= 3, "the server caps its pages: {pages}");
    }
}

#[tokio::test]
async fn the_page_before_leads_back() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let (_, first) = get_json(sales, LIST).await;
    assert_eq!(first["prev_page_token"], "");
    let (_, second) = get_json(sales, &format!("{LIST}?page_token={}", first["next_page_token"].as_str().unwrap())).await;
    let (_, back) = get_json(sales, &format!("{LIST}?page_token={}", second["prev_page_token"].as_str().unwrap())).await;
    assert_eq!(ids(&first), ids(&back));
    assert_ne!(ids(&first), ids(&second));
}

#[tokio::test]
async fn a_page_token_of_another_workspace_and_a_senseless_page_size_are_refused() {
    let demo = demo();
    let (_, page) = get_json(find(&demo, "Finance lakehouse"), LIST).await;
    let foreign = page["next_page_token"].as_str().unwrap();
    assert!(!foreign.is_empty());
    for query in [format!("page_token={foreign}"), "page_token=10".into(), "page_size=-1".into(), "page_size=many".into()] {
        let (status, body) = get_json(find(&demo, SALES), &format!("{LIST}?{query}")).await;
        assert_eq!((status.as_u16(), &body["error_code"]), (400, &json!("INVALID_PARAMETER_VALUE")), "{query}");
    }
}

#[tokio::test]
async fn the_old_list_gives_all_clusters_at_once_and_leaves_out_an_empty_one() {
    let demo = demo();
    let (_, sales) = get_json(find(&demo, SALES), "/api/2.0/clusters/list").await;
    assert_eq!(ids(&sales), demo.workspace(SALES).unwrap().cluster_ids());
    assert_eq!(sales.get("next_page_token"), None);
    let (status, empty) = get_json(find(&demo, "Personal sandbox"), "/api/2.0/clusters/list").await;
    assert_eq!((status.as_u16(), empty), (200, json!({})));
}

#[tokio::test]
async fn filters_choose_clusters_before_the_pages_are_cut() {
    let demo = demo();
    let query = format!("{LIST}?filter_by.cluster_states=RUNNING&filter_by.cluster_states=ERROR&page_size=100");
    let (_, page) = get_json(find(&demo, SALES), &query).await;
    let states: HashSet<_> = page["clusters"].as_array().unwrap().iter().map(|cluster| cluster["state"].as_str().unwrap()).collect();
    assert_eq!(states, HashSet::from(["RUNNING", "ERROR"]));
}

#[tokio::test]
async fn one_cluster_is_found_by_its_id() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let id = demo.workspace(SALES).unwrap().cluster_ids()[4].clone();
    let (status, cluster) = get_json(sales, &format!("/api/2.1/clusters/get?cluster_id={id}")).await;
    assert_eq!((status.as_u16(), &cluster["cluster_id"]), (200, &json!(id)));
    let (status, error) = get_json(sales, "/api/2.1/clusters/get?cluster_id=0101-000000-nobody").await;
    assert_eq!((status.as_u16(), &error["message"]), (400, &json!("Cluster 0101-000000-nobody does not exist")));
}

#[tokio::test]
async fn the_current_user_comes_as_scim_with_the_workspace_id_in_the_header() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let response = get(sales, ME).await;
    assert_eq!(header_of(&response, "x-databricks-org-id"), Some(demo.workspace(SALES).unwrap().workspace_id()));
    assert!(header_of(&response, "content-type").unwrap().starts_with("application/scim+json"));
    assert!(header_of(&response, "date").unwrap().ends_with("GMT"));
    assert!(header_of(&response, "x-request-id").is_some());
    let me: Value = response.json().await.unwrap();
    assert_eq!(me["userName"], sales.user);
    assert_eq!(me["active"], true);
}

#[tokio::test]
async fn discovery_needs_no_token() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let response = client().get(format!("{}/.well-known/databricks-config", sales.base_url)).send().await.unwrap();
    let config: Value = response.json().await.unwrap();
    assert_eq!(config["workspace_id"], demo.workspace(SALES).unwrap().workspace_id());
    assert_eq!((&config["cloud"], &config["host_type"]), (&json!("Azure"), &json!("workspace")));
}

#[tokio::test]
async fn without_a_bearer_token_the_answer_is_401() {
    let demo = demo();
    let sales = find(&demo, SALES);
    for credential in [None, Some(format!("Basic {}", sales.token)), Some(sales.token.clone())] {
        let mut request = client().get(format!("{}{ME}", sales.base_url));
        if let Some(credential) = &credential {
            request = request.header(header::AUTHORIZATION, credential);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(header_of(&response, "www-authenticate").as_deref(), Some("Bearer realm=\"DatabricksRealm\""));
        assert_eq!(header_of(&response, "x-databricks-org-id"), None);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error_code"], 401);
        assert!(body["message"].as_str().unwrap().starts_with("Credential was not sent"), "{body}");
    }
}

#[tokio::test]
async fn a_wrong_and_an_expired_token_are_refused_alike() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let foreign = DemoWorkspace { token: find(&demo, "Finance lakehouse").token.clone(), ..sales.clone() };
    let shortened = DemoWorkspace { token: sales.token[..35].to_owned(), ..sales.clone() };
    for refused in [&foreign, &shortened, find(&demo, "Marketing reports")] {
        for path in [ME, LIST, "/api/2.0/no/such/thing"] {
            let response = get(refused, path).await;
            assert_eq!(response.status(), 403);
            assert_eq!(header_of(&response, "x-databricks-reason-phrase").as_deref(), Some("Invalid access token."));
            let id = header_of(&response, "x-request-id").unwrap();
            let body: Value = response.json().await.unwrap();
            assert_eq!(body, json!({ "error_code": 403, "message": format!("Invalid access token. [ReqId: {id}]") }));
        }
    }
}

#[tokio::test]
async fn without_permission_the_user_is_known_and_the_clusters_are_not() {
    let demo = demo();
    let payroll = find(&demo, "Payroll and people data");
    let (status, me) = get_json(payroll, ME).await;
    assert_eq!((status.as_u16(), &me["userName"]), (200, &json!(payroll.user)));
    for path in [LIST, "/api/2.0/clusters/list", "/api/2.1/clusters/get?cluster_id=x"] {
        let (status, body) = get_json(payroll, path).await;
        assert_eq!((status.as_u16(), &body["error_code"]), (403, &json!("PERMISSION_DENIED")), "{path}");
    }
}

#[tokio::test]
async fn a_slow_workspace_answers_all_the_same() {
    let demo = demo();
    let slow = find(&demo, "Sensor archive (Frankfurt)");
    let began = Instant::now();
    let (status, page) = get_json(slow, LIST).await;
    assert_eq!((status.as_u16(), ids(&page).len()), (200, 18));
    assert!((Duration::from_secs(2)..Duration::from_secs(8)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_unstable_workspace_takes_the_second_call() {
    let demo = demo();
    let unstable = find(&demo, "Streaming staging");
    let response = get(unstable, LIST).await;
    assert_eq!((response.status().as_u16(), header_of(&response, "retry-after").as_deref()), (429, Some("1")));
    assert_eq!(response.json::<Value>().await.unwrap()["error_code"], "REQUEST_LIMIT_EXCEEDED");
    assert_eq!(get(unstable, LIST).await.status(), 200);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let (status, body) = get_json(sales, "/api/2.0/no/such/thing?x=1").await;
    assert_eq!(status, 404);
    assert_eq!(body, json!({ "error_code": "ENDPOINT_NOT_FOUND", "message": "No API found for 'GET /no/such/thing'" }));
    let (status, body) = get_json(sales, "/api/9.9/clusters/list").await;
    assert_eq!((status.as_u16(), body), (404, json!({ "error": "Bad Target: /api/9.9/clusters/list" })));
    let response = client().request(Method::DELETE, format!("{}{LIST}", sales.base_url)).bearer_auth(&sales.token).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.json::<Value>().await.unwrap()["message"], "No API found for 'DELETE /clusters/list'");
    assert_eq!(get(sales, "/explore/data").await.status(), 404);
}

#[tokio::test]
async fn a_browser_sees_a_page_that_says_what_this_is() {
    let demo = demo();
    for path in ["/", "/login.html"] {
        let response = client().get(format!("{}{path}", find(&demo, SALES).base_url)).send().await.unwrap();
        assert!(header_of(&response, "content-type").unwrap().starts_with("text/html"));
        let page = response.text().await.unwrap();
        assert!(page.contains(SALES) && page.contains("demo workspace"), "{page}");
    }
}

#[tokio::test]
async fn every_fault_that_is_switched_on_shows_and_can_be_switched_off() {
    let demo = demo();
    let (sales, handle) = (find(&demo, SALES), demo.workspace(SALES).unwrap());
    for (fault, status, text) in [
        (Fault::Unauthorized, 401, "Credential was not sent"),
        (Fault::InvalidToken, 403, "Invalid access token."),
        (Fault::NoPermission, 403, "PERMISSION_DENIED"),
        (Fault::IpAccessList, 403, "is blocked by Databricks IP ACL for workspace: "),
        (Fault::RateLimited { retry_after: Duration::from_secs(3), times: 9 }, 429, "REQUEST_LIMIT_EXCEEDED"),
        (Fault::Unavailable { times: 9 }, 503, "TEMPORARILY_UNAVAILABLE"),
        (Fault::HtmlLogin, 200, "<!DOCTYPE html>"),
        (Fault::Latency(Duration::from_millis(1)), 200, "userName"),
    ] {
        handle.set_fault(fault.clone());
        let response = get(sales, ME).await;
        assert_eq!(response.status().as_u16(), status, "{fault:?}");
        assert_eq!(header_of(&response, "retry-after").is_some(), status == 429);
        let body = response.text().await.unwrap();
        assert!(body.contains(text), "{fault:?}: {body}");
        handle.clear_fault();
        assert_eq!(get(sales, ME).await.status(), 200, "{fault:?}");
    }
}

#[tokio::test]
async fn a_fault_with_a_number_passes_and_every_request_is_on_record() {
    let demo = demo();
    let (sales, handle) = (find(&demo, SALES), demo.workspace(SALES).unwrap());
    handle.set_fault(Fault::Unavailable { times: 2 });
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(get(sales, &format!("{LIST}?page_size=5")).await.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 200]);
    assert_eq!(handle.requests(), vec![format!("GET {LIST}?page_size=5"); 3]);
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let demo = Demo::start(&DemoOptions { latency: Duration::from_millis(120), ..DemoOptions::default() }).unwrap();
    for path in [ME, "/.well-known/databricks-config", "/"] {
        let began = Instant::now();
        assert_eq!(get(find(&demo, SALES), path).await.status(), 200);
        assert!(began.elapsed() >= Duration::from_millis(120), "{path}");
    }
}

#[tokio::test]
async fn demos_side_by_side_do_not_know_each_other_s_tokens() {
    let (one, other) = (demo(), demo());
    assert_eq!(get(find(&one, SALES), ME).await.status(), 200);
    assert_eq!(get(find(&other, SALES), ME).await.status(), 200);
    let stranger = DemoWorkspace { token: find(&other, SALES).token.clone(), ..find(&one, SALES).clone() };
    assert_eq!(get(&stranger, ME).await.status(), 403);
}

#[tokio::test]
async fn calls_at_the_same_time_are_all_answered() {
    let demo = demo();
    let sales = find(&demo, SALES).clone();
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let sales = sales.clone();
            tokio::spawn(async move { get(&sales, LIST).await.status() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Demo::start(&DemoOptions { port, ..DemoOptions::default() }).err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    assert!(Demo::start(&DemoOptions { port: 65_534, ..DemoOptions::default() }).is_err(), "more workspaces than ports");
}

#[tokio::test]
async fn dropping_a_demo_closes_its_connections_and_frees_its_ports() {
    let demo = Demo::start(&DemoOptions { workspaces: 60, ..DemoOptions::default() }).unwrap();
    let sales = find(&demo, SALES).clone();
    let workspaces = demo.workspaces().to_vec();
    let free = |it: &DemoWorkspace| TcpListener::bind(it.base_url.trim_start_matches("http://")).is_ok();
    let busy = find(&demo, "Sensor archive (Frankfurt)").clone();
    let hanging = tokio::spawn(async move {
        client().get(format!("{}{LIST}", busy.base_url)).bearer_auth(&busy.token).send().await.map(|response| response.status())
    });
    let kept_alive = client();
    assert_eq!(kept_alive.get(&sales.base_url).send().await.unwrap().status(), 200);
    let began = Instant::now();
    drop(demo);
    assert!(began.elapsed() < Duration::from_secs(5), "dropping waits for nobody");
    // A freed port may at once be somebody else's.
    let held: Vec<_> = workspaces.iter().filter(|it| !free(it)).collect();
    // A child that another test is starting holds a copy of every socket until it runs its program: that is not so each time.
    let held_again = || {
        let demo = Demo::start(&DemoOptions { workspaces: 60, ..DemoOptions::default() }).unwrap();
        let workspaces = demo.workspaces().to_vec();
        drop(demo);
        workspaces.iter().filter(|it| !free(it)).count()
    };
    assert!(held.len() <= 3 || (0..5).any(|_| held_again() <= 3), "{} of {} ports are not free at once", held.len(), workspaces.len());
    for workspace in held {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !free(workspace) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let answer = client().get(format!("{}{LIST}", workspace.base_url)).bearer_auth(&workspace.token).send().await;
        assert!(!answer.is_ok_and(|answer| answer.status() == 200), "the demo still answers at {}", workspace.base_url);
    }
    assert!(kept_alive.get(&sales.base_url).send().await.is_err());
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn workspaces_lie_side_by_side_from_the_port_that_was_asked_for() {
    let demo = loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        // Somebody else may hold one of the next ports: then try another place.
        if let Ok(demo) = Demo::start(&DemoOptions { port, workspaces: 3, ..DemoOptions::default() }) {
            break demo;
        }
    };
    let ports: Vec<u16> =
        demo.workspaces().iter().map(|workspace| workspace.base_url.rsplit(':').next().unwrap().parse().unwrap()).collect();
    assert!(ports.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ports:?}");
    for name in [SALES, "Logistics platform", "Research notebooks"] {
        assert_eq!(get(find(&demo, name), ME).await.status(), 200, "{name}");
    }
}

#[test]
fn the_announcement_names_every_workspace_with_a_token_of_its_own_and_debug_names_no_token() {
    let demo = demo();
    let announcement = demo.announcement();
    let tokens: HashSet<_> =
        announcement["workspaces"].as_array().unwrap().iter().map(|it| it["token"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tokens.len(), demo.workspaces().len());
    let shown = format!("{:?}", demo.workspaces());
    for token in tokens {
        assert!(token.len() == 36 && token.starts_with("dapi") && token[4..].bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
        assert!(!shown.contains(&token), "{shown}");
    }
}

#[test]
fn the_connections_lead_to_their_workspaces_in_every_state_but_to_the_one_that_waits_to_be_added() {
    let demo = Demo::start(&DemoOptions { workspaces: 6, ..DemoOptions::default() }).unwrap();
    let connections = demo.connections();
    assert_eq!(connections.len(), demo.workspaces().len(), "one waits to be added, and the account comes on top");
    for (connection, secret) in &connections {
        if connection.level != Level::Workspace {
            continue;
        }
        let workspace = find(&demo, connection.name.as_str());
        assert_eq!(connection.base_url.origin(), workspace.base_url);
        let expected = match connection.auth.kind() {
            AuthKind::ServicePrincipal => (SecretKind::ClientSecret, demo.service_principal().client_secret),
            _ => (SecretKind::PersonalAccessToken, workspace.token.clone()),
        };
        assert_eq!(secret.as_ref(), Some(&expected));
        assert_eq!(connection.workspace_id, demo.workspace(connection.name.as_str()).map(|it| it.workspace_id()));
        let draft = Draft::from_connection(connection);
        let errors: Vec<_> = draft.review(&|_| false).remarks.into_iter().filter(|remark| remark.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "the form takes it: {errors:?}");
    }
    for name in [SALES, "Marketing reports", "Payroll and people data", "Sensor archive (Frankfurt)", "Personal sandbox"] {
        assert!(connections.iter().any(|(connection, _)| connection.name.as_str() == name), "{name}");
    }
    assert!(connections.iter().all(|(connection, _)| connection.name.as_str() != "Finance lakehouse"));
    assert_eq!(connections.iter().filter(|(connection, _)| connection.pinned).count(), 2);
    let environments: HashSet<_> = connections.iter().map(|(connection, _)| connection.environment.kind()).collect();
    assert_eq!(environments.len(), 4, "every kind of environment");
    assert_eq!(demo.connections(), connections, "the same each time, ids too");
    let kinds: HashSet<_> = connections.iter().map(|(connection, _)| connection.auth.kind()).collect();
    assert_eq!(kinds.len(), AuthKind::ALL.len(), "every way to sign in");
    let (account, secret) = connections.iter().find(|(connection, _)| connection.level != Level::Workspace).unwrap();
    assert_eq!((account.base_url.origin(), account.name.as_str(), secret), (demo.account().base_url, "Acme account", &None));
}

#[tokio::test]
async fn garbage_on_the_wire_harms_nobody_else() {
    let demo = demo();
    let sales = find(&demo, SALES);
    let address = sales.base_url.trim_start_matches("http://");
    let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 1 << 20]].concat();
    let mut open = Vec::new();
    for bytes in [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".as_slice(), b"GET /%ff%zz?%ff=%zz&&== HTTP/1.1\r\nHost: x\r\n\r\n", &endless, b""]
    {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let _ = stream.write_all(bytes);
        open.push(stream);
    }
    assert_eq!(get(sales, &format!("{LIST}?page_size=%zz&page_token=%ff")).await.status(), 400);
    assert_eq!(get(sales, ME).await.status(), 200);
}

#[test]
fn the_official_python_sdk_lists_clusters_and_the_current_user() {
    const TEST: &str = "the_official_python_sdk_lists_clusters_and_the_current_user";
    if let Some(tool) = support::missing_tool(&["sh", "env", "python3"]) {
        return support::skip(TEST, &format!("{tool} is not installed"));
    }
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let ran = support::interop("list_clusters.py", &demo.announcement());
    if ran.code == Some(77) {
        return support::skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let seen: HashMap<String, Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|seen| (seen["name"].as_str().unwrap().to_owned(), seen))
        .collect();
    assert_eq!(seen.len(), demo.workspaces().len());
    for workspace in demo.workspaces() {
        let seen = &seen[&workspace.name];
        let all = demo.workspace(&workspace.name).unwrap().cluster_ids();
        match workspace.name.as_str() {
            "Marketing reports" => {
                for error in [&seen["user_error"], &seen["clusters_error"]] {
                    assert!(["PermissionDenied", "Unauthenticated"].contains(&error.as_str().unwrap()), "{seen}");
                }
            }
            "Payroll and people data" => {
                assert_eq!((&seen["user"], &seen["clusters_error"]), (&json!(workspace.user), &json!("PermissionDenied")), "{seen}");
            }
            _ => assert_eq!((&seen["user"], &seen["clusters"]), (&json!(workspace.user), &json!(all)), "{seen}"),
        }
    }
    let asked = demo.workspace(SALES).unwrap().requests();
    let pages = asked.iter().filter(|request| request.starts_with("GET /api/2.1/clusters/list")).count();
    assert_eq!(pages, 3, "the SDK turned the pages: {asked:?}");
}
