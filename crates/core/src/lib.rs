//! What a Databricks connection is, and how a failure is described. No I/O, no clock, no runtime.

pub mod connection;
pub mod failure;

/// `1 connection`, `2 connections`.
#[must_use]
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
