//! Exports to Data Factory, Power BI, Airflow, clusters, API clients and lists: for each hostile value in each field that a person can fill,
//! an independent reader of the format gets exactly what was meant, or the export was refused.

#![cfg(target_os = "linux")]

mod offers;

use std::{collections::BTreeMap, fs, time::Duration};

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, ConnectionName, Draft},
    engine::{Command as Order, Engine, Event, ExportPlace, ExportRequest, Places, RunId},
    failure::Failure,
    interchange::{
        export,
        format::{Answers, Document, Subject},
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::support::{Home, hostile_values, interop, missing_tool, run, skip};

const LIMIT: Duration = Duration::from_secs(60);
const URL: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const PATH: &str = "/sql/1.0/warehouses/abc123def4567890";
const WORKSPACE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w";
const CLUSTER: &str = "0101-120000-abcd1234";

fn connection(auth: AuthKind) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    URL.clone_into(&mut draft.base_url);
    draft.auth = auth;
    if auth == AuthKind::ServicePrincipal {
        "12345678-90ab-cdef-1234-567890abcdef".clone_into(&mut draft.client_id);
    }
    if auth != AuthKind::Browser {
        draft.secret = "dose0123456789".into();
    }
    draft.review(&|_| false).result.expect("a valid form").connection
}

#[derive(Clone)]
struct Asked {
    connection: Connection,
    profile: String,
    secret: Option<String>,
    answers: Answers,
}

impl Asked {
    fn new(answers: &[(&str, &str)]) -> Self {
        let start = Self {
            connection: connection(AuthKind::PersonalAccessToken),
            profile: "sales".to_owned(),
            secret: None,
            answers: Answers::default(),
        };
        answers.iter().fold(start, |asked, (field, value)| asked.set(field, value))
    }

    fn set(mut self, field: &str, value: &str) -> Self {
        self.answers.set(field, value);
        self
    }

    /// Puts a value into a place; `None`: no connection can have it there.
    fn put(mut self, place: &'static str, value: &str) -> Option<Self> {
        match place {
            "name of connection" => self.connection.name = ConnectionName::parse(value).ok()?,
            "description" => value.clone_into(&mut self.connection.description),
            "folder" => value.clone_into(&mut self.connection.folder),
            "token" => self.secret = Some(value.to_owned()),
            "profile" => value.clone_into(&mut self.profile),
            field => self.answers.set(field, value),
        }
        Some(self)
    }

    fn write(&self, format: &str) -> Result<Document, Failure> {
        let secret = self.secret.clone().map(SecretString::from);
        let subject = Subject { connection: &self.connection, secret: secret.as_ref(), profile: &self.profile, helper: "/x" };
        export::find(format).unwrap().write(&subject, &self.answers)
    }
}

fn files(document: &Document) -> BTreeMap<String, String> {
    document.files.iter().map(|file| (file.name.clone(), file.text.expose_secret().to_owned())).collect()
}

struct Made {
    place: &'static str,
    value: String,
    files: BTreeMap<String, String>,
}

/// What was made of all hostile values in these places, and how many were refused.
fn made(format: &str, asked: &Asked, places: &[&'static str]) -> Vec<Made> {
    let (mut all, mut refused) = (Vec::new(), 0);
    for &place in places {
        for (number, value) in hostile_values() {
            let Some(asked) = asked.clone().put(place, &value) else {
                refused += 1;
                continue;
            };
            match asked.write(format) {
                Ok(document) => {
                    let files = files(&document);
                    for (name, text) in &files {
                        let hidden =
                            text.trim_start_matches('\u{FEFF}').chars().find(|c| matches!(c, '\0' | '\u{1b}' | '\u{202A}'..='\u{202E}'));
                        assert_eq!(hidden, None, "{format}: V{number} in {place}");
                        assert_plain(name);
                    }
                    all.push(Made { place, value, files });
                }
                Err(failure) => {
                    assert!(!failure.what.is_empty() && failure.why.ends_with('.') && !failure.fix.is_empty(), "{failure:?}");
                    let told = value.len() > 6 && failure.to_string().contains(&value);
                    assert!(place != "token" || !told, "{failure}");
                    refused += 1;
                }
            }
        }
    }
    println!("{format:<26} {:>3} made, {refused:>3} refused", all.len());
    all
}

/// Relative, and nowhere above the folder.
fn assert_plain(name: &str) {
    let fits = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
            && part.len() <= 110
    };
    assert!(name.split('/').all(fits), "{name:?}");
}

/// What a Python program says of each set of files, by name. `None`: a module that it needs is missing.
fn read_by_python(program: &str, made: &[Made]) -> Option<Vec<BTreeMap<String, Value>>> {
    let home = Home::new();
    let all: Vec<_> = made.iter().map(|it| &it.files).collect();
    let source = format!(
        "import csv, io, json, re, sys\nfrom urllib.parse import *\n{program}\nprint(json.dumps([read(f) for f in json.load(sys.stdin)]))"
    );
    let ran = run(home.command("python3").args(["-c", &source]), json!(all).to_string().as_bytes(), LIMIT);
    if ran.stderr.contains("No module named") {
        return None;
    }
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!home.path().join("pwned").exists());
    Some(serde_json::from_str(&ran.stdout).unwrap())
}

/// The reader found the value of each place under the name of the place.
fn judge(format: &str, program: &str, made: &[Made]) -> bool {
    assert!(!made.is_empty(), "{format} was never made");
    let Some(found) = read_by_python(program, made) else { return false };
    for (made, found) in made.iter().zip(&found) {
        let meant = made.value.trim();
        let actual = found.get(made.place).and_then(Value::as_str);
        // Nothing typed is nothing, or what stands there by default.
        assert!(
            actual == Some(made.value.as_str()) || actual == Some(meant) || meant.is_empty(),
            "{format}: {} was {:?}, read {found:?}\n{:#?}",
            made.place,
            made.value,
            made.files
        );
    }
    true
}

fn needs(test: &str, tools: &[&str]) -> bool {
    let missing = missing_tool(tools);
    if let Some(tool) = missing {
        skip(test, &format!("{tool} is not on this machine"));
    }
    missing.is_none()
}

/// Every way to sign in and every compute, each with each hostile value.
fn linked_services() -> Vec<Made> {
    let mut all = Vec::new();
    let job = [
        ("compute", "job"),
        ("runtime_version", "15.4.x-scala2.12"),
        ("node_type", "Standard_D4ds_v5"),
        ("workers", "1:8"),
        ("policy", "ABC"),
    ];
    let pool = [("compute", "pool"), ("runtime_version", "15.4.x-scala2.12"), ("instance_pool", "0101-pool"), ("workers", "2")];
    let existing = [("compute", "existing"), ("cluster", CLUSTER)];
    for compute in [&job[..], &pool, &existing] {
        for auth in ["key-vault", "managed-identity", "user-assigned"] {
            let asked = Asked::new(compute).set("authentication", auth);
            let (asked, places): (_, &[&str]) = match auth {
                "key-vault" => (asked, &["description", "name", "vault", "secret_name", "token", "name of connection"]),
                "managed-identity" => (asked.set("workspace_resource_id", WORKSPACE), &["description", "integration_runtime"]),
                _ => (asked.set("workspace_resource_id", WORKSPACE).set("credential", "mine"), &["description", "credential"]),
            };
            all.extend(made("linked-service", &asked, places));
        }
    }
    let refused = |field: &str| all.iter().filter(|it| it.place == field).count();
    assert!(refused("description") > 200 && refused("vault") > 20 && refused("token") > 40);
    all
}

const READ_LINKED_SERVICE: &str = r#"
def factory(s):
    """As Data Factory computes a text that has no expression; anything else ends the test."""
    if s.startswith('@@') and not s.startswith('@@{'): s = s[1:]
    elif s.startswith('@') and not s.startswith('@@'): raise SystemExit('an expression: ' + s)
    if re.search(r'(?<!@)@\{', s): raise SystemExit('an expression: ' + s)
    return s.replace('@@{', '@{')
def arm(v, parameters):
    if isinstance(v, dict): return {k: arm(x, parameters) for k, x in v.items()}
    if not isinstance(v, str) or not v.startswith('['): return v
    if v.startswith('[[') and v.endswith(']'): return v[1:]
    m = re.fullmatch(r"\['((?:[^']|'')*)'\]", v)
    if m: return m.group(1).replace("''", "'")
    m = re.fullmatch(r"\[parameters\('(\w+)'\)\]", v)
    if m: return parameters[m.group(1)]
    raise SystemExit('an expression: ' + v)
def bicep(text):
    """Tokens of a Bicep object: strings, names, braces."""
    tokens = re.findall(r"'(?:\\.|\$(?!\{)|[^'\\$\n])*'|[\w@]+|[{}:=().]", text)
    def string(t):
        assert t[0] == "'" and t[-1] == "'", t
        return re.sub(r"\\(.)", r'\1', t[1:-1])
    def value(i):
        if tokens[i] != '{': return (string(tokens[i]) if tokens[i][0] == "'" else ('parameter', tokens[i])), i + 1
        found, i = {}, i + 1
        while tokens[i] != '}':
            assert tokens[i + 1] == ':', tokens[i:i + 4]
            found[tokens[i]], i = value(i + 2)
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
    def resolved(v): return {k: resolved(x) for k, x in v.items()} if isinstance(v, dict) else given[v[1]] if isinstance(v, tuple) else v
    assert name == ls['name'] and resolved(b) == p, (b, p)
    t = p['typeProperties']
    ways = ('accessToken' in t) + (t.get('authentication') == 'MSI')
    places = ('existingClusterId' in t) + ('newClusterVersion' in t)
    assert ways == places == 1, t
    assert ('newClusterVersion' in t) == isinstance(t.get('newClusterNumOfWorker'), str)
    token = t.get('accessToken', {})
    assert factory(t['domain']).startswith('https://adb-')
    found = {'description': p.get('description', ''), 'name': ls['name'], 'name of connection': None}
    if 'store' in token: found.update({'vault': token['store']['referenceName'], 'secret_name': factory(token['secretName'])})
    if token.get('type') == 'SecureString': found['token'] = factory(token['value'])
    if 'credential' in t: found['credential'] = t['credential']['referenceName']
    found['integration_runtime'] = p.get('connectVia', {}).get('referenceName', '')
    return found
"#;

#[test]
fn ex_08_data_factory_arm_and_bicep_take_values_literally() {
    const TEST: &str = "ex_08_data_factory_arm_and_bicep_take_values_literally";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let all: Vec<Made> = linked_services().into_iter().filter(|it| it.place != "name of connection").collect();
    assert!(judge("linked-service", READ_LINKED_SERVICE, &all));
    for made in all.iter().filter(|it| it.place != "token") {
        assert!(!made.files["ls.json"].contains("SecureString"));
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
    let all = linked_services();
    for made in &all {
        if let Some(line) = made.files["main.tf"].lines().find_map(|line| line.strip_prefix("  description = ")) {
            literals.push_str(line);
            literals.push_str(", ");
            values.push(made.value.clone());
        }
    }
    for (at, made) in all.iter().enumerate() {
        fs::write(home.path().join(format!("{at}.tf")), &made.files["main.tf"]).unwrap();
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
    let mut all = linked_services();
    all.extend(made("linked-service-delta-lake", &Asked::new(&[("cluster", CLUSTER)]), &["description", "vault", "token"]));
    let services: Vec<Value> = all.iter().map(|it| serde_json::from_str(&it.files["ls.json"]).unwrap()).collect();
    let ran = interop("linked_services.py", &json!(services));
    if ran.code == Some(77) {
        return skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.trim(), services.len().to_string());
}

#[test]
fn ex_13_airflow_reads_the_same_fields() {
    const TEST: &str = "ex_13_airflow_reads_the_same_fields";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let asked = Asked::new(&[("http_path", PATH)]);
    let read = r"
def read(files):
    (id, c), = json.loads(files['connections.json']).items()
    assert c['conn_type'] == 'databricks' and c['login'] == 'token' and c['extra']['http_path'].startswith('/sql/')
    return {'connection_id': id, 'token': c.get('password', '')}
";
    assert!(judge("airflow", read, &made("airflow", &asked.clone().set("form", "json"), &["token", "connection_id"])));
    // As Connection._parse_from_uri takes it apart.
    let read = r"
def read(files):
    id, uri = files['connections.env'].strip().split('=', 1)
    parts = urlsplit(uri)
    assert parts.scheme == 'databricks' and unquote(parts.username) == 'token' and parts.hostname.startswith('adb-')
    assert dict(parse_qsl(parts.query)) == {'http_path': '/sql/1.0/warehouses/abc123def4567890'}
    return {'connection_id': id, 'token': unquote(parts.password or '')}
";
    assert!(judge("airflow", read, &made("airflow", &asked.clone().set("form", "uri"), &["token", "connection_id"])));
    for made in made("airflow", &asked.set("vault", "sales-kv").clone(), &["token", "connection_id", "vault"]) {
        assert!(made.place != "token" || made.value.len() < 5 || !made.files.values().any(|text| text.contains(&made.value)));
    }
}

#[test]
fn ex_14_power_bi_files_are_valid_and_hold_no_secret() {
    const TEST: &str = "ex_14_power_bi_files_are_valid_and_hold_no_secret";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let read = r#"
def m(text):
    "The texts of Power Query's language, by its own rules."
    found = []
    for t in re.findall(r'"((?:[^"]|"")*)"', text):
        t = t.replace('""', '"')
        assert not re.search(r'#\((?!#\))', t), t
        found.append(t.replace('#(#)', '#'))
    return found
def read(files):
    pbids = json.loads(next(v for k, v in files.items() if k.endswith('.pbids')))
    c, = pbids['connections']
    assert pbids['version'] == '0.1' and c['details']['protocol'] == 'databricks-sql' and c['details']['authentication'] is None
    assert set(c) == {'details', 'options', 'mode'} and c['mode'] in ('DirectQuery', 'Import')
    query = m(next(v for k, v in files.items() if k.endswith('.pq')))
    catalog, schema = c['options']['Catalog'], c['options']['Database']
    assert query == [c['details']['address']['host'], c['details']['address']['path']] + [x for x in (catalog, schema) if x], query
    return {'catalog': catalog, 'schema': schema}
"#;
    assert!(judge("power-bi", read, &made("power-bi", &Asked::new(&[("http_path", PATH)]), &["catalog", "schema"])));
    assert!(export::find("power-bi").unwrap().takes_secret.is_none());
    let with = Asked::new(&[("http_path", PATH)]).put("token", "dapicanary").unwrap().write("power-bi").unwrap();
    assert!(!files(&with).values().any(|text| text.contains("canary")) && !with.contains_secret);
}

const READ_YAML: &str = "import yaml\ndef load(files, end): return yaml.safe_load(next(v for k, v in files.items() if k.endswith(end)))\n";

#[test]
fn ex_16_github_files_hold_no_secret_and_no_injection() {
    const TEST: &str = "ex_16_github_files_hold_no_secret_and_no_injection";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let read = format!(
        "{READ_YAML}{}",
        r"
def read(files):
    y = load(files, '.yml')
    job, = y['jobs'].values()
    env = job['env']
    m = re.fullmatch(r'\$\{\{ secrets\.(\w+) \}\}', env['DATABRICKS_TOKEN'])
    assert sum('${{' in str(v) for v in env.values()) == 1 and set(env) == {'DATABRICKS_HOST', 'DATABRICKS_AUTH_TYPE', 'DATABRICKS_TOKEN'}
    assert all('::' not in s.get('run', '') for s in job['steps'])
    return {'secret_name': m.group(1), 'name of connection': None}
"
    );
    if !judge("github-actions", &read, &made("github-actions", &Asked::new(&[]), &["secret_name"])) {
        return skip(TEST, "PyYAML is not on this machine");
    }
    let oidc = Asked::new(&[("by", "oidc"), ("client_id", "12345678-90ab-cdef-1234-567890abcdef")]).write("github-actions").unwrap();
    let text = files(&oidc).into_values().collect::<String>();
    assert!(text.contains("id-token: write") && text.contains("github-oidc") && !text.contains("secrets."));
}

#[test]
fn ex_17_api_clients_get_the_token_only_as_a_secret_variable() {
    const TEST: &str = "ex_17_api_clients_get_the_token_only_as_a_secret_variable";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let places = ["token", "name of connection"];
    let postman = r"
def read(files):
    e = json.loads(next(v for k, v in files.items() if 'environment' in k))
    c = json.loads(next(v for k, v in files.items() if 'collection' in k))
    host, token = e['values']
    assert token['type'] == 'secret' and c['auth']['bearer'][0]['value'] == '{{token}}' and len(c['item']) == 1
    assert c['item'][0]['request']['url'].startswith('{{host}}/api/')
    return {'token': token['value'], 'name of connection': e['name']}
";
    assert!(judge("postman", postman, &made("postman", &Asked::new(&[]), &places)));
    let insomnia_4 = r"
def read(files):
    e = json.loads(next(iter(files.values())))
    w, env, r = e['resources']
    assert e['__export_format'] == 4 and r['authentication']['token'] == '{{ _.token }}' and r['parentId'] == w['_id']
    return {'token': env['data']['token'], 'name of connection': w['name']}
";
    assert!(judge("insomnia", insomnia_4, &made("insomnia", &Asked::new(&[("version", "4")]), &places)));
    let insomnia_5 = format!(
        "{READ_YAML}{}",
        r"
def read(files):
    y = load(files, '.yaml')
    assert y['type'] == 'collection.insomnia.rest/5.0' and y['collection'][0]['authentication']['token'] == '{{ _.token }}'
    return {'token': y['environments']['data']['token'], 'name of connection': y['name']}
"
    );
    let read_yaml = judge("insomnia", &insomnia_5, &made("insomnia", &Asked::new(&[]), &places));
    let bru = r#"
def dotenv(text):
    v = text[len('DATABRICKS_TOKEN='):-1]
    return v[1:-1] if v[:1] == "'" else v
def read(files):
    assert json.loads(files['bruno.json'])['type'] == 'collection' and '.env' in files['.gitignore'].split()
    assert 'token: {{token}}' in files['request.bru']
    assert 'token: {{process.env.DATABRICKS_TOKEN}}' in files['environments/databricks.bru']
    return {'token': dotenv(files['.env'])}
"#;
    let with_token: Vec<Made> = made("bruno", &Asked::new(&[]), &["token"]);
    assert!(judge("bruno", bru, &with_token));
    let open = Asked::new(&[("form", "opencollection")]).write("bruno").unwrap();
    let open = Made { place: "token", value: String::new(), files: files(&open) };
    let collection = format!(
        "{READ_YAML}{}",
        r"
def read(files):
    r, e = yaml.safe_load(files['request.yml']), yaml.safe_load(files['environments/databricks.yml'])
    assert yaml.safe_load(files['opencollection.yml'])['info']['name'] == 'Databricks' and r['http']['auth']['token'] == '{{token}}'
    assert e['variables'][1] == {'name': 'token', 'secret': True}
    return {}
"
    );
    if !judge("bruno", &collection, &[open]) || !read_yaml {
        return skip(TEST, "PyYAML is not on this machine");
    }
    // Without the wish, the variable is empty.
    for (format, answers) in [("postman", &[][..]), ("bruno", &[]), ("insomnia", &[]), ("insomnia", &[("version", "4")])] {
        let document = Asked::new(answers).write(format).unwrap();
        assert!(!document.contains_secret && !document.next.is_empty());
    }
}

#[test]
fn ex_16_kubernetes_takes_what_was_meant() {
    const TEST: &str = "ex_16_kubernetes_takes_what_was_meant";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let read = format!(
        "{READ_YAML}{}",
        r"
def read(files):
    d = yaml.safe_load(files['deployment.yaml'])
    c, = d['spec']['template']['spec']['containers']
    env = {e['name']: e for e in c['env']}
    ref = env['DATABRICKS_TOKEN']['valueFrom']['secretKeyRef']
    found = {'name': ref['name'], 'namespace': d['metadata'].get('namespace', '')}
    if 'secret.yaml' in files:
        s = yaml.safe_load(files['secret.yaml'])
        assert s['kind'] == 'Secret' and s['metadata']['name'] == ref['name'] and list(s['stringData']) == [ref['key']]
        found['token'] = s['stringData'][ref['key']]
    else:
        s = yaml.safe_load(files['external-secret.yaml'])['spec']
        assert s['target']['name'] == ref['name'] and s['data'][0]['secretKey'] == ref['key']
        found.update({'remote_key': s['data'][0]['remoteRef']['key'], 'store': s['secretStoreRef']['name']})
    return found
"
    );
    let all = made("kubernetes", &Asked::new(&[]), &["token", "name", "namespace", "remote_key", "store"]);
    if !judge("kubernetes", &read, &all) {
        return skip(TEST, "PyYAML is not on this machine");
    }
    if !needs(TEST, &["kubectl"]) {
        return;
    }
    // Without a cluster: kubectl reads the manifests and writes them again.
    let home = Home::new();
    let stream: Vec<&str> = all.iter().flat_map(|it| it.files.values()).map(String::as_str).collect();
    // It answers while it still reads: from a pipe, both sides would wait for each other.
    fs::write(home.path().join("all.yaml"), stream.join("---\n")).unwrap();
    let again = ["annotate", "--local", "-f", "all.yaml", "read=yes", "-o", "json"];
    let ran = run(home.command("kubectl").args(again), b"", LIMIT);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let read: Vec<Value> = serde_json::Deserializer::from_str(&ran.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(read.len(), stream.len());
    let secrets = read.iter().filter_map(|it| it["stringData"]["DATABRICKS_TOKEN"].as_str());
    let meant = all.iter().filter(|it| it.files.contains_key("secret.yaml")).map(|it| it.value.as_str());
    assert!(secrets.eq(meant));
}

#[test]
fn ex_19_spreadsheets_run_no_formula_from_a_list() {
    const TEST: &str = "ex_19_spreadsheets_run_no_formula_from_a_list";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let places = ["name of connection", "description", "folder"];
    let read = |check: &str| {
        format!(
            r"
def read(files):
    text = next(iter(files.values())).lstrip('\ufeff')
    assert text.endswith('\r\n') and text.count('\r\n') == 2
    titles, cells = csv.reader(io.StringIO(text, newline=''), strict=True)
    {check}
    row = dict(zip(titles, cells))
    found = {{'name of connection': row['name'], 'description': row['description'], 'folder': row['folder']}}
    return {{k: v[1:] if v[:1] == chr(39) and v[1:].lstrip()[:1] in tuple('=+-@') else v for k, v in found.items()}}
"
        )
    };
    let guarded = read("assert not any(c.lstrip()[:1] in tuple('=+-@') for c in cells if c), cells");
    assert!(judge("inventory-csv", &guarded, &made("inventory-csv", &Asked::new(&[]), &places)));
    assert!(judge("inventory-csv", &guarded, &made("inventory-csv", &Asked::new(&[("excel", "yes")]), &places)));
    assert!(judge("inventory-csv", &read("pass"), &made("inventory-csv", &Asked::new(&[("raw", "yes")]), &places)));
    let as_json = r"
def read(files):
    c, = json.loads(next(iter(files.values())))['connections']
    return {'name of connection': c['name'], 'description': c.get('description', ''), 'folder': c.get('folder', '')}
";
    assert!(judge("inventory-json", as_json, &made("inventory-json", &Asked::new(&[]), &places)));
}

#[test]
fn ex_17_editors_and_databases_read_what_was_meant() {
    const TEST: &str = "ex_17_editors_and_databases_read_what_was_meant";
    if !needs(TEST, &["python3", "sh"]) {
        return;
    }
    let vscode = format!(
        "{READ_YAML}{}",
        r"
def read(files):
    b = yaml.safe_load(files['databricks.yml'])
    (target, t), = b['targets'].items()
    o = json.loads(files['.databricks/bundle/' + target + '/vscode.overrides.json'])
    assert t['workspace']['profile'] == o['authProfile'] and '${' not in files['databricks.yml']
    return {'target': target, 'profile': o['authProfile']}
"
    );
    let read_yaml = judge("vscode", &vscode, &made("vscode", &Asked::new(&[("cluster", CLUSTER)]), &["target", "profile"]));
    // A shell that runs the command hands DBeaver one argument.
    let dbeaver = r"
import subprocess
def read(files):
    script = next(v for k, v in files.items() if k.endswith('.sh'))
    out = subprocess.run(['sh', '-c', 'dbeaver() { printf \x22%s\\0\x22 \x22$@\x22; }\n' + script], capture_output=True, check=True).stdout
    args = out.decode().split('\0')[:-1]
    assert args[0] == '-con' and len(args) == 2, args
    parts = dict(p.split('=', 1) for p in args[1].split('|'))
    assert parts['driver'] == 'databricks-native' and parts['user'] == 'token' and 'password' not in parts
    url = next(v for k, v in files.items() if k.endswith('.txt')).strip()
    assert parts['url'] == url
    return {'name of connection': parts['name'], 'schema': unquote(url.split(';')[0].rsplit('/', 1)[1])}
";
    assert!(judge("dbeaver", dbeaver, &made("dbeaver", &Asked::new(&[("http_path", PATH)]), &["name of connection", "schema"])));
    for (to, places) in
        [("azure", &["vault", "name"][..]), ("aws", &["name"]), ("google", &["name", "project"]), ("databricks", &["scope", "key"])]
    {
        let usual = [("to", to), ("vault", "sales-kv"), ("scope", "sales")];
        let shown = |(field, _): &&(&str, &str)| matches!((to, *field), (_, "to") | ("azure", "vault") | ("databricks", "scope"));
        let asked: Vec<_> = usual.iter().filter(shown).copied().collect();
        for made in made("secret-store", &Asked::new(&asked), places) {
            let text: String = made.files.into_values().collect();
            assert!(text.contains("brickpass token Sales") && text.lines().count() == 1, "{text}");
        }
    }
    if !read_yaml {
        skip(TEST, "PyYAML is not on this machine");
    }
}

#[cfg(unix)]
#[test]
fn ex_25_several_files_lie_in_one_folder_of_their_owner_and_nowhere_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let (engine, mut events) = Engine::start(Places::new(home.config_dir(), home.state_dir()), || {}).unwrap();
    let several: [(&str, &[(&str, &str)]); 4] =
        [("linked-service", &[("cluster", CLUSTER)]), ("vscode", &[("cluster", CLUSTER)]), ("bruno", &[]), ("kubernetes", &[])];
    let mut written = 0;
    for (format, answers) in several {
        for (number, value) in hostile_values() {
            let Some(asked) = Asked::new(answers).put("name of connection", &value) else { continue };
            let Ok(document) = asked.put("token", "dapi0123").unwrap().write(format) else { continue };
            let folder = home.path().join(format!("saved/{format}-{number}-{written}"));
            fs::create_dir_all(folder.parent().unwrap()).unwrap();
            let names: Vec<String> = document.files.iter().map(|file| file.name.clone()).collect();
            for name in &names {
                assert_plain(name);
            }
            let place = ExportPlace { to: folder.clone(), in_work_tree: true };
            engine.send(Order::SaveExport { run: RunId(1), id: asked_id(), document: Box::new(document), place });
            let saved = loop {
                if let Event::ExportSaved { outcome, .. } = events.wait().unwrap() {
                    break outcome.unwrap();
                }
            };
            assert_eq!(saved, names.iter().map(|name| folder.join(name)).collect::<Vec<_>>());
            for file in saved {
                let facts = fs::symlink_metadata(&file).unwrap();
                assert!(facts.is_file() && facts.permissions().mode() & 0o777 == 0o600, "{}", file.display());
            }
            written += 1;
        }
    }
    assert!(written > 100, "{written}");
}

fn asked_id() -> ConnectionId {
    ConnectionId::random()
}
