//! What to do about a problem, and what else is worth knowing.

use super::{
    Attribute, Effective, Family, Given, Problem, Profiles, Section, Source, Verdict,
    attributes::PROFILE,
    chain,
    host::{self, normalized_by_the_cli, origin},
    resolve::Resolution,
};

/// A sentence names at most this many profiles.
const MAX_NAMES: usize = 5;

/// A profile that is not there.
pub(super) fn missing_profile(name: &str, source: &Source, sections: &[Section]) -> String {
    let quotes: &[char] = &['"', '\''];
    let bare = name.trim_matches(quotes);
    if bare.len() != name.len() {
        return format!("The quotation marks are part of the value of {source}. Remove them: {bare}.");
    }
    if bare.trim().len() != bare.len() {
        return format!("A space is part of the value of {source}. Remove it.");
    }
    match names(sections) {
        Some(names) => format!("The file contains: {names}. Correct {source}, or publish a connection under this name."),
        None => "The file contains no profiles. Publish a connection under this name.".to_owned(),
    }
}

fn names(sections: &[Section]) -> Option<String> {
    let mut names: Vec<&str> = sections.iter().map(|it| it.name.as_str()).collect();
    let more = names.len().saturating_sub(MAX_NAMES);
    names.truncate(MAX_NAMES);
    let ending = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{}{ending}", names.join(", ")))
}

/// Which values clash, and the two ways out. `used`: groups and attributes.
pub(super) fn several_ways(used: &[(&str, &str)], attributes: &[Attribute], section: Option<&Section>) -> String {
    let place = |name: &str| {
        let attribute = attributes.iter().find(|it| it.name == name);
        attribute
            .map(|it| it.source.to_string())
            .or_else(|| section.map(|it| format!("[{}] at line {}, without a value", it.name, it.line)))
    };
    let clash: Vec<String> =
        used.iter().filter_map(|(group, name)| Some(format!("{name} ({group}) comes from {}", place(name)?))).take(MAX_NAMES + 1).collect();
    let mut ways: Vec<&str> = used.iter().map(|(group, _)| way_of(group)).collect();
    ways.dedup();
    let of_environment = |name: &str| {
        let source = &attributes.iter().find(|it| it.name == name)?.source;
        if let Source::Environment(variable) = source { Some(variable.as_str()) } else { None }
    };
    let all = used.iter().filter_map(|(_, name)| of_environment(name)).collect::<Vec<_>>();
    let unset =
        if all.is_empty() { "remove the others".to_owned() } else { format!("unset the ones you do not want (of {})", all.join(", ")) };
    format!("{}. Set auth_type or DATABRICKS_AUTH_TYPE to the one you want ({}), or {unset}.", clash.join("; "), ways.join(" or "))
}

fn way_of(group: &str) -> &str {
    match group {
        "oauth" => "oauth-m2m",
        "azure" => "azure-client-secret, azure-cli or azure-msi",
        "google" => "google-credentials",
        other => other,
    }
}

/// `ValidateConfigAndProfileHost` of the CLI: a bundle names a host, and somebody names a profile of another one.
pub(super) fn host_of_the_profile(at: &Resolution<'_>, profile: Option<&(String, Source)>) -> Option<Problem> {
    let bundle = at.given.active_bundle()?;
    let (name, _) = profile.filter(|_| !at.given.all_named().is_empty())?;
    let words = profile_and_bundle(bundle.host.as_deref()?, at.section?.get("host")?)?;
    let fix = match other_profile(at.given, bundle.host.as_deref()?) {
        Some(other) => format!("The profile {other} has this host. Choose it with -p {other}."),
        None => format!("Choose a profile with this host, or correct the host in {} or in [{name}].", bundle.path.display()),
    };
    Some(Problem::theirs(format!("cannot resolve bundle auth configuration: {words}")).fixed_by(fix))
}

fn profile_and_bundle(bundle: &str, profile: &str) -> Option<String> {
    let (bundle, profile) = (normalized_by_the_cli(bundle), normalized_by_the_cli(profile));
    let words = format!("the host in the profile ({profile}) doesn’t match the host configured in the bundle ({bundle})");
    (bundle != profile).then_some(words)
}

fn other_profile<'a>(given: &'a Given<'_>, wanted: &str) -> Option<&'a str> {
    let Profiles::Read { sections, .. } = &given.profiles else { return None };
    let wanted = normalized_by_the_cli(wanted);
    sections.iter().find(|it| it.get("host").is_some_and(|host| normalized_by_the_cli(host) == wanted)).map(|it| it.name.as_str())
}

/// A bundle is for one workspace, but the secret in the environment was set for another: the CLI would send it to the bundle's.
pub(super) fn mixed_up_with_the_bundle(at: &Resolution<'_>, attributes: &[Attribute]) -> Option<Problem> {
    let bundle = at.given.active_bundle()?;
    let host = attributes.iter().find(|it| it.name == "host" && matches!(it.source, Source::Bundle(_)))?;
    let there = host.value.as_deref().map(origin)?;
    let variable = at.given.variable("DATABRICKS_HOST").map(origin).filter(|variable| *variable != there)?;
    let is_secret = |it: &&Attribute| matches!(it.name, "token" | "password" | "client_secret") && !it.unused;
    let secret = attributes.iter().filter(is_secret).find_map(|it| match &it.source {
        Source::Environment(name) => Some(name.as_str()),
        _ => None,
    })?;
    let words = format!(
        "config host mismatch: {} is for {there}, but {secret} was set for {variable} (DATABRICKS_HOST). The Databricks CLI would send it to \
         {there}.",
        bundle.path.display()
    );
    let fix = format!("Unset DATABRICKS_HOST and {secret} and choose a profile of this workspace, or correct the host in the bundle.");
    Some(Problem::ours(words).fixed_by(fix))
}

/// Completes what is known with what a person should know besides.
pub(super) fn add(at: &Resolution<'_>, skipped: bool, effective: &mut Effective) {
    if let Some(problem) = &mut effective.problem
        && problem.fix.is_none()
    {
        problem.fix = fix(at, &problem.words, &effective.attributes);
    }
    let mut found = Vec::new();
    of_the_bundle(at, &mut found);
    goes_elsewhere(at, &effective.attributes, &mut found);
    environment_wins(at, &effective.attributes, &mut found);
    unencrypted(&effective.attributes, &mut found);
    if skipped && effective.get("host").is_none() {
        found.push("The environment sets how to sign in, but not where.".to_owned());
    }
    if let (Some(section), Profiles::Read { remarks, .. }) = (at.section, &at.given.profiles) {
        let here = remarks.iter().filter(|(line, _)| (section.line..section.end).contains(line));
        found.extend(here.map(|(line, words)| format!("Line {line} of {}: {words}.", at.given.config_file.display())));
    }
    let unverified = at.section.and_then(|section| section.get("skip_verify"));
    if unverified.is_some_and(|value| matches!(value.to_lowercase().as_str(), "0" | "f" | "false")) {
        found.push("Python reads skip_verify = false as yes and does not check certificates. Remove the line.".to_owned());
    }
    effective.notes.extend(found);
}

fn fix(at: &Resolution<'_>, words: &str, attributes: &[Attribute]) -> Option<String> {
    if words.contains("cannot configure default credentials") {
        return Some(no_credentials(at, attributes));
    }
    let missing = |what: &str| format!("Set {what}, or choose another authentication type with auth_type.");
    Some(match words {
        it if it.contains("databricks CLI not found") => {
            "Install the Databricks CLI, or publish the connection with Brickpass, which writes databricks_cli_path.".to_owned()
        }
        it if it.contains("missing env var") => {
            let variable = it.split('"').nth(1).or_else(|| it.rsplit(' ').next()).unwrap_or_default();
            missing(&format!("the variable {variable} to the token"))
        }
        it if it.contains("missing path") => missing("DATABRICKS_OIDC_TOKEN_FILEPATH"),
        it if it.contains("token is required") => missing("DATABRICKS_TOKEN, or token in the profile"),
        it if it.contains("host is required") || it.contains("missing Host") || it.contains("no host") => {
            missing("DATABRICKS_HOST, or host in the profile")
        }
        it if it.contains("auth: not configured") => {
            "Set what this authentication type needs, or choose another one with auth_type or DATABRICKS_AUTH_TYPE.".to_owned()
        }
        _ => return None,
    })
}

fn no_credentials(at: &Resolution<'_>, attributes: &[Attribute]) -> String {
    let host = attributes.iter().find(|it| it.name == "host");
    if host.is_none()
        && at.section.is_none()
        && let Profiles::Read { sections, .. } = &at.given.profiles
        && let Some(names) = names(sections)
    {
        return match sections.as_slice() {
            [one] => format!(
                "There is one profile, but it is not selected. Choose it with -p {0} or {PROFILE}={0}, or make it the default: brickpass profiles \
                 default {0}",
                one.name
            ),
            _ => {
                format!(
                    "Choose one of the profiles ({names}) with -p or {PROFILE}, or make one the default: brickpass profiles default NAME"
                )
            }
        };
    }
    if host.is_some() {
        return "There is an address, but no authentication. Publish a connection as this profile, or set a token or another authentication type."
            .to_owned();
    }
    "Publish a connection as a profile, or set DATABRICKS_HOST and an authentication type.".to_owned()
}

fn of_the_bundle(at: &Resolution<'_>, found: &mut Vec<String>) {
    let Some(bundle) = at.given.bundle else { return };
    let path = bundle.path.display();
    if bundle.leads() && at.given.active_bundle().is_some() {
        let target = bundle.target.as_ref().map(|name| format!(" (target {name})")).unwrap_or_default();
        found.push(format!("Only the Databricks CLI reads {path}{target}; SDKs and Terraform do not."));
    } else if bundle.leads() && at.given.family == Family::Cli {
        found.push(format!("With --profile and without --target, only the commands of bundles read {path}."));
        let hosts = bundle.host.as_deref().zip(at.section.and_then(|it| it.get("host")));
        if let Some(words) = hosts.and_then(|(bundle, profile)| profile_and_bundle(bundle, profile)) {
            found.push(format!("They reject this profile: {words}."));
        }
    } else if bundle.leads() {
        let there = bundle.host.as_ref().map(|host| format!(" for {host}")).unwrap_or_default();
        found.push(format!("{} does not read {path}, which is a bundle of the Databricks CLI{there}.", at.given.family.title()));
    }
    if bundle.unclear {
        found.push(format!("Brickpass cannot read part of {path}, for example a variable."));
    }
    if bundle.unified_host {
        found.push(format!("experimental_is_unified_host in {path} no longer has an effect."));
    }
}

/// The secret of a profile, and an address that somebody else has set.
fn goes_elsewhere(at: &Resolution<'_>, attributes: &[Attribute], found: &mut Vec<String>) {
    let Some(section) = at.section else { return };
    let host = attributes.iter().find(|it| it.name == "host" && matches!(it.source, Source::Environment(_)));
    let Some((host, there)) = host.and_then(|it| Some((it, it.value.as_deref()?))) else { return };
    let Some(own) = section.get("host").filter(|own| origin(own) != origin(there)) else { return };
    let own = host::read(at.given.family, own, "").value;
    let is_secret = |it: &&Attribute| matches!(it.name, "token" | "password" | "client_secret") && !it.unused;
    let of_profile = attributes.iter().filter(is_secret).find(|it| matches!(it.source, Source::Profile { .. }));
    if let Some(secret) = of_profile {
        let (name, place, variable) = (secret.name, &secret.source, &host.source);
        found.push(format!(
            "The {name} of {place} is sent to {there}, because {variable} overrides the profile's host {own}. Unset {variable} unless you want this."
        ));
    }
}

/// `http://` to another computer. None of the tools refuses it.
fn unencrypted(attributes: &[Attribute], found: &mut Vec<String>) {
    let Some(host) = attributes.iter().find(|it| it.name == "host") else { return };
    let Some(url) = host.value.as_deref().and_then(|value| url::Url::parse(value).ok()).filter(|url| url.scheme() == "http") else {
        return;
    };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !loopback {
        found.push(format!(
            "The address starts with http://, so the token is sent unencrypted and can be read in transit. Use https:// in {}.",
            host.source
        ));
    }
}

fn environment_wins(at: &Resolution<'_>, attributes: &[Attribute], found: &mut Vec<String>) {
    let wins = |it: &&Attribute| {
        matches!(it.source, Source::Environment(_)) && it.shadowed.iter().any(|other| matches!(other, Source::Profile { .. }))
    };
    let names: Vec<&str> = attributes.iter().filter(wins).map(|it| it.name).collect();
    if at.given.profile.is_some() && at.given.family != Family::Cli && !names.is_empty() {
        found.push(format!(
            "In the SDKs, the environment overrides the profile for: {}. In the Databricks CLI (1.7 and later) with --profile, it does not.",
            names.join(", ")
        ));
    }
}

/// Where the others would not do the same with the same files and variables.
#[must_use]
pub fn differences(ours: &Effective, others: &[Effective]) -> Vec<String> {
    others.iter().filter(|it| it.family != ours.family).filter_map(|theirs| difference(ours, theirs)).collect()
}

fn difference(ours: &Effective, theirs: &Effective) -> Option<String> {
    let who = theirs.family.title();
    let fix = |problem: &Problem| problem.fix.as_ref().map(|fix| format!(" {fix}")).unwrap_or_default();
    match (ours.verdict(), &theirs.problem) {
        (Verdict::Fails, Some(_)) => None,
        (_, Some(problem)) => Some(format!("{who} fails here: {}{}", ended(&problem.words), fix(problem))),
        (Verdict::Fails, None) => {
            let way = theirs.auth_type.as_deref().unwrap_or("nothing");
            Some(format!("{who} would use {way} at {}.", theirs.get("host").unwrap_or("no address")))
        }
        (_, None) => {
            let hosts = (ours.get("host").map(origin), theirs.get("host").map(origin));
            if hosts.0 != hosts.1 {
                return Some(format!("{who} connects to {}.", theirs.get("host").unwrap_or("no address")));
            }
            let ways = (ours.auth_type.as_deref(), theirs.auth_type.as_deref());
            // Which of those answers first is unknown.
            let both_ask = ours.depends_on.is_some() && theirs.depends_on.is_some() && ways.0 != Some(chain::CLI);
            (ways.0 != ways.1 && !both_ask).then(|| format!("{who} signs in with {}.", ways.1.unwrap_or("nothing")))
        }
    }
}

fn ended(words: &str) -> String {
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}
