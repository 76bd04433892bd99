//! The file as Java's SDK reads it: `INIConfiguration` of commons-configuration. Quotation marks and comments are taken off, the first of two values
//! counts, sections of one name are one, and what is no section and no value is passed over.

use zeroize::Zeroizing;

pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) values: Vec<(&'a str, Zeroizing<String>)>,
}

pub(super) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    let mut current: Option<usize> = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = found.iter().position(|section| section.name == name).or_else(|| {
                found.push(Section { name, line: at + 1, values: Vec::new() });
                Some(found.len() - 1)
            });
            continue;
        }
        let (key, mut value) = line.split_once(['=', ':']).unwrap_or((line, ""));
        let mut read = Zeroizing::new(String::new());
        while part(value, &mut read) {
            read.push('\n');
            let Some((_, next)) = lines.next() else { break };
            value = next;
        }
        let key = key.trim();
        if let Some(section) = current.and_then(|at| found.get_mut(at))
            && section.values.iter().all(|(known, _)| *known != key)
        {
            section.values.push((key, read));
        }
    }
    found
}

/// One line of a value; whether it goes on in the next.
fn part(value: &str, read: &mut String) -> bool {
    let value = value.trim();
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let mut escaped = false;
        for c in value.chars().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                c if c == quote && !escaped => break,
                c => {
                    if escaped && c != quote {
                        read.push('\\');
                    }
                    escaped = false;
                    read.push(c);
                }
            }
        }
        return false;
    }
    let mut before: Option<char> = None;
    let end = value.char_indices().find(|(_, c)| {
        let begins_a_comment = matches!(c, '#' | ';') && before.is_some_and(char::is_whitespace);
        before = Some(*c);
        begins_a_comment
    });
    let text = value.get(..end.map_or(value.len(), |(at, _)| at)).unwrap_or_default().trim();
    match text.strip_suffix('\\') {
        Some(before) if before.ends_with(char::is_whitespace) || before.is_empty() => {
            read.push_str(before.trim());
            true
        }
        _ => {
            read.push_str(text);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, section: &str, key: &str) -> Option<String> {
        let sections = sections(text);
        let section = sections.iter().find(|it| it.name == section)?;
        section.values.iter().find(|(known, _)| *known == key).map(|(_, value)| value.to_string())
    }

    #[test]
    fn values_are_read_as_commons_configuration_reads_them() {
        let host = |text: &str| get(text, "p", "host");
        for (text, value) in [
            ("[p]\nhost = https://h # c\n", "https://h"),
            ("[p]\nhost = \"https://h\"\n", "https://h"),
            ("[p]\nhost=1\nhost=2\n", "1"),
            ("[p]\nhost=1\n[q]\nx=1\n[p]\nhost=3\n", "1"),
            ("[p]\nhost = a \\\n  b\ntoken=c\n", "a\nb"),
            ("[p]\nhost: x\r\n", "x"),
            ("[p]\nhost = a#b\n", "a#b"),
            ("[p]\nhost = \"a\\\"b\" c\n", "a\"b"),
            ("[p]\nhost = x; y\n", "x; y"),
            ("[p]\n  host = x\n    y = z\n", "x"),
            ("[p]\nhost = 'a' b\n", "a"),
            ("[p]\nhost\n", ""),
        ] {
            assert_eq!(host(text).as_deref(), Some(value), "{text}");
        }
        for text in [
            "\u{feff}[p]\nhost = x\n",
            "[p]\nHOST = x\n",
            "[p] # c\nhost = x\n",
            "host = x\n[p]\n",
            "[p\nhost = x\n",
            "[p]\n\"host\" = x\n",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
    }
}
