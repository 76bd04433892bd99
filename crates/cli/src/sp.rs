//! `sp`: the service principals of a workspace or an account, and what they may do.

mod secrets;

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::{
    args::{Sp, values::Target},
    output::{count, in_terminal, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Object, Permission, ServicePrincipal, WorkspaceRole};
use brickpass_engine::{AddToWorkspace, CreateServicePrincipal, GrantPermission, ListServicePrincipals, SetEntitlement};

impl Target {
    /// `CAN_RESTART`, also written `can-restart`.
    fn permission(&self, text: &str) -> Result<Permission, Failure> {
        let word = text.trim().replace('-', "_").to_uppercase();
        let ladder = self.kind.permissions();
        ladder.iter().find(|it| it.word == word).copied().ok_or_else(|| {
            let words: Vec<&str> = ladder.iter().map(|it| it.word).collect();
            Failure::new(
                Code::InvalidInput,
                format!("Unknown permission {} on a {}.", text.escape_debug(), self.word()),
                format!("The permissions are {}.", words.join(", ")),
                "Use one of them.",
            )
        })
    }
}

pub(super) fn sp(words: Sp, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let name = name_of(&words).to_owned();
    let outcome = session.find(&name).and_then(|found| {
        let connection = &found.connection;
        session.need_vault()?;
        let session = &mut session;
        match words {
            Sp::List { .. } => list(session, connection, json),
            Sp::Create { principal_name, .. } => create(session, connection, principal_name, json),
            Sp::Secret(words) => secrets::secret(session, connection, words, json),
            Sp::AddToWorkspace { principal, workspace_id, admin, .. } => {
                let role = if admin { WorkspaceRole::Admin } else { WorkspaceRole::User };
                add_to_workspace(session, connection, &principal, workspace_id, role, json)
            }
            Sp::Entitle { principal, entitlement, remove, .. } => {
                let found = find(session, connection.id, &principal)?;
                let (entitlement, granted) = (entitlement.into(), !remove);
                session.ask(SetEntitlement { id: connection.id, principal_id: found.id, entitlement, granted })?;
                let verb = if granted { "has" } else { "does not have" };
                told(
                    &json!({ "client_id": found.client_id.as_str(), "entitlement": entitlement.word(), "granted": granted }),
                    &format!("{} {verb} {} in this workspace", found.name, entitlement.word()),
                    json,
                );
                Ok(ExitCode::SUCCESS)
            }
            Sp::Grant { principal, on, permission, .. } => grant(session, connection, &principal, on, &permission, json),
            Sp::Connect { principal, new_name, lifetime, .. } => {
                secrets::connect(session, connection, &principal, &new_name, lifetime, json)
            }
        }
    });
    session.settle(outcome.map_err(|failure| in_terminal(failure, &name)))
}

fn name_of(words: &Sp) -> &str {
    use super::args::SpSecret;
    match words {
        Sp::List { name }
        | Sp::Create { name, .. }
        | Sp::AddToWorkspace { name, .. }
        | Sp::Entitle { name, .. }
        | Sp::Grant { name, .. }
        | Sp::Connect { name, .. }
        | Sp::Secret(SpSecret::Create { name, .. } | SpSecret::List { name, .. } | SpSecret::Delete { name, .. }) => name,
    }
}

/// One document, or one line.
fn told(document: &Value, line: &str, json: bool) {
    if json { print_json(document) } else { say(line) }
}

fn find(session: &mut Session, id: ConnectionId, named: &str) -> Result<ServicePrincipal, Failure> {
    chosen(session.ask(ListServicePrincipals { id })?, named)
}

/// By its application id or its number, else by its name if no other has it.
fn chosen(all: Vec<ServicePrincipal>, named: &str) -> Result<ServicePrincipal, Failure> {
    let by_id = |it: &&ServicePrincipal| it.id == named || it.client_id.as_str().eq_ignore_ascii_case(named);
    if let Some(found) = all.iter().find(by_id) {
        return Ok(found.clone());
    }
    let mut of_name: Vec<ServicePrincipal> = all.into_iter().filter(|it| it.name == named).collect();
    match (of_name.len(), of_name.pop()) {
        (1, Some(only)) => Ok(only),
        (0, _) => Err(Failure::new(
            Code::NoSuchConnection,
            format!("There is no service principal {}.", named.escape_debug()),
            "Enter an application ID, a number, or the exact name.",
            "brickpass sp list shows all of them.",
        )),
        (several, _) => Err(Failure::new(
            Code::InvalidInput,
            format!("{several} service principals are named {}.", named.escape_debug()),
            "It is unclear which one you mean.",
            "Use its application ID, which brickpass sp list shows.",
        )),
    }
}

fn fields(it: &ServicePrincipal) -> Value {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), json!(it.id));
    fields.insert("client_id".to_owned(), json!(it.client_id.as_str()));
    fields.insert("name".to_owned(), json!(it.name));
    fields.insert("active".to_owned(), json!(it.active));
    fields.insert("entitlements".to_owned(), it.entitlements.iter().map(|entitlement| entitlement.word()).collect());
    Value::Object(fields)
}

fn list(session: &mut Session, connection: &Connection, json: bool) -> Result<ExitCode, Failure> {
    let all = session.ask(ListServicePrincipals { id: connection.id })?;
    if json {
        print_json(&json!({ "service_principals": all.iter().map(fields).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    if !all.is_empty() {
        let mut rows = vec![["APPLICATION ID", "NUMBER", "NAME", "ACTIVE", "ENTITLEMENTS"].map(str::to_owned).to_vec()];
        rows.extend(all.iter().map(|it| {
            vec![
                it.client_id.as_str().to_owned(),
                it.id.clone(),
                it.name.clone(),
                if it.active { "yes".to_owned() } else { "no".to_owned() },
                it.entitlements.iter().map(|entitlement| entitlement.word()).collect::<Vec<_>>().join(" "),
            ]
        }));
        say(table(&rows));
    }
    note(count(all.len(), "service principal", "service principals"));
    Ok(ExitCode::SUCCESS)
}

fn create(session: &mut Session, connection: &Connection, name: String, json: bool) -> Result<ExitCode, Failure> {
    let made = session.ask(CreateServicePrincipal { id: connection.id, name })?;
    told(&fields(&made), &format!("Created {} with the application ID {}", made.name, made.client_id.as_str()), json);
    Ok(ExitCode::SUCCESS)
}

fn add_to_workspace(
    session: &mut Session,
    connection: &Connection,
    principal: &str,
    workspace_id: String,
    role: WorkspaceRole,
    json: bool,
) -> Result<ExitCode, Failure> {
    let found = find(session, connection.id, principal)?;
    let document = json!({ "client_id": found.client_id.as_str(), "workspace_id": workspace_id, "role": role.word() });
    let line = format!("Added {} to the workspace {workspace_id} as {}", found.name, role.word().to_lowercase());
    session.ask(AddToWorkspace { id: connection.id, principal_id: found.id, workspace_id, role })?;
    told(&document, &line, json);
    Ok(ExitCode::SUCCESS)
}

fn grant(
    session: &mut Session,
    connection: &Connection,
    principal: &str,
    on: Target,
    permission: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let permission = on.permission(permission)?;
    let found = find(session, connection.id, principal)?;
    let kind = on.word();
    let document = json!({ "client_id": found.client_id.as_str(), "kind": kind, "id": on.id, "permission": permission.word });
    let line = format!("Granted {} on {kind} {} to {}", permission.word, on.id, found.name);
    let object = Object { kind: on.kind, name: on.id.clone(), id: on.id };
    session.ask(GrantPermission { id: connection.id, object, client_id: found.client_id, permission })?;
    told(&document, &line, json);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::values::object;
    use brickpass_core::connection::ClientId;

    fn principal(id: &str, client_id: &str, name: &str) -> ServicePrincipal {
        ServicePrincipal {
            id: id.into(),
            client_id: ClientId::parse(client_id).unwrap(),
            name: name.into(),
            active: true,
            entitlements: Vec::new(),
        }
    }

    #[test]
    fn a_principal_is_named_by_an_id_or_by_a_name_that_no_other_has() {
        let all = || {
            vec![principal("1", "aa-1", "ci"), principal("2", "bb-2", "ci"), principal("3", "cc-3", "nightly"), principal("4", "dd-4", "1")]
        };
        let id = |named| chosen(all(), named).map(|it| it.id).map_err(|failure| failure.code);
        assert_eq!([id("2"), id("BB-2"), id("nightly"), id("1")], ["2", "2", "3", "1"].map(|id| Ok(id.to_owned())));
        assert_eq!([id("ci"), id("CI"), id("")], [Err(Code::InvalidInput), Err(Code::NoSuchConnection), Err(Code::NoSuchConnection)]);
    }

    #[test]
    fn permissions_are_those_of_the_kind() {
        let on = |text| object(text).unwrap();
        assert_eq!(on("cluster:1").permission("can-restart").unwrap().word, "CAN_RESTART");
        assert_eq!(on("schema:main.sales").permission("read").unwrap().word, "READ");
        let failure = on("warehouse:1").permission("CAN_RESTART").unwrap_err();
        assert!(failure.code == Code::InvalidInput && failure.why.contains("CAN_VIEW, CAN_USE"), "{failure}");
    }
}
