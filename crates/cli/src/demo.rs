//! The embedded demo workspaces: served for scripts, or as the throw-away configuration of a window.

use std::{io::Write as _, process::ExitCode, time::Duration};

use secrecy::SecretString;
use tempfile::TempDir;

use super::{args, environment, output::note};
use brickpass_core::failure::{Code, Failure};
use brickpass_demo::{Demo, DemoOptions};
use brickpass_engine::Places;
use brickpass_storage::{Library, SecretKey, Vault, VaultConfig, VaultHome};

/// `brickpass demo`: serves until the process is stopped.
pub(super) fn serve(options: &args::Demo) -> Result<ExitCode, Failure> {
    let demo = start(&DemoOptions {
        port: options.port,
        latency: Duration::from_millis(options.latency),
        workspaces: usize::from(options.workspaces),
    })?;
    if let Some(seconds) = options.token_lifetime {
        demo.authorization().set_access_token_lifetime(Duration::from_secs(seconds));
    }
    announce(&demo)?;
    note("The demo workspaces are only available on this computer. Press Ctrl+C to stop.");
    loop {
        std::thread::park();
    }
}

/// The window that is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// On the embedded demo workspaces.
    pub demo: bool,
}

/// What the window needs; keep it for as long as the window is open.
pub struct Prepared {
    pub places: Places,
    demo: Option<(Demo, TempDir)>,
}

impl Prepared {
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.demo.is_some()
    }
}

impl Opening {
    /// The person's own configuration, or a throw-away one with the demo's connections and their tokens in memory.
    ///
    /// # Errors
    /// No home directory; no temporary folder; no free port.
    pub fn prepare(self) -> Result<Prepared, Failure> {
        if !self.demo {
            return Ok(Prepared { places: environment::places()?, demo: None });
        }
        let demo = start(&DemoOptions::default())?;
        let folder = tempfile::Builder::new().prefix("brickpass-demo-").tempdir().map_err(|error| {
            Failure::new(
                Code::FileUnwritable,
                "The demo's temporary configuration could not be created.",
                format!("Operating system error: {error}."),
                "Free some space in the temporary folder, then try again.",
            )
        })?;
        let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: folder.path().join("vault.age"), passphrase: None });
        let places = Places {
            vault: Some(vault.clone()),
            save_folder: environment::save_folder(),
            look_around: Some(environment::around),
            // Nobody's own file is touched by trying things out.
            databrickscfg: Some(folder.path().join(".databrickscfg")),
            ..Places::new(folder.path().join("config"), folder.path().join("state"))
        };
        let mut connections = Vec::new();
        for (connection, secret) in demo.connections() {
            if let Some((kind, secret)) = secret {
                let key = SecretKey::of(&connection, kind);
                vault.put(&key, &SecretString::from(secret)).map_err(|error| error.failure())?;
            }
            connections.push(connection);
        }
        Library::new(&places.config_dir, &places.state_dir).add_all(connections).map_err(|error| error.failure())?;
        announce(&demo)?;
        Ok(Prepared { places, demo: Some((demo, folder)) })
    }
}

fn start(options: &DemoOptions) -> Result<Demo, Failure> {
    Demo::start(options).map_err(|error| {
        Failure::new(
            Code::Refused,
            "The demo workspaces could not be started.",
            format!("Operating system error: {error}."),
            "Choose another port with --port, or 0 to let the system choose.",
        )
    })
}

/// The first line on stdout, for whoever drives the demo. Its tokens are worth nothing outside this process.
fn announce(demo: &Demo) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", demo.announcement()).and_then(|()| stdout.flush()).map_err(|error| {
        Failure::new(
            Code::FileUnwritable,
            "The demo could not print its address.",
            format!("Writing to stdout failed: {error}."),
            "Run it with an open stdout.",
        )
    })
}
