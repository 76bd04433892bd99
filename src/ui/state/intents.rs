//! What the person wants. Each intent changes the state at once and gives the commands for what takes time.

use jiff::{SignedDuration, Timestamp};

use super::{Closing, Dialog, Editing, Notice, Removal, SettingsWait, State, UNDO};
use crate::{
    connection::{Connection, ConnectionId, ConnectionName, Draft, Environment, Field, Reviewed},
    engine::{Command, StoredSecret},
    storage::{Settings, VaultStatus},
    ui::{state::Remote, text},
};

impl State {
    // --- Looking ---

    pub fn select(&mut self, id: ConnectionId) -> Vec<Command> {
        if !self.entry_of.contains_key(&id) && !self.forms.contains_key(&id) {
            return Vec::new();
        }
        let changed = self.selection.shown() != Some(id);
        self.selection.only(id);
        self.reveal_selected = true;
        if changed { self.shown_changed() } else { self.open_form(id) }
    }

    /// Ctrl+click.
    pub fn toggle_selected(&mut self, id: ConnectionId) -> Vec<Command> {
        self.selection.toggle(id);
        self.shown_changed()
    }

    /// Shift+click, Shift+arrow.
    pub fn select_to(&mut self, id: ConnectionId) -> Vec<Command> {
        let list = &self.list;
        self.selection.extend(id, |a, b| list.between(a, b));
        self.reveal_selected = true;
        self.shown_changed()
    }

    /// Up, Down, Page up, Page down in the list.
    pub fn select_neighbour(&mut self, steps: isize, extend: bool) -> Vec<Command> {
        match self.list.neighbour(self.selection.shown(), steps) {
            Some(id) if extend => self.select_to(id),
            Some(id) => self.select(id),
            None => Vec::new(),
        }
    }

    /// Home, End in the list.
    pub fn select_end(&mut self, last: bool, extend: bool) -> Vec<Command> {
        let found = if last { self.list.shown().next_back() } else { self.list.shown().next() };
        match found {
            Some(id) if extend => self.select_to(id),
            Some(id) => self.select(id),
            None => Vec::new(),
        }
    }

    /// Ctrl+1 to Ctrl+9.
    pub fn select_pinned(&mut self, nth: usize) -> Vec<Command> {
        let pinned = self.list.pinned().nth(nth);
        pinned.map(|id| self.select(id)).unwrap_or_default()
    }

    fn shown_changed(&mut self) -> Vec<Command> {
        self.revealed = None;
        self.drop_idle_forms();
        self.selection.shown().map(|id| self.open_form(id)).unwrap_or_default()
    }

    pub(super) fn open_form(&mut self, id: ConnectionId) -> Vec<Command> {
        if !self.forms.contains_key(&id)
            && let Some(entry) = self.entry(id)
        {
            let form = Editing::of_entry(entry, &|name| self.name_taken(id, name));
            self.forms.insert(id, form);
        }
        self.describe(id)
    }

    /// Asks the vault what it holds for the form's way to sign in, once.
    pub fn describe(&mut self, id: ConnectionId) -> Vec<Command> {
        if !self.entry_of.contains_key(&id) || matches!(self.vault.value(), Some((_, VaultStatus::Locked { .. }))) {
            return Vec::new();
        }
        let Some(kind) = self.forms.get(&id).and_then(|form| form.draft.secret_kind()) else { return Vec::new() };
        let known = self.secrets.entry((id, kind)).or_default();
        if *known != Remote::NotAsked {
            return Vec::new();
        }
        known.asked();
        vec![Command::DescribeSecret { id, kind }]
    }

    // --- Editing ---

    pub fn new_connection(&mut self) -> Vec<Command> {
        if let Some(id) = self.untouched_new() {
            self.focus = Some(Field::Name);
            return self.select(id);
        }
        self.add_draft(Draft::new(ConnectionId::random()))
    }

    fn untouched_new(&self) -> Option<ConnectionId> {
        self.forms.iter().find(|(_, form)| form.is_new() && !form.is_unsaved() && !form.is_saving()).map(|(id, _)| *id)
    }

    fn add_draft(&mut self, draft: Draft) -> Vec<Command> {
        let id = draft.id;
        let form = Editing::of_new(draft, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
        self.list.set_filter("");
        self.rebuild_list();
        self.focus = Some(Field::Name);
        self.select(id)
    }

    pub fn save(&mut self) -> Vec<Command> {
        self.selection.shown().map(|id| self.save_of(id)).unwrap_or_default()
    }

    pub(super) fn save_of(&mut self, id: ConnectionId) -> Vec<Command> {
        if let Some(reason) = self.read_only().map(str::to_owned) {
            self.notices.push(Notice::Failure(text::read_only_failure(&reason)));
            return Vec::new();
        }
        let Some(mut form) = self.forms.remove(&id) else { return Vec::new() };
        let begun = if form.is_saving() { None } else { Some(form.begin_save(&|name| self.name_taken(id, name))) };
        self.forms.insert(id, form);
        match begun {
            None => Vec::new(),
            Some(Ok((reviewed, base))) => vec![Command::Save { reviewed: Box::new(reviewed), base }],
            Some(Err(field)) => {
                self.focus = field;
                self.closing = Closing::No;
                if self.selection.shown() == Some(id) { Vec::new() } else { self.select(id) }
            }
        }
    }

    pub fn revert(&mut self) {
        if let Some(form) = self.shown_form_mut() {
            form.revert();
        }
        self.judge_shown();
    }

    /// Conflict, keep mine: saves over what is there now.
    pub fn keep_mine(&mut self) -> Vec<Command> {
        let Some(Dialog::Conflict { id, theirs, .. }) = self.dialog.take() else { return Vec::new() };
        if let Some(form) = self.forms.get_mut(&id) {
            form.rebase(theirs.as_deref());
        }
        self.save_of(id)
    }

    /// Conflict, take theirs: what was typed here goes, because the person said so.
    pub fn take_theirs(&mut self) -> Vec<Command> {
        let Some(Dialog::Conflict { id, theirs, .. }) = self.dialog.take() else { return Vec::new() };
        if let Some(entry) = theirs.as_deref().or_else(|| self.entry(id)) {
            let form = Editing::of_entry(entry, &|name| self.name_taken(id, name));
            self.forms.insert(id, form);
        } else {
            self.forms.remove(&id);
            self.selection.drop(id);
            self.rebuild_list();
        }
        vec![Command::Refresh]
    }

    pub fn duplicate(&mut self) -> Vec<Command> {
        let Some(source) = self.selection.shown() else { return Vec::new() };
        let Some(form) = self.forms.get(&source) else { return Vec::new() };
        if form.is_new() || form.is_unsaved() {
            // What is typed is copied, not what is saved; the stored secret stays with its owner.
            let mut draft = form.draft.clone();
            draft.id = ConnectionId::random();
            if let Ok(name) = ConnectionName::parse(&draft.name) {
                name.copy_of(&|name| self.list.name_is_taken(name)).as_str().clone_into(&mut draft.name);
            }
            draft.pinned = false;
            let copied = self.add_draft(Draft::new(draft.id));
            if let Some(form) = self.shown_form_mut() {
                form.draft = draft;
            }
            self.judge_shown();
            return copied;
        }
        let Some(connection) = self.entry(source).map(|entry| entry.connection.clone()) else { return Vec::new() };
        let name = connection.name.copy_of(&|name| self.list.name_is_taken(name));
        let copy = Connection { id: ConnectionId::random(), name, pinned: false, ..connection };
        self.select_when_listed = Some(copy.id);
        vec![Command::Duplicate { source, copy: Box::new(copy) }]
    }

    /// Pins or unpins at once, whatever else is being edited.
    pub fn toggle_pinned(&mut self, id: ConnectionId) -> Vec<Command> {
        let Some(entry) = self.entry(id) else {
            if let Some(form) = self.forms.get_mut(&id) {
                form.draft.pinned = !form.draft.pinned;
            }
            return Vec::new();
        };
        if self.read_only().is_some() {
            return Vec::new();
        }
        let connection = Connection { pinned: !entry.connection.pinned, ..entry.connection.clone() };
        let base = Some(entry.revision);
        if let Some(form) = self.forms.get_mut(&id) {
            form.set_pinned(connection.pinned);
        }
        vec![Command::Save { reviewed: Box::new(Reviewed { connection, secret: None }), base }]
    }

    pub fn reveal_stored(&mut self) -> Vec<Command> {
        let Some((id, kind)) = self.selection.shown().and_then(|id| Some((id, self.forms.get(&id)?.draft.secret_kind()?))) else {
            return Vec::new();
        };
        match self.stored_secret(id, kind) {
            Some(StoredSecret::Stored { .. }) => vec![Command::RevealSecret { id, kind }],
            _ => Vec::new(),
        }
    }

    // --- Testing ---

    /// Tests what is typed, saved or not.
    pub fn test(&mut self) -> Vec<Command> {
        if self.selection.count() > 1 {
            return self.test_these(&self.selection.all());
        }
        let Some(id) = self.selection.shown() else { return Vec::new() };
        let Some(mut form) = self.forms.remove(&id) else { return Vec::new() };
        let reviewed = form.for_test(text::NEW_CONNECTION, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
        self.show_test = Some(true);
        match reviewed {
            Ok(reviewed) => self.begin_test(reviewed.connection, reviewed.secret.map(|(_, secret)| secret)),
            Err(field) => {
                self.focus = field;
                Vec::new()
            }
        }
    }

    /// *Try again* beside a failure: a failed save is saved again, a failed test tested again.
    pub fn try_again(&mut self) -> Vec<Command> {
        if self.shown_form().is_some_and(|form| form.failure.is_some()) { self.save() } else { self.test() }
    }

    /// Tests what is saved.
    pub fn test_these(&mut self, ids: &[ConnectionId]) -> Vec<Command> {
        let saved: Vec<Connection> = ids.iter().filter_map(|id| self.entry(*id)).map(|entry| entry.connection.clone()).collect();
        saved.into_iter().flat_map(|connection| self.begin_test(connection, None)).collect()
    }

    pub fn test_all(&mut self) -> Vec<Command> {
        let all: Vec<ConnectionId> = self
            .library
            .value()
            .map(|snapshot| snapshot.entries.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.connection.id)
            .collect();
        self.test_these(&all)
    }

    fn begin_test(&mut self, connection: Connection, secret: Option<secrecy::SecretString>) -> Vec<Command> {
        let (run, replaced) = self.tests.begin(connection.clone(), secret.is_some());
        let mut commands: Vec<Command> = replaced.map(|run| Command::Cancel { run }).into_iter().collect();
        commands.push(Command::Test { run, connection: Box::new(connection), secret });
        commands
    }

    pub fn cancel_test(&mut self) -> Vec<Command> {
        self.selection.all().into_iter().filter_map(|id| self.tests.cancel(id)).map(|run| Command::Cancel { run }).collect()
    }

    pub fn cancel_all_tests(&mut self) -> Vec<Command> {
        self.tests.cancel_all().into_iter().map(|run| Command::Cancel { run }).collect()
    }

    // --- Deleting ---

    /// Deletes what is selected; production asks first.
    pub fn delete(&mut self, ids: Vec<ConnectionId>, now: Timestamp) -> Vec<Command> {
        let production: Vec<&str> = ids
            .iter()
            .filter_map(|id| self.entry(*id))
            .filter(|entry| entry.connection.environment == Environment::Production)
            .map(|entry| entry.connection.name.as_str())
            .collect();
        let expected = match (production.as_slice(), ids.len()) {
            ([], _) => return self.delete_now(&ids, now),
            ([name], 1) => (*name).to_owned(),
            _ => text::DELETE_WORD.to_owned(),
        };
        self.dialog = Some(Dialog::DeleteProduction { ids, expected, typed: String::new() });
        Vec::new()
    }

    pub fn delete_confirmed(&mut self, now: Timestamp) -> Vec<Command> {
        if !self.dialog.as_ref().is_some_and(Dialog::may_delete) {
            return Vec::new();
        }
        match self.dialog.take() {
            Some(Dialog::DeleteProduction { ids, .. }) => self.delete_now(&ids, now),
            _ => Vec::new(),
        }
    }

    fn delete_now(&mut self, ids: &[ConnectionId], now: Timestamp) -> Vec<Command> {
        if ids.is_empty() {
            return Vec::new();
        }
        let saved: Vec<ConnectionId> = ids.iter().filter(|id| self.entry_of.contains_key(id)).copied().collect();
        if !saved.is_empty() && self.read_only().is_some() {
            let reason = self.read_only().unwrap_or_default().to_owned();
            self.notices.push(Notice::Failure(text::read_only_failure(&reason)));
            return Vec::new();
        }
        let title = match ids {
            [one] => text::deleted(self.name_of(*one)),
            many => text::deleted_many(many.len()),
        };
        let mut commands: Vec<Command> = ids.iter().filter_map(|id| self.tests.forget(*id)).map(|run| Command::Cancel { run }).collect();
        let next = self.next_after(ids);
        let forms: Vec<Editing> = ids.iter().filter_map(|id| self.forms.remove(id)).filter(Editing::is_unsaved).collect();
        self.last_removal += 1;
        let number = self.last_removal;
        self.removals.push(Removal { number, ids: ids.to_vec(), entries: Vec::new(), forms, until: now + UNDO, undo_when_removed: false });
        self.notices.push(Notice::Removed { words: title, removal: number });
        self.selection.none();
        if saved.is_empty() {
            self.rebuild_list();
        } else {
            commands.push(Command::Remove { ids: saved });
        }
        if let Some(next) = next {
            commands.extend(self.select(next));
        }
        commands
    }

    /// The row that takes the selection when these go.
    fn next_after(&self, ids: &[ConnectionId]) -> Option<ConnectionId> {
        let stays = |id: &ConnectionId| !ids.contains(id);
        let last = ids.iter().filter_map(|id| self.list.row_of(*id)).max()?;
        self.list.shown_from(last + 1).find(stays).or_else(|| self.list.shown().rfind(stays))
    }

    pub fn can_undo(&self) -> bool {
        !self.removals.is_empty()
    }

    pub fn can_undo_this(&self, removal: u64) -> bool {
        self.removals.iter().any(|known| known.number == removal)
    }

    /// Brings back what was deleted last.
    pub fn undo(&mut self) -> Vec<Command> {
        self.removals.last().map(|removal| removal.number).map(|number| self.undo_of(number)).unwrap_or_default()
    }

    pub fn undo_of(&mut self, removal: u64) -> Vec<Command> {
        let Some(at) = self.removals.iter().position(|known| known.number == removal) else { return Vec::new() };
        let mut removal = self.removals.remove(at);
        let waits_for_engine = removal.entries.is_empty() && removal.ids.iter().any(|id| self.entry_of.contains_key(id));
        if waits_for_engine {
            removal.undo_when_removed = true;
            self.removals.push(removal);
            return Vec::new();
        }
        for form in removal.forms {
            self.forms.insert(form.draft.id, form);
        }
        self.select_when_listed = removal.ids.first().copied();
        if removal.entries.is_empty() {
            self.rebuild_list();
            return self.select_when_listed.take().map(|id| self.select(id)).unwrap_or_default();
        }
        vec![Command::Restore { entries: removal.entries }]
    }

    // --- Dialogs and the rest ---

    pub fn ask_to_unlock(&mut self, then_save: Option<ConnectionId>) {
        let (place, new) = match self.vault.value() {
            Some((_, VaultStatus::Locked { place, new })) => (place.clone(), *new),
            _ => (text::ENCRYPTED_FILE.to_owned(), false),
        };
        let (passphrase, again) = Default::default();
        self.dialog = Some(Dialog::Unlock { place, new, passphrase, again, waiting: false, failure: None, then_save });
    }

    pub fn unlock(&mut self) -> Vec<Command> {
        if !self.dialog.as_ref().is_some_and(Dialog::may_unlock) {
            return Vec::new();
        }
        let Some(Dialog::Unlock { passphrase, waiting, failure, .. }) = &mut self.dialog else { return Vec::new() };
        *waiting = true;
        *failure = None;
        vec![Command::UnlockVault { passphrase: passphrase.to_secret() }]
    }

    pub fn save_settings(&mut self, settings: Settings, passphrase: Option<secrecy::SecretString>) -> Vec<Command> {
        self.settings_wait = if settings.theme == self.settings.theme { SettingsWait::Save } else { SettingsWait::Theme };
        self.settings_problem = None;
        if self.settings_wait == SettingsWait::Theme {
            self.settings.theme = settings.theme;
        }
        vec![Command::SaveSettings { settings, passphrase }]
    }

    pub fn unlock_from_settings(&mut self, passphrase: secrecy::SecretString) -> Vec<Command> {
        self.settings_wait = SettingsWait::Unlock;
        self.settings_problem = None;
        vec![Command::UnlockVault { passphrase }]
    }

    pub fn open_in_browser(&self) -> Vec<Command> {
        let address =
            self.shown_form().and_then(|form| form.review().result.as_ref()).map(|reviewed| reviewed.connection.base_url.origin());
        address.map(|url| Command::OpenInBrowser { url }).into_iter().collect()
    }

    /// The window is asked to close. True: it may.
    pub fn ask_to_close(&mut self) -> bool {
        if self.closing == Closing::Now {
            return true;
        }
        let unsaved: Vec<(ConnectionId, String)> =
            self.forms.iter().filter(|(_, form)| form.is_unsaved()).map(|(id, _)| (*id, self.name_of(*id).to_owned())).collect();
        if unsaved.is_empty() {
            self.closing = Closing::Now;
            return true;
        }
        self.dialog = Some(Dialog::Close { unsaved });
        false
    }

    pub fn save_all_and_close(&mut self) -> Vec<Command> {
        let Some(Dialog::Close { unsaved }) = self.dialog.take() else { return Vec::new() };
        self.closing = Closing::WhenSaved;
        let mut commands = Vec::new();
        for (id, _) in unsaved {
            if self.closing == Closing::No {
                break;
            }
            commands.extend(self.save_of(id));
        }
        commands
    }

    #[cfg(test)]
    pub fn discard_dialog(&mut self) {
        self.dialog = None;
    }

    pub fn discard_and_close(&mut self) {
        self.dialog = None;
        self.closing = Closing::Now;
    }

    /// Work that is due by the clock.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Command> {
        let over: Vec<Removal> = self.removals.extract_if(.., |removal| removal.is_over(now)).collect();
        let mut ids = Vec::new();
        for removal in over {
            if removal.entries.is_empty() {
                // They could not be taken off the list: their unsaved edits are not lost.
                let listed = removal.forms.into_iter().filter(|form| self.entry_of.contains_key(&form.draft.id));
                self.forms.extend(listed.map(|form| (form.draft.id, form)));
            }
            ids.extend(removal.entries.iter().map(|entry| entry.connection.id));
        }
        if ids.is_empty() { Vec::new() } else { vec![Command::Purge { ids }] }
    }

    /// When `tick` has something to do next.
    pub fn next_tick(&self, now: Timestamp) -> Option<SignedDuration> {
        self.removals.iter().map(|removal| removal.until.duration_since(now).max(SignedDuration::ZERO)).min()
    }

    /// The window closes: removals can no longer be undone, running tests end.
    pub fn leave(&mut self) -> Vec<Command> {
        let mut commands = self.cancel_all_tests();
        let ids: Vec<ConnectionId> = self.removals.drain(..).flat_map(|removal| removal.entries).map(|entry| entry.connection.id).collect();
        if !ids.is_empty() {
            commands.push(Command::Purge { ids });
        }
        commands
    }

    /// The way to sign in was changed: what the vault holds for it may not be known yet.
    pub fn auth_changed(&mut self) -> Vec<Command> {
        self.revealed = None;
        self.selection.shown().map(|id| self.describe(id)).unwrap_or_default()
    }
}
