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
        (serde_json::json!({"exp": 1_700_000_000, "aud": databricks}), "ended at 2023-11-14 22:13 UTC"),
        (serde_json::json!({"exp": 4_000_000_000_u64, "aud": "https://management.core.windows.net/"}), "for Azure Resource Manager"),
    ] {
        let refused = desk.fed(&["edit", "Sales", "--token-stdin"], &jwt(&claims));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(word), "{}", refused.stderr);
    }
    assert_eq!(desk.done(&["token", "Sales"]).stdout.trim(), PAT);
    let valid = jwt(&serde_json::json!({"exp": 4_000_000_000_u64, "aud": databricks}));
    let taken = desk.done_fed(&["edit", "Sales", "--token-stdin"], &valid);
    assert!(taken.stderr.contains("ends at 2096-10-02"), "{}", taken.stderr);
}

#[test]
fn ns_01_imports_leave_placeholders_out_and_say_so() {
    let desk = Terminal::with(());
    for (at, (token, word)) in [
        ("your-databricks-token", "looks like a placeholder"),
        ("dapi...", "looks like a placeholder"),
        ("dapiREPLACE_ME", "looks like a placeholder"),
        ("YOUR_PERSONAL_ACCESS_TOKEN", "looks like a placeholder"),
        ("'$PERSONAL_ACCESS_TOKEN'", "refers to a variable"),
        ("'$(TOKEN)'", "refers to a variable"),
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
    assert!(masked.stdout.contains("refers to a variable") && masked.json()["rows"][0]["secret"] == false, "{masked:?}");
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
        assert!(seen.stdout.contains("of an example"), "{seen:?}");
    }
    let added = desk.done_fed(&["add", "A", "--base-url", "https://your-workspace.cloud.databricks.com", "--token-stdin"], PAT);
    assert!(added.stderr.contains("address of an example"), "{}", added.stderr);
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
        assert!(refused.stderr.contains(&format!("The {field} contains what looks like a token")), "{command:?}: {}", refused.stderr);
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
