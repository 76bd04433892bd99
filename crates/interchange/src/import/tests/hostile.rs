//! What nobody meant well.

use super::*;

include!("../../../../../tests/hostile_values.rs");

#[test]
fn hostile_values_neither_panic_nor_get_into_what_is_shown() {
    for (_, value) in hostile_values() {
        let value = value.as_str();
        let json = serde_json::to_string(value).unwrap();
        for (kind, text) in [
            (Kind::DatabricksCfg, format!("[p]\nhost = {value}\ntoken = {value}\n")),
            (Kind::Environment, format!("DATABRICKS_HOST={value}\nDATABRICKS_TOKEN='{value}'\n")),
            (Kind::Tfvars, format!("databricks_host = {json}\ndatabricks_token = {json}\n")),
            (Kind::Jdbc, format!("jdbc:databricks://{value};PWD={value}")),
            (Kind::Odbc, format!("Driver=x;Host={value};PWD={{{value}}}")),
            (Kind::Connect, format!("sc://{value}/;token={value}")),
            (Kind::Dbt, format!("{json}: {{outputs: {{{json}: {{type: databricks, host: {json}, token: {json}}}}}}}")),
            (
                Kind::LinkedService,
                format!(r#"{{"name":{json},"properties":{{"type":"AzureDatabricks","typeProperties":{{"domain":{json},{json}:1}}}}}}"#),
            ),
            (Kind::Airflow, format!(r#"{{{json}:{{"conn_type":"databricks","host":{json},"password":{json}}}}}"#)),
            (Kind::Csv, format!("name,base_url,token\n{value},{value},{value}\n")),
        ] {
            let Ok(found) = read(kind, text.as_bytes()) else { continue };
            for made in &found.connections {
                let shown = [&made.place].into_iter().chain(&made.remarks).chain(&made.refused);
                for text in shown.chain(
                    found
                        .ignored
                        .iter()
                        .chain(found.connections.iter().flat_map(|connection| &connection.ignored))
                        .flat_map(|(key, why)| [key, why]),
                ) {
                    assert!(!text.contains(['\u{202E}', '\u{1b}', '\n', '\r']), "{kind:?} {text:?}");
                }
            }
        }
    }
}
