//! VS Code and `DBeaver`.

use super::{
    Asked, CLUSTER, PATH, Score,
    python::{self, YAML, needs},
};
use crate::support::skip;

/// A shell that runs the command hands `DBeaver` one argument.
pub const READ_DBEAVER: &str = r"
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

#[test]
fn ex_17_editors_and_databases_read_what_was_meant() {
    const TEST: &str = "ex_17_editors_and_databases_read_what_was_meant";
    if !needs(TEST, &["python3", "sh"]) {
        return;
    }
    let vscode = format!(
        "{YAML}{}",
        r"
def read(files):
    b = yaml.safe_load(files['databricks.yml'])
    (target, t), = b['targets'].items()
    o = json.loads(files['.databricks/bundle/' + target + '/vscode.overrides.json'])
    assert t['workspace']['profile'] == o['authProfile'] and '${' not in files['databricks.yml']
    return {'target': target, 'profile': o['authProfile']}
"
    );
    let read_yaml = python::judge(&Score::new("vscode").places(&Asked::pat(&[("cluster", CLUSTER)]), &["target", "profile"]), &vscode);
    assert!(python::judge(
        &Score::new("dbeaver").places(&Asked::pat(&[("http_path", PATH)]), &["name of connection", "schema"]),
        READ_DBEAVER
    ));
    for (to, places) in
        [("azure", &["vault", "name"][..]), ("aws", &["name"]), ("google", &["name", "project"]), ("databricks", &["scope", "key"])]
    {
        let usual = [("to", to), ("vault", "sales-kv"), ("scope", "sales")];
        let shown = |(field, _): &&(&str, &str)| matches!((to, *field), (_, "to") | ("azure", "vault") | ("databricks", "scope"));
        let asked: Vec<_> = usual.iter().filter(shown).copied().collect();
        for made in Score::new("secret-store").places(&Asked::pat(&asked), places).made {
            let text: String = made.files.into_iter().map(|(_, text)| text).collect();
            assert!(text.contains("brickpass token Sales") && text.lines().count() == 1, "{text}");
        }
    }
    if !read_yaml {
        skip(TEST, "PyYAML is not on this machine");
    }
}
