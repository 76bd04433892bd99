//! What the activity log gets of an administrator's requests.

use super::*;
use crate::{activity::Done, request::Request, tokens::RevokedTokens};
use brickpass_core::{connection::ClientId, failure::Code};
use brickpass_databricks::rest::{NewOAuthSecret, OAuthSecret, Object, Securable, TokenRules};
use brickpass_storage::AuditAction;

fn recorded<R: Request>(request: &R, outcome: &Result<R::Answer, Failure>) -> Vec<Done> {
    request.recorder()(outcome)
}

#[test]
fn what_an_admin_changed_is_told_by_ids_and_fixed_words() {
    let id = ConnectionId::random();
    let client_id = ClientId::parse("6f0a4f5c-5bd1-4b64-9c4b-0c6b1f4b3a52").unwrap();
    let no = || Failure::new(Code::Forbidden, "free text", "", "");
    let one = |what, detail: &str| Done::new(id, what).with(Some(detail.to_owned()));
    assert_eq!(recorded(&ListUsersTokens { id }, &Ok(Vec::new())), []);
    assert_eq!(recorded(&SetTokensEnabled { id, enabled: false }, &Err(no())), [Done::new(id, AuditAction::TokensDisabled).failed(&no())]);
    let ninety = SetMaximumDays { id, days: Some(90) };
    assert_eq!(recorded(&ninety, &Ok(TokenRules::default())), [one(AuditAction::TokenMaximumSet, "90 days")]);
    let grant = |kind: Securable, object: &str| GrantPermission {
        id,
        object: Object { kind, id: object.to_owned(), name: "free text".to_owned() },
        client_id: client_id.clone(),
        permission: kind.permissions()[1],
    };
    assert_eq!(
        recorded(&grant(Securable::Cluster, "0618-101010-abc"), &Ok(())),
        [one(AuditAction::PermissionGranted, "6f0a4f5c-5bd1-4b64-9c4b-0c6b1f4b3a52 CAN_RESTART cluster 0618-101010-abc")]
    );
    assert_eq!(
        recorded(&grant(Securable::Schema, "main.payroll"), &Ok(())),
        [one(AuditAction::PermissionGranted, "6f0a4f5c-5bd1-4b64-9c4b-0c6b1f4b3a52 WRITE schema")]
    );
    let delete = DeleteOAuthSecret { id, principal_id: "12".into(), secret_id: "a b\n".into() };
    assert_eq!(recorded(&delete, &Ok(())), [one(AuditAction::SecretDeleted, "12")]);
    let revoke = RevokeUsersTokens { id, token_ids: vec!["1f".into(), "2e".into()] };
    let mixed = RevokedTokens { revoked: vec!["2e".into()], failed: vec![("1f".into(), no())] };
    let (gone, left) = (one(AuditAction::UsersTokenRevoked, "2e"), one(AuditAction::UsersTokenRevoked, "1f").failed(&no()));
    assert_eq!(recorded(&revoke, &Ok(mixed)), [gone, left]);
    assert_eq!(recorded(&revoke, &Err(no())).len(), 2);
    let new = NewOAuthSecret {
        value: "not-to-be-told".to_owned().into(),
        secret: OAuthSecret { id: "s1".into(), created_at: None, expires_at: None, status: "ACTIVE".into() },
    };
    let create = CreateOAuthSecret { id, principal_id: "12".into(), lifetime: None };
    assert_eq!(recorded(&create, &Ok(new)), [one(AuditAction::SecretCreated, "12 s1")]);
}
