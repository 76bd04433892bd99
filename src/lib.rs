//! The window of Brickpass. What it shows and does stands in the crates below it:
//!
//! ```text
//! core  <-  storage, interchange, demo  <-  databricks  <-  engine  <-  cli, the window
//! ```

#[cfg(feature = "window")]
pub mod desktop;
#[cfg(feature = "window")]
pub mod ui;
