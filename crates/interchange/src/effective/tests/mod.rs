mod bundles;
mod families;

use std::{collections::BTreeMap, path::PathBuf};

use secrecy::SecretString;

use super::*;
use crate::databrickscfg;

const FILE: &str = "/home/you/.databrickscfg";

fn section(name: &str, line: usize, values: &[(&str, &str)]) -> Section {
    let secret = |key: &str| databrickscfg::is_secret(key);
    let values = values.iter().map(|(key, value)| ((*key).to_owned(), (!secret(key)).then(|| (*value).to_owned())));
    Section { name: name.to_owned(), line, values: values.collect(), ..Section::default() }
}

/// Programs, token files and variables by name.
#[derive(Default)]
struct Around {
    programs: Vec<&'static str>,
    files: BTreeMap<&'static str, TokenFile>,
    set: Vec<&'static str>,
}

impl Surroundings for Around {
    fn program(&self, name: &str) -> Program {
        if self.programs.contains(&name) { Program::There(name.into()) } else { Program::Missing }
    }

    fn token_file(&self, path: &str) -> TokenFile {
        self.files.get(path).cloned().unwrap_or(TokenFile::Missing)
    }

    fn is_set(&self, variable: &str) -> bool {
        self.set.contains(&variable)
    }
}

struct Case {
    family: Family,
    around: Around,
    target_named: bool,
    variables: Variables,
    default_profile: Option<String>,
    sections: Vec<Section>,
    bundle: Option<Bundle>,
}

fn case(variables: &[(&str, &str)], sections: Vec<Section>) -> Case {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
    let around = Around { programs: vec!["databricks"], ..Around::default() };
    Case { family: Family::Go, around, target_named: false, variables, default_profile: None, sections, bundle: None }
}

impl Case {
    fn default_profile(mut self, name: &str) -> Self {
        self.default_profile = Some(name.to_owned());
        self
    }

    fn bundle(mut self, text: &str) -> Self {
        let target = self.variables.get("DATABRICKS_BUNDLE_TARGET").map(|it| secrecy::ExposeSecret::expose_secret(it).to_owned());
        self.bundle = Some(Bundle::read(PathBuf::from("/projects/etl/databricks.yml"), text, target.as_deref()));
        self.family = Family::Cli;
        self
    }

    fn seen_by(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    fn with_programs(mut self, programs: &[&'static str]) -> Self {
        self.around.programs = programs.to_vec();
        self
    }

    fn with_set(mut self, variables: &[&'static str]) -> Self {
        self.around.set = variables.to_vec();
        self
    }

    fn resolve(self, profile: Option<&str>) -> Effective {
        resolve(&Given {
            family: self.family,
            variables: &self.variables,
            config_file: PathBuf::from(FILE),
            profiles: Profiles::Read { default_profile: self.default_profile, sections: self.sections, remarks: Vec::new() },
            profile,
            bundle: self.bundle.as_ref(),
            target_named: self.target_named,
            around: &self.around,
        })
    }
}

fn of(effective: &Effective, name: &str) -> Attribute {
    effective.attributes.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no {name} in {effective:?}")).clone()
}

fn words(effective: &Effective) -> Option<&str> {
    effective.problem.as_ref().map(|problem| problem.words.as_str())
}

fn fix(effective: &Effective) -> &str {
    effective.problem.as_ref().and_then(|problem| problem.fix.as_deref()).unwrap_or_default()
}

fn profile(name: &str, line: usize) -> Source {
    Source::Profile { name: name.to_owned(), line }
}

fn variable(name: &str) -> Source {
    Source::Environment(name.to_owned())
}

#[test]
fn nothing_at_all_is_told_in_the_words_of_the_sdks() {
    let found = case(&[], vec![]).resolve(None);
    assert_eq!(
        words(&found).map(|it| it.starts_with("default auth: cannot configure default credentials, please check https://")),
        Some(true)
    );
    assert_eq!((found.auth_type, found.profile, found.attributes), (None, None, vec![]));
}

#[test]
fn the_default_section_is_used_when_nobody_names_a_profile() {
    let found = case(&[], vec![section("DEFAULT", 3, &[("host", "https://a.cloud.databricks.com"), ("token", "dapi")])]).resolve(None);
    assert_eq!((found.auth_type.as_deref(), words(&found)), (Some("pat"), None));
    assert_eq!(of(&found, "host").source, profile("DEFAULT", 3));
    assert_eq!(of(&found, "token").value, None);
    assert_eq!(of(&found, "profile").source, Source::Default);
}

#[test]
fn a_named_profile_the_variable_and_the_setting_are_heard_in_this_order() {
    let sections =
        || ["a", "b", "c", "DEFAULT"].map(|name| section(name, 1, &[("host", &format!("https://{name}.cloud.databricks.com"))])).into();
    let host = |variables: &[(&str, &str)], given| {
        let found = case(variables, sections()).default_profile("c").resolve(given);
        (found.get("host").unwrap().to_owned(), of(&found, "profile"))
    };
    let env = [("DATABRICKS_CONFIG_PROFILE", "b")];
    let (at, named) = host(&env, Some("a"));
    assert_eq!(
        (at.as_str(), named.source, named.shadowed),
        ("https://a.cloud.databricks.com", Source::Given, vec![variable("DATABRICKS_CONFIG_PROFILE")])
    );
    let (at, named) = host(&env, None);
    assert_eq!((at.as_str(), named.source), ("https://b.cloud.databricks.com", variable("DATABRICKS_CONFIG_PROFILE")));
    let (at, named) = host(&[], None);
    assert_eq!((at.as_str(), named.source), ("https://c.cloud.databricks.com", Source::Settings));
}

#[test]
fn a_profile_that_is_missing_or_reserved_is_told_as_the_sdks_tell_it() {
    let missing = case(&[], vec![section("a", 1, &[("host", "x")])]).resolve(Some("nowhere"));
    assert_eq!(words(&missing), Some("resolve: /home/you/.databrickscfg has no nowhere profile configured"));
    let setting = case(&[], vec![]).default_profile("gone").resolve(None);
    assert_eq!(words(&setting), Some("resolve: /home/you/.databrickscfg has no gone profile configured"));
    for found in [case(&[], vec![]).resolve(Some("__settings__")), case(&[], vec![]).default_profile("__settings__").resolve(None)] {
        assert_eq!(
            words(&found),
            Some("resolve: /home/you/.databrickscfg: __settings__ is a reserved section name and cannot be used as a profile")
        );
    }
}

#[test]
fn the_file_is_not_read_when_the_environment_says_enough() {
    let sections = || vec![section("DEFAULT", 1, &[("host", "https://file.cloud.databricks.com"), ("cluster_id", "c1")])];
    for (variables, because) in [
        (&[("DATABRICKS_HOST", "https://env.cloud.databricks.com")][..], "DATABRICKS_HOST"),
        (&[("DATABRICKS_TOKEN", "dapi")], "DATABRICKS_TOKEN"),
        (&[("ARM_CLIENT_ID", "x")], "ARM_CLIENT_ID"),
    ] {
        let found = case(variables, sections()).resolve(None);
        assert!(found.notes.iter().any(|note| note.contains("is not read") && note.contains(because)), "{found:?}");
        assert_eq!(found.get("cluster_id"), None);
        assert_eq!(found.profile, None);
    }
    // What neither signs in nor says where leaves it in play.
    let found = case(&[("DATABRICKS_CLUSTER_ID", "c2"), ("DATABRICKS_AUTH_TYPE", "pat")], sections()).resolve(None);
    assert_eq!(of(&found, "cluster_id").source, variable("DATABRICKS_CLUSTER_ID"));
    assert_eq!(of(&found, "cluster_id").shadowed, [profile("DEFAULT", 1)]);
    assert_eq!(of(&found, "host").source, profile("DEFAULT", 1));
    assert_eq!(words(&found), Some("default auth: token is required"));
}

#[test]
fn the_environment_wins_over_a_named_profile_and_that_is_told() {
    let sections = vec![section("a", 7, &[("host", "https://a.cloud.databricks.com"), ("auth_type", "databricks-cli")])];
    let found = case(&[("DATABRICKS_HOST", "https://b.cloud.databricks.com")], sections).resolve(Some("a"));
    let host = of(&found, "host");
    assert_eq!((host.value.as_deref(), host.shadowed), (Some("https://b.cloud.databricks.com"), vec![profile("a", 7)]));
    assert!(found.notes.iter().any(|note| note.contains("the environment overrides the profile") && note.contains("host")), "{found:?}");
}

#[test]
fn two_ways_to_sign_in_are_one_too_many_unless_one_is_chosen() {
    let both = [("host", "https://a.cloud.databricks.com"), ("token", "dapi"), ("client_id", "x"), ("client_secret", "y")];
    let found = case(&[], vec![section("a", 1, &both)]).resolve(Some("a"));
    assert_eq!(words(&found), Some("validate: more than one authorization method configured: oauth and pat"));
    assert_eq!(found.auth_type, None);
    let found = case(&[("DATABRICKS_AUTH_TYPE", "oauth-m2m")], vec![section("a", 1, &both)]).resolve(Some("a"));
    assert_eq!((words(&found), found.auth_type.as_deref()), (None, Some("oauth-m2m")));
    assert!(of(&found, "token").unused && !of(&found, "client_secret").unused && !of(&found, "host").unused);
    // The environment and the file together are as good as one.
    let found = case(&[("DATABRICKS_CLIENT_ID", "x")], vec![section("a", 1, &both[..2])]).resolve(Some("a"));
    assert_eq!(words(&found), Some("validate: more than one authorization method configured: oauth and pat"));
}

#[test]
fn the_chain_chooses_what_is_complete() {
    let host = ("host", "https://adb-1.2.azuredatabricks.net");
    for (values, way) in [
        (vec![host, ("username", "u"), ("password", "p")], "basic"),
        (vec![host, ("client_id", "c"), ("client_secret", "s")], "oauth-m2m"),
        (vec![host, ("azure_client_id", "c"), ("azure_client_secret", "s"), ("azure_tenant_id", "t")], "azure-client-secret"),
        (vec![host, ("azure_use_msi", "true")], "azure-msi"),
        (vec![host, ("metadata_service_url", "http://localhost:1")], "metadata-service"),
        (vec![host], "databricks-cli"),
        // Half of a way is none.
        (vec![host, ("client_id", "c")], "databricks-cli"),
    ] {
        let found = case(&[], vec![section("a", 1, &values)]).resolve(Some("a"));
        assert_eq!((found.auth_type.as_deref(), words(&found)), (Some(way), None), "{values:?}");
    }
    let elsewhere =
        case(&[], vec![section("a", 1, &[("host", "https://x.cloud.databricks.com"), ("azure_use_msi", "true")])]).resolve(Some("a"));
    assert_eq!(elsewhere.auth_type.as_deref(), Some("databricks-cli"), "Azure's ways are for Azure");
}

#[test]
fn an_auth_type_that_nobody_knows_or_that_lacks_something_is_told() {
    let problem =
        |values: &[(&str, &str)]| case(&[], vec![section("a", 1, values)]).resolve(Some("a")).problem.map(|problem| problem.words);
    let host = ("host", "https://a.cloud.databricks.com");
    assert!(
        problem(&[host, ("auth_type", "magic")]).unwrap().starts_with("default auth: auth type \"magic\" not found, please check https://")
    );
    assert_eq!(problem(&[host, ("auth_type", "pat")]).as_deref(), Some("default auth: token is required"));
    assert_eq!(problem(&[("auth_type", "databricks-cli")]).as_deref(), Some("default auth: host is required"));
    assert_eq!(problem(&[host, ("auth_type", "databricks-cli")]), None);
    let browser = [host, ("auth_type", "external-browser")];
    assert!(problem(&browser).unwrap().contains("auth type \"external-browser\" not found"), "Go does not know it");
    let python = case(&[], vec![section("a", 1, &browser)]).seen_by(Family::Python).resolve(Some("a"));
    assert_eq!((words(&python), python.verdict()), (None, Verdict::Unknown), "Python does");
}

#[test]
fn values_are_read_as_go_reads_them() {
    let found = |values: &[(&str, &str)]| case(&[], vec![section("a", 1, values)]).resolve(Some("a"));
    let host = ("host", "acme.cloud.databricks.com/?o=12345&a=acc#tab");
    let it = found(&[host, ("scopes", " sql, jobs ,,sql"), ("azure_use_msi", "F"), ("rate_limit", "0")]);
    assert_eq!(it.get("host"), Some("https://acme.cloud.databricks.com"));
    assert_eq!((it.get("workspace_id"), it.get("account_id"), it.get("scopes")), (Some("12345"), Some("acc"), Some("jobs,sql")));
    assert_eq!((it.get("azure_use_msi"), it.get("rate_limit")), (None, None));
    let it = found(&[host, ("workspace_id", "99999")]);
    assert_eq!(it.get("workspace_id"), Some("99999"), "what is said stays");
    assert_eq!(found(&[("host", "https://h.cloud.databricks.com/?o=no&w=7a-9")]).get("workspace_id"), Some("7a-9"));
    let it = found(&[host, ("skip_verify", "yes")]);
    assert_eq!(words(&it), Some("resolve: /home/you/.databrickscfg a profile: strconv.ParseBool: parsing \"yes\": invalid syntax"));
    let it = case(&[("DATABRICKS_RATE_LIMIT", "many")], vec![]).resolve(None);
    assert_eq!(words(&it), Some("resolve: strconv.Atoi: parsing \"many\": invalid syntax"));
}

#[test]
fn no_value_of_a_secret_is_ever_in_the_answer() {
    let secrets = [
        "DATABRICKS_TOKEN",
        "DATABRICKS_PASSWORD",
        "DATABRICKS_CLIENT_SECRET",
        "ARM_CLIENT_SECRET",
        "GOOGLE_CREDENTIALS",
        "DATABRICKS_METADATA_SERVICE_URL",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    ];
    let found =
        case(&secrets.map(|name| (name, "planted-secret")), vec![section("a", 1, &[("token", "planted-secret")])]).resolve(Some("a"));
    assert!(!format!("{found:?}").contains("planted"), "{found:?}");
    assert_eq!(found.attributes.iter().filter(|it| it.value.is_none()).count(), secrets.len());
}

const BUNDLE: &str = "
bundle:
  name: sales   # host: nowhere
workspace:
  host: https://top.cloud.databricks.com # the usual one
resources:
  jobs:
    nightly:
      workspace:
        host: https://not-this-one.example.com
targets:
  dev:
    default: true
    workspace:
      host: 'https://dev.cloud.databricks.com'
  prod:
    workspace:
      profile: \"prod-profile\"
";

#[test]
fn the_target_of_a_bundle_that_counts_says_where() {
    let read = |target| Bundle::read(PathBuf::new(), BUNDLE, target);
    let dev = read(None);
    assert_eq!((dev.target.as_deref(), dev.host.as_deref(), dev.profile), (Some("dev"), Some("https://dev.cloud.databricks.com"), None));
    let prod = read(Some("prod"));
    assert_eq!((prod.host.as_deref(), prod.profile.as_deref()), (Some("https://top.cloud.databricks.com"), Some("prod-profile")));
    assert!(!dev.unclear && !prod.unclear);
    assert_eq!(Bundle::read(PathBuf::new(), "targets:\n  only:\n    workspace:\n      profile: p\n", None).profile.as_deref(), Some("p"));
    for unclear in ["workspace: {host: x}", "workspace:\n  host: ${var.host}", "workspace: *anchor", "targets:\n  a: {default: true}"] {
        assert!(Bundle::read(PathBuf::new(), unclear, None).unclear, "{unclear}");
    }
    assert_eq!(Bundle::read(PathBuf::new(), "not yaml at all\n\t- : :\n\0", None), Bundle::default());
}

#[test]
fn the_host_of_a_bundle_finds_its_profile() {
    let sections = || {
        vec![section("a", 1, &[("host", "https://dev.cloud.databricks.com/"), ("token", "x")]), section("b", 4, &[("host", "https://b")])]
    };
    let found = case(&[], sections()).bundle(BUNDLE).resolve(None);
    assert_eq!((found.profile.as_deref(), found.auth_type.as_deref()), (Some("a"), Some("pat")));
    assert!(matches!(of(&found, "host").source, Source::Bundle(_)));
    assert!(
        found.notes.iter().any(|note| note.contains("Only the Databricks CLI reads /projects/etl/databricks.yml (target dev)")),
        "{found:?}"
    );
    let mut twice = sections();
    twice.push(section("c", 9, &[("host", "https://dev.cloud.databricks.com/x")]));
    let found = case(&[], twice).bundle(BUNDLE).resolve(None);
    assert!(
        words(&found).unwrap().contains("resolve: https://dev.cloud.databricks.com: multiple profiles matched: a, c: please set"),
        "{found:?}"
    );
}

#[test]
fn the_profile_of_a_bundle_wins_over_the_environment_but_not_over_a_name() {
    let sections = || {
        vec![
            section("prod-profile", 2, &[("host", "https://top.cloud.databricks.com"), ("token", "x")]),
            section("b", 5, &[("host", "https://b")]),
        ]
    };
    let variables = [("DATABRICKS_BUNDLE_TARGET", "prod"), ("DATABRICKS_TOKEN", "y"), ("DATABRICKS_WORKSPACE_ID", "7")];
    let found = case(&variables, sections()).bundle(BUNDLE).resolve(None);
    assert_eq!(of(&found, "token").source, profile("prod-profile", 2));
    assert_eq!(of(&found, "token").shadowed, [variable("DATABRICKS_TOKEN")]);
    assert_eq!(found.get("workspace_id"), None, "the CLI never takes it from the environment there");
    let found = case(&[], sections()).bundle(BUNDLE).resolve(Some("b"));
    assert_eq!((found.profile.as_deref(), found.get("host")), (Some("b"), Some("https://b")));
    let found = case(&[("DATABRICKS_BUNDLE_TARGET", "prod")], vec![section("prod-profile", 2, &[("host", "https://other")])])
        .bundle(BUNDLE)
        .resolve(None);
    assert_eq!(
        words(&found),
        Some(
            "cannot resolve bundle auth configuration: the host in the profile (https://other) doesn’t match the host configured in the bundle (https://top.cloud.databricks.com)"
        )
    );
}

#[test]
fn profiles_of_a_file_come_with_their_lines_and_without_secrets() {
    let file = databrickscfg::File::read(
        b"; comment\n[a]\nhost = https://a.cloud.databricks.com\ntoken = dapi-planted\nmine = x\n\n[__settings__]\ndefault_profile = a\n",
    )
    .unwrap();
    let Profiles::Read { default_profile, sections, .. } = Profiles::from(&file) else { panic!() };
    assert_eq!((default_profile.as_deref(), sections.len(), sections[0].line), (Some("a"), 1, 2));
    assert_eq!(
        sections[0].values.iter().map(|(key, value)| (key.as_str(), value.is_some())).collect::<Vec<_>>(),
        [("host", true), ("token", false), ("mine", true)]
    );
}

#[test]
fn a_default_profile_that_the_sdks_refuse_is_an_error_and_not_the_legacy_one() {
    for (settings, said) in [("__settings__", "reserved section name"), ("DEFAULT", "has no DEFAULT profile configured")] {
        let text = format!("[__settings__]\ndefault_profile = {settings}\n[a]\nhost = https://x\n");
        let file = crate::databrickscfg::File::read(text.as_bytes()).unwrap();
        let variables = Variables::default();
        let found = resolve(&Given {
            family: Family::Go,
            variables: &variables,
            config_file: "c".into(),
            profiles: Profiles::from(&file),
            profile: None,
            bundle: None,
            target_named: false,
            around: &Nothing,
        });
        assert!(words(&found).is_some_and(|problem| problem.contains(said)), "{settings}: {:?}", found.problem);
    }
}

#[test]
fn ev_29_an_address_without_encryption_is_told() {
    let told = |family, host: &str| {
        let text = format!("[a]\nhost = {host}\ntoken = x\n");
        let file = crate::databrickscfg::File::read(text.as_bytes()).unwrap();
        let found = resolve(&Given {
            family,
            variables: &Variables::default(),
            config_file: "c".into(),
            profiles: Profiles::from(&file),
            profile: Some("a"),
            bundle: None,
            target_named: false,
            around: &Nothing,
        });
        found.notes.iter().any(|note| note.contains("unencrypted") && note.contains("Use https:// in [a] at line 1."))
    };
    for family in Family::ALL {
        for (host, is_told) in [
            ("http://adb-1.1.azuredatabricks.net", true),
            ("HTTP://acme.cloud.databricks.com/", true),
            ("http://127.evil.example", true),
            ("http://localhost.evil.example:80", true),
            ("https://adb-1.1.azuredatabricks.net", false),
            ("adb-1.1.azuredatabricks.net", false),
            ("http://127.0.0.1:8080", false),
            ("http://localhost:8080", false),
            ("http://[::1]:8080", false),
        ] {
            assert_eq!(told(family, host), is_told, "{host}, as {family:?} sees it");
        }
    }
}

#[test]
fn ev_28_a_secret_that_stands_where_none_belongs_is_never_shown() {
    let pat = format!("dapi{}", "0123456789abcdef".repeat(2));
    let keys = ["host", "client_id", "cluster_id", "auth_type", "audience", "rate_limit", "skip_verify", "oidc_token_env", "scopes"];
    for (family, key) in
        [Family::Cli, Family::Go, Family::Python, Family::Java].into_iter().flat_map(|family| keys.map(|key| (family, key)))
    {
        let host = if key == "host" { String::new() } else { "host = https://a.cloud.databricks.com\n".to_owned() };
        let text = format!("[a]\n{host}{key} = {pat}\n");
        let file = crate::databrickscfg::File::read(text.as_bytes()).unwrap();
        let variables = Variables::default();
        let found = resolve(&Given {
            family,
            variables: &variables,
            config_file: "c".into(),
            profiles: Profiles::from(&file),
            profile: Some("a"),
            bundle: None,
            target_named: false,
            around: &Nothing,
        });
        let shown = format!("{found:?}");
        assert!(!shown.contains(&pat), "{key}, as {family:?} sees it: {shown}");
    }
    // As the name of the section that values come from, and lose to.
    let text = format!("[{pat}]\nhost = https://a.cloud.databricks.com\ntoken = {pat}\n");
    let file = crate::databrickscfg::File::read(text.as_bytes()).unwrap();
    for (family, variable) in [(Family::Cli, "DATABRICKS_HOST"), (Family::Go, "DATABRICKS_HOST"), (Family::Python, "DATABRICKS_TOKEN")] {
        let variables = Variables::from([(variable.to_owned(), "https://b.cloud.databricks.com".into())]);
        let found = resolve(&Given {
            family,
            variables: &variables,
            config_file: "c".into(),
            profiles: Profiles::from(&file),
            profile: Some(&pat),
            bundle: None,
            target_named: false,
            around: &Nothing,
        });
        let shown = format!("{found:?}");
        assert!(!shown.contains(&pat) && shown.contains("\"***\""), "as {family:?} sees it: {shown}");
    }
}
