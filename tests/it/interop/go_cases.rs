//! Some hundred configurations for the SDK for Go and for `brickpass effective`: profiles by ways to sign in, default profiles, addresses, typed
//! values, and the syntax of the file. Where the two differ on purpose, the case carries the reason.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// One configuration.
pub struct Case {
    pub file: String,
    pub variables: BTreeMap<String, String>,
    pub profile: Option<&'static str>,
    /// Why the answers differ. A reason without a difference is a failure, too.
    pub reason: Option<&'static str>,
}

const FAILS_LATER: &str = "the SDK takes the address, and its first request fails";
const INVENTED: &str = "the SDK takes the scheme for the name of a host, and its first request fails";
const NUL: &str = "a file with a NUL byte is refused here: no other family reads it as Go does";
const QUOTED_TOKEN: &str = "the SDK sends the quotation marks, and the server refuses them";

/// Of all kinds that there are.
pub fn all(folder: &str) -> Vec<Case> {
    let mut cases = ways();
    cases.extend(default_profiles());
    cases.extend(addresses());
    cases.extend(typed_values());
    cases.extend(syntax());
    cases.extend(named_ways());
    cases.extend(federated(folder));
    cases
}

fn case(file: impl Into<String>, variables: &[(&str, &str)], profile: impl Into<Option<&'static str>>) -> Case {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Case { file: file.into(), variables, profile: profile.into(), reason: None }
}

impl Case {
    fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    pub fn to_json(&self) -> Value {
        json!({"file": self.file, "env": self.variables, "profile": self.profile.unwrap_or_default()})
    }

    pub fn about(&self) -> String {
        format!("{:?} {:?} {:?}", self.file, self.variables, self.profile)
    }
}

const PROFILES: &str = "[DEFAULT]
host = https://dbc-default.cloud.databricks.com/
token = t
rate_limit=34
unknown_key = x

[nohost]
token = t

[azure-host]
host = https://adb-123.4.azuredatabricks.net/

[azure-pat]
host = https://adb-123.4.azuredatabricks.net/
token = t

[notoken]
host = https://dbc-one.cloud.databricks.com/

[basic]
host = https://dbc-one.cloud.databricks.com/
username = u
password = p#w

[m2m]
host = https://dbc-one.cloud.databricks.com
client_id = c
client_secret = s
scopes = sql, clusters,, sql

[azure-spn]
host = https://adb-123.4.azuredatabricks.net/
azure_tenant_id = 12345678
azure_client_id = 87654321
azure_client_secret = 10000002

[msi]
host = https://adb-123.4.azuredatabricks.net
azure_use_msi = true

[dot.ted]
host = https://dbc-one.cloud.databricks.com
token = t
workspace_id = 7
account_id = acc

[double]
host = https://dbc-one.cloud.databricks.com
username = u
password = \"%Y#X$Z\" # comment

[both]
host = https://dbc-one.cloud.databricks.com
token = t
client_id = c
client_secret = s

[chosen]
host = https://dbc-one.cloud.databricks.com
token = t
client_id = c
client_secret = s
auth_type = pat

[service]
host = https://dbc-one.cloud.databricks.com
metadata_service_url = http://localhost:1/key

[empty]

[no-values]
token =
";

const MAX_NAMES: [Option<&str>; 18] = [
    None,
    Some("nohost"),
    Some("azure-host"),
    Some("azure-pat"),
    Some("notoken"),
    Some("basic"),
    Some("m2m"),
    Some("azure-spn"),
    Some("msi"),
    Some("dot.ted"),
    Some("double"),
    Some("both"),
    Some("chosen"),
    Some("service"),
    Some("empty"),
    Some("no-values"),
    Some("nowhere"),
    Some("__settings__"),
];

/// Every profile with every way to sign in around it.
fn ways() -> Vec<Case> {
    const HOST: (&str, &str) = ("DATABRICKS_HOST", "https://env.cloud.databricks.com");
    let around: [&[(&str, &str)]; 14] = [
        &[],
        &[HOST],
        &[HOST, ("DATABRICKS_TOKEN", "e")],
        &[("DATABRICKS_TOKEN", "e")],
        &[HOST, ("DATABRICKS_USERNAME", "u"), ("DATABRICKS_PASSWORD", "p")],
        &[("DATABRICKS_USERNAME", "u"), ("DATABRICKS_TOKEN", "e")],
        &[HOST, ("DATABRICKS_CLIENT_ID", "c"), ("DATABRICKS_CLIENT_SECRET", "s")],
        &[("DATABRICKS_CLIENT_ID", "c")],
        &[("DATABRICKS_AUTH_TYPE", "pat")],
        &[("DATABRICKS_AUTH_TYPE", "basic"), ("DATABRICKS_CLUSTER_ID", "c1")],
        &[("ARM_CLIENT_ID", "a"), ("ARM_CLIENT_SECRET", "s"), ("ARM_TENANT_ID", "t")],
        &[
            ("DATABRICKS_HOST", "https://adb-9.1.azuredatabricks.net"),
            ("ARM_CLIENT_ID", "a"),
            ("ARM_CLIENT_SECRET", "s"),
            ("ARM_TENANT_ID", "t"),
        ],
        &[("DATABRICKS_AZURE_RESOURCE_ID", "/subscriptions/x/y"), ("ARM_USE_MSI", "true")],
        &[("DATABRICKS_ACCOUNT_ID", "a"), ("DATABRICKS_WORKSPACE_ID", "w"), ("DATABRICKS_WAREHOUSE_ID", "h")],
    ];
    let mut cases: Vec<Case> =
        around.iter().flat_map(|variables| MAX_NAMES.iter().map(|profile| case(PROFILES, variables, *profile))).collect();
    for name in ["azure-pat", "both", "nowhere", "__settings__"] {
        cases.push(case(PROFILES, &[("DATABRICKS_CONFIG_PROFILE", name)], None));
        cases.push(case(PROFILES, &[("DATABRICKS_CONFIG_PROFILE", name), HOST], "basic"));
    }
    for host in ["https://x.gcp.databricks.com", "https://adb-1.2.databricks.azure.us", "https://ADB-1.2.AZUREDATABRICKS.NET"] {
        let host = ("DATABRICKS_HOST", host);
        cases.push(case("", &[host, ("GOOGLE_CREDENTIALS", "{}")], None));
        cases.push(case("", &[host, ("ARM_USE_MSI", "1")], None));
        cases.push(case("", &[host, ("ARM_CLIENT_ID", "a"), ("ARM_CLIENT_SECRET", "s"), ("ARM_TENANT_ID", "t")], None));
        cases.push(case(
            "",
            &[host, ("DATABRICKS_CLOUD", "Azure"), ("ARM_CLIENT_ID", "a"), ("ARM_CLIENT_SECRET", "s"), ("ARM_TENANT_ID", "t")],
            None,
        ));
        cases.push(case(
            "",
            &[host, ("DATABRICKS_CLOUD", "azure"), ("ARM_CLIENT_ID", "a"), ("ARM_CLIENT_SECRET", "s"), ("ARM_TENANT_ID", "t")],
            None,
        ));
    }
    cases
}

fn default_profiles() -> Vec<Case> {
    let file = |settings: &str| format!("[__settings__]\n{settings}\n[mine]\nhost = https://mine.cloud.databricks.com\ntoken = t\n");
    let with_default = |settings: &str| format!("[DEFAULT]\nhost = https://d.cloud.databricks.com\ntoken = d\n{}", file(settings));
    let settings = [
        "",
        "default_profile = mine",
        "default_profile =  mine  ",
        "default_profile = gone",
        "default_profile =",
        "default_profile = __settings__",
        "default_profile = DEFAULT",
    ];
    let around: [&[(&str, &str)]; 4] =
        [&[], &[("DATABRICKS_HOST", "https://e.cloud.databricks.com")], &[("DATABRICKS_TOKEN", "e")], &[("DATABRICKS_CLUSTER_ID", "c")]];
    let mut cases = Vec::new();
    for settings in settings {
        for variables in around {
            cases.push(case(file(settings), variables, None));
            cases.push(case(with_default(settings), variables, None));
        }
        cases.push(case(file(settings), &[], "mine"));
    }
    cases
}

fn addresses() -> Vec<Case> {
    let plain = [
        "https://h.cloud.databricks.com/",
        "h.cloud.databricks.com",
        "HTTPS://ADB-1.2.AzureDatabricks.NET",
        "https://h.net:443",
        "h.net:443",
        "http://127.0.0.1:8080",
        "127.0.0.1:8080",
        "localhost",
        "https://h cloud",
        "h:abc",
        "https://h:abc",
        "https://h/%zz",
        "h%zz",
        "https://h%20x",
        "https://h\u{b}x",
        "https://u:p@h.net",
        "https://[::1]:8",
        "https://[::1",
        "https://h.net/path?o=12345&w=ab",
        "https://h.net/?o=12345",
        "https://h.net/?o=no",
        "https://h.net/?workspace_id=7&a=acc",
        "https://h.net/?account_id=acc",
        "https://h.net/?o=+5",
        "https://h.net/#tab",
        "https://h.net?o=1#tab",
        "https://{workspace}.net",
        "${VAR}",
        "https://m\u{fc}nchen.example",
        "https://h\\x",
        "https://a:b:c",
        "https://h.net:",
        "https://h.net:99999",
        "?o=1",
        "mailto:a@b.c",
        "h/path",
    ];
    // A file knows neither of them around a value.
    let of_the_environment = [
        " https://h.cloud.databricks.com",
        "https://h.cloud.databricks.com ",
        "\"https://x.net\"",
        "'https://x.net'",
        "\"https://x.net",
        "  ",
    ];
    let differ = [
        ("https://", INVENTED),
        ("http://", INVENTED),
        ("https:///x", INVENTED),
        ("https:/h", INVENTED),
        ("https://?o=1", INVENTED),
        ("file:///etc/passwd", INVENTED),
        ("//h", FAILS_LATER),
        ("ftp://h", FAILS_LATER),
        ("$VAR", FAILS_LATER),
        ("https://$databricks_host", FAILS_LATER),
        ("https://\"x.net\"", FAILS_LATER),
        ("https://h\u{2028}x", FAILS_LATER),
        ("*", FAILS_LATER),
        ("a,b", FAILS_LATER),
    ];
    let mut cases = Vec::new();
    let mut both = |host: &str, reason: Option<&'static str>| {
        let in_file = case(format!("[p]\nhost = {host}\ntoken = t\n"), &[], "p");
        for it in [case("", &[("DATABRICKS_HOST", host), ("DATABRICKS_TOKEN", "t")], None), in_file] {
            cases.push(Case { reason, ..it });
        }
    };
    for host in plain {
        both(host, None);
    }
    for (host, reason) in differ {
        both(host, Some(reason));
    }
    cases.extend(of_the_environment.map(|host| case("", &[("DATABRICKS_HOST", host), ("DATABRICKS_TOKEN", "t")], None)));
    let known = [
        ("DATABRICKS_HOST", "https://h.net/?o=1&a=x"),
        ("DATABRICKS_TOKEN", "t"),
        ("DATABRICKS_WORKSPACE_ID", "9"),
        ("DATABRICKS_ACCOUNT_ID", "b"),
    ];
    cases.push(case("", &known, None));
    cases.push(case("", &[("DATABRICKS_HOST", "https://h.net"), ("DATABRICKS_TOKEN", "\"dapi\"")], None).because(QUOTED_TOKEN));
    cases
}

fn typed_values() -> Vec<Case> {
    let mut cases = Vec::new();
    let of_file = |key: &str, value: &str| case(format!("[p]\nhost = https://h.net\ntoken = t\n{key} = {value}\n"), &[], "p");
    for value in ["0", "1", "007", "-3", "+4", "many", "1.5", "1_000", "0x10", "99999999999999999999", "-99999999999999999999"] {
        cases.push(of_file("rate_limit", value));
        cases.push(of_file("http_timeout_seconds", value));
        cases.push(case(
            "",
            &[("DATABRICKS_HOST", "https://h.net"), ("DATABRICKS_TOKEN", "t"), ("DATABRICKS_DEBUG_TRUNCATE_BYTES", value)],
            None,
        ));
    }
    for value in ["true", "TRUE", "True", "T", "t", "1", "false", "F", "0", "yes", "on", "tRue", "2"] {
        cases.push(of_file("skip_verify", value));
        cases.push(case("", &[("DATABRICKS_HOST", "https://h.net"), ("DATABRICKS_TOKEN", "t"), ("DATABRICKS_DEBUG_HEADERS", value)], None));
    }
    for value in ["sql", "sql,clusters", " sql , ,clusters,sql", "sql clusters", ",", "b,a"] {
        cases.push(of_file("scopes", value));
    }
    // Two that cannot be read: the environment is read first, and then nobody reads the file.
    cases.push(case("[p]\nrate_limit = x\n", &[("DATABRICKS_RATE_LIMIT", "many")], "p"));
    cases.push(case("[p]\nrate_limit = x\n", &[("DATABRICKS_DEBUG_HEADERS", "many")], "p"));
    cases.push(case("[p]\nrate_limit = x\n", &[("DATABRICKS_RATE_LIMIT", "3")], "p"));
    cases.push(case("[p]\nrate_limit = x\n", &[("DATABRICKS_RATE_LIMIT", "many")], "nowhere"));
    cases.push(case("[a\n", &[("DATABRICKS_RATE_LIMIT", "many")], "nowhere"));
    cases
}

fn syntax() -> Vec<Case> {
    let texts = [
        "[p]\nhost=https://h.net\ntoken=t",
        "[p]\r\nhost = https://h.net\r\ntoken = t\r\n",
        "\u{feff}[p]\nhost = https://h.net\ntoken = t\n",
        "[p]\n\thost\t=\thttps://h.net\n\ttoken = t\n",
        "[p]\nhost : https://h.net\ntoken : t\n",
        "[ p ]\nhost = https://h.net\n",
        "[p] \nhost = https://h.net\ntoken = t\n",
        "[p] ; comment\nhost = https://h.net\ntoken = t\n",
        "[p\nhost = https://h.net\n",
        "[]\nhost = https://h.net\n",
        "[p]]\nhost = https://h.net\n",
        "; a\n# b\n[p]\nhost = https://h.net\ntoken = t\n",
        "[p]\nhost = https://h.net # c\ntoken = t\n",
        "[p]\nhost = https://h.net ; c\ntoken = t\n",
        "[p]\nhost = https://h.net#c\ntoken = t\n",
        "[p]\nhost = \"https://h.net\"\ntoken = t\n",
        "[p]\nhost = 'https://h.net' # c\ntoken = t\n",
        "[p]\nhost = `https://h.net`\ntoken = t\n",
        "[p]\nhost = \"\"\"https://h.net\"\"\"\ntoken = t\n",
        "[p]\n\"host\" = https://h.net\ntoken = t\n",
        "[p]\n`host` = https://h.net\ntoken = t\n",
        "[p]\nHOST = https://h.net\ntoken = t\n",
        "[p]\nhost = https://a.net\nhost = https://b.net\ntoken = t\n",
        "[p]\nhost = https://a.net\n[q]\nx = 1\n[p]\ntoken = t\n",
        "[p]\nhost = https://h\\\n.net\ntoken = t\n",
        "[p]\nhost = https://h.net\\\n",
        "[p]\nhost\n",
        "[p]\nhost =\ntoken = t\n",
        "[p]\n= x\n",
        "host = https://top.net\ntoken = t\n[p]\ncluster_id = c\n",
        "[p]\nhost = https://h.net\n  token = t\n",
        "[p]\nhost = %(x)s\nx = https://h.net\ntoken = t\n",
        "[p]\nhost = https://h.net\ntoken = a=b=c\n",
        "[p]\nhost = https://h.net\ntoken = t\n\n\n\n",
        "",
        "\n",
        "; nothing\n",
        "[p]\ncluster_id = \"a#b\"\nhost = https://h.net\ntoken = t\n",
        "[p]\ncluster_id = 'a;b' ; c\nhost = https://h.net\ntoken = t\n",
        "[p]\ncluster_id = a\"b\nhost = https://h.net\ntoken = t\n",
        "[p]\n- = x\n- = y\nhost = https://h.net\ntoken = t\n",
        "[p]\nhost = https://h.net\ntoken = t\nunknown\n",
        "[p]\ncluster_id = a \\# b\nhost = https://h.net\ntoken = t\n",
        "[P]\nhost = https://h.net\ntoken = t\n",
    ];
    let mut cases: Vec<Case> = texts.into_iter().flat_map(|text| [case(text, &[], "p"), case(text, &[], None)]).collect();
    cases.push(case("[p]\nhost = https://h.net\ntoken = t\ncluster_id = a\0b\n", &[], "p").because(NUL));
    cases
}

/// Each way asked for, with nothing, with an address, and with what it needs.
fn named_ways() -> Vec<Case> {
    let host = ("DATABRICKS_HOST", "https://h.cloud.databricks.com");
    let azure = ("DATABRICKS_HOST", "https://adb-1.2.azuredatabricks.net");
    let google = ("DATABRICKS_HOST", "https://1.2.gcp.databricks.com");
    let needs: [(&str, &[(&str, &str)]); 17] = [
        ("pat", &[host, ("DATABRICKS_TOKEN", "t")]),
        ("basic", &[host, ("DATABRICKS_USERNAME", "u"), ("DATABRICKS_PASSWORD", "p")]),
        ("oauth-m2m", &[host, ("DATABRICKS_CLIENT_ID", "c"), ("DATABRICKS_CLIENT_SECRET", "s")]),
        ("databricks-cli", &[host]),
        ("metadata-service", &[host, ("DATABRICKS_METADATA_SERVICE_URL", "http://localhost:1/k")]),
        ("metadata-service", &[host, ("DATABRICKS_METADATA_SERVICE_URL", "http://evil.example/k")]),
        ("github-oidc", &[host, ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.test/x?y=z"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t")]),
        ("azure-devops-oidc", &[host]),
        ("env-oidc", &[host, ("DATABRICKS_OIDC_TOKEN", "jwt")]),
        ("file-oidc", &[host]),
        ("github-oidc-azure", &[azure]),
        ("azure-msi", &[host, ("ARM_USE_MSI", "true")]),
        ("azure-client-secret", &[azure, ("ARM_CLIENT_ID", "a"), ("ARM_CLIENT_SECRET", "s"), ("ARM_TENANT_ID", "t")]),
        ("azure-cli", &[host]),
        ("google-credentials", &[google, ("GOOGLE_CREDENTIALS", "{}")]),
        ("external-browser", &[host]),
        ("m\u{fc}gic \"quoted\"", &[host]),
    ];
    let mut cases = Vec::new();
    for (way, needed) in needs {
        let way = ("DATABRICKS_AUTH_TYPE", way);
        let with = |others: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> { [&[way], others].concat() };
        // The first request without an address is told by Go in the words of its client.
        if way.1 != "oauth-m2m" {
            cases.push(case("", &with(&[]), None));
        }
        cases.push(case("", &with(&[host]), None));
        cases.push(case("", &with(needed), None));
        cases.push(case("", needed, None));
    }
    cases
}

/// Tokens of others that are exchanged.
fn federated(folder: &str) -> Vec<Case> {
    let host = ("DATABRICKS_HOST", "https://h.cloud.databricks.com");
    let id = ("DATABRICKS_CLIENT_ID", "c");
    let named = |way: &'static str| ("DATABRICKS_AUTH_TYPE", way);
    let path = |name: &str| format!("{folder}/{name}");
    let mut cases = vec![
        case("", &[host, id, named("env-oidc"), ("DATABRICKS_OIDC_TOKEN", "jwt")], None),
        case("", &[host, id, ("DATABRICKS_OIDC_TOKEN", "jwt")], None),
        case("", &[host, id, named("env-oidc"), ("DATABRICKS_OIDC_TOKEN_ENV", "MINE"), ("MINE", "jwt")], None),
        case("", &[host, named("env-oidc"), ("DATABRICKS_OIDC_TOKEN_ENV", "MINE"), ("MINE", "")], None),
        case("", &[host, named("env-oidc"), ("DATABRICKS_OIDC_TOKEN_ENV", "MINE")], None),
        case("", &[host, ("DATABRICKS_OIDC_TOKEN_ENV", "MINE"), ("MINE", "jwt")], None),
        case("", &[host, id, ("DATABRICKS_OIDC_TOKEN_ENV", "MINE"), ("MINE", "jwt")], None),
        case("[p]\nhost = https://h.net\noidc_token_env = MINE\n", &[("MINE", "jwt")], "p"),
        case("[p]\nhost = https://h.net\noidc_token_env = MINE\n", &[], "p"),
        case("", &[host, ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.test/x?y=z")], None),
        case("", &[host, id, ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.test/x?y=z"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t")], None),
        case("", &[host, named("github-oidc"), ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.test/x?y=z")], None),
        case("", &[("ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.test/x"), named("github-oidc")], None),
    ];
    for name in ["token", "empty", "missing"] {
        let path = path(name);
        let file = ("DATABRICKS_OIDC_TOKEN_FILEPATH", path.as_str());
        cases.push(case("", &[host, named("file-oidc"), file], None));
        cases.push(case("", &[host, file], None));
        cases.push(case(format!("[p]\nhost = https://h.net\ndatabricks_id_token_filepath = {path}\n"), &[], "p"));
    }
    let devops = [
        ("SYSTEM_ACCESSTOKEN", "t"),
        ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "https://devops.test"),
        ("SYSTEM_PLANID", "1"),
        ("SYSTEM_JOBID", "2"),
        ("SYSTEM_TEAMPROJECTID", "3"),
        ("SYSTEM_HOSTTYPE", "build"),
    ];
    for most in 0..=devops.len() {
        let set = devops.get(..most).unwrap_or_default();
        cases.push(case("", &[&[host, named("azure-devops-oidc")], set].concat(), None));
        cases.push(case("", &[&[host], set].concat(), None));
    }
    cases
}
