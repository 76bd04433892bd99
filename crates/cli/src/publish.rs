//! `publish` and `unpublish`: a connection becomes a profile that every Databricks tool can use, and holds no secret.

use std::{process::ExitCode, time::Duration};

use serde_json::{Value, json};

use super::{
    args, foreign,
    foreign::clean,
    nearest::did_you_mean,
    output::{note, print_json, say},
    session::Session,
    terminal::{attended, yes},
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{
    Applied, ApplyPlan, CliToken, Drift, Event, ForgetProfile, ListProfiles, Plan, PlanEdit, PlanPublish, ProfileLine, ProfilesFile,
    Replaced, Request,
};
use brickpass_interchange::databrickscfg::{DiffKind, DiffLine, Edit, ProfileName, Suspect};

/// A program that changes the file takes a few milliseconds for it: whoever meets one so often is not alone with it by chance.
const TRIES: u32 = 50;

/// At most, before a change is planned again: those who met part by it.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) fn publish(options: args::Publish, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(options.change.place.config_file.as_deref())?;
    let connection = session.find(&options.name)?.connection;
    let id = connection.id;
    let file = session.ask(ListProfiles)?;
    let published = file.profiles.iter().find(|line| line.published.is_some_and(|(of, _)| of == id)).map(|line| line.name.clone());
    let named = options.profile.is_some();
    let profile = options.profile.or(published).unwrap_or_else(|| ProfileName::of(&connection.name).as_str().to_owned());
    if let Some(other) = stands_for_another(&session, &file, id, &profile) {
        if !named {
            return Err(taken(&profile, &other));
        }
        note(format_args!("The profile {} is currently published for \"{other}\", which would no longer be published.", clean(&profile)));
    }
    if file.profiles.iter().any(|line| line.name == profile && !line.secrets.is_empty()) {
        // Only an open vault tells whether it holds them, too.
        session.open_vault()?;
    }
    let (name, default) = (connection.name.as_str(), options.default);
    let done = |file: &ProfilesFile| {
        let mut words = vec![format!("\"{name}\" is now published as the profile {}.", clean(&profile))];
        words.extend(what_is_left(file, &profile));
        if !file.profiles.iter().any(|line| line.is_default) {
            words
                .push(format!("There is no default profile. To make this one the default: brickpass profiles default {}", clean(&profile)));
        }
        words
    };
    let change_it = Change { how: &options.change, agreed: options.replace_profile, file: &file, json };
    let put = PlanPublish { id, profile: profile.clone() };
    if !default {
        return change(&mut session, &change_it, &put, done);
    }
    let put = session.ask(put)?.edit;
    let edit = Edit::Several(vec![(Some(id), put), (None, Edit::Default { profile: profile.clone() })]);
    change(&mut session, &change_it, &PlanEdit { edit }, done)
}

/// What the section holds after a change, as a scan of it finds.
pub(super) fn what_is_left(file: &ProfilesFile, profile: &str) -> Vec<String> {
    let Some(line) = file.profiles.iter().find(|line| line.name == profile) else { return Vec::new() };
    if line.secrets.is_empty() && line.suspects.is_empty() {
        return vec![format!("[{}] contains no secrets.", clean(profile))];
    }
    let mut words = Vec::new();
    if !line.secrets.is_empty() {
        words.push(format!("[{}] still contains {} in plain text.", clean(profile), line.secrets.join(" and ")));
    }
    words.extend(line.suspects.iter().map(|suspect| looks_like_a_token(profile, suspect)));
    words
}

/// Of what Brickpass does not touch.
pub(super) fn looks_like_a_token(profile: &str, suspect: &Suspect) -> String {
    format!("{} in [{}] contains what looks like a token; Brickpass does not change it.", clean(&suspect.place()), clean(profile))
}

/// The name of the other connection that a profile was published for.
fn stands_for_another(session: &Session, file: &ProfilesFile, id: ConnectionId, profile: &str) -> Option<String> {
    let line = file.profiles.iter().find(|line| line.name == profile)?;
    let (other, _) = line.published.filter(|(of, _)| *of != id)?;
    let entry = session.snapshot.entries.iter().find(|entry| entry.connection.id == other)?;
    Some(entry.connection.name.as_str().to_owned())
}

/// The profile was not named explicitly, so the user has not agreed that another connection loses it.
fn taken(profile: &str, other: &str) -> Failure {
    let profile = clean(profile);
    Failure::new(
        Code::InvalidInput,
        format!("The profile {profile} is already published for \"{other}\"."),
        "Both connections' names give the same profile name.",
        format!("Choose a different name with --profile, or take this one over from \"{other}\" with --profile {profile}."),
    )
}

pub(super) fn find<'a>(file: &'a ProfilesFile, name: &str) -> Result<&'a ProfileLine, Failure> {
    file.profiles.iter().find(|line| line.name == name).ok_or_else(|| {
        Failure::new(
            Code::NoSuchConnection,
            format!("Profile \"{}\" does not exist.", clean(name)),
            format!("It is not in {}.", file.path.display()),
            format!("{}brickpass profiles shows all profiles.", did_you_mean(name, file.profiles.iter().map(|line| line.name.as_str()))),
        )
    })
}

pub(super) fn unpublish(options: &args::Unpublish, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open_on(options.change.place.config_file.as_deref())?;
    let connection = options.name.as_deref().map(|name| session.find(name)).transpose()?.map(|entry| entry.connection);
    let file = session.ask(ListProfiles)?;
    let Some(connection) = connection else {
        let profile = options.profile.clone().unwrap_or_default();
        find(&file, &profile)?;
        return take_out(&mut session, &options.change, &file, &[profile], json);
    };
    let theirs = file.profiles.iter().filter_map(|line| Some((line, line.published.filter(|(of, _)| *of == connection.id)?.1)));
    let theirs = theirs.filter(|(line, _)| options.profile.as_ref().is_none_or(|profile| *profile == line.name));
    let (gone, there): (Vec<_>, Vec<_>) = theirs.partition(|(_, drift)| *drift == Drift::Gone);
    if gone.is_empty() && there.is_empty() {
        let (what, name) = (options.profile.as_deref().map(clean), connection.name.as_str());
        return Err(Failure::new(
            Code::InvalidInput,
            what.map_or_else(|| format!("\"{name}\" is not published."), |profile| format!("\"{name}\" is not published as {profile}.")),
            format!("It has no such profile in {}.", file.path.display()),
            "brickpass profiles shows which connections were published.",
        ));
    }
    for (line, _) in gone {
        if !options.change.dry_run {
            session.ask(ForgetProfile { profile: line.name.clone() })?;
        }
        note(format_args!("The profile {} is no longer in {}.", clean(&line.name), file.path.display()));
    }
    if there.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let profiles: Vec<String> = there.into_iter().map(|(line, _)| line.name.clone()).collect();
    take_out(&mut session, &options.change, &file, &profiles, json)
}

/// As one change; what stood there before comes back.
pub(super) fn take_out(
    session: &mut Session,
    how: &args::ChangeOfProfiles,
    file: &ProfilesFile,
    profiles: &[String],
    json: bool,
) -> Result<ExitCode, Failure> {
    let one = |profile: &String| (None, Edit::Remove { profile: profile.clone(), former: None });
    // The last one first: what stood in front of a section that ended the file goes with it.
    let edit = Edit::Several(profiles.iter().rev().map(one).collect());
    let done = |file: &ProfilesFile| {
        let stays = |profile: &String| file.profiles.iter().any(|line| line.name == *profile);
        let words = |profile: &String| {
            let name = clean(profile);
            if stays(profile) {
                format!("The profile {name} no longer belongs to a connection. The other keys of its section were kept.")
            } else {
                format!("The profile {name} was removed.")
            }
        };
        profiles.iter().map(words).collect()
    };
    let change_it = Change { how, agreed: false, file, json };
    change(session, &change_it, &PlanEdit { edit }, done)
}

/// How a change is confirmed and reported.
pub(super) struct Change<'a> {
    pub(super) how: &'a args::ChangeOfProfiles,
    /// The user has agreed that profiles not published by Brickpass may be replaced.
    pub(super) agreed: bool,
    /// As it was read first.
    pub(super) file: &'a ProfilesFile,
    pub(super) json: bool,
}

/// Shows what would change, asks, does it, says so: `done` of the file as it is then. With `--yes` nobody has agreed to one state of the file: when
/// another program changes it meanwhile, the change is planned again.
pub(super) fn change(
    session: &mut Session,
    wanted: &Change<'_>,
    request: &(impl Request<Answer = Plan> + Clone),
    done: impl Fn(&ProfilesFile) -> Vec<String>,
) -> Result<ExitCode, Failure> {
    let Change { how, agreed, file, json } = *wanted;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut plan = session.ask(request.clone())?;
        let changes = plan.diff.iter().any(|line| matches!(line.kind, DiffKind::Added | DiffKind::Removed));
        let applies = (changes || plan.connection.is_some()) && !how.dry_run;
        let unseen = applies && how.yes;
        plan.agreed = agreed;
        if applies && !plan.replaces.is_empty() && !agreed && (how.yes || json || !attended()) {
            return Err(Replaced::refusal(&plan.replaces));
        }
        if !unseen {
            tell(&plan, file, changes, json);
        }
        if applies && changes && !how.yes {
            if json || !attended() {
                return Err(Failure::new(
                    Code::InvalidInput,
                    "Nothing was changed.",
                    "This needs a confirmation in a terminal.",
                    "Add --yes, or --dry-run to see what would change.",
                ));
            }
            let replaced: Vec<String> = plan.replaces.iter().map(|one| clean(&one.profile)).collect();
            let question = match replaced.as_slice() {
                [] => format!("Change {}?", plan.path.display()),
                names => format!("Change {}, and replace {}?", plan.path.display(), names.join(", ")),
            };
            if !yes(&question) {
                note("Nothing was changed.");
                return Ok(ExitCode::FAILURE);
            }
            plan.agreed = true;
        }
        let document = if json { Some(described(&plan, applies)) } else { None };
        let mut after = None;
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
                    after = Some(outcome?);
                }
            }
        }
        match (document, after) {
            (Some(document), _) => print_json(&document),
            (None, Some((file, served))) => {
                for line in done(&file) {
                    note(line);
                }
                for line in kept(&plan, &file).into_iter().chain(serves(&plan, &served)) {
                    note(clean(&line));
                }
            }
            (None, None) => {}
        }
        return Ok(ExitCode::SUCCESS);
    }
}

/// The way back to what was replaced.
fn kept(plan: &Plan, file: &ProfilesFile) -> Option<String> {
    let loses = plan.replaces.iter().any(|replaced| !replaced.only_copies.is_empty());
    let backup = file.kept.last().filter(|_| loses).map(|path| format!("The previous file is kept as {}. ", path.display()));
    (!plan.replaces.is_empty()).then(|| format!("{}To restore it: brickpass profiles restore", backup.unwrap_or_default()))
}

/// What the Databricks CLI has of the profiles that were published; what holds for all of them is said once.
fn serves(plan: &Plan, served: &[CliToken]) -> Vec<String> {
    let published = plan.publishes();
    let mut said = Vec::new();
    for token in served.iter().filter(|token| published.contains(&(token.connection, token.profile.as_str()))) {
        let words = token.state.words(&token.profile);
        if !said.contains(&words) {
            said.push(words);
        }
    }
    said
}

/// The file, and what the Databricks CLI is served after the change.
fn applied(session: &mut Session, plan: Plan) -> Result<(ProfilesFile, Vec<CliToken>), Failure> {
    // The tokens may be settled before the answer is here.
    let Applied { file, not_remembered } = session.ask_and_leave_events(ApplyPlan { plan })?;
    if let Some(failure) = not_remembered {
        return Err(failure);
    }
    let served = session.wait_for(|event| match event {
        Event::CliTokens { tokens, settled: true } => Some(tokens),
        _ => None,
    })?;
    Ok((file, served))
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
        note("Other users of this computer can read the file. A change makes it readable only by you.");
    }
    if file.twin {
        note("The file has another name on this disk (a hard link), whose contents do not change with it.");
    }
    if !changes {
        note("Nothing would change.");
    }
    for DiffLine { kind, text } in &plan.diff {
        say(format_args!("{} {}", sign(*kind), clean(text)));
    }
    for warning in plan.warnings() {
        note(clean(&warning));
    }
    for replaced in &plan.replaces {
        note(clean(&replaced.words()));
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
    let replaces: Vec<String> = plan.replaces.iter().map(Replaced::words).collect();
    let diff = diff.collect::<Vec<String>>();
    foreign::document(json!({ "path": plan.path, "diff": diff, "warnings": plan.warnings(), "replaces": replaces, "applied": applied }))
}
