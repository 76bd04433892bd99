//! One sign-in from the button to the end: the vault, the browser, the questions to the person, the tokens.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use jiff::{Timestamp, tz::TimeZone};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout};

use super::{
    input::SignInInput,
    step::{Found, SignInPlace, SignInStep, SignedIn},
};
use crate::{
    blocking::blocking,
    owner::{confirmed, owned, owner_of},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthMethod, BaseUrl, Connection, Level, LevelKind, OAuthApp, Scopes},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::{
    check,
    oauth::{
        self, Answer, Login, Place, Target, Tokens,
        loopback::{Pasted, Ports},
    },
    rest::{Call, Client},
    session::{Revocation, SignIn},
};
use brickpass_storage::{VaultError, VaultStatus};

/// What a host says of itself, and of a token, is only nice to know.
const OPTIONAL_LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Ending a sign-in that nobody wants keeps nobody waiting; then it is left to expire.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(5);

/// One attempt to sign in.
pub(super) struct Attempt {
    pub(super) shared: Arc<Shared>,
    /// Takes each step.
    pub(super) report: Box<dyn Fn(SignInStep) + Send + Sync>,
    pub(super) connection: Connection,
    pub(super) place: SignInPlace,
    pub(super) open_browser: bool,
    pub(super) input: SignInInput,
}

impl Attempt {
    /// How it ended, and whether it is the saved connection's now; else it waits for the save of the form that it was for.
    pub(super) async fn work(mut self) -> Result<(SignedIn, bool), Failure> {
        self.step(SignInStep::CheckingVault);
        self.vault_is_open().await?;
        let (owner, app, place) = self.destination().await?;

        self.step(SignInStep::Discovering);
        let (http, timeout) = (self.shared.current().http, owner.timeout.duration());
        let login = Login::begin(&http, place, &app, &self.ports(&app), timeout).await.map_err(|error| error.failure)?;
        let answer = self.browser(login).await?;
        let (owner, found) = self.token_host(owner, &answer).await?;

        let issuer_named = answer.issuer_named();
        self.step(SignInStep::Exchanging);
        let tokens = answer.exchange(&http, Timestamp::now(), timeout).await.map_err(|error| error.failure)?;
        let (owner, found) = match found {
            Some(found) => self.learn(owner, found, &tokens).await,
            None => (owner, None),
        };
        match self.settle(&owner, tokens).await {
            Ok((mut signed_in, kept)) => {
                if !issuer_named {
                    signed_in.hints.push(unnamed_issuer());
                }
                Ok((SignedIn { found, ..signed_in }, kept))
            }
            Err((failure, unwanted)) => {
                let_go(&self.shared, &owner, &app, unwanted).await;
                Err(failure)
            }
        }
    }

    fn step(&self, step: SignInStep) {
        (self.report)(step);
    }

    /// Asks the person; an answer that came before the question is none.
    async fn ask(&mut self, question: SignInStep) -> Result<bool, Failure> {
        while self.input.try_answer().is_some() {}
        self.step(question);
        match timeout(self.shared.places.sign_in_limit, self.input.answer()).await {
            Ok(Some(yes)) => Ok(yes),
            Ok(None) => Err(cancelled()),
            Err(_) => Err(no_answer()),
        }
    }

    /// Before the person is sent to the browser: it would be in vain if what comes back could not be stored.
    async fn vault_is_open(&self) -> Result<(), Failure> {
        let vault = self.shared.vault();
        match blocking(move || vault.probe()).await? {
            VaultStatus::Ready { .. } => Ok(()),
            VaultStatus::Locked { .. } => Err(VaultError::Locked.failure()),
            VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => Err(failure),
        }
    }

    /// Whose sign-in it becomes, by which application, and where it begins.
    async fn destination(&self) -> Result<(Connection, OAuthApp, Place), Failure> {
        match self.place {
            SignInPlace::Here => {
                let owner = owner_of(&self.shared, &self.connection).await?;
                let AuthMethod::Browser(app) = &owner.auth else { return Err(not_by_browser()) };
                confirmed(&owner)?;
                let (app, place) = (app.clone(), Place::At(Target::of(&owner)));
                Ok((owner, app, place))
            }
            SignInPlace::Anywhere { level } => {
                let app = if let AuthMethod::Browser(app) = &self.connection.auth { app.clone() } else { OAuthApp::default() };
                let host = self.shared.places.discovery_host.clone().unwrap_or_else(BaseUrl::discovery_host);
                if !host.cautions().is_empty() && !self.connection.address_confirmed {
                    return Err(unconfirmed_discovery_host(&host));
                }
                // Confirmed is the host that asks for the address, not the address that is found.
                let auth = AuthMethod::Browser(app.clone());
                let owner = Connection { auth, sign_in_of: None, address_confirmed: false, ..self.connection.clone() };
                Ok((owner, app, Place::Anywhere { host, level }))
            }
        }
    }

    fn ports(&self, app: &OAuthApp) -> Ports {
        app.redirect_port.or(self.shared.places.redirect_port).map_or_else(Ports::registered, Ports::only)
    }

    /// From the open browser to its answer. The listener is there before the browser is, and stays when no browser can be opened.
    async fn browser(&mut self, login: Login) -> Result<Answer, Failure> {
        let address = login.address().clone();
        let limit = self.shared.places.sign_in_limit;
        let began = Instant::now();
        let until = Timestamp::try_from(SystemTime::now() + limit).unwrap_or(Timestamp::MAX);
        let browser_opened = self.open_browser && {
            let (shared, address) = (Arc::clone(&self.shared), address.clone());
            blocking(move || shared.open_url(address.expose_secret())).await.unwrap_or(false)
        };
        self.step(SignInStep::Waiting { address, port: login.port(), until, browser_opened });
        let pasted = self.input.take_pasted();
        let wrong_key = |count| self.step(SignInStep::WrongKey { count });
        let refused = |other| self.step(SignInStep::PasteRefused { other });
        let left = limit.saturating_sub(began.elapsed());
        let answer = match pasted {
            Some(addresses) => login.answer_or_pasted(left, &wrong_key, Pasted { addresses, refused: &refused }).await,
            None => login.answer(left, &wrong_key).await,
        };
        answer.map_err(|error| error.failure)
    }

    /// Where the code goes. A host that only the answer named is shown to the person before anything is sent there.
    async fn token_host(&mut self, owner: Connection, answer: &Answer) -> Result<(Connection, Option<Found>), Failure> {
        let SignInPlace::Anywhere { level } = self.place else { return Ok((owner, None)) };
        let host = answer.host().clone();
        if !self.ask(SignInStep::ConfirmHost { host: host.clone() }).await? {
            return Err(other_host(&host));
        }
        let account_id = answer.account_id().cloned();
        let level = match (level, &account_id) {
            (LevelKind::Account, Some(account_id)) => Level::Account { account_id: account_id.clone() },
            _ => Level::Workspace,
        };
        let workspace_id = host.workspace_id_of_host().map(str::to_owned);
        let owner = Connection { base_url: host.clone(), level, workspace_id: workspace_id.clone(), ..owner };
        Ok((owner, Some(Found { base_url: host, account_id, workspace_id })))
    }

    /// What the host, and the token, say about the account and the workspace that were found; best effort.
    async fn learn(&self, owner: Connection, found: Found, tokens: &Tokens) -> (Connection, Option<Found>) {
        let client = self.client(&owner, tokens);
        let call = || Call::until(Instant::now() + OPTIONAL_LOOKUP_TIMEOUT);
        let mut found = found;
        if let Ok(says) = client.host_config(&call()).await {
            found.account_id = found.account_id.or(says.account_id);
            found.workspace_id = found.workspace_id.or(says.workspace_id);
        }
        if (found.account_id.is_none() || found.workspace_id.is_none())
            && let Ok(says) = client.introspect(&call()).await
        {
            found.account_id = found.account_id.or(says.account_id);
            found.workspace_id = found.workspace_id.or(says.workspace_id);
        }
        let SignInPlace::Anywhere { level } = self.place else { return (owner, None) };
        let owner = match (level, &found.account_id) {
            (LevelKind::Account, Some(account_id)) => {
                found.workspace_id = None;
                Connection { level: Level::Account { account_id: account_id.clone() }, workspace_id: None, ..owner }
            }
            _ => Connection { workspace_id: found.workspace_id.clone(), ..owner },
        };
        (owner, Some(found))
    }

    fn client(&self, owner: &Connection, tokens: &Tokens) -> Client {
        let workspace_id = owner.workspace_id.clone().filter(|_| owner.level == Level::Workspace);
        let (http, secret) = (self.shared.current().http, tokens.access.secret.clone());
        Client::new(http, owner.base_url.clone(), workspace_id, secret, owner.timeout.duration())
    }

    /// Who signed in, whether the person wants that, and where it is kept. With a failure, the tokens that nobody wants come back.
    async fn settle(&mut self, owner: &Connection, tokens: Tokens) -> Result<(SignedIn, bool), (Failure, Tokens)> {
        let new = match self.who(owner, &tokens).await {
            Ok(new) => new,
            Err(failure) => return Err((failure, tokens)),
        };
        match self.shared.sessions.signed_in_as(owner).await {
            Ok(Some(SignIn { user: stored, .. })) if stored.to_lowercase() != new.to_lowercase() => {
                match self.ask(SignInStep::OtherUser { stored: stored.clone(), new: new.clone() }).await {
                    Ok(true) => {}
                    Ok(false) => return Err((same_user(&stored), tokens)),
                    Err(failure) => return Err((failure, tokens)),
                }
            }
            Ok(_) => {}
            Err(failure) => return Err((failure, tokens)),
        }
        let sign_in =
            SignIn { user: new.clone(), since: Timestamp::now(), expires_at: tokens.access.expires_at, renews: tokens.refresh.is_some() };
        let mut hints = hints(&tokens, &owner.auth);
        let saved = self.is_saved(owner).await;
        if saved {
            match self.shared.sessions.signed_in(owner, new, tokens).await {
                Ok(Revocation::Revoked | Revocation::NotOffered) => {}
                Ok(Revocation::Failed(failure)) => {
                    hints.push(format!(
                        "The previous sign-in could not be revoked at the server ({}). It stays valid there until it expires.",
                        failure.why
                    ));
                }
                Err(failure) => hints.push(format!("The sign-in is not stored yet: {} {}", failure.what, failure.fix)),
            }
        } else {
            self.shared.sessions.stage(owner, new, tokens).await;
            hints.extend((self.place == SignInPlace::Here).then(|| "Save the connection to keep this sign-in.".to_owned()));
        }
        Ok((SignedIn { sign_in, hints, found: None }, saved))
    }

    /// The user by the workspace's own word, by the token's where the workspace does not say it. The account console has no such API.
    async fn who(&self, owner: &Connection, tokens: &Tokens) -> Result<String, Failure> {
        if let Level::Account { .. } = owner.level {
            return tokens.access.subject().ok_or_else(nobody);
        }
        match self.client(owner, tokens).me().await {
            Ok(me) => Ok(me.user_name),
            Err(error) if error.failure.code == Code::Unauthorized => Err(check::explained(error.failure, owner)),
            Err(error) => tokens.access.subject().ok_or(error.failure),
        }
    }

    /// Is there a saved connection to which this sign-in belongs as it stands? What is signed in for a form waits for its save.
    async fn is_saved(&self, owner: &Connection) -> bool {
        owned(&self.shared, owner.id).await.is_ok_and(|found| {
            let saved = found.connection;
            saved.base_url == owner.base_url && saved.level == owner.level && without_port(&saved.auth) == without_port(&owner.auth)
        })
    }
}

pub(super) fn cancelled() -> Failure {
    Failure::new(Code::Cancelled, "The sign-in was cancelled.", "You cancelled it, or started another one.", "Sign in again.")
        .with_remedy(Remedy::SignIn)
}

/// The port is where one login's answer arrives; whose tokens these are does not depend on it.
fn without_port(auth: &AuthMethod) -> AuthMethod {
    match auth {
        AuthMethod::Browser(app) => AuthMethod::Browser(OAuthApp { redirect_port: None, ..app.clone() }),
        other => other.clone(),
    }
}

/// Ends what was given and is not wanted, best effort. Waited for, since the program may end after it.
async fn let_go(shared: &Arc<Shared>, owner: &Connection, app: &OAuthApp, tokens: Tokens) {
    let Some(refresh_token) = tokens.refresh else { return };
    let (http, deadline) = (shared.current().http, Instant::now() + REVOKE_TIMEOUT);
    if let Ok(endpoints) = oauth::discover(&http, &Target::of(owner), deadline).await {
        let _ = oauth::revoke(&http, &endpoints, app, &refresh_token, deadline).await;
    }
}

fn hints(tokens: &Tokens, auth: &AuthMethod) -> Vec<String> {
    let missing: Vec<&str> = tokens.scopes_missing.iter().map(String::as_str).filter(|scope| *scope != Scopes::OFFLINE_ACCESS).collect();
    let missing = (!missing.is_empty()).then(|| format!("Not granted: {}. Some requests may be refused.", missing.join(", ")));
    let assumed =
        tokens.access.expiry_assumed.then(|| "The server did not say how long the access token is valid; one hour is assumed.".to_owned());
    let passing = tokens.refresh.is_none().then(|| {
        let asked = matches!(auth, AuthMethod::Browser(app) if app.scopes().stays_signed_in());
        let why = if asked { "The server did not grant offline_access" } else { "The connection's scopes do not include offline_access" };
        let until = tokens.access.expires_at.map(|end| format!(" until {}", end.to_zoned(TimeZone::system()).strftime("%H:%M")));
        format!("{why}, so this sign-in does not renew automatically. You are signed in{}; then sign in again.", until.unwrap_or_default())
    });
    [missing, assumed, passing].into_iter().flatten().collect()
}

fn unnamed_issuer() -> String {
    "The browser's answer does not name the authorization server. Older servers omit it, so the answer was accepted.".to_owned()
}

fn no_answer() -> Failure {
    Failure::new(
        Code::SignInTimeout,
        "The sign-in took too long.",
        "You did not answer a question in time.",
        "Sign in again, and answer the question.",
    )
    .with_remedy(Remedy::SignIn)
}

fn unconfirmed_discovery_host(host: &BaseUrl) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("The sign-in was not started at {host}."),
        "DATABRICKS_DISCOVERY_HOST is set to this host, which is not a Databricks host. A page there could imitate the sign-in page.",
        "Remove the variable. If you trust the host, run: brickpass login --find --trust-address",
    )
}

fn not_by_browser() -> Failure {
    Failure::new(
        Code::Unsupported,
        "This connection does not sign in through the browser.",
        "It has its own token or client secret.",
        "To sign in as yourself, choose OAuth in the browser as its authentication type.",
    )
}

fn other_host(host: &BaseUrl) -> Failure {
    Failure::new(
        Code::Cancelled,
        "The sign-in was stopped, and nothing was sent.",
        format!("You did not accept the address {host}."),
        "Sign in again and choose another address, or enter your workspace URL.",
    )
    .with_remedy(Remedy::SignIn)
}

fn same_user(stored: &str) -> Failure {
    Failure::new(
        Code::Cancelled,
        format!("{stored} stays signed in."),
        "You chose not to switch to another user.",
        "To switch users, sign in again. If the browser does not ask who you are, sign out there first.",
    )
    .with_remedy(Remedy::SignIn)
}

fn nobody() -> Failure {
    Failure::new(
        Code::OauthProtocol,
        "The server did not say who signed in.",
        "Its access token does not name a user.",
        "Try again. If it happens again, contact the server's administrator.",
    )
    .with_remedy(Remedy::SignIn)
}
