//! Taking back what publishing did to a section: what stood there before comes back, and what somebody else wrote there since stays.

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::{Act, Draft, File, Kind, SETTINGS, drawn};
use crate::databrickscfg::{
    former::{Former, FormerKey, FormerLine, comment_of, digest, value_of},
    keys::small,
};
use brickpass_core::failure::Failure;

/// The settings first: they may stand behind the section, and each of both takes the line breaks in front of it along.
pub(super) fn give_back(file: &File, profile: &str, former: &Former) -> Result<File, Failure> {
    let settings = former.default.as_ref().map(|default| {
        let mut draft = Draft::of(file);
        let names: HashSet<&str> = file.profiles().iter().map(|profile| profile.name).collect();
        draft.give_back(SETTINGS, default, |line| {
            // A default profile that is not there is an error to the SDKs.
            value_of(line).is_some_and(|named| names.contains(named.trim()) && named.trim() != profile)
        });
        drawn(draft)
    });
    let settings = settings.transpose()?;
    let file = settings.as_ref().unwrap_or(file);
    let mut draft = Draft::of(file);
    if draft.give_back(profile, former, |_| true) {
        draft.remove_default(profile);
    }
    drawn(draft)
}

impl Draft<'_> {
    /// Whether the whole section goes. `fits`: of a line that would come back.
    fn give_back(&mut self, section: &str, former: &Former, fits: impl Fn(&str) -> bool) -> bool {
        let there: HashMap<String, usize> = self.entries(section).map(|(at, entry)| (small(self.key(entry)).into_owned(), at)).collect();
        let ours = |draft: &Self, former: &FormerKey| {
            let now = there.get(&former.key).and_then(|at| draft.value_at(*at)).map(digest);
            now == former.ours
        };
        let known: HashSet<&str> = former.keys.iter().filter(|it| ours(self, it)).map(|it| it.key.as_str()).collect();
        let comes_back = |it: &FormerKey| it.line.as_ref().is_some_and(|line| fits(line.text()));
        let nothing_else = there.keys().all(|key| known.contains(key.as_str()))
            && !former.keys.iter().any(|it| known.contains(it.key.as_str()) && comes_back(it));
        if former.made && nothing_else {
            self.remove_whole(section, &former.lead);
            return true;
        }
        // Where each key stands, or where it comes to stand.
        let mut places: HashMap<&str, usize> = there.iter().map(|(key, at)| (key.as_str(), *at)).collect();
        for it in former.keys.iter().filter(|it| known.contains(it.key.as_str())) {
            let line = it.line.as_ref().filter(|_| comes_back(it)).map(FormerLine::text);
            match (there.get(&it.key), line) {
                (Some(&at), Some(line)) => self.put_back(section, at, line),
                (Some(&at), None) => self.replace(at, Zeroizing::default()),
                (None, Some(line)) => {
                    let behind = it.behind.as_deref().and_then(|key| places.get(key)).copied();
                    if let Some(at) = self.place_behind(section, behind, it.between) {
                        self.insert(at, line);
                        places.insert(&it.key, at);
                    }
                }
                (None, None) => {}
            }
        }
        // Only behind a key of ours that goes: what ends the file otherwise is somebody else's line.
        if former.unended && matches!(self.acts.last(), Some(Act::Replace(text)) if text.is_empty()) {
            self.newline.clone_into(&mut self.strip);
        }
        false
    }

    fn value_at(&self, at: usize) -> Option<&str> {
        match self.lines.get(at).map(|line| &line.kind) {
            Some(Kind::Entry(entry)) => Some(self.value(entry)),
            _ => None,
        }
    }

    fn kind_at(&self, at: usize) -> Option<&Kind> {
        self.lines.get(at).map(|line| &line.kind)
    }

    /// The line as it was; a comment that was put above it stands behind the value again.
    fn put_back(&mut self, section: &str, at: usize, line: &str) {
        let now = self.line(at);
        let ending = now.get(now.trim_end_matches(['\r', '\n']).len()..).unwrap_or_default().to_owned();
        let above = at.checked_sub(1).filter(|above| self.section(section).contains(above));
        if let (Some(above), Some(comment)) = (above, comment_of(line))
            && matches!(self.kind_at(above), Some(Kind::Comment))
            && self.line(above).trim() == comment.trim()
        {
            self.replace(above, Zeroizing::default());
        }
        let mut text = Zeroizing::new(String::with_capacity(line.len() + ending.len()));
        text.push_str(line);
        text.push_str(&ending);
        self.replace(at, text);
    }

    /// The line behind which a key belongs: that of the key above it (else of the section's name), and so many comments and blank lines on.
    fn place_behind(&self, section: &str, key: Option<usize>, between: usize) -> Option<usize> {
        let all = self.section(section);
        let from = key.or_else(|| all.iter().copied().find(|at| matches!(self.kind_at(*at), Some(Kind::Section(_)))));
        let from = from.or_else(|| all.last().copied())?;
        let follows = |at: &usize| all.contains(at) && matches!(self.kind_at(*at), Some(Kind::Comment | Kind::Blank));
        Some((from + 1..).take_while(follows).take(between).last().unwrap_or(from))
    }

    fn insert(&mut self, at: usize, line: &str) {
        let mut text = Zeroizing::new(String::with_capacity(line.len() + 2 * self.newline.len()));
        let ends = self.line(at).ends_with('\n') || self.behind.iter().any(|(behind, _)| *behind == at);
        if !ends {
            text.push_str(self.newline);
        }
        text.push_str(line);
        text.push_str(self.newline);
        self.behind.push((at, text));
    }

    /// With the comments right above its name, and what was put in front of it when it was made.
    fn remove_whole(&mut self, section: &str, lead: &str) {
        let heads: Vec<usize> =
            self.section(section).into_iter().filter(|at| matches!(self.kind_at(*at), Some(Kind::Section(_)))).collect();
        for head in heads {
            let above = (0..head).rev().take_while(|at| matches!(self.kind_at(*at), Some(Kind::Comment)));
            for at in above.collect::<Vec<_>>() {
                self.replace(at, Zeroizing::default());
            }
        }
        self.remove_section(section);
        let last = self.lines.len().checked_sub(1);
        if last.is_some_and(|last| self.section(section).contains(&last)) {
            lead.clone_into(&mut self.strip);
        }
    }
}
