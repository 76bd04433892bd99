//! GitHub Actions, Kubernetes, and the stores of secrets.

use std::fs;

use serde_json::Value;

use super::{
    Asked, LIMIT, Score,
    python::{self, YAML, needs},
    score::files,
};
use crate::support::{Home, run, skip};

#[test]
fn ex_16_github_files_hold_no_secret_and_no_injection() {
    const TEST: &str = "ex_16_github_files_hold_no_secret_and_no_injection";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let read = format!(
        "{YAML}{}",
        r"
def read(files):
    y = load(files, '.yml')
    job, = y['jobs'].values()
    env = job['env']
    m = re.fullmatch(r'\$\{\{ secrets\.(\w+) \}\}', env['DATABRICKS_TOKEN'])
    assert sum('${{' in str(v) for v in env.values()) == 1 and set(env) == {'DATABRICKS_HOST', 'DATABRICKS_AUTH_TYPE', 'DATABRICKS_TOKEN'}
    assert all('::' not in s.get('run', '') for s in job['steps'])
    return {'secret_name': m.group(1)}
"
    );
    if !python::judge(&Score::new("github-actions").places(&Asked::pat(&[]), &["secret_name"]), &read) {
        return skip(TEST, "PyYAML is not on this machine");
    }
    let oidc = Asked::pat(&[("by", "oidc"), ("client_id", "12345678-90ab-cdef-1234-567890abcdef")]).write("github-actions").unwrap();
    let text: String = files(&oidc).into_iter().map(|(_, text)| text).collect();
    assert!(text.contains("id-token: write") && text.contains("github-oidc") && !text.contains("secrets."));
}

#[test]
fn ex_16_kubernetes_takes_what_was_meant() {
    const TEST: &str = "ex_16_kubernetes_takes_what_was_meant";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let read = format!(
        "{YAML}{}",
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
    let score = Score::new("kubernetes").places(&Asked::pat(&[]), &["token", "name", "namespace", "remote_key", "store"]);
    if !python::judge(&score, &read) {
        return skip(TEST, "PyYAML is not on this machine");
    }
    if !needs(TEST, &["kubectl"]) {
        return;
    }
    // Without a cluster: kubectl reads the manifests and writes them again.
    let home = Home::new();
    let stream: Vec<&str> = score.made.iter().flat_map(|it| &it.files).map(|(_, text)| text.as_str()).collect();
    // It answers while it still reads: from a pipe, both sides would wait for each other.
    fs::write(home.path().join("all.yaml"), stream.join("---\n")).unwrap();
    let again = ["annotate", "--local", "-f", "all.yaml", "read=yes", "-o", "json"];
    let ran = run(home.command("kubectl").args(again), b"", LIMIT);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let read: Vec<Value> = serde_json::Deserializer::from_str(&ran.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(read.len(), stream.len());
    let secrets = read.iter().filter_map(|it| it["stringData"]["DATABRICKS_TOKEN"].as_str());
    let meant = score.made.iter().filter(|it| it.find("secret.yaml").is_some()).map(|it| it.value.as_str());
    assert!(secrets.eq(meant));
}
