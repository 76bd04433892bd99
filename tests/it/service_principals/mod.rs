//! Service principals through the client against the demo: who there is, what they sign in with, what they may do.

mod directory;
mod permissions;
mod requests;
mod secrets;

use std::time::Duration;

use brickpass_core::connection::AccountId;
use brickpass_databricks::rest::{ApiError, Call, Client, Directory, NewOAuthSecret, Object, Permission, Securable, ServicePrincipal};
use brickpass_demo::{Demo, DemoHandle, DemoOptions};
use serde_json::Value;

use crate::{
    demo_oauth,
    support::{
        self,
        fault_server::FaultServer,
        on_demo::{databricks, workspace},
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
        let client = databricks(&browser.demo.account().base_url, tokens["access_token"].as_str().unwrap());
        (Self { demo: browser.demo, ..self }, client)
    }

    fn account(&self) -> Directory<'_> {
        Directory::Account(&self.account_id)
    }

    fn base_url(&self, name: &str) -> String {
        workspace(&self.demo, name).base_url.clone()
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
        let me = databricks(&base_url, tokens["access_token"].as_str().unwrap()).me().await.unwrap();
        assert_eq!((me.user_name.as_str(), me.display_name.as_deref()), (principal.client_id.as_str(), Some(principal.name.as_str())));
        true
    }

    fn handle(&self, workspace: &str) -> DemoHandle {
        self.demo.workspace(workspace).unwrap()
    }

    /// With the token that is handed out.
    fn at(&self, name: &str) -> Client {
        let workspace = workspace(&self.demo, name);
        databricks(&workspace.base_url, &workspace.token)
    }
}

fn call() -> Call<'static> {
    Call::until(tokio::time::Instant::now() + Duration::from_secs(8))
}

async fn here(client: &Client) -> Result<Vec<ServicePrincipal>, ApiError> {
    client.service_principals(Directory::Workspace, &call()).await
}

async fn secret(client: &Client, directory: Directory<'_>, id: &str) -> Result<NewOAuthSecret, ApiError> {
    client.create_oauth_secret(directory, id, Some(Duration::from_hours(90 * 24)), &call()).await
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
