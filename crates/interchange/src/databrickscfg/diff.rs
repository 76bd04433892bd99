//! What a change does, line by line, with secrets masked.

use super::{
    keys::may_be_secret,
    lines::{Kind, Line},
};
use brickpass_core::connection::without_secrets;

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

/// More lines that go and come between two that stay than a person looks at: they are shown as all that goes and all that comes.
const MOST: usize = 2000;

/// One step from the old lines to the new ones, and which line it is about: of the old text, or of the new one when it is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    kind: DiffKind,
    line: usize,
}

/// Both texts are read already.
pub(super) fn diff(old: (&str, &[Line]), new: (&str, &[Line])) -> Vec<DiffLine> {
    let steps = steps(&texts(old), &texts(new));
    let shown = shown(&steps).into_iter().map(|step| match step {
        None => DiffLine { kind: DiffKind::Gap, text: String::new() },
        Some(Step { kind, line }) => {
            let (text, lines) = if kind == DiffKind::Added { new } else { old };
            let text = lines.get(line).map(|line| masked(text, line));
            DiffLine { kind, text: text.unwrap_or_default() }
        }
    });
    shown.collect()
}

fn texts<'a>((text, lines): (&'a str, &[Line])) -> Vec<&'a str> {
    lines.iter().map(|line| text.get(line.bytes.clone()).unwrap_or_default().trim_end()).collect()
}

/// What changes, each line once, and what stands around it; `None` where lines are left out.
fn shown(steps: &[Step]) -> Vec<Option<Step>> {
    let mut shown = Vec::new();
    let mut next = 0;
    for (at, _) in steps.iter().enumerate().filter(|(_, step)| step.kind != DiffKind::Same) {
        let from = at.saturating_sub(AROUND);
        if from > next {
            let behind = if next == 0 { 0 } else { (next + AROUND).min(from) };
            shown.extend(steps.iter().take(behind).skip(next).copied().map(Some));
            shown.extend((from > behind).then_some(None));
            next = from;
        }
        shown.extend(steps.iter().take(at + 1).skip(next).copied().map(Some));
        next = at + 1;
    }
    if next > 0 {
        shown.extend(steps.iter().skip(next).take(AROUND).copied().map(Some));
        shown.extend((steps.len() > next + AROUND).then_some(None));
    }
    shown
}

/// The shortest way from one to the other; what is the same at the beginning and at the end is set aside first.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let middle = |all: &[&str]| head..all.len() - tail;
    let (a, b) = (old.get(middle(old)).unwrap_or_default(), new.get(middle(new)).unwrap_or_default());
    let mut steps: Vec<Step> = (0..head).map(|line| Step { kind: DiffKind::Same, line }).collect();
    let (mut i, mut j) = (0, 0);
    for (x, y) in common(a, b).into_iter().chain([(a.len(), b.len())]) {
        steps.extend((i..x).map(|line| Step { kind: DiffKind::Removed, line: head + line }));
        steps.extend((j..y).map(|line| Step { kind: DiffKind::Added, line: head + line }));
        steps.extend((x < a.len() && y < b.len()).then_some(Step { kind: DiffKind::Same, line: head + x }));
        (i, j) = (x + 1, y + 1);
    }
    steps.extend((old.len() - tail..old.len()).map(|line| Step { kind: DiffKind::Same, line }));
    steps
}

/// Pairs of places whose lines are the same, ascending in both. By E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): the time
/// is that of the file times what changes in it.
fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    // How far each diagonal is reached with so many changes: `reached[d][k]` is a place in `a` on the diagonal `2k - d`.
    let mut reached: Vec<Vec<usize>> = Vec::new();
    for d in 0..=MOST {
        let mut now = Vec::with_capacity(d + 1);
        for k in 0..=d {
            let mut i = came(reached.last(), k).0;
            // The diagonal is i - j = 2k - d.
            while let (Some(one), Some(other)) = (a.get(i), (i + d).checked_sub(2 * k).and_then(|j| b.get(j)))
                && one == other
            {
                i += 1;
            }
            now.push(i);
            if i >= a.len() && i + d >= b.len() + 2 * k {
                reached.push(now);
                return back(&reached, k);
            }
        }
        reached.push(now);
    }
    Vec::new()
}

/// Where the diagonal begins with one change more, and by which diagonal of those before: one line of `b` comes, or one of `a` goes.
fn came(before: Option<&Vec<usize>>, k: usize) -> (usize, usize) {
    let Some(before) = before else { return (0, 0) };
    let added = before.get(k).copied();
    let removed = k.checked_sub(1).and_then(|k| before.get(k)).map(|i| i + 1);
    match (added, removed) {
        (Some(added), removed) if removed.is_none_or(|removed| added >= removed) => (added, k),
        (_, removed) => (removed.unwrap_or_default(), k.saturating_sub(1)),
    }
}

fn back(reached: &[Vec<usize>], mut k: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (d, now) in reached.iter().enumerate().rev() {
        let (begin, from) = came(d.checked_sub(1).and_then(|d| reached.get(d)), k);
        let end = now.get(k).copied().unwrap_or_default();
        pairs.extend((begin..end).rev().filter_map(|i| Some((i, (i + d).checked_sub(2 * k)?))));
        k = from;
    }
    pairs.reverse();
    pairs
}

/// What follows the value of a secret on its line may be a part of it for another reader, so it goes too.
fn masked(file: &str, line: &Line) -> String {
    let text = file.get(line.bytes.clone()).unwrap_or_default();
    match &line.kind {
        Kind::Entry(entry) if may_be_secret(entry.key.of(file)) => {
            format!("{}{MASK}", without_secrets(text.get(..entry.place.start).unwrap_or_default()))
        }
        // Nobody knows what stands in a line that is switched off.
        Kind::Comment => {
            let inside = text.trim().trim_start_matches(['#', ';', ' ']);
            match inside.split_once(['=', ':']) {
                Some((key, _)) if may_be_secret(key.trim()) => {
                    format!("{}{MASK}", without_secrets(text.get(..text.find(['=', ':']).map_or(0, |at| at + 1)).unwrap_or_default()))
                }
                _ => without_secrets(text.trim_end()),
            }
        }
        _ => without_secrets(text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied<'a>(steps: &[Step], old: &[&'a str], new: &[&'a str]) -> Vec<&'a str> {
        let mut made = Vec::new();
        let mut at = 0;
        for step in steps {
            match step.kind {
                DiffKind::Added => made.push(new[step.line]),
                kind => {
                    assert_eq!(step.line, at, "each line of the old text once, in its order");
                    at += 1;
                    made.extend((kind == DiffKind::Same).then(|| old[step.line]));
                }
            }
        }
        assert_eq!(at, old.len());
        made
    }

    fn changes(steps: &[Step]) -> usize {
        steps.iter().filter(|step| step.kind != DiffKind::Same).count()
    }

    /// Lines that are in both, by the slow way.
    fn longest(a: &[&str], b: &[&str]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for one in a {
            let mut corner = 0;
            for (j, other) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if one == other { corner + 1 } else { above.max(row[j]) };
                corner = above;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_one_text_to_the_other_and_are_the_fewest(old in "[abc\n]{0,60}", new in "[abc\n]{0,60}") {
            let (old, new): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
            let steps = steps(&old, &new);
            prop_assert_eq!(applied(&steps, &old, &new), new.clone());
            prop_assert_eq!(changes(&steps), old.len() + new.len() - 2 * longest(&old, &new));
            let seen: Vec<Step> = shown(&steps).into_iter().flatten().collect();
            let near = |at: usize| (at.saturating_sub(AROUND)..=at + AROUND).any(|by| steps.get(by).is_some_and(|it| it.kind != DiffKind::Same));
            let expected: Vec<Step> = (0..steps.len()).filter(|at| near(*at)).map(|at| steps[at]).collect();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn two_changes_far_apart_are_two_pieces() {
        let old: Vec<String> = (0..30_000).map(|number| format!("line {}", number % 7000)).collect();
        let mut new = old.clone();
        new.insert(1, "default_profile = x".to_owned());
        new.extend(["[x]".to_owned(), "host = y".to_owned()]);
        let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        let steps = steps(&old, &new);
        assert_eq!(changes(&steps), 3);
        let seen = shown(&steps);
        assert_eq!((seen.len(), seen.iter().filter(|step| step.is_none()).count()), (1 + 1 + 3 + 1 + 3 + 2, 1));
    }

    #[test]
    fn more_than_anybody_looks_at_is_whole_all_the_same() {
        let old: Vec<String> = (0..3000).map(|number| format!("a{number}")).collect();
        let new: Vec<String> = (0..3000).map(|number| format!("{}{number}", if number % 3 == 0 { 'a' } else { 'b' })).collect();
        let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        assert_eq!(applied(&steps(&old, &new), &old, &new), new);
    }
}
