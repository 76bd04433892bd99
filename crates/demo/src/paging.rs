//! Lists that come page after page, with `page_token`.

use super::{Workspace, input::value};

/// The size of a page as one API takes it.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) key: &'static str,
    pub(super) default: usize,
    pub(super) largest: usize,
}

/// One page of `items`, and the token of the next one; the workspace's own cap may make it smaller than was asked for.
pub(super) fn page<'a, T>(
    workspace: &Workspace,
    list: &str,
    items: &'a [T],
    query: &[(String, String)],
    size: Size,
) -> Result<(&'a [T], Option<String>), String> {
    let Size { key, default, largest } = size;
    let count = match value(query, key) {
        None | Some("0") => default,
        Some(typed) => match typed.parse() {
            Ok(count) if (1..=largest).contains(&count) => count,
            _ => return Err(format!("{key} must be between 1 and {largest}, got: {typed}")),
        },
    };
    let from = match value(query, "page_token") {
        None | Some("") => 0,
        Some(token) => workspace.page_offset(list, token, items.len()).ok_or("Invalid page token")?,
    };
    let to = from.saturating_add(count.min(workspace.page_cap)).min(items.len());
    let next = (to < items.len()).then(|| workspace.page_token(list, to));
    Ok((items.get(from..to).unwrap_or_default(), next))
}
