//! Exports: for each hostile value in each place that a person can fill, an independent reader of the format gets exactly what was meant, or the
//! export was refused.

#![expect(clippy::format_push_string, clippy::format_collect, reason = "programs that tests write need no speed")]
#![cfg(target_os = "linux")]

mod api_clients;
mod asked;
mod command;
mod curl;
mod data_factory;
mod deployment;
mod desk;
mod drivers;
mod editors;
mod environments;
mod every_format;
mod folders;
mod integrations;
mod lists;
mod offers;
mod programs;
mod python;
pub mod read_back;
mod registry;
mod score;
mod tools;

use std::time::Duration;

use asked::{Asked, CLIENT_ID, CLUSTER, HELPER, HOST, PATH, URL};
use score::{Found, From, Made, Reading, Score, maps, pairs, write_all};

const LIMIT: Duration = Duration::from_mins(3);
