//! The window of Brickpass. The crates below it do the work; `ARCHITECTURE.md` is the map:
//!
//! ```text
//! core  <-  storage, interchange, demo  <-  databricks  <-  engine  <-  cli, the window
//! ```

#[cfg(feature = "window")]
pub mod desktop;
#[cfg(feature = "window")]
pub mod ui;
