//! The whole way against the demo's authorization server, which is as strict as the real one is known to be.

use std::time::Duration;

use brickpass_core::{
    connection::{AccountId, BaseUrl, ClientId, LevelKind, OAuthApp, Scopes},
    failure::Code,
};
use brickpass_databricks::{
    oauth::{Login, OAuthError, Place, Target, Tokens, Trouble, client_credentials, discover, loopback::Ports, refresh, revoke},
    rest::{Client, Http, HttpSettings},
};
use brickpass_demo::{Demo, DemoOptions, OAuthFault};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{browser, on_demo::workspace};

const SALES: &str = "Sales lakehouse";
const LIMIT: Duration = Duration::from_secs(8);

struct Site {
    demo: Demo,
    http: Http,
}

/// What the person does in the browser: the address, the name and the password in, the address that they are sent to out.
type Person = fn(&str, &str, &str) -> Result<String, String>;

impl Site {
    fn new() -> Self {
        Self { demo: Demo::start(&DemoOptions::default()).unwrap(), http: Http::new(HttpSettings::default()) }
    }

    fn workspace(&self) -> Target {
        let base_url = &workspace(&self.demo, SALES).base_url;
        Target { base_url: base_url_of(base_url), account_id: None }
    }

    fn account(&self) -> Target {
        let account = self.demo.account();
        Target { base_url: base_url_of(&account.base_url), account_id: Some(AccountId::parse(&account.account_id).unwrap()) }
    }

    fn anywhere(&self, level: LevelKind) -> Place {
        Place::Anywhere { host: base_url_of(&self.demo.account().base_url), level }
    }

    /// A login on a port of its own, which is registered before the browser opens.
    async fn begun(&self, place: Place) -> Login {
        let login = Login::begin(&self.http, place, &OAuthApp::default(), &Ports::only(0), LIMIT).await.unwrap();
        self.demo.authorization().register_redirect_port(login.port());
        login
    }

    /// The person comes back from the browser; the answer is exchanged.
    async fn signed_in(&self, place: Place, person: Person) -> Result<(BaseUrl, Option<AccountId>, Tokens), OAuthError> {
        let login = self.begun(place).await;
        let user = self.demo.users().remove(0);
        let address = login.address().clone();
        let visit = tokio::task::spawn_blocking(move || {
            let back = person(address.expose_secret(), &user.name, &user.password).unwrap();
            browser::visit(&back)
        });
        let answer = login.answer(LIMIT, &|_| ()).await;
        visit.await.unwrap();
        let answer = answer?;
        let (host, account_id) = (answer.host().clone(), answer.account_id().cloned());
        Ok((host, account_id, answer.exchange(&self.http, Timestamp::now(), LIMIT).await?))
    }

    async fn user_of(&self, base_url: &BaseUrl, token: &SecretString) -> String {
        Client::new(self.http.clone(), base_url.clone(), None, token.clone(), LIMIT).me().await.unwrap().user_name
    }

    async fn refreshed(&self, refresh_token: &SecretString) -> Result<Tokens, OAuthError> {
        let endpoints = discover(&self.http, &self.workspace(), deadline()).await.unwrap();
        refresh(&self.http, &endpoints, &OAuthApp::default(), refresh_token, Timestamp::now(), deadline()).await
    }

    fn token_requests(&self) -> usize {
        self.demo.authorization().requests().iter().filter(|request| request.contains("/v1/token")).count()
    }
}

fn base_url_of(text: &str) -> BaseUrl {
    BaseUrl::read(text).unwrap().base_url
}

fn deadline() -> tokio::time::Instant {
    tokio::time::Instant::now() + LIMIT
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn choose_sales(address: &str, user: &str, password: &str) -> Result<String, String> {
    browser::consent_at(address, user, password, SALES)
}

#[test]
fn a_person_signs_in_at_a_workspace() {
    let site = Site::new();
    wait(async {
        let target = site.workspace();
        let (host, account_id, tokens) = site.signed_in(Place::At(target.clone()), browser::consent).await.unwrap();
        assert_eq!((&host, account_id), (&target.base_url, None));
        let user = site.demo.users().remove(0).name;
        assert_eq!(tokens.access.subject().as_deref(), Some(user.as_str()));
        assert_eq!(site.user_of(&host, &tokens.access.secret).await, user);
        assert!(tokens.refresh.is_some() && tokens.scopes_missing.is_empty() && !tokens.access.expiry_assumed);
        assert_eq!(site.demo.authorization().exchanges(), 1);
    });
}

#[test]
fn a_person_signs_in_at_the_account() {
    let site = Site::new();
    wait(async {
        let target = site.account();
        let (host, account_id, tokens) = site.signed_in(Place::At(target.clone()), browser::consent).await.unwrap();
        assert_eq!((host, account_id), (target.base_url, target.account_id));
        // A token of the account opens its workspaces.
        assert_eq!(site.user_of(&site.workspace().base_url, &tokens.access.secret).await, site.demo.users().remove(0).name);
    });
}

#[test]
fn a_person_signs_in_at_a_unified_host_whose_account_is_learnt_from_it() {
    let site = Site::new();
    wait(async {
        let unified = site.demo.unified();
        let target = Target { base_url: base_url_of(&unified.base_url), account_id: None };
        let (host, _, tokens) = site.signed_in(Place::At(target.clone()), browser::consent).await.unwrap();
        assert_eq!(host, target.base_url);
        assert_eq!(tokens.access.subject(), Some(site.demo.users().remove(0).name));
        let endpoints = discover(&site.http, &target, deadline()).await.unwrap();
        assert_eq!(endpoints.issuer, format!("{}/oidc/accounts/{}", unified.base_url, unified.account_id));
        let renewed = refresh(&site.http, &endpoints, &OAuthApp::default(), &tokens.refresh.unwrap(), Timestamp::now(), deadline()).await;
        assert!(renewed.is_ok(), "{renewed:?}");
    });
}

#[test]
fn an_account_without_metadata_signs_in_as_well() {
    let site = Site::new();
    site.demo.authorization().set_fault(OAuthFault::NoMetadata);
    wait(async {
        let target = site.account();
        assert!(site.signed_in(Place::At(target), browser::consent).await.is_ok());
        let workspace = discover(&site.http, &site.workspace(), deadline()).await.unwrap_err();
        assert_eq!(workspace.failure.code, Code::OauthUnsupported);
    });
}

#[test]
fn who_does_not_know_the_address_is_asked_for_the_workspace() {
    let site = Site::new();
    wait(async {
        let place = site.anywhere(LevelKind::Workspace);
        let (host, account_id, tokens) = site.signed_in(place, choose_sales).await.unwrap();
        assert_eq!((&host, account_id), (&site.workspace().base_url, None));
        assert_eq!(site.user_of(&host, &tokens.access.secret).await, site.demo.users().remove(0).name);
    });
}

#[test]
fn who_does_not_know_the_address_is_asked_for_the_account() {
    fn choose_account(address: &str, user: &str, password: &str) -> Result<String, String> {
        browser::consent_at(address, user, password, "Acme account")
    }
    let site = Site::new();
    wait(async {
        let (host, account_id, tokens) = site.signed_in(site.anywhere(LevelKind::Account), choose_account).await.unwrap();
        let account = site.account();
        assert_eq!((host, account_id), (account.base_url, account.account_id));
        assert!(tokens.refresh.is_some());
    });
}

#[test]
fn lb_48_the_code_of_a_foreign_issuer_stays_here() {
    let site = Site::new();
    for iss in [Some("https://evil.example/oidc"), Some("https://adb-1.2.azuredatabricks.net.evil.example/oidc"), None] {
        site.demo.authorization().set_fault(OAuthFault::Iss(iss.map(str::to_owned)));
        let error = wait(site.signed_in(site.anywhere(LevelKind::Workspace), choose_sales)).map(|_| ()).unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::Refused, Code::OauthProtocol), "{iss:?}");
    }
    assert_eq!(site.token_requests(), 0);
}

#[test]
fn lb_28_an_issuer_that_is_not_the_one_that_was_asked() {
    let site = Site::new();
    // The demo promises `iss` in its metadata: without it, an answer is not taken either.
    for iss in [Some("https://evil.example/oidc".to_owned()), Some(site.account().base_url.to_string()), None] {
        site.demo.authorization().set_fault(OAuthFault::Iss(iss.clone()));
        let error = wait(site.signed_in(Place::At(site.workspace()), browser::consent)).map(|_| ()).unwrap_err();
        assert_eq!(error.failure.code, Code::OauthProtocol, "{iss:?}");
    }
    assert_eq!(site.token_requests(), 0);
}

#[test]
fn declining_and_other_ends_in_the_browser_are_told_apart() {
    let site = Site::new();
    let declined = wait(site.signed_in(Place::At(site.workspace()), browser::decline)).map(|_| ()).unwrap_err();
    assert_eq!(declined.failure.code, Code::SignInDeclined);
    let description = "<script>alert(1)</script>\u{202E}\u{1B}[31m".to_owned();
    site.demo.authorization().set_fault(OAuthFault::Error { error: "temporarily_unavailable".into(), description });
    let busy = wait(site.signed_in(Place::At(site.workspace()), browser::consent)).map(|_| ()).unwrap_err();
    assert_eq!(busy.failure.code, Code::ServerError);
    let details = busy.failure.details.unwrap();
    assert!(!details.contains(['\u{202E}', '\u{1B}']), "{details}");
    assert_eq!(site.token_requests(), 0);
}

#[test]
fn ot_09_a_code_that_has_expired() {
    let site = Site::new();
    wait(async {
        let login = site.begun(Place::At(site.workspace())).await;
        let (user, address) = (site.demo.users().remove(0), login.address().clone());
        let visit = tokio::task::spawn_blocking(move || {
            let back = browser::consent(address.expose_secret(), &user.name, &user.password).unwrap();
            browser::visit(&back);
            back
        });
        let answer = login.answer(LIMIT, &|_| ()).await.unwrap();
        let back = visit.await.unwrap();
        site.demo.authorization().expire_codes();
        let error = answer.exchange(&site.http, Timestamp::now(), LIMIT).await.unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidGrant, Code::OauthRefused));
        assert!(error.to_string().contains("expired or was already used"), "{error}");
        let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
        assert!(!format!("{error:?}").contains(code));
        assert_eq!(site.token_requests(), 1);
    });
}

#[test]
fn a_refresh_token_rotates_and_ends() {
    let site = Site::new();
    wait(async {
        let (host, _, tokens) = site.signed_in(Place::At(site.workspace()), browser::consent).await.unwrap();
        let first = tokens.refresh.unwrap();
        let renewed = site.refreshed(&first).await.unwrap();
        let second = renewed.refresh.unwrap();
        assert_ne!(first.expose_secret(), second.expose_secret());
        assert_ne!(tokens.access.secret.expose_secret(), renewed.access.secret.expose_secret());
        assert!(renewed.scopes_missing.is_empty());
        assert_eq!(site.user_of(&host, &renewed.access.secret).await, site.demo.users().remove(0).name);
        let endpoints = discover(&site.http, &site.workspace(), deadline()).await.unwrap();
        revoke(&site.http, &endpoints, &OAuthApp::default(), &second, deadline()).await.unwrap();
        let error = site.refreshed(&second).await.unwrap_err();
        assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidGrant, Code::SignInNeeded));
        assert!(!format!("{error:?}").contains(second.expose_secret()));
    });
}

#[test]
fn ot_10_a_service_principal_and_its_wrong_secret() {
    let site = Site::new();
    let principal = site.demo.service_principal();
    let id = ClientId::parse(&principal.client_id).unwrap();
    wait(async {
        for target in [site.workspace(), site.account()] {
            let endpoints = discover(&site.http, &target, deadline()).await.unwrap();
            let ask = async |id: &ClientId, secret: &str| {
                client_credentials(&site.http, &endpoints, id, None, &SecretString::from(secret), Timestamp::now(), deadline()).await
            };
            let tokens = ask(&id, &principal.client_secret).await.unwrap();
            assert!(tokens.refresh.is_none() && tokens.scopes_missing.is_empty());
            assert_eq!(tokens.access.subject().as_deref(), Some(principal.client_id.as_str()));
            for (id, secret) in [(&id, "dose-of-somebody-else"), (&ClientId::parse("nobody").unwrap(), principal.client_secret.as_str())] {
                let error = ask(id, secret).await.unwrap_err();
                assert_eq!((error.trouble, error.failure.code), (Trouble::InvalidClient, Code::OauthRefused));
                assert!(!format!("{error:?} {error}").contains(secret), "{error:?}");
            }
        }
    });
}

#[test]
fn an_unknown_application_is_told_apart_from_a_wrong_secret() {
    let site = Site::new();
    let app = OAuthApp { client_id: Some(ClientId::parse("nobody").unwrap()), ..OAuthApp::default() };
    wait(async {
        let endpoints = discover(&site.http, &site.workspace(), deadline()).await.unwrap();
        let error = refresh(&site.http, &endpoints, &app, &"canary".into(), Timestamp::now(), deadline()).await.unwrap_err();
        assert_eq!(error.trouble, Trouble::InvalidClient);
        assert!(error.to_string().contains("OAuth application"), "{error}");
    });
}

#[test]
fn scopes_of_ones_own_are_asked_for_and_reported() {
    let site = Site::new();
    let app = OAuthApp { scopes: Some(Scopes::parse("sql offline_access").unwrap()), ..OAuthApp::default() };
    let login = wait(Login::begin(&site.http, Place::At(site.workspace()), &app, &Ports::only(0), LIMIT)).unwrap();
    assert!(login.address().expose_secret().contains("scope=sql+offline_access"));
}

/// Each fault of the token endpoint, by a refresh: what it means, and how many requests it took.
#[test]
fn each_fault_of_the_demo_is_told_for_what_it_is() {
    let site = Site::new();
    let elsewhere = crate::support::fault_server::FaultServer::start(|_, _| crate::support::fault_server::json("200 OK", "{}"));
    let seconds = Duration::from_secs(3);
    wait(async {
        for (id, fault, code, trouble, requests) in [
            ("OT-01", OAuthFault::HtmlTokens, Code::NotApi, Trouble::Unknown, 1),
            ("OT-04", OAuthFault::TokenType("mac"), Code::OauthProtocol, Trouble::Unknown, 1),
            ("OT-05", OAuthFault::AccessTokenWithLineBreak, Code::OauthProtocol, Trouble::Unknown, 1),
            ("OT-06", OAuthFault::HugeAnswer(10 * 1024 * 1024), Code::TooLarge, Trouble::Unknown, 1),
            ("OT-08", OAuthFault::RedirectTokens(elsewhere.base_url()), Code::Redirect, Trouble::Refused, 1),
            ("OT-09", OAuthFault::InvalidGrant, Code::SignInNeeded, Trouble::InvalidGrant, 1),
            (
                "R-7",
                OAuthFault::RateLimited { retry_after: seconds, times: 1 },
                Code::RateLimited,
                Trouble::NotNow { retry_after: Some(seconds) },
                1,
            ),
            ("R-7", OAuthFault::Unavailable { times: 1 }, Code::ServerError, Trouble::NotNow { retry_after: None }, 1),
        ] {
            site.demo.authorization().clear_fault();
            let (_, _, tokens) = site.signed_in(Place::At(site.workspace()), browser::consent).await.unwrap();
            let (refresh_token, before) = (tokens.refresh.unwrap(), site.token_requests());
            site.demo.authorization().set_fault(fault.clone());
            let error = site.refreshed(&refresh_token).await.unwrap_err();
            assert_eq!(error.failure.code, code, "{id} {fault:?}: {error:?}");
            assert_eq!(error.trouble, trouble, "{id} {fault:?}: {error:?}");
            assert_eq!(site.token_requests() - before, requests, "{id} {fault:?}");
            assert!(!format!("{error:?} {error}").contains(refresh_token.expose_secret()), "{id}");
        }
    });
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[test]
fn ot_03_and_ot_14_what_is_merely_odd_is_used() {
    let site = Site::new();
    wait(async {
        for (fault, missing, assumed) in [
            (OAuthFault::ExpiresIn(None), &[""; 0][..], true),
            (OAuthFault::ExpiresIn(Some("\"3600\"")), &[], false),
            (OAuthFault::ExpiresIn(Some("-1")), &[], false),
            (OAuthFault::ExpiresIn(Some("1e99")), &[], false),
            (OAuthFault::ExpiresIn(Some("null")), &[], true),
            (OAuthFault::FewerScopes("sql"), &["all-apis"], false),
        ] {
            site.demo.authorization().set_fault(fault.clone());
            let (_, _, tokens) = site.signed_in(Place::At(site.workspace()), browser::consent).await.unwrap();
            assert_eq!(
                (&tokens.scopes_missing[..], tokens.access.expiry_assumed),
                (&missing.iter().map(ToString::to_string).collect::<Vec<_>>()[..], assumed),
                "{fault:?}"
            );
        }
    });
}

#[test]
fn ot_07_a_code_is_exchanged_once_even_when_the_answer_is_lost() {
    let site = Site::new();
    site.demo.authorization().set_fault(OAuthFault::CutAnswer { times: 1 });
    let error = wait(site.signed_in(Place::At(site.workspace()), browser::consent)).map(|_| ()).unwrap_err();
    assert_eq!(error.trouble, Trouble::Unknown);
    assert!(matches!(error.failure.code, Code::Protocol | Code::Reset), "{error:?}");
    assert_eq!(site.token_requests(), 1);
}

#[test]
fn ot_13_metadata_that_must_not_be_believed() {
    let site = Site::new();
    for fault in [
        OAuthFault::NoS256,
        OAuthFault::OtherIssuer("https://evil.example/oidc".into()),
        OAuthFault::TokenEndpointAt("evil.example".into()),
        OAuthFault::TokenEndpointAt("http://192.0.2.1".into()),
        OAuthFault::TokenEndpointAt("http://user@127.0.0.1".into()),
    ] {
        site.demo.authorization().set_fault(fault.clone());
        for target in [site.workspace(), site.account()] {
            let begun = wait(Login::begin(&site.http, Place::At(target), &OAuthApp::default(), &Ports::only(0), LIMIT));
            assert_eq!(begun.map(|_| ()).unwrap_err().failure.code, Code::OauthProtocol, "{fault:?}");
        }
    }
}
