//! The program on the command line, in a home of its own with an encrypted vault.

use std::{
    io::{BufRead as _, BufReader},
    ops::Deref,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

use super::{BRICKPASS, Finished, Gate, Home, Running, comes, run, stays};

/// Of a command.
pub const LIMIT: Duration = Duration::from_mins(3);

pub const PASSPHRASE: &str = "correct horse";

/// `W` is what a test puts around it: its parts are reached through the terminal.
pub struct Terminal<W = ()> {
    pub home: Home,
    /// Variables that every program here is started with.
    pub variables: Vec<(&'static str, String)>,
    world: W,
}

impl<W> Terminal<W> {
    pub fn with(world: W) -> Self {
        Self::at(Home::new(), world)
    }

    pub fn at(home: Home, world: W) -> Self {
        Self { home, variables: Vec::new(), world }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(BRICKPASS);
        command.args(arguments);
        command
    }

    /// Any program that is to find the vault, and the programs that stand in for others.
    pub fn program(&self, program: &str) -> Command {
        let mut command = self.home.command(program);
        with_vault(&mut command);
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        if self.bin().is_dir() {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(self.bin()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(folders).unwrap());
        }
        command
    }

    pub fn brickpass(&self, arguments: &[&str]) -> Finished {
        self.fed(arguments, "")
    }

    pub fn fed(&self, arguments: &[&str], stdin: &str) -> Finished {
        run(&mut self.command(arguments), stdin.as_bytes(), LIMIT)
    }

    pub fn done(&self, arguments: &[&str]) -> Finished {
        self.done_fed(arguments, "")
    }

    pub fn done_fed(&self, arguments: &[&str], stdin: &str) -> Finished {
        let finished = self.fed(arguments, stdin);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        self.done(&[arguments, &["--json"]].concat()).json()
    }

    /// A connection that signs in with this token.
    pub fn add_token(&self, name: &str, base_url: &str, token: &str) {
        self.done_fed(&["add", name, "--base-url", base_url, "--token-stdin"], token);
    }

    /// Somebody presses Ctrl+C when `asked` counts one more; the answer is behind the gate until then, and the program waits for it.
    pub fn interrupted(&self, arguments: &[&str], asked: impl Fn() -> usize, gate: &Gate) -> Output {
        let before = asked();
        gate.shut();
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        comes("it asks", || asked() > before);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        stays("it does not leave without the answer", || child.try_wait().unwrap().is_none());
        gate.open();
        child.wait_with_output().unwrap()
    }

    /// Programs here are found before all others.
    pub fn bin(&self) -> PathBuf {
        self.home.path().join("bin")
    }

    #[cfg(unix)]
    pub fn stand_in(&self, program: &str, script: &str) {
        use std::{fs, os::unix::fs::PermissionsExt as _};
        fs::create_dir_all(self.bin()).unwrap();
        let path = self.bin().join(program);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// No file of this home holds it in the clear.
    pub fn is_nowhere(&self, secret: &str) {
        for (path, bytes) in self.home.files() {
            assert!(!String::from_utf8_lossy(&bytes).contains(secret), "{} holds a secret", path.display());
        }
    }
}

impl<W> Deref for Terminal<W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.world
    }
}

/// For a program in another home than a terminal's.
pub fn with_vault(command: &mut Command) -> &mut Command {
    command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", PASSPHRASE)
}

/// `brickpass demo` in a process of its own, and what it announces.
pub fn demo(home: &Home, options: &[&str]) -> (Value, Running) {
    let mut command = home.brickpass([&["demo"], options].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (serde_json::from_str(&line).unwrap(), Running(child))
}

pub fn text<'a>(document: &'a Value, key: &str) -> &'a str {
    document[key].as_str().unwrap_or_else(|| panic!("{key}: {document}"))
}
