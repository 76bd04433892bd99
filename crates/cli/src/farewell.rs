//! How the server took the end of a sign-in, in words, in JSON and as an exit code.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::{code_of, note};
use brickpass_engine::Farewell;

/// Says on stderr what is left to do, and gives the code to leave with.
pub(super) fn told(farewell: &Farewell) -> ExitCode {
    match farewell {
        Farewell::Revoked => ExitCode::SUCCESS,
        Farewell::NotOffered => {
            note("The server offers no way to end a sign-in: it ends there by itself, or in the settings of your Databricks account.");
            ExitCode::SUCCESS
        }
        Farewell::Failed(failure) => {
            note(format_args!("{}\n{}\n{}", failure.what, failure.why, failure.fix));
            if let Some(details) = &failure.details {
                note(format_args!("Details: {details}"));
            }
            code_of(failure)
        }
    }
}

/// `revoked`: whether the server knows; with a failure, why it does not.
pub(super) fn add_to(object: &mut Value, farewell: &Farewell) {
    let Some(fields) = object.as_object_mut() else { return };
    fields.insert("revoked".to_owned(), json!(*farewell == Farewell::Revoked));
    if let Farewell::Failed(failure) = farewell {
        fields.insert("not_revoked".to_owned(), json!(failure));
    }
}
