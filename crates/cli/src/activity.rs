//! `activity`: who did what when, also to connections that are not in the list any more.

use std::{path::Path, process::ExitCode};

use jiff::Timestamp;
use serde_json::json;

use super::{
    args, environment,
    output::{count, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{ConnectionId, replace_unfit},
    failure::Failure,
};
use brickpass_storage::{Activity, ActivityEntry, AuditAction};

pub(super) fn activity(options: &args::Activity, json: bool) -> Result<ExitCode, Failure> {
    let log = Activity::new(&environment::places()?.state_dir);
    let mut entries = log.load()?;
    let mut one = None;
    if let Some(name) = &options.name {
        entries = of(name, entries)?;
        one = entries.last().map(|entry| (entry.connection, entry.name.clone()));
    }
    if let Some(limit) = options.limit {
        entries.drain(..entries.len().saturating_sub(limit));
    }
    if let Some(file) = &options.export {
        let exported = Activity::export(&entries, file);
        record(&log, one, exported.as_ref().err());
        exported?;
        return Ok(told(&entries, file, json));
    }
    if json {
        print_json(&json!({ "activity": entries }));
        return Ok(ExitCode::SUCCESS);
    }
    if entries.is_empty() {
        note("No activity yet.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["TIME", "CONNECTION", "ACTIVITY", "OUTCOME", "DETAIL"].map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(row));
    say(table(&rows));
    note(count(entries.len(), "entry", "entries"));
    Ok(ExitCode::SUCCESS)
}

/// Those of the connection that is called so now, under whatever name, and of those that were called so then.
fn of(name: &str, entries: Vec<ActivityEntry>) -> Result<Vec<ActivityEntry>, Failure> {
    let now = Session::open()?.find(name).map(|entry| entry.connection.id);
    let asked = name.to_lowercase();
    let (found, _): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| {
        now.as_ref().is_ok_and(|id| Some(*id) == entry.connection)
            || entry.name.to_lowercase() == asked
            || entry.connection.is_some_and(|id| id.to_string() == name)
    });
    match now {
        Err(unknown) if found.is_empty() => Err(unknown),
        _ => Ok(found),
    }
}

/// An export is something that was done as well. That it cannot be recorded is no reason to disturb anybody's work.
fn record(log: &Activity, one: Option<(Option<ConnectionId>, String)>, failure: Option<&Failure>) {
    let (connection, name) = one.unwrap_or_default();
    let failed = failure.map(|failure| failure.code);
    let _ =
        log.record(&[ActivityEntry { at: Timestamp::now(), connection, name, what: AuditAction::ActivityExported, failed, detail: None }]);
}

fn told(entries: &[ActivityEntry], file: &Path, json: bool) -> ExitCode {
    if json {
        print_json(&json!({ "exported": entries.len() }));
    } else {
        note(format_args!("{} written to {}", count(entries.len(), "entry", "entries"), file.display()));
    }
    ExitCode::SUCCESS
}

fn row(entry: &ActivityEntry) -> Vec<String> {
    let outcome = match entry.failed {
        None => "ok".to_owned(),
        Some(code) => json!(code).as_str().unwrap_or_default().to_owned(),
    };
    vec![
        entry.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        // The file may have been written by anybody who may write this person's files.
        match (&entry.connection, entry.name.as_str()) {
            (None, _) => "(all)".to_owned(),
            (Some(_), "") => "(not saved)".to_owned(),
            (Some(_), name) => replace_unfit(name, " "),
        },
        entry.what.label().to_owned(),
        outcome,
        replace_unfit(entry.detail.as_deref().unwrap_or_default(), " "),
    ]
}
