//! Unpublishing gives back what stood there before, and nothing that somebody else wrote is lost.

use std::fs;

use brickpass_core::{
    connection::{AuthKind, Connection},
    failure::Code,
};
use brickpass_engine::{Drift, ListProfiles, Orphan, Plan, PlanEdit, Remove, RestoreProfiles, Unpublish};
use brickpass_interchange::databrickscfg::Edit;

use super::{FILE, HELPER, HOST, TOKEN, WORKSPACE, desk::Desk};

const NOBODYS: &str = "dapi-of-nobody-else";

fn plan(desk: &mut Desk, connection: &Connection, profile: &str) -> Plan {
    desk.plan_publish(connection, profile).unwrap()
}

fn edit_default(profile: &str) -> Edit {
    Edit::Default { profile: profile.into() }
}

/// Published, as the default profile too, and taken back: every byte is as it was.
#[test]
fn pb_01_unpublishing_gives_back_every_byte_whatever_stood_there() {
    let own = format!("host = {HOST}\nworkspace_id = {WORKSPACE}\n");
    let files = [
        String::new(),
        "[other]\nhost = https://x\n".to_owned(),
        "[other]\nhost = https://x\n\n".to_owned(),
        "# a comment alone\n".to_owned(),
        "[DEFAULT]\n\n[other]\nhost = https://x\n\n[__settings__]\nauth_storage = secure\ndefault_profile=other\n".to_owned(),
        format!("[sales]\n{own}auth_type = databricks-cli\n\n[__settings__]\ndefault_profile = sales\n"),
        format!("[sales]\n{own}cluster_id = 1-2\nwarehouse_id = abc\nmy_key = mine\nexperimental_is_unified_host = true\n"),
        format!("[sales]\n# above\nhost={HOST}/ # why\n; a token\ntoken   = {TOKEN}\n\nteam: x\nclient_id = abc\n[z]\nhost = https://z\n"),
        FILE.to_owned(),
        FILE.replace("dapi-old", NOBODYS),
        format!("[other]\nhost = https://x\n\n[sales]\n{own}cluster_id = 1-2"),
        format!("[__settings__]\r\n\r\n[sales]\r\nhost = {HOST}\r\nmy_key = mine"),
        format!("[sales]\n{own}\n[__settings__]\nauth_storage = secure"),
        format!("[sales]\nhost = {HOST}\n# a comment at the end"),
        format!("[sales]\r\nazure_client_id = a\r\nazure_client_secret = b\r\nazure_tenant_id = c\r\nhost = {HOST}\r\nscopes = sql\r\n"),
    ];
    for text in files {
        let mut desk = Desk::new();
        desk.put(&text);
        let connection = desk.saved("Sales", |_| {});
        desk.publish(&connection, "sales");
        assert_ne!(desk.text(), text);
        desk.edit(edit_default("sales")).unwrap();
        // Once more, with another address of the helper's: what stood there first is what counts.
        desk.publish(&connection, "sales");
        let plan = desk.unpublish("sales");
        let vaults = text.contains(TOKEN);
        let expected = if vaults { text.replace(&format!("token   = {TOKEN}\n"), "") } else { text.clone() };
        assert_eq!(desk.text(), expected, "{text:?}");
        assert_eq!(plan.notes.iter().any(|note| note.contains("it is in the vault")), vaults, "{:?}", plan.notes);
        assert_eq!(desk.drift("sales"), None);
        // And there is a way back from that, too.
        desk.ask(RestoreProfiles).unwrap();
        assert!(desk.text().contains(HELPER));
    }
}

#[test]
fn pb_02_a_profile_of_the_cli_is_the_clis_again() {
    let mut desk = Desk::new();
    let text = format!(
        "[v2]\nhost = {HOST}\naccount_id = 1\nworkspace_id = {WORKSPACE}\nauth_type = databricks-cli\n\n[__settings__]\ndefault_profile = v2\n"
    );
    desk.put(&text);
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "v2");
    assert_eq!(desk.text().lines().filter(|line| !text.contains(line)).count(), 1, "{}", desk.text());
    desk.unpublish("v2");
    assert_eq!(desk.text(), text);
}

#[test]
fn pb_03_what_the_person_changed_since_stays_and_is_told() {
    let mut desk = Desk::new();
    let text = format!("[sales]\nhost = {HOST}\ntoken = {TOKEN}\ncluster_id = 1\n");
    desk.put(&text);
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    let edited =
        desk.text().replace(&format!("workspace_id = {WORKSPACE}"), "workspace_id = 77") + "# mine\nserverless_compute_id = auto\n";
    desk.put(&edited);
    let plan = desk.unpublish("sales");
    assert_eq!(desk.text(), format!("[sales]\nhost = {HOST}\ncluster_id = 1\nworkspace_id = 77\n# mine\nserverless_compute_id = auto\n"));
    assert!(plan.notes.iter().any(|note| note.contains("workspace_id was changed or added")), "{:?}", plan.notes);

    // In a section that publishing made, too.
    desk.put("");
    desk.publish(&connection, "new");
    desk.put(&(desk.text() + "cluster_id = 9\n"));
    let plan = desk.unpublish("new");
    assert_eq!(desk.text(), "[new]\ncluster_id = 9\n");
    assert!(plan.notes.iter().any(|note| note.contains("cluster_id")), "{:?}", plan.notes);
}

/// A line that ends the file is somebody else's since, and keeps its line break.
#[test]
fn pb_01_the_line_break_of_what_was_written_behind_a_published_section_stays() {
    for (behind, back) in
        [("mine = 1\n", "\nmine = 1\n"), ("[b]\nhost = https://b\n", "\n[b]\nhost = https://b\n"), ("# why\n", "\n# why\n")]
    {
        let mut desk = Desk::new();
        let text = format!("[sales]\nhost = {HOST}\nmy_key = mine");
        desk.put(&text);
        let connection = desk.saved("Sales", |_| {});
        desk.publish(&connection, "sales");
        desk.put(&(desk.text() + behind));
        desk.unpublish("sales");
        assert_eq!(desk.text(), text + back);
    }
}

/// Cut off before the file was written, and with the memory lost behind it: what is published again is taken back as a whole.
#[test]
fn pb_28_a_publication_that_was_cut_off_is_made_again_and_taken_back() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    let text = format!("[sales]\nhost = {HOST}\nteam = x\n");
    for text in ["[other]\nhost = https://x\n", text.as_str()] {
        desk.put(text);
        // Remembered, and not in the file.
        desk.publish(&connection, "sales");
        desk.put(text);
        assert_ne!(desk.drift("sales"), Some(Drift::Same));
        desk.publish(&connection, "sales");
        assert_eq!(desk.drift("sales"), Some(Drift::Same));
        desk.unpublish("sales");
        assert_eq!(desk.text(), text);
    }
    // In the file, and not remembered.
    desk.put("[other]\nhost = https://x\n");
    desk.publish(&connection, "sales");
    fs::remove_file(desk.home.state_dir().join("publications.json")).unwrap();
    desk.publish(&connection, "sales");
    desk.unpublish("sales");
    assert!(!desk.text().contains(HELPER) && !desk.text().contains("[sales]"), "{}", desk.text());
}

#[test]
fn pb_04_the_comment_above_a_section_that_was_made_goes_with_it_and_that_of_the_next_one_stays() {
    let mut desk = Desk::new();
    desk.put("[a]\nhost = https://a\n");
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    desk.put(&(desk.text().replace("[sales]", "# about sales\n[sales]") + "\n# about b\n[b]\nhost = https://b\n"));
    desk.unpublish("sales");
    assert_eq!(desk.text(), "[a]\nhost = https://a\n\n# about b\n[b]\nhost = https://b\n");
}

#[test]
fn pb_05_a_profile_that_leads_elsewhere_is_refused_with_what_would_be_lost() {
    let account = "account_id = 12345678-90ab-cdef-1234-567890abcdef\n";
    let files = [
        ("host = https://old.cloud.databricks.com\ncluster_id = 1\n".to_owned(), "https://old.cloud.databricks.com"),
        (format!("host = {HOST}\nworkspace_id = 42\n"), "the workspace \"42\""),
        (format!("host = {HOST}/?o=42\n"), "the workspace \"42\""),
        (format!("host = {HOST}\nclient_id = 00000000-1111-2222-3333-444444444444\n"), "the service principal"),
        (format!("host = {HOST}\ntoken = {NOBODYS}\n"), "The token of [sales] is stored nowhere else and would be deleted."),
        (format!("host = {HOST}\npassword = x\nusername = y\n"), "The password of [sales] is stored nowhere else"),
        (format!("host = {HOST}\nclient_id = {TOKEN}\n"), "The client_id is stored nowhere else"),
        (format!("host = {HOST}\nTOKEN = {NOBODYS}\n"), "The TOKEN of [sales] is stored nowhere else and would be deleted."),
        (format!("host = {HOST}\nClient_Secret = x\n"), "The Client_Secret of [sales] is stored nowhere else and would be deleted."),
        ("HOST = https://old.cloud.databricks.com\n".to_owned(), "https://old.cloud.databricks.com"),
        (format!("host = {HOST}\nCLIENT_ID = 00000000-1111-2222-3333-444444444444\n"), "the service principal"),
        (format!("host = {HOST}\nWORKSPACE_ID = 42\n"), "the workspace \"42\""),
        (format!("{account}host = https://accounts.cloud.databricks.com\ntoken = {NOBODYS}\n"), "https://accounts.cloud.databricks.com"),
    ];
    for (section, words) in files {
        let mut desk = Desk::new();
        let text = format!("[sales]\n{section}");
        desk.put(&text);
        let connection = desk.saved("Sales", |_| {});
        let asked = plan(&mut desk, &connection, "sales");
        let said: Vec<String> = asked.replaces.iter().map(brickpass_engine::Replaced::words).collect();
        assert!(said.len() == 1 && said[0].contains(words), "{section}: {said:?}");
        assert!(!said[0].contains(NOBODYS));
        let failure = desk.apply_unasked(asked).unwrap_err();
        assert!(failure.code == Code::InvalidInput && failure.why.contains(words), "{failure}");
        assert_eq!(desk.text(), text);
    }
    // The person's own, the same place, a secret that the vault holds: nothing is lost.
    for section in [
        format!("host = {HOST}\ntoken = {TOKEN}\n"),
        format!("HOST = {HOST}\nTOKEN = {TOKEN}\n"),
        format!("host = {HOST}/\nauth_type = azure-cli\n"),
        "cluster_id = 1\n".to_owned(),
    ] {
        let mut desk = Desk::new();
        desk.put(&format!("[sales]\n{section}"));
        let connection = desk.saved("Sales", |_| {});
        let asked = plan(&mut desk, &connection, "sales");
        assert_eq!(asked.replaces, [], "{section}");
        desk.apply_unasked(asked).unwrap();
    }
}

#[test]
fn pb_06_the_only_copy_of_a_secret_is_kept_until_it_is_back() {
    let mut desk = Desk::new();
    let text = format!("[sales]\nhost = https://old.cloud.databricks.com\ntoken = {NOBODYS}\n");
    desk.put(&text);
    let connection = desk.saved("Sales", |_| {});
    let kept = desk.publish(&connection, "sales").kept;
    assert_eq!(kept.len(), 1);
    assert!(!desk.text().contains(NOBODYS));
    let notes = fs::read_to_string(desk.home.state_dir().join("publications.json")).unwrap();
    assert!(!notes.contains(NOBODYS), "{notes}");
    // More changes than there are backups, one of which moves other secrets off the disk.
    for number in 0..7 {
        desk.publish(&connection, &format!("more-{number}"));
    }
    desk.put(&(desk.text() + &format!("[mine]\nhost = {HOST}\ntoken = {TOKEN}\n")));
    desk.edit(Edit::RemoveKeys { profile: "mine".into(), keys: Vec::new() }).unwrap();
    assert_eq!(fs::read_to_string(&kept[0]).unwrap(), text);

    desk.unpublish("sales");
    assert!(desk.text().starts_with(&text), "{}", desk.text());
    assert!(!kept[0].exists(), "nothing keeps a copy that is not needed");
}

#[test]
fn pb_07_what_was_restored_is_not_kept_twice() {
    let mut desk = Desk::new();
    let text = format!("[sales]\ntoken = {NOBODYS}\n");
    desk.put(&text);
    let connection = desk.saved("Sales", |_| {});
    let kept = desk.publish(&connection, "sales").kept;
    let file = desk.ask(RestoreProfiles).unwrap();
    assert_eq!(desk.text(), text);
    assert!(file.kept.is_empty() && !kept[0].exists());
}

#[test]
fn pb_08_a_file_that_python_refuses_for_what_stands_there_twice_is_not_published_in() {
    for (text, lines) in [
        (format!("[sales]\nhost = {HOST}\n\n[sales]\ntoken = {TOKEN}\n"), "[sales] is in line 1 and in line 4"),
        ("[a]\nhost = https://a\n[b]\nhost = https://b\n[a]\n".to_owned(), "[a] is in line 1 and in line 5"),
        ("[a]\nhost = https://a\nHost = https://b\n".to_owned(), "in line 2 and in line 3"),
    ] {
        let mut desk = Desk::new();
        desk.put(&text);
        let connection = desk.saved("Sales", |_| {});
        let failure = desk.plan_publish(&connection, "sales").unwrap_err();
        let words = failure.to_string();
        assert!(words.contains(lines) && words.contains(".databrickscfg"), "{words}");
        assert!(failure.fix.contains("editor"), "{failure:?}");
        assert_eq!(desk.text(), text);
    }
}

#[test]
fn pb_09_a_deleted_connection_takes_its_profiles_along_also_after_it_is_gone() {
    let mut desk = Desk::new();
    desk.put("[other]\nhost = https://x\n\n[__settings__]\ndefault_profile = other\n");
    let before = desk.text();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "one");
    desk.publish(&connection, "two");
    desk.edit(edit_default("two")).unwrap();
    desk.ask(Remove { ids: vec![connection.id] }).unwrap();
    let taken_out = desk.ask(Unpublish { ids: vec![connection.id] }).unwrap();
    assert_eq!(taken_out.profiles, ["one", "two"]);
    assert_eq!(desk.text(), before);
}

#[test]
fn pb_10_a_profile_whose_connection_is_gone_is_an_orphan_and_can_be_taken_out() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    desk.put(
        &(desk.text()
            + &format!("\n[lost]\nhost = https://lost.cloud.databricks.com\nauth_type = databricks-cli\ndatabricks_cli_path = {HELPER}\n")),
    );
    let orphan = |desk: &mut Desk, name: &str| desk.list().profiles.into_iter().find(|line| line.name == name).unwrap().orphan;
    assert_eq!((orphan(&mut desk, "sales"), orphan(&mut desk, "lost")), (None, Some(Orphan::NoConnection)));
    desk.ask(Remove { ids: vec![connection.id] }).unwrap();
    assert_eq!(orphan(&mut desk, "sales"), Some(Orphan::ConnectionGone));
    desk.unpublish("sales");
    desk.unpublish("lost");
    assert_eq!(desk.text(), "");
    // Nobody else's profile is taken for one.
    desk.put("[a]\nhost = https://a\n");
    let remove = Edit::Remove { profile: "a".into(), former: None };
    let failure = desk.ask(PlanEdit { edit: remove }).unwrap_err();
    assert!(failure.what.contains("was not published by Brickpass"), "{failure}");
}

/// Published by a version that did not remember what stood there.
#[test]
fn pb_11_without_a_memory_only_what_is_surely_ours_goes() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    let forget = |desk: &Desk| {
        let path = desk.home.state_dir().join("publications.json");
        let mut notes: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for one in notes["publications"].as_array_mut().unwrap() {
            one.as_object_mut().unwrap().remove("before");
        }
        super::put(&path, &notes.to_string());
    };
    desk.publish(&connection, "sales");
    forget(&desk);
    desk.unpublish("sales");
    assert_eq!(desk.text(), "");
    desk.put(&format!("[sales]\nhost = {HOST}\ncluster_id = 1\nmine = x\n"));
    desk.publish(&connection, "sales");
    forget(&desk);
    desk.unpublish("sales");
    assert_eq!(desk.text(), format!("[sales]\nhost = {HOST}\ncluster_id = 1\nmine = x\nworkspace_id = {WORKSPACE}\n"));
}

#[test]
fn pb_12_a_profile_that_another_connection_takes_over_gives_back_what_stood_there_first() {
    let mut desk = Desk::new();
    let text = format!("[sales]\nhost = {HOST}\nauth_type = azure-cli\n");
    desk.put(&text);
    let one = desk.saved("One", |_| {});
    let two = desk.saved("Two", |draft| "https://adb-2222222222222222.2.azuredatabricks.net".clone_into(&mut draft.base_url));
    desk.publish(&one, "sales");
    let asked = plan(&mut desk, &two, "sales");
    assert_eq!(asked.replaces, [], "Brickpass wrote it");
    desk.apply_unasked(asked).unwrap();
    desk.unpublish("sales");
    assert_eq!(desk.text(), text);
}

#[test]
fn pb_13_keys_that_tools_know_and_that_are_no_way_to_sign_in_stay() {
    let mut desk = Desk::new();
    let keys =
        "experimental_is_unified_host = true\naudience = a\ndisable_oauth_refresh_token = true\nretry_timeout_seconds = 7\nscopes = sql\n";
    desk.put(&format!("[sales]\nhost = {HOST}\n{keys}"));
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    assert!(keys.lines().all(|line| desk.text().contains(line)), "{}", desk.text());
}

#[test]
fn pb_14_a_limit_of_the_sign_in_is_published_and_its_end_is_told() {
    let mut desk = Desk::new();
    let person = |scopes: &'static str| {
        move |draft: &mut brickpass_core::connection::Draft| {
            draft.auth = AuthKind::Browser;
            scopes.clone_into(&mut draft.scopes);
            draft.secret.expose_mut().clear();
        }
    };
    let limited = desk.saved("Limited", person("sql clusters offline_access"));
    desk.publish(&limited, "limited");
    assert!(desk.text().contains("scopes              = sql,clusters\n"), "{}", desk.text());
    let all = desk.saved("All", person("all-apis offline_access"));
    desk.publish(&all, "all");
    assert_eq!(desk.text().matches("scopes").count(), 1, "{}", desk.text());
    desk.put(&format!("[sales]\nhost = {HOST}\nscopes = sql\n"));
    let asked = plan(&mut desk, &all, "sales");
    assert!(asked.notes.iter().any(|note| note.contains("limits its sign-in to \"sql\"")), "{:?}", asked.notes);
}

#[test]
fn pb_15_what_looks_like_a_token_under_an_unknown_key_or_in_a_comment_is_told() {
    let mut desk = Desk::new();
    desk.put(&format!("[work]\nhost = {HOST}\n# {TOKEN}\npath = {TOKEN}\ntoken = {TOKEN}\n"));
    let connection = desk.saved("work", |_| {});
    let file = desk.edit(Edit::RemoveKeys { profile: "work".into(), keys: Vec::new() }).unwrap();
    let line = &file.profiles[0];
    let places: Vec<String> = line.suspects.iter().map(brickpass_interchange::databrickscfg::Suspect::place).collect();
    assert_eq!((line.secrets.len(), places), (0, vec!["A comment (line 3)".to_owned(), "path".to_owned()]));
    assert_eq!(line.published, Some((connection.id, Drift::Same)));
}

#[test]
fn pb_16_of_connections_with_one_secret_the_one_of_the_profiles_name_stands_for_it() {
    let mut desk = Desk::new();
    desk.saved("sachin_data_and_ai", |_| {});
    let called = desk.saved("sachin_main3", |_| {});
    desk.put(&format!("[sachin_main3]\nhost = {HOST}\ntoken = {TOKEN}\n"));
    let file = desk.edit(Edit::RemoveKeys { profile: "sachin_main3".into(), keys: Vec::new() }).unwrap();
    assert_eq!(file.profiles[0].published, Some((called.id, Drift::Same)));
}

#[test]
fn pb_17_a_file_in_another_encoding_is_refused_with_its_path_its_line_and_the_cure() {
    let utf16: Vec<u8> = "\u{feff}[a]\nhost = x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "[a]\nhost = x\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, why) in
        [(utf16, "UTF-16"), (big, "UTF-16"), (b"[a]\nhost = x\n# \xe4nderung\n".to_vec(), "Line 3 contains a character that is not UTF-8")]
    {
        let mut desk = Desk::new();
        desk.put("");
        fs::write(desk.path(), &bytes).unwrap();
        let failure = desk.ask(ListProfiles).unwrap_err();
        assert!(failure.why.contains(why) && failure.fix.contains("Save it as UTF-8"), "{failure}");
        assert!(failure.what.contains(&desk.path().display().to_string()), "{failure}");
        assert_eq!(fs::read(desk.path()).unwrap(), bytes);
    }
}
