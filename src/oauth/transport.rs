//! The bridge from the `oauth2` crate's requests to the HTTP client of all requests: same trust, same proxy, no redirects, limits.
