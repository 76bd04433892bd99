use secrecy::ExposeSecret as _;

use super::*;

fn written(grammar: Grammar, value: &str) -> Result<String, Unwritable> {
    grammar(value).map(|quoted| quoted.expose().to_owned())
}

const ALL: [(&str, Grammar); 25] = [
    ("posix", posix),
    ("fish", fish),
    ("powershell", powershell),
    ("cmd", cmd),
    ("batch", batch),
    ("curl", curl),
    ("python", python),
    ("go", go),
    ("java", java),
    ("javascript", javascript),
    ("rust", rust),
    ("hcl", hcl),
    ("bicep", bicep),
    ("power_query", power_query),
    ("json", json),
    ("yaml", yaml),
    ("yaml_jinja", yaml_jinja),
    ("yaml_workflow", yaml_workflow),
    ("percent", percent),
    ("dotenv", dotenv),
    ("env_file", env_file),
    ("ini", ini),
    ("jdbc", jdbc),
    ("odbc_ini", odbc_ini),
    ("csv", csv_formula),
];

#[test]
fn no_grammar_takes_what_cannot_be_seen() {
    for (name, grammar) in ALL {
        for hidden in ["a\0b", "a\nb", "a\r", "\u{1b}[31m", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b"] {
            assert!(matches!(written(grammar, hidden), Err(Unwritable::Unfit(_))), "{name} {hidden:?}");
        }
        // Curl's quotation marks and the like aside, a plain word is itself.
        assert!(written(grammar, "main").is_ok_and(|text| text.contains("main")), "{name}");
    }
}

#[test]
fn ex_07_what_begins_a_template_of_terraform_is_doubled() {
    for (value, literal) in [
        ("${jndi:x}", "\"$${jndi:x}\""),
        ("%{if}", "\"%%{if}\""),
        ("$HOME", "\"$HOME\""),
        ("$${x}", "\"\\u0024$${x}\""),
        ("a\"b\\", "\"a\\\"b\\\\\""),
    ] {
        assert_eq!(written(hcl, value).unwrap(), literal);
    }
}

#[test]
fn a_literal_of_java_is_ascii() {
    assert_eq!(written(java, "\u{1F9F1} Æ\\u0041").unwrap(), r#""\ud83e\uddf1 \u00c6\\u0041""#);
    assert_eq!(written(javascript, "</script>").unwrap(), r#""\x3c/script>""#);
}

#[test]
fn ex_10_a_value_that_would_break_a_jdbc_url_is_refused_and_the_reason_told() {
    for value in ["a;b", "a=b", " a", "", "{a}"] {
        assert!(written(jdbc, value).is_err(), "{value:?}");
    }
    let failure = Failure::from(jdbc("dapi;x").err().unwrap().of("The token").instead("Choose the properties form."));
    assert_eq!(failure.what, "The token cannot be written in this format.");
    assert_eq!(failure.why, "It contains ;, which the JDBC driver would misread.");
    assert_eq!(failure.fix, "Choose the properties form.");
    assert!(!failure.to_string().contains("dapi"));
}

#[test]
fn ex_11_a_brace_in_a_connection_string_is_doubled() {
    assert_eq!(written(connection_string, "a}b;c").unwrap(), "{a}}b;c}");
    assert_eq!(written(connection_string, "/sql/1.0/warehouses/a1").unwrap(), "/sql/1.0/warehouses/a1");
}

#[test]
fn ex_05_each_dialect_of_environment_files_takes_only_what_all_its_readers_read_alike() {
    assert_eq!(written(dotenv, "https://a.b").unwrap(), "https://a.b");
    assert_eq!(written(dotenv, "a b#c").unwrap(), "'a b#c'");
    for value in ["a'b", "$HOME", r"a\\b", r"a\", "a`b"] {
        assert!(written(dotenv, value).is_err(), "{value:?}");
    }
    for value in ["a'b", "a\"b", "$HOME", r"a\b", " a", "a #b"] {
        assert!(written(env_file, value).is_err(), "{value:?}");
    }
}

#[test]
fn expressions_of_data_factory_and_arm_are_texts() {
    for (value, text) in [("@concat('x')", "@@concat('x')"), ("@{x}", "@@{x}"), ("a@{x}", "a@@{x}"), ("a@b", "a@b"), ("@a@{x}", "@@a@@{x}")]
    {
        assert_eq!(data_factory_text(value), text);
    }
    assert_eq!(arm_text("[concat('x')]"), "[[concat('x')]");
    assert_eq!(written(bicep, r"a'b\${x}").unwrap(), r"'a\'b\\\${x}'");
    assert_eq!(written(power_query, "a#(lf)\"b").unwrap(), "\"a#(#)(lf)\"\"b\"");
}

#[test]
fn a_cell_that_a_spreadsheet_would_compute_becomes_a_text() {
    for value in ["=1+1", "+1", "-rf", "@x", "\u{FF1D}1", " =1"] {
        assert_eq!(written(csv_formula, value).unwrap(), format!("\"'{value}\""));
    }
    assert_eq!(written(csv_formula, "a\"b").unwrap(), "\"a\"\"b\"");
}

#[test]
fn a_document_grows_by_words_and_quoted_values_alone() {
    let address = Text::new().words("https://").value("The host", "a b", percent).unwrap();
    let line = Text::new().words("open ").quoted(&address.within("The address", posix).unwrap()).words("\n");
    assert_eq!(line.finish().expose_secret(), "open 'https://a%20b'\n");
    assert!(json_document(&serde_json::json!({"a": ["b\u{202E}"]})).is_err());
    assert!(json_document(&serde_json::json!({"a\u{200B}": 1})).is_err());
    assert_eq!(
        json_document(&serde_json::json!({"b": 1, "a": "x"})).unwrap().finish().expose_secret(),
        "{\n  \"b\": 1,\n  \"a\": \"x\"\n}\n"
    );
}

#[test]
fn a_file_is_named_after_its_connection() {
    let name = |name: &str| file_name(&ConnectionName::parse(name).unwrap(), ".tf");
    for (given, expected) in
        [("../../x", "x.tf"), ("CON", "connection-CON.tf"), ("-rf", "rf.tf"), ("a\\b:c", "a-b-c.tf"), ("...", "connection.tf")]
    {
        assert_eq!(name(given), expected);
    }
}
