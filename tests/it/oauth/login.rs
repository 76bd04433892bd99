//! A login, from its beginning to its answer.

use std::time::{Duration, Instant};

use brickpass_core::{
    connection::{BaseUrl, OAuthApp},
    failure::{Code, Remedy},
};
use brickpass_databricks::oauth::{Login, Place, Trouble, loopback::Ports};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{CODE, LIMIT, TOKEN, begun, comes_back, http, metadata_with, no_secret_in, parameter, place, server, wait};
use crate::support::browser;

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
    assert!(took < Duration::from_secs(15), "{took:?}");
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
    let login_databricks = || Place::Anywhere { host: BaseUrl::discovery_host(), level: brickpass_core::connection::LevelKind::Workspace };
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
