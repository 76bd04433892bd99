//! The pages of a sign-in: what a request needs, what is answered, and who signs in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;

use super::{CLUSTERS, ME, SALES, STATE, Site, address, answer, exchange, get, of, refused, text};
use crate::support::{browser, client};

#[tokio::test]
async fn signing_in_gives_tokens_that_open_this_workspace_as_this_user() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let answer = site.allowed(&issuer, &[]);
    assert_eq!((answer.host_str(), answer.port(), answer.path()), (Some("localhost"), Some(8020), "/"));
    assert_eq!(of(&answer, "state").as_deref(), Some(STATE), "passed through as it came");
    assert_eq!(of(&answer, "iss"), Some(issuer.clone()));
    let (status, tokens) = exchange(&issuer, &of(&answer, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!((text(&tokens, "token_type"), &tokens["expires_in"]), ("Bearer", &json!(3600)));
    assert_eq!(text(&tokens, "scope"), "all-apis offline_access");
    assert!(tokens["refresh_token"].is_string());
    let token = text(&tokens, "access_token");
    assert_eq!(text(&get(&origin, ME, token).await.1, "userName"), site.priya().0);
    assert_eq!(get(&origin, CLUSTERS, token).await.0, 200);
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!((text(&payload, "sub"), text(&payload, "iss")), (site.priya().0.as_str(), issuer.as_str()));
    assert_eq!(payload["exp"].as_i64().unwrap() - payload["iat"].as_i64().unwrap(), 3600);
    assert_eq!(site.demo.authorization().exchanges(), 1);
}

#[tokio::test]
async fn the_metadata_says_where_everything_is_and_that_answers_name_their_issuer() {
    let site = Site::new();
    for issuer in [site.issuer(SALES), site.account_issuer()] {
        let (status, metadata) =
            answer(client().get(format!("{issuer}/.well-known/oauth-authorization-server")).send().await.unwrap()).await;
        assert_eq!(status, 200);
        assert_eq!(text(&metadata, "issuer"), issuer);
        for (key, path) in [("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("revocation_endpoint", "revoke")] {
            assert_eq!(text(&metadata, key), format!("{issuer}/v1/{path}"));
        }
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], json!(true));
    }
}

/// The error that a request is sent back with.
fn returned(issuer: &str, change: &[(&str, Option<&str>)]) -> String {
    let page = browser::visit(&address(issuer, change));
    assert_eq!(page.status, 302, "{change:?}: {}", page.body);
    let back: Url = page.header("location").unwrap().parse().unwrap();
    assert_eq!(
        (back.port(), of(&back, "state").as_deref(), of(&back, "iss").as_deref()),
        (Some(8020), Some(STATE), Some(issuer)),
        "{back}"
    );
    assert_eq!(of(&back, "code"), None, "{back}");
    of(&back, "error").unwrap()
}

#[test]
fn a_redirect_address_is_compared_letter_by_letter_and_a_wrong_one_is_never_visited() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    for wrong in [
        "http://localhost:8020/",
        "http://127.0.0.1:8020",
        "http://localhost:8019",
        "http://localhost:8041",
        "http://LOCALHOST:8020",
        "https://localhost:8020",
        "http://localhost:8020?x=1",
        "http://localhost:8020@evil.example",
        "https://evil.example/",
    ] {
        let page = refused(&issuer, &[("redirect_uri", Some(wrong))]);
        assert!(page.contains("not registered for OAuth application &#39;databricks-cli&#39;"), "{page}");
    }
    refused(&issuer, &[("redirect_uri", None)]);
    refused(&issuer, &[("client_id", None)]);
    assert!(refused(&issuer, &[("client_id", Some("nobody"))]).contains("not available in Databricks account"));
    for port in [8020, 8033, 8040] {
        let page = browser::visit(&address(&issuer, &[("redirect_uri", Some(&format!("http://localhost:{port}")))]));
        assert_eq!((page.status, page.heading()), (200, format!("Sign in to {SALES}")));
    }
    let own = "http://localhost:51234";
    refused(&issuer, &[("redirect_uri", Some(own))]);
    site.demo.authorization().register_redirect_port(51234);
    assert_eq!(site.allowed(&issuer, &[("redirect_uri", Some(own))]).port(), Some(51234));
    refused(&issuer, &[("client_id", Some("my-app")), ("redirect_uri", Some(own))]);
    site.demo.authorization().register_application("my-app", 51234);
    assert!(of(&site.allowed(&issuer, &[("client_id", Some("my-app")), ("redirect_uri", Some(own))]), "code").is_some());
}

#[test]
fn a_request_that_lacks_what_it_needs_goes_back_to_the_application_with_state_and_issuer() {
    let site = Site::new();
    for issuer in [site.issuer(SALES), site.account_issuer()] {
        for (change, error) in [
            (("code_challenge", None), "invalid_request"),
            (("code_challenge", Some("short")), "invalid_request"),
            (("code_challenge_method", None), "invalid_request"),
            (("code_challenge_method", Some("plain")), "invalid_request"),
            (("response_type", Some("token")), "unsupported_response_type"),
            (("response_type", None), "unsupported_response_type"),
            (("scope", None), "invalid_scope"),
            (("scope", Some("all-apis everything")), "invalid_scope"),
        ] {
            assert_eq!(returned(&issuer, &[change]), error, "{change:?}");
        }
    }
    let page = browser::visit(&format!("{}&state=again", address(&site.issuer(SALES), &[])));
    assert_eq!(page.status, 400, "a parameter that comes twice is trusted neither time");
}

#[test]
fn nothing_of_a_request_becomes_markup_or_a_header() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let markup = "\"><script>alert(1)</script>\r\nX-Injected: 1";
    for name in ["client_id", "redirect_uri"] {
        let page = browser::visit(&address(&issuer, &[(name, Some(markup))]));
        assert!(!page.body.contains("<script") && page.header("x-injected").is_none(), "{}", page.body);
    }
    let back = site.allowed(&issuer, &[("state", Some(markup))]);
    assert_eq!(of(&back, "state").as_deref(), Some(markup));
    let page = browser::visit(&address(&issuer, &[]));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!((page.header("referrer-policy"), page.header("x-frame-options")), (Some("no-referrer"), Some("DENY")));
    assert_eq!(page.header("set-cookie"), None, "a login leaves nothing in the browser");
    assert!(!page.body.contains("<script") && !page.body.contains("http"), "no scripts, nothing from elsewhere: {}", page.body);
    let name = browser::consent(&address(&issuer, &[]), "<img src=x>", "x").unwrap_err();
    assert!(name.starts_with("401 "), "{name}");
}

#[test]
fn a_wrong_password_is_told_and_declining_is_an_answer() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let (name, password) = site.priya();
    for (name, password) in [(name.as_str(), "wrong"), ("nobody", password.as_str()), ("", "")] {
        let told = browser::consent(&address(&issuer, &[]), name, password).unwrap_err();
        assert!(told.contains("The user name or password is wrong"), "{told}");
    }
    let declined: Url = browser::decline(&address(&issuer, &[]), &name, &password).unwrap().parse().unwrap();
    let said = ["error", "state", "iss", "code"].map(|key| of(&declined, key));
    assert_eq!(said, [Some("access_denied".to_owned()), Some(STATE.to_owned()), Some(issuer), None]);
}

#[tokio::test]
async fn each_step_of_a_login_is_taken_once() {
    let site = Site::new();
    let issuer = site.issuer(SALES);
    let (name, password) = site.priya();
    let page = browser::visit(&address(&issuer, &[])).body;
    let ticket = page.split_once("name=\"ticket\" value=\"").unwrap().1.split('"').next().unwrap();
    let post = async |path: &str, form: &[(&str, &str)]| {
        let answer = client().post(format!("{}{path}", site.workspace(SALES))).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let skipped = post("/oidc/consent", &[("ticket", ticket), ("decision", "allow")]).await;
    assert_eq!(skipped.0, 400, "nobody has signed in: {}", skipped.1);
    let known = [("ticket", ticket), ("username", &name), ("password", &password)];
    assert_eq!(post("/oidc/login", &known).await.0, 400, "and the ticket is spent");
    assert_eq!(post("/oidc/login", &[("username", &name), ("password", &password)]).await.0, 400);
}

#[tokio::test]
async fn another_person_signs_in_as_another_person() {
    let site = Site::new();
    let (origin, issuer) = (site.workspace(SALES), site.issuer(SALES));
    let jonas = site.demo.users().remove(1);
    let back: Url = browser::consent(&address(&issuer, &[]), &jonas.name, &jonas.password).unwrap().parse().unwrap();
    let (_, tokens) = exchange(&issuer, &of(&back, "code").unwrap(), &[]).await;
    assert_eq!(text(&get(&origin, ME, text(&tokens, "access_token")).await.1, "userName"), jonas.name);
}

#[tokio::test]
async fn who_does_not_know_the_address_signs_in_at_the_account_and_chooses() {
    let site = Site::new();
    let (name, password) = site.priya();
    let begin = |target: &str| {
        let request: Url = address(&site.issuer(SALES), &[]).parse().unwrap();
        let destination = format!("/oidc/v1/authorize?{}", request.query().unwrap());
        let mut at = Url::parse_with_params(&site.demo.account().base_url, [("destination_url", destination)]).unwrap();
        if !target.is_empty() {
            at.query_pairs_mut().append_pair("target", target);
        }
        String::from(at)
    };
    let back: Url = browser::consent_at(&begin(""), &name, &password, "Finance lakehouse").unwrap().parse().unwrap();
    let issuer = site.issuer("Finance lakehouse");
    assert_eq!((of(&back, "iss"), of(&back, "state").as_deref()), (Some(issuer.clone()), Some(STATE)));
    let (status, tokens) = exchange(&issuer, &of(&back, "code").unwrap(), &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(get(&site.workspace("Finance lakehouse"), ME, text(&tokens, "access_token")).await.0, 200);

    let back: Url = browser::consent_at(&begin("ACCOUNT"), &name, &password, "Acme account").unwrap().parse().unwrap();
    assert_eq!(of(&back, "iss"), Some(site.account_issuer()));
    assert_eq!(exchange(&site.account_issuer(), &of(&back, "code").unwrap(), &[]).await.0, 200);

    assert!(browser::consent_at(&begin(""), &name, &password, "Acme account").is_err(), "a workspace was asked for");
    let account = site.demo.account().base_url;
    for wrong in ["https://evil.example/oidc/v1/authorize?x=1", "//evil.example", "/other?x=1"] {
        let at = Url::parse_with_params(&account, [("destination_url", wrong)]).unwrap();
        assert_eq!(browser::visit(at.as_str()).status, 400, "{wrong}");
    }
    assert_eq!(browser::visit(&account).heading(), "Demo account");
}
