//! What the log shows of a request: its method, origin and path, and the code of its failure. Never a query, a header or a body.

use std::fmt;

use brickpass_logging::Loggable;
use reqwest::Method;
use url::Url;

use super::{ApiError, redact::plain};

/// The method, if it is one that we send.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// The path of an address, without user, host, query and fragment. A path may come from a server (the endpoints of discovery): it is redacted.
pub(super) struct UrlPath<'a>(pub(super) &'a Url);

impl Loggable for UrlPath<'_> {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(self.0.path()))
    }
}

/// The code alone: the details may quote the server.
impl Loggable for ApiError {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.log(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_path_is_shown_and_no_secret_in_it() {
        struct Shown<'a>(UrlPath<'a>);
        impl fmt::Display for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.log(f)
            }
        }
        let shown = |url: &str| Shown(UrlPath(&url.parse().unwrap())).to_string();
        assert_eq!(shown("https://me:pw@h.example/api/2.0/x?token=t#s"), "/api/2.0/x");
        assert_eq!(shown(&format!("https://h.example/x/dapi{}", "0123456789abcdef".repeat(2))), "/x/***");
    }
}
