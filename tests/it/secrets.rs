//! No secret leaves the place where it belongs: not by a panic, not by a debug print, not by a memory dump, not by what is printed.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeSet,
    fmt::Debug,
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use brickpass_core::connection::{BaseUrl, Connection, ConnectionId, Draft, SecretKind, TypedSecret};
use brickpass_databricks::{
    oauth::Tokens,
    rest::{Client, Http, HttpSettings, NewToken, Token},
};
use brickpass_demo::{Demo, DemoOptions};
use brickpass_engine as engine;
use brickpass_engine::{
    AccessToken, Ask, Continuation, Engine, Event, Places, Progress, Recovery, SignInInput, SignInPlace, SignInStep, SignInWithBrowser,
};
use brickpass_storage::{Settings, Vault, VaultConfig, VaultHome};
use secrecy::SecretString;

use crate::support::{
    self, Home, Running, browser,
    desk::{by_token, form},
    free_port,
    on_demo::workspace,
    run, skip, sources,
    traces::none_in,
    wait,
};

const LIMIT: Duration = Duration::from_mins(3);
const SALES: &str = "Sales lakehouse";
const PASSPHRASE: &str = "correct horse battery";

fn canary() -> String {
    let word = || format!("{:016x}", fastrand::u64(..));
    format!("dapi{}{}", word(), word())
}

/// A test that runs in a process of its own.
fn inside(home: &Home, test: &str) -> Command {
    let mut command = home.command(std::env::current_exe().unwrap());
    command.env(support::INSIDE, "1").args(["--ignored", "--exact", "--nocapture", "--test-threads=1", test]);
    command
}

// ---- SE-02 -------------------------------------------------------------------------------------------------------------------------------

#[test]
fn se_02_a_panic_in_any_thread_of_the_engine_shows_no_secret() {
    let home = Home::new();
    let token = canary();
    let ended = run(&mut inside(&home, "secrets::panics_with_a_secret_in_hand"), token.as_bytes(), LIMIT);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    for (place, content) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
        none_in(&[("the token", &token)], place, content.as_bytes());
    }
    assert!(!ended.stderr.contains("RUST_BACKTRACE") && !ended.stderr.contains("code_challenge"), "{}", ended.stderr);
    let told: BTreeSet<&str> = ended.stdout.lines().filter_map(|line| line.strip_prefix("panicked in ")).collect();
    // The tasks and the lane run on the runtime's workers (its blocking threads bear the same name), the loop on the engine's thread.
    assert!(told.contains("engine-worker") && told.contains("a thread of the vault's kind"), "{told:?}");
    assert!(ended.stderr.contains("Something went wrong in Brickpass at tests/it/secrets.rs:"), "the place is told: {}", ended.stderr);
    assert!(ended.stdout.contains("the sign-in crashed as internal"), "who asked is told: {}", ended.stdout);
    assert!(include_str!("../../src/main.rs").contains("fn main() -> ExitCode {\n    cli::quiet_panics();"), "the program does the same");
}

/// The engine calls back into us from its own threads: after each event, and to open a browser. There it panics, with the secret in the message.
#[test]
#[ignore = "runs in a child whose stderr is looked at"]
fn panics_with_a_secret_in_hand() {
    support::only_inside();
    brickpass_cli::quiet_panics();
    let place = |name: &str| PathBuf::from(std::env::var_os(name).unwrap());
    let token = std::io::stdin().lines().next().unwrap().unwrap();
    let panicked: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let armed = Arc::new(AtomicBool::new(false));
    let (in_hand, seen, is_armed) = (token.clone(), Arc::clone(&panicked), Arc::clone(&armed));
    let wake = move || {
        if is_armed.load(Ordering::SeqCst) {
            seen.lock().unwrap().insert(thread::current().name().unwrap_or("unnamed").to_owned());
            panic!("refused: {in_hand}");
        }
    };
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let port = free_port();
    demo.authorization().register_redirect_port(port);
    let places = Places {
        vault: Some(Vault::new(VaultConfig { home: VaultHome::Memory, file: PathBuf::new(), passphrase: None })),
        open_url: Some(Arc::new(|address| panic!("cannot open {address}"))),
        redirect_port: Some(port),
        ..Places::new(place("BRICKPASS_CONFIG_DIR"), place("BRICKPASS_STATE_DIR"))
    };
    let (engine, mut events) = Engine::start(places, wake).unwrap();
    let _reading = engine.ask(engine::Start);
    let sales = workspace(&demo, SALES).base_url.clone();
    let form = form("A", by_token(&sales, &token));
    let connection = form.connection.clone();
    engine.ask(engine::Save { reviewed: Box::new(form.clone()), base: None }).wait().unwrap();

    armed.store(true, Ordering::SeqCst);
    let (id, kind) = (connection.id, SecretKind::PersonalAccessToken);
    let (mut tokens, mut tests) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let secret = form.secret.clone().map(|(_, secret)| secret);
        let progress = Progress::new(|step| Continuation(Box::new(step)));
        tests.push(engine.ask(engine::TestConnection { connection: Box::new(connection.clone()), secret, progress }));
        drop(engine.ask(engine::RevealSecret { id, kind }).wait().unwrap());
        tokens.push(engine.ask(engine::GetAccessToken { id, anew: true }));
        let save = engine::Save { reviewed: Box::new(form.clone()), base: None };
        engine.send(Ask::new(save, |outcome| Continuation(Box::new(outcome))));
        engine.send(Ask::new(engine::Refresh, |outcome| Continuation(Box::new(outcome))));
    }
    for pending in tokens {
        let answer = pending.wait();
        assert!(!format!("{answer:?}").contains(&token));
    }
    for pending in tests {
        let answer = pending.wait();
        assert!(!format!("{answer:?}").contains(&token));
    }
    armed.store(false, Ordering::SeqCst);

    let mut browser = connection;
    browser.auth = brickpass_core::connection::AuthMethod::Browser(brickpass_core::connection::OAuthApp::default());
    browser.id = ConnectionId::random();
    let (_control, input) = SignInInput::new();
    let progress = Progress::new(|step| Continuation(Box::new(step)));
    let request = SignInWithBrowser { owner: Box::new(browser), place: SignInPlace::Here, open_browser: true, progress, input };
    let sign_in = engine.ask(request);
    // The browser that crashed is one that could not be opened; the address is told instead, and the sign-in can be ended.
    until(&mut events, |event| {
        let Event::Answer(Continuation(step)) = event else { return None };
        match *step.downcast::<SignInStep>().ok()? {
            SignInStep::Waiting { browser_opened, .. } => (!browser_opened).then_some(()),
            _ => None,
        }
    });
    println!("the sign-in crashed as internal");
    drop(sign_in);
    engine.finish();

    // As the threads of the keyring are: made by hand, with the secret moved into them.
    let in_hand = SecretString::from(token.clone());
    let vault = thread::Builder::new().name("keyring".into()).spawn(move || {
        let text = secrecy::ExposeSecret::expose_secret(&in_hand);
        assert_eq!(text, "another", "the keyring holds {text}");
    });
    assert!(vault.unwrap().join().is_err());
    panicked.lock().unwrap().insert("a thread of the vault's kind".to_owned());
    panicked.lock().unwrap().iter().for_each(|name| println!("panicked in {name}"));
}

fn until<T>(events: &mut engine::Events, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        if let Some(found) = pick(events.wait().expect("the engine lives")) {
            return found;
        }
    }
    panic!("nothing came");
}

// ---- SE-03 -------------------------------------------------------------------------------------------------------------------------------

#[test]
fn se_03_a_debug_print_of_any_type_with_a_secret_shows_none() {
    let token = canary();
    let look = |what: &str, value: &dyn Debug| {
        for printed in [format!("{value:?}"), format!("{value:#?}")] {
            none_in(&[(what, &token)], "its debug print", printed.as_bytes());
            assert!(!printed.contains(&token[4..]), "{what}");
        }
    };
    let secret = || SecretString::from(token.clone());
    let id = ConnectionId::random();
    let mut draft = Draft::new(id);
    "A".clone_into(&mut draft.name);
    "https://adb-1.2.azuredatabricks.net".clone_into(&mut draft.base_url);
    draft.secret = TypedSecret::from(token.as_str());
    let review = draft.review(&|_| false);
    let form = review.result.clone().unwrap();
    look("a draft", &draft);
    look("a review", &review);
    look("a typed secret", &draft.secret);
    look("a reviewed form", &form);

    let connection = form.connection.clone();
    let access = || AccessToken { secret: secret(), expires_at: None, expiry_assumed: false };
    look("an access token", &access());
    look("tokens", &Tokens { access: access(), refresh: Some(secret()), scopes_missing: Vec::new() });
    let listed =
        Token { id: "1".to_owned(), comment: String::new(), created_at: None, expires_at: None, last_used: None, scopes: Vec::new() };
    let new = || NewToken { value: secret(), token: listed.clone() };
    look("a new token", &new());
    let http = Http::new(HttpSettings::default());
    let base_url = BaseUrl::read_discovery_host("https://adb-1.2.azuredatabricks.net").unwrap();
    look("a client", &Client::new(http.clone(), base_url, None, secret(), Duration::from_secs(1)));
    look("http", &http);
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    for workspace in demo.workspaces() {
        assert!(!format!("{workspace:?}").contains(&workspace.token), "a workspace of the demo");
    }

    let boxed = |connection: &Connection| Box::new(connection.clone());
    look("a request", &engine::Save { reviewed: Box::new(form.clone()), base: None });
    look("a request", &engine::TestConnection { connection: boxed(&connection), secret: Some(secret()), progress: Progress::ignored() });
    let (control, mut input) = SignInInput::new();
    control.paste(secret());
    look("what is said to a sign-in", &control);
    look("what a sign-in is told", &input);
    look("a pasted address", &input.try_pasted().unwrap());
    look("a request", &engine::UnlockVault { passphrase: secret() });
    look("a request", &engine::SaveSettings { settings: Settings::default(), passphrase: Some(secret()) });
    look("a request", &engine::Recover(Recovery::VaultBackup { passphrase: secret() }));
    look("a request", &engine::OpenInBrowser { address: secret() });
    look("a request", &engine::CopySecret { secret: secret(), what: "token".to_owned() });
    look("a request", &engine::UseToken { id, new: Box::new(new()) });
    look("an answer", &new());
    let waiting = SignInStep::Waiting { address: secret(), port: 8020, until: jiff::Timestamp::UNIX_EPOCH, browser_opened: true };
    look("a step", &waiting);
}

/// Wrappers that print what they hold, and words by which a secret is called.
const PRINTING: [&str; 4] = ["Zeroizing<", "Bytes", "WipedText", "Vec<u8>"];
const NAMES: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passphrase",
    "code",
    "verifier",
    "refresh_token",
    "access_token",
    "client_secret",
    "token_value",
    "ticket",
];

#[test]
fn se_03_no_type_that_derives_debug_holds_a_secret_that_would_be_printed() {
    let mut wrong = Vec::new();
    let mut looked = 0;
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&src) {
        let text = fs::read_to_string(&path).unwrap();
        for (name, fields) in derived(&text) {
            looked += 1;
            wrong.extend(fields.iter().filter(|field| prints_a_secret(field)).map(|field| format!("{}: {name}: {field}", path.display())));
        }
    }
    assert!(looked > 100, "the search finds types: {looked}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn se_03_the_search_for_printing_types_finds_them() {
    let text = "#[derive(Clone, Debug)]\npub struct A {\n    pub name: String,\n    pub token: String,\n}\n#[derive(Debug)]\nstruct B(Zeroizing<String>);\n\
                #[derive(Debug)]\nenum C {\n    Whole { text: Zeroizing<Vec<u8>> },\n}\n#[derive(Clone)]\nstruct D {\n    token: String,\n}\n";
    let found: Vec<String> =
        derived(text).into_iter().filter(|(_, fields)| fields.iter().any(|field| prints_a_secret(field))).map(|(name, _)| name).collect();
    assert_eq!(found, ["A", "B", "C"]);
}

fn prints_a_secret(field: &str) -> bool {
    let field = field.trim().trim_start_matches("pub ").trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
    if PRINTING.iter().any(|printing| field.contains(printing)) {
        return true;
    }
    let Some((name, kind)) = field.split_once(": ") else { return false };
    let name = name.rsplit(['{', ' ', '(']).next().unwrap_or(name);
    NAMES.contains(&name) && kind.contains("String") && !kind.contains("SecretString")
}

/// Name and lines of each type whose `Debug` is derived.
fn derived(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !(line.trim_start().starts_with("#[derive(") && line.contains("Debug")) {
            continue;
        }
        let Some(head) = lines.by_ref().find(|line| !line.trim_start().starts_with(['#', '/'])) else { break };
        let name = head.split(['{', '(', '<', ';', ' ']).skip_while(|word| !matches!(*word, "struct" | "enum")).nth(1).unwrap_or(head);
        let mut fields = vec![head.to_owned()];
        let margin = head.len() - head.trim_start().len();
        if head.ends_with('{') {
            let close = format!("{}}}", " ".repeat(margin));
            fields.extend(
                lines.by_ref().take_while(|line| *line != close).filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned),
            );
        }
        found.push((name.to_owned(), fields));
    }
    found
}

// ---- Memory -------------------------------------------------------------------------------------------------------------------------------

/// In a debug build a debugger may look in; both builds are measured by the same test.
#[test]
fn se_12_there_are_no_core_dumps_and_in_a_release_no_debugger() {
    let home = Home::new();
    // As an ordinary user: what may not be dumped belongs to root, and root's own always does.
    let own = fs::metadata(home.path()).unwrap().uid();
    let (mut command, user) = if own == 0 { (as_nobody(&home), 65_534) } else { (home.brickpass(["demo"]), own) };
    let mut child = Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut first = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let test = "se_12_there_are_no_core_dumps_and_in_a_release_no_debugger";
    if first.is_empty() {
        return skip(test, "the program could not be started as an ordinary user");
    }
    let process = PathBuf::from(format!("/proc/{}", child.0.id()));
    let limits = fs::read_to_string(process.join("limits")).unwrap();
    let core: Vec<&str> = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap().split_whitespace().collect();
    assert_eq!(core[0], "0", "{limits}");
    let owner = fs::metadata(process.join("environ")).unwrap().uid();
    assert_eq!(owner, if cfg!(debug_assertions) { user } else { 0 });
}

fn as_nobody(home: &Home) -> Command {
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = home.command("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", support::BRICKPASS, "demo"]).current_dir("/");
    command
}

// ---- SE-01 -------------------------------------------------------------------------------------------------------------------------------

/// There is no log of ours; whatever a library would write is asked for at its loudest. What is printed on purpose (`token`) is not looked at.
#[test]
fn se_01_at_the_loudest_nothing_that_is_printed_or_written_holds_a_secret() {
    let home = Home::new();
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let workspace = workspace(&demo, SALES).clone();
    let principal = demo.service_principal();
    let user = demo.users()[0].clone();
    let bin = home.path().join("bin");
    let opened = bin.join("opened");
    fs::create_dir_all(&bin).unwrap();
    let stub = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{0}.new'\nmv '{0}.new' '{0}'\n", opened.display());
    fs::write(bin.join("xdg-open"), stub).unwrap();
    fs::set_permissions(bin.join("xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = home.brickpass(arguments);
        command
            .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
            .env("BRICKPASS_VAULT", "file")
            .env("BRICKPASS_VAULT_PASSPHRASE", PASSPHRASE)
            .envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("G_MESSAGES_DEBUG", "all"), ("NO_COLOR", "1")]);
        command
    };
    let mut said = Vec::new();
    let mut hear = |arguments: &[&str], stdin: &str, code: i32| {
        let finished = run(&mut command(arguments), stdin.as_bytes(), LIMIT);
        assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.stderr);
        said.push((arguments.join(" "), finished.stdout + &finished.stderr));
    };
    let wrong = canary();
    hear(&["add", "P", "--base-url", &workspace.base_url, "--token-stdin"], &workspace.token, 0);
    hear(&["add", "W", "--base-url", &workspace.base_url, "--token-stdin"], &wrong, 0);
    let of_principal = ["--auth", "service-principal", "--client-id", &principal.client_id, "--client-secret-stdin"];
    hear(&[&["add", "S", "--base-url", &workspace.base_url], &of_principal[..]].concat(), &principal.client_secret, 0);
    hear(&["add", "B", "--base-url", &workspace.base_url, "--auth", "browser"], "", 0);

    let port = free_port();
    demo.authorization().register_redirect_port(port);
    let mut login = command(&["login", "B", "--port", &port.to_string()]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while !opened.exists() && began.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(5));
    }
    let address = fs::read_to_string(&opened).unwrap().trim().to_owned();
    fs::remove_file(&opened).unwrap();
    let back = browser::consent(&address, &user.name, &user.password).unwrap();
    browser::visit(&back);
    assert!(wait(&mut login, LIMIT).unwrap().success());
    let login = login.wait_with_output().unwrap();

    demo.authorization().expire_access_tokens();
    for name in ["P", "S", "B"] {
        hear(&["test", name], "", 0);
        hear(&["test", name, "--json"], "", 0);
        hear(&["show", name], "", 0);
    }
    hear(&["test", "W"], "", 1);
    hear(&["list", "--json"], "", 0);
    hear(&["doctor"], "", 0);
    hear(&["activity", "--json"], "", 0);
    hear(&["logout", "B"], "", 0);
    hear(&["activity"], "", 0);
    hear(&["remove", "P", "S"], "", 0);
    said.push(("login".to_owned(), String::from_utf8_lossy(&[login.stdout, login.stderr].concat()).into_owned()));
    assert!(said.iter().any(|(_, text)| text.contains("Signed out")) && said.iter().any(|(_, text)| text.contains(&user.name)));

    let issued = demo.authorization().issued_tokens();
    assert!(issued.len() >= 4, "an access and a refresh token of the login, and those of the renewal: {}", issued.len());
    let url = url::Url::parse(&back).unwrap();
    let query = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let (code, state) = (query("code"), query("state"));
    let mut secrets = vec![
        ("the token", workspace.token.as_str()),
        ("the refused token", &wrong),
        ("the client secret", &principal.client_secret),
        ("the passphrase", PASSPHRASE),
        ("the code", &code),
        ("the state", &state),
    ];
    secrets.extend(issued.iter().map(|token| ("an issued token", token.as_str())));
    for (what, text) in &said {
        none_in(&secrets, what, text.as_bytes());
    }
    for (path, bytes) in home.files() {
        none_in(&secrets, &path.display().to_string(), &bytes);
    }
}
