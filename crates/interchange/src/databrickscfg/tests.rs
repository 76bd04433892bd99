use proptest::prelude::*;

use super::*;

fn file(text: &str) -> File {
    File::read(text.as_bytes()).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn put(profile: &str, keys: &[(&'static str, &str)]) -> Edit {
    Edit::Put { profile: ProfileName::parse(profile).unwrap(), keys: keys.iter().map(|(key, value)| (*key, (*value).to_owned())).collect() }
}

fn after(text: &str, edit: &Edit) -> String {
    file(text).changed(edit).unwrap().file.text.expose_secret().to_owned()
}

fn value(text: &str, profile: &str, key: &str) -> Option<String> {
    let file = file(text);
    let profiles = file.profiles();
    let profile = profiles.iter().find(|it| it.name == profile)?;
    profile.keys().find(|(name, _)| *name == key).map(|(_, value)| value.expose_secret().to_owned())
}

const OURS: [(&str, &str); 3] = [
    ("host", "https://adb-1.2.azuredatabricks.net"),
    ("auth_type", "databricks-cli"),
    ("databricks_cli_path", "/usr/bin/brickpass-credential"),
];

#[test]
fn values_are_read_as_go_reads_them() {
    let text = "\u{feff}; a comment\nhost : https://early\r\n[a]\nplain = %Y#X$Z\nsingle = '%Y#X$Z'\ndouble = \"%Y#X$Z\" # comment\n  cut = one ; two\nlong = one \\\n  two\nraw = `a = ; b`\n\"a=b\" = c\nempty =\n[b]\nx = 1\nx = 2\n[a]\nlate = 1\n";
    for (key, expected) in [
        ("plain", "%Y#X$Z"),
        ("single", "%Y#X$Z"),
        ("double", "%Y#X$Z"),
        ("cut", "one"),
        ("long", "one two"),
        ("raw", "a = ; b"),
        ("a=b", "c"),
        ("late", "1"),
    ] {
        assert_eq!(value(text, "a", key).as_deref(), Some(expected), "{key}");
    }
    assert_eq!(value(text, "a", "empty"), None);
    assert_eq!(value(text, "b", "x").as_deref(), Some("2"));
    assert_eq!(value(text, "DEFAULT", "host").as_deref(), Some("https://early"));
}

#[test]
fn what_go_refuses_is_told_with_its_line_and_without_its_text() {
    for (text, line) in
        [("[a]\nhost = x\ndapi0123456789\n", "Line 3"), ("[a\n", "Line 1"), ("[a]\nx = `dapi", "Line 2"), ("\n\"a = b\n", "Line 2")]
    {
        let failure = File::read(text.as_bytes()).err().unwrap();
        assert!(failure.why.contains(line), "{failure:?}");
        assert!(!format!("{failure:?}").contains("dapi"), "{failure:?}");
    }
    assert!(File::read(b"[a]\nx = \xff\n").err().unwrap().why.contains("Line 2"));
    assert!(File::read(b"\0\0\0").is_err() && File::read(&vec![b'\n'; LARGEST + 1]).is_err());
}

#[test]
fn cf_09_only_the_lines_that_are_asked_about_change() {
    let text = "# mine\r\n[DEFAULT]\r\n\r\n[prod]\r\nhost  = https://old\r\ncustom= kept ; like this\r\n# token = dapiold\r\ncluster_id = 0101-1\r\n\r\n; about dev\r\n[dev]\r\nhost=https://dev\r\n\r\n[__settings__]\r\ndefault_profile = dev\r\n";
    let new = after(text, &put("prod", &OURS));
    let expected = text.replace("host  = https://old", "host  = https://adb-1.2.azuredatabricks.net").replace(
        "cluster_id = 0101-1\r\n",
        "cluster_id = 0101-1\r\ndatabricks_cli_path = /usr/bin/brickpass-credential\r\nauth_type = databricks-cli\r\n",
    );
    assert_eq!(new, expected);
    assert_eq!(after(&new, &put("prod", &OURS)), new, "a second time changes nothing");
}

#[test]
fn cf_10_one_way_to_sign_in_is_left() {
    let text = "[p]\nhost = https://x\ntoken = dapi1\nclient_id = a\nclient_secret = b\ncluster_id = c\n";
    assert_eq!(
        after(text, &put("p", &[("host", "https://x"), ("auth_type", "databricks-cli")])),
        "[p]\nhost = https://x\ncluster_id = c\nauth_type = databricks-cli\n"
    );
    let diff = file(text).changed(&put("p", &[("auth_type", "databricks-cli")])).unwrap().diff;
    let shown: String = diff.iter().map(|line| line.text.as_str()).collect();
    assert!(!shown.contains("dapi1") && shown.contains("token = ***"), "{shown}");
    assert_eq!(diff.iter().filter(|line| line.kind == DiffKind::Removed).count(), 3);
}

#[test]
fn a_token_is_shown_in_no_line_around_a_change_whatever_the_line_is() {
    let token = format!("dapi{}", "0123456789abcdef".repeat(2));
    let lines = [
        format!("# {token} was the old one"),
        format!("; my_token {token} = x"),
        format!("azure_foo = {token}"),
        format!("host = https://me:hunter2@a.example?t={token}"),
        format!("{token} = x"),
        format!("[{token}]"),
    ];
    for line in lines {
        for text in [format!("[p]\nx = y\n{line}\n"), format!("{line}\n[p]\nx = y\n")] {
            let Ok(read) = File::read(text.as_bytes()) else { continue };
            for line in read.changed(&put("p", &OURS)).unwrap().diff {
                assert!(!line.text.contains("0123456789abcdef") && !line.text.contains("hunter2"), "{line:?}");
            }
        }
    }
}

#[test]
fn cf_11_the_settings_of_the_cli_are_no_profile_and_stay() {
    let text = "[a]\nhost = https://x\n\n[__settings__]\ndefault_profile = a\nauth_storage = secure\n";
    assert_eq!(file(text).profiles().iter().map(|it| it.name).collect::<Vec<_>>(), ["a"]);
    assert!(after(text, &put("b", &OURS)).starts_with(text));
    let both = format!("[b]\nhost = https://y\n{text}");
    assert_eq!(after(&both, &Edit::Default { profile: "b".to_owned() }), both.replace("default_profile = a", "default_profile = b"));
    assert_eq!(file(text).default_profile().as_deref(), Some("a"));
}

#[test]
fn cf_12_names_that_no_reader_or_not_all_readers_take_are_refused_with_the_reason() {
    for name in ["__settings__", "a]b", "x\n[y]", "", "å", "a b"] {
        assert!(ProfileName::parse(name).is_err(), "{name:?}");
    }
}

#[test]
fn a_new_section_comes_last_behind_a_blank_line_and_without_a_line_break_too() {
    let added = "[b]\nhost                = https://adb-1.2.azuredatabricks.net\ndatabricks_cli_path = /usr/bin/brickpass-credential\nauth_type           = databricks-cli\n";
    assert_eq!(after("", &put("b", &OURS)), added);
    assert_eq!(after("[a]\nx = 1", &put("b", &OURS)), format!("[a]\nx = 1\n\n{added}"));
    assert_eq!(after("[a]\nx = 1\n\n", &put("b", &OURS)), format!("[a]\nx = 1\n\n{added}"));
    let back = after(&format!("[a]\nx = 1\n\n{added}"), &Edit::Remove { profile: "b".to_owned(), former: None });
    assert_eq!(back, "[a]\nx = 1\n\n");
}

#[test]
fn ids_of_a_former_address_go_with_it() {
    let text = "[a]\nhost = https://old\naccount_id = 1\nworkspace_id = 2\ncluster_id = 3\n";
    let moved = after(text, &put("a", &OURS));
    assert!(!moved.contains("account_id") && !moved.contains("workspace_id") && moved.contains("cluster_id = 3"), "{moved}");
    let stays = after(&text.replace("https://old", "https://adb-1.2.azuredatabricks.net/"), &put("a", &OURS));
    assert!(stays.contains("account_id = 1\nworkspace_id = 2\n"), "{stays}");
}

#[test]
fn a_profile_that_goes_is_no_default_any_more_and_only_one_that_is_there_becomes_it() {
    let text = "[a]\nhost = https://x\n\n[__settings__]\ndefault_profile = a\nauth_storage = secure\n";
    assert_eq!(after(text, &Edit::Remove { profile: "a".to_owned(), former: None }), "[__settings__]\nauth_storage = secure\n");
    let failure = file(text).changed(&Edit::Default { profile: "b".to_owned() }).err().unwrap();
    assert!(failure.what.contains("\"b\""), "{failure}");
}

#[test]
fn several_edits_are_one_change() {
    let text = "[a]\nhost = https://x\ntoken = dapi1\n";
    let edits = vec![(None, put("a", &OURS)), (None, Edit::Default { profile: "a".to_owned() })];
    let changed = file(text).changed(&Edit::Several(edits)).unwrap();
    assert_eq!(file(changed.file.text.expose_secret()).default_profile().as_deref(), Some("a"));
    assert!(changed.diff.iter().any(|line| line.kind == DiffKind::Removed && line.text == "token = ***"), "{:?}", changed.diff);
}

/// Whatever the sections look like, and in whatever order they are put.
#[test]
fn many_sections_at_once_become_what_they_become_one_after_the_other() {
    let text = "host = https://default\r\n[a]\nhost = https://x # why\ntoken = dapi1\n\n[b]\n; mine\n[c]\nhost : 'https://c'\n\n\
                [new]\nauth_type = pat\naccount_id = 1\n[d]\nHOST = x\nuser = \\";
    let others = [("host", "https://other"), ("auth_type", "databricks-cli")];
    let puts = [
        put("d", &OURS),
        put("a", &others),
        put("c", &OURS),
        put("absent", &OURS),
        put("b", &OURS),
        put("a", &OURS),
        put("DEFAULT", &OURS),
    ];
    // Python refuses what stands before any section.
    let texts = [text, text.split_once("\r\n").unwrap().1];
    for (from, text) in (0..puts.len()).flat_map(|from| texts.map(|text| (from, text))) {
        let edits: Vec<Edit> = puts.iter().cycle().skip(from).take(puts.len()).cloned().collect();
        let one_by_one = edits.iter().try_fold(text.to_owned(), |text, edit| {
            let changed = file(&text).changed(edit).map_err(|failure| failure.what)?;
            Ok::<_, String>(changed.file.text.expose_secret().to_owned())
        });
        let together = file(text).changed(&Edit::Several(edits.into_iter().map(|edit| (None, edit)).collect()));
        assert_eq!(
            together.map(|changed| changed.file.text.expose_secret().to_owned()).map_err(|failure| failure.what),
            one_by_one,
            "{from}"
        );
        assert!(one_by_one.is_ok(), "{one_by_one:?}");
    }
}

#[test]
fn a_comment_behind_a_value_that_changes_goes_above_it() {
    assert_eq!(after("[a]\nhost = 'https://old' # why\n", &put("a", &[("host", "https://new")])), "[a]\n# why\nhost = https://new\n");
}

#[test]
fn where_other_programs_read_something_else_is_told_by_line() {
    let text = "[a]\nhost = \"https://x\"\ntoken = dapi1 ; mine\nclient_id = b\n[a]\nhost: y\n";
    let told: Vec<(usize, String)> = file(text).remarks().into_iter().map(|it| (it.line, it.words)).collect();
    for (line, word) in [(1, "several authentication types"), (2, "quotation marks"), (3, "comment"), (5, "second time"), (6, "colon")] {
        assert!(told.iter().any(|(at, words)| *at == line && words.contains(word)), "{line} {word}: {told:?}");
    }
    assert!(!format!("{told:?}").contains("dapi1"));
    assert!(file("[a]\nhost = https://x\ntoken = dapi1\n").remarks().is_empty());
}

#[test]
fn values_that_not_all_programs_read_alike_are_refused() {
    for value in ["a'b", "a\"b", "a\\", "a #b", "a ;b", "a\nb", "${x}", "%(x)s", " a", "", "é", "`id`", "a\u{202e}"] {
        assert!(file("").changed(&put("p", &[("host", value)])).is_err(), "{value:?}");
    }
    for value in ["https://x:8080", "$HOME", "a;b", "a#b", "a=b", "yes", "-rf", "%PATH%", "!x!", "C:\\Program"] {
        let text = after("[p]\nhost = old\n", &put("p", &[("host", value)]));
        assert_eq!(super::tests::value(&text, "p", "host").as_deref(), Some(value));
    }
}

#[test]
fn a_program_with_a_space_in_its_path_is_told_of_before_it_is_published() {
    let with = |path| put("a", &[("host", "https://x"), ("databricks_cli_path", path)]);
    assert!(with("/opt/brickpass-credential").warnings().is_empty());
    let several =
        Edit::Several(vec![(None, with("/Program Files/brickpass-credential")), (None, Edit::Default { profile: "a".to_owned() })]);
    let told = several.warnings();
    assert!(told.len() == 1 && told[0].contains("SDK for Java") && told[0].contains("without a space"), "{told:?}");
}

#[test]
fn a_new_section_is_shown_without_the_rest_although_settings_stand_before_it() {
    let sections = (0..3000).map(|number| format!("[p{number}]\nhost = https://h{number}\n\n"));
    let text = std::iter::once("[__settings__]\ndefault_profile = p1\n\n".to_owned()).chain(sections).collect::<String>();
    let edit = Edit::Several(vec![(None, put("new", &OURS)), (None, Edit::Default { profile: "new".to_owned() })]);
    let diff = file(&text).changed(&edit).unwrap().diff;
    let of = |kind| diff.iter().filter(|line| line.kind == kind).map(|line| line.text.as_str()).collect::<Vec<_>>();
    assert_eq!(of(DiffKind::Removed), ["default_profile = p1"]);
    let added = of(DiffKind::Added);
    assert!(added[0] == "default_profile = new" && added[1..].iter().filter(|line| !line.is_empty()).count() == 4, "{added:?}");
    assert!(diff.len() < 20, "{diff:?}");
}

#[test]
fn the_settings_are_no_default_profile_and_what_they_name_is_told_as_it_is() {
    let it = file("[__settings__]\ndefault_profile = __settings__\n[DEFAULT]\nhost = https://x\n");
    assert_eq!((it.default_profile(), it.setting("default_profile").as_deref()), (None, Some(SETTINGS)));
}

#[test]
fn a_value_that_hides_a_section_from_go_alone_is_told_and_the_section_is_not_written_a_second_time() {
    let before = file("[__settings__]\nhost:\\\n[a]");
    assert!(before.profiles().is_empty() && before.remarks().iter().any(|it| it.line == 2));
    let failure = before.changed(&put("a", &OURS)).err().unwrap();
    assert!(failure.why.contains("continues on the next line"), "{failure}");
    assert!(before.changed(&put("b", &OURS)).is_ok());
}

fn any_file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "\\[[a-c]\\]",
        "(host|token|auth_type|custom|cluster_id)[ ]{0,2}[=:][ ]{0,2}[a-z0-9/:.'\"`#; \\\\]{0,12}",
        "[#;][ a-z=]{0,10}",
        "[ \t]{0,3}",
        "\\[__settings__\\]",
        "default_profile = [a-c]",
    ];
    (prop::collection::vec(line, 0..25), prop::sample::select(vec!["\n", "\r\n"]), any::<bool>())
        .prop_map(|(lines, newline, ends)| lines.join(newline) + if ends { newline } else { "" })
}

proptest! {
    #[test]
    fn an_edit_of_one_profile_leaves_every_other_one_as_it_is(text in any_file()) {
        let Ok(before) = File::read(text.as_bytes()) else { return Ok(()) };
        for name in ["a", "b", "c", "DEFAULT", SETTINGS] {
            let keys = |found: Option<Profile<'_>>| {
                let owned = |(key, value): (&str, Value<'_>)| (key.to_owned(), value.expose_secret().to_owned());
                found.map(|it| (it.lines.clone(), it.keys().map(owned).collect::<Vec<_>>()))
            };
            prop_assert_eq!(keys(before.profile(name)), keys(before.profiles().into_iter().find(|it| it.name == name)));
        }
        let Ok(changed) = before.changed(&put("a", &OURS)) else {
            prop_assert!(!before.remarks().is_empty(), "refused although all programs read it alike");
            return Ok(());
        };
        let new = changed.file.text.expose_secret().to_owned();
        for profile in before.profiles().iter().filter(|it| it.name != "a") {
            for (key, expected) in profile.keys() {
                let got = value(&new, profile.name, key);
                prop_assert_eq!(got.as_deref(), Some(expected.expose_secret()));
            }
        }
        for (key, expected) in OURS {
            let got = value(&new, "a", key);
            prop_assert_eq!(got.as_deref(), Some(expected));
        }
        prop_assert_eq!(value(&new, "a", "token"), None);
        prop_assert_eq!(after(&new, &put("a", &OURS)), new);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(file) = File::read(bytes) {
                let _ = (file.profiles(), file.remarks(), file.default_profile());
                let _ = file.changed(&Edit::Remove { profile: "a".to_owned(), former: None });
                for name in ["a", "DEFAULT", SETTINGS] {
                    let one = |found: Option<Profile<'_>>| found.map(|it| (it.name.to_owned(), it.lines, it.keys.len()));
                    prop_assert_eq!(one(file.profile(name)), one(file.profiles().into_iter().find(|it| it.name == name)));
                }
                let whole: usize = file.lines.iter().map(|line| line.bytes.len()).sum();
                prop_assert_eq!(whole, bytes.len());
            }
        }
    }
}
