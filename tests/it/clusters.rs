//! The list of clusters: page by page, from hosts old and new, whatever is missing in it.

use std::time::Duration;

use brickpass_core::{connection::BaseUrl, failure::Code};
use brickpass_databricks::rest::{ApiError, Client, Cluster, ClusterState, Http, HttpSettings};
use secrecy::SecretString;

use crate::support::fault_server::{FaultServer, json};

const NEW: &str = "/api/2.1/clusters/list";
const OLD: &str = "/api/2.0/clusters/list";

fn list(server: &FaultServer) -> Result<Vec<Cluster>, ApiError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let base_url = BaseUrl::read(&server.base_url()).unwrap().base_url;
    let workspace = Some("1234567890123456".to_owned());
    let token = SecretString::from("canary-token-0123456789");
    let client = Client::new(Http::new(HttpSettings::default()), base_url, workspace, token, Duration::from_secs(9));
    runtime.block_on(client.clusters())
}

#[test]
fn all_pages_are_read_and_a_page_token_cannot_change_the_request() {
    let server = FaultServer::start(|_, before| match before {
        0 => {
            json("200 OK", r#"{"clusters":[{"cluster_id":"1","cluster_name":"a","state":"RUNNING"}],"next_page_token":"x&y=/ #?+\u00e6"}"#)
        }
        // A page may be empty although others follow.
        1 => json("200 OK", r#"{"next_page_token":"last"}"#),
        _ => json("200 OK", r#"{"clusters":[{"cluster_id":"2","cluster_name":"b","state":"TERMINATED"}],"next_page_token":""}"#),
    });
    let found = list(&server).unwrap();
    assert_eq!(found.iter().map(|cluster| cluster.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let requests = server.requests();
    let line = |number: usize| requests[number].lines().next().unwrap().to_owned();
    assert_eq!(line(0), format!("GET {NEW}?page_size=100 HTTP/1.1"));
    assert_eq!(line(1), format!("GET {NEW}?page_size=100&page_token=x%26y%3D%2F+%23%3F%2B%C3%A6 HTTP/1.1"));
    assert_eq!(line(2), format!("GET {NEW}?page_size=100&page_token=last HTTP/1.1"));
    assert!(requests.iter().all(|head| head.to_lowercase().contains("x-databricks-workspace-id: 1234567890123456")));
}

#[test]
fn a_list_that_repeats_itself_is_left() {
    let server = FaultServer::start(|_, _| json("200 OK", r#"{"clusters":[],"next_page_token":"again"}"#));
    assert_eq!(list(&server).unwrap_err().failure.code, Code::Protocol);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_list_without_end_is_left_after_a_hundred_pages() {
    let server = FaultServer::start(|_, before| json("200 OK", &format!(r#"{{"next_page_token":"{before}"}}"#)));
    assert_eq!(list(&server).unwrap_err().failure.code, Code::Protocol);
    assert_eq!(server.requests().len(), 100);
}

#[test]
fn a_host_without_version_2_1_is_asked_for_2_0() {
    let server = FaultServer::start(|path, _| match path {
        OLD => json("200 OK", r#"{"clusters":[{"cluster_id":"1","cluster_name":"a","state":"PENDING"}]}"#),
        _ => json("404 Not Found", r#"{"error":"Bad Target: /api/2.1/clusters/list"}"#),
    });
    let found = list(&server).unwrap();
    assert_eq!((found.len(), &found[0].state), (1, &ClusterState::Pending));
    assert_eq!((server.requests_for(NEW), server.requests_for(OLD)), (1, 1));
}

#[test]
fn a_host_without_either_is_no_workspace() {
    let server = FaultServer::start(|_, _| json("404 Not Found", r#"{"error":"Bad Target"}"#));
    assert_eq!(list(&server).unwrap_err().failure.code, Code::NotFound);
}

#[test]
fn what_is_missing_or_new_in_a_cluster_does_no_harm() {
    let server = FaultServer::start(|_, _| {
        json(
            "200 OK",
            r#"{"clusters":[{"cluster_id":"0101-1"},{},{"cluster_name":"a\u001b[31m\nb\u202e","state":"FLYING","wings":[2]},
                {"cluster_id":null,"cluster_name":null,"state":null}],"next_page_token":null}"#,
        )
    });
    let found = list(&server).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!((found[0].name.as_str(), &found[0].state), ("0101-1", &ClusterState::Other("UNKNOWN".to_owned())));
    assert_eq!((found[2].name.as_str(), &found[2].state), ("a [31m b", &ClusterState::Other("FLYING".to_owned())));
}

#[test]
fn no_clusters_are_no_failure() {
    let server = FaultServer::start(|_, _| json("200 OK", "{}"));
    assert_eq!(list(&server).unwrap(), []);
}
