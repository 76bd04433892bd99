//! What an administrator sets up, through the engine, against the demo: with a network that can lose what it carries.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use brickpass::{
    connection::{AuthKind, BaseUrl, ClientId, Connection, ConnectionId, Draft, LevelKind},
    databricks::{
        Call, Client, Directory, Entitlement, Http, HttpSettings, NewOAuthSecret, OAuthSecret, Object, Securable, ServicePrincipal,
        TokenRules, UserToken, WorkspaceRole,
    },
    demo::{Demo, DemoHandle, DemoOptions, DemoWorkspace},
    engine::{AdminAnswer, AdminRequest, Command, Deed, Event, Places, RunId, SignInPlace, SignInStep},
    failure::{Code, Failure},
    storage::Activity,
};
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    between::{Between, Way},
    browser::{consent, visit},
    desk::{self, World, by_token, file_vault, form, with_vault},
    free_port,
};

const SALES: &str = "Sales lakehouse";
const RULES: &str = "/api/2.0/workspace-conf";
const EVERYBODY: &str = "/api/2.0/token-management/tokens";
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
        let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
        let port = free_port();
        demo.authorization().register_redirect_port(port);
        let workspace = demo.workspaces()[0].clone();
        let handle = demo.workspace(SALES).unwrap();
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
        let payroll = self.demo.workspaces().iter().find(|it| it.name == "Payroll and people data").unwrap().clone();
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
        self.send(Command::SignIn { run: RunId(90), owner: Box::new(connection.clone()), place: SignInPlace::Here, open_browser: true });
        let address = self.until(|event| match event {
            Event::SignInProgress { step: SignInStep::Waiting { address, .. }, .. } => Some(address.expose_secret().to_owned()),
            Event::SignInFinished { outcome, .. } => panic!("{outcome:?}"),
            _ => None,
        });
        let answer = consent(&address, &admin.name, &admin.password).unwrap();
        visit(&answer);
        self.until(|event| if let Event::SignInFinished { outcome, .. } = event { Some(outcome.map(drop)) } else { None }).unwrap();
        connection.id
    }

    fn ask(&mut self, id: ConnectionId, request: AdminRequest) -> Result<AdminAnswer, Failure> {
        let expected = request.clone();
        self.send(Command::Admin { run: RunId(7), id, request });
        self.answered(&expected)
    }

    /// The request comes back with its answer.
    fn answered(&mut self, expected: &AdminRequest) -> Result<AdminAnswer, Failure> {
        self.until(|event| match event {
            Event::Admin { run: RunId(7), request, outcome, .. } => {
                assert_eq!(request, *expected);
                Some(outcome)
            }
            _ => None,
        })
    }

    fn rules(&mut self, id: ConnectionId, request: AdminRequest) -> Result<TokenRules, Failure> {
        self.ask(id, request).map(|answer| if let AdminAnswer::TokenRules(rules) = answer { rules } else { panic!("{answer:?}") })
    }

    fn everybodys(&mut self, id: ConnectionId) -> Vec<UserToken> {
        let answer = self.ask(id, AdminRequest::UsersTokens).unwrap();
        if let AdminAnswer::UsersTokens(all) = answer { all } else { panic!("{answer:?}") }
    }

    fn revoke(&mut self, id: ConnectionId, token_ids: &[String]) -> (Vec<String>, Vec<(String, Failure)>) {
        let answer = self.ask(id, AdminRequest::RevokeUsersTokens { token_ids: token_ids.to_vec() }).unwrap();
        if let AdminAnswer::UsersTokensRevoked { revoked, failed } = answer { (revoked, failed) } else { panic!("{answer:?}") }
    }

    fn principals(&mut self, id: ConnectionId) -> Vec<ServicePrincipal> {
        let answer = self.ask(id, AdminRequest::ServicePrincipals).unwrap();
        if let AdminAnswer::ServicePrincipals(all) = answer { all } else { panic!("{answer:?}") }
    }

    fn create(&mut self, id: ConnectionId, name: &str) -> Result<ServicePrincipal, Failure> {
        let answer = self.ask(id, AdminRequest::CreateServicePrincipal { name: name.to_owned() })?;
        Ok(if let AdminAnswer::ServicePrincipalCreated(made) = answer { made } else { panic!("{answer:?}") })
    }

    fn make_secret(&mut self, id: ConnectionId, principal: &str) -> Result<NewOAuthSecret, Failure> {
        let answer = self.ask(id, secret_for(principal))?;
        Ok(if let AdminAnswer::SecretCreated(new) = answer { new } else { panic!("{answer:?}") })
    }

    fn list_secrets(&mut self, id: ConnectionId, principal: &str) -> Vec<OAuthSecret> {
        let answer = self.ask(id, AdminRequest::Secrets { principal_id: principal.to_owned() }).unwrap();
        if let AdminAnswer::Secrets(secrets) = answer { secrets } else { panic!("{answer:?}") }
    }

    fn entitle(&mut self, id: ConnectionId, principal: &str, granted: bool) -> Result<(), Failure> {
        let (principal_id, entitlement) = (principal.to_owned(), Entitlement::DatabricksSqlAccess);
        self.ask(id, AdminRequest::SetEntitlement { principal_id, entitlement, granted }).map(drop)
    }

    /// The ids, as the service knows them, of all secrets of this principal.
    fn there(&self, principal: &str) -> Vec<String> {
        self.demo.authorization().oauth_secrets(principal)
    }

    /// As the log has it; the engine has ended.
    fn deeds(&mut self) -> Vec<(Deed, Option<Code>, String)> {
        self.finish();
        let log = Activity::new(&self.home.state_dir()).load().unwrap();
        log.into_iter().map(|entry| (entry.what, entry.failed, entry.detail.unwrap_or_default())).collect()
    }
}

fn secret_for(principal: &str) -> AdminRequest {
    AdminRequest::CreateSecret { principal_id: principal.to_owned(), lifetime: Some(Duration::from_hours(24)) }
}

/// What the workspace's admin does elsewhere.
fn elsewhere<T>(workspace: &DemoWorkspace, work: impl AsyncFnOnce(Client, Call<'static>) -> T) -> T {
    let base_url = BaseUrl::read(&workspace.base_url).unwrap().base_url;
    let client = Client::new(Http::new(HttpSettings::default()), base_url, None, workspace.token.clone().into(), Duration::from_secs(8));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { work(client, Call::until(tokio::time::Instant::now() + Duration::from_secs(8))).await })
}

fn change_of(method: &'static str, part: &'static str, way: Way) -> impl Fn(&str, &str) -> Way {
    move |asked, path| if asked == method && path.contains(part) { way } else { Way::Through }
}

#[test]
fn the_rules_are_read_again_after_each_change_and_told() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let before = desk.rules(sales, AdminRequest::TokenRules).unwrap();
    assert_eq!(before.enabled, Some(true));
    let now = desk.rules(sales, AdminRequest::SetMaximumDays(Some(30))).unwrap();
    assert_eq!(now, TokenRules { enabled: Some(true), maximum_days: Some(30) });
    assert_eq!(desk.rules(sales, AdminRequest::SetMaximumDays(None)).unwrap().maximum_days, None);
    assert_eq!(desk.rules(sales, AdminRequest::SetTokensEnabled(true)).unwrap().enabled, Some(true));
    // Whoever signs in with a token cannot read the rules any more then.
    assert_eq!(desk.rules(sales, AdminRequest::SetTokensEnabled(false)).unwrap().enabled, Some(false));
    assert!(!desk.handle.accepts(&desk.workspace.token));
    assert_eq!(desk.rules(sales, AdminRequest::TokenRules).unwrap_err().code, Code::Unauthorized);
    let expected = [
        (Deed::TokenMaximumSet, None, "30 days".to_owned()),
        (Deed::TokenMaximumSet, None, "no limit".to_owned()),
        (Deed::TokensEnabled, None, String::new()),
        (Deed::TokensDisabled, None, String::new()),
    ];
    assert_eq!(desk.deeds().split_off(1), expected, "what was only looked at is no deed");
}

#[test]
fn a_lost_answer_about_the_rules_is_looked_after_and_never_asked_for_again() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.handle.lose_next_answer();
    assert_eq!(desk.rules(sales, AdminRequest::SetMaximumDays(Some(30))).unwrap().maximum_days, Some(30));
    assert_eq!(desk.count("PATCH", RULES), 1);

    desk.script(change_of("PATCH", RULES, Way::LostThere));
    let failure = desk.rules(sales, AdminRequest::SetMaximumDays(Some(60))).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("PATCH", RULES)), ("Nothing was changed.", 1));
}

#[test]
fn rules_that_cannot_be_looked_at_after_a_lost_answer_are_told_to_be_unknown() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let changed = Arc::new(AtomicUsize::new(0));
    desk.script(move |method, path| match method {
        "PATCH" => {
            changed.fetch_add(1, Ordering::SeqCst);
            Way::LostBack
        }
        _ if path.contains(RULES) && changed.load(Ordering::SeqCst) > 0 => Way::Refused(403),
        _ => Way::Through,
    });
    let failure = desk.rules(sales, AdminRequest::SetMaximumDays(Some(60))).unwrap_err();
    assert!(failure.what.contains("Nobody can say"), "{failure}");
    assert_eq!(desk.count("PATCH", RULES), 1);
}

#[test]
fn everybodys_tokens_are_revoked_four_at_a_time_and_each_is_told() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let all = desk.everybodys(sales);
    assert!(all.is_sorted_by(|one, other| one.token.created_at >= other.token.created_at), "newest first");
    let others: Vec<String> = all.iter().filter(|it| it.owner != desk.workspace.user).map(|it| it.token.id.clone()).collect();
    assert!(others.len() >= 2 && all.len() > others.len(), "{all:?}");
    let mut mine = Vec::new();
    for number in 0..6 {
        mine.push(elsewhere(&desk.workspace, async |client, call| {
            let request = brickpass::databricks::TokenRequest { comment: format!("{number}"), lifetime: None, scopes: Vec::new() };
            client.create_token(&request, &call).await.unwrap().token.id
        }));
    }
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, noted, refused) = (Arc::clone(&now), Arc::clone(&most), mine[2].clone());
    desk.script(move |method, path| {
        if method != "DELETE" {
            return Way::Through;
        }
        noted.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(60));
        running.fetch_sub(1, Ordering::SeqCst);
        if path.ends_with(&refused) { Way::Refused(403) } else { Way::Through }
    });
    // One that nobody knows is gone already, and one is named twice.
    let asked = [others.clone(), mine.clone(), vec!["f".repeat(64), mine[0].clone()]].concat();
    let (revoked, failed) = desk.revoke(sales, &asked);
    let expected: Vec<String> = [&others[..], &mine[..2], &mine[3..], &["f".repeat(64)]].concat();
    assert_eq!(revoked, expected, "in the order in which they were asked for");
    assert_eq!((failed.len(), &failed[0].0, failed[0].1.code), (1, &mine[2], Code::Forbidden));
    assert!((2..=4).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    assert_eq!(desk.count("DELETE", EVERYBODY), asked.len() - 1, "the one that is named twice is asked for once");
    desk.script(|_, _| Way::Through);
    let left: Vec<String> = desk.everybodys(sales).into_iter().map(|it| it.token.id).collect();
    assert!(left.contains(&mine[2]) && !left.iter().any(|id| revoked.contains(id)), "{left:?}");
    let deeds = desk.deeds();
    let told = |failed: Option<Code>| deeds.iter().filter(|it| it.0 == Deed::UsersTokenRevoked && it.1 == failed).count();
    assert_eq!((told(None), told(Some(Code::Forbidden))), (revoked.len(), 1));
}

#[test]
fn a_lost_answer_to_a_revocation_is_asked_for_once_more() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.everybodys(sales).into_iter().find(|it| it.owner != desk.workspace.user).unwrap().token.id;
    desk.handle.lose_next_answer();
    let (revoked, failed) = desk.revoke(sales, std::slice::from_ref(&id));
    assert_eq!((revoked, failed.len(), desk.count("DELETE", EVERYBODY)), (vec![id], 0, 2));
}

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
        let failure = desk.ask(payroll, request.clone()).unwrap_err();
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
    let failure = desk.ask(account.id, request).unwrap_err();
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
        let failure = desk.ask(id, request.clone()).unwrap_err();
        assert_eq!(failure.code, Code::Unsupported, "{request:?}: {failure}");
    }
    assert_eq!((desk.demo.authorization().requests().len(), desk.handle.requests().len()), (0, 0));
    let failure = desk.ask(account, AdminRequest::ServicePrincipals).unwrap_err();
    assert_eq!(failure.code, Code::SignInNeeded);
    let failure = desk.create(sales, "  ").unwrap_err();
    assert_eq!((failure.code, desk.count("POST", PRINCIPALS)), (Code::InvalidInput, 0));
}

fn add_to(principal_id: &str, workspace_id: &str) -> AdminRequest {
    AdminRequest::AddToWorkspace { principal_id: principal_id.to_owned(), workspace_id: workspace_id.to_owned(), role: WorkspaceRole::User }
}

#[test]
fn a_service_principal_whose_answer_was_lost_is_looked_for_by_its_name() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let before = desk.demo.authorization().service_principals().len();
    desk.handle.lose_next_answer();
    let failure = desk.create(sales, " perhaps ").unwrap_err();
    let there = desk.principals(sales).into_iter().find(|it| it.name == "perhaps").unwrap();
    assert!(failure.what.contains("There is a service principal named perhaps"), "{failure}");
    assert!(failure.why.contains(there.client_id.as_str()), "{failure}");
    assert_eq!((desk.count("POST", PRINCIPALS), desk.demo.authorization().service_principals().len()), (1, before + 1));

    desk.script(change_of("POST", PRINCIPALS, Way::LostBack));
    let failure = desk.create(sales, "perhaps").unwrap_err();
    assert!(failure.what.contains("several service principals named perhaps"), "{failure}");

    desk.script(change_of("POST", PRINCIPALS, Way::LostThere));
    let failure = desk.create(sales, "never").unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("POST", PRINCIPALS)), ("Nothing was changed.", 1));
}

#[test]
fn a_service_principal_that_cannot_be_looked_for_may_be_there() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.script(|method, _| if method == "POST" { Way::LostBack } else { Way::Refused(403) });
    let failure = desk.create(sales, "unseen").unwrap_err();
    assert!(failure.what.contains("Nobody can say") && failure.fix.contains("before you create it again"), "{failure}");
    assert_eq!(desk.count("POST", PRINCIPALS), 1);
}

#[test]
fn an_entitlement_whose_answer_was_lost_is_looked_after() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    for granted in [true, false] {
        desk.handle.lose_next_answer();
        desk.entitle(sales, &id, granted).unwrap();
        assert_eq!(desk.principals(sales)[0].entitlements.contains(&Entitlement::DatabricksSqlAccess), granted);
    }
    assert_eq!(desk.count("PATCH", PRINCIPALS), 2, "once each");
    desk.script(change_of("PATCH", PRINCIPALS, Way::LostThere));
    assert_eq!(desk.entitle(sales, &id, true).unwrap_err().what, "Nothing was changed.");
    assert_eq!(desk.count("PATCH", PRINCIPALS), 1);
    let deeds = desk.deeds();
    let sql = format!("{id} databricks-sql-access");
    assert_eq!(deeds[1..3], [(Deed::EntitlementGranted, None, sql.clone()), (Deed::EntitlementTaken, None, sql)]);
    assert!(deeds[3].0 == Deed::EntitlementGranted && deeds[3].1.is_some(), "{deeds:?}");
}

#[test]
fn a_secret_is_made_listed_and_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.list_secrets(sales, &id).len();
    let new = desk.make_secret(sales, &id).unwrap();
    let secrets = desk.list_secrets(sales, &id);
    assert_eq!((secrets.len(), &secrets[0]), (before + 1, &new.secret));
    let delete = AdminRequest::DeleteSecret { principal_id: id.clone(), secret_id: new.secret.id.clone() };
    desk.handle.lose_next_answer();
    desk.ask(sales, delete.clone()).unwrap();
    assert_eq!((desk.there(&id).len(), desk.count("DELETE", SECRETS)), (before, 2), "asked for once more");
    desk.ask(sales, delete).unwrap();
    let deeds = desk.deeds();
    assert_eq!(deeds[1], (Deed::SecretCreated, None, format!("{id} {}", new.secret.id)));
    assert_eq!(deeds[2], (Deed::SecretDeleted, None, format!("{id} {}", new.secret.id)));
}

#[test]
fn a_secret_whose_value_was_lost_on_the_way_is_deleted_again() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    desk.make_secret(sales, &id).unwrap();
    let before = desk.there(&id);
    desk.handle.lose_next_answer();
    let failure = desk.make_secret(sales, &id).unwrap_err();
    assert!(failure.what.contains("lost on the way. It is deleted again"), "{failure}");
    assert_eq!((desk.there(&id), desk.count("POST", SECRETS)), (before.clone(), 2), "once each");

    desk.script(change_of("POST", SECRETS, Way::LostThere));
    let failure = desk.make_secret(sales, &id).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("POST", SECRETS)), ("Nothing was changed.", 1));

    desk.script(|method, path| match method {
        "POST" if path.contains(SECRETS) => Way::LostBack,
        "DELETE" => Way::LostThere,
        _ => Way::Through,
    });
    let failure = desk.make_secret(sales, &id).unwrap_err();
    let left: Vec<String> = desk.there(&id).into_iter().filter(|it| !before.contains(it)).collect();
    assert_eq!(left.len(), 1);
    assert!(failure.what.contains("could not be deleted") && failure.fix.contains(&left[0]), "{failure}");
}

#[test]
fn secrets_of_others_are_never_deleted_for_one_that_was_lost() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    let (workspace, principal) = (desk.workspace.clone(), id.clone());
    desk.script(move |method, path| {
        if method != "POST" || !path.contains(SECRETS) {
            return Way::Through;
        }
        elsewhere(&workspace, async |client, call| {
            client.create_oauth_secret(Directory::Workspace, &principal, None, &call).await.unwrap();
        });
        Way::LostBack
    });
    let failure = desk.make_secret(sales, &id).unwrap_err();
    let appeared: Vec<String> = desk.there(&id).into_iter().filter(|it| !before.contains(it)).collect();
    assert_eq!((appeared.len(), desk.count("DELETE", SECRETS)), (2, 0));
    assert!(failure.what.contains("nobody can say which"), "{failure}");
    assert!(appeared.iter().all(|id| failure.fix.contains(id)), "{failure}");

    // A list that cannot be read before: nothing is made.
    desk.script(|method, path| if method == "GET" && path.contains(SECRETS) { Way::Refused(403) } else { Way::Through });
    assert!(desk.make_secret(sales, &id).is_err());
    assert_eq!(desk.count("POST", SECRETS), 0);
}

#[test]
fn two_secrets_that_are_made_at_once_do_not_take_each_other_for_lost_ones() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id).len();
    let posts = AtomicUsize::new(0);
    desk.script(move |method, path| match method {
        // The first one never arrives.
        "POST" if path.contains(SECRETS) && posts.fetch_add(1, Ordering::SeqCst) == 0 => Way::LostThere,
        _ => Way::Through,
    });
    for run in [1, 2] {
        desk.send(Command::Admin { run: RunId(run), id: sales, request: secret_for(&id) });
    }
    let mut ended = Vec::new();
    while ended.len() < 2 {
        ended.push(desk.until(|event| if let Event::Admin { outcome, .. } = event { Some(outcome.is_ok()) } else { None }));
    }
    ended.sort_unstable();
    assert_eq!((ended, desk.there(&id).len()), (vec![false, true], before + 1));
}

#[test]
fn a_secret_that_nobody_waits_for_any_more_is_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |method, path| {
        if method == "POST" && path.contains(SECRETS) {
            arrived.send(()).unwrap();
            // The window is closed meanwhile.
            thread::sleep(Duration::from_millis(300));
        }
        Way::Through
    });
    desk.send(Command::Admin { run: RunId(7), id: sales, request: secret_for(&id) });
    seen.recv().unwrap();
    desk.finish();
    assert_eq!((desk.count("POST", SECRETS), desk.there(&id)), (1, before));
}

#[test]
fn what_has_begun_is_brought_to_its_end_when_the_window_closes() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let all = desk.everybodys(sales);
    let others: Vec<String> = all.into_iter().filter(|it| it.owner != desk.workspace.user).map(|it| it.token.id).collect();
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |method, _| {
        if method == "DELETE" {
            let _ = arrived.send(());
            thread::sleep(Duration::from_millis(100));
        }
        Way::Through
    });
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::RevokeUsersTokens { token_ids: others.clone() } });
    seen.recv().unwrap();
    desk.finish();
    let left = elsewhere(&desk.workspace, async |client, call| client.users_tokens(None, &call).await.unwrap());
    assert!(!left.iter().any(|it| others.contains(&it.token.id)), "all of them");
    assert_eq!(desk.deeds().into_iter().filter(|it| it.0 == Deed::UsersTokenRevoked && it.1.is_none()).count(), others.len());
}

#[test]
fn reading_is_called_off_at_any_time_and_nobody_waits_for_it_at_the_end() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let (arrived, seen) = std::sync::mpsc::channel();
    desk.script(move |_, _| {
        let _ = arrived.send(());
        thread::sleep(Duration::from_secs(4));
        Way::Through
    });
    let began = Instant::now();
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::UsersTokens });
    seen.recv().unwrap();
    desk.send(Command::Cancel { run: RunId(7) });
    assert_eq!(desk.answered(&AdminRequest::UsersTokens).unwrap_err().code, Code::Cancelled);
    desk.send(Command::Admin { run: RunId(7), id: sales, request: AdminRequest::TokenRules });
    seen.recv().unwrap();
    desk.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn an_account_admin_sets_up_a_service_principal() {
    let mut desk = Desk::new();
    let account = desk.admins_account();
    let made = desk.create(account, "releases").unwrap();
    assert!(desk.principals(account).iter().any(|it| it.id == made.id));
    let workspace = desk.handle.workspace_id();
    let add = add_to(&made.id, &workspace);
    // Setting what is set already changes nothing: it is asked for once more.
    desk.demo.authorization().lose_next_answer();
    desk.ask(account, add.clone()).unwrap();
    let sales = desk.sales();
    assert!(desk.principals(sales).iter().any(|it| it.id == made.id), "let in");

    // The sign-in is over in the meantime: it is renewed, once.
    desk.demo.authorization().expire_access_tokens();
    let new = desk.make_secret(account, &made.id).unwrap();
    assert_eq!(desk.there(&made.id), [new.secret.id.as_str()]);
    desk.demo.authorization().lose_next_answer();
    let failure = desk.make_secret(account, &made.id).unwrap_err();
    assert!(failure.what.contains("It is deleted again"), "{failure}");
    assert_eq!(desk.there(&made.id), [new.secret.id.as_str()]);

    let failure = desk.ask(account, add_to(&made.id, "1")).unwrap_err();
    assert!(failure.code == Code::NotFound && failure.what.contains("does not know this workspace"), "{failure}");
    let deeds = desk.deeds();
    let told = |what| deeds.iter().filter(move |it| it.0 == what).map(|it| it.2.as_str()).collect::<Vec<_>>();
    assert_eq!(told(Deed::ServicePrincipalCreated), [made.client_id.as_str()]);
    assert_eq!(told(Deed::AddedToWorkspace)[0], format!("{} {workspace} USER", made.id));
}

#[test]
fn a_permission_is_granted_on_each_kind_of_object_and_a_lost_answer_is_looked_after() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let client_id = desk.principals(sales)[0].client_id.clone();
    let AdminAnswer::Catalogs(catalogs) = desk.ask(sales, AdminRequest::Catalogs).unwrap() else { panic!("other") };
    for (kind, level) in [(Securable::Cluster, 1), (Securable::SqlWarehouse, 2), (Securable::Job, 1), (Securable::Schema, 0)] {
        let catalog = (kind == Securable::Schema).then(|| catalogs[0].clone());
        let AdminAnswer::Objects(objects) = desk.ask(sales, AdminRequest::Objects { kind, catalog }).unwrap() else { panic!("other") };
        let (object, permission) = (objects.last().unwrap().clone(), kind.permissions()[level]);
        let ask = AdminRequest::Permission { object: object.clone(), client_id: client_id.clone() };
        let grant = AdminRequest::Grant { object: object.clone(), client_id: client_id.clone(), permission };
        let now = |desk: &mut Desk| match desk.ask(sales, ask.clone()).unwrap() {
            AdminAnswer::Permission(permission) => permission.map(|it| it.word),
            other => panic!("{other:?}"),
        };
        assert_ne!(now(&mut desk), Some(permission.word), "{kind:?}");
        if kind == Securable::Job {
            desk.script(change_of("PATCH", "permissions", Way::LostThere));
            let failure = desk.ask(sales, grant.clone()).unwrap_err();
            assert_eq!((failure.what.as_str(), desk.count("PATCH", "")), ("The permission was not granted.", 1));
        }
        desk.script(|_, _| Way::Through);
        if kind == Securable::Schema {
            desk.ask(sales, grant).unwrap();
        } else {
            desk.handle.lose_next_answer();
            desk.ask(sales, grant).unwrap();
            assert_eq!(desk.count("PATCH", ""), 1, "{kind:?}");
        }
        assert_eq!(now(&mut desk), Some(permission.word), "{kind:?}");
    }
    let gone = Object { kind: Securable::Job, id: "1".to_owned(), name: "gone".to_owned() };
    let failure = desk.ask(sales, AdminRequest::Permission { object: gone, client_id }).unwrap_err();
    assert!(failure.code == Code::NotFound && failure.what.contains("This job is not there"), "{failure}");
    let granted: Vec<_> = desk.deeds().into_iter().filter(|it| it.0 == Deed::PermissionGranted).collect();
    assert_eq!(granted.iter().filter(|it| it.1.is_none()).count(), 4);
    assert!(granted.iter().all(|it| !it.2.contains(&catalogs[0])), "names of schemas are people's own words: {granted:?}");
}
