//! A token for a program that asks once and ends: by the same rules as the engine's, without its thread, its queue of writes and its events.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{
    Places,
    blocking::blocking,
    owner::confirmed,
    publish::of_file,
    shared::{http_for, vault_for},
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, SecretKind},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::{
    oauth::AccessToken,
    session::{SessionDeps, Sessions},
};
use brickpass_interchange::databrickscfg::{File, LARGEST, Leads};
use brickpass_storage::{
    CliTokens, HandoutLog, Library, NotedToken, Publications, SecretId, SettingsFile, TokenNotes, Vault, VaultHome, Whose, is_null_device,
    read_given,
};

/// How long whoever gets a personal access token may keep it without asking again: it can be rotated at any time, and the former one is then
/// worth nothing.
const PAT_STAYS: SignedDuration = SignedDuration::from_mins(15);

/// The pauses between the tries to store a sign-in that was just renewed: a busy keyring or a full disk is often well again a moment later.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];

/// The connections as they are in the file at this moment, and the tokens for them.
pub struct TokenProvider {
    vault: Vault,
    sessions: Sessions,
    notes: TokenNotes,
    handout_log: HandoutLog,
    cli_tokens: Arc<CliTokens>,
    serves_the_cli: bool,
    connections: Vec<Connection>,
    published: Vec<(ConnectionId, String)>,
    databrickscfg: Option<PathBuf>,
}

/// Where a profile of `.databrickscfg` leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilesPlace {
    pub host: String,
    pub account_id: Option<String>,
    pub workspace_id: Option<String>,
}

impl TokenProvider {
    /// # Errors
    /// The connections file cannot be read.
    pub fn open(places: &Places) -> Result<Self, Failure> {
        let (settings, _) = SettingsFile::new(&places.config_dir).load();
        let (vault, http) = (vault_for(places, &settings), http_for(places, &settings));
        let snapshot = Library::new(&places.config_dir, &places.state_dir).load().map_err(|error| error.failure())?;
        let for_sessions = vault.clone();
        let sessions = Sessions::new(SessionDeps {
            vault: Box::new(move || for_sessions.clone()),
            http: Box::new(move || http.clone()),
            clock: Box::new(Timestamp::now),
            state_dir: places.state_dir.clone(),
            lock_timeout: SessionDeps::LOCK_TIMEOUT,
            changed: Box::new(|_| {}),
        });
        let connections = snapshot.entries.into_iter().map(|entry| entry.connection).collect();
        // In the file that tools read here; another file's profiles may go by the same names.
        let here = |file: &Path| places.databrickscfg.as_deref().is_none_or(|ours| ours == file);
        let published = Publications::new(&places.state_dir).load().into_iter().filter(|it| here(&it.file));
        let published = published.map(|it| (it.connection, it.profile)).collect();
        Ok(Self {
            serves_the_cli: settings.serve_databricks_cli && vault.home() == VaultHome::Keyring,
            vault,
            sessions,
            notes: TokenNotes::new(&places.state_dir),
            handout_log: HandoutLog::new(&places.state_dir),
            cli_tokens: Arc::new(CliTokens::new(&places.state_dir)),
            connections,
            published,
            databrickscfg: places.databrickscfg.clone(),
        })
    }

    #[must_use]
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// As which profiles connections were published.
    #[must_use]
    pub fn published(&self) -> &[(ConnectionId, String)] {
        &self.published
    }

    /// The connections whose profiles stand in the file as they were published: they name our program and lead where the connection leads. A file
    /// that cannot be read serves nobody.
    #[must_use]
    pub fn served(&self) -> Vec<ConnectionId> {
        let Ok(Some(file)) = self.profiles() else { return Vec::new() };
        let serves = |(id, profile): &&(ConnectionId, String)| {
            let connection = self.connections.iter().find(|connection| connection.id == *id);
            let asks_us = file.profile(profile).is_some_and(|section| section.get("databricks_cli_path").is_some());
            asks_us && connection.is_some_and(|connection| file.leads(profile, &connection.base_url) == Leads::There)
        };
        self.published.iter().filter(serves).map(|(id, _)| *id).collect()
    }

    /// The profile that tools use when none is named.
    ///
    /// # Errors
    /// As [`Self::leads`].
    pub fn default_profile(&self) -> Result<Option<String>, Failure> {
        Ok(self.profiles()?.and_then(|file| file.default_profile()))
    }

    /// Where the Databricks tools' own file says that this profile leads, as Go reads it. `None`: it has no such profile with a host.
    ///
    /// # Errors
    /// As [`Self::leads`].
    pub fn place_of(&self, profile: &str) -> Result<Option<ProfilesPlace>, Failure> {
        let Some(file) = self.profiles()? else { return Ok(None) };
        let section = file.profile(profile);
        let value = |key: &str| section.as_ref()?.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
        let Some(host) = value("host") else { return Ok(None) };
        Ok(Some(ProfilesPlace { host, account_id: value("account_id"), workspace_id: value("workspace_id") }))
    }

    /// Whether a token of this connection would be sent where the connection leads, by all who read the profile: whoever has written the file since.
    ///
    /// # Errors
    /// There is a file, and it cannot be read: what others make of it is not known.
    pub fn leads(&self, profile: &str, connection: &Connection) -> Result<Leads, Failure> {
        Ok(self.profiles()?.map_or(Leads::Nowhere, |file| file.leads(profile, &connection.base_url)))
    }

    fn profiles(&self) -> Result<Option<File>, Failure> {
        let Some(path) = &self.databrickscfg else { return Ok(None) };
        if is_null_device(path)
            || path.metadata().is_err_and(|error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory))
        {
            return Ok(None);
        }
        let unread = |failure: Failure| Failure { why: format!("It decides where the token would be sent. {}", failure.why), ..failure };
        let bytes = read_given(path, LARGEST as u64).map(Zeroizing::new).map_err(unread)?;
        File::read(&bytes).map(Some).map_err(|failure| unread(of_file(path, failure)))
    }

    /// For a vault that has answered with `VaultLocked`.
    ///
    /// # Errors
    /// The passphrase is wrong, or the file cannot be read.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<(), Failure> {
        let vault = self.vault.clone();
        blocking(move || vault.unlock(passphrase)).await?.map_err(|error| error.failure())
    }

    /// What a person should hear of the encrypted file, a sentence or more each; each is told once.
    #[must_use]
    pub fn vault_notices(&self) -> Vec<String> {
        self.vault.take_notices().iter().map(ToString::to_string).collect()
    }

    /// A token that may be sent where this connection leads. `anew`: another one than is stored, where there are others. The end of a personal
    /// access token is the time to ask again, at the latest its own.
    ///
    /// # Errors
    /// Nobody has confirmed the address, what `Sessions::access_token` says, a personal access token that is known to have ended.
    pub async fn token(&self, connection: &Connection, anew: bool) -> Result<AccessToken, Failure> {
        let owner = connection.owner_among(&self.connections);
        confirmed(connection)?;
        confirmed(owner)?;
        let token = if anew { self.sessions.renew(owner).await } else { self.sessions.access_token(owner).await };
        brickpass_logging::info!("token for a program", connection = connection.id, anew = anew, outcome = token);
        let token = token?;
        if token.expires_at.is_none() {
            return self.with_an_end(owner, token, Timestamp::now());
        }
        self.serve_the_cli(owner, &token).await;
        Ok(token)
    }

    /// For the log, before a token leaves for another program: as the system calls that.
    pub fn handout_log(&self, connection: &Connection, program: Option<&str>) {
        self.handout_log.note(connection, program, Timestamp::now());
    }

    /// A sign-in that was renewed is renewed for the Databricks CLI as well. As good as it goes.
    async fn serve_the_cli(&self, owner: &Connection, token: &AccessToken) {
        if !self.serves_the_cli {
            return;
        }
        for (profile, noted) in self.cli_tokens.noted() {
            let connection = self.connections.iter().find(|connection| connection.id == noted.connection);
            let now = NotedToken::new(noted.connection, token.expires_at);
            let may_have_it = |it: &Connection| it.owner_among(&self.connections).id == owner.id && self.may_be_sent_by(&profile, it);
            if noted.expires_at < now.expires_at && connection.is_some_and(may_have_it) {
                let (tokens, secret) = (Arc::clone(&self.cli_tokens), token.secret.clone());
                let renew = move || {
                    // Where the CLI was signed out, the engine puts it back and says so.
                    let renews = tokens.whose(&profile).is_ok_and(|whose| whose == Some(Whose::Ours));
                    if renews { tokens.put(&profile, &secret, &now).map(drop) } else { Ok(()) }
                };
                let _ = blocking(renew).await;
            }
        }
    }

    /// It was noted when the address was another one, perhaps.
    fn may_be_sent_by(&self, profile: &str, connection: &Connection) -> bool {
        confirmed(connection).is_ok() && self.leads(profile, connection) == Ok(Leads::There)
    }

    fn with_an_end(&self, owner: &Connection, token: AccessToken, now: Timestamp) -> Result<AccessToken, Failure> {
        let noted = self.notes.load().remove(&owner.id).filter(|note| note.is_for(&owner.base_url)).and_then(|note| note.expires_at);
        let ask_again = now.checked_add(PAT_STAYS).unwrap_or(Timestamp::MAX);
        match noted {
            Some(end) if end <= now => Err(ended(end)),
            Some(end) => Ok(AccessToken { expires_at: Some(end.min(ask_again)), ..token }),
            None => Ok(AccessToken { expires_at: Some(ask_again), ..token }),
        }
    }

    /// Whether there is nothing at all to sign in with, as opposed to something that does not work: looked at after a failure.
    pub async fn has_nothing(&self, connection: &Connection) -> bool {
        let owner = connection.owner_among(&self.connections);
        let kind = match owner.auth.kind() {
            AuthKind::PersonalAccessToken => SecretKind::PersonalAccessToken,
            AuthKind::Browser => SecretKind::RefreshToken,
            AuthKind::ServicePrincipal => SecretKind::ClientSecret,
        };
        let (vault, key) = (self.vault.clone(), SecretId { connection: owner.id, kind });
        matches!(blocking(move || vault.describe(key)).await, Ok(Ok(None)))
    }

    /// Brings everything to its end that would be lost if the program ended in the middle of it.
    ///
    /// # Errors
    /// The vault does not take a sign-in that was renewed: it is lost with this process.
    pub async fn finish(&self) -> Result<(), Failure> {
        self.sessions.drained().await;
        let mut outcome = Ok(());
        for pause in PAUSES {
            if self.sessions.unsaved().is_empty() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            outcome = self.sessions.store_unsaved(None).await;
        }
        outcome
    }
}

fn ended(end: Timestamp) -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The personal access token has expired.",
        format!("It was valid until {}.", end.strftime("%Y-%m-%d %H:%M UTC")),
        "Rotate it in Brickpass (Tokens, Rotate), or with: brickpass pat rotate NAME",
    )
    .with_remedy(Remedy::ReplaceSecret)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own files hold no secret and need no care")]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_of_the_cli_is_renewed_only_where_somebody_has_confirmed_the_address_and_the_profile_still_leads_there() {
        let dir = tempfile::tempdir().unwrap();
        let host = "https://adb-1234567890123456.7.azuredatabricks.net:8443";
        let connection = |confirmed: bool| -> Connection {
            let id = "8a5e0a4e-1111-4222-8333-000000000001";
            serde_json::from_value(json!({
                "id": id, "name": "Sales", "base_url": host, "address_confirmed": confirmed, "timeout_seconds": 30,
                "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
            }))
            .unwrap()
        };
        let file = dir.path().join("databrickscfg");
        let places = Places { databrickscfg: Some(file.clone()), ..Places::new(dir.path().join("config"), dir.path().join("state")) };
        let desk = TokenProvider::open(&places).unwrap();
        assert!(!desk.may_be_sent_by("sales", &connection(true)), "there is no such profile");
        for (there, may) in [(host, true), ("https://evil.example", false), ("https://adb-1234567890123456.7.azuredatabricks.net", false)] {
            fs::write(&file, format!("[sales]\nhost = {there}\n")).unwrap();
            assert_eq!(desk.may_be_sent_by("sales", &connection(true)), may, "{there}");
            assert!(!desk.may_be_sent_by("sales", &connection(false)), "{there}");
        }
        fs::write(&file, b"\xff").unwrap();
        assert!(!desk.may_be_sent_by("sales", &connection(true)), "the file cannot be read");
    }
}
