//! `databricks.yml`: the profile and the host of the target that is used. Two keys of a whole language: read by their indentation, so that nothing
//! else of the file matters. What is written in another style (`workspace: {host: ...}`, anchors, variables) is not understood, which is told.

use std::path::PathBuf;

/// In the order in which the Databricks CLI looks for them (`bundle/config/filename.go`).
pub const BUNDLE_FILES: [&str; 4] = ["databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    pub path: PathBuf,
    /// The target that counts.
    pub target: Option<String>,
    pub host: Option<String>,
    pub profile: Option<String>,
    /// Something of it is not understood.
    pub unclear: bool,
}

#[derive(Default)]
struct Place {
    host: Option<String>,
    profile: Option<String>,
}

#[derive(Default)]
struct Target {
    name: String,
    default: bool,
    place: Place,
}

impl Bundle {
    /// `target`: what the environment asks for; else the one that is marked as default, else the only one.
    #[must_use]
    pub fn read(path: PathBuf, text: &str, target: Option<&str>) -> Self {
        let mut top = Place::default();
        let mut targets: Vec<Target> = Vec::new();
        let mut unclear = false;
        // The keys above this line, each with its indentation.
        let mut above: Vec<(usize, String)> = Vec::new();
        for line in text.lines() {
            let Some((indentation, key, value)) = pair(line) else { continue };
            above.retain(|(at, _)| *at < indentation);
            let value = value.map(|value| if value.contains("${") { Err(()) } else { plain(value) });
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
                ([] | [_, _], "workspace") | ([], "targets" | "environments" | "include") => unclear |= value.is_some(),
                _ => {}
            }
            above.push((indentation, key.to_owned()));
        }
        let chosen = match target {
            Some(name) => targets.iter().position(|it| it.name == name),
            None => targets.iter().position(|it| it.default).or((targets.len() == 1).then_some(0)),
        };
        let chosen = chosen.map(|at| targets.swap_remove(at));
        let (target, place) = chosen.map_or((None, Place::default()), |it| (Some(it.name), it.place));
        Self { path, target, host: place.host.or(top.host), profile: place.profile.or(top.profile), unclear }
    }
}

impl Place {
    fn take(&mut self, key: &str, value: Option<Result<String, ()>>) -> Result<(), ()> {
        let slot = match key {
            "host" => &mut self.host,
            "profile" => &mut self.profile,
            _ => return Ok(()),
        };
        *slot = value.transpose()?.filter(|value| !value.is_empty());
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
