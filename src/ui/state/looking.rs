//! The shown and the selected connections: what the person does in the list, and what is loaded for the shown one.

use super::{Connections, Editing, Go, Output, Page, Remote, Secrets, State};
use brickpass_core::connection::ConnectionId;
use brickpass_storage::VaultStatus;

impl Connections {
    pub fn select(&mut self, id: ConnectionId) -> Output {
        if !self.entry_of.contains_key(&id) && !self.forms.contains_key(&id) {
            return Output::none();
        }
        let changed = self.selection.shown() != Some(id);
        self.selection.only(id);
        Go::Shown { changed, reveal: true }.into()
    }

    /// Ctrl+click.
    pub fn toggle_selected(&mut self, id: ConnectionId) -> Output {
        self.selection.toggle(id);
        Go::Shown { changed: true, reveal: false }.into()
    }

    /// Shift+click, Shift+arrow.
    pub fn select_to(&mut self, id: ConnectionId) -> Output {
        let list = &self.list;
        self.selection.extend(id, |a, b| list.between(a, b));
        Go::Shown { changed: true, reveal: true }.into()
    }

    /// Up, Down, Page up and Page down in the list.
    pub fn select_neighbour(&mut self, steps: isize, extend: bool) -> Output {
        let found = self.list.neighbour(self.selection.shown(), steps);
        found.map(|id| self.reach(id, extend)).into()
    }

    /// Home and End in the list.
    pub fn select_end(&mut self, last: bool, extend: bool) -> Output {
        let found = if last { self.list.shown().next_back() } else { self.list.shown().next() };
        found.map(|id| self.reach(id, extend)).into()
    }

    fn reach(&mut self, id: ConnectionId, extend: bool) -> Output {
        if extend { self.select_to(id) } else { self.select(id) }
    }

    /// Ctrl+1 to Ctrl+9.
    pub fn select_pinned(&mut self, nth: usize) -> Output {
        let pinned = self.list.pinned().nth(nth);
        pinned.map(|id| self.select(id)).into()
    }

    /// Text typed into the filter of the list.
    pub fn filter_list(&mut self, words: &str) -> Output {
        if words == self.list.filter() {
            return Output::none();
        }
        self.list.set_filter(words);
        self.keep_selection_listed()
    }

    pub fn toggle_folder(&mut self, path: &str) -> Output {
        self.list.toggle_folder(path);
        self.keep_selection_listed()
    }

    /// Actions on all selected connections skip rows that are not visible.
    fn keep_selection_listed(&mut self) -> Output {
        let shown = self.selection.shown();
        let list = &self.list;
        self.selection.keep_if(|id| list.row_of(id).is_some());
        if self.selection.shown() == shown { Output::none() } else { Go::Shown { changed: true, reveal: false }.into() }
    }

    /// The selected connections whose rows are visible.
    pub fn selected_rows(&self) -> Vec<ConnectionId> {
        let mut ids = self.selection.all();
        ids.retain(|id| self.list.row_of(*id).is_some());
        ids
    }

    /// Opens the form of a saved connection, unless it is open.
    fn open_form(&mut self, id: ConnectionId) {
        if !self.forms.contains_key(&id)
            && let Some(entry) = self.entry(id)
        {
            let form = Editing::of_entry(entry, &|name| self.name_taken(id, name));
            self.forms.insert(id, form);
        }
    }
}

impl State {
    /// Another connection is shown, or others are selected.
    pub(super) fn shown_changed(&mut self) -> Output {
        self.secrets.revealed = None;
        self.export.leave();
        // Browsing the list sends no request to a workspace; activity and exports are known locally.
        let output = match self.view.page() {
            Page::Activity => Output::none(),
            Page::Export if self.connections.exportable().is_some() => self.export.load(&self.connections),
            _ => self.show_page(Page::Connection),
        };
        self.connections.drop_idle_forms();
        output.and(self.open_shown())
    }

    /// Opens the form of the shown connection, and loads what the vault stores for it.
    pub(super) fn open_shown(&mut self) -> Output {
        let Some(id) = self.connections.selection.shown() else { return Output::none() };
        self.connections.open_form(id);
        self.describe(id)
    }

    /// Loads once what the vault stores for the form's authentication type.
    pub fn describe(&mut self, id: ConnectionId) -> Output {
        if !self.connections.entry_of.contains_key(&id) || matches!(self.secrets.vault.value(), Some((_, VaultStatus::Locked { .. }))) {
            return Output::none();
        }
        let kind = self.connections.forms.get(&id).and_then(|form| form.draft.secret_kind());
        let Some(kind) = kind else { return self.sign_ins.describe(id, &self.connections) };
        let known = self.secrets.stored.entry((id, kind)).or_default();
        if *known != Remote::NotAsked {
            return Output::none();
        }
        known.asked();
        Secrets::describe_secret(id, kind).into()
    }
}
