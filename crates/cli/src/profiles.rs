//! `profiles`: what stands in `.databrickscfg`, and what becomes of it.

use std::{path::Path, process::ExitCode};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    args, foreign,
    foreign::clean,
    output::{note, print_json, say, table},
    publish::{Change, change, find, looks_like_a_token, take_out, what_is_left},
    session::Session,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{
    CliToken, CliTokenState, CliTokensOff, Drift, Event, ForgetProfile, KeepProfile, ListProfiles, Orphan, PlanEdit, ProfileLine,
    ProfilesFile, RestoreProfiles,
};
use brickpass_interchange::databrickscfg::Edit;

pub(super) fn profiles(options: args::Profiles, json: bool) -> Result<ExitCode, Failure> {
    let here = |place: args::ProfilesPlace| place.config_file.or_else(|| options.place.config_file.clone());
    match options.what {
        None => list(options.place.config_file.as_deref(), json),
        Some(args::ProfilesDo::Default { profile, change: how }) => {
            let done = format!("{} is now the default profile.", clean(&profile));
            edit(how, options.place, &Edit::Default { profile }, &done, json)
        }
        Some(args::ProfilesDo::Clean { change: how }) => clean_up(how, options.place, json),
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
    let file = session.ask(ListProfiles)?;
    if all {
        profiles = file.profiles.iter().filter(|line| !line.secrets.is_empty()).map(|line| line.name.clone()).collect();
        if profiles.is_empty() && file.profiles.iter().all(|line| line.suspects.is_empty()) {
            note(format_args!("{} contains no secrets.", file.path.display()));
        } else if profiles.is_empty() {
            for line in &file.profiles {
                line.suspects.iter().for_each(|suspect| note(looks_like_a_token(&line.name, suspect)));
            }
        }
    }
    for profile in &profiles {
        find(&file, profile)?;
    }
    let without = |profile: &String| Edit::RemoveKeys { profile: profile.clone(), keys: Vec::new() };
    let edit = match profiles.as_slice() {
        [only] => without(only),
        many => Edit::Several(many.iter().map(|profile| (None, without(profile))).collect()),
    };
    let before = &file;
    let done = |file: &ProfilesFile| moved(before, file, &profiles);
    let wanted = Change { how: &how, agreed: false, file: &file, json };
    change(&mut session, &wanted, &PlanEdit { edit }, done)
}

/// What is in the file and what is not, as a scan of it finds after the change.
fn moved(before: &ProfilesFile, after: &ProfilesFile, profiles: &[String]) -> Vec<String> {
    let line = |file: &'_ ProfilesFile, profile: &String| file.profiles.iter().find(|line| line.name == *profile).cloned();
    let held = |profile: &&String| line(before, profile).is_some_and(|line| !line.secrets.is_empty());
    let holds = |profile: &&String| line(after, profile).is_some_and(|line| !line.secrets.is_empty() || !line.suspects.is_empty());
    let without: Vec<String> = profiles.iter().filter(held).filter(|profile| !holds(profile)).map(|profile| clean(profile)).collect();
    let mut words = match without.as_slice() {
        [] => Vec::new(),
        [only] => vec![format!("{only} no longer contains secrets. Tools that use it get tokens from Brickpass.")],
        many => vec![format!("{} profiles no longer contain secrets. Tools that use them get tokens from Brickpass.", many.len())],
    };
    for profile in profiles.iter().filter(holds) {
        words.extend(what_is_left(after, profile));
    }
    if !after.kept.is_empty() {
        let kept: Vec<String> = after.kept.iter().map(|path| path.display().to_string()).collect();
        words.push(format!(
            "An earlier version of the file is kept, because it contains secrets that are stored nowhere else: {}",
            kept.join(", ")
        ));
    }
    words
}

/// Profiles whose connection was removed, as one change.
fn clean_up(mut how: args::ChangeOfProfiles, place: args::ProfilesPlace, json: bool) -> Result<ExitCode, Failure> {
    how.place.config_file = how.place.config_file.or(place.config_file);
    let mut session = Session::open_on(how.place.config_file.as_deref())?;
    let file = session.ask(ListProfiles)?;
    let orphans: Vec<String> = file.profiles.iter().filter(|line| line.orphan.is_some()).map(|line| line.name.clone()).collect();
    if orphans.is_empty() {
        if json {
            print_json(&json!({ "path": file.path, "diff": [], "applied": false }));
        } else {
            note(format_args!("Every published profile in {} has its connection.", file.path.display()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    take_out(&mut session, &how, &file, &orphans, json)
}

/// The change of the subcommand; the file may be named on either side of its word.
fn edit(mut how: args::ChangeOfProfiles, place: args::ProfilesPlace, edit: &Edit, done: &str, json: bool) -> Result<ExitCode, Failure> {
    how.place.config_file = how.place.config_file.or(place.config_file);
    let mut session = Session::open_on(how.place.config_file.as_deref())?;
    let file = session.ask(ListProfiles)?;
    if let Edit::Default { profile } = edit {
        find(&file, profile)?;
    }
    let wanted = Change { how: &how, agreed: false, file: &file, json };
    change(&mut session, &wanted, &PlanEdit { edit: edit.clone() }, |_| vec![done.to_owned()])
}

fn list(config_file: Option<&Path>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let file = session.ask_and_leave_events(ListProfiles)?;
    // Told with every reading of the file.
    let tokens = session.wait_for(|event| if let Event::CliTokens { tokens, .. } = event { Some(tokens) } else { None })?;
    tell(&session, &file, &tokens, json);
    Ok(ExitCode::SUCCESS)
}

fn settle(config_file: Option<&Path>, profile: String, keep: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let before = session.ask(ListProfiles)?;
    let line = find(&before, &profile)?;
    if line.published.is_none() && (keep || line.orphan.is_none()) {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("\"{}\" was not published by Brickpass.", clean(&profile)),
            "So its changes are not tracked.",
            "brickpass profiles shows which connections were published as which profiles.",
        ));
    }
    let file = if keep { session.ask(KeepProfile { profile }) } else { session.ask(ForgetProfile { profile }) }?;
    tell(&session, &file, &[], json);
    Ok(ExitCode::SUCCESS)
}

fn restore(config_file: Option<&Path>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(config_file)?;
    let file = session.ask(RestoreProfiles)?;
    if !json {
        note(format_args!("{} was restored to the version before the last change.", file.path.display()));
    }
    tell(&session, &file, &[], json);
    Ok(ExitCode::SUCCESS)
}

fn tell(session: &Session, file: &ProfilesFile, tokens: &[CliToken], json: bool) {
    let now = Timestamp::now();
    let token = |line: &ProfileLine| tokens.iter().find(|token| token.profile == line.name);
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
                "suspects": line.suspects.iter().map(|suspect| json!({ "line": suspect.line, "key": suspect.key })).collect::<Vec<Value>>(),
                "orphan": line.orphan.map(|orphan| match orphan {
                    Orphan::ConnectionGone => "connection-gone",
                    Orphan::NoConnection => "no-connection",
                }),
                "cli_signed_out": token(line).is_some_and(|token| token.state == CliTokenState::SignedOut),
                "cli_token_ended": token(line).and_then(|token| token.state.ended(now)).map(|end| end.to_string()),
            })
        });
        print_json(&foreign::document(json!({
            "path": file.path,
            "target": file.target,
            "exposed": file.exposed,
            "hard_linked": file.twin,
            "backup": file.backup,
            "kept": file.kept,
            "profiles": profiles.collect::<Vec<Value>>(),
            "remarks": file.remarks.iter().map(|remark| json!({ "line": remark.line, "words": remark.words })).collect::<Vec<Value>>(),
        })));
        return;
    }
    let mut rows = vec![["PROFILE", "HOST", "SECRETS", "CONNECTION", ""].map(str::to_owned).to_vec()];
    rows.extend(file.profiles.iter().map(|line| {
        let (connection, drift) = match (name(line), line.orphan) {
            (Some((name, drift)), _) => (name, words(drift).to_owned()),
            (None, Some(orphan)) => (String::new(), orphan.words().to_owned()),
            (None, None) => Default::default(),
        };
        let mark = if line.is_default { " (default)" } else { "" };
        let host = line.host.as_deref().map(clean).unwrap_or_default();
        vec![format!("{}{mark}", clean(&line.name)), host, clean(&line.secrets.join(", ")), connection, drift]
    }));
    say(table(&rows));
    note(format_args!("File: {}", file.path.display()));
    if let Some(target) = &file.target {
        note(format_args!("It is a link to {}", target.display()));
    }
    if file.exposed {
        note("Other users of this computer can read the file. The next change makes it readable only by you. To do it now: chmod 600.");
    }
    if file.twin {
        note("The file has another name on this disk (a hard link), whose contents do not change with it.");
    }
    if file.profiles.iter().any(|line| !line.secrets.is_empty()) {
        note("The file contains SECRETS in plain text. Import the profiles, then: brickpass profiles move-secrets --all");
    }
    if file.profiles.iter().any(|line| line.orphan.is_some()) {
        note("Tools cannot sign in with a profile whose connection is missing. To remove such profiles: brickpass profiles clean");
    }
    for line in &file.profiles {
        for suspect in &line.suspects {
            note(looks_like_a_token(&line.name, suspect));
        }
    }
    for token in tokens {
        if token.state == CliTokenState::SignedOut {
            note(token.state.words(&clean(&token.profile)));
        }
        if let Some(ended) = token.state.ended(now) {
            note(token_ended(session, token, ended));
        }
    }
    if let Some(off) =
        tokens.iter().find(|token| matches!(token.state, CliTokenState::Off(CliTokensOff::PlainFile | CliTokensOff::UnknownPlace)))
    {
        note(off.state.words(&clean(&off.profile)));
    }
    for remark in &file.remarks {
        note(format_args!("Line {}: {}.", remark.line, clean(&remark.words)));
    }
}

/// What the CLI says of it leads away from Brickpass.
fn token_ended(session: &Session, token: &CliToken, ended: Timestamp) -> String {
    let name = session.by_id(token.connection).map(|connection| connection.name.as_str().to_owned()).unwrap_or_default();
    format!(
        "The Databricks CLI's token for the profile {} expired at {}. Open Brickpass, or run: brickpass token {}",
        clean(&token.profile),
        ended.to_zoned(TimeZone::system()).strftime("%H:%M on %Y-%m-%d"),
        quoted_word(&name)
    )
}

/// As one word of a command.
fn quoted_word(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        name.to_owned()
    } else {
        format!("\"{}\"", clean(name))
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
        Drift::Same => "up to date",
        Drift::ChangedThere => "changed in the file",
        Drift::ChangedHere => "connection changed",
        Drift::Both => "conflict",
        Drift::Gone => "missing",
    }
}
