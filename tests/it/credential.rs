//! `brickpass-credential`: the built program, the demo over real sockets, and the official SDK that starts it.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use brickpass_core::connection::SecretKind;
use brickpass_demo::{Demo, DemoOptions};
use brickpass_storage::{Publication, Publications, SecretKey, Vault, VaultConfig, VaultHome};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Finished, Home, Running, browser, comes, free_port, keyring::Keyring, run, skip, stays, terminal, wait};

const CREDENTIAL: &str = env!("CARGO_BIN_EXE_brickpass-credential");
const LIMIT: Duration = Duration::from_mins(3);
const NOT_CONFIGURED: &str = "databricks OAuth is not configured for this host";

/// A home with a vault (an encrypted file, if not a keyring), and the demo in this process.
pub struct Desk {
    pub home: Home,
    pub demo: Demo,
    pub keyring: Option<Keyring>,
}

impl Desk {
    pub fn new() -> Self {
        let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
        Self { home: Home::new(), demo, keyring: None }
    }

    /// Its secrets are in a keyring of its own.
    pub fn with_keyring() -> Self {
        let desk = Self::new();
        Self { keyring: Some(Keyring::start(&desk.home)), ..desk }
    }

    /// Any program that is to find the vault.
    pub fn vaulted(&self, command: Command) -> Command {
        match &self.keyring {
            Some(keyring) => keyring.opens(command),
            None => Self::with_vault(command),
        }
    }

    pub fn with_vault(mut command: Command) -> Command {
        terminal::with_vault(&mut command);
        command
    }

    pub fn done(&self, arguments: &[&str], stdin: &str) -> Finished {
        let finished = run(&mut self.vaulted(self.home.brickpass(arguments)), stdin.as_bytes(), LIMIT);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.vaulted(self.home.command(CREDENTIAL));
        command.args(arguments).env("TZ", "Asia/Kolkata");
        command
    }

    pub fn credential(&self, arguments: &[&str]) -> Finished {
        run(&mut self.command(arguments), b"", LIMIT)
    }

    /// The answer of `auth token`, judged as the three SDKs read it.
    fn token(&self, arguments: &[&str]) -> Answer {
        let finished = self.credential(&[&["auth", "token"], arguments].concat());
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{arguments:?}: {finished:?}");
        Answer::read(&finished)
    }

    /// What is told when there is no token: one line on standard error, nothing on standard output.
    fn refused(&self, arguments: &[&str]) -> String {
        told(&self.credential(&[&["auth", "token"], arguments].concat()))
    }

    pub fn host(&self) -> String {
        self.demo.workspaces()[0].base_url.clone()
    }

    pub fn add_pat(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.host(), "--token-stdin"], &self.demo.workspaces()[0].token);
    }

    pub fn add_principal(&self, name: &str, at: usize) {
        let principal = self.demo.service_principal();
        let base_url = self.demo.workspaces()[at].base_url.clone();
        let how = ["--auth", "service-principal", "--client-id", &principal.client_id, "--client-secret-stdin"];
        self.done(&[&["add", name, "--base-url", &base_url], &how[..]].concat(), &principal.client_secret);
    }

    pub fn add_browser(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.host(), "--auth", "browser"], "");
    }

    pub fn log_in(&self, name: &str) {
        let (user, port) = (self.demo.users()[0].clone(), free_port());
        self.demo.authorization().register_redirect_port(port);
        let mut login = self.vaulted(self.home.brickpass(["login", name, "--no-browser", "--port", &port.to_string()]));
        let mut child = Running(login.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find(|line| line.starts_with("http")).expect("the address of the sign-in");
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        lines.for_each(drop);
        assert!(child.0.wait().unwrap().success());
    }

    /// Requests of the token endpoint so far.
    fn token_requests(&self) -> usize {
        self.demo.authorization().requests().iter().filter(|request| request.contains("/v1/token")).count()
    }

    /// The stored access token was issued an hour ago.
    fn an_hour_passes(&self, name: &str, kind: SecretKind, at: &str) {
        self.stored_earlier(name, kind, at, ["issued_at", "expires_at"], SignedDuration::from_hours(1));
    }

    /// These times of the stored access token are earlier by so much.
    pub fn stored_earlier<const N: usize>(&self, name: &str, kind: SecretKind, at: &str, times: [&str; N], by: SignedDuration) {
        let connections = self.done(&["list", "--json"], "").json();
        let all = connections["connections"].as_array().unwrap();
        let id = all.iter().find(|it| it["name"] == name).unwrap()["id"].as_str().unwrap();
        let file = self.home.config_dir().join("vault.age");
        let vault = Vault::new(VaultConfig { home: VaultHome::File, file, passphrase: Some("correct horse".into()) });
        let connection = id.parse().unwrap();
        let key = if kind == SecretKind::RefreshToken { SecretKey::sign_in(connection) } else { SecretKey::principals_token(connection) };
        let mut record: Value = serde_json::from_str(vault.get(&key).unwrap().unwrap().expose_secret()).unwrap();
        let kept = record.pointer_mut(at).unwrap();
        for time in times {
            let earlier = kept[time].as_str().unwrap().parse::<Timestamp>().unwrap() - by;
            kept[time] = json!(earlier);
        }
        vault.put(&key, &record.to_string().into()).unwrap();
    }

    /// The demo takes it for a token of a user of its own.
    fn opens(&self, token: &str) -> bool {
        let url = format!("{}/api/2.0/preview/scim/v2/Me", self.host());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let asked = async { crate::support::client().get(url).bearer_auth(token).send().await.unwrap().status().is_success() };
        runtime.block_on(asked)
    }
}

#[derive(Debug)]
struct Answer {
    token: String,
    valid_for: SignedDuration,
}

impl Answer {
    fn read(finished: &Finished) -> Self {
        let answer = finished.json();
        let keys: Vec<_> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["access_token", "token_type", "expiry"]);
        assert_eq!(answer["token_type"], "Bearer");
        assert!(finished.stdout.starts_with("{\n  \"access_token\": \"") && finished.stdout.ends_with("\"\n}"), "{finished:?}");
        let expiry = answer["expiry"].as_str().unwrap();
        // Go and Java: RFC 3339 with an offset. Python: what stands before the dot, as local time.
        let end: Timestamp = expiry.parse().unwrap();
        let (local, rest) = expiry.split_once('.').expect("a fraction");
        assert!(rest.ends_with("+05:30"), "{expiry}");
        let as_python = format!("{local}+05:30").parse::<Timestamp>().unwrap();
        assert!(end.duration_since(as_python).abs() < SignedDuration::from_secs(1), "{expiry}");
        Self { token: answer["access_token"].as_str().unwrap().to_owned(), valid_for: end.duration_since(Timestamp::now()) }
    }
}

fn told(finished: &Finished) -> String {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
    assert!(finished.stderr.starts_with("Error: "), "{finished:?}");
    finished.stderr.trim_end().to_owned()
}

#[test]
fn the_version_reads_as_the_sdks_read_it() {
    let desk = Desk::new();
    let text = desk.credential(&["version"]);
    assert_eq!((text.code, text.stdout.as_str(), text.stderr.as_str()), (Some(0), "Databricks CLI v0.295.0\n", ""));
    // Java reads both streams as one document.
    let json = desk.credential(&["version", "--output", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(0), ""));
    let version = json.json();
    assert_eq!([&version["Major"], &version["Minor"], &version["Patch"]], [&json!(0), &json!(295), &json!(0)]);
}

#[test]
fn a_personal_access_token_is_handed_out_for_every_name_of_its_connection() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let (host, token) = (desk.host(), desk.demo.workspaces()[0].token.clone());
    let asked: [&[&str]; 7] = [
        &["--profile", "Sales EU"],
        &["-p", "sales-eu"],
        &["sales-eu"],
        &["--host", &host],
        &["--host", &host, "--account-id", "12345678-90ab-cdef-1234-567890abcdef"],
        &["--profile", "sales-eu", "--host", &host],
        // Nothing to renew, and no error either.
        &["--profile", "sales-eu", "--force-refresh", "--timeout", "1h", "-o", "json"],
    ];
    for arguments in asked {
        let answer = desk.token(arguments);
        assert_eq!(answer.token, token, "{arguments:?}");
        // Its end is not known, and it may be rotated at any time.
        assert!(answer.valid_for > SignedDuration::from_mins(10) && answer.valid_for <= SignedDuration::from_mins(60), "{answer:?}");
    }
    let text = desk.credential(&["auth", "token", "-p", "sales-eu", "-o", "text"]);
    assert_eq!((text.code, text.stdout.trim_end()), (Some(0), token.as_str()));
    for (variable, value) in [("DATABRICKS_CONFIG_PROFILE", "sales-eu"), ("DATABRICKS_HOST", host.as_str())] {
        // Of what only a sign-in needs, nothing matters here.
        let mut command = desk.command(&["auth", "token"]);
        let finished = run(command.env(variable, value).env("DATABRICKS_OAUTH_CALLBACK_PORT", "none"), b"", LIMIT);
        assert_eq!(Answer::read(&finished).token, token, "{variable}");
    }
}

#[test]
fn what_is_not_ours_lets_the_sdk_try_its_next_way_and_everything_else_is_told() {
    let desk = Desk::new();
    let falls_through = |words: &str| words.starts_with(&format!("Error: cache: {NOT_CONFIGURED}. "));
    assert!(falls_through(&desk.refused(&["--profile", "nobody"])), "no connection at all");
    desk.add_pat("Sales EU");
    desk.add_browser("Nobody signed in");
    assert!(falls_through(&desk.refused(&["--profile", "nobody"])));
    assert!(falls_through(&desk.refused(&["--host", "https://adb-1.2.azuredatabricks.net"])));
    let nothing = desk.refused(&["--profile", "nobody-signed-in"]);
    assert!(falls_through(&nothing) && nothing.contains("Nobody signed in"), "{nothing}");

    let host = desk.host();
    assert_eq!(
        desk.refused(&["--host", &host]),
        format!(
            "Error: \"Sales EU\" and \"Nobody signed in\" match {host}. Use --profile to specify which profile to use. Tools that only pass the address \
             (the SDK for JavaScript, and so VS Code) work if only one of them is published: brickpass unpublish NAME"
        )
    );
    assert_eq!(
        desk.refused(&["sales-eu", "--host", &host]),
        "Error: argument \"sales-eu\" cannot be combined with --host or --profile. Use the --host and --profile flags instead"
    );
    let elsewhere = desk.refused(&["--profile", "sales-eu", "--host", "https://adb-1.2.azuredatabricks.net"]);
    assert!(elsewhere.contains("which conflicts with --host \"https://adb-1.2.azuredatabricks.net\""), "{elsewhere}");
    assert_eq!(desk.refused(&[]), "Error: no profile specified. Use --profile <name> to specify which profile to use");

    // A vault that is locked is no reason to sign in as somebody else.
    let locked = told(&run(desk.command(&["auth", "token", "-p", "sales-eu"]).env_remove("BRICKPASS_VAULT_PASSPHRASE"), b"", LIMIT));
    assert!(!locked.contains(NOT_CONFIGURED) && locked.contains("locked"), "{locked}");
    let unknown = desk.credential(&["clusters", "list"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""), "{unknown:?}");
}

/// What a tool says goes into its own error texts, hence into logs.
#[test]
fn what_was_asked_for_in_vain_is_told_without_a_password_and_never_at_length() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let long = "x".repeat(50_000);
    for host in ["https://me:hunter2@evil.example", "me:hunter2@evil.example", "https://hunter2@a b", &long, "a\u{1b}[31m"] {
        for arguments in [&["--host", host][..], &["-p", "sales", "--host", host], &["--profile", host], &[host], &[host, "--host", "x"]] {
            let words = desk.refused(arguments);
            assert!(words.len() < 600 && !words.contains("hunter2") && !words.contains('\u{1b}'), "{words}");
        }
        let words = told(&run(desk.command(&["auth", "token"]).env("DATABRICKS_HOST", host), b"", LIMIT));
        assert!(words.len() < 600 && !words.contains("hunter2"), "{words}");
        fs::write(desk.home.path().join(".databrickscfg"), format!("[sales]\nhost = {host}\n")).unwrap();
        let words = desk.refused(&["-p", "sales"]);
        assert!(words.len() < 600 && !words.contains("hunter2"), "{words}");
        fs::remove_file(desk.home.path().join(".databrickscfg")).unwrap();
    }
    let mut command = desk.command(&["auth", "token", "-p", "sales"]);
    let unreadable: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(vec![0xff]);
    let words = told(&run(command.env("DATABRICKS_HOST", unreadable), b"", LIMIT));
    assert!(words.contains("DATABRICKS_HOST does not match"), "{words}");
}

#[test]
fn a_browser_sign_in_serves_every_start_until_its_token_ends_and_nothing_after_sign_out() {
    let desk = Desk::new();
    desk.add_browser("Sales");
    desk.log_in("Sales");
    let before = desk.token_requests();
    let first = desk.token(&["--profile", "sales"]);
    assert!(first.valid_for > SignedDuration::from_mins(50) && desk.opens(&first.token), "{first:?}");
    for arguments in [&["--profile", "Sales"][..], &["--host", &desk.host()]] {
        assert_eq!(desk.token(arguments).token, first.token);
    }
    assert_eq!(desk.done(&["token", "Sales"], "").stdout.trim_end(), first.token, "brickpass itself has the same");
    assert_eq!(desk.token_requests(), before, "nobody asked the server");

    let forced = desk.token(&["--profile", "sales", "--force-refresh"]);
    assert_eq!((forced.token != first.token, desk.token_requests()), (true, before + 1));
    assert_eq!(desk.token(&["--profile", "sales"]).token, forced.token, "it is stored for the others");
    assert_eq!(desk.token_requests(), before + 1);

    desk.done(&["logout", "Sales"], "");
    assert!(desk.refused(&["--profile", "sales"]).contains(NOT_CONFIGURED));
    assert_eq!(desk.demo.authorization().reuses(), 0);
    for (path, bytes) in desk.home.files() {
        let bytes = String::from_utf8_lossy(&bytes);
        assert!(!bytes.contains(&first.token) && !bytes.contains(&forced.token), "a token lies in the open in {}", path.display());
    }
}

#[test]
fn a_sign_in_that_the_server_has_ended_is_told_with_the_way_back() {
    let desk = Desk::new();
    desk.add_browser("Sales");
    desk.log_in("Sales");
    desk.demo.authorization().revoke_all();
    let words = desk.refused(&["--profile", "sales", "--force-refresh"]);
    assert!(words.contains("brickpass login \"Sales\"") && !words.contains(NOT_CONFIGURED), "{words}");
}

#[test]
fn a_service_principal_asks_once_for_all_starts_and_again_with_another_secret() {
    let desk = Desk::new();
    desk.add_principal("Robot", 0);
    let before = desk.token_requests();
    let first = desk.token(&["--profile", "robot"]);
    assert!(desk.opens(&first.token));
    assert_eq!((desk.token(&["--profile", "robot"]).token, desk.token_requests()), (first.token.clone(), before + 1));
    let forced = desk.token(&["--profile", "robot", "--force-refresh"]);
    assert!(forced.token != first.token && desk.token_requests() == before + 2);
    assert_eq!(desk.token(&["--profile", "robot"]).token, forced.token);

    desk.done(&["edit", "Robot", "--client-secret-stdin"], "dose00000000000000000000000000000000");
    let words = desk.refused(&["--profile", "robot"]);
    assert!(!words.contains(NOT_CONFIGURED) && !words.contains("dose0000"), "what another secret opened is not handed out: {words}");
}

#[test]
fn many_that_start_at_once_renew_once() {
    let desk = Desk::new();
    desk.add_browser("Sales");
    desk.add_principal("Robot", 0);
    desk.log_in("Sales");
    desk.token(&["--profile", "robot"]);
    desk.an_hour_passes("Sales", SecretKind::RefreshToken, "/access");
    desk.an_hour_passes("Robot", SecretKind::AccessToken, "/kept");
    for profile in ["sales", "robot"] {
        let before = desk.token_requests();
        let mut tokens: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| desk.token(&["--profile", profile]).token)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        tokens.dedup();
        assert_eq!((tokens.len(), desk.token_requests() - before, desk.demo.authorization().reuses()), (1, 1, 0), "{profile}");
    }
}

/// Ctrl+C in a terminal reaches the program that asks and this one.
#[test]
fn cut_short_between_the_answer_and_the_vault_it_loses_no_sign_in() {
    for (signal, arguments) in [(Some("-INT"), &[][..]), (Some("-TERM"), &[]), (None, &["--timeout", "20s"])] {
        let desk = Desk::new();
        desk.add_browser("Sales");
        desk.log_in("Sales");
        // Who wants to write to the vault waits for this.
        let vault = fs::File::options().write(true).open(desk.home.config_dir().join("vault.age.lock")).unwrap();
        vault.lock().unwrap();
        let arguments = [&["auth", "token", "-p", "sales", "--force-refresh"], arguments].concat();
        let mut command = desk.command(&arguments);
        let started = Instant::now();
        let mut running = Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let until = Instant::now() + LIMIT;
        while desk.demo.authorization().refreshes() == 0 {
            assert!(Instant::now() < until, "it has not asked for a token");
            std::thread::sleep(Duration::from_millis(5));
        }
        let limits = fs::read_to_string(format!("/proc/{}/limits", running.0.id())).unwrap();
        let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
        assert!(core.split_whitespace().next() == Some("0"), "a crash would write the token down: {limits}");
        if let Some(signal) = signal {
            assert!(Command::new("kill").args([signal, &running.0.id().to_string()]).status().unwrap().success());
        }
        let mut runs = || running.0.try_wait().unwrap().is_none();
        stays("it does not leave the new refresh token behind", &mut runs);
        if signal.is_none() {
            comes("its time is over", || started.elapsed() > Duration::from_secs(20));
            assert!(runs(), "nor when its time is over");
        }
        drop(vault);
        assert_eq!(wait(&mut running.0, LIMIT).unwrap().code(), Some(1), "{signal:?}");
        let (mut printed, mut said) = (String::new(), String::new());
        running.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        running.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(printed.is_empty() && said.starts_with("Error: ") && !said.contains(NOT_CONFIGURED), "{printed} {said}");
        desk.token(&["--profile", "sales", "--force-refresh"]);
        assert_eq!((desk.demo.authorization().refreshes(), desk.demo.authorization().reuses()), (2, 0), "{signal:?}");
    }
}

/// The Databricks SDK for Python starts it as any program of a person would.
#[test]
fn the_python_sdk_lists_clusters_with_every_way_to_sign_in() {
    const TEST: &str = "the_python_sdk_lists_clusters_with_every_way_to_sign_in";
    let desk = Desk::new();
    desk.add_pat("Pat");
    desk.add_principal("Robot", 0);
    desk.add_browser("Person");
    desk.log_in("Person");
    let environment: serde_json::Map<String, Value> = desk
        .command(&[])
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?.to_owned(), Value::from(value?.to_str()?))))
        .filter(|(name, _)| name.starts_with("BRICKPASS_") || name == "TZ")
        .collect();
    let asked = json!({"host": desk.host(), "helper": CREDENTIAL, "profiles": ["pat", "robot", "person"], "environment": environment});
    let before = desk.token_requests();
    let finished = crate::support::interop("credential.py", &asked);
    if finished.code == Some(77) {
        return skip(TEST, &finished.stdout);
    }
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let told: Vec<Value> = finished.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for (told, profile) in told.iter().zip(["pat", "robot", "person"]) {
        assert_eq!((told["profile"].as_str(), told["auth_type"].as_str()), (Some(profile), Some("databricks-cli")), "{told}");
        assert!(told["clusters"].as_u64().unwrap() > 0, "{told}");
    }
    assert_eq!(told[3], json!({"profile": "nobody", "refused": true}), "a profile that is not ours is no sign-in as somebody");
    assert_eq!(desk.token_requests() - before, 1, "the principal's token was fetched, once; the person's was there");
}

#[test]
fn a_profile_that_was_written_by_hand_is_known_by_its_host_and_one_that_leads_elsewhere_gets_no_token() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let write = |name: &str, host: &str| {
        let text = format!("[{name}]\nhost = {host}\nauth_type = databricks-cli\n");
        fs::write(desk.home.path().join(".databrickscfg"), text).unwrap();
    };
    write("mine", &desk.host());
    assert_eq!(desk.token(&["--profile", "mine"]).token, desk.demo.workspaces()[0].token);
    write("mine", "https://adb-1.2.azuredatabricks.net");
    assert!(desk.refused(&["--profile", "mine"]).contains(NOT_CONFIGURED));
    write("sales", "https://adb-1.2.azuredatabricks.net/");
    let words = desk.refused(&["--profile", "sales"]);
    assert!(words.contains("is for https://adb-1.2.azuredatabricks.net.") && !words.contains(NOT_CONFIGURED), "{words}");
    // What one of the SDKs makes of these is not known, or another address than the others do.
    let (file, ours) = (desk.home.path().join(".databrickscfg"), desk.host());
    for text in [
        format!("[sales]\nhost = {ours}@evil.example\n"),
        format!("[sales]\nhost = {ours} ;@evil.example\n"),
        format!("[sales]\nhost = {ours}\n  @evil.example/?a=b\n"),
        format!("[sales]\nhost = https://evil.example\nhost = {ours}\n"),
        "[sales]\nHOST = https://evil.example\n".to_owned(),
        format!("[sales]\n# x\rhost = https://evil.example\nx = {ours}\n"),
        format!("[sales]\nhost = https://evil.example\n{}", "# filled up\n".repeat(400_000)),
        "[sales]\nhost = https://evil.example\n[to Go not closed\n".to_owned(),
    ] {
        fs::write(&file, &text).unwrap();
        let words = desk.refused(&["--profile", "sales"]);
        assert!(!words.contains(NOT_CONFIGURED) && words.len() < 1000, "{words} {text:.200}");
    }
    fs::remove_file(&file).unwrap();
    desk.token(&["--profile", "sales"]);
    fs::create_dir(&file).unwrap();
    assert!(desk.refused(&["--profile", "sales"]).contains("It decides where the token would be sent"));
}

/// In the SDKs a variable wins over the profile, and a file of variables may come with somebody's project.
#[test]
fn an_address_of_the_environment_takes_no_token_of_a_profile_away() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let ours = desk.host();
    let with = |around: &str, arguments: &[&str], profile: &str| {
        let mut command = desk.command(&[&["auth", "token"], arguments].concat());
        run(command.env("DATABRICKS_HOST", around).env("DATABRICKS_CONFIG_PROFILE", profile), b"", LIMIT)
    };
    for around in ["https://evil.example", &format!("{ours}@evil.example"), &format!("{ours}1"), "x y", &desk.demo.workspaces()[1].base_url]
    {
        for (arguments, profile) in [(&["--profile", "sales"][..], ""), (&[], "sales")] {
            let words = told(&with(around, arguments, profile));
            assert!(words.contains("DATABRICKS_HOST does not match") && !words.contains(NOT_CONFIGURED), "{words}");
        }
    }
    for arguments in [&["--profile", "sales"][..], &[], &["sales"]] {
        assert_eq!(Answer::read(&with(&format!("{ours}/"), arguments, "sales")).token, desk.demo.workspaces()[0].token);
    }
    assert_eq!(Answer::read(&with("https://evil.example", &["-p", "sales", "--host", &ours], "")).token, desk.demo.workspaces()[0].token);
}

#[test]
fn a_connection_is_known_by_the_profile_that_it_was_published_as() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    desk.add_principal("nightly", 0);
    let listed = desk.done(&["list", "--json"], "").json();
    let all = listed["connections"].as_array().unwrap();
    let id = |name: &str| all.iter().find(|it| it["name"] == name).unwrap()["id"].as_str().unwrap().parse().unwrap();
    let file = desk.home.path().join(".databrickscfg");
    let publication = |connection, file| Publication {
        file,
        profile: "nightly".to_owned(),
        connection,
        section: String::new(),
        published: String::new(),
        before: None,
        backup: None,
    };
    let known = Publications::new(&desk.home.state_dir());
    // Of another file, it says nothing about this one.
    known.record(&publication(id("Sales"), desk.home.path().join("elsewhere"))).unwrap();
    assert_ne!(desk.token(&["--profile", "nightly"]).token, desk.demo.workspaces()[0].token);
    known.record(&publication(id("Sales"), file)).unwrap();
    assert_eq!(desk.token(&["--profile", "nightly"]).token, desk.demo.workspaces()[0].token);
}

#[test]
fn pb_22_without_arguments_the_default_profile_is_meant_and_a_login_is_answered() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let words = desk.refused(&[]);
    assert!(words.contains("no profile specified"), "{words}");
    desk.done(&["publish", "Sales", "--profile", "p", "--default", "--yes"], "");
    assert_eq!(desk.token(&[]).token, desk.demo.workspaces()[0].token);
    for words in
        [&["auth", "login"][..], &["auth", "login", "--host", &desk.host(), "--profile", "p", "--timeout", "300s"], &["auth", "login", "p"]]
    {
        let answered = run(&mut desk.command(words), b"", LIMIT);
        assert_eq!((answered.code, answered.stdout.as_str()), (Some(1), ""), "{answered:?}");
        assert_eq!(answered.stderr.trim(), "Error: sign in with Brickpass, in the window or with: brickpass login \"Sales\"");
    }
    desk.add_principal("Robot", 0);
    // One of both is published, and a tool that says the address alone has found it in the file.
    assert_eq!(desk.token(&["--host", &desk.host()]).token, desk.demo.workspaces()[0].token);
    desk.done(&["publish", "Robot", "--yes"], "");
    let words = desk.refused(&["--host", &desk.host()]);
    assert!(words.contains("\"Sales\" and \"Robot\" match") && words.contains("work if only one of them is published"), "{words}");
}

#[test]
fn an_address_that_nobody_confirmed_gets_no_token() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let path = desk.home.config_dir().join("connections.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let connection = &mut file["connections"][0];
    connection["base_url"] = json!("https://databricks.example.com");
    connection.as_object_mut().unwrap().remove("address_confirmed");
    fs::write(&path, file.to_string()).unwrap();
    let words = desk.refused(&["--profile", "Sales"]);
    assert!(words.contains("This is not a Databricks address, it has not been confirmed") && !words.contains(NOT_CONFIGURED), "{words}");
}

/// A tool waits for as long as this program does.
#[test]
fn a_pipe_or_a_device_in_the_place_of_the_file_of_profiles_is_not_waited_for() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let pipe = desk.home.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for place in [pipe.as_path(), "/dev/zero".as_ref(), desk.home.path()] {
        let mut command = desk.command(&["auth", "token", "--profile", "Sales"]);
        let finished = run(command.env("DATABRICKS_CONFIG_FILE", place), b"", crate::support::LIMIT);
        assert_eq!(finished.code, Some(1), "{}: {finished:?}", place.display());
        let told = [
            "It decides where the token would be sent. It is a folder.",
            "It decides where the token would be sent. It is a pipe or a device, not a regular file.",
        ];
        assert!(told.iter().any(|words| finished.stderr.contains(words)), "{finished:?}");
    }
}
