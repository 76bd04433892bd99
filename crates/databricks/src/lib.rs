//! Communication with Databricks: REST, OAuth, the tokens in use, and connection tests.
//!
//! ```text
//! rest  <-  oauth  <-  session  <-  check
//! ```

pub mod check;
pub mod oauth;
pub mod rest;
pub mod session;
