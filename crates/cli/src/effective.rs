//! `effective`: which configuration Databricks' tools would use here, and where each value comes from.

use std::{path::PathBuf, process::ExitCode};

use serde_json::{Map, Value, json};

use super::{
    args, foreign,
    foreign::clean,
    output::{note, print_json, say, table},
    passphrase,
    session::Session,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{Attribute, Effective, FindEffective, Source, Speaker, Verdict};

/// Nothing here stands in the way, and somebody else decides. As `--help` says.
const UNKNOWN: u8 = 6;

/// A configuration that does not work is an answer, not a failure: exit code 1, and the document all the same.
pub(super) fn effective(options: &args::Effective, json: bool) -> Result<ExitCode, Failure> {
    let directory = folder(&options.directory)?;
    let mut session = Session::open()?;
    // Nobody is asked for the passphrase of the vault, which may have nothing to do with it.
    if passphrase::is_given() {
        session.open_vault()?;
    }
    let found = session.ask(FindEffective {
        directory,
        family: options.family.map(Into::into),
        profile: options.profile.clone(),
        target: options.target.clone(),
    })?;
    let connection = found.connection.and_then(|id| session.snapshot.entries.iter().find(|entry| entry.connection.id == id));
    let connection = connection.map(|entry| entry.connection.name.as_str());
    if json {
        print_json(&foreign::document(document(&found, connection)));
    } else {
        print(&found, connection);
    }
    Ok(match found.verdict() {
        Verdict::Works => ExitCode::SUCCESS,
        Verdict::Fails => ExitCode::FAILURE,
        Verdict::Unknown => ExitCode::from(UNKNOWN),
    })
}

fn folder(given: &std::path::Path) -> Result<PathBuf, Failure> {
    given.canonicalize().ok().filter(|path| path.is_dir()).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            format!("{} is not a folder.", given.display()),
            "It does not exist, or it is a file.",
            "Choose a folder with --directory, or omit it for the current folder.",
        )
    })
}

fn print(found: &Effective, connection: Option<&str>) {
    if !found.attributes.is_empty() {
        let mut rows = vec![["ATTRIBUTE", "VALUE", "FROM", ""].map(str::to_owned).to_vec()];
        rows.extend(found.attributes.iter().map(|it| vec![it.name.to_owned(), value(it), clean(&source(&it.source)), clean(&remark(it))]));
        say(table(&rows));
        say("");
    }
    say(format_args!("Tool: {}", found.family));
    say(format_args!("Configuration file: {}", found.config_file.display()));
    if let Some(way) = &found.auth_type {
        say(format_args!("Authentication: {way}"));
    }
    if let Some(name) = connection {
        say(format_args!("Connection: {name}"));
    }
    for line in &found.notes {
        note(clean(line));
    }
    if let Some(who) = &found.depends_on {
        note(format_args!("Brickpass cannot check whether it signs in. That depends on {}.", clean(who)));
    }
    if let Some(problem) = &found.problem {
        match problem.by {
            Speaker::Tool => note(format_args!("Message from {}: {}", found.family, clean(&problem.words))),
            Speaker::Brickpass => note(clean(&problem.words)),
        }
        if let Some(fix) = &problem.fix {
            note(clean(fix));
        }
    }
}

fn value(attribute: &Attribute) -> String {
    attribute.value.as_ref().map_or_else(|| "(secret)".to_owned(), |value| clean(value))
}

fn source(source: &Source) -> String {
    match source {
        Source::Given => "--profile".to_owned(),
        Source::Environment(name) => format!("{name} in the environment"),
        Source::Profile { name, line } => format!("[{name}] at line {line}"),
        Source::Settings => "default_profile in [__settings__]".to_owned(),
        Source::Bundle(path) => path.display().to_string(),
        Source::Default => "default profile".to_owned(),
    }
}

fn remark(attribute: &Attribute) -> String {
    let unused = attribute.unused.then(|| "not used for this authentication type".to_owned());
    let losers: Vec<String> = attribute.shadowed.iter().map(source).collect();
    let shadowed = (!losers.is_empty()).then(|| format!("overrides {}", losers.join(", ")));
    [unused, shadowed].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn document(found: &Effective, connection: Option<&str>) -> Value {
    let attributes: Map<String, Value> = found.attributes.iter().map(|it| (it.name.to_owned(), attribute(it))).collect();
    let speaker = |by| match by {
        Speaker::Tool => "tool",
        Speaker::Brickpass => "brickpass",
    };
    json!({
        "as": found.family.word(),
        "verdict": match found.verdict() {
            Verdict::Works => "works",
            Verdict::Fails => "fails",
            Verdict::Unknown => "unknown",
        },
        "config_file": found.config_file,
        "profile": found.profile,
        "auth_type": found.auth_type,
        "connection": connection,
        "problem": found.problem.as_ref().map(|problem| &problem.words),
        "problem_in_words_of": found.problem.as_ref().map(|problem| speaker(problem.by)),
        "fix": found.problem.as_ref().and_then(|problem| problem.fix.as_ref()),
        "depends_on": found.depends_on,
        "notes": found.notes,
        "attributes": attributes,
    })
}

fn attribute(attribute: &Attribute) -> Value {
    let mut fields = json!({
        "source": origin(&attribute.source),
        "shadowed": attribute.shadowed.iter().map(origin).collect::<Vec<_>>(),
        "unused": attribute.unused,
    });
    match (&attribute.value, fields.as_object_mut()) {
        (Some(value), Some(fields)) => fields.insert("value".to_owned(), json!(value)),
        (None, Some(fields)) => fields.insert("secret".to_owned(), json!(true)),
        (_, None) => None,
    };
    fields
}

fn origin(source: &Source) -> Value {
    match source {
        Source::Given => json!({ "type": "argument" }),
        Source::Environment(name) => json!({ "type": "environment", "name": name }),
        Source::Profile { name, line } => json!({ "type": "profile", "name": name, "line": line }),
        Source::Settings => json!({ "type": "settings" }),
        Source::Bundle(path) => json!({ "type": "bundle", "path": path }),
        Source::Default => json!({ "type": "default" }),
    }
}
