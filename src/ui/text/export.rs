//! The texts of the *Export* tab.

use std::path::{Path, PathBuf};

use super::careful;
use crate::ui::state::NameToType;
use brickpass_core::connection::AuthMethod;
use brickpass_engine::Drift;
use brickpass_interchange::format::{Group, Pick};

// The list of tools
pub const FILTER: &str = "Filter tools";
pub const FILTER_HINT: &str = "Tool or format";
pub const TOOLS: &str = "Tools";
pub const ALL_TOOLS: &str = "All tools";
pub const MOST_USED: &str = "Most used";
pub const NO_TOOL: &str = "No tool matches";
pub const PROFILE_TOOL: &str = "Databricks CLI and SDKs";
pub const PROFILE_SOUGHT: &str = "databrickscfg profile publish command line python go java terraform connect vs code";
pub const FORM_TOOL: &str = "Copy field by field";
pub const FORM_SOUGHT: &str = "copy as form fields dialog profitbase alchemer";
pub const GROUPS: [Group; 6] = [Group::Databricks, Group::Integration, Group::Sql, Group::Deployment, Group::Http, Group::Inventory];

pub fn group(group: Group) -> &'static str {
    match group {
        Group::Databricks => "Databricks",
        Group::Integration => "Integration",
        Group::Sql => "SQL clients",
        Group::Deployment => "Shells and deployment",
        Group::Http => "HTTP clients",
        Group::Inventory => "All connections",
    }
}

// What prevents an export
pub const NOT_SAVED: &str = "Save this connection first to export it to other tools.";
pub const ACCOUNT: &str = "This is an account connection. Most tools need a workspace: open a connection to one of its workspaces instead.";
pub const UNSAVED: &str = "Unsaved changes are not exported. Tools get the saved connection.";
pub const SIGNED_OUT: &str = "Not signed in. Tools get their tokens from Brickpass: sign in first.";
pub const LOCKED: &str = "The vault is locked. Tools get no token until you unlock it.";
pub const UNLOCK: &str = "Unlock vault";

// Fields and preview
pub const PREVIEW: &str = "Preview";
pub const MAKING: &str = "Preparing preview";
pub const NO_SECRET: &str = "CONTAINS NO SECRET";
pub const WITH_SECRET: &str = "CONTAINS THE SECRET";
pub const COPY: &str = "Copy";
pub const SAVE_AS: &str = "Save as...";
pub const REVEAL: &str = "Reveal";
pub const HIDE: &str = "Hide";
pub const INCLUDE: &str = "Include the secret";
pub const NO_STORED_SECRET: &str = "Browser sign-ins have no long-lived secret to export.";
pub const NEXT: &str = "Next steps";
pub const OPTIONAL: &str = "(optional)";
pub const MORE: &str = "More settings";
pub const FAILED: &str = "Could not create the export";
pub const LEAVE_OUT: &str = "Exclude secret";
pub const COPIED_WHAT: &str = "export with the secret";
pub const HIDDEN_SAID: &str = "the secret is hidden";
pub const SHOWN_SAID: &str = "the secret is shown";

/// `Fill in HTTP path to see the preview.`
pub fn missing(field: &str) -> String {
    format!("Fill in {field} to see the preview.")
}

pub fn folder(format: &str) -> String {
    format!("brickpass-{format}")
}

pub fn saved(paths: &[PathBuf]) -> String {
    match paths {
        [one] => format!("Saved as {}", one.display()),
        many => {
            let folder = many.first().and_then(|path| path.parent()).unwrap_or(Path::new(""));
            format!("Saved {} files in {}", many.len(), folder.display())
        }
    }
}

pub fn more_lines(count: usize) -> String {
    format!("{} (included in Copy and Save as)", super::counted(count, "more line", "more lines"))
}

// Values listed by the workspace
pub const CLOSE_LIST: &str = "Close list";
pub const STOP_ASKING: &str = "Stop loading";
pub const FILTER_OFFERS: &str = "Filter";
pub const NO_OFFERS: &str = "None found in the workspace. Type a value instead.";
pub const NO_OFFER_MATCHES: &str = "No matches";
pub const CATALOG_FIRST: &str = "Choose a catalog first, or type the schema.";
pub const OFFERS_FAILED: &str = "Could not load the list. Type a value instead.";

pub fn choose(pick: Pick) -> String {
    format!("Choose {}", thing(pick))
}

pub fn refresh(pick: Pick) -> String {
    format!("Refresh {}", things(pick))
}

pub fn asking(pick: Pick) -> String {
    format!("Loading {}", things(pick))
}

fn thing(pick: Pick) -> &'static str {
    match pick {
        Pick::Cluster => "a cluster",
        Pick::HttpPath => "a SQL warehouse",
        Pick::NodeType => "a node type",
        Pick::RuntimeVersion => "a runtime version",
        Pick::InstancePool => "an instance pool",
        Pick::Policy => "a policy",
        Pick::Catalog => "a catalog",
        Pick::Schema => "a schema",
    }
}

fn things(pick: Pick) -> &'static str {
    match pick {
        Pick::Cluster => "clusters",
        Pick::HttpPath => "SQL warehouses",
        Pick::NodeType => "node types",
        Pick::RuntimeVersion => "runtime versions",
        Pick::InstancePool => "instance pools",
        Pick::Policy => "policies",
        Pick::Catalog => "catalogs",
        Pick::Schema => "schemas",
    }
}

// The confirmation before a secret is included
pub const INCLUDE_TITLE: &str = "Include the secret?";
pub const INCLUDE_WHY: &str =
    "Anyone who can read it can use this connection until the secret is revoked. Without it, the export only says where to get the secret.";
pub const INCLUDE_NOW: &str = "Include secret";

pub fn include_body(tool: &str, place: &str) -> String {
    format!("For {tool}, the secret is written {place}.")
}

pub fn type_to_include(expected: &NameToType) -> String {
    format!("{} Type {} to confirm", careful(expected.care), expected.name)
}

// Saving
pub const SAVE_TITLE: &str = "Save export";
pub const SAVE_IN_WORK_TREE: &str = "Save anyway";
pub const SECRET_INSIDE: &str = "Contains the secret. Only you can read the file.";

// Copy field by field
pub const FORM_WHY: &str = "For tools with a form for Databricks connections. Copy each value into the other tool.";
pub const NAME: &str = "Name";
pub const BASE_URL: &str = "Base URL";
pub const TIMEOUT: &str = "Timeout";
pub const AUTH_TYPE: &str = "Authentication type";
pub const ACCESS_TOKEN: &str = "Access token";
pub const CLIENT_ID: &str = "Client ID";
pub const CLIENT_SECRET: &str = "Client secret";
pub const BROWSER_HAS_NONE: &str = "Browser sign-ins have no token to copy. Generate one in the Tokens tab.";
pub const NOT_STORED: &str = "Not stored";
pub const ENTERED_ELSEWHERE: &str = "Entered for another address, not used";
pub const SECRET_WHY: &str = "Secrets are cleared from the clipboard after a short time.";

pub fn auth_type(auth: &AuthMethod) -> &'static str {
    match auth {
        AuthMethod::PersonalAccessToken => "Access token",
        AuthMethod::ServicePrincipal { .. } => "OAuth client credentials",
        AuthMethod::Browser(_) => "OAuth in the browser",
    }
}

pub fn copy_field(label: &str) -> String {
    format!("Copy {label}")
}

/// `•••••••••••• 3f9c`
pub fn masked(last_four: &str) -> String {
    format!("•••••••••••• {last_four}").trim_end().to_owned()
}

// Profiles
pub const PROFILE_WHY: &str = "The Databricks CLI, SDKs, Terraform and tools built on them use this profile and get tokens from Brickpass. No secret is written to the file.";
pub const PROFILE: &str = "Profile";
pub const READING: &str = "Loading profiles";
pub const PLANNING: &str = "Checking what changes";
pub const READ_FAILED: &str = "Could not read the profiles";
pub const PLAN_FAILED: &str = "Could not prepare the change";
pub const CHANGE_FAILED: &str = "Nothing was changed";
pub const NOTHING_CHANGES: &str = "The file is already up to date.";
pub const ALSO_PUBLISHED: &str = "Also published as";
pub const PUBLISH: &str = "Publish";
pub const PUBLISH_AGAIN: &str = "Publish again";
pub const PUBLISHING: &str = "Publishing";
pub const KEEP_THEIRS: &str = "Keep file version";
pub const FORGET: &str = "Stop tracking";
pub const SET_DEFAULT: &str = "Set as default profile";
pub const SET_DEFAULT_ASK: &str = "Set as default profile...";
pub const UNPUBLISH: &str = "Unpublish";
pub const UNPUBLISH_ASK: &str = "Unpublish...";
pub const IS_DEFAULT: &str = "DEFAULT PROFILE";
/// Leads to the profile.
pub const PUBLISH_FIRST: &str = "Publish first...";
pub const UNDO: &str = "Undo last change";
pub const UNDOING: &str = "Undoing";
pub const RESTORED: &str = "The last change to the profiles was undone.";
pub const EXPOSED: &str = "Other users of this computer can read this file.";
pub const TWIN: &str = "This file has a hard link. Changes here do not apply to the linked file.";
pub const REMARKS: &str = "Notes about this file";
pub const EFFECTIVE: &str = "See what tools would use in a folder...";
pub const MOVE_SECRETS: &str = "Move secrets out of this file...";
pub const MOVE_SECRETS_WHY: &str = "Imports them into Brickpass first. You review each step.";
pub const VERIFY: &str = "Verify";
pub const VERIFYING: &str = "Verifying";
pub const STOP_VERIFYING: &str = "Cancel";
pub const VERIFY_WHY: &str = "Runs the installed tools with this profile and shows the user they sign in as.";
pub const VERIFY_FAILED: &str = "Could not run the tools";
pub const NO_TOOLS: &str = "No tools found: neither the Databricks CLI nor an SDK is installed.";
pub const SAME_USER: &str = "SAME USER";

/// `Changes to /home/you/.databrickscfg`. `again`: the profile or the connection was changed since; the change that is shown is a new one.
pub fn changes(file: &str, again: bool) -> String {
    if again { format!("Changes to {file} if you publish again") } else { format!("Changes to {file}") }
}

pub fn published_as(profile: &str) -> String {
    format!("Published as {profile}")
}

pub fn is_default_now(profile: &str) -> String {
    format!("{profile} is now the default profile")
}

pub fn unpublished(profile: &str) -> String {
    format!("Unpublished {profile}")
}

pub fn taken_out(profiles: &[String], notes: &[String]) -> String {
    let words = match profiles {
        [one] => format!("Unpublished the profile {one}."),
        many => format!("Unpublished the profiles {}.", many.join(", ")),
    };
    std::iter::once(words).chain(notes.iter().cloned()).collect::<Vec<_>>().join(" ")
}

pub fn looks_like_a_token(place: &str, profile: &str) -> String {
    format!("{place} in [{profile}] looks like it contains a token. Brickpass does not change it.")
}

pub fn orphaned(profile: &str, why: &str) -> String {
    format!("Tools that use the profile {profile} cannot sign in: {why}. To remove such profiles, run: brickpass profiles clean")
}

pub const REPLACE: &str = "Replace this profile. The current file is kept, and Undo restores it.";

pub fn takes_over(profile: &str) -> String {
    format!("A profile {profile} already exists. Its authentication is replaced; its other settings stay, and Unpublish restores it.")
}

pub fn in_file(path: &Path, target: Option<&Path>) -> String {
    match target {
        Some(target) => format!("{}, a link to {}", path.display(), target.display()),
        None => path.display().to_string(),
    }
}

pub fn in_plain_text(profile: &str, keys: &[String]) -> String {
    format!("Profile {profile} contains {} in plain text.", super::some_of(&keys.iter().map(String::as_str).collect::<Vec<_>>()))
}

pub fn more_in_plain_text(count: usize) -> String {
    if count == 1 {
        "One more profile contains a secret in plain text.".to_owned()
    } else {
        format!("{count} more profiles contain secrets in plain text.")
    }
}

pub fn more_remarks(count: usize) -> String {
    format!("And {}.", super::counted(count, "more line", "more lines"))
}

pub fn line(number: usize, words: &str) -> String {
    format!("Line {number}: {words}")
}

/// The word on the badge, and its meaning.
pub fn drift(drift: Drift) -> (&'static str, &'static str) {
    match drift {
        Drift::Same => ("PUBLISHED", "Up to date."),
        Drift::ChangedThere => (
            "CHANGED IN THE FILE",
            "This profile was changed in the file after it was published. Keep the file version, or publish again to overwrite it.",
        ),
        Drift::ChangedHere => ("CHANGED HERE", "The connection was changed after it was published. Tools still use the published version."),
        Drift::Both => ("CONFLICT", "The connection and the profile in the file were both changed after it was published."),
        Drift::Gone => ("MISSING", "The profile is no longer in the file."),
    }
}

/// What a screen reader says before a line of a diff.
pub fn diff_said(added: bool) -> &'static str {
    if added { "added" } else { "removed" }
}
