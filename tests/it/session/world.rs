//! A person who has signed in at the demo, and sessions on a vault, a clock and a folder of their own.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use brickpass_core::connection::{Connection, ConnectionId};
use brickpass_databricks::{
    oauth::{AccessToken, Tokens},
    rest::{Http, HttpSettings},
    session::{SessionDeps, Sessions},
};
use brickpass_demo::{Demo, DemoAuthorization, DemoOptions, DemoWorkspace};
use brickpass_storage::{SecretKey, Vault, VaultConfig, VaultHome};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Home, client};

pub const ID: &str = "8a5e0a4e-1111-4222-8333-944444444444";
const REDIRECT: &str = "http://localhost:8020";

pub struct World {
    pub demo: Demo,
    pub authorization: DemoAuthorization,
    pub home: Home,
    pub clock: Clock,
    pub changes: Arc<Mutex<Vec<ConnectionId>>>,
}

/// The wall clock, moved on at will.
#[derive(Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn advance(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

impl World {
    pub fn new() -> Self {
        let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
        let authorization = demo.authorization();
        Self { demo, authorization, home: Home::new(), clock: Clock::default(), changes: Arc::default() }
    }

    pub fn workspace(&self) -> &DemoWorkspace {
        &self.demo.workspaces()[0]
    }

    /// Signs in in the browser, with `changes`.
    pub fn connection_with(&self, changes: Value) -> Connection {
        let mut json = json!({
            "id": ID, "name": "Sales", "base_url": self.workspace().base_url, "address_confirmed": true, "timeout_seconds": 30,
            "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
        });
        let Value::Object(changes) = changes else { panic!("{changes}") };
        json.as_object_mut().unwrap().extend(changes);
        serde_json::from_value(json).unwrap()
    }

    pub fn connection(&self) -> Connection {
        self.connection_with(json!({}))
    }

    pub fn vault(&self) -> Vault {
        vault(&self.home.config_dir())
    }

    /// A Brickpass of its own on the same files, as another process has it.
    pub fn sessions(&self) -> Sessions {
        self.sessions_with(Duration::from_secs(30))
    }

    pub fn sessions_with(&self, lock_timeout: Duration) -> Sessions {
        let changes = Arc::clone(&self.changes);
        sessions(
            self.vault(),
            self.clock.clone(),
            &self.home.state_dir(),
            lock_timeout,
            Box::new(move |id| changes.lock().unwrap().push(id)),
        )
    }

    /// A Brickpass in which the person has signed in.
    pub async fn signed_in(&self) -> Sessions {
        let sessions = self.sessions();
        sessions.signed_in(&self.connection(), "ada@example.com".into(), self.log_in().await).await.unwrap();
        sessions
    }

    /// What a login in the browser brings, fetched as a browser and an application do together.
    pub async fn log_in(&self) -> Tokens {
        self.log_in_for("all-apis offline_access").await
    }

    pub async fn log_in_for(&self, scopes: &str) -> Tokens {
        let origin = &self.workspace().base_url;
        let user = &self.demo.users()[0];
        let verifier = "v".repeat(64);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let http = client();
        let asked = [
            ("response_type", "code"),
            ("client_id", "databricks-cli"),
            ("redirect_uri", REDIRECT),
            ("scope", scopes),
            ("state", "the-state-of-this-login"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let page = http.get(format!("{origin}/oidc/v1/authorize")).query(&asked).send().await.unwrap().text().await.unwrap();
        let login = [("ticket", ticket(&page)), ("username", user.name.clone()), ("password", user.password.clone())];
        let page = http.post(format!("{origin}/oidc/login")).form(&login).send().await.unwrap().text().await.unwrap();
        let consent = [("ticket", ticket(&page)), ("decision", "allow".to_owned())];
        let answer = http.post(format!("{origin}/oidc/consent")).form(&consent).send().await.unwrap();
        let location = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let exchange = [
            ("grant_type", "authorization_code"),
            ("client_id", "databricks-cli"),
            ("redirect_uri", REDIRECT),
            ("code", &code),
            ("code_verifier", &verifier),
        ];
        let answer: Value = http.post(format!("{origin}/oidc/v1/token")).form(&exchange).send().await.unwrap().json().await.unwrap();
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Tokens {
            access: AccessToken {
                secret: text("access_token").unwrap().into(),
                expires_at: Some(self.clock.now() + SignedDuration::from_secs(answer["expires_in"].as_i64().unwrap())),
                expiry_assumed: false,
            },
            refresh: text("refresh_token").map(Into::into),
            scopes_missing: Vec::new(),
        }
    }

    /// How often the token endpoint was asked to renew, whatever it answered.
    pub fn asked(&self) -> usize {
        self.authorization.requests().iter().filter(|request| request.contains("/v1/token refresh_token")).count()
    }

    /// The record as it lies in the vault.
    pub fn stored(&self) -> Option<Value> {
        let stored = self.vault().get(&key()).unwrap()?;
        Some(serde_json::from_str(stored.expose_secret()).unwrap())
    }

    /// From now on the vault can be read and not written.
    pub fn spoil_vault(&self) {
        let lock = self.home.config_dir().join("vault.age.lock");
        let _ = std::fs::remove_file(&lock);
        std::fs::create_dir(lock).unwrap();
    }

    pub fn mend_vault(&self) {
        std::fs::remove_dir(self.home.config_dir().join("vault.age.lock")).unwrap();
    }
}

pub fn key() -> SecretKey {
    SecretKey::sign_in(ID.parse().unwrap())
}

pub fn vault(config_dir: &Path) -> Vault {
    Vault::without_work(VaultConfig { home: VaultHome::File, file: config_dir.join("vault.age"), passphrase: Some("right horse".into()) })
}

pub fn sessions(
    vault: Vault,
    clock: Clock,
    state_dir: &Path,
    lock_timeout: Duration,
    changed: Box<dyn Fn(ConnectionId) + Send + Sync>,
) -> Sessions {
    let http = Http::new(HttpSettings::default());
    Sessions::new(SessionDeps {
        vault: Box::new(move || vault.clone()),
        http: Box::new(move || http.clone()),
        clock: Box::new(move || clock.now()),
        state_dir: state_dir.to_owned(),
        lock_timeout,
        changed,
    })
}

pub fn text(token: &AccessToken) -> String {
    token.secret.expose_secret().to_owned()
}

/// Waits for what happens elsewhere.
pub async fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + Duration::from_mins(1);
    while !happened() {
        assert!(std::time::Instant::now() < end, "{what} does not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn ticket(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"ticket\" value=\"").unwrap_or_else(|| panic!("no form: {page}"));
    rest.split_once('"').unwrap().0.to_owned()
}
