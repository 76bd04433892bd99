//! Personal access tokens: listed, made, used, revoked, rotated. What has begun to change something in the workspace is brought to its end,
//! whatever becomes of the window.

mod account;
mod interrupted;
mod list;
mod make;
mod mark;
mod messages;
mod notes;
mod removed;
mod rotate;

pub use self::{
    interrupted::interrupted_token_changes,
    list::{ListTokens, RevokeTokens, RevokedTokens, TokenList},
    make::{GenerateToken, UseToken},
    mark::{default_comment, without as comment_without_mark},
    removed::{NotRevocable, RemovedTokens, revocable_token},
    rotate::{RotateToken, Rotated},
};
pub(super) use self::{
    list::{gone, in_use},
    messages::accounts_have_none,
    notes::{expiring, tell_notes, with_ends},
    removed::{Parting, revoke_removed},
};
