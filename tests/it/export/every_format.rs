//! Promises about all formats of the registry, through the engine and the command line.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};

use brickpass_core::{
    connection::{AuthKind, ConnectionId},
    failure::Code,
};
use brickpass_engine::ExportRequest;
use brickpass_interchange::{
    export::FORMATS,
    format::{Answers, Document, FieldKind, Format, Pick},
};
use secrecy::ExposeSecret as _;

use super::{LIMIT, PATH, desk::Desk};
use crate::support::{Finished, Home, run};

const CANARY: &str = "dapicanary0123456789abcdef";

/// Everything filled in, once with each choice of each field.
fn fillings(format: &Format) -> Vec<Answers> {
    let usual = |field: &brickpass_interchange::format::Field| match field.kind {
        FieldKind::Choice(choices) => choices[0].0.to_owned(),
        FieldKind::Flag => "yes".to_owned(),
        // The example in its help: the last word of it.
        FieldKind::Lines => field.hint.split_once(": ").unwrap().1.split(". ").next().unwrap().to_owned(),
        FieldKind::Pick(Pick::HttpPath) => PATH.to_owned(),
        FieldKind::Pick(Pick::Cluster) => "0101-120000-abcd1234".to_owned(),
        FieldKind::Pick(Pick::NodeType) => "Standard_D4ds_v5".to_owned(),
        FieldKind::Pick(Pick::RuntimeVersion) => "15.4.x-scala2.12".to_owned(),
        FieldKind::Pick(_) => "main".to_owned(),
        FieldKind::Text if field.id == "log_destination" => "dbfs:/cluster-logs".to_owned(),
        FieldKind::Text if field.default.is_empty() => "main".to_owned(),
        FieldKind::Text => field.default.to_owned(),
    };
    let mut base = Answers::default();
    for field in format.fields {
        base.set(field.id, usual(field));
    }
    format.forms(&base)
}

fn texts(document: &Document) -> String {
    document.files.iter().map(|file| file.text.expose_secret()).collect()
}

#[test]
fn ex_21_no_export_of_any_format_holds_a_secret_unless_asked() {
    let mut desk = Desk::new();
    let kinds = [AuthKind::PersonalAccessToken, AuthKind::ServicePrincipal, AuthKind::Browser];
    let connections = kinds.map(|auth| desk.add(auth.word(), auth, super::URL, CANARY));
    let (mut made, mut with_secret) = (0, 0);
    for format in FORMATS {
        let mut ever = 0;
        for (connection, answers) in
            connections.iter().flat_map(|connection| fillings(format).into_iter().map(move |answers| (connection, answers)))
        {
            match desk.export(connection.id, format, &answers, false) {
                Ok(document) => {
                    assert!(!texts(&document).contains("canary") && !document.contains_secret, "{}", format.id);
                    assert!(!format!("{document:?}").contains("canary") && !document.next.is_empty() && !document.files.is_empty());
                    assert_eq!(document.format, format.id);
                    (made, ever) = (made + 1, ever + 1);
                }
                Err(failure) => assert!(!failure.fix.is_empty() && !failure.to_string().contains("canary"), "{}: {failure}", format.id),
            }
            match desk.export(connection.id, format, &answers, true) {
                // It says so when it does, and a sign-in of a person never does.
                Ok(document) => {
                    let holds = texts(&document).contains(CANARY);
                    assert!(!holds || (document.contains_secret && format.takes_secret.is_some()), "{}", format.id);
                    assert!(connection.auth.kind() != AuthKind::Browser || format.takes_secret.is_none(), "{}", format.id);
                    with_secret += usize::from(holds);
                }
                Err(failure) => assert!(!failure.to_string().contains("canary"), "{}: {failure}", format.id),
            }
        }
        assert!(ever > 0, "{} was never made", format.id);
    }
    println!("{} formats: {made} exports without a secret, {with_secret} with one", FORMATS.len());
    assert!(with_secret > 10);
}

#[test]
fn ex_26_one_way_to_sign_in_is_exported() {
    let mut desk = Desk::new();
    let token = desk.add("token", AuthKind::PersonalAccessToken, super::URL, CANARY);
    let principal = desk.add("principal", AuthKind::ServicePrincipal, super::URL, CANARY);
    for format in
        ["databrickscfg", "env-sh", "env-fish", "env-powershell", "env-cmd", "dotenv", "env-docker", "terraform", "jdbc", "odbc", "dbt"]
    {
        let format = brickpass_interchange::export::find(format).unwrap();
        for (connection, others) in [(&token, ["client_id", "client_secret"]), (&principal, ["pwd", "token="])] {
            for answers in fillings(format) {
                let Ok(document) = desk.export(connection.id, format, &answers, true) else { continue };
                // What unsets the others names them, and so does nothing else.
                let set =
                    |line: &&str| !["unset", "set -e ", "remove-item"].iter().any(|word| line.starts_with(word)) && !line.ends_with("=\"");
                let text = texts(&document).to_lowercase().replace("databricks_token=", "token=").replace(" = ", "=");
                let text: String = text.lines().filter(set).collect();
                assert!(text.contains(CANARY), "{}", format.id);
                for other in others {
                    assert!(!text.contains(other), "{} of {}: {other} in {text}", format.id, connection.name.as_str());
                }
            }
        }
    }
}

#[test]
fn sg_21_an_export_keeps_the_scopes_of_a_service_principal_or_says_that_it_cannot() {
    let mut desk = Desk::new();
    let limited = desk.add_limited("limited", "sql", super::URL, CANARY);
    let unlimited = desk.add("unlimited", AuthKind::ServicePrincipal, super::URL, CANARY);
    let says_so = |document: &Document| document.notes.iter().any(|note| note.contains("cannot contain scopes"));
    let (mut kept, mut lost) = (BTreeSet::new(), BTreeSet::new());
    for format in FORMATS.iter().filter(|format| brickpass_interchange::export::of_all(format).is_none()) {
        for (answers, secret) in fillings(format).iter().flat_map(|answers| [(answers, false), (answers, true)]) {
            let Ok(document) = desk.export(limited.id, format, answers, secret) else { continue };
            let text = texts(&document);
            let scoped = text.contains("Auth_Scope=sql") || text.contains("scopes = sql");
            assert_eq!(says_so(&document), text.contains(super::CLIENT_ID) && !scoped, "{}: {:?}", format.id, document.notes);
            kept.extend(scoped.then_some(format.id));
            lost.extend(says_so(&document).then_some(format.id));
            if let Ok(document) = desk.export(unlimited.id, format, answers, secret) {
                assert!(!says_so(&document), "{}: nothing is lost", format.id);
            }
        }
    }
    assert_eq!(kept, BTreeSet::from(["databrickscfg", "odbc"]));
    assert!(lost.contains("jdbc") && lost.contains("dbt") && lost.contains("env-sh"), "{lost:?}");
}

#[test]
fn ex_22_an_unconfirmed_address_and_a_lost_secret_are_told() {
    let mut desk = Desk::new();
    let sh = brickpass_interchange::export::find("env-sh").unwrap();
    let by_default = Answers::default();

    // Into another tool no secret goes for an address that nobody confirmed; a reference to it does.
    let elsewhere = desk.add_unconfirmed("elsewhere", "https://workspace.example.net", CANARY);
    let refused = desk.export(elsewhere, sh, &by_default, true).unwrap_err();
    assert!(refused.what.contains("https://workspace.example.net") && refused.why.contains("it has not been confirmed"), "{refused}");
    assert!(refused.fix.contains("confirm it in the form") && !refused.to_string().contains("canary"), "{refused}");
    let without = desk.export(elsewhere, sh, &by_default, false).unwrap();
    assert!(!without.contains_secret && !texts(&without).contains("canary"));

    // A secret that is no longer in the vault is missed where it is wanted, and nowhere else.
    for auth in [AuthKind::PersonalAccessToken, AuthKind::ServicePrincipal] {
        let lost = desk.add(auth.word(), auth, super::URL, CANARY).id;
        assert!(texts(&desk.export(lost, sh, &by_default, true).unwrap()).contains(CANARY));
        desk.lose_secret_of(lost, auth);
        let missed = desk.export(lost, sh, &by_default, true).unwrap_err();
        assert_eq!(missed.code, Code::NoSecret, "{missed}");
        assert!(missed.why.contains("None is stored") && missed.fix.contains("Enter it in the form"), "{missed}");
        let without = desk.export(lost, sh, &by_default, false);
        assert!(without.is_ok_and(|document| !document.contains_secret));
    }
    assert_eq!(desk.export(ConnectionId::random(), sh, &by_default, true).unwrap_err().code, Code::NoSuchConnection);
}

#[test]
fn ex_21_what_a_format_does_not_know_is_told_and_nothing_is_made() {
    let mut desk = Desk::new();
    let connection = desk.add("token", AuthKind::PersonalAccessToken, super::URL, CANARY);
    let sh = brickpass_interchange::export::find("env-sh").unwrap();
    let unknown = ExportRequest { format: "nothing".to_owned(), answers: Answers::default(), include_secret: false };
    assert_eq!(desk.exported(connection.id, unknown).unwrap_err().code, Code::InvalidInput);
    let mut wrong = Answers::default();
    wrong.set("by", "magic");
    assert!(desk.export(connection.id, sh, &wrong, false).unwrap_err().why.contains("token, profile"));
    let mut wrong = Answers::default();
    wrong.set("colour", "red");
    assert!(desk.export(connection.id, sh, &wrong, false).unwrap_err().what.contains("colour"));
}

struct Terminal {
    home: Home,
}

impl Terminal {
    fn new() -> Self {
        let terminal = Self { home: Home::new() };
        let added = terminal.run(&["add", "Sales", "--base-url", super::URL, "--token-stdin"], &format!("{CANARY}\n"));
        assert_eq!(added.code, Some(0), "{added:?}");
        terminal
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Finished {
        let mut command = self.home.brickpass(arguments);
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse");
        run(&mut command, stdin.as_bytes(), LIMIT)
    }
}

#[test]
fn ex_22_a_file_with_a_secret_is_private_warned_about_and_kept_out_of_git() {
    let terminal = Terminal::new();
    let folder = terminal.home.path().join("repository");
    fs::create_dir_all(folder.join(".git")).unwrap();
    let with = ["export", "sales", "--format", "env-sh", "--include-secrets", "-o"];
    let inside = folder.join("e.sh");
    let refused = terminal.run(&[&with[..], &[inside.to_str().unwrap()]].concat(), "");
    assert!(refused.code == Some(1) && refused.stderr.contains("--in-work-tree") && !inside.exists(), "{refused:?}");
    let consented = terminal.run(&[&with[..], &[inside.to_str().unwrap(), "--in-work-tree"]].concat(), "");
    assert_eq!(consented.code, Some(0), "{consented:?}");

    let outside = terminal.home.path().join("e.sh");
    let written = terminal.run(&[&with[..], &[outside.to_str().unwrap()]].concat(), "");
    assert!(
        written.code == Some(0) && written.stderr.contains("Anyone who can read it can sign in") && written.stdout.is_empty(),
        "{written:?}"
    );
    assert_eq!(fs::metadata(&outside).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(&outside).unwrap().contains(CANARY) && !written.stderr.contains(CANARY));
    let again = terminal.run(&[&with[..], &[outside.to_str().unwrap()]].concat(), "");
    assert!(again.code == Some(1) && again.stderr.contains("already exists"), "{again:?}");

    let activity = terminal.run(&["activity", "--json"], "").json();
    let actions: Vec<_> =
        activity["activity"].as_array().unwrap().iter().map(|entry| (entry["what"].clone(), entry["detail"].clone())).collect();
    assert!(
        actions.contains(&("exported".into(), "env-sh".into())) && actions.contains(&("export-saved".into(), "env-sh".into())),
        "{actions:?}"
    );
    assert!(!activity.to_string().contains("canary"));
}

#[test]
fn ex_21_the_command_line_prints_an_export_and_what_each_format_asks_for() {
    let terminal = Terminal::new();
    let printed = terminal.run(&["export", "Sales", "--format", "env-sh"], "");
    assert!(printed.stdout.contains("$(brickpass token 'Sales')") && !printed.stdout.contains(CANARY), "{printed:?}");
    let secret = terminal.run(&["export", "Sales", "--format", "env-sh", "--include-secrets"], "");
    assert!(secret.stdout.contains(CANARY) && secret.stderr.contains("It contains the connection's secret"), "{secret:?}");
    let several = terminal.run(&["export", "Sales", "--format", "terraform", "--set", "by=variables", "--json"], "").json();
    assert_eq!(several["files"].as_array().unwrap().len(), 2);
    let folder = terminal.home.path().join("tf");
    let saved = terminal.run(&["export", "Sales", "-f", "terraform", "--set", "by=variables", "-o", folder.to_str().unwrap()], "");
    assert!(saved.code == Some(0) && folder.join("databricks.tf").is_file(), "{saved:?}");
    let missing = terminal.run(&["export", "Sales", "--format", "dbt"], "");
    assert!(missing.code == Some(2) && missing.stderr.contains("HTTP path"), "{missing:?}");

    let formats = terminal.run(&["export", "--formats", "--json"], "").json();
    let told = formats["formats"].as_array().unwrap();
    assert_eq!(told.len(), FORMATS.len());
    let jdbc = told.iter().find(|format| format["format"] == "jdbc").unwrap();
    assert!(jdbc["fields"].as_array().unwrap().iter().any(|field| field["field"] == "http_path" && field["required"] == true));
    let table = terminal.run(&["export", "--formats"], "").stdout;
    assert!(FORMATS.iter().all(|format| table.contains(format.id)), "{table}");
}
