//! Signing in on the command line: the real program, the demo's authorization server, a stand-in for the browser that the desktop opens.
#![cfg(target_os = "linux")]

mod accounts;
mod ends;
mod logged;
mod login;
mod paste;
mod settings;
mod token;

use std::{
    fs,
    io::Read as _,
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use brickpass_demo::{Demo, DemoOptions, DemoUser};

use crate::support::{
    Finished, browser, free_port,
    on_demo::workspace,
    terminal::{LIMIT, Terminal},
    wait,
};

const SALES: &str = "Sales lakehouse";

/// The demo in this process, and an `xdg-open` that hands each address to the test.
struct Service {
    demo: Demo,
}

type Desk = Terminal<Service>;

impl Desk {
    fn new() -> Self {
        let desk = Self::with(Service { demo: Demo::start(&DemoOptions::default()).unwrap() });
        // Whole or not at all, with what it was given and what it sees of the environment.
        let stub = format!(
            "#!/bin/sh\nenv > '{0}/environment'\nprintf '%s\\n' \"$@\" > '{0}/opened.new'\nmv '{0}/opened.new' '{0}/opened'\n",
            desk.bin().display()
        );
        desk.stand_in("xdg-open", &stub);
        desk
    }

    fn base_url(&self, name: &str) -> String {
        workspace(&self.demo, name).base_url.clone()
    }

    fn user(&self, index: usize) -> DemoUser {
        self.demo.users()[index].clone()
    }

    /// A connection to the first workspace that signs in through the browser.
    fn add(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.base_url(SALES), "--auth", "browser"]);
    }

    fn add_account(&self, name: &str) {
        let account = self.demo.account();
        self.done(&["add", name, "--base-url", &account.base_url, "--account-id", &account.account_id, "--auth", "browser"]);
    }

    fn add_service_principal(&self, name: &str, base_url: &str, secret: &str) {
        let client_id = self.demo.service_principal().client_id;
        let how = ["--auth", "service-principal", "--client-id", &client_id, "--client-secret-stdin"];
        self.done_fed(&[&["add", name, "--base-url", base_url], &how[..]].concat(), secret);
    }

    /// `brickpass login` with a port of its own, waiting for the browser.
    fn begin(&self, arguments: &[&str]) -> Waiting {
        let port = self.port();
        self.begin_on(port, &[arguments, &["--port", &port.to_string()]].concat())
    }

    fn port(&self) -> u16 {
        let port = free_port();
        self.demo.authorization().register_redirect_port(port);
        port
    }

    fn begin_on(&self, port: u16, arguments: &[&str]) -> Waiting {
        self.waits(port, self.command(&[&["login"], arguments].concat()).stdin(Stdio::null()))
    }

    fn waits(&self, port: u16, login: &mut Command) -> Waiting {
        let _ = fs::remove_file(self.bin().join("opened"));
        let child = login.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Waiting { child, port, bin: self.bin() }
    }

    /// A whole sign-in that the person allows.
    fn login(&self, arguments: &[&str], user: &DemoUser) -> Finished {
        let mut waiting = self.begin(arguments);
        let address = waiting.opened();
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        waiting.end()
    }

    fn logged_in(&self, name: &str) -> Finished {
        let finished = self.login(&[name], &self.user(0));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished
    }
}

/// A login that has not come to its end.
struct Waiting {
    child: Child,
    port: u16,
    bin: PathBuf,
}

impl Waiting {
    /// The address that the stand-in for the browser was given: one argument, and nothing else.
    fn opened(&mut self) -> String {
        let until = Instant::now() + LIMIT;
        while Instant::now() < until {
            if let Ok(arguments) = fs::read_to_string(self.bin.join("opened")) {
                let mut lines = arguments.lines();
                let address = lines.next().unwrap().to_owned();
                assert_eq!(lines.next(), None, "{arguments}");
                return address;
            }
            if let Some(ended) = self.child.try_wait().unwrap() {
                let mut stderr = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
                panic!("{ended}: {stderr}");
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("no browser was opened");
    }

    fn end(mut self) -> Finished {
        let began = Instant::now();
        let ended = wait(&mut self.child, LIMIT).expect("the login came to an end");
        let mut finished = Finished { code: ended.code(), stdout: String::new(), stderr: String::new(), took: began.elapsed() };
        self.child.stdout.take().unwrap().read_to_string(&mut finished.stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut finished.stderr).unwrap();
        finished
    }

    fn is_open(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn token(finished: &Finished) -> &str {
    let token = finished.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no line end: {finished:?}"));
    assert!(!token.is_empty() && !token.contains(char::is_whitespace), "not a token alone: {finished:?}");
    token
}
