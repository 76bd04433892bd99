//! Why a tool would not sign in, and who says it in these words.

/// Whose words a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The tool prints them: they can be searched for.
    Tool,
    /// The tool fails in other words, or fails later.
    Brickpass,
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub words: String,
    pub by: Speaker,
    /// What to do about it.
    pub fix: Option<String>,
}

impl Problem {
    /// In the words of the tool.
    #[must_use]
    pub fn theirs(words: impl Into<String>) -> Self {
        Self { words: words.into(), by: Speaker::Tool, fix: None }
    }

    /// In words of our own.
    #[must_use]
    pub fn ours(words: impl Into<String>) -> Self {
        Self { words: words.into(), by: Speaker::Brickpass, fix: None }
    }

    #[must_use]
    pub fn fixed_by(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}
