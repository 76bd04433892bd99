//! What they are permitted to do, on each kind of object.

use brickpass_core::failure::Code;
use brickpass_databricks::rest::{Object, Permission, Securable};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{SALES, Site, call, here, objects, paths, secret, step};
use crate::support::{
    self,
    fault_server::{FaultServer, json as json_answer},
    on_demo::databricks,
};

#[tokio::test]
async fn whatever_permissions_are_granted_on_is_listed_over_several_pages_sorted_by_name() {
    let site = Site::new();
    let client = site.at(SALES);
    assert_eq!(client.catalogs(&call()).await.unwrap(), ["main", "samples", "sandbox"]);
    for (kind, count) in [(Securable::Cluster, 27), (Securable::SqlWarehouse, 3), (Securable::Job, 25), (Securable::Schema, 12)] {
        let found = objects(&client, kind).await;
        assert_eq!(found.len(), count, "{kind:?}");
        assert!(found.iter().all(|it| it.kind == kind && !it.id.is_empty()));
        assert!(found.is_sorted_by_key(|it| it.name.to_lowercase()));
        assert!(found.iter().all(|it| it.name != "information_schema"), "nothing can be granted on it");
    }
    let asked = site.handle(SALES).requests();
    let pages = |path: &str| asked.iter().filter(|it| it.contains(path)).count();
    assert_eq!((pages("/jobs/list"), pages("/schemas?"), pages("/sql/warehouses")), (3, 2, 1));
    assert!(site.at("Personal sandbox").catalogs(&call()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_permission_is_granted_and_read_back_on_each_kind() {
    let site = Site::new();
    let client = site.at(SALES);
    let principals = here(&client).await.unwrap();
    let (ours, other) = (&principals[0].client_id, &principals[1].client_id);
    for kind in Securable::ALL {
        let object = objects(&client, kind).await.remove(1);
        let least = kind.permissions()[0];
        client.grant(&object, other, least, &call()).await.unwrap();
        assert_eq!(client.permission(&object, ours, &call()).await.unwrap(), None);
        for &permission in kind.permissions() {
            client.grant(&object, ours, permission, &call()).await.unwrap();
            assert_eq!(client.permission(&object, ours, &call()).await.unwrap(), Some(permission), "{kind:?}");
        }
        assert_eq!(client.permission(&object, other, &call()).await.unwrap(), Some(least), "what others have stays");
        let untouched = objects(&client, kind).await.remove(0);
        assert_eq!(client.permission(&untouched, ours, &call()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn who_does_not_manage_an_object_does_not_grant_on_it() {
    let (site, above) = Site::new().above().await;
    let principal = above.service_principals(site.account(), &call()).await.unwrap().remove(0);
    let value = secret(&above, site.account(), &principal.id).await.unwrap().value;
    let request = support::client().post(format!("{}/oidc/v1/token", site.base_url(SALES)));
    let request = request.basic_auth(principal.client_id.as_str(), Some(value.expose_secret()));
    let answer = request.form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]).send().await.unwrap();
    let machine = databricks(&site.base_url(SALES), answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap());
    for kind in Securable::ALL {
        let object = objects(&machine, kind).await.remove(0);
        let most = *kind.permissions().last().unwrap();
        let refused = machine.grant(&object, &principal.client_id, most, &call()).await.unwrap_err();
        assert!(refused.failure.code == Code::Forbidden && refused.failure.what.contains("the permissions of this"), "{refused:?}");
        assert_eq!(machine.permission(&object, &principal.client_id, &call()).await.unwrap_err().failure.code, Code::Forbidden);
        let admin = site.at(SALES);
        assert_eq!(admin.permission(&object, &principal.client_id, &call()).await.unwrap(), None);
        if kind != Securable::Schema {
            // Who was given the management of it may.
            admin.grant(&object, &principal.client_id, most, &call()).await.unwrap();
            machine.grant(&object, &principal.client_id, most, &call()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_offered_is_told_apart() {
    let site = Site::new();
    let client = site.at(SALES);
    let principal = here(&client).await.unwrap().remove(0).client_id;
    let stranger = brickpass_core::connection::ClientId::parse("00000000-0000-4000-8000-000000000000").unwrap();
    for kind in Securable::ALL {
        let object = objects(&client, kind).await.remove(0);
        let least = kind.permissions()[0];
        let gone = Object { id: if kind == Securable::Schema { "main.gone".into() } else { "17".into() }, ..object.clone() };
        for error in [
            client.grant(&gone, &principal, least, &call()).await.unwrap_err(),
            client.permission(&gone, &principal, &call()).await.unwrap_err(),
        ] {
            assert!(error.failure.code == Code::NotFound && error.failure.what.ends_with("no longer exists."), "{error:?}");
        }
        let nobody = client.grant(&object, &stranger, least, &call()).await.unwrap_err();
        assert_eq!(nobody.failure.what, "Service principal not found in the workspace.", "{kind:?}");
        let invented = Permission { word: "CAN_FLY", label: "", grants: &["CAN_FLY"] };
        let refused = client.grant(&object, &principal, invented, &call()).await.unwrap_err();
        assert_eq!((refused.failure.code, refused.failure.what.as_str()), (Code::InvalidInput, "This permission cannot be granted here."));
    }
    let nowhere = client.objects(Securable::Schema, Some("gone"), &call()).await.unwrap_err();
    assert_eq!(nowhere.failure.code, Code::NotFound);
}

#[tokio::test]
async fn half_of_a_grant_on_a_schema_opens_nothing_and_is_told() {
    let server = FaultServer::start(|path, _| {
        if path.contains("/permissions/schema/") {
            json_answer("200 OK", "{}")
        } else {
            json_answer("403 Forbidden", r#"{"error_code":"PERMISSION_DENIED","message":"User does not have MANAGE on Catalog 'main'."}"#)
        }
    });
    let client = databricks(&server.base_url(), "dapi0");
    let schema = Object { kind: Securable::Schema, id: "main.sales".into(), name: "sales".into() };
    let principal = brickpass_core::connection::ClientId::parse("c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2").unwrap();
    let error = client.grant(&schema, &principal, step(Securable::Schema, "READ"), &call()).await.unwrap_err();
    assert_eq!((error.failure.code, error.failure.what.as_str()), (Code::PartlyDone, "The permission was only partly granted."));
    assert!(error.failure.why.contains("not on its catalog"), "{}", error.failure.why);
    let asked: Vec<_> = paths(&server).into_iter().map(|it| it.rsplit_once("permissions/").unwrap().1.to_owned()).collect();
    assert_eq!(asked, ["schema/main.sales", "catalog/main"], "the schema comes first");
}

#[tokio::test]
async fn the_use_of_a_catalog_counts_also_where_the_schema_does_not_list_it() {
    let principal = "c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2";
    let held = move |privileges: &[&str]| {
        let privileges: Vec<_> = privileges.iter().map(|it| json!({ "privilege": it })).collect();
        json_answer("200 OK", &json!({ "privilege_assignments": [{ "principal": principal, "privileges": privileges }] }).to_string())
    };
    let server = FaultServer::start(move |path, _| {
        if path.contains("/schema/") { held(&["SELECT", "USE_SCHEMA", "OF_TOMORROW"]) } else { held(&["USE_CATALOG", "MODIFY"]) }
    });
    let client = databricks(&server.base_url(), "dapi0");
    let schema = Object { kind: Securable::Schema, id: "main.sales".into(), name: "sales".into() };
    let principal = brickpass_core::connection::ClientId::parse(principal).unwrap();
    assert_eq!(client.permission(&schema, &principal, &call()).await.unwrap().map(|it| it.word), Some("READ"));
}
