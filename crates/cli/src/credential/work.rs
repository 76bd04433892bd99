//! From the words of the command line to a token.

use std::time::Duration;

use super::{
    answer::{Unanswered, warn},
    args::Token,
    choose::{Asked, Host, choose},
};
use crate::{
    environment,
    interrupt::asked_to_end,
    output::{in_terminal, note, warn_unless_logged},
    passphrase,
    runtime::runtime,
};
use brickpass_core::{
    connection::{Connection, quoted},
    failure::{Code, Failure},
};
use brickpass_engine::{AccessToken, TokenProvider};
use brickpass_interchange::databrickscfg::Leads;

pub(super) fn token(wanted: &Token, profile: Option<String>) -> Result<AccessToken, Unanswered> {
    let asked = Question { profile, ..Question::of(wanted) }.with(&environment::databricks());
    let places = environment::places_for_tokens()?;
    let desk = TokenProvider::open(&places)?;
    let connection = asked.answer(&desk)?;
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let outcome = tokio::select! {
            outcome = fetch(&desk, connection, wanted.force_refresh) => outcome,
            () = time_is_up(wanted.timeout) => Err(too_late()),
            true = asked_to_end() => Err(cut_short()),
        };
        // However it ended: a refresh token that the server has just replaced would be lost with this process.
        desk.vault_notices().iter().for_each(note);
        if let Err(lost) = desk.finish().await {
            warn(&lost);
        }
        match outcome {
            Err(failure) if matches!(failure.code, Code::NoSecret | Code::SignInNeeded) && desk.has_nothing(connection).await => {
                Err(nothing_stored(connection))
            }
            Err(failure) => Err(Unanswered::Failed(in_terminal(failure, connection.name.as_str()))),
            Ok(token) => {
                desk.handout_log(connection, caller().as_deref());
                warn_unless_logged(&places.state_dir);
                Ok(token)
            }
        }
    });
    // Nothing that is still blocked on a keyring is waited for.
    runtime.shutdown_background();
    outcome
}

/// This program never opens a browser: which command does, and for whom.
pub(super) fn no_login(profile: Option<String>, rest: &[String]) -> Unanswered {
    let behind = |flags: [&str; 2]| {
        let at = rest.iter().position(|word| flags.contains(&word.as_str()))?;
        rest.get(at + 1).cloned()
    };
    let named = rest.first().filter(|word| !word.starts_with('-')).cloned();
    let profile = profile.or_else(|| behind(["--profile", "-p"])).or(named);
    let question = Question { profile, host: behind(["--host", "--host"]), ..Question::default() };
    let desk = environment::places_for_tokens().and_then(|places| TokenProvider::open(&places));
    let name = desk.ok().and_then(|desk| Some(question.answer(&desk).ok()?.name.as_str().to_owned()));
    let name = name.map_or_else(|| "NAME".to_owned(), |name| format!("\"{}\"", name.escape_debug()));
    Unanswered::Words(format!("sign in with Brickpass, in the window or with: brickpass login {name}"))
}

/// Who has started this program, where the system says so.
fn caller() -> Option<String> {
    #[cfg(target_os = "linux")]
    return std::fs::read_to_string(format!("/proc/{}/comm", std::os::unix::process::parent_id())).ok();
    #[cfg(not(target_os = "linux"))]
    None
}

async fn fetch(desk: &TokenProvider, connection: &Connection, anew: bool) -> Result<AccessToken, Failure> {
    match desk.token(connection, anew).await {
        Err(locked) if locked.code == Code::VaultLocked => {
            let Some(passphrase) = passphrase::given()? else { return Err(locked) };
            desk.unlock(passphrase).await?;
            desk.token(connection, anew).await
        }
        outcome => outcome,
    }
}

async fn time_is_up(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// What was asked for, on the command line and in the environment.
#[derive(Debug, Clone, Default)]
struct Question {
    named: Option<String>,
    profile: Option<String>,
    host: Option<String>,
    account_id: Option<String>,
    workspace_id: Option<String>,
    /// In the SDKs it wins over the host of a profile.
    host_around: Option<String>,
}

impl Question {
    fn of(wanted: &Token) -> Self {
        Self {
            named: wanted.named.clone(),
            profile: None,
            host: wanted.host.clone(),
            account_id: wanted.account_id.clone(),
            workspace_id: wanted.workspace_id.clone(),
            host_around: None,
        }
    }

    /// As the Databricks CLI: who names neither a profile nor a host means those of the environment.
    fn with(self, around: &environment::Databricks) -> Self {
        let host_around = around.host.clone();
        if self.named.is_some() || self.profile.is_some() || self.host.is_some() {
            return Self { host_around, ..self };
        }
        if around.profile.is_some() {
            return Self { profile: around.profile.clone(), host_around, ..self };
        }
        Self {
            host: around.host.clone(),
            account_id: self.account_id.or_else(|| around.account_id.clone()),
            workspace_id: self.workspace_id.or_else(|| around.workspace_id.clone()),
            ..self
        }
    }

    fn answer<'a>(&self, desk: &'a TokenProvider) -> Result<&'a Connection, Unanswered> {
        let choose = |asked: &Asked| Ok::<_, Unanswered>(choose(asked, desk.connections(), desk.published(), &|| desk.served())?);
        let host = |text: &str| Host::read(text, self.account_id.as_deref(), self.workspace_id.as_deref());
        match (&self.named, &self.profile, &self.host) {
            (Some(named), None, None) => choose(&Asked::Profile(named.clone())).or_else(|not_a_name| match host(named) {
                Ok(host) if named.contains('.') => choose(&Asked::Host(host)),
                _ => Err(not_a_name),
            }),
            (Some(named), ..) => Err(Unanswered::Words(format!(
                "argument {} cannot be combined with --host or --profile. Use the --host and --profile flags instead",
                quoted(named)
            ))),
            (None, Some(profile), at) => {
                // Where the token will be sent, as far as it is known.
                let written = desk
                    .place_of(profile)?
                    .and_then(|place| Host::read(&place.host, place.account_id.as_deref(), place.workspace_id.as_deref()).ok());
                let at = at.as_deref().map(host).transpose()?;
                let connection = match (choose(&Asked::Profile(profile.clone())), &written) {
                    // Somebody has written the profile by hand, under a name of their own.
                    (Err(Unanswered::NotConfigured(why)), Some(written)) => match choose(&Asked::Host(written.clone())) {
                        Err(Unanswered::NotConfigured(_)) => Err(Unanswered::NotConfigured(why)),
                        found => found,
                    },
                    (found, _) => found,
                }?;
                let ours = connection.base_url.origin();
                if let Some(at) = at.filter(|at| at.origin != ours) {
                    return Err(Unanswered::Words(format!(
                        "--profile \"{}\" has host \"{ours}\", which conflicts with --host \"{}\". Use --profile only to select a profile",
                        profile.escape_debug(),
                        at.origin
                    )));
                }
                // Whoever says it on the command line has not left it to the environment.
                let around = self.host_around.as_deref().filter(|_| self.host.is_none());
                if around.is_some_and(|around| !host(around).is_ok_and(|around| around.origin == ours)) {
                    return Err(Unanswered::Failed(leads_away(profile, connection)));
                }
                if let Leads::Elsewhere(there) = desk.leads(profile, connection)? {
                    return Err(Unanswered::Failed(leads_elsewhere(profile, &there, connection)));
                }
                Ok(connection)
            }
            (None, None, Some(at)) => choose(&Asked::Host(host(at)?)),
            (None, None, None) => match desk.default_profile()? {
                // As the Databricks CLI.
                Some(profile) => Self { profile: Some(profile), ..self.clone() }.answer(desk),
                None => Err(Unanswered::Words("no profile specified. Use --profile <name> to specify which profile to use".to_owned())),
            },
        }
    }
}

/// A token goes to the host that it was issued for, and to no other.
fn leads_elsewhere(profile: &str, there: &str, connection: &Connection) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("The profile \"{}\" is for {there}.", profile.escape_debug()),
        format!(
            "The connection \"{}\" is for {}, and its token is only given out for that host.",
            connection.name.as_str(),
            connection.base_url.origin()
        ),
        "Publish the connection again in Brickpass, or rename the profile.",
    )
}

/// A file of variables that comes with somebody's project would be enough to have the token sent anywhere.
fn leads_away(profile: &str, connection: &Connection) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("DATABRICKS_HOST does not match the profile \"{}\".", profile.escape_debug()),
        format!(
            "Databricks' tools would send the token to DATABRICKS_HOST, but the connection \"{}\" is for {}.",
            connection.name.as_str(),
            connection.base_url.origin()
        ),
        "Remove DATABRICKS_HOST from the environment, or use the profile that matches it.",
    )
}

fn nothing_stored(connection: &Connection) -> Unanswered {
    let name = connection.name.as_str().escape_debug();
    Unanswered::NotConfigured(format!("No secret is stored for the connection \"{name}\"; sign in or enter its secret in Brickpass"))
}

fn too_late() -> Failure {
    Failure::new(
        Code::ReadTimeout,
        "Getting a token took too long.",
        "The vault, the network or the service took longer than --timeout allows.",
        "Try again, or increase --timeout.",
    )
}

fn cut_short() -> Failure {
    Failure::new(Code::Cancelled, "No token.", "This program was stopped.", "Run it again.")
}
