//! Wayland: a copy is served until another program replaces it, so the owner of the clipboard is known without reading it.

use std::thread::{self, JoinHandle};

use secrecy::{ExposeSecret as _, SecretString};
use wl_clipboard_rs::{
    copy::{self, ClipboardType, MimeSource, MimeType, Options, Seat, Source},
    utils::is_primary_selection_supported,
};

use brickpass_engine::clipboard::{Board, Gone, Placed};

use super::clipboard::not_cleared;
use brickpass_core::failure::{Code, Failure};

/// Whether this is a Wayland session.
pub fn is_there() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

/// The data-control protocol, which works for programs without focus. Not every compositor has it.
pub struct Wayland {
    /// Ends when another program takes the clipboard or the compositor is gone.
    serving: Option<JoinHandle<Gone>>,
    last: Option<Gone>,
}

impl Wayland {
    /// `None`: the compositor does not support the protocol.
    pub fn open() -> Option<Self> {
        // The answer itself does not matter: the call fails without the protocol.
        is_primary_selection_supported().is_ok().then_some(Self { serving: None, last: None })
    }
}

impl Board for Wayland {
    fn put(&mut self, secret: &SecretString) -> Result<Placed, Failure> {
        let mut options = Options::new();
        options.clipboard(ClipboardType::Regular).foreground(true).sensitive(true);
        let bytes = secret.expose_secret().as_bytes().to_vec().into_boxed_slice();
        let offered = vec![MimeSource { source: Source::Bytes(bytes), mime_type: MimeType::Text }];
        let prepared = options.prepare_copy_multi(offered).map_err(|error| not_put(&error))?;
        let serving = thread::Builder::new().name("clipboard-serving".to_owned()).spawn(move || match prepared.serve() {
            Ok(()) => Gone::TakenOver,
            // The offer ends with the connection.
            Err(_) => Gone::Cleared,
        });
        // Without its thread the offer is dropped, which withdraws it.
        self.serving = Some(serving.map_err(|error| not_put(&error))?);
        self.last = None;
        Ok(Placed { guaranteed: true })
    }

    fn gone(&mut self) -> Option<Gone> {
        if let Some(serving) = self.serving.take_if(|serving| serving.is_finished()) {
            self.last = Some(serving.join().unwrap_or(Gone::Cleared));
        }
        self.last
    }

    fn take_off(&mut self) -> Result<Gone, Failure> {
        if let Some(gone) = self.gone() {
            return Ok(gone);
        }
        copy::clear(ClipboardType::Regular, Seat::All).map_err(|error| not_cleared(&error))?;
        if let Some(serving) = self.serving.take() {
            // The compositor reports that the offer was cancelled.
            let _ = serving.join();
        }
        self.last = Some(Gone::Cleared);
        Ok(Gone::Cleared)
    }
}

fn not_put(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Code::Unsupported, "Nothing was copied.", "The compositor of this Wayland session did not accept it.", "Copy it again.")
        .with_details(error.to_string())
}
