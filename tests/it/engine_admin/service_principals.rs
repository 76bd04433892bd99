//! Service principals are made, entitled, and let in.

use brickpass_core::failure::Code;
use brickpass_databricks::rest::{Entitlement, Object, Securable};
use brickpass_engine::{AuditAction, GetPermission, GrantPermission, ListCatalogs, ListObjects};

use super::{Desk, PRINCIPALS, add_to, change_of};
use crate::support::between::Way;

#[test]
fn a_service_principal_whose_answer_was_lost_is_looked_for_by_its_name() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let before = desk.demo.authorization().service_principals().len();
    desk.handle.lose_next_answer();
    let failure = desk.create(sales, " perhaps ").unwrap_err();
    let there = desk.principals(sales).into_iter().find(|it| it.name == "perhaps").unwrap();
    assert!(failure.what.contains("A service principal named perhaps exists"), "{failure}");
    assert!(failure.why.contains(there.client_id.as_str()), "{failure}");
    assert_eq!((desk.count("POST", PRINCIPALS), desk.demo.authorization().service_principals().len()), (1, before + 1));

    desk.script(change_of("POST", PRINCIPALS, Way::LostBack));
    let failure = desk.create(sales, "perhaps").unwrap_err();
    assert!(failure.what.contains("Several service principals are named perhaps"), "{failure}");

    desk.script(change_of("POST", PRINCIPALS, Way::LostThere));
    let failure = desk.create(sales, "never").unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("POST", PRINCIPALS)), ("Nothing was changed.", 1));
}

#[test]
fn a_service_principal_that_cannot_be_looked_for_may_be_there() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.script(|method, _| if method == "POST" { Way::LostBack } else { Way::Refused(403) });
    let failure = desk.create(sales, "unseen").unwrap_err();
    assert!(failure.what.contains("It is unknown whether") && failure.fix.contains("before you create it again"), "{failure}");
    assert_eq!(desk.count("POST", PRINCIPALS), 1);
}

#[test]
fn an_entitlement_whose_answer_was_lost_is_looked_after() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    for granted in [true, false] {
        desk.handle.lose_next_answer();
        desk.entitle(sales, &id, granted).unwrap();
        assert_eq!(desk.principals(sales)[0].entitlements.contains(&Entitlement::DatabricksSqlAccess), granted);
    }
    assert_eq!(desk.count("PATCH", PRINCIPALS), 2, "once each");
    desk.script(change_of("PATCH", PRINCIPALS, Way::LostThere));
    assert_eq!(desk.entitle(sales, &id, true).unwrap_err().what, "Nothing was changed.");
    assert_eq!(desk.count("PATCH", PRINCIPALS), 1);
    let actions = desk.actions();
    let sql = format!("{id} databricks-sql-access");
    assert_eq!(actions[1..3], [(AuditAction::EntitlementGranted, None, sql.clone()), (AuditAction::EntitlementTaken, None, sql)]);
    assert!(actions[3].0 == AuditAction::EntitlementGranted && actions[3].1.is_some(), "{actions:?}");
}

#[test]
fn an_account_admin_sets_up_a_service_principal() {
    let mut desk = Desk::new();
    let account = desk.admins_account();
    let made = desk.create(account, "releases").unwrap();
    assert!(desk.principals(account).iter().any(|it| it.id == made.id));
    let workspace = desk.handle.workspace_id();
    let add = add_to(account, &made.id, &workspace);
    // Setting what is set already changes nothing: it is asked for once more.
    desk.demo.authorization().lose_next_answer();
    desk.ask(add).unwrap();
    let sales = desk.sales();
    assert!(desk.principals(sales).iter().any(|it| it.id == made.id), "let in");

    // The sign-in is over in the meantime: it is renewed, once.
    desk.demo.authorization().expire_access_tokens();
    let new = desk.make_secret(account, &made.id).unwrap();
    assert_eq!(desk.there(&made.id), [new.secret.id.as_str()]);
    desk.demo.authorization().lose_next_answer();
    let failure = desk.make_secret(account, &made.id).unwrap_err();
    assert!(failure.what.contains("Brickpass has deleted it"), "{failure}");
    assert_eq!(desk.there(&made.id), [new.secret.id.as_str()]);

    let failure = desk.ask(add_to(account, &made.id, "1")).unwrap_err();
    assert!(failure.code == Code::NotFound && failure.what.contains("Workspace not found in the account"), "{failure}");
    let actions = desk.actions();
    let told = |what| actions.iter().filter(move |it| it.0 == what).map(|it| it.2.as_str()).collect::<Vec<_>>();
    assert_eq!(told(AuditAction::ServicePrincipalCreated), [made.client_id.as_str()]);
    assert_eq!(told(AuditAction::AddedToWorkspace)[0], format!("{} {workspace} USER", made.id));
}

#[test]
fn a_permission_is_granted_on_each_kind_of_object_and_a_lost_answer_is_looked_after() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let client_id = desk.principals(sales)[0].client_id.clone();
    let catalogs = desk.ask(ListCatalogs { id: sales }).unwrap();
    for (kind, level) in [(Securable::Cluster, 1), (Securable::SqlWarehouse, 2), (Securable::Job, 1), (Securable::Schema, 0)] {
        let catalog = (kind == Securable::Schema).then(|| catalogs[0].clone());
        let objects = desk.ask(ListObjects { id: sales, kind, catalog }).unwrap();
        let (object, permission) = (objects.last().unwrap().clone(), kind.permissions()[level]);
        let question = GetPermission { id: sales, object: object.clone(), client_id: client_id.clone() };
        let grant = GrantPermission { id: sales, object: object.clone(), client_id: client_id.clone(), permission };
        let now = |desk: &mut Desk| desk.ask(question.clone()).unwrap().map(|permission| permission.word);
        assert_ne!(now(&mut desk), Some(permission.word), "{kind:?}");
        if kind == Securable::Job {
            desk.script(change_of("PATCH", "permissions", Way::LostThere));
            let failure = desk.ask(grant.clone()).unwrap_err();
            assert_eq!((failure.what.as_str(), desk.count("PATCH", "")), ("The permission was not granted.", 1));
        }
        desk.script(|_, _| Way::Through);
        if kind == Securable::Schema {
            desk.ask(grant).unwrap();
        } else {
            desk.handle.lose_next_answer();
            desk.ask(grant).unwrap();
            assert_eq!(desk.count("PATCH", ""), 1, "{kind:?}");
        }
        assert_eq!(now(&mut desk), Some(permission.word), "{kind:?}");
    }
    let gone = Object { kind: Securable::Job, id: "1".to_owned(), name: "gone".to_owned() };
    let failure = desk.ask(GetPermission { id: sales, object: gone, client_id }).unwrap_err();
    assert!(failure.code == Code::NotFound && failure.what.contains("This job no longer exists"), "{failure}");
    let granted: Vec<_> = desk.actions().into_iter().filter(|it| it.0 == AuditAction::PermissionGranted).collect();
    assert_eq!(granted.iter().filter(|it| it.1.is_none()).count(), 4);
    assert!(granted.iter().all(|it| !it.2.contains(&catalogs[0])), "names of schemas are people's own words: {granted:?}");
}
