//! What a tool finds around it besides values: programs, files, and which variables are set. Looked up by whoever may; nothing is started or asked.

use std::path::PathBuf;

/// A program that a tool would start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    Missing,
    /// Smaller than 1 MiB: the SDKs take it for the Databricks CLI of old.
    TooSmall(PathBuf),
    There(PathBuf),
}

/// A file that holds nothing but a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFile {
    Missing,
    Empty,
    There,
    /// Why.
    Unreadable(String),
}

pub trait Surroundings {
    /// `name`: on the search path, or a path with a separator in it.
    fn program(&self, name: &str) -> Program;
    fn token_file(&self, path: &str) -> TokenFile;
    /// Whether an environment variable has a value.
    fn is_set(&self, variable: &str) -> bool;
}

/// Nothing is there.
pub struct Nothing;

impl Surroundings for Nothing {
    fn program(&self, _: &str) -> Program {
        Program::Missing
    }

    fn token_file(&self, _: &str) -> TokenFile {
        TokenFile::Missing
    }

    fn is_set(&self, _: &str) -> bool {
        false
    }
}
