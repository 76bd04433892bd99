//! What each family makes of the same configuration.

use std::path::Path;

use super::*;

const HOST: (&str, &str) = ("DATABRICKS_HOST", "https://h.cloud.databricks.com");

fn of_file(family: Family, text: &str, variables: &[(&str, &str)], profile: Option<&str>) -> Effective {
    let variables: Variables = variables.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
    resolve(&Given {
        family,
        variables: &variables,
        config_file: PathBuf::from(FILE),
        profiles: Profiles::read(family, Path::new(FILE), text.as_bytes()),
        profile,
        bundle: None,
        target_named: false,
        around: &Nothing,
    })
}

fn verdicts(text: &str, profile: Option<&str>) -> [(Family, Verdict); 4] {
    Family::ALL.map(|family| (family, of_file(family, text, &[], profile).verdict()))
}

#[test]
fn ev_01_a_file_that_ends_python_ends_no_other_family_and_is_told_of() {
    for text in [
        "[p]\nhost = https://h.net\ntoken = t\n[q]\nx = 1\n[q]\n",
        "[p]\nhost = https://h.net\ntoken = t\n[q]\nx = 1\nX = 2\n",
        "\u{feff}[p]\nhost = https://h.net\ntoken = t\n",
    ] {
        let python = of_file(Family::Python, text, &[], Some("p"));
        assert_eq!(python.verdict(), Verdict::Fails, "{text}");
        assert_eq!(python.problem.as_ref().unwrap().by, Speaker::Tool);
        assert!(fix(&python).contains(FILE), "{python:?}");
        let go = of_file(Family::Go, text, &[], Some("p"));
        assert_eq!(go.verdict(), Verdict::Works, "{text}");
        let told = differences(&go, &[python]);
        assert!(told.len() == 1 && told[0].starts_with("The SDK for Python fails here: "), "{told:?}");
    }
}

#[test]
fn ev_02_quotation_marks_comments_and_pasted_addresses_are_pythons_own() {
    for (text, says) in [
        ("[p]\nhost = \"https://h.net\"\ntoken = t\n", "No connection adapters were found for '\"https://h.net\""),
        ("[p]\nhost = https://h.net:8443 # ours\ntoken = t\n", "Port could not be cast to integer value as '8443 '"),
        ("[p]\nhost = https://h.net/?o=1\ntoken = t\n", "Python uses this address unchanged"),
        ("[p]\nhost = https://h.net\ntoken = \"t\"\n", "The quotation marks are part of the value of token in [p] at line 1"),
        ("[p]\nhost = https://h.net\ntoken = t ; mine\n", "A space and the text after it are part of the value of token"),
    ] {
        let python = of_file(Family::Python, text, &[], Some("p"));
        assert!(words(&python).is_some_and(|said| said.starts_with(says)), "{text}: {:?}", python.problem);
        for family in [Family::Go, Family::Cli, Family::Java] {
            assert_eq!(of_file(family, text, &[], Some("p")).problem, None, "{family}: {text}");
        }
    }
    // A file that only Python reads.
    let capitals = of_file(Family::Python, "[p]\nHOST = https://h.net\nToken = t\n", &[], Some("p"));
    assert_eq!((capitals.get("host"), capitals.verdict()), (Some("https://h.net"), Verdict::Works));
    assert_eq!(of_file(Family::Go, "[p]\nHOST = https://h.net\nToken = t\n", &[], Some("p")).verdict(), Verdict::Fails);
}

#[test]
fn ev_03_no_invented_host_and_the_value_as_it_is() {
    for host in
        ["https://", "\"https://x.net\"", "https://h cloud", " https://h.net", "127.0.0.1:8080", "https://$x", "https://h/%zz", "//h"]
    {
        let found = case(&[("DATABRICKS_HOST", host), ("DATABRICKS_TOKEN", "t")], vec![]).resolve(None);
        assert_eq!((found.verdict(), found.get("host")), (Verdict::Fails, Some(host)), "{found:?}");
    }
    let quoted = case(&[("DATABRICKS_HOST", "\"https://x.net\""), ("DATABRICKS_TOKEN", "t")], vec![]).resolve(None);
    assert_eq!(fix(&quoted), "The quotation marks are part of the value. Remove them from DATABRICKS_HOST.");
    let in_file = case(&[], vec![section("p", 7, &[("host", "https://${workspace}.net"), ("token", "t")])]).resolve(Some("p"));
    assert_eq!(fix(&in_file), format!("The variable in [p] at line 7 of {FILE} was not replaced. Enter the address itself."));
}

#[test]
fn ev_04_federated_tokens_are_looked_for_where_the_sdk_looks() {
    let env = [HOST, ("DATABRICKS_CLIENT_ID", "c"), ("DATABRICKS_AUTH_TYPE", "env-oidc")];
    let found = case(&env, vec![]).with_set(&["DATABRICKS_OIDC_TOKEN"]).resolve(None);
    assert_eq!((found.verdict(), found.auth_type.as_deref()), (Verdict::Works, Some("env-oidc")));
    let found = case(&env, vec![]).resolve(None);
    assert_eq!(words(&found), Some("default auth: missing env var \"DATABRICKS_OIDC_TOKEN\""));
    assert!(fix(&found).contains("DATABRICKS_OIDC_TOKEN"), "{found:?}");
    let named = [HOST, ("DATABRICKS_AUTH_TYPE", "env-oidc"), ("DATABRICKS_OIDC_TOKEN_ENV", "MINE")];
    assert_eq!(words(&case(&named, vec![]).resolve(None)), Some("default auth: missing env var \"MINE\""));
    // Without being asked for, it comes after the Databricks CLI.
    let found = case(&env[..2], vec![]).with_set(&["DATABRICKS_OIDC_TOKEN"]).resolve(None);
    assert_eq!(found.auth_type.as_deref(), Some("env-oidc"));
    assert!(found.notes.iter().any(|note| note.contains("tries databricks-cli")), "{found:?}");

    let mut file = case(&[HOST, ("DATABRICKS_AUTH_TYPE", "file-oidc"), ("DATABRICKS_OIDC_TOKEN_FILEPATH", "/run/token")], vec![]);
    file.around.files = [("/run/token", TokenFile::There)].into();
    assert_eq!(file.resolve(None).verdict(), Verdict::Works);
    let missing =
        case(&[HOST, ("DATABRICKS_AUTH_TYPE", "file-oidc"), ("DATABRICKS_OIDC_TOKEN_FILEPATH", "/run/token")], vec![]).resolve(None);
    assert_eq!(words(&missing), Some("default auth: file \"/run/token\" does not exist"));
    // Python knows it by another name.
    let text = "[p]\nhost = https://h.net\nauth_type = file-oidc\noidc_token_filepath = /nowhere\n";
    assert!(of_file(Family::Python, text, &[], Some("p")).get("oidc_token_filepath").is_some());
    assert!(words(&of_file(Family::Go, text, &[], Some("p"))).unwrap().contains("missing path"));
}

#[test]
fn ev_05_what_only_somebody_else_knows_is_not_said_to_work() {
    let host_alone = case(&[HOST], vec![]).resolve(None);
    assert_eq!((host_alone.verdict(), host_alone.depends_on.as_deref()), (Verdict::Unknown, Some("databricks")));
    let nobody = case(&[HOST], vec![]).with_programs(&[]).resolve(None);
    assert!(words(&nobody).unwrap().contains("cannot configure default credentials"), "{nobody:?}");
    let cli = case(&[HOST, ("DATABRICKS_AUTH_TYPE", "databricks-cli")], vec![]).with_programs(&[]).resolve(None);
    assert_eq!(words(&cli), Some("default auth: databricks CLI not found"));
    let azure = [("DATABRICKS_HOST", "https://adb-1.2.azuredatabricks.net"), ("DATABRICKS_AUTH_TYPE", "azure-cli")];
    assert_eq!(words(&case(&azure, vec![]).with_programs(&[]).resolve(None)), Some("azure-cli auth: not configured"));
    assert_eq!(case(&azure, vec![]).with_programs(&["az"]).resolve(None).verdict(), Verdict::Unknown);
    let far = [HOST, ("DATABRICKS_METADATA_SERVICE_URL", "http://evil.example/planted"), ("DATABRICKS_AUTH_TYPE", "metadata-service")];
    let far = case(&far, vec![]).resolve(None);
    assert_eq!(words(&far), Some("default auth: only localhost URLs are allowed"));
    assert!(!format!("{far:?}").contains("planted"));
}

#[test]
fn ev_06_two_ways_name_their_places_and_the_cure() {
    let variables = [HOST, ("ARM_CLIENT_ID", "a"), ("DATABRICKS_CLIENT_ID", "c")];
    let found = case(&variables, vec![section("p", 3, &[("token", "t")])]).resolve(Some("p"));
    assert_eq!(words(&found), Some("validate: more than one authorization method configured: azure and oauth and pat"));
    for part in [
        "token (pat) comes from [p] at line 3",
        "client_id (oauth) comes from DATABRICKS_CLIENT_ID",
        "DATABRICKS_AUTH_TYPE",
        "ARM_CLIENT_ID",
    ] {
        assert!(fix(&found).contains(part), "{part}: {}", fix(&found));
    }
    // An empty key is a way to sign in to Python alone.
    let text = "[p]\nhost = https://h.net\ntoken =\nclient_id = c\nclient_secret = s\n";
    assert!(words(&of_file(Family::Python, text, &[], Some("p"))).unwrap().contains("oauth and pat"));
    assert_eq!(of_file(Family::Go, text, &[], Some("p")).problem, None);
    // Scopes are one to Java, even a list of none.
    for scopes in ["sql", ","] {
        let text = format!("[p]\nhost = https://h.net\ntoken = t\nscopes = {scopes}\n");
        assert!(words(&of_file(Family::Java, &text, &[], Some("p"))).unwrap().contains("oauth and pat"), "{scopes}");
    }
    let text = "[p]\nhost = https://h.net\nclient_id = c\nclient_secret = s\nscopes = sql, clusters,, sql\n";
    assert_eq!(of_file(Family::Java, text, &[], Some("p")).get("scopes"), Some("clusters,sql,sql"), "sorted, and repeated ones stay");
}

#[test]
fn ev_07_a_profile_that_nobody_names_is_named_and_a_quoted_name_is_shown_as_it_is() {
    let one = case(&[], vec![section("only", 1, &[("host", "https://h.net"), ("token", "t")])]).resolve(None);
    assert!(fix(&one).contains("There is one profile") && fix(&one).contains("brickpass profiles default only"), "{one:?}");
    let two = vec![section("a", 1, &[("token", "t")]), section("b", 2, &[("token", "t")])];
    assert!(fix(&case(&[], two).resolve(None)).contains("(a, b)"));
    let quoted = case(&[("DATABRICKS_CONFIG_PROFILE", "\"staging\"")], vec![section("staging", 1, &[("token", "t")])]).resolve(None);
    assert_eq!(words(&quoted), Some("resolve: /home/you/.databrickscfg has no \"staging\" profile configured"));
    assert_eq!(fix(&quoted), "The quotation marks are part of the value of DATABRICKS_CONFIG_PROFILE. Remove them: staging.");
}

#[test]
fn ev_08_the_environment_is_read_before_the_file() {
    let bad = vec![section("p", 1, &[("rate_limit", "x")])];
    let found = case(&[("DATABRICKS_RATE_LIMIT", "99999999999999999999")], bad).resolve(Some("p"));
    assert_eq!(words(&found), Some("resolve: strconv.Atoi: parsing \"99999999999999999999\": value out of range"));
    assert!(fix(&found).contains("DATABRICKS_RATE_LIMIT"));
    let found = case(&[("DATABRICKS_RATE_LIMIT", "many")], vec![]).resolve(Some("gone"));
    assert!(words(&found).unwrap().contains("invalid syntax"), "{found:?}");
    let missing = case(&[("DATABRICKS_RATE_LIMIT", "3")], vec![section("p", 4, &[("rate_limit", "x")])]).resolve(Some("p"));
    assert_eq!(missing.get("rate_limit"), Some("3"), "what is set is not read again: {missing:?}");
}

#[test]
fn ev_09_the_profile_option_is_the_clis_own_affair() {
    let section = || vec![section("p", 1, &[("host", "https://p.net"), ("token", "t")])];
    let variables = [
        ("DATABRICKS_AUTH_TYPE", "oauth-m2m"),
        ("DATABRICKS_CLIENT_ID", "c"),
        ("DATABRICKS_CLIENT_SECRET", "s"),
        ("DATABRICKS_HOST", "https://e.net"),
    ];
    let go = case(&variables, section()).resolve(Some("p"));
    assert_eq!((go.auth_type.as_deref(), go.get("host"), go.verdict()), (Some("oauth-m2m"), Some("https://e.net"), Verdict::Works));
    let cli = case(&variables, section()).seen_by(Family::Cli).resolve(Some("p"));
    assert_eq!(words(&cli), Some("validate: more than one authorization method configured: oauth and pat"));
    assert_eq!(cli.get("host"), Some("https://p.net"));
    let told = differences(&go, &[cli]);
    assert!(told.iter().any(|it| it.starts_with("The Databricks CLI fails here")), "{told:?}");
    // It names the default profile by itself, beside a token in the environment.
    let both = case(&[("DATABRICKS_TOKEN", "e")], section()).default_profile("p").seen_by(Family::Cli).resolve(None);
    assert_eq!((both.get("host"), both.verdict()), (Some("https://p.net"), Verdict::Works));
    assert_eq!(case(&[("DATABRICKS_TOKEN", "e")], section()).default_profile("p").resolve(None).verdict(), Verdict::Fails);
}

#[test]
fn ev_10_a_secret_of_the_profile_that_goes_to_another_host_is_told() {
    let sections = vec![section("p1", 5, &[("host", "https://p.net"), ("token", "t")])];
    let variables = [("DATABRICKS_CONFIG_PROFILE", "p1"), ("DATABRICKS_HOST", "https://other.net")];
    let found = case(&variables, sections).resolve(None);
    let note =
        "The token of [p1] at line 5 is sent to https://other.net, because DATABRICKS_HOST overrides the profile's host https://p.net.";
    assert!(found.notes.iter().any(|it| it.starts_with(note)), "{:?}", found.notes);
    let same = vec![section("p1", 5, &[("host", "https://P.net/"), ("token", "t")])];
    let found = case(&[("DATABRICKS_CONFIG_PROFILE", "p1"), ("DATABRICKS_HOST", "https://p.net")], same).resolve(None);
    assert!(!found.notes.iter().any(|it| it.contains("is sent to")), "{:?}", found.notes);
}

#[test]
fn ev_11_python_takes_every_word_for_yes() {
    let text = "[p]\nhost = https://h.net\ntoken = t\nskip_verify = false\n";
    assert_eq!(of_file(Family::Python, text, &[], Some("p")).get("skip_verify"), Some("true"));
    let go = of_file(Family::Go, text, &[], Some("p"));
    assert_eq!(go.get("skip_verify"), None);
    assert!(go.notes.iter().any(|it| it.contains("does not check certificates")), "{:?}", go.notes);
}

#[test]
fn ev_12_each_family_takes_its_own_chain() {
    let azure = "[p]\nhost = https://adb-1.2.azuredatabricks.net\nazure_client_id = c\nazure_client_secret = s\n";
    assert_eq!(of_file(Family::Python, azure, &[], Some("p")).auth_type.as_deref(), Some("azure-client-secret"), "it looks the tenant up");
    assert_eq!(of_file(Family::Go, azure, &[], Some("p")).verdict(), Verdict::Fails);
    let service = [HOST, ("DATABRICKS_METADATA_SERVICE_URL", "http://localhost:1/k")];
    assert_eq!(
        case(&service, vec![]).seen_by(Family::Java).with_programs(&[]).resolve(None).verdict(),
        Verdict::Fails,
        "Java has no such way"
    );
    let unconfigured = case(&[HOST, ("DATABRICKS_AUTH_TYPE", "pat")], vec![]).seen_by(Family::Python).resolve(None);
    assert!(words(&unconfigured).unwrap().ends_with("authentication method."), "{unconfigured:?}");
    for family in Family::ALL {
        assert_eq!(
            verdicts("[p]\nhost = https://h.net\ntoken = t\n", Some("p")).iter().find(|it| it.0 == family).unwrap().1,
            Verdict::Works
        );
    }
}
