//! What a change does, line by line, with secrets masked.

use super::{
    keys::may_be_secret,
    lines::{Kind, Line},
};
use brickpass_core::connection::{MASK, without_secrets};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

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

/// One line of a change, by its number in the old text, or in the new one if it is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    kind: DiffKind,
    line: usize,
}

/// Both texts are read already.
pub(super) fn diff(old: (&str, &[Line]), new: (&str, &[Line])) -> Vec<DiffLine> {
    let shown = shown(changes(&texts(old), &texts(new)), old.1.len()).into_iter().map(|step| match step {
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

fn changes(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    capture_diff_slices(Algorithm::Myers, old, new)
}

/// What changes, each line once, and the lines around it; `None` where lines are left out.
fn shown(changes: Vec<DiffOp>, old_lines: usize) -> Vec<Option<Step>> {
    let mut shown = Vec::new();
    let mut next = 0;
    for group in group_diff_ops(changes, AROUND) {
        shown.extend(group.first().filter(|first| first.old_range().start > next).map(|_| None));
        shown.extend(steps(&group).map(Some));
        next = group.last().map_or(next, |last| last.old_range().end);
    }
    shown.extend((!shown.is_empty() && next < old_lines).then_some(None));
    shown
}

/// What is removed comes before what is added in its place.
fn steps(changes: &[DiffOp]) -> impl Iterator<Item = Step> {
    changes.iter().flat_map(|change| {
        let (tag, old, new) = change.as_tag_tuple();
        let (kind, new) = if tag == DiffTag::Equal { (DiffKind::Same, 0..0) } else { (DiffKind::Removed, new) };
        let added = new.map(|line| Step { kind: DiffKind::Added, line });
        old.map(move |line| Step { kind, line }).chain(added)
    })
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

    fn all_steps(old: &[&str], new: &[&str]) -> Vec<Step> {
        steps(&changes(old, new)).collect()
    }

    fn changed(steps: &[Step]) -> usize {
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
            let steps = all_steps(&old, &new);
            prop_assert_eq!(applied(&steps, &old, &new), new.clone());
            prop_assert_eq!(changed(&steps), old.len() + new.len() - 2 * longest(&old, &new));
            let seen: Vec<Step> = shown(changes(&old, &new), old.len()).into_iter().flatten().collect();
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
        let steps = all_steps(&old, &new);
        assert_eq!(changed(&steps), 3);
        let seen = shown(changes(&old, &new), old.len());
        assert_eq!((seen.len(), seen.iter().filter(|step| step.is_none()).count()), (1 + 1 + 3 + 1 + 3 + 2, 1));
    }

    #[test]
    fn more_than_anybody_looks_at_is_whole_all_the_same() {
        let old: Vec<String> = (0..3000).map(|number| format!("a{number}")).collect();
        let new: Vec<String> = (0..3000).map(|number| format!("{}{number}", if number % 3 == 0 { 'a' } else { 'b' })).collect();
        let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        assert_eq!(applied(&all_steps(&old, &new), &old, &new), new);
    }
}
