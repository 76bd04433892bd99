//! Where a profile leads, whoever reads it: its token is sent there, so one reader that finds another address is one too many.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use secrecy::ExposeSecret as _;

use super::{File, keys::small, lines::Kind, python};
use brickpass_core::connection::{BaseUrl, quoted};

const HOST: &str = "host";

/// Whether a token for one address may be given for a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// Nobody finds an address there.
    Nowhere,
    There,
    /// Somebody finds this there, or cannot be known to find something else.
    Elsewhere(String),
}

/// Where some profiles of a file lead, whoever reads it: looked up in one go, since thousands may be published.
pub struct Places<'a> {
    /// Every address that stands there for somebody, by profile. `Err`: lines end in the file where not all see an end.
    hosts: Result<HashMap<&'a str, BTreeSet<Cow<'a, str>>>, &'static str>,
}

impl File {
    /// Whether all who read this profile go to `there`: Go, Python, Java and JavaScript, which differ in comments, quotation marks, indents,
    /// letters and which of two counts.
    #[must_use]
    pub fn leads(&self, profile: &str, there: &BaseUrl) -> Leads {
        self.places(|name| name == profile).leads(profile, there)
    }

    /// Of these profiles.
    #[must_use]
    pub fn places(&self, wanted: impl Fn(&str) -> bool) -> Places<'_> {
        Places { hosts: self.hosts(&wanted) }
    }

    fn hosts(&self, wanted: &dyn Fn(&str) -> bool) -> Result<HashMap<&str, BTreeSet<Cow<'_, str>>>, &'static str> {
        let text = self.text.expose_secret();
        if !plain(text) {
            return Err("an address that cannot be determined, because the file contains control characters");
        }
        let mut found: HashMap<&str, BTreeSet<Cow<'_, str>>> = HashMap::new();
        let mut inside = Some("DEFAULT").filter(|name| wanted(name));
        for line in &self.lines {
            match &line.kind {
                Kind::Section(name) => inside = Some(name.of(text)).filter(|name| wanted(name)),
                Kind::Entry(entry) => {
                    if let Some(name) = inside.filter(|_| small(entry.key.of(text)) == HOST) {
                        found.entry(name).or_default().insert(Cow::Borrowed(entry.value.of(text)));
                    }
                }
                Kind::Blank | Kind::Comment => {}
            }
        }
        for (name, host) in line_by_line(text, wanted) {
            found.entry(name).or_default().insert(Cow::Borrowed(host));
        }
        // What it refuses leads it nowhere.
        for (name, mut values) in python::sections(text, wanted).unwrap_or_default() {
            if let Some(host) = values.remove(HOST) {
                found.entry(name).or_default().insert(Cow::Owned(host.to_string()));
            }
        }
        for hosts in found.values_mut() {
            hosts.remove("");
        }
        Ok(found)
    }
}

impl Places<'_> {
    /// As [`File::leads`], of one of these profiles.
    #[must_use]
    pub fn leads(&self, profile: &str, there: &BaseUrl) -> Leads {
        let hosts = match &self.hosts {
            Ok(hosts) => hosts.get(profile).into_iter().flatten(),
            Err(why) => return Leads::Elsewhere((*why).to_owned()),
        };
        let mut none = true;
        for host in hosts {
            if !is(host, there) {
                return Leads::Elsewhere(shown(host));
            }
            none = false;
        }
        if none { Leads::Nowhere } else { Leads::There }
    }
}

/// As Java and JavaScript read it, to whom each line is one: neither quotation marks nor a backslash join some of them, and behind a section stands
/// nothing.
fn line_by_line<'a>(text: &'a str, wanted: &dyn Fn(&str) -> bool) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut inside: Option<&str> = None;
    text.split('\n').map(str::trim).filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = Some(name).filter(|name| wanted(name));
        }
        let name = inside?;
        let (key, value) = line.split_once(['=', ':'])?;
        (small(key.trim()) == HOST).then_some((name, value.trim()))
    })
}

/// A carriage return alone ends a line for Python and Java, and what is no blank to Go is one to Python.
fn plain(text: &str) -> bool {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return true;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let fits = !c.is_control() || matches!(c, '\n' | '\t') || (c == '\r' && chars.peek() == Some(&'\n'));
        if !fits {
            return false;
        }
    }
    true
}

/// What stands behind a `#` is no part of an address to anybody.
fn is(host: &str, there: &BaseUrl) -> bool {
    let address = host.split('#').next().unwrap_or_default().trim_end();
    address.is_ascii() && BaseUrl::read(address).is_ok_and(|read| read.base_url.origin() == there.origin())
}

fn shown(host: &str) -> String {
    let address = BaseUrl::read(host).map(|read| read.base_url.origin());
    address.unwrap_or_else(|_| quoted(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://adb-1234567890123456.7.azuredatabricks.net";

    fn leads(text: &str) -> Leads {
        let there = BaseUrl::read(OURS).unwrap().base_url;
        File::read(text.replace("OURS", OURS).as_bytes()).unwrap_or_else(|failure| panic!("{text:?}: {failure:?}")).leads("p", &there)
    }

    #[test]
    fn an_address_that_all_read_alike_is_one() {
        let bare = OURS.trim_start_matches("https://");
        for host in [OURS, &format!("{OURS}/"), &format!("{OURS}:443/?o=1"), &bare.to_uppercase(), &format!("{OURS}  # of us")] {
            assert_eq!(leads(&format!("[p]\r\nhost = {host}\r\n[q]\r\nhost = https://evil.example\r\n")), Leads::There, "{host}");
        }
        assert_eq!(leads("[p]\nhost = \"OURS\"\nauth_type = databricks-cli\n"), Leads::There);
    }

    #[test]
    fn without_an_address_it_leads_nowhere() {
        for text in ["", "[q]\nhost = https://evil.example\n", "[p]\nauth_type = databricks-cli\n", "[p]\nhost =\n", "[P]\nhost = OURS\n"] {
            assert_eq!(leads(text), Leads::Nowhere, "{text}");
        }
    }

    /// Each of them is another address to one of those who read the file, or to all.
    #[test]
    fn an_address_that_one_reader_takes_for_another_is_none() {
        let hostile = [
            "host = https://evil.example",
            "host = http://adb-1234567890123456.7.azuredatabricks.net",
            "host = OURS.evil.example",
            "host = OURS:8443",
            "host = OURS@evil.example",
            "host = OURS:443@evil.example/",
            "host = OURS\\@evil.example",
            "host = OURS%2eevil.example",
            "host = //evil.example",
            "host = adb-1234567890123456.7.\u{430}zuredatabricks.net",
            "host = https://adb-1234567890123456.7.azure\u{200b}databricks.net",
            // To Go a comment, to Python a user's name before another host.
            "host = OURS ;@evil.example/",
            "host = OURS ; .evil.example",
            "host = \"OURS\" ; \"@evil.example",
            "host = `OURS` ;@evil.example",
            // Python goes on in the next line, and leaves the line break out of an address.
            "host = OURS\n  @evil.example/?a=b",
            // Java takes the first of two, Go the last.
            "host = https://evil.example\nhost = OURS",
            "host = OURS\nhost = https://evil.example",
            "host = OURS\n[p]\nhost = https://evil.example",
            // To Python it is one key, whatever its letters.
            "HOST = https://evil.example",
            "host = OURS\nHost = https://evil.example",
            // To Python a section that is indented is a part of the value above it.
            "host = https://evil.example\nx = y\n  [p]\n  host = OURS",
            // Java does not know a section by what stands before a comment, and lines that belong together.
            "auth_type = databricks-cli\n[q] ; of others\nhost = https://evil.example",
            "x = `\nhost = https://evil.example\n`",
            "x = y\\\nhost = https://evil.example",
            // To Python and Java a line ends here.
            "# a comment\rhost = https://evil.example",
            "host = OURS # x\rhost = https://evil.example",
            "\u{1f}host = https://evil.example",
            "\u{b}x = y",
        ];
        for text in hostile {
            assert!(matches!(leads(&format!("[p]\n{text}\n")), Leads::Elsewhere(_)), "{text:?}");
        }
    }

    #[test]
    fn what_is_found_is_told_without_what_makes_it_lie_on_the_screen() {
        let Leads::Elsewhere(words) = leads("[p]\nhost = https://me:hunter2@\u{202e}evil\n") else { panic!() };
        assert_eq!(words, "\"\u{2026}@\\u{202e}evil\"");
        let Leads::Elsewhere(words) = leads(&format!("[p]\nhost = x@{}\n", "y".repeat(10_000))) else { panic!() };
        assert!(words.len() < 100, "{words}");
    }
}
