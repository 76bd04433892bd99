//! Which configuration Databricks' tools would use in a folder: the files are read here, what they mean is told by `interchange::effective`.

pub use crate::interchange::effective::{Attribute, Effective, Source};
