//! Files that tools read: `.databrickscfg`, dbt's profiles, Terraform's language.

use std::{collections::BTreeMap, fs};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use brickpass_core::connection::AuthKind;
use secrecy::ExposeSecret as _;

use super::{Asked, CLIENT_ID, Found, HOST, LIMIT, Made, PATH, Score, URL, maps, pairs, write_all};
use crate::support::{Home, missing_tool, run, skip};

/// go-ini as the Go SDK sets it up: inline comments after a blank, quotation marks stripped, `%(x)s` expanded, a backslash at the end continues.
fn read_like_go(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            found.insert("section".to_owned(), name.to_owned());
            continue;
        }
        let at = line.find(['=', ':']).unwrap();
        let (key, value) = (line[..at].trim(), line[at + 1..].trim());
        let value = value.split(" #").next().unwrap().split(" ;").next().unwrap().trim_end();
        assert!(!value.starts_with(['"', '\'', '`']) && !value.contains("%(") && !value.ends_with('\\'), "Go reads {value:?} otherwise");
        found.insert(key.to_owned(), value.to_owned());
    }
    found
}

/// commons-configuration: the value behind the first `=` or `:`, inline comments after a blank, quotation marks, and lists at commas.
fn read_like_java(text: &str) -> BTreeMap<String, String> {
    let found = read_like_go(text);
    for value in found.values() {
        assert!(!value.contains(['\\', ',', '$']), "Java reads {value:?} otherwise");
    }
    found
}

pub fn databrickscfg() -> Score {
    Score::new("databrickscfg")
        .place(
            "profile",
            |value| Some(Asked::of(AuthKind::Browser).profile(value)),
            |_, value| {
                let reference =
                    [("section", value), ("host", URL), ("auth_type", "databricks-cli"), ("databricks_cli_path", super::HELPER)];
                pairs(reference)
            },
        )
        .place(
            "token",
            |value| Some(Asked::of(AuthKind::PersonalAccessToken).secret(value)),
            |_, value| pairs([("section", "sales"), ("auth_type", "pat"), ("token", value)]),
        )
        .place(
            "client secret",
            |value| Some(Asked::of(AuthKind::ServicePrincipal).secret(value)),
            |_, value| pairs([("auth_type", "oauth-m2m"), ("client_id", CLIENT_ID), ("client_secret", value)]),
        )
}

#[test]
fn ex_06_every_sdk_reads_the_same_profile_or_the_value_is_refused() {
    const TEST: &str = "ex_06_every_sdk_reads_the_same_profile_or_the_value_is_refused";
    let score = databrickscfg();
    assert!(score.made.len() > 20);
    score.judge("Go", &score.made.iter().map(|made| read_like_go(made.text())).collect::<Vec<_>>());
    score.judge("Java", &score.made.iter().map(|made| read_like_java(made.text())).collect::<Vec<_>>());
    let home = Home::new();
    write_all(home.path(), &score.made, "cfg");
    // As the SDK for Python reads it.
    let program = format!(
        "import configparser, json\nfound = []\nfor at in range({}):\n    c = configparser.ConfigParser()\n    c.read(f'{{at}}.cfg')\n    [(name, values)] = c._sections.items()\n    found.append(dict(values, section=name))\nprint(json.dumps(found))",
        score.made.len()
    );
    if let Some(tool) = missing_tool(&["python3"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let read = run(home.command("python3").args(["-c", &program]), b"", LIMIT);
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    score.judge("Python", &maps(&read.stdout));
}

pub fn dbt() -> Score {
    let ask = |auth| Asked::of(auth).set("http_path", PATH).set("schema", "analytics");
    let fixed = || pairs([("type", "databricks"), ("host", HOST), ("http_path", PATH)]);
    let and = move |key: &'static str, value: &str| [fixed(), pairs([(key, value)])].concat();
    let field = move |place: &'static str| {
        move |_: &Asked, value: &str| match value.trim() {
            "" => fixed(),
            value => and(place, value),
        }
    };
    Score::new("dbt")
        .place("catalog", move |value| Some(ask(AuthKind::Browser).set("catalog", value)), field("catalog"))
        .place("schema", move |value| Some(ask(AuthKind::Browser).set("schema", value)), field("schema"))
        .place(
            "target",
            move |value| Some(ask(AuthKind::Browser).set("target", value)),
            move |_, value| and("target", Some(value.trim()).filter(|value| !value.is_empty()).unwrap_or("dev")),
        )
        .place(
            "profile",
            move |value| Some(ask(AuthKind::PersonalAccessToken).profile(value)),
            move |_, value| [and("profile", value), pairs([("token", "of the environment")])].concat(),
        )
        .place("token", move |value| Some(ask(AuthKind::PersonalAccessToken).secret(value)), move |_, value| and("token", value))
        .place(
            "client secret",
            move |value| Some(ask(AuthKind::ServicePrincipal).secret(value)),
            move |_, value| [and("client_secret", value), pairs([("client_id", CLIENT_ID), ("auth_type", "oauth")])].concat(),
        )
}

#[test]
fn dbt_reads_exactly_what_was_meant_after_jinja() {
    const TEST: &str = "dbt_reads_exactly_what_was_meant_after_jinja";
    let score = dbt();
    assert!(score.made.len() > 150);
    let home = Home::new();
    write_all(home.path(), &score.made, "yml");
    let program = format!(
        "import json, jinja2, yaml\nenv = lambda name: 'of the environment' if name.startswith('DBT_ENV_SECRET_') else 1/0\n\
         render = lambda v: jinja2.Template(v, keep_trailing_newline=True).render(env_var=env) if isinstance(v, str) else str(v)\nfound = []\n\
         for at in range({}):\n    [(profile, p)] = yaml.safe_load(open(f'{{at}}.yml', encoding='utf-8')).items()\n    [(target, o)] = p['outputs'].items()\n    assert target == p['target']\n    found.append(dict({{k: render(v) for k, v in o.items()}}, profile=render(profile), target=render(target)))\nprint(json.dumps(found))",
        score.made.len()
    );
    if let Some(tool) = missing_tool(&["python3"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let read = run(home.command("python3").args(["-c", &program]), b"", LIMIT);
    if read.stderr.contains("No module named") {
        return skip(TEST, "PyYAML and Jinja are not on this machine");
    }
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    score.judge("PyYAML, Jinja", &maps(&read.stdout));
}

pub fn terraform() -> Score {
    Score::new("terraform").place(
        "profile",
        |value| Some(Asked::of(AuthKind::Browser).profile(value)),
        |_, value| pairs([("profile", value)]),
    )
}

/// What the expressions of these objects are to Terraform's console.
fn terraform_console(home: &Home, objects: &str) -> Vec<Found> {
    fs::create_dir(home.path().join("console")).unwrap();
    fs::write(home.path().join("console/main.tf"), format!("locals {{\n  all = [\n{objects}  ]\n}}\n")).unwrap();
    let mut terraform = home.command("terraform");
    terraform.env("CHECKPOINT_DISABLE", "1").args(["-chdir=console", "console"]);
    let read = run(&mut terraform, b"base64encode(jsonencode(local.all))\n", LIMIT);
    assert_eq!(read.code, Some(0), "{read:?}");
    let json = BASE64_STANDARD.decode(read.stdout.trim().trim_matches('"')).unwrap();
    maps(&String::from_utf8(json).unwrap())
}

fn profile_of(made: &Made) -> String {
    let line = made.text().lines().find_map(|line| line.strip_prefix("  profile = ")).unwrap();
    format!("    {{ profile = {line} }},\n")
}

pub fn read_by_terraform(made: &[Made]) -> Vec<Found> {
    terraform_console(&Home::new(), &made.iter().map(profile_of).collect::<String>())
}

#[test]
fn ex_07_terraform_takes_values_literally_and_secrets_only_as_sensitive_variables() {
    const TEST: &str = "ex_07_terraform_takes_values_literally_and_secrets_only_as_sensitive_variables";
    let principal = Asked::of(AuthKind::ServicePrincipal).secret("dose-canary").write("terraform").unwrap();
    let program = principal.files.iter().find(|file| file.name == "databricks.tf").unwrap().text.expose_secret();
    assert!(program.contains("sensitive = true") && !program.contains("dose-canary"), "{program}");
    assert!(principal.notes.iter().any(|note| note.contains("state")));

    let profiles = terraform();
    // The second file has the values.
    let mut secrets = Vec::new();
    for (auth, name) in [(AuthKind::PersonalAccessToken, "databricks_token"), (AuthKind::ServicePrincipal, "databricks_client_secret")] {
        for (_, value) in crate::support::hostile_values() {
            if let Ok(document) = Asked::of(auth).secret(&value).write("terraform") {
                secrets.push((name, value, document.files[1].text.expose_secret().to_owned()));
            }
        }
    }
    assert!(secrets.len() > 60);
    if let Some(tool) = missing_tool(&["terraform"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let home = Home::new();
    // Each file as it is through the parser, and the values that it gives through its evaluation.
    let mut values = String::new();
    for (at, made) in profiles.made.iter().enumerate() {
        fs::write(home.path().join(format!("{at}.tf.txt")), made.text()).unwrap();
        values += &profile_of(made);
    }
    for (_, _, text) in &secrets {
        values += &format!("    {{\n{text}    }},\n");
    }
    let terraform = || {
        let mut command = home.command("terraform");
        command.env("CHECKPOINT_DISABLE", "1");
        command
    };
    let found = terraform_console(&home, &values);
    profiles.judge("Terraform", &found[..profiles.made.len()]);
    for ((name, value, text), found) in secrets.iter().zip(&found[profiles.made.len()..]) {
        assert_eq!(found.get(*name), Some(value), "{text}");
        assert_eq!(found["databricks_host"], URL);
    }
    println!("terraform            tfvars         {:>3} exact, 0 wrong", secrets.len());
    // The program as a whole is what Terraform parses, and in its own layout or near it.
    for (at, text) in [program, profiles.made[0].text()].into_iter().enumerate() {
        let folder = home.path().join(format!("whole{at}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("main.tf"), text).unwrap();
        let parsed = run(terraform().arg(format!("-chdir=whole{at}")).args(["fmt", "-write=false"]), b"", LIMIT);
        assert_eq!(parsed.code, Some(0), "{parsed:?}");
    }
}
