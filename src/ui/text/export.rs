//! The words about handing a connection over.

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
pub const FORM_TOOL: &str = "Copy as form";
pub const FORM_SOUGHT: &str = "fields dialog profitbase alchemer";
pub const GROUPS: [Group; 6] = [Group::Databricks, Group::Integration, Group::Sql, Group::Deployment, Group::Http, Group::Inventory];

pub fn group(group: Group) -> &'static str {
    match group {
        Group::Databricks => "Databricks",
        Group::Integration => "Integration",
        Group::Sql => "SQL clients",
        Group::Deployment => "Shells and deployment",
        Group::Http => "HTTP clients",
        Group::Inventory => "Inventory",
    }
}

// What stands in the way
pub const NOT_SAVED: &str = "Save this connection first. Then it can be handed to other tools here.";
pub const ACCOUNT: &str =
    "This connection reaches an account. Most tools need a workspace: open a connection to one of its workspaces for them.";
pub const UNSAVED: &str = "There are unsaved changes. Tools get the connection as it is saved.";
pub const SIGNED_OUT: &str = "Nobody is signed in. Tools ask Brickpass for a token, and it has none to give: sign in first.";
pub const LOCKED: &str = "The vault is locked. Tools get no token until it is unlocked.";
pub const UNLOCK: &str = "Unlock vault";

// Fields and preview
pub const PREVIEW: &str = "Preview";
pub const MAKING: &str = "Making the preview";
pub const NO_SECRET: &str = "CONTAINS NO SECRET";
pub const WITH_SECRET: &str = "CONTAINS THE SECRET";
pub const COPY: &str = "Copy";
pub const SAVE_AS: &str = "Save as...";
pub const REVEAL: &str = "Reveal";
pub const HIDE: &str = "Hide";
pub const INCLUDE: &str = "Include the secret";
pub const NO_STORED_SECRET: &str = "A browser sign-in has no secret that lasts: its tokens never stand in an export.";
pub const NEXT: &str = "What to do next";
pub const OPTIONAL: &str = "(optional)";
pub const MORE: &str = "More settings";
pub const FAILED: &str = "This cannot be made";
pub const LEAVE_OUT: &str = "Leave the secret out";
pub const COPIED_WHAT: &str = "export with the secret";
pub const HIDDEN_SAID: &str = "the secret is hidden";
pub const SHOWN_SAID: &str = "the secret is shown";

/// `Fill in HTTP path; the preview appears here.`
pub fn missing(field: &str) -> String {
    format!("Fill in {field}. The preview appears here.")
}

pub fn folder(format: &str) -> String {
    format!("brickpass-{format}")
}

pub fn saved(paths: &[PathBuf]) -> String {
    match paths {
        [one] => format!("Saved as {}", one.display()),
        many => {
            let folder = many.first().and_then(|path| path.parent()).unwrap_or(Path::new(""));
            format!("{} files saved in {}", many.len(), folder.display())
        }
    }
}

pub fn more_lines(count: usize) -> String {
    format!("And {}. Copy and Save as take all of it.", super::counted(count, "more line", "more lines"))
}

// Live values
pub const CLOSE_LIST: &str = "Close the list";
pub const STOP_ASKING: &str = "Stop asking";
pub const FILTER_OFFERS: &str = "Filter";
pub const NO_OFFERS: &str = "The workspace has none. Type it instead.";
pub const NO_OFFER_MATCHES: &str = "None matches";
pub const CATALOG_FIRST: &str = "Choose a catalog first, or type the schema.";
pub const OFFERS_FAILED: &str = "There is no list to choose from now. The value can be typed.";

pub fn choose(pick: Pick) -> String {
    format!("Choose {}", thing(pick))
}

pub fn refresh(pick: Pick) -> String {
    format!("Ask for {} again", things(pick))
}

pub fn asking(pick: Pick) -> String {
    format!("Asking the workspace for its {}", things(pick))
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

// The question before a secret is included
pub const INCLUDE_TITLE: &str = "Include the secret";
pub const INCLUDE_WHY: &str = "Whoever can read it can use this connection until the secret is revoked. Without it, the export only says where the secret comes from.";
pub const INCLUDE_NOW: &str = "Include it";

pub fn include_body(tool: &str, place: &str) -> String {
    format!("For {tool}, the secret will stand {place}.")
}

pub fn type_to_include(expected: &NameToType) -> String {
    format!("{} Type its name to go on: {}", careful(expected.care), expected.name)
}

// Saving
pub const SAVE_TITLE: &str = "Save export";
pub const SAVE_IN_WORK_TREE: &str = "Save it there all the same";
pub const SECRET_INSIDE: &str = "It contains the secret. Only you will be able to read it.";

// Copy as form
pub const FORM_WHY: &str = "For dialogs of other products that ask for a Databricks connection. Copy one field after the other.";
pub const NAME: &str = "Name";
pub const BASE_URL: &str = "Base URL";
pub const TIMEOUT: &str = "Timeout";
pub const AUTH_TYPE: &str = "Authentication type";
pub const ACCESS_TOKEN: &str = "Access token";
pub const CLIENT_ID: &str = "Client ID";
pub const CLIENT_SECRET: &str = "Client secret";
pub const BROWSER_HAS_NONE: &str =
    "You sign in through the browser, so there is none. Generate a token in the Tokens tab for such a dialog.";
pub const NOT_STORED: &str = "Nothing is stored";
pub const ENTERED_ELSEWHERE: &str = "Entered for another address, not used";
pub const SECRET_WHY: &str = "A copied secret is taken off the clipboard after a short time.";

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
pub const PROFILE_WHY: &str = "The Databricks CLI, the SDKs, the Terraform provider and what is built on them find this connection by its profile and get their tokens from Brickpass; no secret is written to the file.";
pub const PROFILE: &str = "Profile";
pub const READING: &str = "Reading the profiles";
pub const PLANNING: &str = "Finding out what would change";
pub const READ_FAILED: &str = "The profiles cannot be read";
pub const PLAN_FAILED: &str = "This cannot be published";
pub const CHANGE_FAILED: &str = "Nothing was changed";
pub const NOTHING_CHANGES: &str = "The file says so already. Nothing changes.";
pub const ALSO_PUBLISHED: &str = "Also published as";
pub const PUBLISH: &str = "Publish";
pub const PUBLISH_AGAIN: &str = "Publish again";
pub const PUBLISHING: &str = "Publishing";
pub const KEEP_THEIRS: &str = "Accept the change";
pub const FORGET: &str = "Stop comparing";
pub const SET_DEFAULT: &str = "Set as default profile";
pub const SET_DEFAULT_ASK: &str = "Set as default profile...";
pub const UNPUBLISH: &str = "Unpublish";
pub const UNPUBLISH_ASK: &str = "Unpublish...";
pub const IS_DEFAULT: &str = "DEFAULT PROFILE";
/// Leads to the profile.
pub const PUBLISH_FIRST: &str = "Publish first...";
pub const UNDO: &str = "Undo last change";
pub const UNDOING: &str = "Undoing";
pub const RESTORED: &str = "The profiles are as they were before the last change.";
pub const EXPOSED: &str = "Others on this computer may read this file.";
pub const TWIN: &str = "This file has another name on this disk (a hard link). A change here leaves that one as it is.";
pub const REMARKS: &str = "Worth knowing about this file";
pub const EFFECTIVE: &str = "See what tools would use in a folder...";
pub const MOVE_SECRETS: &str = "Move secrets out of this file...";
pub const MOVE_SECRETS_WHY: &str = "They come into Brickpass first. You see each step before it is done.";
pub const VERIFY: &str = "Prove it";
pub const VERIFYING: &str = "Asking the tools";
pub const STOP_VERIFYING: &str = "Cancel";
pub const VERIFY_WHY: &str = "Runs the tools that are installed here with this profile and asks whom they sign in as.";
pub const VERIFY_FAILED: &str = "The tools could not be asked";
pub const NO_TOOLS: &str = "None of the tools is installed here: neither the Databricks CLI nor an SDK was found.";
pub const SAME_USER: &str = "SAME USER";

/// `What changes in /home/you/.databrickscfg`. `again`: it was changed there or here since, and the change that is shown is not that one.
pub fn changes(file: &str, again: bool) -> String {
    if again { format!("What publishing again changes in {file}") } else { format!("What changes in {file}") }
}

pub fn published_as(profile: &str) -> String {
    format!("Published as {profile}")
}

pub fn is_default_now(profile: &str) -> String {
    format!("{profile} is the default profile now")
}

pub fn unpublished(profile: &str) -> String {
    format!("{profile} is out of the file now")
}

pub fn taken_out(profiles: &[String], notes: &[String]) -> String {
    let words = match profiles {
        [one] => format!("Unpublished the profile {one}."),
        many => format!("Unpublished the profiles {}.", many.join(", ")),
    };
    std::iter::once(words).chain(notes.iter().cloned()).collect::<Vec<_>>().join(" ")
}

pub fn looks_like_a_token(place: &str, profile: &str) -> String {
    format!("{place} in [{profile}] holds what looks like a token; Brickpass does not touch it.")
}

pub fn orphaned(profile: &str, why: &str) -> String {
    format!("Tools that use the profile {profile} cannot sign in: {why}. To take such profiles out: brickpass profiles clean")
}

pub const REPLACE: &str = "Replace this profile. The file as it is now is kept, and Undo brings it back.";

pub fn takes_over(profile: &str) -> String {
    format!(
        "There is a profile {profile} already. Its way to sign in is replaced; its other settings stay, and Unpublish gives back what was there."
    )
}

pub fn in_file(path: &Path, target: Option<&Path>) -> String {
    match target {
        Some(target) => format!("{}, a link to {}", path.display(), target.display()),
        None => path.display().to_string(),
    }
}

pub fn in_plain_text(profile: &str, keys: &[String]) -> String {
    format!("Profile {profile} holds {} in plain text.", super::some_of(&keys.iter().map(String::as_str).collect::<Vec<_>>()))
}

pub fn more_in_plain_text(count: usize) -> String {
    if count == 1 {
        "One more profile holds a secret in plain text.".to_owned()
    } else {
        format!("{count} more profiles hold secrets in plain text.")
    }
}

pub fn more_remarks(count: usize) -> String {
    format!("And {}.", super::counted(count, "more line", "more lines"))
}

pub fn line(number: usize, words: &str) -> String {
    format!("Line {number}: {words}")
}

/// The word on the badge, and what it means.
pub fn drift(drift: Drift) -> (&'static str, &'static str) {
    match drift {
        Drift::Same => ("PUBLISHED", "In the file, the profile is as you published or accepted it."),
        Drift::ChangedThere => (
            "CHANGED IN THE FILE",
            "This profile was changed in the file since it was published. Accept the change, or publish again to undo it.",
        ),
        Drift::ChangedHere => ("CHANGED HERE", "The connection was changed since it was published. Tools still get it as it was."),
        Drift::Both => ("CHANGED IN BOTH", "The connection and the profile in the file were both changed since it was published."),
        Drift::Gone => ("GONE FROM THE FILE", "The profile is not in the file any more."),
    }
}

/// What a screen reader says before a line of a diff.
pub fn diff_said(added: bool) -> &'static str {
    if added { "added" } else { "removed" }
}
