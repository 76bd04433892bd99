//! What a command is started with: the place that the connection leads to, the way to ask for tokens, and nothing else that Databricks' tools
//! would sign in with.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fmt::Write as _,
    io,
};

use secrecy::{ExposeSecret as _, SecretString};
use tempfile::NamedTempFile;
use tokio::process::Command;

use crate::environment::without_proxy;
use brickpass_core::{
    connection::{Connection, Level},
    failure::{Code, Failure},
};
use brickpass_interchange::{databrickscfg::ProfileName, effective};
use brickpass_storage::PASSPHRASE_VARIABLES;

/// What the SDKs call it.
const WAY: &str = "metadata-service";

/// Of what the SDKs read: neither where to, nor as whom.
const OF_ITS_OWN: [&str; 4] =
    [effective::BUNDLE_TARGET, "DATABRICKS_DEBUG_TRUNCATE_BYTES", "DATABRICKS_DEBUG_HEADERS", "DATABRICKS_RATE_LIMIT"];

/// What else leads or signs in: the SQL connectors' names, and what only some of the SDKs read.
const ALSO: [&str; 7] = [
    "DATABRICKS_SERVER_HOSTNAME",
    "DATABRICKS_HTTP_PATH",
    "DATABRICKS_ACCESS_TOKEN",
    "DATABRICKS_OIDC_TOKEN",
    "DATABRICKS_OIDC_TOKEN_FILE",
    "DATABRICKS_REFRESH_TOKEN",
    "DATABRICKS_CONFIG_SECTION",
];

pub(super) struct Surroundings {
    without: BTreeSet<&'static str>,
    with: Vec<(&'static str, SecretString)>,
    /// Instead of the person's `.databrickscfg`; gone with this value.
    profiles: NamedTempFile,
}

impl Surroundings {
    /// `url`: where tokens are asked for. `published`: the profiles that lead to this connection. `keep`: variables that stay.
    ///
    /// # Errors
    /// The file of profiles cannot be written.
    pub(super) fn new(connection: &Connection, url: &SecretString, published: &[String], keep: &[OsString]) -> Result<Self, Failure> {
        let profiles = profiles_file(&profiles(connection, published)).map_err(|error| unwritable(&error))?;
        let known = effective::variables().filter(|name| !OF_ITS_OWN.contains(name)).chain(ALSO);
        let unkept = known.filter(|name| !keep.iter().any(|kept| kept == OsStr::new(name)));
        // Ours go whatever is to be kept: the vault holds more than this connection.
        let without = unkept.chain(PASSPHRASE_VARIABLES).collect();
        let mut with: Vec<_> = place(connection).map(|(_, variable, value)| (variable, SecretString::from(value.to_owned()))).collect();
        with.push(("DATABRICKS_AUTH_TYPE", SecretString::from(WAY)));
        with.push(("DATABRICKS_METADATA_SERVICE_URL", url.clone()));
        // Some programs read the one, some the other.
        let direct =
            without_proxy().into_iter().flat_map(|direct| ["NO_PROXY", "no_proxy"].map(|name| (name, SecretString::from(direct.clone()))));
        with.extend(direct);
        Ok(Self { without, with, profiles })
    }

    pub(super) fn give_to(&self, command: &mut Command) {
        for name in &self.without {
            command.env_remove(name);
        }
        command.envs(self.with.iter().map(|(name, value)| (name, value.expose_secret())));
        command.env("DATABRICKS_CONFIG_FILE", self.profiles.path());
    }
}

/// Key of a profile, variable, value.
fn place(connection: &Connection) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
    let account = match &connection.level {
        Level::Account { account_id } => Some(account_id.as_str()),
        Level::Workspace => None,
    };
    // The file of connections may have been edited by anybody; this one ends up in a file of ours.
    let workspace = connection.workspace_id.as_deref().filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    [
        ("host", "DATABRICKS_HOST", Some(connection.base_url.as_str())),
        ("account_id", "DATABRICKS_ACCOUNT_ID", account),
        ("workspace_id", "DATABRICKS_WORKSPACE_ID", workspace),
    ]
    .into_iter()
    .filter_map(|(key, variable, value)| Some((key, variable, value?)))
}

/// The person's own file stays out of it: a default profile of it, or the only one of an account, would be mixed with what is given here. Tools
/// that name a profile (`--profile`, a bundle) find those of this connection, and no other. No secret: the key is in the environment alone.
fn profiles(connection: &Connection, published: &[String]) -> String {
    let mut text = "; Created by brickpass exec for one run.\n".to_owned();
    let own = ProfileName::of(&connection.name);
    let names: BTreeSet<_> = published.iter().filter_map(|name| ProfileName::parse(name).ok()).chain([own]).collect();
    for name in names.iter().filter(|name| name.as_str() != "DEFAULT") {
        let _ = writeln!(text, "\n[{name}]");
        for (key, _, value) in place(connection) {
            let _ = writeln!(text, "{key} = {value}");
        }
        let _ = writeln!(text, "auth_type = {WAY}");
    }
    text
}

/// For its owner alone.
fn profiles_file(text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("brickpass-exec-").suffix(".databrickscfg").tempfile()?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(file)
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(
        Code::FileUnwritable,
        "The command was not started.",
        format!("Its temporary profile file could not be written: {error}."),
        "Free some space in the temporary folder.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use brickpass_interchange::databrickscfg::File;

    fn connection(changes: &serde_json::Value) -> Connection {
        let mut json = json!({
            "id": "8a5e0a4e-1111-4222-8333-000000000001", "name": "Sales EU", "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
            "timeout_seconds": 30, "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
        });
        json.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(json).unwrap()
    }

    /// As the command sees it: what is set, what is taken away.
    fn given(connection: &Connection, keep: &[&str]) -> Vec<(String, Option<String>)> {
        let keep: Vec<_> = keep.iter().map(OsString::from).collect();
        let mut command = Command::new("x");
        Surroundings::new(connection, &"http://127.0.0.1:1/key".into(), &[], &keep).unwrap().give_to(&mut command);
        let text = |text: &OsStr| text.to_str().unwrap().to_owned();
        command.as_std().get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    #[test]
    fn everything_that_signs_in_or_leads_is_set_here_or_taken_away() {
        let given = given(&connection(&json!({})), &[]);
        let of = |name: &str| given.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_deref());
        assert_eq!(of("DATABRICKS_HOST"), Some(Some("https://adb-1234567890123456.7.azuredatabricks.net")));
        assert_eq!(of("DATABRICKS_AUTH_TYPE"), Some(Some("metadata-service")));
        assert_eq!(of("DATABRICKS_METADATA_SERVICE_URL"), Some(Some("http://127.0.0.1:1/key")));
        for name in effective::variables().filter(|name| !OF_ITS_OWN.contains(name)).chain(ALSO) {
            let set =
                ["DATABRICKS_HOST", "DATABRICKS_AUTH_TYPE", "DATABRICKS_METADATA_SERVICE_URL", "DATABRICKS_CONFIG_FILE"].contains(&name);
            assert_eq!(of(name).map(|value| value.is_some()), Some(set), "{name}");
        }
        assert_eq!(of("DATABRICKS_BUNDLE_TARGET"), None, "it is left alone");
    }

    #[test]
    fn an_account_and_a_workspace_of_a_unified_host_are_named() {
        let account = "12345678-90ab-cdef-1234-567890abcdef";
        let given = |changes| given(&connection(&changes), &[]);
        let has = |given: &[(String, Option<String>)], name: &str, value: &str| given.contains(&(name.to_owned(), Some(value.to_owned())));
        assert!(has(&given(json!({"level": {"account": {"account_id": account}}})), "DATABRICKS_ACCOUNT_ID", account));
        assert!(has(&given(json!({"workspace_id": "111"})), "DATABRICKS_WORKSPACE_ID", "111"));
        // A file with such an ID is refused when it is read; the environment does not rely on that.
        let hostile = Connection { workspace_id: Some("1\n[DEFAULT]".to_owned()), ..connection(&json!({})) };
        let hostile = self::given(&hostile, &[]);
        assert!(hostile.contains(&("DATABRICKS_WORKSPACE_ID".to_owned(), None)));
    }

    #[test]
    fn what_is_to_be_kept_is_kept_but_never_our_own_passphrase_nor_another_way_to_sign_in() {
        let given = given(&connection(&json!({})), &["ARM_CLIENT_ID", "BRICKPASS_VAULT_PASSPHRASE", "DATABRICKS_AUTH_TYPE"]);
        assert!(!given.iter().any(|(name, _)| name == "ARM_CLIENT_ID"));
        assert!(given.contains(&("ARM_CLIENT_SECRET".to_owned(), None)));
        for name in PASSPHRASE_VARIABLES {
            assert!(given.contains(&(name.to_owned(), None)), "{name}");
        }
        assert!(given.contains(&("DATABRICKS_AUTH_TYPE".to_owned(), Some("metadata-service".to_owned()))));
    }

    #[test]
    fn the_file_of_profiles_has_those_of_this_connection_and_no_secret() {
        let text = profiles(&connection(&json!({})), &["prod".to_owned(), "no name]\n[x".to_owned(), "__settings__".to_owned()]);
        let file = File::read(text.as_bytes()).unwrap();
        let read: Vec<_> = file.profiles().into_iter().map(|it| (it.name, it.get("auth_type"))).collect();
        assert_eq!(read, [("prod", Some(WAY)), ("sales-eu", Some(WAY))]);
        assert!(!text.contains("metadata_service_url") && !text.contains("127.0.0.1"));
    }
}
