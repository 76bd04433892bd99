//! The access of a service principal.

use super::*;

#[test]
fn access_is_ticked_and_a_refusal_takes_the_tick_away() {
    let engine = sales();
    let mut window = at_principal(&engine);
    assert!(is_ticked(&window, "Workspace access") && !is_ticked(&window, "Databricks SQL access"));
    click(&mut window, &engine, "Databricks SQL access");
    assert!(is_ticked(&window, "Databricks SQL access"));
    assert!(engine.0.borrow().admin_data.principals[0].entitlements.contains(&Entitlement::DatabricksSqlAccess));
    tick(&mut window, &engine, "Workspace access");
    assert_eq!(engine.0.borrow().admin_data.principals[0].entitlements, [Entitlement::DatabricksSqlAccess]);
    engine.0.borrow_mut().admin_data.failures = vec![("SetEntitlement", forbidden())];
    click(&mut window, &engine, "Allow cluster creation");
    assert!(shows(&window, "Access was not changed") && !is_ticked(&window, "Allow cluster creation"));
}

#[test]
fn a_permission_is_granted_step_by_step() {
    let engine = sales();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Object type: Choose an object type", "Cluster");
    type_into(&mut window, &engine, Role::TextInput, "Filter clusters", "night");
    assert!(window.query_by_role_and_label(Role::ListBoxOption, "adhoc").is_none());
    window.get_by_role_and_label(Role::ListBoxOption, "nightly").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "No permissions here."));
    choose(&mut window, &engine, "Permission: Can attach to", "Can restart");
    click(&mut window, &engine, "Grant");
    assert_eq!(granted(&engine, "0101-2").map(|permission| permission.word), Some("CAN_RESTART"));
    assert!(shows(&window, "Current permission: Can restart."));
    assert!(window.get_by_label("Grant").accesskit_node().is_disabled(), "it has that already");
    click(&mut window, &engine, "Choose another");
    assert!(window.query_by_role_and_label(Role::ListBoxOption, "nightly").is_some());
}

fn granted(engine: &FakeEngine, object: &str) -> Option<Permission> {
    engine.0.borrow().admin_data.permissions.get(object).copied()
}

#[test]
fn a_schema_is_found_by_way_of_its_catalog() {
    let engine = sales();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Object type: Choose an object type", "Schema");
    choose(&mut window, &engine, "Catalog: Choose a catalog", "samples");
    assert!(shows(&window, "No schemas visible to you."));
    choose(&mut window, &engine, "Catalog: samples", "main");
    window.get_by_role_and_label(Role::ListBoxOption, "sales").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Grant");
    assert_eq!(granted(&engine, "main.sales").map(|permission| permission.word), Some("READ"));
    engine.0.borrow_mut().admin_data.failures = vec![("Grant", forbidden())];
    choose(&mut window, &engine, "Permission: Can read", "Can read and write");
    click(&mut window, &engine, "Grant");
    assert!(shows(&window, "The permission was not granted") && shows(&window, "Current permission: Can read."));
}

#[test]
fn two_thousand_objects_draw_only_those_in_view() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.objects =
        (0..2000).map(|number| object(Securable::Job, &number.to_string(), &format!("job {number:04}"))).collect();
    let mut window = at_principal(&engine);
    choose(&mut window, &engine, "Object type: Choose an object type", "Job");
    let drawn = window.query_all_by_role(Role::ListBoxOption).count();
    assert!((3..20).contains(&drawn), "{drawn}");
}
