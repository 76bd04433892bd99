//! What somebody has probably meant.

use brickpass_core::connection::secrets_starred;

/// How alike two words are at least, from 0 to 1: a letter too many, too few, or two that changed places.
const ALIKE: f64 = 0.84;

/// The known name that is most like the one that was typed, if any is.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let small = typed.to_lowercase();
    let rated = known.map(|name| (strsim::jaro_winkler(&small, &name.to_lowercase()), name));
    rated.filter(|(alike, _)| *alike >= ALIKE).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

/// As a question before the rest of an advice. Of names that begin with what was typed none is the likelier one: all are offered, three at most.
pub(super) fn did_you_mean<'a>(typed: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let small = typed.trim().to_lowercase();
    let mut offered: Vec<&str> = Vec::new();
    if !small.is_empty() {
        offered.extend(known.clone().filter(|name| name.to_lowercase().starts_with(&small)).take(3));
    }
    if offered.is_empty() {
        offered.extend(nearest(typed, known));
    }
    let quoted: Vec<_> = offered.into_iter().map(|name| format!("\"{}\"", secrets_starred(name).escape_debug())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!("Did you mean {only}? "),
        Some((last, others)) => format!("Did you mean {} or {last}? ", others.join(", ")),
    }
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

    #[test]
    fn all_names_that_begin_so_are_offered_and_none_of_them_can_write_to_the_terminal() {
        let asked = |typed: &str| did_you_mean(typed, NAMES.into_iter());
        assert_eq!(asked("sales"), "Did you mean \"Sales lakehouse\" or \"Sales archive\"? ");
        assert_eq!(
            (asked("nightly"), asked(" "), asked("production")),
            ("Did you mean \"Nightly jobs\"? ".into(), String::new(), String::new())
        );
        assert_eq!(did_you_mean("data", ["Data \u{1b}[2J"].into_iter()), "Did you mean \"Data \\u{1b}[2J\"? ");
    }
}
