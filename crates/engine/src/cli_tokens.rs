//! Published profiles serve the Databricks CLI, too: it reads nothing but its own entries of the keyring, so these are kept in step with the
//! connections. When anything that decides about them has changed, they are settled; while the window is open, tokens are renewed ahead of their end.

mod signal;
mod state;

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

pub(super) use self::signal::CliTokensSignal;
use self::state::keep_it_signed_out;
pub use self::state::{CliToken, CliTokenState, CliTokensOff};
use super::{blocking::blocking, event::Event, owner::confirmed, shared::Shared};
use brickpass_core::{
    connection::Connection,
    failure::{Code, Failure},
};
use brickpass_databricks::oauth::AccessToken;
use brickpass_interchange::databrickscfg::{File, LARGEST, Leads, Places};
use brickpass_storage::{Handed, NotedToken, TokenNotes, VaultHome, foreign_digest, read_given};

/// The steady clock stands still while the computer sleeps: so often the wall's is looked at.
const CLOCK_CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// Sessions give out another token from five minutes before the end of one on.
const RENEWAL_MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Nobody waits longer for the entries of others; a renewal goes on by itself.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// So long the keyring may take to say what is there.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(3);

/// Where the CLI is told to keep its tokens (its `libs/auth/storage/mode.go`).
const STORAGE_VARIABLE: &str = "DATABRICKS_AUTH_STORAGE";
const IN_KEYRING: &str = "secure";
const IN_PLAIN_FILE: &str = "plaintext";

fn signed_in_again(profile: &str) -> String {
    format!(
        "The Databricks CLI was signed out of the profile {profile}. Brickpass has given it a token again. {}",
        keep_it_signed_out(profile)
    )
}

/// Goes on as long as the engine does.
pub(super) async fn watch(shared: Arc<Shared>, signal: CliTokensSignal) {
    loop {
        tokio::select! {
            () = signal.raised() => settle(&shared, &signal).await,
            () = tokio::time::sleep(CLOCK_CHECK_INTERVAL) => {
                renew_ahead(&shared, &signal).await;
                settle(&shared, &signal).await;
            }
        }
    }
}

/// What has changed and is not settled yet, also in the file of profiles by somebody else's hand; also at the end of the engine.
pub(super) async fn settle(shared: &Arc<Shared>, signal: &CliTokensSignal) {
    let _alone = signal.alone().await;
    if signal.take_due() {
        let tokens = settled(shared, |_| true).await;
        shared.outbox.send(Event::CliTokens { tokens, settled: true });
    } else {
        bring_into_line(shared).await;
    }
}

/// Entries of ours whose profile leads elsewhere by now, or is gone, whoever has edited the file: they go, without asking for any token.
async fn bring_into_line(shared: &Arc<Shared>) {
    let reader = Arc::clone(shared);
    let left = blocking(move || {
        let noted = !reader.cli_tokens.noted().is_empty();
        let plan = noted.then(|| plan(&reader).ok()).flatten();
        // Where the CLI is to have none at all, they went when that was decided.
        plan.filter(|plan| plan.off.is_none()).map(|plan| plan.left).unwrap_or_default()
    });
    if let Ok(left) = left.await
        && !left.is_empty()
    {
        // What cannot be taken away stays noted, and is tried again.
        take_away(shared, left).await;
    }
}

/// What is known without asking the network.
pub(super) async fn tell(shared: &Arc<Shared>) {
    let asker = Arc::clone(shared);
    let gone = blocking(move || {
        let off = plan(&asker).map_or(true, |plan| plan.off.is_some());
        let noted = if off { Vec::new() } else { asker.cli_tokens.noted() };
        noted.into_iter().filter(|(profile, _)| asker.cli_tokens.whose(profile).is_ok_and(|whose| whose.is_none())).map(|it| it.0).collect()
    });
    // A keyring that does not answer in time is not waited for.
    let gone: HashSet<String> = tokio::time::timeout(KEYRING_TIMEOUT, gone).await.ok().and_then(Result::ok).unwrap_or_default();
    let reader = Arc::clone(shared);
    let known = blocking(move || {
        let Ok(Plan { off, wanted, .. }) = plan(&reader) else { return Vec::new() };
        let noted: BTreeMap<String, NotedToken> = reader.cli_tokens.noted().into_iter().collect();
        let state = |wanted: &Wanted| match (off, noted.get(&wanted.profile)) {
            (Some(off), _) => Some(CliTokenState::Off(off)),
            (None, Some(_)) if gone.contains(&wanted.profile) => Some(CliTokenState::SignedOut),
            (None, Some(noted)) => Some(CliTokenState::Serves { until: noted.expires_at }),
            (None, None) => None,
        };
        wanted.iter().filter_map(|wanted| Some(wanted.is(state(wanted)?))).collect()
    });
    shared.outbox.send(Event::CliTokens { tokens: known.await.unwrap_or_default(), settled: false });
}

async fn renew_ahead(shared: &Arc<Shared>, signal: &CliTokensSignal) {
    let reader = Arc::clone(shared);
    let Ok(noted) = blocking(move || reader.cli_tokens.noted()).await else { return };
    let soon = Timestamp::now().saturating_add(RENEWAL_MARGIN).unwrap_or(Timestamp::MAX);
    let ending: Vec<String> =
        noted.into_iter().filter(|(_, token)| token.expires_at.is_some_and(|end| end < soon)).map(|(profile, _)| profile).collect();
    if !ending.is_empty() {
        let alone = signal.alone().await;
        settled(shared, |profile| ending.iter().any(|ending| ending == profile)).await;
        drop(alone);
        tell(shared).await;
    }
}

/// A profile that is to have a token, and whose.
struct Wanted {
    profile: String,
    connection: Connection,
    owner: Connection,
}

struct Plan {
    off: Option<CliTokensOff>,
    wanted: Vec<Wanted>,
    /// Entries of ours that nobody wants any more.
    left: Vec<(String, NotedToken)>,
}

async fn settled(shared: &Arc<Shared>, which: impl Fn(&str) -> bool) -> Vec<CliToken> {
    let planner = Arc::clone(shared);
    let Ok(Ok(Plan { off, mut wanted, left })) = blocking(move || plan(&planner)).await else { return Vec::new() };
    wanted.retain(|wanted| which(&wanted.profile));
    let mut states = take_away(shared, left).await;
    if let Some(off) = off {
        states.extend(wanted.iter().map(|wanted| wanted.is(CliTokenState::Off(off))));
        return states;
    }
    // They may have to be renewed over the network, each at its own pace.
    let mut asking = JoinSet::new();
    for (place, wanted) in wanted.iter().enumerate() {
        let (shared, connection, owner) = (Arc::clone(shared), wanted.connection.clone(), wanted.owner.clone());
        asking.spawn(async move {
            let token = tokio::time::timeout(SETTLE_TIMEOUT, token_of(&shared, &connection, &owner)).await;
            (place, token.unwrap_or_else(|_| Err(late())))
        });
    }
    let mut tokens = BTreeMap::new();
    while let Some(asked) = asking.join_next().await {
        tokens.extend(asked.ok());
    }
    let writer = Arc::clone(shared);
    let written = blocking(move || {
        let (mut states, mut again) = (Vec::new(), Vec::new());
        for (place, wanted) in wanted.iter().enumerate() {
            let Some(token) = tokens.remove(&place) else { continue };
            let (state, back) = write(&writer, wanted, token, &writer.token_notes);
            states.push(wanted.is(state));
            again.extend(back.then(|| signed_in_again(&wanted.profile)));
        }
        (states, again)
    });
    let (written, again) = written.await.unwrap_or_default();
    if !again.is_empty() {
        shared.outbox.send(Event::Attention { words: again });
    }
    states.extend(written);
    states
}

/// What could not be taken away; it is noted still, so that it is tried again.
async fn take_away(shared: &Arc<Shared>, left: Vec<(String, NotedToken)>) -> Vec<CliToken> {
    let shared = Arc::clone(shared);
    let failed = blocking(move || {
        let each = left.into_iter().filter_map(|(profile, noted)| {
            let failure = shared.cli_tokens.remove(&profile).err()?;
            Some(CliToken { profile, connection: noted.connection, state: CliTokenState::Failed(failure) })
        });
        each.collect()
    });
    failed.await.unwrap_or_default()
}

async fn token_of(shared: &Shared, connection: &Connection, owner: &Connection) -> Result<AccessToken, Failure> {
    confirmed(connection)?;
    confirmed(owner)?;
    shared.sessions.access_token(owner).await
}

fn late() -> Failure {
    Failure::new(
        Code::ReadTimeout,
        "Renewing the sign-in took too long.",
        "The network or the service is slow.",
        "The Databricks CLI gets the token as soon as Brickpass has it.",
    )
}

/// What the CLI has then, and whether it had been signed out.
fn write(shared: &Shared, wanted: &Wanted, token: Result<AccessToken, Failure>, notes: &TokenNotes) -> (CliTokenState, bool) {
    let token = match token {
        Ok(token) => token,
        // A place that nobody has confirmed, or whoever has signed out here is signed out there.
        Err(failure) if matches!(failure.code, Code::NoSecret | Code::SignInNeeded | Code::InvalidInput) => {
            return (CliTokenState::Failed(shared.cli_tokens.remove(&wanted.profile).err().unwrap_or(failure)), false);
        }
        Err(failure) => return (CliTokenState::Failed(failure), false),
    };
    let noted_end = || notes.load().remove(&wanted.owner.id).filter(|note| note.is_for(&wanted.owner.base_url))?.expires_at;
    let until = token.expires_at.or_else(noted_end);
    let now = NotedToken::new(wanted.connection.id, until);
    match shared.cli_tokens.put(&wanted.profile, &token.secret, &now) {
        Ok(Handed::TheClis) => (CliTokenState::ItsOwn, false),
        Ok(handed) => (CliTokenState::Serves { until: now.expires_at }, handed == Handed::Again),
        Err(failure) => (CliTokenState::Failed(failure), false),
    }
}

fn plan(shared: &Shared) -> Result<Plan, Failure> {
    let publications = shared.publishing.publications();
    let noted = shared.cli_tokens.noted();
    if publications.is_empty() && noted.is_empty() {
        return Ok(Plan { off: None, wanted: Vec::new(), left: Vec::new() });
    }
    let snapshot = shared.library.load().map_err(|error| error.failure())?;
    let all: Vec<Connection> = snapshot.entries.into_iter().map(|entry| entry.connection).collect();
    // The CLI knows them by their names alone: of two files, what was published last counts.
    let mut wanted = BTreeMap::new();
    let mut storage = None;
    // Whatever stands in the files.
    let anyway = off(shared, None);
    // Each is read once, whatever was published in it.
    let mut files: BTreeMap<&Path, Option<Arc<File>>> = BTreeMap::new();
    for publication in publications.iter().filter(|_| anyway.is_none()) {
        files.entry(&publication.file).or_insert_with_key(|path| read(shared, path));
    }
    let names: HashSet<&str> = publications.iter().map(|publication| publication.profile.as_str()).collect();
    let places: BTreeMap<&Path, Places<'_>> =
        files.iter().filter_map(|(path, file)| Some((*path, file.as_ref()?.places(|name| names.contains(name))))).collect();
    for publication in &publications {
        let (path, profile) = (publication.file.as_path(), publication.profile.as_str());
        let Some(connection) = all.iter().find(|connection| connection.id == publication.connection) else { continue };
        // The CLI sends the token to whichever host stands in the file.
        if anyway.is_some() || places.get(path).is_some_and(|places| places.leads(profile, &connection.base_url) == Leads::There) {
            storage = storage.or_else(|| files.get(path)?.as_ref()?.setting("auth_storage"));
            let (connection, owner) = (connection.clone(), connection.owner_among(&all).clone());
            wanted.insert(profile.to_owned(), Wanted { profile: profile.to_owned(), connection, owner });
        }
    }
    let off = anyway.or_else(|| off(shared, storage.as_deref()));
    let left = noted.into_iter().filter(|(profile, _)| off.is_some() || !wanted.contains_key(profile)).collect();
    Ok(Plan { off, wanted: wanted.into_values().collect(), left })
}

fn read(shared: &Shared, path: &Path) -> Option<Arc<File>> {
    let bytes = read_given(path, LARGEST as u64).ok().map(Zeroizing::new)?;
    shared.publishing.read(foreign_digest(&bytes), &bytes).ok()
}

fn off(shared: &Shared, storage: Option<&str>) -> Option<CliTokensOff> {
    let current = shared.current();
    if !current.settings.serve_databricks_cli {
        Some(CliTokensOff::Setting)
    } else if current.vault.home() != VaultHome::Keyring {
        Some(CliTokensOff::NoKeyring)
    } else {
        off_by_storage(&shared.places, storage)
    }
}

/// What the CLI makes of where it was told to keep its tokens: by a variable, else by `setting`, which is `auth_storage` of its file.
#[must_use]
pub fn off_by_storage(places: &super::Places, setting: Option<&str>) -> Option<CliTokensOff> {
    let around = places.variables.iter().find(|(name, value)| name == STORAGE_VARIABLE && !value.expose_secret().is_empty());
    match around.map(|(_, value)| value.expose_secret()).or(setting)?.trim() {
        "" => None,
        secure if secure.eq_ignore_ascii_case(IN_KEYRING) => None,
        plain if plain.eq_ignore_ascii_case(IN_PLAIN_FILE) => Some(CliTokensOff::PlainFile),
        _ => Some(CliTokensOff::UnknownPlace),
    }
}

impl Wanted {
    fn is(&self, state: CliTokenState) -> CliToken {
        CliToken { profile: self.profile.clone(), connection: self.connection.id, state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_21_a_token_that_has_ended_is_known_to_have_ended() {
        let end: Timestamp = "2026-08-21T13:46:32Z".parse().unwrap();
        let serves = CliTokenState::Serves { until: Some(end) };
        let before = end.checked_sub(SignedDuration::from_secs(1)).unwrap();
        assert_eq!((serves.ended(before), serves.ended(end)), (None, Some(end)));
        assert_eq!(CliTokenState::Serves { until: None }.ended(end), None);
        assert_eq!(CliTokenState::ItsOwn.ended(end), None);
    }

    #[test]
    fn pb_21_where_the_cli_was_told_to_keep_its_tokens_is_told_apart_from_where_it_cannot() {
        let places = |around: Option<&str>| super::super::Places {
            variables: around.map(|value| (STORAGE_VARIABLE.to_owned(), value.to_owned().into())).into_iter().collect(),
            ..super::super::Places::new("c".into(), "s".into())
        };
        for (around, setting, off) in [
            (None, None, None),
            (None, Some("secure"), None),
            (None, Some(" Plaintext "), Some(CliTokensOff::PlainFile)),
            (None, Some("bogus"), Some(CliTokensOff::UnknownPlace)),
            (Some("secure"), Some("bogus"), None),
            (Some("keyring"), None, Some(CliTokensOff::UnknownPlace)),
        ] {
            assert_eq!(off_by_storage(&places(around), setting), off, "{around:?} {setting:?}");
        }
    }
}
