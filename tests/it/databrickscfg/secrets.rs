//! Where secrets stand before and after a publication: in the file as long as nobody else holds them, and nowhere else.

use std::{fs, path::PathBuf, time::Instant};

use brickpass_core::{connection::AuthKind, failure::Code};
use brickpass_engine::{Drift, Places, PlanEdit, RestoreProfiles};
use brickpass_interchange::databrickscfg::Edit;
use brickpass_storage::{Library, Vault, VaultConfig, VaultHome};

use super::{
    HOST, TOKEN,
    desk::{Desk, Profiles},
};
use crate::support::{
    Home,
    desk::with_vault,
    terminal::{PASSPHRASE, Terminal},
};

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
    desk.ask(RestoreProfiles).unwrap();
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
    desk.ask(RestoreProfiles).unwrap();
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

/// Of each host ten, so that it is the secret that tells them apart.
#[test]
fn a_thousand_profiles_lose_their_secrets_with_one_change() {
    const MANY: usize = 1000;
    let section = |n: usize| format!("[p{n}]\nhost = https://w{}.cloud.databricks.com\ntoken = dapi{n:032}\n\n", n / 10);
    let held: String = (0..MANY).map(section).collect();
    let text = format!("{held}[nobody]\nhost = https://w0.cloud.databricks.com\ntoken = dapi-of-nobody\n");
    let terminal = Terminal::at(Home::new(), ());
    let path = terminal.home.path().join(".databrickscfg");
    super::put(&path, &held);
    terminal.done(&["import", "--databrickscfg"]);
    super::put(&path, &text);

    let vault =
        VaultConfig { home: VaultHome::File, file: terminal.home.config_dir().join("vault.age"), passphrase: Some(PASSPHRASE.into()) };
    let mut desk = Desk::start(terminal.home, Profiles, |home| Places {
        databrickscfg: Some(home.path().join(".databrickscfg")),
        helper: super::HELPER.to_owned(),
        ..with_vault(home, Vault::new(vault))
    });
    let profiles = desk.list().profiles;
    let without = |name: &str| (None, Edit::RemoveKeys { profile: name.to_owned(), keys: Vec::new() });
    let edit = Edit::Several(profiles.iter().map(|line| without(&line.name)).collect());
    let start = Instant::now();
    let plan = desk.ask(PlanEdit { edit }).unwrap();
    let planned = start.elapsed();
    assert_eq!(plan.edit.published(), MANY);
    let told = plan.edit.warnings().join(" ");
    assert!(told.contains("profile nobody stay in the file"), "{told}");
    let file = desk.apply(plan).unwrap();
    println!("planned in {planned:?}, done after {:?}", start.elapsed());
    // One key derivation a profile would take ten minutes.
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());

    let kept: Vec<&str> = file.profiles.iter().filter(|line| !line.secrets.is_empty()).map(|line| line.name.as_str()).collect();
    assert_eq!(kept, ["nobody"]);
    assert_eq!(file.profiles.iter().filter(|line| line.published.is_some_and(|(_, drift)| drift == Drift::Same)).count(), MANY);
    for (path, bytes) in desk.home.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("dapi00000"), "{}", path.display());
    }
    // Each leads to the connection that came from it.
    let listed = Library::new(&desk.home.config_dir(), &desk.home.state_dir()).load().unwrap();
    let name = |id| listed.entries.iter().find(|entry| entry.connection.id == id).map(|entry| entry.connection.name.as_str().to_owned());
    for line in file.profiles.iter().filter(|line| line.name != "nobody") {
        assert_eq!(line.published.and_then(|(id, _)| name(id)).as_deref(), Some(line.name.as_str()));
    }
    desk.ask(RestoreProfiles).unwrap();
    assert_eq!(desk.text(), text);
}
