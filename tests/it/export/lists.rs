//! Lists of connections.

use super::{
    Asked, Score,
    python::{self, needs},
};

pub const PLACES: [&str; 3] = ["name of connection", "description", "folder"];

/// Guarded against formulas, or as it is.
pub fn read_csv(guarded: bool) -> String {
    let check = if guarded { "assert not any(c.lstrip()[:1] in tuple('=+-@') for c in cells if c), cells" } else { "pass" };
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
}

pub const READ_JSON: &str = r"
def read(files):
    c, = json.loads(next(iter(files.values())))['connections']
    return {'name of connection': c['name'], 'description': c.get('description', ''), 'folder': c.get('folder', '')}
";

#[test]
fn ex_19_spreadsheets_run_no_formula_from_a_list() {
    const TEST: &str = "ex_19_spreadsheets_run_no_formula_from_a_list";
    if !needs(TEST, &["python3"]) {
        return;
    }
    let guarded = read_csv(true);
    assert!(python::judge(&Score::new("inventory-csv").places(&Asked::pat(&[]), &PLACES), &guarded));
    assert!(python::judge(&Score::new("inventory-csv").places(&Asked::pat(&[("excel", "yes")]), &PLACES), &guarded));
    assert!(python::judge(&Score::new("inventory-csv").places(&Asked::pat(&[("raw", "yes")]), &PLACES), &read_csv(false)));
    assert!(python::judge(&Score::new("inventory-json").places(&Asked::pat(&[]), &PLACES), READ_JSON));
}
