//! Where secrets stand before and after a publication: in the file as long as nobody else holds them, and nowhere else.

use std::{fs, path::PathBuf};

use brickpass::{connection::AuthKind, engine::Command, failure::Code, interchange::databrickscfg::Edit};

use super::{HOST, TOKEN, desk::Desk};

#[test]
fn secrets_stay_in_the_file_until_a_connection_holds_the_same_ones() {
    let mut desk = Desk::new();
    let text = format!("[a]\nhost = {HOST}/\ntoken = {TOKEN}\nteam = x\n\n[b]\nhost = https://b.cloud.databricks.com\ntoken = dapi-b\n");
    desk.put(&text);
    let go = |profile: &str| Edit::RemoveKeys { profile: profile.into(), keys: vec!["token".into()] };
    assert_eq!(desk.edit(go("a")).unwrap_err().code, Code::NoSecret);
    desk.saved("Another", |draft| {
        draft.secret.expose_mut().clear();
        draft.secret.expose_mut().push_str("dapifedcba9876543210fedcba9876543210");
    });
    assert_eq!(desk.edit(go("a")).unwrap_err().code, Code::NoSecret);
    desk.saved("Sales", |_| {});
    assert_eq!(desk.edit(go("b")).unwrap_err().code, Code::NoSecret);
    assert_eq!(desk.text(), text);

    let file = desk.edit(go("a")).unwrap();
    assert!(file.profiles[0].secrets.is_empty() && file.profiles[1].secrets == ["token"], "{file:?}");
    assert!(desk.text().contains("team = x") && desk.text().contains("databricks-cli"));
    // No backup keeps on the disk what was taken off it; the way back is there all the same.
    for (path, bytes) in desk.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(TOKEN), "{}", path.display());
    }
    assert!(file.backup);
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert_eq!(desk.text(), text);
}

#[test]
fn a_secret_that_nobody_else_holds_is_kept_in_a_backup() {
    let mut desk = Desk::new();
    desk.put("[sales]\ntoken = dapi-only-here\n");
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    assert!(!desk.text().contains("dapi-only-here"));
    let keeps = |(path, bytes): &(PathBuf, Vec<u8>)| {
        path.starts_with(desk.home.state_dir()) && String::from_utf8_lossy(bytes).contains("dapi-only-here")
    };
    assert_eq!(desk.home.files().iter().filter(|file| keeps(file)).count(), 1);
    desk.profiles(Command::RestoreProfiles).unwrap();
    assert_eq!(desk.text(), "[sales]\ntoken = dapi-only-here\n");
}

#[test]
fn nothing_that_is_remembered_holds_a_secret() {
    let mut desk = Desk::new();
    let connection = desk.saved("Sales", |_| {});
    desk.publish(&connection, "sales");
    let known = fs::read_to_string(desk.home.state_dir().join("publications.json")).unwrap();
    assert!(!known.contains(TOKEN) && !known.contains(HOST), "{known}");
}

#[test]
fn every_kind_of_connection_is_published_without_a_secret() {
    let mut desk = Desk::new();
    let principal = desk.saved("M2M", |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        "00000000-1111-2222-3333-444444444444".clone_into(&mut draft.client_id);
        draft.secret.expose_mut().clear();
        draft.secret.expose_mut().push_str("dose-secret-of-the-principal");
    });
    let person = desk.saved("Browser", |draft| {
        draft.auth = AuthKind::Browser;
        draft.secret.expose_mut().clear();
    });
    desk.publish(&principal, "m2m");
    let file = desk.publish(&person, "browser");
    assert!(file.profiles.iter().all(|line| line.auth_type.as_deref() == Some("databricks-cli") && line.secrets.is_empty()), "{file:?}");
    assert!(!desk.text().contains("dose") && !desk.text().contains("client_id"));
}
