//! What a person pastes into the form: taken as meant, or refused with a reason; never sent to a look-alike.

use brickpass_core::connection::{
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
        assert!(!found.notes.is_empty(), "{wrapped:?}");
    }
    assert!(BaseUrl::read(&format!("  {WORKSPACE}\n")).unwrap().notes.is_empty(), "plain spaces are nobody's business");
    assert!(BaseUrl::read("(https://adb-1.2.azuredatabricks.net)").is_ok());
}

#[test]
fn hv_04_a_user_name_part_is_refused() {
    assert_eq!(refused("https://adb-1.2.azuredatabricks.net@evil.com"), BaseUrlError::UserName);
    assert_eq!(refused("https://adb-1.2.azuredatabricks.net:x@evil.com/"), BaseUrlError::UserName);
}

#[test]
fn hv_07_http_is_for_loopback_alone() {
    for (insecure, fix) in [
        ("http://127.0.0.1.evil.com", "https://127.0.0.1.evil.com"),
        ("http://localhost.evil.com", "https://localhost.evil.com"),
        ("http://adb-1.2.azuredatabricks.net/?o=1", WORKSPACE),
        ("HTTP://adb-1.2.azuredatabricks.net:8443", "https://adb-1.2.azuredatabricks.net:8443"),
        ("http://10.0.0.5", "https://10.0.0.5"),
    ] {
        let error = refused(insecure);
        assert_eq!(error, BaseUrlError::NotEncrypted(fix.to_owned()), "{insecure}");
        assert!(error.to_string().contains(fix), "the fix stands in the text: {error}");
    }
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
fn hv_10_what_only_looks_like_databricks_is_never_mended_into_it() {
    for disguised in [
        "https://\u{FF41}db-1.2.azuredatabricks.net",
        "https://adb-1.2.azuredatabricks\u{3002}net",
        "https://adb-1\u{FF0E}2.azuredatabricks.net",
        "https://adb-1.2.azuredata\u{FE0F}bricks.net",
        "https://adb-1.2.azuredatabric\u{212A}s.net",
    ] {
        assert_eq!(refused(disguised), BaseUrlError::LookAlike, "{disguised:?}");
    }
    assert!(BaseUrl::read("https://adb-1.2.azuredatabricks.net\u{FF20}evil.com").is_err());
    assert!(BaseUrl::read("https://evil.com\u{FF0F}.azuredatabricks.net").is_err());

    let cyrillic = BaseUrl::read("https://\u{430}db-1.2.azuredatabricks.net").unwrap();
    assert_eq!((cyrillic.base_url.kind(), cyrillic.base_url.cloud(), cyrillic.workspace_id.as_deref()), (HostKind::Custom, None, None));
    assert!(cyrillic.notes.iter().any(|note| note.contains("alphabets")), "{:?}", cyrillic.notes);
    let spelled = BaseUrl::read(&cyrillic.base_url.origin()).unwrap().base_url;
    assert_eq!((spelled.cautions(), spelled.kind()), (cyrillic.base_url.cautions(), HostKind::Custom), "typed as xn-- it is no better");
    let shown = form("A", "https://\u{430}db-1.2.azuredatabricks.net").review(&|_| false);
    assert!(shown.worst(Field::BaseUrl).unwrap().text.contains("xn--"));
}

#[test]
fn the_table_of_hosts_is_the_sdks() {
    for (host, kind, cloud, id) in [
        ("adb-12.3.azuredatabricks.net", HostKind::Workspace, Some(Cloud::Azure), Some("12")),
        ("westeurope.azuredatabricks.net", HostKind::Workspace, Some(Cloud::Azure), None),
        ("adb-12.3.databricks.azure.us", HostKind::Workspace, Some(Cloud::Azure), Some("12")),
        ("adb-12.3.databricks.azure.cn", HostKind::Workspace, Some(Cloud::Azure), Some("12")),
        ("12.3.gcp.databricks.com", HostKind::Workspace, Some(Cloud::Gcp), Some("12")),
        ("dbc-a-b.cloud.databricks.com", HostKind::Workspace, Some(Cloud::Aws), None),
        ("x.cloud.databricks.us", HostKind::Workspace, Some(Cloud::Aws), None),
        ("x.cloud.databricks.mil", HostKind::Workspace, Some(Cloud::Aws), None),
        ("accounts.cloud.databricks.com", HostKind::AccountConsole, Some(Cloud::Aws), None),
        ("accounts-dod.cloud.databricks.us", HostKind::AccountConsole, Some(Cloud::Aws), None),
        ("accounts.azuredatabricks.net", HostKind::AccountConsole, Some(Cloud::Azure), None),
        ("accounts.gcp.databricks.com", HostKind::AccountConsole, Some(Cloud::Gcp), None),
        ("acme.databricks.com", HostKind::Unified, None, None),
        ("x.dev.databricks.com", HostKind::Custom, None, None),
        ("x.staging.cloud.databricks.com", HostKind::Custom, None, None),
        ("adb-1.2.staging.azuredatabricks.net", HostKind::Custom, None, None),
        ("x.dev.gcp.databricks.com", HostKind::Custom, None, None),
        ("databricks.example.com", HostKind::Custom, None, None),
    ] {
        let found = BaseUrl::read(host).unwrap();
        assert_eq!((found.base_url.kind(), found.base_url.cloud(), found.workspace_id.as_deref()), (kind, cloud, id), "{host}");
        assert_eq!(found.base_url.cautions().is_empty(), kind != HostKind::Custom, "{host}");
    }
    for site in
        ["www.databricks.com", "docs.databricks.com", "databricks.com", "cloud.databricks.com", "azuredatabricks.net", "gcp.databricks.com"]
    {
        assert_eq!(refused(site), BaseUrlError::NotAWorkspace(site.to_owned()));
    }
}

#[test]
fn pages_that_only_look_like_ids_are_not_taken_for_them() {
    for page in ["/compute/clusters/new?o=1", "/ml/endpoints/my-model?o=1", "/sql/warehouses/create"] {
        let found = BaseUrl::read(&format!("{WORKSPACE}{page}")).unwrap();
        assert_eq!((found.cluster_id, found.warehouse_id), (None, None), "{page}");
    }
    let old = BaseUrl::read(&format!("{WORKSPACE}/?o=7#setting/clusters/0706-123456-abc/configuration")).unwrap();
    assert_eq!((old.cluster_id.as_deref(), old.workspace_id.as_deref()), (Some("0706-123456-abc"), Some("7")));
}

#[test]
fn hv_12_backslashes_and_missing_hosts_are_refused() {
    assert_eq!(refused("https://host\\@evil.com"), BaseUrlError::Backslash);
    assert_eq!(refused("https:\\\\host.example.com"), BaseUrlError::Backslash);
    assert_eq!(refused("https:///host.example.com"), BaseUrlError::NoHost);
    assert_eq!(refused("https://"), BaseUrlError::NoHost);
    assert_eq!(refused("https://ho%2est.example.com"), BaseUrlError::EncodedHost);
    assert_eq!(refused("https://under_score.azuredatabricks.net"), BaseUrlError::Host("under_score.azuredatabricks.net".to_owned()));
    for numeric in [
        "https://169.254.169.254",
        "https://0.0.0.0",
        "https://2852039166",
        "https://0xA9FEA9FE",
        "https://[fd00:ec2::254]",
        "https://0251.0376.0251.0376",
        "https://[::ffff:169.254.169.254]",
        "https://[fe80::1]",
        "https://[::]",
        "https://255.255.255.255",
        "https://167772165",
        "https://0x7f.1",
        "https://2130706433",
        "http://2130706433:8080",
        "https://017700000001",
        "https://127.1",
        "https://127.0.1",
        "https://0177.0.0.1",
        "http://0x7f000001:4000",
        "https://\u{FF11}27.0.0.1",
    ] {
        assert_eq!(refused(numeric), BaseUrlError::NumericHost, "{numeric}");
    }
    assert_eq!(refused("intranet"), BaseUrlError::Incomplete);
    assert_eq!(refused("https:/adb-1.2.azuredatabricks.net"), BaseUrlError::Slashes("https".to_owned()));
    for plain in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://127.0.0.1.:8080"] {
        assert!(BaseUrl::read(plain).is_ok(), "{plain}");
    }
    let private = BaseUrl::read("https://10.0.0.5").unwrap().base_url;
    assert_eq!(private.cautions(), [Caution::NotDatabricks], "an address of one's own network needs a confirmation");
    assert!(form("A", "https://10.0.0.5").review(&|_| false).result.is_none());
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
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
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
    assert_eq!(draft.review(&|_| false).worst(Field::Secret).unwrap().severity, Severity::Error);
    draft.auth = AuthKind::ServicePrincipal;
    draft.client_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    assert!(draft.review(&|_| false).worst(Field::Secret).is_none());
    draft.secret = TypedSecret::from(format!("dapi{hexadecimal}").as_str());
    assert_eq!(draft.review(&|_| false).worst(Field::Secret).unwrap().severity, Severity::Error);
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
    for refused in [15, 17, 23, 24, 25, 27, 28, 29, 36, 38] {
        let (_, name) = crate::support::hostile_values().into_iter().find(|(number, _)| *number == refused).unwrap();
        assert!(ConnectionName::parse(&name).is_err(), "V{refused}");
    }
    for (number, name) in crate::support::hostile_values() {
        let review = form(&name, WORKSPACE).review(&|_| false);
        match ConnectionName::parse(&name) {
            Ok(parsed) => {
                assert_eq!(parsed.as_str(), name.trim(), "V{number}");
                assert!(review.result.is_some(), "V{number}");
                let stem = parsed.file_stem();
                assert!(!stem.is_empty() && stem.len() <= 80 && !stem.starts_with(['.', '-']) && !stem.contains(".."), "V{number}: {stem}");
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
    assert_eq!(serde_json::from_str::<brickpass_core::connection::Connection>(&text).unwrap(), connection);
    let again = Draft::from_connection(&connection);
    assert!(!again.differs_from(&connection));
    assert_eq!(again.review(&|_| false).result.unwrap().connection, connection);
}

#[test]
fn the_saved_form_is_readable_and_its_words_cannot_lie() {
    let mut draft = form("Sales", "https://adb-12.3.azuredatabricks.net/?o=12");
    draft.tags = vec!["eu".to_owned()];
    let connection = draft.review(&|_| false).result.unwrap().connection;
    let json = serde_json::to_value(&connection).unwrap();
    let expected = serde_json::json!({
        "id": connection.id.to_string(), "name": "Sales", "base_url": "https://adb-12.3.azuredatabricks.net", "workspace_id": "12",
        "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "not-set", "tags": ["eu"],
    });
    assert_eq!(json, expected);
    assert_eq!(connection.id.to_string().parse::<ConnectionId>().unwrap(), connection.id);
    let mut hostile = json;
    hostile["description"] = "two\nlines\u{202E}\u{1b}[31m".into();
    hostile["folder"] = "a\u{200B}b".into();
    hostile["tags"] = serde_json::json!(["x\u{2066}y"]);
    let read: brickpass_core::connection::Connection = serde_json::from_value(hostile).unwrap();
    assert_eq!((read.description.as_str(), read.folder.as_str(), read.tags[0].as_str()), ("two\nlines[31m", "ab", "xy"));
}

#[test]
fn an_unconfirmed_address_out_of_a_file_is_told() {
    let json = |url: &str| {
        serde_json::from_value::<brickpass_core::connection::Connection>(serde_json::json!({
            "id": ConnectionId::random().to_string(), "name": "A", "base_url": url, "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace",
        }))
    };
    assert_eq!(json("https://evil.example.com").unwrap().unconfirmed(), [Caution::NotDatabricks]);
    assert!(json(WORKSPACE).unwrap().unconfirmed().is_empty());
    assert!(json("http://evil.example.com").is_err());
}

#[test]
fn accepting_what_was_pasted_twice_changes_nothing_more() {
    let mut draft = form("A", "https://adb-1.2.azuredatabricks.net/?o=123#x");
    draft.accept_pasted();
    assert_eq!((draft.base_url.as_str(), draft.workspace_id.as_str()), (WORKSPACE, "123"));
    let once = draft.clone();
    draft.accept_pasted();
    assert_eq!(draft, once);
    // The next paste is another workspace: its id replaces the one that belonged to the old address.
    draft.base_url = "https://dbc-a-b.cloud.databricks.com/?o=456".to_owned();
    draft.accept_pasted();
    assert_eq!(draft.workspace_id, "456");
    draft.base_url = "https://adb-9.9.azuredatabricks.net".to_owned();
    draft.accept_pasted();
    assert_eq!(draft.workspace_id, "456", "what the host merely suggests replaces nothing");
    assert_eq!(draft.review(&|_| false).worst(Field::WorkspaceId).unwrap().severity, Severity::Warning);
    draft.base_url = "not an address".to_owned();
    draft.accept_pasted();
    assert_eq!(draft.base_url, "not an address");
}

#[test]
fn at_account_level_no_request_is_routed_to_a_workspace() {
    let mut draft = form("A", "https://acme.databricks.com/?o=5");
    draft.level = LevelKind::Account;
    draft.auth = AuthKind::Browser;
    draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    assert_eq!(draft.review(&|_| false).result.unwrap().connection.workspace_id, None);
    draft.base_url = "https://adb-1.2.azuredatabricks.net".to_owned();
    assert!(draft.review(&|_| false).worst(Field::BaseUrl).unwrap().text.contains("https://accounts.azuredatabricks.net"));
}

#[test]
fn signing_in_through_the_browser_is_offered_first_and_accounts_take_no_tokens() {
    let kinds = |level, cloud| AuthKind::choices(level, cloud).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(kinds(LevelKind::Workspace, None), [AuthKind::Browser, AuthKind::ServicePrincipal, AuthKind::PersonalAccessToken]);
    assert_eq!(kinds(LevelKind::Account, Some(Cloud::Azure)), [AuthKind::Browser, AuthKind::ServicePrincipal]);
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
