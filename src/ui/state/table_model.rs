//! Records as a table: sorted, filtered and ticked. Computed when something changed, never while drawing.

use std::{cmp::Ordering, collections::HashSet, ops::Range};

use crate::ui::widgets::TableRows;

/// A row of a table.
pub trait Record {
    type Column: Copy + PartialEq + std::fmt::Debug;
    /// The default sort column, and whether it is descending.
    const USUAL: (Self::Column, bool);

    /// A stable ID.
    fn id(&self) -> &str;
    /// The text that the filter searches.
    fn sought(&self) -> String;
    fn compare(&self, other: &Self, column: Self::Column) -> Ordering;
}

#[derive(Debug)]
pub struct TableModel<R: Record> {
    records: Vec<R>,
    /// In lower case; one for each record.
    sought: Vec<String>,
    filter: String,
    sort: (R::Column, bool),
    /// The records that match the filter, sorted.
    shown: Vec<usize>,
    ticked: HashSet<String>,
    /// The row at the cursor, among the shown ones.
    cursor: usize,
    /// Where a range of ticks begins.
    anchor: usize,
    reveal: bool,
}

impl<R: Record> Default for TableModel<R> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            sought: Vec::new(),
            filter: String::new(),
            sort: R::USUAL,
            shown: Vec::new(),
            ticked: HashSet::new(),
            cursor: 0,
            anchor: 0,
            reveal: false,
        }
    }
}

impl<R: Record> TableModel<R> {
    /// Filter and order stay, as do the ticks of remaining records.
    pub fn set(&mut self, records: Vec<R>) {
        if !self.ticked.is_empty() {
            let there: HashSet<&str> = records.iter().map(Record::id).collect();
            self.ticked.retain(|id| there.contains(id.as_str()));
        }
        self.sought = records.iter().map(|record| record.sought().to_lowercase()).collect();
        self.records = records;
        self.sift();
    }

    pub fn remove(&mut self, ids: &[String]) {
        let gone: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let kept = std::mem::take(&mut self.records).into_iter().filter(|record| !gone.contains(record.id())).collect();
        self.set(kept);
    }

    /// Replaces the record with this ID, or adds it.
    pub fn put(&mut self, record: R) {
        let mut records = std::mem::take(&mut self.records);
        match records.iter_mut().find(|known| known.id() == record.id()) {
            Some(known) => *known = record,
            None => records.push(record),
        }
        self.set(records);
    }

    pub fn records(&self) -> &[R] {
        &self.records
    }

    pub fn get(&self, id: &str) -> Option<&R> {
        self.records.iter().find(|record| record.id() == id)
    }

    /// The record in this row.
    pub fn row(&self, at: usize) -> Option<&R> {
        self.records.get(*self.shown.get(at)?)
    }

    pub fn shown_count(&self) -> usize {
        self.shown.len()
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        if filter != self.filter {
            self.filter = filter;
            (self.cursor, self.anchor) = (0, 0);
            self.sift();
        }
    }

    /// The sort column, and whether it is descending.
    pub fn sort(&self) -> (R::Column, bool) {
        self.sort
    }

    /// Sorting twice by a column reverses the order.
    pub fn sort_by(&mut self, column: R::Column) {
        let (before, descending) = self.sort;
        self.sort = (column, column == before && !descending);
        self.sift();
    }

    fn sift(&mut self) {
        let sought = self.filter.to_lowercase();
        let words: Vec<&str> = sought.split_whitespace().collect();
        let (column, descending) = self.sort;
        let matches = |text: &String| words.iter().all(|word| text.contains(word));
        let mut rows: Vec<(usize, &R)> = self
            .records
            .iter()
            .zip(&self.sought)
            .enumerate()
            .filter(|(_, (_, text))| matches(text))
            .map(|(at, (record, _))| (at, record))
            .collect();
        rows.sort_by(|(_, a), (_, b)| {
            let order = a.compare(b, column);
            if descending { order.reverse() } else { order }
        });
        self.shown = rows.into_iter().map(|(at, _)| at).collect();
        let last = self.shown.len().saturating_sub(1);
        (self.cursor, self.anchor) = (self.cursor.min(last), self.anchor.min(last));
    }

    pub fn is_ticked(&self, id: &str) -> bool {
        self.ticked.contains(id)
    }

    pub fn all_shown_ticked(&self) -> bool {
        !self.shown.is_empty() && self.ticked.len() >= self.shown.len()
    }

    /// In the order of the list.
    pub fn ticked(&self) -> impl Iterator<Item = &R> {
        self.records.iter().filter(|record| self.ticked.contains(record.id()))
    }

    /// Ticks all rows from the last ticked one to this one.
    pub fn tick_to(&mut self, row: usize) {
        let range = self.anchor.min(row)..self.anchor.max(row) + 1;
        self.tick_rows(range);
        self.cursor = row.min(self.shown.len().saturating_sub(1));
    }

    fn tick_rows(&mut self, rows: Range<usize>) {
        let ids: Vec<String> = rows.filter_map(|at| self.row(at)).map(|record| record.id().to_owned()).collect();
        self.ticked.extend(ids);
    }
}

impl<R: Record> TableRows for TableModel<R> {
    fn row_count(&self) -> usize {
        self.shown.len()
    }

    fn ticked_count(&self) -> usize {
        self.ticked.len()
    }

    fn cursor_row(&self) -> usize {
        self.cursor
    }

    fn step(&mut self, steps: isize, extend: bool) {
        let last = self.shown.len().saturating_sub(1);
        let to = self.cursor.saturating_add_signed(steps).min(last);
        if extend {
            self.tick_to(to);
        } else {
            (self.cursor, self.anchor) = (to, to);
        }
        self.reveal = true;
    }

    fn tick(&mut self, row: usize) {
        let Some(id) = self.row(row).map(|record| record.id().to_owned()) else { return };
        if !self.ticked.remove(&id) {
            self.ticked.insert(id);
        }
        (self.cursor, self.anchor) = (row, row);
    }

    fn tick_all(&mut self) {
        if self.all_shown_ticked() {
            self.tick_none();
        } else {
            self.tick_rows(0..self.shown.len());
        }
    }

    fn tick_none(&mut self) {
        self.ticked.clear();
    }

    fn take_reveal(&mut self) -> bool {
        std::mem::take(&mut self.reveal)
    }
}

/// Ignores case.
pub fn by_words(a: &str, b: &str) -> Ordering {
    a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Word(&'static str);

    impl Record for Word {
        type Column = bool;
        const USUAL: (bool, bool) = (false, false);

        fn id(&self) -> &str {
            self.0
        }

        fn sought(&self) -> String {
            self.0.to_owned()
        }

        fn compare(&self, other: &Self, by_length: bool) -> Ordering {
            if by_length { self.0.len().cmp(&other.0.len()) } else { by_words(self.0, other.0) }
        }
    }

    fn table_model() -> TableModel<Word> {
        let mut table_model = TableModel::default();
        table_model.set(vec![Word("pear"), Word("Fig"), Word("apple tree")]);
        table_model
    }

    fn rows(table_model: &TableModel<Word>) -> Vec<&'static str> {
        (0..table_model.shown_count()).filter_map(|at| table_model.row(at)).map(|word| word.0).collect()
    }

    #[test]
    fn columns_sort_both_ways_and_the_filter_looks_for_all_words() {
        let mut table_model = table_model();
        assert_eq!(rows(&table_model), ["apple tree", "Fig", "pear"]);
        table_model.sort_by(true);
        assert_eq!(rows(&table_model), ["Fig", "pear", "apple tree"]);
        table_model.sort_by(true);
        assert_eq!(rows(&table_model), ["apple tree", "pear", "Fig"]);
        table_model.set_filter("TREE app".to_owned());
        assert_eq!(rows(&table_model), ["apple tree"]);
    }

    #[test]
    fn ticks_stay_with_their_records_and_go_with_them() {
        let mut table_model = table_model();
        table_model.tick(1);
        table_model.set_filter("pear".to_owned());
        assert!(table_model.is_ticked("Fig"));
        table_model.put(Word("plum"));
        assert_eq!(table_model.ticked().count(), 1);
        table_model.remove(&["Fig".to_owned()]);
        assert_eq!((table_model.ticked().count(), table_model.records().len()), (0, 3));
    }

    #[test]
    fn the_keyboard_stays_within_the_rows_and_a_sheet_without_rows_stands_everything() {
        let mut table_model = table_model();
        table_model.step(9, false);
        assert_eq!(table_model.cursor_row(), 2);
        table_model.step(-9, true);
        assert_eq!((table_model.cursor_row(), table_model.ticked_count()), (0, 3));
        table_model.tick_all();
        assert_eq!(table_model.ticked_count(), 0);
        let mut empty: TableModel<Word> = TableModel::default();
        empty.step(3, true);
        empty.tick(0);
        empty.tick_to(4);
        empty.tick_all();
        assert_eq!((empty.cursor_row(), empty.ticked_count()), (0, 0));
    }
}
