//! `login --find`: signing in without knowing the address. The sign-in page asks which workspace is meant, the answer tells its host, and
//! only after the person has confirmed that host a connection to it is added.

use super::{args::Login, edit, session::Session, sign_in::sign_in, terminal::Inputs};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, BaseUrl, Connection, ConnectionId, ConnectionName, Draft, Level, LevelKind, OAuthApp},
    failure::{Code, Failure},
};
use brickpass_engine::{Found, SignInPlace, SignedIn};

pub(super) fn find(
    session: &mut Session,
    inputs: &Inputs,
    options: &Login,
    name: Option<&str>,
    host: Option<BaseUrl>,
) -> Result<(Connection, SignedIn), Failure> {
    let level = if options.account { LevelKind::Account } else { LevelKind::Workspace };
    // Before the browser opens: nobody should sign in for a name that cannot be kept.
    let wanted = fit(session, name)?;
    let owner = unknown(wanted.clone(), host, options.trust_address);
    let id = owner.id;
    let done = sign_in(session, inputs, options, owner, SignInPlace::Anywhere { level })?;
    let found = done.found.as_ref().ok_or_else(|| Failure::mistake("The sign-in did not return its address."))?;
    let name = if name.is_some() { wanted.as_str().to_owned() } else { free_name(session, found.base_url.host()) };
    let connection = edit::save(session, &draft(id, name, level, found), None, None)?;
    Ok((connection, done))
}

fn fit(session: &Session, given: Option<&str>) -> Result<ConnectionName, Failure> {
    let wrong = |why: String| {
        Failure::new(
            Code::InvalidInput,
            "This name cannot be used for the new connection.",
            why,
            "Use a different name, then run the command again.",
        )
    };
    let name = ConnectionName::parse(given.unwrap_or("New connection")).map_err(|error| wrong(format!("{error}.")))?;
    if given.is_some() && session.name_taken(None)(name.as_str()) {
        return Err(wrong("Another connection has this name.".to_owned()));
    }
    Ok(name)
}

/// Stands for the connection that is to be found: nothing of it is known but that somebody will sign in.
fn unknown(name: ConnectionName, host: Option<BaseUrl>, address_confirmed: bool) -> Connection {
    let base_url = host.unwrap_or_else(BaseUrl::discovery_host);
    Connection { address_confirmed, ..Connection::new(name, base_url, AuthMethod::Browser(OAuthApp::default()), Level::Workspace) }
}

fn draft(id: ConnectionId, name: String, level: LevelKind, found: &Found) -> Draft {
    let mut draft = Draft::new(id);
    draft.name = name;
    draft.auth = AuthKind::Browser;
    draft.level = level;
    draft.base_url = found.base_url.origin();
    // The person has confirmed the host on the way.
    draft.confirmed_origin = Some(found.base_url.origin());
    draft.account_id = found.account_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
    draft.workspace_id = found.workspace_id.clone().unwrap_or_default();
    draft
}

/// The host as name, with a number behind it where there is such a connection already.
fn free_name(session: &Session, host: &str) -> String {
    let taken = session.name_taken(None);
    std::iter::once(host.to_owned())
        .chain((2..1000).map(|number| format!("{host} {number}")))
        .find(|name| !taken(name))
        .unwrap_or_else(|| host.to_owned())
}
