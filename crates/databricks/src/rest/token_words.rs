//! What the refusals of the APIs around tokens mean, in words: `/api/2.0/token`, `/api/2.0/token-management`, `/api/2.0/workspace-conf`.

use super::{ApiError, error::Reason};
use brickpass_core::failure::{Code, Failure};

impl ApiError {
    /// The same refusal where `/api/2.0/token` was asked. The words of other errors stay.
    pub(super) fn about_tokens(self) -> Self {
        let told = words(self.reason, &self.said());
        self.in_words(told)
    }

    /// The same refusal where only an admin of the workspace may ask.
    pub(super) fn admins_only(self) -> Self {
        // What the token itself is limited to says nothing about its user.
        let refused = self.failure.code == Code::Forbidden;
        self.in_words(refused.then(not_an_admin))
    }

    /// The same refusal where `/api/2.0/workspace-conf` was asked.
    pub(super) fn about_rules(self) -> Self {
        let unfit = (self.reason == Reason::InvalidParameterValue).then(|| {
            Failure::new(
                Code::InvalidInput,
                "The workspace does not accept this setting.",
                "It does not allow this value, or it does not have this setting.",
                "Choose another value, then try again.",
            )
        });
        self.in_words(unfit).admins_only()
    }

    /// Code and message, in lower case.
    fn said(&self) -> String {
        self.failure.details.clone().unwrap_or_default().to_ascii_lowercase()
    }

    fn in_words(mut self, told: Option<Failure>) -> Self {
        if let Some(failure) = told {
            let details = self.failure.details.take();
            self.failure = details.into_iter().fold(failure, Failure::with_details);
        }
        self
    }
}

fn not_an_admin() -> Failure {
    Failure::new(
        Code::Forbidden,
        "Only workspace admins can see or change this.",
        "This connection signs in as a user who is not an admin.",
        "Ask a workspace admin, or use a connection that signs in as one.",
    )
}

pub(super) fn no_such_id() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "Invalid token ID.",
        "It contains invalid characters, or it is too long.",
        "Copy the ID from the list of tokens.",
    )
}

/// Whether one sentence says that tokens, or making them, are switched off. `said` is in lower case.
fn says_disabled(said: &str) -> bool {
    said.split(". ").any(|sentence| {
        let tokens = ["tokens", "token creation", "token generation", "creating token", "creation of token"];
        let off = ["disabled", "not enabled", "turned off", "switched off"];
        tokens.iter().any(|words| sentence.contains(words)) && off.iter().any(|words| sentence.contains(words))
    })
}

/// `said`: code and message, in lower case.
fn words(reason: Reason, said: &str) -> Option<Failure> {
    // An older service gives another code with the same message.
    let disabled = reason == Reason::FeatureDisabled || says_disabled(said);
    if reason == Reason::QuotaExceeded {
        return Some(Failure::new(
            Code::TokenQuota,
            "You have too many tokens in this workspace.",
            "You have reached the limit of tokens per user.",
            "Revoke tokens that you no longer need, then try again.",
        ));
    }
    if disabled {
        return Some(Failure::new(
            Code::TokensDisabled,
            "Personal access tokens are disabled in this workspace.",
            "A workspace admin has disabled them.",
            "Sign in with the browser instead, or ask a workspace admin to enable them.",
        ));
    }
    if said.contains("permission to use tokens") {
        return Some(Failure::new(
            Code::TokensNotAllowed,
            "You are not allowed to use personal access tokens in this workspace.",
            "Only certain users and groups have the permission to use them.",
            "Ask a workspace admin for the permission, or sign in with the browser instead.",
        ));
    }
    if reason == Reason::InvalidParameterValue && said.contains("scope") {
        return Some(Failure::new(
            Code::TokenScope,
            "The workspace does not accept these scopes.",
            "One of them is unknown, or the workspace does not support scopes for tokens.",
            "Check the spelling of the scopes or remove them, then try again.",
        ));
    }
    if reason == Reason::InvalidParameterValue && (said.contains("lifetime") || said.contains("timeout")) {
        return Some(Failure::new(
            Code::TokenLifetime,
            "The workspace does not allow this lifetime.",
            "It is longer than the maximum that a workspace admin has set.",
            "Choose a shorter lifetime, then try again.",
        ));
    }
    (reason == Reason::InvalidParameterValue).then(|| {
        Failure::new(
            Code::InvalidInput,
            "The workspace does not accept this token request.",
            "The comment or the lifetime is not allowed.",
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
            (403, "PERMISSION_DENIED", "Token creation is disabled for this workspace.", Code::TokensDisabled),
            (403, "PERMISSION_DENIED", "User does not have permission to use tokens.", Code::TokensNotAllowed),
            (400, "INVALID_PARAMETER_VALUE", "Token lifetime may be at most 90 days.", Code::TokenLifetime),
            (400, "INVALID_PARAMETER_VALUE", "requirement failed: Invalid timeout: 0", Code::TokenLifetime),
            (400, "INVALID_PARAMETER_VALUE", "Invalid scopes: [everything].", Code::TokenScope),
            (400, "INVALID_PARAMETER_VALUE", "Comment is too long.", Code::InvalidInput),
            (403, "403", "Invalid access token.", Code::NotApi),
        ];
        for (status, reason, message, code) in cases {
            assert_eq!(told(status, reason, message).code, code, "{message}");
        }
    }

    fn refused(status: u16, reason: &str, message: &str, code: Code) -> ApiError {
        let generic = Failure::new(code, "Generic.", "", "").with_details(format!("HTTP {status}, {reason}: {message}"));
        ApiError { reason: Reason::of(reason), ..ApiError::answered(generic, status) }
    }

    #[test]
    fn who_is_no_admin_is_told_so_and_nobody_else() {
        let denied = |message| refused(403, "PERMISSION_DENIED", message, Code::Forbidden);
        let told = denied("Only admins can do this.").admins_only().failure;
        assert!(told.what.starts_with("Only workspace admins") && told.details.is_some(), "{told}");
        assert_eq!(denied("Only admin users.").about_rules().failure.what, told.what);
        let limited = refused(403, "PERMISSION_DENIED", "Provided OAuth token does not have required scopes: settings", Code::MissingScope);
        let limited = limited.about_rules();
        assert_eq!(limited.failure.what, "Generic.");
        assert_eq!(refused(403, "403", "Invalid access token.", Code::Unauthorized).admins_only().failure.what, "Generic.");
        let unfit = refused(400, "INVALID_PARAMETER_VALUE", "maxTokenLifetimeDays must be 0 to 730", Code::NotApi).about_rules();
        assert_eq!(unfit.failure.code, Code::InvalidInput);
    }
}
