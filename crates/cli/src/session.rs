//! A short-lived engine: started, asked, waited for.

use std::{
    collections::HashMap,
    io::IsTerminal as _,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use secrecy::SecretString;

use super::{
    environment, interrupt,
    nearest::did_you_mean,
    output::note_once,
    passphrase,
    terminal::{attended, yes},
};
use brickpass_core::{
    connection::{Connection, ConnectionId, LastTest, secrets_starred},
    failure::{Code, Failure},
};
use brickpass_engine::{
    Ask, DescribeSignIn, Engine, Event, Events, Pending, Places, ProbeVault, Request, SignIn, Start, TokenNote, UnlockVault,
};
use brickpass_storage::{Entry, SignInNote, Snapshot, VaultHome, VaultStatus};

pub(super) struct Session {
    engine: Engine,
    events: Events,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) history: HashMap<ConnectionId, LastTest>,
    /// What is known of the tokens that connections sign in with.
    pub(super) tokens: HashMap<ConnectionId, TokenNote>,
    /// What is known of sign-ins, under the connections that hold them.
    pub(super) sign_ins: HashMap<ConnectionId, SignInNote>,
    pub(super) settings_problem: Option<Failure>,
    /// Why the connections could not be read.
    library_problem: Option<Failure>,
    /// Of the encrypted file, when this began.
    vault_file_exists: bool,
    /// Renewed sign-ins that the vault did not take so far, and why.
    pub(super) unsaved: Vec<ConnectionId>,
    pub(super) unsaved_why: Option<Failure>,
}

impl Session {
    /// # Errors
    /// The files cannot be read.
    pub(super) fn open() -> Result<Self, Failure> {
        let session = Self::open_at(environment::places()?, || {})?;
        interrupt::mind(&session.engine);
        Ok(session)
    }

    /// With another `.databrickscfg` than the usual one.
    pub(super) fn open_on(config_file: Option<&Path>) -> Result<Self, Failure> {
        let mut places = environment::places()?;
        if let Some(file) = config_file {
            places.databrickscfg = Some(std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
        }
        let session = Self::open_at(places, || {})?;
        interrupt::mind(&session.engine);
        Ok(session)
    }

    /// `wake` is called after each event.
    pub(super) fn open_at(places: Places, wake: impl Fn() + Send + Sync + 'static) -> Result<Self, Failure> {
        let mut session = Self::start_at(places, wake)?;
        session.ask(Start)?;
        session.library_problem.take().map_or(Ok(session), Err)
    }

    /// Reads nothing yet: for what must work when the files cannot be read.
    pub(super) fn start() -> Result<Self, Failure> {
        let session = Self::start_at(environment::places()?, || {})?;
        interrupt::mind(&session.engine);
        Ok(session)
    }

    fn start_at(places: Places, wake: impl Fn() + Send + Sync + 'static) -> Result<Self, Failure> {
        let (engine, events) = Engine::start(places, wake).map_err(|error| {
            Failure::new(
                Code::Internal,
                "Brickpass cannot start its engine.",
                format!("Operating system error: {error}."),
                "Close other programs, then try again.",
            )
        })?;
        Ok(Self {
            engine,
            events,
            snapshot: Arc::new(Snapshot::default()),
            history: HashMap::new(),
            tokens: HashMap::new(),
            sign_ins: HashMap::new(),
            settings_problem: None,
            library_problem: None,
            vault_file_exists: true,
            unsaved: Vec::new(),
            unsaved_why: None,
        })
    }

    /// The answer comes as an event.
    pub(super) fn send(&self, ask: Ask) {
        self.engine.send(ask);
    }

    /// The answer is waited for where it is wanted.
    pub(super) fn pending<R: Request>(&self, request: R) -> Pending<R::Answer> {
        self.engine.ask(request)
    }

    /// Waits for the answer. What every command cares about is kept on the way.
    pub(super) fn ask<R: Request>(&mut self, request: R) -> Result<R::Answer, Failure> {
        let answer = self.ask_and_leave_events(request);
        // What follows from it was told before.
        while self.try_next().is_some() {}
        answer
    }

    /// As `ask`, but what was broadcast meanwhile is left for `wait_for`.
    pub(super) fn ask_and_leave_events<R: Request>(&self, request: R) -> Result<R::Answer, Failure> {
        self.pending(request).wait()
    }

    /// The answers to many requests, so many of which are asked at once; in no order.
    pub(super) fn ask_each<R: Request + Copy>(&mut self, requests: Vec<R>, at_once: usize) -> Vec<(R, Result<R::Answer, Failure>)> {
        let waiting = Mutex::new(requests);
        let answers = Mutex::new(Vec::new());
        let ask = || {
            while let Some(request) = locked(&waiting).pop() {
                let answer = self.engine.ask(request).wait();
                locked(&answers).push((request, answer));
            }
        };
        thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(ask);
            }
        });
        while self.try_next().is_some() {}
        answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the event that `pick` takes; what every command cares about is kept on the way.
    pub(super) fn wait_for<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> Result<T, Failure> {
        while let Some(event) = self.events.wait() {
            self.keep(&event);
            if let Some(answer) = pick(event) {
                return Ok(answer);
            }
        }
        Err(stopped())
    }

    /// The next event that is there already.
    pub(super) fn try_next(&mut self) -> Option<Event> {
        let event = self.events.try_next()?;
        self.keep(&event);
        Some(event)
    }

    /// What every command cares about: the list, the history, what is not in the vault yet.
    fn keep(&mut self, event: &Event) {
        match event {
            Event::Library(snapshot) => self.snapshot = Arc::clone(snapshot),
            Event::LibraryFailed(failure) => self.library_problem = Some(failure.clone()),
            Event::History(changes) => {
                for (id, last) in changes {
                    match last {
                        Some(last) => self.history.insert(*id, last.clone()),
                        None => self.history.remove(id),
                    };
                }
            }
            Event::SignInNotes(notes) => self.sign_ins.clone_from(notes),
            Event::TokenNotes(changes) => {
                for (id, token) in changes {
                    match token {
                        Some(token) => self.tokens.insert(*id, token.clone()),
                        None => self.tokens.remove(id),
                    };
                }
            }
            Event::Failed(failure) => note_once(&failure.to_string()),
            Event::Attention { words } => words.iter().for_each(|words| note_once(words)),
            Event::Settings { problem, vault_file_exists, .. } => {
                self.settings_problem.clone_from(problem);
                self.vault_file_exists = *vault_file_exists;
            }
            Event::SignInsUnsaved { ids, failure } => {
                self.unsaved.clone_from(ids);
                self.unsaved_why.clone_from(failure);
            }
            _ => {}
        }
    }

    /// The vault's state, after asking for the passphrase when one is needed and somebody is there to type it.
    pub(super) fn open_vault(&mut self) -> Result<(VaultHome, VaultStatus), Failure> {
        let (home, status) = self.ask(ProbeVault)?;
        let VaultStatus::Locked { place, new } = &status else { return Ok((home, status)) };
        let Some(passphrase) = ask_passphrase(place, *new)? else { return Ok((home, status)) };
        self.ask(UnlockVault { passphrase })
    }

    /// As `open_vault`, where nothing can be done without it.
    pub(super) fn need_vault(&mut self) -> Result<String, Failure> {
        match self.open_vault()?.1 {
            VaultStatus::Ready { place } => Ok(place),
            VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => Err(failure),
            VaultStatus::Locked { place, .. } => Err(Failure::new(
                Code::VaultLocked,
                format!("Secrets are stored in {place}, which is locked."),
                "Its passphrase was not given, and it can only be typed in a terminal.",
                "Set BRICKPASS_VAULT_PASSPHRASE, or run this in a terminal.",
            )),
        }
    }

    /// As `need_vault`, to store a secret in it. If connections already need a secret but no encrypted file exists, an earlier
    /// file may be lost: a terminal user is asked first. Without a terminal, the engine names those connections after it creates the file.
    pub(super) fn need_vault_to_store(&mut self) -> Result<String, Failure> {
        if !self.vault_file_exists && attended() {
            let (home, status) = self.ask(ProbeVault)?;
            let with_secret = self.snapshot.entries.iter().filter(|entry| entry.connection.keeps_a_secret());
            let names: Vec<String> = with_secret.map(|entry| format!("\"{}\"", entry.connection.name.as_str())).collect();
            if home == VaultHome::File && !names.is_empty() && !matches!(status, VaultStatus::Lost { .. }) {
                note_once(&format!(
                    "There is no encrypted vault file. If it contained the secrets of {}, it is missing.",
                    names.join(", ")
                ));
                if !yes("Create a new one?") {
                    return Err(Failure::new(
                        Code::Cancelled,
                        "Nothing was stored.",
                        "No new vault was created.",
                        "Put your previous vault.age back, then run the command again.",
                    ));
                }
            }
        }
        self.need_vault()
    }

    /// The connection of that name (or id): exactly written, else the only one that differs in case alone.
    pub(super) fn find(&self, name: &str) -> Result<Entry, Failure> {
        let entries = &self.snapshot.entries;
        let found = find_among(entries.iter().map(|entry| &entry.connection), name)?.id;
        entries
            .iter()
            .find(|entry| entry.connection.id == found)
            .cloned()
            .ok_or_else(|| no_such(name, entries.iter().map(|entry| entry.connection.name.as_str())))
    }

    /// The connection that holds the sign-in (or the client secret) of this one: itself, or the account's.
    pub(super) fn owner(&self, connection: &Connection) -> Connection {
        connection.owner_among(self.snapshot.entries.iter().map(|entry| &entry.connection)).clone()
    }

    /// The name of the other connection whose sign-in this one uses.
    pub(super) fn owner_name(&self, connection: &Connection) -> Option<String> {
        let owner = self.owner(connection);
        (owner.id != connection.id).then(|| owner.name.as_str().to_owned())
    }

    pub(super) fn by_id(&self, id: ConnectionId) -> Option<&Connection> {
        self.snapshot.entries.iter().map(|entry| &entry.connection).find(|connection| connection.id == id)
    }

    pub(super) fn describe_sign_in(&mut self, connection: &Connection) -> Result<Option<SignIn>, Failure> {
        self.ask(DescribeSignIn { id: connection.id })
    }

    pub(super) fn name_taken(&self, except: Option<ConnectionId>) -> impl Fn(&str) -> bool + use<> {
        let names: std::collections::HashSet<String> = self
            .snapshot
            .entries
            .iter()
            .filter(|entry| Some(entry.connection.id) != except)
            .map(|entry| entry.connection.name.as_str().to_lowercase())
            .collect();
        move |name| names.contains(&name.to_lowercase())
    }
}

/// What the engine has to say at its end is said.
impl Drop for Session {
    fn drop(&mut self) {
        self.engine.stop();
        while self.try_next().is_some() {}
    }
}

/// The connection of that name (or id): exactly written, else the only one that differs in case alone.
pub(super) fn find_among<'a>(connections: impl Iterator<Item = &'a Connection> + Clone, name: &str) -> Result<&'a Connection, Failure> {
    let is_exact = |it: &&Connection| it.name.as_str() == name || it.id.to_string() == name;
    if let Some(exact) = connections.clone().find(is_exact) {
        return Ok(exact);
    }
    let mut alike = connections.clone().filter(|it| it.name.as_str().to_lowercase() == name.to_lowercase());
    match (alike.next(), alike.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(no_such(name, connections.map(|it| it.name.as_str()))),
    }
}

fn no_such<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let empty = known.clone().next().is_none();
    Failure::new(
        Code::NoSuchConnection,
        format!("There is no connection named \"{}\".", secrets_starred(name).escape_debug()),
        if empty { "There are no connections yet." } else { "Names are not case-sensitive." },
        format!("{}brickpass list shows all names.", did_you_mean(name, known)),
    )
}

pub(super) fn stopped() -> Failure {
    Failure::mistake("Its engine stopped unexpectedly.")
}

/// From the environment, else from the person; `None` when nobody can be asked.
pub(super) fn ask_passphrase(place: &str, new: bool) -> Result<Option<SecretString>, Failure> {
    if let Some(passphrase) = passphrase::given()? {
        return Ok(Some(passphrase));
    }
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let typed = ask(&if new { format!("New passphrase for {place}: ") } else { format!("Passphrase for {place}: ") })?;
    if new && ask("Repeat the passphrase: ")? != typed {
        return Err(Failure::new(Code::InvalidInput, "The passphrases do not match.", "One of them has a typo.", "Run the command again."));
    }
    Ok(Some(SecretString::from(typed.to_string())))
}

/// A line from the terminal, without echo.
pub(super) fn ask(prompt: &str) -> Result<zeroize::Zeroizing<String>, Failure> {
    rpassword::prompt_password(prompt).map(zeroize::Zeroizing::new).map_err(|error| {
        Failure::new(
            Code::InvalidInput,
            "The terminal could not be read.",
            format!("Operating system error: {error}."),
            "Pass the secret on stdin instead.",
        )
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
