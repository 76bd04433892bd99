//! Languages of blocks and objects in braces: the HCL of Terraform, and Bicep. Literals are kept; an expression is kept as one, and never evaluated.

use serde_json::{Map, Value};

/// Deeper than any file of connections.
const DEEPEST: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    /// A text without anything to be put into it.
    Text(String),
    /// A text that is put together, or one over several lines.
    Template,
    Sign(char),
    LineEnd,
}

/// What the languages write differently.
pub(super) struct Language {
    /// `#`, besides `//`.
    pub(super) hash_begins_comment: bool,
    pub(super) dash_in_words: bool,
    pub(super) quotes: Quotes,
    /// A text over several lines that begins here; `None`: none does.
    pub(super) several_lines: fn(&str) -> Option<Begun<'_>>,
}

/// A text in quotation marks.
pub(super) struct Quotes {
    pub(super) mark: char,
    /// What begins an expression that is put in, up to its `}`.
    pub(super) placeholders: &'static [&'static str],
    /// What stands for its last two characters.
    pub(super) literal: &'static [&'static str],
}

/// A text and what is behind it. `None`: it is never closed.
pub(super) type Begun<'a> = Option<(Token, &'a str)>;

/// `Err`: the line of what is never closed.
pub(super) fn tokens(text: &str, language: &Language) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text.get(..text.len() - rest.len()).unwrap_or_default().matches('\n').count() + 1;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") || (language.hash_begins_comment && c == '#') {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or_else(|| line(rest))?.1;
        } else if let Some(begun) =
            (language.several_lines)(rest).or_else(|| Some(quoted(rest.strip_prefix(language.quotes.mark)?, &language.quotes)))
        {
            let (token, behind) = begun.ok_or_else(|| line(rest))?;
            tokens.push(token);
            rest = behind;
        } else if c.is_alphanumeric() || c == '_' {
            let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.') || (language.dash_in_words && c == '-');
            let (word, behind) = rest.split_at(rest.find(|c: char| !in_word(c)).unwrap_or(rest.len()));
            tokens.push(Token::Word(word.to_owned()));
            rest = behind;
        } else {
            match c {
                '\n' => tokens.push(Token::LineEnd),
                c if c.is_whitespace() => {}
                c => tokens.push(Token::Sign(c)),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(tokens)
}

/// Behind the opening quotation mark.
fn quoted<'a>(inner: &'a str, quotes: &Quotes) -> Begun<'a> {
    let mut text = String::new();
    let mut template = false;
    let mut depth = 0_usize;
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        let begins = |signs: &[&'static str]| signs.iter().copied().find(|sign| inner.get(at..).is_some_and(|rest| rest.starts_with(sign)));
        if c == quotes.mark && depth == 0 {
            let token = if template { Token::Template } else { Token::Text(text) };
            return Some((token, inner.get(at + c.len_utf8()..).unwrap_or_default()));
        } else if c == '\\' {
            text.push(escaped(&mut chars)?);
        } else if c == '\n' && depth == 0 {
            return None;
        } else if let Some(sign) = begins(quotes.literal).filter(|_| depth == 0) {
            text.extend(sign.chars().skip(1));
            chars.nth(sign.len() - 2);
        } else if begins(quotes.placeholders).is_some() {
            template = true;
            depth += 1;
            chars.next();
        } else if c == '}' && depth > 0 {
            depth -= 1;
        } else {
            text.push(c);
        }
    }
    None
}

/// Behind the backslash.
fn escaped(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    match chars.next()?.1 {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        // Bicep.
        'u' if chars.as_str().starts_with('{') => {
            chars.next();
            let digits: String = chars.map(|(_, c)| c).take_while(|c| *c != '}').collect();
            code(&digits)
        }
        // Terraform.
        long @ ('u' | 'U') => {
            let length = if long == 'u' { 4 } else { 8 };
            let digits: String = chars.take(length).map(|(_, c)| c).collect();
            code(&digits).filter(|_| digits.len() == length)
        }
        c => Some(c),
    }
}

/// `provider "databricks" { ... }`, `host = "..."`: the words of its head, and what follows them.
pub(super) struct Item {
    pub(super) head: Vec<String>,
    pub(super) branch: Branch,
}

pub(super) enum Branch {
    Text(String),
    Null,
    /// As far as it can be shown.
    Expression(String),
    List(Vec<Self>),
    Object(Vec<Item>),
}

impl Item {
    /// The key, when it is one.
    pub(super) fn key(&self) -> Option<&str> {
        match self.head.as_slice() {
            [key] => Some(key),
            _ => None,
        }
    }
}

impl Branch {
    pub(super) fn items(&self) -> &[Item] {
        if let Self::Object(items) = self { items } else { &[] }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.items().iter().find(|item| item.key() == Some(key)).map(|item| &item.branch)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// As in an ARM template: an expression stands in brackets, and a text that begins with a bracket has two.
    pub(super) fn as_template(&self) -> Value {
        match self {
            Self::Text(text) if text.starts_with('[') => Value::String(format!("[{text}")),
            Self::Text(text) => Value::String(text.clone()),
            Self::Null => Value::Null,
            Self::Expression(words) => Value::String(format!("[{words}]")),
            Self::List(items) => Value::Array(items.iter().map(Self::as_template).collect()),
            Self::Object(items) => {
                let members = items.iter().filter_map(|item| Some((item.key()?.to_owned(), item.branch.as_template())));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

/// The tokens as items; `None` when they are nested too deep. A bracket that is not closed ends with the text.
pub(super) fn items(tokens: &[Token]) -> Option<Vec<Item>> {
    let mut reader = Reader { tokens, at: 0 };
    let mut items = Vec::new();
    while reader.peek().is_some() {
        items.extend(reader.body(0)?);
        // A brace too many.
        reader.at += 1;
    }
    Some(items)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    /// Until the brace that closes it, which stays.
    fn body(&mut self, depth: usize) -> Option<Vec<Item>> {
        if depth > DEEPEST {
            return None;
        }
        let mut items = Vec::new();
        let mut head = Vec::new();
        while let Some(token) = self.peek() {
            match token {
                Token::Sign('}') => break,
                Token::Word(word) | Token::Text(word) => {
                    head.push(word.clone());
                    self.at += 1;
                }
                Token::Sign('{') => {
                    self.at += 1;
                    let branch = Branch::Object(self.closed_body(depth)?);
                    items.push(Item { head: std::mem::take(&mut head), branch });
                }
                Token::Sign('=' | ':') if !head.is_empty() => {
                    self.at += 1;
                    let branch = self.value(depth)?;
                    items.push(Item { head: std::mem::take(&mut head), branch });
                }
                Token::Sign(_) | Token::Template | Token::LineEnd => {
                    head.clear();
                    self.at += 1;
                }
            }
        }
        Some(items)
    }

    fn closed_body(&mut self, depth: usize) -> Option<Vec<Item>> {
        let items = self.body(depth + 1)?;
        self.at += 1;
        Some(items)
    }

    fn value(&mut self, depth: usize) -> Option<Branch> {
        if depth > DEEPEST {
            return None;
        }
        // Bicep's condition of a resource.
        if self.peek() == Some(&Token::Word("if".to_owned())) {
            while !matches!(self.peek(), None | Some(Token::Sign('{') | Token::LineEnd)) {
                self.at += 1;
            }
        }
        match self.peek() {
            Some(Token::Sign('{')) => {
                self.at += 1;
                return Some(Branch::Object(self.closed_body(depth)?));
            }
            Some(Token::Sign('[')) => {
                self.at += 1;
                return self.list(depth);
            }
            Some(Token::Word(word)) if word == "jsonencode" && self.tokens.get(self.at + 1) == Some(&Token::Sign('(')) => {
                self.at += 2;
                return self.value(depth + 1);
            }
            _ => {}
        }
        Some(self.scalar())
    }

    fn list(&mut self, depth: usize) -> Option<Branch> {
        let mut items = Vec::new();
        loop {
            match self.peek() {
                Some(Token::Sign(']')) => {
                    self.at += 1;
                    break;
                }
                // One that is closed elsewhere: what encloses it ends here.
                None | Some(Token::Sign('}')) => break,
                Some(Token::LineEnd | Token::Sign(',')) => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    items.push(self.value(depth + 1)?);
                    // A sign that begins no value.
                    self.at += usize::from(self.at == before);
                }
            }
        }
        Some(Branch::List(items))
    }

    /// Until the end of the line, or of what encloses it.
    fn scalar(&mut self) -> Branch {
        let begin = self.at;
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Sign('(' | '[' | '{') => open += 1,
                Token::Sign(')' | ']' | '}') if open > 0 => open -= 1,
                Token::Sign(')' | ']' | '}' | ',') | Token::LineEnd if open == 0 => break,
                _ => {}
            }
            self.next();
        }
        match self.tokens.get(begin..self.at).unwrap_or_default() {
            [Token::Text(text)] => Branch::Text(text.clone()),
            [Token::Word(word)] if word == "null" => Branch::Null,
            [Token::Word(word)] if ["true", "false"].contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit()) => {
                Branch::Text(word.clone())
            }
            tokens => Branch::Expression(tokens.iter().map(shown).collect()),
        }
    }
}

/// Texts may be secrets, unless they are names.
fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Text(text) if text.len() < 30 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            format!("'{text}'")
        }
        Token::Text(_) | Token::Template => "'...'".to_owned(),
        Token::Sign(sign) => sign.to_string(),
        Token::LineEnd => " ".to_owned(),
    }
}
