//! Files of one tool each.

use super::*;

#[test]
fn im_02_a_masked_secret_of_a_linked_service_has_to_be_typed() {
    let text = format!(
        r#"{{"name":"LS_Databricks","properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":"{HOST}",
        "accessToken":{{"type":"SecureString","value":"**********"}},"existingClusterId":"0101-120000-abcd1234","encryptedCredential":"ey=="}}}}}}"#
    );
    let found = found(Kind::LinkedService, &text);
    let made = &found.connections[0];
    assert_eq!((made.place.as_str(), made.draft.base_url.as_str(), secret(made)), ("LS_Databricks", HOST, None));
    assert!(made.remarks.iter().any(|remark| remark.contains("masked")), "{:?}", made.remarks);
    assert_eq!(keys(&found), ["existingClusterId", "encryptedCredential"]);
}

#[test]
fn a_linked_service_is_found_in_all_its_wrappings() {
    let settings = format!(r#""typeProperties":{{"domain":"{HOST}","accessToken":{{"type":"SecureString","value":"{PAT}"}}}}"#);
    let properties = format!(r#"{{"type":"AzureDatabricks",{settings}}}"#);
    for text in [
        properties.clone(),
        format!(r#"{{"properties":{properties}}}"#),
        format!(r#"{{"name":"LS","properties":{properties}}}"#),
        format!(r#"{{"resources":[{{"type":"x","name":"[concat(parameters('factoryName'),'/LS')]","properties":{properties}}}]}}"#),
        format!(r#"{{"resources":{{"ls":{{"name":"factory/LS","properties":{properties}}}}}}}"#),
    ] {
        has_token(&one(Kind::LinkedService, &text));
    }
}

#[test]
fn a_linked_services_expressions_are_resolved_from_defaults_or_told() {
    let linked = |domain: &str, parameters: &str| {
        format!(
            r#"{{"name":"LS","properties":{{"type":"AzureDatabricks","parameters":{parameters},"typeProperties":{{"domain":"{domain}",
            "accessToken":{{"type":"AzureKeyVaultSecret","store":{{"referenceName":"LS_KeyVault"}},"secretName":"databricks-pat"}}}}}}}}"#
        )
    };
    let with_default = linked("@{linkedService().wsUrl}", &format!(r#"{{"wsUrl":{{"type":"String","defaultValue":"{HOST}"}}}}"#));
    let made = one(Kind::LinkedService, &with_default);
    assert_eq!((made.draft.base_url.as_str(), made.refused.as_deref()), (HOST, None));
    assert!(made.remarks[0].contains("Key Vault (LS_KeyVault) as databricks-pat"), "{:?}", made.remarks);
    let made = one(Kind::LinkedService, &linked("@linkedService().wsUrl", "{}"));
    assert!(made.refused.unwrap().contains("not in the file"));
    let identity = linked(HOST, "{}").replace(r#""domain""#, r#""authentication":"MSI","domain""#);
    in_browser(&one(Kind::LinkedService, &identity), "managed identity");
    assert!(made_by_default(&with_default).contains("wsUrl"), "the default is told");
}

fn made_by_default(text: &str) -> String {
    one(Kind::LinkedService, text).remarks.join(" ")
}

#[test]
fn im_04_workers_are_a_number_or_a_range() {
    let with = |workers: &str| {
        let text = format!(
            r#"{{"name":"LS","properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":"{HOST}","newClusterVersion":"15.4.x-scala2.12","newClusterNumOfWorker":{workers}}}}}}}"#
        );
        found(Kind::LinkedService, &text)
    };
    for (workers, words) in [(r#""1:10""#, "1 to 10 workers"), ("2", "2 workers"), (r#""3""#, "3 workers")] {
        let read = with(workers);
        assert_eq!(read.connections[0].refused, None);
        let ignored = &read.connections[0].ignored;
        assert!(ignored.iter().any(|(key, why)| key == "newClusterNumOfWorker" && why.contains(words)), "{ignored:?}");
    }
    for workers in [r#""a:b""#, r#""10:1""#, r#""1:2:3""#, "-1", "1.5", r#""99999999999""#] {
        assert!(with(workers).connections[0].refused.as_ref().unwrap().contains("neither a number nor a range"), "{workers}");
    }
}

#[test]
fn im_05_a_jdbc_url_is_read_by_an_allow_list() {
    let text = format!(
        "jdbc:databricks://adb-1234567890123456.7.azuredatabricks.net:443/default;transportMode=http;ssl=1;httpPath=/sql/1.0/warehouses/abc;\
         AuthMech=3;UID=token;PWD={PAT};krbJAASFile=/etc/evil.conf;SSLTrustStore=/tmp/evil.jks;http.header.X=1;LogPath=/etc;AllowSelfSignedCerts=1;Whatever=1"
    );
    let found = found(Kind::Jdbc, &text);
    has_token(&found.connections[0]);
    for key in ["krbJAASFile", "SSLTrustStore", "http.header.X", "LogPath", "AllowSelfSignedCerts", "Whatever", "httpPath"] {
        assert!(keys(&found).contains(&key), "{key}");
    }
    assert!(found.connections[0].remarks.iter().any(|remark| remark.starts_with("Insecure setting in the file: AllowSelfSignedCerts")));
    let debug = format!("{found:?}");
    assert!(!debug.contains("evil") && !debug.contains("/etc"), "no value is repeated");
}

#[test]
fn im_06_a_damaged_jdbc_url_is_an_error_with_its_place() {
    let failure = |parts: &str| read(Kind::Jdbc, format!("jdbc:databricks://h.azuredatabricks.net;{parts}").as_bytes()).unwrap_err();
    let twice = failure("AuthMech=3;authmech=11");
    assert!(twice.why.contains("column 52") && twice.why.contains("twice"), "{twice}");
    let no_sign = failure(&format!("AuthMech=3;{PAT}"));
    assert!(no_sign.why.contains("column 52") && no_sign.why.contains("no ="), "{no_sign}");
    assert!(!no_sign.to_string().contains(PAT));
    assert!(failure("=x").why.contains("no name"));
    assert!(read(Kind::Jdbc, b"jdbc:postgresql://h;a=b").is_err());
}

#[test]
fn jdbc_flows_become_ways_to_sign_in() {
    let make = |parts: &str| one(Kind::Jdbc, &format!("jdbc:databricks://adb-1234567890123456.7.azuredatabricks.net:443;{parts}"));
    let principal = make("AuthMech=11;Auth_Flow=1;OAuth2ClientId=00000000-0000-0000-0000-000000000001;OAuth2Secret=dose1");
    assert_eq!(secret(&principal), Some((SecretKind::ClientSecret, "dose1")));
    assert_eq!(principal.draft.client_id, "00000000-0000-0000-0000-000000000001");
    let browser = make("AuthMech=11;Auth_Flow=2;OAuth2RedirectUrlPort=8021");
    assert_eq!((browser.draft.auth, browser.draft.redirect_port.as_str()), (AuthKind::Browser, "8021"));
    in_browser(&make("AuthMech=11;Auth_Flow=3"), "Azure managed identity");
    in_browser(&make("AuthMech=11;Auth_Flow=1;AzureTenantId=t;OAuth2ClientId=x;OAuth2Secret=y"), "Microsoft Entra ID");
    for refused in ["AuthMech=3;UID=joe;PWD=x", "AuthMech=1"] {
        assert!(make(refused).refused.is_some(), "{refused}");
    }
    assert!(make("AuthMech=3;UID=token").remarks.iter().any(|remark| remark.contains("Enter it after the import")));
}

#[test]
fn odbc_sections_and_connection_strings_are_read() {
    let ini = format!(
        "[ODBC Data Sources]\nDatabricks=Simba\n\n[Databricks]\r\nDriver=/opt/simba/lib.so\r\nHost=adb-1234567890123456.7.azuredatabricks.net\r\n\
         Port=443\r\nHTTPPath=/sql/1.0/warehouses/abc\r\nAuthMech=3\r\nUID=token\r\nPWD={PAT}\r\n[Other]\nDriver=pg\nHost=db\n"
    );
    let found = found(Kind::Odbc, &ini);
    assert_eq!(found.connections[0].place, "Databricks");
    has_token(&found.connections[0]);
    assert!(keys(&found).contains(&"Other"));
    let string = format!(
        "Driver={{Simba Spark}};Host=adb-1234567890123456.7.azuredatabricks.net;Port=443;AuthMech=3;UID=token;PWD={{{PAT}}};Description={{a;b}}}}c}}"
    );
    has_token(&one(Kind::Odbc, &string));
    for (damaged, word) in
        [("Driver=x;Host=y;PWD={abc", "not closed"), ("Driver=x;Host=y;zzz", "no ="), ("Driver=x;driver=y;Host=z", "twice")]
    {
        let failure = read(Kind::Odbc, damaged.as_bytes()).unwrap_err();
        assert!(failure.why.contains(word) && failure.why.contains("column") && !failure.why.contains("abc"), "{failure}");
    }
}

#[test]
fn im_07_an_insecure_setting_is_flagged_and_not_taken_over() {
    let found = found(
        Kind::DatabricksCfg,
        &format!("[prod]\nhost = {HOST}\ntoken = {PAT}\nskip_verify = true\ncluster_id = 1-2-x\nrate_limit = 3\n"),
    );
    has_token(&found.connections[0]);
    assert!(found.connections[0].remarks[0].starts_with("Insecure setting in the file: skip_verify"), "{:?}", found.connections[0].remarks);
    assert_eq!(keys(&found), ["skip_verify", "cluster_id", "rate_limit"]);
}

#[test]
fn profiles_are_read_as_the_sdks_do() {
    let text = format!(
        "[__settings__]\ndefault_profile = a\n[a]\nhost = {HOST}\nauth_type = databricks-cli\ndatabricks_cli_path = /evil\n\
         [m2m]\nhost = {HOST}\nclient_id = 00000000-0000-0000-0000-000000000001\nclient_secret = dose1\n\
         [acc]\nhost = https://accounts.azuredatabricks.net\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\n\
         [two]\nhost = {HOST}\ntoken = {PAT}\nclient_id = x\nclient_secret = y\n\
         [az]\nhost = {HOST}\nazure_client_id = x\nazure_client_secret = y\nazure_tenant_id = z\n\
         [goo]\nhost = {HOST}\ngoogle_service_account = x@y\n[msi]\nhost = {HOST}\nauth_type = azure-msi\n[basic]\nhost = {HOST}\nusername = u\npassword = p\n\
         [nohost]\ntoken = {PAT}\n[stale]\nhost = {HOST}\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\ntoken = {PAT}\n"
    );
    let found = found(Kind::DatabricksCfg, &text);
    let get = |place: &str| found.connections.iter().find(|made| made.place == place).unwrap();
    assert_eq!(get("a").draft.auth, AuthKind::Browser);
    assert_eq!(secret(get("m2m")), Some((SecretKind::ClientSecret, "dose1")));
    assert_eq!(get("acc").draft.level, LevelKind::Account);
    assert_eq!((get("stale").draft.level, get("stale").draft.account_id.as_str()), (LevelKind::Workspace, ""));
    in_browser(get("az"), "Microsoft Entra ID");
    in_browser(get("goo"), "Google");
    in_browser(get("msi"), "Microsoft Entra ID (azure-msi)");
    for (place, word) in [("two", "several authentication types"), ("basic", "user name and password"), ("nohost", "has no address")] {
        assert!(get(place).refused.as_ref().unwrap().contains(word), "{place}: {:?}", get(place).refused);
    }
    assert!(found.connections.iter().all(|made| made.place != "__settings__"));
}

#[test]
fn im_08_an_environment_file_is_read_and_nothing_is_expanded_or_run() {
    for text in [
        format!("# why\r\nexport DATABRICKS_HOST='{HOST}'\r\nexport DATABRICKS_TOKEN=\"{PAT}\" # mine\r\nOTHER=x\r\n"),
        format!("DATABRICKS_HOST={HOST}\nDATABRICKS_TOKEN={PAT}\n"),
        format!("$env:DATABRICKS_HOST = '{HOST}'\n$env:DATABRICKS_TOKEN = '{PAT}'\n"),
        format!("set -gx DATABRICKS_HOST '{HOST}'\nset -gx DATABRICKS_TOKEN '{PAT}'\n"),
        format!("set \"DATABRICKS_HOST={HOST}\"\r\nset \"DATABRICKS_TOKEN={PAT}\"\r\n"),
        format!("DATABRICKS_SERVER_HOSTNAME={HOST}\nDATABRICKS_ACCESS_TOKEN={PAT}\n"),
    ] {
        has_token(&one(Kind::Environment, &text));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pwned");
    let made = one(Kind::Environment, &format!("DATABRICKS_HOST={HOST}\nDATABRICKS_TOKEN=\"$(touch {})\"\n", file.display()));
    assert_eq!(secret(&made), None);
    assert!(made.remarks.iter().any(|remark| remark.contains("nothing of that is run")), "{:?}", made.remarks);
    assert!(!file.exists());
    assert!(read(Kind::Environment, b"DATABRICKS_HOST='x\n").unwrap_err().why.contains("Line 1"));
}

#[test]
fn variables_without_a_workspace_make_no_connection() {
    let none = vec![("ARM_CLIENT_ID".to_owned(), SecretString::from("x".to_owned()))];
    assert!(read_variables(none).unwrap_err().why.contains("DATABRICKS_HOST"));
    let profile = vec![("DATABRICKS_CONFIG_PROFILE".to_owned(), SecretString::from("prod".to_owned()))];
    assert!(read_variables(profile).unwrap().connections[0].refused.as_ref().unwrap().contains(".databrickscfg"));
}

#[test]
fn terraform_gives_its_literals() {
    let found = found(
        Kind::Tfvars,
        &format!(
            "terraform {{\n  required_providers {{ databricks = {{ source = \"databricks/databricks\" }} }}\n}}\n# a\nprovider \"databricks\" {{\n  \
             alias = \"prod\"\n  host  = \"{HOST}\"\n  token = var.databricks_token\n}}\nprovider \"databricks\" {{\n  host = var.host\n}}\n\
             provider \"azurerm\" {{\n  host = \"x\"\n}}\n"
        ),
    );
    assert_eq!(found.connections.len(), 2);
    assert_eq!((found.connections[0].place.as_str(), found.connections[0].draft.base_url.as_str()), ("prod", HOST));
    assert!(found.connections[0].remarks.iter().any(|remark| remark.contains("expression of Terraform")));
    assert!(found.connections[1].refused.is_some());
    let made =
        one(Kind::Tfvars, &format!("databricks_host = \"{HOST}\" // x\nlocation = \"westeurope\"\n/* y */ databricks_token = \"{PAT}\"\n"));
    has_token(&made);
    let templated = one(Kind::Tfvars, "databricks_host = \"https://${var.name}.azuredatabricks.net\"\n");
    assert!(templated.refused.is_some());
    assert!(read(Kind::Tfvars, b"host = \"abc\n").unwrap_err().why.contains("line 1"));
}

#[test]
fn dbt_keeps_what_it_fills_in_as_something_to_type() {
    let text = "x: &defaults\n  type: databricks\n  host: adb-1234567890123456.7.azuredatabricks.net\n  http_path: /sql/1.0/warehouses/a\nshop:\n  target: dev\n  outputs:\n    \
                dev:\n      <<: *defaults\n      token: \"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\"\n    prod:\n      type: databricks\n      host: 'adb-1234567890123456.7.azuredatabricks.net'\n      \
                auth_type: oauth\n      client_id: 00000000-0000-0000-0000-000000000001\n      client_secret: dose1\n    pg:\n      type: postgres\n";
    let found = read(Kind::Dbt, text.as_bytes()).unwrap();
    assert_eq!(guess(Some("profiles.yml"), text.as_bytes()), Some(Kind::Dbt));
    let [dev, prod] = &found.connections[..] else { panic!("two targets") };
    assert_eq!((dev.place.as_str(), dev.draft.base_url.as_str(), secret(dev)), ("shop/dev", HOST, None));
    assert!(
        dev.remarks.iter().any(|remark| remark.contains("DBT_ENV_SECRET_TOKEN") && remark.contains("Enter it after the import")),
        "{:?}",
        dev.remarks
    );
    assert_eq!(secret(prod), Some((SecretKind::ClientSecret, "dose1")));
    assert!(keys(&found).contains(&"shop.pg"));
}

#[test]
fn yaml_bombs_are_not_multiplied() {
    let mut bomb = String::from("a0: &a0 {k: v}\n");
    for level in 1..30 {
        let parts = vec![format!("*a{}", level - 1); 10]
            .iter()
            .enumerate()
            .map(|(at, alias)| format!("k{at}: {alias}"))
            .collect::<Vec<_>>()
            .join(", ");
        bomb.extend([format!("a{level}: &a{level} {{{parts}}}\n")]);
    }
    bomb.push_str("p: {outputs: *a29}\n");
    assert!(read(Kind::Dbt, bomb.as_bytes()).is_err(), "no target of Databricks in it");
    let tower = (1..20_000).map(|level| format!("a{level}: &a{level} {{k: *a{}}}\n", level - 1)).collect::<Vec<_>>().concat();
    assert!(read(Kind::Dbt, format!("a0: &a0 {{k: v}}\n{tower}").as_bytes()).unwrap_err().why.contains("too deep"));
    assert!(read(Kind::Dbt, "[".repeat(100_000).as_bytes()).is_err());
    assert!(read(Kind::Dbt, "{a: ".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn airflow_json_exports_and_uris_are_read() {
    has_token(&one(
        Kind::Airflow,
        &format!(r#"{{"conn_type":"databricks","host":"{HOST}","login":"token","password":"{PAT}","extra":{{"http_path":"/sql"}}}}"#),
    ));
    has_token(&one(Kind::Airflow, &format!(r#"{{"db":{{"conn_type":"databricks","host":"{HOST}","extra":"{{\"token\":\"{PAT}\"}}"}}}}"#)));
    has_token(&one(Kind::Airflow, &format!("databricks://token:{PAT}@adb-1234567890123456.7.azuredatabricks.net?http_path=%2Fsql")));
    let principal = format!(
        r#"{{"conn_type":"databricks","host":"{HOST}","login":"00000000-0000-0000-0000-000000000001","password":"dose1","extra":{{"service_principal_oauth":true}}}}"#
    );
    assert_eq!(secret(&one(Kind::Airflow, &principal)), Some((SecretKind::ClientSecret, "dose1")));
    let azure = format!(r#"{{"conn_type":"databricks","host":"{HOST}","login":"x","password":"y","extra":{{"azure_tenant_id":"z"}}}}"#);
    in_browser(&one(Kind::Airflow, &azure), "Microsoft Entra ID");
}

#[test]
fn pbids_postman_and_addresses_are_read() {
    let pbids = r#"{"version":"0.1","connections":[{"details":{"protocol":"databricks-sql","address":{"host":"adb-1234567890123456.7.azuredatabricks.net","path":"/sql/1.0/warehouses/a"}}}]}"#;
    let made = one(Kind::Pbids, pbids);
    assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (HOST, AuthKind::Browser));
    has_token(&one(
        Kind::Postman,
        &format!(
            r#"{{"name":"prod","values":[{{"key":"host","value":"{HOST}","enabled":true}},{{"key":"token","value":"{PAT}","type":"secret","enabled":true}}]}}"#
        ),
    ));
    let made = one(Kind::Address, &format!("{HOST}/?o=1234567890123456#job/1"));
    assert_eq!((made.draft.base_url.as_str(), made.draft.workspace_id.as_str()), (HOST, "1234567890123456"));
    assert!(one(Kind::Address, "https://user@evil.example/").refused.is_some());
}

#[test]
fn a_url_of_spark_connect_gives_its_host_and_token_and_chooses_no_compute() {
    let url = "sc://adb-1234567890123456.7.azuredatabricks.net:443/;token=not%2Da%2Dtoken;x-databricks-cluster-id=0101-120000-abcd1234;use_ssl=true";
    let found = read_as(None, None, url.as_bytes()).unwrap();
    assert_eq!(found.kind, Kind::Connect);
    assert!(keys(&found).contains(&"x-databricks-cluster-id"));
    let made = &found.connections[0];
    assert_eq!(made.draft.base_url, "https://adb-1234567890123456.7.azuredatabricks.net");
    assert_eq!(made.draft.auth, AuthKind::PersonalAccessToken);
    let none = read_as(None, None, b"SC://h.azuredatabricks.net").unwrap();
    assert_eq!(none.connections[0].draft.auth, AuthKind::Browser);
    for wrong in [
        "sc://h.azuredatabricks.net/;token",
        "sc://h.azuredatabricks.net/;=dapi1",
        "sc://h.azuredatabricks.net/;token=dapi1;token=dapi2",
        "sc://h/x;token=dapi1",
        "sc://h/;token=dapi%FF",
    ] {
        let failure = read_as(None, None, wrong.as_bytes()).unwrap_err();
        assert!(failure.why.contains("Line 1, column 1") && !format!("{failure:?}").contains("dapi"), "{failure:?}");
    }
}

#[test]
fn sg_03_a_profile_asks_for_the_rights_that_it_names_and_no_more() {
    let scopes = |rest: &str| {
        let made = one(Kind::DatabricksCfg, &format!("[p]\nhost = {HOST}\n{rest}\n"));
        assert_eq!((made.draft.auth, &made.refused), (AuthKind::Browser, &None), "{rest}");
        assert_eq!(made.ignored, [], "{rest}");
        made.draft.scopes
    };
    for auth in ["auth_type = databricks-cli", "auth_type = external-browser", ""] {
        let with = |rest: &str| scopes(&format!("{auth}\n{rest}"));
        assert_eq!(with("scopes = sql,clusters"), "sql clusters offline_access", "as the SDKs add it: {auth}");
        assert_eq!(with("scopes = sql, offline_access"), "sql offline_access");
        assert_eq!(with("scopes = sql\ndisable_oauth_refresh_token = true"), "sql");
        assert_eq!(with("scopes = offline_access sql\ndisable_oauth_refresh_token = 1"), "offline_access sql", "what is asked for stays");
        assert_eq!(with("disable_oauth_refresh_token = true"), "all-apis");
        assert_eq!(with("scopes = sql\ndisable_oauth_refresh_token = false"), "sql offline_access");
        assert_eq!(with("scopes = ,"), "", "none are named");
        assert_eq!(with(""), "");
    }
    let principal =
        format!("[p]\nhost = {HOST}\nauth_type = oauth-m2m\nclient_id = 12345678-90ab-cdef-1234-567890abcdef\nclient_secret = s\n");
    for (given, kept) in [("sql, clusters", "sql clusters"), ("sql offline_access", "sql"), ("all-apis", ""), (",", "")] {
        let made = one(Kind::DatabricksCfg, &format!("{principal}scopes = {given}\n"));
        assert_eq!((made.draft.scopes.as_str(), made.remarks.len()), (kept, 0), "{given}: {:?}", made.remarks);
    }
}

#[test]
fn sg_03_scopes_that_stand_elsewhere_are_not_replaced_by_all_rights() {
    let text = format!("provider \"databricks\" {{\n  host = \"{HOST}\"\n  auth_type = \"databricks-cli\"\n  scopes = var.scopes\n}}\n");
    let found = read(Kind::Tfvars, text.as_bytes()).unwrap();
    let refused = found.connections.first().unwrap().refused.clone().unwrap();
    assert!(refused.contains("scopes"), "{refused}");
}

#[test]
fn sg_04_a_key_that_was_ignored_is_told_with_its_profile_and_with_the_right_reason() {
    let text = format!(
        "[a]\nhost = {HOST}\nauth_type = databricks-cli\nexperimental_is_unified_host = true\n\
         [b]\nhost = {HOST}\ntoken = {PAT}\ndatabricks_cli_path = /opt/x\nmy_own_key = 1\n"
    );
    let found = found(Kind::DatabricksCfg, &text);
    assert!(found.ignored.is_empty(), "{:?}", found.ignored);
    let keys = |index: usize| found.connections[index].ignored.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>();
    assert_eq!((keys(0), keys(1)), (vec!["experimental_is_unified_host"], vec!["databricks_cli_path", "my_own_key"]));
    let unknown = |index: usize| {
        found.connections[index].ignored.iter().filter(|(_, why)| why.contains("not a setting of Databricks' tools")).count()
    };
    assert_eq!((unknown(0), unknown(1)), (0, 1));
}
