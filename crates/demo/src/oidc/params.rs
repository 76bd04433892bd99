//! Parameters of a request, in the query or as a form.

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};

/// Decoded, in order; no parameter may come twice (RFC 6749, section 3.1), and an empty one counts as left out.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// # Errors
    /// The name of a parameter that comes twice.
    pub(super) fn read(encoded: &[u8]) -> Result<Self, String> {
        let all: Vec<(String, String)> = url::form_urlencoded::parse(encoded).into_owned().collect();
        for (index, (name, _)) in all.iter().enumerate() {
            if all.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(name.clone());
            }
        }
        Ok(Self(all))
    }

    /// # Errors
    /// Not a form; the name of a parameter that comes twice.
    pub(super) fn form(headers: &HeaderMap, body: &Bytes) -> Result<Self, String> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err("The body must be application/x-www-form-urlencoded".to_owned());
        }
        Self::read(body).map_err(|name| format!("Repeated parameter: {name}"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_comes_once_and_an_empty_one_is_none() {
        let params = Params::read(b"a=1&b=&c=x%26%20y").unwrap();
        assert_eq!((params.get("a"), params.get("b"), params.get("c"), params.get("d")), (Some("1"), None, Some("x& y"), None));
        assert_eq!(Params::read(b"a=1&b=2&a=1").err().as_deref(), Some("a"));
    }

    #[test]
    fn only_a_form_is_read_as_a_form() {
        let body = Bytes::from_static(b"a=1");
        let with = |kind: &'static str| HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
        assert!(Params::form(&with("application/x-www-form-urlencoded; charset=utf-8"), &body).is_ok());
        assert!(Params::form(&with("application/json"), &body).is_err());
        assert!(Params::form(&HeaderMap::new(), &body).is_err());
    }
}
