//! The comment of a token: the computer it was created on, and the request's mark.

use uuid::Uuid;

use brickpass_core::connection::replace_unfit;

/// ` [bp-1a2b3c4d]` at the end of a comment: by it, a token is found whose value was lost on the way. It is always there, since nobody knows
/// beforehand which answer will be lost, and a comment cannot be changed later.
pub(super) struct Mark(String);

/// A longer comment would be cut off at the end, where the mark is.
const MAX_CHARS: usize = 250;

const OPENS: &str = " [bp-";

impl Mark {
    pub(super) fn random() -> Self {
        let digits = Uuid::new_v4().simple().to_string();
        Self(format!("{OPENS}{}]", digits.get(..8).unwrap_or(&digits)))
    }

    /// The one at the end of a comment.
    pub(super) fn of(comment: &str) -> Option<Self> {
        let mark = comment.trim().get(without(comment).len()..)?.trim();
        (!mark.is_empty()).then(|| Self(format!(" {mark}")))
    }

    pub(super) fn on(&self, comment: &str) -> String {
        let typed: String = without(comment).chars().take(MAX_CHARS).collect();
        format!("{}{self}", typed.trim_end()).trim_start().to_owned()
    }

    pub(super) fn is_on(&self, comment: &str) -> bool {
        comment.ends_with(self.0.trim_start())
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// As typed by the user, without the mark of an earlier request.
#[must_use]
pub fn without(comment: &str) -> &str {
    let comment = comment.trim();
    let marked = comment.strip_suffix(']').and_then(|rest| rest.rsplit_once(OPENS.trim_start()));
    match marked {
        Some((typed, digits)) if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => typed.trim_end(),
        _ => comment,
    }
}

/// The default comment: `Brickpass on ada-laptop`.
#[must_use]
pub fn default_comment() -> String {
    match computer_name() {
        Some(name) => format!("Brickpass on {name}"),
        None => "Brickpass".to_owned(),
    }
}

/// Without its domain. Fit for a line of text.
fn computer_name() -> Option<String> {
    let name = system_name()?;
    let name: String = replace_unfit(name.split('.').next()?, "").chars().take(60).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(unix)]
fn system_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

#[cfg(not(unix))]
fn system_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_readable_and_has_one_mark_at_most() {
        assert_eq!(Mark("abc".into()).on(&"x".repeat(1000)), "x".repeat(MAX_CHARS) + "abc");
        let (first, second) = (Mark::random(), Mark::random());
        let once = first.on("  CI, nightly ");
        assert!(once.starts_with("CI, nightly [bp-") && once.len() == "CI, nightly [bp-1a2b3c4d]".len(), "{once}");
        assert!(first.is_on(&once) && !second.is_on(&once));
        assert_eq!((Mark::of(&once).unwrap().0, Mark::of(&first.0).unwrap().0), (first.0.clone(), first.0.clone()));
        assert!(Mark::of("CI, nightly").is_none() && Mark::of("").is_none());
        let again = second.on(&once);
        assert!(second.is_on(&again) && !first.is_on(&again) && again.len() == once.len(), "{again}");
        assert_eq!(without(&again), "CI, nightly");
        let bare = first.on("");
        assert!(first.is_on(&bare) && bare.starts_with("[bp-") && without(&bare).is_empty(), "{bare}");
    }

    #[test]
    fn what_only_looks_like_a_mark_is_the_persons() {
        for comment in ["[bp-]", "x [bp-1234567]", "x [bp-zzzzzzzz]", "[bp-12345678] x", "x]", "æ [bp-æøåæøåæø]"] {
            assert_eq!(without(comment), comment);
        }
    }

    #[test]
    fn a_token_is_called_after_the_computer() {
        let comment = default_comment();
        assert!(comment.starts_with("Brickpass") && !comment.contains('.') && comment.len() < 90, "{comment}");
    }
}
