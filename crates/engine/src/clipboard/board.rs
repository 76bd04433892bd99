//! What a clipboard can do for a secret. The platforms differ; the keeping of time does not.

use secrecy::SecretString;

use brickpass_core::failure::Failure;

/// A secret was put on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Clearing it is guaranteed.
    pub guaranteed: bool,
}

/// How a secret went from the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Cleared; the clipboard is empty.
    Cleared,
    /// It contains something else, which was kept.
    TakenOver,
}

/// One clipboard, never the primary selection, which contains text selected with the mouse.
pub trait Board {
    /// Replaces the content with `secret`, marked as a secret.
    ///
    /// # Errors
    /// The clipboard cannot be used; its content is unchanged.
    fn put(&mut self, secret: &SecretString) -> Result<Placed, Failure>;

    /// How what was put last has gone, as far as that is known without reading: whatever reads the clipboard makes managers of histories
    /// read it as well.
    fn gone(&mut self) -> Option<Gone> {
        None
    }

    /// Clears the last copy, if it is still there.
    ///
    /// # Errors
    /// The clipboard cannot be used; perhaps it is still there.
    fn take_off(&mut self) -> Result<Gone, Failure>;
}
