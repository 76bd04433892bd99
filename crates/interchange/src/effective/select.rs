//! Which profile of the file a tool reads, and who has chosen it.

use secrecy::ExposeSecret;

use super::{
    Bundle, Family, Given, Problem, Profiles, Section, Source,
    attributes::{PROFILE, known_to},
    host, notes,
};
use crate::databrickscfg::SETTINGS;

#[derive(Default)]
pub(super) struct Selected<'a> {
    pub(super) profile: Option<(String, Source)>,
    pub(super) section: Option<&'a Section>,
    /// The file has nothing to say.
    pub(super) skipped: bool,
    pub(super) problem: Option<Problem>,
    pub(super) notes: Vec<String>,
}

impl<'a> Given<'a> {
    /// An environment variable with a value.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(ExposeSecret::expose_secret).filter(|value| !value.is_empty())
    }

    /// The bundle, when this tool looks at it: with `--profile` and without `--target` the CLI does not.
    pub(super) fn active_bundle(&self) -> Option<&'a Bundle> {
        let looked_at = self.family == Family::Cli && (self.profile.is_none() || self.target_named);
        self.bundle.filter(|_| looked_at)
    }

    /// The profiles that somebody names, the one that counts first.
    pub(super) fn all_named(&self) -> Vec<(String, Source)> {
        let given = self.profile.filter(|name| !name.is_empty()).map(|name| (name.to_owned(), Source::Given));
        let variable = self.variable(PROFILE).map(|name| (name.to_owned(), Source::Environment(PROFILE.to_owned())));
        let bundle = self.active_bundle().and_then(|it| Some((it.profile.clone()?, Source::Bundle(it.path.clone()))));
        [given, variable, bundle].into_iter().flatten().collect()
    }

    /// The variable because of which nobody looks into the file.
    fn says_enough(&self) -> Option<&'static str> {
        let says = known_to(self.family).filter(|it| !it.group.is_empty() || it.name == "host");
        says.flat_map(super::attributes::Known::variables).find(|name| self.variable(name).is_some())
    }

    /// Whether the environment or the bundle says how to sign in.
    fn says_how(&self, bundle: &Bundle) -> bool {
        self.variable("DATABRICKS_AUTH_TYPE").is_some()
            || bundle.get("auth_type").is_some()
            || known_to(self.family)
                .filter(|it| !it.group.is_empty())
                .any(|it| it.variables().any(|name| self.variable(name).is_some()) || bundle.get(it.name).is_some())
    }
}

pub(super) fn select<'a>(given: &'a Given<'_>) -> Selected<'a> {
    let path = given.config_file.display();
    let named = given.all_named().into_iter().next();
    let (sections, default_profile) = match &given.profiles {
        Profiles::Missing => {
            let note = named.as_ref().map(|(name, _)| format!("{path} does not exist, so the profile {name} is unknown."));
            return Selected { profile: named, notes: note.into_iter().collect(), ..Selected::default() };
        }
        Profiles::Unreadable(problem) => {
            let is_read = named.is_some() || given.says_enough().is_none();
            return Selected { profile: named, problem: is_read.then(|| problem.clone()), ..Selected::default() };
        }
        Profiles::Read { sections, default_profile, .. } => (sections, default_profile),
    };
    if named.is_none()
        && let Some(bundle) = given.active_bundle().filter(|it| it.host.is_some())
    {
        return by_host(given, bundle, sections);
    }
    let chosen = named.or_else(|| pinned_by_the_cli(given, sections, default_profile.as_deref()));
    if chosen.is_none()
        && let Some(variable) = given.says_enough()
    {
        let note = format!("{path} is not read, because {variable} is set and no profile is selected.");
        return Selected { skipped: true, notes: vec![note], ..Selected::default() };
    }
    let chosen = chosen.or_else(|| default_profile.clone().map(|name| (name, Source::Settings)));
    let (name, source) = chosen.unwrap_or_else(|| ("DEFAULT".to_owned(), Source::Default));
    if name == SETTINGS {
        let reserved = format!("{SETTINGS} is a reserved section name and cannot be used as a profile");
        let words = match given.family {
            Family::Cli | Family::Go => format!("resolve: {path}: {reserved}"),
            Family::Python => reserved,
            Family::Java => format!("{path}: {reserved}"),
        };
        let fix = format!("Choose a profile with --profile or {PROFILE}. {SETTINGS} contains settings of the Databricks CLI.");
        return Selected { problem: Some(Problem::theirs(words).fixed_by(fix)), ..Selected::default() };
    }
    // Python takes a section without keys for a profile.
    let is_one = |section: &&Section| section.name == name && (section.has_keys() || given.family == Family::Python);
    match sections.iter().find(is_one) {
        Some(section) => Selected { profile: Some((name, source)), section: Some(section), ..Selected::default() },
        None if source == Source::Default => Selected::default(),
        None => {
            let words = format!("resolve: {path} has no {name} profile configured");
            let problem = Problem::theirs(words).fixed_by(notes::missing_profile(&name, &source, sections));
            Selected { profile: Some((name, source)), problem: Some(problem), ..Selected::default() }
        }
    }
}

/// Unless an address is in the environment, the CLI names the default profile itself, so that the file is read beside other variables
/// (`ResolveDefaultProfile` in `cmd/root/auth.go`; for bundles `configureProfile` in `cmd/root/bundle.go`).
fn pinned_by_the_cli(given: &Given<'_>, sections: &[Section], default_profile: Option<&str>) -> Option<(String, Source)> {
    if given.family != Family::Cli || given.variable("DATABRICKS_HOST").is_some() {
        return None;
    }
    let of_settings = default_profile.filter(|name| *name != SETTINGS).map(|name| (name.to_owned(), Source::Settings));
    let has_host = |section: &&Section| section.name == "DEFAULT" && section.get("host").is_some();
    of_settings.or_else(|| sections.iter().find(has_host).map(|_| ("DEFAULT".to_owned(), Source::Default)))
}

/// A bundle names the host alone: the only profile with that host, unless somebody says how to sign in (`libs/databrickscfg/loader.go`).
fn by_host<'a>(given: &Given<'_>, bundle: &Bundle, sections: &'a [Section]) -> Selected<'a> {
    let written = bundle.host.as_deref().unwrap_or_default();
    if given.says_how(bundle) {
        return Selected::default();
    }
    let wanted = host::normalized_by_the_cli(written);
    let matches = |section: &&Section| section.get("host").is_some_and(|it| host::normalized_by_the_cli(it) == wanted);
    let mut found: Vec<&Section> = sections.iter().filter(matches).collect();
    let workspace_id = bundle.get("workspace_id").or_else(|| given.variable("DATABRICKS_WORKSPACE_ID"));
    if let Some(id) = workspace_id.filter(|_| found.len() > 1) {
        let of_workspace: Vec<&Section> = found.iter().copied().filter(|it| it.get("workspace_id") == Some(id)).collect();
        if !of_workspace.is_empty() {
            found = of_workspace;
        }
    }
    let all = found.clone();
    if found.len() > 1 {
        // One that leads to an account alone is of no use to a bundle.
        found.retain(|it| it.get("account_id").is_none() || it.get("workspace_id").is_some_and(|id| id != "none"));
    }
    match found.as_slice() {
        [one] => {
            Selected { profile: Some((one.name.clone(), Source::Bundle(bundle.path.clone()))), section: Some(one), ..Selected::default() }
        }
        [] if all.is_empty() => Selected::default(),
        _ => {
            let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
            let words = format!(
                "cannot resolve bundle auth configuration: resolve: {wanted}: multiple profiles matched: {}: please set \
                 DATABRICKS_CONFIG_PROFILE or provide --profile flag to specify one",
                names.join(", ")
            );
            let first = found.first().or(all.first()).map(|it| it.name.as_str()).unwrap_or_default();
            let fix = format!(
                "Choose one in one of three ways: add profile: {first} under workspace in {}, use --profile {first}, or set \
                 DATABRICKS_CONFIG_PROFILE={first}.",
                bundle.path.display()
            );
            Selected { problem: Some(Problem::theirs(words).fixed_by(fix)), ..Selected::default() }
        }
    }
}
