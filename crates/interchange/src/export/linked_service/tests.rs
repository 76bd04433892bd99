use crate::{
    export,
    format::{Answers, Document, Subject},
};
use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Draft};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

fn connection(auth: AuthKind, address: &str) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    address.clone_into(&mut draft.base_url);
    draft.auth = auth;
    if auth == AuthKind::ServicePrincipal {
        "12345678-90ab-cdef-1234-567890abcdef".clone_into(&mut draft.client_id);
    }
    if auth != AuthKind::Browser {
        draft.secret = "dose0123456789".into();
    }
    draft.review(&|_| false).result.unwrap().connection
}

const AZURE: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const WORKSPACE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w";

fn made(connection: &Connection, secret: Option<&str>, answers: &[(&str, &str)]) -> Result<Document, String> {
    let secret = secret.map(SecretString::from);
    let subject = Subject { connection, secret: secret.as_ref(), profile: "sales", helper: "/x" };
    let mut given = Answers::default();
    for (field, value) in answers {
        given.set(field, *value);
    }
    export::find("linked-service").unwrap().write(&subject, &given).map_err(|failure| failure.to_string())
}

fn file(document: &Document, name: &str) -> String {
    document.files.iter().find(|file| file.name == name).unwrap().text.expose_secret().to_owned()
}

fn type_properties(document: &Document) -> Value {
    serde_json::from_str::<Value>(&file(document, "ls.json")).unwrap()["properties"]["typeProperties"].clone()
}

#[test]
fn ex_08_the_default_refers_to_key_vault_and_to_one_cluster() {
    let document = made(&connection(AuthKind::PersonalAccessToken, AZURE), None, &[("cluster", "0101-120000-abcd1234")]).unwrap();
    assert_eq!(
        type_properties(&document),
        serde_json::json!({
            "domain": AZURE,
            "accessToken": {
                "type": "AzureKeyVaultSecret",
                "store": { "referenceName": "LS_KeyVault", "type": "LinkedServiceReference" },
                "secretName": "databricks-token",
            },
            "existingClusterId": "0101-120000-abcd1234",
        })
    );
    assert!(!document.contains_secret);
    let names: Vec<_> = document.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["ls.json", "properties.json", "arm.json", "arm.parameters.json", "main.bicep", "main.tf"]);
}

#[test]
fn ex_26_it_signs_in_in_one_way_and_runs_on_one_thing() {
    let pat = connection(AuthKind::PersonalAccessToken, AZURE);
    let job = [("compute", "job"), ("runtime_version", "15.4.x-scala2.12"), ("node_type", "Standard_D4ds_v5"), ("workers", "1:8")];
    let pool = [("compute", "pool"), ("runtime_version", "15.4.x-scala2.12"), ("instance_pool", "0101-pool"), ("policy", "ABC123")];
    let existing = [("cluster", "0101-120000-abcd1234")];
    let by_vault = [("authentication", "key-vault")];
    let by_identity = [("authentication", "managed-identity"), ("workspace_resource_id", WORKSPACE)];
    let by_own = [("authentication", "user-assigned"), ("workspace_resource_id", WORKSPACE), ("credential", "mine")];
    for (secret, auth) in
        [(None, &by_vault[..]), (None, &by_identity), (None, &by_own), (Some("dapi0"), &by_vault), (Some("dapi0"), &by_own)]
    {
        for compute in [&job[..], &pool, &existing] {
            let document = made(&pat, secret, &[auth, compute].concat()).unwrap();
            let properties = type_properties(&document);
            let has = |key: &str| usize::from(properties.get(key).is_some());
            assert_eq!(has("accessToken") + has("authentication"), 1, "{properties}");
            assert_eq!(has("existingClusterId") + has("newClusterVersion"), 1, "{properties}");
            assert_eq!(has("newClusterVersion"), has("newClusterNumOfWorker"));
            assert!(properties.get("newClusterNumOfWorker").is_none_or(Value::is_string));
            assert_eq!(document.contains_secret, secret.is_some() && auth == by_vault);
            let text: String = document.files.iter().map(|file| file.text.expose_secret()).collect();
            assert_eq!(text.contains("dapi0"), document.contains_secret);
            for name in ["main.bicep", "main.tf"] {
                assert!(!file(&document, name).contains("dapi0"));
            }
        }
    }
}

#[test]
fn what_cannot_work_is_said_with_the_way_out() {
    let pat = connection(AuthKind::PersonalAccessToken, AZURE);
    let principal = connection(AuthKind::ServicePrincipal, AZURE);
    let existing = ("cluster", "0101-120000-abcd1234");
    let said = |connection, answers: &[(&str, &str)]| made(connection, None, answers).unwrap_err();
    assert!(said(&principal, &[existing]).contains("Choose a managed identity"));
    made(&principal, None, &[existing, ("authentication", "managed-identity"), ("workspace_resource_id", WORKSPACE)]).unwrap();
    let aws = connection(AuthKind::PersonalAccessToken, "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com");
    assert!(said(&aws, &[existing]).contains("on Azure"));
    let new = [("runtime_version", "15.4.x-scala2.12"), ("node_type", "n"), ("instance_pool", "p")];
    let with = |compute, workers| [&[("compute", compute), ("workers", workers)], &new[..]].concat();
    // What is not shown is no answer.
    let shown = |compute, workers| {
        let hidden = if compute == "job" { "instance_pool" } else { "node_type" };
        with(compute, workers).into_iter().filter(|(field, _)| *field != hidden).collect::<Vec<_>>()
    };
    for workers in ["0", "x", "8:1", "1:", "-1", "1:2:3"] {
        assert!(said(&pat, &shown("job", workers)).contains("1:8"), "{workers}");
    }
    assert!(said(&pat, &shown("pool", "1:8")).contains("has a fixed size"));
    for (field, value) in [("name", "a/b"), ("vault", "a.b"), ("secret_name", "a_b"), ("integration_runtime", "a b"), ("factory", "a--b")] {
        assert!(said(&pat, &[existing, (field, value)]).contains("Azure does not accept"), "{field}");
    }
}

#[test]
fn a_new_cluster_has_every_setting_that_data_factory_takes() {
    let pat = connection(AuthKind::PersonalAccessToken, AZURE);
    let settings = [
        ("runtime_version", "15.4.x-scala2.12"),
        ("data_security_mode", "SINGLE_USER"),
        ("spark_conf", "spark.speculation true\n\nspark.x = a=b\nspark.hadoop.fs.azure.account.key.a.dfs.core.windows.net {{secrets/s/k}}"),
        ("spark_env_vars", "PYSPARK_PYTHON=/databricks/python3/bin/python3\nEMPTY="),
        ("init_scripts", "/Workspace/Shared/init.sh\n abfss://c@a.dfs.core.windows.net/i.sh"),
        ("log_destination", "dbfs:/cluster-logs"),
        ("policy", "ABC"),
    ];
    let job = [&settings[..], &[("compute", "job"), ("node_type", "n"), ("custom_tags", "owner=data\ncost centre=7")]].concat();
    let mut expected = serde_json::json!({
        "newClusterSparkConf": {
            "spark.speculation": "true",
            "spark.x": "a=b",
            "spark.hadoop.fs.azure.account.key.a.dfs.core.windows.net": "{{secrets/s/k}}",
        },
        "newClusterSparkEnvVars": { "PYSPARK_PYTHON": "/databricks/python3/bin/python3", "EMPTY": "" },
        "newClusterCustomTags": { "owner": "data", "cost centre": "7" },
        "newClusterInitScripts": ["/Workspace/Shared/init.sh", "abfss://c@a.dfs.core.windows.net/i.sh"],
        "newClusterLogDestination": "dbfs:/cluster-logs",
        "policyId": "ABC",
        "dataSecurityMode": "SINGLE_USER",
    });
    let stands = |answers: &[(&str, &str)], expected: &Value| {
        let properties = type_properties(&made(&pat, None, answers).unwrap());
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(properties.get(key), Some(value), "{key}");
        }
        properties
    };
    stands(&job, &expected);
    let pool = [&settings[..], &[("compute", "pool"), ("instance_pool", "p"), ("custom_tags", "owner=data")]].concat();
    expected.as_object_mut().unwrap().remove("newClusterCustomTags");
    assert!(stands(&pool, &expected).get("newClusterCustomTags").is_none(), "the tags are those of the pool");
    let existing = stands(&[&settings[1..], &[("cluster", "0101-120000-abcd1234")]].concat(), &serde_json::json!({}));
    assert_eq!(existing.as_object().unwrap().keys().filter(|key| key.starts_with("newCluster")).count(), 0);
}

#[test]
fn terraforms_own_resource_says_what_it_can_and_the_general_one_the_rest() {
    let pat = connection(AuthKind::PersonalAccessToken, AZURE);
    let job = [("compute", "job"), ("runtime_version", "15.4.x-scala2.12"), ("node_type", "n"), ("spark_conf", "spark.x true")];
    let tf = |more: &[(&str, &str)]| file(&made(&pat, None, &[&job[..], more].concat()).unwrap(), "main.tf");
    let own = tf(&[("init_scripts", "/Workspace/a.sh"), ("spark_env_vars", "A=${b}"), ("log_destination", "dbfs:/logs")]);
    for said in [
        "    spark_config = {\n      \"spark.x\" = \"true\"\n    }\n",
        "    spark_environment_variables = {\n      \"A\" = \"$${b}\"\n    }\n",
        "    init_scripts = [\n      \"/Workspace/a.sh\",\n    ]\n",
        "    log_destination = \"dbfs:/logs\"\n",
    ] {
        assert!(own.contains("linked_service_azure_databricks") && own.contains(said), "{said}{own}");
    }
    for more in [("data_security_mode", "NONE"), ("policy", "ABC")] {
        assert!(tf(&[more]).contains("azurerm_data_factory_linked_custom_service"), "{more:?}");
    }
    let pool = [("compute", "pool"), ("runtime_version", "15.4.x-scala2.12"), ("instance_pool", "p"), ("spark_conf", "spark.x true")];
    let general = file(&made(&pat, None, &pool).unwrap(), "main.tf");
    assert!(general.contains("newClusterSparkConf = {\n") && general.contains("linked_custom_service"), "{general}");
}

#[test]
fn a_setting_of_the_cluster_that_cannot_be_read_or_would_be_a_secret_is_refused() {
    let pat = connection(AuthKind::PersonalAccessToken, AZURE);
    let job = [("compute", "job"), ("runtime_version", "15.4.x-scala2.12"), ("node_type", "n")];
    let said = |field: &str, lines: &str| made(&pat, None, &[&job[..], &[(field, lines)]].concat()).unwrap_err();
    for (field, lines) in [
        ("spark_conf", "spark.x true\nspark.y"),
        ("spark_conf", "ok 1\n= 2"),
        ("spark_env_vars", "A=1\nB"),
        ("spark_env_vars", "A=1\n1B=2"),
        ("spark_env_vars", "A=1\nB C=2"),
        ("custom_tags", "a=1\n[b]=2"),
        ("custom_tags", "a=1\nb<=2"),
    ] {
        assert!(said(field, lines).contains("Line 2 of"), "{lines}");
    }
    assert!(said("custom_tags", "a=1\na=2").contains("contains a twice"));
    for (field, path) in [("init_scripts", "init.sh"), ("init_scripts", "/"), ("log_destination", "/logs")] {
        assert!(said(field, path).contains("not a workspace path"), "{path}");
    }
    let token = format!("spark.x=dapi{}", "0123456789abcdef".repeat(2));
    for (field, line) in [
        ("spark_conf", token.as_str()),
        ("spark_conf", "spark.hadoop.fs.azure.account.key.a.dfs.core.windows.net MjM0"),
        ("spark_conf", "fs.s3a.secret.key abc"),
        ("spark_env_vars", "DB_PASSWORD=hunter2"),
        ("spark_env_vars", "TOKEN=hunter2"),
        ("spark_conf", "spark.hadoop.fs.azure.account.oauth2.client.secret.a.dfs.core.windows.net hunter2"),
        ("spark_conf", "spark.hadoop.javax.jdo.option.ConnectionPassword\thunter2"),
        ("spark_env_vars", "AWS_SECRET_ACCESS_KEY={{secrets/a}}hunter2{{secrets/b/c}}"),
        ("spark_env_vars", "URL=https://me:hunter2@example.com/"),
    ] {
        let refused = said(field, line);
        assert!(refused.contains("{{secrets/scope/key}}") && !refused.contains("hunter2") && !refused.contains("0123"), "{refused}");
    }
    for (field, path) in [("init_scripts", "s3://me:hunter2@bucket/i.sh"), ("log_destination", "dbfs:/logs?sig=hunter2")] {
        let refused = said(field, path);
        assert!(refused.contains("path with a secret") && !refused.contains("hunter2"), "{refused}");
    }
    let named = said("custom_tags", &format!("a=1\n{}=x", &token[8..]));
    assert!(named.contains("Line 2 of") && !named.contains("0123"), "a token is no name: {named}");
    let tabs = [&job[..], &[("spark_conf", "spark.speculation\ttrue")]].concat();
    assert_eq!(type_properties(&made(&pat, None, &tabs).unwrap())["newClusterSparkConf"]["spark.speculation"], "true");
    let fine = [&job[..], &[("spark_env_vars", "TOKENIZERS_PARALLELISM=false\nDB_PASSWORD={{secrets/a/b}}")]].concat();
    made(&pat, None, &fine).unwrap();
}
