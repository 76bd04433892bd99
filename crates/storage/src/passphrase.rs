//! The least that a new passphrase must be. Files that were made with a weaker one still open.

/// The fewest characters of a new passphrase.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// The environment variables that give the vault's passphrase: itself, a file with it, a command that prints it. No program that Brickpass
/// starts gets to see them.
pub const PASSPHRASE_VARIABLES: [&str; 3] =
    ["BRICKPASS_VAULT_PASSPHRASE", "BRICKPASS_VAULT_PASSPHRASE_FILE", "BRICKPASS_VAULT_PASSPHRASE_COMMAND"];

/// Fewer different characters than this are a pattern: `aaaaaaaa`, `12121212`.
const FEWEST_DIFFERENT: usize = 4;

/// What everybody tries first, in lower case. Longer ones begin with these.
const COMMON: [&str; 24] = [
    "password",
    "passw0rd",
    "passwort",
    "passphrase",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "asdfghjk",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "changeme",
    "databricks",
    "brickpass",
    "abcdefgh",
];

/// Why this is no passphrase for something new, as a sentence; `None`: it may be used.
///
/// The rule: at least eight characters, at least four of them different, and neither one of the most common passwords nor one of them
/// with only digits and punctuation behind it.
#[must_use]
pub fn weak_passphrase(passphrase: &str) -> Option<&'static str> {
    let lower = passphrase.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let common = COMMON.iter().any(|common| lower.trim().strip_prefix(common).is_some_and(|rest| !rest.chars().any(char::is_alphabetic)));
    if passphrase.chars().count() < SHORTEST_PASSPHRASE {
        Some("It has fewer than 8 characters.")
    } else if different.len() < FEWEST_DIFFERENT {
        Some("It repeats the same few characters.")
    } else if common {
        Some("It is one of the most common passwords.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vl_05_a_new_passphrase_is_long_and_neither_repeated_nor_common() {
        for weak in [
            "",
            "x",
            "right",
            "1234567",
            "        ",
            "aaaaaaaa",
            "abababab",
            "Password",
            "PASSWORD1!",
            "12345678",
            "Databricks2026",
            "qwertyuiop",
        ] {
            assert!(weak_passphrase(weak).is_some(), "{weak:?}");
        }
        for strong in ["correct horse", "passwords are many", "brickpasses!", "tr0ub4dor&3", "blåbærsyltetøy", "x7-Kq2_9"] {
            assert_eq!(weak_passphrase(strong), None, "{strong:?}");
        }
    }
}
