//! Service principals and what admins decide about tokens, on the command line: the real program, the demo, an encrypted vault.

use std::{process::Stdio, sync::Arc};

use brickpass_demo::DemoWorkspace;
use brickpass_storage::Activity;
use serde_json::Value;

use crate::support::{
    BRICKPASS, Gate,
    between::{Between, Way},
    missing_tool,
    on_demo::{OnDemo, workspace},
    run, skip,
    terminal::{LIMIT, Terminal, text},
};

/// A service principal of the demo.
const CI: &str = "ci-deployments";

type Desk = Terminal<OnDemo>;

impl Desk {
    /// With a connection that is called Sales, and signs in as an admin.
    fn admin() -> Self {
        let desk = Self::with(OnDemo::new());
        desk.add("Sales", &desk.workspace);
        desk
    }

    fn add(&self, name: &str, workspace: &DemoWorkspace) {
        let words = ["add", name, "--base-url", &workspace.base_url, "--token-stdin", "--environment", "prod", "--folder", "EU"];
        self.done_fed(&words, &workspace.token);
    }

    /// Its number in SCIM.
    fn number(&self, name: &str) -> String {
        self.demo.authorization().service_principals().into_iter().find(|it| it.1 == name).unwrap().0
    }

    fn secrets(&self, name: &str) -> Vec<String> {
        self.demo.authorization().oauth_secrets(&self.number(name))
    }
}

#[test]
fn tokens_are_switched_off_only_by_somebody_who_means_it() {
    let desk = Desk::admin();
    assert_eq!(desk.json(&["admin", "tokens", "status", "Sales"])["enabled"], true);
    let shown = desk.done(&["admin", "tokens", "status", "Sales"]).stdout;
    assert!(shown.starts_with("Personal access tokens are enabled."), "{shown}");
    assert_eq!(desk.json(&["admin", "tokens", "maximum", "Sales", "30"])["maximum_days"], 30);
    assert!(desk.json(&["admin", "tokens", "maximum", "Sales", "none"]).get("maximum_days").is_none());
    assert_eq!(desk.brickpass(&["admin", "tokens", "maximum", "Sales", "0"]).code, Some(2));

    let unasked = desk.brickpass(&["admin", "tokens", "disable", "Sales"]);
    assert!(unasked.code == Some(2) && unasked.stderr.contains("To do it without a confirmation, add --yes."), "{unasked:?}");
    assert!(desk.handle.accepts(&desk.workspace.token));
    let off = desk.json(&["admin", "tokens", "disable", "Sales", "--yes"]);
    assert_eq!(off["enabled"], false);
    assert!(!desk.handle.accepts(&desk.workspace.token));
    let refused = desk.brickpass(&["admin", "tokens", "enable", "Sales"]);
    assert_eq!(refused.code, Some(1), "it signs in with a token itself: {refused:?}");
}

#[cfg(unix)]
#[test]
fn at_a_terminal_the_name_is_typed_before_tokens_are_switched_off() {
    if let Some(missing) = missing_tool(&["script"]) {
        return skip("at_a_terminal_the_name_is_typed_before_tokens_are_switched_off", &format!("{missing} is not installed"));
    }
    let desk = Desk::admin();
    let typed = |line: &str| {
        let program = format!("{BRICKPASS} admin tokens disable Sales");
        let mut command = desk.program("script");
        command.args(["--quiet", "--return", "--echo", "never", "--command", &program, "/dev/null"]);
        run(&mut command, line.as_bytes(), LIMIT)
    };
    let wrong = typed("Payroll\n");
    assert!(wrong.code == Some(1) && wrong.stdout.contains("The name does not match the connection"), "{wrong:?}");
    assert!(desk.handle.accepts(&desk.workspace.token));
    let right = typed("Sales\n");
    assert!(right.code == Some(0) && right.stdout.contains("it cannot enable them again"), "{right:?}");
    assert!(!desk.handle.accepts(&desk.workspace.token));
}

#[test]
fn ns_10_a_token_that_lapses_unused_is_told_in_the_list_of_an_admin() {
    let desk = Desk::admin();
    let command = ["admin", "tokens", "list", "Sales"];
    let told = desk.done(&command);
    assert!(told.stderr.contains("has not been used for 78 days. Databricks revokes it after 90."), "{}", told.stderr);
    let rows = desk.json(&command)["tokens"].clone();
    let with_lapse: Vec<_> = rows.as_array().unwrap().iter().filter(|row| row.get("lapses_at").is_some()).collect();
    assert_eq!(with_lapse.iter().map(|row| row["comment"].as_str().unwrap()).collect::<Vec<_>>(), ["Power BI gateway"], "{rows:#}");
}

#[test]
fn everybodys_tokens_are_listed_by_owner_and_revoked() {
    let desk = Desk::admin();
    let all = desk.json(&["admin", "tokens", "list", "Sales"]);
    let all = all["tokens"].as_array().unwrap();
    let other = all.iter().map(|it| text(it, "owner")).find(|owner| *owner != desk.workspace.user).unwrap();
    let theirs = desk.json(&["admin", "tokens", "list", "Sales", "--owner", &other.to_uppercase()]);
    let theirs = theirs["tokens"].as_array().unwrap();
    assert!(!theirs.is_empty() && theirs.len() < all.len() && theirs.iter().all(|it| it["owner"] == other), "{theirs:?}");
    let id = text(&theirs[0], "token_id");
    let shown = desk.done(&["admin", "tokens", "list", "Sales"]);
    assert!(shown.stdout.contains(id) && shown.stdout.contains(other), "{shown:?}");
    assert!(shown.stderr.contains(&format!("{} tokens", all.len())), "{shown:?}");

    assert_eq!(desk.done(&["admin", "tokens", "revoke", "Sales", id]).stdout, format!("Revoked {id}\n"));
    let left = desk.json(&["admin", "tokens", "list", "Sales"]);
    assert_eq!(left["tokens"].as_array().unwrap().len(), all.len() - 1);

    let payroll = workspace(&desk.demo, "Payroll and people data").clone();
    desk.add("Payroll", &payroll);
    let refused = desk.brickpass(&["admin", "tokens", "revoke", "Payroll", id, "--json"]);
    assert_eq!((refused.code, &refused.json()["failed"][0]["error"]["code"]), (Some(1), &"forbidden".into()));
    let refused = desk.brickpass(&["admin", "tokens", "list", "Payroll"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("workspace admins"), "{refused:?}");
    assert_eq!(desk.brickpass(&["admin", "tokens", "list", "Nobody"]).code, Some(3));
}

#[test]
fn a_service_principal_is_created_found_by_any_of_its_names_and_entitled() {
    let desk = Desk::admin();
    let made = desk.json(&["sp", "create", "Sales", "releases"]);
    let all = desk.json(&["sp", "list", "Sales"]);
    assert!(all["service_principals"].as_array().unwrap().contains(&made), "{all}");
    let shown = desk.done(&["sp", "list", "Sales"]);
    assert!(shown.stdout.contains("releases") && shown.stderr.contains("service principals"), "{shown:?}");
    for (named, remove) in [(text(&made, "id"), false), (text(&made, "client_id"), true), ("releases", false)] {
        let words: &[&str] = if remove { &["--remove"] } else { &[] };
        let told = desk.json(&[&["sp", "entitle", "Sales", named, "databricks-sql-access"], words].concat());
        assert_eq!((&told["granted"], &told["client_id"]), (&(!remove).into(), &made["client_id"]));
        let now = desk.json(&["sp", "list", "Sales"]);
        let it = now["service_principals"].as_array().unwrap().iter().find(|it| it["id"] == made["id"]).unwrap();
        assert_eq!(it["entitlements"].as_array().unwrap().contains(&"databricks-sql-access".into()), !remove, "{it}");
    }
    desk.done(&["sp", "create", "Sales", "releases"]);
    let twice = desk.brickpass(&["sp", "secret", "list", "Sales", "releases"]);
    assert!(twice.code == Some(2) && twice.stderr.contains("2 service principals are named releases"), "{twice:?}");
    assert_eq!(desk.brickpass(&["sp", "secret", "list", "Sales", "nobody"]).code, Some(3));
    assert_eq!(desk.brickpass(&["sp", "entitle", "Sales", CI, "everything"]).code, Some(2));
    let wrong = desk.brickpass(&["sp", "add-to-workspace", "Sales", CI, "--workspace", "1"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("Open a connection to the account."), "{wrong:?}");
    let wrong = desk.brickpass(&["sp", "grant", "Sales", CI, "--on", "warehouse:1f", "CAN_RESTART"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("CAN_USE"), "{wrong:?}");
}

#[test]
fn a_secret_is_printed_once_and_nowhere_else() {
    let desk = Desk::admin();
    let before = desk.secrets(CI).len();
    let made = desk.done(&["sp", "secret", "create", "Sales", CI]);
    let value = made.stdout.strip_suffix('\n').unwrap();
    assert!(!made.stderr.contains(value) && made.stderr.contains("only time"), "{}", made.stderr);
    desk.is_nowhere(value);

    let document = desk.json(&["sp", "secret", "create", "Sales", CI, "--lifetime", "12h"]);
    let mut keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["client_id", "client_secret", "created_at", "expires_at", "secret_id", "status"]);
    let hours = |key: &str| text(&document, key).parse::<jiff::Timestamp>().unwrap().as_second() / 3600;
    assert_eq!(hours("expires_at") - hours("created_at"), 12);
    desk.is_nowhere(text(&document, "client_secret"));

    let listed = desk.done(&["sp", "secret", "list", "Sales", CI, "--json"]);
    assert!(!listed.stdout.contains(value) && !listed.stdout.contains(text(&document, "client_secret")));
    assert_eq!(listed.json()["secrets"].as_array().unwrap().len(), before + 2);
    let shown = desk.done(&["sp", "secret", "list", "Sales", CI]);
    assert!(shown.stdout.contains(text(&document, "secret_id")), "{shown:?}");
    let deleted = desk.json(&["sp", "secret", "delete", "Sales", CI, text(&document, "secret_id")]);
    assert_eq!((&deleted["deleted"], desk.secrets(CI).len()), (&document["secret_id"], before + 1));
}

#[test]
fn a_secret_whose_answer_was_lost_is_not_printed_and_not_left() {
    let desk = Desk::admin();
    let before = desk.secrets(CI);
    desk.handle.lose_next_answer();
    let failed = desk.brickpass(&["sp", "secret", "create", "Sales", CI, "--json"]);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(text(&failed.json()["error"], "what").contains("Brickpass has deleted it"), "{failed:?}");
    assert_eq!(desk.secrets(CI), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_secret_that_could_not_be_printed_is_deleted() {
    let desk = Desk::admin();
    let before = desk.secrets(CI);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = desk.command(&["sp", "secret", "create", "Sales", CI]);
    let output = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Brickpass has deleted the new secret."), "{output:?}");
    assert_eq!(desk.secrets(CI), before);
}

#[test]
fn a_connection_is_made_that_signs_in_as_the_service_principal() {
    let desk = Desk::admin();
    let before = desk.secrets(CI).len();
    let added = desk.done(&["sp", "connect", "Sales", CI, "Sales as CI", "--json"]);
    let document = added.json();
    let of_principal = [text(&document, "auth"), text(&document, "base_url"), text(&document, "environment"), text(&document, "folder")];
    let base_url = desk.json(&["show", "Sales"]);
    assert_eq!(of_principal, ["service-principal", text(&base_url, "base_url"), "prod", "EU"]);
    assert_eq!(desk.secrets(CI).len(), before + 1);
    let tested = desk.json(&["test", "Sales as CI"]);
    assert_eq!(tested["results"][0]["user"], document["client_id"], "{tested}");

    // A name that is taken: nothing is made.
    let taken = desk.brickpass(&["sp", "connect", "Sales", CI, "sales"]);
    assert_eq!((taken.code, desk.secrets(CI).len()), (Some(2), before + 1), "{taken:?}");
    let log = Activity::new(&desk.home.state_dir()).load().unwrap();
    assert_eq!(log.iter().filter(|it| it.what == brickpass_engine::AuditAction::SecretCreated).count(), 1);
}

#[test]
fn a_secret_that_the_vault_does_not_take_is_deleted_again_and_no_connection_is_added() {
    let desk = Desk::admin();
    let before = desk.secrets(CI);
    // A folder where the lock should be: the vault can be read, and not written.
    let lock = desk.home.config_dir().join("vault.age.lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();
    let failed = desk.brickpass(&["sp", "connect", "Sales", CI, "Sales as CI"]);
    assert!(failed.code != Some(0) && failed.stderr.contains("Brickpass has deleted the new secret."), "{failed:?}");
    assert_eq!(desk.secrets(CI), before);
    assert_eq!(desk.json(&["list"])["connections"].as_array().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_does_not_lose_a_secret_that_is_being_made() {
    let desk = Desk::admin();
    let makes_secret = |request: &str| request.starts_with("POST") && request.ends_with("/credentials/secrets");
    let gate = Arc::new(Gate::default());
    let held = Arc::clone(&gate);
    let between = Between::start(&desk.workspace.base_url, move |request, _| {
        if makes_secret(request) {
            held.pass();
        }
        Way::Through
    });
    desk.add("Slow", &DemoWorkspace { base_url: between.base_url(), ..desk.workspace.clone() });
    let before = desk.secrets(CI).len();
    let asked = || between.seen().iter().filter(|request| makes_secret(request)).count();
    let interrupted = |arguments: &[&str]| desk.interrupted(arguments, asked, &gate);
    let made = interrupted(&["sp", "secret", "create", "Slow", CI, "--json"]);
    let document: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!((made.status.code(), desk.secrets(CI).len()), (Some(130), before + 1));
    assert!(desk.secrets(CI).iter().any(|id| *id == text(&document, "secret_id")), "its value is printed");

    let connected = interrupted(&["sp", "connect", "Slow", CI, "Slow as CI"]);
    assert_eq!((connected.status.code(), desk.secrets(CI).len()), (Some(130), before + 2));
    let added = desk.json(&["show", "Slow as CI"]);
    assert_eq!(added["auth"], "service-principal", "the secret is stored, and the connection added");
}

#[test]
fn a_permission_is_granted_by_the_word_of_its_kind() {
    let desk = Desk::admin();
    let cluster = format!("cluster:{}", desk.handle.cluster_ids()[0]);
    let told = desk.json(&["sp", "grant", "Sales", CI, "--on", &cluster, "can-restart"]);
    assert_eq!((&told["kind"], &told["permission"]), (&"cluster".into(), &"CAN_RESTART".into()));
    let patched = desk.handle.requests().into_iter().filter(|it| it.starts_with("PATCH /api/2.0/permissions/clusters/")).count();
    assert_eq!(patched, 1);
    let gone = desk.brickpass(&["sp", "grant", "Sales", CI, "--on", "job:1", "CAN_VIEW"]);
    assert!(gone.code == Some(1) && gone.stderr.contains("This job no longer exists"), "{gone:?}");
}
