//! What the Databricks CLI makes of a bundle.

use super::*;

const DEV: &str = "https://dev.cloud.databricks.com";

fn twins() -> Vec<Section> {
    vec![
        section("p1", 1, &[("host", DEV), ("token", "x"), ("workspace_id", "1")]),
        section("p2", 5, &[("host", DEV), ("token", "x"), ("workspace_id", "2")]),
        section("acc", 9, &[("host", DEV), ("account_id", "a")]),
    ]
}

#[test]
fn ev_13_the_workspace_id_of_a_bundle_chooses_between_profiles_of_one_host() {
    for bundle in [
        format!("workspace:\n  host: {DEV}\n  workspace_id: 2\n"),
        format!("workspace:\n  host: {DEV}/?o=2\n"),
        format!("workspace:\n  host: {DEV}\ntargets:\n  only:\n    workspace:\n      workspace_id: \"2\"\n"),
    ] {
        let found = case(&[], twins()).bundle(&bundle).resolve(None);
        assert_eq!((found.profile.as_deref(), found.verdict()), (Some("p2"), Verdict::Works), "{bundle}: {found:?}");
        assert_eq!((found.get("host"), found.get("workspace_id")), (Some(DEV), Some("2")));
    }
    let found = case(&[], twins()).bundle(&format!("workspace:\n  host: {DEV}\n")).resolve(None);
    assert!(words(&found).unwrap().contains("multiple profiles matched: p1, p2, acc"), "{found:?}");
    for way in ["profile: p1 under workspace", "--profile p1", "DATABRICKS_CONFIG_PROFILE=p1"] {
        assert!(fix(&found).contains(way), "{}", fix(&found));
    }
    // One that leads to an account alone is of no use.
    let found = case(&[], vec![twins().remove(0), twins().remove(2)]).bundle(&format!("workspace:\n  host: {DEV}\n")).resolve(None);
    assert_eq!(found.profile.as_deref(), Some("p1"));
}

#[test]
fn ev_14_the_auth_type_of_a_bundle_and_its_other_keys_are_used() {
    let both = vec![section("p1", 1, &[("host", DEV), ("token", "x"), ("client_id", "c"), ("client_secret", "s")])];
    let found = case(&[], both).bundle("workspace:\n  profile: p1\n  auth_type: pat\n").resolve(None);
    assert_eq!((found.auth_type.as_deref(), found.verdict()), (Some("pat"), Verdict::Works), "{found:?}");
    let azure = "workspace:\n  host: https://adb-1.2.azuredatabricks.net\n  azure_client_id: c\n  azure_tenant_id: t\n";
    let found = case(&[("ARM_CLIENT_SECRET", "s")], vec![]).bundle(azure).resolve(None);
    assert_eq!(found.auth_type.as_deref(), Some("azure-client-secret"));
    assert!(matches!(of(&found, "azure_client_id").source, Source::Bundle(_)));
    let unified = "workspace:\n  profile: p1\n  experimental_is_unified_host: true\n";
    let found = case(&[], twins()).bundle(unified).resolve(None);
    assert!(found.notes.iter().any(|it| it.contains("experimental_is_unified_host")), "{found:?}");
}

#[test]
fn ev_15_a_token_of_one_workspace_does_not_go_to_the_bundle_of_another() {
    let variables = [("DATABRICKS_HOST", "https://adb-1.2.azuredatabricks.net"), ("DATABRICKS_TOKEN", "t")];
    let found = case(&variables, vec![]).bundle("workspace:\n  host: https://adb-9.9.azuredatabricks.net\n").resolve(None);
    let problem = found.problem.as_ref().unwrap();
    assert!(problem.words.starts_with("config host mismatch: ") && problem.words.contains("DATABRICKS_TOKEN"), "{problem:?}");
    assert_eq!(problem.by, Speaker::Brickpass);
    let same = [("DATABRICKS_HOST", "https://ADB-9.9.azuredatabricks.net/"), ("DATABRICKS_TOKEN", "t")];
    assert_eq!(case(&same, vec![]).bundle("workspace:\n  host: https://adb-9.9.azuredatabricks.net\n").resolve(None).problem, None);
}

#[test]
fn ev_16_a_profile_of_another_host_is_refused_by_the_commands_of_bundles_alone() {
    let sections =
        || vec![section("p", 1, &[("host", "https://other.net"), ("token", "x")]), section("fit", 4, &[("host", DEV), ("token", "x")])];
    let bundle = format!("workspace:\n  host: {DEV}\n");
    let plain = case(&[], sections()).bundle(&bundle).resolve(Some("p"));
    assert_eq!((plain.verdict(), plain.get("host")), (Verdict::Works, Some("https://other.net")));
    assert!(plain.notes.iter().any(|it| it.contains("They reject this profile: the host in the profile (https://other.net)")), "{plain:?}");
    let mut with_target = case(&[], sections()).bundle(&bundle);
    with_target.target_named = true;
    let refused = with_target.resolve(Some("p"));
    assert!(words(&refused).unwrap().starts_with("cannot resolve bundle auth configuration: the host in the profile"), "{refused:?}");
    assert!(fix(&refused).contains("-p fit"));
    let named = case(&[("DATABRICKS_CONFIG_PROFILE", "p")], sections()).bundle(&bundle).resolve(None);
    assert!(words(&named).unwrap().contains("doesn’t match the host configured in the bundle"), "{named:?}");
}

#[test]
fn ev_17_a_target_that_cannot_be_chosen_is_told() {
    let two = "targets:\n  a:\n    workspace:\n      host: https://a.net\n  b:\n    workspace:\n      host: https://b.net\n";
    let found = case(&[], vec![]).bundle(two).resolve(None);
    assert_eq!(words(&found), Some("please specify target"));
    let missing = case(&[("DATABRICKS_BUNDLE_TARGET", "c")], vec![]).bundle(two).resolve(None);
    assert_eq!(words(&missing), Some("c: no such target. Available targets: a, b"));
    let chosen = case(&[("DATABRICKS_BUNDLE_TARGET", "b"), ("DATABRICKS_TOKEN", "t")], vec![]).bundle(two).resolve(None);
    assert_eq!((chosen.get("host"), chosen.verdict()), (Some("https://b.net"), Verdict::Works));
}

#[test]
fn ev_18_a_variable_in_the_host_of_a_bundle_is_named() {
    for host in ["${var.host}", "https://$databricks_host"] {
        let found = case(&[("DATABRICKS_TOKEN", "t")], vec![]).bundle(&format!("workspace:\n  host: {host}\n")).resolve(None);
        assert_eq!((found.get("host"), found.verdict()), (Some(host), Verdict::Fails), "{found:?}");
        assert!(fix(&found).starts_with("The variable in /projects/etl/databricks.yml was not replaced"), "{found:?}");
    }
}

#[test]
fn ev_19_the_sdks_do_not_read_a_bundle() {
    let found = case(&[("DATABRICKS_HOST", "https://e.net"), ("DATABRICKS_TOKEN", "t")], twins())
        .bundle(&format!("workspace:\n  host: {DEV}\n"))
        .seen_by(Family::Go)
        .resolve(None);
    assert_eq!((found.get("host"), found.verdict()), (Some("https://e.net"), Verdict::Works));
    assert!(found.notes.iter().any(|it| it.contains("does not read /projects/etl/databricks.yml")), "{found:?}");
}
