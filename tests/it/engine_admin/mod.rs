//! What an administrator sets up, through the engine, against the demo: with a network that can lose what it carries.

mod ending;
mod refused;
mod secrets;
mod service_principals;
mod tokens;

use std::{sync::Arc, time::Duration};

use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Draft, LevelKind},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Call, Client, Entitlement, NewOAuthSecret, OAuthSecret, ServicePrincipal, UserToken, WorkspaceRole};
use brickpass_demo::{Demo, DemoHandle, DemoWorkspace};
use brickpass_engine::{
    AddToWorkspace, AuditAction, CreateOAuthSecret, CreateServicePrincipal, ListOAuthSecrets, ListServicePrincipals, ListUsersTokens,
    Places, RevokeUsersTokens, RevokedTokens, SetEntitlement, SignInPlace, SignInStep,
};
use brickpass_storage::Activity;
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    between::{Between, Way},
    browser::{consent, visit},
    desk::{self, News, World, by_token, file_vault, form, sign_in_news, with_vault},
    free_port,
    on_demo::{OnDemo, databricks, workspace},
};

const SALES: &str = "Sales lakehouse";
const PRINCIPALS: &str = "/api/2.0/preview/scim/v2/ServicePrincipals";
const SECRETS: &str = "/credentials/secrets";

/// An account, and a workspace of it behind a network.
struct Service {
    demo: Demo,
    workspace: DemoWorkspace,
    handle: DemoHandle,
    net: Between,
}

impl World for Service {
    fn secrets(&self) -> Vec<String> {
        self.demo.workspaces().iter().map(|workspace| workspace.token.clone()).collect()
    }
}

type Desk = desk::Desk<Service>;

impl Desk {
    fn new() -> Self {
        let (OnDemo { demo, workspace, handle }, port) = (OnDemo::among(2, SALES), free_port());
        demo.authorization().register_redirect_port(port);
        let net = Between::through(&workspace.base_url);
        Self::start(Home::new(), Service { demo, workspace, handle, net }, |home| Places {
            redirect_port: Some(port),
            open_url: Some(Arc::new(|_| Ok(()))),
            ..with_vault(home, file_vault(home))
        })
    }

    /// What becomes of each request from now on, by its method and its path.
    fn script(&self, script: impl Fn(&str, &str) -> Way + Send + Sync + 'static) {
        self.net.script(move |request, _| {
            let (method, path) = request.split_once(' ').unwrap();
            script(method, path)
        });
        self.net.forget();
    }

    /// How many requests of this method there were since, to a path with this in it.
    fn count(&self, method: &str, path: &str) -> usize {
        self.net.seen().iter().filter(|seen| seen.starts_with(method) && seen.contains(path)).count()
    }

    /// To the workspace behind the network, with the token of its admin.
    fn sales(&mut self) -> ConnectionId {
        self.save(form("Sales", by_token(&self.net.base_url(), &self.workspace.token))).id
    }

    /// To another workspace, where its user is no admin.
    fn not_an_admin(&mut self) -> ConnectionId {
        let payroll = workspace(&self.demo, "Payroll and people data").clone();
        self.save(form("Payroll", by_token(&payroll.base_url, &payroll.token))).id
    }

    fn account(&mut self, change: impl FnOnce(&mut Draft)) -> Connection {
        let account = self.demo.account();
        self.save(form("The account", |draft| {
            draft.base_url = account.base_url;
            draft.level = LevelKind::Account;
            draft.account_id = account.account_id;
            draft.auth = AuthKind::Browser;
            change(draft);
        }))
    }

    /// To the account, signed in as its admin.
    fn admins_account(&mut self) -> ConnectionId {
        let connection = self.account(|_| ());
        let admin = self.demo.users().swap_remove(0);
        let _run = self.begin_sign_in(1, &connection, SignInPlace::Here);
        let address = self.until(|event| match sign_in_news(event)?.news {
            News::Step(SignInStep::Waiting { address, .. }) => Some(address.expose_secret().to_owned()),
            News::Step(_) => None,
            News::End(outcome) => panic!("{outcome:?}"),
        });
        let answer = consent(&address, &admin.name, &admin.password).unwrap();
        visit(&answer);
        self.until(|event| if let News::End(outcome) = sign_in_news(event)?.news { Some(outcome) } else { None }).unwrap();
        connection.id
    }

    fn everybodys(&mut self, id: ConnectionId) -> Vec<UserToken> {
        self.ask(ListUsersTokens { id }).unwrap()
    }

    fn revoke(&mut self, id: ConnectionId, token_ids: &[String]) -> (Vec<String>, Vec<(String, Failure)>) {
        let RevokedTokens { revoked, failed } = self.ask(RevokeUsersTokens { id, token_ids: token_ids.to_vec() }).unwrap();
        (revoked, failed)
    }

    fn principals(&mut self, id: ConnectionId) -> Vec<ServicePrincipal> {
        self.ask(ListServicePrincipals { id }).unwrap()
    }

    fn create(&mut self, id: ConnectionId, name: &str) -> Result<ServicePrincipal, Failure> {
        self.ask(CreateServicePrincipal { id, name: name.to_owned() })
    }

    fn make_secret(&mut self, id: ConnectionId, principal: &str) -> Result<NewOAuthSecret, Failure> {
        self.ask(secret_for(id, principal))
    }

    fn list_secrets(&mut self, id: ConnectionId, principal: &str) -> Vec<OAuthSecret> {
        self.ask(ListOAuthSecrets { id, principal_id: principal.to_owned() }).unwrap()
    }

    fn entitle(&mut self, id: ConnectionId, principal: &str, granted: bool) -> Result<(), Failure> {
        let (principal_id, entitlement) = (principal.to_owned(), Entitlement::DatabricksSqlAccess);
        self.ask(SetEntitlement { id, principal_id, entitlement, granted })
    }

    /// The ids, as the service knows them, of all secrets of this principal.
    fn there(&self, principal: &str) -> Vec<String> {
        self.demo.authorization().oauth_secrets(principal)
    }

    /// As the log has it; the engine has ended.
    fn actions(&mut self) -> Vec<(AuditAction, Option<Code>, String)> {
        self.finish();
        let log = Activity::new(&self.home.state_dir()).load().unwrap();
        log.into_iter().map(|entry| (entry.what, entry.failed, entry.detail.unwrap_or_default())).collect()
    }
}

fn secret_for(id: ConnectionId, principal: &str) -> CreateOAuthSecret {
    CreateOAuthSecret { id, principal_id: principal.to_owned(), lifetime: Some(Duration::from_hours(24)) }
}

/// What the workspace's admin does elsewhere.
fn elsewhere<T>(workspace: &DemoWorkspace, work: impl AsyncFnOnce(Client, Call<'static>) -> T) -> T {
    let client = databricks(&workspace.base_url, &workspace.token);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { work(client, Call::until(tokio::time::Instant::now() + Duration::from_secs(8))).await })
}

fn change_of(method: &'static str, part: &'static str, way: Way) -> impl Fn(&str, &str) -> Way {
    move |asked, path| if asked == method && path.contains(part) { way } else { Way::Through }
}

fn add_to(id: ConnectionId, principal_id: &str, workspace_id: &str) -> AddToWorkspace {
    AddToWorkspace { id, principal_id: principal_id.to_owned(), workspace_id: workspace_id.to_owned(), role: WorkspaceRole::User }
}
