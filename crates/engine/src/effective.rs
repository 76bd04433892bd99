//! Which configuration Databricks' tools would use in a folder: this module reads the files, `interchange::effective` interprets them.

mod around;
mod published;

use std::{
    cell::RefCell,
    collections::HashMap,
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{
    blocking::blocking,
    request::{Context, Order, Request},
    shared::Shared,
};
use around::Around;
use brickpass_core::{
    connection::{BaseUrl, Connection, ConnectionId},
    failure::{Code, Failure},
};
pub use brickpass_interchange::effective::{Attribute, Effective, Family, Problem, Source, Speaker, Verdict};
use brickpass_interchange::{
    databrickscfg::{self, ProfileName},
    effective::{BUNDLE_FILES, BUNDLE_TARGET, Bundle, Given, Profiles, Variables, differences, resolve},
};
use brickpass_storage::Publications;
use published::{Ours, Stored};

/// Longer files are not configuration.
const LONGEST_FILE: u64 = 16 * 1024 * 1024;

/// Determines which configuration Databricks' tools would use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindEffective {
    pub directory: PathBuf,
    /// The tool family. `None`: the Databricks CLI if there is a bundle with a host or profile, or else the SDK for Go.
    pub family: Option<Family>,
    /// With this profile.
    pub profile: Option<String>,
    /// Of the bundle: `--target`.
    pub target: Option<String>,
}

impl Request for FindEffective {
    type Answer = Effective;

    const ORDER: Order = Order::Question;

    async fn run(self, Context { shared, .. }: Context) -> Result<Effective, Failure> {
        blocking(move || look(&shared, &self)).await?
    }
}

fn look(shared: &Shared, question: &FindEffective) -> Result<Effective, Failure> {
    readable(&question.directory)?;
    let places = &shared.places;
    let variables: Variables = places.variables.iter().cloned().collect();
    let config_file = places.databrickscfg.clone().unwrap_or_else(|| PathBuf::from("~/.databrickscfg"));
    let of_environment = variables.get(BUNDLE_TARGET).map(|it| it.expose_secret().to_owned());
    let bundle = bundle(&question.directory, question.target.as_deref().or(of_environment.as_deref()));
    let bytes = read(&config_file).map(Zeroizing::new);
    let around = Around::new(places, &question.directory);
    let snapshot = shared.library.load().map_err(|error| error.failure())?;
    let connections: Vec<_> = snapshot.entries.iter().map(|entry| &entry.connection).collect();
    let file = bytes.as_ref().ok().and_then(|bytes| databrickscfg::File::read(bytes).ok());
    let host = variables.get("DATABRICKS_HOST").map(ExposeSecret::expose_secret);
    // A keyring may show a prompt, so it is read once for all views.
    let known: RefCell<HashMap<ConnectionId, Stored>> = RefCell::default();
    let stored = |connection: &Connection| {
        let ask = || Stored::of(&shared.vault(), connection, &connections);
        known.borrow_mut().entry(connection.id).or_insert_with(ask).clone()
    };
    let ours = Ours {
        connections: &connections,
        publications: Publications::new(&places.state_dir).load(),
        noted: shared.cli_tokens.noted(),
        helper: &places.helper,
        config_file: &config_file,
        file: file.as_ref(),
        host,
        storage: variables.get("DATABRICKS_AUTH_STORAGE").map(ExposeSecret::expose_secret),
        stored: &stored,
        now: Timestamp::now(),
    };
    let view = |family| {
        let mut view = resolve(&Given {
            family,
            variables: &variables,
            config_file: config_file.clone(),
            profiles: profiles(family, &config_file, &bytes),
            profile: question.profile.as_deref(),
            bundle: bundle.as_ref(),
            target_named: question.target.is_some(),
            around: &around,
        });
        ours.judge(&mut view);
        view
    };
    let in_a_bundle = bundle.as_ref().is_some_and(Bundle::leads);
    let usual = if in_a_bundle { Family::Cli } else { Family::Go };
    let asked = question.family.unwrap_or(usual);
    let mut effective = view(asked);
    let others: Vec<Effective> = Family::ALL.into_iter().filter(|family| *family != asked).map(view).collect();
    effective.notes.extend(differences(&effective, &others));
    if effective.connection.is_none() {
        effective.connection = whose(&effective, &connections);
    }
    Ok(effective)
}

/// If the folder does not exist, there is no configuration, and its parents are not searched.
fn readable(directory: &Path) -> Result<(), Failure> {
    if directory.is_dir() {
        return Ok(());
    }
    Err(Failure::new(
        Code::InvalidInput,
        "The folder cannot be read.",
        format!("{} does not exist, is a file, or is not readable.", directory.display()),
        "Choose another folder.",
    ))
}

fn profiles(family: Family, path: &Path, bytes: &io::Result<Zeroizing<Vec<u8>>>) -> Profiles {
    match bytes {
        Ok(bytes) => Profiles::read(family, path, bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Profiles::Missing,
        Err(error) => Profiles::Unreadable(Problem::ours(format!("{} cannot be read: {error}.", path.display()))),
    }
}

/// Of the folder or the next one above it, as the Databricks CLI looks for it.
fn bundle(directory: &Path, target: Option<&str>) -> Option<Bundle> {
    let candidates = directory.ancestors().flat_map(|folder| BUNDLE_FILES.map(|name| folder.join(name)));
    let path = candidates.into_iter().find(|path| path.is_file())?;
    let text = String::from_utf8(read(&path).ok()?).ok()?;
    Some(Bundle::read(path, &text, target))
}

/// A pipe or a device would be waited for; it is no file. `/dev/null` is an empty one.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("/dev/null") {
        return Ok(Vec::new());
    }
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE { Err(io::Error::other("too long")) } else { Ok(bytes) }
}

/// The connection with the profile's name, or else the only one at this address. A profile with its own secret may sign in as another user.
fn whose(effective: &Effective, connections: &[&Connection]) -> Option<ConnectionId> {
    let host = effective.get("host")?;
    let workspace = effective.get("workspace_id");
    let there = BaseUrl::read(host).ok()?.base_url;
    let is_there = |it: &&&Connection| {
        it.base_url == there && it.workspace_id.as_deref().is_none_or(|ours| workspace.is_none_or(|theirs| theirs == ours))
    };
    let there: Vec<_> = connections.iter().filter(is_there).collect();
    match there.as_slice() {
        [one] => Some(one.id),
        several => {
            let profile = effective.profile.as_deref()?;
            let named = |it: &&&&Connection| it.name.as_str() == profile || ProfileName::of(&it.name).as_str() == profile;
            several.iter().find(named).map(|it| it.id)
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own files hold no secret and need no care")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_none_is_told() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(readable(root.path()).is_ok());
        for none in [file, root.path().join("nowhere")] {
            assert!(readable(&none).unwrap_err().why.contains(&none.display().to_string()));
        }
    }

    #[test]
    fn a_bundle_is_found_in_the_folder_and_above_it() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("src/deep");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(bundle(&inner, None), None);
        fs::write(root.path().join("databricks.yml"), "workspace:\n  host: https://up.cloud.databricks.com\n").unwrap();
        assert_eq!(bundle(&inner, None).unwrap().host.as_deref(), Some("https://up.cloud.databricks.com"));
        fs::write(root.path().join("src/bundle.yaml"), "workspace:\n  profile: near\n").unwrap();
        assert_eq!(bundle(&inner, None).unwrap().profile.as_deref(), Some("near"), "the nearest one counts");
    }

    #[test]
    fn what_is_no_file_is_told_and_what_is_missing_is_no_problem() {
        let root = tempfile::tempdir().unwrap();
        let profiles = |path: PathBuf| profiles(Family::Go, &path, &read(&path).map(Zeroizing::new));
        assert!(matches!(profiles(root.path().join("none")), Profiles::Missing));
        assert!(matches!(profiles(root.path().to_owned()), Profiles::Unreadable(_)));
        // The way to say that there is no file, in pipelines.
        assert!(matches!(profiles(PathBuf::from("/dev/null")), Profiles::Read { .. }));
    }

    #[test]
    fn the_connection_is_the_only_one_at_the_address_or_the_one_of_that_name() {
        let connection = |number: u8, name: &str, host: &str, workspace: Option<&str>| -> Connection {
            serde_json::from_value(serde_json::json!({
                "id": format!("8a5e0a4e-1111-4222-8333-{number:012}"), "name": name, "base_url": host, "workspace_id": workspace,
                "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace",
            }))
            .unwrap()
        };
        let (a, b) = ("https://a.cloud.databricks.com", "https://b.cloud.databricks.com");
        let all = [connection(1, "One", a, None), connection(2, "two", b, Some("7")), connection(3, "three", b, Some("8"))];
        let all: Vec<_> = all.iter().collect();
        let at = |host: &str, workspace: Option<&str>, profile: Option<&str>| {
            let attribute = |name, value: &str| Attribute {
                name,
                value: Some(value.to_owned()),
                source: Source::Default,
                shadowed: Vec::new(),
                unused: false,
            };
            let attributes = std::iter::once(attribute("host", host)).chain(workspace.map(|it| attribute("workspace_id", it)));
            let effective = Effective {
                family: Family::Go,
                config_file: PathBuf::new(),
                profile: profile.map(str::to_owned),
                attributes: attributes.collect(),
                auth_type: None,
                problem: None,
                depends_on: None,
                notes: Vec::new(),
                connection: None,
            };
            whose(&effective, &all)
        };
        assert_eq!(at(a, None, None), Some(all[0].id));
        assert_eq!(at(b, Some("8"), None), Some(all[2].id));
        assert_eq!(at(b, None, Some("two")), Some(all[1].id));
        assert_eq!((at(b, None, None), at("https://c", None, None)), (None, None));
    }
}
