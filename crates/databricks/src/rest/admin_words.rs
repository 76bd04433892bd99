//! What the refusals of service principals, their secrets and their permissions mean, in words.

use super::{ApiError, error::Reason};
use brickpass_core::{
    connection::AccountId,
    failure::{Code, Failure},
};

/// The workspace or account of the service principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directory<'a> {
    Workspace,
    Account(&'a AccountId),
}

/// What was asked for when it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    Principals(Directory<'a>),
    Secrets(Directory<'a>),
    Assignment,
    /// The permissions on what people call this.
    Permissions(&'static str),
}

impl Asked<'_> {
    fn place(self) -> &'static str {
        match self {
            Self::Principals(Directory::Account(_)) | Self::Secrets(Directory::Account(_)) | Self::Assignment => "account",
            _ => "workspace",
        }
    }
}

impl ApiError {
    /// The same refusal, told by what was asked for. The words of other errors stay.
    pub(super) fn about(mut self, asked: Asked<'_>) -> Self {
        if let Some(failure) = self.words(asked) {
            let details = self.failure.details.take();
            self.failure = details.into_iter().fold(failure, Failure::with_details);
        }
        self
    }

    /// What was named is not there, says the service; a part of the API that is not there is something else.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.reason, Reason::ResourceDoesNotExist | Reason::PrincipalDoesNotExist)
    }

    fn words(&self, asked: Asked<'_>) -> Option<Failure> {
        let said = self.failure.details.clone().unwrap_or_default().to_ascii_lowercase();
        let place = asked.place();
        match self.failure.code {
            Code::Forbidden => Some(forbidden(asked, place)),
            Code::NotFound if said.contains("endpoint_not_found") || said.contains("bad target") => None,
            // Without an error message of the service, this is some other server.
            Code::NotFound if said.is_empty() => None,
            Code::NotFound => Some(gone(asked, place, self.reason == Reason::PrincipalDoesNotExist || said.contains("principal"))),
            Code::NotApi if (400..500).contains(&self.status?) && !said.is_empty() => Some(refused(asked, place, self.reason, &said)),
            _ => None,
        }
    }
}

fn forbidden(asked: Asked<'_>, place: &str) -> Failure {
    match asked {
        Asked::Permissions(object) => Failure::new(
            Code::Forbidden,
            format!("You cannot see or change the permissions of this {object}."),
            "Only its owner, users who can manage it, and admins can.",
            "Ask its owner or a workspace admin.",
        ),
        _ => Failure::new(
            Code::Forbidden,
            format!("Only {place} admins can do this."),
            "You are signed in, but you are not an admin.",
            format!("Ask {} admin.", if place == "account" { "an account" } else { "a workspace" }),
        ),
    }
}

fn gone(asked: Asked<'_>, place: &str, principal: bool) -> Failure {
    match asked {
        Asked::Permissions(object) if !principal => Failure::new(
            Code::NotFound,
            format!("This {object} no longer exists."),
            "It was probably deleted a moment ago.",
            "Refresh the list, then choose another one.",
        ),
        Asked::Assignment if !principal => Failure::new(
            Code::NotFound,
            "Workspace not found in the account.",
            "It was deleted, or it belongs to another account.",
            "Refresh the list of workspaces, then choose another one.",
        ),
        _ => Failure::new(
            Code::NotFound,
            format!("Service principal not found in the {place}."),
            "It was deleted, or it was never added.",
            if place == "account" {
                "Refresh the list."
            } else {
                "Refresh the list. Add a service principal of the account to the workspace first."
            },
        ),
    }
}

fn refused(asked: Asked<'_>, place: &str, reason: Reason, said: &str) -> Failure {
    let full = reason == Reason::QuotaExceeded || ["maximum", "limit", "at most", "exceed", "too many"].iter().any(|it| said.contains(it));
    match asked {
        Asked::Secrets(_) if said.contains("lifetime") => Failure::new(
            Code::TokenLifetime,
            "A secret cannot have this lifetime.",
            "The maximum is two years.",
            "Choose a shorter lifetime, then try again.",
        ),
        Asked::Secrets(_) if full => Failure::new(
            Code::SecretQuota,
            "This service principal has too many secrets.",
            "A service principal can have at most five OAuth secrets.",
            "Delete one that is no longer used, then try again.",
        ),
        Asked::Principals(_) if full => Failure::new(
            Code::PrincipalQuota,
            format!("There are too many service principals in this {place}."),
            "The account has a limit on its users and service principals.",
            "Delete some that are no longer used, or ask Databricks for a higher limit.",
        ),
        Asked::Principals(_) => Failure::new(
            Code::InvalidInput,
            format!("The {place} does not accept this service principal."),
            "Its name is not allowed, or it already exists.",
            "Choose another name, then try again.",
        ),
        Asked::Permissions(object) => Failure::new(
            Code::InvalidInput,
            "This permission cannot be granted here.",
            format!("It is not available for this {object} or for this service principal."),
            "Choose another permission, then try again.",
        ),
        _ => Failure::new(
            Code::InvalidInput,
            format!("The {place} does not accept this request."),
            "Part of the request is not allowed.",
            "Refresh the list, then try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(asked: Asked<'_>, (status, code): (u16, Code), reason: &str, message: &str) -> Failure {
        let said = Failure::new(code, "Generic.", "", "").with_details(format!("HTTP {status}, {reason}: {message}"));
        let error = ApiError { reason: Reason::of(reason), ..ApiError::answered(said, status) }.about(asked);
        assert!(error.failure.details.as_ref().unwrap().contains(message), "what the service says stays readable");
        assert_eq!(error.status, Some(status));
        error.failure
    }

    #[test]
    fn each_refusal_has_words_of_its_own() {
        let account = AccountId::parse("3f7c2d9e-58a1-4b06-9c4e-d1a2b3c4e5f6").unwrap();
        let (here, above) = (Directory::Workspace, Directory::Account(&account));
        let cases = [
            (Asked::Principals(here), (403, Code::Forbidden), "", "No admin.", Code::Forbidden, "workspace admins"),
            (Asked::Secrets(above), (403, Code::Forbidden), "", "No admin.", Code::Forbidden, "account admins"),
            (Asked::Permissions("job"), (403, Code::Forbidden), "", "No Manage permissions.", Code::Forbidden, "permissions of this job"),
            (Asked::Secrets(here), (400, Code::NotApi), "QUOTA_EXCEEDED", "Five.", Code::SecretQuota, "too many secrets"),
            (Asked::Principals(here), (400, Code::NotApi), "", "The limit of 10000 is reached.", Code::PrincipalQuota, "too many"),
            (Asked::Principals(here), (400, Code::NotApi), "", "displayName is empty.", Code::InvalidInput, "this service principal"),
            (Asked::Secrets(here), (400, Code::NotApi), "", "lifetime exceeds 730 days.", Code::TokenLifetime, "lifetime"),
            (Asked::Permissions("job"), (404, Code::NotFound), "RESOURCE_DOES_NOT_EXIST", "Job 1.", Code::NotFound, "This job"),
            (
                Asked::Permissions("job"),
                (404, Code::NotFound),
                "PRINCIPAL_DOES_NOT_EXIST",
                "x",
                Code::NotFound,
                "Service principal not found",
            ),
            (
                Asked::Assignment,
                (404, Code::NotFound),
                "NOT_FOUND",
                "Principal not found in account.",
                Code::NotFound,
                "Service principal not found",
            ),
            (Asked::Assignment, (404, Code::NotFound), "NOT_FOUND", "Workspace 1 not found.", Code::NotFound, "Workspace not found"),
            (Asked::Assignment, (404, Code::NotFound), "ENDPOINT_NOT_FOUND", "No API.", Code::NotFound, "Generic."),
            (Asked::Assignment, (403, Code::IpBlocked), "403", "IP ACL", Code::IpBlocked, "Generic."),
        ];
        for (asked, generic, reason, message, code, what) in cases {
            let failure = told(asked, generic, reason, message);
            assert!(failure.code == code && failure.what.contains(what), "{failure:?}");
        }
    }
}
