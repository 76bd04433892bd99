//! Files as people have them: recognised by what is in them, without a word about their kind.

use super::*;

const NAME: &str = "adb-1234567890123456.7.azuredatabricks.net";

fn file(name: &str, text: &str) -> Found {
    let found = read_as(None, Some(name), text.as_bytes()).unwrap_or_else(|failure| panic!("{name}: {failure}\n{text}"));
    assert!(!format!("{found:?}").contains(PAT), "no secret in what may be logged");
    found
}

fn single(name: &str, text: &str) -> FoundConnection {
    let mut found = file(name, text);
    assert_eq!(found.connections.len(), 1, "{name}: {:?}\n{text}", found.connections);
    found.connections.remove(0)
}

fn refusal(name: &str, text: &str) -> String {
    single(name, text).refused.unwrap_or_else(|| panic!("{name} is refused:\n{text}"))
}

/// `<u>`: the address; `<n>`: its host; `<p>`: the token; `<h64>` and `<p64>`: both in base64.
fn with(text: &str) -> String {
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    text.replace("<h64>", &base64(HOST)).replace("<p64>", &base64(PAT)).replace("<u>", HOST).replace("<n>", NAME).replace("<p>", PAT)
}

/// The name of a file, what it is, and what is in it.
const WITH_TOKEN: &[(&str, Kind, &str)] = &[
    // Airflow, in all its ways
    (".env", Kind::Environment, "# a\nAIRFLOW_VAR_X=dev\nAIRFLOW_CONN_DATABRICKS_DEFAULT=databricks://token:<p>@<n>\n"),
    ("x.env", Kind::Environment, "AIRFLOW_CONN_D='{\"conn_type\":\"databricks\",\"host\":\"<u>\",\"password\":\"<p>\"}'\n"),
    (
        "x.env",
        Kind::Environment,
        "MSG=it's\nexport AIRFLOW_CONN_D='{\n  \"conn_type\": \"databricks\",\n  \"host\": \"<u>\",\n  \"password\": \"<p>\"\n}'\n",
    ),
    ("connections.env", Kind::Airflow, "# ours\ndatabricks_default=databricks://token:<p>@<n>/?http_path=%2Fsql\nOTHER=postgres://a:b@c\n"),
    ("lines.txt", Kind::Airflow, "databricks.one=databricks://token:<p>@<n>\n"),
    ("uri", Kind::Airflow, "databricks://<p>@<n>\n"),
    ("x.json", Kind::Airflow, r#"{"conn_type":"databricks","login":"someone@example.com","host":"<u>","password":"<p>"}"#),
    ("x.json", Kind::Airflow, r#"{"a":"postgres://x","d":"databricks://token:<p>@<n>"}"#),
    (
        "x.yaml",
        Kind::Airflow,
        "databricks_default:\n  conn_type: databricks\n  host: <u>\n  login: token\n  password: <p>\n  extra: '{\"http_path\": \"/x\"}'\n",
    ),
    ("x.yaml", Kind::Airflow, "d: databricks://token:<p>@<n>\n"),
    (
        "airflow_settings.yaml",
        Kind::Airflow,
        "airflow:\n  connections:\n    - conn_id: d\n      conn_type: databricks\n      conn_host: <u>\n      conn_password: <p>\n",
    ),
    // Lists
    ("x.json", Kind::Settings, r#"[{"token":"<p>","host":"<u>"}]"#),
    ("x.txt", Kind::Settings, "[\n  {\"name\": \"dev\", \"host\": \"<u>\", \"token\": \"<p>\"}\n]\n"),
    // Environments
    ("a.sh", Kind::Environment, "export SPARK_REMOTE='sc://<n>:443/;token=<p>;x-databricks-cluster-id=0101-1-a'\n"),
    (".env", Kind::Environment, "SPARK_REMOTE=sc://<n>:443/;token=<p>;use_ssl=true\n"),
    (".env", Kind::Environment, "DATABRICKS_WORKSPACE_URL=<u>\nDATABRICKS_TOKEN=<p>\n"),
    (".env", Kind::Environment, "DBT_HOST=<n>\nDBT_ACCESS_TOKEN=<p>\n"),
    (".env", Kind::Environment, "JDBC=x\nDATABRICKS_JDBC_URL=jdbc:databricks://<n>:443;AuthMech=3;UID=token;PWD=<p>\n"),
    ("Dockerfile", Kind::Environment, "FROM x\nENV DATABRICKS_HOST=<u>\nENV DATABRICKS_TOKEN=<p>\n"),
    // YAML
    ("compose.yml", Kind::Settings, "services:\n  job:\n    environment:\n      DATABRICKS_HOST: <u>\n      DATABRICKS_TOKEN: <p>\n"),
    ("compose.yml", Kind::Settings, "services:\n  job:\n    environment:\n      - DATABRICKS_HOST=<u>\n      - DATABRICKS_TOKEN=<p>\n"),
    (
        "compose.yml",
        Kind::Settings,
        "x-e: &e\n  DATABRICKS_HOST: <u>\n  DATABRICKS_TOKEN: <p>\nservices:\n  a: {environment: *e}\n  b: {environment: {<<: *e, X: 1}}\n",
    ),
    ("compose.yml", Kind::Settings, "services:\n  a:\n    environment:\n      AIRFLOW_CONN_D: databricks://token:<p>@<n>\n"),
    (
        "secret.yaml",
        Kind::Kubernetes,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: d}\nstringData:\n  DATABRICKS_HOST: <u>\n  DATABRICKS_TOKEN: <p>\n",
    ),
    ("secret.yaml", Kind::Kubernetes, "apiVersion: v1\nkind: Secret\nmetadata: {name: d}\ndata:\n  host: <h64>\n  token: <p64>\n"),
    (
        "all.yaml",
        Kind::Kubernetes,
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  DATABRICKS_HOST: <u>\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  DATABRICKS_TOKEN: <p64>\n",
    ),
    (
        "app.yaml",
        Kind::Settings,
        "command: [x]\nenv:\n  - name: DATABRICKS_HOST\n    value: <u>\n  - name: DATABRICKS_TOKEN\n    value: <p>\n",
    ),
    (
        "profiles.yml",
        Kind::Dbt,
        "p:\n  outputs:\n    dev: {type: spark, method: http, host: <n>, token: <p>}\n    pg: {type: postgres, host: x}\n",
    ),
    (
        "insomnia.yaml",
        Kind::Settings,
        "type: collection.insomnia.rest/5.0\nname: x\nenvironments:\n  name: Base\n  data:\n    host: <u>\n    token: <p>\n",
    ),
    (
        "application.yml",
        Kind::Jdbc,
        "spring:\n  datasource:\n    url: jdbc:databricks://<n>:443/default;AuthMech=3\n    username: token\n    password: <p>\n",
    ),
    // JSON
    ("mcp.json", Kind::Settings, r#"{"mcpServers":{"db":{"command":"x","env":{"DATABRICKS_HOST":"<u>","DATABRICKS_TOKEN":"<p>"}}}}"#),
    (
        "settings.json",
        Kind::Settings,
        "{\n  // mine\n  \"terminal.integrated.env.linux\": {\"DATABRICKS_HOST\": \"<u>\", \"DATABRICKS_TOKEN\": \"<p>\",},\n}\n",
    ),
    ("x.auto.tfvars.json", Kind::Tfvars, r#"{"databricks_host":"<u>","databricks_token":"<p>","location":"westeurope"}"#),
    (
        ".databricks-connect",
        Kind::Settings,
        r#"{"host":"<u>/","token":"<p>","cluster_id":"0101-1-a","org_id":"1234567890123456","port":"15001"}"#,
    ),
    ("config.json", Kind::Settings, r#"{"databricks":{"host":"<u>","token":"<p>"},"db":{"host":"localhost","password":"x"}}"#),
    (
        "c.postman_collection.json",
        Kind::Postman,
        r#"{"info":{"name":"c"},"item":[],"variable":[{"key":"DATABRICKS_HOST","value":"<u>"},{"key":"DATABRICKS_TOKEN","value":"<p>"}]}"#,
    ),
    (
        "insomnia.json",
        Kind::Settings,
        r#"{"_type":"export","__export_format":4,"resources":[{"_type":"environment","data":{"host":"<u>","token":"<p>"}}]}"#,
    ),
    // Others
    (
        "secrets.toml",
        Kind::Settings,
        "title = \"x\"\n[connections.databricks]\nserver_hostname = \"<n>\"\nhttp_path = \"/x\"\naccess_token = \"<p>\"\n",
    ),
    (
        "liquibase.properties",
        Kind::Jdbc,
        "changeLogFile=x.xml\nurl=jdbc:databricks://<n>:443/default;transportMode=http;AuthMech=3\nusername=token\npassword=<p>\n",
    ),
    ("x.properties", Kind::Jdbc, "url=jdbc\\:databricks\\://<n>\\:443/default;AuthMech\\=3;UID\\=me@example.com;PWD\\=<p>\n"),
    (
        "Main.java",
        Kind::Jdbc,
        "p.put(\"PWD\", \"<p>\");\np.put(\"UID\", \"token\");\np.put(\"AuthMech\", \"3\");\nString url = \"jdbc:databricks://<n>:443\";\n",
    ),
    (".curlrc", Kind::Program, "header = \"Authorization: Bearer <p>\"\nurl = \"<u>/api/2.0/clusters/list\"\n"),
    ("x.py", Kind::Program, "c = sql.connect(server_hostname=\"<n>\", http_path=\"/x\", access_token='<p>')\n"),
    ("e.bru", Kind::Bruno, "vars {\n  host: <u>\n  token: <p>\n  ~off: x\n}\n"),
];

#[test]
fn fl_01_a_token_is_found_in_every_kind_of_file_that_people_keep_one_in() {
    for (name, kind, text) in WITH_TOKEN {
        let text = with(text);
        assert_eq!(guess(Some(name), text.as_bytes()), Some(*kind), "{name}\n{text}");
        has_token(&single(name, &text));
    }
}

#[test]
fn fl_02_an_address_without_a_secret_comes_in_as_well() {
    for (name, kind, text, auth) in [
        (
            "project.json",
            Kind::Settings,
            r#"{"host":"<u>/","authType":"databricks-cli","workspacePath":"/Users/a@b.c/x"}"#,
            AuthKind::Browser,
        ),
        ("project.json", Kind::Settings, r#"{"host":"<u>","authType":"azure-cli"}"#, AuthKind::Browser),
        ("details.txt", Kind::Warehouse, "Server hostname <n>\nPort 443\nHTTP path /sql/1.0/warehouses/abc\n", AuthKind::Browser),
        ("details.txt", Kind::Warehouse, "Server hostname\n<n>\nPort\n443\n", AuthKind::Browser),
        (
            "w.json",
            Kind::Jdbc,
            r#"{"id":"a","jdbc_url":"jdbc:spark://<n>:443/default;transportMode=http;ssl=1;AuthMech=3;httpPath=/sql/1.0/warehouses/a;","odbc_params":{"hostname":"<n>"}}"#,
            AuthKind::PersonalAccessToken,
        ),
        (
            "data-sources.json",
            Kind::Jdbc,
            r#"{"connections":{"d":{"provider":"databricks","configuration":{"url":"jdbc:databricks://<n>:443/default;AuthMech=11;Auth_Flow=2"}}}}"#,
            AuthKind::Browser,
        ),
        ("x.pq", Kind::Pbids, "let\n  Source = Databricks.Catalogs(\"<n>\", \"/sql\", [Catalog = null])\nin Source\n", AuthKind::Browser),
        (
            "x.tds",
            Kind::Tableau,
            "<?xml version='1.0'?>\n<datasource><connection class='federated'><named-connection><connection class='databricks' server='<n>' v-http-path='/sql'/></named-connection></connection></datasource>\n",
            AuthKind::Browser,
        ),
        ("x.mjs", Kind::Program, "const host = \"<u>\";\nfetch(host)\n", AuthKind::Browser),
        ("run.sh", Kind::Program, "curl -sS '<u>/api/2.0/preview/scim/v2/Me'\n", AuthKind::Browser),
        ("notes.md", Kind::Program, "# Notes\n\nOur workspace is [here](<u>/?o=1234567890123456).\n", AuthKind::Browser),
        (
            "ci.yml",
            Kind::Settings,
            "on: push\nenv:\n  DATABRICKS_HOST: <u>\njobs:\n  a:\n    steps:\n      - run: x\n        env:\n          DATABRICKS_TOKEN: ${{ secrets.DATABRICKS_TOKEN }}\n",
            AuthKind::PersonalAccessToken,
        ),
        (
            "main.bicep",
            Kind::LinkedService,
            "param name string = 'LS'\nresource f 'Microsoft.DataFactory/factories@2018-06-01' existing = {\n  name: 'f'\n}\nresource s 'Microsoft.DataFactory/factories/linkedservices@2018-06-01' = {\n  parent: f\n  name: name\n  properties: {\n    type: 'AzureDatabricks'\n    typeProperties: {\n      domain: '<u>' // here\n      accessToken: {\n        type: 'SecureString'\n        value: token\n      }\n    }\n  }\n}\n",
            AuthKind::PersonalAccessToken,
        ),
        (
            "ls.tf",
            Kind::Tfvars,
            "resource \"azurerm_data_factory_linked_service_azure_databricks\" \"a\" {\n  name = \"LS\"\n  data_factory_id = azurerm_data_factory.x.id\n  adb_domain = \"<u>\"\n  access_token = var.t\n}\n",
            AuthKind::PersonalAccessToken,
        ),
        (
            "ls.tf",
            Kind::Tfvars,
            "resource \"azurerm_synapse_linked_service\" \"a\" {\n  name = \"LS\"\n  type = \"AzureDatabricks\"\n  type_properties_json = jsonencode({\n    domain = \"<u>\",\n    authentication = \"MSI\"\n  })\n}\n",
            AuthKind::Browser,
        ),
        (
            "ls.json",
            Kind::LinkedService,
            r#"{"name":"LS","properties":{"type":"AzureDatabricks","domain":"<u>","authentication":"MSI"}}"#,
            AuthKind::Browser,
        ),
        (
            "ls.json",
            Kind::LinkedService,
            r#"{"name":"LS","properties":{"type":"AzureDatabricksDeltaLake","typeProperties":{"domain":"<u>","workspaceResourceId":"/s/x"}}}"#,
            AuthKind::Browser,
        ),
    ] {
        let text = with(text);
        assert_eq!(guess(Some(name), text.as_bytes()), Some(kind), "{name}\n{text}");
        let made = single(name, &text);
        assert_eq!((made.draft.base_url.as_str(), made.draft.auth, &made.refused), (HOST, auth, &None), "{name}\n{text}");
        assert!(made.secret.is_none() && !made.place.is_empty(), "{name}: {made:?}");
    }
}

#[test]
fn fl_03_each_target_of_a_bundle_is_a_row_and_its_variables_are_told() {
    let text = "bundle:\n  name: sales\nvariables: {url: {default: 'https://evil.example'}}\ntargets:\n  dev:\n    default: true\n    workspace:\n      host: <u>\n  \
                prod:\n    workspace: {host: 'https://adb-2.2.azuredatabricks.net', profile: prod}\n  \
                qa:\n    workspace:\n      host: ${var.url}\n  local:\n    workspace:\n      profile: me\n";
    let found = file("databricks.yml", &with(text));
    let [dev, prod, qa, local] = &found.connections[..] else { panic!("{:?}", found.connections) };
    assert_eq!((found.kind, dev.place.as_str(), dev.draft.base_url.as_str()), (Kind::Bundle, "sales/dev", HOST));
    assert_eq!((prod.draft.base_url.as_str(), &prod.refused), ("https://adb-2.2.azuredatabricks.net", &None));
    assert!(qa.refused.as_ref().unwrap().contains("var.url") && qa.draft.base_url.is_empty(), "{qa:?}");
    assert!(local.refused.as_ref().unwrap().contains(".databrickscfg"), "{local:?}");
    let common = single("databricks.yml", &with("bundle: {name: b}\nworkspace:\n  host: <u>\ntargets:\n  dev: {mode: development}\n"));
    assert_eq!((common.place.as_str(), common.draft.base_url.as_str()), ("b/dev", HOST));
}

#[test]
fn fl_04_what_refers_to_a_value_is_neither_a_secret_nor_an_address() {
    for (name, text, told) in [
        ("x.yml", "services: {a: {environment: {DATABRICKS_HOST: '<u>', DATABRICKS_TOKEN: '${TOKEN:-dapi1}'}}}", "the variable TOKEN"),
        (
            "ci.yml",
            "jobs: {a: {env: {DATABRICKS_HOST: '<u>', DATABRICKS_TOKEN: '${{ secrets.PROD }}'}}}",
            "the secret PROD of the workflow",
        ),
        ("p.yml", "variables:\n  DATABRICKS_HOST: <u>\n  DATABRICKS_TOKEN: $(databricks-token)\n", "the variable databricks-token"),
        ("x.env", "DATABRICKS_HOST=<u>\nDATABRICKS_TOKEN=$TOKEN\n", "the variable TOKEN"),
        (".databrickscfg", "[p]\nhost = <u>\ntoken = ${TOKEN}\n", "the variable TOKEN"),
        ("values.yaml", "databricks:\n  host: <u>\n  token: '{{ .Values.token }}'\n", "a template"),
        ("s.yaml", "databricks:\n  host: <u>\n  token: !vault |\n    $ANSIBLE_VAULT;1.1\n    6162\n", "a template"),
        ("m.json", r#"{"env":{"DATABRICKS_HOST":"<u>","DATABRICKS_TOKEN":"${input:token}"}}"#, "the variable input:token"),
        (
            "l.json",
            r#"{"name":"L","properties":{"type":"AzureDatabricks","parameters":{"t":{"defaultValue":"<p>"}},"typeProperties":{"domain":"<u>","accessToken":{"type":"SecureString","value":"@{linkedService().t}"}}}}"#,
            "an expression of the linked service",
        ),
        (
            "l.json",
            r#"{"parameters":{"t":{"defaultValue":"<p>"}},"resources":[{"name":"L","properties":{"type":"AzureDatabricks","typeProperties":{"domain":"<u>","accessToken":{"type":"SecureString","value":"[parameters('t')]"}}}}]}"#,
            "parameters('t')",
        ),
        (
            "l.json",
            r#"{"name":"L","properties":{"type":"AzureDatabricks","typeProperties":{"domain":"<u>","accessToken":{"type":"AzureKeyVaultSecret","store":{"referenceName":"kv"},"secretName":{"type":"Expression","value":"@concat('a','b')"}}}}}"#,
            "in Key Vault (kv) under a name that is an expression",
        ),
        ("o.env", "DATABRICKS_HOST=<u>\nDATABRICKS_TOKEN=op://v/i/t\n", "1Password"),
        (
            "x.json",
            r#"{"conn_type":"databricks","host":"<u>","login":"me@example.com","password":"{{ var.value.t }}"}"#,
            "the variable var.value.t",
        ),
    ] {
        let made = single(name, &with(text));
        assert!(made.secret.is_none() && made.refused.is_none(), "{name}: {made:?}");
        let remark =
            made.remarks.iter().find(|remark| remark.contains("Enter it after the import")).unwrap_or_else(|| panic!("{name}: {made:?}"));
        assert!(remark.contains(told) && !remark.contains("dapi"), "{name}: {remark}");
    }
    for (name, text, told) in [
        (
            "x.yml",
            "services: {a: {environment: {DATABRICKS_HOST: '${HOST:-https://evil.example}', DATABRICKS_TOKEN: '<p>'}}}",
            "the variable HOST",
        ),
        (".databrickscfg", "[p]\nhost = https://${WS}.azuredatabricks.net\ntoken = <p>\n", "the variable WS"),
        ("p.json", r#"{"name":"e","values":[{"key":"host","value":"{{base}}"},{"key":"token","value":"<p>"}]}"#, "the variable base"),
        (
            "p.yml",
            "p: {outputs: {d: {type: databricks, host: \"{{ env_var('H', 'https://evil.example') }}\", token: <p>}}}",
            "the variable H",
        ),
        (
            "l.json",
            r#"{"name":"L","properties":{"type":"AzureDatabricks","typeProperties":{"domain":"@linkedService().ws"}}}"#,
            "linkedService().ws",
        ),
    ] {
        let why = refusal(name, &with(text));
        assert!(why.contains(told) && why.contains("not in the file") && !why.contains("evil"), "{name}: {why}");
    }
}

#[test]
fn fl_05_an_identity_that_cannot_be_used_here_gives_its_address_to_the_browser() {
    for (name, text) in [
        (".databrickscfg", "[p]\nhost = <u>\nauth_type = azure-cli\n"),
        (".databrickscfg", "[p]\nhost = <u>\nazure_client_id = x\nazure_client_secret = y\nazure_tenant_id = z\n"),
        (".env", "DATABRICKS_HOST=<u>\nARM_CLIENT_ID=x\nARM_CLIENT_SECRET=y\nARM_TENANT_ID=z\n"),
        (".env", "DATABRICKS_HOST=<u>\nDATABRICKS_AUTH_TYPE=azure-msi\n"),
        ("a.tf", "provider \"databricks\" {\n  host = \"<u>\"\n  azure_client_id = var.id\n  azure_client_secret = var.secret\n}\n"),
        (
            "l.json",
            r#"{"name":"L","properties":{"type":"AzureDatabricks","typeProperties":{"domain":"<u>","credential":{"referenceName":"c"}}}}"#,
        ),
        ("p.yml", "p: {outputs: {d: {type: databricks, host: <n>, auth_type: oauth, azure_client_id: x, azure_client_secret: y}}}"),
        ("a.json", r#"{"conn_type":"databricks","host":"<u>","extra":{"use_azure_managed_identity":true}}"#),
        ("j.txt", "jdbc:databricks://<n>:443;AuthMech=11;Auth_Flow=3"),
        ("b.yml", "bundle: {name: b}\ntargets: {d: {workspace: {host: '<u>', azure_use_msi: true}}}"),
    ] {
        in_browser(&single(name, &with(text)), "Microsoft Entra ID");
    }
    in_browser(
        &single(
            "v.env",
            &with("DATABRICKS_HOST=<u>\nDATABRICKS_AUTH_TYPE=metadata-service\nDATABRICKS_METADATA_SERVICE_URL=http://127.0.0.1:1/x\n"),
        ),
        "metadata-service",
    );
    in_browser(
        &single("ci.yml", &with("env:\n  DATABRICKS_HOST: <u>\n  DATABRICKS_AUTH_TYPE: github-oidc\n  DATABRICKS_CLIENT_ID: x\n")),
        "of the job",
    );
    let both = format!("[p]\nhost = {HOST}\ntoken = {PAT}\nazure_client_secret = y\n");
    assert!(refusal(".databrickscfg", &both).contains("several authentication types"));
}

#[test]
fn fl_06_encodings_of_windows_are_read_or_refused_with_the_cure() {
    let text = format!("[p]\r\nhost = {HOST}\r\ntoken = {PAT}\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [[&b"\xFF\xFE"[..], &little].concat(), [&b"\xFE\xFF"[..], &big].concat(), little, big] {
        let found = read_as(None, Some(".databrickscfg"), &bytes).unwrap();
        has_token(&found.connections[0]);
        assert!(found.connections[0].remarks.iter().any(|remark| remark.contains("UTF-16") && remark.contains("Save it as UTF-8")));
    }
    let marked = read_as(None, Some(".databrickscfg"), format!("\u{FEFF}{text}").as_bytes()).unwrap();
    assert!(marked.connections[0].remarks.is_empty());
    let failure = read_as(None, Some(".databrickscfg"), b"[p]\n# caf\xE9\nhost = x\n").unwrap_err();
    assert!(
        failure.why.contains("line 2") && failure.why.contains("Windows-1252") && failure.fix.contains("Save it as UTF-8"),
        "{failure}"
    );
}

#[test]
fn fl_07_of_ten_thousand_profiles_one_can_be_taken_and_all_are_too_many() {
    let text = (0..10_000)
        .map(|at| format!("[p{at}]\nhost = https://adb-{}.2.azuredatabricks.net\ntoken = {PAT}\n", at + 100))
        .collect::<Vec<_>>()
        .concat();
    let only = ["p5".to_owned(), "p9999".to_owned()];
    let found = read_only(Some(Kind::DatabricksCfg), None, &only, text.as_bytes()).unwrap();
    assert_eq!(found.connections.iter().map(|made| made.place.as_str()).collect::<Vec<_>>(), ["p5", "p9999"]);
    let failure = read(Kind::DatabricksCfg, text.as_bytes()).unwrap_err();
    assert!(failure.code == Code::TooLarge && failure.fix.contains("--only"), "{failure}");
    assert!(read_only(Some(Kind::DatabricksCfg), None, &["nobody".to_owned()], text.as_bytes()).unwrap().connections.is_empty());
    let table = std::iter::once("name,base_url\n".to_owned())
        .chain((0..15_000).map(|at| format!("n{at},https://adb-{at}.2.azuredatabricks.net\n")))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(read(Kind::Csv, table.as_bytes()).unwrap_err().code, Code::TooLarge);
    let found = read_only(Some(Kind::Csv), None, &["n14999".to_owned()], table.as_bytes()).unwrap();
    assert_eq!(found.connections[0].draft.base_url, "https://adb-14999.2.azuredatabricks.net");
}

#[test]
fn fl_08_a_row_has_a_name_and_a_reason_that_is_whole() {
    let unfit = refusal(".databrickscfg", "[work]\nhost = https://someone@adb-1111111111111111.1.azuredatabricks.net\n");
    assert!(unfit.ends_with("a common trick to hide the real host; remove it."), "{unfit}");
    let arm = r#"{"parameters":{"factoryName":{"type":"string"},"linkedServiceName":{"type":"string","defaultValue":"LS_Sales"}},"resources":[{"type":"x",
        "name":"[concat(parameters('factoryName'), '/', parameters('linkedServiceName'))]","properties":{"type":"AzureDatabricks","typeProperties":{"domain":"<u>"}}}]}"#;
    assert_eq!(single("arm.json", &with(arm)).place, "LS_Sales");
    assert_eq!(single("arm.json", &with(&arm.replace(r#","defaultValue":"LS_Sales""#, ""))).place, "Linked service");
    let odbc = single("o.txt", "Driver=Simba Spark;Host=a@b;PWD=x;UID=token");
    assert!(odbc.refused.is_some() && odbc.place == "Connection 1", "{odbc:?}");
    let empty = read_as(None, Some(".databrickscfg"), b"[DEFAULT]\nhost = \ntoken =\n").unwrap_err();
    assert!(empty.why.contains("profile DEFAULT is empty"), "{empty}");
    assert!(refusal(".databrickscfg", "[work]\nhost =\ntoken =\n").contains("The profile is empty"));
    let account = refusal("t.tfvars", "databricks_host = \"https://accounts.azuredatabricks.net\"\ndatabricks_account_id = \"\"\n");
    assert!(account.contains("(databricks_account_id) is empty"), "{account}");
    let workspace = single(".databrickscfg", &format!("[p]\nhost = {HOST}\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\n"));
    assert!(workspace.remarks.iter().any(|remark| remark.contains("account ID was not imported")), "{workspace:?}");
    let untouched = read_as(None, Some("c.json"), br#"{"databricks_default":{"conn_type":"databricks","host":"localhost"}}"#).unwrap_err();
    assert!(untouched.why.contains("with a workspace URL"), "{untouched}");
    let password = r#"{"conn_type":"databricks","host":"<u>","login":"me@example.com","password":"hunter2"}"#;
    assert!(refusal("a.json", &with(password)).contains("user name and password"));
}

#[test]
fn fl_14_a_list_in_json_is_never_a_profile_whose_name_holds_its_secrets() {
    for text in [
        r#"[{"client_secret":"Zm9vYmFyQmF6UXV4","host":"<u>"}]"#,
        r#"[{"client_secret":"Zm9vYmFyQmF6UXV4","host":"<u>"}"#,
        r#"["Zm9vYmFyQmF6UXV4", "<u>"]"#,
        "[\n[{\"password\": \"Zm9vYmFyQmF6UXV4\"}]]",
    ] {
        for name in ["x.json", "x.txt", "-", ".databrickscfg.json"] {
            let shown = match read_as(None, Some(name), with(text).as_bytes()) {
                Ok(found) => format!("{:?}", found.connections.iter().map(|it| (&it.place, &it.refused, &it.remarks)).collect::<Vec<_>>()),
                Err(failure) => failure.to_string(),
            };
            assert!(!shown.contains("Zm9v"), "{name}: {shown}");
        }
    }
    let two = file(
        "profiles.json",
        &with(r#"[{"host":"<u>","token":"<p>"},{"host":"https://adb-2222222222222222.2.azuredatabricks.net","token":"<p>"}]"#),
    );
    assert_eq!(two.connections.len(), 2, "{two:?}");
}

#[test]
fn fl_09_an_id_that_a_spreadsheet_rounded_is_taken_from_the_address_or_told_with_the_cure() {
    let found = file(
        "saved.csv",
        "name,base_url,auth_type,workspace_id\nSales,https://adb-4820917365520148.12.azuredatabricks.net,browser,4.82092E+15\nOther,https://dbc-1a2b3c4d-5e6f.cloud.databricks.com,browser,\"4,82092E+15\"\n",
    );
    let [sales, other] = &found.connections[..] else { panic!("two rows") };
    assert_eq!((sales.draft.workspace_id.as_str(), &sales.refused), ("4820917365520148", &None));
    assert!(sales.remarks.iter().any(|remark| remark.contains("rounded")), "{sales:?}");
    assert!(other.refused.as_ref().unwrap().contains("Format the column as text"), "{other:?}");
}

#[test]
fn fl_10_what_was_not_imported_says_what_it_was_taken_for() {
    for (name, text, told) in [
        (
            "compose.yml",
            "services:\n  a:\n    image: x\n",
            "Settings in JSON, YAML or TOML. It contains no variable or setting with a workspace URL",
        ),
        ("settings.json", "{\"databricks.connection.profile\": \"x\"}", "If it refers to a profile, import .databrickscfg"),
        ("databricks.yml", "bundle:\n  name: x\n", "Databricks bundle. It contains no target"),
        ("profiles.yml", "p:\n  outputs:\n    a: {type: postgres}\n", "dbt profiles. It contains no target of the type databricks"),
        (".env", "FOO=bar\n", "Environment variables. None of the Databricks variables"),
        ("x.yml", "a: [\n", "Line 2, column 1: this is not valid YAML"),
        ("x.tds", "<a>\n<b></a>", "Line 2"),
        ("package.json", r#"{"url":"https://example.com","host":"example.com"}"#, "with a workspace URL"),
        ("db.yml", "production:\n  host: localhost\n  password: x\n", "with a workspace URL"),
    ] {
        let failure = read_as(None, Some(name), text.as_bytes()).unwrap_err();
        assert!(failure.why.contains(told), "{name}: {failure}");
    }
    let nothing = read_as(None, Some("novel.txt"), b"It was a dark and stormy night.\n").unwrap_err();
    assert!(nothing.why.contains("contains no workspace URL"), "{nothing}");
}

/// Bytes that make a careless reader slow: much of each, through every reader.
#[test]
fn fl_11_no_text_makes_a_reader_slow_or_panic() {
    let pieces = [
        "a=;",
        "a{",
        "[",
        "{\"a\":",
        "<<: ",
        "a: &a [*a]\n",
        "jdbc:databricks://h;",
        "='",
        "=\"",
        "<a ",
        "'''",
        "${",
        "{{",
        "- ",
        "k: v\n",
        "x=\"$(a)\" ",
        "DATABRICKS_TOKEN='\n",
        "vars {\n",
        "Server hostname\n",
        "/*",
        "//",
        "\\",
        "param a string = ",
        ",",
        "databricks://a@b?",
        "\u{0}a",
    ];
    let began = std::time::Instant::now();
    for piece in pieces {
        for size in [10_000, 100_000] {
            let text = piece.repeat(size / piece.len());
            for kind in Kind::ALL {
                let _ = read(kind, text.as_bytes());
            }
            let _ = guess(None, text.as_bytes());
            let _ = guess(Some("a.yml"), text.as_bytes());
        }
    }
    let unique = (0..60_000).map(|at| format!("k{at}: v\n")).collect::<Vec<_>>().concat();
    assert!(read(Kind::Settings, unique.as_bytes()).is_err());
    let url =
        std::iter::once("jdbc:databricks://h".to_owned()).chain((0..60_000).map(|at| format!(";k{at}=v"))).collect::<Vec<_>>().concat();
    assert!(read(Kind::Jdbc, url.as_bytes()).is_ok());
    assert!(began.elapsed() < std::time::Duration::from_secs(300), "{:?}", began.elapsed());
}

#[test]
fn fl_14_the_lines_of_connection_details_are_a_connection_and_a_jdbc_address_says_what_reads_it() {
    for text in [
        "Server hostname <n>\nPort 443\nHTTP path /sql/1.0/warehouses/abc\n",
        "Server hostname\n<n>\nPort\n443\nProtocol\nHTTPS\nHTTP path\n/sql/1.0/warehouses/abc\n",
        "SERVER HOSTNAME:\t<n>\r\nPort:\t443\r\n",
    ] {
        let made = single("details.txt", &with(text));
        assert_eq!((made.draft.base_url.as_str(), made.draft.auth, &made.refused), (HOST, AuthKind::Browser, &None), "{text}");
        assert!(made.secret.is_none(), "{text}");
    }
    let jdbc = format!("jdbc:databricks://{NAME}:443/default;transportMode=http;ssl=1;httpPath=/sql/1.0/warehouses/abc");
    for address in [jdbc.clone(), format!("JDBC:{}", &jdbc[5..])] {
        let refused = brickpass_core::connection::BaseUrl::read(&address).unwrap_err().to_string();
        assert!(refused.contains("brickpass import"), "{refused}");
    }
    assert_eq!(single("details.txt", &jdbc).draft.base_url, HOST);
}
