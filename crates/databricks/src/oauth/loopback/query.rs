//! The query of the redirect, decoded once and strictly: anything ambiguous is refused.

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

/// The parameters of an authorization response (RFC 6749, section 4.1.2; RFC 9207, section 2). One without a value counts as omitted
/// (RFC 6749, section 3.1).
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) code: Option<Zeroizing<String>>,
    pub(super) state: Option<Zeroizing<String>>,
    pub(super) error: Option<Zeroizing<String>>,
    pub(super) error_description: Option<Zeroizing<String>>,
    pub(super) iss: Option<Zeroizing<String>>,
}

/// Ambiguous or invalid.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Parameters {
    /// # Errors
    /// Broken percent-encoding or UTF-8; CR, LF or NUL in any name or value; one of ours more than once.
    pub(super) fn read(query: &str) -> Result<Self, Unreadable> {
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let slot = match name.as_str() {
                "code" => &mut parameters.code,
                "state" => &mut parameters.state,
                "error" => &mut parameters.error,
                "error_description" => &mut parameters.error_description,
                "iss" => &mut parameters.iss,
                // RFC 6749, section 4.1.2: unrecognized parameters are ignored.
                _ => continue,
            };
            if seen.contains(&name) {
                return Err(Unreadable);
            }
            seen.push(name);
            *slot = Some(value).filter(|value| !value.is_empty());
        }
        Ok(parameters)
    }

    /// A request for something else: not an answer to a login.
    pub(super) fn is_no_answer(&self) -> bool {
        self.code.is_none() && self.state.is_none() && self.error.is_none()
    }
}

/// `application/x-www-form-urlencoded` (RFC 6749, appendix B), where `+` is a space.
fn decoded(text: &str) -> Result<Zeroizing<String>, Unreadable> {
    let escapes_are_whole =
        text.split('%').skip(1).all(|rest| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    if !escapes_are_whole {
        return Err(Unreadable);
    }
    let spaced = Zeroizing::new(text.replace('+', " "));
    let bytes = Zeroizing::new(percent_decode(spaced.as_bytes()).collect::<Vec<u8>>());
    let value = std::str::from_utf8(&bytes).map_err(|_| Unreadable)?;
    if value.contains(['\r', '\n', '\0']) {
        return Err(Unreadable);
    }
    Ok(Zeroizing::new(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<String, Unreadable> {
        decoded(text).map(|value| value.to_string())
    }

    #[test]
    fn values_are_decoded_once() {
        assert_eq!(value("a+b%20c%2Bd%2520").unwrap(), "a b c+d%20");
        assert_eq!(value("%C3%86rlig+%c3%b8l").unwrap(), "\u{C6}rlig \u{F8}l");
        assert_eq!(value("").unwrap(), "");
    }

    #[test]
    fn lb_25_broken_encodings_are_unreadable() {
        for text in ["%zz", "%", "%4", "a%4", "%4g", "%%41", "%+1", "%C0%AF", "%E0%80%AF", "%FF", "%ED%A0%80", "%C3"] {
            assert_eq!(value(text), Err(Unreadable), "{text}");
            assert!(Parameters::read(&format!("unknown={text}")).is_err(), "{text} in a parameter that nobody reads");
            assert!(Parameters::read(&format!("{text}=x")).is_err(), "{text} in a name");
        }
    }

    #[test]
    fn lb_49_line_breaks_are_unreadable_wherever_they_stand() {
        for text in ["a%0db", "a%0Ab", "%0D%0A", "a%00"] {
            assert_eq!(value(text), Err(Unreadable), "{text}");
            assert!(Parameters::read(&format!("code=x&state=y&unknown={text}")).is_err(), "{text}");
        }
    }

    #[test]
    fn what_comes_twice_is_unreadable_however_it_is_written() {
        for name in ["code", "state", "error", "error_description", "iss"] {
            assert!(Parameters::read(&format!("{name}=a&{name}=a")).is_err(), "{name}");
            assert!(Parameters::read(&format!("{name}=&{name}=a")).is_err(), "{name}, the first one empty");
        }
        assert!(Parameters::read("code=a&%63ode=b").is_err());
        assert!(Parameters::read("code=a&Code=b&other=1&other=2").is_ok(), "names are case-sensitive, others are ignored");
    }

    #[test]
    fn an_empty_value_counts_as_omitted() {
        let read = Parameters::read("code=&state&iss=x").unwrap();
        assert!(read.code.is_none() && read.state.is_none() && read.iss.is_some() && read.is_no_answer());
        assert!(Parameters::read("").unwrap().is_no_answer());
        assert!(!Parameters::read("error=x").unwrap().is_no_answer());
    }
}
