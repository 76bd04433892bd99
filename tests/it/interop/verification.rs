//! *Verify* with the tools themselves: the engine in a process of its own, where they are on the search path.

use std::env;

use brickpass_core::connection::ConnectionId;
use brickpass_engine::{Engine, Places, Start, VerifyProfile};
use brickpass_storage::{Vault, VaultConfig, VaultHome};

use super::{
    Stage, Table,
    clients::{self, Prepared},
};
use crate::support::{INSIDE, interop_venv, only_inside};

const NAME: &str = "Verify";
const CONNECTION: &str = "BRICKPASS_TEST_CONNECTION";

pub fn checks(stage: &Stage, table: &mut Table) {
    // What an earlier run has installed may be another version by now.
    match clients::python() {
        Prepared::Ready(_) => {}
        Prepared::Skipped(why) => return table.skipped(NAME, &format!("the SDK for Python is not here to be asked: {why}")),
        Prepared::Broken(why) => return table.add(NAME, "installing the SDK for Python", &Err(why)),
    }
    let listed = stage.desk.done(&["list", "--json"], "").json();
    for way in &stage.ways {
        let id = listed["connections"].as_array().unwrap().iter().find(|it| it["name"] == way.profile).unwrap()["id"].as_str().unwrap();
        let mut inside = stage.at(env::current_exe().unwrap(), way.profile);
        inside.args(["--nocapture", "--ignored", "--exact", "interop::verification::the_tools_are_asked"]);
        inside.env(INSIDE, "1").env(CONNECTION, id).env("PYTHONPATH", interop_venv().join("packages"));
        let ran = stage.run(&mut inside);
        let verified = ran.stdout.lines().any(|line| line.contains("(Python)") && line.ends_with(&format!("sees {}", way.user)));
        table.add(NAME, way.label, &if verified { Ok(()) } else { Err(format!("{} {}", ran.stdout.replace('\n', " "), ran.stderr)) });
    }
}

#[test]
#[ignore = "run by the interop promise, where the tools are"]
fn the_tools_are_asked() {
    only_inside();
    let folder = |name: &str| env::var_os(name).unwrap().into();
    let mut places = Places::new(folder("BRICKPASS_CONFIG_DIR"), folder("BRICKPASS_STATE_DIR"));
    let passphrase = env::var("BRICKPASS_VAULT_PASSPHRASE").ok().map(Into::into);
    places.vault = Some(Vault::new(VaultConfig { home: VaultHome::File, file: places.vault_file(), passphrase }));
    places.databrickscfg = env::home_dir().map(|home| home.join(".databrickscfg"));
    let id: ConnectionId = env::var(CONNECTION).unwrap().parse().unwrap();
    let profile = env::var("DATABRICKS_CONFIG_PROFILE").unwrap();
    let (engine, _events) = Engine::start(places, || {}).unwrap();
    engine.ask(Start).wait().unwrap();
    for tool in engine.ask(VerifyProfile { id, profile }).wait().unwrap() {
        match tool {
            Ok(verification) => println!("{} sees {}", verification.tool, verification.user),
            Err(failure) => println!("not verified: {failure}"),
        }
    }
}
