//! The texts about the workspaces of an account.

use super::counted;

pub const ADD_WORKSPACES: &str = "Add workspaces from this account";
pub const FILTER_WORKSPACES: &str = "Filter workspaces";
pub const SELECT_SHOWN: &str = "Select all shown";
pub const ASKING_WORKSPACES: &str = "Loading workspaces";
pub const NO_WORKSPACES: &str = "No workspaces visible to you.";
pub const NO_WORKSPACE_MATCHES: &str = "No workspace matches";
pub const NO_WORKSPACE_ADDRESS: &str = "Not ready";
pub const WORKSPACES: &str = "Workspaces";
pub const ADD: &str = "Add";
pub const ADDING: &str = "Adding";

pub fn add_workspaces(count: usize) -> String {
    if count == 0 { ADD.to_owned() } else { format!("Add {}", counted(count, "workspace", "workspaces")) }
}

pub fn already_there(name: &str) -> String {
    format!("Already added ({name})")
}

/// `westeurope, running`
pub fn region_and_status(region: Option<&str>, status: &str) -> String {
    let status = status.replace('_', " ").to_lowercase();
    let words: Vec<&str> = region.into_iter().chain([status.as_str()]).filter(|word| !word.is_empty()).collect();
    words.join(", ")
}

pub fn workspaces(count: usize) -> String {
    counted(count, "workspace", "workspaces")
}

pub fn workspace_with_id(name: &str, id: &str) -> String {
    format!("{name} ({id})")
}

pub fn added_workspaces(count: usize) -> String {
    format!("Added {}", counted(count, "workspace", "workspaces"))
}
