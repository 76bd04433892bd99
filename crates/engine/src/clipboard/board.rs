//! What a clipboard can do for a secret. The platforms differ; the keeping of time does not.

use secrecy::SecretString;

use brickpass_core::failure::Failure;

/// A secret was put on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// It can be taken off again for certain.
    pub guaranteed: bool,
}

/// How a secret went from the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Taken off; the clipboard is empty.
    Cleared,
    /// Something else is there, which was left alone.
    TakenOver,
}

/// One clipboard, never the primary selection: what is put there replaces what somebody has marked with the mouse.
pub trait Board {
    /// Puts `secret` in the place of what is there, marked as one.
    ///
    /// # Errors
    /// The clipboard cannot be used; what is there is as before.
    fn put(&mut self, secret: &SecretString) -> Result<Placed, Failure>;

    /// How what was put last has gone, as far as that is known without reading: whatever reads the clipboard makes managers of histories
    /// read it as well.
    fn gone(&mut self) -> Option<Gone> {
        None
    }

    /// Takes off what was put last, if it is still there.
    ///
    /// # Errors
    /// The clipboard cannot be used; perhaps it is still there.
    fn take_off(&mut self) -> Result<Gone, Failure>;
}
