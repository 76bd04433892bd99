//! What somebody may not do, or what does not exist where it is asked for.

use brickpass_core::{
    connection::{AuthKind, ClientId},
    failure::Code,
};
use brickpass_databricks::rest::{Entitlement, Object, Securable};
use brickpass_engine::AdminRequest;

use super::{Desk, PRINCIPALS, add_to, secret_for};

#[test]
fn whoever_is_not_an_admin_is_told_who_may_do_this() {
    let mut desk = Desk::new();
    let payroll = desk.not_an_admin();
    let requests = [
        AdminRequest::TokenRules,
        AdminRequest::SetTokensEnabled(false),
        AdminRequest::SetMaximumDays(Some(1)),
        AdminRequest::UsersTokens,
        AdminRequest::ServicePrincipals,
        AdminRequest::CreateServicePrincipal { name: "ci".to_owned() },
        AdminRequest::SetEntitlement { principal_id: "1".to_owned(), entitlement: Entitlement::WorkspaceAccess, granted: true },
        AdminRequest::Secrets { principal_id: "1".to_owned() },
        secret_for("1"),
    ];
    for request in requests {
        let failure = desk.administer(payroll, request.clone()).unwrap_err();
        assert_eq!(failure.code, Code::Forbidden, "{request:?}: {failure}");
        assert!(failure.to_string().contains("admins of the workspace"), "{request:?}: {failure}");
    }
    let (revoked, failed) = desk.revoke(payroll, &["f".repeat(64)]);
    assert_eq!((revoked.len(), failed[0].1.code), (0, Code::Forbidden));
    // At account level, a service principal that is no account admin.
    let principal = desk.demo.service_principal();
    let account = desk.account(|draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.client_id = principal.client_id;
        draft.secret.expose_mut().push_str(&principal.client_secret);
    });
    let request = AdminRequest::CreateServicePrincipal { name: "ci".to_owned() };
    let failure = desk.administer(account.id, request).unwrap_err();
    assert!(failure.code == Code::Forbidden && failure.to_string().contains("admins of the account"), "{failure}");
}

#[test]
fn what_does_not_exist_at_a_level_is_told_and_nobody_is_asked() {
    let mut desk = Desk::new();
    // Nobody is signed in there, and nobody has to be.
    let account = desk.account(|_| ()).id;
    let sales = desk.sales();
    let object = Object { kind: Securable::Job, id: "1".to_owned(), name: "x".to_owned() };
    let client_id = ClientId::parse("aa-1").unwrap();
    let permission = Securable::Job.permissions()[0];
    let requests = [
        (account, AdminRequest::TokenRules),
        (account, AdminRequest::SetTokensEnabled(false)),
        (account, AdminRequest::SetMaximumDays(None)),
        (account, AdminRequest::UsersTokens),
        (account, AdminRequest::RevokeUsersTokens { token_ids: vec!["1".to_owned()] }),
        (account, AdminRequest::SetEntitlement { principal_id: "1".to_owned(), entitlement: Entitlement::WorkspaceAccess, granted: true }),
        (account, AdminRequest::Catalogs),
        (account, AdminRequest::Objects { kind: Securable::Job, catalog: None }),
        (account, AdminRequest::Permission { object: object.clone(), client_id: client_id.clone() }),
        (account, AdminRequest::Grant { object, client_id, permission }),
        (sales, add_to("1", "2")),
    ];
    for (id, request) in requests {
        let failure = desk.administer(id, request.clone()).unwrap_err();
        assert_eq!(failure.code, Code::Unsupported, "{request:?}: {failure}");
    }
    assert_eq!((desk.demo.authorization().requests().len(), desk.handle.requests().len()), (0, 0));
    let failure = desk.administer(account, AdminRequest::ServicePrincipals).unwrap_err();
    assert_eq!(failure.code, Code::SignInNeeded);
    let failure = desk.create(sales, "  ").unwrap_err();
    assert_eq!((failure.code, desk.count("POST", PRINCIPALS)), (Code::InvalidInput, 0));
}
