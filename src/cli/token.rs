//! `token`: a valid access token on stdout, and nothing else there. The one command besides the demo that prints a token.

use std::{io::Write as _, process::ExitCode};

use secrecy::ExposeSecret as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::session::Session;
use crate::{
    engine::{AccessToken, Command, Event},
    failure::{Code, Failure},
};

pub(super) fn token(name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = fetch(&mut session, name).and_then(|token| {
        let text = if json { as_json(&token) } else { Zeroizing::new(token.secret.expose_secret().to_owned()) };
        print(&text).map(|()| ExitCode::SUCCESS)
    });
    session.settle(outcome)
}

fn fetch(session: &mut Session, name: &str) -> Result<AccessToken, Failure> {
    let connection = session.find(name)?.connection;
    session.need_vault()?;
    session.send(Command::AccessToken { id: connection.id });
    session.wait(|event| match event {
        Event::AccessToken { id, outcome } if id == connection.id => Some(outcome),
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
