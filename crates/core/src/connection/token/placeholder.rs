//! What stands in the place of a secret and is none: masks, placeholders of examples, references that another tool would resolve, lines that were
//! copied as a whole, addresses and paths. Whatever may be a secret passes.

use super::SecretError;

/// Why `text` is no secret. It is trimmed, without quotation marks around it, and has not the shape of a known kind.
pub(super) fn not_a_secret(text: &str) -> Option<SecretError> {
    if is_masked(text) {
        return Some(SecretError::Masked);
    }
    if is_reference(text) {
        return Some(SecretError::Reference);
    }
    if is_assignment(text) {
        return Some(SecretError::Assignment);
    }
    if is_placeholder(text) {
        return Some(SecretError::Placeholder);
    }
    if is_address(text) {
        return Some(SecretError::Address);
    }
    is_path(text).then_some(SecretError::Path)
}

/// The host of an example, such as `your-workspace.cloud.databricks.com` or `adb-xxxx.7.azuredatabricks.net`.
pub fn is_example_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_example =
        |word: &str| is_your(word) || is_run_of_x(word, 3) || matches!(word, "example" | "placeholder" | "replace" | "changeme" | "insert");
    ZONES.iter().any(|zone| host.strip_suffix(zone).is_some_and(|name| parts(name).any(is_example)))
}

const ZONES: [&str; 6] = [
    ".cloud.databricks.com",
    ".azuredatabricks.net",
    ".gcp.databricks.com",
    ".databricks.com",
    ".databricks.azure.us",
    ".databricks.azure.cn",
];

/// Signs by which programs hide a character.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | '\u{2022}' | '\u{25CF}' | '\u{00B7}' | '\u{2219}' | '\u{2588}')
}

/// `****`, `dapi****1234`, `[MASKED]` of GitLab, `***` of GitHub and Azure DevOps, `(sensitive value)` of Terraform.
fn is_masked(text: &str) -> bool {
    const WORDS: [&str; 10] =
        ["masked", "redacted", "hidden", "filtered", "secure", "secret", "sensitive", "sensitive value", "removed", "concealed"];
    let inner = text.trim_matches(|c: char| is_mask(c) || "[](){}<>%-_".contains(c)).to_lowercase();
    let mut run = 0;
    let hidden = text.chars().any(|c| {
        run = if is_mask(c) { run + 1 } else { 0 };
        run == 3
    });
    let framed = inner.len() < text.len() && WORDS.contains(&inner.as_str()) && !text.starts_with('<');
    hidden || framed || (!text.is_empty() && text.chars().all(|c| is_mask(c) || c == '\u{2026}'))
}

/// What a shell, a pipeline or a store of secrets would replace by the value: `$NAME`, `${NAME}`, `$(NAME)`, `%NAME%`, `{{ NAME }}`, `#{NAME}#`, `op://…`.
fn is_reference(text: &str) -> bool {
    const CALLS: [&str; 21] = [
        "op://",
        "arn:",
        "projects/",
        "/subscriptions/",
        "keyvault:",
        "file:",
        "@/",
        "vault://",
        "azurekv://",
        "awssm://",
        "gcpsm://",
        "ref+",
        "secretref:",
        "vault:",
        "keyring:",
        "env:",
        "file://",
        "@microsoft.keyvault(",
        "dbutils.secrets.",
        "env_var(",
        "os.environ",
    ];
    let between = |sign: char| text.strip_prefix(sign).and_then(|rest| rest.strip_suffix(sign)).is_some_and(is_variable);
    let lower = text.to_ascii_lowercase();
    ["${", "$(", "{{", "}}", "#{", "<%", "$["].iter().any(|sign| text.contains(sign))
        || text.strip_prefix('$').is_some_and(is_variable)
        || between('%')
        || between('!')
        || between('@')
        || CALLS.iter().any(|call| lower.starts_with(call))
        || ["os.getenv(", "os.environ[", "process.env.", "var.", "local.", "secrets.", "env."]
            .iter()
            .any(|start| lower.strip_prefix(start).is_some_and(|rest| is_variable(rest.trim_matches([')', ']', '\'', '"']))))
}

/// A name as a person gives it, and not the random letters of a secret that happens to begin with a sign.
fn is_variable(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
    let spoken =
        name == name.to_ascii_uppercase() || !name.contains(|c: char| c.is_ascii_digit()) || words(name).iter().any(|word| is_noun(word));
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(fits) && spoken
}

/// `<personal-access-token>`, `your-databricks-token`, `dapi...`, `dapiREPLACE_ME`, `xxxx`, `changeme`, and what a program prints where it has
/// nothing to print or does not print a secret: `System.Security.SecureString`, `%!s(MISSING)`.
fn is_placeholder(text: &str) -> bool {
    if is_abbreviated(text) || (text.starts_with('<') && text.ends_with('>')) {
        return true;
    }
    let printed = ["n/a", "system.security.securestring", "system.object"].iter().any(|words| text.eq_ignore_ascii_case(words));
    if printed || (text.starts_with("%!") && text.ends_with(')')) {
        return true;
    }
    if text.starts_with('[') && text.ends_with(']') {
        return true;
    }
    let behind = super::MARKED.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    if behind.is_empty() {
        // The mark of a token and nothing behind it.
        return true;
    }
    let words = words(behind);
    // Signs alone, such as `____` or `???`.
    if words.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return true;
    }
    let lower = behind.to_ascii_lowercase();
    let spoken = |word: &String| is_noun(word) || is_telling(word) || is_run_of_x(word, 3);
    parts(&lower).any(|word| is_telling(word) || is_run_of_x(word, 5)) || (!words.is_empty() && words.iter().all(spoken))
}

/// `...`, `dapi...`, `dapi...1234`, `dapi0123...`, `eyJ...`. Dots alone decide nothing: they are among the characters that a token may have.
fn is_abbreviated(text: &str) -> bool {
    /// Bytes; no secret is as short.
    const SHORT: usize = 12;
    let Some(at) = text.find("...") else { return text.contains('\u{2026}') };
    let begins_as_a_token = super::MARKED.iter().chain(&["eyJ"]).any(|mark| text.starts_with(mark));
    let before = text.get(..at).unwrap_or_default();
    text.len() < SHORT || super::MARKED.contains(&before) || before == "eyJ" || (begins_as_a_token && text.ends_with("..."))
}

/// What stands between the signs.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty())
}

/// Lower-case words, parted by signs and where a capital letter follows a small one: `YOUR_TOKEN`, `myToken`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            let begins = !before.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && c.is_ascii_uppercase());
            match words.last_mut().filter(|_| !begins) {
                Some(word) => word.push(c.to_ascii_lowercase()),
                None => words.push(c.to_ascii_lowercase().to_string()),
            }
        }
        before = c;
    }
    words
}

/// A word that says by itself that something has to be put in its place.
fn is_telling(word: &str) -> bool {
    const TELLING: [&str; 22] = [
        "replace",
        "replaceme",
        "replacewith",
        "changeme",
        "changeit",
        "change",
        "placeholder",
        "insert",
        "inserthere",
        "paste",
        "redacted",
        "masked",
        "todo",
        "fixme",
        "dummy",
        "example",
        "sample",
        "fake",
        "here",
        "fillme",
        "mytoken",
        "tbd",
    ];
    TELLING.contains(&word) || is_your(word)
}

/// `your`, `yourtoken`, `yourworkspace`.
fn is_your(word: &str) -> bool {
    const OWNED: [&str; 8] = ["company", "org", "organization", "instance", "domain", "deployment", "tenant", "s"];
    word.strip_prefix("your").is_some_and(|owned| owned.is_empty() || is_noun(owned) || OWNED.contains(&owned))
}

/// `xxxx`, at least so many.
fn is_run_of_x(word: &str, least: usize) -> bool {
    word.len() >= least && word.bytes().all(|byte| byte == b'x')
}

/// A word for what belongs there, or for nothing at all. Alone it says nothing; a text of nothing else is no secret.
fn is_noun(word: &str) -> bool {
    const NOUNS: [&str; 46] = [
        "token",
        "tokens",
        "access",
        "accesstoken",
        "personal",
        "personalaccesstoken",
        "pat",
        "secret",
        "client",
        "clientsecret",
        "api",
        "apikey",
        "key",
        "password",
        "passwd",
        "pwd",
        "pass",
        "databricks",
        "dbx",
        "azure",
        "aws",
        "workspace",
        "account",
        "host",
        "my",
        "the",
        "a",
        "an",
        "this",
        "with",
        "me",
        "in",
        "is",
        "oauth",
        "bearer",
        "value",
        "env",
        "variable",
        "name",
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "true",
        "false",
    ];
    NOUNS.contains(&word)
}

/// `DATABRICKS_TOKEN=dapi…`, `token: dapi…`, `"token": "dapi…"`, `Authorization: Bearer …`.
fn is_assignment(text: &str) -> bool {
    let Some(at) = text.find(['=', ':']) else { return false };
    let (name, value) = text.split_at(at);
    let value = value.trim_start_matches(['=', ':']).trim_start().trim_start_matches(['"', '\'']);
    let name =
        ["export ", "set ", "setx ", "$env:", "$Env:", "-e ", "--env "].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    let name = name.trim().trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let lower = name.to_ascii_lowercase();
    let telling = || {
        const NAMES: [&str; 14] = [
            "token",
            "secret",
            "password",
            "pat",
            "pwd",
            "databricks",
            "authorization",
            "bearer",
            "key",
            "host",
            "accesstoken",
            "clientsecret",
            "apikey",
            "personalaccesstoken",
        ];
        parts(&lower).any(|word| NAMES.contains(&word))
    };
    is_name && (telling() || super::scan::contains_secret(value))
}

fn is_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let host = lower.split(['/', '?', ':', '#']).next().unwrap_or_default();
    lower.contains("://") || ZONES.iter().any(|zone| host.len() > zone.len() && host.ends_with(zone))
}

/// The HTTP path of a warehouse or a cluster, or the path of a file.
fn is_path(text: &str) -> bool {
    const BEGINNINGS: [&str; 13] = [
        "/sql/",
        "sql/1.0/",
        "sql/protocolv1/",
        "/volumes/",
        "/workspace/",
        "/home/",
        "/users/",
        "/etc/",
        "/run/",
        "/mnt/",
        "/tmp/",
        "/var/",
        "/opt/",
    ];
    let lower = text.to_ascii_lowercase();
    let drive = |text: &str| matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    BEGINNINGS.iter().any(|start| lower.starts_with(start)) || drive(text) || text.starts_with("\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a list of what people paste")]
    fn ns_01_placeholders_masks_and_references_are_known_by_what_they_are() {
        for (texts, why) in [
            (
                &[
                    "****",
                    "***",
                    "dapi****1234",
                    "dapi\u{2022}\u{2022}\u{2022}\u{2022}12",
                    "[MASKED]",
                    "[REDACTED]",
                    "(sensitive value)",
                    "**REDACTED**",
                    "[secure]",
                    "********************",
                    "\u{2026}",
                    "[FILTERED]",
                    "(hidden)",
                ][..],
                SecretError::Masked,
            ),
            (
                &[
                    "$PERSONAL_ACCESS_TOKEN",
                    "$(TOKEN)",
                    "$(databricks-token)",
                    "${DATABRICKS_TOKEN}",
                    "${{ secrets.DATABRICKS_TOKEN }}",
                    "%TOKEN%",
                    "{{ env_var('DBT_TOKEN') }}",
                    "{{token}}",
                    "{{secrets/scope/key}}",
                    "#{Token}#",
                    "$env:DATABRICKS_TOKEN",
                    "op://vault/item/token",
                    "env:DATABRICKS_TOKEN",
                    "@Microsoft.KeyVault(SecretUri=https://x)",
                    "var.databricks_token",
                    "os.environ['TOKEN']",
                    "<%= token %>",
                    "$[variables.token]",
                    "!TOKEN!",
                    "dbutils.secrets.get(\"a\",\"b\")",
                    "arn:aws:ssm:eu-west-1:123456789012:parameter/databricks",
                    "projects/1234/secrets/databricks/versions/latest",
                    "/subscriptions/1234/resourceGroups/x",
                    "keyvault:databricks",
                    "file:token.txt",
                    "@/run/secrets/token",
                ][..],
                SecretError::Reference,
            ),
            (
                &[
                    "your-databricks-token",
                    "dapi...your_token_here",
                    "dapi...",
                    "dapi0123456789ab...",
                    "dapi...1234",
                    "eyJhbGciOi...",
                    "dapi",
                    "dapi\u{2026}",
                    "dapiREPLACE_ME",
                    "YOUR_PERSONAL_ACCESS_TOKEN",
                    "<token>",
                    "<your-token>",
                    "changeme",
                    "change-me",
                    "CHANGE_ME",
                    "xxx",
                    "xxxxxxxx",
                    "XXXX-XXXX",
                    "dapiXXXXXXXXXXXXXXXX",
                    "...",
                    "token",
                    "my-secret",
                    "secret",
                    "password",
                    "placeholder",
                    "TODO",
                    "insert-token-here",
                    "dapi-your-token",
                    "dapi_your_token",
                    "yourtoken",
                    "null",
                    "None",
                    "undefined",
                    "[token]",
                    "personal-access-token",
                    "myToken",
                    "YourAccessToken",
                    "example-token",
                    "____",
                    "???",
                    "dosexxxxxxxxxxxx",
                    "<personal access token>",
                    "your token",
                    "-",
                    "N/A",
                    "System.Security.SecureString",
                    "%!s(MISSING)",
                    "%!s(<nil>)",
                ][..],
                SecretError::Placeholder,
            ),
            (
                &[
                    "DATABRICKS_TOKEN=dapi1234",
                    "token = dapi1234",
                    "token: dapi1234",
                    "\"token\": \"dapi1234\"",
                    "export DATABRICKS_TOKEN=dapi1234",
                    "DATABRICKS_TOKEN=",
                    "client_secret=abc",
                    "A=dapi0123456789abcdef0123456789abcdef",
                    "Authorization: Bearer abc",
                    "set DATABRICKS_TOKEN=abc",
                ][..],
                SecretError::Assignment,
            ),
            (
                &[
                    "https://adb-1.2.azuredatabricks.net",
                    "adb-1.2.azuredatabricks.net",
                    "dbc-a.cloud.databricks.com/?o=1",
                    "jdbc:databricks://x:443",
                    "adb-1.2.azuredatabricks.net:443",
                ][..],
                SecretError::Address,
            ),
            (
                &["/sql/1.0/warehouses/abc", "sql/1.0/warehouses/abc", "sql/protocolv1/o/1/2", "/run/secrets/token", "C:\\token.txt"][..],
                SecretError::Path,
            ),
        ] {
            for text in texts {
                assert_eq!(not_a_secret(text), Some(why.clone()), "{text}");
            }
        }
    }

    /// Shapes change: whatever a server may have made up at random has to pass.
    #[test]
    fn ns_02_what_may_be_a_secret_is_not_taken_for_a_placeholder() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain("-_.~".chars()).collect();
        for _ in 0..20_000 {
            let secret: String = (0..36)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    alphabet[usize::try_from(state % alphabet.len() as u64).unwrap()]
                })
                .collect();
            if !secret.contains("...") {
                assert_eq!(not_a_secret(&secret), None, "{secret}");
            }
        }
        for fine in [
            "dapi123",
            "something-else",
            "s3cr3t-value-of-mine",
            "abc8Q~abcdefGHIJKLmnopqrSTUVWXyz0123456",
            "aGVsbG8gd29ybGQ=",
            "ab+c/d==",
            "p@ss!w0rd%1",
            "=abc",
            "tok_live_0123456789",
            "dkea1234567890",
            "a:b",
            "50%off%",
            "hunter2",
        ] {
            assert_eq!(not_a_secret(fine), None, "{fine}");
        }
    }

    #[test]
    fn ns_03_hosts_of_examples_are_known() {
        for host in [
            "your-workspace.cloud.databricks.com",
            "adb-xxxx.x.azuredatabricks.net",
            "adb-xxxxxxxxxxxxxxxx.xx.azuredatabricks.net",
            "dbc-xxxxxxxx-xxxx.cloud.databricks.com",
            "yourworkspace.azuredatabricks.net",
            "example.cloud.databricks.com",
            "YOUR-INSTANCE.gcp.databricks.com",
            "replace-me.cloud.databricks.com",
        ] {
            assert!(is_example_host(host), "{host}");
        }
        for host in [
            "adb-1234567890123456.7.azuredatabricks.net",
            "dbc-a1b2c3d4-e5f6.cloud.databricks.com",
            "acme.cloud.databricks.com",
            "workspace.cloud.databricks.com",
            "accounts.cloud.databricks.com",
            "yourkshire.cloud.databricks.com",
            "your-workspace.example.com",
            "localhost",
        ] {
            assert!(!is_example_host(host), "{host}");
        }
    }
}
