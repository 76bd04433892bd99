use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    connection::{AuthKind, Connection, LevelKind, SecretKind},
    interchange::{
        export,
        format::{Answers, Subject},
    },
};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const PAT: &str = "dapi0123456789abcdef0123456789abcdef";

fn found(kind: Kind, text: &str) -> Found {
    let found = read(kind, text.as_bytes()).unwrap();
    assert!(!format!("{found:?}").contains(PAT), "no secret in what may be logged");
    assert_eq!(guess(None, text.as_bytes()), Some(kind), "{text}");
    found
}

fn one(kind: Kind, text: &str) -> FoundConnection {
    let mut found = found(kind, text);
    assert_eq!(found.connections.len(), 1, "{text}");
    found.connections.remove(0)
}

fn secret(found: &FoundConnection) -> Option<(SecretKind, &str)> {
    found.secret.as_ref().map(|(kind, secret)| (*kind, secret.expose_secret()))
}

fn has_token(made: &FoundConnection) {
    assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (HOST, AuthKind::PersonalAccessToken));
    assert_eq!((secret(made), &made.refused), (Some((SecretKind::PersonalAccessToken, PAT)), &None));
}

fn keys(found: &Found) -> Vec<&str> {
    found.ignored.iter().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn im_01_an_archive_is_refused_by_its_first_bytes() {
    for archive in [&b"PK\x03\x04../../evil"[..], b"PK\x05\x06", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a"] {
        for kind in Kind::ALL {
            let failure = read(kind, archive).unwrap_err();
            assert!(failure.why.contains("does not open archives"), "{failure}");
        }
        assert_eq!(guess(Some("connections.csv"), archive), None);
        assert!(read_as(None, Some("a.zip"), archive).unwrap_err().why.contains("archive"));
    }
}

#[test]
fn im_02_a_masked_secret_of_a_linked_service_has_to_be_typed() {
    let text = format!(
        r#"{{"name":"LS_Databricks","properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":"{HOST}",
        "accessToken":{{"type":"SecureString","value":"**********"}},"existingClusterId":"0101-120000-abcd1234","encryptedCredential":"ey=="}}}}}}"#
    );
    let found = found(Kind::LinkedService, &text);
    let made = &found.connections[0];
    assert_eq!((made.place.as_str(), made.draft.base_url.as_str(), secret(made)), ("LS_Databricks", HOST, None));
    assert!(made.remarks.iter().any(|remark| remark.contains("masked")), "{:?}", made.remarks);
    assert_eq!(keys(&found), ["existingClusterId", "encryptedCredential"]);
}

#[test]
fn a_linked_service_is_found_in_all_its_wrappings() {
    let settings = format!(r#""typeProperties":{{"domain":"{HOST}","accessToken":{{"type":"SecureString","value":"{PAT}"}}}}"#);
    let properties = format!(r#"{{"type":"AzureDatabricks",{settings}}}"#);
    for text in [
        properties.clone(),
        format!(r#"{{"properties":{properties}}}"#),
        format!(r#"{{"name":"LS","properties":{properties}}}"#),
        format!(r#"{{"resources":[{{"type":"x","name":"[concat(parameters('factoryName'),'/LS')]","properties":{properties}}}]}}"#),
        format!(r#"{{"resources":{{"ls":{{"name":"factory/LS","properties":{properties}}}}}}}"#),
    ] {
        has_token(&one(Kind::LinkedService, &text));
    }
}

#[test]
fn a_linked_services_expressions_are_resolved_from_defaults_or_told() {
    let linked = |domain: &str, parameters: &str| {
        format!(
            r#"{{"name":"LS","properties":{{"type":"AzureDatabricks","parameters":{parameters},"typeProperties":{{"domain":"{domain}",
            "accessToken":{{"type":"AzureKeyVaultSecret","store":{{"referenceName":"LS_KeyVault"}},"secretName":"databricks-pat"}}}}}}}}"#
        )
    };
    let with_default = linked("@{linkedService().wsUrl}", &format!(r#"{{"wsUrl":{{"type":"String","defaultValue":"{HOST}"}}}}"#));
    let made = one(Kind::LinkedService, &with_default);
    assert_eq!((made.draft.base_url.as_str(), made.refused.as_deref()), (HOST, None));
    assert!(made.remarks[0].contains("Key Vault (LS_KeyVault) as databricks-pat"), "{:?}", made.remarks);
    let made = one(Kind::LinkedService, &linked("@linkedService().wsUrl", "{}"));
    assert!(made.refused.unwrap().contains("not written there"));
    let identity = linked(HOST, "{}").replace(r#""domain""#, r#""authentication":"MSI","domain""#);
    assert!(one(Kind::LinkedService, &identity).refused.unwrap().contains("managed identity"));
}

#[test]
fn im_04_workers_are_a_number_or_a_range() {
    let with = |workers: &str| {
        let text = format!(
            r#"{{"name":"LS","properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":"{HOST}","newClusterVersion":"15.4.x-scala2.12","newClusterNumOfWorker":{workers}}}}}}}"#
        );
        found(Kind::LinkedService, &text)
    };
    for (workers, words) in [(r#""1:10""#, "1 to 10 workers"), ("2", "2 workers"), (r#""3""#, "3 workers")] {
        let read = with(workers);
        assert_eq!(read.connections[0].refused, None);
        assert!(read.ignored.iter().any(|(key, why)| key == "newClusterNumOfWorker" && why.contains(words)), "{:?}", read.ignored);
    }
    for workers in [r#""a:b""#, r#""10:1""#, r#""1:2:3""#, "-1", "1.5", r#""99999999999""#] {
        assert!(with(workers).connections[0].refused.as_ref().unwrap().contains("neither a number nor a range"), "{workers}");
    }
}

#[test]
fn im_05_a_jdbc_url_is_read_by_an_allow_list() {
    let text = format!(
        "jdbc:databricks://adb-1234567890123456.7.azuredatabricks.net:443/default;transportMode=http;ssl=1;httpPath=/sql/1.0/warehouses/abc;\
         AuthMech=3;UID=token;PWD={PAT};krbJAASFile=/etc/evil.conf;SSLTrustStore=/tmp/evil.jks;http.header.X=1;LogPath=/etc;AllowSelfSignedCerts=1;Whatever=1"
    );
    let found = found(Kind::Jdbc, &text);
    has_token(&found.connections[0]);
    for key in ["krbJAASFile", "SSLTrustStore", "http.header.X", "LogPath", "AllowSelfSignedCerts", "Whatever", "httpPath"] {
        assert!(keys(&found).contains(&key), "{key}");
    }
    assert!(found.connections[0].remarks.iter().any(|remark| remark.starts_with("Insecure there: AllowSelfSignedCerts")));
    let debug = format!("{found:?}");
    assert!(!debug.contains("evil") && !debug.contains("/etc"), "no value is repeated");
}

#[test]
fn im_06_a_damaged_jdbc_url_is_an_error_with_its_place() {
    let failure = |parts: &str| read(Kind::Jdbc, format!("jdbc:databricks://h.azuredatabricks.net;{parts}").as_bytes()).unwrap_err();
    let twice = failure("AuthMech=3;authmech=11");
    assert!(twice.why.contains("column 52") && twice.why.contains("twice"), "{twice}");
    let no_sign = failure(&format!("AuthMech=3;{PAT}"));
    assert!(no_sign.why.contains("column 52") && no_sign.why.contains("no ="), "{no_sign}");
    assert!(!no_sign.to_string().contains(PAT));
    assert!(failure("=x").why.contains("no name"));
    assert!(read(Kind::Jdbc, b"jdbc:postgresql://h;a=b").is_err());
}

#[test]
fn jdbc_flows_become_ways_to_sign_in() {
    let make = |parts: &str| one(Kind::Jdbc, &format!("jdbc:databricks://adb-1234567890123456.7.azuredatabricks.net:443;{parts}"));
    let principal = make("AuthMech=11;Auth_Flow=1;OAuth2ClientId=00000000-0000-0000-0000-000000000001;OAuth2Secret=dose1");
    assert_eq!(secret(&principal), Some((SecretKind::ClientSecret, "dose1")));
    assert_eq!(principal.draft.client_id, "00000000-0000-0000-0000-000000000001");
    let browser = make("AuthMech=11;Auth_Flow=2;OAuth2RedirectUrlPort=8021");
    assert_eq!((browser.draft.auth, browser.draft.redirect_port.as_str()), (AuthKind::Browser, "8021"));
    for refused in ["AuthMech=11;Auth_Flow=3", "AuthMech=11;Auth_Flow=1;AzureTenantId=t", "AuthMech=3;UID=joe;PWD=x", "AuthMech=1"] {
        assert!(make(refused).refused.is_some(), "{refused}");
    }
    assert!(make("AuthMech=3;UID=token").remarks.iter().any(|remark| remark.contains("has to be typed")));
}

#[test]
fn odbc_sections_and_connection_strings_are_read() {
    let ini = format!(
        "[ODBC Data Sources]\nDatabricks=Simba\n\n[Databricks]\r\nDriver=/opt/simba/lib.so\r\nHost=adb-1234567890123456.7.azuredatabricks.net\r\n\
         Port=443\r\nHTTPPath=/sql/1.0/warehouses/abc\r\nAuthMech=3\r\nUID=token\r\nPWD={PAT}\r\n[Other]\nDriver=pg\nHost=db\n"
    );
    let found = found(Kind::Odbc, &ini);
    assert_eq!(found.connections[0].place, "Databricks");
    has_token(&found.connections[0]);
    assert!(keys(&found).contains(&"Other"));
    let string = format!(
        "Driver={{Simba Spark}};Host=adb-1234567890123456.7.azuredatabricks.net;Port=443;AuthMech=3;UID=token;PWD={{{PAT}}};Description={{a;b}}}}c}}"
    );
    has_token(&one(Kind::Odbc, &string));
    for (damaged, word) in
        [("Driver=x;Host=y;PWD={abc", "not closed"), ("Driver=x;Host=y;zzz", "no ="), ("Driver=x;driver=y;Host=z", "twice")]
    {
        let failure = read(Kind::Odbc, damaged.as_bytes()).unwrap_err();
        assert!(failure.why.contains(word) && failure.why.contains("column") && !failure.why.contains("abc"), "{failure}");
    }
}

#[test]
fn im_07_an_insecure_setting_is_flagged_and_not_taken_over() {
    let found = found(
        Kind::DatabricksCfg,
        &format!("[prod]\nhost = {HOST}\ntoken = {PAT}\nskip_verify = true\ncluster_id = 1-2-x\nrate_limit = 3\n"),
    );
    has_token(&found.connections[0]);
    assert!(found.connections[0].remarks[0].starts_with("Insecure there: skip_verify"), "{:?}", found.connections[0].remarks);
    assert_eq!(keys(&found), ["skip_verify", "cluster_id", "rate_limit"]);
}

#[test]
fn profiles_are_read_as_the_sdks_do() {
    let text = format!(
        "[__settings__]\ndefault_profile = a\n[a]\nhost = {HOST}\nauth_type = databricks-cli\ndatabricks_cli_path = /evil\n\
         [m2m]\nhost = {HOST}\nclient_id = 00000000-0000-0000-0000-000000000001\nclient_secret = dose1\n\
         [acc]\nhost = https://accounts.azuredatabricks.net\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\n\
         [two]\nhost = {HOST}\ntoken = {PAT}\nclient_id = x\nclient_secret = y\n\
         [az]\nhost = {HOST}\nazure_client_id = x\nazure_client_secret = y\nazure_tenant_id = z\n\
         [goo]\nhost = {HOST}\ngoogle_service_account = x@y\n[msi]\nhost = {HOST}\nauth_type = azure-msi\n[basic]\nhost = {HOST}\nusername = u\npassword = p\n\
         [nohost]\ntoken = {PAT}\n[stale]\nhost = {HOST}\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\ntoken = {PAT}\n"
    );
    let found = found(Kind::DatabricksCfg, &text);
    let get = |place: &str| found.connections.iter().find(|made| made.place == place).unwrap();
    assert_eq!(get("a").draft.auth, AuthKind::Browser);
    assert_eq!(secret(get("m2m")), Some((SecretKind::ClientSecret, "dose1")));
    assert_eq!(get("acc").draft.level, LevelKind::Account);
    assert_eq!((get("stale").draft.level, get("stale").draft.account_id.as_str()), (LevelKind::Workspace, ""));
    for (place, word) in [
        ("two", "More than one way"),
        ("az", "Entra ID"),
        ("goo", "Google"),
        ("msi", "Entra ID"),
        ("basic", "user name and password"),
        ("nohost", "names no address"),
    ] {
        assert!(get(place).refused.as_ref().unwrap().contains(word), "{place}: {:?}", get(place).refused);
    }
    assert!(found.connections.iter().all(|made| made.place != "__settings__"));
}

#[test]
fn im_08_an_environment_file_is_read_and_nothing_is_expanded_or_run() {
    for text in [
        format!("# why\r\nexport DATABRICKS_HOST='{HOST}'\r\nexport DATABRICKS_TOKEN=\"{PAT}\" # mine\r\nOTHER=x\r\n"),
        format!("DATABRICKS_HOST={HOST}\nDATABRICKS_TOKEN={PAT}\n"),
        format!("$env:DATABRICKS_HOST = '{HOST}'\n$env:DATABRICKS_TOKEN = '{PAT}'\n"),
        format!("set -gx DATABRICKS_HOST '{HOST}'\nset -gx DATABRICKS_TOKEN '{PAT}'\n"),
        format!("set \"DATABRICKS_HOST={HOST}\"\r\nset \"DATABRICKS_TOKEN={PAT}\"\r\n"),
        format!("DATABRICKS_SERVER_HOSTNAME={HOST}\nDATABRICKS_ACCESS_TOKEN={PAT}\n"),
    ] {
        has_token(&one(Kind::Environment, &text));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pwned");
    let made = one(Kind::Environment, &format!("DATABRICKS_HOST={HOST}\nDATABRICKS_TOKEN=\"$(touch {})\"\n", file.display()));
    assert_eq!(secret(&made), None);
    assert!(made.remarks.iter().any(|remark| remark.contains("nothing of that is run")), "{:?}", made.remarks);
    assert!(!file.exists());
    assert!(read(Kind::Environment, b"DATABRICKS_HOST='x\n").unwrap_err().why.contains("Line 1"));
}

#[test]
fn variables_without_a_workspace_make_no_connection() {
    let none = vec![("ARM_CLIENT_ID".to_owned(), SecretString::from("x".to_owned()))];
    assert!(read_variables(none).unwrap_err().why.contains("DATABRICKS_HOST"));
    let profile = vec![("DATABRICKS_CONFIG_PROFILE".to_owned(), SecretString::from("prod".to_owned()))];
    assert!(read_variables(profile).unwrap().connections[0].refused.as_ref().unwrap().contains(".databrickscfg"));
}

#[test]
fn terraform_gives_its_literals() {
    let found = found(
        Kind::Tfvars,
        &format!(
            "terraform {{\n  required_providers {{ databricks = {{ source = \"databricks/databricks\" }} }}\n}}\n# a\nprovider \"databricks\" {{\n  \
             alias = \"prod\"\n  host  = \"{HOST}\"\n  token = var.databricks_token\n}}\nprovider \"databricks\" {{\n  host = var.host\n}}\n\
             provider \"azurerm\" {{\n  host = \"x\"\n}}\n"
        ),
    );
    assert_eq!(found.connections.len(), 2);
    assert_eq!((found.connections[0].place.as_str(), found.connections[0].draft.base_url.as_str()), ("prod", HOST));
    assert!(found.connections[0].remarks.iter().any(|remark| remark.contains("expression of Terraform")));
    assert!(found.connections[1].refused.is_some());
    let made =
        one(Kind::Tfvars, &format!("databricks_host = \"{HOST}\" // x\nlocation = \"westeurope\"\n/* y */ databricks_token = \"{PAT}\"\n"));
    has_token(&made);
    let templated = one(Kind::Tfvars, "databricks_host = \"https://${var.name}.azuredatabricks.net\"\n");
    assert!(templated.refused.is_some());
    assert!(read(Kind::Tfvars, b"host = \"abc\n").unwrap_err().why.contains("line 1"));
}

#[test]
fn dbt_keeps_what_it_fills_in_as_something_to_type() {
    let text = "x: &defaults\n  type: databricks\n  host: adb-1234567890123456.7.azuredatabricks.net\n  http_path: /sql/1.0/warehouses/a\nshop:\n  target: dev\n  outputs:\n    \
                dev:\n      <<: *defaults\n      token: \"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\"\n    prod:\n      type: databricks\n      host: 'adb-1234567890123456.7.azuredatabricks.net'\n      \
                auth_type: oauth\n      client_id: 00000000-0000-0000-0000-000000000001\n      client_secret: dose1\n    pg:\n      type: postgres\n";
    let found = read(Kind::Dbt, text.as_bytes()).unwrap();
    assert_eq!(guess(Some("profiles.yml"), text.as_bytes()), Some(Kind::Dbt));
    let [dev, prod] = &found.connections[..] else { panic!("two targets") };
    assert_eq!((dev.place.as_str(), dev.draft.base_url.as_str(), secret(dev)), ("shop/dev", HOST, None));
    assert!(
        dev.remarks.iter().any(|remark| remark.contains("DBT_ENV_SECRET_TOKEN") && remark.contains("has to be typed")),
        "{:?}",
        dev.remarks
    );
    assert_eq!(secret(prod), Some((SecretKind::ClientSecret, "dose1")));
    assert!(keys(&found).contains(&"shop.pg"));
}

#[test]
fn yaml_bombs_are_not_multiplied() {
    let mut bomb = String::from("a0: &a0 {k: v}\n");
    for level in 1..30 {
        let parts = vec![format!("*a{}", level - 1); 10]
            .iter()
            .enumerate()
            .map(|(at, alias)| format!("k{at}: {alias}"))
            .collect::<Vec<_>>()
            .join(", ");
        bomb.extend([format!("a{level}: &a{level} {{{parts}}}\n")]);
    }
    bomb.push_str("p: {outputs: *a29}\n");
    assert!(read(Kind::Dbt, bomb.as_bytes()).is_err(), "no target of Databricks in it");
    let tower = (1..20_000).map(|level| format!("a{level}: &a{level} {{k: *a{}}}\n", level - 1)).collect::<Vec<_>>().concat();
    assert!(read(Kind::Dbt, format!("a0: &a0 {{k: v}}\n{tower}").as_bytes()).unwrap_err().why.contains("too deep"));
    assert!(read(Kind::Dbt, "[".repeat(100_000).as_bytes()).is_err());
    assert!(read(Kind::Dbt, "{a: ".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn airflow_json_exports_and_uris_are_read() {
    has_token(&one(
        Kind::Airflow,
        &format!(r#"{{"conn_type":"databricks","host":"{HOST}","login":"token","password":"{PAT}","extra":{{"http_path":"/sql"}}}}"#),
    ));
    has_token(&one(Kind::Airflow, &format!(r#"{{"db":{{"conn_type":"databricks","host":"{HOST}","extra":"{{\"token\":\"{PAT}\"}}"}}}}"#)));
    has_token(&one(Kind::Airflow, &format!("databricks://token:{PAT}@adb-1234567890123456.7.azuredatabricks.net?http_path=%2Fsql")));
    let principal = format!(
        r#"{{"conn_type":"databricks","host":"{HOST}","login":"00000000-0000-0000-0000-000000000001","password":"dose1","extra":{{"service_principal_oauth":true}}}}"#
    );
    assert_eq!(secret(&one(Kind::Airflow, &principal)), Some((SecretKind::ClientSecret, "dose1")));
    let azure = format!(r#"{{"conn_type":"databricks","host":"{HOST}","login":"x","password":"y","extra":{{"azure_tenant_id":"z"}}}}"#);
    assert!(one(Kind::Airflow, &azure).refused.is_some());
}

#[test]
fn pbids_postman_and_addresses_are_read() {
    let pbids = r#"{"version":"0.1","connections":[{"details":{"protocol":"databricks-sql","address":{"host":"adb-1234567890123456.7.azuredatabricks.net","path":"/sql/1.0/warehouses/a"}}}]}"#;
    let made = one(Kind::Pbids, pbids);
    assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (HOST, AuthKind::Browser));
    has_token(&one(
        Kind::Postman,
        &format!(
            r#"{{"name":"prod","values":[{{"key":"host","value":"{HOST}","enabled":true}},{{"key":"token","value":"{PAT}","type":"secret","enabled":true}}]}}"#
        ),
    ));
    let made = one(Kind::Address, &format!("{HOST}/?o=1234567890123456#job/1"));
    assert_eq!((made.draft.base_url.as_str(), made.draft.workspace_id.as_str()), (HOST, "1234567890123456"));
    assert!(one(Kind::Address, "https://user@evil.example/").refused.is_some());
}

#[test]
fn im_12_a_table_with_a_mark_semicolons_and_line_breaks_in_cells_is_read() {
    let text = format!(
        "\u{FEFF}name;base_url;auth_type;tags;description;token;status\r\n\"Sales; EU\";{HOST};pat;etl|bi;\"two\nlines\";{PAT};OK\r\n'=Evil;{HOST};browser;;;;\r\n"
    );
    let found = found(Kind::Csv, &text);
    let [sales, evil] = &found.connections[..] else { panic!("two rows") };
    has_token(sales);
    assert_eq!((sales.draft.name.as_str(), sales.draft.description.as_str(), sales.draft.tags.len()), ("Sales; EU", "two\nlines", 2));
    assert_eq!(evil.draft.name, "=Evil");
    assert_eq!(keys(&found), ["status"]);
    for (damaged, words) in [
        ("name,base_url\na\n", "Line 2 has 1 cells"),
        ("name,base_url\n\"a,b\n", "line 2, column 1 is never closed"),
        ("name,x\na,b\n", "no column with the address"),
        ("url,host\na,b\n", "Column 2 says the same"),
    ] {
        let failure = read(Kind::Csv, damaged.as_bytes()).unwrap_err();
        assert!(failure.why.contains(words), "{failure}");
    }
}

#[test]
fn utf_16_of_windows_powershell_is_read_and_other_bytes_are_told() {
    let text = format!("DATABRICKS_HOST={HOST}\r\nDATABRICKS_TOKEN={PAT}\r\n");
    let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    has_token(&read_as(None, None, &bytes).unwrap().connections[0]);
    assert!(read(Kind::Csv, b"name\0").unwrap_err().why.contains("not text"));
    assert!(read(Kind::Csv, &[0xC3, 0x28]).unwrap_err().why.contains("not text"));
    assert_eq!(read(Kind::Csv, &vec![b'x'; LARGEST + 1]).unwrap_err().code, Code::TooLarge);
    assert!(read(Kind::Brickpass, b"age-encryption.org/v1\n-> scrypt").unwrap_err().fix.contains("passphrase"));
}

#[test]
fn more_than_a_thousand_connections_are_too_many() {
    let rows = format!("{HOST}\n").repeat(MOST + 1);
    assert_eq!(read(Kind::Address, rows.as_bytes()).unwrap_err().code, Code::TooLarge);
}

include!("../../../tests/hostile_values.rs");

#[test]
fn hostile_values_neither_panic_nor_get_into_what_is_shown() {
    for (_, value) in hostile_values() {
        let value = value.as_str();
        let json = serde_json::to_string(value).unwrap();
        for (kind, text) in [
            (Kind::DatabricksCfg, format!("[p]\nhost = {value}\ntoken = {value}\n")),
            (Kind::Environment, format!("DATABRICKS_HOST={value}\nDATABRICKS_TOKEN='{value}'\n")),
            (Kind::Tfvars, format!("databricks_host = {json}\ndatabricks_token = {json}\n")),
            (Kind::Jdbc, format!("jdbc:databricks://{value};PWD={value}")),
            (Kind::Odbc, format!("Driver=x;Host={value};PWD={{{value}}}")),
            (Kind::Connect, format!("sc://{value}/;token={value}")),
            (Kind::Dbt, format!("{json}: {{outputs: {{{json}: {{type: databricks, host: {json}, token: {json}}}}}}}")),
            (
                Kind::LinkedService,
                format!(r#"{{"name":{json},"properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":{json},{json}:1}}}}}}"#),
            ),
            (Kind::Airflow, format!(r#"{{{json}:{{"conn_type":"databricks","host":{json},"password":{json}}}}}"#)),
            (Kind::Csv, format!("name,base_url,token\n{value},{value},{value}\n")),
        ] {
            let Ok(found) = read(kind, text.as_bytes()) else { continue };
            for made in &found.connections {
                let shown = [&made.place].into_iter().chain(&made.remarks).chain(&made.refused);
                for text in shown.chain(found.ignored.iter().flat_map(|(key, why)| [key, why])) {
                    assert!(!text.contains(['\u{202E}', '\u{1b}', '\n', '\r']), "{kind:?} {text:?}");
                }
            }
        }
    }
}

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
    let mut draft = crate::connection::Draft::new(crate::connection::ConnectionId::random());
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
fn a_url_of_spark_connect_gives_its_host_and_token_and_chooses_no_compute() {
    let url = "sc://adb-1234567890123456.7.azuredatabricks.net:443/;token=not%2Da%2Dtoken;x-databricks-cluster-id=0101-120000-abcd1234;use_ssl=true";
    let found = read_as(None, None, url.as_bytes()).unwrap();
    assert_eq!(found.kind, Kind::Connect);
    assert!(found.ignored.iter().any(|ignored| format!("{ignored:?}").contains("x-databricks-cluster-id")));
    let made = &found.connections[0];
    assert_eq!(made.draft.base_url, "https://adb-1234567890123456.7.azuredatabricks.net");
    assert_eq!(made.draft.auth, AuthKind::PersonalAccessToken);
    let none = read_as(None, None, b"SC://h.azuredatabricks.net").unwrap();
    assert_eq!(none.connections[0].draft.auth, AuthKind::Browser);
    for wrong in [
        "sc://h.azuredatabricks.net/;token",
        "sc://h.azuredatabricks.net/;=dapi1",
        "sc://h.azuredatabricks.net/;token=dapi1;token=dapi2",
        "sc://h/x;token=dapi1",
        "sc://h/;token=dapi%FF",
    ] {
        let failure = read_as(None, None, wrong.as_bytes()).unwrap_err();
        assert!(failure.why.contains("Line 1, column 1") && !format!("{failure:?}").contains("dapi"), "{failure:?}");
    }
}
