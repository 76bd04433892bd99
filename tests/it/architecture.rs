//! Layers point downwards: the `use crate::` lines of each folder name only what it may look at.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::support::sources;

/// Who may use whom. What is not listed may be used by nobody below it.
const ARROWS: &[(&str, &[&str])] = &[
    ("failure", &[]),
    ("connection", &["failure"]),
    ("clipboard", &["failure"]),
    ("interchange", &["failure", "connection"]),
    ("storage", &["failure", "connection"]),
    ("databricks", &["failure", "connection"]),
    ("oauth", &["failure", "connection", "databricks"]),
    ("session", &["failure", "connection", "storage", "databricks", "oauth"]),
    ("demo", &["connection"]),
    ("check", &["failure", "connection", "databricks", "oauth", "session"]),
    ("engine", &["failure", "connection", "clipboard", "interchange", "storage", "databricks", "oauth", "session", "check"]),
    ("ui", &["failure", "connection", "interchange", "storage", "databricks", "check", "engine"]),
    ("cli", &["failure", "connection", "interchange", "storage", "databricks", "check", "engine", "demo"]),
];

#[test]
fn layers_point_downwards() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (module, allowed) in ARROWS {
        for file in files_of(&src, module) {
            for used in used_modules(&fs::read_to_string(&file).unwrap()) {
                if used != *module && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{} uses crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that run the other way:\n{}", wrong.join("\n"));
}

#[test]
fn tooltips_come_from_one_place_which_knows_of_dialogs() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let others: Vec<PathBuf> = files_of(&src, "ui")
        .into_iter()
        .filter(|file| !file.ends_with("widgets/tip.rs") && fs::read_to_string(file).unwrap().contains(".on_hover_"))
        .collect();
    assert!(others.is_empty(), "use `Tip` in {others:?}");
}

#[test]
fn every_module_is_on_the_map() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mapped: BTreeSet<_> = ARROWS.iter().map(|(module, _)| *module).collect();
    assert_eq!(declared, mapped);
}

#[test]
fn an_upward_arrow_is_seen() {
    assert_eq!(
        used_modules("use crate::{\n    ui::App,\n    connection::{BaseUrl, Draft},\n};\nfn f() { crate::cli::run() }"),
        BTreeSet::from(["ui".into(), "connection".into(), "cli".into()])
    );
}

fn files_of(src: &Path, module: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let single = src.join(format!("{module}.rs"));
    if single.exists() {
        found.push(single);
    }
    found.extend(sources(&src.join(module)));
    assert!(!found.is_empty(), "no module {module}");
    found
}

/// The modules after each `crate::`, also inside braces.
fn used_modules(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut at_start = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => at_start = true,
                    _ if depth == 1 && at_start && (c.is_alphanumeric() || c == '_') => {
                        word.push(c);
                        continue;
                    }
                    _ if c.is_whitespace() && word.is_empty() => continue,
                    _ => {}
                }
                if !word.is_empty() {
                    used.insert(std::mem::take(&mut word));
                    at_start = c == ',';
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            used.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    used
}
