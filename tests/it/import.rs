//! Imports through the engine and the command line: previewed, chosen, saved, taken back; and backups that only a passphrase opens.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{Connection, ConnectionId, Draft, SecretKind},
    failure::{Code, Failure},
};
use brickpass_engine::{
    BackedUp, Backup, Chosen, Import, ImportId, ImportSource, ImportUndone, Imported, Places, Preview, ReadImport, RevealSecret, UndoImport,
};
use brickpass_storage::Library;
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{
    Home,
    desk::{self, World, by_token, form},
    hostile_values, run,
    terminal::{LIMIT, Terminal},
    traces,
};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
/// What is imported from there without a name of its own is called so.
const NAME: &str = "adb-1234567890123456.7.azuredatabricks.net";
const PAT: &str = "dapi0123456789abcdef0123456789abcdef";
const OTHER_PAT: &str = "dapi99999999999999999999999999999999";

/// So that this file can give its desk methods of its own.
struct Nothing;

impl World for Nothing {}

type Desk = desk::Desk<Nothing>;

impl Desk {
    fn new() -> Self {
        Self::with(|places| places)
    }

    fn with(change: impl FnOnce(Places) -> Places) -> Self {
        Self::start(Home::new(), Nothing, |home| change(desk::in_memory(home)))
    }

    fn read(&mut self, source: ImportSource) -> Result<Preview, Failure> {
        self.ask(ReadImport { source, only: Vec::new() })
    }

    fn paste(&mut self, text: &str) -> Result<Preview, Failure> {
        self.read(ImportSource::Text { text: SecretString::from(text.to_owned()), kind: None })
    }

    fn import(&mut self, chosen: Vec<Chosen>) -> (ImportId, Vec<ConnectionId>, Vec<(String, Failure)>) {
        let Imported { import, saved, failed } = self.ask(Import { chosen }).unwrap();
        (import, saved, failed.into_iter().map(|row| (row.name, row.failure)).collect())
    }

    fn undo(&mut self, import: ImportId) -> (Vec<ConnectionId>, Vec<ConnectionId>, Vec<(String, Failure)>) {
        let ImportUndone { removed, restored, failed } = self.ask(UndoImport { import }).unwrap();
        (removed, restored, failed)
    }

    fn secret(&mut self, id: ConnectionId) -> Option<String> {
        let revealed = self.ask(RevealSecret { id, kind: SecretKind::PersonalAccessToken }).unwrap();
        revealed.map(|secret| secret.expose_secret().to_owned())
    }

    fn keep(&mut self, name: &str, token: &str) -> Connection {
        self.save(form(name, |draft| {
            by_token(HOST, token)(draft);
            draft.tags = vec!["mine".to_owned()];
            "Kept".clone_into(&mut draft.folder);
        }))
    }

    fn list(&self) -> Vec<Connection> {
        self.entries().into_iter().map(|entry| entry.connection).collect()
    }

    fn backup(&mut self, to: &Path, passphrase: &str) -> Result<BackedUp, Failure> {
        self.ask(Backup { to: to.to_owned(), passphrase: SecretString::from(passphrase.to_owned()) })
    }
}

fn all(preview: Preview, replace: bool) -> Vec<Chosen> {
    let choose = |row: brickpass_engine::PreviewRow| {
        let replaces = row.existing.map(|existing| existing.id).filter(|_| replace);
        row.connection.map(|connection| Chosen { connection, replaces })
    };
    preview.rows.into_iter().filter_map(choose).collect()
}

fn env(host: &str, token: &str) -> String {
    format!("export DATABRICKS_HOST={host}\nexport DATABRICKS_TOKEN={token}\n")
}

#[test]
fn nothing_is_saved_before_it_is_chosen_and_then_the_secret_comes_along() {
    let mut desk = Desk::new();
    let preview = desk.paste(&env(HOST, PAT)).unwrap();
    assert!(preview.rows[0].with_secret && preview.rows[0].existing.is_none());
    assert!(!format!("{preview:?}").contains(PAT));
    assert!(desk.list().is_empty() && !desk.home.config_dir().join("connections.json").exists());

    let (_, saved, failed) = desk.import(all(preview, false));
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(desk.secret(saved[0]).as_deref(), Some(PAT));
    assert_eq!(desk.list()[0].id, saved[0]);
    let again = desk.paste(&env(HOST, PAT)).unwrap();
    assert_eq!(again.rows[0].existing.as_ref().map(|existing| existing.id), Some(saved[0]));
    for (path, content) in desk.home.files() {
        traces::none_in(&[("token", PAT)], &path.display().to_string(), &content);
    }
}

#[test]
fn im_09_an_address_alone_is_like_whatever_reaches_it() {
    let mut desk = Desk::new();
    let sales = desk.keep("Sales", OTHER_PAT);
    let pasted = desk.paste(&format!("{HOST}/browse/folders/12?o=1234567890123456")).unwrap();
    let existing = pasted.rows[0].existing.clone().expect("it is there already");
    assert_eq!((existing.id, existing.same), (sales.id, false));
    let elsewhere = desk.paste("https://adb-6543210987654321.7.azuredatabricks.net/").unwrap();
    assert!(elsewhere.rows[0].existing.is_none());
}

#[test]
fn im_09_what_is_replaced_keeps_its_place_and_comes_back() {
    let mut desk = Desk::new();
    let sales = desk.keep("Sales", OTHER_PAT);
    let preview = desk.paste(&env(HOST, PAT)).unwrap();
    assert_eq!(preview.rows[0].existing.as_ref().unwrap().id, sales.id);

    let (id, saved, failed) = desk.import(all(preview, true));
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(saved, [sales.id]);
    assert_eq!(desk.list(), std::slice::from_ref(&sales), "its name, folder and tags stay");
    assert_eq!(desk.secret(sales.id).as_deref(), Some(PAT));

    let (removed, restored, failed) = desk.undo(id);
    assert_eq!((removed, restored, failed.len()), (vec![], vec![sales.id], 0));
    assert_eq!(desk.list(), std::slice::from_ref(&sales));
    assert_eq!(desk.secret(sales.id).as_deref(), Some(OTHER_PAT));
    assert_eq!(desk.undo(id).2[0].1.code, Code::NotFound, "once");
}

#[test]
fn im_09_what_was_added_goes_again_but_not_when_somebody_has_worked_on_it() {
    let mut desk = Desk::new();
    let preview = desk.paste(&format!("{HOST}\nhttps://adb-2.2.azuredatabricks.net\n")).unwrap();
    let (id, saved, _) = desk.import(all(preview, false));
    assert_eq!(saved.len(), 2);
    let mut draft = Draft::from_connection(&desk.list()[0]);
    "Renamed".clone_into(&mut draft.name);
    desk.save(draft.review(&|_| false).result.unwrap());

    let (removed, _, failed) = desk.undo(id);
    assert_eq!((removed, failed[0].1.code), (vec![saved[1]], Code::Conflict));
    assert_eq!(desk.list().iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Renamed"]);
}

#[test]
fn an_import_of_many_keeps_the_backup_of_the_state_before() {
    let mut desk = Desk::new();
    desk.keep("Precious", OTHER_PAT);
    let text = (0..40).map(|at| format!("https://adb-{at}.2.azuredatabricks.net\n")).collect::<Vec<_>>().concat();
    let preview = desk.paste(&text).unwrap();
    let (_, saved, failed) = desk.import(all(preview, false));
    assert_eq!((saved.len(), failed.len(), desk.list().len()), (40, 0, 41));
    let library = Library::new(&desk.home.config_dir(), &desk.home.state_dir());
    let newest = library.backups().into_iter().next().unwrap();
    assert_eq!(library.restore_backup(&newest).unwrap().entries.len(), 1);
}

#[test]
fn each_row_fails_by_itself() {
    let mut desk = Desk::new();
    let preview = desk.paste("https://adb-1.2.azuredatabricks.net\nhttps://adb-2.2.azuredatabricks.net\n").unwrap();
    let mut chosen = all(preview, false);
    chosen[0].replaces = Some(ConnectionId::random());
    let (_, saved, failed) = desk.import(chosen);
    assert_eq!((saved.len(), failed[0].1.code), (1, Code::NoSuchConnection));
    assert_eq!(desk.list().len(), 1);
}

#[test]
fn an_unusual_address_comes_in_unconfirmed() {
    let mut desk = Desk::new();
    let preview = desk.paste(&env("https://databricks.evil.example", PAT)).unwrap();
    assert!(preview.rows[0].remarks.iter().any(|remark| remark.contains("confirm it")), "{:?}", preview.rows[0].remarks);
    desk.import(all(preview, false));
    assert!(!desk.list()[0].unconfirmed().is_empty());
}

#[cfg(unix)]
#[test]
fn im_11_a_large_file_a_pipe_and_a_device_are_refused_at_once() {
    let mut desk = Desk::new();
    let folder = desk.home.path().to_owned();
    let (large, pipe) = (folder.join("large"), folder.join("pipe"));
    fs::write(&large, vec![b'x'; 1024 * 1024 + 1]).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let began = Instant::now();
    for (path, code) in [
        (large.as_path(), Code::TooLarge),
        (&pipe, Code::FileUnreadable),
        (Path::new("/dev/zero"), Code::FileUnreadable),
        (&folder, Code::FileUnreadable),
        (&folder.join("missing"), Code::FileUnreadable),
    ] {
        let failure = desk.read(ImportSource::File { path: path.to_owned(), kind: None }).unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        let backup = ImportSource::Backup { path: path.to_owned(), passphrase: SecretString::from("x".to_owned()) };
        assert!(desk.read(backup).is_err());
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn im_01_an_archive_writes_nothing() {
    let mut desk = Desk::new();
    let before: Vec<_> = desk.home.files().into_iter().map(|(path, _)| path).collect();
    let zip = desk.home.path().join("evil.zip");
    fs::write(&zip, b"PK\x03\x04\x14\0\0\0\0\0../../../../tmp/evil").unwrap();
    let failure = desk.read(ImportSource::File { path: zip.clone(), kind: None }).unwrap_err();
    assert!(failure.why.contains("does not open archives"), "{failure}");
    let after: Vec<_> = desk.home.files().into_iter().map(|(path, _)| path).filter(|path| *path != zip).collect();
    assert_eq!(before, after);
}

#[test]
fn the_environment_comes_from_the_edge() {
    let variables = vec![
        ("DATABRICKS_HOST".to_owned(), SecretString::from(HOST.to_owned())),
        ("DATABRICKS_TOKEN".to_owned(), SecretString::from(PAT.to_owned())),
    ];
    let mut desk = Desk::with(|places| Places { variables, ..places });
    let preview = desk.read(ImportSource::Environment).unwrap();
    assert!(preview.rows[0].with_secret);
    assert!(Desk::new().read(ImportSource::Environment).unwrap_err().why.contains("DATABRICKS_HOST"));
}

#[test]
fn hostile_names_become_names_that_fit() {
    let mut desk = Desk::new();
    for (number, value) in hostile_values() {
        let name = serde_json::to_string(&value).unwrap();
        let text = format!(r#"{{"name":{name},"values":[{{"key":"host","value":"{HOST}"}},{{"key":"token","value":{name}}}]}}"#);
        let Ok(preview) = desk.paste(&text) else { continue };
        for row in &preview.rows {
            let Some(reviewed) = &row.connection else { continue };
            let name = reviewed.connection.name.as_str();
            assert_eq!(brickpass_core::connection::ConnectionName::parse(name).map(String::from), Ok(name.to_owned()), "V{number}");
        }
    }
}

#[test]
fn a_backup_brings_everything_back_where_there_is_nothing_and_overwrites_nothing_by_itself() {
    let mut desk = Desk::new();
    let sales = desk.keep("Sales", PAT);
    let file = desk.home.path().join("all.brickpass");
    let told = desk.backup(&file, "correct horse").unwrap();
    assert_eq!(told, BackedUp { connections: 1, with_secret: vec![sales.id], sign_ins: 0, left_out: Vec::new() });
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    traces::none_in(&[("token", PAT), ("host", "1234567890123456")], "the backup", &bytes);
    assert!(desk.backup(&file, "other horse").unwrap_err().what.contains("already exists"));
    assert!(desk.backup(&desk.home.path().join("b"), "").unwrap_err().why.contains("empty"));

    let source = |passphrase: &str| ImportSource::Backup { path: file.clone(), passphrase: SecretString::from(passphrase.to_owned()) };
    assert_eq!(desk.read(source("wrong")).unwrap_err().code, Code::WrongPassphrase);
    let mut other = Desk::new();
    let preview = other.read(source("correct horse")).unwrap();
    let (_, saved, failed) = other.import(all(preview, false));
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!((saved.as_slice(), other.list()), (&[sales.id][..], vec![sales.clone()]));
    assert_eq!(other.secret(sales.id).as_deref(), Some(PAT));

    // Once more: what is there is told, and left alone unless it is to be replaced.
    let preview = other.read(source("correct horse")).unwrap();
    assert_eq!(preview.rows[0].existing.as_ref().map(|existing| existing.id), Some(sales.id));
    let (_, saved, failed) = other.import(all(preview, true));
    assert_eq!((saved.as_slice(), failed.len(), other.list()), (&[sales.id][..], 0, vec![sales.clone()]), "with its name");
    let preview = other.read(source("correct horse")).unwrap();
    let (_, saved, _) = other.import(all(preview, false));
    assert_ne!(saved, [sales.id], "it stands beside the other");
    assert_eq!(other.list().len(), 2);

    let mut cut = bytes.clone();
    cut.truncate(bytes.len() - 1);
    fs::write(&file, cut).unwrap();
    assert!(desk.read(source("correct horse")).is_err());
}

#[test]
fn the_command_line_imports_backs_up_and_brings_back() {
    let desk = Terminal::with(());
    let text = env(HOST, PAT);
    let dry = desk.fed(&["import", "-", "--dry-run", "--json"], &text);
    assert_eq!(
        (dry.code, dry.json()["rows"][0]["status"].as_str(), dry.json()["rows"][0]["secret"].as_bool()),
        (Some(0), Some("added"), Some(true))
    );
    assert_eq!(desk.brickpass(&["list", "--json"]).json()["connections"].as_array().map(Vec::len), Some(0));

    let added = desk.fed(&["import", "-", "--kind", "env", "--folder", " EU / Sales "], &text);
    assert!(
        added.code == Some(0) && added.stdout.contains(&format!("Added {NAME}")) && added.stdout.contains("with its secret"),
        "{added:?}"
    );
    let skipped = desk.fed(&["import", "-", "--json"], &text);
    assert_eq!((skipped.code, skipped.json()["rows"][0]["status"].as_str()), (Some(1), Some("skipped")), "nothing was taken");
    let replaced = desk.fed(&["import", "-", "--replace"], &env(HOST, OTHER_PAT));
    assert!(replaced.stdout.contains(&format!("Replaced {NAME}")), "{replaced:?}");
    let shown = desk.brickpass(&["show", NAME, "--json"]).json();
    assert_eq!(shown["folder"], "EU/Sales");

    let file = desk.home.path().join("all.brickpass").display().to_string();
    let made = desk.fed(&["backup", &file, "--passphrase-stdin"], "battery staple\n");
    assert_eq!(made.code, Some(0), "{made:?}");
    let inventory = desk.home.path().join("list.json").display().to_string();
    assert_eq!(desk.brickpass(&["backup", &inventory, "--without-secrets"]).code, Some(0));
    traces::none_in(&[("token", OTHER_PAT)], "the list", &fs::read(&inventory).unwrap());

    let other = Terminal::with(());
    let back = other.fed(&["import", "--backup", &file, "--passphrase-stdin", "--json"], "battery staple\n");
    assert_eq!((back.code, back.json()["rows"][0]["status"].as_str()), (Some(0), Some("added")), "{back:?}");
    assert_eq!(other.brickpass(&["import", &inventory, "--json"]).json()["rows"][0]["status"], "skipped");
    let unknown = other.brickpass(&["import", &inventory, "--only", "nobody"]);
    assert_eq!(unknown.code, Some(3), "{unknown:?}");
    for run in [dry, added, skipped, replaced, made, back] {
        traces::none_in(
            &[("token", PAT), ("other token", OTHER_PAT)],
            "what was printed",
            format!("{}{}", run.stdout, run.stderr).as_bytes(),
        );
    }
}

#[test]
fn the_profiles_of_databricks_tools_are_imported_and_their_file_is_left_as_it_is() {
    let desk = Terminal::with(());
    let file = desk.home.path().join("profiles");
    let text = format!(
        "[prod]\nhost = {HOST}\ntoken = {PAT}\nskip_verify = true\n\n[az]\nhost = {HOST}\nauth_type = azure-cli\n[basic]\nhost = {HOST}\nusername = u\npassword = p\n"
    );
    fs::write(&file, &text).unwrap();
    let done = run(desk.command(&["import", "--databrickscfg", "--json"]).env("DATABRICKS_CONFIG_FILE", &file), b"", LIMIT);
    assert_eq!(done.code, Some(0), "{done:?}");
    let rows = done.json()["rows"].clone();
    let statuses = [0, 1, 2].map(|at| rows[at]["status"].as_str());
    assert_eq!(statuses, [Some("added"), Some("added"), Some("refused")], "{rows:#}");
    assert!(rows[1]["remarks"].to_string().contains("Microsoft Entra ID"), "{rows:#}");
    assert!(rows[0]["remarks"][0].as_str().unwrap().contains("skip_verify"), "{rows:#}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let only = desk.brickpass(&["import", "--databrickscfg", &file.display().to_string(), "--only", "basic"]);
    assert_eq!(only.code, Some(1), "nothing of what was asked for could be taken: {only:?}");
    traces::none_in(&[("token", PAT)], "what was printed", format!("{}{}", done.stdout, only.stderr).as_bytes());
}

#[test]
fn a_profile_that_was_published_is_not_imported_as_another_connection() {
    let desk = Terminal::with(());
    let file = desk.home.path().join("profiles").display().to_string();
    let added = desk.fed(&["add", "Sales EU", "--base-url", HOST, "--token-stdin"], &format!("{PAT}\n"));
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(desk.brickpass(&["publish", "Sales EU", "--profile", "prod", "--config-file", &file, "--yes"]).code, Some(0));
    let seen = desk.brickpass(&["import", "--databrickscfg", &file, "--dry-run", "--json"]).json();
    let row = &seen["rows"][0];
    assert_eq!((row["status"].as_str(), &row["remarks"][0]), (Some("skipped"), &"Published by Brickpass.".into()), "{seen:#}");
    assert!(row.to_string().contains("Sales EU"), "{row}");
    // Somebody has led it elsewhere since: that is another connection.
    let text = fs::read_to_string(&file).unwrap().replace(HOST, "https://adb-9999.9.azuredatabricks.net");
    fs::write(&file, text).unwrap();
    let seen = desk.brickpass(&["import", "--databrickscfg", &file, "--dry-run", "--json"]).json();
    assert_eq!(seen["rows"][0]["status"], "added", "{seen:#}");
}

#[test]
fn fl_13_every_message_about_a_file_names_the_file_and_the_line() {
    let desk = Terminal::with(());
    for (name, text, told) in [
        ("broken.yml", "targets:\n  a: [\n", "Line 3"),
        ("broken.json", "{\n  \"a\": x\n}", "line 2"),
        ("broken.env", "A=b\nDATABRICKS_TOKEN='x\n", "Line 2"),
        ("broken.csv", "name,base_url\na\n", "Line 2"),
        ("broken.databrickscfg", "[p]\nhost\n", "Line 2"),
        ("broken.tf", "provider \"databricks\" {\n  host = \"x\n}\n", "line 2"),
        ("empty.yml", "a: b\n", "Settings in JSON, YAML or TOML"),
    ] {
        let file = desk.home.path().join(name);
        fs::write(&file, text).unwrap();
        let path = file.display().to_string();
        let failed = desk.brickpass(&["import", &path]);
        assert!(failed.code == Some(2) || failed.code == Some(1), "{failed:?}");
        assert!(failed.stderr.contains(&path) && failed.stderr.contains(told), "{name}: {failed:?}");
    }
    let old = desk.home.path().join("old.databrickscfg");
    fs::write(&old, b"[p]\nhost = https://adb-1.2.azuredatabricks.net\n# caf\xE9\n").unwrap();
    let failed = desk.brickpass(&["import", "--databrickscfg", &old.display().to_string()]);
    assert!(
        failed.stderr.contains("old.databrickscfg") && failed.stderr.contains("line 3") && failed.stderr.contains("UTF-8"),
        "{failed:?}"
    );
}

#[test]
fn fl_07_the_command_line_takes_one_of_ten_thousand_profiles() {
    let desk = Terminal::with(());
    let file = desk.home.path().join("many").display().to_string();
    let text = (0..10_000)
        .map(|at| format!("[p{at}]\nhost = https://adb-{}.2.azuredatabricks.net\nauth_type = databricks-cli\n", at + 100))
        .collect::<Vec<_>>()
        .concat();
    fs::write(&file, text).unwrap();
    let added = desk.brickpass(&["import", "--databrickscfg", &file, "--only", "p5"]);
    assert!(added.code == Some(0) && added.stdout.contains("https://adb-105.2.azuredatabricks.net"), "{added:?}");
    let all = desk.brickpass(&["import", "--databrickscfg", &file]);
    assert!(all.code != Some(0) && all.stderr.contains("more than 1000") && all.stderr.contains("--only"), "{all:?}");
}

#[test]
fn fl_01_files_of_projects_come_in_by_the_command_line() {
    let desk = Terminal::with(());
    let at = |name: &str, text: &str| {
        let file = desk.home.path().join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let rows = |file: &str| desk.brickpass(&["import", file, "--dry-run", "--json"]).json();
    let bundle = rows(&at("databricks.yml", &format!("bundle: {{name: sales}}\ntargets:\n  dev: {{workspace: {{host: '{HOST}'}}}}\n")));
    assert_eq!((bundle["kind"].as_str(), bundle["rows"][0]["place"].as_str()), (Some("bundle"), Some("sales/dev")), "{bundle:#}");
    let lines = rows(&at("airflow.txt", &format!("databricks_default=databricks://token:{PAT}@{}\n", HOST.trim_start_matches("https://"))));
    assert_eq!((lines["kind"].as_str(), lines["rows"][0]["secret"].as_bool()), (Some("airflow"), Some(true)), "{lines:#}");
    let identity = rows(&at("az.databrickscfg", &format!("[az]\nhost = {HOST}\nauth_type = azure-cli\n")));
    let row = &identity["rows"][0];
    assert_eq!((row["status"].as_str(), row["secret"].as_bool()), (Some("added"), Some(false)), "{row:#}");
    assert!(row["remarks"][0].as_str().unwrap().contains("Microsoft Entra ID (azure-cli)"), "{row:#}");
    for seen in [bundle, lines, identity] {
        traces::none_in(&[("token", PAT)], "what was printed", seen.to_string().as_bytes());
    }
}
