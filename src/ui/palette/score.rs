//! How well typed letters match a title.

const MATCHED: i32 = 1;
const NEXT_TO: i32 = 8;
const WORD_START: i32 = 6;
const WHOLE_START: i32 = 4;
/// A match only in the detail ranks below a match in the title.
const IN_DETAIL: i32 = -12;

/// How well `query` (lower case) matches; `None` if it does not. Its words are searched separately, in any order, each as letters that
/// follow each other in the title, or as a part of the detail.
pub(super) fn score(query: &str, title: &str, detail: &str) -> Option<i32> {
    query.split_whitespace().try_fold(0, |sum, word| {
        let best = match subsequence(word, title) {
            Some(in_title) => in_title,
            None => piece(word, detail)? + IN_DETAIL,
        };
        Some(sum + best)
    })
}

fn subsequence(word: &str, title: &str) -> Option<i32> {
    // Tries every start: a greedy match from the first letter alone would miss "lake" in "label lake".
    let mut best = None;
    let first = word.chars().next()?;
    for (start, c) in title.char_indices() {
        if same(c, first)
            && let Some(found) = title.get(start..).and_then(|rest| from_start(word, title, start, rest))
        {
            best = best.max(Some(found));
        }
    }
    best
}

fn from_start(word: &str, title: &str, start: usize, rest: &str) -> Option<i32> {
    let mut previous = title.get(..start).and_then(|before| before.chars().next_back());
    let mut score = if start == 0 { WHOLE_START } else { 0 };
    let mut wanted = word.chars().peekable();
    let mut adjacent = false;
    for c in rest.chars() {
        let Some(&letter) = wanted.peek() else { break };
        if same(c, letter) {
            wanted.next();
            let word_start = previous.is_none_or(|previous| !previous.is_alphanumeric());
            score += MATCHED + if adjacent { NEXT_TO } else { 0 } + if word_start { WORD_START } else { 0 };
            adjacent = true;
        } else {
            adjacent = false;
        }
        previous = Some(c);
    }
    wanted.peek().is_none().then_some(score)
}

fn piece(word: &str, detail: &str) -> Option<i32> {
    let length = word.chars().count();
    let fits = |start: usize| detail.get(start..).is_some_and(|rest| rest.chars().take(length).map(lower).eq(word.chars()));
    detail.char_indices().any(|(start, _)| fits(start)).then(|| i32::try_from(length).unwrap_or(i32::MAX / 8) * NEXT_TO)
}

fn same(c: char, wanted: char) -> bool {
    c == wanted || lower(c) == wanted
}

fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_must_all_be_there_in_order() {
        assert!(score("slk", "Sales lakehouse", "").is_some());
        assert!(score("skl", "Sales lakehouse", "").is_none());
        assert!(score("", "Anything", "").is_some());
    }

    #[test]
    fn the_start_beats_the_middle_and_together_beats_apart() {
        assert!(score("fin", "Finance", "") > score("fin", "My finance", ""));
        assert!(score("fin", "My finance", "") > score("fin", "Feeding pins", ""));
        assert!(score("lake", "Label lake", "") > score("lake", "Land asks kept eggs", ""));
    }

    #[test]
    fn words_may_come_in_any_order_and_the_host_counts_less() {
        assert!(score("lake sales", "Sales lakehouse", "").is_some());
        assert!(score("azure", "Sales", "adb-1.azuredatabricks.net").is_some());
        assert!(score("azure", "Azure sales", "") > score("azure", "Sales", "adb-1.azuredatabricks.net"));
    }

    #[test]
    fn names_in_any_script_match() {
        assert!(score("ναι", "Ένα ΝΑΙ", "").is_some());
        assert!(score("売上", "日本の売上", "").is_some());
    }
}
