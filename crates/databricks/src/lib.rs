//! How Brickpass talks to Databricks: REST, OAuth, the tokens in use, and the test of a connection.
//!
//! ```text
//! rest  <-  oauth  <-  session  <-  check
//! ```

pub mod check;
pub mod oauth;
pub mod rest;
pub mod session;
