//! `.databrickscfg` through the engine and the command line: what is published, what stays as it was, and what its other readers make of it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    sync::OnceLock,
    time::Duration,
};

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, Draft},
    engine::{ActivityEntry, Command, Deed, Drift, Engine, Event, Events, Places, Plan, ProfilesFile, RunId},
    failure::{Code, Failure},
    interchange::databrickscfg::{DiffKind, Edit, File, ProfileName},
    storage::{Library, Vault, VaultConfig, VaultHome},
};
use secrecy::ExposeSecret as _;

use crate::support::{Finished, Home, hostile_values, run, skip};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
/// Of [`HOST`].
const WORKSPACE: &str = "1234567890123456";
const TOKEN: &str = "dapi0123456789abcdef0123456789abcdef";
const HELPER: &str = "/opt/brickpass/brickpass-credential";
const RUN: RunId = RunId(7);
const LIMIT: Duration = Duration::from_secs(60);

struct Desk {
    home: Home,
    engine: Option<Engine>,
    events: Events,
}

impl Desk {
    fn new() -> Self {
        Self::at(Home::new())
    }

    fn at(home: Home) -> Self {
        let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: home.config_dir().join("vault.age"), passphrase: None });
        let mut places = Places::new(home.config_dir(), home.state_dir());
        places.vault = Some(vault);
        places.databrickscfg = Some(home.path().join(".databrickscfg"));
        HELPER.clone_into(&mut places.helper);
        let (engine, events) = Engine::start(places, || {}).unwrap();
        let mut desk = Self { home, engine: Some(engine), events };
        desk.send(Command::Start);
        desk.until(|event| matches!(event, Event::History(_)).then_some(()));
        desk
    }

    fn path(&self) -> PathBuf {
        self.home.path().join(".databrickscfg")
    }

    /// As another program writes it.
    fn put(&self, text: &str) {
        put(&self.path(), text);
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn send(&self, command: Command) {
        self.engine.as_ref().unwrap().send(command);
    }

    fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            let event = self.events.wait().expect("the engine lives");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    }

    fn saved(&mut self, name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        name.clone_into(&mut draft.name);
        HOST.clone_into(&mut draft.base_url);
        draft.secret.expose_mut().push_str(TOKEN);
        change(&mut draft);
        let review = draft.review(&|_| false);
        let reviewed = review.result.unwrap_or_else(|| panic!("{:?}", review.remarks));
        let connection = reviewed.connection.clone();
        let revision = Library::new(&self.home.config_dir(), &self.home.state_dir()).load().unwrap();
        let base = revision.entries.iter().find(|entry| entry.connection.id == connection.id).map(|entry| entry.revision);
        self.send(Command::Save { reviewed: Box::new(reviewed), base });
        self.until(|event| match event {
            Event::Saved { id } => (id == connection.id).then_some(()),
            Event::SaveFailed { failure, .. } => panic!("{failure}"),
            _ => None,
        });
        connection
    }

    fn profiles(&mut self, command: Command) -> Result<Box<ProfilesFile>, Failure> {
        self.send(command);
        self.until(|event| if let Event::Profiles(outcome) = event { Some(outcome) } else { None })
    }

    fn list(&mut self) -> ProfilesFile {
        *self.profiles(Command::ListProfiles).unwrap()
    }

    fn drift(&mut self, profile: &str) -> Option<Drift> {
        self.list().profiles.iter().find(|line| line.name == profile)?.published.map(|(_, drift)| drift)
    }

    fn plan(&mut self, command: Command) -> Result<Box<Plan>, Failure> {
        self.send(command);
        self.until(|event| if let Event::Planned { run: RUN, outcome } = event { Some(outcome) } else { None })
    }

    fn apply(&mut self, plan: Box<Plan>) -> Result<Box<ProfilesFile>, Failure> {
        self.send(Command::ApplyPlan { run: RUN, plan });
        self.until(|event| if let Event::PlanApplied { run: RUN, outcome } = event { Some(outcome) } else { None })
    }

    fn publish(&mut self, connection: &Connection, profile: &str) -> ProfilesFile {
        let plan = self.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: profile.into() }).unwrap();
        *self.apply(plan).unwrap()
    }

    fn edit(&mut self, edit: Edit) -> Result<Box<ProfilesFile>, Failure> {
        let plan = self.plan(Command::PlanEdit { run: RUN, edit })?;
        self.apply(plan)
    }

    fn activity(&mut self) -> Vec<ActivityEntry> {
        self.send(Command::ReadActivity);
        self.until(|event| if let Event::Activity { outcome } = event { Some(outcome.unwrap()) } else { None })
    }
}

fn put(path: &Path, text: &str) {
    fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    set_mode(path, 0o600);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

const FILE: &str = "; mine\r\n[DEFAULT]\r\n\r\n# the old one\r\n  [sales]  ; here\r\nhost       = https://old.cloud.databricks.com\r\n; a token\r\ntoken      = dapi-old\r\nteam       = \u{e6}rlig\r\ncluster_id = 1-2\r\n\r\n[other]\r\ntoken=dapi-other # why\r\nhost : https://other.cloud.databricks.com\r\n\r\n[__settings__]\r\ndefault_profile = other\r\nauth_storage = secure\r\n";

#[test]
fn cf_09_publishing_changes_the_lines_of_its_own_keys_alone() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    let expected = FILE.replace("https://old.cloud.databricks.com", HOST).replace("token      = dapi-old\r\n", "").replace(
        "cluster_id = 1-2\r\n",
        &format!("cluster_id = 1-2\r\nworkspace_id = {WORKSPACE}\r\ndatabricks_cli_path = {HELPER}\r\nauth_type  = databricks-cli\r\n"),
    );
    assert_eq!(desk.text(), expected);
    // And once more changes nothing.
    let plan = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap();
    assert!(plan.diff.is_empty(), "{:?}", plan.diff);
}

#[test]
fn cf_10_one_way_to_sign_in_is_left_whatever_stood_there() {
    for before in [
        "token = dapi-old\nclient_id = x\nclient_secret = y\n",
        "username = x\npassword = y\nauth_type = basic\n",
        "azure_client_id = x\nazure_client_secret = y\nazure_tenant_id = z\n",
        "google_credentials = `{\n \"a\": 1\n}`\nmetadata_service_url = http://127.0.0.1\n",
    ] {
        let mut desk = Desk::new();
        desk.put(&format!("[sales]\n{before}warehouse_id = 1\n"));
        let connection = desk.saved("Sales", |_| {});
        let plan = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap();
        let shown = plan.diff.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        assert!(!shown.contains("dapi-old") && !shown.contains("= y") && !shown.contains("\"a\""), "{shown}");
        desk.apply(plan).unwrap();
        let profile = File::read(desk.text().as_bytes()).unwrap().profiles().remove(0);
        let mut keys: Vec<&str> = profile.keys().map(|(key, _)| key).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["auth_type", "databricks_cli_path", "host", "warehouse_id", "workspace_id"], "{}", desk.text());
    }
}

#[test]
fn cf_11_the_settings_are_no_profile_and_stay() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    let file = desk.publish(&connection, "new");
    assert!(file.profiles.iter().all(|line| line.name != "__settings__"), "{file:?}");
    let settings = |text: &str| text[text.find("[__settings__]").unwrap()..].lines().take(3).collect::<Vec<_>>().join("\n");
    assert_eq!(settings(&desk.text()), settings(FILE));
    assert!(desk.text().starts_with(FILE));
}

#[test]
fn cf_12_a_name_that_would_break_the_file_is_refused() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    for name in ["__settings__", "a]b", "x\n[y]", "", "a b", "-x", "\u{1b}[31m"] {
        let failure = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: name.into() }).unwrap_err();
        assert_eq!(failure.code, Code::InvalidInput, "{name:?}");
        assert!(!failure.to_string().contains(char::is_control), "{failure:?}");
    }
    assert_eq!(desk.text(), FILE);
}

#[cfg(unix)]
#[test]
fn cf_14_a_linked_file_is_changed_where_it_lies() {
    let mut desk = Desk::new();
    let real = desk.home.path().join("dotfiles");
    fs::create_dir(&real).unwrap();
    set_mode(&real, 0o700);
    let real = real.join("cfg");
    put(&real, "[a]\nhost = x\n");
    std::os::unix::fs::symlink(&real, desk.path()).unwrap();
    let connection = desk.saved("Sales", |_| {});
    let file = desk.publish(&connection, "sales");
    assert_eq!(file.target, Some(real.canonicalize().unwrap()));
    assert!(desk.path().symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("[sales]"));
}

#[cfg(unix)]
#[test]
fn cf_15_a_link_to_where_everybody_writes_is_refused() {
    let mut desk = Desk::new();
    let folder = desk.home.path().join("open");
    fs::create_dir(&folder).unwrap();
    put(&folder.join("cfg"), "[a]\nhost = x\n");
    set_mode(&folder, 0o777);
    std::os::unix::fs::symlink(folder.join("cfg"), desk.path()).unwrap();
    let connection = desk.saved("Sales", |_| {});
    let failure = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap_err();
    assert_eq!(failure.code, Code::FileUnsafe);
    assert_eq!(desk.profiles(Command::ListProfiles).unwrap_err().code, Code::FileUnsafe);
    assert_eq!(fs::read_to_string(folder.join("cfg")).unwrap(), "[a]\nhost = x\n");
}

#[cfg(unix)]
#[test]
fn cf_17_a_file_that_others_read_is_told_and_closed() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = x\ntoken = dapi-a\n");
    set_mode(&desk.path(), 0o644);
    let file = desk.list();
    assert!(file.exposed);
    assert_eq!(file.profiles[0].secrets, ["token"]);
    let connection = desk.saved("Sales", |_| {});
    assert!(!desk.publish(&connection, "sales").exposed);
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(desk.path()).unwrap().permissions()) & 0o777, 0o600);
}

#[test]
fn cf_18_the_way_back_leads_to_the_exact_bytes() {
    let mut desk = Desk::new();
    let before = format!("\u{feff}{FILE}; no line break at the end");
    desk.put(&before);
    let connection = desk.saved("Sales", |_| {});
    assert!(!desk.list().backup);
    assert!(desk.publish(&connection, "sales").backup);
    let file = desk.profiles(Command::RestoreProfiles).unwrap();
    assert!(!file.backup && file.profiles.iter().all(|line| line.published.is_none()), "{file:?}");
    assert_eq!(desk.text(), before);
    assert_eq!(desk.profiles(Command::RestoreProfiles).unwrap_err().code, Code::InvalidInput);
}

#[test]
fn a_file_that_was_not_there_is_made_and_goes_again() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    assert_eq!(
        desk.text(),
        format!(
            "[sales]\nhost                = {HOST}\nworkspace_id        = {WORKSPACE}\ndatabricks_cli_path = {HELPER}\nauth_type           = databricks-cli\n"
        )
    );
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert!(!desk.path().exists());
}

#[test]
fn what_changed_since_it_was_shown_is_not_written_over() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    let plan = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap();
    desk.put("[theirs]\nhost = x\n");
    assert_eq!(desk.apply(plan).unwrap_err().code, Code::Conflict);
    assert_eq!(desk.text(), "[theirs]\nhost = x\n");
}

#[test]
fn a_file_that_go_cannot_read_is_left_alone_with_the_line_that_is_wrong() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = x\ndapi-secret\n");
    let failure = desk.profiles(Command::ListProfiles).unwrap_err();
    assert!(failure.to_string().contains("Line 3") && !failure.to_string().contains("dapi-secret"), "{failure}");
    let connection = desk.saved("Sales", |_| {});
    assert!(desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).is_err());
    assert_eq!(desk.text(), "[a]\nhost = x\ndapi-secret\n");
}

#[test]
fn drift_is_seen_on_either_side_and_settled() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    assert_eq!(desk.drift("sales"), Some(Drift::Same));
    // What does not decide where it leads is the person's own, and so is how it is written.
    let published = desk.text();
    desk.put(&format!("; mine\n{}cluster_id = 1-2\n", published.replace("  ", "")));
    assert_eq!(desk.drift("sales"), Some(Drift::Same));

    desk.put(&published.replace("databricks-cli\n", "pat\ntoken = dapi-x\n"));
    assert_eq!(desk.drift("sales"), Some(Drift::ChangedThere));
    let edited = desk.saved("Sales", |draft| {
        draft.id = connection.id;
        "https://adb-2222222222222222.2.azuredatabricks.net".clone_into(&mut draft.base_url);
    });
    assert_eq!(desk.drift("sales"), Some(Drift::Both));
    desk.put(&published);
    assert_eq!(desk.drift("sales"), Some(Drift::ChangedHere));
    desk.publish(&edited, "sales");
    assert_eq!(desk.drift("sales"), Some(Drift::Same));

    desk.put(&published);
    desk.profiles(Command::KeepProfile { profile: "sales".into() }).unwrap();
    assert_eq!(desk.drift("sales"), Some(Drift::Same));
    assert_eq!(desk.text(), published);
    desk.put("");
    assert_eq!(desk.drift("sales"), Some(Drift::Gone));
    desk.profiles(Command::ForgetProfile { profile: "sales".into() }).unwrap();
    assert_eq!(desk.drift("sales"), None);
}

#[test]
fn a_removed_profile_leaves_the_file_as_it_was_before() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "new");
    desk.edit(Edit::Remove { profile: "new".into() }).unwrap();
    assert_eq!(desk.text().trim_end(), FILE.trim_end());
    assert_eq!(desk.drift("new"), None);
    let done: Vec<_> = desk.activity().into_iter().filter(|entry| entry.what != Deed::Save).collect();
    let done: Vec<_> = done.iter().map(|entry| (entry.what, entry.name.as_str(), entry.detail.as_deref(), entry.failed)).collect();
    assert_eq!(done, [(Deed::Unpublished, "Sales", Some("new"), None), (Deed::Published, "Sales", Some("new"), None)]);
}

#[test]
fn secrets_stay_in_the_file_until_a_connection_holds_the_same_ones() {
    let mut desk = Desk::new();
    let text = format!("[a]\nhost = {HOST}/\ntoken = {TOKEN}\nteam = x\n\n[b]\nhost = https://b.cloud.databricks.com\ntoken = dapi-b\n");
    desk.put(&text);
    let go = |profile: &str| Edit::RemoveKeys { profile: profile.into(), keys: vec!["token".into()] };
    assert_eq!(desk.edit(go("a")).unwrap_err().code, Code::NoSecret);
    desk.saved("Another", |draft| {
        draft.secret.expose_mut().clear();
        draft.secret.expose_mut().push_str("dapifedcba9876543210fedcba9876543210");
    });
    assert_eq!(desk.edit(go("a")).unwrap_err().code, Code::NoSecret);
    desk.saved("Sales", |_| {});
    assert_eq!(desk.edit(go("b")).unwrap_err().code, Code::NoSecret);
    assert_eq!(desk.text(), text);

    let file = desk.edit(go("a")).unwrap();
    assert!(file.profiles[0].secrets.is_empty() && file.profiles[1].secrets == ["token"], "{file:?}");
    assert!(desk.text().contains("team = x") && desk.text().contains("databricks-cli"));
    // No backup keeps on the disk what was taken off it; the way back is there all the same.
    for (path, bytes) in desk.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(TOKEN), "{}", path.display());
    }
    assert!(file.backup);
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert_eq!(desk.text(), text);
}

#[test]
fn a_secret_that_nobody_else_holds_is_kept_in_a_backup() {
    let mut desk = Desk::new();
    desk.put("[sales]\ntoken = dapi-only-here\n");
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    assert!(!desk.text().contains("dapi-only-here"));
    let keeps = |(path, bytes): &(PathBuf, Vec<u8>)| {
        path.starts_with(desk.home.state_dir()) && String::from_utf8_lossy(bytes).contains("dapi-only-here")
    };
    assert_eq!(desk.home.files().iter().filter(|file| keeps(file)).count(), 1);
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert_eq!(desk.text(), "[sales]\ntoken = dapi-only-here\n");
}

#[test]
fn nothing_that_is_remembered_holds_a_secret() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    let known = fs::read_to_string(desk.home.state_dir().join("publications.json")).unwrap();
    assert!(!known.contains(TOKEN) && !known.contains(HOST), "{known}");
}

#[test]
fn the_default_profile_is_set_with_the_publication_in_one_change() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = x\n");
    let connection = desk.saved("Sales", |_| {});
    let put = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap().edit;
    let edit = Edit::Several(vec![(Some(connection.id), put), (None, Edit::Default { profile: "sales".into() })]);
    let file = desk.edit(edit).unwrap();
    let line = file.profiles.iter().find(|line| line.name == "sales").unwrap();
    assert!(line.is_default && line.published == Some((connection.id, Drift::Same)), "{line:?}");
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert_eq!(desk.text(), "[a]\nhost = x\n");
}

#[test]
fn every_kind_of_connection_is_published_without_a_secret() {
    let mut desk = Desk::new();
    let principal = desk.saved("M2M", |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        "00000000-1111-2222-3333-444444444444".clone_into(&mut draft.client_id);
        draft.secret.expose_mut().clear();
        draft.secret.expose_mut().push_str("dose-secret-of-the-principal");
    });
    let person = desk.saved("Browser", |draft| {
        draft.auth = AuthKind::Browser;
        draft.secret.expose_mut().clear();
    });
    desk.publish(&principal, "m2m");
    let file = desk.publish(&person, "browser");
    assert!(file.profiles.iter().all(|line| line.auth_type.as_deref() == Some("databricks-cli") && line.secrets.is_empty()), "{file:?}");
    assert!(!desk.text().contains("dose") && !desk.text().contains("client_id"));
}

/// What each text is to a reader; `None`: it refuses it.
type Readings = Vec<Option<BTreeMap<String, BTreeMap<String, String>>>>;

fn readings(mut reader: Process, texts: &[String]) -> Readings {
    let read = run(&mut reader, serde_json::to_vec(texts).unwrap().as_slice(), LIMIT);
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    serde_json::from_str(&read.stdout).unwrap()
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/ini")
}

/// `ini.v1` as the CLI uses it, built once. The reason when it cannot be.
fn go() -> Result<Process, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT.get_or_init(build_go).clone().map(Process::new)
}

fn build_go() -> Result<PathBuf, String> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ini-reader");
    let own = program.with_extension(std::process::id().to_string());
    let built = Process::new("go").args(["build", "-o"]).arg(&own).arg(".").current_dir(sources()).output();
    match built {
        Ok(built) if built.status.success() => {
            // Whole or not at all: other tests may run it.
            fs::rename(&own, &program).map_err(|error| error.to_string())?;
            Ok(program)
        }
        Ok(built) => Err(format!("the reader in Go could not be built: {}", String::from_utf8_lossy(&built.stderr))),
        Err(_) => Err("there is no Go here".to_owned()),
    }
}

fn python() -> Result<Process, String> {
    if !crate::support::tool_exists("python3") {
        return Err("there is no python3 here".to_owned());
    }
    let mut python = Process::new("python3");
    python.arg(sources().join("read.py"));
    Ok(python)
}

/// What was written, and the values that were meant, of every hostile value that was not refused.
fn written() -> Vec<(String, String)> {
    let mut values: Vec<String> = hostile_values().into_iter().map(|(_, value)| value).collect();
    values.extend([HOST, TOKEN, r"C:\Program Files\b.exe", "a,b", "#x", ";x", "x#", "=x", ":x", "[x]", "a\\ b"].map(str::to_owned));
    let bases = [
        String::new(),
        "[p]\ncluster_id = old\n".to_owned(),
        "; c\r\n[o]\r\nx = 1\r\n\r\n[p]\r\n  cluster_id='old' # c\r\n  team = x\r\n[q]\r\ny = 2".to_owned(),
        "[p]\nteam : x\n".to_owned(),
    ];
    let mut made = Vec::new();
    for base in &bases {
        for value in &values {
            let edit = Edit::Put { profile: ProfileName::parse("p").unwrap(), keys: vec![("cluster_id", value.clone())] };
            if let Ok(changed) = File::read(base.as_bytes()).unwrap().changed(&edit) {
                made.push((changed.file.text().expose_secret().to_owned(), value.clone()));
            }
        }
    }
    assert!(made.len() > 60, "{}", made.len());
    made
}

#[test]
fn ex_06_go_reads_what_was_meant_or_it_was_refused() {
    let made = written();
    let go = match go() {
        Ok(go) => go,
        Err(reason) => return skip("ex_06_go_reads_what_was_meant_or_it_was_refused", &reason),
    };
    let texts: Vec<String> = made.iter().map(|(text, _)| text.clone()).collect();
    for ((text, value), read) in made.iter().zip(readings(go, &texts)) {
        assert_eq!(read.as_ref().and_then(|read| read["p"].get("cluster_id")), Some(value), "{text}");
    }
}

#[test]
fn ex_06_python_reads_what_was_meant_or_it_was_refused() {
    let made = written();
    let python = match python() {
        Ok(python) => python,
        Err(reason) => return skip("ex_06_python_reads_what_was_meant_or_it_was_refused", &reason),
    };
    let texts: Vec<String> = made.iter().map(|(text, _)| text.clone()).collect();
    for ((text, value), read) in made.iter().zip(readings(python, &texts)) {
        assert_eq!(read.as_ref().and_then(|read| read["p"].get("cluster_id")), Some(value), "{text}");
    }
}

/// Texts out of what the dialect knows, in any order.
fn texts() -> Vec<String> {
    const PARTS: [&str; 34] = [
        "[a]",
        "[b]",
        "[a",
        "]",
        "k",
        "l",
        " = ",
        "=",
        ":",
        "v",
        " ",
        "\t",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\\",
        "\\\n",
        "`",
        "\"\"\"",
        "\"",
        "'",
        "#",
        " #",
        ";",
        " ;",
        "x",
        "\u{a0}",
        "\u{feff}",
        "-",
        "[__settings__]\n",
        "\nk = ",
        "\nl = ",
        "\u{e6}",
    ];
    let mut random = fastrand::Rng::with_seed(6);
    (0..4000).map(|_| (0..random.usize(1..16)).map(|_| PARTS[random.usize(..PARTS.len())]).collect::<String>()).collect()
}

#[test]
fn ex_06_whatever_stands_in_the_file_is_read_as_go_reads_it() {
    let texts = texts();
    let go = match go() {
        Ok(go) => go,
        Err(reason) => return skip("ex_06_whatever_stands_in_the_file_is_read_as_go_reads_it", &reason),
    };
    let mut wrong = Vec::new();
    for (text, theirs) in texts.iter().zip(readings(go, &texts)) {
        let ours = File::read(text.as_bytes()).ok().map(|file| {
            let profiles = file.profiles().into_iter();
            let of = |profile: &brickpass::interchange::databrickscfg::Profile| {
                profile.keys().map(|(key, value)| (key.to_owned(), value.expose_secret().to_owned())).collect::<BTreeMap<_, _>>()
            };
            profiles.map(|profile| (profile.name.clone(), of(&profile))).filter(|(_, keys)| !keys.is_empty()).collect::<BTreeMap<_, _>>()
        });
        // An empty value is none to all of them, and the settings are no profile.
        let theirs = theirs.map(|read| {
            let full = read.into_iter().map(|(name, keys)| (name, keys.into_iter().filter(|(_, value)| !value.is_empty()).collect()));
            full.filter(|(name, keys): &(String, BTreeMap<String, String>)| name != "__settings__" && !keys.is_empty())
                .collect::<BTreeMap<_, _>>()
        });
        if ours != theirs {
            wrong.push(format!("{text:?}\n  ours: {ours:?}\n  go:   {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong[..wrong.len().min(12)].join("\n"));
}

const OURS: [(&str, &str); 3] = [("auth_type", "databricks-cli"), ("databricks_cli_path", HELPER), ("host", HOST)];

fn ours() -> Edit {
    let keys = OURS.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Edit::Put { profile: ProfileName::parse("a").unwrap(), keys }
}

fn edited(text: &str, edit: &Edit) -> Option<String> {
    let file = File::read(text.as_bytes()).ok()?;
    file.changed(edit).ok().map(|changed| changed.file.text().expose_secret().to_owned())
}

/// Files in which a good deal stands, most of them readable.
fn files() -> Vec<String> {
    const LINES: [&str; 40] = [
        "[a]",
        "[a]",
        "[b]",
        "[DEFAULT]",
        "[__settings__]",
        "  [a]  ; c",
        "",
        "  ",
        "# c",
        "; token = x",
        "host = old",
        "host=old # why",
        "  host : 'old'",
        "\thost = `old`",
        "host = `ol\nd`",
        "host = old \\\n  er",
        "host =",
        "token = x",
        "token = `x\ny` # c",
        "  client_id = y",
        "client_secret = z",
        "auth_type = pat",
        "databricks_cli_path = \"/x y\"",
        "team = x",
        "team = x # c",
        "  team : y",
        "team = 'x'",
        "team =",
        "Host = x",
        "TOKEN = x",
        "account_id = 1",
        "workspace_id = 2",
        "cluster_id   = 1",
        "warehouse_id = 2",
        "scopes = a,b",
        "x = y \\",
        "last = a\\",
        "\"a b\" = c",
        "- = d",
        "    deep = 1",
    ];
    let mut random = fastrand::Rng::with_seed(9);
    let mut make = || {
        let newline = if random.bool() { "\n" } else { "\r\n" };
        let mut text: String = (0..random.usize(0..14)).flat_map(|_| [LINES[random.usize(..LINES.len())], newline]).collect();
        if random.bool() {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    };
    (0..4000).map(|_| make()).collect()
}

#[test]
fn cf_09_whatever_stands_there_go_reads_the_rest_as_before_and_ours_as_meant() {
    let before: Vec<String> = files().into_iter().filter(|text| edited(text, &ours()).is_some()).collect();
    assert!(before.len() > 2000, "{}", before.len());
    let after: Vec<String> = before.iter().map(|text| edited(text, &ours()).unwrap()).collect();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(edited(after, &ours()).as_ref(), Some(after), "once more changes nothing: {before:?}");
    }
    let (was, is) = match (go(), go()) {
        (Ok(one), Ok(other)) => (readings(one, &before), readings(other, &after)),
        (Err(reason), _) | (_, Err(reason)) => {
            return skip("cf_09_whatever_stands_there_go_reads_the_rest_as_before_and_ours_as_meant", &reason);
        }
    };
    for (index, (was, is)) in was.into_iter().zip(is).enumerate() {
        let shown = format!("{:?}\n{:?}", before[index], after[index]);
        let (mut was, mut is) = (was.expect(&shown), is.unwrap_or_else(|| panic!("{shown}")));
        let (was_ours, is_ours) = (was.remove("a").unwrap_or_default(), is.remove("a").expect(&shown));
        assert_eq!(was, is, "{shown}");
        for (key, value) in OURS {
            assert_eq!(is_ours.get(key).map(String::as_str), Some(value), "{shown}");
        }
        let own = |keys: &BTreeMap<String, String>| {
            let own = keys.iter().filter(|(key, _)| !brickpass::interchange::databrickscfg::decides(&key.to_lowercase()));
            own.map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(own(&was_ours), own(&is_ours), "{shown}");
        assert!(!is_ours.contains_key("token") && !is_ours.contains_key("client_secret"), "{shown}");
    }
}

#[test]
fn ex_06_what_python_could_read_it_reads_with_ours_as_meant() {
    let before: Vec<String> = files().into_iter().filter(|text| edited(text, &ours()).is_some()).collect();
    let after: Vec<String> = before.iter().map(|text| edited(text, &ours()).unwrap()).collect();
    let (was, is) = match (python(), python()) {
        (Ok(one), Ok(other)) => (readings(one, &before), readings(other, &after)),
        (Err(reason), _) | (_, Err(reason)) => return skip("ex_06_what_python_could_read_it_reads_with_ours_as_meant", &reason),
    };
    let mut wrong = Vec::new();
    for (index, (was, is)) in was.into_iter().zip(is).enumerate() {
        let section = is.as_ref().and_then(|is| is.get("a"));
        let meant = OURS.iter().all(|(key, value)| section.and_then(|keys| keys.get(*key)).is_some_and(|read| read == value));
        if was.is_some() && !meant {
            wrong.push(format!("{:?}\n{:?}\n{section:?}", before[index], after[index]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), before.len(), wrong[..wrong.len().min(8)].join("\n\n"));
}

/// The command line in a home with one connection, its secret in the encrypted file.
struct Terminal {
    home: Home,
}

impl Terminal {
    fn new() -> Self {
        let terminal = Self { home: Home::new() };
        let added = terminal.run(&["add", "Sales", "--base-url", HOST, "--token-stdin"], &format!("{TOKEN}\n"));
        assert_eq!(added.code, Some(0), "{added:?}");
        terminal
    }

    fn command(&self, arguments: &[&str]) -> Process {
        let mut command = self.home.brickpass(arguments);
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse");
        command
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Finished {
        run(&mut self.command(arguments), stdin.as_bytes(), LIMIT)
    }

    fn path(&self) -> PathBuf {
        self.home.path().join(".databrickscfg")
    }
}

#[test]
fn a_connection_is_published_listed_and_taken_out_in_a_terminal() {
    let terminal = Terminal::new();
    put(&terminal.path(), FILE);
    let text = || fs::read_to_string(terminal.path()).unwrap();

    let shown = terminal.run(&["publish", "Sales", "--dry-run"], "");
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("- token      = \u{2022}") || shown.stdout.contains("- token      = ***"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("dapi-old") && shown.stdout.contains("+ auth_type"), "{}", shown.stdout);
    // Nobody is there who could agree.
    let asked = terminal.run(&["publish", "Sales"], "y\n");
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert_eq!(text(), FILE);

    let done = terminal.run(&["publish", "Sales", "--yes", "--default", "--json"], "");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.json()["applied"], true);
    assert!(text().contains("default_profile = sales") && !text().contains("dapi-old"));
    let listed = terminal.run(&["profiles", "--json"], "").json();
    let sales = listed["profiles"].as_array().unwrap().iter().find(|it| it["profile"] == "sales").unwrap().clone();
    assert_eq!((&sales["connection"], &sales["drift"], &sales["default"]), (&"Sales".into(), &"same".into(), &true.into()), "{listed:#}");
    assert!(!terminal.run(&["profiles"], "").stdout.contains("dapi-"));

    assert_eq!(terminal.run(&["profiles", "default", "other", "--yes"], "").code, Some(0));
    assert!(text().contains("default_profile = other"));
    assert_eq!(terminal.run(&["profiles", "default", "nowhere", "--yes"], "").code, Some(3));
    assert_eq!(terminal.run(&["profiles", "restore"], "").code, Some(0));
    assert_eq!(terminal.run(&["profiles", "restore"], "").code, Some(0));
    assert_eq!(text(), FILE);

    let elsewhere = terminal.home.path().join("elsewhere.cfg");
    let place = elsewhere.to_str().unwrap();
    assert_eq!(terminal.run(&["publish", "Sales", "--profile", "x", "--yes", "--config-file", place], "").code, Some(0));
    assert!(fs::read_to_string(&elsewhere).unwrap().starts_with("[x]\n"));
    assert_eq!(terminal.run(&["unpublish", "Sales", "--yes", "--config-file", place], "").code, Some(0));
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "");
    assert_eq!(terminal.run(&["unpublish", "Sales", "--yes"], "").code, Some(2));
    assert_eq!(text(), FILE);
}

#[test]
fn secrets_leave_the_file_in_a_terminal() {
    let terminal = Terminal::new();
    put(&terminal.path(), &format!("[a]\nhost = {HOST}\ntoken = {TOKEN}\n"));
    let listed = terminal.run(&["profiles"], "");
    assert!(listed.stdout.contains("token") && !listed.stdout.contains(TOKEN), "{listed:?}");
    let moved = terminal.run(&["profiles", "move-secrets", "a", "--yes"], "");
    assert_eq!(moved.code, Some(0), "{moved:?}");
    for (path, bytes) in terminal.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(TOKEN), "{}", path.display());
    }
}

/// Killed at any moment, the file is the old one or the new one, and the next change goes through.
#[test]
fn a_publication_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let terminal = Terminal::new();
    let new = {
        put(&terminal.path(), FILE);
        let done = terminal.run(&["publish", "Sales", "--yes"], "");
        assert_eq!(done.code, Some(0), "{done:?}");
        (fs::read_to_string(terminal.path()).unwrap(), done.took)
    };
    let (new, took) = new;
    for step in 0..24 {
        put(&terminal.path(), FILE);
        let mut child = terminal.command(&["publish", "Sales", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * step / 20);
        let _ = child.kill();
        let _ = child.wait();
        let left = fs::read_to_string(terminal.path()).unwrap();
        assert!(left == FILE || left == new, "after step {step}: {left}");
    }
    put(&terminal.path(), FILE);
    assert_eq!(terminal.run(&["publish", "Sales", "--yes"], "").code, Some(0));
    assert_eq!(fs::read_to_string(terminal.path()).unwrap(), new);
}

#[test]
fn the_diff_of_a_plan_shows_added_and_removed_lines() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    let plan = desk.plan(Command::PlanPublish { run: RUN, id: connection.id, profile: "sales".into() }).unwrap();
    let count = |kind| plan.diff.iter().filter(|line| line.kind == kind).count();
    assert_eq!((count(DiffKind::Added), count(DiffKind::Removed)), (4, 2), "{:?}", plan.diff);
    assert_eq!(plan.connection, Some(connection.id));
}
