//! The shown and the selected connections: what the person does in the list.

use super::{Editing, Page, Remote, State};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::Ask;
use brickpass_storage::VaultStatus;

impl State {
    pub fn select(&mut self, id: ConnectionId) -> Vec<Ask> {
        if !self.entry_of.contains_key(&id) && !self.forms.contains_key(&id) {
            return Vec::new();
        }
        self.expiry.close();
        let changed = self.selection.shown() != Some(id);
        self.selection.only(id);
        self.reveal_selected = true;
        if changed { self.shown_changed() } else { self.open_form(id) }
    }

    /// Ctrl+click.
    pub fn toggle_selected(&mut self, id: ConnectionId) -> Vec<Ask> {
        self.selection.toggle(id);
        self.shown_changed()
    }

    /// Shift+click, Shift+arrow.
    pub fn select_to(&mut self, id: ConnectionId) -> Vec<Ask> {
        let list = &self.list;
        self.selection.extend(id, |a, b| list.between(a, b));
        self.reveal_selected = true;
        self.shown_changed()
    }

    /// Up, Down, Page up and Page down in the list.
    pub fn select_neighbour(&mut self, steps: isize, extend: bool) -> Vec<Ask> {
        match self.list.neighbour(self.selection.shown(), steps) {
            Some(id) if extend => self.select_to(id),
            Some(id) => self.select(id),
            None => Vec::new(),
        }
    }

    /// Home and End in the list.
    pub fn select_end(&mut self, last: bool, extend: bool) -> Vec<Ask> {
        let found = if last { self.list.shown().next_back() } else { self.list.shown().next() };
        match found {
            Some(id) if extend => self.select_to(id),
            Some(id) => self.select(id),
            None => Vec::new(),
        }
    }

    /// Text typed into the filter of the list.
    pub fn filter_list(&mut self, words: &str) -> Vec<Ask> {
        if words == self.list.filter() {
            return Vec::new();
        }
        self.list.set_filter(words);
        self.keep_selection_listed()
    }

    pub fn toggle_folder(&mut self, path: &str) -> Vec<Ask> {
        self.list.toggle_folder(path);
        self.keep_selection_listed()
    }

    /// Actions on all selected connections skip rows that are not visible.
    pub(super) fn keep_selection_listed(&mut self) -> Vec<Ask> {
        let shown = self.selection.shown();
        let list = &self.list;
        self.selection.keep_if(|id| list.row_of(id).is_some());
        if self.selection.shown() == shown { Vec::new() } else { self.shown_changed() }
    }

    /// Ctrl+1 to Ctrl+9.
    pub fn select_pinned(&mut self, nth: usize) -> Vec<Ask> {
        let pinned = self.list.pinned().nth(nth);
        pinned.map(|id| self.select(id)).unwrap_or_default()
    }

    fn shown_changed(&mut self) -> Vec<Ask> {
        self.expiry.close();
        self.revealed = None;
        self.leave_export();
        // Browsing the list sends no request to a workspace; activity and exports are known locally.
        let mut commands = match self.page() {
            Page::Activity => Vec::new(),
            Page::Export if self.handed_over().is_some() => self.ask_for_export(),
            _ => self.show_page(Page::Connection),
        };
        self.drop_idle_forms();
        commands.extend(self.selection.shown().map(|id| self.open_form(id)).unwrap_or_default());
        commands
    }

    pub(super) fn open_form(&mut self, id: ConnectionId) -> Vec<Ask> {
        if !self.forms.contains_key(&id)
            && let Some(entry) = self.entry(id)
        {
            let form = Editing::of_entry(entry, &|name| self.name_taken(id, name));
            self.forms.insert(id, form);
        }
        self.describe(id)
    }

    /// Loads once what the vault stores for the form's authentication type.
    pub fn describe(&mut self, id: ConnectionId) -> Vec<Ask> {
        if !self.entry_of.contains_key(&id) || matches!(self.vault.value(), Some((_, VaultStatus::Locked { .. }))) {
            return Vec::new();
        }
        let Some(kind) = self.forms.get(&id).and_then(|form| form.draft.secret_kind()) else { return self.describe_sign_in(id) };
        let known = self.secrets.entry((id, kind)).or_default();
        if *known != Remote::NotAsked {
            return Vec::new();
        }
        known.asked();
        vec![Self::describe_secret(id, kind)]
    }
}
