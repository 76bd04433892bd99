//! `workspaces`: what an account has, and connections to it that use the account's sign-in.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::{
    args,
    list::as_json,
    output::{count, in_terminal, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Filed, Filing, Level},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::AccountWorkspace;
use brickpass_engine::{AddWorkspaces, ListWorkspaces};

/// The status of a workspace that can be used.
const RUNNING: &str = "RUNNING";

pub(super) fn workspaces(options: &args::Workspaces, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = list_and_add(&mut session, options, json);
    session.settle(outcome)
}

fn list_and_add(session: &mut Session, options: &args::Workspaces, json: bool) -> Result<ExitCode, Failure> {
    let account = session.find(&options.name)?.connection;
    if !matches!(account.level, Level::Account { .. }) {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("{} is a connection to a single workspace.", account.name.as_str()),
            "Only an account has a list of workspaces.",
            "Add a connection to the account with --base-url https://accounts... and --account-id ID, and use that one.",
        ));
    }
    let filed = filed(&account, options)?;
    session.need_vault()?;
    let all = session.ask(ListWorkspaces { id: account.id }).map_err(|failure| in_terminal(failure, account.name.as_str()))?;
    let added = add(session, &account, &chosen(&all, &options.add)?, &filed)?;
    if json {
        let rows: Vec<Value> = all.iter().map(|workspace| row_json(session, &account, workspace)).collect();
        let mut document = json!({ "workspaces": rows });
        if let (false, Some(fields)) = (options.add.is_empty(), document.as_object_mut()) {
            let added: Vec<Value> = added.iter().map(|connection| as_json(connection, session)).collect();
            fields.insert("added".to_owned(), json!(added));
        }
        print_json(&document);
    } else if options.add.is_empty() {
        print(session, &account, &all);
    } else {
        for connection in &added {
            say(format_args!("Added {} ({})", connection.name.as_str(), connection.base_url));
        }
        note(format_args!("{} added", count(added.len(), "connection", "connections")));
    }
    Ok(ExitCode::SUCCESS)
}

fn print(session: &Session, account: &Connection, all: &[AccountWorkspace]) {
    if !all.is_empty() {
        let mut rows = vec![["ID", "NAME", "STATUS", "REGION", "BASE URL", "CONNECTION"].map(str::to_owned).to_vec()];
        rows.extend(all.iter().map(|workspace| {
            vec![
                workspace.id.clone(),
                workspace.name.clone(),
                workspace.status.to_lowercase(),
                workspace.region.clone().unwrap_or_default(),
                workspace.base_url.as_ref().map(ToString::to_string).unwrap_or_default(),
                connected(session, account.id, workspace).map(|it| it.name.as_str().to_owned()).unwrap_or_default(),
            ]
        }));
        say(table(&rows));
    }
    note(count(all.len(), "workspace", "workspaces"));
}

fn row_json(session: &Session, account: &Connection, workspace: &AccountWorkspace) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(workspace.id));
    object.insert("name".to_owned(), json!(workspace.name));
    object.insert("status".to_owned(), json!(workspace.status));
    for (key, value) in [
        ("base_url", workspace.base_url.as_ref().map(ToString::to_string)),
        ("region", workspace.region.clone()),
        ("connection", connected(session, account.id, workspace).map(|it| it.name.as_str().to_owned())),
    ] {
        if let Some(value) = value {
            object.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(object)
}

/// The connection that reaches this workspace by the sign-in of that account already.
fn connected<'a>(session: &'a Session, account: ConnectionId, workspace: &AccountWorkspace) -> Option<&'a Connection> {
    let all = session.snapshot.entries.iter().map(|entry| &entry.connection);
    all.filter(|it| it.sign_in_of == Some(account)).find(|it| it.workspace_id.as_deref() == Some(workspace.id.as_str()))
}

/// The workspaces of those ids, each once; `all` names every running one that has an address.
fn chosen<'a>(all: &'a [AccountWorkspace], words: &[String]) -> Result<Vec<&'a AccountWorkspace>, Failure> {
    let unknown = words.iter().find(|word| *word != "all" && !all.iter().any(|workspace| workspace.id == **word));
    if let Some(unknown) = unknown {
        return Err(Failure::new(
            Code::NoSuchConnection,
            format!("The account has no workspace with the ID {}.", unknown.escape_debug()),
            "Enter the numeric ID of a workspace.",
            "To list them, run the same command without --add.",
        ));
    }
    let every = words.iter().any(|word| word == "all");
    let wanted = |workspace: &&AccountWorkspace| {
        words.contains(&workspace.id) || (every && workspace.status == RUNNING && workspace.base_url.is_some())
    };
    Ok(all.iter().filter(wanted).collect())
}

fn add(session: &mut Session, account: &Connection, chosen: &[&AccountWorkspace], filed: &Filed) -> Result<Vec<Connection>, Failure> {
    let mut taken: Vec<String> = session.snapshot.entries.iter().map(|entry| entry.connection.name.as_str().to_lowercase()).collect();
    let mut connections: Vec<Connection> = Vec::new();
    for workspace in chosen {
        if let Some(there) = connected(session, account.id, workspace) {
            note(format_args!("{} is already added, as {}.", workspace.name.escape_debug(), there.name.as_str()));
            continue;
        }
        let connection = connection(account, workspace, filed, &taken)?;
        taken.push(connection.name.as_str().to_lowercase());
        connections.push(connection);
    }
    if connections.is_empty() {
        return Ok(connections);
    }
    let ids = session.ask(AddWorkspaces { connections })?;
    Ok(ids.iter().filter_map(|id| session.by_id(*id).cloned()).collect())
}

/// With the account's way to sign in, under a name that is free.
fn connection(account: &Connection, workspace: &AccountWorkspace, filed: &Filed, taken: &[String]) -> Result<Connection, Failure> {
    let base_url = workspace.base_url.clone().ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            format!("A connection to {} cannot be added.", workspace.name.escape_debug()),
            "The account does not give an address for it that is safe for a token.",
            "Nothing was added. Add the other workspaces by their IDs, and this one with: brickpass add",
        )
    })?;
    let names = [workspace.name.clone(), format!("{} {}", workspace.name, workspace.id), format!("Workspace {}", workspace.id)];
    let mut made = names
        .iter()
        .filter_map(|name| Connection::of_workspace(account, name, base_url.clone(), workspace.id.clone()))
        .find(|made| !taken.contains(&made.name.as_str().to_lowercase()))
        .ok_or_else(|| {
            Failure::new(
                Code::InvalidInput,
                format!("No unused name was found for {}.", workspace.name.escape_debug()),
                "Other connections already use its name and its ID.",
                "Rename one of them with brickpass edit, then run the command again.",
            )
        })?;
    filed.replace(&mut made);
    Ok(made)
}

/// Where they belong: where the account's connection does, unless something else is said.
fn filed(account: &Connection, options: &args::Workspaces) -> Result<Filed, Failure> {
    let mut filing = Filing::of(account);
    if let Some(folder) = &options.folder {
        filing.folder.clone_from(folder);
    }
    if let Some(environment) = &options.environment {
        filing.set_environment(environment);
    }
    if !options.tags.is_empty() {
        filing.tags.clone_from(&options.tags);
    }
    filing.judge().map_err(|wrong| {
        Failure::new(
            Code::InvalidInput,
            "Nothing was added.",
            format!("{}.", wrong.text),
            "Use a different --folder, --environment or --tag, then run the command again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use brickpass_core::connection::{AuthKind, BaseUrl, Draft, Environment, LevelKind};

    use super::*;

    fn account() -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = "Group".to_owned();
        draft.base_url = "https://accounts.cloud.databricks.com".to_owned();
        draft.auth = AuthKind::Browser;
        draft.level = LevelKind::Account;
        draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
        draft.review(&|_| false).result.unwrap().connection
    }

    fn workspace(id: &str, name: &str, status: &str) -> AccountWorkspace {
        AccountWorkspace {
            id: id.to_owned(),
            name: name.to_owned(),
            base_url: Some(BaseUrl::read(&format!("https://dbc-{id}.cloud.databricks.com")).unwrap().base_url),
            region: None,
            status: status.to_owned(),
        }
    }

    #[test]
    fn all_means_the_running_ones_and_an_unknown_id_is_not_found() {
        let all = [workspace("1", "a", RUNNING), workspace("2", "b", "FAILED"), workspace("3", "c", RUNNING)];
        let ids = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            chosen(&all, &words).map(|found| found.iter().map(|it| it.id.clone()).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["all"]).unwrap(), ["1", "3"]);
        assert_eq!(ids(&["2", "1", "2"]).unwrap(), ["1", "2"]);
        assert_eq!(ids(&[]).unwrap(), [""; 0]);
        assert_eq!(ids(&["9"]).unwrap_err().code, Code::NoSuchConnection);
    }

    #[test]
    fn a_workspace_of_the_account_uses_its_sign_in_under_a_name_that_is_free() {
        let account = account();
        let mut filing = Filing::of(&account);
        assert_eq!(
            filing.judge().map(|filed| connection(&account, &workspace("7", "Sales", RUNNING), &filed, &[]).unwrap().environment),
            Ok(Environment::NotSet)
        );
        filing.folder = "EU".to_owned();
        filing.set_environment("prod");
        let filed = filing.judge().unwrap();
        let made = connection(&account, &workspace("7", "Sales", RUNNING), &filed, &["sales".to_owned()]).unwrap();
        assert_eq!((made.name.as_str(), made.folder.as_str(), made.environment), ("Sales 7", "EU", Environment::Production));
        assert_eq!((made.sign_in_of, made.level, made.workspace_id.as_deref()), (Some(account.id), Level::Workspace, Some("7")));
        assert_eq!(made.auth, account.auth);
        let odd = connection(&account, &workspace("8", "\u{202e}", RUNNING), &filed, &[]).unwrap();
        assert_eq!(odd.name.as_str(), "8");
    }
}
