//! `profiles`: what stands in `.databrickscfg`, and what becomes of it.

use std::{path::Path, process::ExitCode};

use serde_json::{Value, json};

use super::{
    args,
    nearest::did_you_mean,
    output::{note, print_json, say, table},
    publish::{change, clean},
    session::Session,
};
use crate::{
    engine::{Command, Drift, Event, ProfileLine, ProfilesFile},
    failure::{Code, Failure},
    interchange::databrickscfg::Edit,
};

pub(super) fn profiles(options: args::Profiles, json: bool) -> Result<ExitCode, Failure> {
    let here = |place: args::ProfilesPlace| place.config_file.or_else(|| options.place.config_file.clone());
    match options.what {
        None => list(options.place.config_file.as_deref(), json),
        Some(args::ProfilesDo::Default { profile, change: how }) => {
            let done = format!("{} is the default profile now.", clean(&profile));
            edit(how, options.place, &Edit::Default { profile }, &done, json)
        }
        Some(args::ProfilesDo::MoveSecrets { profiles, all, change: how }) => move_secrets(how, options.place, profiles, all, json),
        Some(args::ProfilesDo::Keep { profile, place }) => settle(here(place).as_deref(), profile, true, json),
        Some(args::ProfilesDo::Forget { profile, place }) => settle(here(place).as_deref(), profile, false, json),
        Some(args::ProfilesDo::Restore { place }) => restore(here(place).as_deref(), json),
    }
}

/// All of them as one change.
fn move_secrets(
    mut how: args::ChangeOfProfiles,
    place: args::ProfilesPlace,
    mut profiles: Vec<String>,
    all: bool,
    json: bool,
) -> Result<ExitCode, Failure> {
    how.place.config_file = how.place.config_file.or(place.config_file);
    let mut session = Session::open_on(how.place.config_file.as_deref())?;
    let file = read(&mut session, Command::ListProfiles)?;
    if all {
        profiles = file.profiles.iter().filter(|line| !line.secrets.is_empty()).map(|line| line.name.clone()).collect();
        if profiles.is_empty() {
            note(format_args!("{} holds no secret.", file.path.display()));
        }
    }
    for profile in &profiles {
        find(&file, profile)?;
    }
    let without = |profile: &String| Edit::RemoveKeys { profile: profile.clone(), keys: Vec::new() };
    let (edit, done) = match profiles.as_slice() {
        [only] => (without(only), format!("{} holds no secret any more; tools that use it ask Brickpass.", clean(only))),
        many => (
            Edit::Several(many.iter().map(|profile| (None, without(profile))).collect()),
            "Their secrets are out of the file; tools that use these profiles ask Brickpass.".to_owned(),
        ),
    };
    change(&mut session, &how, &file, |run| Command::PlanEdit { run, edit: edit.clone() }, &done, json)
}

/// The change of the subcommand; the file may be named on either side of its word.
fn edit(mut how: args::ChangeOfProfiles, place: args::ProfilesPlace, edit: &Edit, done: &str, json: bool) -> Result<ExitCode, Failure> {
    how.place.config_file = how.place.config_file.or(place.config_file);
    let mut session = Session::open_on(how.place.config_file.as_deref())?;
    let file = read(&mut session, Command::ListProfiles)?;
    if let Edit::Default { profile } = edit {
        find(&file, profile)?;
    }
    change(&mut session, &how, &file, |run| Command::PlanEdit { run, edit: edit.clone() }, done, json)
}

/// The file as it is, after that command.
pub(super) fn read(session: &mut Session, command: Command) -> Result<Box<ProfilesFile>, Failure> {
    session.send(command);
    session.wait(|event| if let Event::Profiles(outcome) = event { Some(outcome) } else { None })
}

fn find<'a>(file: &'a ProfilesFile, name: &str) -> Result<&'a ProfileLine, Failure> {
    file.profiles.iter().find(|line| line.name == name).ok_or_else(|| {
        Failure::new(
            Code::NoSuchConnection,
            format!("There is no profile \"{}\".", name.escape_debug()),
            format!("{} does not hold it.", file.path.display()),
            format!(
                "{}brickpass profiles shows those that are there.",
                did_you_mean(name, file.profiles.iter().map(|line| line.name.as_str()))
            ),
        )
    })
}

fn list(config_file: Option<&Path>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let file = read(&mut session, Command::ListProfiles)?;
    tell(&session, &file, json);
    Ok(ExitCode::SUCCESS)
}

fn settle(config_file: Option<&Path>, profile: String, keep: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let before = read(&mut session, Command::ListProfiles)?;
    if find(&before, &profile)?.published.is_none() {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("\"{}\" was not published by Brickpass.", profile.escape_debug()),
            "Nothing is compared with it.",
            "brickpass profiles shows which connections were published as which profiles.",
        ));
    }
    let file = read(&mut session, if keep { Command::KeepProfile { profile } } else { Command::ForgetProfile { profile } })?;
    tell(&session, &file, json);
    Ok(ExitCode::SUCCESS)
}

fn restore(config_file: Option<&Path>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let file = read(&mut session, Command::RestoreProfiles)?;
    if !json {
        note(format_args!("{} is as it was before the last change.", file.path.display()));
    }
    tell(&session, &file, json);
    Ok(ExitCode::SUCCESS)
}

fn tell(session: &Session, file: &ProfilesFile, json: bool) {
    let name = |line: &ProfileLine| {
        let (id, drift) = line.published?;
        let entry = session.snapshot.entries.iter().find(|entry| entry.connection.id == id)?;
        Some((entry.connection.name.as_str().to_owned(), drift))
    };
    if json {
        let profiles = file.profiles.iter().map(|line| {
            let published = name(line);
            json!({
                "profile": line.name,
                "host": line.host,
                "auth_type": line.auth_type,
                "default": line.is_default,
                "secrets": line.secrets,
                "connection": published.as_ref().map(|(name, _)| name),
                "drift": published.as_ref().map(|(_, drift)| word(*drift)),
            })
        });
        print_json(&json!({
            "path": file.path,
            "target": file.target,
            "exposed": file.exposed,
            "hard_linked": file.twin,
            "backup": file.backup,
            "profiles": profiles.collect::<Vec<Value>>(),
            "remarks": file.remarks.iter().map(|remark| json!({ "line": remark.line, "words": remark.words })).collect::<Vec<Value>>(),
        }));
        return;
    }
    let mut rows = vec![["PROFILE", "HOST", "SECRETS", "CONNECTION", ""].map(str::to_owned).to_vec()];
    rows.extend(file.profiles.iter().map(|line| {
        let (connection, drift) = name(line).map_or_else(Default::default, |(name, drift)| (name, words(drift).to_owned()));
        let mark = if line.is_default { " (default)" } else { "" };
        let host = line.host.as_deref().map(clean).unwrap_or_default();
        vec![format!("{}{mark}", clean(&line.name)), host, line.secrets.join(", "), connection, drift]
    }));
    say(table(&rows));
    note(format_args!("File: {}", file.path.display()));
    if let Some(target) = &file.target {
        note(format_args!("It is a link to {}", target.display()));
    }
    if file.exposed {
        note("Other users of this computer can read the file. The next change makes it yours alone; now: chmod 600.");
    }
    if file.twin {
        note("The file has another name on this disk (a hard link); a change of this one leaves that one as it is.");
    }
    if file.profiles.iter().any(|line| !line.secrets.is_empty()) {
        note("SECRETS stand there in plain text. Import the profiles, then: brickpass profiles move-secrets --all");
    }
    for remark in &file.remarks {
        note(format_args!("Line {}: {}.", remark.line, clean(&remark.words)));
    }
}

fn word(drift: Drift) -> &'static str {
    match drift {
        Drift::Same => "same",
        Drift::ChangedThere => "changed-there",
        Drift::ChangedHere => "changed-here",
        Drift::Both => "both",
        Drift::Gone => "gone",
    }
}

fn words(drift: Drift) -> &'static str {
    match drift {
        Drift::Same => "as published",
        Drift::ChangedThere => "changed in the file since",
        Drift::ChangedHere => "the connection was changed since",
        Drift::Both => "changed on both sides since",
        Drift::Gone => "no longer in the file",
    }
}
