//! Signing in, through the engine, against the demo's authorization server: a person with a browser on one side, sockets on the other.

mod accounts;
mod kept;
mod logged;
mod service_principal;
mod signing_in;

use std::{
    net::{Ipv4Addr, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId, Draft, LevelKind, Reviewed},
    failure::Failure,
};
use brickpass_databricks::{
    check::Report,
    oauth::loopback::{Listener, Ports},
};
use brickpass_demo::{Demo, DemoOptions, DemoUser};
use brickpass_engine::{DescribeSignIn, GetAccessToken, Places, SignInPlace, SignInStep, SignedIn};
use brickpass_storage::{Vault, VaultConfig, VaultHome};
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    browser::{consent, visit},
    desk::{self, News, SignInNews, SignInRun, World, in_memory, sign_in_news},
    on_demo::workspace,
    own_port,
};

const SALES: &str = "Sales lakehouse";

/// The demo, and a browser that is opened by noting the address.
struct Service {
    demo: Demo,
    opened: Arc<Mutex<Vec<String>>>,
    port: u16,
}

impl World for Service {
    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.demo.authorization().issued_tokens();
        secrets.push(self.demo.service_principal().client_secret);
        for address in self.opened() {
            let pairs = url::Url::parse(&address).unwrap();
            secrets.extend(pairs.query_pairs().filter(|(name, _)| name == "state").map(|(_, state)| state.into_owned()));
        }
        secrets
    }
}

impl Service {
    fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap().clone()
    }
}

type Desk = desk::Desk<Service>;

impl Desk {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Places)) -> Self {
        let (demo, port) = (Demo::start(&DemoOptions::default()).unwrap(), own_port());
        demo.authorization().register_redirect_port(port);
        let discovery_host = Some(BaseUrl::read(&demo.account().base_url).unwrap().base_url);
        let opened: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&opened);
        Self::start(Home::new(), Service { demo, opened, port }, |home| {
            let open_url = move |url: &str| {
                noted.lock().unwrap().push(url.to_owned());
                Ok(())
            };
            let mut places = Places { redirect_port: Some(port), discovery_host, open_url: Some(Arc::new(open_url)), ..in_memory(home) };
            change(&mut places);
            places
        })
    }

    /// Secrets are in a file whose passphrase nobody has told yet.
    fn locked() -> Self {
        Self::with(|places| {
            let config = VaultConfig { home: VaultHome::File, file: places.vault_file(), passphrase: None };
            places.vault = Some(Vault::new(config));
        })
    }

    fn me(&self) -> DemoUser {
        self.demo.users().swap_remove(0)
    }

    fn workspace(&self, name: &str) -> String {
        workspace(&self.demo, name).base_url.clone()
    }

    /// A saved connection to the first workspace, for the browser.
    fn sales(&mut self) -> Connection {
        let base_url = self.workspace(SALES);
        self.save(form(SALES, &base_url, |_| {}))
    }

    fn account(&mut self) -> Connection {
        let account = self.demo.account();
        self.save(form("The account", &account.base_url, |draft| {
            draft.level = LevelKind::Account;
            draft.account_id = account.account_id;
        }))
    }

    fn begin(&self, run: u64, owner: &Connection) -> SignInRun {
        self.begin_at(run, owner, SignInPlace::Here)
    }

    fn begin_at(&self, run: u64, owner: &Connection, place: SignInPlace) -> SignInRun {
        self.begin_sign_in(run, owner, place)
    }

    /// The next step of this run that `pick` takes.
    fn step<T>(&mut self, run: u64, mut pick: impl FnMut(SignInStep) -> Option<T>) -> T {
        self.until(|event| match sign_in_news(event)? {
            SignInNews { run: it, news: News::Step(step) } if it == run => pick(step),
            SignInNews { run: it, news: News::End(outcome) } if it == run => panic!("{outcome:?}"),
            _ => None,
        })
    }

    /// The address that the browser is sent to, and whether it was opened.
    fn waiting(&mut self, run: u64) -> (String, bool) {
        self.step(run, |step| match step {
            SignInStep::Waiting { address, browser_opened, .. } => Some((address.expose_secret().to_owned(), browser_opened)),
            _ => None,
        })
    }

    fn finished(&mut self, run: u64) -> Result<SignedIn, Failure> {
        self.until(|event| match sign_in_news(event)? {
            SignInNews { run: it, news: News::End(outcome) } if it == run => Some(outcome),
            _ => None,
        })
    }

    /// From the button to the end, as this user.
    fn sign_in(&mut self, owner: &Connection, user: &DemoUser) -> Result<SignedIn, Failure> {
        let _run = self.begin(90, owner);
        let (address, _) = self.waiting(90);
        come_back(&consent(&address, &user.name, &user.password).unwrap());
        self.finished(90)
    }

    fn test(&mut self, connection: &Connection) -> Report {
        self.test_with(connection, None)
    }

    fn who(&mut self, id: ConnectionId) -> Option<String> {
        self.ask(DescribeSignIn { id }).unwrap().map(|sign_in| sign_in.user)
    }

    fn token(&mut self, id: ConnectionId) -> Result<String, Failure> {
        self.ask(GetAccessToken { id, anew: false }).map(|token| token.secret.expose_secret().to_owned())
    }

    fn port_is_open(&self) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
    }

    /// At once, but for this: a child that another test starts holds a copy of every socket until it runs its program.
    fn port_is_closed(&self) -> bool {
        let until = Instant::now() + Duration::from_mins(1);
        while self.port_is_open() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        !self.port_is_open()
    }
}

fn form(name: &str, base_url: &str, change: impl FnOnce(&mut Draft)) -> Reviewed {
    desk::form(name, |draft| {
        base_url.clone_into(&mut draft.base_url);
        draft.auth = AuthKind::Browser;
        change(draft);
    })
}

/// The browser brings the answer and shows the page that it is sent to; then the port is free again.
fn come_back(answer: &str) {
    let sent_on = visit(answer);
    let answer = url::Url::parse(answer).unwrap();
    visit(answer.join(sent_on.header("location").expect("sent on to the last page")).unwrap().as_str());
    let until = Instant::now() + Duration::from_mins(1);
    while Listener::bind(&Ports::only(answer.port().unwrap())).is_err() {
        assert!(Instant::now() < until, "the port stays taken");
        std::thread::sleep(Duration::from_millis(5));
    }
}
