//! Values of options and arguments that are more than text: lifetimes, scopes, objects, maximums.

use std::time::Duration;

use brickpass_core::connection::Scopes;
use brickpass_databricks::rest::Securable;

/// Days; of the service itself.
pub(crate) const LONGEST_DAYS: u32 = 730;

/// One or more, separated by spaces or commas.
pub(crate) fn scopes(text: &str) -> Result<Scopes, String> {
    Scopes::parse(text).map_err(|_| "a scope contains only letters, digits and . : / - _, for example sql or unity-catalog".to_owned())
}

/// `90d`, `12h`, `30m`.
pub(crate) fn lifetime(text: &str) -> Result<Duration, String> {
    let unknown = || "a lifetime is a number with d, h or m: 90d, 12h, 30m".to_owned();
    let unit = text.chars().last().ok_or_else(unknown)?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return Err(unknown()),
    };
    let digits = text.strip_suffix(unit).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(unknown)?;
    let number: u64 = digits.parse().map_err(|_| unknown())?;
    match number.checked_mul(seconds) {
        Some(0) => Err("the lifetime must be longer than 0".to_owned()),
        // A hundred years; no workspace allows as much.
        Some(seconds) if seconds <= 36_525 * 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err("the lifetime is too long".to_owned()),
    }
}

/// What a permission is granted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) kind: Securable,
    pub(crate) id: String,
}

const KINDS: [(&str, Securable); 4] =
    [("cluster", Securable::Cluster), ("warehouse", Securable::SqlWarehouse), ("job", Securable::Job), ("schema", Securable::Schema)];

/// `cluster:0618-101010-abc`
pub(crate) fn object(text: &str) -> Result<Target, String> {
    let unknown = || "enter cluster:ID, warehouse:ID, job:ID or schema:CATALOG.SCHEMA".to_owned();
    let (word, id) = text.split_once(':').ok_or_else(unknown)?;
    let (_, kind) = KINDS.into_iter().find(|(kind, _)| *kind == word).ok_or_else(unknown)?;
    let parts: Vec<&str> = id.split('.').collect();
    let wanted = if kind == Securable::Schema { 2 } else { 1 };
    let fits = parts.len() == wanted && parts.iter().all(|part| !part.trim().is_empty());
    if fits { Ok(Target { kind, id: id.to_owned() }) } else { Err(unknown()) }
}

impl Target {
    pub(crate) fn word(&self) -> &'static str {
        KINDS.into_iter().find(|(_, kind)| *kind == self.kind).map_or("object", |(word, _)| word)
    }
}

/// `None`: the word `none`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Maximum(pub(crate) Option<u32>);

pub(crate) fn maximum(text: &str) -> Result<Maximum, String> {
    if text == "none" {
        return Ok(Maximum(None));
    }
    match text.parse() {
        Ok(days @ 1..=LONGEST_DAYS) => Ok(Maximum(Some(days))),
        _ => Err(format!("enter a number of days from 1 to {LONGEST_DAYS}, or none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_days_hours_or_minutes() {
        let seconds = |text| lifetime(text).map(|it| it.as_secs());
        assert_eq!([seconds("90d"), seconds("12h"), seconds("30m")], [Ok(7_776_000), Ok(43_200), Ok(1_800)]);
        for text in ["", "d", "90", "0d", "-1d", "+1d", "1w", "1.5h", "90 d", "1é", "99999999999999999999d", "999999999d"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
