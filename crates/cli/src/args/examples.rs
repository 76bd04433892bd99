//! Examples at the end of some commands' help. Each line is a command that works as written if the connection or file exists.

pub(super) const EXPORT: &str = "\
Examples:
  brickpass export \"Sales lakehouse\" --format terraform
  brickpass export \"Sales lakehouse\" --format jdbc --set http_path=/sql/1.0/warehouses/abc123def4567890
  brickpass export \"Sales lakehouse\" --format env-sh --output sales.sh
  brickpass export --format inventory-csv --output connections.csv
  brickpass export --formats   # every format, and its fields for --set";

pub(super) const IMPORT: &str = "\
Examples:
  brickpass import --databrickscfg --dry-run   # a preview; nothing is saved
  brickpass import linked-service.json
  brickpass import profiles.yml --kind dbt --only prod
  brickpass import --backup connections.age";

pub(super) const PUBLISH: &str = "\
Examples:
  brickpass publish \"Sales lakehouse\" --dry-run   # a diff of the change; nothing is written
  brickpass publish \"Sales lakehouse\" --profile prod --default";

pub(super) const SEND_TO: &str = "\
Examples:
  brickpass send-to \"Sales lakehouse\" --destination github --repo acme/etl --secret-name DATABRICKS_TOKEN
  brickpass send-to \"Sales lakehouse\" --destination azure-key-vault --vault-name kv-sales --secret-name databricks-token

This prints a command. Run it on a computer where the secret store's tool is signed in.";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Args;

    /// As a shell takes a line apart that has quotation marks and comments alone.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(" # ").next().unwrap();
        let parts = line.split('"').enumerate();
        parts
            .flat_map(|(at, part)| if at % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() })
            .collect()
    }

    #[test]
    fn each_example_is_a_command() {
        for help in [EXPORT, IMPORT, PUBLISH, SEND_TO] {
            let commands: Vec<_> = help.lines().filter(|line| line.starts_with("  brickpass")).collect();
            assert!(commands.len() > 1);
            for line in commands {
                assert!(Args::try_parse_from(words(line)).is_ok(), "{line}: {:?}", words(line));
            }
        }
    }
}
