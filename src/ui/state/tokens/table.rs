//! The tokens of one connection's user as a table: sorted, filtered and ticked. Computed when something changed, never while drawing.

use std::{cmp::Ordering, collections::HashSet, ops::Range};

use super::super::Remote;
use crate::{databricks::Token, engine::TokenList, failure::Failure, ui::widgets::TableRows};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Comment,
    Created,
    Expires,
    LastUsed,
    InUse,
}

#[derive(Debug)]
pub struct TokenTable {
    list: Remote<TokenList>,
    /// The workspace told when its tokens were last used.
    tells_last_use: bool,
    /// What the filter looks at, in lower case; one for each token.
    sought: Vec<String>,
    filter: String,
    sort: (Column, Descending),
    /// Which tokens the filter shows, in their order.
    shown: Vec<usize>,
    chosen: HashSet<String>,
    /// The row that the keyboard is at, among those shown.
    cursor: usize,
    /// Where a range of ticks begins.
    anchor: usize,
    /// The cursor's row is to be brought into view.
    pub reveal_cursor: bool,
}

type Descending = bool;

impl Default for TokenTable {
    fn default() -> Self {
        Self {
            list: Remote::NotAsked,
            tells_last_use: false,
            sought: Vec::new(),
            filter: String::new(),
            sort: (Column::Created, true),
            shown: Vec::new(),
            chosen: HashSet::new(),
            cursor: 0,
            anchor: 0,
            reveal_cursor: false,
        }
    }
}

impl TokenTable {
    pub fn list(&self) -> &Remote<TokenList> {
        &self.list
    }

    pub fn is_asking(&self) -> bool {
        matches!(self.list, Remote::Pending { .. })
    }

    pub(super) fn asked(&mut self) {
        self.list.asked();
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        self.list.failed(failure);
    }

    pub(super) fn came(&mut self, list: TokenList) {
        self.chosen.retain(|id| list.tokens.iter().any(|token| token.id == *id));
        self.sought =
            list.tokens.iter().map(|token| format!("{} {} {}", token.comment, token.id, token.scopes.join(" ")).to_lowercase()).collect();
        self.tells_last_use = list.tells_last_use();
        self.list = Remote::Ready(list);
        self.sift();
    }

    /// These are gone, whatever a list says that is still on its way.
    pub(super) fn revoked(&mut self, ids: &[String]) {
        let Some(mut list) = self.list.value().cloned() else { return };
        list.tokens.retain(|token| !ids.contains(&token.id));
        list.in_use = list.in_use.filter(|id| !ids.contains(id));
        self.came(list);
    }

    pub(super) fn now_in_use(&mut self, token: &Token) {
        let Some(mut list) = self.list.value().cloned() else { return };
        list.in_use = Some(token.id.clone());
        if !list.tokens.iter().any(|known| known.id == token.id) {
            list.tokens.push(token.clone());
        }
        self.came(list);
    }

    pub fn tokens(&self) -> &[Token] {
        self.list.value().map(|list| list.tokens.as_slice()).unwrap_or_default()
    }

    /// How many the filter shows.
    pub fn shown_count(&self) -> usize {
        self.shown.len()
    }

    /// The token in this row.
    pub fn row(&self, at: usize) -> Option<&Token> {
        self.tokens().get(*self.shown.get(at)?)
    }

    pub fn is_in_use(&self, token: &str) -> bool {
        self.list.value().is_some_and(|list| list.in_use.as_deref() == Some(token))
    }

    pub fn in_use(&self) -> Option<&Token> {
        let id = self.list.value()?.in_use.as_deref()?;
        self.tokens().iter().find(|token| token.id == id)
    }

    pub fn tells_last_use(&self) -> bool {
        self.tells_last_use
    }

    pub fn longest_days(&self) -> Option<u32> {
        self.list.value()?.longest_days
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

    pub fn sort(&self) -> (Column, Descending) {
        self.sort
    }

    /// A second time turns the order around.
    pub fn sort_by(&mut self, column: Column) {
        let (before, descending) = self.sort;
        self.sort = (column, column == before && !descending);
        self.sift();
    }

    fn sift(&mut self) {
        let sought = self.filter.to_lowercase();
        let words: Vec<&str> = sought.split_whitespace().collect();
        let Some(known) = self.list.value() else {
            self.shown.clear();
            return;
        };
        let (column, descending) = self.sort;
        let in_use = known.in_use.as_deref();
        let mut rows: Vec<(usize, &Token, &String)> = known
            .tokens
            .iter()
            .zip(&self.sought)
            .enumerate()
            .filter(|(_, (_, text))| words.iter().all(|word| text.contains(word)))
            .map(|(at, (token, text))| (at, token, text))
            .collect();
        rows.sort_by(|(_, a, a_text), (_, b, b_text)| {
            let order = match column {
                Column::Comment => a_text.cmp(b_text),
                Column::Created => a.created_at.cmp(&b.created_at),
                // What never expires comes after everything that does.
                Column::Expires => match (a.expires_at, b.expires_at) {
                    (None, None) => Ordering::Equal,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(_), None) => Ordering::Less,
                    (Some(a), Some(b)) => a.cmp(&b),
                },
                // What was never used comes first.
                Column::LastUsed => a.last_used.cmp(&b.last_used),
                Column::InUse => (in_use != Some(a.id.as_str())).cmp(&(in_use != Some(b.id.as_str()))),
            };
            if descending { order.reverse() } else { order }
        });
        self.shown = rows.into_iter().map(|(at, ..)| at).collect();
        let last = self.shown.len().saturating_sub(1);
        (self.cursor, self.anchor) = (self.cursor.min(last), self.anchor.min(last));
    }

    pub fn is_chosen(&self, token: &str) -> bool {
        self.chosen.contains(token)
    }

    pub fn chosen_count(&self) -> usize {
        self.chosen.len()
    }

    /// What is ticked, in the order of the list.
    pub fn chosen(&self) -> Vec<Token> {
        self.tokens().iter().filter(|token| self.chosen.contains(&token.id)).cloned().collect()
    }

    /// Ticks a row or takes its tick away; the keyboard goes on from there.
    pub fn toggle(&mut self, row: usize) {
        let Some(id) = self.row(row).map(|token| token.id.clone()) else { return };
        if !self.chosen.remove(&id) {
            self.chosen.insert(id);
        }
        (self.cursor, self.anchor) = (row, row);
    }

    /// Ticks all from the row ticked last to this one.
    pub fn choose_to(&mut self, row: usize) {
        let range = self.anchor.min(row)..self.anchor.max(row) + 1;
        self.choose_rows(range);
        self.cursor = row.min(self.shown.len().saturating_sub(1));
    }

    fn choose_rows(&mut self, rows: Range<usize>) {
        let ids: Vec<String> = rows.filter_map(|at| self.row(at)).map(|token| token.id.clone()).collect();
        self.chosen.extend(ids);
    }

    pub fn choose_none(&mut self) {
        self.chosen.clear();
    }

    /// Ticks all that the filter shows; when they are ticked already, none.
    pub fn toggle_shown(&mut self) {
        if self.chosen.len() >= self.shown.len() && !self.shown.is_empty() {
            self.choose_none();
        } else {
            self.choose_rows(0..self.shown.len());
        }
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Up and down; with `extend`, the rows on the way are ticked.
    pub fn move_cursor(&mut self, steps: isize, extend: bool) {
        let last = self.shown.len().saturating_sub(1);
        let to = self.cursor.saturating_add_signed(steps).min(last);
        if extend {
            self.choose_to(to);
        } else {
            (self.cursor, self.anchor) = (to, to);
        }
        self.reveal_cursor = true;
    }
}

impl TableRows for TokenTable {
    fn row_count(&self) -> usize {
        self.shown_count()
    }

    fn ticked_count(&self) -> usize {
        self.chosen_count()
    }

    fn cursor_row(&self) -> usize {
        self.cursor()
    }

    fn step(&mut self, steps: isize, extend: bool) {
        self.move_cursor(steps, extend);
    }

    fn tick(&mut self, row: usize) {
        self.toggle(row);
    }

    fn tick_all(&mut self) {
        self.toggle_shown();
    }

    fn tick_none(&mut self) {
        self.choose_none();
    }

    fn take_reveal(&mut self) -> bool {
        std::mem::take(&mut self.reveal_cursor)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + days * 86_400).unwrap()
    }

    fn token(id: &str, comment: &str, created: i64, expires: Option<i64>) -> Token {
        Token {
            id: id.to_owned(),
            comment: comment.to_owned(),
            created_at: Some(day(created)),
            expires_at: expires.map(day),
            last_used: None,
            scopes: Vec::new(),
        }
    }

    fn table() -> TokenTable {
        let mut table = TokenTable::default();
        let tokens = vec![
            token("t1", "Profitbase Flow", -40, Some(50)),
            token("t2", "old notebook test", -90, None),
            token("t3", "CI pipeline", -2, Some(3)),
        ];
        table.came(TokenList { tokens, in_use: Some("t1".to_owned()), longest_days: None });
        table
    }

    fn ids(table: &TokenTable) -> Vec<&str> {
        (0..table.shown_count()).filter_map(|at| table.row(at)).map(|token| token.id.as_str()).collect()
    }

    #[test]
    fn the_newest_stands_first_and_each_column_sorts_both_ways() {
        let mut table = table();
        assert_eq!(ids(&table), ["t3", "t1", "t2"]);
        for (column, up, down) in [
            (Column::Comment, ["t3", "t2", "t1"], ["t1", "t2", "t3"]),
            (Column::Expires, ["t3", "t1", "t2"], ["t2", "t1", "t3"]),
            (Column::InUse, ["t1", "t2", "t3"], ["t2", "t3", "t1"]),
            (Column::Created, ["t2", "t1", "t3"], ["t3", "t1", "t2"]),
        ] {
            table.sort_by(column);
            assert_eq!(ids(&table), up, "{column:?}");
            table.sort_by(column);
            assert_eq!(ids(&table), down, "{column:?}");
        }
    }

    #[test]
    fn the_filter_looks_for_all_words_without_case() {
        let mut table = table();
        table.set_filter("NOTE old".to_owned());
        assert_eq!(ids(&table), ["t2"]);
        table.set_filter("nothing like it".to_owned());
        assert!(ids(&table).is_empty() && table.row(0).is_none());
    }

    #[test]
    fn ticks_stay_with_their_tokens_whatever_the_order_and_go_with_them() {
        let mut table = table();
        table.toggle(0);
        table.sort_by(Column::Comment);
        table.set_filter("flow".to_owned());
        assert!(table.is_chosen("t3") && table.chosen_count() == 1);
        table.revoked(&["t3".to_owned()]);
        assert_eq!(table.chosen_count(), 0);
        table.set_filter(String::new());
        assert_eq!(ids(&table), ["t2", "t1"]);
    }

    #[test]
    fn the_keyboard_moves_within_the_rows_and_shift_ticks_on_the_way() {
        let mut table = table();
        table.move_cursor(5, false);
        assert_eq!(table.cursor(), 2);
        table.move_cursor(-1, true);
        assert_eq!((table.cursor(), table.chosen_count()), (1, 2));
        table.move_cursor(-9, true);
        assert_eq!((table.cursor(), table.chosen_count()), (0, 3));
        table.toggle_shown();
        assert_eq!(table.chosen_count(), 0);
        table.toggle_shown();
        assert_eq!(table.chosen_count(), 3);
    }

    #[test]
    fn a_table_without_rows_stands_everything() {
        let mut table = TokenTable::default();
        table.move_cursor(3, true);
        table.toggle(0);
        table.choose_to(4);
        table.toggle_shown();
        table.revoked(&[]);
        assert_eq!((table.cursor(), table.chosen_count(), table.shown_count()), (0, 0, 0));
    }
}
