//! Desktop tasks: opening a web address, starting the demo, storing the window's position.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    blocking::blocking,
    request::{Context, Order, Request},
};
use brickpass_core::failure::{Code, Failure};
use brickpass_storage::WindowMemory;

/// Opens a web address in the browser. That of a sign-in is not logged.
#[derive(Debug)]
pub struct OpenInBrowser {
    pub address: SecretString,
}

impl Request for OpenInBrowser {
    type Answer = ();

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<(), Failure> {
        let opened = blocking(move || context.shared.open_url(self.address.expose_secret())).await?;
        opened.then_some(()).ok_or_else(|| {
            Failure::new(
                Code::Unsupported,
                "The browser could not be opened.",
                "No browser is set up on this computer.",
                "Copy the address and open it in a browser.",
            )
        })
    }
}

/// Opens a second window on the embedded demo workspaces. In a process of its own: the demo's throw-away configuration and the person's
/// connections never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDemo;

impl Request for OpenDemo {
    type Answer = ();

    const ORDER: Order = Order::Question;

    async fn run(self, _: Context) -> Result<(), Failure> {
        let started = std::env::current_exe().and_then(|program| std::process::Command::new(program).arg("--demo").spawn());
        let mut child = started.map_err(|error| {
            Failure::new(
                Code::Internal,
                "The demo could not be started.",
                format!("Operating system error: {error}."),
                "Start it from a terminal: brickpass --demo",
            )
        })?;
        // Waited for, so that it leaves no zombie behind.
        drop(std::thread::spawn(move || child.wait()));
        Ok(())
    }
}

/// Writes down where the window is, for its next start.
#[derive(Debug, Clone, PartialEq)]
pub struct RememberWindow(pub WindowMemory);

impl Request for RememberWindow {
    type Answer = ();

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<(), Failure> {
        blocking(move || context.shared.window_file.save(&self.0)).await
    }
}
