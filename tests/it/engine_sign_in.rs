//! Signing in, through the engine, against the demo's authorization server: a person with a browser on one side, sockets on the other.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use brickpass::{
    check::{Report, Step},
    connection::{AuthKind, BaseUrl, Connection, ConnectionId, Draft, LevelKind, Reviewed, Status},
    demo::{Demo, DemoOptions, DemoUser, Fault, OAuthFault},
    engine::{Command, Event, Places, RunId, SignInPlace, SignInStep, SignedIn},
    failure::{Code, Failure, Remedy},
    oauth::loopback::{Listener, Ports},
    storage::{RefreshLock, Settings, Vault, VaultConfig, VaultHome},
};
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    browser::{consent, consent_at, visit},
    desk::{self, World, in_memory},
    free_port,
};

const SALES: &str = "Sales lakehouse";

/// A free port that no other test is given by the system: below the ports that it hands out.
fn own_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 16_384).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + (process.wrapping_add(step)) % 16_384;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

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
        self.demo.workspaces().iter().find(|it| it.name == name).unwrap().base_url.clone()
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

    fn begin(&self, run: u64, owner: &Connection) {
        self.begin_at(run, owner, SignInPlace::Here);
    }

    fn begin_at(&self, run: u64, owner: &Connection, place: SignInPlace) {
        self.send(Command::SignIn { run: RunId(run), owner: Box::new(owner.clone()), place, open_browser: true });
    }

    /// The address that the browser is sent to, and whether it was opened.
    fn waiting(&mut self, run: u64) -> (String, bool) {
        self.until(|event| match event {
            Event::SignInProgress { run: RunId(it), step: SignInStep::Waiting { address, browser_opened, .. }, .. } if it == run => {
                Some((address.expose_secret().to_owned(), browser_opened))
            }
            Event::SignInFinished { run: RunId(it), outcome, .. } if it == run => panic!("{outcome:?}"),
            _ => None,
        })
    }

    fn finished(&mut self, run: u64) -> Result<SignedIn, Failure> {
        self.until(|event| match event {
            Event::SignInFinished { run: RunId(it), outcome, .. } if it == run => Some(outcome),
            _ => None,
        })
    }

    /// From the button to the end, as this user.
    fn sign_in(&mut self, owner: &Connection, user: &DemoUser) -> Result<SignedIn, Failure> {
        self.begin(90, owner);
        let (address, _) = self.waiting(90);
        come_back(&consent(&address, &user.name, &user.password).unwrap());
        self.finished(90)
    }

    fn test(&mut self, connection: &Connection) -> Report {
        self.test_with(connection, None)
    }

    fn test_with(&mut self, connection: &Connection, secret: Option<&str>) -> Report {
        let secret = secret.map(|secret| secret.to_owned().into());
        self.send(Command::Test { run: RunId(1), connection: Box::new(connection.clone()), secret });
        self.until(|event| if let Event::TestFinished { report, .. } = event { Some(*report) } else { None })
    }

    fn who(&mut self, asked: ConnectionId) -> Option<String> {
        self.send(Command::DescribeSignIn { id: asked });
        // What was told without being asked is older than the answer.
        let mut last = None;
        self.send(Command::AccessToken { id: ConnectionId::random(), anew: false });
        let mut described = false;
        loop {
            let ended = self.until(|event| match event {
                Event::SignInDescribed { id, outcome } if id == asked => {
                    last = outcome.unwrap();
                    described = true;
                    Some(false)
                }
                Event::AccessToken { .. } => Some(true),
                _ => None,
            });
            if ended && described {
                return last.map(|sign_in| sign_in.user);
            }
            if ended {
                return self
                    .until(
                        |event| {
                            if let Event::SignInDescribed { id, outcome } = event { (id == asked).then(|| outcome.unwrap()) } else { None }
                        },
                    )
                    .map(|sign_in| sign_in.user);
            }
        }
    }

    fn token(&mut self, id: ConnectionId) -> Result<String, Failure> {
        self.send(Command::AccessToken { id, anew: false });
        self.until(|event| if let Event::AccessToken { outcome, .. } = event { Some(outcome) } else { None })
            .map(|token| token.secret.expose_secret().to_owned())
    }

    fn port_is_closed(&self) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err()
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
    let until = Instant::now() + Duration::from_secs(5);
    while Listener::bind(&Ports::only(answer.port().unwrap())).is_err() {
        assert!(Instant::now() < until, "the port stays taken");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn who_presses_sign_in_is_asked_in_the_browser_and_named_in_the_window() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    assert_eq!(desk.test(&sales).state, Status::SignIn, "nobody has signed in yet");

    desk.begin(7, &sales);
    let mut steps = Vec::new();
    let mut history = Vec::new();
    let outcome = loop {
        match desk.until(Some) {
            Event::SignInProgress { run: RunId(7), id, step } => {
                assert_eq!(id, sales.id);
                if let SignInStep::Waiting { address, port, until, browser_opened } = &step {
                    let left = until.as_second() - jiff::Timestamp::now().as_second();
                    assert!((298..=301).contains(&left), "{left}");
                    assert_eq!((*port, *browser_opened), (desk.port, true));
                    assert_eq!(desk.opened(), [address.expose_secret()]);
                    come_back(&consent(address.expose_secret(), &me.name, &me.password).unwrap());
                }
                steps.push(format!("{step:?}").split([' ', '{']).next().unwrap().to_owned());
            }
            Event::SignInFinished { run: RunId(7), outcome, .. } => break outcome.unwrap(),
            Event::History(changes) => history.extend(changes),
            _ => {}
        }
    };
    assert_eq!(steps, ["CheckingVault", "Discovering", "Waiting", "Exchanging"]);
    assert_eq!((outcome.sign_in.user.as_str(), outcome.sign_in.renews), (me.name.as_str(), true));
    assert_eq!((outcome.hints, outcome.found), (Vec::<String>::new(), None));
    assert_eq!(history, [(sales.id, None)], "the row says Sign in no more");
    assert_eq!(desk.who(sales.id), Some(me.name.clone()));

    let report = desk.test(&sales);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    let authentication = report.steps.iter().find(|step| step.step == Step::Authentication).unwrap();
    assert!(authentication.detail.as_ref().unwrap().starts_with("OAuth, access token valid until "), "{authentication:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 1);
}

#[test]
fn a_test_after_the_end_of_the_access_token_renews_it_silently() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
    desk.demo.authorization().expire_access_tokens();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    assert_eq!(desk.opened().len(), 1, "nobody was asked again");
}

#[test]
fn rf_12_a_token_that_is_refused_is_replaced_once_and_then_the_refusal_is_told() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.demo.workspace(SALES).unwrap().set_fault(Fault::Unauthorized);
    let report = desk.test(&sales);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code, failure.remedy), (Status::SignIn, Code::Unauthorized, Some(Remedy::SignIn)), "{failure}");
}

#[test]
fn a_sign_in_that_has_ended_asks_for_a_new_one() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.demo.authorization().revoke_all();
    desk.demo.authorization().expire_access_tokens();
    let report = desk.test(&sales);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code, failure.remedy), (Status::SignIn, Code::SignInNeeded, Some(Remedy::SignIn)));
    desk.sign_in(&sales, &me).unwrap();
    assert_eq!(desk.test(&sales).state, Status::Ok);
}

#[test]
fn lb_41_a_cancelled_sign_in_ends_at_once_and_closes_its_port() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.begin(1, &sales);
    let (address, _) = desk.waiting(1);
    let back = consent(&address, &me.name, &me.password).unwrap();
    let began = Instant::now();
    desk.send(Command::CancelSignIn { run: RunId(1) });
    assert_eq!(desk.finished(1).unwrap_err().code, Code::Cancelled);
    assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
    assert!(desk.port_is_closed());
    assert!(std::panic::catch_unwind(|| visit(&back)).is_err(), "nobody takes a late answer");
    assert_eq!(desk.demo.authorization().exchanges(), 0);
    assert_eq!(desk.who(sales.id), None);
}

#[test]
fn lb_40_a_sign_in_without_an_answer_ends_in_time_and_closes_its_port() {
    let mut desk = Desk::with(|places| places.sign_in_limit = Duration::from_secs(1));
    let sales = desk.sales();
    desk.begin(1, &sales);
    desk.waiting(1);
    let began = Instant::now();
    let failure = desk.finished(1).unwrap_err();
    assert_eq!(failure.code, Code::SignInTimeout, "{failure}");
    assert!(began.elapsed() < Duration::from_millis(1200), "{:?}", began.elapsed());
    assert!(desk.port_is_closed());
}

#[test]
fn lb_38_with_every_port_taken_no_browser_is_opened() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, desk.port)).unwrap();
    desk.begin(1, &sales);
    let failure = desk.finished(1).unwrap_err();
    assert_eq!(failure.code, Code::PortsTaken, "{failure}");
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn lb_43_two_sign_ins_at_once_each_take_their_own_answer() {
    let mut desk = Desk::new();
    let (me, base_url) = (desk.me(), desk.workspace(SALES));
    let ports = [own_port(), own_port()];
    let connections = ports.map(|port| {
        desk.demo.authorization().register_redirect_port(port);
        desk.save(form(&format!("On {port}"), &base_url, |draft| draft.redirect_port = port.to_string()))
    });
    desk.begin(1, &connections[0]);
    let (first, _) = desk.waiting(1);
    desk.begin(2, &connections[1]);
    let (second, _) = desk.waiting(2);
    let for_first = consent(&first, &me.name, &me.password).unwrap();

    // The answer of the first, brought to the second.
    visit(&for_first.replace(&ports[0].to_string(), &ports[1].to_string()));
    let count = desk.until(|event| match event {
        Event::SignInProgress { run: RunId(2), step: SignInStep::WrongKey { count }, .. } => Some(count),
        Event::SignInFinished { outcome, .. } => panic!("{outcome:?}"),
        _ => None,
    });
    assert_eq!(count, 1);

    come_back(&consent(&second, &me.name, &me.password).unwrap());
    assert!(desk.finished(2).is_ok());
    come_back(&for_first);
    assert!(desk.finished(1).is_ok());
    assert_eq!(desk.demo.authorization().exchanges(), 2);
}

#[test]
fn lb_43_a_second_sign_in_of_the_same_connection_takes_the_place_and_the_port_of_the_first() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.begin(1, &sales);
    desk.waiting(1);
    desk.begin(2, &sales);
    assert_eq!(desk.finished(1).unwrap_err().code, Code::Cancelled);
    let (address, _) = desk.waiting(2);
    come_back(&consent(&address, &me.name, &me.password).unwrap());
    assert!(desk.finished(2).is_ok());
}

#[test]
fn lb_46_without_a_browser_the_address_is_told_and_the_sign_in_goes_on() {
    let mut desk = Desk::with(|places| {
        places.open_url = Some(Arc::new(|_| Err(std::io::ErrorKind::NotFound.into())));
    });
    let (sales, me) = (desk.sales(), desk.me());
    desk.begin(1, &sales);
    let (address, opened) = desk.waiting(1);
    assert!(!opened);
    come_back(&consent(&address, &me.name, &me.password).unwrap());
    assert!(desk.finished(1).is_ok());
}

#[test]
fn a_locked_vault_is_told_before_anybody_is_sent_to_the_browser() {
    let mut desk = Desk::locked();
    let sales = desk.sales();
    desk.begin(1, &sales);
    let failure = desk.finished(1).unwrap_err();
    assert_eq!((failure.code, failure.remedy), (Code::VaultLocked, Some(Remedy::UnlockVault)));
    assert_eq!(desk.opened(), Vec::<String>::new());
    assert_eq!(desk.demo.authorization().requests(), Vec::<String>::new());

    let me = desk.me();
    desk.send(Command::UnlockVault { passphrase: "correct horse".to_owned().into() });
    desk.until(|event| matches!(event, Event::Vault { .. }).then_some(()));
    assert!(desk.sign_in(&sales, &me).is_ok());
}

#[test]
fn a_sign_in_that_the_vault_does_not_take_works_all_the_same_and_is_stored_later() {
    let mut desk = Desk::locked();
    let (sales, me) = (desk.sales(), desk.me());
    desk.send(Command::UnlockVault { passphrase: "correct horse".to_owned().into() });
    desk.until(|event| matches!(event, Event::Vault { .. }).then_some(()));
    // A folder where the lock should be: the file can be read, and not written.
    let lock = desk.home.config_dir().join("vault.age.lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();

    desk.begin(1, &sales);
    let (address, _) = desk.waiting(1);
    visit(&consent(&address, &me.name, &me.password).unwrap());
    let mut unsaved = Vec::new();
    let outcome = desk.until(|event| match event {
        Event::SignInsUnsaved { ids, .. } => {
            unsaved = ids;
            None
        }
        Event::SignInFinished { outcome, .. } => Some(outcome),
        _ => None,
    });
    assert!(outcome.unwrap().hints.iter().any(|hint| hint.contains("not stored yet")));
    assert_eq!(unsaved, [sales.id], "told before the end");
    assert_eq!(desk.test(&sales).state, Status::Ok);

    std::fs::remove_dir(&lock).unwrap();
    desk.send(Command::StoreSignIns);
    let left = desk.until(|event| if let Event::SignInsUnsaved { ids, failure } = event { Some((ids, failure)) } else { None });
    assert_eq!(left, (Vec::new(), None));
    assert_eq!(desk.who(sales.id), Some(me.name));
}

#[test]
fn nobody_is_signed_in_at_an_address_that_nobody_confirmed() {
    let mut desk = Desk::new();
    let mut sales = desk.sales();
    sales.base_url = BaseUrl::read("https://databricks.invalid").unwrap().base_url;
    desk.begin(1, &sales);
    assert_eq!(desk.finished(1).unwrap_err().code, Code::InvalidInput);
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn ot_15_another_user_takes_the_place_of_the_stored_one_only_if_the_person_says_so() {
    let mut desk = Desk::new();
    let (account, me, other) = (desk.account(), desk.me(), desk.demo.users().swap_remove(1));
    desk.sign_in(&account, &me).unwrap();
    for (run, yes) in [(2, false), (3, true)] {
        desk.begin(run, &account);
        // An answer to a question that nobody asked yet counts for nothing.
        desk.send(Command::AnswerSignIn { run: RunId(run), yes: !yes });
        let (address, _) = desk.waiting(run);
        come_back(&consent(&address, &other.name, &other.password).unwrap());
        let asked = desk.until(|event| match event {
            Event::SignInProgress { step: SignInStep::OtherUser { stored, new }, .. } => Some((stored, new)),
            Event::SignInFinished { outcome, .. } => panic!("{outcome:?}"),
            _ => None,
        });
        assert_eq!(asked, (me.name.clone(), other.name.clone()));
        desk.send(Command::AnswerSignIn { run: RunId(run), yes });
        let outcome = desk.finished(run);
        assert_eq!(outcome.is_ok(), yes, "{outcome:?}");
        assert_eq!(desk.who(account.id).as_ref(), Some(if yes { &other.name } else { &me.name }));
    }
}

#[test]
fn who_does_not_know_the_address_chooses_in_the_browser_and_confirms_before_the_code_is_sent() {
    let mut desk = Desk::new();
    let (me, host) = (desk.me(), desk.workspace(SALES));
    let fresh = form("Somewhere", "https://adb-1.2.azuredatabricks.net", |_| {}).connection;
    for (run, yes) in [(1, false), (2, true)] {
        desk.begin_at(run, &fresh, SignInPlace::Anywhere { level: LevelKind::Workspace });
        let (address, _) = desk.waiting(run);
        come_back(&consent_at(&address, &me.name, &me.password, SALES).unwrap());
        let asked = desk.until(|event| match event {
            Event::SignInProgress { step: SignInStep::ConfirmHost { host }, .. } => Some(host.origin()),
            Event::SignInFinished { outcome, .. } => panic!("{outcome:?}"),
            _ => None,
        });
        assert_eq!((asked.as_str(), desk.demo.authorization().exchanges()), (host.as_str(), 0));
        desk.send(Command::AnswerSignIn { run: RunId(run), yes });
        let outcome = desk.finished(run);
        if !yes {
            assert_eq!(outcome.unwrap_err().code, Code::Cancelled);
            assert_eq!(desk.demo.authorization().exchanges(), 0, "nothing was sent there");
            continue;
        }
        let signed_in = outcome.unwrap();
        let found = signed_in.found.unwrap();
        assert_eq!((signed_in.sign_in.user, found.base_url.origin()), (me.name.clone(), host.clone()));
        assert_eq!(found.workspace_id, Some(desk.demo.workspace(SALES).unwrap().workspace_id()));
        assert_eq!(found.account_id.unwrap().as_str(), desk.demo.account().account_id);
    }

    // What was signed in for is stored with the connection.
    let saved = desk.save(form(SALES, &host, |draft| draft.id = fresh.id));
    assert_eq!(desk.who(saved.id), Some(me.name));
    assert_eq!(desk.test(&saved).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
}

#[test]
fn an_account_can_be_found_in_the_browser_too() {
    let mut desk = Desk::new();
    let (me, account) = (desk.me(), desk.demo.account());
    let fresh = form("Somewhere", "https://adb-1.2.azuredatabricks.net", |_| {}).connection;
    desk.begin_at(1, &fresh, SignInPlace::Anywhere { level: LevelKind::Account });
    let (address, _) = desk.waiting(1);
    come_back(&consent_at(&address, &me.name, &me.password, "Acme account").unwrap());
    desk.until(|event| matches!(event, Event::SignInProgress { step: SignInStep::ConfirmHost { .. }, .. }).then_some(()));
    desk.send(Command::AnswerSignIn { run: RunId(1), yes: true });
    let signed_in = desk.finished(1).unwrap();
    let found = signed_in.found.unwrap();
    assert_eq!((found.base_url.origin(), found.workspace_id), (account.base_url.clone(), None));
    assert_eq!(found.account_id.unwrap().as_str(), account.account_id);
    let saved = desk.save(form("The account", &account.base_url, |draft| {
        draft.id = fresh.id;
        draft.level = LevelKind::Account;
        draft.account_id.clone_from(&account.account_id);
    }));
    assert_eq!(desk.test(&saved).state, Status::Ok);
}

#[test]
fn signing_out_ends_the_sign_in_here_and_there() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    let _ = desk.test(&sales);
    desk.send(Command::SignOut { id: sales.id });
    let mut history = Vec::new();
    desk.until(|event| match event {
        Event::SignedOut { id } => (id == sales.id).then_some(()),
        Event::History(changes) => {
            history.extend(changes);
            None
        }
        _ => None,
    });
    let (who, last) = history.pop().unwrap();
    assert_eq!((who, last.unwrap().state), (sales.id, Status::SignIn), "the row says what is to be done");
    assert!(desk.demo.authorization().requests().iter().any(|line| line.contains("revoke")), "{:?}", desk.demo.authorization().requests());
    assert_eq!(desk.who(sales.id), None);
    assert_eq!(desk.token(sales.id).unwrap_err().code, Code::SignInNeeded);
    assert_eq!(desk.test(&sales).state, Status::SignIn);
}

#[test]
fn the_workspaces_of_an_account_are_added_with_its_sign_in() {
    let mut desk = Desk::new();
    let (account, me, _sales) = (desk.account(), desk.me(), desk.sales());
    desk.sign_in(&account, &me).unwrap();
    let report = desk.test(&account);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    let tested = report.workspaces.unwrap();

    desk.send(Command::ListWorkspaces { id: account.id });
    let listed = desk.until(|event| if let Event::Workspaces { outcome, .. } = event { Some(outcome.unwrap()) } else { None });
    assert_eq!(listed, tested);
    let found = listed.iter().find(|it| it.name == SALES).unwrap();
    let added = Connection::of_workspace(&account, &found.name, found.base_url.clone().unwrap(), found.id.clone()).unwrap();
    let connections = vec![added.clone(), Connection { id: ConnectionId::random(), ..added.clone() }];
    desk.send(Command::AddWorkspaces { connections });
    let mut names = Vec::new();
    desk.until(|event| match event {
        Event::Library(snapshot) => {
            names = snapshot.entries.iter().map(|entry| entry.connection.name.as_str().to_owned()).collect();
            None
        }
        Event::WorkspacesAdded { ids } => Some(ids),
        _ => None,
    });
    names.sort();
    assert_eq!(names, [SALES, "Sales lakehouse (2)", "Sales lakehouse (3)", "The account"]);

    let report = desk.test(&added);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    assert_eq!(desk.token(added.id).unwrap(), desk.token(account.id).unwrap());
    assert_eq!(desk.who(added.id), Some(me.name.clone()));
    assert_eq!(desk.opened().len(), 1, "one sign-in for all");

    desk.send(Command::SignOut { id: added.id });
    desk.until(|event| if let Event::SignedOut { id } = event { (id == account.id).then_some(()) } else { None });
    assert_eq!(desk.test(&account).state, Status::SignIn);
    // And in again, from the workspace: it is the account's sign-in.
    desk.sign_in(&added, &me).unwrap();
    assert_eq!(desk.test(&account).state, Status::Ok);
}

#[test]
fn workspaces_of_a_connection_without_an_account_are_not_listed() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.send(Command::ListWorkspaces { id: sales.id });
    let outcome = desk.until(|event| if let Event::Workspaces { outcome, .. } = event { Some(outcome) } else { None });
    assert_eq!(outcome.unwrap_err().code, Code::Unsupported);
}

#[test]
fn a_service_principal_signs_in_without_a_browser() {
    let mut desk = Desk::new();
    let (principal, base_url) = (desk.demo.service_principal(), desk.workspace(SALES));
    let by = |secret: &str, base_url: &str| {
        form("Nightly", base_url, |draft| {
            draft.auth = AuthKind::ServicePrincipal;
            draft.client_id.clone_from(&principal.client_id);
            draft.secret = secret.into();
        })
    };
    let right = by(&principal.client_secret, &base_url);
    // Typed and not saved.
    let report = desk.test_with(&right.connection, Some(&principal.client_secret));
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    let authentication = report.steps.iter().find(|step| step.step == Step::Authentication).unwrap();
    assert!(authentication.detail.as_ref().unwrap().starts_with("Service principal, access token valid until "), "{authentication:?}");
    let report = desk.test(&right.connection);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::SignIn, Code::NoSecret));

    let saved = desk.save(right);
    assert_eq!(desk.test(&saved).state, Status::Ok);

    let wrong = desk.test_with(&saved, Some("dose00000000000000000000000000000000"));
    assert_eq!((wrong.state, wrong.failure.as_ref().unwrap().code), (Status::SignIn, Code::OauthRefused), "{wrong:?}");
    let last = wrong.steps.last().unwrap();
    assert_eq!((last.step, last.ok), (Step::Authentication, false));

    let nowhere = by("dose0000", &format!("http://127.0.0.1:{}", free_port())).connection;
    let nowhere = desk.test_with(&nowhere, Some("dose00000000000000000000000000000000"));
    assert_eq!((nowhere.state, nowhere.failure.unwrap().code), (Status::Unreachable, Code::Refused));
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn a_service_principal_reaches_the_account() {
    let mut desk = Desk::new();
    let (principal, account) = (desk.demo.service_principal(), desk.demo.account());
    let saved = desk.save(form("Account jobs", &account.base_url, |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.level = LevelKind::Account;
        draft.account_id = account.account_id;
        draft.client_id.clone_from(&principal.client_id);
        draft.secret = principal.client_secret.as_str().into();
    }));
    let report = desk.test(&saved);
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    assert!(!report.workspaces.unwrap().is_empty());
}

#[test]
fn lb_30_an_answer_that_does_not_name_its_server_is_accepted_and_noted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.demo.authorization().set_fault(OAuthFault::NoIss);
    let signed_in = desk.sign_in(&sales, &desk.me()).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("which sign-in server it is from")), "{signed_in:?}");
    desk.demo.authorization().clear_fault();
    let signed_in = desk.sign_in(&sales, &desk.me()).unwrap();
    assert!(signed_in.hints.is_empty(), "{signed_in:?}");
}

#[test]
fn ot_14_scopes_that_were_not_granted_are_told() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.demo.authorization().set_fault(OAuthFault::FewerScopes("sql offline_access"));
    let signed_in = desk.sign_in(&sales, &me).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("all-apis")), "{signed_in:?}");
}

#[test]
fn ot_03_a_server_that_does_not_say_how_long_a_token_is_valid_is_hinted_at() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.demo.authorization().set_fault(OAuthFault::ExpiresIn(None));
    let signed_in = desk.sign_in(&sales, &me).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("an hour is assumed")), "{signed_in:?}");
    let report = desk.test(&sales);
    assert_eq!(report.state, Status::Ok);
    assert!(report.hints.iter().any(|hint| hint.contains("an hour is assumed")), "{:?}", report.hints);
}

#[test]
fn the_port_is_closed_when_the_program_ends() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.begin(1, &sales);
    desk.waiting(1);
    assert!(!desk.port_is_closed());
    desk.finish();
    assert!(desk.port_is_closed());
}

#[test]
fn what_a_sign_in_is_good_for_ends_with_its_connection() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.send(Command::Remove { ids: vec![sales.id] });
    desk.send(Command::Purge { ids: vec![sales.id] });
    desk.until(|event| matches!(event, Event::Purged { .. }).then_some(()));
    assert_eq!(desk.token(sales.id).unwrap_err().code, Code::NoSuchConnection);
    // Added again under the same id, it knows nothing of the former sign-in.
    let base_url = desk.workspace(SALES);
    let again = desk.save(form(SALES, &base_url, |draft| draft.id = sales.id));
    assert_eq!(desk.token(again.id).unwrap_err().code, Code::SignInNeeded);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
}

#[test]
fn a_sign_in_is_for_one_address_alone() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    let other = desk.demo.workspaces().iter().find(|it| it.name != SALES).unwrap().base_url.clone();
    let elsewhere = Connection { base_url: BaseUrl::read(&other).unwrap().base_url, workspace_id: None, ..sales.clone() };
    let report = desk.test(&elsewhere);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::SignIn, Code::SignInNeeded));
    assert_eq!(desk.test(&sales).state, Status::Ok, "the saved one still has it");
}

#[test]
fn a_sign_in_for_a_form_is_kept_with_its_save() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    let other = desk.demo.workspaces().iter().find(|it| it.name != SALES && it.user == me.name).unwrap().base_url.clone();
    let edited = form(SALES, &other, |draft| draft.id = sales.id);
    let signed_in = desk.sign_in(&edited.connection, &me).unwrap();
    assert_eq!(signed_in.hints, ["Save the connection to keep this sign-in."]);
    assert_eq!(desk.who(sales.id), None, "the saved connection is another one");
    desk.save(edited);
    assert_eq!(desk.who(sales.id), Some(me.name));
}

#[test]
fn a_sign_in_moves_with_the_vault_and_is_not_renewed_meanwhile() {
    let mut desk = Desk::with(|places| places.vault = None);
    let to = |desk: &mut Desk, vault| {
        let settings = Settings { vault, ..Settings::default() };
        desk.send(Command::SaveSettings { settings, passphrase: Some("correct horse".to_owned().into()) });
        desk.until(|event| match event {
            Event::SettingsSaved { moved_secrets, .. } => Some(Ok(moved_secrets)),
            Event::Failed { failure, .. } => Some(Err(failure.code)),
            _ => None,
        })
    };
    assert_eq!(to(&mut desk, VaultHome::Memory), Ok(0), "away from the keyring");
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();

    let renewing = RefreshLock::acquire(&desk.home.state_dir(), sales.id, Duration::ZERO).unwrap();
    assert!(renewing.is_some());
    assert_eq!(to(&mut desk, VaultHome::File), Err(Code::RefreshBusy));
    drop(renewing);
    assert_eq!(to(&mut desk, VaultHome::File), Ok(1));
    desk.demo.authorization().expire_access_tokens();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!((desk.demo.authorization().refreshes(), desk.demo.authorization().reuses()), (1, 0));
}
