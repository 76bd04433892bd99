//! What somebody has probably meant.

/// How alike two words are at least, from 0 to 1: a letter too many, too few, or two that changed places.
const ALIKE: f64 = 0.84;

/// The known name that is most like the one that was typed, if any is.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let small = typed.to_lowercase();
    let rated = known.map(|name| (strsim::jaro_winkler(&small, &name.to_lowercase()), name));
    rated.filter(|(alike, _)| *alike >= ALIKE).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

/// As a question before the rest of an advice.
pub(super) fn did_you_mean<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(typed, known).map(|name| format!("Did you mean \"{}\"? ", name.escape_debug())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["Sales lakehouse", "Sales archive", "linked-service", "Nightly jobs"];

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        for (typed, meant) in [
            ("sales lakehose", Some("Sales lakehouse")),
            ("slaes lakehouse", Some("Sales lakehouse")),
            ("linkedservice", Some("linked-service")),
            ("nightly-jobs", Some("Nightly jobs")),
            ("Sales arch", Some("Sales archive")),
            ("production", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, NAMES.into_iter()), meant, "{typed}");
        }
    }
}
