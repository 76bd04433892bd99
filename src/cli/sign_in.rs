//! `login` and `logout`: signing in through the browser, told in words on stderr.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{
    args::Login,
    environment,
    find::find,
    list::sign_in_json,
    output::{count, note, print_json, say},
    session::{Session, stopped},
    terminal::{self, Ear, Heard},
};
use crate::{
    connection::{AuthMethod, Connection},
    engine::{Command, Event, RunId, SignInPlace, SignInStep, SignedIn},
    failure::{Code, Failure},
};

/// A process signs in once.
const RUN: RunId = RunId(1);

/// After so long without an answer, the browser may be on another computer.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn login(options: &Login, json: bool) -> Result<ExitCode, Failure> {
    let mut places = environment::places()?;
    places.redirect_port = options.port.or(places.redirect_port);
    let discovery_host = places.discovery_host.clone();
    let ear = Ear::new();
    let mut session = Session::open_at(places, ear.wake())?;
    let outcome = match &options.name {
        Some(name) if !options.find => {
            let asked = session.find(name)?.connection;
            at_its_address(&mut session, &ear, options, &asked).map(|done| (asked, done))
        }
        name => find(&mut session, &ear, options, name.as_deref(), discovery_host),
    };
    let outcome = outcome.map(|(connection, done)| {
        report(&connection, &done, json);
        ExitCode::SUCCESS
    });
    session.settle(outcome)
}

fn at_its_address(session: &mut Session, ear: &Ear, options: &Login, asked: &Connection) -> Result<SignedIn, Failure> {
    let owner = browser_owner(session, asked)?;
    if owner.id != asked.id {
        note(format_args!("{} uses the sign-in of {}: signing in there.", asked.name.as_str(), owner.name.as_str()));
    }
    sign_in(session, ear, options, owner, SignInPlace::Here)
}

/// The connection that holds the browser sign-in, or what to do instead where there is none.
fn browser_owner(session: &Session, asked: &Connection) -> Result<Connection, Failure> {
    let owner = session.owner(asked);
    let name = owner.name.as_str();
    let (what, why, fix) = match owner.auth {
        AuthMethod::Browser(_) => return Ok(owner),
        AuthMethod::PersonalAccessToken => (
            format!("{name} uses a personal access token, so there is nothing to sign in to."),
            "The token alone opens the workspace.",
            format!(
                "Replace the token with: brickpass edit \"{name}\" --token-stdin. To sign in as yourself instead: brickpass edit \"{name}\" --auth browser"
            ),
        ),
        AuthMethod::ServicePrincipal { .. } => (
            format!("{name} is a service principal, which signs in by itself, without a browser."),
            "Its client ID and secret are all it needs.",
            format!(
                "Replace the secret with: brickpass edit \"{name}\" --client-secret-stdin. See whether it works with: brickpass test \"{name}\""
            ),
        ),
    };
    Err(Failure::new(Code::InvalidInput, what, why, fix))
}

/// From the first word to the result, whatever happens in between.
pub(super) fn sign_in(
    session: &mut Session,
    ear: &Ear,
    options: &Login,
    mut owner: Connection,
    place: SignInPlace,
) -> Result<SignedIn, Failure> {
    // A passphrase is asked for before the browser takes the person's attention.
    session.need_vault()?;
    ear.listen_for_interrupt();
    if let AuthMethod::Browser(app) = &mut owner.auth
        && app.redirect_port.is_some()
        && options.port.is_some()
    {
        // What is asked for this time stands above what the connection says.
        app.redirect_port = options.port;
    }
    session.send(Command::SignIn { run: RUN, owner: Box::new(owner), place, open_browser: !options.no_browser });
    let mut hint: Option<(Instant, String)> = None;
    loop {
        match ear.next(session, hint.as_ref().map(|(at, _)| *at)) {
            Heard::Event(Event::SignInProgress { run: RUN, step, .. }) => {
                tell(&step).iter().for_each(note);
                match &step {
                    SignInStep::Waiting { address, port, .. } => {
                        hint = Some((Instant::now() + PATIENCE, no_answer_yet(address.expose_secret(), *port, shows_address(&step))));
                    }
                    SignInStep::WrongKey { .. } => {}
                    SignInStep::ConfirmHost { .. } | SignInStep::OtherUser { .. } => {
                        hint = None;
                        answer(session, ear, options, &step);
                    }
                    _ => hint = None,
                }
            }
            Heard::Event(Event::SignInFinished { run: RUN, outcome, .. }) => return outcome,
            Heard::Event(Event::Failed { failure, .. }) => return Err(failure),
            Heard::Event(_) => {}
            Heard::Answer { yes } => session.send(Command::AnswerSignIn { run: RUN, yes }),
            Heard::Interrupt => session.send(Command::CancelSignIn { run: RUN }),
            Heard::Silence => hint.take().into_iter().for_each(|(_, words)| note(words)),
            Heard::Ended => return Err(stopped()),
        }
    }
}

fn answer(session: &Session, ear: &Ear, options: &Login, step: &SignInStep) {
    let other_user = matches!(step, SignInStep::OtherUser { .. });
    if other_user && options.yes {
        session.send(Command::AnswerSignIn { run: RUN, yes: true });
    } else if terminal::attended() {
        ear.ask(if other_user { "Replace the sign-in?" } else { "Is this the one you mean?" }.to_owned());
    } else {
        let way = if other_user { "or answer it with --yes" } else { "since only you can know the answer" };
        note(format_args!("Nobody is at a terminal, so the answer is no. Run this in a terminal, {way}."));
        session.send(Command::AnswerSignIn { run: RUN, yes: false });
    }
}

/// The address is told where the browser does not open by itself. It is no secret, but it belongs to this sign-in alone.
fn shows_address(step: &SignInStep) -> bool {
    matches!(step, SignInStep::Waiting { browser_opened: false, .. })
}

/// What happens now, in words.
fn tell(step: &SignInStep) -> Vec<String> {
    match step {
        SignInStep::CheckingVault | SignInStep::WrongKey { count: 2.. } => vec![],
        SignInStep::Discovering => vec!["Asking where to sign in...".to_owned()],
        SignInStep::Waiting { address, port, until, browser_opened } => {
            let minutes = until.duration_since(Timestamp::now()).as_secs().max(0).unsigned_abs().div_ceil(60);
            let mut lines = if *browser_opened {
                vec!["Your browser opens the sign-in page.".to_owned()]
            } else {
                vec!["Open this address in a browser on this computer:".to_owned(), address.expose_secret().to_owned()]
            };
            lines.push(format!("Waiting for it on port {port}, up to {}. Ctrl+C cancels.", count_minutes(minutes)));
            lines
        }
        SignInStep::WrongKey { count: ..=1 } => {
            vec![
                "An answer with the key of another sign-in was turned away. If you opened an older link, use the newest one. Still waiting."
                    .to_owned(),
            ]
        }
        SignInStep::Exchanging => vec!["The browser is back. Fetching the tokens...".to_owned()],
        SignInStep::ConfirmHost { host } => vec![format!("You signed in at {host}.")],
        SignInStep::OtherUser { stored, new } => vec![format!("So far {stored} is signed in here; now you signed in as {new}.")],
    }
}

fn count_minutes(minutes: u64) -> String {
    count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute", "minutes")
}

fn no_answer_yet(address: &str, port: u16, shown: bool) -> String {
    let open =
        if shown { String::new() } else { format!("\nIf no page has opened, open this address in a browser on this computer:\n{address}") };
    format!(
        "No answer yet.{open}\nA browser on another computer (WSL, remote desktop, SSH) does not reach this one. Over SSH, forward the port: \
         ssh -L {port}:localhost:{port} HOST\nA personal access token or a service principal needs no browser: brickpass edit NAME --auth ..."
    )
}

fn report(connection: &Connection, done: &SignedIn, json: bool) {
    if json {
        let mut object = sign_in_json(&done.sign_in);
        if let Some(fields) = object.as_object_mut() {
            fields.insert("name".to_owned(), json!(connection.name.as_str()));
            fields.insert("base_url".to_owned(), json!(connection.base_url.origin()));
            if !done.hints.is_empty() {
                fields.insert("hints".to_owned(), json!(done.hints));
            }
        }
        print_json(&object);
        return;
    }
    done.hints.iter().for_each(note);
    say(format_args!("Signed in as {} ({})", done.sign_in.user, connection.name.as_str()));
    if !done.sign_in.renews {
        note("This sign-in does not renew itself: its scopes are without offline_access.");
    }
}

pub(super) fn logout(name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let asked = session.find(name)?.connection;
    let owner = browser_owner(&session, &asked)?;
    session.need_vault()?;
    let was = session.describe_sign_in(&asked)?.ok().flatten().map(|sign_in| sign_in.user);
    let sharing = session.snapshot.entries.iter().filter(|entry| entry.connection.sign_in_of == Some(owner.id)).count();
    session.send(Command::SignOut { id: asked.id });
    // The answer names the connection that was asked about, or the one that holds the sign-in.
    session.wait(|event| match event {
        Event::SignedOut { id } if id == asked.id || id == owner.id => Some(Ok(())),
        _ => None,
    })?;
    if sharing > 0 {
        let others = count(sharing, "connection that uses it", "connections that use it");
        note(format_args!("This was the sign-in of {}, and of {others}.", owner.name.as_str()));
    }
    if json {
        print_json(&json!({ "name": asked.name.as_str(), "signed_out": true, "user": was }));
    } else {
        match was {
            Some(user) => say(format_args!("Signed out {user} ({})", asked.name.as_str())),
            None => say(format_args!("Nobody is signed in ({})", asked.name.as_str())),
        }
    }
    session.settle(Ok(ExitCode::SUCCESS))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn waiting(browser_opened: bool) -> SignInStep {
        SignInStep::Waiting {
            address: SecretString::from("https://x.example/authorize?state=s"),
            port: 8021,
            until: Timestamp::now() + Duration::from_mins(5),
            browser_opened,
        }
    }

    #[test]
    fn the_address_is_shown_only_when_the_browser_did_not_open() {
        assert!(tell(&waiting(false)).contains(&"https://x.example/authorize?state=s".to_owned()));
        let opened = tell(&waiting(true));
        assert!(!opened.iter().any(|line| line.contains("state=")), "{opened:?}");
    }

    #[test]
    fn the_port_and_the_limit_are_told() {
        let lines = tell(&waiting(true));
        assert!(lines.iter().any(|line| line.contains("port 8021") && line.contains("5 minutes")), "{lines:?}");
    }

    #[test]
    fn a_long_silence_brings_the_address_once_and_the_other_ways() {
        assert!(no_answer_yet("https://x.example", 8021, false).contains("https://x.example"));
        let shown = no_answer_yet("https://x.example", 8021, true);
        assert!(
            !shown.contains("https://x.example") && shown.contains("-L 8021:localhost:8021") && shown.contains("service principal"),
            "{shown}"
        );
    }

    #[test]
    fn lb_03_a_wrong_key_is_told_once() {
        assert_eq!(tell(&SignInStep::WrongKey { count: 1 }).len(), 1);
        assert!(tell(&SignInStep::WrongKey { count: 2 }).is_empty());
    }
}
