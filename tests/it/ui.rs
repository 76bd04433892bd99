//! The window on the real engine and the embedded demo workspaces: what a person does, found by role and label.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use brickpass::ui::{BrickpassApp, EnginePort, Setup};
use brickpass_core::connection::{AuthKind, LevelKind, SecretKind};
use brickpass_demo::{Demo, DemoOptions, Fault};
use brickpass_engine::{Ask, Continuation, Engine, Event, Places, Refresh};
use brickpass_storage::{Library, SecretKey, ThemeChoice, Vault, VaultConfig, VaultHome, WindowMemory};
use eframe::egui::accesskit::Role;
use egui_kittest::{Harness, kittest::Queryable as _};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{
    Home,
    browser::{consent, visit},
    desk::{by_token, form},
    on_demo::workspace,
    own_port,
};

struct Window {
    harness: Harness<'static, BrickpassApp>,
    engine: Rc<RefCell<Option<Engine>>>,
}

impl Window {
    fn open(home: &Home) -> Self {
        Self::open_in(Places { vault: Some(vault(home)), ..Places::new(home.config_dir(), home.state_dir()) })
    }

    fn open_in(places: Places) -> Self {
        let (engine, mut events) = Engine::start(places, || {}).unwrap();
        let engine = Rc::new(RefCell::new(Some(engine)));
        let sender = Rc::clone(&engine);
        let send = move |ask: Ask| {
            if let Some(engine) = sender.borrow().as_ref() {
                engine.send(ask);
            }
        };
        let port = EnginePort { send: Box::new(send), next: Box::new(move || -> Option<Event> { events.try_next() }) };
        let harness = Harness::builder().with_size([1280.0, 800.0]).allow_missing_glyphs().build_eframe(move |creation| {
            let setup = Setup {
                clock: Box::new(jiff::Timestamp::now),
                theme: ThemeChoice::Dark,
                window: WindowMemory::default(),
                files: Vec::new(),
            };
            BrickpassApp::new(&creation.egui_ctx, port, setup)
        });
        Self { harness, engine }
    }

    fn shows(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    fn until(&mut self, words: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.shows(words) {
            assert!(Instant::now() < deadline, "the window never showed {words:?}");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(4));
        }
        self.harness.run_steps(3);
    }

    fn click(&mut self, label: &str) {
        self.until(label);
        self.harness.get_all_by_label(label).next().unwrap().click();
        self.harness.run_steps(4);
    }

    fn type_into(&mut self, role: Role, label: &str, words: &str) {
        self.harness.get_by_role_and_label(role, label).focus();
        self.harness.run_steps(2);
        self.harness.get_by_role_and_label(role, label).type_text(words);
        self.harness.run_steps(3);
    }

    /// Closes the window and waits for what was asked to be saved.
    fn close(self) {
        drop(self.harness);
        let engine = self.engine.borrow_mut().take();
        engine.unwrap().finish();
    }
}

fn vault(home: &Home) -> Vault {
    let passphrase = Some(SecretString::from("correct horse battery staple"));
    Vault::new(VaultConfig { home: VaultHome::File, file: home.config_dir().join("vault.age"), passphrase })
}

fn add(window: &mut Window, name: &str, base_url: &str, token: &str) {
    window.until("Brickpass");
    window.click("New connection");
    window.until("Base URL");
    window.type_into(Role::TextInput, "Name", name);
    window.type_into(Role::TextInput, "Base URL", base_url);
    window.type_into(Role::PasswordInput, "Access token", token);
}

#[test]
fn a_workspace_is_added_tested_saved_and_still_there_after_a_restart() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let workspace = workspace(&demo, "Finance lakehouse").clone();
    let home = Home::new();

    let mut window = Window::open(&home);
    add(&mut window, "Finance", &format!("{}/browse?o=1#notebook", workspace.base_url), &workspace.token);
    window.click("Test connection");
    window.until("Connected in");
    assert!(window.shows(&workspace.user));
    assert!(window.shows("running"));
    window.click("Save");
    window.until("Stored ");
    window.close();

    let saved = Library::new(&home.config_dir(), &home.state_dir()).load().unwrap();
    assert_eq!(saved.entries.len(), 1);
    let key = SecretKey::of(&saved.entries[0].connection, SecretKind::PersonalAccessToken);
    let token = vault(&home).get(&key).unwrap().unwrap();
    assert_eq!(token.expose_secret(), workspace.token);

    let mut window = Window::open(&home);
    window.until("Finance, Environment not set");
    window.until("Stored ");
    assert!(window.shows("OK"), "the result of the test was kept, since what was tested was saved");
    window.click("Test connection");
    window.until("Connected in");
    window.close();
}

#[test]
fn an_expired_token_is_told_in_words_with_the_button_that_helps() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let expired = workspace(&demo, "Marketing reports").clone();
    let home = Home::new();
    let mut window = Window::open(&home);
    add(&mut window, "Marketing", &expired.base_url, &expired.token);
    window.click("Test connection");
    window.until("Could not sign in");
    window.click("Replace token");
    assert!(window.harness.get_by_role_and_label(Role::PasswordInput, "Access token").is_focused());
    window.close();
}

#[test]
fn ui_04_closing_while_a_test_hangs_cancels_it() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let workspace = workspace(&demo, "Sales lakehouse").clone();
    demo.workspace("Sales lakehouse").unwrap().set_fault(Fault::Latency(Duration::from_secs(30)));
    let home = Home::new();
    let mut window = Window::open(&home);
    add(&mut window, "Hangs", &workspace.base_url, &workspace.token);
    window.click("Test connection");
    window.until("Cancel test");
    let before = Instant::now();
    window.close();
    assert!(before.elapsed() < Duration::from_secs(20), "sooner than the test's own time limit: {:?}", before.elapsed());
}

#[test]
fn another_windows_save_is_noticed_and_the_choice_is_asked_for() {
    let home = Home::new();
    let library = Library::new(&home.config_dir(), &home.state_dir());
    let connection = form("Shared", by_token("https://adb-1.2.azuredatabricks.net", "")).connection;
    library.add_all(vec![connection.clone()]).unwrap();

    let mut window = Window::open(&home);
    window.until("Shared, Environment not set");
    window.type_into(Role::MultilineTextInput, "Description", "mine");
    let entry = library.load().unwrap().entries.remove(0);
    library.save(brickpass_core::connection::Connection { description: "theirs".to_owned(), ..connection }, Some(entry.revision)).unwrap();
    window.click("Save");
    window.until("Changed elsewhere");
    window.click("Keep my version");
    let deadline = Instant::now() + Duration::from_mins(1);
    while library.load().unwrap().entries[0].connection.description != "mine" {
        assert!(Instant::now() < deadline, "mine was not kept");
        window.harness.step();
        std::thread::sleep(Duration::from_millis(10));
    }
    window.close();
}

#[test]
fn signing_in_names_the_person_and_the_workspaces_of_the_account_are_added_with_that_sign_in() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let (home, port, me) = (Home::new(), own_port(), demo.users().swap_remove(0));
    demo.authorization().register_redirect_port(port);
    let opened: Arc<Mutex<Option<String>>> = Arc::default();
    let browser = Arc::clone(&opened);
    let mut window = Window::open_in(Places {
        vault: Some(vault(&home)),
        redirect_port: Some(port),
        open_url: Some(Arc::new(move |url| {
            *browser.lock().unwrap() = Some(url.to_owned());
            Ok(())
        })),
        ..Places::new(home.config_dir(), home.state_dir())
    });
    let account = form("Acme", |draft| {
        draft.base_url = demo.account().base_url;
        draft.account_id = demo.account().account_id;
        (draft.auth, draft.level) = (AuthKind::Browser, LevelKind::Account);
    });
    Library::new(&home.config_dir(), &home.state_dir()).add_all(vec![account.connection]).unwrap();
    window.until("Brickpass");
    window.engine.borrow().as_ref().unwrap().send(Ask::new(Refresh, |outcome| Continuation(Box::new(outcome))));

    window.until("Not signed in");
    window.click("Sign in");
    window.until(&format!("Listening on localhost:{port}"));
    let address = opened.lock().unwrap().clone().expect("the browser was opened");
    let back = consent(&address, &me.name, &me.password).unwrap();
    let visiting = std::thread::spawn(move || {
        let sent_on = visit(&back);
        let back = url::Url::parse(&back).unwrap();
        visit(back.join(sent_on.header("location").unwrap()).unwrap().as_str())
    });
    window.until("Access token valid until");
    assert!(window.shows(&format!("as {}", me.name)));
    assert_eq!(visiting.join().unwrap().status, 200, "the browser ends on our own page");

    window.click("Add workspaces from this account");
    window.click("Select all shown");
    window.until("Add 8 workspaces");
    window.click("Add 8 workspaces");
    window.until("Added 8 workspaces");
    assert!(window.shows("Uses the sign-in of Acme"));
    window.click("Test connection");
    window.until("Connected in");
    window.close();
    assert_eq!(Library::new(&home.config_dir(), &home.state_dir()).load().unwrap().entries.len(), 9);
    for (path, bytes) in home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("oidc/v1/authorize"), "{} holds the sign-in link", path.display());
    }
}
