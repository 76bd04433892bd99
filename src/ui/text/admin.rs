//! The words for administrators.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{careful, counted, tokens};
use crate::ui::{
    state::{AdminSection, AdminTroubleKind, NameToType},
    theme::Tone,
};
use brickpass_databricks::rest::{Entitlement, Securable, WorkspaceRole};

pub const NOT_SAVED: &str = "Save this connection first. Then what its administrators set up is shown here.";
pub const SECTIONS: [&str; 2] = ["Tokens", "Service principals"];
pub const REFRESH: &str = "Refresh";
pub const DISMISS: &str = "Dismiss";

// Whether tokens are allowed
pub const ENABLED_ROW: &str = "Personal access tokens";
pub const ALLOWED: &str = "Allowed in this workspace";
pub const NOT_ALLOWED: &str = "Not allowed in this workspace";
pub const UNSET: &str = "Allowed in this workspace, as nothing else was set";
pub const CHANGING: &str = "Changing";
pub const MAXIMUM_ROW: &str = "Maximum lifetime";
pub const MAXIMUM_WHY: &str = "For tokens that are made from now on.";
pub const NO_MAXIMUM: &str = "No maximum";
pub const ASKING_RULES: &str = "Asking whether tokens are allowed";
pub const OFF_TITLE: &str = "Switch off personal access tokens?";
pub const OFF_BODY: &str = "Every tool, job and connection that signs in with a personal access token of this workspace stops working at once, yours too. They work again when tokens are switched on, unless they have expired by then.";
pub const OFF: &str = "Switch off";

// Everybody's tokens
pub const TABLE: &str = "Tokens of all users";
pub const FILTER_TOKENS: &str = "Filter tokens of all users";
pub const FILTER_HINT: &str = "Filter tokens";
pub const OWNER: &str = "Owner";
pub const LAST_USED: &str = "Last used";
pub const ASKING_TOKENS: &str = "Asking the workspace for everybody's tokens";
pub const NO_TOKENS: &str = "Nobody has a personal access token in this workspace.";
pub const NOT_KNOWN: &str = "Not known";
pub const REVOKE_BODY_ONE: &str = "Whatever signs in with it stops working at once, and its owner is not told. This cannot be undone.";
pub const REVOKE_BODY_MANY: &str =
    "Whatever signs in with them stops working at once, and their owners are not told. This cannot be undone.";

// Not an administrator
pub const ASK_ADMIN_WORKSPACE: &str = "They can do it for you, or add you to the group \u{201c}admins\u{201d}: in the workspace's settings, under Identity and access, Groups.";
pub const ASK_ADMIN_ACCOUNT: &str =
    "They can do it for you, or give you the role Account admin: in the account console, under User management.";

// Service principals
pub const PRINCIPALS: &str = "Service principals";
pub const FILTER_PRINCIPALS: &str = "Filter service principals";
pub const NEW_PRINCIPAL: &str = "New service principal";
pub const NEW_PRINCIPAL_BUTTON: &str = "New service principal...";
pub const NEW_PRINCIPAL_SHORT: &str = "New...";
pub const ALL_PRINCIPALS: &str = "All service principals";
pub const ASKING_PRINCIPALS: &str = "Asking for the service principals";
pub const NO_PRINCIPALS: &str = "There are no service principals yet.";
pub const NO_PRINCIPAL_MATCHES: &str = "No service principal matches";
pub const NAME: &str = "Name";
pub const NAME_HINT: &str = "For example nightly-etl";
pub const APPLICATION_ID: &str = "Application ID";
pub const COPY_APPLICATION_ID: &str = "Copy application ID";
pub const STATE: &str = "State";
pub const ACTIVE: &str = "Active";
pub const INACTIVE: &str = "Inactive";
pub const CREATE: &str = "Create";
pub const CREATING: &str = "Creating";
pub const CONNECT: &str = "Create a connection from this service principal";
pub const CONNECT_SHORT: &str = "Create a connection";

// Secrets
pub const SECRETS: &str = "OAuth secrets";
pub const NEW_SECRET: &str = "New secret...";
pub const ASKING_SECRETS: &str = "Asking for the OAuth secrets";
pub const NO_SECRETS: &str = "It has no OAuth secret, so nothing can sign in as this service principal yet.";
pub const NEW_SECRET_TITLE: &str = "New OAuth secret";
pub const LIFETIME: &str = "Lifetime";
pub const SECRET: &str = "New OAuth secret";
/// As the status bar names it.
pub const NEW_ON_CLIPBOARD: &str = "new OAuth secret";
pub const FRESH_TITLE: &str = "Your new OAuth secret";
pub const FRESH_WHY: &str = "Databricks shows it this once. Copy it now, or put it into a new connection.";
pub const FRESH_WHY_COPY: &str = "Databricks shows it this once. Copy it now.";
pub const LEAVE_TITLE: &str = "The secret cannot be shown again";
pub const LEAVE_WHY: &str =
    "You have neither copied it nor put it into a connection. It stays valid: if you do not need it, delete it in the list.";
pub const BEING_MADE: &str = "An OAuth secret is being made. Close the window when it is here, or its value would be lost.";
pub const DELETE: &str = "Delete";
pub const DELETING: &str = "Deleting";
pub const DELETE_TITLE: &str = "Delete this OAuth secret?";
pub const DELETE_BODY: &str = "Whatever signs in with it stops working at once. This cannot be undone.";
pub const SECRET_DELETED: &str = "The OAuth secret is deleted";

// What it may do
pub const ACCESS: &str = "Access to this workspace";
pub const JOIN: &str = "Add to a workspace";
pub const JOIN_NOW: &str = "Add";
pub const JOINING: &str = "Adding";
pub const WORKSPACE: &str = "Workspace";
pub const FILTER_WORKSPACES: &str = "Filter workspaces";
pub const NO_WORKSPACE_MATCHES: &str = "No workspace matches";
pub const ROLE: &str = "Role";
pub const PERMISSIONS: &str = "Permissions";
pub const PERMISSIONS_WHY: &str = "Grant it something in this workspace. What others may do stays as it is.";
pub const KIND: &str = "Kind";
pub const CHOOSE_KIND: &str = "Choose a kind";
pub const CATALOG: &str = "Catalog";
pub const CHOOSE_CATALOG: &str = "Choose a catalog";
pub const ASKING_CATALOGS: &str = "Asking for the catalogs";
pub const NO_CATALOGS: &str = "There is no catalog that you may see.";
pub const NO_MATCH: &str = "Nothing matches";
pub const OTHER_OBJECT: &str = "Choose another";
pub const PERMISSION: &str = "Permission";
pub const ASKING_PERMISSION: &str = "Asking what it may do";
pub const HAS_NOTHING: &str = "It has no permission here yet.";
pub const GRANT: &str = "Grant";
pub const GRANTING: &str = "Granting";

pub fn section(section: AdminSection) -> &'static str {
    match section {
        AdminSection::Tokens => SECTIONS[0],
        AdminSection::ServicePrincipals => SECTIONS[1],
    }
}

pub fn maximum(days: Option<u32>) -> String {
    days.map_or_else(|| NO_MAXIMUM.to_owned(), tokens::days)
}

/// `today`, `yesterday`, `12 days ago`, `3 Sep 2026`
pub fn last_used(day: Option<Date>, now: Timestamp, zone: &TimeZone) -> String {
    let Some(day) = day else { return NOT_KNOWN.to_owned() };
    let today = now.to_zoned(zone.clone()).date();
    match today.duration_since(day).as_hours() / 24 {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days @ 2..=90 => format!("{days} days ago"),
        _ => day.strftime("%-d %b %Y").to_string(),
    }
}

pub fn type_to_confirm(expected: &NameToType) -> String {
    format!("{} Type {} to go on", careful(expected.care), expected.name)
}

/// Whose tokens are about to be revoked.
pub fn revoke_owners(owners: &[&str]) -> String {
    const NAMED: usize = 8;
    let named = owners.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match owners.len() {
        1 => format!("Owner: {named}"),
        count if count > NAMED => format!("Owners: {named} and {} more", count - NAMED),
        _ => format!("Owners: {named}"),
    }
}

pub fn revoke_title(count: usize) -> String {
    format!("Revoke {}?", tokens::tokens(count))
}

pub fn revoke_row(comment: &str, owner: &str) -> String {
    format!("Revoke {comment} of {owner}")
}

pub fn principal_count(shown: usize, all: usize) -> String {
    let words = counted(all, "service principal", "service principals");
    if shown == all { format!("{words}.") } else { format!("{shown} of {words}.") }
}

pub fn active(active: bool) -> (&'static str, Tone) {
    if active { (ACTIVE, Tone::Ok) } else { (INACTIVE, Tone::Neutral) }
}

pub fn created(name: &str) -> String {
    format!("Created the service principal {name}")
}

/// `Active` for the service's `ACTIVE`.
pub fn secret_status(word: &str) -> String {
    let lower = word.to_lowercase().replace('_', " ");
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn delete_secret_made(made: &str) -> String {
    format!("Delete the secret made on {made}")
}

pub fn of_principal(name: &str) -> String {
    format!("Of {name}.")
}

/// `Of nightly-etl, expires 20 February 2027`
pub fn new_secret(name: &str, until: Option<Timestamp>, zone: &TimeZone) -> String {
    match until {
        Some(until) => format!("Of {name}, expires {}", until.to_zoned(zone.clone()).strftime("%-d %B %Y")),
        None => format!("Of {name}, never expires"),
    }
}

pub fn entitlement(entitlement: Entitlement) -> &'static str {
    match entitlement {
        Entitlement::WorkspaceAccess => "Workspace access",
        Entitlement::DatabricksSqlAccess => "Databricks SQL access",
        Entitlement::AllowClusterCreate => "Allow cluster creation",
    }
}

pub fn role(role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::User => "User",
        WorkspaceRole::Admin => "Admin",
    }
}

pub fn joined(workspace: &str, as_role: WorkspaceRole) -> String {
    format!("It is in {workspace} now, as {}.", role(as_role))
}

pub fn kind(kind: Securable) -> &'static str {
    match kind {
        Securable::Cluster => "Cluster",
        Securable::SqlWarehouse => "SQL warehouse",
        Securable::Job => "Job",
        Securable::Schema => "Schema",
    }
}

fn kinds(kind: Securable) -> &'static str {
    match kind {
        Securable::Cluster => "clusters",
        Securable::SqlWarehouse => "SQL warehouses",
        Securable::Job => "jobs",
        Securable::Schema => "schemas",
    }
}

pub fn asking_objects(kind: Securable) -> String {
    format!("Asking for the {}", kinds(kind))
}

pub fn filter_objects(kind: Securable) -> String {
    format!("Filter {}", kinds(kind))
}

pub fn no_objects(kind: Securable) -> String {
    format!("There are no {} that you may see.", kinds(kind))
}

pub fn has(permission: &str) -> String {
    format!("It has: {permission}.")
}

pub fn granted(permission: &str, object: &str) -> String {
    format!("Granted: {permission}, {object}")
}

pub fn trouble(kind: AdminTroubleKind) -> String {
    match kind {
        AdminTroubleKind::Rules => "The setting was not changed".to_owned(),
        AdminTroubleKind::Revoke(0) => "The tokens were not revoked".to_owned(),
        AdminTroubleKind::Revoke(1) => "1 token was not revoked".to_owned(),
        AdminTroubleKind::Revoke(count) => format!("{count} tokens were not revoked"),
        AdminTroubleKind::Entitlement => "The access was not changed".to_owned(),
        AdminTroubleKind::DeleteSecret => "The OAuth secret was not deleted".to_owned(),
        AdminTroubleKind::Join => "The service principal was not added".to_owned(),
        AdminTroubleKind::Grant => "The permission was not granted".to_owned(),
        AdminTroubleKind::CreatePrincipal => "The service principal was not created".to_owned(),
        AdminTroubleKind::CreateSecret => "The OAuth secret was not created".to_owned(),
    }
}

pub const RULES_FAILED: &str = "Whether tokens are allowed is not known";
pub const TOKENS_FAILED: &str = "The tokens could not be listed";
pub const PRINCIPALS_FAILED: &str = "The service principals could not be listed";
pub const NOT_ADMIN: &str = "Only for administrators";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_use_is_told_in_days_and_then_as_a_date() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let told = |day| last_used(day, now, &TimeZone::UTC);
        let day = |month, day| Some(jiff::civil::date(2026, month, day));
        assert_eq!(told(None), "Not known");
        assert_eq!(told(day(9, 21)), "today");
        assert_eq!(told(day(9, 22)), "today", "a clock that is ahead");
        assert_eq!(told(day(9, 20)), "yesterday");
        assert_eq!(told(day(9, 1)), "20 days ago");
        assert_eq!(told(day(1, 2)), "2 Jan 2026");
    }

    #[test]
    fn owners_are_named_and_of_many_the_first() {
        assert_eq!(revoke_owners(&["ada"]), "Owner: ada");
        assert_eq!(revoke_owners(&["ada", "grace"]), "Owners: ada, grace");
        assert!(revoke_owners(&["x"; 1000]).ends_with(", x and 992 more"));
    }

    #[test]
    fn the_services_words_are_told_as_words() {
        assert_eq!(secret_status("ACTIVE"), "Active");
        assert_eq!(secret_status("NOT_YET"), "Not yet");
        assert_eq!(secret_status(""), "");
    }
}
