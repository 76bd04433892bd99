//! The texts of the *Administration* tab.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{careful, counted, tokens};
use crate::ui::{
    state::{AdminSection, AdminTroubleKind, NameToType},
    theme::Tone,
};
use brickpass_databricks::rest::{Entitlement, Securable, WorkspaceRole};

pub const NOT_SAVED: &str = "Save this connection first to see its administration.";
pub const SECTIONS: [&str; 2] = ["Tokens", "Service principals"];
pub const REFRESH: &str = "Refresh";
pub const DISMISS: &str = "Dismiss";

// Token settings
pub const ENABLED_ROW: &str = "Personal access tokens";
pub const ALLOWED: &str = "Allowed in this workspace";
pub const NOT_ALLOWED: &str = "Not allowed in this workspace";
pub const UNSET: &str = "Allowed in this workspace (default)";
pub const CHANGING: &str = "Changing";
pub const MAXIMUM_ROW: &str = "Maximum lifetime";
pub const MAXIMUM_WHY: &str = "Applies to new tokens.";
pub const NO_MAXIMUM: &str = "No maximum";
pub const ASKING_RULES: &str = "Loading token settings";
pub const OFF_TITLE: &str = "Switch off personal access tokens?";
pub const OFF_BODY: &str = "Every tool, job and connection that uses a personal access token of this workspace stops working immediately, including yours. The tokens work again when you switch them back on, unless they have expired.";
pub const OFF: &str = "Switch off";

// All users' tokens
pub const TABLE: &str = "All users' tokens";
pub const FILTER_TOKENS: &str = "Filter all users' tokens";
pub const FILTER_HINT: &str = "Filter tokens";
pub const OWNER: &str = "Owner";
pub const LAST_USED: &str = "Last used";
pub const ASKING_TOKENS: &str = "Loading all users' tokens";
pub const NO_TOKENS: &str = "This workspace has no personal access tokens.";
pub const NOT_KNOWN: &str = "Unknown";
pub const REVOKE_BODY_ONE: &str = "Anything using it stops working immediately, and its owner is not notified. This cannot be undone.";
pub const REVOKE_BODY_MANY: &str =
    "Anything using them stops working immediately, and their owners are not notified. This cannot be undone.";

// Not an administrator
pub const ASK_ADMIN_WORKSPACE: &str = "An administrator can do this for you, or add you to the group \u{201c}admins\u{201d} in the workspace's settings: Identity and access > Groups.";
pub const ASK_ADMIN_ACCOUNT: &str =
    "An account administrator can do this for you, or give you the role Account admin in the account console: User management.";

// Service principals
pub const PRINCIPALS: &str = "Service principals";
pub const FILTER_PRINCIPALS: &str = "Filter service principals";
pub const NEW_PRINCIPAL: &str = "New service principal";
pub const NEW_PRINCIPAL_BUTTON: &str = "New service principal...";
pub const NEW_PRINCIPAL_SHORT: &str = "New...";
pub const ALL_PRINCIPALS: &str = "All service principals";
pub const ASKING_PRINCIPALS: &str = "Loading service principals";
pub const NO_PRINCIPALS: &str = "No service principals yet.";
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
pub const CONNECT: &str = "Create connection from this service principal";
pub const CONNECT_SHORT: &str = "Create connection";

// Secrets
pub const SECRETS: &str = "OAuth secrets";
pub const NEW_SECRET: &str = "New secret...";
pub const ASKING_SECRETS: &str = "Loading OAuth secrets";
pub const NO_SECRETS: &str = "No OAuth secrets. Nothing can sign in as this service principal yet.";
pub const NEW_SECRET_TITLE: &str = "New OAuth secret";
pub const LIFETIME: &str = "Lifetime";
pub const SECRET: &str = "New OAuth secret";
/// The name in the status bar.
pub const NEW_ON_CLIPBOARD: &str = "new OAuth secret";
pub const FRESH_TITLE: &str = "Your new OAuth secret";
pub const FRESH_WHY: &str = "This is the only time the secret is shown. Copy it now, or create a connection with it.";
pub const FRESH_WHY_COPY: &str = "This is the only time the secret is shown. Copy it now.";
pub const LEAVE_TITLE: &str = "This secret cannot be shown again";
pub const LEAVE_WHY: &str =
    "You have not copied this secret or created a connection with it. It stays valid: if you do not need it, delete it in the list.";
pub const BEING_MADE: &str = "An OAuth secret is being created. Wait for it before closing the window, or its value is lost.";
pub const DELETE: &str = "Delete";
pub const DELETING: &str = "Deleting";
pub const DELETE_TITLE: &str = "Delete this OAuth secret?";
pub const DELETE_BODY: &str = "Anything using it stops working immediately. This cannot be undone.";
pub const SECRET_DELETED: &str = "OAuth secret deleted";

// Access
pub const ACCESS: &str = "Access to this workspace";
pub const JOIN: &str = "Add to a workspace";
pub const JOIN_NOW: &str = "Add";
pub const JOINING: &str = "Adding";
pub const WORKSPACE: &str = "Workspace";
pub const FILTER_WORKSPACES: &str = "Filter workspaces";
pub const NO_WORKSPACE_MATCHES: &str = "No workspace matches";
pub const ROLE: &str = "Role";
pub const PERMISSIONS: &str = "Permissions";
pub const PERMISSIONS_WHY: &str = "Grant a permission in this workspace. Other users' permissions do not change.";
pub const KIND: &str = "Object type";
pub const CHOOSE_KIND: &str = "Choose an object type";
pub const CATALOG: &str = "Catalog";
pub const CHOOSE_CATALOG: &str = "Choose a catalog";
pub const ASKING_CATALOGS: &str = "Loading catalogs";
pub const NO_CATALOGS: &str = "No catalogs visible to you.";
pub const NO_MATCH: &str = "No matches";
pub const OTHER_OBJECT: &str = "Choose another";
pub const PERMISSION: &str = "Permission";
pub const ASKING_PERMISSION: &str = "Loading permissions";
pub const HAS_NOTHING: &str = "No permissions here.";
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
    format!("{} Type {} to confirm", careful(expected.care), expected.name)
}

/// The owners of the tokens to revoke.
pub fn revoke_owners(owners: &[&str]) -> String {
    const MAX_NAMES: usize = 8;
    let named = owners.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", ");
    match owners.len() {
        1 => format!("Owner: {named}"),
        count if count > MAX_NAMES => format!("Owners: {named} and {} more", count - MAX_NAMES),
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
    format!("Created service principal {name}")
}

/// `Active` for the service's `ACTIVE`.
pub fn secret_status(word: &str) -> String {
    let lower = word.to_lowercase().replace('_', " ");
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn delete_secret_made(made: &str) -> String {
    format!("Delete the secret created on {made}")
}

pub fn for_principal(name: &str) -> String {
    format!("For {name}")
}

pub fn secret_of(name: &str, created: &str) -> String {
    format!("{name}, created {created}")
}

/// `For nightly-etl, expires 20 February 2027`
pub fn new_secret(name: &str, until: Option<Timestamp>, zone: &TimeZone) -> String {
    match until {
        Some(until) => format!("For {name}, expires {}", until.to_zoned(zone.clone()).strftime("%-d %B %Y")),
        None => format!("For {name}, never expires"),
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
    format!("Added to {workspace} as {}.", role(as_role))
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
    format!("Loading {}", kinds(kind))
}

pub fn filter_objects(kind: Securable) -> String {
    format!("Filter {}", kinds(kind))
}

pub fn no_objects(kind: Securable) -> String {
    format!("No {} visible to you.", kinds(kind))
}

pub fn has(permission: &str) -> String {
    format!("Current permission: {permission}.")
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
        AdminTroubleKind::Entitlement => "Access was not changed".to_owned(),
        AdminTroubleKind::DeleteSecret => "The OAuth secret was not deleted".to_owned(),
        AdminTroubleKind::Join => "The service principal was not added".to_owned(),
        AdminTroubleKind::Grant => "The permission was not granted".to_owned(),
        AdminTroubleKind::CreatePrincipal => "The service principal was not created".to_owned(),
        AdminTroubleKind::CreateSecret => "The OAuth secret was not created".to_owned(),
    }
}

pub const RULES_FAILED: &str = "Could not load token settings";
pub const TOKENS_FAILED: &str = "Could not load tokens";
pub const PRINCIPALS_FAILED: &str = "Could not load service principals";
pub const NOT_ADMIN: &str = "Administrators only";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_use_is_told_in_days_and_then_as_a_date() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let told = |day| last_used(day, now, &TimeZone::UTC);
        let day = |month, day| Some(jiff::civil::date(2026, month, day));
        assert_eq!(told(None), "Unknown");
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
