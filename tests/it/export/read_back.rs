//! Every format, read back: all hostile values in every place that a person can fill, by each reader that there is.

use std::{collections::BTreeMap, fmt::Write as _, fs, os::unix::fs::PermissionsExt as _};

use brickpass_interchange::export::FORMATS;

use super::{
    Asked, CLUSTER, Found, LIMIT, Made, PATH, Reading, Score, curl, data_factory, drivers, editors, environments, lists, programs, python,
    registry::{PROPERTIES, from_go, from_maven, from_npm, from_pypi, go_ini, unixodbc},
    score::{
        From::{Machine, Own, Registry},
        Read,
    },
    tools,
};
use crate::support::{Home, interop, missing_tool, run};

/// What came of the readers of one format.
#[derive(Default)]
struct Row {
    made: usize,
    refused: usize,
    readers: Vec<String>,
    wrong: Vec<String>,
}

/// All formats in a table, the readers that are not to be had here, and what was read otherwise than meant.
pub struct Table {
    pub text: String,
    pub missing: Vec<(String, String)>,
    pub wrong: Vec<String>,
}

/// Tries all.
pub fn table() -> Table {
    let mut rows: BTreeMap<&'static str, Row> = BTreeMap::new();
    let mut missing = Vec::new();
    for Reading { reader, from, score, read } in readings() {
        match read(&score.made) {
            Read::Found(found) => {
                assert!(!score.made.is_empty(), "{} was never made", score.format);
                let row = rows.entry(score.format).or_default();
                row.made += score.made.len();
                row.refused += score.refused;
                row.readers.push(if from == Own { format!("({reader}, after its grammar)") } else { reader.to_owned() });
                row.wrong.extend(score.wrong(reader, &found));
            }
            Read::Missing(why) => missing.push((format!("{} by {reader}", score.format), why)),
        }
    }
    let mut text = String::new();
    let total = rows.values().fold((0, 0, 0), |sum, row| (sum.0 + row.made, sum.1 + row.refused, sum.2 + row.wrong.len()));
    for format in FORMATS {
        let row = rows.remove(format.id).unwrap_or_default();
        let Row { made, refused, readers, .. } = &row;
        let readers = if readers.is_empty() { "no reader here".to_owned() } else { readers.join("; ") };
        let _ = writeln!(text, "{:<26} read back {made:>4}, refused {refused:>4}, wrong {}   {readers}", format.id, row.wrong.len());
        rows.insert(format.id, row);
    }
    let _ = writeln!(text, "{:<26} read back {:>4}, refused {:>4}, wrong {}", "all", total.0, total.1, total.2);
    Table { text, missing, wrong: rows.into_values().flat_map(|row| row.wrong).collect() }
}

fn pypi(reader: &'static str, score: Score, named: &'static str) -> Reading {
    Reading::new(reader, Registry, score, move |made| from_pypi("read_exports.py", named, made))
}

fn npm(reader: &'static str, score: Score) -> Reading {
    Reading::new(reader, Registry, score, move |made| from_npm(reader, made))
}

fn maven(reader: &'static str, score: Score) -> Reading {
    Reading::new(reader, Registry, score, move |made| from_maven(reader, made))
}

fn own(reader: &'static str, score: Score, read: fn(&[Made]) -> Vec<Found>) -> Reading {
    Reading::new(reader, Own, score, move |made| Read::Found(read(made)))
}

fn machine(reader: &'static str, tool: &'static str, score: Score, read: impl Fn(&[Made]) -> Vec<Found> + 'static) -> Reading {
    Reading::new(reader, Machine, score, move |made| match missing_tool(&[tool]) {
        Some(tool) => Read::Missing(format!("{tool} is not on this machine")),
        None => Read::Found(read(made)),
    })
}

fn command(shell: &'static str, score: Score) -> Reading {
    machine(shell, shell, score, move |made| told_to_brickpass(shell, made))
}

/// By Python's own library.
fn library(reader: &'static str, score: Score, program: impl Into<String>) -> Reading {
    let program = program.into();
    machine(reader, "python3", score, move |made| python::read(&program, made).expect("nothing is needed besides"))
}

fn readings() -> Vec<Reading> {
    [environment_files(), files_of_tools(), code_and_drivers(), data_tools(), clients_and_lists()].into_iter().flatten().collect()
}

fn environment_files() -> Vec<Reading> {
    let shell = |shell: &'static str, format, ending: &'static str| {
        machine(shell, shell, environments::score(format, true), move |made| environments::read_by_shell(shell, made, ending))
    };
    let filled = |read: Read| match read {
        Read::Found(found) => Read::Found(found.into_iter().map(environments::with_unset).collect()),
        missing @ Read::Missing(_) => missing,
    };
    let dotenv = || environments::score("dotenv", false);
    vec![
        shell("bash", "env-sh", "sh"),
        shell("dash", "env-sh", "sh"),
        shell("zsh", "env-sh", "sh"),
        shell("fish", "env-fish", "fish"),
        own("PowerShell", environments::score("env-powershell", true), environments::read_as_powershell),
        own("cmd", environments::score("env-cmd", false), environments::read_as_cmd),
        Reading::new("python-dotenv", Registry, dotenv(), move |made| filled(from_pypi("read_exports.py", "python-dotenv", made))),
        Reading::new("dotenv (npm)", Registry, dotenv(), move |made| filled(from_npm("dotenv", made))),
        Reading::new("docker's kvfile", Registry, environments::docker_score(), move |made| filled(from_go("envfile", "docker", made))),
    ]
}

fn files_of_tools() -> Vec<Reading> {
    let kubernetes = || Score::new("kubernetes").places(&Asked::pat(&[]), &["token", "name", "namespace", "remote_key", "store"]);
    let profiles = tools::databrickscfg;
    vec![
        maven("SDK for Java", profiles()),
        Reading::new("go-ini", Registry, profiles(), go_ini),
        library("configparser", profiles(), READ_PROFILES),
        machine("Terraform", "terraform", tools::terraform(), tools::read_by_terraform),
        npm("@actions/workflow-parser", Score::new("github-actions").places(&Asked::pat(&[]), &["secret_name"])),
        npm("js-yaml, manifests", kubernetes()),
        Reading::new("kubernetes-validate", Registry, kubernetes(), |made| from_pypi("read_manifests.py", "", made)),
        npm("js-yaml, bundle", Score::new("vscode").places(&Asked::pat(&[("cluster", CLUSTER)]), &["target", "profile"])),
        command("sh", stores()),
        command("bash", exec("sh")),
        command("zsh", exec("sh")),
        command("fish", exec("fish")),
    ]
}

/// As the SDK for Python does.
const READ_PROFILES: &str = r"
import configparser
def read(files):
    c = configparser.ConfigParser()
    c.read_string(next(iter(files.values())))
    [(name, values)] = c._sections.items()
    return dict(values, section=name)
";

fn code_and_drivers() -> Vec<Reading> {
    vec![
        pypi("databricks-sdk", programs::sdk(), "SDK"),
        machine("Python, with stand-ins", "python3", programs::databricks_connect(), |made| {
            programs::found_by_python("databricks-connect", made)
        }),
        pypi("databricks-sql-connector", programs::sql_connector(), "SQL connector"),
        pypi("SQLAlchemy, URL.create", programs::sqlalchemy_program(), "SQLAlchemy"),
        pypi("SQLAlchemy, make_url", drivers::sqlalchemy_addresses(), "SQLAlchemy URL"),
        maven("JDBC driver", drivers::jdbc_addresses()),
        Reading::new(PROPERTIES, Registry, programs::jdbc_properties(), by_properties),
        own("connection string", drivers::odbc("string"), drivers::read_connection_strings),
        Reading::new("unixODBC", Registry, drivers::odbc("ini"), unixodbc),
        library(
            "sh and urllib",
            Score::new("dbeaver").places(&Asked::pat(&[("http_path", PATH)]), &["name of connection", "schema"]),
            editors::READ_DBEAVER,
        ),
    ]
}

fn data_tools() -> Vec<Reading> {
    let airflow = |reader: &'static str, form, named: &'static str| {
        let asked = Asked::pat(&[("http_path", PATH), ("form", form)]);
        let score = Score::new("airflow").places(&asked, &["token", "connection_id"]);
        Reading::new(reader, Registry, score, move |made| from_pypi("read_airflow.py", named, made))
    };
    let linked = || data_factory::linked_services().only(|it| it.place != "name of connection");
    vec![
        Reading::new("dbt and dbt-databricks", Registry, tools::dbt(), |made| from_pypi("read_dbt.py", "", made)),
        airflow("Airflow's Connection, JSON", "json", "JSON"),
        airflow("Airflow's Connection, URI", "uri", "URI"),
        Reading::new("azure-mgmt-datafactory", Registry, linked(), |made| by_azure(made, data_factory::READ_LINKED_SERVICE)),
        Reading::new("azure-mgmt-datafactory", Registry, data_factory::delta_lake(), |made| by_azure(made, data_factory::READ_DELTA_LAKE)),
        npm("@microsoft/powerquery-parser", Score::new("power-bi").places(&Asked::pat(&[("http_path", PATH)]), &["catalog", "schema"])),
    ]
}

/// The driver's own names for what the program calls otherwise.
fn by_properties(made: &[Made]) -> Read {
    const NAMES: [(&str, &str); 4] =
        [("httpPath", "httppath"), ("PWD", "pwd"), ("ConnCatalog", "conncatalog"), ("ConnSchema", "connschema")];
    let all = match from_maven(PROPERTIES, made) {
        Read::Found(all) => all,
        missing @ Read::Missing(_) => return missing,
    };
    let named = |mut found: Found| {
        for (name, own) in NAMES {
            found.extend(found.get(own).cloned().map(|value| (name.to_owned(), value)));
        }
        found.insert("url".to_owned(), format!("jdbc:databricks://{}", found["authority"]));
        found
    };
    Read::Found(all.into_iter().map(named).collect())
}

/// Its models take the service and give the same back; what Data Factory makes of the texts follows its grammar.
fn by_azure(made: &[Made], program: &str) -> Read {
    let services: Vec<serde_json::Value> = made.iter().map(|it| serde_json::from_str(it.file("ls.json")).unwrap()).collect();
    let ran = interop("linked_services.py", &services.into());
    if ran.code == Some(77) {
        return Read::Missing(ran.stdout.trim().trim_start_matches("skipped: ").to_owned());
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    python::read(program, made).map_or_else(|| Read::Missing("python3 lacks a module".to_owned()), Read::Found)
}

fn clients_and_lists() -> Vec<Reading> {
    let client = |format, answers: &[(&str, &str)]| Score::new(format).places(&Asked::pat(answers), &["token", "name of connection"]);
    let list = |format, answers: &[(&str, &str)]| Score::new(format).places(&Asked::pat(answers), &lists::PLACES);
    let origin = curl::mirror();
    vec![
        machine("curl", "curl", curl::score(&origin), curl::read),
        npm("postman-collection", client("postman", &[])),
        npm("@usebruno/lang", Score::new("bruno").places(&Asked::pat(&[]), &["token"])),
        npm("insomnia-importers", client("insomnia", &[("version", "4")])),
        npm("js-yaml, Insomnia 5", client("insomnia", &[])),
        library("csv", list("inventory-csv", &[]), lists::read_csv(true)),
        library("csv, for Excel", list("inventory-csv", &[("excel", "yes")]), lists::read_csv(true)),
        library("csv, raw", list("inventory-csv", &[("raw", "yes")]), lists::read_csv(false)),
        library("json", list("inventory-json", &[]), lists::READ_JSON),
    ]
}

/// The name of the connection in the command for each store.
fn stores() -> Score {
    let named = |score: Score, answers: &'static [(&str, &str)]| {
        score.place(
            "name of connection",
            move |value| Asked::pat(answers).name(value),
            |asked, _| vec![("name of connection", asked.connection.name.as_str().to_owned())],
        )
    };
    let all: [&'static [(&str, &str)]; 4] =
        [&[("to", "azure"), ("vault", "sales-kv")], &[("to", "aws")], &[("to", "google")], &[("to", "databricks"), ("scope", "sales")]];
    all.into_iter().fold(Score::new("secret-store"), named)
}

/// The name of the connection in the line for a shell.
fn exec(shell: &'static str) -> Score {
    Score::new("exec").place(
        "name of connection",
        move |value| Asked::pat(&[("shell", shell)]).name(value),
        |asked, _| {
            let (name, id) = (asked.connection.name.as_str(), asked.connection.id.to_string());
            vec![("name of connection", if name.starts_with('-') { id } else { name.to_owned() })]
        },
    )
}

/// Which connection `brickpass exec` or `brickpass token` is called for; the programs of the stores take their standard input and end.
fn told_to_brickpass(shell: &str, made: &[Made]) -> Vec<Found> {
    let home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let stub = |name: &str, script: &str| {
        fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    stub("brickpass", "[ \"$1\" = exec ] && name=$2 || for name; do :; done\nprintf %s \"$name\" >\"$HOME/said\"\necho t");
    for store in ["az", "aws", "gcloud", "databricks"] {
        stub(store, "exec cat");
    }
    let path = std::env::var("PATH").unwrap();
    let found = made.iter().map(|made| {
        let mut command = home.command(shell);
        command.env("PATH", format!("{}:{path}", bin.display())).args(["-c", made.text()]);
        let ran = run(&mut command, b"", LIMIT);
        assert!(ran.code == Some(0) && !home.path().join("pwned").exists(), "{shell}: {ran:?}");
        Found::from([("name of connection".to_owned(), fs::read_to_string(home.path().join("said")).unwrap())])
    });
    found.collect()
}

#[test]
fn every_format_has_a_reader_and_hostile_values_in_it() {
    let read: Vec<&str> = readings().iter().map(|reading| reading.score.format).collect();
    let without: Vec<&str> = FORMATS.iter().map(|format| format.id).filter(|id| !read.contains(id)).collect();
    assert!(without.is_empty(), "nobody reads {without:?}");
    for Reading { score, reader, .. } in readings() {
        assert!(score.made.len() > 5, "{} by {reader}: {} made, {} refused", score.format, score.made.len(), score.refused);
    }
}
