//! An engine in a home of its own, asked and answered as the window does it.

use std::{
    any::Any,
    fmt::{Debug, Write as _},
    ops::Deref,
};

use brickpass_core::{
    connection::{Connection, ConnectionId, ConnectionName, Draft, Reviewed},
    failure::Failure,
};
use brickpass_databricks::{
    check::Report,
    rest::{NewOAuthSecret, NewToken},
};
use brickpass_engine::{
    Ask, CancelHandle, Continuation, Duplicate, Engine, Event, Events, Pending, Places, Progress, Purge, Purged, Remove, Request, Save,
    SaveOutcome, SignInControl, SignInInput, SignInPlace, SignInStep, SignInWithBrowser, SignedIn, Start, TestConnection,
};
use brickpass_storage::{Entry, Library, Vault, VaultConfig, VaultHome};
use secrecy::{ExposeSecret as _, SecretString};

use super::Home;

/// What a test puts around an engine (a demo, a network that loses answers): its parts are reached through the desk.
pub trait World {
    /// What may stand in no event and in no file, beside the secrets that the engine itself hands out.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

impl World for () {}

/// Whatever a test is about: when its desk goes, nothing that was told, and no file, holds a secret.
pub struct Desk<W: World = ()> {
    pub home: Home,
    /// `None` when it has come to its end.
    engine: Option<Engine>,
    events: Events,
    world: W,
    told: String,
    handed_out: Vec<String>,
}

impl Desk {
    /// With secrets in memory, and nothing around it.
    pub fn new() -> Self {
        Self::start(Home::new(), (), in_memory)
    }
}

impl<W: World> Desk<W> {
    /// The engine has read what is there when this returns.
    pub fn start(home: Home, world: W, places: impl FnOnce(&Home) -> Places) -> Self {
        let mut desk = Self::idle(home, world, places);
        let _reading = desk.pending(Start);
        desk.until(|event| matches!(event, Event::History(_)).then_some(()));
        desk
    }

    /// The engine has not been asked for anything yet.
    pub fn idle(home: Home, world: W, places: impl FnOnce(&Home) -> Places) -> Self {
        let (engine, events) = Engine::start(places(&home), || {}).unwrap();
        Self { home, engine: Some(engine), events, world, told: String::new(), handed_out: Vec::new() }
    }

    /// The window is closed, and opened again at the same home.
    pub fn again(&mut self, places: impl FnOnce(&Home) -> Places) {
        self.finish();
        let (engine, events) = Engine::start(places(&self.home), || {}).unwrap();
        (self.engine, self.events) = (Some(engine), events);
    }

    /// The window is closed: the engine ends what it has begun.
    pub fn finish(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.finish();
        }
    }

    /// The answer comes as an event.
    pub fn send(&self, ask: Ask) {
        self.engine.as_ref().unwrap().send(ask);
    }

    /// Waits for the answer. What was told meanwhile is still to be taken.
    pub fn ask<R: Request>(&mut self, request: R) -> Result<R::Answer, Failure> {
        let pending = self.pending(request);
        self.answer(pending)
    }

    pub fn pending<R: Request>(&self, request: R) -> Pending<R::Answer> {
        self.engine.as_ref().unwrap().ask(request)
    }

    pub fn answer<A: Debug + 'static>(&mut self, pending: Pending<A>) -> Result<A, Failure> {
        let answer = pending.wait();
        writeln!(self.told, "{answer:?}").unwrap();
        if let Ok(answer) = &answer {
            let answer: &dyn Any = answer;
            let token = answer.downcast_ref::<NewToken>().map(|new| &new.value);
            let secret = answer.downcast_ref::<NewOAuthSecret>().map(|new| &new.value);
            self.handed_out.extend(token.or(secret).map(|value| value.expose_secret().to_owned()));
        }
        answer
    }

    /// Takes events until `pick` has found what the test waits for. A failure that nobody waits for ends the test.
    pub fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            let event = self.next_event().expect("the engine lives");
            let failed = if let Event::Failed(failure) = &event { Some(failure.clone()) } else { None };
            match (pick(event), failed) {
                (Some(found), _) => return found,
                (None, Some(failure)) => panic!("{failure}"),
                (None, None) => {}
            }
        }
    }

    /// `None` when the engine has ended, and everything was read that it has told.
    pub fn next_event(&mut self) -> Option<Event> {
        let event = self.events.wait()?;
        self.hear(&event);
        Some(event)
    }

    /// As `next_event`, but only what is there already.
    pub fn try_next_event(&mut self) -> Option<Event> {
        let event = self.events.try_next()?;
        self.hear(&event);
        Some(event)
    }

    fn hear(&mut self, event: &Event) {
        writeln!(self.told, "{event:?}").unwrap();
        if let Event::Answer(Continuation(news)) = event
            && let Some(news) = news.downcast_ref::<SignInNews>()
        {
            writeln!(self.told, "{news:?}").unwrap();
        }
    }

    /// What may stand in no event and in no file.
    pub fn secrets(&self) -> Vec<String> {
        [self.world.secrets(), self.handed_out.clone()].concat()
    }

    /// As the form saves what it has read.
    pub fn save(&mut self, reviewed: Reviewed) -> Connection {
        let connection = reviewed.connection.clone();
        let base = self.entries().into_iter().find(|entry| entry.connection.id == connection.id).map(|entry| entry.revision);
        let outcome = self.ask(Save { reviewed: Box::new(reviewed), base }).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(outcome, SaveOutcome::Saved);
        connection
    }

    /// Without its steps.
    pub fn test_with(&mut self, connection: &Connection, secret: Option<SecretString>) -> Report {
        self.ask(TestConnection { connection: Box::new(connection.clone()), secret, progress: Progress::ignored() }).unwrap().report
    }

    /// For good.
    pub fn remove(&mut self, id: ConnectionId) -> Purged {
        self.ask(Remove { ids: vec![id] }).unwrap();
        self.ask(Purge { ids: vec![id], revoke: Vec::new() }).unwrap()
    }

    /// With its secrets.
    pub fn duplicate(&mut self, source: ConnectionId, copy: &Connection) {
        let outcome = self.ask(Duplicate { source, copy: Box::new(copy.clone()) }).unwrap();
        assert_eq!(outcome, SaveOutcome::Saved);
    }

    /// Begins a sign-in under this number; what comes of it are events that [`sign_in_news`] reads.
    pub fn begin_sign_in(&self, run: u64, owner: &Connection, place: SignInPlace) -> SignInRun {
        let news = move |news| Continuation(Box::new(SignInNews { run, news }));
        let (control, input) = SignInInput::new();
        let progress = Progress::new(move |step| news(News::Step(step)));
        let request = SignInWithBrowser { owner: Box::new(owner.clone()), place, open_browser: true, progress, input };
        let (ask, cancel) = Ask::new(request, move |outcome| news(News::End(outcome))).cancellable();
        self.send(ask);
        SignInRun { control, cancel }
    }

    /// As they lie on disk.
    pub fn entries(&self) -> Vec<Entry> {
        Library::new(&self.home.config_dir(), &self.home.state_dir()).load().unwrap().entries
    }
}

/// Dropped, it cancels the sign-in.
pub struct SignInRun {
    pub control: SignInControl,
    pub cancel: CancelHandle,
}

/// What comes of a sign-in that was begun under this number.
#[derive(Debug)]
pub struct SignInNews {
    pub run: u64,
    pub news: News,
}

#[derive(Debug)]
pub enum News {
    Step(SignInStep),
    End(Result<SignedIn, Failure>),
}

pub fn sign_in_news(event: Event) -> Option<SignInNews> {
    let Event::Answer(Continuation(news)) = event else { return None };
    news.downcast().ok().map(|news| *news)
}

impl<W: World> Deref for Desk<W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.world
    }
}

impl<W: World> Drop for Desk<W> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        while self.try_next_event().is_some() {}
        let files = self.home.files();
        for secret in self.secrets() {
            assert!(!self.told.contains(&secret), "an event shows a secret");
            for (path, bytes) in &files {
                assert!(!String::from_utf8_lossy(bytes).contains(&secret), "{} holds a secret", path.display());
            }
        }
    }
}

/// Secrets are kept as long as the engine lives.
pub fn in_memory(home: &Home) -> Places {
    with_vault(home, memory_vault(home))
}

pub fn memory_vault(home: &Home) -> Vault {
    Vault::new(VaultConfig { home: VaultHome::Memory, file: home.config_dir().join("vault.age"), passphrase: None })
}

/// An encrypted file whose passphrase is known, and which costs no time to open.
pub fn file_vault(home: &Home) -> Vault {
    let passphrase = Some("correct horse".to_owned().into());
    Vault::without_work(VaultConfig { home: VaultHome::File, file: home.config_dir().join("vault.age"), passphrase })
}

pub fn with_vault(home: &Home, vault: Vault) -> Places {
    Places { vault: Some(vault), ..Places::new(home.config_dir(), home.state_dir()) }
}

/// What a person has filled in, and what the form has nothing to say against.
pub fn form(name: &str, change: impl FnOnce(&mut Draft)) -> Reviewed {
    let mut draft = Draft::new(ConnectionId::random());
    name.clone_into(&mut draft.name);
    change(&mut draft);
    let review = draft.review(&|_| false);
    review.result.unwrap_or_else(|| panic!("{:?}", review.remarks))
}

/// For [`form`].
pub fn by_token(base_url: &str, token: &str) -> impl FnOnce(&mut Draft) {
    move |draft| {
        base_url.clone_into(&mut draft.base_url);
        draft.secret = token.into();
    }
}

#[test]
fn a_desk_in_whose_home_or_events_a_secret_stands_fails_its_test() {
    struct Known;
    impl World for Known {
        fn secrets(&self) -> Vec<String> {
            vec!["dapi0123456789".to_owned()]
        }
    }
    let desk = |name: &str| {
        let mut desk = Desk::start(Home::new(), Known, in_memory);
        let mut reviewed = form("Sales", by_token("https://adb-1.2.azuredatabricks.net", "dapi0123456789"));
        // The form takes no token for a name; here one gets past it.
        reviewed.connection.name = ConnectionName::parse(name).unwrap();
        desk.save(reviewed);
        desk
    };
    let fails = |desk: Desk<Known>| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(desk))).is_err();
    assert!(!fails(desk("Sales")));
    let lying = desk("Sales");
    std::fs::write(lying.home.path().join("left"), "token = dapi0123456789").unwrap();
    assert!(fails(lying));
    // The name is told with the list, and is in the file of connections.
    assert!(fails(desk("dapi0123456789")));
}
