//! The settings that the JDBC and ODBC drivers of Databricks share. An allow-list: what is not on it is told, and never acted upon.

use super::{FoundConnection, attributes::ENTRA, found::Given};
use brickpass_core::connection::AuthKind;

/// Keys and values as written; drivers do not care about the case of keys.
pub(super) struct Settings(pub(super) Vec<(String, String)>);

impl Settings {
    fn get(&self, keys: &[&str]) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| keys.iter().any(|wanted| key.eq_ignore_ascii_case(wanted)));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    fn given(&self, keys: &[&str]) -> Option<Given> {
        self.get(keys).map(Given::text)
    }

    pub(super) fn host(&self) -> Option<String> {
        let host = self.get(&["Host", "Server", "ServerName"])?;
        Some(match self.get(&["Port"]).filter(|port| *port != "443") {
            Some(port) => format!("https://{host}:{port}"),
            None => host.to_owned(),
        })
    }
}

/// What they say about a connection at `host`.
pub(super) fn connection(place: &str, host: Option<&str>, settings: &Settings) -> FoundConnection {
    let mut made = FoundConnection::at(place);
    sign_in(settings, &mut made);
    if let Some(workspace) = settings.get(&["httpPath"]).and_then(workspace_of_path) {
        workspace.clone_into(&mut made.draft.workspace_id);
    }
    made.host(host.map(Given::text).as_ref(), "Host");
    made.settle_level();
    for (key, value) in &settings.0 {
        tell(key, value, &mut made);
    }
    made
}

fn sign_in(settings: &Settings, made: &mut FoundConnection) {
    let client_id = settings.given(&["OAuth2ClientId", "Auth_Client_ID"]);
    let (user, password) = (settings.given(&["UID", "user"]), settings.given(&["PWD", "password"]));
    match (settings.get(&["AuthMech"]), settings.get(&["Auth_Flow"])) {
        (Some("3"), _) => made.user_and_password(user.as_ref(), password.as_ref()),
        (Some("11") | None, Some("0")) => {
            made.token(settings.given(&["Auth_AccessToken"]).as_ref());
            made.remark("If its token is an OAuth token, it expires within the hour.");
        }
        (Some("11") | None, Some("1")) if settings.get(&["AzureTenantId"]).is_some() => {
            made.through_browser(ENTRA);
        }
        (Some("11") | None, Some("1")) if settings.get(&["UseJWTAssertion"]).is_some_and(|on| on != "0") => {
            made.through_browser("a private key");
        }
        (Some("11") | None, Some("1")) => {
            made.principal(client_id.as_ref(), settings.given(&["OAuth2Secret", "Auth_Client_Secret"]).as_ref());
        }
        (Some("11") | None, Some("2")) => {
            made.draft.auth = AuthKind::Browser;
            for (field, keys) in [
                (&mut made.draft.client_id, &["OAuth2ClientId", "Auth_Client_ID"][..]),
                (&mut made.draft.scopes, &["Auth_Scope"]),
                (&mut made.draft.redirect_port, &["OAuth2RedirectUrlPort"]),
            ] {
                if let Some(value) = settings.get(keys) {
                    value.clone_into(field);
                }
            }
        }
        (Some("11") | None, Some("3")) => made.through_browser("an Azure managed identity (Microsoft Entra ID)"),
        (None, None) if password.is_some() || user.is_some() => made.user_and_password(user.as_ref(), password.as_ref()),
        (None, None) => {
            made.browser();
            made.remark("No authentication in the file; browser sign-in is used.");
        }
        (Some(_), _) | (None, Some(_)) => made.refuse("Brickpass does not support its authentication type (AuthMech, Auth_Flow)."),
    }
}

/// `/sql/protocolv1/o/<workspace>/<cluster>`.
fn workspace_of_path(path: &str) -> Option<&str> {
    let rest = path.trim_start_matches('/').strip_prefix("sql/protocolv1/o/")?;
    let id = rest.split('/').next()?;
    (id.len() >= 3 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// Taken over, or a part of how it signs in.
const TAKEN: [&str; 20] = [
    "host",
    "server",
    "servername",
    "port",
    "authmech",
    "auth_flow",
    "uid",
    "user",
    "pwd",
    "password",
    "auth_accesstoken",
    "oauth2clientid",
    "auth_client_id",
    "oauth2secret",
    "auth_client_secret",
    "auth_scope",
    "oauth2redirecturlport",
    "driver",
    "dsn",
    "description",
];

/// Whether a key is one of the driver's that say where a connection leads and how it signs in.
pub(super) fn is_setting(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    !["driver", "dsn", "description", "host", "server", "servername", "port"].contains(&key.as_str())
        && (TAKEN.contains(&key.as_str()) || ["httppath", "conncatalog", "connschema", "azuretenantid"].contains(&key.as_str()))
}

fn tell(key: &str, value: &str, made: &mut FoundConnection) {
    let lower = key.to_ascii_lowercase();
    let on = value != "0" && !value.eq_ignore_ascii_case("false") && !value.is_empty();
    match lower.as_str() {
        "ssl" if !on => {
            made.ignore(key, "a connection is always encrypted");
            made.remark(format!("Insecure setting in the file: {key} is off. Brickpass always uses encryption."));
        }
        "allowselfsignedcerts" | "allowhostnamecnmismatch" | "caissuedcertnamesmismatch" | "caissuedcertsmismatch" if on => {
            made.ignore(key, "it weakens the check of the server's certificate and is never imported");
            made.remark(format!("Insecure setting in the file: {key}. It is not imported; the server's certificate is always checked."));
        }
        "httppath" => made.ignore(key, "connections contain no compute; choose it when you export"),
        "conncatalog" | "connschema" | "catalog" | "schema" => {
            made.ignore(key, "connections contain no catalog or schema; choose them when you export");
        }
        taken if TAKEN.contains(&taken) => {}
        "ssl" | "transportmode" | "thrifttransport" | "sparkservertype" => made.ignore(key, "every connection uses it"),
        proxy if proxy.contains("proxy") => made.ignore(key, "the system's proxy is used"),
        file if ["truststore", "keystore", "jaas", "krb", "logpath", "key_file", "trustedcerts"].iter().any(|word| file.contains(word)) => {
            made.ignore(key, "it refers to a file or another authentication type and is never used");
        }
        _ => made.ignore(key, "not part of a connection; it is never acted upon"),
    }
}
