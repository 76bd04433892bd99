//! `admin tokens`: whether a workspace allows personal access tokens, for how long, and everybody's.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    args::{
        Admin, AdminTokens,
        values::{LONGEST_DAYS, Maximum},
    },
    output::{count, in_terminal, note, print_json, say, table},
    pat,
    session::Session,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{TokenRules, UserToken};
use brickpass_engine::{GetTokenRules, ListUsersTokens, Request, RevokeUsersTokens, RevokedTokens, SetMaximumDays, SetTokensEnabled};

pub(super) fn admin(Admin::Tokens(words): Admin, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let name = match &words {
        AdminTokens::Status { name }
        | AdminTokens::Enable { name }
        | AdminTokens::Disable { name, .. }
        | AdminTokens::Maximum { name, .. }
        | AdminTokens::List { name, .. }
        | AdminTokens::Revoke { name, .. } => name.clone(),
    };
    let outcome = session.find(&name).and_then(|found| {
        let connection = found.connection;
        if let AdminTokens::Disable { yes: false, .. } = words {
            confirm(&connection)?;
        }
        session.need_vault()?;
        let id = connection.id;
        match words {
            AdminTokens::Status { .. } => rules(&mut session, GetTokenRules { id }, json),
            AdminTokens::Enable { .. } => rules(&mut session, SetTokensEnabled { id, enabled: true }, json),
            AdminTokens::Disable { .. } => rules(&mut session, SetTokensEnabled { id, enabled: false }, json),
            AdminTokens::Maximum { days: Maximum(days), .. } => rules(&mut session, SetMaximumDays { id, days }, json),
            AdminTokens::List { owner, .. } => list(&mut session, id, owner.as_deref(), json),
            AdminTokens::Revoke { token_ids, .. } => revoke(&mut session, RevokeUsersTokens { id, token_ids }, json),
        }
    });
    session.settle(outcome.map_err(|failure| in_terminal(failure, &name)))
}

/// Asks for the connection's name, because everything that signs in with a token of this workspace stops working.
fn confirm(connection: &Connection) -> Result<(), Failure> {
    let name = connection.name.as_str();
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            Code::InvalidInput,
            "Tokens were not disabled.",
            "Anything that signs in with a token of this workspace would stop working. This needs a confirmation in a terminal.",
            "To do it without a confirmation, add --yes.",
        ));
    }
    note(format_args!("Anything that signs in with a personal access token of {name} stops working, including other users' tokens."));
    if connection.auth.kind() == AuthKind::PersonalAccessToken {
        note("This includes this connection: it cannot enable them again.");
    }
    let mut stderr = std::io::stderr();
    let mut line = String::new();
    let asked = write!(stderr, "Type {name} to continue: ").and_then(|()| stderr.flush());
    match asked.and_then(|()| std::io::stdin().read_line(&mut line)) {
        Ok(_) if line.trim() == name => Ok(()),
        _ => Err(Failure::new(
            Code::Cancelled,
            "Tokens were not disabled.",
            "The name does not match the connection.",
            "Run the command again.",
        )),
    }
}

fn rules(session: &mut Session, request: impl Request<Answer = TokenRules>, json: bool) -> Result<ExitCode, Failure> {
    let rules = session.ask(request)?;
    if json {
        let mut document = json!({});
        if let Some(fields) = document.as_object_mut() {
            fields.extend(rules.enabled.map(|enabled| ("enabled".to_owned(), json!(enabled))));
            fields.extend(rules.maximum_days.map(|days| ("maximum_days".to_owned(), json!(days))));
        }
        print_json(&document);
    } else {
        say(in_words(rules));
    }
    Ok(ExitCode::SUCCESS)
}

fn in_words(rules: TokenRules) -> String {
    let days = |days| count(usize::try_from(days).unwrap_or(usize::MAX), "day", "days");
    let allowed = match rules.enabled {
        Some(true) => "Personal access tokens are enabled.",
        Some(false) => "Personal access tokens are disabled.",
        None => "Personal access tokens are enabled (the default).",
    };
    match rules.maximum_days {
        Some(maximum) => format!("{allowed} The maximum lifetime of new tokens is {}.", days(maximum)),
        None => format!("{allowed} No maximum lifetime is set; Databricks' own limit is {}.", days(LONGEST_DAYS)),
    }
}

fn list(session: &mut Session, id: ConnectionId, owner: Option<&str>, json: bool) -> Result<ExitCode, Failure> {
    let mut all = session.ask(ListUsersTokens { id })?;
    if let Some(owner) = owner {
        all.retain(|it| it.owner.eq_ignore_ascii_case(owner));
    }
    let now = Timestamp::now();
    if json {
        let row = |UserToken { token, owner }: &UserToken| {
            let mut fields = pat::fields(token);
            fields.insert("owner".to_owned(), json!(owner));
            fields.extend(pat::lapse(token, now));
            Value::Object(fields)
        };
        print_json(&json!({ "tokens": all.iter().map(row).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    if !all.is_empty() {
        let mut rows = vec![["ID", "OWNER", "CREATED", "EXPIRES", "LAST USED", "COMMENT"].map(str::to_owned).to_vec()];
        rows.extend(all.iter().map(|UserToken { token, owner }| {
            vec![
                token.id.clone(),
                owner.clone(),
                token.created_at.map(pat::day).unwrap_or_default(),
                token.expires_at.map_or_else(|| "never".to_owned(), pat::day),
                token.last_used.map(|day| day.to_string()).unwrap_or_default(),
                token.comment.clone(),
            ]
        }));
        say(table(&rows));
    }
    note(count(all.len(), "token", "tokens"));
    pat::tell_idle(all.iter().map(|it| &it.token), now);
    Ok(ExitCode::SUCCESS)
}

fn revoke(session: &mut Session, request: RevokeUsersTokens, json: bool) -> Result<ExitCode, Failure> {
    let RevokedTokens { revoked, failed } = session.ask(request)?;
    Ok(pat::tell_revoked(&revoked, &failed, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_one_line() {
        let line = |enabled, maximum_days| in_words(TokenRules { enabled, maximum_days });
        assert_eq!(line(Some(true), Some(1)), "Personal access tokens are enabled. The maximum lifetime of new tokens is 1 day.");
        assert_eq!(
            line(Some(false), None),
            "Personal access tokens are disabled. No maximum lifetime is set; Databricks' own limit is 730 days."
        );
        assert!(line(None, Some(90)).ends_with("The maximum lifetime of new tokens is 90 days."));
    }
}
