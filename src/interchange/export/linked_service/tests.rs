use crate::{
    connection::{AuthKind, Connection, ConnectionId, Draft},
    interchange::{
        export,
        format::{Answers, Document, Subject},
    },
};
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
    assert!(said(&pat, &shown("pool", "1:8")).contains("cannot change its size"));
    for (field, value) in [("name", "a/b"), ("vault", "a.b"), ("secret_name", "a_b"), ("integration_runtime", "a b"), ("factory", "a--b")] {
        assert!(said(&pat, &[existing, (field, value)]).contains("not one that Azure takes"), "{field}");
    }
}
