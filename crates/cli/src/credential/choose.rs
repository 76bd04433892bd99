//! Which connection is meant by what a tool says. A guess could sign somebody in as somebody else, so there is none.

use std::collections::BTreeSet;

use brickpass_core::connection::{AccountId, BaseUrl, Connection, ConnectionId, Level, quoted};
use brickpass_interchange::databrickscfg::ProfileName;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Profile(String),
    Host(Host),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) origin: String,
    pub(super) account_id: Option<String>,
    pub(super) workspace_id: Option<String>,
}

/// Why no connection was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unchosen {
    /// None of ours: whoever asked may look elsewhere. In words that follow "Brickpass has".
    NotOurs(String),
    /// In words for the person.
    Fallback(String),
}

impl Host {
    /// As the SDKs read a host: with or without scheme, the workspace or the account behind a question mark.
    pub(super) fn read(text: &str, account_id: Option<&str>, workspace_id: Option<&str>) -> Result<Self, Unchosen> {
        let with_scheme = if text.contains("://") { text.trim().to_owned() } else { format!("https://{}", text.trim()) };
        let pasted = BaseUrl::read(&with_scheme).map_err(|_| Unchosen::Fallback(format!("{} is not an address.", quoted(text))))?;
        let said = |id: Option<&str>| id.map(str::trim).filter(|id| !id.is_empty() && *id != "none").map(str::to_owned);
        Ok(Self {
            origin: pasted.base_url.origin(),
            account_id: said(account_id).or(pasted.account_id),
            workspace_id: said(workspace_id).or(pasted.workspace_id),
        })
    }
}

/// `published` says as which profiles connections were published, `served` which of these profiles tools find in the file.
pub(super) fn choose<'a>(
    asked: &Asked,
    connections: &'a [Connection],
    published: &[(ConnectionId, String)],
    served: &dyn Fn() -> Vec<ConnectionId>,
) -> Result<&'a Connection, Unchosen> {
    match asked {
        Asked::Profile(profile) => by_profile(profile, connections, published),
        Asked::Host(host) => by_host(host, connections, served),
    }
}

fn by_profile<'a>(profile: &str, connections: &'a [Connection], published: &[(ConnectionId, String)]) -> Result<&'a Connection, Unchosen> {
    let is_published = |connection: &&Connection| published.iter().any(|(id, name)| *id == connection.id && name == profile);
    let published: Vec<_> = connections.iter().filter(is_published).collect();
    // What a person has published under this name is what they mean; else a name speaks for itself.
    let found = if published.is_empty() { connections.iter().filter(|it| goes_by(it, profile)).collect() } else { published };
    only(&found, &format!("the profile {profile}"), "Publish one of them under a different name, or rename it.")
        .unwrap_or_else(|| Err(Unchosen::NotOurs(format!("no connection for the profile {}", quoted(profile)))))
}

fn goes_by(connection: &Connection, profile: &str) -> bool {
    connection.name.as_str() == profile || connection.id.to_string() == profile || ProfileName::of(&connection.name).as_str() == profile
}

const ONE_PROFILE: &str = "Use --profile to specify which profile to use. Tools that only pass the address (the SDK for JavaScript, and so \
    VS Code) work if only one of them is published: brickpass unpublish NAME";

fn by_host<'a>(host: &Host, connections: &'a [Connection], served: &dyn Fn() -> Vec<ConnectionId>) -> Result<&'a Connection, Unchosen> {
    let at_host: Vec<_> =
        connections.iter().filter(|connection| connection.base_url.origin() == host.origin && is_at(connection, host)).collect();
    let [first, ..] = at_host.as_slice() else {
        return Err(Unchosen::NotOurs(format!("no connection to {}", host.origin)));
    };
    // Several that use one sign-in have one token.
    let owners: BTreeSet<_> = at_host.iter().map(|connection| connection.owner_among(connections).id).collect();
    if owners.len() == 1 {
        return Ok(first);
    }
    // A tool that says no profile has one of the file all the same: where a single one leads here, it is that one.
    let served = served();
    let found: Vec<_> = at_host.iter().filter(|connection| served.contains(&connection.id)).collect();
    let owners: BTreeSet<_> = found.iter().map(|connection| connection.owner_among(connections).id).collect();
    if let ([one, ..], 1) = (found.as_slice(), owners.len()) {
        return Ok(one);
    }
    only(&at_host, &host.origin, ONE_PROFILE).unwrap_or_else(|| Err(Unchosen::NotOurs(format!("no connection to {}", host.origin))))
}

/// Is it the one at this address that is meant? What a connection does not say of itself does not speak against it. A workspace's own address
/// stays that workspace's, whatever account is named beside it.
fn is_at(connection: &Connection, host: &Host) -> bool {
    let account = match &connection.level {
        Level::Account { account_id } => Some(AccountId::as_str(account_id)),
        Level::Workspace => None,
    };
    let same_workspace = match (connection.workspace_id.as_deref(), host.workspace_id.as_deref()) {
        (Some(ours), Some(asked)) => ours == asked,
        (None, Some(_)) => account.is_none(),
        (_, None) => true,
    };
    let same_account = match (account, host.account_id.as_deref()) {
        (Some(ours), Some(asked)) => ours.eq_ignore_ascii_case(asked),
        _ => true,
    };
    same_workspace && same_account
}

/// `None`: nobody. The fix stands behind the names.
fn only<'a>(found: &[&'a Connection], what: &str, fix: &str) -> Option<Result<&'a Connection, Unchosen>> {
    match found {
        [] => None,
        [only] => Some(Ok(only)),
        several => {
            let names: Vec<_> = several.iter().map(|connection| format!("\"{}\"", connection.name.as_str())).collect();
            Some(Err(Unchosen::Fallback(format!("{} match {}. {fix}", names.join(" and "), what.escape_debug()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHARED: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
    const UNIFIED: &str = "https://acme.databricks.com";
    const ACCOUNT: &str = "12345678-90ab-cdef-1234-567890abcdef";

    fn connection(number: u8, name: &str, base_url: &str, changes: &serde_json::Value) -> Connection {
        let mut json = json!({
            "id": format!("8a5e0a4e-1111-4222-8333-{number:012}"), "name": name, "base_url": base_url,
            "timeout_seconds": 30, "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
        });
        json.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(json).unwrap()
    }

    fn host<'a>(text: &str, account: impl Into<Option<&'a str>>, workspace: impl Into<Option<&'a str>>) -> Asked {
        Asked::Host(Host::read(text, account.into(), workspace.into()).unwrap())
    }

    fn chosen(asked: &Asked, connections: &[Connection], published: &[(ConnectionId, String)]) -> Result<String, String> {
        match choose(asked, connections, published, &|| published.iter().map(|(id, _)| *id).collect()) {
            Ok(connection) => Ok(connection.name.as_str().to_owned()),
            Err(Unchosen::NotOurs(words)) => Err(format!("not ours: {words}")),
            Err(Unchosen::Fallback(words)) => Err(words),
        }
    }

    #[test]
    fn a_profile_is_what_was_published_as_it_else_what_goes_by_its_name() {
        let all = [
            connection(1, "Sales EU", SHARED, &json!({})),
            connection(2, "finance", SHARED, &json!({})),
            connection(3, "Finance 2", SHARED, &json!({})),
        ];
        let published = [(all[2].id, "finance".to_owned())];
        let by = |name: &str, published: &[_]| chosen(&Asked::Profile(name.to_owned()), &all, published);
        for name in ["Sales EU", "sales-eu", "8a5e0a4e-1111-4222-8333-000000000001"] {
            assert_eq!(by(name, &[]), Ok("Sales EU".to_owned()), "{name}");
        }
        assert_eq!(by("finance", &[]), Ok("finance".to_owned()));
        assert_eq!(by("finance", &published), Ok("Finance 2".to_owned()), "somebody has said so");
        assert!(by("SALES EU", &[]).unwrap_err().starts_with("not ours: "), "names of profiles are told apart by case");
    }

    #[test]
    fn two_that_go_by_one_name_are_named_and_nobody_is_chosen() {
        let all = [connection(1, "sales eu", SHARED, &json!({})), connection(2, "sales-eu", SHARED, &json!({}))];
        let words = chosen(&Asked::Profile("sales-eu".to_owned()), &all, &[]).unwrap_err();
        assert!(words.starts_with("\"sales eu\" and \"sales-eu\" match the profile sales-eu."), "{words}");
        let published = [(all[0].id, "x".to_owned()), (all[1].id, "x".to_owned())];
        assert!(chosen(&Asked::Profile("x".to_owned()), &all, &published).unwrap_err().contains(" and "));
    }

    #[test]
    fn a_host_is_written_in_many_ways() {
        let all = [connection(1, "Sales", SHARED, &json!({}))];
        let bare = SHARED.trim_start_matches("https://");
        for text in
            [SHARED, bare, &format!("{SHARED}/"), &format!("{SHARED}:443"), &format!("{bare}/?o=1234567890123456"), &bare.to_uppercase()]
        {
            assert_eq!(chosen(&host(text, None, None), &all, &[]), Ok("Sales".to_owned()), "{text}");
        }
        assert!(chosen(&host("https://adb-1.2.azuredatabricks.net", None, None), &all, &[]).unwrap_err().starts_with("not ours: "));
        assert!(matches!(Host::read("https://user@x", None, None), Err(Unchosen::Fallback(_))));
        assert_eq!(chosen(&host(SHARED, ACCOUNT, "none"), &all, &[]), Ok("Sales".to_owned()), "a stale account id beside a workspace");
    }

    #[test]
    fn pb_18_between_different_people_on_one_host_nobody_is_guessed() {
        let all = [connection(1, "As me", SHARED, &json!({})), connection(2, "As the robot", SHARED, &json!({"auth": {"type": "pat"}}))];
        let words = chosen(&host(SHARED, None, None), &all, &[]).unwrap_err();
        assert!(
            words.starts_with(&format!(
                "\"As me\" and \"As the robot\" match {SHARED}. Use --profile to specify which profile to use. Tools that"
            )),
            "{words}"
        );
        // One profile of the file leads there: whoever says its address alone can mean nobody else.
        let one = [(all[1].id, "robot".to_owned())];
        assert_eq!(chosen(&host(SHARED, None, None), &all, &one), Ok("As the robot".to_owned()));
        let both = [(all[0].id, "me".to_owned()), (all[1].id, "robot".to_owned())];
        assert!(chosen(&host(SHARED, None, None), &all, &both).is_err());
    }

    #[test]
    fn on_a_unified_host_the_workspace_and_the_account_tell_connections_apart_and_one_sign_in_is_one_token() {
        let level = json!({"level": {"account": {"account_id": ACCOUNT}}});
        let account = connection(1, "Account", UNIFIED, &level);
        let workspace = |number, name: &str, id: &str, of: &serde_json::Value| {
            let mut changes = json!({"workspace_id": id});
            changes.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
            connection(number, name, UNIFIED, &changes)
        };
        let own = [account.clone(), workspace(2, "One", "111", &json!({})), workspace(3, "Two", "222", &json!({}))];
        assert_eq!(chosen(&host(UNIFIED, None, "111"), &own, &[]), Ok("One".to_owned()));
        assert_eq!(chosen(&host(&format!("{UNIFIED}/?w=222"), None, None), &own, &[]), Ok("Two".to_owned()));
        assert!(chosen(&host(UNIFIED, None, None), &own, &[]).is_err());
        assert!(chosen(&host(UNIFIED, None, "333"), &own, &[]).unwrap_err().starts_with("not ours: "));
        let of = json!({"sign_in_of": account.id});
        let shared = [account, workspace(2, "One", "111", &of), workspace(3, "Two", "222", &of)];
        assert_eq!(chosen(&host(UNIFIED, None, None), &shared, &[]), Ok("Account".to_owned()));
    }
}
