//! What a person pastes into the form: taken as meant, or refused with a reason; never sent to a look-alike.

use brickpass::connection::{
    AuthKind, BaseUrl, BaseUrlError, Caution, Cloud, ConnectionId, ConnectionName, Draft, Environment, EnvironmentKind, Field, HostKind,
    LevelKind, SecretKind, Severity, TypedSecret,
};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

fn origin(pasted: &str) -> String {
    BaseUrl::read(pasted).unwrap_or_else(|error| panic!("{pasted}: {error}")).base_url.origin()
}

fn refused(pasted: &str) -> BaseUrlError {
    match BaseUrl::read(pasted) {
        Ok(found) => panic!("{pasted} was taken as {}", found.base_url),
        Err(error) => error,
    }
}

fn form(name: &str, base_url: &str) -> Draft {
    let mut draft = Draft::new(ConnectionId::random());
    name.clone_into(&mut draft.name);
    base_url.clone_into(&mut draft.base_url);
    draft
}

const WORKSPACE: &str = "https://adb-1.2.azuredatabricks.net";

#[test]
fn hv_01_a_whole_browser_address_gives_the_origin_and_the_ids() {
    let found = BaseUrl::read("  https://adb-1.2.azuredatabricks.net/?o=123#x  ").unwrap();
    assert_eq!((found.base_url.origin().as_str(), found.workspace_id.as_deref()), (WORKSPACE, Some("123")));
    assert_eq!((found.base_url.cloud(), found.base_url.kind()), (Some(Cloud::Azure), HostKind::Workspace));

    let cluster = BaseUrl::read("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com/compute/clusters/0123-456789-abcdefgh?o=77").unwrap();
    assert_eq!((cluster.cluster_id.as_deref(), cluster.workspace_id.as_deref()), (Some("0123-456789-abcdefgh"), Some("77")));
    let warehouse = BaseUrl::read("dbc-a1b2c3d4-e5f6.cloud.databricks.com/sql/warehouses/0a1b2c3d4e5f6789?o=77").unwrap();
    assert_eq!(warehouse.warehouse_id.as_deref(), Some("0a1b2c3d4e5f6789"));
    let account = BaseUrl::read("https://acme.databricks.com/?a=12345678-90ab-cdef-1234-567890abcdef&w=5").unwrap();
    assert_eq!((account.account_id.as_deref(), account.workspace_id.as_deref()), (Some("12345678-90ab-cdef-1234-567890abcdef"), Some("5")));
    assert_eq!(BaseUrl::read("https://x.cloud.databricks.com/?o=notanumber").unwrap().workspace_id, None);
    assert_eq!(BaseUrl::read("https://x.cloud.databricks.com/?w=12345&o=99999").unwrap().workspace_id.as_deref(), Some("12345"));
    let from_host = BaseUrl::read("adb-1234567890123456.7.azuredatabricks.net").unwrap();
    assert_eq!(from_host.workspace_id.as_deref(), Some("1234567890123456"));
}

#[test]
fn hv_02_scheme_case_dot_and_default_port_make_no_difference() {
    for same in [
        "adb-1.2.azuredatabricks.net",
        "ADB-1.2.AzureDatabricks.NET",
        "https://adb-1.2.azuredatabricks.net.",
        "https://adb-1.2.azuredatabricks.net:443",
        "HTTPS://adb-1.2.azuredatabricks.net:443/",
        "adb-1.2.azuredatabricks.net:443/sql/editor",
        "https://adb-1.2.azuredatabricks.net./browse",
    ] {
        assert_eq!(origin(same), WORKSPACE, "{same}");
    }
}

#[test]
fn hv_03_what_surrounds_an_address_is_cleaned_with_a_notice() {
    for wrapped in [
        "\u{200B}https://adb-1.2.azuredatabricks.net\u{FEFF}",
        "https://adb-\u{200B}1.2.azuredatabricks.net",
        "\u{A0}https://adb-1.2.azuredatabricks.net\u{A0}",
        "\u{201C}https://adb-1.2.azuredatabricks.net\u{201D}",
        "<https://adb-1.2.azuredatabricks.net>,",
        "`https://adb-1.2.azuredatabricks.net`.",
    ] {
        let found = BaseUrl::read(wrapped).unwrap();
        assert_eq!(found.base_url.origin(), WORKSPACE, "{wrapped:?}");
        let nbsp_alone = wrapped.trim() == WORKSPACE;
        assert!(nbsp_alone || !found.notes.is_empty(), "{wrapped:?}");
    }
}

#[test]
fn hv_04_a_user_name_part_is_refused() {
    assert_eq!(refused("https://adb-1.2.azuredatabricks.net@evil.com"), BaseUrlError::UserName);
    assert_eq!(refused("https://adb-1.2.azuredatabricks.net:x@evil.com/"), BaseUrlError::UserName);
}

#[test]
fn hv_07_http_is_for_loopback_alone() {
    assert_eq!(refused("http://127.0.0.1.evil.com"), BaseUrlError::NotEncrypted);
    assert_eq!(refused("http://localhost.evil.com"), BaseUrlError::NotEncrypted);
    assert_eq!(refused("http://adb-1.2.azuredatabricks.net"), BaseUrlError::NotEncrypted);
    for local in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        let found = BaseUrl::read(local).unwrap().base_url;
        assert_eq!((found.origin().as_str(), found.kind(), found.cautions()), (local, HostKind::Loopback, vec![]));
    }
    for other in ["ftp://x.azuredatabricks.net", "javascript:alert(1)", "file:///etc/passwd"] {
        assert!(BaseUrl::read(other).is_err(), "{other}");
    }
}

#[test]
fn hv_10_a_look_alike_is_shown_as_the_network_spells_it_and_is_never_databricks() {
    let found = BaseUrl::read("https://\u{430}db-1.2.azuredatabricks.net").unwrap().base_url;
    assert!(found.host().starts_with("xn--"), "{found}");
    assert!(found.cautions().contains(&Caution::NotAscii));
    let review = form("A", "https://\u{430}db-1.2.azuredatabricks.net").review(&|_| false);
    assert!(review.result.is_none() && review.confirm_origin.is_some());

    for look_alike in [
        "https://adb-1.2.azuredatabricks.net.evil.com",
        "https://evilazuredatabricks.net",
        "https://cloud-databricks.com",
        "https://databricks.com.evil.org",
    ] {
        let found = BaseUrl::read(look_alike).unwrap().base_url;
        assert_eq!((found.kind(), found.cloud()), (HostKind::Custom, None), "{look_alike}");
        let mut draft = form("A", look_alike);
        assert!(draft.review(&|_| false).result.is_none(), "{look_alike} needs a confirmation");
        draft.confirmed_origin = draft.review(&|_| false).confirm_origin;
        assert!(draft.review(&|_| false).result.unwrap().connection.address_confirmed);
        draft.base_url = "https://another.evil.com".to_owned();
        assert!(draft.review(&|_| false).result.is_none(), "another address needs its own confirmation");
    }
}

#[test]
fn hv_12_backslashes_and_missing_hosts_are_refused() {
    assert_eq!(refused("https://host\\@evil.com"), BaseUrlError::Backslash);
    assert_eq!(refused("https:\\\\host.example.com"), BaseUrlError::Backslash);
    assert_eq!(refused("https:///host.example.com"), BaseUrlError::NoHost);
    assert_eq!(refused("https://"), BaseUrlError::NoHost);
    assert_eq!(refused("https://ho%2est.example.com"), BaseUrlError::EncodedHost);
    assert_eq!(refused("https://under_score.azuredatabricks.net"), BaseUrlError::Host("under_score.azuredatabricks.net".to_owned()));
    for numeric in ["https://169.254.169.254", "https://0.0.0.0", "https://2852039166", "https://0xA9FEA9FE", "https://[fd00:ec2::254]"] {
        assert_eq!(refused(numeric), BaseUrlError::NumericHost, "{numeric}");
    }
    assert_eq!(refused("intranet"), BaseUrlError::Incomplete);
}

#[test]
fn hv_13_ports_are_numbers_from_1_to_65535() {
    for port in ["0", "65536", "99999999999", "abc", "", "-1", "+1", "8443x"] {
        assert_eq!(refused(&format!("https://adb-1.2.azuredatabricks.net:{port}")), BaseUrlError::Port, "{port}");
    }
}

#[test]
fn hv_14_an_unusual_port_needs_a_confirmation() {
    let found = BaseUrl::read("https://adb-1.2.azuredatabricks.net:8443").unwrap().base_url;
    assert_eq!((found.cautions(), found.port()), (vec![Caution::UnusualPort(8443)], 8443));
    assert!(form("A", "https://adb-1.2.azuredatabricks.net:8443").review(&|_| false).result.is_none());
}

#[test]
fn hv_15_control_characters_inside_are_refused() {
    for inside in ["\n", "\t", "\0", "\r\n", " ", "\u{202E}"] {
        assert!(BaseUrl::read(&format!("https://adb-1.2{inside}.azuredatabricks.net")).is_err(), "{inside:?}");
    }
}

#[test]
fn hv_16_what_is_too_long_is_refused_before_it_is_read() {
    assert!(BaseUrl::read(&format!("https://{}.azuredatabricks.net", "a".repeat(64))).is_err());
    assert!(BaseUrl::read(&format!("https://{}.azuredatabricks.net", "a.".repeat(125))).is_err());
    let paste = "https://adb-1.2.azuredatabricks.net/".repeat(300_000);
    let began = std::time::Instant::now();
    assert_eq!(refused(&paste), BaseUrlError::TooLong);
    let mut draft = form("A", &paste);
    draft.accept_pasted();
    assert!(draft.review(&|_| false).result.is_none());
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(draft.base_url, paste, "what was typed is kept");
}

#[test]
fn hv_17_a_wrong_token_is_refused_without_being_repeated() {
    let mut draft = form("A", WORKSPACE);
    for (typed, fits) in [("Bearer dapi123", true), ("dapi 123", false), ("dapi1\n23", false), (WORKSPACE, false), (" dapi123\n", true)] {
        draft.secret = TypedSecret::from(typed);
        let review = draft.review(&|_| false);
        assert_eq!(review.result.is_some(), fits, "{typed:?}");
        assert!(review.remarks.iter().any(|remark| remark.field == Field::Secret), "{typed:?} goes unnoticed");
        assert!(!format!("{review:?}").contains("dapi1"), "the secret is repeated");
        if let Some((kind, secret)) = review.result.and_then(|result| result.secret) {
            assert_eq!((kind, secret.expose_secret()), (SecretKind::PersonalAccessToken, "dapi123"));
        }
    }
}

#[test]
fn hv_18_a_secret_in_the_wrong_field_is_pointed_out() {
    let hexadecimal = "0123456789abcdef".repeat(2);
    let mut draft = form("A", WORKSPACE);
    draft.secret = TypedSecret::from(format!("dose{hexadecimal}").as_str());
    assert_eq!(draft.review(&|_| false).worst(Field::Secret).unwrap().severity, Severity::Warning);
    draft.auth = AuthKind::ServicePrincipal;
    draft.client_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    assert!(draft.review(&|_| false).worst(Field::Secret).is_none());
    draft.secret = TypedSecret::from(format!("dapi{hexadecimal}").as_str());
    assert_eq!(draft.review(&|_| false).worst(Field::Secret).unwrap().severity, Severity::Warning);
}

#[test]
fn hv_22_a_client_id_is_trimmed_and_a_strange_one_is_pointed_out() {
    let mut draft = form("A", WORKSPACE);
    draft.auth = AuthKind::ServicePrincipal;
    for (typed, worst, kept) in [
        (" 12345678-90ab-cdef-1234-567890abcdef ", None, true),
        ("my-app", Some(Severity::Warning), true),
        ("", Some(Severity::Error), false),
        ("a b", Some(Severity::Error), false),
    ] {
        typed.clone_into(&mut draft.client_id);
        let review = draft.review(&|_| false);
        assert_eq!((review.worst(Field::ClientId).map(|remark| remark.severity), review.result.is_some()), (worst, kept), "{typed:?}");
    }
}

#[test]
fn hv_23_every_hostile_name_is_taken_as_it_is_or_refused_with_a_reason() {
    for (number, name) in crate::support::hostile_values() {
        let review = form(&name, WORKSPACE).review(&|_| false);
        match ConnectionName::parse(&name) {
            Ok(parsed) => {
                assert_eq!(parsed.as_str(), name.trim(), "V{number}");
                assert!(review.result.is_some(), "V{number}");
                let stem = parsed.file_stem();
                assert!(!stem.is_empty() && stem.len() <= 100 && !stem.starts_with('.'), "V{number}: {stem}");
                assert!(stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "V{number}: {stem}");
            }
            Err(error) => {
                assert!(review.result.is_none() && !review.worst(Field::Name).unwrap().text.is_empty(), "V{number}");
                assert!(error.to_string().chars().all(|c| !c.is_control()), "V{number}");
            }
        }
    }
}

#[test]
fn a_form_that_is_read_back_is_the_form_that_was_saved() {
    let mut draft = form("Ærlig Øl", "https://acme.databricks.com");
    draft.level = LevelKind::Account;
    draft.auth = AuthKind::ServicePrincipal;
    draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    draft.client_id = "22345678-90ab-cdef-1234-567890abcdef".to_owned();
    draft.environment = EnvironmentKind::Own;
    draft.own_environment = "staging".to_owned();
    draft.tags = vec!["a".to_owned(), "B".to_owned(), "b ".to_owned()];
    draft.folder = "/Sales// Nightly/".to_owned();
    draft.description = "two\r\nlines".to_owned();
    let connection = draft.review(&|_| false).result.unwrap().connection;
    assert_eq!((connection.tags.as_slice(), connection.folder.as_str()), (&["a".to_owned(), "B".to_owned()][..], "Sales/Nightly"));
    assert_eq!(connection.environment, Environment::Own("staging".to_owned()));
    let text = serde_json::to_string(&connection).unwrap();
    assert_eq!(serde_json::from_str::<brickpass::connection::Connection>(&text).unwrap(), connection);
    let again = Draft::from_connection(&connection);
    assert!(!again.differs_from(&connection));
    assert_eq!(again.review(&|_| false).result.unwrap().connection, connection);
}

#[test]
fn every_error_of_the_form_is_told_at_once() {
    let mut draft = form("", "");
    draft.timeout = "soon".to_owned();
    draft.auth = AuthKind::ServicePrincipal;
    let review = draft.review(&|_| false);
    for field in [Field::Name, Field::BaseUrl, Field::Timeout, Field::ClientId] {
        assert_eq!(review.worst(field).unwrap().severity, Severity::Error, "{field:?}");
    }
    let taken = form("sales", WORKSPACE).review(&|name| name.eq_ignore_ascii_case("Sales"));
    assert!(taken.result.is_none());
}

#[test]
fn the_level_and_the_address_must_fit_together() {
    let mut draft = form("A", "https://accounts.azuredatabricks.net");
    assert!(draft.review(&|_| false).result.is_none());
    draft.accept_pasted();
    assert_eq!(draft.level, LevelKind::Account);
    draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    assert_eq!(draft.review(&|_| false).worst(Field::Auth).unwrap().severity, Severity::Error, "no access tokens at the account level");
    draft.auth = AuthKind::Browser;
    assert!(draft.review(&|_| false).result.is_some());
}

proptest! {
    #[test]
    fn reading_an_origin_again_changes_nothing(pasted in "\\PC{0,60}|[a-z0-9.:/@%\\\\\\[\\]?#-]{0,60}|https://[a-z0-9.-]{1,40}(:[0-9]{1,5})?/[a-z?=&0-9]{0,20}") {
        if let Ok(found) = BaseUrl::read(&pasted) {
            let origin = found.base_url.origin();
            prop_assert_eq!(&BaseUrl::read(&origin).unwrap().base_url, &found.base_url);
            let joined = found.base_url.join("/api/2.0/x?a=b").to_string();
            prop_assert!(joined.strip_prefix(&origin).is_some_and(|rest| rest.starts_with("/api")));
            prop_assert!(origin.is_ascii());
        }
    }

    #[test]
    fn no_form_makes_it_panic(name in "\\PC*", base_url in "\\PC*", timeout in "\\PC*", secret in any::<String>(), tag in any::<String>(), description in any::<String>()) {
        let mut draft = form(&name, &base_url);
        draft.timeout = timeout;
        draft.secret = TypedSecret::from(secret.as_str());
        draft.tags = vec![tag.clone()];
        draft.folder = tag;
        draft.description = description;
        draft.accept_pasted();
        let _ = draft.review(&|_| false);
    }
}
