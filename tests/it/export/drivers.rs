//! Addresses and settings of SQL drivers.

use std::collections::BTreeMap;

use brickpass_core::connection::AuthKind;

use super::{Asked, Found, From, HOST, LIMIT, Made, PATH, Reading, Score, maps, pairs, registry, write_all};
use crate::support::{Home, run, skip};

const PAT: AuthKind = AuthKind::PersonalAccessToken;

/// A field that is added when anything is said in it.
fn with(fixed: Vec<(&'static str, String)>, key: &'static str) -> impl Fn(&Asked, &str) -> Vec<(&'static str, String)> {
    move |_, value| {
        let mut expected = fixed.clone();
        expected.extend(Some(value.trim()).filter(|value| !value.is_empty()).map(|value| (key, value.to_owned())));
        expected
    }
}

fn at(form: &'static str) -> Asked {
    Asked::of(PAT).set("http_path", PATH).set("form", form)
}

/// As the driver does (databricks-jdbc, `DatabricksConnectionContext`): at `;`, then at `=`, of which only the first two parts count.
fn read_jdbc(url: &str) -> BTreeMap<String, String> {
    let rest = url.strip_prefix("jdbc:databricks://").unwrap();
    let mut parts = rest.split(';');
    let mut found = BTreeMap::from([("authority".to_owned(), parts.next().unwrap().to_owned())]);
    for part in parts {
        let mut halves = part.split('=');
        let key = halves.next().unwrap().to_lowercase();
        assert!(found.insert(key, halves.next().unwrap_or_default().to_owned()).is_none(), "a key twice in {url}");
    }
    found
}

pub fn jdbc_addresses() -> Score {
    let authority = format!("{HOST}:443");
    let fixed = pairs([("authority", &authority), ("httppath", PATH), ("authmech", "3"), ("uid", "token")]);
    let principal = pairs([("authority", &authority), ("authmech", "11"), ("auth_flow", "1"), ("oauth2clientid", super::CLIENT_ID)]);
    Score::new("jdbc")
        .place("catalog", |value| Some(at("url").set("catalog", value)), with(fixed.clone(), "conncatalog"))
        .place("schema", |value| Some(at("url").set("schema", value)), with(fixed.clone(), "connschema"))
        .place("token", |value| Some(at("url").secret(value)), with(fixed, "pwd"))
        .place(
            "client secret",
            |value| Some(Asked::of(AuthKind::ServicePrincipal).set("http_path", PATH).secret(value)),
            with(principal, "oauth2secret"),
        )
        .place("http_path", |value| Some(Asked::of(PAT).set("http_path", value)), |_, value| panic!("{value:?} is no HTTP path"))
}

#[test]
fn ex_10_a_jdbc_address_is_read_exactly_or_refused_in_favour_of_properties() {
    let score = jdbc_addresses();
    let found: Vec<_> = score.made.iter().map(|made| read_jdbc(made.text().trim_end_matches('\n'))).collect();
    score.judge("JDBC driver", &found);
    for hostile in ["dapi;x", "dapi=x"] {
        let refused = at("url").secret(hostile).write("jdbc").unwrap_err();
        assert!(refused.fix.contains("properties") && !refused.to_string().contains(hostile), "{refused}");
        assert!(at("properties").secret(hostile).write("jdbc").is_ok());
    }
}

/// `key=value;`, where a value in braces ends at a brace that is not doubled.
fn read_connection_string(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let (value, after) = if let Some(braced) = after.strip_prefix('{') {
            let mut value = String::new();
            let mut chars = braced.char_indices().peekable();
            loop {
                let (at, c) = chars.next().expect("braces are closed");
                if c != '}' {
                    value.push(c);
                } else if chars.peek().is_some_and(|(_, next)| *next == '}') {
                    value.push(c);
                    chars.next();
                } else {
                    break (value, braced[at + 1..].strip_prefix(';').expect("an end"));
                }
            }
        } else {
            let (value, after) = after.split_once(';').unwrap();
            (value.to_owned(), after)
        };
        assert!(found.insert(key.to_owned(), value).is_none());
        rest = after;
    }
    assert_eq!(rest, "");
    found
}

/// In the form `string` or `ini`.
pub fn odbc(form: &'static str) -> Score {
    let fixed = || pairs([("Host", HOST), ("Port", "443"), ("HTTPPath", PATH), ("SSL", "1"), ("AuthMech", "3"), ("UID", "token")]);
    Score::new("odbc")
        .place("catalog", move |value| Some(at(form).set("catalog", value)), with(fixed(), "Catalog"))
        .place("schema", move |value| Some(at(form).set("schema", value)), with(fixed(), "Schema"))
        .place("token", move |value| Some(at(form).secret(value)), {
            let fixed = fixed();
            move |_, value| [fixed.clone(), pairs([("PWD", value)])].concat()
        })
        .place(
            "driver",
            move |value| Some(at(form).set("driver", value)),
            |_, value| pairs([("Driver", Some(value.trim()).filter(|value| !value.is_empty()).unwrap_or("Simba Spark ODBC Driver"))]),
        )
}

pub fn read_connection_strings(made: &[Made]) -> Vec<Found> {
    made.iter().map(|made| read_connection_string(made.text().trim_end_matches('\n'))).collect()
}

/// The rest of the line behind the first `=`, without blanks around it; `;` and `#` begin comments; 1,000 bytes.
pub fn read_as_unixodbc(made: &[Made]) -> Vec<Found> {
    let read_line = |line: &str| {
        let (key, value) = line.split_once('=').unwrap();
        let value = value.split([';', '#']).next().unwrap().trim();
        (key.to_owned(), value[..value.len().min(1000)].to_owned())
    };
    made.iter().map(|made| made.text().lines().skip(1).map(read_line).collect()).collect()
}

#[test]
fn ex_11_odbc_reads_exactly_what_was_meant() {
    const TEST: &str = "ex_11_odbc_reads_exactly_what_was_meant";
    let score = odbc("string");
    assert!(score.made.len() > 120);
    score.judge("ODBC string", &read_connection_strings(&score.made));

    let score = odbc("ini");
    score.judge("unixODBC", &read_as_unixodbc(&score.made));
    let score = score.place("profile", |value| Some(at("ini").profile(value)), |_, value| pairs([("section", value)]));
    let home = Home::new();
    write_all(home.path(), &score.made, "ini");
    let program = format!(
        "import configparser, json\nfound = []\nfor at in range({}):\n    c = configparser.RawConfigParser(delimiters='=', inline_comment_prefixes=(';', '#'), default_section='\\0')\n    c.optionxform = str\n    c.read(f'{{at}}.ini', encoding='utf-8')\n    [name] = c.sections()\n    found.append(dict(c[name], section=name))\nprint(json.dumps(found))",
        score.made.len()
    );
    let read = run(home.command("python3").args(["-c", &program]), b"", LIMIT);
    if read.code != Some(0) && read.stderr.contains("not found") {
        return skip(TEST, "python3 is not on this machine");
    }
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    score.judge("configparser", &maps(&read.stdout));
}

/// With the token in it.
pub fn sqlalchemy_addresses() -> Score {
    let ask = || Asked::of(PAT).set("http_path", PATH).secret("dapi1");
    let fixed = || pairs([("drivername", "databricks"), ("username", "token"), ("host", HOST), ("http_path", PATH)]);
    Score::new("sqlalchemy")
        .place("catalog", move |value| Some(ask().set("catalog", value)), with(fixed(), "catalog"))
        .place("schema", move |value| Some(ask().set("schema", value)), with(fixed(), "schema"))
        .place(
            "token",
            |value| Some(Asked::of(PAT).set("http_path", PATH).secret(value)),
            move |_, value| [fixed(), pairs([("password", value)])].concat(),
        )
}

#[test]
fn ex_12_sqlalchemy_reads_exactly_what_was_meant() {
    const TEST: &str = "ex_12_sqlalchemy_reads_exactly_what_was_meant";
    let score = sqlalchemy_addresses();
    let home = Home::new();
    write_all(home.path(), &score.made, "txt");
    let count = score.made.len();
    // Python's own reader of addresses first, which is always there.
    let own = format!(
        "import json\nfrom urllib.parse import urlsplit, parse_qsl, unquote\nfound = []\nfor at in range({count}):\n    u = urlsplit(open(f'{{at}}.txt').read().strip())\n    found.append(dict(parse_qsl(u.query), drivername=u.scheme, username=u.username, password=unquote(u.password), host=u.hostname))\nprint(json.dumps(found))"
    );
    let read = run(home.command("python3").args(["-c", &own]), b"", LIMIT);
    if read.code != Some(0) && read.stderr.contains("not found") {
        return skip(TEST, "python3 is not on this machine");
    }
    score.judge("urllib", &maps(&read.stdout));
    Reading::new("SQLAlchemy", From::Registry, score, |made| registry::from_pypi("read_exports.py", "SQLAlchemy URL", made)).hold(TEST);
}
