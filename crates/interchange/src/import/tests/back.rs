//! There and back: what was exported is read again.

use super::*;

/// The formats that hold a connection, as the kind that reads them again.
const BACK: [(&str, Kind); 11] = [
    ("env-sh", Kind::Environment),
    ("env-fish", Kind::Environment),
    ("env-powershell", Kind::Environment),
    ("env-cmd", Kind::Environment),
    ("dotenv", Kind::Environment),
    ("env-docker", Kind::Environment),
    ("terraform", Kind::Tfvars),
    ("jdbc", Kind::Jdbc),
    ("odbc", Kind::Odbc),
    ("dbt", Kind::Dbt),
    ("sqlalchemy", Kind::Airflow),
];

fn answers() -> Answers {
    let mut answers = Answers::default();
    for (field, value) in
        [("http_path", "/sql/1.0/warehouses/abc123def4567890"), ("schema", "sales"), ("by", "variables"), ("form", "string")]
    {
        answers.set(field, value);
    }
    answers
}

/// The connection again, from whichever of the files holds it.
fn back(format: &str, kind: Kind, connection: &Connection, secret: Option<&SecretString>) -> Option<FoundConnection> {
    let subject = Subject { connection, secret, profile: "sales", helper: "/usr/bin/brickpass-credential" };
    let document = (export::find(format)?.make)(&subject, &answers()).ok()?;
    let mut read = Vec::new();
    for file in &document.files {
        let bytes = file.text.expose_secret().as_bytes();
        if let Ok(found) = super::read(kind, bytes) {
            assert_eq!(guess(Some(&file.name), bytes), Some(kind), "{format}: {}", file.name);
            read.extend(found.connections.into_iter().filter(|made| made.refused.is_none()));
        }
    }
    read.pop()
}

fn connection(auth: AuthKind, host: &str) -> Connection {
    let mut draft = brickpass_core::connection::Draft::new(brickpass_core::connection::ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    host.clone_into(&mut draft.base_url);
    draft.auth = auth;
    if auth == AuthKind::ServicePrincipal {
        "00000000-0000-0000-0000-000000000001".clone_into(&mut draft.client_id);
    }
    draft.review(&|_| false).result.unwrap().connection
}

#[test]
fn what_is_exported_is_read_again() {
    for (format, kind) in BACK {
        for (auth, secret) in [(AuthKind::PersonalAccessToken, PAT), (AuthKind::ServicePrincipal, "dose0123456789abcdef0123456789abcdef")] {
            let connection = connection(auth, HOST);
            let text = SecretString::from(secret.to_owned());
            let Some(made) = back(format, kind, &connection, Some(&text)) else {
                assert!(
                    auth == AuthKind::ServicePrincipal && ["sqlalchemy", "env-docker"].contains(&format),
                    "{format} {auth:?} is not read"
                );
                continue;
            };
            assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (HOST, auth), "{format}");
            assert_eq!(made.secret.as_ref().map(|(_, secret)| secret.expose_secret()), Some(secret), "{format} {auth:?}");
        }
    }
}

proptest! {
    #[test]
    fn hosts_and_secrets_survive_there_and_back(
        at in 0..BACK.len(),
        number in 100_000_u64..999_999_999,
        digit in 0..10_u8,
        secret in "[A-Za-z0-9_.~+/-]{12,60}",
        principal in any::<bool>(),
    ) {
        let (format, kind) = BACK[at];
        let host = format!("https://adb-{number}.{digit}.azuredatabricks.net");
        let auth = if principal { AuthKind::ServicePrincipal } else { AuthKind::PersonalAccessToken };
        let connection = connection(auth, &host);
        let text = SecretString::from(secret.clone());
        if let Some(made) = back(format, kind, &connection, Some(&text)) {
            prop_assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (host.as_str(), auth));
            prop_assert_eq!(made.secret.as_ref().map(|(_, secret)| secret.expose_secret()), Some(secret.as_str()));
            if principal {
                prop_assert_eq!(made.draft.client_id.as_str(), "00000000-0000-0000-0000-000000000001");
            }
        }
        // Without the secret nothing that looks like one comes back.
        if let Some(made) = back(format, kind, &connection, None) {
            prop_assert_eq!(made.draft.base_url.as_str(), host.as_str());
            prop_assert!(made.secret.is_none());
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0..Kind::ALL.len()) {
        let _ = read(Kind::ALL[at], &bytes);
        let _ = guess(None, &bytes);
    }

    #[test]
    fn no_text_of_their_own_signs_makes_a_reader_panic(
        text in "(jdbc:databricks://|databricks://|provider \"databricks\" \\{|\\[p\\]\n|host=|PWD=|\\{|\\}|\"|'|;|=|,|:|%|\\$\\{|<<E\n|&a |\\*a|- |\\{\\{|@|\\[|\\]|\n|\r\n| |a|é|\u{202E}|\\\\u00|#|/\\*){0,40}",
        at in 0..Kind::ALL.len(),
    ) {
        let _ = read(Kind::ALL[at], text.as_bytes());
        let _ = guess(None, text.as_bytes());
    }

    #[test]
    fn a_secret_is_in_no_error_and_in_no_debug(before in "[ -~\n]{0,30}", after in "[ -~\n]{0,30}", at in 0..Kind::ALL.len()) {
        let text = format!("{before}token={PAT}\nDATABRICKS_TOKEN={PAT};PWD={PAT}\n{{\"password\": \"{PAT}\"}}{after}");
        match read(Kind::ALL[at], text.as_bytes()) {
            Ok(found) => {
                // A table's column titles and an unreadable key are keys: what matters is that values stay out.
                let told: String = found.connections.iter().flat_map(|made| made.remarks.iter().chain(&made.refused)).cloned().collect();
                prop_assert!(!told.contains(PAT));
            }
            Err(failure) => {
                let told = format!("{failure:?}");
                prop_assert!(!told.contains(PAT));
            }
        }
    }
}

#[test]
fn the_list_of_all_connections_that_was_exported_comes_in_as_it_is() {
    let text = r#"{"connections":[{"name":"Sales","base_url":"https://adb-1234567890123456.7.azuredatabricks.net","auth_type":"pat","environment":"prod",
        "tags":["eu","nightly"],"description":"'=kept","timeout_seconds":45,"pinned":true},
        {"name":"Ops","base_url":"https://adb-2.2.azuredatabricks.net","auth_type":"service-principal","client_id":"c","timeout_seconds":30}]}"#;
    let found = super::read_as(None, None, text.as_bytes()).unwrap();
    assert_eq!(found.kind, Kind::Brickpass);
    let [sales, ops] = found.connections.as_slice() else { panic!("{}", found.connections.len()) };
    assert_eq!((sales.draft.name.as_str(), sales.draft.timeout.as_str(), sales.draft.description.as_str()), ("Sales", "45", "'=kept"));
    assert_eq!(sales.draft.tags, ["eu", "nightly"]);
    assert!(sales.secret.is_none() && ops.secret.is_none());
    assert_eq!((ops.draft.auth, ops.draft.client_id.as_str()), (AuthKind::ServicePrincipal, "c"));
    let pbids = r#"{"version":"0.1","connections":[{"details":{"protocol":"databricks-sql"}}]}"#;
    assert_eq!(super::guess(None, pbids.as_bytes()), Some(Kind::Pbids));
}

#[test]
fn each_plain_field_comes_back_out_of_the_list_of_all_connections() {
    let mut sales = connection(AuthKind::PersonalAccessToken, HOST);
    for (spec, text) in Field::plain() {
        *(text.kept.get_mut)(&mut sales) = format!("=its {}", spec.word);
    }
    for format in ["inventory-csv", "inventory-json"] {
        let subject = Subject { connection: &sales, secret: None, profile: "sales", helper: "/usr/bin/brickpass-credential" };
        let document = (export::find(format).unwrap().make)(&subject, &Answers::default()).unwrap();
        let file = &document.files[0];
        let found = super::read_as(None, Some(&file.name), file.text.expose_secret().as_bytes()).unwrap();
        for (spec, text) in Field::plain() {
            assert_eq!((text.typed.get)(&found.connections[0].draft), (text.kept.get)(&sales), "{format}: {:?}", spec.field);
        }
    }
}

/// What is exported without an address of its own, by the format and the words that say so.
const NO_ADDRESS: [(&str, &str); 9] = [
    ("exec", "a command of Brickpass, which names the connection"),
    ("secret-store", "a command that puts the token into a store"),
    ("sdk", "Python, Go and Java name a profile"),
    ("databricks-connect", "without the secret it names a profile"),
    ("terraform", "by a profile: the address is in .databrickscfg"),
    ("vscode", "the overrides beside the bundle name a profile"),
    ("kubernetes", "the secret beside the deployment holds the token alone"),
    ("bruno", "requests name variables, whose values are in the environment"),
    ("airflow", "a script for a store of secrets"),
];

/// Every choice of every field once, as far as it can be made.
fn choices(format: &crate::format::Format) -> Vec<Answers> {
    use crate::format::{FieldKind, Pick};
    let mut base = answers();
    for field in format.fields {
        let usual = match field.kind {
            FieldKind::Choice(choices) => choices[0].0,
            FieldKind::Pick(Pick::HttpPath) => "/sql/1.0/warehouses/abc123def4567890",
            FieldKind::Pick(Pick::Cluster) => "0101-120000-abcd1234",
            FieldKind::Pick(Pick::NodeType) => "Standard_D4ds_v5",
            FieldKind::Pick(Pick::RuntimeVersion) => "15.4.x-scala2.12",
            FieldKind::Flag | FieldKind::Lines => continue,
            FieldKind::Text if field.default.is_empty() && !field.required => continue,
            FieldKind::Text if !field.default.is_empty() => field.default,
            FieldKind::Text | FieldKind::Pick(_) => "main",
        };
        base.set(field.id, usual);
    }
    format.forms(&base)
}

#[test]
fn fl_12_whatever_is_exported_can_be_imported_without_naming_its_kind() {
    let mut without = std::collections::BTreeSet::new();
    let (mut made, mut back) = (0, 0);
    for format in export::FORMATS {
        for auth in [AuthKind::PersonalAccessToken, AuthKind::ServicePrincipal, AuthKind::Browser] {
            let connection = connection(auth, HOST);
            let secret =
                SecretString::from(if auth == AuthKind::PersonalAccessToken { PAT } else { "dose0123456789abcdef0123456789abcdef" });
            for secret in [None, Some(&secret)] {
                for answers in choices(format) {
                    let subject = Subject { connection: &connection, secret, profile: "sales", helper: "/usr/bin/brickpass-credential" };
                    let Ok(document) = (format.make)(&subject, &answers) else { continue };
                    made += 1;
                    let rows: Vec<FoundConnection> = document
                        .files
                        .iter()
                        .filter_map(|file| super::read_as(None, Some(&file.name), file.text.expose_secret().as_bytes()).ok())
                        .flat_map(|found| found.connections)
                        .filter(|row| row.refused.is_none())
                        .collect();
                    let names: Vec<&str> = document.files.iter().map(|file| file.name.as_str()).collect();
                    if rows.iter().any(|row| row.draft.base_url == HOST) {
                        back += 1;
                    } else {
                        let text: String = document.files.iter().map(|file| file.text.expose_secret()).collect();
                        assert!(
                            !text.contains("azuredatabricks.net"),
                            "{} {auth:?} {names:?} holds an address that is not read:\n{text}",
                            format.id
                        );
                        without.insert(format.id);
                    }
                    // A secret that was written comes back, unless the file has no connection with it.
                    let held = document
                        .files
                        .iter()
                        .any(|file| secret.is_some_and(|secret| file.text.expose_secret().contains(secret.expose_secret())));
                    let has_it = rows
                        .iter()
                        .any(|row| row.secret.as_ref().zip(secret).is_some_and(|((_, a), b)| a.expose_secret() == b.expose_secret()));
                    let apart = ["bruno", "kubernetes"].contains(&format.id);
                    assert!(!held || has_it || apart, "{} {auth:?} {names:?}: {rows:?}", format.id);
                }
            }
        }
    }
    assert!(made > 100 && back > 80, "{made} made, {back} read");
    for id in without {
        assert!(NO_ADDRESS.iter().any(|(known, _)| *known == id), "{id} holds no address, and nobody says why");
    }
}
