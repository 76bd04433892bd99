//! The requests themselves, and answers that are none.

use std::time::Duration;

use brickpass_core::{connection::AccountId, failure::Code};
use brickpass_databricks::rest::{Directory, Entitlement, Object, Securable, WorkspaceRole};
use serde_json::{Value, json};

use super::{SALES, Site, call, here, objects, paths, step};
use crate::{
    demo_oauth,
    support::{
        self,
        fault_server::{FaultServer, json as json_answer},
        on_demo::databricks,
    },
};

#[tokio::test]
async fn lists_that_do_not_end_and_answers_that_are_none_are_refused() {
    let server = FaultServer::start(|path, _| match path.split(['?', '/']).next_back() {
        _ if path.contains("ServicePrincipals") => {
            json_answer("200 OK", r#"{"Resources":[{"id":"7","applicationId":"c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2"}]}"#)
        }
        _ if path.contains("warehouses") => json_answer("200 OK", r#"{"warehouses":[{"id":"a"}],"next_page_token":"same"}"#),
        _ => json_answer("200 OK", r#"{"permissions":[],"error":"Could not be added: dose0123456789abcdef0123456789abcdef."}"#),
    });
    let client = databricks(&server.base_url(), "dapi0");
    assert_eq!(here(&client).await.unwrap_err().failure.code, Code::Protocol);
    let endless = client.objects(Securable::SqlWarehouse, None, &call()).await.unwrap_err();
    assert_eq!((endless.failure.code, paths(&server).len()), (Code::Protocol, 3 + 2));
    let account_id = AccountId::parse("3f7c2d9e-58a1-4b06-9c4e-d1a2b3c4e5f6").unwrap();
    let refused = client.assign_to_workspace(&account_id, "1", "7", WorkspaceRole::User, &call()).await.unwrap_err();
    assert!(refused.failure.details.as_deref().unwrap().contains("Could not be added"));
    assert!(!format!("{refused:?}").contains("dose0123"));
    for id in ["", ".", ".."] {
        let before = paths(&server).len();
        assert!(client.oauth_secrets(Directory::Workspace, id, &call()).await.is_err());
        assert_eq!(paths(&server).len(), before, "nothing is asked for that no request can name");
    }
}

#[tokio::test]
async fn each_request_is_what_the_api_asks_for() {
    let made = r#"{"id":"7","applicationId":"c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2","displayName":"new","of_tomorrow":1}"#;
    let secret = r#"{"id":"s","secret":"dosecafe","secret_hash":"h","status":"ACTIVE","create_time":"2026-03-01T12:00:00.5Z"}"#;
    let server = FaultServer::start(move |path, _| json_answer("200 OK", if path.ends_with("/secrets") { secret } else { made }));
    let client = databricks(&server.base_url(), "dapi0");
    let account_id = AccountId::parse("3f7c2d9e-58a1-4b06-9c4e-d1a2b3c4e5f6").unwrap();
    let principal = client.create_service_principal(Directory::Account(&account_id), "new", &call()).await.unwrap();
    client.create_service_principal(Directory::Workspace, "new", &call()).await.unwrap();
    client.set_entitlement("7", Entitlement::AllowClusterCreate, true, &call()).await.unwrap();
    client.set_entitlement("a/b", Entitlement::AllowClusterCreate, false, &call()).await.unwrap();
    let new = client.create_oauth_secret(Directory::Workspace, "7", Some(Duration::from_millis(60_900)), &call()).await.unwrap();
    assert_eq!((new.secret.created_at, new.secret.expires_at), ("2026-03-01T12:00:00.5Z".parse().ok(), None));
    client.create_oauth_secret(Directory::Account(&account_id), "7", None, &call()).await.unwrap();
    client.delete_oauth_secret(Directory::Workspace, "7", "s", &call()).await.unwrap();
    client.assign_to_workspace(&account_id, "12", "7", WorkspaceRole::Admin, &call()).await.unwrap();
    let warehouse = Object { kind: Securable::SqlWarehouse, id: "w".into(), name: "W".into() };
    client.grant(&warehouse, &principal.client_id, step(Securable::SqlWarehouse, "CAN_USE"), &call()).await.unwrap();
    let schema = Object { kind: Securable::Schema, id: "main.s".into(), name: "s".into() };
    client.grant(&schema, &principal.client_id, step(Securable::Schema, "READ"), &call()).await.unwrap();

    let asked: Vec<_> = server.requests().iter().map(|head| head.split(" HTTP").next().unwrap().to_owned()).collect();
    let account = "/api/2.0/accounts/3f7c2d9e-58a1-4b06-9c4e-d1a2b3c4e5f6";
    assert_eq!(
        asked,
        [
            format!("POST {account}/scim/v2/ServicePrincipals"),
            "POST /api/2.0/preview/scim/v2/ServicePrincipals".into(),
            "PATCH /api/2.0/preview/scim/v2/ServicePrincipals/7".into(),
            "PATCH /api/2.0/preview/scim/v2/ServicePrincipals/a%2Fb".into(),
            "POST /api/2.0/accounts/servicePrincipals/7/credentials/secrets".into(),
            format!("POST {account}/servicePrincipals/7/credentials/secrets"),
            "DELETE /api/2.0/accounts/servicePrincipals/7/credentials/secrets/s".into(),
            format!("PUT {account}/workspaces/12/permissionassignments/principals/7"),
            "PATCH /api/2.0/permissions/warehouses/w".into(),
            "PATCH /api/2.1/unity-catalog/permissions/schema/main.s".into(),
            "PATCH /api/2.1/unity-catalog/permissions/catalog/main".into(),
        ]
    );
    let bodies: Vec<Value> = server.forms().iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    let create = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"], "displayName": "new", "active": true });
    let patch = |operation: Value| json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] });
    let who = principal.client_id.as_str();
    assert_eq!(
        bodies,
        [
            create.clone(),
            create,
            patch(json!({ "op": "add", "path": "entitlements", "value": [{ "value": "allow-cluster-create" }] })),
            patch(json!({ "op": "remove", "path": "entitlements[value eq \"allow-cluster-create\"]" })),
            json!({ "lifetime": "60s" }),
            json!({}),
            json!({ "permissions": ["ADMIN"] }),
            json!({ "access_control_list": [{ "service_principal_name": who, "permission_level": "CAN_USE" }] }),
            json!({ "changes": [{ "principal": who, "add": ["USE_SCHEMA", "SELECT"] }] }),
            json!({ "changes": [{ "principal": who, "add": ["USE_CATALOG"] }] }),
        ]
    );
}

#[test]
fn the_official_python_sdk_agrees_about_service_principals_and_permissions() {
    const TEST: &str = "the_official_python_sdk_agrees_about_service_principals_and_permissions";
    if let Some(tool) = support::missing_tool(&["sh", "env", "python3"]) {
        return support::skip(TEST, &format!("{tool} is not installed"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let browser = demo_oauth::Site { demo: Site::new().demo };
    let tokens = runtime.block_on(browser.tokens_for(&browser.account_issuer(), "all-apis"));
    let site = Site { account_id: AccountId::parse(&browser.demo.account().account_id).unwrap(), demo: browser.demo };
    let mut announcement = site.demo.announcement();
    announcement["account"]["token"] = tokens["access_token"].clone();
    let ran = support::interop("service_principals.py", &announcement);
    if ran.code == Some(77) {
        return support::skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let said: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |what: &str| said.iter().find(|it| it["what"] == what).unwrap_or_else(|| panic!("{what}: {}", ran.stdout));

    let client = site.at(SALES);
    let principals = runtime.block_on(here(&client)).unwrap();
    let listed: Vec<_> = principals
        .iter()
        .map(|it| json!([it.id, it.client_id.as_str(), it.name, it.active, it.entitlements.iter().map(|it| it.word()).collect::<Vec<_>>()]))
        .collect();
    assert_eq!(said("service_principals")["seen"], json!(listed));
    let made = principals.iter().find(|it| it.name == "made by the SDK").unwrap();
    assert_eq!(made.entitlements, [Entitlement::DatabricksSqlAccess]);

    let secrets = runtime.block_on(client.oauth_secrets(Directory::Workspace, &made.id, &call())).unwrap();
    let shown: Vec<_> = secrets.iter().map(|it| json!([it.id, it.created_at, it.expires_at, it.status])).collect();
    assert_eq!((shown.len(), &said("secrets")["seen"]), (2, &json!(shown)));
    assert_eq!(said("deleted")["seen"], "invalid_client");
    assert_eq!(said("signed in")["seen"], json!([made.client_id.as_str(), made.client_id.as_str()]));
    assert_eq!(
        said("refused")["seen"],
        json!([
            "BadRequest",
            "BadRequest",
            "ResourceDoesNotExist",
            "NotFound",
            "ResourceDoesNotExist",
            "InvalidParameterValue",
            "PermissionDenied"
        ])
    );

    for kind in Securable::ALL {
        let found = runtime.block_on(objects(&client, kind));
        let shown: Vec<_> = found.iter().map(|it| json!([it.id, it.name])).collect();
        let said = said(&format!("{kind:?}"));
        assert_eq!(said["seen"], json!(shown));
        let (theirs, ours) = (&found[0], &found[1]);
        let granted = runtime.block_on(client.permission(theirs, &made.client_id, &call())).unwrap();
        assert_eq!(granted, kind.permissions().get(1).copied(), "what the SDK granted");
        assert_eq!(runtime.block_on(client.permission(ours, &made.client_id, &call())).unwrap(), None);
    }
    assert_eq!(said("catalogs")["seen"], json!(runtime.block_on(client.catalogs(&call())).unwrap()));
}
