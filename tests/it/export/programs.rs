//! Programs: the compilers and interpreters of the languages read their literals, and Python runs the snippets against stand-ins.

use std::{collections::BTreeMap, fs, process::Command, time::Duration};

use brickpass_core::connection::AuthKind;
use brickpass_interchange::escape::{self, Grammar, Text};
use secrecy::ExposeSecret as _;

use super::{Asked, CLUSTER, Found, HOST, LIMIT, Made, PATH, Score, maps, pairs, write_all};
use crate::support::{Home, hostile_values, missing_tool, run, skip};

/// Compilers take their time on a busy machine.
const COMPILING: Duration = Duration::from_secs(120);

/// The values that the grammar takes, and how it writes them.
fn literals(grammar: Grammar) -> (Vec<String>, Vec<String>) {
    let write = |value: &str| Text::new().value("V", value, grammar).ok().map(|text| text.finish().expose_secret().to_owned());
    let taken = hostile_values().into_iter().filter_map(|(_, value)| write(&value).map(|literal| (value, literal)));
    taken.unzip()
}

fn judge(language: &str, values: &[String], output: &str) {
    let found: Vec<String> = serde_json::from_str(output).unwrap_or_else(|error| panic!("{language}: {error}: {output}"));
    assert_eq!(found, values, "{language}");
    assert!(values.len() > 30, "{language} refused too much");
    println!("literals of {language:<12} {:>3} exact, {:>3} refused, 0 wrong", values.len(), hostile_values().len() - values.len());
}

#[test]
fn javascript_python_and_yaml_read_their_literals() {
    const TEST: &str = "javascript_python_and_yaml_read_their_literals";
    let home = Home::new();
    let (values, written) = literals(escape::javascript);
    if let Some(tool) = missing_tool(&["node"]) {
        skip(TEST, &format!("{tool} is not on this machine"));
    } else {
        let program = format!("console.log(JSON.stringify([{}]))", written.join(","));
        judge("JavaScript", &values, &run(home.command("node").arg("-"), program.as_bytes(), LIMIT).stdout);
    }
    if let Some(tool) = missing_tool(&["python3"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let (values, written) = literals(escape::python);
    let program = format!("import json\nprint(json.dumps([{}]))", written.join(","));
    judge("Python", &values, &run(home.command("python3").arg("-"), program.as_bytes(), LIMIT).stdout);
    let (values, written) = literals(escape::yaml);
    let lines: String = written.iter().map(|value| format!("- {value}\n")).collect();
    let program = "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))";
    let read = run(home.command("python3").args(["-c", program]), lines.as_bytes(), LIMIT);
    if read.stderr.contains("No module named") {
        return skip(TEST, "PyYAML is not on this machine");
    }
    judge("YAML", &values, &read.stdout);
    let (values, written) = literals(escape::json);
    judge("JSON", &values, &format!("[{}]", written.join(",")));
}

#[test]
fn go_reads_its_literals() {
    const TEST: &str = "go_reads_its_literals";
    if let Some(tool) = missing_tool(&["go"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let (values, written) = literals(escape::go);
    let home = Home::new();
    let program = "package main\nimport (\"encoding/json\"; \"os\")\nfunc main() { json.NewEncoder(os.Stdout).Encode([]string{\n";
    fs::write(home.path().join("main.go"), format!("{program}{},\n}}) }}\n", written.join(",\n"))).unwrap();
    // With its own cache, or it would compile its library each time.
    let read = run(Command::new("go").args(["run", "main.go"]).current_dir(home.path()), b"", COMPILING);
    judge("Go", &values, &read.stdout);
}

pub fn jdbc_properties() -> Score {
    let ask = |field: &'static str| {
        move |value: &str| Some(Asked::of(AuthKind::PersonalAccessToken).set("http_path", PATH).set("form", "properties").set(field, value))
    };
    let fixed = |secret: &str| {
        pairs([("url", "jdbc:databricks://adb-1234567890123456.7.azuredatabricks.net:443"), ("httpPath", PATH), ("PWD", secret)])
    };
    let with = move |key: &'static str| {
        move |_: &Asked, value: &str| {
            let mut expected = fixed("from the environment");
            // Blanks around what is typed are the person's mistake; nothing typed is nothing.
            expected.extend(Some(value.trim()).filter(|value| !value.is_empty()).map(|value| (key, value.to_owned())));
            expected
        }
    };
    Score::new("jdbc").place("catalog", ask("catalog"), with("ConnCatalog")).place("schema", ask("schema"), with("ConnSchema")).place(
        "token",
        |value| Some(Asked::of(AuthKind::PersonalAccessToken).set("http_path", PATH).set("form", "properties").secret(value)),
        move |_, value| fixed(value),
    )
}

#[test]
fn ex_10_java_reads_its_literals_and_the_driver_gets_its_properties() {
    const TEST: &str = "ex_10_java_reads_its_literals_and_the_driver_gets_its_properties";
    if let Some(tool) = missing_tool(&["javac", "java"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let score = jdbc_properties();
    assert!(score.made.len() > 90);
    let home = Home::new();
    let mut calls = String::new();
    for (at, made) in score.made.iter().enumerate() {
        let class = made.text().replacen("class Main ", &format!("class Main{at} "), 1);
        fs::write(home.path().join(format!("Main{at}.java")), class).unwrap();
        calls += &format!("Main{at}.main(args); ");
    }
    let driver = r#"
import java.sql.*;
import java.util.*;
import java.util.logging.Logger;
class Harness implements Driver {
    static String hex(String s) { return HexFormat.of().formatHex(s.getBytes(java.nio.charset.StandardCharsets.UTF_8)); }
    public Connection connect(String url, Properties p) {
        StringBuilder line = new StringBuilder(hex("url") + "=" + hex(url));
        for (var e : p.entrySet()) line.append(' ').append(hex((String) e.getKey())).append('=').append(hex((String) e.getValue()));
        System.out.println(line);
        return (Connection) java.lang.reflect.Proxy.newProxyInstance(Harness.class.getClassLoader(), new Class<?>[] {Connection.class}, (o, m, a) -> null);
    }
    public boolean acceptsURL(String url) { return url.startsWith("jdbc:databricks:"); }
    public DriverPropertyInfo[] getPropertyInfo(String u, Properties p) { return new DriverPropertyInfo[0]; }
    public int getMajorVersion() { return 1; }
    public int getMinorVersion() { return 0; }
    public boolean jdbcCompliant() { return false; }
    public Logger getParentLogger() { return null; }
    public static void main(String[] args) throws Exception { DriverManager.registerDriver(new Harness()); CALLS }
}
"#;
    fs::write(home.path().join("Harness.java"), driver.replace("CALLS", &calls)).unwrap();
    // In the encoding that old compilers on Windows use.
    let compiled = run(home.command("sh").args(["-c", "javac -encoding windows-1252 -d out *.java"]), b"", COMPILING);
    assert_eq!(compiled.code, Some(0), "{}", compiled.stderr);
    let ran = run(home.command("java").args(["-cp", "out", "Harness"]).env("DATABRICKS_TOKEN", "from the environment"), b"", COMPILING);
    let unhex = |text: &str| {
        let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
        String::from_utf8(bytes).unwrap()
    };
    let found: Vec<BTreeMap<String, String>> = ran
        .stdout
        .lines()
        .filter(|line| line.contains('='))
        .map(|line| line.split(' ').map(|pair| pair.split_once('=').unwrap()).map(|(key, value)| (unhex(key), unhex(value))).collect())
        .collect();
    score.judge("Java", &found);
}

#[test]
fn a_rust_literal_is_what_the_compiler_reads() {
    const TEST: &str = "a_rust_literal_is_what_the_compiler_reads";
    if let Some(tool) = missing_tool(&["rustc"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let (values, written) = literals(escape::rust);
    let home = Home::new();
    let lines: Vec<String> = written.iter().map(|literal| format!("    print!(\"{{}}\\0\", {literal});\n")).collect();
    fs::write(home.path().join("main.rs"), format!("fn main() {{\n{}}}\n", lines.concat())).unwrap();
    let built = run(Command::new("rustc").arg("main.rs").current_dir(home.path()), b"", COMPILING);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let read = run(&mut Command::new(home.path().join("main")), b"", LIMIT).stdout;
    let found: Vec<&str> = read.split_terminator('\0').collect();
    judge("Rust", &values, &serde_json::json!(found).to_string());
}

/// Runs programs in which every module of others is a stand-in that writes down what it is called with: the keywords and the first argument
/// of each call, by name.
const STAND_INS: &str = r"
import json, os, sys
from unittest.mock import MagicMock
os.environ['DATABRICKS_TOKEN'] = 'from the environment'
found = []
for at in range(int(sys.argv[1])):
    root = MagicMock()
    for module in ('databricks', 'databricks.sql', 'databricks.sdk', 'databricks.sdk.core', 'databricks.connect', 'sqlalchemy'):
        sys.modules[module] = root
    source = open(f'{at}.py', encoding='utf-8').read()
    exec(compile(source, 'x', 'exec'), {'print': lambda *a: None})
    seen = {}
    for name, args, kwargs in root.mock_calls:
        last = name.replace('()', '').split('.')[-1]
        if args and isinstance(args[0], (str, bool)):
            seen.setdefault(last, str(args[0]))
        for key, value in kwargs.items():
            if isinstance(value, (str, bool)):
                seen.setdefault(key, str(value))
            if isinstance(value, dict):
                seen.update({f'query.{k}': v for k, v in value.items()})
    found.append(seen)
print(json.dumps(found))
";

pub fn found_by_python(format: &str, made: &[Made]) -> Vec<Found> {
    let home = Home::new();
    write_all(home.path(), made, "py");
    let count = made.len().to_string();
    let read = run(home.command("python3").args(["-c", STAND_INS, &count]), b"", LIMIT);
    assert_eq!(read.code, Some(0), "{format}: {}", read.stderr);
    assert!(!home.path().join("pwned").exists());
    maps(&read.stdout)
}

fn read_by_python(score: &Score) {
    score.judge("Python", &found_by_python(score.format, &score.made));
}

#[test]
fn python_programs_say_exactly_what_was_meant() {
    const TEST: &str = "python_programs_say_exactly_what_was_meant";
    if let Some(tool) = missing_tool(&["python3"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    for score in [sdk(), databricks_connect(), sql_connector(), sqlalchemy_program()] {
        read_by_python(&score);
    }
}

fn browser() -> Asked {
    Asked::of(AuthKind::Browser)
}

pub fn sdk() -> Score {
    Score::new("sdk").place("profile", |value| Some(browser().profile(value)), |_, value| pairs([("profile", value)]))
}

pub fn databricks_connect() -> Score {
    Score::new("databricks-connect")
        .place(
            "profile",
            |value| Some(browser().set("cluster", CLUSTER).profile(value)),
            |_, value| pairs([("profile", value), ("clusterId", CLUSTER)]),
        )
        .place("serverless", |value| Some(browser().set("compute", "serverless").profile(value)), |_, _| pairs([("serverless", "True")]))
        .place("cluster", |value| Some(browser().set("cluster", value)), |_, value| pairs([("clusterId", value.trim())]))
}

/// The catalog and the schema, as the program calls them.
fn named(score: Score, path: &'static str, names: [&'static str; 2]) -> Score {
    ["catalog", "schema"].into_iter().zip(names).fold(score, |score, (place, name)| {
        score.place(
            place,
            move |value| Some(browser().set("http_path", PATH).set(place, value)),
            move |asked, value| asked.meant(place, value).map(|value| (name, value)).into_iter().chain(pairs([(path, PATH)])).collect(),
        )
    })
}

pub fn sql_connector() -> Score {
    named(Score::new("sql-connector"), "http_path", ["catalog", "schema"]).place(
        "profile",
        |value| Some(browser().set("http_path", PATH).profile(value)),
        |_, value| pairs([("profile", value), ("server_hostname", HOST)]),
    )
}

pub fn sqlalchemy_program() -> Score {
    named(Score::new("sqlalchemy"), "query.http_path", ["query.catalog", "query.schema"])
}
