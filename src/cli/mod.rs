//! The same commands without a display.
