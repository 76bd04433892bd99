//! Tools that work with the data: Airflow and Power BI.

use brickpass_interchange::export;

use super::{
    Asked, PATH, Score,
    python::{self, needs},
    score::files,
};

#[test]
fn ex_13_airflow_reads_the_same_fields() {
    const TEST: &str = "ex_13_airflow_reads_the_same_fields";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let asked = Asked::pat(&[("http_path", PATH)]);
    let read = r"
def read(files):
    (id, c), = json.loads(files['connections.json']).items()
    assert c['conn_type'] == 'databricks' and c['login'] == 'token' and c['extra']['http_path'].startswith('/sql/')
    return {'connection_id': id, 'token': c.get('password', '')}
";
    assert!(python::judge(&Score::new("airflow").places(&asked.clone().set("form", "json"), &["token", "connection_id"]), read));
    // As Connection._parse_from_uri takes it apart.
    let read = r"
def read(files):
    id, uri = files['connections.env'].strip().split('=', 1)
    parts = urlsplit(uri)
    assert parts.scheme == 'databricks' and unquote(parts.username) == 'token' and parts.hostname.startswith('adb-')
    assert dict(parse_qsl(parts.query)) == {'http_path': '/sql/1.0/warehouses/abc123def4567890'}
    return {'connection_id': id, 'token': unquote(parts.password or '')}
";
    assert!(python::judge(&Score::new("airflow").places(&asked.clone().set("form", "uri"), &["token", "connection_id"]), read));
    for made in Score::new("airflow").places(&asked.set("vault", "sales-kv"), &["token", "connection_id", "vault"]).made {
        assert!(made.place != "token" || made.value.len() < 5 || !made.files.iter().any(|(_, text)| text.contains(&made.value)));
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
    assert!(python::judge(&Score::new("power-bi").places(&Asked::pat(&[("http_path", PATH)]), &["catalog", "schema"]), read));
    assert!(export::find("power-bi").unwrap().takes_secret.is_none());
    let with = Asked::pat(&[("http_path", PATH)]).put("token", "dapicanary").unwrap().write("power-bi").unwrap();
    assert!(!files(&with).iter().any(|(_, text)| text.contains("canary")) && !with.contains_secret);
}
