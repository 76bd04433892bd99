//! What the live workspace offers, through the engine and as the official SDK sees it; lists of all connections.

use std::collections::{BTreeMap, BTreeSet};

use brickpass_core::{
    connection::{AuthKind, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_demo::{Demo, DemoOptions, DemoWorkspace};
use brickpass_engine::{ExportRequest, ListOffers, Offer};
use brickpass_interchange::format::{Answers, Pick};
use serde_json::json;

use super::{desk::Desk, python::needs, score::files};
use crate::support::{interop, skip};

fn add(desk: &mut Desk, name: &str, workspace: &DemoWorkspace) -> ConnectionId {
    desk.add(name, AuthKind::PersonalAccessToken, &workspace.base_url, &workspace.token).id
}

impl Desk {
    fn offers(&mut self, id: ConnectionId, pick: Pick, within: Option<&str>) -> Result<Vec<Offer>, Failure> {
        self.ask(ListOffers { id, pick, within: within.map(str::to_owned) })
    }
}

const PICKS: [(Pick, &str); 8] = [
    (Pick::Cluster, "clusters"),
    (Pick::HttpPath, "http_paths"),
    (Pick::NodeType, "node_types"),
    (Pick::RuntimeVersion, "runtime_versions"),
    (Pick::InstancePool, "instance_pools"),
    (Pick::Policy, "policies"),
    (Pick::Catalog, "catalogs"),
    (Pick::Schema, "schemas"),
];

#[test]
fn each_field_is_offered_what_the_official_python_sdk_sees_too() {
    const TEST: &str = "each_field_is_offered_what_the_official_python_sdk_sees_too";
    if !needs(TEST, &["sh", "env", "python3"]) {
        return;
    }
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let workspace = demo.workspaces()[0].clone();
    let mut desk = Desk::new();
    let id = add(&mut desk, "Sales", &workspace);
    let mut ours = BTreeMap::new();
    for (pick, word) in PICKS {
        let within = (pick == Pick::Schema).then_some("sandbox");
        let offers = desk.offers(id, pick, within).unwrap();
        assert!(!offers.is_empty() && offers.iter().all(|offer| !offer.label.is_empty()), "{word}");
        ours.insert(word, offers.into_iter().map(|offer| offer.value).collect::<BTreeSet<_>>());
    }
    assert!(ours["http_paths"].iter().all(|path| path.starts_with("/sql/1.0/warehouses/")));
    let ran = interop("offers.py", &json!({ "base_url": workspace.base_url, "token": workspace.token, "catalog": "sandbox" }));
    if ran.code == Some(77) {
        return skip(TEST, ran.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let theirs: BTreeMap<&str, BTreeSet<String>> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ours, theirs);
}

#[test]
fn what_cannot_be_offered_is_told_with_the_reason() {
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let mut desk = Desk::new();
    let payroll = demo.workspaces().iter().find(|it| it.name == "Payroll and people data").unwrap().clone();
    let id = add(&mut desk, "Payroll", &payroll);
    for (pick, word) in PICKS {
        let refused = desk.offers(id, pick, Some("main")).unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{word}: {refused}");
        assert!(!refused.fix.is_empty() && !refused.to_string().contains(&payroll.token));
    }
    assert!(desk.offers(id, Pick::Schema, None).unwrap_err().fix.contains("catalog first"));
    assert_eq!(desk.offers(ConnectionId::random(), Pick::Cluster, None).unwrap_err().code, Code::NoSuchConnection);
}

#[test]
fn ex_19_a_list_has_every_connection_whichever_it_is_asked_of() {
    let demo = Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap();
    let mut desk = Desk::new();
    let ids: Vec<_> = demo.workspaces().iter().map(|workspace| add(&mut desk, &workspace.name, workspace)).collect();
    for format in ["inventory-csv", "inventory-json"] {
        let request = ExportRequest { format: format.to_owned(), answers: Answers::default(), include_secret: true };
        let document = desk.exported(ids[0], request).unwrap();
        let text: String = files(&document).into_iter().map(|(_, text)| text).collect();
        for workspace in demo.workspaces() {
            assert!(text.contains(&workspace.name) && text.contains(&workspace.base_url) && !text.contains(&workspace.token), "{text}");
        }
        assert!(!document.contains_secret && document.format == format);
    }
}
