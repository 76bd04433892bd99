//! Diagnostics for support: only named fields, none of which can contain a secret, an address or a name.
//!
//! That is a matter of types: a field is a number, a yes or no, or one of a few words that this program knows. There is no text in it that a
//! person or a server wrote.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    blocking::blocking,
    preflight,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthMethod, BaseUrl, Level, Status},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Route, redact};
use brickpass_interchange::no_secret;
use brickpass_storage::{Activity, AuditAction, LibraryError, Mode, Snapshot, ThemeChoice, VaultHome, VaultStatus, write_new};

/// The number of reported failures, newest first.
const FAILURES: usize = 20;

/// What was done last is to be in the log by then.
const LAST_DEEDS: Duration = Duration::from_secs(1);

/// The contents of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostics {
    pub version: &'static str,
    pub system: SystemFacts,
    pub vault: VaultFacts,
    pub connections: ConnectionFacts,
    pub settings: SettingsFacts,
    pub network: NetworkFacts,
    /// The newest first.
    pub failures: Vec<RecentFailure>,
    pub checks: Vec<Checked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemFacts {
    pub operating_system: &'static str,
    pub architecture: &'static str,
    pub desktop: &'static str,
    pub session: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VaultFacts {
    pub home: VaultHome,
    /// The environment chose it, not the settings.
    pub chosen_by_environment: bool,
    pub status: Found,
}

/// How many there are, and how many of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConnectionFacts {
    pub total: usize,
    /// Off the list, their secrets not deleted yet.
    pub removed: usize,
    pub clouds: BTreeMap<&'static str, usize>,
    pub levels: BTreeMap<&'static str, usize>,
    pub authentication: BTreeMap<&'static str, usize>,
    pub statuses: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsFacts {
    pub theme: ThemeChoice,
    pub clipboard_seconds: u16,
    /// Settings of another version in the file.
    pub unknown: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkFacts {
    /// Databricks is reached through one. `None`: that could not be found out.
    pub proxy: Option<bool>,
    pub ca_file: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentFailure {
    pub what: AuditAction,
    pub code: Code,
    pub minutes_ago: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub check: Check,
    pub result: Found,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    ConnectionsFile,
    Settings,
    Vault,
    Certificates,
    SignInPorts,
    Browser,
    Clock,
}

/// `ok`, another word, or the code of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Found {
    Word(&'static str),
    Failed(Code),
}

impl Found {
    const OK: Self = Self::Word("ok");

    fn of<T>(outcome: &Result<T, Failure>) -> Self {
        outcome.as_ref().map_or_else(|failure| Self::Failed(failure.code), |_| Self::OK)
    }
}

impl Diagnostics {
    /// As it is shown before anybody passes it on, copied and saved: JSON, for reading. What redaction would take out of it is not there in
    /// the first place.
    #[must_use]
    pub fn text(&self) -> String {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut text: String = json.lines().map(redacted).collect::<Vec<_>>().join("\n");
        text.push('\n');
        text
    }
}

#[cfg(test)]
impl Diagnostics {
    /// Every field has a value, every list an element, every map an entry.
    pub fn example() -> Self {
        let count = || BTreeMap::from([("word", 1)]);
        Self {
            version: "0.1.0",
            system: SystemFacts { operating_system: "linux", architecture: "x86_64", desktop: "gnome", session: "wayland" },
            vault: VaultFacts { home: VaultHome::File, chosen_by_environment: true, status: Found::Failed(Code::VaultBusy) },
            connections: ConnectionFacts {
                total: 1,
                removed: 1,
                clouds: count(),
                levels: count(),
                authentication: count(),
                statuses: count(),
            },
            settings: SettingsFacts { theme: ThemeChoice::Dark, clipboard_seconds: 30, unknown: 0 },
            network: NetworkFacts { proxy: Some(true), ca_file: true },
            failures: vec![RecentFailure { what: AuditAction::Test, code: Code::Dns, minutes_ago: 3 }],
            checks: vec![Checked { check: Check::Clock, result: Found::OK }],
        }
    }
}

fn redacted(line: &str) -> String {
    let content = line.trim_start();
    format!("{}{}", " ".repeat(line.len() - content.len()), redact::plain(content))
}

/// Collects what a person who helps may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagnose;

impl Request for Diagnose {
    type Answer = Diagnostics;

    const ORDER: Order = Order::Question;

    async fn run(self, Context { shared, .. }: Context) -> Result<Diagnostics, Failure> {
        let proxy = match service(&shared) {
            Some(host) => shared.current().http.route(&host).await.map(|route| route != Route::Direct).map_err(|error| error.failure),
            None => Ok(false),
        };
        let worker = Arc::clone(&shared);
        let found = blocking(move || gather(&worker, &proxy, Timestamp::now())).await?;
        // Whatever it is made of: it is said to hold no secret.
        no_secret::checked(&found.text(), [])?;
        Ok(found)
    }
}

/// Writes the collected diagnostics to a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveDiagnostics {
    pub diagnostics: Diagnostics,
    pub to: PathBuf,
}

impl Request for SaveDiagnostics {
    type Answer = ();

    const ORDER: Order = Order::Change;

    async fn run(self, _: Context) -> Result<(), Failure> {
        blocking(move || write_new(&self.to, self.diagnostics.text().as_bytes())).await?
    }
}

/// Where people sign in.
fn service(shared: &Shared) -> Option<BaseUrl> {
    shared.places.discovery_host.clone().or_else(|| BaseUrl::read_discovery_host("login.databricks.com").ok())
}

/// Blocks.
fn gather(shared: &Shared, proxy: &Result<bool, Failure>, now: Timestamp) -> Diagnostics {
    let around = shared.places.look_around.map(|look| look()).unwrap_or_default();
    let current = shared.current();
    let library = shared.library.load();
    let status = vault_status(&current.vault.probe());
    let (_, settings_problem) = shared.settings_file.load();
    Diagnostics {
        version: env!("CARGO_PKG_VERSION"),
        system: SystemFacts {
            operating_system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            desktop: around.desktop,
            session: around.session,
        },
        vault: VaultFacts { home: current.vault.home(), chosen_by_environment: shared.places.vault.is_some(), status },
        connections: library.as_ref().map(|snapshot| connections(shared, snapshot)).unwrap_or_default(),
        settings: SettingsFacts {
            theme: current.settings.theme,
            clipboard_seconds: current.settings.clipboard_seconds.seconds(),
            unknown: current.settings.unknown.len(),
        },
        network: NetworkFacts {
            proxy: proxy.as_ref().ok().copied(),
            ca_file: current.settings.ca_file.is_some() || shared.places.ca_file.is_some(),
        },
        failures: failures(shared, now),
        checks: vec![
            Checked { check: Check::ConnectionsFile, result: connections_file(&library) },
            Checked { check: Check::Settings, result: Found::of(&settings_problem.map_or(Ok(()), Err)) },
            Checked { check: Check::Vault, result: status },
            Checked { check: Check::Certificates, result: Found::of(proxy) },
            Checked { check: Check::SignInPorts, result: sign_in_ports(shared) },
            Checked { check: Check::Browser, result: if around.browser { Found::OK } else { Found::Word("missing") } },
            Checked { check: Check::Clock, result: if preflight::clock_is_past(now) { Found::Word("past") } else { Found::OK } },
        ],
    }
}

fn vault_status(status: &VaultStatus) -> Found {
    match status {
        VaultStatus::Ready { .. } => Found::OK,
        VaultStatus::Locked { new: true, .. } => Found::Word("no-passphrase"),
        VaultStatus::Locked { new: false, .. } => Found::Word("locked"),
        VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => Found::Failed(failure.code),
    }
}

fn connections_file(library: &Result<Snapshot, LibraryError>) -> Found {
    match library {
        Ok(Snapshot { mode: Mode::ReadOnly(_), .. }) => Found::Word("read-only"),
        Ok(snapshot) if !snapshot.notices.is_empty() => Found::Word("mended"),
        Ok(_) => Found::OK,
        Err(error) => Found::Failed(error.failure().code),
    }
}

fn sign_in_ports(shared: &Shared) -> Found {
    let wanted = shared.places.redirect_port.map_or(preflight::REGISTERED_PORTS, |port| port..=port);
    if preflight::free_ports(wanted) > 0 { Found::OK } else { Found::Failed(Code::PortsTaken) }
}

fn connections(shared: &Shared, snapshot: &Snapshot) -> ConnectionFacts {
    let history = shared.history.load();
    let mut facts = ConnectionFacts { total: snapshot.entries.len(), removed: snapshot.tombstones.len(), ..ConnectionFacts::default() };
    let mut add = |counts: fn(&mut ConnectionFacts) -> &mut BTreeMap<&'static str, usize>, word| {
        *counts(&mut facts).entry(word).or_default() += 1;
    };
    for entry in &snapshot.entries {
        let connection = &entry.connection;
        add(|facts| &mut facts.clouds, connection.base_url.cloud().map_or("unknown", brickpass_core::connection::Cloud::label));
        add(
            |facts| &mut facts.levels,
            match connection.level {
                Level::Workspace => "workspace",
                Level::Account { .. } => "account",
            },
        );
        let shares_a_sign_in = connection.sign_in_of.is_some();
        let kind = match &connection.auth {
            AuthMethod::Browser(_) if shares_a_sign_in => "browser-of-account",
            auth => auth.kind().word(),
        };
        add(|facts| &mut facts.authentication, kind);
        add(|facts| &mut facts.statuses, status(history.get(&connection.id).map_or(Status::Untested, |last| last.state)));
    }
    facts
}

/// As in JSON.
fn status(status: Status) -> &'static str {
    match status {
        Status::Untested => "untested",
        Status::Ok => "ok",
        Status::Expiring => "expiring",
        Status::SignIn => "sign-in",
        Status::NoPermission => "no-permission",
        Status::Unreachable => "unreachable",
    }
}

fn failures(shared: &Shared, now: Timestamp) -> Vec<RecentFailure> {
    shared.outbox.log().flush(LAST_DEEDS);
    // A log that cannot be read is no reason to tell nothing else.
    let log = Activity::new(&shared.places.state_dir).load().unwrap_or_default();
    let failed = log.into_iter().rev().filter_map(|entry| Some((entry.what, entry.failed?, entry.at)));
    failed
        .take(FAILURES)
        .map(|(what, code, at)| {
            let minutes = now.duration_since(at).as_mins();
            RecentFailure { what, code, minutes_ago: u64::try_from(minutes).unwrap_or_default() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Everything that the report may say. A field that is added has to be added here, by somebody who has thought about what it can hold.
    const ALLOWED: [&str; 27] = [
        "checks[].check",
        "checks[].result",
        "connections.authentication.*",
        "connections.clouds.*",
        "connections.levels.*",
        "connections.removed",
        "connections.statuses.*",
        "connections.total",
        "failures[].code",
        "failures[].minutes_ago",
        "failures[].what",
        "network.ca_file",
        "network.proxy",
        "settings.clipboard_seconds",
        "settings.theme",
        "settings.unknown",
        "system.architecture",
        "system.desktop",
        "system.operating_system",
        "system.session",
        "vault.chosen_by_environment",
        "vault.home",
        "vault.status",
        "version",
        "connections.authentication",
        "connections.clouds",
        "connections.levels",
    ];

    /// The path of each value, and the text where it is one. In a map of counts the key is the text.
    fn leaves(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
        let counts = ["authentication", "clouds", "levels", "statuses"].iter().any(|name| path == format!("connections.{name}"));
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    if counts {
                        found.push((format!("{path}.*"), key.clone()));
                        assert!(value.is_u64());
                    } else {
                        leaves(value, &inner, found);
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| leaves(value, &format!("{path}[]"), found)),
            Value::String(text) => found.push((path.to_owned(), text.clone())),
            _ => found.push((path.to_owned(), String::new())),
        }
    }

    #[test]
    fn se_11_a_field_that_is_not_on_the_allow_list_fails_this_test() {
        let mut found = Vec::new();
        leaves(&serde_json::to_value(Diagnostics::example()).unwrap(), "", &mut found);
        let told: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        let allowed: BTreeSet<&str> = ALLOWED.into_iter().filter(|path| !ALLOWED.contains(&format!("{path}.*").as_str())).collect();
        assert_eq!(told, allowed);
    }

    #[test]
    fn se_11_its_types_have_no_room_for_text_that_somebody_wrote() {
        let source = include_str!("diagnostics.rs");
        let structs = source.split("pub fn text(&self)").next().unwrap();
        for roomy in ["String", "PathBuf,", "Box<str>", "Cow<", "SecretString", "Value", "Vec<u8>"] {
            let fields = structs.lines().filter(|line| line.trim_start().starts_with("pub ") && line.contains(':'));
            assert_eq!(fields.filter(|line| line.contains(roomy)).count(), 0, "{roomy}");
        }
    }

    #[test]
    fn se_11_what_looks_like_a_secret_is_hidden_even_there() {
        let planted = "dapi0123456789abcdef0123456789abcdef";
        let text = Diagnostics { version: planted, ..Diagnostics::example() }.text();
        assert!(!text.contains(planted) && text.contains("***"), "{text}");
    }

    #[test]
    fn it_is_json_that_reads_well() {
        let text = Diagnostics::example().text();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, serde_json::to_value(Diagnostics::example()).unwrap(), "redaction changes nothing of what is there");
        assert!(text.contains("\n  \"vault\": {\n    \"home\": \"file\",\n"), "{text}");
        assert_eq!(read["vault"]["status"], "vault-busy");
    }
}
