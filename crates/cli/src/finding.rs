//! One line of `doctor`: what was looked at, and how to mend it.

use serde::Serialize;

use brickpass_core::failure::Failure;

#[derive(Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) ok: bool,
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl Finding {
    pub(super) fn fine(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, ok: true, detail: detail.into(), fix: None }
    }

    pub(super) fn wrong(check: &'static str, failure: &Failure) -> Self {
        Self { check, ok: false, detail: format!("{} {}", failure.what, failure.why), fix: Some(failure.fix.clone()) }
    }
}
