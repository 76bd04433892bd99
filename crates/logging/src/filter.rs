//! How much is logged: a level for all of Brickpass, and levels for its parts. Other crates are never heard: their events may show headers.

use std::{fmt, str::FromStr};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;

/// All of Brickpass.
const ALL: &str = "brickpass";

/// The parts that log, as the log names them.
const PARTS: [&str; 5] = [ALL, "brickpass_cli", "brickpass_databricks", "brickpass_engine", "brickpass_storage"];

/// Spans have a target of their own, so that events keep their context when only one part is logged.
const SPANS: &str = "brickpass::span";

/// How much is logged, of which parts. Read from text as `debug`, `brickpass_databricks=trace` or `info,brickpass_storage=debug`; a part may
/// be narrowed to a module (`brickpass_databricks::session=debug`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    all: LevelFilter,
    parts: Vec<(String, LevelFilter)>,
}

/// How often `--verbose` was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verbosity(
    /// 1: info, 2: debug, more: trace.
    pub u8,
);

/// Text that names no level, or a part that Brickpass does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError;

impl Filter {
    /// Nothing but what `verbosity` asks for.
    #[must_use]
    pub fn of(verbosity: Verbosity) -> Self {
        Self { all: verbosity.level(), parts: Vec::new() }
    }

    /// The same with the level of `verbosity` for all of Brickpass; levels of parts stay.
    #[must_use]
    pub fn with(self, verbosity: Verbosity) -> Self {
        Self { all: verbosity.level(), ..self }
    }

    pub(crate) fn targets(&self) -> Targets {
        let parts = self.parts.iter().map(|(part, level)| (part.as_str(), *level));
        Targets::new().with_targets([(SPANS, LevelFilter::ERROR), (ALL, self.all)]).with_targets(parts)
    }
}

impl Verbosity {
    fn level(self) -> LevelFilter {
        match self.0 {
            0 => LevelFilter::OFF,
            1 => LevelFilter::INFO,
            2 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        }
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut filter = Self { all: LevelFilter::OFF, parts: Vec::new() };
        for entry in text.split(',').map(str::trim) {
            match entry.split_once('=') {
                None => filter.all = level(entry)?,
                Some((part, word)) => filter.parts.push((known(part.trim())?.to_owned(), level(word.trim())?)),
            }
        }
        Ok(filter)
    }
}

fn level(word: &str) -> Result<LevelFilter, FilterError> {
    match word.to_ascii_lowercase().as_str() {
        "off" => Ok(LevelFilter::OFF),
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err(FilterError),
    }
}

/// A part of Brickpass, or a module of one.
fn known(part: &str) -> Result<&str, FilterError> {
    let name = part.split("::").next().unwrap_or_default();
    let is_path = part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b':'));
    if PARTS.contains(&name) && is_path { Ok(part) } else { Err(FilterError) }
}

/// What the text may be, as a sentence.
impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "It takes a level (error, warn, info, debug or trace), levels of parts such as brickpass_storage=debug, or both with commas \
             between. The parts are {}.",
            PARTS.join(", ")
        )
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn enabled(text: &str, target: &str, level: Level) -> bool {
        text.parse::<Filter>().unwrap().targets().would_enable(target, &level)
    }

    #[test]
    fn a_level_is_for_all_of_brickpass_and_a_part_may_have_its_own() {
        assert!(enabled("info", "brickpass_engine::request", Level::INFO) && !enabled("info", "brickpass_engine::request", Level::DEBUG));
        let text = "warn, brickpass_databricks=trace,brickpass_storage::vault=DEBUG";
        assert!(enabled(text, "brickpass_databricks::rest::exchange", Level::TRACE));
        assert!(enabled(text, "brickpass_storage::vault::logged", Level::DEBUG));
        assert!(!enabled(text, "brickpass_storage::atomic_file", Level::INFO));
        let one = "brickpass_databricks=debug";
        assert!(!enabled(one, "brickpass_engine::request", Level::ERROR) && enabled(one, SPANS, Level::ERROR), "context stays");
    }

    #[test]
    fn the_other_crates_are_never_heard() {
        for text in ["trace", "brickpass=trace", "brickpass_databricks=trace"] {
            for target in ["hyper", "hyper_util::client", "reqwest", "rustls::client", "h2::codec", "zbus", "tracing", ""] {
                assert!(!enabled(text, target, Level::ERROR), "{text} {target}");
            }
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in [
            "",
            "nonsense",
            "3",
            "debug;info",
            "debug,",
            "hyper=trace",
            "reqwest",
            "brickpass_databricks",
            "brickpass_databricks=",
            "brickpass_x=info",
            "=info",
            "brickpass_engine[{x}]=info",
        ] {
            assert_eq!(text.parse::<Filter>(), Err(FilterError), "{text:?}");
        }
    }

    #[test]
    fn verbosity_sets_the_level_of_all_and_leaves_the_parts() {
        let filter = "error,brickpass_storage=trace".parse::<Filter>().unwrap().with(Verbosity(1));
        assert!(filter.targets().would_enable("brickpass_engine", &Level::INFO));
        assert!(filter.targets().would_enable("brickpass_storage", &Level::TRACE));
        assert_eq!(
            [0, 1, 2, 3, 9].map(|count| Verbosity(count).level()),
            [LevelFilter::OFF, LevelFilter::INFO, LevelFilter::DEBUG, LevelFilter::TRACE, LevelFilter::TRACE]
        );
    }
}
