//! The one error of the REST API.

use crate::failure::Failure;

#[derive(Debug, Clone, thiserror::Error)]
#[error("{failure}")]
pub struct ApiError {
    pub failure: Failure,
    /// HTTP status, when an answer came.
    pub status: Option<u16>,
}
