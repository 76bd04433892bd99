//! Service principals through the client against the demo: who there is, what they sign in with, what they may do.

use std::time::Duration;

use brickpass::{
    connection::{AccountId, BaseUrl},
    databricks::{ApiError, Call, Client, Directory, Entitlement, Http, HttpSettings, ServicePrincipal},
    demo::{Demo, DemoHandle, DemoOptions},
    failure::Code,
};
use secrecy::SecretString;

const SALES: &str = "Sales lakehouse";

struct Site {
    demo: Demo,
}

impl Site {
    fn new() -> Self {
        Self { demo: Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap() }
    }

    fn handle(&self, workspace: &str) -> DemoHandle {
        self.demo.workspace(workspace).unwrap()
    }

    fn client(base_url: &str, token: &str) -> Client {
        let base_url = BaseUrl::read(base_url).unwrap().base_url;
        Client::new(Http::new(HttpSettings::default()), base_url, None, SecretString::from(token), Duration::from_secs(8))
    }

    /// With the token that is handed out.
    fn at(&self, workspace: &str) -> Client {
        let workspace = self.demo.workspaces().iter().find(|it| it.name == workspace).unwrap();
        Self::client(&workspace.base_url, &workspace.token)
    }
}

fn call() -> Call<'static> {
    Call::until(tokio::time::Instant::now() + Duration::from_secs(8))
}

fn names(principals: &[ServicePrincipal]) -> Vec<&str> {
    principals.iter().map(|it| it.name.as_str()).collect()
}

async fn here(client: &Client) -> Result<Vec<ServicePrincipal>, ApiError> {
    client.service_principals(Directory::Workspace, &call()).await
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
        assert_eq!((refused.failure.code, refused.failure.what.as_str()), (Code::Forbidden, "Only admins of the workspace may do this."));
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
    assert_eq!(
        (unknown.failure.code, unknown.failure.what.as_str()),
        (Code::NotFound, "The workspace does not know this service principal.")
    );
}
