//! What a text looks like. A guess decides which reader is asked, never what is believed.

use std::{cell::OnceCell, rc::Rc};

use serde_json::Value;

use super::{
    Kind, airflow, bicep, brickpass, bruno, bundle, connect, csv, dbt, jdbc, kubernetes, linked_service, pbids, postman, program, settings,
};
use super::{text, tree, tree::Node, variables, warehouse};
use crate::backup;
use brickpass_core::connection::BaseUrl;

/// More lines than this say nothing new.
const MOST_LINES: usize = 500;

/// What kind the bytes look like; `name` is the file's, when there is one.
#[must_use]
pub fn guess(name: Option<&str>, bytes: &[u8]) -> Option<Kind> {
    of_text(name, &text::of(bytes).ok()?.text)
}

/// As [`guess`], of text.
pub(super) fn of_text(name: Option<&str>, text: &str) -> Option<Kind> {
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let sample = Sample { name: &name, text: text.trim_start(), json: OnceCell::new(), tree: OnceCell::new() };
    KINDS.iter().find(|(_, fits)| fits(&sample)).map(|(kind, _)| *kind)
}

/// A kind, and how it is known. The first that fits counts: what is certain comes before what only its name says.
type Rule = (Kind, fn(&Sample<'_>) -> bool);

const KINDS: &[Rule] = &[
    // By how it begins
    (Kind::Jdbc, |it| it.starts("jdbc:")),
    (Kind::Connect, |it| connect::is_url(it.text)),
    (Kind::Airflow, |it| airflow::is_uri(it.text.lines().next().unwrap_or_default())),
    (Kind::Address, |it| it.is_address()),
    (Kind::Tableau, |it| it.text.starts_with('<')),
    (Kind::Warehouse, |it| warehouse::is_ours(it.text)),
    // Documents, by what is in them
    (Kind::Brickpass, |it| it.json(|json| backup::is_ours(json) || brickpass::listed(json).is_some())),
    (Kind::Airflow, |it| it.any_document(airflow::is_ours)),
    (Kind::Bundle, |it| it.any_document(|node| bundle::is_ours(node))),
    (Kind::Dbt, |it| it.any_document(|node| dbt::is_ours(node))),
    (Kind::Kubernetes, |it| it.any_document(|node| kubernetes::is_ours(node))),
    (Kind::Postman, |it| it.json(postman::is_ours)),
    (Kind::Jdbc, |it| it.is_document() && jdbc::is_within(it.text) && !it.text.contains("DATABRICKS_HOST")),
    (Kind::Tfvars, |it| it.ends(&[".tfvars.json"])),
    (Kind::Settings, |it| it.json(|json| json.get("_type").is_some() || json.get("__export_format").is_some())),
    (Kind::LinkedService, |it| it.json(linked_service::is_ours)),
    (Kind::Pbids, |it| it.json(|json| json.get("connections").is_some_and(Value::is_array))),
    (Kind::Settings, |it| it.is_document() && settings::names_a_workspace(it.documents())),
    // By the name of the file
    (Kind::DatabricksCfg, |it| it.ends(&["databrickscfg"])),
    (Kind::LinkedService, |it| it.ends(&[".bicep"])),
    (Kind::Tfvars, |it| it.ends(&[".tfvars", ".tf"])),
    (Kind::Csv, |it| it.ends(&[".csv", ".tsv"])),
    (Kind::Odbc, |it| it.ends(&["odbc.ini", ".dsn"])),
    (Kind::Airflow, |it| it.ends(&[".env"]) && it.sets_connections_alone()),
    (Kind::Environment, |it| it.is_environment() && it.lines().any(sets_variable)),
    // By lines
    (Kind::Airflow, |it| it.sets_connections_alone()),
    (Kind::Pbids, |it| pbids::is_query(it.text)),
    (Kind::LinkedService, |it| bicep::is_ours(it.text)),
    (Kind::Bruno, |it| bruno::is_ours(it.text)),
    (Kind::Odbc, |it| it.is_odbc()),
    (Kind::DatabricksCfg, |it| it.first_line().starts_with('[') && !it.is_list()),
    (Kind::Tfvars, |it| {
        it.lines().any(|line| line.starts_with("provider ") || line.starts_with("resource \"") || line.starts_with("terraform {"))
    }),
    (Kind::Environment, |it| it.lines().any(sets_variable)),
    (Kind::Jdbc, |it| jdbc::is_within(it.text)),
    (Kind::Csv, |it| it.first_line().contains([',', ';', '\t']) && csv::is_header(it.first_line())),
    // Terraform quotes its texts, profiles do not.
    (Kind::Tfvars, |it| it.names_a_host() && it.lines().any(|line| line.ends_with('"'))),
    (Kind::DatabricksCfg, |it| it.names_a_host()),
    (Kind::Address, |it| {
        it.lines().all(|line| BaseUrl::read(line).is_ok() && line.contains('.') && !line.contains(char::is_whitespace)) && !it.is_empty()
    }),
    (Kind::Program, |it| program::is_ours(it.text)),
    // Nothing of it leads anywhere: what it would have been.
    (Kind::Environment, |it| it.is_environment()),
    (Kind::Settings, |it| it.is_document() || it.ends(&[".yml", ".yaml", ".json", ".toml"])),
];

/// A text that is looked at, and what was found out about it.
struct Sample<'a> {
    /// In lower case.
    name: &'a str,
    text: &'a str,
    json: OnceCell<Option<Value>>,
    tree: OnceCell<Vec<Rc<Node>>>,
}

impl Sample<'_> {
    fn ends(&self, ends: &[&str]) -> bool {
        ends.iter().any(|end| self.name.ends_with(end))
    }

    fn starts(&self, word: &str) -> bool {
        self.text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    }

    fn json(&self, fits: impl Fn(&Value) -> bool) -> bool {
        let parsed = self
            .json
            .get_or_init(|| Some(self.text).filter(|text| text.starts_with(['{', '['])).and_then(|text| serde_json::from_str(text).ok()));
        parsed.as_ref().is_some_and(fits)
    }

    /// Of JSON, YAML or TOML; none when it is none of them.
    fn documents(&self) -> &[Rc<Node>] {
        self.tree
            .get_or_init(|| if self.may_be_document() { tree::parse(Kind::Settings, self.text).unwrap_or_default() } else { Vec::new() })
    }

    fn may_be_document(&self) -> bool {
        let first = self.first_line();
        // `key: value`, not `key=value: ...` and not `https://...`
        let is_yaml = first.starts_with("---")
            || first.starts_with("- ")
            || first.split_once(':').is_some_and(|(key, rest)| !key.contains(['=', ' ']) && (rest.is_empty() || rest.starts_with(' ')))
            || (first.starts_with(['"', '\'']) && first.contains(':'));
        let is_toml = self.ends(&[".toml"]) || (self.name.is_empty() && first.starts_with('['));
        self.text.starts_with('{')
            || self.is_list()
            || self.text.starts_with("//")
            || self.text.starts_with("/*")
            || is_yaml
            || is_toml
            || self.ends(&[".yml", ".yaml"])
    }

    /// A list in JSON, and not the name of a section.
    fn is_list(&self) -> bool {
        self.text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '['])) || self.json(Value::is_array)
    }

    fn is_document(&self) -> bool {
        !self.documents().is_empty()
    }

    fn any_document(&self, fits: impl Fn(&Rc<Node>) -> bool) -> bool {
        self.documents().iter().any(fits)
    }

    /// Those that say something.
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])).take(MOST_LINES)
    }

    fn first_line(&self) -> &str {
        self.lines().next().unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    fn is_address(&self) -> bool {
        (self.starts("https://") || self.starts("http://")) && !self.text.lines().next().unwrap_or_default().contains([',', ';', '\t'])
    }

    fn is_environment(&self) -> bool {
        self.ends(&[".env", ".envrc", ".sh", ".fish", ".ps1", ".bat", ".cmd"]) || self.name.starts_with(".env")
    }

    /// Lines `id=databricks://...`, and no variable of Databricks' tools.
    fn sets_connections_alone(&self) -> bool {
        airflow::has_uri_lines(self.text) && !self.lines().any(sets_variable)
    }

    fn any_key(&self, keys: &[&str]) -> bool {
        self.lines().any(|line| {
            let key = line.split_once('=').map(|(key, _)| key.trim().to_ascii_lowercase()).unwrap_or_default();
            keys.contains(&key.as_str())
        })
    }

    fn is_odbc(&self) -> bool {
        let first = self.first_line().to_ascii_lowercase();
        self.any_key(&["httppath", "authmech", "driver"]) && !jdbc::is_within(self.text) || (first.contains("host=") && first.contains(';'))
    }

    fn names_a_host(&self) -> bool {
        self.first_line().contains('=') && self.any_key(&["databricks_host", "host", "workspace_url", "databricks_workspace_url"])
    }
}

/// In sh, fish, PowerShell, cmd, a Dockerfile.
fn sets_variable(line: &str) -> bool {
    let starts = ["export ", "declare -x ", "ENV ", "ARG ", "$env:", "$Env:", "set -gx ", "set -x ", "set \"", "set ", "SET "];
    let rest = starts.iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    variables::is_known(&name) || name.starts_with("ARM_")
}
