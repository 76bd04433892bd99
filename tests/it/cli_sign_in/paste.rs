//! A browser on another computer: the way back is pasted, and nothing of it shows or is left for the shell.

use std::{
    io::{Read as _, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{Desk, token};
use crate::support::{browser, missing_tool, skip, terminal::LIMIT, wait};

/// A program with what it has written so far, on both ways.
struct Seen {
    child: Child,
    stdin: ChildStdin,
    text: Arc<Mutex<String>>,
}

impl Seen {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let text = Arc::new(Mutex::new(String::new()));
        let (stdin, stdout, stderr) = (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let read = |mut from: Box<dyn std::io::Read + Send>| {
            let text = Arc::clone(&text);
            thread::spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(1..) = from.read(&mut piece).inspect(|read| {
                    text.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..*read]));
                }) {}
            });
        };
        read(Box::new(stdout));
        read(Box::new(stderr));
        Self { child, stdin, text }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    fn until(&self, words: &str) -> String {
        let end = Instant::now() + LIMIT;
        while !self.text().contains(words) {
            assert!(Instant::now() < end, "no {words:?} in {}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
        self.text()
    }

    /// The address that is to be opened.
    fn address(&self) -> String {
        let text = self.until("Waiting for the browser on port");
        text.lines().find(|line| line.starts_with("http")).unwrap().trim().to_owned()
    }

    fn types(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
        self.stdin.flush().unwrap();
    }

    /// What was typed has left the pipe to the program that holds the terminal, which writes it there at once.
    fn is_at_the_terminal(&self) {
        let end = Instant::now() + LIMIT;
        while rustix::io::ioctl_fionread(&self.stdin).unwrap() > 0 {
            assert!(Instant::now() < end, "nobody reads");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn code(&mut self) -> Option<i32> {
        wait(&mut self.child, LIMIT).expect("it ends").code()
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Desk {
    /// Where the browser of `user` ends, without having gone there.
    fn ends_at(&self, address: &str) -> String {
        let user = self.user(0);
        browser::consent(address, &user.name, &user.password).unwrap()
    }

    /// The words of a shell, at a terminal of its own.
    fn at_terminal(&self, words: &str) -> Seen {
        let mut script = self.program("script");
        Seen::start(script.args(["-qefc", words, "/dev/null"]).env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"))
    }
}

fn login(port: u16, how: &str) -> String {
    format!("'{}' login Sales --port {port} {how}", crate::support::BRICKPASS)
}

#[test]
fn sg_16_an_address_on_stdin_ends_a_sign_in_whose_browser_is_elsewhere() {
    let desk = Desk::new();
    desk.add("Sales");
    let port = desk.port();
    let mut seen = Seen::start(&mut desk.command(&["login", "Sales", "--paste", "--port", &port.to_string()]));
    let pasted = desk.ends_at(&seen.address());
    seen.types(&pasted);
    assert_eq!(seen.code(), Some(0), "{}", seen.text());
    assert!(seen.until("Signed in as").contains(&desk.user(0).name));
    token(&desk.done(&["token", "Sales"]));
    assert!(!desk.bin().join("opened").exists(), "no browser was to be opened");

    let mut wrong = Seen::start(&mut desk.command(&["login", "Sales", "--paste", "--port", &port.to_string()]));
    wrong.address();
    wrong.types(&pasted);
    assert_eq!(wrong.code(), Some(2), "it is used up: {}", wrong.text());
    wrong.until("belongs to another sign-in");
}

#[cfg(target_os = "linux")]
#[test]
fn sg_19_a_pasted_address_does_not_show_at_the_terminal() {
    if let Some(tool) = missing_tool(&["script"]) {
        return skip("sg_19_a_pasted_address_does_not_show_at_the_terminal", &format!("{tool} is not installed"));
    }
    let desk = Desk::new();
    desk.add("Sales");
    let mut seen = desk.at_terminal(&login(desk.port(), "--paste"));
    let pasted = desk.ends_at(&seen.address());
    seen.until("it is not shown");
    seen.types("http://localhost:1/?code=of-something-else");
    seen.until("not the address of the browser's last page");
    seen.types(&pasted);
    let text = seen.until("Signed in as");
    assert!(!text.contains("code=") && !text.contains("of-something-else"), "{text}");
    assert_eq!(seen.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn sg_19_what_is_typed_while_a_sign_in_waits_does_not_reach_the_shell() {
    if let Some(tool) = missing_tool(&["script"]) {
        return skip("sg_19_what_is_typed_while_a_sign_in_waits_does_not_reach_the_shell", &format!("{tool} is not installed"));
    }
    let desk = Desk::new();
    desk.add("Sales");
    let shell = |how: &str| {
        desk.at_terminal(&format!("trap : INT; {}; echo ended; IFS= read -r line; echo \"left:$line:\"; stty -a", login(desk.port(), how)))
    };
    let mut seen = shell("--no-browser");
    let text = seen.address();
    seen.until("ssh -L");
    let pasted = desk.ends_at(&text);
    // No address: it is thrown away without a word.
    seen.types("touch typed-words & ls");
    seen.is_at_the_terminal();
    browser::visit(&pasted);
    seen.until("ended");
    seen.types("fresh");
    let text = seen.until("left:fresh:");
    assert!(text.contains("left:fresh:") && !text.contains("typed-"), "{text}");
    let text = seen.until("icanon");
    assert!(text.contains(" echo ") && !text.contains("-echo "), "it echoes again: {text}");

    let mut answered = shell("--no-browser");
    let address = answered.address();
    answered.until("paste the address of the browser's last page here");
    answered.types("http://localhost:1/?code=typed-elsewhere");
    answered.until("not the address of the browser's last page");
    let pasted = desk.ends_at(&address);
    answered.types(&pasted.replace("state=", "state=typed-"));
    answered.until("belongs to another sign-in");
    answered.types("y");
    answered.types(&pasted);
    answered.until("Signed in as");
    answered.until("ended");
    answered.types("fresh");
    let text = answered.until("left:fresh:");
    assert!(text.contains("left:fresh:") && !text.contains("code=typed-") && !text.contains("state=typed"), "{text}");
    assert!(!text.contains(&pasted), "{text}");
    let text = answered.until("icanon");
    assert!(text.contains(" echo ") && !text.contains("-echo "), "it echoes again: {text}");

    let mut cancelled = shell("--no-browser");
    cancelled.address();
    // Ctrl+C as a terminal has it.
    cancelled.types("\u{3}");
    cancelled.until("ended");
    cancelled.types("fresh");
    let text = cancelled.until("icanon");
    assert!(text.contains(" echo ") && !text.contains("-echo "), "{text}");
}
