//! The connections to import: which are ticked, their names, and which existing connections they replace.

use std::collections::{HashMap, HashSet};

use crate::ui::{filing::FilingForm, text::importing as words, widgets::TableRows};
use brickpass_core::connection::{Connection, ConnectionId, ConnectionName, Reviewed};
use brickpass_engine::{Chosen, ExistingMatch, Preview, PreviewRow};
use brickpass_interchange::import::Kind;

/// What to do with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowAction {
    Skip,
    Add,
    /// Replaces the existing connection.
    Replace,
}

#[derive(Debug)]
pub struct ImportRow {
    pub place: String,
    /// `None` if it cannot become a connection.
    pub connection: Option<Box<Reviewed>>,
    pub with_secret: bool,
    pub remarks: Vec<String>,
    pub existing: Option<ExistingMatch>,
    /// The name of an earlier row with the same address and authentication.
    pub alike: Option<String>,
    pub action: RowAction,
    /// As typed.
    pub name: String,
    /// Why it cannot be imported under this name.
    pub problem: Option<String>,
    /// The text that the filter searches.
    sought: String,
}

impl ImportRow {
    fn of(row: PreviewRow) -> Self {
        let PreviewRow { place, connection, with_secret, mut remarks, ignored: _, existing } = row;
        let name = connection.as_ref().map(|reviewed| reviewed.connection.name.as_str().to_owned()).unwrap_or_default();
        if let Some(reviewed) = &connection
            && !reviewed.connection.unconfirmed().is_empty()
        {
            remarks.push(words::unknown_address(reviewed.connection.base_url.host()));
        }
        let host = connection.as_ref().map(|reviewed| reviewed.connection.base_url.host()).unwrap_or_default();
        let sought = format!("{place} {name} {host}").to_lowercase();
        // An existing connection is not imported again by default.
        let is_there = existing.as_ref().is_some_and(|existing| !existing.other_token);
        let action = if connection.is_some() && !is_there { RowAction::Add } else { RowAction::Skip };
        Self { place, connection, with_secret, remarks, existing, alike: None, action, name, problem: None, sought }
    }

    pub fn can_import(&self) -> bool {
        self.connection.is_some()
    }

    pub fn is_chosen(&self) -> bool {
        self.action != RowAction::Skip
    }

    pub fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref().map(|reviewed| &reviewed.connection)
    }
}

/// The contents of a source.
#[derive(Debug)]
pub struct ImportTable {
    pub kind: Kind,
    pub from: String,
    /// Ignored keys, each once, with the reason.
    pub ignored: Vec<(String, String)>,
    /// Environment, folder and tags of new connections.
    pub filing: FilingForm,
    rows: Vec<ImportRow>,
    filter: String,
    shown: Vec<usize>,
    /// The row at the cursor, among the shown ones; its details are below.
    cursor: usize,
    reveal: bool,
    /// Names of existing connections, in lower case.
    taken: HashMap<String, ConnectionId>,
}

impl ImportTable {
    pub fn new(preview: Preview, taken: HashMap<String, ConnectionId>) -> Self {
        let Preview { kind, from, rows, mut ignored } = preview;
        for key in rows.iter().flat_map(|row| &row.ignored) {
            if !ignored.contains(key) {
                ignored.push(key.clone());
            }
        }
        let rows = rows.into_iter().map(ImportRow::of).collect();
        let mut table = Self {
            kind,
            from,
            ignored,
            filing: FilingForm::default(),
            rows,
            filter: String::new(),
            shown: Vec::new(),
            cursor: 0,
            reveal: false,
            taken,
        };
        table.sift();
        table.number_taken_names();
        table.mark_alike();
        table.judge();
        table
    }

    /// Many files contain the same workspace twice, as `DEFAULT` and with a name.
    fn mark_alike(&mut self) {
        let mut seen: HashMap<String, String> = HashMap::new();
        for row in &mut self.rows {
            let Some(connection) = row.connection() else { continue };
            let target = format!("{} {:?} {:?}", connection.base_url.origin(), connection.level, connection.auth);
            row.alike = seen.get(&target).cloned();
            seen.entry(target).or_insert_with(|| row.place.clone());
        }
    }

    pub fn rows(&self) -> &[ImportRow] {
        &self.rows
    }

    pub fn row(&self, at: usize) -> Option<&ImportRow> {
        self.rows.get(*self.shown.get(at)?)
    }

    /// The index of a shown row in the source.
    pub fn index(&self, at: usize) -> Option<usize> {
        self.shown.get(at).copied()
    }

    pub fn current(&self) -> Option<&ImportRow> {
        self.row(self.cursor)
    }

    pub fn show_row(&mut self, at: usize) {
        self.cursor = at.min(self.shown.len().saturating_sub(1));
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        if filter != self.filter {
            self.filter = filter;
            self.cursor = 0;
            self.sift();
        }
    }

    fn sift(&mut self) {
        let sought = self.filter.to_lowercase();
        let words: Vec<&str> = sought.split_whitespace().collect();
        let matches = |row: &ImportRow| words.iter().all(|word| row.sought.contains(word));
        self.shown = self.rows.iter().enumerate().filter(|(_, row)| matches(row)).map(|(at, _)| at).collect();
    }

    /// Taken names get a number, as copies do. Only at first: typed names stay.
    fn number_taken_names(&mut self) {
        let mut used: HashSet<String> = HashSet::new();
        for row in &mut self.rows {
            let Some(reviewed) = row.connection.as_ref().filter(|_| row.action == RowAction::Add) else { continue };
            let is_taken = |name: &str| used.contains(&name.to_lowercase()) || self.taken.contains_key(&name.to_lowercase());
            if is_taken(reviewed.connection.name.as_str()) {
                reviewed.connection.name.copy_of(&is_taken).as_str().clone_into(&mut row.name);
            }
            used.insert(row.name.to_lowercase());
        }
    }

    fn judge(&mut self) {
        let mut uses: HashMap<String, usize> = HashMap::new();
        for row in self.rows.iter().filter(|row| row.is_chosen()) {
            *uses.entry(row.name.trim().to_lowercase()).or_default() += 1;
        }
        // A replaced connection frees its name, and can be replaced only once.
        let mut replaced: HashMap<ConnectionId, usize> = HashMap::new();
        for existing in self.rows.iter().filter(|row| row.action == RowAction::Replace).filter_map(|row| row.existing.as_ref()) {
            *replaced.entry(existing.id).or_default() += 1;
        }
        for row in &mut self.rows {
            row.problem = None;
            if !row.is_chosen() {
                continue;
            }
            let key = row.name.trim().to_lowercase();
            let twice = row.action == RowAction::Replace
                && row.existing.as_ref().is_some_and(|existing| replaced.get(&existing.id).is_some_and(|count| *count > 1));
            row.problem = match ConnectionName::parse(&row.name) {
                Err(error) => Some(error.to_string()),
                Ok(_) if self.taken.get(&key).is_some_and(|id| !replaced.contains_key(id)) => Some(words::NAME_TAKEN.to_owned()),
                Ok(_) if uses.get(&key).is_some_and(|count| *count > 1) => Some(words::NAME_TWICE.to_owned()),
                Ok(_) if twice => Some(words::REPLACED_TWICE.to_owned()),
                Ok(_) => None,
            };
        }
    }

    /// The name of the row whose details are shown.
    pub fn rename(&mut self, name: String) {
        let Some(at) = self.index(self.cursor) else { return };
        if let Some(row) = self.rows.get_mut(at).filter(|row| row.name != name) {
            row.name = name;
            self.judge();
        }
    }

    /// What to do with the row whose details are shown.
    pub fn decide(&mut self, action: RowAction) {
        if let Some(at) = self.index(self.cursor) {
            self.set_action(at, action);
            self.judge();
        }
    }

    fn set_action(&mut self, at: usize, action: RowAction) {
        let free = self.free_name(at);
        let Some(row) = self.rows.get_mut(at).filter(|row| row.can_import()) else { return };
        match (action, &row.existing) {
            (RowAction::Replace, None) => return,
            // The replaced connection keeps its name.
            (RowAction::Replace, Some(existing)) => row.name.clone_from(&existing.name),
            (RowAction::Add, _) if row.action != RowAction::Add => row.name = free.unwrap_or_else(|| row.name.clone()),
            _ => {}
        }
        row.action = action;
    }

    /// A free name for this row: no connection and no other imported row has it.
    fn free_name(&self, at: usize) -> Option<String> {
        let row = self.rows.get(at)?;
        let name = ConnectionName::parse(&row.name).ok()?;
        let used: HashSet<String> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(other, row)| *other != at && row.is_chosen())
            .map(|(_, row)| row.name.trim().to_lowercase())
            .collect();
        let is_taken = |name: &str| used.contains(&name.to_lowercase()) || self.taken.contains_key(&name.to_lowercase());
        Some(if is_taken(name.as_str()) { name.copy_of(&is_taken).as_str().to_owned() } else { name.as_str().to_owned() })
    }

    pub fn chosen_count(&self) -> usize {
        self.rows.iter().filter(|row| row.is_chosen()).count()
    }

    pub fn problem_count(&self) -> usize {
        self.rows.iter().filter(|row| row.problem.is_some()).count()
    }

    /// The names of the existing connections that will be replaced.
    pub fn replaced(&self) -> impl Iterator<Item = &ExistingMatch> {
        self.rows.iter().filter(|row| row.action == RowAction::Replace).filter_map(|row| row.existing.as_ref())
    }

    /// Whether all shown rows that can be imported are ticked; `None` if there are none.
    pub fn all_shown_chosen(&self) -> Option<bool> {
        let mut can = self.shown.iter().filter_map(|at| self.rows.get(*at)).filter(|row| row.can_import()).peekable();
        can.peek()?;
        Some(can.all(ImportRow::is_chosen))
    }

    pub fn may_import(&self) -> bool {
        self.chosen_count() > 0 && self.problem_count() == 0 && self.filing.is_fine()
    }

    /// The rows to save; taken once.
    pub fn chosen(&self) -> Vec<Chosen> {
        let filed = self.filing.whole().judge().ok();
        self.rows
            .iter()
            .filter(|row| row.is_chosen() && row.problem.is_none())
            .filter_map(|row| {
                let mut connection = row.connection.clone()?;
                connection.connection.name = ConnectionName::parse(&row.name).ok()?;
                let replaces = row.existing.as_ref().filter(|_| row.action == RowAction::Replace).map(|existing| existing.id);
                if let Some(filed) = filed.as_ref().filter(|_| replaces.is_none()) {
                    filed.lay_over(&mut connection.connection);
                }
                Some(Chosen { connection, replaces })
            })
            .collect()
    }
}

impl TableRows for ImportTable {
    fn row_count(&self) -> usize {
        self.shown.len()
    }

    fn ticked_count(&self) -> usize {
        // Escape closes the dialog; it unticks nothing.
        0
    }

    fn cursor_row(&self) -> usize {
        self.cursor
    }

    fn step(&mut self, steps: isize, _extend: bool) {
        self.cursor = self.cursor.saturating_add_signed(steps).min(self.shown.len().saturating_sub(1));
        self.reveal = true;
    }

    fn tick(&mut self, row: usize) {
        let Some(at) = self.index(row) else { return };
        let is_chosen = self.rows.get(at).is_some_and(ImportRow::is_chosen);
        self.set_action(at, if is_chosen { RowAction::Skip } else { RowAction::Add });
        self.cursor = row;
        self.judge();
    }

    fn tick_all(&mut self) {
        let choose = self.all_shown_chosen() == Some(false);
        let lower = |row: &ImportRow| row.name.trim().to_lowercase();
        let mut used: HashSet<String> = self.rows.iter().filter(|row| row.is_chosen()).map(lower).collect();
        for at in &self.shown {
            let Some(row) = self.rows.get_mut(*at).filter(|row| row.can_import() && row.is_chosen() != choose) else { continue };
            row.action = if choose { RowAction::Add } else { RowAction::Skip };
            let is_taken = |name: &str| used.contains(&name.to_lowercase()) || self.taken.contains_key(&name.to_lowercase());
            if choose {
                if let Some(name) = ConnectionName::parse(&row.name).ok().filter(|name| is_taken(name.as_str())) {
                    name.copy_of(&is_taken).as_str().clone_into(&mut row.name);
                }
                used.insert(lower(row));
            }
        }
        self.judge();
    }

    fn tick_none(&mut self) {
        for row in &mut self.rows {
            row.action = RowAction::Skip;
        }
        self.judge();
    }

    fn take_reveal(&mut self) -> bool {
        std::mem::take(&mut self.reveal)
    }
}
