//! Postman, Bruno and Insomnia.

use std::collections::BTreeMap;

use super::{
    Asked, Made, Score,
    python::{self, YAML, needs},
    score::files,
};
use crate::support::skip;

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
    assert!(python::judge(&Score::new("postman").places(&Asked::pat(&[]), &places), postman));
    let insomnia_4 = r"
def read(files):
    e = json.loads(next(iter(files.values())))
    w, env, r = e['resources']
    assert e['__export_format'] == 4 and r['authentication']['token'] == '{{ _.token }}' and r['parentId'] == w['_id']
    return {'token': env['data']['token'], 'name of connection': w['name']}
";
    assert!(python::judge(&Score::new("insomnia").places(&Asked::pat(&[("version", "4")]), &places), insomnia_4));
    let insomnia_5 = format!(
        "{YAML}{}",
        r"
def read(files):
    y = load(files, '.yaml')
    assert y['type'] == 'collection.insomnia.rest/5.0' and y['collection'][0]['authentication']['token'] == '{{ _.token }}'
    return {'token': y['environments']['data']['token'], 'name of connection': y['name']}
"
    );
    let read_yaml = python::judge(&Score::new("insomnia").places(&Asked::pat(&[]), &places), &insomnia_5);
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
    let with_token = Score::new("bruno").places(&Asked::pat(&[]), &["token"]);
    assert!(python::judge(&with_token, bru));
    let open = Asked::pat(&[("form", "opencollection")]).write("bruno").unwrap();
    let open = Made { place: "token", value: String::new(), files: files(&open), expected: BTreeMap::new() };
    let collection = format!(
        "{YAML}{}",
        r"
def read(files):
    r, e = yaml.safe_load(files['request.yml']), yaml.safe_load(files['environments/databricks.yml'])
    assert yaml.safe_load(files['opencollection.yml'])['info']['name'] == 'Databricks' and r['http']['auth']['token'] == '{{token}}'
    assert e['variables'][1] == {'name': 'token', 'secret': True}
    return {}
"
    );
    if python::read(&collection, &[open]).is_none() || !read_yaml {
        return skip(TEST, "PyYAML is not on this machine");
    }
    // Without the wish, the variable is empty.
    for (format, answers) in [("postman", &[][..]), ("bruno", &[]), ("insomnia", &[]), ("insomnia", &[("version", "4")])] {
        let document = Asked::pat(answers).write(format).unwrap();
        assert!(!document.contains_secret && !document.next.is_empty());
    }
}
