//! Values that only say where the real one comes from: a variable, a template, a store of secrets. They are never evaluated, and never taken for the
//! value.

use super::text::shown;
use brickpass_core::connection::without_secrets;

/// What a value refers to, in words that follow "it is not written there:"; `None` for a value that stands for itself.
pub(super) fn reference(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(inside) = between(text, "${{", "}}") {
        return Some(match inside.split_once('.') {
            Some(("secrets", name)) => format!("it is the secret {} of the workflow", shown(name)),
            _ => expression(inside, "of the workflow"),
        });
    }
    if ["{{", "{%", "{#"].iter().any(|sign| text.contains(sign)) {
        return Some(template(text));
    }
    if let Some(inside) = between(text, "${", "}") {
        // `${NAME:-default}`, `${env:NAME}`: the default is not what is used.
        let name = inside.strip_prefix("env:").unwrap_or(inside);
        let end = [":-", ":?", ":=", ":+", ","].iter().filter_map(|sign| name.find(sign)).min();
        let name = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
        return Some(from_variable(if name.is_empty() { inside } else { name }));
    }
    if let Some(name) = between(text, "$(", ")").filter(|name| is_name(name)) {
        return Some(from_variable(name));
    }
    if let Some(name) = text.strip_prefix("$env:").or_else(|| text.strip_prefix('$')).filter(|name| is_name(name)) {
        return Some(from_variable(name));
    }
    if let Some(name) = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).filter(|name| is_name(name)) {
        return Some(from_variable(name));
    }
    let store = STORES.iter().find(|(start, _)| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)));
    store.map(|(_, name)| format!("it is kept in {name}"))
}

/// An expression of a language, told without the texts in it that may be secrets.
pub(super) fn expression(words: &str, of: &str) -> String {
    let words = words.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-()[]{}@'/ ,".contains(c);
    if words.is_empty() || words.len() > 80 || !words.chars().all(is_plain) || without_secrets(words) != words {
        return format!("it is an expression {of}");
    }
    format!("it is an expression {of} ({})", shown(words))
}

/// How references to stores of secrets begin.
const STORES: [(&str, &str); 6] = [
    ("op://", "1Password"),
    ("@Microsoft.KeyVault(", "Azure Key Vault"),
    ("arn:aws:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws:ssm:", "the parameters of AWS Systems Manager"),
    ("$ANSIBLE_VAULT;", "Ansible Vault"),
    ("ENC[", "a file that SOPS encrypted"),
];

fn from_variable(name: &str) -> String {
    format!("it comes from the variable {}", shown(name))
}

/// Of Jinja, Helm, Postman and others.
fn template(text: &str) -> String {
    match variable(text) {
        Some(name) => from_variable(name),
        None => match between(text, "{{", "}}").filter(|name| is_name(name)) {
            Some(name) => from_variable(name),
            None => "it is a template that is filled in when it is used".to_owned(),
        },
    }
}

/// The name in `{{ env_var('NAME') }}`.
fn variable(text: &str) -> Option<&str> {
    let rest = text.split_once("env_var(")?.1.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (name, _) = rest.get(1..)?.split_once(quote)?;
    is_name(name).then_some(name)
}

/// The text between the first of two signs and the next of the other, trimmed.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    Some(rest.split_once(close)?.0.trim())
}

fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_told_by_what_it_names() {
        for (text, words) in [
            ("${{ secrets.DATABRICKS_TOKEN }}", "the secret DATABRICKS_TOKEN of the workflow"),
            ("${{ vars.HOST }}", "an expression of the workflow (vars.HOST)"),
            ("{{ env_var('DBT_TOKEN', 'x') }}", "the variable DBT_TOKEN"),
            ("{{token}}", "the variable token"),
            ("{{ .Values.token }}", "a template"),
            ("${TOKEN}", "the variable TOKEN"),
            ("${TOKEN:-dapi1}", "the variable TOKEN"),
            ("${env:TOKEN}", "the variable TOKEN"),
            ("${input:token}", "the variable input:token"),
            ("${var.token}", "the variable var.token"),
            ("https://${var.name}.azuredatabricks.net", "the variable var.name"),
            ("$TOKEN", "the variable TOKEN"),
            ("$(databricks-token)", "the variable databricks-token"),
            ("%TOKEN%", "the variable TOKEN"),
            ("op://vault/item/token", "1Password"),
        ] {
            assert!(reference(text).is_some_and(|told| told.contains(words)), "{text}: {:?}", reference(text));
        }
        for text in ["dapi0123", "a$b", "$(touch /tmp/x)", "100%", "%%", "", "https://adb-1.2.azuredatabricks.net", "{x}", "$", "${"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }
}
