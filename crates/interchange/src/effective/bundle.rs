//! `databricks.yml`: what it says of the workspace of the target that is used (`bundle/config/workspace.go`). A few keys of a whole language: read by
//! their indentation, so that nothing else of the file matters. What is written in another style (`workspace: {host: ...}`, anchors) is not
//! understood, which is told.

use std::path::PathBuf;

use super::{Problem, host};

/// In the order in which the Databricks CLI looks for them (`bundle/config/filename.go`).
pub const BUNDLE_FILES: [&str; 4] = ["databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"];

/// The keys of `workspace` that lead somewhere or sign in.
const KEYS: [&str; 14] = [
    "host",
    "profile",
    "workspace_id",
    "account_id",
    "auth_type",
    "metadata_service_url",
    "client_id",
    "google_service_account",
    "azure_workspace_resource_id",
    "azure_use_msi",
    "azure_client_id",
    "azure_tenant_id",
    "azure_environment",
    "azure_login_app_id",
];

/// Still written by some, read by nobody.
const IGNORED: &str = "experimental_is_unified_host";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    pub path: PathBuf,
    /// The target that counts.
    pub target: Option<String>,
    pub host: Option<String>,
    pub profile: Option<String>,
    /// What else it says of the workspace, in the names of the attributes.
    pub others: Vec<(&'static str, String)>,
    /// Something of it is not understood.
    pub unclear: bool,
    /// No target can be chosen.
    pub problem: Option<Problem>,
    /// It has `experimental_is_unified_host`.
    pub unified_host: bool,
}

#[derive(Default)]
struct Place {
    values: Vec<(&'static str, String)>,
    unified_host: bool,
}

#[derive(Default)]
struct Target {
    name: String,
    default: bool,
    place: Place,
}

impl Bundle {
    /// `target`: what the command line or the environment asks for; else the one that is marked as default, else the only one.
    #[must_use]
    pub fn read(path: PathBuf, text: &str, target: Option<&str>) -> Self {
        let mut top = Place::default();
        let mut targets: Vec<Target> = Vec::new();
        let mut unclear = false;
        let mut includes = false;
        // The keys above this line, each with its indentation.
        let mut above: Vec<(usize, String)> = Vec::new();
        for line in text.lines() {
            let Some((indentation, key, value)) = pair(line) else { continue };
            above.retain(|(at, _)| *at < indentation);
            unclear |= value.is_some_and(|value| value.contains("${"));
            let value = value.map(plain);
            let parents: Vec<&str> = above.iter().map(|(_, key)| key.as_str()).collect();
            match (parents.as_slice(), key) {
                (["workspace"], _) => unclear |= top.take(key, value).is_err(),
                (["targets" | "environments"], name) => {
                    unclear |= value.is_some();
                    targets.push(Target { name: name.to_owned(), ..Target::default() });
                }
                (["targets" | "environments", _], "default") => {
                    if let Some(target) = targets.last_mut() {
                        target.default = matches!(value, Some(Ok(ref word)) if word == "true");
                    }
                }
                (["targets" | "environments", _, "workspace"], _) => {
                    if let Some(target) = targets.last_mut() {
                        unclear |= target.place.take(key, value).is_err();
                    }
                }
                ([] | [_, _], "workspace") | ([], "targets" | "environments") => unclear |= value.is_some(),
                ([], "include") => {
                    unclear |= value.is_some();
                    includes = true;
                }
                _ => {}
            }
            above.push((indentation, key.to_owned()));
        }
        let (chosen, problem) = match choose(&targets, target) {
            Ok(chosen) => (chosen, None),
            // Another file may have it.
            Err(_) if includes || unclear => (None, None),
            Err(problem) => (None, Some(problem)),
        };
        unclear |= includes && chosen.is_none();
        let chosen = chosen.map(|at| targets.swap_remove(at));
        let (target, place) = chosen.map_or((None, Place::default()), |it| (Some(it.name), it.place));
        let unified_host = top.unified_host || place.unified_host;
        let mut bundle = Self { path, target, unclear, problem, unified_host, ..Self::default() };
        for key in KEYS {
            let value = [&place, &top].into_iter().find_map(|place| place.values.iter().rfind(|(known, _)| *known == key));
            let Some(value) = value.map(|(_, value)| value.clone()).filter(|value| !value.is_empty()) else { continue };
            match key {
                "host" => bundle.host = Some(value),
                "profile" => bundle.profile = Some(value),
                _ => bundle.others.push((key, value)),
            }
        }
        bundle.without_query();
        bundle
    }

    /// Whether it says anything about where or how.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.host.is_some() || self.profile.is_some() || !self.others.is_empty() || self.problem.is_some()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        match name {
            "host" => self.host.as_deref(),
            _ => self.others.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()),
        }
    }

    /// A pasted address carries the workspace and the account (`Workspace.NormalizeHostURL`).
    fn without_query(&mut self) {
        let Some(written) = self.host.as_deref().filter(|host| host.contains('?')) else { return };
        let read = host::read(super::Family::Cli, written, "");
        if read.problem.is_some() {
            return;
        }
        for (name, carried) in [("workspace_id", read.workspace_id), ("account_id", read.account_id)] {
            if let (Some(value), None) = (carried, self.get(name)) {
                self.others.push((name, value));
            }
        }
        self.host = Some(read.value);
    }
}

/// `bundle/config/mutator/select_target.go` and `select_default_target.go`.
fn choose(targets: &[Target], wanted: Option<&str>) -> Result<Option<usize>, Problem> {
    if let Some(wanted) = wanted {
        let there: Vec<&str> = targets.iter().map(|it| it.name.as_str()).collect();
        let missing = || Problem::theirs(format!("{wanted}: no such target. Available targets: {}", there.join(", ")));
        return targets.iter().position(|it| it.name == wanted).map(Some).ok_or_else(missing);
    }
    let defaults: Vec<usize> = targets.iter().enumerate().filter(|(_, it)| it.default).map(|(at, _)| at).collect();
    match (targets.len(), defaults.as_slice()) {
        (0, _) => Ok(None),
        (1, _) => Ok(Some(0)),
        (_, [one]) => Ok(Some(*one)),
        (_, []) => Err(Problem::theirs("please specify target")
            .fixed_by("Choose one with --target or DATABRICKS_BUNDLE_TARGET, or mark one with default: true.")),
        (_, several) => {
            let names: Vec<&str> = several.iter().filter_map(|at| targets.get(*at)).map(|it| it.name.as_str()).collect();
            Err(Problem::theirs(format!("multiple targets are marked as default ({})", names.join(", "))))
        }
    }
}

impl Place {
    fn take(&mut self, key: &str, value: Option<Result<String, ()>>) -> Result<(), ()> {
        self.unified_host |= key == IGNORED;
        let Some(known) = KEYS.into_iter().find(|known| *known == key) else { return Ok(()) };
        self.values.push((known, value.transpose()?.unwrap_or_default()));
        Ok(())
    }
}
/// `key: value` of a mapping in block style.
fn pair(line: &str) -> Option<(usize, &str, Option<&str>)> {
    let text = line.trim_start_matches(' ');
    let indentation = line.len() - text.len();
    if text.starts_with(['#', '-', '\t']) {
        return None;
    }
    let (key, value) = text.split_once(':')?;
    if !value.is_empty() && !value.starts_with([' ', '\t']) {
        return None;
    }
    let value = value.trim();
    let value = if value.starts_with('#') { "" } else { value };
    Some((indentation, key.trim().trim_matches(['"', '\'']), Some(value).filter(|value| !value.is_empty())))
}

/// A scalar without its quotes and its comment; what begins another style is not understood.
fn plain(value: &str) -> Result<String, ()> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let (inner, _) = rest.split_once(quote).ok_or(())?;
            return if inner.contains('\\') { Err(()) } else { Ok(inner.to_owned()) };
        }
    }
    if value.starts_with(['{', '[', '&', '*', '!', '|', '>', '%', '@', '`']) {
        return Err(());
    }
    Ok(value.split(" #").next().unwrap_or_default().trim_end().to_owned())
}
