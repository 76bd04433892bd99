//! What a person would write into a definition in plain text although it opens something: by what the setting is called, or by what stands there.

use brickpass_core::connection::looks_like_a_secret;

/// In these words a name speaks of a secret: `fs.azure.account.oauth2.client.secret.x`, `ConnectionPassword`, `fs.azure.sas.container.x`.
const ANYWHERE: [&str; 4] = ["password", "passwd", "passphrase", "secret"];
const AT_THE_END: [&str; 5] = ["token", "apikey", "accountkey", "privatekey", "accesskey"];
const WHOLE: [&str; 2] = ["sas", "pat"];
/// `account.key`, `API_KEY`; others are no secret (`fs.s3a.access.key` is its number).
const OF_KEYS: [&str; 9] = ["account", "secret", "private", "api", "shared", "encryption", "signing", "storage", "subscription"];

/// Behind such a word they speak of where the secret is, or of how long: `SECRET_SCOPE`, `fs.azure.sas.token.provider.type`.
const ABOUT_IT: [&str; 18] = [
    "scope",
    "name",
    "provider",
    "type",
    "class",
    "file",
    "path",
    "id",
    "url",
    "uri",
    "endpoint",
    "enabled",
    "ttl",
    "lifetime",
    "duration",
    "expiration",
    "timeout",
    "renewal",
];

/// What stands before a secret in an address or a connection string.
const BEFORE: [&str; 9] =
    ["password=", "passwd=", "pwd=", "accountkey=", "sharedaccesskey=", "sharedaccesssignature=", "sig=", "secret=", "token="];

pub(super) fn would_be(name: &str, value: &str) -> bool {
    if value.is_empty() || refers(value) {
        return false;
    }
    stands_in(value) || (called_so(name) && !matches!(value, "true" | "false"))
}

fn called_so(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let speaks = ANYWHERE.iter().any(|secret| word.contains(secret))
            || AT_THE_END.iter().any(|secret| word.ends_with(secret))
            || (WHOLE.contains(word) && words.get(at + 1) != Some(&"token"))
            // `PWD` alone is the folder.
            || (*word == "pwd" && before.is_some())
            || (*word == "key" && before.is_some_and(|before| OF_KEYS.contains(before)));
        speaks && !words.get(at + 1).is_some_and(|next| ABOUT_IT.contains(next))
    })
}

/// Whatever it is called: a token, or a text with a password in it.
pub(super) fn stands_in(value: &str) -> bool {
    let ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | '~' | '+');
    let small = value.to_ascii_lowercase();
    let said = |before: &str| {
        small.match_indices(before).any(|(at, _)| {
            let rest = small.get(at + before.len()..).unwrap_or_default();
            !rest.is_empty() && !rest.starts_with([';', '&', ' ']) && !rest.starts_with("{{secrets/")
        })
    };
    looks_like_a_secret(value) || value.split(ends).any(looks_like_a_secret) || BEFORE.iter().any(|before| said(before)) || has_user(value)
}

/// `https://user:password@host`
fn has_user(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
    })
}

/// One reference and nothing beside it; anything else reaches Spark as it is written.
fn refers(value: &str) -> bool {
    let inner = value.strip_prefix("{{secrets/").and_then(|rest| rest.strip_suffix("}}"));
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@ ".contains(&byte));
    inner.and_then(|inner| inner.split_once('/')).is_some_and(|(scope, key)| fits(scope) && fits(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_known_by_its_name() {
        for name in [
            "spark.hadoop.fs.azure.account.oauth2.client.secret.acct.dfs.core.windows.net",
            "fs.azure.account.oauth2.client.secret",
            "spark.hadoop.fs.azure.account.key.acct.dfs.core.windows.net",
            "fs.azure.sas.container.acct.blob.core.windows.net",
            "fs.azure.sas.fixed.token.acct.dfs.core.windows.net",
            "spark.hadoop.javax.jdo.option.ConnectionPassword",
            "spark.hadoop.fs.gs.auth.service.account.private.key",
            "fs.s3a.secret.key",
            "fs.s3a.session.token",
            "AWS_SECRET_ACCESS_KEY",
            "PGPASSWORD",
            "DB_PASSWD",
            "DB_PWD",
            "API_KEY",
            "OPENAI_APIKEY",
            "ARM_CLIENT_SECRET",
            "DATABRICKS_TOKEN",
            "accessToken",
        ] {
            assert!(would_be(name, "hunter2") && !would_be(name, "") && !would_be(name, "{{secrets/scope/key}}"), "{name}");
            assert!(would_be(name, "{{secrets/a}} hunter2 {{secrets/b/c}}") && would_be(name, "{{secrets/a/b}}c"), "{name}");
        }
    }

    #[test]
    fn what_only_speaks_of_one_is_none() {
        for (name, value) in [
            ("TOKENIZERS_PARALLELISM", "false"),
            ("spark.x.max_tokens", "100"),
            ("SECRET_SCOPE", "kv"),
            ("fs.azure.sas.token.provider.type.acct", "org.apache.hadoop.X"),
            ("fs.azure.account.oauth.provider.type.acct", "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider"),
            ("fs.azure.account.oauth2.client.id", "12345678-90ab-cdef-1234-567890abcdef"),
            ("fs.azure.account.oauth2.client.endpoint", "https://login.microsoftonline.com/t/oauth2/token"),
            ("fs.s3a.access.key", "AKIA"),
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("PWD", "/tmp"),
            ("spark.databricks.passthrough.enabled", "true"),
            ("spark.hadoop.x.password.required", "true"),
            ("JAVA_TOOL_OPTIONS", "-Dmail=me@example.com -Dx=https://host:443/a@b"),
            ("spark.x", "{{secrets/a/b}}"),
            ("PYSPARK_PYTHON", "/databricks/python3/bin/python3"),
        ] {
            assert!(!would_be(name, value), "{name}");
        }
    }

    #[test]
    fn a_token_or_a_password_is_known_wherever_it_stands() {
        let token = format!("dapi{}", "0123456789abcdef".repeat(2));
        for value in [
            token.clone(),
            format!("-Dx={token} -Dy"),
            format!("a/{token}"),
            "jdbc:sqlserver://h;user=a;Password=hunter2".to_owned(),
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=aGk=".to_owned(),
            "https://a.blob.core.windows.net/c?sv=1&sig=aGk%3D".to_owned(),
            "postgres://me:hunter2@db/x".to_owned(),
        ] {
            assert!(stands_in(&value) && would_be("spark.x", &value), "{value}");
        }
        assert!(!stands_in("jdbc:x;password={{secrets/a/b}}") && !stands_in("abfss://c@a.dfs.core.windows.net/i.sh"));
    }
}
