//! `test`: exit code 0 only if all are OK.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::{
    output::{count, exit_code, in_terminal, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{Connection, Status},
    failure::Failure,
};
use brickpass_databricks::{
    check::{Report, StepReport},
    rest::ClusterState,
};
use brickpass_engine::{Progress, TestConnection, TestResult};

pub(super) fn test(names: &[String], all: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = run(&mut session, names, all, json);
    session.settle(outcome)
}

fn run(session: &mut Session, names: &[String], all: bool, json: bool) -> Result<ExitCode, Failure> {
    let connections: Vec<Connection> = if all {
        session.snapshot.entries.iter().map(|entry| entry.connection.clone()).collect()
    } else {
        names.iter().map(|name| session.find(name).map(|entry| entry.connection)).collect::<Result<_, _>>()?
    };
    if connections.is_empty() {
        note("There are no connections to test.");
    } else {
        session.need_vault()?;
    }
    // All at once: the engine decides how many run at a time.
    let ask = |connection: &Connection| {
        session.pending(TestConnection { connection: Box::new(connection.clone()), secret: None, progress: Progress::ignored() })
    };
    let pending: Vec<_> = connections.iter().map(ask).collect();
    let results: Vec<(&Connection, Report)> =
        connections.iter().zip(pending).map(|(connection, pending)| (connection, report_of(connection, pending.wait()))).collect();
    if json {
        let results: Vec<Value> = results.iter().map(|(connection, report)| as_json(connection, report)).collect();
        print_json(&json!({ "results": results }));
    } else {
        print(&results);
    }
    Ok(verdict(&results))
}

fn report_of(connection: &Connection, outcome: Result<TestResult, Failure>) -> Report {
    let mut report = outcome.map_or_else(|failure| Report::not_begun(Status::Untested, failure), |tested| tested.report);
    report.failure = report.failure.map(|failure| in_terminal(failure, connection.name.as_str()));
    report
}

/// One failing reason in common (the vault, the network) has a code of its own.
fn verdict(results: &[(&Connection, Report)]) -> ExitCode {
    let mut codes: Vec<u8> =
        results.iter().filter_map(|(_, report)| report.failure.as_ref()).map(|failure| exit_code(failure.code)).collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.as_slice() {
        [] => ExitCode::SUCCESS,
        [4] => ExitCode::from(4),
        [5] => ExitCode::from(5),
        _ => ExitCode::FAILURE,
    }
}

fn print(results: &[(&Connection, Report)]) {
    for (connection, report) in results {
        match &report.failure {
            None => {
                let mut found = vec![format!("{}: OK in {} ms", connection.name.as_str(), report.duration.as_millis())];
                found.extend(report.workspaces.iter().map(|all| count(all.len(), "workspace", "workspaces")));
                found.extend(report.user.iter().map(|user| format!("as {user}")));
                if let Some(clusters) = &report.clusters {
                    found.push(format!("{}, {} running", count(clusters.len(), "cluster", "clusters"), running(report)));
                }
                say(found.join(", "));
            }
            Some(failure) => {
                say(format_args!("{}: {}", connection.name.as_str(), failure.what));
                say(format_args!("  {}\n  {}", failure.why, failure.fix));
                if let Some(details) = &failure.details {
                    say(format_args!("  Details: {details}"));
                }
            }
        }
        if results.len() == 1 {
            let rows: Vec<Vec<String>> = report.steps.iter().map(row).collect();
            say(table(&rows));
        }
        report.hints.iter().for_each(note);
    }
    let failed = results.iter().filter(|(_, report)| !report.ok()).count();
    if results.len() > 1 {
        note(format_args!("{} tested, {failed} not OK", results.len()));
    }
}

fn row(step: &StepReport) -> Vec<String> {
    vec![
        format!("  {}", if step.ok { "ok" } else { "FAILED" }),
        step.step.label().to_owned(),
        format!("{} ms", step.duration.as_millis()),
        step.detail.clone().unwrap_or_default(),
    ]
}

fn running(report: &Report) -> usize {
    report.clusters.iter().flatten().filter(|cluster| cluster.state == ClusterState::Running).count()
}

fn as_json(connection: &Connection, report: &Report) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(connection.name.as_str()));
    object.insert("ok".to_owned(), json!(report.ok()));
    object.insert("state".to_owned(), json!(report.state));
    object.insert("duration_ms".to_owned(), json!(report.duration.as_millis()));
    for (key, value) in [("user", &report.user), ("workspace_id", &report.workspace_id)] {
        if let Some(value) = value {
            object.insert(key.to_owned(), json!(value));
        }
    }
    if let Some(clusters) = &report.clusters {
        object.insert("clusters".to_owned(), json!({ "total": clusters.len(), "running": running(report) }));
    }
    if let Some(workspaces) = &report.workspaces {
        object.insert("workspaces".to_owned(), json!({ "total": workspaces.len() }));
    }
    let steps: Vec<Value> = report.steps.iter().map(step_json).collect();
    object.insert("steps".to_owned(), json!(steps));
    if !report.hints.is_empty() {
        object.insert("hints".to_owned(), json!(report.hints));
    }
    if let Some(failure) = &report.failure {
        object.insert("error".to_owned(), json!(failure));
    }
    Value::Object(object)
}

fn step_json(step: &StepReport) -> Value {
    let mut object = json!({ "step": step.step, "ok": step.ok, "duration_ms": step.duration.as_millis() });
    if let (Some(detail), Some(fields)) = (&step.detail, object.as_object_mut()) {
        fields.insert("detail".to_owned(), json!(detail));
    }
    object
}
