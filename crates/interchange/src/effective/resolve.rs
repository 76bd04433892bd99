//! The order of sources, applied.

use super::{
    Attribute, Effective, Family, Given, Problem, Section, Source,
    attributes::{Known, known_to},
    chain,
    go_url::Url,
    host, notes, profiles,
    select::{Selected, select},
};
use brickpass_core::connection::{Cloud, contains_secret, secrets_starred};

/// A value of one source; `None` for a secret.
type Value = Option<String>;

/// Never taken from the environment by the Databricks CLI when a profile is named: they would steer the profile's sign-in elsewhere
/// (`libs/databrickscfg/loader.go`).
const NEVER_FROM_ENVIRONMENT: [&str; 6] = ["workspace_id", "account_id", "auth_type", "discovery_url", "audience", "cloud"];

/// What a tool makes of it. A secret that stands where none belongs is stars, wherever it would show.
#[must_use]
pub fn resolve(given: &Given<'_>) -> Effective {
    let selected = select(given);
    let mut found = Resolution { given, section: selected.section, of_environment: None, of_file: None }.run(selected);
    let parts = found.attributes.iter_mut().flat_map(|attribute| {
        let places = std::iter::once(&mut attribute.source).chain(&mut attribute.shadowed);
        let sections = places.filter_map(|place| if let Source::Profile { name, .. } = place { Some(name) } else { None });
        attribute.value.iter_mut().chain(sections)
    });
    let problem = found.problem.iter_mut().flat_map(|problem| [Some(&mut problem.words), problem.fix.as_mut()].into_iter().flatten());
    for text in
        parts.chain(&mut found.profile).chain(&mut found.auth_type).chain(problem).chain(&mut found.depends_on).chain(&mut found.notes)
    {
        if contains_secret(text) {
            *text = secrets_starred(text);
        }
    }
    found
}

pub(super) struct Resolution<'a> {
    pub(super) given: &'a Given<'a>,
    /// What is read of the file.
    pub(super) section: Option<&'a Section>,
    /// A value that cannot be read. The first one counts, and the environment is read first.
    of_environment: Option<Problem>,
    of_file: Option<Problem>,
}

impl Resolution<'_> {
    fn run(mut self, selected: Selected<'_>) -> Effective {
        let family = self.given.family;
        let mut attributes: Vec<Attribute> = known_to(family).filter_map(|known| self.attribute(known)).collect();
        let of_bundle = self.given.active_bundle().and_then(|bundle| bundle.problem.clone());
        let of_host = self.promote(&mut attributes);
        let mut problem = of_bundle
            .or(self.of_environment.take())
            .or(selected.problem)
            .or(self.of_file.take())
            .or_else(|| self.judge(&attributes))
            .or_else(|| notes::host_of_the_profile(&self, selected.profile.as_ref()))
            .or(of_host);
        let chosen = self.choose(&attributes);
        let (way, depends_on) = if problem.is_some() {
            (attributes.iter().find(|it| it.name == "auth_type").and_then(|it| it.value.clone()), None)
        } else {
            (chosen.way, chosen.depends_on)
        };
        let mut found_notes = selected.notes;
        if problem.is_none() {
            found_notes.extend(chosen.note);
            problem = chosen.problem;
        }
        if let Some(way) = &way {
            for attribute in &mut attributes {
                attribute.unused = known_to(family).any(|known| known.name == attribute.name && !known.serves(way));
            }
        }
        problem = problem.or_else(|| self.spoiled(&attributes)).or_else(|| notes::mixed_up_with_the_bundle(&self, &attributes));
        let mut effective = Effective {
            family,
            config_file: self.given.config_file.clone(),
            profile: selected.profile.as_ref().map(|(name, _)| name.clone()),
            attributes,
            auth_type: way,
            problem,
            depends_on,
            notes: found_notes,
            connection: None,
        };
        notes::add(&self, selected.skipped, &mut effective);
        if let Some((name, source)) = selected.profile {
            let others = self.given.all_named().into_iter().map(|(_, named_by)| named_by);
            let shadowed = others.filter(|named_by| *named_by != source).collect();
            effective.attributes.push(Attribute { name: "profile", value: Some(name), source, shadowed, unused: false });
        }
        effective
    }

    /// The values of all sources, the one that counts first.
    fn attribute(&mut self, known: &'static Known) -> Option<Attribute> {
        let bundle = self.of_bundle(known);
        let environment = self.of_environment(known);
        let profile = self.of_profile(known);
        let is_auth = !known.group.is_empty() || known.name == "host";
        let order = if !self.profile_first() {
            [bundle.map(Ok), environment, profile]
        } else if NEVER_FROM_ENVIRONMENT.contains(&known.name) {
            [bundle.map(Ok), profile, None]
        } else if is_auth {
            [bundle.map(Ok), profile, environment]
        } else {
            [bundle.map(Ok), environment, profile]
        };
        let mut found = Vec::new();
        for read in order.into_iter().flatten() {
            match read {
                Ok(value) => found.push(value),
                // Nobody reads what comes after a value.
                Err(_) if !found.is_empty() => {}
                Err((source, problem)) => {
                    let slot = if matches!(source, Source::Environment(_)) { &mut self.of_environment } else { &mut self.of_file };
                    slot.get_or_insert(problem);
                }
            }
        }
        let mut found = found.into_iter();
        let (value, source) = found.next()?;
        let shadowed = found.map(|(_, source)| source).collect();
        Some(Attribute { name: known.name, value, source, shadowed, unused: false })
    }

    /// Whether the profile comes before the environment: in the CLI, when `--profile` or a bundle's command names one.
    pub(super) fn profile_first(&self) -> bool {
        let named = self.given.profile.is_some() || (self.given.active_bundle().is_some() && !self.given.all_named().is_empty());
        self.given.family == Family::Cli && named
    }

    fn of_bundle(&self, known: &Known) -> Option<(Value, Source)> {
        let bundle = self.given.active_bundle()?;
        let value = bundle.get(known.name)?;
        let value = known.read(Family::Cli, value).ok()??;
        Some(((!known.secret).then_some(value), Source::Bundle(bundle.path.clone())))
    }

    fn of_environment(&self, known: &Known) -> Option<Result<(Value, Source), (Source, Problem)>> {
        let name = known.variables().find(|name| self.given.variable(name).is_some())?;
        let text = self.given.variable(name)?;
        let source = Source::Environment(name.to_owned());
        if known.secret {
            return Some(Ok((None, source)));
        }
        match known.read(self.given.family, text) {
            Ok(value) => Some(Ok((Some(value?), source))),
            Err(why) => {
                let words = if self.given.family.is_go() { format!("resolve: {why}") } else { why };
                let problem = Problem::theirs(words).fixed_by(format!("Correct {name} in the environment, or unset it."));
                Some(Err((source, problem)))
            }
        }
    }

    fn of_profile(&self, known: &Known) -> Option<Result<(Value, Source), (Source, Problem)>> {
        let section = self.section?;
        let (_, value) = section.values.iter().find(|(name, _)| name == known.name)?;
        let source = Source::Profile { name: section.name.clone(), line: section.line };
        let path = self.given.config_file.display();
        match value.as_deref().filter(|_| !known.secret).map(|text| known.read(self.given.family, text)) {
            None => Some(Ok((None, source))),
            Some(Ok(read)) => Some(Ok((Some(read?), source))),
            Some(Err(why)) => {
                let words = if self.given.family.is_go() { format!("resolve: {path} {} profile: {why}", section.name) } else { why };
                let fix = format!("Correct {} in {source} of {path}.", known.name);
                Some(Err((source, Problem::theirs(words).fixed_by(fix))))
            }
        }
    }

    /// Two ways to sign in, and nobody says which.
    fn judge(&self, attributes: &[Attribute]) -> Option<Problem> {
        if attributes.iter().any(|it| it.name == "auth_type") {
            return None;
        }
        let is_set = |known: &Known| {
            let empty = || self.section.is_some_and(|section| section.empty.iter().any(|key| key == known.name));
            // To Python, a key without a value is set.
            attributes.iter().any(|it| it.name == known.name) || (self.given.family == Family::Python && empty())
        };
        let used: Vec<&Known> = known_to(self.given.family).filter(|known| !known.group.is_empty() && is_set(known)).collect();
        let mut groups: Vec<&str> = used.iter().map(|known| known.group).collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.len() < 2 {
            return None;
        }
        let words = format!("validate: more than one authorization method configured: {}", groups.join(" and "));
        let used: Vec<(&str, &str)> = used.iter().map(|known| (known.group, known.name)).collect();
        Some(Problem::theirs(words).fixed_by(notes::several_ways(&used, attributes, self.section)))
    }

    /// What an address copied from a browser carries behind its host: the workspace and the account, unless they are known already.
    fn promote(&self, attributes: &mut Vec<Attribute>) -> Option<Problem> {
        let at = attributes.iter_mut().find(|it| it.name == "host")?;
        let place = match &at.source {
            Source::Profile { .. } => format!("{} of {}", at.source, self.given.config_file.display()),
            other => other.to_string(),
        };
        let read = host::read(self.given.family, at.value.as_deref()?, &place);
        at.value = Some(read.value);
        let source = at.source.clone();
        for (name, value) in [("workspace_id", read.workspace_id), ("account_id", read.account_id)] {
            if let (Some(_), None) = (&value, attributes.iter().find(|it| it.name == name)) {
                attributes.push(Attribute { name, value, source: source.clone(), shadowed: Vec::new(), unused: false });
            }
        }
        read.problem
    }

    fn choose(&self, attributes: &[Attribute]) -> chain::Chosen {
        let has = |name: &str| attributes.iter().any(|it| it.name == name);
        let get = |name: &str| attributes.iter().find(|it| it.name == name).and_then(|it| it.value.as_deref());
        let metadata = attributes.iter().find(|it| it.name == "metadata_service_url" && matches!(it.source, Source::Environment(_)));
        let metadata = metadata.and_then(|_| self.given.variable("DATABRICKS_METADATA_SERVICE_URL"));
        let metadata_host =
            metadata.map(|url| Url::parse(url).map(|url| String::from_utf8_lossy(url.hostname()).into_owned()).unwrap_or_default());
        let set = chain::Set {
            family: self.given.family,
            has: &has,
            get: &get,
            cloud: cloud(&has, &get),
            metadata_host,
            around: self.given.around,
        };
        chain::choose(&set, get("auth_type"))
    }

    /// A secret that is used and that no server will take.
    fn spoiled(&self, attributes: &[Attribute]) -> Option<Problem> {
        let mut used = attributes.iter().filter(|it| matches!(it.name, "token" | "client_secret") && !it.unused);
        used.find_map(|it| {
            let why = match &it.source {
                Source::Environment(name) => profiles::spoiled(it.name, self.given.variable(name)?)?,
                Source::Profile { .. } => self.section?.spoiled.iter().find(|(key, _)| key == it.name)?.1,
                _ => return None,
            };
            let place = match &it.source {
                Source::Profile { .. } => format!("{} in {} of {}", it.name, it.source, self.given.config_file.display()),
                other => other.to_string(),
            };
            Some(Problem::ours(format!("{why} of {place}, and the server will reject it.")).fixed_by(format!("Correct {place}.")))
        })
    }
}

/// Of the host, unless it is said. Go compares the letters as they are.
fn cloud<'a>(has: &dyn Fn(&str) -> bool, get: &dyn Fn(&str) -> Option<&'a str>) -> Option<Cloud> {
    const ZONES: [(&str, Cloud); 5] = [
        (".azuredatabricks.net", Cloud::Azure),
        (".databricks.azure.us", Cloud::Azure),
        (".databricks.azure.cn", Cloud::Azure),
        (".gcp.databricks.com", Cloud::Gcp),
        (".databricks.com", Cloud::Aws),
    ];
    if has("azure_workspace_resource_id") {
        return Some(Cloud::Azure);
    }
    match get("cloud") {
        Some("Azure") => Some(Cloud::Azure),
        Some("GCP") => Some(Cloud::Gcp),
        Some(_) => Some(Cloud::Aws),
        None => ZONES.into_iter().find(|(zone, _)| get("host").is_some_and(|host| host.ends_with(zone))).map(|(_, cloud)| cloud),
    }
}
