//! The selected connections: one is shown in the form, more can be selected for actions on many.

use std::collections::BTreeSet;

use brickpass_core::connection::ConnectionId;

#[derive(Debug, Default)]
pub struct Selection {
    shown: Option<ConnectionId>,
    marked: BTreeSet<ConnectionId>,
    anchor: Option<ConnectionId>,
}

impl Selection {
    /// The connection in the form.
    pub fn shown(&self) -> Option<ConnectionId> {
        self.shown
    }

    pub fn contains(&self, id: ConnectionId) -> bool {
        self.shown == Some(id) || self.marked.contains(&id)
    }

    pub fn all(&self) -> Vec<ConnectionId> {
        let mut all: BTreeSet<_> = self.marked.clone();
        all.extend(self.shown);
        all.into_iter().collect()
    }

    pub fn count(&self) -> usize {
        self.marked.len() + usize::from(self.shown.is_some_and(|id| !self.marked.contains(&id)))
    }

    pub(super) fn only(&mut self, id: ConnectionId) {
        self.shown = Some(id);
        self.anchor = Some(id);
        self.marked.clear();
    }

    pub(super) fn none(&mut self) {
        *self = Self::default();
    }

    /// Ctrl+click.
    pub(super) fn toggle(&mut self, id: ConnectionId) {
        self.marked.extend(self.shown);
        if !self.marked.remove(&id) {
            self.marked.insert(id);
        }
        self.anchor = Some(id);
        if self.marked.contains(&id) {
            self.shown = Some(id);
        } else {
            self.shown = self.marked.first().copied();
        }
    }

    /// Shift+click.
    pub(super) fn extend(&mut self, to: ConnectionId, between: impl Fn(ConnectionId, ConnectionId) -> Vec<ConnectionId>) {
        let from = self.anchor.or(self.shown).unwrap_or(to);
        self.marked = between(from, to).into_iter().collect();
        self.shown = Some(to);
    }

    /// Of several, only those in the list stay selected. A single one stays: it is shown in the form.
    pub(super) fn keep_if(&mut self, listed: impl Fn(ConnectionId) -> bool) {
        if self.count() < 2 {
            return;
        }
        let mut kept = self.all();
        kept.retain(|id| listed(*id));
        self.shown = self.shown.filter(|id| kept.is_empty() || kept.contains(id)).or_else(|| kept.first().copied());
        self.anchor = self.anchor.filter(|id| kept.contains(id)).or(self.shown);
        self.marked = if kept.len() > 1 { kept.into_iter().collect() } else { BTreeSet::new() };
    }

    pub(super) fn drop(&mut self, id: ConnectionId) {
        self.marked.remove(&id);
        if self.shown == Some(id) {
            self.shown = self.marked.first().copied();
        }
        if self.anchor == Some(id) {
            self.anchor = self.shown;
        }
    }
}
