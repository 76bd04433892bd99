//! What the refusals of `/api/2.0/token` mean, in words.

use super::{ApiError, error::Reason};
use crate::failure::{Code, Failure};

impl ApiError {
    /// The same refusal where `/api/2.0/token` was asked. The words of other errors stay.
    pub(super) fn about_tokens(mut self) -> Self {
        let said = self.failure.details.clone().unwrap_or_default().to_ascii_lowercase();
        if let Some(failure) = words(self.reason, &said) {
            let details = self.failure.details.take();
            self.failure = details.into_iter().fold(failure, Failure::with_details);
        }
        self
    }
}

/// `said`: code and message, in lower case.
fn words(reason: Reason, said: &str) -> Option<Failure> {
    // An older service gives another code with the same message.
    let disabled = reason == Reason::FeatureDisabled || said.contains("tokens are disabled") || said.contains("tokens are not enabled");
    if reason == Reason::QuotaExceeded {
        return Some(Failure::new(
            Code::TokenQuota,
            "You have too many tokens in this workspace.",
            "There is a limit on the tokens of one user, and you have reached it.",
            "Revoke tokens that you no longer need, then try again.",
        ));
    }
    if disabled {
        return Some(Failure::new(
            Code::TokensDisabled,
            "Personal access tokens are switched off in this workspace.",
            "An admin of the workspace does not allow them.",
            "Sign in with the browser instead, or ask an admin to switch them on.",
        ));
    }
    if said.contains("permission to use tokens") {
        return Some(Failure::new(
            Code::TokensNotAllowed,
            "You may not use personal access tokens in this workspace.",
            "The permission to use them is given to certain users and groups only.",
            "Ask an admin of the workspace for the permission, or sign in with the browser instead.",
        ));
    }
    if reason == Reason::InvalidParameterValue && (said.contains("lifetime") || said.contains("timeout")) {
        return Some(Failure::new(
            Code::TokenLifetime,
            "The workspace does not allow this lifetime.",
            "A token may not be valid for longer than an admin of the workspace has set.",
            "Choose a shorter lifetime, then try again.",
        ));
    }
    (reason == Reason::InvalidParameterValue).then(|| {
        Failure::new(
            Code::InvalidInput,
            "The workspace does not accept this request for a token.",
            "Something in the comment or the lifetime is not allowed there.",
            "Change the comment or the lifetime, then try again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, reason: &str, message: &str) -> Failure {
        let generic = Failure::new(Code::NotApi, "Generic.", "", "").with_details(format!("HTTP {status}, {reason}: {message}"));
        let error = ApiError { reason: Reason::of(reason), ..ApiError::answered(generic, status) }.about_tokens();
        assert!(error.failure.details.unwrap().contains(message), "what the service says stays readable");
        assert_eq!(error.status, Some(status));
        Failure { details: None, ..error.failure }
    }

    #[test]
    fn each_refusal_has_words_of_its_own() {
        let cases = [
            (400, "QUOTA_EXCEEDED", "The quota of 600 tokens is reached.", Code::TokenQuota),
            (404, "FEATURE_DISABLED", "Personal access tokens are disabled.", Code::TokensDisabled),
            (403, "PERMISSION_DENIED", "Personal access tokens are disabled for this workspace.", Code::TokensDisabled),
            (403, "PERMISSION_DENIED", "User does not have permission to use tokens.", Code::TokensNotAllowed),
            (400, "INVALID_PARAMETER_VALUE", "Token lifetime may be at most 90 days.", Code::TokenLifetime),
            (400, "INVALID_PARAMETER_VALUE", "requirement failed: Invalid timeout: 0", Code::TokenLifetime),
            (400, "INVALID_PARAMETER_VALUE", "Comment is too long.", Code::InvalidInput),
            (403, "403", "Invalid access token.", Code::NotApi),
        ];
        for (status, reason, message, code) in cases {
            assert_eq!(told(status, reason, message).code, code, "{message}");
        }
    }
}
