//! What is no secret is not stored as one, and what is one is stored nowhere else: on the command line, in imports and in files.

use std::fs;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::support::{
    run,
    terminal::{LIMIT, Terminal},
    traces,
};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const PAT: &str = "dapi0123456789abcdef0123456789abcdef";

/// A terminal with one connection that has a token.
fn desk() -> Terminal {
    let desk = Terminal::with(());
    desk.add_token("Sales", HOST, &format!("{PAT}\n"));
    desk
}

fn connections(desk: &Terminal) -> String {
    fs::read_to_string(desk.home.config_dir().join("connections.json")).unwrap_or_default()
}

#[test]
fn ns_01_an_empty_secret_on_stdin_changes_nothing() {
    let desk = desk();
    let before = connections(&desk);
    for nothing in ["", "\n", "  \r\n", "\t", "\u{FEFF}\n", "\u{200B}"] {
        for command in [
            &["add", "New", "--base-url", HOST, "--auth", "pat", "--token-stdin"][..],
            &["edit", "Sales", "--token-stdin"],
            &["add", "S", "--base-url", HOST, "--auth", "service-principal", "--client-id", "a", "--client-secret-stdin"],
        ] {
            let refused = desk.fed(command, nothing);
            assert_eq!(refused.code, Some(2), "{nothing:?} {command:?}: {refused:?}");
            assert!(refused.stderr.contains("The input was empty"), "{refused:?}");
        }
    }
    assert_eq!(connections(&desk), before);
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), PAT);
}

#[test]
fn ns_01_what_only_stands_for_a_secret_is_refused_on_stdin_with_the_reason() {
    let desk = desk();
    for (typed, word) in [
        ("your-databricks-token", "looks like a placeholder"),
        ("dapi...your_token_here", "looks like a placeholder"),
        ("<token>", "looks like a placeholder"),
        ("$(TOKEN)", "refers to a variable"),
        ("${DATABRICKS_TOKEN}", "refers to a variable"),
        ("%TOKEN%", "refers to a variable"),
        ("[MASKED]", "is masked"),
        ("dapi****1234", "is masked"),
        ("/sql/1.0/warehouses/abc", "looks like a path"),
        ("adb-1.2.azuredatabricks.net", "looks like a web address"),
        (&format!("DATABRICKS_TOKEN={PAT}"), "name and value"),
        (&format!("\"{PAT}"), "quotation mark at one end"),
    ] {
        let refused = desk.fed(&["edit", "Sales", "--token-stdin"], &format!("{typed}\n"));
        assert_eq!(refused.code, Some(2), "{typed}: {refused:?}");
        assert!(refused.stderr.contains(word), "{typed}: {}", refused.stderr);
        traces::none_in(&[("token", PAT)], "what was printed", refused.stderr.as_bytes());
    }
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), PAT);
    // Quotation marks around it are removed.
    let other = PAT.replace("0123", "9999");
    desk.done_fed(&["edit", "Sales", "--token-stdin"], &format!("\"{other}\"\n"));
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), other);
}

#[test]
fn ns_04_a_secret_of_another_kind_is_refused_on_stdin() {
    let desk = desk();
    for kind in ["dose", "doau"] {
        let refused = desk.fed(&["edit", "Sales", "--token-stdin"], &PAT.replace("dapi", kind));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("not a personal access token"), "{}", refused.stderr);
    }
    let principal = ["add", "S", "--base-url", HOST, "--auth", "service-principal", "--client-id", "a", "--client-secret-stdin"];
    let refused = desk.fed(&principal, PAT);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("not a client secret"), "{}", refused.stderr);
}

fn jwt(claims: &serde_json::Value) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("signature"))
}

#[test]
fn ns_05_a_signed_token_that_ended_or_is_for_another_service_is_refused() {
    let desk = desk();
    let databricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
    for (claims, word) in [
        (serde_json::json!({"exp": 1_700_000_000, "aud": databricks}), "expired at 2023-11-14 22:13 UTC"),
        (serde_json::json!({"exp": 4_000_000_000_u64, "aud": "https://management.core.windows.net/"}), "for Azure Resource Manager"),
    ] {
        let refused = desk.fed(&["edit", "Sales", "--token-stdin"], &jwt(&claims));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(word), "{}", refused.stderr);
    }
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), PAT);
    let valid = jwt(&serde_json::json!({"exp": 4_000_000_000_u64, "aud": databricks}));
    let taken = desk.done_fed(&["edit", "Sales", "--token-stdin"], &valid);
    assert!(taken.stderr.contains("expires at 2096-10-02"), "{}", taken.stderr);
}

#[test]
fn ns_01_imports_leave_placeholders_out_and_say_so() {
    let desk = Terminal::with(());
    for (at, (token, word)) in [
        ("your-databricks-token", "looks like a placeholder"),
        ("dapi...", "looks like a placeholder"),
        ("dapiREPLACE_ME", "looks like a placeholder"),
        ("YOUR_PERSONAL_ACCESS_TOKEN", "looks like a placeholder"),
        ("'$PERSONAL_ACCESS_TOKEN'", "it comes from the variable PERSONAL_ACCESS_TOKEN"),
        ("'$(TOKEN)'", "it comes from the variable TOKEN"),
        ("'[MASKED]'", "is masked"),
        ("/sql/1.0/warehouses/abc", "looks like a path"),
    ]
    .into_iter()
    .enumerate()
    {
        let file = desk.home.path().join(format!("{at}.env"));
        fs::write(&file, format!("DATABRICKS_HOST=https://adb-{at}.7.azuredatabricks.net\nDATABRICKS_TOKEN={token}\n")).unwrap();
        let seen = desk.json(&["import", &file.display().to_string(), "--dry-run"]);
        let row = &seen["rows"][0];
        assert_eq!((row["status"].as_str(), row["secret"].as_bool()), (Some("added"), Some(false)), "{token}: {seen:#}");
        assert!(row["remarks"].to_string().contains(word), "{token}: {row:#}");
    }
}

#[test]
fn ns_01_variables_of_the_environment_lose_their_quotation_marks_as_those_of_a_file_do() {
    let desk = Terminal::with(());
    let seen = |token: &str| {
        let mut command = desk.command(&["import", "--environment", "--json"]);
        command.env("DATABRICKS_HOST", format!("\"{HOST}\"")).env("DATABRICKS_TOKEN", token);
        run(&mut command, b"", LIMIT)
    };
    let masked = seen("$(TOKEN)");
    assert!(masked.stdout.contains("it comes from the variable TOKEN") && masked.json()["rows"][0]["secret"] == false, "{masked:?}");
    desk.done(&["remove", desk.json(&["list"])["connections"][0]["name"].as_str().unwrap()]);
    let done = seen(&format!("\"{PAT}\""));
    assert_eq!(done.code, Some(0), "{done:?}");
    let name = desk.json(&["list"])["connections"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(desk.done(&["token", &name]).stdout.trim(), PAT);
}

#[test]
fn ns_03_the_address_of_an_example_is_told_and_not_taken() {
    let desk = Terminal::with(());
    for host in ["https://your-workspace.cloud.databricks.com", "https://adb-xxxxxxxxxxxxxxxx.xx.azuredatabricks.net"] {
        let file = desk.home.path().join("example.env");
        fs::write(&file, format!("DATABRICKS_HOST={host}\nDATABRICKS_TOKEN={PAT}\n")).unwrap();
        let seen = desk.brickpass(&["import", &file.display().to_string(), "--json"]);
        assert_eq!(seen.json()["rows"][0]["status"], "refused", "{seen:?}");
        assert!(seen.stdout.contains("an example"), "{seen:?}");
    }
    let added = desk.done_fed(&["add", "A", "--base-url", "https://your-workspace.cloud.databricks.com", "--token-stdin"], PAT);
    assert!(added.stderr.contains("an example address"), "{}", added.stderr);
}

#[test]
fn ns_06_a_token_outside_of_the_secrets_field_is_refused_and_never_repeated() {
    let desk = desk();
    let before = connections(&desk);
    let named = format!("Sales {PAT}");
    let host = format!("https://{PAT}.azuredatabricks.net");
    for (command, field) in [
        (&["edit", "Sales", "--name", &named][..], "name"),
        (&["edit", "Sales", "--description", PAT], "description"),
        (&["edit", "Sales", "--tag", PAT], "tags"),
        (&["edit", "Sales", "--folder", &named], "folder"),
        (&["edit", "Sales", "--environment", PAT], "environment"),
        (&["edit", "Sales", "--base-url", &host], "base URL"),
        (&["edit", "Sales", "--workspace-id", PAT], "workspace ID"),
        (&["edit", "Sales", "--base-url", PAT], "base URL"),
        (&["add", PAT, "--base-url", HOST], "name"),
    ] {
        let refused = desk.brickpass(command);
        assert_eq!(refused.code, Some(2), "{command:?}: {refused:?}");
        assert!(
            refused.stderr.contains(&format!("The {field} contain")) && refused.stderr.contains("what looks like a token"),
            "{command:?}: {}",
            refused.stderr
        );
        traces::none_in(&[("token", PAT)], "what was printed", format!("{}{}", refused.stdout, refused.stderr).as_bytes());
    }
    assert_eq!(connections(&desk), before);
    // The very secret, whatever it looks like.
    let odd = "an.odd-secret_of-0123456789";
    let refused = desk.fed(&["edit", "Sales", "--token-stdin", "--description", &format!("token {odd}")], odd);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(!refused.stderr.contains(odd), "{}", refused.stderr);
}

#[test]
fn ns_06_an_import_takes_no_token_out_of_place_and_repeats_none() {
    let desk = Terminal::with(());
    let files = tempfile::tempdir().unwrap();
    for (at, (kind, text)) in [
        ("spark-connect", format!("sc://adb-1.7.az{PAT};x-databricks-cluster-id=0123-456789-abcdefgh;user_id=a")),
        ("spark-connect", format!("sc://adb-1.7.azuredatabricks.net:443/;{PAT}=1;token=")),
        (
            "postman",
            format!(r#"{{"name": "E {PAT}", "values": [{{"key": "host", "value": "{HOST}"}}, {{"key": "to?{PAT}", "type": "secret"}}]}}"#),
        ),
        ("databrickscfg", format!("[{PAT}]\nhost = {HOST}\n{PAT} = 1\npath = {PAT}\n")),
        ("databrickscfg", format!("[a]\nhost = https://{PAT}.azuredatabricks.net\n")),
        ("databrickscfg", format!("[a]\nhost = {HOST}\nclient_id = {PAT}\n")),
        ("csv", format!("name,base_url,auth,description,tags,folder\n{PAT},{HOST},pat,{PAT},{PAT},{PAT}\n")),
        ("env", format!("DATABRICKS_HOST={HOST}\nDATABRICKS_{PAT}=1\n")),
        ("address", format!("{HOST}/?o=1&t={PAT}")),
        ("jdbc", format!("jdbc:databricks://adb-1.7.azuredatabricks.net:443;{PAT}=1;AuthMech=3;UID=token;PWD=x;x{PAT}")),
        ("dbt", format!("{PAT}:\n  target: {PAT}\n  outputs:\n    {PAT}:\n      type: databricks\n      host: {HOST}\n      {PAT}: x\n")),
        ("airflow", format!("{{\"{PAT}\": {{\"conn_type\": \"databricks\", \"host\": \"{HOST}\", \"extra\": {{\"{PAT}\": 1}}}}}}")),
    ]
    .into_iter()
    .enumerate()
    {
        let file = files.path().join(at.to_string());
        fs::write(&file, text).unwrap();
        for json in [&["--json"][..], &[]] {
            let path = file.display().to_string();
            let seen = desk.brickpass(&[&["import", &path, "--kind", kind, "--keep-both"], json].concat());
            assert!(matches!(seen.code, Some(0..=2)), "{at} {kind}: {seen:?}");
            let printed = format!("{}{}", seen.stdout, seen.stderr);
            traces::none_in(&[("token", PAT)], &format!("what {at} ({kind}) printed: {printed}"), printed.as_bytes());
        }
    }
    desk.is_nowhere(PAT);
}

#[test]
fn ns_06_a_token_under_a_key_that_nobody_reads_is_told() {
    let desk = Terminal::with(());
    let file = desk.home.path().join("profiles").display().to_string();
    fs::write(&file, format!("[work]\nhost = {HOST}\ntoken = {PAT}\npath = {}\n", PAT.replace('0', "2"))).unwrap();
    let seen = desk.brickpass(&["import", "--databrickscfg", &file]);
    let printed = format!("{}{}", seen.stdout, seen.stderr);
    assert!(printed.contains("path") && printed.contains("what looks like a token"), "{printed}");
}

/// The list as an older version wrote it: with a token in this field of the first connection.
fn with_token_in(desk: &Terminal, field: &str, value: serde_json::Value) {
    let path = desk.home.config_dir().join("connections.json");
    let mut list: serde_json::Value = serde_json::from_str(&connections(desk)).unwrap();
    list["connections"][0][field] = value;
    fs::write(path, list.to_string()).unwrap();
}

#[test]
fn ns_07_what_says_that_it_holds_no_secret_is_searched_first() {
    let desk = desk();
    let leaked = PAT.replace('0', "7");
    for (field, value, word) in [
        ("description", serde_json::json!(format!("the token is {leaked}")), "description"),
        ("tags", serde_json::json!(["a", leaked]), "tags"),
        ("name", serde_json::json!(leaked), "name"),
    ] {
        with_token_in(&desk, field, value);
        let name = desk.json(&["list"])["connections"][0]["name"].as_str().unwrap().to_owned();
        let to = desk.home.path().join("inventory.json").display().to_string();
        for command in [
            &["export", "--format", "inventory-json"][..],
            &["export", "--format", "inventory-csv"],
            &["export", &name, "--format", "inventory-json"],
            &["backup", "--without-secrets", &to],
        ] {
            let refused = desk.brickpass(command);
            assert_ne!(refused.code, Some(0), "{command:?}: {refused:?}");
            assert!(refused.stderr.contains(&format!("The {word} of")), "{command:?}: {refused:?}");
            traces::none_in(
                &[("token", &leaked)],
                "what an export printed",
                format!("{}{}", refused.stdout, refused.stderr.replace("Note", "")).as_bytes(),
            );
            assert!(!fs::exists(&to).unwrap());
        }
        with_token_in(&desk, field, if field == "tags" { serde_json::json!([]) } else { serde_json::json!("Sales") });
    }
    let written = desk.done(&["export", "--format", "inventory-json"]);
    assert!(written.stderr.contains("It contains no secrets."), "{written:?}");
}

#[test]
fn ns_08_a_token_of_an_older_version_is_told_and_leaves_the_backups_and_the_log_with_the_list() {
    let desk = desk();
    let leaked = PAT.replace('0', "7");
    with_token_in(&desk, "description", serde_json::json!(leaked));
    with_token_in(&desk, "name", serde_json::json!(format!("Sales {leaked}")));
    let told = desk.brickpass(&["doctor"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stdout.contains("name, description of") && told.stdout.contains("what looks like a token"), "{}", told.stdout);
    traces::none_in(&[("token", &leaked)], "what doctor printed", told.stdout.as_bytes());
    let log = desk.home.state_dir().join("activity.jsonl");
    let entry = format!("{{\"at\":\"2026-01-01T00:00:00Z\",\"name\":\"Sales {leaked}\",\"what\":\"save\",\"outcome\":\"ok\"}}\n");
    fs::write(&log, entry).unwrap();
    let id = desk.json(&["list"])["connections"][0]["id"].as_str().unwrap().to_owned();
    // One field is mended: the other still has it.
    let refused = desk.brickpass(&["edit", &id, "--name", "Sales"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    desk.done(&["edit", &id, "--name", "Sales", "--description", "fine"]);
    desk.is_nowhere(&leaked);
    assert!(fs::read_to_string(&log).unwrap().contains("Sales ***"));
    assert_eq!(desk.json(&["list"])["connections"][0]["description"], "fine");
    assert!(desk.brickpass(&["doctor"]).stdout.lines().all(|line| !line.contains("looks like a token")));
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), PAT);
}

#[test]
fn ns_11_ids_of_a_hostile_file_reach_neither_the_screen_nor_a_program() {
    for hostile in ["1\u{1b}[31m", "1\nhost = https://evil.example", "1\u{202E}2", ""] {
        for (auth, level, workspace) in [
            (serde_json::json!({"type": "pat"}), serde_json::json!("workspace"), serde_json::json!(hostile)),
            (
                serde_json::json!({"type": "service-principal", "client_id": hostile}),
                serde_json::json!("workspace"),
                serde_json::Value::Null,
            ),
            (serde_json::json!({"type": "browser", "client_id": hostile}), serde_json::json!("workspace"), serde_json::Value::Null),
            (serde_json::json!({"type": "browser", "scopes": [hostile]}), serde_json::json!("workspace"), serde_json::Value::Null),
            (serde_json::json!({"type": "browser"}), serde_json::json!({"account": {"account_id": hostile}}), serde_json::Value::Null),
        ] {
            let desk = desk();
            with_token_in(&desk, "auth", auth.clone());
            with_token_in(&desk, "level", level.clone());
            with_token_in(&desk, "workspace_id", workspace.clone());
            let before = connections(&desk);
            for command in
                [&["show", "Sales"][..], &["list"], &["doctor"], &["exec", "Sales", "--", "env"], &["publish", "Sales", "--dry-run"]]
            {
                let seen = desk.brickpass(command);
                let printed = format!("{}{}", seen.stdout, seen.stderr);
                assert!(
                    !printed.contains(['\u{1b}', '\u{202E}']) && !printed.contains("evil.example"),
                    "{command:?} {auth} {level}: {printed}"
                );
            }
            assert!(desk.brickpass(&["list", "--json"]).stdout.contains("\"connections\": []"), "{auth} {level} {workspace}");
            assert_eq!(connections(&desk), before, "it is kept as it is");
        }
    }
}

#[test]
fn ns_11_the_name_of_an_unsupported_connection_is_told_without_what_lies_in_it() {
    let desk = desk();
    with_token_in(&desk, "name", serde_json::json!("Sa\u{202E}l\u{200B}es\u{1b}"));
    with_token_in(&desk, "auth", serde_json::json!({"type": "quantum"}));
    for command in ["list", "doctor"] {
        let seen = desk.brickpass(&[command]);
        let printed = format!("{}{}", seen.stdout, seen.stderr);
        assert!(!printed.contains(['\u{202E}', '\u{200B}', '\u{1b}']), "{printed:?}");
        assert!(printed.contains("Sales") || command == "list", "{printed}");
    }
}

#[test]
fn ns_12_twenty_thousand_connections_of_one_name_are_read_in_time() {
    let desk = desk();
    let list: serde_json::Value = serde_json::from_str(&connections(&desk)).unwrap();
    let mut one = list["connections"][0].clone();
    let mut text = String::from("{\"version\":1,\"connections\":[");
    for at in 0..15_000_u32 {
        one["id"] = serde_json::json!(format!("00000000-0000-4000-8000-{at:012}"));
        text.push_str(if at == 0 { "" } else { "," });
        text.push_str(&one.to_string());
    }
    text.push_str("]}");
    fs::write(desk.home.config_dir().join("connections.json"), text).unwrap();
    // Quadratic, it took minutes.
    let seen = run(&mut desk.command(&["list", "--json"]), b"", LIMIT);
    let listed = seen.json();
    let names: std::collections::HashSet<&str> =
        listed["connections"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 15_000);
    assert!(names.contains("Sales") && names.contains("Sales (2)") && names.contains("Sales (15000)"));
}

#[test]
fn ns_13_a_token_that_is_given_without_an_entry_in_the_log_says_so() {
    let desk = desk();
    let quiet = desk.done(&["token", "Sales"]);
    assert!(!quiet.stderr.contains("not in the activity log"), "{quiet:?}");
    let log = desk.home.state_dir().join("activity.jsonl");
    let _ = fs::remove_file(&log);
    fs::create_dir_all(&log).unwrap();
    for command in [&["token", "Sales"][..], &["exec", "Sales", "--", "true"]] {
        let told = desk.brickpass(command);
        assert!(told.stderr.contains("This is not in the activity log"), "{command:?}: {told:?}");
    }
}
