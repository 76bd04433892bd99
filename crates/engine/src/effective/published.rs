//! Profiles that get their token from Brickpass: predicts the answer of `brickpass-credential` and of the Databricks CLI's keyring entry.

use std::path::Path;

use jiff::Timestamp;

use brickpass_core::connection::{AuthKind, Connection, SecretKind};
use brickpass_interchange::{
    databrickscfg::{File, Leads, ProfileName},
    effective::{Attribute, DATABRICKS_CLI, Effective, Family, Problem, Source, origin},
};
use brickpass_storage::{NotedToken, Publication, SecretKey, Vault};

/// Whether there is something to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    Yes,
    No,
    /// The vault does not say. Why.
    Unknown(String),
}

impl Stored {
    pub(super) fn of(vault: &Vault, connection: &Connection, all: &[&Connection]) -> Self {
        let all: Vec<Connection> = all.iter().map(|it| (*it).clone()).collect();
        let owner = connection.owner_among(&all);
        let kind = match owner.auth.kind() {
            AuthKind::PersonalAccessToken => SecretKind::PersonalAccessToken,
            AuthKind::Browser => SecretKind::RefreshToken,
            AuthKind::ServicePrincipal => SecretKind::ClientSecret,
        };
        match vault.get(&SecretKey::of(owner, kind)) {
            Ok(Some(_)) => Self::Yes,
            Ok(None) => Self::No,
            Err(error) => Self::Unknown(error.failure().what),
        }
    }
}

/// Brickpass's knowledge about the profiles of this file.
pub(super) struct Ours<'a> {
    pub(super) connections: &'a [&'a Connection],
    pub(super) publications: Vec<Publication>,
    /// What the Databricks CLI was given, by profile.
    pub(super) noted: Vec<(String, NotedToken)>,
    /// The program that gives tokens.
    pub(super) helper: &'a str,
    pub(super) config_file: &'a Path,
    pub(super) file: Option<&'a File>,
    /// `DATABRICKS_HOST`.
    pub(super) host: Option<&'a str>,
    /// `DATABRICKS_AUTH_STORAGE`.
    pub(super) storage: Option<&'a str>,
    pub(super) stored: &'a dyn Fn(&Connection) -> Stored,
    pub(super) now: Timestamp,
}

impl Ours<'_> {
    /// Completes a view with what we will answer to the tool.
    pub(super) fn judge(&self, view: &mut Effective) {
        if view.auth_type.as_deref() != Some(DATABRICKS_CLI) {
            return;
        }
        if view.family == Family::Cli && view.problem.is_none() {
            view.problem = self.unknown_storage();
        }
        let Some(profile) = view.profile.clone() else { return };
        if view.family == Family::Cli {
            if view.problem.is_none() {
                self.judge_the_entry(view, &profile);
            }
            return;
        }
        let unfound = view.problem.as_ref().is_some_and(|it| it.words.contains("databricks CLI not found") || is_unconfigured(it));
        if view.problem.is_some() && !unfound {
            return;
        }
        let Some(asked) = view.attribute("databricks_cli_path").cloned() else { return };
        let path = asked.value.clone().unwrap_or_default();
        if !self.is_helper(&path) {
            self.judge_another_program(view, &profile, &asked, &path);
        } else if unfound {
            let words = format!("The profile {profile} refers to the program {path}, which does not exist.");
            view.problem = Some(Problem::ours(words).fixed_by("Publish the connection again to update the path."));
        } else if !asks_by_host(view) {
            self.judge_the_helper(view, &profile);
        }
    }

    /// Where the CLI keeps its tokens (its `libs/auth/storage/mode.go`).
    fn unknown_storage(&self) -> Option<Problem> {
        let set = self.storage.map(|word| ("DATABRICKS_AUTH_STORAGE", word.to_owned()));
        let (place, word) = set.or_else(|| Some(("auth_storage", self.file?.setting("auth_storage")?)))?;
        let known = matches!(word.trim().to_lowercase().as_str(), "" | "plaintext" | "secure");
        (!known).then(|| {
            let place_in_words =
                if place == "auth_storage" { format!("auth_storage in {}", self.config_file.display()) } else { place.to_owned() };
            Problem::theirs(format!("{place}: unknown storage mode {word:?} (want plaintext or secure)"))
                .fixed_by(format!("Set {place_in_words} to secure, or remove it."))
        })
    }

    fn is_helper(&self, path: &str) -> bool {
        path == self.helper || Path::new(path).file_stem().is_some_and(|name| name == "brickpass-credential")
    }

    fn publication(&self, profile: &str) -> Option<&Publication> {
        self.publications.iter().find(|it| it.profile == profile && it.file == self.config_file)
    }

    /// `DATABRICKS_CLI_PATH` wins over a published profile. The Databricks CLI sets it itself for what it starts.
    fn judge_another_program(&self, view: &mut Effective, profile: &str, asked: &Attribute, path: &str) {
        let Source::Environment(variable) = &asked.source else { return };
        let section = self.file.and_then(|file| file.profile(profile));
        if !section.and_then(|it| it.get("databricks_cli_path")).is_some_and(|path| self.is_helper(path)) {
            return;
        }
        let name = self.of(profile).first().map_or("NAME", |it| it.name.as_str()).to_owned();
        let words = format!("{variable} is set, so the SDKs get the token of the profile {profile} from {path}, not from Brickpass.");
        let fix = format!("Unset {variable}, or start the program with: brickpass exec \"{name}\" -- COMMAND");
        view.problem = Some(Problem::ours(words).fixed_by(fix));
    }

    /// The connections that a profile means, as `brickpass-credential` chooses them.
    fn of(&self, profile: &str) -> Vec<&Connection> {
        let published: Vec<_> = self
            .publication(profile)
            .into_iter()
            .filter_map(|it| self.connections.iter().find(|connection| connection.id == it.connection))
            .collect();
        if !published.is_empty() {
            return published.into_iter().copied().collect();
        }
        let goes_by = |it: &&&Connection| {
            it.name.as_str() == profile || it.id.to_string() == profile || ProfileName::of(&it.name).as_str() == profile
        };
        self.connections.iter().filter(goes_by).copied().collect()
    }

    fn judge_the_helper(&self, view: &mut Effective, profile: &str) {
        let problem = match self.of(profile).as_slice() {
            [] => Some(self.nobody(profile)),
            [connection] => {
                view.connection = Some(connection.id);
                self.refusal(profile, connection).or_else(|| {
                    view.depends_on = None;
                    let name = connection.name.as_str();
                    match (self.stored)(connection) {
                        Stored::Yes => None,
                        Stored::No => Some(
                            Problem::ours(format!("No secret is stored for the connection \"{name}\"."))
                                .fixed_by(format!("Sign in with: brickpass login \"{name}\", or enter its secret.")),
                        ),
                        Stored::Unknown(why) => {
                            view.depends_on = Some(format!("the Brickpass vault ({})", why.trim_end_matches('.')));
                            None
                        }
                    }
                })
            }
            several => {
                let names: Vec<String> = several.iter().map(|it| format!("\"{}\"", it.name.as_str())).collect();
                let words = format!("{} match the profile {profile}.", names.join(" and "));
                Some(Problem::ours(words).fixed_by("Publish one of them under a different name, or rename it."))
            }
        };
        if problem.is_some() {
            view.depends_on = None;
        } else if matches!(view.family, Family::Go | Family::Python) {
            let note = "It warns that the Databricks CLI does not support --force-refresh. Ignore this: Brickpass renews tokens itself.";
            view.notes.push(note.to_owned());
        }
        view.problem = problem;
    }

    fn nobody(&self, profile: &str) -> Problem {
        if self.publication(profile).is_some() {
            let words =
                format!("Brickpass published the profile {profile} for a connection that has been removed, so it provides no token.");
            return Problem::ours(words).fixed_by(format!(
                "Remove the profile, or publish another connection under it: brickpass publish NAME --profile {profile}"
            ));
        }
        Problem::ours(format!("Brickpass has no connection for the profile {profile}, so it provides no token."))
            .fixed_by(format!("Publish a connection under this name: brickpass publish NAME --profile {profile}"))
    }

    /// A token is only given out for the host of its connection.
    fn refusal(&self, profile: &str, connection: &Connection) -> Option<Problem> {
        let (name, ours) = (connection.name.as_str(), connection.base_url.origin());
        if let Some(there) = self.host.map(origin).filter(|there| *there != ours) {
            let words = format!(
                "Brickpass refuses tokens for the profile {profile}: DATABRICKS_HOST is {there}, but the connection \"{name}\" is for {ours}."
            );
            return Some(Problem::ours(words).fixed_by("Unset DATABRICKS_HOST, or use the profile that matches it."));
        }
        let Leads::Elsewhere(there) = self.file?.leads(profile, &connection.base_url) else { return None };
        let words = format!(
            "Brickpass refuses tokens for the profile {profile}: its host is {there}, but the connection \"{name}\" is for {ours}."
        );
        Some(Problem::ours(words).fixed_by("Publish the connection again, or rename the profile."))
    }

    /// The Databricks CLI does not start the helper: it has a token from us, or its own sign-in.
    fn judge_the_entry(&self, view: &mut Effective, profile: &str) {
        let noted = self.noted.iter().find(|(known, _)| known == profile).map(|(_, noted)| noted);
        let connection = noted.and_then(|noted| self.connections.iter().find(|it| it.id == noted.connection));
        let (Some(noted), Some(connection)) = (noted, connection) else {
            if self.publication(profile).is_some() {
                let words = match self.of(profile).as_slice() {
                    [] => format!("Brickpass published the profile {profile} for a connection that has been removed."),
                    _ => format!("The Databricks CLI has no token from Brickpass for the profile {profile}. brickpass exec works anyway."),
                };
                view.notes.push(words);
            }
            return;
        };
        view.connection = Some(connection.id);
        view.depends_on = None;
        let name = connection.name.as_str();
        match noted.expires_at {
            Some(end) if end <= self.now => {
                let words = "error getting token: token refresh: cached token has no refresh token";
                let fix = format!(
                    "The token that Brickpass gave the Databricks CLI for the profile {profile} expired at {}. Open Brickpass, or run: brickpass token \
                     \"{name}\"",
                    clock(end)
                );
                view.problem = Some(Problem::theirs(words).fixed_by(fix));
            }
            Some(end) => view.notes.push(format!("The Databricks CLI has a token of \"{name}\" until {}.", clock(end))),
            None => {}
        }
    }
}

/// Python and Java do not report that they found no program.
fn is_unconfigured(problem: &Problem) -> bool {
    problem.words.contains("cannot configure default credentials")
}

/// Python and Java report no profile if none was chosen.
fn asks_by_host(view: &Effective) -> bool {
    let by_default = view.attribute("profile").is_some_and(|it| it.source == Source::Default);
    by_default && matches!(view.family, Family::Python | Family::Java)
}

fn clock(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y-%m-%d %H:%M UTC")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    const OURS: &str = "https://sales.cloud.databricks.com";
    const HELPER: &str = "/opt/brickpass/brickpass-credential";

    struct Case {
        connections: Vec<Connection>,
        published: bool,
        noted: Option<NotedToken>,
        section: String,
        host: Option<&'static str>,
        storage: Option<&'static str>,
        stored: Stored,
    }

    fn case() -> Case {
        let connection = serde_json::from_value(json!({
            "id": "8a5e0a4e-1111-4222-8333-000000000001", "name": "Sales EU", "base_url": OURS,
            "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace",
        }));
        let section = format!("[p]\nhost = {OURS}\nauth_type = databricks-cli\ndatabricks_cli_path = {HELPER}\n");
        Case {
            connections: vec![connection.unwrap()],
            published: true,
            noted: None,
            section,
            host: None,
            storage: None,
            stored: Stored::Yes,
        }
    }

    fn view(family: Family, path: &str, source: Source, problem: Option<Problem>) -> Effective {
        let attribute =
            |name, value: &str, source| Attribute { name, value: Some(value.to_owned()), source, shadowed: Vec::new(), unused: false };
        Effective {
            family,
            config_file: PathBuf::from("/f"),
            profile: Some("p".to_owned()),
            attributes: vec![attribute("host", OURS, Source::Given), attribute("databricks_cli_path", path, source)],
            auth_type: Some(DATABRICKS_CLI.to_owned()),
            problem,
            depends_on: Some("a program".to_owned()),
            notes: Vec::new(),
            connection: None,
        }
    }

    fn of_profile() -> Source {
        Source::Profile { name: "p".to_owned(), line: 1 }
    }

    fn judged(case: &Case, mut view: Effective) -> Effective {
        let connections: Vec<&Connection> = case.connections.iter().collect();
        let id = super::tests::case().connections[0].id;
        let publication = Publication {
            file: "/f".into(),
            profile: "p".to_owned(),
            connection: id,
            section: String::new(),
            published: String::new(),
            before: None,
            backup: None,
        };
        let file = File::read(case.section.as_bytes()).unwrap();
        let noted = case.noted.clone().map(|noted| ("p".to_owned(), noted));
        Ours {
            connections: &connections,
            publications: Some(publication).filter(|_| case.published).into_iter().collect(),
            noted: noted.into_iter().collect(),
            helper: HELPER,
            config_file: Path::new("/f"),
            file: Some(&file),
            host: case.host,
            storage: case.storage,
            stored: &|_| case.stored.clone(),
            now: "2026-08-21T12:00:00Z".parse().unwrap(),
        }
        .judge(&mut view);
        view
    }

    fn helper_says(case: &Case) -> Effective {
        judged(case, view(Family::Go, HELPER, of_profile(), None))
    }

    fn words(view: &Effective) -> String {
        view.problem.as_ref().map(|problem| format!("{} {}", problem.words, problem.fix.as_deref().unwrap_or_default())).unwrap_or_default()
    }

    #[test]
    fn ev_22_another_program_than_brickpass_that_is_asked_is_the_fault() {
        for family in [Family::Go, Family::Python, Family::Java] {
            let around = Source::Environment("DATABRICKS_CLI_PATH".to_owned());
            let found = judged(&case(), view(family, "/usr/local/bin/databricks", around.clone(), None));
            for part in ["/usr/local/bin/databricks", "not from Brickpass", "Unset DATABRICKS_CLI_PATH", "brickpass exec \"Sales EU\" --"] {
                assert!(words(&found).contains(part), "{family}: {found:?}");
            }
            // It is no fault of ours where the profile names another program by itself, nor where the variable names ours.
            let theirs = Case { section: format!("[p]\nhost = {OURS}\nauth_type = databricks-cli\n"), ..case() };
            assert_eq!(judged(&theirs, view(family, "/usr/local/bin/databricks", around.clone(), None)).problem, None);
            assert_eq!(judged(&case(), view(family, "/elsewhere/brickpass-credential", around, None)).problem, None);
        }
        let cli =
            judged(&case(), view(Family::Cli, "/usr/local/bin/databricks", Source::Environment("DATABRICKS_CLI_PATH".to_owned()), None));
        assert_eq!(cli.problem, None, "it starts no other program");
    }

    #[test]
    fn ev_23_what_our_own_helper_will_refuse_is_told_beforehand() {
        let fine = helper_says(&case());
        assert_eq!((fine.problem.as_ref(), fine.depends_on.as_ref(), fine.connection), (None, None, Some(case().connections[0].id)));
        let away = helper_says(&Case { host: Some("https://evil.example"), ..case() });
        assert!(words(&away).contains("DATABRICKS_HOST is https://evil.example"), "{away:?}");
        assert_eq!(helper_says(&Case { host: Some("https://SALES.cloud.databricks.com/"), ..case() }).problem, None);
        let edited = helper_says(&Case { section: case().section.replace(OURS, "https://evil.example"), ..case() });
        assert!(words(&edited).contains("its host is https://evil.example"), "{edited:?}");
        for other_reader in ["HOST = https://evil.example\n", "host2 = x\n  host = https://evil.example\n"] {
            let other = Case { section: format!("{}{other_reader}", case().section), ..case() };
            assert!(words(&helper_says(&other)).contains("its host is https://evil.example"), "{other_reader}");
        }
    }

    #[test]
    fn ev_24_a_published_profile_without_its_connection_or_its_secret_is_a_fault() {
        let gone = helper_says(&Case { connections: Vec::new(), ..case() });
        assert!(words(&gone).contains("a connection that has been removed") && words(&gone).contains("--profile p"), "{gone:?}");
        let nobody = helper_says(&Case { connections: Vec::new(), published: false, ..case() });
        assert!(words(&nobody).contains("no connection for the profile p"), "{nobody:?}");
        let empty = helper_says(&Case { stored: Stored::No, ..case() });
        assert!(words(&empty).contains("brickpass login \"Sales EU\""), "{empty:?}");
        let locked = helper_says(&Case { stored: Stored::Unknown("The vault is locked.".to_owned()), ..case() });
        assert_eq!((locked.problem, locked.depends_on.as_deref()), (None, Some("the Brickpass vault (The vault is locked)")));
        let missing = Problem::theirs("default auth: databricks CLI not found");
        let missing = judged(&case(), view(Family::Go, HELPER, of_profile(), Some(missing)));
        assert!(words(&missing).contains("which does not exist") && words(&missing).contains("Publish the connection again"));
    }

    #[test]
    fn ev_25_the_token_of_the_databricks_cli_that_has_ended_is_the_fault() {
        let until = |end: Option<&str>| {
            let noted = NotedToken { connection: case().connections[0].id, expires_at: end.and_then(|end| end.parse().ok()) };
            Case { noted: Some(noted), ..case() }
        };
        let cli = |case: &Case| judged(case, view(Family::Cli, HELPER, of_profile(), None));
        let ended = cli(&until(Some("2026-08-21T11:44:00Z")));
        assert!(words(&ended).starts_with("error getting token: token refresh: cached token has no refresh token"), "{ended:?}");
        assert!(words(&ended).contains("expired at 2026-08-21 11:44 UTC") && words(&ended).contains("brickpass token \"Sales EU\""));
        let good = cli(&until(Some("2026-08-21T12:44:00Z")));
        assert_eq!((good.problem, good.depends_on), (None, None));
        assert!(good.notes[0].contains("until 2026-08-21 12:44 UTC"));
        assert_eq!(cli(&until(None)).depends_on, None);
        let none = cli(&case());
        assert!(none.depends_on.is_some() && none.notes[0].contains("The Databricks CLI has no token from Brickpass"), "{none:?}");
        let bogus = cli(&Case { storage: Some("bogus"), ..case() });
        let said = "DATABRICKS_AUTH_STORAGE: unknown storage mode \"bogus\" (want plaintext or secure)";
        assert!(words(&bogus).starts_with(said), "{bogus:?}");
        let of_file = Case { section: format!("{}[__settings__]\nauth_storage = bogus\n", case().section), ..case() };
        assert!(words(&cli(&of_file)).starts_with("auth_storage: unknown storage mode"));
        assert_eq!(cli(&Case { storage: Some("Secure"), ..case() }).problem, None);
        // The SDKs ask us, whatever the Databricks CLI has.
        assert_eq!(helper_says(&until(Some("2026-08-21T11:44:00Z"))).problem, None);
    }
}
