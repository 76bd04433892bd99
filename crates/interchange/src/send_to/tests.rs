use super::*;

fn order(destination: Destination, terminal: Terminal) -> Order {
    let source = Source::Connection { name: "Sales".to_owned(), id: "0e2c1c5e".to_owned() };
    let order = Order::new(destination, terminal, Platform::Linux, source);
    match destination {
        Destination::AzureKeyVault => order.with(Field::Vault, "sales-kv").with(Field::SecretName, "databricks-pat"),
        Destination::GitHub => order.with(Field::Repository, "ada/sales").with(Field::SecretName, "DATABRICKS_TOKEN"),
        Destination::GitLab => order.with(Field::Repository, "team/sub/sales").with(Field::SecretName, "DATABRICKS_TOKEN"),
        Destination::Aws => order.with(Field::SecretName, "prod/databricks"),
        Destination::Google => order.with(Field::SecretName, "databricks").with(Field::Project, "sales-prod"),
        Destination::Databricks => order.with(Field::Scope, "sales").with(Field::Key, "pat"),
        Destination::Kubernetes => order.with(Field::SecretName, "databricks").with(Field::Key, "token").with(Field::Namespace, "etl"),
    }
}

/// What reads the token, at the end of the command for sh.
fn reader(order: &Order) -> String {
    let command = order.command().unwrap();
    command.split_once("printf %s \"$t\" | ").unwrap().1.split_once(";; *) false;; esac").unwrap().0.to_owned()
}

#[test]
fn every_tool_reads_the_token_from_its_standard_input() {
    for (destination, tool) in [
        (
            Destination::AzureKeyVault,
            "az keyvault secret set --vault-name sales-kv --name databricks-pat --file /dev/stdin --encoding utf-8 --output none",
        ),
        (Destination::GitHub, "gh secret set DATABRICKS_TOKEN --repo ada/sales"),
        (Destination::GitLab, "glab variable set DATABRICKS_TOKEN --masked --repo team/sub/sales"),
        (Destination::Aws, "aws secretsmanager put-secret-value --secret-id prod/databricks --secret-string file:///dev/stdin"),
        (Destination::Google, "gcloud secrets versions add databricks --data-file=- --project sales-prod"),
        (Destination::Databricks, "databricks secrets put-secret sales pat"),
        (Destination::Kubernetes, "kubectl create secret generic databricks --from-file=token=/dev/stdin --namespace etl"),
    ] {
        assert_eq!(reader(&order(destination, Terminal::Posix)), tool);
    }
}

#[test]
fn a_secret_that_is_not_there_yet_is_created() {
    let mut aws = order(Destination::Aws, Terminal::Posix);
    aws.exists = false;
    assert_eq!(reader(&aws), "aws secretsmanager create-secret --name prod/databricks --secret-string file:///dev/stdin");
    aws.terminal = Terminal::PowerShell;
    assert!(aws.command().unwrap().contains("New-SECSecret -Name prod/databricks -SecretString $t"));
    let mut google = order(Destination::Google, Terminal::Posix);
    google.exists = false;
    assert_eq!(reader(&google), "gcloud secrets create databricks --replication-policy=automatic --data-file=- --project sales-prod");
}

#[test]
fn powershell_keeps_the_token_inside_or_gives_it_to_a_tool_that_takes_no_line_break() {
    let command = |destination| order(destination, Terminal::PowerShell).command();
    assert_eq!(
        command(Destination::GitHub).unwrap(),
        "& { $t = ([string](brickpass token Sales)).Trim(); if ($t -notmatch '^\\S+$') { throw 'The token was not sent.' }; \
         $t | gh secret set DATABRICKS_TOKEN --repo ada/sales }"
    );
    for (destination, tool) in [
        (
            Destination::AzureKeyVault,
            "Set-AzKeyVaultSecret -VaultName sales-kv -Name databricks-pat -SecretValue (ConvertTo-SecureString $t",
        ),
        (Destination::Aws, "Write-SECSecretValue -SecretId prod/databricks -SecretString $t"),
        (Destination::Kubernetes, "stringData = @{ 'token' = $t } } | ConvertTo-Json -Compress | kubectl create -f - --namespace etl }"),
    ] {
        let command = command(destination).unwrap();
        assert!(command.contains(tool) && !command.contains("/dev/stdin"), "{command}");
    }
    for destination in [Destination::GitLab, Destination::Google, Destination::Databricks] {
        assert!(matches!(command(destination), Err(Refusal::LineBreak(_))), "{destination:?}");
    }
}

#[test]
fn the_clipboard_is_read_by_what_the_platform_has() {
    for (terminal, platform, read) in [
        (Terminal::Posix, Platform::Linux, "t=$(wl-paste -n 2>/dev/null || xclip -selection clipboard -o) &&"),
        (Terminal::Posix, Platform::MacOs, "t=$(pbpaste) &&"),
        (Terminal::Posix, Platform::Windows, "t=$(cat /dev/clipboard) &&"),
        (Terminal::PowerShell, Platform::Windows, "([string](Get-Clipboard -Raw)).Trim()"),
    ] {
        let mut order = order(Destination::GitHub, terminal);
        (order.platform, order.source) = (platform, Source::Clipboard);
        assert!(order.command().unwrap().contains(read), "{platform:?}");
    }
    assert_eq!((Platform::Windows.usual_terminal(), Platform::MacOs.usual_terminal()), (Terminal::PowerShell, Terminal::Posix));
}

#[test]
fn a_connection_is_named_and_by_its_id_where_the_shell_cannot_write_the_name() {
    let command = |terminal, name: &str| {
        let mut order = order(Destination::GitHub, terminal);
        order.source = Source::Connection { name: name.to_owned(), id: "0e2c1c5e".to_owned() };
        order.command().unwrap()
    };
    assert!(command(Terminal::Posix, "Ada's $(x)").contains(r"t=$(brickpass token 'Ada'\''s $(x)') &&"));
    assert!(command(Terminal::Posix, "-rf").contains("t=$(brickpass token -- '-rf') &&"));
    assert!(command(Terminal::PowerShell, "Ada's").contains("(brickpass token 'Ada''s')"));
    assert!(command(Terminal::PowerShell, "the \"big\" one").contains("(brickpass token '0e2c1c5e')"));
}

#[test]
fn a_command_is_one_line_that_pasting_does_not_run() {
    for terminal in Terminal::ALL {
        for destination in Destination::ALL {
            if let Ok(command) = order(destination, terminal).command() {
                assert!(!command.contains(['\n', '\r']), "{command}");
            }
        }
    }
}

#[test]
fn a_service_says_no_before_it_is_asked() {
    let refused = |destination, field, typed: &str| Destination::accept(destination, field, typed).unwrap_err().to_string();
    for (destination, field, typed, words) in [
        (Destination::AzureKeyVault, Field::Vault, "", "Enter the vault name"),
        (Destination::AzureKeyVault, Field::Vault, "kv", "Use 3 to 24 characters, not 2"),
        (Destination::AzureKeyVault, Field::Vault, "a--b", "has no two - in a row"),
        (Destination::AzureKeyVault, Field::SecretName, "data_bricks", "A secret's name cannot contain _; use letters, digits and -"),
        (Destination::AzureKeyVault, Field::SecretName, "-rf", "Do not start with -"),
        (Destination::GitHub, Field::SecretName, "GitHub_token", "Names that start with GITHUB_ are reserved"),
        (Destination::GitHub, Field::SecretName, "1st", "cannot start with a digit"),
        (Destination::GitHub, Field::SecretName, "my secret", "cannot contain a space"),
        (Destination::GitHub, Field::Repository, "sales", "Use the form owner/repository"),
        (Destination::GitHub, Field::Repository, "https://github.com/ada/sales", "A repository cannot contain :"),
        (Destination::GitHub, Field::Repository, "ada/..", "Use the form owner/repository"),
        (Destination::GitLab, Field::Repository, "sales", "Use the form group/project"),
        (Destination::GitLab, Field::Repository, "group//sales", "Use the form group/project"),
        (Destination::Aws, Field::SecretName, "a b", "cannot contain a space"),
        (Destination::Google, Field::SecretName, "a/b", "A secret's name cannot contain /"),
        (Destination::Google, Field::Project, "Sales-Prod", "A project's ID cannot contain S"),
        (Destination::Databricks, Field::Key, "a b", "A key cannot contain a space"),
        (Destination::Databricks, Field::Scope, "-x", "Do not start with -"),
        (Destination::Kubernetes, Field::SecretName, "Databricks", "cannot contain D; use lowercase letters"),
        (Destination::Kubernetes, Field::SecretName, "a..b", "Start and end each part"),
        (Destination::Kubernetes, Field::Key, "a=b", "A key cannot contain ="),
        (Destination::Kubernetes, Field::Key, "..data", "or start with .."),
        (Destination::Kubernetes, Field::Namespace, "etl-", "Start and end it with a lowercase letter"),
    ] {
        let said = refused(destination, field, typed);
        assert!(said.contains(words), "{destination:?} {field:?} {typed:?}: {said}");
    }
    for (destination, field, typed) in [
        (Destination::GitHub, Field::Repository, " ada/sales.etl_2 "),
        (Destination::GitHub, Field::Repository, "github.example.com/ada/sales"),
        (Destination::Google, Field::Project, ""),
        (Destination::Kubernetes, Field::SecretName, "databricks.prod"),
        (Destination::Aws, Field::SecretName, "prod/team@sales+1=x"),
    ] {
        assert_eq!(destination.accept(field, typed), Ok(typed.trim()));
    }
}

#[test]
fn nothing_that_any_service_takes_can_leave_its_word() {
    let hostile = [
        "a'b",
        "a\"b",
        "a\\b",
        "$HOME",
        "$(touch pwned)",
        "`id`",
        "%PATH%",
        "!x!",
        "a;b",
        "a #b",
        "a\nb",
        "a|b",
        "a&b",
        "a>b",
        "a*",
        "-rf",
        "a\0",
    ];
    for destination in Destination::ALL {
        for field in destination.fields() {
            for value in hostile {
                assert!(destination.accept(*field, value).is_err(), "{destination:?} {field:?} takes {value:?}");
            }
        }
    }
}
