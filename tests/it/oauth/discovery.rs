//! Where people sign in, and which servers are trusted to say so.

use brickpass_core::{connection::AccountId, failure::Code};
use brickpass_databricks::oauth::{Endpoints, OAuthError, Target, Trouble, discover};

use super::{METADATA, base_url, begun, deadline, endpoints, http, metadata_with, place, server, wait};
use crate::support::fault_server::{FaultServer, answer, json};

const ACCOUNT: &str = "12345678-90ab-cdef-1234-567890abcdef";

fn discovered(server: &FaultServer, account_id: Option<&str>) -> Result<Endpoints, OAuthError> {
    let target = Target { base_url: base_url(&server.base_url()), account_id: account_id.map(|id| AccountId::parse(id).unwrap()) };
    wait(discover(&http(), &target, deadline()))
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
