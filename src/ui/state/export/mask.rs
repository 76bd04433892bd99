//! An export with a secret, masked until the person reveals it. Readable is only what is at the same place in an export without the
//! secret (with another word in its place, or with none), so that nothing must be guessed about how a secret looks in a format.

use std::collections::HashSet;

/// Replaces hidden text of any length.
pub const HIDDEN: &str = "••••••••••••••••";

/// Characters at which a value begins or ends.
const BOUNDARIES: [char; 12] = ['=', ':', '"', '\'', ' ', ';', ',', '<', '>', '&', '@', '/'];

/// The lines of an export without secrets.
pub struct Hidden<'a> {
    whole: HashSet<&'a str>,
    lines: Vec<&'a str>,
}

impl<'a> Hidden<'a> {
    /// `plain`: the same export without the secret; empty: nothing is readable.
    pub fn by(plain: &'a str) -> Self {
        Self { whole: plain.lines().collect(), lines: plain.lines().collect() }
    }

    /// The readable part of a line.
    pub fn line(&self, line: &str) -> String {
        if line.trim().is_empty() || self.whole.contains(line) {
            return line.to_owned();
        }
        let same = self.lines.iter().map(|plain| common(plain, line)).max().unwrap_or(0);
        let known = line.get(..same).unwrap_or_default();
        // Only up to the value that differs: the first characters of a secret are part of it.
        let shown = known.rfind(BOUNDARIES).and_then(|at| known.get(..=at)).unwrap_or_default();
        format!("{shown}{HIDDEN}")
    }

    /// The readable part of an export.
    pub fn text(&self, text: &str) -> String {
        text.lines().map(|line| self.line(line)).collect::<Vec<_>>().join("\n")
    }
}

/// The number of bytes that both begin with.
fn common(a: &str, b: &str) -> usize {
    a.char_indices().zip(b.chars()).find(|((_, a), b)| a != b).map_or_else(|| a.len().min(b.len()), |((at, _), _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "dapi0123456789abcdef0123456789abcdef";

    #[test]
    fn what_stands_in_the_export_without_the_secret_is_readable_and_nothing_else() {
        let plain = "export DATABRICKS_HOST=https://x\nexport DATABRICKS_TOKEN=$(brickpass token Sales)\n";
        let secret = format!("export DATABRICKS_HOST=https://x\nexport DATABRICKS_TOKEN='{SECRET}'\n# the end {SECRET}");
        let shown = Hidden::by(plain).text(&secret);
        assert_eq!(shown, format!("export DATABRICKS_HOST=https://x\nexport DATABRICKS_TOKEN={HIDDEN}\n{HIDDEN}"));
    }

    #[test]
    fn one_line_that_holds_everything_is_readable_up_to_the_secret() {
        let shown = Hidden::by("sc://x:443/;use_ssl=true").text(&format!("sc://x:443/;use_ssl=true;token={SECRET}"));
        assert_eq!(shown, format!("sc://x:443/{HIDDEN}").replace("443/", "443/;use_ssl="));
    }

    #[test]
    fn not_a_character_of_the_secret_shows_even_where_it_begins_like_something_known() {
        for plain in ["", "token: dapi0123", "token: dapi0123456789abcdef", "token: "] {
            let shown = Hidden::by(plain).text(&format!("token: {SECRET}"));
            assert!(!shown.contains("dapi"), "{plain}: {shown}");
        }
        assert_eq!(Hidden::by("").text(SECRET), HIDDEN);
        assert_eq!(Hidden::by("ä = ö").text("ä = ü"), format!("ä = {HIDDEN}"));
    }
}
