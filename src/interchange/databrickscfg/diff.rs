//! What a change does, line by line, with secrets masked.

use super::{
    keys::may_be_secret,
    lines::{Kind, Line},
};

/// Of a unified diff with three lines around; secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: DiffKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    Same,
    Added,
    Removed,
    /// Lines are left out here.
    Gap,
}

const AROUND: usize = 3;
const MASK: &str = "***";

/// Both texts are read already. What changed lies close together: what is the same at the beginning and at the end is set aside first.
pub(super) fn diff(old: (&str, &[Line]), new: (&str, &[Line])) -> Vec<DiffLine> {
    let (before, after) = (texts(old), texts(new));
    let raw = |(text, lines): (&str, &[Line])| {
        lines.iter().map(|line| text.get(line.bytes.clone()).unwrap_or_default().trim_end().to_owned()).collect::<Vec<_>>()
    };
    let (raw_before, raw_after) = (zeroize::Zeroizing::new(raw(old)), zeroize::Zeroizing::new(raw(new)));
    let head = raw_before.iter().zip(raw_after.iter()).take_while(|(a, b)| a == b).count();
    let most = raw_before.len().min(raw_after.len()) - head;
    let tail = raw_before.iter().rev().zip(raw_after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let middle = middle(&before, &after, &raw_before, &raw_after, head, tail);
    if middle.iter().all(|line| line.kind == DiffKind::Same) {
        return Vec::new();
    }
    let same = |text: &String| DiffLine { kind: DiffKind::Same, text: text.clone() };
    let gap = || DiffLine { kind: DiffKind::Gap, text: String::new() };
    let mut shown = Vec::new();
    let from = head.saturating_sub(AROUND);
    shown.extend((from > 0).then(gap));
    shown.extend(before.iter().skip(from).take(head - from).map(same));
    shown.extend(middle);
    let rest = before.len() - tail;
    shown.extend(before.iter().skip(rest).take(AROUND).map(same));
    shown.extend((tail > AROUND).then(gap));
    shown
}

/// By the longest common subsequence; where that would take long, all of it as removed and added.
fn middle(before: &[String], after: &[String], raw_before: &[String], raw_after: &[String], head: usize, tail: usize) -> Vec<DiffLine> {
    const LONG: usize = 400;
    let slice = |all: &[String]| all.get(head..all.len() - tail).unwrap_or_default().to_vec();
    let (a, b) = (slice(raw_before), slice(raw_after));
    let (shown_a, shown_b) = (slice(before), slice(after));
    let line = |kind, text: Option<&String>| DiffLine { kind, text: text.cloned().unwrap_or_default() };
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    let table = if a.len() > LONG || b.len() > LONG { None } else { Some(lengths(&a, &b)) };
    let at = |i: usize, j: usize| table.as_ref().and_then(|table| table.get(i)?.get(j).copied()).unwrap_or_default();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a.get(i) == b.get(j) {
            found.push(line(DiffKind::Same, shown_a.get(i)));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j >= b.len() || at(i + 1, j) >= at(i, j + 1)) {
            found.push(line(DiffKind::Removed, shown_a.get(i)));
            i += 1;
        } else {
            found.push(line(DiffKind::Added, shown_b.get(j)));
            j += 1;
        }
    }
    found
}

/// How many lines are common from each pair of places on.
fn lengths(a: &[String], b: &[String]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, one) in a.iter().enumerate().rev() {
        for (j, other) in b.iter().enumerate().rev() {
            let get = |i: usize, j: usize| table.get(i).and_then(|row: &Vec<usize>| row.get(j)).copied().unwrap_or_default();
            let length = if one == other { get(i + 1, j + 1) + 1 } else { get(i + 1, j).max(get(i, j + 1)) };
            if let Some(cell) = table.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = length;
            }
        }
    }
    table
}

fn texts((text, lines): (&str, &[Line])) -> Vec<String> {
    lines.iter().map(|line| masked(text.get(line.bytes.clone()).unwrap_or_default(), line)).collect()
}

/// What follows the value of a secret on its line may be a part of it for another reader, so it goes too.
fn masked(text: &str, line: &Line) -> String {
    match &line.kind {
        Kind::Entry(entry) if may_be_secret(&entry.key) => format!("{}{MASK}", text.get(..entry.place.start).unwrap_or_default()),
        // Nobody knows what stands in a line that is switched off.
        Kind::Comment => {
            let inside = text.trim().trim_start_matches(['#', ';', ' ']);
            match inside.split_once(['=', ':']) {
                Some((key, _)) if may_be_secret(key.trim()) => {
                    format!("{}{MASK}", text.get(..text.find(['=', ':']).map_or(0, |at| at + 1)).unwrap_or_default())
                }
                _ => text.trim_end().to_owned(),
            }
        }
        _ => text.trim_end().to_owned(),
    }
}
