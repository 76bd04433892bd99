//! The demo in this process, and one of its workspaces.

use std::time::Duration;

use brickpass_core::connection::BaseUrl;
use brickpass_databricks::rest::{Client, Http, HttpSettings};
use brickpass_demo::{Demo, DemoHandle, DemoOptions, DemoWorkspace};

pub struct OnDemo {
    pub demo: Demo,
    pub workspace: DemoWorkspace,
    pub handle: DemoHandle,
}

impl OnDemo {
    pub fn new() -> Self {
        Self::among(1, "Sales lakehouse")
    }

    /// One of so many workspaces.
    pub fn among(workspaces: usize, name: &str) -> Self {
        let demo = Demo::start(&DemoOptions { workspaces, ..DemoOptions::default() }).unwrap();
        Self { workspace: workspace(&demo, name).clone(), handle: demo.workspace(name).unwrap(), demo }
    }
}

pub fn workspace<'a>(demo: &'a Demo, name: &str) -> &'a DemoWorkspace {
    let all = demo.workspaces();
    all.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no {name} in {all:?}"))
}

/// Brickpass's own client, beside the engine.
pub fn databricks(base_url: &str, token: &str) -> Client {
    let base_url = BaseUrl::read(base_url).unwrap().base_url;
    Client::new(Http::new(HttpSettings::default()), base_url, None, token.into(), Duration::from_secs(8))
}
