//! What a Databricks connection is, and how a failure is described. No I/O, no clock, no runtime.

pub mod connection;
pub mod failure;
