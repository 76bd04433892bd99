//! What is published changes its own lines alone, and there is a way back.

use std::fs;

use brickpass_core::failure::Code;
use brickpass_engine::{AuditAction, Drift, Event, ForgetProfile, KeepProfile, ListProfiles, RestoreProfiles};
use brickpass_interchange::databrickscfg::{DiffKind, Edit, File};

use super::{FILE, HELPER, HOST, WORKSPACE, desk::Desk, put, set_mode};

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
    let plan = desk.plan_publish(&connection, "sales").unwrap();
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
        let plan = desk.plan_publish(&connection, "sales").unwrap();
        let shown = plan.diff.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        assert!(!shown.contains("dapi-old") && !shown.contains("= y") && !shown.contains("\"a\""), "{shown}");
        desk.apply(plan).unwrap();
        let file = File::read(desk.text().as_bytes()).unwrap();
        let profile = file.profiles().remove(0);
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
        let failure = desk.plan_publish(&connection, name).unwrap_err();
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
    let failure = desk.plan_publish(&connection, "sales").unwrap_err();
    assert_eq!(failure.code, Code::FileUnsafe);
    assert_eq!(desk.ask(ListProfiles).unwrap_err().code, Code::FileUnsafe);
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
    let file = desk.ask(RestoreProfiles).unwrap();
    assert!(!file.backup && file.profiles.iter().all(|line| line.published.is_none()), "{file:?}");
    assert_eq!(desk.text(), before);
    assert_eq!(desk.ask(RestoreProfiles).unwrap_err().code, Code::InvalidInput);
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
    desk.ask(RestoreProfiles).unwrap();
    assert!(!desk.path().exists());
}

#[test]
fn what_changed_since_it_was_shown_is_not_written_over() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    let plan = desk.plan_publish(&connection, "sales").unwrap();
    desk.put("[theirs]\nhost = x\n");
    assert_eq!(desk.apply(plan).unwrap_err().code, Code::Conflict);
    assert_eq!(desk.text(), "[theirs]\nhost = x\n");
}

#[test]
fn a_file_that_go_cannot_read_is_left_alone_with_the_line_that_is_wrong() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = x\ndapi-secret\n");
    let failure = desk.ask(ListProfiles).unwrap_err();
    assert!(failure.to_string().contains("Line 3") && !failure.to_string().contains("dapi-secret"), "{failure}");
    let connection = desk.saved("Sales", |_| {});
    assert!(desk.plan_publish(&connection, "sales").is_err());
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
    desk.ask(KeepProfile { profile: "sales".into() }).unwrap();
    assert_eq!(desk.drift("sales"), Some(Drift::Same));
    assert_eq!(desk.text(), published);
    desk.put("");
    assert_eq!(desk.drift("sales"), Some(Drift::Gone));
    desk.ask(ForgetProfile { profile: "sales".into() }).unwrap();
    assert_eq!(desk.drift("sales"), None);
}

#[test]
fn a_removed_profile_leaves_the_file_as_it_was_before() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "new");
    desk.edit(Edit::Remove { profile: "new".into(), former: None }).unwrap();
    assert_eq!(desk.text(), FILE);
    assert_eq!(desk.drift("new"), None);
    let done: Vec<_> = desk.activity().into_iter().filter(|entry| entry.what != AuditAction::Save).collect();
    let done: Vec<_> = done.iter().map(|entry| (entry.what, entry.name.as_str(), entry.detail.as_deref(), entry.failed)).collect();
    assert_eq!(done, [(AuditAction::Unpublished, "Sales", Some("new"), None), (AuditAction::Published, "Sales", Some("new"), None)]);
}

#[test]
fn the_default_profile_is_set_with_the_publication_in_one_change() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = x\n");
    let connection = desk.saved("Sales", |_| {});
    let put = desk.plan_publish(&connection, "sales").unwrap().edit;
    let edit = Edit::Several(vec![(Some(connection.id), put), (None, Edit::Default { profile: "sales".into() })]);
    let file = desk.edit(edit).unwrap();
    let line = file.profiles.iter().find(|line| line.name == "sales").unwrap();
    assert!(line.is_default && line.published == Some((connection.id, Drift::Same)), "{line:?}");
    desk.ask(RestoreProfiles).unwrap();
    assert_eq!(desk.text(), "[a]\nhost = x\n");
}

#[test]
fn the_diff_of_a_plan_shows_added_and_removed_lines() {
    let mut desk = Desk::new();
    desk.put(FILE);
    let connection = desk.saved("Sales", |_| {});
    let plan = desk.plan_publish(&connection, "sales").unwrap();
    let count = |kind| plan.diff.iter().filter(|line| line.kind == kind).count();
    assert_eq!((count(DiffKind::Added), count(DiffKind::Removed)), (4, 2), "{:?}", plan.diff);
    assert_eq!(plan.connection, Some(connection.id));
}

#[test]
fn what_is_published_no_longer_is_told_once_it_is_taken_back_or_forgotten() {
    let told = |desk: &mut Desk| {
        let mut last = None;
        while let Some(event) = desk.try_next_event() {
            if let Event::Published(published) = event {
                last = Some(published);
            }
        }
        last
    };
    for restores in [true, false] {
        let mut desk = Desk::new();
        desk.put(FILE);
        let connection = desk.saved("Sales", |_| {});
        desk.publish(&connection, "sales");
        assert_eq!(told(&mut desk), Some(vec![(connection.id, "sales".to_owned())]));
        let outcome = if restores { desk.ask(RestoreProfiles) } else { desk.ask(ForgetProfile { profile: "sales".into() }) };
        outcome.unwrap();
        assert_eq!(told(&mut desk), Some(Vec::new()));
    }
}
