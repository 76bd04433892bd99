//! Service principals through the client against the demo: who there is, what they sign in with, what they may do.

use std::time::Duration;

use brickpass::{
    connection::{AccountId, BaseUrl},
    databricks::{
        ApiError, Call, Client, Directory, Entitlement, Http, HttpSettings, NewOAuthSecret, Object, Permission, Securable,
        ServicePrincipal, WorkspaceRole,
    },
    demo::{Demo, DemoHandle, DemoOptions},
    failure::Code,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::{
    demo_oauth,
    support::{
        self,
        fault_server::{FaultServer, json as json_answer},
    },
};

const SALES: &str = "Sales lakehouse";

struct Site {
    demo: Demo,
    account_id: AccountId,
}

impl Site {
    fn new() -> Self {
        let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
        let account_id = AccountId::parse(&demo.account().account_id).unwrap();
        Self { demo, account_id }
    }

    /// At account level, signed in with the browser as its admin.
    async fn above(self) -> (Self, Client) {
        let browser = demo_oauth::Site { demo: self.demo };
        let tokens = browser.tokens_for(&browser.account_issuer(), "all-apis").await;
        let client = Self::client(&browser.demo.account().base_url, tokens["access_token"].as_str().unwrap());
        (Self { demo: browser.demo, ..self }, client)
    }

    fn account(&self) -> Directory<'_> {
        Directory::Account(&self.account_id)
    }

    fn base_url(&self, workspace: &str) -> String {
        self.demo.workspaces().iter().find(|it| it.name == workspace).unwrap().base_url.clone()
    }

    /// Whether this secret signs in at a workspace, and opens its API.
    async fn signs_in(&self, principal: &ServicePrincipal, secret: &str, workspace: &str) -> bool {
        let base_url = self.base_url(workspace);
        let request = support::client().post(format!("{base_url}/oidc/v1/token")).basic_auth(principal.client_id.as_str(), Some(secret));
        let answer = request.form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]).send().await.unwrap();
        if answer.status() == 401 {
            return false;
        }
        let tokens: Value = answer.json().await.unwrap();
        let me = Self::client(&base_url, tokens["access_token"].as_str().unwrap()).me().await.unwrap();
        assert_eq!((me.user_name.as_str(), me.display_name.as_deref()), (principal.client_id.as_str(), Some(principal.name.as_str())));
        true
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

async fn secret(client: &Client, directory: Directory<'_>, id: &str) -> Result<NewOAuthSecret, ApiError> {
    client.create_oauth_secret(directory, id, Some(Duration::from_hours(90 * 24)), &call()).await
}

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
    assert_eq!(
        (unknown.failure.code, unknown.failure.what.as_str()),
        (Code::NotFound, "The account does not know this service principal.")
    );
    let nowhere = assign("1", &principal.id, WorkspaceRole::User).await.unwrap_err();
    assert_eq!((nowhere.failure.code, nowhere.failure.what.as_str()), (Code::NotFound, "The account does not know this workspace."));
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
        Site::client(&base_url, answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap())
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
    let machine = Site::client(&account.base_url, answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap());
    let refusals = [
        machine.service_principals(site.account(), &call()).await.unwrap_err(),
        machine.create_service_principal(site.account(), "x", &call()).await.unwrap_err(),
        machine.oauth_secrets(site.account(), &principal.id, &call()).await.unwrap_err(),
        secret(&machine, site.account(), &principal.id).await.unwrap_err(),
        machine.assign_to_workspace(&site.account_id, &sales, &principal.id, WorkspaceRole::User, &call()).await.unwrap_err(),
    ];
    for refused in refusals {
        assert_eq!((refused.failure.code, refused.failure.what.as_str()), (Code::Forbidden, "Only admins of the account may do this."));
    }
}

fn paths(server: &FaultServer) -> Vec<String> {
    server.requests().iter().map(|head| head.split_whitespace().nth(1).unwrap().to_owned()).collect()
}

/// The step of a ladder.
fn step(kind: Securable, word: &str) -> Permission {
    *kind.permissions().iter().find(|it| it.word == word).unwrap()
}

async fn objects(client: &Client, kind: Securable) -> Vec<Object> {
    client.objects(kind, (kind == Securable::Schema).then_some("main"), &call()).await.unwrap()
}

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
    let machine = Site::client(&site.base_url(SALES), answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap());
    for kind in Securable::ALL {
        let object = objects(&machine, kind).await.remove(0);
        let most = *kind.permissions().last().unwrap();
        let refused = machine.grant(&object, &principal.client_id, most, &call()).await.unwrap_err();
        assert!(refused.failure.code == Code::Forbidden && refused.failure.what.contains("who has access to this"), "{refused:?}");
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
    let stranger = brickpass::connection::ClientId::parse("00000000-0000-4000-8000-000000000000").unwrap();
    for kind in Securable::ALL {
        let object = objects(&client, kind).await.remove(0);
        let least = kind.permissions()[0];
        let gone = Object { id: if kind == Securable::Schema { "main.gone".into() } else { "17".into() }, ..object.clone() };
        for error in [
            client.grant(&gone, &principal, least, &call()).await.unwrap_err(),
            client.permission(&gone, &principal, &call()).await.unwrap_err(),
        ] {
            assert!(error.failure.code == Code::NotFound && error.failure.what.ends_with("is not there any more."), "{error:?}");
        }
        let nobody = client.grant(&object, &stranger, least, &call()).await.unwrap_err();
        assert_eq!(nobody.failure.what, "The workspace does not know this service principal.", "{kind:?}");
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
    let client = Site::client(&server.base_url(), "dapi0");
    let schema = Object { kind: Securable::Schema, id: "main.sales".into(), name: "sales".into() };
    let principal = brickpass::connection::ClientId::parse("c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2").unwrap();
    let error = client.grant(&schema, &principal, step(Securable::Schema, "READ"), &call()).await.unwrap_err();
    assert_eq!((error.failure.code, error.failure.what.as_str()), (Code::PartlyDone, "Only a part of the permission was granted."));
    assert!(error.failure.why.contains("not yet the use of its catalog"), "{}", error.failure.why);
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
    let client = Site::client(&server.base_url(), "dapi0");
    let schema = Object { kind: Securable::Schema, id: "main.sales".into(), name: "sales".into() };
    let principal = brickpass::connection::ClientId::parse(principal).unwrap();
    assert_eq!(client.permission(&schema, &principal, &call()).await.unwrap().map(|it| it.word), Some("READ"));
}

#[tokio::test]
async fn lists_that_do_not_end_and_answers_that_are_none_are_refused() {
    let server = FaultServer::start(|path, _| match path.split(['?', '/']).next_back() {
        _ if path.contains("ServicePrincipals") => {
            json_answer("200 OK", r#"{"Resources":[{"id":"7","applicationId":"c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2"}]}"#)
        }
        _ if path.contains("warehouses") => json_answer("200 OK", r#"{"warehouses":[{"id":"a"}],"next_page_token":"same"}"#),
        _ => json_answer("200 OK", r#"{"permissions":[],"error":"Could not be added: dose0123456789abcdef0123456789abcdef."}"#),
    });
    let client = Site::client(&server.base_url(), "dapi0");
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
    let client = Site::client(&server.base_url(), "dapi0");
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
        let client = Site::client(&server.base_url(), "dapi0");
        let error = secret(&client, Directory::Workspace, "7").await.unwrap_err();
        assert!(error.may_have_been_acted_on() && !format!("{error:?}").contains("canary"), "{answer}: {error:?}");
        assert_eq!(server.requests().len(), 1, "and it is asked for once");
    }
}

#[tokio::test]
async fn a_unified_host_serves_the_service_principals_of_the_workspace_and_of_the_account() {
    let site = Site::new();
    let workspace = site.demo.workspaces().iter().find(|it| it.name == SALES).unwrap();
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
    let above = Site::client(&unified.base_url, tokens["access_token"].as_str().unwrap());
    assert_eq!(above.service_principals(Directory::Account(&site.account_id), &call()).await.unwrap().len(), 5);
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
