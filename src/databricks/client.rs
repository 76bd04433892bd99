//! Requests to one workspace, signed with one token.

use std::time::Duration;

use secrecy::SecretString;

use super::Http;
use crate::connection::BaseUrl;

pub struct Client {}

impl Client {
    /// `timeout` bounds each call as a whole, its retries included.
    #[must_use]
    pub fn new(_http: Http, _base_url: BaseUrl, _workspace_id: Option<String>, _token: SecretString, _timeout: Duration) -> Self {
        todo!()
    }
}
