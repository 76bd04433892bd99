//! Whole logins over real sockets: a person at the demo's pages, the redirect listener, the exchange of the code.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{BaseUrl, LevelKind, OAuthApp},
    failure::Code,
};
use brickpass_databricks::{
    oauth::{Answer, Login, OAuthError, Place, Target, Tokens, loopback::Ports},
    rest::{Http, HttpSettings},
};
use brickpass_demo::{Demo, DemoAuthorization, DemoOptions, OAuthFault};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use tokio::{runtime::Runtime, task::JoinHandle};
use url::Url;

use crate::{
    loopback::{LIMIT, refused, soon},
    support::browser,
};

struct Site {
    demo: Demo,
    http: Http,
    runtime: Runtime,
}

/// A login that waits for the browser.
struct Begun {
    address: String,
    port: u16,
    wrong_keys: Arc<AtomicUsize>,
    answer: JoinHandle<Result<Answer, OAuthError>>,
}

impl Site {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { demo: Demo::start(&DemoOptions::default()).unwrap(), http: Http::new(HttpSettings::default()), runtime }
    }

    fn authorization(&self) -> DemoAuthorization {
        self.demo.authorization()
    }

    fn begin(&self) -> Begun {
        self.begin_within(LIMIT)
    }

    fn begin_within(&self, limit: Duration) -> Begun {
        let base_url = BaseUrl::read(&self.demo.workspaces()[0].base_url).unwrap().base_url;
        let begun = self.wait(Place::At(Target { base_url, account_id: None }), limit);
        self.authorization().register_redirect_port(begun.port);
        begun
    }

    fn wait(&self, place: Place, limit: Duration) -> Begun {
        let (app, ports) = (OAuthApp::default(), Ports::only(0));
        let login = self.runtime.block_on(Login::begin(&self.http, place, &app, &ports, LIMIT)).unwrap();
        let (address, port) = (login.address().expose_secret().to_owned(), login.port());
        let shown = format!("{login:?}");
        assert!(!shown.contains(&of(&address, "state").unwrap_or_else(|| "http".into())), "{shown}");
        let wrong_keys = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&wrong_keys);
        let answer = self.runtime.spawn(async move { login.answer(limit, &move |count| counted.store(count, Ordering::SeqCst)).await });
        Begun { address, port, wrong_keys, answer }
    }

    /// Signed in and allowed: where the browser is sent, and has not gone yet.
    fn allowed(&self, begun: &Begun) -> String {
        let user = self.demo.users().remove(0);
        browser::consent(&begun.address, &user.name, &user.password).unwrap()
    }

    fn ended(&self, begun: Begun) -> Result<Answer, OAuthError> {
        self.runtime.block_on(begun.answer).unwrap()
    }

    fn exchanged(&self, begun: Begun) -> Tokens {
        let answer = self.ended(begun).unwrap_or_else(|error| panic!("{error}"));
        self.runtime.block_on(answer.exchange(&self.http, Timestamp::now(), LIMIT)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn refused(&self, begun: Begun) -> OAuthError {
        match self.ended(begun) {
            Ok(answer) => panic!("it was answered: {answer:?}"),
            Err(error) => error,
        }
    }
}

fn of(url: &str, name: &str) -> Option<String> {
    Url::parse(url).unwrap().query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

#[test]
fn lb_02_a_login_is_one_exchange_and_the_code_is_seen_nowhere() {
    let site = Site::new();
    let begun = site.begin();
    let port = begun.port;
    let redirect = site.allowed(&begun);
    let (code, state) = (of(&redirect, "code").unwrap(), of(&redirect, "state").unwrap());
    assert_eq!(browser::visit(&redirect).status, 303);
    let done = browser::visit(&format!("http://localhost:{port}/done"));
    assert_eq!((done.status, done.heading().as_str()), (200, "Return to Brickpass"));
    soon("the port is closed", || refused(port));
    let answer = site.ended(begun).unwrap_or_else(|error| panic!("{error}"));
    let shown = format!("{answer:?}");
    let tokens = site.runtime.block_on(answer.exchange(&site.http, Timestamp::now(), LIMIT)).unwrap_or_else(|error| panic!("{error}"));
    assert!(!tokens.access.secret.expose_secret().is_empty());
    assert_eq!(site.authorization().exchanges(), 1);
    let seen = format!("{shown}{}{:?}", done.body, done.headers);
    assert!(!seen.contains(&code) && !seen.contains(&state), "{seen}");
}

#[test]
fn lb_03_a_wrong_key_is_told_once_for_each_and_the_login_goes_on() {
    let site = Site::new();
    let begun = site.begin();
    let redirect = site.allowed(&begun);
    let forged = redirect.replace(&of(&redirect, "state").unwrap(), "guess");
    assert_eq!(browser::visit(&forged).status, 400);
    assert_eq!((begun.wrong_keys.load(Ordering::SeqCst), site.authorization().exchanges()), (1, 0));
    assert_eq!(browser::visit(&redirect).status, 303);
    site.exchanged(begun);
    assert_eq!(site.authorization().exchanges(), 1);
}

#[test]
fn lb_06_a_declined_login_is_told_as_that() {
    let site = Site::new();
    let begun = site.begin();
    let user = site.demo.users().remove(0);
    let redirect = browser::decline(&begun.address, &user.name, &user.password).unwrap();
    assert_eq!(browser::visit(&redirect).status, 303);
    assert_eq!(site.refused(begun).failure.code, Code::SignInDeclined);
    assert_eq!(site.authorization().exchanges(), 0);
}

#[test]
fn lb_26_of_two_browsers_with_the_same_answer_one_is_exchanged() {
    let site = Site::new();
    for round in 1..=20 {
        let begun = site.begin();
        let redirect = site.allowed(&begun);
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| browser::visit(&redirect).status);
            let other = browser::visit(&redirect).status;
            (one.join().unwrap(), other)
        });
        assert!(matches!((one, other), (303, 410) | (410, 303)), "round {round}: {one}, {other}");
        site.exchanged(begun);
        assert_eq!(site.authorization().exchanges(), round);
    }
}

#[test]
fn lb_28_another_issuer_in_the_answer_is_refused_before_anything_is_exchanged() {
    for iss in [Some("https://evil.example/oidc".to_owned()), None] {
        let site = Site::new();
        site.authorization().set_fault(OAuthFault::Iss(iss));
        let begun = site.begin();
        assert_eq!(browser::visit(&site.allowed(&begun)).status, 303);
        let error = site.refused(begun);
        assert_eq!(error.failure.code, Code::OauthProtocol, "{error}");
        assert_eq!(site.authorization().exchanges(), 0);
    }
}

#[test]
fn lb_40_a_login_that_nobody_answers_ends_in_time() {
    let site = Site::new();
    let ended = |_| {
        let begun = site.begin_within(Duration::from_secs(1));
        let (since, port) = (Instant::now(), begun.port);
        let error = site.refused(begun);
        assert_eq!(error.failure.code, Code::SignInTimeout, "{error}");
        soon("the port is closed", || refused(port));
        since.elapsed()
    };
    let best = (0..3).map(ended).min().unwrap();
    assert!(best < Duration::from_secs(4), "{best:?}");
}

#[test]
fn lb_41_a_cancelled_login_is_closed_at_once_and_takes_no_answer() {
    let site = Site::new();
    let closed = |_| {
        let begun = site.begin();
        site.allowed(&begun);
        let since = Instant::now();
        begun.answer.abort();
        soon("the late answer finds nobody", || refused(begun.port));
        since.elapsed()
    };
    let best = (0..3).map(closed).min().unwrap();
    assert!(best < Duration::from_secs(4), "{best:?}");
    assert_eq!(site.authorization().exchanges(), 0);
}

#[test]
fn lb_43_two_logins_at_once_do_not_mix_up_their_answers() {
    let site = Site::new();
    let (first, second) = (site.begin(), site.begin());
    assert_ne!(first.port, second.port);
    let (to_first, to_second) = (site.allowed(&first), site.allowed(&second));
    let crossed = to_first.replace(&first.port.to_string(), &second.port.to_string());
    assert_eq!(browser::visit(&crossed).status, 400);
    assert_eq!((first.wrong_keys.load(Ordering::SeqCst), second.wrong_keys.load(Ordering::SeqCst)), (0, 1));
    assert_eq!((browser::visit(&to_second).status, browser::visit(&to_first).status), (303, 303));
    let (second, first) = (site.exchanged(second), site.exchanged(first));
    assert_ne!(first.access.secret.expose_secret(), second.access.secret.expose_secret());
    assert_eq!(site.authorization().exchanges(), 2);
}

#[test]
fn lb_48_a_server_that_is_not_databricks_own_gets_no_code() {
    let site = Site::new();
    let spy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    spy.set_nonblocking(true).unwrap();
    let nearby = format!("http%3A%2F%2F{}%2Foidc", spy.local_addr().unwrap());
    for iss in ["https%3A%2F%2Fevil.example", "https%3A%2F%2Fevil.example%2Foidc", &nearby, ""] {
        let host = BaseUrl::read_discovery_host("https://login.databricks.com").unwrap();
        let begun = site.wait(Place::Anywhere { host, level: LevelKind::Workspace }, LIMIT);
        // The state is known to whoever is asked to sign the person in, so it is no proof of who answers.
        let request = format!("https://login.databricks.com{}", of(&begun.address, "destination_url").unwrap());
        let state = of(&request, "state").unwrap();
        let answer = browser::visit(&format!("http://localhost:{}/?code=stolen&state={state}&iss={iss}", begun.port));
        assert_eq!(answer.status, 303);
        let error = site.refused(begun);
        assert_eq!(error.failure.code, Code::OauthProtocol, "{iss}: {error}");
        assert!(!format!("{error:?}").contains("stolen"));
    }
    assert!(spy.accept().is_err(), "the code was taken somewhere");
}
