//! `effective`: which configuration Databricks' tools would use here, and where each value comes from.

use std::{path::PathBuf, process::ExitCode};

use serde_json::{Map, Value, json};

use super::{
    args,
    output::{note, print_json, say, table},
    session::Session,
};
use crate::{
    engine::{Attribute, Command, Effective, Event, RunId, Source},
    failure::{Code, Failure},
};

const RUN: RunId = RunId(1);

/// A configuration that does not work is an answer, not a failure: exit code 1, and the document all the same.
pub(super) fn effective(options: &args::Effective, json: bool) -> Result<ExitCode, Failure> {
    let directory = folder(&options.directory)?;
    let mut session = Session::open()?;
    session.send(Command::FindEffective { run: RUN, directory, profile: options.profile.clone() });
    let found = session.wait(|event| match event {
        Event::Effective { run: RUN, outcome } => Some(outcome),
        _ => None,
    })?;
    let connection = found.connection.and_then(|id| session.snapshot.entries.iter().find(|entry| entry.connection.id == id));
    let connection = connection.map(|entry| entry.connection.name.as_str());
    if json {
        print_json(&document(&found, connection));
    } else {
        print(&found, connection);
    }
    Ok(if found.problem.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn folder(given: &std::path::Path) -> Result<PathBuf, Failure> {
    given.canonicalize().ok().filter(|path| path.is_dir()).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            format!("{} is not a folder.", given.display()),
            "It does not exist, or it is a file.",
            "Name a folder with --directory, or leave it out for the present one.",
        )
    })
}

fn print(found: &Effective, connection: Option<&str>) {
    if !found.attributes.is_empty() {
        let mut rows = vec![["ATTRIBUTE", "VALUE", "FROM", ""].map(str::to_owned).to_vec()];
        rows.extend(found.attributes.iter().map(|it| vec![it.name.to_owned(), value(it), source(&it.source), remark(it)]));
        say(table(&rows));
        say("");
    }
    say(format_args!("Configuration file: {}", found.config_file.display()));
    if let Some(way) = &found.auth_type {
        say(format_args!("Way to sign in: {way}"));
    }
    if let Some(name) = connection {
        say(format_args!("Connection to this address: {name}"));
    }
    for line in &found.notes {
        note(line);
    }
    if let Some(problem) = &found.problem {
        note(format_args!("Databricks' tools will say: {problem}"));
    }
}

fn value(attribute: &Attribute) -> String {
    attribute.value.as_ref().map_or_else(|| "(secret)".to_owned(), |value| value.escape_debug().to_string())
}

fn source(source: &Source) -> String {
    match source {
        Source::Given => "--profile".to_owned(),
        Source::Environment(name) => format!("{name} in the environment"),
        Source::Profile { name, line } => format!("[{name}] at line {line}"),
        Source::Settings => "default_profile in [__settings__]".to_owned(),
        Source::Bundle(path) => path.display().to_string(),
        Source::Default => "nobody names one".to_owned(),
    }
}

fn remark(attribute: &Attribute) -> String {
    let unused = attribute.unused.then(|| "not used for this way to sign in".to_owned());
    let losers: Vec<String> = attribute.shadowed.iter().map(source).collect();
    let shadowed = (!losers.is_empty()).then(|| format!("wins over {}", losers.join(", ")));
    [unused, shadowed].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn document(found: &Effective, connection: Option<&str>) -> Value {
    let attributes: Map<String, Value> = found.attributes.iter().map(|it| (it.name.to_owned(), attribute(it))).collect();
    json!({
        "config_file": found.config_file,
        "profile": found.profile,
        "auth_type": found.auth_type,
        "connection": connection,
        "problem": found.problem,
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
