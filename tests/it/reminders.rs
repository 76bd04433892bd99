//! Reminders of tokens that expire: the engine against the demo with a desktop of the test's own, and once with a real D-Bus session.

use std::{
    fs,
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use brickpass::desktop::notifications;
use brickpass_core::connection::Connection;
use brickpass_databricks::rest::{NewToken, TokenRequest};
use brickpass_demo::{Demo, DemoOptions, DemoWorkspace};
use brickpass_engine::{
    Answered, Ask, Continuation, Event, GenerateToken, ListTokens, Notification, Notify, Places, Reminder, ReminderChoice, SaveSettings,
    Shown, Start, UseToken,
};
use brickpass_storage::{Settings, Vault};

use crate::support::{
    Home,
    desk::{self, World, by_token, form, memory_vault, with_vault},
};

const DAY: Duration = Duration::from_hours(24);

/// A desktop that shows everything, and answers when it is told to.
#[derive(Clone, Default)]
struct Desktop {
    shown: Arc<Mutex<Vec<Notification>>>,
    answers: Arc<Mutex<Vec<Answered>>>,
}

impl Desktop {
    fn notify(&self) -> Notify {
        let desktop = self.clone();
        Arc::new(move |notification: &Notification, shown: Shown, answered: Answered| {
            desktop.shown.lock().unwrap().push(notification.clone());
            desktop.answers.lock().unwrap().push(answered);
            shown(true);
        })
    }

    fn said(&self) -> Vec<String> {
        self.shown.lock().unwrap().iter().map(|it| it.summary.clone()).collect()
    }
}

struct Service {
    vault: Vault,
    workspace: DemoWorkspace,
    _demo: Demo,
}

impl World for Service {
    fn secrets(&self) -> Vec<String> {
        vec![self.workspace.token.clone()]
    }
}

type Desk = desk::Desk<Service>;

impl Desk {
    fn new(notify: Option<Notify>) -> Self {
        let (demo, home) = (Demo::start(&DemoOptions::default()).unwrap(), Home::new());
        let (workspace, vault) = (demo.workspaces()[0].clone(), memory_vault(&home));
        let service = Service { vault: vault.clone(), workspace, _demo: demo };
        let desk = Self::idle(home, service, |home| Places { notify, ..with_vault(home, vault) });
        desk.read();
        desk
    }

    /// The answer is not waited for.
    fn read(&self) {
        self.send(Ask::new(Start, |outcome| Continuation(Box::new(outcome))));
    }

    fn reopen(&mut self, notify: Option<Notify>) {
        let vault = self.vault.clone();
        self.again(|home| Places { notify, ..with_vault(home, vault) });
        self.read();
    }

    /// A connection that signs in with a token of so many days (and a moment, so that it is not a day less at once).
    fn connection(&mut self, name: &str, days: u32) -> (Connection, NewToken) {
        let reviewed = form(name, by_token(&self.workspace.base_url, &self.workspace.token));
        let connection = self.save(reviewed);
        let lifetime = Some(DAY * days + Duration::from_mins(5));
        let token = TokenRequest { comment: format!("what {name} is for"), lifetime, scopes: Vec::new() };
        let new = self.ask(GenerateToken { id: connection.id, token }).unwrap();
        (connection, new)
    }

    fn adopt(&mut self, connection: &Connection, new: &NewToken) {
        self.ask(UseToken { id: connection.id, new: Box::new(new.clone()) }).unwrap();
    }

    fn reminded(&mut self) -> (Vec<Reminder>, bool) {
        self.until(|event| if let Event::Reminders { due, shown } = event { Some((due, shown)) } else { None })
    }

    /// Ends the engine; whether it has told of a reminder since.
    fn was_reminded(mut self) -> bool {
        self.finish();
        std::iter::from_fn(|| self.next_event()).any(|event| matches!(event, Event::Reminders { .. }))
    }
}

fn names(due: &[Reminder]) -> Vec<(&str, i64)> {
    due.iter().map(|reminder| (reminder.name.as_str(), reminder.days_left)).collect()
}

#[test]
fn a_token_that_expires_soon_is_told_once_by_one_of_all_windows() {
    let desktop = Desktop::default();
    let mut desk = Desk::new(Some(desktop.notify()));
    let (sales, new) = desk.connection("Sales", 3);
    desk.adopt(&sales, &new);
    let (due, shown) = desk.reminded();
    assert_eq!((names(&due), shown), (vec![("Sales", 3)], true));
    assert_eq!(desktop.said(), ["Sales: the token expires in 3 days"]);

    // The answer comes whenever the person gives it.
    let answer = desktop.answers.lock().unwrap().pop().unwrap();
    answer(ReminderChoice::Rotate);
    let answered = desk.until(|event| if let Event::ReminderAnswered { id, choice } = event { Some((id, choice)) } else { None });
    assert_eq!(answered, (Some(sales.id), ReminderChoice::Rotate));

    // Another window, or the next one: nothing is told twice. What it does tell, it tells after it has looked at Sales.
    desk.reopen(Some(desktop.notify()));
    let (finance, new) = desk.connection("Finance", 1);
    desk.adopt(&finance, &new);
    assert_eq!(names(&desk.reminded().0), [("Finance", 1)]);
    let file = fs::read_to_string(desk.home.state_dir().join("reminders.json")).unwrap();
    assert!(desk.secrets().iter().all(|secret| !file.contains(secret)), "{file}");
    assert!(!file.contains("what Sales is for"), "{file}");
}

#[test]
fn several_at_once_are_one_notification_whose_answer_is_about_all() {
    let mut desk = Desk::new(None);
    for (name, days) in [("Sales", 14), ("Finance", 0), ("Marketing", 30)] {
        let (connection, new) = desk.connection(name, days);
        desk.adopt(&connection, &new);
    }
    let desktop = Desktop::default();
    desk.reopen(Some(desktop.notify()));
    assert_eq!(names(&desk.reminded().0), [("Finance", 0), ("Sales", 14)]);
    assert_eq!(desktop.said(), ["2 tokens expire soon"]);
    let answer = desktop.answers.lock().unwrap().pop().unwrap();
    answer(ReminderChoice::Open);
    assert_eq!(desk.until(|event| if let Event::ReminderAnswered { id, .. } = event { Some(id) } else { None }), None);
}

#[test]
fn where_nobody_shows_notifications_the_window_is_told_to() {
    let mut desk = Desk::new(Some(Arc::new(|_: &Notification, shown: Shown, _: Answered| shown(false))));
    let (sales, new) = desk.connection("Sales", 3);
    desk.adopt(&sales, &new);
    assert!(!desk.reminded().1);
    // A desktop that crashes shows nothing either.
    desk.reopen(Some(Arc::new(|_: &Notification, _: Shown, _: Answered| {})));
    let (finance, new) = desk.connection("Finance", 3);
    desk.adopt(&finance, &new);
    assert!(!desk.reminded().1);
}

#[test]
fn a_desktop_that_does_not_answer_holds_nothing_up() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let mut desk = Desk::new(Some(Arc::new(move |_: &Notification, _: Shown, _: Answered| {
        let _ = held.lock().unwrap().recv();
    })));
    let (sales, new) = desk.connection("Sales", 3);
    let began = Instant::now();
    desk.adopt(&sales, &new);
    desk.ask(ListTokens { id: sales.id }).unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "other work goes on: {:?}", began.elapsed());
    assert!(!desk.reminded().1, "after a while the window tells");
    let began = Instant::now();
    desk.was_reminded();
    assert!(began.elapsed() < Duration::from_secs(4), "nor does it hold up the end: {:?}", began.elapsed());
    drop(release);
}

#[test]
fn the_command_line_reminds_nobody_nor_does_a_window_that_was_told_not_to() {
    let mut desk = Desk::new(None);
    let (sales, new) = desk.connection("Sales", 1);
    desk.adopt(&sales, &new);
    let settings = Settings { remind_of_expiry: false, ..Settings::default() };
    desk.ask(SaveSettings { settings: settings.clone(), passphrase: None }).unwrap();
    assert!(!desk.home.state_dir().join("reminders.json").exists());

    let desktop = Desktop::default();
    desk.reopen(Some(desktop.notify()));
    desk.until(|event| matches!(event, Event::History(_)).then_some(()));
    // Switched on again, it looks at once; so what it tells now was due before, and was not told.
    while let Some(event) = desk.try_next_event() {
        assert!(!matches!(event, Event::Reminders { .. }), "it was told not to");
    }
    desk.ask(SaveSettings { settings: Settings { remind_of_expiry: true, ..settings }, passphrase: None }).unwrap();
    assert_eq!(names(&desk.reminded().0), [("Sales", 1)]);
}

#[cfg(target_os = "linux")]
mod session {
    use super::*;
    use crate::support;

    #[test]
    fn se_14_what_reaches_the_desktop_holds_no_secret_and_its_rotate_reaches_the_engine() {
        let test = "se_14_notification";
        if let Some(tool) = support::missing_tool(&["dbus-run-session", "dbus-daemon"]) {
            return support::skip(test, &format!("{tool} is not installed"));
        }
        in_session("told_and_answered");
    }

    #[test]
    fn a_session_without_a_notification_service_is_told_as_that() {
        let test = "reminders_without_a_service";
        if let Some(tool) = support::missing_tool(&["dbus-run-session", "dbus-daemon"]) {
            return support::skip(test, &format!("{tool} is not installed"));
        }
        in_session("without_a_service");
    }

    /// On a bus that starts no services by itself.
    fn in_session(inner: &str) {
        let home = Home::new();
        let config = support::keyring::bus_config(&home);
        let mut command = home.command("dbus-run-session");
        command.env(support::INSIDE, "1").arg(format!("--config-file={}", config.display())).arg("--");
        command.arg(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("reminders::session::{inner}")]);
        let finished = support::run(&mut command, b"", support::LIMIT);
        let said = format!("{}\n{}", finished.stdout, finished.stderr);
        assert!(finished.code == Some(0) && said.contains("1 passed"), "{said}");
    }

    /// A notification as it arrives: everything that was sent, in words, and the actions.
    #[derive(Debug, Clone)]
    struct Arrived {
        summary: String,
        body: String,
        actions: Vec<String>,
        all: String,
    }

    /// The desktop's side, made here.
    struct Server(mpsc::Sender<Arrived>);

    #[zbus::interface(name = "org.freedesktop.Notifications")]
    impl Server {
        #[expect(clippy::unused_self, reason = "the interface's shape")]
        fn get_capabilities(&self) -> Vec<String> {
            ["body", "body-markup", "actions"].map(str::to_owned).to_vec()
        }

        #[expect(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "the interface's shape")]
        fn notify(
            &self,
            app: String,
            replaces: u32,
            icon: String,
            summary: String,
            body: String,
            actions: Vec<String>,
            hints: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
            timeout: i32,
        ) -> u32 {
            let all = format!("{app} {replaces} {icon} {summary} {body} {actions:?} {hints:?} {timeout}");
            self.0.send(Arrived { summary, body, actions, all }).unwrap();
            7
        }
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn told_and_answered() {
        support::only_inside();
        let (sender, arrived) = mpsc::channel();
        let path = "/org/freedesktop/Notifications";
        let builder = zbus::blocking::connection::Builder::session().unwrap().name("org.freedesktop.Notifications").unwrap();
        let bus = builder.serve_at(path, Server(sender)).unwrap().build().unwrap();

        let mut desk = Desk::new(Some(notifications()));
        let (sales, new) = desk.connection("Sales <b>R&D</b>", 3);
        desk.adopt(&sales, &new);
        assert!(desk.reminded().1, "the desktop shows it");
        let first = arrived.recv_timeout(Duration::from_mins(1)).unwrap();
        assert_eq!(first.summary, "Sales <b>R&D</b>: the token expires in 3 days");
        assert_eq!(first.actions, ["default", "Open", "rotate", "Rotate...", "open", "Open"]);
        let secret = |text: &str| desk.secrets().iter().any(|secret| text.contains(secret)) || text.contains("dapi");
        for private in ["what Sales", "bp-", &new.token.id, "127.0.0.1", "http"] {
            assert!(!first.all.contains(private), "{private}: {}", first.all);
        }
        assert!(!secret(&first.all), "{}", first.all);

        // Whoever has only just sent it may not listen yet: said until it is heard.
        let (stop, stopped) = mpsc::channel::<()>();
        let signals = bus.clone();
        let saying = std::thread::spawn(move || {
            while stopped.recv_timeout(Duration::from_millis(50)) == Err(mpsc::RecvTimeoutError::Timeout) {
                for (id, action) in [(8_u32, "open"), (7, "rotate")] {
                    let said = signals.emit_signal(None::<&str>, path, "org.freedesktop.Notifications", "ActionInvoked", &(id, action));
                    said.unwrap();
                }
            }
        });
        let answered = desk.until(|event| if let Event::ReminderAnswered { id, choice } = event { Some((id, choice)) } else { None });
        drop(stop);
        saying.join().unwrap();
        assert_eq!(answered, (Some(sales.id), ReminderChoice::Rotate));

        // Several at once stand in the body, where markup would be understood.
        let twin = desk.connection("<i>Finance</i>", 1);
        let other = desk.connection("Marketing", 1);
        desk.reopen(None);
        for (connection, new) in [&twin, &other] {
            desk.adopt(connection, new);
        }
        desk.reopen(Some(notifications()));
        assert_eq!(desk.reminded().0.len(), 2);
        let second = arrived.recv_timeout(Duration::from_mins(1)).unwrap();
        assert_eq!(second.body, "&lt;i&gt;Finance&lt;/i&gt;: in 1 day\nMarketing: in 1 day");
        assert_eq!(second.actions, ["default", "Open", "open", "Open"]);
        assert!(desk.secrets().iter().all(|secret| !second.all.contains(secret)), "{}", second.all);
    }

    #[test]
    #[ignore = "re-executed by the tests above"]
    fn without_a_service() {
        support::only_inside();
        let mut desk = Desk::new(Some(notifications()));
        let (sales, new) = desk.connection("Sales", 3);
        desk.adopt(&sales, &new);
        let (due, shown) = desk.reminded();
        assert_eq!((names(&due), shown), (vec![("Sales", 3)], false));
    }
}
