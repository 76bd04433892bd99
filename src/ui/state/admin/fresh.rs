//! A newly created OAuth secret: its value cannot be loaded again, so it stays until the person closes it.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::ui::state::ask_quietly;
use crate::ui::{
    state::{Copied, Notice, State},
    text,
};
use brickpass_core::connection::{AuthKind, ConnectionId, Draft, TypedSecret};
use brickpass_databricks::rest::{NewOAuthSecret, ServicePrincipal};
use brickpass_engine::{Ask, CopySecret};

#[derive(Debug)]
pub struct FreshSecret {
    pub id: ConnectionId,
    pub principal: ServicePrincipal,
    pub new: NewOAuthSecret,
    pub copied: bool,
    /// The person is about to close it without having copied it and is asked.
    pub leaving: bool,
    /// When it was revealed.
    pub revealed_at: Option<Timestamp>,
}

impl FreshSecret {
    pub(super) fn new(id: ConnectionId, principal: ServicePrincipal, new: NewOAuthSecret) -> Self {
        Self { id, principal, new, copied: false, leaving: false, revealed_at: None }
    }
}

impl State {
    pub fn fresh_secret(&self) -> Option<&FreshSecret> {
        self.admin.fresh.front()
    }

    pub fn fresh_secret_mut(&mut self) -> Option<&mut FreshSecret> {
        self.admin.fresh.front_mut()
    }

    pub fn copy_fresh_secret(&self) -> Vec<Ask> {
        let copy = |fresh: &FreshSecret| CopySecret { secret: fresh.new.value.clone(), what: text::admin::NEW_ON_CLIPBOARD.to_owned() };
        self.fresh_secret().map(copy).map(ask_quietly).into_iter().collect()
    }

    /// The clipboard while the new secret is on it.
    pub fn fresh_secret_on_clipboard(&self) -> Option<&Copied> {
        let copied = self.fresh_secret().is_some_and(|fresh| fresh.copied);
        self.copied().filter(|held| copied && held.what == text::admin::NEW_ON_CLIPBOARD)
    }

    /// The secret is on the clipboard.
    pub(in crate::ui::state) fn fresh_secret_copied(&mut self, what: &str) {
        if let Some(fresh) = self.admin.fresh.front_mut().filter(|_| what == text::admin::NEW_ON_CLIPBOARD) {
            fresh.copied = true;
        }
    }

    /// *Done*, or closing it in another way; asks once if the value would be lost.
    pub fn leave_fresh_secret(&mut self) {
        let Some(fresh) = self.admin.fresh.front_mut() else { return };
        if !fresh.copied && !fresh.leaving {
            fresh.leaving = true;
            fresh.revealed_at = None;
            return;
        }
        self.fresh_secret_gone();
    }

    fn fresh_secret_gone(&mut self) {
        self.admin.fresh.pop_front();
        if std::mem::take(&mut self.admin.close_afterwards) {
            self.ask_to_close();
        }
    }

    /// *Go back*: the value stays visible.
    pub fn keep_fresh_secret(&mut self) {
        self.admin.close_afterwards = false;
        if let Some(fresh) = self.admin.fresh.front_mut() {
            fresh.leaving = false;
        }
    }

    pub fn can_connect_as_principal(&self) -> bool {
        self.read_only().is_none()
    }

    /// A form for a connection that signs in as the shown service principal.
    pub fn connect_as_principal(&mut self) -> Vec<Ask> {
        let Some(principal) = self.admin_data().and_then(super::AdminData::principal).cloned() else { return Vec::new() };
        self.administered().and_then(|id| self.connect_as(id, &principal, TypedSecret::default())).unwrap_or_default()
    }

    /// The same with the new secret in it, which is safe there: the window asks before it discards a form.
    pub fn connect_with_fresh_secret(&mut self) -> Vec<Ask> {
        let Some(fresh) = self.admin.fresh.front() else { return Vec::new() };
        let (id, principal) = (fresh.id, fresh.principal.clone());
        let secret = TypedSecret::from(fresh.new.value.expose_secret());
        let Some(commands) = self.connect_as(id, &principal, secret) else { return Vec::new() };
        self.admin.close_afterwards = false;
        self.fresh_secret_gone();
        commands
    }

    fn connect_as(&mut self, like: ConnectionId, principal: &ServicePrincipal, secret: TypedSecret) -> Option<Vec<Ask>> {
        let connection = self.entry(like).map(|entry| entry.connection.clone()).filter(|_| self.can_connect_as_principal())?;
        let mut draft = Draft { id: ConnectionId::random(), ..Draft::from_connection(&connection) };
        draft.name.clone_from(&principal.name);
        draft.clear_not_inherited();
        draft.auth = AuthKind::ServicePrincipal;
        draft.sign_in_of = None;
        principal.client_id.as_str().clone_into(&mut draft.client_id);
        draft.scopes.clear();
        draft.redirect_port.clear();
        draft.secret = secret;
        draft.pinned = false;
        Some(self.add_prepared(draft))
    }

    /// Keeps the window open if a value would be lost. Returns whether one would.
    pub(in crate::ui::state) fn held_up_by_secret(&mut self) -> bool {
        if !self.admin.making.is_empty() {
            self.notices.push(Notice::Info(text::admin::BEING_MADE.to_owned()));
            return true;
        }
        let Some(at) = self.admin.fresh.iter().position(|fresh| !fresh.copied) else { return false };
        self.admin.fresh.swap(0, at);
        if let Some(fresh) = self.admin.fresh.front_mut() {
            fresh.leaving = true;
            fresh.revealed_at = None;
        }
        self.admin.close_afterwards = true;
        // A dialog in front must not hide the question.
        self.dialog = None;
        true
    }
}
