//! Azure Data Factory and Synapse: one linked service in the five ways in which it is brought there.

use std::fs;

use serde_json::{Value, json};

use super::{
    Asked, CLUSTER, LIMIT, Score,
    python::{self, needs},
};
use crate::support::{Home, interop, run, skip};

const WORKSPACE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w";

/// Every way to sign in and every compute, each with each hostile value.
pub fn linked_services() -> Score {
    let mut all = Score::new("linked-service");
    let job = [
        ("compute", "job"),
        ("runtime_version", "15.4.x-scala2.12"),
        ("node_type", "Standard_D4ds_v5"),
        ("workers", "1:8"),
        ("policy", "ABC"),
        ("data_security_mode", "SINGLE_USER"),
        ("log_destination", "dbfs:/cluster-logs"),
    ];
    let pool = [("compute", "pool"), ("runtime_version", "15.4.x-scala2.12"), ("instance_pool", "0101-pool"), ("workers", "2")];
    let existing = [("compute", "existing"), ("cluster", CLUSTER)];
    for compute in [&job[..], &pool, &existing] {
        for auth in ["key-vault", "managed-identity", "user-assigned"] {
            let asked = Asked::pat(compute).set("authentication", auth);
            let (asked, places): (_, &[&str]) = match auth {
                "key-vault" => (asked, &["description", "name", "vault", "secret_name", "token", "name of connection"]),
                "managed-identity" => (asked.set("workspace_resource_id", WORKSPACE), &["description", "integration_runtime"]),
                _ => (asked.set("workspace_resource_id", WORKSPACE).set("credential", "mine"), &["description", "credential"]),
            };
            all = all.places(&asked, places);
        }
    }
    all = cluster_settings(all, &Asked::pat(&job));
    let refused = |field: &str| all.made.iter().filter(|it| it.place == field).count();
    assert!(refused("description") > 200 && refused("vault") > 20 && refused("token") > 40);
    all
}

/// What a new cluster is told besides: each hostile value behind a name, as a name, and in a path.
fn cluster_settings(all: Score, asked: &Asked) -> Score {
    const MAX_NAMES: [(&str, &str); 3] = [("spark_conf", "spark.x"), ("spark_env_vars", "X"), ("custom_tags", "tag")];
    let all = MAX_NAMES.into_iter().fold(all, |all, (field, name)| {
        let ask = |value: &str| Some(asked.clone().set(field, &format!("{name}={value}")));
        all.place(field, ask, |_, value| vec![(field, value.trim().to_owned())])
    });
    let all = all.place(
        "name of a tag",
        |value| (!value.contains('=')).then(|| asked.clone().set("custom_tags", &format!("{value}=tag"))),
        |_, value| vec![("name of a tag", value.trim().to_owned())],
    );
    all.place(
        "init_scripts",
        |value| Some(asked.clone().set("init_scripts", &format!("/Workspace/{value}"))),
        |_, value| vec![("init_scripts", format!("/Workspace/{value}").trim().to_owned())],
    )
}

pub fn delta_lake() -> Score {
    Score::new("linked-service-delta-lake").places(&Asked::pat(&[("cluster", CLUSTER)]), &["description", "vault", "token"])
}

/// The texts as Data Factory computes them.
pub const READ_DELTA_LAKE: &str = r"
def factory(s):
    assert not re.match(r'@(?!@)', s) and not re.search(r'(?<!@)@\{', s), s
    if s.startswith('@@') and not s.startswith('@@{'): s = s[1:]
    return s.replace('@@{', '@{')
def read(files):
    p = json.loads(files['ls.json'])['properties']
    token = p['typeProperties'].get('accessToken', {})
    found = {'description': p.get('description', '')}
    if 'store' in token: found['vault'] = token['store']['referenceName']
    if token.get('type') == 'SecureString': found['token'] = factory(token['value'])
    return found
";

pub const READ_LINKED_SERVICE: &str = r#"
def factory(s):
    """As Data Factory computes a text that has no expression; anything else ends the test."""
    if s.startswith('@@') and not s.startswith('@@{'): s = s[1:]
    elif s.startswith('@') and not s.startswith('@@'): raise SystemExit('an expression: ' + s)
    if re.search(r'(?<!@)@\{', s): raise SystemExit('an expression: ' + s)
    return s.replace('@@{', '@{')
def arm(v, parameters):
    if isinstance(v, list): return [arm(x, parameters) for x in v]
    if isinstance(v, dict):
        assert not any(k.startswith('[') for k in v), v
        return {k: arm(x, parameters) for k, x in v.items()}
    if not isinstance(v, str) or not v.startswith('['): return v
    if v.startswith('[[') and v.endswith(']'): return v[1:]
    m = re.fullmatch(r"\['((?:[^']|'')*)'\]", v)
    if m: return m.group(1).replace("''", "'")
    m = re.fullmatch(r"\[parameters\('(\w+)'\)\]", v)
    if m: return parameters[m.group(1)]
    raise SystemExit('an expression: ' + v)
def bicep(text):
    """Tokens of a Bicep object: strings, names, braces, brackets."""
    tokens = re.findall(r"'(?:\\.|\$(?!\{)|[^'\\$\n])*'|[\w@]+|[][{}:=().]", text)
    def string(t):
        assert t[0] == "'" and t[-1] == "'", t
        return re.sub(r"\\(.)", r'\1', t[1:-1])
    def value(i):
        if tokens[i] == '[':
            found, i = [], i + 1
            while tokens[i] != ']':
                one, i = value(i)
                found.append(one)
            return found, i + 1
        if tokens[i] != '{': return (string(tokens[i]) if tokens[i][0] == "'" else ('parameter', tokens[i])), i + 1
        found, i = {}, i + 1
        while tokens[i] != '}':
            assert tokens[i + 1] == ':', tokens[i:i + 4]
            key = string(tokens[i]) if tokens[i][0] == "'" else tokens[i]
            found[key], i = value(i + 2)
        return found, i + 1
    name = string(tokens[tokens.index('linkedServiceName') + 3])
    at = len(tokens) - 1 - tokens[::-1].index('properties')
    return name, value(at + 2)[0]
def read(files):
    ls = json.loads(files['ls.json'])
    p = ls['properties']
    assert json.loads(files['properties.json']) == p
    given = {k: v.get('value') for k, v in json.loads(files['arm.parameters.json'])['parameters'].items()}
    template = json.loads(files['arm.json'])
    assert given['linkedServiceName'] == ls['name'] == arm(template['parameters']['linkedServiceName']['defaultValue'], {})
    resource = template['resources'][0]
    assert arm(resource['properties'], given) == p, (resource, p)
    name, b = bicep(files['main.bicep'])
    def resolved(v): return [resolved(x) for x in v] if isinstance(v, list) else {k: resolved(x) for k, x in v.items()} if isinstance(v, dict) else given[v[1]] if isinstance(v, tuple) else v
    assert name == ls['name'] and resolved(b) == p, (b, p)
    t = p['typeProperties']
    ways = ('accessToken' in t) + (t.get('authentication') == 'MSI')
    places = ('existingClusterId' in t) + ('newClusterVersion' in t)
    assert ways == places == 1, t
    assert ('newClusterVersion' in t) == isinstance(t.get('newClusterNumOfWorker'), str)
    token = t.get('accessToken', {})
    assert factory(t['domain']).startswith('https://adb-')
    found = {'description': p.get('description', ''), 'name': ls['name']}
    if 'store' in token: found.update({'vault': token['store']['referenceName'], 'secret_name': factory(token['secretName'])})
    if token.get('type') == 'SecureString': found['token'] = factory(token['value'])
    if 'credential' in t: found['credential'] = t['credential']['referenceName']
    named = {'spark_conf': ('newClusterSparkConf', 'spark.x'), 'spark_env_vars': ('newClusterSparkEnvVars', 'X'), 'custom_tags': ('newClusterCustomTags', 'tag')}
    for place, (key, name) in named.items():
        if name in t.get(key, {}): found[place] = factory(t[key][name])
    found.update({'name of a tag': k for k, v in t.get('newClusterCustomTags', {}).items() if v == 'tag'})
    if 'newClusterInitScripts' in t: found['init_scripts'] = '\n'.join(map(factory, t['newClusterInitScripts']))
    found['integration_runtime'] = p.get('connectVia', {}).get('referenceName', '')
    return found
"#;

#[test]
fn ex_08_data_factory_arm_and_bicep_take_values_literally() {
    const TEST: &str = "ex_08_data_factory_arm_and_bicep_take_values_literally";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let all = linked_services().only(|it| it.place != "name of connection");
    assert!(python::judge(&all, READ_LINKED_SERVICE));
    for made in all.made.iter().filter(|it| it.place != "token") {
        assert!(!made.file("ls.json").contains("SecureString"));
    }
}

#[test]
fn ex_08_terraform_reads_the_description_as_it_is() {
    const TEST: &str = "ex_08_terraform_reads_the_description_as_it_is";
    if !needs(TEST, &["terraform"]) {
        return;
    }
    let home = Home::new();
    let (mut literals, mut values) = (String::new(), Vec::new());
    let all = linked_services().made;
    for made in &all {
        if let Some(line) = made.file("main.tf").lines().find_map(|line| line.strip_prefix("  description = ")) {
            literals.push_str(line);
            literals.push_str(", ");
            values.push(made.value.clone());
        }
    }
    for (at, made) in all.iter().enumerate() {
        fs::write(home.path().join(format!("{at}.tf")), made.file("main.tf")).unwrap();
    }
    let parsed = run(home.command("terraform").args(["fmt", "-no-color", "."]), b"", LIMIT);
    assert_eq!(parsed.code, Some(0), "{}", parsed.stderr);
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let asked = format!("jsonencode([{literals}])\n");
    let ran = run(home.command("terraform").arg("console").current_dir(&empty), asked.as_bytes(), LIMIT);
    let inner: String = serde_json::from_str(ran.stdout.trim()).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
    assert_eq!(serde_json::from_str::<Vec<String>>(&inner).unwrap(), values);
}

#[test]
fn ex_08_the_sdk_of_azure_reads_a_linked_service_and_writes_the_same() {
    const TEST: &str = "ex_08_the_sdk_of_azure_reads_a_linked_service_and_writes_the_same";
    if !needs(TEST, &["sh", "env", "python3"]) {
        return;
    }
    let all = [linked_services(), delta_lake()].map(|score| score.made);
    let services: Vec<Value> = all.iter().flatten().map(|it| serde_json::from_str(it.file("ls.json")).unwrap()).collect();
    let ran = interop("linked_services.py", &json!(services));
    if ran.code == Some(77) {
        return skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.trim(), services.len().to_string());
}
