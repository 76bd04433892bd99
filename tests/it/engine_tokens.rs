//! Personal access tokens, through the engine, against the demo: with a vault that can refuse, and a network that can lose what it carries.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, Draft, LastTest, SecretKind, Status},
    databricks::{NewToken, TokenRequest},
    demo::{Demo, DemoHandle, DemoOptions, DemoWorkspace},
    engine::{Command, Event, Rotated, RunId, TokenList, TokenNote},
    failure::{Code, Failure},
    storage::{SecretKey, Vault},
};
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    between::{Between, Way},
    desk::{self, World, file_vault, form, with_vault},
};

const CREATE: &str = "POST /api/2.0/token/create";
const DELETE: &str = "POST /api/2.0/token/delete";
const ME: &str = "GET /api/2.0/preview/scim/v2/Me";
const LIST: &str = "GET /api/2.0/token/list";

const DAY: Duration = Duration::from_hours(24);

/// A workspace behind a network, and a vault that can refuse.
struct Service {
    handle: DemoHandle,
    workspace: DemoWorkspace,
    vault: Vault,
    net: Between,
    _demo: Demo,
}

impl World for Service {
    fn secrets(&self) -> Vec<String> {
        vec![self.workspace.token.clone()]
    }
}

type Desk = desk::Desk<Service>;

impl Desk {
    fn new() -> Self {
        let (demo, home) = (Demo::start(&DemoOptions::default()).unwrap(), Home::new());
        let workspace = demo.workspaces()[0].clone();
        let handle = demo.workspace(&workspace.name).unwrap();
        let net = Between::through(&workspace.base_url);
        let vault = file_vault(&home);
        let service = Service { handle, workspace, vault: vault.clone(), net, _demo: demo };
        Self::start(home, service, |home| with_vault(home, vault))
    }

    /// A saved connection with the token that the demo hands out.
    fn connection(&mut self) -> Connection {
        let token = self.workspace.token.clone();
        self.saved("Sales", |draft| draft.secret.expose_mut().push_str(&token))
    }

    fn saved(&mut self, name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
        let base_url = self.net.base_url();
        self.save(form(name, |draft| {
            draft.base_url = base_url;
            change(draft);
        }))
    }

    fn edit(&mut self, connection: &Connection, change: impl FnOnce(&mut Draft)) {
        let mut draft = Draft::from_connection(connection);
        change(&mut draft);
        self.save(draft.review(&|_| false).result.unwrap());
    }

    /// The same, with a token that Brickpass has made.
    fn known(&mut self) -> (Connection, NewToken) {
        let connection = self.connection();
        let new = self.generate(connection.id, "CI", 90).unwrap();
        self.adopt(connection.id, &new).unwrap();
        (connection, new)
    }

    fn generate(&mut self, id: ConnectionId, comment: &str, days: u32) -> Result<NewToken, Failure> {
        self.send(Command::GenerateToken { run: RunId(5), id, request: request(comment, days) });
        self.generated()
    }

    fn generated(&mut self) -> Result<NewToken, Failure> {
        self.until(|event| if let Event::TokenGenerated { run: RunId(5), outcome, .. } = event { Some(outcome) } else { None })
    }

    fn adopt(&mut self, id: ConnectionId, new: &NewToken) -> Result<(), Failure> {
        self.send(Command::UseToken { id, new: Box::new(new.clone()) });
        self.until(|event| if let Event::TokenUsed { outcome, .. } = event { Some(outcome) } else { None })
    }

    fn rotate(&mut self, id: ConnectionId, days: u32) -> Result<Rotated, Failure> {
        self.send(Command::RotateToken { run: RunId(6), id, request: request("", days) });
        self.until(|event| if let Event::TokenRotated { run: RunId(6), outcome, .. } = event { Some(outcome) } else { None })
    }

    fn revoke(&mut self, id: ConnectionId, token_ids: &[&str]) -> (Vec<String>, Vec<(String, Failure)>) {
        let token_ids = token_ids.iter().map(|id| (*id).to_owned()).collect();
        self.send(Command::RevokeTokens { id, token_ids });
        self.until(|event| match event {
            Event::TokensRevoked { revoked, failed, .. } => Some((revoked, failed)),
            _ => None,
        })
    }

    fn list(&mut self, id: ConnectionId) -> TokenList {
        self.send(Command::ListTokens { id });
        self.until(|event| if let Event::Tokens { outcome, .. } = event { Some(outcome) } else { None }).unwrap()
    }

    fn test(&mut self, connection: &Connection) -> (Status, Vec<String>) {
        self.send(Command::Test { run: RunId(1), connection: Box::new(connection.clone()), secret: None });
        self.until(|event| if let Event::TestFinished { report, .. } = event { Some((report.state, report.hints)) } else { None })
    }

    /// As another window reads it.
    fn remembered(&mut self, id: ConnectionId) -> (Option<LastTest>, Option<TokenNote>) {
        let (mut history, mut note) = (None, None);
        self.send(Command::Refresh);
        self.until(|event| {
            match event {
                Event::TokenNotes(notes) => note = notes.iter().find(|it| it.0 == id).and_then(|it| it.1.clone()),
                Event::History(tests) => history = Some(tests.iter().find(|it| it.0 == id).and_then(|it| it.1.clone())),
                _ => {}
            }
            history.clone()
        });
        (history.flatten(), note)
    }

    fn stored(&self, id: ConnectionId) -> Option<String> {
        self.vault.get(key(id)).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    fn ids(&self) -> BTreeSet<String> {
        self.handle.tokens().into_iter().map(|(id, _)| id).collect()
    }

    /// The vault can be read from now on, and not written.
    fn vault_refuses(&self) {
        refuse(&self.lock());
    }

    fn lock(&self) -> PathBuf {
        self.home.config_dir().join("vault.age.lock")
    }
}

fn request(comment: &str, days: u32) -> TokenRequest {
    TokenRequest { comment: comment.to_owned(), lifetime: Some(DAY * days), scopes: Vec::new() }
}

fn key(id: ConnectionId) -> SecretKey {
    SecretKey { connection: id, kind: SecretKind::PersonalAccessToken }
}

/// A folder where the lock should be.
fn refuse(lock: &std::path::Path) {
    let _ = fs::remove_file(lock);
    fs::create_dir(lock).unwrap();
}

#[test]
fn a_token_is_made_listed_used_and_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.list(connection.id);
    assert_eq!((before.tokens.len(), before.in_use), (1, None), "pasted: nobody knows which one it is");

    let new = desk.generate(connection.id, "CI, nightly", 30).unwrap();
    assert!(new.token.comment.starts_with("CI, nightly [bp-"), "{:?}", new.token);
    assert!(desk.handle.accepts(new.value.expose_secret()));
    assert_eq!(desk.stored(connection.id).as_ref(), Some(&desk.workspace.token), "nothing is stored by making it");

    desk.adopt(connection.id, &new).unwrap();
    assert_eq!(desk.stored(connection.id).as_deref(), Some(new.value.expose_secret()));
    let list = desk.list(connection.id);
    assert_eq!((list.tokens[0].id.as_str(), list.tokens.len()), (new.token.id.as_str(), 2), "newest first");
    assert_eq!(list.in_use.as_ref(), Some(&new.token.id));
    let (_, note) = desk.remembered(connection.id);
    assert_eq!(note.unwrap().expires_at, new.token.expires_at);

    assert_eq!(desk.test(&connection).0, Status::Ok);
    let other = list.tokens[1].id.clone();
    // The one that is used goes last: it revokes the other.
    let (revoked, failed) = desk.revoke(connection.id, &[&new.token.id, &other]);
    assert_eq!((revoked, failed.len()), (vec![other, new.token.id], 0));
    assert!(desk.ids().is_empty());
    let (tested, note) = desk.remembered(connection.id);
    assert_eq!((tested.unwrap().state, note), (Status::SignIn, None), "whoever uses it has to sign in");
}

#[test]
fn a_connection_that_signed_in_otherwise_signs_in_with_the_token_that_it_uses() {
    let mut desk = Desk::new();
    let source = desk.connection();
    let new = desk.generate(source.id, "", 30).unwrap();
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    desk.send(Command::UseToken { id: browser.id, new: Box::new(new.clone()) });
    let mut library = None;
    desk.until(|event| match event {
        Event::Library(snapshot) => {
            library = Some(snapshot);
            None
        }
        Event::TokenUsed { outcome, .. } => Some(outcome),
        _ => None,
    })
    .unwrap();
    let saved = library.unwrap().entries.iter().find(|it| it.connection.id == browser.id).unwrap().connection.clone();
    assert_eq!(saved.auth.kind(), AuthKind::PersonalAccessToken);
    assert_eq!(desk.test(&saved).0, Status::Ok);
    assert_eq!(desk.list(browser.id).in_use, Some(new.token.id));
}

#[test]
fn ot_17_a_token_whose_value_was_lost_on_the_way_is_found_by_its_mark_and_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.handle.lose_next_answer();
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    assert!(failure.what.contains("lost on the way. It is revoked again"), "{failure}");
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before), "asked for once, and nothing is left");
}

#[test]
fn ot_17_a_lost_token_that_cannot_be_revoked_is_named() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.net.script(|request, _| match request {
        CREATE => Way::LostBack,
        DELETE => Way::LostThere,
        _ => Way::Through,
    });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    let left: Vec<String> = desk.ids().difference(&before).cloned().collect();
    assert_eq!((desk.net.count(CREATE), left.len()), (1, 1));
    assert!(failure.fix.contains(&left[0]), "{failure}");
}

#[test]
fn ot_17_a_request_that_never_arrived_made_nothing_and_a_list_that_cannot_be_read_says_nothing() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    desk.net.script(|request, _| if request == CREATE { Way::LostThere } else { Way::Through });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.ids()), ("No token was made.", before));

    let body = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&body);
    desk.net.script(move |request, body| match request {
        CREATE => {
            body.clone_into(&mut noted.lock().unwrap());
            Way::LostBack
        }
        LIST => Way::Refused(403),
        _ => Way::Through,
    });
    let failure = desk.generate(connection.id, "CI", 30).unwrap_err();
    let asked: serde_json::Value = serde_json::from_str(&body.lock().unwrap()).unwrap();
    let mark = asked["comment"].as_str().unwrap().trim_start_matches("CI ").to_owned();
    assert!(failure.what.contains("Nobody can say") && failure.fix.contains(&mark), "{failure} {mark}");
    assert_eq!(desk.net.count(CREATE), 2, "once each");
}

#[test]
fn ot_18_a_token_that_the_vault_does_not_take_stays_with_whoever_asked_and_nothing_else_changes() {
    let mut desk = Desk::new();
    let (connection, first) = desk.known();
    assert_eq!(desk.test(&connection).0, Status::Ok);
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    let new = desk.generate(connection.id, "CI", 30).unwrap();
    let (list, before) = (fs::read(desk.home.config_dir().join("connections.json")).unwrap(), desk.remembered(connection.id));
    desk.vault_refuses();
    for id in [connection.id, browser.id] {
        let failure = desk.adopt(id, &new).unwrap_err();
        assert!(!failure.fix.is_empty() && !failure.to_string().contains(new.value.expose_secret()), "{failure}");
    }
    assert_eq!((desk.stored(connection.id).as_deref(), desk.stored(browser.id)), (Some(first.value.expose_secret()), None));
    assert_eq!(fs::read(desk.home.config_dir().join("connections.json")).unwrap(), list);
    assert_eq!(desk.remembered(connection.id), before);
    assert_eq!(desk.list(connection.id).in_use, Some(first.token.id));
    // Offered once more, it is taken.
    fs::remove_dir(desk.lock()).unwrap();
    desk.adopt(connection.id, &new).unwrap();
    assert_eq!(desk.stored(connection.id).as_deref(), Some(new.value.expose_secret()));
}

#[test]
fn a_note_goes_with_the_token_that_it_is_about() {
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    let copy = Connection { id: ConnectionId::random(), ..connection.clone() };
    let copy = Connection { name: copy.name.copy_of(&|_| false), ..copy };
    desk.send(Command::Duplicate { source: connection.id, copy: Box::new(copy.clone()) });
    desk.until(|event| matches!(event, Event::Saved { .. }).then_some(()));
    assert_eq!(desk.remembered(copy.id).1.unwrap().token_id, new.token.id);

    // Another token is pasted into the form.
    let token = desk.workspace.token.clone();
    desk.edit(&connection, |draft| draft.secret.expose_mut().push_str(&token));
    assert_eq!(desk.remembered(connection.id).1, None);
    assert_eq!(desk.list(connection.id).in_use, None);

    // It signs in otherwise from now on.
    desk.edit(&copy, |draft| draft.auth = AuthKind::Browser);
    assert_eq!(desk.remembered(copy.id).1, None);

    // A removed connection takes its note along.
    let new = desk.generate(connection.id, "CI", 30).unwrap();
    desk.adopt(copy.id, &new).unwrap();
    assert_eq!(desk.remembered(copy.id).1.unwrap().token_id, new.token.id);
    desk.send(Command::Remove { ids: vec![copy.id] });
    desk.until(|event| matches!(event, Event::Removed { .. }).then_some(()));
    desk.send(Command::Purge { ids: vec![copy.id] });
    desk.until(|event| matches!(event, Event::Purged { .. }).then_some(()));
    assert_eq!(desk.remembered(copy.id).1, None);
}

#[test]
fn a_token_near_its_end_is_told_after_a_test_and_a_new_one_ends_that() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let new = desk.generate(connection.id, "short", 9).unwrap();
    desk.adopt(connection.id, &new).unwrap();
    let (state, hints) = desk.test(&connection);
    assert_eq!(state, Status::Expiring);
    // The seconds since it was made may count or not.
    let told = |hint: &String| hint.contains("expires in 8 days") || hint.contains("expires in 9 days");
    assert!(hints.iter().any(told), "{hints:?}");
    assert_eq!(desk.remembered(connection.id).0.unwrap().state, Status::Expiring);
    desk.rotate(connection.id, 90).unwrap();
    assert_eq!(desk.remembered(connection.id).0.unwrap().state, Status::Ok);
    assert_eq!(desk.test(&connection).0, Status::Ok);
}

/// What a rotation under a fault comes to.
enum End {
    /// The new token is used, the old one is gone.
    Rotated,
    /// The new one is used; the old one is there, and that is told.
    OldRemains,
    /// The old one is used, and is the only one.
    Kept,
    /// The old one is used; the new one is there, and that is told.
    NewRemains,
}

#[test]
fn a_rotation_leaves_one_token_that_works_whatever_fails_and_tells_of_every_other() {
    type Fault = fn(&str) -> Way;
    let rows: [(&str, Fault, bool, End); 11] = [
        ("nothing", |_| Way::Through, false, End::Rotated),
        ("create: refused", |it| if it == CREATE { Way::Refused(400) } else { Way::Through }, false, End::Kept),
        ("create: never arrives", |it| if it == CREATE { Way::LostThere } else { Way::Through }, false, End::Kept),
        ("create: answer lost", |it| if it == CREATE { Way::LostBack } else { Way::Through }, false, End::Kept),
        (
            "create: answer lost, not revoked",
            |it| match it {
                CREATE => Way::LostBack,
                DELETE => Way::Refused(403),
                _ => Way::Through,
            },
            false,
            End::NewRemains,
        ),
        ("verify: refused", |it| if it == ME { Way::Refused(403) } else { Way::Through }, false, End::Kept),
        (
            "verify: refused, not revoked",
            |it| match it {
                ME => Way::Refused(403),
                DELETE => Way::LostThere,
                _ => Way::Through,
            },
            false,
            End::NewRemains,
        ),
        ("store: refused", |_| Way::Through, true, End::Kept),
        ("store: refused, not revoked", |it| if it == DELETE { Way::Refused(500) } else { Way::Through }, true, End::NewRemains),
        ("revoke: never arrives", |it| if it == DELETE { Way::LostThere } else { Way::Through }, false, End::OldRemains),
        ("revoke: answer lost, twice", |it| if it == DELETE { Way::LostBack } else { Way::Through }, false, End::Rotated),
    ];
    for (name, fault, vault_refuses, end) in rows {
        let mut desk = Desk::new();
        let (connection, old) = desk.known();
        let (before, old_value) = (desk.ids(), old.value.expose_secret().to_owned());
        let (vault, handle) = (desk.vault.clone(), desk.handle.clone());
        let id = connection.id;
        // Is there a moment without a token that works?
        let broken: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&broken);
        desk.net.script(move |request, _| {
            let now = vault.get(key(id)).ok().flatten();
            if !now.is_some_and(|token| handle.accepts(token.expose_secret())) {
                noted.lock().unwrap().push(format!("at {request}"));
            }
            fault(request)
        });
        if vault_refuses {
            desk.vault_refuses();
        }
        let outcome = desk.rotate(id, 90);

        assert_eq!(*broken.lock().unwrap(), [""; 0], "{name}: a moment without a working token");
        assert_eq!(desk.net.count(CREATE), 2, "{name}: asked for once");
        let now = desk.stored(id).unwrap();
        assert!(desk.handle.accepts(&now), "{name}: what is stored works");
        let left: Vec<String> = desk.ids().symmetric_difference(&before).cloned().collect();
        let kept = now == old_value;
        match (end, &outcome) {
            (End::Rotated, Ok(Rotated { token, old_remains })) => {
                // A lost answer leaves a doubt, which is told.
                assert!(old_remains.is_none() || name.contains("lost"), "{name}: {old_remains:?}");
                assert!(!kept && !desk.handle.accepts(&old_value) && left.contains(&token.id) && left.len() == 2, "{name}: {left:?}");
                assert!(token.comment.starts_with("CI [bp-"), "{name}: {token:?}");
                assert_eq!(desk.list(id).in_use, Some(token.id.clone()), "{name}");
            }
            (End::OldRemains, Ok(Rotated { token, old_remains: Some(why) })) => {
                assert!(!kept && desk.handle.accepts(&old_value) && left == [token.id.clone()], "{name}: {left:?}");
                assert!(why.fix.contains(&old.token.id), "{name}: {why}");
            }
            (End::Kept, Err(failure)) => {
                assert!(kept && left.is_empty(), "{name}: {failure} {left:?}");
                assert_eq!(desk.list(id).in_use, Some(old.token.id.clone()), "{name}");
            }
            (End::NewRemains, Err(failure)) => {
                assert!(kept && left.len() == 1 && failure.fix.contains(&left[0]), "{name}: {failure} {left:?}");
            }
            (_, outcome) => panic!("{name}: {outcome:?}"),
        }
    }
}

#[test]
fn a_token_that_was_pasted_is_replaced_and_told_to_be_still_valid() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let rotated = desk.rotate(connection.id, 90).unwrap();
    assert!(rotated.old_remains.unwrap().why.contains("did not make it"));
    assert!(rotated.token.comment.starts_with("Brickpass"), "{:?}", rotated.token);
    assert!(desk.handle.accepts(&desk.workspace.token));
    assert_eq!(desk.list(connection.id).in_use, Some(rotated.token.id));
}

#[test]
fn a_token_that_another_connection_uses_is_not_revoked_by_a_rotation() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let copy = Connection { id: ConnectionId::random(), name: connection.name.copy_of(&|_| false), ..connection.clone() };
    desk.send(Command::Duplicate { source: connection.id, copy: Box::new(copy.clone()) });
    desk.until(|event| matches!(event, Event::Saved { .. }).then_some(()));
    let why = desk.rotate(connection.id, 90).unwrap().old_remains.unwrap();
    assert!(why.why.contains(copy.name.as_str()) && why.fix.contains(&old.token.id), "{why}");
    assert_eq!(desk.test(&copy).0, Status::Ok);
}

#[test]
fn what_signs_in_otherwise_has_no_token_to_rotate() {
    let mut desk = Desk::new();
    let browser = desk.saved("Browser", |draft| draft.auth = AuthKind::Browser);
    desk.send(Command::RotateToken { run: RunId(6), id: browser.id, request: request("", 1) });
    let outcome = desk.until(|event| if let Event::TokenRotated { outcome, .. } = event { Some(outcome) } else { None });
    assert_eq!(outcome.unwrap_err().code, Code::SignInNeeded);
}

#[test]
fn a_rotation_that_has_begun_is_brought_to_its_end_when_the_program_ends() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let (arrived, has_arrived) = std::sync::mpsc::channel();
    desk.net.script(move |request, _| {
        if request == CREATE {
            arrived.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(200));
        }
        Way::Through
    });
    desk.send(Command::RotateToken { run: RunId(6), id: connection.id, request: request("", 90) });
    has_arrived.recv_timeout(Duration::from_secs(10)).unwrap();
    // Too late for this.
    desk.send(Command::Cancel { run: RunId(6) });
    desk.finish();
    let now = desk.stored(connection.id).unwrap();
    assert!(desk.handle.accepts(&now) && now != old.value.expose_secret());
    assert!(!desk.handle.accepts(old.value.expose_secret()), "the last step, too");
}

#[test]
fn a_token_that_nobody_waits_for_any_more_is_revoked() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    let (arrived, has_arrived) = std::sync::mpsc::channel();
    desk.net.script(move |request, _| {
        if request == CREATE {
            arrived.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(200));
        }
        Way::Through
    });
    desk.send(Command::GenerateToken { run: RunId(5), id: connection.id, request: request("", 90) });
    has_arrived.recv_timeout(Duration::from_secs(10)).unwrap();
    desk.finish();
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before));
}

#[test]
fn what_is_called_off_in_time_asks_nothing_of_the_workspace() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    desk.send(Command::GenerateToken { run: RunId(5), id: connection.id, request: request("", 90) });
    desk.send(Command::Cancel { run: RunId(5) });
    match desk.generated() {
        Err(failure) => assert_eq!((failure.code, desk.net.count(CREATE)), (Code::Cancelled, 0)),
        // It was quicker.
        Ok(new) => assert!(desk.handle.accepts(new.value.expose_secret())),
    }
}

#[test]
fn a_rotation_keeps_what_the_token_was_limited_to_unless_the_person_says_otherwise() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let scopes = |scopes: &[&str]| scopes.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>();
    let limited = TokenRequest { scopes: scopes(&["authentication", "clusters"]), ..request("CI", 30) };
    desk.send(Command::GenerateToken { run: RunId(5), id: connection.id, request: limited.clone() });
    let new = desk.generated().unwrap();
    assert_eq!(new.token.scopes, limited.scopes);
    desk.adopt(connection.id, &new).unwrap();
    let rotated = desk.rotate(connection.id, 30).unwrap();
    assert_eq!((rotated.token.scopes, rotated.old_remains), (limited.scopes, None));

    let wider = TokenRequest { scopes: scopes(&["all-apis"]), ..request("", 30) };
    desk.send(Command::RotateToken { run: RunId(6), id: connection.id, request: wider });
    let rotated = desk.until(|event| if let Event::TokenRotated { run: RunId(6), outcome, .. } = event { Some(outcome) } else { None });
    assert_eq!(rotated.unwrap().token.limits(), None);
}

#[test]
fn a_rotation_that_cannot_learn_the_limits_of_the_old_token_changes_nothing() {
    let mut desk = Desk::new();
    let (connection, old) = desk.known();
    let before = desk.ids();
    desk.net.script(|request, _| if request == LIST { Way::Refused(403) } else { Way::Through });
    let failure = desk.rotate(connection.id, 90).unwrap_err();
    assert!(failure.what.contains("the former one works as before"), "{failure}");
    assert_eq!((desk.net.count(CREATE), desk.ids()), (1, before), "a token without limits would have taken its place");
    assert_eq!(desk.stored(connection.id).as_deref(), Some(old.value.expose_secret()));
}

#[test]
fn scopes_that_the_workspace_does_not_know_are_told_and_nothing_is_left() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let before = desk.ids();
    let unknown = TokenRequest { scopes: vec!["everything".to_owned()], ..request("CI", 30) };
    desk.send(Command::GenerateToken { run: RunId(5), id: connection.id, request: unknown });
    let failure = desk.generated().unwrap_err();
    assert_eq!((failure.code, desk.ids()), (Code::TokenScope, before));
}

#[test]
fn an_admin_learns_when_their_tokens_were_last_used_and_a_list_does_not_depend_on_it() {
    const CONF: &str = "GET /api/2.0/workspace-conf";
    const EVERYBODY: &str = "GET /api/2.0/token-management/tokens";
    let mut desk = Desk::new();
    let connection = desk.connection();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let list = desk.list(connection.id);
    assert!(list.tells_last_use() && list.tokens[0].last_used == Some(today), "{list:?}");
    assert_eq!(list.tokens.len(), 1, "nobody else's tokens come with it");

    for (refused, status) in [(CONF, 403), (EVERYBODY, 403), (ME, 403), (EVERYBODY, 500)] {
        desk.net.script(move |request, _| if request.starts_with(refused) { Way::Refused(status) } else { Way::Through });
        let list = desk.list(connection.id);
        assert_eq!((list.tokens.len(), list.tells_last_use()), (1, false), "{refused} {status}");
    }
    let asked = |desk: &Desk| desk.net.seen().iter().filter(|seen| seen.starts_with(EVERYBODY)).count();
    let before = asked(&desk);
    desk.net.script(|request, _| if request.starts_with(CONF) { Way::Refused(403) } else { Way::Through });
    desk.list(connection.id);
    assert_eq!(asked(&desk), before, "who may not read the rules is not asked further");
}
