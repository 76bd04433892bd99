//! Programs whose makers publish them as Go modules, built here: each from a small module of ours in `tests/interop`, whose `go.sum` pins it.

use std::{ffi::OsStr, path::PathBuf, process::Command};

use super::clients::{LONGEST_INSTALLATION, Prepared, kept, last_line, missing, sources};
use crate::support::{Finished, run};

pub struct Build {
    /// Below `tests/interop`.
    pub module: &'static str,
    pub package: &'static str,
    pub program: &'static str,
    /// The variable that its maker sets to the version when it is released.
    pub version: Option<&'static str>,
    /// The module that it is built from.
    pub of: &'static str,
}

impl Build {
    /// The built program. What was built before is looked at by Go, and kept.
    pub fn made(&self) -> Result<PathBuf, Prepared> {
        if let Some(skipped) = missing(&["go"]) {
            return Err(skipped);
        }
        self.fits()?;
        let fetched = self.go(&["mod".as_ref(), "download".as_ref()]);
        if fetched.code != Some(0) {
            return Err(Prepared::Skipped(format!("its modules could not be fetched: {}", last_line(&fetched))));
        }
        let program = kept(self.module).join(self.program);
        let version = self.version.map(|variable| format!(" -X {variable}={}", self.version())).unwrap_or_default();
        let flags = format!("-ldflags=-s -w{version}");
        let arguments: [&OsStr; 6] =
            ["build".as_ref(), "-trimpath".as_ref(), flags.as_ref(), "-o".as_ref(), program.as_ref(), self.package.as_ref()];
        let built = self.go(&arguments);
        if built.code == Some(0) { Ok(program) } else { Err(Prepared::Broken(last_line(&built))) }
    }

    /// As `go.mod` names it.
    pub fn version(&self) -> String {
        let text = std::fs::read_to_string(self.folder().join("go.mod")).unwrap();
        let line = text.lines().find_map(|line| line.trim().trim_start_matches("require ").strip_prefix(self.of));
        line.and_then(|rest| rest.split_whitespace().next()).expect("go.mod names it").trim_start_matches('v').to_owned()
    }

    /// An older Go says so in many words, and only after it has read everything.
    fn fits(&self) -> Result<(), Prepared> {
        let asked = self.go(&["list".as_ref(), "-m".as_ref()]);
        if asked.code == Some(0) {
            return Ok(());
        }
        let why = last_line(&asked);
        let older =
            ["requires go >=", "invalid go version", "unknown directive", "unknown block type"].iter().any(|it| asked.stderr.contains(it));
        Err(if older { Prepared::Skipped(format!("go is too old for it: {why}")) } else { Prepared::Broken(why) })
    }

    fn folder(&self) -> PathBuf {
        sources(self.module)
    }

    fn go(&self, arguments: &[&OsStr]) -> Finished {
        let mut command = Command::new("go");
        command.current_dir(self.folder()).args(arguments);
        // Writable, or `cargo clean` could not take it away again.
        command.env("GOFLAGS", "-mod=readonly -modcacherw -buildvcs=false").env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "0");
        command.env("GOMODCACHE", kept("go-modules")).env("GOCACHE", kept("go-build"));
        run(&mut command, b"", LONGEST_INSTALLATION)
    }
}
