//! `publish` and `unpublish`: a connection becomes a profile that every Databricks tool can use, and holds no secret.

use std::{process::ExitCode, time::Duration};

use serde_json::{Value, json};

use super::{
    args,
    output::{note, print_json, say},
    profiles::read,
    session::Session,
    terminal::{attended, yes},
};
use crate::{
    connection::ConnectionId,
    engine::{CliToken, Command, Event, Plan, ProfilesFile, RunId},
    failure::{Code, Failure},
    interchange::databrickscfg::{DiffKind, DiffLine, Edit, ProfileName},
};

const PLAN: RunId = RunId(1);
const APPLY: RunId = RunId(2);

/// A program that changes the file takes a few milliseconds for it: whoever meets one so often is not alone with it by chance.
const TRIES: u32 = 50;

/// At most, before a change is planned again: those who met part by it.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) fn publish(options: args::Publish, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(options.change.place.config_file.as_deref())?;
    let connection = session.find(&options.name)?.connection;
    let id = connection.id;
    let file = read(&mut session, Command::ListProfiles)?;
    let published = file.profiles.iter().find(|line| line.published.is_some_and(|(of, _)| of == id)).map(|line| line.name.clone());
    let named = options.profile.is_some();
    let profile = options.profile.or(published).unwrap_or_else(|| ProfileName::of(&connection.name).as_str().to_owned());
    if let Some(other) = stands_for_another(&session, &file, id, &profile) {
        if !named {
            return Err(taken(&profile, &other));
        }
        note(format_args!("The profile {} stands for \"{other}\" so far; that connection would be published no longer.", clean(&profile)));
    }
    let done = format!("\"{}\" is the profile {} now; it holds no secret.", connection.name.as_str(), clean(&profile));
    if !options.default {
        let plan = |run| Command::PlanPublish { run, id, profile: profile.clone() };
        return change(&mut session, &options.change, &file, plan, &done, json);
    }
    session.send(Command::PlanPublish { run: PLAN, id, profile: profile.clone() });
    let put = planned(&mut session)?.edit;
    let edit = Edit::Several(vec![(Some(id), put), (None, Edit::Default { profile })]);
    change(&mut session, &options.change, &file, |run| Command::PlanEdit { run, edit: edit.clone() }, &done, json)
}

/// The name of the other connection that a profile was published for.
fn stands_for_another(session: &Session, file: &ProfilesFile, id: ConnectionId, profile: &str) -> Option<String> {
    let line = file.profiles.iter().find(|line| line.name == profile)?;
    let (other, _) = line.published.filter(|(of, _)| *of != id)?;
    let entry = session.snapshot.entries.iter().find(|entry| entry.connection.id == other)?;
    Some(entry.connection.name.as_str().to_owned())
}

/// Nobody named the profile, so nobody has agreed that another connection loses it.
fn taken(profile: &str, other: &str) -> Failure {
    let profile = clean(profile);
    Failure::new(
        Code::InvalidInput,
        format!("The profile {profile} stands for \"{other}\" already."),
        "The names of both connections make the same name of a profile.",
        format!("Choose another with --profile, or take this one from \"{other}\" with --profile {profile}."),
    )
}

pub(super) fn unpublish(options: &args::Unpublish, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(options.change.place.config_file.as_deref())?;
    let connection = session.find(&options.name)?.connection;
    let file = read(&mut session, Command::ListProfiles)?;
    let mut theirs = file.profiles.iter().filter(|line| line.published.is_some_and(|(of, _)| of == connection.id));
    let Some(profile) = theirs.next().map(|line| line.name.clone()) else {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("\"{}\" is not published.", connection.name.as_str()),
            format!("Brickpass knows no profile of it in {}.", file.path.display()),
            "brickpass profiles shows which connections were published.",
        ));
    };
    let done = format!("The profile {} is gone.", clean(&profile));
    let edit = Edit::Remove { profile };
    change(&mut session, &options.change, &file, |run| Command::PlanEdit { run, edit: edit.clone() }, &done, json)
}

/// Shows what would change, asks, does it, says so. With `--yes` nobody has agreed to one state of the file: when another program changes it
/// meanwhile, the change is planned again.
pub(super) fn change(
    session: &mut Session,
    how: &args::ChangeOfProfiles,
    file: &ProfilesFile,
    command: impl Fn(RunId) -> Command,
    done: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        session.send(command(PLAN));
        let plan = planned(session)?;
        let changes = plan.diff.iter().any(|line| matches!(line.kind, DiffKind::Added | DiffKind::Removed));
        let applies = (changes || plan.connection.is_some()) && !how.dry_run;
        let unseen = applies && how.yes;
        if !unseen {
            tell(&plan, file, changes, json);
        }
        if applies && changes && !how.yes {
            if json || !attended() {
                return Err(Failure::new(
                    Code::InvalidInput,
                    "Nothing was changed.",
                    "Nobody is at a terminal who could agree to it.",
                    "Add --yes, or --dry-run to see what would change.",
                ));
            }
            if !yes(&format!("Change {}?", plan.path.display())) {
                note("Nothing was changed.");
                return Ok(ExitCode::FAILURE);
            }
        }
        let document = if json { Some(described(&plan, applies)) } else { None };
        let mut served = Vec::new();
        if applies {
            match applied(session, plan.clone()) {
                Err(failure) if unseen && failure.code == Code::Conflict && tries < TRIES => {
                    std::thread::sleep(PAUSE.mul_f64(fastrand::f64()));
                    continue;
                }
                outcome => {
                    if unseen {
                        tell(&plan, file, changes, json);
                    }
                    served = outcome?;
                }
            }
        }
        match document {
            Some(document) => print_json(&document),
            None if applies => {
                note(done);
                for token in served.iter().filter(|token| Some(token.connection) == plan.connection) {
                    note(token.state.words());
                }
            }
            None => {}
        }
        return Ok(ExitCode::SUCCESS);
    }
}

/// What the Databricks CLI is served after the change.
fn applied(session: &mut Session, plan: Box<Plan>) -> Result<Vec<CliToken>, Failure> {
    session.send(Command::ApplyPlan { run: APPLY, plan });
    session.wait(|event| match event {
        Event::PlanApplied { run: APPLY, outcome } => Some(outcome),
        _ => None,
    })?;
    session.wait_for(|event| match event {
        Event::CliTokens { tokens, settled: true } => Some(tokens),
        _ => None,
    })
}

fn planned(session: &mut Session) -> Result<Box<Plan>, Failure> {
    session.wait(|event| match event {
        Event::Planned { run: PLAN, outcome } => Some(outcome),
        _ => None,
    })
}

fn tell(plan: &Plan, file: &ProfilesFile, changes: bool, json: bool) {
    if json {
        return;
    }
    match &file.target {
        Some(target) => note(format_args!("{} (a link to {})", plan.path.display(), target.display())),
        None => note(plan.path.display()),
    }
    if file.exposed {
        note("Other users of this computer can read the file; a change makes it yours alone.");
    }
    if file.twin {
        note("The file has another name on this disk (a hard link), which stays as it is now.");
    }
    if !changes {
        note("Nothing would change.");
    }
    for DiffLine { kind, text } in &plan.diff {
        say(format_args!("{} {}", sign(*kind), clean(text)));
    }
    for warning in plan.edit.warnings() {
        note(clean(&warning));
    }
}

fn sign(kind: DiffKind) -> &'static str {
    match kind {
        DiffKind::Same => " ",
        DiffKind::Added => "+",
        DiffKind::Removed => "-",
        DiffKind::Gap => "...",
    }
}

fn described(plan: &Plan, applied: bool) -> Value {
    let diff = plan.diff.iter().map(|line| format!("{} {}", sign(line.kind), line.text));
    json!({ "path": plan.path, "diff": diff.collect::<Vec<String>>(), "warnings": plan.edit.warnings(), "applied": applied })
}

/// What another program wrote, for a terminal: its control characters do nothing there.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        let mut one = [0; 4];
        if c != '\t' && crate::connection::unfit(c.encode_utf8(&mut one)).is_some() {
            clean.extend(c.escape_unicode());
        } else {
            clean.push(c);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_program_wrote_does_nothing_to_the_terminal() {
        assert_eq!(clean("a\u{1b}[31m\u{202e}b\tæ"), "a\\u{1b}[31m\\u{202e}b\tæ");
    }
}
