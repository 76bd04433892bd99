//! Which tokens expire, on the command line: the real program, the demo, an encrypted vault.

use crate::support::{on_demo::OnDemo, terminal::Terminal};

#[test]
fn tokens_that_expire_are_listed_over_all_connections_and_others_only_when_asked_for() {
    let desk = Terminal::with(OnDemo::new());
    let token = &desk.workspace.token;
    desk.add_token("Sales", &desk.workspace.base_url, token);
    desk.done_fed(&["add", "Nobody", "--base-url", "http://127.0.0.1:1", "--trust-address", "--token-stdin"], token);
    let empty = desk.done(&["pat", "expiring"]);
    assert_eq!(empty.stdout, "");
    assert!(empty.stderr.contains("0 tokens within 30 days") && empty.stderr.contains("--ask"), "{empty:?}");

    let used = desk.done(&["pat", "create", "Sales", "--comment", "mine", "--lifetime", "9d", "--use"]).stdout;
    let other = desk.done(&["pat", "create", "Sales", "--comment", "for a job", "--lifetime", "20d"]).stdout;
    let known = desk.json(&["pat", "expiring"]);
    let comments = |document: &serde_json::Value| -> Vec<String> {
        document["tokens"].as_array().unwrap().iter().map(|token| token["comment"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(comments(&known), ["mine"]);
    let token = &known["tokens"][0];
    assert_eq!(
        (token["connection"].as_str(), token["in_use"].as_bool(), token["days_left"].as_i64()),
        (Some("Sales"), Some(true), Some(8))
    );

    let asked = desk.json(&["pat", "expiring", "--ask"]);
    assert_eq!(comments(&asked)[..2], ["mine", "for a job"], "{asked}");
    assert_eq!(asked["failed"][0]["connection"], "Nobody", "{asked}");
    let shown = desk.done(&["pat", "expiring", "--ask", "--days", "10"]);
    assert!(shown.stdout.contains("8 days") && shown.stdout.contains("mine") && !shown.stdout.contains("for a job"), "{shown:?}");
    assert!(shown.stderr.contains("Not refreshed: Nobody"), "{shown:?}");
    for value in [used.trim(), other.trim()] {
        assert!(!asked.to_string().contains(value) && !shown.stdout.contains(value));
    }
}
