//! How the server took the end of a sign-in, in words, in JSON and as an exit code.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::{code_of, note};
use brickpass_engine::Revocation;

/// Prints what is left to do on stderr, and returns the exit code.
pub(super) fn told(revocation: &Revocation) -> ExitCode {
    match revocation {
        Revocation::Revoked => ExitCode::SUCCESS,
        Revocation::NotOffered => {
            note(
                "The server does not support revoking a sign-in. It stays valid until it expires, or until you revoke it in your Databricks account settings.",
            );
            ExitCode::SUCCESS
        }
        Revocation::Failed(failure) => {
            note(format_args!("{}\n{}\n{}", failure.what, failure.why, failure.fix));
            if let Some(details) = &failure.details {
                note(format_args!("Details: {details}"));
            }
            code_of(failure)
        }
    }
}

/// `revoked`: whether the server knows; with a failure, why it does not.
pub(super) fn add_to(object: &mut Value, revocation: &Revocation) {
    let Some(fields) = object.as_object_mut() else { return };
    fields.insert("revoked".to_owned(), json!(*revocation == Revocation::Revoked));
    if let Revocation::Failed(failure) = revocation {
        fields.insert("not_revoked".to_owned(), json!(failure));
    }
}
