//! Sample connections, tokens and reports for tests.

use std::collections::BTreeMap;

use brickpass_engine::diagnostics::{
    Check, Checked, ConnectionFacts, Diagnostics, Found, NetworkFacts, RecentFailure, SettingsFacts, SystemFacts, VaultFacts,
};
use brickpass_storage::{AuditAction, ThemeChoice};

use super::*;

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A connection to a development workspace, as the form creates it.
pub fn connection(name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    draft.name = name.to_owned();
    draft.base_url = "https://adb-1234567890123456.7.azuredatabricks.net".to_owned();
    draft.environment = EnvironmentKind::Development;
    change(&mut draft);
    draft.review(&|_| false).result.unwrap_or_else(|| panic!("{:?}", draft.review(&|_| false).remarks)).connection
}

pub fn production(name: &str) -> Connection {
    connection(name, |draft| draft.environment = EnvironmentKind::Production)
}

pub fn snapshot(connections: &[Connection]) -> Arc<Snapshot> {
    let entries = connections.iter().map(|connection| Entry { connection: connection.clone(), revision: Revision(1) }).collect();
    Arc::new(Snapshot { entries, tombstones: Vec::new(), mode: Mode::Writable, notices: Vec::new() })
}

pub fn ok_report() -> Report {
    let step = |step, started, ms| StepReport {
        step,
        ok: true,
        started: Duration::from_millis(started),
        duration: Duration::from_millis(ms),
        detail: None,
    };
    let cluster = |name: &str, state| Cluster { id: name.to_owned(), name: name.to_owned(), state };
    Report {
        state: Status::Ok,
        duration: Duration::from_millis(182),
        steps: vec![
            step(Step::Dns, 0, 4),
            step(Step::Authentication, 4, 100),
            step(Step::Identity, 104, 26),
            step(Step::Clusters, 130, 52),
        ],
        user: Some("you@example.com".to_owned()),
        workspace_id: Some("1234567890123456".to_owned()),
        workspaces: None,
        clusters: Some(vec![
            cluster("nightly-etl", ClusterState::Running),
            cluster("adhoc", ClusterState::Terminated),
            cluster("ml-gpu", ClusterState::Pending),
        ]),
        failure: None,
        hints: Vec::new(),
    }
}

pub fn unauthorized() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The workspace does not accept this token.",
        "It has probably expired or been revoked.",
        "Generate a new one.",
    )
    .with_remedy(Remedy::ReplaceSecret)
    .with_details("HTTP 401 {\"error_code\":\"401\"}")
}

/// The sign-in page of a fake sign-in.
pub const LINK: &str = "https://adb-1234567890123456.7.azuredatabricks.net/oidc/v1/authorize?state=key";

/// Signed in at second 0, for an hour.
pub fn sign_in(user: &str) -> SignIn {
    SignIn { user: user.to_owned(), since: at(0), expires_at: Some(at(3600)), renews: true }
}

/// A connection that signs in through the browser.
pub fn browser(name: &str) -> Connection {
    connection(name, |draft| draft.auth = AuthKind::Browser)
}

/// A connection to an account.
pub fn account(name: &str) -> Connection {
    connection(name, |draft| {
        draft.auth = AuthKind::Browser;
        draft.level = LevelKind::Account;
        draft.base_url = "https://accounts.azuredatabricks.net".to_owned();
        draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    })
}

/// The value of every token created here.
pub fn new_value() -> String {
    format!("dapi{}3f9c", "0123456789abcdef".repeat(2).get(..28).unwrap_or_default())
}

/// `days` from second 0 on; `None` never expires.
pub fn token(id: &str, comment: &str, created: i64, expires: Option<i64>) -> Token {
    let day = |days: i64| at(days * 86_400);
    Token {
        id: id.to_owned(),
        comment: comment.to_owned(),
        created_at: Some(day(created)),
        expires_at: expires.map(day),
        last_used: None,
        scopes: Vec::new(),
    }
}

pub const PLANNED: [Step; 4] = [Step::Dns, Step::Authentication, Step::Identity, Step::Clusters];

/// Diagnostics with a successful and a failed check.
pub fn diagnostics() -> Diagnostics {
    let count = || BTreeMap::from([("word", 1)]);
    Diagnostics {
        version: "0.1.0",
        system: SystemFacts { operating_system: "linux", architecture: "x86_64", desktop: "gnome", session: "wayland" },
        vault: VaultFacts { home: VaultHome::File, chosen_by_environment: true, status: Found::Failed(Code::VaultBusy) },
        connections: ConnectionFacts { total: 1, removed: 1, clouds: count(), levels: count(), authentication: count(), statuses: count() },
        settings: SettingsFacts { theme: ThemeChoice::Dark, clipboard_seconds: 30, unknown: 0 },
        network: NetworkFacts { proxy: Some(true), ca_file: true },
        failures: vec![RecentFailure { what: AuditAction::Test, code: Code::Dns, minutes_ago: 3 }],
        checks: vec![Checked { check: Check::Clock, result: Found::Word("ok") }],
    }
}
