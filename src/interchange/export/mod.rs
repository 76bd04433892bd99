//! Every format that a connection can be written in. One file a format; this is the list of all of them.

mod connect;
mod curl;
mod databrickscfg;
mod dbt;
mod delta_lake;
mod env;
mod jdbc;
mod linked_service;
mod odbc;
mod parts;
mod sdk;
mod sql_connector;
mod sqlalchemy;
mod terraform;

pub(crate) use parts::no_token_of_a_person;

use super::format::Format;

/// In the order in which they are offered within their group.
pub const FORMATS: &[&Format] = &[
    &databrickscfg::DATABRICKSCFG,
    &sdk::SDK,
    &connect::CONNECT,
    &dbt::DBT,
    &linked_service::LINKED_SERVICE,
    &delta_lake::DELTA_LAKE,
    // SQL
    &sql_connector::SQL_CONNECTOR,
    &sqlalchemy::SQLALCHEMY,
    &jdbc::JDBC,
    &odbc::ODBC,
    // Deployment
    &env::SH,
    &env::FISH,
    &env::POWERSHELL,
    &env::CMD,
    &env::DOTENV,
    &env::DOCKER,
    &terraform::TERRAFORM,
    &curl::CURL,
];

/// The format of that word.
#[must_use]
pub fn find(id: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.id == id)
}
