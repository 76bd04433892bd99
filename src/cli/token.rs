//! `token`: a valid access token on stdout, and nothing else there. The one command besides the demo that prints a token.

use std::{io::Write as _, process::ExitCode};

use secrecy::ExposeSecret as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::{output::in_terminal, session::Session};
use crate::{
    connection::ConnectionId,
    engine::{AccessToken, Command, Event},
    failure::{Code, Failure},
};

pub(super) fn token(name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = fetch(&mut session, name).map_err(|failure| in_terminal(failure, name)).and_then(|token| {
        let text = if json { as_json(&token) } else { Zeroizing::new(token.secret.expose_secret().to_owned()) };
        print(&text).map(|()| ExitCode::SUCCESS)
    });
    session.settle(outcome)
}

/// The vault is not looked at beforehand, which takes as long as the rest: only when it turns out to be locked is its passphrase asked for.
fn fetch(session: &mut Session, name: &str) -> Result<AccessToken, Failure> {
    let connection = session.find(name)?.connection;
    match ask_for(session, connection.id)? {
        Err(locked) if locked.code == Code::VaultLocked => {
            session.need_vault()?;
            ask_for(session, connection.id)?
        }
        outcome => outcome,
    }
}

/// Outer: the engine; inner: the token.
fn ask_for(session: &mut Session, asked: ConnectionId) -> Result<Result<AccessToken, Failure>, Failure> {
    session.send(Command::AccessToken { id: asked });
    session.wait(|event| match event {
        Event::AccessToken { id, outcome } if id == asked => Some(Ok(outcome)),
        _ => None,
    })
}

fn as_json(token: &AccessToken) -> Zeroizing<String> {
    let mut object = json!({ "access_token": token.secret.expose_secret(), "token_type": "Bearer" });
    if let (Some(end), Some(fields)) = (token.expires_at, object.as_object_mut()) {
        fields.insert("expires_at".to_owned(), json!(end));
    }
    Zeroizing::new(format!("{object:#}"))
}

/// In one piece with its line end, which the standard library hands on without keeping a copy in its buffer.
/// Who asked for a token must hear that it was not written.
fn print(text: &str) -> Result<(), Failure> {
    let mut line = Zeroizing::new(String::with_capacity(text.len() + 1));
    line.push_str(text);
    line.push('\n');
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| {
        Failure::new(
            Code::FileUnwritable,
            "The token could not be written.",
            format!("Writing to stdout failed: {error}."),
            "Run it with a stdout that is open and has room.",
        )
    })
}
