//! Every format that a connection can be written in. One file a format; this is the list of all of them.

mod airflow;
mod bruno;
mod connect;
mod curl;
mod databrickscfg;
mod dbeaver;
mod dbt;
mod delta_lake;
mod env;
mod exec;
mod github;
mod http_client;
mod insomnia;
mod inventory;
mod jdbc;
mod kubernetes;
mod linked_service;
mod odbc;
mod parts;
mod pbids;
mod postman;
mod sdk;
mod sql_connector;
mod sqlalchemy;
mod stores;
mod terraform;
mod vscode;

pub use inventory::{Listed, MakeAll};
pub use parts::PUBLISH as NEEDS_PROFILE;
pub use parts::no_token_of_a_person;

use super::format::Format;

/// In the order in which they are offered within their group.
pub const FORMATS: &[&Format] = &[
    &exec::EXEC,
    &databrickscfg::DATABRICKSCFG,
    &sdk::SDK,
    &connect::CONNECT,
    &vscode::VSCODE,
    &dbt::DBT,
    &linked_service::LINKED_SERVICE,
    &delta_lake::DELTA_LAKE,
    &airflow::AIRFLOW,
    &pbids::PBIDS,
    // SQL
    &sql_connector::SQL_CONNECTOR,
    &sqlalchemy::SQLALCHEMY,
    &jdbc::JDBC,
    &odbc::ODBC,
    &dbeaver::DBEAVER,
    // Deployment
    &env::SH,
    &env::FISH,
    &env::POWERSHELL,
    &env::CMD,
    &env::DOTENV,
    &env::DOCKER,
    &terraform::TERRAFORM,
    &github::GITHUB,
    &kubernetes::KUBERNETES,
    &stores::STORES,
    &curl::CURL,
    &postman::POSTMAN,
    &bruno::BRUNO,
    &insomnia::INSOMNIA,
    // Inventories
    &inventory::CSV,
    &inventory::JSON,
];

/// The format of that word.
#[must_use]
pub fn find(id: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.id == id)
}

/// Of a format that lists all connections: how it is made. Its `make` lists one.
#[must_use]
pub fn of_all(format: &Format) -> Option<MakeAll> {
    inventory::of(format)
}
