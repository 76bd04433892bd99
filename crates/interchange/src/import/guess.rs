//! What a text looks like. A guess decides which reader is asked, never what is believed.

use std::{cell::OnceCell, rc::Rc};

use serde_json::Value;

use super::{GUESSES, Kind, airflow, jdbc, text, tree, tree::Node, variables};

/// More lines than this say nothing new.
const MAX_LINES: usize = 500;

/// What kind the bytes look like; `name` is the file's, when there is one.
#[must_use]
pub fn guess(name: Option<&str>, bytes: &[u8]) -> Option<Kind> {
    of_text(name, &text::of(bytes).ok()?.text)
}

/// As [`guess`], of text.
pub(super) fn of_text(name: Option<&str>, text: &str) -> Option<Kind> {
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let sample = Sample { name: &name, text: text.trim_start(), json: OnceCell::new(), tree: OnceCell::new() };
    GUESSES.iter().find(|(_, fits)| fits(&sample)).map(|(kind, _)| *kind)
}

/// A text that is looked at, and what was found out about it.
pub(super) struct Sample<'a> {
    /// In lower case.
    name: &'a str,
    pub(super) text: &'a str,
    json: OnceCell<Option<Value>>,
    tree: OnceCell<Vec<Rc<Node>>>,
}

impl Sample<'_> {
    pub(super) fn ends(&self, ends: &[&str]) -> bool {
        ends.iter().any(|end| self.name.ends_with(end))
    }

    pub(super) fn starts(&self, word: &str) -> bool {
        self.text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    }

    pub(super) fn json(&self, fits: impl Fn(&Value) -> bool) -> bool {
        let parsed = self
            .json
            .get_or_init(|| Some(self.text).filter(|text| text.starts_with(['{', '['])).and_then(|text| serde_json::from_str(text).ok()));
        parsed.as_ref().is_some_and(fits)
    }

    /// Of JSON, YAML or TOML; none when it is none of them.
    pub(super) fn documents(&self) -> &[Rc<Node>] {
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
    pub(super) fn is_list(&self) -> bool {
        self.text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '['])) || self.json(Value::is_array)
    }

    pub(super) fn is_document(&self) -> bool {
        !self.documents().is_empty()
    }

    pub(super) fn any_document(&self, fits: impl Fn(&Rc<Node>) -> bool) -> bool {
        self.documents().iter().any(fits)
    }

    /// Those that say something.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])).take(MAX_LINES)
    }

    pub(super) fn first_line(&self) -> &str {
        self.lines().next().unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    pub(super) fn is_address(&self) -> bool {
        (self.starts("https://") || self.starts("http://")) && !self.text.lines().next().unwrap_or_default().contains([',', ';', '\t'])
    }

    pub(super) fn is_environment(&self) -> bool {
        self.ends(&[".env", ".envrc", ".sh", ".fish", ".ps1", ".bat", ".cmd"]) || self.name.starts_with(".env")
    }

    /// Lines `id=databricks://...`, and no variable of Databricks' tools.
    pub(super) fn sets_connections_alone(&self) -> bool {
        airflow::has_uri_lines(self.text) && !self.lines().any(sets_variable)
    }

    fn any_key(&self, keys: &[&str]) -> bool {
        self.lines().any(|line| {
            let key = line.split_once('=').map(|(key, _)| key.trim().to_ascii_lowercase()).unwrap_or_default();
            keys.contains(&key.as_str())
        })
    }

    pub(super) fn is_odbc(&self) -> bool {
        let first = self.first_line().to_ascii_lowercase();
        self.any_key(&["httppath", "authmech", "driver"]) && !jdbc::is_within(self.text) || (first.contains("host=") && first.contains(';'))
    }

    pub(super) fn names_a_host(&self) -> bool {
        self.first_line().contains('=') && self.any_key(&["databricks_host", "host", "workspace_url", "databricks_workspace_url"])
    }
}

/// In sh, fish, PowerShell, cmd, a Dockerfile.
pub(super) fn sets_variable(line: &str) -> bool {
    let starts = ["export ", "declare -x ", "ENV ", "ARG ", "$env:", "$Env:", "set -gx ", "set -x ", "set \"", "set ", "SET "];
    let rest = starts.iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    variables::is_known(&name) || name.starts_with("ARM_")
}
