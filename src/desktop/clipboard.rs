//! The clipboard of the operating system.

use arboard::{Error, Set};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use brickpass_core::failure::{Code, Failure};
use brickpass_engine::clipboard::{Board, Gone, Placed};

/// # Errors
/// There is no clipboard: no display, or one that does not answer.
pub fn open() -> Result<Box<dyn Board>, Failure> {
    #[cfg(all(unix, not(target_vendor = "apple")))]
    if super::wayland::is_there()
        && let Some(board) = super::wayland::Wayland::open()
    {
        return Ok(Box::new(board));
    }
    let clipboard = arboard::Clipboard::new().map_err(|error| unusable(&error))?;
    Ok(Box::new(System { clipboard, put: None }))
}

/// X11, Windows, macOS. The content is compared before it is cleared: on X11, clearing would also drop another program's selection.
struct System {
    clipboard: arboard::Clipboard,
    /// The SHA-256 of the last copied secret. The secret itself is kept only by the system.
    put: Option<[u8; 32]>,
}

impl Board for System {
    fn put(&mut self, secret: &SecretString) -> Result<Placed, Failure> {
        marked(self.clipboard.set()).text(secret.expose_secret()).map_err(|error| unusable(&error))?;
        self.put = Some(digest(secret.expose_secret()));
        Ok(Placed { guaranteed: guaranteed() })
    }

    fn take_off(&mut self) -> Result<Gone, Failure> {
        let there = match self.clipboard.get_text().map(Zeroizing::new) {
            Ok(text) => Some(digest(&text)),
            // Empty, a picture, or not text: not our content.
            Err(Error::ContentNotAvailable | Error::ConversionFailure) => None,
            Err(error) => return Err(not_cleared(&error)),
        };
        if there.is_none() || there != self.put {
            return Ok(Gone::TakenOver);
        }
        self.clipboard.clear().map_err(|error| not_cleared(&error))?;
        self.put = None;
        Ok(Gone::Cleared)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// In a Wayland session reached through X11, a program without focus can neither read nor clear the clipboard.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn guaranteed() -> bool {
    !super::wayland::is_there()
}

#[cfg(any(not(unix), target_vendor = "apple"))]
fn guaranteed() -> bool {
    true
}

/// `x-kde-passwordManagerHint` keeps it out of clipboard histories; no clipboard manager takes it over when the program ends.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn marked(set: Set<'_>) -> Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

/// `ExcludeClipboardContentFromMonitorProcessing`: kept out of the clipboard history and the cloud clipboard.
#[cfg(windows)]
fn marked(set: Set<'_>) -> Set<'_> {
    arboard::SetExtWindows::exclude_from_monitoring(set)
}

/// `org.nspasteboard.ConcealedType`.
#[cfg(target_vendor = "apple")]
fn marked(set: Set<'_>) -> Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

/// The errors do not contain the content.
fn unusable(error: &Error) -> Failure {
    Failure::new(
        Code::Unsupported,
        "Nothing was copied.",
        "The clipboard is not available: there is no display, or another program holds it.",
        "Copy it again. On a computer without a display, use the command line (brickpass token) instead.",
    )
    .with_details(error.to_string())
}

pub fn not_cleared(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Code::Unsupported,
        "The clipboard could not be cleared.",
        "Another program holds it, or the display does not answer.",
        "Copy something else to replace the secret.",
    )
    .with_details(error.to_string())
}
