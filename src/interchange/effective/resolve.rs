//! The order of sources, applied.

use secrecy::ExposeSecret;

use super::{
    Attribute, Bundle, Effective, Given, Profiles, SETTINGS, Section, Source,
    attributes::{KNOWN, Known, PROFILE},
    chain,
};
use crate::connection::{BaseUrl, Cloud};

/// A value of one source; `None` for a secret.
type Value = Option<String>;

/// Never taken from the environment by the Databricks CLI when a bundle names the profile: they would steer the profile's sign-in elsewhere.
const NEVER_FROM_ENVIRONMENT: [&str; 6] = ["workspace_id", "account_id", "auth_type", "discovery_url", "audience", "cloud"];

/// What the SDKs make of it.
#[must_use]
pub fn resolve(given: &Given<'_>) -> Effective {
    Resolution { given, profile: None, skipped: false, problem: None, notes: Vec::new() }.run()
}

struct Resolution<'a> {
    given: &'a Given<'a>,
    /// What is read of the file.
    profile: Option<&'a Section>,
    /// The file has nothing to say.
    skipped: bool,
    /// The first one counts: the SDK ends there.
    problem: Option<String>,
    notes: Vec<String>,
}

impl<'a> Resolution<'a> {
    fn run(mut self) -> Effective {
        let named = self.named();
        let profile = self.find(named);
        let mut attributes: Vec<Attribute> = KNOWN.iter().filter_map(|known| self.attribute(known)).collect();
        promote(&mut attributes);
        self.judge(&attributes);
        let has = |name: &str| attributes.iter().any(|it| it.name == name);
        let get = |name: &str| attributes.iter().find(|it| it.name == name).and_then(|it| it.value.as_deref());
        let chosen = chain::choose(&chain::Set { has: &has, cloud: cloud(&has, &get) }, get("auth_type"));
        let chosen = if self.problem.is_some() {
            chain::Chosen { way: get("auth_type").map(str::to_owned), problem: None, note: None }
        } else {
            chosen
        };
        if let Some(way) = &chosen.way {
            for attribute in &mut attributes {
                attribute.unused = KNOWN.iter().any(|known| known.name == attribute.name && !known.serves(way));
            }
        }
        self.notes.extend(chosen.note);
        self.tell_other_readers(&attributes);
        if let Some((name, source)) = &profile {
            attributes.push(Attribute {
                name: "profile",
                value: Some(name.clone()),
                source: source.clone(),
                shadowed: self.named_too(source),
                unused: false,
            });
        }
        Effective {
            config_file: self.given.config_file.clone(),
            profile: profile.map(|(name, _)| name),
            attributes,
            auth_type: chosen.way,
            problem: self.problem.or(chosen.problem),
            notes: self.notes,
            connection: None,
        }
    }

    fn bundle(&self) -> Option<&'a Bundle> {
        self.given.bundle
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.given.variables.get(name).map(ExposeSecret::expose_secret).filter(|value| !value.is_empty())
    }

    /// The profile that somebody names, in the order in which they are heard.
    fn named(&self) -> Option<(String, Source)> {
        self.all_named().into_iter().next()
    }

    fn all_named(&self) -> Vec<(String, Source)> {
        let given = self.given.profile.filter(|name| !name.is_empty()).map(|name| (name.to_owned(), Source::Given));
        let variable = self.variable(PROFILE).map(|name| (name.to_owned(), Source::Environment(PROFILE.to_owned())));
        let bundle = self.bundle().and_then(|it| Some((it.profile.clone()?, Source::Bundle(it.path.clone()))));
        [given, variable, bundle].into_iter().flatten().collect()
    }

    fn named_too(&self, source: &Source) -> Vec<Source> {
        self.all_named().into_iter().map(|(_, named_by)| named_by).filter(|named_by| named_by != source).collect()
    }

    /// The section that is read, and who has chosen it.
    fn find(&mut self, named: Option<(String, Source)>) -> Option<(String, Source)> {
        let path = self.given.config_file.display();
        let (sections, default_profile) = match &self.given.profiles {
            Profiles::Missing => {
                if let Some((name, _)) = &named {
                    self.notes.push(format!("There is no {path}, so nothing is known of the profile {name}."));
                }
                return named;
            }
            Profiles::Unreadable(why) => {
                if named.is_some() || self.says_enough().is_none() {
                    self.problem = Some(format!("resolve: cannot parse config file: {why}"));
                }
                return named;
            }
            Profiles::Read { sections, default_profile } => (sections, default_profile),
        };
        let explicit = if named.is_some() {
            named
        } else {
            if self.bundle().is_some_and(|it| it.host.is_some()) {
                return self.find_by_host(sections);
            }
            if let Some(variable) = self.says_enough() {
                self.skipped = true;
                self.notes.push(format!("{path} is not read, because {variable} is set and no profile is named."));
                return None;
            }
            default_profile.clone().map(|name| (name, Source::Settings))
        };
        let (name, source) = explicit.unwrap_or_else(|| ("DEFAULT".to_owned(), Source::Default));
        if name == SETTINGS {
            self.problem = Some(format!("resolve: {path}: {}", Profiles::reserved()));
            return None;
        }
        match sections.iter().find(|section| section.name == name && !section.values.is_empty()) {
            Some(section) => self.profile = Some(section),
            None if source == Source::Default => return None,
            None => self.problem = Some(format!("resolve: {path} has no {name} profile configured")),
        }
        Some((name, source))
    }

    /// A bundle names the host alone: the only profile with that host, unless the environment says how to sign in.
    fn find_by_host(&mut self, sections: &'a [Section]) -> Option<(String, Source)> {
        let bundle = self.given.bundle?;
        let host = origin(bundle.host.as_deref()?);
        if self.variable("DATABRICKS_AUTH_TYPE").is_some()
            || KNOWN.iter().any(|it| !it.group.is_empty() && self.variable(it.variable).is_some())
        {
            return None;
        }
        let matches = |section: &&Section| section.get("host").is_some_and(|it| origin(it) == host);
        let found: Vec<&str> = sections.iter().filter(matches).map(|section| section.name.as_str()).collect();
        match found.as_slice() {
            [] => None,
            [one] => {
                self.profile = sections.iter().find(|section| section.name == *one);
                Some(((*one).to_owned(), Source::Bundle(bundle.path.clone())))
            }
            several => {
                self.problem = Some(format!("resolve: multiple profiles matched: {}", several.join(", ")));
                None
            }
        }
    }

    /// The variable because of which nobody looks into the file.
    fn says_enough(&self) -> Option<&'static str> {
        let says = |it: &&Known| !it.group.is_empty() || it.name == "host";
        KNOWN.iter().filter(says).map(|it| it.variable).find(|name| self.variable(name).is_some())
    }

    /// The values of all sources, the one that counts first.
    fn attribute(&mut self, known: &Known) -> Option<Attribute> {
        let bundle = self.of_bundle(known);
        let environment = self.of_environment(known);
        let profile = self.of_profile(known);
        let by_bundle =
            self.given.profile.is_none() && self.variable(PROFILE).is_none() && self.bundle().is_some_and(|it| it.profile.is_some());
        let order = if by_bundle && NEVER_FROM_ENVIRONMENT.contains(&known.name) {
            [bundle, profile, None]
        } else if by_bundle && (!known.group.is_empty() || known.name == "host") {
            [bundle, profile, environment]
        } else {
            [bundle, environment, profile]
        };
        let mut found = order.into_iter().flatten();
        let (value, source) = found.next()?;
        let shadowed = found.map(|(_, source)| source).collect();
        Some(Attribute { name: known.name, value, source, shadowed, unused: false })
    }

    fn of_bundle(&self, known: &Known) -> Option<(Value, Source)> {
        let bundle = self.bundle().filter(|_| self.given.profile.is_none() && known.name == "host")?;
        Some((Some(bundle.host.clone()?), Source::Bundle(bundle.path.clone())))
    }

    fn of_environment(&mut self, known: &Known) -> Option<(Value, Source)> {
        let source = Source::Environment(known.variable.to_owned());
        let text = self.variable(known.variable)?;
        if known.secret {
            return Some((None, source));
        }
        match known.read(text) {
            Ok(value) => Some((Some(value?), source)),
            Err(why) => {
                self.problem.get_or_insert(format!("resolve: {why}"));
                None
            }
        }
    }

    fn of_profile(&mut self, known: &Known) -> Option<(Value, Source)> {
        let section = self.profile?;
        let (_, value) = section.values.iter().find(|(name, _)| name == known.name)?;
        let source = Source::Profile { name: section.name.clone(), line: section.line };
        match value.as_deref().filter(|_| !known.secret).map(|text| known.read(text)) {
            None => Some((None, source)),
            Some(Ok(read)) => Some((Some(read?), source)),
            Some(Err(why)) => {
                let path = self.given.config_file.display();
                self.problem.get_or_insert(format!("resolve: {path} {} profile: {why}", section.name));
                None
            }
        }
    }

    /// Two ways to sign in, and nobody says which.
    fn judge(&mut self, attributes: &[Attribute]) {
        if self.problem.is_some() || attributes.iter().any(|it| it.name == "auth_type") {
            return;
        }
        let used = KNOWN.iter().filter(|known| !known.group.is_empty() && attributes.iter().any(|it| it.name == known.name));
        let mut groups: Vec<&str> = used.map(|known| known.group).collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.len() > 1 {
            self.problem = Some(format!("validate: more than one authorization method configured: {}", groups.join(" and ")));
        }
    }

    /// Where another tool reads the same things otherwise.
    fn tell_other_readers(&mut self, attributes: &[Attribute]) {
        if let Some(bundle) = self.bundle().filter(|_| self.given.profile.is_none())
            && (bundle.host.is_some() || bundle.profile.is_some())
        {
            let target = bundle.target.as_ref().map(|name| format!(" (target {name})")).unwrap_or_default();
            self.notes.push(format!("Only the Databricks CLI reads {}{target}; SDKs and Terraform do not.", bundle.path.display()));
            if let (Some(host), Some(section)) = (bundle.host.as_deref().map(origin), self.profile)
                && let Some(other) = section.get("host").map(origin).filter(|other| *other != host)
            {
                let words = format!("the host in the profile ({other}) doesn’t match the host configured in the bundle ({host})");
                self.problem.get_or_insert(words);
            }
        }
        if let Some(bundle) = self.bundle().filter(|it| it.unclear) {
            self.notes
                .push(format!("A part of {} is written in a way that is not understood here, such as a variable.", bundle.path.display()));
        }
        let from_environment = |it: &&Attribute| {
            matches!(it.source, Source::Environment(_)) && it.shadowed.iter().any(|other| matches!(other, Source::Profile { .. }))
        };
        if self.given.profile.is_some() {
            let names: Vec<&str> = attributes.iter().filter(from_environment).map(|it| it.name).collect();
            if !names.is_empty() {
                self.notes.push(format!(
                    "The SDKs let the environment win over the profile for: {}. The Databricks CLI (1.7 and later) with --profile does not.",
                    names.join(", ")
                ));
            }
        }
        if self.skipped && attributes.iter().all(|it| it.name != "host") {
            self.notes.push("The environment says how to sign in, but not where.".to_owned());
        }
    }
}

impl Section {
    fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name)?.1.as_deref()
    }
}

/// `scheme://host[:port]`, as the SDKs keep it.
fn origin(host: &str) -> String {
    parsed(host).map_or_else(|| host.to_owned(), |url| url.origin().ascii_serialization())
}

fn parsed(host: &str) -> Option<url::Url> {
    url::Url::parse(host)
        .ok()
        .filter(url::Url::has_host)
        .or_else(|| url::Url::parse(&format!("https://{host}")).ok())
        .filter(url::Url::has_host)
}

/// What an address copied from a browser carries behind its host: the workspace and the account, unless they are known already.
fn promote(attributes: &mut Vec<Attribute>) {
    let Some(host) = attributes.iter_mut().find(|it| it.name == "host") else { return };
    let Some(url) = host.value.as_deref().and_then(parsed) else { return };
    host.value = Some(url.origin().ascii_serialization());
    let source = host.source.clone();
    let query = |key: &str| url.query_pairs().find(|(known, value)| known == key && !value.is_empty()).map(|(_, value)| value.into_owned());
    let number = |key: &str| query(key).filter(|value| value.parse::<i64>().is_ok());
    let carried = [
        ("workspace_id", query("w").or_else(|| number("o")).or_else(|| number("workspace_id"))),
        ("account_id", query("a").or_else(|| query("account_id"))),
    ];
    for (name, value) in carried {
        if let (Some(_), None) = (&value, attributes.iter().find(|it| it.name == name)) {
            attributes.push(Attribute { name, value, source: source.clone(), shadowed: Vec::new(), unused: false });
        }
    }
}

/// Of the host, unless it is said.
fn cloud<'a>(has: &dyn Fn(&str) -> bool, get: &dyn Fn(&str) -> Option<&'a str>) -> Option<Cloud> {
    if has("azure_workspace_resource_id") {
        return Some(Cloud::Azure);
    }
    match get("cloud").map(str::to_lowercase).as_deref() {
        Some("azure") => Some(Cloud::Azure),
        Some("gcp") => Some(Cloud::Gcp),
        Some(_) => Some(Cloud::Aws),
        None => BaseUrl::read(get("host")?).ok()?.base_url.cloud(),
    }
}
