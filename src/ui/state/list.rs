//! The list on the left: an index of the connections, the filter, and the shown rows. Everything is computed when the
//! connections, the filter or a folder change; a frame only reads the rows that it draws.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use brickpass_core::connection::{Connection, ConnectionId, Field, Level};
use brickpass_storage::Entry;

/// Heights in points. Fixed, so that the position of every row is known without drawing it.
pub const ITEM_HEIGHT: f32 = 48.0;
pub const SECTION_HEIGHT: f32 = 36.0;
pub const FOLDER_HEIGHT: f32 = 32.0;

/// The texts of a row, and the text that the filter searches.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: ConnectionId,
    /// With its port, unless it is the default one.
    pub host: String,
    pub pinned: bool,
    /// `None`: not saved yet, only a draft.
    pub entry: Option<usize>,
    folder: String,
    sort: String,
    search: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    Pinned,
    All,
    Matches,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Section { section: Section, count: usize },
    Folder { path: String, name: String, depth: usize, count: usize, open: bool },
    Item { item: usize, depth: usize },
}

impl Row {
    pub fn height(&self) -> f32 {
        match self {
            Self::Section { .. } => SECTION_HEIGHT,
            Self::Folder { .. } => FOLDER_HEIGHT,
            Self::Item { .. } => ITEM_HEIGHT,
        }
    }
}

const HIDDEN: usize = usize::MAX;

#[derive(Debug, Default)]
pub struct List {
    items: Vec<Item>,
    by_id: HashMap<ConnectionId, usize>,
    filter: String,
    closed: BTreeSet<String>,
    /// Indices of the items that match the filter, in the order of the list.
    matching: Vec<usize>,
    rows: Vec<Row>,
    /// The top of each row, and one more: the bottom of the last one.
    tops: Vec<f32>,
    /// By item; `HIDDEN` if the filter or a closed folder hides it.
    row_of: Vec<usize>,
    revision: u64,
}

impl List {
    /// Rebuilds the index. `unsaved`: connections that exist only as drafts.
    pub fn set(&mut self, entries: &[Entry], unsaved: &[ConnectionId]) {
        self.revision += 1;
        self.items.clear();
        self.items.extend(unsaved.iter().map(|id| Item::unsaved(*id)));
        self.items.extend(entries.iter().enumerate().map(|(at, entry)| Item::saved(&entry.connection, at)));
        self.items.sort_by(|a, b| (a.entry.is_some(), &a.sort, a.id).cmp(&(b.entry.is_some(), &b.sort, b.id)));
        self.by_id = self.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        self.refilter(None);
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: &str) {
        if filter == self.filter {
            return;
        }
        let narrower = !self.filter.is_empty() && filter.starts_with(&self.filter);
        filter.clone_into(&mut self.filter);
        let among = narrower.then(|| std::mem::take(&mut self.matching));
        self.refilter(among);
    }

    pub fn toggle_folder(&mut self, path: &str) {
        if !self.closed.remove(path) {
            self.closed.insert(path.to_owned());
        }
        self.lay_out();
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Changes whenever the connections do.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn item(&self, at: usize) -> Option<&Item> {
        self.items.get(at)
    }

    pub fn find(&self, id: ConnectionId) -> Option<&Item> {
        self.items.get(*self.by_id.get(&id)?)
    }

    pub fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or_default()
    }

    pub fn top_of(&self, row: usize) -> f32 {
        self.tops.get(row).copied().unwrap_or_default()
    }

    /// The row of a connection; `None` if the filter or a closed folder hides it.
    pub fn row_of(&self, id: ConnectionId) -> Option<usize> {
        let item = *self.by_id.get(&id)?;
        self.row_of.get(item).copied().filter(|row| *row != HIDDEN)
    }

    /// The rows that are at least partly between two heights.
    pub fn rows_between(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        let first = self.tops.partition_point(|at| *at <= top).saturating_sub(1);
        let last = self.tops.partition_point(|at| *at < bottom).min(self.rows.len());
        first.min(last)..last
    }

    /// The shown connections, from top to bottom.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = ConnectionId> + '_ {
        self.rows.iter().filter_map(|row| self.id_of(row))
    }

    /// The shown connection `steps` below (if negative, above) the given one.
    pub fn neighbour(&self, id: Option<ConnectionId>, steps: isize) -> Option<ConnectionId> {
        let Some(row) = id.and_then(|id| self.row_of(id)) else {
            return if steps < 0 { self.shown().next_back() } else { self.shown().next() };
        };
        let distance = steps.unsigned_abs();
        let found = if steps < 0 {
            self.rows.get(..row)?.iter().rev().filter_map(|row| self.id_of(row)).take(distance).last()
        } else {
            self.rows.get(row + 1..)?.iter().filter_map(|row| self.id_of(row)).take(distance).last()
        };
        found.or(id)
    }

    /// The shown connections from one to another, inclusive.
    pub fn between(&self, a: ConnectionId, b: ConnectionId) -> Vec<ConnectionId> {
        let (Some(a), Some(b)) = (self.row_of(a), self.row_of(b)) else { return vec![b] };
        self.rows.get(a.min(b)..=a.max(b)).unwrap_or_default().iter().filter_map(|row| self.id_of(row)).collect()
    }

    /// The shown connections from a row downwards.
    pub fn shown_from(&self, row: usize) -> impl Iterator<Item = ConnectionId> + '_ {
        self.rows.get(row..).unwrap_or_default().iter().filter_map(|row| self.id_of(row))
    }

    pub fn pinned(&self) -> impl Iterator<Item = ConnectionId> + '_ {
        self.items.iter().filter(|item| item.pinned).map(|item| item.id)
    }

    pub fn unsaved_count(&self) -> usize {
        self.items.iter().take_while(|item| item.entry.is_none()).count()
    }

    /// Whether a saved connection other than `except` has this name, ignoring case.
    pub fn name_is_taken_by_other(&self, name: &str, except: ConnectionId) -> bool {
        self.bears(&name.trim().to_lowercase(), Some(except))
    }

    fn bears(&self, lower: &str, except: Option<ConnectionId>) -> bool {
        let saved = self.items.get(self.unsaved_count()..).unwrap_or_default();
        let first = saved.partition_point(|item| item.sort.as_str() < lower);
        saved.get(first..).unwrap_or_default().iter().take_while(|item| item.sort == lower).any(|item| Some(item.id) != except)
    }

    /// Whether any saved connection has this name, ignoring case.
    pub fn name_is_taken(&self, name: &str) -> bool {
        self.bears(&name.trim().to_lowercase(), None)
    }

    fn id_of(&self, row: &Row) -> Option<ConnectionId> {
        match row {
            Row::Item { item, .. } => self.items.get(*item).map(|item| item.id),
            _ => None,
        }
    }

    fn refilter(&mut self, among: Option<Vec<usize>>) {
        let lower = self.filter.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let fits = |at: &usize| {
            self.items.get(*at).is_some_and(|item| item.entry.is_none() || words.iter().all(|word| item.search.contains(word)))
        };
        self.matching = match among {
            _ if words.is_empty() => (0..self.items.len()).collect(),
            Some(among) => among.into_iter().filter(fits).collect(),
            None => (0..self.items.len()).filter(fits).collect(),
        };
        self.lay_out();
    }

    fn lay_out(&mut self) {
        let mut rows = Vec::with_capacity(self.matching.len() + 8);
        if self.filter.trim().is_empty() {
            let (pinned, rest): (Vec<usize>, Vec<usize>) =
                self.matching.iter().partition(|at| self.items.get(**at).is_some_and(|item| item.pinned));
            if !pinned.is_empty() {
                rows.push(Row::Section { section: Section::Pinned, count: pinned.len() });
                rows.extend(pinned.into_iter().map(|item| Row::Item { item, depth: 0 }));
            }
            if !rest.is_empty() {
                rows.push(Row::Section { section: Section::All, count: rest.len() });
                let mut root = Folder::default();
                for at in rest {
                    if let Some(item) = self.items.get(at) {
                        root.put(&item.folder, at);
                    }
                }
                root.rows(&mut rows, &self.closed, "", 0);
            }
        } else {
            rows.push(Row::Section { section: Section::Matches, count: self.matching.len() });
            rows.extend(self.matching.iter().map(|item| Row::Item { item: *item, depth: 0 }));
        }
        let mut top = 0.0;
        self.tops.clear();
        self.row_of.clear();
        self.row_of.resize(self.items.len(), HIDDEN);
        for (at, row) in rows.iter().enumerate() {
            self.tops.push(top);
            top += row.height();
            if let Row::Item { item, .. } = row
                && let Some(place) = self.row_of.get_mut(*item)
            {
                *place = at;
            }
        }
        self.tops.push(top);
        self.rows = rows;
    }
}

impl Item {
    fn unsaved(id: ConnectionId) -> Self {
        Self { id, host: String::new(), pinned: false, entry: None, folder: String::new(), sort: String::new(), search: String::new() }
    }

    fn saved(connection: &Connection, at: usize) -> Self {
        let name = connection.name.as_str().to_owned();
        let origin = connection.base_url.origin();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host).to_owned();
        let mut search = String::with_capacity(160);
        let account = match &connection.level {
            Level::Workspace => "",
            Level::Account { account_id } => account_id.as_str(),
        };
        for part in [name.as_str(), &host, connection.environment.word(), connection.workspace_id.as_deref().unwrap_or_default(), account]
            .into_iter()
            .chain(Field::plain().filter(|(_, text)| text.searched).map(|(_, text)| (text.kept.get)(connection)))
            .chain(connection.tags.iter().map(String::as_str))
        {
            if !part.is_empty() {
                search.push_str(&part.to_lowercase());
                search.push('\n');
            }
        }
        Self {
            id: connection.id,
            sort: name.to_lowercase(),
            host,
            pinned: connection.pinned,
            entry: Some(at),
            folder: connection.folder.clone(),
            search,
        }
    }
}

#[derive(Default)]
struct Folder {
    folders: BTreeMap<String, (String, Folder)>,
    items: Vec<usize>,
    count: usize,
}

impl Folder {
    fn put(&mut self, path: &str, item: usize) {
        self.count += 1;
        let mut parts = path.splitn(2, '/');
        match parts.next().filter(|first| !first.is_empty()) {
            None => self.items.push(item),
            Some(first) => {
                let (_, folder) = self.folders.entry(first.to_lowercase()).or_insert_with(|| (first.to_owned(), Self::default()));
                folder.put(parts.next().unwrap_or_default(), item);
            }
        }
    }

    fn rows(&self, rows: &mut Vec<Row>, closed: &BTreeSet<String>, path: &str, depth: usize) {
        for (key, (name, folder)) in &self.folders {
            let path = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
            let open = !closed.contains(&path);
            rows.push(Row::Folder { path: path.clone(), name: name.clone(), depth, count: folder.count, open });
            if open {
                folder.rows(rows, closed, &path, depth + 1);
            }
        }
        rows.extend(self.items.iter().map(|item| Row::Item { item: *item, depth }));
    }
}
