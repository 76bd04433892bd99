//! A few lines of a program that sign in: with Databricks' SDK where there is one, else with a token that the program is given.
//! No secret stands in them: source code is the last place for one.

use super::parts::{PUBLISH, document};
use crate::{
    escape::{self, Text, go, java, javascript, python, rust},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{connection::Level, failure::Failure};

const LANGUAGE: Field = Field::choice(
    "language",
    "Language",
    &[("python", "Python"), ("go", "Go"), ("java", "Java"), ("javascript", "JavaScript"), ("rust", "Rust")],
);

pub(super) const SDK: Format =
    Format { id: "sdk", title: "SDK and code", group: Group::Databricks, takes_secret: None, fields: &[LANGUAGE], make };

const PROFILE: &str = "The name of the profile";
const ADDRESS: &str = "The address";

/// Of a workspace; an account's directory has another path.
const ME: &str = "/api/2.0/preview/scim/v2/Me";

const TOKEN: &str = "Set DATABRICKS_TOKEN to the output of brickpass token before you start the program.";

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let account = matches!(subject.connection.level, Level::Account { .. });
    let (text, ending, next, profile) = match answers.chosen(&LANGUAGE) {
        Some("go") => (in_go(subject, account)?, ".go", "Run go get github.com/databricks/databricks-sdk-go, then go run FILE.", true),
        Some("java") => (in_java(subject, account)?, ".java", "Add com.databricks:databricks-sdk-java to your build.", true),
        Some("javascript") => (in_javascript(subject)?, ".mjs", TOKEN, false),
        Some("rust") => (in_rust(subject)?, ".rs", TOKEN, false),
        _ => (in_python(subject, account)?, ".py", "Run pip install databricks-sdk, then python FILE.", true),
    };
    let notes = if profile { vec![PUBLISH.to_owned()] } else { Vec::new() };
    Ok(Document { notes, ..document(subject, ending, text, next) })
}

fn in_python(subject: &Subject<'_>, account: bool) -> Result<Text, Failure> {
    let text = Text::new();
    let text = if account {
        text.words("from databricks.sdk import AccountClient\n\na = AccountClient(profile=")
    } else {
        text.words("from databricks.sdk import WorkspaceClient\n\nw = WorkspaceClient(profile=")
    };
    let text = text.value(PROFILE, subject.profile, python)?;
    Ok(text.words(if account {
        ")\nfor workspace in a.workspaces.list():\n    print(workspace.workspace_name)\n"
    } else {
        ")\nprint(w.current_user.me().user_name)\n"
    }))
}

fn in_go(subject: &Subject<'_>, account: bool) -> Result<Text, Failure> {
    let text = Text::new().words(
        "package main\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"log\"\n\n\t\"github.com/databricks/databricks-sdk-go\"\n)\n\nfunc main() {\n",
    );
    let text = text.words(if account {
        "\ta, err := databricks.NewAccountClient(&databricks.Config{Profile: "
    } else {
        "\tw, err := databricks.NewWorkspaceClient(&databricks.Config{Profile: "
    });
    let text = text.value(PROFILE, subject.profile, go)?.words("})\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n");
    Ok(text.words(if account {
        "\tworkspaces, err := a.Workspaces.List(context.Background())\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tfmt.Println(len(workspaces))\n}\n"
    } else {
        "\tme, err := w.CurrentUser.Me(context.Background())\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tfmt.Println(me.UserName)\n}\n"
    }))
}

fn in_java(subject: &Subject<'_>, account: bool) -> Result<Text, Failure> {
    let text = Text::new().words(if account {
        "import com.databricks.sdk.AccountClient;\nimport com.databricks.sdk.core.DatabricksConfig;\n\n"
    } else {
        "import com.databricks.sdk.WorkspaceClient;\nimport com.databricks.sdk.core.DatabricksConfig;\n\n"
    });
    let text = text.words(
        "class Main {\n    public static void main(String[] args) {\n        DatabricksConfig config = new DatabricksConfig().setProfile(",
    );
    let text = text.value(PROFILE, subject.profile, java)?.words(");\n");
    Ok(text.words(if account {
        "        AccountClient a = new AccountClient(config);\n        a.workspaces().list().forEach(w -> System.out.println(w.getWorkspaceName()));\n    }\n}\n"
    } else {
        "        WorkspaceClient w = new WorkspaceClient(config);\n        System.out.println(w.currentUser().me().getUserName());\n    }\n}\n"
    }))
}

fn in_javascript(subject: &Subject<'_>) -> Result<Text, Failure> {
    let text = Text::new().words("const host = ").value(ADDRESS, subject.connection.base_url.as_str(), javascript)?.words(";\n");
    let text = path(text.words("const path = "), subject, javascript)?.words(";\n");
    Ok(text.words(
        "const answer = await fetch(host + path, {
  headers: { Authorization: `Bearer ${process.env.DATABRICKS_TOKEN}` },
});
if (!answer.ok) throw new Error(`Databricks answered ${answer.status}`);
console.log(await answer.json());
",
    ))
}

fn in_rust(subject: &Subject<'_>) -> Result<Text, Failure> {
    let text =
        Text::new().words("// Cargo.toml: reqwest = { version = \"0.12\", features = [\"blocking\", \"json\"] }, serde_json = \"1\"\n");
    let text = text.words("fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let host = ");
    let text = text.value(ADDRESS, subject.connection.base_url.as_str(), rust)?.words(";\n");
    let text = path(text.words("    let path = "), subject, rust)?.words(";\n");
    Ok(text.words(
        "    let token = std::env::var(\"DATABRICKS_TOKEN\")?;
    let answer = reqwest::blocking::Client::new().get(format!(\"{host}{path}\")).bearer_auth(token).send()?;
    println!(\"{}\", answer.error_for_status()?.json::<serde_json::Value>()?);
    Ok(())
}
",
    ))
}

fn path(text: Text, subject: &Subject<'_>, grammar: escape::Grammar) -> Result<Text, Failure> {
    Ok(text.value(ADDRESS, &path_of(subject), grammar)?)
}

fn path_of(subject: &Subject<'_>) -> String {
    match &subject.connection.level {
        Level::Workspace => ME.to_owned(),
        // Ids of accounts are UUIDs.
        Level::Account { account_id } => format!("/api/2.0/accounts/{}/workspaces", account_id.as_str()),
    }
}

/// What is asked to see whether it works. Both halves are read and written again as an address: nothing in them is free text.
pub(super) fn url(subject: &Subject<'_>) -> Result<Text, Failure> {
    let address = format!("{}{}", subject.connection.base_url.as_str(), path_of(subject));
    Ok(Text::new().value(ADDRESS, &address, escape::address)?)
}
