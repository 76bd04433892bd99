//! Service principals are listed, made, entitled, and assigned.

use std::time::Duration;

use brickpass_core::{connection::BaseUrl, failure::Code};
use brickpass_databricks::rest::{Client, Directory, Entitlement, Http, HttpSettings, ServicePrincipal, WorkspaceRole};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{SALES, Site, call, here, secret};
use crate::{demo_oauth, support};

use crate::support::on_demo::{databricks, workspace};

fn names(principals: &[ServicePrincipal]) -> Vec<&str> {
    principals.iter().map(|it| it.name.as_str()).collect()
}

#[tokio::test]
async fn all_service_principals_of_a_workspace_are_listed_over_several_pages_sorted_by_name() {
    let site = Site::new();
    let client = site.at(SALES);
    let first = here(&client).await.unwrap();
    assert_eq!(names(&first), ["ci-deployments", "dbt-transformations", "nightly-jobs", "report-export"]);
    assert_eq!(first[0].entitlements, [Entitlement::WorkspaceAccess, Entitlement::AllowClusterCreate]);
    assert_eq!(first.iter().map(|it| it.active).collect::<Vec<_>>(), [true, true, true, false]);
    for number in 0..20 {
        let made = client.create_service_principal(Directory::Workspace, &format!("batch {number:02}"), &call()).await.unwrap();
        assert!(made.active && made.entitlements.is_empty());
    }
    let all = here(&client).await.unwrap();
    assert_eq!((all.len(), all[0].name.as_str(), all[23].name.as_str()), (24, "batch 00", "report-export"));
    let pages = site.handle(SALES).requests().into_iter().filter(|it| it.contains("ServicePrincipals?")).count();
    assert_eq!(pages, (1 + 1) + (3 + 1), "the end is known by an empty page");
}

#[tokio::test]
async fn only_admins_list_and_create_service_principals() {
    let site = Site::new();
    for workspace in ["Logistics platform", "Payroll and people data"] {
        let client = site.at(workspace);
        let refused = here(&client).await.unwrap_err();
        assert_eq!((refused.failure.code, refused.failure.what.as_str()), (Code::Forbidden, "Only workspace admins can do this."));
        let refused = client.create_service_principal(Directory::Workspace, "mine", &call()).await.unwrap_err();
        assert!(refused.failure.code == Code::Forbidden && !refused.may_have_been_acted_on());
    }
    assert_eq!(site.demo.authorization().service_principals().len(), 5);
}

#[tokio::test]
async fn what_cannot_be_created_is_refused_in_words() {
    let site = Site::new();
    let client = site.at(SALES);
    let unnamed = client.create_service_principal(Directory::Workspace, " ", &call()).await.unwrap_err();
    assert_eq!(unnamed.failure.code, Code::InvalidInput);
    site.demo.authorization().set_service_principal_quota(5);
    let full = client.create_service_principal(Directory::Workspace, "one more", &call()).await.unwrap_err();
    assert_eq!(full.failure.code, Code::PrincipalQuota);
    assert!(full.failure.details.unwrap().contains("The limit of 5 users and service principals"));
}

#[tokio::test]
async fn a_lost_answer_says_that_the_service_principal_may_have_been_made() {
    let site = Site::new();
    let client = site.at(SALES);
    site.handle(SALES).lose_next_answer();
    let lost = client.create_service_principal(Directory::Workspace, "perhaps", &call()).await.unwrap_err();
    assert!(lost.may_have_been_acted_on());
    assert!(names(&here(&client).await.unwrap()).contains(&"perhaps"));
    assert_eq!(site.demo.authorization().service_principals().len(), 6, "and it was made once");
}

#[tokio::test]
async fn an_entitlement_is_given_and_taken_away_alone() {
    let site = Site::new();
    let client = site.at(SALES);
    let id = here(&client).await.unwrap()[0].id.clone();
    let entitlements = async || here(&client).await.unwrap()[0].entitlements.clone();
    client.set_entitlement(&id, Entitlement::DatabricksSqlAccess, true, &call()).await.unwrap();
    assert_eq!(entitlements().await, Entitlement::ALL);
    client.set_entitlement(&id, Entitlement::WorkspaceAccess, false, &call()).await.unwrap();
    assert_eq!(entitlements().await, [Entitlement::DatabricksSqlAccess, Entitlement::AllowClusterCreate]);
    let unknown = client.set_entitlement("1", Entitlement::WorkspaceAccess, true, &call()).await.unwrap_err();
    assert_eq!((unknown.failure.code, unknown.failure.what.as_str()), (Code::NotFound, "Service principal not found in the workspace."));
}

#[tokio::test]
async fn a_service_principal_of_the_account_signs_in_where_it_was_assigned_and_nowhere_else() {
    let (site, above) = Site::new().above().await;
    let all = above.service_principals(site.account(), &call()).await.unwrap();
    assert_eq!(names(&all), ["ci-deployments", "dbt-transformations", "nightly-jobs", "report-export", "sensor-ingest"]);
    let principal = above.create_service_principal(site.account(), "assigned", &call()).await.unwrap();
    let made = secret(&above, site.account(), &principal.id).await.unwrap();
    let value = made.value.expose_secret();
    assert!(!site.signs_in(&principal, value, SALES).await);
    assert!(!names(&here(&site.at(SALES)).await.unwrap()).contains(&"assigned"));

    let sales = site.handle(SALES).workspace_id();
    let assign = async |workspace: &str, principal: &str, role| {
        above.assign_to_workspace(&site.account_id, workspace, principal, role, &call()).await
    };
    assign(&sales, &principal.id, WorkspaceRole::User).await.unwrap();
    assert!(site.signs_in(&principal, value, SALES).await);
    assert!(!site.signs_in(&principal, value, "Finance lakehouse").await);
    assert!(names(&here(&site.at(SALES)).await.unwrap()).contains(&"assigned"));
    assign(&sales, &principal.id, WorkspaceRole::Admin).await.unwrap();

    let unknown = assign(&sales, "1", WorkspaceRole::User).await.unwrap_err();
    assert_eq!((unknown.failure.code, unknown.failure.what.as_str()), (Code::NotFound, "Service principal not found in the account."));
    let nowhere = assign("1", &principal.id, WorkspaceRole::User).await.unwrap_err();
    assert_eq!((nowhere.failure.code, nowhere.failure.what.as_str()), (Code::NotFound, "Workspace not found in the account."));
    let odd = assign("../../secrets", &principal.id, WorkspaceRole::User).await.unwrap_err();
    assert_eq!(odd.failure.code, Code::NotFound);
    let asked = site.demo.authorization().requests().pop().unwrap();
    assert!(asked.contains("/workspaces/..%2F..%2Fsecrets/permissionassignments/principals/"), "{asked}");
}

#[tokio::test]
async fn an_admin_of_a_workspace_is_one_there_alone_and_no_other_may_ask_the_account() {
    let (site, above) = Site::new().above().await;
    let principal = above.service_principals(site.account(), &call()).await.unwrap().remove(0);
    let value = secret(&above, site.account(), &principal.id).await.unwrap().value;
    let sales = site.handle(SALES).workspace_id();
    let own = async |workspace: &str| {
        let base_url = site.base_url(workspace);
        let request = support::client().post(format!("{base_url}/oidc/v1/token"));
        let request = request.basic_auth(principal.client_id.as_str(), Some(value.expose_secret()));
        let answer = request.form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]).send().await.unwrap();
        databricks(&base_url, answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap())
    };
    let machine = own(SALES).await;
    assert_eq!(here(&machine).await.unwrap_err().failure.code, Code::Forbidden);
    above.assign_to_workspace(&site.account_id, &sales, &principal.id, WorkspaceRole::Admin, &call()).await.unwrap();
    assert_eq!(here(&machine).await.unwrap().len(), 4);
    assert_eq!(here(&own("Logistics platform").await).await.unwrap_err().failure.code, Code::Forbidden);

    let account = site.demo.account();
    let token_url = format!("{}/oidc/accounts/{}/v1/token", account.base_url, account.account_id);
    let request = support::client().post(token_url).basic_auth(principal.client_id.as_str(), Some(value.expose_secret()));
    let answer = request.form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]).send().await.unwrap();
    let machine = databricks(&account.base_url, answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap());
    let refusals = [
        machine.service_principals(site.account(), &call()).await.unwrap_err(),
        machine.create_service_principal(site.account(), "x", &call()).await.unwrap_err(),
        machine.oauth_secrets(site.account(), &principal.id, &call()).await.unwrap_err(),
        secret(&machine, site.account(), &principal.id).await.unwrap_err(),
        machine.assign_to_workspace(&site.account_id, &sales, &principal.id, WorkspaceRole::User, &call()).await.unwrap_err(),
    ];
    for refused in refusals {
        assert_eq!((refused.failure.code, refused.failure.what.as_str()), (Code::Forbidden, "Only account admins can do this."));
    }
}

#[tokio::test]
async fn a_unified_host_serves_the_service_principals_of_the_workspace_and_of_the_account() {
    let site = Site::new();
    let workspace = workspace(&site.demo, SALES);
    let base_url = BaseUrl::read(&site.demo.unified().base_url).unwrap().base_url;
    let id = Some(site.handle(SALES).workspace_id());
    let token = SecretString::from(workspace.token.as_str());
    let client = Client::new(Http::new(HttpSettings::default()), base_url, id, token, Duration::from_secs(8));
    let listed = here(&client).await.unwrap();
    assert_eq!(listed, here(&site.at(SALES)).await.unwrap());
    let made = secret(&client, Directory::Workspace, &listed[0].id).await.unwrap();
    assert!(site.signs_in(&listed[0], made.value.expose_secret(), SALES).await);
    // A token of one workspace opens no account.
    assert_eq!(client.service_principals(site.account(), &call()).await.unwrap_err().failure.code, Code::Unauthorized);

    let browser = demo_oauth::Site { demo: site.demo };
    let unified = browser.demo.unified();
    let tokens = browser.tokens_for(&format!("{}/oidc/accounts/{}", unified.base_url, unified.account_id), "all-apis").await;
    let above = databricks(&unified.base_url, tokens["access_token"].as_str().unwrap());
    assert_eq!(above.service_principals(Directory::Account(&site.account_id), &call()).await.unwrap().len(), 5);
}
