//! The tokens of one connection's user: what the workspace reports about them, and their table.

use std::{cell::Cell, cmp::Ordering};

use jiff::Timestamp;

use super::super::{
    Remote,
    table_model::{Record, TableModel, by_words},
};
use brickpass_core::failure::Failure;
use brickpass_databricks::rest::Token;
use brickpass_engine::TokenList;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Comment,
    Created,
    Expires,
    LastUsed,
    InUse,
}

/// A row.
#[derive(Debug)]
pub struct Listed {
    pub token: Token,
    /// The connection uses it.
    pub in_use: bool,
    /// Left over from an interrupted rotation: valid, but not used by the connection.
    pub left_over: bool,
}

impl Record for Listed {
    type Column = Column;
    const USUAL: (Column, bool) = (Column::Created, true);

    fn id(&self) -> &str {
        &self.token.id
    }

    fn sought(&self) -> String {
        let Token { comment, id, scopes, .. } = &self.token;
        format!("{comment} {id} {}", scopes.join(" "))
    }

    fn compare(&self, other: &Self, column: Column) -> Ordering {
        let (a, b) = (&self.token, &other.token);
        match column {
            Column::Comment => by_words(&a.comment, &b.comment),
            Column::Created => a.created_at.cmp(&b.created_at),
            // Tokens without expiry come after all others.
            Column::Expires => match (a.expires_at, b.expires_at) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => a.cmp(&b),
            },
            // Tokens that were never used come first.
            Column::LastUsed => a.last_used.cmp(&b.last_used),
            Column::InUse => (other.in_use, other.left_over).cmp(&(self.in_use, self.left_over)),
        }
    }
}

#[derive(Debug, Default)]
pub struct TokenTable {
    list: Remote<TokenList>,
    pub table_model: TableModel<Listed>,
    /// The workspace reports when its tokens were last used.
    tells_last_use: bool,
    /// The number of idle tokens by day: counted once a day, not in every frame.
    idle: Cell<Option<(i64, usize)>>,
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

    pub(super) fn loaded(&mut self, list: TokenList) {
        let listed = |token: &Token| Listed {
            in_use: list.in_use.as_ref() == Some(&token.id),
            left_over: list.left_over.contains(&token.id),
            token: token.clone(),
        };
        self.table_model.set(list.tokens.iter().map(listed).collect());
        self.tells_last_use = list.tells_last_use();
        self.idle.take();
        self.list = Remote::Ready(list);
    }

    /// They stay removed, whatever an older list says that is still loading.
    pub(super) fn revoked(&mut self, ids: &[String]) {
        let Some(mut list) = self.list.value().cloned() else { return };
        list.tokens.retain(|token| !ids.contains(&token.id));
        list.in_use = list.in_use.filter(|id| !ids.contains(id));
        self.loaded(list);
    }

    pub(super) fn now_in_use(&mut self, token: &Token) {
        let Some(mut list) = self.list.value().cloned() else { return };
        list.in_use = Some(token.id.clone());
        if !list.tokens.iter().any(|known| known.id == token.id) {
            list.tokens.push(token.clone());
        }
        self.loaded(list);
    }

    pub fn is_in_use(&self, token: &str) -> bool {
        self.list.value().is_some_and(|list| list.in_use.as_deref() == Some(token))
    }

    pub fn in_use(&self) -> Option<&Token> {
        let list = self.list.value()?;
        let id = list.in_use.as_deref()?;
        list.tokens.iter().find(|token| token.id == id)
    }

    pub fn tells_last_use(&self) -> bool {
        self.tells_last_use
    }

    /// The number of tokens that have been unused for a long time.
    pub fn idle_count(&self, now: Timestamp) -> usize {
        let day = now.as_second().div_euclid(86_400);
        match self.idle.get() {
            Some((counted, count)) if counted == day => count,
            _ => {
                let idle = |row: &&Listed| self.tells_last_use && row.token.idle_days(now).is_some();
                let count = self.table_model.records().iter().filter(idle).count();
                self.idle.set(Some((day, count)));
                count
            }
        }
    }

    pub fn longest_days(&self) -> Option<u32> {
        self.list.value()?.longest_days
    }

    /// The ticked tokens, in the order of the list.
    pub fn chosen(&self) -> Vec<Token> {
        self.table_model.ticked().map(|row| row.token.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{fake_engine::token, widgets::TableRows as _};

    fn table() -> TokenTable {
        let mut table = TokenTable::default();
        let tokens = vec![
            token("t1", "Profitbase Flow", -40, Some(50)),
            token("t2", "old notebook test", -90, None),
            token("t3", "CI pipeline", -2, Some(3)),
        ];
        table.loaded(TokenList { tokens, in_use: Some("t1".to_owned()), left_over: Vec::new(), longest_days: None });
        table
    }

    fn ids(table: &TokenTable) -> Vec<&str> {
        (0..table.table_model.row_count()).filter_map(|at| table.table_model.row(at)).map(|row| row.token.id.as_str()).collect()
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
            table.table_model.sort_by(column);
            assert_eq!(ids(&table), up, "{column:?}");
            table.table_model.sort_by(column);
            assert_eq!(ids(&table), down, "{column:?}");
        }
    }

    #[test]
    fn ticks_stay_with_their_tokens_whatever_the_order_and_go_with_them() {
        let mut table = table();
        table.table_model.tick(0);
        table.table_model.sort_by(Column::Comment);
        table.table_model.set_filter("flow".to_owned());
        assert!(table.table_model.is_ticked("t3") && table.table_model.ticked_count() == 1);
        table.revoked(&["t3".to_owned()]);
        assert_eq!(table.table_model.ticked_count(), 0);
        table.table_model.set_filter(String::new());
        assert_eq!(ids(&table), ["t2", "t1"]);
    }

    #[test]
    fn a_table_without_rows_stands_everything() {
        let mut table = TokenTable::default();
        table.table_model.step(3, true);
        table.table_model.tick(0);
        table.table_model.tick_to(4);
        table.table_model.tick_all();
        table.revoked(&[]);
        assert_eq!((table.table_model.cursor_row(), table.table_model.ticked_count(), table.table_model.row_count()), (0, 0, 0));
    }
}
