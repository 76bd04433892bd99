//! Brickpass keeps all of a person's Databricks connections in one window.
//!
//! The folders are the map: each is one idea and may only look downwards.
//!
//! ```text
//! failure  <-  connection  <-  storage, databricks  <-  oauth  <-  session  <-  check  <-  engine  <-  ui, cli
//! ```
//!
//! `demo`, `clipboard` and `interchange` stand apart: `demo` and `interchange` may use `connection` alone (and `interchange` `failure`), `clipboard` `failure`; only the engine uses the clipboard. `tests/it/architecture.rs` holds these arrows.

pub mod check;
pub mod cli;
pub mod clipboard;
pub mod connection;
pub mod databricks;
pub mod demo;
pub mod engine;
pub mod failure;
pub mod interchange;
pub mod oauth;
pub mod session;
pub mod storage;
pub mod ui;
