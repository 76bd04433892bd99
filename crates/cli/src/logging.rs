//! Where the diagnostic log goes: `--verbose`, `BRICKPASS_LOG` and `BRICKPASS_LOG_FILE`. Off unless one of them is given.

use std::{
    ffi::{OsStr, OsString},
    io::Write as _,
    path::PathBuf,
    sync::Arc,
};

use super::{environment::set, output::note};
use brickpass_core::failure::{Code, Failure};
use brickpass_logging::{Filter, Output, Verbosity};
use brickpass_storage::LogFile;

const LEVELS: &str = "BRICKPASS_LOG";
const FILE: &str = "BRICKPASS_LOG_FILE";

/// For a file that is named without levels.
const IN_A_FILE: Verbosity = Verbosity(2);

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    on_stderr: Option<Filter>,
    in_file: Option<(PathBuf, Filter)>,
}

impl Plan {
    /// `BRICKPASS_LOG` is for the file if one is named, else for stderr; `--verbose` is for stderr.
    fn of(verbose: Verbosity, levels: Option<&OsStr>, file: Option<OsString>) -> Result<Self, Failure> {
        let levels = levels.map(read).transpose()?;
        let asked = (verbose > Verbosity(0)).then(|| Filter::of(verbose));
        Ok(match file {
            Some(file) => Self { on_stderr: asked, in_file: Some((file.into(), levels.unwrap_or_else(|| Filter::of(IN_A_FILE)))) },
            None => Self {
                on_stderr: if asked.is_some() { levels.map(|levels| levels.with(verbose)).or(asked) } else { levels },
                in_file: None,
            },
        })
    }

    fn start(self) -> Result<(), Failure> {
        let mut outputs = Vec::new();
        outputs.extend(self.on_stderr.map(|filter| Output { filter, write: Arc::new(to_stderr) }));
        if let Some((path, filter)) = self.in_file {
            let file = LogFile::open(&path)?;
            outputs.push(Output { filter, write: Arc::new(move |line: &str| file.write(line)) });
        }
        if !outputs.is_empty() && brickpass_logging::start(outputs) {
            brickpass_logging::info!("started", version = env!("CARGO_PKG_VERSION"), system = std::env::consts::OS);
        }
        Ok(())
    }
}

/// For `brickpass`: a command, or the window. `verbose`: how often `--verbose` was given.
///
/// # Errors
/// `BRICKPASS_LOG` cannot be read; the file cannot be used.
pub(super) fn start(verbose: u8) -> Result<(), Failure> {
    let (levels, file) = (set(LEVELS), set(FILE));
    if verbose == 0 && levels.is_none() && file.is_none() {
        return Ok(());
    }
    Plan::of(Verbosity(verbose), levels.as_deref(), file)?.start()
}

/// For `brickpass-credential`, which prints an answer for programs: on stderr alone. A wrong value is reported there and does not keep the program
/// from its token.
pub(super) fn start_for_a_program() {
    let Some(levels) = set(LEVELS) else { return };
    if let Err(failure) = Plan::of(Verbosity(0), Some(&levels), None).and_then(Plan::start) {
        note(format_args!("Warn: {failure}"));
    }
}

/// A closed stderr changes nothing.
fn to_stderr(line: &str) {
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn read(levels: &OsStr) -> Result<Filter, Failure> {
    levels.to_string_lossy().parse().map_err(|error: brickpass_logging::FilterError| {
        Failure::new(
            Code::InvalidInput,
            format!("{LEVELS} is set to {}.", levels.to_string_lossy().escape_debug()),
            error.to_string(),
            format!("Set it to a valid value, for example {LEVELS}=debug, or remove it."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        text.parse().unwrap()
    }

    fn plan(verbose: u8, levels: Option<&str>, file: Option<&str>) -> Plan {
        Plan::of(Verbosity(verbose), levels.map(OsStr::new), file.map(Into::into)).unwrap()
    }

    #[test]
    fn the_levels_are_for_the_file_if_one_is_named_and_verbose_is_for_stderr() {
        assert_eq!(plan(0, Some("warn"), None), Plan { on_stderr: Some(filter("warn")), in_file: None });
        assert_eq!(plan(1, None, None), Plan { on_stderr: Some(filter("info")), in_file: None });
        let both = Some(filter("debug,brickpass_storage=trace"));
        assert_eq!(plan(2, Some("warn,brickpass_storage=trace"), None), Plan { on_stderr: both, in_file: None });
        let to = |text: &str| Some(("a.log".into(), filter(text)));
        assert_eq!(plan(0, None, Some("a.log")), Plan { on_stderr: None, in_file: to("debug") });
        assert_eq!(plan(1, Some("trace"), Some("a.log")), Plan { on_stderr: Some(filter("info")), in_file: to("trace") });
    }

    #[test]
    fn a_wrong_value_is_named_and_the_right_ones_are_listed() {
        let failure = read(OsStr::new("nonsense\u{1b}[31m")).unwrap_err();
        assert_eq!(failure.code, Code::InvalidInput);
        assert_eq!(failure.what, "BRICKPASS_LOG is set to nonsense\\u{1b}[31m.");
        assert!(failure.why.contains("debug") && failure.why.contains("brickpass_databricks"), "{failure}");
    }
}
