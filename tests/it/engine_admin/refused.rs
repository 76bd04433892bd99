//! What somebody may not do, or what does not exist where it is asked for.

use brickpass_core::{
    connection::{AuthKind, ClientId, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Entitlement, Object, Securable};
use brickpass_engine::{
    CreateServicePrincipal, GetPermission, GetTokenRules, GrantPermission, ListCatalogs, ListOAuthSecrets, ListObjects,
    ListServicePrincipals, ListUsersTokens, Request, RevokeUsersTokens, SetEntitlement, SetMaximumDays, SetTokensEnabled,
};

use super::{Desk, PRINCIPALS, add_to, secret_for};

fn create(id: ConnectionId) -> CreateServicePrincipal {
    CreateServicePrincipal { id, name: "ci".to_owned() }
}

fn entitle(id: ConnectionId) -> SetEntitlement {
    SetEntitlement { id, principal_id: "1".to_owned(), entitlement: Entitlement::WorkspaceAccess, granted: true }
}

/// With this code; what was asked, and why it was refused.
fn refused<R: Request>(desk: &mut Desk, request: R, code: Code) -> (String, Failure) {
    let asked = format!("{request:?}");
    let failure = desk.ask(request).unwrap_err();
    assert_eq!(failure.code, code, "{asked}: {failure}");
    (asked, failure)
}

#[test]
fn whoever_is_not_an_admin_is_told_who_may_do_this() {
    let mut desk = Desk::new();
    let id = desk.not_an_admin();
    let refusals = [
        refused(&mut desk, GetTokenRules { id }, Code::Forbidden),
        refused(&mut desk, SetTokensEnabled { id, enabled: false }, Code::Forbidden),
        refused(&mut desk, SetMaximumDays { id, days: Some(1) }, Code::Forbidden),
        refused(&mut desk, ListUsersTokens { id }, Code::Forbidden),
        refused(&mut desk, ListServicePrincipals { id }, Code::Forbidden),
        refused(&mut desk, create(id), Code::Forbidden),
        refused(&mut desk, entitle(id), Code::Forbidden),
        refused(&mut desk, ListOAuthSecrets { id, principal_id: "1".to_owned() }, Code::Forbidden),
        refused(&mut desk, secret_for(id, "1"), Code::Forbidden),
    ];
    for (asked, failure) in refusals {
        assert!(failure.to_string().contains("workspace admins"), "{asked}: {failure}");
    }
    let (revoked, failed) = desk.revoke(id, &["f".repeat(64)]);
    assert_eq!((revoked.len(), failed[0].1.code), (0, Code::Forbidden));
    // At account level, a service principal that is no account admin.
    let principal = desk.demo.service_principal();
    let account = desk.account(|draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.client_id = principal.client_id;
        draft.secret.expose_mut().push_str(&principal.client_secret);
    });
    let (_, failure) = refused(&mut desk, create(account.id), Code::Forbidden);
    assert!(failure.to_string().contains("account admins"), "{failure}");
}

#[test]
fn what_does_not_exist_at_a_level_is_told_and_nobody_is_asked() {
    let mut desk = Desk::new();
    // Nobody is signed in there, and nobody has to be.
    let id = desk.account(|_| ()).id;
    let sales = desk.sales();
    let object = Object { kind: Securable::Job, id: "1".to_owned(), name: "x".to_owned() };
    let client_id = ClientId::parse("aa-1").unwrap();
    let permission = Securable::Job.permissions()[0];
    refused(&mut desk, GetTokenRules { id }, Code::Unsupported);
    refused(&mut desk, SetTokensEnabled { id, enabled: false }, Code::Unsupported);
    refused(&mut desk, SetMaximumDays { id, days: None }, Code::Unsupported);
    refused(&mut desk, ListUsersTokens { id }, Code::Unsupported);
    refused(&mut desk, RevokeUsersTokens { id, token_ids: vec!["1".to_owned()] }, Code::Unsupported);
    refused(&mut desk, entitle(id), Code::Unsupported);
    refused(&mut desk, ListCatalogs { id }, Code::Unsupported);
    refused(&mut desk, ListObjects { id, kind: Securable::Job, catalog: None }, Code::Unsupported);
    refused(&mut desk, GetPermission { id, object: object.clone(), client_id: client_id.clone() }, Code::Unsupported);
    refused(&mut desk, GrantPermission { id, object, client_id, permission }, Code::Unsupported);
    refused(&mut desk, add_to(sales, "1", "2"), Code::Unsupported);
    assert_eq!((desk.demo.authorization().requests().len(), desk.handle.requests().len()), (0, 0));
    refused(&mut desk, ListServicePrincipals { id }, Code::SignInNeeded);
    let failure = desk.create(sales, "  ").unwrap_err();
    assert_eq!((failure.code, desk.count("POST", PRINCIPALS)), (Code::InvalidInput, 0));
}
