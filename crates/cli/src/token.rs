//! `token`: a valid access token on stdout, and nothing else there. The one command besides the demo that prints a token.

use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    environment,
    output::{in_terminal, print_secret, warn_unless_logged},
    session::Session,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{AccessToken, GetAccessToken};

pub(super) fn token(name: &str, anew: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = fetch(&mut session, name, anew).map_err(|failure| in_terminal(failure, name)).and_then(|token| {
        if let Ok(places) = environment::places_for_tokens() {
            warn_unless_logged(&places.state_dir);
        }
        let text = if json { as_json(&token) } else { Zeroizing::new(token.secret.expose_secret().to_owned()) };
        print_secret(&text).map(|()| ExitCode::SUCCESS)
    });
    session.settle(outcome)
}

/// The vault is not looked at beforehand, which takes as long as the rest: only when it turns out to be locked is its passphrase asked for.
fn fetch(session: &mut Session, name: &str, anew: bool) -> Result<AccessToken, Failure> {
    let connection = session.find(name)?.connection;
    let request = GetAccessToken { id: connection.id, anew };
    match session.ask(request) {
        Err(locked) if locked.code == Code::VaultLocked => {
            session.need_vault()?;
            session.ask(request)
        }
        outcome => outcome,
    }
}

fn as_json(token: &AccessToken) -> Zeroizing<String> {
    let mut object = json!({ "access_token": token.secret.expose_secret(), "token_type": "Bearer" });
    if let (Some(end), Some(fields)) = (token.expires_at, object.as_object_mut()) {
        fields.insert("expires_at".to_owned(), json!(end));
    }
    Zeroizing::new(format!("{object:#}"))
}
