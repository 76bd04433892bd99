//! Personal access tokens on the command line: the real program, the demo, an encrypted vault.

use std::{process::Stdio, sync::Arc};

use crate::support::{
    Gate,
    between::{Between, Way},
    on_demo::OnDemo,
    terminal::{Terminal, text},
};

type Desk = Terminal<OnDemo>;

impl Desk {
    /// With a connection that is called Sales.
    fn sales() -> Self {
        let desk = Self::with(OnDemo::new());
        desk.add_token("Sales", &desk.workspace.base_url, &desk.workspace.token);
        desk
    }

    fn stored(&self) -> String {
        self.done(&["token", "Sales"]).stdout.trim().to_owned()
    }

    fn ids(&self) -> Vec<String> {
        self.handle.tokens().into_iter().map(|(id, _)| id).collect()
    }
}

#[test]
fn a_token_is_printed_once_and_opens_the_workspace_until_it_is_revoked() {
    let desk = Desk::sales();
    let made = desk.done(&["pat", "create", "Sales", "--comment", "CI", "--lifetime", "12h"]);
    let value = made.stdout.strip_suffix('\n').unwrap();
    assert!(desk.handle.accepts(value), "nothing but the value on stdout");
    assert!(!made.stderr.contains(value) && made.stderr.contains("only time"), "{}", made.stderr);
    assert_eq!(desk.stored(), desk.workspace.token, "not used unless that is asked for");
    desk.is_nowhere(value);

    let list = desk.json(&["pat", "list", "Sales"]);
    let newest = &list["tokens"][0];
    assert!(text(newest, "comment").starts_with("CI [bp-") && newest["in_use"] == false, "{list}");
    let hours = |key: &str| text(newest, key).parse::<jiff::Timestamp>().unwrap().as_second() / 3600;
    assert_eq!(hours("expires_at") - hours("created_at"), 12);
    let shown = desk.done(&["pat", "list", "Sales"]);
    assert!(shown.stdout.contains(text(newest, "token_id")) && shown.stderr.contains("2 tokens"), "{shown:?}");

    let revoked = desk.done(&["pat", "revoke", "Sales", text(newest, "token_id")]);
    assert_eq!(revoked.stdout, format!("Revoked {}\n", text(newest, "token_id")));
    assert!(!desk.handle.accepts(value));
}

#[test]
fn a_new_token_is_one_json_document_and_may_be_used_at_once() {
    let desk = Desk::sales();
    let made = desk.done(&["pat", "create", "Sales", "--use", "--json"]);
    let document = made.json();
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["comment", "created_at", "expires_at", "token_id", "token_value"]);
    assert!(text(&document, "comment").starts_with("Brickpass"), "{document}");
    assert_eq!(desk.stored(), text(&document, "token_value"));
    desk.is_nowhere(text(&document, "token_value"));

    let connection = &desk.json(&["list"])["connections"][0];
    assert_eq!(connection["expires_at"], document["expires_at"]);
    let list = desk.json(&["pat", "list", "Sales"]);
    assert_eq!((&list["tokens"][0]["in_use"], &list["tokens"][0]["token_id"]), (&true.into(), &document["token_id"]));

    let revoked = desk.done(&["pat", "revoke", "Sales", text(&document, "token_id"), "--json"]);
    assert_eq!(revoked.json()["revoked"][0], document["token_id"]);
    assert!(revoked.stderr.contains("needs a new one"), "{revoked:?}");
    assert_eq!(desk.json(&["list"])["connections"][0]["status"]["state"], "sign-in");
}

#[test]
fn a_rotation_replaces_the_token_and_says_what_is_left_of_the_old_one() {
    let desk = Desk::sales();
    let first = desk.json(&["pat", "rotate", "Sales"]);
    assert!(text(&first["old_remains"], "why").contains("did not create it"), "{first}");
    assert!(first.get("token_value").is_none());
    let between = desk.stored();

    desk.done(&["pat", "rotate", "Sales", "--lifetime", "9d"]);
    let now = desk.stored();
    assert!(desk.handle.accepts(&now) && !desk.handle.accepts(&between));
    assert!(desk.handle.accepts(&desk.workspace.token), "pasted by the person: theirs to revoke");
    assert_eq!(desk.ids().len(), 2);

    assert_eq!(desk.json(&["test", "Sales"])["results"][0]["state"], "expiring");
    let listed = desk.done(&["list"]).stdout;
    assert!(listed.contains("Expires in 8 days") || listed.contains("Expires in 9 days"), "{listed}");
    for token in [&between, &now] {
        desk.is_nowhere(token);
    }
}

#[test]
fn what_cannot_be_done_is_told_by_its_exit_code() {
    let desk = Desk::sales();
    for arguments in [
        &["pat", "create", "Sales", "--lifetime", "1w"][..],
        &["pat", "create", "Sales", "--lifetime", "0d"],
        &["pat", "revoke", "Sales"],
        &["pat", "create", "Sales", "--token", "x"],
    ] {
        assert_eq!(desk.brickpass(arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(desk.brickpass(&["pat", "list", "Nobody"]).code, Some(3));
    desk.handle.set_token_quota(1);
    let refused = desk.brickpass(&["pat", "create", "Sales", "--json"]);
    assert_eq!((refused.code, text(&refused.json()["error"], "code")), (Some(1), "token-quota"));
    assert_eq!(desk.ids().len(), 1);
}

#[test]
fn ot_17_a_lost_answer_is_told_and_leaves_nothing_behind() {
    let desk = Desk::sales();
    desk.handle.lose_next_answer();
    let lost = desk.brickpass(&["pat", "create", "Sales"]);
    assert_ne!(lost.code, Some(0));
    assert_eq!((lost.stdout.as_str(), desk.ids().len()), ("", 1));
    assert!(lost.stderr.contains("Brickpass has revoked it"), "{lost:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_the_middle_waits_for_the_value_and_for_the_end_of_a_rotation() {
    const CREATE: &str = "POST /api/2.0/token/create";
    let desk = Desk::with(OnDemo::new());
    let gate = Arc::new(Gate::default());
    let held = Arc::clone(&gate);
    let between = Between::start(&desk.workspace.base_url, move |request, _| {
        if request == CREATE {
            held.pass();
        }
        Way::Through
    });
    desk.add_token("Sales", &between.base_url(), &desk.workspace.token);
    let interrupted = |arguments: &[&str]| desk.interrupted(arguments, || between.count(CREATE), &gate);
    let made = interrupted(&["pat", "create", "Sales"]);
    let value = String::from_utf8(made.stdout).unwrap();
    assert!(desk.handle.accepts(value.trim()), "its value is printed: {}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(made.status.code(), Some(130));

    let old = desk.stored();
    let rotated = interrupted(&["pat", "rotate", "Sales"]);
    assert_eq!(rotated.status.code(), Some(130));
    let now = desk.stored();
    assert!(now != old && desk.handle.accepts(&now));
}

#[cfg(target_os = "linux")]
#[test]
fn a_value_that_could_not_be_printed_is_revoked() {
    let desk = Desk::sales();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = desk.command(&["pat", "create", "Sales"]);
    let output = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Brickpass has revoked the token."));
    assert_eq!(desk.ids().len(), 1);
}

#[test]
fn a_token_can_be_limited_and_the_list_tells_limits_and_last_use() {
    let desk = Desk::sales();
    let made = desk.json(&["pat", "create", "Sales", "--scope", "sql,clusters", "clusters"]);
    assert_eq!(made["scopes"], serde_json::json!(["clusters", "sql"]));
    let list = desk.json(&["pat", "list", "Sales"]);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    assert_eq!((&list["tokens"][0]["scopes"], list["tokens"][0].get("last_used")), (&made["scopes"], None), "{list}");
    assert_eq!((list["tokens"][1].get("scopes"), text(&list["tokens"][1], "last_used")), (None, today.as_str()), "{list}");
    let shown = desk.done(&["pat", "list", "Sales"]).stdout;
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("LAST USED") && lines[0].contains("LIMITED TO"), "{shown}");
    assert!(lines[1].contains("clusters sql") && lines[1].contains("never") && lines[2].contains(&today), "{shown}");

    let unknown = desk.brickpass(&["pat", "create", "Sales", "--scope", "everything", "--json"]);
    assert_ne!(unknown.code, Some(0));
    assert_eq!(unknown.json()["error"]["code"], "token-scope", "{unknown:?}");
    let unfit = desk.brickpass(&["pat", "create", "Sales", "--scope", "a;b"]);
    assert!(unfit.code == Some(2) && unfit.stderr.contains("letters, digits"), "{unfit:?}");
    assert_eq!(desk.ids().len(), 2);
}

#[test]
fn who_is_no_admin_sees_a_list_without_last_use() {
    let desk = Desk::with(OnDemo::among(2, "Logistics platform"));
    desk.add_token("Logistics", &desk.workspace.base_url, &desk.workspace.token);
    let shown = desk.done(&["pat", "list", "Logistics"]);
    assert!(!shown.stdout.contains("LAST USED") && !shown.stdout.contains("LIMITED") && shown.stdout.contains("Brickpass"), "{shown:?}");
}

#[test]
fn wn_15_remove_revokes_the_token_at_databricks_when_asked_and_only_where_it_is_known() {
    let desk = Desk::sales();
    let pasted = desk.brickpass(&["remove", "Sales", "--revoke-token"]);
    assert!(
        pasted.code != Some(0) && pasted.stderr.contains("did not create it") && pasted.stderr.contains("Nothing was removed"),
        "{pasted:?}"
    );
    assert_eq!(desk.json(&["list"])["connections"].as_array().unwrap().len(), 1);

    let made = desk.done(&["pat", "create", "Sales", "--use", "--json"]).json();
    let id = text(&made, "token_id");
    desk.done(&["duplicate", "Sales", "Copy"]);
    let shared = desk.brickpass(&["remove", "Sales", "--revoke-token"]);
    assert!(shared.code != Some(0) && shared.stderr.contains("\"Copy\" also uses it"), "{shared:?}");
    assert!(desk.ids().contains(&id.to_owned()));

    let removed = desk.done(&["remove", "Sales", "Copy", "--revoke-token", "--json"]).json();
    assert_eq!(removed["tokens_not_revoked"], serde_json::Value::Null, "{removed:#}");
    assert_eq!(removed["tokens_revoked"], serde_json::json!([id]), "{removed:#}");
    assert!(!desk.ids().contains(&id.to_owned()));
    assert_eq!(desk.json(&["list"])["connections"].as_array().unwrap().len(), 0);
}
