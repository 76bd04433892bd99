//! Their OAuth secrets.

use std::time::Duration;

use brickpass_core::failure::Code;
use brickpass_databricks::rest::Directory;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{SALES, Site, call, here, secret};
use crate::support::{
    fault_server::{FaultServer, json as json_answer},
    on_demo::databricks,
};

#[tokio::test]
async fn a_secret_signs_in_until_it_is_deleted_or_its_time_is_over() {
    let site = Site::new();
    let client = site.at(SALES);
    let principal = client.create_service_principal(Directory::Workspace, "loader", &call()).await.unwrap();
    let first = secret(&client, Directory::Workspace, &principal.id).await.unwrap();
    let value = first.value.expose_secret();
    assert!(value.starts_with("dose") && value.len() == 36);
    assert!(!format!("{first:?}").contains(value));
    let lifetime = first.secret.expires_at.unwrap().duration_since(first.secret.created_at.unwrap());
    assert_eq!((lifetime.as_secs(), first.secret.status.as_str()), (7_776_000, "ACTIVE"));
    assert!(site.signs_in(&principal, value, SALES).await);
    assert!(!site.signs_in(&principal, &format!("{value}0"), SALES).await);

    let second = client.create_oauth_secret(Directory::Workspace, &principal.id, None, &call()).await.unwrap();
    let longest = second.secret.expires_at.unwrap().duration_since(second.secret.created_at.unwrap());
    assert_eq!(longest.as_hours(), 730 * 24);
    let listed = client.oauth_secrets(Directory::Workspace, &principal.id, &call()).await.unwrap();
    assert_eq!(listed, [second.secret.clone(), first.secret.clone()], "the newest first");

    for _ in 0..2 {
        client.delete_oauth_secret(Directory::Workspace, &principal.id, &first.secret.id, &call()).await.unwrap();
    }
    assert!(!site.signs_in(&principal, value, SALES).await);
    assert!(site.signs_in(&principal, second.value.expose_secret(), SALES).await, "the other one goes on");
    site.demo.authorization().expire_oauth_secret(&second.secret.id);
    assert!(!site.signs_in(&principal, second.value.expose_secret(), SALES).await);
}

#[tokio::test]
async fn a_service_principal_has_five_secrets_and_none_of_an_impossible_lifetime() {
    let site = Site::new();
    let client = site.at(SALES);
    let principal = client.create_service_principal(Directory::Workspace, "loader", &call()).await.unwrap();
    for seconds in [0, 731 * 86400] {
        let lifetime = Some(Duration::from_secs(seconds));
        let refused = client.create_oauth_secret(Directory::Workspace, &principal.id, lifetime, &call()).await.unwrap_err();
        assert_eq!(refused.failure.code, Code::TokenLifetime, "{seconds}");
    }
    for _ in 0..5 {
        secret(&client, Directory::Workspace, &principal.id).await.unwrap();
    }
    let full = secret(&client, Directory::Workspace, &principal.id).await.unwrap_err();
    assert!(full.failure.code == Code::SecretQuota && !full.may_have_been_acted_on());
    assert_eq!(site.demo.authorization().oauth_secrets(&principal.id).len(), 5);
    let newest = site.demo.authorization().oauth_secrets(&principal.id).remove(0);
    client.delete_oauth_secret(Directory::Workspace, &principal.id, &newest, &call()).await.unwrap();
    secret(&client, Directory::Workspace, &principal.id).await.unwrap();
}

#[tokio::test]
async fn a_secret_whose_answer_was_lost_is_found_in_the_list() {
    let site = Site::new();
    let client = site.at(SALES);
    let principal = here(&client).await.unwrap().remove(0);
    let before = client.oauth_secrets(Directory::Workspace, &principal.id, &call()).await.unwrap();
    site.handle(SALES).lose_next_answer();
    let lost = secret(&client, Directory::Workspace, &principal.id).await.unwrap_err();
    assert!(lost.may_have_been_acted_on());
    let after = client.oauth_secrets(Directory::Workspace, &principal.id, &call()).await.unwrap();
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[1..], before, "the newest one is the one that was lost");
}

#[tokio::test]
async fn a_secret_in_an_answer_that_cannot_be_used_is_shown_nowhere() {
    const VALUE: &str = "canary of no known shape";
    for answer in [
        json!({ "id": "..", "secret": VALUE, "status": VALUE }),
        json!({ "secret": VALUE }),
        json!({ "id": "s", "secret": VALUE }),
        json!({ "id": "s", "secret": [VALUE] }),
        json!({ "message": "none" }),
    ] {
        let body = answer.to_string();
        let server = FaultServer::start(move |_, _| json_answer("200 OK", &body));
        let client = databricks(&server.base_url(), "dapi0");
        let error = secret(&client, Directory::Workspace, "7").await.unwrap_err();
        assert!(error.may_have_been_acted_on() && !format!("{error:?}").contains("canary"), "{answer}: {error:?}");
        assert_eq!(server.requests().len(), 1, "and it is asked for once");
    }
}
