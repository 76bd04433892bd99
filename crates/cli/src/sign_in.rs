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
    environment::{self, Whereabouts},
    find::find,
    list::sign_in_json,
    output::{count, note, print_json, say},
    quiet_terminal::QuietTerminal,
    revocation,
    session::{Session, stopped},
    terminal::{self, Input, Inputs},
};
use brickpass_core::{
    connection::{AuthMethod, Connection},
    failure::{Code, Failure},
};
use brickpass_engine::{
    Ask, Continuation, Event, Progress, SignInControl, SignInInput, SignInPlace, SignInStep, SignInWithBrowser, SignOut, SignedIn,
    SignedOut,
};

/// After so long without an answer, the browser may be on another computer.
const BROWSER_HINT_DELAY: Duration = Duration::from_secs(30);

pub(super) fn login(options: &Login, json: bool) -> Result<ExitCode, Failure> {
    let mut places = environment::places()?;
    places.redirect_port = options.port.or(places.redirect_port);
    let discovery_host = places.discovery_host.clone();
    let inputs = Inputs::new();
    let mut session = Session::open_at(places, inputs.wake())?;
    let outcome = match &options.name {
        Some(name) if !options.find => {
            let asked = session.find(name)?.connection;
            at_its_address(&mut session, &inputs, options, &asked).map(|done| (asked, done))
        }
        name => find(&mut session, &inputs, options, name.as_deref(), discovery_host),
    };
    let outcome = outcome.map(|(connection, done)| {
        report(&connection, &done, json);
        ExitCode::SUCCESS
    });
    session.settle(outcome)
}

fn at_its_address(session: &mut Session, inputs: &Inputs, options: &Login, asked: &Connection) -> Result<SignedIn, Failure> {
    let owner = browser_owner(session, asked)?;
    if owner.id != asked.id {
        note(format_args!("{} uses the sign-in of {}. Signing in to {1}.", asked.name.as_str(), owner.name.as_str()));
    }
    sign_in(session, inputs, options, owner, SignInPlace::Here)
}

/// The connection that holds the browser sign-in, or what to do instead where there is none.
fn browser_owner(session: &Session, asked: &Connection) -> Result<Connection, Failure> {
    let owner = session.owner(asked);
    let name = owner.name.as_str();
    let (what, why, fix) = match owner.auth {
        AuthMethod::Browser(_) => return Ok(owner),
        AuthMethod::PersonalAccessToken => (
            format!("{name} uses a personal access token, so there is nothing to sign in to."),
            "The token is all it needs.",
            format!(
                "To replace the token: brickpass edit \"{name}\" --token-stdin. To sign in as yourself instead: brickpass edit \"{name}\" --auth browser"
            ),
        ),
        AuthMethod::ServicePrincipal { .. } => (
            format!("{name} is a service principal, which signs in automatically without a browser."),
            "Its client ID and secret are all it needs.",
            format!("To replace the secret: brickpass edit \"{name}\" --client-secret-stdin. To test it: brickpass test \"{name}\""),
        ),
    };
    Err(Failure::new(Code::InvalidInput, what, why, fix))
}

/// From the first word to the result, whatever happens in between.
pub(super) fn sign_in(
    session: &mut Session,
    inputs: &Inputs,
    options: &Login,
    mut owner: Connection,
    place: SignInPlace,
) -> Result<SignedIn, Failure> {
    // A passphrase is asked for before the browser takes the person's attention.
    session.need_vault()?;
    inputs.listen_for_interrupt();
    if let AuthMethod::Browser(app) = &mut owner.auth
        && app.redirect_port.is_some()
        && options.port.is_some()
    {
        // What is asked for this time stands above what the connection says.
        app.redirect_port = options.port;
    }
    let whereabouts = environment::whereabouts();
    let open_browser = !options.no_browser && !options.paste && !whereabouts.no_browser_here();
    let (control, input) = SignInInput::new();
    let progress = Progress::new(|step| Continuation(Box::new(News::Step(step))));
    let request = SignInWithBrowser { owner: Box::new(owner), place, open_browser, progress, input };
    // Dropped, also with this function, it cancels the sign-in.
    let (ask, cancel) = Ask::new(request, |outcome| Continuation(Box::new(News::End(outcome)))).cancellable();
    let mut cancel = Some(cancel);
    session.send(ask);
    let mut told = Told { asked_for_browser: open_browser, paste: options.paste, typed: false, whereabouts };
    let mut hint: Option<(Instant, String)> = None;
    // The terminal is quiet while the browser is waited for, and speaks again when a question is asked or this function ends.
    let mut quiet = None;
    let mut question = false;
    loop {
        match inputs.next(session, hint.as_ref().map(|(at, _)| *at)) {
            Input::Event(Event::Answer(Continuation(news))) => {
                let Ok(news) = news.downcast::<News>() else { continue };
                let step = match *news {
                    News::Step(step) => step,
                    News::End(outcome) => return outcome,
                };
                if !matches!(step, SignInStep::Waiting { .. } | SignInStep::WrongKey { .. } | SignInStep::PasteRefused { .. }) {
                    quiet = None;
                }
                if matches!(step, SignInStep::Waiting { .. }) {
                    quiet = QuietTerminal::begin();
                    told.typed = quiet.is_some() && !options.paste;
                }
                told.tell(&step).iter().for_each(note);
                match &step {
                    SignInStep::Waiting { address, port, .. } => {
                        let words = no_answer_yet(address.expose_secret(), *port, shows_address(&step), told.typed);
                        hint = (!told.explains_the_way(&step)).then(|| (Instant::now() + BROWSER_HINT_DELAY, words));
                        if options.paste {
                            inputs.ask(PASTE);
                        } else if let Some(quiet) = &quiet {
                            inputs.hear_typed(quiet);
                        }
                    }
                    // Without a terminal, there is no other one to wait for.
                    SignInStep::PasteRefused { .. } if quiet.is_none() => return Err(not_pasted()),
                    SignInStep::PasteRefused { .. } if options.paste => inputs.ask(PASTE),
                    SignInStep::PasteRefused { .. } | SignInStep::WrongKey { .. } => {}
                    SignInStep::ConfirmHost { .. } | SignInStep::OtherUser { .. } => {
                        hint = None;
                        question = answer(&control, inputs, options, &step);
                    }
                    _ => hint = None,
                }
            }
            Input::Event(_) => {}
            Input::Line(line) if std::mem::take(&mut question) => {
                control.answer(line.is_some_and(|line| terminal::is_yes(line.expose_secret())));
            }
            Input::Typed(line) => {
                // Anything else is thrown away.
                if is_address(line.expose_secret()) {
                    control.paste(line);
                }
            }
            Input::Line(Some(address)) => control.paste(address),
            Input::Line(None) => return Err(not_pasted()),
            Input::Interrupt => drop(cancel.take()),
            Input::Timeout => hint.take().into_iter().for_each(|(_, words)| note(words)),
            Input::Ended => return Err(stopped()),
        }
    }
}

/// What comes of the sign-in: its steps, then its end.
enum News {
    Step(SignInStep),
    End(Result<SignedIn, Failure>),
}

/// Whether a line may be meant as the address that the browser ended on, with or without its scheme.
fn is_address(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let host = line.strip_prefix("http://").unwrap_or(&line);
    line.contains("://") || ["localhost", "127.0.0.1", "[::1]"].iter().any(|it| host.starts_with(it))
}

const PASTE: &str = "Paste the address of the browser's last page, then press Enter (it is not shown): ";

fn not_pasted() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The sign-in was stopped.",
        "The input does not contain the address of this sign-in: http://localhost, the port, a code and the key of this sign-in.",
        "Run this again, open the new address, and paste the address of the browser's last page, even if that page shows an error.",
    )
}

/// Whether an answer is still expected.
fn answer(control: &SignInControl, inputs: &Inputs, options: &Login, step: &SignInStep) -> bool {
    let other_user = matches!(step, SignInStep::OtherUser { .. });
    if other_user && options.yes {
        control.answer(true);
        false
    } else if terminal::attended() {
        inputs.ask(if other_user { "Switch to the new user? [y/N] " } else { "Do you trust this address? [y/N] " });
        true
    } else {
        let way = if other_user { "or use --yes" } else { "because only you can answer this" };
        note(format_args!("There is no terminal to ask, so the answer is no. Run this in a terminal, {way}."));
        control.answer(false);
        false
    }
}

/// The address is told where the browser does not open by itself. It is no secret, but it belongs to this sign-in alone.
fn shows_address(step: &SignInStep) -> bool {
    matches!(step, SignInStep::Waiting { browser_opened: false, .. })
}

/// What decides about the words.
struct Told {
    asked_for_browser: bool,
    paste: bool,
    /// An address that is pasted at the terminal is taken while this waits.
    typed: bool,
    whereabouts: Whereabouts,
}

impl Told {
    /// The browser is probably on another computer: how it finds the way back is said at once.
    fn explains_the_way(&self, step: &SignInStep) -> bool {
        shows_address(step) && (self.paste || self.whereabouts.over_ssh || !self.whereabouts.display)
    }

    /// What happens now, in words.
    fn tell(&self, step: &SignInStep) -> Vec<String> {
        match step {
            SignInStep::CheckingVault | SignInStep::WrongKey { count: 2.. } => vec![],
            SignInStep::Discovering => vec!["Looking up the sign-in page...".to_owned()],
            SignInStep::Waiting { address, port, until, browser_opened } => {
                let minutes = until.duration_since(Timestamp::now()).as_secs().max(0).unsigned_abs().div_ceil(60);
                let mut lines = Vec::new();
                if *browser_opened {
                    lines.push("Your browser is opening the sign-in page.".to_owned());
                } else {
                    if self.asked_for_browser {
                        lines.push(no_browser_started(self.whereabouts));
                    }
                    let remote = self.explains_the_way(step);
                    let here = if remote { "Open this address in a browser:" } else { "Open this address in a browser on this computer:" };
                    lines.extend([here.to_owned(), address.expose_secret().to_owned()]);
                    if remote && !self.paste {
                        lines.extend(the_way_back(*port, self.whereabouts, self.typed));
                    }
                }
                lines
                    .push(format!("Waiting for the browser on port {port}, for up to {}. Press Ctrl+C to cancel.", count_minutes(minutes)));
                lines
            }
            SignInStep::WrongKey { count: ..=1 } => {
                vec![
                    "Ignored an answer that did not match this sign-in. If you opened an older link, use the newest one. Still waiting."
                        .to_owned(),
                ]
            }
            SignInStep::PasteRefused { other: true } => {
                vec!["This address belongs to another sign-in. Paste the address of the browser's last page in this sign-in.".to_owned()]
            }
            SignInStep::PasteRefused { other: false } => {
                vec![
                    "This is not the address of the browser's last page. That one starts with http://localhost and contains a code. Copy all of it."
                        .to_owned(),
                ]
            }
            SignInStep::Exchanging => vec!["Signed in. Getting the tokens...".to_owned()],
            SignInStep::ConfirmHost { host } => vec![format!("You signed in at {host}.")],
            SignInStep::OtherUser { stored, new } => {
                vec![format!("Different user: {stored} was signed in here, and you have now signed in as {new}.")]
            }
        }
    }
}

fn the_way_back(port: u16, whereabouts: Whereabouts, typed: bool) -> [String; 2] {
    let why = if whereabouts.over_ssh { "You are connected over SSH" } else { "This computer has no display" };
    [
        format!(
            "{why}. A browser on another computer can only reach this one if you forward the port there: ssh -L {port}:localhost:{port} HOST"
        ),
        if typed {
            "Or paste the address of the browser's last page here, then press Enter (it is not shown).".to_owned()
        } else {
            "Or cancel, and paste the address of the browser's last page: brickpass login NAME --paste".to_owned()
        },
    ]
}

fn no_browser_started(whereabouts: Whereabouts) -> String {
    let named = if whereabouts.browser_named { " BROWSER is set; check that it is an installed program." } else { "" };
    format!("No browser could be started.{named}")
}

fn count_minutes(minutes: u64) -> String {
    count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute", "minutes")
}

fn no_answer_yet(address: &str, port: u16, shown: bool, typed: bool) -> String {
    let paste = if typed { ", or paste the address of its last page here and press Enter (it is not shown)" } else { "" };
    let open =
        if shown { String::new() } else { format!("\nIf no page has opened, open this address in a browser on this computer:\n{address}") };
    format!(
        "No answer yet.{open}\nA browser on another computer (WSL, remote desktop, SSH) cannot reach this one. Over SSH, forward the port: \
         ssh -L {port}:localhost:{port} HOST{paste}\nA personal access token or a service principal needs no browser: brickpass edit NAME --auth ..."
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
}

pub(super) fn logout(name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let asked = session.find(name)?.connection;
    let owner = browser_owner(&session, &asked)?;
    session.need_vault()?;
    let was = session.describe_sign_in(&asked).ok().flatten().map(|sign_in| sign_in.user);
    let sharing = session.snapshot.entries.iter().filter(|entry| entry.connection.sign_in_of == Some(owner.id)).count();
    let SignedOut { revocation, .. } = session.ask(SignOut { id: asked.id })?;
    if sharing > 0 {
        let others = count(sharing, "connection that uses it", "connections that use it");
        note(format_args!("This was the sign-in of {} and {others}.", owner.name.as_str()));
    }
    if json {
        let mut object = json!({ "name": asked.name.as_str(), "signed_out": true, "user": was });
        revocation::add_to(&mut object, &revocation);
        print_json(&object);
    } else {
        match was {
            Some(user) => say(format_args!("Signed out {user} ({})", asked.name.as_str())),
            None => say(format_args!("Not signed in ({})", asked.name.as_str())),
        }
    }
    session.settle(Ok(revocation::told(&revocation)))
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

    fn told(paste: bool, over_ssh: bool, display: bool) -> Told {
        Told { asked_for_browser: true, paste, typed: false, whereabouts: Whereabouts { over_ssh, display, browser_named: true } }
    }

    fn at_home() -> Told {
        told(false, false, true)
    }

    #[test]
    fn sg_18_over_ssh_or_without_a_display_the_way_back_is_said_at_once() {
        for (over_ssh, display) in [(true, false), (false, false), (true, true)] {
            let lines = told(false, over_ssh, display).tell(&waiting(false)).join("\n");
            assert!(lines.contains("ssh -L 8021:localhost:8021 HOST") && lines.contains("--paste"), "{lines}");
            assert!(!lines.contains("on this computer"), "{lines}");
            let at_terminal = Told { typed: true, ..told(false, over_ssh, display) };
            let lines = at_terminal.tell(&waiting(false)).join("\n");
            assert!(lines.contains("last page here, then press Enter") && !lines.contains("--paste"), "{lines}");
        }
        let lines = told(true, true, false).tell(&waiting(false)).join("\n");
        assert!(lines.contains("state=s") && !lines.contains("ssh -L"), "{lines}");
        let lines = at_home().tell(&waiting(false)).join("\n");
        assert!(lines.contains("on this computer") && !lines.contains("ssh -L"), "{lines}");
        assert!(lines.contains("No browser could be started. BROWSER is set"), "{lines}");
        assert!(!told(false, true, false).tell(&waiting(true)).join("\n").contains("ssh -L"), "the browser is open");
    }

    #[test]
    fn sg_16_what_may_be_meant_as_the_address_is_judged_and_nothing_else() {
        let meant = [
            "http://localhost:8020/?code=a",
            "HTTP://LOCALHOST:1",
            "localhost:8020/?code=a",
            "127.0.0.1:8020/",
            "[::1]:80",
            "https://x.example/?code=a",
        ];
        assert!(meant.iter().all(|line| is_address(line)));
        assert!(["", "y", "ls -l", "brickpass list", "code=a&state=b"].iter().all(|line| !is_address(line)));
    }

    #[test]
    fn the_address_is_shown_only_when_the_browser_did_not_open() {
        assert!(at_home().tell(&waiting(false)).contains(&"https://x.example/authorize?state=s".to_owned()));
        let opened = at_home().tell(&waiting(true));
        assert!(!opened.iter().any(|line| line.contains("state=")), "{opened:?}");
    }

    #[test]
    fn the_port_and_the_limit_are_told() {
        let lines = at_home().tell(&waiting(true));
        assert!(lines.iter().any(|line| line.contains("port 8021") && line.contains("5 minutes")), "{lines:?}");
    }

    #[test]
    fn a_long_silence_brings_the_address_once_and_the_other_ways() {
        assert!(no_answer_yet("https://x.example", 8021, false, false).contains("https://x.example"));
        let shown = no_answer_yet("https://x.example", 8021, true, true);
        assert!(
            !shown.contains("https://x.example") && shown.contains("-L 8021:localhost:8021") && shown.contains("service principal"),
            "{shown}"
        );
    }

    #[test]
    fn lb_03_a_wrong_key_is_told_once() {
        assert_eq!(at_home().tell(&SignInStep::WrongKey { count: 1 }).len(), 1);
        assert!(at_home().tell(&SignInStep::WrongKey { count: 2 }).is_empty());
    }
}
